/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Marks of lines, see hosts_index.h. */
#include "nss_module/hosts/hosts_index.h"

#include "nss_module/lookup/hosts_file.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#define CASE_BIT 0x20 /* joins letters' cases, and some bytes more */

uint16_t fopnp_hosts_hash_name(const char *name, size_t len)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ ((uint8_t)name[i] | CASE_BIT)) * 16777619u;
	return (uint16_t)(hash ^ hash >> 16);
}

uint16_t fopnp_hosts_hash_address(int family, const uint8_t *address)
{
	uint32_t words[4] = { 0, 0, htonl(0xffff), 0 };
	uint32_t hash;

	if (family == AF_INET)
		memcpy(&words[3], address, 4);
	else
		memcpy(words, address, sizeof(words));
	hash = words[0] ^ words[1] ^ words[2] ^ words[3];
	if (hash == htonl(0xffff ^ INADDR_LOOPBACK))
		hash = htonl(1);                     /* ::1 answers for 127.0.0.1 */
	return (uint16_t)(hash * 2654435769u >> 16); /* Knuth's multiplicative hash */
}

size_t fopnp_hosts_index_make(const char *bytes, size_t len, struct fopnp_hosts_mark *marks)
{
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;
	size_t count = 0;

	fopnp_hosts_start(&cursor, bytes, len);
	while (fopnp_hosts_next(&cursor, &line)) {
		uint16_t start = (uint16_t)(line.text - bytes);
		size_t position = 0, name_len;
		const char *name;

		if (line.family == AF_UNSPEC)
			continue; /* answers for nothing */
		if (marks)
			marks[count] = (struct fopnp_hosts_mark){
				fopnp_hosts_hash_address(line.family, line.address), start
			};
		count++;
		while (fopnp_hosts_next_name(&line, &position, &name, &name_len)) {
			if (marks)
				marks[count] = (struct fopnp_hosts_mark){
					fopnp_hosts_hash_name(name, name_len), start
				};
			count++;
		}
	}
	return count;
}
