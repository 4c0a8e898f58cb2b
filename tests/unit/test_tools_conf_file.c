/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading fopnp.conf as the module does: what it leaves out, and when it ignores the file. */
#include "nss_module/lookup/fopnp_conf.h"
#include "tools/conf_file.h"
#include "tools/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

static char path[] = "/tmp/fopnp-conf-XXXXXX";
static struct fopnp_findings findings;

static int set_up(void **state)
{
	int file;

	(void)state;
	(void)strcpy(path, "/tmp/fopnp-conf-XXXXXX");
	file = mkstemp(path);
	if (file == -1)
		return -1;
	(void)close(file);
	return setenv("FOPNP_CONF", path, 1);
}

static int tear_down(void **state)
{
	(void)state;
	fopnp_findings_clear(&findings);
	(void)unlink(path);
	return 0;
}

static void write_conf(const char *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static struct fopnp_conf *read_conf(void)
{
	const char *found;
	struct fopnp_conf *conf;

	fopnp_findings_clear(&findings);
	conf = fopnp_conf_file_read(&found, &findings);
	assert_string_equal(found, path);
	return conf;
}

#define assert_finding(index, id_, line_, text_)                                                   \
	do {                                                                                       \
		assert_true(findings.count > (index));                                             \
		assert_string_equal(findings.list[index].id, id_);                                 \
		assert_string_equal(findings.list[index].text, text_);                             \
		assert_int_equal(findings.list[index].place.line, line_);                          \
		assert_string_equal(findings.list[index].place.file, path);                        \
	} while (0)

static void test_good_file(void **state)
{
	struct fopnp_conf *conf;

	(void)state;
	write_conf(BYTES("# all is well\n\n  dns-hedge 20ms\t\nhosts-file /etc/hosts.lab\n"));
	conf = read_conf();
	assert_non_null(conf);
	assert_int_equal(conf->option_count, 2);
	assert_int_equal(findings.count, 0);
	fopnp_conf_destroy(conf);
	write_conf(BYTES(""));
	conf = read_conf();
	assert_int_equal(findings.count, 0);
	fopnp_conf_destroy(conf);
	(void)unlink(path);
	assert_null(read_conf());
	assert_int_equal(findings.count, 0);
}

static void test_bad_lines(void **state)
{
	struct fopnp_conf *conf;

	(void)state;
	write_conf(BYTES("dns-attempts 2\n\t dns-hedge 20 \r\n# x\nfrobnicate\ndns-attempts 3"));
	conf = read_conf();
	assert_non_null(conf);
	assert_int_equal(conf->option_count, 1);
	assert_int_equal(conf->options[0].number, 2);
	assert_int_equal(findings.count, 3);
	assert_finding(0, "fopnp-conf-line", 2,
		       "\"dns-hedge 20\" is left out: a duration with its unit is wanted here, as "
		       "200ms or 1.5s, an hour at most");
	assert_string_equal(findings.list[0].place.text, "dns-hedge 20");
	assert_int_equal(findings.list[0].severity, FOPNP_WARNING);
	assert_finding(1, "fopnp-conf-line", 4, "\"frobnicate\" is left out: not a keyword");
	assert_finding(2, "fopnp-conf-line", 5,
		       "\"dns-attempts 3\" is left out: the last line does not end in a newline");
	fopnp_conf_destroy(conf);
	/* Without somebody to tell it is the same file. */
	conf = fopnp_conf_file_read(&(const char *){ NULL }, NULL);
	assert_int_equal(conf->option_count, 1);
	fopnp_conf_destroy(conf);
}

/* Of many the first few, and a long one in part, not through the middle of a character. */
static void test_many_bad_lines(void **state)
{
	char bytes[1024], cut[100];
	size_t len = 0;

	(void)state;
	memset(bytes, 'x', 59);
	(void)strcpy(bytes + 59, "\xc3\xbc and so on\n");
	len = strlen(bytes);
	(void)snprintf(cut, sizeof(cut), "\"%.59s...\" is left out: not a keyword", bytes);
	for (unsigned i = 0; i < 9; i++)
		len += (size_t)sprintf(bytes + len, "word%u\n", i);
	write_conf(bytes, len);
	fopnp_conf_destroy(read_conf());
	assert_int_equal(findings.count, 4);
	assert_finding(0, "fopnp-conf-line", 1, cut);
	assert_finding(2, "fopnp-conf-line", 3, "\"word1\" is left out: not a keyword");
	assert_finding(3, "fopnp-conf-line", 0, "7 more lines are left out");
	/* NUL bytes and nothing else. */
	write_conf(BYTES("\0\0\0\n\n \0\n"));
	fopnp_conf_destroy(read_conf());
	assert_int_equal(findings.count, 2);
	assert_finding(1, "fopnp-conf-line", 3, "\"\" is left out: the line holds a NUL byte");
}

static void test_ignored_files(void **state)
{
	FOPNP_AUTO_FREE char *large = fopnp_memory_zeroed(1u << 21, 1);
	char expected[200];

	(void)state;
	write_conf(BYTES("dns-attempts 2\nfrobnicate\n"));
	assert_int_equal(chmod(path, 0666), 0);
	assert_null(read_conf());
	assert_int_equal(findings.count, 1);
	(void)snprintf(expected, sizeof(expected),
		       "%s is ignored whole: others than its owner may write to it (mode 666)",
		       path);
	assert_finding(0, "fopnp-conf-untrusted", 0, expected);
	(void)snprintf(expected, sizeof(expected), "chmod go-w %s", path);
	assert_string_equal(findings.list[0].fix, expected);
	assert_int_equal(chmod(path, 0600), 0);
	memset(large, '\n', 1u << 21);
	write_conf(large, 1u << 21);
	assert_null(read_conf());
	(void)snprintf(expected, sizeof(expected), "%s is ignored whole: it is larger than 1 MiB",
		       path);
	assert_finding(0, "fopnp-conf-unreadable", 0, expected);
	/* Nobody waits for somebody to write. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(read_conf());
	(void)snprintf(expected, sizeof(expected), "%s is ignored whole: it is no regular file",
		       path);
	assert_finding(0, "fopnp-conf-unreadable", 0, expected);
	if (geteuid() != 0)
		return;
	assert_int_equal(unlink(path), 0);
	write_conf(BYTES("dns-attempts 2\n"));
	assert_int_equal(chown(path, 4321, (gid_t)-1), 0);
	assert_null(read_conf());
	(void)snprintf(expected, sizeof(expected), "%s is ignored whole: it belongs to user 4321",
		       path);
	assert_finding(0, "fopnp-conf-untrusted", 0, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_good_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_bad_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ignored_files, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
