/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of `fopnp check` on name servers, as they were found by asking them. */
#pragma once

struct fopnp_check_server;
struct fopnp_check_system;
struct fopnp_findings;

/* The first that is systemd-resolved's stub, 127.0.0.53 or 127.0.0.54; NULL: there is none. */
const struct fopnp_check_server *fopnp_check_find_stub(const struct fopnp_check_system *system);

void fopnp_check_servers_silent(const struct fopnp_check_system *system,
				struct fopnp_findings *findings);
void fopnp_check_servers_slow(const struct fopnp_check_system *system,
			      struct fopnp_findings *findings);
void fopnp_check_servers_refused(const struct fopnp_check_system *system,
				 struct fopnp_findings *findings);
void fopnp_check_servers_unreachable(const struct fopnp_check_system *system,
				     struct fopnp_findings *findings);
void fopnp_check_servers_failed(const struct fopnp_check_system *system,
				struct fopnp_findings *findings);
/* 127.0.0.53 where nobody listens there. */
void fopnp_check_servers_stub(const struct fopnp_check_system *system,
			      struct fopnp_findings *findings);
