/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose socket it is: by netlink, by the lists of proc(5), and with nothing to go by. */
#include "tools/socket_owner.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

/* In the place of libc's: what cannot be had, another user, and a list with holes. */
static int netlink_error, list_error;
static unsigned empty_lists, lists_read;
static uid_t user;

int socket(int family, int type, int protocol)
{
	if (family == AF_NETLINK && netlink_error) {
		errno = netlink_error;
		return -1;
	}
	return (int)syscall(SYS_socket, family, type, protocol);
}

FILE *fopen(const char *path, const char *mode)
{
	static FILE *(*of_libc)(const char *, const char *);

	if (!of_libc)
		of_libc = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen");
	if (strncmp(path, "/proc/self/net/", 15) == 0) {
		lists_read++;
		if (list_error) {
			errno = list_error;
			return NULL;
		}
		if (empty_lists > 0) {
			empty_lists--;
			path = "/dev/null";
		}
	}
	return of_libc(path, mode);
}

uid_t geteuid(void)
{
	return user;
}

static struct fopnp_socket_finder finder;
static struct sockaddr_in server;
static int udp, tcp;

static int start(void **state)
{
	socklen_t len = sizeof(server);

	(void)state;
	netlink_error = list_error = 0;
	empty_lists = 0;
	user = getuid();
	server = (struct sockaddr_in){ .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return bind(udp, (struct sockaddr *)&server, len) == 0 &&
			       getsockname(udp, (struct sockaddr *)&server, &len) == 0 &&
			       bind(tcp, (struct sockaddr *)&server, len) == 0 &&
			       listen(tcp, 1) == 0
		       ? 0
		       : -1;
}

static int stop(void **state)
{
	(void)state;
	fopnp_socket_finder_close(&finder);
	(void)close(udp);
	return close(tcp);
}

/* A socket of our own, connected to the server. */
static int connect_client(int type, struct sockaddr_in *client)
{
	socklen_t len = sizeof(*client);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&server, sizeof(server)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)client, &len), 0);
	return fd;
}

static int find(bool is_tcp, const struct sockaddr_in *client, uint32_t *inode)
{
	return fopnp_socket_find(&finder, is_tcp, client, &server, inode);
}

static void check_udp(void)
{
	struct sockaddr_in client;
	int fd = connect_client(SOCK_DGRAM, &client), other;
	struct stat status;
	uint32_t inode;

	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(find(false, &client, &inode), 0);
	assert_int_equal(inode, status.st_ino);
	user++;
	assert_int_equal(find(false, &client, &inode), EPERM);
	user--;
	(void)close(fd);
	assert_int_equal(find(false, &client, &inode), ENOENT);
	/* Its port is another socket's now, which is not connected to us; then it is. */
	other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(other, (struct sockaddr *)&client, sizeof(client)), 0);
	assert_int_equal(find(false, &client, &inode), ENOENT);
	assert_int_equal(connect(other, (struct sockaddr *)&server, sizeof(server)), 0);
	assert_int_equal(find(false, &client, &inode), 0);
	assert_int_not_equal(inode, status.st_ino);
	(void)close(other);
}

static void check_tcp(void)
{
	struct sockaddr_in client;
	int fd = connect_client(SOCK_STREAM, &client);
	struct stat status;
	uint32_t inode;

	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(find(true, &client, &inode), 0);
	assert_int_equal(inode, status.st_ino);
	/* Its closed end is listed as root's. */
	user = 0;
	(void)close(fd);
	assert_int_equal(find(true, &client, &inode), ENOENT);
}

static void test_by_netlink(void **state)
{
	(void)state;
	assert_true(fopnp_socket_finder_open(&finder, &server));
	if (finder.way != FOPNP_SOCKET_BY_NETLINK)
		skip();
	check_udp();
	check_tcp();
}

static void test_by_proc(void **state)
{
	struct sockaddr_in client;
	uint32_t inode;
	int fd;

	(void)state;
	netlink_error = EPROTONOSUPPORT;
	assert_true(fopnp_socket_finder_open(&finder, &server));
	assert_int_equal(finder.way, FOPNP_SOCKET_BY_PROC);
	check_udp();
	check_tcp();
	/* A list may miss a socket several times. */
	user = getuid();
	fd = connect_client(SOCK_DGRAM, &client);
	empty_lists = 7;
	assert_int_equal(find(false, &client, &inode), 0);
	assert_int_equal(empty_lists, 0);
	/* Nothing is let in when the budget is used up, and nothing is read. */
	for (int i = 0; i < 1000 && find(false, &client, &inode) == 0; i++)
		;
	lists_read = 0;
	assert_int_equal(find(false, &client, &inode), EBUSY);
	assert_int_equal(lists_read, 0);
	(void)close(fd);
}

static void test_blind(void **state)
{
	const struct sockaddr_in nobody = { .sin_family = AF_INET };
	uint32_t inode;

	(void)state;
	netlink_error = EPROTONOSUPPORT;
	list_error = EACCES;
	assert_true(fopnp_socket_finder_open(&finder, &server));
	assert_int_equal(finder.way, FOPNP_SOCKET_BLIND);
	assert_int_equal(find(false, &nobody, &inode), 0);
	/* A list that cannot be read later on is no reason to let anybody in. */
	list_error = 0;
	assert_true(fopnp_socket_finder_open(&finder, &server));
	assert_int_equal(finder.way, FOPNP_SOCKET_BY_PROC);
	list_error = EACCES;
	assert_int_equal(find(false, &nobody, &inode), EACCES);
}

/* Short descriptors say nothing of what the system can do. */
static void test_short(void **state)
{
	(void)state;
	netlink_error = EMFILE;
	assert_false(fopnp_socket_finder_open(&finder, &server));
	assert_int_equal(errno, EMFILE);
	netlink_error = EPROTONOSUPPORT;
	list_error = ENFILE;
	assert_false(fopnp_socket_finder_open(&finder, &server));
	assert_int_equal(errno, ENFILE);
	assert_true(fopnp_socket_is_short(ENOBUFS) && fopnp_socket_is_short(ENOMEM));
	assert_false(fopnp_socket_is_short(ECONNREFUSED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_by_netlink, start, stop),
		cmocka_unit_test_setup_teardown(test_by_proc, start, stop),
		cmocka_unit_test_setup_teardown(test_blind, start, stop),
		cmocka_unit_test_setup_teardown(test_short, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
