/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A place is told by two bytes of the needle and the one behind it, one byte from each
 * of its parts: in one list names share their domain, in another one "www".  Each more
 * byte would cost a third of the speed.  Where these agree the other bytes are compared,
 * of 16 places at once: so even a list whose names all agree in them is searched quickly.
 */
#include "nss_module/lookup/byte_search.h"

#include "nss_module/lookup/ascii.h"

#include <stdint.h>
#include <string.h>

#define CASE_BIT 0x20 /* joins letters' cases; other bytes that it joins are told apart later */
#define STRIDE   (4 * sizeof(vector))

typedef uint8_t vector __attribute__((vector_size(16)));

/* ---- probes ---------------------------------------------------------------- */

/* How little a byte is to be expected in lists of host names. */
static unsigned rarity(char c)
{
	static const char by_frequency[] = ".eaoirstnlcmdpuhgbykfwvxjzq";
	const char *at = c ? strchr(by_frequency, fopnp_ascii_lower(c)) : NULL;

	/* Names that were numbered differ in their digits alone. */
	return at ? (unsigned)(at - by_frequency) : sizeof(by_frequency);
}

static size_t find_rarest(const char *text, size_t from, size_t to)
{
	size_t rarest = from;

	/* The last of equals: counters count there. */
	for (size_t i = from; i < to; i++)
		if (rarity(text[i]) >= rarity(text[rarest]))
			rarest = i;
	return rarest;
}

/* Where the needle's second part begins: its domain, or the last digit of an address. */
static size_t find_middle(const char *text, size_t len)
{
	const char *dot = memchr(text, '.', len);

	if (text[len - 1] >= '0' && text[len - 1] <= '9')
		return len - 1;
	return dot && dot > text && dot < text + len - 1 ? (size_t)(dot - text) : len / 2;
}

void fopnp_needle_set(struct fopnp_needle *needle, const char *text, size_t len, bool is_word)
{
	size_t middle = find_middle(text, len);

	*needle = (struct fopnp_needle){
		.text = text,
		.len = len,
		.is_word = is_word,
		.probes = { find_rarest(text, 0, middle), find_rarest(text, middle, len) },
	};
}

/* ---- vectors --------------------------------------------------------------- */

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE vector load(const char *at)
{
	vector bytes;

	memcpy(&bytes, at, sizeof(bytes)); /* of any alignment */
	return bytes;
}

/* What vectors are compared with, at which offsets from the needle's begin. */
struct probes {
	size_t first, second, behind;
	uint8_t first_byte, second_byte;
};

ALWAYS_INLINE struct probes get_probes(const struct fopnp_needle *needle)
{
	return (struct probes){
		.first = needle->probes[0],
		.second = needle->probes[1],
		.behind = needle->len,
		.first_byte = (uint8_t)(needle->text[needle->probes[0]] | CASE_BIT),
		.second_byte = (uint8_t)(needle->text[needle->probes[1]] | CASE_BIT),
	};
}

/* All ones where the needle may begin. */
ALWAYS_INLINE vector may_begin(const char *at, const struct probes *probes, bool is_word)
{
	vector mask = (vector)((load(at + probes->first) | CASE_BIT) == probes->first_byte);

	mask &= (vector)((load(at + probes->second) | CASE_BIT) == probes->second_byte);
	if (is_word)
		mask &= (vector)(load(at + probes->behind) <= '#');
	return mask;
}

ALWAYS_INLINE bool is_any(vector mask)
{
	uint64_t halves[2];

	memcpy(halves, &mask, sizeof(halves));
	return (halves[0] | halves[1]) != 0;
}

/* ---- places ---------------------------------------------------------------- */

static bool is_at(const char *bytes, size_t len, size_t at, const struct fopnp_needle *needle)
{
	if (needle->len > len - at ||
	    !fopnp_ascii_equal(bytes + at, needle->len, needle->text, needle->len))
		return false;
	if (!needle->is_word)
		return true;
	return (at == 0 || (uint8_t)bytes[at - 1] <= ' ') &&
	       (at + needle->len == len || (uint8_t)bytes[at + needle->len] <= '#');
}

/* Leave of MASK, whose first place is AT, those where all of the needle may be. */
static vector compare_all(vector mask, const char *at, bool is_first,
			  const struct fopnp_needle *needle)
{
	if (needle->is_word && !is_first)
		mask &= (vector)(load(at - 1) <= ' ');
	for (size_t i = 0; i < needle->len && is_any(mask); i++)
		mask &= (vector)((load(at + i) | CASE_BIT) ==
				 (uint8_t)(needle->text[i] | CASE_BIT));
	return mask;
}

/* Where MASK has ones from FROM on; LEN if the needle is at none of these places. */
static size_t find_in_mask(vector mask, const char *bytes, size_t len, size_t from,
			   const struct fopnp_needle *needle)
{
	if (!is_any(mask))
		return len;
	mask = compare_all(mask, bytes + from, from == 0, needle);
	if (!is_any(mask))
		return len;
	for (size_t i = 0; i < sizeof(mask); i++)
		if (mask[i] && is_at(bytes, len, from + i, needle))
			return from + i;
	return len;
}

/*
 * From *FROM on, as far as whole vectors and the bytes behind them lie in the block;
 * *FROM moves there.  LEN if the needle is not found.
 */
ALWAYS_INLINE size_t find_by_vectors(const char *bytes, size_t len, size_t *from,
				     const struct fopnp_needle *needle, bool is_word)
{
	struct probes probes = get_probes(needle);
	size_t found = len;

	for (; found == len && len - *from >= STRIDE + needle->len; *from += STRIDE) {
		const char *at = bytes + *from;
		vector any = { 0 };

#pragma GCC unroll 4
		for (size_t i = 0; i < STRIDE; i += sizeof(vector))
			any |= may_begin(at + i, &probes, is_word);
		if (!is_any(any))
			continue;
		for (size_t i = 0; i < STRIDE && found == len; i += sizeof(vector))
			found = find_in_mask(may_begin(at + i, &probes, is_word), bytes, len,
					     *from + i, needle);
	}
	for (; found == len && len - *from >= sizeof(vector) + needle->len; *from += sizeof(vector))
		found = find_in_mask(may_begin(bytes + *from, &probes, is_word), bytes, len, *from,
				     needle);
	return found;
}

size_t fopnp_bytes_find(const char *bytes, size_t len, size_t from,
			const struct fopnp_needle *needle)
{
	size_t found;

	if (needle->is_word)
		found = find_by_vectors(bytes, len, &from, needle, true);
	else
		found = find_by_vectors(bytes, len, &from, needle, false);
	for (; found == len && needle->len <= len - from; from++)
		if (is_at(bytes, len, from, needle))
			return from;
	return found;
}

size_t fopnp_bytes_count_newlines(const char *bytes, size_t len)
{
	size_t count = 0;

	while (len >= sizeof(vector)) {
		/* A byte of the sums holds 255 ones. */
		size_t rounds = len / sizeof(vector) < 255 ? len / sizeof(vector) : 255;
		vector sums = { 0 };

		for (size_t i = 0; i < rounds; i++)
			sums -= (vector)(load(bytes + i * sizeof(vector)) == '\n');
		for (size_t i = 0; i < sizeof(vector); i++)
			count += sums[i];
		bytes += rounds * sizeof(vector);
		len -= rounds * sizeof(vector);
	}
	for (size_t i = 0; i < len; i++)
		count += bytes[i] == '\n';
	return count;
}
