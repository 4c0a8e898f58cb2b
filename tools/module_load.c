/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loading the module by its path, so that glibc finds it by its name. */
#include "tools/module_load.h"

#include <dlfcn.h>
#include <limits.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#define MODULE_SONAME "libnss_fopnp.so.2"

/* The command's own file.  Where there is no /proc, what the kernel was told to run. */
static bool find_self(char path[static PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX);
	const char *told;

	if (len > 0 && len < PATH_MAX) {
		path[len] = '\0';
		return true;
	}
	told = (const char *)getauxval(AT_EXECFN);
	return told && realpath(told, path);
}

const char *fopnp_module_path(void)
{
	static char path[PATH_MAX + 64];
	const char *override = secure_getenv("FOPNP_MODULE");
	char *slash;

	if (override && *override)
		return override;
	if (find_self(path)) {
		slash = strrchr(path, '/');
		if (slash) {
			(void)strcpy(slash, "/../lib/" MODULE_SONAME);
			if (access(path, R_OK) == 0)
				return path;
		}
	}
	return MODULE_SONAME;
}

void fopnp_module_configure(const char *order, const char *event_path)
{
	(void)setenv("FOPNP_LOG", event_path, 1);
	if (!order)
		return;
	(void)setenv("FOPNP_ORDER", order, 1);
	(void)unsetenv("FOPNP_BYPASS");
	(void)unsetenv("FOPNP_CONF");
}

bool fopnp_module_use(const char *path, char *error, size_t size)
{
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	void *by_name;

	if (!module) {
		(void)snprintf(error, size, "%s", dlerror());
		return false;
	}
	/* glibc opens the module by its soname: that must be the one just loaded. */
	by_name = dlopen(MODULE_SONAME, RTLD_NOW | RTLD_NOLOAD);
	if (by_name != module || !dlsym(module, "_nss_fopnp_gethostbyname4_r")) {
		(void)snprintf(error, size, "%s is not the module " MODULE_SONAME, path);
		return false;
	}
	if (__nss_configure_lookup("hosts", "fopnp") != 0) {
		(void)snprintf(error, size, "glibc refused to use the module");
		return false;
	}
	return true;
}
