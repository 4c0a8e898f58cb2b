/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Findings: things worth knowing about a lookup or the set-up, each with an id
 * that programs can test (finding{id,severity,text,fix,place} in JSON).
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

enum fopnp_severity { FOPNP_INFO, FOPNP_WARNING, FOPNP_ERROR };

struct fopnp_place {
	char *file;    /* NULL: no place */
	unsigned line; /* 0: the whole file */
	char *text;    /* the line itself, or NULL */
};

struct fopnp_finding {
	const char *id; /* static, kebab-case */
	enum fopnp_severity severity;
	char *text;
	char *fix; /* NULL: nothing to do */
	struct fopnp_place place;
};

struct fopnp_findings {
	struct fopnp_finding *list;
	size_t count;
};

/* Add one; the text by printf's rules.  fix and place can be set in what is returned. */
struct fopnp_finding *fopnp_findings_add(struct fopnp_findings *findings, const char *id,
					 enum fopnp_severity severity, const char *format, ...)
	__attribute__((returns_nonnull, format(printf, 4, 5)));
/* Set what to do, by printf's rules. */
void fopnp_finding_set_fix(struct fopnp_finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Set the place; none where FILE is NULL. */
void fopnp_finding_set_place(struct fopnp_finding *finding, const char *file, unsigned line);

void fopnp_findings_clear(struct fopnp_findings *findings);

/* A place with copies of its texts. */
struct fopnp_place fopnp_place_make(const char *file, unsigned line, const char *text);
void fopnp_place_clear(struct fopnp_place *place);

/* "info", "warning", "error". */
const char *fopnp_severity_name(enum fopnp_severity severity);

json_t *fopnp_finding_to_json(const struct fopnp_finding *finding);
/* place{}, or null without a file. */
json_t *fopnp_place_to_json(const struct fopnp_place *place);
