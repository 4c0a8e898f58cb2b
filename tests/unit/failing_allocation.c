/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wrappers that count the allocations of the code under test and fail one. */
#include "tests/unit/failing_allocation.h"

#include <errno.h>
#include <stddef.h>

static unsigned wanted, seen;

void fail_allocation(unsigned nth)
{
	wanted = nth;
	seen = 0;
}

bool allocation_has_failed(void)
{
	return wanted != 0 && seen >= wanted;
}

static bool must_fail(void)
{
	if (wanted == 0 || ++seen != wanted)
		return false;
	errno = ENOMEM;
	return true;
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
	return must_fail() ? NULL : __real_calloc(count, size);
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	return must_fail() ? NULL : __real_malloc(size);
}

void *__real_reallocarray(void *block, size_t count, size_t size);
void *__wrap_reallocarray(void *block, size_t count, size_t size);
void *__wrap_reallocarray(void *block, size_t count, size_t size)
{
	return must_fail() ? NULL : __real_reallocarray(block, count, size);
}

char *__real_strndup(const char *text, size_t len);
char *__wrap_strndup(const char *text, size_t len);
char *__wrap_strndup(const char *text, size_t len)
{
	return must_fail() ? NULL : __real_strndup(text, len);
}
