/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to name servers over UDP, all at the same time. */
#include "tools/check_probe.h"

#include "tools/clock.h"
#include "tools/dns_message.h"
#include "tools/host_name.h"
#include "tools/memory.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKET_MOST   4096
#define QUESTION_MOST 300
/* Once a server has replied, how long those before it may still be the ones that are asked more:
   glibc and nss-mdns begin with the first that replies. */
#define GRACE_US 300000

#define QUESTIONS                                                                                  \
	(FOPNP_CHECK_PROBE_SERVERS + 1 + FOPNP_CHECK_PROBE_SEARCH + 2 * FOPNP_CHECK_SAMPLE)

/* The first ones are `. NS`, one a server; the others go to one server. */
enum purpose { OF_ROOT, OF_LOCAL, OF_SEARCH, OF_HOSTS, OF_OTHER_FAMILY };

struct question {
	enum purpose purpose;
	size_t server, search, sample; /* indices */
	char name[NS_MAXDNAME];
	uint16_t type, id;
	uint64_t sent_us;
	bool is_over, is_repeated;
};

struct asking {
	const struct fopnp_check_servers_job *job;
	struct fopnp_check_servers_answer *answer;
	int sockets[FOPNP_CHECK_PROBE_SERVERS]; /* -1: cannot be asked */
	struct question questions[QUESTIONS];
	size_t count;
	bool has_more;       /* the further questions were sent */
	uint64_t replied_us; /* when the first server did; 0: none has */
	uint64_t start_us, end_us;
};

/* ---- sending ---- */

/* A header, one question; recursion desired.  0: no name. */
static size_t make_packet(const struct question *question, uint8_t packet[static QUESTION_MOST])
{
	int len;
	uint8_t *at = packet + NS_HFIXEDSZ;

	memset(packet, 0, NS_HFIXEDSZ);
	packet[0] = (uint8_t)(question->id >> 8);
	packet[1] = (uint8_t)question->id;
	packet[2] = 1; /* RD */
	packet[5] = 1; /* QDCOUNT */
	len = ns_name_compress(question->name, at, QUESTION_MOST - NS_HFIXEDSZ - NS_QFIXEDSZ, NULL,
			       NULL);
	if (len < 0)
		return 0;
	at += len;
	at[0] = (uint8_t)(question->type >> 8);
	at[1] = (uint8_t)question->type;
	at[2] = 0;
	at[3] = ns_c_in;
	return (size_t)(at + NS_QFIXEDSZ - packet);
}

/* The kernel told on this socket that nobody is there. */
static void give_server_up(struct asking *asking, size_t server, int error)
{
	if (asking->answer->servers[server].state != FOPNP_CHECK_THERE) {
		asking->answer->servers[server].state = FOPNP_CHECK_ABSENT;
		asking->answer->servers[server].is_refused = true;
		asking->answer->servers[server].error = error;
		asking->answer->servers[server].elapsed_us =
			fopnp_clock_now_us() - asking->start_us;
	}
	for (size_t i = 0; i < asking->count; i++)
		if (asking->questions[i].server == server)
			asking->questions[i].is_over = true;
}

static bool is_error_of_network(int error)
{
	return error == ECONNREFUSED || error == ENETUNREACH || error == EHOSTUNREACH ||
	       error == EACCES || error == EPERM || error == EADDRNOTAVAIL || error == EINVAL ||
	       error == EAFNOSUPPORT || error == ENETDOWN;
}

static void send_question(struct asking *asking, struct question *question)
{
	uint8_t packet[QUESTION_MOST];
	size_t len = make_packet(question, packet);

	if (len == 0 || asking->sockets[question->server] == -1) {
		question->is_over = true;
		return;
	}
	if (send(asking->sockets[question->server], packet, len, MSG_NOSIGNAL) == -1 &&
	    is_error_of_network(errno))
		give_server_up(asking, question->server, errno);
}

static struct question *add_question(struct asking *asking, enum purpose purpose, size_t server,
				     uint16_t type)
{
	struct question *question = &asking->questions[asking->count++];

	*question = (struct question){
		.purpose = purpose,
		.server = server,
		.type = type,
		.sent_us = fopnp_clock_now_us(),
	};
	if (getrandom(&question->id, sizeof(question->id), GRND_NONBLOCK) == -1)
		question->id = (uint16_t)(question->sent_us ^ asking->count);
	return question;
}

static void ask_root(struct asking *asking, size_t server)
{
	struct question *question = add_question(asking, OF_ROOT, server, ns_t_ns);

	(void)strcpy(question->name, ".");
	send_question(asking, question);
}

static void ask_search(struct asking *asking, size_t server, size_t search)
{
	struct question *question;
	uint64_t random = 0;

	/* A root in the list: the name itself, which no wildcard answers. */
	if (strspn(asking->job->search[search], ".") == strlen(asking->job->search[search]))
		return;
	question = add_question(asking, OF_SEARCH, server, ns_t_a);
	question->search = search;
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) == -1)
		random = question->sent_us;
	(void)snprintf(question->name, sizeof(question->name), "fopnp-check-%016llx.%s",
		       (unsigned long long)random, asking->job->search[search]);
	send_question(asking, question);
}

/* A line of 0.0.0.0 blocks the name: of course others have another address. */
static bool is_unspecified(const struct fopnp_check_sample *sample)
{
	static const uint8_t zero[sizeof(sample->address)];

	return memcmp(sample->address, zero, sizeof(zero)) == 0;
}

/* A name without a dot is one for the search list; the DNS has no host with other letters. */
static bool is_for_dns(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";
	size_t len = strlen(name);

	return len < NS_MAXDNAME && strchr(name, '.') && strspn(name, letters) == len;
}

static void ask_sample(struct asking *asking, enum purpose purpose, size_t server, size_t index)
{
	const struct fopnp_check_sample *sample = &asking->job->hosts->sample[index];
	bool is_ipv4 = (sample->family == AF_INET) == (purpose == OF_HOSTS);
	struct question *question =
		add_question(asking, purpose, server, is_ipv4 ? ns_t_a : ns_t_aaaa);

	question->sample = index;
	(void)strcpy(question->name, sample->name);
	send_question(asking, question);
}

/* Another line of the sample has the name: that one's family is asked for there, or was here. */
static bool has_other_line(const struct fopnp_check_hosts *hosts, size_t index)
{
	for (size_t i = 0; i < hosts->sample_count; i++)
		if (i != index &&
		    fopnp_name_is_same(hosts->sample[i].name, hosts->sample[index].name) &&
		    (i < index || hosts->sample[i].family != hosts->sample[index].family))
			return true;
	return false;
}

static void ask_hosts(struct asking *asking, size_t server)
{
	const struct fopnp_check_hosts *hosts = asking->job->hosts;

	for (size_t i = 0; hosts && i < hosts->sample_count; i++) {
		const struct fopnp_check_sample *sample = &hosts->sample[i];

		if (is_unspecified(sample) || !is_for_dns(sample->name))
			continue;
		ask_sample(asking, OF_HOSTS, server, i);
		if (!has_other_line(hosts, i))
			ask_sample(asking, OF_OTHER_FAMILY, server, i);
	}
}

static void ask_more(struct asking *asking, size_t server)
{
	struct question *local = add_question(asking, OF_LOCAL, server, ns_t_soa);

	asking->has_more = true;
	(void)strcpy(local->name, "local.");
	send_question(asking, local);
	for (size_t i = 0; i < asking->job->search_count; i++)
		ask_search(asking, server, i);
	ask_hosts(asking, server);
}

/* ---- replies ---- */

static unsigned read_16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

/* Behind the name at AT and SIZE bytes more, or NULL: the packet ends before. */
static const uint8_t *skip(const uint8_t *at, const uint8_t *end, size_t size)
{
	int len = at ? dn_skipname(at, end) : -1;

	return len >= 0 && (size_t)(end - at) >= (size_t)len + size ? at + len + size : NULL;
}

/* The records of an answer section, one after the other. */
struct records {
	const uint8_t *at, *end;
	unsigned left;
};

static struct records answers_of(const uint8_t *packet, size_t len)
{
	struct records records = { packet + NS_HFIXEDSZ, packet + len, read_16(packet + 6) };

	for (unsigned i = read_16(packet + 4); i > 0 && records.at; i--)
		records.at = skip(records.at, records.end, NS_QFIXEDSZ);
	return records;
}

/* The data of the next record with that type and size; NULL: there is no more. */
static const uint8_t *next_data(struct records *records, unsigned type, size_t size)
{
	while (records->at && records->left-- > 0) {
		const uint8_t *data = skip(records->at, records->end, NS_RRFIXEDSZ);
		size_t len = data ? read_16(data - 2) : 0;

		if (!data || (size_t)(records->end - data) < len)
			return NULL;
		records->at = data + len;
		if (read_16(data - NS_RRFIXEDSZ) == type && len == size)
			return data;
	}
	return NULL;
}

/* The first address of an answer; a wildcard may also be a CNAME to somewhere. */
static void print_address(const uint8_t *packet, size_t len,
			  const struct fopnp_dns_message *message,
			  char text[static INET6_ADDRSTRLEN])
{
	struct records records = answers_of(packet, len);
	const uint8_t *address = next_data(&records, ns_t_a, NS_INADDRSZ);

	(void)snprintf(text, INET6_ADDRSTRLEN, "%.40s", message->target);
	if (address)
		(void)inet_ntop(AF_INET, address, text, INET6_ADDRSTRLEN);
}

static void take_root(struct asking *asking, const struct question *question,
		      const struct fopnp_dns_message *message)
{
	uint64_t now_us = fopnp_clock_now_us();

	asking->answer->servers[question->server].state = FOPNP_CHECK_THERE;
	asking->answer->servers[question->server].rcode = (int)message->rcode;
	asking->answer->servers[question->server].elapsed_us = now_us - question->sent_us;
	if (!asking->replied_us)
		asking->replied_us = now_us;
}

static void take_search(struct asking *asking, const struct question *question,
			const struct fopnp_dns_message *message, const uint8_t *packet, size_t len)
{
	struct fopnp_check_servers_answer *answer = asking->answer;

	if (message->rcode != ns_r_noerror || message->wanted_count == 0 ||
	    (answer->has_wildcard && answer->wildcard < question->search))
		return;
	answer->has_wildcard = true;
	answer->wildcard = question->search;
	print_address(packet, len, message, answer->wildcard_answer);
}

/* That the server does not know the name is what the file may be there for. */
static void take_hosts(struct asking *asking, const struct question *question,
		       const struct fopnp_dns_message *message, const uint8_t *packet, size_t len)
{
	const struct fopnp_check_sample *sample = &asking->job->hosts->sample[question->sample];
	size_t size = sample->family == AF_INET ? NS_INADDRSZ : NS_IN6ADDRSZ;
	struct records records = answers_of(packet, len);
	const uint8_t *first = NULL, *address;

	if (message->rcode != ns_r_noerror || message->is_truncated || message->wanted_count == 0)
		return;
	while ((address = next_data(&records, question->type, size)) != NULL) {
		if (memcmp(address, sample->address, size) == 0)
			return;
		first = first ? first : address;
	}
	if (first)
		(void)inet_ntop(sample->family, first, asking->answer->others[question->sample],
				INET6_ADDRSTRLEN);
}

static void take_other_family(struct asking *asking, const struct question *question,
			      const struct fopnp_dns_message *message, const uint8_t *packet,
			      size_t len)
{
	bool is_ipv4 = question->type == ns_t_a;
	struct records records = answers_of(packet, len);
	const uint8_t *address;

	if (message->rcode != ns_r_noerror || message->is_truncated)
		return;
	address = next_data(&records, question->type, is_ipv4 ? NS_INADDRSZ : NS_IN6ADDRSZ);
	if (address)
		(void)inet_ntop(is_ipv4 ? AF_INET : AF_INET6, address,
				asking->answer->hidden[question->sample], INET6_ADDRSTRLEN);
}

static void take_local(struct asking *asking, const struct fopnp_dns_message *message)
{
	asking->answer->has_local_domain =
		message->rcode == ns_r_noerror && message->answer_count > 0;
}

static void take_reply(struct asking *asking, size_t server, const uint8_t *packet, size_t len)
{
	struct fopnp_dns_message message;

	if (!fopnp_dns_message_parse(packet, len, &message) || !message.is_reply)
		return;
	for (size_t i = 0; i < asking->count; i++) {
		struct question *question = &asking->questions[i];

		if (question->is_over || question->server != server || question->id != message.id ||
		    (message.has_question && (message.type != question->type ||
					      !fopnp_name_is_same(message.name, question->name))))
			continue;
		question->is_over = true;
		if (question->purpose == OF_ROOT)
			take_root(asking, question, &message);
		else if (question->purpose == OF_LOCAL)
			take_local(asking, &message);
		else if (question->purpose == OF_HOSTS)
			take_hosts(asking, question, &message, packet, len);
		else if (question->purpose == OF_OTHER_FAMILY)
			take_other_family(asking, question, &message, packet, len);
		else
			take_search(asking, question, &message, packet, len);
		return;
	}
}

static void receive(struct asking *asking, size_t server)
{
	FOPNP_AUTO_FREE uint8_t *packet = fopnp_memory_zeroed(PACKET_MOST, 1);
	ssize_t len = recv(asking->sockets[server], packet, PACKET_MOST, MSG_DONTWAIT);

	if (len >= 0)
		take_reply(asking, server, packet, (size_t)len);
	else if (is_error_of_network(errno))
		give_server_up(asking, server, errno);
}

/* ---- all of it ---- */

static void open_sockets(struct asking *asking)
{
	const struct fopnp_check_servers_job *job = asking->job;

	for (size_t i = 0; i < job->server_count; i++) {
		const struct sockaddr *address = (const struct sockaddr *)&job->servers[i].address;
		int fd = socket(address->sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

		asking->sockets[i] = fd;
		asking->answer->servers[i].rcode = -1;
		asking->answer->servers[i].state = FOPNP_CHECK_SILENT;
		if (fd == -1 || connect(fd, address, job->servers[i].address_len) != 0) {
			give_server_up(asking, i, errno);
			if (fd != -1)
				(void)close(fd);
			asking->sockets[i] = -1;
		} else {
			ask_root(asking, i);
		}
	}
}

/* Who is to be asked more: the first server that replied, once those before it had their time. */
static void choose_server(struct asking *asking, uint64_t now_us)
{
	bool is_late = asking->replied_us && now_us >= asking->replied_us + GRACE_US;

	for (size_t i = 0; i < asking->job->server_count && !asking->has_more; i++) {
		enum fopnp_check_state state = asking->answer->servers[i].state;

		if (state == FOPNP_CHECK_THERE)
			ask_more(asking, i);
		else if (state == FOPNP_CHECK_SILENT && !is_late)
			return;
	}
}

/* A datagram may be lost; glibc asks again only after 5 s. */
static void repeat_questions(struct asking *asking, uint64_t now_us)
{
	uint64_t patience_us = asking->job->timeout_us / 3;

	for (size_t i = 0; i < asking->count; i++) {
		struct question *question = &asking->questions[i];

		if (question->is_over || question->is_repeated ||
		    now_us < question->sent_us + patience_us)
			continue;
		question->is_repeated = true;
		send_question(asking, question);
	}
}

static bool is_done(const struct asking *asking)
{
	for (size_t i = 0; i < asking->count; i++)
		if (!asking->questions[i].is_over)
			return false;
	return asking->has_more || !asking->replied_us;
}

static void wait_once(struct asking *asking)
{
	struct pollfd polls[FOPNP_CHECK_PROBE_SERVERS];
	size_t count = asking->job->server_count;

	for (size_t i = 0; i < count; i++)
		polls[i] = (struct pollfd){ .fd = asking->sockets[i], .events = POLLIN };
	/* Often enough for what is due between replies. */
	if (poll(polls, count, 20) <= 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (polls[i].revents)
			receive(asking, i);
}

void fopnp_check_ask_servers(const struct fopnp_check_servers_job *job,
			     struct fopnp_check_servers_answer *out_answer)
{
	struct asking *asking = fopnp_memory_zeroed(1, sizeof(*asking));
	uint64_t now_us = fopnp_clock_now_us();

	asking->job = job;
	asking->answer = out_answer;
	asking->start_us = now_us;
	asking->end_us = now_us + job->timeout_us;
	open_sockets(asking);
	while (!is_done(asking) && (now_us = fopnp_clock_now_us()) < asking->end_us) {
		choose_server(asking, now_us);
		repeat_questions(asking, now_us);
		wait_once(asking);
	}
	for (size_t i = 0; i < job->server_count; i++) {
		if (out_answer->servers[i].state == FOPNP_CHECK_SILENT)
			out_answer->servers[i].elapsed_us = job->timeout_us;
		if (asking->sockets[i] != -1)
			(void)close(asking->sockets[i]);
	}
	fopnp_memory_free_pointer(&asking);
}
