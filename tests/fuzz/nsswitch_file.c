/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nsswitch.conf: the list found is in the file, and parses to the order found. */
#include "nss_module/lookup/nsswitch_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct fopnp_order_error error;
	struct fopnp_nsswitch nsswitch;
	struct fopnp_order *list;

	if (fopnp_nsswitch_parse(bytes, size, &nsswitch) != FOPNP_NSSWITCH_OK) {
		assert(nsswitch.order == NULL && nsswitch.line > 0);
		return 0;
	}
	assert(nsswitch.text_at + nsswitch.text_len <= size);
	assert(nsswitch.shadowed_line == 0 || nsswitch.shadowed_line < nsswitch.line);
	assert(nsswitch.unfinished_line == 0 || nsswitch.unfinished_line > nsswitch.line);
	assert((nsswitch.unfinished_line > 0) == (size > 0 && bytes[size - 1] != '\n'));
	if (nsswitch.line > 0) {
		list = fopnp_order_parse(bytes + nsswitch.text_at, nsswitch.text_len,
					 FOPNP_GRAMMAR_NSSWITCH, &error);
		assert(list != NULL && list->count == nsswitch.order->count);
		free(list);
	}
	free(nsswitch.order);
	return 0;
}
