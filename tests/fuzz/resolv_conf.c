/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* resolv.conf(5): whatever it holds, the lines it points to are those of the keyword. */
#include "tools/resolv_conf.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether the LINE-th line begins with KEYWORD. */
static bool is_line_of(const char *bytes, size_t len, unsigned line, const char *keyword)
{
	const char *at = bytes, *end = bytes + len;

	for (; line > 1; line--) {
		at = memchr(at, '\n', (size_t)(end - at));
		assert(at != NULL);
		at++;
	}
	return (size_t)(end - at) > strlen(keyword) && memcmp(at, keyword, strlen(keyword)) == 0;
}

static void check_servers(const struct fopnp_resolv_conf *conf, const char *bytes, size_t len)
{
	unsigned last = 0;

	assert(conf->server_count <= FOPNP_RESOLV_CONF_SERVERS);
	for (size_t i = 0; i < conf->server_count; i++) {
		assert(conf->servers[i].line > last);
		last = conf->servers[i].line;
		assert(is_line_of(bytes, len, last, "nameserver"));
	}
	assert(!conf->surplus_line || conf->server_count == FOPNP_RESOLV_CONF_SERVERS);
	assert(!conf->surplus_line || conf->surplus_line > last);
	assert(!conf->refused_line || is_line_of(bytes, len, conf->refused_line, "nameserver"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct fopnp_resolv_conf conf;

	fopnp_resolv_conf_parse(bytes, size, &conf);
	check_servers(&conf, bytes, size);
	assert((conf.search_line == 0) == (conf.search_count == 0));
	assert(!conf.search_line || is_line_of(bytes, size, conf.search_line, "search") ||
	       is_line_of(bytes, size, conf.search_line, "domain"));
	for (size_t i = 0; i < conf.search_count; i++)
		assert(conf.search[i][0] != '\0' && strpbrk(conf.search[i], " \t\n") == NULL);
	assert((conf.options_line == 0) == (conf.options_text == NULL));
	assert(!conf.options_line || is_line_of(bytes, size, conf.options_line, "options"));
	assert(!conf.endless_line || is_line_of(bytes, size, conf.endless_line, "sortlist"));
	fopnp_resolv_conf_clear(&conf);
	return 0;
}
