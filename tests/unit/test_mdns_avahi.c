/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fopnp:mdns at avahi's socket: its lines, and daemons that are silent, slow, gone or
 * mad.  The daemon is this test, at a socket of its own; it answers in between
 * the calls, so that nothing here depends on time.
 */
#include "nss_module/mdns/mdns_avahi.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "nss_module/lookup/address.h"
#include "tests/unit/unit_test.h"

#define BACKLOG 2

static struct fopnp_mdns_question question;
static struct fopnp_mdns_result result;
static char failure[FOPNP_MDNS_AVAHI_WORDS];

static void ask_forwards(void)
{
	question = (struct fopnp_mdns_question){ .name = "printer.local",
						 .types = { ns_t_a, ns_t_aaaa },
						 .type_count = 2 };
	fopnp_mdns_result_init(&result);
}

static void ask_backwards(void)
{
	static const uint8_t address[16] = { 0xfe, 0x80, [15] = 7 };

	question = (struct fopnp_mdns_question){ .types = { ns_t_ptr },
						 .type_count = 1,
						 .family = AF_INET6,
						 .address = address };
	fopnp_mdns_result_init(&result);
}

/* ---- lines ---- */

static bool take(unsigned type, const char *line)
{
	return fopnp_mdns_avahi_take_line(&question, type, line, strlen(line), &result, failure);
}

static void expect_address(const char *expected)
{
	char text[FOPNP_ADDRESS_TEXT];

	assert_int_equal(result.address_count, 1);
	assert_string_equal(fopnp_address_print(result.addresses[0].family,
						result.addresses[0].bytes,
						result.addresses[0].scope, text),
			    expected);
	assert_int_equal(result.origin.via, FOPNP_MDNS_VIA_AVAHI);
	assert_int_equal(result.ttl, INT32_MAX);
	assert_string_equal(failure, "");
	fopnp_mdns_result_init(&result);
}

static void test_lines(void **state)
{
	(void)state;
	ask_forwards();
	assert_true(take(0, "+ 2 0 printer.local 192.0.2.77"));
	expect_address("192.0.2.77");
	assert_true(take(0, "+ 2 0 PRINTER.local. 192.0.2.77"));
	expect_address("192.0.2.77");
	assert_true(take(1, "+ 4 1 printer.local fe80::1"));
	expect_address("fe80::1%4");
	/* A global address has no scope, whatever interface it came by (nss-mdns issue 69). */
	assert_true(take(1, "+ 4 1 printer.local fd53::2"));
	expect_address("fd53::2");
	/* This very host, by its loopback interface. */
	assert_true(take(0, "+ 1 0 printer.local 127.0.0.1"));
	expect_address("127.0.0.1");
	assert_true(take(1, "+ 1 0 printer.local ::1"));
	expect_address("::1");
	assert_true(take(1, "+ 1 1 printer.local fd53::2"));
	assert_int_equal(result.settled, 2);
}

static void test_garbage_lines(void **state)
{
	static const char *const bad[] = {
		"",
		"+",
		"+ ",
		"x 2 0 printer.local 192.0.2.1",
		"+ 2 0 printer.local",
		"+ 2 0 printer.local 192.0.2.1 x",
		"+ 2 0 other.local 192.0.2.1",
		"+ 2 0 printer.local.. 192.0.2.1",
		"+ 2 0 printer.local fd53::2",
		"+ 2 0 printer.local 192.0.2.1\r",
		"+ 2 0 printer.local\t192.0.2.1",
		"+ 2 0 printer.local 192.0.2",
		"+ 2 0 printer.local 127.0.0.1",
		"+ 2 0 printer.local 224.0.0.251",
		"+ 1 0 printer.local 224.0.0.251",
		"+ 2 0 printer.local 0.0.0.0",
		"+ -2 0 printer.local 192.0.2.1",
		"+ 99999999999 0 printer.local 192.0.2.1",
		"+ x 0 printer.local 192.0.2.1",
		"+ 2 x printer.local 192.0.2.1",
		"+ 2 0 printer.local 1922222222222222222222222222222222222222222222222222222.0.2.1",
		"-15 \033[2J",
	};

	(void)state;
	ask_forwards();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (take(0, bad[i]) || !fopnp_mdns_result_is_empty(&result) || result.settled ||
		    strcmp(failure, "garbage") != 0)
			fail_msg("taken: %s (%s)", bad[i], failure);
	assert_false(fopnp_mdns_avahi_take_line(&question, 0,
						BYTES("+ 2 0 printer.local 192.0.2.1\0"), &result,
						failure));
	assert_false(take(1, "+ 2 0 printer.local 192.0.2.1"));
	assert_false(take(1, "+ 2 0 printer.local ::ffff:127.0.0.1"));
	assert_true(fopnp_mdns_result_is_empty(&result));
}

static void test_its_words(void **state)
{
	char line[600];

	(void)state;
	ask_forwards();
	assert_false(take(0, "-15 Timeout reached"));
	assert_string_equal(failure, "Timeout reached");
	assert_false(take(0, "-"));
	assert_string_equal(failure, "garbage");
	memset(line, 'x', sizeof(line));
	memcpy(line, "-1 ", 3);
	line[sizeof(line) - 1] = '\0';
	assert_false(take(0, line));
	assert_int_equal(strlen(failure), FOPNP_MDNS_AVAHI_WORDS - 1);
}

static void test_reverse_lines(void **state)
{
	(void)state;
	ask_backwards();
	assert_false(take(0, "+ 2 1 pri\\032nter.local"));
	assert_false(take(0, "+ 2 1 -printer.local"));
	assert_false(take(0, "+ 2 1 printer.local x"));
	assert_false(take(0, "+ 2 1 "));
	assert_false(take(0, "+ 2 1 $(id).local"));
	assert_string_equal(result.target, "");
	assert_true(take(0, "+ 2 1 Printer.local"));
	assert_string_equal(result.target, "Printer.local");
}

/* ---- the socket ---- */

static char directory[64], path[100];
static int listener;
static struct fopnp_mdns_avahi avahi;

static int start_daemon(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)state;
	strcpy(directory, "/tmp/fopnp-avahi.XXXXXX");
	assert_non_null(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/socket", directory);
	strcpy(address.sun_path, path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(listener >= 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, BACKLOG), 0);
	ask_forwards();
	return 0;
}

static int stop_daemon(void **state)
{
	(void)state;
	if (avahi.fd >= 0)
		close(avahi.fd);
	close(listener);
	unlink(path);
	rmdir(directory);
	return 0;
}

/* Ask, and be the daemon's end of the connection; its command in COMMAND. */
static int ask(unsigned type, char command[static 300])
{
	ssize_t len;
	int fd;

	fopnp_mdns_avahi_open(&avahi, path, &question, type);
	assert_true(avahi.fd >= 0);
	fd = accept(listener, NULL, NULL);
	assert_true(fd >= 0);
	len = recv(fd, command, 299, 0);
	assert_true(len > 0);
	command[len] = '\0';
	return fd;
}

static void receive(void)
{
	fopnp_mdns_avahi_receive(&avahi, &question, &result);
}

static void test_commands(void **state)
{
	char command[300];

	(void)state;
	close(ask(0, command));
	assert_string_equal(command, "RESOLVE-HOSTNAME-IPV4 printer.local\n");
	fopnp_mdns_avahi_close(&avahi, "timeout");
	close(ask(1, command));
	assert_string_equal(command, "RESOLVE-HOSTNAME-IPV6 printer.local\n");
	fopnp_mdns_avahi_close(&avahi, "timeout");
	ask_backwards();
	close(ask(0, command));
	assert_string_equal(command, "RESOLVE-ADDRESS fe80::7\n");
}

static void test_answer(void **state)
{
	char command[300];
	int fd = ask(0, command);

	(void)state;
	receive(); /* nothing there yet: it does not wait */
	assert_true(avahi.fd >= 0);
	assert_int_equal(send(fd, BYTES("+ 2 0 printer.local 192.0.2.77\nmore"), 0), 35);
	receive();
	assert_int_equal(avahi.fd, -1);
	assert_string_equal(avahi.failure, "");
	assert_false(avahi.has_denied);
	assert_int_equal(result.address_count, 1);
	close(fd);
}

static void test_slow_drip(void **state)
{
	static const char line[] = "+ 2 0 printer.local 192.0.2.77\n";
	char command[300];
	int fd = ask(0, command);

	(void)state;
	for (size_t i = 0; i < sizeof(line) - 1; i++) {
		assert_int_equal(result.address_count, 0);
		assert_true(avahi.fd >= 0);
		assert_int_equal(send(fd, &line[i], 1, 0), 1);
		receive();
	}
	assert_int_equal(result.address_count, 1);
	assert_int_equal(avahi.fd, -1);
	close(fd);
}

static void test_endless_line(void **state)
{
	static char line[1000000];
	char command[300];
	int fd = ask(0, command);

	(void)state;
	memset(line, '+', sizeof(line));
	assert_true(send(fd, line, sizeof(line), MSG_DONTWAIT) > FOPNP_MDNS_AVAHI_LINE);
	receive();
	assert_int_equal(avahi.fd, -1);
	assert_string_equal(avahi.failure, "garbage");
	assert_true(fopnp_mdns_result_is_empty(&result));
	close(fd);
}

static void test_closed(void **state)
{
	char command[300];
	int fd = ask(0, command);

	(void)state;
	assert_int_equal(send(fd, BYTES("+ 2 0 printer.local 192.0.2.77"), 0), 30);
	close(fd);
	receive();
	receive();
	assert_int_equal(avahi.fd, -1);
	assert_string_equal(avahi.failure, "garbage");
	assert_true(fopnp_mdns_result_is_empty(&result));
}

static void test_denied_name(void **state)
{
	char command[300];
	int fd = ask(1, command);

	(void)state;
	assert_int_equal(send(fd, BYTES("-15 Timeout reached\n"), 0), 20);
	receive();
	assert_true(avahi.has_denied);
	assert_string_equal(avahi.failure, "Timeout reached");
	assert_int_equal(result.settled, 0);
	close(fd);
}

static void test_silent(void **state)
{
	char command[300];
	int fd = ask(0, command);

	(void)state;
	fopnp_mdns_avahi_close(&avahi, "timeout");
	assert_int_equal(avahi.fd, -1);
	assert_string_equal(avahi.failure, "timeout");
	close(fd);
}

/* The program closed all descriptors meanwhile, and opened a pipe of its own. */
static void test_number_of_another(void **state)
{
	char command[300];
	int ends[2], fd;

	(void)state;
	for (unsigned is_read = 0; is_read < 2; is_read++) {
		fd = ask(0, command);
		close(avahi.fd);
		assert_int_equal(pipe(ends), 0);
		assert_int_equal(ends[0], avahi.fd);
		if (is_read)
			receive();
		else
			fopnp_mdns_avahi_close(&avahi, "timeout");
		assert_int_equal(avahi.fd, -1);
		assert_int_equal(close(ends[0]), 0);
		close(ends[1]);
		close(fd);
	}
}

/* A stopped daemon accepts nobody: once its queue is full connect() must not wait. */
static void test_full_queue(void **state)
{
	int fds[BACKLOG + 3];
	unsigned count = 0;

	(void)state;
	for (; count < BACKLOG + 2; count++) {
		fopnp_mdns_avahi_open(&avahi, path, &question, 0);
		if (avahi.fd < 0)
			break;
		fds[count] = avahi.fd;
	}
	assert_true(count >= BACKLOG && count < BACKLOG + 2);
	assert_string_equal(avahi.failure, "timeout");
	while (count > 0)
		close(fds[--count]);
}

static void test_nobody_there(void **state)
{
	char long_path[200];

	(void)state;
	close(listener);
	fopnp_mdns_avahi_open(&avahi, path, &question, 0);
	assert_int_equal(avahi.fd, -1);
	assert_string_equal(avahi.failure, "refused");
	unlink(path);
	fopnp_mdns_avahi_open(&avahi, path, &question, 0);
	assert_int_equal(avahi.fd, -1);
	assert_string_equal(avahi.failure, "");
	memset(long_path, 'x', sizeof(long_path));
	long_path[sizeof(long_path) - 1] = '\0';
	fopnp_mdns_avahi_open(&avahi, long_path, &question, 0);
	assert_int_equal(avahi.fd, -1);
	/* For stop_daemon() to close. */
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_garbage_lines),
		cmocka_unit_test(test_its_words),
		cmocka_unit_test(test_reverse_lines),
		cmocka_unit_test_setup_teardown(test_commands, start_daemon, stop_daemon),
		cmocka_unit_test_setup_teardown(test_answer, start_daemon, stop_daemon),
		cmocka_unit_test_setup_teardown(test_slow_drip, start_daemon, stop_daemon),
		cmocka_unit_test_setup_teardown(test_endless_line, start_daemon, stop_daemon),
		cmocka_unit_test_setup_teardown(test_closed, start_daemon, stop_daemon),
		cmocka_unit_test_setup_teardown(test_denied_name, start_daemon, stop_daemon),
		cmocka_unit_test_setup_teardown(test_silent, start_daemon, stop_daemon),
		cmocka_unit_test_setup_teardown(test_number_of_another, start_daemon, stop_daemon),
		cmocka_unit_test_setup_teardown(test_full_queue, start_daemon, stop_daemon),
		cmocka_unit_test_setup_teardown(test_nobody_there, start_daemon, stop_daemon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
