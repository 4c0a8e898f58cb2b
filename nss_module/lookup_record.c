/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The record of one lookup, see lookup_record.h. */
#include "nss_module/lookup_record.h"

#include "nss_module/event_send.h"

#include <errno.h>
#include <string.h>
#include <time.h>

const char *fopnp_function_name(enum fopnp_function function)
{
	static const char *const names[] = {
		[FOPNP_GETHOSTBYNAME4_R] = "gethostbyname4_r",
		[FOPNP_GETHOSTBYNAME3_R] = "gethostbyname3_r",
		[FOPNP_GETHOSTBYNAME2_R] = "gethostbyname2_r",
		[FOPNP_GETHOSTBYNAME_R] = "gethostbyname_r",
		[FOPNP_GETHOSTBYADDR_R] = "gethostbyaddr_r",
		[FOPNP_GETHOSTBYADDR2_R] = "gethostbyaddr2_r",
	};

	return names[function];
}

uint64_t fopnp_record_now_us(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void fopnp_record_start(struct fopnp_record *record)
{
	if (!record)
		return;
	record->start_us = fopnp_record_now_us();
	record->step_count = 0;
	record->detail_used = 0;
	record->detail.line = NULL;
}

struct fopnp_detail *fopnp_record_detail(struct fopnp_record *record)
{
	if (!record)
		return NULL;
	record->detail.line = record->detail_text + record->detail_used;
	record->detail.size = sizeof(record->detail_text) - record->detail_used;
	record->detail.is_cut = record->detail.size == 0;
	if (record->detail.size > 0)
		record->detail.line[0] = '\0';
	return &record->detail;
}

/* What the source of the step that ends told. */
static void keep_detail(struct fopnp_record *record, struct fopnp_record_step *step)
{
	if (!record->detail.line)
		return;
	step->detail = record->detail_used;
	step->is_detail_cut = record->detail.is_cut;
	if (record->detail.size > 0)
		step->detail_len = (uint16_t)strlen(record->detail.line);
	record->detail_used = (uint16_t)(record->detail_used + step->detail_len);
	record->detail.line = NULL;
}

static struct fopnp_record_step *add_step(struct fopnp_record *record)
{
	unsigned index = record->step_count++;

	return index < FOPNP_RECORD_STEPS ? &record->steps[index] : NULL;
}

void fopnp_record_step_begin(struct fopnp_record *record, const struct fopnp_source *source)
{
	int saved_errno = errno;

	if (!record)
		return;
	fopnp_event_announce_step(source, record->step_count);
	record->step_start_us = fopnp_record_now_us();
	errno = saved_errno;
}

void fopnp_record_step_end(struct fopnp_record *record, const struct fopnp_source *source,
			   int status, int error, int h_error, int32_t ttl,
			   enum fopnp_action action)
{
	struct fopnp_record_step *step = record ? add_step(record) : NULL;
	uint64_t elapsed;

	if (!step)
		return;
	elapsed = fopnp_record_now_us() - record->step_start_us;
	*step = (struct fopnp_record_step){
		.source = source,
		.status = status,
		.error = error,
		.h_error = h_error,
		.ttl = ttl,
		.elapsed_us = elapsed > UINT32_MAX ? UINT32_MAX : (uint32_t)elapsed,
		.reason = FOPNP_STEP_ASKED,
		.action = (uint8_t)action,
	};
	keep_detail(record, step);
}

void fopnp_record_step_skipped(struct fopnp_record *record, const struct fopnp_source *source,
			       enum fopnp_step_reason reason, enum fopnp_action action)
{
	struct fopnp_record_step *step = record ? add_step(record) : NULL;

	if (!step)
		return;
	*step = (struct fopnp_record_step){
		.source = source,
		.status = NSS_STATUS_UNAVAIL,
		.ttl = INT32_MAX,
		.reason = (uint8_t)reason,
		.action = (uint8_t)action,
	};
}
