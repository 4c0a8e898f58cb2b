/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Outcomes of lookups and of whole names. */
#include "tools/dns_outcome.h"

#include <arpa/nameser.h>

bool fopnp_dns_lookup_is_wanted(const struct fopnp_dns_lookup *lookup,
				const struct fopnp_dns_response_record *record)
{
	return record->section == FOPNP_DNS_ANSWER && record->class == ns_c_in &&
	       (record->type == lookup->type || lookup->type == ns_t_any);
}

static const struct fopnp_dns_response_record *find_authority(const struct fopnp_dns_lookup *lookup,
							      unsigned type)
{
	return fopnp_dns_response_next(&lookup->exchange.response, NULL, FOPNP_DNS_AUTHORITY, NULL,
				       type);
}

const char *fopnp_dns_lookup_zone(const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_response_record *soa = find_authority(lookup, ns_t_soa);

	return soa ? soa->owner : NULL;
}

/* Whether RECORD is of NAME; a DNAME is of a name above it (RFC 6672). */
static bool is_of(const struct fopnp_dns_response_record *record, const char *name)
{
	return name &&
	       (fopnp_dns_name_equal(record->owner, name) ||
		(record->type == ns_t_dname && fopnp_dns_name_is_within(name, record->owner)));
}

/* Those of the name, or of the one that aliases lead to: others answer nothing. */
static bool has_wanted(const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_response *response = &lookup->exchange.response;
	const char *name = lookup->exchange.name;
	const char *target = fopnp_dns_response_follow(response, name);

	for (size_t i = 0; i < response->record_count; i++)
		if (fopnp_dns_lookup_is_wanted(lookup, &response->records[i]) &&
		    (is_of(&response->records[i], name) || is_of(&response->records[i], target)))
			return true;
	return false;
}

/*
 * "There is none" is for a server that knows: an authority of the name asked for, or who asks those
 * (RFC 2308 section 2.2).  Where an alias leads out of its zones, or its cache, it does not.
 */
static bool does_know(const struct fopnp_dns_lookup *lookup, const char *target)
{
	const struct fopnp_dns_response *response = &lookup->exchange.response;

	if (find_authority(lookup, ns_t_soa))
		return true;
	if (response->is_recursion_desired && response->is_recursion_available)
		return response->is_authoritative || !find_authority(lookup, ns_t_ns);
	return response->is_authoritative && fopnp_dns_name_equal(target, lookup->exchange.name);
}

/* NOERROR without what was asked for. */
static enum fopnp_dns_outcome empty_outcome(const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_response *response = &lookup->exchange.response;
	const char *target = fopnp_dns_response_follow(response, lookup->exchange.name);

	if (!target)
		return FOPNP_DNS_LOOP;
	if (response->is_broken)
		return FOPNP_DNS_ERROR; /* it may be in what cannot be read */
	for (size_t i = 0; i < response->record_count; i++)
		if (fopnp_dns_lookup_is_wanted(lookup, &response->records[i]))
			return FOPNP_DNS_ERROR; /* of another name */
	return does_know(lookup, target) ? FOPNP_DNS_NODATA : FOPNP_DNS_REFERRAL;
}

enum fopnp_dns_outcome fopnp_dns_lookup_outcome(const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_response *response = &lookup->exchange.response;

	if (lookup->exchange.end != FOPNP_DNS_REPLIED)
		return FOPNP_DNS_SILENCE;
	if (response->rcode == ns_r_nxdomain)
		return FOPNP_DNS_NXDOMAIN;
	if (response->rcode != ns_r_noerror)
		return FOPNP_DNS_ERROR;
	return has_wanted(lookup) ? FOPNP_DNS_FOUND : empty_outcome(lookup);
}

bool fopnp_dns_lookup_has_failed(const struct fopnp_dns_lookup *lookup)
{
	enum fopnp_dns_outcome outcome = fopnp_dns_lookup_outcome(lookup);

	if (outcome == FOPNP_DNS_REFERRAL)
		return lookup->exchange.response.is_recursion_desired;
	return outcome == FOPNP_DNS_ERROR || outcome == FOPNP_DNS_SILENCE;
}

const char *fopnp_dns_outcome_word(enum fopnp_dns_outcome outcome)
{
	switch (outcome) {
	case FOPNP_DNS_FOUND:
		return "found";
	case FOPNP_DNS_NODATA:
		return "nodata";
	case FOPNP_DNS_NXDOMAIN:
		return "nxdomain";
	case FOPNP_DNS_REFERRAL:
		return "referral";
	case FOPNP_DNS_LOOP:
		return "loop";
	case FOPNP_DNS_ERROR:
		return "error";
	case FOPNP_DNS_SILENCE:
		return "silence";
	}
	return "?";
}

enum fopnp_dns_job_status fopnp_dns_job_status(const struct fopnp_dns_job *job)
{
	bool is_found = false, is_known = true;

	if (job->is_bad_name)
		return FOPNP_DNS_JOB_BAD_NAME;
	for (size_t i = 0; i < job->lookup_count; i++) {
		is_found |= fopnp_dns_lookup_outcome(&job->lookups[i]) == FOPNP_DNS_FOUND;
		is_known &= !fopnp_dns_lookup_has_failed(&job->lookups[i]);
	}
	if (is_found)
		return is_known ? FOPNP_DNS_JOB_ANSWERED : FOPNP_DNS_JOB_INCOMPLETE;
	return is_known ? FOPNP_DNS_JOB_NOTHING : FOPNP_DNS_JOB_FAILED;
}

enum fopnp_exit fopnp_dns_job_exit(const struct fopnp_dns_job *job)
{
	switch (fopnp_dns_job_status(job)) {
	case FOPNP_DNS_JOB_ANSWERED:
		return FOPNP_EXIT_OK;
	case FOPNP_DNS_JOB_NOTHING:
		return FOPNP_EXIT_NO;
	case FOPNP_DNS_JOB_INCOMPLETE:
	case FOPNP_DNS_JOB_FAILED:
		return FOPNP_EXIT_CANNOT;
	case FOPNP_DNS_JOB_BAD_NAME:
		break;
	}
	return FOPNP_EXIT_USAGE;
}
