/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp hostname: what this machine calls itself, its full name and address, and who says so. */
#include "tools/command.h"
#include "tools/help.h"
#include "tools/hostname.h"
#include "tools/message.h"
#include "tools/options.h"

#include <stddef.h>

static const struct fopnp_option OPTIONS[] = {
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;
	enum fopnp_options_result parsed;
	struct fopnp_hostname hostname;
	const char *argument = NULL;
	int first = 0;

	while ((parsed = fopnp_options_next(OPTIONS, argc, argv, &first, &argument)) ==
	       FOPNP_OPTIONS_ONE)
		continue; /* --json, seen already */
	if (parsed != FOPNP_OPTIONS_END)
		return fopnp_help_instead(self, parsed);
	if (first < argc) {
		fopnp_message_error("operand-surplus", "fopnp trace NAME looks another one up",
				    "it is about this machine's name, not \"%s\"", argv[first]);
		return FOPNP_EXIT_USAGE;
	}
	if (fopnp_hostname_run(&hostname)) {
		status = fopnp_hostname_exit_status(&hostname);
		if (fopnp_message_is_json())
			fopnp_hostname_print_json(&hostname);
		else
			fopnp_hostname_print_text(&hostname);
	}
	fopnp_hostname_clear(&hostname);
	return status;
}

static const char *const EXAMPLES[] = { "fopnp hostname", "fopnp hostname --json", NULL };

const struct fopnp_command fopnp_command_hostname = {
	.name = "hostname",
	.group = "Raw DNS and the chapter's jobs",
	.summary = "what this machine calls itself, its full name and address",
	.usage = "[OPTION...]",
	.details =
		"Shows gethostname, the full name (the canonical name that getaddrinfo gives for "
		"it, as hostname -f does), the one that Python's getfqdn finds by looking "
		"backwards, and the address of that, each with the source that says so.",
	.options = OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
