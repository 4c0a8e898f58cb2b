/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Putting fopnp on the hosts line of nsswitch.conf and taking it off again: text in, text out,
 * and no other byte of the file changes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * What stands in front of the old list.  The blank behind "=" is for programs with c-ares 1.18 to
 * 1.27, which take "return]" for DNS and would lose it otherwise, see nss-fopnp(8).
 */
#define FOPNP_NSSWITCH_WORDS "fopnp [!UNAVAIL= return]"

enum fopnp_nsswitch_edit_result {
	FOPNP_EDIT_CHANGED,
	FOPNP_EDIT_UNCHANGED, /* nothing to do: it is there already, or was not there */
	FOPNP_EDIT_NO_LINE,   /* enable: there is no hosts line that glibc reads; `line` is one that
				 lacks its newline, or 0 */
	FOPNP_EDIT_NO_SOURCE, /* enable: the hosts line names nobody who could be asked */
	FOPNP_EDIT_BROKEN,    /* `line` cannot be read: glibc fails every lookup, or it is not
				 clear what belongs to fopnp */
};

struct fopnp_nsswitch_edit {
	char *bytes; /* the whole new file; NULL unless CHANGED */
	size_t len;
	unsigned line;        /* that it is about, from 1; 0: none */
	char *before, *after; /* that line, without its newline; NULL: none, or the same */
};

/*
 * Put fopnp in front of the list of the hosts line in force, which is the last one.  Where that
 * names it already, in whatever form, nothing is changed.
 */
enum fopnp_nsswitch_edit_result fopnp_nsswitch_enable(const char *bytes, size_t len,
						      struct fopnp_nsswitch_edit *out_edit);

/*
 * Take fopnp, with the brackets behind it, off all hosts lines, so that what enable made becomes
 * what it was, whatever else was edited since.  Of the built-in sources on such a line
 * fopnp:hosts becomes files and fopnp:dns dns; where nobody is left to be asked, the list becomes
 * "files dns".
 */
enum fopnp_nsswitch_edit_result fopnp_nsswitch_disable(const char *bytes, size_t len,
						       struct fopnp_nsswitch_edit *out_edit);

/*
 * Whether a hosts line (without its newline) begins as enable makes it, with sources behind.  What is
 * behind a "#" is no comment to glibc: fopnp may stand there by mistake.
 */
bool fopnp_nsswitch_is_usual(const char *line);

void fopnp_nsswitch_edit_clear(struct fopnp_nsswitch_edit *edit);
