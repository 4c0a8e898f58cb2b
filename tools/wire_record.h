/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing down packets as they pass, and what glibc will make of each reply. */
#pragma once

#include "tools/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* glibc asks two at a time on one socket; more is not its doing. */
#define FOPNP_CHANNEL_QUESTIONS 4

struct fopnp_channel_question {
	bool is_used, is_answered;
	struct fopnp_dns_message message;
};

/* One socket of glibc's, and what it has asked there. */
struct fopnp_wire_channel {
	size_t server;
	bool is_tcp;
	struct fopnp_channel_question questions[FOPNP_CHANNEL_QUESTIONS];
	size_t next; /* the question that gives way to a new one */
};

/* NOW_US counts as fopnp_wire_packet.at_us does. */
void fopnp_wire_record_query(struct fopnp_wire *wire, struct fopnp_wire_channel *channel,
			     uint64_t now_us, const uint8_t *bytes, size_t len);
void fopnp_wire_record_reply(struct fopnp_wire *wire, struct fopnp_wire_channel *channel,
			     uint64_t now_us, const uint8_t *bytes, size_t len);

/* There will be no reply to what has none so far: EVENT says why, ERROR is its errno or 0. */
void fopnp_wire_record_end(struct fopnp_wire *wire, struct fopnp_wire_channel *channel,
			   uint64_t now_us, enum fopnp_wire_event event, int error);

/*
 * The same where the server cannot be reached, for ERROR; if that is our own trouble
 * (descriptors or memory are short) the record is broken instead.
 */
void fopnp_wire_record_failure(struct fopnp_wire *wire, struct fopnp_wire_channel *channel,
			       uint64_t now_us, int error);

/* This record is not to be told; the first ERROR stays. */
void fopnp_wire_break(struct fopnp_wire *wire, int error);

/* Whether a query is the other half, A or AAAA, of one that was asked there alone so far. */
bool fopnp_wire_channel_lacks(const struct fopnp_wire_channel *channel, const uint8_t *bytes,
			      size_t len);

/* Whether something was asked that has no reply. */
bool fopnp_wire_channel_waits(const struct fopnp_wire_channel *channel);
