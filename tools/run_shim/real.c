/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions that ours stand in for, see real.h. */
#include "tools/run_shim/real.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>

/*
 * By name alone, which finds a symbol's default version.  Only posix_spawn and posix_spawnp have
 * another one (x86-64, programs linked before glibc 2.15: a file of no known format went to sh).
 */
static const char *const names[FOPNP_RUN_REAL_COUNT] = {
	[FOPNP_RUN_execv] = "execv",
	[FOPNP_RUN_execve] = "execve",
	[FOPNP_RUN_execveat] = "execveat",
	[FOPNP_RUN_execvp] = "execvp",
	[FOPNP_RUN_execvpe] = "execvpe",
	[FOPNP_RUN_fexecve] = "fexecve",
	[FOPNP_RUN_getaddrinfo] = "getaddrinfo",
	[FOPNP_RUN_gethostbyaddr] = "gethostbyaddr",
	[FOPNP_RUN_gethostbyaddr_r] = "gethostbyaddr_r",
	[FOPNP_RUN_gethostbyname] = "gethostbyname",
	[FOPNP_RUN_gethostbyname2] = "gethostbyname2",
	[FOPNP_RUN_gethostbyname2_r] = "gethostbyname2_r",
	[FOPNP_RUN_gethostbyname_r] = "gethostbyname_r",
	[FOPNP_RUN_getnameinfo] = "getnameinfo",
	[FOPNP_RUN_posix_spawn] = "posix_spawn",
	[FOPNP_RUN_posix_spawnp] = "posix_spawnp",
};

static _Atomic(void *) found[FOPNP_RUN_REAL_COUNT];

static void *find(enum fopnp_run_real which)
{
	void *function = dlsym(RTLD_NEXT, names[which]);

	atomic_store(&found[which], function);
	return function;
}

void fopnp_run_real_find_all(void)
{
	for (unsigned i = 0; i < FOPNP_RUN_REAL_COUNT; i++)
		(void)find((enum fopnp_run_real)i);
}

void *fopnp_run_real(enum fopnp_run_real which)
{
	void *function = atomic_load_explicit(&found[which], memory_order_relaxed);

	/* In another library's constructor, before ours; whoever comes first finds the same. */
	return function ? function : find(which);
}
