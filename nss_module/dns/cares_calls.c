/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What c-ares calls where it would call libc: see cares_calls.h. */
#include "nss_module/dns/cares_calls.h"

#include <ares.h>
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "nss_module/dns/random.h"

#define MAPPED_MAX 256 /* further ones come from malloc(3) */

/* In front of a mapped block. */
union head {
	size_t size; /* of the block */
	max_align_t alignment;
};

/*
 * The mapped blocks, so that free() can tell them.  Nothing is written in front of the
 * others, where a checker of memory would take c-ares' pointers for strays.
 */
static _Atomic(void *) mapped[MAPPED_MAX];

/* There if the program has the leak checker of gcc or clang. */
__attribute__((weak)) void __lsan_do_leak_check(void);

/* Put TO where FROM is; false if it is nowhere. */
static bool replace_mapped(void *from, void *to)
{
	for (size_t i = 0; i < MAPPED_MAX; i++) {
		void *expected = from;

		if (atomic_load_explicit(&mapped[i], memory_order_relaxed) == from &&
		    atomic_compare_exchange_strong(&mapped[i], &expected, to))
			return true;
	}
	return false;
}

static void *map(size_t size)
{
	union head *head = mmap(NULL, sizeof(*head) + size, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (head == MAP_FAILED)
		return NULL;
	head->size = size;
	if (replace_mapped(NULL, head + 1))
		return head + 1;
	munmap(head, sizeof(*head) + size);
	return NULL;
}

void *fopnp_cares_malloc(size_t size)
{
	void *block = NULL;

	if (size >= FOPNP_CARES_MAPPED && size < SIZE_MAX / 2 && !__lsan_do_leak_check)
		block = map(size);
	return block ? block : malloc(size);
}

/* A mapped block starts so far into a page: most others need not be looked for. */
static bool may_be_mapped(const void *block)
{
	return (uintptr_t)block % 4096 == sizeof(union head);
}

void fopnp_cares_free(void *block)
{
	union head *head;

	if (!may_be_mapped(block) || !replace_mapped(block, NULL)) {
		free(block);
		return;
	}
	head = (union head *)block - 1;
	munmap(head, sizeof(*head) + head->size);
}

static bool is_mapped(const void *block)
{
	for (size_t i = 0; may_be_mapped(block) && i < MAPPED_MAX; i++)
		if (atomic_load_explicit(&mapped[i], memory_order_relaxed) == block)
			return true;
	return false;
}

void *fopnp_cares_realloc(void *block, size_t size)
{
	const union head *head;
	void *moved;

	if (!is_mapped(block))
		return realloc(block, size);
	head = (const union head *)block - 1;
	moved = fopnp_cares_malloc(size);
	if (!moved)
		return NULL;
	memcpy(moved, block, head->size < size ? head->size : size);
	fopnp_cares_free(block);
	return moved;
}

FILE *fopnp_cares_fopen(const char *path, const char *mode)
{
	(void)path;
	(void)mode;
	errno = ENOENT;
	return NULL;
}

char *fopnp_cares_getenv(const char *name)
{
	(void)name;
	return NULL;
}

/* SplitMix64 (Steele, Lea and Flood, 2014): 31 numbers a channel are not worth as many calls. */
int fopnp_cares_rand(void)
{
	static atomic_ullong state;
	uint64_t number;

	if (atomic_load(&state) == 0)
		atomic_store(&state, (uint64_t)fopnp_dns_random() << 32 | fopnp_dns_random() | 1);
	number = atomic_fetch_add(&state, 0x9e3779b97f4a7c15u);
	number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9u;
	number = (number ^ number >> 27) * 0x94d049bb133111ebu;
	return (int)((number ^ number >> 31) & INT_MAX);
}

void fopnp_cares_srand(unsigned seed)
{
	(void)seed;
}

int fopnp_cares_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			       void *(*start)(void *), void *argument)
{
	(void)thread;
	(void)attributes;
	(void)start;
	(void)argument;
	return EAGAIN;
}

int fopnp_cares_select(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
		       struct timeval *timeout)
{
	(void)count;
	(void)readable;
	(void)writable;
	(void)exceptional;
	(void)timeout;
	errno = ENOSYS;
	return -1;
}

#if ARES_VERSION >= 0x012200
/* Of c-ares; none of its headers that are installed has it. */
int ares_dns_name_write(void *buffer, void **offsets, int is_host_name, const char *name);

int fopnp_cares_dns_name_write(void *buffer, void **offsets, int is_host_name, const char *name)
{
	(void)is_host_name;
	return ares_dns_name_write(buffer, offsets, 0, name);
}
#endif
