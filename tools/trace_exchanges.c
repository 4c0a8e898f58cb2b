/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions about a step's packets. */
#include "tools/trace_exchanges.h"

#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/trace.h"
#include "tools/trace_facts.h"

#include <arpa/nameser.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void fopnp_exchanges_make(struct fopnp_trace *trace, const struct fopnp_step *step,
			  struct fopnp_exchanges *out_exchanges)
{
	*out_exchanges = (struct fopnp_exchanges){ .trace = trace, .step = step };
	out_exchanges->list = fopnp_wire_pair(step->wire, &out_exchanges->count);
}

void fopnp_exchanges_clear(struct fopnp_exchanges *exchanges)
{
	free(exchanges->list);
	*exchanges = (struct fopnp_exchanges){ 0 };
}

/* ---- one exchange ---- */

static const struct fopnp_dns_message *question_of(const struct fopnp_wire_exchange *exchange)
{
	const struct fopnp_wire_packet *query = exchange->query;

	return query && query->is_parsed && query->message.has_question ? &query->message : NULL;
}

const char *fopnp_exchange_name(const struct fopnp_wire_exchange *exchange)
{
	const struct fopnp_dns_message *question = question_of(exchange);

	return question ? question->name : "";
}

unsigned fopnp_exchange_type(const struct fopnp_wire_exchange *exchange)
{
	const struct fopnp_dns_message *question = question_of(exchange);

	return question ? question->type : 0;
}

const char *fopnp_exchange_type_name(const struct fopnp_wire_exchange *exchange,
				     char text[static FOPNP_DNS_WORD_TEXT])
{
	return fopnp_dns_type_name(fopnp_exchange_type(exchange), text);
}

bool fopnp_exchange_has_reply(const struct fopnp_wire_exchange *exchange)
{
	return exchange->end == FOPNP_EXCHANGE_ANSWERED && exchange->reply &&
	       exchange->reply->is_parsed;
}

bool fopnp_exchange_is_found(const struct fopnp_wire_exchange *exchange)
{
	return fopnp_exchange_has_reply(exchange) &&
	       exchange->reply->message.rcode == ns_r_noerror &&
	       exchange->reply->message.wanted_count > 0;
}

bool fopnp_exchange_is_failed(const struct fopnp_wire_exchange *exchange)
{
	const struct fopnp_dns_message *reply;

	if (!fopnp_exchange_has_reply(exchange))
		return false;
	reply = &exchange->reply->message;
	return reply->is_referral ||
	       (reply->rcode != ns_r_noerror && reply->rcode != ns_r_nxdomain);
}

bool fopnp_exchange_is_silent(const struct fopnp_wire_exchange *exchange)
{
	return exchange->end == FOPNP_EXCHANGE_SILENT && !exchange->ignored &&
	       exchange->waited_us >= FOPNP_SILENCE_US;
}

bool fopnp_exchange_is_sibling(const struct fopnp_wire_exchange *a,
			       const struct fopnp_wire_exchange *b)
{
	return a->server == b->server &&
	       fopnp_name_is_same(fopnp_exchange_name(a), fopnp_exchange_name(b));
}

/* ---- all of them ---- */

uint64_t fopnp_exchanges_cost(const struct fopnp_exchanges *exchanges, const bool *marks)
{
	uint64_t cost = 0, counted_to = 0;

	/* They stand in the order of the queries. */
	for (size_t i = 0; i < exchanges->count; i++) {
		uint64_t from = exchanges->list[i].at_us;
		uint64_t to = from + exchanges->list[i].waited_us;

		if (!marks[i] || to <= counted_to)
			continue;
		cost += to - (from > counted_to ? from : counted_to);
		counted_to = to;
	}
	return cost;
}

const struct fopnp_wire_exchange *fopnp_exchanges_found(const struct fopnp_exchanges *exchanges)
{
	for (size_t i = 0; i < exchanges->count; i++)
		if (fopnp_exchange_is_found(&exchanges->list[i]))
			return &exchanges->list[i];
	return NULL;
}

const char *fopnp_exchanges_server(const struct fopnp_exchanges *exchanges, size_t server)
{
	const char *text = fopnp_step_server(exchanges->trace, exchanges->step, server);

	return text ? text : "the name server";
}

const char *fopnp_exchanges_file_of_servers(const struct fopnp_exchanges *exchanges)
{
	return fopnp_trace_has_own_servers(exchanges->trace) && exchanges->trace->conf_path
		       ? exchanges->trace->conf_path
		       : FOPNP_RESOLV_CONF;
}

const char *fopnp_exchanges_wait_less(const struct fopnp_exchanges *exchanges)
{
	return exchanges->trace->resolver.timeout_s > 1 ? ", or wait less for it: options timeout:1"
							: "";
}

bool fopnp_exchanges_has_reply_of(const struct fopnp_exchanges *exchanges, size_t server)
{
	for (size_t i = 0; i < exchanges->count; i++)
		if (exchanges->list[i].server == server &&
		    exchanges->list[i].end == FOPNP_EXCHANGE_ANSWERED)
			return true;
	return false;
}

struct fopnp_finding *fopnp_exchanges_note(const struct fopnp_exchanges *exchanges, const char *id,
					   enum fopnp_severity severity, const char *format, ...)
{
	bool is_of_call = exchanges->step->reach != FOPNP_NOT_REACHED;
	FOPNP_AUTO_FREE char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = fopnp_memory_format_list(format, arguments);
	va_end(arguments);
	if (is_of_call && exchanges->step->is_wire_other)
		return fopnp_findings_add(
			&exchanges->trace->notes, id, FOPNP_INFO,
			"%s (in a call at the same time, which went otherwise than "
			"the program's)",
			text);
	if (is_of_call)
		return fopnp_findings_add(&exchanges->trace->notes, id, severity, "%s", text);
	return fopnp_findings_add(&exchanges->trace->notes, id, FOPNP_INFO,
				  "%s (the call itself did not ask %s)", text,
				  exchanges->step->source);
}

void fopnp_exchanges_set_place(const struct fopnp_exchanges *exchanges, size_t server,
			       struct fopnp_finding *finding)
{
	unsigned line;
	const char *file = fopnp_step_server_file(exchanges->trace, exchanges->step, server, &line);

	if (file)
		fopnp_finding_set_place(finding, file, line);
}
