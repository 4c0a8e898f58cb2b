/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp.conf: each line is taken or reported, and what was taken is what was promised. */
#include "nss_module/lookup/fopnp_conf.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void note_problem(void *context, unsigned line, const char *message)
{
	unsigned *last_line = context;

	assert(line > *last_line && message != NULL);
	*last_line = line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned last_line = 0;
	struct fopnp_conf *conf;

	conf = fopnp_conf_parse((const char *)data, size, note_problem, &last_line);
	assert(conf != NULL && conf->log_count <= FOPNP_CONF_LOGS);
	for (size_t i = 0; i < conf->order_count; i++) {
		const char *domain = conf->orders[i].domain;
		const struct fopnp_conf_order *found = fopnp_conf_find_order(conf, domain ?: "");

		assert(conf->orders[i].order->count > 0 && !conf->orders[i].order->is_cut);
		assert(found <= &conf->orders[i] && (found->domain == NULL) == (domain == NULL));
		assert(domain == NULL || strcmp(found->domain, domain) == 0);
	}
	for (size_t i = 0; i < conf->log_count; i++)
		assert(conf->logs[i].path[0] == '/');
	for (size_t i = 0; i < conf->option_count; i++)
		assert(conf->options[i].text == NULL || conf->options[i].text[0] != '\0');
	fopnp_conf_destroy(conf);
	return 0;
}
