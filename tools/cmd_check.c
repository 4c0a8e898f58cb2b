/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp check: what is wrong or surprising in the set-up. */
#include "tools/check_output.h"
#include "tools/check_program.h"
#include "tools/check_rule.h"
#include "tools/check_system.h"
#include "tools/clock.h"
#include "tools/command.h"
#include "tools/help.h"
#include "tools/message.h"
#include "tools/options.h"
#include "tools/progress.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define TIMEOUT_DEFAULT_US 3000000

enum {
	KEY_ROOT = 256,
	KEY_NO_PROBE,
	KEY_TIMEOUT,
	KEY_SEVERITY,
	KEY_EXPLAIN,
	KEY_LIST,
	KEY_MAN,
	KEY_PROGRAM,
};

static const struct fopnp_option OPTIONS[] = {
	{ KEY_ROOT, "root", "DIR", "check the files of an unpacked image; nothing is asked" },
	{ KEY_NO_PROBE, "no-probe", NULL, "ask no name server and no daemon" },
	{ KEY_TIMEOUT, "timeout", "DURATION", "wait so long for them: 500ms, 2s; 3s if not given" },
	{ KEY_SEVERITY, "severity", "LEVEL",
	  "show what is at least that grave: error, warning, info" },
	{ KEY_EXPLAIN, "explain", "ID", "say at length what a finding of that id is about" },
	{ KEY_LIST, "list", NULL, "list all rules" },
	{ KEY_MAN, "list-man", NULL, "print all rules at length as a man page" },
	{ KEY_PROGRAM, "program", "FILE",
	  "say how that program resolves names, and whether fopnp sees it" },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

struct options {
	struct fopnp_check_options check;
	enum fopnp_severity least;
	const char *explain, *program;
	bool is_list, is_man;
};

/* ---- options ---- */

static bool set_severity(struct options *options, const char *argument)
{
	if (strcmp(argument, "note") == 0) /* what people read */
		argument = fopnp_severity_name(FOPNP_INFO);
	for (int severity = FOPNP_INFO; severity <= FOPNP_ERROR; severity++)
		if (strcmp(argument, fopnp_severity_name((enum fopnp_severity)severity)) == 0) {
			options->least = (enum fopnp_severity)severity;
			return true;
		}
	return fopnp_options_refuse("--severity", argument, "error, warning or info");
}

static bool set(struct options *options, int key, const char *argument)
{
	switch (key) {
	case KEY_ROOT:
		options->check.root = argument;
		return true;
	case KEY_NO_PROBE:
		options->check.is_without_probes = true;
		return true;
	case KEY_TIMEOUT:
		return fopnp_options_take_time("--timeout", argument, 0,
					       &options->check.timeout_us);
	case KEY_SEVERITY:
		return set_severity(options, argument);
	case KEY_EXPLAIN:
		options->explain = argument;
		return true;
	case KEY_PROGRAM:
		options->program = argument;
		return true;
	case KEY_LIST:
		options->is_list = true;
		return true;
	case KEY_MAN:
		options->is_man = true;
		return true;
	default:
		return true; /* --json, seen before */
	}
}

/* Each of them is a command of its own. */
static bool agree(const struct options *options)
{
	if ((options->explain != NULL) + (options->program != NULL) + options->is_list +
		    options->is_man <=
	    1)
		return true;
	fopnp_message_error("options-conflict", "run it once for each",
			    "--explain, --program, --list and --list-man do not go together");
	return false;
}

static enum fopnp_options_result parse(struct options *options, int argc, char **argv)
{
	enum fopnp_options_result result;
	const char *argument = NULL;
	int key = 0;

	*options = (struct options){ .check.timeout_us = TIMEOUT_DEFAULT_US };
	while ((result = fopnp_options_next(OPTIONS, argc, argv, &key, &argument)) ==
	       FOPNP_OPTIONS_ONE)
		if (!set(options, key, argument))
			return FOPNP_OPTIONS_ERROR;
	if (result == FOPNP_OPTIONS_END && key < argc) {
		fopnp_message_error("operand-unexpected",
				    "`fopnp trace NAME` is about one name, `fopnp check --explain "
				    "ID` about one finding",
				    "check takes no name: \"%s\"", argv[key]);
		return FOPNP_OPTIONS_ERROR;
	}
	if (result == FOPNP_OPTIONS_END && !agree(options))
		return FOPNP_OPTIONS_ERROR;
	return result;
}

/* ---- work ---- */

static enum fopnp_exit explain(const char *id, uint64_t start_us)
{
	const struct fopnp_check_rule *rule = fopnp_check_rule_find(id);

	if (!rule) {
		fopnp_message_error("rule-unknown",
				    "`fopnp check --list` names them all; ids that only a trace "
				    "has are in fopnp-trace(1)",
				    "there is no rule \"%s\"", id);
		return FOPNP_EXIT_USAGE;
	}
	if (fopnp_message_is_json())
		fopnp_check_print_rules_json(rule, fopnp_clock_now_us() - start_us);
	else
		fopnp_check_print_rule(rule);
	return FOPNP_EXIT_OK;
}

static enum fopnp_exit list(bool is_man, uint64_t start_us)
{
	if (is_man)
		fopnp_check_print_man();
	else if (fopnp_message_is_json())
		fopnp_check_print_rules_json(NULL, fopnp_clock_now_us() - start_us);
	else
		fopnp_check_print_list();
	return FOPNP_EXIT_OK;
}

static bool has_root(const char *root)
{
	struct stat status;
	int error = stat(root, &status) != 0 ? errno : 0;

	if (error == 0 && !S_ISDIR(status.st_mode))
		error = ENOTDIR;
	if (error)
		fopnp_message_error("root-unusable",
				    "name the directory that holds the image's etc", "%s: %s", root,
				    strerror(error));
	return error == 0;
}

static enum fopnp_exit status_of(const struct fopnp_findings *findings)
{
	struct fopnp_check_counts counts = fopnp_check_count(findings);

	return counts.errors + counts.warnings > 0 ? FOPNP_EXIT_NO : FOPNP_EXIT_OK;
}

static enum fopnp_exit check(const struct options *options, uint64_t start_us)
{
	struct fopnp_findings findings = { 0 };
	struct fopnp_check_system *system;
	enum fopnp_exit status;

	fopnp_progress_start("checking the set-up");
	system = fopnp_check_system_read(&options->check);
	fopnp_check_run(system, &findings);
	fopnp_progress_stop();
	status = status_of(&findings);
	if (fopnp_message_is_json())
		fopnp_check_print_json(&findings, options->least, fopnp_clock_now_us() - start_us,
				       status);
	else
		fopnp_check_print_text(system, &findings, options->least);
	fopnp_findings_clear(&findings);
	fopnp_check_system_destroy(system);
	return status;
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	uint64_t start_us = fopnp_clock_now_us();
	struct options options;

	switch (parse(&options, argc, argv)) {
	case FOPNP_OPTIONS_HELP:
		fopnp_help_command(self, stdout);
		return FOPNP_EXIT_OK;
	case FOPNP_OPTIONS_ONE:
	case FOPNP_OPTIONS_ERROR:
		return FOPNP_EXIT_USAGE;
	case FOPNP_OPTIONS_END:
		break;
	}
	if (options.explain)
		return explain(options.explain, start_us);
	if (options.check.root && !has_root(options.check.root))
		return FOPNP_EXIT_CANNOT;
	if (options.program)
		return fopnp_check_program(options.program, options.check.root);
	if (options.is_list || options.is_man)
		return list(options.is_man, start_us);
	return check(&options, start_us);
}

static const char *const EXAMPLES[] = {
	"fopnp check",
	"fopnp check --severity warning",
	"fopnp check --explain search-storm",
	"fopnp check --root /srv/images/web --json",
	"fopnp check --program curl",
	"fopnp check --list",
	NULL,
};

const struct fopnp_command fopnp_command_check = {
	.name = "check",
	.group = "Look at the set-up",
	.summary = "what is wrong or surprising in the set-up, and what to do about it",
	.usage = "[--root DIR] [--no-probe] [--timeout DURATION] [--severity LEVEL]",
	.details =
		"Reads the files that host names are looked up by, asks each name server and each "
		"daemon one harmless question, and reports what is wrong: the gravest first, each "
		"with its place, its reason and what to do. Nothing on the system is changed. The "
		"exit status is 1 if there are errors or warnings, 0 if there are notes at most.",
	.options = OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
