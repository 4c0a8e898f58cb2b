/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times, all of them kept, and their percentiles. */
#pragma once

#include "tools/report_statistics.h"

#include <stddef.h>
#include <stdint.h>

struct fopnp_report_samples {
	uint32_t *list; /* microseconds */
	size_t count, size;
};

/* Times beyond 2^32 microseconds (71 minutes) count as that. */
void fopnp_report_samples_add(struct fopnp_report_samples *samples, uint64_t us);
void fopnp_report_samples_clear(struct fopnp_report_samples *samples);

/* Sorts them. */
struct fopnp_report_times fopnp_report_times_of(struct fopnp_report_samples *samples);
