/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loading NSS modules as glibc does, where they can do no harm. */
#include "tools/check_system_modules.h"

#include "tools/check_child.h"
#include "tools/check_orders.h"
#include "tools/check_system.h"
#include "tools/check_system_file.h"
#include "tools/memory.h"
#include "tools/source_kind.h"

#include <dirent.h>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ERROR_MOST 1024 /* of the loader's message */

/* ---- which there are ---- */

static bool is_listed(const struct fopnp_check_system *system, const char *source)
{
	for (size_t i = 0; i < system->module_count; i++)
		if (strcmp(system->modules[i].source, source) == 0)
			return true;
	return false;
}

static const char DNS_SOURCE[] = "fopnp:dns";
static const char DNS_LIBRARY[] = "fopnp/dns.so"; /* beside our module's own file */

/* glibc's own two are part of libc.so.6 (2.34), the built-in sources but one of our module. */
static void add_modules(struct fopnp_check_system *system, const struct fopnp_order *order)
{
	for (size_t i = 0; order && i < order->count && i < FOPNP_CHECK_SOURCES; i++) {
		const char *source = order->entries[i].source;
		bool is_dns = strcmp(source, DNS_SOURCE) == 0;
		struct fopnp_check_module *module;

		/* Each is compared with all: more are not looked at, as little as by the rules. */
		if (system->module_count == FOPNP_CHECK_SOURCES)
			return;
		if (is_listed(system, source) || (fopnp_source_is_built_in(source) && !is_dns))
			continue;
		system->modules = fopnp_memory_resize(system->modules, system->module_count + 1,
						      sizeof(*system->modules));
		module = &system->modules[system->module_count++];
		*module = (struct fopnp_check_module){
			.source = fopnp_memory_copy_text(source),
			.library = is_dns ? fopnp_memory_copy_text(DNS_LIBRARY)
					  : fopnp_memory_format("libnss_%s.so.2", source),
			.is_loadable = strcmp(source, "files") == 0 || strcmp(source, "dns") == 0,
			.index = i,
		};
	}
}

/* ---- on this machine ---- */

static bool has_function(void *library, const char *source, const char *function)
{
	FOPNP_AUTO_FREE char *name = fopnp_memory_format("_nss_%s_%s", source, function);

	return dlsym(library, name) != NULL;
}

/* As the module does: by the path that it was loaded from itself. */
static void *load_dns_object(void)
{
	void *module = dlopen("libnss_fopnp.so.2", RTLD_NOW | RTLD_LOCAL);
	const struct link_map *map;
	const char *slash;
	FOPNP_AUTO_FREE char *path = NULL;

	if (!module || dlinfo(module, RTLD_DI_LINKMAP, &map) != 0)
		return NULL;
	slash = strrchr(map->l_name, '/');
	path = fopnp_memory_format("%.*s%s", slash ? (int)(slash + 1 - map->l_name) : 0,
				   map->l_name, DNS_LIBRARY);
	return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

/* What keeps it from being used goes to RESULT; nothing: it can be. */
static void try_module(void *context, char *result, size_t size)
{
	const struct fopnp_check_module *module = context;
	bool is_dns = strcmp(module->source, DNS_SOURCE) == 0;
	void *library = is_dns ? load_dns_object() : dlopen(module->library, RTLD_NOW | RTLD_LOCAL);

	if (library && is_dns)
		return;
	if (!library)
		(void)snprintf(result, size, "%s", dlerror());
	else if (!has_function(library, module->source, "gethostbyname4_r") &&
		 !has_function(library, module->source, "gethostbyname3_r") &&
		 !has_function(library, module->source, "gethostbyname2_r") &&
		 !has_function(library, module->source, "gethostbyname_r"))
		(void)snprintf(result, size, "%s has no function that looks up host names",
			       module->library);
}

static void take_result(struct fopnp_check_module *module, const struct fopnp_check_child *child)
{
	switch (child->end) {
	case FOPNP_CHECK_CHILD_DONE:
		child->result[child->size - 1] = '\0';
		module->is_loadable = !child->result[0];
		if (child->result[0])
			module->error = fopnp_memory_copy_text(child->result);
		break;
	case FOPNP_CHECK_CHILD_TIMED_OUT:
		module->error = fopnp_memory_copy_text("loading it hangs");
		break;
	case FOPNP_CHECK_CHILD_CRASHED:
		module->error = child->signal
					? fopnp_memory_format("loading it crashes the program (%s)",
							      strsignal(child->signal))
					: fopnp_memory_copy_text("loading it ends the program");
		break;
	case FOPNP_CHECK_CHILD_NOT_MADE: /* our own trouble: nothing is known against it */
		module->is_loadable = true;
		break;
	}
}

static void load_modules(struct fopnp_check_system *system, uint64_t timeout_us)
{
	struct fopnp_check_child *children =
		fopnp_memory_zeroed(system->module_count + 1, sizeof(*children));
	struct fopnp_check_module **tried =
		fopnp_memory_zeroed(system->module_count + 1, sizeof(struct fopnp_check_module *));
	size_t count = 0;

	for (size_t i = 0; i < system->module_count; i++) {
		struct fopnp_check_module *module = &system->modules[i];

		if (module->is_loadable)
			continue;
		if (!fopnp_order_is_source_name(module->source, strlen(module->source))) {
			module->error =
				fopnp_memory_copy_text("this cannot be the name of a module");
			continue;
		}
		if (count == FOPNP_CHECK_CHILDREN) { /* nobody has so many: not looked at */
			module->is_loadable = true;
			continue;
		}
		tried[count] = module;
		children[count++] = (struct fopnp_check_child){
			.run = try_module,
			.context = module,
			.result = fopnp_memory_zeroed(ERROR_MOST, 1),
			.size = ERROR_MOST,
		};
	}
	fopnp_check_children_run(children, count, timeout_us);
	for (size_t i = 0; i < count; i++) {
		take_result(tried[i], &children[i]);
		free(children[i].result);
	}
	free(children);
	free(tried);
}

/* ---- in an image ---- */

/* FILE is open for reading, or with O_PATH alone where it is not to be read. */
typedef bool visit_library(int file, void *context);

/* Find out what it is before it is opened: opening a device can do things. */
static int open_library(int root, const char *path)
{
	int place = fopnp_check_root_open_file(root, path, O_PATH), file;
	struct stat status;

	if (place == -1 || fstat(place, &status) != 0 || !S_ISREG(status.st_mode))
		return place;
	file = fopnp_check_root_open_file(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (file == -1)
		return place;
	(void)close(place);
	return file;
}

static bool visit_file(int root, const char *directory, const char *name, visit_library *visit,
		       void *context)
{
	FOPNP_AUTO_FREE char *path = fopnp_memory_format("%s/%s", directory, name);
	int file = open_library(root, path);
	bool is_last;

	if (file == -1)
		return false;
	is_last = visit(file, context);
	(void)close(file);
	return is_last;
}

/* Below /usr/lib and /lib: "x86_64-linux-gnu" and the like. */
static bool visit_triplets(int root, const char *directory, const char *name, visit_library *visit,
			   void *context)
{
	int descriptor = fopnp_check_root_open_file(root, directory, O_RDONLY | O_DIRECTORY);
	DIR *list = descriptor == -1 ? NULL : fdopendir(descriptor);
	const struct dirent *entry;
	bool is_last = false;

	while (list && !is_last && (entry = readdir(list)) != NULL) {
		FOPNP_AUTO_FREE char *path = fopnp_memory_format("%s/%s", directory, entry->d_name);

		is_last = strstr(entry->d_name, "-linux-gnu") &&
			  visit_file(root, path, name, visit, context);
	}
	if (list)
		(void)closedir(list);
	else if (descriptor != -1)
		(void)close(descriptor);
	return is_last;
}

/* All libraries of that name, until VISIT returns true. */
static bool visit_libraries(int root, const char *name, visit_library *visit, void *context)
{
	static const char *const directories[] = { "/lib", "/usr/lib", "/lib64", "/usr/lib64" };

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		if (visit_file(root, directories[i], name, visit, context) ||
		    visit_triplets(root, directories[i], name, visit, context))
			return true;
	return false;
}

static bool stop_at_any(int file, void *context)
{
	(void)file;
	(void)context;
	return true;
}

bool fopnp_check_root_has_library(int root, const char *name)
{
	return visit_libraries(root, name, stop_at_any, NULL);
}

/* The machines that the libraries of one name are for. */
struct machines {
	size_t files; /* how many libraries there are */
	size_t count; /* kinds of them in LIST */
	unsigned char list[16][4];
};

/* Word size, byte order and machine, from the head of an ELF file. */
static bool add_machine(int file, void *context)
{
	struct machines *machines = context;
	unsigned char head[20];

	machines->files++;
	if (machines->count < sizeof(machines->list) / sizeof(machines->list[0]) &&
	    pread(file, head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
	    memcmp(head, ELFMAG, SELFMAG) == 0) {
		unsigned char *machine = machines->list[machines->count++];

		memcpy(machine, head + EI_CLASS, 2);
		memcpy(machine + 2, head + 18, 2);
	}
	return false;
}

enum fopnp_check_library fopnp_check_root_judge_library(int root, const char *name)
{
	struct machines own = { 0 }, libc = { 0 };

	(void)visit_libraries(root, name, add_machine, &own);
	(void)visit_libraries(root, "libc.so.6", add_machine, &libc);
	if (own.files == 0)
		return FOPNP_CHECK_LIBRARY_MISSING;
	if (own.count == 0)
		return FOPNP_CHECK_LIBRARY_BROKEN;
	if (libc.count == 0)
		return FOPNP_CHECK_LIBRARY_FINE;
	for (size_t i = 0; i < own.count; i++)
		for (size_t j = 0; j < libc.count; j++)
			if (memcmp(own.list[i], libc.list[j], sizeof(own.list[i])) == 0)
				return FOPNP_CHECK_LIBRARY_FINE;
	return FOPNP_CHECK_LIBRARY_FOREIGN;
}

/* An image without glibc (configuration alone, musl) says nothing of its modules. */
static void find_libraries(struct fopnp_check_system *system, int root)
{
	bool is_glibc = fopnp_check_root_has_library(root, "libc.so.6");

	for (size_t i = 0; i < system->module_count; i++) {
		struct fopnp_check_module *module = &system->modules[i];

		if (module->is_loadable)
			continue;
		module->is_loadable =
			!is_glibc || fopnp_check_root_has_library(root, module->library);
		if (!module->is_loadable)
			module->error = fopnp_memory_format(
				"there is no %s in the image's library directories",
				module->library);
	}
}

void fopnp_check_modules_read(struct fopnp_check_system *system, int root, uint64_t timeout_us)
{
	add_modules(system, system->nsswitch.order);
	for (size_t i = 0; system->fopnp_conf && i < system->fopnp_conf->order_count; i++)
		add_modules(system, system->fopnp_conf->orders[i].order);
	if (system->root)
		find_libraries(system, root);
	else
		load_modules(system, timeout_us);
}

void fopnp_check_modules_clear(struct fopnp_check_system *system)
{
	for (size_t i = 0; i < system->module_count; i++) {
		free(system->modules[i].source);
		free(system->modules[i].library);
		free(system->modules[i].error);
	}
	free(system->modules);
	system->modules = NULL;
	system->module_count = 0;
}
