/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The glibc that runs, see libc_version.h. */
#include "nss_module/lookup/libc_version.h"

#include <gnu/libc-version.h>
#include <stdlib.h>

bool fopnp_libc_is_since(unsigned minor)
{
	char *end;
	unsigned long major = strtoul(gnu_get_libc_version(), &end, 10);
	unsigned long found = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;

	return major > 2 || (major == 2 && found >= minor);
}
