/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Record data as text: which fields each type has. */
#include "tools/dns_rdata.h"

#include "tools/dns_rdata_field.h"
#include "tools/memory.h"

#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>

/*
 * FIELDS of a type, one character each:
 *   b w d  number of 8, 16, 32 bits           n  domain name
 *   t      string in quotes                   k  tag (a bare string)
 *   T      strings in quotes to the end       Q  the rest as one string in quotes
 *   H      the rest in hexadecimal            h  the same, or nothing
 *   6      the rest in base64                 4  IPv4 address
 *   8      IPv6 address                       e  EUI-48           E  EUI-64
 *   y      type                               z  time
 *   M      type bitmap                        m  the same, or nothing
 *   s      salt                               x  hash in base32hex
 *   L      location                           S  service parameters
 *   C I P  a certificate, an IPsec key, address prefixes: all of each
 *   N      NSAP address                       W  ports
 *   l      locator
 */
static const struct layout {
	unsigned type;
	bool is_internet; /* of class IN only; elsewhere its number means something else */
	const char *fields;
} LAYOUTS[] = {
	{ ns_t_a, true, "4" },
	{ ns_t_ns, false, "n" },
	{ ns_t_md, false, "n" },
	{ ns_t_mf, false, "n" },
	{ ns_t_cname, false, "n" },
	{ ns_t_soa, false, "nnddddd" },
	{ ns_t_mb, false, "n" },
	{ ns_t_mg, false, "n" },
	{ ns_t_mr, false, "n" },
	{ ns_t_wks, true, "4bW" },
	{ ns_t_ptr, false, "n" },
	{ ns_t_hinfo, false, "tt" },
	{ ns_t_minfo, false, "nn" },
	{ ns_t_mx, false, "wn" },
	{ ns_t_txt, false, "T" },
	{ ns_t_rp, false, "nn" },
	{ ns_t_afsdb, false, "wn" },
	{ ns_t_x25, false, "t" },
	{ ns_t_isdn, false, "T" },
	{ ns_t_rt, false, "wn" },
	{ ns_t_nsap, true, "N" },
	{ ns_t_nsap_ptr, true, "n" },
	{ ns_t_sig, false, "ybbdzzwn6" },
	{ ns_t_key, false, "wbb6" },
	{ ns_t_px, true, "wnn" },
	{ ns_t_gpos, false, "ttt" },
	{ ns_t_aaaa, true, "8" },
	{ ns_t_loc, false, "L" },
	{ ns_t_srv, true, "wwwn" },
	{ ns_t_naptr, false, "wwtttn" },
	{ ns_t_kx, true, "wn" },
	{ ns_t_cert, false, "C" },
	{ ns_t_dname, false, "n" },
	{ ns_t_apl, true, "P" },
	{ ns_t_ds, false, "wbbH" },
	{ ns_t_sshfp, false, "bbh" },
	{ ns_t_ipseckey, false, "I" },
	{ ns_t_rrsig, false, "ybbdzzwn6" },
	{ ns_t_nsec, false, "nM" },
	{ ns_t_dnskey, false, "wbb6" },
	{ ns_t_dhcid, true, "6" },
	{ ns_t_nsec3, false, "bbwsxm" },
	{ ns_t_nsec3param, false, "bbws" },
	{ ns_t_tlsa, false, "bbbH" },
	{ ns_t_smimea, false, "bbbH" },
	{ ns_t_ninfo, false, "T" },
	{ ns_t_talink, false, "nn" },
	{ ns_t_cds, false, "wbbH" },
	{ ns_t_cdnskey, false, "wbb6" },
	{ ns_t_openpgpkey, false, "6" },
	{ ns_t_csync, false, "dwm" },
	{ 63 /* ZONEMD */, false, "dbbH" },
	{ 64 /* SVCB */, true, "wnS" },
	{ 65 /* HTTPS */, true, "wnS" },
	{ ns_t_spf, false, "T" },
	{ ns_t_nid, false, "wl" },
	{ ns_t_l32, false, "w4" },
	{ ns_t_l64, false, "wl" },
	{ ns_t_lp, false, "wn" },
	{ ns_t_eui48, false, "e" },
	{ ns_t_eui64, false, "E" },
	{ ns_t_uri, false, "wwQ" },
	{ ns_t_caa, false, "bkQ" },
	{ ns_t_avc, false, "T" },
	{ 261 /* RESINFO */, false, "T" },
	{ 262 /* WALLET */, false, "T" },
	{ 32768 /* TA */, false, "wbbH" },
	{ ns_t_dlv, false, "wbbH" },
};

/* Those whose text begins with the blank in front of it, as there may be nothing. */
#define OPTIONAL_FIELDS "hmMSW"

static bool put_field(struct fopnp_rdata_field *field, char kind)
{
	switch (kind) {
	case 'b':
		return fopnp_rdata_number(field, 1);
	case 'w':
		return fopnp_rdata_number(field, 2);
	case 'd':
		return fopnp_rdata_number(field, 4);
	case 'n':
		return fopnp_rdata_name(field);
	case 't':
		return fopnp_rdata_string(field);
	case 'k':
		return fopnp_rdata_tag(field);
	case 'T':
		return fopnp_rdata_strings(field);
	case 'Q':
		return fopnp_rdata_quoted_rest(field);
	case 'H':
		return fopnp_rdata_hex_rest(field);
	case 'h':
		return field->at == field->end ||
		       (fputc(' ', field->text) && fopnp_rdata_hex_rest(field));
	case '6':
		return fopnp_rdata_base64_rest(field);
	case '4':
		return fopnp_rdata_address(field, NS_INADDRSZ);
	case '8':
		return fopnp_rdata_address(field, NS_IN6ADDRSZ);
	case 'y':
		return fopnp_rdata_type(field);
	case 'z':
		return fopnp_rdata_time(field);
	case 'M':
	case 'm':
		return fopnp_rdata_types_rest(field, kind == 'm');
	case 's':
		return fopnp_rdata_salt(field);
	case 'x':
		return fopnp_rdata_hash(field);
	case 'L':
		return fopnp_rdata_location(field);
	case 'S':
		return fopnp_rdata_service_parameters(field);
	case 'C':
		return fopnp_rdata_certificate(field);
	case 'I':
		return fopnp_rdata_ipsec_key(field);
	case 'P':
		return fopnp_rdata_prefixes(field);
	case 'N':
		return fopnp_rdata_nsap(field);
	case 'W':
		return fopnp_rdata_ports_rest(field);
	case 'l':
		return fopnp_rdata_locator(field);
	case 'e':
		return fopnp_rdata_eui(field, 6);
	default:
		return fopnp_rdata_eui(field, 8);
	}
}

static bool put_fields(struct fopnp_rdata_field *field, const char *kinds)
{
	for (const char *kind = kinds; *kind; kind++) {
		if (kind > kinds && !strchr(OPTIONAL_FIELDS, *kind))
			(void)fputc(' ', field->text);
		if (!put_field(field, *kind))
			return false;
	}
	return field->at == field->end;
}

/* NULL: in the form of RFC 3597. */
static const char *find_fields(const struct fopnp_dns_record *record)
{
	/* RFC 1876 section 2: nothing is known of versions other than 0. */
	if (record->type == ns_t_loc && record->data_len > 0 && record->data[0] != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(LAYOUTS) / sizeof(LAYOUTS[0]); i++)
		if (LAYOUTS[i].type == record->type)
			return LAYOUTS[i].is_internet && record->class != ns_c_in
				       ? NULL
				       : LAYOUTS[i].fields;
	return NULL;
}

/* RFC 3597 section 5. */
static void put_unknown(struct fopnp_rdata_field *field, size_t len)
{
	(void)fprintf(field->text, "\\# %zu", len);
	if (len == 0)
		return;
	(void)fputc(' ', field->text);
	(void)fopnp_rdata_hex_rest(field);
}

/* One try at a text; NULL: the data is no such record. */
static char *make_text(const struct fopnp_dns_reader *reader, const struct fopnp_dns_record *record,
		       const char *fields, char **out_target)
{
	struct fopnp_rdata_field field = { reader, record->data, record->data + record->data_len,
					   NULL, NULL };
	bool is_sound = true;
	char *text = NULL;
	size_t len;

	field.text = open_memstream(&text, &len);
	if (!field.text)
		fopnp_memory_give_up();
	if (fields)
		is_sound = put_fields(&field, fields);
	else
		put_unknown(&field, record->data_len);
	if (ferror(field.text) | fclose(field.text))
		fopnp_memory_give_up();
	if (!is_sound) {
		free(text);
		free(field.first_name);
		return NULL;
	}
	*out_target = field.first_name;
	return text;
}

char *fopnp_dns_rdata_text(const struct fopnp_dns_reader *reader,
			   const struct fopnp_dns_record *record, char **out_target,
			   bool *out_is_malformed)
{
	const char *fields = find_fields(record);
	char *text = make_text(reader, record, fields, out_target);

	*out_is_malformed = text == NULL;
	return text ? text : make_text(reader, record, NULL, out_target);
}
