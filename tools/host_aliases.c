/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of a name and what is to be asked for instead. */
#include "tools/host_aliases.h"

#include "nss_module/lookup/ascii.h"
#include "tools/memory.h"
#include "tools/text_file.h"

#include <stddef.h>
#include <string.h>

static size_t word_length(const char *text, const char *end)
{
	size_t len = 0;

	while (text + len < end && text[len] != '\0' && !fopnp_ascii_is_space(text[len]))
		len++;
	return len;
}

/* The second word of a line whose first one is NAME, or NULL. */
static char *alias_in_line(const char *line, const char *end, const char *name)
{
	size_t len = word_length(line, end);
	const char *target = line + len;

	if (!fopnp_ascii_equal_word(line, len, name))
		return NULL;
	while (target < end && fopnp_ascii_is_space(*target))
		target++;
	len = word_length(target, end);
	return len > 0 ? fopnp_memory_copy(target, len) : NULL;
}

/* As __res_context_hostalias: the first line that has the name decides. */
char *fopnp_host_aliases_find(const char *file, const char *name, unsigned *out_line)
{
	const char *at, *end;
	char *alias = NULL;
	size_t len = 0;
	unsigned line = 0;
	int error;
	FOPNP_AUTO_FREE char *bytes = NULL;

	if (strchr(name, '.'))
		return NULL;
	bytes = fopnp_text_file_read(file, &len, &error);
	if (!bytes)
		return NULL;
	end = bytes + len;
	for (at = bytes; at < end && !alias; line++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		alias = alias_in_line(at, newline ? newline : end, name);
		at = newline ? newline + 1 : end;
	}
	if (alias)
		*out_line = line;
	return alias;
}
