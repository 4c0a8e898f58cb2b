/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Systems for the rules of `fopnp check`, by hand. */
#pragma once

#include "tools/check_rule.h"
#include "tools/check_system.h"
#include "tools/findings.h"

/*
 * A healthy one: files dns, a hosts file with localhost and the own name "vm", IPv6, root's files.
 * SYSTEM is zeroed or was cleared.
 */
void make_check(struct fopnp_check_system *system);
void clear_check(struct fopnp_check_system *system);

/* Give a file these bytes, and read them as check does; NULL: there is no such file. */
void write_check(struct fopnp_check_system *system, enum fopnp_check_file_id id, const char *bytes);
void write_check_bytes(struct fopnp_check_system *system, enum fopnp_check_file_id id,
		       const char *bytes, size_t len);

/* A module that is tried: loadable where ERROR is NULL. */
void make_check_module(struct fopnp_check_system *system, const char *source, const char *error);

/*
 * Run the rule ID: it must say nothing (SEVERITY -1), or something, of that severity first, with
 * WORDS in its text or in what to do, at FILE (NULL: whatever).
 */
void assert_rule(const struct fopnp_check_system *system, const char *id, int severity,
		 const char *words);
void assert_rule_at(const struct fopnp_check_system *system, const char *id, int severity,
		    const char *words, const char *file, unsigned line);

/* Each rule of an array was seen to say something, and to say nothing, by this program. */
void assert_rules_were_tried(const struct fopnp_check_rule *rules);
