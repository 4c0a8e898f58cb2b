/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Replacing a file of /etc as a whole: whoever looks, and whenever the machine stops, finds the old
 * file or the new one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#define FOPNP_INSTALL_SIZE_MOST (1 << 20) /* nobody's nsswitch.conf or fopnp.conf is larger */

/* What could not be done, and why; for a message. */
struct fopnp_install_error {
	const char *action; /* static text: "write", "rename" */
	int error;          /* errno; ESTALE: the file was changed by somebody else meanwhile */
	char name[64];      /* of which file, in its directory */
};

/* A file as it is now. */
struct fopnp_install_file {
	int directory;    /* not ours */
	const char *name; /* in it; static text */
	int descriptor;   /* open for reading; -1: there is none, `error` says why */
	int error;        /* ENOENT, ELOOP (a symbolic link), EINVAL (no regular file), EFBIG ... */
	char *target;     /* of a symbolic link; else NULL */
	struct stat status; /* if it is open */
	char *bytes;        /* never NULL, a NUL behind them */
	size_t len;
};

/*
 * Open ROOT's /etc (NULL: this machine's) for ourselves alone: another command that edits there is
 * waited for, two seconds.  -1 with errno (EWOULDBLOCK: it is still at it).  The caller's to close().
 */
int fopnp_install_directory_open(const char *root);

/* Read the file; links are not followed, nothing is waited for.  False: it is not open. */
bool fopnp_install_file_read(int directory, const char *name, struct fopnp_install_file *out_file);
void fopnp_install_file_clear(struct fopnp_install_file *file);

/* Behind the name of a copy until it is whole; one that is left over may be removed. */
#define FOPNP_INSTALL_COPY_SUFFIX ".fopnp-copy"

/*
 * Put a copy of the file beside it under NAME, with its owner, mode and extended attributes; one
 * that is there is replaced.
 */
bool fopnp_install_file_copy(const struct fopnp_install_file *file, const char *name,
			     struct fopnp_install_error *out_error);

/*
 * Put LEN bytes in its place, with its owner, mode and extended attributes (a new file: root's or the
 * caller's, 0644).  TEMPORARY is the name of a file beside it that may be lost.
 */
bool fopnp_install_file_replace(const struct fopnp_install_file *file, const char *temporary,
				const char *bytes, size_t len,
				struct fopnp_install_error *out_error);
