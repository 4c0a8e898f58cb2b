/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the built-in sources told of themselves in their steps, made into evidence
 * and packets.  A source's own word is the truth: files are read for the text of
 * the lines that it names, and where they say otherwise now, that is shown.
 */
#pragma once

struct fopnp_step;
struct fopnp_trace;

/* Give each step of fopnp:dns its wire, with the places of its servers. */
void fopnp_trace_take_told(struct fopnp_trace *trace);

/* fopnp:hosts: put its lines among the EVIDENCE that was found in /etc/hosts. */
void fopnp_trace_check_told_lines(struct fopnp_step *step);

/* fopnp:mdns: avahi's socket, the interfaces, the responder. */
void fopnp_trace_find_told_mdns(const struct fopnp_trace *trace, struct fopnp_step *step);

/* fopnp:dns: its servers, what came of each, and of the one whose reply was taken all. */
void fopnp_trace_find_told_servers(const struct fopnp_trace *trace, struct fopnp_step *step);

/*
 * "SERVFAIL", "no name server replied": why a step of dns or fopnp:dns failed, by its wire.
 * The caller's; NULL: its status says all.
 */
char *fopnp_trace_dns_failure(const struct fopnp_trace *trace, const struct fopnp_step *step);
