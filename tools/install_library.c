/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our module, loaded for a try. */
#include "tools/install_library.h"

#include "tools/check_child.h"
#include "tools/check_system_file.h"
#include "tools/check_system_modules.h"
#include "tools/memory.h"
#include "tools/progress.h"

#include <dlfcn.h>
#include <grp.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#define TIMEOUT_US 10000000u
#define ROOM       4096 /* of a path or of the loader's message */
#define NOBODY     65534

/* ---- the environment ---- */

static bool has_loader_variable(void)
{
	static const char *const names[] = { "LD_LIBRARY_PATH", "LD_PRELOAD", "LD_AUDIT" };
	bool has_one = false;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (getenv(names[i])) {
			has_one = true;
			(void)unsetenv(names[i]);
		}
	return has_one;
}

void fopnp_install_clean_environment(char **argv)
{
	static const char *const own[] = { "FOPNP_ORDER", "FOPNP_CONF", "FOPNP_LOG",
					   "FOPNP_BYPASS" };
	char name[] = "fopnp";
	char **words;
	size_t count = 0;

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		(void)unsetenv(own[i]);
	if (!has_loader_variable())
		return;
	while (argv[count])
		count++;
	words = fopnp_memory_zeroed(count + 2, sizeof(*words));
	words[0] = name;
	memcpy(words + 1, argv, count * sizeof(*words));
	(void)execv("/proc/self/exe", words);
	(void)execv((const char *)getauxval(AT_EXECFN), words); /* no /proc */
	free(words);                                            /* what is loaded now is as it is */
}

/* ---- loading ---- */

/* A file that root alone may read, or its folder, would be missing for everybody else. */
static void become_nobody(void)
{
	if (geteuid() == 0 && setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0)
		(void)!setresuid(NOBODY, NOBODY, NOBODY);
}

/* In a child.  "+PATH", or the loader's message. */
static void load(void *context, char *result, size_t size)
{
	const struct link_map *map;
	void *library;

	(void)context;
	become_nobody();
	library = dlopen(FOPNP_INSTALL_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		(void)snprintf(result, size, "%s", dlerror());
	else if (!dlsym(library, "_nss_fopnp_gethostbyname4_r"))
		(void)snprintf(result, size, "it is not fopnp's module");
	else if (dlinfo(library, RTLD_DI_LINKMAP, &map) != 0)
		(void)snprintf(result, size, "%s", dlerror());
	else
		(void)snprintf(result, size, "+%s", map->l_name);
}

void fopnp_install_library_load(struct fopnp_install_library *out_library)
{
	FOPNP_AUTO_FREE char *result = fopnp_memory_zeroed(ROOM, 1);
	struct fopnp_check_child child = { .run = load, .result = result, .size = ROOM };

	*out_library = (struct fopnp_install_library){ 0 };
	fopnp_progress_start("loading the library");
	fopnp_check_children_run(&child, 1, TIMEOUT_US);
	fopnp_progress_stop();
	switch (child.end) {
	case FOPNP_CHECK_CHILD_DONE:
		result[ROOM - 1] = '\0';
		out_library->is_loadable = result[0] == '+';
		if (out_library->is_loadable)
			out_library->path = fopnp_memory_copy_text(result + 1);
		else
			out_library->error = fopnp_memory_copy_text(result);
		break;
	case FOPNP_CHECK_CHILD_TIMED_OUT:
		out_library->error = fopnp_memory_copy_text("loading it hangs");
		break;
	case FOPNP_CHECK_CHILD_CRASHED:
		out_library->error = fopnp_memory_copy_text("loading it crashes the program");
		break;
	case FOPNP_CHECK_CHILD_NOT_MADE:
		out_library->error = fopnp_memory_copy_text("no process could be made to try it");
		break;
	}
}

void fopnp_install_library_find(const char *root, struct fopnp_install_library *out_library)
{
	static const char *const errors[] = {
		[FOPNP_CHECK_LIBRARY_MISSING] = "it is not in the image's library directories",
		[FOPNP_CHECK_LIBRARY_BROKEN] = "what the image has of that name is no library",
		[FOPNP_CHECK_LIBRARY_FOREIGN] =
			"the image's is for another machine than its libc.so.6",
	};
	enum fopnp_check_library library = FOPNP_CHECK_LIBRARY_MISSING;
	int top = fopnp_check_root_open(root);

	*out_library = (struct fopnp_install_library){ 0 };
	if (top != -1) {
		library = fopnp_check_root_judge_library(top, FOPNP_INSTALL_LIBRARY);
		(void)close(top);
	}
	out_library->is_loadable = library == FOPNP_CHECK_LIBRARY_FINE;
	if (!out_library->is_loadable)
		out_library->error = fopnp_memory_copy_text(errors[library]);
}

void fopnp_install_library_clear(struct fopnp_install_library *library)
{
	free(library->path);
	free(library->error);
	*library = (struct fopnp_install_library){ 0 };
}
