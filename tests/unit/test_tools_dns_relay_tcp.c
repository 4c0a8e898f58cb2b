/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection through a relay: each message is written down with its own time. */
#include "tools/dns_relay_tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

#define LENGTH   "\0\x13"
#define QUESTION "\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"
#define QUERY    LENGTH "\x12\x34\1\0" QUESTION
#define REPLY    LENGTH "\x12\x34\x81\x80" QUESTION

/* In the place of libc's: each time it is looked at another microsecond has passed. */
static uint64_t now_us;

int clock_gettime(clockid_t clock, struct timespec *now)
{
	(void)clock;
	now_us++;
	*now = (struct timespec){ .tv_sec = (time_t)(now_us / 1000000),
				  .tv_nsec = (long)(now_us % 1000000 * 1000) };
	return 0;
}

static struct fopnp_relay_connection connection;
static struct fopnp_wire *wire;
static int listener, client, server; /* the server's sockets, and glibc's */

static int start(void **state)
{
	struct fopnp_resolver_server address = { .address_len = sizeof(struct sockaddr_in) };
	struct sockaddr_in *in = (struct sockaddr_in *)&address.address;
	int pair[2];

	(void)state;
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	wire = calloc(1, sizeof(*wire));
	if (!wire || bind(listener, (struct sockaddr *)in, sizeof(*in)) != 0 ||
	    listen(listener, 1) != 0 ||
	    getsockname(listener, (struct sockaddr *)in, &address.address_len) != 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	client = pair[0];
	fopnp_relay_connection_open(&connection, pair[1], 1, &address);
	server = accept(listener, NULL, NULL);
	return server == -1 ? -1 : 0;
}

static int stop(void **state)
{
	(void)state;
	fopnp_relay_connection_close(&connection);
	fopnp_wire_free(wire);
	(void)close(client);
	(void)close(server);
	return close(listener);
}

static void put(int fd, const char *bytes, size_t len)
{
	assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), len);
}

/* The server is so quick that its reply waits in the turn in which the query passes. */
static void test_in_one_turn(void **state)
{
	char bytes[64];

	(void)state;
	now_us = 5000000;
	put(client, QUERY, sizeof(QUERY) - 1);
	put(server, REPLY, sizeof(REPLY) - 1);
	fopnp_relay_connection_work(&connection, wire, 4000000);
	assert_int_equal(wire->count, 2);
	assert_int_equal(wire->packets[0].event, FOPNP_WIRE_QUERY);
	assert_int_equal(wire->packets[0].at_us, 1000001);
	assert_true(wire->packets[0].is_tcp);
	assert_int_equal(wire->packets[0].server, 1);
	assert_int_equal(wire->packets[1].event, FOPNP_WIRE_REPLY);
	assert_int_equal(wire->packets[1].at_us, 1000002);
	assert_null(wire->packets[1].ignored);
	assert_int_equal(recv(server, bytes, sizeof(bytes), 0), sizeof(QUERY) - 1);
	assert_memory_equal(bytes, QUERY, sizeof(QUERY) - 1);
	assert_int_equal(recv(client, bytes, sizeof(bytes), 0), sizeof(REPLY) - 1);
	assert_memory_equal(bytes, REPLY, sizeof(REPLY) - 1);
}

/* Half a message is none; what it lacks makes it one. */
static void test_in_pieces(void **state)
{
	(void)state;
	now_us = 0;
	put(client, QUERY, 1);
	fopnp_relay_connection_work(&connection, wire, 0);
	assert_int_equal(wire->count, 0);
	now_us = 100;
	put(client, QUERY + 1, sizeof(QUERY) - 2);
	fopnp_relay_connection_work(&connection, wire, 0);
	assert_int_equal(wire->count, 1);
	assert_int_equal(wire->packets[0].at_us, 101);
	/* The server ends without a reply. */
	now_us = 200;
	assert_int_equal(shutdown(server, SHUT_WR), 0);
	fopnp_relay_connection_work(&connection, wire, 0);
	assert_int_equal(wire->count, 2);
	assert_int_equal(wire->packets[1].event, FOPNP_WIRE_CLOSED);
	assert_int_equal(wire->packets[1].error, 0);
	assert_true(wire->packets[1].at_us > 200);
	assert_int_equal(connection.client, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_in_one_turn, start, stop),
		cmocka_unit_test_setup_teardown(test_in_pieces, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
