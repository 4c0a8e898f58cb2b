/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the rules behind a trace's notes ask of it, and how they write a finding down. */
#pragma once

#include "tools/findings.h"
#include "tools/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The call came back with an answer; and: it came back without one. */
bool fopnp_trace_is_answered(const struct fopnp_trace *trace);
bool fopnp_trace_is_refused(const struct fopnp_trace *trace);

/* Whether sources were asked for the addresses of a name. */
bool fopnp_trace_is_of_name(const struct fopnp_trace *trace);

/* Whether SOURCE gave the answer. */
bool fopnp_trace_is_answered_by(const struct fopnp_trace *trace, const char *source);

/* Whether a note with that id stands already. */
bool fopnp_trace_has_note(const struct fopnp_trace *trace, const char *id);

/*
 * The step whose bracket ended a call in vain before KNOWS, which would have
 * answered; NULL: there is none.
 */
const struct fopnp_step *fopnp_trace_find_stop(const struct fopnp_trace *trace,
					       const struct fopnp_step **out_knows);

/* Whether fopnp.conf names servers for fopnp:dns, so that those of resolv.conf do not count. */
bool fopnp_trace_has_own_servers(const struct fopnp_trace *trace);

/* The first step of that source, or NULL. */
const struct fopnp_step *fopnp_trace_find_step(const struct fopnp_trace *trace, const char *source);

/* Whether the call itself asked this source, and it came back with a status. */
bool fopnp_step_was_asked(const struct fopnp_step *step);

/* Whether it is one of nss-mdns's six sources. */
bool fopnp_step_is_mdns(const struct fopnp_step *step);

/* Whether it is of /etc/hosts, or of the DNS: glibc's own source, or the built-in one. */
bool fopnp_step_is_hosts(const struct fopnp_step *step);
bool fopnp_step_is_dns(const struct fopnp_step *step);

/*
 * The first step of that job which the call asked; else the first of them; NULL: none.
 */
const struct fopnp_step *fopnp_trace_find_hosts(const struct fopnp_trace *trace);
const struct fopnp_step *fopnp_trace_find_dns(const struct fopnp_trace *trace);

/* ---- what a built-in source told (docs/event-format.md) ---- */

/* The first value of WORD, cut off nothing: false if it is not there or does not fit. */
bool fopnp_step_word(const struct fopnp_step *step, const char *word, char *value, size_t size);

/* The same for a number; 0: it is not there. */
uint64_t fopnp_step_number(const struct fopnp_step *step, const char *word);

/* Whether WORD stands there with this value. */
bool fopnp_step_says(const struct fopnp_step *step, const char *word, const char *value);

/* All values of WORD with ", " between them, at most MOST; "" for none.  The caller's. */
char *fopnp_step_word_list(const struct fopnp_step *step, const char *word, size_t most);

/*
 * Whether fopnp:dns found a name for the address, and refused it: one that is no host
 * name is none to glibc, either.
 */
bool fopnp_step_refuses_name(const struct fopnp_trace *trace, const struct fopnp_step *step);

/* ---- the servers that packets[].server of a step's wire counts ---- */

size_t fopnp_step_server_count(const struct fopnp_trace *trace, const struct fopnp_step *step);
/* "10.0.0.53"; NULL: there is no such server. */
const char *fopnp_step_server(const struct fopnp_trace *trace, const struct fopnp_step *step,
			      size_t server);
/* The file and line that name it; NULL: none does. */
const char *fopnp_step_server_file(const struct fopnp_trace *trace, const struct fopnp_step *step,
				   size_t server, unsigned *out_line);

/*
 * Whether it goes by nss-mdns's own rules: it asks for NAME.local alone, and not
 * before it has asked the DNS whether local. exists there.  /etc/mdns.allow, which
 * those without "_minimal" read, takes their place.
 */
bool fopnp_step_probes_local(const struct fopnp_step *step);

/* Whether it is 127.0.0.53 or .54, where systemd-resolved's stub listens. */
bool fopnp_server_is_stub(const struct fopnp_resolver_server *server);

/* systemd-resolved found nothing, and says that it has nobody to ask. */
bool fopnp_trace_has_no_route(const struct fopnp_trace *trace);

/* Whether resolved's error is io.systemd.Resolve.NAME. */
bool fopnp_resolved_is_error(const struct fopnp_resolved_answer *answer, const char *name);

/*
 * What HOSTALIASES makes of the name, the caller's to free(), and the line that says
 * so; or NULL.
 */
char *fopnp_trace_host_alias(const struct fopnp_trace *trace, unsigned *out_line);
