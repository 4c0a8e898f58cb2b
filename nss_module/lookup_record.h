/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What happened during one lookup, for its event.  Filled only when somebody
 * listens; a record may be NULL for "nobody does".
 */
#pragma once

#include "nss_module/lookup/ask.h"
#include "nss_module/lookup/order.h"

#include <netdb.h>
#include <nss.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_source;

/* "gethostbyname4_r", ... */
const char *fopnp_function_name(enum fopnp_function function);

enum fopnp_step_reason {
	FOPNP_STEP_ASKED,
	FOPNP_STEP_NOT_LOADED,  /* the library cannot be loaded */
	FOPNP_STEP_NO_FUNCTION, /* it lacks what this call needs */
};

/* Longer orders are cut in the event, which says so. */
#define FOPNP_RECORD_STEPS 16

/* Room for what the built-in sources of one lookup tell of themselves. */
#define FOPNP_RECORD_DETAIL 2048

struct fopnp_record_step {
	const struct fopnp_source *source;
	int status, error, h_error;
	int32_t ttl; /* INT32_MAX: not told */
	uint32_t elapsed_us;
	uint8_t reason; /* enum fopnp_step_reason */
	uint8_t action; /* enum fopnp_action */
	bool is_detail_cut;
	uint16_t detail; /* where its words begin in the record's text, if DETAIL_LEN */
	uint16_t detail_len;
};

struct fopnp_record {
	uint64_t start_us, step_start_us;
	unsigned step_count; /* of all steps, also those that did not fit */
	struct fopnp_record_step steps[FOPNP_RECORD_STEPS];
	struct fopnp_detail detail; /* of the step that runs now: in the unused rest of the text */
	uint16_t detail_used;       /* of the text, by the steps before */
	char detail_text[FOPNP_RECORD_DETAIL];
};

void fopnp_record_start(struct fopnp_record *record);

/* SOURCE is about to be asked: starts the clock and announces the step to FOPNP_LOG. */
void fopnp_record_step_begin(struct fopnp_record *record, const struct fopnp_source *source);

/* It answered; adds a step. */
void fopnp_record_step_end(struct fopnp_record *record, const struct fopnp_source *source,
			   int status, int error, int h_error, int32_t ttl,
			   enum fopnp_action action);

/* It could not be asked; adds a step with status UNAVAIL. */
void fopnp_record_step_skipped(struct fopnp_record *record, const struct fopnp_source *source,
			       enum fopnp_step_reason reason, enum fopnp_action action);

/* Where the source that runs now may tell more, emptied; NULL if RECORD is. */
struct fopnp_detail *fopnp_record_detail(struct fopnp_record *record);

/* Microseconds of the monotonic clock. */
uint64_t fopnp_record_now_us(void);
