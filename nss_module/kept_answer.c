/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers that did not fit, see kept_answer.h. */
#include "nss_module/kept_answer.h"

#include "nss_module/config_cache.h"
#include "nss_module/lookup/answer_buffer.h"

#include <stdlib.h>
#include <string.h>

#define SMALLEST_SIZE 1024u

struct fopnp_kept *fopnp_kept_get(struct fopnp_kept **slot)
{
	if (!*slot)
		*slot = calloc(1, sizeof(**slot));
	return *slot;
}

bool fopnp_kept_grow(struct fopnp_kept *kept, size_t size)
{
	size_t larger = size < SMALLEST_SIZE / 2 ? SMALLEST_SIZE : size * 2;
	char *bytes, *old;

	if (size > FOPNP_KEPT_MAX / 2)
		return false;
	if (kept->size >= larger)
		return true;
	bytes = malloc(larger);
	if (!bytes)
		return false;
	old = kept->bytes;
	kept->bytes = bytes;
	kept->size = larger;
	free(old);
	return true;
}

/* Room for MORE tuples. */
static bool reserve_tuples(struct fopnp_kept *kept, size_t more)
{
	size_t room = kept->tuple_count + more;
	struct gaih_addrtuple *tuples;

	if (room <= kept->tuple_room)
		return true;
	tuples = realloc(kept->tuples, room * sizeof(*tuples));
	if (!tuples)
		return false;
	kept->tuples = tuples;
	kept->tuple_room = room;
	return true;
}

bool fopnp_kept_add_addresses(struct fopnp_kept *kept, const struct hostent *host, int family)
{
	size_t count = 0;

	/* As convert_hostent_to_gaih_addrtuple() of glibc does. */
	if (host->h_length < 0 || (size_t)host->h_length > sizeof(kept->tuples->addr))
		return true;
	while (host->h_addr_list[count] && count < FOPNP_ANSWER_ITEMS)
		count++;
	if (!reserve_tuples(kept, count))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct gaih_addrtuple *tuple = &kept->tuples[kept->tuple_count++];

		*tuple = (struct gaih_addrtuple){ .family = family };
		memcpy(tuple->addr, host->h_addr_list[i], (size_t)host->h_length);
	}
	return true;
}

struct gaih_addrtuple *fopnp_kept_link_tuples(struct fopnp_kept *kept)
{
	if (kept->tuple_count == 0)
		return NULL;
	for (size_t i = 0; i + 1 < kept->tuple_count; i++)
		kept->tuples[i].next = &kept->tuples[i + 1];
	kept->tuples[kept->tuple_count - 1].next = NULL;
	return kept->tuples;
}

void fopnp_kept_reset_tuples(struct fopnp_kept *kept)
{
	kept->tuple_count = 0;
	free(kept->canonical);
	kept->canonical = NULL;
	free(kept->first_name);
	kept->first_name = NULL;
}

bool fopnp_kept_set_text(char **text, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return false;
	free(*text);
	*text = copy;
	return true;
}

bool fopnp_kept_wait(struct fopnp_kept *kept, const struct fopnp_question *question,
		     size_t refused_buflen)
{
	void *key = malloc(question->key_len ? question->key_len : 1);

	if (!key)
		return false;
	if (question->key_len)
		memcpy(key, question->key, question->key_len);
	free((void *)(uintptr_t)kept->question.key);
	kept->question = *question;
	kept->question.key = key;
	kept->is_waiting = true;
	fopnp_kept_wait_on(kept, refused_buflen);
	return true;
}

void fopnp_kept_wait_on(struct fopnp_kept *kept, size_t refused_buflen)
{
	kept->refused_buflen = refused_buflen;
	kept->since_ms = fopnp_config_now_ms();
}

static bool is_same_question(const struct fopnp_question *a, const struct fopnp_question *b)
{
	return a->function == b->function && a->family == b->family && a->key_len == b->key_len &&
	       memcmp(a->key, b->key, a->key_len) == 0;
}

bool fopnp_kept_is_for(const struct fopnp_kept *kept, const struct fopnp_question *question,
		       size_t buflen)
{
	return kept && kept->is_waiting && is_same_question(&kept->question, question) &&
	       buflen > kept->refused_buflen &&
	       fopnp_config_now_ms() - kept->since_ms <= FOPNP_KEPT_MS;
}

void fopnp_kept_drop(struct fopnp_kept **slot)
{
	struct fopnp_kept *kept = *slot;

	if (!kept)
		return;
	*slot = NULL;
	free(kept->bytes);
	free(kept->tuples);
	free(kept->canonical);
	free(kept->first_name);
	free((void *)(uintptr_t)kept->question.key);
	free(kept->record);
	free(kept);
}
