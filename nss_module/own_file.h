/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a small configuration file inside a foreign process. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No configuration file of this size is meant seriously. */
#define OWN_FILE_MAX (1024u * 1024u)

struct own_file {
	char *bytes; /* NULL when len is 0 */
	size_t len;
	uint32_t uid, mode;
	uint64_t identity; /* after it was read */
};

/*
 * A number that changes when the file does, made of device, inode, size, times,
 * owner and mode (inode, size and times are what glibc's file_change_detection.c
 * compares); 0 for all ways of being absent.
 */
uint64_t own_file_identity(const char *path);

/*
 * Read a regular file whole; anything else, and a file over OWN_FILE_MAX, is
 * read as empty, as is one that is not there.  False when it could not be
 * known (no descriptor, no memory, a read error): the old content stays.
 * An identity other than before means that it changed while it was read.
 */
bool own_file_read(const char *path, struct own_file *out_file);
void own_file_clear(struct own_file *file);
