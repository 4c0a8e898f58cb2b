/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The live view of `fopnp watch`: every lookup of the machine, through the watch socket. */
#pragma once

#include "tools/exit_status.h"

struct fopnp_watch_options;

/* Watch until a signal, -n, --for, the end of the output or a takeover (status 1).  Tells its errors. */
enum fopnp_exit fopnp_watch_live(const struct fopnp_watch_options *options);
