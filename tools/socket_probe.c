/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Knocking at a daemon's socket. */
#include "tools/socket_probe.h"

#include "tools/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LABEL_FILE "/proc/self/attr/current"
#define LABEL_MOST 200

int fopnp_socket_probe(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int descriptor, error = 0;

	if (strlen(path) >= sizeof(address.sun_path))
		return ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	/* A UNIX socket connects at once or, where it would have to wait, not at all. */
	descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (descriptor == -1)
		return errno;
	if (connect(descriptor, (const struct sockaddr *)&address, sizeof(address)) != 0)
		error = errno;
	(void)close(descriptor);
	return error;
}

/* ---- who keeps us away ---- */

/* The label that a security module gives this process; "" for none, or an odd one. */
static void read_label(char label[static LABEL_MOST + 1])
{
	int file = open(LABEL_FILE, O_RDONLY | O_CLOEXEC);
	ssize_t len = file == -1 ? -1 : read(file, label, LABEL_MOST);

	if (file != -1)
		(void)close(file);
	label[len > 0 ? len : 0] = '\0';
	label[strcspn(label, "\n")] = '\0';
	for (const char *c = label; *c; c++)
		if (*c < ' ' || *c > '~')
			label[0] = '\0';
}

static char *denied_words(void)
{
	char label[LABEL_MOST + 1];

	read_label(label);
	/* SELinux's have fields: "user_u:role_r:type_t:s0". */
	if (strchr(label, ':') && !strstr(label, ":unconfined_t"))
		return fopnp_memory_format("permission denied (SELinux context %s)", label);
	if (label[0] && !strchr(label, ':') && strncmp(label, "unconfined", 10) != 0)
		return fopnp_memory_format("permission denied (AppArmor profile %s)", label);
	return fopnp_memory_copy_text("permission denied: in a sandbox or container?");
}

char *fopnp_socket_probe_words(int error)
{
	switch (error) {
	case 0:
		return NULL;
	case ENOENT:
	case ENOTDIR:
		return fopnp_memory_copy_text("there is no such socket: the daemon is not running");
	case ECONNREFUSED:
		return fopnp_memory_copy_text("nobody listens behind it: the daemon has died");
	case EACCES:
	case EPERM:
		return denied_words();
	case EAGAIN:
		return fopnp_memory_copy_text("its queue is full: the daemon hangs");
	default:
		return fopnp_memory_copy_text(strerror(error));
	}
}
