/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exit status of every command, as fopnp(1) lists them. */
#pragma once

enum fopnp_exit {
	FOPNP_EXIT_OK = 0,     /* answered, equal, fine */
	FOPNP_EXIT_NO = 1,     /* not found, different, something is wrong */
	FOPNP_EXIT_USAGE = 2,  /* the command line is wrong */
	FOPNP_EXIT_CANNOT = 3, /* could not ask, or could not write the answer */
};

/* The status of two results together: 2 before 1 before 3 before 0. */
static inline enum fopnp_exit fopnp_exit_join(enum fopnp_exit a, enum fopnp_exit b)
{
	if (a == FOPNP_EXIT_USAGE || b == FOPNP_EXIT_USAGE)
		return FOPNP_EXIT_USAGE;
	if (a == FOPNP_EXIT_NO || b == FOPNP_EXIT_NO)
		return FOPNP_EXIT_NO;
	return a != FOPNP_EXIT_OK ? a : b;
}
