/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The settings of systemd-resolved: resolved.conf(5) and its drop-ins, by the rules of systemd
 * (systemd.conf files, src/shared/conf-parser.c): the file first, then *.conf of all four
 * directories by name, where one hides those of the same name in later directories.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct fopnp_check_system;

/* Fill, and clear, SYSTEM's resolved_drop_ins; its file is one of its files. */
void fopnp_check_resolved_conf_read(struct fopnp_check_system *system, int root);
void fopnp_check_resolved_conf_clear(struct fopnp_check_system *system);

struct fopnp_check_setting {
	const char *file; /* SYSTEM's, as the value, which is not terminated */
	unsigned line;
	const char *value;
	size_t len;
};

/* The last line "KEY=VALUE" of them all, which counts; an empty value is the default. */
bool fopnp_check_resolved_setting(const struct fopnp_check_system *system, const char *key,
				  struct fopnp_check_setting *out_setting);

/* Whether a word of KEY's lists IS_WANTED; an empty value puts those before it out of force. */
bool fopnp_check_resolved_has_word(const struct fopnp_check_system *system, const char *key,
				   bool (*is_wanted)(const char *word, size_t len));
