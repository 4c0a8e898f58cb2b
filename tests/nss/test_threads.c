/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The module in programs that thread, fork, cancel and jump: each lookup
 * gets its own answer, nothing is left locked, leaked or switched off.
 */
#include "tests/nss/isolated.h"
#include "tests/nss/listener.h"
#include "tests/nss/resolve.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define THREADS     32
#define STACK_SMALL (64u << 10)

static struct nss_functions fopnp;
static atomic_uint *conform_calls, *conform_returns;
static atomic_uint failures;
static atomic_bool is_over;

static void start(void)
{
	struct nss_functions conform;

	nss_functions_load("fopnp", &fopnp);
	nss_functions_load("conform", &conform);
	conform_calls = dlsym(conform.handle, "conform_calls");
	conform_returns = dlsym(conform.handle, "conform_returns");
	assert_non_null(conform_calls);
	resolve_only_with("fopnp");
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- single lookups, usable in any thread: they count, they do not assert ---- */

static bool getaddrinfo_is_right(unsigned number)
{
	char name[32], expected[32], text[256];

	snprintf(name, sizeof(name), "host-%u.test", number);
	snprintf(expected, sizeof(expected), "10.%u.%u.%u", number >> 16, number >> 8 & 255,
		 number & 255);
	return resolve(name, AF_UNSPEC, 0, text, sizeof(text)) == 0 && strcmp(text, expected) == 0;
}

static bool gethostbyname_is_right(unsigned number)
{
	unsigned char expected[4] = { 10, (unsigned char)(number >> 16),
				      (unsigned char)(number >> 8), (unsigned char)number };
	char name[32], buffer[1024];
	struct hostent host, *found = NULL;
	int h_error;

	snprintf(name, sizeof(name), "host-%u.test", number);
	return gethostbyname_r(name, &host, buffer, sizeof(buffer), &found, &h_error) == 0 &&
	       found && strcmp(found->h_name, name) == 0 &&
	       memcmp(found->h_addr_list[0], expected, 4) == 0;
}

static bool getnameinfo_is_right(unsigned number)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	char name[64], expected[32];

	number &= 0xffff;
	address.sin_addr.s_addr = htonl(10u << 24 | number);
	snprintf(expected, sizeof(expected), "host-%u.test", number);
	return getnameinfo((struct sockaddr *)&address, sizeof(address), name, sizeof(name), NULL,
			   0, NI_NAMEREQD) == 0 &&
	       strcmp(name, expected) == 0;
}

/*
 * The module alone: glibc's own locks around it (resolv.conf, interfaces) do
 * not survive fork() in another thread, so children must do without them.
 */
static bool module_is_right(unsigned number)
{
	unsigned char expected[4] = { 10, (unsigned char)(number >> 16),
				      (unsigned char)(number >> 8), (unsigned char)number };
	struct gaih_addrtuple *tuples = NULL;
	char name[32], buffer[1024];
	int error, h_error;

	snprintf(name, sizeof(name), "host-%u.test", number);
	return fopnp.by_name4(name, &tuples, buffer, sizeof(buffer), &error, &h_error, NULL) ==
		       NSS_STATUS_SUCCESS &&
	       memcmp(tuples->addr, expected, 4) == 0;
}

static void look_up(unsigned number)
{
	bool is_right = number % 3 == 0   ? getaddrinfo_is_right(number)
			: number % 3 == 1 ? gethostbyname_is_right(number)
					  : getnameinfo_is_right(number);

	if (!is_right)
		atomic_fetch_add(&failures, 1);
}

/* ---- many threads ---- */

static void *look_up_range(void *argument)
{
	unsigned first = *(unsigned *)argument;

	for (unsigned i = 0; i < ROUNDS(600); i++)
		look_up(first + i);
	return NULL;
}

static void *ask_module_until_over(void *argument)
{
	unsigned number = *(unsigned *)argument;

	while (!atomic_load(&is_over)) {
		if (!module_is_right(number++))
			atomic_fetch_add(&failures, 1);
	}
	return NULL;
}

static void *look_up_until_over(void *argument)
{
	unsigned number = *(unsigned *)argument;

	while (!atomic_load(&is_over))
		look_up(number++);
	return NULL;
}

static void start_threads(pthread_t *threads, unsigned *firsts, size_t count, size_t stack,
			  void *(*run)(void *))
{
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	if (stack)
		assert_int_equal(pthread_attr_setstacksize(&attributes, stack), 0);
	for (size_t i = 0; i < count; i++) {
		firsts[i] = (unsigned)i * 1000;
		assert_int_equal(pthread_create(&threads[i], &attributes, run, &firsts[i]), 0);
	}
	pthread_attr_destroy(&attributes);
}

static void join_threads(const pthread_t *threads, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void threads_get_their_own_answers(void **state)
{
	pthread_t threads[THREADS];
	unsigned firsts[THREADS];

	(void)state;
	start();
	start_threads(threads, firsts, THREADS, 0, look_up_range);
	join_threads(threads, THREADS);
	assert_int_equal(failures, 0);
	assert_true(*conform_calls >= THREADS * ROUNDS(600));
}

static void threads_with_a_listener(void **state)
{
	pthread_t threads[THREADS];
	unsigned firsts[THREADS];
	int fd = listener_open(LISTENER_PATH);

	(void)state;
	start();
	start_threads(threads, firsts, THREADS, 0, look_up_range);
	for (int i = 0; i < 50; i++) {
		listener_drain(fd);
		usleep(1000);
	}
	join_threads(threads, THREADS);
	assert_int_equal(failures, 0);
}

static void stacks_of_64_kib(void **state)
{
	pthread_t threads[THREADS];
	unsigned firsts[THREADS];

	(void)state;
	if (UNDER_ASAN || UNDER_TSAN)
		skip(); /* their frames are not ours */
	start();
	start_threads(threads, firsts, THREADS, STACK_SMALL, look_up_range);
	join_threads(threads, THREADS);
	assert_int_equal(failures, 0);
}

static void getaddrinfo_in_the_background(void **state)
{
	static char names[8][32];
	struct gaicb requests[8], *list[8];

	(void)state;
	if (UNDER_TSAN)
		skip(); /* it does not know the threads that libc starts */
	start();
	memset(requests, 0, sizeof(requests));
	for (unsigned i = 0; i < 8; i++) {
		snprintf(names[i], sizeof(names[i]), "host-%u.test", i + 1);
		requests[i].ar_name = names[i];
		list[i] = &requests[i];
	}
	assert_int_equal(getaddrinfo_a(GAI_WAIT, list, 8, NULL), 0);
	for (unsigned i = 0; i < 8; i++) {
		const struct sockaddr_in *address;

		assert_int_equal(gai_error(list[i]), 0);
		address = (const struct sockaddr_in *)(const void *)list[i]->ar_result->ai_addr;
		assert_int_equal(ntohl(address->sin_addr.s_addr), (10u << 24) + i + 1);
		freeaddrinfo(list[i]->ar_result);
	}
}

/* ---- stack depth ---- */

#define PAINTED (512u << 10)
#define PAINT   0xdb

struct painted_call {
	nss_gethostbyname4_r *by_name4;
	const char *name;
	enum nss_status status;
	char *buffer;
};

static void *call_painted(void *argument)
{
	struct painted_call *call = argument;
	struct gaih_addrtuple *tuples = NULL;
	int error, h_error;

	call->status =
		call->by_name4(call->name, &tuples, call->buffer, 4096, &error, &h_error, NULL);
	return NULL;
}

/* How deep a call goes, measured by what is left of a painted stack. */
static size_t measure_depth(nss_gethostbyname4_r *by_name4, const char *name,
			    enum nss_status expected)
{
	static char buffer[4096] __attribute__((aligned(16)));
	struct painted_call call = { by_name4, name, NSS_STATUS_UNAVAIL, buffer };
	unsigned char *stack =
		mmap(NULL, PAINTED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_attr_t attributes;
	pthread_t thread;
	size_t unused = 0;

	assert_ptr_not_equal(stack, MAP_FAILED);
	memset(stack, PAINT, PAINTED);
	pthread_attr_init(&attributes);
	assert_int_equal(pthread_attr_setstack(&attributes, stack, PAINTED), 0);
	assert_int_equal(pthread_create(&thread, &attributes, call_painted, &call), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(call.status, expected);
	while (stack[unused] == PAINT)
		unused++;
	munmap(stack, PAINTED);
	return PAINTED - unused;
}

/* With a listener, configuration files to read, and one module still to load. */
static void our_frames_stay_below_16_kib(void **state)
{
	struct nss_functions conform;
	size_t plain, first, later, failed;
	int fd = listener_open(LISTENER_PATH);

	(void)state;
	if (UNDER_ASAN || UNDER_TSAN)
		skip();
	isolated_write("/etc/nsswitch.conf", "hosts: fopnp conform\n");
	isolated_write("/etc/fopnp.conf", "order conform\nlog " LISTENER_PATH "\n");
	nss_functions_load("fopnp", &fopnp);
	nss_functions_load("conform", &conform);
	plain = measure_depth(conform.by_name4, "many-50.test", NSS_STATUS_SUCCESS);
	first = measure_depth(fopnp.by_name4, "many-50.test", NSS_STATUS_SUCCESS);
	later = measure_depth(fopnp.by_name4, "static-50.test", NSS_STATUS_SUCCESS);
	failed = measure_depth(fopnp.by_name4, "missing.test", NSS_STATUS_NOTFOUND);
	print_message("stack: module alone %zu, first lookup %zu, later %zu, not found %zu\n",
		      plain, first, later, failed);
	assert_int_equal(listener_drain(fd), 3);
	assert_true(first < plain + (16 << 10));
	assert_true(later < plain + (16 << 10));
	assert_true(failed < plain + (16 << 10));
}

/* ---- fork ---- */

static void child_of_fork(unsigned number)
{
	alarm(20);
	for (unsigned i = 0; i < 3; i++) {
		if (!module_is_right(number + i))
			_exit(1);
	}
	_exit(0);
}

static void fork_many_times(double deadline)
{
	unsigned number = 1;
	int status;
	pid_t pid;

	while (seconds() < deadline) {
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			child_of_fork(number);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (status != 0)
			fail_msg("child %u: wait status %#x", number, (unsigned)status);
		number++;
	}
	print_message("%u forks\n", number - 1);
}

static void fork_in_the_middle_of_lookups(void **state)
{
	pthread_t threads[4];
	unsigned firsts[4];

	(void)state;
	if (UNDER_ASAN || UNDER_TSAN)
		skip(); /* their own locks do not survive fork */
	start();
	start_threads(threads, firsts, 4, 0, ask_module_until_over);
	fork_many_times(seconds() + 3);
	atomic_store(&is_over, true);
	join_threads(threads, 4);
	assert_int_equal(failures, 0);
}

/*
 * The first lookups of a process, when all is still to be read and found; but the
 * library is there: a child of fork() can load none if a thread was loading one
 * (glibc's dl_load_write_lock stays locked), whoever asked for it.
 */
static void fork_during_the_first_lookup(void **state)
{
	struct nss_functions conform;
	pthread_t threads[4];
	unsigned firsts[4];
	int status;
	pid_t pid;

	(void)state;
	if (UNDER_ASAN || UNDER_TSAN)
		skip();
	for (int round = 0; round < 100; round++) {
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			alarm(40);
			nss_functions_load("fopnp", &fopnp);
			nss_functions_load("conform", &conform);
			start_threads(threads, firsts, 4, 0, ask_module_until_over);
			usleep((useconds_t)(round * 10));
			pid = fork();
			if (pid == 0)
				child_of_fork(5);
			waitpid(pid, &status, 0);
			_exit(status == 0 && failures == 0 ? 0 : 1);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

/* ---- cancellation ---- */

static void *look_up_slowly(void *argument)
{
	struct gaih_addrtuple *tuples = NULL;
	char buffer[1024];
	int error, h_error, old;

	pthread_setcancelstate(*(int *)argument, NULL);
	if (fopnp.by_name4("poll-200.test", &tuples, buffer, sizeof(buffer), &error, &h_error,
			   NULL) != NSS_STATUS_SUCCESS)
		atomic_fetch_add(&failures, 1);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	if (old != *(int *)argument)
		atomic_fetch_add(&failures, 1);
	pthread_setcancelstate(old, NULL);
	pthread_testcancel();
	return argument;
}

static void cancel_in_the_middle(int cancel_state, void *expected)
{
	unsigned before = *conform_calls;
	pthread_t thread;
	void *result;

	assert_int_equal(pthread_create(&thread, NULL, look_up_slowly, &cancel_state), 0);
	while (*conform_calls == before)
		usleep(1000);
	usleep(20000);
	assert_int_equal(pthread_cancel(thread), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	if (expected == PTHREAD_CANCELED)
		assert_ptr_equal(result, PTHREAD_CANCELED);
	else
		assert_ptr_equal(result, &cancel_state);
}

static void cancellation_waits_for_the_end(void **state)
{
	size_t descriptors;

	(void)state;
	start();
	assert_true(getaddrinfo_is_right(1));
	descriptors = count_descriptors();
	for (int i = 0; i < 5; i++) {
		cancel_in_the_middle(PTHREAD_CANCEL_ENABLE, PTHREAD_CANCELED);
		cancel_in_the_middle(PTHREAD_CANCEL_DISABLE, NULL);
	}
	assert_int_equal(failures, 0);
	assert_int_equal(*conform_calls, *conform_returns);
	assert_int_equal(count_descriptors(), descriptors);
	assert_true(getaddrinfo_is_right(2));
}

static void *look_up_again_and_again(void *argument)
{
	for (;;) {
		struct gaih_addrtuple *tuples = NULL;
		char buffer[1024];
		int error, h_error;

		fopnp.by_name4("poll-1.test", &tuples, buffer, sizeof(buffer), &error, &h_error,
			       NULL);
		pthread_testcancel();
	}
	return argument;
}

/* Wherever a cancellation falls, descriptors and lookups survive it. */
static void cancelled_programs_go_on(void **state)
{
	size_t descriptors;
	pthread_t thread;

	(void)state;
	start();
	assert_true(getaddrinfo_is_right(1));
	descriptors = count_descriptors();
	for (unsigned i = 0; i < ROUNDS(200); i++) {
		assert_int_equal(pthread_create(&thread, NULL, look_up_again_and_again, NULL), 0);
		usleep(500 + i * 37 % 3000);
		assert_int_equal(pthread_cancel(thread), 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
	}
	assert_int_equal(*conform_calls, *conform_returns);
	assert_int_equal(count_descriptors(), descriptors);
	assert_true(getaddrinfo_is_right(2));
}

/* ---- jumps ---- */

static sigjmp_buf back;

static void jump_back(int signal_number)
{
	siglongjmp(back, signal_number);
}

static void catch_jumps(void)
{
	struct sigaction action = { .sa_handler = jump_back };

	sigaction(SIGUSR1, &action, NULL);
}

static enum nss_status ask_module(const char *name)
{
	static char buffer[2048];
	struct gaih_addrtuple *tuples = NULL;
	int error, h_error;

	return fopnp.by_name4(name, &tuples, buffer, sizeof(buffer), &error, &h_error, NULL);
}

/* True: jumped.  The lookup itself must never get to its end. */
static bool jump_out_of(const char *name)
{
	if (sigsetjmp(back, 1) == 0) {
		ask_module(name);
		return false;
	}
	return true;
}

static void check_cancel_state(int expected)
{
	int old;

	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	pthread_setcancelstate(old, NULL);
	assert_int_equal(old, expected);
}

static void jumps_out_of_lookups(void **state)
{
	size_t pages;

	(void)state;
	start();
	catch_jumps();
	for (unsigned i = 0; i < 500; i++)
		assert_true(jump_out_of("jump-0.test"));
	pages = resident_pages();
	for (unsigned i = 0; i < ROUNDS(20000); i++)
		assert_true(jump_out_of("jump-0.test"));
	/* a heap block of 200 bytes a jump would be 1000 pages */
	if (!UNDER_ASAN && !UNDER_TSAN)
		assert_true(resident_pages() < pages + 256);
	assert_int_equal(ask_module("host-1.test"), NSS_STATUS_SUCCESS);
	check_cancel_state(PTHREAD_CANCEL_ENABLE);
	assert_true(getaddrinfo_is_right(3));
}

static void a_disabled_cancellation_stays_disabled(void **state)
{
	(void)state;
	start();
	catch_jumps();
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	assert_true(jump_out_of("jump-0.test"));
	assert_int_equal(ask_module("host-1.test"), NSS_STATUS_SUCCESS);
	check_cancel_state(PTHREAD_CANCEL_DISABLE);
}

/* Guard frames of lookups that were jumped out of must not count as depth. */
static void jumps_out_of_nested_lookups(void **state)
{
	(void)state;
	start();
	catch_jumps();
	for (unsigned i = 0; i < ROUNDS(3000); i++)
		assert_true(jump_out_of("jump-1.test"));
	assert_int_equal(ask_module("ask-1.test"), NSS_STATUS_SUCCESS);
	check_cancel_state(PTHREAD_CANCEL_ENABLE);
	assert_true(getaddrinfo_is_right(3));
}

/* Frames of a dead lookup above and below where the next one starts. */
static __attribute__((noinline)) bool jump_from_depth(unsigned depth)
{
	volatile char room[300];

	/* The stack is used again: what a dead lookup left there is gone. */
	for (size_t i = 0; i < sizeof(room); i++)
		room[i] = (char)depth;
	if (depth == 0)
		return jump_out_of("jump-1.test");
	return jump_from_depth(depth - 1) && room[0] == (char)depth;
}

static void jumps_from_different_depths(void **state)
{
	(void)state;
	start();
	catch_jumps();
	for (unsigned i = 0; i < ROUNDS(3000); i++) {
		assert_true(jump_from_depth(i * 7 % 31));
		if (i % 10 == 0)
			assert_int_equal(ask_module("ask-1.test"), NSS_STATUS_SUCCESS);
	}
	/* What the last jump left is put right by the next lookup. */
	assert_int_equal(ask_module("host-1.test"), NSS_STATUS_SUCCESS);
	check_cancel_state(PTHREAD_CANCEL_ENABLE);
}

/* ---- recursion ---- */

static void a_module_may_ask_once_more(void **state)
{
	(void)state;
	start();
	assert_true(resolves_to("ask-1.test", "10.0.0.1"));
}

static void recursion_ends(void **state)
{
	struct gaih_addrtuple *tuples = NULL;
	char buffer[1024], text[256];
	int error = 0, h_error = 0;

	(void)state;
	start();
	assert_int_equal(fopnp.by_name4("ask-100.test", &tuples, buffer, sizeof(buffer), &error,
					&h_error, NULL),
			 NSS_STATUS_UNAVAIL);
	assert_int_equal(h_error, NO_RECOVERY);
	assert_null(tuples);
	assert_true(*conform_calls < 40);
	assert_int_not_equal(resolve("ask-100.test", AF_INET6, 0, text, sizeof(text)), 0);
	assert_true(getaddrinfo_is_right(7));
}

static void recursion_in_many_threads(void **state)
{
	pthread_t threads[THREADS];
	unsigned firsts[THREADS];

	(void)state;
	start();
	start_threads(threads, firsts, THREADS, 0, look_up_until_over);
	for (unsigned i = 0; i < ROUNDS(200); i++) {
		assert_true(resolves_to("ask-1.test", "10.0.0.1"));
		assert_int_equal(ask_module("ask-100.test"), NSS_STATUS_UNAVAIL);
	}
	atomic_store(&is_over, true);
	join_threads(threads, THREADS);
	assert_int_equal(failures, 0);
}

/* ---- configuration under load ---- */

/* Both lines give the same answers; glibc and the module read them again and again. */
static void lines_replaced_under_load(void **state)
{
	static const char *const lines[] = {
		"hosts: fopnp conform\n",
		"passwd: files\nhosts: fopnp [!UNAVAIL= return] files conform dns\n",
	};
	static const char *const orders[] = { "log none\n", "order files conform\n",
					      "order conform\norder .test conform files\n" };
	pthread_t threads[THREADS];
	unsigned firsts[THREADS];
	double deadline = seconds() + 3.5;

	(void)state;
	isolated_write("/etc/nsswitch.conf", lines[0]);
	start_threads(threads, firsts, THREADS, 0, look_up_until_over);
	for (unsigned i = 0; seconds() < deadline; i++) {
		isolated_write("/etc/nsswitch.conf", lines[i % 2]);
		isolated_write("/etc/fopnp.conf", orders[i % 3]);
		usleep(300);
	}
	atomic_store(&is_over, true);
	join_threads(threads, THREADS);
	assert_int_equal(failures, 0);
}

#define WITH_CONFORM                                                                               \
	{                                                                                          \
		"FOPNP_ORDER=conform"                                                              \
	}
#define WITH_BOTH                                                                                  \
	{                                                                                          \
		"FOPNP_ORDER=files conform"                                                        \
	}
#define WITH_LOG                                                                                   \
	{                                                                                          \
		"FOPNP_ORDER=conform", "FOPNP_LOG=" LISTENER_PATH                                  \
	}

int main(int argc, char **argv)
{
	static const struct isolated_case cases[] = {
		{ cmocka_unit_test(threads_get_their_own_answers), WITH_BOTH },
		{ cmocka_unit_test(threads_with_a_listener), WITH_LOG },
		{ cmocka_unit_test(stacks_of_64_kib), WITH_BOTH },
		{ cmocka_unit_test(getaddrinfo_in_the_background), WITH_CONFORM },
		{ cmocka_unit_test(our_frames_stay_below_16_kib), { NULL } },
		{ cmocka_unit_test(fork_in_the_middle_of_lookups), WITH_BOTH },
		{ cmocka_unit_test(fork_during_the_first_lookup), WITH_CONFORM },
		{ cmocka_unit_test(cancellation_waits_for_the_end), WITH_CONFORM },
		{ cmocka_unit_test(cancelled_programs_go_on), WITH_CONFORM },
		{ cmocka_unit_test(jumps_out_of_lookups), WITH_LOG },
		{ cmocka_unit_test(a_disabled_cancellation_stays_disabled), WITH_CONFORM },
		{ cmocka_unit_test(jumps_out_of_nested_lookups), WITH_CONFORM },
		{ cmocka_unit_test(jumps_from_different_depths), WITH_CONFORM },
		{ cmocka_unit_test(a_module_may_ask_once_more), WITH_CONFORM },
		{ cmocka_unit_test(recursion_ends), WITH_CONFORM },
		{ cmocka_unit_test(recursion_in_many_threads), WITH_CONFORM },
		{ cmocka_unit_test(lines_replaced_under_load), { NULL } },
	};

	return isolated_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
