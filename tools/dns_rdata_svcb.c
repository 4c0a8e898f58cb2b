/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parameters of SVCB and HTTPS records (RFC 9460 sections 2.2, 7, 8). */
#include "tools/dns_rdata_field.h"

#include <arpa/inet.h>

enum key {
	KEY_MANDATORY,
	KEY_ALPN,
	KEY_NO_DEFAULT_ALPN,
	KEY_PORT,
	KEY_IPV4HINT,
	KEY_ECH,
	KEY_IPV6HINT
};

static const char *const KEYS[] = {
	[KEY_MANDATORY] = "mandatory",
	[KEY_ALPN] = "alpn",
	[KEY_NO_DEFAULT_ALPN] = "no-default-alpn",
	[KEY_PORT] = "port",
	[KEY_IPV4HINT] = "ipv4hint",
	[KEY_ECH] = "ech",
	[KEY_IPV6HINT] = "ipv6hint",
};

/* Later keys go by number, as dig 9.18 has them. */
static void put_key(FILE *text, unsigned key)
{
	if (key < sizeof(KEYS) / sizeof(KEYS[0]))
		(void)fputs(KEYS[key], text);
	else
		(void)fprintf(text, "key%u", key);
}

/* Section 8; that they are in order and there: take_mandatory(). */
static bool put_mandatory(struct fopnp_rdata_field *value)
{
	uint32_t key;

	for (;;) {
		if (!fopnp_rdata_take(value, 2, &key))
			return false;
		put_key(value->text, key);
		if (value->at == value->end)
			return true;
		(void)fputc(',', value->text);
	}
}

/* A byte of a protocol's name; appendix A.1: escaped for the list, and once more for the file. */
static void put_protocol_byte(FILE *text, uint8_t byte)
{
	if (byte <= ' ' || byte > '~')
		(void)fprintf(text, "\\%03u", byte);
	else if (byte == '"')
		(void)fputs("\\\"", text);
	else if (byte == ',')
		(void)fputs("\\\\,", text);
	else if (byte == '\\')
		(void)fputs("\\\\\\\\", text);
	else
		(void)fputc(byte, text);
}

static bool put_protocols(struct fopnp_rdata_field *value)
{
	const char *before = "\"";
	uint32_t len;

	do {
		if (!fopnp_rdata_take(value, 1, &len) || len == 0 || len > fopnp_rdata_left(value))
			return false;
		(void)fputs(before, value->text);
		for (; len > 0; len--)
			put_protocol_byte(value->text, *value->at++);
		before = ",";
	} while (value->at < value->end);
	return fputc('"', value->text) > 0;
}

static bool put_addresses(struct fopnp_rdata_field *value, size_t size)
{
	for (;;) {
		if (!fopnp_rdata_address(value, size))
			return false;
		if (value->at == value->end)
			return true;
		(void)fputc(',', value->text);
	}
}

/* What stands behind "=". */
static bool put_value(struct fopnp_rdata_field *value, unsigned key)
{
	switch (key) {
	case KEY_MANDATORY:
		return put_mandatory(value);
	case KEY_ALPN:
		return put_protocols(value);
	case KEY_NO_DEFAULT_ALPN:
		return false;
	case KEY_PORT:
		return fopnp_rdata_number(value, 2);
	case KEY_IPV4HINT:
		return put_addresses(value, 4);
	case KEY_ECH:
		fopnp_rdata_base64(value->text, value->at, fopnp_rdata_left(value), 0);
		value->at = value->end;
		return true;
	case KEY_IPV6HINT:
		return put_addresses(value, 16);
	default:
		return fopnp_rdata_quoted_rest(value);
	}
}

/* A key alone: whose value may be empty, or is of a format unknown here. */
static bool may_be_empty(unsigned key)
{
	return key == KEY_NO_DEFAULT_ALPN || key == KEY_ECH || key > KEY_IPV6HINT;
}

static bool put_parameter(struct fopnp_rdata_field *field, uint32_t key)
{
	struct fopnp_rdata_field value = *field;
	uint32_t len;

	if (!fopnp_rdata_take(field, 2, &len) || fopnp_rdata_left(field) < len)
		return false;
	value.at = field->at;
	value.end = field->at += len;
	(void)fputc(' ', field->text);
	put_key(field->text, key);
	if (len == 0)
		return may_be_empty(key);
	(void)fputc('=', field->text);
	return put_value(&value, key) && value.at == value.end;
}

/* Of the mandatory keys those that are still to come: in ascending order, as the keys are. */
struct mandatory {
	const uint8_t *at, *end;
};

static void take_mandatory(struct mandatory *mandatory, uint32_t key)
{
	if (mandatory->at < mandatory->end &&
	    key == ((uint32_t)mandatory->at[0] << 8 | mandatory->at[1]))
		mandatory->at += 2;
}

bool fopnp_rdata_service_parameters(struct fopnp_rdata_field *field)
{
	struct mandatory mandatory = { NULL, NULL };
	const uint8_t *value;
	bool has_alpn = false;
	int last = -1;
	uint32_t key;

	while (field->at < field->end) {
		/* Section 2.2: in ascending order, each once. */
		if (!fopnp_rdata_take(field, 2, &key) || (int)key <= last)
			return false;
		value = field->at + 2; /* behind its length */
		if ((key == KEY_NO_DEFAULT_ALPN && !has_alpn) || !put_parameter(field, key))
			return false;
		take_mandatory(&mandatory, key);
		if (key == KEY_MANDATORY)
			mandatory = (struct mandatory){ value, field->at };
		has_alpn |= key == KEY_ALPN;
		last = (int)key;
	}
	return mandatory.at == mandatory.end;
}
