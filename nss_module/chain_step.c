/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One step of a chain, as both loops need it; see chain.h. */
#include "nss_module/chain.h"

#include <errno.h>

bool fopnp_chain_is_too_small(const struct fopnp_lookup *lookup, enum nss_status status)
{
	return status == NSS_STATUS_TRYAGAIN && *lookup->h_errnop == NETDB_INTERNAL &&
	       *lookup->errnop == ERANGE;
}

bool fopnp_chain_grow(struct fopnp_lookup *lookup)
{
	int saved_errno = errno;
	struct fopnp_kept *kept = fopnp_kept_get(lookup->kept);
	bool is_larger = kept && fopnp_kept_grow(kept, lookup->buflen);

	errno = saved_errno;
	if (!is_larger)
		return false;
	lookup->failed_buflen = lookup->buflen;
	lookup->buffer = kept->bytes;
	lookup->buflen = kept->size;
	lookup->is_grown = true;
	return true;
}

enum nss_status fopnp_chain_legal_status(struct fopnp_lookup *lookup, enum nss_status status)
{
	if (status >= NSS_STATUS_TRYAGAIN && status <= NSS_STATUS_RETURN)
		return status;
	*lookup->h_errnop = NO_RECOVERY;
	return NSS_STATUS_UNAVAIL;
}

bool fopnp_chain_has_whole_address(const struct fopnp_lookup *lookup)
{
	return lookup->address && ((lookup->family == AF_INET && lookup->address_len >= 4) ||
				   (lookup->family == AF_INET6 && lookup->address_len >= 16));
}

static enum fopnp_action action_after(const struct fopnp_lookup *lookup, size_t i,
				      enum nss_status status)
{
	return fopnp_order_action(&lookup->chain->order->entries[i], status);
}

const struct fopnp_functions *fopnp_chain_load(struct fopnp_lookup *lookup, size_t i)
{
	struct fopnp_source *source = lookup->chain->sources[i];
	const struct fopnp_functions *functions = fopnp_source_load(source);

	if (!functions)
		fopnp_record_step_skipped(lookup->record, source, FOPNP_STEP_NOT_LOADED,
					  action_after(lookup, i, NSS_STATUS_UNAVAIL));
	return functions;
}

void fopnp_chain_skip(struct fopnp_lookup *lookup, size_t i)
{
	fopnp_record_step_skipped(lookup->record, lookup->chain->sources[i], FOPNP_STEP_NO_FUNCTION,
				  action_after(lookup, i, NSS_STATUS_UNAVAIL));
}

enum fopnp_action fopnp_chain_answered(struct fopnp_lookup *lookup, size_t i,
				       enum nss_status status, int32_t ttl)
{
	enum fopnp_action action = action_after(lookup, i, status);

	fopnp_record_step_end(lookup->record, lookup->chain->sources[i], status, *lookup->errnop,
			      *lookup->h_errnop, ttl, action);
	if (status == NSS_STATUS_SUCCESS) {
		lookup->outcome.source = lookup->chain->sources[i];
		if (ttl < lookup->outcome.ttl) /* the shortest that a source told */
			lookup->outcome.ttl = ttl;
	}
	return action;
}
