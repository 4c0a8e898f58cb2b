/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receiving end of events: a datagram socket of the test's own. */
#include "tests/nss/listener.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char datagram[4 * FOPNP_EVENT_SIZE];
static size_t datagram_len;
static struct fopnp_event decoded;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

int listener_open(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	char *slash;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	slash = strrchr(address.sun_path, '/');
	*slash = '\0';
	mkdir(address.sun_path, 0755);
	*slash = '/';
	unlink(path);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    chmod(path, 0666) < 0)
		die(path);
	return fd;
}

const struct fopnp_event *listener_datagram(int fd)
{
	ssize_t len = recv(fd, datagram, sizeof(datagram), MSG_DONTWAIT);

	if (len < 0)
		return NULL;
	datagram_len = (size_t)len;
	if (datagram_len > FOPNP_EVENT_SIZE) {
		fprintf(stderr, "a datagram of %zu bytes\n", datagram_len);
		exit(1);
	}
	if (!fopnp_event_decode(datagram, datagram_len, &decoded)) {
		fprintf(stderr, "not an event: %.*s\n", (int)len, datagram);
		exit(1);
	}
	return &decoded;
}

const struct fopnp_event *listener_event(int fd)
{
	const struct fopnp_event *event;

	do {
		event = listener_datagram(fd);
	} while (event && event->phase[0]);
	return event;
}

const char *listener_bytes(size_t *out_len)
{
	*out_len = datagram_len;
	return datagram;
}

size_t listener_drain(int fd)
{
	size_t count = 0;

	while (listener_event(fd))
		count++;
	return count;
}

bool listener_has(const char *key, const char *value)
{
	struct fopnp_event_field field;
	size_t position = 0;

	while (fopnp_event_next(datagram, datagram_len, &position, &field) == FOPNP_EVENT_FIELD) {
		if (field.key_len == strlen(key) && memcmp(field.key, key, field.key_len) == 0 &&
		    (!value || (field.value_len == strlen(value) &&
				memcmp(field.value, value, field.value_len) == 0)))
			return true;
	}
	return false;
}
