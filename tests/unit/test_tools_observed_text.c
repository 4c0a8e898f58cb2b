/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of lookups at every width, and the texts in them. */
#include "tools/observed_text.h"

#include "tools/escape.h"
#include "tools/memory.h"
#include "tools/terminal.h"

#include <locale.h>
#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

static struct fopnp_observed_lookup *made(const char *comm, int64_t pid, const char *name)
{
	struct fopnp_observed_lookup *lookup = fopnp_observed_create();

	fopnp_event_clear(&lookup->event);
	lookup->process.pid = lookup->process.tid = pid;
	lookup->process.uid = 4000000000;
	(void)snprintf(lookup->process.comm, sizeof(lookup->process.comm), "%s", comm);
	(void)snprintf(lookup->event.name, sizeof(lookup->event.name), "%s", name);
	lookup->event.has_status = true;
	lookup->event.status = NSS_STATUS_SUCCESS;
	lookup->event.elapsed_us = 17;
	lookup->event.time_us = 1769860800123456;
	(void)snprintf(lookup->event.source, sizeof(lookup->event.source), "files");
	return lookup;
}

static void add_address(struct fopnp_observed_lookup *lookup, const char *address)
{
	struct fopnp_event *event = &lookup->event;

	(void)snprintf(event->addresses[event->address_count++], sizeof(event->addresses[0]), "%s",
		       address);
}

static void assert_duration(uint64_t us, const char *expected)
{
	char *text = fopnp_observed_duration(us);

	assert_string_equal(text, expected);
	assert_true(us > 999000000 || strlen(text) <= 6); /* the column */
	free(text);
}

static void test_durations(void **state)
{
	(void)state;
	assert_duration(0, "0 us");
	assert_duration(999, "999 us");
	assert_duration(1000, "1.0 ms");
	assert_duration(9949, "9.9 ms");
	assert_duration(9950, "10 ms");
	assert_duration(999499, "999 ms");
	assert_duration(999500, "1.0 s");
	assert_duration(5000000, "5.0 s");
	assert_duration(99949999, "99.9 s");
	assert_duration(99950000, "100 s");
}

static void assert_answer(const struct fopnp_observed_lookup *lookup, const char *expected)
{
	char *text = fopnp_observed_answer_text(&lookup->event, NULL);

	assert_string_equal(text, expected);
	free(text);
}

static void test_answers(void **state)
{
	struct fopnp_observed_lookup *lookup = made("curl", 123, "www.example");
	struct fopnp_event *event = &lookup->event;

	(void)state;
	assert_answer(lookup, "found");
	(void)snprintf(event->canonical, sizeof(event->canonical), "www.example");
	assert_answer(lookup, "www.example");
	add_address(lookup, "192.0.2.1");
	assert_answer(lookup, "192.0.2.1");
	add_address(lookup, "192.0.2.2");
	add_address(lookup, "192.0.2.3");
	assert_answer(lookup, "192.0.2.1 +2");
	/* A failure has no addresses, whatever the event says. */
	event->status = NSS_STATUS_NOTFOUND;
	event->h_error = HOST_NOT_FOUND;
	assert_answer(lookup, "not found");
	event->h_error = NO_DATA;
	assert_answer(lookup, "no address");
	event->status = NSS_STATUS_TRYAGAIN;
	event->h_error = TRY_AGAIN;
	assert_answer(lookup, "temporary failure");
	event->has_status = false;
	assert_answer(lookup, "?");
	fopnp_observed_destroy(lookup);
}

struct rows {
	char *text;
	size_t size;
	FILE *out;
	struct fopnp_observed_rows *rows;
};

static void start(struct rows *rows, const char *columns, bool has_date)
{
	const struct fopnp_observed_rows_options options = { .has_date = has_date };

	if (columns)
		assert_int_equal(setenv("COLUMNS", columns, 1), 0);
	else
		assert_int_equal(unsetenv("COLUMNS"), 0);
	rows->out = open_memstream(&rows->text, &rows->size);
	assert_non_null(rows->out);
	fopnp_terminal_use(rows->out);
	rows->rows = fopnp_observed_rows_create(rows->out, &options);
}

static void end(struct rows *rows)
{
	fopnp_observed_rows_destroy(rows->rows);
	assert_int_equal(fclose(rows->out), 0);
}

static void clear(struct rows *rows)
{
	free(rows->text);
}

static void assert_rows(struct rows *rows, const char *expected)
{
	end(rows);
	assert_string_equal(rows->text, expected);
	clear(rows);
}

static void test_whole(void **state)
{
	struct fopnp_observed_lookup *lookup =
		made("curl", 123,
		     "a-name-that-is-longer-than-its-column.in-a-domain-of-its-own.example");
	struct rows rows;

	(void)state;
	add_address(lookup, "2001:db8:1234:5678:9abc:def0:1234:5678");
	add_address(lookup, "192.0.2.2");
	start(&rows, NULL, true);
	fopnp_observed_rows_heading(rows.rows);
	fopnp_observed_rows_lookup(rows.rows, lookup);
	assert_rows(&rows,
		    "time                     program               user      name"
		    "                              took  source       answer\n"
		    "2026-01-31 12:00:00.123  curl[123]             4000000000  "
		    "a-name-that-is-longer-than-its-column.in-a-domain-of-its-own.example"
		    "   17 us  files        2001:db8:1234:5678:9abc:def0:1234:5678,192.0.2.2\n");
	fopnp_observed_destroy(lookup);
}

static void test_cut(void **state)
{
	struct fopnp_observed_lookup *lookup =
		made("a-program-of-some-length", 4194304, "a-long-name.in-a-domain.example");
	struct rows rows;

	(void)state;
	lookup->process.is_comm_claimed = lookup->process.is_claim_false = true;
	add_address(lookup, "2001:db8:1234:5678:9abc:def0:1234:5678");
	add_address(lookup, "192.0.2.2");
	start(&rows, "80", false);
	fopnp_observed_rows_lookup(rows.rows, lookup);
	/* What says who it was, and how many more there are, stays. */
	assert_rows(&rows, "12:00:00  a-\u2026?[4194304]!  a-long-name.in-a-do\u2026   17 us"
			   "  files     2001:db8:1\u2026 +1\n");
	fopnp_observed_destroy(lookup);
}

/* No line is wider than any terminal, whatever it holds. */
static void test_widths(void **state)
{
	struct fopnp_observed_lookup *lookup =
		made("\xe6\x97\xa5\xe6\x9c\xac\033[2J", 4194304,
		     "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e.\xe2\x80\xae.example\n.and-more-of-it."
		     "and-more-of-it.and-more-of-it.and-more-of-it.and-more-of-it.and-more-of-it");

	(void)state;
	add_address(lookup, "2001:db8:1234:5678:9abc:def0:1234:5678");
	for (size_t columns = 40; columns <= 250; columns++) {
		char text[16];
		struct rows rows;
		size_t lines = 0;

		(void)snprintf(text, sizeof(text), "%zu", columns);
		start(&rows, text, columns % 2);
		fopnp_observed_rows_heading(rows.rows);
		fopnp_observed_rows_lookup(rows.rows, lookup);
		fopnp_observed_rows_malformed(rows.rows, &lookup->process, "\0\033[2J\xff\n", 7);
		fopnp_observed_rows_lost(rows.rows, &lookup->process, 123456789);
		end(&rows);
		for (char *line = strtok(rows.text, "\n"); line; line = strtok(NULL, "\n")) {
			assert_int_in_range(fopnp_escape_columns(line), 0, columns);
			assert_null(strchr(line, '\033'));
			lines++;
		}
		assert_int_equal(lines, 4);
		clear(&rows);
	}
	fopnp_observed_destroy(lookup);
}

static void test_sentences(void **state)
{
	struct fopnp_observed_lookup *lookup = made("", 0, "");
	static char long_one[FOPNP_EVENT_SIZE];
	struct rows rows;

	(void)state;
	memset(long_one, 'x', sizeof(long_one));
	start(&rows, NULL, false);
	fopnp_observed_rows_lost(rows.rows, &lookup->process, 1);
	fopnp_observed_rows_malformed(rows.rows, &lookup->process, "a\0b", 3);
	fopnp_observed_rows_malformed(rows.rows, &lookup->process, long_one, sizeof(long_one));
	end(&rows);
	assert_non_null(strstr(rows.text, "1 event of ?[?] was lost\n"));
	assert_non_null(strstr(rows.text, "no event of ours, 3 bytes: a\\x00b\n"));
	assert_non_null(strstr(rows.text, "no event of ours, 8192 bytes or more: xxx"));
	assert_non_null(strstr(rows.text, "x ...\n"));
	clear(&rows);
	fopnp_observed_destroy(lookup);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations), cmocka_unit_test(test_answers),
		cmocka_unit_test(test_whole),     cmocka_unit_test(test_cut),
		cmocka_unit_test(test_widths),    cmocka_unit_test(test_sentences),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	(void)setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
