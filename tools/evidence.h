/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Evidence: the lines of configuration, and the sockets, that a source's answer
 * (or its silence) comes from.
 */
#pragma once

#include "tools/findings.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Why a line does not count although its writer may think so; not in JSON. */
enum fopnp_evidence_flaw {
	FOPNP_FLAW_NONE,
	FOPNP_FLAW_OVERRULED, /* an earlier line took its place */
	FOPNP_FLAW_MALFORMED, /* it cannot be read */
};

struct fopnp_evidence {
	struct fopnp_place place;
	char *remark; /* what became of it: "not used: multi is off"; NULL: it speaks for itself */
	enum fopnp_evidence_flaw flaw;
	bool is_origin; /* what it said came from here, the remark tells more of it; not in JSON */
};

struct fopnp_evidence_list {
	struct fopnp_evidence *list;
	size_t count;
};

/*
 * Add PLACE, which is taken over, with a remark by printf's rules.  FORMAT may be
 * NULL: no remark.
 */
void fopnp_evidence_add(struct fopnp_evidence_list *list, struct fopnp_place place,
			const char *format, ...) __attribute__((format(printf, 3, 4)));
void fopnp_evidence_clear(struct fopnp_evidence_list *list);

/* evidence{file,line,text,remark}. */
json_t *fopnp_evidence_to_json(const struct fopnp_evidence *evidence);
