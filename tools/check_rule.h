/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of `fopnp check`.  Each has an id (where a trace has a note for the same thing, the
 * note's id), a severity, one line for the catalogue and a long explanation: check_catalogue.c lists
 * them all, and the page fopnp-check-rules(7) is compared with it.
 */
#pragma once

#include "tools/findings.h"

#include <stddef.h>

struct fopnp_check_system;

struct fopnp_check_rule {
	const char *id;
	enum fopnp_severity severity; /* the gravest that it gives */
	const char *summary;          /* one line, no full stop */
	const char *explanation;      /* paragraphs, with empty lines between */
	/* Adds what it finds to FINDINGS, each under this rule's id. */
	void (*check)(const struct fopnp_check_system *system, struct fopnp_findings *findings);
};

/* The rules of a subject, ends with a zero entry; one array in each check_SUBJECT.c. */
extern const struct fopnp_check_rule FOPNP_CHECK_NSSWITCH_RULES[];  /* lines of nsswitch.conf */
extern const struct fopnp_check_rule FOPNP_CHECK_SOURCE_RULES[];    /* sources, modules */
extern const struct fopnp_check_rule FOPNP_CHECK_FOPNP_RULES[];     /* fopnp on the hosts line */
extern const struct fopnp_check_rule FOPNP_CHECK_CONF_RULES[];      /* fopnp.conf */
extern const struct fopnp_check_rule FOPNP_CHECK_HOSTS_RULES[];     /* hosts, own name */
extern const struct fopnp_check_rule FOPNP_CHECK_HOST_CONF_RULES[]; /* host.conf */
extern const struct fopnp_check_rule FOPNP_CHECK_RESOLV_RULES[]; /* resolv.conf, servers, search */
extern const struct fopnp_check_rule FOPNP_CHECK_DAEMON_RULES[]; /* nscd, avahi, resolved, mDNS */
extern const struct fopnp_check_rule FOPNP_CHECK_RESOLVED_RULES[]; /* resolved.conf */
extern const struct fopnp_check_rule FOPNP_CHECK_GAI_RULES[];      /* gai.conf, IPv6 */
extern const struct fopnp_check_rule FOPNP_CHECK_FILE_RULES[]; /* owner, mode, odd bytes, links */
extern const struct fopnp_check_rule
	FOPNP_CHECK_OTHER_RULES[]; /* browsers and others with a resolver of their own */

/* All of them, subject by subject: the INDEX-th, or NULL behind the last. */
const struct fopnp_check_rule *fopnp_check_rule(size_t index);
const struct fopnp_check_rule *fopnp_check_rule_find(const char *id);

/* PATH, of a file that was looked at, as a word of a shell command: below --root; the caller's. */
char *fopnp_check_command_path(const struct fopnp_check_system *system, const char *path);

/* Run every rule; the findings come gravest first. */
void fopnp_check_run(const struct fopnp_check_system *system, struct fopnp_findings *findings);
