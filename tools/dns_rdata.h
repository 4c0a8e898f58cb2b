/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The data of DNS records as text, in the form of master files and exactly as dig prints it: A NS
 * CNAME SOA PTR HINFO MX TXT RP AFSDB AAAA LOC SRV NAPTR DNAME DS SSHFP RRSIG NSEC DNSKEY NSEC3
 * NSEC3PARAM TLSA SMIMEA CDS CDNSKEY OPENPGPKEY SVCB HTTPS SPF URI CAA EUI48 EUI64, and the rarer
 * ones in the table of dns_rdata.c; any other, and malformed data, in the form of RFC 3597
 * ("\# 4 0A000001").
 *
 * Malformed is what does not consist of the type's fields, and what RFC 4034 (bitmaps), RFC 1876
 * (LOC), RFC 8659 (tags of CAA) and RFC 9460 rule out.  What can be shown is shown: a digest of a
 * wrong length, labels of RRSIG or a regular expression that make no sense are as they came, where
 * dig gives up on the whole message.
 */
#pragma once

#include "nss_module/lookup/dns_packet.h"

#include <stdbool.h>

/*
 * The text, the caller's to free(), never NULL; *out_target (the caller's to free()) and
 * *out_is_malformed as dns_response.h has them.  READER is that of the packet: names in the data
 * may be compressed.
 */
char *fopnp_dns_rdata_text(const struct fopnp_dns_reader *reader,
			   const struct fopnp_dns_record *record, char **out_target,
			   bool *out_is_malformed);
