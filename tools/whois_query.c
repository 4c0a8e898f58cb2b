/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions for whois servers. */
#include "tools/whois_query.h"

#include "nss_module/lookup/ascii.h"
#include "tools/dns_idn.h"
#include "tools/memory.h"
#include "tools/request.h"
#include "tools/whois_referral.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct syntax {
	const char *server;
	enum fopnp_whois_kind kind;
	const char *before, *behind;
};

/* By what is known of these servers, none of which the tests ask; any other one gets the bare text. */
static const struct syntax SYNTAXES[] = {
	/* Without "domain" it also lists the hosts whose names begin so. */
	{ "whois.verisign-grs.com", FOPNP_WHOIS_DOMAIN, "domain ", "" },
	{ "whois.crsnic.net", FOPNP_WHOIS_DOMAIN, "domain ", "" },
	/* Without it there is the status alone; "ace": the name is ASCII. */
	{ "whois.denic.de", FOPNP_WHOIS_DOMAIN, "-T dn,ace ", "" },
	/* "n", "a": networks or AS numbers alone; "+": all that there is of each. */
	{ "whois.arin.net", FOPNP_WHOIS_ADDRESS, "n + ", "" },
	{ "whois.arin.net", FOPNP_WHOIS_ASN, "a + ", "" },
	/* In English: the Japanese text would be ISO 2022. */
	{ "whois.jprs.jp", FOPNP_WHOIS_DOMAIN, "", "/e" },
	{ "whois.nic.ad.jp", FOPNP_WHOIS_ADDRESS, "", "/e" },
};

static bool read_asn(const char *given, struct fopnp_whois_subject *out)
{
	unsigned long long number = 0;

	if (!fopnp_ascii_equal(given, strnlen(given, 2), "as", 2) ||
	    !fopnp_ascii_number(given + 2, strlen(given + 2), &number) || number > UINT32_MAX)
		return false;
	out->kind = FOPNP_WHOIS_ASN;
	out->text = fopnp_memory_format("AS%llu", number);
	return true;
}

/* An IPv4 address in IPv6 form belongs to whom the IPv4 address belongs to. */
static bool read_address(const char *given, struct fopnp_whois_subject *out)
{
	struct fopnp_request_address address;
	char text[FOPNP_ADDRESS_TEXT];

	if (!fopnp_request_parse_address(given, &address))
		return false;
	out->kind = FOPNP_WHOIS_ADDRESS;
	if (fopnp_request_is_mapped(&address))
		(void)fopnp_address_print(AF_INET, address.bytes + 12, 0, text);
	else
		(void)fopnp_address_print(address.family, address.bytes, 0, text);
	out->text = fopnp_memory_copy_text(text);
	return true;
}

/* A name that begins with "-" would be an option to some servers; a blank would begin another word. */
static char *read_domain(const char *given, struct fopnp_whois_subject *out)
{
	struct fopnp_idn_name name;
	char host[FOPNP_WHOIS_HOST];
	char *problem = NULL;

	fopnp_idn_to_ascii(given, &name);
	if (!name.ascii)
		problem = fopnp_memory_copy_text(name.error);
	else if (!fopnp_whois_host_parse(name.ascii, strlen(name.ascii), host))
		problem = fopnp_memory_copy_text(
			"it has characters that no domain name has, or is too long");
	if (!problem) {
		out->kind = FOPNP_WHOIS_DOMAIN;
		out->text = fopnp_memory_copy_text(host);
		out->idna2003 = fopnp_memory_copy_text(name.idna2003);
	}
	fopnp_idn_clear(&name);
	return problem;
}

char *fopnp_whois_subject_parse(const char *given, struct fopnp_whois_subject *out)
{
	*out = (struct fopnp_whois_subject){ 0 };
	if (read_asn(given, out) || read_address(given, out))
		return NULL;
	return read_domain(given, out);
}

void fopnp_whois_subject_clear(struct fopnp_whois_subject *subject)
{
	free(subject->text);
	free(subject->idna2003);
	*subject = (struct fopnp_whois_subject){ 0 };
}

bool fopnp_whois_subject_is_top_level(const struct fopnp_whois_subject *subject)
{
	return subject->kind == FOPNP_WHOIS_DOMAIN && !strchr(subject->text, '.');
}

char *fopnp_whois_query(const char *server, const struct fopnp_whois_subject *subject)
{
	for (size_t i = 0; i < sizeof(SYNTAXES) / sizeof(*SYNTAXES); i++) {
		const struct syntax *syntax = &SYNTAXES[i];
		/* ARIN wants the number alone. */
		bool is_bare = syntax->kind == FOPNP_WHOIS_ASN;

		if (syntax->kind == subject->kind && strcmp(syntax->server, server) == 0)
			return fopnp_memory_format("%s%s%s", syntax->before,
						   subject->text + (is_bare ? 2 : 0),
						   syntax->behind);
	}
	return fopnp_memory_copy_text(subject->text);
}

const char *fopnp_whois_kind_word(enum fopnp_whois_kind kind)
{
	switch (kind) {
	case FOPNP_WHOIS_ADDRESS:
		return "address";
	case FOPNP_WHOIS_ASN:
		return "asn";
	case FOPNP_WHOIS_DOMAIN:
		break;
	}
	return "domain";
}
