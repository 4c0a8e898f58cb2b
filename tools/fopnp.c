/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fopnp: the command table and main().
 *
 * A map of tools/:
 *	command.h, fopnp.c        what a command is; the table of all of them
 *	cmd_NAME.c                one command: options, work and output meet here
 *	trace*.[ch]               the parts of `fopnp trace`: options, run (which calls), steps,
 *	                          notes, text, json
 *	request, lookup_order     what is asked, and the order that it follows
 *	call_result, call_child   one lookup call; in a child process with a deadline
 *	module_load, event_socket our module in that child, and its reports
 *	findings, hosts_evidence  notes with ids and places; lines of /etc/hosts
 *	event_listener, journal_reader, observed*.[ch]
 *	                          lookups of other processes, live, from the journal or a recording
 *	run*.[ch], program_kind   the parts of `fopnp run`; programs that it cannot see
 *	watch*.[ch]               the parts of `fopnp watch`: options, socket, live, recorded, output
 *	report*.[ch]              the parts of `fopnp report`: statistics, text, json
 *	compare*.[ch], lookup_pool the parts of `fopnp compare`; many lookups at once, in children
 *	check*.[ch]               the parts of `fopnp check`: system, probes, rules, text, json
 *	dns_*.[ch]                questions to name servers over c-ares, replies and records as text;
 *	                          the parts of `fopnp dns`
 *	program_lookup            what a program gets for a name, and whose word it is
 *	mx*, connect*, walk*, root_hints*, whois*, reverse*, name_database
 *	                          the parts of the commands of those names
 *	nsswitch_edit, install*.[ch]
 *	                          the parts of `fopnp enable` and `fopnp disable`
 *	status*.[ch]              the parts of `fopnp status`: line, processes, output
 *	options, help             option tables; help and hints made from the tables
 *	escape, terminal, table, paragraph   text for people
 *	json_output, message      JSON for programs; errors for both
 */
#include "tools/command.h"
#include "tools/help.h"
#include "tools/message.h"
#include "tools/options.h"
#include "tools/terminal.h"

#include <fcntl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const struct fopnp_command fopnp_command_check;
extern const struct fopnp_command fopnp_command_compare;
extern const struct fopnp_command fopnp_command_connect;
extern const struct fopnp_command fopnp_command_disable;
extern const struct fopnp_command fopnp_command_dns;
extern const struct fopnp_command fopnp_command_enable;
extern const struct fopnp_command fopnp_command_hostname;
extern const struct fopnp_command fopnp_command_mx;
extern const struct fopnp_command fopnp_command_protocol;
extern const struct fopnp_command fopnp_command_report;
extern const struct fopnp_command fopnp_command_reverse;
extern const struct fopnp_command fopnp_command_run;
extern const struct fopnp_command fopnp_command_service;
extern const struct fopnp_command fopnp_command_status;
extern const struct fopnp_command fopnp_command_trace;
extern const struct fopnp_command fopnp_command_walk;
extern const struct fopnp_command fopnp_command_watch;
extern const struct fopnp_command fopnp_command_whois;

/* In the order of `fopnp help`; commands of one group stand together. */
static const struct fopnp_command *const COMMANDS[] = {
	/* clang-format off */
	&fopnp_command_trace,
	&fopnp_command_run,
	&fopnp_command_watch,
	&fopnp_command_report,
	&fopnp_command_compare,
	&fopnp_command_check,
	&fopnp_command_enable,
	&fopnp_command_disable,
	&fopnp_command_status,
	&fopnp_command_dns,
	&fopnp_command_mx,
	&fopnp_command_connect,
	&fopnp_command_walk,
	&fopnp_command_whois,
	&fopnp_command_reverse,
	&fopnp_command_service,
	&fopnp_command_protocol,
	&fopnp_command_hostname,
	NULL,
	/* clang-format on */
};

/*
 * A descriptor 0 to 2 that is closed would be given to the first socket or
 * pipe opened.  What takes its place refuses the use that it would have had,
 * so that output to nowhere is still an error.
 */
static void occupy_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1)
			(void)open("/dev/null",
				   (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
}

static enum fopnp_exit help(int argc, char **argv)
{
	const struct fopnp_command *command;

	if (argc < 2) {
		fopnp_help_all(COMMANDS, stdout);
		return FOPNP_EXIT_OK;
	}
	command = fopnp_help_find(COMMANDS, argv[1]);
	if (!command)
		return fopnp_help_unknown(COMMANDS, argv[1]);
	fopnp_help_command(command, stdout);
	return FOPNP_EXIT_OK;
}

static enum fopnp_exit dispatch(int argc, char **argv)
{
	const struct fopnp_command *command;
	const char *word = argc > 1 ? argv[1] : "help";

	if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return help(argc > 1 ? argc - 1 : 0, argv + 1);
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
		(void)puts("fopnp " FOPNP_VERSION);
		return FOPNP_EXIT_OK;
	}
	command = fopnp_help_find(COMMANDS, word);
	fopnp_message_start(command ? command->name : NULL, fopnp_options_ask_json(argc, argv));
	if (command)
		return command->run(command, argc - 1, argv + 1);
	if (*word == '-') {
		fopnp_message_error("option-unknown", "`fopnp help` lists the commands",
				    "there is no option %s before a command", word);
		return FOPNP_EXIT_USAGE;
	}
	return fopnp_help_unknown(COMMANDS, word);
}

int main(int argc, char **argv)
{
	enum fopnp_exit status;

	occupy_standard_descriptors();
	/* Character widths only; numbers and messages stay the same everywhere. */
	(void)setlocale(LC_CTYPE, "");
	fopnp_terminal_start();
	status = dispatch(argc, argv);
	if (!fopnp_message_finish_output() && status != FOPNP_EXIT_USAGE)
		status = FOPNP_EXIT_CANNOT;
	return (int)status;
}
