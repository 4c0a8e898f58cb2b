/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One reply sorted, see verdict.h. */
#include "nss_module/dns/verdict.h"

#include <arpa/nameser.h>

bool fopnp_dns_is_server_error(const struct fopnp_dns_header *header)
{
	unsigned rcode = header->flags & FOPNP_DNS_FLAG_RCODE;

	return rcode == ns_r_servfail || rcode == ns_r_notimpl || rcode == ns_r_refused;
}

bool fopnp_dns_is_referral(const struct fopnp_dns_header *header)
{
	const unsigned flags = FOPNP_DNS_FLAG_RCODE | FOPNP_DNS_FLAG_AA | FOPNP_DNS_FLAG_RA;

	return (header->flags & flags) == ns_r_noerror && header->counts[1] == 0 &&
	       header->counts[3] == 0;
}

static bool has_record(struct fopnp_dns_reader *reader, uint16_t type)
{
	struct fopnp_dns_record record;

	while (fopnp_dns_reader_record(reader, &record) && record.section == 1)
		if (record.type == type)
			return true;
	return false;
}

enum fopnp_dns_word fopnp_dns_verdict(const uint8_t *reply, size_t len, uint16_t type)
{
	struct fopnp_dns_reader reader;

	if (!fopnp_dns_reader_start(&reader, reply, len) ||
	    fopnp_dns_is_server_error(&reader.header) || fopnp_dns_is_referral(&reader.header))
		return FOPNP_DNS_FAILED;
	switch (reader.header.flags & FOPNP_DNS_FLAG_RCODE) {
	case ns_r_noerror:
		return has_record(&reader, type) ? FOPNP_DNS_POSITIVE : FOPNP_DNS_NO_DATA;
	case ns_r_nxdomain:
		return FOPNP_DNS_NO_NAME;
	default:
		return FOPNP_DNS_NO_DATA;
	}
}
