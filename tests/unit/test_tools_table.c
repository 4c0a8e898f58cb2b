/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Aligned columns and running text, within the width of the terminal. */
#include "tools/paragraph.h"
#include "tools/table.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

static const struct fopnp_table_column COLUMNS[] = {
	{ "#", true, 0 },
	{ "word", false, 4 },
	{ "text", false, 6 },
};

/* What a table of one row prints within WIDTH columns. */
static char *print(const char *number, const char *word, const char *text, size_t width)
{
	struct fopnp_table *table = fopnp_table_create(COLUMNS, 3);
	char *printed = NULL;
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	assert_non_null(out);
	fopnp_table_row(table);
	fopnp_table_cell(table, FOPNP_PLAIN, number);
	fopnp_table_cell(table, FOPNP_STRONG, word);
	if (text)
		fopnp_table_cell(table, FOPNP_DIM, text);
	fopnp_table_print(table, out, 2, width);
	fopnp_table_destroy(table);
	assert_int_equal(fclose(out), 0);
	return printed;
}

static void assert_printed(char *printed, const char *expected)
{
	assert_string_equal(printed, expected);
	free(printed);
}

static void test_units(void **state)
{
	(void)state;
	/* A number and its unit stay on one line, whatever stands behind. */
	assert_int_equal(fopnp_table_fit("it took 0.70 ms", 13), strlen("it took "));
	assert_int_equal(fopnp_table_fit("it took 5.0 s, or more", 11), strlen("it took "));
	assert_int_equal(fopnp_table_fit("it took 5.0 s, or more", 14), strlen("it took 5.0 s, "));
	/* No unit: a word that begins like one, or no number before it. */
	assert_int_equal(fopnp_table_fit("line 12 says so", 9), strlen("line 12 "));
	assert_int_equal(fopnp_table_fit("in this ms", 8), strlen("in this "));
	/* A time to live, too; what only ends like it. */
	assert_int_equal(fopnp_table_fit("one, ttl 300", 10), strlen("one, "));
	assert_int_equal(fopnp_table_fit("ttl 300 x", 8), strlen("ttl 300 "));
	assert_int_equal(fopnp_table_fit("a bttl 300", 8), strlen("a bttl "));
	assert_int_equal(fopnp_table_fit("one ttl of 300", 8), strlen("one ttl "));
	assert_int_equal(fopnp_table_fit("one  from 10.0.0.1", 15), strlen("one  "));
	assert_int_equal(fopnp_table_fit("one  from here on", 15), strlen("one  from here "));
	/* Where there is nothing else, better between the two than in a word. */
	assert_int_equal(fopnp_table_fit("from 10.0.0.1", 10), strlen("from "));
	/* Nowhere else to break. */
	assert_int_equal(fopnp_table_fit("0.70 ms", 5), 5);
}

static void test_alignment(void **state)
{
	(void)state;
	assert_printed(print("10", "a", "b", 80), "   #  word  text\n"
						  "  10  a     b\n");
	assert_printed(print("1", "longer", "", 80), "  #  word    text\n"
						     "  1  longer\n");
	/* A cell that was not given, and one that holds what a terminal obeys. */
	assert_printed(print("1", "a\033b", NULL, 80), "  #  word    text\n"
						       "  1  a\\x1bb\n");
	if (setlocale(LC_CTYPE, "C.UTF-8"))
		assert_printed(print("1", "\343\201\202\343\201\202\343\201\202", "x", 80),
			       "  #  word    text\n"
			       "  1  \343\201\202\343\201\202\343\201\202  x\n");
}

static void test_wrapping(void **state)
{
	(void)state;
	assert_printed(print("1", "one two", "three four five", 24), "  #  word     text\n"
								     "  1  one two  three four\n"
								     "              five\n");
	/* No blank to break at. */
	assert_printed(print("1", "word", "abcdefghijkl", 19), "  #  word  text\n"
							       "  1  word  abcdefgh\n"
							       "           ijkl\n");
	/* Never narrower than its least width, nor than a heading says. */
	assert_printed(print("1", "one two", "abcdef ghijkl", 1), "  #  word  text\n"
								  "  1  one   abcdef\n"
								  "     two   ghijkl\n");
}

/* The same column with names. */
static char *print_name(const char *text, size_t width)
{
	static const struct fopnp_table_column columns[] = { { "asked", false, 6 }, { "x", 0, 0 } };
	struct fopnp_table *table = fopnp_table_create(columns, 2);
	char *printed = NULL;
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	assert_non_null(out);
	fopnp_table_hold_names(table, 0);
	fopnp_table_row(table);
	fopnp_table_cell(table, FOPNP_PLAIN, text);
	fopnp_table_print(table, out, 0, width);
	fopnp_table_destroy(table);
	assert_int_equal(fclose(out), 0);
	return printed;
}

static void test_names(void **state)
{
	(void)state;
	assert_printed(print_name("www.a. A, AAAA again", 23), "asked                 x\n"
							       "www.a. A, AAAA again\n");
	/* The words stay together, behind the name, ... */
	assert_printed(print_name("www.a. A, AAAA again", 22), "asked                x\n"
							       "www.a.\n"
							       "A, AAAA again\n");
	/* ... and the name breaks behind a dot, if it must, not behind that of a label. */
	assert_printed(print_name("www.ab.cd.ef. A", 13), "asked       x\n"
							  "www.ab.cd.\n"
							  "ef. A\n");
	assert_printed(print_name("www.ab\\.cd. A", 12), "asked      x\n"
							  "www.\n"
							  "ab\\.cd. A\n");
	assert_printed(print_name("abcdefgh.x. A", 9), "asked   x\n"
						       "abcdef\n"
						       "gh.x.\n"
						       "A\n");
	/* No name: the blanks count. */
	assert_printed(print_name("no question by TCP", 17), "asked           x\n"
							     "no question by\n"
							     "TCP\n");
}

static void test_fit(void **state)
{
	(void)state;
	assert_int_equal(fopnp_table_fit("", 5), 0);
	assert_int_equal(fopnp_table_fit("abc", 5), 3);
	assert_int_equal(fopnp_table_fit("abc def", 5), 4);
	assert_int_equal(fopnp_table_fit("abc def", 3), 4); /* the blank may hang over */
	assert_int_equal(fopnp_table_fit("abcdef", 3), 3);
	assert_int_equal(fopnp_table_fit("abc", 0), 1); /* something at least */
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return;
	assert_int_equal(fopnp_table_fit("\343\201\202\343\201\202", 3), 3);
	assert_int_equal(fopnp_table_fit("\343\201\202", 1), 3);
	assert_int_equal(fopnp_table_fit("\303\274\303\274", 1), 2);
}

static char *print_paragraph(const char *columns, const char *label, size_t indent,
			     const char *text)
{
	char *printed = NULL;
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	assert_non_null(out);
	assert_int_equal(setenv("COLUMNS", columns, 1), 0);
	fopnp_paragraph_print(out, FOPNP_PLAIN, label, indent, FOPNP_PLAIN, text);
	assert_int_equal(fclose(out), 0);
	return printed;
}

static void test_paragraph(void **state)
{
	/* 40 columns are the fewest. */
	static const char text[] = "0123456789 0123456789 0123456789 0123456789";

	(void)state;
	if (isatty(STDOUT_FILENO)) /* whose width would count instead */
		skip();
	assert_printed(print_paragraph("40", "  to do", 9, ""), "  to do  \n");
	assert_printed(print_paragraph("40", "  to do", 9, text),
		       "  to do  0123456789 0123456789\n"
		       "         0123456789 0123456789\n");
	assert_printed(print_paragraph("1", "", 0, text), "0123456789 0123456789 0123456789\n"
							  "0123456789\n");
	assert_printed(print_paragraph("junk", "", 0, text),
		       "0123456789 0123456789 0123456789 0123456789\n");
	assert_printed(print_paragraph("40", "x", 2, "a\tb"), "x a\\x09b\n");
	/* A gap of two blanks behind a line that is full. */
	assert_printed(print_paragraph("40", "  to do", 9,
				       "0123456789 0123456789 012345678  (file:1)"),
		       "  to do  0123456789 0123456789 012345678\n"
		       "         (file:1)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_wrapping),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_paragraph),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
