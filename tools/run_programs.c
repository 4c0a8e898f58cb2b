/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs that run, and those that are not seen. */
#include "tools/run_programs.h"

#include "tools/memory.h"
#include "tools/program_kind.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECTED_MOST 1024    /* programs whose start mark is waited for at one time */
#define STARTED_MOST  1024    /* start marks that are remembered */
#define TOLD_MOST     256     /* programs told of; further ones are not */
#define PATIENCE_US   5000000 /* from exec() to the start mark; a loaded machine is slow */
#define SPAWN_US      2000000 /* a start mark so old is of an earlier process with that pid */

struct expected {
	int64_t pid;
	char *program;
	char comm[FOPNP_PROCESS_COMM];
	uint64_t heard_us;
	bool is_command; /* the command itself */
};

struct started {
	int64_t pid;
	uint64_t heard_us;
};

struct fopnp_run_programs {
	fopnp_run_tell *tell;
	void *context;
	struct expected expected[EXPECTED_MOST]; /* the oldest first */
	size_t expected_count;
	struct started started[STARTED_MOST]; /* a ring */
	uint64_t started_count;
	char *told[TOLD_MOST]; /* "ID PROGRAM" */
	size_t told_count;
	char *command; /* its file */
};

struct fopnp_run_programs *fopnp_run_programs_create(fopnp_run_tell *tell, void *context)
{
	struct fopnp_run_programs *programs = fopnp_memory_zeroed(1, sizeof(*programs));

	programs->tell = tell;
	programs->context = context;
	return programs;
}

void fopnp_run_programs_destroy(struct fopnp_run_programs *programs)
{
	if (!programs)
		return;
	for (size_t i = 0; i < programs->expected_count; i++)
		free(programs->expected[i].program);
	for (size_t i = 0; i < programs->told_count; i++)
		free(programs->told[i]);
	free(programs->command);
	free(programs);
}

/* ---- telling ---- */

/* False if this was told of this program before. */
static bool is_news(struct fopnp_run_programs *programs, const char *id, const char *program)
{
	FOPNP_AUTO_FREE char *key = fopnp_memory_format("%s %s", id, program);

	for (size_t i = 0; i < programs->told_count; i++)
		if (strcmp(programs->told[i], key) == 0)
			return false;
	if (programs->told_count == TOLD_MOST)
		return false;
	programs->told[programs->told_count++] = fopnp_memory_copy_text(key);
	return true;
}

static void tell(struct fopnp_run_programs *programs, const char *id, const char *program,
		 const char *text, const struct fopnp_observed_process *process)
{
	struct fopnp_findings findings = { 0 };

	if (!is_news(programs, id, program))
		return;
	programs->tell(programs->context,
		       fopnp_findings_add(&findings, id, FOPNP_WARNING, "%s: %s", program, text),
		       process);
	fopnp_findings_clear(&findings);
}

/* Whether its file says why nothing can be seen of it; then it is told. */
static bool tell_by_file(struct fopnp_run_programs *programs, const char *file,
			 const struct fopnp_observed_process *process)
{
	struct fopnp_program_kind kind;
	const char *why = NULL, *id = NULL;

	if (fopnp_program_inspect(file, getenv("PATH"), &kind) == FOPNP_PROGRAM_FOUND)
		why = fopnp_program_why_unseen(&kind, &id);
	if (why)
		tell(programs, id, file, why, process);
	fopnp_program_kind_clear(&kind);
	return why != NULL;
}

void fopnp_run_programs_look_at(struct fopnp_run_programs *programs, const char *file)
{
	programs->command = fopnp_memory_copy_text(file);
	(void)tell_by_file(programs, file, NULL);
}

/* ---- who is waited for ---- */

static void forget(struct fopnp_run_programs *programs, size_t index)
{
	free(programs->expected[index].program);
	programs->expected_count--;
	memmove(&programs->expected[index], &programs->expected[index + 1],
		(programs->expected_count - index) * sizeof(programs->expected[0]));
}

static void forget_pid(struct fopnp_run_programs *programs, int64_t pid)
{
	for (size_t i = 0; i < programs->expected_count;) {
		if (programs->expected[i].pid == pid)
			forget(programs, i);
		else
			i++;
	}
}

static void give_up(struct fopnp_run_programs *programs, size_t index)
{
	const struct expected *expected = &programs->expected[index];
	struct fopnp_observed_process process = {
		.pid = expected->pid,
		.tid = -1,
		.uid = -1,
		.claimed_pid = -1,
		.claimed_uid = -1,
	};

	(void)strcpy(process.comm, expected->comm);
	if (!tell_by_file(programs, expected->program, expected->is_command ? NULL : &process))
		tell(programs, "program-not-entered", expected->program,
		     "its calls are not seen: its environment was cleared, or fopnp's library "
		     "cannot be loaded there (a chroot, a sandbox)",
		     expected->is_command ? NULL : &process);
	forget(programs, index);
}

/* A mark is sent before main(): of a process that has ended none is on its way. */
static bool has_ended(const struct expected *expected)
{
	return expected->is_command || (kill((pid_t)expected->pid, 0) != 0 && errno == ESRCH);
}

/* Before its time is over: of one that may have hardly begun nothing is said but what its file tells. */
static void let_go(struct fopnp_run_programs *programs, size_t index)
{
	if (has_ended(&programs->expected[index])) {
		give_up(programs, index);
		return;
	}
	(void)tell_by_file(programs, programs->expected[index].program, NULL);
	forget(programs, index);
}

static void expect(struct fopnp_run_programs *programs, int64_t pid, const char *program,
		   const char *comm, uint64_t now_us)
{
	struct expected *expected;

	forget_pid(programs, pid);
	if (programs->expected_count == EXPECTED_MOST)
		let_go(programs, 0);
	expected = &programs->expected[programs->expected_count++];
	*expected = (struct expected){
		.pid = pid,
		.program = fopnp_memory_copy_text(program),
		.heard_us = now_us,
	};
	(void)snprintf(expected->comm, sizeof(expected->comm), "%s", comm);
}

void fopnp_run_programs_expect(struct fopnp_run_programs *programs, int64_t pid, uint64_t now_us)
{
	expect(programs, pid, programs->command, "", now_us);
	programs->expected[programs->expected_count - 1].is_command = true;
}

/* ---- marks ---- */

static size_t started_count(const struct fopnp_run_programs *programs)
{
	return programs->started_count < STARTED_MOST ? (size_t)programs->started_count
						      : STARTED_MOST;
}

/* A child can be faster than the mark of the one that spawned it. */
static bool has_started(const struct fopnp_run_programs *programs, int64_t pid, uint64_t now_us)
{
	for (size_t i = 0; i < started_count(programs); i++)
		if (programs->started[i].pid == pid &&
		    programs->started[i].heard_us + SPAWN_US > now_us)
			return true;
	return false;
}

static void start(struct fopnp_run_programs *programs, const struct fopnp_observed_lookup *mark,
		  uint64_t now_us)
{
	const struct fopnp_event *event = &mark->event;

	forget_pid(programs, mark->process.pid);
	programs->started[programs->started_count++ % STARTED_MOST] =
		(struct started){ mark->process.pid, now_us };
	if (event->error_text[0]) {
		FOPNP_AUTO_FREE char *text = fopnp_memory_format(
			"its names are not looked up through the module, so that sources are not "
			"seen: %s",
			event->error_text);

		tell(programs, "program-not-configured",
		     event->program[0] ? event->program : mark->process.comm, text, &mark->process);
	}
}

/* In a pid namespace below ours a process knows its child by another number than we. */
static bool is_child_known(const struct fopnp_observed_lookup *mark)
{
	return mark->event.child > 0 && mark->process.claimed_pid == mark->process.pid;
}

void fopnp_run_programs_hear(struct fopnp_run_programs *programs,
			     const struct fopnp_observed_lookup *mark, uint64_t now_us)
{
	const struct fopnp_event *event = &mark->event;

	if (strcmp(event->phase, "start") == 0)
		start(programs, mark, now_us);
	else if (strcmp(event->phase, "exec") == 0)
		expect(programs, mark->process.pid, event->program, mark->process.comm, now_us);
	else if (strcmp(event->phase, "exec-failed") == 0)
		forget_pid(programs, mark->process.pid);
	else if (strcmp(event->phase, "spawn") == 0 && is_child_known(mark) &&
		 !has_started(programs, event->child, now_us))
		expect(programs, event->child, event->program, mark->process.comm, now_us);
}

bool fopnp_run_programs_tick(struct fopnp_run_programs *programs, uint64_t now_us)
{
	while (programs->expected_count > 0 &&
	       programs->expected[0].heard_us + PATIENCE_US <= now_us)
		give_up(programs, 0);
	return programs->expected_count > 0;
}

void fopnp_run_programs_flush(struct fopnp_run_programs *programs)
{
	while (programs->expected_count > 0)
		let_go(programs, 0);
}

/* A zombie runs no program. */
static bool is_running(int64_t pid)
{
	struct fopnp_process_info info;
	bool is_there = fopnp_process_info_read((pid_t)pid, &info) && info.exe;

	fopnp_process_info_clear(&info);
	return is_there;
}

static bool was_started(const void *context, pid_t pid)
{
	const struct fopnp_run_programs *programs = context;

	for (size_t i = 0; i < started_count(programs); i++)
		if (programs->started[i].pid == pid)
			return true;
	return false;
}

bool fopnp_run_programs_tell_running(struct fopnp_run_programs *programs, const char *socket)
{
	FOPNP_AUTO_FREE char *assignment = fopnp_memory_format("FOPNP_LOG=%s", socket);
	struct fopnp_findings findings = { 0 };
	struct fopnp_finding *finding;
	/* One that was forked and has run no program yet has sent no mark. */
	size_t count = fopnp_process_count_environment(assignment, was_started, programs);

	for (size_t i = 0; i < started_count(programs); i++) {
		bool is_again = false;

		for (size_t j = 0; j < i && !is_again; j++) /* exec() starts a process anew */
			is_again = programs->started[j].pid == programs->started[i].pid;
		count += !is_again && is_running(programs->started[i].pid);
	}
	if (count == 0)
		return false;
	finding = fopnp_findings_add(&findings, "still-running", FOPNP_INFO,
				     "%zu process%s of it still run%s: what %s from now on is not "
				     "seen",
				     count, count == 1 ? "" : "es", count == 1 ? "s" : "",
				     count == 1 ? "it looks up" : "they look up");
	finding->fix = fopnp_memory_copy_text("--wait goes on until all have ended");
	programs->tell(programs->context, finding, NULL);
	fopnp_findings_clear(&findings);
	return true;
}

uint64_t fopnp_run_programs_started(const struct fopnp_run_programs *programs)
{
	return programs->started_count;
}

bool fopnp_run_programs_was_any_unseen(const struct fopnp_run_programs *programs)
{
	return programs->told_count > 0;
}
