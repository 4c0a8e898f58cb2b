/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp protocol: which number a protocol of IP has, and which name. */
#include "nss_module/lookup/ascii.h"
#include "tools/message.h"
#include "tools/name_command.h"
#include "tools/options.h"

#include <limits.h>
#include <string.h>

static const struct fopnp_option OPTIONS[] = {
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

static size_t read_operand(const char *operand, struct fopnp_name_query *queries)
{
	unsigned long long number = 0;
	size_t len = strlen(operand);

	/* The field of an IP header has eight bits; Linux has numbers beyond (IPPROTO_MPTCP). */
	if (fopnp_ascii_number(operand, len, &number) && number <= INT_MAX) {
		queries[0].is_by_number = true;
		queries[0].number = (int)number;
		return 1;
	}
	if (len == 0 || len >= sizeof(queries[0].name)) {
		fopnp_message_error("protocol-invalid", "a name such as tcp, or a number",
				    "\"%s\" can be no protocol", operand);
		return 0;
	}
	memcpy(queries[0].name, operand, len);
	return 1;
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	return fopnp_name_command_run(self, argc, argv, read_operand);
}

static const char *const EXAMPLES[] = { "fopnp protocol udp", "fopnp protocol 6 58", NULL };

const struct fopnp_command fopnp_command_protocol = {
	.name = "protocol",
	.group = "Raw DNS and the chapter's jobs",
	.summary = "which number a protocol of IP has, and which name a number",
	.usage = "NAME|NUMBER...",
	.details = "Asks getprotobyname or getprotobynumber, and tells the source of the protocols "
		   "line that answered and the line of /etc/protocols.",
	.options = OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
