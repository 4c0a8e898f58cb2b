/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which link systemd-resolved routes a name to, read from where it reads that itself:
 * systemd-networkd's file of each link, for everybody to read, and resolved's own of
 * links that somebody else set up (NetworkManager, resolvectl), for root only.
 */
#pragma once

#define FOPNP_RESOLVED_RUN "/run/systemd"

/*
 * "corp.example goes to eth1 (10.9.0.1)"; where no link takes NAME, "no link takes it: eth1
 * (10.9.0.1) is for corp.example only".  RUN is the directory of both.  NULL: not known,
 * also when a link's file cannot be read, for names of one label, and where links play no
 * part.  The caller's to free().
 *
 * *OUT_FIX then becomes the command that gives NAME's domain to a link that has servers
 * for other domains alone, if there is just one: "resolvectl domain eth1 corp.example
 * '~corp.internal'"; else NULL.  The caller's to free().
 */
char *fopnp_resolved_route_words(const char *run, const char *name, char **out_fix);
