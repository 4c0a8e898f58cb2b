/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How what hosts says compares with answers made by hand. */
#include "tools/compare_answers.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

#define MOST 8

/* Addresses with a blank between; the caller's to free(). */
static struct fopnp_compare_addresses addresses(const char *text)
{
	struct fopnp_compare_addresses made = { .list = calloc(MOST, sizeof(*made.list)) };
	char *copy = strdup(text), *rest = NULL;

	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		struct fopnp_compare_address *address = &made.list[made.count++];

		assert_true(made.count <= MOST);
		address->family = strchr(word, ':') ? AF_INET6 : AF_INET;
		assert_int_equal(inet_pton(address->family, word, address->bytes), 1);
	}
	free(copy);
	return made;
}

struct judge_case {
	const char *own, *others;
	int code;
	enum fopnp_compare_class class;
	size_t added, missing;
};

static size_t count_alone(const struct fopnp_compare_addresses *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += !list->list[i].is_common;
	return count;
}

static void test_judge(void **state)
{
	static const struct judge_case cases[] = {
		{ "1.2.3.4", "1.2.3.4", 0, FOPNP_COMPARE_SAME, 0, 0 },
		{ "1.2.3.4 2001:db8::1", "2001:db8::1 1.2.3.4", 0, FOPNP_COMPARE_SAME, 0, 0 },
		{ "1.2.3.4", "1.2.3.5", 0, FOPNP_COMPARE_DIFFERS, 1, 1 },
		/* one of many; one family hides the other */
		{ "1.2.3.4", "1.2.3.4 1.2.3.5", 0, FOPNP_COMPARE_DIFFERS, 0, 1 },
		{ "1.2.3.4", "1.2.3.4 2001:db8::1", 0, FOPNP_COMPARE_DIFFERS, 0, 1 },
		{ "1.2.3.4 1.2.3.5 1.2.3.6", "1.2.3.5", 0, FOPNP_COMPARE_DIFFERS, 2, 0 },
		/* the same four bytes in both families */
		{ "1.2.3.4", "102:304::", 0, FOPNP_COMPARE_DIFFERS, 1, 1 },
		{ "::ffff:1.2.3.4", "1.2.3.4", 0, FOPNP_COMPARE_DIFFERS, 1, 1 },
		/* several times, as with other zones */
		{ "fe80::1", "fe80::1 fe80::1 fe80::1", 0, FOPNP_COMPARE_SAME, 0, 0 },
		{ "1.2.3.4 1.2.3.4", "1.2.3.4", 0, FOPNP_COMPARE_SAME, 0, 0 },
		{ "1.2.3.4", "", EAI_NONAME, FOPNP_COMPARE_ONLY_HOSTS, 1, 0 },
		{ "1.2.3.4", "", EAI_NODATA, FOPNP_COMPARE_ONLY_HOSTS, 1, 0 },
		{ "", "1.2.3.4", 0, FOPNP_COMPARE_NOT_IN_HOSTS, 0, 1 },
		{ "", "", EAI_NONAME, FOPNP_COMPARE_NOT_IN_HOSTS, 0, 0 },
		/* could not be asked: nobody said no */
		{ "1.2.3.4", "", EAI_AGAIN, FOPNP_COMPARE_ERROR, 1, 0 },
		{ "1.2.3.4", "", EAI_FAIL, FOPNP_COMPARE_ERROR, 1, 0 },
		{ "1.2.3.4", "", EAI_SYSTEM, FOPNP_COMPARE_ERROR, 1, 0 },
		{ "1.2.3.4", "", EAI_MEMORY, FOPNP_COMPARE_ERROR, 1, 0 },
		{ "", "", EAI_AGAIN, FOPNP_COMPARE_ERROR, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fopnp_compare_addresses own = addresses(cases[i].own);
		struct fopnp_compare_answer answer = {
			.is_asked = true,
			.end = FOPNP_CALL_RETURNED,
			.code = cases[i].code,
			.addresses = addresses(cases[i].others),
		};

		assert_int_equal(fopnp_compare_judge(&own, &answer), cases[i].class);
		assert_int_equal(count_alone(&own), cases[i].added);
		assert_int_equal(count_alone(&answer.addresses), cases[i].missing);
		/* The marks of another comparison do not stay. */
		own.count = 0;
		(void)fopnp_compare_mark_common(&own, &answer.addresses);
		assert_int_equal(count_alone(&answer.addresses), answer.addresses.count);
		free(own.list);
		fopnp_compare_answer_clear(&answer);
	}
}

static void test_no_answer(void **state)
{
	static const enum fopnp_call_end ends[] = {
		FOPNP_CALL_TIMED_OUT, FOPNP_CALL_CRASHED,  FOPNP_CALL_GARBLED,
		FOPNP_CALL_NO_MODULE, FOPNP_CALL_NO_RELAY, FOPNP_CALL_NOT_MADE,
	};
	struct fopnp_compare_addresses own = addresses("1.2.3.4");
	struct fopnp_compare_answer answer = { 0 };

	(void)state;
	assert_int_equal(fopnp_compare_judge(&own, &answer), FOPNP_COMPARE_ERROR);
	answer.is_asked = true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		answer.end = ends[i];
		assert_int_equal(fopnp_compare_judge(&own, &answer), FOPNP_COMPARE_ERROR);
		assert_false(fopnp_compare_answer_is_found(&answer));
	}
	free(own.list);
}

/* What a whole lookup takes from three lines. */
static void test_take_hosts(void **state)
{
	struct fopnp_compare_entry entries[] = {
		{ .line = 2, .next = 1, .family = AF_INET, .class = FOPNP_COMPARE_MALFORMED },
		{ .line = 3, .next = 2, .family = AF_INET6, .class = FOPNP_COMPARE_SAME },
		{ .line = 4, .next = 3, .family = AF_INET, .class = FOPNP_COMPARE_DUPLICATE },
		{ .line = 5,
		  .next = FOPNP_COMPARE_NONE,
		  .family = AF_INET,
		  .class = FOPNP_COMPARE_BLOCKED },
	};
	const struct fopnp_compare_name name = { .first = 0, .last = 3 };
	struct fopnp_compare_file file = { .entries = entries, .entry_count = 4, .is_multi = true };
	struct fopnp_compare_addresses own = fopnp_compare_take_hosts(&file, &name);

	(void)state;
	assert_int_equal(own.count, 2);
	assert_int_equal(own.list[0].line, 3);
	assert_int_equal(own.list[0].family, AF_INET6);
	assert_int_equal(own.list[1].line, 5);
	free(own.list);
	assert_int_equal(fopnp_compare_name_kind(&file, &name), FOPNP_COMPARE_TELLS);
	file.is_multi = false;
	own = fopnp_compare_take_hosts(&file, &name);
	assert_int_equal(own.count, 1);
	free(own.list);
	entries[1].class = FOPNP_COMPARE_SHADOWED;
	assert_int_equal(fopnp_compare_name_kind(&file, &name), FOPNP_COMPARE_BLOCKS);
	entries[3].class = FOPNP_COMPARE_SHADOWED;
	assert_int_equal(fopnp_compare_name_kind(&file, &name), FOPNP_COMPARE_UNTAKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_take_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
