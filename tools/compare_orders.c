/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The orders without hosts, see compare_orders.h. */
#include "tools/compare_orders.h"

#include "nss_module/lookup/fopnp_conf.h"
#include "nss_module/lookup/order.h"
#include "tools/conf_file.h"
#include "tools/lookup_order.h"
#include "tools/memory.h"
#include "tools/message.h"

#include <stdlib.h>
#include <string.h>

/* One order for each line of fopnp.conf that was met, and one where none holds. */
struct known_order {
	const struct fopnp_conf_order *line; /* NULL: none */
	struct fopnp_compare_order *order;
};

struct fopnp_compare_orders {
	const char *given;
	struct fopnp_conf *conf; /* NULL: the same order for every name */
	struct known_order *list;
	size_t count;
};

static char *print_order(const struct fopnp_order *order)
{
	size_t size = fopnp_order_print(order, NULL, 0) + 1;
	char *text = fopnp_memory_zeroed(size, 1);

	(void)fopnp_order_print(order, text, size);
	return text;
}

static struct fopnp_order *without(const struct fopnp_order *order, const char *source)
{
	struct fopnp_order *rest = fopnp_order_tail(order, 0, source);

	if (!rest)
		fopnp_memory_give_up();
	return rest;
}

/* The order as text without the sources that read hosts, but with the brackets of the others. */
static char *rest_of(const struct fopnp_order *order)
{
	FOPNP_AUTO_FREE struct fopnp_order *first = without(order, "files");
	FOPNP_AUTO_FREE struct fopnp_order *second = without(first, "fopnp:hosts");

	return print_order(second);
}

static bool can_ask(const struct fopnp_lookup_order *line)
{
	if (!line->order) {
		fopnp_message_error("nsswitch-broken", "correct it; see nsswitch.conf(5)",
				    "%s:%u cannot be parsed: nothing can be looked up here",
				    line->file ? line->file : "", line->line);
		return false;
	}
	if (line->order->has_merge) {
		fopnp_message_error("merge-in-hosts", "use return or continue",
				    "%s:%u: merge does not work for hosts: where such a source "
				    "answers, the lookup fails",
				    line->file ? line->file : "", line->line);
		return false;
	}
	return true;
}

/* The order of NAME by the files, or as it was given. */
static struct fopnp_compare_order *make_order(const char *given, const char *name)
{
	struct fopnp_compare_order *order = NULL;
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO };
	struct fopnp_lookup_order line = { 0 };

	(void)fopnp_request_set_name(&request, name);
	if (fopnp_lookup_order_find(&request, given, &line) && can_ask(&line)) {
		order = fopnp_memory_zeroed(1, sizeof(*order));
		order->text = given ? fopnp_memory_copy_text(given) : rest_of(line.order);
		order->file = fopnp_memory_copy_text(line.file);
		order->line = line.line;
	}
	fopnp_lookup_order_clear(&line);
	fopnp_request_clear(&request);
	return order;
}

/* Whether orders of fopnp.conf hold: the word fopnp is on the hosts line. */
static bool follows_conf(void)
{
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO };
	struct fopnp_lookup_order line;
	bool follows = fopnp_lookup_order_find(&request, NULL, &line) && line.is_installed &&
		       line.origin != FOPNP_ORDER_OF_ENVIRONMENT;

	fopnp_lookup_order_clear(&line);
	return follows;
}

struct fopnp_compare_orders *fopnp_compare_orders_create(const char *given)
{
	struct fopnp_compare_orders *orders = fopnp_memory_zeroed(1, sizeof(*orders));
	const char *path;

	orders->given = given;
	if (!given && follows_conf())
		orders->conf = fopnp_conf_file_read(&path, NULL);
	if (!fopnp_compare_orders_find(orders, "")) {
		fopnp_compare_orders_destroy(orders);
		return NULL;
	}
	return orders;
}

void fopnp_compare_orders_destroy(struct fopnp_compare_orders *orders)
{
	if (!orders)
		return;
	for (size_t i = 0; i < orders->count; i++) {
		free(orders->list[i].order->text);
		free(orders->list[i].order->file);
		free(orders->list[i].order);
	}
	free(orders->list);
	fopnp_conf_destroy(orders->conf);
	free(orders);
}

const struct fopnp_compare_order *fopnp_compare_orders_find(struct fopnp_compare_orders *orders,
							    const char *name)
{
	const struct fopnp_conf_order *line =
		orders->conf ? fopnp_conf_find_order(orders->conf, name) : NULL;
	struct fopnp_compare_order *order;

	for (size_t i = 0; i < orders->count; i++)
		if (orders->list[i].line == line)
			return orders->list[i].order;
	order = make_order(orders->given, name);
	if (!order)
		return NULL;
	orders->list = fopnp_memory_resize(orders->list, orders->count + 1, sizeof(*orders->list));
	orders->list[orders->count++] = (struct known_order){ line, order };
	return order;
}
