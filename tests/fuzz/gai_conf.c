/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gai.conf(5): every table ends in an entry for every address, the longest prefixes first. */
#include "tools/gai_conf.h"

#include <assert.h>
#include <string.h>
#include <sys/socket.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_table(const struct fopnp_gai_conf *conf, enum fopnp_gai_table table)
{
	const struct fopnp_gai_entry *list = conf->tables[table].list;
	size_t count = conf->tables[table].count;
	bool is_built_in = true;

	assert(count > 0);
	assert(list[count - 1].bits == (table == FOPNP_GAI_SCOPE ? 96 : 0));
	for (size_t i = 0; i < count; i++) {
		assert(list[i].bits <= 128 && list[i].value >= 0);
		is_built_in = is_built_in && list[i].line == 0;
	}
	for (size_t i = 1; i < count && !is_built_in; i++)
		assert(list[i - 1].bits >= list[i].bits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fopnp_request_address address = { .family = AF_INET6 };
	struct fopnp_gai_conf conf;

	memcpy(address.bytes, data, size < 16 ? size : 16);
	for (int is_strict = 0; is_strict < 2; is_strict++) {
		fopnp_gai_conf_parse((const char *)data, size, is_strict, &conf);
		for (int table = 0; table < FOPNP_GAI_TABLES; table++) {
			check_table(&conf, (enum fopnp_gai_table)table);
			address.family = table == FOPNP_GAI_SCOPE ? AF_INET : AF_INET6;
			(void)fopnp_gai_conf_value(&conf, (enum fopnp_gai_table)table, &address);
		}
		assert(!is_strict || conf.unsafe_line == 0);
		fopnp_gai_conf_clear(&conf);
	}
	return 0;
}
