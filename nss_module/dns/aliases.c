/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Aliases of names, see aliases.h. */
#include "nss_module/dns/aliases.h"

#include "nss_module/dns/small_file.h"
#include "nss_module/lookup/ascii.h"

#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 8191 /* glibc's BUFSIZ without the NUL: the rest of a line is the next line */

/* ns_samename(3) without its copies: NAME has no dot. */
static bool is_same_name(const char *word, size_t len, const char *name)
{
	while (len > 0 && word[len - 1] == '.' && !(len > 1 && word[len - 2] == '\\'))
		len--;
	return fopnp_ascii_equal_word(word, len, name);
}

static size_t word_length(const char *at)
{
	size_t len = 0;

	while (at[len] && !fopnp_ascii_is_space(at[len]))
		len++;
	return len;
}

/* The line ends with a NUL.  False where glibc reads no further. */
static bool read_line(const char *line, const char *name, char out[static FOPNP_DNS_NAME_SIZE],
		      bool *out_found)
{
	size_t len = word_length(line);

	if (!line[len])
		return false;
	if (!is_same_name(line, len, name))
		return true;
	line += len;
	while (fopnp_ascii_is_space(*line))
		line++;
	len = word_length(line);
	if (len >= FOPNP_DNS_NAME_SIZE)
		len = FOPNP_DNS_NAME_SIZE - 1;
	memcpy(out, line, len);
	out[len] = '\0';
	*out_found = len > 0;
	return false;
}

bool fopnp_dns_alias_find(char *bytes, size_t len, const char *name,
			  char out[static FOPNP_DNS_NAME_SIZE])
{
	bool is_found = false;
	bool goes_on = true;

	while (goes_on && len > 0) {
		size_t room = len < LINE_SIZE ? len : LINE_SIZE;
		const char *newline = memchr(bytes, '\n', room);
		size_t line_len = newline ? (size_t)(newline - bytes) + 1 : room;
		char kept = bytes[line_len];

		bytes[line_len] = '\0';
		goes_on = read_line(bytes, name, out, &is_found);
		bytes[line_len] = kept;
		bytes += line_len;
		len -= line_len;
	}
	return is_found;
}

bool fopnp_dns_alias_of(const char *name, char out[static FOPNP_DNS_NAME_SIZE])
{
	/* ld.so removes it from a privileged program's environment. */
	const char *path = secure_getenv("HOSTALIASES");
	bool is_found = false;
	char *bytes;
	size_t len;

	bytes = path ? fopnp_dns_read_file(path, &len) : NULL;
	if (bytes)
		is_found = fopnp_dns_alias_find(bytes, len, name, out);
	free(bytes);
	return is_found;
}
