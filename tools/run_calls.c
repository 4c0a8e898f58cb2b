/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Putting calls together. */
#include "tools/run_calls.h"

#include "nss_module/lookup/address.h"
#include "tools/call_result.h"
#include "tools/memory.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPEN_MOST    1024 /* calls at one time; with more the oldest is let go */
#define LOOKUPS_MOST 64   /* kept of a call */
#define KEPT_MOST    4096 /* lookups of all calls: one takes 20 KiB and more */
#define STRAY_US                                                                                   \
	100000 /* how long a lookup waits for the result of a call whose beginning got lost */
#define GONE_US 250000 /* how often a call's process is looked for */

/* A call that has not come back; or, without id, lookups that may turn out to belong to one. */
struct open_call {
	struct fopnp_observed_call *call;
	int64_t pid, tid;
	bool is_marked; /* its beginning was heard */
	bool is_gone;   /* its process was not there */
	uint64_t heard_us;
	char waiting[64]; /* the source that was announced last, "" once it has answered */
};

struct fopnp_run_calls {
	struct fopnp_run_sink sink;
	struct fopnp_run_answerers answerers;
	struct open_call open[OPEN_MOST]; /* the oldest first */
	size_t count;
	size_t kept; /* lookups */
	uint64_t looked_us, now_us;
};

struct fopnp_run_calls *fopnp_run_calls_create(const struct fopnp_run_sink *sink,
					       const struct fopnp_run_answerers *answerers)
{
	struct fopnp_run_calls *calls = fopnp_memory_zeroed(1, sizeof(*calls));

	calls->sink = *sink;
	calls->answerers = *answerers;
	return calls;
}

void fopnp_run_calls_destroy(struct fopnp_run_calls *calls)
{
	if (!calls)
		return;
	for (size_t i = 0; i < calls->count; i++)
		fopnp_observed_call_destroy(calls->open[i].call);
	free(calls);
}

/* ---- what a mark says of a call ---- */

static void copy_process(struct fopnp_observed_process *to,
			 const struct fopnp_observed_process *from)
{
	*to = *from;
	to->exe = fopnp_memory_copy_text(from->exe);
}

/* "gethostbyname2_r" is gethostbyname2. */
static bool find_function(const char *word, enum fopnp_call *out_call)
{
	size_t len = strlen(word);
	FOPNP_AUTO_FREE char *plain = fopnp_memory_copy(
		word, len > 2 && strcmp(word + len - 2, "_r") == 0 ? len - 2 : len);

	return fopnp_request_call_from_name(plain, out_call);
}

static void set_request(struct fopnp_request *request, const struct fopnp_event *mark)
{
	const char *name = mark->has_name ? mark->name : NULL;

	fopnp_request_clear(request);
	*request = (struct fopnp_request){ 0 };
	(void)find_function(mark->call, &request->call);
	request->given = fopnp_memory_copy_text(name);
	request->name = fopnp_memory_copy_text(name);
	if (mark->service[0])
		request->service = fopnp_memory_copy_text(mark->service);
	if (!fopnp_request_family_from_name(mark->family, &request->family))
		request->family = AF_UNSPEC;
	request->socktype = mark->socktype > 0 ? (int)mark->socktype : 0;
	request->protocol = mark->protocol > 0 ? (int)mark->protocol : 0;
	if (mark->flags >= 0)
		request->flags = (int)mark->flags;
	else if (request->call == FOPNP_CALL_GETADDRINFO)
		request->flags = AI_V4MAPPED | AI_ADDRCONFIG; /* what no hints mean to glibc */
	if (fopnp_request_is_reverse(request) && name)
		(void)fopnp_request_parse_address(name, &request->address);
}

static bool returns_code(enum fopnp_call call)
{
	return call == FOPNP_CALL_GETADDRINFO || call == FOPNP_CALL_GETNAMEINFO;
}

static void set_result(struct fopnp_observed_call *call, const struct fopnp_event *mark)
{
	struct fopnp_observed_result *result = &call->result;

	call->has_ended = true;
	if (returns_code(call->request.call))
		result->code = (int)mark->code;
	else if ((result->h_error = mark->h_error) != 0)
		result->code = fopnp_call_code_of_h_errno(mark->h_error);
	result->error = result->code == EAI_SYSTEM ? mark->error : 0;
	if (mark->canonical[0])
		result->canonical = fopnp_memory_copy_text(mark->canonical);
	result->addresses =
		fopnp_memory_zeroed(mark->address_count + 1, sizeof(*result->addresses));
	for (size_t i = 0; i < mark->address_count; i++)
		result->addresses[i] = fopnp_memory_copy_text(mark->addresses[i]);
	result->address_count = mark->address_count;
	result->is_cut = mark->truncated;
	call->time_us = mark->time_us;
	call->elapsed_us = mark->elapsed_us;
}

/* ---- who answered ---- */

/* An address, in the forms that glibc takes for one without asking; or no host at all. */
static bool is_numeric(const struct fopnp_observed_call *call)
{
	const struct fopnp_request *request = &call->request;
	struct fopnp_request_address address;
	struct in_addr old_form;

	if (request->call == FOPNP_CALL_GETNAMEINFO)
		return request->flags & NI_NUMERICHOST || !call->result.canonical;
	if (request->call == FOPNP_CALL_GETADDRINFO && request->flags & AI_NUMERICHOST)
		return true;
	if (request->call == FOPNP_CALL_GETHOSTBYADDR)
		return false;
	return !request->name || fopnp_request_parse_address(request->name, &address) ||
	       inet_aton(request->name, &old_form) != 0;
}

/* No address, and nothing else was allowed, or one of another family. */
static bool is_refused_name(const struct fopnp_observed_call *call)
{
	return call->request.call == FOPNP_CALL_GETADDRINFO && call->request.name &&
	       fopnp_observed_is_no(call->result.code);
}

static const char *answerer_by_lookups(const struct fopnp_observed_call *call)
{
	for (size_t i = call->lookup_count; i-- > 0;) {
		const struct fopnp_event *event = &call->lookups[i]->event;

		if (event->has_status && event->status == NSS_STATUS_SUCCESS && event->source[0])
			return event->source;
	}
	return NULL;
}

static const char *find_answerer(const struct fopnp_run_calls *calls,
				 const struct fopnp_observed_call *call)
{
	bool is_ok = call->result.code == 0;

	if (!call->has_ended)
		return NULL;
	if (call->lookup_count > 0)
		return is_ok ? answerer_by_lookups(call) : NULL;
	if (is_numeric(call))
		return is_ok || is_refused_name(call) ? "numeric" : NULL;
	if (call->lost_lookups > 0 || calls->answerers.is_module_asked_always)
		return NULL;
	/* Neither a service that does not exist nor bad flags come to anybody's ears. */
	if (!is_ok && call->result.code != EAI_NONAME && call->result.code != EAI_NODATA &&
	    call->result.code != EAI_AGAIN && call->result.code != EAI_FAIL)
		return NULL;
	if (calls->answerers.has_nscd)
		return "nscd";
	return is_ok ? calls->answerers.before : NULL;
}

/* ---- open calls ---- */

static void forget(struct fopnp_run_calls *calls, size_t index)
{
	calls->count--;
	memmove(&calls->open[index], &calls->open[index + 1],
		(calls->count - index) * sizeof(calls->open[0]));
}

/* Hand over what is there, and forget it. */
static void finish(struct fopnp_run_calls *calls, size_t index)
{
	struct open_call open = calls->open[index];

	forget(calls, index);
	calls->kept -= open.call->lookup_count;
	if (open.is_marked || open.call->has_ended) {
		if (!open.call->has_ended && calls->now_us >= open.heard_us)
			open.call->elapsed_us = (int64_t)(calls->now_us - open.heard_us);
		open.call->answered_by = fopnp_memory_copy_text(find_answerer(calls, open.call));
		calls->sink.call(calls->sink.context, open.call,
				 !open.call->has_ended && open.waiting[0] ? open.waiting : NULL);
	} else {
		for (size_t i = 0; i < open.call->lookup_count; i++)
			calls->sink.lookup(calls->sink.context, open.call->lookups[i],
					   i == 0 ? open.call->lost_lookups : 0);
	}
	fopnp_observed_call_destroy(open.call);
}

/* The innermost one of a thread, or calls->count. */
static size_t find(const struct fopnp_run_calls *calls,
		   const struct fopnp_observed_process *process)
{
	for (size_t i = calls->count; i-- > 0;)
		if (calls->open[i].pid == process->pid && calls->open[i].tid == process->tid)
			return i;
	return calls->count;
}

static struct open_call *add(struct fopnp_run_calls *calls,
			     const struct fopnp_observed_process *process, uint64_t now_us)
{
	struct open_call *open;

	if (calls->count == OPEN_MOST)
		finish(calls, 0);
	open = &calls->open[calls->count++];
	*open = (struct open_call){
		.call = fopnp_memory_zeroed(1, sizeof(*open->call)),
		.pid = process->pid,
		.tid = process->tid,
		.heard_us = now_us,
	};
	copy_process(&open->call->process, process);
	open->call->time_us = open->call->elapsed_us = -1;
	return open;
}

void fopnp_run_calls_hear_lookup(struct fopnp_run_calls *calls,
				 const struct fopnp_observed_lookup *lookup, uint64_t lost,
				 uint64_t now_us)
{
	size_t index = find(calls, &lookup->process);
	struct open_call *open;
	struct fopnp_observed_call *call;

	calls->now_us = now_us;
	/* Without a call there may be any number of them. */
	if (index < calls->count && !calls->open[index].is_marked &&
	    calls->open[index].call->lookup_count == LOOKUPS_MOST) {
		finish(calls, index);
		index = calls->count;
	}
	open = index < calls->count ? &calls->open[index] : add(calls, &lookup->process, now_us);
	call = open->call;
	open->waiting[0] = '\0';
	call->lost_lookups += lost;
	if (call->lookup_count == LOOKUPS_MOST ||
	    (calls->kept >= KEPT_MOST && call->lookup_count > 0)) {
		call->lost_lookups++;
		return;
	}
	calls->kept++;
	call->lookups =
		fopnp_memory_resize(call->lookups, call->lookup_count + 1, sizeof(*call->lookups));
	call->lookups[call->lookup_count++] = fopnp_observed_copy(lookup);
}

static void begin(struct fopnp_run_calls *calls, const struct fopnp_observed_lookup *mark,
		  uint64_t now_us)
{
	size_t index = find(calls, &mark->process);
	struct open_call *open;

	/* Lookups without a call that stand before it are nobody's. */
	if (index < calls->count && !calls->open[index].is_marked)
		finish(calls, index);
	open = add(calls, &mark->process, now_us);
	open->is_marked = true;
	open->call->id = (uint64_t)mark->event.call_id;
	set_request(&open->call->request, &mark->event);
}

/*
 * The call that a result belongs to.  Those above it in the same thread never came back: a program
 * can jump out of a call.  One whose beginning got lost takes the lookups that are there.
 */
static struct open_call *find_beginning(struct fopnp_run_calls *calls,
					const struct fopnp_observed_lookup *mark, uint64_t now_us)
{
	uint64_t id = (uint64_t)mark->event.call_id;
	size_t index;

	while ((index = find(calls, &mark->process)) < calls->count) {
		struct open_call *open = &calls->open[index];

		if (!open->is_marked || open->call->id == id)
			return open;
		if (open->call->id < id)
			break;
		finish(calls, index);
	}
	return add(calls, &mark->process, now_us);
}

static void end(struct fopnp_run_calls *calls, const struct fopnp_observed_lookup *mark,
		uint64_t now_us)
{
	struct open_call *open = find_beginning(calls, mark, now_us);

	open->call->id = (uint64_t)mark->event.call_id;
	set_request(&open->call->request, &mark->event);
	set_result(open->call, &mark->event);
	finish(calls, (size_t)(open - calls->open));
}

static void announce(struct fopnp_run_calls *calls, const struct fopnp_observed_lookup *mark)
{
	size_t index = find(calls, &mark->process);

	if (index < calls->count)
		(void)snprintf(calls->open[index].waiting, sizeof(calls->open[index].waiting), "%s",
			       mark->event.phase_source);
}

/* A process that runs another program, or has ended: its calls will not come back. */
static void finish_process(struct fopnp_run_calls *calls, int64_t pid)
{
	for (size_t i = 0; i < calls->count;) {
		if (calls->open[i].pid == pid)
			finish(calls, i);
		else
			i++;
	}
}

void fopnp_run_calls_hear_mark(struct fopnp_run_calls *calls,
			       const struct fopnp_observed_lookup *mark, uint64_t now_us)
{
	const char *phase = mark->event.phase;
	enum fopnp_call call;

	calls->now_us = now_us;
	if (strcmp(phase, "step") == 0)
		announce(calls, mark);
	else if (strcmp(phase, "call") == 0 && find_function(mark->event.call, &call))
		begin(calls, mark, now_us);
	else if (strcmp(phase, "result") == 0 && find_function(mark->event.call, &call))
		end(calls, mark, now_us);
	else if (strcmp(phase, "start") == 0)
		finish_process(calls, mark->process.pid);
}

/* ---- what waits ---- */

static bool is_process_gone(int64_t pid)
{
	return pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static void look_for_processes(struct fopnp_run_calls *calls)
{
	for (size_t i = 0; i < calls->count;) {
		struct open_call *open = &calls->open[i];

		/* What it sent before its end may have come since it was seen to be gone. */
		if (open->is_gone) {
			finish(calls, i);
			continue;
		}
		open->is_gone = is_process_gone(open->pid);
		i++;
	}
}

bool fopnp_run_calls_tick(struct fopnp_run_calls *calls, uint64_t now_us)
{
	calls->now_us = now_us;
	for (size_t i = 0; i < calls->count;) {
		if (!calls->open[i].is_marked && calls->open[i].heard_us + STRAY_US <= now_us)
			finish(calls, i);
		else
			i++;
	}
	if (calls->looked_us + GONE_US <= now_us) {
		look_for_processes(calls);
		calls->looked_us = now_us;
	}
	return calls->count > 0;
}

void fopnp_run_calls_flush(struct fopnp_run_calls *calls, uint64_t now_us)
{
	calls->now_us = now_us;
	while (calls->count > 0)
		finish(calls, 0);
}
