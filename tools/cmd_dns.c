/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp dns: raw DNS records of a name. */
#include "tools/clock.h"
#include "tools/command.h"
#include "tools/dns_names.h"
#include "tools/dns_notes.h"
#include "tools/dns_output.h"
#include "tools/findings_text.h"
#include "tools/help.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_AT_ONCE  256
#define PROGRAMS_NAMES 16 /* with more on the command line programs are not looked at */

struct session {
	const struct fopnp_dns_options *options;
	struct fopnp_dns_asking *asking;
	struct fopnp_dns_names *names;
	bool looks_at_programs;
	struct fopnp_dns_job *kept; /* until all have been asked, if so; the last one first */
	size_t printed, answered, not_found, failed;
	enum fopnp_exit status;
	bool is_broken; /* stdout takes nothing more */
};

/* ---- one name ---- */

static void tell_bad_name(const struct fopnp_dns_job *job)
{
	fopnp_message_error("name-invalid",
			    "labels of 63 bytes at most, 255 in all, and no dots in a row",
			    "\"%s\" is no domain name%s%s", job->given, job->idn.error ? ": " : "",
			    job->idn.error ? job->idn.error : "");
}

static void print_json(const struct session *session, const struct fopnp_dns_job *job)
{
	struct fopnp_dns_programs programs = { 0 };
	struct fopnp_findings notes = { 0 };

	fopnp_dns_notes_find(session->options, job, &notes);
	if (session->looks_at_programs)
		fopnp_dns_programs_look(job, &notes, &programs);
	fopnp_json_print(fopnp_dns_to_json(job, &programs, &notes), stdout);
	fopnp_dns_programs_clear(&programs);
	fopnp_findings_clear(&notes);
}

static void print_text(const struct session *session, const struct fopnp_dns_job *job)
{
	struct fopnp_dns_programs programs = { 0 };
	struct fopnp_findings notes = { 0 };

	if (session->printed > 0)
		(void)fputc('\n', stdout);
	fopnp_dns_print_text(session->options, job);
	/* What programs get may take longer. */
	(void)fopnp_message_flush_output();
	fopnp_dns_notes_find(session->options, job, &notes);
	if (session->looks_at_programs)
		fopnp_dns_programs_look(job, &notes, &programs);
	fopnp_findings_print_text(&notes);
	fopnp_dns_programs_clear(&programs);
	fopnp_findings_clear(&notes);
}

static void count(struct session *session, const struct fopnp_dns_job *job)
{
	enum fopnp_exit status = fopnp_dns_job_exit(job);

	session->printed++;
	session->status = fopnp_exit_join(session->status, status);
	if (status == FOPNP_EXIT_OK)
		session->answered++;
	else if (status == FOPNP_EXIT_NO)
		session->not_found++;
	else
		session->failed++;
}

static void finish(struct session *session, struct fopnp_dns_job *job)
{
	fopnp_progress_stop();
	if (session->is_broken)
		; /* nobody reads it */
	else if (job->is_bad_name)
		tell_bad_name(job);
	else if (fopnp_message_is_json())
		print_json(session, job);
	else if (session->options->is_short)
		fopnp_dns_print_short(job);
	else
		print_text(session, job);
	count(session, job);
	session->is_broken |= !fopnp_message_flush_output();
	fopnp_dns_job_destroy(job);
}

/* ---- all of them ---- */

static void take_job(struct fopnp_dns_job *job, void *context)
{
	struct session *session = context;

	if (!session->looks_at_programs) {
		finish(session, job);
		return;
	}
	job->next = session->kept;
	session->kept = job;
}

static void add_names(struct session *session, bool can_wait)
{
	const char *name;

	while (!session->is_broken && fopnp_dns_asking_count(session->asking) < NAMES_AT_ONCE &&
	       (name = fopnp_dns_names_next(session->names, can_wait))) {
		fopnp_dns_asking_add(session->asking, name);
		can_wait = false;
	}
}

static void add_more(void *context)
{
	add_names(context, false);
}

static void finish_kept(struct session *session)
{
	struct fopnp_dns_job *first = NULL;

	while (session->kept) {
		struct fopnp_dns_job *job = session->kept;

		session->kept = job->next;
		job->next = first;
		first = job;
	}
	while (first) {
		struct fopnp_dns_job *job = first;

		first = job->next;
		finish(session, job);
	}
}

static void ask_all(struct session *session)
{
	for (;;) {
		add_names(session, true);
		if (fopnp_dns_asking_count(session->asking) == 0)
			break;
		if (session->options->name_count == 1)
			fopnp_progress_start("asking the name servers");
		fopnp_dns_asking_run(session->asking, add_more);
		fopnp_progress_stop();
	}
	finish_kept(session);
	if (fopnp_dns_names_has_failed(session->names))
		session->status = fopnp_exit_join(session->status, FOPNP_EXIT_CANNOT);
}

static void print_summary(const struct session *session, uint64_t start_us)
{
	json_t *counts = json_object();

	fopnp_json_set(counts, "names", json_integer((json_int_t)session->printed));
	fopnp_json_set(counts, "answered", json_integer((json_int_t)session->answered));
	fopnp_json_set(counts, "not_found", json_integer((json_int_t)session->not_found));
	fopnp_json_set(counts, "failed", json_integer((json_int_t)session->failed));
	fopnp_json_print_summary("dns", counts, fopnp_clock_now_us() - start_us,
				 (int)session->status);
}

/* What a server says when it is asked by name, or not to look further, is not for programs. */
static bool looks_at_programs(const struct fopnp_dns_options *options, bool reads_stdin)
{
	return !options->skips_programs && !options->has_own_servers && !options->is_short &&
	       options->client.is_recursive && !reads_stdin &&
	       options->name_count <= PROGRAMS_NAMES;
}

static enum fopnp_exit dns(const struct fopnp_dns_options *options)
{
	struct session session = { .options = options };
	uint64_t start_us = fopnp_clock_now_us();
	bool reads_stdin = false;

	for (size_t i = 0; i < options->name_count; i++)
		reads_stdin |= strcmp(options->names[i], "-") == 0;
	session.looks_at_programs = looks_at_programs(options, reads_stdin);
	session.names = fopnp_dns_names_create(options->names, options->name_count);
	session.asking = fopnp_dns_asking_create(options, take_job, &session);
	ask_all(&session);
	if (fopnp_message_is_json() && (reads_stdin || options->name_count > 1))
		print_summary(&session, start_us);
	fopnp_dns_asking_destroy(session.asking);
	fopnp_dns_names_destroy(session.names);
	return session.status;
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	struct fopnp_dns_options options;
	enum fopnp_options_result parsed = fopnp_dns_options_parse(&options, argc, argv);
	enum fopnp_exit status =
		parsed == FOPNP_OPTIONS_END ? dns(&options) : fopnp_help_instead(self, parsed);

	fopnp_dns_options_clear(&options);
	return status;
}

static const char *const EXAMPLES[] = {
	"fopnp dns www.example.com",
	"fopnp dns example.com MX TXT @9.9.9.9",
	"fopnp dns --short example.com AAAA",
	"fopnp dns 192.0.2.80",
	"fopnp dns --no-recurse www.example.com A",
	"fopnp dns --search printer",
	"fopnp dns --json - MX <domains.txt",
	NULL,
};

const struct fopnp_command fopnp_command_dns = {
	.name = "dns",
	.group = "Raw DNS and the chapter's jobs",
	.summary = "the records that name servers have for a name",
	.usage = "[OPTION...] NAME|ADDRESS... [TYPE...] [@SERVER[:PORT]]",
	.details =
		"Asks the name servers of resolv.conf, or SERVER, for A, AAAA, CNAME, MX and NS records "
		"at once, or for the types given; for an address, for the name of it. Tells what is not "
		"there from what could not be found out, and says where programs would get something "
		"else, since they ask /etc/hosts and other sources, too. The first operand is a name, "
		"later ones are types where they are words for one. - reads names from stdin.",
	.options = FOPNP_DNS_OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
