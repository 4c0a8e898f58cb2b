/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One search: avahi and our own multicast under one deadline.
 *
 * Where avahi's socket is there it is asked first, since it may have the answer in its cache,
 * and gets a head start: long enough for what it has to ask for (it waits 100 ms before it
 * does), short enough that a daemon that hangs costs little, and never more than half of the
 * time there is.  Then, or at once if avahi cannot be asked or fails, our own packets go out
 * beside it; the first to answer wins.  Avahi's "not found" needs 5 s, so that it is our
 * deadline that ends the search for a name that nobody has.
 *
 * The search ends early when each wanted type is answered or denied, or a grace after the
 * first answer: responders answer all that they have at once.  Avahi's own 100 ms and a way
 * over the air are within it.
 */
#pragma once

#include "nss_module/mdns/mdns_avahi.h"
#include "nss_module/mdns/mdns_multicast.h"

#include <stdint.h>

#define FOPNP_MDNS_TIMEOUT_US    2000000
#define FOPNP_MDNS_HEAD_START_US 250000
#define FOPNP_MDNS_GRACE_US      150000

/*
 * Some 13 KiB: on the heap, since a thread's stack may have but little more.  getifaddrs(3) takes
 * 5 KiB of the stack, and 4 bytes for each link.
 */
struct fopnp_mdns_search {
	struct fopnp_mdns_question question;
	struct fopnp_mdns_result result;
	struct fopnp_mdns_avahi avahi[FOPNP_MDNS_TYPES];
	struct fopnp_mdns_multicast multicast;
	int error; /* errno: why silence is no "not found"; 0: it is */
	bool has_multicast_begun;
	uint64_t head_start_end_us, deadline_us;
	uint64_t grace_end_us; /* 0: no answer yet */
	uint64_t resend_us, interval_us;
};

/* Search for search->question, for TIMEOUT_US at most.  All else in *search is output. */
void fopnp_mdns_search_run(struct fopnp_mdns_search *search, const char *avahi_path,
			   uint64_t timeout_us);
