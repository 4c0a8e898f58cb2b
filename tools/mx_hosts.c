/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hosts of a domain's mail. */
#include "tools/mx_hosts.h"

#include "tools/dns_message.h"
#include "tools/dns_name.h"
#include "tools/dns_options.h"
#include "tools/memory.h"

#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* ---- asking ---- */

/* Answers come in the order of the names. */
static void take_job(struct fopnp_dns_job *job, void *context)
{
	struct fopnp_mx_jobs *jobs = context;

	jobs->list[jobs->count++] = job;
}

void fopnp_mx_ask(const struct fopnp_mx *mx, const char *const *names, size_t count, unsigned type,
		  unsigned other_type, struct fopnp_mx_jobs *jobs)
{
	struct fopnp_dns_options *dns = mx->options->dns;
	struct fopnp_dns_asking *asking;

	dns->types[0] = type;
	dns->types[1] = other_type;
	dns->type_count = other_type ? 2 : 1;
	asking = fopnp_dns_asking_create(dns, take_job, jobs);
	for (size_t i = 0; i < count; i++)
		fopnp_dns_asking_add(asking, names[i]);
	fopnp_dns_asking_run(asking, NULL);
	fopnp_dns_asking_destroy(asking);
}

void fopnp_mx_jobs_clear(struct fopnp_mx_jobs *jobs)
{
	for (size_t i = 0; i < jobs->count; i++)
		fopnp_dns_job_destroy(jobs->list[i]);
	jobs->count = 0;
}

char *fopnp_mx_trouble_words(const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_exchange *exchange = &lookup->exchange;
	const char *server = exchange->server ? exchange->server->text : "the name server";
	char text[FOPNP_DNS_WORD_TEXT];

	if (exchange->end != FOPNP_DNS_REPLIED)
		return fopnp_memory_format("%s %s", server, fopnp_dns_end_words(exchange->end));
	if (exchange->response.rcode == ns_r_noerror)
		return fopnp_memory_format("%s refers to others", server);
	return fopnp_memory_format("%s answers %s", server,
				   fopnp_dns_rcode_name(exchange->response.rcode, text));
}

/* ---- hosts ---- */

struct fopnp_mx_host *fopnp_mx_host_add(struct fopnp_mx *mx, const char *name, unsigned preference)
{
	if (mx->host_count == FOPNP_MX_HOSTS)
		return NULL;
	mx->hosts = fopnp_memory_resize(mx->hosts, mx->host_count + 1, sizeof(*mx->hosts));
	mx->hosts[mx->host_count] = (struct fopnp_mx_host){
		.preference = preference,
		.name = fopnp_memory_copy_text(name),
	};
	return &mx->hosts[mx->host_count++];
}

void fopnp_mx_host_set_problem(struct fopnp_mx_host *host, bool is_temporary, char *problem)
{
	free(host->problem);
	host->problem = problem;
	host->is_temporary = is_temporary;
}

static void add_address(struct fopnp_mx_host *host, const struct fopnp_dns_response_record *record)
{
	struct fopnp_mx_address *address;

	if (host->address_count == FOPNP_MX_ADDRESSES)
		return;
	if (!(record->type == ns_t_a && record->data_len == 4) &&
	    !(record->type == ns_t_aaaa && record->data_len == 16))
		return;
	host->addresses = fopnp_memory_resize(host->addresses, host->address_count + 1,
					      sizeof(*host->addresses));
	address = &host->addresses[host->address_count++];
	*address = (struct fopnp_mx_address){
		.address = {
			.family = record->type == ns_t_a ? AF_INET : AF_INET6,
			.port = FOPNP_MX_PORT,
		},
		.ttl = record->ttl,
	};
	memcpy(address->address.bytes, record->data, record->data_len);
}

static void take_alias(struct fopnp_mx_host *host, const struct fopnp_dns_lookup *lookup)
{
	const char *target =
		lookup->exchange.end == FOPNP_DNS_REPLIED
			? fopnp_dns_response_follow(&lookup->exchange.response, host->name)
			: NULL;

	if (!host->alias && target && !fopnp_dns_name_equal(target, host->name))
		host->alias = fopnp_memory_copy_text(target);
}

static void take_addresses(struct fopnp_mx_host *host, const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_response *response = &lookup->exchange.response;

	for (size_t i = 0; i < response->record_count; i++)
		if (fopnp_dns_lookup_is_wanted(lookup, &response->records[i]))
			add_address(host, &response->records[i]);
}

/* What the answers for A and AAAA come to together; an address of either is enough. */
static void take_host_answers(struct fopnp_mx_host *host, const struct fopnp_dns_job *job)
{
	const struct fopnp_dns_lookup *trouble = NULL;

	host->outcome = FOPNP_DNS_NODATA;
	for (size_t i = 0; i < job->lookup_count; i++) {
		const struct fopnp_dns_lookup *lookup = &job->lookups[i];
		enum fopnp_dns_outcome outcome = fopnp_dns_lookup_outcome(lookup);

		take_alias(host, lookup);
		if (outcome == FOPNP_DNS_FOUND)
			take_addresses(host, lookup);
		else if (outcome == FOPNP_DNS_NXDOMAIN || outcome == FOPNP_DNS_LOOP)
			host->outcome = outcome;
		else if (outcome != FOPNP_DNS_NODATA)
			trouble = lookup;
	}
	if (host->address_count > 0)
		host->outcome = FOPNP_DNS_FOUND;
	else if (trouble)
		host->outcome = FOPNP_DNS_ERROR;
	if (host->outcome == FOPNP_DNS_ERROR)
		fopnp_mx_host_set_problem(host, true, fopnp_mx_trouble_words(trouble));
	else if (host->outcome == FOPNP_DNS_NXDOMAIN)
		fopnp_mx_host_set_problem(host, false, fopnp_memory_copy_text("no such name"));
	else if (host->outcome == FOPNP_DNS_NODATA)
		fopnp_mx_host_set_problem(host, false,
					  fopnp_memory_copy_text("the name has no address"));
	else if (host->outcome == FOPNP_DNS_LOOP)
		fopnp_mx_host_set_problem(host, false,
					  fopnp_memory_copy_text("aliases that lead in a circle"));
}

void fopnp_mx_hosts_find_addresses(struct fopnp_mx *mx)
{
	const char *names[FOPNP_MX_HOSTS];
	size_t indices[FOPNP_MX_HOSTS], count = 0;
	struct fopnp_mx_jobs jobs = { .count = 0 };

	for (size_t i = 0; i < mx->host_count; i++) {
		if (mx->hosts[i].problem || mx->hosts[i].address_count > 0)
			continue;
		indices[count] = i;
		names[count++] = mx->hosts[i].name;
	}
	fopnp_mx_ask(mx, names, count, ns_t_a, ns_t_aaaa, &jobs);
	for (size_t i = 0; i < jobs.count; i++) {
		if (fopnp_dns_job_status(jobs.list[i]) == FOPNP_DNS_JOB_BAD_NAME)
			fopnp_mx_host_set_problem(&mx->hosts[indices[i]], false,
						  fopnp_memory_copy_text("this is no host name"));
		else
			take_host_answers(&mx->hosts[indices[i]], jobs.list[i]);
	}
	fopnp_mx_jobs_clear(&jobs);
}

/* ---- order ---- */

/* Steele, Lea, Flood: SplitMix64. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static int compare_preferences(const void *a, const void *b)
{
	const struct fopnp_mx_host *x = a, *y = b;
	int order = (x->preference > y->preference) - (x->preference < y->preference);

	/* A name server may rotate them: the same seed is to give the same order. */
	return order ? order : strcmp(x->name, y->name);
}

static void swap_hosts(struct fopnp_mx_host *a, struct fopnp_mx_host *b)
{
	struct fopnp_mx_host kept = *a;

	*a = *b;
	*b = kept;
}

bool fopnp_mx_hosts_sort(struct fopnp_mx *mx)
{
	uint64_t state = mx->options->seed;
	bool has_equals = false;

	if (mx->host_count == 0)
		return false;
	qsort(mx->hosts, mx->host_count, sizeof(*mx->hosts), compare_preferences);
	for (size_t start = 0, end; start < mx->host_count; start = end) {
		for (end = start + 1; end < mx->host_count &&
				      mx->hosts[end].preference == mx->hosts[start].preference;)
			end++;
		has_equals = has_equals || end - start > 1;
		for (size_t i = end - 1; i > start; i--)
			swap_hosts(&mx->hosts[i],
				   &mx->hosts[start + next_random(&state) % (i - start + 1)]);
	}
	return has_equals;
}
