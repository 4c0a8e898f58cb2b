/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules behind a trace's notes, by subject.  Each looks at a finished trace
 * and adds what it finds to trace->notes; the ids are words that `fopnp check`
 * shares, and docs/man/fopnp-trace.1 lists them all.
 */
#pragma once

struct fopnp_finding;
struct fopnp_step;
struct fopnp_trace;

/* fopnp.conf: lines that are left out, files that it names. */
void fopnp_trace_note_conf(struct fopnp_trace *trace);

/* The name itself: IDNA, dots, .local, localhost, the host's own name, the environment. */
void fopnp_trace_note_name(struct fopnp_trace *trace);
/* The part of it on HOSTALIASES, LOCALDOMAIN and RES_OPTIONS. */
void fopnp_trace_note_environment(struct fopnp_trace *trace);

/* /etc/hosts: lines that are not used, one family only, what the file's size costs. */
void fopnp_trace_note_hosts(struct fopnp_trace *trace);

/* glibc's resolver: what its packets show, and its configuration. */
void fopnp_trace_note_dns(struct fopnp_trace *trace);

/* fopnp:mdns and fopnp:dns, by what they told. */
void fopnp_trace_note_told(struct fopnp_trace *trace);
/* The part of it on a step of fopnp:mdns. */
void fopnp_trace_note_told_mdns(struct fopnp_trace *trace, const struct fopnp_step *step);

/* systemd-resolved and avahi. */
void fopnp_trace_note_daemons(struct fopnp_trace *trace);
/* The part of it on systemd-resolved. */
void fopnp_trace_note_resolved(struct fopnp_trace *trace);

/* The addresses: AI_ADDRCONFIG, the other family, their order. */
void fopnp_trace_note_addresses(struct fopnp_trace *trace);
