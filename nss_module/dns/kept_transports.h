/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a transport is made of: transport.c asks with it, kept_transports.c keeps it for
 * the next lookup.
 */
#pragma once

#include "nss_module/dns/channel.h"
#include "nss_module/dns/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_DNS_ROUNDS  10
#define FOPNP_DNS_QUERIES (FOPNP_DNS_SERVERS * FOPNP_DNS_QUESTIONS * (FOPNP_DNS_ROUNDS + 1) + 8)

/* A query and where it belongs. */
struct fopnp_dns_sent_query {
	struct fopnp_dns_query query;
	uint8_t question, rank, server;
	unsigned round;
	bool is_taken; /* its end is known to the race */
	uint64_t sent_us, ended_us;
	struct fopnp_dns_sent *entry; /* in the log, or NULL */
};

struct fopnp_dns_transport {
	/* What it is for. */
	union fopnp_dns_address servers[FOPNP_DNS_SERVERS];
	size_t server_count;
	bool uses_tcp;

	struct fopnp_dns_channel *channels[FOPNP_DNS_SERVERS]; /* made when first needed */
	uint64_t used_us;
	size_t query_count; /* 0 between lookups */
	struct fopnp_dns_sent_query *queries[FOPNP_DNS_QUERIES];
};
