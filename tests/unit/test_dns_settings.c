/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp:dns: what it takes from _res, from where that is too small, and from fopnp.conf. */
#include "nss_module/dns/settings.h"

#include "nss_module/dns/aliases.h"
#include "nss_module/dns/search_list.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

/* _res as glibc leaves it without a resolv.conf. */
static struct __res_state default_state(void)
{
	struct __res_state made = { .retrans = RES_TIMEOUT,
				    .retry = RES_DFLRETRY,
				    .nscount = 1,
				    .options = RES_INIT | RES_DEFAULT,
				    .ndots = 1 };

	made.nsaddr_list[0].sin_family = AF_INET;
	made.nsaddr_list[0].sin_port = htons(NS_DEFAULTPORT);
	made.nsaddr_list[0].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return made;
}

static void test_defaults(void **state)
{
	struct __res_state made = default_state();
	struct fopnp_dns_settings settings;

	(void)state;
	assert_true(fopnp_dns_settings_from(&made, NULL, "/nonexistent", &settings));
	assert_int_equal(settings.server_count, 1);
	assert_int_equal(settings.servers[0].inet.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	assert_int_equal(settings.servers[0].inet.sin_port, htons(53));
	assert_false(settings.are_servers_ours);
	assert_int_equal(settings.timeout_us, 5000000);
	assert_int_equal(settings.attempts, 2);
	assert_int_equal(settings.hedge_us, 50000);
	assert_int_equal(settings.edns_size, 0);
	assert_int_equal(settings.ndots, 1);
	assert_true(settings.searches_default && settings.searches_list && settings.is_recursive);
	assert_false(settings.does_rotate || settings.uses_tcp || settings.is_single_request ||
		     settings.sets_ad || settings.has_no_aaaa || settings.has_no_aliases ||
		     settings.is_tld_query_off);
	assert_int_equal(settings.search_count, 0);
	assert_int_equal(settings.sort_count, 0);
	fopnp_dns_settings_clear(&settings);
}

static void test_options(void **state)
{
	static const struct {
		unsigned long option;
		size_t member;
	} options[] = {
		{ RES_ROTATE, offsetof(struct fopnp_dns_settings, does_rotate) },
		{ RES_USEVC, offsetof(struct fopnp_dns_settings, uses_tcp) },
		{ RES_SNGLKUP, offsetof(struct fopnp_dns_settings, is_single_request) },
		{ RES_SNGLKUPREOP, offsetof(struct fopnp_dns_settings, is_single_request) },
		{ RES_TRUSTAD, offsetof(struct fopnp_dns_settings, sets_ad) },
		{ RES_RECURSE, offsetof(struct fopnp_dns_settings, is_recursive) },
		{ RES_NOAAAA, offsetof(struct fopnp_dns_settings, has_no_aaaa) },
		{ RES_NOALIASES, offsetof(struct fopnp_dns_settings, has_no_aliases) },
		{ RES_DEFNAMES, offsetof(struct fopnp_dns_settings, searches_default) },
		{ RES_DNSRCH, offsetof(struct fopnp_dns_settings, searches_list) },
		{ RES_NOTLDQUERY, offsetof(struct fopnp_dns_settings, is_tld_query_off) },
	};
	struct __res_state made = default_state();
	struct fopnp_dns_settings settings;

	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		made.options = RES_INIT | options[i].option;
		assert_true(fopnp_dns_settings_from(&made, NULL, "/nonexistent", &settings));
		for (size_t j = 0; j < sizeof(options) / sizeof(options[0]); j++)
			assert_int_equal(*(bool *)((char *)&settings + options[j].member),
					 options[j].member == options[i].member);
	}
	made.options = RES_USE_EDNS0;
	made.ndots = 15;
	made.retrans = 0;
	made.retry = 0;
	assert_true(fopnp_dns_settings_from(&made, NULL, "/nonexistent", &settings));
	assert_int_equal(settings.edns_size, 1200);
	assert_int_equal(settings.ndots, 15);
	assert_int_equal(settings.timeout_us, 1000000);
	assert_int_equal(settings.attempts, 1);
	assert_int_equal(settings.total_us, 1000000);
}

/* What a program puts into its _res is not bounded by glibc. */
static void test_limits(void **state)
{
	struct __res_state made = default_state();
	struct fopnp_dns_settings settings;

	(void)state;
	made.retrans = INT_MAX;
	made.retry = INT_MAX;
	assert_true(fopnp_dns_settings_from(&made, NULL, "/nonexistent", &settings));
	assert_int_equal(settings.timeout_us, 30000000);
	assert_int_equal(settings.attempts, 10);
	assert_int_equal(settings.total_us, 300000000);
}

/* Time for all servers, as in glibc, but not for ever. */
static void test_total(void **state)
{
	static const struct {
		int timeout, servers;
		uint64_t total_ms;
	} cases[] = { { 1, 1, 2000 },  { 1, 2, 4000 },  { 1, 3, 6000 }, { 2, 2, 8000 },
		      { 2, 3, 10000 }, { 5, 3, 10000 }, { 9, 3, 18000 } };
	struct __res_state made = default_state();
	struct fopnp_dns_settings settings;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		made.retrans = cases[i].timeout;
		made.nscount = cases[i].servers;
		made.nsaddr_list[1] = made.nsaddr_list[2] = made.nsaddr_list[0];
		assert_true(fopnp_dns_settings_from(&made, NULL, "/nonexistent", &settings));
		assert_int_equal(settings.total_us, cases[i].total_ms * 1000);
	}
}

static void test_servers(void **state)
{
	struct __res_state made = default_state();
	struct sockaddr_in6 inet6 = { .sin6_family = AF_INET6,
				      .sin6_port = htons(5353),
				      .sin6_scope_id = 7 };
	struct fopnp_dns_settings settings;

	(void)state;
	assert_int_equal(inet_pton(AF_INET6, "fe80::1", &inet6.sin6_addr), 1);
	made.nscount = 3;
	made.nsaddr_list[1].sin_family = 0;
	made._u._ext.nsaddrs[1] = &inet6;
	made.nsaddr_list[2] = made.nsaddr_list[0];
	made.nsaddr_list[2].sin_port = htons(5300);
	assert_true(fopnp_dns_settings_from(&made, NULL, "/nonexistent", &settings));
	assert_int_equal(settings.server_count, 3);
	assert_memory_equal(&settings.servers[1].inet6, &inet6, sizeof(inet6));
	assert_int_equal(settings.servers[2].inet.sin_port, htons(5300));
	/* A program that empties its _res has no servers. */
	made.nscount = 0;
	assert_true(fopnp_dns_settings_from(&made, NULL, "/nonexistent", &settings));
	assert_int_equal(settings.server_count, 0);
}

static void test_sortlist(void **state)
{
	struct __res_state made = default_state();
	struct fopnp_dns_settings settings;

	(void)state;
	made.nsort = 2;
	made.sort_list[1].addr.s_addr = inet_addr("10.0.0.0");
	made.sort_list[1].mask = inet_addr("255.0.0.0");
	assert_true(fopnp_dns_settings_from(&made, NULL, "/nonexistent", &settings));
	assert_int_equal(settings.sort_count, 2);
	assert_int_equal(settings.sort[1].address, inet_addr("10.0.0.0"));
	assert_int_equal(settings.sort[1].mask, inet_addr("255.0.0.0"));
}

/* ---- the search list ---- */

static void check_words(struct fopnp_dns_words words, const char *wanted)
{
	char found[512] = "";
	const char *text = words.text;

	for (size_t i = 0; i < words.count; i++, text += strlen(text) + 1)
		(void)snprintf(found + strlen(found), sizeof(found) - strlen(found), "<%s>", text);
	assert_string_equal(found, wanted);
	assert_int_equal(words.size, words.text ? (size_t)(text - words.text) : 0);
	free(words.text);
}

static void test_search_lines(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *words;
	} cases[] = {
		{ BYTES(""), "" },
		{ BYTES("search a b c\n"), "<a><b><c>" },
		{ BYTES("search\ta \t b "), "<a><b>" },
		{ BYTES("search a\nsearch b\n"), "<b>" },
		{ BYTES("search a b\ndomain c d\n"), "<c>" },
		{ BYTES("domain c d\nsearch a b\n"), "<a><b>" },
		{ BYTES("search a\nsearch \n"), "<a>" },
		{ BYTES("search a\nsearch\n"), "<a>" },
		{ BYTES(" search a\n#search b\nSearch c\nsearchd\n"), "" },
		{ BYTES("search a # b\n"), "<a><#><b>" },
		{ BYTES("search a\r\n"), "<a\r>" },
		{ BYTES("search a\0b c\nnameserver 1.2.3.4\n"), "<a>" },
		{ BYTES("search . \n"), "<.>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_words(fopnp_dns_search_list_of_file(cases[i].bytes, cases[i].len),
			    cases[i].words);
	check_words(fopnp_dns_search_list_of_variable(""), "<>");
	check_words(fopnp_dns_search_list_of_variable("a b"), "<a><b>");
	check_words(fopnp_dns_search_list_of_variable(" a\tb\nc"), "<><a><b>");
}

static void make_file(char path[static 32], const char *bytes)
{
	int fd;

	strcpy(path, "/tmp/fopnp-settings.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes));
	close(fd);
}

static void set_search(struct __res_state *made, const char *const *domains)
{
	char *text = made->defdname;
	size_t i;

	for (i = 0; domains[i]; i++) {
		made->dnsrch[i] = strcpy(text, domains[i]);
		text += strlen(text) + 1;
	}
	made->dnsrch[i] = NULL;
}

static void check_search(const struct __res_state *made, const char *localdomain, const char *path,
			 size_t count, const char *last)
{
	struct fopnp_dns_settings settings;

	assert_true(fopnp_dns_settings_from(made, localdomain, path, &settings));
	assert_int_equal(settings.search_count, count);
	assert_string_equal(settings.search[count - 1], last);
	fopnp_dns_settings_clear(&settings);
}

static void test_more_than_six_domains(void **state)
{
	static const char *const six[] = { "a", "b", "c", "d", "e", "f", NULL };
	static const char *const five[] = { "a", "b", "c", "d", "e", NULL };
	struct __res_state made = default_state();
	char path[32], long_path[32], long_text[300] = "search ";
	const char *one_long[] = { NULL, NULL };

	(void)state;
	make_file(path, "search a b c d e f g h\n");
	set_search(&made, six);
	check_search(&made, NULL, path, 8, "h");
	check_search(&made, NULL, "/nonexistent", 6, "f");
	/* LOCALDOMAIN goes first, and only a list that goes on where _res ends counts. */
	check_search(&made, "a b c d e f x", path, 7, "x");
	check_search(&made, "a b c d e x y", path, 6, "f");
	set_search(&made, five);
	check_search(&made, NULL, path, 5, "e");

	/* One long domain leaves _res no room for the next. */
	memset(long_text + 7, 'l', 200);
	one_long[0] = long_text + 7;
	set_search(&made, one_long);
	strcpy(long_text + 207, " second.domain\n");
	make_file(long_path, long_text);
	check_search(&made, NULL, long_path, 2, "second.domain");
	unlink(path);
	unlink(long_path);
}

/* Neither a FIFO, which would block, nor a directory, nor a huge file is read. */
static void test_odd_files(void **state)
{
	static const char *const six[] = { "a", "b", "c", "d", "e", "f", NULL };
	struct __res_state made = default_state();
	char path[32];

	(void)state;
	set_search(&made, six);
	make_file(path, "search a b c d e f g\n");
	assert_int_equal(truncate(path, 2 << 20), 0);
	check_search(&made, NULL, path, 6, "f");
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	check_search(&made, NULL, path, 6, "f");
	unlink(path);
	check_search(&made, NULL, "/tmp", 6, "f");
}

/* ---- fopnp.conf ---- */

static void test_conf(void **state)
{
	static const char text[] = "dns-servers 192.0.2.1 192.0.2.2:5300 2001:db8::1 "
				   "[2001:db8::2]:5301 fe80::1%1\n"
				   "dns-timeout 300ms\ndns-attempts 7\ndns-hedge 1ms\n";
	struct fopnp_conf *conf = fopnp_conf_parse(BYTES(text), NULL, NULL);
	struct fopnp_ask ask = { .conf = conf };
	struct fopnp_dns_settings settings;

	(void)state;
	assert_true(fopnp_dns_settings_read(&ask, &settings));
	assert_true(settings.are_servers_ours);
	assert_int_equal(settings.server_count, 5);
	assert_int_equal(settings.servers[0].inet.sin_addr.s_addr, inet_addr("192.0.2.1"));
	assert_int_equal(settings.servers[0].inet.sin_port, htons(53));
	assert_int_equal(settings.servers[1].inet.sin_port, htons(5300));
	assert_int_equal(settings.servers[2].inet6.sin6_family, AF_INET6);
	assert_int_equal(settings.servers[2].inet6.sin6_port, htons(53));
	assert_int_equal(settings.servers[3].inet6.sin6_addr.s6_addr[15], 2);
	assert_int_equal(settings.servers[3].inet6.sin6_port, htons(5301));
	assert_int_equal(settings.servers[4].inet6.sin6_scope_id, 1);
	assert_int_equal(settings.timeout_us, 300000);
	assert_int_equal(settings.attempts, 7);
	assert_int_equal(settings.total_us, 2100000);
	assert_int_equal(settings.hedge_us, 1000);
	fopnp_dns_settings_clear(&settings);
	fopnp_conf_destroy(conf);
}

static void test_many_servers(void **state)
{
	static const char text[] = "dns-servers 192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5 "
				   "192.0.2.6 192.0.2.7 192.0.2.8 192.0.2.9 192.0.2.10\n";
	struct fopnp_conf *conf = fopnp_conf_parse(BYTES(text), NULL, NULL);
	struct fopnp_ask ask = { .conf = conf };
	struct fopnp_dns_settings settings;

	(void)state;
	assert_true(fopnp_dns_settings_read(&ask, &settings));
	assert_int_equal(settings.server_count, FOPNP_DNS_SERVERS);
	fopnp_dns_settings_clear(&settings);
	fopnp_conf_destroy(conf);
}

/* ---- HOSTALIASES ---- */

static void check_alias(const char *bytes, size_t len, const char *name, const char *wanted)
{
	char *copy = malloc(len + 1), found[FOPNP_DNS_NAME_SIZE] = "none";

	memcpy(copy, bytes, len + 1);
	if (!fopnp_dns_alias_find(copy, len, name, found))
		strcpy(found, "none");
	assert_string_equal(found, wanted);
	assert_memory_equal(copy, bytes, len + 1);
	free(copy);
}

static void test_aliases(void **state)
{
	static char long_line[9000];

	(void)state;
	check_alias(BYTES(""), "www", "none");
	check_alias(BYTES("www www.example.org\n"), "www", "www.example.org");
	check_alias(BYTES("WWW.\t www.example.org more\n"), "www", "www.example.org");
	check_alias(BYTES("a b\nwww c"), "www", "c");
	check_alias(BYTES("\n\n www x\nwww c\n"), "www", "c");
	check_alias(BYTES("www a\nwww b\n"), "www", "a");
	/* glibc reads no further behind a line without a blank, a NUL, or an alias that is missing. */
	check_alias(BYTES("odd"), "www", "none");
	check_alias(BYTES("od\0d\nwww a\n"), "www", "none");
	check_alias(BYTES("www\nwww a\n"), "www", "none");
	/* What does not fit into its 8,191 bytes is the next line. */
	memset(long_line, 'x', sizeof(long_line) - 1);
	long_line[1] = ' ';
	memcpy(long_line + 8191, "www a.b\n", 9);
	check_alias(long_line, 8199, "www", "a.b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),     cmocka_unit_test(test_options),
		cmocka_unit_test(test_limits),       cmocka_unit_test(test_total),
		cmocka_unit_test(test_servers),      cmocka_unit_test(test_sortlist),
		cmocka_unit_test(test_search_lines), cmocka_unit_test(test_more_than_six_domains),
		cmocka_unit_test(test_odd_files),    cmocka_unit_test(test_conf),
		cmocka_unit_test(test_many_servers), cmocka_unit_test(test_aliases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
