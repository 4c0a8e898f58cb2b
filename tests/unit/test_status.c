/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words for result codes. */
#include "nss_module/lookup/status.h"

#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <string.h>

#include "nss_module/lookup/ascii.h"
#include "tests/unit/unit_test.h"

static void test_statuses(void **state)
{
	int status;

	(void)state;
	assert_string_equal(fopnp_status_name(NSS_STATUS_TRYAGAIN), "TRYAGAIN");
	assert_string_equal(fopnp_status_name(NSS_STATUS_UNAVAIL), "UNAVAIL");
	assert_string_equal(fopnp_status_name(NSS_STATUS_NOTFOUND), "NOTFOUND");
	assert_string_equal(fopnp_status_name(NSS_STATUS_SUCCESS), "SUCCESS");
	assert_string_equal(fopnp_status_name(NSS_STATUS_RETURN), "RETURN");
	assert_string_equal(fopnp_status_name(-3), "ILLEGAL");
	assert_string_equal(fopnp_status_name(3), "ILLEGAL");
	for (int i = NSS_STATUS_TRYAGAIN; i <= NSS_STATUS_RETURN; i++) {
		const char *name = fopnp_status_name(i);

		assert_true(fopnp_status_from_name(name, strlen(name), &status));
		assert_int_equal(status, i);
	}
	assert_true(fopnp_status_from_name("unAvailX", 7, &status));
	assert_int_equal(status, NSS_STATUS_UNAVAIL);
	assert_false(fopnp_status_from_name("UNAVAILX", 8, &status));
	assert_false(fopnp_status_from_name("UNAVAIL", 6, &status));
	assert_false(fopnp_status_from_name("", 0, &status));
	assert_false(fopnp_status_from_name("ILLEGAL", 7, &status));
	assert_int_equal(status, NSS_STATUS_UNAVAIL);
}

static void test_other_codes(void **state)
{
	(void)state;
	assert_string_equal(fopnp_h_errno_name(-1), "NETDB_INTERNAL");
	assert_string_equal(fopnp_h_errno_name(0), "NETDB_SUCCESS");
	assert_string_equal(fopnp_h_errno_name(HOST_NOT_FOUND), "HOST_NOT_FOUND");
	assert_string_equal(fopnp_h_errno_name(TRY_AGAIN), "TRY_AGAIN");
	assert_string_equal(fopnp_h_errno_name(NO_RECOVERY), "NO_RECOVERY");
	assert_string_equal(fopnp_h_errno_name(NO_DATA), "NO_DATA");
	assert_null(fopnp_h_errno_name(5));
	assert_null(fopnp_h_errno_name(-2));

	assert_string_equal(fopnp_eai_name(0), "OK");
	assert_string_equal(fopnp_eai_name(EAI_NONAME), "EAI_NONAME");
	assert_string_equal(fopnp_eai_name(EAI_NODATA), "EAI_NODATA");
	assert_string_equal(fopnp_eai_name(EAI_AGAIN), "EAI_AGAIN");
	assert_string_equal(fopnp_eai_name(EAI_SYSTEM), "EAI_SYSTEM");
	assert_string_equal(fopnp_eai_name(EAI_IDN_ENCODE), "EAI_IDN_ENCODE");
	assert_null(fopnp_eai_name(1));
	/* every code that gai_strerror() knows has a name */
	for (int code = 0; code > -200; code--)
		if (strcmp(gai_strerror(code), "Unknown error") != 0)
			assert_non_null(fopnp_eai_name(code));

	assert_string_equal(fopnp_errno_name(0), "OK");
	assert_string_equal(fopnp_errno_name(ENOENT), "ENOENT");
	assert_null(fopnp_errno_name(-1));
	assert_null(fopnp_errno_name(100000));
}

static void test_numbers(void **state)
{
	unsigned long long number = 7;

	(void)state;
	assert_true(fopnp_ascii_number("0", 1, &number));
	assert_int_equal(number, 0);
	assert_true(fopnp_ascii_number("0000000000000000426", 18, &number));
	assert_int_equal(number, 42);
	assert_true(fopnp_ascii_number("999999999999999999", 18, &number));
	assert_int_equal(number, 999999999999999999ll);
	assert_false(fopnp_ascii_number("1000000000000000000", 19, &number));
	assert_false(fopnp_ascii_number("", 0, &number));
	assert_false(fopnp_ascii_number("-1", 2, &number));
	assert_false(fopnp_ascii_number("+1", 2, &number));
	assert_false(fopnp_ascii_number(" 1", 2, &number));
	assert_false(fopnp_ascii_number("1 ", 2, &number));
	assert_false(fopnp_ascii_number("0x1", 3, &number));
	assert_int_equal(number, 999999999999999999ll);
}

static void test_characters(void **state)
{
	(void)state;
	for (int c = -128; c < 128; c++) {
		bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\v' || c == '\f' ||
				c == '\r';
		bool is_upper = c >= 'A' && c <= 'Z';

		assert_int_equal(fopnp_ascii_is_space((char)c), is_space);
		assert_int_equal(fopnp_ascii_lower((char)c), is_upper ? c + 32 : c);
	}
	assert_true(fopnp_ascii_equal("aBc-", 4, "AbC-", 4));
	assert_false(fopnp_ascii_equal("abc", 3, "abcd", 4));
	assert_false(fopnp_ascii_equal("@", 1, "`", 1));
	assert_false(fopnp_ascii_equal("\xc9", 1, "\xe9", 1));
	assert_true(fopnp_ascii_equal("", 0, "", 0));
	assert_true(fopnp_ascii_equal_word("FILESx", 5, "files"));
	assert_false(fopnp_ascii_equal_word("file", 4, "files"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_other_codes),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
