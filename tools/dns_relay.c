/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Relays in the place of the name servers. */
#include "tools/dns_relay.h"

#include "tools/clock.h"
#include "tools/dns_relay_tcp.h"
#include "tools/memory.h"
#include "tools/socket_owner.h"
#include "tools/wire_record.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* glibc has one UDP socket a server, but opens them anew for each question. */
#define SESSIONS    24
#define CONNECTIONS 8
#define DATAGRAM    65536
#define PORT_TRIES  16
/* Of one socket before the others have their turn, and the deadlines are looked at. */
#define AT_ONCE 64

_Static_assert(2 * FOPNP_RESOLVER_SERVERS + SESSIONS + 2 * CONNECTIONS <=
		       FOPNP_DNS_RELAY_DESCRIPTORS,
	       "every descriptor can be watched");

/* The relay of one server. */
struct relay_server {
	struct fopnp_resolver_server server; /* without its text */
	struct sockaddr_in address;          /* where glibc finds it; port 0: glibc asks itself */
	int udp, tcp;
	bool is_refusing; /* `tcp` keeps its port, but does not listen */
};

/* One UDP socket of glibc's, and ours to the server that stands for it. */
struct session {
	struct fopnp_wire_channel channel;
	int upstream; /* -1: none yet, or it has failed */
	struct sockaddr_in client;
	uint32_t inode; /* of glibc's socket: its port may become another one's */
	uint64_t used;  /* the least is the oldest; 0: this place is free */
};

struct fopnp_dns_relay {
	struct relay_server servers[FOPNP_RESOLVER_SERVERS];
	size_t server_count, search_count;
	struct session sessions[SESSIONS];
	struct fopnp_relay_connection connections[CONNECTIONS];
	struct fopnp_socket_finder finder;
	uint64_t start_us, uses;
	struct fopnp_wire *wire;
	uint8_t datagram[DATAGRAM];
};

/* ---- opening and closing ---- */

static void close_descriptor(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

/*
 * A TCP socket on the port that UDP got by chance, where old connections may linger.
 * While it does not listen, nobody else may have the port.  False with errno set.
 */
static bool try_port(struct relay_server *server)
{
	socklen_t len = sizeof(server->address);
	int one = 1, zero = 0;

	server->address = (struct sockaddr_in){ .sin_family = AF_INET,
						.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	server->udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	server->tcp = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return server->udp != -1 && server->tcp != -1 &&
	       bind(server->udp, (const struct sockaddr *)&server->address, len) == 0 &&
	       getsockname(server->udp, (struct sockaddr *)&server->address, &len) == 0 &&
	       setsockopt(server->tcp, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
	       bind(server->tcp, (const struct sockaddr *)&server->address, len) == 0 &&
	       setsockopt(server->tcp, SOL_SOCKET, SO_REUSEADDR, &zero, sizeof(zero)) == 0 &&
	       listen(server->tcp, CONNECTIONS) == 0;
}

/* Where the system knows no IPv6 at all, glibc gives up at such a server: let it. */
static bool has_family(int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool has = fd != -1 || errno != EAFNOSUPPORT;

	close_descriptor(&fd);
	return has;
}

static bool open_server(struct relay_server *server, const struct fopnp_resolver_server *configured)
{
	server->server = *configured;
	server->server.text = NULL;
	if (!has_family(configured->address.ss_family))
		return true;
	for (int i = 0; i < PORT_TRIES; i++) {
		int error;

		if (try_port(server))
			return true;
		error = errno;
		close_descriptor(&server->udp);
		close_descriptor(&server->tcp);
		errno = error;
		if (error != EADDRINUSE)
			break;
	}
	return false;
}

/* Without a relay there is nobody to look for. */
static bool open_finder(struct fopnp_dns_relay *relay)
{
	for (size_t i = 0; i < relay->server_count; i++)
		if (relay->servers[i].udp != -1)
			return fopnp_socket_finder_open(&relay->finder, &relay->servers[i].address);
	return true;
}

struct fopnp_dns_relay *fopnp_dns_relay_open(const struct fopnp_resolver_config *config)
{
	struct fopnp_dns_relay *relay = fopnp_memory_zeroed(1, sizeof(*relay));
	bool is_open = true;

	relay->wire = fopnp_memory_zeroed(1, sizeof(*relay->wire));
	relay->search_count = config->search_count;
	relay->finder.netlink = -1;
	for (size_t i = 0; i < SESSIONS; i++)
		relay->sessions[i].upstream = -1;
	for (size_t i = 0; i < CONNECTIONS; i++)
		relay->connections[i].client = relay->connections[i].upstream = -1;
	for (size_t i = 0; i < FOPNP_RESOLVER_SERVERS; i++)
		relay->servers[i].udp = relay->servers[i].tcp = -1;
	for (size_t i = 0; i < config->server_count && is_open; i++) {
		is_open = open_server(&relay->servers[i], &config->servers[i]);
		relay->server_count++;
	}
	if (!is_open || !open_finder(relay)) {
		int error = errno;

		fopnp_dns_relay_close(relay);
		errno = error;
		return NULL;
	}
	return relay;
}

void fopnp_dns_relay_close_descriptors(struct fopnp_dns_relay *relay)
{
	for (size_t i = 0; i < SESSIONS; i++)
		close_descriptor(&relay->sessions[i].upstream);
	for (size_t i = 0; i < CONNECTIONS; i++)
		fopnp_relay_connection_close(&relay->connections[i]);
	for (size_t i = 0; i < FOPNP_RESOLVER_SERVERS; i++) {
		close_descriptor(&relay->servers[i].udp);
		close_descriptor(&relay->servers[i].tcp);
	}
	fopnp_socket_finder_close(&relay->finder);
}

void fopnp_dns_relay_close(struct fopnp_dns_relay *relay)
{
	if (!relay)
		return;
	fopnp_dns_relay_close_descriptors(relay);
	fopnp_wire_free(relay->wire);
	free(relay);
}

void fopnp_dns_relay_start(struct fopnp_dns_relay *relay)
{
	relay->start_us = fopnp_clock_now_us();
}

static uint64_t since_start(const struct fopnp_dns_relay *relay)
{
	return fopnp_clock_now_us() - relay->start_us;
}

/* ---- the child's side ---- */

/* What this process uses; set in a child. */
static const struct fopnp_dns_relay *used_relay;

/* As glibc's __res_get_nsaddr(): an IPv6 server stands in the extension. */
static bool is_set_to(const struct __res_state *state, size_t index,
		      const struct fopnp_resolver_server *server)
{
	const struct sockaddr_in *in = &state->nsaddr_list[index];
	const struct sockaddr_in6 *in6 = state->_u._ext.nsaddrs[index];

	if (server->address.ss_family == AF_INET) {
		const struct sockaddr_in *wanted = (const struct sockaddr_in *)&server->address;

		return in->sin_family == AF_INET && in->sin_port == wanted->sin_port &&
		       in->sin_addr.s_addr == wanted->sin_addr.s_addr;
	}
	if (server->address.ss_family == AF_INET6 && in->sin_family == 0 && in6) {
		const struct sockaddr_in6 *wanted = (const struct sockaddr_in6 *)&server->address;

		return in6->sin6_port == wanted->sin6_port &&
		       in6->sin6_scope_id == wanted->sin6_scope_id &&
		       IN6_ARE_ADDR_EQUAL(&in6->sin6_addr, &wanted->sin6_addr);
	}
	return false;
}

/* What glibc keeps of the search list once the state has been changed. */
static size_t kept_search_count(const struct __res_state *state)
{
	size_t count = 0;

	while (count < MAXDNSRCH && state->dnsrch[count])
		count++;
	return count;
}

/* Put the relays into a state that has just been made from resolv.conf. */
static bool use_in_state(const struct fopnp_dns_relay *relay, struct __res_state *state)
{
	if ((size_t)state->nscount != relay->server_count ||
	    kept_search_count(state) != relay->search_count)
		return false;
	for (size_t i = 0; i < relay->server_count; i++)
		if (!is_set_to(state, i, &relay->servers[i].server))
			return false;
	/* glibc never reads resolv.conf again into a state that differs from it, and copies
	   these addresses over those in the extension when it sends first. */
	for (size_t i = 0; i < relay->server_count; i++)
		if (relay->servers[i].address.sin_port != 0)
			state->nsaddr_list[i] = relay->servers[i].address;
	return true;
}

bool fopnp_dns_relay_use(const struct fopnp_dns_relay *relay)
{
	if (res_init() != 0 || !use_in_state(relay, &_res))
		return false;
	used_relay = relay;
	return true;
}

/*
 * nss-mdns asks for local. with a state of its own, which it makes by res_ninit(3).
 * The command exports this in front of libc's; everywhere but in such a child it
 * is libc's and nothing else.  glibc's own calls never come here.
 */
__attribute__((visibility("default"))) int res_ninit(res_state state)
{
	static int (*of_libc)(res_state);
	int result;

	if (!of_libc)
		of_libc = (int (*)(res_state))dlsym(RTLD_NEXT, "__res_ninit");
	if (!of_libc)
		return -1;
	result = of_libc(state);
	if (result == 0 && used_relay)
		(void)use_in_state(used_relay, state);
	return result;
}

/* ---- who may come in ---- */

/* Each packet anew: when glibc has closed a socket, its port is anybody's.  As fopnp_socket_find(). */
static int find_owner(struct fopnp_dns_relay *relay, bool is_tcp, const struct sockaddr_in *client,
		      size_t server, uint32_t *out_inode)
{
	int error = fopnp_socket_find(&relay->finder, is_tcp, client,
				      &relay->servers[server].address, out_inode);

	if (error && error != ENOENT && error != EPERM)
		fopnp_wire_break(relay->wire, error);
	return error;
}

/* glibc has met its refusal, and asks elsewhere or anew. */
static void listen_again(struct fopnp_dns_relay *relay)
{
	for (size_t i = 0; i < relay->server_count; i++) {
		struct relay_server *server = &relay->servers[i];

		if (!server->is_refusing)
			continue;
		server->is_refusing = false;
		if (listen(server->tcp, CONNECTIONS) != 0)
			fopnp_wire_break(relay->wire, errno);
	}
}

/* ---- UDP ---- */

/* Have glibc's resolvers errors, too: __res_enable_icmp() of its res_enable_icmp.c. */
static bool enable_icmp(int fd, int family)
{
	int one = 1;

	return family == AF_INET6
		       ? setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &one, sizeof(one)) == 0
		       : setsockopt(fd, IPPROTO_IP, IP_RECVERR, &one, sizeof(one)) == 0;
}

/* A socket connected to the server; -1 with errno set. */
static int connect_upstream(const struct fopnp_resolver_server *server)
{
	int family = server->address.ss_family, error;
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	if (enable_icmp(fd, family) &&
	    connect(fd, (const struct sockaddr *)&server->address, server->address_len) == 0)
		return fd;
	error = errno;
	(void)close(fd);
	errno = error;
	return -1;
}

/* The session of a port of glibc's, or NULL. */
static struct session *find_session(struct fopnp_dns_relay *relay, size_t server,
				    const struct sockaddr_in *client)
{
	for (size_t i = 0; i < SESSIONS; i++) {
		struct session *session = &relay->sessions[i];

		if (session->used && session->channel.server == server &&
		    session->client.sin_port == client->sin_port &&
		    session->client.sin_addr.s_addr == client->sin_addr.s_addr)
			return session;
	}
	return NULL;
}

static struct session *oldest_session(struct fopnp_dns_relay *relay)
{
	struct session *session = &relay->sessions[0];

	for (size_t i = 0; i < SESSIONS; i++)
		if (relay->sessions[i].used < session->used)
			session = &relay->sessions[i];
	return session;
}

/*
 * The session of the very socket that sent the datagram; a new one takes the place of an
 * older socket with its port, or that of the oldest.  NULL: none of the child's.
 *
 * What came of the first of two questions may make glibc close the socket before the second
 * has been read here: then it is taken for what it says, for it can be no other question.
 */
static struct session *verified_session(struct fopnp_dns_relay *relay, size_t server,
					const struct sockaddr_in *client, size_t len)
{
	struct session *session = find_session(relay, server, client);
	uint32_t inode;
	int error = find_owner(relay, false, client, server, &inode);

	if (error == ENOENT && session &&
	    fopnp_wire_channel_lacks(&session->channel, relay->datagram, len))
		return session;
	if (error)
		return NULL;
	if (session && session->inode == inode)
		return session;
	if (!session)
		session = oldest_session(relay);
	close_descriptor(&session->upstream);
	*session = (struct session){
		.channel.server = server, .upstream = -1, .client = *client, .inode = inode
	};
	return session;
}

static void send_to_client(const struct fopnp_dns_relay *relay, const struct session *session,
			   size_t len)
{
	(void)sendto(relay->servers[session->channel.server].udp, relay->datagram, len,
		     MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&session->client,
		     sizeof(session->client));
}

/* The socket to the server has failed: glibc's own would have, and glibc would have closed it. */
static void fail_session(struct fopnp_dns_relay *relay, struct session *session, int error)
{
	fopnp_wire_record_failure(relay->wire, &session->channel, since_start(relay), error);
	send_to_client(relay, session, 0);
	close_descriptor(&session->upstream);
}

static bool is_passing(int error)
{
	return error == EAGAIN || error == EINTR;
}

static void pass_query(struct fopnp_dns_relay *relay, size_t server,
		       const struct sockaddr_in *client, size_t len)
{
	struct session *session = verified_session(relay, server, client, len);

	if (!session)
		return;
	listen_again(relay);
	session->used = ++relay->uses;
	fopnp_wire_record_query(relay->wire, &session->channel, since_start(relay), relay->datagram,
				len);
	if (session->upstream == -1)
		session->upstream = connect_upstream(&relay->servers[server].server);
	if (session->upstream == -1 ||
	    (send(session->upstream, relay->datagram, len, MSG_DONTWAIT | MSG_NOSIGNAL) == -1 &&
	     !is_passing(errno)))
		fail_session(relay, session, errno);
}

static void take_queries(struct fopnp_dns_relay *relay, size_t server)
{
	for (int i = 0; i < AT_ONCE; i++) {
		struct sockaddr_in client = { 0 };
		socklen_t client_len = sizeof(client);
		ssize_t len = recvfrom(relay->servers[server].udp, relay->datagram, DATAGRAM,
				       MSG_DONTWAIT, (struct sockaddr *)&client, &client_len);

		if (len < 0)
			return;
		pass_query(relay, server, &client, (size_t)len);
	}
}

static void take_replies(struct fopnp_dns_relay *relay, struct session *session)
{
	for (int i = 0; i < AT_ONCE && session->upstream != -1; i++) {
		ssize_t len = recv(session->upstream, relay->datagram, DATAGRAM, MSG_DONTWAIT);

		if (len < 0) {
			if (!is_passing(errno))
				fail_session(relay, session, errno);
			return;
		}
		fopnp_wire_record_reply(relay->wire, &session->channel, since_start(relay),
					relay->datagram, (size_t)len);
		send_to_client(relay, session, (size_t)len);
	}
}

/* ---- TCP ---- */

static struct fopnp_relay_connection *free_connection(struct fopnp_dns_relay *relay)
{
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (relay->connections[i].client == -1)
			return &relay->connections[i];
	return NULL;
}

static void accept_clients(struct fopnp_dns_relay *relay, size_t server)
{
	struct fopnp_relay_connection *connection = free_connection(relay);

	for (int i = 0; i < AT_ONCE && connection && !relay->servers[server].is_refusing; i++) {
		struct sockaddr_in address = { 0 };
		socklen_t len = sizeof(address);
		int client = accept4(relay->servers[server].tcp, (struct sockaddr *)&address, &len,
				     SOCK_NONBLOCK | SOCK_CLOEXEC);
		uint32_t inode;

		if (client == -1) {
			if (fopnp_socket_is_short(errno))
				fopnp_wire_break(relay->wire, errno);
			return;
		}
		if (find_owner(relay, true, &address, server, &inode) != 0) {
			(void)close(client);
			continue;
		}
		listen_again(relay);
		fopnp_relay_connection_open(connection, client, server,
					    &relay->servers[server].server);
		connection = free_connection(relay);
	}
}

/* So that glibc, which connects once more after a reset, meets what it had met at the server. */
static void stop_listening(struct relay_server *server)
{
	(void)shutdown(server->tcp, SHUT_RDWR);
	server->is_refusing = true;
}

static void work_connection(struct fopnp_dns_relay *relay,
			    struct fopnp_relay_connection *connection)
{
	if (connection->client == -1 ||
	    !fopnp_relay_connection_work(connection, relay->wire, relay->start_us))
		return;
	stop_listening(&relay->servers[connection->channel.server]);
	fopnp_relay_connection_close(connection);
}

/* ---- all together ---- */

size_t fopnp_dns_relay_watch(const struct fopnp_dns_relay *relay, struct pollfd *fds, size_t size)
{
	size_t count = 0;
	bool can_accept = false;

	for (size_t i = 0; i < CONNECTIONS && count + 2 <= size; i++) {
		count += fopnp_relay_connection_watch(&relay->connections[i], fds + count);
		can_accept |= relay->connections[i].client == -1;
	}
	for (size_t i = 0; i < relay->server_count && count + 2 <= size; i++) {
		if (relay->servers[i].udp == -1)
			continue;
		fds[count++] = (struct pollfd){ .fd = relay->servers[i].udp, .events = POLLIN };
		if (can_accept && !relay->servers[i].is_refusing)
			fds[count++] =
				(struct pollfd){ .fd = relay->servers[i].tcp, .events = POLLIN };
	}
	for (size_t i = 0; i < SESSIONS && count < size; i++)
		if (relay->sessions[i].upstream != -1)
			fds[count++] = (struct pollfd){ .fd = relay->sessions[i].upstream,
							.events = POLLIN };
	return count;
}

void fopnp_dns_relay_work(struct fopnp_dns_relay *relay)
{
	/* What glibc had sent before it connected or saw a reply is known before that is dealt with. */
	for (size_t i = 0; i < relay->server_count; i++)
		if (relay->servers[i].tcp != -1)
			accept_clients(relay, i);
	for (size_t i = 0; i < relay->server_count; i++)
		if (relay->servers[i].udp != -1)
			take_queries(relay, i);
	for (size_t i = 0; i < SESSIONS; i++)
		if (relay->sessions[i].upstream != -1)
			take_replies(relay, &relay->sessions[i]);
	for (size_t i = 0; i < CONNECTIONS; i++)
		work_connection(relay, &relay->connections[i]);
	/* Nobody will be told of this call: with nothing but refusals it is over soon. */
	if (relay->wire->is_broken)
		fopnp_dns_relay_close_descriptors(relay);
}

struct fopnp_wire *fopnp_dns_relay_finish(struct fopnp_dns_relay *relay)
{
	struct fopnp_wire *wire = relay->wire;

	wire->end_us = since_start(relay);
	fopnp_dns_relay_close_descriptors(relay);
	relay->wire = NULL;
	return wire;
}
