/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a source of an order is, by its name. */
#include "tools/source_kind.h"

#include "tools/memory.h"

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

/* The loader names a file that it found by its path, and one that it did not find by its name. */
static bool is_library_there(const char *source, const char *message)
{
	FOPNP_AUTO_FREE char *bare = fopnp_memory_format("libnss_%s.so.2:", source);

	return message[0] && strncmp(message, bare, strlen(bare)) != 0;
}

struct fopnp_finding *fopnp_source_add_not_loaded(struct fopnp_findings *findings,
						  const char *source, const char *message)
{
	struct fopnp_finding *added =
		fopnp_findings_add(findings, "source-not-loaded", FOPNP_WARNING,
				   "%s cannot be loaded, so it never answers%s%s", source,
				   message[0] ? ": " : "", message);

	if (fopnp_source_is_dns(source) && fopnp_source_is_built_in(source))
		fopnp_finding_set_fix(added,
				      "reinstall the package of fopnp: fopnp/dns.so belongs beside "
				      "libnss_fopnp.so.2; or take %s out of the order",
				      source);
	else if (fopnp_source_is_built_in(source))
		fopnp_finding_set_fix(added, "write fopnp:hosts, fopnp:mdns or fopnp:dns");
	else
		fopnp_finding_set_fix(added, "%slibnss_%s.so.2, or take %s out of the line",
				      is_library_there(source, message)
					      ? "reinstall the package of "
					      : "install ",
				      source, source);
	return added;
}
