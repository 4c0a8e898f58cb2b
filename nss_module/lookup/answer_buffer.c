/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Laying answers out in buffers, see answer_buffer.h. */
#include "nss_module/lookup/answer_buffer.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

/* ---- inside? ------------------------------------------------------------- */

static bool is_span_inside(const void *at, size_t size, const char *buffer, size_t buflen)
{
	uintptr_t from = (uintptr_t)at;
	uintptr_t start = (uintptr_t)buffer;

	return from >= start && from - start <= buflen && size <= buflen - (from - start);
}

static bool is_text_inside(const char *text, const char *buffer, size_t buflen)
{
	if (!is_span_inside(text, 1, buffer, buflen))
		return false;
	return memchr(text, '\0', buflen - (size_t)(text - buffer)) != NULL;
}

/* A list of pointers up to its NULL, the NULL included. */
static bool is_list_inside(char **list, const char *buffer, size_t buflen)
{
	for (size_t i = 0; i < FOPNP_ANSWER_ITEMS; i++) {
		if (!is_span_inside(&list[i], sizeof(list[i]), buffer, buflen))
			return false;
		if (!list[i])
			return true;
	}
	return false;
}

bool fopnp_hostent_is_inside(const struct hostent *host, const char *canonical, const char *buffer,
			     size_t buflen)
{
	if (host->h_length < 0 || !is_text_inside(host->h_name, buffer, buflen) ||
	    !is_list_inside(host->h_aliases, buffer, buflen) ||
	    !is_list_inside(host->h_addr_list, buffer, buflen))
		return false;
	for (char **alias = host->h_aliases; *alias; alias++)
		if (!is_text_inside(*alias, buffer, buflen))
			return false;
	for (char **address = host->h_addr_list; *address; address++)
		if (!is_span_inside(*address, (size_t)host->h_length, buffer, buflen))
			return false;
	return !canonical || is_text_inside(canonical, buffer, buflen);
}

bool fopnp_tuples_are_inside(const struct gaih_addrtuple *first, const char *buffer, size_t buflen)
{
	size_t count = 0;

	if (!first || !first->name)
		return false;
	for (const struct gaih_addrtuple *tuple = first; tuple; tuple = tuple->next) {
		if (!is_span_inside(tuple, sizeof(*tuple), buffer, buflen) ||
		    (tuple->name && !is_text_inside(tuple->name, buffer, buflen)) ||
		    ++count > FOPNP_ANSWER_ITEMS)
			return false;
	}
	return true;
}

/* ---- sizes --------------------------------------------------------------- */

static size_t count_list(char **list)
{
	size_t count = 0;

	while (list && list[count] && count < FOPNP_ANSWER_ITEMS)
		count++;
	return count;
}

static size_t text_size(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

/* Addresses have 4 or 16 bytes; a module that says much else is not believed. */
static size_t address_size(const struct hostent *host)
{
	return host->h_length < 0 || host->h_length > 64 ? 0 : (size_t)host->h_length;
}

size_t fopnp_hostent_size(const struct hostent *host, const char *canonical)
{
	size_t aliases = count_list(host->h_aliases);
	size_t addresses = count_list(host->h_addr_list);
	size_t size = _Alignof(char *) - 1;

	size += (aliases + addresses + 2) * sizeof(char *);
	size += addresses * address_size(host);
	size += text_size(host->h_name ? host->h_name : "") + text_size(canonical);
	for (size_t i = 0; i < aliases; i++)
		size += text_size(host->h_aliases[i]);
	return size;
}

static size_t count_tuples(const struct gaih_addrtuple *first)
{
	size_t count = 0;

	for (const struct gaih_addrtuple *tuple = first; tuple && count < FOPNP_ANSWER_ITEMS;
	     tuple = tuple->next)
		count++;
	return count;
}

size_t fopnp_tuples_size(const struct gaih_addrtuple *first, const char *name)
{
	return _Alignof(struct gaih_addrtuple) - 1 + count_tuples(first) * sizeof(*first) +
	       text_size(name);
}

/* ---- copies -------------------------------------------------------------- */

/* The unused rest of a buffer. */
struct rest {
	char *at;
	size_t left;
};

static void *take(struct rest *rest, size_t size)
{
	void *taken = rest->at;

	if (size > rest->left)
		return NULL;
	rest->at += size;
	rest->left -= size;
	return taken;
}

static bool align(struct rest *rest, size_t alignment)
{
	size_t over = (uintptr_t)rest->at % alignment;

	return over == 0 || take(rest, alignment - over) != NULL;
}

static char *take_copy(struct rest *rest, const void *bytes, size_t size)
{
	char *copy = take(rest, size);

	if (copy && size)
		memcpy(copy, bytes, size);
	return copy;
}

static char *take_text(struct rest *rest, const char *text)
{
	return take_copy(rest, text, strlen(text) + 1);
}

bool fopnp_hostent_copy(const struct hostent *host, const char *canonical, char *buffer,
			size_t buflen, struct hostent *out_host, char **out_canonical)
{
	struct rest rest = { .at = buffer, .left = buflen };
	size_t aliases = count_list(host->h_aliases);
	size_t addresses = count_list(host->h_addr_list);
	struct hostent copy = { .h_addrtype = host->h_addrtype,
				.h_length = (int)address_size(host) };
	char *canonical_copy = NULL;

	if (!align(&rest, _Alignof(char *)))
		return false;
	copy.h_aliases = take(&rest, (aliases + 1) * sizeof(char *));
	copy.h_addr_list = copy.h_aliases ? take(&rest, (addresses + 1) * sizeof(char *)) : NULL;
	if (!copy.h_addr_list)
		return false;
	/* Addresses before texts: the pointers' alignment serves them. */
	for (size_t i = 0; i < addresses; i++) {
		copy.h_addr_list[i] = take_copy(&rest, host->h_addr_list[i], address_size(host));
		if (!copy.h_addr_list[i])
			return false;
	}
	copy.h_addr_list[addresses] = NULL;
	for (size_t i = 0; i < aliases; i++) {
		copy.h_aliases[i] = take_text(&rest, host->h_aliases[i]);
		if (!copy.h_aliases[i])
			return false;
	}
	copy.h_aliases[aliases] = NULL;
	copy.h_name = take_text(&rest, host->h_name ? host->h_name : "");
	if (!copy.h_name)
		return false;
	if (canonical) {
		canonical_copy = take_text(&rest, canonical);
		if (!canonical_copy)
			return false;
	}
	*out_host = copy;
	*out_canonical = canonical_copy;
	return true;
}

bool fopnp_tuples_copy(const struct gaih_addrtuple *first, const char *name, char *buffer,
		       size_t buflen, struct gaih_addrtuple **out_first)
{
	struct rest rest = { .at = buffer, .left = buflen };
	size_t count = count_tuples(first);
	struct gaih_addrtuple *tuples;
	char *name_copy;

	if (!align(&rest, _Alignof(struct gaih_addrtuple)))
		return false;
	tuples = take(&rest, count * sizeof(*tuples));
	name_copy = tuples ? take_text(&rest, name) : NULL;
	if (!name_copy)
		return false;
	for (size_t i = 0; i < count; i++, first = first->next) {
		tuples[i] = *first;
		tuples[i].name = i == 0 ? name_copy : NULL;
		tuples[i].next = i + 1 < count ? &tuples[i + 1] : NULL;
	}
	*out_first = tuples;
	return true;
}

/* ---- answers of our own sources ------------------------------------------ */

static size_t count_family(const struct fopnp_answer *answer, int family)
{
	size_t count = 0;

	for (size_t i = 0; i < answer->address_count; i++)
		count += answer->addresses[i].family == family;
	return count;
}

static bool place_addresses(const struct fopnp_answer *answer, int family, struct rest *rest,
			    struct hostent *host)
{
	size_t count = 0;

	for (size_t i = 0; i < answer->address_count; i++) {
		const struct fopnp_answer_address *address = &answer->addresses[i];

		if (address->family != family)
			continue;
		host->h_addr_list[count] = take_copy(rest, address->bytes, (size_t)host->h_length);
		if (!host->h_addr_list[count++])
			return false;
	}
	host->h_addr_list[count] = NULL;
	return true;
}

bool fopnp_answer_as_hostent(const struct fopnp_answer *answer, int family, char *buffer,
			     size_t buflen, struct hostent *out_host, char **out_canonical)
{
	struct rest rest = { .at = buffer, .left = buflen };
	struct hostent host = { .h_addrtype = family, .h_length = family == AF_INET ? 4 : 16 };
	char *canonical;

	if (!align(&rest, _Alignof(char *)))
		return false;
	host.h_aliases = take(&rest, (answer->alias_count + 1) * sizeof(char *));
	host.h_addr_list = take(&rest, (count_family(answer, family) + 1) * sizeof(char *));
	if (!host.h_aliases || !host.h_addr_list || !place_addresses(answer, family, &rest, &host))
		return false;
	host.h_name = take_text(&rest, answer->name);
	canonical = host.h_name && answer->canonical ? take_text(&rest, answer->canonical)
						     : host.h_name;
	if (!canonical)
		return false;
	for (size_t i = 0; i < answer->alias_count; i++) {
		host.h_aliases[i] = take_text(&rest, answer->aliases[i]);
		if (!host.h_aliases[i])
			return false;
	}
	host.h_aliases[answer->alias_count] = NULL;
	*out_host = host;
	*out_canonical = canonical;
	return true;
}

bool fopnp_answer_as_tuples(const struct fopnp_answer *answer, char *buffer, size_t buflen,
			    struct gaih_addrtuple **out_first)
{
	struct rest rest = { .at = buffer, .left = buflen };
	size_t count = answer->address_count;
	struct gaih_addrtuple *tuples;
	char *name;

	if (!align(&rest, _Alignof(struct gaih_addrtuple)))
		return false;
	tuples = take(&rest, count * sizeof(*tuples));
	name = tuples ? take_text(&rest, answer->name) : NULL;
	if (!name)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct fopnp_answer_address *address = &answer->addresses[i];

		tuples[i] = (struct gaih_addrtuple){
			.next = i + 1 < count ? &tuples[i + 1] : NULL,
			.name = i == 0 ? name : NULL,
			.family = address->family,
			.scopeid = address->scope,
		};
		memcpy(tuples[i].addr, address->bytes, address->family == AF_INET ? 4 : 16);
	}
	*out_first = tuples;
	return true;
}
