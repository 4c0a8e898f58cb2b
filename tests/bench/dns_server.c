/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The least of a name server (RFC 1035): it copies the question and adds one
 * address, so that what is measured is the asking.
 */
#include "tests/bench/bench.h"

#include <arpa/inet.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER    12
#define TYPE_A    1
#define TYPE_AAAA 28

/* The end of the question behind the header, or 0. */
static size_t question_end(const uint8_t *packet, size_t len)
{
	size_t at = HEADER;
	while (at < len && packet[at] != 0) {
		if (packet[at] > 63)
			return 0;
		at += packet[at] + 1u;
	}
	return at + 5 <= len ? at + 5 : 0;
}

static size_t add_answer(uint8_t *packet, size_t at, unsigned type)
{
	static const uint8_t v4[4] = { 192, 0, 2, 2 };
	static const uint8_t v6[16] = { 0x20, 1, 0x0d, 0xb8, [15] = 2 };
	const size_t length = type == TYPE_A ? sizeof(v4) : sizeof(v6);
	/* a pointer to the question's name, type, class IN, a TTL of 60 s, the length */
	const uint8_t head[] = { 0xc0, HEADER, 0, (uint8_t)type,  0, 1, 0, 0,
				 0,    60,     0, (uint8_t)length };
	memcpy(packet + at, head, sizeof(head));
	memcpy(packet + at + sizeof(head), type == TYPE_A ? v4 : v6, length);
	return at + sizeof(head) + length;
}

/* Turn a query into its reply; 0 for what is no query. */
static size_t make_reply(uint8_t *packet, size_t len)
{
	if (len < HEADER || packet[4] != 0 || packet[5] != 1)
		return 0;
	size_t end = question_end(packet, len);
	if (end == 0)
		return 0;
	unsigned type = (unsigned)packet[end - 4] << 8 | packet[end - 3];
	bool has_answer = type == TYPE_A || type == TYPE_AAAA;
	packet[2] = 0x81; /* a reply, recursion desired */
	packet[3] = 0x80; /* and available, no error */
	memset(packet + 6, 0, 6);
	packet[7] = has_answer;
	return has_answer ? add_answer(packet, end, type) : end;
}

static void serve(int fd)
{
	uint8_t packet[1024];
	for (;;) {
		struct sockaddr_storage from;
		socklen_t from_len = sizeof(from);
		ssize_t len = recvfrom(fd, packet, 512, 0, (struct sockaddr *)&from, &from_len);
		if (len < 0)
			continue;
		size_t reply = make_reply(packet, (size_t)len);
		if (reply > 0)
			(void)sendto(fd, packet, reply, 0, (struct sockaddr *)&from, from_len);
	}
}

static int listen_at(const char *text)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(53) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (inet_pton(AF_INET, text, &address.sin_addr) != 1 || fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die("the name server's socket");
	return fd;
}

void open_dead_dns_server(void)
{
	(void)listen_at(BENCH_DEAD_SERVER);
}

pid_t start_dns_server(void)
{
	int fd = listen_at("127.0.0.1");
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0); /* it ended before we asked to end with it */
		pin_server();
		serve(fd);
	}
	close(fd);
	return pid;
}
