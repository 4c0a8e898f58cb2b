/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sources: what an order names.  Each is a table of functions with the types
 * that glibc gives to NSS modules; a system module's come from its library
 * (system_module.c), a built-in source will bring its own table.
 *
 * Records are made once per name and never freed, as glibc's own are: readers
 * need no lock, a fork at any moment leaves them whole.
 */
#pragma once

#include <netdb.h>
#include <nss.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Any of them may be NULL: the source lacks the function. */
struct fopnp_functions {
	nss_gethostbyname4_r *gethostbyname4_r;
	nss_gethostbyname3_r *gethostbyname3_r;
	nss_gethostbyname2_r *gethostbyname2_r;
	nss_gethostbyname_r *gethostbyname_r;
	nss_gethostbyaddr_r *gethostbyaddr_r;
	nss_gethostbyaddr2_r *gethostbyaddr2_r;
	nss_getcanonname_r *getcanonname_r;
};

struct fopnp_source {
	struct fopnp_source *next;
	_Atomic(const struct fopnp_functions *) functions; /* NULL: not looked for yet */
	_Atomic(const char *) load_error;                  /* the loader's words, or NULL */
	char name[];
};

/* The record of that name, made if need be.  NULL when memory ran out. */
struct fopnp_source *fopnp_source_intern(const char *name);

/*
 * The source's functions, loaded by the first caller.  NULL if it cannot be
 * used in this process; a library that could not be loaded is not tried again
 * (nor does glibc try again), but for lack of memory.  errno is preserved.
 */
const struct fopnp_functions *fopnp_source_load(struct fopnp_source *source);
