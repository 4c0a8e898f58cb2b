/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What c-ares calls where it would call libc: the Makefile renames these calls in
 * our copy of libcares.a.  So it is certain, whatever its version, that it opens no
 * file (/dev/urandom neither, without O_CLOEXEC), sees no environment (RES_OPTIONS of
 * the caller of a privileged program), leaves the program's rand() alone, and starts no
 * thread (1.34 has one for events).
 *
 * Its large tables (75 KB a channel in 1.18) are mapped: in the arena of a thread that asks
 * once they would stay for good, free but not given back.  Not where a leak checker looks
 * on, which sees no pointers in mappings.
 */
#pragma once

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/select.h>

#define FOPNP_CARES_MAPPED 65536 /* bytes from which on a block is */

void *fopnp_cares_malloc(size_t size);
void *fopnp_cares_realloc(void *block, size_t size);
void fopnp_cares_free(void *block);

FILE *fopnp_cares_fopen(const char *path, const char *mode); /* NULL, ENOENT */
char *fopnp_cares_getenv(const char *name);                  /* NULL */
/*
 * Stretched from one random number of the kernel's: c-ares makes a key of it for ids of its
 * own, which are never sent.
 */
int fopnp_cares_rand(void);
void fopnp_cares_srand(unsigned seed); /* nothing */

int fopnp_cares_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			       void *(*start)(void *), void *argument); /* EAGAIN */
int fopnp_cares_select(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
		       struct timeval *timeout); /* -1, ENOSYS */

/*
 * In the place of ares_dns_name_write(), where c-ares itself calls it: 1.34 writes each query
 * anew, and would do so only with the letters of host names, while glibc asks for "a b.example"
 * and for UTF-8 as well.
 */
int fopnp_cares_dns_name_write(void *buffer, void **offsets, int is_host_name, const char *name);
