/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The entries of hosts files made by hand, of a million lines, and the faults of lines. */
#include "tools/compare_entries.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

static char path[] = "/tmp/fopnp-unit-test-XXXXXX";

static int make_path(void **state)
{
	int file = mkstemp(path);

	(void)state;
	return file < 0 || close(file) != 0;
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

static void read_bytes(const char *bytes, size_t len, bool is_multi,
		       struct fopnp_compare_file *file)
{
	FILE *out = fopen(path, "we");

	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
	assert_true(fopnp_compare_file_read(path, is_multi, file));
}

/* "name:line class other_line;" of each entry. */
static void print_entries(const struct fopnp_compare_file *file, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < file->entry_count; i++) {
		const struct fopnp_compare_entry *entry = &file->entries[i];

		used += (size_t)snprintf(
			text + used, size - used, "%s%s:%u %s", i > 0 ? "; " : "",
			file->texts + entry->name, entry->line,
			fopnp_compare_class_name((enum fopnp_compare_class)entry->class));
		if (entry->other_line)
			used += (size_t)snprintf(text + used, size - used, " %u",
						 entry->other_line);
		assert_true(used < size);
	}
}

struct class_case {
	const char *bytes;
	size_t len;
	const char *with_multi; /* the entries */
	const char *without;    /* NULL: the same */
};

static void check_class_case(const struct class_case *test, bool is_multi)
{
	const char *expected = is_multi || !test->without ? test->with_multi : test->without;
	struct fopnp_compare_file file;
	char text[1024];

	read_bytes(test->bytes, test->len, is_multi, &file);
	print_entries(&file, text, sizeof(text));
	assert_string_equal(text, expected);
	assert_int_equal(file.bytes, test->len);
	fopnp_compare_file_clear(&file);
}

static void test_classes(void **state)
{
	static const struct class_case cases[] = {
		{ BYTES(""), "", NULL },
		{ BYTES("# 1.2.3.4 a\n\n \t\n"), "", NULL },
		{ BYTES("1.2.3.4 a"), "a:1 same", NULL },
		{ BYTES("\n1.2.3.4 A b\r\n"), "a:2 same; b:2 same", NULL },
		/* both families, and what multi makes of them */
		{ BYTES("1.2.3.4 a\n2001:db8::1 a\n"), "a:1 same; a:2 same",
		  "a:1 same; a:2 shadowed 1" },
		{ BYTES("1.2.3.4 a\n1.2.3.5 a\n1.2.3.6 b a\n"),
		  "a:1 same; a:2 same; b:3 same; a:3 same",
		  "a:1 same; a:2 shadowed 1; b:3 same; a:3 shadowed 1" },
		{ BYTES("1.2.3 a\n1.2.3.5 a\n"), "a:1 malformed; a:2 same", NULL },
		/* said twice */
		{ BYTES("1.2.3.4 a\n1.2.3.4 A\n"), "a:1 same; a:2 duplicate 1", NULL },
		{ BYTES("1.2.3.4 a a\n"), "a:1 same; a:1 duplicate 1", NULL },
		{ BYTES("2001:db8::1 a\n2001:DB8:0::1 a\n"), "a:1 same; a:2 duplicate 1", NULL },
		{ BYTES("1.2.3.4 a\n::ffff:1.2.3.4 a\n"), "a:1 same; a:2 same",
		  "a:1 same; a:2 shadowed 1" },
		{ BYTES("1.2.3.4 a\n1.2.3.4 a.\n"), "a:1 same; a.:2 same", NULL },
		/* blocked */
		{ BYTES("0.0.0.0 ads\n:: ads\n"), "ads:1 blocked; ads:2 blocked", NULL },
		{ BYTES("127.0.0.1 ads\n::1 ads\n"), "ads:1 blocked; ads:2 blocked", NULL },
		{ BYTES("127.0.0.1 localhost localhost.localdomain x.localhost loopback\n"),
		  "localhost:1 same; localhost.localdomain:1 same; x.localhost:1 same; "
		  "loopback:1 same",
		  NULL },
		{ BYTES("::1 localhost ip6-localhost ip6-loopback\n"),
		  "localhost:1 same; ip6-localhost:1 same; ip6-loopback:1 same", NULL },
		{ BYTES("127.0.0.2 foreign\n"), "foreign:1 same", NULL },
		{ BYTES("0.0.0.0 0.0.0.0\n"), "0.0.0.0:1 blocked", NULL },
		{ BYTES("0.0.0.0 a\n1.2.3.4 a\n"), "a:1 blocked; a:2 same",
		  "a:1 blocked; a:2 shadowed 1" },
		{ BYTES("0.0.0.0 a\n0.0.0.0 a\n"), "a:1 blocked; a:2 duplicate 1", NULL },
		/* malformed */
		{ BYTES("1.2.3.4\n"), ":1 malformed", NULL },
		{ BYTES("1.2.3.4 # a\n"), ":1 malformed", NULL },
		{ BYTES("nothing\n"), ":1 malformed", NULL },
		{ BYTES("1.2.3.4 a\0b c\n1.2.3.5 d\n"), "a:1 same; :1 malformed; d:2 same", NULL },
		{ BYTES("1.2.3.4 1.2.3.5 b\n"), "1.2.3.5:1 malformed; b:1 same", NULL },
		{ BYTES("1.2.3.4 *.a \\\n"), "*.a:1 malformed; \\:1 malformed", NULL },
		{ BYTES("\xef\xbb\xbf"
			"1.2.3.4 a b\n"),
		  "a:1 malformed; b:1 malformed", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_class_case(&cases[i], true);
		check_class_case(&cases[i], false);
	}
}

static void test_own_name(void **state)
{
	char host[256] = "", bytes[600];
	struct fopnp_compare_file file;

	(void)state;
	if (gethostname(host, sizeof(host) - 1) != 0 || !host[0])
		skip();
	(void)snprintf(bytes, sizeof(bytes), "127.0.0.1 %s %.*s.domain.example %sx\n", host,
		       (int)strcspn(host, "."), host, host);
	read_bytes(bytes, strlen(bytes), true, &file);
	assert_int_equal(file.entries[0].class, FOPNP_COMPARE_SAME);
	assert_int_equal(file.entries[1].class, FOPNP_COMPARE_SAME);
	if (!strchr(host, '.'))
		assert_int_equal(file.entries[2].class, FOPNP_COMPARE_BLOCKED);
	fopnp_compare_file_clear(&file);
}

struct fault_case {
	const char *line;
	enum fopnp_compare_fault fault;
};

static void test_faults(void **state)
{
	static const struct fault_case cases[] = {
		{ "1.2.3 a", FOPNP_FAULT_FOUR_PARTS },
		{ "1.2.3.4.5 a", FOPNP_FAULT_FOUR_PARTS },
		{ "1 a", FOPNP_FAULT_FOUR_PARTS },
		{ "1.2.3.256 a", FOPNP_FAULT_LARGE_PART },
		{ "1.2.3.99999999999999999999 a", FOPNP_FAULT_LARGE_PART },
		{ "01.2.3.4 a", FOPNP_FAULT_LEADING_ZERO },
		{ "127.000.000.001 a", FOPNP_FAULT_LEADING_ZERO },
		{ "1.2..4 a", FOPNP_FAULT_NO_ADDRESS },
		{ "0x7f.1 a", FOPNP_FAULT_NO_ADDRESS },
		{ "fe80::1%lo a", FOPNP_FAULT_SCOPE },
		{ "fe80::1%1 a", FOPNP_FAULT_SCOPE },
		{ "1.2.3.4/24 a", FOPNP_FAULT_PREFIX },
		{ "2001:db8::/64 a", FOPNP_FAULT_PREFIX },
		{ "[2001:db8::1] a", FOPNP_FAULT_BRACKETS },
		{ "1.2.3.4:80 a", FOPNP_FAULT_PORT },
		{ "\xef\xbb\xbf"
		  "1.2.3.4 a",
		  FOPNP_FAULT_BYTE_ORDER_MARK },
		{ "a 1.2.3.4", FOPNP_FAULT_SWAPPED },
		{ "a b", FOPNP_FAULT_NO_ADDRESS },
		{ "2001:db8:::1 a", FOPNP_FAULT_NO_ADDRESS },
		{ "1.2.3.4", FOPNP_FAULT_NO_NAME },
		{ "1.2.3.4 *", FOPNP_FAULT_WILDCARD },
		{ "1.2.3.4 *.example", FOPNP_FAULT_WILDCARD },
		{ "1.2.3.4 \\", FOPNP_FAULT_BACKSLASH },
		{ "1.2.3.4 1.2.3.5", FOPNP_FAULT_ADDRESS_NAME },
		{ "1.2.3.4 1", FOPNP_FAULT_ADDRESS_NAME },
		{ "1.2.3.4 0x7f.1", FOPNP_FAULT_ADDRESS_NAME },
		{ "1.2.3.4 2001:db8::1", FOPNP_FAULT_ADDRESS_NAME },
		{ "1.2.3.4 1and1.example", FOPNP_FAULT_NONE },
		{ "1.2.3.4 foo_bar! -dash", FOPNP_FAULT_NONE },
	};
	struct fopnp_compare_file file;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_bytes(cases[i].line, strlen(cases[i].line), true, &file);
		assert_true(file.entry_count > 0);
		if (file.entries[0].fault != cases[i].fault)
			fail_msg("%s: fault %d, not %d", cases[i].line, file.entries[0].fault,
				 cases[i].fault);
		assert_int_equal(file.entries[0].class, cases[i].fault == FOPNP_FAULT_NONE
								? FOPNP_COMPARE_SAME
								: FOPNP_COMPARE_MALFORMED);
		fopnp_compare_file_clear(&file);
	}
	for (int i = 1; i < FOPNP_FAULTS; i++)
		assert_true(strlen(fopnp_compare_fault_text((enum fopnp_compare_fault)i)) > 0);
}

static void test_long_name(void **state)
{
	static char bytes[3000] = "1.2.3.4 ";
	struct fopnp_compare_file file;

	(void)state;
	memset(bytes + 8, 'a', FOPNP_COMPARE_NAME_MOST);
	read_bytes(bytes, strlen(bytes), true, &file);
	assert_int_equal(file.entries[0].class, FOPNP_COMPARE_SAME);
	fopnp_compare_file_clear(&file);
	memset(bytes + 8, 'a', FOPNP_COMPARE_NAME_MOST + 1);
	read_bytes(bytes, strlen(bytes), true, &file);
	assert_int_equal(file.entries[0].fault, FOPNP_FAULT_LONG_NAME);
	fopnp_compare_file_clear(&file);
}

static void test_duplicate_faults(void **state)
{
	struct fopnp_compare_file file;

	(void)state;
	read_bytes(BYTES("1.2.3.4 a a\n1.2.3.4 a\n"), true, &file);
	assert_int_equal(file.entries[1].fault, FOPNP_FAULT_SAME_LINE);
	assert_int_equal(file.entries[2].fault, FOPNP_FAULT_SAME_ENTRY);
	fopnp_compare_file_clear(&file);
}

/* With multi off: what no lookup takes, and what those of one family do. */
static void test_shadow_faults(void **state)
{
	struct fopnp_compare_file file;

	(void)state;
	read_bytes(BYTES("1.2.3.4 a\n2001:db8::1 a\n2001:db8::2 a\n1.2.3.5 a\n"
			 "::1 localhost\n127.0.0.1 localhost\n"),
		   false, &file);
	assert_int_equal(file.entries[1].fault, FOPNP_FAULT_ONE_FAMILY);
	assert_int_equal(file.entries[2].fault, FOPNP_FAULT_SHADOWED);
	assert_int_equal(file.entries[3].fault, FOPNP_FAULT_SHADOWED);
	/* ::1 answers for IPv4 alone, too. */
	assert_int_equal(file.entries[5].class, FOPNP_COMPARE_SHADOWED);
	assert_int_equal(file.entries[5].fault, FOPNP_FAULT_SHADOWED);
	fopnp_compare_file_clear(&file);
}

static void test_find(void **state)
{
	struct fopnp_compare_file file;
	const struct fopnp_compare_name *name;

	(void)state;
	read_bytes(BYTES("1.2.3.4 Foo bar\n1.2.3.5 foo.\n1.2.3.6 FOO\n"), true, &file);
	assert_int_equal(file.name_count, 3);
	name = fopnp_compare_file_find(&file, "fOO");
	assert_non_null(name);
	assert_int_equal(file.entries[name->first].line, 1);
	assert_int_equal(file.entries[file.entries[name->first].next].line, 3);
	assert_int_equal(name->last, file.entries[name->first].next);
	assert_int_equal(file.entries[name->last].next, FOPNP_COMPARE_NONE);
	name = fopnp_compare_file_find(&file, "foo.");
	assert_int_equal(file.entries[name->first].line, 2);
	assert_null(fopnp_compare_file_find(&file, "fo"));
	assert_null(fopnp_compare_file_find(&file, ""));
	fopnp_compare_file_clear(&file);
	assert_null(fopnp_compare_file_find(&file, "foo"));
}

static void test_class_names(void **state)
{
	enum fopnp_compare_class class;

	(void)state;
	for (int i = 0; i < FOPNP_COMPARE_CLASSES; i++) {
		const char *word = fopnp_compare_class_name((enum fopnp_compare_class)i);

		assert_true(fopnp_compare_class_from_name(word, strlen(word), &class));
		assert_int_equal(class, i);
	}
	assert_false(fopnp_compare_class_from_name(BYTES("sam"), &class));
}

static void test_unreadable(void **state)
{
	struct fopnp_compare_file file;

	(void)state;
	assert_false(fopnp_compare_file_read("/nonexistent/hosts", true, &file));
	assert_int_equal(file.entry_count, 0);
	assert_false(fopnp_compare_file_read("/", true, &file));
	assert_false(fopnp_compare_file_read("/dev/zero", true, &file));
	fopnp_compare_file_clear(&file);
}

static long memory_peak_kib(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

/* Many names of their own, one name on many lines, and a line of many names. */
static void test_million_lines(void **state)
{
	struct fopnp_compare_file file;
	FILE *out = fopen(path, "we");
	long before_kib = memory_peak_kib();
	const struct fopnp_compare_name *name;

	(void)state;
	assert_non_null(out);
	for (unsigned i = 0; i < 900000; i++)
		(void)fprintf(out, "0.0.0.0 ads%u.example.com\n", i);
	for (unsigned i = 0; i < 100000; i++)
		(void)fprintf(out, "10.%u.%u.%u many.example\n", i >> 16, i >> 8 & 255, i & 255);
	(void)fputs("192.0.2.1", out);
	for (unsigned i = 0; i < 100000; i++)
		(void)fprintf(out, " n%u", i);
	assert_int_equal(fclose(out), 0);
	assert_true(fopnp_compare_file_read(path, true, &file));
	assert_int_equal(file.lines, 1000001);
	assert_int_equal(file.entry_count, 1100000);
	assert_int_equal(file.name_count, 1000001);
	assert_false(file.is_cut);
	name = fopnp_compare_file_find(&file, "ads899999.example.com");
	assert_int_equal(file.entries[name->first].class, FOPNP_COMPARE_BLOCKED);
	name = fopnp_compare_file_find(&file, "many.example");
	assert_int_equal(file.entries[name->last].line, 1000000);
	assert_int_equal(file.entries[name->last].class, FOPNP_COMPARE_SAME);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	assert_true((uint64_t)(memory_peak_kib() - before_kib) * 1024 < file.bytes * 6);
#else
	(void)before_kib;
#endif
	fopnp_compare_file_clear(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),	      cmocka_unit_test(test_own_name),
		cmocka_unit_test(test_faults),	      cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_shadow_faults), cmocka_unit_test(test_find),
		cmocka_unit_test(test_class_names),   cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_million_lines), cmocka_unit_test(test_duplicate_faults),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
