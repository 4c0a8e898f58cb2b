/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sources: what an order names.  Each is a table of functions with the types
 * that glibc gives to NSS modules, a system module's, from its library
 * (system_module.c); or of the one function of a built-in source (lookup/ask.h).
 *
 * Records are made once per name and never freed, as glibc's own are: readers
 * need no lock, a fork at any moment leaves them whole.
 */
#pragma once

#include "nss_module/lookup/ask.h"

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
	fopnp_ask_function *ask; /* a built-in source; the others are NULL then */
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
 * used in this process.  A library that could not be loaded is not tried again
 * (nor does glibc try again), unless our own memory ran out; fopnp:dns is, by
 * each lookup that reaches it.  errno is preserved.
 */
const struct fopnp_functions *fopnp_source_load(struct fopnp_source *source);
