/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the rules ask of a trace. */
#include "tools/trace_facts.h"

#include "tools/host_aliases.h"
#include "tools/memory.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	static const char *const names[] = {
		"mdns", "mdns4", "mdns6", "mdns_minimal", "mdns4_minimal", "mdns6_minimal",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(step->source, names[i]) == 0)
			return true;
	return false;
}

bool fopnp_step_probes_local(const struct fopnp_step *step)
{
	return fopnp_step_is_mdns(step) &&
	       (strstr(step->source, "_minimal") != NULL || access("/etc/mdns.allow", F_OK) != 0);
}

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

/* ---- findings ---- */

void fopnp_finding_set_fix(struct fopnp_finding *finding, const char *format, ...)
{
	va_list arguments;

	free(finding->fix);
	va_start(arguments, format);
	finding->fix = fopnp_memory_format_list(format, arguments);
	va_end(arguments);
}

void fopnp_finding_set_place(struct fopnp_finding *finding, const char *file, unsigned line)
{
	fopnp_place_clear(&finding->place);
	if (file)
		finding->place = fopnp_place_make(file, line, NULL);
}
