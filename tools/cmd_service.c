/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp service: which port a service name stands for, and which name a port has. */
#include "nss_module/lookup/ascii.h"
#include "tools/message.h"
#include "tools/name_command.h"
#include "tools/options.h"

#include <stdio.h>
#include <string.h>

#define PORT_MOST 65535

static const struct fopnp_option OPTIONS[] = {
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

static bool refuse(const char *operand, const char *hint)
{
	fopnp_message_error("service-invalid", hint, "\"%s\" can be no service", operand);
	return false;
}

/* NAME or PORT, LEN bytes of OPERAND. */
static bool read_name(const char *operand, size_t len, struct fopnp_name_query *query)
{
	unsigned long long number = 0;

	if (fopnp_ascii_number(operand, len, &number)) {
		if (number > PORT_MOST)
			return refuse(operand, "a port is a number from 0 to 65535");
		query->is_by_number = true;
		query->number = (int)number;
		return true;
	}
	if (len == 0 || len >= sizeof(query->name))
		return refuse(operand, "a name such as http, or a port, and perhaps /tcp");
	memcpy(query->name, operand, len);
	return true;
}

/* Without a protocol: of each that has ports. */
static size_t read_operand(const char *operand, struct fopnp_name_query *queries)
{
	static const char *const protocols[FOPNP_NAME_QUERIES] = { "tcp", "udp", "sctp", "dccp" };
	const char *slash = strrchr(operand, '/');
	size_t len = slash ? (size_t)(slash - operand) : strlen(operand);
	struct fopnp_name_query query = { .is_service = true };

	if (!read_name(operand, len, &query))
		return 0;
	if (slash && (!slash[1] || strlen(slash + 1) >= sizeof(query.protocol)))
		return (size_t)refuse(operand, "behind the slash stands a protocol: tcp, udp, ...");
	for (size_t i = 0; i < FOPNP_NAME_QUERIES; i++) {
		queries[i] = query;
		(void)snprintf(queries[i].protocol, sizeof(queries[i].protocol), "%s",
			       slash ? slash + 1 : protocols[i]);
	}
	return slash ? 1 : FOPNP_NAME_QUERIES;
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	return fopnp_name_command_run(self, argc, argv, read_operand);
}

static const char *const EXAMPLES[] = {
	"fopnp service http",
	"fopnp service 53 ntp/udp 6000/tcp",
	NULL,
};

const struct fopnp_command fopnp_command_service = {
	.name = "service",
	.group = "Raw DNS and the chapter's jobs",
	.summary = "which port a service name stands for, and which name a port has",
	.usage = "NAME|PORT[/PROTOCOL]...",
	.details =
		"Asks getservbyname or getservbyport, for TCP, UDP, SCTP and DCCP if no protocol "
		"is given, and tells the source of the services line that answered and the line of "
		"/etc/services.",
	.options = OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
