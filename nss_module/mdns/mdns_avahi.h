/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Avahi's socket (avahi-daemon/simple-protocol.c): a command, a line of answer,
 * and the daemon closes.  One connection a type, both at the same time.
 * Whatever is at the other end: nothing here waits, and a line has a limit.
 * The daemon gives one address a family and no TTL.
 */
#pragma once

#include "nss_module/mdns/mdns_question.h"
#include "nss_module/mdns/mdns_result.h"

#include <stdbool.h>
#include <stddef.h>

#define FOPNP_MDNS_AVAHI_SOCKET "/run/avahi-daemon/socket"
#define FOPNP_MDNS_AVAHI_LINE   512 /* a name, an address and three words are 320 */
#define FOPNP_MDNS_AVAHI_WORDS  64

struct fopnp_mdns_avahi {
	int fd;          /* -1: closed */
	unsigned type;   /* number of the question's type */
	bool has_denied; /* that there is no such name */
	size_t used;
	char line[FOPNP_MDNS_AVAHI_LINE];
	/* How it failed: "refused", "denied", "timeout", "garbage" or its words; "": not so. */
	char failure[FOPNP_MDNS_AVAHI_WORDS];
};

/*
 * Connect to PATH and ask for type number TYPE.  A daemon that is not there is
 * no failure; one whose queue is full is "timeout".  avahi->fd tells.
 */
void fopnp_mdns_avahi_open(struct fopnp_mdns_avahi *avahi, const char *path,
			   const struct fopnp_mdns_question *question, unsigned type);

/* Read what is there; the answer goes into *result.  Closes at its end. */
void fopnp_mdns_avahi_receive(struct fopnp_mdns_avahi *avahi,
			      const struct fopnp_mdns_question *question,
			      struct fopnp_mdns_result *result);

/* Give up; if it is open still, FAILURE says why, as in the struct. */
void fopnp_mdns_avahi_close(struct fopnp_mdns_avahi *avahi, const char *failure);

/*
 * A line without its newline: "+ INTERFACE PROTOCOL NAME ADDRESS", or without the
 * address for a reverse question; else false, with the reason in FAILURE: the words of a
 * line "-NUMBER WORDS", or "garbage": another name than asked, another family,
 * an address that is no other host's (loopback is this host by the loopback
 * interface), a host name that is none, bytes that are not printable ASCII.
 */
bool fopnp_mdns_avahi_take_line(const struct fopnp_mdns_question *question, unsigned type,
				const char *line, size_t len, struct fopnp_mdns_result *result,
				char failure[static FOPNP_MDNS_AVAHI_WORDS]);
