/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lookups of other processes: whom to believe, what is forged, and what got lost. */
#include "tools/observed.h"

#include <errno.h>
#include <nss.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"
#include "tools/event_listener.h"

struct observer {
	struct fopnp_process_cache *cache;
	struct fopnp_observed_lookup *lookup;
	struct fopnp_observed_losses *losses;
};

static int create_observer(void **state)
{
	static struct observer observer;

	observer.cache = fopnp_process_cache_create();
	observer.lookup = fopnp_observed_create();
	observer.losses = fopnp_observed_losses_create();
	*state = &observer;
	return 0;
}

static int destroy_observer(void **state)
{
	struct observer *observer = *state;

	fopnp_process_cache_destroy(observer->cache);
	fopnp_observed_destroy(observer->lookup);
	fopnp_observed_losses_destroy(observer->losses);
	return 0;
}

/* As the kernel tells of a sender. */
static enum fopnp_observed_kind decode(struct observer *observer, pid_t pid, const char *text)
{
	const struct fopnp_event_datagram datagram = {
		.bytes = text,
		.len = strlen(text),
		.pid = pid,
		.uid = getuid(),
		.gid = getgid(),
		.has_credentials = true,
	};

	return fopnp_observed_decode(&datagram, observer->cache, observer->lookup);
}

/* An event with these claims. */
static const char *claim(int64_t pid, int64_t uid)
{
	static char text[256];

	(void)snprintf(text, sizeof(text),
		       "FOPNP_EVENT=1\nFOPNP_NAME=a\nFOPNP_PID=%lld\nFOPNP_TID=4711\n"
		       "FOPNP_UID=%lld\nFOPNP_COMM=claimed\n",
		       (long long)pid, (long long)uid);
	return text;
}

/* The pid of a process that is gone. */
static pid_t find_gone_pid(void)
{
	pid_t child = fork();

	assert_int_not_equal(child, -1);
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	return child;
}

/* ---- whom to believe ---- */

static void test_honest_process(void **state)
{
	struct observer *observer = *state;
	const struct fopnp_observed_process *process = &observer->lookup->process;
	char exe[1024] = "", comm[64] = "";

	assert_true(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	assert_int_equal(prctl(PR_GET_NAME, comm), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(decode(observer, getpid(), claim(getpid(), getuid())),
				 FOPNP_OBSERVED_LOOKUP);
		assert_true(process->is_trusted);
		assert_int_equal(process->pid, getpid());
		assert_int_equal(process->tid, 4711);
		assert_int_equal(process->uid, getuid());
		assert_string_equal(process->comm, comm);
		assert_string_equal(process->exe, exe);
		assert_false(process->is_comm_claimed);
		assert_false(process->is_claim_false);
		assert_int_equal(process->claimed_pid, getpid());
		assert_int_equal(process->claimed_uid, getuid());
		assert_string_equal(observer->lookup->event.name, "a");
	}
}

static void test_forged_pid(void **state)
{
	static const int64_t pids[] = { 1, 0, INT32_MAX, 4294967296 + 7, INT64_MAX };
	struct observer *observer = *state;
	const struct fopnp_observed_process *process = &observer->lookup->process;

	assert_int_not_equal(getpid(), 1);
	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++) {
		(void)decode(observer, getpid(), claim(pids[i], getuid()));
		if (pids[i] == INT64_MAX) /* too long to be a number: not given */
			assert_int_equal(process->claimed_pid, -1);
		else
			assert_int_equal(process->claimed_pid, pids[i]);
		assert_int_equal(process->is_claim_false, pids[i] != INT64_MAX);
		assert_int_equal(process->pid, getpid());
		assert_int_equal(process->uid, getuid());
		assert_true(process->is_trusted);
	}
	/* One that differs in bits that a pid_t does not have. */
	(void)decode(observer, getpid(), claim(4294967296 + getpid(), getuid()));
	assert_true(process->is_claim_false);
}

static void test_forged_uid(void **state)
{
	struct observer *observer = *state;
	const struct fopnp_observed_process *process = &observer->lookup->process;

	(void)decode(observer, getpid(), claim(getpid(), (int64_t)getuid() + 1));
	assert_true(process->is_claim_false);
	assert_int_equal(process->uid, getuid());
	assert_int_equal(process->claimed_uid, (int64_t)getuid() + 1);
	(void)decode(observer, getpid(), "FOPNP_EVENT=1\nFOPNP_NAME=a\n");
	assert_false(process->is_claim_false);
	assert_int_equal(process->claimed_uid, -1);
	assert_int_equal(process->claimed_pid, -1);
	assert_int_equal(process->tid, 0);
}

/* Nothing is known of it but what the kernel said: its claims are told, not judged. */
static void test_process_is_gone(void **state)
{
	struct observer *observer = *state;
	const struct fopnp_observed_process *process = &observer->lookup->process;
	pid_t gone = find_gone_pid();

	(void)decode(observer, getpid(), claim(getpid(), getuid()));
	for (pid_t claimed = gone; claimed <= gone + 1; claimed++) {
		assert_int_equal(decode(observer, gone, claim(claimed, getuid())),
				 FOPNP_OBSERVED_LOOKUP);
		assert_true(process->is_trusted);
		assert_int_equal(process->pid, gone);
		assert_int_equal(process->claimed_pid, claimed);
		assert_false(process->is_claim_false);
		assert_string_equal(process->comm, "claimed");
		assert_true(process->is_comm_claimed);
		assert_null(process->exe);
	}
	(void)decode(observer, gone, "FOPNP_EVENT=1\n");
	assert_string_equal(process->comm, "");
	assert_false(process->is_comm_claimed);
}

static void test_no_credentials(void **state)
{
	struct observer *observer = *state;
	const struct fopnp_observed_process *process = &observer->lookup->process;
	const char *text = claim(getpid(), 99);
	struct fopnp_event_datagram datagram = { .bytes = text, .len = strlen(text) };

	assert_int_equal(fopnp_observed_decode(&datagram, observer->cache, observer->lookup),
			 FOPNP_OBSERVED_LOOKUP);
	assert_false(process->is_trusted);
	assert_int_equal(process->pid, getpid());
	assert_int_equal(process->uid, 99);
	assert_string_equal(process->comm, "claimed");
	assert_true(process->is_comm_claimed);
	assert_false(process->is_claim_false);
	assert_null(process->exe);

	/* In a pid namespace that ours cannot see. */
	datagram.has_credentials = true;
	datagram.uid = 7;
	(void)fopnp_observed_decode(&datagram, observer->cache, observer->lookup);
	assert_true(process->is_trusted);
	assert_int_equal(process->pid, 0);
	assert_int_equal(process->uid, 7);
	assert_int_equal(process->claimed_pid, getpid());
	assert_true(process->is_comm_claimed);
	assert_false(process->is_claim_false);
}

/* ---- other namespaces ---- */

/* A child in namespaces of its own that waits for the pipe to be closed; 0: not allowed. */
static pid_t start_in_namespaces(int flags, int *out_pipe)
{
	int to[2], from[2];
	pid_t helper, child = 0;

	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(from), 0);
	helper = fork();
	assert_int_not_equal(helper, -1);
	if (helper == 0) {
		char byte;

		(void)close(to[1]);
		if (unshare(flags) != 0)
			_exit(1);
		child = fork();
		if (child == 0) {
			(void)!read(to[0], &byte, 1);
			_exit(0);
		}
		(void)!write(from[1], &child, sizeof(child));
		(void)waitpid(child, NULL, 0);
		_exit(0);
	}
	(void)close(to[0]);
	(void)close(from[1]);
	if (read(from[0], &child, sizeof(child)) != (ssize_t)sizeof(child))
		child = 0;
	(void)close(from[0]);
	*out_pipe = to[1];
	return child;
}

static void test_pid_namespace(void **state)
{
	struct observer *observer = *state;
	const struct fopnp_observed_process *process = &observer->lookup->process;
	int pipe_end;
	pid_t child = start_in_namespaces(CLONE_NEWPID, &pipe_end);

	if (child > 0) {
		(void)decode(observer, child, claim(1, getuid()));
		assert_false(process->is_claim_false);
		assert_int_equal(process->pid, child);
		assert_int_equal(process->claimed_pid, 1);
		(void)decode(observer, child, claim(child, getuid()));
		assert_false(process->is_claim_false);
		(void)decode(observer, child, claim(2, getuid()));
		assert_true(process->is_claim_false);
		(void)decode(observer, child, claim(1, getuid() + 1));
		assert_true(process->is_claim_false);
	}
	(void)close(pipe_end);
	assert_true(wait(NULL) > 0);
	if (child <= 0)
		skip();
}

static void test_user_namespace(void **state)
{
	struct observer *observer = *state;
	const struct fopnp_observed_process *process = &observer->lookup->process;
	int pipe_end;
	pid_t child = start_in_namespaces(CLONE_NEWUSER, &pipe_end);

	if (child > 0) {
		(void)decode(observer, child, claim(child, getuid() + 65534));
		assert_false(process->is_claim_false);
		assert_int_equal(process->uid, getuid());
		assert_int_equal(process->claimed_uid, getuid() + 65534);
		(void)decode(observer, child, claim(child + 1, getuid()));
		assert_true(process->is_claim_false);
	}
	(void)close(pipe_end);
	assert_true(wait(NULL) > 0);
	if (child <= 0)
		skip();
}

/* ---- kinds ---- */

static void test_malformed(void **state)
{
	static const char *const texts[] = {
		"", "hello", "FOPNP_EVENT=1\nX", "FOPNP_NAME=a\n", "FOPNP_EVENT=1\n\n",
	};
	struct observer *observer = *state;
	const struct fopnp_observed_process *process = &observer->lookup->process;
	struct fopnp_event_datagram datagram = { .has_credentials = true,
						 .pid = getpid(),
						 .uid = 7 };
	char comm[64] = "";

	assert_int_equal(prctl(PR_GET_NAME, comm), 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		(void)decode(observer, find_gone_pid(), claim(1, 1));
		datagram.bytes = texts[i];
		datagram.len = strlen(texts[i]);
		assert_int_equal(
			fopnp_observed_decode(&datagram, observer->cache, observer->lookup),
			FOPNP_OBSERVED_MALFORMED);
		assert_int_equal(process->pid, getpid());
		assert_int_equal(process->uid, 7);
		assert_string_equal(process->comm, comm);
		assert_non_null(process->exe);
		assert_true(process->is_trusted);
		assert_false(process->is_comm_claimed);
		assert_false(process->is_claim_false);
		assert_int_equal(process->claimed_pid, -1);
		assert_int_equal(process->claimed_uid, -1);
	}
	/* What was cut is not ours, whatever its first part looks like. */
	datagram.bytes = claim(getpid(), getuid());
	datagram.len = strlen(datagram.bytes);
	datagram.is_cut = true;
	assert_int_equal(fopnp_observed_decode(&datagram, observer->cache, observer->lookup),
			 FOPNP_OBSERVED_MALFORMED);
}

static void test_phases(void **state)
{
	struct observer *observer = *state;

	assert_int_equal(
		decode(observer, getpid(), "FOPNP_EVENT=1\nFOPNP_PHASE=step\nFOPNP_SOURCE=dns\n"),
		FOPNP_OBSERVED_PHASE);
	assert_string_equal(observer->lookup->event.phase_source, "dns");
	assert_int_equal(decode(observer, getpid(), "FOPNP_EVENT=1\nFOPNP_PHASE=call\n"),
			 FOPNP_OBSERVED_PHASE);
	assert_false(observer->lookup->event.has_name);
	assert_int_equal(decode(observer, getpid(), "FOPNP_EVENT=1\nFOPNP_NAME=\n"),
			 FOPNP_OBSERVED_LOOKUP);
	assert_true(observer->lookup->event.has_name);
}

/* A program that has just begun is looked at again, though it was looked at just now. */
static void test_start_is_fresh(void **state)
{
	static const char lookup[] = "FOPNP_EVENT=1\nFOPNP_COMM=x\n";
	static const char start[] = "FOPNP_EVENT=1\nFOPNP_PHASE=start\nFOPNP_COMM=x\n";
	struct observer *observer = *state;
	const struct fopnp_observed_process *process = &observer->lookup->process;
	char comm[64] = "";

	assert_int_equal(prctl(PR_GET_NAME, comm), 0);
	(void)decode(observer, getpid(), lookup);
	assert_int_equal(prctl(PR_SET_NAME, "another"), 0);
	(void)decode(observer, getpid(), start);
	assert_string_equal(process->comm, "another");
	assert_int_equal(prctl(PR_SET_NAME, comm), 0);
	(void)decode(observer, getpid(), start);
	assert_string_equal(process->comm, comm);
}

/* ---- copies ---- */

static void test_copies(void **state)
{
	static char text[8192];
	struct observer *observer = *state;
	struct fopnp_observed_lookup *copy;
	const struct fopnp_event *event;

	for (int count = 0; count <= 32; count++) {
		size_t used = (size_t)snprintf(text, sizeof(text),
					       "FOPNP_EVENT=1\nFOPNP_NAME=a\nFOPNP_PID=7\n");

		for (int i = 0; i < count; i++)
			used += (size_t)snprintf(text + used, sizeof(text) - used,
						 "FOPNP_STEP=source=s%d file=/%d\n"
						 "FOPNP_ADDRESS=::%d\nFOPNP_ADDRESS=::1:%d\n",
						 i, i, i, i);
		(void)decode(observer, getpid(), text);
		copy = fopnp_observed_copy(observer->lookup);
		(void)decode(observer, getpid(), "FOPNP_EVENT=1\nFOPNP_STEP=source=x\n");
		event = &copy->event;
		assert_string_equal(event->name, "a");
		assert_int_equal(event->pid, 7);
		assert_int_equal(event->step_count, count);
		assert_int_equal(event->address_count, 2 * count);
		for (int i = 0; i < count; i++) {
			(void)snprintf(text, sizeof(text), "s%d", i);
			assert_string_equal(event->steps[i].source, text);
			(void)snprintf(text, sizeof(text), "file=/%d", i);
			assert_string_equal(event->steps[i].detail, text);
			(void)snprintf(text, sizeof(text), "::1:%d", i);
			assert_string_equal(event->addresses[2 * i + 1], text);
		}
		assert_int_equal(copy->process.pid, getpid());
		assert_ptr_not_equal(copy->process.exe, observer->lookup->process.exe);
		assert_string_equal(copy->process.exe, observer->lookup->process.exe);
		fopnp_observed_destroy(copy);
	}
	fopnp_observed_destroy(NULL);
}

static void test_reverse(void **state)
{
	struct observer *observer = *state;

	static const struct {
		const char *text;
		bool is_reverse;
	} cases[] = {
		{ "FOPNP_EVENT=1\nFOPNP_FUNCTION=gethostbyaddr_r\n", true },
		{ "FOPNP_EVENT=1\nFOPNP_FUNCTION=gethostbyaddr2_r\n", true },
		{ "FOPNP_EVENT=1\nFOPNP_FUNCTION=gethostbyname4_r\n", false },
		{ "FOPNP_EVENT=1\n", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)decode(observer, getpid(), cases[i].text);
		assert_int_equal(fopnp_observed_is_reverse(&observer->lookup->event),
				 cases[i].is_reverse);
	}
}

/* ---- losses ---- */

/* An event of a process by its number; -1: no such field. */
static uint64_t hear(struct observer *observer, int64_t pid, const char *comm, int64_t sequence,
		     int64_t dropped)
{
	struct fopnp_observed_lookup *lookup = observer->lookup;

	fopnp_event_clear(&lookup->event);
	lookup->process.pid = pid;
	(void)strcpy(lookup->event.comm, comm);
	lookup->event.sequence = sequence;
	lookup->event.dropped = dropped;
	return fopnp_observed_losses_add(observer->losses, lookup);
}

/* Numbers FIRST to LAST, in order; what is known to be lost by then. */
static uint64_t hear_all(struct observer *observer, int64_t pid, int64_t first, int64_t last)
{
	uint64_t lost = 0;

	for (int64_t i = first; i <= last; i++)
		lost += hear(observer, pid, "a", i, -1);
	return lost;
}

static void test_nothing_lost(void **state)
{
	assert_int_equal(hear_all(*state, 10, 1, 3000), 0);
	/* A child of fork() counts on. */
	assert_int_equal(hear_all(*state, 11, 3001, 6000), 0);
	assert_int_equal(hear_all(*state, 10, 3001, 6000), 0);
	/* A watcher that comes later. */
	assert_int_equal(hear_all(*state, 12, 1000000, 1003000), 0);
	/* Another program in the same process, and the same program once more. */
	assert_int_equal(hear(*state, 10, "b", 7000, -1), 0);
	assert_int_equal(hear(*state, 10, "b", 7001, -1), 0);
	assert_int_equal(hear_all(*state, 10, 1, 3000), 0);
	assert_int_equal(hear_all(*state, 10, 1, 3), 0);
	assert_int_equal(hear_all(*state, 10, 1, 3), 0);
	assert_int_equal(hear(*state, 10, "a", -1, -1), 0);
}

/* However far sequences leap, the sum is a number that JSON has. */
static void test_leaps(void **state)
{
	uint64_t lost = 0;

	for (int64_t pid = 1; pid <= 20; pid++) {
		(void)hear(*state, pid, "a", 1, -1);
		lost += hear(*state, pid, "a", INT64_MAX, UINT32_MAX);
	}
	assert_true(lost == INT64_MAX);
	assert_int_equal(hear(*state, 21, "a", -1, UINT32_MAX), 0);
}

static void test_dropped_are_counted_once(void **state)
{
	uint64_t lost;

	/* What is told with the first is all that is known of them. */
	assert_int_equal(hear(*state, 10, "a", 8, 7), 7);
	assert_int_equal(hear(*state, 10, "a", 9, 0), 0);
	/* 10 to 14 were dropped: told at once, and no gap later. */
	assert_int_equal(hear(*state, 10, "a", 15, 5), 5);
	assert_int_equal(hear_all(*state, 10, 16, 5000), 0);
	/* More are missing than were told. */
	lost = hear(*state, 10, "a", 5011, 4);
	assert_int_equal(lost, 4);
	lost += hear_all(*state, 10, 5012, 8000);
	assert_int_equal(lost, 10);
	/* Marks have no numbers. */
	assert_int_equal(hear(*state, 10, "a", -1, 3), 3);
	assert_int_equal(hear_all(*state, 10, 8001, 12000), 0);
}

static void test_gaps(void **state)
{
	uint64_t lost = 0;

	assert_int_equal(hear_all(*state, 10, 1, 10), 0);
	lost += hear_all(*state, 10, 12, 2000);
	assert_int_equal(lost, 1);
	/* One that is larger than any window. */
	lost = hear(*state, 10, "a", 102001, -1);
	lost += hear_all(*state, 10, 102002, 106000);
	assert_int_equal(lost, 100000);
	/* As far as numbers go, and nothing overflows. */
	(void)hear(*state, 10, "a", INT64_MAX, -1);
	(void)hear(*state, 10, "a", 1, INT64_MAX);
	(void)hear(*state, 10, "a", INT64_MAX, INT64_MAX);
	(void)hear(*state, 10, "a", INT64_MAX, INT64_MAX);
	(void)hear(*state, 10, "a", INT64_MIN, INT64_MIN);
}

/* Threads overtake one another, by less than that many events. */
#define OVERTAKING 400

static void test_order_of_threads(void **state)
{
	static int64_t numbers[50 * OVERTAKING];
	const size_t count = sizeof(numbers) / sizeof(numbers[0]);
	const char *given = getenv("FOPNP_SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)getpid();
	unsigned random = seed;
	uint64_t lost = 0, left_out = 0;

	for (size_t i = 0; i < count; i++)
		numbers[i] = (int64_t)i + 1;
	for (size_t i = 0; i < count; i++) {
		size_t block = i / OVERTAKING * OVERTAKING;
		size_t other = block + (size_t)rand_r(&random) % OVERTAKING;
		int64_t number = numbers[i];

		numbers[i] = numbers[other];
		numbers[other] = number;
	}
	/* Nothing is missed in front of the first that comes. */
	lost += hear(*state, 10, "a", numbers[0], -1);
	for (size_t i = 1; i < count; i++) {
		bool is_lost =
			i > OVERTAKING && i < count - 3 * OVERTAKING && rand_r(&random) % 50 == 0;

		left_out += is_lost;
		if (!is_lost)
			lost += hear(*state, 10, "a", numbers[i], -1);
	}
	if (lost != left_out)
		fail_msg("FOPNP_SEED=%u: %llu lost, %llu known", seed, (unsigned long long)left_out,
			 (unsigned long long)lost);
	assert_true(left_out > 0);
}

/* Threads that slept for long: their events counted as missing, and nothing else does. */
static void test_sleeping_threads(void **state)
{
	assert_int_equal(hear_all(*state, 10, 1, 10), 0);
	assert_int_equal(hear(*state, 10, "a", 13, -1), 0);
	assert_int_equal(hear_all(*state, 10, 15, 3000), 3);
	assert_int_equal(hear(*state, 10, "a", 11, -1), 0);
	assert_int_equal(hear_all(*state, 10, 3001, 6000), 0);
	/* Two of them, one after the other. */
	assert_int_equal(hear(*state, 10, "a", 12, -1), 0);
	assert_int_equal(hear(*state, 10, "a", 14, -1), 0);
	assert_int_equal(hear_all(*state, 10, 6001, 9000), 0);
	/* Neighbours, but not in a row. */
	assert_int_equal(hear(*state, 10, "a", 11, -1), 0);
	assert_int_equal(hear(*state, 10, "a", 9001, -1), 0);
	assert_int_equal(hear(*state, 10, "a", 12, -1), 0);
	assert_int_equal(hear_all(*state, 10, 9002, 12000), 0);
}

/* Many processes: some are forgotten, none is mistaken for another. */
static void test_many_processes(void **state)
{
	for (int round = 0; round < 3; round++)
		for (int64_t pid = 1; pid <= 20000; pid++)
			assert_int_equal(hear(*state, pid, "a", 1 + round * 1000 + pid % 7, -1), 0);
	assert_int_equal(hear(*state, INT32_MAX, "a", 1, 2), 2);
	/* Those that look the same are not taken for one. */
	assert_int_equal(hear(*state, 0, "", 7, -1), 0);
	assert_int_equal(hear(*state, 0, "", 5000, 2), 2);
	assert_int_equal(hear_all(*state, 0, 9000, 9600), 0);
}

#define WITH_OBSERVER(test) cmocka_unit_test_setup_teardown(test, create_observer, destroy_observer)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_OBSERVER(test_honest_process),
		WITH_OBSERVER(test_forged_pid),
		WITH_OBSERVER(test_forged_uid),
		WITH_OBSERVER(test_process_is_gone),
		WITH_OBSERVER(test_no_credentials),
		WITH_OBSERVER(test_pid_namespace),
		WITH_OBSERVER(test_user_namespace),
		WITH_OBSERVER(test_malformed),
		WITH_OBSERVER(test_phases),
		WITH_OBSERVER(test_start_is_fresh),
		WITH_OBSERVER(test_copies),
		WITH_OBSERVER(test_reverse),
		WITH_OBSERVER(test_nothing_lost),
		WITH_OBSERVER(test_leaps),
		WITH_OBSERVER(test_dropped_are_counted_once),
		WITH_OBSERVER(test_gaps),
		WITH_OBSERVER(test_order_of_threads),
		WITH_OBSERVER(test_sleeping_threads),
		WITH_OBSERVER(test_many_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
