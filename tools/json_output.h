/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The conventions of --json, the same in every command: one object a line,
 * each with version, type, time and command; keys always present, null for
 * "unknown", [] for "none".  docs/schema/fopnp-1.json describes every type.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#define FOPNP_JSON_VERSION 1

/* A new object of TYPE with the four keys that each has.  COMMAND may be NULL. */
json_t *fopnp_json_object(const char *type, const char *command);

/* Set a key to a value that is given away.  Ends the process if memory ran out. */
void fopnp_json_set(json_t *object, const char *key, json_t *value);
void fopnp_json_append(json_t *array, json_t *value);

/* Text from outside, whatever its bytes; null for NULL. */
json_t *fopnp_json_text(const char *text);

/* A host name from outside, bytes beyond ASCII as \DDD; null for NULL. */
json_t *fopnp_json_name(const char *name);

/* A code of glibc's by its word, or by its digits where it has none. */
json_t *fopnp_json_code(const char *word, int number);

/* place{file,line,text}; LINE 0 is null. */
json_t *fopnp_json_place(const char *file, unsigned line, const char *text);

/* Print OBJECT on a line of its own, and let go of it. */
void fopnp_json_print(json_t *object, FILE *out);

/* The end of a stream: counts (given away), time since the start, exit status. */
json_t *fopnp_json_summary(const char *command, json_t *counts, uint64_t elapsed_us,
			   int exit_status);
/* The same printed on stdout. */
void fopnp_json_print_summary(const char *command, json_t *counts, uint64_t elapsed_us,
			      int exit_status);
