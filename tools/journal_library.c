/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libsystemd, see journal_library.h. */
#include "tools/journal_library.h"

#include "tools/message.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#define LIBRARY "libsystemd.so.0"

static bool find(void *handle, const char *name, void *out_function)
{
	void *function = dlsym(handle, name);

	if (!function) {
		fopnp_message_error("no-journal-library", "the package libsystemd0 is too old",
				    "%s has no %s()", LIBRARY, name);
		return false;
	}
	memcpy(out_function, &function, sizeof(function));
	return true;
}

static bool find_all(void *handle, struct fopnp_journal_library *library)
{
#define FIND(name)                                                                                 \
	if (!find(handle, "sd_journal_" #name, &library->name))                                    \
		return false;
	FOPNP_JOURNAL_FUNCTIONS(FIND)
#undef FIND
	return find(handle, "sd_id128_get_boot", &library->get_boot) &&
	       find(handle, "sd_id128_get_machine", &library->get_machine);
}

const struct fopnp_journal_library *fopnp_journal_library(void)
{
	static struct fopnp_journal_library library;
	static bool is_loaded;
	void *handle;

	if (is_loaded)
		return &library;
	handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!handle) {
		fopnp_message_error("no-journal-library",
				    "install the package libsystemd0 (systemd-libs elsewhere)",
				    "cannot read the journal: %s", dlerror());
		return NULL;
	}
	is_loaded = find_all(handle, &library);
	return is_loaded ? &library : NULL;
}
