/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What goes wrong, told once and in one manner: on stderr for people, as an
 * error object on stdout under --json.
 */
#pragma once

#include <stdbool.h>

/* The command that runs ("trace"), for error objects; and whether --json was given. */
void fopnp_message_start(const char *command, bool is_json);
void fopnp_message_use_json(void);
bool fopnp_message_is_json(void);

/*
 * Tell of an error.  ID is a kebab-case word that programs can test, HINT says
 * what to do (NULL: nothing to say).  The message is escaped here: arguments may
 * be text from outside.
 */
void fopnp_message_error(const char *id, const char *hint, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Flush stdout, so that a reader has each result when it is known.  False if
 * it takes nothing more (a full disk, a closed pipe or descriptor): no use to
 * go on.
 */
bool fopnp_message_flush_output(void);

/* The same at the end: tells on stderr if anything written since the start was lost. */
bool fopnp_message_finish_output(void);
