/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `fopnp check --program FILE`: how a program resolves host names, and whether fopnp sees it, by
 * the program's file and the hosts line.
 */
#pragma once

#include "tools/command.h"
#include "tools/program_kind.h"

#include <stdbool.h>
#include <stddef.h>

enum fopnp_program_seen {
	FOPNP_PROGRAM_SEEN,
	FOPNP_PROGRAM_NOT_SEEN,
	FOPNP_PROGRAM_SEEN_AT_TIMES, /* the program decides while it runs */
};

struct fopnp_program_verdict {
	const char
		*resolver; /* "glibc", "glibc-static", "musl", "go", "go-cgo", "c-ares", "other" */
	const char *how;   /* it looks names up: sentences */
	enum fopnp_program_seen by_module; /* once fopnp stands on the hosts line */
	const char *why;                   /* a sentence */
};

/* HAS_NSS: its file names nsswitch.conf, of a static program the sign that glibc is in it. */
struct fopnp_program_verdict fopnp_program_judge(const struct fopnp_program_kind *kind,
						 bool has_nss);

/*
 * What c-ares 1.18 to 1.27 makes of the list behind "hosts:" (ares_init.c, config_lookup()): it
 * knows words by their first letter and has two places, 'f' for /etc/hosts and 'b' for DNS.  ""
 * is its own order, "fb".
 */
void fopnp_program_cares_order(const char *list, size_t len, char order[static 3]);

/*
 * Inspect FILE (as execvp() finds it), with the hosts line of ROOT (NULL: this machine's), and print
 * what there is to say.  The exit status: FOPNP_EXIT_OK where fopnp sees it now, FOPNP_EXIT_NO
 * where not; FOPNP_EXIT_CANNOT, and the error told, if there is no such program.
 */
enum fopnp_exit fopnp_check_program(const char *file, const char *root);
