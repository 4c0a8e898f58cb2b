/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The orders in force, see check_orders.h. */
#include "tools/check_orders.h"

#include "nss_module/lookup/order.h"
#include "tools/check_system.h"
#include "tools/findings.h"
#include "tools/memory.h"
#include "tools/source_kind.h"

#include <stdlib.h>
#include <string.h>

/* To glibc the words of a comment are sources: they get one finding, not one each. */
static size_t count_sources(const struct fopnp_order *order)
{
	size_t count = 0;

	while (count < order->count && count < FOPNP_CHECK_SOURCES &&
	       order->entries[count].source[0] != '#')
		count++;
	return count;
}

static bool take_hosts_line(const struct fopnp_check_system *system,
			    struct fopnp_check_order *out_order)
{
	if (!system->nsswitch.order)
		return false;
	*out_order = (struct fopnp_check_order){
		.file = system->nsswitch.line ? system->files[FOPNP_CHECK_NSSWITCH].path : NULL,
		.line = system->nsswitch.line,
		.order = system->nsswitch.order,
		.count = count_sources(system->nsswitch.order),
	};
	return true;
}

bool fopnp_check_order(const struct fopnp_check_system *system, size_t index,
		       struct fopnp_check_order *out_order)
{
	const struct fopnp_conf *conf = system->fopnp_conf;
	const struct fopnp_conf_order *from;
	size_t at;

	if (index == 0)
		return take_hosts_line(system, out_order);
	if (!conf || index > conf->order_count || !fopnp_check_finds_on_line(system, "fopnp", &at))
		return false;
	from = &conf->orders[index - 1];
	*out_order = (struct fopnp_check_order){
		.file = system->files[FOPNP_CHECK_FOPNP_CONF].path,
		.line = from->line,
		.domain = from->domain,
		.order = from->order,
		.count = count_sources(from->order),
		.is_of_conf = true,
	};
	return true;
}

bool fopnp_check_finds_on_line(const struct fopnp_check_system *system, const char *source,
			       size_t *out_index)
{
	struct fopnp_check_order line;

	if (!take_hosts_line(system, &line))
		return false;
	*out_index = fopnp_order_find(line.order, source);
	return *out_index < line.count;
}

static bool has_name(const struct fopnp_check_order *order, const char *source)
{
	return fopnp_order_find(order->order, source) < order->count;
}

bool fopnp_check_asks(const struct fopnp_check_system *system, const char *source)
{
	struct fopnp_check_order order;

	for (size_t i = 0; fopnp_check_order(system, i, &order); i++)
		if (has_name(&order, source))
			return true;
	return false;
}

/* fopnp as the last word of the line, without an order line for all names. */
static bool is_module_order_in_force(const struct fopnp_check_system *system)
{
	struct fopnp_check_order order;
	size_t at;

	if (!fopnp_check_finds_on_line(system, "fopnp", &at))
		return false;
	for (size_t i = 0; fopnp_check_order(system, i, &order); i++)
		if (order.is_of_conf ? !order.domain : order.count > at + 1)
			return false;
	return true;
}

bool fopnp_check_asks_kind(const struct fopnp_check_system *system,
			   bool (*is_of_kind)(const char *source))
{
	static const char *const of_module[] = { "fopnp:hosts", "fopnp:mdns", "fopnp:dns" };
	struct fopnp_check_order order;

	for (size_t i = 0; fopnp_check_order(system, i, &order); i++)
		for (size_t j = 0; j < order.count; j++)
			if (is_of_kind(order.order->entries[j].source))
				return true;
	for (size_t i = 0; i < sizeof(of_module) / sizeof(*of_module); i++)
		if (is_of_kind(of_module[i]))
			return is_module_order_in_force(system);
	return false;
}

void fopnp_check_place_at(struct fopnp_finding *finding, const struct fopnp_check_order *order)
{
	fopnp_finding_set_place(finding, order->file, order->line);
}

void fopnp_check_place_at_source(struct fopnp_finding *finding,
				 const struct fopnp_check_system *system, const char *source)
{
	struct fopnp_check_order order;

	for (size_t i = 0; fopnp_check_order(system, i, &order); i++) {
		if (!has_name(&order, source))
			continue;
		fopnp_check_place_at(finding, &order);
		return;
	}
}

void fopnp_check_each_order(const struct fopnp_check_system *system, fopnp_check_order_rule *check,
			    struct fopnp_findings *findings)
{
	struct fopnp_check_order order;

	for (size_t i = 0; fopnp_check_order(system, i, &order); i++)
		check(&order, findings);
}

char *fopnp_check_list_sources(const struct fopnp_check_order *order, size_t first,
			       bool (*is_left_out)(const char *source))
{
	char *words = fopnp_memory_copy_text("");

	for (size_t i = first; i < order->count; i++) {
		const char *source = order->order->entries[i].source;
		char *more;

		if (is_left_out && is_left_out(source))
			continue;
		more = fopnp_memory_format("%s%s%s", words, *words ? ", " : "", source);
		free(words);
		words = more;
	}
	return words;
}

bool fopnp_check_is_dns_like(const char *source)
{
	return fopnp_source_is_dns(source) || strcmp(source, "resolve") == 0;
}
