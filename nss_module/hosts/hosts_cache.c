/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small files kept, see hosts_cache.h. */
#include "nss_module/hosts/hosts_cache.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FILES  4 /* more than that share the slots; what is in them is told by its inode */
#define COPIES 4 /* of one file: threads that look up at the same moment */

static _Atomic(struct fopnp_hosts_copy *) slots[FILES][COPIES];

_Static_assert(FOPNP_HOSTS_KEPT_MOST <= FOPNP_HOSTS_INDEX_MOST, "a kept file has marks");

static bool is_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool is_unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       is_same_time(a->st_mtim, b->st_mtim) && is_same_time(a->st_ctim, b->st_ctim);
}

static struct fopnp_hosts_copy *take_any(size_t which)
{
	for (size_t i = 0; i < COPIES; i++) {
		_Atomic(struct fopnp_hosts_copy *) *slot = &slots[which % FILES][i];
		struct fopnp_hosts_copy *copy;

		if (!atomic_load_explicit(slot, memory_order_relaxed))
			continue;
		copy = atomic_exchange_explicit(slot, NULL, memory_order_acquire);
		if (copy)
			return copy;
	}
	return NULL;
}

struct fopnp_hosts_copy *fopnp_hosts_cache_take(size_t which, const char *path)
{
	struct fopnp_hosts_copy *copy = take_any(which);
	bool is_known;
	struct stat now;

	if (!copy)
		return NULL;
	is_known = stat(path, &now) == 0;
	/* Copies of the same age, and of other files in the same slots, are in the way, too. */
	while (copy && !(is_known && is_unchanged(&copy->status, &now))) {
		free(copy);
		copy = take_any(which);
	}
	return copy;
}

void fopnp_hosts_cache_put(size_t which, struct fopnp_hosts_copy *copy)
{
	for (size_t i = 0; i < COPIES; i++) {
		struct fopnp_hosts_copy *empty = NULL;

		if (atomic_compare_exchange_strong_explicit(&slots[which % FILES][i], &empty, copy,
							    memory_order_release,
							    memory_order_relaxed))
			return;
	}
	free(copy);
}

static bool is_settled(const struct stat *status)
{
	struct timespec now;
	time_t age;

	/* Every change of a file sets st_ctim, which nobody can set back. */
	if (clock_gettime(CLOCK_REALTIME_COARSE, &now) != 0)
		return false;
	age = now.tv_sec - status->st_ctim.tv_sec;
	return age > FOPNP_HOSTS_SETTLED; /* not of the future: whose clock is right? */
}

static struct fopnp_hosts_copy *make_copy(const struct stat *status, const char *bytes, size_t len)
{
	size_t count = fopnp_hosts_index_make(bytes, len, NULL);
	struct fopnp_hosts_copy *copy =
		malloc(sizeof(*copy) + count * sizeof(copy->marks[0]) + len);

	if (!copy)
		return NULL;
	copy->status = *status;
	copy->mark_count = fopnp_hosts_index_make(bytes, len, copy->marks);
	copy->bytes = memcpy(copy->marks + count, bytes, len);
	copy->len = len;
	return copy;
}

void fopnp_hosts_cache_keep(size_t which, const struct stat *status, const char *bytes, size_t len)
{
	struct fopnp_hosts_copy *copy;

	/* Of another size than it says, or of none: no ordinary file, or it changes just now. */
	if (!S_ISREG(status->st_mode) || len == 0 || len > FOPNP_HOSTS_KEPT_MOST ||
	    len != (size_t)status->st_size || !is_settled(status))
		return;
	copy = make_copy(status, bytes, len);
	if (copy)
		fopnp_hosts_cache_put(which, copy);
}
