/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses as text. */
#include "nss_module/lookup/address.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/unit_test.h"

static const char *print(int family, const char *address, uint32_t scope,
			 char text[static FOPNP_ADDRESS_TEXT])
{
	unsigned char bytes[16];

	assert_int_equal(inet_pton(family, address, bytes), 1);
	return fopnp_address_print(family, bytes, scope, text);
}

static void test_print(void **state)
{
	const unsigned char ones[16] = { [0 ... 15] = 0xff };
	char text[FOPNP_ADDRESS_TEXT];

	(void)state;
	assert_string_equal(print(AF_INET, "192.0.2.1", 0, text), "192.0.2.1");
	assert_string_equal(print(AF_INET, "255.255.255.255", 0, text), "255.255.255.255");
	assert_string_equal(print(AF_INET6, "::", 0, text), "::");
	assert_string_equal(print(AF_INET6, "2001:db8:0:0::1", 0, text), "2001:db8::1");
	assert_string_equal(print(AF_INET6, "::ffff:192.0.2.1", 0, text), "::ffff:192.0.2.1");
	assert_string_equal(print(AF_INET6, "fe80::1", 7, text), "fe80::1%7");
	assert_string_equal(fopnp_address_print(AF_INET6, ones, UINT32_MAX, text),
			    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295");
	assert_ptr_equal(fopnp_address_print(AF_UNIX, ones, 1, text), text);
	assert_string_equal(text, "?");
}

static void test_family_names(void **state)
{
	(void)state;
	assert_string_equal(fopnp_family_name(AF_INET), "inet");
	assert_string_equal(fopnp_family_name(AF_INET6), "inet6");
	assert_string_equal(fopnp_family_name(AF_UNSPEC), "unspec");
	assert_string_equal(fopnp_family_name(AF_UNIX), "?");
	assert_string_equal(fopnp_family_name(-1), "?");
}

static void test_arpa_names(void **state)
{
	const unsigned char ones[16] = { [0 ... 15] = 0xff };
	unsigned char bytes[16];
	char name[FOPNP_ARPA_TEXT];

	(void)state;
	assert_int_equal(inet_pton(AF_INET, "192.0.2.10", bytes), 1);
	assert_true(fopnp_address_arpa_name(AF_INET, bytes, name));
	assert_string_equal(name, "10.2.0.192.in-addr.arpa");
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::567:89ab", bytes), 1);
	assert_true(fopnp_address_arpa_name(AF_INET6, bytes, name));
	assert_string_equal(name, "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
				  "8.b.d.0.1.0.0.2.ip6.arpa");
	assert_int_equal(strlen(name), 72);
	assert_true(fopnp_address_arpa_name(AF_INET, ones, name));
	assert_string_equal(name, "255.255.255.255.in-addr.arpa");
	assert_false(fopnp_address_arpa_name(AF_UNSPEC, ones, name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_family_names),
		cmocka_unit_test(test_arpa_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
