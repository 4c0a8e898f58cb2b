/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers and how they compare, see compare_answers.h. */
#include "tools/compare_answers.h"

#include "tools/memory.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

bool fopnp_compare_answer_is_found(const struct fopnp_compare_answer *answer)
{
	return answer->is_asked && answer->end == FOPNP_CALL_RETURNED && answer->code == 0;
}

bool fopnp_compare_answer_is_known(const struct fopnp_compare_answer *answer)
{
	if (!answer->is_asked || answer->end != FOPNP_CALL_RETURNED || answer->failure)
		return false;
	switch (answer->code) {
	case 0:
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return true;
	default:
		return false;
	}
}

void fopnp_compare_answer_clear(struct fopnp_compare_answer *answer)
{
	free(answer->canonical);
	free(answer->failure);
	free(answer->addresses.list);
	*answer = (struct fopnp_compare_answer){ 0 };
}

/* ---- what hosts says ---- */

static bool is_taken(const struct fopnp_compare_entry *entry)
{
	return entry->class == FOPNP_COMPARE_SAME || entry->class == FOPNP_COMPARE_BLOCKED;
}

enum fopnp_compare_kind fopnp_compare_name_kind(const struct fopnp_compare_file *file,
						const struct fopnp_compare_name *name)
{
	enum fopnp_compare_kind kind = FOPNP_COMPARE_UNTAKEN;

	for (uint32_t at = name->first; at != FOPNP_COMPARE_NONE; at = file->entries[at].next) {
		const struct fopnp_compare_entry *entry = &file->entries[at];

		if (entry->class == FOPNP_COMPARE_SAME)
			return FOPNP_COMPARE_TELLS;
		if (entry->class == FOPNP_COMPARE_BLOCKED)
			kind = FOPNP_COMPARE_BLOCKS;
	}
	return kind;
}

struct fopnp_compare_addresses fopnp_compare_take_hosts(const struct fopnp_compare_file *file,
							const struct fopnp_compare_name *name)
{
	struct fopnp_compare_addresses own = { 0 };
	size_t room = 0;

	for (uint32_t at = name->first; at != FOPNP_COMPARE_NONE; at = file->entries[at].next) {
		const struct fopnp_compare_entry *entry = &file->entries[at];

		if (!is_taken(entry))
			continue;
		if (own.count == room) {
			room = room ? room * 2 : 2;
			own.list = fopnp_memory_resize(own.list, room, sizeof(*own.list));
		}
		own.list[own.count] = (struct fopnp_compare_address){
			.family = entry->family,
			.line = entry->line,
		};
		memcpy(own.list[own.count++].bytes, entry->address, sizeof(entry->address));
		if (!file->is_multi)
			break;
	}
	return own;
}

/* ---- both ---- */

static int compare_addresses(const void *one, const void *other)
{
	const struct fopnp_compare_address *const *a = one, *const *b = other;

	if ((*a)->family != (*b)->family)
		return (*a)->family < (*b)->family ? -1 : 1;
	return memcmp((*a)->bytes, (*b)->bytes, (*a)->family == AF_INET ? 4 : 16);
}

/* Pointers to them, sorted; the caller's to free(). */
static struct fopnp_compare_address **sort(const struct fopnp_compare_addresses *addresses)
{
	struct fopnp_compare_address **sorted =
		fopnp_memory_zeroed(addresses->count, sizeof(*sorted));

	for (size_t i = 0; i < addresses->count; i++) {
		sorted[i] = &addresses->list[i];
		sorted[i]->is_common = false;
	}
	if (addresses->count > 1)
		qsort(sorted, addresses->count, sizeof(*sorted), compare_addresses);
	return sorted;
}

size_t fopnp_compare_mark_common(struct fopnp_compare_addresses *a,
				 struct fopnp_compare_addresses *b)
{
	FOPNP_AUTO_FREE struct fopnp_compare_address **left = sort(a);
	FOPNP_AUTO_FREE struct fopnp_compare_address **right = sort(b);
	size_t i = 0, j = 0, count = 0;

	while (i < a->count && j < b->count) {
		int order = compare_addresses(&left[i], &right[j]);

		if (order == 0) {
			count += !left[i]->is_common;
			left[i]->is_common = right[j]->is_common = true;
		}
		/* One side may have it several times, with other zones. */
		if (order < 0 || (order == 0 && i + 1 < a->count &&
				  compare_addresses(&left[i + 1], &right[j]) == 0))
			i++;
		else
			j++;
	}
	return count;
}

static bool are_all_common(const struct fopnp_compare_addresses *addresses)
{
	for (size_t i = 0; i < addresses->count; i++)
		if (!addresses->list[i].is_common)
			return false;
	return true;
}

enum fopnp_compare_class fopnp_compare_judge(struct fopnp_compare_addresses *own,
					     struct fopnp_compare_answer *answer)
{
	(void)fopnp_compare_mark_common(own, &answer->addresses);
	if (!fopnp_compare_answer_is_known(answer))
		return FOPNP_COMPARE_ERROR;
	if (own->count == 0)
		return FOPNP_COMPARE_NOT_IN_HOSTS;
	if (!fopnp_compare_answer_is_found(answer))
		return FOPNP_COMPARE_ONLY_HOSTS;
	return are_all_common(own) && are_all_common(&answer->addresses) ? FOPNP_COMPARE_SAME
									 : FOPNP_COMPARE_DIFFERS;
}
