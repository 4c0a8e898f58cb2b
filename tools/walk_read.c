/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one reply is to a resolver that walks: RFC 1034 section 4.3.2 read from the other side. */
#include "tools/walk.h"

#include "tools/dns_message.h"
#include "tools/memory.h"

#include <arpa/nameser.h>
#include <stdlib.h>

static const char *const VERDICTS[] = {
	[FOPNP_WALK_NO_REPLY] = "no-reply", [FOPNP_WALK_ERROR] = "error",
	[FOPNP_WALK_BROKEN] = "broken",     [FOPNP_WALK_LAME] = "lame",
	[FOPNP_WALK_REFERRAL] = "referral", [FOPNP_WALK_ALIAS] = "alias",
	[FOPNP_WALK_ANSWER] = "answer",     [FOPNP_WALK_NODATA] = "nodata",
	[FOPNP_WALK_NXDOMAIN] = "nxdomain",
};

static const char *const OUTCOMES[] = {
	[FOPNP_WALK_FOUND] = "answered",
	[FOPNP_WALK_HAS_NO_DATA] = "nodata",
	[FOPNP_WALK_HAS_NO_NAME] = "nxdomain",
	[FOPNP_WALK_FAILED] = "failed",
};

const char *fopnp_walk_verdict_name(enum fopnp_walk_verdict verdict)
{
	return VERDICTS[verdict];
}

const char *fopnp_walk_outcome_name(enum fopnp_walk_outcome outcome)
{
	return OUTCOMES[outcome];
}

/* What is known of a reply while it is read. */
struct reply {
	const struct fopnp_dns_response *response;
	const char *zone, *name;
	unsigned type;
	const char *owner; /* at the end of the reply's aliases */
};

static size_t count_records(const struct reply *reply)
{
	const struct fopnp_dns_response_record *record = NULL;
	unsigned type = reply->type == ns_t_any ? 0 : reply->type;
	size_t count = 0;

	while ((record = fopnp_dns_response_next(reply->response, record, FOPNP_DNS_ANSWER,
						 reply->owner, type)))
		count++;
	return count;
}

/* The owner of the NS records beside no answer; NULL: there are none. */
static const char *referred_zone(const struct reply *reply)
{
	const struct fopnp_dns_response_record *record =
		fopnp_dns_response_next(reply->response, NULL, FOPNP_DNS_AUTHORITY, NULL, ns_t_ns);

	return record ? record->owner : NULL;
}

/* Addresses of names outside of its zone are not this server's to give. */
static size_t count_glue(const struct reply *reply, const char *name)
{
	const struct fopnp_dns_response *response = reply->response;
	size_t count = 0;

	if (!fopnp_dns_name_is_within(name, reply->zone))
		return 0;

	for (size_t i = 0; i < response->record_count; i++) {
		const struct fopnp_dns_response_record *record = &response->records[i];

		count += record->section == FOPNP_DNS_ADDITIONAL &&
			 (record->type == ns_t_a || record->type == ns_t_aaaa) &&
			 fopnp_dns_name_equal(record->owner, name);
	}
	return count;
}

/* TEXT with MORE behind it; TEXT is freed. */
static char *append(char *text, char *more)
{
	char *longer = fopnp_memory_format("%s%s", text, more);

	free(text);
	free(more);
	return longer;
}

#define SERVERS_SHOWN 3

static void read_referral(const struct reply *reply, const char *child,
			  struct fopnp_walk_reading *out)
{
	const struct fopnp_dns_response_record *record = NULL;
	size_t servers = 0, glued = 0;
	char *names = fopnp_memory_copy_text("");

	while ((record = fopnp_dns_response_next(reply->response, record, FOPNP_DNS_AUTHORITY,
						 child, ns_t_ns))) {
		bool has_glue = record->target && count_glue(reply, record->target) > 0;

		if (!record->target)
			continue;
		if (servers++ < SERVERS_SHOWN)
			names = append(names,
				       fopnp_memory_format("%s%s (%s)", servers > 1 ? ", " : "",
							   record->target,
							   has_glue ? "glue" : "no glue"));
		glued += has_glue;
	}
	if (servers > SERVERS_SHOWN)
		names = append(names, fopnp_memory_format(" and %zu more, %zu of %zu with glue",
							  servers - SERVERS_SHOWN, glued, servers));
	out->verdict = FOPNP_WALK_REFERRAL;
	out->child = child;
	out->words = fopnp_memory_format("referral to %s: %s", child, names);
	free(names);
}

static void lame(struct fopnp_walk_reading *out, char *words)
{
	out->verdict = out->otherwise = FOPNP_WALK_LAME;
	out->words = words;
}

static char *misleading_words(const struct reply *reply, const char *child)
{
	if (fopnp_dns_name_equal(child, reply->zone))
		return fopnp_memory_copy_text("lame: refers to the servers of this same zone");
	if (fopnp_dns_name_is_within(reply->zone, child))
		return fopnp_memory_format("lame: refers upwards, to %s", child);
	return fopnp_memory_format("lame: refers to %s, where the name is not", child);
}

/* NOERROR without what was asked for. */
static void read_empty(const struct reply *reply, struct fopnp_walk_reading *out)
{
	const char *child = referred_zone(reply);
	char text[FOPNP_DNS_WORD_TEXT];

	if (child && !fopnp_dns_name_equal(child, reply->zone) &&
	    fopnp_dns_name_is_within(child, reply->zone) &&
	    fopnp_dns_name_is_within(reply->owner, child)) {
		read_referral(reply, child, out);
	} else if (reply->response->is_authoritative) {
		out->verdict = FOPNP_WALK_NODATA;
		out->words = fopnp_memory_format("the name has no %s record",
						 fopnp_dns_type_name(reply->type, text));
	} else if (child) {
		lame(out, misleading_words(reply, child));
	} else if (reply->response->negative_ttl >= 0) {
		lame(out, fopnp_memory_format("lame: no such record, but without authority for %s",
					      reply->zone));
		out->otherwise = FOPNP_WALK_NODATA;
	} else {
		lame(out,
		     fopnp_memory_format("lame: neither an answer nor a referral, and no authority "
					 "for %s",
					 reply->zone));
	}
}

/* There are aliases: what stands behind them counts only as far as this server may say it. */
static bool is_alias_for_others(const struct reply *reply, size_t records)
{
	return !fopnp_dns_name_equal(reply->owner, reply->name) &&
	       (records == 0 || !fopnp_dns_name_is_within(reply->owner, reply->zone));
}

/* "answer: 192.0.2.1 and 2 more". */
static char *answer_words(const struct reply *reply, size_t records)
{
	const struct fopnp_dns_response_record *record =
		fopnp_dns_response_next(reply->response, NULL, FOPNP_DNS_ANSWER, reply->owner,
					reply->type == ns_t_any ? 0 : reply->type);

	if (records == 1)
		return fopnp_memory_format("answer: %s", record->text);
	return fopnp_memory_format("answer: %s and %zu more", record->text, records - 1);
}

static void read_noerror(const struct reply *reply, struct fopnp_walk_reading *out)
{
	bool is_authoritative = reply->response->is_authoritative;
	size_t records = count_records(reply);
	bool is_alias = is_alias_for_others(reply, records);

	if (!is_authoritative && (is_alias || records > 0)) {
		lame(out, fopnp_memory_format("lame: has an answer, but without authority for %s",
					      reply->zone));
		out->otherwise = is_alias ? FOPNP_WALK_ALIAS : FOPNP_WALK_ANSWER;
	} else if (is_alias) {
		out->verdict = FOPNP_WALK_ALIAS;
		out->words = fopnp_memory_format("alias: go on with %s", reply->owner);
	} else if (records > 0) {
		out->verdict = FOPNP_WALK_ANSWER;
		out->words = answer_words(reply, records);
	} else {
		read_empty(reply, out);
	}
}

static void read_circle(const struct reply *reply, struct fopnp_walk_reading *out)
{
	if (!reply->response->is_authoritative) {
		lame(out, fopnp_memory_copy_text("lame: has aliases, but without authority"));
		return;
	}
	out->verdict = FOPNP_WALK_ALIAS;
	out->words = fopnp_memory_copy_text("aliases that lead in a circle");
}

static void read_nxdomain(const struct reply *reply, struct fopnp_walk_reading *out)
{
	bool is_alias = !fopnp_dns_name_equal(reply->owner, reply->name);

	if (!reply->response->is_authoritative) {
		lame(out, fopnp_memory_format("lame: no such name, but without authority for %s",
					      reply->zone));
		out->otherwise = is_alias ? FOPNP_WALK_ALIAS : FOPNP_WALK_NXDOMAIN;
	} else if (is_alias) {
		out->verdict = FOPNP_WALK_ALIAS;
		out->words = fopnp_memory_format("alias: go on with %s", reply->owner);
	} else {
		out->verdict = FOPNP_WALK_NXDOMAIN;
		out->words = fopnp_memory_copy_text("no such name");
	}
}

static void read_error(const struct fopnp_dns_response *response, const char *zone,
		       struct fopnp_walk_reading *out)
{
	char text[FOPNP_DNS_WORD_TEXT];
	const char *word = fopnp_dns_rcode_name(response->rcode, text);
	bool is_refused = response->rcode == ns_r_refused;
	const char *extended =
		response->ede_code >= 0 ? fopnp_dns_ede_words((unsigned)response->ede_code) : NULL;

	out->verdict = FOPNP_WALK_ERROR;
	out->words = fopnp_memory_format("%s%s%s%s%s%s", word,
					 is_refused ? ": lame, it does not serve " : "",
					 is_refused ? zone : "", extended ? " (" : "",
					 extended ? extended : "", extended ? ")" : "");
}

/*
 * The end of the aliases as far as ZONE's servers may say it: the first name outside is for others.
 * NULL if they lead in a circle.
 */
static const char *follow_within(const struct fopnp_dns_response *response, const char *zone,
				 const char *name)
{
	for (size_t i = 0; i <= response->record_count; i++) {
		const struct fopnp_dns_response_record *record =
			fopnp_dns_response_next(response, NULL, FOPNP_DNS_ANSWER, name, ns_t_cname);

		if (!record || !record->target)
			return name;
		name = record->target;
		if (!fopnp_dns_name_is_within(name, zone))
			return name;
	}
	return NULL;
}

void fopnp_walk_read(const struct fopnp_dns_response *response, const char *zone, const char *name,
		     unsigned type, struct fopnp_walk_reading *out)
{
	struct reply reply = { response, zone, name, type, name };

	*out = (struct fopnp_walk_reading){ .verdict = FOPNP_WALK_BROKEN };
	/* An alias is what was asked for then. */
	if (type != ns_t_cname && type != ns_t_any)
		reply.owner = follow_within(response, zone, name);
	out->target = reply.owner;
	if (response->is_broken)
		out->words = fopnp_memory_copy_text("a reply that cannot be read to its end");
	else if (!reply.owner)
		read_circle(&reply, out);
	else if (response->rcode == ns_r_noerror)
		read_noerror(&reply, out);
	else if (response->rcode == ns_r_nxdomain)
		read_nxdomain(&reply, out);
	else
		read_error(response, zone, out);
}
