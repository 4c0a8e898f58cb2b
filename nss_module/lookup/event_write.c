/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing an event into the caller's bytes.  This runs at the end of lookups
 * in every process: nothing here allocates, touches errno or formats by
 * printf(), whose frames alone are larger than ours may be.
 */
#include "nss_module/lookup/event.h"

#include <string.h>

static const char truncated_field[] = "FOPNP_TRUNCATED=1\n";

/* "-9223372036854775808" and its NUL. */
#define NUMBER_TEXT 21

/* Write NUMBER at the end of TEXT; returns where it starts. */
static const char *print_number(int64_t number, char text[static NUMBER_TEXT])
{
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	char *start = text + NUMBER_TEXT - 1;

	*start = '\0';
	do {
		*--start = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (number < 0)
		*--start = '-';
	return start;
}

void fopnp_event_start(struct fopnp_event_writer *writer, char *bytes, size_t size)
{
	size_t kept_back = sizeof(truncated_field) - 1;

	writer->bytes = bytes;
	writer->size = size > kept_back ? size - kept_back : 0;
	writer->used = 0;
	/* Without room even for that field, what is sent is cut in silence. */
	writer->truncated = false;
}

static void append(struct fopnp_event_writer *writer, const void *bytes, size_t len)
{
	memcpy(writer->bytes + writer->used, bytes, len);
	writer->used += len;
}

void fopnp_event_add(struct fopnp_event_writer *writer, const char *key, const char *value,
		     size_t len)
{
	bool is_plain = len == 0 || memchr(value, '\n', len) == NULL;
	size_t key_len = strlen(key);
	/* '=' or '\n' and the length in front of the value, '\n' behind it */
	size_t overhead = key_len + (is_plain ? 2 : 2 + sizeof(uint64_t));
	size_t room = writer->size - writer->used;

	if (overhead > room || len > room - overhead) {
		writer->truncated = true;
		return;
	}
	append(writer, key, key_len);
	append(writer, is_plain ? "=" : "\n", 1);
	if (!is_plain) {
		unsigned char little_endian[sizeof(uint64_t)];

		for (size_t i = 0; i < sizeof(little_endian); i++)
			little_endian[i] = (unsigned char)((uint64_t)len >> (8 * i));
		append(writer, little_endian, sizeof(little_endian));
	}
	if (len > 0)
		append(writer, value, len);
	append(writer, "\n", 1);
}

void fopnp_event_add_text(struct fopnp_event_writer *writer, const char *key, const char *value)
{
	fopnp_event_add(writer, key, value, strlen(value));
}

void fopnp_event_add_number(struct fopnp_event_writer *writer, const char *key, int64_t number)
{
	char text[NUMBER_TEXT];

	fopnp_event_add_text(writer, key, print_number(number, text));
}

size_t fopnp_event_finish(struct fopnp_event_writer *writer)
{
	/* start() kept the room back, unless there was not even that much. */
	if (writer->truncated && writer->size > 0)
		append(writer, truncated_field, sizeof(truncated_field) - 1);
	return writer->used;
}

/* Bytes that stand for themselves, [A-Za-z0-9] and -._:/@+,~; all others become %XX. */
static bool is_plain_byte(unsigned char c)
{
	/* '+' to ':' are + , - . / 0-9 : without a gap, and '@' goes before 'A'. */
	return (c >= '+' && c <= ':') || (c >= '@' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '_' || c == '~';
}

static size_t escaped_len(const char *value)
{
	size_t len = 0;

	for (; *value != '\0'; value++)
		len += is_plain_byte((unsigned char)*value) ? 1 : 3;
	return len;
}

static char *escape(char *to, const char *value)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *value != '\0'; value++) {
		unsigned char c = (unsigned char)*value;

		if (is_plain_byte(c)) {
			*to++ = *value;
			continue;
		}
		*to++ = '%';
		*to++ = digits[c >> 4];
		*to++ = digits[c & 15];
	}
	return to;
}

bool fopnp_words_add(char *line, size_t size, const char *word, const char *value)
{
	size_t used = strnlen(line, size);
	size_t word_len = strlen(word);
	char *to = line + used;

	/* a blank in front, '=' between, NUL behind */
	if (used + (used > 0) + word_len + 1 + escaped_len(value) + 1 > size)
		return false;
	if (used > 0)
		*to++ = ' ';
	memcpy(to, word, word_len);
	to += word_len;
	*to++ = '=';
	to = escape(to, value);
	*to = '\0';
	return true;
}

bool fopnp_words_add_number(char *line, size_t size, const char *word, int64_t number)
{
	char text[NUMBER_TEXT];

	return fopnp_words_add(line, size, word, print_number(number, text));
}

void fopnp_detail_add(struct fopnp_detail *detail, const char *word, const char *value)
{
	if (detail && !fopnp_words_add(detail->line, detail->size, word, value))
		detail->is_cut = true;
}

void fopnp_detail_add_number(struct fopnp_detail *detail, const char *word, int64_t number)
{
	if (detail && !fopnp_words_add_number(detail->line, detail->size, word, number))
		detail->is_cut = true;
}
