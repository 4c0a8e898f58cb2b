/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The event socket in programs that close, count and reuse descriptors:
 * nothing is left behind, nothing is written into a file of the program's,
 * and no listener, however broken, holds a lookup up.
 */
#include "tests/nss/isolated.h"
#include "tests/nss/listener.h"
#include "tests/nss/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOW  64  /* the module's descriptors are below this in small programs */
#define HIGH 700 /* where a test keeps its own ones out of the way */

static struct nss_functions fopnp;

static void start(void)
{
	nss_functions_load("fopnp", &fopnp);
	resolve_only_with("fopnp");
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int move_high(int fd, int offset)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, HIGH + offset);

	assert_true(high >= HIGH);
	close(fd);
	return high;
}

static bool look_up(void)
{
	return resolves_to("host-5.test", "10.0.0.5");
}

/* ---- nobody listens ---- */

static void no_descriptor_is_left(void **state)
{
	size_t before;

	(void)state;
	start();
	before = count_descriptors();
	for (int i = 0; i < 100; i++)
		assert_true(look_up());
	assert_int_equal(count_descriptors(), before);
}

static void the_log_socket_may_be_a_file(void **state)
{
	struct stat status;
	size_t before;

	(void)state;
	isolated_write(LISTENER_PATH, "text of the program's own\n");
	start();
	before = count_descriptors();
	assert_true(look_up());
	assert_int_equal(count_descriptors(), before);
	assert_int_equal(stat(LISTENER_PATH, &status), 0);
	assert_int_equal(status.st_size, strlen("text of the program's own\n"));
}

/* ---- somebody listens ---- */

static void at_most_one_descriptor_is_kept(void **state)
{
	int fd = listener_open(FOPNP_EVENT_SOCKET);
	bool was_open[LOW];
	size_t before;

	(void)state;
	start();
	before = count_descriptors();
	for (int kept = 0; kept < LOW; kept++)
		was_open[kept] = is_open(kept);
	for (int i = 0; i < 100; i++) {
		assert_true(look_up());
		assert_int_equal(listener_drain(fd), 1);
		assert_true(count_descriptors() <= before + 1);
	}
	for (int kept = 0; kept < LOW; kept++) {
		if (is_open(kept) && !was_open[kept])
			assert_true(fcntl(kept, F_GETFD) & FD_CLOEXEC);
	}
}

static void everything_closed_between_lookups(void **state)
{
	int fd = move_high(listener_open(LISTENER_PATH), 0);

	(void)state;
	start();
	for (int i = 0; i < 10; i++) {
		close_range(3, HIGH - 1, 0);
		assert_true(look_up());
		assert_int_equal(listener_drain(fd), 1);
	}
}

/* Takes every free number below LOW, so the module's too once it is closed. */
static void take_all_low_numbers(int file)
{
	for (int fd = 3; fd < LOW; fd++) {
		if (fd != file)
			assert_int_equal(dup2(file, fd), fd);
	}
}

/* None of them was closed, or closed and opened for something else. */
static void check_low_numbers(int file)
{
	struct stat expected, actual;

	assert_int_equal(fstat(file, &expected), 0);
	for (int fd = 3; fd < LOW; fd++) {
		assert_int_equal(fstat(fd, &actual), 0);
		assert_int_equal(actual.st_dev, expected.st_dev);
		assert_int_equal(actual.st_ino, expected.st_ino);
	}
}

/* The number of the kept event socket now belongs to a file of the program. */
static void a_file_in_place_of_the_socket(void **state)
{
	int fd = move_high(listener_open(LISTENER_PATH), 0), file;
	struct stat status;

	(void)state;
	start();
	assert_true(look_up());
	assert_int_equal(listener_drain(fd), 1);
	file = move_high(open("/run/file", O_RDWR | O_CREAT | O_CLOEXEC, 0600), 1);
	take_all_low_numbers(file);
	for (int i = 0; i < 20; i++)
		assert_true(look_up());
	assert_int_equal(fstat(file, &status), 0);
	assert_int_equal(status.st_size, 0);
	assert_true(listener_drain(fd) > 0);
	check_low_numbers(file);
}

/* The same for a connected datagram socket, to which sending would succeed. */
static void a_socket_in_place_of_the_socket(void **state)
{
	int fd = move_high(listener_open(LISTENER_PATH), 0);
	int pair[2];
	char byte;

	(void)state;
	start();
	assert_true(look_up());
	assert_int_equal(listener_drain(fd), 1);
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), 0);
	pair[0] = move_high(pair[0], 1);
	pair[1] = move_high(pair[1], 2);
	take_all_low_numbers(pair[0]);
	for (int i = 0; i < 20; i++)
		assert_true(look_up());
	assert_int_equal(recv(pair[1], &byte, 1, 0), -1);
	assert_int_equal(errno, EAGAIN);
	assert_true(listener_drain(fd) > 0);
	check_low_numbers(pair[0]);
}

/* And by another program's way to do it: a socket just like ours, connected elsewhere. */
static void a_twin_in_place_of_the_socket(void **state)
{
	int fd = move_high(listener_open(FOPNP_EVENT_SOCKET), 0);
	int other = move_high(listener_open("/run/other.sock"), 1);
	struct sockaddr_un address = { AF_UNIX, "/run/other.sock" };
	char byte;
	int twin = move_high(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), 2);

	(void)state;
	assert_int_equal(connect(twin, (struct sockaddr *)&address, sizeof(address)), 0);
	start();
	assert_true(look_up());
	assert_int_equal(listener_drain(fd), 1);
	take_all_low_numbers(twin);
	for (int i = 0; i < 20; i++)
		assert_true(look_up());
	assert_int_equal(recv(other, &byte, 1, 0), -1);
	assert_int_equal(errno, EAGAIN);
	check_low_numbers(twin);
}

/* ---- 0, 1 and 2 ---- */

/* Runs what fails with its own message on a saved standard error. */
static void with_standard_closed(int fd, unsigned lookups)
{
	int saved[3];
	bool is_left_open = false, is_right = true;

	fflush(NULL);
	for (int i = 0; i < 3; i++)
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, HIGH + 10);
	for (int i = 0; i < 3; i++)
		close(i);
	for (unsigned i = 0; i < lookups; i++) {
		is_right = look_up() && is_right;
		for (int j = 0; j < 3; j++)
			is_left_open = is_left_open || is_open(j);
	}
	for (int i = 0; i < 3; i++) {
		dup2(saved[i], i);
		close(saved[i]);
	}
	assert_true(is_right);
	assert_false(is_left_open);
	if (fd >= 0)
		assert_int_equal(listener_drain(fd), lookups);
}

static void standard_numbers_are_not_kept(void **state)
{
	int fd = move_high(listener_open(FOPNP_EVENT_SOCKET), 0);

	(void)state;
	start();
	with_standard_closed(fd, 5);
}

static void standard_numbers_without_a_listener(void **state)
{
	(void)state;
	start();
	with_standard_closed(-1, 5);
}

/* ---- high numbers, no numbers ---- */

static void raise_limit(rlim_t descriptors)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = descriptors;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < descriptors)
		skip();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void numbers_above_1024(void **state)
{
	int fd, filler;

	(void)state;
	raise_limit(4096);
	fd = listener_open(LISTENER_PATH);
	do {
		filler = open("/dev/null", O_RDONLY | O_CLOEXEC);
		assert_true(filler >= 0);
	} while (filler < 1500);
	start();
	for (int i = 0; i < 5; i++) {
		assert_true(look_up());
		assert_int_equal(listener_drain(fd), 1);
	}
	assert_true(is_open(1500));
	assert_false(is_open(1510));
}

static void no_number_is_free(void **state)
{
	int fd = listener_open(LISTENER_PATH);
	struct gaih_addrtuple *tuples = NULL;
	char buffer[1024];
	int error, h_error, low;
	enum nss_status status;
	size_t before;

	(void)state;
	start();
	assert_true(look_up());
	listener_drain(fd);
	before = count_descriptors();
	for (low = 3; is_open(low); low++)
		;
	raise_limit((rlim_t)low);
	for (int i = 0; i < 10; i++) {
		tuples = NULL;
		status = fopnp.by_name4("host-5.test", &tuples, buffer, sizeof(buffer), &error,
					&h_error, NULL);
		assert_int_equal(status, NSS_STATUS_SUCCESS);
	}
	raise_limit(1024);
	listener_drain(fd);
	assert_true(look_up());
	assert_int_equal(listener_drain(fd), 1);
	assert_true(count_descriptors() <= before + 1);
}

/* From the very first lookup on there is no descriptor for anything. */
static void no_number_is_free_at_first(void **state)
{
	struct gaih_addrtuple *tuples = NULL;
	struct nss_functions conform;
	char buffer[1024];
	int error, h_error, low;
	size_t before;

	(void)state;
	listener_open(LISTENER_PATH);
	nss_functions_load("conform", &conform);
	nss_functions_load("fopnp", &fopnp);
	before = count_descriptors();
	for (low = 3; is_open(low); low++)
		;
	raise_limit((rlim_t)low);
	fopnp.by_name4("host-5.test", &tuples, buffer, sizeof(buffer), &error, &h_error, NULL);
	raise_limit(1024);
	assert_true(count_descriptors() <= before + 1);
	tuples = NULL;
	usleep(1100000); /* whatever could not be read is looked at again */
	assert_int_equal(fopnp.by_name4("host-5.test", &tuples, buffer, sizeof(buffer), &error,
					&h_error, NULL),
			 NSS_STATUS_SUCCESS);
}

/* ---- listeners that fail ---- */

static void a_frozen_listener_holds_nobody_up(void **state)
{
	int fd = listener_open(FOPNP_EVENT_SOCKET);
	const struct fopnp_event *event;
	size_t received;

	(void)state;
	start();
	alarm(30);
	for (int i = 0; i < 2000; i++)
		assert_true(look_up());
	received = listener_drain(fd);
	assert_int_in_range(received, 1, 1999);
	assert_true(look_up());
	event = listener_event(fd);
	assert_non_null(event);
	assert_int_equal(event->dropped, 2000 - received);
	assert_true(look_up());
	event = listener_event(fd);
	assert_non_null(event);
	assert_true(event->dropped <= 0); /* said once */
}

static void a_listener_that_ends(void **state)
{
	int fd = listener_open(FOPNP_EVENT_SOCKET);
	size_t before;

	(void)state;
	start();
	before = count_descriptors();
	assert_true(look_up());
	assert_int_equal(listener_drain(fd), 1);
	close(fd);
	for (int i = 0; i < 50; i++)
		assert_true(look_up());
	assert_true(count_descriptors() <= before - 1);
	unlink(FOPNP_EVENT_SOCKET);
	assert_true(look_up());

	fd = listener_open(FOPNP_EVENT_SOCKET);
	for (int i = 0; i < 30; i++) {
		assert_true(look_up());
		if (listener_drain(fd))
			return;
		usleep(100000);
	}
	fail_msg("a new listener was not found within three seconds");
}

static void a_listener_that_is_replaced(void **state)
{
	int fd = listener_open(LISTENER_PATH);

	(void)state;
	start();
	for (int i = 0; i < 20; i++) {
		assert_true(look_up());
		if (i % 5 == 4) {
			close(fd);
			fd = listener_open(LISTENER_PATH);
		}
	}
	usleep(1100000);
	listener_drain(fd);
	assert_true(look_up());
	assert_int_equal(listener_drain(fd), 1);
	assert_true(count_descriptors() < 10);
}

/* ---- processes ---- */

/* Parent and child may share the socket; each event says whose it is. */
static void events_of_a_forked_child(void **state)
{
	int fd = listener_open(LISTENER_PATH), status;
	const struct fopnp_event *event;
	pid_t pid;

	(void)state;
	start();
	assert_true(look_up());
	listener_drain(fd);
	pid = fork();
	if (pid == 0)
		_exit(look_up() ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	event = listener_event(fd);
	assert_non_null(event);
	assert_int_equal(event->pid, pid);
	assert_int_equal(event->tid, pid);
	assert_true(look_up());
	event = listener_event(fd);
	assert_non_null(event);
	assert_int_equal(event->pid, getpid());
}

/* A started program inherits nothing. */
static void nothing_crosses_exec(void **state)
{
	int fd = listener_open(LISTENER_PATH);
	char before[16], after[16];
	FILE *list;

	(void)state;
	list = popen("ls /proc/self/fd | wc -l", "re");
	assert_non_null(fgets(before, sizeof(before), list));
	pclose(list);
	start();
	assert_true(look_up());
	assert_int_equal(listener_drain(fd), 1);
	list = popen("ls /proc/self/fd | wc -l", "re");
	assert_non_null(fgets(after, sizeof(after), list));
	pclose(list);
	assert_string_equal(before, after);
}

#define QUIET                                                                                      \
	{                                                                                          \
		"FOPNP_ORDER=conform"                                                              \
	}
#define LOGGED                                                                                     \
	{                                                                                          \
		"FOPNP_ORDER=conform", "FOPNP_LOG=" LISTENER_PATH                                  \
	}

int main(int argc, char **argv)
{
	static const struct isolated_case cases[] = {
		{ cmocka_unit_test(no_descriptor_is_left), QUIET },
		{ cmocka_unit_test(the_log_socket_may_be_a_file), LOGGED },
		{ cmocka_unit_test(at_most_one_descriptor_is_kept), QUIET },
		{ cmocka_unit_test(everything_closed_between_lookups), LOGGED },
		{ cmocka_unit_test(a_file_in_place_of_the_socket), LOGGED },
		{ cmocka_unit_test(a_socket_in_place_of_the_socket), LOGGED },
		{ cmocka_unit_test(a_twin_in_place_of_the_socket), QUIET },
		{ cmocka_unit_test(standard_numbers_are_not_kept), QUIET },
		{ cmocka_unit_test(standard_numbers_without_a_listener), QUIET },
		{ cmocka_unit_test(numbers_above_1024), LOGGED },
		{ cmocka_unit_test(no_number_is_free), LOGGED },
		{ cmocka_unit_test(no_number_is_free_at_first), LOGGED },
		{ cmocka_unit_test(a_frozen_listener_holds_nobody_up), QUIET },
		{ cmocka_unit_test(a_listener_that_ends), QUIET },
		{ cmocka_unit_test(a_listener_that_is_replaced), LOGGED },
		{ cmocka_unit_test(events_of_a_forked_child), LOGGED },
		{ cmocka_unit_test(nothing_crosses_exec), LOGGED },
	};

	return isolated_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
