/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The transport over real sockets: servers on loopback that answer, fail and
 * misbehave.  Each trial says what comes of A and AAAA and what each server saw;
 * after each no descriptor is left.
 */
#include "nss_module/dns/transport.h"

#include <ares.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/loopback_dns.h"
#include "tests/unit/unit_test.h"

#define SERVERS_MAX 3
#define LONG_MS     20000 /* never waited for, however loaded the machine */
#define SHORT_MS    150   /* waited for: nobody answers */

struct trial {
	const char *name;
	struct loopback_plan plans[SERVERS_MAX];
	int timeout_ms, hedge_ms;
	unsigned attempts;
	bool uses_tcp, is_single_request, has_edns, is_only_a;
	bool is_at_any; /* the servers' address is written 0.0.0.0 */
	const char *replies;           /* TYPE=RCODE/ANSWERS@SERVER ... */
	const char *seen[SERVERS_MAX]; /* NULL: no such server */
};

#define ONE_TRY .attempts = 1
#define SAYS(both) { .a = SAYS_##both, .aaaa = SAYS_##both }
#define DEAD { .a = SAYS_NOTHING, .aaaa = SAYS_NOTHING }
#define CLOSED { .is_closed = true }
#define OVER_TCP(manner) { .a = SAYS_TRUNCATED, .aaaa = SAYS_TRUNCATED, .tcp = TCP_##manner }

/* What c-ares 1.18 makes of it, and 1.34, which keeps UDP queries when a TCP connection ends. */
#if ARES_VERSION >= 0x012200
#define BY_ARES(before, since) since
#else
#define BY_ARES(before, since) before
#endif

#define ANY "*" /* what the server sees depends on c-ares in more ways */

/* clang-format off */
static const struct trial trials[] = {
	/* One server: the queries are glibc's. */
	{ "both families", { SAYS(ADDRESS) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0", .seen = { "A AAAA" } },
	{ "one question", { SAYS(ADDRESS) }, LONG_MS, 50, 2, .is_only_a = true,
	  .replies = "A=NOERROR/1@0", .seen = { "A" } },
	{ "on IPv6", { { .is_inet6 = true } }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0", .seen = { "A AAAA" } },
	{ "one after the other", { SAYS(ADDRESS) }, LONG_MS, 50, 2, .is_single_request = true,
	  .replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0", .seen = { "A AAAA" } },
	{ "no data", { SAYS(NO_DATA) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/0@0 AAAA=NOERROR/0@0", .seen = { "A AAAA" } },
	{ "no name", { SAYS(NO_NAME) }, LONG_MS, 50, 2,
	  .replies = "A=NXDOMAIN/0@0 AAAA=NXDOMAIN/0@0", .seen = { "A AAAA" } },
	{ "SERVFAIL is asked again", { SAYS(SERVFAIL) }, LONG_MS, 50, 2,
	  .replies = "A=SERVFAIL/0@0 AAAA=SERVFAIL/0@0", .seen = { "A AAAA A AAAA" } },
	{ "so is a referral", { SAYS(REFERRAL) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/0@0 AAAA=NOERROR/0@0", .seen = { "A AAAA A AAAA" } },
	{ "and an echo", { SAYS(QUERY) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/0@0 AAAA=NOERROR/0@0", .seen = { "A AAAA A AAAA" } },
	{ "FORMERR is not", { SAYS(FORMERR) }, LONG_MS, 50, 2,
	  .replies = "A=FORMERR/0@0 AAAA=FORMERR/0@0", .seen = { "A AAAA" } },
	{ "A alone fails", { { .a = SAYS_ADDRESS, .aaaa = SAYS_SERVFAIL } }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0 AAAA=SERVFAIL/0@0", .seen = { "A AAAA" } },
	{ "silence", { DEAD }, SHORT_MS, 50, 2,
	  .replies = "A=timeout AAAA=timeout", .seen = { "A AAAA A AAAA" } },
	{ "closed port", { CLOSED }, LONG_MS, 50, 2,
	  .replies = "A=refused AAAA=refused", .seen = { "" } },
	{ "closed port, TCP", { CLOSED }, LONG_MS, 50, 2, .uses_tcp = true,
	  .replies = "A=refused AAAA=refused", .seen = { "" } },

	/* Datagrams that are none. */
	{ "empty datagram", { SAYS(EMPTY) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0", .seen = { "A AAAA" } },
	{ "short datagram", { SAYS(SHORT) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0", .seen = { "A AAAA" } },
	{ "twice", { SAYS(TWICE) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0", .seen = { "A AAAA" } },
	{ "other case", { SAYS(OTHER_CASE) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0", .seen = { "A AAAA" } },
	{ "wrong id", { SAYS(WRONG_ID) }, SHORT_MS, 50, ONE_TRY,
	  .replies = "A=garbage AAAA=garbage", .seen = { "A AAAA" } },
	{ "wrong name", { SAYS(WRONG_NAME) }, SHORT_MS, 50, ONE_TRY,
	  .replies = "A=garbage AAAA=garbage", .seen = { "A AAAA" } },
	{ "noise", { SAYS(NOISE) }, SHORT_MS, 50, ONE_TRY,
	  .replies = "A=garbage AAAA=garbage", .seen = { "A AAAA" } },
	{ "a flood", { SAYS(FLOOD) }, SHORT_MS, 50, ONE_TRY,
	  .replies = "A=garbage AAAA=garbage", .seen = { "A AAAA" } },
	{ "a flood and a server", { SAYS(FLOOD), SAYS(ADDRESS) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@1 AAAA=NOERROR/1@1", .seen = { "A AAAA", "A AAAA" } },
	{ "large with EDNS", { SAYS(MUCH) }, LONG_MS, 50, 2, .has_edns = true,
	  .replies = "A=NOERROR/7@0 AAAA=NOERROR/7@0", .seen = { "A AAAA" } },
	{ "large without", { SAYS(MUCH) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/7@0 AAAA=NOERROR/7@0", .seen = { "A AAAA" } },
	{ "truncated, no EDNS there", { { .a = SAYS_TRUNCATED_FORMERR } }, LONG_MS, 50, 2,
	  .has_edns = true, .is_only_a = true, .replies = "A=NOERROR/1@0/tcp", .seen = { "A tcp:A" } },
	{ "no EDNS there", { SAYS(FORMERR) }, LONG_MS, 50, 2, .has_edns = true,
	  .replies = "A=FORMERR/0@0 AAAA=FORMERR/0@0", .seen = { "A AAAA" } },

	/* TCP. */
	{ "truncated", { OVER_TCP(ADDRESS) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0/tcp AAAA=NOERROR/1@0/tcp", .seen = { "A AAAA tcp:A tcp:AAAA" } },
	{ "truncated, server 0.0.0.0", { OVER_TCP(ADDRESS) }, LONG_MS, 50, 2, .is_at_any = true,
	  .replies = "A=NOERROR/1@0/tcp AAAA=NOERROR/1@0/tcp", .seen = { "A AAAA tcp:A tcp:AAAA" } },
	{ "server 0.0.0.0", { SAYS(ADDRESS) }, LONG_MS, 50, 2, .is_at_any = true,
	  .replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0", .seen = { "A AAAA" } },
	{ "only A truncated", { { .a = SAYS_TRUNCATED } }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0/tcp AAAA=NOERROR/1@0", .seen = { "A AAAA tcp:A" } },
	{ "SERVFAIL is no matter of TCP", { SAYS(TRUNCATED_SERVFAIL), SAYS(ADDRESS) }, LONG_MS, LONG_MS, 2,
	  .replies = "A=NOERROR/1@1 AAAA=NOERROR/1@1", .seen = { "A AAAA", "A AAAA" } },
	{ "nor is a referral", { SAYS(TRUNCATED_REFERRAL) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/0@0 AAAA=NOERROR/0@0", .seen = { "A AAAA A AAAA" } },
	{ "no name, truncated", { SAYS(TRUNCATED_NO_NAME) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0/tcp AAAA=NOERROR/1@0/tcp", .seen = { "A AAAA tcp:A tcp:AAAA" } },
	{ "too large", { SAYS(TOO_MUCH) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0/tcp AAAA=NOERROR/1@0/tcp", .seen = { "A AAAA tcp:A tcp:AAAA" } },
	{ "truncated twice", { SAYS(TRUNCATED_TWICE) }, LONG_MS, 50, 2, .is_only_a = true,
	  .replies = "A=NOERROR/1@0/tcp", .seen = { "A tcp:A" } },
	{ "use-vc", { SAYS(ADDRESS) }, LONG_MS, 50, 2, .uses_tcp = true,
	  .replies = "A=NOERROR/1@0/tcp AAAA=NOERROR/1@0/tcp", .seen = { "tcp:A tcp:AAAA" } },
	{ "byte by byte", { OVER_TCP(DRIP) }, LONG_MS, 50, 2, .is_only_a = true,
	  .replies = "A=NOERROR/1@0/tcp", .seen = { "A tcp:A" } },
	{ "65,535 bytes", { OVER_TCP(LARGEST) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0/tcp AAAA=NOERROR/1@0/tcp", .seen = { "A AAAA tcp:A tcp:AAAA" } },
	{ "no TCP", { OVER_TCP(ABSENT) }, LONG_MS, 50, 2, .is_only_a = true,
	  .replies = "A=refused", .seen = { "A" } },
	{ "stall", { OVER_TCP(STALL) }, SHORT_MS, 50, 2, .is_only_a = true,
	  .replies = "A=timeout", .seen = { "A tcp:A" } },
	{ "stall, use-vc", { OVER_TCP(STALL) }, SHORT_MS, 50, 2, .uses_tcp = true,
	  .replies = "A=timeout AAAA=timeout", .seen = { "tcp:A tcp:AAAA" } },
	{ "reset", { OVER_TCP(RESET) }, LONG_MS, 50, 2, .is_only_a = true,
	  .replies = "A=unreachable", .seen = { "A tcp:A" } },
	{ "closed after the query", { OVER_TCP(CLOSE) }, LONG_MS, 50, 2, .is_only_a = true,
	  .replies = "A=unreachable", .seen = { "A tcp:A" } },
	{ "half a reply", { OVER_TCP(HALF) }, LONG_MS, 50, 2, .is_only_a = true,
	  .replies = "A=unreachable", .seen = { "A tcp:A" } },
	{ "half a reply, AAAA later", { { .a = SAYS_TRUNCATED, .aaaa = SAYS_TRUNCATED, .aaaa_ms = 100, .tcp = TCP_HALF } },
	  LONG_MS, 50, 2, .replies = "A=unreachable AAAA=unreachable", .seen = { ANY } },
	{ "a reply of no bytes", { OVER_TCP(ZERO) }, LONG_MS, 50, 2, .is_only_a = true,
	  .replies = "A=unreachable", .seen = { "A tcp:A" } },
	{ "SERVFAIL, use-vc", { OVER_TCP(SERVFAIL) }, LONG_MS, 50, 2, .uses_tcp = true,
	  .replies = "A=SERVFAIL/0@0/tcp AAAA=SERVFAIL/0@0/tcp", .seen = { "tcp:A tcp:AAAA" } },
	{ "one reply a connection", { OVER_TCP(ONE) }, LONG_MS, 50, 2, .uses_tcp = true,
	  .replies = "A=NOERROR/1@0/tcp AAAA=NOERROR/1@0/tcp", .seen = { "tcp:A tcp:AAAA" } },
	{ "one reply, AAAA by UDP", { { .a = SAYS_TRUNCATED, .aaaa_ms = 100, .tcp = TCP_ONE } }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0/tcp AAAA=NOERROR/1@0",
	  .seen = { BY_ARES("A AAAA tcp:A AAAA", "A AAAA tcp:A") } },
	{ "stall, then a server", { OVER_TCP(STALL), SAYS(ADDRESS) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@1 AAAA=NOERROR/1@1",
	  .seen = { "A AAAA tcp:A tcp:AAAA", "A AAAA" } },
	{ "truncated is not silent", { OVER_TCP(SLOW), SAYS(NO_NAME) }, LONG_MS, 50, 2, .is_only_a = true,
	  .replies = "A=NOERROR/1@0/tcp", .seen = { "A tcp:A", "A" } },
	{ "stall, and a server that loses", { OVER_TCP(STALL), { .drops = 2 } }, SHORT_MS, 50, 100,
	  .replies = "A=NOERROR/1@1 AAAA=NOERROR/1@1",
	  .seen = { "A AAAA tcp:A tcp:AAAA", "A AAAA A AAAA" } },
	{ "reset, then a server", { OVER_TCP(RESET), SAYS(ADDRESS) }, LONG_MS, LONG_MS, 2,
	  .is_only_a = true, .replies = "A=NOERROR/1@1", .seen = { "A tcp:A", "A" } },

	/* Several servers. */
	{ "the first is enough", { SAYS(ADDRESS), SAYS(ADDRESS) }, LONG_MS, LONG_MS, 2,
	  .replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0", .seen = { "A AAAA", "" } },
	{ "its no is, too", { SAYS(NO_NAME), SAYS(ADDRESS) }, LONG_MS, LONG_MS, 2,
	  .replies = "A=NXDOMAIN/0@0 AAAA=NXDOMAIN/0@0", .seen = { "A AAAA", "" } },
	{ "one dead of two", { DEAD, SAYS(ADDRESS) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@1 AAAA=NOERROR/1@1", .seen = { "A AAAA", "A AAAA" } },
	{ "two dead of three", { DEAD, DEAD, SAYS(ADDRESS) }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@2 AAAA=NOERROR/1@2", .seen = { "A AAAA", "A AAAA", "A AAAA" } },
	{ "one dead, IPv4 only", { DEAD, { .aaaa = SAYS_NO_DATA } }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@1 AAAA=NOERROR/0@1", .seen = { "A AAAA", "A AAAA" } },
	{ "one closed of two", { CLOSED, SAYS(ADDRESS) }, LONG_MS, LONG_MS, 2,
	  .replies = "A=NOERROR/1@1 AAAA=NOERROR/1@1", .seen = { "", "A AAAA" } },
	{ "SERVFAIL moves on", { SAYS(SERVFAIL), SAYS(ADDRESS) }, LONG_MS, LONG_MS, 2,
	  .replies = "A=NOERROR/1@1 AAAA=NOERROR/1@1", .seen = { "A AAAA", "A AAAA" } },
	{ "so does REFUSED", { SAYS(REFUSED), SAYS(NO_NAME) }, LONG_MS, LONG_MS, 2,
	  .replies = "A=NXDOMAIN/0@1 AAAA=NXDOMAIN/0@1", .seen = { "A AAAA", "A AAAA" } },
	{ "and NOTIMP", { SAYS(NOTIMP), SAYS(ADDRESS) }, LONG_MS, LONG_MS, 2,
	  .replies = "A=NOERROR/1@1 AAAA=NOERROR/1@1", .seen = { "A AAAA", "A AAAA" } },
	{ "all refuse", { SAYS(SERVFAIL), SAYS(REFUSED) }, LONG_MS, LONG_MS, 2,
	  .replies = "A=REFUSED/0@1 AAAA=REFUSED/0@1", .seen = { "A AAAA A AAAA", "A AAAA A AAAA" } },
	{ "refused and silent", { SAYS(SERVFAIL), DEAD }, SHORT_MS, SHORT_MS, ONE_TRY,
	  .replies = "A=SERVFAIL/0@0 AAAA=SERVFAIL/0@0", .seen = { "A AAAA", "A AAAA" } },
	{ "closed and silent", { CLOSED, DEAD }, SHORT_MS, SHORT_MS, ONE_TRY,
	  .replies = "A=timeout AAAA=timeout", .seen = { "", "A AAAA" } },
	{ "split DNS: no waits", { { .a_ms = 120, .aaaa_ms = 120 }, SAYS(NO_NAME) }, LONG_MS, 20, 2,
	  .replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0", .seen = { "A AAAA", "A AAAA" } },
	{ "dead first, no name", { DEAD, SAYS(NO_NAME) }, LONG_MS, 20, 2,
	  .replies = "A=NXDOMAIN/0@1 AAAA=NXDOMAIN/0@1", .seen = { "A AAAA A AAAA", "A AAAA" } },

	/* The other family is lost. */
	{ "AAAA lost once", { { .aaaa_drops = 1 } }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0", .seen = { "A AAAA AAAA" } },
	{ "AAAA always lost", { { .aaaa = SAYS_NOTHING } }, LONG_MS, 50, 2,
	  .replies = "A=NOERROR/1@0 AAAA=timeout", .seen = { "A AAAA AAAA" } },
	{ "A lost, no data", { { .a = SAYS_NOTHING, .aaaa = SAYS_NO_DATA } }, 2 * SHORT_MS, 50, 2,
	  .replies = "A=timeout AAAA=NOERROR/0@0", .seen = { "A AAAA A A" } },
	{ "all lost once", { { .drops = 2 } }, SHORT_MS, 50, 100,
	  .replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0", .seen = { "A AAAA A AAAA" } },
};
/* clang-format on */

static size_t count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void make_questions(struct fopnp_dns_question questions[2], bool has_edns)
{
	static const uint16_t types[2] = { 1, 28 };

	for (size_t i = 0; i < 2; i++) {
		questions[i].type = types[i];
		questions[i].len =
			fopnp_dns_write_query(questions[i].packet, 0, FOPNP_DNS_FLAG_RD,
					      "Host.Example", types[i], 1, has_edns ? 1200 : 0);
		assert_true(questions[i].len > 0);
	}
}

static void describe(char *text, size_t size, const char *type, const struct fopnp_dns_reply *reply)
{
	static const char *const ends[] = { "pending",	   "replied", "timeout", "refused",
					    "unreachable", "garbage", "no socket" };
	struct fopnp_dns_reader reader;
	char word[FOPNP_DNS_WORD_SIZE];
	size_t len = strlen(text);

	if (reply->end != FOPNP_DNS_REPLIED) {
		assert_null(reply->packet);
		snprintf(text + len, size - len, "%s%s=%s", len ? " " : "", type, ends[reply->end]);
		return;
	}
	assert_true(fopnp_dns_reader_start(&reader, reply->packet, reply->len));
	snprintf(text + len, size - len, "%s%s=%s/%u@%zu%s", len ? " " : "", type,
		 fopnp_dns_rcode_word(reader.header.flags & FOPNP_DNS_FLAG_RCODE, word),
		 reader.header.counts[1], reply->server, reply->is_tcp ? "/tcp" : "");
}

static void make_settings(struct fopnp_dns_settings *settings, const struct trial *trial)
{
	*settings = (struct fopnp_dns_settings){
		.timeout_us = (uint64_t)trial->timeout_ms * 1000,
		.hedge_us = (uint64_t)trial->hedge_ms * 1000,
		.attempts = trial->attempts,
		.total_us = (uint64_t)trial->timeout_ms * trial->attempts * 1000,
		.uses_tcp = trial->uses_tcp,
		.is_single_request = trial->is_single_request,
	};
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static void ask(const struct fopnp_dns_settings *settings, const struct trial *trial, char *text,
		size_t size, struct fopnp_dns_log *log)
{
	struct fopnp_dns_question questions[2];
	struct fopnp_dns_reply replies[2];
	struct fopnp_dns_transport *transport = fopnp_dns_transport_take(settings);
	size_t count = trial->is_only_a ? 1 : 2;

	assert_non_null(transport);
	make_questions(questions, trial->has_edns);
	memset(log, 0, sizeof(*log));
	log->start_us = now_us();
	log->name = 7;
	fopnp_dns_transport_ask(transport, settings, questions, count, replies, log);
	fopnp_dns_transport_give_back(transport);
	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		describe(text, size, i == 0 ? "A" : "AAAA", &replies[i]);
		free(replies[i].packet);
	}
}

/* TCP queries of A and AAAA come in any order: their truncated replies did. */
static bool is_as_seen(const char *seen, const char *expected)
{
	static const char both[] = "tcp:A tcp:AAAA", turned[] = "tcp:AAAA tcp:A";
	const char *at = strstr(expected, both);

	return strcmp(seen, expected) == 0 ||
	       (at && strncmp(seen, expected, (size_t)(at - expected)) == 0 &&
		strcmp(seen + (at - expected), turned) == 0);
}

/* Servers of PLANS, in SETTINGS, too; their number. */
static size_t start_servers(const struct trial *trial, struct loopback_server **servers,
			    struct fopnp_dns_settings *settings)
{
	size_t count = 0;

	make_settings(settings, trial);
	while (count < SERVERS_MAX && trial->seen[count]) {
		servers[count] = loopback_server_start(&trial->plans[count], (unsigned)count + 1);
		settings->servers[count] = loopback_server_address(servers[count]);
		if (trial->is_at_any)
			settings->servers[count].inet.sin_addr.s_addr = htonl(INADDR_ANY);
		count++;
	}
	settings->server_count = count;
	return count;
}

/* The servers' own connections end a little after ours. */
static void expect_descriptors(const char *name, size_t expected)
{
	size_t count = 0;

	for (int i = 0; i < 1000; i++) {
		const struct timespec pause = { 0, 10000000 };

		count = count_descriptors();
		if (count == expected)
			return;
		nanosleep(&pause, NULL);
	}
	fail_msg("%s: %zu descriptors instead of %zu", name, count, expected);
}

/* The log against what the servers saw and what the replies say. */
static void expect_log(const struct trial *trial, const struct fopnp_dns_log *log, size_t servers)
{
	unsigned sent[SERVERS_MAX] = { 0 };
	uint64_t elapsed_us = now_us() - log->start_us;
	size_t total = 0;

	assert_true(log->count <= FOPNP_DNS_LOG);
	for (size_t i = 0; i < log->count; i++) {
		const struct fopnp_dns_sent *entry = &log->queries[i];

		assert_true(entry->server < servers);
		sent[entry->server]++;
		assert_int_equal(entry->type, entry->question == 0 ? 1 : 28);
		assert_int_equal(entry->name, 7);
		assert_true((uint64_t)entry->at_us + entry->took_us <= elapsed_us);
		assert_true(i == 0 || entry->at_us >= entry[-1].at_us);
		assert_true(entry->is_tcp || (!entry->was_truncated && !trial->uses_tcp));
		if (entry->end != FOPNP_DNS_REPLIED)
			assert_true(entry->answers == 0 && entry->rcode == 0);
	}
	for (size_t i = 0; i < servers; i++) {
		assert_int_equal(sent[i], log->sent[i]);
		total += sent[i];
	}
	assert_int_equal(total, log->count);
}

static void run_trial(const struct trial *trial)
{
	struct loopback_server *servers[SERVERS_MAX];
	struct fopnp_dns_settings settings;
	struct fopnp_dns_log log;
	size_t count = start_servers(trial, servers, &settings);
	size_t descriptors = count_descriptors();
	char text[200];

	ask(&settings, trial, text, sizeof(text), &log);
	expect_descriptors(trial->name, descriptors);
	if (strcmp(text, trial->replies) != 0)
		fail_msg("%s: %s instead of %s", trial->name, text, trial->replies);
	for (size_t i = 0; i < count; i++) {
		const char *seen = loopback_server_seen(servers[i]);

		if (strcmp(trial->seen[i], ANY) != 0 && !is_as_seen(seen, trial->seen[i]))
			fail_msg("%s: server %zu saw \"%s\" instead of \"%s\"", trial->name, i, seen,
				 trial->seen[i]);
		loopback_server_stop(servers[i]);
	}
	expect_log(trial, &log, count);
}

static void test_trials(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++)
		run_trial(&trials[i]);
}

/* What the log says of one lookup, word for word. */
static void test_log(void **state)
{
	const struct trial trial = {
		.plans = { SAYS(SERVFAIL), { .a = SAYS_TRUNCATED, .aaaa = SAYS_NOTHING } },
		.timeout_ms = LONG_MS,
		.hedge_ms = LONG_MS,
		.attempts = 1,
		.seen = { "", "" },
	};
	struct loopback_server *servers[SERVERS_MAX];
	struct fopnp_dns_settings settings;
	struct fopnp_dns_log log;
	size_t count = start_servers(&trial, servers, &settings);
	char text[200];

	(void)state;
	ask(&settings, &trial, text, sizeof(text), &log);
	for (size_t i = 0; i < count; i++)
		loopback_server_stop(servers[i]);
	assert_string_equal(text, "A=NOERROR/1@1/tcp AAAA=timeout");
	assert_int_equal(log.count, 5);
	assert_int_equal(log.sent[0], 2);
	assert_int_equal(log.sent[1], 3);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(log.queries[i].server, 0);
		assert_int_equal(log.queries[i].end, FOPNP_DNS_REPLIED);
		assert_int_equal(log.queries[i].rcode, 2);
		assert_int_equal(log.queries[i].answers, 0);
		assert_false(log.queries[i].is_tcp);
	}
	assert_int_equal(log.queries[2].server, 1);
	assert_int_equal(log.queries[2].type, 1);
	assert_int_equal(log.queries[2].end, FOPNP_DNS_REPLIED);
	assert_int_equal(log.queries[2].rcode, 0);
	assert_int_equal(log.queries[2].answers, 1);
	assert_true(log.queries[2].is_tcp && log.queries[2].was_truncated);
	for (size_t i = 3; i < 5; i++) {
		assert_int_equal(log.queries[i].type, 28);
		assert_int_equal(log.queries[i].end, FOPNP_DNS_TIMED_OUT);
		assert_false(log.queries[i].is_tcp);
	}
	/* Patience with the lost one, and no more: it is over in one second, not in 20. */
	assert_true(log.queries[3].took_us >= FOPNP_DNS_PATIENCE_US);
	assert_true(log.queries[4].at_us >= log.queries[2].at_us + log.queries[2].took_us + 200000);
}

/* The log is full: the rest is counted. */
static void test_full_log(void **state)
{
	const struct trial trial = {
		.plans = { SAYS(SERVFAIL), SAYS(REFUSED), SAYS(SERVFAIL) },
		.timeout_ms = LONG_MS,
		.hedge_ms = LONG_MS,
		.attempts = 10,
		.seen = { "", "", "" },
	};
	struct loopback_server *servers[SERVERS_MAX];
	struct fopnp_dns_settings settings;
	struct fopnp_dns_log log;
	size_t count = start_servers(&trial, servers, &settings);
	char text[200];

	(void)state;
	ask(&settings, &trial, text, sizeof(text), &log);
	for (size_t i = 0; i < count; i++)
		loopback_server_stop(servers[i]);
	assert_string_equal(text, "A=SERVFAIL/0@2 AAAA=SERVFAIL/0@2");
	assert_int_equal(log.count, 60);
	assert_int_equal(log.sent[0] + log.sent[1] + log.sent[2], 60);
	assert_int_equal(log.queries[FOPNP_DNS_LOG - 1].end, FOPNP_DNS_REPLIED);
}

static const struct trial plain = {
	.name = "plain",
	.plans = { SAYS(ADDRESS) },
	.timeout_ms = LONG_MS,
	.hedge_ms = 50,
	.attempts = 2,
	.replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0",
	.seen = { "A AAAA" },
};

/* Each server is the first one in its turn. */
static void test_rotate(void **state)
{
	const struct trial trial = {
		.plans = { SAYS(ADDRESS), SAYS(ADDRESS), SAYS(ADDRESS) },
		.timeout_ms = LONG_MS,
		.hedge_ms = LONG_MS,
		.attempts = 1,
		.seen = { "", "", "" },
	};
	struct loopback_server *servers[SERVERS_MAX];
	struct fopnp_dns_settings settings;
	struct fopnp_dns_log log;
	size_t count = start_servers(&trial, servers, &settings);
	char text[200];

	(void)state;
	settings.does_rotate = true;
	for (size_t i = 0; i < 3 * count; i++)
		ask(&settings, &trial, text, sizeof(text), &log);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(loopback_server_seen(servers[i]), "A AAAA A AAAA A AAAA");
		loopback_server_stop(servers[i]);
	}
}

/* A transport is used again for the same servers, and for these only; surplus ones go. */
static void test_kept_transports(void **state)
{
	struct fopnp_dns_settings settings = { .server_count = 1 }, other;
	struct fopnp_dns_transport *transports[8], *again;

	(void)state;
	settings.servers[0].inet.sin_family = AF_INET;
	settings.servers[0].inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (size_t i = 0; i < 8; i++) {
		transports[i] = fopnp_dns_transport_take(&settings);
		assert_non_null(transports[i]);
		for (size_t j = 0; j < i; j++)
			assert_ptr_not_equal(transports[i], transports[j]);
	}
	for (size_t i = 0; i < 8; i++)
		fopnp_dns_transport_give_back(transports[i]);
	again = fopnp_dns_transport_take(&settings);
	fopnp_dns_transport_give_back(again);
	other = settings;
	other.servers[0].inet.sin_port = htons(53);
	transports[0] = fopnp_dns_transport_take(&other);
	other.uses_tcp = true;
	transports[1] = fopnp_dns_transport_take(&other);
	assert_ptr_equal(fopnp_dns_transport_take(&settings), again);
	fopnp_dns_transport_give_back(again);
	fopnp_dns_transport_give_back(transports[0]);
	fopnp_dns_transport_give_back(transports[1]);
	fopnp_dns_transport_give_back(NULL);
}

struct asker {
	const struct fopnp_dns_settings *settings;
	unsigned wrong;
};

static void *ask_often(void *argument)
{
	struct asker *asker = argument;
	struct fopnp_dns_log log;
	char text[200];

	for (int i = 0; i < 50; i++) {
		ask(asker->settings, &plain, text, sizeof(text), &log);
		if (strcmp(text, plain.replies) != 0)
			asker->wrong++;
	}
	return NULL;
}

/* gcc 12's sanitizers lock their allocator in a child that was forked beside threads. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FORKS_BESIDE_THREADS 0
#else
#define FORKS_BESIDE_THREADS 10
#endif

static int ask_as_child(const struct fopnp_dns_settings *settings)
{
	struct asker asker = { settings, 0 };

	ask_often(&asker);
	return asker.wrong == 0 ? 0 : 1;
}

static void expect_fork(const struct fopnp_dns_settings *settings)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(ask_as_child(settings));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Threads that come and go, and forks in between: the child asks with what it has inherited. */
static void test_threads_and_forks(void **state)
{
	struct loopback_server *servers[SERVERS_MAX];
	struct fopnp_dns_settings settings;
	struct asker askers[6];
	pthread_t threads[6];
	size_t before;

	(void)state;
	start_servers(&plain, servers, &settings);
	before = count_descriptors();
	for (size_t i = 0; i < 6; i++) {
		askers[i] = (struct asker){ &settings, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &askers[i]), 0);
	}
	for (int i = 0; i < FORKS_BESIDE_THREADS; i++)
		expect_fork(&settings);
	for (size_t i = 0; i < 6; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(askers[i].wrong, 0);
	}
	expect_descriptors("threads", before);
	expect_fork(&settings);
	loopback_server_stop(servers[0]);
}

static volatile sig_atomic_t alarms, standard_files;

static void on_alarm(int number)
{
	int error = errno;

	(void)number;
	alarms++;
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			standard_files++;
	errno = error;
}

/* A signal each few milliseconds, while nobody answers. */
static void storm(void)
{
	const struct itimerval every = { { 0, 3000 }, { 0, 3000 } };
	struct sigaction action = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

/* In a child: 0 if TRIAL came out as it says. */
static int ask_in_child(const struct trial *trial, bool closes_standard_files)
{
	struct loopback_server *servers[SERVERS_MAX];
	struct fopnp_dns_settings settings;
	struct fopnp_dns_log log;
	char text[200];

	start_servers(trial, servers, &settings);
	if (closes_standard_files)
		for (int fd = 0; fd < 3; fd++)
			close(fd);
	storm();
	ask(&settings, trial, text, sizeof(text), &log);
	if (strcmp(text, trial->replies) != 0 || alarms < 3)
		return 1;
	return closes_standard_files && standard_files > 0 ? 2 : 0;
}

static void expect_child(int (*act)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(act());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static const struct trial silent = {
	.plans = { { .a_ms = 200, .aaaa_ms = 200 } },
	.timeout_ms = LONG_MS,
	.hedge_ms = 50,
	.attempts = 1,
	.replies = "A=NOERROR/1@0 AAAA=NOERROR/1@0",
	.seen = { "" },
};

static int ask_among_signals(void)
{
	const struct trial dead = {
		.plans = { DEAD },
		.timeout_ms = SHORT_MS,
		.hedge_ms = 50,
		.attempts = 2,
		.replies = "A=timeout AAAA=timeout",
		.seen = { "" },
	};

	return ask_in_child(&silent, false) || ask_in_child(&dead, false);
}

static int ask_without_standard_files(void)
{
	return ask_in_child(&silent, true);
}

/* select(2) ends at 1024. */
static int ask_above_1024(void)
{
	const struct rlimit many = { 3000, 3000 };
	struct loopback_server *servers[SERVERS_MAX];
	struct fopnp_dns_settings settings;
	struct fopnp_dns_log log;
	char text[200];

	if (setrlimit(RLIMIT_NOFILE, &many) != 0)
		return 0;
	start_servers(&plain, servers, &settings);
	while (dup(1) < 2000)
		;
	for (int i = 0; i < 2; i++) {
		ask(&settings, &plain, text, sizeof(text), &log);
		if (strcmp(text, plain.replies) != 0)
			return 1;
		settings.uses_tcp = true;
		if (i == 1)
			break;
		ask(&settings, &plain, text, sizeof(text), &log);
		if (strcmp(text, "A=NOERROR/1@0/tcp AAAA=NOERROR/1@0/tcp") != 0)
			return 1;
		settings.uses_tcp = false;
	}
	return 0;
}

/* No descriptor is to be had: an error, at once. */
static int ask_without_descriptors(void)
{
	struct loopback_server *servers[SERVERS_MAX];
	struct fopnp_dns_settings settings;
	struct fopnp_dns_log log;
	struct rlimit few;
	char text[200];

	start_servers(&plain, servers, &settings);
	few.rlim_cur = few.rlim_max = (rlim_t)dup(1);
	if (setrlimit(RLIMIT_NOFILE, &few) != 0)
		return 1;
	ask(&settings, &plain, text, sizeof(text), &log);
	return strcmp(text, "A=no socket AAAA=no socket") != 0;
}

static void test_odd_processes(void **state)
{
	(void)state;
	expect_child(ask_among_signals);
	expect_child(ask_without_standard_files);
	expect_child(ask_above_1024);
	expect_child(ask_without_descriptors);
}

/* Ids are random, whatever the questions had, and those of A and AAAA differ. */
static void test_ids(void **state)
{
	struct loopback_server *servers[SERVERS_MAX];
	struct fopnp_dns_settings settings;
	unsigned ids[40], in_line = 0;

	(void)state;
	start_servers(&plain, servers, &settings);
	for (size_t i = 0; i < 40; i += 2) {
		struct fopnp_dns_question questions[2];
		struct fopnp_dns_reply replies[2];
		struct fopnp_dns_log log = { .start_us = now_us() };
		struct fopnp_dns_transport *transport = fopnp_dns_transport_take(&settings);

		make_questions(questions, false);
		fopnp_dns_transport_ask(transport, &settings, questions, 2, replies, &log);
		fopnp_dns_transport_give_back(transport);
		for (size_t q = 0; q < 2; q++) {
			assert_non_null(replies[q].packet);
			ids[i + q] = (unsigned)replies[q].packet[0] << 8 | replies[q].packet[1];
			free(replies[q].packet);
		}
		assert_int_not_equal(ids[i], ids[i + 1]);
	}
	for (size_t i = 1; i < 40; i++)
		in_line += ids[i] - ids[i - 1] < 100 || ids[i - 1] - ids[i] < 100;
	assert_true(in_line < 10); /* by chance: one in eight runs has one */
	loopback_server_stop(servers[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trials), cmocka_unit_test(test_log),
		cmocka_unit_test(test_full_log),       cmocka_unit_test(test_rotate),
		cmocka_unit_test(test_kept_transports), cmocka_unit_test(test_threads_and_forks),
		cmocka_unit_test(test_odd_processes),  cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
