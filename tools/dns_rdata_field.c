/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of DNS record data as dig prints them. */
#include "tools/dns_rdata_field.h"

#include "tools/dns_message.h"
#include "tools/memory.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <time.h>

/* dig breaks hexadecimal digits and base64 into groups of so many characters. */
#define GROUP 56

bool fopnp_rdata_take(struct fopnp_rdata_field *field, size_t size, uint32_t *out_number)
{
	uint32_t number = 0;

	if (fopnp_rdata_left(field) < size)
		return false;
	for (; size > 0; size--)
		number = number << 8 | *field->at++;
	*out_number = number;
	return true;
}

bool fopnp_rdata_number(struct fopnp_rdata_field *field, size_t size)
{
	uint32_t number;

	return fopnp_rdata_take(field, size, &number) && fprintf(field->text, "%u", number) > 0;
}

bool fopnp_rdata_name(struct fopnp_rdata_field *field)
{
	char name[FOPNP_DNS_NAME_SIZE];
	int len = fopnp_dns_reader_name(field->reader, field->at, name);
	const char *dot = strcmp(name, ".") == 0 ? "" : ".";

	if (len < 0 || (size_t)len > fopnp_rdata_left(field))
		return false;
	field->at += len;
	(void)fprintf(field->text, "%s%s", name, dot);
	if (!field->first_name)
		field->first_name = fopnp_memory_format("%s%s", name, dot);
	return true;
}

/* Over a <character-string> (RFC 1035 section 3.3). */
static bool take_string(struct fopnp_rdata_field *field, const uint8_t **out_bytes,
			uint32_t *out_len)
{
	if (!fopnp_rdata_take(field, 1, out_len) || fopnp_rdata_left(field) < *out_len)
		return false;
	*out_bytes = field->at;
	field->at += *out_len;
	return true;
}

/* As one string of a master file. */
static void put_quoted(FILE *text, const uint8_t *bytes, size_t len)
{
	(void)fputc('"', text);
	for (const uint8_t *byte = bytes; byte < bytes + len; byte++) {
		if (*byte < ' ' || *byte > '~')
			(void)fprintf(text, "\\%03u", *byte);
		else if (*byte == '"' || *byte == '\\')
			(void)fprintf(text, "\\%c", *byte);
		else
			(void)fputc(*byte, text);
	}
	(void)fputc('"', text);
}

bool fopnp_rdata_string(struct fopnp_rdata_field *field)
{
	const uint8_t *bytes;
	uint32_t len;

	if (!take_string(field, &bytes, &len))
		return false;
	put_quoted(field->text, bytes, len);
	return true;
}

bool fopnp_rdata_tag(struct fopnp_rdata_field *field)
{
	const uint8_t *bytes;
	uint32_t len;

	if (!take_string(field, &bytes, &len) || len == 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isascii(bytes[i]) || !isalnum(bytes[i]))
			return false;
	return fwrite(bytes, 1, len, field->text) == len;
}

bool fopnp_rdata_strings(struct fopnp_rdata_field *field)
{
	do {
		if (!fopnp_rdata_string(field))
			return false;
	} while (field->at < field->end && fputc(' ', field->text));
	return true;
}

bool fopnp_rdata_quoted_rest(struct fopnp_rdata_field *field)
{
	put_quoted(field->text, field->at, fopnp_rdata_left(field));
	field->at = field->end;
	return true;
}

/* ---- bytes as text ---- */

bool fopnp_rdata_hex_rest(struct fopnp_rdata_field *field)
{
	if (field->at == field->end)
		return false;
	for (size_t written = 0; field->at < field->end; written += 2)
		(void)fprintf(field->text, "%s%02X", written > 0 && written % GROUP == 0 ? " " : "",
			      *field->at++);
	return true;
}

void fopnp_rdata_base64(FILE *text, const uint8_t *bytes, size_t count, size_t group)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < count; i += 3) {
		unsigned bits = (unsigned)bytes[i] << 16;

		bits |= i + 1 < count ? (unsigned)bytes[i + 1] << 8 : 0;
		bits |= i + 2 < count ? bytes[i + 2] : 0;
		if (group > 0 && i > 0 && i / 3 * 4 % group == 0)
			(void)fputc(' ', text);
		(void)fputc(digits[bits >> 18], text);
		(void)fputc(digits[bits >> 12 & 63], text);
		(void)fputc(i + 1 < count ? digits[bits >> 6 & 63] : '=', text);
		(void)fputc(i + 2 < count ? digits[bits & 63] : '=', text);
	}
}

bool fopnp_rdata_base64_rest(struct fopnp_rdata_field *field)
{
	if (field->at == field->end)
		return false;
	fopnp_rdata_base64(field->text, field->at, fopnp_rdata_left(field), GROUP);
	field->at = field->end;
	return true;
}

bool fopnp_rdata_address(struct fopnp_rdata_field *field, size_t count)
{
	char text[INET6_ADDRSTRLEN];

	if (fopnp_rdata_left(field) < count)
		return false;
	(void)inet_ntop(count == 4 ? AF_INET : AF_INET6, field->at, text, sizeof(text));
	(void)fputs(text, field->text);
	field->at += count;
	return true;
}

bool fopnp_rdata_eui(struct fopnp_rdata_field *field, size_t count)
{
	if (fopnp_rdata_left(field) < count)
		return false;
	for (size_t i = 0; i < count; i++)
		(void)fprintf(field->text, "%s%02x", i > 0 ? "-" : "", *field->at++);
	return true;
}

/* ---- of DNSSEC ---- */

static void put_type(FILE *text, unsigned type)
{
	char word[FOPNP_DNS_WORD_TEXT];

	(void)fputs(fopnp_dns_type_name(type, word), text);
}

bool fopnp_rdata_type(struct fopnp_rdata_field *field)
{
	uint32_t type;

	if (!fopnp_rdata_take(field, 2, &type))
		return false;
	put_type(field->text, type);
	return true;
}

bool fopnp_rdata_time(struct fopnp_rdata_field *field)
{
	time_t now = time(NULL), then;
	uint32_t seconds;
	struct tm utc;

	if (!fopnp_rdata_take(field, 4, &seconds))
		return false;
	/* RFC 4034 section 3.1.5: of serial arithmetic, hence within 68 years of now. */
	then = now + (int32_t)(seconds - (uint32_t)now);
	if (!gmtime_r(&then, &utc))
		return false;
	return fprintf(field->text, "%04d%02d%02d%02d%02d%02d", utc.tm_year + 1900, utc.tm_mon + 1,
		       utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec) > 0;
}

static void put_window(FILE *text, unsigned window, const uint8_t *bits, size_t len)
{
	for (unsigned i = 0; i < len * 8; i++) {
		if (!(bits[i / 8] & 0x80 >> i % 8))
			continue;
		(void)fputc(' ', text);
		put_type(text, window << 8 | i);
	}
}

bool fopnp_rdata_types_rest(struct fopnp_rdata_field *field, bool may_be_empty)
{
	int last_window = -1;

	while (field->at < field->end) {
		uint32_t window, len;

		if (!fopnp_rdata_take(field, 1, &window) || !fopnp_rdata_take(field, 1, &len))
			return false;
		/* In order, and without zeros at the end. */
		if ((int)window <= last_window || len < 1 || len > 32 ||
		    len > fopnp_rdata_left(field) || field->at[len - 1] == 0)
			return false;
		put_window(field->text, window, field->at, len);
		field->at += len;
		last_window = (int)window;
	}
	return may_be_empty || last_window >= 0;
}

bool fopnp_rdata_salt(struct fopnp_rdata_field *field)
{
	const uint8_t *bytes;
	uint32_t len;

	if (!take_string(field, &bytes, &len))
		return false;
	if (len == 0)
		(void)fputc('-', field->text);
	for (size_t i = 0; i < len; i++)
		(void)fprintf(field->text, "%02X", bytes[i]);
	return true;
}

bool fopnp_rdata_hash(struct fopnp_rdata_field *field)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
	unsigned bits = 0, bit_count = 0;
	const uint8_t *bytes;
	uint32_t len;

	if (!take_string(field, &bytes, &len) || len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		bits = (bits << 8 | bytes[i]) & 0xfff;
		for (bit_count += 8; bit_count >= 5; bit_count -= 5)
			(void)fputc(digits[bits >> (bit_count - 5) & 31], field->text);
	}
	if (bit_count > 0)
		(void)fputc(digits[bits << (5 - bit_count) & 31], field->text);
	return true;
}
