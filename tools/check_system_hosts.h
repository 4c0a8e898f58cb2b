/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `fopnp check` knows of /etc/hosts as a whole. */
#pragma once

#include <stddef.h>

struct fopnp_check_hosts;

/*
 * Go through the file behind the descriptor FILE once, line by line, whatever its size.  HOST_NAME
 * is this machine's; "": not known.  Clear the result with fopnp_check_hosts_clear().
 */
void fopnp_check_hosts_read(int file, const char *host_name, struct fopnp_check_hosts *out_hosts);
void fopnp_check_hosts_clear(struct fopnp_check_hosts *hosts);

/*
 * For a child process (check_child.h): the microseconds that getaddrinfo() takes for the name
 * CONTEXT by "files" alone go to RESULT, a uint64_t.
 */
void fopnp_check_hosts_time(void *context, char *result, size_t size);
