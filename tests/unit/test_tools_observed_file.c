/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recordings as they are found: whole, cut, foreign, and too much. */
#include "tools/observed_file.h"

#include "tools/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

#define LOOKUP(name) "{\"version\":1,\"type\":\"lookup\",\"request\":{\"name\":\"" name "\"}}"
#define CALL(lookups) "{\"version\":1,\"type\":\"call\",\"lookups\":[" lookups "]}"
#define SUMMARY(lost) "{\"version\":1,\"type\":\"summary\",\"counts\":{\"lost\":" lost "}}"
#define FINDING       "{\"version\":1,\"type\":\"finding\"}"

static char path[64];
static char names[256];  /* of the lookups that were handed over, with blanks between */
static size_t take_most; /* then no more is wanted */
static size_t taken;

static bool take(struct fopnp_observed_lookup *lookup, void *context)
{
	assert_ptr_equal(context, names);
	assert_true(strlen(names) + strlen(lookup->event.name) + 2 < sizeof(names));
	(void)strcat(names, taken ? " " : "");
	(void)strcat(names, lookup->event.name);
	return ++taken < take_most;
}

static bool read_file(const char *file, struct fopnp_observed_file_counts *out_counts)
{
	names[0] = '\0';
	taken = 0;
	return fopnp_observed_file_read(file, take, names, out_counts);
}

static int create(void **state)
{
	int file;

	(void)state;
	(void)strcpy(path, "/tmp/fopnp-unit-test-XXXXXX");
	file = mkstemp(path);
	take_most = SIZE_MAX;
	return file < 0 || close(file) != 0;
}

static int destroy(void **state)
{
	(void)state;
	return unlink(path);
}

static void write_bytes(const char *bytes, size_t len)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static struct fopnp_observed_file_counts read_bytes(const char *bytes, size_t len)
{
	struct fopnp_observed_file_counts counts;

	write_bytes(bytes, len);
	assert_true(read_file(path, &counts));
	return counts;
}

static void test_whole(void **state)
{
	struct fopnp_observed_file_counts counts =
		read_bytes(BYTES(LOOKUP("a") "\n" FINDING "\r\n\n" CALL(LOOKUP("b") "," LOOKUP("c"))
				 "\n" LOOKUP("d") "\r\n" SUMMARY("3") "\n"));

	(void)state;
	assert_string_equal(names, "a b c d");
	assert_int_equal(counts.lines, 6);
	assert_int_equal(counts.lookups, 4);
	assert_int_equal(counts.others, 3);
	assert_int_equal(counts.bad, 0);
	assert_int_equal(counts.first_bad_line, 0);
	assert_int_equal(counts.lost, 3);
	assert_true(counts.has_summary);
}

static void test_empty(void **state)
{
	struct fopnp_observed_file_counts counts = read_bytes("", 0);

	(void)state;
	assert_int_equal(counts.lines, 0);
	assert_false(counts.has_summary);
}

/* A recording that was killed may end in half a line. */
static void test_cut(void **state)
{
	struct fopnp_observed_file_counts counts = read_bytes(BYTES(LOOKUP("a") "\n{\"version\":1,"));

	(void)state;
	assert_string_equal(names, "a");
	assert_int_equal(counts.bad, 1);
	assert_int_equal(counts.first_bad_line, 2);
	assert_false(counts.has_summary);
	/* Longer than what stands before it, so that it overlaps itself where it is moved. */
	counts = read_bytes(BYTES(LOOKUP("a") "\n" LOOKUP("a.long.name.that.never.ends")));
	assert_string_equal(names, "a a.long.name.that.never.ends");
	assert_int_equal(counts.bad, 0);
}

/* Two recordings one behind the other, the second of which was cut. */
static void test_joined(void **state)
{
	struct fopnp_observed_file_counts counts =
		read_bytes(BYTES(SUMMARY("3") "\n" SUMMARY("4") "\n" LOOKUP("a") "\n"));

	(void)state;
	assert_int_equal(counts.lost, 7);
	assert_false(counts.has_summary);
}

static void test_bad(void **state)
{
	static const char bytes[] =
		"[]\n{}\n7\nrubbish\n" LOOKUP("a") "\n{\"version\":2,\"type\":\"lookup\"}\n"
		"{\"version\":1,\"type\":7}\n" LOOKUP("b") " " LOOKUP("x") "\n\0\n\377\n"
		"{\"version\":99999999999999999999,\"type\":\"lookup\"}\n" CALL("7,[],{}") "\n"
		CALL("{\"version\":1,\"type\":\"call\"}") "\n"
		"{\"version\":1,\"type\":\"call\",\"lookups\":{}}\n" SUMMARY("-5") "\n"
		SUMMARY("\"x\"") "\n" LOOKUP("z\\u0000z") "\n" LOOKUP("c") "\n";
	struct fopnp_observed_file_counts counts = read_bytes(BYTES(bytes));

	(void)state;
	assert_string_equal(names, "a c");
	assert_int_equal(counts.lines, 18);
	assert_int_equal(counts.lookups, 2);
	assert_int_equal(counts.others, 5);
	assert_int_equal(counts.bad, 15);
	assert_int_equal(counts.first_bad_line, 1);
	assert_int_equal(counts.lost, 0);
}

static void test_lost_overflows(void **state)
{
	struct fopnp_observed_file_counts counts =
		read_bytes(BYTES(SUMMARY("9223372036854775807") "\n" SUMMARY("9223372036854775807")
				 "\n" SUMMARY("9223372036854775807") "\n"));

	(void)state;
	assert_true(counts.lost == INT64_MAX);
}

/* LEN bytes of a line around a lookup, and others before and behind it. */
static void check_length(size_t len, bool is_read)
{
	static const char before[] = LOOKUP("a") "\n", behind[] = "\n" LOOKUP("c") "\n";
	struct fopnp_observed_file_counts counts;
	char *bytes = fopnp_memory_zeroed(len + sizeof(before) + sizeof(behind), 1), *at = bytes;

	at = stpcpy(at, before);
	memset(at, ' ', len);
	memcpy(at, LOOKUP("b"), strlen(LOOKUP("b")));
	at = stpcpy(at + len, behind);
	counts = read_bytes(bytes, (size_t)(at - bytes));
	free(bytes);
	assert_string_equal(names, is_read ? "a b c" : "a c");
	assert_int_equal(counts.bad, is_read ? 0 : 1);
	assert_int_equal(counts.first_bad_line, is_read ? 0 : 2);
	assert_int_equal(counts.lines, 3);
}

static void test_long(void **state)
{
	(void)state;
	check_length(FOPNP_OBSERVED_LINE, true);
	check_length(FOPNP_OBSERVED_LINE + 1, false);
	check_length(FOPNP_OBSERVED_LINE + 2, false);
	check_length(5 * (size_t)FOPNP_OBSERVED_LINE, false);
}

/* A last line without a newline that is too long. */
static void test_long_end(void **state)
{
	static char bytes[2 * FOPNP_OBSERVED_LINE];
	struct fopnp_observed_file_counts counts;

	(void)state;
	memset(bytes, '[', sizeof(bytes));
	counts = read_bytes(bytes, sizeof(bytes));
	assert_int_equal(counts.lines, 1);
	assert_int_equal(counts.bad, 1);
	/* Deeper than anybody nests, in a line of its own: the parser must not fall. */
	counts = read_bytes(bytes, 1000000);
	assert_int_equal(counts.bad, 1);
}

static void test_stop(void **state)
{
	struct fopnp_observed_file_counts counts;

	(void)state;
	take_most = 2;
	counts = read_bytes(BYTES(CALL(LOOKUP("a") "," LOOKUP("b") "," LOOKUP("c")) "\n" LOOKUP("d") "\n"));
	assert_string_equal(names, "a b");
	assert_int_equal(counts.lines, 1);
	counts = read_bytes(BYTES(LOOKUP("a") "\n" LOOKUP("b") "\n" LOOKUP("c") "\n"));
	assert_string_equal(names, "a b");
}

/* ---- what is no file ---- */

static void test_unreadable(void **state)
{
	struct fopnp_observed_file_counts counts;

	(void)state;
	assert_false(read_file("/tmp", &counts));
	assert_false(read_file("/nonexistent/file", &counts));
	assert_false(read_file("", &counts));
}

/* Make a child that writes into FD, and wait for it. */
static pid_t write_slowly(int fd)
{
	static const char *const parts[] = { LOOKUP("a") "\n{\"vers", "ion\":1", ",\"type\":\"lookup\"}",
					     "\n" SUMMARY("1") };
	pid_t child = fork();

	if (child != 0)
		return child;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (write(fd, parts[i], strlen(parts[i])) != (ssize_t)strlen(parts[i]))
			_exit(1);
		(void)usleep(2000);
	}
	_exit(0);
}

static void test_fifo(void **state)
{
	struct fopnp_observed_file_counts counts;
	pid_t child;
	int fd;

	(void)state;
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	child = write_slowly(fd);
	take_most = 2; /* we hold the other end too, so that it does not end by itself */
	assert_true(read_file(path, &counts));
	assert_int_equal(waitpid(child, NULL, 0), child);
	(void)close(fd);
	assert_int_equal(counts.lookups, 2);
	assert_string_equal(names, "a ");
}

static void test_standard_input(void **state)
{
	struct fopnp_observed_file_counts counts;
	int saved = dup(STDIN_FILENO), ends[2];
	pid_t child;

	(void)state;
	assert_true(saved >= 0);
	assert_int_equal(pipe(ends), 0);
	child = write_slowly(ends[1]);
	(void)close(ends[1]);
	assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
	(void)close(ends[0]);
	assert_true(read_file("-", &counts));
	assert_true(dup2(saved, STDIN_FILENO) >= 0);
	(void)close(saved);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(counts.lookups, 2);
	assert_int_equal(counts.lines, 3);
	assert_true(counts.has_summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole, create, destroy),
		cmocka_unit_test_setup_teardown(test_empty, create, destroy),
		cmocka_unit_test_setup_teardown(test_cut, create, destroy),
		cmocka_unit_test_setup_teardown(test_joined, create, destroy),
		cmocka_unit_test_setup_teardown(test_bad, create, destroy),
		cmocka_unit_test_setup_teardown(test_lost_overflows, create, destroy),
		cmocka_unit_test_setup_teardown(test_long, create, destroy),
		cmocka_unit_test_setup_teardown(test_long_end, create, destroy),
		cmocka_unit_test_setup_teardown(test_stop, create, destroy),
		cmocka_unit_test_setup_teardown(test_unreadable, create, destroy),
		cmocka_unit_test_setup_teardown(test_fifo, create, destroy),
		cmocka_unit_test_setup_teardown(test_standard_input, create, destroy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
