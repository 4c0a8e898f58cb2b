/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a program gets for a request, and which source says so: the plain call in one child process,
 * the same through our module in another, both at once (tools/call_child.h), as `fopnp trace` does
 * it but without its questions to others.
 */
#pragma once

#include "tools/call_result.h"
#include "tools/evidence.h"
#include "tools/request.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_program_lookup {
	/* The request; its fields are the caller's to set (fopnp_request_set_name()). */
	struct fopnp_request request;
	const char *order; /* NULL: the machine's own; else that order alone, through our module */
	uint64_t deadline_us; /* 0: 30 s */
	/* The outcome. */
	struct fopnp_call_result
		*result;      /* of the plain call; through the module where order is given */
	char answered_by[64]; /* a source, "numeric", "nscd"; "": nobody, or not known */
	/* Whom the module asked last, also in a call that never came back; "": nobody. */
	char last_source[64];
	/* Why that one could not be asked: "not-loaded", "no-function"; "": it was. */
	char not_asked[64];
	struct fopnp_evidence_list evidence; /* of a hosts source: its lines */
};

/* Make COUNT lookups at the same time.  False, and an error told, if there can be no child. */
bool fopnp_program_lookups_run(struct fopnp_program_lookup *lookups, size_t count);
/* Also the request. */
void fopnp_program_lookup_clear(struct fopnp_program_lookup *lookup);

/*
 * The line of a hosts file that ADDRESS of the answer comes from (NULL: the first that is
 * used); NULL if there is none.
 */
const struct fopnp_place *fopnp_program_lookup_line(const struct fopnp_program_lookup *lookup,
						    const struct fopnp_request_address *address);

/*
 * "files, /etc/hosts:7", "dns", "nscd": the answer's source for people, with the line that is used
 * where there is one; "" if it is not known.  The caller's to free().
 */
char *fopnp_program_lookup_source_words(const struct fopnp_program_lookup *lookup);

/* Why there is no answer: "EAI_NONAME (-2): no source that was asked ..."; the caller's. */
char *fopnp_program_lookup_failure_words(const struct fopnp_program_lookup *lookup);

/* answer{} of docs/schema/fopnp-1.json. */
json_t *fopnp_program_lookup_answer(const struct fopnp_program_lookup *lookup);
