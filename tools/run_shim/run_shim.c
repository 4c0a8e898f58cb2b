/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library's start in a process, see run_shim.h. */
#include "tools/run_shim/run_shim.h"

#include "tools/run_shim/marks.h"
#include "tools/run_shim/real.h"
#include "tools/run_shim/sandbox.h"

#include <dlfcn.h>
#include <errno.h>
#include <nss.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODULE_SONAME "libnss_fopnp.so.2"
#define ERROR_TEXT    256
#define PROGRAM_TEXT  1024

/* glibc's own: without it we are in another libc and leave everything alone. */
#pragma weak __nss_configure_lookup

static _Atomic(bool) has_started;

/* Make the module the only source of host names: as the command's own children do. */
static const char *use_module(const char *path)
{
	const char *said;
	void *module;

	if (!path)
		return "FOPNP_MODULE is not set";
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!module) {
		said = dlerror();
		return said ? said : "the module cannot be loaded";
	}
	/* glibc opens the module by its soname: that must be the one just loaded. */
	if (dlopen(MODULE_SONAME, RTLD_NOW | RTLD_NOLOAD) != module ||
	    !dlsym(module, "_nss_fopnp_gethostbyname4_r"))
		return "FOPNP_MODULE is not the module " MODULE_SONAME;
	if (__nss_configure_lookup("hosts", "fopnp") != 0)
		return "glibc refused to use the module";
	return NULL;
}

static void tell_start(const char *error)
{
	struct fopnp_run_mark mark;
	char bytes[2048], program[PROGRAM_TEXT];
	ssize_t len;

	fopnp_run_mark_begin(&mark, bytes, sizeof(bytes), "start");
	len = readlink("/proc/self/exe", program, sizeof(program));
	if (len > 0 && (size_t)len < sizeof(program))
		fopnp_event_add(&mark.writer, "FOPNP_PROGRAM", program, (size_t)len);
	if (error)
		fopnp_event_add(&mark.writer, "FOPNP_ERROR", error, strnlen(error, ERROR_TEXT - 1));
	fopnp_run_mark_send(&mark);
}

static void start(void)
{
	const char *error = NULL, *what;

	fopnp_run_real_find_all();
	if (!__nss_configure_lookup || !fopnp_run_marks_open(secure_getenv("FOPNP_LOG")))
		return;
	fopnp_run_sandbox_start(secure_getenv("FOPNP_RUN_FILTERS"));
	what = secure_getenv("FOPNP_RUN");
	if (what && strcmp(what, "configure") == 0)
		error = use_module(secure_getenv("FOPNP_MODULE"));
	if (!fopnp_run_is_sandboxed())
		tell_start(error);
}

__attribute__((constructor)) void fopnp_run_start(void)
{
	int saved_errno = errno;

	if (atomic_load(&has_started) || atomic_exchange(&has_started, true))
		return;
	start();
	(void)dlerror(); /* what we asked of the loader is not the program's to hear of */
	errno = saved_errno;
}
