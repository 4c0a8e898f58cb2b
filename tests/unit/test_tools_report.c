/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statistics over lookups made by hand; every number was worked out by hand, too. */
#include "tools/report_statistics.h"

#include "tools/report_texts.h"
#include "tools/report_times.h"

#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

#define SECOND 1000000

/* One lookup: "files" says no in 10 us, then the source that answers. */
struct made {
	int64_t end_us, elapsed_us;
	int64_t pid;
	const char *comm, *function, *family, *name;
	const char *source;    /* NULL: nobody */
	int h_error;           /* of nobody */
	int64_t ttl;           /* -1: unknown */
	const char *addresses; /* blanks between; of gethostbyaddr_r the name */
};

static struct fopnp_observed_lookup *lookup;

static void add_step(const char *source, int status, uint64_t us, const char *reason)
{
	struct fopnp_event_step *step = &lookup->event.steps[lookup->event.step_count++];

	*step = (struct fopnp_event_step){ .has_result = true, .status = status, .elapsed_us = us };
	strcpy(step->source, source);
	strcpy(step->reason, reason);
}

static void add_addresses(const char *addresses)
{
	struct fopnp_event *event = &lookup->event;
	char copy[256], *rest = copy, *word;

	strcpy(copy, addresses);
	while ((word = strsep(&rest, " ")))
		strcpy(event->addresses[event->address_count++], word);
}

static void make(const struct made *made)
{
	struct fopnp_event *event = &lookup->event;
	bool is_reverse = strcmp(made->function, "gethostbyaddr_r") == 0;

	fopnp_event_clear(event);
	lookup->process = (struct fopnp_observed_process){ .pid = made->pid, .uid = -1 };
	strcpy(lookup->process.comm, made->comm);
	strcpy(event->function, made->function);
	strcpy(event->family, made->family);
	strcpy(event->name, made->name);
	event->has_status = true;
	event->status = made->source ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND;
	event->h_error = made->source ? 0 : made->h_error;
	event->time_us = made->end_us;
	event->elapsed_us = made->elapsed_us;
	event->ttl = made->ttl;
	add_step("files", made->source && strcmp(made->source, "files") == 0 ? NSS_STATUS_SUCCESS
									    : NSS_STATUS_NOTFOUND,
		 10, "");
	if (!made->source || strcmp(made->source, "files") != 0)
		add_step(made->source ? made->source : "dns",
			 made->source ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND,
			 (uint64_t)(made->elapsed_us - 10), "");
	if (made->source)
		strcpy(event->source, made->source);
	if (made->source && is_reverse)
		strcpy(event->canonical, made->addresses);
	else if (made->source && made->addresses)
		add_addresses(made->addresses);
}

static struct fopnp_report_statistics *statistics;

static void start(size_t top, size_t lookups_most)
{
	struct fopnp_report_options options = { .top = top,
						.cache_us = 60 * SECOND,
						.lookups_most = lookups_most };

	fopnp_report_statistics_destroy(statistics);
	statistics = fopnp_report_statistics_create(&options);
}

/* In order or the other way round, which must not matter. */
static const struct fopnp_report_results *count(const struct made *list, size_t size,
						bool is_backwards)
{
	for (size_t i = 0; i < size; i++) {
		make(&list[is_backwards ? size - 1 - i : i]);
		fopnp_report_statistics_add(statistics, lookup);
	}
	return fopnp_report_statistics_finish(statistics);
}

static int set_up(void **state)
{
	(void)state;
	lookup = fopnp_observed_create();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fopnp_report_statistics_destroy(statistics);
	statistics = NULL;
	fopnp_observed_destroy(lookup);
	return 0;
}

#define BOTH "gethostbyname4_r", "unspec"
#define ONE  "gethostbyname3_r", "inet"
#define BACK "gethostbyaddr_r", "inet"

static const struct made DAY[] = {
	/* end, elapsed, pid, program, question, answer */
	{ 100 * SECOND, 1000, 1, "curl", BOTH, "a.example", "dns", 0, -1, "192.0.2.1 192.0.2.2" },
	{ 110 * SECOND, 3000, 1, "curl", BOTH, "A.Example.", "dns", 0, -1, "192.0.2.2 192.0.2.1" },
	{ 120 * SECOND, 2000, 2, "curl", BOTH, "a.example", "dns", 0, -1, "192.0.2.1 192.0.2.2" },
	/* The first answer is 60 s old by now: asked anew. */
	{ 161 * SECOND, 4000, 3, "ssh", BOTH, "a.example", "dns", 0, -1, "192.0.2.1 192.0.2.2" },
	/* Another question. */
	{ 162 * SECOND, 500, 3, "ssh", ONE, "a.example", "files", 0, -1, "192.0.2.1" },
	/* A failure that may pass is not kept; that there is no such name is. */
	{ 200 * SECOND, 9000, 4, "", BOTH, "b.example", NULL, TRY_AGAIN, -1, NULL },
	{ 201 * SECOND, 8000, 4, "", BOTH, "b.example", NULL, HOST_NOT_FOUND, -1, NULL },
	{ 202 * SECOND, 7000, 4, "", BOTH, "b.example", NULL, HOST_NOT_FOUND, -1, NULL },
	{ 203 * SECOND, 600, 4, "", BACK, "192.0.2.1", "files", 0, 0, "a.example" },
	/* With a ttl of 0 seconds nothing is kept. */
	{ 204 * SECOND, 700, 4, "", BACK, "192.0.2.1", "files", 0, 0, "a.example" },
};

static void assert_day(const struct fopnp_report_results *results)
{
	assert_int_equal(results->lookups, 10);
	assert_int_equal(results->answered, 7);
	assert_int_equal(results->not_found, 2);
	assert_int_equal(results->failed, 1);
	assert_int_equal(results->processes, 4);
	assert_int_equal(results->first_us, 100 * SECOND);
	assert_int_equal(results->last_us, 204 * SECOND);
	/* 500 600 700 1000 2000 3000 4000 7000 8000 9000 */
	assert_int_equal(results->times.count, 10);
	assert_int_equal(results->times.p50_us, 2000);
	assert_int_equal(results->times.p90_us, 8000);
	assert_int_equal(results->times.p99_us, 9000);
	assert_int_equal(results->times.most_us, 9000);
	assert_int_equal(results->times.total_us, 35800);
}

static void assert_day_lists(const struct fopnp_report_results *results)
{
	assert_int_equal(results->name_total, 3);
	assert_string_equal(results->names[0].name, "a.example");
	assert_int_equal(results->names[0].lookups, 5);
	assert_int_equal(results->names[0].not_found, 0);
	assert_int_equal(results->names[0].failed, 0);
	assert_int_equal(results->names[0].programs, 2);
	assert_int_equal(results->names[0].times.p50_us, 2000); /* 500 1000 2000 3000 4000 */
	assert_string_equal(results->names[1].name, "b.example");
	assert_int_equal(results->names[1].not_found, 2);
	assert_int_equal(results->names[1].failed, 1);
	assert_string_equal(results->names[2].name, "192.0.2.1");
	/* "" (unknown) 5, curl 3, ssh 2 */
	assert_int_equal(results->program_total, 3);
	assert_null(results->programs[0].program);
	assert_int_equal(results->programs[0].not_found, 2);
	assert_int_equal(results->programs[0].failed, 1);
	assert_int_equal(results->programs[0].total_us, 25300);
	assert_string_equal(results->programs[1].program, "curl");
	assert_int_equal(results->programs[1].processes, 2);
	assert_int_equal(results->programs[1].most_us, 3000);
	assert_int_equal(results->failure_count, 2);
	assert_int_equal(results->failures[0].code, EAI_NONAME);
	assert_int_equal(results->failures[0].lookups, 2);
	assert_int_equal(results->failures[1].code, EAI_AGAIN);
	assert_string_equal(results->failures[1].names[0].name, "b.example");
}

static void assert_day_sources(const struct fopnp_report_results *results)
{
	const struct fopnp_report_source *dns = &results->sources[0], *files = &results->sources[1];

	assert_int_equal(results->source_count, 2);
	assert_string_equal(dns->source, "dns");
	assert_int_equal(dns->answered, 4);
	assert_int_equal(dns->asked, 7);
	assert_int_equal(dns->found, 4);
	assert_int_equal(dns->not_found, 3);
	/* 990 1990 2990 3990 6990 7990 8990 */
	assert_int_equal(dns->times.p50_us, 3990);
	assert_int_equal(dns->times.p90_us, 8990);
	assert_int_equal(dns->before_steps, 0);
	assert_string_equal(files->source, "files");
	assert_int_equal(files->answered, 3);
	assert_int_equal(files->asked, 10);
	assert_int_equal(files->before_steps, 4); /* not of the three that nobody answered */
	assert_int_equal(files->before_us, 40);
}

static void assert_day_repeats(const struct fopnp_report_results *results)
{
	/* a.example at 110 s and 120 s; b.example at 202 s. */
	assert_int_equal(results->machine.lookups, 3);
	assert_int_equal(results->machine.saved_us, 3000 + 2000 + 7000);
	/* Process 1 at 110 s, process 4 at 202 s. */
	assert_int_equal(results->process.lookups, 2);
	assert_int_equal(results->process.saved_us, 3000 + 7000);
	assert_int_equal(results->repeated_names, 2);
	assert_string_equal(results->repeats[0].name, "a.example");
	assert_int_equal(results->repeats[0].kind, FOPNP_REPORT_UNSPEC);
	assert_int_equal(results->repeats[0].lookups, 4);
	assert_int_equal(results->repeats[0].machine.lookups, 2);
	assert_int_equal(results->repeats[0].process.lookups, 1);
	assert_int_equal(results->changed_names, 0);
	assert_int_equal(results->rotating_names, 0);
}

static void test_day(void **state)
{
	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		const struct fopnp_report_results *results;

		start(10, 100);
		results = count(DAY, sizeof(DAY) / sizeof(*DAY), backwards);
		assert_day(results);
		assert_day_lists(results);
		assert_day_sources(results);
		assert_day_repeats(results);
	}
}

static void test_limits(void **state)
{
	const struct fopnp_report_results *results;

	(void)state;
	/* Lists end at the top, sums do not. */
	start(1, 100);
	results = count(DAY, sizeof(DAY) / sizeof(*DAY), false);
	assert_int_equal(results->name_count, 1);
	assert_int_equal(results->name_total, 3);
	assert_int_equal(results->program_count, 1);
	assert_int_equal(results->repeat_count, 1);
	assert_int_equal(results->machine.lookups, 3);
	assert_int_equal(results->failures[0].name_count, 1);
	/* What does not fit is in nothing but its count. */
	start(10, 4);
	results = count(DAY, sizeof(DAY) / sizeof(*DAY), false);
	assert_int_equal(results->lookups, 4);
	assert_int_equal(results->left_out, 6);
	assert_int_equal(results->source_count, 2);
	assert_int_equal(results->sources[0].asked, 4);
	/* Nothing at all. */
	start(10, 100);
	results = count(NULL, 0, false);
	assert_int_equal(results->lookups, 0);
	assert_int_equal(results->first_us, -1);
	assert_int_equal(results->times.count, 0);
}

/* What became of one name that was asked at seconds 1, 2, ...; of addresses "-": not found, "?": failed. */
static const struct fopnp_report_results *follow(const char *const *answers, bool is_backwards)
{
	struct made list[16];
	size_t size = 0;

	for (; answers[size]; size++) {
		const char *space = strchr(answers[size], ' ');
		static char sources[16][16];
		bool is_found = space != NULL;

		(void)snprintf(sources[size], sizeof(sources[size]), "%.*s",
			       is_found ? (int)(space - answers[size]) : 0, answers[size]);
		list[size] = (struct made){
			(int64_t)(size + 1) * SECOND, 100,  1, "curl", BOTH, "a.example",
			is_found ? sources[size] : NULL,
			*answers[size] == '?' ? TRY_AGAIN : HOST_NOT_FOUND, -1,
			is_found ? space + 1 : NULL,
		};
	}
	start(10, 100);
	return count(list, size, is_backwards);
}

/* CHANGES of the name, and whether it rotates, whatever order the lookups are read in. */
static void assert_changes(const char *const *answers, uint64_t changes, bool is_rotating)
{
	for (int backwards = 0; backwards < 2; backwards++) {
		const struct fopnp_report_results *results = follow(answers, backwards);

		assert_int_equal(results->changed_names, changes > 0);
		assert_int_equal(results->rotating_names, is_rotating);
		if (changes > 0)
			assert_int_equal(results->changes[0].changes, changes);
	}
}

#define ANSWERS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void test_rotation(void **state)
{
	(void)state;
	assert_changes(ANSWERS("dns 1", "dns 1", "dns 1"), 0, false);
	/* The order of the addresses is nothing. */
	assert_changes(ANSWERS("dns 1 2 3", "dns 3 1 2"), 0, false);
	/* Parts of a larger set: each has one in common with the next, ... */
	assert_changes(ANSWERS("dns 1 2", "dns 2 3", "dns 3 4"), 0, true);
	/* ... or with a third one, ... */
	assert_changes(ANSWERS("dns 1 2", "dns 3 4", "dns 2 3"), 0, true);
	/* ... or they take turns. */
	assert_changes(ANSWERS("dns 1", "dns 2", "dns 3", "dns 1"), 0, true);
	assert_changes(ANSWERS("dns 1", "dns 2", "dns 1", "dns 3", "dns 2"), 0, true);
}

static void test_changes(void **state)
{
	(void)state;
	/* Gone for good. */
	assert_changes(ANSWERS("dns 1", "dns 1", "dns 2", "dns 2"), 1, false);
	assert_changes(ANSWERS("dns 1", "dns 2", "dns 3"), 2, false);
	/* From one rotating set to another. */
	assert_changes(ANSWERS("dns 1", "dns 2", "dns 1", "dns 8", "dns 9", "dns 8"), 1, true);
	/* Another source, with the same addresses too, and back. */
	assert_changes(ANSWERS("dns 1", "files 1"), 1, false);
	assert_changes(ANSWERS("dns 1", "files 1", "dns 1"), 2, false);
	/* Not there any more; a failure that may pass is not that, and hides nothing. */
	assert_changes(ANSWERS("dns 1", "-", "-"), 1, false);
	assert_changes(ANSWERS("-", "dns 1", "-"), 2, false);
	assert_changes(ANSWERS("dns 1", "?", "dns 1"), 0, false);
	assert_changes(ANSWERS("dns 1", "?", "dns 2"), 1, false);
	/* Away and back with others. */
	assert_changes(ANSWERS("dns 1", "-", "dns 2"), 2, false);
}

/* Two in the same microsecond are in the order of their sequence, however they come. */
static void test_same_time(void **state)
{
	static const char *const addresses[] = { "192.0.2.1", "192.0.2.9" };
	const struct fopnp_report_results *results;

	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		start(10, 1000);
		for (int i = 0; i < 2; i++) {
			struct made made = DAY[0];

			made.addresses = addresses[i ^ turn];
			make(&made);
			lookup->event.sequence = 7 + (i ^ turn);
			fopnp_report_statistics_add(statistics, lookup);
		}
		results = fopnp_report_statistics_finish(statistics);
		assert_int_equal(results->changed_names, 1);
		assert_string_equal(results->changes[0].from.texts[0], addresses[0]);
		assert_string_equal(results->changes[0].to.texts[0], addresses[1]);
	}
}

static void test_last_change(void **state)
{
	const struct fopnp_report_results *results =
		follow(ANSWERS("dns 1 2", "-", "files 9 8", "files 8 9"), false);
	const struct fopnp_report_change *change = &results->changes[0];

	(void)state;
	assert_int_equal(results->change_count, 1);
	assert_string_equal(change->name, "a.example");
	assert_int_equal(change->changes, 2);
	assert_int_equal(change->first_us, 2 * SECOND);
	assert_int_equal(change->last_us, 3 * SECOND);
	assert_null(change->from.source);
	assert_int_equal(change->from.count, 0);
	assert_string_equal(change->to.source, "files");
	assert_int_equal(change->to.count, 2);
	assert_string_equal(change->to.texts[0], "8");
	assert_string_equal(change->to.texts[1], "9");
}

/* A cache by seconds: ends at .., took .., ttl .. */
static uint64_t saved_lookups(const int64_t (*times)[3], size_t size)
{
	struct made list[8];

	for (size_t i = 0; i < size; i++)
		list[i] = (struct made){ times[i][0] * SECOND, times[i][1] * SECOND, 1, "curl", BOTH,
					 "a.example", "dns", 0, times[i][2], "192.0.2.1" };
	start(10, 100);
	return count(list, size, false)->machine.lookups;
}

#define SAVED(...)                                                                                 \
	saved_lookups((const int64_t[][3]){ __VA_ARGS__ },                                         \
		      sizeof((const int64_t[][3]){ __VA_ARGS__ }) / sizeof(int64_t[3]))

static void test_repeats(void **state)
{
	(void)state;
	assert_int_equal(SAVED({ 100, 1, 30 }, { 120, 1, 30 }), 1);
	/* It begins when the answer is 30 seconds old. */
	assert_int_equal(SAVED({ 100, 1, 30 }, { 131, 1, 30 }), 0);
	/* An answer out of the cache does not renew it. */
	assert_int_equal(SAVED({ 100, 1, 30 }, { 120, 1, 30 }, { 140, 1, 30 }), 1);
	assert_int_equal(SAVED({ 100, 1, 30 }, { 131, 1, 30 }, { 140, 1, 30 }), 1);
	/* It began before the other had ended. */
	assert_int_equal(SAVED({ 100, 5, 30 }, { 101, 5, 30 }), 0);
	assert_int_equal(SAVED({ 100, 5, 30 }, { 105, 5, 30 }), 1);
	/* Unknown: a minute. */
	assert_int_equal(SAVED({ 100, 0, -1 }, { 159, 0, -1 }), 1);
	assert_int_equal(SAVED({ 100, 0, -1 }, { 160, 0, -1 }), 0);
	/* A ttl as long as can be. */
	assert_int_equal(SAVED({ 100, 0, INT64_MAX / 2 }, { 1000000, 0, 0 }), 1);
}

/* Whatever a recording says. */
static void test_odd_values(void **state)
{
	const struct fopnp_report_results *results;

	(void)state;
	start(10, 100);
	make(&DAY[0]);
	lookup->event.time_us = -1;
	lookup->event.elapsed_us = INT64_MAX;
	fopnp_report_statistics_add(statistics, lookup);
	make(&DAY[0]);
	lookup->event.elapsed_us = -1;
	lookup->event.source[0] = '\0';
	lookup->event.steps[0].has_result = false;
	strcpy(lookup->event.steps[1].reason, "not-loaded");
	fopnp_report_statistics_add(statistics, lookup);
	make(&DAY[0]);
	strcpy(lookup->event.family, "?");
	memset(lookup->event.name, 'x', sizeof(lookup->event.name) - 1);
	fopnp_report_statistics_add(statistics, lookup);
	results = fopnp_report_statistics_finish(statistics);
	assert_int_equal(results->lookups, 3);
	assert_int_equal(results->first_us, 100 * SECOND);
	assert_int_equal(results->times.count, 2);
	assert_int_equal(results->times.most_us, UINT32_MAX - 1);
	assert_int_equal(results->machine.lookups, 0);
	assert_int_equal(results->name_total, 2);
}

static void test_many_sources(void **state)
{
	const struct fopnp_report_results *results;
	uint64_t answered = 0;

	(void)state;
	start(10, 1000);
	for (int i = 0; i < 100; i++) {
		struct made made = DAY[0];
		char source[32];

		(void)snprintf(source, sizeof(source), "source%d", i);
		made.source = source;
		make(&made);
		fopnp_report_statistics_add(statistics, lookup);
	}
	results = fopnp_report_statistics_finish(statistics);
	assert_int_equal(results->source_count, FOPNP_REPORT_SOURCES_MOST + 1);
	for (size_t i = 0; i < results->source_count; i++)
		answered += results->sources[i].answered;
	assert_int_equal(answered, 100);
	/* "files" and 63 others have a number of their own. */
	assert_string_equal(results->sources[0].source, "other");
	assert_int_equal(results->sources[0].answered, 37);
}

static void test_texts(void **state)
{
	struct fopnp_report_texts texts;
	char text[32];

	(void)state;
	fopnp_report_texts_init(&texts, 1000, 5000);
	for (uint32_t i = 0; i < 500; i++) {
		int len = snprintf(text, sizeof(text), "text%u", i);

		assert_int_equal(fopnp_report_texts_add(&texts, text, (size_t)len), i);
	}
	for (uint32_t i = 0; i < 500; i++) {
		int len = snprintf(text, sizeof(text), "text%u", i);

		assert_int_equal(fopnp_report_texts_add(&texts, text, (size_t)len), i);
		assert_string_equal(fopnp_report_texts_get(&texts, i, NULL), text);
	}
	/* 500 texts of "text" and 1 to 3 digits, and NULs: 3890 bytes; 1110 are left. */
	assert_int_equal(texts.used, 3890);
	assert_int_equal(fopnp_report_texts_add(&texts, BYTES("")), 500);
	assert_int_equal(fopnp_report_texts_add(&texts, BYTES("a\0b")), 501);
	assert_int_equal(fopnp_report_texts_add(&texts, BYTES("a\0c")), 502);
	assert_int_equal(fopnp_report_texts_add(&texts, BYTES("a")), 503);
	fopnp_report_texts_clear(&texts);
	/* Full by number, then by bytes: what is there is still found. */
	fopnp_report_texts_init(&texts, 2, 100);
	assert_int_equal(fopnp_report_texts_add(&texts, BYTES("a")), 0);
	assert_int_equal(fopnp_report_texts_add(&texts, BYTES("b")), 1);
	assert_int_equal(fopnp_report_texts_add(&texts, BYTES("c")), FOPNP_REPORT_OTHER);
	assert_int_equal(fopnp_report_texts_add(&texts, BYTES("b")), 1);
	fopnp_report_texts_clear(&texts);
	fopnp_report_texts_init(&texts, 100, 8);
	assert_int_equal(fopnp_report_texts_add(&texts, BYTES("12345678")), FOPNP_REPORT_OTHER);
	assert_int_equal(fopnp_report_texts_add(&texts, BYTES("1234567")), 0);
	assert_int_equal(fopnp_report_texts_add(&texts, BYTES("")), FOPNP_REPORT_OTHER);
	fopnp_report_texts_clear(&texts);
}

static void test_times(void **state)
{
	struct fopnp_report_samples samples = { 0 };
	struct fopnp_report_times times;

	(void)state;
	assert_int_equal(fopnp_report_times_of(&samples).count, 0);
	fopnp_report_samples_add(&samples, 7);
	times = fopnp_report_times_of(&samples);
	assert_int_equal(times.p50_us, 7);
	assert_int_equal(times.p99_us, 7);
	fopnp_report_samples_add(&samples, 3);
	times = fopnp_report_times_of(&samples);
	assert_int_equal(times.p50_us, 3); /* one of two is not above it */
	assert_int_equal(times.p90_us, 7);
	fopnp_report_samples_clear(&samples);
	for (uint64_t i = 200; i > 0; i--)
		fopnp_report_samples_add(&samples, i);
	times = fopnp_report_times_of(&samples);
	assert_int_equal(times.p50_us, 100);
	assert_int_equal(times.p90_us, 180);
	assert_int_equal(times.p99_us, 198);
	assert_int_equal(times.most_us, 200);
	assert_int_equal(times.total_us, 20100);
	fopnp_report_samples_clear(&samples);
	fopnp_report_samples_add(&samples, UINT64_MAX);
	assert_int_equal(fopnp_report_times_of(&samples).most_us, UINT32_MAX);
	fopnp_report_samples_clear(&samples);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_times),
		cmocka_unit_test_setup_teardown(test_day, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_limits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rotation, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_changes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_same_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_last_change, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_repeats, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_odd_values, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_sources, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
