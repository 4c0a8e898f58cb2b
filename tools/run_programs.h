/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which programs run, and which of them our library is not in, so that nothing is seen of their
 * lookups: said once for each program, never silently missing.
 */
#pragma once

#include "tools/findings.h"
#include "tools/observed.h"

#include <stdbool.h>
#include <stdint.h>

/* What is found out goes there; both are the receiver's to read until it returns. */
typedef void fopnp_run_tell(void *context, const struct fopnp_finding *finding,
			    const struct fopnp_observed_process *process);

struct fopnp_run_programs;
struct fopnp_run_programs *fopnp_run_programs_create(fopnp_run_tell *tell, void *context);
void fopnp_run_programs_destroy(struct fopnp_run_programs *programs);

/* Before the command is started: what its file tells. */
void fopnp_run_programs_look_at(struct fopnp_run_programs *programs, const char *file);
/* It runs now: a start mark of PID is to come. */
void fopnp_run_programs_expect(struct fopnp_run_programs *programs, int64_t pid, uint64_t now_us);

/* Marks of starting, exec() and spawning; others are none of its business. */
void fopnp_run_programs_hear(struct fopnp_run_programs *programs,
			     const struct fopnp_observed_lookup *mark, uint64_t now_us);
/* Now and then: programs whose mark has been waited for long enough.  Whether any is waited for. */
bool fopnp_run_programs_tick(struct fopnp_run_programs *programs, uint64_t now_us);
/* At the end: those that are still waited for, without those that may have hardly begun. */
void fopnp_run_programs_flush(struct fopnp_run_programs *programs);

/*
 * Those, but for the command itself, that go on without anybody listening: how many there are is
 * told; false if none is.  They have FOPNP_LOG=SOCKET in their environment.
 */
bool fopnp_run_programs_tell_running(struct fopnp_run_programs *programs, const char *socket);

/* So many processes had our library in them. */
uint64_t fopnp_run_programs_started(const struct fopnp_run_programs *programs);
/* Whether some program was not seen, and it has been said why. */
bool fopnp_run_programs_was_any_unseen(const struct fopnp_run_programs *programs);
