/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp:dns: what a lookup tells in its step, word by word. */
#include "nss_module/dns/report.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <string.h>

#include "tests/unit/unit_test.h"

/* NOERROR with AD: "www.example" by way of "a b.example", OPT with two extended errors. */
static const uint8_t packet[] = "\x12\x34\x81\xa0\0\1\0\2\0\0\0\1\3www\7example\0\0\1\0\1"
				"\xc0\x0c\0\5\0\1\0\0\0\x3c\0\6\3a b\xc0\x10"
				"\xc0\x29\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"
				"\0\0\x29\4\xd0\0\0\0\0\0\x11\0\x0f\0\7\0\3sta\0e\0\x0f\0\2\0\x16";

static struct fopnp_dns_lookup lookup;
static struct fopnp_detail detail;
static struct fopnp_ask ask;
static char line[2048];
static char *domains[] = { (char[]){ "corp.example" }, (char[]){ "." } };

static int set_up(void **state)
{
	(void)state;
	memset(&lookup, 0, sizeof(lookup));
	line[0] = '\0';
	detail = (struct fopnp_detail){ .line = line, .size = sizeof(line) };
	ask = (struct fopnp_ask){ .detail = &detail };
	lookup.ask = &ask;
	lookup.name = "www";
	lookup.type_count = 2;
	lookup.settings.search = domains;
	lookup.settings.search_count = 2;
	lookup.settings.server_count = 2;
	lookup.settings.servers[0].inet.sin_family = AF_INET;
	lookup.settings.servers[0].inet.sin_port = htons(53);
	lookup.settings.servers[0].inet.sin_addr.s_addr = inet_addr("192.0.2.1");
	lookup.settings.servers[1].inet6.sin6_family = AF_INET6;
	lookup.settings.servers[1].inet6.sin6_port = htons(5353);
	lookup.settings.servers[1].inet6.sin6_scope_id = 3;
	assert_int_equal(
		inet_pton(AF_INET6, "fe80::1", &lookup.settings.servers[1].inet6.sin6_addr), 1);
	return 0;
}

static void check(const char *wanted)
{
	fopnp_dns_report(&lookup);
	assert_string_equal(line, wanted);
	assert_false(detail.is_cut);
}

static void set_reply(size_t i, bool is_usable, size_t server)
{
	static uint8_t copies[2][sizeof(packet)];

	memcpy(copies[i], packet, sizeof(packet));
	lookup.is_usable[i] = is_usable;
	lookup.replies[i] = (struct fopnp_dns_reply){ .end = FOPNP_DNS_REPLIED,
						      .packet = copies[i],
						      .len = sizeof(packet) - 1,
						      .server = server,
						      .rtt_us = 1234 + (unsigned)i };
}

static void test_nothing(void **state)
{
	(void)state;
	check("");
	ask.detail = NULL;
	set_reply(0, true, 0);
	fopnp_dns_report(&lookup);
	assert_string_equal(line, "");
}

static void test_reply(void **state)
{
	(void)state;
	set_reply(0, true, 0);
	check("server=192.0.2.1 transport=udp rcode=NOERROR rtt=1234 "
	      "chain=a%5C032b.example ad=1 ede=3:sta%20e ede=22:");
}

/* An option that says to be longer than there is. */
static void test_long_option(void **state)
{
	(void)state;
	set_reply(0, true, 0);
	lookup.replies[0].packet[sizeof(packet) - 4] = 3;
	check("server=192.0.2.1 transport=udp rcode=NOERROR rtt=1234 "
	      "chain=a%5C032b.example ad=1 ede=3:sta%20e");
}

/* The reply with records is told of, before one that only came, over which server ever. */
static void test_which_reply(void **state)
{
	(void)state;
	set_reply(0, false, 0);
	set_reply(1, true, 1);
	lookup.replies[1].is_tcp = true;
	lookup.replies[1].len = 29;
	lookup.replies[1].packet[3] = 3;
	lookup.replies[1].packet[7] = 0;
	check("server=%5Bfe80::1%253%5D:5353 transport=tcp rcode=NXDOMAIN rtt=1235");
}

static void test_queries(void **state)
{
	struct fopnp_dns_log *log = &lookup.log;

	(void)state;
	log->sent[1] = 3;
	log->count = 3;
	log->queries[0] = (struct fopnp_dns_sent){ 10,        20,        0, 0, 0, FOPNP_DNS_REPLIED,
						   .type = 1, .rcode = 2 };
	log->queries[1] =
		(struct fopnp_dns_sent){ 30, 40, 0, 0, 1, FOPNP_DNS_TIMED_OUT, .type = 28 };
	log->queries[2] = (struct fopnp_dns_sent){ 50,
						   60,
						   0,
						   0,
						   FOPNP_DNS_NAME_AS_IS,
						   FOPNP_DNS_REPLIED,
						   .is_tcp = true,
						   .was_truncated = true,
						   .type = 12,
						   .answers = 7 };
	check("sent=%5Bfe80::1%253%5D:5353,3"
	      " query=10,192.0.2.1,udp,A,SERVFAIL,20,0,www.corp.example"
	      " query=30,192.0.2.1,udp,AAAA,timeout,40,0,www"
	      " query=50,192.0.2.1,udp+tcp,PTR,NOERROR,60,7,www");
}

/* More than there is room for, and more than the log holds, are counted. */
static void test_many_queries(void **state)
{
	const char *counted;

	(void)state;
	detail.size = 512;
	lookup.log.count = 100;
	for (size_t i = 0; i < FOPNP_DNS_LOG; i++)
		lookup.log.queries[i].name = FOPNP_DNS_NAME_AS_IS;
	fopnp_dns_report(&lookup);
	counted = strstr(line, " queries=");
	assert_non_null(counted);
	assert_true(strlen(line) < 512);
	assert_false(detail.is_cut);

	set_up(state);
	lookup.log.count = FOPNP_DNS_LOG + 5;
	for (size_t i = 0; i < FOPNP_DNS_LOG; i++)
		lookup.log.queries[i].name = FOPNP_DNS_NAME_AS_IS;
	detail.size = sizeof(line);
	fopnp_dns_report(&lookup);
	assert_non_null(strstr(line, " queries="));
}

static void test_hostile_name(void **state)
{
	(void)state;
	lookup.name = "\033[31m a";
	lookup.log.count = 1;
	lookup.log.queries[0].name = FOPNP_DNS_NAME_AS_IS;
	lookup.log.queries[0].end = FOPNP_DNS_REFUSED;
	lookup.log.queries[0].type = 28;
	check("query=0,192.0.2.1,udp,AAAA,refused,0,0,%1B%5B31m%20a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing, set_up),
		cmocka_unit_test_setup(test_reply, set_up),
		cmocka_unit_test_setup(test_long_option, set_up),
		cmocka_unit_test_setup(test_which_reply, set_up),
		cmocka_unit_test_setup(test_queries, set_up),
		cmocka_unit_test_setup(test_many_queries, set_up),
		cmocka_unit_test_setup(test_hostile_name, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
