/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which lines and sockets each step's status comes from. */
#include "tools/trace.h"

#include "nss_module/lookup/address.h"
#include "tools/host_name.h"
#include "tools/hosts_evidence.h"
#include "tools/memory.h"
#include "tools/socket_probe.h"
#include "tools/source_kind.h"
#include "tools/text_file.h"
#include "tools/trace_evidence_conf.h"
#include "tools/trace_facts.h"
#include "tools/trace_told.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define MDNS_ALLOW    "/etc/mdns.allow"
#define HOSTNAME_FILE "/etc/hostname"
#define TEXT_MOST     200 /* of a line that is shown */

/* What several steps need, asked once a trace. */
struct knowledge {
	bool is_avahi_probed, is_resolved_probed;
	int avahi_error, resolved_error;
};

/* Add "KEYWORD WORDS" of resolv.conf, cut where it is long. */
static struct fopnp_place line_place(unsigned line, const char *keyword, const char *words)
{
	FOPNP_AUTO_FREE char *text = fopnp_memory_format("%s %.*s%s", keyword, TEXT_MOST, words,
							 strlen(words) > TEXT_MOST ? "..." : "");

	return fopnp_place_make(FOPNP_RESOLV_CONF, line, text);
}

/* ---- files ---- */

static void find_hosts(const struct fopnp_trace *trace, struct fopnp_step *step)
{
	/* The sources were asked in this family: a copy that owns nothing. */
	struct fopnp_request request = trace->request;

	if (trace->asked_family)
		request.family = trace->asked_family;
	fopnp_hosts_evidence_find(&request, step->answer,
				  fopnp_source_is_built_in(step->source) ? trace->conf : NULL,
				  &step->evidence);
	if (fopnp_source_is_built_in(step->source))
		fopnp_trace_check_told_lines(step);
}

/* ---- dns ---- */

static void find_state_of_file(const struct fopnp_resolver_config *resolver,
			       struct fopnp_evidence_list *evidence)
{
	struct fopnp_place place = fopnp_place_make(FOPNP_RESOLV_CONF, resolver->fatal_line, NULL);

	if (resolver->fatal_words)
		fopnp_evidence_add(evidence, place, "%s", resolver->fatal_words);
	else if (resolver->is_missing && resolver->target)
		fopnp_evidence_add(evidence, place,
				   "a link to %s, which does not exist: glibc asks 127.0.0.1",
				   resolver->target);
	else if (resolver->is_missing)
		fopnp_evidence_add(evidence, place, "does not exist: glibc asks 127.0.0.1");
	else if (resolver->error)
		fopnp_evidence_add(evidence, place, "cannot be read (%s): %s",
				   strerror(resolver->error),
				   resolver->server_count > 0 ? "glibc asks 127.0.0.1"
							      : "no name can be looked up");
	else if (resolver->server_count > 0 && resolver->servers[0].line == 0)
		fopnp_evidence_add(evidence, place, "names no server: glibc asks %s",
				   resolver->servers[0].text);
	else
		fopnp_place_clear(&place);
}

static bool was_asked(const struct fopnp_wire *wire, size_t server)
{
	for (size_t i = 0; i < wire->count; i++)
		if (wire->packets[i].server == server)
			return true;
	return false;
}

static void find_servers(const struct fopnp_resolver_config *resolver,
			 const struct fopnp_wire *wire, struct fopnp_evidence_list *evidence)
{
	for (size_t i = 0; i < resolver->server_count; i++) {
		const struct fopnp_resolver_server *server = &resolver->servers[i];
		struct fopnp_place place;

		if (server->line == 0)
			continue;
		place = line_place(server->line, "nameserver", server->text);
		if (wire && wire->count > 0 && !was_asked(wire, i) &&
		    !(resolver->flags & RES_ROTATE))
			fopnp_evidence_add(evidence, place, "not asked");
		else
			fopnp_evidence_add(evidence, place, NULL);
	}
	if (resolver->refused_line)
		fopnp_evidence_add(
			evidence, fopnp_place_make(FOPNP_RESOLV_CONF, resolver->refused_line, NULL),
			"not used: no address that glibc takes");
	if (resolver->surplus_line)
		fopnp_evidence_add(
			evidence, fopnp_place_make(FOPNP_RESOLV_CONF, resolver->surplus_line, NULL),
			"not used: glibc takes %d servers", FOPNP_RESOLVER_SERVERS);
}

/* Whether glibc puts suffixes behind this name before it asks for the name itself. */
static bool is_searched_first(const struct fopnp_resolver_config *resolver, const char *name)
{
	size_t len = strlen(name), dots = 0;

	for (size_t i = 0; i < len; i++)
		dots += name[i] == '.';
	return len > 0 && name[len - 1] != '.' && dots < resolver->ndots;
}

static bool shows_suffix(const struct fopnp_wire *wire, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; wire && i < wire->count; i++) {
		const struct fopnp_wire_packet *packet = &wire->packets[i];

		if (packet->event == FOPNP_WIRE_QUERY && packet->is_parsed &&
		    strlen(packet->message.name) > len + 1 && packet->message.name[len] == '.' &&
		    strncasecmp(packet->message.name, name, len) == 0)
			return true;
	}
	return false;
}

static void find_search(const struct fopnp_trace *trace, const struct fopnp_wire *wire,
			struct fopnp_evidence_list *evidence)
{
	const struct fopnp_resolver_config *resolver = &trace->resolver;
	const char *name = trace->request.name;

	if (!name || fopnp_request_is_reverse(&trace->request) || resolver->search_count == 0 ||
	    (!is_searched_first(resolver, name) && !shows_suffix(wire, name)))
		return;
	if (resolver->search_origin == FOPNP_SEARCH_OF_ENVIRONMENT) {
		fopnp_evidence_add(evidence,
				   fopnp_place_make("LOCALDOMAIN", 0, resolver->local_domain),
				   "of the environment, instead of the file's search list");
	} else if (resolver->search_origin == FOPNP_SEARCH_OF_HOST_NAME) {
		fopnp_evidence_add(evidence, fopnp_place_make(FOPNP_RESOLV_CONF, 0, NULL),
				   "no search line: the host's own domain, %s, is searched",
				   resolver->search[0]);
	} else {
		FOPNP_AUTO_FREE char *words = fopnp_memory_copy_text("");

		for (size_t i = 0; i < resolver->search_count && strlen(words) <= TEXT_MOST; i++) {
			char *more = fopnp_memory_format("%s%s%s", words, i > 0 ? " " : "",
							 resolver->search[i]);

			free(words);
			words = more;
		}
		fopnp_evidence_add(evidence, line_place(resolver->search_line, "search", words),
				   NULL);
	}
}

/* What stands beside the servers: the search list and the options. */
static void find_settings(const struct fopnp_trace *trace, struct fopnp_step *step)
{
	const struct fopnp_resolver_config *resolver = &trace->resolver;
	struct fopnp_evidence_list *evidence = &step->evidence;

	find_search(trace, step->wire, evidence);
	if (resolver->options_line) {
		FOPNP_AUTO_FREE char *overruled =
			fopnp_trace_overruled_words(trace, step, resolver->options_text);

		fopnp_evidence_add(
			evidence,
			line_place(resolver->options_line, "options", resolver->options_text),
			overruled ? "%s" : NULL, overruled);
	}
	if (resolver->res_options) {
		FOPNP_AUTO_FREE char *overruled =
			fopnp_trace_overruled_words(trace, step, resolver->res_options);

		fopnp_evidence_add(evidence,
				   fopnp_place_make("RES_OPTIONS", 0, resolver->res_options),
				   "of the environment%s%s", overruled ? "; " : "",
				   overruled ? overruled : "");
	}
}

static void find_resolver(const struct fopnp_trace *trace, struct fopnp_step *step)
{
	const struct fopnp_resolver_config *resolver = &trace->resolver;
	struct fopnp_evidence_list *evidence = &step->evidence;

	find_state_of_file(resolver, evidence);
	if (resolver->fatal_words)
		return;
	find_servers(resolver, step->is_wire_other ? NULL : step->wire, evidence);
	find_settings(trace, step);
}

/* That the file names no server, and what came of the one that is asked then. */
static void join_default_server(struct fopnp_evidence_list *evidence)
{
	struct fopnp_evidence *first, *second;
	char *joined;

	if (evidence->count != 2)
		return;
	first = &evidence->list[0];
	second = &evidence->list[1];
	if (first->place.line || second->place.line || !first->remark || !second->remark)
		return;
	first->is_origin = second->is_origin;
	joined = fopnp_memory_format("%s; %s", first->remark, second->remark);
	free(first->remark);
	first->remark = joined;
	fopnp_place_clear(&second->place);
	free(second->remark);
	evidence->count = 1;
}

/* fopnp:dns goes by the same file, which glibc has read for it. */
static void find_told_dns(const struct fopnp_trace *trace, struct fopnp_step *step)
{
	if (!fopnp_trace_has_own_servers(trace))
		find_state_of_file(&trace->resolver, &step->evidence);
	if (trace->resolver.fatal_words)
		return;
	fopnp_trace_find_told_servers(trace, step);
	join_default_server(&step->evidence);
	find_settings(trace, step);
	fopnp_trace_find_conf_options(trace, step);
}

static void find_told_mdns(const struct fopnp_trace *trace, struct fopnp_step *step)
{
	fopnp_trace_find_told_mdns(trace, step);
	fopnp_trace_find_conf_options(trace, step);
}

/* ---- avahi and systemd-resolved ---- */

static void add_socket(struct fopnp_evidence_list *evidence, const char *path, int error)
{
	FOPNP_AUTO_FREE char *words = fopnp_socket_probe_words(error);
	struct fopnp_place place = fopnp_place_make(path, 0, NULL);

	if (words)
		fopnp_evidence_add(evidence, place, "%s", words);
	else
		fopnp_evidence_add(evidence, place, NULL);
}

static bool is_link_local(const struct fopnp_request_address *address)
{
	const uint8_t *bytes = address->bytes;

	return address->family == AF_INET ? bytes[0] == 169 && bytes[1] == 254
					  : bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

static void find_avahi(const struct fopnp_trace *trace, struct fopnp_step *step,
		       struct knowledge *known)
{
	const struct fopnp_request *request = &trace->request;

	if (fopnp_request_is_reverse(request)
		    ? !is_link_local(&request->address)
		    : !request->name || !fopnp_name_is_below(request->name, "local"))
		return;
	if (!known->is_avahi_probed) {
		known->avahi_error = fopnp_socket_probe(FOPNP_AVAHI_SOCKET);
		known->is_avahi_probed = true;
	}
	add_socket(&step->evidence, FOPNP_AVAHI_SOCKET, known->avahi_error);
	if (!strstr(step->source, "_minimal") && access(MDNS_ALLOW, F_OK) == 0)
		fopnp_evidence_add(&step->evidence, fopnp_place_make(MDNS_ALLOW, 0, NULL),
				   "says which names this module asks for");
}

static void find_resolved(const struct fopnp_trace *trace, struct fopnp_step *step,
			  struct knowledge *known)
{
	const struct fopnp_resolved_answer *answer = trace->resolved;
	FOPNP_AUTO_FREE char *words = NULL;

	if (!answer || answer->state == FOPNP_RESOLVED_ABSENT ||
	    answer->state == FOPNP_RESOLVED_DENIED) {
		if (answer) {
			known->resolved_error = answer->error;
		} else if (!known->is_resolved_probed) {
			known->resolved_error = fopnp_socket_probe(FOPNP_RESOLVED_SOCKET);
			known->is_resolved_probed = true;
		}
		add_socket(&step->evidence, FOPNP_RESOLVED_SOCKET, known->resolved_error);
		return;
	}
	words = answer->state == FOPNP_RESOLVED_ANSWERED
			? fopnp_resolved_words(answer)
			: fopnp_memory_copy_text(answer->error_words);
	fopnp_evidence_add(&step->evidence, fopnp_place_make(FOPNP_RESOLVED_SOCKET, 0, NULL), "%s",
			   words && words[0] ? words : "it answers");
}

/* ---- myhostname ---- */

static bool is_in_hostname_file(const char *name)
{
	size_t len = 0;
	int error;
	FOPNP_AUTO_FREE char *bytes = fopnp_text_file_read(HOSTNAME_FILE, &len, &error);

	return bytes && strcspn(bytes, "\n") == strlen(name) &&
	       strncmp(bytes, name, strlen(name)) == 0;
}

static void find_host_name(const struct fopnp_trace *trace, struct fopnp_step *step)
{
	char name[HOST_NAME_MAX + 1] = "";
	const char *asked = trace->request.name;

	if (fopnp_request_is_reverse(&trace->request) && step->answer)
		asked = step->answer->canonical;
	if (!asked || gethostname(name, sizeof(name) - 1) != 0 || strcasecmp(asked, name) != 0)
		return;
	fopnp_evidence_add(
		&step->evidence,
		fopnp_place_make(is_in_hostname_file(name) ? HOSTNAME_FILE : "gethostname", 0,
				 name),
		"this host's own name");
}

/* ---- all of them ---- */

/* Neither asked nor known to be askable: there is nothing to give evidence for. */
static bool is_known(const struct fopnp_step *step)
{
	if (strcmp(step->reason, "not-loaded") == 0)
		return false;
	return step->has_status || step->answer || strcmp(step->reason, "hangs") == 0 ||
	       strcmp(step->reason, "crashed") == 0;
}

/* glibc reads resolv.conf before it asks any source: such a file stops them all. */
static bool is_stopped_by_file(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	return trace->resolver.fatal_words &&
	       (strcmp(step->reason, "hangs") == 0 || strcmp(step->reason, "crashed") == 0);
}

void fopnp_trace_find_evidence(struct fopnp_trace *trace)
{
	struct knowledge known = { 0 };

	for (size_t i = 0; i < trace->step_count; i++) {
		struct fopnp_step *step = &trace->steps[i];

		if (!is_known(step))
			continue;
		if (is_stopped_by_file(trace, step))
			find_state_of_file(&trace->resolver, &step->evidence);
		else if (fopnp_step_is_hosts(step))
			find_hosts(trace, step);
		else if (strcmp(step->source, "fopnp:dns") == 0)
			find_told_dns(trace, step);
		else if (strcmp(step->source, "dns") == 0 && trace->has_resolver)
			find_resolver(trace, step);
		else if (strcmp(step->source, "fopnp:mdns") == 0)
			find_told_mdns(trace, step);
		else if (strncmp(step->source, "mdns", 4) == 0)
			find_avahi(trace, step, &known);
		else if (strcmp(step->source, "resolve") == 0)
			find_resolved(trace, step, &known);
		else if (strcmp(step->source, "myhostname") == 0)
			find_host_name(trace, step);
	}
}
