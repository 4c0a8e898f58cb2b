/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DNS packets put together by hand, right or wrong, for tests. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct packet_bytes {
	size_t len;
	uint8_t bytes[9000];
};

/* A header with FLAGS and the four counts; forgets what was there. */
void packet_start(struct packet_bytes *packet, uint16_t id, uint16_t flags,
		  const unsigned counts[4]);

/* An uncompressed name, label by label, whatever its characters; "" is the root. */
void packet_add_name(struct packet_bytes *packet, const char *name);

void packet_add_16(struct packet_bytes *packet, unsigned number);
void packet_add_bytes(struct packet_bytes *packet, const void *bytes, size_t len);

/* A name, type and class. */
void packet_add_question(struct packet_bytes *packet, const char *name, unsigned type,
			 unsigned class);

/* A whole record. */
void packet_add_record(struct packet_bytes *packet, const char *name, unsigned type, unsigned class,
		       uint32_t ttl, const void *data, size_t data_len);

/* The address of TEXT as A or AAAA, of class IN, with a TTL of 120. */
void packet_add_address(struct packet_bytes *packet, const char *name, const char *text);
