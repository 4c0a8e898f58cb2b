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

	memcpy(text, value.at, len);
	text[len] = '\0';
	for (char *nul = text; (nul = memchr(nul, '\0', len - (size_t)(nul - text))) != NULL;)
		*nul = '?';
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

/* By a length and a few constants: a word is compared with all that there are. */
#define IS(span, literal)                                                                          \
	((span).len == sizeof(literal) - 1 && memcmp((span).at, literal, sizeof(literal) - 1) == 0)

/* False if something had to be cut. */
static bool read_step_word(struct fopnp_event_step *step, struct span word)
{
	const char *equals = memchr(word.at, '=', word.len);
	struct span name = { word.at, equals ? (size_t)(equals - word.at) : 0 };
	struct span value = { name.at + name.len + 1, equals ? word.len - name.len - 1 : 0 };
	int64_t number;

	if (IS(name, "index")) /* they come in order */
		return true;
	if (IS(name, "source"))
		return unescape_into(value, step->source, sizeof(step->source));
	if (IS(name, "action"))
		return unescape_into(value, step->action, sizeof(step->action));
	if (IS(name, "reason"))
		return unescape_into(value, step->reason, sizeof(step->reason));
	if (IS(name, "status"))
		step->has_result |= fopnp_status_from_name(value.at, value.len, &step->status);
	else if (IS(name, "errno"))
		read_int(value, &step->error);
	else if (IS(name, "h_errno"))
		read_int(value, &step->h_error);
	else if (!IS(name, "usec"))
		return add_detail(step, word);
	else if (read_number(value, 0, INT64_MAX, &number))
		step->elapsed_us = (uint64_t)number;
	return true;
}

/* A step in which nothing is given yet; its texts are cleared no further than need be. */
static struct fopnp_event_step *add_step(struct fopnp_event *event)
{
	struct fopnp_event_step *step = &event->steps[event->step_count++];

	step->source[0] = step->action[0] = step->reason[0] = step->detail[0] = '\0';
	step->has_result = false;
	step->status = step->error = step->h_error = 0;
	step->elapsed_us = 0;
	return step;
}

static void read_step(struct fopnp_event *event, struct span line)
{
	struct fopnp_event_step *step;
	struct span word;

	if (event->step_count == FOPNP_EVENT_STEPS) {
		event->truncated = true;
		return;
	}
	step = add_step(event);
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

/* The module counts in 32 bits; so bounded, sums of what anybody claims do not run over. */
static void read_dropped(struct fopnp_event *event, struct span value)
{
	(void)read_number(value, 0, UINT32_MAX, &event->dropped);
}

static void read_truncated(struct fopnp_event *event, struct span value)
{
	event->truncated |= value.len == 1 && value.at[0] == '1';
}

/* What stands in front of every field of ours. */
#define PREFIX     "FOPNP_"
#define PREFIX_LEN (sizeof(PREFIX) - 1)

#define KEY(name) name, sizeof(name) - 1
#define PLACE(member)                                                                              \
	offsetof(struct fopnp_event, member), sizeof(((struct fopnp_event *)NULL)->member)
#define TEXT(name, member)    KEY(name), PLACE(member), INT64_MAX, NULL
#define NUMBER(name, member)  KEY(name), PLACE(member), 0, NULL
#define CODE(name, member)    KEY(name), PLACE(member), INT_MIN, NULL /* EAI_* are below 0 */
#define SPECIAL(name, reader) KEY(name), 0, 0, 0, reader

/*
 * A text (copied to its place), a number (from `minimum`, INT64_MAX: it is a
 * text) or one with a reader of its own.  In the order in which the module and
 * then `fopnp run` write them, see find_field().
 */
static const struct field_place {
	const char *key; /* behind the prefix */
	size_t key_len, offset, size;
	int64_t minimum;
	void (*read)(struct fopnp_event *event, struct span value);
} places[] = {
	{ SPECIAL("EVENT", read_version) },
	{ TEXT("FUNCTION", function) },
	{ TEXT("NAME", name) },
	{ TEXT("FAMILY", family) },
	{ SPECIAL("STATUS", read_status) },
	{ SPECIAL("ERRNO", read_errno) },
	{ SPECIAL("HERRNO", read_h_errno) },
	{ TEXT("SOURCE", source) },
	{ TEXT("CANONICAL", canonical) },
	{ NUMBER("TTL", ttl) },
	{ NUMBER("USEC", elapsed_us) },
	{ NUMBER("TIME_USEC", time_us) },
	{ TEXT("ORDER_FROM", order_from) },
	{ NUMBER("SEQUENCE", sequence) },
	{ NUMBER("PID", pid) },
	{ NUMBER("TID", tid) },
	{ NUMBER("UID", uid) },
	{ TEXT("COMM", comm) },
	{ SPECIAL("STEP", read_step) },
	{ SPECIAL("ADDRESS", read_address) },
	{ SPECIAL("TRUNCATED", read_truncated) },
	{ SPECIAL("DROPPED", read_dropped) },
	{ TEXT("PHASE", phase) },
	{ SPECIAL("INDEX", read_index) },
	{ NUMBER("CALL_ID", call_id) },
	{ TEXT("CALL", call) },
	{ TEXT("SERVICE", service) },
	{ NUMBER("SOCKTYPE", socktype) },
	{ NUMBER("PROTOCOL", protocol) },
	{ NUMBER("FLAGS", flags) },
	{ CODE("CODE", code) },
	{ TEXT("PROGRAM", program) },
	{ TEXT("ERROR", error_text) },
	{ NUMBER("CHILD", child) },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * The place of a field; NULL: not one of ours.  The search starts at *hint, where the
 * last one was found, since fields come in order: most take a comparison or two.
 */
static const struct field_place *find_field(struct span key, size_t *hint)
{
	if (key.len <= PREFIX_LEN || memcmp(key.at, PREFIX, PREFIX_LEN) != 0)
		return NULL;
	key.at += PREFIX_LEN;
	key.len -= PREFIX_LEN;
	for (size_t i = 0, at = *hint; i < COUNT(places); i++) {
		const struct field_place *place = &places[at];

		if (place->key_len == key.len && memcmp(place->key, key.at, key.len) == 0) {
			*hint = at;
			return place;
		}
		at = at + 1 < COUNT(places) ? at + 1 : 0;
	}
	return NULL;
}

static void read_field(struct fopnp_event *event, const struct field_place *place,
		       struct span value)
{
	char *at = (char *)event + place->offset;
	int64_t number;

	if (place->read) {
		place->read(event, value);
	} else if (place->minimum == INT64_MAX) {
		if (!copy_raw(value, at, place->size))
			event->truncated = true;
		event->has_name |= place->offset == offsetof(struct fopnp_event, name);
	} else if (read_number(value, place->minimum, INT64_MAX, &number)) {
		memcpy(at, &number, sizeof(number));
	}
}

/* In an announcement the source is the one that is about to be called. */
static void name_announced_source(struct fopnp_event *event)
{
	if (event->phase[0] == '\0')
		return;
	memcpy(event->phase_source, event->source, sizeof(event->phase_source));
	event->source[0] = '\0';
}

void fopnp_event_clear(struct fopnp_event *out_event)
{
	const int64_t not_given = -1;

	out_event->version = 0;
	out_event->phase_index = 0;
	out_event->phase_source[0] = '\0';
	out_event->status = out_event->error = out_event->h_error = 0;
	out_event->has_status = out_event->has_name = out_event->truncated = false;
	out_event->name[0] = '\0';
	out_event->dropped = not_given;
	out_event->address_count = out_event->step_count = 0;
	for (size_t i = 0; i < COUNT(places); i++) {
		char *at = (char *)out_event + places[i].offset;

		if (places[i].read)
			continue;
		if (places[i].minimum == INT64_MAX)
			*at = '\0';
		else
			memcpy(at, &not_given, sizeof(not_given));
	}
}

bool fopnp_event_decode(const char *bytes, size_t len, struct fopnp_event *out_event)
{
	struct fopnp_event_field field;
	enum fopnp_event_next next;
	size_t position = 0, hint = 0;

	fopnp_event_clear(out_event);
	while ((next = fopnp_event_next(bytes, len, &position, &field)) == FOPNP_EVENT_FIELD) {
		const struct field_place *place =
			find_field((struct span){ field.key, field.key_len }, &hint);

		if (place)
			read_field(out_event, place, (struct span){ field.value, field.value_len });
	}
	name_announced_source(out_event);
	return next == FOPNP_EVENT_END && out_event->version > 0;
}
