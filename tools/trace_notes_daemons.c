/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on avahi, which nss-mdns asks; those on systemd-resolved stand beside. */
#include "tools/trace_notes.h"

#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/socket_probe.h"
#include "tools/trace_exchanges.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <nss.h>
#include <string.h>

#define LONG_WAIT_US 1000000

/* NAME.local: the only names that nss-mdns asks avahi for, unless /etc/mdns.allow has others. */
static bool is_mdns_name(const struct fopnp_trace *trace)
{
	return fopnp_trace_is_of_name(trace) && fopnp_name_is_below(trace->request.name, "local") &&
	       fopnp_name_labels(trace->request.name) == 2;
}

/* ---- the socket ---- */

static void note_avahi(struct fopnp_trace *trace, const struct fopnp_step *step)
{
	int error = fopnp_socket_probe(FOPNP_AVAHI_SOCKET);
	FOPNP_AUTO_FREE char *words = fopnp_socket_probe_words(error);
	bool is_denied = error == EACCES || error == EPERM;
	struct fopnp_finding *added;

	if (!words || (!is_denied && error != ENOENT && error != ECONNREFUSED))
		return;
	added = fopnp_findings_add(&trace->notes, is_denied ? "avahi-denied" : "avahi-not-running",
				   fopnp_trace_is_answered(trace) ? FOPNP_INFO : FOPNP_WARNING,
				   "%s cannot ask avahi for %s: %s", step->source,
				   trace->request.name, words);
	fopnp_finding_set_fix(added, is_denied ? "let this program connect to " FOPNP_AVAHI_SOCKET
					       : "start avahi-daemon");
	fopnp_finding_set_place(added, FOPNP_AVAHI_SOCKET, 0);
}

/* ---- the time ---- */

/* The question whether local. exists in the DNS, which comes before avahi. */
struct probe {
	bool is_seen;     /* its packets were, or it is not made at all */
	uint64_t cost_us; /* of waiting for a reply in vain */
	char *server;     /* the first that did not reply, or NULL; the caller's to free() */
	unsigned line;    /* of resolv.conf that names it; 0: none */
};

static void set_server(const struct fopnp_exchanges *exchanges, size_t server, struct probe *probe)
{
	const struct fopnp_resolver_config *resolver = &exchanges->trace->resolver;

	probe->server = fopnp_memory_copy_text(fopnp_exchanges_server(exchanges, server));
	if (server < resolver->server_count)
		probe->line = resolver->servers[server].line;
}

static struct probe look_at_probe(struct fopnp_trace *trace, const struct fopnp_step *step)
{
	struct probe probe = { .is_seen = !fopnp_step_probes_local(step) };
	FOPNP_AUTO_FREE bool *marks = NULL;
	struct fopnp_exchanges exchanges;

	if (probe.is_seen || !step->wire)
		return probe;
	fopnp_exchanges_make(trace, step, &exchanges);
	marks = fopnp_memory_zeroed(exchanges.count + 1, sizeof(*marks));
	for (size_t i = 0; i < exchanges.count; i++) {
		bool is_probe = fopnp_exchange_type(&exchanges.list[i]) == ns_t_soa;

		probe.is_seen |= is_probe;
		marks[i] = is_probe && exchanges.list[i].end != FOPNP_EXCHANGE_ANSWERED;
		if (marks[i] && !probe.server)
			set_server(&exchanges, exchanges.list[i].server, &probe);
	}
	probe.cost_us = fopnp_exchanges_cost(&exchanges, marks);
	fopnp_exchanges_clear(&exchanges);
	return probe;
}

/* Without its packets nobody can tell what it waited for. */
static void note_unseen_wait(struct fopnp_trace *trace, const struct fopnp_step *step)
{
	char duration[FOPNP_DURATION_TEXT];

	fopnp_findings_add(&trace->notes, "mdns-wait", FOPNP_WARNING,
			   "%s took %s over %s: it waited for avahi, or for the DNS, which it asks "
			   "for local. first",
			   step->source, fopnp_trace_duration(step->elapsed_us, duration),
			   trace->request.name);
}

static void note_slow_probe(struct fopnp_trace *trace, const struct fopnp_step *step,
			    const struct probe *probe)
{
	char duration[FOPNP_DURATION_TEXT];
	struct fopnp_finding *added = fopnp_findings_add(
		&trace->notes, "mdns-wait", FOPNP_WARNING,
		"%s waited %s for %s: it asks the DNS whether local. exists there before it asks "
		"avahi",
		step->source, fopnp_trace_duration(probe->cost_us, duration), probe->server);

	fopnp_finding_set_fix(added, "see to it that a name server replies; until then, the "
				     "resolver waits less with options timeout:1 attempts:1");
	if (probe->line)
		fopnp_finding_set_place(added, FOPNP_RESOLV_CONF, probe->line);
}

/* Both families, one after the other: the sources without a 4 or a 6 in their names. */
static bool asks_both_families(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	return trace->request.family != AF_INET && trace->request.family != AF_INET6 &&
	       (strcmp(step->source, "mdns") == 0 || strcmp(step->source, "mdns_minimal") == 0);
}

static void note_slow_avahi(struct fopnp_trace *trace, const struct fopnp_step *step,
			    uint64_t waited_us)
{
	bool is_both = asks_both_families(trace, step);
	char duration[FOPNP_DURATION_TEXT];
	const struct fopnp_step *knows;
	struct fopnp_finding *added;

	(void)fopnp_trace_duration(waited_us, duration);
	if (step->status == NSS_STATUS_SUCCESS)
		added = fopnp_findings_add(&trace->notes, "mdns-wait", FOPNP_WARNING,
					   "%s waited %s for %s: avahi asked the network%s",
					   step->source, duration, trace->request.name,
					   is_both ? " for IPv6 and for IPv4, one after the other"
						   : "");
	else
		added = fopnp_findings_add(
			&trace->notes, "mdns-wait", FOPNP_WARNING,
			"%s waited %s for %s: avahi asked the network%s, and nobody answered",
			step->source, duration, trace->request.name,
			is_both ? " for IPv6, then for IPv4" : "");
	if (is_both)
		fopnp_finding_set_fix(added,
				      "put %s4%s on the line instead: it asks for IPv4 alone",
				      "mdns", step->source + strlen("mdns"));
	else if (!fopnp_trace_find_stop(trace, &knows)) /* then another source knows it */
		fopnp_finding_set_fix(added, "see whether the host is up and in this network, and "
					     "whether UDP port 5353 is open between them");
	if (is_both)
		fopnp_finding_set_place(added, trace->line.file, trace->line.line);
}

static void note_wait(struct fopnp_trace *trace, const struct fopnp_step *step)
{
	FOPNP_AUTO_FREE char *server = NULL;
	struct probe probe;

	if (step->elapsed_us < LONG_WAIT_US)
		return;
	probe = look_at_probe(trace, step);
	server = probe.server;
	if (!probe.is_seen) {
		note_unseen_wait(trace, step);
		return;
	}
	if (server && probe.cost_us >= LONG_WAIT_US)
		note_slow_probe(trace, step, &probe);
	/* The packets are those of another call: they can have taken a little longer. */
	if (probe.cost_us + LONG_WAIT_US <= step->elapsed_us)
		note_slow_avahi(trace, step, step->elapsed_us - probe.cost_us);
}

void fopnp_trace_note_daemons(struct fopnp_trace *trace)
{
	bool is_told = false;

	for (size_t i = 0; i < trace->step_count && is_mdns_name(trace); i++) {
		const struct fopnp_step *step = &trace->steps[i];

		if (!fopnp_step_is_mdns(step) || !fopnp_step_was_asked(step))
			continue;
		note_wait(trace, step);
		/* NOTFOUND and SUCCESS are avahi's own words. */
		if (step->status == NSS_STATUS_UNAVAIL && !is_told) {
			note_avahi(trace, step);
			is_told = true;
		}
	}
	fopnp_trace_note_resolved(trace);
}
