/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory for the command, which can do nothing sensible without: these never
 * return NULL, they end the process with a message and exit status 3.  What
 * they return is the caller's to free().
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#define FOPNP_AUTO_FREE __attribute__((cleanup(fopnp_memory_free_pointer)))

/* End the process since memory ran out: for memory that comes from elsewhere. */
_Noreturn void fopnp_memory_give_up(void);

/* Zeroed room for COUNT things of SIZE bytes. */
void *fopnp_memory_zeroed(size_t count, size_t size) __attribute__((returns_nonnull));

/* As realloc(), for COUNT things of SIZE bytes. */
void *fopnp_memory_resize(void *old, size_t count, size_t size) __attribute__((returns_nonnull));

/* A copy of LEN bytes and a NUL behind them. */
char *fopnp_memory_copy(const char *bytes, size_t len) __attribute__((returns_nonnull));

/* A copy of a string; NULL for NULL. */
char *fopnp_memory_copy_text(const char *text);

/* A string made by printf's rules. */
char *fopnp_memory_format(const char *format, ...)
	__attribute__((returns_nonnull, format(printf, 1, 2)));
char *fopnp_memory_format_list(const char *format, va_list arguments)
	__attribute__((returns_nonnull, format(printf, 1, 0)));

/* For FOPNP_AUTO_FREE. */
void fopnp_memory_free_pointer(void *pointer_to_pointer);
