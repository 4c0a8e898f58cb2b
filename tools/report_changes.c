/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changed answers, see report_changes.h. */
#include "tools/report_changes.h"

#include "tools/memory.h"

#include <stdlib.h>
#include <string.h>

/* One of the different answers to a question. */
struct seen {
	uint32_t answer;
	uint32_t first, last; /* places among the question's records */
	uint32_t parent;      /* another answer of its pool, or itself */
};

struct member {
	uint32_t address, seen;
};

/* The answers to one question. */
struct question {
	const struct fopnp_report_records *records;
	const struct fopnp_report_record *list; /* by time */
	uint32_t count;
	struct seen *seen; /* by number of the answer */
	uint32_t seen_count;
};

/* ---- pools ---- */

static uint32_t find_pool(struct question *question, uint32_t at)
{
	while (question->seen[at].parent != at) {
		question->seen[at].parent = question->seen[question->seen[at].parent].parent;
		at = question->seen[at].parent;
	}
	return at;
}

/* The joint pool was seen when either was. */
static void join(struct question *question, uint32_t a, uint32_t b)
{
	struct seen *left = &question->seen[find_pool(question, a)];
	struct seen *right = &question->seen[find_pool(question, b)];

	if (left == right)
		return;
	right->parent = left->parent;
	if (right->first < left->first)
		left->first = right->first;
	if (right->last > left->last)
		left->last = right->last;
}

static int compare_seen(const void *a, const void *b)
{
	const struct seen *left = a, *right = b;

	if (left->answer != right->answer)
		return left->answer < right->answer ? -1 : 1;
	return left->first < right->first ? -1 : left->first > right->first;
}

/* The different answers, each with its first and last place. */
static void collect_seen(struct question *question)
{
	uint32_t count = 0, kept = 0;
	struct seen *seen = fopnp_memory_zeroed(question->count, sizeof(*seen));

	for (uint32_t i = 0; i < question->count; i++)
		if (question->list[i].answer != FOPNP_REPORT_OTHER)
			seen[count++] = (struct seen){ question->list[i].answer, i, i, 0 };
	qsort(seen, count, sizeof(*seen), compare_seen);
	for (uint32_t i = 0; i < count; i++) {
		if (kept > 0 && seen[kept - 1].answer == seen[i].answer)
			seen[kept - 1].last = seen[i].last;
		else
			seen[kept++] = seen[i];
	}
	for (uint32_t i = 0; i < kept; i++)
		seen[i].parent = i;
	question->seen = seen;
	question->seen_count = kept;
}

static int compare_members(const void *a, const void *b)
{
	const struct member *left = a, *right = b;

	return left->address < right->address ? -1 : left->address > right->address;
}

/* One pool for answers that share an address. */
static void join_by_address(struct question *question)
{
	uint32_t numbers[FOPNP_EVENT_ADDRESSES];
	struct member *members = NULL;
	size_t count = 0, size = 0;

	for (uint32_t i = 0; i < question->seen_count; i++) {
		size_t addresses = fopnp_report_records_answer(question->records,
							       question->seen[i].answer, numbers);

		if (size - count < addresses) {
			size = size * 2 + FOPNP_EVENT_ADDRESSES;
			members = fopnp_memory_resize(members, size, sizeof(*members));
		}
		for (size_t j = 0; j < addresses; j++)
			members[count++] = (struct member){ numbers[j], i };
	}
	if (count > 0)
		qsort(members, count, sizeof(*members), compare_members);
	for (size_t i = 1; i < count; i++)
		if (members[i].address == members[i - 1].address)
			join(question, members[i - 1].seen, members[i].seen);
	free(members);
}

static int compare_first(const void *a, const void *b)
{
	const struct seen *left = a, *right = b;

	return left->first < right->first ? -1 : left->first > right->first;
}

/* One pool for those that take turns: their times overlap. */
static void join_by_turns(struct question *question)
{
	struct seen *pools = fopnp_memory_zeroed(question->seen_count + 1, sizeof(*pools));
	uint32_t count = 0, last = 0;

	for (uint32_t i = 0; i < question->seen_count; i++)
		if (find_pool(question, i) == i)
			pools[count++] = question->seen[i];
	qsort(pools, count, sizeof(*pools), compare_first);
	for (uint32_t i = 0; i < count; i++) {
		if (i > 0 && pools[i].first < last)
			join(question, pools[i - 1].parent, pools[i].parent);
		if (pools[i].last > last)
			last = pools[i].last;
	}
	free(pools);
}

/* The pool of a record's answer; FOPNP_REPORT_OTHER if it is not known. */
static uint32_t pool_of(struct question *question, const struct fopnp_report_record *record)
{
	struct seen wanted = { .answer = record->answer };
	uint32_t from = 0, to = question->seen_count;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (question->seen[middle].answer < wanted.answer)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == question->seen_count || question->seen[from].answer != wanted.answer)
		return FOPNP_REPORT_OTHER;
	return find_pool(question, from);
}

/* ---- changes ---- */

/* What the last telling record of a question said. */
struct outcome {
	const struct fopnp_report_record *record; /* NULL: none yet */
	uint32_t pool;                            /* of the last answer whose pool is known */
};

static bool has_changed(const struct outcome *before, const struct fopnp_report_record *record,
			uint32_t pool)
{
	if (!before->record)
		return false;
	if (before->record->source != record->source ||
	    !before->record->failure != !record->failure)
		return true;
	return pool != FOPNP_REPORT_OTHER && before->pool != FOPNP_REPORT_OTHER &&
	       pool != before->pool;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct fopnp_report_answer to_answer(const struct fopnp_report_records *records,
					    const struct fopnp_report_record *record)
{
	uint32_t numbers[FOPNP_EVENT_ADDRESSES];
	struct fopnp_report_answer answer = { 0 };

	if (record->failure)
		return answer;
	answer.source = record->source == FOPNP_REPORT_SOURCES_MOST
				? "other"
				: fopnp_report_texts_get(&records->sources, record->source, NULL);
	if (record->answer == FOPNP_REPORT_OTHER)
		return answer;
	answer.count = fopnp_report_records_answer(records, record->answer, numbers);
	answer.texts = fopnp_memory_zeroed(answer.count, sizeof(*answer.texts));
	for (size_t i = 0; i < answer.count; i++)
		answer.texts[i] = fopnp_report_texts_get(&records->addresses, numbers[i], NULL);
	qsort(answer.texts, answer.count, sizeof(*answer.texts), compare_texts);
	return answer;
}

/* The changes of one question, as records until they are worth being told. */
struct found {
	struct fopnp_report_change change;
	const struct fopnp_report_record *from, *to;
};

struct founds {
	struct found *list;
	size_t count, size;
};

/* Go through the records; whether other addresses of the same pool and source came, too. */
static bool compare_outcomes(struct question *question, struct found *found)
{
	struct outcome before = { NULL, FOPNP_REPORT_OTHER };
	bool is_rotating = false;

	for (uint32_t i = 0; i < question->count; i++) {
		const struct fopnp_report_record *record = &question->list[i];
		uint32_t pool = pool_of(question, record);

		if (record->is_passing)
			continue;
		if (has_changed(&before, record, pool)) {
			if (found->change.changes++ == 0)
				found->change.first_us = record->time_us;
			found->change.last_us = record->time_us;
			found->from = before.record;
			found->to = record;
		} else if (before.record && pool != FOPNP_REPORT_OTHER &&
			   before.record->answer != FOPNP_REPORT_OTHER) {
			is_rotating |= before.record->answer != record->answer;
		}
		before.record = record;
		if (pool != FOPNP_REPORT_OTHER)
			before.pool = pool;
	}
	return is_rotating;
}

/* Most questions have one answer. */
static bool is_always_the_same(const struct question *question)
{
	for (uint32_t i = 1; i < question->count; i++)
		if (question->list[i].answer != question->list[0].answer ||
		    question->list[i].source != question->list[0].source ||
		    question->list[i].failure != question->list[0].failure)
			return false;
	return true;
}

static void keep(struct founds *founds, const struct found *found)
{
	if (founds->count == founds->size) {
		founds->size = founds->size ? founds->size * 2 : 16;
		founds->list =
			fopnp_memory_resize(founds->list, founds->size, sizeof(*founds->list));
	}
	founds->list[founds->count++] = *found;
}

static void look_at(struct question *question, struct founds *founds,
		    struct fopnp_report_results *results)
{
	struct found found = { 0 };

	if (is_always_the_same(question))
		return;
	collect_seen(question);
	join_by_address(question);
	join_by_turns(question);
	found.change.name =
		fopnp_report_texts_get(&question->records->names, question->list->name, NULL);
	found.change.kind = (enum fopnp_report_kind)question->list->kind;
	results->rotating_names += compare_outcomes(question, &found);
	if (found.change.changes > 0)
		keep(founds, &found);
	free(question->seen);
}

static int compare_founds(const void *a, const void *b)
{
	const struct fopnp_report_change *left = &((const struct found *)a)->change;
	const struct fopnp_report_change *right = &((const struct found *)b)->change;
	int order;

	if (left->changes != right->changes)
		return left->changes > right->changes ? -1 : 1;
	order = strcmp(left->name, right->name);
	return order ? order : (int)left->kind - (int)right->kind;
}

void fopnp_report_find_changes(const struct fopnp_report_records *records, size_t top,
			       struct fopnp_report_results *results)
{
	struct founds founds = { 0 };

	for (size_t from = 0, to; from < records->count; from = to) {
		struct question question = { .records = records, .list = &records->list[from] };

		for (to = from + 1;
		     to < records->count &&
		     fopnp_report_records_same_question(&records->list[from], &records->list[to]);)
			to++;
		question.count = (uint32_t)(to - from);
		look_at(&question, &founds, results);
	}
	if (founds.count > 0)
		qsort(founds.list, founds.count, sizeof(*founds.list), compare_founds);
	results->changed_names = founds.count;
	results->change_count = founds.count < top ? founds.count : top;
	results->changes =
		fopnp_memory_zeroed(results->change_count + 1, sizeof(*results->changes));
	for (size_t i = 0; i < results->change_count; i++) {
		results->changes[i] = founds.list[i].change;
		results->changes[i].from = to_answer(records, founds.list[i].from);
		results->changes[i].to = to_answer(records, founds.list[i].to);
	}
	free(founds.list);
}
