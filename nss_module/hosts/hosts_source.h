/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fopnp:hosts: the answers of glibc's "files" (nss/nss_files/files-hosts.c) from
 * /etc/hosts and then the files of `hosts-file` lines, as if they were one.  Each
 * answer tells file=PATH:LINE of the lines that made it, FOPNP_HOSTS_PLACES at
 * most, then more=N.
 *
 * What differs:
 * - Letters are folded by ASCII, not by the locale.
 * - Room is needed for the answer alone, not for every line of the file on the way to
 *   it: where "files" says ERANGE there may be an answer.
 * - A last line that begins with blanks and has no newline is read as it stands; glibc
 *   2.36 garbles it, as it does a line with blanks in front and a NUL.
 * - A FIFO in the file's place is not waited for, a device not read for ever, a line
 *   longer than FOPNP_LINE_MOST passed over.
 * - On success *h_errnop is NETDB_SUCCESS.  Without /etc/hosts it is HOST_NOT_FOUND for an
 *   address; "files" leaves it unset, and getnameinfo()'s is then what lay on the stack.
 *
 * An /etc/hosts that is not there, or cannot be read, does not hide what the further
 * files say; if they do not know the answer either, the call fails as with "files":
 * UNAVAIL and the reason.  Further files that cannot be read are passed over.
 */
#pragma once

#include "nss_module/lookup/ask.h"

#include <stdbool.h>

#define FOPNP_HOSTS_PLACES 16

enum nss_status fopnp_hosts_ask(struct fopnp_ask *ask);

/* The same with another file for /etc/hosts, and `multi` as given. */
enum nss_status fopnp_hosts_ask_file(struct fopnp_ask *ask, const char *path, bool is_multi);
