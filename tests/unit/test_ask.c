/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of built-in sources as glibc wants them, in buffers of every size and alignment. */
#include "nss_module/lookup/ask.h"

#include "tests/unit/unit_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define ROOM    400
#define CANARY  0x5a
#define OFFSETS 9

static const struct fopnp_answer_address addresses[] = {
	{ AF_INET, { 192, 0, 2, 1 }, 0 },
	{ AF_INET6, { 0xfe, 0x80, [15] = 1 }, 7 },
	{ AF_INET, { 192, 0, 2, 2 }, 0 },
};

static const char *const aliases[] = { "alias", "a" };

static struct fopnp_answer answer = {
	.name = "host.example",
	.aliases = aliases,
	.alias_count = 2,
	.addresses = addresses,
	.address_count = 3,
	.ttl = INT32_MAX,
};

static char memory[ROOM + OFFSETS + 8];
static struct hostent host;
static struct gaih_addrtuple *first;
static char *canonical;
static int error, h_error;
static int32_t ttl;

static struct fopnp_ask make_ask(enum fopnp_function function, int family, size_t offset,
				 size_t buflen)
{
	struct fopnp_ask ask = {
		.function = function,
		.family = family,
		.name = "host",
		.buffer = memory + offset,
		.buflen = buflen,
		.errnop = &error,
		.h_errnop = &h_error,
		.host = &host,
		.first = &first,
		.canonical = &canonical,
		.ttl = &ttl,
	};

	memset(memory, CANARY, sizeof(memory));
	memset(&host, 0, sizeof(host));
	first = NULL;
	canonical = NULL;
	error = h_error = 4711;
	ttl = 4711;
	return ask;
}

static void assert_canaries(size_t offset, size_t buflen)
{
	for (size_t i = 0; i < sizeof(memory); i++)
		if (i < offset || i >= offset + buflen)
			assert_int_equal(memory[i], CANARY);
}

/* The least size that was enough; every larger one must be, too. */
static size_t find_least(enum fopnp_function function, int family, size_t offset)
{
	size_t least = 0;

	for (size_t buflen = 0; buflen <= ROOM; buflen++) {
		struct fopnp_ask ask = make_ask(function, family, offset, buflen);
		enum nss_status status = fopnp_ask_answer(&ask, &answer);

		assert_canaries(offset, buflen);
		if (status == NSS_STATUS_SUCCESS) {
			assert_int_equal(error, 4711);
			assert_int_equal(h_error, NETDB_SUCCESS);
			least = least ? least : buflen;
			if (function == FOPNP_GETHOSTBYNAME4_R)
				assert_true(fopnp_tuples_are_inside(first, ask.buffer, buflen));
			else
				assert_true(fopnp_hostent_is_inside(&host, canonical, ask.buffer,
								    buflen));
			continue;
		}
		assert_int_equal(least, 0);
		assert_int_equal(status, NSS_STATUS_TRYAGAIN);
		assert_int_equal(error, ERANGE);
		assert_int_equal(h_error, NETDB_INTERNAL);
		assert_null(first);
		assert_null(host.h_name);
	}
	return least;
}

static void test_buffers_of_every_size(void **state)
{
	(void)state;
	for (size_t offset = 0; offset < OFFSETS; offset++) {
		assert_int_in_range(find_least(FOPNP_GETHOSTBYNAME4_R, AF_UNSPEC, offset),
				    3 * 40 + 13, 3 * 40 + 13 + 7);
		assert_int_in_range(find_least(FOPNP_GETHOSTBYNAME3_R, AF_INET, offset),
				    6 * 8 + 8 + 13 + 6 + 2, 6 * 8 + 8 + 13 + 6 + 2 + 7);
		assert_int_in_range(find_least(FOPNP_GETHOSTBYNAME3_R, AF_INET6, offset),
				    5 * 8 + 16 + 13 + 6 + 2, 5 * 8 + 16 + 13 + 6 + 2 + 7);
	}
}

static void test_tuples(void **state)
{
	struct fopnp_ask ask = make_ask(FOPNP_GETHOSTBYNAME4_R, AF_UNSPEC, 0, ROOM);

	(void)state;
	assert_int_equal(fopnp_ask_kind(&ask), FOPNP_ASK_BOTH_FAMILIES);
	assert_int_equal(fopnp_ask_answer(&ask, &answer), NSS_STATUS_SUCCESS);
	assert_string_equal(first->name, "host.example");
	assert_int_equal(first->family, AF_INET);
	assert_memory_equal(first->addr, addresses[0].bytes, 4);
	assert_int_equal(first->next->family, AF_INET6);
	assert_int_equal(first->next->scopeid, 7);
	assert_null(first->next->name);
	assert_memory_equal(first->next->addr, addresses[1].bytes, 16);
	assert_memory_equal(first->next->next->addr, addresses[2].bytes, 4);
	assert_null(first->next->next->next);
	assert_int_equal(ttl, 4711);
}

static void test_hostent(void **state)
{
	struct fopnp_ask ask = make_ask(FOPNP_GETHOSTBYNAME3_R, AF_INET, 1, ROOM);

	(void)state;
	answer.ttl = 60;
	answer.canonical = "canonical.example";
	assert_int_equal(fopnp_ask_kind(&ask), FOPNP_ASK_FAMILY);
	assert_int_equal(fopnp_ask_answer(&ask, &answer), NSS_STATUS_SUCCESS);
	answer.ttl = INT32_MAX;
	answer.canonical = NULL;
	assert_int_equal(ttl, 60);
	assert_string_equal(host.h_name, "host.example");
	assert_string_equal(canonical, "canonical.example");
	assert_string_equal(host.h_aliases[0], "alias");
	assert_string_equal(host.h_aliases[1], "a");
	assert_null(host.h_aliases[2]);
	assert_int_equal(host.h_addrtype, AF_INET);
	assert_int_equal(host.h_length, 4);
	assert_memory_equal(host.h_addr_list[0], addresses[0].bytes, 4);
	assert_memory_equal(host.h_addr_list[1], addresses[2].bytes, 4);
	assert_null(host.h_addr_list[2]);
}

static void test_canonical_is_the_name_else(void **state)
{
	struct fopnp_ask ask = make_ask(FOPNP_GETHOSTBYNAME3_R, AF_INET6, 0, ROOM);

	(void)state;
	assert_int_equal(fopnp_ask_answer(&ask, &answer), NSS_STATUS_SUCCESS);
	assert_ptr_equal(canonical, host.h_name);
	ask = make_ask(FOPNP_GETHOSTBYADDR_R, AF_INET6, 0, ROOM);
	ask.name = NULL;
	assert_int_equal(fopnp_ask_kind(&ask), FOPNP_ASK_ADDRESS);
	assert_int_equal(fopnp_ask_answer(&ask, &answer), NSS_STATUS_SUCCESS);
	assert_int_equal(host.h_length, 16);
}

static void test_options(void **state)
{
	static const char text[] = "hosts-file /a\nmdns-timeout 1s\nhosts-file /b\n";
	struct fopnp_conf *conf = fopnp_conf_parse(text, sizeof(text) - 1, NULL, NULL);
	struct fopnp_ask ask = { .conf = conf };

	(void)state;
	assert_string_equal(fopnp_ask_option(&ask, FOPNP_OPTION_HOSTS_FILE, 0)->text, "/a");
	assert_string_equal(fopnp_ask_option(&ask, FOPNP_OPTION_HOSTS_FILE, 1)->text, "/b");
	assert_null(fopnp_ask_option(&ask, FOPNP_OPTION_HOSTS_FILE, 2));
	assert_int_equal(fopnp_ask_option(&ask, FOPNP_OPTION_MDNS_TIMEOUT, 0)->number, 1000000);
	ask.conf = NULL;
	assert_null(fopnp_ask_option(&ask, FOPNP_OPTION_HOSTS_FILE, 0));
	fopnp_conf_destroy(conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buffers_of_every_size),
		cmocka_unit_test(test_tuples),
		cmocka_unit_test(test_hostent),
		cmocka_unit_test(test_canonical_is_the_name_else),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
