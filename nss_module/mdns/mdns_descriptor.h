/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Descriptors in a program that may close what it did not open (daemons do, all they have) and
 * open something else under the number meanwhile: what is no socket is not ours to close.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

/* Whether ERROR, of a call with a descriptor, says that it is no socket any more. */
static inline bool fopnp_mdns_is_lost(int error)
{
	return error == EBADF || error == ENOTSOCK;
}

/* Close *FD, unless it is -1 or no socket any more; it is -1 then. */
static inline void fopnp_mdns_close(int *fd)
{
	int type;
	socklen_t size = sizeof(type);

	if (*fd >= 0 &&
	    (getsockopt(*fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 || !fopnp_mdns_is_lost(errno)))
		close(*fd);
	*fd = -1;
}
