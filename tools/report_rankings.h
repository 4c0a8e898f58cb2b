/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which names and programs asked most, and what failed most. */
#pragma once

#include "tools/report_records.h"

/* Each fills its lists in RESULTS with at most TOP entries; their texts are the records'. */
void fopnp_report_rank_names(const struct fopnp_report_records *records, size_t top,
			     struct fopnp_report_results *results);
void fopnp_report_rank_programs(const struct fopnp_report_records *records, size_t top,
				struct fopnp_report_results *results);
void fopnp_report_rank_failures(const struct fopnp_report_records *records, size_t top,
				struct fopnp_report_results *results);
