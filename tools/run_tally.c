/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counting calls and lookups. */
#include "tools/run_tally.h"

#include "tools/memory.h"
#include "tools/run_words.h"

#include <netdb.h>
#include <nss.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAMES_MOST   65536
#define SOURCES_MOST 64

/* ---- sources ---- */

struct fopnp_run_source *fopnp_run_tally_source(struct fopnp_run_tally *tally, const char *id)
{
	struct fopnp_run_source *added;

	for (size_t i = 0; i < tally->source_count; i++)
		if (strcmp(tally->sources[i].id, id) == 0)
			return &tally->sources[i];
	if (tally->source_count == SOURCES_MOST)
		return NULL;
	tally->sources = fopnp_memory_resize(tally->sources, tally->source_count + 1,
					     sizeof(*tally->sources));
	added = &tally->sources[tally->source_count++];
	*added = (struct fopnp_run_source){ 0 };
	(void)snprintf(added->id, sizeof(added->id), "%s", id);
	return added;
}

static void count_step(struct fopnp_run_tally *tally, const struct fopnp_event_step *step,
		       bool is_before_answer)
{
	struct fopnp_run_source *source = fopnp_run_tally_source(tally, step->source);

	if (!source || !step->has_result)
		return;
	source->asked++;
	if (step->status == NSS_STATUS_SUCCESS)
		source->found++;
	else if (step->status == NSS_STATUS_NOTFOUND)
		source->not_found++;
	else if (step->status == NSS_STATUS_TRYAGAIN)
		source->try_again++;
	else
		source->unavailable++;
	source->total_us += step->elapsed_us;
	if (step->elapsed_us > source->longest_us)
		source->longest_us = step->elapsed_us;
	if (is_before_answer)
		source->before_us += step->elapsed_us;
}

static void count_lookup(struct fopnp_run_tally *tally, const struct fopnp_event *event)
{
	size_t answering = 0;

	tally->lookups++;
	/* The step that answered is the last one that found something. */
	for (size_t i = 0; event->status == NSS_STATUS_SUCCESS && i < event->step_count; i++)
		if (event->steps[i].has_result && event->steps[i].status == NSS_STATUS_SUCCESS)
			answering = i;
	for (size_t i = 0; i < event->step_count; i++)
		count_step(tally, &event->steps[i], i < answering);
}

/* ---- names ---- */

static int compare_names(const void *a, const void *b)
{
	const struct fopnp_run_name *one = a, *other = b;

	return strcasecmp(one->name, other->name);
}

static struct fopnp_run_name *find_name(struct fopnp_run_tally *tally, char *name)
{
	struct fopnp_run_name key = { .name = name }, *added;
	struct fopnp_run_name *const *found = tfind(&key, &tally->names, compare_names);

	if (found)
		return *found;
	if (tally->name_count == NAMES_MOST)
		return NULL;
	added = fopnp_memory_zeroed(1, sizeof(*added));
	added->name = fopnp_memory_copy_text(name);
	if (!tsearch(added, &tally->names, compare_names))
		fopnp_memory_give_up();
	tally->name_count++;
	return added;
}

static void add_program(struct fopnp_run_name *name, const char *program)
{
	for (size_t i = 0; i < FOPNP_RUN_NAME_PROGRAMS; i++) {
		if (!name->programs[i][0])
			(void)snprintf(name->programs[i], FOPNP_PROCESS_COMM, "%s", program);
		if (strcmp(name->programs[i], program) == 0)
			return;
	}
	name->has_more_programs = true;
}

static void count_name(struct fopnp_run_tally *tally, const struct fopnp_observed_call *call)
{
	struct fopnp_run_name *name = find_name(tally, call->request.name);

	if (!name) {
		tally->other_names++;
		return;
	}
	name->calls++;
	if (call->has_ended && call->result.code != 0) {
		name->unanswered++;
		name->code = call->result.code;
	}
	if (call->elapsed_us > 0)
		name->total_us += (uint64_t)call->elapsed_us;
	add_program(name, call->process.comm);
}

/* ---- calls ---- */

void fopnp_run_tally_call(struct fopnp_run_tally *tally, const struct fopnp_observed_call *call)
{
	bool is_numeric = call->answered_by && strcmp(call->answered_by, "numeric") == 0;

	tally->calls++;
	tally->lost += call->lost_lookups;
	if (!call->has_ended)
		tally->unfinished++;
	else if (call->result.code == 0)
		tally->answered++;
	else if (fopnp_observed_is_no(call->result.code))
		tally->not_found += !is_numeric; /* nobody was asked */
	else
		tally->failed++;
	tally->numeric += is_numeric;
	tally->by_nscd += call->answered_by && strcmp(call->answered_by, "nscd") == 0;
	if (call->elapsed_us > 0)
		tally->call_us += (uint64_t)call->elapsed_us;
	for (size_t i = 0; i < call->lookup_count; i++)
		count_lookup(tally, &call->lookups[i]->event);
	if (call->request.name && !is_numeric)
		count_name(tally, call);
}

void fopnp_run_tally_stray(struct fopnp_run_tally *tally,
			   const struct fopnp_observed_lookup *lookup)
{
	tally->stray_lookups++;
	count_lookup(tally, &lookup->event);
}

static void free_name(void *pointer)
{
	struct fopnp_run_name *name = pointer;

	free(name->name);
	free(name);
}

void fopnp_run_tally_clear(struct fopnp_run_tally *tally)
{
	tdestroy(tally->names, free_name);
	free(tally->sources);
	*tally = (struct fopnp_run_tally){ 0 };
}

/* ---- lists ---- */

struct name_list {
	const struct fopnp_run_name **names;
	size_t count;
};

static void list_repeated(const void *node, VISIT visit, void *context)
{
	const struct fopnp_run_name *name = *(struct fopnp_run_name *const *)node;
	struct name_list *list = context;

	if ((visit == postorder || visit == leaf) && name->calls > 1)
		list->names[list->count++] = name;
}

static void list_unanswered(const void *node, VISIT visit, void *context)
{
	const struct fopnp_run_name *name = *(struct fopnp_run_name *const *)node;
	struct name_list *list = context;

	if ((visit == postorder || visit == leaf) && name->unanswered > 0)
		list->names[list->count++] = name;
}

static int compare_counts(uint64_t a, uint64_t b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int by_calls(const void *a, const void *b)
{
	const struct fopnp_run_name *one = *(const struct fopnp_run_name *const *)a;
	const struct fopnp_run_name *other = *(const struct fopnp_run_name *const *)b;
	int order = compare_counts(one->calls, other->calls);

	return order ? order : compare_names(one, other);
}

static int by_unanswered(const void *a, const void *b)
{
	const struct fopnp_run_name *one = *(const struct fopnp_run_name *const *)a;
	const struct fopnp_run_name *other = *(const struct fopnp_run_name *const *)b;
	int order = compare_counts(one->unanswered, other->unanswered);

	return order ? order : compare_names(one, other);
}

static const struct fopnp_run_name **make_list(const struct fopnp_run_tally *tally,
					       void (*take)(const void *, VISIT, void *),
					       int (*compare)(const void *, const void *),
					       size_t *out_count)
{
	struct name_list list = {
		.names = fopnp_memory_zeroed(tally->name_count + 1, sizeof(*list.names)),
	};

	twalk_r(tally->names, take, &list);
	qsort(list.names, list.count, sizeof(*list.names), compare);
	*out_count = list.count;
	return list.names;
}

const struct fopnp_run_name **fopnp_run_tally_repeated(const struct fopnp_run_tally *tally,
						       size_t *out_count)
{
	return make_list(tally, list_repeated, by_calls, out_count);
}

const struct fopnp_run_name **fopnp_run_tally_unanswered(const struct fopnp_run_tally *tally,
							 size_t *out_count)
{
	return make_list(tally, list_unanswered, by_unanswered, out_count);
}
