/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where `fopnp watch` sends what it sees, live or recorded: rows or JSON on stdout, JSON
 * lines to the file of -o; and the counts of all of it.
 */
#pragma once

#include "tools/exit_status.h"
#include "tools/observed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_watch_options;
struct fopnp_watch_output;

/* OPTIONS must outlive it.  NULL, and the error told, if the file of -o cannot be opened. */
struct fopnp_watch_output *fopnp_watch_output_create(const struct fopnp_watch_options *options);
void fopnp_watch_output_destroy(struct fopnp_watch_output *output);

void fopnp_watch_output_lookup(struct fopnp_watch_output *output,
			       const struct fopnp_observed_lookup *lookup);
void fopnp_watch_output_malformed(struct fopnp_watch_output *output,
				  const struct fopnp_observed_process *process, const char *bytes,
				  size_t len);
/* COUNT events of that process never came. */
void fopnp_watch_output_lost(struct fopnp_watch_output *output,
			     const struct fopnp_observed_process *process, uint64_t count);
/* Objects of a recorded file that could not be read. */
void fopnp_watch_output_unreadable(struct fopnp_watch_output *output, uint64_t count);

/* Once for a batch of events: hand over what was written. */
void fopnp_watch_output_flush(struct fopnp_watch_output *output);

/* No use to go on: -n is reached, or somebody takes no more output. */
bool fopnp_watch_output_is_done(const struct fopnp_watch_output *output);
/* Something could not be written since nobody reads it any more. */
bool fopnp_watch_output_is_unread(const struct fopnp_watch_output *output);

/*
 * The end: the summary, on stderr for people.  STATUS is the command's so far; 3, and the
 * error told, if something could not be written.
 */
enum fopnp_exit fopnp_watch_output_finish(struct fopnp_watch_output *output,
					  enum fopnp_exit status);
