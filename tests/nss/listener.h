/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receiving end of events: a datagram socket of the test's own. */
#pragma once

#include "nss_module/lookup/event.h"

#include <stdbool.h>
#include <stddef.h>

/* Where these tests let the module send to, by FOPNP_LOG or a "log" line. */
#define LISTENER_PATH "/run/listener.sock"

/*
 * Bind a non-blocking socket to PATH, whose folder is made with mode 0755;
 * a stale one is replaced.  Returns the descriptor; exits on failure.
 */
int listener_open(const char *path);

/*
 * The next lookup's event, decoded, into static storage; NULL if none is
 * waiting.  Announcements of steps are skipped.  A malformed datagram ends
 * the program.
 */
const struct fopnp_event *listener_event(int fd);

/* The same with announcements. */
const struct fopnp_event *listener_datagram(int fd);

/* The bytes of the last datagram, which was taken by either. */
const char *listener_bytes(size_t *out_len);

/* Take everything that waits; returns the number of lookups' events. */
size_t listener_drain(int fd);

/* Whether the last datagram had a field of that key and, VALUE not NULL, value. */
bool listener_has(const char *key, const char *value);
