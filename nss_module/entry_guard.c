/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recursion and cancellation, see entry_guard.h. */
#include "nss_module/entry_guard.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COOKIE ((uintptr_t)0x9e3779b97f4a7c15u) /* no value that a stack is full of */

/*
 * Real thread-local storage, and little of it.  In a static program the module
 * has a second libc, whose pthread keys have the numbers of the program's own:
 * a key made there would hand the program's data to us, and ours to it.
 */
static __thread struct fopnp_thread this_thread;

#if __has_attribute(noclone)
#define ON_ITS_OWN __attribute__((noinline, noclone))
#else
#define ON_ITS_OWN __attribute__((noinline))
#endif

/*
 * The only access to it, in a function of its own: with TLS descriptors glibc
 * before 2.40 can clobber vector registers here (bug 31372), and none is in use
 * where a function is called.
 */
ON_ITS_OWN static struct fopnp_thread *find_thread(void)
{
	return &this_thread;
}

/* Key + 1, so that 0 is "none yet"; made by the first thread that needs it. */
static _Atomic(unsigned) exit_key;

static void free_kept(void *thread)
{
	fopnp_kept_drop(&((struct fopnp_thread *)thread)->kept);
}

static bool find_exit_key(pthread_key_t *out_key)
{
	unsigned known = atomic_load(&exit_key);

	if (known == 0) {
		pthread_key_t made;

		if (pthread_key_create(&made, free_kept) != 0)
			return false;
		if (atomic_compare_exchange_strong(&exit_key, &known, made + 1))
			known = made + 1;
		else
			(void)pthread_key_delete(made);
	}
	*out_key = known - 1;
	return true;
}

bool fopnp_entry_free_at_exit(struct fopnp_thread *thread)
{
	pthread_key_t key;

	return find_exit_key(&key) && pthread_setspecific(key, thread) == 0;
}

/*
 * Whether the memory can be read: the kernel copies the set before it looks at
 * the nonsense that it is to do with it, and changes nothing.
 */
static bool is_readable(uintptr_t address)
{
	const long no_such_operation = ~0L;

	/* EINVAL, and not EFAULT or what a sandbox says. */
	return syscall(SYS_rt_sigprocmask, no_such_operation, address, NULL, sizeof(uint64_t)) <
		       0 &&
	       errno == EINVAL;
}

/* The cookie at a recorded frame: another function's stack by now, perhaps. */
__attribute__((no_sanitize("address", "thread"))) static uintptr_t read_cookie(uintptr_t address)
{
	return ((const struct fopnp_entry *)address)->cookie;
}

/* Asked only about frames above the new one: in recursion, or after a jump. */
static bool is_alive(uintptr_t address, uintptr_t cookie)
{
	int saved_errno = errno;
	bool has_cookie = is_readable(address) && read_cookie(address) == cookie;

	errno = saved_errno;
	return has_cookie;
}

/*
 * Forget the frames that were left by a jump, and return the state of
 * cancellation that the program had before the outermost of them.
 */
static int drop_dead_frames(struct fopnp_thread *thread, uintptr_t here, int cancel_state)
{
	while (thread->depth > 0) {
		unsigned last = thread->depth - 1;

		if (thread->frames[last].address > here &&
		    is_alive(thread->frames[last].address, thread->frames[last].cookie))
			break;
		thread->depth = last;
		if (cancel_state == PTHREAD_CANCEL_DISABLE)
			cancel_state = thread->frames[last].cancel_state;
	}
	return cancel_state;
}

void fopnp_entry_begin(struct fopnp_entry *entry)
{
	struct fopnp_thread *thread = find_thread();
	uintptr_t here = (uintptr_t)entry;
	int cancel_state = PTHREAD_CANCEL_ENABLE;

	*entry = (struct fopnp_entry){ .thread = thread };
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	cancel_state = drop_dead_frames(thread, here, cancel_state);
	entry->cancel_state = cancel_state;
	if (thread->depth == FOPNP_ENTRY_DEPTH)
		return;
	entry->is_allowed = true;
	entry->is_outermost = thread->depth == 0;
	entry->cookie = here ^ (++thread->serial << 16) ^ COOKIE;
	thread->frames[thread->depth].address = here;
	thread->frames[thread->depth].cookie = entry->cookie;
	thread->frames[thread->depth].cancel_state = cancel_state;
	thread->depth++;
}

void fopnp_entry_end(struct fopnp_entry *entry)
{
	struct fopnp_thread *thread = entry->thread;
	int ignored;

	entry->cookie = 0;
	/* Also drops what a source that jumped out of its own frames left. */
	while (thread->depth > 0 && thread->frames[thread->depth - 1].address <= (uintptr_t)entry)
		thread->depth--;
	(void)pthread_setcancelstate(entry->cancel_state, &ignored);
}
