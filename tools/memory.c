/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that is there or ends the process. */
#include "tools/memory.h"

#include "tools/exit_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fopnp_memory_give_up(void)
{
	/* Nothing that allocates: plain text, also under --json. */
	(void)fputs("fopnp: out of memory\n", stderr);
	exit(FOPNP_EXIT_CANNOT);
}

void *fopnp_memory_zeroed(size_t count, size_t size)
{
	void *room = calloc(count ? count : 1, size ? size : 1);

	if (!room)
		fopnp_memory_give_up();
	return room;
}

void *fopnp_memory_resize(void *old, size_t count, size_t size)
{
	void *room = reallocarray(old, count ? count : 1, size ? size : 1);

	if (!room)
		fopnp_memory_give_up();
	return room;
}

char *fopnp_memory_copy(const char *bytes, size_t len)
{
	char *copy = fopnp_memory_zeroed(len + 1, 1);

	if (len)
		memcpy(copy, bytes, len);
	return copy;
}

char *fopnp_memory_copy_text(const char *text)
{
	return text ? fopnp_memory_copy(text, strlen(text)) : NULL;
}

char *fopnp_memory_format_list(const char *format, va_list arguments)
{
	char *text = NULL;

	if (vasprintf(&text, format, arguments) < 0 || !text)
		fopnp_memory_give_up();
	return text;
}

char *fopnp_memory_format(const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = fopnp_memory_format_list(format, arguments);
	va_end(arguments);
	return text;
}

void fopnp_memory_free_pointer(void *pointer_to_pointer)
{
	void *pointer;

	memcpy(&pointer, pointer_to_pointer, sizeof(pointer));
	free(pointer);
}
