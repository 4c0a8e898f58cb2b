/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file of the test's own in the place of one of the machine's, seen by the
 * calling process and its children alone.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Put an empty file over TARGET; false where no mount namespace can be had. */
bool mount_private_file(const char *target);

/* Give a file that was mounted so these bytes. */
bool write_private_file(const char *target, const char *bytes, size_t len);
