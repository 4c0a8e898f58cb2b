/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running text. */
#include "tools/paragraph.h"

#include "tools/escape.h"
#include "tools/memory.h"
#include "tools/table.h"

#include <stdlib.h>
#include <string.h>

void fopnp_paragraph_print(FILE *out, enum fopnp_style label_style, const char *label,
			   size_t indent, enum fopnp_style style, const char *text)
{
	FOPNP_AUTO_FREE char *safe = fopnp_escape_text(text, strlen(text));
	size_t width = fopnp_terminal_columns() - indent, used = strlen(label);
	const char *at = safe;

	fopnp_terminal_put(out, label_style, label);
	(void)fprintf(out, "%*s", used < indent ? (int)(indent - used) : 0, "");
	do {
		size_t len = fopnp_table_fit(at, width), end = len;
		FOPNP_AUTO_FREE char *part = NULL;

		while (end > 0 && at[end - 1] == ' ')
			end--;
		part = fopnp_memory_copy(at, end);
		fopnp_terminal_put(out, style, part);
		(void)fputc('\n', out);
		at += len;
		at += strspn(at, " "); /* a gap of two blanks may be broken between them */
		if (*at)
			(void)fprintf(out, "%*s", (int)indent, "");
	} while (*at);
}
