/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of `fopnp run`: the command begins at the first word that is no option. */
#include "tools/run_options.h"

#include "tools/message.h"

#include <string.h>

enum { KEY_ORDER = 256, KEY_WAIT, KEY_REDACT };

const struct fopnp_option FOPNP_RUN_OPTIONS[] = {
	{ 'o', "output", "FILE", "write lookups and summary to FILE instead of stderr" },
	{ 'q', "quiet", NULL, "the summary and what is wrong, not each call" },
	{ KEY_ORDER, "order", "ORDER",
	  "another order than the system's, as in nsswitch.conf; also of fopnp:hosts, fopnp:mdns "
	  "and fopnp:dns" },
	{ KEY_WAIT, "wait", NULL, "go on until every process that the command started has ended" },
	{ KEY_REDACT, "redact", NULL, "hashes instead of host names and addresses" },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0, NULL, NULL, NULL },
};

static bool set(struct fopnp_run_options *options, int key, const char *argument)
{
	switch (key) {
	case 'o':
		options->output = argument;
		if (strcmp(argument, "-") == 0) {
			fopnp_message_error("option-argument-invalid",
					    "without -o it is standard error; else name a file, as "
					    "/dev/stdout",
					    "--output cannot be \"-\"");
			return false;
		}
		break;
	case 'q':
		options->is_quiet = true;
		break;
	case KEY_ORDER:
		options->order = argument;
		break;
	case KEY_WAIT:
		options->waits = true;
		break;
	case KEY_REDACT:
		options->is_redacted = true;
		break;
	default: /* --json, which fopnp_options_next_in_front() has seen to */
		break;
	}
	if (!argument || *argument)
		return true;
	fopnp_message_error("option-argument-invalid",
			    key == KEY_ORDER ? "sources as on the hosts line: 'files dns'"
					     : "the name of a file",
			    "%s cannot be \"\"", key == KEY_ORDER ? "--order" : "--output");
	return false;
}

enum fopnp_options_result fopnp_run_options_parse(struct fopnp_run_options *out_options, int argc,
						  char **argv, int *out_first)
{
	enum fopnp_options_result result;
	const char *argument = NULL;
	int key = 0;

	*out_options = (struct fopnp_run_options){ 0 };
	while ((result = fopnp_options_next_in_front(FOPNP_RUN_OPTIONS, argc, argv, &key,
						     &argument)) == FOPNP_OPTIONS_ONE) {
		if (!set(out_options, key, argument))
			return FOPNP_OPTIONS_ERROR;
		argument = NULL;
	}
	if (result != FOPNP_OPTIONS_END)
		return result;
	*out_first = key;
	if (key < argc)
		return FOPNP_OPTIONS_END;
	fopnp_message_error("command-missing", "usage: fopnp run [OPTION...] COMMAND [ARGUMENT...]",
			    "there is no command to run");
	return FOPNP_OPTIONS_ERROR;
}
