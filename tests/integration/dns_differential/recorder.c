/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A relay that writes queries down, see differential.h. */
#include "tests/integration/dns_differential/differential.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER       12
#define PACKET_SIZE  65535
#define SYNC_MESSAGE "sync"
#define SLOTS        65536

/* A query that was passed on under the id that is its index. */
struct slot {
	struct sockaddr_in client;
	uint16_t id;
};

struct relay {
	uint8_t index;
	int udp, tcp, upstream;
	struct sockaddr_in upstream_address;
	uint16_t next_slot;
	struct slot slots[SLOTS];
};

static struct relay relays[RECORDER_SERVERS];
static struct query_record *record;
static uint64_t seed;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "recorder: %s: %s\n", what, strerror(errno));
	exit(2);
}

static unsigned get16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static struct sockaddr_in socket_address(const char *text)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(53) };
	if (inet_pton(AF_INET, text, &address.sin_addr) != 1)
		die(text);
	return address;
}

bool recorder_parse_server(struct recorder_server *server, const char *text)
{
	return sscanf(text, "%15[0-9.]=%15[0-9.]", server->address, server->upstream) == 2;
}

/* ---- writing down ---- */

/* SERVFAIL, NOTIMP, REFUSED, or a referral: no records, neither AA nor RA. */
static bool is_refusal(const uint8_t *reply)
{
	const unsigned rcode = reply[3] & 0x0f;
	if (rcode == 0)
		return get16(reply + 6) == 0 && get16(reply + 10) == 0 && (reply[2] & 0x04) == 0 &&
		       (reply[3] & 0x80) == 0;
	return rcode == 2 || rcode == 4 || rcode == 5;
}

/* REPLY is a made one or empty. */
static void write_down(const struct relay *relay, const uint8_t *packet, size_t len, bool is_tcp,
		       const uint8_t *reply, size_t reply_len)
{
	size_t index, at = HEADER;
	struct recorded_query *query;
	while (at < len && packet[at] != 0)
		at += packet[at] + 1u;
	if (at + 5 > len || at - HEADER > 255)
		return; /* no query: no side sends one */
	index = atomic_fetch_add(&record->count, 1);
	if (index >= RECORD_QUERIES)
		return;
	query = &record->queries[index];
	memset(query, 0, sizeof(*query));
	query->server = relay->index;
	query->is_tcp = is_tcp;
	query->is_refused = reply_len > 0 && is_refusal(reply);
	query->flags = (uint16_t)get16(packet + 2);
	query->name_len = (uint8_t)(at - HEADER);
	memcpy(query->name, packet + HEADER, at - HEADER);
	query->type = (uint16_t)get16(packet + at + 1);
	at += 5;
	if (get16(packet + 10) > 0 && at + 11 <= len && get16(packet + at + 1) == 41) {
		query->has_edns = true;
		query->edns_size = (uint16_t)get16(packet + at + 3);
		query->edns_flags = (uint16_t)get16(packet + at + 7);
	}
}

/* ---- UDP: one thread for all ---- */

static void take_query(struct relay *relay)
{
	static uint8_t packet[PACKET_SIZE], reply[PACKET_SIZE];
	struct sockaddr_in client;
	socklen_t client_len = sizeof(client);
	struct slot *slot;
	size_t reply_len;
	ssize_t len = recvfrom(relay->udp, packet, sizeof(packet), 0, (struct sockaddr *)&client,
			       &client_len);
	if (len == sizeof(SYNC_MESSAGE)) {
		(void)sendto(relay->udp, packet, (size_t)len, 0, (struct sockaddr *)&client,
			     client_len);
		return;
	}
	if (len < HEADER)
		return;
	reply_len = make_reply(packet, (size_t)len, false, seed, reply, sizeof(reply));
	write_down(relay, packet, (size_t)len, false, reply, reply_len);
	if (reply_len > 0) {
		(void)sendto(relay->udp, reply, reply_len, 0, (struct sockaddr *)&client,
			     client_len);
		return;
	}
	slot = &relay->slots[relay->next_slot];
	slot->client = client;
	memcpy(&slot->id, packet, 2);
	packet[0] = (uint8_t)(relay->next_slot >> 8);
	packet[1] = (uint8_t)relay->next_slot;
	relay->next_slot++;
	(void)send(relay->upstream, packet, (size_t)len, 0);
}

static void take_reply(struct relay *relay)
{
	static uint8_t packet[PACKET_SIZE];
	const struct slot *slot;
	ssize_t len = recv(relay->upstream, packet, sizeof(packet), 0);
	if (len < HEADER)
		return;
	slot = &relay->slots[get16(packet)];
	memcpy(packet, &slot->id, 2);
	(void)sendto(relay->udp, packet, (size_t)len, 0, (const struct sockaddr *)&slot->client,
		     sizeof(slot->client));
}

/* ---- TCP: a thread a connection ---- */

struct connection {
	const struct relay *relay;
	int fd;
};

static bool receive_all(int fd, uint8_t *bytes, size_t len)
{
	return len == 0 || recv(fd, bytes, len, MSG_WAITALL) == (ssize_t)len;
}

static bool receive_message(int fd, uint8_t *bytes, size_t *out_len)
{
	uint8_t length[2];
	if (!receive_all(fd, length, 2))
		return false;
	*out_len = get16(length);
	return receive_all(fd, bytes, *out_len);
}

static bool send_message(int fd, const uint8_t *bytes, size_t len)
{
	const uint8_t length[2] = { (uint8_t)(len >> 8), (uint8_t)len };
	return send(fd, length, 2, MSG_NOSIGNAL | MSG_MORE) == 2 &&
	       send(fd, bytes, len, MSG_NOSIGNAL) == (ssize_t)len;
}

/* One query and its reply over TCP. */
static bool serve_query(const struct connection *connection, int *upstream, uint8_t *packet,
			uint8_t *reply)
{
	size_t len, reply_len;
	if (!receive_message(connection->fd, packet, &len) || len < HEADER)
		return false;
	reply_len = make_reply(packet, len, true, seed, reply, PACKET_SIZE);
	write_down(connection->relay, packet, len, true, reply, reply_len);
	if (reply_len > 0)
		return send_message(connection->fd, reply, reply_len);
	if (*upstream < 0) {
		const struct sockaddr_in *address = &connection->relay->upstream_address;
		*upstream = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(*upstream, (const struct sockaddr *)address, sizeof(*address)) < 0)
			return false;
	}
	return send_message(*upstream, packet, len) &&
	       receive_message(*upstream, reply, &reply_len) &&
	       send_message(connection->fd, reply, reply_len);
}

static void *serve_connection(void *argument)
{
	struct connection *connection = argument;
	uint8_t *packet = malloc(PACKET_SIZE), *reply = malloc(PACKET_SIZE);
	int upstream = -1;
	while (packet && reply && serve_query(connection, &upstream, packet, reply))
		;
	if (upstream >= 0)
		close(upstream);
	close(connection->fd);
	free(packet);
	free(reply);
	free(connection);
	return NULL;
}

static void take_connection(const struct relay *relay)
{
	struct connection *connection = malloc(sizeof(*connection));
	pthread_t thread;
	int fd = accept4(relay->tcp, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0 || !connection) {
		free(connection);
		return;
	}
	*connection = (struct connection){ relay, fd };
	if (pthread_create(&thread, NULL, serve_connection, connection) != 0)
		die("pthread_create");
	pthread_detach(thread);
}

/* ---- the process ---- */

static int bound_socket(int type, const struct sockaddr_in *address)
{
	int on = 1, fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ||
	    (type == SOCK_STREAM && listen(fd, 64) < 0))
		die("a socket to listen at");
	return fd;
}

static void open_relay(struct relay *relay, const struct recorder_server *server)
{
	struct sockaddr_in address = socket_address(server->address);
	relay->upstream_address = socket_address(server->upstream);
	relay->udp = bound_socket(SOCK_DGRAM, &address);
	relay->tcp = bound_socket(SOCK_STREAM, &address);
	relay->upstream = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (connect(relay->upstream, (const struct sockaddr *)&relay->upstream_address,
		    sizeof(relay->upstream_address)) < 0)
		die(server->upstream);
}

static _Noreturn void serve(size_t count)
{
	struct pollfd waits[3 * RECORDER_SERVERS];
	for (size_t i = 0; i < count; i++) {
		waits[3 * i] = (struct pollfd){ .fd = relays[i].udp, .events = POLLIN };
		waits[3 * i + 1] = (struct pollfd){ .fd = relays[i].upstream, .events = POLLIN };
		waits[3 * i + 2] = (struct pollfd){ .fd = relays[i].tcp, .events = POLLIN };
	}
	for (;;) {
		if (poll(waits, 3 * count, -1) < 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			if (waits[3 * i].revents)
				take_query(&relays[i]);
			if (waits[3 * i + 1].revents)
				take_reply(&relays[i]);
			if (waits[3 * i + 2].revents)
				take_connection(&relays[i]);
		}
	}
}

pid_t recorder_start(const struct recorder_server *servers, size_t count, uint64_t seed_of_replies,
		     struct query_record **out_record)
{
	pid_t pid;
	record = mmap(NULL, sizeof(*record), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (record == MAP_FAILED)
		die("mmap");
	*out_record = record;
	seed = seed_of_replies;
	for (size_t i = 0; i < count; i++) {
		relays[i].index = (uint8_t)i;
		open_relay(&relays[i], &servers[i]);
	}
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(count);
	}
	for (size_t i = 0; i < count; i++) {
		close(relays[i].udp);
		close(relays[i].tcp);
		close(relays[i].upstream);
	}
	return pid;
}

void recorder_sync(const struct recorder_server *servers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct sockaddr_in address = socket_address(servers[i].address);
		char message[sizeof(SYNC_MESSAGE)] = SYNC_MESSAGE;
		int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		    send(fd, message, sizeof(message), 0) < 0 ||
		    recv(fd, message, sizeof(message), 0) < 0)
			die("a word with the recorder");
		close(fd);
	}
}
