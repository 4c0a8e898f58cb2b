/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Host names as texts: a final dot says that a name is complete and is no part of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The length of a name without a final dot. */
size_t fopnp_name_length(const char *name);

/* Whether two names are the same but for ASCII letter case and a final dot. */
bool fopnp_name_is_same(const char *a, const char *b);

/* Whether NAME is LABELS.SUFFIX, with at least one label in front. */
bool fopnp_name_is_below(const char *name, const char *suffix);

/* How many labels a name has, a final dot not counted. */
size_t fopnp_name_labels(const char *name);
