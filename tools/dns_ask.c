/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names, types, servers, rounds: see dns_ask.h. */
#include "tools/dns_ask.h"

#include "nss_module/lookup/address.h"
#include "tools/clock.h"
#include "tools/dns_outcome.h"
#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/request.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 2 /* through the servers */

static const unsigned USUAL_TYPES[] = { ns_t_a, ns_t_aaaa, ns_t_cname, ns_t_mx, ns_t_ns };
static const unsigned REVERSE_TYPES[] = { ns_t_ptr };

struct fopnp_dns_asking {
	const struct fopnp_dns_options *options;
	struct fopnp_dns_client *client;
	size_t server_count;
	uint32_t silent; /* a bit a server: it has let a question time out, and never replied */
	struct fopnp_dns_job *jobs, **jobs_end;
	size_t job_count;
	void (*done)(struct fopnp_dns_job *job, void *context);
	void *context;
	void (*more)(void *context);
};

/* ---- the names of one job ---- */

static void add_candidate(struct fopnp_dns_job *job, char *name)
{
	job->candidates = fopnp_memory_resize(job->candidates, job->candidate_count + 1,
					      sizeof(*job->candidates));
	job->candidates[job->candidate_count++] = name;
}

/* One that is no domain name any more, since it is too long, is none of the others' business. */
static void add_longer(struct fopnp_dns_job *job, const char *name, const char *domain)
{
	char *longer = fopnp_memory_format("%s.%s", name, domain);
	uint8_t wire[NS_MAXCDNAME];

	if (ns_name_pton(longer, wire, sizeof(wire)) >= 0)
		add_candidate(job, longer);
	else
		free(longer);
}

static bool has_final_dot(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && name[len - 1] == '.';
}

/* As res_search(3) orders them, but the name itself is always among them. */
static void make_candidates(struct fopnp_dns_job *job, const struct fopnp_dns_options *options,
			    const char *name)
{
	const struct fopnp_resolver_config *config = &options->config;
	bool searches = options->searches && !job->is_address && !has_final_dot(name);
	bool is_first = !searches || fopnp_name_labels(name) > config->ndots;

	if (is_first)
		add_candidate(job, fopnp_memory_copy_text(name));
	for (size_t i = 0; searches && i < config->search_count; i++)
		if (fopnp_name_length(config->search[i]) > 0)
			add_longer(job, name, config->search[i]);
	if (!is_first)
		add_candidate(job, fopnp_memory_copy_text(name));
}

static void name_job(struct fopnp_dns_job *job, const struct fopnp_dns_options *options)
{
	struct fopnp_request_address address;
	char arpa[FOPNP_ARPA_TEXT];

	job->is_address = fopnp_request_parse_address(job->given, &address) &&
			  fopnp_address_arpa_name(address.family, address.bytes, arpa);
	fopnp_idn_to_ascii(job->is_address ? arpa : job->given, &job->idn);
	job->is_bad_name = !job->idn.ascii || !*job->idn.ascii;
	if (!job->is_bad_name)
		make_candidates(job, options, job->idn.ascii);
}

static void type_job(struct fopnp_dns_job *job, const struct fopnp_dns_options *options)
{
	const unsigned *types = options->types;

	job->lookup_count = options->type_count;
	if (job->lookup_count == 0) {
		types = job->is_address ? REVERSE_TYPES : USUAL_TYPES;
		job->lookup_count = job->is_address ? sizeof(REVERSE_TYPES) / sizeof(*REVERSE_TYPES)
						    : sizeof(USUAL_TYPES) / sizeof(*USUAL_TYPES);
	}
	job->lookups = fopnp_memory_zeroed(job->lookup_count, sizeof(*job->lookups));
	for (size_t i = 0; i < job->lookup_count; i++) {
		job->lookups[i].type = types[i];
		job->lookups[i].job = job;
	}
}

const char *fopnp_dns_job_name(const struct fopnp_dns_job *job)
{
	return job->candidate_count > 0 ? job->candidates[job->candidate] : NULL;
}

static void clear_lookup(struct fopnp_dns_lookup *lookup)
{
	fopnp_dns_exchange_clear(&lookup->exchange);
	fopnp_dns_exchange_clear(&lookup->best);
	*lookup = (struct fopnp_dns_lookup){ .type = lookup->type, .job = lookup->job };
}

void fopnp_dns_job_destroy(struct fopnp_dns_job *job)
{
	for (size_t i = 0; i < job->lookup_count; i++)
		clear_lookup(&job->lookups[i]);
	for (size_t i = 0; i < job->candidate_count; i++)
		free(job->candidates[i]);
	free(job->lookups);
	free(job->candidates);
	fopnp_idn_clear(&job->idn);
	free(job->given);
	free(job);
}

/* ---- one type: the servers in turn ---- */

static size_t server_at(const struct fopnp_dns_lookup *lookup, size_t turn)
{
	return (lookup->first + turn) % lookup->job->asking->server_count;
}

/* The next server's turn.  False if there is none left, or the name is none. */
static bool ask_next(struct fopnp_dns_lookup *lookup)
{
	struct fopnp_dns_asking *asking = lookup->job->asking;
	size_t turns = asking->server_count > 1 ? ROUNDS * asking->server_count : 1;

	while (lookup->asked < turns) {
		size_t server = server_at(lookup, lookup->asked++);

		if (lookup->has_replied & 1u << server)
			continue;
		lookup->exchange = (struct fopnp_dns_exchange){
			.server = &asking->options->servers.list[server],
			.name = fopnp_dns_job_name(lookup->job),
			.type = lookup->type,
			.context = lookup,
		};
		return fopnp_dns_client_ask(asking->client, &lookup->exchange);
	}
	return false;
}

static void note_failure(struct fopnp_dns_lookup *lookup)
{
	lookup->failures[lookup->failure_count++] = (struct fopnp_dns_failure){
		.server = lookup->exchange.server,
		.end = lookup->exchange.end,
		.rcode = lookup->exchange.response.rcode,
		.was_truncated = lookup->exchange.was_truncated,
		.elapsed_us = lookup->exchange.elapsed_us,
	};
}

/* A word that helps nobody is still more than silence. */
static void keep_best(struct fopnp_dns_lookup *lookup)
{
	if (lookup->best.end == FOPNP_DNS_REPLIED && lookup->exchange.end != FOPNP_DNS_REPLIED) {
		fopnp_dns_exchange_clear(&lookup->exchange);
		return;
	}
	fopnp_dns_exchange_clear(&lookup->best);
	lookup->best = lookup->exchange;
	lookup->exchange = (struct fopnp_dns_exchange){ 0 };
}

/* Those that fail are asked last from now on. */
static void note_server(struct fopnp_dns_asking *asking, struct fopnp_dns_lookup *lookup)
{
	size_t server = server_at(lookup, lookup->asked - 1);

	switch (lookup->exchange.end) {
	case FOPNP_DNS_REPLIED:
		lookup->has_replied |= 1u << server;
		asking->silent &= ~(1u << server);
		break;
	case FOPNP_DNS_TIMED_OUT:
	case FOPNP_DNS_REFUSED:
	case FOPNP_DNS_UNREACHABLE:
	case FOPNP_DNS_GARBAGE:
		asking->silent |= 1u << server;
		break;
	case FOPNP_DNS_PENDING:
	case FOPNP_DNS_NO_SOCKET:
		break;
	}
}

static size_t first_server(const struct fopnp_dns_asking *asking)
{
	for (size_t i = 0; i < asking->server_count; i++)
		if (!(asking->silent & 1u << i))
			return i;
	return 0;
}

/* ---- all of them ---- */

static void start(struct fopnp_dns_job *job)
{
	job->left = job->lookup_count;
	for (size_t i = 0; i < job->lookup_count; i++) {
		job->lookups[i].first = first_server(job->asking);
		if (!ask_next(&job->lookups[i]))
			job->left--;
	}
	job->is_bad_name = job->left == 0 && job->lookup_count > 0;
	job->is_done = job->left == 0;
}

/* Nothing there under this name, and another one is to be tried. */
static bool try_next_candidate(struct fopnp_dns_job *job)
{
	if (job->candidate + 1 >= job->candidate_count ||
	    fopnp_dns_job_status(job) != FOPNP_DNS_JOB_NOTHING)
		return false;
	for (size_t i = 0; i < job->lookup_count; i++)
		clear_lookup(&job->lookups[i]);
	job->candidate++;
	start(job);
	return !job->is_done;
}

/* Those at the head of the line that have ended. */
static void hand_over(struct fopnp_dns_asking *asking)
{
	while (asking->jobs && asking->jobs->is_done) {
		struct fopnp_dns_job *job = asking->jobs;

		asking->jobs = job->next;
		if (!asking->jobs)
			asking->jobs_end = &asking->jobs;
		asking->job_count--;
		asking->done(job, asking->context);
	}
	if (asking->more)
		asking->more(asking->context);
}

static void end_lookup(struct fopnp_dns_asking *asking, struct fopnp_dns_lookup *lookup)
{
	struct fopnp_dns_job *job = lookup->job;

	if (--job->left > 0 || try_next_candidate(job))
		return;
	job->elapsed_us = fopnp_clock_now_us() - job->start_us;
	job->is_done = true;
	hand_over(asking);
}

static void take_exchange(struct fopnp_dns_exchange *exchange, void *context)
{
	struct fopnp_dns_asking *asking = context;
	struct fopnp_dns_lookup *lookup = exchange->context;

	note_server(asking, lookup);
	if (!fopnp_dns_exchange_is_useful(exchange)) {
		note_failure(lookup);
		keep_best(lookup);
		if (ask_next(lookup))
			return;
		/* Its last failure is what it came to, and no other server's. */
		lookup->exchange = lookup->best;
		lookup->best = (struct fopnp_dns_exchange){ 0 };
	}
	end_lookup(asking, lookup);
}

struct fopnp_dns_asking *fopnp_dns_asking_create(const struct fopnp_dns_options *options,
						 void (*done)(struct fopnp_dns_job *job,
							      void *context),
						 void *context)
{
	struct fopnp_dns_asking *asking = fopnp_memory_zeroed(1, sizeof(*asking));
	struct fopnp_dns_client_options client = options->client;

	asking->options = options;
	asking->server_count = options->servers.count < FOPNP_DNS_ASKED_SERVERS
				       ? options->servers.count
				       : FOPNP_DNS_ASKED_SERVERS;
	client.tries = asking->server_count > 1 ? 1 : ROUNDS;
	asking->client = fopnp_dns_client_create(&client, take_exchange, asking);
	asking->jobs_end = &asking->jobs;
	asking->done = done;
	asking->context = context;
	return asking;
}

void fopnp_dns_asking_destroy(struct fopnp_dns_asking *asking)
{
	fopnp_dns_client_destroy(asking->client);
	free(asking);
}

size_t fopnp_dns_asking_count(const struct fopnp_dns_asking *asking)
{
	return asking->job_count;
}

void fopnp_dns_asking_add(struct fopnp_dns_asking *asking, const char *name)
{
	struct fopnp_dns_job *job = fopnp_memory_zeroed(1, sizeof(*job));

	job->given = fopnp_memory_copy_text(name);
	job->asking = asking;
	job->start_us = fopnp_clock_now_us();
	*asking->jobs_end = job;
	asking->jobs_end = &job->next;
	asking->job_count++;
	name_job(job, asking->options);
	if (job->is_bad_name) {
		job->is_done = true;
		return;
	}
	type_job(job, asking->options);
	start(job);
}

void fopnp_dns_asking_run(struct fopnp_dns_asking *asking, void (*more)(void *context))
{
	asking->more = more;
	hand_over(asking);
	while (asking->jobs) {
		fopnp_dns_client_run(asking->client, 0);
		hand_over(asking);
	}
}
