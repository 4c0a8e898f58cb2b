/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What c-ares gets where it calls libc: no files, no environment, and memory that goes back. */
#include "nss_module/dns/cares_calls.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

static void test_nothing_of_the_system(void **state)
{
	(void)state;
	errno = 0;
	assert_null(fopnp_cares_fopen("/dev/null", "r"));
	assert_int_equal(errno, ENOENT);
	assert_null(fopnp_cares_getenv("PATH"));
	assert_int_equal(fopnp_cares_pthread_create(NULL, NULL, NULL, NULL), EAGAIN);
	errno = 0;
	assert_int_equal(fopnp_cares_select(0, NULL, NULL, NULL, NULL), -1);
	assert_int_equal(errno, ENOSYS);
}

static void resize(size_t first)
{
	static const size_t sizes[] = { 100,
					FOPNP_CARES_MAPPED - 1,
					FOPNP_CARES_MAPPED,
					3 * FOPNP_CARES_MAPPED,
					FOPNP_CARES_MAPPED + 1,
					1000,
					10 };
	uint8_t *block = fopnp_cares_malloc(first);
	size_t size = first;

	assert_non_null(block);
	memset(block, 0, size);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t least = size < sizes[i] ? size : sizes[i];

		size = sizes[i];
		block = fopnp_cares_realloc(block, size);
		assert_non_null(block);
		assert_int_equal((uintptr_t)block % _Alignof(max_align_t), 0);
		for (size_t at = 0; at < least; at++)
			assert_int_equal(block[at], i);
		memset(block, (int)i + 1, size);
	}
	fopnp_cares_free(block);
}

/* Blocks grow and shrink over the size from which on they are mapped. */
static void test_blocks(void **state)
{
	void *block;

	(void)state;
	resize(1);
	resize(FOPNP_CARES_MAPPED);
	resize(2 * FOPNP_CARES_MAPPED);
	block = fopnp_cares_realloc(NULL, 1);
	assert_non_null(block);
	fopnp_cares_free(block);
	fopnp_cares_free(NULL);
}

/* More than there is a place for to note them. */
static void test_many(void **state)
{
	uint8_t *blocks[300];

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		blocks[i] = fopnp_cares_malloc(FOPNP_CARES_MAPPED + i);
		assert_non_null(blocks[i]);
		blocks[i][0] = blocks[i][FOPNP_CARES_MAPPED + i - 1] = (uint8_t)i;
	}
	for (size_t i = 0; i < 300; i++) {
		assert_int_equal(blocks[i][0], (uint8_t)i);
		assert_int_equal(blocks[i][FOPNP_CARES_MAPPED + i - 1], (uint8_t)i);
		fopnp_cares_free(blocks[i]);
	}
}

/* A large one is no more once it is freed. */
static void test_mapped(void **state)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uint8_t *block = fopnp_cares_malloc(FOPNP_CARES_MAPPED);
	void *start = (void *)((uintptr_t)block & ~(page - 1));

	(void)state;
	assert_non_null(block);
	memset(block, 1, FOPNP_CARES_MAPPED);
	fopnp_cares_free(block);
#ifndef __SANITIZE_ADDRESS__
	assert_int_equal(msync(start, page, MS_ASYNC), -1);
	assert_int_equal(errno, ENOMEM);
#else
	(void)start;
#endif
}

/* Numbers differ, and none is negative. */
static void test_numbers(void **state)
{
	int before = fopnp_cares_rand();
	unsigned equal = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		int number = fopnp_cares_rand();

		assert_true(number >= 0);
		equal += number == before;
		before = number;
	}
	assert_true(equal < 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_of_the_system),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_mapped),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
