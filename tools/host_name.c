/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Host names as texts. */
#include "tools/host_name.h"

#include "nss_module/lookup/ascii.h"

#include <string.h>

size_t fopnp_name_length(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && name[len - 1] == '.' ? len - 1 : len;
}

bool fopnp_name_is_same(const char *a, const char *b)
{
	return fopnp_ascii_equal(a, fopnp_name_length(a), b, fopnp_name_length(b));
}

bool fopnp_name_is_below(const char *name, const char *suffix)
{
	size_t len = fopnp_name_length(name), suffix_len = fopnp_name_length(suffix);

	return len > suffix_len + 1 && name[len - suffix_len - 1] == '.' &&
	       fopnp_ascii_equal(name + len - suffix_len, suffix_len, suffix, suffix_len);
}

size_t fopnp_name_labels(const char *name)
{
	size_t len = fopnp_name_length(name), labels = len > 0;

	for (size_t i = 0; i < len; i++)
		labels += name[i] == '.';
	return labels;
}
