/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `fopnp watch` of the past: the journal, or what -o recorded. */
#pragma once

#include "tools/exit_status.h"

struct fopnp_watch_options;

/* Show what there is; with -f go on with what comes, until a signal.  Tells its errors. */
enum fopnp_exit fopnp_watch_journal(const struct fopnp_watch_options *options);
enum fopnp_exit fopnp_watch_file(const struct fopnp_watch_options *options);
