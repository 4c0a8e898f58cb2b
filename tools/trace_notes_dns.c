/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on glibc's resolver: its configuration, its packets, and the local. zone of DNS. */
#include "tools/trace_notes.h"

#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/source_kind.h"
#include "tools/trace_exchanges.h"
#include "tools/trace_facts.h"

#include <arpa/nameser.h>
#include <nss.h>
#include <resolv.h>
#include <string.h>

/* Whether the call itself got to a source that goes by resolv.conf. */
static bool is_resolver_reached(const struct fopnp_trace *trace)
{
	const struct fopnp_step *dns = fopnp_trace_find_dns(trace);

	if (!dns || dns->reach != FOPNP_REACHED)
		return false;
	return fopnp_source_is_built_in(dns->source) ? !fopnp_trace_has_own_servers(trace)
						     : trace->has_resolver;
}

/* ---- resolv.conf ---- */

static void note_resolv_conf(struct fopnp_trace *trace)
{
	const struct fopnp_resolver_config *resolver = &trace->resolver;
	enum fopnp_severity severity = fopnp_trace_is_answered(trace) ? FOPNP_WARNING : FOPNP_ERROR;
	const char *then = resolver->server_count > 0 ? "glibc asks 127.0.0.1 instead"
						      : "glibc asks no name server";
	struct fopnp_finding *added;

	if (!is_resolver_reached(trace) || (!resolver->is_missing && !resolver->error))
		return;
	if (resolver->error)
		added = fopnp_findings_add(&trace->notes, "resolv-conf-missing", severity,
					   "/etc/resolv.conf cannot be read (%s): %s",
					   strerror(resolver->error), then);
	else if (resolver->target)
		added = fopnp_findings_add(
			&trace->notes, "resolv-conf-missing", severity,
			"/etc/resolv.conf is a link to %s, which is not there: %s",
			resolver->target, then);
	else
		added = fopnp_findings_add(&trace->notes, "resolv-conf-missing", severity,
					   "there is no /etc/resolv.conf: %s", then);
	fopnp_finding_set_fix(
		added, resolver->error    ? "chmod a+r /etc/resolv.conf"
		       : resolver->target ? "start what is to write it, or put a file in the "
					    "place of the link: nameserver ADDRESS"
					  : "write a file there with a line: nameserver ADDRESS");
	fopnp_finding_set_place(added, FOPNP_RESOLV_CONF, 0);
}

/* Lines that glibc does not take, and those that no program survives. */
static void note_resolv_conf_lines(struct fopnp_trace *trace)
{
	const struct fopnp_resolver_config *resolver = &trace->resolver;
	struct fopnp_finding *added;

	if (resolver->fatal_words) {
		added = fopnp_findings_add(&trace->notes, "resolv-conf-fatal", FOPNP_ERROR,
					   "%s, whatever source is asked", resolver->fatal_words);
		fopnp_finding_set_fix(added, "mend the line, or take it out");
		fopnp_finding_set_place(added, FOPNP_RESOLV_CONF, resolver->fatal_line);
	}
	if (resolver->refused_line && is_resolver_reached(trace)) {
		added = fopnp_findings_add(&trace->notes, "nameserver-line-unused", FOPNP_WARNING,
					   "glibc takes no address from this nameserver line");
		fopnp_finding_set_fix(added, "write: nameserver ADDRESS, without anything behind "
					     "it; a carriage return counts");
		fopnp_finding_set_place(added, FOPNP_RESOLV_CONF, resolver->refused_line);
	}
}

static void note_wire_lost(struct fopnp_trace *trace)
{
	if (trace->has_resolver && trace->is_wire_lost)
		fopnp_findings_add(&trace->notes, "wire-not-seen", FOPNP_INFO,
				   "the DNS packets could not be watched%s%s",
				   trace->wire_lost_why ? ": " : "",
				   trace->wire_lost_why ? trace->wire_lost_why : "");
}

/* ---- local. in DNS, where nss-mdns keeps out of it ---- */

static void note_local_zone_of(const struct fopnp_exchanges *exchanges)
{
	const struct fopnp_wire_exchange *found = NULL;
	struct fopnp_finding *added;

	for (size_t i = 0; i < exchanges->count && !found; i++)
		if (fopnp_exchange_type(&exchanges->list[i]) == ns_t_soa &&
		    fopnp_name_is_same(fopnp_exchange_name(&exchanges->list[i]), "local") &&
		    fopnp_exchange_is_found(&exchanges->list[i]))
			found = &exchanges->list[i];
	if (!found)
		return;
	added = fopnp_exchanges_note(exchanges, "unicast-local-zone",
				     fopnp_trace_is_answered(exchanges->trace) ? FOPNP_INFO
									       : FOPNP_WARNING,
				     "local. exists in the DNS of %s, so %s leaves %s to the DNS",
				     fopnp_exchanges_server(exchanges, found->server),
				     exchanges->step->source, exchanges->trace->request.name);
	fopnp_finding_set_fix(added,
			      "give the zone another name than .local; until then, put mdns4 "
			      "behind dns, with the lines .local. and .local in "
			      "/etc/mdns.allow");
	fopnp_exchanges_set_place(exchanges, found->server, added);
}

static void note_local_zone(struct fopnp_trace *trace)
{
	for (size_t i = 0; i < trace->step_count; i++) {
		const struct fopnp_step *step = &trace->steps[i];
		struct fopnp_exchanges exchanges;

		if (!fopnp_step_probes_local(step) || !step->wire || !fopnp_step_was_asked(step) ||
		    step->status == NSS_STATUS_SUCCESS || !fopnp_trace_is_of_name(trace))
			continue;
		fopnp_exchanges_make(trace, step, &exchanges);
		note_local_zone_of(&exchanges);
		fopnp_exchanges_clear(&exchanges);
		return;
	}
}

/* ---- no packets at all ---- */

/* res_hnok(3) is what glibc asks itself, before it sends anything. */
static void note_unsent(struct fopnp_trace *trace)
{
	const struct fopnp_step *dns = fopnp_trace_find_dns(trace);
	unsigned line;
	FOPNP_AUTO_FREE char *alias = NULL;
	struct fopnp_exchanges exchanges;

	if (!dns || !dns->wire || dns->wire->count > 0 || !dns->has_status || dns->reason[0] ||
	    dns->status == NSS_STATUS_SUCCESS || trace->is_wire_lost ||
	    !fopnp_trace_is_of_name(trace))
		return;
	alias = fopnp_trace_host_alias(trace, &line);
	if (res_hnok(alias ? alias : trace->request.name))
		return;
	fopnp_exchanges_make(trace, dns, &exchanges);
	(void)fopnp_exchanges_note(&exchanges, "name-not-sent", FOPNP_INFO,
				   "%s sent nothing: this is no valid DNS host name", dns->source);
	fopnp_exchanges_clear(&exchanges);
}

/* ---- the packets ---- */

/*
 * Several steps talk to the same servers: those of the call come first, and among
 * them dns, which asks for the name itself.
 */
static const struct fopnp_step *step_to_tell(const struct fopnp_trace *trace)
{
	const struct fopnp_step *best = NULL;
	int best_rank = 0;

	for (size_t i = 0; i < trace->step_count; i++) {
		const struct fopnp_step *step = &trace->steps[i];
		int rank = 1 + 2 * (step->reach != FOPNP_NOT_REACHED) +
			   (strcmp(step->source, "dns") == 0);

		if (step->wire && !step->wire->is_told && step->wire->count > 0 &&
		    rank > best_rank) {
			best = step;
			best_rank = rank;
		}
	}
	return best;
}

static void note_packets(struct fopnp_trace *trace)
{
	const struct fopnp_step *step = step_to_tell(trace);
	struct fopnp_exchanges exchanges;

	if (!step)
		return;
	fopnp_exchanges_make(trace, step, &exchanges);
	fopnp_exchanges_note_servers(&exchanges);
	fopnp_exchanges_note_failures(&exchanges);
	fopnp_exchanges_note_replies(&exchanges);
	fopnp_exchanges_note_search(&exchanges);
	fopnp_exchanges_clear(&exchanges);
}

void fopnp_trace_note_dns(struct fopnp_trace *trace)
{
	note_resolv_conf(trace);
	note_resolv_conf_lines(trace);
	note_packets(trace);
	fopnp_trace_note_told(trace);
	note_unsent(trace);
	note_local_zone(trace);
	note_wire_lost(trace);
}
