/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private sockets for events. */
#include "tools/event_socket.h"

#include "tools/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Read often, but a child may be faster for a moment. */
#define RECEIVE_BUFFER (1 << 20)

/*
 * Whether only we, root, or whom / belongs to (root is somebody else in a user
 * namespace) can rename what lies in PARENT.
 */
static bool is_guarded(const char *parent)
{
	struct stat directory, root;

	if (stat(parent, &directory) != 0 || stat("/", &root) != 0)
		return false;
	errno = EPERM;
	return (directory.st_uid == geteuid() || directory.st_uid == 0 ||
		directory.st_uid == root.st_uid) &&
	       (!(directory.st_mode & (S_IWGRP | S_IWOTH)) || (directory.st_mode & S_ISVTX));
}

/* Whether others come as far as PARENT, through all that leads there; not so below /root. */
static bool is_open(const char *parent)
{
	FOPNP_AUTO_FREE char *path = parent ? realpath(parent, NULL) : NULL;
	struct stat directory;
	char *slash;

	while (path && *path) {
		if (stat(path, &directory) != 0 || !(directory.st_mode & S_IXOTH))
			return false;
		slash = strrchr(path, '/');
		*slash = '\0';
	}
	return path;
}

static bool make_in(const char *parent, char path[static FOPNP_EVENT_DIRECTORY])
{
	int len;

	if (!parent || parent[0] != '/' || !is_guarded(parent))
		return false;
	len = snprintf(path, FOPNP_EVENT_DIRECTORY, "%s/fopnp-XXXXXX", parent);
	if (len < 0 || len >= FOPNP_EVENT_DIRECTORY) {
		errno = ENAMETOOLONG;
		return false;
	}
	return mkdtemp(path) != NULL; /* mode 0700 */
}

bool fopnp_event_directory_make(char path[static FOPNP_EVENT_DIRECTORY])
{
	return make_in(secure_getenv("XDG_RUNTIME_DIR"), path) ||
	       make_in(secure_getenv("TMPDIR"), path) || make_in("/tmp", path) ||
	       make_in("/dev/shm", path);
}

bool fopnp_event_directory_make_public(char path[static FOPNP_EVENT_DIRECTORY])
{
	const char *chosen = secure_getenv("TMPDIR");

	if (!(is_open(chosen) && make_in(chosen, path)) && !make_in("/tmp", path) &&
	    !make_in("/dev/shm", path))
		return false;
	if (chmod(path, 0711) == 0)
		return true;
	fopnp_event_directory_remove(path);
	return false;
}

void fopnp_event_directory_remove(const char *path)
{
	(void)rmdir(path);
}

void fopnp_event_socket_path(const char *directory, unsigned number, char *path, size_t size)
{
	(void)snprintf(path, size, "%s/%u", directory, number);
}

int fopnp_event_socket_open(const char *directory, unsigned number)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int buffer = RECEIVE_BUFFER, yes = 1;
	int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (descriptor == -1)
		return -1;
	fopnp_event_socket_path(directory, number, address.sun_path, sizeof(address.sun_path));
	(void)setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	if (setsockopt(descriptor, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) != 0 ||
	    bind(descriptor, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		(void)close(descriptor);
		return -1;
	}
	return descriptor;
}

void fopnp_event_socket_close(const char *directory, unsigned number, int descriptor)
{
	char path[FOPNP_EVENT_DIRECTORY + 12];

	if (descriptor == -1)
		return;
	(void)close(descriptor);
	fopnp_event_socket_path(directory, number, path, sizeof(path));
	(void)unlink(path);
}

ssize_t fopnp_event_socket_read(int descriptor, char *bytes, size_t size, pid_t *out_sender)
{
	union {
		char room[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec part = { .iov_base = bytes, .iov_len = size };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(descriptor, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	*out_sender = 0;
	if (len < 0)
		return -1;
	for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at)) {
		struct ucred sender;

		if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_CREDENTIALS)
			continue;
		memcpy(&sender, CMSG_DATA(at), sizeof(sender));
		*out_sender = sender.pid;
	}
	return len;
}
