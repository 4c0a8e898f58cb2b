/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a host on the link, or avahi's socket, can make of an answer: the first byte says
 * what was asked and of whom; the rest is a packet, or a line.
 */
#include "nss_module/mdns/mdns_reply.h"

#include <arpa/nameser.h>
#include <assert.h>
#include <string.h>
#include <sys/socket.h>

#include "nss_module/mdns/mdns_avahi.h"
#include "nss_module/mdns/mdns_names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define IS_REVERSE 1
#define IS_LINE    4

static void check_addresses(const struct fopnp_mdns_result *result)
{
	assert(result->address_count <= FOPNP_MDNS_ADDRESSES);
	for (size_t i = 0; i < result->address_count; i++) {
		const struct fopnp_answer_address *address = &result->addresses[i];
		bool is_link_local = address->family == AF_INET6 && address->bytes[0] == 0xfe &&
				     (address->bytes[1] & 0xc0) == 0x80;

		assert(address->family == AF_INET || address->family == AF_INET6);
		/* By way of "lo", interface 1, avahi may tell of this very host. */
		assert(fopnp_mdns_is_host_address(address->family, address->bytes) ||
		       (result->origin.via == FOPNP_MDNS_VIA_AVAHI &&
			result->origin.interface == 1));
		assert(is_link_local || address->scope == 0);
	}
}

static void check(const struct fopnp_mdns_question *question,
		  const struct fopnp_mdns_result *result)
{
	check_addresses(result);
	assert(!result->target[0] || fopnp_mdns_is_host_name(result->target));
	assert(!(question->family == AF_UNSPEC ? result->target[0] != 0
					       : result->address_count > 0));
	assert((result->settled & ~fopnp_mdns_all_types(question)) == 0);
	assert((result->denied & ~result->settled) == 0);
	assert(fopnp_mdns_result_is_empty(result) || result->settled != 0);
	assert(result->ttl > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fopnp_mdns_question question = { .name = "a.local",
						.types = { ns_t_a, ns_t_aaaa },
						.type_count = 2 };
	struct fopnp_mdns_origin origin = { .via = FOPNP_MDNS_VIA_MULTICAST, .interface = 5 };
	char failure[FOPNP_MDNS_AVAHI_WORDS];
	struct fopnp_mdns_result result;

	if (size == 0)
		return 0;
	if (data[0] & IS_REVERSE)
		question = (struct fopnp_mdns_question){ .name = "1.1.254.169.in-addr.arpa",
							 .types = { ns_t_ptr },
							 .type_count = 1,
							 .family = AF_INET };
	fopnp_mdns_result_init(&result);
	if (data[0] & IS_LINE) {
		bool is_taken = fopnp_mdns_avahi_take_line(&question, 0, (const char *)data + 1,
							   size - 1, &result, failure);

		assert(is_taken == (failure[0] == '\0'));
		assert(is_taken == !fopnp_mdns_result_is_empty(&result));
		check(&question, &result);
	} else {
		(void)fopnp_mdns_reply_take(&question, 0x4711, data + 1, size - 1, &origin,
					    &result);
		check(&question, &result);
	}
	fopnp_mdns_result_arrange(&result, false);
	check_addresses(&result);
	return 0;
}
