/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recorded JSON lines, see observed_file.h. */
#include "tools/observed_file.h"

#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/observed_json.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- lines ---- */

struct lines {
	int descriptor;
	char *bytes; /* a line's length and its newline */
	size_t start, used;
	bool is_skipping; /* behind the beginning of a line that was too long */
	bool is_at_end;
	int error; /* errno; 0: none */
};

enum line { LINE_READ, LINE_TOO_LONG, LINE_END };

#define LINES_SIZE (FOPNP_OBSERVED_LINE + 1)

/* More bytes behind those that are there; false: there are no more. */
static bool fill(struct lines *lines)
{
	ssize_t count;

	if (lines->is_at_end)
		return false;
	memmove(lines->bytes, lines->bytes + lines->start, lines->used - lines->start);
	lines->used -= lines->start;
	lines->start = 0;
	count = read(lines->descriptor, lines->bytes + lines->used, LINES_SIZE - lines->used);
	if (count > 0) {
		lines->used += (size_t)count;
		return true;
	}
	lines->error = count < 0 && errno != EINTR ? errno : 0;
	lines->is_at_end = true;
	return false;
}

/* The next line without its newline; a last one needs none. */
static enum line next_line(struct lines *lines, const char **out_line, size_t *out_len)
{
	size_t searched = 0;

	for (;;) {
		size_t len = lines->used - lines->start;
		const char *line = lines->bytes + lines->start;
		const char *newline = memchr(line + searched, '\n', len - searched);
		bool was_skipping = lines->is_skipping;

		if (!newline && len == LINES_SIZE) {
			lines->is_skipping = true;
			lines->start = lines->used;
			searched = 0;
			continue;
		}
		searched = len;
		if (!newline && fill(lines))
			continue;
		if (!newline && len == 0 && !was_skipping)
			return LINE_END;
		*out_line = lines->bytes + lines->start; /* fill() may have moved it */
		*out_len = newline ? (size_t)(newline - line) : len;
		lines->start += *out_len + (newline ? 1 : 0);
		lines->is_skipping = false;
		return was_skipping ? LINE_TOO_LONG : LINE_READ;
	}
}

/* ---- objects ---- */

struct reader {
	struct lines lines;
	struct fopnp_observed_lookup *lookup;
	bool (*take)(struct fopnp_observed_lookup *lookup, void *context);
	void *context;
	struct fopnp_observed_file_counts *counts;
};

static void count_bad(struct reader *reader)
{
	if (reader->counts->bad++ == 0)
		reader->counts->first_bad_line = reader->counts->lines;
}

/* False: TAKE wants no more. */
static bool hand_over(struct reader *reader, const json_t *object)
{
	if (!fopnp_observed_lookup_from_json(object, reader->lookup)) {
		count_bad(reader);
		return true;
	}
	reader->counts->lookups++;
	return reader->take(reader->lookup, reader->context);
}

static bool hand_over_all(struct reader *reader, const json_t *lookups)
{
	for (size_t i = 0; i < json_array_size(lookups); i++)
		if (!hand_over(reader, json_array_get(lookups, i)))
			return false;
	return true;
}

static void add_lost(struct reader *reader, const json_t *summary)
{
	const json_t *counts = json_object_get(summary, "counts");
	json_int_t lost = json_integer_value(json_object_get(counts, "lost"));

	if (lost <= 0)
		return;
	reader->counts->lost += (uint64_t)lost;
	if (reader->counts->lost > INT64_MAX) /* what JSON has numbers for */
		reader->counts->lost = INT64_MAX;
}

/* The type of an object of ours, or NULL. */
static const char *type_of(const json_t *object)
{
	const json_t *version = json_object_get(object, "version");

	if (!json_is_integer(version) || json_integer_value(version) != FOPNP_JSON_VERSION)
		return NULL;
	return json_string_value(json_object_get(object, "type"));
}

static bool read_object(struct reader *reader, const json_t *object)
{
	const char *type = type_of(object);

	if (!type) {
		count_bad(reader);
		return true;
	}
	reader->counts->has_summary = strcmp(type, "summary") == 0;
	if (strcmp(type, "lookup") == 0)
		return hand_over(reader, object);
	reader->counts->others++;
	if (strcmp(type, "call") == 0)
		return hand_over_all(reader, json_object_get(object, "lookups"));
	if (reader->counts->has_summary)
		add_lost(reader, object);
	return true;
}

static bool is_blank(const char *line, size_t len)
{
	while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t' || line[len - 1] == '\r'))
		len--;
	return len == 0;
}

static bool read_line(struct reader *reader, const char *line, size_t len)
{
	json_t *object;
	bool is_more;

	if (is_blank(line, len))
		return true;
	object = json_loadb(line, len, 0, NULL);
	if (!object) {
		count_bad(reader);
		return true;
	}
	is_more = read_object(reader, object);
	json_decref(object);
	return is_more;
}

static void read_lines(struct reader *reader)
{
	const char *line = NULL;
	enum line kind;
	size_t len = 0;

	while ((kind = next_line(&reader->lines, &line, &len)) != LINE_END) {
		reader->counts->lines++;
		if (kind == LINE_TOO_LONG)
			count_bad(reader);
		else if (!read_line(reader, line, len))
			return;
	}
}

/* ---- files ---- */

static bool tell(const char *file, int error)
{
	fopnp_message_error("file-unreadable",
			    error == EACCES ? "use sudo, or ask the file's owner"
					    : "name a file that `fopnp run --json -o` or "
					      "`fopnp watch -o` wrote",
			    "%s: %s", file, strerror(error));
	return false;
}

bool fopnp_observed_file_read(const char *file,
			      bool (*take)(struct fopnp_observed_lookup *lookup, void *context),
			      void *context, struct fopnp_observed_file_counts *out_counts)
{
	bool is_input = strcmp(file, "-") == 0;
	struct reader reader = {
		.lines.descriptor = is_input ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC),
		.take = take,
		.context = context,
		.counts = out_counts,
	};
	int error;

	*out_counts = (struct fopnp_observed_file_counts){ 0 };
	if (reader.lines.descriptor < 0)
		return tell(file, errno);
	reader.lines.bytes = fopnp_memory_zeroed(LINES_SIZE, 1);
	reader.lookup = fopnp_observed_create();
	read_lines(&reader);
	error = reader.lines.error;
	fopnp_observed_destroy(reader.lookup);
	free(reader.lines.bytes);
	if (!is_input)
		(void)close(reader.lines.descriptor);
	return error == 0 || tell(is_input ? "standard input" : file, error);
}
