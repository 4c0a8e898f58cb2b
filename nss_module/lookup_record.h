/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What happened during one lookup, for its event.  Filled only when somebody
 * listens; a record may be NULL for "nobody does".
 */
#pragma once

#include "nss_module/lookup/order.h"

#include <netdb.h>
#include <nss.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_source;

/* The functions of the NSS interface that are lookups. */
enum fopnp_function {
	FOPNP_GETHOSTBYNAME4_R,
	FOPNP_GETHOSTBYNAME3_R,
	FOPNP_GETHOSTBYNAME2_R,
	FOPNP_GETHOSTBYNAME_R,
	FOPNP_GETHOSTBYADDR_R,
	FOPNP_GETHOSTBYADDR2_R,
};

/* "gethostbyname4_r", ... */
const char *fopnp_function_name(enum fopnp_function function);

enum fopnp_step_reason {
	FOPNP_STEP_ASKED,
	FOPNP_STEP_NOT_LOADED,  /* the library cannot be loaded */
	FOPNP_STEP_NO_FUNCTION, /* it lacks what this call needs */
};

/* Longer orders are cut in the event, which says so. */
#define FOPNP_RECORD_STEPS 16

struct fopnp_record_step {
	const struct fopnp_source *source;
	int status, error, h_error;
	int32_t ttl; /* INT32_MAX: not told */
	uint32_t elapsed_us;
	uint8_t reason; /* enum fopnp_step_reason */
	uint8_t action; /* enum fopnp_action */
};

struct fopnp_record {
	uint64_t start_us, step_start_us;
	unsigned step_count; /* of all steps, also those that did not fit */
	struct fopnp_record_step steps[FOPNP_RECORD_STEPS];
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

/* Microseconds of the monotonic clock. */
uint64_t fopnp_record_now_us(void);
