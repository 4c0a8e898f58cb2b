/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on the search list of resolv.conf(5): a name of it that answered, queries it wasted. */
#include "tools/trace_exchanges.h"

#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/trace.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"

#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STORM_NAMES   3      /* so many names asked for in vain, */
#define SLOW_STORM_US 950000 /* or two that cost so much; a time-out of 1 s is seen as less */

/* ---- what all of it is about ---- */

struct search {
	const struct fopnp_exchanges *exchanges;
	char *name;    /* as it was given, or what HOSTALIASES made of it; without a final dot */
	size_t labels; /* of it */
	const struct fopnp_wire_exchange *found; /* the first that found something, or NULL */
	const struct fopnp_wire_exchange *as_is; /* the first that asks for the name itself */
	bool is_denied; /* the name itself was asked for, and DNS says that it has no address */
};

static void look_at_name_itself(struct search *search)
{
	const struct fopnp_exchanges *exchanges = search->exchanges;

	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *exchange = &exchanges->list[i];

		if (!fopnp_name_is_same(fopnp_exchange_name(exchange), search->name))
			continue;
		if (!search->as_is)
			search->as_is = exchange;
		search->is_denied |= fopnp_exchange_has_reply(exchange) &&
				     !fopnp_exchange_is_failed(exchange) &&
				     !fopnp_exchange_is_found(exchange);
	}
}

static struct search start_search(const struct fopnp_exchanges *exchanges)
{
	unsigned line;
	FOPNP_AUTO_FREE char *alias = fopnp_trace_host_alias(exchanges->trace, &line);
	const char *name = alias ? alias : exchanges->trace->request.name;
	struct search search = {
		.exchanges = exchanges,
		.name = fopnp_memory_copy(name, fopnp_name_length(name)),
		.labels = fopnp_name_labels(name),
		.found = fopnp_exchanges_found(exchanges),
	};

	look_at_name_itself(&search);
	return search;
}

static const char *origin_words(const struct fopnp_resolver_config *resolver)
{
	switch (resolver->search_origin) {
	case FOPNP_SEARCH_OF_ENVIRONMENT:
		return "LOCALDOMAIN";
	case FOPNP_SEARCH_OF_HOST_NAME:
		return "the domain of this host's name";
	case FOPNP_SEARCH_OF_FILE:
		break;
	}
	return "the search list";
}

static void set_place_of_search(const struct search *search, struct fopnp_finding *finding)
{
	const struct fopnp_resolver_config *resolver = &search->exchanges->trace->resolver;

	if (resolver->search_origin == FOPNP_SEARCH_OF_FILE && resolver->search_line)
		fopnp_finding_set_place(finding, FOPNP_RESOLV_CONF, resolver->search_line);
}

/* ---- the answer is of another name ---- */

/* What became of the name itself. */
static const char *fate_words(const struct search *search)
{
	if (!search->as_is)
		return ", which was not asked for";
	return search->is_denied ? "" : ", which could not be asked for";
}

static void note_suffix(const struct search *search)
{
	const struct fopnp_exchanges *exchanges = search->exchanges;
	const char *answered = search->found ? fopnp_exchange_name(search->found) : NULL;
	/* A name that DNS denies needs the list; for one of one label it is made. */
	bool is_meant = search->is_denied;
	struct fopnp_finding *added;

	if (!search->found || search->labels < 2 || exchanges->step->status != NSS_STATUS_SUCCESS ||
	    fopnp_name_is_same(answered, search->name))
		return;
	added = fopnp_exchanges_note(
		exchanges, "search-suffix-answered", is_meant ? FOPNP_INFO : FOPNP_WARNING,
		"the answer is for %s (%s), not for %s%s", answered,
		origin_words(&exchanges->trace->resolver), search->name, fate_words(search));
	if (!is_meant)
		fopnp_finding_set_fix(added, "write %s. with a final dot if that is meant",
				      search->name);
	set_place_of_search(search, added);
}

/* ---- queries in vain ---- */

struct storm {
	size_t queries, wasted, names; /* names: different ones asked for in vain */
	uint64_t cost_us;
	bool is_waiting_for[FOPNP_RESOLVER_SERVERS]; /* in vain, among these */
};

static bool is_first_of_name(const struct fopnp_exchanges *exchanges, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (fopnp_name_is_same(fopnp_exchange_name(&exchanges->list[i]),
				       fopnp_exchange_name(&exchanges->list[index])))
			return false;
	return true;
}

/* fopnp:dns gives a server up that is silent while others deny the name. */
static bool is_waited_for(const struct fopnp_wire_exchange *exchange)
{
	return fopnp_exchange_is_silent(exchange) || exchange->end == FOPNP_EXCHANGE_LATE ||
	       (exchange->is_told && exchange->end == FOPNP_EXCHANGE_ABANDONED &&
		exchange->waited_us >= FOPNP_SILENCE_US);
}

/* The name that had to be asked for: the one that answered, else the name itself. */
static struct storm measure_storm(const struct search *search)
{
	const struct fopnp_exchanges *exchanges = search->exchanges;
	const char *needed = search->found ? fopnp_exchange_name(search->found) : search->name;
	FOPNP_AUTO_FREE bool *marks = fopnp_memory_zeroed(exchanges->count + 1, sizeof(*marks));
	struct storm storm = {
		.queries = exchanges->count + exchanges->step->wire->unlisted_count,
	};

	for (size_t i = 0; i < exchanges->count; i++) {
		marks[i] = !fopnp_name_is_same(fopnp_exchange_name(&exchanges->list[i]), needed);
		storm.wasted += marks[i];
		storm.names += marks[i] && is_first_of_name(exchanges, i);
		if (marks[i] && exchanges->list[i].server < FOPNP_RESOLVER_SERVERS &&
		    is_waited_for(&exchanges->list[i]))
			storm.is_waiting_for[exchanges->list[i].server] = true;
	}
	storm.cost_us = fopnp_exchanges_cost(exchanges, marks);
	return storm;
}

/* ", waiting for 10.0.0.9 included": server-silent tells of the same time. */
static char *waiting_words(const struct search *search, const struct storm *storm)
{
	const struct fopnp_exchanges *exchanges = search->exchanges;
	char *words = fopnp_memory_copy_text("");

	for (size_t server = 0; server < FOPNP_RESOLVER_SERVERS; server++) {
		char *more;

		if (!storm->is_waiting_for[server])
			continue;
		more = fopnp_memory_format("%s%s%s", words, *words ? " and " : ", waiting for ",
					   fopnp_exchanges_server(exchanges, server));
		free(words);
		words = more;
	}
	if (*words) {
		char *whole = fopnp_memory_format("%s included", words);

		free(words);
		words = whole;
	}
	return words;
}

static void set_storm_fix(const struct search *search, bool is_list_first,
			  struct fopnp_finding *finding)
{
	const struct fopnp_resolver_config *resolver = &search->exchanges->trace->resolver;
	bool is_of_environment = resolver->res_options && strstr(resolver->res_options, "ndots:");

	if (search->labels < 2) {
		fopnp_finding_set_fix(finding, "write the whole name, with its domain");
		set_place_of_search(search, finding);
	} else if (!is_list_first) {
		fopnp_finding_set_fix(finding, "write %s. with a final dot", search->name);
		set_place_of_search(search, finding);
	} else {
		fopnp_finding_set_fix(finding, "write %s. with a final dot, or lower ndots in %s",
				      search->name,
				      is_of_environment ? "RES_OPTIONS" : FOPNP_RESOLV_CONF);
		if (!is_of_environment && resolver->options_line)
			fopnp_finding_set_place(finding, FOPNP_RESOLV_CONF, resolver->options_line);
	}
}

static void note_storm(const struct search *search)
{
	const struct fopnp_exchanges *exchanges = search->exchanges;
	unsigned ndots = exchanges->trace->resolver.ndots;
	struct storm storm = measure_storm(search);
	/* glibc asks for the name itself first if it has enough dots. */
	bool is_list_first = search->labels >= 2 && search->labels - 1 < ndots;
	char duration[FOPNP_DURATION_TEXT], reason[32] = "";
	FOPNP_AUTO_FREE char *waiting = NULL;
	struct fopnp_finding *added;

	if (storm.names < 2 || (storm.names < STORM_NAMES && storm.cost_us < SLOW_STORM_US))
		return;
	if (is_list_first)
		(void)snprintf(reason, sizeof(reason), ", since ndots is %u", ndots);
	waiting = waiting_words(search, &storm);
	added = fopnp_exchanges_note(
		exchanges, "search-storm",
		is_list_first || storm.cost_us >= SLOW_STORM_US ? FOPNP_WARNING : FOPNP_INFO,
		"%zu of %zu queries were for %zu other names of the search list%s: they took %s%s",
		storm.wasted, storm.queries, storm.names, reason,
		fopnp_trace_duration(storm.cost_us, duration), waiting);
	set_storm_fix(search, is_list_first, added);
}

void fopnp_exchanges_note_search(const struct fopnp_exchanges *exchanges)
{
	struct search search;
	FOPNP_AUTO_FREE char *name = NULL;

	if (!fopnp_trace_is_of_name(exchanges->trace) || !fopnp_step_was_asked(exchanges->step) ||
	    !fopnp_step_is_dns(exchanges->step))
		return;
	search = start_search(exchanges);
	name = search.name;
	note_suffix(&search);
	note_storm(&search);
}
