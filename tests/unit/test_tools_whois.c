/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whois without a network: what is asked, in which words, and what is read from replies. */
#include "tools/whois_query.h"
#include "tools/whois_reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

/* ---- referrals ---- */

static void check_referral(const char *text, enum fopnp_whois_referral_kind kind, const char *host,
			   unsigned port)
{
	struct fopnp_whois_target target;

	fopnp_whois_referral_parse(text, strlen(text), &target);
	if (target.kind != kind)
		fail_msg("\"%s\" is of kind %s", text, fopnp_whois_referral_kind_word(target.kind));
	if (kind != FOPNP_WHOIS_SERVER)
		return;
	assert_string_equal(target.host, host);
	assert_int_equal(target.port, port);
}

static void test_referrals(void **state)
{
	(void)state;
	check_referral("whois.ripe.net", FOPNP_WHOIS_SERVER, "whois.ripe.net", 43);
	check_referral("WHOIS.Ripe.NET.", FOPNP_WHOIS_SERVER, "whois.ripe.net", 43);
	check_referral("whois://whois.ripe.net", FOPNP_WHOIS_SERVER, "whois.ripe.net", 43);
	check_referral("WHOIS://whois.ripe.net:4343/", FOPNP_WHOIS_SERVER, "whois.ripe.net", 4343);
	check_referral("whois.a_b.test:65535", FOPNP_WHOIS_SERVER, "whois.a_b.test", 65535);
	check_referral("192.0.2.1", FOPNP_WHOIS_SERVER, "192.0.2.1", 43);
	check_referral("192.0.2.1:1", FOPNP_WHOIS_SERVER, "192.0.2.1", 1);
	check_referral("2001:DB8::0:1", FOPNP_WHOIS_SERVER, "2001:db8::1", 43);
	check_referral("whois://[2001:db8::1]:4343", FOPNP_WHOIS_SERVER, "2001:db8::1", 4343);
	check_referral("rwhois://rwhois.x.test:4321", FOPNP_WHOIS_RWHOIS, NULL, 0);
	check_referral("http://www.x.test", FOPNP_WHOIS_WEB, NULL, 0);
	check_referral("HTTPS://x.test/whois?a=b", FOPNP_WHOIS_WEB, NULL, 0);
}

static void test_no_referrals(void **state)
{
	static const char *const BAD[] = {
		"",           "localhost",    "file:///etc/passwd", "ftp://x.test", "://x.test",
		"whois://",   "whois://x.test/a", "x.test/a",       "www.x.test/",  "-h",
		"-h.test",    "a-.test",      "a..test",            ".test",        "$(id).test",
		";id",        "a b.test",     "x.test:",            "x.test:0",     "x.test:65536",
		"x.test:4x",  "x.test:-1",    "[2001:db8::1",       "[x.test]",     "[::1]x",
		"1.2.3",      "0x7f.0x1",     "1.2.3.4.5",          "ü.test",       "a\nb.test",
		"user@x.test", "whois.x.test\x7f", "|id.test",      "`id`.test",    "..",
	};
	char label[70 + 6], name[300];

	(void)state;
	for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++)
		check_referral(BAD[i], FOPNP_WHOIS_INVALID, NULL, 0);
	memset(label, 'a', 63);
	memcpy(label + 63, ".test", 6);
	check_referral(label, FOPNP_WHOIS_SERVER, label, 43);
	memset(label, 'a', 64);
	memcpy(label + 64, ".test", 6);
	check_referral(label, FOPNP_WHOIS_INVALID, NULL, 0);
	for (size_t i = 0; i < 254; i++)
		name[i] = i % 2 ? '.' : 'a';
	name[253] = '\0';
	check_referral(name, FOPNP_WHOIS_SERVER, name, 43);
	memcpy(name + 253, "ab", 3);
	check_referral(name, FOPNP_WHOIS_INVALID, NULL, 0);
}

/* A host of one label may be given by hand. */
static void test_servers(void **state)
{
	struct fopnp_whois_target target;

	(void)state;
	assert_true(fopnp_whois_server_parse("printer:44", 10, &target));
	assert_string_equal(target.host, "printer");
	assert_int_equal(target.port, 44);
	assert_false(fopnp_whois_server_parse("whois://x.test", 14, &target));
	assert_false(fopnp_whois_server_parse(BYTES("a.test\0.b"), &target));
	assert_false(fopnp_whois_server_parse(BYTES("192.0.2.1\0"), &target));
}

/* ---- questions ---- */

static void check_subject(const char *given, enum fopnp_whois_kind kind, const char *text)
{
	struct fopnp_whois_subject subject;
	char *problem = fopnp_whois_subject_parse(given, &subject);

	if (problem)
		fail_msg("%s: %s", given, problem);
	assert_int_equal(subject.kind, kind);
	assert_string_equal(subject.text, text);
	fopnp_whois_subject_clear(&subject);
}

static void test_subjects(void **state)
{
	static const char *const BAD[] = {
		"",  ".", "a..b", "-T dn", "-h.test", "example.com\r\nexample.org", "a b.test",
		"example.com\x1b[1m", "a/b.test", "AS", "AS4294967296", "AS-1", "12345",
	};

	(void)state;
	check_subject("Example.COM.", FOPNP_WHOIS_DOMAIN, "example.com");
	check_subject("com", FOPNP_WHOIS_DOMAIN, "com");
	check_subject("五粮液.中国", FOPNP_WHOIS_DOMAIN, "xn--dlq917e1ik.xn--fiqs8s");
	check_subject("as64496", FOPNP_WHOIS_ASN, "AS64496");
	check_subject("AS4294967295", FOPNP_WHOIS_ASN, "AS4294967295");
	check_subject("as64496.test", FOPNP_WHOIS_DOMAIN, "as64496.test");
	check_subject("192.0.2.1", FOPNP_WHOIS_ADDRESS, "192.0.2.1");
	check_subject("2001:DB8:0:0::1", FOPNP_WHOIS_ADDRESS, "2001:db8::1");
	check_subject("::ffff:192.0.2.1", FOPNP_WHOIS_ADDRESS, "192.0.2.1");
	for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
		struct fopnp_whois_subject subject;
		char *problem = fopnp_whois_subject_parse(BAD[i], &subject);

		/* AS and a number too large is a name of one label like any other. */
		if (strncmp(BAD[i], "AS", 2) == 0)
			assert_true(problem || subject.kind == FOPNP_WHOIS_DOMAIN);
		else if (!problem)
			fail_msg("\"%s\" was taken for %s", BAD[i], subject.text);
		free(problem);
		fopnp_whois_subject_clear(&subject);
	}
}

static void check_query(const char *server, const char *given, const char *expected)
{
	struct fopnp_whois_subject subject;
	char *query;

	assert_null(fopnp_whois_subject_parse(given, &subject));
	query = fopnp_whois_query(server, &subject);
	assert_string_equal(query, expected);
	free(query);
	fopnp_whois_subject_clear(&subject);
}

static void test_queries(void **state)
{
	(void)state;
	check_query("whois.iana.org", "example.com", "example.com");
	check_query("whois.verisign-grs.com", "example.com", "domain example.com");
	check_query("whois.verisign-grs.com", "192.0.2.1", "192.0.2.1");
	check_query("whois.denic.de", "example.de", "-T dn,ace example.de");
	check_query("whois.arin.net", "192.0.2.1", "n + 192.0.2.1");
	check_query("whois.arin.net", "AS64496", "a + 64496");
	check_query("whois.arin.net", "example.com", "example.com");
	check_query("whois.jprs.jp", "example.jp", "example.jp/e");
	check_query("whois.ripe.net", "AS64496", "AS64496");
}

/* ---- replies ---- */

static void check_decoded(const char *bytes, size_t len, enum fopnp_whois_encoding encoding,
			  const char *expected)
{
	enum fopnp_whois_encoding found;
	char *text = fopnp_whois_reply_decode(bytes, len, &found);

	assert_int_equal(found, encoding);
	assert_string_equal(text, expected);
	free(text);
}

static void test_decoding(void **state)
{
	(void)state;
	check_decoded(BYTES(""), FOPNP_WHOIS_ASCII, "");
	check_decoded(BYTES("a\r\nb\r\n\r"), FOPNP_WHOIS_ASCII, "a\nb\n");
	check_decoded(BYTES("a\r\r\nb\r\r"), FOPNP_WHOIS_ASCII, "a\nb");
	check_decoded(BYTES("a\rb\n"), FOPNP_WHOIS_ASCII, "a\rb\n");
	check_decoded(BYTES("J\xc3\xbcrgen"), FOPNP_WHOIS_UTF_8, "J\xc3\xbcrgen");
	check_decoded(BYTES("J\xfcrgen"), FOPNP_WHOIS_LATIN_1, "J\xc3\xbcrgen");
	check_decoded(BYTES("\x80\xff\xc3\xbc"), FOPNP_WHOIS_LATIN_1,
		      "\xc2\x80\xc3\xbf\xc3\x83\xc2\xbc");
	check_decoded(BYTES("a\0b"), FOPNP_WHOIS_ASCII, "a\xef\xbf\xbd"
							"b");
}

/* "name address address; name": the name servers of a reply. */
static void check_name_servers(const char *text, const char *expected)
{
	struct fopnp_whois_reading reading;
	char found[500] = "";

	fopnp_whois_reply_read(text, false, &reading);
	for (size_t i = 0; i < reading.name_server_count; i++) {
		strcat(found, i ? "; " : "");
		strcat(found, reading.name_servers[i].name);
		for (size_t j = 0; j < reading.name_servers[i].address_count; j++) {
			strcat(found, " ");
			strcat(found, reading.name_servers[i].addresses[j]);
		}
	}
	assert_string_equal(found, expected);
	fopnp_whois_reading_clear(&reading);
}

static void test_name_servers(void **state)
{
	(void)state;
	check_name_servers("   Name Server: NS1.X.COM\n   Name Server: ns2.x.com.\n"
			   "Name Server: ns1.x.com\n   DNSSEC: unsigned.delegation\n",
			   "ns1.x.com; ns2.x.com");
	check_name_servers("nserver: a.x.de 192.0.2.1 2001:db8:0::1\nnserver: b.x.de\n",
			   "a.x.de 192.0.2.1 2001:db8::1; b.x.de");
	check_name_servers("nserver......: a.x.fi [OK]\nNserver: b.x.cz (192.0.2.1, 2001:db8::1)\n",
			   "a.x.fi; b.x.cz 192.0.2.1 2001:db8::1");
	check_name_servers("    Name servers:\n        a.x.uk   192.0.2.1\n        b.x.uk\n\n"
			   "        not.one\n",
			   "a.x.uk 192.0.2.1; b.x.uk");
	check_name_servers("Nameservers:\n\ta.x.be\n\tb.x.be\nKeys:\n\tnot.one\n", "a.x.be; b.x.be");
	check_name_servers("nameservers:   a.x.pl. [192.0.2.1]\n               b.x.pl.\ncreated: 2026\n",
			   "a.x.pl 192.0.2.1; b.x.pl");
	check_name_servers("p. [Name Server]     a.x.jp\np. [Name Server]\nx. [Status]  b.jp\n",
			   "a.x.jp");
	check_name_servers("Name Server:\nName Server: none\nName Server: ns\x1b.x\n"
			   "%nserver: no.x\n# nserver: no.x\nName Server; no.x\n",
			   "");
}

static void check_referrals_in(const char *text, bool is_cut, const char *expected)
{
	struct fopnp_whois_reading reading;
	char found[500] = "", line[20];

	fopnp_whois_reply_read(text, is_cut, &reading);
	for (size_t i = 0; i < reading.referral_count; i++) {
		(void)snprintf(line, sizeof(line), "%s%u ", i ? " " : "",
			       reading.referrals[i].line);
		strcat(found, line);
		strcat(found, reading.referrals[i].value);
	}
	assert_string_equal(found, expected);
	fopnp_whois_reading_clear(&reading);
}

static void test_referrals_in_replies(void **state)
{
	(void)state;
	check_referrals_in("% IANA\n\nrefer:   whois.a.test\nwhois:   whois.b.test\n", false,
			   "3 whois.a.test 4 whois.b.test");
	check_referrals_in("  Registrar WHOIS Server: whois.a.test\n  Whois Server: whois.b.test\n"
			   "ReferralServer:  rwhois://c.test\n",
			   false, "1 whois.a.test 2 whois.b.test 3 rwhois://c.test");
	check_referrals_in("% refer: whois.a.test\n# whois: whois.a.test\nrefer:\nrefers: b.test\n"
			   "see refer: c.test\n",
			   false, "");
	/* Half a line says something else than the whole one. */
	check_referrals_in("refer: whois.a.test\nrefer: whois.b.te", false,
			   "1 whois.a.test 2 whois.b.te");
	check_referrals_in("refer: whois.a.test\nrefer: whois.b.te", true, "1 whois.a.test");
}

static void test_bounds(void **state)
{
	enum { LINES = 300 };
	char *text = calloc(LINES, 64);
	struct fopnp_whois_reading reading;
	size_t used = 0;

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i < LINES; i++)
		used += (size_t)sprintf(text + used, "refer: w%u.test\nnserver: n%u.test\n", i, i);
	fopnp_whois_reply_read(text, false, &reading);
	assert_int_equal(reading.referral_count, FOPNP_WHOIS_REFERRALS);
	assert_int_equal(reading.name_server_count, FOPNP_WHOIS_NAME_SERVERS);
	fopnp_whois_reading_clear(&reading);
	free(text);
}

static void check_verdict(const char *text, enum fopnp_whois_verdict verdict, unsigned line)
{
	struct fopnp_whois_reading reading;

	fopnp_whois_reply_read(text, false, &reading);
	if (reading.verdict != verdict)
		fail_msg("\"%s\": %s", text, fopnp_whois_verdict_word(reading.verdict));
	assert_int_equal(reading.verdict_line, line);
	fopnp_whois_reading_clear(&reading);
}

static void test_verdicts(void **state)
{
	(void)state;
	check_verdict("Domain: x.de\nStatus: connect\n", FOPNP_WHOIS_TELLS, 0);
	check_verdict("Domain: x.de\nStatus:   free\n", FOPNP_WHOIS_NO_MATCH, 2);
	check_verdict("No match for \"X.COM\".\n", FOPNP_WHOIS_NO_MATCH, 1);
	check_verdict("\n%ERROR:101: no entries found\n", FOPNP_WHOIS_NO_MATCH, 2);
	check_verdict("%% No entries found.\n", FOPNP_WHOIS_NO_MATCH, 1);
	check_verdict("Domain not found.\n", FOPNP_WHOIS_NO_MATCH, 1);
	check_verdict("%ERROR:201: access denied\n", FOPNP_WHOIS_REFUSES, 1);
	check_verdict("WHOIS LIMIT EXCEEDED - SEE WWW.X.TEST\n", FOPNP_WHOIS_REFUSES, 1);
	/* Legal text speaks of all of it. */
	check_verdict("Data not found here is no match for data found there.\n", FOPNP_WHOIS_TELLS, 0);
	check_verdict("nserver: a.x\nNo match in the other database.\n", FOPNP_WHOIS_TELLS, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_referrals),
		cmocka_unit_test(test_no_referrals),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_decoding),
		cmocka_unit_test(test_name_servers),
		cmocka_unit_test(test_referrals_in_replies),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
