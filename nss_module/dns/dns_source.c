/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The source itself: a call of glibc's interface from question to answer, with
 * the statuses of resolv/nss_dns/dns-host.c.
 */
#include "nss_module/dns/dns_source.h"

#include "nss_module/dns/aliases.h"
#include "nss_module/dns/answer.h"
#include "nss_module/dns/lookup.h"
#include "nss_module/dns/report.h"
#include "nss_module/lookup/address.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <resolv.h>
#include <string.h>

/* ---- answers ---- */

/* Lays out what the walk found, or says what it came to. */
static enum nss_status give_answer(const struct fopnp_dns_answer *found,
				   const struct fopnp_answer_address *addresses, size_t count,
				   struct fopnp_ask *ask)
{
	struct fopnp_answer answer = { .ttl = found->ttl };

	if (found->is_without_memory)
		return fopnp_ask_no_memory(ask);
	if (found->status != NSS_STATUS_SUCCESS) {
		if (found->ttl != INT32_MAX)
			*ask->ttl = found->ttl;
		return fopnp_ask_fail(ask, found->status, found->error, found->h_error);
	}
	/* The last name is the host's, those before it are aliases. */
	answer.name = found->names[found->name_count - 1];
	answer.aliases = (const char *const *)found->names;
	answer.alias_count = found->name_count - 1;
	answer.addresses = addresses;
	answer.address_count = count;
	return fopnp_ask_answer(ask, &answer);
}

/* ---- names ---- */

static enum nss_status give_failure(struct fopnp_ask *ask, const struct fopnp_dns_outcome *outcome)
{
	enum nss_status status;
	int h_error = outcome->h_error;

	switch (outcome->error) {
	case ESRCH:
		status = NSS_STATUS_TRYAGAIN;
		h_error = TRY_AGAIN;
		break;
	case EMFILE:
		status = NSS_STATUS_UNAVAIL;
		h_error = NETDB_INTERNAL;
		break;
	case ECONNREFUSED:
	case ETIMEDOUT:
		status = NSS_STATUS_UNAVAIL;
		break;
	default:
		status = NSS_STATUS_NOTFOUND;
		break;
	}
	/* Where it is no failure of today, errno stays as it was. */
	return fopnp_ask_fail(ask, status, h_error == TRY_AGAIN ? EAGAIN : *ask->errnop, h_error);
}

/*
 * A name without a dot may have an alias, and that one again; the second is asked
 * for as it is (dns-host.c looks once, res_query.c once more).
 */
static struct fopnp_dns_outcome search(struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_settings *settings = &lookup->settings;
	char again[FOPNP_DNS_NAME_SIZE];

	if (!settings->has_no_aliases && !strchr(lookup->name, '.') &&
	    fopnp_dns_alias_of(lookup->name, lookup->alias)) {
		lookup->name = lookup->alias;
		if (!strchr(lookup->name, '.') && fopnp_dns_alias_of(lookup->name, again)) {
			memcpy(lookup->alias, again, sizeof(again));
			return fopnp_dns_lookup_ask(lookup, lookup->name, FOPNP_DNS_AS_IS);
		}
	}
	return fopnp_dns_search(settings, lookup->name, fopnp_dns_lookup_ask, lookup);
}

static void choose_types(struct fopnp_dns_lookup *lookup, bool is_for_both)
{
	bool has_no_aaaa = lookup->settings.has_no_aaaa;

	lookup->types[lookup->type_count++] = ns_t_a;
	if (is_for_both) {
		if (!has_no_aaaa)
			lookup->types[lookup->type_count++] = ns_t_aaaa;
	} else if (lookup->ask->family == AF_INET6) {
		/* Whether there is such a name at all is asked by A then. */
		lookup->only_tells_existence = has_no_aaaa;
		lookup->types[0] = has_no_aaaa ? ns_t_a : ns_t_aaaa;
	}
}

static enum nss_status ask_by_name(struct fopnp_dns_lookup *lookup, struct fopnp_ask *ask)
{
	struct fopnp_dns_answer *answer = &lookup->answer;
	bool is_for_both = fopnp_ask_kind(ask) == FOPNP_ASK_BOTH_FAMILIES;
	struct fopnp_dns_outcome outcome;

	choose_types(lookup, is_for_both);
	outcome = search(lookup);
	if (lookup->is_without_memory)
		return fopnp_ask_no_memory(ask);
	if (!outcome.is_answered)
		return give_failure(ask, &outcome);
	if (is_for_both) {
		fopnp_dns_answer_of_both(answer, fopnp_dns_lookup_bytes(lookup, 0),
					 fopnp_dns_lookup_bytes(lookup, 1));
	} else {
		fopnp_dns_answer_of_family(answer, fopnp_dns_lookup_bytes(lookup, 0), ask->family);
		if (ask->family == AF_INET)
			fopnp_dns_answer_sort(answer, lookup->settings.sort,
					      lookup->settings.sort_count);
	}
	return give_answer(answer, answer->addresses, answer->address_count, ask);
}

/* ---- addresses ---- */

/* ::ffff:a.b.c.d and ::a.b.c.d, but for ::1, are IPv4 here. */
static bool is_inet_inside(const uint8_t *address)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t compatible[12];
	static const uint8_t loopback[4] = { 0, 0, 0, 1 };

	return memcmp(address, mapped, sizeof(mapped)) == 0 ||
	       (memcmp(address, compatible, sizeof(compatible)) == 0 &&
		memcmp(address + sizeof(compatible), loopback, sizeof(loopback)) != 0);
}

static enum nss_status ask_by_address(struct fopnp_dns_lookup *lookup, struct fopnp_ask *ask)
{
	struct fopnp_ask mine = *ask;
	struct fopnp_answer_address address = { 0 };
	struct fopnp_dns_outcome outcome;

	if (mine.family == AF_INET6 && is_inet_inside(mine.address)) {
		mine.address = (const uint8_t *)mine.address + 12;
		mine.family = AF_INET;
	}
	lookup->name = lookup->arpa_name;
	(void)fopnp_address_arpa_name(mine.family, mine.address, lookup->arpa_name);
	lookup->types[lookup->type_count++] = ns_t_ptr;
	outcome = fopnp_dns_lookup_ask(lookup, lookup->name, FOPNP_DNS_AS_IS);
	if (lookup->is_without_memory)
		return fopnp_ask_no_memory(ask);
	/* errno is not looked at: nss_dns restores it before it asks for ECONNREFUSED. */
	if (!outcome.is_answered)
		return fopnp_ask_fail(ask, NSS_STATUS_NOTFOUND, *ask->errnop, outcome.h_error);
	fopnp_dns_answer_of_pointer(&lookup->answer, fopnp_dns_lookup_bytes(lookup, 0));
	address.family = mine.family;
	memcpy(address.bytes, mine.address, mine.family == AF_INET ? 4 : 16);
	return give_answer(&lookup->answer, &address, 1, &mine);
}

/* ---- the source ---- */

/* Names that cannot be hosts' are not asked for, but by gethostbyname3_r. */
static bool is_host_name(const struct fopnp_ask *ask, int *out_error)
{
	bool is_fine;

	if (!ask->name || ask->function == FOPNP_GETHOSTBYNAME3_R)
		return true;
	errno = 0;
	is_fine = res_hnok(ask->name);
	/* EMSGSIZE for what is no domain name either, as glibc leaves it. */
	*out_error = errno ? errno : *ask->errnop;
	return is_fine;
}

static bool has_family(const struct fopnp_ask *ask)
{
	return fopnp_ask_kind(ask) == FOPNP_ASK_BOTH_FAMILIES || ask->family == AF_INET ||
	       ask->family == AF_INET6;
}

static enum nss_status ask_valid(struct fopnp_ask *ask)
{
	struct fopnp_dns_lookup *lookup = fopnp_dns_lookup_start(ask);
	enum nss_status status;

	/* As glibc without a resolver's context. */
	if (!lookup)
		return fopnp_ask_fail(ask, NSS_STATUS_UNAVAIL, errno, NETDB_INTERNAL);
	status = ask->name ? ask_by_name(lookup, ask) : ask_by_address(lookup, ask);
	fopnp_dns_report(lookup);
	fopnp_dns_lookup_end(lookup);
	return status;
}

/* errno is ours meanwhile; *errnop may be errno itself. */
static enum nss_status ask_dns(struct fopnp_ask *ask)
{
	int kept = errno, error = 0, name_error;
	int *errnop = ask->errnop;
	enum nss_status status;

	error = *errnop;
	ask->errnop = &error;
	if (!is_host_name(ask, &name_error))
		status = fopnp_ask_fail(ask, NSS_STATUS_NOTFOUND, name_error, HOST_NOT_FOUND);
	else if (!has_family(ask))
		status = fopnp_ask_fail(ask, NSS_STATUS_UNAVAIL, EAFNOSUPPORT,
					ask->name ? NO_DATA : NETDB_INTERNAL);
	else
		status = ask_valid(ask);
	errno = kept;
	ask->errnop = errnop;
	*errnop = error;
	return status;
}

__attribute__((visibility("default"))) const struct fopnp_dns_source fopnp_dns_source = {
	.version = FOPNP_DNS_SOURCE_VERSION,
	.ask = ask_dns,
};
