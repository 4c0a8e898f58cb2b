/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Channels that questions share. */
#include "tools/dns_link.h"

#include "nss_module/dns/random.h"
#include "tools/clock.h"
#include "tools/memory.h"
#include "tools/progress.h"
#include "tools/server_text.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define LINK_QUERIES 64 /* then a new socket, and so a new port */
#define LINKS_KEPT   32 /* idle ones, beyond which the oldest is closed */

static bool is_same_server(const union fopnp_dns_address *a, const union fopnp_dns_address *b)
{
	struct sockaddr_storage left = { 0 }, right = { 0 };

	memcpy(&left, a, sizeof(*a));
	memcpy(&right, b, sizeof(*b));
	return fopnp_server_is_same(&left, &right);
}

static void close_link(struct fopnp_dns_links *links, struct fopnp_dns_link *gone)
{
	struct fopnp_dns_link **at = &links->first;

	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	links->count--;
	fopnp_dns_channel_close(gone->channel);
	while (gone->attempts) {
		struct fopnp_dns_attempt *attempt = gone->attempts;

		gone->attempts = attempt->next;
		free(attempt->query.reply);
		free(attempt);
	}
	free(gone);
}

/* Of those that are not retired the oldest, while there are more than KEPT. */
static void close_idle(struct fopnp_dns_links *links, size_t kept)
{
	struct fopnp_dns_link *next;

	for (struct fopnp_dns_link *link = links->first; link; link = next) {
		next = link->next;
		if (link->waiting == 0 && (link->is_retired || links->count > kept))
			close_link(links, link);
	}
}

void fopnp_dns_links_close_idle(struct fopnp_dns_links *links, bool is_all)
{
	close_idle(links, is_all ? 0 : LINKS_KEPT);
}

static struct fopnp_dns_link *open_link(struct fopnp_dns_links *links,
					const union fopnp_dns_address *server)
{
	struct fopnp_dns_link *link = fopnp_memory_zeroed(1, sizeof(*link));
	struct fopnp_dns_link **end = &links->first;

	close_idle(links, LINKS_KEPT - 1);
	link->server = *server;
	link->channel = fopnp_dns_channel_open(server, links->uses_tcp);
	if (!link->channel)
		fopnp_memory_give_up();
	while (*end)
		end = &(*end)->next;
	*end = link;
	links->count++;
	return link;
}

struct fopnp_dns_link *fopnp_dns_links_get(struct fopnp_dns_links *links,
					   const union fopnp_dns_address *server, bool is_alone)
{
	struct fopnp_dns_link *link = is_alone ? NULL : links->first;

	while (link && (link->is_retired || !is_same_server(&link->server, server)))
		link = link->next;
	if (!link)
		link = open_link(links, server);
	link->is_retired = is_alone;
	return link;
}

/*
 * One that no other question of this link has or had: a reply to one of two that are alike, asked twice
 * with the same id, would be taken for a second one to the other.
 */
static uint16_t unused_id(const struct fopnp_dns_link *link)
{
	const struct fopnp_dns_attempt *other;
	uint16_t id;

	do {
		id = (uint16_t)fopnp_dns_random();
		other = link->attempts;
		while (other && other->query.id != id)
			other = other->next;
	} while (other);
	return id;
}

void fopnp_dns_link_send(struct fopnp_dns_link *link, struct fopnp_dns_attempt *attempt)
{
	attempt->query.packet = attempt->packet;
	attempt->query.id = unused_id(link);
	attempt->link = link;
	attempt->next = link->attempts;
	link->attempts = attempt;
	link->waiting++;
	link->is_retired |= ++link->sent >= LINK_QUERIES;
	attempt->sent_us = fopnp_clock_now_us();
	fopnp_dns_channel_send(link->channel, &attempt->query);
}

void fopnp_dns_attempt_let_go(struct fopnp_dns_attempt *attempt)
{
	attempt->link->waiting--;
}

bool fopnp_dns_attempt_saw_garbage(const struct fopnp_dns_attempt *attempt)
{
	return fopnp_dns_channel_garbage(attempt->link->channel) != attempt->query.garbage;
}

static void make_room(struct fopnp_dns_links *links)
{
	size_t room = links->count * FOPNP_DNS_CHANNEL_SOCKETS;

	if (room <= links->poll_room)
		return;
	links->poll_room = 2 * room;
	links->polls = fopnp_memory_resize(links->polls, links->poll_room, sizeof(*links->polls));
	links->poll_links = fopnp_memory_resize(links->poll_links, links->poll_room,
						sizeof(struct fopnp_dns_link *));
}

/* Or until progress is to be shown. */
static int milliseconds_until(uint64_t when_us)
{
	uint64_t now_us = fopnp_clock_now_us(), tick_us = fopnp_progress_next_us();
	uint64_t left_us = when_us <= now_us ? 0 : when_us - now_us;

	if (tick_us < left_us)
		left_us = tick_us;
	return (int)((left_us + 999) / 1000);
}

void fopnp_dns_links_wait(struct fopnp_dns_links *links, uint64_t until_us)
{
	size_t count = 0;

	make_room(links);
	for (struct fopnp_dns_link *link = links->first; link; link = link->next) {
		size_t sockets = fopnp_dns_channel_polls(link->channel, links->polls + count);

		for (size_t i = 0; i < sockets; i++)
			links->poll_links[count++] = link;
	}
	if (poll(links->polls, (nfds_t)count, milliseconds_until(until_us)) > 0)
		for (size_t i = 0; i < count; i++)
			if (links->polls[i].revents)
				fopnp_dns_channel_process(links->poll_links[i]->channel,
							  &links->polls[i]);
	fopnp_progress_tick();
}

void fopnp_dns_links_clear(struct fopnp_dns_links *links)
{
	while (links->first)
		close_link(links, links->first);
	free(links->polls);
	free(links->poll_links);
	*links = (struct fopnp_dns_links){ .uses_tcp = links->uses_tcp };
}
