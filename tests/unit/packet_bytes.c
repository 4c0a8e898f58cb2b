/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DNS packets by hand, see packet_bytes.h. */
#include "tests/unit/packet_bytes.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

void packet_add_bytes(struct packet_bytes *packet, const void *bytes, size_t len)
{
	assert(len <= sizeof(packet->bytes) - packet->len);
	memcpy(packet->bytes + packet->len, bytes, len);
	packet->len += len;
}

void packet_add_16(struct packet_bytes *packet, unsigned number)
{
	const uint8_t bytes[] = { (uint8_t)(number >> 8), (uint8_t)number };

	packet_add_bytes(packet, bytes, sizeof(bytes));
}

void packet_start(struct packet_bytes *packet, uint16_t id, uint16_t flags,
		  const unsigned counts[4])
{
	packet->len = 0;
	packet_add_16(packet, id);
	packet_add_16(packet, flags);
	for (unsigned i = 0; i < 4; i++)
		packet_add_16(packet, counts[i]);
}

void packet_add_name(struct packet_bytes *packet, const char *name)
{
	while (*name) {
		size_t len = strcspn(name, ".");
		uint8_t byte = (uint8_t)len;

		packet_add_bytes(packet, &byte, 1);
		packet_add_bytes(packet, name, len);
		name += len + (name[len] == '.');
	}
	packet_add_bytes(packet, "", 1);
}

void packet_add_question(struct packet_bytes *packet, const char *name, unsigned type,
			 unsigned class)
{
	packet_add_name(packet, name);
	packet_add_16(packet, type);
	packet_add_16(packet, class);
}

void packet_add_record(struct packet_bytes *packet, const char *name, unsigned type, unsigned class,
		       uint32_t ttl, const void *data, size_t data_len)
{
	packet_add_question(packet, name, type, class);
	packet_add_16(packet, ttl >> 16);
	packet_add_16(packet, ttl & 0xffff);
	packet_add_16(packet, (unsigned)data_len);
	packet_add_bytes(packet, data, data_len);
}

void packet_add_address(struct packet_bytes *packet, const char *name, const char *text)
{
	uint8_t address[16];

	if (inet_pton(AF_INET, text, address) == 1)
		packet_add_record(packet, name, 1, 1, 120, address, 4);
	else if (inet_pton(AF_INET6, text, address) == 1)
		packet_add_record(packet, name, 28, 1, 120, address, 16);
	else
		assert(!"an address");
}
