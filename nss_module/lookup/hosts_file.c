/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hosts(5) by spans of the file's own bytes: nothing is copied but an address
 * that is to be parsed, so that a line may have any length.
 */
#include "nss_module/lookup/hosts_file.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "nss_module/lookup/ascii.h"

static const char *skip_word(const char *at, const char *end)
{
	while (at < end && ((uint8_t)*at > ' ' || !fopnp_ascii_is_space(*at)))
		at++;
	return at;
}

/* AF_UNSPEC if the span is no address.  IPv4 first, as glibc tries them. */
static int parse_address(const char *text, size_t len, uint8_t address[static 16])
{
	/* inet_pton() takes nothing longer: four digits a group, no leading zeros in IPv4 */
	char terminated[INET6_ADDRSTRLEN];

	if (len >= sizeof(terminated))
		return AF_UNSPEC;
	memcpy(terminated, text, len);
	terminated[len] = '\0';
	memset(address, 0, 16);
	if (inet_pton(AF_INET, terminated, address) == 1)
		return AF_INET;
	if (inet_pton(AF_INET6, terminated, address) == 1)
		return AF_INET6;
	return AF_UNSPEC;
}

/* Take the line at AT to END, its newline not included.  False: empty or a comment. */
static bool parse_line(const char *at, const char *end, struct fopnp_hosts_line *out_line)
{
	const char *stop;

	out_line->text = at;
	out_line->text_len = (size_t)(end - at);

	end = at + strnlen(at, (size_t)(end - at));
	at = fopnp_ascii_skip_spaces(at, end);
	stop = memchr(at, '#', (size_t)(end - at));
	if (stop != NULL)
		end = stop;
	if (at == end)
		return false;

	stop = skip_word(at, end);
	out_line->address_text = at;
	out_line->address_len = (size_t)(stop - at);
	out_line->family = parse_address(at, out_line->address_len, out_line->address);

	at = fopnp_ascii_skip_spaces(stop, end);
	while (end > at && fopnp_ascii_is_space(end[-1]))
		end--;
	out_line->names = at;
	out_line->names_len = (size_t)(end - at);
	return true;
}

void fopnp_hosts_start(struct fopnp_hosts_cursor *cursor, const char *bytes, size_t len)
{
	cursor->at = bytes;
	cursor->end = bytes + len;
	cursor->line = 0;
}

bool fopnp_hosts_next(struct fopnp_hosts_cursor *cursor, struct fopnp_hosts_line *out_line)
{
	while (cursor->at < cursor->end) {
		const char *start = cursor->at;
		const char *end = memchr(start, '\n', (size_t)(cursor->end - start));

		cursor->at = end != NULL ? end + 1 : cursor->end;
		cursor->line++;
		if (!parse_line(start, end != NULL ? end : cursor->end, out_line))
			continue;
		out_line->number = cursor->line;
		return true;
	}
	return false;
}

bool fopnp_hosts_next_name(const struct fopnp_hosts_line *line, size_t *position,
			   const char **out_name, size_t *out_len)
{
	const char *end = line->names + line->names_len;
	const char *name = fopnp_ascii_skip_spaces(line->names + *position, end);
	const char *behind = skip_word(name, end);

	*position = (size_t)(behind - line->names);
	if (name == behind)
		return false;
	*out_name = name;
	*out_len = (size_t)(behind - name);
	return true;
}

bool fopnp_hosts_line_has_name(const struct fopnp_hosts_line *line, const char *name)
{
	size_t name_len = strlen(name);
	size_t position = 0, found_len;
	const char *found;

	if (name_len == 0)
		return line->names_len == 0;
	while (fopnp_hosts_next_name(line, &position, &found, &found_len))
		if (fopnp_ascii_equal(found, found_len, name, name_len))
			return true;
	return false;
}
