/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are not edited: links, and those that a system tool writes. */
#include "tools/install_owner.h"

#include "nss_module/lookup/nsswitch_file.h"
#include "tools/check_system.h"
#include "tools/check_system_file.h"
#include "tools/install_file.h"
#include "tools/message.h"
#include "tools/nsswitch_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define IN_AUTHSELECT                                                                              \
	"put " FOPNP_NSSWITCH_WORDS " at the head of the hosts line of "                           \
	"/etc/authselect/user-nsswitch.conf and run: authselect apply-changes; if the "            \
	"profile does not take that file, in a profile of your own (authselect "                   \
	"create-profile)"
#define IN_NIXOS                                                                                   \
	"in configuration.nix: system.nssModules has to hold the package, and "                    \
	"system.nssDatabases.hosts = lib.mkBefore [ \"" FOPNP_NSSWITCH_WORDS "\" ]"

static bool has_file(const char *root, const char *path)
{
	int top = fopnp_check_root_open(root);
	int file = top == -1 ? -1 : fopnp_check_root_open_file(top, path, O_PATH);

	if (top != -1)
		(void)close(top);
	if (file == -1)
		return false;
	(void)close(file);
	return true;
}

/* In a comment, which its templates have at the head. */
static bool is_by_authselect(const struct fopnp_install_file *file)
{
	static const char mark[] = "enerated by authselect";

	return memmem(file->bytes, file->len, mark, sizeof(mark) - 1) != NULL ||
	       (file->target && strstr(file->target, "authselect"));
}

static bool is_of_nixos(const struct fopnp_install_file *file, const char *root)
{
	return has_file(root, "/etc/NIXOS") ||
	       (file->target &&
		(strstr(file->target, "/nix/") || strstr(file->target, "/etc/static/")));
}

static void tell_missing(const char *path, const char *root)
{
	if (has_file(root, FOPNP_NSSWITCH_USR_PATH))
		fopnp_message_error("nsswitch-missing",
				    "cp /usr/etc/nsswitch.conf /etc/ and run this command again",
				    "there is no %s: that of /usr/etc is in force, and belongs to "
				    "the system's packages",
				    path);
	else
		fopnp_message_error("nsswitch-missing",
				    "write one, with a line as it is in force without it: "
				    "hosts: " FOPNP_NSSWITCH_DEFAULT,
				    "there is no %s", path);
}

bool fopnp_install_owner_has_no_fopnp(const char *root)
{
	int top = fopnp_check_root_open(root);
	struct fopnp_nsswitch_edit edit = { 0 };
	struct fopnp_check_file file;
	bool has_none;

	if (top == -1)
		return false;
	fopnp_check_file_read(top, FOPNP_NSSWITCH_PATH, FOPNP_INSTALL_SIZE_MOST, &file);
	if (!file.is_there) {
		fopnp_check_file_clear(&file);
		fopnp_check_file_read(top, FOPNP_NSSWITCH_USR_PATH, FOPNP_INSTALL_SIZE_MOST, &file);
	}
	has_none = !file.is_there ||
		   (file.error == 0 && !file.is_cut &&
		    fopnp_nsswitch_disable(file.bytes, file.len, &edit) == FOPNP_EDIT_UNCHANGED);
	fopnp_nsswitch_edit_clear(&edit);
	fopnp_check_file_clear(&file);
	(void)close(top);
	return has_none;
}

bool fopnp_install_owner_allows(const struct fopnp_install_file *file, const char *path,
				const char *root)
{
	if (is_by_authselect(file))
		fopnp_message_error("nsswitch-managed", IN_AUTHSELECT,
				    "%s is written by authselect, which would undo the edit or "
				    "refuse to work",
				    path);
	else if (is_of_nixos(file, root))
		fopnp_message_error("nsswitch-managed", IN_NIXOS,
				    "%s is made by NixOS from its configuration", path);
	else if (file->error == ELOOP)
		fopnp_message_error("nsswitch-link",
				    "edit the file that it points to by whatever keeps it, or "
				    "replace the link by a file",
				    "%s is a symbolic link, to %s: somebody else keeps that file",
				    path, file->target ? file->target : "somewhere");
	else if (file->error == ENOENT)
		tell_missing(path, root);
	else if (file->error != 0)
		fopnp_message_error("file-unreadable", NULL, "cannot read %s: %s", path,
				    file->error == EINVAL  ? "it is no file"
				    : file->error == EFBIG ? "it is larger than 1 MiB"
							   : strerror(file->error));
	else
		return true;
	return false;
}
