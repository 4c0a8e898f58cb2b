/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records of lookups, see report_records.h. */
#include "tools/report_records.h"

#include "nss_module/lookup/ascii.h"
#include "tools/memory.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#define MIB            ((size_t)1 << 20)
#define PROCESSES_MOST (1u << 22)
#define ADDRESSES_MOST (1u << 20)

/* What a process is numbered by. */
struct process_key {
	int64_t pid;
	uint32_t program;
	uint32_t zero; /* no byte of it is undefined */
};

void fopnp_report_records_init(struct fopnp_report_records *records)
{
	*records = (struct fopnp_report_records){ 0 };
	fopnp_report_texts_init(&records->names, FOPNP_REPORT_NAMES_MOST, FOPNP_REPORT_NAMES_BYTES);
	fopnp_report_texts_init(&records->programs, FOPNP_REPORT_PROGRAMS_MOST, 4 * MIB);
	fopnp_report_texts_init(&records->processes, PROCESSES_MOST, 128 * MIB);
	fopnp_report_texts_init(&records->sources, FOPNP_REPORT_SOURCES_MOST, MIB);
	fopnp_report_texts_init(&records->addresses, ADDRESSES_MOST, 64 * MIB);
	fopnp_report_texts_init(&records->answers, ADDRESSES_MOST, 64 * MIB);
}

void fopnp_report_records_clear(struct fopnp_report_records *records)
{
	free(records->list);
	fopnp_report_texts_clear(&records->names);
	fopnp_report_texts_clear(&records->programs);
	fopnp_report_texts_clear(&records->processes);
	fopnp_report_texts_clear(&records->sources);
	fopnp_report_texts_clear(&records->addresses);
	fopnp_report_texts_clear(&records->answers);
	*records = (struct fopnp_report_records){ 0 };
}

/* As DNS compares names: in any case, with or without the last dot. */
static uint32_t number_name(struct fopnp_report_texts *texts, const char *name)
{
	char folded[sizeof(((struct fopnp_event *)NULL)->name)];
	size_t len = strnlen(name, sizeof(folded));

	if (len > 1 && name[len - 1] == '.')
		len--;
	for (size_t i = 0; i < len; i++)
		folded[i] = fopnp_ascii_lower(name[i]);
	return fopnp_report_texts_add(texts, folded, len);
}

uint8_t fopnp_report_records_source(struct fopnp_report_records *records, const char *source)
{
	uint32_t number = fopnp_report_texts_add(&records->sources, source, strlen(source));

	return (uint8_t)(number == FOPNP_REPORT_OTHER ? FOPNP_REPORT_SOURCES_MOST : number);
}

static uint32_t number_process(struct fopnp_report_records *records,
			       const struct fopnp_observed_process *process)
{
	struct process_key key = { .pid = process->pid };

	key.program =
		fopnp_report_texts_add(&records->programs, process->comm, strlen(process->comm));
	return fopnp_report_texts_add(&records->processes, (const char *)&key, sizeof(key));
}

bool fopnp_report_records_process(const struct fopnp_report_records *records, uint32_t process,
				  int64_t *out_pid, uint32_t *out_program)
{
	struct process_key key;

	if (process == FOPNP_REPORT_OTHER)
		return false;
	memcpy(&key, fopnp_report_texts_get(&records->processes, process, NULL), sizeof(key));
	*out_pid = key.pid;
	*out_program = key.program;
	return true;
}

static int compare_numbers(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

static uint32_t number_answer(struct fopnp_report_records *records, const struct fopnp_event *event,
			      bool is_reverse)
{
	uint32_t numbers[FOPNP_EVENT_ADDRESSES];
	size_t count = 0, kept = 0;

	if (is_reverse && *event->canonical)
		numbers[count++] = number_name(&records->addresses, event->canonical);
	for (size_t i = 0; !is_reverse && i < event->address_count; i++)
		numbers[count++] = fopnp_report_texts_add(&records->addresses, event->addresses[i],
							  strlen(event->addresses[i]));
	qsort(numbers, count, sizeof(*numbers), compare_numbers);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || numbers[kept - 1] != numbers[i])
			numbers[kept++] = numbers[i];
	if (kept == 0 || numbers[kept - 1] == FOPNP_REPORT_OTHER)
		return FOPNP_REPORT_OTHER;
	return fopnp_report_texts_add(&records->answers, (const char *)numbers,
				      kept * sizeof(*numbers));
}

size_t fopnp_report_records_answer(const struct fopnp_report_records *records, uint32_t answer,
				   uint32_t out_numbers[static FOPNP_EVENT_ADDRESSES])
{
	size_t len;
	const char *bytes = fopnp_report_texts_get(&records->answers, answer, &len);

	memcpy(out_numbers, bytes, len);
	return len / sizeof(*out_numbers);
}

static enum fopnp_report_kind kind_of(const struct fopnp_event *event)
{
	if (fopnp_observed_is_reverse(event))
		return FOPNP_REPORT_REVERSE;
	for (int kind = FOPNP_REPORT_UNSPEC; kind <= FOPNP_REPORT_INET6; kind++)
		if (strcmp(event->family, fopnp_report_kind_name((enum fopnp_report_kind)kind)) ==
		    0)
			return (enum fopnp_report_kind)kind;
	return FOPNP_REPORT_OTHER_KIND;
}

/* 0: it was answered. */
static uint8_t number_failure(struct fopnp_report_records *records, int code)
{
	size_t at = 0;

	if (code == 0)
		return 0;
	while (at < records->code_count && records->codes[at] != code)
		at++;
	if (at == FOPNP_REPORT_CODES_MOST)
		at--;
	else if (at == records->code_count)
		records->codes[records->code_count++] = code;
	return (uint8_t)(at + 1);
}

static uint32_t bounded_us(int64_t us)
{
	if (us < 0)
		return FOPNP_REPORT_UNKNOWN_US;
	return us < FOPNP_REPORT_UNKNOWN_US ? (uint32_t)us : FOPNP_REPORT_UNKNOWN_US - 1;
}

static struct fopnp_report_record *new_record(struct fopnp_report_records *records)
{
	if (records->count == records->size) {
		records->size = records->size ? records->size * 2 : 1024;
		records->list =
			fopnp_memory_resize(records->list, records->size, sizeof(*records->list));
	}
	return &records->list[records->count++];
}

const struct fopnp_report_record *fopnp_report_records_add(
	struct fopnp_report_records *records, const struct fopnp_observed_lookup *lookup)
{
	const struct fopnp_event *event = &lookup->event;
	struct fopnp_report_record *record = new_record(records);
	enum fopnp_report_kind kind = kind_of(event);
	int code = fopnp_observed_code(event);

	*record = (struct fopnp_report_record){
		.time_us = event->time_us < 0 ? -1 : event->time_us,
		.sequence = event->sequence,
		.elapsed_us = bounded_us(event->elapsed_us),
		.name = number_name(&records->names, event->name),
		.process = number_process(records, &lookup->process),
		.ttl = event->ttl < 0 ? -1
				      : (int32_t)(event->ttl < INT32_MAX ? event->ttl : INT32_MAX),
		.source = fopnp_report_records_source(records, code ? "" : event->source),
		.kind = (uint8_t)kind,
		.failure = number_failure(records, code),
		.is_passing = code && event->h_error != HOST_NOT_FOUND && event->h_error != NO_DATA,
	};
	record->answer = code ? FOPNP_REPORT_OTHER
			      : number_answer(records, event, kind == FOPNP_REPORT_REVERSE);
	return record;
}

void fopnp_report_records_count(const struct fopnp_report_records *records,
				const struct fopnp_report_record *record, uint64_t *out_not_found,
				uint64_t *out_failed)
{
	if (record->failure == 0)
		return;
	if (fopnp_observed_is_no(records->codes[record->failure - 1]))
		++*out_not_found;
	else
		++*out_failed;
}

static int compare_time(const struct fopnp_report_records *records,
			const struct fopnp_report_record *a, const struct fopnp_report_record *b)
{
	int64_t left = -1, right = -1;
	uint32_t program;

	if (a->time_us != b->time_us)
		return a->time_us < b->time_us ? -1 : 1;
	(void)fopnp_report_records_process(records, a->process, &left, &program);
	(void)fopnp_report_records_process(records, b->process, &right, &program);
	if (left != right)
		return left < right ? -1 : 1;
	if (a->sequence != b->sequence)
		return a->sequence < b->sequence ? -1 : 1;
	return compare_numbers(&a->elapsed_us, &b->elapsed_us);
}

static int compare_question(const struct fopnp_report_record *a,
			    const struct fopnp_report_record *b)
{
	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	return (int)a->kind - (int)b->kind;
}

static int compare_by_name(const void *a, const void *b, void *records)
{
	int order = compare_question(a, b);

	return order ? order : compare_time(records, a, b);
}

static int compare_by_process(const void *a, const void *b, void *records)
{
	const struct fopnp_report_record *left = a, *right = b;
	int order = compare_question(left, right);

	if (!order)
		order = compare_numbers(&left->process, &right->process);
	return order ? order : compare_time(records, left, right);
}

void fopnp_report_records_sort_by_name(struct fopnp_report_records *records)
{
	if (records->count > 0)
		qsort_r(records->list, records->count, sizeof(*records->list), compare_by_name,
			records);
}

void fopnp_report_records_sort_by_process(struct fopnp_report_records *records)
{
	if (records->count > 0)
		qsort_r(records->list, records->count, sizeof(*records->list), compare_by_process,
			records);
}

bool fopnp_report_records_same_question(const struct fopnp_report_record *a,
					const struct fopnp_report_record *b)
{
	return a->name != FOPNP_REPORT_OTHER && compare_question(a, b) == 0;
}
