/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Simulated caches, see report_repeats.h. */
#include "tools/report_repeats.h"

#include "tools/memory.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_US 1000000

/* What a cache knows of one question. */
struct cached {
	int64_t from_us, until_us; /* FROM > UNTIL: nothing */
};

static const struct cached NOTHING = { 1, 0 };

/* Questions that were repeated. */
struct repeats {
	struct fopnp_report_repeat *list;
	size_t count, size;
};

static int64_t time_to_live_us(const struct fopnp_report_record *record, uint64_t cache_us)
{
	return record->ttl < 0 ? (int64_t)cache_us : (int64_t)record->ttl * SECOND_US;
}

/* Ask a cache: true if it knew, else it knows from now on. */
static bool ask(struct cached *cached, const struct fopnp_report_record *record, uint64_t cache_us)
{
	int64_t begin_us = record->time_us - (int64_t)record->elapsed_us;

	if (begin_us >= cached->from_us && begin_us < cached->until_us)
		return true;
	if (!record->is_passing) {
		cached->from_us = record->time_us;
		if (__builtin_add_overflow(record->time_us, time_to_live_us(record, cache_us),
					   &cached->until_us))
			cached->until_us = INT64_MAX;
	}
	return false;
}

static bool has_times(const struct fopnp_report_record *record)
{
	return record->time_us >= 0 && record->elapsed_us != FOPNP_REPORT_UNKNOWN_US;
}

static void save(struct fopnp_report_saving *saving, const struct fopnp_report_record *record)
{
	saving->lookups++;
	saving->saved_us += record->elapsed_us;
}

static void keep(struct repeats *repeats, const struct fopnp_report_repeat *repeat)
{
	if (repeats->count == repeats->size) {
		repeats->size = repeats->size ? repeats->size * 2 : 64;
		repeats->list =
			fopnp_memory_resize(repeats->list, repeats->size, sizeof(*repeats->list));
	}
	repeats->list[repeats->count++] = *repeat;
}

/* The records of one question, ordered by time, through the machine's cache. */
static void ask_machine(const struct fopnp_report_records *records, size_t from, size_t to,
			uint64_t cache_us, struct repeats *repeats)
{
	const struct fopnp_report_record *first = &records->list[from];
	struct fopnp_report_repeat repeat = { .lookups = to - from };
	struct cached cached = NOTHING;

	for (size_t i = from; i < to; i++)
		if (has_times(&records->list[i]) && ask(&cached, &records->list[i], cache_us))
			save(&repeat.machine, &records->list[i]);
	repeat.name = fopnp_report_texts_get(&records->names, first->name, NULL);
	repeat.kind = (enum fopnp_report_kind)first->kind;
	if (repeat.machine.lookups > 0)
		keep(repeats, &repeat);
}

/* The same, ordered by process, through a cache in each of them. */
static struct fopnp_report_saving ask_processes(const struct fopnp_report_records *records,
						size_t from, size_t to, uint64_t cache_us)
{
	struct fopnp_report_saving saving = { 0 };
	struct cached cached = NOTHING;

	for (size_t i = from; i < to; i++) {
		const struct fopnp_report_record *record = &records->list[i];

		if (i > from && record->process != record[-1].process)
			cached = NOTHING;
		if (record->process != FOPNP_REPORT_OTHER && has_times(record) &&
		    ask(&cached, record, cache_us))
			save(&saving, record);
	}
	return saving;
}

static size_t question_end(const struct fopnp_report_records *records, size_t from)
{
	size_t to = from + 1;

	while (to < records->count &&
	       fopnp_report_records_same_question(&records->list[from], &records->list[to]))
		to++;
	return to;
}

/* Whether that is the question of the records that begin with FIRST. */
static bool is_of(const struct fopnp_report_repeat *repeat,
		  const struct fopnp_report_records *records,
		  const struct fopnp_report_record *first)
{
	return repeat->kind == (enum fopnp_report_kind)first->kind &&
	       repeat->name == fopnp_report_texts_get(&records->names, first->name, NULL);
}

static void find_in_machine(const struct fopnp_report_records *records, uint64_t cache_us,
			    struct repeats *repeats)
{
	for (size_t from = 0, to; from < records->count; from = to) {
		to = question_end(records, from);
		if (records->list[from].name != FOPNP_REPORT_OTHER)
			ask_machine(records, from, to, cache_us, repeats);
	}
}

/* Questions come in the same order as before, so REPEATS is gone through once. */
static void find_in_processes(struct fopnp_report_records *records, uint64_t cache_us,
			      struct repeats *repeats, struct fopnp_report_saving *sum)
{
	size_t at = 0;

	fopnp_report_records_sort_by_process(records);
	for (size_t from = 0, to; from < records->count; from = to) {
		struct fopnp_report_saving saving;

		to = question_end(records, from);
		if (records->list[from].name == FOPNP_REPORT_OTHER)
			continue;
		saving = ask_processes(records, from, to, cache_us);
		sum->lookups += saving.lookups;
		sum->saved_us += saving.saved_us;
		if (at < repeats->count && is_of(&repeats->list[at], records, &records->list[from]))
			repeats->list[at++].process = saving;
	}
}

static int compare_repeats(const void *a, const void *b)
{
	const struct fopnp_report_repeat *left = a, *right = b;
	int order;

	if (left->machine.lookups != right->machine.lookups)
		return left->machine.lookups > right->machine.lookups ? -1 : 1;
	order = strcmp(left->name, right->name);
	return order ? order : (int)left->kind - (int)right->kind;
}

void fopnp_report_find_repeats(struct fopnp_report_records *records, size_t top, uint64_t cache_us,
			       struct fopnp_report_results *results)
{
	struct repeats repeats = { 0 };

	find_in_machine(records, cache_us, &repeats);
	find_in_processes(records, cache_us, &repeats, &results->process);
	for (size_t i = 0; i < repeats.count; i++) {
		results->machine.lookups += repeats.list[i].machine.lookups;
		results->machine.saved_us += repeats.list[i].machine.saved_us;
	}
	if (repeats.count > 0)
		qsort(repeats.list, repeats.count, sizeof(*repeats.list), compare_repeats);
	results->repeats = repeats.list;
	results->repeat_count = repeats.count < top ? repeats.count : top;
	results->repeated_names = repeats.count;
}
