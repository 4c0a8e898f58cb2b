/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The loop of nss/getXXbyYY_r.c: gethostbyname_r(), gethostbyname2_r(),
 * gethostbyaddr_r(), getnameinfo(), getaddrinfo() for AF_INET alone, and nscd's
 * own calls.
 */
#include "nss_module/chain.h"

#include "nss_module/source_call.h"

#include <errno.h>

/* The function that glibc would use, or the one it has instead. */
static bool find_function(const struct fopnp_lookup *lookup,
			  const struct fopnp_functions *functions, enum fopnp_function *out)
{
	*out = lookup->function;
	if (lookup->function == FOPNP_GETHOSTBYNAME4_R)
		return false; /* not of this loop */
	if (fopnp_source_has(functions, *out))
		return true;
	if (lookup->function == FOPNP_GETHOSTBYNAME3_R)
		*out = FOPNP_GETHOSTBYNAME2_R;
	else if (lookup->function == FOPNP_GETHOSTBYADDR2_R)
		*out = FOPNP_GETHOSTBYADDR_R;
	return fopnp_source_has(functions, *out);
}

/*
 * Ask entry I, with larger buffers as long as it says ERANGE.  The caller's own
 * retry would begin again with errno as it is before the source, so that is
 * what each try finds.
 */
static enum nss_status ask(struct fopnp_lookup *lookup, const struct fopnp_functions *functions,
			   size_t i, enum fopnp_action *out_action)
{
	int error = *lookup->errnop, h_error = *lookup->h_errnop;
	enum fopnp_function function;
	enum nss_status status;
	int32_t ttl = INT32_MAX;

	fopnp_record_step_begin(lookup->record, lookup->chain->sources[i]);
	(void)find_function(lookup, functions, &function);
	for (;;) {
		status = fopnp_source_call(lookup, functions, function, lookup->family, &ttl);
		if (!fopnp_chain_is_too_small(lookup, status) || !fopnp_chain_grow(lookup))
			break;
		*lookup->errnop = error;
		*lookup->h_errnop = h_error;
	}
	status = fopnp_chain_legal_status(lookup, status);
	*out_action = fopnp_chain_answered(lookup, i, status, ttl);
	return status;
}

/*
 * The first entry from *I on that has the function.  As __nss_lookup(): entries
 * without it are passed over only as long as they would go on after UNAVAIL.
 */
static const struct fopnp_functions *find_usable(struct fopnp_lookup *lookup, size_t *i)
{
	const struct fopnp_order *order = lookup->chain->order;

	enum fopnp_function function;

	for (;; ++*i) {
		const struct fopnp_functions *functions = fopnp_chain_load(lookup, *i);

		if (functions && find_function(lookup, functions, &function))
			return functions;
		if (functions)
			fopnp_chain_skip(lookup, *i);
		if (fopnp_order_action(&order->entries[*i], NSS_STATUS_UNAVAIL) !=
			    FOPNP_ACTION_CONTINUE ||
		    *i + 1 >= order->count)
			return NULL;
	}
}

/* From the usable entry I on. */
static enum nss_status ask_from(struct fopnp_lookup *lookup,
				const struct fopnp_functions *functions, size_t i)
{
	enum nss_status status;
	enum fopnp_action action;

	do {
		status = ask(lookup, functions, i, &action);
		if (fopnp_chain_is_too_small(lookup, status)) /* even for the largest buffer */
			break;
		i++;
		if (action == FOPNP_ACTION_RETURN || i == lookup->chain->order->count)
			break;
		if (lookup->is_grown) {
			lookup->outcome.is_unfinished = true;
			lookup->outcome.next_entry = i;
			break;
		}
		functions = find_usable(lookup, &i);
	} while (functions);
	return status;
}

enum nss_status fopnp_chain_getxxbyyy(struct fopnp_lookup *lookup)
{
	const struct fopnp_functions *functions;
	size_t i = lookup->outcome.is_unfinished ? lookup->outcome.next_entry : 0;
	bool has_asked = lookup->outcome.is_unfinished;

	lookup->outcome.is_unfinished = false;
	functions = find_usable(lookup, &i);
	if (functions)
		return ask_from(lookup, functions, i);
	if (has_asked)
		return lookup->outcome.status;
	/* glibc: "no service was usable" is an internal error unless errno is ENOENT. */
	*lookup->h_errnop = *lookup->errnop == ENOENT ? NO_RECOVERY : NETDB_INTERNAL;
	return NSS_STATUS_UNAVAIL;
}
