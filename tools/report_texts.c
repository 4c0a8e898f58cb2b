/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbered texts: linear probing, never more than half full; SipHash-1-3. */
#include "tools/report_texts.h"

#include "tools/memory.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SLOTS_FIRST 64u

static uint64_t rotate(uint64_t word, unsigned by)
{
	return word << by | word >> (64 - by);
}

static void sip_round(uint64_t v[static 4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

/* Aumasson and Bernstein, "SipHash: a fast short-input PRF", with 1 and 3 rounds. */
static uint64_t hash(const uint64_t key[static 2], const char *bytes, size_t len)
{
	uint64_t v[4] = { key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
			  key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573 };
	uint64_t word;

	for (size_t at = 0;; at += sizeof(word)) {
		size_t left = len - at;

		word = 0;
		memcpy(&word, bytes + at, left < sizeof(word) ? left : sizeof(word));
		word = le64toh(word);
		if (left < sizeof(word))
			word |= (uint64_t)len << 56;
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
		if (left < sizeof(word))
			break;
	}
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void fopnp_report_texts_init(struct fopnp_report_texts *texts, uint32_t count_most,
			     size_t bytes_most)
{
	*texts = (struct fopnp_report_texts){ .count_most = count_most, .bytes_most = bytes_most };
	texts->slot_count = SLOTS_FIRST;
	texts->slots = fopnp_memory_zeroed(texts->slot_count, sizeof(*texts->slots));
	texts->starts_size = SLOTS_FIRST;
	texts->starts = fopnp_memory_zeroed(texts->starts_size, sizeof(*texts->starts));
	/* Without it (a very old kernel, a sandbox) there is no secret, and all works the same. */
	(void)!getrandom(texts->key, sizeof(texts->key), GRND_NONBLOCK);
}

void fopnp_report_texts_clear(struct fopnp_report_texts *texts)
{
	free(texts->bytes);
	free(texts->starts);
	free(texts->slots);
	*texts = (struct fopnp_report_texts){ 0 };
}

const char *fopnp_report_texts_get(const struct fopnp_report_texts *texts, uint32_t number,
				   size_t *out_len)
{
	if (out_len)
		*out_len = texts->starts[number + 1] - texts->starts[number] - 1;
	return texts->bytes + texts->starts[number];
}

/* The slot of a text: where it is, or the free one where it belongs. */
static uint32_t *find_slot(const struct fopnp_report_texts *texts, const char *bytes, size_t len)
{
	uint32_t mask = texts->slot_count - 1;
	uint32_t at = (uint32_t)hash(texts->key, bytes, len) & mask;

	for (;; at = (at + 1) & mask) {
		size_t have_len;
		const char *have;

		if (!texts->slots[at])
			return &texts->slots[at];
		have = fopnp_report_texts_get(texts, texts->slots[at] - 1, &have_len);
		if (have_len == len && memcmp(have, bytes, len) == 0)
			return &texts->slots[at];
	}
}

static void grow_slots(struct fopnp_report_texts *texts)
{
	free(texts->slots);
	texts->slot_count *= 2;
	texts->slots = fopnp_memory_zeroed(texts->slot_count, sizeof(*texts->slots));
	for (uint32_t i = 0; i < texts->count; i++) {
		size_t len;
		const char *bytes = fopnp_report_texts_get(texts, i, &len);

		*find_slot(texts, bytes, len) = i + 1;
	}
}

static void append(struct fopnp_report_texts *texts, const char *bytes, size_t len)
{
	while (texts->size - texts->used <= len) {
		texts->size = texts->size ? texts->size * 2 : 4096;
		texts->bytes = fopnp_memory_resize(texts->bytes, texts->size, 1);
	}
	memcpy(texts->bytes + texts->used, bytes, len);
	texts->bytes[texts->used + len] = '\0';
	texts->used += len + 1;
	if (++texts->count == texts->starts_size) {
		texts->starts_size *= 2;
		texts->starts = fopnp_memory_resize(texts->starts, texts->starts_size,
						    sizeof(*texts->starts));
	}
	texts->starts[texts->count] = (uint32_t)texts->used;
}

uint32_t fopnp_report_texts_add(struct fopnp_report_texts *texts, const char *bytes, size_t len)
{
	uint32_t *slot = find_slot(texts, bytes, len);

	if (*slot)
		return *slot - 1;
	if (texts->count >= texts->count_most || len >= texts->bytes_most - texts->used)
		return FOPNP_REPORT_OTHER;
	append(texts, bytes, len);
	*slot = texts->count;
	if (texts->count >= texts->slot_count / 2)
		grow_slots(texts);
	return texts->count - 1;
}
