/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The "connect" object of docs/schema/fopnp-1.json. */
#include "tools/connect.h"

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/status.h"
#include "tools/json_lookup.h"
#include "tools/json_output.h"
#include "tools/memory.h"

#include <stdlib.h>

static const char *manner_word(enum fopnp_attempt_manner manner)
{
	switch (manner) {
	case FOPNP_ATTEMPT_FIRST:
		return "first";
	case FOPNP_ATTEMPT_RACE:
		return "race";
	case FOPNP_ATTEMPT_ALL:
		break;
	}
	return "all";
}

static json_t *address_to_json(const struct fopnp_request_address *address, const char *source)
{
	char text[FOPNP_ADDRESS_TEXT];

	return fopnp_json_address(&(struct fopnp_json_address){
		.family = fopnp_family_name(address->family),
		.text = fopnp_address_print(address->family, address->bytes, 0, text),
		.scope = address->scope,
		.port = address->port,
		.ttl = -1,
		.source = source && source[0] ? source : NULL,
	});
}

static json_t *attempt_to_json(const struct fopnp_connect *connect,
			       const struct fopnp_attempt *attempt)
{
	const struct fopnp_place *place =
		fopnp_program_lookup_line(&connect->lookup, &attempt->address);
	bool is_made = attempt->state != FOPNP_ATTEMPT_NOT_MADE;
	FOPNP_AUTO_FREE char *words = fopnp_attempt_words(attempt);
	json_t *object = json_object();

	fopnp_json_set(object, "address",
		       address_to_json(&attempt->address, connect->lookup.answered_by));
	fopnp_json_set(object, "place", place ? fopnp_place_to_json(place) : json_null());
	fopnp_json_set(object, "outcome", json_string(fopnp_attempt_word(attempt)));
	fopnp_json_set(object, "errno",
		       fopnp_json_code_or_null(fopnp_errno_name(attempt->error), attempt->error));
	fopnp_json_set(object, "message", json_string(words));
	fopnp_json_set(object, "local_error",
		       attempt->state == FOPNP_ATTEMPT_FAILED
			       ? json_boolean(attempt->is_local_error)
			       : json_null());
	fopnp_json_set(object, "local",
		       attempt->has_local ? address_to_json(&attempt->local, NULL) : json_null());
	fopnp_json_set(object, "start_us",
		       fopnp_json_integer_or_null((int64_t)attempt->start_us, is_made));
	fopnp_json_set(object, "elapsed_us",
		       fopnp_json_integer_or_null((int64_t)attempt->elapsed_us, is_made));
	return object;
}

void fopnp_connect_print_json(const struct fopnp_connect *connect)
{
	const struct fopnp_program_lookup *lookup = &connect->lookup;
	json_t *object = fopnp_json_object("connect", "connect");
	json_t *attempts = json_array(), *notes = json_array();
	bool is_through = fopnp_connect_is_through(connect);
	uint64_t won_us = 0;
	bool is_race = connect->options->manner == FOPNP_ATTEMPT_RACE && is_through;
	bool has_second = is_race && fopnp_connect_runner_up(connect, &won_us) < connect->count;

	for (size_t i = 0; i < connect->count; i++)
		fopnp_json_append(attempts, attempt_to_json(connect, &connect->attempts[i]));
	for (size_t i = 0; i < connect->notes.count; i++)
		fopnp_json_append(notes, fopnp_finding_to_json(&connect->notes.list[i]));
	fopnp_json_set(object, "request", fopnp_json_request(&lookup->request));
	fopnp_json_set(object, "answered_by",
		       lookup->answered_by[0] ? fopnp_json_text(lookup->answered_by) : json_null());
	fopnp_json_set(object, "answer", fopnp_program_lookup_answer(lookup));
	fopnp_json_set(object, "lookup_us", json_integer((json_int_t)lookup->result->elapsed_us));
	fopnp_json_set(object, "manner", json_string(manner_word(connect->options->manner)));
	fopnp_json_set(object, "connected", json_boolean(is_through));
	fopnp_json_set(object, "winner",
		       fopnp_json_integer_or_null((int64_t)connect->winner, is_through));
	fopnp_json_set(object, "won_by_us",
		       fopnp_json_integer_or_null((int64_t)won_us, has_second));
	fopnp_json_set(object, "attempts", attempts);
	fopnp_json_set(object, "notes", notes);
	fopnp_json_print(object, stdout);
}
