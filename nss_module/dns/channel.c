/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One server behind one c-ares channel: see channel.h. */
#include "nss_module/dns/channel.h"

#define CARES_NO_DEPRECATED /* what 1.18 knows is old in 1.34 */
#include <ares.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "nss_module/dns/verdict.h"
#include "nss_module/lookup/dns_packet.h"

#define HEADER_SIZE       12
#define DATAGRAM_MOST     4096 /* a larger one is asked for by TCP; c-ares has room since 1.34 */
#define STREAM_SIZE       (2 + 65535) /* a message by TCP with its length */
#define DATAGRAMS_AT_ONCE 32
#define PARTS_AT_ONCE     8
#define NEVER_MS          3600000 /* the caller gives up long before */

/*
 * Later ones make a time-out of their own of what they have learnt of a server: their
 * channels serve one lookup only.
 */
static const bool is_ares_plain = ARES_VERSION < 0x011400;

struct channel_socket {
	int fd;
	int type;
	short events;
	uint8_t *stream; /* what came by TCP of a message that is not whole yet; NULL at first */
	size_t stream_len;
};

struct fopnp_dns_channel {
	ares_channel ares;
	union fopnp_dns_address server;
	bool uses_tcp;
	int error;       /* errno of the socket that failed last */
	unsigned budget; /* datagrams to be read yet before others have their turn */
	unsigned garbage;
	size_t socket_count;
	struct channel_socket sockets[FOPNP_DNS_CHANNEL_SOCKETS];
	struct fopnp_dns_query *queries;
	struct fopnp_dns_query *sending; /* whose first datagram is about to go out */
};

/* ---- what comes in ---- */

static unsigned word_at(const uint8_t *bytes, size_t offset)
{
	return (unsigned)bytes[offset] << 8 | bytes[offset + 1];
}

/* The length of the question behind the header: a name without pointers, type and class. */
static size_t question_len(const uint8_t *packet, size_t len)
{
	size_t at = HEADER_SIZE;

	while (at < len && packet[at] != 0)
		at += packet[at] + 1u;
	return at + 5 <= len ? at + 5 - HEADER_SIZE : 0;
}

static bool is_reply_to(const struct fopnp_dns_query *query, const struct fopnp_dns_header *header,
			const uint8_t *bytes, size_t len)
{
	size_t question = question_len(query->packet, query->len);

	if (header->id != query->id || header->counts[0] != 1 || len < HEADER_SIZE + question)
		return false;
	for (size_t i = HEADER_SIZE; i < HEADER_SIZE + question; i++) {
		uint8_t a = bytes[i], b = query->packet[i];

		if (a != b && ((a ^ b) != 0x20 || (a | 0x20) < 'a' || (a | 0x20) > 'z'))
			return false;
	}
	return true;
}

static void end_by_reply(struct fopnp_dns_query *query, const uint8_t *bytes, size_t len)
{
	query->has_ended = true;
	query->end = FOPNP_DNS_UNREACHABLE;
	query->reply = malloc(len);
	if (!query->reply)
		return;
	memcpy(query->reply, bytes, len);
	query->reply_len = len;
	query->end = FOPNP_DNS_REPLIED;
}

/* All that sends c-ares over to TCP, instead of a truncated reply to QUERY. */
static size_t write_truncated(const struct fopnp_dns_query *query, uint8_t *bytes)
{
	size_t question = question_len(query->packet, query->len);

	memset(bytes + 2, 0, HEADER_SIZE - 2);
	bytes[2] = (FOPNP_DNS_FLAG_QR | FOPNP_DNS_FLAG_TC) >> 8;
	bytes[5] = 1;
	memcpy(bytes + HEADER_SIZE, query->packet + HEADER_SIZE, question);
	return HEADER_SIZE + question;
}

static bool asks_for_recursion(const struct fopnp_dns_query *query)
{
	return query->packet[2] & FOPNP_DNS_FLAG_RD >> 8;
}

/* A datagram.  What c-ares is to read instead: nothing, or what sends it over to TCP. */
static size_t take_datagram(struct fopnp_dns_channel *channel, uint8_t *bytes, size_t len)
{
	struct fopnp_dns_query *query = channel->queries;
	struct fopnp_dns_reader reader;

	if (!fopnp_dns_reader_start(&reader, bytes, len))
		query = NULL;
	while (query && !is_reply_to(query, &reader.header, bytes, len))
		query = query->next;
	if (!query) {
		channel->garbage++;
		return 0;
	}
	if (query->has_ended || query->was_truncated)
		return 0;
	/* A refusal is one, truncated or not; a referral is one only for who asked for recursion. */
	query->was_truncated =
		(reader.header.flags & FOPNP_DNS_FLAG_TC) != 0 &&
		!fopnp_dns_is_server_error(&reader.header) &&
		!(asks_for_recursion(query) && fopnp_dns_is_referral(&reader.header));
	query->is_tcp = query->was_truncated;
	if (query->was_truncated)
		return write_truncated(query, bytes);
	end_by_reply(query, bytes, len);
	return 0;
}

/* A message by TCP, where a reply to nothing is passed over. */
static void take_message(struct fopnp_dns_channel *channel, const uint8_t *bytes, size_t len)
{
	struct fopnp_dns_query *query = channel->queries;
	struct fopnp_dns_reader reader;

	if (!fopnp_dns_reader_start(&reader, bytes, len))
		return;
	while (query && (query->has_ended || !query->is_tcp ||
			 !is_reply_to(query, &reader.header, bytes, len)))
		query = query->next;
	if (query)
		end_by_reply(query, bytes, len);
}

/* False: one of no bytes, after which nothing is worth to be read. */
static bool take_messages(struct fopnp_dns_channel *channel, struct channel_socket *of)
{
	size_t start = 0, len = 0;

	while (of->stream_len - start >= 2) {
		len = word_at(of->stream, start);
		if (len == 0)
			return false;
		if (of->stream_len - start < 2 + len)
			break;
		take_message(channel, of->stream + start + 2, len);
		start += 2 + len;
	}
	memmove(of->stream, of->stream + start, of->stream_len - start);
	of->stream_len -= start;
	return true;
}

/* c-ares gives the query up: replies never get that far.  Nothing of c-ares may be called here. */
static void end_query(void *argument, int status, int timeouts, unsigned char *bytes, int len)
{
	struct fopnp_dns_query *query = argument;

	(void)timeouts;
	(void)bytes;
	(void)len;
	if (query->has_ended || status == ARES_ECANCELLED || status == ARES_EDESTRUCTION)
		return;
	query->has_ended = true;
	query->end = status == ARES_ETIMEOUT ? FOPNP_DNS_TIMED_OUT : FOPNP_DNS_UNREACHABLE;
}

/* ---- sockets, as c-ares asks for them ---- */

static struct channel_socket *find_socket(struct fopnp_dns_channel *channel, int fd)
{
	for (size_t i = 0; i < channel->socket_count; i++)
		if (channel->sockets[i].fd == fd)
			return &channel->sockets[i];
	return NULL;
}

/* A program that closed its standard files may still write to their numbers. */
static int leave_standard_files(int fd)
{
	int moved;

	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd);
	return moved;
}

static ares_socket_t open_socket(int family, int type, int protocol, void *data)
{
	struct fopnp_dns_channel *channel = data;
	int fd, on = 1;

	(void)family;
	(void)protocol;
	if (channel->socket_count == FOPNP_DNS_CHANNEL_SOCKETS) {
		errno = ENOBUFS;
		return ARES_SOCKET_BAD;
	}
	fd = leave_standard_files(
		socket(channel->server.any.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	if (fd < 0) {
		channel->error = errno;
		return ARES_SOCKET_BAD;
	}
	if (type == SOCK_STREAM) /* two queries, one after the other: no waiting for an ACK */
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	channel->sockets[channel->socket_count++] =
		(struct channel_socket){ .fd = fd, .type = type };
	return fd;
}

static int close_socket(ares_socket_t fd, void *data)
{
	struct fopnp_dns_channel *channel = data;
	struct channel_socket *gone = find_socket(channel, fd);

	if (gone) {
		free(gone->stream);
		*gone = channel->sockets[--channel->socket_count];
	}
	return close(fd);
}

/* To the server as we know it, with its scope and port, which c-ares 1.18 does not keep. */
static int connect_socket(ares_socket_t fd, const struct sockaddr *address, ares_socklen_t len,
			  void *data)
{
	struct fopnp_dns_channel *channel = data;
	socklen_t size = channel->server.any.sa_family == AF_INET6 ? sizeof(channel->server.inet6)
								   : sizeof(channel->server.inet);
	int result;

	(void)address;
	(void)len;
	result = connect(fd, &channel->server.any, size);
	if (result < 0 && errno != EINPROGRESS)
		channel->error = errno;
	return result;
}

/*
 * The sender is the server, since the socket is connected, but its address may look
 * different: 127.0.0.1 instead of 0.0.0.0.
 */
static void tell_sender(const struct fopnp_dns_channel *channel, struct sockaddr *from,
			ares_socklen_t *from_len)
{
	size_t size = channel->server.any.sa_family == AF_INET6 ? sizeof(channel->server.inet6)
								: sizeof(channel->server.inet);

	if (!from || *from_len < size)
		return;
	memcpy(from, &channel->server, size);
	*from_len = (ares_socklen_t)size;
}

/* A flood of datagrams must not keep c-ares reading for ever. */
static ares_ssize_t receive_datagram(struct fopnp_dns_channel *channel, int fd, uint8_t *bytes,
				     size_t size, struct sockaddr *from, ares_socklen_t *from_len)
{
	if (size > DATAGRAM_MOST + 1)
		size = DATAGRAM_MOST + 1;
	while (channel->budget > 0) {
		ssize_t len = recv(fd, bytes, size, MSG_DONTWAIT);

		channel->budget--;
		if (len < 0) {
			if (errno != EAGAIN)
				channel->error = errno;
			return len;
		}
		if (len == (ssize_t)size) /* there may be more */
			bytes[2] |= FOPNP_DNS_FLAG_TC >> 8;
		len = (ssize_t)take_datagram(channel, bytes, (size_t)len);
		if (len > 0) {
			tell_sender(channel, from, from_len);
			return len;
		}
	}
	errno = EAGAIN;
	return -1;
}

/*
 * As datagrams, messages are not for c-ares: 1.34 would give up a whole reply for one record that
 * it cannot read, and keep a connection that ends within a reply.
 */
static ares_ssize_t receive_stream(struct fopnp_dns_channel *channel, struct channel_socket *of)
{
	ssize_t len;

	if (!of->stream)
		of->stream = malloc(STREAM_SIZE);
	if (!of->stream) {
		channel->error = errno;
		return -1;
	}
	len = recv(of->fd, of->stream + of->stream_len, STREAM_SIZE - of->stream_len, MSG_DONTWAIT);
	if (len > 0) {
		of->stream_len += (size_t)len;
		if (take_messages(channel, of)) {
			errno = EAGAIN;
			return -1;
		}
		len = 0;
	}
	if (len == 0)
		channel->error = ECONNRESET;
	else if (errno != EAGAIN)
		channel->error = errno;
	return len;
}

static ares_ssize_t receive(ares_socket_t fd, void *bytes, size_t size, int flags,
			    struct sockaddr *from, ares_socklen_t *from_len, void *data)
{
	struct fopnp_dns_channel *channel = data;
	struct channel_socket *of = find_socket(channel, fd);

	(void)flags;
	if (!of) {
		errno = EBADF;
		return -1;
	}
	if (of->type == SOCK_DGRAM)
		return receive_datagram(channel, fd, bytes, size, from, from_len);
	return receive_stream(channel, of);
}

/* The message is a query on its way: later versions of c-ares give it an id of their own. */
static void learn_id(struct fopnp_dns_channel *channel, const uint8_t *message, size_t len)
{
	uint16_t id = (uint16_t)word_at(message, 0);
	struct fopnp_dns_query *oldest = NULL;

	for (struct fopnp_dns_query *query = channel->queries; query; query = query->next) {
		size_t question = question_len(query->packet, query->len);

		if (len < HEADER_SIZE + question ||
		    memcmp(message + HEADER_SIZE, query->packet + HEADER_SIZE, question) != 0)
			continue;
		if (query->id == id)
			return;
		if (!query->is_id_known)
			oldest = query;
	}
	if (!oldest)
		return;
	oldest->id = id;
	oldest->is_id_known = true;
}

/* Of a stream: a part begins with a message, or is the rest of one that was seen as a whole. */
static void learn_ids(struct fopnp_dns_channel *channel, const struct iovec *part)
{
	const uint8_t *bytes = part->iov_base;
	size_t at = 0;

	while (part->iov_len - at >= 2 + HEADER_SIZE) {
		size_t len = word_at(bytes, at);

		if (len < HEADER_SIZE || part->iov_len - at - 2 < len)
			return;
		learn_id(channel, bytes + at + 2, len);
		at += 2 + len;
	}
}

/* Some parts may be left for the next time: c-ares goes by the length. */
static ssize_t send_parts(int fd, const struct iovec *vector, int count)
{
	struct iovec parts[PARTS_AT_ONCE];
	struct msghdr message = { .msg_iov = parts };

	if (count == 1) /* as glibc sends */
		return sendto(fd, vector->iov_base, vector->iov_len, MSG_NOSIGNAL | MSG_DONTWAIT,
			      NULL, 0);
	while (message.msg_iovlen < (size_t)count && message.msg_iovlen < PARTS_AT_ONCE) {
		parts[message.msg_iovlen] = vector[message.msg_iovlen];
		message.msg_iovlen++;
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static ares_ssize_t send_vector(ares_socket_t fd, const struct iovec *vector, int count, void *data)
{
	struct fopnp_dns_channel *channel = data;
	const struct channel_socket *of = find_socket(channel, fd);
	ssize_t len = send_parts(fd, vector, count);

	if (of && of->type == SOCK_STREAM)
		for (int i = 0; i < count; i++)
			learn_ids(channel, &vector[i]);
	else if (channel->sending && vector->iov_len >= HEADER_SIZE) {
		channel->sending->id = (uint16_t)word_at(vector->iov_base, 0);
		channel->sending->is_id_known = true;
	}

	/* The ICMP error of the datagram before: this one was not sent, but earns its own. */
	if (len < 0 && errno == ECONNREFUSED && of && of->type == SOCK_DGRAM)
		len = send_parts(fd, vector, count);
	if (len < 0 && errno != EAGAIN)
		channel->error = errno;
	return len;
}

static void note_socket(void *data, ares_socket_t fd, int readable, int writable)
{
	struct channel_socket *socket = find_socket(data, fd);

	if (socket)
		socket->events = (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
}

static const struct ares_socket_functions socket_functions = {
	.asocket = open_socket,
	.aclose = close_socket,
	.aconnect = connect_socket,
	.arecvfrom = receive,
	.asendv = send_vector,
};

/* ---- the channel ---- */

static bool set_server(struct fopnp_dns_channel *channel)
{
	struct ares_addr_port_node node = { .family = channel->server.any.sa_family };

	if (node.family == AF_INET6) {
		memcpy(&node.addr.addr6, &channel->server.inet6.sin6_addr, sizeof(node.addr.addr6));
		node.udp_port = node.tcp_port = ntohs(channel->server.inet6.sin6_port);
	} else {
		node.addr.addr4 = channel->server.inet.sin_addr;
		node.udp_port = node.tcp_port = ntohs(channel->server.inet.sin_port);
	}
	return ares_set_servers_ports(channel->ares, &node) == ARES_SUCCESS;
}

/* With every option: what is missing c-ares looks for in files and the environment. */
static bool open_ares(struct fopnp_dns_channel *channel)
{
	struct in_addr some_server = { htonl(INADDR_LOOPBACK) }; /* set_server() replaces it */
	char lookups[] = "b";
	struct ares_options options = {
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP |
			 (channel->uses_tcp ? ARES_FLAG_USEVC : 0),
		.timeout = NEVER_MS,
		.tries = 1,
		.ndots = 1,
		.udp_port = 53,
		.tcp_port = 53,
		.servers = &some_server,
		.nservers = 1,
		.lookups = lookups,
		.sock_state_cb = note_socket,
		.sock_state_cb_data = channel,
	};
	int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
		   ARES_OPT_UDP_PORT | ARES_OPT_TCP_PORT | ARES_OPT_SERVERS | ARES_OPT_DOMAINS |
		   ARES_OPT_LOOKUPS | ARES_OPT_SORTLIST | ARES_OPT_NOROTATE |
		   ARES_OPT_SOCK_STATE_CB;

#ifdef ARES_OPT_QUERY_CACHE /* off: 0 seconds */
	mask |= ARES_OPT_QUERY_CACHE;
#endif
	if (ares_init_options(&channel->ares, &options, mask) != ARES_SUCCESS) {
		channel->ares = NULL;
		return false;
	}
	ares_set_socket_functions(channel->ares, &socket_functions, channel);
	return set_server(channel);
}

struct fopnp_dns_channel *fopnp_dns_channel_open(const union fopnp_dns_address *server,
						 bool uses_tcp)
{
	struct fopnp_dns_channel *channel = calloc(1, sizeof(*channel));

	if (!channel)
		return NULL;
	channel->server = *server;
	channel->uses_tcp = uses_tcp;
	if (!open_ares(channel)) {
		fopnp_dns_channel_close(channel);
		return NULL;
	}
	return channel;
}

void fopnp_dns_channel_close(struct fopnp_dns_channel *channel)
{
	if (!channel)
		return;
	if (channel->ares)
		ares_destroy(channel->ares);
	free(channel);
}

static enum fopnp_dns_end end_of_error(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return FOPNP_DNS_REFUSED;
	case EMFILE:
	case ENFILE:
		return FOPNP_DNS_NO_SOCKET;
	default:
		return FOPNP_DNS_UNREACHABLE;
	}
}

/* c-ares tells no reason: all of a channel's queries fail by its one server's socket. */
static void tell_errors(struct fopnp_dns_channel *channel)
{
	for (struct fopnp_dns_query *query = channel->queries; query; query = query->next)
		if (query->has_ended && query->end == FOPNP_DNS_UNREACHABLE)
			query->end = end_of_error(channel->error);
	channel->error = 0;
}

void fopnp_dns_channel_send(struct fopnp_dns_channel *channel, struct fopnp_dns_query *query)
{
	uint8_t packet[FOPNP_DNS_QUERY_SIZE];

	memcpy(packet, query->packet, query->len);
	packet[0] = (uint8_t)(query->id >> 8);
	packet[1] = (uint8_t)query->id;
	query->is_tcp = channel->uses_tcp;
	query->garbage = channel->garbage;
	query->next = channel->queries;
	channel->queries = query;
	channel->sending = query;
	ares_send(channel->ares, packet, (int)query->len, end_query, query);
	channel->sending = NULL;
	tell_errors(channel);
}

size_t fopnp_dns_channel_polls(const struct fopnp_dns_channel *channel,
			       struct pollfd polls[static FOPNP_DNS_CHANNEL_SOCKETS])
{
	for (size_t i = 0; i < channel->socket_count; i++)
		polls[i] = (struct pollfd){
			.fd = channel->sockets[i].fd,
			.events = channel->sockets[i].events,
		};
	return channel->socket_count;
}

void fopnp_dns_channel_process(struct fopnp_dns_channel *channel, const struct pollfd *poll)
{
	const short ended = POLLERR | POLLHUP | POLLNVAL;
	ares_socket_t readable = poll->revents & (POLLIN | ended) ? poll->fd : ARES_SOCKET_BAD;
	ares_socket_t writable = poll->revents & (POLLOUT | ended) ? poll->fd : ARES_SOCKET_BAD;

	if (!find_socket(channel, poll->fd))
		return;
	channel->budget = DATAGRAMS_AT_ONCE;
	ares_process_fd(channel->ares, readable, writable);
	tell_errors(channel);
}

unsigned fopnp_dns_channel_garbage(const struct fopnp_dns_channel *channel)
{
	return channel->garbage;
}

bool fopnp_dns_channel_cancel(struct fopnp_dns_channel *channel)
{
	ares_cancel(channel->ares);
	channel->queries = NULL;
	return is_ares_plain;
}
