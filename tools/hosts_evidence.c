/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding an answer's lines in /etc/hosts. */
#include "tools/hosts_evidence.h"

#include "nss_module/lookup/hosts_file.h"
#include "tools/memory.h"
#include "tools/text_file.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* glibc's "files" gives ::1 as 127.0.0.1, and a mapped address as IPv4, to those who ask for IPv4. */
static bool is_given_as(const struct fopnp_hosts_line *line,
			const struct fopnp_request_address *address)
{
	static const uint8_t loopback4[4] = { 127, 0, 0, 1 };
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (line->family == address->family)
		return memcmp(line->address, address->bytes, line->family == AF_INET ? 4 : 16) == 0;
	if (line->family == AF_INET) /* AI_V4MAPPED */
		return memcmp(address->bytes, mapped, 12) == 0 &&
		       memcmp(address->bytes + 12, line->address, 4) == 0;
	if (memcmp(line->address, mapped, 12) == 0)
		return memcmp(line->address + 12, address->bytes, 4) == 0;
	return memcmp(line->address, &in6addr_loopback, 16) == 0 &&
	       memcmp(address->bytes, loopback4, 4) == 0;
}

static bool is_evidence(const struct fopnp_hosts_line *line, const struct fopnp_request *request,
			const struct fopnp_call_result *answer)
{
	const char *name = fopnp_request_is_reverse(request) ? answer->canonical : request->name;

	if (line->family == AF_UNSPEC || !fopnp_hosts_line_has_name(line, name))
		return false;
	for (size_t i = 0; i < answer->address_count; i++)
		if (is_given_as(line, &answer->addresses[i]))
			return true;
	return false;
}

size_t fopnp_hosts_evidence_find(const struct fopnp_request *request,
				 const struct fopnp_call_result *answer,
				 struct fopnp_place **out_list)
{
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;
	size_t len = 0, count = 0;
	int error;
	FOPNP_AUTO_FREE char *bytes = fopnp_text_file_read(FOPNP_HOSTS_PATH, &len, &error);

	*out_list = fopnp_memory_zeroed(FOPNP_HOSTS_EVIDENCE, sizeof(**out_list));
	if (!bytes)
		return 0;
	fopnp_hosts_start(&cursor, bytes, len);
	while (count < FOPNP_HOSTS_EVIDENCE && fopnp_hosts_next(&cursor, &line)) {
		FOPNP_AUTO_FREE char *text = NULL;

		if (!is_evidence(&line, request, answer))
			continue;
		text = fopnp_memory_copy(line.text, line.text_len);
		(*out_list)[count++] = fopnp_place_make(FOPNP_HOSTS_PATH, line.number, text);
	}
	return count;
}
