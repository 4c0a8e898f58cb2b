/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections: the order of a race, its winner, outcomes in words, and connections to ourselves. */
#include "tools/connect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

#define MOST 8

static struct fopnp_attempt to(const char *address, uint16_t port)
{
	struct fopnp_attempt attempt = { 0 };

	assert_true(fopnp_request_parse_address(address, &attempt.address));
	attempt.address.port = port;
	return attempt;
}

/* The last digits of the addresses, in their order. */
static void check_interleaved(const char *families, const char *expected)
{
	struct fopnp_attempt list[MOST];
	size_t count = strlen(families);
	char text[MOST + 1] = "";

	for (size_t i = 0; i < count; i++) {
		list[i] = to(families[i] == '4' ? "192.0.2.0" : "2001:db8::", 80);
		list[i].address.bytes[families[i] == '4' ? 3 : 15] = (uint8_t)i;
	}
	fopnp_attempts_interleave(list, count);
	for (size_t i = 0; i < count; i++)
		text[i] = (char)('0' + list[i].address
					       .bytes[list[i].address.family == AF_INET ? 3 : 15]);
	assert_string_equal(text, expected);
}

static void test_interleave(void **state)
{
	(void)state;
	check_interleaved("", "");
	check_interleaved("4", "0");
	check_interleaved("66644", "03142");
	check_interleaved("4666", "0123");
	check_interleaved("44466", "03142");
	check_interleaved("64", "01");
	check_interleaved("444", "012");
	check_interleaved("46464646", "01234567");
	check_interleaved("66444", "02134");
}

static void test_winner(void **state)
{
	struct fopnp_attempt list[3] = {
		{ .state = FOPNP_ATTEMPT_CONNECTED, .start_us = 0, .elapsed_us = 900 },
		{ .state = FOPNP_ATTEMPT_CONNECTED, .start_us = 250, .elapsed_us = 100 },
		{ .state = FOPNP_ATTEMPT_FAILED, .start_us = 0, .elapsed_us = 1 },
	};
	struct fopnp_connect connect = { .attempts = list, .count = 3 };
	uint64_t won_us = 7;

	(void)state;
	connect.winner = fopnp_attempts_winner(list, 3);
	assert_int_equal(connect.winner, 1);
	assert_int_equal(fopnp_connect_runner_up(&connect, &won_us), 0);
	assert_int_equal(won_us, 550);
	list[0].state = FOPNP_ATTEMPT_GIVEN_UP;
	assert_int_equal(fopnp_connect_runner_up(&connect, &won_us), 3);
	assert_int_equal(fopnp_attempts_winner(list, 1), 1);
}

static void check_words(int error, bool is_local, const char *word, const char *words)
{
	struct fopnp_attempt attempt = to("fe80::1", 80);
	char *told;

	attempt.state = FOPNP_ATTEMPT_FAILED;
	attempt.error = error;
	attempt.is_local_error = is_local;
	told = fopnp_attempt_words(&attempt);
	assert_string_equal(fopnp_attempt_word(&attempt), word);
	if (!strstr(told, words))
		fail_msg("\"%s\" has no \"%s\"", told, words);
	free(told);
}

static void test_words(void **state)
{
	(void)state;
	check_words(ECONNREFUSED, false, "refused", "refused");
	check_words(ETIMEDOUT, false, "timed-out", "timed out");
	check_words(EHOSTUNREACH, false, "no-route", "a router says so");
	check_words(EHOSTUNREACH, true, "no-route", "of this machine");
	check_words(ENETUNREACH, false, "unreachable", "a router says so");
	check_words(ENETUNREACH, true, "unreachable", "this machine has no route");
	check_words(EACCES, false, "prohibited", "a firewall on the way");
	check_words(EPERM, true, "prohibited", "of this machine");
	check_words(EINVAL, true, "failed", "needs its interface");
	check_words(EPIPE, false, "failed", "Broken pipe");
	check_words(9999, false, "failed", "unknown error");
}

/* Bound, and listening if LISTENS; its port. */
static int own_socket(bool listens, uint16_t *out_port)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (struct sockaddr *)&in, len), 0);
	if (listens)
		assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	*out_port = ntohs(in.sin_port);
	return fd;
}

static void test_connect(void **state)
{
	uint16_t open_port, closed_port;
	int listener = own_socket(true, &open_port), closed = own_socket(false, &closed_port);
	struct fopnp_attempt list[3] = { to("127.0.0.1", closed_port), to("127.0.0.1", open_port),
					 to("127.0.0.1", open_port) };
	struct fopnp_attempt again[3];

	(void)state;
	memcpy(again, list, sizeof(list));
	assert_true(fopnp_attempts_make(list, 3, FOPNP_ATTEMPT_ALL, 20000000));
	assert_string_equal(fopnp_attempt_word(&list[0]), "refused");
	assert_false(list[0].is_local_error);
	assert_int_equal(list[1].state, FOPNP_ATTEMPT_CONNECTED);
	assert_int_equal(list[2].state, FOPNP_ATTEMPT_CONNECTED);
	assert_true(list[1].has_local);
	assert_int_equal(list[1].local.bytes[0], 127);
	assert_int_not_equal(list[1].local.port, 0);

	memcpy(list, again, sizeof(list));
	assert_true(fopnp_attempts_make(list, 3, FOPNP_ATTEMPT_FIRST, 20000000));
	assert_string_equal(fopnp_attempt_word(&list[0]), "refused");
	assert_int_equal(list[1].state, FOPNP_ATTEMPT_NOT_MADE);

	/* The first fails: the second starts at once; the third is never needed. */
	memcpy(list, again, sizeof(list));
	assert_true(fopnp_attempts_make(list, 3, FOPNP_ATTEMPT_RACE, 20000000));
	assert_string_equal(fopnp_attempt_word(&list[0]), "refused");
	assert_int_equal(list[1].state, FOPNP_ATTEMPT_CONNECTED);
	assert_int_equal(list[2].state, FOPNP_ATTEMPT_NOT_MADE);
	assert_true(fopnp_attempts_make(list, 0, FOPNP_ATTEMPT_RACE, 20000000));
	(void)close(listener);
	(void)close(closed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interleave),
		cmocka_unit_test(test_winner),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_connect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
