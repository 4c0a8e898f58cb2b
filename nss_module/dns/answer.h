/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From replies to an answer, record by record as glibc's nss_dns walks
 * (resolv/nss_dns/dns-host.c): the owner of a CNAME is not looked at, targets that are no host
 * names are no aliases but still the owners expected next, addresses count for that owner alone.
 * Nothing here is more than the packet is long, whatever it says; every name that
 * comes out is a host name by libc's res_hnok(3).
 */
#pragma once

#include "nss_module/dns/settings.h"
#include "nss_module/lookup/answer_buffer.h"

#include <nss.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_dns_bytes {
	const uint8_t *bytes;
	size_t len;
};

/* All zero but ttl (INT32_MAX) to begin with; to be cleared. */
struct fopnp_dns_answer {
	char **names; /* of a hostent: the question's, then the chain's; of tuples: the last alone */
	size_t name_count;
	struct fopnp_answer_address *addresses;
	size_t address_count;
	int32_t ttl;
	bool is_without_memory; /* something is missing for that reason */

	/* What glibc's walk returns. */
	enum nss_status status;
	int h_error;
	int error; /* errno; 0 with SUCCESS */
};

void fopnp_dns_answer_start(struct fopnp_dns_answer *answer);
void fopnp_dns_answer_clear(struct fopnp_dns_answer *answer);

/* A hostent of addresses of FAMILY, the type asked for. */
void fopnp_dns_answer_of_family(struct fopnp_dns_answer *answer, struct fopnp_dns_bytes reply,
				int family);

/* Tuples: the replies to A and to AAAA, either of which may be missing (bytes NULL). */
void fopnp_dns_answer_of_both(struct fopnp_dns_answer *answer, struct fopnp_dns_bytes inet,
			      struct fopnp_dns_bytes inet6);

/* The name of a PTR record. */
void fopnp_dns_answer_of_pointer(struct fopnp_dns_answer *answer, struct fopnp_dns_bytes reply);

/* Sort IPv4 addresses as "sortlist" wants it: stable, the first 48 of them. */
void fopnp_dns_answer_sort(struct fopnp_dns_answer *answer, const struct fopnp_dns_net *nets,
			   size_t count);
