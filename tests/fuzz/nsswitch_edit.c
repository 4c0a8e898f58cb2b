/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The edit of the hosts line: what it puts there it takes off again, and what it makes it can read. */
#include "tools/nsswitch_edit.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file without the word on any hosts line comes back as it was. */
static void check_back(const char *bytes, size_t len)
{
	struct fopnp_nsswitch_edit edit, back, none;

	if (fopnp_nsswitch_disable(bytes, len, &none) == FOPNP_EDIT_UNCHANGED &&
	    fopnp_nsswitch_enable(bytes, len, &edit) == FOPNP_EDIT_CHANGED) {
		assert(edit.len == len + strlen(FOPNP_NSSWITCH_WORDS " "));
		/* A built-in source on the line means nothing to glibc, and is replaced. */
		if (!memmem(bytes, len, "fopnp:", 6)) {
			assert(fopnp_nsswitch_disable(edit.bytes, edit.len, &back) ==
			       FOPNP_EDIT_CHANGED);
			assert(back.len == len && memcmp(back.bytes, bytes, len) == 0);
			fopnp_nsswitch_edit_clear(&back);
		}
		fopnp_nsswitch_edit_clear(&edit);
	}
	fopnp_nsswitch_edit_clear(&none);
}

/* Once is enough. */
static void check_disabled(const char *bytes, size_t len)
{
	struct fopnp_nsswitch_edit edit, again;

	if (fopnp_nsswitch_disable(bytes, len, &edit) == FOPNP_EDIT_CHANGED) {
		assert(fopnp_nsswitch_disable(edit.bytes, edit.len, &again) ==
		       FOPNP_EDIT_UNCHANGED);
		fopnp_nsswitch_edit_clear(&again);
	}
	fopnp_nsswitch_edit_clear(&edit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_back((const char *)data, size);
	check_disabled((const char *)data, size);
	return 0;
}
