/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Questions to servers on loopback that answer, fail and misbehave: what each comes to, how often it
 * was asked, and that no descriptor is left.
 */
#include "tools/dns_client.h"

#include <arpa/nameser.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/loopback_dns.h"
#include "tests/unit/unit_test.h"
#include "tools/clock.h"

#define LONG_US  20000000 /* never waited for, however loaded the machine */
#define SHORT_US 150000   /* waited for: nobody answers */

static void keep(struct fopnp_dns_exchange *exchange, void *context)
{
	(void)exchange;
	++*(unsigned *)context;
}

static unsigned count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* ---- one question ---- */

struct trial {
	const char *name;
	struct loopback_plan plan;
	bool uses_tcp, has_no_edns;
	uint64_t timeout_us;
	enum fopnp_dns_end end;
	unsigned rcode, tries;
	bool is_tcp, was_truncated, is_without_edns;
	const char *seen;
};

/* clang-format off */
static const struct trial trials[] = {
	{ "an address", { .a = SAYS_ADDRESS }, false, false, LONG_US,
	  FOPNP_DNS_REPLIED, ns_r_noerror, 1, false, false, false, "A" },
	{ "on IPv6", { .is_inet6 = true }, false, false, LONG_US,
	  FOPNP_DNS_REPLIED, ns_r_noerror, 1, false, false, false, "A" },
	{ "no such name", { .a = SAYS_NO_NAME }, false, false, LONG_US,
	  FOPNP_DNS_REPLIED, ns_r_nxdomain, 1, false, false, false, "A" },
	{ "SERVFAIL is an answer", { .a = SAYS_SERVFAIL }, false, false, LONG_US,
	  FOPNP_DNS_REPLIED, ns_r_servfail, 1, false, false, false, "A" },
	{ "a lost datagram", { .drops = 1 }, false, false, SHORT_US,
	  FOPNP_DNS_REPLIED, ns_r_noerror, 2, false, false, false, "A A" },
	{ "silence", { .a = SAYS_NOTHING }, false, false, SHORT_US,
	  FOPNP_DNS_TIMED_OUT, 0, 2, false, false, false, "A A" },
	{ "nobody there", { .is_closed = true }, false, false, LONG_US,
	  FOPNP_DNS_REFUSED, 0, 1, false, false, false, "" },
	{ "wrong ids", { .a = SAYS_WRONG_ID }, false, true, SHORT_US,
	  FOPNP_DNS_GARBAGE, 0, 2, false, false, false, "A A" },
	{ "truncated", { .a = SAYS_TRUNCATED }, false, false, LONG_US,
	  FOPNP_DNS_REPLIED, ns_r_noerror, 1, true, true, false, "A tcp:A" },
	{ "truncated, and TCP is silent", { .a = SAYS_TRUNCATED, .tcp = TCP_STALL }, false, false,
	  SHORT_US, FOPNP_DNS_TIMED_OUT, 0, 2, true, true, false, "A tcp:A A tcp:A" },
	{ "truncated, and there is no TCP", { .a = SAYS_TRUNCATED, .tcp = TCP_ABSENT }, false,
	  false, LONG_US, FOPNP_DNS_REFUSED, 0, 1, true, true, false, "A" },
	{ "TCP at once", { .a = SAYS_ADDRESS }, true, false, LONG_US,
	  FOPNP_DNS_REPLIED, ns_r_noerror, 1, true, false, false, "tcp:A" },
	{ "TCP is reset", { .tcp = TCP_RESET }, true, false, LONG_US,
	  FOPNP_DNS_UNREACHABLE, 0, 1, true, false, false, "tcp:A" },
	{ "FORMERR whatever is asked", { .a = SAYS_FORMERR }, false, false, LONG_US,
	  FOPNP_DNS_REPLIED, ns_r_formerr, 1, false, false, true, "A A" },
	{ "FORMERR without EDNS", { .a = SAYS_FORMERR }, false, true, LONG_US,
	  FOPNP_DNS_REPLIED, ns_r_formerr, 1, false, false, false, "A" },
};
/* clang-format on */

static void run_trial(const struct trial *trial)
{
	struct loopback_server *server = loopback_server_start(&trial->plan, 1);
	struct fopnp_dns_server to = { .address = loopback_server_address(server) };
	struct fopnp_dns_client_options options = {
		.uses_tcp = trial->uses_tcp,
		.has_no_edns = trial->has_no_edns,
		.is_recursive = true,
		.timeout_us = trial->timeout_us,
	};
	struct fopnp_dns_exchange exchange = { .server = &to, .name = "a.example", .type = ns_t_a };
	unsigned ended = 0;
	struct fopnp_dns_client *client = fopnp_dns_client_create(&options, keep, &ended);

	assert_true(fopnp_dns_client_ask(client, &exchange));
	assert_int_equal(ended, 0);
	fopnp_dns_client_run(client, 0);
	if (exchange.end != trial->end || exchange.tries != trial->tries ||
	    exchange.is_tcp != trial->is_tcp || exchange.was_truncated != trial->was_truncated ||
	    exchange.is_without_edns != trial->is_without_edns ||
	    (exchange.end == FOPNP_DNS_REPLIED && exchange.response.rcode != trial->rcode) ||
	    strcmp(loopback_server_seen(server), trial->seen) != 0)
		fail_msg("%s: end %d rcode %u tries %u tcp %d tc %d without edns %d, seen \"%s\"",
			 trial->name, exchange.end, exchange.response.rcode, exchange.tries,
			 exchange.is_tcp, exchange.was_truncated, exchange.is_without_edns,
			 loopback_server_seen(server));
	assert_int_equal(ended, 1);
	fopnp_dns_exchange_clear(&exchange);
	fopnp_dns_client_destroy(client);
	loopback_server_stop(server);
}

static void test_trials(void **state)
{
	unsigned before = count_descriptors();

	(void)state;
	for (size_t i = 0; i < sizeof(trials) / sizeof(*trials); i++)
		run_trial(&trials[i]);
	assert_int_equal(count_descriptors(), before);
}

/* ---- many ---- */

#define MANY 600

struct many {
	struct fopnp_dns_client *client;
	struct fopnp_dns_exchange *exchanges;
	unsigned asked, ended, most_descriptors;
	unsigned of_end[FOPNP_DNS_NO_SOCKET + 1];
};

static void ask_another(struct fopnp_dns_exchange *exchange, void *context)
{
	struct many *many = context;

	many->ended++;
	many->of_end[exchange->end]++;
	if (many->ended % 50 == 0 && count_descriptors() > many->most_descriptors)
		many->most_descriptors = count_descriptors();
	if (many->asked < MANY)
		assert_true(fopnp_dns_client_ask(many->client, &many->exchanges[many->asked++]));
}

/* MANY questions to servers with PLAN, the first half at once, each other when one has ended. */
static void ask_many(struct many *many, const struct loopback_plan *plan, bool uses_tcp,
		     unsigned parallel, unsigned descriptors)
{
	struct loopback_server *server = loopback_server_start(plan, 1);
	struct fopnp_dns_server to = { .address = loopback_server_address(server) };
	struct fopnp_dns_client_options options = {
		.uses_tcp = uses_tcp,
		.timeout_us = LONG_US,
		.parallel = parallel,
	};
	unsigned before = count_descriptors();

	*many = (struct many){ .exchanges = calloc(MANY, sizeof(*many->exchanges)) };
	assert_non_null(many->exchanges);
	many->client = fopnp_dns_client_create(&options, ask_another, many);
	for (size_t i = 0; i < MANY; i++)
		many->exchanges[i] = (struct fopnp_dns_exchange){
			.server = &to,
			.name = "a.example",
			.type = ns_t_a,
		};
	while (many->asked < MANY / 2)
		assert_true(fopnp_dns_client_ask(many->client, &many->exchanges[many->asked++]));
	fopnp_dns_client_run(many->client, 0);
	assert_int_equal(many->ended, MANY);
	assert_int_in_range(many->most_descriptors, 1, before + descriptors);
	for (size_t i = 0; i < MANY; i++)
		fopnp_dns_exchange_clear(&many->exchanges[i]);
	fopnp_dns_client_destroy(many->client);
	free(many->exchanges);
	loopback_server_stop(server);
}

static void test_many_share_a_socket(void **state)
{
	const struct loopback_plan plan = { .a = SAYS_ADDRESS };
	struct many many;

	(void)state;
	ask_many(&many, &plan, false, 0, 3);
	assert_int_equal(many.of_end[FOPNP_DNS_REPLIED], MANY);
}

/* A server that closes the connection after each reply: nobody else's question is lost by it. */
static void test_connections_that_end(void **state)
{
	const struct loopback_plan one = { .tcp = TCP_ONE };
	const struct loopback_plan truncated = { .a = SAYS_TRUNCATED, .tcp = TCP_ONE };
	struct many many;

	(void)state;
	ask_many(&many, &one, true, 5, 16);
	assert_int_equal(many.of_end[FOPNP_DNS_REPLIED], MANY);
	ask_many(&many, &truncated, false, 5, 64);
	assert_int_equal(many.of_end[FOPNP_DNS_REPLIED], MANY);
}

/* ---- no descriptors ---- */

#define SERVERS 8

static void forbid_descriptors(unsigned left, struct rlimit *before)
{
	struct rlimit limit;
	int lowest = dup(0);

	assert_true(lowest > 0);
	close(lowest);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, before), 0);
	limit = (struct rlimit){ .rlim_cur = (rlim_t)lowest + left, .rlim_max = before->rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* A question to each of SERVERS at once, while only so many sockets can be opened: how many were answered. */
static unsigned ask_with_descriptors(unsigned left, unsigned of_end[FOPNP_DNS_NO_SOCKET + 1])
{
	const struct loopback_plan plan = { .a_ms = 20 };
	struct fopnp_dns_client_options options = { .timeout_us = LONG_US };
	struct fopnp_dns_exchange exchanges[SERVERS];
	struct loopback_server *servers[SERVERS];
	struct fopnp_dns_server to[SERVERS] = { 0 };
	struct fopnp_dns_client *client;
	struct rlimit before;
	unsigned ended = 0;

	for (unsigned i = 0; i < SERVERS; i++) {
		servers[i] = loopback_server_start(&plan, i + 1);
		to[i].address = loopback_server_address(servers[i]);
		exchanges[i] = (struct fopnp_dns_exchange){
			.server = &to[i],
			.name = "a.example",
			.type = ns_t_a,
		};
	}
	client = fopnp_dns_client_create(&options, keep, &ended);
	for (unsigned i = 0; i < SERVERS; i++)
		assert_true(fopnp_dns_client_ask(client, &exchanges[i]));
	forbid_descriptors(left, &before);
	fopnp_dns_client_run(client, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	for (unsigned i = 0; i < SERVERS; i++) {
		of_end[exchanges[i].end]++;
		fopnp_dns_exchange_clear(&exchanges[i]);
		loopback_server_stop(servers[i]);
	}
	fopnp_dns_client_destroy(client);
	return ended;
}

/* Fewer at a time then, and all are answered; with none at all that is what each is told. */
static void test_few_descriptors(void **state)
{
	for (unsigned left = 0; left <= 3; left++) {
		unsigned of_end[FOPNP_DNS_NO_SOCKET + 1] = { 0 };

		(void)state;
		assert_int_equal(ask_with_descriptors(left, of_end), SERVERS);
		assert_int_equal(of_end[left > 0 ? FOPNP_DNS_REPLIED : FOPNP_DNS_NO_SOCKET],
				 SERVERS);
	}
}

/* ---- deadline, names, several servers ---- */

static void test_deadline(void **state)
{
	const struct loopback_plan plan = { .a = SAYS_NOTHING };
	struct loopback_server *server = loopback_server_start(&plan, 1);
	struct fopnp_dns_server to = { .address = loopback_server_address(server) };
	struct fopnp_dns_client_options options = { .timeout_us = LONG_US, .parallel = 1 };
	struct fopnp_dns_exchange exchanges[3];
	unsigned ended = 0;
	struct fopnp_dns_client *client = fopnp_dns_client_create(&options, keep, &ended);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		exchanges[i] = (struct fopnp_dns_exchange){
			.server = &to,
			.name = "a.example",
			.type = ns_t_a,
			.end = FOPNP_DNS_REPLIED,
		};
		assert_true(fopnp_dns_client_ask(client, &exchanges[i]));
	}
	fopnp_dns_client_run(client, fopnp_clock_now_us() + SHORT_US);
	assert_int_equal(ended, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(exchanges[i].end, FOPNP_DNS_PENDING);
	fopnp_dns_client_destroy(client);
	loopback_server_stop(server);
}

static void test_names(void **state)
{
	struct fopnp_dns_client_options options = { 0 };
	struct fopnp_dns_server to = { 0 };
	struct fopnp_dns_exchange exchange = { .server = &to, .type = ns_t_a };
	unsigned ended = 0;
	struct fopnp_dns_client *client = fopnp_dns_client_create(&options, keep, &ended);

	(void)state;
	exchange.name = "a..b";
	assert_false(fopnp_dns_client_ask(client, &exchange));
	exchange.name = "1234567890123456789012345678901234567890123456789012345678901234.example";
	assert_false(fopnp_dns_client_ask(client, &exchange));
	fopnp_dns_client_run(client, 0);
	assert_int_equal(ended, 0);
	fopnp_dns_client_destroy(client);
	assert_false(fopnp_dns_ask_servers(&options, &to, 1, "a..b", ns_t_a, &exchange));
}

/* What comes of servers with PLANS, asked in turn: the number of the one whose word it is. */
static size_t ask_in_turn(const struct loopback_plan *plans, size_t count, enum fopnp_dns_end *end,
			  unsigned *rcode)
{
	struct fopnp_dns_client_options options = { .timeout_us = SHORT_US, .tries = 1 };
	struct loopback_server *servers[3];
	struct fopnp_dns_server to[3] = { 0 };
	struct fopnp_dns_exchange exchange;
	size_t winner;

	for (size_t i = 0; i < count; i++) {
		servers[i] = loopback_server_start(&plans[i], (unsigned)i + 1);
		to[i].address = loopback_server_address(servers[i]);
	}
	assert_true(fopnp_dns_ask_servers(&options, to, count, "a.example", ns_t_a, &exchange));
	winner = (size_t)(exchange.server - to);
	*end = exchange.end;
	*rcode = exchange.response.rcode;
	fopnp_dns_exchange_clear(&exchange);
	for (size_t i = 0; i < count; i++)
		loopback_server_stop(servers[i]);
	return winner;
}

static void test_servers_in_turn(void **state)
{
	const struct loopback_plan third[] = {
		{ .a = SAYS_NOTHING },
		{ .a = SAYS_SERVFAIL },
		{ .a = SAYS_NO_NAME },
	};
	const struct loopback_plan none[] = { { .a = SAYS_REFUSED }, { .is_closed = true } };
	enum fopnp_dns_end end;
	unsigned rcode;

	(void)state;
	assert_int_equal(ask_in_turn(third, 3, &end, &rcode), 2);
	assert_int_equal(end, FOPNP_DNS_REPLIED);
	assert_int_equal(rcode, ns_r_nxdomain);
	assert_int_equal(ask_in_turn(none, 2, &end, &rcode), 0);
	assert_int_equal(end, FOPNP_DNS_REPLIED);
	assert_int_equal(rcode, ns_r_refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trials),
		cmocka_unit_test(test_many_share_a_socket),
		cmocka_unit_test(test_connections_that_end),
		cmocka_unit_test(test_few_descriptors),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_servers_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
