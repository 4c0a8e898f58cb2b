/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One lookup: the state that asking its names, reading the replies and telling of them share. */
#pragma once

#include "nss_module/dns/answer.h"
#include "nss_module/dns/search.h"
#include "nss_module/dns/transport.h"
#include "nss_module/lookup/ask.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* log.name: a domain's index, or the name as it is. */
#define FOPNP_DNS_NAME_AS_IS UINT8_MAX

struct fopnp_dns_lookup {
	const struct fopnp_ask *ask;
	struct fopnp_dns_settings settings;
	struct fopnp_dns_transport *transport; /* taken with the first query */
	struct fopnp_dns_log log;
	bool is_without_memory;

	/* What is asked for. */
	const char *name; /* the program's, its alias, or an address's */
	uint16_t types[FOPNP_DNS_QUESTIONS];
	size_t type_count;
	bool only_tells_existence; /* no-aaaa: A is asked, its records are not for the program */

	struct fopnp_dns_question questions[FOPNP_DNS_QUESTIONS]; /* of the last name */

	/* The last name's replies; what is not usable is no reply in glibc's eyes. */
	struct fopnp_dns_reply replies[FOPNP_DNS_QUESTIONS];
	bool is_usable[FOPNP_DNS_QUESTIONS];

	struct fopnp_dns_answer answer;
	char alias[FOPNP_DNS_NAME_SIZE];
	char arpa_name[FOPNP_DNS_NAME_SIZE];
};

/* The settings are read, nothing is asked yet.  NULL without those, errno says why. */
struct fopnp_dns_lookup *fopnp_dns_lookup_start(const struct fopnp_ask *ask);
void fopnp_dns_lookup_end(struct fopnp_dns_lookup *lookup);

/* Asks for NAME, a fopnp_dns_ask_name with the lookup as its context. */
struct fopnp_dns_outcome fopnp_dns_lookup_ask(void *lookup, const char *name, size_t domain);

/* The bytes of the last reply to question I; none if that is not usable. */
struct fopnp_dns_bytes fopnp_dns_lookup_bytes(const struct fopnp_dns_lookup *lookup, size_t i);
