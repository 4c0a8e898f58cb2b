/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a source of an order is, by its name. */
#include "tools/source_kind.h"

#include <stddef.h>
#include <string.h>

static bool is_one_of(const char *source, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(source, names[i]) == 0)
			return true;
	return false;
}

bool fopnp_source_is_built_in(const char *source)
{
	return strncmp(source, "fopnp:", strlen("fopnp:")) == 0;
}

bool fopnp_source_is_hosts(const char *source)
{
	static const char *const names[] = { "files", "fopnp:hosts" };

	return is_one_of(source, names, sizeof(names) / sizeof(*names));
}

bool fopnp_source_is_dns(const char *source)
{
	static const char *const names[] = { "dns", "fopnp:dns" };

	return is_one_of(source, names, sizeof(names) / sizeof(*names));
}

bool fopnp_source_is_nss_mdns(const char *source)
{
	static const char *const names[] = {
		"mdns", "mdns4", "mdns6", "mdns_minimal", "mdns4_minimal", "mdns6_minimal",
	};

	return is_one_of(source, names, sizeof(names) / sizeof(*names));
}
