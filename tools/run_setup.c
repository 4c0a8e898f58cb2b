/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Library, order and socket of `fopnp run`. */
#include "tools/run_setup.h"

#include "nss_module/lookup/order.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/module_load.h"
#include "tools/nscd_conf.h"
#include "tools/socket_probe.h"
#include "tools/text_file.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define LIBRARY_BESIDE_MODULE "fopnp/run.so"
#define SOCKET_NAME           11 /* characters of 6 random bits: it cannot be guessed */

/* ---- the library ---- */

/* The file that the loader makes of a module without a path; NULL: it finds none. */
static char *find_installed(const char *module)
{
	void *handle = dlopen(module, RTLD_LAZY | RTLD_LOCAL);
	struct link_map *map = NULL;

	if (!handle || dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || !map->l_name[0])
		return NULL;
	return realpath(map->l_name, NULL);
}

static bool find_module(struct fopnp_run_setup *setup)
{
	const char *path = fopnp_module_path();

	setup->module = strchr(path, '/') ? realpath(path, NULL) : find_installed(path);
	if (setup->module)
		return true;
	fopnp_message_error("module-missing",
			    "install libnss_fopnp.so.2 where the loader finds it and run ldconfig, "
			    "or name it by FOPNP_MODULE",
			    "the module %s cannot be found", path);
	return false;
}

static bool find_library(struct fopnp_run_setup *setup)
{
	const char *slash = strrchr(setup->module, '/');

	setup->library = fopnp_memory_format("%.*s" LIBRARY_BESIDE_MODULE,
					     (int)(slash + 1 - setup->module), setup->module);
	if (access(setup->library, R_OK) == 0)
		return true;
	fopnp_message_error(
		"library-missing", "it belongs beside the module: install the whole of fopnp",
		"cannot read %s, which fopnp run preloads: %s", setup->library, strerror(errno));
	return false;
}

/* ld.so(8) breaks LD_PRELOAD at these, and expands $ORIGIN and the like. */
static bool can_be_preloaded(const char *path)
{
	return strpbrk(path, " :$") == NULL;
}

static bool link_library(struct fopnp_run_setup *setup)
{
	char *path;

	if (can_be_preloaded(setup->library))
		return true;
	path = fopnp_memory_format("%s/run.so", setup->directory);
	if (!can_be_preloaded(path) || symlink(setup->library, path) != 0) {
		fopnp_message_error("library-path",
				    "install fopnp elsewhere, or set TMPDIR to a directory without",
				    "the path %s has a blank, a colon or a dollar sign, which "
				    "LD_PRELOAD cannot hold",
				    setup->library);
		free(path);
		return false;
	}
	(void)strcpy(setup->link, path);
	free(setup->library);
	setup->library = path;
	return true;
}

/* ---- the order ---- */

static char *print_order(const struct fopnp_order *order)
{
	size_t size = fopnp_order_print(order, NULL, 0) + 1;
	char *text = fopnp_memory_zeroed(size, 1);

	(void)fopnp_order_print(order, text, size);
	return text;
}

/*
 * The order for FOPNP_ORDER.  None where fopnp stands on the machine's own line, so that this very line
 * is what runs, and none where the module cannot run the line: then the calls alone are seen.
 */
static bool choose_order(struct fopnp_run_setup *setup, const char *option)
{
	static const struct fopnp_request any = { .call = FOPNP_CALL_GETADDRINFO };
	struct fopnp_lookup_order *line = &setup->line;
	FOPNP_AUTO_FREE struct fopnp_order *parsed = NULL;
	struct fopnp_order_error error = { 0 };
	bool is_given;
	char *text;

	if (!fopnp_lookup_order_find(&any, option, line))
		return false;
	is_given =
		line->origin == FOPNP_ORDER_OF_OPTION || line->origin == FOPNP_ORDER_OF_ENVIRONMENT;
	if (line->order && line->is_installed && !is_given && line->outside == 1)
		setup->before = line->order->entries[0].source;
	if (!line->order || (line->is_installed && !is_given))
		return true;
	text = print_order(line->order);
	parsed = fopnp_order_parse(text, strlen(text), FOPNP_GRAMMAR_FOPNP, &error);
	if (parsed) {
		setup->order = text;
		return true;
	}
	fopnp_findings_add(&line->findings, "order-not-run", FOPNP_WARNING,
			   "the module cannot run the order \"%s\" (%s): the calls are shown, but "
			   "not their sources",
			   text, error.message ? error.message : "no memory");
	free(text);
	return true;
}

/* ---- the socket ---- */

static bool name_socket(char name[static SOCKET_NAME + 1])
{
	static const char characters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char bytes[SOCKET_NAME];

	if (getentropy(bytes, sizeof(bytes)) != 0)
		return false;
	for (size_t i = 0; i < SOCKET_NAME; i++)
		name[i] = characters[bytes[i] % 64];
	name[SOCKET_NAME] = '\0';
	return true;
}

/*
 * Of an ordinary user nobody else can come in.  Processes that root starts may become others, and must
 * be able to send: they are told the socket's name, which others can neither list nor guess.  Whoever
 * sends, the kernel says who it is.
 */
static bool open_socket(struct fopnp_run_setup *setup)
{
	bool is_root = geteuid() == 0;
	char name[SOCKET_NAME + 1];
	FOPNP_AUTO_FREE char *path = NULL;

	if ((is_root ? fopnp_event_directory_make_public(setup->directory)
		     : fopnp_event_directory_make(setup->directory)) &&
	    name_socket(name)) {
		path = fopnp_memory_format("%s/%s", setup->directory, name);
		if (fopnp_event_listener_open(&setup->listener, path, is_root ? 0666 : 0600))
			return true;
	}
	fopnp_message_error("no-event-socket",
			    errno == EMFILE || errno == ENFILE
				    ? NULL
				    : "set TMPDIR to a directory that can be written",
			    "cannot make a private socket: %s", strerror(errno));
	return false;
}

static bool is_nscd_asked(void)
{
	struct fopnp_nscd_conf conf;

	if (fopnp_socket_probe(FOPNP_NSCD_SOCKET) != 0)
		return false;
	fopnp_nscd_conf_read(&conf);
	return conf.is_enabled.value;
}

bool fopnp_run_setup_make(struct fopnp_run_setup *out_setup, const char *order)
{
	*out_setup = (struct fopnp_run_setup){ .listener.descriptor = -1 };
	if (choose_order(out_setup, order) && find_module(out_setup) && find_library(out_setup) &&
	    open_socket(out_setup) && link_library(out_setup)) {
		out_setup->has_nscd = is_nscd_asked();
		return true;
	}
	fopnp_run_setup_clear(out_setup);
	return false;
}

void fopnp_run_setup_clear(struct fopnp_run_setup *setup)
{
	if (setup->listener.descriptor != -1)
		fopnp_event_listener_close(&setup->listener);
	setup->listener.descriptor = -1;
	if (setup->link[0])
		(void)unlink(setup->link);
	if (setup->directory[0])
		fopnp_event_directory_remove(setup->directory);
	fopnp_lookup_order_clear(&setup->line);
	free(setup->module);
	free(setup->library);
	free(setup->order);
	setup->module = setup->library = setup->order = NULL;
}

/* ---- the environment ---- */

static void put_in_front(const char *variable, const char *value, char separator)
{
	const char *old = getenv(variable);
	FOPNP_AUTO_FREE char *joined =
		old && *old ? fopnp_memory_format("%s%c%s", value, separator, old)
			    : fopnp_memory_copy_text(value);

	(void)setenv(variable, joined, 1);
}

/* How many seccomp filters the command begins with: tools/run_shim/sandbox.h. */
static void tell_filters(void)
{
	static const char key[] = "\nSeccomp_filters:\t";
	size_t len = 0;
	int error = 0;
	FOPNP_AUTO_FREE char *status = fopnp_text_file_read("/proc/self/status", &len, &error);
	const char *found = status ? memmem(status, len, key, sizeof(key) - 1) : NULL;
	FOPNP_AUTO_FREE char *number = NULL;

	(void)unsetenv("FOPNP_RUN_FILTERS");
	if (!found)
		return;
	found += sizeof(key) - 1;
	number = fopnp_memory_copy(found, strspn(found, "0123456789"));
	(void)setenv("FOPNP_RUN_FILTERS", number, 1);
}

void fopnp_run_setup_environment(const struct fopnp_run_setup *setup)
{
	(void)setenv("FOPNP_LOG", setup->listener.path, 1);
	(void)setenv("FOPNP_MODULE", setup->module, 1);
	(void)setenv("FOPNP_RUN", setup->order ? "configure" : "mark", 1);
	(void)unsetenv("FOPNP_ORDER");
	if (setup->order) {
		(void)setenv("FOPNP_ORDER", setup->order, 1);
		(void)unsetenv("FOPNP_BYPASS"); /* nobody else is left to answer */
	}
	tell_filters();
	put_in_front("LD_PRELOAD", setup->library, ':');
	/* gcc's ASan wants to be the first library; options that come later win. */
	put_in_front("ASAN_OPTIONS", "verify_asan_link_order=0", ':');
}
