/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing down packets as they pass. */
#include "tools/wire_record.h"

#include "tools/memory.h"
#include "tools/socket_owner.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#define FIRST_ROOM 16
/* The rest of the room is for what glibc asks and takes. */
#define MOST_IGNORED (FOPNP_WIRE_PACKETS / 4)

/* NULL: no more are kept. */
static struct fopnp_wire_packet *add_packet(struct fopnp_wire *wire,
					    const struct fopnp_wire_channel *channel,
					    uint64_t now_us, enum fopnp_wire_event event)
{
	struct fopnp_wire_packet *packet;

	if (wire->count == FOPNP_WIRE_PACKETS) {
		wire->is_cut = true;
		return NULL;
	}
	/* Full at 0 and at each power of two from FIRST_ROOM on. */
	if (wire->count == 0 ||
	    (wire->count >= FIRST_ROOM && (wire->count & (wire->count - 1)) == 0))
		wire->packets = fopnp_memory_resize(wire->packets,
						    wire->count ? 2 * wire->count : FIRST_ROOM,
						    sizeof(*wire->packets));
	packet = &wire->packets[wire->count++];
	*packet = (struct fopnp_wire_packet){ .at_us = now_us,
					      .event = event,
					      .server = channel->server,
					      .is_tcp = channel->is_tcp };
	return packet;
}

static bool same_question(const struct fopnp_dns_message *a, const struct fopnp_dns_message *b)
{
	return a->has_question && b->has_question && a->type == b->type && a->class == b->class &&
	       strcasecmp(a->name, b->name) == 0;
}

static unsigned count_earlier(const struct fopnp_wire *wire,
			      const struct fopnp_dns_message *message)
{
	unsigned count = 0;

	for (size_t i = 0; i < wire->count; i++)
		if (wire->packets[i].event == FOPNP_WIRE_QUERY &&
		    same_question(&wire->packets[i].message, message))
			count++;
	return count;
}

/* A question that is asked again, with its old id, is the same one. */
static void note_question(struct fopnp_wire_channel *channel,
			  const struct fopnp_dns_message *message)
{
	struct fopnp_channel_question *question = NULL;

	for (size_t i = 0; i < FOPNP_CHANNEL_QUESTIONS; i++)
		if (channel->questions[i].is_used &&
		    channel->questions[i].message.id == message->id &&
		    same_question(&channel->questions[i].message, message))
			question = &channel->questions[i];
	if (!question) {
		question = &channel->questions[channel->next];
		channel->next = (channel->next + 1) % FOPNP_CHANNEL_QUESTIONS;
	}
	question->is_used = true;
	question->is_answered = false;
	question->message = *message;
}

void fopnp_wire_record_query(struct fopnp_wire *wire, struct fopnp_wire_channel *channel,
			     uint64_t now_us, const uint8_t *bytes, size_t len)
{
	struct fopnp_dns_message message;
	bool is_parsed = fopnp_dns_message_parse(bytes, len, &message);
	unsigned earlier = is_parsed ? count_earlier(wire, &message) : 0;
	struct fopnp_wire_packet *packet = add_packet(wire, channel, now_us, FOPNP_WIRE_QUERY);

	if (is_parsed)
		note_question(channel, &message);
	if (!packet)
		return;
	packet->message = message;
	packet->is_parsed = is_parsed;
	packet->retry = earlier;
}

/* Whether glibc finds its own question in the reply: by UDP it looks, by TCP it does not. */
static bool is_echoed(const struct fopnp_wire_channel *channel,
		      const struct fopnp_channel_question *question,
		      const struct fopnp_dns_message *reply, unsigned count)
{
	return channel->is_tcp || (count == 1 && same_question(&question->message, reply));
}

/* As send_dg() and send_vc() of glibc's resolv/res_send.c: why it drops a reply, or NULL. */
static const char *judge(struct fopnp_wire_channel *channel, const struct fopnp_dns_message *reply,
			 const uint8_t *bytes, size_t len)
{
	const char *why = "wrong id";
	unsigned count;

	if (len < NS_HFIXEDSZ)
		return "too short";
	count = (unsigned)bytes[4] << 8 | bytes[5];
	for (size_t i = 0; i < FOPNP_CHANNEL_QUESTIONS; i++) {
		struct fopnp_channel_question *question = &channel->questions[i];

		if (!question->is_used || question->message.id != reply->id)
			continue;
		if (!is_echoed(channel, question, reply, count)) {
			why = count == 0 ? "no question" : "wrong question";
			continue;
		}
		if (!question->is_answered) {
			question->is_answered = true;
			return NULL;
		}
		why = "answered already";
	}
	return why;
}

static bool same_place(const struct fopnp_wire_packet *packet,
		       const struct fopnp_wire_channel *channel)
{
	return packet->server == channel->server && packet->is_tcp == channel->is_tcp;
}

/* Whether two dropped replies are about the same.  One without a question tells by its id alone which
 * query it is for: the replies to A and to AAAA must both be kept, whatever order they come in. */
static bool is_about_same(const struct fopnp_dns_message *one,
			  const struct fopnp_dns_message *other, bool has_id_of_query)
{
	if (one->has_question || other->has_question)
		return same_question(one, other);
	return !has_id_of_query || one->id == other->id;
}

/* One like this that came since the last query went there; NULL: none. */
static struct fopnp_wire_packet *find_alike(const struct fopnp_wire *wire,
					    const struct fopnp_wire_channel *channel,
					    const struct fopnp_dns_message *message,
					    const char *ignored)
{
	bool has_id_of_query =
		strcmp(ignored, "no question") == 0 || strcmp(ignored, "wrong question") == 0;

	for (size_t i = wire->count; i-- > 0;) {
		struct fopnp_wire_packet *packet = &wire->packets[i];

		if (!same_place(packet, channel))
			continue;
		if (packet->event == FOPNP_WIRE_QUERY)
			break;
		if (packet->ignored && strcmp(packet->ignored, ignored) == 0 &&
		    is_about_same(&packet->message, message, has_id_of_query))
			return packet;
	}
	return NULL;
}

/* Whoever sends such replies may send thousands.  Whether this one is to be kept. */
static bool keeps_ignored(struct fopnp_wire *wire, const struct fopnp_wire_channel *channel,
			  const struct fopnp_dns_message *message, const char *ignored)
{
	struct fopnp_wire_packet *alike = find_alike(wire, channel, message, ignored);

	if (alike) {
		alike->alike++;
		return false;
	}
	if (wire->ignored_count == MOST_IGNORED) {
		wire->is_cut = true;
		return false;
	}
	wire->ignored_count++;
	return true;
}

void fopnp_wire_record_reply(struct fopnp_wire *wire, struct fopnp_wire_channel *channel,
			     uint64_t now_us, const uint8_t *bytes, size_t len)
{
	struct fopnp_dns_message message;
	bool is_parsed = fopnp_dns_message_parse(bytes, len, &message);
	const char *ignored = judge(channel, &message, bytes, len);
	struct fopnp_wire_packet *packet;

	if (ignored && !keeps_ignored(wire, channel, &message, ignored))
		return;
	packet = add_packet(wire, channel, now_us, FOPNP_WIRE_REPLY);
	if (!packet)
		return;
	packet->message = message;
	packet->is_parsed = is_parsed;
	packet->ignored = ignored;
}

void fopnp_wire_record_end(struct fopnp_wire *wire, struct fopnp_wire_channel *channel,
			   uint64_t now_us, enum fopnp_wire_event event, int error)
{
	for (size_t i = 0; i < FOPNP_CHANNEL_QUESTIONS; i++) {
		struct fopnp_channel_question *question = &channel->questions[i];
		struct fopnp_wire_packet *packet;

		if (!question->is_used || question->is_answered)
			continue;
		question->is_answered = true;
		packet = add_packet(wire, channel, now_us, event);
		if (!packet)
			continue;
		packet->error = error;
		packet->is_parsed = true;
		packet->message = question->message;
	}
}

void fopnp_wire_break(struct fopnp_wire *wire, int error)
{
	if (!wire->is_broken)
		wire->broken_error = error;
	wire->is_broken = true;
}

void fopnp_wire_record_failure(struct fopnp_wire *wire, struct fopnp_wire_channel *channel,
			       uint64_t now_us, int error)
{
	if (fopnp_socket_is_short(error))
		fopnp_wire_break(wire, error);
	else
		fopnp_wire_record_end(
			wire, channel, now_us,
			error == ECONNREFUSED ? FOPNP_WIRE_REFUSED : FOPNP_WIRE_UNREACHABLE, error);
}

static bool was_asked(const struct fopnp_wire_channel *channel,
		      const struct fopnp_dns_message *message)
{
	for (size_t i = 0; i < FOPNP_CHANNEL_QUESTIONS; i++)
		if (channel->questions[i].is_used &&
		    same_question(&channel->questions[i].message, message))
			return true;
	return false;
}

bool fopnp_wire_channel_lacks(const struct fopnp_wire_channel *channel, const uint8_t *bytes,
			      size_t len)
{
	struct fopnp_dns_message message;

	if (!fopnp_dns_message_parse(bytes, len, &message) || message.is_reply ||
	    (message.type != ns_t_a && message.type != ns_t_aaaa) || was_asked(channel, &message))
		return false;
	message.type = message.type == ns_t_a ? ns_t_aaaa : ns_t_a;
	return was_asked(channel, &message);
}

bool fopnp_wire_channel_waits(const struct fopnp_wire_channel *channel)
{
	for (size_t i = 0; i < FOPNP_CHANNEL_QUESTIONS; i++)
		if (channel->questions[i].is_used && !channel->questions[i].is_answered)
			return true;
	return false;
}
