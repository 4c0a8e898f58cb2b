/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nscd flushes a cache when a file changes that a module named to it.
 * `_nss_NAME_init` is called inside nscd alone, once, with the function that
 * takes such a file (glibc nscd/nscd.h, nss/nss_files/files-init.c); "files"
 * itself names /etc/hosts and /etc/resolv.conf.
 */
#include "nss_module/config_cache.h"
#include "nss_module/lookup/fopnp_conf.h"

#include <errno.h>
#include <limits.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

NSS_DECLARE_MODULE_FUNCTIONS(fopnp)

/* nscd's enum dbtype: passwd, group, hosts, services, netgroup. */
#define NSCD_HOSTS 2

/* nscd's own layout, private to glibc and unchanged since 2.15. */
struct traced_file {
	time_t mtime;
	struct traced_file *next;
	int call_res_init;
	int inotify_descr[2]; /* of the file and of its directory; -1: not watched yet */
	char dname[PATH_MAX];
	char *sfname; /* the last component of fname */
	char fname[];
};

typedef void register_file(size_t database, struct traced_file *file);

/* Without memory nscd notices changes when its entries expire. */
static void watch(const char *path, register_file *tell)
{
	size_t size = strlen(path) + 1;
	const char *slash = strrchr(path, '/');
	struct traced_file *file = calloc(1, sizeof(*file) + size);

	if (!file || !slash || (size_t)(slash - path) >= sizeof(file->dname)) {
		free(file);
		return;
	}
	file->inotify_descr[0] = -1;
	file->inotify_descr[1] = -1;
	memcpy(file->fname, path, size);
	memcpy(file->dname, path, (size_t)(slash - path));
	file->sfname = file->fname + (slash - path) + 1;
	tell(NSCD_HOSTS, file);
}

/* As fopnp.conf is now: a `hosts-file` that comes later is noticed when entries expire. */
static void watch_hosts_files(register_file *tell)
{
	const struct fopnp_config *config = fopnp_config_get();

	for (size_t i = 0; config && i < config->conf->option_count; i++)
		if (config->conf->options[i].kind == FOPNP_OPTION_HOSTS_FILE)
			watch(config->conf->options[i].text, tell);
}

__attribute__((visibility("default"))) void _nss_fopnp_init(register_file *tell)
{
	int saved_errno = errno;

	fopnp_config_check_always();
	watch(FOPNP_CONF_PATH, tell);
	watch_hosts_files(tell);
	errno = saved_errno;
}
