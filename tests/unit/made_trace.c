/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Traces by hand. */
#include "tests/unit/made_trace.h"

#include "tools/memory.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

void make_trace(struct fopnp_trace *trace, const char *name, int code)
{
	*trace = (struct fopnp_trace){ 0 };
	trace->request.given = fopnp_memory_copy_text(name);
	trace->request.name = fopnp_memory_copy_text(name);
	trace->result = fopnp_memory_zeroed(1, sizeof(*trace->result));
	trace->result->end = FOPNP_CALL_RETURNED;
	trace->result->code = code;
	trace->resolver.ndots = 1;
	trace->resolver.timeout_s = 5;
	trace->resolver.attempts = 2;
	trace->line.file = fopnp_memory_copy_text("/etc/nsswitch.conf");
	trace->line.line = 12;
}

void remake_trace(struct fopnp_trace *trace, const char *name, int code)
{
	fopnp_trace_clear(trace);
	make_trace(trace, name, code);
}

static void read_address(const char *text, struct fopnp_request_address *out_address)
{
	*out_address = (struct fopnp_request_address){
		.family = strchr(text, ':') ? AF_INET6 : AF_INET,
	};
	if (inet_pton(out_address->family, text, out_address->bytes) != 1)
		abort();
}

void make_address(struct fopnp_call_result *result, const char *text)
{
	read_address(text, &result->addresses[result->address_count++]);
}

struct fopnp_step *make_step(struct fopnp_trace *trace, const char *source, int status)
{
	struct fopnp_step *step;

	trace->steps =
		fopnp_memory_resize(trace->steps, trace->step_count + 1, sizeof(*trace->steps));
	step = &trace->steps[trace->step_count++];
	*step = (struct fopnp_step){
		.source = fopnp_memory_copy_text(source),
		.reach = FOPNP_REACHED,
		.has_status = true,
		.status = status,
		.is_return = status == NSS_STATUS_SUCCESS,
		.bracket = fopnp_memory_copy_text(""),
		.reason = fopnp_memory_copy_text(""),
		.reason_detail = fopnp_memory_copy_text(""),
		.words = fopnp_memory_copy_text(""),
		.ttl = -1,
	};
	if (strcmp(source, "dns") == 0 || strncmp(source, "mdns", 4) == 0)
		trace->has_resolver = true;
	return step;
}

void make_words(struct fopnp_step *step, const char *words)
{
	free(step->words);
	step->words = fopnp_memory_copy_text(words);
}

void make_unreached(struct fopnp_step *step)
{
	step->reach = FOPNP_NOT_REACHED;
}

void make_answering(struct fopnp_trace *trace, struct fopnp_step *step)
{
	step->is_answering = true;
	free(trace->answered_by);
	trace->answered_by = fopnp_memory_copy_text(step->source);
}

void make_server(struct fopnp_trace *trace, const char *text, unsigned line)
{
	struct fopnp_resolver_server *server =
		&trace->resolver.servers[trace->resolver.server_count++];
	struct sockaddr_in *inet = (struct sockaddr_in *)&server->address;

	*inet = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(53) };
	if (inet_pton(AF_INET, text, &inet->sin_addr) != 1)
		abort();
	server->address_len = sizeof(*inet);
	server->text = fopnp_memory_copy_text(text);
	server->line = line;
}

void make_search(struct fopnp_trace *trace, const char *domain, unsigned line)
{
	struct fopnp_resolver_config *resolver = &trace->resolver;

	resolver->search = fopnp_memory_resize(resolver->search, resolver->search_count + 1,
					       sizeof(*resolver->search));
	resolver->search[resolver->search_count++] = fopnp_memory_copy_text(domain);
	resolver->search_line = line;
}

/* ---- packets ---- */

/* The same for a query and what comes of it. */
static uint16_t make_id(const char *name, unsigned type)
{
	unsigned id = type;

	while (*name)
		id = id * 31 + (unsigned char)*name++;
	return (uint16_t)id;
}

static struct fopnp_wire_packet *add_packet(struct fopnp_step *step, unsigned at_ms, size_t server,
					    const char *name, unsigned type,
					    enum fopnp_wire_event event)
{
	struct fopnp_wire *wire = step->wire;
	struct fopnp_wire_packet *packet;

	if (!wire)
		wire = step->wire = fopnp_memory_zeroed(1, sizeof(*wire));
	wire->packets = fopnp_memory_resize(wire->packets, wire->count + 1, sizeof(*packet));
	packet = &wire->packets[wire->count++];
	memset(packet, 0, sizeof(*packet));
	packet->at_us = at_ms * 1000ull;
	packet->event = event;
	packet->server = server;
	packet->is_parsed = true;
	packet->message.id = make_id(name, type);
	packet->message.is_reply = event == FOPNP_WIRE_REPLY;
	packet->message.has_question = true;
	(void)strcpy(packet->message.name, name);
	packet->message.type = type;
	packet->message.class = ns_c_in;
	packet->message.ttl = packet->message.negative_ttl = -1;
	wire->end_us = packet->at_us;
	return packet;
}

void make_query(struct fopnp_step *step, unsigned at_ms, size_t server, const char *name,
		unsigned type)
{
	(void)add_packet(step, at_ms, server, name, type, FOPNP_WIRE_QUERY);
}

struct fopnp_wire_packet *make_reply(struct fopnp_step *step, unsigned at_ms, size_t server,
				     const char *name, unsigned type, unsigned rcode,
				     unsigned count)
{
	struct fopnp_wire_packet *packet =
		add_packet(step, at_ms, server, name, type, FOPNP_WIRE_REPLY);

	packet->message.rcode = rcode;
	packet->message.answer_count = packet->message.wanted_count = count;
	return packet;
}

struct fopnp_wire_packet *make_end(struct fopnp_step *step, unsigned at_ms, size_t server,
				   const char *name, unsigned type, enum fopnp_wire_event event,
				   int error)
{
	struct fopnp_wire_packet *packet = add_packet(step, at_ms, server, name, type, event);

	packet->error = error;
	return packet;
}

void make_wire_end(struct fopnp_step *step, unsigned at_ms)
{
	step->wire->end_us = at_ms * 1000ull;
}

void make_pair(struct fopnp_step *step, unsigned at_ms, size_t server, const char *name,
	       unsigned rcode, unsigned count4, unsigned count6)
{
	make_query(step, at_ms, server, name, ns_t_a);
	make_query(step, at_ms, server, name, ns_t_aaaa);
	(void)make_reply(step, at_ms + 1, server, name, ns_t_a, rcode, count4);
	(void)make_reply(step, at_ms + 1, server, name, ns_t_aaaa, rcode, count6);
}

/* ---- notes ---- */

const struct fopnp_finding *find_note(const struct fopnp_trace *trace, const char *id)
{
	for (size_t i = 0; i < trace->notes.count; i++)
		if (strcmp(trace->notes.list[i].id, id) == 0)
			return &trace->notes.list[i];
	return NULL;
}

size_t count_notes(const struct fopnp_trace *trace, const char *id)
{
	size_t count = 0;

	for (size_t i = 0; i < trace->notes.count; i++)
		count += strcmp(trace->notes.list[i].id, id) == 0;
	return count;
}

bool has_warnings(const struct fopnp_trace *trace)
{
	for (size_t i = 0; i < trace->notes.count; i++)
		if (trace->notes.list[i].severity != FOPNP_INFO)
			return true;
	return false;
}
