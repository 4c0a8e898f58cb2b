/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statistics over lookups: what is counted at once, and the rest at the end. */
#include "tools/report_statistics.h"

#include "nss_module/lookup/event.h"
#include "tools/memory.h"
#include "tools/report_changes.h"
#include "tools/report_rankings.h"
#include "tools/report_records.h"
#include "tools/report_repeats.h"
#include "tools/report_times.h"

#include <nss.h>
#include <stdlib.h>
#include <string.h>

struct source_state {
	struct fopnp_report_source counts;
	struct fopnp_report_samples times;
};

struct fopnp_report_statistics {
	struct fopnp_report_options options;
	struct fopnp_report_records records;
	struct source_state sources[FOPNP_REPORT_SOURCES_MOST + 1]; /* the last: all others */
	struct fopnp_report_results results;
};

const char *fopnp_report_kind_name(enum fopnp_report_kind kind)
{
	static const char *const names[FOPNP_REPORT_KINDS] = { "unspec", "inet", "inet6", "reverse",
							       "other" };

	return names[kind];
}

struct fopnp_report_statistics *fopnp_report_statistics_create(
	const struct fopnp_report_options *options)
{
	struct fopnp_report_statistics *statistics = fopnp_memory_zeroed(1, sizeof(*statistics));

	statistics->options = *options;
	fopnp_report_records_init(&statistics->records);
	return statistics;
}

void fopnp_report_statistics_destroy(struct fopnp_report_statistics *statistics)
{
	struct fopnp_report_results *results;

	if (!statistics)
		return;
	results = &statistics->results;
	for (size_t i = 0; i < results->failure_count; i++)
		free(results->failures[i].names);
	for (size_t i = 0; i < results->change_count; i++) {
		free(results->changes[i].from.texts);
		free(results->changes[i].to.texts);
	}
	free(results->names);
	free(results->programs);
	free(results->sources);
	free(results->failures);
	free(results->changes);
	free(results->repeats);
	for (size_t i = 0; i <= FOPNP_REPORT_SOURCES_MOST; i++)
		fopnp_report_samples_clear(&statistics->sources[i].times);
	fopnp_report_records_clear(&statistics->records);
	free(statistics);
}

/* ---- steps ---- */

static void count_step(struct source_state *state, const struct fopnp_event_step *step)
{
	if (*step->reason) {
		state->counts.not_asked++;
		return;
	}
	state->counts.asked++;
	if (step->status == NSS_STATUS_SUCCESS)
		state->counts.found++;
	else if (step->status == NSS_STATUS_NOTFOUND)
		state->counts.not_found++;
	else
		state->counts.failed++;
	fopnp_report_samples_add(&state->times, step->elapsed_us);
}

/* The step that answered; the number of steps if none is known to have. */
static size_t answering_step(const struct fopnp_event *event)
{
	for (size_t i = event->step_count; i > 0; i--)
		if (event->steps[i - 1].status == NSS_STATUS_SUCCESS &&
		    strcmp(event->steps[i - 1].source, event->source) == 0)
			return i - 1;
	return event->step_count;
}

static void count_steps(struct fopnp_report_statistics *statistics, const struct fopnp_event *event,
			bool is_answered)
{
	size_t answered = is_answered ? answering_step(event) : event->step_count;

	for (size_t i = 0; i < event->step_count; i++) {
		const struct fopnp_event_step *step = &event->steps[i];
		struct source_state *state = &statistics->sources[fopnp_report_records_source(
			&statistics->records, step->source)];

		if (!step->has_result)
			continue;
		count_step(state, step);
		if (i < answered && answered < event->step_count) {
			state->counts.before_steps++;
			state->counts.before_us +=
				step->elapsed_us < UINT32_MAX ? step->elapsed_us : UINT32_MAX;
		}
	}
}

void fopnp_report_statistics_add(struct fopnp_report_statistics *statistics,
				 const struct fopnp_observed_lookup *lookup)
{
	const struct fopnp_report_record *record;

	if (statistics->records.count >= statistics->options.lookups_most) {
		statistics->results.left_out++;
		return;
	}
	record = fopnp_report_records_add(&statistics->records, lookup);
	if (!record->failure)
		statistics->sources[record->source].counts.answered++;
	count_steps(statistics, &lookup->event, !record->failure);
}

/* ---- results ---- */

static void count_lookups(struct fopnp_report_statistics *statistics)
{
	const struct fopnp_report_records *records = &statistics->records;
	struct fopnp_report_results *results = &statistics->results;
	struct fopnp_report_samples times = { 0 };

	results->lookups = records->count;
	results->first_us = results->last_us = -1;
	for (size_t i = 0; i < records->count; i++) {
		const struct fopnp_report_record *record = &records->list[i];

		fopnp_report_records_count(records, record, &results->not_found, &results->failed);
		if (record->elapsed_us != FOPNP_REPORT_UNKNOWN_US)
			fopnp_report_samples_add(&times, record->elapsed_us);
		if (record->time_us < 0)
			continue;
		if (results->first_us < 0 || record->time_us < results->first_us)
			results->first_us = record->time_us;
		if (record->time_us > results->last_us)
			results->last_us = record->time_us;
	}
	results->answered = results->lookups - results->not_found - results->failed;
	results->times = fopnp_report_times_of(&times);
	fopnp_report_samples_clear(&times);
}

static int compare_sources(const void *a, const void *b)
{
	const struct fopnp_report_source *left = a, *right = b;

	if (left->answered != right->answered)
		return left->answered > right->answered ? -1 : 1;
	if (left->asked != right->asked)
		return left->asked > right->asked ? -1 : 1;
	return strcmp(left->source, right->source);
}

static void list_sources(struct fopnp_report_statistics *statistics)
{
	struct fopnp_report_results *results = &statistics->results;
	const struct fopnp_report_texts *texts = &statistics->records.sources;

	results->sources =
		fopnp_memory_zeroed(FOPNP_REPORT_SOURCES_MOST + 1, sizeof(*results->sources));
	for (uint32_t i = 0; i <= FOPNP_REPORT_SOURCES_MOST; i++) {
		struct source_state *state = &statistics->sources[i];
		struct fopnp_report_source *source = &results->sources[results->source_count];

		*source = state->counts;
		if (source->asked + source->not_asked + source->answered == 0)
			continue;
		source->source =
			i < texts->count ? fopnp_report_texts_get(texts, i, NULL) : "other";
		source->times = fopnp_report_times_of(&state->times);
		results->source_count++;
	}
	qsort(results->sources, results->source_count, sizeof(*results->sources), compare_sources);
}

const struct fopnp_report_results *fopnp_report_statistics_finish(
	struct fopnp_report_statistics *statistics)
{
	struct fopnp_report_records *records = &statistics->records;
	struct fopnp_report_results *results = &statistics->results;
	size_t top = statistics->options.top;

	count_lookups(statistics);
	list_sources(statistics);
	fopnp_report_rank_names(records, top, results);
	fopnp_report_rank_programs(records, top, results);
	fopnp_report_rank_failures(records, top, results);
	fopnp_report_records_sort_by_name(records);
	fopnp_report_find_changes(records, top, results);
	fopnp_report_find_repeats(records, top, statistics->options.cache_us, results);
	return results;
}
