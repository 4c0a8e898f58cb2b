/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text from outside, made safe for terminals and for JSON. */
#include "tools/escape.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

static void assert_made(char *made, const char *expected)
{
	assert_string_equal(made, expected);
	free(made);
}

static void test_controls(void **state)
{
	(void)state;
	assert_made(fopnp_escape_text(BYTES("")), "");
	assert_made(fopnp_escape_text(BYTES("plain ~text\\")), "plain ~text\\");
	assert_made(fopnp_escape_text(BYTES("\033[31m")), "\\x1b[31m");
	assert_made(fopnp_escape_text(BYTES("a\0b\tc\nd\re\177f")),
		    "a\\x00b\\x09c\\x0ad\\x0de\\x7ff");
	/* All of C0, each by its own number. */
	for (unsigned char byte = 1; byte < 0x20; byte++) {
		char text[2] = { (char)byte }, expected[8];

		(void)snprintf(expected, sizeof(expected), "\\x%02x", byte);
		assert_made(fopnp_escape_text(text, 1), expected);
	}
	/* All of C1, as UTF-8. */
	for (unsigned char byte = 0x80; byte < 0xa0; byte++) {
		char text[2] = { (char)0xc2, (char)byte }, expected[16];

		(void)snprintf(expected, sizeof(expected), "\\u{%04x}", byte);
		assert_made(fopnp_escape_text(text, 2), expected);
	}
	assert_made(fopnp_escape_text(BYTES("\302\240")), "\302\240");
}

static void test_deception(void **state)
{
	static const unsigned deceivers[] = { 0x00ad,  0x034f,  0x0600,  0x061c,  0x115f, 0x17b4,
					      0x180b,  0x180e,  0x200b,  0x200e,  0x200f, 0x2028,
					      0x2029,  0x202a,  0x202e,  0x2060,  0x2066, 0x2069,
					      0x3164,  0xfe00,  0xfe0f,  0xfeff,  0xffa0, 0xfff9,
					      0x13430, 0x1bca0, 0x1d173, 0xe0001, 0xe0fff };

	(void)state;
	for (size_t i = 0; i < sizeof(deceivers) / sizeof(deceivers[0]); i++) {
		unsigned code = deceivers[i], found;
		char text[4], expected[16];
		size_t len = 0;

		if (code >= 0x10000)
			text[len++] = (char)(0xf0 | code >> 18);
		if (code >= 0x10000)
			text[len++] = (char)(0x80 | (code >> 12 & 0x3f));
		else if (code >= 0x800)
			text[len++] = (char)(0xe0 | code >> 12);
		text[len] = code >= 0x800 ? (char)(0x80 | (code >> 6 & 0x3f))
					  : (char)(0xc0 | code >> 6);
		len++;
		text[len++] = (char)(0x80 | (code & 0x3f));
		assert_int_equal(fopnp_escape_sequence(text, len, &found), len);
		assert_int_equal(found, code);
		(void)snprintf(expected, sizeof(expected), "\\u{%04x}", code);
		assert_made(fopnp_escape_text(text, len), expected);
	}
	/* Neighbours that are letters. */
	assert_made(fopnp_escape_text(BYTES("b\303\274cher \343\201\202 \360\237\230\200")),
		    "b\303\274cher \343\201\202 \360\237\230\200");
	assert_made(fopnp_escape_text(BYTES("\342\200\220")), "\342\200\220");
}

static void test_invalid(void **state)
{
	static const struct {
		const char *bytes, *escaped;
	} cases[] = {
		{ "\200", "\\x80" },                            /* no beginning */
		{ "\303", "\\xc3" },                            /* no end */
		{ "\342\202", "\\xe2\\x82" },                   /* nor here */
		{ "\360\237\230", "\\xf0\\x9f\\x98" },          /* nor here */
		{ "\303(", "\\xc3(" },                          /* another character instead */
		{ "\300\257", "\\xc0\\xaf" },                   /* overlong */
		{ "\340\200\257", "\\xe0\\x80\\xaf" },          /* overlong */
		{ "\360\200\200\257", "\\xf0\\x80\\x80\\xaf" }, /* overlong */
		{ "\355\240\200", "\\xed\\xa0\\x80" },          /* a surrogate */
		{ "\364\220\200\200", "\\xf4\\x90\\x80\\x80" }, /* above U+10FFFF */
		{ "\370\210\200\200\200", "\\xf8\\x88\\x80\\x80\\x80" }, /* five bytes */
		{ "\376\377", "\\xfe\\xff" },
	};
	unsigned code;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = strlen(cases[i].bytes);

		assert_int_equal(fopnp_escape_sequence(cases[i].bytes, len, &code), 0);
		assert_made(fopnp_escape_text(cases[i].bytes, len), cases[i].escaped);
	}
	/* The last ones that are valid. */
	assert_int_equal(fopnp_escape_sequence("\364\217\277\277", 4, &code), 4);
	assert_int_equal(code, 0x10ffff);
	assert_int_equal(fopnp_escape_sequence("\355\237\277", 3, &code), 3);
	assert_int_equal(code, 0xd7ff);
}

static void test_json(void **state)
{
	(void)state;
	assert_made(fopnp_escape_json(BYTES("a\303\274\377\\")), "a\303\274\\255\\");
	assert_made(fopnp_escape_json(BYTES("\300\257")), "\\192\\175");
	assert_made(fopnp_escape_json(BYTES("")), "");
	assert_made(fopnp_escape_json_name(BYTES("a\303\274.x\\y\033")), "a\\195\\188.x\\\\y\033");
}

static void test_columns(void **state)
{
	(void)state;
	assert_int_equal(fopnp_escape_columns(""), 0);
	assert_int_equal(fopnp_escape_columns("abc"), 3);
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return;
	assert_int_equal(fopnp_escape_columns("b\303\274cher"), 6);
	assert_int_equal(fopnp_escape_columns("\343\201\202"), 2);
	assert_int_equal(fopnp_escape_columns("e\314\201"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_controls), cmocka_unit_test(test_deception),
		cmocka_unit_test(test_invalid),  cmocka_unit_test(test_json),
		cmocka_unit_test(test_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
