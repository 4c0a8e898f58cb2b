/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text from outside, made safe to print. */
#include "tools/escape.h"

#include "tools/memory.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* The longest replacement for one byte or sequence: "\u{10FFFF}" and a NUL. */
#define REPLACEMENT_SIZE 12

size_t fopnp_escape_sequence(const char *bytes, size_t len, unsigned *out_code_point)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *b = (const unsigned char *)bytes;
	unsigned code = b[0];
	size_t count = 1;

	if (code >= 0xf0 && code < 0xf8)
		count = 4, code &= 0x07;
	else if (code >= 0xe0 && code < 0xf0)
		count = 3, code &= 0x0f;
	else if (code >= 0xc0 && code < 0xe0)
		count = 2, code &= 0x1f;
	else if (code >= 0x80)
		return 0;
	if (count > len)
		return 0;
	for (size_t i = 1; i < count; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (b[i] & 0x3fu);
	}
	if (code < least[count] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*out_code_point = code;
	return count;
}

/* Characters that a terminal obeys, or that make a text look like another one. */
static bool deceives(unsigned code)
{
	static const struct {
		unsigned first, last;
	} ranges[] = {
		{ 0x80, 0x9f },       { 0xad, 0xad },       { 0x34f, 0x34f },
		{ 0x600, 0x605 },     { 0x61c, 0x61c },     { 0x6dd, 0x6dd },
		{ 0x70f, 0x70f },     { 0x890, 0x891 },     { 0x8e2, 0x8e2 },
		{ 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },
		{ 0x200b, 0x200f },   { 0x2028, 0x202e },   { 0x2060, 0x206f },
		{ 0x3164, 0x3164 },   { 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 },   { 0xfff9, 0xfffb },   { 0x110bd, 0x110bd },
		{ 0x110cd, 0x110cd }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 },
		{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

struct buffer {
	char *bytes;
	size_t used, size;
};

static void append(struct buffer *buffer, const char *bytes, size_t len)
{
	if (buffer->size - buffer->used <= len) {
		buffer->size = (buffer->size + len + 16) * 2;
		buffer->bytes = fopnp_memory_resize(buffer->bytes, buffer->size, 1);
	}
	memcpy(buffer->bytes + buffer->used, bytes, len);
	buffer->used += len;
	buffer->bytes[buffer->used] = '\0';
}

static void append_format(struct buffer *buffer, const char *format, unsigned number)
{
	char text[REPLACEMENT_SIZE];

	/* The three callers give literal formats of that length. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	append(buffer, text, (size_t)snprintf(text, sizeof(text), format, number));
#pragma GCC diagnostic pop
}

/* How many bytes at BYTES are printable ASCII: most texts are nothing else. */
static size_t plain_run(const char *bytes, size_t len)
{
	size_t count = 0;

	while (count < len && bytes[count] >= 0x20 && bytes[count] < 0x7f)
		count++;
	return count;
}

char *fopnp_escape_text(const char *bytes, size_t len)
{
	struct buffer out = { 0 };
	size_t run = plain_run(bytes, len);

	append(&out, bytes, run);
	for (size_t i = run; i < len;) {
		unsigned code = 0;
		size_t count = fopnp_escape_sequence(bytes + i, len - i, &code);

		if (count == 0 || code < 0x20 || code == 0x7f)
			append_format(&out, "\\x%02x", (unsigned char)bytes[i]);
		else if (deceives(code))
			append_format(&out, "\\u{%04x}", code);
		else
			append(&out, bytes + i, count);
		i += count ? count : 1;
	}
	return out.bytes;
}

char *fopnp_escape_json(const char *bytes, size_t len)
{
	struct buffer out = { 0 };

	append(&out, "", 0);
	for (size_t i = 0; i < len;) {
		unsigned code;
		size_t count = fopnp_escape_sequence(bytes + i, len - i, &code);

		if (count == 0)
			append_format(&out, "\\%03u", (unsigned char)bytes[i]);
		else
			append(&out, bytes + i, count);
		i += count ? count : 1;
	}
	return out.bytes;
}

char *fopnp_escape_json_name(const char *bytes, size_t len)
{
	struct buffer out = { 0 };

	append(&out, "", 0);
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte >= 0x80)
			append_format(&out, "\\%03u", byte);
		else if (byte == '\\')
			append(&out, "\\\\", 2);
		else
			append(&out, bytes + i, 1);
	}
	return out.bytes;
}

size_t fopnp_escape_character(const char *text, size_t len, size_t *out_columns)
{
	unsigned code = 0;
	size_t count = fopnp_escape_sequence(text, len, &code);
	int width = count > 1 ? wcwidth((wchar_t)code) : 1;

	*out_columns = width < 0 ? 1 : (size_t)width;
	return count ? count : 1;
}

size_t fopnp_escape_columns(const char *text)
{
	size_t len = strlen(text), columns = plain_run(text, len);

	for (size_t i = columns; i < len;) {
		size_t width;

		i += fopnp_escape_character(text + i, len - i, &width);
		columns += width;
	}
	return columns;
}
