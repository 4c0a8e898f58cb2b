/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An edit of nsswitch.conf: taking hold and letting go, see install_work.h. */
#include "tools/install_work.h"

#include "tools/memory.h"
#include "tools/message.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

char *fopnp_install_work_path(const struct fopnp_install_work *work, const char *name)
{
	const char *root = work->options->root ? work->options->root : "";
	size_t len = strlen(root);

	while (len > 0 && root[len - 1] == '/')
		len--;
	return fopnp_memory_format("%.*s/etc/%s", (int)len, root, name);
}

static bool open_directory(struct fopnp_install_work *work)
{
	const struct fopnp_install_options *options = work->options;
	FOPNP_AUTO_FREE char *path = fopnp_install_work_path(work, "");

	if (!options->root && geteuid() != 0) {
		fopnp_message_error("not-root", "run it as root, as with sudo",
				    "only root may edit %s", work->install->path);
		return false;
	}
	work->directory = fopnp_install_directory_open(options->root);
	if (work->directory != -1)
		return true;
	if (errno == EWOULDBLOCK)
		fopnp_message_error("edit-busy",
				    "wait for it, then try again; lslocks shows who it is",
				    "another command is editing files in %s", path);
	else
		fopnp_message_error("file-unreadable", NULL, "cannot open %s: %s", path,
				    strerror(errno));
	return false;
}

bool fopnp_install_work_begin(struct fopnp_install_work *work,
			      const struct fopnp_install_options *options,
			      struct fopnp_install *install)
{
	*install = (struct fopnp_install){ 0 };
	*work = (struct fopnp_install_work){
		.options = options,
		.install = install,
		.directory = -1,
		.nsswitch = { .descriptor = -1 },
		.conf = { .descriptor = -1 },
	};
	install->path = fopnp_install_work_path(work, FOPNP_INSTALL_NSSWITCH);
	if (!open_directory(work))
		return false;
	(void)fopnp_install_file_read(work->directory, FOPNP_INSTALL_NSSWITCH, &work->nsswitch);
	return true;
}

void fopnp_install_work_end(struct fopnp_install_work *work)
{
	fopnp_nsswitch_edit_clear(&work->edit);
	fopnp_install_conf_clear(&work->conf_edit);
	fopnp_install_file_clear(&work->nsswitch);
	fopnp_install_file_clear(&work->conf);
	if (work->directory != -1)
		(void)close(work->directory);
}
