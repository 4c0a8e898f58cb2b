/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loading fopnp/dns.so, see dns_object.h. */
#include "nss_module/dns_object.h"

#include "nss_module/dns/dns_source.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/*
 * "DIRECTORY/fopnp/dns.so" for the DIRECTORY of this very library: nobody who
 * cannot replace the module itself can put another object there.  For free().
 */
static char *find_path(void)
{
	static const char object[] = "/fopnp/dns.so";
	size_t folder_len;
	Dl_info info;
	char *path;

	if (!dladdr((const void *)find_path, &info) || !info.dli_fname || info.dli_fname[0] != '/')
		return NULL;
	folder_len = (size_t)(strrchr(info.dli_fname, '/') - info.dli_fname);
	path = malloc(folder_len + sizeof(object));
	if (!path)
		return NULL;
	memcpy(path, info.dli_fname, folder_len);
	memcpy(path + folder_len, object, sizeof(object));
	return path;
}

static const struct fopnp_functions *fail(char **out_message, const char *message)
{
	*out_message = strdup(message ? message : "unknown error");
	return NULL;
}

static _Atomic(const struct fopnp_dns_source *) loaded;

static enum nss_status ask_dns(struct fopnp_ask *ask)
{
	return atomic_load_explicit(&loaded, memory_order_acquire)->ask(ask);
}

static const struct fopnp_functions functions = { .ask = ask_dns };

const struct fopnp_functions *fopnp_dns_object_load(char **out_message)
{
	const struct fopnp_dns_source *source;
	void *handle;
	char *path;

	*out_message = NULL;
	path = find_path();
	if (!path)
		return fail(out_message, "the module does not know where it was loaded from");
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL); /* stays, as other sources do */
	free(path);
	if (!handle)
		return fail(out_message, dlerror());
	source = dlsym(handle, FOPNP_DNS_SOURCE_NAME);
	(void)dlerror();
	if (!source || source->version != FOPNP_DNS_SOURCE_VERSION)
		return fail(out_message, "fopnp/dns.so is of another version than the module");
	atomic_store_explicit(&loaded, source, memory_order_release);
	return &functions;
}
