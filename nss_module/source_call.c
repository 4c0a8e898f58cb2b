/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls of glibc's NSS interface, see source_call.h. */
#include "nss_module/source_call.h"

bool fopnp_source_has(const struct fopnp_functions *functions, enum fopnp_function function)
{
	if (functions->ask)
		return true;
	switch (function) {
	case FOPNP_GETHOSTBYNAME4_R:
		return functions->gethostbyname4_r;
	case FOPNP_GETHOSTBYNAME3_R:
		return functions->gethostbyname3_r;
	case FOPNP_GETHOSTBYNAME2_R:
		return functions->gethostbyname2_r;
	case FOPNP_GETHOSTBYNAME_R:
		return functions->gethostbyname_r;
	case FOPNP_GETHOSTBYADDR_R:
		return functions->gethostbyaddr_r;
	case FOPNP_GETHOSTBYADDR2_R:
		return functions->gethostbyaddr2_r;
	}
	return false;
}

/* A family of ours, and for a lookup by address as many bytes as that family's have. */
static bool is_family_known(const struct fopnp_lookup *lookup, int family)
{
	if (family != AF_INET && family != AF_INET6)
		return false;
	return lookup->name || lookup->address_len == (family == AF_INET ? 4 : 16);
}

static enum nss_status call_builtin(struct fopnp_lookup *lookup, fopnp_ask_function *function,
				    enum fopnp_function like, int family, int32_t *ttl)
{
	struct fopnp_ask ask = {
		.function = like,
		.family = family,
		.name = lookup->name,
		.address = lookup->address,
		.buffer = lookup->buffer,
		.buflen = lookup->buflen,
		.errnop = lookup->errnop,
		.h_errnop = lookup->h_errnop,
		.host = &lookup->outcome.host,
		.first = &lookup->outcome.first,
		.canonical = &lookup->outcome.canonical,
		.ttl = ttl,
		.conf = lookup->conf,
		.detail = fopnp_record_detail(lookup->record),
	};

	/* Nobody has checked these yet; "files" finds nothing then. */
	if (like != FOPNP_GETHOSTBYNAME4_R && !is_family_known(lookup, family))
		return fopnp_ask_fail(&ask, NSS_STATUS_NOTFOUND, *ask.errnop, HOST_NOT_FOUND);
	return function(&ask);
}

enum nss_status fopnp_source_call(struct fopnp_lookup *lookup,
				  const struct fopnp_functions *functions,
				  enum fopnp_function function, int family, int32_t *ttl)
{
	struct fopnp_outcome *outcome = &lookup->outcome;
	int *errnop = lookup->errnop, *h_errnop = lookup->h_errnop;

	outcome->canonical = NULL;
	if (functions->ask)
		return call_builtin(lookup, functions->ask, function, family, ttl);
	switch (function) {
	case FOPNP_GETHOSTBYNAME4_R:
		return functions->gethostbyname4_r(lookup->name, &outcome->first, lookup->buffer,
						   lookup->buflen, errnop, h_errnop, ttl);
	case FOPNP_GETHOSTBYNAME3_R:
		return functions->gethostbyname3_r(lookup->name, family, &outcome->host,
						   lookup->buffer, lookup->buflen, errnop, h_errnop,
						   ttl, &outcome->canonical);
	case FOPNP_GETHOSTBYNAME2_R:
		return functions->gethostbyname2_r(lookup->name, family, &outcome->host,
						   lookup->buffer, lookup->buflen, errnop,
						   h_errnop);
	case FOPNP_GETHOSTBYNAME_R:
		return functions->gethostbyname_r(lookup->name, &outcome->host, lookup->buffer,
						  lookup->buflen, errnop, h_errnop);
	case FOPNP_GETHOSTBYADDR_R:
		return functions->gethostbyaddr_r(lookup->address, lookup->address_len,
						  lookup->family, &outcome->host, lookup->buffer,
						  lookup->buflen, errnop, h_errnop);
	case FOPNP_GETHOSTBYADDR2_R:
		return functions->gethostbyaddr2_r(lookup->address, lookup->address_len,
						   lookup->family, &outcome->host, lookup->buffer,
						   lookup->buflen, errnop, h_errnop, ttl);
	}
	return NSS_STATUS_UNAVAIL;
}
