/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compare{} of docs/schema/fopnp-1.json. */
#include "tools/compare_output.h"

#include "tools/json_lookup.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/observed_redact.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bool has_sources(const struct fopnp_compare_output *output)
{
	return output->comparison->options->source_count > 0;
}

static const char *family_name(const struct fopnp_compare_output *output, int family)
{
	return output->redaction || family == AF_UNSPEC ? NULL : fopnp_family_name(family);
}

static json_t *address_text(const struct fopnp_compare_output *output,
			    const struct fopnp_compare_address *address)
{
	char text[FOPNP_ADDRESS_TEXT], buffer[FOPNP_REDACTED_TEXT];

	(void)fopnp_address_print(address->family, address->bytes, 0, text);
	return fopnp_json_text(fopnp_redact_shown(output->redaction, text, buffer));
}

static json_t *name_text(const struct fopnp_compare_output *output, const char *name)
{
	FOPNP_AUTO_FREE char *shown = fopnp_redact_name(output->redaction, name);

	return fopnp_json_name(shown);
}

/* One of hosts[]. */
static json_t *own_to_json(const struct fopnp_compare_output *output,
			   const struct fopnp_compare_address *address)
{
	json_t *object = json_object();
	const char *path = output->comparison->file.path;

	fopnp_json_set(object, "family", fopnp_json_text(family_name(output, address->family)));
	fopnp_json_set(object, "address",
		       address->family == AF_UNSPEC ? json_null() : address_text(output, address));
	fopnp_json_set(object, "place",
		       address->line ? fopnp_json_place(path, address->line, NULL) : json_null());
	return object;
}

static json_t *owns_to_json(const struct fopnp_compare_output *output,
			    const struct fopnp_compare_addresses *own)
{
	json_t *list = json_array();

	for (size_t i = 0; i < own->count; i++)
		fopnp_json_append(list, own_to_json(output, &own->list[i]));
	return list;
}

static json_t *answer_to_json(const struct fopnp_compare_output *output,
			      const struct fopnp_compare_answer *answer)
{
	FOPNP_AUTO_FREE char *canonical = fopnp_redact_name(output->redaction, answer->canonical);
	bool is_found = fopnp_compare_answer_is_found(answer);
	const char *failure = fopnp_compare_failure(answer);
	struct fopnp_json_answer shape = {
		.is_known = answer->is_asked && answer->end == FOPNP_CALL_RETURNED,
		.code = answer->code,
		.error = answer->error,
		.message = *failure   ? failure
			   : is_found ? "answered"
				      : "nobody knows it",
		.canonical = canonical,
		.addresses = json_array(),
	};

	for (size_t i = 0; i < answer->addresses.count; i++) {
		const struct fopnp_compare_address *address = &answer->addresses.list[i];
		char text[FOPNP_ADDRESS_TEXT], buffer[FOPNP_REDACTED_TEXT];
		struct fopnp_json_address kept = {
			.family = family_name(output, address->family),
			.scope = address->scope,
			.ttl = -1,
			.source = answer->source,
		};

		(void)fopnp_address_print(address->family, address->bytes, 0, text);
		kept.text = fopnp_redact_shown(output->redaction, text, buffer);
		fopnp_json_append(shape.addresses, fopnp_json_address(&kept));
	}
	return fopnp_json_answer(&shape);
}

/* The addresses that the other side lacks. */
static json_t *rest_to_json(const struct fopnp_compare_output *output,
			    const struct fopnp_compare_addresses *addresses)
{
	json_t *list = json_array();

	for (size_t i = 0; i < addresses->count; i++)
		if (!addresses->list[i].is_common)
			fopnp_json_append(list, address_text(output, &addresses->list[i]));
	return list;
}

static json_t *reverses_to_json(const struct fopnp_compare_output *output,
				const struct fopnp_compare_addresses *own)
{
	const struct fopnp_comparison *comparison = output->comparison;
	json_t *list = json_array();

	for (size_t i = 0; i < own->count; i++) {
		const struct fopnp_compare_reverse *reverse =
			fopnp_comparison_reverse(comparison, &own->list[i]);
		json_t *object;

		if (!reverse || !reverse->answer.is_asked)
			continue;
		object = json_object();
		fopnp_json_set(object, "address", address_text(output, &own->list[i]));
		fopnp_json_set(object, "name", name_text(output, reverse->answer.canonical));
		fopnp_json_set(
			object, "agrees",
			fopnp_compare_answer_is_found(&reverse->answer)
				? json_boolean(fopnp_comparison_reverse_agrees(comparison, reverse))
				: json_null());
		fopnp_json_set(object, "answered_by", fopnp_json_text(reverse->answer.source));
		fopnp_json_set(object, "answer", answer_to_json(output, &reverse->answer));
		fopnp_json_append(list, object);
	}
	return list;
}

/* Keys that an entry which was classed without asking has as null or empty. */
static void set_comparison(const struct fopnp_compare_output *output, json_t *object,
			   const struct fopnp_compare_item *item,
			   const struct fopnp_compare_addresses *own)
{
	static const struct fopnp_compare_addresses none;
	const struct fopnp_compare_answer *answer =
		item->subject ? &item->subject->answers[item->answer] : NULL;
	bool is_compared = answer && fopnp_compare_answer_is_known(answer);

	fopnp_json_set(object, "answer", answer ? answer_to_json(output, answer) : json_null());
	fopnp_json_set(object, "answered_by", fopnp_json_text(answer ? answer->source : NULL));
	fopnp_json_set(object, "added", rest_to_json(output, is_compared ? own : &none));
	fopnp_json_set(object, "missing",
		       rest_to_json(output, answer ? &answer->addresses : &none));
	fopnp_json_set(object, "reverse", reverses_to_json(output, item->subject ? own : &none));
	fopnp_json_set(object, "elapsed_us",
		       fopnp_json_integer_or_null(answer ? (int64_t)answer->elapsed_us : 0,
						  answer && answer->is_asked));
}

static const char *against(const struct fopnp_compare_output *output,
			   const struct fopnp_compare_item *item)
{
	if (has_sources(output))
		return output->comparison->options->sources[item->answer];
	return item->subject ? item->subject->order->text : output->against;
}

/* What `fopnp check` and the notes of `fopnp trace` call it; NULL: they do not. */
static const char *finding_id(const struct fopnp_compare_output *output,
			      const struct fopnp_compare_item *item)
{
	const struct fopnp_compare_entry *entry = item->entry;

	switch (item->class) {
	case FOPNP_COMPARE_DIFFERS:
		return has_sources(output) ? NULL : "hosts-differs";
	case FOPNP_COMPARE_SHADOWED:
		return "hosts-line-unused";
	case FOPNP_COMPARE_DUPLICATE:
		return "hosts-duplicate";
	case FOPNP_COMPARE_MALFORMED:
		if (entry->fault == FOPNP_FAULT_WILDCARD)
			return "hosts-wildcard";
		return entry->family == AF_UNSPEC ? "hosts-line-unused" : NULL;
	case FOPNP_COMPARE_SAME:
	case FOPNP_COMPARE_ONLY_HOSTS:
	case FOPNP_COMPARE_NOT_IN_HOSTS:
	case FOPNP_COMPARE_BLOCKED:
	case FOPNP_COMPARE_ERROR:
	case FOPNP_COMPARE_CLASSES:
		break;
	}
	return NULL;
}

static struct fopnp_compare_addresses entry_address(const struct fopnp_compare_entry *entry,
						    struct fopnp_compare_address *address)
{
	*address = (struct fopnp_compare_address){ .family = entry->family, .line = entry->line };
	memcpy(address->bytes, entry->address, sizeof(address->bytes));
	return (struct fopnp_compare_addresses){ .list = address, .count = 1 };
}

static void print_item(const struct fopnp_compare_item *item, void *context)
{
	const struct fopnp_compare_output *output = context;
	const struct fopnp_compare_entry *entry = item->entry;
	const char *path = output->comparison->file.path;
	json_t *object = fopnp_json_object("compare", "compare");
	struct fopnp_compare_address address;
	struct fopnp_compare_addresses own = entry ? entry_address(entry, &address)
						   : fopnp_comparison_own(output->comparison, item);

	fopnp_json_set(object, "name", name_text(output, item->name));
	fopnp_json_set(object, "class", json_string(fopnp_compare_class_name(item->class)));
	fopnp_json_set(object, "id", fopnp_json_text(finding_id(output, item)));
	fopnp_json_set(object, "of",
		       fopnp_json_text(has_sources(output) ? output->against : "hosts"));
	fopnp_json_set(object, "against", fopnp_json_text(against(output, item)));
	fopnp_json_set(object, "hosts", owns_to_json(output, &own));
	fopnp_json_set(object, "remark",
		       entry ? json_string(fopnp_compare_fault_text(
				       (enum fopnp_compare_fault)entry->fault))
			     : json_null());
	fopnp_json_set(object, "behind",
		       entry && entry->other_line ? fopnp_json_place(path, entry->other_line, NULL)
						  : json_null());
	set_comparison(output, object, item, &own);
	fopnp_json_print(object, stdout);
	if (!entry)
		free(own.list);
}

/* "only-hosts" as a key: only_hosts. */
static void set_class_count(json_t *counts, enum fopnp_compare_class class, uint64_t count)
{
	FOPNP_AUTO_FREE char *key = fopnp_memory_copy_text(fopnp_compare_class_name(class));

	for (char *at = key; *at; at++)
		if (*at == '-')
			*at = '_';
	fopnp_json_set(counts, key, json_integer((json_int_t)count));
}

void fopnp_compare_print_json(const struct fopnp_compare_output *output, uint64_t elapsed_us,
			      int exit_status)
{
	const struct fopnp_comparison *comparison = output->comparison;
	/* The visitor takes a context that it could change; this one does not. */
	struct fopnp_compare_output shown = *output;
	json_t *counts = json_object();

	for (size_t i = 0; i < FOPNP_COMPARE_CLASSES; i++)
		if (fopnp_compare_options_show(comparison->options, fopnp_compare_class_at(i)))
			fopnp_comparison_visit(comparison, fopnp_compare_class_at(i), print_item,
					       &shown);
	for (size_t i = 0; i < FOPNP_COMPARE_CLASSES; i++)
		set_class_count(counts, (enum fopnp_compare_class)i, output->counts.items[i]);
	fopnp_json_set(counts, "lines", json_integer((json_int_t)comparison->file.lines));
	fopnp_json_set(counts, "names", json_integer((json_int_t)comparison->file.name_count));
	fopnp_json_set(counts, "asked", json_integer((json_int_t)comparison->subject_count));
	fopnp_json_set(counts, "not_asked", json_integer((json_int_t)comparison->not_asked));
	fopnp_json_set(counts, "blocked_asked",
		       json_integer((json_int_t)comparison->blocked_asked));
	fopnp_json_set(counts, "blocked_found",
		       json_integer((json_int_t)comparison->blocked_found));
	fopnp_json_set(counts, "reverse_others",
		       json_integer((json_int_t)output->counts.reverse_others));
	fopnp_json_set(counts, "same_by_resolved", json_integer((json_int_t)output->counts.echoes));
	fopnp_json_print_summary("compare", counts, elapsed_us, exit_status);
}
