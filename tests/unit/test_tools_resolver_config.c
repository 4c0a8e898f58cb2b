/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* resolv.conf against res_ninit(3): made-up files in the place of the machine's own. */
#include "tools/resolver_config.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <resolv.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/private_file.h"
#include "tests/unit/random_cases.h"
#include "tools/resolv_conf.h"

#include "tests/unit/unit_test.h"

/* ---- the lines alone ---- */

static void test_lines(void **state)
{
	static const char bytes[] = "; nameserver 10.0.0.9\n" /* 1 */
				    " nameserver 10.0.0.9\n"
				    "nameserver\t10.0.0.1 # text\n" /* 3 */
				    "nameserver 10.0.0.2\r\n"
				    "nameserver fe80::1%nosuch\n" /* 5 */
				    "nameserver 10.3\n"
				    "nameserver 10.0.0.4\n" /* 7 */
				    "domain a.example b.example\n"
				    "search x.example \t y.example \n" /* 9 */
				    "search \n"
				    "options ndots:3 rotate\n" /* 11 */
				    "nameserver 10.0.0.5\0 rest\n"
				    "options edns0"; /* 13 */
	struct fopnp_resolv_conf conf;

	(void)state;
	fopnp_resolv_conf_parse(BYTES(bytes), &conf);
	assert_int_equal(conf.server_count, 3);
	assert_int_equal(conf.servers[0].line, 3);
	assert_int_equal(conf.servers[0].family, AF_INET);
	assert_memory_equal(conf.servers[0].address, "\x0a\0\0\x01", 4);
	assert_int_equal(conf.servers[1].line, 5);
	assert_int_equal(conf.servers[1].family, AF_INET6);
	assert_int_equal(conf.servers[2].line, 6);
	assert_memory_equal(conf.servers[2].address, "\x0a\0\0\x03", 4);
	assert_int_equal(conf.surplus_line, 7);
	assert_int_equal(conf.refused_line, 4);
	assert_int_equal(conf.search_count, 2);
	assert_string_equal(conf.search[0], "x.example");
	assert_string_equal(conf.search[1], "y.example");
	assert_int_equal(conf.search_line, 9);
	assert_int_equal(conf.options_line, 13);
	assert_string_equal(conf.options_text, "edns0");
	fopnp_resolv_conf_clear(&conf);
	assert_null(conf.search);
}

static void test_domain_of_environment(void **state)
{
	struct fopnp_resolv_conf conf;

	(void)state;
	fopnp_resolv_conf_parse(BYTES("search a b"), &conf);
	fopnp_resolv_conf_set_search(&conf, " one\ttwo\nthree");
	assert_int_equal(conf.search_count, 3);
	assert_string_equal(conf.search[0], "");
	assert_string_equal(conf.search[1], "one");
	assert_string_equal(conf.search[2], "two");
	assert_int_equal(conf.search_line, 0);
	fopnp_resolv_conf_set_search(&conf, "");
	assert_int_equal(conf.search_count, 1);
	assert_string_equal(conf.search[0], "");
	fopnp_resolv_conf_clear(&conf);
}

/* The lines that glibc's res_ninit() hangs on, and some that it does not. */
static void test_endless_sortlist(void **state)
{
	static const struct {
		const char *line;
		bool is_endless;
	} cases[] = {
		{ "sortlist 10.0.0.0/255.0.0.0 10.1.0.0&255.255.0.0 10.2.0.0", false },
		{ "sortlist 10.0.0.0/24;\r", false },
		{ "sortlist 10.0.0.0/a/b", false },
		{ "sortlist no-address 10.0.0.0", false },
		{ "sortlist ", false },
		{ "sortlist\r", false },
		{ "sortlist 10.0.0.0/255.0.0.0\r", true },
		{ "sortlist 10.0.0.0\r", true },
		{ "sortlist \v", true },
		{ "sortlist /24", true },
		{ "sortlist no-address/24", true },
		{ "sortlist 10.0.0.0\x80", true },
	};
	struct fopnp_resolv_conf conf;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fopnp_resolv_conf_parse(cases[i].line, strlen(cases[i].line), &conf);
		if (conf.endless_line != cases[i].is_endless)
			fail_msg("%s", cases[i].line);
		fopnp_resolv_conf_clear(&conf);
	}
}

/* More domains than anybody has: bounded, and the first are kept. */
static void test_many_domains(void **state)
{
	enum { COUNT = 3 * FOPNP_RESOLV_CONF_SEARCH };
	char *bytes = malloc(7 + 2 * COUNT);
	struct fopnp_resolv_conf conf;

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, "search ", 7);
	for (size_t i = 0; i < COUNT; i++)
		memcpy(bytes + 7 + 2 * i, "d ", 2);
	fopnp_resolv_conf_parse(bytes, 7 + 2 * COUNT, &conf);
	assert_int_equal(conf.search_count, FOPNP_RESOLV_CONF_SEARCH);
	fopnp_resolv_conf_clear(&conf);
	free(bytes);
}

/* ---- against glibc ---- */

#define FAIL(...) ((void)fprintf(stderr, __VA_ARGS__), false)

/* Of res_ninit() alone, without any reading of ours. */
struct found {
	struct __res_state state;
	size_t kept;
};

static bool ask_glibc(struct found *found)
{
	memset(found, 0, sizeof(*found));
	if (res_ninit(&found->state) != 0)
		return FAIL("res_ninit: %s\n", strerror(errno));
	while (found->kept < MAXDNSRCH && found->state.dnsrch[found->kept])
		found->kept++;
	return true;
}

static bool has_servers_of(const struct fopnp_resolver_config *config, const struct found *found)
{
	const struct __res_state *state = &found->state;

	if (config->server_count != (size_t)state->nscount)
		return FAIL("%zu servers, glibc %d\n", config->server_count, state->nscount);
	for (size_t i = 0; i < config->server_count; i++) {
		const struct fopnp_resolver_server *server = &config->servers[i];
		const void *expected = &state->nsaddr_list[i];

		if (state->nsaddr_list[i].sin_family != AF_INET)
			expected = state->_u._ext.nsaddrs[i];
		if (memcmp(&server->address, expected, server->address_len) != 0)
			return FAIL("server %zu is %s\n", i, server->text);
	}
	return true;
}

/* Six, and as many as fit. */
static bool has_room_for_more(const struct found *found)
{
	size_t used = 0;

	for (size_t i = 0; i < found->kept; i++)
		used += strlen(found->state.dnsrch[i]) + 1;
	return found->kept < MAXDNSRCH && used < sizeof(found->state.defdname) - 150;
}

static bool has_search_of(const struct fopnp_resolver_config *config, const struct found *found)
{
	for (size_t i = 0; i < found->kept; i++)
		if (i >= config->search_count ||
		    strcmp(config->search[i], found->state.dnsrch[i]) != 0)
			return FAIL("search %zu is not %s\n", i, found->state.dnsrch[i]);
	if (has_room_for_more(found) && found->kept != config->search_count)
		return FAIL("%zu domains, glibc %zu\n", config->search_count, found->kept);
	return true;
}

static bool has_options_of(const struct fopnp_resolver_config *config, const struct found *found)
{
	return config->ndots == found->state.ndots &&
	       config->timeout_s == (unsigned)found->state.retrans &&
	       config->attempts == (unsigned)found->state.retry &&
	       config->flags == found->state.options;
}

static void print_made(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		(void)fprintf(stderr,
			      bytes[i] == '\n' || (bytes[i] >= ' ' && bytes[i] <= '~') ? "%c"
										       : "\\x%02x",
			      (unsigned char)bytes[i]);
	(void)fprintf(stderr, "<end>\n");
}

/*
 * Our own reading, before it is put right by glibc's, says the same as glibc: each
 * server has its line, the list the line that it is written in.
 */
static bool is_read_alike(const char *bytes, size_t len)
{
	struct fopnp_resolver_config config;
	struct fopnp_resolv_conf conf;
	struct found found;
	bool is_alike;

	if (!ask_glibc(&found))
		return false;
	fopnp_resolver_config_read(&config);
	fopnp_resolv_conf_parse(bytes, len, &conf);
	is_alike = has_servers_of(&config, &found) && has_search_of(&config, &found) &&
		   (has_options_of(&config, &found) || FAIL("other options\n"));
	for (size_t i = 0; is_alike && i < conf.server_count; i++)
		if (config.servers[i].line != conf.servers[i].line)
			is_alike = FAIL("server %zu has line %u, not %u\n", i,
					config.servers[i].line, conf.servers[i].line);
	if (is_alike && conf.server_count == 0 && config.servers[0].line != 0)
		is_alike = FAIL("127.0.0.1 has a line\n");
	if (is_alike && !getenv("LOCALDOMAIN") && config.search_line != conf.search_line)
		is_alike = FAIL("the list has line %u, not %u\n", config.search_line,
				conf.search_line);
	if (!is_alike)
		print_made(bytes, len);
	fopnp_resolv_conf_clear(&conf);
	fopnp_resolver_config_clear(&config);
	res_nclose(&found.state);
	return is_alike;
}

/* glibc would hang or abort, and is not asked. */
static bool is_fatal(void)
{
	struct fopnp_resolver_config config;
	bool has_words;

	fopnp_resolver_config_read(&config);
	has_words = config.fatal_words != NULL;
	fopnp_resolver_config_clear(&config);
	return has_words;
}

/* Lines of the file's grammar, and of noise. */
static size_t make_file(unsigned *seed, char *bytes, size_t size)
{
	static const char *const words[] = {
		"nameserver ",
		"nameserver ",
		"nameserver\t",
		"\nnameserver ",
		"\nnameserver ",
		"\nsearch ",
		"\nsearch ",
		"\ndomain ",
		"\noptions ",
		"\nsortlist ",
		"\nsortlist ",
		"search",
		" ",
		" ",
		"\t",
		"\n",
		"\n",
		"\n",
		"\r\n",
		"\r",
		"\v",
		";",
		"#",
		"10.0.0.1",
		"10.0.0.2",
		"10.3",
		"0x7f.1",
		"1.2.3.4.5",
		"::1",
		"2001:db8::53",
		"fe80::1%lo",
		"fe80::1%1",
		"fe80::2%nosuch",
		"::ffff:1.2.3.4",
		"a.example",
		"b.example",
		"very-long-label-"
		"that-fills-the-room-of-glibcs-public-list.and-another-one.and-the-next.example",
		".",
		"c",
		"ndots:3",
		"ndots:99",
		"timeout:2",
		"attempts:9",
		"rotate",
		"edns0",
		"no-aaaa",
		"ndots:",
		"\x80",
		"\xef\xbb\xbf",
		"%",
		"/",
		"%0",
	};
	size_t len = 0;

	for (unsigned count = (unsigned)rand_r(seed) % 30; count > 0; count--) {
		const char *word =
			words[(unsigned)rand_r(seed) % (sizeof(words) / sizeof(words[0]))];
		size_t word_len = strlen(word);

		if (strcmp(word, "%0") == 0)
			word = "", word_len = 1; /* a NUL */
		if (len + word_len > size)
			break;
		memcpy(bytes + len, word, word_len);
		len += word_len;
	}
	return len;
}

/* glibc sees a change by the file's times and size: no two files of a second are alike. */
static bool replace_file(const char *bytes, size_t len, long count)
{
	struct timespec times[2] = { { .tv_sec = count }, { .tv_sec = count } };

	return write_private_file(FOPNP_RESOLV_CONF, bytes, len) &&
	       utimensat(AT_FDCWD, FOPNP_RESOLV_CONF, times, 0) == 0;
}

static int random_files(unsigned seed)
{
	char bytes[2048];

	if (!mount_private_file(FOPNP_RESOLV_CONF))
		return RANDOM_CASES_IMPOSSIBLE;
	(void)alarm(60); /* an endless line that we did not see */
	for (long i = 1; i <= 5000; i++) {
		size_t len = make_file(&seed, bytes, sizeof(bytes));

		if (!replace_file(bytes, len, i) || (!is_fatal() && !is_read_alike(bytes, len)))
			return 1;
	}
	return 0;
}

static void test_random_files(void **state)
{
	(void)state;
	run_random_cases(random_files);
}

/* What the environment says goes before the file; a process of its own for each. */
static int random_environments(unsigned seed)
{
	static const char file[] = "search file.example\noptions ndots:2\n";
	static const char *const lists[] = { "a b", "", " ", " a", "a\tb ", "a\nb", "..", "a  b" };
	static const char *const options[] = { "ndots:7", "rotate timeout:9", "", "nosuch" };

	if (!mount_private_file(FOPNP_RESOLV_CONF) || !replace_file(BYTES(file), 1))
		return RANDOM_CASES_IMPOSSIBLE;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		int status;
		pid_t child = fork();

		if (child == 0) {
			(void)setenv("LOCALDOMAIN", lists[i], 1);
			(void)setenv("RES_OPTIONS", options[(seed + i) % 4], 1);
			_exit(!is_read_alike(BYTES(file)));
		}
		if (child == -1 || waitpid(child, &status, 0) != child || status != 0)
			return 1;
	}
	return 0;
}

static void test_environment(void **state)
{
	(void)state;
	run_random_cases(random_environments);
}

/* ---- a file that is not there, or no file ---- */

static bool is_as_if_empty(const struct fopnp_resolver_config *config)
{
	return config->server_count == 1 && strcmp(config->servers[0].text, "127.0.0.1") == 0 &&
	       config->servers[0].line == 0 && config->ndots == 1;
}

/* An empty /etc.  A process of its own for each case: glibc keeps what it has read. */
static bool enter_empty_etc(void)
{
	return mount_private_file(FOPNP_RESOLV_CONF) &&
	       mount("tmpfs", "/etc", "tmpfs", 0, NULL) == 0;
}

static int missing_file(unsigned seed)
{
	struct fopnp_resolver_config config;

	(void)seed;
	if (!enter_empty_etc())
		return RANDOM_CASES_IMPOSSIBLE;
	fopnp_resolver_config_read(&config);
	return !config.is_missing || config.error || config.target || !is_as_if_empty(&config);
}

static int dangling_link(unsigned seed)
{
	struct fopnp_resolver_config config;

	(void)seed;
	if (!enter_empty_etc() || symlink("../run/no/such/stub.conf", FOPNP_RESOLV_CONF) != 0)
		return RANDOM_CASES_IMPOSSIBLE;
	fopnp_resolver_config_read(&config);
	return !config.is_missing || !is_as_if_empty(&config) || !config.target ||
	       strcmp(config.target, "../run/no/such/stub.conf") != 0;
}

static int link_to_itself(unsigned seed)
{
	struct fopnp_resolver_config config;

	(void)seed;
	if (!enter_empty_etc() || symlink("resolv.conf", FOPNP_RESOLV_CONF) != 0)
		return RANDOM_CASES_IMPOSSIBLE;
	fopnp_resolver_config_read(&config);
	return config.is_missing || config.error != ELOOP || !is_as_if_empty(&config);
}

/* glibc can open it, but not read: every lookup fails. */
static int directory(unsigned seed)
{
	struct fopnp_resolver_config config;

	(void)seed;
	if (!enter_empty_etc() || mkdir(FOPNP_RESOLV_CONF, 0755) != 0)
		return RANDOM_CASES_IMPOSSIBLE;
	fopnp_resolver_config_read(&config);
	return config.is_missing || config.error != EISDIR || config.server_count != 0;
}

/* glibc would wait for ever. */
static int pipe_without_writer(unsigned seed)
{
	struct fopnp_resolver_config config;

	(void)seed;
	if (!enter_empty_etc() || mkfifo(FOPNP_RESOLV_CONF, 0644) != 0)
		return RANDOM_CASES_IMPOSSIBLE;
	(void)alarm(20);
	fopnp_resolver_config_read(&config);
	return config.is_missing || !config.fatal_words || config.server_count != 0;
}

/* What happens to one who asks glibc all the same. */
static int end_of_glibc(const char *bytes, size_t len)
{
	struct found found;
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		(void)close(STDERR_FILENO);
		(void)alarm(2);
		_exit(replace_file(bytes, len, 1) && ask_glibc(&found) ? 0 : 1);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status)
		       ? WTERMSIG(status)
		       : 0;
}

/* Files that end every program: glibc's faults, and we must outlive them. */
static int fatal_files(unsigned seed)
{
	static const char endless[] = "nameserver 10.0.0.1\r\nsortlist 10.0.0.0/255.0.0.0\r\n";
	struct fopnp_resolver_config config;
	char list[300] = "#\nsearch a ";

	(void)seed;
	if (!mount_private_file(FOPNP_RESOLV_CONF) || !replace_file(BYTES(endless), 2))
		return RANDOM_CASES_IMPOSSIBLE;
	fopnp_resolver_config_read(&config);
	if (!config.fatal_words || config.fatal_line != 2 || config.server_count != 0 ||
	    config.refused_line != 1)
		return 1;
	memset(list + strlen(list), 'x', 254);
	if (!replace_file(list, strlen(list), 3))
		return RANDOM_CASES_IMPOSSIBLE;
	fopnp_resolver_config_read(&config);
	if (!config.fatal_words || config.fatal_line != 2 || config.search_count != 2)
		return 2;
	/* A glibc that has been mended gets here, too. */
	if (end_of_glibc(BYTES(endless)) != SIGALRM || end_of_glibc(list, strlen(list)) != SIGABRT)
		(void)fprintf(stderr, "this glibc takes what we keep from it\n");
	return 0;
}

static void test_fatal_files(void **state)
{
	(void)state;
	run_random_cases(fatal_files);
}

static void test_odd_files(void **state)
{
	(void)state;
	run_random_cases(missing_file);
	run_random_cases(dangling_link);
	run_random_cases(link_to_itself);
	run_random_cases(directory);
	run_random_cases(pipe_without_writer);
}

/* Not for root, who may read everything. */
static int unreadable_file(unsigned seed)
{
	struct fopnp_resolver_config config;

	(void)seed;
	if (geteuid() != 0 || !mount_private_file(FOPNP_RESOLV_CONF) ||
	    !replace_file(BYTES("nameserver 10.0.0.1\n"), 1) || chmod(FOPNP_RESOLV_CONF, 0) != 0 ||
	    setuid(65534) != 0)
		return RANDOM_CASES_IMPOSSIBLE;
	fopnp_resolver_config_read(&config);
	return config.error != EACCES || config.is_missing || !is_as_if_empty(&config);
}

static void test_unreadable_file(void **state)
{
	(void)state;
	run_random_cases(unreadable_file);
}

static int named_zone(unsigned seed)
{
	static const char file[] = "nameserver 10.0.0.1\n#\nnameserver fe80::53%lo\n"
				   "nameserver fe80::54%4000000000\n";
	struct fopnp_resolver_config config;

	(void)seed;
	if (if_nametoindex("lo") == 0 || !mount_private_file(FOPNP_RESOLV_CONF) ||
	    !replace_file(BYTES(file), 1))
		return RANDOM_CASES_IMPOSSIBLE;
	fopnp_resolver_config_read(&config);
	return config.server_count != 3 || strcmp(config.servers[0].text, "10.0.0.1") != 0 ||
	       strcmp(config.servers[1].text, "fe80::53%lo") != 0 || config.servers[1].line != 3 ||
	       strcmp(config.servers[2].text, "fe80::54%4000000000") != 0 ||
	       config.servers[2].line != 4;
}

static void test_named_zone(void **state)
{
	(void)state;
	run_random_cases(named_zone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_domain_of_environment),
		cmocka_unit_test(test_endless_sortlist),
		cmocka_unit_test(test_many_domains),
		cmocka_unit_test(test_random_files),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_odd_files),
		cmocka_unit_test(test_fatal_files),
		cmocka_unit_test(test_unreadable_file),
		cmocka_unit_test(test_named_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
