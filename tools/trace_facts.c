/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the rules ask of a trace. */
#include "tools/trace_facts.h"

#include "nss_module/lookup/event.h"
#include "nss_module/lookup/fopnp_conf.h"
#include "tools/host_aliases.h"
#include "tools/memory.h"
#include "tools/source_kind.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORD_TEXT  32
#define VALUE_TEXT 2048

/* ---- the trace and its steps ---- */

bool fopnp_trace_is_answered(const struct fopnp_trace *trace)
{
	return trace->result->end == FOPNP_CALL_RETURNED && trace->result->code == 0;
}

bool fopnp_trace_is_refused(const struct fopnp_trace *trace)
{
	return trace->result->end == FOPNP_CALL_RETURNED && trace->result->code != 0;
}

bool fopnp_trace_is_of_name(const struct fopnp_trace *trace)
{
	return trace->request.name && trace->request.name[0] && !trace->result->is_numeric &&
	       !fopnp_request_is_reverse(&trace->request);
}

bool fopnp_trace_is_answered_by(const struct fopnp_trace *trace, const char *source)
{
	return trace->answered_by && strcmp(trace->answered_by, source) == 0;
}

bool fopnp_trace_has_own_servers(const struct fopnp_trace *trace)
{
	for (size_t i = 0; trace->conf && i < trace->conf->option_count; i++)
		if (trace->conf->options[i].kind == FOPNP_OPTION_DNS_SERVERS)
			return true;
	return false;
}

const struct fopnp_step *fopnp_trace_find_step(const struct fopnp_trace *trace, const char *source)
{
	for (size_t i = 0; i < trace->step_count; i++)
		if (strcmp(trace->steps[i].source, source) == 0)
			return &trace->steps[i];
	return NULL;
}

bool fopnp_trace_has_note(const struct fopnp_trace *trace, const char *id)
{
	for (size_t i = 0; i < trace->notes.count; i++)
		if (strcmp(trace->notes.list[i].id, id) == 0)
			return true;
	return false;
}

const struct fopnp_step *fopnp_trace_find_stop(const struct fopnp_trace *trace,
					       const struct fopnp_step **out_knows)
{
	const struct fopnp_step *stop = NULL, *knows = NULL;

	if (!fopnp_trace_is_refused(trace))
		return NULL;
	for (size_t i = 0; i < trace->step_count && !knows; i++) {
		if (trace->steps[i].reach == FOPNP_REACHED)
			stop = &trace->steps[i];
		else if (trace->steps[i].is_different)
			knows = &trace->steps[i];
	}
	if (!stop || !knows || !stop->is_return || !stop->bracket[0])
		return NULL;
	*out_knows = knows;
	return stop;
}

bool fopnp_step_was_asked(const struct fopnp_step *step)
{
	return step->reach == FOPNP_REACHED && step->has_status && !step->reason[0];
}

bool fopnp_step_is_mdns(const struct fopnp_step *step)
{
	return fopnp_source_is_nss_mdns(step->source);
}

bool fopnp_step_is_hosts(const struct fopnp_step *step)
{
	return fopnp_source_is_hosts(step->source);
}

bool fopnp_step_is_dns(const struct fopnp_step *step)
{
	return fopnp_source_is_dns(step->source);
}

static const struct fopnp_step *find_of_job(const struct fopnp_trace *trace,
					    bool (*is_of_job)(const struct fopnp_step *step))
{
	const struct fopnp_step *first = NULL;

	for (size_t i = 0; i < trace->step_count; i++) {
		const struct fopnp_step *step = &trace->steps[i];

		if (!is_of_job(step))
			continue;
		if (step->reach == FOPNP_REACHED)
			return step;
		if (!first)
			first = step;
	}
	return first;
}

const struct fopnp_step *fopnp_trace_find_hosts(const struct fopnp_trace *trace)
{
	return find_of_job(trace, fopnp_step_is_hosts);
}

const struct fopnp_step *fopnp_trace_find_dns(const struct fopnp_trace *trace)
{
	return find_of_job(trace, fopnp_step_is_dns);
}

bool fopnp_step_probes_local(const struct fopnp_step *step)
{
	return fopnp_step_is_mdns(step) &&
	       (strstr(step->source, "_minimal") != NULL || access("/etc/mdns.allow", F_OK) != 0);
}

/* ---- what a built-in source told ---- */

bool fopnp_step_word(const struct fopnp_step *step, const char *word, char *value, size_t size)
{
	return fopnp_words_get(step->words, strlen(step->words), word, value, size);
}

uint64_t fopnp_step_number(const struct fopnp_step *step, const char *word)
{
	char text[24];

	if (!fopnp_step_word(step, word, text, sizeof(text)) || text[0] < '0' || text[0] > '9')
		return 0;
	return strtoull(text, NULL, 10);
}

bool fopnp_step_says(const struct fopnp_step *step, const char *word, const char *value)
{
	size_t len = strlen(step->words), position = 0;
	char name[WORD_TEXT], text[VALUE_TEXT];

	while (fopnp_words_next(step->words, len, &position, name, sizeof(name), text,
				sizeof(text)))
		if (strcmp(name, word) == 0 && strcmp(text, value) == 0)
			return true;
	return false;
}

char *fopnp_step_word_list(const struct fopnp_step *step, const char *word, size_t most)
{
	size_t len = strlen(step->words), position = 0, count = 0;
	char *list = fopnp_memory_copy_text("");
	char name[WORD_TEXT], text[VALUE_TEXT];

	while (fopnp_words_next(step->words, len, &position, name, sizeof(name), text,
				sizeof(text))) {
		char *longer;

		if (strcmp(name, word) != 0 || count++ > most)
			continue;
		longer = count > most
				 ? fopnp_memory_format("%s, ...", list)
				 : fopnp_memory_format("%s%s%s", list, *list ? ", " : "", text);
		free(list);
		list = longer;
	}
	return list;
}

/* ---- servers ---- */

static bool is_told(const struct fopnp_step *step)
{
	return step->wire && step->wire->is_told;
}

size_t fopnp_step_server_count(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	return is_told(step) ? step->wire->server_count : trace->resolver.server_count;
}

const char *fopnp_step_server(const struct fopnp_trace *trace, const struct fopnp_step *step,
			      size_t server)
{
	if (server >= fopnp_step_server_count(trace, step))
		return NULL;
	return is_told(step) ? step->wire->servers[server].text
			     : trace->resolver.servers[server].text;
}

const char *fopnp_step_server_file(const struct fopnp_trace *trace, const struct fopnp_step *step,
				   size_t server, unsigned *out_line)
{
	*out_line = 0;
	if (server >= fopnp_step_server_count(trace, step))
		return NULL;
	*out_line = is_told(step) ? step->wire->servers[server].line
				  : trace->resolver.servers[server].line;
	if (is_told(step))
		return step->wire->servers[server].file;
	return *out_line ? FOPNP_RESOLV_CONF : NULL;
}

/* ---- systemd-resolved ---- */

bool fopnp_resolved_is_error(const struct fopnp_resolved_answer *answer, const char *name)
{
	static const char prefix[] = "io.systemd.Resolve.";

	return answer->state == FOPNP_RESOLVED_FAILED && answer->error_name &&
	       strncmp(answer->error_name, prefix, sizeof(prefix) - 1) == 0 &&
	       strcmp(answer->error_name + sizeof(prefix) - 1, name) == 0;
}

bool fopnp_trace_has_no_route(const struct fopnp_trace *trace)
{
	const struct fopnp_resolved_answer *answer = trace->resolved;

	return answer && answer->state == FOPNP_RESOLVED_FAILED && !answer->is_single_label &&
	       (answer->is_unserved_local || fopnp_resolved_is_error(answer, "NoNameServers") ||
		fopnp_resolved_is_error(answer, "NetworkDown"));
}

bool fopnp_step_refuses_name(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	return strcmp(step->source, "fopnp:dns") == 0 &&
	       fopnp_request_is_reverse(&trace->request) && step->has_status &&
	       step->status == NSS_STATUS_UNAVAIL && step->h_error == NO_RECOVERY &&
	       fopnp_step_says(step, "rcode", "NOERROR");
}

bool fopnp_server_is_stub(const struct fopnp_resolver_server *server)
{
	const struct sockaddr_in *inet = (const struct sockaddr_in *)&server->address;

	return inet->sin_family == AF_INET && ntohs(inet->sin_port) == NAMESERVER_PORT &&
	       (ntohl(inet->sin_addr.s_addr) == 0x7f000035 ||
		ntohl(inet->sin_addr.s_addr) == 0x7f000036);
}

char *fopnp_trace_host_alias(const struct fopnp_trace *trace, unsigned *out_line)
{
	if (!trace->resolver.host_aliases || (trace->resolver.flags & RES_NOALIASES))
		return NULL;
	return fopnp_host_aliases_find(trace->resolver.host_aliases, trace->request.name, out_line);
}
