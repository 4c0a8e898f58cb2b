/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A source for tests of the lookup pool, libnss_pool.so.2: what it does is the name's first word,
 * "KIND-N.anything".
 *
 *	ok-N      one address, 10.x.y.z with the bits of N; 10.x.y.z is the name ok-N.example
 *	many-N    N addresses
 *	pid       an address with the bits of the process's id
 *	later     TRYAGAIN
 *	gone      UNAVAIL: its service does not run
 *	declined  UNAVAIL with EINVAL, as mdns says of other domains than its own
 *	crash     ends the process by SIGSEGV
 *	exit      ends the process as a program does
 *	hang      never comes back
 *	close     closes every descriptor and never comes back
 *	leave     leaves a process of its own behind, which holds all descriptors, and crashes
 *	rubbish   sends datagrams of rubbish to whoever is at the other end of a socket
 *	wrong     the same with the pool's own datagrams: a reply to another question
 *
 * Other names are not found.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/lookup_pool_child.h"

#define EXPORT __attribute__((visibility("default")))
NSS_DECLARE_MODULE_FUNCTIONS(pool)

#define DESCRIPTORS 1024

static _Noreturn void never_return(void)
{
	for (;;)
		(void)pause();
}

static void close_all(void)
{
	for (int fd = 3; fd < DESCRIPTORS; fd++)
		(void)close(fd);
}

static void send_to_all(const void *bytes, size_t len)
{
	for (int fd = 3; fd < DESCRIPTORS; fd++)
		(void)send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void send_wrong_reply(void)
{
	struct fopnp_pool_reply *reply = calloc(1, sizeof(*reply));

	if (!reply)
		return;
	reply->number = UINT64_MAX;
	send_to_all(reply, offsetof(struct fopnp_pool_reply, result.addresses));
	free(reply);
}

/* What does not end in an answer. */
static void misbehave(const char *kind)
{
	if (strcmp(kind, "leave") == 0 && fork() == 0)
		(void)sleep(600);
	if (strcmp(kind, "crash") == 0 || strcmp(kind, "leave") == 0) {
		(void)signal(SIGSEGV, SIG_DFL); /* cmocka has a handler, which a child inherits */
		(void)raise(SIGSEGV);
	}
	if (strcmp(kind, "exit") == 0)
		exit(3);
	if (strcmp(kind, "close") == 0)
		close_all();
	if (strcmp(kind, "close") == 0 || strcmp(kind, "hang") == 0)
		never_return();
	if (strcmp(kind, "rubbish") == 0)
		send_to_all("rubbish", 7);
	if (strcmp(kind, "wrong") == 0)
		send_wrong_reply();
}

static enum nss_status not_found(int *error, int *h_error)
{
	*error = 0;
	*h_error = HOST_NOT_FOUND;
	return NSS_STATUS_NOTFOUND;
}

static enum nss_status answer(const char *name, uint32_t first, unsigned count,
			      struct gaih_addrtuple **tuples, char *buffer, size_t size, int *error,
			      int *h_error)
{
	struct gaih_addrtuple *list = (struct gaih_addrtuple *)(void *)buffer;
	size_t need = count * sizeof(*list);

	if (size < need + strlen(name) + 1) {
		*error = ERANGE;
		*h_error = NETDB_INTERNAL;
		return NSS_STATUS_TRYAGAIN;
	}
	(void)strcpy(buffer + need, name);
	for (unsigned i = 0; i < count; i++) {
		list[i] = (struct gaih_addrtuple){
			.next = i + 1 < count ? &list[i + 1] : NULL,
			.name = buffer + need,
			.family = AF_INET,
			.addr = { htonl(first + i) },
		};
	}
	*tuples = list;
	return NSS_STATUS_SUCCESS;
}

EXPORT enum nss_status _nss_pool_gethostbyname4_r(const char *name, struct gaih_addrtuple **tuples,
						  char *buffer, size_t size, int *error,
						  int *h_error, int32_t *ttl)
{
	char kind[16] = "";
	unsigned number = 0;

	(void)ttl;
	(void)sscanf(name, "%15[a-z]-%u", kind, &number);
	misbehave(kind);
	if (strcmp(kind, "pid") == 0)
		return answer(name, 10u << 24 | (uint32_t)getpid(), 1, tuples, buffer, size, error,
			      h_error);
	if (strcmp(kind, "ok") == 0 || strcmp(kind, "many") == 0)
		return answer(name, 10u << 24 | (kind[0] == 'o' ? number : 0),
			      kind[0] == 'o' ? 1 : number, tuples, buffer, size, error, h_error);
	if (strcmp(kind, "later") == 0) {
		*error = EAGAIN;
		*h_error = TRY_AGAIN;
		return NSS_STATUS_TRYAGAIN;
	}
	if (strcmp(kind, "gone") == 0 || strcmp(kind, "declined") == 0) {
		*error = kind[0] == 'g' ? ECONNREFUSED : EINVAL;
		*h_error = NO_RECOVERY;
		return NSS_STATUS_UNAVAIL;
	}
	return not_found(error, h_error);
}

EXPORT enum nss_status _nss_pool_gethostbyaddr_r(const void *address, socklen_t len, int family,
						 struct hostent *result, char *buffer, size_t size,
						 int *error, int *h_error)
{
	static char *no_aliases[1], *addresses[2];
	const uint8_t *bytes = address;

	if (family != AF_INET || bytes[0] != 10)
		return not_found(error, h_error);
	(void)snprintf(buffer, size, "ok-%u.example", bytes[1] << 16 | bytes[2] << 8 | bytes[3]);
	addresses[0] = memcpy(buffer + 64, address, len);
	*result = (struct hostent){ .h_name = buffer,
				    .h_aliases = no_aliases,
				    .h_addrtype = family,
				    .h_length = (int)len,
				    .h_addr_list = addresses };
	return NSS_STATUS_SUCCESS;
}
