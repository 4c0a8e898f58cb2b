/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The conventions of --json. */
#include "tools/json_output.h"

#include "tools/escape.h"
#include "tools/memory.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A value that jansson could not make: its strings are UTF-8 by then, so memory ran out. */
static json_t *made(json_t *value)
{
	if (!value)
		fopnp_memory_give_up();
	return value;
}

/* RFC 3339, UTC, to the millisecond. */
static json_t *time_now(void)
{
	struct timespec now = { 0 };
	struct tm parts = { 0 };
	char day[32], text[48];

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &parts);
	(void)strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &parts);
	(void)snprintf(text, sizeof(text), "%s.%03ldZ", day, now.tv_nsec / 1000000);
	return json_string(text);
}

json_t *fopnp_json_object(const char *type, const char *command)
{
	json_t *object = made(json_object());

	fopnp_json_set(object, "version", json_integer(FOPNP_JSON_VERSION));
	fopnp_json_set(object, "type", json_string(type));
	fopnp_json_set(object, "time", time_now());
	fopnp_json_set(object, "command", fopnp_json_text(command));
	return object;
}

void fopnp_json_set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, made(value)) != 0)
		fopnp_memory_give_up();
}

void fopnp_json_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, made(value)) != 0)
		fopnp_memory_give_up();
}

json_t *fopnp_json_text(const char *text)
{
	FOPNP_AUTO_FREE char *safe = text ? fopnp_escape_json(text, strlen(text)) : NULL;

	return made(safe ? json_string(safe) : json_null());
}

json_t *fopnp_json_name(const char *name)
{
	FOPNP_AUTO_FREE char *safe = name ? fopnp_escape_json_name(name, strlen(name)) : NULL;

	return made(safe ? json_string(safe) : json_null());
}

json_t *fopnp_json_code(const char *word, int number)
{
	char digits[16];

	if (word)
		return made(json_string(word));
	(void)snprintf(digits, sizeof(digits), "%d", number);
	return made(json_string(digits));
}

json_t *fopnp_json_place(const char *file, unsigned line, const char *text)
{
	json_t *place = made(json_object());

	fopnp_json_set(place, "file", fopnp_json_text(file));
	fopnp_json_set(place, "line", line ? json_integer(line) : json_null());
	fopnp_json_set(place, "text", fopnp_json_text(text));
	return place;
}

void fopnp_json_print(json_t *object, FILE *out)
{
	/* In ASCII: a terminal obeys the control characters of C1, too. */
	char *line = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
	char *rest = line, *piece;

	if (!line)
		fopnp_memory_give_up();
	while ((piece = strsep(&rest, "\177")) != NULL) {
		(void)fputs(piece, out);
		if (rest)
			(void)fputs("\\u007f", out); /* jansson leaves DEL as it is */
	}
	(void)fputc('\n', out);
	free(line);
	json_decref(object);
}

json_t *fopnp_json_summary(const char *command, json_t *counts, uint64_t elapsed_us,
			   int exit_status)
{
	json_t *object = fopnp_json_object("summary", command);

	fopnp_json_set(object, "counts", counts);
	fopnp_json_set(object, "elapsed_us", json_integer((json_int_t)elapsed_us));
	fopnp_json_set(object, "exit_status", json_integer(exit_status));
	return object;
}

void fopnp_json_print_summary(const char *command, json_t *counts, uint64_t elapsed_us,
			      int exit_status)
{
	fopnp_json_print(fopnp_json_summary(command, counts, elapsed_us, exit_status), stdout);
}
