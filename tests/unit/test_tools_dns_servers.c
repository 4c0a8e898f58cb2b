/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words for name servers that hold an address: host names are looked up, and tested by tests/cli/dns.sh. */
#include "tools/dns_servers.h"

#include <arpa/inet.h>
#include <string.h>

#include "tests/unit/unit_test.h"

/* clang-format off */
static const struct { const char *word, *text; } words[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "192.0.2.1:53", "192.0.2.1" },
	{ "192.0.2.1:5353", "192.0.2.1:5353" },
	{ "2001:db8::1", "2001:db8::1" },
	{ "[2001:db8::1]", "2001:db8::1" },
	{ "[2001:DB8:0::1]:53", "2001:db8::1" },
	{ "[2001:db8::1]:5353", "[2001:db8::1]:5353" },
	{ "fe80::1%lo", "fe80::1%lo" },
	{ "[fe80::1%lo]:99", "[fe80::1%lo]:99" },
	{ "fe80::1%4294967295", "fe80::1%4294967295" },
	{ "", NULL },
	{ ":53", NULL },
	{ "ns.example:", NULL },
	{ "ns.example:0", NULL },
	{ "ns.example:65536", NULL },
	{ "ns.example:53x", NULL },
	{ "ns.example:+53", NULL },
	{ "[2001:db8::1", NULL },
	{ "[2001:db8::1]5353", NULL },
	{ "2001:db8::g", NULL },
};
/* clang-format on */

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct fopnp_dns_servers servers = { 0 };
		bool is_taken = fopnp_dns_servers_add(&servers, words[i].word);

		if (is_taken != (words[i].text != NULL) ||
		    (is_taken && strcmp(servers.list[0].text, words[i].text) != 0))
			fail_msg("\"%s\": %s", words[i].word,
				 is_taken ? servers.list[0].text : "refused");
		fopnp_dns_servers_clear(&servers);
	}
}

static void test_config(void **state)
{
	struct fopnp_resolver_config config = { .server_count = 2 };
	struct sockaddr_in *first = (struct sockaddr_in *)&config.servers[0].address;
	struct sockaddr_in6 *second = (struct sockaddr_in6 *)&config.servers[1].address;
	struct fopnp_dns_servers servers;

	(void)state;
	first->sin_family = AF_INET;
	first->sin_port = htons(53);
	first->sin_addr.s_addr = htonl(0xc0000235);
	config.servers[0].line = 7;
	second->sin6_family = AF_INET6;
	second->sin6_port = htons(53);
	second->sin6_addr = in6addr_loopback;
	fopnp_dns_servers_of_config(&config, &servers);
	assert_int_equal(servers.count, 2);
	assert_string_equal(servers.list[0].text, "192.0.2.53");
	assert_int_equal(servers.list[0].line, 7);
	assert_string_equal(servers.list[1].text, "::1");
	assert_int_equal(servers.list[1].line, 0);
	fopnp_dns_servers_clear(&servers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
