/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --redact: the same hash for the same name, and nothing of anybody left. */
#include "tools/observed_redact.h"

#include "nss_module/lookup/event.h"
#include "tools/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/private_file.h"

#include "tests/unit/unit_test.h"

#define MACHINE_ID "/etc/machine-id"

static struct fopnp_redaction *redaction;

static int create(void **state)
{
	(void)state;
	redaction = fopnp_redaction_create();
	return 0;
}

static int destroy(void **state)
{
	(void)state;
	fopnp_redaction_destroy(redaction);
	return 0;
}

static void expect_same(const char *a, const char *b)
{
	FOPNP_AUTO_FREE char *first = fopnp_redact_name(redaction, a);
	FOPNP_AUTO_FREE char *second = fopnp_redact_name(redaction, b);

	assert_string_equal(first, second);
	assert_string_not_equal(first, a);
}

static void expect_different(const char *a, const char *b)
{
	FOPNP_AUTO_FREE char *first = fopnp_redact_name(redaction, a);
	FOPNP_AUTO_FREE char *second = fopnp_redact_name(redaction, b);

	assert_string_not_equal(first, second);
}

static void expect_kept(const char *text)
{
	FOPNP_AUTO_FREE char *shown = fopnp_redact_name(redaction, text);

	assert_string_equal(shown, text);
}

static void expect_hash(const char *text, const char *prefix)
{
	FOPNP_AUTO_FREE char *shown = fopnp_redact_name(redaction, text);

	assert_int_equal(strlen(shown), strlen(prefix) + 12);
	assert_memory_equal(shown, prefix, strlen(prefix));
	assert_int_equal(strspn(shown + strlen(prefix), "0123456789abcdef"), 12);
}

static void test_names(void **state)
{
	char long_name[1000];

	(void)state;
	expect_hash("www.example.org", "name-");
	expect_hash("b\303\274ro", "name-");
	expect_hash(".", "name-");
	expect_hash("1.2.3", "name-");
	expect_hash("name-0123456789ag", "name-");
	expect_hash("name-0123456789abc", "name-");
	expect_same("www.example.org", "WWW.Example.ORG.");
	expect_different("www.example.org", "www.example.net");
	/* All of it counts, however long. */
	memset(long_name, 'a', sizeof(long_name));
	long_name[999] = '\0';
	expect_hash(long_name, "name-");
	expect_different(long_name, long_name + 1);
	expect_different(long_name + 1, long_name + 256 + 1);
}

static void test_addresses(void **state)
{
	(void)state;
	expect_hash("192.0.2.1", "addr-");
	expect_hash("2001:db8::1", "addr-");
	expect_hash("192.0.2.1%1", "name-");
	expect_same("2001:db8::1", "2001:DB8:0:0::1");
	expect_same("fe80::1%2", "fe80::1%wlan0");
	expect_different("192.0.2.1", "::ffff:192.0.2.1");
	expect_different("192.0.2.1", "192.0.2.2");
}

static void test_kept(void **state)
{
	static const char *const kept[] = {
		"", "localhost", "LOCALHOST.", "localhost.localdomain", "ip6-localhost", "127.0.0.1",
		"127.8.9.10", "0.0.0.0", "::", "::1", "::ffff:127.0.0.1", "name-0123456789ab",
		"addr-0123456789ab",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		expect_kept(kept[i]);
	assert_null(fopnp_redact_name(redaction, NULL));
	expect_hash("my.localhost", "name-");
	expect_hash("0.0.0.1", "addr-");
	expect_hash("128.0.0.1", "addr-");
	expect_hash("::2", "addr-");
}

static void test_without(void **state)
{
	FOPNP_AUTO_FREE char *shown = fopnp_redact_name(NULL, "www.example.org");

	(void)state;
	assert_string_equal(shown, "www.example.org");
}

/* ---- words ---- */

/* TEXT with "{NAME}" for each hash of NAME. */
static void fill_in(const char *text, char *out, size_t size)
{
	size_t used = 0;

	while (*text && used + FOPNP_REDACTED_TEXT < size) {
		size_t len = strcspn(text, "}");

		if (*text != '{') {
			out[used++] = *text++;
			continue;
		}
		{
			FOPNP_AUTO_FREE char *name = fopnp_memory_copy(text + 1, len - 1);
			FOPNP_AUTO_FREE char *shown = fopnp_redact_name(redaction, name);

			(void)strcpy(out + used, shown);
			used += strlen(shown);
			text += len + 1;
		}
	}
	out[used] = '\0';
}

static void test_words(void **state)
{
	static const struct {
		const char *detail, *expected;
	} cases[] = {
		{ "", "" },
		{ "file=/etc/hosts:12 more=3", "file=/etc/hosts:12 more=3" },
		{ "via=multicast if=enx001122334455 from=192.0.2.7 asked=1 heard=2",
		  "via=multicast if={enx001122334455} from={192.0.2.7} asked=1 heard=2" },
		{ "server=192.0.2.53 rcode=NOERROR rtt=9 ad=1", "server={192.0.2.53} rcode=NOERROR rtt=9 ad=1" },
		{ "server=192.0.2.53:5353", "server={192.0.2.53}:5353" },
		{ "server=%5B2001:db8::1%5D:53", "server={2001:db8::1}:53" },
		{ "server=2001:db8::1", "server={2001:db8::1}" },
		{ "server=127.0.0.53:54", "server=127.0.0.53:54" },
		{ "server=%5B::1%5D:54", "server=%5B::1%5D:54" },
		{ "server=addr-0123456789ab:54", "server=addr-0123456789ab:54" },
		{ "server=secret:name", "server={secret:name}" },
		{ "sent=192.0.2.53,4", "sent={192.0.2.53},4" },
		{ "sent=192.0.2.53", "" },
		{ "chain=www.example.org chain=localhost", "chain={www.example.org} chain=localhost" },
		{ "ede=22:at%20secret.example", "ede=22" },
		{ "ede=secret.example", "" },
		{ "query=0,192.0.2.53,udp,A,NXDOMAIN,912,0,www.example.org",
		  "query=0,{192.0.2.53},udp,A,NXDOMAIN,912,0,{www.example.org}" },
		{ "query=0,192.0.2.53,udp,A,NXDOMAIN,912,0", "" },
		{ "query=0,192.0.2.53", "" },
		{ "query=secret.example", "" },
		{ "error=libnss_x.so.2:%20cannot%20open reason=not-loaded",
		  "error=libnss_x.so.2:%20cannot%20open reason=not-loaded" },
		{ "unknown=secret.example secret.example ttl=5", "ttl=5" },
	};
	static char out[FOPNP_EVENT_DETAIL], expected[FOPNP_EVENT_DETAIL];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(fopnp_redact_detail(redaction, cases[i].detail, out, sizeof(out)));
		fill_in(cases[i].expected, expected, sizeof(expected));
		assert_string_equal(out, expected);
	}
	assert_false(fopnp_redact_detail(redaction, "chain=a", out, 20));
	assert_string_equal(out, "");
	assert_true(fopnp_redact_detail(redaction, "chain=a", out, 24));
}

/* ---- the key ---- */

/* The hash of a name where the machine-id is that text; "?" on failure. */
static void hash_with(const char *machine_id, char out[static FOPNP_REDACTED_TEXT])
{
	struct fopnp_redaction *own;

	(void)strcpy(out, "?");
	if (!write_private_file(MACHINE_ID, machine_id, strlen(machine_id)))
		return;
	own = fopnp_redaction_create();
	(void)fopnp_redact_shown(own, "www.example.org", out);
	fopnp_redaction_destroy(own);
}

static int check_keys(void)
{
	char first[FOPNP_REDACTED_TEXT], again[FOPNP_REDACTED_TEXT], other[FOPNP_REDACTED_TEXT];

	if (access(MACHINE_ID, F_OK) != 0 || !mount_private_file(MACHINE_ID))
		return 77;
	hash_with("0123456789abcdef0123456789abcdef\n", first);
	hash_with("0123456789abcdef0123456789abcdef", again);
	hash_with("0123456789abcdef0123456789abcdee\n", other);
	/* By sha256sum(1): of the key's text with its NUL and the machine-id, then of that and the name. */
	if (strcmp(first, "name-0c3f192fb89c") != 0 || strcmp(again, first) != 0 ||
	    strcmp(other, first) == 0)
		return 1;
	/* Without one, each run has its own. */
	hash_with("uninitialized\n", first);
	hash_with("uninitialized\n", again);
	hash_with("", other);
	return strcmp(first, again) == 0 || strcmp(first, other) == 0;
}

static void test_keys(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(check_keys());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77 && !getenv("FOPNP_NO_SKIP"))
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_without),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
