/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replies of systemd-resolved: whatever comes, the answer is whole and says only what it may. */
#include "tools/resolved_reply.h"

#include <assert.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_address(const struct fopnp_resolved_address *address)
{
	assert(address->address.family == AF_INET || address->address.family == AF_INET6);
	assert(address->address.scope == 0 || address->address.scope == address->interface);
	assert(address->interface <= INT_MAX && address->interface_name == NULL);
}

static void check(const uint8_t *data, size_t size, bool is_reverse)
{
	struct fopnp_resolved_answer answer;

	fopnp_resolved_reply_decode((const char *)data, size, is_reverse, &answer);
	assert(answer.state == FOPNP_RESOLVED_ANSWERED || answer.state == FOPNP_RESOLVED_FAILED ||
	       answer.state == FOPNP_RESOLVED_GARBLED);
	for (size_t i = 0; i < answer.address_count; i++)
		check_address(&answer.addresses[i]);
	if (answer.state == FOPNP_RESOLVED_ANSWERED)
		assert(answer.error_name == NULL && (answer.address_count > 0 || is_reverse) &&
		       (answer.canonical != NULL || !is_reverse));
	else
		assert(answer.address_count == 0 && answer.canonical == NULL);
	assert(answer.error_name == NULL || strlen(answer.error_name) <= 200);
	assert(answer.state == FOPNP_RESOLVED_FAILED || answer.error_name == NULL);
	assert(answer.rcode >= -1 && answer.rcode <= 0xfff);
	fopnp_resolved_answer_clear(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(data, size, false);
	check(data, size, true);
	return 0;
}
