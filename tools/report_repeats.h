/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lookups that a cache would have saved: asked again, by the same name and kind, after an
 * earlier one had ended and before its time to live had passed.  Answers are kept, and
 * that a name is not there; failures that may pass are not.  Of lookups that run at the
 * same time each counts as asked.
 */
#pragma once

#include "tools/report_records.h"

/* RECORDS are sorted by name, and then by process.  CACHE_US: how long what has no ttl is kept. */
void fopnp_report_find_repeats(struct fopnp_report_records *records, size_t top, uint64_t cache_us,
			       struct fopnp_report_results *results);
