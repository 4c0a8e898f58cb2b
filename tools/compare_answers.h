/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What hosts and the others say of a name, and how that compares. */
#pragma once

#include "tools/call_result.h"
#include "tools/compare_entries.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_compare_address {
	uint8_t family;
	bool is_common; /* the other side has it too */
	uint8_t bytes[16];
	uint32_t scope;
	uint32_t line; /* of the hosts file; 0: none */
};

struct fopnp_compare_addresses {
	struct fopnp_compare_address *list;
	size_t count;
};

/* An answer of the others, kept. */
struct fopnp_compare_answer {
	bool is_asked;
	uint8_t class;           /* what it makes of the name, once it was judged */
	enum fopnp_call_end end; /* FOPNP_CALL_RETURNED: `code` holds */
	int code, error;
	uint64_t elapsed_us;
	const char *source; /* who answered; NULL: nobody */
	char *canonical;    /* or the name of an address; NULL: none */
	char *failure; /* why there is none that holds, where `code` does not tell; else NULL */
	struct fopnp_compare_addresses addresses;
};

/* Whether it holds: an address or a name was found, or everybody said that there is none. */
bool fopnp_compare_answer_is_known(const struct fopnp_compare_answer *answer);
bool fopnp_compare_answer_is_found(const struct fopnp_compare_answer *answer);
void fopnp_compare_answer_clear(struct fopnp_compare_answer *answer);

/* The addresses that a whole lookup takes from the file, each once; the caller's to free(). */
struct fopnp_compare_addresses fopnp_compare_take_hosts(const struct fopnp_compare_file *file,
							const struct fopnp_compare_name *name);

enum fopnp_compare_kind {
	FOPNP_COMPARE_UNTAKEN, /* shadowed, malformed: no lookup takes anything */
	FOPNP_COMPARE_BLOCKS,  /* what a lookup takes is BLOCKED */
	FOPNP_COMPARE_TELLS,   /* addresses to be compared */
};
enum fopnp_compare_kind fopnp_compare_name_kind(const struct fopnp_compare_file *file,
						const struct fopnp_compare_name *name);

/* Mark what both have, whatever the zones; the count of it. */
size_t fopnp_compare_mark_common(struct fopnp_compare_addresses *a,
				 struct fopnp_compare_addresses *b);

/*
 * SAME, DIFFERS, ONLY_HOSTS, NOT_IN_HOSTS or ERROR.  OWN are the addresses of hosts, none if it
 * lacks the name.  Marks what both have.
 */
enum fopnp_compare_class fopnp_compare_judge(struct fopnp_compare_addresses *own,
					     struct fopnp_compare_answer *answer);
