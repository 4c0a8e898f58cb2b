/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp trace: who answered a lookup, step by step, and what the others would have said. */
#include "tools/clock.h"
#include "tools/command.h"
#include "tools/help.h"
#include "tools/json_output.h"
#include "tools/message.h"
#include "tools/options.h"
#include "tools/terminal.h"
#include "tools/trace.h"
#include "tools/trace_options.h"
#include "tools/trace_words.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What all names of one call came to. */
struct tally {
	size_t names, traces, answered, not_found, failed;
	enum fopnp_exit status;
	bool is_broken; /* stdout takes nothing more: no use to go on */
};

static void count(struct tally *tally, enum fopnp_exit status)
{
	tally->traces++;
	tally->status = fopnp_exit_join(tally->status, status);
	if (status == FOPNP_EXIT_OK)
		tally->answered++;
	else if (status == FOPNP_EXIT_NO)
		tally->not_found++;
	else
		tally->failed++;
}

/* False, with the failure counted, if it could not be traced. */
static bool trace_once(const struct fopnp_trace_options *options, const char *name,
		       struct tally *tally, struct fopnp_trace *out_trace)
{
	bool is_usage = false;

	if (fopnp_trace_run(options, name, out_trace, &is_usage)) {
		count(tally, fopnp_trace_exit_status(out_trace));
		return true;
	}
	count(tally, is_usage ? FOPNP_EXIT_USAGE : FOPNP_EXIT_CANNOT);
	return false;
}

/* As text: whole where it brings news, else that it came to the same. */
static void print_try(const struct fopnp_trace *trace, const struct fopnp_trace *before,
		      size_t number, size_t of)
{
	char duration[FOPNP_DURATION_TEXT];

	if (before && fopnp_trace_same_outcome(trace, before)) {
		(void)printf("%stry %zu of %zu: the same, in %s\n", number == 2 ? "\n" : "", number,
			     of, fopnp_trace_duration(trace->result->elapsed_us, duration));
		return;
	}
	if (before)
		(void)printf("\ntry %zu of %zu: another outcome\n", number, of);
	fopnp_trace_print_text(trace);
}

static void print(const struct fopnp_trace_options *options, const struct fopnp_trace *trace,
		  const struct fopnp_trace *before, size_t number)
{
	if (fopnp_message_is_json())
		fopnp_trace_print_json(trace);
	else if (options->is_short)
		fopnp_trace_print_short(trace);
	else
		print_try(trace, before, number, options->repeat);
}

static void trace_name(const struct fopnp_trace_options *options, const char *name,
		       struct tally *tally)
{
	struct fopnp_trace traces[2] = { 0 };
	const struct fopnp_trace *before = NULL;

	if (tally->names++ > 0 && !fopnp_message_is_json() && !options->is_short)
		(void)fputc('\n', stdout);
	for (size_t i = 0; i < options->repeat && !tally->is_broken; i++) {
		struct fopnp_trace *trace = &traces[i % 2];

		fopnp_trace_clear(trace);
		if (!trace_once(options, name, tally, trace))
			break;
		print(options, trace, before, i + 1);
		tally->is_broken = !fopnp_message_flush_output();
		before = trace;
	}
	tally->is_broken |= !fopnp_message_flush_output();
	fopnp_trace_clear(&traces[0]);
	fopnp_trace_clear(&traces[1]);
}

/* A line of LEN bytes without the blanks around it. */
static void trace_line(const struct fopnp_trace_options *options, char *line, size_t len,
		       struct tally *tally)
{
	static const char blanks[] = " \t\r\n";

	while (len > 0 && memchr(blanks, line[len - 1], sizeof(blanks) - 1))
		line[--len] = '\0';
	if (strlen(line) < len) {
		fopnp_message_error("name-invalid", "one name a line",
				    "a NUL byte in the name \"%s\"", line + strspn(line, blanks));
		tally->names++;
		count(tally, FOPNP_EXIT_USAGE);
		return;
	}
	line += strspn(line, blanks);
	if (*line)
		trace_name(options, line, tally);
}

/* One name a line; blanks around it and empty lines do not count. */
static void trace_stdin(const struct fopnp_trace_options *options, struct tally *tally)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while (!tally->is_broken && (len = getline(&line, &size, stdin)) > 0)
		trace_line(options, line, (size_t)len, tally);
	if (ferror(stdin)) {
		fopnp_message_error("stdin-unreadable", NULL, "cannot read names from stdin: %s",
				    strerror(errno));
		tally->status = fopnp_exit_join(tally->status, FOPNP_EXIT_CANNOT);
	}
	free(line);
}

static void print_summary(const struct tally *tally, uint64_t start_us)
{
	json_t *counts = json_object();

	fopnp_json_set(counts, "names", json_integer((json_int_t)tally->names));
	fopnp_json_set(counts, "traces", json_integer((json_int_t)tally->traces));
	fopnp_json_set(counts, "answered", json_integer((json_int_t)tally->answered));
	fopnp_json_set(counts, "not_found", json_integer((json_int_t)tally->not_found));
	fopnp_json_set(counts, "failed", json_integer((json_int_t)tally->failed));
	fopnp_json_print_summary("trace", counts, fopnp_clock_now_us() - start_us,
				 (int)tally->status);
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	struct fopnp_trace_options options;
	struct tally tally = { 0 };
	uint64_t start_us = fopnp_clock_now_us();
	enum fopnp_options_result parsed;
	bool is_many;
	int first;

	parsed = fopnp_trace_options_parse(&options, argc, argv, &first);
	if (parsed != FOPNP_OPTIONS_END) {
		fopnp_request_clear(&options.request);
		return fopnp_help_instead(self, parsed);
	}
	is_many = argc - first > 1 || options.repeat > 1;
	if (first == argc)
		trace_name(&options, NULL, &tally);
	for (int i = first; i < argc && !tally.is_broken; i++) {
		if (strcmp(argv[i], "-") == 0) {
			is_many = true;
			trace_stdin(&options, &tally);
		} else {
			trace_name(&options, argv[i], &tally);
		}
	}
	if (fopnp_message_is_json() && is_many)
		print_summary(&tally, start_us);
	fopnp_request_clear(&options.request);
	return tally.status;
}

static const char *const EXAMPLES[] = {
	"fopnp trace www.debian.org",
	"fopnp trace -6 --flags addrconfig,v4mapped printer",
	"fopnp trace -s https -t stream www.debian.org",
	"fopnp trace --call getnameinfo 192.0.2.1",
	"fopnp trace --order 'files [NOTFOUND=return] dns' printer",
	"fopnp trace --order 'fopnp:hosts fopnp:dns' printer",
	"fopnp trace --repeat 2 printer.local",
	"fopnp trace --short - <names.txt",
	NULL,
};

const struct fopnp_command fopnp_command_trace = {
	.name = "trace",
	.group = "Explain one lookup",
	.summary = "who answered this call, and what the others would have said",
	.usage = "[-46cnNP] [-f FAMILY] [-t SOCKTYPE] [-p PROTOCOL] [-s SERVICE] "
		 "[OPTION...] [NAME...]",
	.details =
		"Makes the call as a program does, watches every source that it asks, and then asks "
		"those that it did not reach (unless --passive). Shows the lines that each answer "
		"comes from, the packets of glibc's resolver or of fopnp:dns, and why the addresses "
		"stand in their order. Several names are traced one after the other; - reads names from stdin. "
		"Nothing on the system is changed.",
	.options = FOPNP_TRACE_OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
