/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * --redact: host names and addresses become hashes, the same one for the same name in
 * every output and every run on this machine, so that recordings can be shown
 * to others and still be compared.
 *
 * The hash is the beginning of SHA-256 over a key and the folded name.  The key is made from
 * /etc/machine-id, which is not to be published (machine-id(5)), so that nobody else can try out
 * names and compare.  Whoever knows the machine-id can do just that: names are easy to guess, and
 * this is no encryption.  Two recordings of one machine can be matched against each other on purpose.
 *
 * What stays readable since it tells nothing about anybody, and much about a set-up: "localhost"
 * and its kin, loopback and unspecified addresses.  Programs (comm, exe), users' numbers, services,
 * paths of configuration and the names of sources stay too.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct fopnp_redaction;

/* A key of this machine; without /etc/machine-id a random one of this process, said on stderr. */
struct fopnp_redaction *fopnp_redaction_create(void);
void fopnp_redaction_destroy(struct fopnp_redaction *redaction);

/*
 * "name-1f3a9c2e5b7d", "addr-..." for an address (its zone is left out); the caller's to free().
 * A name in any case and with or without its last dot gives the same, an address in any
 * of its spellings too.  What has that form already stays as it is: it comes from a redacted
 * recording.  TEXT may be NULL: NULL.  Without a redaction (NULL) a plain copy.
 */
char *fopnp_redact_name(const struct fopnp_redaction *redaction, const char *text);

/* The same without a copy: TEXT itself where it may be shown, else BUFFER. */
#define FOPNP_REDACTED_TEXT 64
const char *fopnp_redact_shown(const struct fopnp_redaction *redaction, const char *text,
			       char buffer[static FOPNP_REDACTED_TEXT]);

/*
 * The words of a step's detail: those that are known to be harmless, and names and addresses
 * in others, hashed; the rest is left out.  False if OUT had no room for a word.
 */
bool fopnp_redact_detail(const struct fopnp_redaction *redaction, const char *detail, char *out,
			 size_t size);
