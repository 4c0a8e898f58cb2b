/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The "options" lines of resolv.conf(5) as glibc takes them (res_setoptions() in
 * resolv/res_init.c): all lines count, a word is known by its beginning, a number may be anything
 * that atoi(3) reads and is cut to a limit.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct fopnp_resolv_option {
	const char *word; /* not terminated */
	size_t len;
	unsigned line;
};

/* The next word from *POSITION on, which begins as { 0 }.  False: there are no more. */
struct fopnp_resolv_position {
	size_t at;
	unsigned line; /* lines that were passed */
	const char *word_at, *line_end;
};
bool fopnp_resolv_options_next(const char *bytes, size_t len,
			       struct fopnp_resolv_position *position,
			       struct fopnp_resolv_option *out_option);

/* The number behind NAME ("ndots:") if the option has that name; false: it has another. */
bool fopnp_resolv_option_number(const struct fopnp_resolv_option *option, const char *name,
				int *out_number);
/* Whether glibc takes the option for NAME, with whatever behind it. */
bool fopnp_resolv_option_is(const struct fopnp_resolv_option *option, const char *name);

#define FOPNP_RESOLV_NDOTS_MOST    15 /* glibc's RES_MAXNDOTS, RES_MAXRETRANS, RES_MAXRETRY */
#define FOPNP_RESOLV_TIMEOUT_MOST  30
#define FOPNP_RESOLV_ATTEMPTS_MOST 5

struct fopnp_resolv_options {
	unsigned ndots, timeout_s;
	int attempts;        /* below 1: nobody is asked */
	unsigned ndots_line; /* 0: not written there */
	unsigned attempts_line;
	bool is_rotating;
};

/* What all of the file's lines come to. */
void fopnp_resolv_options_read(const char *bytes, size_t len,
			       struct fopnp_resolv_options *out_options);

/* The seconds that glibc waits for the INDEX-th of COUNT servers, once. */
unsigned fopnp_resolv_wait_s(unsigned timeout_s, size_t index, size_t count);
