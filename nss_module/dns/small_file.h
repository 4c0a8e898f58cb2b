/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading files that others wrote: resolv.conf(5) and HOSTALIASES. */
#pragma once

#include <stddef.h>

#define FOPNP_DNS_FILE_SIZE (1u << 20) /* more than that is not read */

/*
 * The bytes of a regular file with a NUL behind them, for free(); NULL if there is none, it is
 * larger than FOPNP_DNS_FILE_SIZE or without memory.  Never blocks on a FIFO.
 */
char *fopnp_dns_read_file(const char *path, size_t *out_len);
