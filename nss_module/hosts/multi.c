/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `multi`, see multi.h. */
#include "nss_module/hosts/multi.h"

#include "nss_module/hosts/line_blocks.h"
#include "nss_module/lookup/host_conf.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum state { STATE_UNKNOWN, STATE_OFF, STATE_ON };

static bool read_file(const char *path)
{
	struct fopnp_line_blocks blocks;
	unsigned line, line_count = 0;
	bool is_multi = false;
	struct stat status;

	if (!fopnp_line_blocks_open(&blocks, path, &status))
		return false;
	/* A device has no end. */
	while (S_ISREG(status.st_mode) && fopnp_line_blocks_next(&blocks))
		fopnp_host_conf_take(blocks.bytes, blocks.len, &is_multi, &line, &line_count);
	fopnp_line_blocks_close(&blocks);
	return is_multi;
}

static bool read_settings(void)
{
	const char *path = secure_getenv("RESOLV_HOST_CONF");
	const char *multi = secure_getenv("RESOLV_MULTI");
	bool is_multi;

	if (multi && fopnp_host_conf_parse_switch(multi, strlen(multi), &is_multi))
		return is_multi;
	return read_file(path ? path : FOPNP_HOST_CONF);
}

bool fopnp_hosts_is_multi(void)
{
	/* Threads that come at the same time read the same. */
	static _Atomic(enum state) state;
	enum state known = atomic_load_explicit(&state, memory_order_relaxed);
	int saved_errno = errno;

	if (known != STATE_UNKNOWN)
		return known == STATE_ON;
	known = read_settings() ? STATE_ON : STATE_OFF;
	atomic_store_explicit(&state, known, memory_order_relaxed);
	errno = saved_errno;
	return known == STATE_ON;
}
