/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lookup{}, call{}, malformed{} and finding{} of docs/schema/fopnp-1.json, written and read. */
#pragma once

#include "tools/findings.h"
#include "tools/observed.h"
#include "tools/observed_redact.h"

#include <jansson.h>
#include <stdbool.h>

/* COMMAND as in json_output.h.  REDACTION may be NULL: names are written as they are. */
json_t *fopnp_observed_lookup_to_json(const struct fopnp_observed_lookup *lookup,
				      const char *command, const struct fopnp_redaction *redaction);
json_t *fopnp_observed_call_to_json(const struct fopnp_observed_call *call, const char *command,
				    const struct fopnp_redaction *redaction);
/* A datagram that is no event: its length and its beginning as text. */
json_t *fopnp_observed_malformed_to_json(const struct fopnp_observed_process *process,
					 const char *bytes, size_t len, const char *command,
					 const struct fopnp_redaction *redaction);

/* A finding as an object of its own; PROCESS: what it is about, NULL: no process. */
json_t *fopnp_observed_finding_to_json(const struct fopnp_finding *finding,
				       const struct fopnp_observed_process *process,
				       const char *command);

/*
 * Back from a recorded object, every byte of which may be hostile.  False if
 * it is no lookup{}.  A value that makes no sense counts as not given; keys that
 * are not ours are ignored.  A redacted one gives hashes where the names were.
 */
bool fopnp_observed_lookup_from_json(const json_t *object,
				     struct fopnp_observed_lookup *out_lookup);
