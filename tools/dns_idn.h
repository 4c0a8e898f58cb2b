/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Internationalized names (IDNA 2008, libidn2) on their way to the DNS and back. */
#pragma once

#include <stdbool.h>

struct fopnp_idn_name {
	char *ascii; /* to ask for; NULL: GIVEN has no ASCII form, and `error` says why */
	char *error;
	char *idna2003; /* what software of IDNA 2003 asks for where that is another name; else NULL */
};

/* Always filled; the caller's to clear.  A name of ASCII alone is itself. */
void fopnp_idn_to_ascii(const char *given, struct fopnp_idn_name *out);
void fopnp_idn_clear(struct fopnp_idn_name *name);

/*
 * What people read in a name with "xn--" labels, where that is a different text which is
 * converted back to the same name; else NULL.  The caller's to free().
 */
char *fopnp_idn_to_unicode(const char *ascii);
