/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The entries of a hosts file, grouped by name, and what can be said of each without asking
 * anybody: a million lines in seconds and in memory that is a small multiple of the file.
 *
 * What counts is what a whole getaddrinfo(AF_UNSPEC) takes from the file, by the rules of
 * glibc's nss/nss_files/files-hosts.c: with host.conf's `multi on` every line of the name, else
 * its first one alone.
 */
#pragma once

#include "tools/compare_line.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fopnp_compare_class {
	FOPNP_COMPARE_SAME,         /* the others say the same */
	FOPNP_COMPARE_DIFFERS,      /* addresses added or missing */
	FOPNP_COMPARE_ONLY_HOSTS,   /* nobody else knows it */
	FOPNP_COMPARE_NOT_IN_HOSTS, /* a name that was given, which hosts lacks */
	FOPNP_COMPARE_SHADOWED,     /* an earlier line answers already (multi off) */
	FOPNP_COMPARE_DUPLICATE,    /* the same name and address as an earlier line */
	FOPNP_COMPARE_MALFORMED,    /* what glibc makes of the line: ignored, cut, no address */
	FOPNP_COMPARE_BLOCKED,      /* 0.0.0.0, ::, or 127.0.0.1 for a foreign name */
	FOPNP_COMPARE_ERROR,        /* the others could not be asked: not the same as no */
	FOPNP_COMPARE_CLASSES,
};

/* "same", "differs", "only-hosts", ...; and back: false for another word. */
const char *fopnp_compare_class_name(enum fopnp_compare_class class);
bool fopnp_compare_class_from_name(const char *word, size_t len,
				   enum fopnp_compare_class *out_class);

#define FOPNP_COMPARE_NONE UINT32_MAX /* no entry */

struct fopnp_compare_entry {
	uint32_t name; /* offset in the file's texts: folded, NUL-terminated */
	uint32_t line;
	uint32_t other_line; /* of SHADOWED and DUPLICATE: the line that counts; else 0 */
	uint32_t next;       /* the next entry of the same name, or FOPNP_COMPARE_NONE */
	uint8_t family;      /* AF_INET, AF_INET6; AF_UNSPEC: the line has no address */
	uint8_t address[16];
	/* SHADOWED, DUPLICATE, MALFORMED, BLOCKED; SAME where it has yet to be compared */
	uint8_t class;
	uint8_t fault; /* enum fopnp_compare_fault: of SHADOWED, DUPLICATE and MALFORMED, why */
};

struct fopnp_compare_name {
	uint32_t text; /* as in its entries */
	uint32_t first, last;
};

struct fopnp_compare_index; /* by name */

struct fopnp_compare_file {
	const char *path;                    /* the caller's */
	struct fopnp_compare_entry *entries; /* in the file's order */
	size_t entry_count;
	struct fopnp_compare_name *names; /* each once, in the file's order */
	size_t name_count;
	char *texts;
	uint64_t lines, bytes;
	struct fopnp_compare_index *index;
	bool is_multi; /* host.conf */
	bool is_cut;   /* it has more entries than FOPNP_COMPARE_ENTRIES: these are left out */
};

#define FOPNP_COMPARE_ENTRIES (8u << 20)

/*
 * Read and class.  A malformed line has an entry for each of its words behind the first, or one
 * without a name.  False, and the error told, if the file cannot be read.
 */
bool fopnp_compare_file_read(const char *path, bool is_multi, struct fopnp_compare_file *out_file);
void fopnp_compare_file_clear(struct fopnp_compare_file *file);

/* NAME in any case, as "files" finds it: a final dot is a part of it.  Or NULL. */
const struct fopnp_compare_name *fopnp_compare_file_find(const struct fopnp_compare_file *file,
							 const char *name);

/* Whether the whole line that ENTRY stands on is MALFORMED, and ENTRY not the first of it. */
bool fopnp_compare_entry_is_told(const struct fopnp_compare_file *file,
				 const struct fopnp_compare_entry *entry);
