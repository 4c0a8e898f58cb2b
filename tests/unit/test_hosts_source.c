/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fopnp:hosts over files of the test's own.  What glibc's "files" answers to the same
 * questions was measured; tests/nss/hosts_differential.c asks it itself.
 */
#include "nss_module/hosts/hosts_source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "nss_module/hosts/hosts_cache.h"
#include "nss_module/hosts/line_blocks.h"
#include "nss_module/lookup/libc_version.h"
#include "tests/unit/failing_allocation.h"
#include "tests/unit/unit_test.h"

#define ANSWER_TEXT   (256u << 10)
#define ANSWER_BUFFER (1u << 20)

#define MULTI true
#define FIRST false

/* ---- what is wrapped ------------------------------------------------------- */

static time_t clock_shift; /* files that were made just now have settled by then */

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	int result = __real_clock_gettime(clock, now);

	now->tv_sec += clock_shift;
	return result;
}

static atomic_uint open_count; /* threads open, too */

int __real_open(const char *path, int flags);
int __wrap_open(const char *path, int flags);
int __wrap_open(const char *path, int flags)
{
	open_count++;
	return __real_open(path, flags);
}

/* ---- files ----------------------------------------------------------------- */

static char directory[] = "/tmp/test_hosts_source.XXXXXX";
static char hosts[64], other[64];

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	(void)snprintf(hosts, sizeof(hosts), "%s/hosts", directory);
	(void)snprintf(other, sizeof(other), "%s/other", directory);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	(void)remove(hosts);
	(void)remove(other);
	return rmdir(directory);
}

static void write_file(const char *path, const char *bytes, size_t len)
{
	FILE *file;

	/* A file of the same size within one tick of the clock would be the same file. */
	(void)remove(path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void write_text(const char *path, const char *text)
{
	write_file(path, text, strlen(text));
}

/* ---- questions ------------------------------------------------------------- */

struct call {
	enum nss_status status;
	int error, h_error;
	char detail[1024];
	bool is_detail_cut;
	size_t address_count, alias_count, text_len;
	char text[ANSWER_TEXT]; /* "name [alias] address", "name address address" */
};

static char buffer[ANSWER_BUFFER];
static size_t buflen = sizeof(buffer);
static bool is_silent;   /* nobody listens */
static bool takes_errno; /* as glibc calls modules: errnop is &errno */
static struct call last;

static void append(const char *before, const char *text, const char *behind)
{
	size_t left = sizeof(last.text) - last.text_len;
	int len = snprintf(last.text + last.text_len, left, "%s%s%s", before, text, behind);

	last.text_len += (size_t)len < left ? (size_t)len : left - 1;
}

static void append_address(int family, const void *bytes)
{
	char text[INET6_ADDRSTRLEN];

	assert_non_null(inet_ntop(family, bytes, text, sizeof(text)));
	append(" ", text, "");
	last.address_count++;
}

static void describe_host(const struct hostent *host, const char *canonical)
{
	append("", host->h_name, "");
	assert_string_equal(canonical, host->h_name);
	for (char **alias = host->h_aliases; *alias; alias++, last.alias_count++)
		append(" [", *alias, "]");
	for (char **address = host->h_addr_list; *address; address++)
		append_address(host->h_addrtype, *address);
}

static void describe_tuples(const struct gaih_addrtuple *tuple)
{
	append("", tuple->name, "");
	for (; tuple; tuple = tuple->next) {
		assert_int_equal(tuple->scopeid, 0);
		append_address(tuple->family, tuple->addr);
	}
}

static const struct fopnp_conf *conf;

static void ask_path(const char *path, enum fopnp_function function, int family, const char *name,
		     const void *address, bool is_multi)
{
	struct fopnp_detail detail = { .line = last.detail, .size = sizeof(last.detail) };
	struct gaih_addrtuple *first = NULL;
	struct hostent host = { 0 };
	char *canonical = NULL;
	int32_t ttl = INT32_MAX;
	struct fopnp_ask ask = {
		.function = function,
		.family = family,
		.name = name,
		.address = address,
		.buffer = buffer,
		.buflen = buflen,
		.errnop = takes_errno ? &errno : &last.error,
		.h_errnop = &last.h_error,
		.host = &host,
		.first = &first,
		.canonical = &canonical,
		.ttl = &ttl,
		.conf = conf,
		.detail = is_silent ? NULL : &detail,
	};

	last.text[0] = last.detail[0] = '\0';
	last.address_count = last.alias_count = last.text_len = 0;
	last.error = 77;
	last.h_error = 88;
	errno = 99;
	last.status = fopnp_hosts_ask_file(&ask, path, is_multi);
	if (!takes_errno && last.error != ENOMEM)
		assert_int_equal(errno, 99);
	assert_int_equal(ttl, INT32_MAX);
	last.is_detail_cut = detail.is_cut;
	if (last.status != NSS_STATUS_SUCCESS)
		return;
	assert_int_equal(last.error, 77);
	assert_int_equal(last.h_error, NETDB_SUCCESS);
	if (function == FOPNP_GETHOSTBYNAME4_R)
		describe_tuples(first);
	else
		describe_host(&host, canonical);
}

static void ask_both(const char *name, bool is_multi)
{
	ask_path(hosts, FOPNP_GETHOSTBYNAME4_R, AF_UNSPEC, name, NULL, is_multi);
}

static void ask_family(int family, const char *name, bool is_multi)
{
	ask_path(hosts, FOPNP_GETHOSTBYNAME3_R, family, name, NULL, is_multi);
}

static void ask_address(const char *text)
{
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;
	uint8_t bytes[16];

	assert_int_equal(inet_pton(family, text, bytes), 1);
	ask_path(hosts, FOPNP_GETHOSTBYADDR_R, family, NULL, bytes, MULTI);
}

/* NULL: the source has no answer. */
static void expect(const char *text)
{
	if (text) {
		assert_int_equal(last.status, NSS_STATUS_SUCCESS);
		assert_string_equal(last.text, text);
		return;
	}
	assert_int_equal(last.status, NSS_STATUS_NOTFOUND);
	assert_int_equal(last.error, 77);
	assert_int_equal(last.h_error, HOST_NOT_FOUND);
}

static void expect_failure(enum nss_status status, int error, int h_error)
{
	assert_int_equal(last.status, status);
	assert_int_equal(last.error, error);
	assert_int_equal(last.h_error, h_error);
}

/* ---- names ----------------------------------------------------------------- */

struct row {
	const char *bytes;
	size_t len;
	const char *name;
	bool is_multi;
	const char *both, *inet, *inet6;
};

/* clang-format off */
static const struct row rows[] = {
	{ BYTES("1.2.3.4 foo\n"), "foo", MULTI, "foo 1.2.3.4", "foo 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 FooBar.Example baz\n"), "FOOBAR.example", MULTI,
	  "FooBar.Example 1.2.3.4", "FooBar.Example [baz] 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 real alias1 alias2\n"), "alias2", MULTI,
	  "real 1.2.3.4", "real [alias1] [alias2] 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 foo\n1.2.3.5 foo\n"), "foo", MULTI,
	  "foo 1.2.3.4 1.2.3.5", "foo 1.2.3.4 1.2.3.5", NULL },
	{ BYTES("1.2.3.4 foo\n1.2.3.5 foo\n"), "foo", FIRST, "foo 1.2.3.4", "foo 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 a foo\n1.2.3.5 foo b\n"), "foo", MULTI,
	  "a 1.2.3.4 1.2.3.5", "a [foo] [b] [foo] 1.2.3.4 1.2.3.5", NULL },
	{ BYTES("2001:db8::1 foo\n1.2.3.4 foo\n"), "foo", MULTI,
	  "foo 2001:db8::1 1.2.3.4", "foo 1.2.3.4", "foo 2001:db8::1" },
	{ BYTES("1.2.3.4 foo\n2001:db8::1 foo\n"), "foo", FIRST,
	  "foo 1.2.3.4", "foo 1.2.3.4", "foo 2001:db8::1" },
	{ BYTES("2001:db8::1 foo\n1.2.3.4 foo\n"), "foo", FIRST,
	  "foo 2001:db8::1", "foo 1.2.3.4", "foo 2001:db8::1" },
	{ BYTES("::1 foo\n"), "foo", MULTI, "foo ::1", "foo 127.0.0.1", "foo ::1" },
	{ BYTES("127.0.0.1 foo\n::1 foo\n"), "foo", MULTI,
	  "foo 127.0.0.1 ::1", "foo 127.0.0.1 127.0.0.1", "foo ::1" },
	{ BYTES("::ffff:1.2.3.4 foo\n"), "foo", MULTI,
	  "foo ::ffff:1.2.3.4", "foo 1.2.3.4", "foo ::ffff:1.2.3.4" },
	{ BYTES("1.2.3.4 foo foo\n"), "foo", MULTI, "foo 1.2.3.4", "foo [foo] 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 Foo\n1.2.3.4 foo\n"), "foo", MULTI,
	  "Foo 1.2.3.4 1.2.3.4", "Foo [foo] 1.2.3.4 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 foo#bar baz\n"), "foo", MULTI, "foo 1.2.3.4", "foo 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 foo # bar\n"), "bar", MULTI, NULL, NULL, NULL },
	{ BYTES("1.2.3.4 foo ba#r\n"), "ba", MULTI, "foo 1.2.3.4", "foo [ba] 1.2.3.4", NULL },
	{ BYTES(" \t1.2.3.4 foo\n"), "foo", MULTI, "foo 1.2.3.4", "foo 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 foo bar\r\n"), "bar", MULTI, "foo 1.2.3.4", "foo [bar] 1.2.3.4", NULL },
	{ BYTES("1.2.3.4\vfoo\fbar"), "bar", MULTI, "foo 1.2.3.4", "foo [bar] 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 foo"), "foo", MULTI, "foo 1.2.3.4", "foo 1.2.3.4", NULL },
	{ BYTES("5.6.7.8 bar\n  1.2.3.4 foo"), "foo", MULTI, "foo 1.2.3.4", "foo 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 foo\n1.2.3.5\n"), "", MULTI, " 1.2.3.5", " 1.2.3.5", NULL },
	{ BYTES("1.2.3 foo\n1.2.3.4 foo\n"), "foo", MULTI, "foo 1.2.3.4", "foo 1.2.3.4", NULL },
	{ BYTES("01.02.03.04 foo\n0x7f.1 foo\n1.2.3.4/24 foo\n"), "foo", MULTI, NULL, NULL, NULL },
	{ BYTES("fe80::1%lo foo\n[2001:db8::1] foo\n"), "foo", MULTI, NULL, NULL, NULL },
	{ BYTES("fe80::1 foo\n"), "foo", MULTI, "foo fe80::1", NULL, "foo fe80::1" },
	{ BYTES("1.2.3.4 foo.example.\n"), "foo.example", MULTI, NULL, NULL, NULL },
	{ BYTES("1.2.3.4 foo.example\n"), "foo.example.", MULTI, NULL, NULL, NULL },
	{ BYTES("1.2.3.4 foo.example.\n"), "foo.example.", MULTI,
	  "foo.example. 1.2.3.4", "foo.example. 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 foo_bar! -dash *.star\n"), "-dash", MULTI,
	  "foo_bar! 1.2.3.4", "foo_bar! [-dash] [*.star] 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 *.example\n"), "a.example", MULTI, NULL, NULL, NULL },
	{ BYTES("1.2.3.4 b\303\274cher\n"), "B\303\274CHER", MULTI,
	  "b\303\274cher 1.2.3.4", "b\303\274cher 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 \303\211t\303\251\n"), "\303\251t\303\251", MULTI, NULL, NULL, NULL },
	/* What differs by the case bit alone, but is no letter. */
	{ BYTES("1.2.3.4 foo@ foo[\n"), "foo`", MULTI, NULL, NULL, NULL },
	{ BYTES("1.2.3.4 foo\0bar baz\n5.6.7.8 qux\n"), "foo", MULTI,
	  "foo 1.2.3.4", "foo 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 foo\0 baz\n5.6.7.8 qux\n"), "baz", MULTI, NULL, NULL, NULL },
	{ BYTES("\0 1.2.3.4 foo\n5.6.7.8 foo\n"), "foo", MULTI, "foo 5.6.7.8", "foo 5.6.7.8", NULL },
	{ BYTES("\357\273\2771.2.3.4 foo\n"), "foo", MULTI, NULL, NULL, NULL },
	{ BYTES("1.2.3.4 5.6.7.8.\n"), "5.6.7.8.", MULTI,
	  "5.6.7.8. 1.2.3.4", "5.6.7.8. 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 foo\n"), "1.2.3.4", MULTI, NULL, NULL, NULL },
	{ BYTES("1.2.3.4 foo \\\nbar\n"), "bar", MULTI, NULL, NULL, NULL },
	{ BYTES("1.2.3.4 \"foo\"\n"), "foo", MULTI, NULL, NULL, NULL },
	{ BYTES("1.2.3.4 foo bar\n"), "foo bar", MULTI, NULL, NULL, NULL },
	{ BYTES("1.2.3.4 foo\n5.6.7.8 bar\n"), "foo\n5.6.7.8", MULTI, NULL, NULL, NULL },
	{ BYTES("1.2.3.4 a\n1.2.3.4 b a\n"), "a", MULTI,
	  "a 1.2.3.4 1.2.3.4", "a [a] [b] 1.2.3.4 1.2.3.4", NULL },
	{ BYTES("1.2.3.4 x\n"), "x", MULTI, "x 1.2.3.4", "x 1.2.3.4", NULL },
	{ BYTES("\n\n"), "foo", MULTI, NULL, NULL, NULL },
	{ BYTES(""), "foo", MULTI, NULL, NULL, NULL },
};
/* clang-format on */

static void ask_row(const struct row *row)
{
	ask_both(row->name, row->is_multi);
	expect(row->both);
	ask_family(AF_INET, row->name, row->is_multi);
	expect(row->inet);
	ask_family(AF_INET6, row->name, row->is_multi);
	expect(row->inet6);
	ask_path(hosts, FOPNP_GETHOSTBYNAME_R, AF_INET, row->name, NULL, row->is_multi);
	expect(row->inet);
}

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_file(hosts, rows[i].bytes, rows[i].len);
		ask_row(&rows[i]);
	}
}

/* The same by the marks of a kept copy. */
static void test_names_by_marks(void **state)
{
	(void)state;
	clock_shift = 3600;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_file(hosts, rows[i].bytes, rows[i].len);
		ask_both(rows[i].name, MULTI);
		open_count = 0;
		ask_row(&rows[i]);
		if (rows[i].len > 0)
			assert_int_equal(open_count, 0);
	}
	clock_shift = 0;
}

/* ---- addresses ------------------------------------------------------------- */

/* Twice: the second answer may be by the marks of a kept copy. */
static void expect_address(const char *text, const char *answer)
{
	for (unsigned i = 0; i < 2; i++) {
		ask_address(text);
		expect(answer);
	}
}

static void check_addresses(void)
{
	static const char *const mapped[] = {
		"::ffff:1.2.3.4",
		"::FFFF:102:304",
		"0:0:0:0:0:ffff:0102:0304",
		"0::ffff:1.2.3.4",
	};
	static const char *const loopback[] = { "::1", "0::0001", "::0.0.0.1", "0:0:0:0:0:0:0:1" };
	bool takes_mapped = fopnp_libc_is_since(38);
	char line[128];

	write_text(hosts, "1.2.3.4 foo a\n1.2.3.4 bar baz\n::ffff:1.2.3.5 five\n::1 six\n"
			  "127.0.0.1 four\n2001:DB8::0:7 seven\n\t1.2.3.8\n11.2.3.4 z 1.2.3.9\n");
	expect_address("1.2.3.4", "foo [a] 1.2.3.4");
	expect_address("1.2.3.5", "five 1.2.3.5");
	expect_address("127.0.0.1", "six 127.0.0.1");
	expect_address("2001:db8:0::7", "seven 2001:db8::7");
	expect_address("1.2.3.8", " 1.2.3.8");
	expect_address("1.2.3.9", NULL);
	expect_address("::ffff:1.2.3.4", takes_mapped ? "foo [a] ::ffff:1.2.3.4" : NULL);
	expect_address("::ffff:1.2.3.5", "five ::ffff:1.2.3.5");
	for (size_t i = 0; i < 4; i++) {
		(void)snprintf(line, sizeof(line), "# :: 1.2.3.4\n%s foo\n", mapped[i]);
		write_text(hosts, line);
		expect_address("1.2.3.4", "foo 1.2.3.4");
		(void)snprintf(line, sizeof(line), "9.9.9.9 a:b\n%s foo\n", loopback[i]);
		write_text(hosts, line);
		expect_address("127.0.0.1", "foo 127.0.0.1");
	}
	write_text(hosts, "1.2.3.4 one\n::ffff:127.0.0.1 foo\n");
	expect_address("127.0.0.1", "foo 127.0.0.1");
	expect_address("::1", NULL);
	expect_address("::ffff:127.0.0.1", "foo ::ffff:127.0.0.1");
}

static void test_addresses(void **state)
{
	(void)state;
	check_addresses();
}

static void test_addresses_by_marks(void **state)
{
	(void)state;
	clock_shift = 3600;
	check_addresses();
	clock_shift = 0;
}

/* ---- places ---------------------------------------------------------------- */

static void expect_places(const char *format, ...)
{
	char expected[1024] = "";
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(expected, sizeof(expected), format, arguments);
	va_end(arguments);
	assert_string_equal(last.detail, expected);
}

static void test_places(void **state)
{
	char *text = calloc(1, 4u << 20), *at = text;

	(void)state;
	assert_non_null(text);
	write_text(hosts, "# foo\n\n1.2.3.4 foo\n::1 foo\n1.2.3.5 bar foo\n");
	ask_both("foo", MULTI);
	expect_places("file=%s:3 file=%s:4 file=%s:5", hosts, hosts, hosts);
	ask_both("foo", FIRST);
	expect_places("file=%s:3", hosts);
	ask_family(AF_INET6, "foo", MULTI);
	expect_places("file=%s:4", hosts);
	ask_address("1.2.3.5");
	expect_places("file=%s:5", hosts);
	ask_both("nobody", MULTI);
	expect_places("");

	for (unsigned i = 0; i < FOPNP_HOSTS_PLACES + 3; i++)
		at += sprintf(at, "10.0.0.%u foo\n", i);
	write_text(hosts, text);
	ask_both("foo", MULTI);
	assert_non_null(strstr(last.detail, "/hosts:16 more=3"));
	assert_null(strstr(last.detail, "/hosts:17"));

	/* Over many blocks. */
	at = text;
	for (unsigned i = 1; i <= 60000; i++)
		at += sprintf(at, "10.0.0.1 host%u%s\n", i, i % 20000 == 0 ? " foo Quiz-Box" : "");
	write_text(hosts, text);
	ask_both("foo", MULTI);
	expect("host20000 10.0.0.1 10.0.0.1 10.0.0.1");
	expect_places("file=%s:20000 file=%s:40000 file=%s:60000", hosts, hosts, hosts);
	ask_both("HOST54321", MULTI);
	expect("host54321 10.0.0.1");
	expect_places("file=%s:54321", hosts);

	ask_both("qUIZ-bOX", FIRST);
	expect("host20000 10.0.0.1");

	/* Newlines as dense as can be. */
	memset(text, '\n', 10000);
	(void)strcpy(text + 10000, "1.2.3.4 foo\n");
	write_text(hosts, text);
	ask_both("foo", MULTI);
	expect_places("file=%s:10001", hosts);
	free(text);
}

static void test_nobody_listens(void **state)
{
	(void)state;
	write_text(hosts, "1.2.3.4 foo\n1.2.3.5 foo\n");
	is_silent = true;
	ask_both("foo", MULTI);
	expect("foo 1.2.3.4 1.2.3.5");
	assert_string_equal(last.detail, "");
	is_silent = false;
}

static void test_errno(void **state)
{
	(void)state;
	takes_errno = true;
	write_text(hosts, "1.2.3.4 foo\n");
	ask_both("foo", MULTI);
	assert_int_equal(last.status, NSS_STATUS_SUCCESS);
	assert_int_equal(errno, 99);
	ask_both("nobody", MULTI);
	assert_int_equal(last.status, NSS_STATUS_NOTFOUND);
	assert_int_equal(errno, 99);
	(void)remove(hosts);
	ask_both("nobody", MULTI);
	assert_int_equal(last.status, NSS_STATUS_UNAVAIL);
	assert_int_equal(errno, ENOENT);
	takes_errno = false;
}

/* ---- further files --------------------------------------------------------- */

static void test_further_files(void **state)
{
	struct fopnp_conf_option options[] = {
		{ .kind = FOPNP_OPTION_MDNS_TIMEOUT, .number = 1 },
		{ .kind = FOPNP_OPTION_HOSTS_FILE, .text = directory }, /* cannot be read */
		{ .kind = FOPNP_OPTION_HOSTS_FILE, .text = (char[]){ "/nonexistent/hosts" } },
		{ .kind = FOPNP_OPTION_HOSTS_FILE, .text = other },
	};
	struct fopnp_conf with_files = { .options = options, .option_count = 4 };

	(void)state;
	conf = &with_files;
	write_text(hosts, "1.2.3.4 foo a\n");
	write_text(other, "# other\n1.2.3.5 b foo\n1.2.3.6 only\n");
	ask_family(AF_INET, "foo", MULTI);
	expect("foo [a] [foo] [b] 1.2.3.4 1.2.3.5");
	expect_places("file=%s:1 file=%s:2", hosts, other);
	ask_both("foo", FIRST);
	expect("foo 1.2.3.4");
	ask_both("only", FIRST);
	expect("only 1.2.3.6");
	ask_address("1.2.3.5");
	expect("b [foo] 1.2.3.5");
	ask_both("nobody", MULTI);
	expect(NULL);

	/* Without the first one: an answer counts, its lack is that file's fault. */
	assert_int_equal(remove(hosts), 0);
	ask_both("only", MULTI);
	expect("only 1.2.3.6");
	ask_both("nobody", MULTI);
	expect_failure(NSS_STATUS_UNAVAIL, ENOENT, HOST_NOT_FOUND);
	conf = NULL;
}

/* ---- files that cannot be read --------------------------------------------- */

static void test_unreadable(void **state)
{
	(void)state;
	(void)remove(hosts);
	ask_both("foo", MULTI);
	expect_failure(NSS_STATUS_UNAVAIL, ENOENT, HOST_NOT_FOUND);
	/* As "files": by name these leave h_errno alone. */
	ask_family(AF_INET, "foo", MULTI);
	expect_failure(NSS_STATUS_UNAVAIL, ENOENT, 88);
	ask_address("1.2.3.4");
	expect_failure(NSS_STATUS_UNAVAIL, ENOENT, HOST_NOT_FOUND);

	ask_path(directory, FOPNP_GETHOSTBYNAME4_R, AF_UNSPEC, "foo", NULL, MULTI);
	expect_failure(NSS_STATUS_UNAVAIL, EISDIR, NETDB_INTERNAL);
	ask_path(directory, FOPNP_GETHOSTBYNAME3_R, AF_INET, "foo", NULL, MULTI);
	expect_failure(NSS_STATUS_UNAVAIL, EISDIR, NETDB_INTERNAL);
	ask_path("/dev/null", FOPNP_GETHOSTBYNAME4_R, AF_UNSPEC, "foo", NULL, MULTI);
	expect(NULL);
	/* Neither waited for nor read for ever. */
	ask_path("/dev/zero", FOPNP_GETHOSTBYNAME4_R, AF_UNSPEC, "foo", NULL, MULTI);
	expect_failure(NSS_STATUS_UNAVAIL, EINVAL, NETDB_INTERNAL);
	assert_int_equal(mkfifo(hosts, 0600), 0);
	ask_both("foo", MULTI);
	expect_failure(NSS_STATUS_UNAVAIL, ESPIPE, HOST_NOT_FOUND);
}

/* ---- room ------------------------------------------------------------------ */

static void check_rooms(void (*ask)(void), const char *answer)
{
	size_t needed = 0;

	for (size_t size = 0; size < 400; size++) {
		memset(buffer, 0x55, size + 1);
		buflen = size;
		ask();
		assert_int_equal(buffer[size], 0x55);
		if (last.status != NSS_STATUS_SUCCESS) {
			assert_int_equal(needed, 0);
			expect_failure(NSS_STATUS_TRYAGAIN, ERANGE, NETDB_INTERNAL);
			continue;
		}
		assert_string_equal(last.text, answer);
		if (needed == 0)
			needed = size;
	}
	assert_true(needed > 0);
	buflen = sizeof(buffer);
}

static void ask_foo(void)
{
	ask_both("foo", MULTI);
}

static void ask_inet_foo(void)
{
	ask_family(AF_INET, "foo", MULTI);
}

static void ask_four(void)
{
	ask_address("1.2.3.4");
}

static void test_room(void **state)
{
	(void)state;
	write_text(hosts, "# a comment as long as this one needs no room in the caller's buffer; so does\n"
			  "1.2.3.4 a foo\n::1 foo b\n1.2.3.5 foo\n");
	check_rooms(ask_foo, "a 1.2.3.4 ::1 1.2.3.5");
	check_rooms(ask_inet_foo, "a [foo] [b] [foo] [foo] 1.2.3.4 127.0.0.1 1.2.3.5");
	check_rooms(ask_four, "a [foo] 1.2.3.4");
}

static void test_memory(void **state)
{
	char *text = calloc(1, 64u << 10), *at = text;
	bool has_failed = true;

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i < 200; i++)
		at += sprintf(at, "10.0.0.%u foo alias%u with-a-rather-long-name.example\n", i, i);
	write_text(hosts, text);
	clock_shift = 3600;
	for (unsigned n = 1; has_failed; n++) {
		assert_true(n < 100);
		fail_allocation(n);
		ask_family(AF_INET, "foo", MULTI);
		has_failed = allocation_has_failed();
		fail_allocation(0);
		/* A copy that cannot be kept is no failure. */
		if (last.status != NSS_STATUS_SUCCESS)
			expect_failure(NSS_STATUS_TRYAGAIN, ENOMEM, NETDB_INTERNAL);
		else
			assert_non_null(strstr(last.text, " 10.0.0.199"));
		assert_true(has_failed || last.status == NSS_STATUS_SUCCESS);
		if (last.status == NSS_STATUS_SUCCESS) /* the next round reads the file, too */
			write_text(hosts, text);
	}
	clock_shift = 0;
	free(text);
}

/* ---- large and long -------------------------------------------------------- */

static void test_long_lines(void **state)
{
	size_t size = 1u << 20;
	char *text = malloc(size + 64);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', size);
	memcpy(text, "1.2.3.4 ", 8);
	(void)strcpy(text + size, " foo\n1.2.3.5 foo b\n");
	text[size / 2] = ' ';
	write_text(hosts, text);
	ask_both("foo", MULTI);
	assert_int_equal(last.status, NSS_STATUS_SUCCESS); /* its name is half of the line */
	assert_int_equal(strlen(buffer + 2 * sizeof(struct gaih_addrtuple)), size / 2 - 8);
	ask_address("1.2.3.5");
	expect("foo [b] 1.2.3.5");

	memcpy(text, "1.2.3.4 # ", 10);
	write_text(hosts, text);
	ask_both("foo", MULTI);
	expect("foo 1.2.3.5");
	expect_places("file=%s:2", hosts);
	free(text);
}

static void test_line_beyond_limit(void **state)
{
	static const char end[] = "\n1.2.3.5 foo\n";
	int file;

	(void)state;
	write_text(hosts, "1.2.3.4 foo ");
	file = open(hosts, O_WRONLY);
	assert_int_equal(pwrite(file, end, sizeof(end) - 1, FOPNP_LINE_MOST + 100), sizeof(end) - 1);
	assert_int_equal(close(file), 0);
	ask_both("foo", MULTI);
	expect("foo 1.2.3.5");
	expect_places("file=%s:2", hosts);
}

/* A line that passes the limit, by blocks of 16 bytes and lines of 64. */
static void test_dropped_lines(void **state)
{
	struct fopnp_line_blocks blocks;
	char text[512] = "", given[512] = "";
	size_t block_count = 0, lines_before = 0;

	(void)state;
	(void)strcpy(text, "1.2.3.4 a\n");
	memset(text + 10, 'x', 200);
	(void)strcpy(text + 210, "\n1.2.3.5 b\n1.2.3.6 c");
	write_text(hosts, text);
	fopnp_line_blocks_start(&blocks, open(hosts, O_RDONLY), 16, 64);
	while (fopnp_line_blocks_next(&blocks)) {
		assert_true(blocks.len > 0 && !blocks.is_whole);
		strncat(given, blocks.bytes, blocks.len);
		lines_before += blocks.lines_before;
		block_count++;
	}
	assert_int_equal(errno, 0);
	assert_string_equal(given, "1.2.3.4 a\n1.2.3.5 b\n1.2.3.6 c");
	assert_int_equal(lines_before, 1);
	assert_true(block_count > 1);
	fopnp_line_blocks_close(&blocks);
}

/* A list has FOPNP_ANSWER_ITEMS pointers at most, its end included. */
static void test_many_matches(void **state)
{
	char *text = malloc(2u << 20), *at = text;

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i < FOPNP_ANSWER_ITEMS + 10; i++)
		at += sprintf(at, "10.%u.%u.%u foo\n", i >> 16, i >> 8 & 255, i & 255);
	write_text(hosts, text);
	ask_both("foo", MULTI); /* their tuples are more than the buffer holds */
	expect_failure(NSS_STATUS_TRYAGAIN, ERANGE, NETDB_INTERNAL);
	ask_family(AF_INET, "foo", MULTI);
	assert_int_equal(last.status, NSS_STATUS_SUCCESS);
	assert_int_equal(last.address_count, FOPNP_ANSWER_ITEMS - 1);

	at = text + sprintf(text, "1.2.3.4 foo");
	for (unsigned i = 0; i < FOPNP_ANSWER_ITEMS + 10; i++)
		at += sprintf(at, " a");
	(void)strcpy(at, "\n1.2.3.5 foo\n");
	write_text(hosts, text);
	ask_family(AF_INET, "foo", MULTI);
	assert_int_equal(last.status, NSS_STATUS_SUCCESS);
	assert_int_equal(last.alias_count, FOPNP_ANSWER_ITEMS - 1);
	free(text);
}

/* ---- what is kept ---------------------------------------------------------- */

static unsigned opens_of(const char *name, const char *answer)
{
	open_count = 0;
	ask_both(name, MULTI);
	expect(answer);
	return atomic_load(&open_count);
}

static void test_kept(void **state)
{
	struct timespec past[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };

	(void)state;
	write_text(hosts, "1.2.3.4 foo\n");
	/* So fresh that another change could leave the same times. */
	assert_int_equal(opens_of("foo", "foo 1.2.3.4"), 1);
	assert_int_equal(opens_of("foo", "foo 1.2.3.4"), 1);
	/* An old modification time proves nothing: anybody can set it. */
	assert_int_equal(utimensat(AT_FDCWD, hosts, past, 0), 0);
	assert_int_equal(opens_of("foo", "foo 1.2.3.4"), 1);
	assert_int_equal(opens_of("foo", "foo 1.2.3.4"), 1);

	clock_shift = 3600;
	assert_int_equal(opens_of("foo", "foo 1.2.3.4"), 1);
	assert_int_equal(opens_of("foo", "foo 1.2.3.4"), 0);
	assert_int_equal(opens_of("nobody", NULL), 0);
	assert_int_equal(opens_of("foo", "foo 1.2.3.4"), 0);
	expect_places("file=%s:1", hosts);
	/* Another file of the same size and times. */
	write_text(other, "1.2.3.5 foo\n");
	assert_int_equal(utimensat(AT_FDCWD, other, past, 0), 0);
	assert_int_equal(rename(other, hosts), 0);
	assert_int_equal(opens_of("foo", "foo 1.2.3.5"), 1);
	assert_int_equal(opens_of("foo", "foo 1.2.3.5"), 0);
	/* One that is gone. */
	assert_int_equal(remove(hosts), 0);
	ask_both("foo", MULTI);
	expect_failure(NSS_STATUS_UNAVAIL, ENOENT, HOST_NOT_FOUND);
	clock_shift = 0;
}

static void test_two_are_kept(void **state)
{
	struct fopnp_conf_option option = { .kind = FOPNP_OPTION_HOSTS_FILE, .text = other };
	struct fopnp_conf with_file = { .options = &option, .option_count = 1 };

	(void)state;
	conf = &with_file;
	clock_shift = 3600;
	write_text(hosts, "1.2.3.4 foo\n");
	write_text(other, "1.2.3.5 foo\n");
	assert_int_equal(opens_of("foo", "foo 1.2.3.4 1.2.3.5"), 2);
	assert_int_equal(opens_of("foo", "foo 1.2.3.4 1.2.3.5"), 0);
	clock_shift = 0;
	conf = NULL;
}

static void test_large_is_not_kept(void **state)
{
	char *text = malloc(FOPNP_HOSTS_KEPT_MOST + 64);

	(void)state;
	assert_non_null(text);
	(void)strcpy(text, "1.2.3.4 foo\n");
	memset(text + 12, '\n', FOPNP_HOSTS_KEPT_MOST - 12);
	clock_shift = 3600;
	write_file(hosts, text, FOPNP_HOSTS_KEPT_MOST);
	assert_int_equal(opens_of("foo", "foo 1.2.3.4"), 1);
	assert_int_equal(opens_of("foo", "foo 1.2.3.4"), 0);
	text[FOPNP_HOSTS_KEPT_MOST] = '\n';
	write_file(hosts, text, FOPNP_HOSTS_KEPT_MOST + 1);
	assert_int_equal(opens_of("foo", "foo 1.2.3.4"), 1);
	assert_int_equal(opens_of("foo", "foo 1.2.3.4"), 1);
	clock_shift = 0;
	free(text);
}

/* ---- threads and children -------------------------------------------------- */

/* Two files take turns; each has the name twice, with one address. */
static bool is_one_of_both(void)
{
	char bytes[1024], *canonical = NULL;
	int error = 0, h_error = 0;
	struct hostent host;
	int32_t ttl = 0;
	struct fopnp_ask ask = {
		.function = FOPNP_GETHOSTBYNAME3_R,
		.family = AF_INET,
		.name = "foo",
		.buffer = bytes,
		.buflen = sizeof(bytes),
		.errnop = &error,
		.h_errnop = &h_error,
		.host = &host,
		.canonical = &canonical,
		.ttl = &ttl,
	};
	const uint8_t *one, *two;

	if (fopnp_hosts_ask_file(&ask, hosts, MULTI) != NSS_STATUS_SUCCESS)
		return false;
	one = (const uint8_t *)host.h_addr_list[0];
	two = (const uint8_t *)host.h_addr_list[1];
	return two && !host.h_addr_list[2] && memcmp(one, two, 4) == 0 &&
	       (one[3] == 4 || one[3] == 5);
}

static void *look_up_often(void *argument)
{
	(void)argument;
	for (unsigned i = 0; i < 2000; i++)
		if (!is_one_of_both())
			return &open_count; /* anything but NULL */
	return NULL;
}

static void put_in_place(unsigned turn)
{
	write_text(other, turn % 2 ? "1.2.3.4 foo\n1.2.3.4 foo\n" : "1.2.3.5 foo\n1.2.3.5 foo\n");
	assert_int_equal(rename(other, hosts), 0);
}

static void test_threads_and_children(void **state)
{
	pthread_t threads[4];
	void *failure;
	int status;

	(void)state;
	clock_shift = 3600;
	put_in_place(0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, look_up_often, NULL), 0);
	for (unsigned turn = 0; turn < 20; turn++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			/* Past _exit(), where TSan takes the parent's threads for leaks. */
			(void)syscall(SYS_exit_group, is_one_of_both() ? 0 : 1);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
		put_in_place(turn);
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], &failure), 0);
		assert_null(failure);
	}
	clock_shift = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_names_by_marks),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_addresses_by_marks),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_further_files),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_line_beyond_limit),
		cmocka_unit_test(test_dropped_lines),
		cmocka_unit_test(test_many_matches),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_two_are_kept),
		cmocka_unit_test(test_large_is_not_kept),
		cmocka_unit_test(test_threads_and_children),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
