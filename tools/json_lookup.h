/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * request{}, address{}, answer{} and step{} of docs/schema/fopnp-1.json, which a trace and
 * the lookups of other processes have alike.
 */
#pragma once

#include "tools/request.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* A number, or null where it is not known. */
json_t *fopnp_json_integer_or_null(int64_t number, bool is_known);

/* A code by its word (digits without one), or null where it is 0. */
json_t *fopnp_json_code_or_null(const char *word, int number);

json_t *fopnp_json_request(const struct fopnp_request *request);

struct fopnp_json_address {
	const char *family; /* NULL: the text is no address */
	const char *text;   /* without its zone */
	uint32_t scope;
	uint16_t port;
	int64_t ttl; /* -1: unknown */
	const char *source, *source_address, *rule;
};
json_t *fopnp_json_address(const struct fopnp_json_address *address);

struct fopnp_json_answer {
	bool is_known; /* `code` holds */
	int code, error, h_error;
	const char *message;
	const char *canonical; /* NULL: none */
	json_t *addresses;     /* given away */
};
json_t *fopnp_json_answer(const struct fopnp_json_answer *answer);

struct fopnp_json_step {
	const char *source;
	json_t *reached; /* given away, as those below */
	bool has_status; /* `status`, and `action` if it was reached */
	int status, error, h_error;
	const char *reason; /* why it could not be asked; "": it could */
	const char *action; /* NULL: nothing was done then */
	uint64_t elapsed_us;
	json_t *answer, *evidence, *told, *wire;
};
json_t *fopnp_json_step(const struct fopnp_json_step *step);

/* An entry of told[]. */
json_t *fopnp_json_told(const char *word, const char *value);
