/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets in every state that a daemon can leave them in. */
#include "tools/socket_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

static char directory[] = "/tmp/fopnp-socket-probe-XXXXXX";
static char path[sizeof(directory) + sizeof("/socket")];

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/socket", directory);
	return chmod(directory, 0755);
}

static int remove_directory(void **state)
{
	(void)state;
	return rmdir(directory);
}

static int make_socket(int backlog)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_not_equal(listener, -1);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, backlog), 0);
	return listener;
}

static void assert_says(int error, const char *part)
{
	char *words = fopnp_socket_probe_words(error);

	assert_non_null(words);
	if (!strstr(words, part))
		fail_msg("\"%s\" does not say \"%s\"", words, part);
	free(words);
}

static void test_somebody_listens(void **state)
{
	int listener = make_socket(4);

	(void)state;
	assert_int_equal(fopnp_socket_probe(path), 0);
	assert_null(fopnp_socket_probe_words(0));
	(void)close(listener);
	(void)unlink(path);
}

static void test_no_socket(void **state)
{
	int file;

	(void)state;
	assert_int_equal(fopnp_socket_probe(path), ENOENT);
	assert_says(ENOENT, "not running");
	/* A file that is no socket. */
	file = creat(path, 0644);
	assert_int_equal(fopnp_socket_probe(path), ECONNREFUSED);
	(void)close(file);
	(void)unlink(path);
}

static void test_nobody_listens(void **state)
{
	(void)state;
	(void)close(make_socket(4));
	assert_int_equal(fopnp_socket_probe(path), ECONNREFUSED);
	assert_says(ECONNREFUSED, "has died");
	(void)unlink(path);
}

/* A daemon that takes no calls: as many wait as its queue holds. */
static void test_full_queue(void **state)
{
	int listener = make_socket(0), waiting[8], error = 0;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t count = 0;

	(void)state;
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	while (count < 8 && error == 0) {
		waiting[count] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (connect(waiting[count++], (struct sockaddr *)&address, sizeof(address)) != 0)
			error = errno;
	}
	assert_int_equal(error, EAGAIN);
	assert_int_equal(fopnp_socket_probe(path), EAGAIN);
	assert_says(EAGAIN, "hangs");
	while (count > 0)
		(void)close(waiting[--count]);
	(void)close(listener);
	(void)unlink(path);
}

/* Root may connect everywhere: in a child without its rights. */
static void test_denied(void **state)
{
	int listener = make_socket(4), status;
	pid_t child;

	(void)state;
	assert_int_equal(chmod(path, 0), 0);
	child = fork();
	if (child == 0) {
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(0);
		_exit(fopnp_socket_probe(path));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	(void)close(listener);
	(void)unlink(path);
	assert_int_equal(WEXITSTATUS(status), EACCES);
	assert_says(EACCES, "permission denied");
	assert_says(EPERM, "permission denied");
}

static void test_path_too_long(void **state)
{
	char longest[200];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(fopnp_socket_probe(longest), ENAMETOOLONG);
	assert_says(ENAMETOOLONG, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_somebody_listens), cmocka_unit_test(test_no_socket),
		cmocka_unit_test(test_nobody_listens),   cmocka_unit_test(test_full_queue),
		cmocka_unit_test(test_denied),           cmocka_unit_test(test_path_too_long),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
