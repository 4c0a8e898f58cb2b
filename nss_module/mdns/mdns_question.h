/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked of the link: one name, and the types of record that are wanted of it. */
#pragma once

#include <stdint.h>

#define FOPNP_MDNS_NAME_SIZE 254 /* RFC 1035 section 3.1: 253 characters as text, and the NUL */
#define FOPNP_MDNS_TYPES     2

struct fopnp_mdns_question {
	char name[FOPNP_MDNS_NAME_SIZE];  /* without a final dot; host name characters only */
	uint16_t types[FOPNP_MDNS_TYPES]; /* A, AAAA or both; PTR */
	unsigned type_count;

	/* Of a reverse question: the address itself, 4 or 16 bytes.  Else NULL. */
	int family;
	const void *address;
};

/* All types of a question, as bits. */
static inline unsigned fopnp_mdns_all_types(const struct fopnp_mdns_question *question)
{
	return (1u << question->type_count) - 1;
}
