/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp run: every lookup of a command and its children, as it happens, and a summary. */
#include "tools/clock.h"
#include "tools/command.h"
#include "tools/help.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/run_calls.h"
#include "tools/run_child.h"
#include "tools/run_options.h"
#include "tools/run_output.h"
#include "tools/run_programs.h"
#include "tools/run_setup.h"
#include "tools/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As env(1) and its kin: what the command's own status cannot be told from otherwise. */
#define EXIT_OURS       125
#define EXIT_CANNOT_RUN 126
#define EXIT_MISSING    127

#define TICK_MS       100
#define OUTPUT_BUFFER (1 << 16) /* rows reach a terminal or pipe whole */
#define BATCH_MOST    512       /* events between two looks at signals and clock */

/* A run, from its first event to its last. */
struct run {
	struct fopnp_run_options options;
	struct fopnp_run_setup setup;
	struct fopnp_run_child child;
	struct fopnp_run_output output;
	struct fopnp_run_calls *calls;
	struct fopnp_run_programs *programs;
	struct fopnp_process_cache *processes;
	struct fopnp_observed_losses *losses;
	struct fopnp_observed_lookup *heard;
	bool is_waiting; /* for something that time alone decides */
	uint64_t start_us;
};

/* ---- our output ---- */

/* Whether DESCRIPTOR is FILE: two that write to it would write over each other. */
static bool is_open_at(int descriptor, const char *file)
{
	struct stat opened, named;

	return descriptor != -1 && fstat(descriptor, &opened) == 0 && S_ISREG(opened.st_mode) &&
	       stat(file, &named) == 0 && opened.st_dev == named.st_dev &&
	       opened.st_ino == named.st_ino;
}

/*
 * What we print goes to FILE.  False, and the error told.  While it is opened stdout is the
 * command's again, which is what /dev/stdout names.
 */
static bool use_file(const char *file, int kept_output)
{
	int descriptor = -1, error = 0;
	bool is_taken;

	if (kept_output != -1)
		(void)dup2(kept_output, STDOUT_FILENO);
	is_taken = is_open_at(STDERR_FILENO, file) || is_open_at(kept_output, file);
	if (!is_taken) {
		descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
		error = errno;
	}
	(void)dup2(descriptor == -1 ? STDERR_FILENO : descriptor, STDOUT_FILENO);
	if (is_taken)
		fopnp_message_error("output-unwritable", "name another file",
				    "cannot write %s: the command's own output goes there", file);
	else if (descriptor == -1)
		fopnp_message_error("output-unwritable", NULL, "cannot write %s: %s", file,
				    strerror(error));
	else
		(void)close(descriptor);
	return descriptor != -1;
}

/*
 * stdout is the command's: for this process 1 becomes stderr, and what it was is returned.
 * -1: it was closed, see fopnp.c.
 */
static int take_stdout(void)
{
	int flags = fcntl(STDOUT_FILENO, F_GETFD), kept = -1;

	if (flags != -1 && !(flags & FD_CLOEXEC))
		kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	(void)dup2(STDERR_FILENO, STDOUT_FILENO);
	(void)setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUFFER);
	return kept;
}

/* ---- events ---- */

static void hear(struct run *run, const struct fopnp_event_datagram *datagram, uint64_t now_us)
{
	enum fopnp_observed_kind kind = fopnp_observed_decode(datagram, run->processes, run->heard);
	uint64_t lost = 0;

	if (kind == FOPNP_OBSERVED_MALFORMED) {
		fopnp_run_output_malformed(&run->output, &run->heard->process, datagram->bytes,
					   datagram->len);
		return;
	}
	lost = fopnp_observed_losses_add(run->losses, run->heard);
	if (kind == FOPNP_OBSERVED_LOOKUP) {
		fopnp_run_calls_hear_lookup(run->calls, run->heard, lost, now_us);
		return;
	}
	run->output.tally.lost += lost;
	fopnp_run_calls_hear_mark(run->calls, run->heard, now_us);
	fopnp_run_programs_hear(run->programs, run->heard, now_us);
}

/*
 * What waits, but no more than MOST: some process may send without end.  Returns whether there may be
 * more, which poll() need not know of: the listener has read ahead.
 */
static bool hear_batch(struct run *run, size_t most)
{
	struct fopnp_event_datagram datagram;
	uint64_t now_us = fopnp_clock_now_us();

	for (size_t i = 0; i < most; i++) {
		if (!fopnp_event_listener_next(&run->setup.listener, &datagram))
			return false;
		hear(run, &datagram, now_us);
	}
	return true;
}

static void listen_until_end(struct run *run)
{
	struct pollfd polls[] = {
		{ .fd = run->setup.listener.descriptor, .events = POLLIN },
		{ .fd = run->child.signals, .events = POLLIN },
	};
	bool has_more = false;

	while (!fopnp_run_child_is_over(&run->child)) {
		uint64_t now_us;
		bool is_waiting;

		(void)poll(polls, 2, has_more ? 0 : run->is_waiting ? TICK_MS : -1);
		if (polls[1].revents)
			fopnp_run_child_take_signals(&run->child);
		has_more = hear_batch(run, BATCH_MOST);
		now_us = fopnp_clock_now_us();
		is_waiting = fopnp_run_calls_tick(run->calls, now_us);
		run->is_waiting = fopnp_run_programs_tick(run->programs, now_us) || is_waiting;
		(void)fopnp_message_flush_output();
	}
}

/* ---- before and after ---- */

static void tell(struct run *run, const char *id, enum fopnp_severity severity, const char *text)
{
	struct fopnp_findings findings = { 0 };

	fopnp_run_output_finding(&run->output,
				 fopnp_findings_add(&findings, id, severity, "%s", text), NULL);
	fopnp_findings_clear(&findings);
}

static void tell_setup(struct run *run)
{
	const struct fopnp_run_setup *setup = &run->setup;

	for (size_t i = 0; i < setup->line.findings.count; i++)
		fopnp_run_output_finding(&run->output, &setup->line.findings.list[i], NULL);
	if (setup->has_nscd && setup->order)
		tell(run, "nscd-bypassed", FOPNP_INFO,
		     "nscd is running: without fopnp run it would be asked first, and might answer "
		     "from its cache");
}

static void create(struct run *run)
{
	struct fopnp_run_sink sink = { fopnp_run_output_call, fopnp_run_output_lookup,
				       &run->output };
	struct fopnp_run_answerers answerers = {
		.is_module_asked_always = run->setup.order != NULL,
		.has_nscd = run->setup.has_nscd,
		.before = run->setup.before,
	};

	run->calls = fopnp_run_calls_create(&sink, &answerers);
	run->programs = fopnp_run_programs_create(fopnp_run_output_finding, &run->output);
	run->processes = fopnp_process_cache_create();
	run->losses = fopnp_observed_losses_create();
	run->heard = fopnp_observed_create();
	run->output.is_quiet = run->options.is_quiet;
	if (run->options.is_redacted)
		run->output.text.redaction = fopnp_redaction_create();
}

static void prepare(void *context)
{
	fopnp_run_setup_environment(context);
}

/* 0, or the exit status with the error told. */
static int start(struct run *run, char **argv, int kept_output)
{
	struct fopnp_run_child_start how = {
		.argv = argv,
		.stdout_descriptor = kept_output,
		.prepare = prepare,
		.context = &run->setup,
		.waits_for_others = run->options.waits,
	};
	bool was_exec;
	int error;

	(void)fopnp_message_flush_output(); /* the child must not print it again */
	run->start_us = fopnp_clock_now_us();
	if (fopnp_run_child_start(&run->child, &how, &was_exec))
		return 0;
	error = errno;
	fopnp_message_error(was_exec ? "command-not-run" : "no-child", NULL, "cannot run %s: %s",
			    argv[0], strerror(error));
	if (!was_exec)
		return EXIT_OURS;
	return error == ENOENT ? EXIT_MISSING : EXIT_CANNOT_RUN;
}

static void finish(struct run *run, const char *command)
{
	struct fopnp_run_ending ending = {
		.command = command,
		.exit_status = fopnp_run_child_exit_status(&run->child),
		.elapsed_us = fopnp_clock_now_us() - run->start_us,
	};

	(void)hear_batch(run, FOPNP_EVENT_LISTENER_QUEUE + BATCH_MOST);
	fopnp_run_calls_flush(run->calls, fopnp_clock_now_us());
	fopnp_run_programs_flush(run->programs);
	ending.has_left_others =
		fopnp_run_programs_tell_running(run->programs, run->setup.listener.path);
	ending.started = fopnp_run_programs_started(run->programs);
	ending.is_explained = fopnp_run_programs_was_any_unseen(run->programs);
	fopnp_run_output_summary(&run->output, &ending);
}

static void clear(struct run *run)
{
	fopnp_run_calls_destroy(run->calls);
	fopnp_run_programs_destroy(run->programs);
	fopnp_process_cache_destroy(run->processes);
	fopnp_observed_losses_destroy(run->losses);
	fopnp_observed_destroy(run->heard);
	fopnp_run_tally_clear(&run->output.tally);
	fopnp_run_setup_clear(&run->setup);
}

/* Our exit status, or 0 once the command has run and this process is to end as it did. */
static int run_command(struct run *run, char **argv, int kept_output)
{
	int status;

	if (!fopnp_run_child_hold_signals(&run->child)) {
		fopnp_message_error("no-child", NULL, "cannot take signals: %s", strerror(errno));
		return EXIT_OURS;
	}
	if (!fopnp_run_setup_make(&run->setup, run->options.order))
		return EXIT_OURS;
	create(run);
	fopnp_run_programs_look_at(run->programs, argv[0]);
	tell_setup(run);
	status = fopnp_run_child_was_ended(&run->child) ? 0 : start(run, argv, kept_output);
	if (status == 0 && !run->child.has_ended) {
		if (kept_output != -1)
			(void)close(kept_output); /* a reader of it is to see the command's end */
		fopnp_run_programs_expect(run->programs, run->child.pid, fopnp_clock_now_us());
		listen_until_end(run);
		finish(run, argv[0]);
	}
	clear(run);
	return status;
}

static enum fopnp_exit run_main(const struct fopnp_command *self, int argc, char **argv)
{
	static struct run run; /* large */
	int kept_output = take_stdout(), first, status = EXIT_OURS;
	enum fopnp_options_result parsed;

	fopnp_message_start(self->name, false); /* a --json behind the command is the command's */
	parsed = fopnp_run_options_parse(&run.options, argc, argv, &first);
	if (parsed == FOPNP_OPTIONS_HELP) {
		(void)dup2(kept_output, STDOUT_FILENO);
		fopnp_terminal_use(stdout);
		fopnp_help_command(self, stdout);
		return FOPNP_EXIT_OK;
	}
	if (parsed == FOPNP_OPTIONS_END &&
	    (!run.options.output || use_file(run.options.output, kept_output))) {
		fopnp_terminal_use(stdout);
		status = run_command(&run, argv + first, kept_output);
	}
	(void)fopnp_message_finish_output();
	if (status != 0)
		exit(status);
	fopnp_run_child_end_like(&run.child);
}

static const char *const EXAMPLES[] = {
	"fopnp run curl -s https://www.debian.org",
	"fopnp run -o lookups.txt -- make test",
	"fopnp run --json -o lookups.json -- python3 app.py",
	"fopnp run --order 'files dns' -- ssh printer.local",
	NULL,
};

const struct fopnp_command fopnp_command_run = {
	.name = "run",
	.group = "See every lookup",
	.summary = "every lookup that a command and its children make",
	.usage = "[-q] [-o FILE] [OPTION...] [--] COMMAND [ARGUMENT...]",
	.details =
		"Runs COMMAND and shows each call of getaddrinfo, gethostbyname and their kin that "
		"it and its children make: who called, what was asked, who answered and how long "
		"it took; then a summary. Works without fopnp being installed or configured: "
		"lookups go through fopnp in these processes alone, in the machine's own order. "
		"Standard streams, signals and exit status are COMMAND's.",
	.options = FOPNP_RUN_OPTIONS,
	.examples = EXAMPLES,
	.run = run_main,
};
