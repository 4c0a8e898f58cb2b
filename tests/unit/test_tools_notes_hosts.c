/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The notes on /etc/hosts. */
#include "tools/hosts_evidence.h"
#include "tools/memory.h"
#include "tools/trace_notes.h"

#include <netdb.h>
#include <nss.h>
#include <string.h>

#include "nss_module/lookup/hosts_file.h"
#include "tests/unit/made_trace.h"
#include "tests/unit/private_file.h"
#include "tests/unit/random_cases.h"
#include "tests/unit/unit_test.h"

#define OVERRULED "not used: multi is off in /etc/host.conf:1, so the first line wins"

static struct fopnp_trace trace;

/* `files` with that status; it answers where that is success. */
static struct fopnp_step *start(int status)
{
	struct fopnp_step *files;

	fopnp_trace_clear(&trace);
	make_trace(&trace, "printer", status == NSS_STATUS_SUCCESS ? 0 : EAI_NONAME);
	files = make_step(&trace, "files", status);
	if (status == NSS_STATUS_SUCCESS)
		make_answering(&trace, files);
	return files;
}

static void add_line(struct fopnp_step *step, unsigned line, const char *remark,
		     enum fopnp_evidence_flaw flaw)
{
	struct fopnp_place place = fopnp_place_make("/etc/hosts", line, "10.0.0.2 printer");

	fopnp_evidence_add(&step->evidence, place, remark ? "%s" : NULL, remark);
	step->evidence.list[step->evidence.count - 1].flaw = flaw;
}

static int tear_down(void **state)
{
	(void)state;
	fopnp_trace_clear(&trace);
	return 0;
}

static void test_used_lines(void **state)
{
	struct fopnp_step *files = start(NSS_STATUS_SUCCESS);

	(void)state;
	add_line(files, 3, NULL, FOPNP_FLAW_NONE);
	add_line(files, 4, "duplicate of line 3", FOPNP_FLAW_NONE);
	add_line(files, 5, "IPv6: not for this call", FOPNP_FLAW_NONE);
	fopnp_trace_note_hosts(&trace);
	assert_int_equal(trace.notes.count, 0);
}

/* The DNS has another address, as fopnp alone asked it. */
static void test_difference(void **state)
{
	struct fopnp_step *files = start(NSS_STATUS_SUCCESS);
	struct fopnp_step *dns = make_step(&trace, "dns", NSS_STATUS_SUCCESS);

	(void)state;
	files = &trace.steps[0];
	add_line(files, 1, "not used: no address", FOPNP_FLAW_MALFORMED);
	add_line(files, 2, "IPv6: not for this call", FOPNP_FLAW_NONE);
	add_line(files, 3, NULL, FOPNP_FLAW_NONE);
	dns->answer = fopnp_memory_zeroed(1, sizeof(*dns->answer));
	fopnp_trace_note_hosts(&trace);
	assert_int_equal(count_notes(&trace, "hosts-differs"), 0);
	dns->is_different = true;
	fopnp_trace_note_hosts(&trace);
	assert_place(&trace, "hosts-differs", "/etc/hosts", 3);
	assert_non_null(strstr(find_note(&trace, "hosts-differs")->text, "in the DNS"));
}

static void test_overruled_line(void **state)
{
	struct fopnp_step *files = start(NSS_STATUS_SUCCESS);

	(void)state;
	add_line(files, 3, NULL, FOPNP_FLAW_NONE);
	add_line(files, 8, OVERRULED, FOPNP_FLAW_OVERRULED);
	add_line(files, 9, OVERRULED, FOPNP_FLAW_OVERRULED);
	fopnp_trace_note_hosts(&trace);
	assert_int_equal(count_notes(&trace, "hosts-line-unused"), 1);
	assert_note(&trace, "hosts-line-unused", FOPNP_WARNING,
		    "10.0.0.2 for printer is not used: multi is off in /etc/host.conf:1, so the "
		    "first line wins");
	assert_place(&trace, "hosts-line-unused", "/etc/hosts", 8);
	assert_non_null(strstr(find_note(&trace, "hosts-line-unused")->fix, "multi on"));
}

/* Where files did not answer, no line of it took another's place; a bad one still is bad. */
static void test_without_answer(void **state)
{
	struct fopnp_step *files = start(NSS_STATUS_NOTFOUND);

	(void)state;
	add_line(files, 8, OVERRULED, FOPNP_FLAW_OVERRULED);
	fopnp_trace_note_hosts(&trace);
	assert_no_note(&trace, "hosts-line-unused");
	add_line(files, 9, "not used: no address", FOPNP_FLAW_MALFORMED);
	fopnp_trace_note_hosts(&trace);
	assert_note(&trace, "hosts-line-unused", FOPNP_WARNING,
		    "the line for printer is not used: no address");
	assert_place(&trace, "hosts-line-unused", "/etc/hosts", 9);
	assert_non_null(strstr(find_note(&trace, "hosts-line-unused")->fix, "zone"));
	files = start(NSS_STATUS_NOTFOUND);
	add_line(files, 9, "not used: no address", FOPNP_FLAW_MALFORMED);
	make_unreached(files);
	fopnp_trace_note_hosts(&trace);
	assert_no_note(&trace, "hosts-line-unused");
}

/* 2000 lines of ten bytes each in the place of /etc/hosts. */
static int large_file(unsigned seed)
{
	static char bytes[20000];
	struct fopnp_step *files = start(NSS_STATUS_SUCCESS);
	const struct fopnp_finding *note;

	(void)seed;
	for (size_t i = 0; i < sizeof(bytes); i += 10)
		memcpy(bytes + i, "10.0.0.1 x\n", 10), bytes[i + 9] = '\n';
	if (!mount_private_file(FOPNP_HOSTS_PATH) ||
	    !write_private_file(FOPNP_HOSTS_PATH, bytes, sizeof(bytes)))
		return RANDOM_CASES_IMPOSSIBLE;
	files->elapsed_us = 4999;
	trace.result->elapsed_us = 107000;
	fopnp_trace_note_hosts(&trace);
	if (trace.notes.count != 0)
		return 1;
	files->elapsed_us = 105000;
	fopnp_trace_note_hosts(&trace);
	note = find_note(&trace, "hosts-large");
	if (!note || note->severity != FOPNP_INFO ||
	    strcmp(note->text, "/etc/hosts has 2,000 lines, 0.0 MB, which are read in every lookup: "
			       "that took files 105 ms") != 0)
		return 2;
	/* So few lines are not what took the time. */
	(void)start(NSS_STATUS_SUCCESS);
	trace.steps[0].elapsed_us = 105000;
	if (!write_private_file(FOPNP_HOSTS_PATH, bytes, 500))
		return RANDOM_CASES_IMPOSSIBLE;
	fopnp_trace_note_hosts(&trace);
	return trace.notes.count == 0 ? 0 : 3;
}

static void test_large_file(void **state)
{
	(void)state;
	run_random_cases(large_file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_used_lines),
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_overruled_line),
		cmocka_unit_test(test_without_answer),
		cmocka_unit_test(test_large_file),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
