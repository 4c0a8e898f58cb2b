/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which running programs look names up through our module, which will, and which cannot. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum fopnp_status_state {
	FOPNP_STATUS_MAPPED,   /* has the module loaded */
	FOPNP_STATUS_REPLACED, /* has one loaded whose file is gone: that of before an upgrade */
	FOPNP_STATUS_EARLIER, /* since before the line or the library was written, and has not loaded it */
	FOPNP_STATUS_IDLE,   /* started since, and has not loaded it yet */
	FOPNP_STATUS_STATIC, /* no NSS modules, by how it was made */
	FOPNP_STATUS_MUSL,
	FOPNP_STATUS_GO,         /* without cgo */
	FOPNP_STATUS_FOREIGN,    /* another machine or word size, another loader */
	FOPNP_STATUS_ELSEWHERE,  /* sees another nsswitch.conf: a container, a chroot */
	FOPNP_STATUS_UNREADABLE, /* not for us to see */
	FOPNP_STATUS_STATES,
};

struct fopnp_status_process {
	pid_t pid;
	enum fopnp_status_state state;
	bool is_go_cgo; /* made by Go, and asks libc once fopnp is on the line */
	char *comm;
	char *exe; /* NULL: not known */
};

struct fopnp_status_processes {
	struct fopnp_status_process *list; /* by state, then name, then pid; not ourselves */
	size_t count;
	size_t counts[FOPNP_STATUS_STATES];
	bool is_known;          /* there is a /proc that tells of our processes */
	bool are_others_hidden; /* but not of other users' (hidepid, see proc(5)) */
};

/*
 * Look at all of them; fopnp_status_processes_clear() frees what it holds.  LIBRARY is the path of
 * our module, NULL: not known.
 */
void fopnp_status_processes_read(const char *library, struct fopnp_status_processes *out_processes);
void fopnp_status_processes_clear(struct fopnp_status_processes *processes);

/* "mapped", "replaced", "started-before", ...: as JSON has it. */
const char *fopnp_status_state_name(enum fopnp_status_state state);

/*
 * "nginx (4), sshd, ...": the names of those in STATE, at most MOST different ones and how many
 * more there are; NULL: none.  The caller's to free().
 */
char *fopnp_status_names(const struct fopnp_status_processes *processes,
			 enum fopnp_status_state state, size_t most);
