/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The edit of the hosts line, see nsswitch_edit.h. */
#include "tools/nsswitch_edit.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/nsswitch_file.h"
#include "tools/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define OWN_NAME "fopnp"

/* ---- words of a list ---- */

/* A part of a list: a source with the brackets behind it, and the blanks behind all that. */
struct item {
	size_t at, word_end; /* the word; empty for brackets at the head of a list */
	size_t brackets_end; /* behind its last bracket, or word_end */
	size_t end;          /* where the next one begins */
	bool is_open;        /* a bracket without its end */
};

static size_t skip_blanks(const char *text, size_t at, size_t len)
{
	while (at < len && fopnp_ascii_is_space(text[at]))
		at++;
	return at;
}

/* The item that begins at AT, which is no blank; words end as in glibc's nss_action_parse.c. */
static struct item read_item(const char *text, size_t at, size_t len)
{
	struct item item = { .at = at };

	while (at < len && !fopnp_ascii_is_space(text[at]) && text[at] != '[')
		at++;
	item.word_end = item.brackets_end = at;
	at = skip_blanks(text, at, len);
	while (at < len && text[at] == '[') {
		const char *bracket_end = memchr(text + at, ']', len - at);

		item.is_open = bracket_end == NULL;
		at = item.brackets_end = bracket_end ? (size_t)(bracket_end - text) + 1 : len;
		at = skip_blanks(text, at, len);
	}
	item.end = at;
	return item;
}

static bool is_word(const char *text, const struct item *item, const char *word)
{
	size_t len = item->word_end - item->at;

	return strlen(word) == len && memcmp(text + item->at, word, len) == 0;
}

/* ---- lines ---- */

/* A hosts line of the file, by offsets. */
struct hosts_line {
	unsigned number;
	size_t at, end;           /* the line without its newline */
	size_t list_at, list_end; /* without blanks at either end */
};

/*
 * Take the line from AT on apart as glibc's process_line() does, up to a NUL byte if there is
 * one.  False: it is not a hosts line.
 */
static bool read_line(const char *bytes, size_t at, size_t end, struct hosts_line *out_line)
{
	static const char name[] = "hosts";
	const size_t name_len = sizeof(name) - 1;
	size_t text_end = at + strnlen(bytes + at, end - at);
	size_t from = skip_blanks(bytes, at, text_end);

	if (text_end - from < name_len || memcmp(bytes + from, name, name_len) != 0)
		return false;
	from += name_len;
	if (from < text_end && !fopnp_ascii_is_space(bytes[from]) && bytes[from] != ':')
		return false;
	while (from < text_end && (fopnp_ascii_is_space(bytes[from]) || bytes[from] == ':'))
		from++;
	while (text_end > from && fopnp_ascii_is_space(bytes[text_end - 1]))
		text_end--;
	out_line->at = at;
	out_line->end = end;
	out_line->list_at = from;
	out_line->list_end = text_end;
	return true;
}

/*
 * The next hosts line behind *LINE (all zero: the first); also a last one without a newline, which
 * glibc does not read.
 */
static bool next_line(const char *bytes, size_t len, struct hosts_line *line)
{
	size_t at = line->number ? line->end + 1 : 0;
	unsigned number = line->number;

	while (at < len) {
		const char *newline = memchr(bytes + at, '\n', len - at);
		size_t end = newline ? (size_t)(newline - bytes) : len;

		number++;
		if (read_line(bytes, at, end, line)) {
			line->number = number;
			return true;
		}
		at = end + 1;
	}
	return false;
}

static bool names_fopnp(const char *bytes, const struct hosts_line *line)
{
	for (size_t at = line->list_at; at < line->list_end;) {
		struct item item = read_item(bytes, at, line->list_end);

		if (is_word(bytes, &item, OWN_NAME))
			return true;
		at = item.end;
	}
	return false;
}

/* ---- the new text ---- */

struct text {
	char *bytes;
	size_t len;
};

/* There is room: the file's own length and a little more. */
static void add(struct text *text, const char *bytes, size_t len)
{
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
}

static void add_words(struct text *text, const char *words)
{
	add(text, words, strlen(words));
}

static void drop_blanks_behind(struct text *text, size_t at_least)
{
	while (text->len > at_least && fopnp_ascii_is_space(text->bytes[text->len - 1]))
		text->len--;
}

/* ---- enable ---- */

static char *copy_line(const char *bytes, size_t at, size_t end)
{
	return fopnp_memory_copy(bytes + at, end - at);
}

static void insert(const char *bytes, size_t len, const struct hosts_line *line,
		   struct fopnp_nsswitch_edit *edit)
{
	static const char words[] = FOPNP_NSSWITCH_WORDS " ";
	const size_t words_len = sizeof(words) - 1;
	struct text text = { .bytes = fopnp_memory_zeroed(len + words_len + 1, 1) };

	add(&text, bytes, line->list_at);
	add(&text, words, words_len);
	add(&text, bytes + line->list_at, len - line->list_at);
	edit->bytes = text.bytes;
	edit->len = text.len;
	edit->before = copy_line(bytes, line->at, line->end);
	edit->after = copy_line(text.bytes, line->at, line->end + words_len);
}

enum fopnp_nsswitch_edit_result fopnp_nsswitch_enable(const char *bytes, size_t len,
						      struct fopnp_nsswitch_edit *out_edit)
{
	struct hosts_line line = { 0 }, in_force = { 0 };
	enum fopnp_nsswitch_result parsed;
	struct fopnp_nsswitch nsswitch;
	bool has_sources;

	*out_edit = (struct fopnp_nsswitch_edit){ 0 };
	parsed = fopnp_nsswitch_parse(bytes, len, &nsswitch);
	if (parsed == FOPNP_NSSWITCH_NO_MEMORY)
		fopnp_memory_give_up();
	out_edit->line = nsswitch.line;
	if (parsed == FOPNP_NSSWITCH_BROKEN)
		return FOPNP_EDIT_BROKEN;
	has_sources = nsswitch.order->count > 0;
	free(nsswitch.order);
	while (in_force.number == 0 && next_line(bytes, len, &line))
		if (line.number == nsswitch.line)
			in_force = line;
	if (in_force.number == 0) {
		out_edit->line = line.number; /* an unfinished one, or none */
		return FOPNP_EDIT_NO_LINE;
	}
	if (names_fopnp(bytes, &in_force)) {
		out_edit->before = copy_line(bytes, in_force.at, in_force.end);
		return FOPNP_EDIT_UNCHANGED;
	}
	if (!has_sources)
		return FOPNP_EDIT_NO_SOURCE;
	insert(bytes, len, &in_force, out_edit);
	return FOPNP_EDIT_CHANGED;
}

/* ---- disable ---- */

/* The name by which glibc knows what a built-in source does; NULL: it has none. */
static const char *plain_name(const char *bytes, const struct item *item)
{
	if (is_word(bytes, item, "fopnp:hosts"))
		return "files";
	if (is_word(bytes, item, "fopnp:dns"))
		return "dns";
	return NULL;
}

/*
 * The list without fopnp.  False: a bracket of fopnp's has no end, or the word behind fopnp begins
 * with a colon, which would become one of those behind "hosts".
 */
static bool add_plain_list(const char *bytes, const struct hosts_line *line, struct text *text)
{
	const size_t start = text->len;
	bool is_last_dropped = false;

	for (size_t at = line->list_at; at < line->list_end;) {
		struct item item = read_item(bytes, at, line->list_end);
		const char *name = plain_name(bytes, &item);

		at = item.end;
		is_last_dropped =
			is_word(bytes, &item, OWN_NAME) || is_word(bytes, &item, "fopnp:mdns");
		if (is_last_dropped && item.is_open)
			return false;
		if (is_last_dropped)
			continue;
		if (text->len == start && bytes[item.at] == ':')
			return false;
		if (name)
			add_words(text, name);
		else
			add(text, bytes + item.at, item.word_end - item.at);
		add(text, bytes + item.word_end, item.end - item.word_end);
	}
	if (is_last_dropped)
		drop_blanks_behind(text, start);
	if (text->len == start)
		add_words(text, FOPNP_NSSWITCH_DEFAULT);
	return true;
}

/* Rewrite one line of those that name fopnp; the text before it is there already. */
static bool add_plain_line(const char *bytes, const struct hosts_line *line, struct text *text,
			   struct fopnp_nsswitch_edit *edit)
{
	const size_t start = text->len;

	add(text, bytes + line->at, line->list_at - line->at);
	if (!add_plain_list(bytes, line, text))
		return false;
	add(text, bytes + line->list_end, line->end - line->list_end);
	/* Of several lines the last one is in force, and shown. */
	free(edit->before);
	free(edit->after);
	edit->line = line->number;
	edit->before = copy_line(bytes, line->at, line->end);
	edit->after = fopnp_memory_copy(text->bytes + start, text->len - start);
	return true;
}

enum fopnp_nsswitch_edit_result fopnp_nsswitch_disable(const char *bytes, size_t len,
						       struct fopnp_nsswitch_edit *out_edit)
{
	struct hosts_line line = { 0 };
	struct text text;
	size_t taken = 0;

	*out_edit = (struct fopnp_nsswitch_edit){ 0 };
	/* A line can grow: "fopnp" alone becomes the default. */
	text = (struct text){ .bytes = fopnp_memory_zeroed(2 * len + 1, 1) };
	while (next_line(bytes, len, &line)) {
		if (!names_fopnp(bytes, &line))
			continue;
		add(&text, bytes + taken, line.at - taken);
		taken = line.end;
		if (!add_plain_line(bytes, &line, &text, out_edit)) {
			free(text.bytes);
			fopnp_nsswitch_edit_clear(out_edit);
			out_edit->line = line.number;
			return FOPNP_EDIT_BROKEN;
		}
	}
	if (!out_edit->before) {
		free(text.bytes);
		return FOPNP_EDIT_UNCHANGED;
	}
	add(&text, bytes + taken, len - taken);
	out_edit->bytes = text.bytes;
	out_edit->len = text.len;
	return FOPNP_EDIT_CHANGED;
}

bool fopnp_nsswitch_is_usual(const char *line)
{
	static const char words[] = FOPNP_NSSWITCH_WORDS;
	const size_t words_len = sizeof(words) - 1;
	struct hosts_line parts;

	return read_line(line, 0, strlen(line), &parts) &&
	       parts.list_end - parts.list_at > words_len &&
	       memcmp(line + parts.list_at, words, words_len) == 0 &&
	       fopnp_ascii_is_space(line[parts.list_at + words_len]);
}

void fopnp_nsswitch_edit_clear(struct fopnp_nsswitch_edit *edit)
{
	free(edit->bytes);
	free(edit->before);
	free(edit->after);
	*edit = (struct fopnp_nsswitch_edit){ 0 };
}
