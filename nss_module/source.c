/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registry of sources, see source.h. */
#include "nss_module/source.h"

#include "nss_module/builtin.h"
#include "nss_module/config_cache.h"
#include "nss_module/system_module.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static _Atomic(struct fopnp_source *) sources;

/* A source that cannot be loaded: found once, remembered for the life of the process. */
static const struct fopnp_functions no_functions;

static struct fopnp_source *find(struct fopnp_source *first, const char *name)
{
	for (struct fopnp_source *source = first; source; source = source->next)
		if (strcmp(source->name, name) == 0)
			return source;
	return NULL;
}

struct fopnp_source *fopnp_source_intern(const char *name)
{
	struct fopnp_source *first = atomic_load(&sources);
	struct fopnp_source *source = find(first, name);
	size_t size;

	if (source)
		return source;
	size = strlen(name) + 1;
	source = calloc(1, sizeof(*source) + size);
	if (!source)
		return NULL;
	memcpy(source->name, name, size);
	source->next = first;
	while (!atomic_compare_exchange_weak(&sources, &first, source)) {
		struct fopnp_source *other = find(first, name);

		if (other) {
			free(source);
			return other;
		}
		source->next = first;
	}
	return source;
}

static void keep_load_error(struct fopnp_source *source, char *message)
{
	const char *expected = NULL;

	if (message && !atomic_compare_exchange_strong(&source->load_error, &expected, message))
		free(message);
}

/* The library's functions, or why not; NULL without a word when memory ran out. */
static const struct fopnp_functions *load(struct fopnp_source *source)
{
	const struct fopnp_functions *functions = fopnp_system_module_in_libc(source->name);
	struct fopnp_functions *loaded;
	char *message = NULL;

	if (functions)
		return functions;
	if (fopnp_builtin_is_part_of_module(source->name))
		return fopnp_builtin_load(source->name, &message);
	/* A file of a new root must not run in a process of the old one. */
	if (fopnp_config_root_changed())
		return NULL;
	if (fopnp_builtin_is_name(source->name)) {
		/* In vain: tried again by the next lookup.  libc's "dns" cannot be missing for
		   the life of a process because of a moment without descriptors. */
		functions = fopnp_builtin_load(source->name, &message);
		keep_load_error(source, message);
		return functions;
	}
	switch (fopnp_system_module_load(source->name, &loaded, &message)) {
	case FOPNP_MODULE_LOADED:
		return loaded;
	case FOPNP_MODULE_MISSING:
		keep_load_error(source, message);
		return &no_functions;
	case FOPNP_MODULE_NO_MEMORY:
		break;
	}
	return NULL;
}

/* A table that was loaded in vain: only those of system modules are the heap's. */
static void discard(const struct fopnp_functions *functions)
{
	if (functions != &no_functions && !functions->ask)
		free((void *)(uintptr_t)functions);
}

const struct fopnp_functions *fopnp_source_load(struct fopnp_source *source)
{
	const struct fopnp_functions *functions =
		atomic_load_explicit(&source->functions, memory_order_acquire);
	int saved_errno = errno;

	if (!functions) {
		const struct fopnp_functions *loaded = load(source);

		if (!loaded ||
		    atomic_compare_exchange_strong(&source->functions, &functions, loaded))
			functions = loaded;
		else if (loaded != functions) /* another thread was first */
			discard(loaded);
		errno = saved_errno;
	}
	if (!functions)
		return NULL;
	return functions == &no_functions ? NULL : functions;
}
