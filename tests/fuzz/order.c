/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Orders in both grammars: spans lie in the text, and print() is parse() backwards. */
#include "nss_module/lookup/order.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text, size_t len, enum fopnp_grammar grammar)
{
	static char printed[1 << 16];
	struct fopnp_order_error error;
	struct fopnp_order *order = fopnp_order_parse(text, len, grammar, &error), *again;

	assert(order != NULL || (error.message != NULL && error.at <= len));
	if (order == NULL || fopnp_order_print(order, printed, sizeof(printed)) >= sizeof(printed))
		return free(order);
	again = fopnp_order_parse(printed, strlen(printed), grammar, &error);
	assert(again != NULL && again->count == order->count && !again->is_cut);
	for (size_t i = 0; i < order->count; i++) {
		const struct fopnp_order_entry *entry = &order->entries[i];

		assert(entry->at < entry->end && entry->end <= len);
		assert(memcmp(text + entry->at, entry->source, strlen(entry->source)) == 0);
		assert(strcmp(entry->source, again->entries[i].source) == 0);
		assert(memcmp(entry->action, again->entries[i].action, sizeof(entry->action)) == 0);
	}
	free(again);
	free(order);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check((const char *)data, size, FOPNP_GRAMMAR_NSSWITCH);
	check((const char *)data, size, FOPNP_GRAMMAR_FOPNP);
	return 0;
}
