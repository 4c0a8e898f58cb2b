/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libnss_address_list.so.2 answers: the program that loads it has the list. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define TEST_ADDRESSES 64

struct test_address {
	int family;
	uint32_t scope;
	uint8_t bytes[16];
};

struct test_address_list {
	size_t count;
	struct test_address list[TEST_ADDRESSES];
};

__attribute__((visibility("default"))) extern struct test_address_list fopnp_test_address_list;
