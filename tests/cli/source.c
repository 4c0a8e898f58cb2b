/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A source of host names for tests of the command, built once for each way to
 * behave: -DSOURCE=name, and one of
 *	FOUND=address        every name has this IPv4 address
 *	ROTATE               an address that is another one in every process
 *	HANG, CRASH          never comes back; ends the process
 *	EXIT=status          ends the process as a program does
 *	PRINT                writes to the standard descriptors, then answers
 *	CLOSE_ALL            closes every descriptor that it did not open, then never comes back
 *	FORK_CRASH           leaves a process of its own behind when it ends the process
 *	GARBLE               writes into every pipe that it finds, then answers
 *	FLOOD                has a process of its own send to the event socket without end
 *	HANG_WATCHED         never comes back if the command watches, as a source behind nscd
 *	HOSTILE              a canonical name that tries to command a terminal
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PASTE(source, function)   _nss_##source##_##function
#define NAME_OF(source, function) PASTE(source, function)
#define ENTRY(function)           NAME_OF(SOURCE, function)

#ifdef HOSTILE
#define CANONICAL "evil\033]0;owned\007\302\233m\342\200\256.example"
#else
#define CANONICAL "found.example"
#endif

enum nss_status ENTRY(gethostbyname4_r)(const char *, struct gaih_addrtuple **, char *, size_t,
					int *, int *, int32_t *);
enum nss_status ENTRY(gethostbyaddr_r)(const void *, socklen_t, int, struct hostent *, char *,
				       size_t, int *, int *);

#if defined(GARBLE)
static uint32_t garble(void)
{
	static const char bytes[1 << 16] = { [0 ...(1 << 16) - 1] = 0x5a };
	struct stat file;

	for (int fd = 3; fd < 64; fd++)
		if (fstat(fd, &file) == 0 && S_ISFIFO(file.st_mode) &&
		    write(fd, bytes, sizeof(bytes)) > 0)
			continue;
	return inet_addr("192.0.2.66");
}
#elif defined(FLOOD)
static uint32_t flood(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("FOPNP_LOG");
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)strncpy(address.sun_path, path ? path : "", sizeof(address.sun_path) - 1);
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			while (sendto(fd, "x", 1, 0, (const struct sockaddr *)&address,
				      sizeof(address)) == 1)
				;
			_exit(0);
		}
	for (;;)
		(void)pause();
}
#endif

static uint32_t address(void)
{
#if defined(HANG_WATCHED)
	while (getenv("FOPNP_ORDER"))
		(void)pause();
	return inet_addr("192.0.2.66");
#elif defined(HANG)
	for (;;)
		(void)pause();
#elif defined(CRASH)
	abort();
#elif defined(EXIT)
	(void)puts("printed by a source");
	exit(EXIT);
#elif defined(PRINT)
	(void)puts("printed by a source");
	(void)fflush(stdout);
	(void)fputs("printed by a source\n", stderr);
	return inet_addr("192.0.2.66");
#elif defined(CLOSE_ALL)
	closefrom(3);
	for (;;)
		(void)pause();
#elif defined(FORK_CRASH)
	if (fork() == 0) {
		(void)sleep(60);
		_exit(0);
	}
	abort();
#elif defined(GARBLE)
	return garble();
#elif defined(FLOOD)
	return flood();
#elif defined(ROTATE)
	return htonl(0xc0000200u + ((uint32_t)getpid() & 0xff));
#elif defined(FOUND)
	return inet_addr(FOUND);
#else
	return inet_addr("192.0.2.66");
#endif
}

enum nss_status ENTRY(gethostbyname4_r)(const char *name, struct gaih_addrtuple **pat, char *buffer,
					size_t size, int *errnop, int *h_errnop, int32_t *ttlp)
{
	struct room {
		struct gaih_addrtuple tuple;
		char name[sizeof(CANONICAL)];
	} *room = (void *)(((uintptr_t)buffer + 15) & ~(uintptr_t)15);

	(void)name;
	(void)ttlp;
	if (size < sizeof(*room) + 16) {
		*errnop = ERANGE;
		*h_errnop = NETDB_INTERNAL;
		return NSS_STATUS_TRYAGAIN;
	}
	memset(room, 0, sizeof(*room));
	memcpy(room->name, CANONICAL, sizeof(CANONICAL));
	room->tuple.name = room->name;
	room->tuple.family = AF_INET;
	room->tuple.addr[0] = address();
	if (*pat)
		**pat = room->tuple;
	else
		*pat = &room->tuple;
	*errnop = 0;
	*h_errnop = NETDB_SUCCESS;
	return NSS_STATUS_SUCCESS;
}

enum nss_status ENTRY(gethostbyaddr_r)(const void *bytes, socklen_t len, int family,
				       struct hostent *host, char *buffer, size_t size, int *errnop,
				       int *h_errnop)
{
	struct room {
		char *aliases[1];
		char *addresses[2];
		char address[16];
		char name[sizeof(CANONICAL)];
	} *room = (void *)(((uintptr_t)buffer + 15) & ~(uintptr_t)15);

	if (size < sizeof(*room) + 16 || len > 16) {
		*errnop = ERANGE;
		*h_errnop = NETDB_INTERNAL;
		return NSS_STATUS_TRYAGAIN;
	}
	(void)address();
	memset(room, 0, sizeof(*room));
	memcpy(room->name, CANONICAL, sizeof(CANONICAL));
	memcpy(room->address, bytes, len);
	room->addresses[0] = room->address;
	*host = (struct hostent){
		.h_name = room->name,
		.h_aliases = room->aliases,
		.h_addrtype = family,
		.h_length = (int)len,
		.h_addr_list = room->addresses,
	};
	*errnop = 0;
	*h_errnop = NETDB_SUCCESS;
	return NSS_STATUS_SUCCESS;
}
