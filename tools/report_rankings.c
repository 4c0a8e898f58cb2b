/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Top lists, see report_rankings.h. */
#include "tools/report_rankings.h"

#include "tools/memory.h"
#include "tools/report_times.h"

#include <stdlib.h>
#include <string.h>

/* A numbered text and how often it was there. */
struct tally {
	const char *text;
	uint32_t number;
	uint64_t count;
};

static int compare_tallies(const void *a, const void *b)
{
	const struct tally *left = a, *right = b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return strcmp(left->text, right->text);
}

/* Those of TEXTS that were counted, most first; the caller's.  Frees COUNTS. */
static struct tally *rank(const struct fopnp_report_texts *texts, uint64_t *counts,
			  size_t *out_count)
{
	struct tally *tallies = fopnp_memory_zeroed(texts->count + 1, sizeof(*tallies));
	size_t count = 0;

	for (uint32_t i = 0; i < texts->count; i++)
		if (counts[i] > 0)
			tallies[count++] = (struct tally){ fopnp_report_texts_get(texts, i, NULL),
							   i, counts[i] };
	free(counts);
	qsort(tallies, count, sizeof(*tallies), compare_tallies);
	*out_count = count;
	return tallies;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* ---- names ---- */

/* What is gathered of a name in the list. */
struct gathered {
	struct fopnp_report_samples times, programs; /* of its lookups: the programs' numbers */
};

static int compare_numbers(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

static size_t count_different(struct fopnp_report_samples *numbers)
{
	size_t different = 0;

	if (numbers->count > 0)
		qsort(numbers->list, numbers->count, sizeof(*numbers->list), compare_numbers);
	for (size_t i = 0; i < numbers->count; i++)
		different += i == 0 || numbers->list[i] != numbers->list[i - 1];
	return different;
}

static void gather(const struct fopnp_report_records *records,
		   const struct fopnp_report_record *record, struct fopnp_report_name *name,
		   struct gathered *gathered)
{
	uint32_t program;
	int64_t pid;

	name->lookups++;
	fopnp_report_records_count(records, record, &name->not_found, &name->failed);
	if (record->elapsed_us != FOPNP_REPORT_UNKNOWN_US)
		fopnp_report_samples_add(&gathered->times, record->elapsed_us);
	if (fopnp_report_records_process(records, record->process, &pid, &program))
		fopnp_report_samples_add(&gathered->programs, program);
}

/* PLACES: of each name in the list, from 1; 0: it is not in there. */
static void fill_names(const struct fopnp_report_records *records, const uint32_t *places,
		       struct fopnp_report_results *results)
{
	struct gathered *gathered = fopnp_memory_zeroed(results->name_count + 1, sizeof(*gathered));

	for (size_t i = 0; i < records->count; i++) {
		const struct fopnp_report_record *record = &records->list[i];
		uint32_t place = record->name == FOPNP_REPORT_OTHER ? 0 : places[record->name];

		if (place > 0)
			gather(records, record, &results->names[place - 1], &gathered[place - 1]);
	}
	for (size_t i = 0; i < results->name_count; i++) {
		results->names[i].times = fopnp_report_times_of(&gathered[i].times);
		results->names[i].programs = count_different(&gathered[i].programs);
		fopnp_report_samples_clear(&gathered[i].times);
		fopnp_report_samples_clear(&gathered[i].programs);
	}
	free(gathered);
}

void fopnp_report_rank_names(const struct fopnp_report_records *records, size_t top,
			     struct fopnp_report_results *results)
{
	uint64_t *counts = fopnp_memory_zeroed(records->names.count + 1, sizeof(*counts));
	uint32_t *places = fopnp_memory_zeroed(records->names.count + 1, sizeof(*places));
	struct tally *tallies;

	for (size_t i = 0; i < records->count; i++) {
		if (records->list[i].name == FOPNP_REPORT_OTHER)
			results->other_names++;
		else
			counts[records->list[i].name]++;
	}
	tallies = rank(&records->names, counts, &results->name_total);
	results->name_count = least(results->name_total, top);
	results->names = fopnp_memory_zeroed(results->name_count + 1, sizeof(*results->names));
	for (size_t i = 0; i < results->name_count; i++) {
		results->names[i].name = tallies[i].text;
		places[tallies[i].number] = (uint32_t)i + 1;
	}
	fill_names(records, places, results);
	free(places);
	free(tallies);
}

/* ---- programs ---- */

static void count_program(const struct fopnp_report_records *records,
			  struct fopnp_report_program *program,
			  const struct fopnp_report_record *record)
{
	program->lookups++;
	fopnp_report_records_count(records, record, &program->not_found, &program->failed);
	if (record->elapsed_us == FOPNP_REPORT_UNKNOWN_US)
		return;
	program->total_us += record->elapsed_us;
	if (record->elapsed_us > program->most_us)
		program->most_us = record->elapsed_us;
}

/* Of each program by its number; those of others are counted in RESULTS. */
static void count_programs(const struct fopnp_report_records *records,
			   struct fopnp_report_program *programs,
			   struct fopnp_report_results *results)
{
	uint32_t number;
	int64_t pid;

	for (size_t i = 0; i < records->count; i++) {
		const struct fopnp_report_record *record = &records->list[i];

		if (fopnp_report_records_process(records, record->process, &pid, &number) &&
		    number != FOPNP_REPORT_OTHER)
			count_program(records, &programs[number], record);
		else
			results->other_programs++;
	}
	for (uint32_t i = 0; i < records->processes.count; i++)
		if (fopnp_report_records_process(records, i, &pid, &number) &&
		    number != FOPNP_REPORT_OTHER)
			programs[number].processes++;
}

void fopnp_report_rank_programs(const struct fopnp_report_records *records, size_t top,
				struct fopnp_report_results *results)
{
	size_t count = records->programs.count;
	struct fopnp_report_program *programs = fopnp_memory_zeroed(count + 1, sizeof(*programs));
	uint64_t *counts = fopnp_memory_zeroed(count + 1, sizeof(*counts));
	struct tally *tallies;

	count_programs(records, programs, results);
	for (size_t i = 0; i < count; i++)
		counts[i] = programs[i].lookups;
	tallies = rank(&records->programs, counts, &results->program_total);
	results->processes = records->processes.count;
	results->program_count = least(results->program_total, top);
	results->programs =
		fopnp_memory_zeroed(results->program_count + 1, sizeof(*results->programs));
	for (size_t i = 0; i < results->program_count; i++) {
		results->programs[i] = programs[tallies[i].number];
		results->programs[i].program = *tallies[i].text ? tallies[i].text : NULL;
	}
	free(tallies);
	free(programs);
}

/* ---- failures ---- */

/* The names that failed so most often. */
static void fill_failure(const struct fopnp_report_records *records, size_t code, size_t top,
			 struct fopnp_report_failure *failure)
{
	uint64_t *counts = fopnp_memory_zeroed(records->names.count + 1, sizeof(*counts));
	struct tally *tallies;
	size_t count;

	failure->code = records->codes[code];
	for (size_t i = 0; i < records->count; i++) {
		const struct fopnp_report_record *record = &records->list[i];

		if (record->failure != code + 1)
			continue;
		failure->lookups++;
		if (record->name != FOPNP_REPORT_OTHER)
			counts[record->name]++;
	}
	tallies = rank(&records->names, counts, &count);
	failure->name_count = least(count, top);
	failure->names = fopnp_memory_zeroed(failure->name_count + 1, sizeof(*failure->names));
	for (size_t i = 0; i < failure->name_count; i++)
		failure->names[i] =
			(struct fopnp_report_count){ tallies[i].text, tallies[i].count };
	free(tallies);
}

static int compare_failures(const void *a, const void *b)
{
	const struct fopnp_report_failure *left = a, *right = b;

	if (left->lookups != right->lookups)
		return left->lookups > right->lookups ? -1 : 1;
	return left->code > right->code ? -1 : left->code < right->code;
}

void fopnp_report_rank_failures(const struct fopnp_report_records *records, size_t top,
				struct fopnp_report_results *results)
{
	results->failure_count = records->code_count;
	results->failures =
		fopnp_memory_zeroed(results->failure_count + 1, sizeof(*results->failures));
	for (size_t i = 0; i < results->failure_count; i++)
		fill_failure(records, i, top, &results->failures[i]);
	if (results->failure_count > 0)
		qsort(results->failures, results->failure_count, sizeof(*results->failures),
		      compare_failures);
}
