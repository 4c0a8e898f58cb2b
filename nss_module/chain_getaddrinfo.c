/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The loop of getaddrinfo(), get_nss_addresses() and gethosts() in glibc's
 * getaddrinfo.c: for AF_UNSPEC (gethostbyname4_r), for AF_INET6, and for
 * AF_INET with AI_CANONNAME (gethostbyname3_r).
 *
 * glibc sees one source where there are many.  It makes an EAI code of what
 * the last of them said; here that code is found first, and then a status and
 * h_errno from which glibc makes the same code.
 */
#include "nss_module/chain.h"

#include "nss_module/lookup/libc_version.h"
#include "nss_module/source_call.h"

#include <errno.h>

/* How the loop ends when there is no address. */
enum outcome {
	OUTCOME_NONAME,
	OUTCOME_NODATA,
	OUTCOME_AGAIN,
	OUTCOME_SYSTEM, /* errno counts */
};

struct loop {
	struct fopnp_lookup *lookup;
	struct fopnp_kept *kept; /* once addresses were collected */
	enum nss_status status;  /* of the last source; for two families: of AF_INET */
	enum nss_status inet6_status;
	enum outcome no_data; /* glibc's no_data, of the last question */
	enum outcome no_inet6_data;
	int32_t ttl;     /* of the last source */
	bool is_aborted; /* EAI_SYSTEM at once, whatever follows */
	bool is_out_of_memory;
	bool is_too_small; /* even the largest buffer: the caller has to grow its own */
};

/* glibc's `no_data` after a failure. */
static enum outcome outcome_of(int h_error)
{
	if (h_error == TRY_AGAIN)
		return OUTCOME_AGAIN;
	return h_error == NO_DATA ? OUTCOME_NODATA : OUTCOME_NONAME;
}

static bool is_failure(enum nss_status status)
{
	return status == NSS_STATUS_NOTFOUND || status == NSS_STATUS_TRYAGAIN ||
	       status == NSS_STATUS_UNAVAIL;
}

/* ---- a source with gethostbyname4_r -------------------------------------- */

static void ask_both_families(struct loop *loop, const struct fopnp_functions *functions)
{
	struct fopnp_lookup *lookup = loop->lookup;

	do {
		lookup->outcome.first = NULL;
		loop->status = fopnp_source_call(lookup, functions, FOPNP_GETHOSTBYNAME4_R,
						 AF_UNSPEC, &loop->ttl);
	} while (fopnp_chain_is_too_small(lookup, loop->status) && fopnp_chain_grow(lookup));
	loop->status = fopnp_chain_legal_status(lookup, loop->status);
	loop->is_too_small = fopnp_chain_is_too_small(lookup, loop->status);

	if (loop->status == NSS_STATUS_SUCCESS) {
		/* An empty list is "no data"; with AI_CANONNAME glibc 2.36 would crash on it. */
		loop->no_data = lookup->outcome.first ? OUTCOME_NONAME : OUTCOME_NODATA;
	} else {
		/* glibc believes h_errno here whatever the status is. */
		loop->no_data = outcome_of(*lookup->h_errnop);
		lookup->outcome.first = NULL;
	}
	loop->no_inet6_data = loop->no_data;
	lookup->outcome.canonical = lookup->outcome.first ? lookup->outcome.first->name : NULL;
}

/* ---- a source with gethostbyname3_r or gethostbyname2_r ------------------- */

/* One question as gethosts() asks it. */
static enum nss_status ask_family(struct loop *loop, const struct fopnp_functions *functions,
				  int family, char **out_canonical)
{
	struct fopnp_lookup *lookup = loop->lookup;
	bool with_canonical = fopnp_source_has(functions, FOPNP_GETHOSTBYNAME3_R) &&
			      lookup->function != FOPNP_GETHOSTBYNAME2_R;
	enum fopnp_function function =
		with_canonical ? FOPNP_GETHOSTBYNAME3_R : FOPNP_GETHOSTBYNAME2_R;
	enum nss_status status;

	do {
		status = fopnp_source_call(lookup, functions, function, family, &loop->ttl);
	} while (fopnp_chain_is_too_small(lookup, status) && fopnp_chain_grow(lookup));
	*out_canonical = lookup->outcome.canonical;
	status = fopnp_chain_legal_status(lookup, status);
	loop->is_too_small = fopnp_chain_is_too_small(lookup, status);

	loop->no_data = OUTCOME_NONAME;
	if (is_failure(status)) {
		loop->is_aborted = *lookup->h_errnop == NETDB_INTERNAL;
		loop->no_data = outcome_of(*lookup->h_errnop);
	}
	return status;
}

/*
 * The canonical name that getaddrinfo() would give for addresses of hostents.  Before
 * 2.39 it asks the source for it, and then takes the name that was asked for.
 */
static bool find_canonical(struct loop *loop, const struct fopnp_functions *functions)
{
	struct fopnp_lookup *lookup = loop->lookup;
	struct fopnp_kept *kept = loop->kept;
	const char *known = kept->first_name ? kept->first_name : lookup->name;
	char text[256], *found = NULL;

	lookup->outcome.canonical = kept->canonical;
	if (kept->canonical || !functions->getcanonname_r || !fopnp_libc_is_since(39))
		return true;
	if (functions->getcanonname_r(known, text, sizeof(text), &found, lookup->errnop,
				      lookup->h_errnop) != NSS_STATUS_SUCCESS ||
	    !found)
		return true;
	if (!fopnp_kept_set_text(&kept->canonical, found))
		return false;
	lookup->outcome.canonical = kept->canonical;
	return true;
}

/* Keep the addresses of one family; the buffer is needed for the next. */
static bool collect(struct loop *loop, int family, const char *canonical)
{
	struct fopnp_kept *kept = loop->kept;
	const char *host_name = loop->lookup->outcome.host.h_name;

	if (!fopnp_kept_add_addresses(kept, &loop->lookup->outcome.host, family))
		return false;
	if (canonical && !kept->canonical && !fopnp_kept_set_text(&kept->canonical, canonical))
		return false;
	return kept->first_name || !host_name || fopnp_kept_set_text(&kept->first_name, host_name);
}

/* AF_INET6, then AF_INET, both always; the results become one list of tuples. */
static void ask_each_family(struct loop *loop, const struct fopnp_functions *functions)
{
	static const int families[] = { AF_INET6, AF_INET };
	struct fopnp_lookup *lookup = loop->lookup;
	char *canonical;

	if (!loop->kept) {
		loop->kept = fopnp_kept_get(lookup->kept);
		if (loop->kept) /* a lookup that was left by a jump may have been here */
			fopnp_kept_reset_tuples(loop->kept);
	}
	loop->is_out_of_memory = !loop->kept;
	for (size_t i = 0; i < 2 && !loop->is_out_of_memory; i++) {
		loop->status = ask_family(loop, functions, families[i], &canonical);
		if (loop->is_aborted)
			return;
		if (families[i] == AF_INET6) {
			loop->inet6_status = loop->status;
			loop->no_inet6_data = loop->no_data;
		}
		if (loop->status == NSS_STATUS_SUCCESS)
			loop->is_out_of_memory = !collect(loop, families[i], canonical);
	}
	if (loop->is_out_of_memory)
		return;
	if (loop->inet6_status == NSS_STATUS_SUCCESS || loop->status == NSS_STATUS_SUCCESS) {
		loop->status = NSS_STATUS_SUCCESS;
		lookup->outcome.first = fopnp_kept_link_tuples(loop->kept);
		loop->is_out_of_memory = !find_canonical(loop, functions);
	} else if (loop->inet6_status == NSS_STATUS_TRYAGAIN) {
		loop->status = NSS_STATUS_TRYAGAIN;
	} else if (loop->status == NSS_STATUS_UNAVAIL) {
		loop->status = loop->inet6_status;
	}
}

static void ask_one_family(struct loop *loop, const struct fopnp_functions *functions)
{
	struct fopnp_lookup *lookup = loop->lookup;

	loop->status = ask_family(loop, functions, lookup->family, &lookup->outcome.canonical);
	loop->inet6_status = loop->status;
	loop->no_inet6_data = loop->no_data;
}

/* ---- the loop ------------------------------------------------------------ */

static void forget_answer(struct loop *loop)
{
	struct fopnp_lookup *lookup = loop->lookup;

	lookup->outcome.first = NULL;
	lookup->outcome.canonical = NULL;
	lookup->outcome.source = NULL;
	lookup->outcome.canonical_source = NULL;
	lookup->outcome.ttl = INT32_MAX;
	loop->ttl = INT32_MAX;
	if (loop->kept)
		fopnp_kept_reset_tuples(loop->kept);
}

/* Which of its functions getaddrinfo() would use; false: none. */
static bool ask_functions(struct loop *loop, const struct fopnp_functions *functions)
{
	bool is_unspec = loop->lookup->function == FOPNP_GETHOSTBYNAME4_R;
	bool may_use_3 = loop->lookup->function != FOPNP_GETHOSTBYNAME2_R;

	if (is_unspec && fopnp_source_has(functions, FOPNP_GETHOSTBYNAME4_R))
		ask_both_families(loop, functions);
	else if (!fopnp_source_has(functions, FOPNP_GETHOSTBYNAME2_R) &&
		 !(may_use_3 && fopnp_source_has(functions, FOPNP_GETHOSTBYNAME3_R)))
		return false;
	else if (is_unspec)
		ask_each_family(loop, functions);
	else
		ask_one_family(loop, functions);
	return true;
}

static enum fopnp_action ask(struct loop *loop, size_t i)
{
	struct fopnp_lookup *lookup = loop->lookup;
	const struct fopnp_functions *functions = fopnp_chain_load(lookup, i);
	enum fopnp_action action;

	if (functions) {
		fopnp_record_step_begin(lookup->record, lookup->chain->sources[i]);
		if (ask_functions(loop, functions)) {
			action = fopnp_chain_answered(lookup, i, loop->status, loop->ttl);
			if (loop->status == NSS_STATUS_SUCCESS && functions->getcanonname_r)
				lookup->outcome.canonical_source = lookup->outcome.source;
			return action;
		}
		fopnp_chain_skip(lookup, i);
	}
	/* "Could not locate any of the lookup functions": the same words as glibc. */
	loop->status = NSS_STATUS_UNAVAIL;
	*lookup->h_errnop = NETDB_INTERNAL;
	*lookup->errnop = EBUSY;
	return fopnp_order_action(&lookup->chain->order->entries[i], NSS_STATUS_UNAVAIL);
}

static bool has_address(const struct loop *loop)
{
	const struct fopnp_lookup *lookup = loop->lookup;

	if (loop->is_aborted || loop->is_out_of_memory || loop->status != NSS_STATUS_SUCCESS)
		return false;
	if (lookup->function == FOPNP_GETHOSTBYNAME4_R)
		return lookup->outcome.first != NULL;
	return lookup->outcome.host.h_addr_list && lookup->outcome.host.h_addr_list[0];
}

static enum outcome find_outcome(const struct loop *loop)
{
	bool is_unusable =
		loop->status == NSS_STATUS_TRYAGAIN || loop->status == NSS_STATUS_UNAVAIL;

	if (loop->is_aborted || (is_unusable && *loop->lookup->h_errnop == NETDB_INTERNAL))
		return OUTCOME_SYSTEM;
	if (loop->no_data == OUTCOME_NONAME || loop->no_inet6_data == OUTCOME_NONAME)
		return OUTCOME_NONAME;
	if (loop->no_data == OUTCOME_AGAIN && loop->no_inet6_data == OUTCOME_AGAIN)
		return OUTCOME_AGAIN;
	return OUTCOME_NODATA;
}

/* What glibc would make of this status and h_errno if one source had said them. */
static enum outcome outcome_seen(const struct fopnp_lookup *lookup, enum nss_status status)
{
	bool is_unusable = status == NSS_STATUS_TRYAGAIN || status == NSS_STATUS_UNAVAIL;

	if (*lookup->h_errnop == NETDB_INTERNAL &&
	    (lookup->function == FOPNP_GETHOSTBYNAME4_R ? is_unusable : is_failure(status)))
		return OUTCOME_SYSTEM;
	if (lookup->function != FOPNP_GETHOSTBYNAME4_R && !is_failure(status))
		return OUTCOME_NONAME;
	return outcome_of(*lookup->h_errnop);
}

/* A status and h_errno that say OUTCOME: the last source's own where they do. */
static enum nss_status say(struct loop *loop, enum outcome outcome)
{
	struct fopnp_lookup *lookup = loop->lookup;

	/* A left-over ERANGE with TRYAGAIN would ask glibc for a larger buffer, for ever. */
	if (loop->status != NSS_STATUS_SUCCESS && outcome_seen(lookup, loop->status) == outcome &&
	    !fopnp_chain_is_too_small(lookup, loop->status))
		return loop->status;
	switch (outcome) {
	case OUTCOME_SYSTEM:
		*lookup->h_errnop = NETDB_INTERNAL;
		return NSS_STATUS_UNAVAIL;
	case OUTCOME_AGAIN:
		*lookup->h_errnop = TRY_AGAIN;
		return NSS_STATUS_TRYAGAIN;
	case OUTCOME_NODATA:
		*lookup->h_errnop = NO_DATA;
		return NSS_STATUS_NOTFOUND;
	case OUTCOME_NONAME:
		break;
	}
	*lookup->h_errnop = HOST_NOT_FOUND;
	return NSS_STATUS_NOTFOUND;
}

enum nss_status fopnp_chain_getaddrinfo(struct fopnp_lookup *lookup)
{
	struct loop loop = {
		.lookup = lookup,
		.status = NSS_STATUS_UNAVAIL,
		.inet6_status = NSS_STATUS_UNAVAIL,
		.ttl = INT32_MAX,
	};

	for (size_t i = 0; i < lookup->chain->order->count; i++) {
		enum fopnp_action action;

		forget_answer(&loop);
		loop.no_data = OUTCOME_NONAME;
		action = ask(&loop, i);
		if (loop.is_too_small)
			return NSS_STATUS_TRYAGAIN;
		if (loop.is_aborted || loop.is_out_of_memory || action == FOPNP_ACTION_RETURN)
			break;
	}
	if (has_address(&loop))
		return NSS_STATUS_SUCCESS;
	if (loop.is_out_of_memory) {
		lookup->is_out_of_memory = true;
		return NSS_STATUS_UNAVAIL;
	}
	return say(&loop, find_outcome(&loop));
}
