/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on the configuration files as files: bytes that no editor shows, owner, mode, links. */
#include "tools/check_rule.h"
#include "tools/check_system.h"
#include "tools/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Users that are daemons, which may own what they make: login.defs(5), systemd's DynamicUser. */
#define SYSTEM_USERS  1000
#define DYNAMIC_FIRST 61184
#define DYNAMIC_LAST  65519
/* Of a file from outside of a container, whose owner has no number in it; see proc(5), overflowuid. */
#define NOBODY 65534

typedef void check_file(const struct fopnp_check_system *system, enum fopnp_check_file_id id,
			struct fopnp_findings *findings);

static void for_each_file(const struct fopnp_check_system *system, check_file *check,
			  struct fopnp_findings *findings)
{
	for (int i = 0; i < FOPNP_CHECK_FILES; i++)
		if (system->files[i].is_there)
			check(system, (enum fopnp_check_file_id)i, findings);
}

/* Read in every program, with the rights of its user, and not by a daemon. */
static bool is_of_programs(enum fopnp_check_file_id id)
{
	return id != FOPNP_CHECK_NSCD_CONF && id != FOPNP_CHECK_RESOLVED_CONF &&
	       id != FOPNP_CHECK_HOSTNAME;
}

static unsigned line_of(const struct fopnp_check_file *file, const char *at)
{
	unsigned line = 1;

	for (const char *byte = file->bytes; byte < at; byte++)
		line += *byte == '\n';
	return line;
}

static struct fopnp_finding *place(const struct fopnp_check_file *file, unsigned line,
				   struct fopnp_finding *finding)
{
	fopnp_finding_set_place(finding, file->path, line);
	return finding;
}

/* ---- bytes ---- */

/* The first line with BYTE: of /etc/hosts as a whole where that is known. */
static unsigned find_byte(const struct fopnp_check_system *system, enum fopnp_check_file_id id,
			  char byte)
{
	const struct fopnp_check_file *file = &system->files[id];
	const char *found = memchr(file->bytes, byte, file->len);

	if (found)
		return line_of(file, found);
	if (id != FOPNP_CHECK_HOSTS)
		return 0;
	return byte == '\0' ? system->hosts.nul_line : system->hosts.carriage_return_line;
}

static void check_nul(const struct fopnp_check_system *system, enum fopnp_check_file_id id,
		      struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[id];
	unsigned line = find_byte(system, id, '\0');
	FOPNP_AUTO_FREE char *path = fopnp_check_command_path(system, file->path);

	if (line)
		fopnp_finding_set_fix(
			place(file, line,
			      fopnp_findings_add(findings, "nul-byte", FOPNP_WARNING,
						 "the line has a NUL byte: what stands behind it "
						 "does not count, and the file may be damaged")),
			"tr -d '\\000' < %s shows the text; write it anew", path);
}

static void check_nuls(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	for_each_file(system, check_nul, findings);
}

/* To glibc a CR is a blank, but not in resolv.conf (resolv/res_init.c). */
static void check_return(const struct fopnp_check_system *system, enum fopnp_check_file_id id,
			 struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[id];
	unsigned line = find_byte(system, id, '\r');
	bool is_part = id == FOPNP_CHECK_RESOLV_CONF;
	FOPNP_AUTO_FREE char *path = fopnp_check_command_path(system, file->path);

	if (line)
		fopnp_finding_set_fix(
			place(file, line,
			      fopnp_findings_add(
				      findings, "carriage-return",
				      is_part ? FOPNP_ERROR : FOPNP_INFO,
				      is_part ? "lines end in CR LF: the CR becomes part of an "
						"address, a domain or an option, which then means "
						"nothing"
					      : "lines end in CR LF: glibc takes the CR for a blank, "
						"other readers of the file may not")),
			"sed -i --follow-symlinks 's/\\r$//' %s", path);
}

static void check_returns(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	for_each_file(system, check_return, findings);
}

static void check_mark(const struct fopnp_check_system *system, enum fopnp_check_file_id id,
		       struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[id];
	FOPNP_AUTO_FREE char *path = fopnp_check_command_path(system, file->path);

	if (file->len >= 3 && memcmp(file->bytes, "\xef\xbb\xbf", 3) == 0)
		fopnp_finding_set_fix(
			place(file, 1,
			      fopnp_findings_add(findings, "byte-order-mark", FOPNP_WARNING,
						 "the file begins with a byte order mark, which is "
						 "part of the first word to glibc: the first line "
						 "does not count")),
			"sed -i --follow-symlinks '1s/^\\xef\\xbb\\xbf//' %s", path);
}

static void check_marks(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	for_each_file(system, check_mark, findings);
}

/* ---- who may write and read ---- */

static bool is_daemon(uid_t user)
{
	return user < SYSTEM_USERS || (user >= DYNAMIC_FIRST && user <= DYNAMIC_LAST);
}

static bool is_of_others(const struct fopnp_check_system *system, enum fopnp_check_file_id id)
{
	uid_t owner = system->files[id].status.st_uid;

	if (owner == 0 || owner == system->root_uid)
		return false;
	/* systemd-resolved and others own the resolv.conf that they make. */
	return id != FOPNP_CHECK_RESOLV_CONF || !is_daemon(owner);
}

static void check_writable(const struct fopnp_check_system *system, enum fopnp_check_file_id id,
			   struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[id];
	mode_t mode = file->status.st_mode;
	bool is_group = (mode & S_IWGRP) && file->status.st_gid != 0;
	FOPNP_AUTO_FREE char *path = fopnp_check_command_path(system, file->path);
	struct fopnp_finding *added;

	if (!file->is_regular || id == FOPNP_CHECK_FOPNP_CONF) /* fopnp-conf-untrusted tells */
		return;
	if (is_of_others(system, id) && file->status.st_uid != NOBODY) {
		added = fopnp_findings_add(findings, "file-writable", FOPNP_WARNING,
					   "it belongs to user %u, who can send any program's "
					   "connections elsewhere",
					   (unsigned)file->status.st_uid);
		fopnp_finding_set_fix(added, "chown root %s", path);
	} else if (is_group || (mode & S_IWOTH)) {
		added = fopnp_findings_add(
			findings, "file-writable", mode & S_IWOTH ? FOPNP_ERROR : FOPNP_WARNING,
			"others than its owner may write to it (mode %03o): they "
			"can send any program's connections elsewhere",
			(unsigned)(mode & 0777));
		fopnp_finding_set_fix(added, "chmod go-w %s", path);
	} else if (is_of_others(system, id)) {
		added = fopnp_findings_add(findings, "file-writable", FOPNP_INFO,
					   "it belongs to nobody (user %u): in a container that is "
					   "a user of the host, root maybe; else any daemon that "
					   "runs as nobody may write to it",
					   NOBODY);
		fopnp_finding_set_fix(added, "outside of a container: chown root %s", path);
	} else {
		return;
	}
	place(file, 0, added);
}

static void check_writables(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	for_each_file(system, check_writable, findings);
}

static const char *loss_of(enum fopnp_check_file_id id)
{
	if (id == FOPNP_CHECK_NSSWITCH)
		return "go by glibc's default order";
	if (id == FOPNP_CHECK_RESOLV_CONF)
		return "ask a name server at 127.0.0.1";
	if (id == FOPNP_CHECK_HOSTS)
		return "do not find its names";
	return "do without it";
}

static void check_readable(const struct fopnp_check_system *system, enum fopnp_check_file_id id,
			   struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[id];
	bool is_private = file->is_regular && !(file->status.st_mode & S_IROTH);
	FOPNP_AUTO_FREE char *path = fopnp_check_command_path(system, file->path);
	struct fopnp_finding *added;

	/* fopnp-conf-unreadable and, to those who may not, resolv-conf-missing tell of theirs. */
	if (!is_of_programs(id) || id == FOPNP_CHECK_FOPNP_CONF ||
	    (id == FOPNP_CHECK_RESOLV_CONF && file->error) ||
	    (!is_private && file->error != EACCES))
		return;
	added = fopnp_findings_add(findings, "file-unreadable", FOPNP_ERROR,
				   "not every user may read it: lookups work for root, and the "
				   "programs of others %s",
				   loss_of(id));
	fopnp_finding_set_fix(added, "chmod a+r %s", path);
	place(file, 0, added);
}

static void check_readables(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	for_each_file(system, check_readable, findings);
}

/* ---- what it is ---- */

static void check_link(const struct fopnp_check_system *system, enum fopnp_check_file_id id,
		       struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[id];
	struct fopnp_finding *added;

	/* resolv-conf-missing tells of resolv.conf. */
	if (!file->target || file->is_regular || id == FOPNP_CHECK_RESOLV_CONF ||
	    (file->error != ENOENT && file->error != ELOOP && file->error != ENOTDIR))
		return;
	added = fopnp_findings_add(
		findings, "file-link-dangling", FOPNP_WARNING,
		"it is a symbolic link to %s, %s: it counts as missing", file->target,
		file->error == ELOOP ? "which leads back to itself" : "which is not there");
	fopnp_finding_set_fix(added, "put a file in its place");
	place(file, 0, added);
}

static void check_links(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	for_each_file(system, check_link, findings);
}

static void check_kind(const struct fopnp_check_system *system, enum fopnp_check_file_id id,
		       struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[id];
	struct fopnp_finding *added;

	/* nsswitch-broken, fopnp-conf-unreadable and resolv-conf-fatal tell of theirs. */
	if (file->is_regular || id == FOPNP_CHECK_NSSWITCH || id == FOPNP_CHECK_FOPNP_CONF ||
	    id == FOPNP_CHECK_RESOLV_CONF ||
	    (file->error != EISDIR && file->error != EINVAL && file->error != ENXIO))
		return;
	added = fopnp_findings_add(findings, "file-not-regular", FOPNP_ERROR, "it is %s: %s",
				   file->error == EISDIR ? "a directory" : "no regular file",
				   id == FOPNP_CHECK_HOSTS
					   ? "every lookup in files ends in a system failure"
					   : "nothing can be read from it");
	fopnp_finding_set_fix(added, "put a file in its place%s",
			      file->error == EISDIR
				      ? " (container runtimes make a directory of a mount whose "
					"source is missing)"
				      : "");
	place(file, 0, added);
}

static void check_kinds(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	for_each_file(system, check_kind, findings);
}

static void check_size(const struct fopnp_check_system *system, enum fopnp_check_file_id id,
		       struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[id];
	struct fopnp_finding *added;

	/* hosts-large and fopnp-conf-unreadable tell of theirs. */
	if (!file->is_cut || id == FOPNP_CHECK_HOSTS || id == FOPNP_CHECK_FOPNP_CONF)
		return;
	added = fopnp_findings_add(findings, "file-huge", FOPNP_WARNING,
				   "it is larger than 1 MiB (%.1f MB), which programs read whole; "
				   "check has looked at the first part alone",
				   (double)file->status.st_size / 1e6);
	fopnp_finding_set_fix(added, "see what fills it");
	place(file, 0, added);
}

static void check_sizes(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	for_each_file(system, check_size, findings);
}

/* ---- the rules ---- */

const struct fopnp_check_rule FOPNP_CHECK_FILE_RULES[] = {
	{
		"nul-byte",
		FOPNP_WARNING,
		"a NUL byte in a configuration file",
		"C programs end a line at a NUL byte, so what stands behind it is not read. Such "
		"bytes get into files when a machine loses power while they are written, or when a "
		"file is UTF-16.",
		check_nuls,
	},
	{
		"carriage-return",
		FOPNP_ERROR,
		"lines that end in CR LF",
		"An editor of Windows wrote the file. glibc takes the CR for a blank in "
		"nsswitch.conf, hosts, host.conf and gai.conf. In resolv.conf it is a character "
		"like any other: \"nameserver 10.0.0.1\" with a CR has no valid address, and a search "
		"domain with one exists nowhere.",
		check_returns,
	},
	{
		"byte-order-mark",
		FOPNP_WARNING,
		"a file begins with a byte order mark",
		"The three bytes EF BB BF in front of the text are part of its first word to glibc: "
		"the address of the first line of /etc/hosts is none then, the first keyword "
		"unknown. In host.conf every program complains of it.",
		check_marks,
	},
	{
		"file-writable",
		FOPNP_ERROR,
		"others than root may write to a file that directs all lookups",
		"Who can write /etc/hosts, nsswitch.conf or resolv.conf decides where the "
		"connections of all programs go, root's included.",
		check_writables,
	},
	{
		"file-unreadable",
		FOPNP_ERROR,
		"a file that only some users may read",
		"Every program reads these files with the rights of its own user. With mode 0600 "
		"lookups work for root, and for nobody else: users ask 127.0.0.1 without "
		"resolv.conf, and go by \"files dns\" without nsswitch.conf. An umask of 077 while a "
		"file is written makes it so.",
		check_readables,
	},
	{
		"file-link-dangling",
		FOPNP_WARNING,
		"a link that leads to no file",
		"The file counts as missing. Links to /run or into another package stay behind when "
		"what they lead to is removed, or is not mounted in a container.",
		check_links,
	},
	{
		"file-not-regular",
		FOPNP_ERROR,
		"a directory or device in the place of a file",
		"Container runtimes make a directory where the source of a mounted file does not "
		"exist. A directory in the place of /etc/hosts makes every lookup in files end in a "
		"system failure (EAI_SYSTEM).",
		check_kinds,
	},
	{
		"file-huge",
		FOPNP_WARNING,
		"a configuration file of more than 1 MiB",
		"No such file is meant to be so large; each program reads it. check looks at its "
		"first MiB.",
		check_sizes,
	},
	{ 0 },
};
