/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many lookups at once, see lookup_pool.h. */
#include "tools/lookup_pool.h"

#include "nss_module/lookup/event.h"
#include "tools/child_process.h"
#include "tools/clock.h"
#include "tools/event_socket.h"
#include "tools/lookup_pool_child.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/progress.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND_US 1000000u
/* What a source leaks does not add up for ever. */
#define LOOKUPS_OF_A_CHILD 2000
/* Processes or descriptors that are short now may be there in a moment; then we give up. */
#define START_PAUSE_US 100000u
#define START_ATTEMPTS 20
/* More than the system lets wait in one socket. */
#define EVENTS_AT_ONCE 1024

struct child {
	pid_t pid;
	int descriptor;
	int event_descriptor;
	const struct fopnp_pool_lookup *lookup; /* in its hands; NULL: it is idle */
	uint64_t number;                        /* of that question */
	uint64_t start_us, end_us;
	unsigned asked;
};

/* What a run does with its lookups. */
struct work {
	const struct fopnp_pool_lookup *(*next)(void *context);
	bool (*done)(const struct fopnp_pool_answer *answer, void *context);
	void *context;
	uint64_t answered, failed;            /* the latter without an answer */
	const struct fopnp_pool_lookup *held; /* given by `next`, asked by nobody so far */
	uint64_t next_start_us;               /* by the rate */
	unsigned failed_starts;               /* in a row, with no child at all */
	bool is_ended, is_exhausted;
};

struct fopnp_lookup_pool {
	const struct fopnp_lookup_pool_options *options;
	struct fopnp_held_signals signals;
	char directory[FOPNP_EVENT_DIRECTORY];
	/* The place of a child, which numbers its event socket, is taken while pid != 0. */
	struct child children[FOPNP_POOL_CHILDREN];
	unsigned most;    /* children at once: fewer than wanted if the system has no more */
	unsigned running; /* children */
	unsigned busy;
	int start_error; /* errno of the last child that could not be started */
	uint64_t number; /* of the last question */
	struct pollfd watched[FOPNP_POOL_CHILDREN];
	struct fopnp_pool_question question;
	struct fopnp_pool_reply reply;
	struct fopnp_event event;
	char datagram[FOPNP_EVENT_SIZE];
};

/* ---- children come and go ---- */

static void close_child(struct fopnp_lookup_pool *pool, struct child *child)
{
	if (child->descriptor != -1)
		(void)close(child->descriptor);
	fopnp_event_socket_close(pool->directory, (unsigned)(child - pool->children),
				 child->event_descriptor);
	*child = (struct child){ 0 };
}

/* The parent's ends: a source may need the numbers, and has no business there. */
static void close_parents_ends(const struct fopnp_lookup_pool *pool, const struct child *own)
{
	for (unsigned i = 0; i < pool->options->parallel; i++) {
		const struct child *child = &pool->children[i];

		if (child->pid != 0 && child != own) {
			(void)close(child->descriptor);
			(void)close(child->event_descriptor);
		}
	}
	(void)close(own->descriptor);
}

static _Noreturn void be_child(const struct fopnp_lookup_pool *pool, const struct child *own,
			       int descriptor, pid_t parent)
{
	char event_path[FOPNP_EVENT_DIRECTORY + 12];

	fopnp_child_process_begin(&pool->signals, parent);
	close_parents_ends(pool, own);
	fopnp_event_socket_path(pool->directory, (unsigned)(own - pool->children), event_path,
				sizeof(event_path));
	fopnp_pool_child_serve(pool->options->order, descriptor, own->event_descriptor, event_path);
}

/* In a free place.  False with errno. */
static bool start_child(struct fopnp_lookup_pool *pool, struct child *child)
{
	pid_t parent = getpid();
	int ends[2], error;

	*child = (struct child){ .descriptor = -1, .event_descriptor = -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	child->descriptor = ends[0];
	child->event_descriptor =
		fopnp_event_socket_open(pool->directory, (unsigned)(child - pool->children));
	child->pid = child->event_descriptor == -1 ? -1 : fork();
	if (child->pid == 0)
		be_child(pool, child, ends[1], parent);
	error = errno;
	(void)close(ends[1]);
	if (child->pid == -1) {
		close_child(pool, child);
		errno = error;
		return false;
	}
	fopnp_child_process_begun(child->pid);
	pool->running++;
	return true;
}

static int end_child(struct fopnp_lookup_pool *pool, struct child *child)
{
	int status = fopnp_child_process_end(child->pid);

	pool->running--;
	close_child(pool, child);
	return status;
}

/* One that has nothing to do, started if need be; NULL: all are busy, or none can be started. */
static struct child *find_idle(struct fopnp_lookup_pool *pool)
{
	struct child *free_place = NULL;

	for (unsigned i = 0; i < pool->options->parallel; i++) {
		struct child *child = &pool->children[i];

		if (child->pid == 0)
			free_place = free_place ? free_place : child;
		else if (!child->lookup)
			return child;
	}
	if (!free_place || pool->running >= pool->most)
		return NULL;
	if (start_child(pool, free_place))
		return free_place;
	pool->start_error = errno;
	/* It goes on with those that there are. */
	if (pool->running > 0)
		pool->most = pool->running;
	return NULL;
}

/* ---- answers ---- */

static void tell_progress(const struct fopnp_lookup_pool *pool, const struct work *work)
{
	char text[128], of[32] = "", failed[48] = "";

	if (pool->options->expected)
		(void)snprintf(of, sizeof(of), " of %" PRIu64, pool->options->expected);
	if (work->failed)
		(void)snprintf(failed, sizeof(failed), ", %" PRIu64 " could not be asked",
			       work->failed);
	(void)snprintf(text, sizeof(text), "%" PRIu64 "%s asked%s", work->answered, of, failed);
	fopnp_progress_say(text);
}

static void tell(struct work *work, const struct fopnp_pool_answer *answer)
{
	work->answered++;
	work->failed += answer->end != FOPNP_CALL_RETURNED;
	if (!work->is_ended && !work->done(answer, work->context))
		work->is_ended = true;
}

/* Whom a call asked last that never came back. */
static void read_last_source(struct fopnp_lookup_pool *pool, const struct child *child,
			     char source[static 64])
{
	pid_t sender;

	source[0] = '\0';
	/* Others may send without end. */
	for (int i = 0; i < EVENTS_AT_ONCE; i++) {
		ssize_t len = fopnp_event_socket_read(child->event_descriptor, pool->datagram,
						      sizeof(pool->datagram), &sender);

		if (len < 0)
			return;
		if (sender == child->pid &&
		    fopnp_event_decode(pool->datagram, (size_t)len, &pool->event) &&
		    strcmp(pool->event.phase, "step") == 0)
			memcpy(source, pool->event.phase_source, sizeof(pool->event.phase_source));
	}
}

/* The child is of no use any more, its lookup has no answer. */
static void give_up(struct fopnp_lookup_pool *pool, struct work *work, struct child *child,
		    enum fopnp_call_end end)
{
	struct fopnp_pool_answer answer = {
		.lookup = child->lookup,
		.end = end,
		.elapsed_us = fopnp_clock_now_us() - child->start_us,
		.canonical = "",
	};
	bool has_ended = fopnp_child_process_has_ended(child->pid);
	int status;

	if (end != FOPNP_CALL_GARBLED)
		read_last_source(pool, child, answer.source);
	status = end_child(pool, child);
	pool->busy--;
	/* SIGKILL may be ours: its source closed our socket and lives on. */
	if (end == FOPNP_CALL_CRASHED && WIFSIGNALED(status) &&
	    (has_ended || WTERMSIG(status) != SIGKILL))
		answer.signal = WTERMSIG(status);
	tell(work, &answer);
}

static void take_reply(struct fopnp_lookup_pool *pool, struct work *work, struct child *child)
{
	const struct fopnp_call_result *result = &pool->reply.result;
	struct fopnp_pool_answer answer = {
		.lookup = child->lookup,
		.end = result->end,
		.code = result->code,
		.error = result->error,
		.elapsed_us = result->elapsed_us,
		.canonical = result->canonical,
		.addresses = result->addresses,
		.address_count = result->address_count,
		.is_cut = result->is_cut,
		.module_error = result->end == FOPNP_CALL_NO_MODULE ? result->module_error : NULL,
	};

	memcpy(answer.source, pool->reply.source, sizeof(answer.source));
	if (answer.code != 0) {
		memcpy(answer.unavailable, pool->reply.unavailable, sizeof(answer.unavailable));
		answer.unavailable_error = pool->reply.unavailable_error;
		answer.is_not_loaded = pool->reply.is_not_loaded;
	}
	child->lookup = NULL;
	pool->busy--;
	if (++child->asked >= LOOKUPS_OF_A_CHILD)
		(void)end_child(pool, child);
	tell(work, &answer);
}

/* False if there is nothing to read. */
static bool read_reply(struct fopnp_lookup_pool *pool, struct work *work, struct child *child)
{
	ssize_t len = recv(child->descriptor, &pool->reply, sizeof(pool->reply), MSG_DONTWAIT);

	if (len == -1 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (len <= 0)
		give_up(pool, work, child, FOPNP_CALL_CRASHED);
	else if (!fopnp_pool_reply_is_sound(&pool->reply, (size_t)len, child->number))
		give_up(pool, work, child, FOPNP_CALL_GARBLED);
	else
		take_reply(pool, work, child);
	return true;
}

/* ---- questions ---- */

static void refuse(struct work *work, const struct fopnp_pool_lookup *lookup)
{
	struct fopnp_pool_answer answer = { .lookup = lookup,
					    .end = FOPNP_CALL_NOT_MADE,
					    .canonical = "" };

	tell(work, &answer);
}

/* False if the child is gone. */
static bool ask(struct fopnp_lookup_pool *pool, struct child *child,
		const struct fopnp_pool_lookup *lookup, size_t name_len)
{
	size_t size = fopnp_pool_question_size(name_len);

	pool->question.number = ++pool->number;
	pool->question.is_reverse = lookup->is_reverse;
	memcpy(pool->question.name, lookup->name, name_len + 1);
	if (send(child->descriptor, &pool->question, size, MSG_DONTWAIT | MSG_NOSIGNAL) !=
	    (ssize_t)size)
		return false;
	child->lookup = lookup;
	child->number = pool->number;
	child->start_us = fopnp_clock_now_us();
	child->end_us = child->start_us + pool->options->deadline_us;
	pool->busy++;
	return true;
}

static bool is_due(const struct fopnp_lookup_pool *pool, const struct work *work)
{
	return pool->options->rate == 0 || fopnp_clock_now_us() >= work->next_start_us;
}

/* Evenly: what was not used is not made up for by a burst. */
static void count_start(const struct fopnp_lookup_pool *pool, struct work *work)
{
	uint64_t now = fopnp_clock_now_us();

	if (pool->options->rate == 0)
		return;
	work->next_start_us += SECOND_US / pool->options->rate;
	if (work->next_start_us < now)
		work->next_start_us = now;
}

/* The next lookup into work->held; false if there is none. */
static bool hold_next(struct work *work)
{
	if (!work->held && !work->is_exhausted)
		work->held = work->next(work->context);
	work->is_exhausted = !work->held;
	return work->held;
}

/* As many as there are children for, and as the rate allows. */
static void start_lookups(struct fopnp_lookup_pool *pool, struct work *work)
{
	struct child *child;

	while (!work->is_ended && is_due(pool, work) && hold_next(work)) {
		size_t name_len = strlen(work->held->name);
		const struct fopnp_pool_lookup *lookup = work->held;

		if (name_len >= FOPNP_POOL_NAME) {
			work->held = NULL;
			refuse(work, lookup);
			continue;
		}
		child = find_idle(pool);
		if (!child)
			return;
		if (ask(pool, child, lookup, name_len)) {
			work->held = NULL;
			work->failed_starts = 0;
			count_start(pool, work);
		} else if (errno == EMSGSIZE) { /* small socket buffers (net.core.wmem_default) */
			work->held = NULL;
			refuse(work, lookup);
		} else { /* idle, it ended: what its sources left running in it can do that */
			(void)end_child(pool, child);
		}
	}
}

/* ---- waiting ---- */

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* How long nothing has to be done unless a child answers. */
static uint64_t time_to_wait(const struct fopnp_lookup_pool *pool, const struct work *work)
{
	uint64_t now = fopnp_clock_now_us(), until = UINT64_MAX;

	for (unsigned i = 0; i < pool->options->parallel; i++)
		if (pool->children[i].lookup)
			until = least(until, pool->children[i].end_us);
	if (pool->running == 0)
		until = least(until, now + START_PAUSE_US);
	if (!is_due(pool, work) && !work->is_exhausted)
		until = least(until, work->next_start_us);
	return least(until > now ? until - now : 0, fopnp_progress_next_us());
}

/* Whether a signal came.  While answers pour in ppoll() would not look for one. */
static bool wait_for_answers(struct fopnp_lookup_pool *pool, const struct work *work)
{
	uint64_t time = time_to_wait(pool, work);
	struct timespec wait = { .tv_sec = (time_t)(time / SECOND_US),
				 .tv_nsec = (long)(time % SECOND_US) * 1000 };
	struct timespec no_time = { 0 };
	nfds_t count = 0;

	/* No more than there are descriptors: poll() wants no more than RLIMIT_NOFILE. */
	for (unsigned i = 0; i < pool->options->parallel; i++)
		if (pool->children[i].lookup)
			pool->watched[count++] =
				(struct pollfd){ .fd = pool->children[i].descriptor,
						 .events = POLLIN };
	if (ppoll(pool->watched, count, &wait, &pool->signals.wait_mask) > 0)
		return ppoll(NULL, 0, &no_time, &pool->signals.wait_mask) == -1;
	return errno == EINTR;
}

static void look_after_child(struct fopnp_lookup_pool *pool, struct work *work, struct child *child,
			     bool is_readable, bool is_signalled)
{
	if (is_readable && read_reply(pool, work, child))
		return;
	/* Processes that a source started may hold a dead child's socket open. */
	if (is_signalled && fopnp_child_process_has_ended(child->pid)) {
		if (!read_reply(pool, work, child))
			give_up(pool, work, child, FOPNP_CALL_CRASHED);
	} else if (fopnp_clock_now_us() >= child->end_us) {
		give_up(pool, work, child, FOPNP_CALL_TIMED_OUT);
	}
}

static void look_after_children(struct fopnp_lookup_pool *pool, struct work *work)
{
	bool is_signalled = wait_for_answers(pool, work);
	const struct pollfd *watched = pool->watched;

	if (fopnp_held_signals_ending())
		work->is_ended = true;
	for (unsigned i = 0; i < pool->options->parallel && !work->is_ended; i++)
		if (pool->children[i].lookup)
			look_after_child(pool, work, &pool->children[i], watched++->revents,
					 is_signalled);
	if (fopnp_progress_next_us() == 0)
		tell_progress(pool, work);
	fopnp_progress_tick();
}

/* ---- the whole ---- */

static void tell_start_error(int error)
{
	fopnp_message_error("no-child", NULL, "cannot start a process: %s", strerror(error));
}

/* What is in hand has no answer, and is not wanted any more. */
static void abandon(struct fopnp_lookup_pool *pool)
{
	for (unsigned i = 0; i < pool->options->parallel; i++)
		if (pool->children[i].lookup)
			(void)end_child(pool, &pool->children[i]);
	pool->busy = 0;
}

/* False if no child can be started, and there is none. */
static bool has_children(const struct fopnp_lookup_pool *pool, struct work *work)
{
	return pool->running > 0 || work->is_exhausted || !work->held ||
	       ++work->failed_starts < START_ATTEMPTS;
}

bool fopnp_lookup_pool_run(struct fopnp_lookup_pool *pool,
			   const struct fopnp_pool_lookup *(*next)(void *context),
			   bool (*done)(const struct fopnp_pool_answer *answer, void *context),
			   void *context)
{
	struct work work = { .next = next, .done = done, .context = context };

	fopnp_progress_start("asking");
	while (!work.is_ended) {
		start_lookups(pool, &work);
		if (work.is_exhausted && pool->busy == 0)
			break;
		if (!has_children(pool, &work)) {
			refuse(&work, work.held);
			work.is_ended = true;
			fopnp_progress_stop();
			tell_start_error(pool->start_error);
			break;
		}
		look_after_children(pool, &work);
	}
	fopnp_progress_stop();
	abandon(pool);
	return !work.is_ended;
}

struct fopnp_lookup_pool *fopnp_lookup_pool_create(const struct fopnp_lookup_pool_options *options)
{
	struct fopnp_lookup_pool *pool = fopnp_memory_zeroed(1, sizeof(*pool));

	pool->options = options;
	pool->most = options->parallel;
	/* What is buffered must not be written by the children a second time. */
	(void)fflush(NULL);
	fopnp_held_signals_start(&pool->signals);
	if (!fopnp_event_directory_make(pool->directory)) {
		fopnp_message_error(
			"no-event-socket",
			"set TMPDIR to a directory of yours where you may write; its path must be short",
			"cannot make a directory for the event sockets: %s", strerror(errno));
		pool->directory[0] = '\0';
	} else if (!find_idle(pool)) {
		tell_start_error(pool->start_error);
	} else {
		return pool;
	}
	fopnp_lookup_pool_destroy(pool);
	return NULL;
}

void fopnp_lookup_pool_destroy(struct fopnp_lookup_pool *pool)
{
	struct fopnp_held_signals signals;

	if (!pool)
		return;
	for (unsigned i = 0; i < pool->options->parallel; i++)
		if (pool->children[i].pid != 0)
			(void)end_child(pool, &pool->children[i]);
	if (pool->directory[0])
		fopnp_event_directory_remove(pool->directory);
	signals = pool->signals;
	free(pool);
	fopnp_held_signals_release(&signals);
}
