/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What has to hold before nsswitch.conf is edited, and its new text; see install_work.h. */
#include "tools/install_work.h"

#include "nss_module/lookup/nsswitch_file.h"
#include "tools/install_library.h"
#include "tools/install_owner.h"
#include "tools/memory.h"
#include "tools/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the edit of the text ---- */

static void tell_no_line(const struct fopnp_install_work *work)
{
	const char *path = work->install->path;

	if (work->edit.line)
		fopnp_message_error("no-hosts-line", "put a newline behind it",
				    "%s:%u: the hosts line lacks its newline, and glibc ignores it",
				    path, work->edit.line);
	else
		fopnp_message_error("no-hosts-line",
				    "add a line with what is in force without it, and run this "
				    "command again: hosts: " FOPNP_NSSWITCH_DEFAULT,
				    "%s has no hosts line", path);
}

static bool is_edit_possible(const struct fopnp_install_work *work,
			     enum fopnp_nsswitch_edit_result result)
{
	const char *path = work->install->path;

	switch (result) {
	case FOPNP_EDIT_CHANGED:
	case FOPNP_EDIT_UNCHANGED:
		return true;
	case FOPNP_EDIT_NO_LINE:
		tell_no_line(work);
		return false;
	case FOPNP_EDIT_NO_SOURCE:
		fopnp_message_error("hosts-line-empty",
				    "name the sources there first: hosts: " FOPNP_NSSWITCH_DEFAULT,
				    "%s:%u: the hosts line names no source", path, work->edit.line);
		return false;
	case FOPNP_EDIT_BROKEN:
		break;
	}
	fopnp_message_error("nsswitch-broken", "repair it first; `fopnp check` tells more",
			    "%s:%u: this line cannot be read: a bracket in it is not complete, or "
			    "a word begins with a colon",
			    path, work->edit.line);
	return false;
}

static void take_edit(struct fopnp_install_work *work)
{
	struct fopnp_install *install = work->install;

	install->line = work->edit.line;
	install->before = fopnp_memory_copy_text(work->edit.before);
	install->after =
		fopnp_memory_copy_text(work->edit.after ? work->edit.after : work->edit.before);
}

/* ---- enable ---- */

static bool try_library(struct fopnp_install_work *work)
{
	struct fopnp_install_library library;
	bool is_fine;

	if (work->options->root)
		fopnp_install_library_find(work->options->root, &library);
	else
		fopnp_install_library_load(&library);
	is_fine = library.is_loadable;
	work->install->library = fopnp_memory_copy_text(library.path);
	if (!is_fine)
		fopnp_message_error("library-missing",
				    "install it (package libnss-fopnp, or make install and "
				    "ldconfig); nothing was changed",
				    "programs cannot load " FOPNP_INSTALL_LIBRARY ": %s",
				    library.error);
	fopnp_install_library_clear(&library);
	return is_fine;
}

static bool read_conf(struct fopnp_install_work *work)
{
	work->install->conf_path = fopnp_install_work_path(work, FOPNP_INSTALL_CONF);
	if (fopnp_install_file_read(work->directory, FOPNP_INSTALL_CONF, &work->conf) ||
	    work->conf.error == ENOENT)
		return true;
	fopnp_message_error("file-unreadable", NULL, "cannot edit %s: %s", work->install->conf_path,
			    work->conf.error == ELOOP    ? "it is a symbolic link"
			    : work->conf.error == EINVAL ? "it is no file"
			    : work->conf.error == EFBIG  ? "it is larger than 1 MiB"
							 : strerror(work->conf.error));
	return false;
}

/* The built-in order that does what the hosts line does. */
static bool plan_conf(struct fopnp_install_work *work)
{
	struct fopnp_nsswitch nsswitch;
	enum fopnp_install_conf_result result;

	if (!work->options->is_built_in)
		return true;
	if (!read_conf(work))
		return false;
	if (fopnp_nsswitch_parse(work->nsswitch.bytes, work->nsswitch.len, &nsswitch) !=
	    FOPNP_NSSWITCH_OK)
		fopnp_memory_give_up(); /* it was read before */
	result = fopnp_install_conf_make(work->conf.bytes, work->conf.len, nsswitch.order,
					 work->nsswitch.bytes + nsswitch.text_at, &work->conf_edit);
	free(nsswitch.order);
	work->install->conf_line = work->conf_edit.line;
	if (result != FOPNP_INSTALL_CONF_IMPOSSIBLE)
		return true;
	fopnp_message_error(
		"order-invalid", "write an order line into fopnp.conf yourself, see fopnp.conf(5)",
		"the hosts line has no built-in equivalent: \"%s\"", work->conf_edit.order);
	return false;
}

static bool is_allowed(const struct fopnp_install_work *work)
{
	return fopnp_install_owner_allows(&work->nsswitch, work->install->path,
					  work->options->root);
}

/* What is written has to be read again, to be taken back. */
static bool is_room_left(const struct fopnp_install_work *work)
{
	if (work->edit.len <= FOPNP_INSTALL_SIZE_MOST)
		return true;
	fopnp_message_error("file-unreadable", NULL, "%s would be larger than 1 MiB",
			    work->install->path);
	return false;
}

bool fopnp_install_plan_enable(struct fopnp_install_work *work)
{
	enum fopnp_nsswitch_edit_result result;

	if (!is_allowed(work))
		return false;
	result = fopnp_nsswitch_enable(work->nsswitch.bytes, work->nsswitch.len, &work->edit);
	if (!is_edit_possible(work, result) || !is_room_left(work) || !try_library(work) ||
	    !plan_conf(work))
		return false;
	take_edit(work);
	return true;
}

/* ---- disable ---- */

bool fopnp_install_plan_disable(struct fopnp_install_work *work)
{
	enum fopnp_nsswitch_edit_result result =
		fopnp_nsswitch_disable(work->nsswitch.bytes, work->nsswitch.len, &work->edit);

	/* Whoever keeps the file: where fopnp is on no line there is nothing to ask. */
	if (work->nsswitch.error == 0 && result == FOPNP_EDIT_UNCHANGED)
		return true;
	if (!is_allowed(work) || !is_edit_possible(work, result))
		return false;
	take_edit(work);
	return true;
}
