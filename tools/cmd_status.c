/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp status: whether fopnp is active, by what configuration, and in which programs. */
#include "tools/command.h"
#include "tools/help.h"
#include "tools/install_library.h"
#include "tools/message.h"
#include "tools/options.h"
#include "tools/status.h"

#include <stddef.h>

static const struct fopnp_option OPTIONS[] = {
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

static enum fopnp_exit tell(void)
{
	enum fopnp_exit exit_status = FOPNP_EXIT_CANNOT;
	struct fopnp_status status;

	if (fopnp_status_read(&status)) {
		exit_status = fopnp_status_is_active(&status) ? FOPNP_EXIT_OK : FOPNP_EXIT_NO;
		if (fopnp_message_is_json())
			fopnp_status_print_json(&status);
		else
			fopnp_status_print_text(&status);
	}
	fopnp_status_clear(&status);
	return exit_status;
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	enum fopnp_options_result parsed;
	const char *argument = NULL;
	int first = 0;

	fopnp_install_clean_environment(argv);
	while ((parsed = fopnp_options_next(OPTIONS, argc, argv, &first, &argument)) ==
	       FOPNP_OPTIONS_ONE)
		continue; /* --json, seen already */
	if (parsed != FOPNP_OPTIONS_END)
		return fopnp_help_instead(self, parsed);
	if (first < argc) {
		fopnp_message_error("operand-surplus",
				    "fopnp check --program FILE tells of one program",
				    "it is about this machine, not \"%s\"", argv[first]);
		return FOPNP_EXIT_USAGE;
	}
	return tell();
}

static const char *const EXAMPLES[] = {
	"fopnp status",
	"fopnp status --json | jq -r '.processes[] | select(.state == \"mapped\").comm'",
	NULL,
};

const struct fopnp_command fopnp_command_status = {
	.name = "status",
	.group = "Install fopnp for every program",
	.summary = "whether programs look names up through fopnp, and which do",
	.usage = "[--json]",
	.details =
		"Shows the hosts line, the library as programs load it, the order and the log lines in "
		"force, and the running programs: which have the library loaded, which cannot load "
		"it, and which started before the line was written. Exit status 0: active, 1: not.",
	.options = OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
