/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connecting to a host as programs do: its addresses by getaddrinfo, then connections to them. */
#pragma once

#include "tools/connect_attempts.h"
#include "tools/findings.h"
#include "tools/program_lookup.h"

struct fopnp_connect_options {
	const char *host;
	const char *const *services; /* SERVICE or SERVICE/tcp */
	size_t service_count;
	int family; /* AF_UNSPEC, or the one that is asked for alone */
	enum fopnp_attempt_manner manner;
	uint64_t timeout_us; /* of each connection */
};

/* What came of one service. */
struct fopnp_connect {
	const struct fopnp_connect_options *options;
	struct fopnp_program_lookup lookup;
	/* In getaddrinfo's order, for a race in that of RFC 8305. */
	struct fopnp_attempt *attempts;
	size_t count;
	size_t winner; /* the first that was connected; `count`: none */
	struct fopnp_findings notes;
};

/*
 * Look the host up for every service at once and connect to one service after the other.  LIST
 * has room for each.  False, and an error told where it is not a signal's, if it could not be done.
 */
bool fopnp_connect_run(const struct fopnp_connect_options *options, struct fopnp_connect *list);
void fopnp_connect_clear(struct fopnp_connect *connect);

bool fopnp_connect_is_through(const struct fopnp_connect *connect);
enum fopnp_exit fopnp_connect_exit_status(const struct fopnp_connect *connect);

/*
 * By how much the race was won: the time until the next was connected, in *out_us, and that one's
 * index.  COUNT: nobody else was.
 */
size_t fopnp_connect_runner_up(const struct fopnp_connect *connect, uint64_t *out_us);

/* What the attempts say beyond their rows: findings for `notes`. */
void fopnp_connect_add_notes(struct fopnp_connect *connect);

void fopnp_connect_print_text(const struct fopnp_connect *connect);
void fopnp_connect_print_json(const struct fopnp_connect *connect);
