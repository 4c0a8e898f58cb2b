/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Addresses are compared as numbers, but found by text.  An IPv4 address has one
 * spelling (inet_pton(3) takes no other).  IPv4 by an IPv6 line means ::1, or a
 * sixth group ffff, which is always spelled with a colon on both sides.  Since glibc
 * 2.38 (BZ #25457) an IPv4 line gives ::ffff:a.b.c.d, too, to who asks by address.
 */
#include "nss_module/hosts/hosts_search.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/libc_version.h"

#include <arpa/inet.h>
#include <string.h>

static const uint8_t ipv4_loopback[4] = { 127, 0, 0, 1 };
static const uint8_t mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

/* ---- the question ---------------------------------------------------------- */

static void add_needle(struct fopnp_hosts_search *search, const char *text, bool is_word)
{
	fopnp_needle_set(&search->needles[search->needle_count++], text, strlen(text), is_word);
}

static bool is_mapped(const uint8_t bytes[static 16])
{
	return memcmp(bytes, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

static void add_inet_needle(struct fopnp_hosts_search *search, const uint8_t *address)
{
	(void)inet_ntop(AF_INET, address, search->address_text, sizeof(search->address_text));
	add_needle(search, search->address_text, true);
}

static void add_address_needles(struct fopnp_hosts_search *search)
{
	bool is_loopback;

	if (search->family != AF_INET) {
		if (is_mapped(search->address))
			add_inet_needle(search, search->address + sizeof(mapped_prefix));
		add_needle(search, ":", false);
		return;
	}
	is_loopback = memcmp(search->address, ipv4_loopback, sizeof(ipv4_loopback)) == 0;
	add_inet_needle(search, search->address);
	add_needle(search, is_loopback ? ":" : ":ffff:", false);
}

static void add_needles(struct fopnp_hosts_search *search)
{
	search->has_needles = true;
	if (!search->name)
		add_address_needles(search);
	else if (search->name[0]) /* a line without a name answers for the name "" */
		add_needle(search, search->name, true);
}

void fopnp_hosts_search_start(struct fopnp_hosts_search *search, const char *name, int family,
			      const void *address)
{
	search->name = name;
	search->family = family;
	search->address = address;
	search->has_needles = false;
	search->needle_count = 0;
	fopnp_hosts_search_begin_file(search, false);
}

void fopnp_hosts_search_begin_file(struct fopnp_hosts_search *search, bool counts_lines)
{
	search->counts_lines = counts_lines;
	search->line = counts_lines ? 1 : 0;
}

/* ---- one line -------------------------------------------------------------- */

static bool take_mapped(const uint8_t bytes[static 16], uint8_t out[static 4])
{
	static const uint8_t loopback[16] = { [15] = 1 };

	if (is_mapped(bytes))
		memcpy(out, bytes + sizeof(mapped_prefix), 4);
	else if (memcmp(bytes, loopback, sizeof(loopback)) == 0)
		memcpy(out, ipv4_loopback, 4);
	else
		return false;
	return true;
}

bool fopnp_hosts_address_for(const struct fopnp_hosts_line *line, int family, bool is_by_address,
			     struct fopnp_answer_address *out_address)
{
	if (line->family == AF_UNSPEC)
		return false;
	*out_address = (struct fopnp_answer_address){ .family = line->family };
	if (line->family == family || family == AF_UNSPEC) {
		memcpy(out_address->bytes, line->address, sizeof(line->address));
		return true;
	}
	out_address->family = family;
	if (family == AF_INET)
		return take_mapped(line->address, out_address->bytes);
	memcpy(out_address->bytes, mapped_prefix, sizeof(mapped_prefix));
	memcpy(out_address->bytes + sizeof(mapped_prefix), line->address, 4);
	return is_by_address && fopnp_libc_is_since(38);
}

/* The block's part that is searched now. */
struct block {
	const char *bytes;
	size_t len;
	size_t counted; /* up to here newlines are counted, if at all */
};

static void count_to(struct fopnp_hosts_search *search, struct block *block, size_t offset)
{
	if (search->counts_lines)
		search->line += (unsigned)fopnp_bytes_count_newlines(block->bytes + block->counted,
								     offset - block->counted);
	block->counted = offset;
}

static bool answers(const struct fopnp_hosts_search *search, const struct fopnp_hosts_line *line,
		    struct fopnp_answer_address *out_address)
{
	if (search->name && !fopnp_hosts_line_has_name(line, search->name))
		return false;
	if (!fopnp_hosts_address_for(line, search->family, !search->name, out_address))
		return false;
	return search->name ||
	       memcmp(out_address->bytes, search->address, search->family == AF_INET ? 4 : 16) == 0;
}

/* Look at the line around *OFFSET, which moves behind it.  False: VISIT wants no more. */
static bool look_at_line(struct fopnp_hosts_search *search, struct block *block, size_t *offset,
			 fopnp_hosts_visit_match *visit, void *context)
{
	const char *before = memrchr(block->bytes, '\n', *offset);
	size_t start = before ? (size_t)(before - block->bytes) + 1 : 0;
	const char *newline = memchr(block->bytes + *offset, '\n', block->len - *offset);
	size_t end = newline ? (size_t)(newline - block->bytes) : block->len;
	struct fopnp_answer_address address;
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;

	*offset = newline ? end + 1 : end;
	fopnp_hosts_start(&cursor, block->bytes + start, end - start);
	if (!fopnp_hosts_next(&cursor, &line) || !answers(search, &line, &address))
		return true;
	count_to(search, block, start);
	line.number = search->line;
	return visit(context, &line, &address);
}

/* ---- many lines ------------------------------------------------------------ */

/*
 * The next place of a needle from FROM on.  In most lists no byte is a colon, and
 * memchr(3) is faster than any search for more.
 */
static size_t find_needle(const struct block *block, size_t from, const struct fopnp_needle *needle)
{
	const char *colon;

	if (needle->text[0] != ':')
		return fopnp_bytes_find(block->bytes, block->len, from, needle);
	colon = memchr(block->bytes + from, ':', block->len - from);
	if (!colon || needle->len == 1)
		return colon ? (size_t)(colon - block->bytes) : block->len;
	return fopnp_bytes_find(block->bytes, block->len, (size_t)(colon - block->bytes), needle);
}

/* The first place from OFFSET on that is worth a look; HITS keeps each needle's next one. */
static size_t find_next(const struct fopnp_hosts_search *search, const struct block *block,
			size_t offset, size_t hits[static 2])
{
	size_t next = block->len;

	if (search->needle_count == 0)
		return offset;
	for (size_t i = 0; i < search->needle_count; i++) {
		if (hits[i] < offset)
			hits[i] = find_needle(block, offset, &search->needles[i]);
		if (hits[i] < next)
			next = hits[i];
	}
	return next;
}

bool fopnp_hosts_search_block(struct fopnp_hosts_search *search, const char *bytes, size_t len,
			      size_t lines_before, fopnp_hosts_visit_match *visit, void *context)
{
	struct block block = { .bytes = bytes, .len = len };
	size_t hits[2], offset = 0;

	if (!search->has_needles)
		add_needles(search);
	for (size_t i = 0; i < search->needle_count; i++)
		hits[i] = find_needle(&block, 0, &search->needles[i]);
	if (search->counts_lines)
		search->line += (unsigned)lines_before;
	while ((offset = find_next(search, &block, offset, hits)) < len)
		if (!look_at_line(search, &block, &offset, visit, context))
			return false;
	count_to(search, &block, len);
	return true;
}

bool fopnp_hosts_search_marked(struct fopnp_hosts_search *search, const char *bytes, size_t len,
			       const struct fopnp_hosts_mark *marks, size_t count,
			       fopnp_hosts_visit_match *visit, void *context)
{
	struct block block = { .bytes = bytes, .len = len };
	size_t offset = 0;
	uint16_t hash;

	if (search->name && !search->name[0]) /* no mark says that a line has no name */
		return fopnp_hosts_search_block(search, bytes, len, 0, visit, context);
	if (search->name)
		hash = fopnp_hosts_hash_name(search->name, strlen(search->name));
	else
		hash = fopnp_hosts_hash_address(search->family, search->address);
	for (const struct fopnp_hosts_mark *mark = marks; mark < marks + count; mark++) {
		if (mark->hash != hash || mark->line < offset)
			continue; /* another question, or a line that was looked at */
		offset = mark->line;
		if (!look_at_line(search, &block, &offset, visit, context))
			return false;
	}
	return true;
}
