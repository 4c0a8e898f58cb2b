/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The databases of services and protocols: what getservbyname(3), getservbyport(3),
 * getprotobyname(3) and getprotobynumber(3) give, which source of the database's line in
 * nsswitch.conf gave it, and the line of the file where that is `files`.  The calls are made in
 * child processes.
 */
#pragma once

#include "tools/findings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_NAME_TEXT     128
#define FOPNP_NAME_PROTOCOL 16
#define FOPNP_NAME_ALIASES  512
#define FOPNP_NAME_QUERIES  4 /* that can be made together */

struct fopnp_name_query {
	bool is_service;   /* else a protocol */
	bool is_by_number; /* else by name */
	char name[FOPNP_NAME_TEXT];
	int number;                         /* a port in the host's byte order, or a protocol's */
	char protocol[FOPNP_NAME_PROTOCOL]; /* of a service; "": any */
};

struct fopnp_name_entry {
	bool is_found;
	char name[FOPNP_NAME_TEXT];
	int number;
	char protocol[FOPNP_NAME_PROTOCOL];
	char aliases[FOPNP_NAME_ALIASES]; /* with blanks between them */
};

struct fopnp_name_lookup {
	struct fopnp_name_query query;
	struct fopnp_name_entry entry;
	char source[64];          /* "": not known */
	struct fopnp_place place; /* file NULL: none */
};

/* Why no answer can be told. */
enum fopnp_name_end {
	FOPNP_NAME_ASKED,
	FOPNP_NAME_TIMED_OUT,
	FOPNP_NAME_CRASHED,
	FOPNP_NAME_NOT_MADE,
};

/*
 * Make up to FOPNP_NAME_QUERIES lookups of one database; the caller's to clear, whatever comes
 * back.
 */
enum fopnp_name_end fopnp_name_lookups_run(struct fopnp_name_lookup *lookups, size_t count);
void fopnp_name_lookup_clear(struct fopnp_name_lookup *lookup);
