/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All probes at once, each in its child, and their answers into the system. */
#include "tools/check_probe.h"

#include "tools/check_child.h"
#include "tools/check_orders.h"
#include "tools/check_system_hosts.h"
#include "tools/memory.h"
#include "tools/resolver_config.h"

#include <nss.h>
#include <string.h>

/* What a child may take longer than the probe in it, which keeps its own time: of a probe that is
   cut off nothing is known, so that a busy machine gets its time. */
#define MARGIN_US 1000000

enum probe { SERVERS, NSCD, AVAHI, RESOLVED, CACHE, HOSTS, PROBES };

static void ask_servers(void *context, char *result, size_t size)
{
	struct fopnp_check_servers_answer answer = { .has_wildcard = false };

	fopnp_check_ask_servers(context, &answer);
	memcpy(result, &answer, size);
}

static void ask_nscd(void *context, char *result, size_t size)
{
	struct fopnp_check_daemon_answer answer = { .state = FOPNP_CHECK_UNKNOWN };

	fopnp_check_ask_nscd(*(const uint64_t *)context, &answer);
	memcpy(result, &answer, size);
}

static void ask_avahi(void *context, char *result, size_t size)
{
	struct fopnp_check_daemon_answer answer = { .state = FOPNP_CHECK_UNKNOWN };

	fopnp_check_ask_avahi(*(const uint64_t *)context, &answer);
	memcpy(result, &answer, size);
}

static void ask_resolved(void *context, char *result, size_t size)
{
	struct fopnp_check_daemon_answer answer = { .state = FOPNP_CHECK_UNKNOWN };

	fopnp_check_ask_resolved(*(const uint64_t *)context, &answer);
	memcpy(result, &answer, size);
}

static void ask_cache(void *context, char *result, size_t size)
{
	struct fopnp_check_cache_answer answer = { .is_stale = false };

	fopnp_check_ask_cache(context, &answer);
	memcpy(result, &answer, size);
}

static void make_servers_job(const struct fopnp_resolver_config *resolver, uint64_t timeout_us,
			     struct fopnp_check_servers_job *job)
{
	job->timeout_us = timeout_us;
	job->server_count = resolver->server_count;
	for (size_t i = 0; i < resolver->server_count; i++) {
		job->servers[i].address = resolver->servers[i].address;
		job->servers[i].address_len = resolver->servers[i].address_len;
	}
	for (size_t i = 0; i < resolver->search_count && i < FOPNP_CHECK_PROBE_SEARCH; i++)
		if (strlen(resolver->search[i]) < FOPNP_CHECK_PROBE_NAME)
			(void)strcpy(job->search[i], resolver->search[i]);
	job->search_count = resolver->search_count < FOPNP_CHECK_PROBE_SEARCH
				    ? resolver->search_count
				    : FOPNP_CHECK_PROBE_SEARCH;
}

static void take_servers(struct fopnp_check_system *system,
			 const struct fopnp_resolver_config *resolver,
			 const struct fopnp_check_servers_answer *answer)
{
	for (size_t i = 0; i < system->server_count && i < FOPNP_CHECK_PROBE_SERVERS; i++) {
		struct fopnp_check_server *server = &system->servers[i];

		server->state = answer->servers[i].state;
		server->is_refused = answer->servers[i].is_refused;
		server->error = answer->servers[i].error;
		server->rcode = answer->servers[i].rcode;
		server->elapsed_us = answer->servers[i].elapsed_us;
	}
	system->has_local_domain = answer->has_local_domain;
	for (size_t i = 0; i < system->hosts.sample_count; i++)
		if (answer->others[i][0])
			system->hosts.sample[i].other = fopnp_memory_copy_text(answer->others[i]);
	for (size_t i = 0; i < system->hosts.sample_count; i++)
		if (answer->hidden[i][0])
			system->hosts.sample[i].hidden = fopnp_memory_copy_text(answer->hidden[i]);
	if (!answer->has_wildcard)
		return;
	system->wildcard_domain = fopnp_memory_copy_text(resolver->search[answer->wildcard]);
	system->wildcard_answer = fopnp_memory_copy_text(answer->wildcard_answer);
}

static void take_daemons(struct fopnp_check_system *system,
			 const struct fopnp_check_daemon_answer answers[static PROBES])
{
	system->nscd = answers[NSCD].state;
	system->nscd_error = answers[NSCD].error;
	system->has_foreign_nscd = answers[NSCD].is_foreign;
	system->nscd_caches_hosts = answers[NSCD].caches_hosts;
	system->avahi = answers[AVAHI].state;
	system->avahi_error = answers[AVAHI].error;
	system->has_foreign_avahi = answers[AVAHI].is_foreign;
	system->resolved = answers[RESOLVED].state;
	system->resolved_error = answers[RESOLVED].error;
	system->has_foreign_resolved = answers[RESOLVED].is_foreign;
}

static void take_cache(struct fopnp_check_system *system,
		       const struct fopnp_check_cache_answer *answer)
{
	if (!answer->is_stale)
		return;
	system->stale_name = fopnp_memory_copy_text(system->hosts.sample[answer->sample].name);
	system->stale_answer = fopnp_memory_copy_text(answer->cached);
	system->true_answer = fopnp_memory_copy_text(answer->now);
}

/*
 * The line as a text, or NULL where the names of /etc/hosts would be asked of others: only behind
 * files, alone or below fopnp, is it sure that the file's own names go nowhere.
 */
static char *local_order(const struct fopnp_check_system *system)
{
	const struct fopnp_order *order = system->nsswitch.order;
	size_t first = order && order->count > 1 && strcmp(order->entries[0].source, "fopnp") == 0,
	       size;
	char *text;

	if (!order || order->count <= first || strcmp(order->entries[first].source, "files") != 0 ||
	    fopnp_order_action(&order->entries[first], NSS_STATUS_SUCCESS) != FOPNP_ACTION_RETURN ||
	    (first && system->fopnp_conf && system->fopnp_conf->order_count > 0))
		return NULL;
	size = fopnp_order_print(order, NULL, 0) + 1;
	text = fopnp_memory_zeroed(size, 1);
	(void)fopnp_order_print(order, text, size);
	return text;
}

void fopnp_check_probe(struct fopnp_check_system *system,
		       const struct fopnp_resolver_config *resolver, uint64_t timeout_us)
{
	struct fopnp_check_servers_job *job = fopnp_memory_zeroed(1, sizeof(*job));
	struct fopnp_check_servers_answer servers = { .has_wildcard = false };
	struct fopnp_check_daemon_answer daemons[PROBES] = { { .state = FOPNP_CHECK_UNKNOWN } };
	FOPNP_AUTO_FREE char *order = local_order(system);
	struct fopnp_check_cache_job cache_job = { &system->hosts, order };
	struct fopnp_check_cache_answer cache = { .is_stale = false };
	size_t count = PROBES;
	struct fopnp_check_child children[PROBES] = {
		[SERVERS] = { ask_servers, job, (char *)&servers, sizeof(servers) },
		[NSCD] = { ask_nscd, &timeout_us, (char *)&daemons[NSCD], sizeof(daemons[NSCD]) },
		[AVAHI] = { ask_avahi, &timeout_us, (char *)&daemons[AVAHI],
			    sizeof(daemons[AVAHI]) },
		[RESOLVED] = { ask_resolved, &timeout_us, (char *)&daemons[RESOLVED],
			       sizeof(daemons[RESOLVED]) },
		[CACHE] = { ask_cache, &cache_job, (char *)&cache, sizeof(cache) },
		[HOSTS] = { fopnp_check_hosts_time, system->hosts.last_name,
			    (char *)&system->hosts.lookup_us, sizeof(system->hosts.lookup_us) },
	};

	make_servers_job(resolver, timeout_us, job);
	job->hosts = fopnp_check_asks_kind(system, fopnp_check_is_dns_like) ? &system->hosts : NULL;
	/* Where glibc hangs or aborts, a lookup tells nothing of the file or of nscd. */
	if (resolver->fatal_words)
		count = CACHE;
	else if (!system->hosts.last_name)
		count = HOSTS;
	fopnp_check_children_run(children, count, timeout_us + MARGIN_US);
	if (children[SERVERS].end == FOPNP_CHECK_CHILD_DONE)
		take_servers(system, resolver, &servers);
	take_daemons(system, daemons);
	take_cache(system, &cache);
	if (count > HOSTS && children[HOSTS].end == FOPNP_CHECK_CHILD_TIMED_OUT)
		system->hosts.lookup_us = timeout_us;
	fopnp_memory_free_pointer(&job);
}
