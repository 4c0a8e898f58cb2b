/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the statistics keep of lookups, and the ways to order it. */
#pragma once

#include "tools/report_statistics.h"
#include "tools/report_texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_REPORT_UNKNOWN_US UINT32_MAX

/* One lookup.  Numbers are those of the tables below, FOPNP_REPORT_OTHER beyond their limits. */
struct fopnp_report_record {
	int64_t time_us;     /* when it ended; -1: unknown */
	int64_t sequence;    /* which one of its process; -1: unknown */
	uint32_t elapsed_us; /* FOPNP_REPORT_UNKNOWN_US: unknown */
	uint32_t name, process;
	uint32_t answer; /* a sorted set of addresses (or a name); FOPNP_REPORT_OTHER: not known */
	int32_t ttl;     /* seconds; -1: not told */
	uint8_t source;  /* who answered; FOPNP_REPORT_SOURCES_MOST: beyond the limit */
	uint8_t kind;
	uint8_t failure; /* 0: answered; else 1 + a place in `codes`: not found, or failed */
	bool is_passing; /* a failure that says nothing about the name */
};

#define FOPNP_REPORT_CODES_MOST 32

struct fopnp_report_records {
	struct fopnp_report_record *list;
	size_t count, size;
	/* A process is its pid and its program; an answer the numbers of its addresses. */
	struct fopnp_report_texts names, programs, processes, sources, addresses, answers;
	int codes[FOPNP_REPORT_CODES_MOST];
	size_t code_count;
};

void fopnp_report_records_init(struct fopnp_report_records *records);
void fopnp_report_records_clear(struct fopnp_report_records *records);

/* Number what is in the lookup, and keep a record of it; valid until the next one. */
const struct fopnp_report_record *fopnp_report_records_add(
	struct fopnp_report_records *records, const struct fopnp_observed_lookup *lookup);

/* Add one to OUT_NOT_FOUND, OUT_FAILED or neither. */
void fopnp_report_records_count(const struct fopnp_report_records *records,
				const struct fopnp_report_record *record, uint64_t *out_not_found,
				uint64_t *out_failed);

/* The number of a source, FOPNP_REPORT_SOURCES_MOST for all beyond the limit. */
uint8_t fopnp_report_records_source(struct fopnp_report_records *records, const char *source);

/* A process's pid and program; false beyond the limit. */
bool fopnp_report_records_process(const struct fopnp_report_records *records, uint32_t process,
				  int64_t *out_pid, uint32_t *out_program);

/* How many addresses an answer has, and their numbers, sorted. */
size_t fopnp_report_records_answer(const struct fopnp_report_records *records, uint32_t answer,
				   uint32_t out_numbers[static FOPNP_EVENT_ADDRESSES]);

/*
 * Order the records by name, kind and time, or by name, kind, process and time.  What
 * is not numbered comes last.  The order is the same however they were read.
 */
void fopnp_report_records_sort_by_name(struct fopnp_report_records *records);
void fopnp_report_records_sort_by_process(struct fopnp_report_records *records);

/* Whether two belong to one question: the same name, known, and the same kind. */
bool fopnp_report_records_same_question(const struct fopnp_report_record *a,
					const struct fopnp_report_record *b);
