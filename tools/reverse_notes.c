/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the names of an address say together. */
#include "tools/reverse.h"

#include "nss_module/lookup/address.h"
#include "tools/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bool is_answered(const struct fopnp_program_lookup *lookup)
{
	return lookup->result->end == FOPNP_CALL_RETURNED && lookup->result->code == 0;
}

static const char *name_of(const struct fopnp_program_lookup *lookup)
{
	return is_answered(lookup) ? lookup->result->canonical : NULL;
}

/* The name that programs get, and those who check it. */
static void note_not_confirmed(struct fopnp_reverse_address *address)
{
	const char *given = name_of(&address->lookup);
	const struct fopnp_reverse_name *name = given ? fopnp_reverse_find(address, given) : NULL;
	struct fopnp_finding *note;

	if (!name || name->leads_back)
		return;
	if (name->lookup.result->end == FOPNP_CALL_RETURNED && name->lookup.result->is_numeric) {
		fopnp_findings_add(&address->notes, "name-is-address", FOPNP_WARNING,
				   "the name %s is itself an address: whoever set it may want "
				   "to pass for that one",
				   given);
		return;
	}
	if (fopnp_call_exit_status(name->lookup.result) == FOPNP_EXIT_CANNOT)
		return;
	note = fopnp_findings_add(
		&address->notes, "name-not-confirmed", FOPNP_WARNING,
		"%s does not lead back to this address: anybody may name his addresses as he "
		"likes, so mail servers, sshd and access lists do not believe such a name",
		given);
	fopnp_finding_set_fix(note, "an address record of that name is needed, or another PTR");
}

/* A hosts file that contradicts the DNS, for instance. */
static void note_sources_differ(struct fopnp_reverse_address *address)
{
	const struct fopnp_reverse_source *first = NULL;
	const char *got = name_of(&address->lookup);

	for (size_t i = 0; i < address->source_count; i++) {
		const struct fopnp_reverse_source *source = &address->sources[i];
		const char *name = name_of(&source->lookup);

		if (!name)
			continue;
		if (!first) {
			first = source;
			continue;
		}
		if (fopnp_reverse_compare(name, name_of(&first->lookup)) == FOPNP_REVERSE_SAME)
			continue;
		fopnp_findings_add(&address->notes, "sources-differ", FOPNP_INFO,
				   "%s says %s, %s says %s: programs get %s", first->source,
				   name_of(&first->lookup), source->source, name,
				   got ? got : "neither");
		return;
	}
}

static void note_kind_of_address(struct fopnp_reverse_address *address)
{
	const struct fopnp_request_address *asked = &address->address;
	char text[FOPNP_ADDRESS_TEXT];

	if (fopnp_request_is_mapped(asked))
		fopnp_finding_set_fix(
			fopnp_findings_add(
				&address->notes, "address-mapped", FOPNP_INFO,
				"this is an IPv4 address in IPv6's form: name servers are asked "
				"for it as IPv4, hosts files by some versions of glibc are not"),
			"fopnp reverse %s",
			fopnp_address_print(AF_INET, asked->bytes + 12, 0, text));
	else if (fopnp_address_is_link_local(asked->family, asked->bytes))
		fopnp_findings_add(&address->notes, "address-link-local", FOPNP_INFO,
				   "every link has such addresses: no name server knows whose this "
				   "one is%s",
				   asked->scope ? ", and the call has no place for the interface"
						: "");
}

void fopnp_reverse_add_notes(struct fopnp_reverse_address *address)
{
	note_not_confirmed(address);
	note_sources_differ(address);
	note_kind_of_address(address);
	if (address->are_names_cut)
		fopnp_findings_add(&address->notes, "names-cut", FOPNP_INFO,
				   "it has more names than are looked at here");
}
