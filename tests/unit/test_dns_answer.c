/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp:dns: replies, honest and hostile, and what answer is made of them. */
#include "nss_module/dns/answer.h"

#include "nss_module/dns/outcome.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

/* ---- replies by hand ---- */

struct reply {
	uint8_t bytes[65536];
	size_t len;
};

static void put(struct reply *reply, unsigned number, size_t size)
{
	while (size-- > 0)
		reply->bytes[reply->len++] = (uint8_t)(size < 4 ? number >> 8 * size : 0);
}

/* Labels between dots, bytes as they are. */
static void put_name(struct reply *reply, const char *name)
{
	while (*name) {
		size_t len = strcspn(name, ".");

		put(reply, (unsigned)len, 1);
		memcpy(reply->bytes + reply->len, name, len);
		reply->len += len;
		name += len + (name[len] == '.');
	}
	put(reply, 0, 1);
}

static void set_16(struct reply *reply, size_t at, unsigned number)
{
	reply->bytes[at] = (uint8_t)(number >> 8);
	reply->bytes[at + 1] = (uint8_t)number;
}

static void start(struct reply *reply, const char *name, unsigned type, unsigned rcode)
{
	reply->len = 0;
	put(reply, 0x1234, 2);
	put(reply, 0x8180 | rcode, 2);
	put(reply, 1, 2);
	put(reply, 0, 6);
	put_name(reply, name);
	put(reply, type, 2);
	put(reply, ns_c_in, 2);
}

/* Returns where the data's length stands. */
static size_t start_record(struct reply *reply, const char *owner, unsigned type, unsigned ttl)
{
	set_16(reply, 6, (unsigned)(reply->bytes[6] << 8 | reply->bytes[7]) + 1);
	put_name(reply, owner);
	put(reply, type, 2);
	put(reply, ns_c_in, 2);
	put(reply, ttl, 4);
	put(reply, 0, 2);
	return reply->len - 2;
}

static void add_target(struct reply *reply, const char *owner, unsigned type, const char *target)
{
	size_t at = start_record(reply, owner, type, 300);

	put_name(reply, target);
	set_16(reply, at, (unsigned)(reply->len - at - 2));
}

static void add_address(struct reply *reply, const char *owner, const char *address, unsigned ttl)
{
	bool is_inet6 = strchr(address, ':') != NULL;
	size_t at = start_record(reply, owner, is_inet6 ? ns_t_aaaa : ns_t_a, ttl);

	assert_int_equal(
		inet_pton(is_inet6 ? AF_INET6 : AF_INET, address, reply->bytes + reply->len), 1);
	reply->len += is_inet6 ? 16 : 4;
	set_16(reply, at, is_inet6 ? 16 : 4);
}

static struct fopnp_dns_bytes bytes_of(const struct reply *reply)
{
	return (struct fopnp_dns_bytes){ reply->bytes, reply->len };
}

/* ---- answers as text ---- */

/* "STATUS H_ERRNO ERRNO", or "name name ... address address ..." and the TTL. */
static const char *describe(const struct fopnp_dns_answer *answer)
{
	static char text[4096];
	char address[INET6_ADDRSTRLEN];
	size_t used = 0;

	assert_false(answer->is_without_memory);
	if (answer->status != NSS_STATUS_SUCCESS) {
		(void)snprintf(text, sizeof(text), "%d %d %d", answer->status, answer->h_error,
			       answer->error);
		return text;
	}
	for (size_t i = 0; i < answer->name_count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s ", answer->names[i]);
	for (size_t i = 0; i < answer->address_count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s ",
					 inet_ntop(answer->addresses[i].family,
						   answer->addresses[i].bytes, address,
						   sizeof(address)));
	(void)snprintf(text + used, sizeof(text) - used, "%d", answer->ttl);
	return text;
}

#define NOT_FOUND "0 1 0"   /* NOTFOUND HOST_NOT_FOUND */
#define BROKEN    "-1 3 90" /* UNAVAIL NO_RECOVERY EMSGSIZE */
#define EMPTY     "-2 3 2"  /* TRYAGAIN NO_RECOVERY ENOENT */

static void check_family(const struct reply *reply, int family, const char *wanted)
{
	struct fopnp_dns_answer answer;

	fopnp_dns_answer_start(&answer);
	fopnp_dns_answer_of_family(&answer, bytes_of(reply), family);
	assert_string_equal(describe(&answer), wanted);
	fopnp_dns_answer_clear(&answer);
}

static void check_both(const struct reply *inet, const struct reply *inet6, const char *wanted)
{
	struct fopnp_dns_bytes none = { NULL, 0 };
	struct fopnp_dns_answer answer;

	fopnp_dns_answer_start(&answer);
	fopnp_dns_answer_of_both(&answer, inet ? bytes_of(inet) : none,
				 inet6 ? bytes_of(inet6) : none);
	assert_string_equal(describe(&answer), wanted);
	fopnp_dns_answer_clear(&answer);
}

static void check_pointer(const struct reply *reply, const char *wanted)
{
	struct fopnp_dns_answer answer;

	fopnp_dns_answer_start(&answer);
	fopnp_dns_answer_of_pointer(&answer, bytes_of(reply));
	assert_string_equal(describe(&answer), wanted);
	fopnp_dns_answer_clear(&answer);
}

static struct reply reply, other;

/* ---- honest replies ---- */

static void test_addresses(void **state)
{
	(void)state;
	start(&reply, "www.example", ns_t_a, 0);
	check_family(&reply, AF_INET, EMPTY);
	check_both(&reply, NULL, NOT_FOUND);
	add_address(&reply, "WWW.Example", "192.0.2.1", 300);
	add_address(&reply, "www.example", "192.0.2.1", 60);
	add_address(&reply, "else.example", "192.0.2.2", 300);
	check_family(&reply, AF_INET, "www.example 192.0.2.1 192.0.2.1 60");
	start(&other, "www.example", ns_t_aaaa, 0);
	add_address(&other, "www.example", "2001:db8::1", 30);
	add_address(&other, "www.example", "192.0.2.3", 10);
	check_family(&other, AF_INET6, "www.example 2001:db8::1 30");
	check_both(&reply, &other, "www.example 192.0.2.1 192.0.2.1 2001:db8::1 30");
	check_both(NULL, &other, "www.example 2001:db8::1 30");
	check_both(&reply, NULL, "www.example 192.0.2.1 192.0.2.1 60");
	check_both(NULL, NULL, NOT_FOUND);
}

/* The chain is followed by its order, not by its owners; what is no host name is no alias. */
static void test_chains(void **state)
{
	(void)state;
	start(&reply, "www.example", ns_t_a, 0);
	add_target(&reply, "www.example", ns_t_cname, "Mid.Example");
	check_family(&reply, AF_INET, EMPTY);
	check_both(&reply, NULL, NOT_FOUND);
	add_target(&reply, "of.nobody", ns_t_cname, "end.example");
	add_address(&reply, "mid.example", "192.0.2.9", 300);
	add_address(&reply, "end.example", "192.0.2.1", 300);
	check_family(&reply, AF_INET, "www.example Mid.Example end.example 192.0.2.1 300");
	check_both(&reply, NULL, "end.example 192.0.2.1 300");

	start(&reply, "www.example", ns_t_a, 0);
	add_target(&reply, "www.example", ns_t_cname, "end.example");
	add_target(&reply, "end.example", ns_t_cname, "-e\033nd.example");
	add_address(&reply, "-e\033nd.example", "192.0.2.1", 300);
	check_family(&reply, AF_INET, "www.example end.example 192.0.2.1 300");
	check_both(&reply, NULL, "end.example 192.0.2.1 300");
}

/* The canonical name of tuples is fixed with the first address, and the first reply goes first. */
static void test_canonical_names(void **state)
{
	(void)state;
	start(&reply, "www.example", ns_t_a, 0);
	add_address(&reply, "www.example", "192.0.2.1", 300);
	add_target(&reply, "www.example", ns_t_cname, "late.example");
	add_address(&reply, "late.example", "192.0.2.2", 300);
	check_both(&reply, NULL, "www.example 192.0.2.1 192.0.2.2 300");
	check_family(&reply, AF_INET, "www.example late.example 192.0.2.1 192.0.2.2 300");
	start(&other, "www.example", ns_t_aaaa, 0);
	add_target(&other, "www.example", ns_t_cname, "six.example");
	check_both(&reply, &other, "www.example 192.0.2.1 192.0.2.2 300");
	add_address(&other, "six.example", "2001:db8::1", 300);
	check_both(&reply, &other, "www.example 192.0.2.1 192.0.2.2 2001:db8::1 300");
	check_both(NULL, &other, "six.example 2001:db8::1 300");
}

static void test_pointers(void **state)
{
	static const char *const hostile[] = { "b d.example",      "-dash.example",
					       "*.example",        "$(id).example",
					       "\033[31m.example", "a\nb.example",
					       "\303\274.example", "a;b.example" };

	(void)state;
	start(&reply, "1.2.0.192.in-addr.arpa", ns_t_ptr, 0);
	add_target(&reply, "else", ns_t_ptr, "else.example");
	check_pointer(&reply, EMPTY);
	add_target(&reply, "1.2.0.192.in-addr.arpa", ns_t_ptr, "First.Example");
	add_target(&reply, "1.2.0.192.in-addr.arpa", ns_t_ptr, "second.example");
	check_pointer(&reply, "First.Example 300");
	start(&reply, "1.2.0.192.in-addr.arpa", ns_t_ptr, 0);
	add_target(&reply, "1.2.0.192.in-addr.arpa", ns_t_cname, "1.0-7.2.0.192.in-addr.arpa");
	add_target(&reply, "1.0-7.2.0.192.in-addr.arpa", ns_t_ptr, "host.example");
	check_pointer(&reply, "host.example 300");
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		start(&reply, "1.2.0.192.in-addr.arpa", ns_t_ptr, 0);
		add_target(&reply, "1.2.0.192.in-addr.arpa", ns_t_ptr, hostile[i]);
		check_pointer(&reply, "-1 3 0");
	}
}

/* A PTR behind the answer section is none (CVE-2026-4437). */
static void test_other_sections(void **state)
{
	(void)state;
	start(&reply, "1.2.0.192.in-addr.arpa", ns_t_ptr, 0);
	add_target(&reply, "1.2.0.192.in-addr.arpa", ns_t_ptr, "host.example");
	set_16(&reply, 6, 0);
	set_16(&reply, 8, 1);
	check_pointer(&reply, EMPTY);
	start(&reply, "www.example", ns_t_a, 0);
	add_address(&reply, "www.example", "192.0.2.1", 300);
	set_16(&reply, 6, 0);
	set_16(&reply, 10, 1);
	check_family(&reply, AF_INET, EMPTY);
	check_both(&reply, NULL, NOT_FOUND);
}

/* ---- hostile replies ---- */

static void test_bad_questions(void **state)
{
	(void)state;
	start(&reply, "w w.example", ns_t_a, 0);
	add_address(&reply, "w w.example", "192.0.2.1", 300);
	check_family(&reply, AF_INET, "0 1 2"); /* NOTFOUND HOST_NOT_FOUND ENOENT */
	check_both(&reply, NULL, NOT_FOUND);
	start(&reply, "www.example", ns_t_a, 0);
	add_address(&reply, "www.example", "192.0.2.1", 300);
	set_16(&reply, 4, 0);
	check_family(&reply, AF_INET, BROKEN);
	set_16(&reply, 4, 2);
	check_family(&reply, AF_INET, BROKEN);
	/* Two questions, and both of them there. */
	start(&reply, "www.example", ns_t_a, 0);
	put_name(&reply, "www.example");
	put(&reply, ns_t_a, 2);
	put(&reply, ns_c_in, 2);
	add_address(&reply, "www.example", "192.0.2.1", 300);
	set_16(&reply, 4, 2);
	check_family(&reply, AF_INET, BROKEN);
	check_both(&reply, NULL, BROKEN);
	reply.len = 11;
	check_family(&reply, AF_INET, BROKEN);
	check_both(&reply, NULL, BROKEN);
	check_pointer(&reply, BROKEN);
	reply.len = 0;
	check_family(&reply, AF_INET, BROKEN);
}

/* Cut anywhere: broken, or with tuples the first reply alone. */
static void test_cut(void **state)
{
	size_t len;

	(void)state;
	start(&reply, "www.example", ns_t_a, 0);
	add_target(&reply, "www.example", ns_t_cname, "end.example");
	add_address(&reply, "end.example", "192.0.2.1", 300);
	start(&other, "www.example", ns_t_aaaa, 0);
	add_address(&other, "www.example", "2001:db8::1", 300);
	len = reply.len;
	for (reply.len = 0; reply.len < len; reply.len++) {
		check_family(&reply, AF_INET, BROKEN);
		check_both(&reply, &other, BROKEN);
	}
	reply.len = len;
	len = other.len;
	for (other.len = 0; other.len < len; other.len++)
		check_both(&reply, &other, "end.example 192.0.2.1 300");
	/* More promised than there is. */
	set_16(&reply, 6, 65535);
	check_family(&reply, AF_INET, BROKEN);
}

static void test_odd_records(void **state)
{
	size_t at;

	(void)state;
	/* An address of the wrong length, and one of another class (glibc's tuples take that). */
	start(&reply, "www.example", ns_t_a, 0);
	at = start_record(&reply, "www.example", ns_t_a, 300);
	put(&reply, 0xc0000201, 4);
	put(&reply, 0, 1);
	set_16(&reply, at, 5);
	check_family(&reply, AF_INET, EMPTY);
	check_both(&reply, NULL, NOT_FOUND);
	start(&reply, "www.example", ns_t_a, 0);
	add_address(&reply, "www.example", "192.0.2.1", 300);
	set_16(&reply, reply.len - 12, ns_c_chaos);
	check_family(&reply, AF_INET, EMPTY);
	check_both(&reply, NULL, "www.example 192.0.2.1 300");
	/* A TTL with the highest bit does not count. */
	start(&reply, "www.example", ns_t_a, 0);
	add_address(&reply, "www.example", "192.0.2.1", 0x80000000);
	check_family(&reply, AF_INET, "www.example 192.0.2.1 2147483647");
}

/* A pointer to itself, as an owner and as a target. */
static void test_loops(void **state)
{
	size_t at;

	(void)state;
	start(&reply, "www.example", ns_t_a, 0);
	at = reply.len;
	add_address(&reply, "", "192.0.2.1", 300);
	memmove(reply.bytes + at + 2, reply.bytes + at + 1, reply.len - at - 1);
	reply.len++;
	set_16(&reply, at, 0xc000 | (unsigned)at);
	check_family(&reply, AF_INET, BROKEN);
	start(&reply, "www.example", ns_t_a, 0);
	at = start_record(&reply, "www.example", ns_t_cname, 300);
	put(&reply, 0xc000 | (unsigned)reply.len, 2);
	set_16(&reply, at, 2);
	check_family(&reply, AF_INET, BROKEN);
	check_both(&reply, NULL, BROKEN);

	/* A CNAME that leads back is only long. */
	start(&reply, "a", ns_t_a, 0);
	for (size_t i = 0; i < 100; i++)
		add_target(&reply, i % 2 ? "b" : "a", ns_t_cname, i % 2 ? "a" : "b");
	check_family(&reply, AF_INET, EMPTY);
	check_both(&reply, NULL, NOT_FOUND);
}

static void test_many_addresses(void **state)
{
	struct fopnp_dns_answer answer;
	char address[16];

	(void)state;
	start(&reply, "w", ns_t_a, 0);
	for (unsigned i = 0; i < 3600; i++) {
		(void)snprintf(address, sizeof(address), "10.0.%u.%u", i >> 8, i & 0xff);
		add_address(&reply, "w", address, 300);
	}
	fopnp_dns_answer_start(&answer);
	fopnp_dns_answer_of_family(&answer, bytes_of(&reply), AF_INET);
	assert_int_equal(answer.status, NSS_STATUS_SUCCESS);
	assert_int_equal(answer.address_count, 3600);
	for (unsigned i = 0; i < 3600; i++)
		assert_memory_equal(answer.addresses[i].bytes,
				    ((const uint8_t[]){ 10, 0, (uint8_t)(i >> 8), (uint8_t)i }), 4);
	fopnp_dns_answer_clear(&answer);
}

/* What nscd may keep of a failure: of tuples what was seen, of a hostent nothing. */
static void test_ttl_of_failures(void **state)
{
	struct fopnp_dns_answer answer;

	(void)state;
	start(&reply, "www.example", ns_t_a, 0);
	add_target(&reply, "www.example", ns_t_cname, "end.example");
	fopnp_dns_answer_start(&answer);
	fopnp_dns_answer_of_family(&answer, bytes_of(&reply), AF_INET);
	assert_int_equal(answer.ttl, 0);
	fopnp_dns_answer_clear(&answer);
	fopnp_dns_answer_of_pointer(&answer, bytes_of(&reply));
	assert_int_equal(answer.ttl, 0);
	fopnp_dns_answer_clear(&answer);
	fopnp_dns_answer_of_both(&answer, bytes_of(&reply), (struct fopnp_dns_bytes){ NULL, 0 });
	assert_int_equal(answer.ttl, 300);
	fopnp_dns_answer_clear(&answer);
	assert_int_equal(answer.ttl, INT32_MAX);
	reply.len--;
	fopnp_dns_answer_of_family(&answer, bytes_of(&reply), AF_INET);
	assert_int_equal(answer.ttl, INT32_MAX);
	fopnp_dns_answer_clear(&answer);
}

/* ---- sorting ---- */

static void test_sort(void **state)
{
	const struct fopnp_dns_net nets[] = {
		{ inet_addr("10.2.0.0"), inet_addr("255.255.0.0") },
		{ inet_addr("10.0.0.0"), inet_addr("255.0.0.0") },
	};
	struct fopnp_dns_answer answer;
	char address[16];

	(void)state;
	start(&reply, "w", ns_t_a, 0);
	add_address(&reply, "w", "192.0.2.1", 300);
	add_address(&reply, "w", "10.1.0.1", 300);
	add_address(&reply, "w", "10.2.0.1", 300);
	add_address(&reply, "w", "192.0.2.2", 300);
	add_address(&reply, "w", "10.2.0.2", 300);
	fopnp_dns_answer_start(&answer);
	fopnp_dns_answer_of_family(&answer, bytes_of(&reply), AF_INET);
	fopnp_dns_answer_sort(&answer, nets, 0);
	assert_string_equal(describe(&answer),
			    "w 192.0.2.1 10.1.0.1 10.2.0.1 192.0.2.2 10.2.0.2 300");
	fopnp_dns_answer_sort(&answer, nets, 2);
	assert_string_equal(describe(&answer),
			    "w 10.2.0.1 10.2.0.2 10.1.0.1 192.0.2.1 192.0.2.2 300");
	fopnp_dns_answer_clear(&answer);

	/* The 49th stays where it is. */
	start(&reply, "w", ns_t_a, 0);
	for (unsigned i = 0; i < 48; i++) {
		(void)snprintf(address, sizeof(address), "192.0.2.%u", i);
		add_address(&reply, "w", address, 300);
	}
	add_address(&reply, "w", "10.2.0.1", 300);
	fopnp_dns_answer_start(&answer);
	fopnp_dns_answer_of_family(&answer, bytes_of(&reply), AF_INET);
	fopnp_dns_answer_sort(&answer, nets, 2);
	assert_int_equal(answer.addresses[48].bytes[0], 10);
	fopnp_dns_answer_clear(&answer);
}

/* ---- what replies come to ---- */

static struct fopnp_dns_log no_log;

/* A header alone: rcode, answers, and whether the server recurses. */
static struct fopnp_dns_reply header(unsigned rcode, unsigned answers, bool is_tcp, bool recurses)
{
	struct fopnp_dns_reply made = { .end = FOPNP_DNS_REPLIED, .len = 12, .is_tcp = is_tcp };

	made.packet = calloc(1, 12);
	made.packet[2] = 0x81;
	made.packet[3] = (uint8_t)((recurses ? 0x80 : 0) | rcode);
	made.packet[7] = (uint8_t)answers;
	return made;
}

struct judge_case {
	int rcodes[2]; /* -1: silence; -2: refused by ICMP */
	unsigned answers[2];
	size_t count;
	bool is_tcp, does_not_recurse, uses_tcp;
	struct fopnp_dns_outcome outcome;
};

static struct fopnp_dns_reply reply_of(const struct judge_case *one, size_t i)
{
	if (one->rcodes[i] >= 0)
		return header((unsigned)one->rcodes[i], one->answers[i], one->is_tcp,
			      !one->does_not_recurse);
	return (struct fopnp_dns_reply){ .end = one->rcodes[i] == -1 ? FOPNP_DNS_TIMED_OUT
								     : FOPNP_DNS_REFUSED };
}

static void test_judge(void **state)
{
	static const struct judge_case cases[] = {
		{ { 0 }, { 1 }, 1, false, false, false, { .is_answered = true } },
		{ { 0 }, { 0 }, 1, false, false, false, { .h_error = NO_DATA } },
		{ { 3 }, { 0 }, 1, false, false, false, { .h_error = HOST_NOT_FOUND, .rcode = 3 } },
		{ { 3 }, { 1 }, 1, false, false, false, { .h_error = HOST_NOT_FOUND, .rcode = 3 } },
		{ { 1 }, { 0 }, 1, false, false, false, { .h_error = NO_RECOVERY, .rcode = 1 } },
		{ { 9 }, { 0 }, 1, false, false, false, { .h_error = NO_RECOVERY, .rcode = 9 } },
		{ { 2 }, { 0 }, 1, false, false, false, { false, TRY_AGAIN, ETIMEDOUT, 2 } },
		{ { 4 }, { 0 }, 1, false, false, false, { false, TRY_AGAIN, ETIMEDOUT, 4 } },
		{ { 5 }, { 0 }, 1, false, false, false, { false, TRY_AGAIN, ETIMEDOUT, 5 } },
		{ { 5 }, { 1 }, 1, false, false, false, { false, TRY_AGAIN, ETIMEDOUT, 5 } },
		{ { 0 }, { 0 }, 1, false, true, false, { false, TRY_AGAIN, ETIMEDOUT, 0 } },
		/* Over TCP for its length, and because of use-vc. */
		{ { 2 }, { 0 }, 1, true, false, false, { false, TRY_AGAIN, ETIMEDOUT, 2 } },
		{ { 0 }, { 0 }, 1, true, true, false, { .h_error = NO_DATA } },
		{ { 2 }, { 0 }, 1, true, false, true, { .h_error = TRY_AGAIN, .rcode = 2 } },
		{ { 5 }, { 0 }, 1, true, false, true, { .h_error = NO_RECOVERY, .rcode = 5 } },
		{ { -1 }, { 0 }, 1, false, false, false, { false, TRY_AGAIN, ETIMEDOUT, 0 } },
		{ { -2 }, { 0 }, 1, false, false, false, { false, TRY_AGAIN, ECONNREFUSED, 0 } },
		/* Of two, one with records is an answer, and a silent one does not count. */
		{ { 3, 0 }, { 0, 1 }, 2, false, false, false, { .is_answered = true } },
		{ { 0, 2 }, { 1, 0 }, 2, false, false, false, { .is_answered = true } },
		{ { 2, 0 }, { 0, 0 }, 2, false, false, false, { .h_error = NO_DATA } },
		{ { 0, 3 },
		  { 0, 0 },
		  2,
		  false,
		  false,
		  false,
		  { .h_error = HOST_NOT_FOUND, .rcode = 0 } },
		/* The first one's code: this SERVFAIL ends a search list. */
		{ { 0, 2 }, { 0, 0 }, 2, true, false, true, { .h_error = TRY_AGAIN, .rcode = 0 } },
		{ { 1, 3 },
		  { 0, 0 },
		  2,
		  false,
		  false,
		  false,
		  { .h_error = NO_RECOVERY, .rcode = 1 } },
		{ { 0, -1 }, { 0, 0 }, 2, false, false, false, { .h_error = NO_DATA } },
		{ { -1, 2 }, { 0, 0 }, 2, false, false, false, { false, TRY_AGAIN, ETIMEDOUT, 2 } },
		{ { -1, -2 },
		  { 0, 0 },
		  2,
		  false,
		  false,
		  false,
		  { false, TRY_AGAIN, ETIMEDOUT, 0 } },
		{ { -2, -2 },
		  { 0, 0 },
		  2,
		  false,
		  false,
		  false,
		  { false, TRY_AGAIN, ECONNREFUSED, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct judge_case *one = &cases[i];
		struct fopnp_dns_reply replies[2] = { reply_of(one, 0), reply_of(one, 1) };
		struct fopnp_dns_outcome outcome;
		bool usable[FOPNP_DNS_QUESTIONS];

		outcome = fopnp_dns_judge(replies, one->count, one->uses_tcp, &no_log, 0, usable);
		if (outcome.is_answered != one->outcome.is_answered ||
		    (!outcome.is_answered &&
		     (outcome.h_error != one->outcome.h_error ||
		      outcome.error != one->outcome.error || outcome.rcode != one->outcome.rcode)))
			fail_msg("case %zu: %d %d %d %u", i, outcome.is_answered, outcome.h_error,
				 outcome.error, outcome.rcode);
		free(replies[0].packet);
		free(replies[1].packet);
	}
}

/* One server that only timed out among those that refused: it was no refusal (errno). */
static void test_judge_by_log(void **state)
{
	struct fopnp_dns_log log = { .count = 3,
				     .queries = {
					     { .end = FOPNP_DNS_REPLIED, .rcode = ns_r_servfail },
					     { .end = FOPNP_DNS_REFUSED },
					     { .end = FOPNP_DNS_REFUSED },
				     } };
	struct fopnp_dns_reply none = { .end = FOPNP_DNS_REFUSED };
	bool usable[FOPNP_DNS_QUESTIONS];
	struct fopnp_dns_outcome outcome;

	(void)state;
	outcome = fopnp_dns_judge(&none, 1, false, &log, 0, usable);
	assert_int_equal(outcome.error, ETIMEDOUT);
	assert_int_equal(outcome.rcode, ns_r_servfail);
	/* What an earlier name came to does not count. */
	outcome = fopnp_dns_judge(&none, 1, false, &log, 1, usable);
	assert_int_equal(outcome.error, ECONNREFUSED);
	assert_int_equal(outcome.rcode, 0);
	/* Nor could it be asked without a socket; but one that was asked did not answer. */
	log.queries[2].end = FOPNP_DNS_NO_SOCKET;
	outcome = fopnp_dns_judge(&none, 1, false, &log, 1, usable);
	assert_int_equal(outcome.error, EMFILE);
	assert_int_equal(outcome.h_error, TRY_AGAIN);
	outcome = fopnp_dns_judge(&none, 1, false, &log, 0, usable);
	assert_int_equal(outcome.error, ETIMEDOUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_canonical_names),
		cmocka_unit_test(test_pointers),
		cmocka_unit_test(test_other_sections),
		cmocka_unit_test(test_bad_questions),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_odd_records),
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_many_addresses),
		cmocka_unit_test(test_ttl_of_failures),
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_judge_by_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
