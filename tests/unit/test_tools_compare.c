/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers: comparing them, and not trusting one that came from a broken process. */
#include "tools/call_result.h"
#include "tools/trace.h"
#include "tools/trace_calls.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/unit_test.h"

/* Too large for the stack. */
static struct fopnp_call_result one, other;

/* Make it an answer of the IPv4 addresses 192.0.2.N, for each N of a text such as "12". */
static void set(struct fopnp_call_result *result, const char *last_bytes)
{
	memset(result, 0, sizeof(*result));
	result->end = FOPNP_CALL_RETURNED;
	for (; *last_bytes; last_bytes++)
		result->addresses[result->address_count++] = (struct fopnp_request_address){
			.family = AF_INET,
			.bytes = { 192, 0, 2, (uint8_t)(*last_bytes - '0') },
		};
}

static enum fopnp_difference compare(const char *a, const char *b)
{
	set(&one, a);
	set(&other, b);
	/* Whichever stands first. */
	assert_int_equal(fopnp_trace_compare(&one, &other), fopnp_trace_compare(&other, &one));
	return fopnp_trace_compare(&one, &other);
}

static void test_addresses(void **state)
{
	(void)state;
	assert_int_equal(compare("", ""), FOPNP_SAME);
	assert_int_equal(compare("123", "123"), FOPNP_SAME);
	assert_int_equal(compare("123", "312"), FOPNP_OTHER_ORDER);
	assert_int_equal(compare("123", "12"), FOPNP_OTHER_ADDRESSES);
	assert_int_equal(compare("123", "124"), FOPNP_OTHER_ADDRESSES);
	assert_int_equal(compare("1", ""), FOPNP_OTHER_ADDRESSES);
}

static void test_parts_of_an_address(void **state)
{
	(void)state;
	set(&one, "1");
	set(&other, "1");
	other.addresses[0].port = 80;
	assert_int_equal(fopnp_trace_compare(&one, &other), FOPNP_OTHER_ADDRESSES);
	set(&other, "1");
	other.addresses[0].scope = 2;
	assert_int_equal(fopnp_trace_compare(&one, &other), FOPNP_OTHER_ADDRESSES);
	set(&other, "1");
	other.addresses[0].family = AF_INET6;
	assert_int_equal(fopnp_trace_compare(&one, &other), FOPNP_OTHER_ADDRESSES);
}

static void test_other_answers(void **state)
{
	(void)state;
	set(&one, "1");
	set(&other, "1");
	(void)strcpy(other.canonical, "name.example");
	assert_int_equal(fopnp_trace_compare(&one, &other), FOPNP_OTHER_ANSWER);
	set(&other, "");
	other.code = EAI_NONAME;
	assert_int_equal(fopnp_trace_compare(&one, &other), FOPNP_OTHER_ANSWER);
	set(&other, "1");
	other.end = FOPNP_CALL_CRASHED;
	assert_int_equal(fopnp_trace_compare(&one, &other), FOPNP_OTHER_ANSWER);
	/* Neither has an answer that could differ; how long it took is no difference. */
	one.end = FOPNP_CALL_CRASHED;
	one.elapsed_us = 5;
	assert_int_equal(fopnp_trace_compare(&one, &other), FOPNP_SAME);
}

static void test_soundness(void **state)
{
	(void)state;
	set(&one, "12");
	assert_true(fopnp_call_result_is_sound(&one));
	one.address_count = FOPNP_CALL_ADDRESSES + 1;
	assert_false(fopnp_call_result_is_sound(&one));
	set(&one, "12");
	one.addresses[1].family = AF_UNIX;
	assert_false(fopnp_call_result_is_sound(&one));
	set(&one, "12");
	memset(one.canonical, 'x', sizeof(one.canonical));
	assert_false(fopnp_call_result_is_sound(&one));
	set(&one, "12");
	memset(one.module_error, 'x', sizeof(one.module_error));
	assert_false(fopnp_call_result_is_sound(&one));
	/* A child never says that it was killed. */
	set(&one, "12");
	one.end = FOPNP_CALL_TIMED_OUT;
	assert_false(fopnp_call_result_is_sound(&one));
	set(&one, "");
	one.end = FOPNP_CALL_NO_MODULE;
	assert_true(fopnp_call_result_is_sound(&one));
}

/* The exit status that a trace with this end would have. */
static enum fopnp_exit status_of(enum fopnp_call_end end, int code)
{
	struct fopnp_trace trace = { .result = &one };

	set(&one, "");
	one.end = end;
	one.code = code;
	return fopnp_trace_exit_status(&trace);
}

static void test_exit_status(void **state)
{
	(void)state;
	assert_int_equal(status_of(FOPNP_CALL_RETURNED, 0), 0);
	assert_int_equal(status_of(FOPNP_CALL_RETURNED, EAI_NONAME), 1);
	assert_int_equal(status_of(FOPNP_CALL_RETURNED, EAI_NODATA), 1);
	assert_int_equal(status_of(FOPNP_CALL_RETURNED, EAI_ADDRFAMILY), 1);
	assert_int_equal(status_of(FOPNP_CALL_RETURNED, EAI_SERVICE), 1);
	assert_int_equal(status_of(FOPNP_CALL_RETURNED, EAI_BADFLAGS), 2);
	assert_int_equal(status_of(FOPNP_CALL_RETURNED, EAI_AGAIN), 3);
	assert_int_equal(status_of(FOPNP_CALL_RETURNED, EAI_FAIL), 3);
	assert_int_equal(status_of(FOPNP_CALL_RETURNED, EAI_SYSTEM), 3);
	assert_int_equal(status_of(FOPNP_CALL_RETURNED, EAI_MEMORY), 3);
	assert_int_equal(status_of(FOPNP_CALL_TIMED_OUT, 0), 3);
	assert_int_equal(status_of(FOPNP_CALL_GARBLED, 0), 3);
	/* Of several: 2 before 1 before 3 before 0, whichever comes first. */
	assert_int_equal(fopnp_exit_join(0, 3), 3);
	assert_int_equal(fopnp_exit_join(3, 0), 3);
	assert_int_equal(fopnp_exit_join(3, 1), 1);
	assert_int_equal(fopnp_exit_join(1, 3), 1);
	assert_int_equal(fopnp_exit_join(1, 2), 2);
	assert_int_equal(fopnp_exit_join(2, 3), 2);
	assert_int_equal(fopnp_exit_join(0, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),     cmocka_unit_test(test_parts_of_an_address),
		cmocka_unit_test(test_other_answers), cmocka_unit_test(test_soundness),
		cmocka_unit_test(test_exit_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
