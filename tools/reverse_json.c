/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The "reverse" object of docs/schema/fopnp-1.json. */
#include "tools/reverse.h"

#include "nss_module/lookup/address.h"
#include "tools/json_lookup.h"
#include "tools/json_output.h"

#include <string.h>

static json_t *source_or_null(const struct fopnp_program_lookup *lookup)
{
	return lookup->answered_by[0] ? fopnp_json_text(lookup->answered_by) : json_null();
}

static json_t *evidence_to_json(const struct fopnp_program_lookup *lookup)
{
	json_t *list = json_array();

	for (size_t i = 0; i < lookup->evidence.count; i++)
		fopnp_json_append(list, fopnp_evidence_to_json(&lookup->evidence.list[i]));
	return list;
}

static json_t *names_to_json(const struct fopnp_program_lookup *lookup)
{
	json_t *list = json_array();
	const char *name = NULL;

	if (lookup->result->end == FOPNP_CALL_RETURNED && lookup->result->code == 0)
		while ((name = fopnp_call_next_name(lookup->result, name)) != NULL)
			fopnp_json_append(list, fopnp_json_name(name));
	return list;
}

static json_t *source_to_json(const struct fopnp_reverse_source *source)
{
	const struct fopnp_program_lookup *lookup = &source->lookup;
	json_t *object = json_object();

	fopnp_json_set(object, "source", fopnp_json_text(source->source));
	fopnp_json_set(object, "reason",
		       lookup->not_asked[0] ? fopnp_json_text(lookup->not_asked) : json_null());
	fopnp_json_set(object, "answer", fopnp_program_lookup_answer(lookup));
	fopnp_json_set(object, "names", names_to_json(lookup));
	fopnp_json_set(object, "elapsed_us", json_integer((json_int_t)lookup->result->elapsed_us));
	fopnp_json_set(object, "evidence", evidence_to_json(lookup));
	return object;
}

static const char *relation_word(enum fopnp_reverse_relation relation)
{
	switch (relation) {
	case FOPNP_REVERSE_SAME:
		return "same";
	case FOPNP_REVERSE_RELATED:
		return "related";
	case FOPNP_REVERSE_OTHER:
		break;
	}
	return "other";
}

static json_t *name_to_json(const struct fopnp_reverse *reverse,
			    const struct fopnp_reverse_name *name)
{
	const char *text = name->lookup.request.name;
	bool is_of_name = reverse->forward.result && !reverse->forward.result->is_numeric;
	json_t *object = json_object();

	fopnp_json_set(object, "name", fopnp_json_name(text));
	fopnp_json_set(object, "leads_back", json_boolean(name->leads_back));
	fopnp_json_set(object, "relation",
		       is_of_name ? json_string(relation_word(fopnp_reverse_compare(
					    reverse->forward.request.name, text)))
				  : json_null());
	fopnp_json_set(object, "answered_by", source_or_null(&name->lookup));
	fopnp_json_set(object, "answer", fopnp_program_lookup_answer(&name->lookup));
	return object;
}

static json_t *address_to_json(const struct fopnp_reverse *reverse,
			       const struct fopnp_reverse_address *from)
{
	const struct fopnp_request_address *asked = &from->address;
	json_t *object = json_object(), *sources = json_array(), *names = json_array();
	json_t *notes = json_array();
	char text[FOPNP_ADDRESS_TEXT], arpa[FOPNP_ARPA_TEXT];

	for (size_t i = 0; i < from->source_count; i++)
		fopnp_json_append(sources, source_to_json(&from->sources[i]));
	for (size_t i = 0; i < from->name_count; i++)
		fopnp_json_append(names, name_to_json(reverse, &from->names[i]));
	for (size_t i = 0; i < from->notes.count; i++)
		fopnp_json_append(notes, fopnp_finding_to_json(&from->notes.list[i]));
	fopnp_json_set(object, "address",
		       fopnp_json_address(&(struct fopnp_json_address){
			       .family = fopnp_family_name(asked->family),
			       .text = fopnp_address_print(asked->family, asked->bytes, 0, text),
			       .scope = asked->scope,
			       .ttl = -1,
		       }));
	fopnp_json_set(object, "arpa_name",
		       fopnp_reverse_arpa_name(asked, arpa) ? json_string(arpa) : json_null());
	fopnp_json_set(object, "answered_by", source_or_null(&from->lookup));
	fopnp_json_set(object, "answer", fopnp_program_lookup_answer(&from->lookup));
	fopnp_json_set(object, "elapsed_us",
		       json_integer((json_int_t)from->lookup.result->elapsed_us));
	fopnp_json_set(object, "sources", sources);
	fopnp_json_set(object, "names", names);
	fopnp_json_set(object, "notes", notes);
	return object;
}

void fopnp_reverse_print_json(const struct fopnp_reverse *reverse)
{
	json_t *object = fopnp_json_object("reverse", "reverse");
	const struct fopnp_program_lookup *forward = &reverse->forward;
	json_t *addresses = json_array();

	for (size_t i = 0; i < reverse->count; i++)
		fopnp_json_append(addresses, address_to_json(reverse, &reverse->addresses[i]));
	fopnp_json_set(object, "given", fopnp_json_text(reverse->given));
	fopnp_json_set(object, "request",
		       forward->result ? fopnp_json_request(&forward->request) : json_null());
	fopnp_json_set(object, "answered_by", source_or_null(forward));
	fopnp_json_set(object, "answer",
		       forward->result ? fopnp_program_lookup_answer(forward) : json_null());
	fopnp_json_set(object, "addresses", addresses);
	fopnp_json_set(object, "left_out", json_integer((json_int_t)reverse->left_out));
	fopnp_json_print(object, stdout);
}
