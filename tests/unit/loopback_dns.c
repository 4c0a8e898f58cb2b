/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Name servers that misbehave as told: see loopback_dns.h. */
#include "tests/unit/loopback_dns.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEADER      12
#define PENDING_MAX 64
#define CLIENTS_MAX 8
#define PACKET_MAX  4500
#define SEEN_SIZE   4096
#define FLOOD_BURST 200

struct pending {
	uint64_t due_ms;
	struct sockaddr_storage to;
	socklen_t to_len;
	uint8_t packet[PACKET_MAX];
	size_t len;
	bool is_flood;
};

struct loopback_server {
	struct loopback_plan plan;
	unsigned number;
	union fopnp_dns_address address;
	socklen_t address_len;
	int udp, tcp, stop[2];
	int clients[CLIENTS_MAX];
	pthread_t thread;
	pthread_mutex_t lock;
	char seen[SEEN_SIZE], told[SEEN_SIZE];
	struct pending pending[PENDING_MAX];
	size_t pending_count;
};

static void must(bool is_fine, const char *what)
{
	if (is_fine)
		return;
	perror(what);
	abort();
}

static uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void see(struct loopback_server *server, unsigned type, bool is_tcp)
{
	size_t len;

	pthread_mutex_lock(&server->lock);
	len = strlen(server->seen);
	snprintf(server->seen + len, SEEN_SIZE - len, "%s%s%s", len ? " " : "",
		 is_tcp ? "tcp:" : "",
		 type == 1    ? "A"
		 : type == 28 ? "AAAA"
			      : "?");
	pthread_mutex_unlock(&server->lock);
}

const char *loopback_server_seen(struct loopback_server *server)
{
	pthread_mutex_lock(&server->lock);
	memcpy(server->told, server->seen, SEEN_SIZE);
	pthread_mutex_unlock(&server->lock);
	return server->told;
}

/* ---- replies ---- */

/* The end of the question; 0 if there is none. */
static size_t question_end(const uint8_t *query, size_t len)
{
	size_t at = HEADER;

	while (at < len && query[at] != 0)
		at += query[at] + 1u;
	return at + 5 <= len ? at + 5 : 0;
}

static size_t add_record(uint8_t *packet, size_t at, unsigned type, const void *data, size_t len)
{
	const uint8_t fixed[] = { 0xc0, HEADER, 0,  (uint8_t)type,       0,           1, 0,
				  0,    0,      60, (uint8_t)(len >> 8), (uint8_t)len };

	memcpy(packet + at, fixed, sizeof(fixed));
	if (len > 0)
		memcpy(packet + at + sizeof(fixed), data, len);
	packet[7]++;
	return at + sizeof(fixed) + len;
}

static size_t add_address(const struct loopback_server *server, uint8_t *packet, size_t at,
			  unsigned type)
{
	uint8_t inet[4] = { 192, 0, 2, (uint8_t)server->number };
	uint8_t inet6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = (uint8_t)server->number };

	return type == 28 ? add_record(packet, at, type, inet6, sizeof(inet6))
			  : add_record(packet, at, type, inet, sizeof(inet));
}

/* Header and question, with RCODE and the flags of a resolver. */
static size_t start_reply(uint8_t *reply, const uint8_t *query, size_t len, unsigned rcode)
{
	size_t end = question_end(query, len);

	memcpy(reply, query, end);
	reply[2] = (uint8_t)(0x80 | (query[2] & 1));
	reply[3] = (uint8_t)(0x80 | rcode);
	memset(reply + 6, 0, 6);
	return end;
}

static size_t make_reply(const struct loopback_server *server, enum loopback_manner manner,
			 const uint8_t *query, size_t len, unsigned type, uint8_t *reply)
{
	static const uint8_t target[] = { 5, 'o', 't', 'h', 'e', 'r', 0 };
	uint8_t filler[180] = { 0 };
	size_t end = start_reply(reply, query, len, 0);

	switch (manner) {
	case SAYS_NO_DATA:
		return end;
	case SAYS_NO_NAME:
		return start_reply(reply, query, len, 3);
	case SAYS_SERVFAIL:
		return start_reply(reply, query, len, 2);
	case SAYS_REFUSED:
		return start_reply(reply, query, len, 5);
	case SAYS_NOTIMP:
		return start_reply(reply, query, len, 4);
	case SAYS_FORMERR:
		return start_reply(reply, query, len, 1);
	case SAYS_REFERRAL:
		reply[3] = 0;
		return end;
	case SAYS_CNAME:
		return add_record(reply, end, 5, target, sizeof(target));
	case SAYS_WRONG_ID:
	case SAYS_FLOOD:
		reply[0] ^= 0x55;
		return add_address(server, reply, end, type);
	case SAYS_WRONG_NAME:
		reply[HEADER + 1] = 'x';
		return add_address(server, reply, end, type);
	case SAYS_OTHER_CASE:
		for (size_t i = HEADER; i < end; i++)
			if (isalpha(reply[i]))
				reply[i] ^= 0x20;
		return add_address(server, reply, end, type);
	case SAYS_QUERY:
		memcpy(reply, query, len);
		return len;
	case SAYS_MUCH:
	case SAYS_TOO_MUCH:
		end = add_address(server, reply, end, type);
		while (end < (manner == SAYS_MUCH ? 1100 : 4200))
			end = add_record(reply, end, 99, filler, sizeof(filler));
		return end;
	case SAYS_TRUNCATED:
	case SAYS_TRUNCATED_TWICE:
		reply[2] |= 2;
		return end;
	case SAYS_TRUNCATED_SERVFAIL:
	case SAYS_TRUNCATED_NO_NAME:
	case SAYS_TRUNCATED_FORMERR:
		end = start_reply(reply, query, len,
				  manner == SAYS_TRUNCATED_SERVFAIL  ? 2
				  : manner == SAYS_TRUNCATED_NO_NAME ? 3
								     : 1);
		reply[2] |= 2;
		return end;
	case SAYS_TRUNCATED_REFERRAL:
		reply[2] |= 2;
		reply[3] = 0;
		return end;
	case SAYS_NOISE:
		for (size_t i = 0; i < 200; i++)
			reply[i] = (uint8_t)(i * 37 + server->number);
		return 200;
	case SAYS_ADDRESS:
	case SAYS_EMPTY:
	case SAYS_SHORT:
	case SAYS_TWICE:
	case SAYS_NOTHING:
		break;
	}
	return add_address(server, reply, end, type);
}

static void answer_later(struct loopback_server *server, int ms, const struct sockaddr_storage *to,
			 socklen_t to_len, const uint8_t *packet, size_t len, bool is_flood)
{
	struct pending *pending = &server->pending[server->pending_count];

	if (server->pending_count == PENDING_MAX)
		return;
	server->pending_count++;
	*pending = (struct pending){
		.due_ms = clock_ms() + (uint64_t)ms,
		.to = *to,
		.to_len = to_len,
		.len = len,
		.is_flood = is_flood,
	};
	memcpy(pending->packet, packet, len);
}

static void take_datagram(struct loopback_server *server)
{
	struct loopback_plan *plan = &server->plan;
	struct sockaddr_storage from;
	socklen_t from_len = sizeof(from);
	static __thread uint8_t reply[PACKET_MAX];
	uint8_t query[512];
	ssize_t len = recvfrom(server->udp, query, sizeof(query), MSG_DONTWAIT,
			       (struct sockaddr *)&from, &from_len);
	size_t end = len > 0 ? question_end(query, (size_t)len) : 0;
	unsigned type = end > 0 ? query[end - 3] : 0;
	enum loopback_manner manner = type == 28 ? plan->aaaa : plan->a;
	int ms = type == 28 ? plan->aaaa_ms : plan->a_ms;
	size_t reply_len;

	if (end == 0)
		return;
	see(server, type, false);
	if (plan->drops > 0 && plan->drops--)
		return;
	if (type == 28 && plan->aaaa_drops > 0 && plan->aaaa_drops--)
		return;
	if (manner == SAYS_NOTHING)
		return;
	reply_len = make_reply(server, manner, query, (size_t)len, type, reply);
	if (manner == SAYS_EMPTY)
		answer_later(server, ms, &from, from_len, reply, 0, false);
	if (manner == SAYS_SHORT)
		answer_later(server, ms, &from, from_len, reply, 11, false);
	if (manner == SAYS_TWICE || manner == SAYS_TRUNCATED_TWICE)
		answer_later(server, ms, &from, from_len, reply, reply_len, false);
	answer_later(server, ms, &from, from_len, reply, reply_len, manner == SAYS_FLOOD);
}

/* ---- TCP ---- */

static void reset(int client)
{
	struct linger linger = { .l_onoff = 1 };

	setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(client);
}

static bool read_whole(int client, uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t got = recv(client, bytes, len, 0);

		if (got <= 0)
			return false;
		bytes += got;
		len -= (size_t)got;
	}
	return true;
}

static void send_whole(int client, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(client, bytes, len, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		bytes += sent;
		len -= (size_t)sent;
	}
}

static void send_slowly(int client, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const struct timespec pause = { 0, 2000000 };

		send_whole(client, bytes + i, 1);
		nanosleep(&pause, NULL);
	}
}

/* One query of a connection; false if the connection is done with. */
static bool take_stream_query(struct loopback_server *server, int client)
{
	static const uint8_t none[2];
	static const struct timespec slow = { 1, 300000000 };
	uint8_t size[2], query[512];
	uint8_t *reply = NULL;
	size_t len, end, reply_len;
	bool goes_on = true;

	if (!read_whole(client, size, 2))
		return false;
	len = (size_t)size[0] << 8 | size[1];
	if (len > sizeof(query) || !read_whole(client, query, len))
		return false;
	end = question_end(query, len);
	if (end == 0)
		return false;
	see(server, query[end - 3], true);
	reply = calloc(1, 65537);
	must(reply != NULL, "calloc");
	reply_len =
		make_reply(server, server->plan.tcp == TCP_SERVFAIL ? SAYS_SERVFAIL : SAYS_ADDRESS,
			   query, len, query[end - 3], reply + 2);
	if (server->plan.tcp == TCP_LARGEST)
		reply_len = 65535;
	reply[0] = (uint8_t)(reply_len >> 8);
	reply[1] = (uint8_t)reply_len;
	switch (server->plan.tcp) {
	case TCP_ADDRESS:
	case TCP_SERVFAIL:
	case TCP_LARGEST:
		send_whole(client, reply, reply_len + 2);
		break;
	case TCP_SLOW:
		nanosleep(&slow, NULL);
		send_whole(client, reply, reply_len + 2);
		break;
	case TCP_DRIP:
		send_slowly(client, reply, reply_len + 2);
		break;
	case TCP_HALF:
		send_whole(client, reply, reply_len / 2);
		goes_on = false;
		break;
	case TCP_ZERO:
		send_whole(client, none, sizeof(none));
		break;
	case TCP_ONE:
		send_whole(client, reply, reply_len + 2);
		goes_on = false;
		break;
	case TCP_CLOSE:
	case TCP_RESET:
		goes_on = false;
		break;
	case TCP_STALL:
	case TCP_ABSENT:
		break;
	}
	free(reply);
	return goes_on;
}

static void take_stream(struct loopback_server *server, size_t i)
{
	if (take_stream_query(server, server->clients[i]))
		return;
	if (server->plan.tcp == TCP_RESET)
		reset(server->clients[i]);
	else
		close(server->clients[i]);
	server->clients[i] = -1;
}

static void take_connection(struct loopback_server *server)
{
	int client = accept4(server->tcp, NULL, NULL, SOCK_CLOEXEC);

	for (size_t i = 0; i < CLIENTS_MAX && client >= 0; i++)
		if (server->clients[i] < 0) {
			server->clients[i] = client;
			return;
		}
	if (client >= 0)
		close(client);
}

/* ---- the thread ---- */

static void send_pending(struct loopback_server *server)
{
	uint64_t now_ms = clock_ms();

	for (size_t i = 0; i < server->pending_count;) {
		struct pending *pending = &server->pending[i];
		int times = pending->is_flood ? FLOOD_BURST : 1;

		if (pending->due_ms > now_ms) {
			i++;
			continue;
		}
		while (times-- > 0)
			sendto(server->udp, pending->packet, pending->len,
			       MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&pending->to,
			       pending->to_len);
		if (pending->is_flood)
			i++;
		else
			*pending = server->pending[--server->pending_count];
	}
}

static int next_ms(const struct loopback_server *server)
{
	uint64_t now_ms = clock_ms(), due_ms = now_ms + 1000;

	for (size_t i = 0; i < server->pending_count; i++)
		if (server->pending[i].due_ms < due_ms)
			due_ms = server->pending[i].due_ms;
	return due_ms > now_ms ? (int)(due_ms - now_ms) : 0;
}

static void *serve(void *argument)
{
	struct loopback_server *server = argument;

	for (;;) {
		struct pollfd polls[3 + CLIENTS_MAX] = {
			{ .fd = server->stop[0], .events = POLLIN },
			{ .fd = server->udp, .events = POLLIN },
			{ .fd = server->tcp, .events = POLLIN },
		};

		for (size_t i = 0; i < CLIENTS_MAX; i++)
			polls[3 + i] = (struct pollfd){ server->clients[i], POLLIN, 0 };
		poll(polls, 3 + CLIENTS_MAX, next_ms(server));
		if (polls[0].revents)
			return NULL;
		if (polls[1].revents)
			take_datagram(server);
		if (polls[2].revents)
			take_connection(server);
		for (size_t i = 0; i < CLIENTS_MAX; i++)
			if (polls[3 + i].revents)
				take_stream(server, i);
		send_pending(server);
	}
}

static void open_sockets(struct loopback_server *server)
{
	int family = server->plan.is_inet6 ? AF_INET6 : AF_INET;

	server->address.any.sa_family = (sa_family_t)family;
	server->address_len = sizeof(server->address.inet);
	if (server->plan.is_inet6) {
		server->address.inet6.sin6_addr = in6addr_loopback;
		server->address_len = sizeof(server->address.inet6);
	} else {
		server->address.inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	}
	/* A port that is free for UDP and for TCP: the first try nearly always is. */
	for (int tries = 0; tries < 100; tries++) {
		server->address.inet.sin_port = 0;
		server->udp = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		must(server->udp >= 0, "socket");
		must(bind(server->udp, &server->address.any, server->address_len) == 0, "bind");
		must(getsockname(server->udp, &server->address.any, &server->address_len) == 0,
		     "getsockname");
		server->tcp = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		must(server->tcp >= 0, "socket");
		if (bind(server->tcp, &server->address.any, server->address_len) == 0)
			break;
		close(server->udp);
		close(server->tcp);
	}
	if (server->plan.tcp != TCP_ABSENT)
		must(listen(server->tcp, 8) == 0, "listen");
}

struct loopback_server *loopback_server_start(const struct loopback_plan *plan, unsigned number)
{
	struct loopback_server *server = calloc(1, sizeof(*server));

	must(server != NULL, "calloc");
	server->plan = *plan;
	server->number = number;
	pthread_mutex_init(&server->lock, NULL);
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		server->clients[i] = -1;
	open_sockets(server);
	must(pipe2(server->stop, O_CLOEXEC) == 0, "pipe2");
	if (plan->is_closed || plan->tcp == TCP_ABSENT) {
		close(server->tcp);
		server->tcp = -1;
	}
	if (plan->is_closed) {
		close(server->udp);
		server->udp = -1;
		return server;
	}
	must(pthread_create(&server->thread, NULL, serve, server) == 0, "pthread_create");
	return server;
}

void loopback_server_stop(struct loopback_server *server)
{
	close(server->stop[1]);
	if (!server->plan.is_closed)
		pthread_join(server->thread, NULL);
	close(server->stop[0]);
	if (server->udp >= 0)
		close(server->udp);
	if (server->tcp >= 0)
		close(server->tcp);
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (server->clients[i] >= 0)
			close(server->clients[i]);
	pthread_mutex_destroy(&server->lock);
	free(server);
}

union fopnp_dns_address loopback_server_address(const struct loopback_server *server)
{
	return server->address;
}
