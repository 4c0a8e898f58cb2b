/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded into the command: writes the arguments of each lookup call to the
 * file $CALL_LOG, so that tests see what an option really asks for.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say(const char *line)
{
	const char *path = getenv("CALL_LOG");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;

	if (fd == -1)
		return;
	if (write(fd, line, strlen(line)) < 0)
		abort();
	(void)close(fd);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
		struct addrinfo **list)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
		(int (*)(const char *, const char *, const struct addrinfo *,
			 struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");
	char line[512];

	(void)snprintf(
		line, sizeof(line),
		"getaddrinfo name=%s service=%s family=%d socktype=%d protocol=%d flags=%#x\n",
		name ? name : "NULL", service ? service : "NULL", hints->ai_family,
		hints->ai_socktype, hints->ai_protocol, (unsigned)hints->ai_flags);
	say(line);
	return real(name, service, hints, list);
}

int getnameinfo(const struct sockaddr *address, socklen_t len, char *host, socklen_t host_len,
		char *service, socklen_t service_len, int flags)
{
	int (*real)(const struct sockaddr *, socklen_t, char *, socklen_t, char *, socklen_t, int) =
		(int (*)(const struct sockaddr *, socklen_t, char *, socklen_t, char *, socklen_t,
			 int))dlsym(RTLD_NEXT, "getnameinfo");
	char line[128];

	(void)snprintf(line, sizeof(line), "getnameinfo family=%d flags=%#x\n", address->sa_family,
		       (unsigned)flags);
	say(line);
	return real(address, len, host, host_len, service, service_len, flags);
}

struct hostent *gethostbyname2(const char *name, int family)
{
	struct hostent *(*real)(const char *, int) =
		(struct hostent * (*)(const char *, int)) dlsym(RTLD_NEXT, "gethostbyname2");
	char line[512];

	(void)snprintf(line, sizeof(line), "gethostbyname2 name=%s family=%d\n", name, family);
	say(line);
	return real(name, family);
}

struct hostent *gethostbyname(const char *name)
{
	struct hostent *(*real)(const char *) =
		(struct hostent * (*)(const char *)) dlsym(RTLD_NEXT, "gethostbyname");
	char line[512];

	(void)snprintf(line, sizeof(line), "gethostbyname name=%s\n", name);
	say(line);
	return real(name);
}

struct hostent *gethostbyaddr(const void *bytes, socklen_t len, int family)
{
	struct hostent *(*real)(const void *, socklen_t, int) =
		(struct hostent * (*)(const void *, socklen_t, int))
			dlsym(RTLD_NEXT, "gethostbyaddr");
	char line[128];

	(void)snprintf(line, sizeof(line), "gethostbyaddr len=%u family=%d\n", (unsigned)len,
		       family);
	say(line);
	return real(bytes, len, family);
}
