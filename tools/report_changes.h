/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names whose answer changed, told apart from servers that give their addresses in turns.
 *
 * The answers to one question (name and kind) are gathered in pools: answers that share an address
 * are in one pool, and so are two pools of which each was seen before the other was seen for
 * the last time.  What then moves from one pool to the next never comes back: a change.
 */
#pragma once

#include "tools/report_records.h"

/* RECORDS are sorted by name. */
void fopnp_report_find_changes(const struct fopnp_report_records *records, size_t top,
			       struct fopnp_report_results *results);
