/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A lookup's arguments by name, and the words for them. */
#include "tools/request.h"
#include "tools/trace_words.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/unit_test.h"

static void test_numbers(void **state)
{
	static const char *const wrong[] = { "",   " ",     "sock_", "stream ",
					     "-1", "65536", "1x",    "99999999999999999999" };
	int number = 77;

	(void)state;
	assert_true(fopnp_request_socktype_from_name("StReaM", &number));
	assert_int_equal(number, SOCK_STREAM);
	assert_true(fopnp_request_socktype_from_name("sock_RAW", &number));
	assert_int_equal(number, SOCK_RAW);
	assert_true(fopnp_request_socktype_from_name("65535", &number));
	assert_int_equal(number, 65535);
	assert_true(fopnp_request_protocol_from_name("IPPROTO_ICMPV6", &number));
	assert_int_equal(number, IPPROTO_ICMPV6);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		number = 77;
		assert_false(fopnp_request_socktype_from_name(wrong[i], &number));
		assert_false(fopnp_request_protocol_from_name(wrong[i], &number));
		assert_false(fopnp_request_family_from_name(wrong[i], &number));
		assert_int_equal(number, 77);
	}
	/* Families are words: AF_INET6 has another number elsewhere. */
	assert_true(fopnp_request_family_from_name("6", &number));
	assert_int_equal(number, AF_INET6);
	assert_false(fopnp_request_family_from_name("10", &number));
}

static bool flags(const char *list, int *out_flags, const char **bad, size_t *bad_len)
{
	*out_flags = 0;
	return fopnp_request_flags_from_list(list, out_flags, bad, bad_len);
}

static void test_flags(void **state)
{
	const char *bad;
	size_t bad_len;
	int bits;

	(void)state;
	assert_true(flags("none", &bits, &bad, &bad_len));
	assert_int_equal(bits, 0);
	assert_true(flags("default", &bits, &bad, &bad_len));
	assert_int_equal(bits, AI_V4MAPPED | AI_ADDRCONFIG);
	assert_true(flags("AI_ALL|passive,ai_idn", &bits, &bad, &bad_len));
	assert_int_equal(bits, AI_ALL | AI_PASSIVE | AI_IDN);
	assert_false(flags("all,bogus,passive", &bits, &bad, &bad_len));
	assert_int_equal(bad_len, 5);
	assert_memory_equal(bad, "bogus", 5);
	assert_false(flags("", &bits, &bad, &bad_len));
	assert_false(flags("all,", &bits, &bad, &bad_len));
	assert_false(flags(",all", &bits, &bad, &bad_len));
	assert_false(flags("AI_", &bits, &bad, &bad_len));
}

static void test_names(void **state)
{
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO };

	(void)state;
	assert_true(fopnp_request_set_name(&request, "plain name"));
	assert_string_equal(request.name, "plain name");
	assert_null(request.idn_error);
	fopnp_request_clear(&request);
	assert_true(fopnp_request_set_name(&request, "b\303\274cher.example"));
	assert_string_equal(request.given, "b\303\274cher.example");
	assert_string_equal(request.name, "xn--bcher-kva.example");
	fopnp_request_clear(&request);
	/* What has no such form is asked as it is, and said. */
	assert_true(fopnp_request_set_name(&request, "\377\376"));
	assert_string_equal(request.name, "\377\376");
	assert_non_null(request.idn_error);
	fopnp_request_clear(&request);
}

static void test_addresses(void **state)
{
	static const char *const wrong[] = { "",        "localhost",  "127.1", "127.0.0.1%lo",
					     "::1%",    "::1%nosuch", "[::1]", "::1%4294967296",
					     "1.2.3.4 " };
	struct fopnp_request request = { .call = FOPNP_CALL_GETNAMEINFO };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_false(fopnp_request_set_name(&request, wrong[i]));
		assert_null(request.name);
	}
	assert_true(fopnp_request_set_name(&request, "fe80::1%7"));
	assert_int_equal(request.address.family, AF_INET6);
	assert_int_equal(request.address.scope, 7);
	fopnp_request_clear(&request);
}

static void test_durations(void **state)
{
	char text[FOPNP_DURATION_TEXT];

	(void)state;
	assert_string_equal(fopnp_trace_duration(0, text), "0.00 ms");
	assert_string_equal(fopnp_trace_duration(80, text), "0.08 ms");
	assert_string_equal(fopnp_trace_duration(9994, text), "9.99 ms");
	assert_string_equal(fopnp_trace_duration(12345, text), "12 ms");
	assert_string_equal(fopnp_trace_duration(5000000, text), "5.0 s");
	/* Never a word that is longer than its unit allows. */
	assert_string_equal(fopnp_trace_duration(9999, text), "10 ms");
	assert_string_equal(fopnp_trace_duration(999999, text), "1.0 s");
	(void)fopnp_trace_duration(UINT64_MAX, text);
}

static void assert_words(struct fopnp_request request, const char *expected)
{
	char *words = fopnp_trace_request_words(&request);

	assert_string_equal(words, expected);
	free(words);
}

static void test_words(void **state)
{
	char service[] = "https";

	(void)state;
	assert_words((struct fopnp_request){ .call = FOPNP_CALL_GETADDRINFO },
		     "getaddrinfo, family unspec, no flags");
	assert_words((struct fopnp_request){ .call = FOPNP_CALL_GETADDRINFO,
					     .family = AF_INET6,
					     .service = service,
					     .socktype = SOCK_STREAM,
					     .protocol = 250,
					     .flags = AI_CANONNAME | AI_ADDRCONFIG },
		     "getaddrinfo, family inet6, service https, socktype stream, protocol 250, "
		     "AI_ADDRCONFIG | AI_CANONNAME");
	assert_words((struct fopnp_request){ .call = FOPNP_CALL_GETHOSTBYNAME }, "gethostbyname");
	assert_words((struct fopnp_request){ .call = FOPNP_CALL_GETHOSTBYNAME2, .family = AF_INET },
		     "gethostbyname2, family inet");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),   cmocka_unit_test(test_flags),
		cmocka_unit_test(test_names),     cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_durations), cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
