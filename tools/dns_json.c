/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dns{} of docs/schema/fopnp-1.json. */
#include "tools/dns_output.h"

#include "tools/dns_message.h"
#include "tools/json_lookup.h"
#include "tools/json_output.h"
#include "tools/memory.h"

#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>

static json_t *integer(uint64_t number)
{
	return json_integer((json_int_t)number);
}

static json_t *type_text(unsigned type)
{
	char word[FOPNP_DNS_WORD_TEXT];

	return json_string(fopnp_dns_type_name(type, word));
}

static const char *section_word(enum fopnp_dns_section section)
{
	return section == FOPNP_DNS_ANSWER      ? "answer"
	       : section == FOPNP_DNS_AUTHORITY ? "authority"
						: "additional";
}

static json_t *record_to_json(const struct fopnp_dns_response_record *record)
{
	json_t *object = json_object();

	fopnp_json_set(object, "section", json_string(section_word(record->section)));
	fopnp_json_set(object, "name", fopnp_json_text(record->owner));
	fopnp_json_set(object, "type", type_text(record->type));
	fopnp_json_set(object, "class", integer(record->class));
	fopnp_json_set(object, "ttl", integer(record->ttl));
	fopnp_json_set(object, "data", fopnp_json_text(record->text));
	fopnp_json_set(object, "target", fopnp_json_text(record->target));
	fopnp_json_set(object, "malformed", json_boolean(record->is_malformed));
	return object;
}

static json_t *server_to_json(const struct fopnp_dns_server *server)
{
	json_t *object = json_object();

	fopnp_json_set(object, "address", json_string(server->text));
	fopnp_json_set(object, "place",
		       server->line ? fopnp_json_place(FOPNP_RESOLV_CONF, server->line, NULL)
				    : json_null());
	return object;
}

static void add_flag(json_t *flags, bool is_set, const char *word)
{
	if (is_set)
		fopnp_json_append(flags, json_string(word));
}

static json_t *flags_to_json(const struct fopnp_dns_response *response)
{
	json_t *flags = json_array();

	add_flag(flags, response->is_reply, "qr");
	add_flag(flags, response->is_authoritative, "aa");
	add_flag(flags, response->is_truncated, "tc");
	add_flag(flags, response->is_recursion_desired, "rd");
	add_flag(flags, response->is_recursion_available, "ra");
	add_flag(flags, response->is_authentic, "ad");
	add_flag(flags, response->is_checking_disabled, "cd");
	return flags;
}

static json_t *extended_error(const struct fopnp_dns_response *response)
{
	json_t *object;

	if (response->ede_code < 0)
		return json_null();
	object = json_object();
	fopnp_json_set(object, "code", integer((uint64_t)response->ede_code));
	fopnp_json_set(object, "words",
		       fopnp_json_text(fopnp_dns_ede_words((unsigned)response->ede_code)));
	fopnp_json_set(object, "text", fopnp_json_text(response->ede_text));
	return object;
}

static const char *end_word(enum fopnp_dns_end end)
{
	switch (end) {
	case FOPNP_DNS_REPLIED:
		return "replied";
	case FOPNP_DNS_TIMED_OUT:
		return "timed-out";
	case FOPNP_DNS_REFUSED:
		return "connection-refused";
	case FOPNP_DNS_UNREACHABLE:
		return "unreachable";
	case FOPNP_DNS_GARBAGE:
		return "garbage";
	case FOPNP_DNS_NO_SOCKET:
		return "no-socket";
	case FOPNP_DNS_PENDING:
		break;
	}
	return "given-up";
}

static json_t *rcode_or_null(enum fopnp_dns_end end, unsigned rcode)
{
	char word[FOPNP_DNS_WORD_TEXT];

	return end == FOPNP_DNS_REPLIED ? json_string(fopnp_dns_rcode_name(rcode, word))
					: json_null();
}

static json_t *failures_to_json(const struct fopnp_dns_lookup *lookup)
{
	json_t *list = json_array();

	for (size_t i = 0; i < lookup->failure_count; i++) {
		const struct fopnp_dns_failure *failure = &lookup->failures[i];
		json_t *object = json_object();

		fopnp_json_set(object, "server", server_to_json(failure->server));
		fopnp_json_set(object, "end", json_string(end_word(failure->end)));
		fopnp_json_set(object, "rcode", rcode_or_null(failure->end, failure->rcode));
		fopnp_json_set(object, "elapsed_us", integer(failure->elapsed_us));
		fopnp_json_append(list, object);
	}
	return list;
}

static json_t *records_to_json(const struct fopnp_dns_response *response)
{
	json_t *list = json_array();

	for (size_t i = 0; i < response->record_count; i++)
		fopnp_json_append(list, record_to_json(&response->records[i]));
	return list;
}

/* What the reply says besides its records; null where there is none. */
static void set_reply(json_t *object, const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_exchange *exchange = &lookup->exchange;
	const struct fopnp_dns_response *response = &exchange->response;
	bool is_reply = exchange->end == FOPNP_DNS_REPLIED;
	bool is_negative = is_reply && response->negative_ttl >= 0;

	fopnp_json_set(object, "rcode", rcode_or_null(exchange->end, response->rcode));
	fopnp_json_set(object, "flags", is_reply ? flags_to_json(response) : json_array());
	fopnp_json_set(object, "extended_error", is_reply ? extended_error(response) : json_null());
	fopnp_json_set(object, "negative_ttl",
		       fopnp_json_integer_or_null(response->negative_ttl, is_negative));
	fopnp_json_set(object, "soa",
		       is_negative ? fopnp_json_text(fopnp_dns_lookup_zone(lookup)) : json_null());
	fopnp_json_set(object, "broken", json_boolean(is_reply && response->is_broken));
	fopnp_json_set(object, "records", records_to_json(response));
}

static json_t *lookup_to_json(const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_exchange *exchange = &lookup->exchange;
	json_t *object = json_object();

	fopnp_json_set(object, "type", type_text(lookup->type));
	fopnp_json_set(object, "outcome",
		       json_string(fopnp_dns_outcome_word(fopnp_dns_lookup_outcome(lookup))));
	fopnp_json_set(object, "server",
		       exchange->server ? server_to_json(exchange->server) : json_null());
	fopnp_json_set(object, "end", json_string(end_word(exchange->end)));
	fopnp_json_set(object, "transport", json_string(exchange->is_tcp ? "tcp" : "udp"));
	fopnp_json_set(object, "was_truncated", json_boolean(exchange->was_truncated));
	fopnp_json_set(object, "without_edns", json_boolean(exchange->is_without_edns));
	fopnp_json_set(object, "tries", integer(exchange->tries));
	fopnp_json_set(object, "elapsed_us", integer(exchange->elapsed_us));
	fopnp_json_set(object, "failures", failures_to_json(lookup));
	set_reply(object, lookup);
	return object;
}

static json_t *programs_to_json(const struct fopnp_dns_programs *programs)
{
	const struct fopnp_place *line;
	json_t *object;

	if (!programs->is_asked)
		return json_null();
	line = fopnp_program_lookup_line(&programs->lookup, NULL);
	object = json_object();
	fopnp_json_set(object, "differs", json_boolean(programs->differs));
	fopnp_json_set(object, "answered_by",
		       fopnp_json_text(*programs->lookup.answered_by ? programs->lookup.answered_by
								     : NULL));
	fopnp_json_set(object, "place", line ? fopnp_place_to_json(line) : json_null());
	fopnp_json_set(object, "answer", fopnp_program_lookup_answer(&programs->lookup));
	return object;
}

static const char *status_word(enum fopnp_dns_job_status status)
{
	switch (status) {
	case FOPNP_DNS_JOB_ANSWERED:
		return "answered";
	case FOPNP_DNS_JOB_NOTHING:
		return "nothing";
	case FOPNP_DNS_JOB_INCOMPLETE:
		return "incomplete";
	case FOPNP_DNS_JOB_FAILED:
	case FOPNP_DNS_JOB_BAD_NAME:
		break;
	}
	return "failed";
}

static void set_name(json_t *object, const struct fopnp_dns_job *job)
{
	const char *name = fopnp_dns_job_name(job);
	FOPNP_AUTO_FREE char *unicode = fopnp_idn_to_unicode(name);
	json_t *tried = json_array();

	for (size_t i = 0; i <= job->candidate; i++)
		fopnp_json_append(tried, fopnp_json_text(job->candidates[i]));
	fopnp_json_set(object, "given", fopnp_json_text(job->given));
	fopnp_json_set(object, "name", fopnp_json_text(name));
	fopnp_json_set(object, "unicode", fopnp_json_text(unicode));
	fopnp_json_set(object, "idna2003", fopnp_json_text(job->idn.idna2003));
	fopnp_json_set(object, "tried", tried);
}

json_t *fopnp_dns_to_json(const struct fopnp_dns_job *job,
			  const struct fopnp_dns_programs *programs,
			  const struct fopnp_findings *notes)
{
	json_t *object = fopnp_json_object("dns", "dns");
	json_t *list = json_array(), *findings = json_array();

	set_name(object, job);
	fopnp_json_set(object, "status", json_string(status_word(fopnp_dns_job_status(job))));
	for (size_t i = 0; i < job->lookup_count; i++)
		fopnp_json_append(list, lookup_to_json(&job->lookups[i]));
	fopnp_json_set(object, "lookups", list);
	fopnp_json_set(object, "programs", programs_to_json(programs));
	for (size_t i = 0; i < notes->count; i++)
		fopnp_json_append(findings, fopnp_finding_to_json(&notes->list[i]));
	fopnp_json_set(object, "notes", findings);
	fopnp_json_set(object, "elapsed_us", integer(job->elapsed_us));
	return object;
}
