/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a reply is to a resolver that walks: every verdict, of replies made by hand. */
#include "tools/walk.h"

#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

#define NONE          FOPNP_WALK_BROKEN /* `otherwise` of what is not lame is not looked at */
#define RECORDS(list) list, sizeof(list) / sizeof(*(list))

/* DATA is the text and the target, as of CNAME and NS. */
#define RECORD(part, name, kind, value)                                              \
	{                                                                             \
		.section = FOPNP_DNS_##part, .owner = (char[]){ name },               \
		.type = ns_t_##kind, .class = ns_c_in, .ttl = 60,                     \
		.text = (char[]){ value }, .target = (char[]){ value },               \
	}

static struct fopnp_walk_reading reading;

static int clear(void **state)
{
	(void)state;
	free(reading.words);
	reading = (struct fopnp_walk_reading){ 0 };
	return 0;
}

/* Of a server of "example." that was asked for www.example.; negative_ttl as without a SOA. */
static void read_reply(bool is_authoritative, unsigned rcode, unsigned type, int64_t negative_ttl,
		       struct fopnp_dns_response_record *records, size_t count)
{
	struct fopnp_dns_response response = {
		.is_reply = true,
		.is_authoritative = is_authoritative,
		.rcode = rcode,
		.records = records,
		.record_count = count,
		.ede_code = -1,
		.negative_ttl = negative_ttl,
	};

	(void)clear(NULL);
	fopnp_walk_read(&response, "example.", "www.example.", type, &reading);
}

static void check(enum fopnp_walk_verdict verdict, enum fopnp_walk_verdict otherwise,
		  const char *target, const char *words)
{
	assert_string_equal(fopnp_walk_verdict_name(reading.verdict),
			    fopnp_walk_verdict_name(verdict));
	if (verdict == FOPNP_WALK_LAME)
		assert_string_equal(fopnp_walk_verdict_name(reading.otherwise),
				    fopnp_walk_verdict_name(otherwise));
	if (target)
		assert_string_equal(reading.target, target);
	assert_string_equal(reading.words, words);
}

static void test_answers(void **state)
{
	struct fopnp_dns_response_record one[] = {
		RECORD(ANSWER, "WWW.example.", a, "192.0.2.1"),
	};
	struct fopnp_dns_response_record three[] = {
		RECORD(ANSWER, "www.example.", a, "192.0.2.1"),
		RECORD(ANSWER, "other.example.", a, "192.0.2.9"),
		RECORD(ANSWER, "www.example.", a, "192.0.2.2"),
		RECORD(ADDITIONAL, "www.example.", a, "192.0.2.3"),
	};

	(void)state;
	read_reply(true, ns_r_noerror, ns_t_a, -1, RECORDS(one));
	check(FOPNP_WALK_ANSWER, NONE, "www.example.", "answer: 192.0.2.1");
	read_reply(true, ns_r_noerror, ns_t_a, -1, RECORDS(three));
	check(FOPNP_WALK_ANSWER, NONE, NULL, "answer: 192.0.2.1 and 1 more");
	read_reply(true, ns_r_noerror, ns_t_any, -1, RECORDS(three));
	check(FOPNP_WALK_ANSWER, NONE, NULL, "answer: 192.0.2.1 and 1 more");
	/* Of others, and of another type, it is none. */
	read_reply(true, ns_r_noerror, ns_t_a, 30, three + 1, 1);
	check(FOPNP_WALK_NODATA, NONE, "www.example.", "the name has no A record");
	read_reply(true, ns_r_noerror, ns_t_aaaa, 30, RECORDS(one));
	check(FOPNP_WALK_NODATA, NONE, NULL, "the name has no AAAA record");
}

static void test_aliases(void **state)
{
	struct fopnp_dns_response_record within[] = {
		RECORD(ANSWER, "b.example.", a, "192.0.2.1"),
		RECORD(ANSWER, "www.example.", cname, "b.example."),
	};
	struct fopnp_dns_response_record out[] = {
		RECORD(ANSWER, "www.example.", cname, "b.example."),
		RECORD(ANSWER, "b.example.", cname, "www.test."),
		RECORD(ANSWER, "www.test.", a, "192.0.2.66"),
	};
	struct fopnp_dns_response_record circle[] = {
		RECORD(ANSWER, "www.example.", cname, "b.example."),
		RECORD(ANSWER, "b.example.", cname, "www.example."),
	};

	(void)state;
	read_reply(true, ns_r_noerror, ns_t_a, -1, RECORDS(within));
	check(FOPNP_WALK_ANSWER, NONE, "b.example.", "answer: 192.0.2.1");
	read_reply(true, ns_r_noerror, ns_t_a, -1, within + 1, 1);
	check(FOPNP_WALK_ALIAS, NONE, "b.example.", "alias: go on with b.example.");
	/* An alias is what was asked for. */
	read_reply(true, ns_r_noerror, ns_t_cname, -1, RECORDS(within));
	check(FOPNP_WALK_ANSWER, NONE, "www.example.", "answer: b.example.");
	/* What it says of a name that is not in its zone is not believed. */
	read_reply(true, ns_r_noerror, ns_t_a, -1, RECORDS(out));
	check(FOPNP_WALK_ALIAS, NONE, "www.test.", "alias: go on with www.test.");
	/* "No such name" is of the alias's target: whoever has that is to say so. */
	read_reply(true, ns_r_nxdomain, ns_t_a, 30, out, 2);
	check(FOPNP_WALK_ALIAS, NONE, "www.test.", "alias: go on with www.test.");
	read_reply(true, ns_r_noerror, ns_t_a, -1, RECORDS(circle));
	assert_null(reading.target);
	check(FOPNP_WALK_ALIAS, NONE, NULL, "aliases that lead in a circle");
	read_reply(true, ns_r_noerror, ns_t_a, -1, circle, 1);
	check(FOPNP_WALK_ALIAS, NONE, "b.example.", "alias: go on with b.example.");
}

static void test_nothing(void **state)
{
	(void)state;
	read_reply(true, ns_r_nxdomain, ns_t_a, 30, NULL, 0);
	check(FOPNP_WALK_NXDOMAIN, NONE, "www.example.", "no such name");
	read_reply(true, ns_r_noerror, 65280, 30, NULL, 0);
	check(FOPNP_WALK_NODATA, NONE, "www.example.", "the name has no TYPE65280 record");
}

static void test_referrals(void **state)
{
	struct fopnp_dns_response_record records[] = {
		RECORD(AUTHORITY, "www.example.", ns, "a.www.example."),
		RECORD(AUTHORITY, "www.example.", ns, "b.www.example."),
		RECORD(AUTHORITY, "www.example.", ns, "ns.test."),
		RECORD(AUTHORITY, "www.example.", ns, "d.www.example."),
		RECORD(ADDITIONAL, "A.www.example.", aaaa, "2001:db8::1"),
		RECORD(ADDITIONAL, "b.www.example.", txt, "no address"),
		RECORD(ADDITIONAL, "ns.test.", a, "192.0.2.66"),
		RECORD(ADDITIONAL, "d.www.example.", a, "192.0.2.1"),
	};

	(void)state;
	read_reply(false, ns_r_noerror, ns_t_a, -1, RECORDS(records));
	assert_string_equal(reading.child, "www.example.");
	check(FOPNP_WALK_REFERRAL, NONE, NULL,
	      "referral to www.example.: a.www.example. (glue), b.www.example. (no glue), "
	      "ns.test. (no glue) and 1 more, 2 of 4 with glue");
	/* With AA, which some set: the name is still another zone's. */
	read_reply(true, ns_r_noerror, ns_t_a, -1, records, 1);
	check(FOPNP_WALK_REFERRAL, NONE, NULL,
	      "referral to www.example.: a.www.example. (no glue)");
}

static void lame_for(const char *zone, const char *words)
{
	struct fopnp_dns_response_record record = RECORD(AUTHORITY, "", ns, "ns.test.");
	char owner[32];

	(void)strcpy(owner, zone);
	record.owner = owner;
	read_reply(false, ns_r_noerror, ns_t_a, -1, &record, 1);
	check(FOPNP_WALK_LAME, FOPNP_WALK_LAME, NULL, words);
	/* With authority it is "no such record", whatever it has beside it. */
	read_reply(true, ns_r_noerror, ns_t_a, -1, &record, 1);
	check(FOPNP_WALK_NODATA, NONE, NULL, "the name has no A record");
}

static void test_lame(void **state)
{
	struct fopnp_dns_response_record records[] = {
		RECORD(ANSWER, "www.example.", cname, "b.example."),
		RECORD(ANSWER, "b.example.", a, "192.0.2.1"),
		RECORD(ANSWER, "b.example.", cname, "www.example."),
	};

	(void)state;
	lame_for("example.", "lame: refers to the servers of this same zone");
	lame_for(".", "lame: refers upwards, to .");
	lame_for("other.example.", "lame: refers to other.example., where the name is not");
	lame_for("badexample.", "lame: refers to badexample., where the name is not");
	read_reply(false, ns_r_noerror, ns_t_a, -1, NULL, 0);
	check(FOPNP_WALK_LAME, FOPNP_WALK_LAME, NULL,
	      "lame: neither an answer nor a referral, and no authority for example.");
	/* Without authority, but of use where nobody says it better. */
	read_reply(false, ns_r_noerror, ns_t_a, -1, records, 2);
	check(FOPNP_WALK_LAME, FOPNP_WALK_ANSWER, "b.example.",
	      "lame: has an answer, but without authority for example.");
	read_reply(false, ns_r_noerror, ns_t_a, -1, records, 1);
	check(FOPNP_WALK_LAME, FOPNP_WALK_ALIAS, "b.example.",
	      "lame: has an answer, but without authority for example.");
	read_reply(false, ns_r_noerror, ns_t_a, 30, NULL, 0);
	check(FOPNP_WALK_LAME, FOPNP_WALK_NODATA, "www.example.",
	      "lame: no such record, but without authority for example.");
	read_reply(false, ns_r_nxdomain, ns_t_a, 30, NULL, 0);
	check(FOPNP_WALK_LAME, FOPNP_WALK_NXDOMAIN, "www.example.",
	      "lame: no such name, but without authority for example.");
	records[1] = records[2];
	read_reply(false, ns_r_noerror, ns_t_a, -1, records, 2);
	check(FOPNP_WALK_LAME, FOPNP_WALK_LAME, NULL, "lame: has aliases, but without authority");
}

static void test_errors(void **state)
{
	struct fopnp_dns_response response = {
		.rcode = ns_r_servfail, .ede_code = 22, .negative_ttl = -1,
	};

	(void)state;
	read_reply(true, ns_r_refused, ns_t_a, -1, NULL, 0);
	check(FOPNP_WALK_ERROR, NONE, NULL, "REFUSED: lame, it does not serve example.");
	read_reply(true, 4095, ns_t_a, -1, NULL, 0);
	check(FOPNP_WALK_ERROR, NONE, NULL, "RCODE4095");
	(void)clear(NULL);
	fopnp_walk_read(&response, "example.", "www.example.", ns_t_a, &reading);
	check(FOPNP_WALK_ERROR, NONE, NULL, "SERVFAIL (No Reachable Authority)");
	(void)clear(NULL);
	response.rcode = ns_r_noerror;
	response.is_authoritative = response.is_broken = true;
	fopnp_walk_read(&response, "example.", "www.example.", ns_t_a, &reading);
	check(FOPNP_WALK_BROKEN, NONE, NULL, "a reply that cannot be read to its end");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_answers, clear),
		cmocka_unit_test_teardown(test_aliases, clear),
		cmocka_unit_test_teardown(test_nothing, clear),
		cmocka_unit_test_teardown(test_referrals, clear),
		cmocka_unit_test_teardown(test_lame, clear),
		cmocka_unit_test_teardown(test_errors, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
