/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `multi`: whether all lines of a name count or the first alone.  From
 * /etc/host.conf, or the file that RESOLV_HOST_CONF names, unless RESOLV_MULTI
 * has a say, as glibc's resolv/res_hconf.c reads them: once a process.  Unlike
 * there, privileged programs see neither variable, and a bad line is no message.
 */
#pragma once

#include <stdbool.h>

/* Preserves errno. */
bool fopnp_hosts_is_multi(void);
