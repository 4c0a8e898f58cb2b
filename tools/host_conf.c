/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading host.conf, see host_conf.h. */
#include "tools/host_conf.h"

#include "nss_module/lookup/host_conf.h"
#include "tools/memory.h"
#include "tools/text_file.h"

#include <stdlib.h>
#include <string.h>

void fopnp_host_conf_parse(const char *bytes, size_t len, struct fopnp_host_conf *conf)
{
	unsigned line_count = 0;

	fopnp_host_conf_take(bytes, len, &conf->is_multi, &conf->line, &line_count);
}

void fopnp_host_conf_read(struct fopnp_host_conf *out_conf)
{
	/* As glibc: ld.so keeps RESOLV_HOST_CONF from privileged programs. */
	const char *file = getenv("RESOLV_HOST_CONF"), *multi = getenv("RESOLV_MULTI");
	size_t len = 0;
	int error;
	FOPNP_AUTO_FREE char *bytes = NULL;

	*out_conf = (struct fopnp_host_conf){
		.file = fopnp_memory_copy_text(file ? file : FOPNP_HOST_CONF),
	};
	bytes = fopnp_text_file_read(out_conf->file, &len, &error);
	if (bytes)
		fopnp_host_conf_parse(bytes, len, out_conf);
	if (multi && fopnp_host_conf_parse_switch(multi, strlen(multi), &out_conf->is_multi)) {
		out_conf->is_of_environment = true;
		out_conf->line = 0;
	}
}

void fopnp_host_conf_clear(struct fopnp_host_conf *conf)
{
	free(conf->file);
	*conf = (struct fopnp_host_conf){ 0 };
}
