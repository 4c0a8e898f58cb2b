/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A line on stderr while something takes long, where stderr is a terminal; gone
 * when the result comes.
 */
#pragma once

#include <stdint.h>

/* What is being done: "tracing www.example.com".  Shown once a second has passed. */
void fopnp_progress_start(const char *what);
/* Say it in other words from the next tick on; nothing after fopnp_progress_stop(). */
void fopnp_progress_say(const char *what);
/* Wipe the line.  Before anything is written to stdout or stderr. */
void fopnp_progress_stop(void);

/* While waiting: show how many seconds it has taken, each once.  Cheap, to be called often. */
void fopnp_progress_tick(void);
/* The longest time to wait until the next tick; UINT64_MAX: nothing is shown. */
uint64_t fopnp_progress_next_us(void);
