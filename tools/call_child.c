/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lookup calls in child processes. */
#include "tools/call_child.h"

#include "nss_module/lookup/event.h"
#include "tools/child_process.h"
#include "tools/clock.h"
#include "tools/dns_relay.h"
#include "tools/event_socket.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/module_load.h"
#include "tools/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <nss.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* More than the system lets wait in one socket. */
#define EVENTS_AT_ONCE 1024

/* A child while it runs. */
struct child {
	const struct fopnp_child_job *job;
	struct fopnp_child_outcome *outcome;
	unsigned number; /* of its socket */
	pid_t pid;
	int result_fd; /* -1 once its other end is closed */
	int event_fd;
	size_t received; /* bytes of the result */
	uint64_t start_us;
	uint64_t end_us; /* its deadline */
};

/* All children of one run, and what there is of them together. */
struct nursery {
	struct fopnp_child_plan *plan;
	struct child children[FOPNP_CHILDREN];
	size_t running;
	char directory[FOPNP_EVENT_DIRECTORY];
	struct fopnp_held_signals signals;
};

/* ---- the child's side ---- */

/* The parent's ends: a source may need the numbers, and has no business there. */
static void close_parents_ends(const struct nursery *nursery, const struct child *own)
{
	for (const struct child *child = nursery->children; child <= own; child++) {
		if (child->result_fd != -1)
			(void)close(child->result_fd);
		(void)close(child->event_fd);
	}
	for (size_t i = 0; i < nursery->plan->count; i++)
		if (nursery->plan->jobs[i].relay)
			fopnp_dns_relay_close_descriptors(nursery->plan->jobs[i].relay);
}

static void write_result(int fd, const struct fopnp_call_result *result)
{
	const char *bytes = (const char *)result;

	for (size_t done = 0; done < sizeof(*result);) {
		ssize_t len = write(fd, bytes + done, sizeof(*result) - done);

		if (len > 0)
			done += (size_t)len;
		else if (errno != EINTR)
			return;
	}
}

static void make_relayed_call(const struct fopnp_child_job *job, struct fopnp_call_result *result)
{
	if (!fopnp_dns_relay_use(job->relay) ||
	    __nss_configure_lookup("hosts", job->relayed_source) != 0)
		result->end = FOPNP_CALL_NO_RELAY;
	else
		fopnp_call_make(job->request, result);
}

static void make_call(const struct fopnp_child_job *job, struct fopnp_call_result *result)
{
	if (job->relayed_source) {
		make_relayed_call(job, result);
		return;
	}
	if (job->order && !fopnp_module_use(fopnp_module_path(), result->module_error,
					    sizeof(result->module_error))) {
		result->end = FOPNP_CALL_NO_MODULE;
		return;
	}
	if (job->hosts_list)
		(void)__nss_configure_lookup("hosts", job->hosts_list);
	fopnp_call_make(job->request, result);
}

static _Noreturn void be_child(const struct nursery *nursery, const struct child *child,
			       struct fopnp_call_result *result, int result_fd, pid_t parent)
{
	char socket_path[FOPNP_EVENT_DIRECTORY + 12];

	fopnp_child_process_begin(&nursery->signals, parent);
	close_parents_ends(nursery, child);
	fopnp_event_socket_path(nursery->directory, child->number, socket_path,
				sizeof(socket_path));
	fopnp_module_configure(child->job->order, socket_path);
	make_call(child->job, result);
	write_result(result_fd, result);
	_exit(0);
}

/* ---- the parent's side ---- */

/* False with errno set. */
static bool start_child(struct nursery *nursery, const struct fopnp_child_job *job,
			struct fopnp_child_outcome *outcome, unsigned number)
{
	struct child *child = &nursery->children[nursery->running];
	int ends[2];
	pid_t parent = getpid();

	*child = (struct child){ .job = job, .outcome = outcome, .number = number };
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	child->result_fd = ends[0];
	child->event_fd = fopnp_event_socket_open(nursery->directory, number);
	child->start_us = fopnp_clock_now_us();
	child->end_us = child->start_us + job->deadline_us;
	if (job->relay)
		fopnp_dns_relay_start(job->relay);
	child->pid = child->event_fd == -1 ? -1 : fork();
	if (child->pid == 0)
		be_child(nursery, child, outcome->result, ends[1], parent);
	if (child->pid == -1) {
		int error = errno;

		(void)close(ends[0]);
		(void)close(ends[1]);
		fopnp_event_socket_close(nursery->directory, number, child->event_fd);
		errno = error;
		return false;
	}
	(void)close(ends[1]);
	fopnp_child_process_begun(child->pid);
	(void)fcntl(child->result_fd, F_SETFL, O_NONBLOCK);
	nursery->running++;
	return true;
}

static void take_event(struct child *child, struct fopnp_event *event)
{
	struct fopnp_child_outcome *outcome = child->outcome;

	if (strcmp(event->phase, "step") == 0) {
		memcpy(outcome->last_source, event->phase_source, sizeof(outcome->last_source));
		outcome->last_index = event->phase_index;
	} else if (event->phase[0] == '\0' && outcome->event_count < FOPNP_CHILD_EVENTS) {
		outcome->has_events_lost |= event->dropped > 0;
		outcome->events[outcome->event_count++] = event;
		return;
	}
	free(event);
}

static void read_events(struct child *child)
{
	FOPNP_AUTO_FREE char *room = fopnp_memory_zeroed(1, FOPNP_EVENT_SIZE);
	pid_t sender;

	/* Others may send without end: the deadlines are looked at in between. */
	for (int i = 0; i < EVENTS_AT_ONCE; i++) {
		ssize_t len =
			fopnp_event_socket_read(child->event_fd, room, FOPNP_EVENT_SIZE, &sender);
		struct fopnp_event *event;

		if (len < 0)
			return;
		/* A source may have processes of its own, which look names up too. */
		if (sender != child->pid)
			continue;
		event = fopnp_memory_zeroed(1, sizeof(*event));
		if (fopnp_event_decode(room, (size_t)len, event))
			take_event(child, event);
		else
			free(event);
	}
}

/* Whether the result is whole. */
static bool read_result(struct child *child)
{
	char *bytes = (char *)child->outcome->result;
	size_t size = sizeof(*child->outcome->result);

	while (child->result_fd != -1 && child->received < size) {
		ssize_t len =
			read(child->result_fd, bytes + child->received, size - child->received);

		if (len > 0) {
			child->received += (size_t)len;
		} else if (len == 0) {
			/* A source may close descriptors and live on: no end yet. */
			(void)close(child->result_fd);
			child->result_fd = -1;
		} else if (errno != EINTR) {
			break;
		}
	}
	return child->received == size;
}

/* What the others could tell is worth less now that one call has its answer. */
static void hurry_others(struct nursery *nursery)
{
	uint64_t now = fopnp_clock_now_us();

	for (size_t i = 0; i < nursery->running; i++) {
		struct child *child = &nursery->children[i];

		if (child->job->grace_us && child->end_us > now + child->job->grace_us)
			child->end_us = now + child->job->grace_us;
	}
}

/* There is no result: note instead how the child ended. */
static void note_end(const struct child *child, enum fopnp_call_end end, int status)
{
	struct fopnp_call_result *result = child->outcome->result;

	memset(result, 0, sizeof(*result));
	result->end = end;
	result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	result->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	result->elapsed_us = fopnp_clock_now_us() - child->start_us;
}

/* What passed until now, and nothing that comes later. */
static void take_wire(const struct child *child)
{
	if (!child->job->relay)
		return;
	fopnp_dns_relay_work(child->job->relay);
	child->outcome->wire = fopnp_dns_relay_finish(child->job->relay);
}

/* End the child, whatever it does, and note how it ended. */
static void end_child(struct nursery *nursery, size_t index, bool is_late)
{
	struct child *child = &nursery->children[index];
	bool is_whole, is_relayed = child->job->relayed_source;
	int status = fopnp_child_process_end(child->pid);

	read_events(child);
	take_wire(child);
	is_whole = read_result(child);
	if (!is_whole)
		note_end(child, is_late ? FOPNP_CALL_TIMED_OUT : FOPNP_CALL_CRASHED, status);
	else if (!fopnp_call_result_is_sound(child->outcome->result))
		note_end(child, FOPNP_CALL_GARBLED, status);
	if (child->result_fd != -1)
		(void)close(child->result_fd);
	fopnp_event_socket_close(nursery->directory, child->number, child->event_fd);
	child->outcome->has_ended = true;
	nursery->children[index] = nursery->children[--nursery->running];
	/* Who only watched the packets has no answer of its own. */
	if (is_whole && !is_relayed)
		hurry_others(nursery);
}

static size_t watch_child(const struct child *child, struct pollfd *fds)
{
	fds[0] = (struct pollfd){ .fd = child->result_fd, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = child->event_fd, .events = POLLIN };
	if (!child->job->relay)
		return 2;
	return 2 + fopnp_dns_relay_watch(child->job->relay, fds + 2, FOPNP_DNS_RELAY_DESCRIPTORS);
}

/* Wait until something happens or the next deadline comes. */
static void wait_for_children(const struct nursery *nursery)
{
	FOPNP_AUTO_FREE struct pollfd *watched = fopnp_memory_zeroed(
		FOPNP_CHILDREN * (2 + FOPNP_DNS_RELAY_DESCRIPTORS), sizeof(*watched));
	uint64_t now = fopnp_clock_now_us(), next = UINT64_MAX, tick = fopnp_progress_next_us();
	struct timespec wait = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < nursery->running; i++) {
		const struct child *child = &nursery->children[i];

		count += watch_child(child, watched + count);
		if (child->end_us < next)
			next = child->end_us;
	}
	next = next > now ? next - now : 0;
	if (tick < next)
		next = tick;
	wait.tv_sec = (time_t)(next / 1000000);
	wait.tv_nsec = (long)(next % 1000000) * 1000;
	(void)ppoll(watched, count, &wait, &nursery->signals.wait_mask);
	fopnp_progress_tick();
}

static void look_after_children(struct nursery *nursery)
{
	wait_for_children(nursery);
	for (size_t i = nursery->running; i-- > 0;) {
		struct child *child = &nursery->children[i];

		read_events(child);
		if (child->job->relay)
			fopnp_dns_relay_work(child->job->relay);
		if (read_result(child) || fopnp_child_process_has_ended(child->pid))
			end_child(nursery, i, false);
		else if (fopnp_held_signals_ending() || fopnp_clock_now_us() >= child->end_us)
			end_child(nursery, i, true);
	}
}

/* ---- the plan ---- */

/* Outcomes are whole from the beginning, also of calls that are never made. */
static void start_outcomes(struct fopnp_child_plan *plan, size_t from)
{
	for (size_t i = from; i < plan->count; i++) {
		struct fopnp_child_outcome *outcome = &plan->outcomes[i];

		*outcome = (struct fopnp_child_outcome){ 0 };
		outcome->result = fopnp_memory_zeroed(1, sizeof(*outcome->result));
		outcome->result->end = FOPNP_CALL_NOT_MADE;
	}
}

static bool have_leading_ended(const struct fopnp_child_plan *plan)
{
	for (size_t i = 0; i < plan->leading; i++)
		if (!plan->outcomes[i].has_ended)
			return false;
	return true;
}

/* Let the plan grow, once. */
static void follow(struct fopnp_child_plan *plan)
{
	size_t count = plan->count;

	if (!plan->follow || !have_leading_ended(plan))
		return;
	plan->follow(plan, plan->context);
	plan->follow = NULL;
	start_outcomes(plan, count);
}

/* False with errno set if there are jobs and not even one child can be started. */
static bool run_all(struct nursery *nursery)
{
	struct fopnp_child_plan *plan = nursery->plan;
	size_t started = 0;

	while (!fopnp_held_signals_ending()) {
		follow(plan);
		/* Descriptors or processes that are short now are there when a child has ended. */
		while (started < plan->count && nursery->running < FOPNP_CHILDREN &&
		       start_child(nursery, &plan->jobs[started], &plan->outcomes[started],
				   (unsigned)started))
			started++;
		if (nursery->running == 0)
			return started == plan->count;
		look_after_children(nursery);
	}
	while (nursery->running > 0)
		look_after_children(nursery);
	return true;
}

bool fopnp_children_run_plan(struct fopnp_child_plan *plan)
{
	struct nursery nursery = { .plan = plan };
	bool has_directory, is_fine;
	int error;

	start_outcomes(plan, 0);
	if (plan->count == 0 && !plan->follow)
		return true;
	/* What is buffered must not be written by the children a second time. */
	(void)fflush(NULL);
	fopnp_held_signals_start(&nursery.signals);
	has_directory = fopnp_event_directory_make(nursery.directory);
	is_fine = has_directory && run_all(&nursery);
	error = errno;
	if (has_directory)
		fopnp_event_directory_remove(nursery.directory);
	fopnp_held_signals_release(&nursery.signals);
	/* Told at the very end: a reader that is gone must not end us in the midst. */
	if (!has_directory)
		fopnp_message_error(
			"no-event-socket",
			"set TMPDIR to a directory of yours where you may write; its path must be short",
			"cannot make a directory for the event sockets: %s", strerror(error));
	else if (!is_fine)
		fopnp_message_error("no-child", NULL, "cannot start a process: %s",
				    strerror(error));
	return is_fine;
}

bool fopnp_children_run(struct fopnp_child_job *jobs, struct fopnp_child_outcome *outcomes,
			size_t count)
{
	struct fopnp_child_plan plan = { .jobs = jobs, .outcomes = outcomes, .count = count };

	return fopnp_children_run_plan(&plan);
}

void fopnp_child_outcome_clear(struct fopnp_child_outcome *outcome)
{
	free(outcome->result);
	for (size_t i = 0; i < outcome->event_count; i++)
		free(outcome->events[i]);
	fopnp_wire_free(outcome->wire);
	*outcome = (struct fopnp_child_outcome){ 0 };
}
