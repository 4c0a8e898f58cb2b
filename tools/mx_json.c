/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where mail goes, for programs. */
#include "tools/mx.h"

#include "nss_module/lookup/address.h"
#include "tools/json_output.h"

static json_t *contact_to_json(const struct fopnp_mx_address *address)
{
	json_t *object = json_object();

	fopnp_json_set(object, "outcome", json_string(fopnp_attempt_word(&address->attempt)));
	fopnp_json_set(object, "elapsed_us", json_integer((json_int_t)address->attempt.elapsed_us));
	fopnp_json_set(object, "code",
		       address->code > 0 ? json_integer(address->code) : json_null());
	fopnp_json_set(object, "greeting", fopnp_json_text(address->greeting));
	return object;
}

static json_t *address_to_json(const struct fopnp_mx *mx, const struct fopnp_mx_address *address)
{
	json_t *object = json_object();
	char text[FOPNP_ADDRESS_TEXT];

	fopnp_json_set(object, "address",
		       json_string(fopnp_request_print_address(&address->address, text)));
	fopnp_json_set(object, "ttl", json_integer((json_int_t)address->ttl));
	fopnp_json_set(object, "contact",
		       mx->options->connects ? contact_to_json(address) : json_null());
	return object;
}

static json_t *host_to_json(const struct fopnp_mx *mx, const struct fopnp_mx_host *host)
{
	json_t *object = json_object(), *addresses = json_array();

	for (size_t i = 0; i < host->address_count; i++)
		fopnp_json_append(addresses, address_to_json(mx, &host->addresses[i]));
	fopnp_json_set(object, "preference", json_integer(host->preference));
	fopnp_json_set(object, "name", fopnp_json_name(host->name));
	fopnp_json_set(object, "ttl",
		       mx->is_implicit || host->ttl == 0 ? json_null()
							 : json_integer((json_int_t)host->ttl));
	fopnp_json_set(object, "alias", fopnp_json_name(host->alias));
	fopnp_json_set(object, "problem", fopnp_json_text(host->problem));
	fopnp_json_set(object, "temporary", json_boolean(host->is_temporary));
	fopnp_json_set(object, "addresses", addresses);
	return object;
}

void fopnp_mx_print_json(const struct fopnp_mx *mx, int exit_status)
{
	json_t *object = fopnp_json_object("mx", "mx");
	json_t *hosts = json_array(), *rules = json_array(), *notes = json_array();

	for (size_t i = 0; i < mx->host_count; i++)
		fopnp_json_append(hosts, host_to_json(mx, &mx->hosts[i]));
	for (size_t i = 0; i < mx->rule_count; i++)
		fopnp_json_append(rules, fopnp_json_text(mx->rules[i]));
	for (size_t i = 0; i < mx->notes.count; i++)
		fopnp_json_append(notes, fopnp_finding_to_json(&mx->notes.list[i]));
	fopnp_json_set(object, "given", fopnp_json_text(mx->given));
	fopnp_json_set(object, "domain", fopnp_json_name(mx->domain));
	fopnp_json_set(object, "outcome", json_string(fopnp_mx_outcome_word(mx->outcome)));
	fopnp_json_set(object, "text", fopnp_json_text(mx->reason));
	fopnp_json_set(object, "implicit", json_boolean(mx->is_implicit));
	fopnp_json_set(object, "seed", json_integer((json_int_t)mx->options->seed));
	fopnp_json_set(object, "hosts", hosts);
	fopnp_json_set(object, "rules", rules);
	fopnp_json_set(object, "notes", notes);
	fopnp_json_set(object, "elapsed_us", json_integer((json_int_t)mx->elapsed_us));
	fopnp_json_set(object, "exit_status", json_integer(exit_status));
	fopnp_json_print(object, stdout);
}
