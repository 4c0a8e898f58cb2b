/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The edit from beginning to end, see install.h. */
#include "tools/install.h"

#include "tools/install_lookups.h"
#include "tools/install_notes.h"
#include "tools/install_owner.h"
#include "tools/install_signals.h"
#include "tools/install_work.h"
#include "tools/memory.h"
#include "tools/message.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fopnp_install_clear(struct fopnp_install *install)
{
	free(install->path);
	free(install->before);
	free(install->after);
	free(install->backup);
	free(install->library);
	free(install->conf_path);
	free(install->conf_order);
	fopnp_findings_clear(&install->notes);
	*install = (struct fopnp_install){ 0 };
}

/* ---- enable ---- */

/* Behind the edit. */
static enum fopnp_exit judge(struct fopnp_install_work *work,
			     const struct fopnp_install_lookups *before)
{
	FOPNP_AUTO_FREE char *difference = NULL;
	struct fopnp_install_lookups after;
	bool is_made = fopnp_install_lookups_make(&after);

	if (is_made)
		difference = fopnp_install_lookups_differ(before, &after);
	fopnp_install_lookups_clear(&after);
	if (is_made && !difference && !fopnp_install_signals_are_waiting())
		return FOPNP_EXIT_OK;
	if (!fopnp_install_take_back(work) || !is_made)
		return FOPNP_EXIT_CANNOT;
	if (difference)
		fopnp_message_error("rolled-back",
				    "`fopnp check` may know why; `fopnp trace NAME` shows who "
				    "answers",
				    "with fopnp on the hosts line names are found otherwise; it "
				    "was taken off again, and all is as it was. %s",
				    difference);
	else
		fopnp_message_error("interrupted", NULL,
				    "interrupted; the edit was taken back, and all is as it was");
	return difference ? FOPNP_EXIT_NO : FOPNP_EXIT_CANNOT;
}

static enum fopnp_exit write_and_judge(struct fopnp_install_work *work)
{
	struct fopnp_install_lookups before;
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;
	sigset_t old_mask;

	if (work->options->root)
		return fopnp_install_write(work) ? FOPNP_EXIT_OK : FOPNP_EXIT_CANNOT;
	if (fopnp_install_lookups_make(&before)) {
		fopnp_install_signals_hold(&old_mask);
		if (fopnp_install_write(work))
			status = judge(work, &before);
		(void)sigprocmask(SIG_SETMASK, &old_mask, NULL);
	}
	fopnp_install_lookups_clear(&before);
	return status;
}

static void note_order_kept(struct fopnp_install *install)
{
	struct fopnp_finding *added =
		fopnp_findings_add(&install->notes, "order-kept", FOPNP_INFO,
				   "it has an order for all names, which was left as it is");

	fopnp_finding_set_place(added, install->conf_path, install->conf_line);
}

static void note_other_form(struct fopnp_install *install)
{
	struct fopnp_finding *added = fopnp_findings_add(
		&install->notes, "other-form", FOPNP_WARNING,
		"fopnp stands there in another form or place than \"" FOPNP_NSSWITCH_WORDS
		"\" in front of the sources");

	fopnp_finding_set_fix(added, "fopnp disable && fopnp enable writes it so; `fopnp check` "
				     "tells what is wrong with it");
	fopnp_finding_set_place(added, install->path, install->line);
}

static void add_notes(struct fopnp_install_work *work)
{
	struct fopnp_install *install = work->install;

	if (install->is_conf_changed)
		install->conf_order = fopnp_memory_copy_text(work->conf_edit.order);
	else if (install->conf_path)
		note_order_kept(install);
	if (!install->is_changed && !fopnp_nsswitch_is_usual(install->before))
		note_other_form(install);
	if (install->is_changed && work->options->root)
		fopnp_install_notes_add_general(&install->notes);
	else if (install->is_changed)
		fopnp_install_notes_add(install->library, &install->notes);
}

enum fopnp_exit fopnp_install_enable(const struct fopnp_install_options *options,
				     struct fopnp_install *out_install)
{
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;
	struct fopnp_install_work work;

	if (fopnp_install_work_begin(&work, options, out_install) &&
	    fopnp_install_plan_enable(&work))
		status = work.edit.bytes || work.conf_edit.bytes ? write_and_judge(&work)
								 : FOPNP_EXIT_OK;
	if (status == FOPNP_EXIT_OK) {
		fopnp_install_remove_leftovers(&work);
		add_notes(&work);
	}
	fopnp_install_work_end(&work);
	return status;
}

/* ---- disable ---- */

/* The backup has served where it says what the file says now. */
static void drop_backup(struct fopnp_install_work *work)
{
	const bool is_edited = work->edit.bytes != NULL;
	const char *bytes = is_edited ? work->edit.bytes : work->nsswitch.bytes;
	size_t len = is_edited ? work->edit.len : work->nsswitch.len;
	struct fopnp_install_file backup;

	if (fopnp_install_file_read(work->directory, FOPNP_INSTALL_BACKUP, &backup)) {
		if (backup.len == len && memcmp(backup.bytes, bytes, len) == 0)
			(void)unlinkat(work->directory, FOPNP_INSTALL_BACKUP, 0);
		else
			work->install->backup = fopnp_install_work_path(work, FOPNP_INSTALL_BACKUP);
	}
	fopnp_install_file_clear(&backup);
}

static enum fopnp_exit take_off(struct fopnp_install_work *work)
{
	sigset_t old_mask;
	bool is_written;

	if (!fopnp_install_plan_disable(work))
		return FOPNP_EXIT_CANNOT;
	fopnp_install_signals_hold(&old_mask);
	is_written = fopnp_install_write_plain(work);
	if (is_written) {
		drop_backup(work);
		fopnp_install_remove_leftovers(work);
	}
	(void)sigprocmask(SIG_SETMASK, &old_mask, NULL);
	return is_written ? FOPNP_EXIT_OK : FOPNP_EXIT_CANNOT;
}

enum fopnp_exit fopnp_install_disable(const struct fopnp_install_options *options,
				      struct fopnp_install *out_install)
{
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;
	struct fopnp_install_work work;

	if (fopnp_install_work_begin(&work, options, out_install)) {
		/* Whoever keeps the file: where fopnp is on no line there is nothing to ask. */
		if (work.nsswitch.error != 0 && fopnp_install_owner_has_no_fopnp(options->root))
			status = FOPNP_EXIT_OK;
		else
			status = take_off(&work);
	}
	fopnp_install_work_end(&work);
	return status;
}
