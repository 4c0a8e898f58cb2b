/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of name servers as fopnp.conf(5) and events write them. */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Read "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "fe80::1%eth0" or
 * "[2001:db8::1]:5353"; port 53 where none stands there.
 */
bool fopnp_server_text_parse(const char *text, struct sockaddr_storage *out_address);

/* Whether two are one server: family, address, port and scope. */
bool fopnp_server_is_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b);
