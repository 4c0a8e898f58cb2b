/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Raw DNS is not what programs do: their lookup beside it. */
#include "tools/dns_programs.h"

#include "tools/dns_outcome.h"
#include "tools/host_name.h"
#include "tools/memory.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#define DEADLINE_US     3000000
#define ADDRESSES_SHOWN 8

/* The family that the types name; -1: none. */
static int asked_family(const struct fopnp_dns_job *job)
{
	int family = -1;

	for (size_t i = 0; i < job->lookup_count; i++) {
		int of = job->lookups[i].type == ns_t_a      ? AF_INET
			 : job->lookups[i].type == ns_t_aaaa ? AF_INET6
							     : -1;

		if (of != -1)
			family = family == -1 ? of : AF_UNSPEC;
	}
	return family;
}

static bool is_in_reply(const struct fopnp_dns_lookup *lookup,
			const struct fopnp_request_address *address)
{
	const struct fopnp_dns_response *response = &lookup->exchange.response;
	unsigned type = address->family == AF_INET6 ? ns_t_aaaa : ns_t_a;
	size_t len = address->family == AF_INET6 ? 16 : 4;

	for (size_t i = 0; i < response->record_count; i++) {
		const struct fopnp_dns_response_record *record = &response->records[i];

		if (record->section == FOPNP_DNS_ANSWER && record->type == type &&
		    record->data_len == len && memcmp(record->data, address->bytes, len) == 0)
			return true;
	}
	return false;
}

static bool is_in_dns(const struct fopnp_dns_job *job, const struct fopnp_request_address *address)
{
	for (size_t i = 0; i < job->lookup_count; i++)
		if (is_in_reply(&job->lookups[i], address))
			return true;
	return false;
}

static size_t count_addresses(const struct fopnp_dns_job *job)
{
	size_t count = 0;

	for (size_t i = 0; i < job->lookup_count; i++) {
		const struct fopnp_dns_lookup *lookup = &job->lookups[i];

		if (lookup->type != ns_t_a && lookup->type != ns_t_aaaa)
			continue;
		for (size_t j = 0; j < lookup->exchange.response.record_count; j++)
			count += fopnp_dns_lookup_is_wanted(lookup,
							    &lookup->exchange.response.records[j]);
	}
	return count;
}

static bool is_dns(const char *source)
{
	return strcmp(source, "dns") == 0 || strcmp(source, "fopnp:dns") == 0 ||
	       strcmp(source, "resolve") == 0 || strcmp(source, "nscd") == 0;
}

/* Servers rotate and choose: of answers from the DNS only those that share nothing differ. */
static bool is_other_answer(const struct fopnp_dns_job *job,
			    const struct fopnp_program_lookup *lookup)
{
	size_t in_dns = 0;

	for (size_t i = 0; i < lookup->result->address_count; i++)
		in_dns += is_in_dns(job, &lookup->result->addresses[i]);
	if (is_dns(lookup->answered_by))
		return in_dns == 0;
	return in_dns < lookup->result->address_count || in_dns < count_addresses(job);
}

static char *address_list(const struct fopnp_call_result *result)
{
	char *list = fopnp_memory_copy_text("");

	for (size_t i = 0; i < result->address_count && i < ADDRESSES_SHOWN; i++) {
		char text[FOPNP_ADDRESS_TEXT];
		char *longer = fopnp_memory_format(
			"%s%s%s", list, i > 0 ? ", " : "",
			fopnp_request_print_address(&result->addresses[i], text));

		free(list);
		list = longer;
	}
	if (result->address_count > ADDRESSES_SHOWN) {
		char *longer = fopnp_memory_format("%s, ...", list);

		free(list);
		list = longer;
	}
	return list;
}

/* Why: the line of a file, the search list, or who it is that answers them. */
static char *reason(const struct fopnp_dns_job *job, const struct fopnp_program_lookup *lookup)
{
	const struct fopnp_place *line = fopnp_program_lookup_line(lookup, NULL);
	const char *canonical = lookup->result->canonical;
	FOPNP_AUTO_FREE char *source = fopnp_program_lookup_source_words(lookup);

	if (line && line->file)
		return fopnp_memory_format("%s:%u overrides this", line->file, line->line);
	if (is_dns(lookup->answered_by) && *canonical &&
	    fopnp_name_is_below(canonical, fopnp_dns_job_name(job)) == false &&
	    strncasecmp(canonical, job->idn.ascii, fopnp_name_length(job->idn.ascii)) == 0 &&
	    !fopnp_name_is_same(canonical, fopnp_dns_job_name(job)))
		return fopnp_memory_format("%s, as %s: the search list", source, canonical);
	return fopnp_memory_format("%s answers them", *source ? source : "another source");
}

static void add_note(const struct fopnp_dns_job *job, const struct fopnp_program_lookup *lookup,
		     struct fopnp_findings *notes)
{
	FOPNP_AUTO_FREE char *words = NULL;
	FOPNP_AUTO_FREE char *why = NULL;
	struct fopnp_finding *note;

	if (lookup->result->end != FOPNP_CALL_RETURNED || lookup->result->code != 0) {
		words = fopnp_program_lookup_failure_words(lookup);
		note = fopnp_findings_add(notes, "programs-differ", FOPNP_WARNING,
					  "programs get no address: %s", words);
	} else {
		words = address_list(lookup->result);
		why = reason(job, lookup);
		note = fopnp_findings_add(notes, "programs-differ", FOPNP_WARNING,
					  "programs get %s: %s", words, why);
	}
	fopnp_finding_set_fix(note, "`fopnp trace %s` shows why", job->given);
}

static void add_slow_note(const struct fopnp_dns_job *job,
			  const struct fopnp_program_lookup *lookup, struct fopnp_findings *notes)
{
	const char *source = lookup->last_source;
	struct fopnp_finding *note = fopnp_findings_add(
		notes, "programs-wait", FOPNP_WARNING,
		"programs have to wait: their lookup had no answer after %d s%s%s",
		DEADLINE_US / 1000000, *source ? "; it was asking " : "", source);

	fopnp_finding_set_fix(note, "`fopnp trace %s` shows what for", job->given);
}

static bool does_differ(const struct fopnp_dns_job *job, const struct fopnp_program_lookup *lookup)
{
	if (lookup->result->end != FOPNP_CALL_RETURNED || lookup->result->code != 0)
		return count_addresses(job) > 0;
	return is_other_answer(job, lookup);
}

void fopnp_dns_programs_look(const struct fopnp_dns_job *job, struct fopnp_findings *notes,
			     struct fopnp_dns_programs *out)
{
	int family = asked_family(job);

	*out = (struct fopnp_dns_programs){ 0 };
	if (job->is_address || job->is_bad_name || family == -1)
		return;
	out->lookup.request = (struct fopnp_request){
		.call = FOPNP_CALL_GETADDRINFO,
		.family = family,
		.flags = AI_CANONNAME,
		.socktype = SOCK_STREAM,
	};
	out->lookup.deadline_us = DEADLINE_US;
	out->is_asked = fopnp_request_set_name(&out->lookup.request, job->given) &&
			fopnp_program_lookups_run(&out->lookup, 1);
	if (!out->is_asked)
		return;
	if (out->lookup.result->end == FOPNP_CALL_TIMED_OUT) {
		add_slow_note(job, &out->lookup, notes);
		return;
	}
	out->differs = does_differ(job, &out->lookup);
	if (out->differs)
		add_note(job, &out->lookup, notes);
}

void fopnp_dns_programs_clear(struct fopnp_dns_programs *programs)
{
	fopnp_program_lookup_clear(&programs->lookup);
	*programs = (struct fopnp_dns_programs){ 0 };
}
