/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gathering lines, see hosts_result.h. */
#include "nss_module/hosts/hosts_result.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ALIASES 16

void fopnp_hosts_result_start(struct fopnp_hosts_result *result, bool has_aliases)
{
	result->has_aliases = has_aliases;
	result->is_full = result->is_out_of_memory = false;
	result->addresses = result->first_addresses;
	result->address_count = 0;
	result->address_size = sizeof(result->first_addresses);
	result->text = result->first_text;
	result->text_used = 0;
	result->text_size = sizeof(result->first_text);
	result->name_len = result->alias_count = 0;
}

void fopnp_hosts_result_clear(struct fopnp_hosts_result *result)
{
	if (result->addresses != result->first_addresses)
		free(result->addresses);
	if (result->text != result->first_text)
		free(result->text);
}

/*
 * Let BLOCK of *SIZE bytes, USED of them, hold MORE: twice as large, or as needed.
 * FIRST is no piece of malloc's.  NULL without memory.
 */
static void *make_room(void *block, const void *first, size_t *size, size_t used, size_t more)
{
	size_t needed = used + more;
	void *larger;

	if (needed <= *size)
		return block;
	if (needed < *size * 2)
		needed = *size * 2;
	larger = reallocarray(block == first ? NULL : block, needed, 1);
	if (!larger)
		return NULL;
	if (block == first)
		memcpy(larger, first, used);
	*size = needed;
	return larger;
}

static bool add_address(struct fopnp_hosts_result *result,
			const struct fopnp_answer_address *address)
{
	size_t used = result->address_count * sizeof(*address);
	void *block = make_room(result->addresses, result->first_addresses, &result->address_size,
				used, sizeof(*address));

	if (!block) {
		result->is_out_of_memory = true;
		return false;
	}
	result->addresses = block;
	result->addresses[result->address_count++] = *address;
	return true;
}

static bool add_text(struct fopnp_hosts_result *result, const char *name, size_t len)
{
	void *block;

	if (len >= FOPNP_HOSTS_TEXT_MOST - result->text_used) {
		result->is_full = true;
		return false;
	}
	block = make_room(result->text, result->first_text, &result->text_size, result->text_used,
			  len + 1);
	if (!block) {
		result->is_out_of_memory = true;
		return false;
	}
	result->text = block;
	memcpy(result->text + result->text_used, name, len);
	result->text[result->text_used + len] = '\0';
	result->text_used += len + 1;
	return true;
}

static bool add_alias(struct fopnp_hosts_result *result, const char *name, size_t len)
{
	if (result->alias_count + 1 >= FOPNP_ANSWER_ITEMS)
		result->is_full = true;
	if (result->is_full || !add_text(result, name, len))
		return false;
	result->alias_count++;
	return true;
}

static bool add_names(struct fopnp_hosts_result *result, const struct fopnp_hosts_line *line)
{
	size_t position = 0, name_len = 0, len;
	const char *name = "", *alias;

	(void)fopnp_hosts_next_name(line, &position, &name, &name_len);
	if (result->text_used == 0) {
		result->name_len = name_len;
		if (!add_text(result, name, name_len))
			return false;
	}
	if (!result->has_aliases)
		return true;
	while (fopnp_hosts_next_name(line, &position, &alias, &len))
		if (!add_alias(result, alias, len))
			return false;
	if (name_len == result->name_len && memcmp(name, result->text, name_len) == 0)
		return true;
	return add_alias(result, name, name_len);
}

bool fopnp_hosts_result_add(struct fopnp_hosts_result *result, const struct fopnp_hosts_line *line,
			    const struct fopnp_answer_address *address)
{
	if (result->address_count + 1 >= FOPNP_ANSWER_ITEMS)
		result->is_full = true;
	if (result->is_full || !add_address(result, address))
		return false;
	/* The address counts even if there is no room for all of the line's names. */
	return add_names(result, line);
}

enum nss_status fopnp_hosts_result_answer(const struct fopnp_hosts_result *result,
					  struct fopnp_ask *ask)
{
	const char *first_aliases[FIRST_ALIASES], **aliases = first_aliases;
	const char *at = result->text;
	struct fopnp_answer answer = {
		.name = at,
		.alias_count = result->alias_count,
		.addresses = result->addresses,
		.address_count = result->address_count,
		.ttl = INT32_MAX,
	};
	enum nss_status status;

	if (result->alias_count > FIRST_ALIASES)
		aliases = malloc(result->alias_count * sizeof(*aliases));
	if (!aliases)
		return fopnp_ask_no_memory(ask);
	for (size_t i = 0; i < result->alias_count; i++) {
		at += strlen(at) + 1;
		aliases[i] = at;
	}
	answer.aliases = aliases;
	status = fopnp_ask_answer(ask, &answer);
	if (aliases != first_aliases)
		free(aliases);
	return status;
}
