/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nscd flushes a cache when a file changes that a module named to it.
 * `_nss_NAME_init` is called inside nscd alone, once, with the function that
 * takes such a file (glibc nscd/nscd.h, nss/nss_files/files-init.c); "files"
 * itself names /etc/hosts and /etc/resolv.conf.
 */
#include "nss_module/config_cache.h"
#include "nss_module/lookup/fopnp_conf.h"

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

__attribute__((visibility("default"))) void _nss_fopnp_init(
	void (*register_file)(size_t, struct traced_file *))
{
	static const char path[] = FOPNP_CONF_PATH;
	struct traced_file *file = calloc(1, sizeof(*file) + sizeof(path));
	const char *slash = strrchr(path, '/');

	fopnp_config_check_always();
	if (!file)
		return; /* nscd then notices changes when its entries expire */
	file->inotify_descr[0] = -1;
	file->inotify_descr[1] = -1;
	memcpy(file->fname, path, sizeof(path));
	memcpy(file->dname, path, (size_t)(slash - path));
	file->sfname = file->fname + (slash - path) + 1;
	register_file(NSCD_HOSTS, file);
}
