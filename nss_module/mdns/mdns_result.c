/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What has been heard, see mdns_result.h. */
#include "nss_module/mdns/mdns_result.h"

#include <netinet/in.h>
#include <string.h>

#include "nss_module/lookup/address.h"

void fopnp_mdns_result_init(struct fopnp_mdns_result *result)
{
	memset(result, 0, sizeof(*result));
	result->ttl = INT32_MAX;
}

bool fopnp_mdns_result_is_empty(const struct fopnp_mdns_result *result)
{
	return result->address_count == 0 && !result->target[0];
}

bool fopnp_mdns_is_host_address(int family, const uint8_t *address)
{
	static const uint8_t zeroes[10];

	if (family == AF_INET)
		return address[0] != 0 && address[0] != 127 && address[0] < 224;
	if (family != AF_INET6 || address[0] == 0xff)
		return false;
	if (memcmp(address, zeroes, sizeof(zeroes)) != 0)
		return true;
	/* "::", "::1", IPv4-mapped and IPv4-compatible ones. */
	return !(address[10] == address[11] && (address[10] == 0 || address[10] == 0xff));
}

static size_t address_size(int family)
{
	return family == AF_INET ? 4 : 16;
}

/* IPv4 knows no scopes. */
static bool needs_scope(const struct fopnp_answer_address *address)
{
	return address->family == AF_INET6 && fopnp_address_is_link_local(AF_INET6, address->bytes);
}

static void settle(struct fopnp_mdns_result *result, unsigned type,
		   const struct fopnp_mdns_origin *origin)
{
	if (fopnp_mdns_result_is_empty(result))
		result->origin = *origin;
	result->settled |= 1u << type;
}

static void take_ttl(struct fopnp_mdns_result *result, uint32_t ttl)
{
	if (ttl < (uint32_t)result->ttl)
		result->ttl = (int32_t)ttl;
}

void fopnp_mdns_result_add_address(struct fopnp_mdns_result *result, unsigned type, int family,
				   const uint8_t *address, uint32_t ttl,
				   const struct fopnp_mdns_origin *origin)
{
	struct fopnp_answer_address taken = { .family = family };

	memcpy(taken.bytes, address, address_size(family));
	if (needs_scope(&taken))
		taken.scope = origin->interface;
	settle(result, type, origin);
	for (size_t i = 0; i < result->address_count; i++)
		if (memcmp(&result->addresses[i], &taken, sizeof(taken)) == 0)
			return;
	if (result->address_count == FOPNP_MDNS_ADDRESSES)
		return;
	result->addresses[result->address_count++] = taken;
	take_ttl(result, ttl);
}

void fopnp_mdns_result_add_target(struct fopnp_mdns_result *result, unsigned type,
				  const char *target, uint32_t ttl,
				  const struct fopnp_mdns_origin *origin)
{
	size_t len = strlen(target);

	if (len >= sizeof(result->target))
		return;
	settle(result, type, origin);
	if (result->target[0])
		return;
	memcpy(result->target, target, len + 1);
	take_ttl(result, ttl);
}

void fopnp_mdns_result_deny(struct fopnp_mdns_result *result, unsigned type)
{
	result->denied |= 1u << type;
	result->settled |= 1u << type;
}

static int rank(const struct fopnp_answer_address *address)
{
	return address->family == AF_INET ? 0 : needs_scope(address) ? 2 : 1;
}

/* By insertion: few addresses, and equals stay in the order they came in. */
void fopnp_mdns_result_arrange(struct fopnp_mdns_result *result, bool has_scopes)
{
	struct fopnp_answer_address *addresses = result->addresses;
	size_t count = result->address_count;

	for (size_t i = 1; i < count; i++) {
		struct fopnp_answer_address moved = addresses[i];
		size_t at = i;

		for (; at > 0 && rank(&addresses[at - 1]) > rank(&moved); at--)
			addresses[at] = addresses[at - 1];
		addresses[at] = moved;
	}
	if (has_scopes || count == 0 || rank(&addresses[0]) == 2)
		return;
	while (rank(&addresses[count - 1]) == 2)
		count--;
	result->address_count = count;
}
