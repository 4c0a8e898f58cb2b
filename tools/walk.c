/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk itself: zone after zone, and aside for name servers without glue. */
#include "tools/walk.h"

#include "tools/clock.h"
#include "tools/dns_message.h"
#include "tools/interface_addresses.h"
#include "tools/memory.h"
#include "tools/progress.h"
#include "tools/walk_servers.h"

#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>

/* What is walked to: the name itself, or the addresses of a name server. */
struct goal {
	char *name; /* at last: behind the aliases */
	unsigned type;
	unsigned depth;
	unsigned aliases;
	enum fopnp_walk_outcome outcome;
	char *reason;
	struct fopnp_walk_record *records;
	size_t record_count;
	struct fopnp_walk_server found; /* its addresses, where the type is one of addresses */
	int64_t negative_ttl;
	bool is_over; /* the outcome holds */
	/* Of the step under way: the first reply that says something, but without authority. */
	struct {
		bool is_there;
		struct fopnp_dns_exchange exchange;
		struct fopnp_walk_reading reading;
		size_t query;
	} spare;
};

static void finish(struct goal *goal, enum fopnp_walk_outcome outcome, char *reason)
{
	free(goal->reason);
	goal->outcome = outcome;
	goal->reason = reason;
	goal->is_over = true;
}

static void clear_records(struct fopnp_walk_record *records, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(records[i].owner);
		free(records[i].text);
	}
	free(records);
}

static void drop_spare(struct goal *goal)
{
	if (goal->spare.is_there)
		fopnp_dns_exchange_clear(&goal->spare.exchange);
	goal->spare.is_there = false;
}

static void clear_goal(struct goal *goal)
{
	struct fopnp_walk_servers found = { .list = &goal->found, .count = 1 };

	clear_records(goal->records, goal->record_count);
	drop_spare(goal);
	free(goal->name);
	free(goal->reason);
	/* The list is no allocation of its own. */
	for (size_t i = 0; i < found.list->count; i++)
		free(found.list->addresses[i].text);
	free(found.list->addresses);
}

/* ---- steps ---- */

/* The step is at index step_count - 1 then.  SERVERS are taken over. */
static void add_step(struct fopnp_walk *walk, const struct goal *goal, const char *zone,
		     struct fopnp_walk_servers servers)
{
	walk->steps = fopnp_memory_resize(walk->steps, walk->step_count + 1, sizeof(*walk->steps));
	walk->steps[walk->step_count++] = (struct fopnp_walk_step){
		.depth = goal->depth,
		.zone = fopnp_memory_copy_text(zone),
		.name = fopnp_memory_copy_text(goal->name),
		.type = goal->type,
		.servers = servers.list,
		.server_count = servers.count,
	};
}

/* The last step of the deepest zone known that NAME is in; SIZE_MAX: none yet. */
static size_t find_known_step(const struct fopnp_walk *walk, const char *name)
{
	size_t found = SIZE_MAX;

	for (size_t i = 0; i < walk->step_count; i++) {
		const struct fopnp_walk_step *step = &walk->steps[i];

		if (fopnp_dns_name_is_within(name, step->zone) &&
		    (found == SIZE_MAX ||
		     fopnp_dns_name_is_within(step->zone, walk->steps[found].zone)))
			found = i;
	}
	return found;
}

static void add_first_step(struct fopnp_walk *walk, const struct goal *goal)
{
	size_t known = find_known_step(walk, goal->name);
	struct fopnp_walk_servers servers;
	FOPNP_AUTO_FREE char *zone = NULL;

	if (known == SIZE_MAX) {
		fopnp_walk_servers_of_hints(walk->hints, &servers);
		zone = fopnp_memory_copy_text(".");
	} else {
		fopnp_walk_servers_copy(&walk->steps[known], &servers);
		zone = fopnp_memory_copy_text(walk->steps[known].zone);
	}
	add_step(walk, goal, zone, servers);
}

/* ---- one query ---- */

/* The goal is over then. */
static bool is_late(const struct fopnp_walk *walk, struct goal *goal)
{
	if (fopnp_clock_now_us() - walk->started_us < walk->options->deadline_us)
		return false;
	finish(goal, FOPNP_WALK_FAILED,
	       fopnp_memory_format("gave up after %g s (see --timeout)",
				   (double)walk->options->deadline_us / 1e6));
	return true;
}

/* False, and the goal over, if no further query may be made. */
static bool may_ask(const struct fopnp_walk *walk, struct goal *goal)
{
	if (walk->query_count >= walk->options->query_limit) {
		finish(goal, FOPNP_WALK_FAILED,
		       fopnp_memory_format("gave up after %u queries (see --queries)",
					   walk->query_count));
		return false;
	}
	return !is_late(walk, goal);
}

static void say_progress(const struct fopnp_walk *walk, const struct fopnp_dns_server *server,
			 const char *zone)
{
	FOPNP_AUTO_FREE char *words = fopnp_memory_format("walking to %s: asking %s of %s",
							  walk->options->name, server->text, zone);

	fopnp_progress_say(words);
}

static void ask(struct fopnp_walk *walk, const struct fopnp_dns_server *server, const char *zone,
		const struct goal *goal, struct fopnp_dns_exchange *exchange)
{
	*exchange = (struct fopnp_dns_exchange){
		.server = server,
		.name = goal->name,
		.type = goal->type,
		.end = FOPNP_DNS_GARBAGE,
	};
	say_progress(walk, server, zone);
	walk->query_count++;
	if (fopnp_dns_client_ask(walk->client, exchange))
		fopnp_dns_client_run(walk->client, walk->started_us + walk->options->deadline_us);
}

static void read_exchange(const struct fopnp_dns_exchange *exchange, const char *zone,
			  const struct goal *goal, struct fopnp_walk_reading *out)
{
	if (exchange->end == FOPNP_DNS_REPLIED) {
		fopnp_walk_read(&exchange->response, zone, goal->name, goal->type, out);
		return;
	}
	*out = (struct fopnp_walk_reading){
		.verdict = FOPNP_WALK_NO_REPLY,
		.words = fopnp_memory_format(
			"%s%s", exchange->was_truncated ? "truncated, and by TCP " : "",
			exchange->end == FOPNP_DNS_PENDING ? "no reply before the time was over"
							   : fopnp_dns_end_words(exchange->end)),
	};
}

static void record_query(struct fopnp_walk_step *step, unsigned sequence, size_t server,
			 size_t address, const struct fopnp_dns_exchange *exchange,
			 const struct fopnp_walk_reading *reading)
{
	step->queries =
		fopnp_memory_resize(step->queries, step->query_count + 1, sizeof(*step->queries));
	step->queries[step->query_count++] = (struct fopnp_walk_query){
		.sequence = sequence,
		.server = server,
		.address = address,
		.end = exchange->end,
		.is_tcp = exchange->is_tcp,
		.was_truncated = exchange->was_truncated,
		.tries = exchange->tries,
		.elapsed_us = exchange->elapsed_us,
		.verdict = reading->verdict,
		.rcode = exchange->end == FOPNP_DNS_REPLIED ? exchange->response.rcode : 0,
		.words = reading->words,
	};
}

/* ---- what a reply leads to ---- */

static void add_record(struct goal *goal, const struct fopnp_dns_response_record *record)
{
	goal->records =
		fopnp_memory_resize(goal->records, goal->record_count + 1, sizeof(*goal->records));
	goal->records[goal->record_count++] = (struct fopnp_walk_record){
		.owner = fopnp_memory_copy_text(record->owner),
		.text = fopnp_memory_copy_text(record->text),
		.type = record->type,
		.ttl = record->ttl,
	};
}

/* The aliases from the goal's name to TARGET, which do not lead in a circle. */
static void take_aliases(struct goal *goal, const struct fopnp_dns_response *response,
			 const char *target)
{
	const char *name = goal->name;

	while (goal->aliases <= FOPNP_WALK_ALIASES && !fopnp_dns_name_equal(name, target)) {
		const struct fopnp_dns_response_record *record =
			fopnp_dns_response_next(response, NULL, FOPNP_DNS_ANSWER, name, ns_t_cname);

		if (!record || !record->target)
			return;
		add_record(goal, record);
		goal->aliases++;
		name = record->target;
	}
}

static bool has_too_many_aliases(struct goal *goal)
{
	if (goal->aliases <= FOPNP_WALK_ALIASES)
		return false;
	finish(goal, FOPNP_WALK_FAILED,
	       fopnp_memory_format("more than %d aliases in a row: resolvers give up, too",
				   FOPNP_WALK_ALIASES));
	return true;
}

static void take_answer(struct goal *goal, const struct fopnp_dns_response *response,
			const char *target)
{
	const struct fopnp_dns_response_record *record = NULL;
	unsigned type = goal->type == ns_t_any ? 0 : goal->type;
	union fopnp_dns_address address;

	take_aliases(goal, response, target);
	if (has_too_many_aliases(goal))
		return;
	while ((record = fopnp_dns_response_next(response, record, FOPNP_DNS_ANSWER, target,
						 type))) {
		add_record(goal, record);
		if (fopnp_walk_address_of(record, &address))
			fopnp_walk_server_add(&goal->found, &address);
	}
	finish(goal, FOPNP_WALK_FOUND, NULL);
}

static bool was_met(const struct goal *goal, const char *name)
{
	for (size_t i = 0; i < goal->record_count; i++)
		if (goal->records[i].type == ns_t_cname &&
		    fopnp_dns_name_equal(goal->records[i].owner, name))
			return true;
	return false;
}

static void take_alias(struct fopnp_walk *walk, struct goal *goal,
		       const struct fopnp_dns_response *response, const char *target)
{
	FOPNP_AUTO_FREE char *next = NULL;

	if (!target) {
		finish(goal, FOPNP_WALK_FAILED,
		       fopnp_memory_format("the aliases of %s lead in a circle", goal->name));
		return;
	}
	next = fopnp_memory_copy_text(target);
	take_aliases(goal, response, target);
	if (was_met(goal, next)) {
		finish(goal, FOPNP_WALK_FAILED,
		       fopnp_memory_format("the aliases lead in a circle, back to %s", next));
	} else if (!has_too_many_aliases(goal)) {
		free(goal->name);
		goal->name = next;
		next = NULL;
		add_first_step(walk, goal);
	}
}

static void take_referral(struct fopnp_walk *walk, struct goal *goal,
			  const struct fopnp_dns_response *response, const char *zone,
			  const char *child)
{
	struct fopnp_walk_servers servers;

	fopnp_walk_servers_of_referral(response, zone, child, walk->asks_itself, &servers);
	add_step(walk, goal, child, servers);
}

/* False if the reply is of no use: another server is to be asked. */
static bool take_reply(struct fopnp_walk *walk, struct goal *goal, const char *zone,
		       const struct fopnp_dns_response *response,
		       const struct fopnp_walk_reading *reading)
{
	switch (reading->verdict) {
	case FOPNP_WALK_NO_REPLY:
	case FOPNP_WALK_ERROR:
	case FOPNP_WALK_BROKEN:
	case FOPNP_WALK_LAME:
		return false;
	case FOPNP_WALK_REFERRAL:
		take_referral(walk, goal, response, zone, reading->child);
		break;
	case FOPNP_WALK_ALIAS:
		take_alias(walk, goal, response, reading->target);
		break;
	case FOPNP_WALK_ANSWER:
		take_answer(goal, response, reading->target);
		break;
	case FOPNP_WALK_NODATA:
	case FOPNP_WALK_NXDOMAIN:
		take_aliases(goal, response, reading->target);
		goal->negative_ttl = response->negative_ttl;
		finish(goal,
		       reading->verdict == FOPNP_WALK_NODATA ? FOPNP_WALK_HAS_NO_DATA
							     : FOPNP_WALK_HAS_NO_NAME,
		       fopnp_memory_format("%s: %s", reading->target, reading->words));
		break;
	}
	return true;
}

/* ---- the servers of one step ---- */

static bool is_wanted(const struct fopnp_walk *walk, const struct fopnp_dns_server *server)
{
	int family = server->address.any.sa_family;

	if (family == AF_INET6 && walk->has_no_ipv6)
		return false;
	return walk->options->family == AF_UNSPEC || walk->options->family == family;
}

/* Whether it was silent before: a resolver turns to such a server last. */
static bool was_silent(const struct fopnp_walk *walk, const char *address)
{
	for (size_t i = 0; i < walk->step_count; i++)
		for (size_t j = 0; j < walk->steps[i].query_count; j++) {
			const struct fopnp_walk_query *query = &walk->steps[i].queries[j];
			const struct fopnp_walk_server *server =
				&walk->steps[i].servers[query->server];

			if (query->verdict == FOPNP_WALK_NO_REPLY &&
			    strcmp(server->addresses[query->address].text, address) == 0)
				return true;
		}
	return false;
}

/* Whether this step has asked that address, be it by another name. */
static bool was_asked(const struct fopnp_walk_step *step, const char *address)
{
	for (size_t i = 0; i < step->query_count; i++) {
		const struct fopnp_walk_query *query = &step->queries[i];

		if (strcmp(step->servers[query->server].addresses[query->address].text, address) ==
		    0)
			return true;
	}
	return false;
}

/* Only fe80:: and ::1, or none at all; one server without a route to it does not say so. */
static bool is_without_ipv6(void)
{
	struct fopnp_interface_addresses own;
	bool has_some = false;

	fopnp_interface_addresses_read(&own);
	for (size_t i = 0; i < own.count; i++) {
		struct in6_addr address;

		memcpy(&address, own.list[i].bytes, sizeof(address));
		has_some |= !IN6_IS_ADDR_V4MAPPED(&address) && !IN6_IS_ADDR_LOOPBACK(&address) &&
			    !IN6_IS_ADDR_LINKLOCAL(&address);
	}
	fopnp_interface_addresses_clear(&own);
	return !has_some;
}

/* Kept for want of a better one.  EXCHANGE is taken over. */
static void keep_spare(struct goal *goal, const struct fopnp_walk_step *step,
		       const struct fopnp_dns_exchange *exchange,
		       const struct fopnp_walk_reading *reading)
{
	goal->spare.is_there = true;
	goal->spare.exchange = *exchange;
	goal->spare.reading = *reading;
	goal->spare.query = step->query_count - 1;
}

/* True if that brought the walk on, or to its end. */
static bool ask_address(struct fopnp_walk *walk, struct goal *goal, size_t step, size_t server,
			size_t address)
{
	/* The list of steps moves while the reply is taken; what a step points to does not. */
	const struct fopnp_dns_server *asked =
		&walk->steps[step].servers[server].addresses[address];
	const char *zone = walk->steps[step].zone;
	struct fopnp_walk_reading reading;
	struct fopnp_dns_exchange exchange;
	bool is_done;

	if (!may_ask(walk, goal))
		return true;
	ask(walk, asked, zone, goal, &exchange);
	read_exchange(&exchange, zone, goal, &reading);
	record_query(&walk->steps[step], walk->query_count, server, address, &exchange, &reading);
	if (exchange.end == FOPNP_DNS_UNREACHABLE && asked->address.any.sa_family == AF_INET6)
		walk->has_no_ipv6 = is_without_ipv6();
	is_done = take_reply(walk, goal, zone, &exchange.response, &reading);
	if (reading.verdict == FOPNP_WALK_LAME && reading.otherwise != FOPNP_WALK_LAME &&
	    !goal->spare.is_there)
		keep_spare(goal, &walk->steps[step], &exchange, &reading);
	else
		fopnp_dns_exchange_clear(&exchange);
	return is_done;
}

static bool ask_server(struct fopnp_walk *walk, struct goal *goal, size_t step, size_t server,
		       bool with_silent)
{
	for (size_t i = 0; i < walk->steps[step].servers[server].count; i++) {
		const struct fopnp_dns_server *address =
			&walk->steps[step].servers[server].addresses[i];

		if (!is_wanted(walk, address) || was_asked(&walk->steps[step], address->text) ||
		    (!with_silent && was_silent(walk, address->text)))
			continue;
		if (ask_address(walk, goal, step, server, i))
			return true;
	}
	return false;
}

/* ---- servers without glue ---- */

static void walk_to(struct fopnp_walk *walk, struct goal *goal);

/* Why its address cannot be walked to; NULL: it can. */
static char *find_problem(const struct fopnp_walk *walk, const struct goal *goal, const char *zone,
			  const char *name)
{
	if (fopnp_dns_name_is_within(name, zone))
		return fopnp_memory_format("no glue, and nobody but %s itself knows its address",
					   zone);
	if (goal->depth == FOPNP_WALK_DEPTH)
		return fopnp_memory_format("no glue, and its address needs too many others");
	for (unsigned i = 0; i < goal->depth; i++)
		if (fopnp_dns_name_equal(walk->pending[i], name))
			return fopnp_memory_copy_text(
				"no glue, and its address needs itself: a circle");
	return NULL;
}

/*
 * Walk to its addresses of one type and add them.  True if the other type may have some: the name is
 * there, but has none of this one.  *OUT_REASON says why there are none.
 */
static bool find_addresses(struct fopnp_walk *walk, unsigned depth, size_t step, size_t server,
			   unsigned type, char **out_reason)
{
	struct goal aside = {
		.name = fopnp_memory_copy_text(walk->steps[step].servers[server].name),
		.type = type,
		.depth = depth + 1,
		.negative_ttl = -1,
	};
	struct fopnp_walk_server *found;
	char *problem = NULL;
	bool has_none;

	walk->pending[depth] = walk->steps[step].servers[server].name;
	add_first_step(walk, &aside);
	walk_to(walk, &aside);
	found = &walk->steps[step].servers[server];
	for (size_t i = 0; i < aside.found.count; i++) {
		free(problem);
		problem = fopnp_walk_server_learn(found, &aside.found.addresses[i].address,
						  walk->asks_itself);
	}
	if (aside.found.count == 0)
		problem = fopnp_memory_format("no glue, and no address: %s",
					      aside.reason ? aside.reason : "");
	if (found->count > 0) {
		free(problem);
		problem = NULL;
	}
	free(*out_reason);
	*out_reason = problem;
	has_none = aside.outcome == FOPNP_WALK_HAS_NO_DATA;
	clear_goal(&aside);
	return has_none;
}

static void find_server(struct fopnp_walk *walk, const struct goal *goal, size_t step,
			size_t server)
{
	int family = walk->options->family;
	bool may_have_ipv6 = family == AF_INET6;
	char *problem = find_problem(walk, goal, walk->steps[step].zone,
				     walk->steps[step].servers[server].name);

	if (!problem) {
		if (family != AF_INET6)
			may_have_ipv6 =
				find_addresses(walk, goal->depth, step, server, ns_t_a, &problem) &&
				family != AF_INET && !walk->has_no_ipv6;
		if (may_have_ipv6)
			(void)find_addresses(walk, goal->depth, step, server, ns_t_aaaa, &problem);
	}
	if (walk->steps[step].servers[server].count > 0)
		walk->steps[step].servers[server].origin = FOPNP_WALK_OF_WALK;
	free(walk->steps[step].servers[server].problem);
	walk->steps[step].servers[server].problem = problem;
}

static bool ask_servers_without_glue(struct fopnp_walk *walk, struct goal *goal, size_t step)
{
	for (size_t i = 0; i < walk->steps[step].server_count; i++) {
		const struct fopnp_walk_server *server = &walk->steps[step].servers[i];

		if (server->count > 0 || server->problem)
			continue;
		if (!may_ask(walk, goal))
			return true;
		find_server(walk, goal, step, i);
		if (ask_server(walk, goal, step, i, true))
			return true;
	}
	return false;
}

/* ---- zone after zone ---- */

static char *failure_words(const struct fopnp_walk_step *step)
{
	if (step->server_count == 0)
		return fopnp_memory_format("%s has no name server", step->zone);
	if (step->query_count > 0)
		return fopnp_memory_format("no server of %s gives an answer, %zu asked", step->zone,
					   step->query_count);
	for (size_t i = 0; i < step->server_count; i++)
		if (step->servers[i].problem)
			return fopnp_memory_format("no server of %s can be reached: %s has %s",
						   step->zone, step->servers[i].name,
						   step->servers[i].problem);
	return fopnp_memory_format("no server of %s has an address that may be asked", step->zone);
}

/* Nobody says it with authority: what resolvers take then is what was said without. */
static void take_spare(struct fopnp_walk *walk, struct goal *goal, size_t step)
{
	struct fopnp_walk_query *query = &walk->steps[step].queries[goal->spare.query];
	char *words = fopnp_memory_format("%s; taken for want of a better one", query->words);

	free(query->words);
	query->words = words;
	goal->spare.reading.verdict = goal->spare.reading.otherwise;
	goal->spare.reading.words = words;
	(void)take_reply(walk, goal, walk->steps[step].zone, &goal->spare.exchange.response,
			 &goal->spare.reading);
	drop_spare(goal);
}

/* The servers that have addresses, those without glue, those that were silent before. */
static void ask_step(struct fopnp_walk *walk, struct goal *goal)
{
	size_t step = walk->step_count - 1;
	size_t count = walk->steps[step].server_count;

	drop_spare(goal);
	for (size_t i = 0; i < count; i++)
		if (ask_server(walk, goal, step, i, false))
			return;
	if (ask_servers_without_glue(walk, goal, step))
		return;
	for (size_t i = 0; i < count; i++)
		if (ask_server(walk, goal, step, i, true))
			return;
	if (goal->spare.is_there)
		take_spare(walk, goal, step);
	else if (!is_late(walk, goal))
		finish(goal, FOPNP_WALK_FAILED, failure_words(&walk->steps[step]));
}

/* From the step that was added last to the end.  Every turn asks at least one server, or ends. */
static void walk_to(struct fopnp_walk *walk, struct goal *goal)
{
	while (!goal->is_over)
		ask_step(walk, goal);
}

static void ignore_end(struct fopnp_dns_exchange *exchange, void *context)
{
	(void)exchange;
	(void)context;
}

static bool has_own_address(const struct fopnp_root_hints *hints)
{
	for (size_t i = 0; i < hints->count; i++)
		for (size_t j = 0; j < hints->servers[i].count; j++)
			if (fopnp_walk_address_is_own(&hints->servers[i].addresses[j]))
				return true;
	return false;
}

void fopnp_walk_run(struct fopnp_walk *walk, const struct fopnp_walk_options *options,
		    const struct fopnp_root_hints *hints)
{
	struct fopnp_dns_client_options client = {
		.uses_tcp = options->uses_tcp,
		.timeout_us = options->timeout_us,
	};
	struct goal goal = {
		.name = fopnp_memory_copy_text(options->name),
		.type = options->type,
		.negative_ttl = -1,
	};

	*walk = (struct fopnp_walk){
		.options = options,
		.hints = hints,
		.started_us = fopnp_clock_now_us(),
		.client = fopnp_dns_client_create(&client, ignore_end, NULL),
	};
	walk->asks_itself = has_own_address(hints);
	add_first_step(walk, &goal);
	walk_to(walk, &goal);
	walk->outcome = goal.outcome;
	walk->reason = goal.reason;
	walk->records = goal.records;
	walk->record_count = goal.record_count;
	walk->negative_ttl = goal.negative_ttl;
	walk->elapsed_us = fopnp_clock_now_us() - walk->started_us;
	goal.reason = NULL;
	goal.records = NULL;
	goal.record_count = 0;
	clear_goal(&goal);
	fopnp_dns_client_destroy(walk->client);
	walk->client = NULL;
}

static void clear_step(struct fopnp_walk_step *step)
{
	struct fopnp_walk_servers servers = { step->servers, step->server_count };

	fopnp_walk_servers_clear(&servers);
	for (size_t i = 0; i < step->query_count; i++)
		free(step->queries[i].words);
	free(step->queries);
	free(step->zone);
	free(step->name);
}

void fopnp_walk_clear(struct fopnp_walk *walk)
{
	for (size_t i = 0; i < walk->step_count; i++)
		clear_step(&walk->steps[i]);
	free(walk->steps);
	clear_records(walk->records, walk->record_count);
	free(walk->reason);
	free(walk->local.words);
	free(walk->local.server);
	fopnp_dns_exchange_clear(&walk->local.without);
	fopnp_dns_exchange_clear(&walk->local.with);
}
