/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A walk for programs. */
#include "tools/walk.h"

#include "tools/dns_message.h"
#include "tools/json_output.h"

static const char *const ORIGINS[] = {
	[FOPNP_WALK_OF_HINTS] = "hints",
	[FOPNP_WALK_OF_GLUE] = "glue",
	[FOPNP_WALK_OF_WALK] = "walked",
};

static json_t *type_to_json(unsigned type)
{
	char text[FOPNP_DNS_WORD_TEXT];

	return json_string(fopnp_dns_type_name(type, text));
}

static json_t *server_to_json(const struct fopnp_walk_server *server)
{
	json_t *object = json_object(), *addresses = json_array();

	for (size_t i = 0; i < server->count; i++)
		fopnp_json_append(addresses, fopnp_json_text(server->addresses[i].text));
	fopnp_json_set(object, "name", fopnp_json_name(server->name));
	fopnp_json_set(object, "addresses", addresses);
	fopnp_json_set(object, "origin",
		       server->origin == FOPNP_WALK_OF_NOBODY
			       ? json_null()
			       : json_string(ORIGINS[server->origin]));
	fopnp_json_set(object, "problem", fopnp_json_text(server->problem));
	return object;
}

static json_t *query_to_json(const struct fopnp_walk_step *step,
			     const struct fopnp_walk_query *query)
{
	const struct fopnp_walk_server *server = &step->servers[query->server];
	json_t *object = json_object();
	char text[FOPNP_DNS_WORD_TEXT];

	fopnp_json_set(object, "sequence", json_integer(query->sequence));
	fopnp_json_set(object, "server", fopnp_json_name(server->name));
	fopnp_json_set(object, "address", fopnp_json_text(server->addresses[query->address].text));
	fopnp_json_set(object, "transport", json_string(query->is_tcp ? "tcp" : "udp"));
	fopnp_json_set(object, "truncated", json_boolean(query->was_truncated));
	fopnp_json_set(object, "tries", json_integer(query->tries));
	fopnp_json_set(object, "elapsed_us", json_integer((json_int_t)query->elapsed_us));
	fopnp_json_set(object, "verdict", json_string(fopnp_walk_verdict_name(query->verdict)));
	fopnp_json_set(object, "rcode",
		       query->end == FOPNP_DNS_REPLIED
			       ? json_string(fopnp_dns_rcode_name(query->rcode, text))
			       : json_null());
	fopnp_json_set(object, "text", fopnp_json_text(query->words));
	return object;
}

static json_t *step_to_json(const struct fopnp_walk_step *step)
{
	json_t *object = json_object(), *servers = json_array(), *queries = json_array();

	for (size_t i = 0; i < step->server_count; i++)
		fopnp_json_append(servers, server_to_json(&step->servers[i]));
	for (size_t i = 0; i < step->query_count; i++)
		fopnp_json_append(queries, query_to_json(step, &step->queries[i]));
	fopnp_json_set(object, "depth", json_integer(step->depth));
	fopnp_json_set(object, "zone", fopnp_json_name(step->zone));
	fopnp_json_set(object, "name", fopnp_json_name(step->name));
	fopnp_json_set(object, "rrtype", type_to_json(step->type));
	fopnp_json_set(object, "servers", servers);
	fopnp_json_set(object, "queries", queries);
	return object;
}

static json_t *record_to_json(const struct fopnp_walk_record *record)
{
	json_t *object = json_object();

	fopnp_json_set(object, "owner", fopnp_json_name(record->owner));
	fopnp_json_set(object, "ttl", json_integer((json_int_t)record->ttl));
	fopnp_json_set(object, "rrtype", type_to_json(record->type));
	fopnp_json_set(object, "data", fopnp_json_text(record->text));
	return object;
}

static json_t *hints_to_json(const struct fopnp_root_hints *hints)
{
	json_t *object = json_object();

	fopnp_json_set(object, "file", fopnp_json_text(hints->file));
	fopnp_json_set(object, "version",
		       hints->version > 0 ? json_integer((json_int_t)hints->version) : json_null());
	return object;
}

static json_t *local_to_json(const struct fopnp_walk_local *local)
{
	json_t *object = json_object();
	char text[FOPNP_DNS_WORD_TEXT];
	bool has_reply = local->is_asked && local->with.end == FOPNP_DNS_REPLIED;

	fopnp_json_set(object, "server", fopnp_json_text(local->server));
	fopnp_json_set(object, "rcode",
		       has_reply
			       ? json_string(fopnp_dns_rcode_name(local->with.response.rcode, text))
			       : json_null());
	fopnp_json_set(object, "same", has_reply ? json_boolean(local->is_same) : json_null());
	fopnp_json_set(object, "cached",
		       has_reply && local->is_cache_known ? json_boolean(local->is_cached)
							  : json_null());
	fopnp_json_set(object, "text", fopnp_json_text(local->words));
	return object;
}

void fopnp_walk_print_json(const struct fopnp_walk *walk, const char *given, int exit_status)
{
	json_t *object = fopnp_json_object("walk", "walk");
	json_t *steps = json_array(), *records = json_array();

	for (size_t i = 0; i < walk->step_count; i++)
		fopnp_json_append(steps, step_to_json(&walk->steps[i]));
	for (size_t i = 0; i < walk->record_count; i++)
		fopnp_json_append(records, record_to_json(&walk->records[i]));
	fopnp_json_set(object, "given", fopnp_json_text(given));
	fopnp_json_set(object, "name", fopnp_json_name(walk->options->name));
	fopnp_json_set(object, "rrtype", type_to_json(walk->options->type));
	fopnp_json_set(object, "hints", hints_to_json(walk->hints));
	fopnp_json_set(object, "outcome", json_string(fopnp_walk_outcome_name(walk->outcome)));
	fopnp_json_set(object, "reason", fopnp_json_text(walk->reason));
	fopnp_json_set(object, "records", records);
	fopnp_json_set(object, "negative_ttl",
		       walk->negative_ttl >= 0 ? json_integer(walk->negative_ttl) : json_null());
	fopnp_json_set(object, "steps", steps);
	fopnp_json_set(object, "local", local_to_json(&walk->local));
	fopnp_json_set(object, "queries", json_integer(walk->query_count));
	fopnp_json_set(object, "elapsed_us", json_integer((json_int_t)walk->elapsed_us));
	fopnp_json_set(object, "exit_status", json_integer(exit_status));
	fopnp_json_print(object, stdout);
}
