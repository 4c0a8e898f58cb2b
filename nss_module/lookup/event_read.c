/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading an event that anybody may have sent.  A datagram whose framing is
 * broken is refused whole; a field whose value makes no sense counts as not
 * given.  Of a field given twice the last counts, but for the lists.
 */
#include "nss_module/lookup/event.h"

#include <limits.h>
#include <string.h>

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/status.h"

/* ---- framing ---- */

/* Field names as journald takes them. */
static bool is_key(const char *key, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((key[i] < 'A' || key[i] > 'Z') && (key[i] < '0' || key[i] > '9') &&
		    key[i] != '_')
			return false;
	return len > 0;
}

static uint64_t read_little_endian(const char *bytes)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < sizeof(number); i++)
		number |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
	return number;
}

/* The value of the form with a length; AT stands behind "KEY\n".  0: malformed, else its end. */
static size_t read_sized_value(const char *bytes, size_t len, size_t at,
			       struct fopnp_event_field *field)
{
	uint64_t value_len;

	if (len - at < sizeof(value_len) + 1)
		return 0;
	value_len = read_little_endian(bytes + at);
	at += sizeof(value_len);
	if (value_len > len - at - 1 || bytes[at + value_len] != '\n')
		return 0;
	field->value = bytes + at;
	field->value_len = (size_t)value_len;
	return at + (size_t)value_len + 1;
}

enum fopnp_event_next fopnp_event_next(const char *bytes, size_t len, size_t *position,
				       struct fopnp_event_field *out_field)
{
	size_t start = *position, end;
	struct fopnp_event_field field;
	const char *newline, *equals;

	if (start >= len)
		return FOPNP_EVENT_END;
	newline = memchr(bytes + start, '\n', len - start);
	if (newline == NULL)
		return FOPNP_EVENT_MALFORMED;
	end = (size_t)(newline - bytes);
	equals = memchr(bytes + start, '=', end - start);

	field.key = bytes + start;
	field.key_len = equals != NULL ? (size_t)(equals - field.key) : end - start;
	if (!is_key(field.key, field.key_len))
		return FOPNP_EVENT_MALFORMED;
	if (equals != NULL) {
		field.value = equals + 1;
		field.value_len = (size_t)(newline - field.value);
		end++;
	} else {
		end = read_sized_value(bytes, len, end + 1, &field);
		if (end == 0)
			return FOPNP_EVENT_MALFORMED;
	}
	*position = end;
	*out_field = field;
	return FOPNP_EVENT_FIELD;
}

/* ---- words ---- */

struct span {
	const char *at;
	size_t len;
};

/* The next blank-separated word of LINE, which is shortened by it.  False: no more. */
static bool take_word(struct span *line, struct span *out_word)
{
	const char *blank;

	while (line->len > 0 && *line->at == ' ') {
		line->at++;
		line->len--;
	}
	if (line->len == 0)
		return false;
	blank = memchr(line->at, ' ', line->len);
	out_word->at = line->at;
	out_word->len = blank != NULL ? (size_t)(blank - line->at) : line->len;
	line->at += out_word->len;
	line->len -= out_word->len;
	return true;
}

/* Whether WORD is NAME=VALUE for this NAME. */
static bool has_name(struct span word, const char *name, struct span *out_value)
{
	size_t name_len = strlen(name);

	if (word.len <= name_len || memcmp(word.at, name, name_len) != 0 ||
	    word.at[name_len] != '=')
		return false;
	out_value->at = word.at + name_len + 1;
	out_value->len = word.len - name_len - 1;
	return true;
}

static int hex_digit(char c)
{
	c = fopnp_ascii_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte at AT of an escaped value; a '%' that is no escape stands for itself. */
static char unescape(struct span value, size_t at, size_t *out_width)
{
	char c = value.at[at];

	*out_width = 1;
	if (c == '%' && value.len - at >= 3) {
		int high = hex_digit(value.at[at + 1]), low = hex_digit(value.at[at + 2]);

		if (high >= 0 && low >= 0) {
			*out_width = 3;
			c = (char)(high * 16 + low);
		}
	}
	return c != '\0' ? c : '?';
}

/* False if the value was cut to fit SIZE bytes with the NUL. */
static bool unescape_into(struct span value, char *text, size_t size)
{
	size_t at = 0, used = 0, width;

	while (at < value.len && used + 1 < size) {
		text[used++] = unescape(value, at, &width);
		at += width;
	}
	text[used] = '\0';
	return at == value.len;
}

bool fopnp_words_get(const char *line, size_t len, const char *word, char *value, size_t size)
{
	struct span rest = { line, len }, found, escaped;

	while (size > 0 && take_word(&rest, &found))
		if (has_name(found, word, &escaped))
			return unescape_into(escaped, value, size);
	return false;
}

/* ---- values ---- */

/* A decimal number with a sign perhaps, from MINIMUM to MAXIMUM. */
static bool read_number(struct span value, int64_t minimum, int64_t maximum, int64_t *out_number)
{
	bool is_negative = value.len > 0 && value.at[0] == '-';
	unsigned long long magnitude;
	int64_t number;

	if (!fopnp_ascii_number(value.at + is_negative, value.len - is_negative, &magnitude))
		return false;
	number = is_negative ? -(int64_t)magnitude : (int64_t)magnitude;
	if (number < minimum || number > maximum)
		return false;
	*out_number = number;
	return true;
}

static void read_int(struct span value, int *out_number)
{
	int64_t number;

	if (read_number(value, INT_MIN, INT_MAX, &number))
		*out_number = (int)number;
}

/* Copy raw bytes, cut at SIZE; NULs become '?'. */
static bool copy_raw(struct span value, char *text, size_t size)
{
	size_t len = value.len < size ? value.len : size - 1;

	for (size_t i = 0; i < len; i++)
		text[i] = value.at[i] != '\0' ? value.at[i] : '?';
	text[len] = '\0';
	return len == value.len;
}

bool fopnp_words_next(const char *line, size_t len, size_t *position, char *word, size_t word_size,
		      char *value, size_t size)
{
	struct span rest = { line + *position, len - *position }, found;

	while (word_size > 0 && size > 0 && take_word(&rest, &found)) {
		const char *equals = memchr(found.at, '=', found.len);
		struct span name = { found.at, equals ? (size_t)(equals - found.at) : found.len };
		struct span escaped = { found.at + name.len, found.len - name.len };

		*position = len - rest.len;
		if (equals) {
			escaped.at++;
			escaped.len--;
		}
		if (name.len < word_size && copy_raw(name, word, word_size) &&
		    unescape_into(escaped, value, size))
			return true;
	}
	*position = len;
	return false;
}

/* ---- steps ---- */

/* Append a word, still escaped, to the step's detail, whole or not at all. */
static bool add_detail(struct fopnp_event_step *step, struct span word)
{
	size_t used = strlen(step->detail);

	if (used + (used > 0) + word.len + 1 > sizeof(step->detail))
		return false;
	if (used > 0)
		step->detail[used++] = ' ';
	return copy_raw(word, step->detail + used, sizeof(step->detail) - used);
}

/* False if something had to be cut. */
static bool read_step_word(struct fopnp_event_step *step, struct span word)
{
	struct span value;
	int64_t number;

	if (has_name(word, "source", &value))
		return unescape_into(value, step->source, sizeof(step->source));
	if (has_name(word, "action", &value))
		return unescape_into(value, step->action, sizeof(step->action));
	if (has_name(word, "reason", &value))
		return unescape_into(value, step->reason, sizeof(step->reason));
	if (has_name(word, "status", &value))
		step->has_result |= fopnp_status_from_name(value.at, value.len, &step->status);
	else if (has_name(word, "errno", &value))
		read_int(value, &step->error);
	else if (has_name(word, "h_errno", &value))
		read_int(value, &step->h_error);
	else if (!has_name(word, "usec", &value))
		return add_detail(step, word);
	else if (read_number(value, 0, INT64_MAX, &number))
		step->elapsed_us = (uint64_t)number;
	return true;
}

static void read_step(struct fopnp_event *event, struct span line)
{
	struct fopnp_event_step *step = &event->steps[event->step_count];
	struct span word;

	if (event->step_count == FOPNP_EVENT_STEPS) {
		event->truncated = true;
		return;
	}
	event->step_count++;
	while (take_word(&line, &word))
		if (!read_step_word(step, word))
			event->truncated = true;
}

/* ---- fields ---- */

static void read_address(struct fopnp_event *event, struct span value)
{
	if (event->address_count == FOPNP_EVENT_ADDRESSES) {
		event->truncated = true;
		return;
	}
	if (!copy_raw(value, event->addresses[event->address_count++], sizeof(event->addresses[0])))
		event->truncated = true;
}

static void read_version(struct fopnp_event *event, struct span value)
{
	int64_t number;

	if (read_number(value, 1, INT_MAX, &number))
		event->version = (int)number;
}

static void read_index(struct fopnp_event *event, struct span value)
{
	int64_t number;

	if (read_number(value, 0, UINT_MAX, &number))
		event->phase_index = (unsigned)number;
}

static void read_status(struct fopnp_event *event, struct span value)
{
	event->has_status |= fopnp_status_from_name(value.at, value.len, &event->status);
}

static void read_errno(struct fopnp_event *event, struct span value)
{
	read_int(value, &event->error);
}

static void read_h_errno(struct fopnp_event *event, struct span value)
{
	read_int(value, &event->h_error);
}

static void read_truncated(struct fopnp_event *event, struct span value)
{
	event->truncated |= value.len == 1 && value.at[0] == '1';
}

static const struct special_field {
	const char *key;
	void (*read)(struct fopnp_event *event, struct span value);
} special_fields[] = {
	{ "FOPNP_ADDRESS", read_address }, { "FOPNP_STEP", read_step },
	{ "FOPNP_EVENT", read_version },   { "FOPNP_INDEX", read_index },
	{ "FOPNP_STATUS", read_status },   { "FOPNP_ERRNO", read_errno },
	{ "FOPNP_HERRNO", read_h_errno },  { "FOPNP_TRUNCATED", read_truncated },
};

#define PLACE(member)                                                                              \
	offsetof(struct fopnp_event, member), sizeof(((struct fopnp_event *)NULL)->member)

static const struct plain_field {
	const char *key;
	size_t offset, size;
} text_fields[] = {
	{ "FOPNP_PHASE", PLACE(phase) },
	{ "FOPNP_FUNCTION", PLACE(function) },
	{ "FOPNP_NAME", PLACE(name) },
	{ "FOPNP_FAMILY", PLACE(family) },
	{ "FOPNP_SOURCE", PLACE(source) },
	{ "FOPNP_CANONICAL", PLACE(canonical) },
	{ "FOPNP_ORDER_FROM", PLACE(order_from) },
	{ "FOPNP_COMM", PLACE(comm) },
}, number_fields[] = {
	{ "FOPNP_TTL", PLACE(ttl) },
	{ "FOPNP_USEC", PLACE(elapsed_us) },
	{ "FOPNP_TIME_USEC", PLACE(time_us) },
	{ "FOPNP_SEQUENCE", PLACE(sequence) },
	{ "FOPNP_DROPPED", PLACE(dropped) },
	{ "FOPNP_PID", PLACE(pid) },
	{ "FOPNP_TID", PLACE(tid) },
	{ "FOPNP_UID", PLACE(uid) },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct plain_field *find_plain(const struct plain_field *fields, size_t count,
					    struct span key)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(fields[i].key) == key.len && memcmp(fields[i].key, key.at, key.len) == 0)
			return &fields[i];
	return NULL;
}

static void read_special(struct fopnp_event *event, struct span key, struct span value)
{
	for (size_t i = 0; i < COUNT(special_fields); i++)
		if (strlen(special_fields[i].key) == key.len &&
		    memcmp(special_fields[i].key, key.at, key.len) == 0)
			special_fields[i].read(event, value);
}

static void read_field(struct fopnp_event *event, const struct fopnp_event_field *field)
{
	struct span key = { field->key, field->key_len };
	struct span value = { field->value, field->value_len };
	const struct plain_field *plain;
	int64_t number;

	plain = find_plain(text_fields, COUNT(text_fields), key);
	if (plain != NULL) {
		if (!copy_raw(value, (char *)event + plain->offset, plain->size))
			event->truncated = true;
		return;
	}
	plain = find_plain(number_fields, COUNT(number_fields), key);
	if (plain == NULL)
		read_special(event, key, value);
	else if (read_number(value, 0, INT64_MAX, &number))
		memcpy((char *)event + plain->offset, &number, sizeof(number));
}

/* In an announcement the source is the one that is about to be called. */
static void name_announced_source(struct fopnp_event *event)
{
	if (event->phase[0] == '\0')
		return;
	memcpy(event->phase_source, event->source, sizeof(event->phase_source));
	event->source[0] = '\0';
}

bool fopnp_event_decode(const char *bytes, size_t len, struct fopnp_event *out_event)
{
	struct fopnp_event_field field;
	enum fopnp_event_next next;
	const int64_t not_given = -1;
	size_t position = 0;

	memset(out_event, 0, sizeof(*out_event));
	for (size_t i = 0; i < COUNT(number_fields); i++)
		memcpy((char *)out_event + number_fields[i].offset, &not_given, sizeof(not_given));
	while ((next = fopnp_event_next(bytes, len, &position, &field)) == FOPNP_EVENT_FIELD)
		read_field(out_event, &field);
	name_announced_source(out_event);
	return next == FOPNP_EVENT_END && out_event->version > 0;
}
