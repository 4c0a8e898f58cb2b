/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The built-in sources, see builtin.h. */
#include "nss_module/builtin.h"

#include "nss_module/dns_object.h"
#include "nss_module/hosts/hosts_source.h"
#include "nss_module/mdns/mdns_source.h"

#include <string.h>

#define PREFIX "fopnp:"

static const struct part {
	const char *name;
	struct fopnp_functions functions;
} parts[] = {
	{ PREFIX "hosts", { .ask = fopnp_hosts_ask } },
	{ PREFIX "mdns", { .ask = fopnp_mdns_ask } },
};

static const struct part *find_part(const char *name)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(name, parts[i].name) == 0)
			return &parts[i];
	return NULL;
}

bool fopnp_builtin_is_name(const char *name)
{
	return strncmp(name, PREFIX, strlen(PREFIX)) == 0;
}

bool fopnp_builtin_is_part_of_module(const char *name)
{
	return find_part(name) != NULL;
}

const struct fopnp_functions *fopnp_builtin_load(const char *name, char **out_message)
{
	const struct part *part = find_part(name);

	*out_message = NULL;
	if (part)
		return &part->functions;
	if (strcmp(name, PREFIX "dns") == 0)
		return fopnp_dns_object_load(out_message);
	*out_message = strdup("there is no such built-in source");
	return NULL;
}
