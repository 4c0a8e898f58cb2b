/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hearing events, see event_listener.h. */
#include "tools/event_listener.h"

#include "nss_module/lookup/event.h"
#include "tools/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUEUE_LIMIT "/proc/sys/net/unix/max_dgram_qlen"
#define BATCH       64

/* ---- the socket ---- */

static int make_socket(void)
{
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Datagrams that fit with the limit of our network namespace; 0: unknown. */
static size_t read_queue(void)
{
	char text[32] = "";
	int file = open(QUEUE_LIMIT, O_RDONLY | O_CLOEXEC);
	unsigned long limit;
	char *end;

	if (file == -1)
		return 0;
	if (read(file, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	(void)close(file);
	limit = strtoul(text, &end, 10);
	/* Full is what holds more than the limit: unix_recvq_full() of the kernel's af_unix.c. */
	return end != text ? (size_t)limit + 1 : 0;
}

static bool raise_queue(void)
{
	int file = open(QUEUE_LIMIT, O_WRONLY | O_CLOEXEC);
	char text[32];
	int len = snprintf(text, sizeof(text), "%d", FOPNP_EVENT_LISTENER_QUEUE - 1);
	bool is_written;

	if (file == -1)
		return false;
	is_written = write(file, text, (size_t)len) == len;
	(void)close(file);
	return is_written;
}

union descriptor_room {
	char room[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static bool hand_over(int pair, int descriptor)
{
	union descriptor_room control = { 0 };
	char byte = 0;
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(descriptor));
	memcpy(CMSG_DATA(header), &descriptor, sizeof(descriptor));
	return sendmsg(pair, &message, MSG_NOSIGNAL) == 1;
}

/* -1: the other side ended without. */
static int take_over(int pair)
{
	union descriptor_room control = { 0 };
	char byte;
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	const struct cmsghdr *header;
	int descriptor = -1;
	ssize_t len;

	do {
		len = recvmsg(pair, &message, MSG_CMSG_CLOEXEC);
	} while (len == -1 && errno == EINTR);
	header = len == 1 ? CMSG_FIRSTHDR(&message) : NULL;
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(descriptor)))
		memcpy(&descriptor, CMSG_DATA(header), sizeof(descriptor));
	return descriptor;
}

/* In a child process: the namespaces live as long as the socket does. */
static _Noreturn void make_elsewhere(int pair)
{
	int descriptor = -1;

	/* As root of a user namespace of our own we may have a network namespace, too. */
	if ((unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) &&
	    raise_queue())
		descriptor = make_socket();
	_exit(descriptor != -1 && hand_over(pair, descriptor) ? 0 : 1);
}

/*
 * fork(), but for the signal at its end: the child is nobody's business, so no handler
 * hears of it, and no wait() of others sees it, which needs __WALL.  We have no threads.
 */
static pid_t fork_unheard(void)
{
	return (pid_t)syscall(SYS_clone, 0UL, 0UL, 0UL, 0UL, 0UL);
}

/* A socket with a long queue, -1 if that is not allowed here. */
static int make_long_socket(void)
{
	int pair[2], descriptor = -1;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	child = fork_unheard();
	if (child == 0) {
		(void)close(pair[0]);
		make_elsewhere(pair[1]);
	}
	(void)close(pair[1]);
	if (child > 0) {
		descriptor = take_over(pair[0]);
		while (waitpid(child, NULL, __WALL) == -1 && errno == EINTR)
			;
	}
	(void)close(pair[0]);
	return descriptor;
}

/* ---- its place ---- */

static bool find_inode(const char *path, unsigned long *out_inode)
{
	struct stat file;

	if (lstat(path, &file) != 0 || !S_ISSOCK(file.st_mode))
		return false;
	*out_inode = (unsigned long)file.st_ino;
	return true;
}

/* Bind it with exactly MODE from the start. */
static bool bind_at(int descriptor, const char *path, mode_t mode)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t path_len = strlen(path);
	mode_t mask;
	bool is_bound;

	if (path_len >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(address.sun_path, path, path_len + 1);
	mask = umask(0777 & ~mode);
	is_bound = bind(descriptor, (const struct sockaddr *)&address, sizeof(address)) == 0;
	(void)umask(mask); /* sets no errno */
	return is_bound;
}

/*
 * Each message has room for the kernel's word on its sender and for nothing behind
 * it: a descriptor that comes along is never installed here (scm_detach_fds() of the
 * kernel's scm.c), so that there is none to close.
 */
union credentials_room {
	char room[CMSG_SPACE(sizeof(struct ucred))];
	struct cmsghdr align;
};

struct fopnp_event_batch {
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];
	union credentials_room controls[BATCH];
	char bytes[BATCH][FOPNP_EVENT_SIZE];
	unsigned count, next;
};

static struct fopnp_event_batch *create_batch(void)
{
	struct fopnp_event_batch *batch = fopnp_memory_zeroed(1, sizeof(*batch));

	for (size_t i = 0; i < BATCH; i++) {
		batch->parts[i] = (struct iovec){ batch->bytes[i], sizeof(batch->bytes[i]) };
		batch->messages[i].msg_hdr.msg_iov = &batch->parts[i];
		batch->messages[i].msg_hdr.msg_iovlen = 1;
		batch->messages[i].msg_hdr.msg_control = &batch->controls[i];
	}
	return batch;
}

bool fopnp_event_listener_open(struct fopnp_event_listener *out_listener, const char *path,
			       mode_t mode)
{
	struct fopnp_event_listener listener = { .descriptor = make_long_socket() };
	const int yes = 1;

	*out_listener = (struct fopnp_event_listener){ .descriptor = -1 };
	listener.queue = FOPNP_EVENT_LISTENER_QUEUE;
	if (listener.descriptor == -1) {
		listener.descriptor = make_socket();
		listener.queue = read_queue();
	}
	if (listener.descriptor == -1)
		return false;
	if (setsockopt(listener.descriptor, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) != 0 ||
	    !bind_at(listener.descriptor, path, mode)) {
		int error = errno;

		(void)close(listener.descriptor);
		errno = error;
		return false;
	}
	memcpy(listener.path, path, strlen(path) + 1);
	(void)find_inode(path, &listener.inode);
	listener.batch = create_batch();
	*out_listener = listener;
	return true;
}

/* The socket holds on to its inode, so that another one never has the same number. */
bool fopnp_event_listener_is_in_place(const struct fopnp_event_listener *listener)
{
	unsigned long inode;

	return find_inode(listener->path, &inode) && inode == listener->inode;
}

void fopnp_event_listener_close(struct fopnp_event_listener *listener)
{
	if (listener->descriptor == -1)
		return;
	if (fopnp_event_listener_is_in_place(listener))
		(void)unlink(listener->path);
	(void)close(listener->descriptor);
	free(listener->batch);
	*listener = (struct fopnp_event_listener){ .descriptor = -1 };
}

/* ---- reading ---- */

static bool read_batch(const struct fopnp_event_listener *listener)
{
	struct fopnp_event_batch *batch = listener->batch;
	int count;

	for (size_t i = 0; i < BATCH; i++)
		batch->messages[i].msg_hdr.msg_controllen = sizeof(batch->controls[i]);
	do {
		count = recvmmsg(listener->descriptor, batch->messages, BATCH, MSG_DONTWAIT, NULL);
	} while (count == -1 && errno == EINTR);
	batch->next = 0;
	batch->count = count > 0 ? (unsigned)count : 0;
	return count > 0;
}

static void take_credentials(struct msghdr *message, struct fopnp_event_datagram *datagram)
{
	const struct cmsghdr *header = CMSG_FIRSTHDR(message);
	struct ucred sender;

	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_CREDENTIALS ||
	    header->cmsg_len != CMSG_LEN(sizeof(sender)))
		return;
	memcpy(&sender, CMSG_DATA(header), sizeof(sender));
	datagram->pid = sender.pid;
	datagram->uid = sender.uid;
	datagram->gid = sender.gid;
	datagram->has_credentials = true;
}

bool fopnp_event_listener_next(struct fopnp_event_listener *listener,
			       struct fopnp_event_datagram *out_datagram)
{
	struct fopnp_event_batch *batch = listener->batch;
	struct mmsghdr *message;

	if (batch->next == batch->count && !read_batch(listener))
		return false;
	message = &batch->messages[batch->next];
	*out_datagram = (struct fopnp_event_datagram){
		.bytes = batch->bytes[batch->next],
		.len = message->msg_len,
		.is_cut = message->msg_hdr.msg_flags & MSG_TRUNC,
	};
	take_credentials(&message->msg_hdr, out_datagram);
	batch->next++;
	return true;
}
