/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Percentiles by nearest rank. */
#include "tools/report_times.h"

#include "tools/memory.h"

#include <stdlib.h>

void fopnp_report_samples_add(struct fopnp_report_samples *samples, uint64_t us)
{
	if (samples->count == samples->size) {
		samples->size = samples->size ? samples->size * 2 : 64;
		samples->list =
			fopnp_memory_resize(samples->list, samples->size, sizeof(*samples->list));
	}
	samples->list[samples->count++] = us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

void fopnp_report_samples_clear(struct fopnp_report_samples *samples)
{
	free(samples->list);
	*samples = (struct fopnp_report_samples){ 0 };
}

static int compare(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

/* The least time that PERCENT of a hundred are not above. */
static uint32_t percentile(const struct fopnp_report_samples *samples, size_t percent)
{
	return samples->list[(samples->count * percent + 99) / 100 - 1];
}

struct fopnp_report_times fopnp_report_times_of(struct fopnp_report_samples *samples)
{
	struct fopnp_report_times times = { .count = samples->count };

	if (samples->count == 0)
		return times;
	qsort(samples->list, samples->count, sizeof(*samples->list), compare);
	times.p50_us = percentile(samples, 50);
	times.p90_us = percentile(samples, 90);
	times.p99_us = percentile(samples, 99);
	times.most_us = samples->list[samples->count - 1];
	for (size_t i = 0; i < samples->count; i++)
		times.total_us += samples->list[i];
	return times;
}
