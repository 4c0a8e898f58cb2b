/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp:dns: which names are asked for a name, when that ends, and what it comes to. */
#include "nss_module/dns/search.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

#define ANSWERED                                                                                   \
	{                                                                                          \
		.is_answered = true                                                                \
	}
#define NXDOMAIN_CAME                                                                              \
	{                                                                                          \
		.h_error = HOST_NOT_FOUND, .rcode = ns_r_nxdomain                                  \
	}
#define NODATA_CAME                                                                                \
	{                                                                                          \
		.h_error = NO_DATA                                                                 \
	}
#define FORMERR_CAME                                                                               \
	{                                                                                          \
		.h_error = NO_RECOVERY, .rcode = ns_r_formerr                                      \
	}
#define SERVFAIL_CAME                                                                              \
	{                                                                                          \
		.h_error = TRY_AGAIN, .error = ETIMEDOUT, .rcode = ns_r_servfail                   \
	}
#define REFUSED_CAME                                                                               \
	{                                                                                          \
		.h_error = TRY_AGAIN, .error = ETIMEDOUT, .rcode = ns_r_refused                    \
	}
#define NOTHING_CAME                                                                               \
	{                                                                                          \
		.h_error = TRY_AGAIN, .error = ETIMEDOUT                                           \
	}
#define NOBODY_LISTENS                                                                             \
	{                                                                                          \
		.h_error = TRY_AGAIN, .error = ECONNREFUSED                                        \
	}

/* What the names come to; NXDOMAIN where none fits. */
struct answer {
	const char *name;
	struct fopnp_dns_outcome outcome;
};

struct script {
	const struct answer *answers;
	char asked[512];
};

static struct fopnp_dns_outcome ask(void *context, const char *name, size_t domain)
{
	struct fopnp_dns_outcome outcome = NXDOMAIN_CAME;
	struct script *script = context;
	size_t used = strlen(script->asked);

	(void)domain;
	(void)snprintf(script->asked + used, sizeof(script->asked) - used, "%s ", name);
	for (const struct answer *answer = script->answers; answer->name; answer++)
		if (strcmp(answer->name, name) == 0)
			return answer->outcome;
	return outcome;
}

enum { NO_TLD_QUERY = 1, NO_DEFNAMES = 2, NO_DNSRCH = 4 };

struct search_case {
	const char *domains; /* with a blank behind each */
	unsigned ndots;
	unsigned options;
	const char *name;
	struct answer answers[4];
	const char *asked;
	struct fopnp_dns_outcome outcome;
};

static void check(const struct search_case *one)
{
	char domains[256], *list[16], *rest = domains;
	struct fopnp_dns_settings settings = {
		.search = list,
		.ndots = one->ndots,
		.searches_default = !(one->options & NO_DEFNAMES),
		.searches_list = !(one->options & NO_DNSRCH),
		.is_tld_query_off = one->options & NO_TLD_QUERY,
	};
	struct script script = { .answers = one->answers };
	struct fopnp_dns_outcome outcome;

	strcpy(domains, one->domains);
	while (*rest) {
		list[settings.search_count++] = rest;
		rest = strchr(rest, ' ');
		*rest++ = '\0';
	}
	outcome = fopnp_dns_search(&settings, one->name, ask, &script);
	if (strcmp(script.asked, one->asked) != 0 ||
	    outcome.is_answered != one->outcome.is_answered ||
	    (!outcome.is_answered &&
	     (outcome.h_error != one->outcome.h_error || outcome.error != one->outcome.error)))
		fail_msg("%s under \"%s\": asked \"%s\" for \"%s\", h_errno %d, errno %d",
			 one->name, one->domains, script.asked, one->asked, outcome.h_error,
			 outcome.error);
}

static void check_all(const struct search_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(&cases[i]);
}

#define CHECK_ALL(cases) check_all((cases), sizeof(cases) / sizeof((cases)[0]))

static void test_order(void **state)
{
	static const struct search_case cases[] = {
		{ "", 1, 0, "www", {}, "www ", NXDOMAIN_CAME },
		{ "", 1, 0, "www.example", {}, "www.example ", NXDOMAIN_CAME },
		{ "a b ", 1, 0, "www", {}, "www.a www.b www ", NXDOMAIN_CAME },
		{ "a b ", 1, 0, "www.x", {}, "www.x www.x.a www.x.b ", NXDOMAIN_CAME },
		{ "a b ", 2, 0, "www.x", {}, "www.x.a www.x.b www.x ", NXDOMAIN_CAME },
		{ "a b ", 0, 0, "www", {}, "www www.a www.b ", NXDOMAIN_CAME },
		{ "a b ", 1, 0, "www.", {}, "www. ", NXDOMAIN_CAME },
		{ "a b ", 15, 0, "www.x.", {}, "www.x. ", NXDOMAIN_CAME },
		{ "a b ", 1, 0, "www", { { "www.a", ANSWERED } }, "www.a ", ANSWERED },
		{ "a b ", 1, 0, "www", { { "www.b", ANSWERED } }, "www.a www.b ", ANSWERED },
		{ "a b ", 1, 0, "www", { { "www", ANSWERED } }, "www.a www.b www ", ANSWERED },
		{ "a b ", 1, 0, "www.x", { { "www.x", ANSWERED } }, "www.x ", ANSWERED },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void test_root_and_dots(void **state)
{
	static const struct search_case cases[] = {
		{ ". ", 1, 0, "www", {}, "www. ", NXDOMAIN_CAME },
		{ "a . ", 1, 0, "www", {}, "www.a www. ", NXDOMAIN_CAME },
		{ ".a ", 1, 0, "www", {}, "www.a www ", NXDOMAIN_CAME },
		{ " a ", 1, 0, "www", {}, "www. www.a ", NXDOMAIN_CAME },
		{ "a. ", 1, 0, "www", {}, "www.a. www ", NXDOMAIN_CAME },
		/* The root as a domain does not keep the name itself from being asked first. */
		{ ". ", 1, 0, "www.x", {}, "www.x www.x. ", NXDOMAIN_CAME },
		{ "a ", 1, 0, "", {}, ".a ", { .h_error = NO_RECOVERY } },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void test_options(void **state)
{
	static const struct search_case cases[] = {
		{ "a b ", 1, NO_TLD_QUERY, "www", {}, "www.a www.b ", NXDOMAIN_CAME },
		{ "a b ", 2, NO_TLD_QUERY, "www.x", {}, "www.x.a www.x.b www.x ", NXDOMAIN_CAME },
		{ "", 1, NO_TLD_QUERY, "www", {}, "www ", NXDOMAIN_CAME },
		{ "a b ", 1, NO_DEFNAMES, "www", {}, "www ", NXDOMAIN_CAME },
		{ "a b ", 1, NO_DNSRCH, "www", {}, "www.a www ", NXDOMAIN_CAME },
		{ "a b ", 1, NO_DNSRCH, "www.x", {}, "www.x ", NXDOMAIN_CAME },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void test_going_on(void **state)
{
	static const struct search_case cases[] = {
		{ "a b ",
		  1,
		  0,
		  "www",
		  { { "www.a", NODATA_CAME } },
		  "www.a www.b www ",
		  NODATA_CAME },
		{ "a b ",
		  1,
		  0,
		  "www",
		  { { "www.a", SERVFAIL_CAME } },
		  "www.a www.b www ",
		  { .h_error = TRY_AGAIN } },
		{ "a b ",
		  1,
		  0,
		  "www",
		  { { "www.a", SERVFAIL_CAME }, { "www.b", NODATA_CAME } },
		  "www.a www.b www ",
		  NODATA_CAME },
		/* These end the list, but the name itself is still asked. */
		{ "a b ", 1, 0, "www", { { "www.a", REFUSED_CAME } }, "www.a www ", NXDOMAIN_CAME },
		{ "a b ", 1, 0, "www", { { "www.a", NOTHING_CAME } }, "www.a www ", NXDOMAIN_CAME },
		{ "a b ", 1, 0, "www", { { "www.a", FORMERR_CAME } }, "www.a www ", NXDOMAIN_CAME },
		{ "a b ",
		  1,
		  0,
		  "www",
		  { { "www.a", FORMERR_CAME }, { "www", ANSWERED } },
		  "www.a www ",
		  ANSWERED },
		/* Nobody there: nothing more is asked. */
		{ "a b ", 1, 0, "www", { { "www.a", NOBODY_LISTENS } }, "www.a ", NOBODY_LISTENS },
		{ "a b ",
		  1,
		  0,
		  "www.x",
		  { { "www.x", NOBODY_LISTENS } },
		  "www.x www.x.a www.x.b ",
		  { .h_error = TRY_AGAIN } },
	};

	(void)state;
	CHECK_ALL(cases);
}

/* h_errno of the name itself, errno of the last query: SERVFAIL and then NXDOMAIN is both. */
static void test_first_result_counts(void **state)
{
	static const struct search_case cases[] = {
		{ "a ",
		  1,
		  0,
		  "www.x",
		  { { "www.x", SERVFAIL_CAME } },
		  "www.x www.x.a ",
		  { .h_error = TRY_AGAIN, .error = 0 } },
		{ "a ",
		  1,
		  0,
		  "www.x",
		  { { "www.x.a", SERVFAIL_CAME } },
		  "www.x www.x.a ",
		  { .h_error = HOST_NOT_FOUND, .error = ETIMEDOUT } },
		{ "a ",
		  1,
		  0,
		  "www.x",
		  { { "www.x", NODATA_CAME } },
		  "www.x www.x.a ",
		  NODATA_CAME },
		{ "a ",
		  1,
		  0,
		  "www.x",
		  { { "www.x.a", NODATA_CAME } },
		  "www.x www.x.a ",
		  NXDOMAIN_CAME },
		{ "a ", 1, 0, "www.x.", { { "www.x.", SERVFAIL_CAME } }, "www.x. ", SERVFAIL_CAME },
	};

	(void)state;
	CHECK_ALL(cases);
}

/* A name without room is not asked; errno is the last query's then. */
static void test_long_names(void **state)
{
	struct script script = { .answers = (const struct answer[]){ { NULL, ANSWERED } } };
	char domain[NS_MAXDNAME], name[NS_MAXDNAME + 8];
	char second[] = "b", *list[] = { domain, second };
	struct fopnp_dns_settings settings = { .search = list,
					       .search_count = 2,
					       .ndots = 1,
					       .searches_default = true,
					       .searches_list = true };
	struct fopnp_dns_outcome outcome;

	(void)state;
	memset(domain, 'a', sizeof(domain) - 1);
	domain[sizeof(domain) - 1] = '\0';
	outcome = fopnp_dns_search(&settings, "www", ask, &script);
	assert_string_equal(script.asked, "www ");
	assert_int_equal(outcome.h_error, HOST_NOT_FOUND);

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	script.asked[0] = '\0';
	outcome = fopnp_dns_search(&settings, name, ask, &script);
	assert_string_equal(script.asked, "");
	assert_false(outcome.is_answered);
	assert_int_equal(outcome.h_error, NO_RECOVERY);
	assert_int_equal(outcome.error, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_root_and_dots),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_going_on),
		cmocka_unit_test(test_first_result_counts),
		cmocka_unit_test(test_long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
