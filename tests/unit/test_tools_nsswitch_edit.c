/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The edit of the hosts line: tables, and random files that come back as they were. */
#include "tools/nsswitch_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nss_module/lookup/nsswitch_file.h"
#include "tests/unit/random_cases.h"
#include "tests/unit/unit_test.h"

#define WORDS FOPNP_NSSWITCH_WORDS " "

static void check(enum fopnp_nsswitch_edit_result result, const struct fopnp_nsswitch_edit *edit,
		  const char *expected, size_t expected_len, unsigned line)
{
	assert_int_equal(result, FOPNP_EDIT_CHANGED);
	assert_int_equal(edit->len, expected_len);
	assert_memory_equal(edit->bytes, expected, expected_len);
	assert_int_equal(edit->line, line);
}

/* Enabled it is AFTER, and that disabled is BEFORE again. */
static void check_both(const char *before, size_t before_len, const char *after, size_t after_len,
		       unsigned line)
{
	struct fopnp_nsswitch_edit edit, back, again;

	check(fopnp_nsswitch_enable(before, before_len, &edit), &edit, after, after_len, line);
	assert_int_equal(fopnp_nsswitch_enable(edit.bytes, edit.len, &again),
			 FOPNP_EDIT_UNCHANGED);
	assert_null(again.bytes);
	assert_string_equal(again.before, edit.after);
	check(fopnp_nsswitch_disable(edit.bytes, edit.len, &back), &back, before, before_len, line);
	assert_string_equal(back.before, edit.after);
	assert_string_equal(back.after, edit.before);
	fopnp_nsswitch_edit_clear(&edit);
	fopnp_nsswitch_edit_clear(&back);
	fopnp_nsswitch_edit_clear(&again);
}

static void test_there_and_back(void **state)
{
	(void)state;
	check_both(BYTES("hosts: files dns\n"), BYTES("hosts: " WORDS "files dns\n"), 1);
	check_both(BYTES("passwd: files\n\nhosts:\t\tfiles  dns \t\r\nnetworks: files"),
		   BYTES("passwd: files\n\nhosts:\t\t" WORDS "files  dns \t\r\nnetworks: files"), 3);
	check_both(BYTES("hosts:files\n"), BYTES("hosts:" WORDS "files\n"), 1);
	check_both(BYTES("  hosts files\n"), BYTES("  hosts " WORDS "files\n"), 1);
	check_both(BYTES("hosts :: : a\n"), BYTES("hosts :: : " WORDS "a\n"), 1);
	check_both(BYTES("hosts: files # local\n"), BYTES("hosts: " WORDS "files # local\n"), 1);
}

static void test_line_in_force(void **state)
{
	(void)state;
	check_both(BYTES("hosts: files\nhosts: dns\n"), BYTES("hosts: files\nhosts: " WORDS "dns\n"),
		   2);
	check_both(BYTES("hosts: files\nhosts: dns"), BYTES("hosts: " WORDS "files\nhosts: dns"), 1);
	check_both(BYTES("# fopnp\nhosts: files\nHosts: x\nhostsx: y\n"),
		   BYTES("# fopnp\nhosts: " WORDS "files\nHosts: x\nhostsx: y\n"), 2);
	check_both(BYTES("hosts: files\0 x\nz\n"), BYTES("hosts: " WORDS "files\0 x\nz\n"), 1);
	check_both(BYTES("hosts: notfopnp fopnpx\n"), BYTES("hosts: " WORDS "notfopnp fopnpx\n"), 1);
}

static void check_refusal(const char *bytes, size_t len, enum fopnp_nsswitch_edit_result expected,
			  unsigned line)
{
	struct fopnp_nsswitch_edit edit;

	assert_int_equal(fopnp_nsswitch_enable(bytes, len, &edit), expected);
	assert_null(edit.bytes);
	assert_int_equal(edit.line, line);
	fopnp_nsswitch_edit_clear(&edit);
}

static void test_refusals(void **state)
{
	(void)state;
	check_refusal(BYTES(""), FOPNP_EDIT_NO_LINE, 0);
	check_refusal(BYTES("passwd: files\n#hosts: files\n"), FOPNP_EDIT_NO_LINE, 0);
	check_refusal(BYTES("passwd: files\nhosts: files"), FOPNP_EDIT_NO_LINE, 2);
	check_refusal(BYTES("hosts:\n"), FOPNP_EDIT_NO_SOURCE, 1);
	check_refusal(BYTES("hosts\nnetworks: files\n"), FOPNP_EDIT_NO_SOURCE, 1);
	check_refusal(BYTES("hosts: [NOTFOUND=return] files\n"), FOPNP_EDIT_NO_SOURCE, 1);
	check_refusal(BYTES("hosts: files\npasswd: files [x=y]\n"), FOPNP_EDIT_BROKEN, 2);
	check_refusal(BYTES("hosts: files fopnp\n"), FOPNP_EDIT_UNCHANGED, 1);
	check_refusal(BYTES("hosts: fopnp[!UNAVAIL=return] files\n"), FOPNP_EDIT_UNCHANGED, 1);
}

/* The edit takes a file of others' making to EXPECTED. */
static void check_disable(const char *bytes, const char *expected)
{
	struct fopnp_nsswitch_edit edit;

	assert_int_equal(fopnp_nsswitch_disable(bytes, strlen(bytes), &edit), FOPNP_EDIT_CHANGED);
	assert_string_equal(edit.bytes, expected);
	assert_int_equal(edit.len, strlen(expected));
	fopnp_nsswitch_edit_clear(&edit);
}

static void test_edited_in_between(void **state)
{
	(void)state;
	check_disable("hosts: fopnp [!UNAVAIL=return] files dns\n", "hosts: files dns\n");
	check_disable("hosts: fopnp[!UNAVAIL=return]files dns\n", "hosts: files dns\n");
	check_disable("hosts: x fopnp  [a] [b]\t[c=d]  files\n", "hosts: x files\n");
	check_disable("hosts: files mdns4 [NOTFOUND=return] " WORDS "dns\n",
		      "hosts: files mdns4 [NOTFOUND=return] dns\n");
	check_disable("hosts: files  fopnp \n", "hosts: files \n");
	check_disable("hosts: files fopnp [!UNAVAIL= return]\r\n", "hosts: files\r\n");
	check_disable("hosts: fopnp files fopnp dns\n", "hosts: files dns\n");
	check_disable("hosts: fopnp a\nx\nhosts: fopnp b", "hosts: a\nx\nhosts: b");
	check_disable("hosts: fopnp\n", "hosts: files dns\n");
	check_disable("hosts:fopnp [!UNAVAIL= return]", "hosts:files dns");
	check_disable("hosts: fopnp fopnp:mdns [NOTFOUND=return]\n", "hosts: files dns\n");
	check_disable("hosts: fopnp fopnp:hosts [SUCCESS=return] fopnp:mdns [NOTFOUND=return] fopnp:dns\n",
		      "hosts: files [SUCCESS=return] dns\n");
	check_disable("hosts: fopnp files fopnp:mdns [x]\n", "hosts: files\n");
}

static void test_nothing_to_take(void **state)
{
	struct fopnp_nsswitch_edit edit;

	(void)state;
	assert_int_equal(fopnp_nsswitch_disable(BYTES("hosts: fopnp:hosts dns\n#hosts: fopnp\n"), &edit),
			 FOPNP_EDIT_UNCHANGED);
	assert_null(edit.bytes);
	assert_int_equal(fopnp_nsswitch_disable(BYTES("hosts: a\nhosts: fopnp [x dns\n"), &edit),
			 FOPNP_EDIT_BROKEN);
	assert_null(edit.bytes);
	assert_int_equal(edit.line, 2);
	/* The second colon would join the first: and there would be fopnp again. */
	assert_int_equal(fopnp_nsswitch_disable(BYTES("hosts: fopnp :fopnp\n"), &edit),
			 FOPNP_EDIT_BROKEN);
	assert_null(edit.bytes);
}

/* ---- random files ---- */

static void make_file(unsigned *seed, char *file, size_t size)
{
	static const char *const words[] = {
		"hosts", "hosts:", "hosts: ", "passwd: ", "#", " ", "\t", "\n", "\n", "\r\n", "files",
		" dns", " mdns4_minimal", " [NOTFOUND=return]", " [!UNAVAIL= return]", " [", "]", ":",
		"\nhosts: files dns\n", "\nhosts:\tdns  files \n", "fopnpx ", " xfopnp",
	};
	size_t used = 0;
	int count = rand_r(seed) % 14;

	file[0] = '\0';
	for (int i = 0; i < count; i++)
		used += (size_t)snprintf(file + used, size - used, "%s",
					 words[(size_t)rand_r(seed) % (sizeof(words) / sizeof(*words))]);
}

/* glibc's reading of the new file is fopnp and what was there, or false. */
static bool is_order_kept(const char *before, size_t before_len,
			  const struct fopnp_nsswitch_edit *edit)
{
	struct fopnp_nsswitch old, now;
	char old_text[600], now_text[700], expected[700];
	bool is_kept;

	if (fopnp_nsswitch_parse(before, before_len, &old) != FOPNP_NSSWITCH_OK ||
	    fopnp_nsswitch_parse(edit->bytes, edit->len, &now) != FOPNP_NSSWITCH_OK)
		return false;
	(void)fopnp_order_print(old.order, old_text, sizeof(old_text));
	(void)fopnp_order_print(now.order, now_text, sizeof(now_text));
	(void)snprintf(expected, sizeof(expected), "fopnp [NOTFOUND=return TRYAGAIN=return] %s", old_text);
	is_kept = strcmp(now_text, expected) == 0 && old.line == now.line;
	free(old.order);
	free(now.order);
	return is_kept;
}

static int try_file(const char *file)
{
	struct fopnp_nsswitch_edit edit, back;
	int failures = 0;

	if (fopnp_nsswitch_enable(file, strlen(file), &edit) == FOPNP_EDIT_CHANGED) {
		failures += !is_order_kept(file, strlen(file), &edit);
		failures += fopnp_nsswitch_disable(edit.bytes, edit.len, &back) !=
				    FOPNP_EDIT_CHANGED ||
			    back.len != strlen(file) || memcmp(back.bytes, file, back.len) != 0;
		fopnp_nsswitch_edit_clear(&back);
	}
	fopnp_nsswitch_edit_clear(&edit);
	if (failures > 0)
		(void)fprintf(stderr, "[%s]\n", file);
	return failures;
}

static int random_files(unsigned seed)
{
	char file[400];

	for (int i = 0; i < 50000; i++) {
		make_file(&seed, file, sizeof(file));
		if (try_file(file) != 0)
			return 1;
	}
	return 0;
}

static void test_random_files(void **state)
{
	(void)state;
	run_random_cases(random_files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),	 cmocka_unit_test(test_line_in_force),
		cmocka_unit_test(test_refusals),	 cmocka_unit_test(test_edited_in_between),
		cmocka_unit_test(test_nothing_to_take), cmocka_unit_test(test_random_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
