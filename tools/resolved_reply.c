/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A varlink reply of io.systemd.Resolve. */
#include "tools/resolved_reply.h"

#include "tools/memory.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define DETAIL_MOST 200 /* bytes of a server's own words */

static const struct {
	json_int_t bits;
	const char *name;
} PROTOCOLS[] = {
	{ 1 << 0, "DNS" },           { 1 << 1, "LLMNR/IPv4" },
	{ 1 << 2, "LLMNR/IPv6" },    { 1 << 1 | 1 << 2, "LLMNR" },
	{ 1 << 3, "mDNS/IPv4" },     { 1 << 4, "mDNS/IPv6" },
	{ 1 << 3 | 1 << 4, "mDNS" },
};
#define PROTOCOL_BITS 0x1f

static void decode_flags(json_int_t flags, struct fopnp_resolved_answer *answer)
{
	for (size_t i = 0; i < sizeof(PROTOCOLS) / sizeof(PROTOCOLS[0]); i++)
		if ((flags & PROTOCOL_BITS) == PROTOCOLS[i].bits)
			answer->protocol = PROTOCOLS[i].name;
	answer->is_authenticated = (flags >> 9) & 1;
	answer->is_confidential = (flags >> 18) & 1;
	answer->is_synthetic = (flags >> 19) & 1;
	answer->is_from_cache = (flags >> 20) & 1;
	answer->is_from_zone = (flags >> 21) & 1;
	answer->is_from_trust_anchor = (flags >> 22) & 1;
	answer->is_from_network = (flags >> 23) & 1;
}

/* The number at KEY, 0 if there is none.  False if it is no number of 0 to MOST. */
static bool get_number(const json_t *object, const char *key, json_int_t most,
		       json_int_t *out_number)
{
	const json_t *value = json_object_get(object, key);
	json_int_t number = json_integer_value(value);

	if (value && (!json_is_integer(value) || number < 0 || number > most))
		return false;
	*out_number = number;
	return true;
}

/* The text at KEY, NULL if there is none.  False if it is no text. */
static bool get_text(const json_t *object, const char *key, const char **out_text)
{
	const json_t *value = json_object_get(object, key);

	if (value && !json_is_string(value))
		return false;
	*out_text = json_string_value(value);
	return true;
}

/* SIZE bytes, each a number of its own. */
static bool get_bytes(const json_t *array, size_t size, uint8_t *out_bytes)
{
	if (!json_is_array(array) || json_array_size(array) != size)
		return false;
	for (size_t i = 0; i < size; i++) {
		const json_t *byte = json_array_get(array, i);
		json_int_t number = json_integer_value(byte);

		if (!json_is_integer(byte) || number < 0 || number > 255)
			return false;
		out_bytes[i] = (uint8_t)number;
	}
	return true;
}

/* A scope id stands only with link-local addresses: nss-resolve's own rule. */
static uint32_t scope_of(const struct fopnp_request_address *address, unsigned interface)
{
	bool is_link_local = address->family == AF_INET6 && address->bytes[0] == 0xfe &&
			     (address->bytes[1] & 0xc0) == 0x80;

	return is_link_local ? interface : 0;
}

static bool decode_address(const json_t *entry, struct fopnp_resolved_answer *answer)
{
	struct fopnp_resolved_address found = { 0 };
	json_int_t family, interface;

	if (!get_number(entry, "family", INT_MAX, &family) ||
	    !get_number(entry, "ifindex", INT_MAX, &interface))
		return false;
	/* Other families are passed over, as nss-resolve does. */
	if (family != AF_INET && family != AF_INET6)
		return family != 0 && json_is_array(json_object_get(entry, "address"));
	found.address.family = (int)family;
	found.interface = (unsigned)interface;
	if (!get_bytes(json_object_get(entry, "address"), family == AF_INET ? 4 : 16,
		       found.address.bytes))
		return false;
	found.address.scope = scope_of(&found.address, found.interface);
	answer->addresses[answer->address_count++] = found;
	return true;
}

static bool decode_addresses(const json_t *parameters, struct fopnp_resolved_answer *answer)
{
	const json_t *list = json_object_get(parameters, "addresses");
	const char *name;

	if (!json_is_array(list) || !get_text(parameters, "name", &name))
		return false;
	answer->addresses =
		fopnp_memory_zeroed(json_array_size(list), sizeof(answer->addresses[0]));
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!decode_address(json_array_get(list, i), answer))
			return false;
	if (answer->address_count == 0)
		return true;
	answer->interface = answer->addresses[0].interface;
	answer->canonical = fopnp_memory_copy_text(name);
	return true;
}

static bool decode_names(const json_t *parameters, struct fopnp_resolved_answer *answer)
{
	const json_t *list = json_object_get(parameters, "names");
	const char *first = NULL, *name;
	json_int_t interface;

	if (!json_is_array(list))
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);

		if (!get_text(entry, "name", &name) || !name ||
		    !get_number(entry, "ifindex", INT_MAX, &interface))
			return false;
		if (!first) {
			first = name;
			answer->interface = (unsigned)interface;
		}
	}
	answer->canonical = fopnp_memory_copy_text(first);
	return true;
}

/* The first of these that is said; newer versions pass on what a server says (RFC 8914). */
static void decode_detail(const json_t *parameters, struct fopnp_resolved_answer *answer)
{
	static const char *const KEYS[] = { "extendedDNSErrorMessage", "result", "parameter",
					    "method" };
	const char *text;

	for (size_t i = 0; i < sizeof(KEYS) / sizeof(KEYS[0]); i++) {
		if (get_text(parameters, KEYS[i], &text) && text && *text) {
			answer->error_detail = fopnp_memory_copy(text, strnlen(text, DETAIL_MOST));
			return;
		}
	}
}

static bool decode_error(const char *name, const json_t *parameters,
			 struct fopnp_resolved_answer *answer)
{
	json_int_t rcode, error;

	if (!get_number(parameters, "rcode", 0xfff, &rcode) ||
	    !get_number(parameters, "errno", 4095, &error))
		return false;
	if (json_object_get(parameters, "rcode"))
		answer->rcode = (int)rcode;
	answer->system_error = (int)error;
	answer->error_name = fopnp_memory_copy(name, strnlen(name, DETAIL_MOST));
	decode_detail(parameters, answer);
	answer->state = FOPNP_RESOLVED_FAILED;
	return true;
}

/* Synthesised answers name the link that they are of, but those from /etc/hosts, of its own
   stub (_localdnsstub) and for an address that was asked for as a name. */
static bool is_from_hosts(const struct fopnp_resolved_answer *answer)
{
	const char *name = answer->canonical;
	uint8_t bytes[16];

	return answer->is_synthetic && answer->interface == 0 && name &&
	       strncmp(name, "_localdns", strlen("_localdns")) != 0 && !strchr(name, '%') &&
	       inet_pton(AF_INET, name, bytes) != 1 && inet_pton(AF_INET6, name, bytes) != 1;
}

static bool decode_answer(const json_t *parameters, bool is_reverse,
			  struct fopnp_resolved_answer *answer)
{
	json_int_t flags;

	if (!json_is_object(parameters) || !get_number(parameters, "flags", INT64_MAX, &flags))
		return false;
	if (!(is_reverse ? decode_names(parameters, answer) : decode_addresses(parameters, answer)))
		return false;
	decode_flags(flags, answer);
	answer->is_from_hosts = is_from_hosts(answer);
	/* Nothing in it: nss-resolve takes that for "not found". */
	answer->state = answer->address_count > 0 || (is_reverse && answer->canonical)
				? FOPNP_RESOLVED_ANSWERED
				: FOPNP_RESOLVED_FAILED;
	return true;
}

static bool decode_reply(const json_t *reply, bool is_reverse, struct fopnp_resolved_answer *answer)
{
	const json_t *parameters = json_object_get(reply, "parameters");
	const char *error;

	if (!json_is_object(reply) || (parameters && !json_is_object(parameters)) ||
	    !get_text(reply, "error", &error))
		return false;
	if (error && *error)
		return decode_error(error, parameters, answer);
	return decode_answer(parameters, is_reverse, answer);
}

void fopnp_resolved_reply_decode(const char *bytes, size_t len, bool is_reverse,
				 struct fopnp_resolved_answer *out_answer)
{
	/* Refuses NULs in texts, numbers beyond 64 bits and nesting beyond 2048. */
	json_t *reply = json_loadb(bytes, len, 0, NULL);

	*out_answer = (struct fopnp_resolved_answer){ .rcode = -1 };
	if (!reply || !decode_reply(reply, is_reverse, out_answer)) {
		fopnp_resolved_answer_clear(out_answer);
		out_answer->rcode = -1;
		out_answer->state = FOPNP_RESOLVED_GARBLED;
	}
	json_decref(reply);
}

void fopnp_resolved_answer_clear(struct fopnp_resolved_answer *answer)
{
	for (size_t i = 0; i < answer->address_count; i++)
		free(answer->addresses[i].interface_name);
	free(answer->addresses);
	free(answer->error_name);
	free(answer->error_detail);
	free(answer->canonical);
	free(answer->interface_name);
	free(answer->error_words);
	free(answer->route_words);
	free(answer->route_fix);
	*answer = (struct fopnp_resolved_answer){ 0 };
}
