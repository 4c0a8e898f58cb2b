/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp:mdns: which names and addresses it takes, and that it asks nobody about others. */
#include "nss_module/mdns/mdns_names.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "nss_module/mdns/mdns_source.h"
#include "tests/unit/unit_test.h"

static struct fopnp_mdns_question question;
static struct fopnp_conf *conf;

static struct fopnp_ask ask_name(const char *name)
{
	return (struct fopnp_ask){ .function = FOPNP_GETHOSTBYNAME4_R, .name = name, .conf = conf };
}

static bool takes(const char *name)
{
	struct fopnp_ask ask = ask_name(name);

	return fopnp_mdns_question_of(&ask, &question);
}

static bool takes_address(int family, const char *text)
{
	uint8_t address[16];
	struct fopnp_ask ask = { .function = FOPNP_GETHOSTBYADDR_R,
				 .family = family,
				 .address = address };

	assert_int_equal(inet_pton(family, text, address), 1);
	return fopnp_mdns_question_of(&ask, &question);
}

#define LABEL_63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"
#define LABEL_61 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg"

static void test_two_labels(void **state)
{
	(void)state;
	assert_true(takes("printer.local"));
	assert_string_equal(question.name, "printer.local");
	assert_true(takes("Printer.LoCaL."));
	assert_string_equal(question.name, "Printer.LoCaL");
	assert_true(takes("a.local"));
	assert_true(takes(LABEL_63 ".local"));
	assert_true(takes("my_host-2.local"));

	assert_false(takes("local"));
	assert_false(takes("local."));
	assert_false(takes("ad.corp.local"));
	assert_false(takes("printer"));
	assert_false(takes("printer.local.example"));
	assert_false(takes("printer.notlocal"));
	assert_false(takes("printerlocal"));
	assert_false(takes("localhost"));
	assert_false(takes("1.0.0.127.in-addr.arpa"));
}

static void test_not_host_names(void **state)
{
	(void)state;
	assert_false(takes(""));
	assert_false(takes("."));
	assert_false(takes(".local"));
	assert_false(takes("..local"));
	assert_false(takes("printer..local"));
	assert_false(takes("printer.local.."));
	assert_false(takes("-printer.local"));
	assert_false(takes(LABEL_63 "x.local"));
	assert_false(takes("my printer.local"));
	assert_false(takes("a\nb.local"));
	assert_false(takes("a\033[2Jb.local"));
	assert_false(takes("a\\032b.local"));
	assert_false(takes("k\xc3\xbc"
			   "che.local"));
	assert_false(takes("a;b.local"));
	assert_false(takes("a/b.local"));
}

static void test_host_name_lengths(void **state)
{
	static const char longest[] = LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61;
	char longer[300];

	(void)state;
	assert_int_equal(sizeof(longest), FOPNP_MDNS_NAME_SIZE);
	assert_true(fopnp_mdns_is_host_name(longest));
	strcpy(longer, longest);
	strcat(longer, "h");
	assert_false(fopnp_mdns_is_host_name(longer));
	assert_false(fopnp_mdns_is_host_name(""));
	assert_false(fopnp_mdns_is_host_name("a."));
	assert_true(fopnp_mdns_is_host_name("a"));
}

static void test_mdns_domain(void **state)
{
	static const char text[] = "mdns-domain .Corp.Local\nmdns-domain .home.arpa\n";
	struct fopnp_ask long_ask;
	char longest[400] = LABEL_63 "." LABEL_63 "." LABEL_63 "."
				     "aaaa.bbbb.cccc.dddd.eeee.ffff."
				     "gggg.hhhh.iiii.jjjj.corp.local";

	(void)state;
	conf = fopnp_conf_parse(text, sizeof(text) - 1, NULL, NULL);
	assert_non_null(conf);
	assert_true(takes("ad.corp.local"));
	assert_true(takes("AD.CORP.LOCAL."));
	assert_true(takes("a.b.c.corp.local"));
	assert_true(takes("nas.home.arpa"));
	assert_true(takes("printer.local"));
	/* corp.local has two labels: it is taken anyway. */
	assert_true(takes("corp.local"));
	assert_false(takes("home.arpa"));
	assert_false(takes(".home.arpa"));
	assert_false(takes("xhome.arpa"));
	assert_false(takes("a.xcorp.local"));
	assert_false(takes("a.b.local"));
	/* 254 characters and a dot. */
	longest[254] = '\0';
	memcpy(longest + 254 - strlen(".corp.local"), ".corp.local", strlen(".corp.local"));
	long_ask = ask_name(longest);
	assert_int_equal(strlen(longest), 254);
	assert_false(fopnp_mdns_question_of(&long_ask, &question));
	assert_true(takes(longest + 1));
	fopnp_conf_destroy(conf);
	conf = NULL;
}

static void test_types(void **state)
{
	struct fopnp_ask ask = ask_name("printer.local");

	(void)state;
	assert_true(fopnp_mdns_question_of(&ask, &question));
	assert_int_equal(question.type_count, 2);
	assert_int_equal(question.types[0], ns_t_a);
	assert_int_equal(question.types[1], ns_t_aaaa);
	assert_int_equal(fopnp_mdns_all_types(&question), 3);

	ask.function = FOPNP_GETHOSTBYNAME3_R;
	ask.family = AF_INET6;
	assert_true(fopnp_mdns_question_of(&ask, &question));
	assert_int_equal(question.type_count, 1);
	assert_int_equal(question.types[0], ns_t_aaaa);
	ask.family = AF_INET;
	assert_true(fopnp_mdns_question_of(&ask, &question));
	assert_int_equal(question.type_count, 1);
	assert_int_equal(question.types[0], ns_t_a);
	ask.family = AF_UNIX;
	assert_false(fopnp_mdns_question_of(&ask, &question));
}

static void test_addresses(void **state)
{
	(void)state;
	assert_true(takes_address(AF_INET, "169.254.7.9"));
	assert_string_equal(question.name, "9.7.254.169.in-addr.arpa");
	assert_int_equal(question.type_count, 1);
	assert_int_equal(question.types[0], ns_t_ptr);
	assert_int_equal(question.family, AF_INET);
	assert_non_null(question.address);
	assert_true(takes_address(AF_INET6, "fe80::1"));
	assert_string_equal(question.name, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
					   "0.0.8.e.f.ip6.arpa");
	assert_true(takes_address(AF_INET6, "febf::1"));

	assert_false(takes_address(AF_INET, "169.253.7.9"));
	assert_false(takes_address(AF_INET, "192.168.1.1"));
	assert_false(takes_address(AF_INET, "10.0.0.1"));
	assert_false(takes_address(AF_INET6, "fec0::1"));
	assert_false(takes_address(AF_INET6, "fe7f::1"));
	assert_false(takes_address(AF_INET6, "fd00::1"));
	assert_false(takes_address(AF_INET6, "::1"));
	assert_false(takes_address(AF_INET6, "::ffff:169.254.7.9"));
}

/* ---- lookups that ask nobody ---- */

static char buffer[1024], line[100];
static struct fopnp_detail detail;
static int error, h_error;
static int32_t ttl;
static char *canonical;
static struct gaih_addrtuple *first;

static enum nss_status look_up(const char *name, size_t buflen)
{
	struct fopnp_ask ask = ask_name(name);

	line[0] = '\0';
	detail = (struct fopnp_detail){ .line = line, .size = sizeof(line) };
	ttl = 7;
	ask.buffer = buffer;
	ask.buflen = buflen;
	ask.errnop = &error;
	ask.h_errnop = &h_error;
	ask.first = &first;
	ask.canonical = &canonical;
	ask.ttl = &ttl;
	ask.detail = &detail;
	return fopnp_mdns_ask(&ask);
}

/* As nss-mdns: UNAVAIL, so that [NOTFOUND=return] keeps its meaning. */
static void test_declines(void **state)
{
	(void)state;
	assert_int_equal(look_up("www.example.com", sizeof(buffer)), NSS_STATUS_UNAVAIL);
	assert_int_equal(error, EINVAL);
	assert_int_equal(h_error, NO_RECOVERY);
	assert_int_equal(ttl, 7);
	assert_null(first);
	assert_string_equal(line, "skipped=not-local");

	/* Too little room is told before anybody is asked, and of our own names alone. */
	assert_int_equal(look_up("printer.local", 500), NSS_STATUS_TRYAGAIN);
	assert_int_equal(error, ERANGE);
	assert_int_equal(h_error, NETDB_INTERNAL);
	assert_string_equal(line, "");
}

static void test_no_descriptors(void **state)
{
	struct rlimit before, none;
	enum nss_status status;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	status = look_up("printer.local", sizeof(buffer));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(status, NSS_STATUS_TRYAGAIN);
	assert_int_equal(error, EMFILE);
	assert_int_equal(h_error, NETDB_INTERNAL);
	assert_string_equal(line, "skipped=no-socket");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_labels),
		cmocka_unit_test(test_not_host_names),
		cmocka_unit_test(test_host_name_lengths),
		cmocka_unit_test(test_mdns_domain),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_declines),
		cmocka_unit_test(test_no_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
