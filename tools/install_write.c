/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The edit written to the disk and taken back, see install_work.h. */
#include "tools/install_work.h"

#include "tools/memory.h"
#include "tools/message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NSSWITCH_NEW FOPNP_INSTALL_NSSWITCH ".fopnp-new"
#define CONF_NEW     FOPNP_INSTALL_CONF ".fopnp-new"
#define CONF_OLD     FOPNP_INSTALL_CONF ".before-fopnp"

/* What to do about it; NULL: the system's own words say it. */
static const char *write_error_hint(int error)
{
	switch (error) {
	case ESTALE:
		return "try again";
	case EBUSY:
		return "it is mounted there by itself, as in a container: edit it where it comes from";
	case EROFS:
		return "make the file system writable first (mount -o remount,rw), or edit the "
		       "image it comes from";
	case ENOSPC:
	case EDQUOT:
		return "make room there first";
	case EISDIR:
	case EEXIST:
	case ENOTEMPTY:
		return "that name is needed for a file: move what is there out of the way";
	case EACCES:
		return "run it as root, or as whoever may write there";
	case EPERM:
		return "lsattr shows whether it may not be changed (i); chattr -i allows it";
	default:
		return NULL;
	}
}

static void tell_write_error(const struct fopnp_install_work *work,
			     const struct fopnp_install_error *error)
{
	FOPNP_AUTO_FREE char *path = fopnp_install_work_path(work, error->name);

	fopnp_message_error("edit-failed", write_error_hint(error->error),
			    "cannot %s %s: %s; nothing was changed", error->action, path,
			    error->error == ESTALE ? "somebody else has changed it just now"
						   : strerror(error->error));
}

/* ---- writing ---- */

static bool write_conf(struct fopnp_install_work *work)
{
	struct fopnp_install_error error;

	if (!work->conf_edit.bytes)
		return true;
	if (work->conf.descriptor != -1 &&
	    !fopnp_install_file_copy(&work->conf, CONF_OLD, &error)) {
		tell_write_error(work, &error);
		return false;
	}
	if (!fopnp_install_file_replace(&work->conf, CONF_NEW, work->conf_edit.bytes,
					work->conf_edit.len, &error)) {
		tell_write_error(work, &error);
		(void)unlinkat(work->directory, CONF_OLD, 0);
		return false;
	}
	work->install->is_conf_changed = true;
	return true;
}

static bool write_nsswitch(struct fopnp_install_work *work)
{
	/* One of an earlier edit is not ours to lose. */
	bool had_backup =
		faccessat(work->directory, FOPNP_INSTALL_BACKUP, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	struct fopnp_install_error error;

	if (!work->edit.bytes)
		return true;
	if (fopnp_install_file_copy(&work->nsswitch, FOPNP_INSTALL_BACKUP, &error) &&
	    fopnp_install_file_replace(&work->nsswitch, NSSWITCH_NEW, work->edit.bytes,
				       work->edit.len, &error)) {
		work->install->is_changed = true;
		work->install->backup = fopnp_install_work_path(work, FOPNP_INSTALL_BACKUP);
		return true;
	}
	if (!had_backup)
		(void)unlinkat(work->directory, FOPNP_INSTALL_BACKUP, 0);
	tell_write_error(work, &error);
	return false;
}

/* ---- the way back ---- */

/* By names alone: it needs no room on the disk. */
static bool take_conf_back(struct fopnp_install_work *work)
{
	if (!work->install->is_conf_changed)
		return true;
	work->install->is_conf_changed = false;
	if (work->conf.descriptor == -1)
		return unlinkat(work->directory, FOPNP_INSTALL_CONF, 0) == 0;
	return renameat(work->directory, CONF_OLD, work->directory, FOPNP_INSTALL_CONF) == 0;
}

/* What somebody else wrote into the file since stays: fopnp alone is taken off it. */
static bool take_fopnp_off(struct fopnp_install_work *work, const struct fopnp_install_file *now)
{
	struct fopnp_nsswitch_edit edit;
	enum fopnp_nsswitch_edit_result result =
		fopnp_nsswitch_disable(now->bytes, now->len, &edit);
	struct fopnp_install_error error = { .error = EINVAL };
	bool is_off = result == FOPNP_EDIT_UNCHANGED ||
		      (result == FOPNP_EDIT_CHANGED &&
		       fopnp_install_file_replace(now, NSSWITCH_NEW, edit.bytes, edit.len, &error));

	fopnp_nsswitch_edit_clear(&edit);
	if (is_off)
		(void)unlinkat(work->directory, FOPNP_INSTALL_BACKUP, 0);
	errno = error.error;
	return is_off;
}

/* By names alone where it can be: that needs no room on the disk. */
static bool take_nsswitch_back(struct fopnp_install_work *work)
{
	struct fopnp_install_file now;
	bool is_back;
	int error;

	if (!work->install->is_changed)
		return true;
	if (fopnp_install_file_read(work->directory, FOPNP_INSTALL_NSSWITCH, &now) &&
	    (now.len != work->edit.len || memcmp(now.bytes, work->edit.bytes, now.len) != 0))
		is_back = take_fopnp_off(work, &now);
	else
		is_back = renameat(work->directory, FOPNP_INSTALL_BACKUP, work->directory,
				   FOPNP_INSTALL_NSSWITCH) == 0;
	error = errno;
	fopnp_install_file_clear(&now);
	errno = error;
	return is_back;
}

bool fopnp_install_take_back(struct fopnp_install_work *work)
{
	bool is_back = take_nsswitch_back(work);
	int error = errno;

	is_back = take_conf_back(work) && is_back;
	(void)fsync(work->directory);
	if (!is_back)
		fopnp_message_error("edit-failed", "run: fopnp disable",
				    "cannot take the edit of %s back: %s", work->install->path,
				    strerror(error));
	work->install->is_changed = false;
	return is_back;
}

/* ---- all of it ---- */

bool fopnp_install_write(struct fopnp_install_work *work)
{
	if (!write_conf(work))
		return false;
	if (write_nsswitch(work))
		return true;
	(void)take_conf_back(work);
	return false;
}

bool fopnp_install_write_plain(struct fopnp_install_work *work)
{
	struct fopnp_install_error error;

	if (!work->edit.bytes)
		return true;
	if (!fopnp_install_file_replace(&work->nsswitch, NSSWITCH_NEW, work->edit.bytes,
					work->edit.len, &error)) {
		tell_write_error(work, &error);
		return false;
	}
	work->install->is_changed = true;
	return true;
}

void fopnp_install_remove_leftovers(const struct fopnp_install_work *work)
{
	/* The copy of fopnp.conf is one: its text is still in the file, which only grows. */
	static const char *const names[] = {
		NSSWITCH_NEW,
		CONF_NEW,
		CONF_OLD,
		FOPNP_INSTALL_BACKUP FOPNP_INSTALL_COPY_SUFFIX,
		CONF_OLD FOPNP_INSTALL_COPY_SUFFIX,
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlinkat(work->directory, names[i], 0);
}
