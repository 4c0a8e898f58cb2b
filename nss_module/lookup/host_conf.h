/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host.conf(5)'s `multi`, which decides whether hosts(5) gives the addresses of
 * all lines of a name or of the first alone, as glibc reads it
 * (resolv/res_hconf.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define FOPNP_HOST_CONF "/etc/host.conf"

/*
 * Take LEN bytes of the file, whole lines.  *IS_MULTI and *LINE, the number of the
 * line that says so, are set for each line that has a say, the last one counts.
 * *LINE_COUNT goes up by the newlines.
 */
void fopnp_host_conf_take(const char *bytes, size_t len, bool *is_multi, unsigned *line,
			  unsigned *line_count);

/* "on" and "off" with anything behind them; false, and nothing set, for another word. */
bool fopnp_host_conf_parse_switch(const char *text, size_t len, bool *out_is_on);
