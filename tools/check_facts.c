/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts beside the configuration files, see check_facts.h. */
#include "tools/check_facts.h"

#include "nss_module/lookup/event.h"
#include "tools/check_browsers.h"
#include "tools/check_system.h"
#include "tools/check_system_file.h"
#include "tools/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files that fopnp.conf names ---- */

static void add_named(struct fopnp_check_system *system, int root, char *path, unsigned line,
		      bool is_log)
{
	struct fopnp_check_named *named;
	struct fopnp_check_file file;

	system->named =
		fopnp_memory_resize(system->named, system->named_count + 1, sizeof(*system->named));
	named = &system->named[system->named_count++];
	fopnp_check_file_read(root, path, 1, &file);
	*named = (struct fopnp_check_named){
		.path = path,
		.line = line,
		.is_log = is_log,
		.error = file.error,
	};
	/* A directory has EISDIR, and is what a socket needs. */
	if (is_log)
		named->error = file.error == EISDIR ? 0 : file.error ? file.error : ENOTDIR;
	if (!named->error) {
		named->uid = file.status.st_uid;
		named->gid = file.status.st_gid;
		named->mode = file.status.st_mode;
	}
	fopnp_check_file_clear(&file);
}

static void read_named(struct fopnp_check_system *system, int root)
{
	const struct fopnp_conf *conf = system->fopnp_conf;

	for (size_t i = 0; conf && i < conf->option_count; i++)
		if (conf->options[i].kind == FOPNP_OPTION_HOSTS_FILE)
			add_named(system, root, fopnp_memory_copy_text(conf->options[i].text),
				  conf->options[i].line, false);
	for (size_t i = 0; conf && i < conf->log_count; i++) {
		const char *path = conf->logs[i].path, *slash = strrchr(path, '/');

		if (conf->logs[i].kind != FOPNP_LOG_SOCKET || !slash)
			continue;
		add_named(system, root,
			  slash == path ? fopnp_memory_copy_text("/")
					: fopnp_memory_copy(path, (size_t)(slash - path)),
			  conf->logs[i].line, true);
	}
}

/* ---- what runs ---- */

/* As glibc, which keeps most of them from privileged programs alone. */
static struct fopnp_check_environment read_environment(void)
{
	return (struct fopnp_check_environment){
		.host_aliases = getenv("HOSTALIASES"),
		.local_domain = getenv("LOCALDOMAIN"),
		.res_options = getenv("RES_OPTIONS"),
		.resolv_host_conf = getenv("RESOLV_HOST_CONF"),
		.resolv_multi = getenv("RESOLV_MULTI"),
		.resolv_reorder = getenv("RESOLV_REORDER"),
		.resolv_add_trim_domains = getenv("RESOLV_ADD_TRIM_DOMAINS"),
		.resolv_override_trim_domains = getenv("RESOLV_OVERRIDE_TRIM_DOMAINS"),
	};
}

void fopnp_check_facts_read(struct fopnp_check_system *system, int root)
{
	struct stat status;

	if (root != -1 && fstat(root, &status) == 0)
		system->root_uid = status.st_uid;
	if (!system->root) {
		system->environment = read_environment();
		system->journal = access(FOPNP_JOURNAL_SOCKET, F_OK) == 0 ? FOPNP_CHECK_THERE
									  : FOPNP_CHECK_ABSENT;
	}
	read_named(system, root);
	fopnp_check_browsers_read(system, root);
}

void fopnp_check_facts_clear(struct fopnp_check_system *system)
{
	for (size_t i = 0; i < system->named_count; i++)
		free(system->named[i].path);
	free(system->named);
	fopnp_check_browsers_clear(system);
}
