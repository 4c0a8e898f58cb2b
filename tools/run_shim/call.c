/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call that is marked, see call.h. */
#include "tools/run_shim/call.h"

#include "nss_module/lookup/address.h"
#include "tools/run_shim/run_shim.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define COOKIE       ((uintptr_t)0x7f4a7c159e3779b9u) /* no value that a stack is full of */
#define NAME_IN_CALL 1024                             /* of a name, so much is told */
#define FIRST_MARK   2048

/*
 * The outermost call of this thread that goes on.  A preloaded library has a place in the static
 * TLS block: no allocation, whoever asks first.
 */
static __thread struct {
	uintptr_t address, cookie;
} outermost __attribute__((tls_model("initial-exec")));

static _Atomic(uint64_t) last_id;

/*
 * Whether the memory can be read: the kernel copies the set before it looks at the nonsense that
 * it is to do with it, and changes nothing.
 */
static bool is_readable(uintptr_t at)
{
	return syscall(SYS_rt_sigprocmask, ~0L, at, NULL, sizeof(uint64_t)) < 0 && errno == EINVAL;
}

/*
 * Whether the call of that frame goes on.  A program may leave it by siglongjmp(), and nothing
 * tells us: a frame at our own height or below is gone, and so is one whose cookie is.
 */
__attribute__((no_sanitize("address", "thread"))) static bool is_inside(uintptr_t here)
{
	return outermost.address > here && is_readable(outermost.address) &&
	       ((const struct fopnp_run_call *)outermost.address)->cookie == outermost.cookie;
}

bool fopnp_run_call_enter(struct fopnp_run_call *call, const char *function)
{
	uintptr_t here = (uintptr_t)call;
	int saved_errno = errno;
	bool is_marked;

	fopnp_run_start();
	is_marked = fopnp_run_marks_are_open() && !is_inside(here);
	errno = saved_errno;
	if (!is_marked)
		return false;
	call->id = atomic_fetch_add(&last_id, 1) + 1;
	call->cookie = here ^ ((uintptr_t)call->id << 16) ^ COOKIE;
	outermost.address = here;
	outermost.cookie = call->cookie;
	call->function = function;
	call->family = call->socktype = FOPNP_RUN_NUMBER_ABSENT;
	call->protocol = call->flags = FOPNP_RUN_NUMBER_ABSENT;
	return true;
}

void fopnp_run_call_leave(struct fopnp_run_call *call)
{
	call->cookie = 0;
	outermost.address = 0;
}

static uint64_t now_us(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void add_number(struct fopnp_event_writer *writer, const char *key, int64_t number)
{
	if (number != FOPNP_RUN_NUMBER_ABSENT)
		fopnp_event_add_number(writer, key, number);
}

/* By its word as in the module's events; one that has none by its number. */
static void add_family(struct fopnp_event_writer *writer, int64_t family)
{
	if (family == AF_UNSPEC || family == AF_INET || family == AF_INET6)
		fopnp_event_add_text(writer, "FOPNP_FAMILY", fopnp_family_name((int)family));
	else
		add_number(writer, "FOPNP_FAMILY", family);
}

static void add_call(struct fopnp_event_writer *writer, const struct fopnp_run_call *call)
{
	fopnp_event_add_number(writer, "FOPNP_CALL_ID", (int64_t)call->id);
	fopnp_event_add_text(writer, "FOPNP_CALL", call->function);
	add_family(writer, call->family);
	add_number(writer, "FOPNP_SOCKTYPE", call->socktype);
	add_number(writer, "FOPNP_PROTOCOL", call->protocol);
	add_number(writer, "FOPNP_FLAGS", call->flags);
}

/* False if TEXT does not fit. */
static bool copy(const char *text, char *to, size_t size)
{
	size_t len = strnlen(text, size);

	if (len == size)
		return false;
	memcpy(to, text, len + 1);
	return true;
}

/* Reads all that it will tell of them before signals are blocked. */
void fopnp_run_call_tell(struct fopnp_run_call *call, const char *name, const char *service)
{
	size_t name_len = name ? strnlen(name, NAME_IN_CALL + 1) : 0;
	struct fopnp_run_mark mark;
	int saved_errno = errno;
	char bytes[FIRST_MARK];

	call->has_name = name && copy(name, call->name, sizeof(call->name));
	call->has_service = service && copy(service, call->service, sizeof(call->service));
	call->is_cut = (name && !call->has_name) || (service && !call->has_service);
	fopnp_run_mark_begin(&mark, bytes, sizeof(bytes), "call");
	add_call(&mark.writer, call);
	if (call->has_service)
		fopnp_event_add_text(&mark.writer, "FOPNP_SERVICE", call->service);
	if (name)
		fopnp_event_add(&mark.writer, "FOPNP_NAME", name,
				name_len > NAME_IN_CALL ? NAME_IN_CALL : name_len);
	if (name_len > NAME_IN_CALL || (service && !call->has_service))
		mark.writer.truncated = true;
	fopnp_run_mark_send(&mark);
	call->start_us = now_us();
	errno = saved_errno;
}

static int64_t realtime_us(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void fopnp_run_call_begin_result(const struct fopnp_run_call *call, struct fopnp_run_mark *mark)
{
	uint64_t elapsed_us = now_us() - call->start_us;

	fopnp_run_mark_begin_large(mark, "result");
	add_call(&mark->writer, call);
	fopnp_event_add_number(&mark->writer, "FOPNP_USEC", (int64_t)elapsed_us);
	fopnp_event_add_number(&mark->writer, "FOPNP_TIME_USEC", realtime_us());
	if (call->has_name)
		fopnp_event_add_text(&mark->writer, "FOPNP_NAME", call->name);
	if (call->has_service)
		fopnp_event_add_text(&mark->writer, "FOPNP_SERVICE", call->service);
	if (call->is_cut)
		mark->writer.truncated = true;
}
