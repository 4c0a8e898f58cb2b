/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking for the names of addresses, and for the addresses of those names. */
#include "tools/reverse.h"

#include "nss_module/lookup/order.h"
#include "tools/host_name.h"
#include "tools/lookup_order.h"
#include "tools/memory.h"
#include "tools/progress.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

struct work {
	struct fopnp_reverse *reverse;
	uint64_t timeout_us;
};

static bool is_answered(const struct fopnp_program_lookup *lookup)
{
	return lookup->result && lookup->result->end == FOPNP_CALL_RETURNED &&
	       lookup->result->code == 0;
}

/* Lookups that stand in several places are run together: put in, run, and taken back. */
static bool run_together(struct fopnp_program_lookup **places, size_t count)
{
	FOPNP_AUTO_FREE struct fopnp_program_lookup *all = fopnp_memory_zeroed(count, sizeof(*all));
	bool is_fine;

	for (size_t i = 0; i < count; i++)
		all[i] = *places[i];
	is_fine = fopnp_program_lookups_run(all, count);
	for (size_t i = 0; i < count; i++)
		*places[i] = all[i];
	return is_fine;
}

/* ---- a host name's addresses ---- */

static bool look_forward(struct work *work, int family)
{
	struct fopnp_program_lookup *lookup = &work->reverse->forward;

	lookup->request.call = FOPNP_CALL_GETADDRINFO;
	lookup->request.family = family;
	lookup->request.socktype = SOCK_STREAM;
	lookup->request.flags = AI_ADDRCONFIG | AI_V4MAPPED | AI_CANONNAME;
	lookup->deadline_us = work->timeout_us;
	(void)fopnp_request_set_name(&lookup->request, work->reverse->given);
	return fopnp_program_lookups_run(lookup, 1);
}

static void take_addresses(struct fopnp_reverse *reverse)
{
	const struct fopnp_call_result *result = reverse->forward.result;

	if (!is_answered(&reverse->forward))
		return;
	reverse->count = result->address_count;
	if (reverse->count > FOPNP_REVERSE_ADDRESSES)
		reverse->count = FOPNP_REVERSE_ADDRESSES;
	reverse->left_out = result->address_count - reverse->count;
	reverse->addresses = fopnp_memory_zeroed(reverse->count, sizeof(*reverse->addresses));
	for (size_t i = 0; i < reverse->count; i++)
		reverse->addresses[i].address = result->addresses[i];
}

static void take_one_address(struct fopnp_reverse *reverse,
			     const struct fopnp_request_address *address)
{
	reverse->count = 1;
	reverse->addresses = fopnp_memory_zeroed(1, sizeof(*reverse->addresses));
	reverse->addresses[0].address = *address;
}

/* ---- the names of each address ---- */

static void prepare_lookup(const struct work *work, const struct fopnp_request_address *address,
			   const char *order, struct fopnp_program_lookup *lookup)
{
	char text[FOPNP_ADDRESS_TEXT];

	lookup->request.call = FOPNP_CALL_GETHOSTBYADDR;
	lookup->order = order;
	lookup->deadline_us = work->timeout_us;
	(void)fopnp_request_set_name(&lookup->request, fopnp_request_print_address(address, text));
	lookup->request.address = *address;
}

static bool is_listed(const struct fopnp_reverse_address *address, const char *source)
{
	for (size_t i = 0; i < address->source_count; i++)
		if (strcmp(address->sources[i].source, source) == 0)
			return true;
	return false;
}

/* The sources that this very address would be looked up in: fopnp.conf may have an order for it. */
static bool list_sources(struct work *work, struct fopnp_reverse_address *address)
{
	struct fopnp_lookup_order line;

	prepare_lookup(work, &address->address, NULL, &address->lookup);
	if (!fopnp_lookup_order_find(&address->lookup.request, NULL, &line))
		return false;
	if (line.order)
		address->sources =
			fopnp_memory_zeroed(line.order->count, sizeof(*address->sources));
	for (size_t i = 0; line.order && i < line.order->count; i++) {
		const char *source = fopnp_lookup_order_module_source(&line, i);
		struct fopnp_reverse_source *added = &address->sources[address->source_count];

		if (is_listed(address, source))
			continue;
		added->source = fopnp_memory_copy_text(source);
		prepare_lookup(work, &address->address, added->source, &added->lookup);
		address->source_count++;
	}
	fopnp_lookup_order_clear(&line);
	return true;
}

static bool look_backward(struct work *work)
{
	struct fopnp_reverse *reverse = work->reverse;
	FOPNP_AUTO_FREE struct fopnp_program_lookup **places = NULL;
	size_t count = 0;

	for (size_t i = 0; i < reverse->count; i++) {
		struct fopnp_reverse_address *address = &reverse->addresses[i];

		if (!list_sources(work, address))
			return false;
		places = fopnp_memory_resize(places, count + 1 + address->source_count,
					     sizeof(*places));
		places[count++] = &address->lookup;
		for (size_t j = 0; j < address->source_count; j++)
			places[count++] = &address->sources[j].lookup;
	}
	return run_together(places, count);
}

/* ---- and back again ---- */

static void add_name(const struct work *work, struct fopnp_reverse_address *address,
		     const char *name)
{
	struct fopnp_program_lookup *lookup;

	if (fopnp_reverse_find(address, name))
		return;
	if (address->name_count == FOPNP_REVERSE_NAMES) {
		address->are_names_cut = true;
		return;
	}
	lookup = &address->names[address->name_count++].lookup;
	lookup->request.call = FOPNP_CALL_GETADDRINFO;
	lookup->request.socktype = SOCK_STREAM;
	lookup->deadline_us = work->timeout_us;
	/* As it came: programs do not make it another one. */
	lookup->request.given = fopnp_memory_copy_text(name);
	lookup->request.name = fopnp_memory_copy_text(name);
}

static void add_names(const struct work *work, struct fopnp_reverse_address *address,
		      const struct fopnp_program_lookup *lookup)
{
	const char *name = NULL;

	if (!is_answered(lookup))
		return;
	address->are_names_cut |= lookup->result->are_aliases_cut;
	while ((name = fopnp_call_next_name(lookup->result, name)) != NULL)
		add_name(work, address, name);
}

static void judge(const struct fopnp_reverse_address *address, struct fopnp_reverse_name *name)
{
	const struct fopnp_call_result *result = name->lookup.result;

	/* A name that is an address leads to itself: whoever gave it says nothing by it. */
	if (!is_answered(&name->lookup) || result->is_numeric)
		return;
	for (size_t i = 0; i < result->address_count; i++)
		name->leads_back |= fopnp_reverse_is_same(&result->addresses[i], &address->address);
}

static bool check_forward(struct work *work)
{
	struct fopnp_reverse *reverse = work->reverse;
	FOPNP_AUTO_FREE struct fopnp_program_lookup **places = NULL;
	size_t count = 0;

	for (size_t i = 0; i < reverse->count; i++) {
		struct fopnp_reverse_address *address = &reverse->addresses[i];

		address->names = fopnp_memory_zeroed(FOPNP_REVERSE_NAMES, sizeof(*address->names));
		add_names(work, address, &address->lookup);
		for (size_t j = 0; j < address->source_count; j++)
			add_names(work, address, &address->sources[j].lookup);
		places = fopnp_memory_resize(places, count + address->name_count + 1,
					     sizeof(*places));
		for (size_t j = 0; j < address->name_count; j++)
			places[count++] = &address->names[j].lookup;
	}
	if (count > 0 && !run_together(places, count))
		return false;
	for (size_t i = 0; i < reverse->count; i++) {
		for (size_t j = 0; j < reverse->addresses[i].name_count; j++)
			judge(&reverse->addresses[i], &reverse->addresses[i].names[j]);
		fopnp_reverse_add_notes(&reverse->addresses[i]);
	}
	return true;
}

/* ---- all of it ---- */

bool fopnp_reverse_run(const char *given, int family, uint64_t timeout_us,
		       struct fopnp_reverse *out_reverse)
{
	FOPNP_AUTO_FREE char *what = fopnp_memory_format("asking for the names of %s", given);
	struct work work = { .reverse = out_reverse, .timeout_us = timeout_us };
	struct fopnp_request_address address;
	bool is_fine = true;

	*out_reverse = (struct fopnp_reverse){ .given = given };
	fopnp_progress_start(what);
	if (fopnp_request_parse_address(given, &address)) {
		take_one_address(out_reverse, &address);
	} else {
		is_fine = look_forward(&work, family);
		if (is_fine)
			take_addresses(out_reverse);
	}
	is_fine = is_fine &&
		  (out_reverse->count == 0 || (look_backward(&work) && check_forward(&work)));
	fopnp_progress_stop();
	return is_fine;
}

static void clear_address(struct fopnp_reverse_address *address)
{
	fopnp_program_lookup_clear(&address->lookup);
	for (size_t i = 0; i < address->source_count; i++) {
		fopnp_program_lookup_clear(&address->sources[i].lookup);
		free(address->sources[i].source);
	}
	for (size_t i = 0; i < address->name_count; i++)
		fopnp_program_lookup_clear(&address->names[i].lookup);
	free(address->sources);
	free(address->names);
	fopnp_findings_clear(&address->notes);
}

void fopnp_reverse_clear(struct fopnp_reverse *reverse)
{
	fopnp_program_lookup_clear(&reverse->forward);
	for (size_t i = 0; i < reverse->count; i++)
		clear_address(&reverse->addresses[i]);
	free(reverse->addresses);
	*reverse = (struct fopnp_reverse){ 0 };
}

/* ---- what can be asked of it ---- */

bool fopnp_reverse_is_same(const struct fopnp_request_address *a,
			   const struct fopnp_request_address *b)
{
	struct fopnp_request_address left = *a, right = *b;

	fopnp_request_map_address(&left);
	fopnp_request_map_address(&right);
	return memcmp(left.bytes, right.bytes, sizeof(left.bytes)) == 0 &&
	       (left.scope == right.scope || left.scope == 0 || right.scope == 0);
}

bool fopnp_reverse_arpa_name(const struct fopnp_request_address *address,
			     char name[static FOPNP_ARPA_TEXT])
{
	return fopnp_request_is_mapped(address)
		       ? fopnp_address_arpa_name(AF_INET, address->bytes + 12, name)
		       : fopnp_address_arpa_name(address->family, address->bytes, name);
}

const struct fopnp_reverse_name *fopnp_reverse_find(const struct fopnp_reverse_address *address,
						    const char *name)
{
	for (size_t i = 0; i < address->name_count; i++)
		if (fopnp_name_is_same(address->names[i].lookup.request.name, name))
			return &address->names[i];
	return NULL;
}

/*
 * What one organisation may have: no single label, and not co.uk, com.au or the like, where
 * a short label stands before a country's.
 */
static bool is_domain(const char *name)
{
	size_t first = strcspn(name, ".");
	size_t country = name[first] ? strcspn(name + first + 1, ".") : 0;

	return fopnp_name_labels(name) > 1 &&
	       (fopnp_name_labels(name) > 2 || first > 3 || country != 2);
}

enum fopnp_reverse_relation fopnp_reverse_compare(const char *a, const char *b)
{
	const char *a_dot = strchr(a, '.'), *b_dot = strchr(b, '.');

	if (fopnp_name_is_same(a, b))
		return FOPNP_REVERSE_SAME;
	/* Either is a host's name, so that it is no suffix of others. */
	if ((fopnp_name_labels(b) > 1 && fopnp_name_is_below(a, b)) ||
	    (fopnp_name_labels(a) > 1 && fopnp_name_is_below(b, a)))
		return FOPNP_REVERSE_RELATED;
	if (a_dot && b_dot && is_domain(a_dot + 1) && fopnp_name_is_same(a_dot + 1, b_dot + 1))
		return FOPNP_REVERSE_RELATED;
	return FOPNP_REVERSE_OTHER;
}

static enum fopnp_exit address_status(const struct fopnp_reverse_address *address)
{
	enum fopnp_exit status = fopnp_call_exit_status(address->lookup.result);
	const struct fopnp_reverse_name *name;

	if (status != FOPNP_EXIT_OK)
		return status;
	name = fopnp_reverse_find(address, address->lookup.result->canonical);
	if (!name || name->leads_back)
		return FOPNP_EXIT_OK;
	/* Not known is not the same as no. */
	return fopnp_call_exit_status(name->lookup.result) == FOPNP_EXIT_CANNOT ? FOPNP_EXIT_CANNOT
										: FOPNP_EXIT_NO;
}

enum fopnp_exit fopnp_reverse_exit_status(const struct fopnp_reverse *reverse)
{
	enum fopnp_exit status = FOPNP_EXIT_OK;

	if (reverse->forward.result)
		status = fopnp_call_exit_status(reverse->forward.result);
	for (size_t i = 0; i < reverse->count; i++)
		status = fopnp_exit_join(status, address_status(&reverse->addresses[i]));
	return status;
}
