/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nsswitch.conf: tables of files, and glibc itself as the judge of random
 * ones, which it reads from a private mount over /etc/nsswitch.conf.
 */
#include "nss_module/lookup/nsswitch_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/failing_allocation.h"
#include "tests/unit/glibc_hosts_line.h"
#include "tests/unit/private_file.h"
#include "tests/unit/random_cases.h"
#include "tests/unit/unit_test.h"

static void parse(const char *bytes, size_t len, struct fopnp_nsswitch *out)
{
	assert_int_equal(fopnp_nsswitch_parse(bytes, len, out), FOPNP_NSSWITCH_OK);
	assert_non_null(out->order);
}

/* The order of a file, its line, and the span of its list. */
static void check_file(const char *bytes, size_t len, const char *printed, unsigned line)
{
	struct fopnp_nsswitch nsswitch;
	struct fopnp_order_error error;
	struct fopnp_order *again;
	char text[256], reparsed[256];

	parse(bytes, len, &nsswitch);
	(void)fopnp_order_print(nsswitch.order, text, sizeof(text));
	assert_string_equal(text, printed);
	assert_int_equal(nsswitch.line, line);
	if (line > 0) {
		again = fopnp_order_parse(bytes + nsswitch.text_at, nsswitch.text_len,
					  FOPNP_GRAMMAR_NSSWITCH, &error);
		assert_non_null(again);
		(void)fopnp_order_print(again, reparsed, sizeof(reparsed));
		assert_string_equal(reparsed, printed);
		free(again);
	}
	free(nsswitch.order);
}

static void test_hosts_lines(void **state)
{
	(void)state;
	check_file(BYTES("hosts: files dns\n"), "files dns", 1);
	check_file(BYTES("passwd: files\n\nhosts:\t files mdns4 [NOTFOUND=return] dns \r\n"),
		   "files mdns4 [NOTFOUND=return] dns", 3);
	check_file(BYTES("  hosts: a\n"), "a", 1);
	check_file(BYTES("hosts a b\n"), "a b", 1);
	check_file(BYTES("hosts :: : a\n"), "a", 1);
	check_file(BYTES("hosts:a:b\n"), "a:b", 1);
	check_file(BYTES("hosts: files # local\n"), "files # local", 1);
	check_file(BYTES("hosts: [x\n"), "", 1);
	check_file(BYTES("hosts: a\0b\nx\n"), "a", 1);
	/* the newline is a blank behind the name, so this is an empty list */
	check_file(BYTES("hosts\n"), "", 1);
	check_file(BYTES("hosts:\n"), "", 1);
	/* a NUL behind the colon ends an empty list */
	check_file(BYTES("hosts:\0 a\n"), "", 1);
	/* a line may look as it likes in a database that glibc does not know */
	check_file(BYTES("sudoers: a [\nhosts: a\n"), "a", 2);
	check_file(BYTES("PASSWD: a []\nhosts: a\n"), "a", 2);
	check_file(BYTES("passwdx: a []\nhosts: a\n"), "a", 2);
}

static void test_no_hosts_line(void **state)
{
	(void)state;
	check_file(NULL, 0, "files dns", 0);
	check_file(BYTES(""), "files dns", 0);
	check_file(BYTES("\n\n"), "files dns", 0);
	check_file(BYTES("#hosts: a\n"), "files dns", 0);
	check_file(BYTES("# hosts: a\n"), "files dns", 0);
	check_file(BYTES("Hosts: a\nhost: b\nhostsx: c\n"), "files dns", 0);
	check_file(BYTES(": hosts: a\n"), "files dns", 0);
	check_file(BYTES("\xef\xbb\xbfhosts: a\n"), "files dns", 0);
	/* a NUL right behind the name */
	check_file(BYTES("hosts\0: a\n"), "files dns", 0);
	check_file(BYTES("\0hosts: a\n"), "files dns", 0);
}

static void test_unfinished_line(void **state)
{
	struct fopnp_nsswitch nsswitch;

	(void)state;
	parse(BYTES("passwd: files\nhosts: nosuch"), &nsswitch);
	assert_int_equal(nsswitch.line, 0);
	assert_int_equal(nsswitch.unfinished_line, 2);
	assert_int_equal(nsswitch.text_len, 0);
	free(nsswitch.order);

	/* not even an error in it counts */
	parse(BYTES("hosts: a\nhosts: b []"), &nsswitch);
	assert_int_equal(nsswitch.line, 1);
	assert_int_equal(nsswitch.unfinished_line, 2);
	free(nsswitch.order);

	parse(BYTES("hosts: a\n"), &nsswitch);
	assert_int_equal(nsswitch.unfinished_line, 0);
	free(nsswitch.order);
}

static void test_last_hosts_line_wins(void **state)
{
	static const char text[] = "hosts: a\n\nhosts: b\nhosts:  c \nrpc: d\n";
	struct fopnp_nsswitch nsswitch;

	(void)state;
	parse(text, sizeof(text) - 1, &nsswitch);
	assert_int_equal(nsswitch.line, 4);
	assert_int_equal(nsswitch.shadowed_line, 3);
	assert_int_equal(nsswitch.text_len, 1);
	assert_int_equal(text[nsswitch.text_at], 'c');
	assert_int_equal(nsswitch.order->entries[0].at, 0);
	free(nsswitch.order);

	parse(BYTES("hosts: a b \0c\n"), &nsswitch);
	assert_int_equal(nsswitch.text_at, 7);
	assert_int_equal(nsswitch.text_len, 3);
	free(nsswitch.order);
}

static void test_broken_lines(void **state)
{
	static const char *const databases[] = {
		"aliases", "ethers", "group", "group_compat", "gshadow", "hosts", "initgroups",
		"netgroup", "networks", "passwd", "passwd_compat", "protocols", "publickey",
		"rpc", "services", "shadow", "shadow_compat",
	};
	struct fopnp_nsswitch nsswitch;
	char text[128];
	int len;

	(void)state;
	for (size_t i = 0; i < sizeof(databases) / sizeof(databases[0]); i++) {
		len = snprintf(text, sizeof(text), "hosts: a\n\n%s: b [x=return]\nhosts: c\n",
			       databases[i]);
		assert_int_equal(fopnp_nsswitch_parse(text, (size_t)len, &nsswitch),
				 FOPNP_NSSWITCH_BROKEN);
		assert_int_equal(nsswitch.line, 3);
		assert_null(nsswitch.order);
	}
}

static void test_allocation_failures(void **state)
{
	enum fopnp_nsswitch_result result = FOPNP_NSSWITCH_NO_MEMORY;
	struct fopnp_nsswitch nsswitch;
	unsigned nth;

	(void)state;
	for (nth = 1; result != FOPNP_NSSWITCH_OK; nth++) {
		fail_allocation(nth);
		result = fopnp_nsswitch_parse(BYTES("hosts: a\nrpc: b\nhosts: c\n"), &nsswitch);
		assert_int_equal(result == FOPNP_NSSWITCH_NO_MEMORY, allocation_has_failed());
		assert_int_equal(result == FOPNP_NSSWITCH_OK, nsswitch.order != NULL);
	}
	assert_int_equal(nth, 5);
	free(nsswitch.order);
	fail_allocation(1);
	assert_int_equal(fopnp_nsswitch_parse(NULL, 0, &nsswitch), FOPNP_NSSWITCH_NO_MEMORY);
	fail_allocation(0);
}

/* ---- against glibc ---- */

/* A few lines of databases, NULs and ends without a newline among them; returns the length. */
static size_t make_random_file(unsigned *seed, char *bytes, size_t size)
{
	static const char *const heads[] = {
		"hosts:", "hosts:", "hosts: ", " hosts :", "hosts", "hosts::\t", "passwd: ",
		"networks:", "sudoers: ", "#", "# hosts: ", "Hosts: ", ":", "", "hosts\v", "rpc\t",
	};
	char line[128];
	size_t len = 0;
	unsigned lines = (unsigned)rand_r(seed) % 5;

	for (unsigned i = 0; i < lines; i++) {
		unsigned head = (unsigned)rand_r(seed) % (sizeof(heads) / sizeof(heads[0]));

		make_random_line(seed, line, sizeof(line));
		len += (size_t)snprintf(bytes + len, size - len, "%s%s\n", heads[head], line);
	}
	if (len > 0 && rand_r(seed) % 8 == 0)
		bytes[(unsigned)rand_r(seed) % len] = '\0';
	if (len > 0 && rand_r(seed) % 8 == 0)
		len--;
	return len;
}

static void print_ours(const char *bytes, size_t len, char *text, size_t size)
{
	struct fopnp_nsswitch nsswitch;

	if (fopnp_nsswitch_parse(bytes, len, &nsswitch) == FOPNP_NSSWITCH_OK)
		order_print_actions(nsswitch.order, text, size);
	else
		(void)snprintf(text, size, "broken");
	free(nsswitch.order);
}

/* In a child of its own, since glibc keeps what it has read: 0 if we agree. */
static int compare_file(const char *bytes, size_t len)
{
	char ours[512], theirs[512];
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (!write_private_file(FOPNP_NSSWITCH_PATH, bytes, len))
			_exit(2);
		print_ours(bytes, len, ours, sizeof(ours));
		glibc_print_actions(theirs, sizeof(theirs));
		if (strcmp(ours, theirs) == 0)
			_exit(0);
		(void)fprintf(stderr, "glibc: \"%s\", ours: \"%s\", for:\n", theirs, ours);
		(void)fwrite(bytes, 1, len, stderr);
		_exit(1);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status)
		       ? WEXITSTATUS(status)
		       : 3;
}

static bool are_actions_readable(void)
{
	pid_t child = fork();
	int status;

	/* in a child: the question itself configures glibc */
	if (child == 0)
		_exit(glibc_actions_are_readable() ? 0 : 1);
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static int compare_random_files(unsigned seed)
{
	char bytes[1024];
	int status = 0;

	if (!are_actions_readable() || !mount_private_file(FOPNP_NSSWITCH_PATH))
		return RANDOM_CASES_IMPOSSIBLE;
	for (int i = 0; i < 2000 && status == 0; i++) {
		size_t len = make_random_file(&seed, bytes, sizeof(bytes));

		status = compare_file(bytes, len);
	}
	return status;
}

static void test_agrees_with_glibc(void **state)
{
	(void)state;
	run_random_cases(compare_random_files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts_lines),
		cmocka_unit_test(test_no_hosts_line),
		cmocka_unit_test(test_unfinished_line),
		cmocka_unit_test(test_last_hosts_line_wins),
		cmocka_unit_test(test_broken_lines),
		cmocka_unit_test(test_allocation_failures),
		cmocka_unit_test(test_agrees_with_glibc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
