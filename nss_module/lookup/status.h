/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words for glibc's result codes: NSS statuses, h_errno values and
 * EAI codes, spelt as glibc's headers spell them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* enum nss_status runs from NSS_STATUS_TRYAGAIN (-2) to NSS_STATUS_RETURN (2). */
#define FOPNP_STATUS_FIRST (-2)
#define FOPNP_STATUS_COUNT 5

/* "SUCCESS", "NOTFOUND", "UNAVAIL", "TRYAGAIN", "RETURN"; "ILLEGAL" for any other number. */
const char *fopnp_status_name(int status);

/* The reverse, ASCII case folded.  False if the span is none of the five words. */
bool fopnp_status_from_name(const char *name, size_t len, int *out_status);

/* "HOST_NOT_FOUND", "TRY_AGAIN", ... of <netdb.h>; "NETDB_SUCCESS" for 0, NULL if unknown. */
const char *fopnp_h_errno_name(int h_error);

/* "EAI_NONAME", ...; "OK" for 0, NULL if unknown. */
const char *fopnp_eai_name(int code);

/* "ENOENT", ...: strerrorname_np() where it knows the number, else NULL.  "OK" for 0. */
const char *fopnp_errno_name(int error);
