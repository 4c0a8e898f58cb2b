/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hosts(5): spans lie in the file in order, and a line has the names that it has. */
#include "nss_module/lookup/hosts_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_names(const struct fopnp_hosts_line *line)
{
	size_t position = 0, len;
	const char *name;

	assert(fopnp_hosts_line_has_name(line, "") == (line->names_len == 0));
	for (int i = 0; i < 8 && fopnp_hosts_next_name(line, &position, &name, &len); i++) {
		char *copy = strndup(name, len);

		assert(len > 0 && name >= line->names && position <= line->names_len);
		assert(strlen(copy) == len && fopnp_hosts_line_has_name(line, copy));
		free(copy);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;

	fopnp_hosts_start(&cursor, (const char *)data, size);
	for (unsigned number = 0; fopnp_hosts_next(&cursor, &line); number = line.number) {
		assert(line.number > number && line.address_len > 0);
		assert(line.text >= (const char *)data && line.address_text >= line.text);
		assert(line.names >= line.address_text + line.address_len);
		assert(line.names + line.names_len <= line.text + line.text_len);
		assert(line.text + line.text_len <= (const char *)data + size);
		check_names(&line);
	}
	return 0;
}
