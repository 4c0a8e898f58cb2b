/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The notes on fopnp.conf: only where the call goes by it. */
#include "nss_module/lookup/fopnp_conf.h"
#include "tools/memory.h"
#include "tools/trace_notes.h"

#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/made_trace.h"
#include "tests/unit/unit_test.h"

static struct fopnp_trace trace;

/* A trace of SOURCE alone, by hand, with these lines of fopnp.conf and a bad one. */
static void start(const char *source, const char *lines)
{
	struct fopnp_finding *bad;

	fopnp_trace_clear(&trace);
	make_trace(&trace, "www.example", EAI_NONAME);
	trace.line.origin = FOPNP_ORDER_OF_OPTION;
	(void)make_step(&trace, source, NSS_STATUS_NOTFOUND);
	trace.conf = fopnp_conf_parse(lines, strlen(lines), NULL, NULL);
	trace.conf_path = fopnp_memory_copy_text("/etc/fopnp.conf");
	bad = fopnp_findings_add(&trace.conf_findings, "fopnp-conf-line", FOPNP_WARNING, "bad");
	bad->fix = fopnp_memory_copy_text("mend it");
	bad->place = fopnp_place_make("/etc/fopnp.conf", 7, "bad line");
}

static int tear_down(void **state)
{
	(void)state;
	fopnp_trace_clear(&trace);
	return 0;
}

static void test_in_force(void **state)
{
	(void)state;
	start("fopnp:dns", "");
	fopnp_trace_note_conf(&trace);
	assert_int_equal(trace.notes.count, 1);
	assert_note(&trace, "fopnp-conf-line", FOPNP_WARNING, "bad");
	assert_place(&trace, "fopnp-conf-line", "/etc/fopnp.conf", 7);
	assert_string_equal(find_note(&trace, "fopnp-conf-line")->fix, "mend it");
	/* No source that reads it, and no program that comes to the module. */
	start("dns", "");
	fopnp_trace_note_conf(&trace);
	assert_int_equal(trace.notes.count, 0);
	/* Programs do, but not with this order. */
	trace.line.is_installed = true;
	fopnp_trace_note_conf(&trace);
	assert_int_equal(trace.notes.count, 0);
	trace.line.origin = FOPNP_ORDER_OF_NSSWITCH;
	fopnp_trace_note_conf(&trace);
	assert_int_equal(trace.notes.count, 1);
	/* A built-in source that glibc looks for itself reads nothing. */
	start("fopnp:dns", "");
	trace.line.origin = FOPNP_ORDER_OF_NSSWITCH;
	trace.line.outside = 1;
	fopnp_trace_note_conf(&trace);
	assert_int_equal(trace.notes.count, 0);
}

static void test_hosts_files(void **state)
{
	char path[] = "/tmp/fopnp-hosts-XXXXXX", lines[200];
	int file = mkstemp(path);

	(void)state;
	assert_true(file != -1);
	(void)close(file);
	(void)snprintf(lines, sizeof(lines), "hosts-file %s\nhosts-file %s.gone\nhosts-file /tmp\n",
		       path, path);
	start("fopnp:hosts", lines);
	fopnp_trace_note_conf(&trace);
	assert_int_equal(count_notes(&trace, "hosts-file-missing"), 2);
	assert_place(&trace, "hosts-file-missing", "/etc/fopnp.conf", 2);
	assert_string_equal(trace.notes.list[2].text,
			    "/tmp, which fopnp:hosts is to read behind /etc/hosts, cannot be read "
			    "(Is a directory)");
	/* Nobody reads them. */
	start("fopnp:dns", lines);
	fopnp_trace_note_conf(&trace);
	assert_no_note(&trace, "hosts-file-missing");
	(void)unlink(path);
}

static void test_surplus_servers(void **state)
{
	(void)state;
	start("fopnp:dns", "dns-servers ::1 ::2 ::3 ::4 ::5 ::6 ::7\t ::8 \n");
	fopnp_trace_note_conf(&trace);
	assert_int_equal(trace.notes.count, 1);
	start("fopnp:dns", "dns-servers ::1 ::2 ::3 ::4 ::5 ::6 ::7 ::8 ::9\n");
	fopnp_trace_note_conf(&trace);
	assert_int_equal(trace.notes.count, 2);
	assert_string_equal(trace.notes.list[1].text,
			    "of the 9 servers of dns-servers fopnp:dns asks the first 8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_in_force, tear_down),
		cmocka_unit_test_teardown(test_hosts_files, tear_down),
		cmocka_unit_test_teardown(test_surplus_servers, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
