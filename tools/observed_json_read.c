/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recorded objects, read back: see observed_json.h.  jansson has checked that strings are
 * UTF-8 without NULs and that numbers fit 64 bits; nothing else of them is believed.
 */
#include "tools/observed_json.h"

#include "nss_module/lookup/status.h"
#include "tools/escape.h"
#include "tools/json_output.h"
#include "tools/memory.h"

#include <limits.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ERRNO_END 4096 /* the kernel's errors lie below: MAX_ERRNO of linux/err.h */

/* ---- values ---- */

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* NOT_GIVEN for what is no number from MINIMUM on. */
static int64_t number_of(const json_t *object, const char *key, int64_t minimum, int64_t not_given)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < minimum)
		return not_given;
	return json_integer_value(value);
}

/* Copy TEXT into SIZE bytes; false if it was cut. */
static bool copy(const char *text, char *out, size_t size)
{
	size_t len = text ? strlen(text) : 0, kept = len < size ? len : size - 1;

	if (kept)
		memcpy(out, text, kept);
	out[kept] = '\0';
	return kept == len;
}

/* The byte that "\DDD" at TEXT stands for; 0: none. */
static unsigned char escaped_byte(const char *text)
{
	unsigned byte = 0;

	for (int i = 1; i <= 3; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		byte = byte * 10 + (unsigned)(text[i] - '0');
	}
	return byte >= 0x80 && byte <= 0xff ? (unsigned char)byte : 0;
}

/* Back from fopnp_escape_json_name(). */
static char *raw_name(const char *text)
{
	char *raw = fopnp_memory_copy(text, strlen(text)), *to = raw;

	for (const char *at = text; *at;) {
		unsigned char byte = *at == '\\' ? escaped_byte(at) : 0;

		if (byte) {
			*to++ = (char)byte;
			at += 4;
		} else {
			at += at[0] == '\\' && at[1] == '\\';
			*to++ = *at++;
		}
	}
	*to = '\0';
	return raw;
}

/* Whether the escapes at TEXT together are a character: then they were never bytes of one. */
static bool is_character(const char *text)
{
	char bytes[4];
	unsigned code = 0;
	size_t count = 0;

	while (count < sizeof(bytes) && text[0] == '\\' && escaped_byte(text)) {
		bytes[count++] = (char)escaped_byte(text);
		text += 4;
	}
	return count > 1 && fopnp_escape_sequence(bytes, count, &code) > 1;
}

/*
 * Back from fopnp_escape_json(), which doubles no backslash: "\200" can have been a byte or four
 * characters.  It becomes the byte, unless that would give another text when it is written again.
 */
static char *raw_text(const char *text)
{
	char *raw = fopnp_memory_copy(text, strlen(text)), *to = raw;

	for (const char *at = text; *at;) {
		unsigned char byte = *at == '\\' ? escaped_byte(at) : 0;

		if (byte && !is_character(at)) {
			*to++ = (char)byte;
			at += 4;
		} else {
			*to++ = *at++;
		}
	}
	*to = '\0';
	return raw;
}

/* A host name into SIZE bytes; false if it was cut. */
static bool copy_name(const char *text, char *out, size_t size)
{
	FOPNP_AUTO_FREE char *raw = NULL;

	if (!text || !strchr(text, '\\'))
		return copy(text, out, size);
	raw = raw_name(text);
	return copy(raw, out, size);
}

/* Other text; false if it was cut. */
static bool copy_text(const char *text, char *out, size_t size)
{
	FOPNP_AUTO_FREE char *raw = NULL;

	if (!text || !strchr(text, '\\'))
		return copy(text, out, size);
	raw = raw_text(text);
	return copy(raw, out, size);
}

/* ---- codes ---- */

/* The number that NAME_OF has the word for, from FIRST to END, or the word's digits; else 0. */
static int code_from(const char *word, const char *(*name_of)(int), int first, int end)
{
	char *rest = NULL;
	long number;

	if (!word || !word[0])
		return 0;
	for (int code = first; code < end; code++) {
		const char *name = name_of(code);

		if (name && strcmp(name, word) == 0)
			return code;
	}
	number = strtol(word, &rest, 10);
	return *rest || number < INT_MIN || number > INT_MAX ? 0 : (int)number;
}

static int errno_from(const json_t *value)
{
	return code_from(json_string_value(value), fopnp_errno_name, 1, ERRNO_END);
}

static int h_errno_from(const json_t *value)
{
	return code_from(json_string_value(value), fopnp_h_errno_name, NETDB_INTERNAL, NO_DATA + 1);
}

static bool status_from(const json_t *value, int *out_status)
{
	const char *word = json_string_value(value);

	return word && fopnp_status_from_name(word, strlen(word), out_status);
}

/* COUNT digits at *AT, and END behind them. */
static bool read_digits(const char **at, int count, char end, int *out_number)
{
	int number = 0;

	for (; count > 0; count--, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		number = number * 10 + (**at - '0');
	}
	if (**at != end)
		return false;
	(*at)++;
	*out_number = number;
	return true;
}

/* "2026-11-22T12:00:00.123456Z", with three digits too, in microseconds; -1: it is no such time. */
static int64_t time_from(const char *text)
{
	struct tm parts = { 0 };
	int fraction = 0;
	time_t seconds;
	size_t digits;

	if (!text || !read_digits(&text, 4, '-', &parts.tm_year) ||
	    !read_digits(&text, 2, '-', &parts.tm_mon) ||
	    !read_digits(&text, 2, 'T', &parts.tm_mday) ||
	    !read_digits(&text, 2, ':', &parts.tm_hour) ||
	    !read_digits(&text, 2, ':', &parts.tm_min) ||
	    !read_digits(&text, 2, '.', &parts.tm_sec))
		return -1;
	digits = strspn(text, "0123456789");
	if ((digits != 3 && digits != 6) || !read_digits(&text, (int)digits, 'Z', &fraction) ||
	    *text)
		return -1;
	parts.tm_year -= 1900;
	parts.tm_mon--;
	seconds = timegm(&parts);
	return seconds < 0 ? -1 : (int64_t)seconds * 1000000 + fraction * (digits == 3 ? 1000 : 1);
}

/* ---- parts ---- */

static void read_process(const json_t *object, struct fopnp_observed_process *process)
{
	const char *exe = text_of(object, "exe");

	free(process->exe);
	*process = (struct fopnp_observed_process){
		.pid = number_of(object, "pid", 1, 0),
		.tid = number_of(object, "tid", 1, 0),
		.uid = number_of(object, "uid", 0, -1),
		.exe = exe ? raw_text(exe) : NULL,
		.is_trusted = json_is_true(json_object_get(object, "trusted")),
		.is_comm_claimed = json_is_true(json_object_get(object, "comm_claimed")),
		.is_claim_false = json_is_true(json_object_get(object, "claim_false")),
		.claimed_pid = number_of(object, "claimed_pid", 0, -1),
		.claimed_uid = number_of(object, "claimed_uid", 0, -1),
	};
	(void)copy_text(text_of(object, "comm"), process->comm, sizeof(process->comm));
}

static void read_address(const json_t *object, struct fopnp_event *event)
{
	const char *text = text_of(object, "address");
	int64_t scope = number_of(object, "scope", 1, 0);
	size_t size = sizeof(event->addresses[0]), len;
	char *out;

	if (!text)
		return;
	if (event->address_count == FOPNP_EVENT_ADDRESSES) {
		event->truncated = true;
		return;
	}
	out = event->addresses[event->address_count++];
	if (!copy_text(text, out, size))
		event->truncated = true;
	len = strlen(out);
	if (scope > 0 && scope <= UINT32_MAX && !strchr(out, '%'))
		(void)snprintf(out + len, size - len, "%%%u", (unsigned)scope);
}

/* A word of told[] as it stood in the event. */
static bool read_told(const json_t *told, struct fopnp_event_step *step)
{
	const char *word = text_of(told, "word"), *value = text_of(told, "value");
	FOPNP_AUTO_FREE char *raw_value = value ? raw_text(value) : NULL;

	if (!word || !value || !word[0] || word[strcspn(word, " =")])
		return true;
	if (strcmp(word, "reason") == 0 && !step->reason[0])
		return copy(raw_value, step->reason, sizeof(step->reason));
	return fopnp_words_add(step->detail, sizeof(step->detail), word, raw_value);
}

static void read_step(const json_t *object, struct fopnp_event *event)
{
	struct fopnp_event_step *step = &event->steps[event->step_count];
	const json_t *told = json_object_get(object, "told");
	const char *action = text_of(object, "action");
	bool is_whole;

	if (!json_is_object(object))
		return;
	if (event->step_count == FOPNP_EVENT_STEPS) {
		event->truncated = true;
		return;
	}
	event->step_count++;
	memset(step, 0, sizeof(*step));
	is_whole = copy_text(text_of(object, "source"), step->source, sizeof(step->source));
	step->has_result = status_from(json_object_get(object, "status"), &step->status);
	step->error = errno_from(json_object_get(object, "errno"));
	step->h_error = h_errno_from(json_object_get(object, "h_errno"));
	step->elapsed_us = (uint64_t)number_of(object, "elapsed_us", 0, 0);
	if (action && (strcmp(action, "return") == 0 || strcmp(action, "continue") == 0))
		(void)copy(action, step->action, sizeof(step->action));
	for (size_t i = 0; i < json_array_size(told); i++)
		is_whole &= read_told(json_array_get(told, i), step);
	event->truncated |= !is_whole;
}

static void read_answer(const json_t *answer, struct fopnp_event *event)
{
	const json_t *addresses = json_object_get(answer, "addresses");

	event->error = errno_from(json_object_get(answer, "errno"));
	event->h_error = h_errno_from(json_object_get(answer, "h_errno"));
	event->truncated |= !copy_name(text_of(answer, "canonical_name"), event->canonical,
				       sizeof(event->canonical));
	for (size_t i = 0; i < json_array_size(addresses); i++)
		read_address(json_array_get(addresses, i), event);
}

static void read_event(const json_t *object, struct fopnp_event *event)
{
	const json_t *request = json_object_get(object, "request");
	const json_t *steps = json_object_get(object, "steps");
	bool is_whole = true;

	is_whole &= copy_text(text_of(request, "call"), event->function, sizeof(event->function));
	is_whole &= copy_name(text_of(request, "name"), event->name, sizeof(event->name));
	is_whole &= copy_text(text_of(request, "family"), event->family, sizeof(event->family));
	is_whole &=
		copy_text(text_of(object, "order"), event->order_from, sizeof(event->order_from));
	is_whole &= copy_text(text_of(object, "answered_by"), event->source, sizeof(event->source));
	event->has_name = text_of(request, "name") != NULL;
	event->has_status = status_from(json_object_get(object, "status"), &event->status);
	event->time_us = time_from(text_of(object, "time"));
	event->elapsed_us = number_of(object, "elapsed_us", 0, -1);
	event->ttl = number_of(object, "ttl", 0, -1);
	event->sequence = number_of(object, "sequence", 0, -1);
	event->dropped = number_of(object, "dropped", 0, -1);
	if (event->dropped > UINT32_MAX) /* nor does an event tell more */
		event->dropped = -1;
	event->truncated = json_is_true(json_object_get(object, "truncated"));
	read_answer(json_object_get(object, "answer"), event);
	for (size_t i = 0; i < json_array_size(steps); i++)
		read_step(json_array_get(steps, i), event);
	event->truncated |= !is_whole;
}

bool fopnp_observed_lookup_from_json(const json_t *object, struct fopnp_observed_lookup *out_lookup)
{
	struct fopnp_observed_process *process = &out_lookup->process;
	struct fopnp_event *event = &out_lookup->event;
	const char *type = text_of(object, "type");

	if (!type || strcmp(type, "lookup") != 0 ||
	    number_of(object, "version", 0, 0) != FOPNP_JSON_VERSION)
		return false;
	fopnp_event_clear(event);
	event->version = FOPNP_EVENT_VERSION;
	read_process(json_object_get(object, "process"), process);
	read_event(object, event);
	/* What the event claimed of its process, as far as it was not the kernel's word. */
	event->pid = process->claimed_pid >= 0 ? process->claimed_pid : process->pid;
	event->tid = process->tid;
	event->uid = process->claimed_uid >= 0 ? process->claimed_uid : process->uid;
	memcpy(event->comm, process->comm, sizeof(event->comm));
	return true;
}
