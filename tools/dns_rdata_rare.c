/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields that only a type or two have, which hardly any zone has. */
#include "tools/dns_rdata_field.h"

#include <arpa/inet.h>
#include <string.h>

struct word {
	unsigned number;
	const char *text;
};

/* RFC 4398 section 2.1. */
static const struct word CERTIFICATES[] = {
	{ 1, "PKIX" },  { 2, "SPKI" },  { 3, "PGP" },    { 4, "IPKIX" },
	{ 5, "ISPKI" }, { 6, "IPGP" },  { 7, "ACPKIX" }, { 8, "IACPKIX" },
	{ 253, "URI" }, { 254, "OID" }, { 0, NULL },
};

/* The registry "DNS Security Algorithm Numbers" of IANA. */
static const struct word ALGORITHMS[] = {
	{ 1, "RSAMD5" },
	{ 2, "DH" },
	{ 3, "DSA" },
	{ 5, "RSASHA1" },
	{ 6, "NSEC3DSA" },
	{ 7, "NSEC3RSASHA1" },
	{ 8, "RSASHA256" },
	{ 10, "RSASHA512" },
	{ 12, "ECCGOST" },
	{ 13, "ECDSAP256SHA256" },
	{ 14, "ECDSAP384SHA384" },
	{ 15, "ED25519" },
	{ 16, "ED448" },
	{ 252, "INDIRECT" },
	{ 253, "PRIVATEDNS" },
	{ 254, "PRIVATEOID" },
	{ 0, NULL },
};

static void put_word(FILE *text, const struct word *words, unsigned number)
{
	while (words->text && words->number != number)
		words++;
	if (words->text)
		(void)fputs(words->text, text);
	else
		(void)fprintf(text, "%u", number);
}

bool fopnp_rdata_certificate(struct fopnp_rdata_field *field)
{
	uint32_t type, tag, algorithm;

	if (!fopnp_rdata_take(field, 2, &type) || !fopnp_rdata_take(field, 2, &tag) ||
	    !fopnp_rdata_take(field, 1, &algorithm))
		return false;
	put_word(field->text, CERTIFICATES, type);
	(void)fprintf(field->text, " %u ", tag);
	put_word(field->text, ALGORITHMS, algorithm);
	(void)fputc(' ', field->text);
	return fopnp_rdata_base64_rest(field);
}

bool fopnp_rdata_ipsec_key(struct fopnp_rdata_field *field)
{
	uint32_t precedence, gateway, algorithm;
	bool has_gateway = false;

	if (!fopnp_rdata_take(field, 1, &precedence) || !fopnp_rdata_take(field, 1, &gateway) ||
	    !fopnp_rdata_take(field, 1, &algorithm))
		return false;
	(void)fprintf(field->text, "%u %u %u ", precedence, gateway, algorithm);
	if (gateway == 0)
		has_gateway = fputc('.', field->text) > 0;
	else if (gateway == 1)
		has_gateway = fopnp_rdata_address(field, 4);
	else if (gateway == 2)
		has_gateway = fopnp_rdata_address(field, 16);
	else if (gateway == 3)
		has_gateway = fopnp_rdata_name(field);
	return has_gateway && fputc(' ', field->text) && fopnp_rdata_base64_rest(field);
}

/* An address whose zeros at the end are left out; of family 1 or 2 (RFC 3123 section 4). */
static bool put_prefix(struct fopnp_rdata_field *field)
{
	uint32_t family, prefix, flags;
	uint8_t address[16] = { 0 };
	char text[INET6_ADDRSTRLEN];
	size_t len, size;

	if (!fopnp_rdata_take(field, 2, &family) || !fopnp_rdata_take(field, 1, &prefix) ||
	    !fopnp_rdata_take(field, 1, &flags))
		return false;
	len = flags & 0x7f;
	size = family == 1 ? 4 : 16;
	if (family < 1 || family > 2 || prefix > size * 8 || len > size ||
	    len > fopnp_rdata_left(field) || (len > 0 && field->at[len - 1] == 0))
		return false;
	memcpy(address, field->at, len);
	field->at += len;
	(void)inet_ntop(family == 1 ? AF_INET : AF_INET6, address, text, sizeof(text));
	return fprintf(field->text, "%s%u:%s/%u", flags & 0x80 ? "!" : "", family, text, prefix) >
	       0;
}

bool fopnp_rdata_prefixes(struct fopnp_rdata_field *field)
{
	while (field->at < field->end) {
		if (!put_prefix(field))
			return false;
		if (field->at < field->end)
			(void)fputc(' ', field->text);
	}
	return true;
}

bool fopnp_rdata_ports_rest(struct fopnp_rdata_field *field)
{
	size_t bit_count = fopnp_rdata_left(field) * 8;

	if (bit_count > UINT16_MAX + 1 || (bit_count > 0 && field->end[-1] == 0))
		return false;
	for (size_t port = 0; port < bit_count; port++)
		if (field->at[port / 8] & 0x80 >> port % 8)
			(void)fprintf(field->text, " %zu", port);
	field->at = field->end;
	return true;
}

bool fopnp_rdata_locator(struct fopnp_rdata_field *field)
{
	uint32_t group;

	for (unsigned i = 0; i < 4; i++) {
		if (!fopnp_rdata_take(field, 2, &group))
			return false;
		(void)fprintf(field->text, "%s%x", i > 0 ? ":" : "", group);
	}
	return true;
}

bool fopnp_rdata_nsap(struct fopnp_rdata_field *field)
{
	if (field->at == field->end)
		return false;
	(void)fputs("0x", field->text);
	while (field->at < field->end)
		(void)fprintf(field->text, "%02x", *field->at++);
	return true;
}
