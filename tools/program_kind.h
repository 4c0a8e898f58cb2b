/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a program resolves names, from its file alone (ELF by libelf; "#!" lines followed): whether
 * a preloaded library, and so our module's marks, can reach it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum fopnp_program_libc {
	FOPNP_PROGRAM_GLIBC,        /* dynamic, with glibc's loader */
	FOPNP_PROGRAM_MUSL,         /* dynamic, with musl's */
	FOPNP_PROGRAM_STATIC,       /* no loader */
	FOPNP_PROGRAM_UNKNOWN_LIBC, /* another loader */
};

struct fopnp_program_kind {
	char *path;   /* the file that runs in the end: of a script its interpreter */
	char *script; /* the script, if it was one; else NULL */
	enum fopnp_program_libc libc;
	char *loader; /* its interpreter (PT_INTERP); NULL: none */
	bool is_go;   /* made by Go (.go.buildinfo) ... */
	bool is_go_cgo; /* ... that can call libc's resolver: with GODEBUG=netdns=cgo or by the system's files */
	bool is_cares;         /* needs libcares: may not ask libc at all */
	bool is_other_machine; /* another machine or word size than ours: it loads no library of ours */
	bool is_privileged; /* setuid, setgid or capabilities that we do not have already: LD_* ignored */
};

enum fopnp_program_found {
	FOPNP_PROGRAM_FOUND,
	FOPNP_PROGRAM_MISSING, /* no such file in PATH: env(1)'s 127 */
	FOPNP_PROGRAM_DENIED,  /* there, but not to be executed: 126 */
	FOPNP_PROGRAM_STRANGE, /* no ELF file and no script that can be read; the kind has the path alone */
};

/*
 * Look at FILE: a path, or a name without a slash that PATH_LIST (as $PATH; NULL: the default)
 * leads to, as execvp() does.  fopnp_program_kind_clear() frees it.  Bounded whatever the file is.
 */
enum fopnp_program_found fopnp_program_inspect(const char *file, const char *path_list,
					       struct fopnp_program_kind *out_kind);
void fopnp_program_kind_clear(struct fopnp_program_kind *kind);

/*
 * Why `fopnp run` sees nothing of it, in a sentence; NULL: it does.  *OUT_ID is a finding's id:
 * program-static, program-musl, program-go, program-privileged, program-foreign, program-unknown.
 * Static memory.
 */
const char *fopnp_program_why_unseen(const struct fopnp_program_kind *kind, const char **out_id);
