/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The functions that ours stand in for: those of libc, or of another preloaded library behind us.
 * All are found in the constructor, since dlsym() takes locks and the child of a vfork() must not.
 */
#pragma once

enum fopnp_run_real {
	FOPNP_RUN_execv,
	FOPNP_RUN_execve,
	FOPNP_RUN_execveat,
	FOPNP_RUN_execvp,
	FOPNP_RUN_execvpe,
	FOPNP_RUN_fexecve,
	FOPNP_RUN_getaddrinfo,
	FOPNP_RUN_gethostbyaddr,
	FOPNP_RUN_gethostbyaddr_r,
	FOPNP_RUN_gethostbyname,
	FOPNP_RUN_gethostbyname2,
	FOPNP_RUN_gethostbyname2_r,
	FOPNP_RUN_gethostbyname_r,
	FOPNP_RUN_getnameinfo,
	FOPNP_RUN_posix_spawn,
	FOPNP_RUN_posix_spawnp,
	FOPNP_RUN_REAL_COUNT
};

void fopnp_run_real_find_all(void);

/* The function behind ours; NULL if there is none. */
void *fopnp_run_real(enum fopnp_run_real which);

/* The same as a function to call, of the right type. */
#define FOPNP_REAL(function) ((__typeof__(&(function)))fopnp_run_real(FOPNP_RUN_##function))
