/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Root hints of anybody: refused with a reason, or servers with names and addresses within bounds. */
#include "tools/root_hints.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t check_server(const struct fopnp_root_server *server)
{
	size_t len = strlen(server->name);

	assert(len > 0 && server->name[len - 1] == '.' && len <= 256);
	assert(server->count <= FOPNP_ROOT_ADDRESSES);
	for (size_t i = 0; i < server->count; i++)
		assert(server->addresses[i].any.sa_family == AF_INET ||
		       server->addresses[i].any.sa_family == AF_INET6);
	return server->count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fopnp_root_hints hints;
	const char *problem;
	unsigned line;
	size_t addresses = 0;
	bool is_read =
		fopnp_root_hints_parse((const char *)data, size, &hints, &line, &problem);

	assert(is_read == !problem && line <= size + 1);
	assert(hints.count <= FOPNP_ROOT_SERVERS && !hints.file);
	for (size_t i = 0; i < hints.count; i++)
		addresses += check_server(&hints.servers[i]);
	assert(!is_read || addresses > 0);
	fopnp_root_hints_clear(&hints);
	return 0;
}
