/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the scripted NSS modules do.  The test program exports one variable,
 * fopnp_test_script; every module loaded into it reads its own part there, so
 * that the behaviour changes from call to call at no cost.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRIPT_MODULES 16

/* The functions a module has (SCRIPTED_FUNCTIONS is an or of these). */
#define SCRIPT_HAS_4     0x01 /* gethostbyname4_r */
#define SCRIPT_HAS_3     0x02 /* gethostbyname3_r */
#define SCRIPT_HAS_2     0x04 /* gethostbyname2_r */
#define SCRIPT_HAS_1     0x08 /* gethostbyname_r */
#define SCRIPT_HAS_ADDR  0x10 /* gethostbyaddr_r */
#define SCRIPT_HAS_CANON 0x20 /* getcanonname_r */
#define SCRIPT_IS_STATIC 0x40 /* the answer lies outside the caller's buffer */

/*
 * 2_r and 3_r share their steps: a module whose 3_r said something else than
 * its 2_r would have no one answer to compare with.
 */
enum script_kind {
	SCRIPT_TUPLES, /* 4_r */
	SCRIPT_INET6,  /* 2_r, 3_r */
	SCRIPT_INET,   /* 2_r, 3_r */
	SCRIPT_NAME,   /* gethostbyname_r */
	SCRIPT_ADDRESS,
	SCRIPT_CANONICAL,
	SCRIPT_KINDS,
};

#define SCRIPT_LEAVE (-99) /* do not write errno, or h_errno */

struct script_step {
	int status, error, h_error;
	unsigned addresses; /* how many, on success */
	unsigned aliases;
	unsigned pattern; /* which addresses and names: any number */
	size_t need;      /* ERANGE while the buffer is smaller, whatever the answer's size */
	bool has_scopes;  /* 4_r: IPv6 tuples carry a scope id */
	bool has_duplicates;
	bool later_names;    /* 4_r: tuples behind the first carry the name too */
	bool sets_canonical; /* 3_r: *canonp is set */
	bool is_dirty;       /* on failure, leave rubbish behind the result pointers */
	bool writes_errno;   /* write errno itself, as glibc's files does, not *errnop */
};

#define SCRIPT_TRACE 4096

struct script {
	struct script_step steps[SCRIPT_MODULES][SCRIPT_KINDS];
	unsigned asked; /* calls since the driver cleared it, those ending in ERANGE and
				   getcanonname_r not counted */
	const char *fopnp_start, *fopnp_end; /* where libnss_fopnp.so.2 lies; NULL: unknown */
	bool was_refused;                    /* an ERANGE was among them */
	bool leaves_errors;                  /* the last one left errno or h_errno alone */
	bool was_return;   /* NSS_STATUS_RETURN was among them, which no real module says */
	bool was_empty;    /* a SUCCESS without an address was among them */
	unsigned bypassed; /* calls that came from elsewhere */
	bool is_traced;
	size_t trace_len;
	char trace[SCRIPT_TRACE];
};

extern struct script fopnp_test_script __attribute__((visibility("default")));
