/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the lines of hosts files that matched make together, as glibc's "files"
 * puts it together (gethostbyname3_multi() in nss/nss_files/files-hosts.c): the
 * first line's name; its aliases; of each further line its aliases, then its name
 * if that is spelled otherwise.  Names come again as often as they stand there.
 */
#pragma once

#include "nss_module/lookup/ask.h"
#include "nss_module/lookup/hosts_file.h"

#include <stdbool.h>
#include <stddef.h>

/* More names than this are cut, as are more than FOPNP_ANSWER_ITEMS of anything. */
#define FOPNP_HOSTS_TEXT_MOST (16u << 20)

struct fopnp_hosts_result {
	bool has_aliases; /* the call gives them */
	bool is_full;     /* a limit was met: what follows would be cut */
	bool is_out_of_memory;

	struct fopnp_answer_address *addresses;
	size_t address_count, address_size;
	char *text; /* the name, then the aliases, each with its NUL */
	size_t text_used, text_size;
	size_t name_len, alias_count;

	/* What an ordinary answer needs, without malloc(3). */
	struct fopnp_answer_address first_addresses[16];
	char first_text[1024];
};

void fopnp_hosts_result_start(struct fopnp_hosts_result *result, bool has_aliases);
void fopnp_hosts_result_clear(struct fopnp_hosts_result *result);

/* Take what a line says.  False when it is full or out of memory. */
bool fopnp_hosts_result_add(struct fopnp_hosts_result *result, const struct fopnp_hosts_line *line,
			    const struct fopnp_answer_address *address);

/* Answer with it; it must have an address. */
enum nss_status fopnp_hosts_result_answer(const struct fopnp_hosts_result *result,
					  struct fopnp_ask *ask);
