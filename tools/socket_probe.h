/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether somebody listens at a UNIX stream socket, and why one cannot tell:
 * a daemon that is gone, told from a sandbox that keeps us away from it.
 */
#pragma once

#define FOPNP_AVAHI_SOCKET "/run/avahi-daemon/socket"
#define FOPNP_NSCD_SOCKET  "/var/run/nscd/socket" /* _PATH_NSCDSOCKET of glibc */

/* 0: somebody listens.  Else the errno of connect(): ENOENT, ECONNREFUSED, EACCES, ... */
int fopnp_socket_probe(const char *path);

/*
 * What that errno means: "nobody listens behind it: the daemon has died", "permission denied
 * (AppArmor profile snap.x)".  The caller's to free(); NULL for 0.
 */
char *fopnp_socket_probe_words(int error);
