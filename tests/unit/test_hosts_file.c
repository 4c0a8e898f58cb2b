/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hosts(5) as glibc's "files" reads it: the files that glibc was measured
 * with, and glibc itself as the judge of random ones.
 */
#include "nss_module/lookup/hosts_file.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <nss.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nss_module/lookup/address.h"
#include "tests/unit/private_file.h"
#include "tests/unit/random_cases.h"
#include "tests/unit/unit_test.h"

static void append(char *text, size_t size, const char *word)
{
	size_t used = strlen(text);

	(void)snprintf(text + used, size - used, "%s ", word);
}

/* The addresses of the lines that name NAME, in the file's order, with a blank behind each. */
static void find(const char *bytes, size_t len, const char *name, char *found, size_t size)
{
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;
	char text[FOPNP_ADDRESS_TEXT];

	found[0] = '\0';
	fopnp_hosts_start(&cursor, bytes, len);
	while (fopnp_hosts_next(&cursor, &line)) {
		if (line.family == AF_UNSPEC || !fopnp_hosts_line_has_name(&line, name))
			continue;
		append(found, size, fopnp_address_print(line.family, line.address, 0, text));
	}
}

struct find_case {
	const char *bytes;
	size_t len;
	const char *name;
	const char *found;
};

static void test_measured_files(void **state)
{
	static const struct find_case cases[] = {
		{ BYTES("1.2.3.4 foo\n"), "foo", "1.2.3.4 " },
		{ BYTES("1.2.3.4 FooBar.Example baz\n"), "FOOBAR.example", "1.2.3.4 " },
		{ BYTES("1.2.3.4 real alias1 alias2\n"), "alias2", "1.2.3.4 " },
		{ BYTES("1.2.3.4 foo\n1.2.3.5 foo\n"), "foo", "1.2.3.4 1.2.3.5 " },
		{ BYTES("1.2.3.4 a foo\n1.2.3.5 foo b\n"), "foo", "1.2.3.4 1.2.3.5 " },
		{ BYTES("2001:db8::1 foo\n1.2.3.4 foo\n"), "foo", "2001:db8::1 1.2.3.4 " },
		{ BYTES("127.0.0.1 foo\n::1 foo\n"), "foo", "127.0.0.1 ::1 " },
		{ BYTES("::ffff:1.2.3.4 foo\n"), "foo", "::ffff:1.2.3.4 " },
		{ BYTES("1.2.3.4 foo\n1.2.3.4 foo\n"), "foo", "1.2.3.4 1.2.3.4 " },
		{ BYTES("1.2.3.4 foo foo\n"), "foo", "1.2.3.4 " },
		/* comments */
		{ BYTES("1.2.3.4 foo#bar baz\n"), "foo", "1.2.3.4 " },
		{ BYTES("1.2.3.4 foo # bar\n"), "bar", "" },
		{ BYTES("1.2.3.4 foo ba#r\n"), "ba", "1.2.3.4 " },
		{ BYTES("1.2.3.4 foo ba#r\n"), "ba#r", "" },
		{ BYTES("#1.2.3.4 foo\n"), "foo", "" },
		{ BYTES("1.2#.3.4 foo\n"), "foo", "" },
		/* blanks */
		{ BYTES(" \t1.2.3.4 foo\n"), "foo", "1.2.3.4 " },
		{ BYTES("1.2.3.4 foo bar\r\n"), "bar", "1.2.3.4 " },
		{ BYTES("1.2.3.4\vfoo\fbar\n"), "bar", "1.2.3.4 " },
		{ BYTES("1.2.3.4 foo"), "foo", "1.2.3.4 " },
		{ BYTES("1.2.3.4 foo \\\nbar\n"), "bar", "" },
		/* no name */
		{ BYTES("1.2.3.4\n"), "", "1.2.3.4 " },
		{ BYTES("1.2.3.4 \t # foo\n"), "", "1.2.3.4 " },
		{ BYTES("1.2.3.4 foo\n"), "", "" },
		{ BYTES("1.2.3.4\n"), "foo", "" },
		/* addresses */
		{ BYTES("1.2.3 foo\n1.2.3.4 foo\n"), "foo", "1.2.3.4 " },
		{ BYTES("01.02.03.04 foo\n127.000.000.001 foo\n"), "foo", "" },
		{ BYTES("0x7f.1 foo\n1.2.3.4/24 foo\n1.2.3.4.5 foo\n"), "foo", "" },
		{ BYTES("fe80::1%lo foo\nfe80::1%1 foo\n"), "foo", "" },
		{ BYTES("fe80::1 foo\n"), "foo", "fe80::1 " },
		{ BYTES("[2001:db8::1] foo\n"), "foo", "" },
		{ BYTES("64:ff9b::1.2.3.4 foo\n"), "foo", "64:ff9b::102:304 " },
		{ BYTES("0.0.0.0 ads\n:: ads\n"), "ads", "0.0.0.0 :: " },
		{ BYTES("255.255.255.255 foo\n224.0.0.1 foo\n"), "foo",
		  "255.255.255.255 224.0.0.1 " },
		{ BYTES("1111:2222:3333:4444:5555:6666:255.255.255.255 foo\n"), "foo",
		  "1111:2222:3333:4444:5555:6666:ffff:ffff " },
		{ BYTES("00001111:2222:3333:4444:5555:6666:255.255.255.255 foo\n"), "foo", "" },
		{ BYTES("\xef\xbb\xbf" "1.2.3.4 foo\n"), "foo", "" },
		/* names are what they are */
		{ BYTES("1.2.3.4 foo.example.\n"), "foo.example", "" },
		{ BYTES("1.2.3.4 foo.example\n"), "foo.example.", "" },
		{ BYTES("1.2.3.4 foo.example.\n"), "foo.example.", "1.2.3.4 " },
		{ BYTES("1.2.3.4 foo_bar! -dash *.star\n"), "-dash", "1.2.3.4 " },
		{ BYTES("1.2.3.4 *.example\n"), "a.example", "" },
		{ BYTES("1.2.3.4 b\xc3\xbc" "cher\n"), "b\xc3\xbc" "cher", "1.2.3.4 " },
		{ BYTES("1.2.3.4 \xc3\x89t\xc3\xa9\n"), "\xc3\xa9t\xc3\xa9", "" },
		{ BYTES("1.2.3.4 \"foo\"\n"), "foo", "" },
		{ BYTES("1.2.3.4 foox\n1.2.3.5 fo\n"), "foo", "" },
		/* a NUL ends the line, not the file */
		{ BYTES("1.2.3.4 foo\0bar baz\n5.6.7.8 qux\n"), "foo", "1.2.3.4 " },
		{ BYTES("1.2.3.4 foo\0bar baz\n5.6.7.8 qux\n"), "baz", "" },
		{ BYTES("1.2.3.4 foo\0bar baz\n5.6.7.8 qux\n"), "qux", "5.6.7.8 " },
		{ BYTES("\0001.2.3.4 foo\n5.6.7.8 foo\n"), "foo", "5.6.7.8 " },
		{ BYTES("1.2.3.4\0 foo\n"), "", "1.2.3.4 " },
		{ BYTES(""), "foo", "" },
		{ BYTES("\n \n\r\n#\n # \n"), "", "" },
	};
	char found[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		find(cases[i].bytes, cases[i].len, cases[i].name, found, sizeof(found));
		if (strcmp(found, cases[i].found) != 0)
			fail_msg("case %zu, \"%s\" in \"%s\": \"%s\"", i, cases[i].name,
				 cases[i].bytes, found);
	}
}

static void assert_span(const char *span, size_t len, const char *expected)
{
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(span, expected, len);
}

static void test_lines(void **state)
{
	static const char bytes[] = "# head\n\n  ::1\tlocalhost  ip6 # both\r\n"
				    "nonsense x y\t\r\n\n1.2.3.4";
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;
	size_t position = 0, len = 0;
	const char *name = NULL;

	(void)state;
	fopnp_hosts_start(&cursor, bytes, sizeof(bytes) - 1);
	assert_true(fopnp_hosts_next(&cursor, &line));
	assert_int_equal(line.number, 3);
	assert_int_equal(line.family, AF_INET6);
	assert_span(line.address_text, line.address_len, "::1");
	assert_span(line.names, line.names_len, "localhost  ip6");
	assert_span(line.text, line.text_len, "  ::1\tlocalhost  ip6 # both\r");
	assert_true(fopnp_hosts_next_name(&line, &position, &name, &len));
	assert_span(name, len, "localhost");
	assert_true(fopnp_hosts_next_name(&line, &position, &name, &len));
	assert_span(name, len, "ip6");
	assert_false(fopnp_hosts_next_name(&line, &position, &name, &len));
	assert_false(fopnp_hosts_next_name(&line, &position, &name, &len));

	assert_true(fopnp_hosts_next(&cursor, &line));
	assert_int_equal(line.number, 4);
	assert_int_equal(line.family, AF_UNSPEC);
	assert_span(line.address_text, line.address_len, "nonsense");
	assert_span(line.names, line.names_len, "x y");

	assert_true(fopnp_hosts_next(&cursor, &line));
	assert_int_equal(line.number, 6);
	assert_int_equal(line.family, AF_INET);
	assert_int_equal(line.names_len, 0);
	assert_span(line.text, line.text_len, "1.2.3.4");
	assert_false(fopnp_hosts_next(&cursor, &line));
	assert_false(fopnp_hosts_next(&cursor, &line));
}

/* A line of 400 aliases, a megabyte of comment, and a name of 300 characters. */
static void test_long_lines(void **state)
{
	size_t size = (1 << 20) + 16384, used = 0;
	char *bytes = malloc(size);
	char name[301], found[64];

	(void)state;
	assert_non_null(bytes);
	used += (size_t)sprintf(bytes, "1.2.3.4");
	for (int i = 0; i < 400; i++)
		used += (size_t)sprintf(bytes + used, " alias-number-%d", i);
	used += (size_t)sprintf(bytes + used, " #");
	memset(bytes + used, 'x', 1 << 20);
	used += 1 << 20;
	memset(name, 'n', 300);
	name[300] = '\0';
	used += (size_t)sprintf(bytes + used, "\n5.6.7.8 %s\n", name);

	find(bytes, used, "alias-number-399", found, sizeof(found));
	assert_string_equal(found, "1.2.3.4 ");
	find(bytes, used, "alias-number-400", found, sizeof(found));
	assert_string_equal(found, "");
	find(bytes, used, name, found, sizeof(found));
	assert_string_equal(found, "5.6.7.8 ");
	free(bytes);
}

/* ---- against glibc ---- */

/* glibc's own "files", which answers AF_UNSPEC lookups from /etc/hosts. */
static nss_gethostbyname4_r *find_files_source(void)
{
	void *symbol = dlsym(RTLD_DEFAULT, "_nss_files_gethostbyname4_r");
	nss_gethostbyname4_r *function;

	memcpy(&function, &symbol, sizeof(function));
	return function;
}

/* What find() finds, as glibc finds it in the file that it reads itself. */
static void ask_glibc(nss_gethostbyname4_r *files, const char *name, char *found, size_t size)
{
	static char buffer[1 << 16] __attribute__((aligned(16)));
	struct gaih_addrtuple *tuple = NULL;
	int error = 0, h_error = 0;
	char text[FOPNP_ADDRESS_TEXT];

	found[0] = '\0';
	if (files(name, &tuple, buffer, sizeof(buffer), &error, &h_error, NULL) !=
	    NSS_STATUS_SUCCESS)
		return;
	for (; tuple != NULL; tuple = tuple->next)
		append(found, size, fopnp_address_print(tuple->family, tuple->addr, 0, text));
}

static size_t make_random_file(unsigned *seed, char *bytes, size_t size)
{
	static const char *const words[] = {
		"1.2.3.4", "::1", "5.6.7.8", "::ffff:1.2.3.4", "fe80::1%1", "01.2.3.4", "1.2.3",
		"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "\n1.2.3.4 ", "\n::2\t", "\n9.9.9.9\v",
		"a", "A", "b", "c.example", "a", "b", " ", " ", "\t", "\n", "\n", "\r\n", "#",
		"\v", "\f", "\x80", "\\\n", "\xef\xbb\xbf", "%", " a ", " b ", " a", " A.",
	};
	unsigned count = (unsigned)rand_r(seed) % 40;
	size_t len;

	bytes[0] = '\0';
	for (unsigned i = 0; i < count; i++) {
		unsigned word = (unsigned)rand_r(seed) % (sizeof(words) / sizeof(words[0]));

		(void)strncat(bytes, words[word], size - strlen(bytes) - 1);
	}
	len = strlen(bytes);
	if (len > 0 && rand_r(seed) % 4 == 0)
		bytes[(unsigned)rand_r(seed) % len] = '\0';
	return len;
}

/*
 * Whether glibc garbles a line: where blanks stand in front and no newline
 * ends it, __nss_readline() moves the text to the front without its NUL, so
 * that "  1.2.3.4 foo" names "foooo".  There we do what was meant.
 */
static bool is_garbled_by_glibc(const char *bytes, size_t len)
{
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;

	fopnp_hosts_start(&cursor, bytes, len);
	while (fopnp_hosts_next(&cursor, &line))
		if (line.address_text > line.text &&
		    (line.text + line.text_len == bytes + len ||
		     memchr(line.text, '\0', line.text_len) != NULL))
			return true;
	return false;
}

static bool agrees_with_glibc(nss_gethostbyname4_r *files, const char *bytes, size_t len)
{
	static const char *const names[] = { "a", "B", "", "a.", "c.Example", "\x80" };
	char ours[1024], theirs[1024];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		find(bytes, len, names[i], ours, sizeof(ours));
		ask_glibc(files, names[i], theirs, sizeof(theirs));
		if (strcmp(ours, theirs) == 0)
			continue;
		(void)fprintf(stderr, "\"%s\": glibc \"%s\", ours \"%s\", in:\n", names[i],
			      theirs, ours);
		(void)fwrite(bytes, 1, len, stderr);
		return false;
	}
	return true;
}

static int compare_random_files(unsigned seed)
{
	nss_gethostbyname4_r *files = find_files_source();
	char bytes[1024];

	if (files == NULL || !mount_private_file(FOPNP_HOSTS_PATH))
		return RANDOM_CASES_IMPOSSIBLE;
	/* every line that matches, as with "multi on" in host.conf */
	if (setenv("RESOLV_MULTI", "on", 1) != 0 || res_init() != 0)
		return 3;
	for (int i = 0; i < 3000; i++) {
		size_t len = make_random_file(&seed, bytes, sizeof(bytes));

		if (!write_private_file(FOPNP_HOSTS_PATH, bytes, len))
			return 2;
		if (!is_garbled_by_glibc(bytes, len) && !agrees_with_glibc(files, bytes, len))
			return 1;
	}
	return 0;
}

static void test_agrees_with_glibc(void **state)
{
	(void)state;
	run_random_cases(compare_random_files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_measured_files),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_agrees_with_glibc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
