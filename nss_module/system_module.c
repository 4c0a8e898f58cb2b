/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding and loading NSS modules, see system_module.h. */
#include "nss_module/system_module.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longest name that still makes a file name: NAME_MAX less "libnss_" and ".so.2". */
#define MODULE_NAME_MAX 240
#define MESSAGE_MAX     200

static struct fopnp_functions files_functions;
static struct fopnp_functions dns_functions;

/* "_nss_NAME_FUNCTION" in the scope of HANDLE, or NULL. */
static void *find_function(void *handle, const char *name, const char *function)
{
	char symbol[MODULE_NAME_MAX + 32];

	(void)snprintf(symbol, sizeof(symbol), "_nss_%s_%s", name, function);
	return dlsym(handle, symbol);
}

static void find_functions(void *handle, const char *name, struct fopnp_functions *out)
{
	out->gethostbyname4_r =
		(nss_gethostbyname4_r *)find_function(handle, name, "gethostbyname4_r");
	out->gethostbyname3_r =
		(nss_gethostbyname3_r *)find_function(handle, name, "gethostbyname3_r");
	out->gethostbyname2_r =
		(nss_gethostbyname2_r *)find_function(handle, name, "gethostbyname2_r");
	out->gethostbyname_r =
		(nss_gethostbyname_r *)find_function(handle, name, "gethostbyname_r");
	out->gethostbyaddr_r =
		(nss_gethostbyaddr_r *)find_function(handle, name, "gethostbyaddr_r");
	out->gethostbyaddr2_r =
		(nss_gethostbyaddr2_r *)find_function(handle, name, "gethostbyaddr2_r");
	out->getcanonname_r = (nss_getcanonname_r *)find_function(handle, name, "getcanonname_r");
	/* The program's own dlerror() must not report a symbol of ours. */
	(void)dlerror();
}

void fopnp_system_module_start(void)
{
	find_functions(RTLD_DEFAULT, "files", &files_functions);
	find_functions(RTLD_DEFAULT, "dns", &dns_functions);
}

const struct fopnp_functions *fopnp_system_module_in_libc(const char *name)
{
	if (strcmp(name, "files") == 0)
		return &files_functions;
	return strcmp(name, "dns") == 0 ? &dns_functions : NULL;
}

/* A path, another of ours or a built-in source that this version lacks: no such library. */
static bool is_library_name(const char *name)
{
	return strlen(name) <= MODULE_NAME_MAX && !strpbrk(name, "/:") &&
	       strcmp(name, "fopnp") != 0;
}

enum fopnp_module_state fopnp_system_module_load(const char *name,
						 struct fopnp_functions **out_functions,
						 char **out_message)
{
	char library[MODULE_NAME_MAX + 16];
	struct fopnp_functions *functions;
	void *handle;

	*out_message = NULL;
	if (!is_library_name(name))
		return FOPNP_MODULE_MISSING;
	functions = calloc(1, sizeof(*functions));
	if (!functions)
		return FOPNP_MODULE_NO_MEMORY;
	(void)snprintf(library, sizeof(library), "libnss_%s.so.2", name);
	handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	if (!handle) {
		const char *message = dlerror();

		*out_message = message ? strndup(message, MESSAGE_MAX) : NULL;
		free(functions);
		return FOPNP_MODULE_MISSING;
	}
	find_functions(handle, name, functions);
	*out_functions = functions; /* the handle stays: glibc keeps its modules, too */
	return FOPNP_MODULE_LOADED;
}
