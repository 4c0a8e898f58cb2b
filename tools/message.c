/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Error messages, for people or as JSON. */
#include "tools/message.h"

#include "tools/escape.h"
#include "tools/json_output.h"
#include "tools/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *current_command;
static bool speaks_json;
static int output_error; /* errno of the first write to stdout that failed */

void fopnp_message_start(const char *command, bool is_json)
{
	current_command = command;
	speaks_json = is_json;
}

void fopnp_message_use_json(void)
{
	speaks_json = true;
}

bool fopnp_message_is_json(void)
{
	return speaks_json;
}

static void tell_json(const char *id, const char *hint, const char *message)
{
	json_t *object = fopnp_json_object("error", current_command);

	fopnp_json_set(object, "id", json_string(id));
	fopnp_json_set(object, "message", fopnp_json_text(message));
	fopnp_json_set(object, "hint", fopnp_json_text(hint));
	fopnp_json_set(object, "place", json_null());
	fopnp_json_print(object, stdout);
}

static void tell_people(const char *hint, const char *message)
{
	FOPNP_AUTO_FREE char *safe = fopnp_escape_text(message, strlen(message));

	(void)fflush(stdout); /* results so far come first where both share a terminal */
	(void)fprintf(stderr, "fopnp: %s\n", safe);
	if (hint) {
		FOPNP_AUTO_FREE char *safe_hint = fopnp_escape_text(hint, strlen(hint));

		(void)fprintf(stderr, "    %s\n", safe_hint);
	}
}

void fopnp_message_error(const char *id, const char *hint, const char *format, ...)
{
	va_list arguments;
	char *message;

	va_start(arguments, format);
	message = fopnp_memory_format_list(format, arguments);
	va_end(arguments);
	if (speaks_json)
		tell_json(id, hint, message);
	else
		tell_people(hint, message);
	free(message);
}

bool fopnp_message_flush_output(void)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	/* Only the first failed write tells why. */
	if (output_error == 0)
		output_error = errno;
	return false;
}

bool fopnp_message_finish_output(void)
{
	if (fopnp_message_flush_output())
		return true;
	(void)fprintf(stderr, "fopnp: cannot write the output: %s\n",
		      output_error ? strerror(output_error) : "an earlier write failed");
	return false;
}
