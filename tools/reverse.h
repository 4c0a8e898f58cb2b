/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The names of an address: what programs get, what each source of the hosts line says alone, and
 * whether each name leads back to the address, as mail servers and sshd check it.
 */
#pragma once

#include "nss_module/lookup/address.h"
#include "tools/exit_status.h"
#include "tools/findings.h"
#include "tools/program_lookup.h"

#define FOPNP_REVERSE_ADDRESSES 64 /* of a host name that are looked at */
#define FOPNP_REVERSE_NAMES     64 /* of an address that are checked forward again */

/* A name of an address, looked up again as programs do. */
struct fopnp_reverse_name {
	struct fopnp_program_lookup lookup; /* its request has the name */
	bool leads_back;
};

/* What one source says of the address. */
struct fopnp_reverse_source {
	char *source; /* as the order names it */
	struct fopnp_program_lookup lookup;
};

struct fopnp_reverse_address {
	struct fopnp_request_address address;
	struct fopnp_program_lookup lookup; /* what programs get */
	struct fopnp_reverse_source *sources;
	size_t source_count;
	struct fopnp_reverse_name *names; /* each once, whoever said it */
	size_t name_count;
	bool are_names_cut;
	struct fopnp_findings notes;
};

struct fopnp_reverse {
	const char *given;
	/* Of a host name its addresses; of an address `result` is NULL. */
	struct fopnp_program_lookup forward;
	struct fopnp_reverse_address *addresses;
	size_t count;
	size_t left_out; /* addresses behind the first FOPNP_REVERSE_ADDRESSES */
};

/* How two host names stand to each other. */
enum fopnp_reverse_relation {
	FOPNP_REVERSE_SAME,
	FOPNP_REVERSE_RELATED, /* of one domain: one below the other, or both below the same */
	FOPNP_REVERSE_OTHER,
};

/*
 * Ask for GIVEN, an address or a host name, each call for TIMEOUT_US.  FAMILY narrows the addresses
 * of a name.  False, and an error told, if there can be no child.  The caller's to clear in any
 * case.
 */
bool fopnp_reverse_run(const char *given, int family, uint64_t timeout_us,
		       struct fopnp_reverse *out_reverse);
void fopnp_reverse_clear(struct fopnp_reverse *reverse);

/*
 * Case and a final dot do not count.  What two names of one domain share is no single label, and
 * nothing like co.uk or com.au: a guess that needs no list of public suffixes.
 */
enum fopnp_reverse_relation fopnp_reverse_compare(const char *a, const char *b);

/* Whether two addresses are the same host's: IPv4-mapped ones are IPv4, a missing zone is any. */
bool fopnp_reverse_is_same(const struct fopnp_request_address *a,
			   const struct fopnp_request_address *b);

/* The name that name servers are asked for: of an IPv4-mapped address that of the IPv4 one. */
bool fopnp_reverse_arpa_name(const struct fopnp_request_address *address,
			     char name[static FOPNP_ARPA_TEXT]);

/* The name as it was checked; NULL: it was not. */
const struct fopnp_reverse_name *fopnp_reverse_find(const struct fopnp_reverse_address *address,
						    const char *name);

/* 0 if programs get a name for each address, and it leads back. */
enum fopnp_exit fopnp_reverse_exit_status(const struct fopnp_reverse *reverse);

void fopnp_reverse_add_notes(struct fopnp_reverse_address *address);

void fopnp_reverse_print_text(const struct fopnp_reverse *reverse);
void fopnp_reverse_print_json(const struct fopnp_reverse *reverse);
