/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The records of a name for people. */
#include "tools/dns_output.h"

#include "tools/dns_message.h"
#include "tools/dns_notes.h"
#include "tools/memory.h"
#include "tools/paragraph.h"
#include "tools/table.h"
#include "tools/terminal.h"

#include <arpa/nameser.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDENT     2
#define LABEL_MOST 22 /* columns of the types in front of a sentence */

/* Put ADDED behind *text (NULL: nothing yet), which it replaces. */
static void append(char **text, const char *separator, const char *added)
{
	char *whole = *text ? fopnp_memory_format("%s%s%s", *text, separator, added)
			    : fopnp_memory_copy_text(added);

	free(*text);
	*text = whole;
}

static void append_type(char **text, unsigned type)
{
	char word[FOPNP_DNS_WORD_TEXT];

	append(text, " ", fopnp_dns_type_name(type, word));
}

/* ---- heading ---- */

/* The names of the search list up to the one that is shown. */
static void print_search(const struct fopnp_dns_job *job)
{
	char *tried = NULL;

	for (size_t i = 0; i <= job->candidate; i++)
		append(&tried, ", ", job->candidates[i]);
	fopnp_paragraph_print(stdout, FOPNP_DIM, "  tried in this order:", 23, FOPNP_PLAIN, tried);
	free(tried);
}

static void print_heading(const struct fopnp_dns_job *job)
{
	const char *name = fopnp_dns_job_name(job);
	FOPNP_AUTO_FREE char *unicode = fopnp_idn_to_unicode(name);
	FOPNP_AUTO_FREE char *text = NULL;

	if (job->is_address)
		text = fopnp_memory_format("%s, as %s", job->given, name);
	else if (strcmp(name, job->given) != 0)
		text = fopnp_memory_format("%s (%s)", job->given, name);
	else if (unicode)
		text = fopnp_memory_format("%s (%s)", job->given, unicode);
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_STRONG, text ? text : job->given);
	if (job->candidate_count > 1)
		print_search(job);
}

/* ---- records ---- */

static void put_name(struct fopnp_table *table, enum fopnp_style style, const char *text,
		     const char *name)
{
	FOPNP_AUTO_FREE char *unicode = name ? fopnp_idn_to_unicode(name) : NULL;
	FOPNP_AUTO_FREE char *both = unicode ? fopnp_memory_format("%s (%s)", text, unicode) : NULL;

	fopnp_table_cell(table, style, both ? both : text);
}

/* ASKED is how the heading has it already. */
static void add_record(struct fopnp_table *table, const struct fopnp_dns_response_record *record,
		       const char *asked)
{
	char word[FOPNP_DNS_WORD_TEXT], ttl[16];
	bool is_alias = record->type == ns_t_cname || record->type == ns_t_dname;

	(void)snprintf(ttl, sizeof(ttl), "%" PRIu32, record->ttl);
	fopnp_table_row(table);
	put_name(table, FOPNP_PLAIN, record->owner,
		 fopnp_dns_name_equal(record->owner, asked) ? NULL : record->owner);
	fopnp_table_cell(table, FOPNP_PLAIN, ttl);
	fopnp_table_cell(table, FOPNP_PLAIN, fopnp_dns_type_name(record->type, word));
	put_name(table,
		 record->is_malformed ? FOPNP_BAD
		 : is_alias           ? FOPNP_PLAIN
				      : FOPNP_STRONG,
		 record->text, record->target);
}

static void print_section(const struct fopnp_dns_job *job, enum fopnp_dns_section section,
			  const char *heading)
{
	static const struct fopnp_table_column columns[] = {
		{ .heading = "name", .wrap = 20 },
		{ .heading = "ttl", .is_right = true },
		{ .heading = "type" },
		{ .heading = "data", .wrap = 24 },
	};
	struct fopnp_dns_record_list records = fopnp_dns_job_records(job, section);
	struct fopnp_table *table = fopnp_table_create(columns, 4);

	fopnp_table_hold_names(table, 0);
	for (size_t i = 0; i < records.count; i++)
		add_record(table, records.list[i], fopnp_dns_job_name(job));
	if (records.count > 0) {
		(void)printf("%s", heading);
		fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
		(void)fputc('\n', stdout);
	}
	fopnp_table_destroy(table);
	free(records.list);
}

/* ---- what is not there ---- */

/* What became of types, in the same words for all of them. */
struct missing {
	char *types;
	enum fopnp_dns_outcome outcome;
	char *words;
	const char *zone;     /* of the SOA; NULL: none */
	int64_t negative_ttl; /* the longest; -1: none */
};

static const char *error_meaning(const struct fopnp_dns_response *response)
{
	switch (response->rcode) {
	case ns_r_noerror:
		return response->is_broken ? "the reply is cut or malformed"
					   : "the reply has records of another name";
	case ns_r_formerr:
		return "the server could not read the question";
	case ns_r_servfail:
		return "the server could not find it out";
	case ns_r_notimpl:
		return "the server does not do this";
	case ns_r_refused:
		return "the server will not answer us";
	default:
		return "an error";
	}
}

/* The name that aliases lead to; NULL: there are none. */
static const char *alias_target(const struct fopnp_dns_lookup *lookup)
{
	const char *target =
		fopnp_dns_response_follow(&lookup->exchange.response, lookup->exchange.name);

	return target && !fopnp_dns_name_equal(target, lookup->exchange.name) ? target : NULL;
}

static char *absence_words(const struct fopnp_dns_lookup *lookup, bool is_name)
{
	const char *target = alias_target(lookup);

	if (is_name && target)
		return fopnp_memory_format("NXDOMAIN: the alias leads to %s, and there is no such "
					   "name",
					   target);
	if (is_name)
		return fopnp_memory_copy_text("NXDOMAIN: no such name");
	if (target)
		return fopnp_memory_format(
			"NODATA: the alias leads to %s, which has no such record", target);
	return fopnp_memory_copy_text("NODATA: the name is there, but has no such record");
}

static char *referral_words(const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_response *response = &lookup->exchange.response;
	const struct fopnp_dns_response_record *record = NULL;
	bool is_cache = response->is_recursion_available && !response->is_recursion_desired;
	const char *target = alias_target(lookup), *zone = NULL;
	char *words = target ? fopnp_memory_format("the alias leads to %s, which %s", target,
						   is_cache ? "is not in the server's cache"
							    : "the server does not know")
			     : fopnp_memory_copy_text(is_cache ? "it is not in the server's cache"
							       : "the server does not know");

	while ((record = fopnp_dns_response_next(response, record, FOPNP_DNS_AUTHORITY, NULL,
						 ns_t_ns))) {
		if (!zone) {
			append(&words, ", but refers to those of ", record->owner);
			append(&words, "", ":");
		}
		zone = record->owner;
		append(&words, " ", record->target ? record->target : record->text);
	}
	return words;
}

static char *silence_words(const struct fopnp_dns_lookup *lookup)
{
	char *words = fopnp_memory_copy_text("no reply:");
	const struct fopnp_dns_failure *failures = lookup->failures;

	for (size_t i = 0; i < lookup->failure_count; i++) {
		size_t before = 0;
		FOPNP_AUTO_FREE char *one = NULL;

		while (before < i && (failures[before].server != failures[i].server ||
				      failures[before].end != failures[i].end))
			before++;
		if (before < i)
			continue;
		one = fopnp_memory_format(
			"%s %s%s", failures[i].server->text, fopnp_dns_end_words(failures[i].end),
			failures[i].was_truncated ? " (by TCP, after a truncated reply)" : "");
		append(&words, i > 0 ? ", " : " ", one);
	}
	return words;
}

static char *missing_words(const struct fopnp_dns_lookup *lookup, enum fopnp_dns_outcome outcome)
{
	char word[FOPNP_DNS_WORD_TEXT];
	unsigned rcode = lookup->exchange.response.rcode;

	switch (outcome) {
	case FOPNP_DNS_NXDOMAIN:
	case FOPNP_DNS_NODATA:
		return absence_words(lookup, outcome == FOPNP_DNS_NXDOMAIN);
	case FOPNP_DNS_REFERRAL:
		return referral_words(lookup);
	case FOPNP_DNS_LOOP:
		return fopnp_memory_copy_text(
			"the aliases lead back to themselves, or there are too many");
	case FOPNP_DNS_ERROR:
		return fopnp_memory_format("%s: %s", fopnp_dns_rcode_name(rcode, word),
					   error_meaning(&lookup->exchange.response));
	case FOPNP_DNS_SILENCE:
		return silence_words(lookup);
	case FOPNP_DNS_FOUND:
		break;
	}
	return fopnp_memory_copy_text("");
}

static bool is_same_zone(const char *a, const char *b)
{
	return a && b ? fopnp_dns_name_equal(a, b) : a == b;
}

static void add_missing(struct missing *list, size_t *count, const struct fopnp_dns_lookup *lookup,
			enum fopnp_dns_outcome outcome)
{
	char *words = missing_words(lookup, outcome);
	const char *zone = fopnp_dns_lookup_zone(lookup);
	struct missing *at = list;

	while (at < list + *count && (at->outcome != outcome || strcmp(at->words, words) != 0 ||
				      !is_same_zone(at->zone, zone)))
		at++;
	if (at == list + *count) {
		*at = (struct missing){ .outcome = outcome, .words = words, .zone = zone };
		at->negative_ttl = -1;
		++*count;
	} else {
		free(words);
	}
	append_type(&at->types, lookup->type);
	if (lookup->exchange.response.negative_ttl > at->negative_ttl)
		at->negative_ttl = lookup->exchange.response.negative_ttl;
}

/* Without the final dot: it ends a sentence. */
static char *zone_text(const char *zone)
{
	size_t len = strlen(zone);

	return fopnp_memory_copy(zone, len > 1 && zone[len - 1] == '.' ? len - 1 : len);
}

static void print_missing(const struct missing *missing, bool is_all)
{
	bool is_negative =
		missing->outcome == FOPNP_DNS_NXDOMAIN || missing->outcome == FOPNP_DNS_NODATA;
	FOPNP_AUTO_FREE char *zone = missing->zone ? zone_text(missing->zone) : NULL;
	FOPNP_AUTO_FREE char *label = NULL;
	FOPNP_AUTO_FREE char *text = NULL;
	size_t indent = INDENT;

	if (!is_negative)
		text = fopnp_memory_copy_text(missing->words);
	else if (zone && missing->negative_ttl >= 0)
		text = fopnp_memory_format("%s (may be cached for %" PRId64 " s, SOA of %s)",
					   missing->words, missing->negative_ttl, zone);
	else
		text = fopnp_memory_format("%s (no SOA came with it: not to be cached)",
					   missing->words);
	label = fopnp_memory_format("  %s", is_all ? "" : missing->types);
	if (!is_all && strlen(label) > LABEL_MOST) {
		/* On lines of their own. */
		fopnp_paragraph_print(stdout, FOPNP_PLAIN, "  ", INDENT, FOPNP_PLAIN,
				      missing->types);
		label[INDENT] = '\0';
		indent = 2 * INDENT;
	} else if (!is_all) {
		indent = strlen(label) + 2;
	}
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, label, indent,
			      is_negative ? FOPNP_NOTABLE : FOPNP_BAD, text);
}

static void print_all_missing(const struct fopnp_dns_job *job)
{
	struct missing *list = fopnp_memory_zeroed(job->lookup_count, sizeof(*list));
	size_t count = 0, found = 0;

	for (size_t i = 0; i < job->lookup_count; i++) {
		enum fopnp_dns_outcome outcome = fopnp_dns_lookup_outcome(&job->lookups[i]);

		if (outcome == FOPNP_DNS_FOUND)
			found++;
		else
			add_missing(list, &count, &job->lookups[i], outcome);
	}
	for (size_t i = 0; i < count; i++) {
		print_missing(&list[i],
			      found == 0 && count == 1 && list[i].outcome == FOPNP_DNS_NXDOMAIN);
		free(list[i].types);
		free(list[i].words);
	}
	if (count > 0)
		(void)fputc('\n', stdout);
	free(list);
}

void fopnp_dns_print_text(const struct fopnp_dns_options *options, const struct fopnp_dns_job *job)
{
	print_heading(job);
	(void)fputc('\n', stdout);
	print_section(job, FOPNP_DNS_ANSWER, "");
	print_all_missing(job);
	if (options->shows_all) {
		print_section(job, FOPNP_DNS_AUTHORITY, "  authority\n");
		print_section(job, FOPNP_DNS_ADDITIONAL, "  additional\n");
	}
	fopnp_dns_print_replies(job);
}
