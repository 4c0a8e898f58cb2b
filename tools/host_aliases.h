/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file that HOSTALIASES names, as glibc's resolver reads it (hostname(7)). */
#pragma once

/*
 * What the file makes of NAME, the caller's to free(), and the line that says so;
 * NULL: nothing.  A name with a dot has no alias.
 */
char *fopnp_host_aliases_find(const char *file, const char *name, unsigned *out_line);
