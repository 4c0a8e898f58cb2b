/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The event socket, see event_socket.h. */
#include "nss_module/event_socket.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/single_threaded.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LOWEST_KEPT 3 /* 0 to 2 mean something to the program */

static _Atomic(int) kept_fd = -1;
static _Atomic(uint64_t) kept_device;
static _Atomic(uint64_t) kept_inode;
/* Whom it is connected to, or "": read and written with one thread alone. */
static char kept_path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
/* Nothing got through since a new socket was tried: the same. */
static bool is_queue_full;

static bool is_ours(int fd)
{
	struct stat file;

	return fstat(fd, &file) == 0 && S_ISSOCK(file.st_mode) &&
	       file.st_dev == atomic_load(&kept_device) && file.st_ino == atomic_load(&kept_inode);
}

/* The kept socket, or -1 (and forgotten) if its number means something else by now. */
static int find_kept(void)
{
	int fd = atomic_load(&kept_fd);

	if (fd < 0 || is_ours(fd))
		return fd;
	atomic_store(&kept_fd, -1);
	return -1;
}

static int open_socket(void)
{
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static bool keep(int fd)
{
	struct stat file;

	if (fd < LOWEST_KEPT || fstat(fd, &file) != 0)
		return false;
	atomic_store(&kept_device, file.st_dev);
	atomic_store(&kept_inode, file.st_ino);
	atomic_store(&kept_fd, fd);
	return true;
}

static bool make_address(const char *path, struct sockaddr_un *out_address)
{
	size_t path_len = strlen(path);

	*out_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (path_len >= sizeof(out_address->sun_path))
		return false;
	memcpy(out_address->sun_path, path, path_len + 1);
	return true;
}

/* What errno says after a send. */
static enum fopnp_event_sent explain_failure(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
	case ECONNREFUSED:
	case EACCES:
	case EPERM:
	case EPROTOTYPE:
		return FOPNP_EVENT_NOBODY;
	default:
		return FOPNP_EVENT_DROPPED;
	}
}

static enum fopnp_event_sent send_to_path(int fd, const char *path, const void *bytes, size_t len)
{
	struct sockaddr_un address;

	if (!make_address(path, &address))
		return FOPNP_EVENT_NOBODY;
	if (sendto(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&address,
		   sizeof(address)) >= 0)
		return FOPNP_EVENT_SENT;
	return explain_failure();
}

static enum fopnp_event_sent send_once(int fd, const char *path, const void *bytes, size_t len)
{
	enum fopnp_event_sent sent;

	if (fd < 0)
		return FOPNP_EVENT_DROPPED;
	sent = send_to_path(fd, path, bytes, len);
	(void)close(fd);
	return sent;
}

static bool connect_kept(int fd, const char *path)
{
	struct sockaddr_un address;

	kept_path[0] = '\0';
	if (!make_address(path, &address) ||
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
		return false;
	memcpy(kept_path, address.sun_path, sizeof(kept_path));
	return true;
}

static bool send_to_peer(int fd, const void *bytes, size_t len)
{
	return sendto(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0) >= 0;
}

/*
 * A socket holds some 160 events that were not read yet (SO_SNDBUF), fewer than a listener's
 * queue: a burst goes on by a new socket.  If that does not take a datagram, the queue is full, and
 * no other one is tried before something got through.
 */
static enum fopnp_event_sent send_renewed(const char *path, const void *bytes, size_t len)
{
	int fd;

	is_queue_full = true;
	fopnp_event_socket_close();
	fd = open_socket();
	if (!keep(fd))
		return send_once(fd, path, bytes, len);
	if (!connect_kept(fd, path) || !send_to_peer(fd, bytes, len))
		return explain_failure();
	is_queue_full = false;
	return FOPNP_EVENT_SENT;
}

/* To the listener that the socket is connected to; a dead one may have a successor. */
static enum fopnp_event_sent send_connected(int fd, const char *path, const void *bytes, size_t len)
{
	for (bool has_tried = false;; has_tried = true) {
		if (send_to_peer(fd, bytes, len)) {
			is_queue_full = false;
			return FOPNP_EVENT_SENT;
		}
		if (errno == EAGAIN && !is_queue_full)
			return send_renewed(path, bytes, len);
		if (has_tried || errno == EAGAIN || errno == ENOBUFS || errno == EMSGSIZE ||
		    !connect_kept(fd, path))
			return explain_failure();
	}
}

/* Through the kept socket, which is opened and connected if need be. */
static enum fopnp_event_sent send_kept(const char *path, const void *bytes, size_t len)
{
	int fd = find_kept();

	if (fd < 0) {
		fd = open_socket();
		if (!keep(fd))
			return send_once(fd, path, bytes, len);
		kept_path[0] = '\0';
	}
	if (!kept_path[0] && !connect_kept(fd, path))
		return explain_failure();
	if (strcmp(kept_path, path) != 0)
		return send_to_path(fd, path, bytes, len);
	return send_connected(fd, path, bytes, len);
}

enum fopnp_event_sent fopnp_event_socket_send(const char *path, const void *bytes, size_t len)
{
	if (__libc_single_threaded)
		return send_kept(path, bytes, len);
	fopnp_event_socket_close();
	return send_once(open_socket(), path, bytes, len);
}

void fopnp_event_socket_close(void)
{
	int fd;

	if (atomic_load_explicit(&kept_fd, memory_order_relaxed) < 0)
		return;
	fd = atomic_exchange(&kept_fd, -1);
	if (fd >= 0 && is_ours(fd))
		(void)close(fd);
}
