/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Private sockets that the module sends its events to.  A directory of our own
 * holds them, since the module is given a path; nobody else can enter it.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* So that "directory/NNNN" fits in sun_path. */
#define FOPNP_EVENT_DIRECTORY 96

/*
 * Make the directory in $XDG_RUNTIME_DIR, $TMPDIR, /tmp or /dev/shm, the first
 * that takes it and where nobody else could put another one in its place.
 * False if none does, errno says why.
 */
bool fopnp_event_directory_make(char path[static FOPNP_EVENT_DIRECTORY]);
/*
 * The same where everybody can go to a socket whose name they know, but nobody list the names: for
 * processes that root starts and that become other users.
 */
bool fopnp_event_directory_make_public(char path[static FOPNP_EVENT_DIRECTORY]);
void fopnp_event_directory_remove(const char *path);

/* Socket NUMBER of a directory: its descriptor, -1 for failure. */
int fopnp_event_socket_open(const char *directory, unsigned number);
void fopnp_event_socket_path(const char *directory, unsigned number, char *path, size_t size);
/* Close it and remove it from the directory. */
void fopnp_event_socket_close(const char *directory, unsigned number, int descriptor);

/*
 * The next datagram and the process that the kernel says sent it.  -1 if there
 * is none just now.
 */
ssize_t fopnp_event_socket_read(int descriptor, char *bytes, size_t size, pid_t *out_sender);
