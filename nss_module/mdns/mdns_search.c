/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One search, see mdns_search.h. */
#include "nss_module/mdns/mdns_search.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

/*
 * RFC 6762 section 5.2 wants a second between two queries, and more each time.  The
 * first repetition is earlier, as avahi's: most losses are of one packet.
 */
#define FIRST_INTERVAL_US  250000
#define SECOND_INTERVAL_US 750000
#define THIRD_INTERVAL_US  1000000

#define POLLED (FOPNP_MDNS_TYPES + FOPNP_MDNS_SOCKETS)

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool is_avahi_at_work(const struct fopnp_mdns_search *search)
{
	for (unsigned i = 0; i < FOPNP_MDNS_TYPES; i++)
		if (search->avahi[i].fd >= 0)
			return true;
	return false;
}

static bool is_multicast_at_work(const struct fopnp_mdns_search *search)
{
	for (unsigned i = 0; i < FOPNP_MDNS_SOCKETS; i++)
		if (search->multicast.sockets[i] >= 0)
			return true;
	return false;
}

static bool is_over(const struct fopnp_mdns_search *search, uint64_t now)
{
	if (search->result.settled == fopnp_mdns_all_types(&search->question) ||
	    now >= search->deadline_us || (search->grace_end_us && now >= search->grace_end_us))
		return true;
	return search->has_multicast_begun && !is_avahi_at_work(search) &&
	       !is_multicast_at_work(search);
}

static void send_again(struct fopnp_mdns_search *search, uint64_t now)
{
	fopnp_mdns_multicast_send(&search->multicast, &search->question, search->result.settled);
	/* A firewall: nobody will answer.  Full queues may be less so the next time. */
	if (search->multicast.asked == 0 &&
	    (search->interval_us != FIRST_INTERVAL_US ||
	     !fopnp_mdns_is_shortage(search->multicast.send_error))) {
		fopnp_mdns_multicast_close(&search->multicast);
		return;
	}
	search->resend_us = now + search->interval_us;
	switch (search->interval_us) {
	case FIRST_INTERVAL_US:
		search->interval_us = SECOND_INTERVAL_US;
		break;
	case SECOND_INTERVAL_US:
		search->interval_us = THIRD_INTERVAL_US;
		break;
	default:
		search->interval_us *= 2;
		break;
	}
}

static void act_by_clock(struct fopnp_mdns_search *search, uint64_t now)
{
	if (!search->has_multicast_begun &&
	    (!is_avahi_at_work(search) || now >= search->head_start_end_us)) {
		search->has_multicast_begun = true;
		search->interval_us = FIRST_INTERVAL_US;
		search->resend_us = now;
		fopnp_mdns_multicast_open(&search->multicast);
	}
	if (is_multicast_at_work(search) && now >= search->resend_us)
		send_again(search, now);
}

/* When something has to be done though nothing comes in. */
static uint64_t next_time(const struct fopnp_mdns_search *search)
{
	uint64_t next = search->deadline_us;

	if (search->grace_end_us)
		next = earlier(next, search->grace_end_us);
	if (!search->has_multicast_begun)
		next = earlier(next, search->head_start_end_us);
	else if (is_multicast_at_work(search))
		next = earlier(next, search->resend_us);
	return next;
}

/* Descriptors of -1 are none to poll().  False if it cannot wait: nothing may spin. */
static bool wait_for_something(struct fopnp_mdns_search *search, uint64_t now,
			       struct pollfd polled[static POLLED])
{
	uint64_t next = next_time(search);
	int wait_ms = next > now ? (int)((next - now + 999) / 1000) : 0;

	for (unsigned i = 0; i < FOPNP_MDNS_TYPES; i++)
		polled[i] = (struct pollfd){ .fd = search->avahi[i].fd, .events = POLLIN };
	for (unsigned i = 0; i < FOPNP_MDNS_SOCKETS; i++)
		polled[FOPNP_MDNS_TYPES + i] =
			(struct pollfd){ .fd = search->multicast.sockets[i], .events = POLLIN };
	if (poll(polled, POLLED, wait_ms) >= 0)
		return true;
	for (unsigned i = 0; i < POLLED; i++)
		polled[i].revents = 0;
	if (errno == EINTR)
		return true;
	/* RLIMIT_NOFILE is below what is polled. */
	search->error = errno == EINVAL ? EMFILE : errno;
	return false;
}

static void take_what_came(struct fopnp_mdns_search *search, const struct pollfd *polled)
{
	for (unsigned i = 0; i < FOPNP_MDNS_TYPES; i++)
		if (polled[i].revents)
			fopnp_mdns_avahi_receive(&search->avahi[i], &search->question,
						 &search->result);
	polled += FOPNP_MDNS_TYPES;
	for (unsigned i = 0; i < FOPNP_MDNS_SOCKETS; i++)
		if (polled[i].revents)
			fopnp_mdns_multicast_receive(&search->multicast, i, &search->question,
						     &search->result);
}

static void begin(struct fopnp_mdns_search *search, const char *avahi_path, uint64_t timeout_us)
{
	uint64_t now = now_us();

	search->deadline_us = now + timeout_us;
	search->head_start_end_us = now + earlier(FOPNP_MDNS_HEAD_START_US, timeout_us / 2);
	search->grace_end_us = 0;
	search->has_multicast_begun = false;
	search->error = 0;
	fopnp_mdns_result_init(&search->result);
	fopnp_mdns_multicast_init(&search->multicast);
	for (unsigned i = 0; i < FOPNP_MDNS_TYPES; i++) {
		search->avahi[i].fd = -1;
		search->avahi[i].has_denied = false;
		search->avahi[i].failure[0] = '\0';
	}
	/* Where the first finds nobody the second need not try. */
	for (unsigned i = 0; i < search->question.type_count; i++)
		if (i == 0 || search->avahi[0].fd >= 0)
			fopnp_mdns_avahi_open(&search->avahi[i], avahi_path, &search->question, i);
}

void fopnp_mdns_search_run(struct fopnp_mdns_search *search, const char *avahi_path,
			   uint64_t timeout_us)
{
	struct pollfd polled[POLLED];
	const char *failure;

	begin(search, avahi_path, timeout_us);
	for (;;) {
		uint64_t now = now_us();

		if (is_over(search, now))
			break;
		act_by_clock(search, now);
		if (is_over(search, now))
			break; /* there is nobody to wait for */
		if (!wait_for_something(search, now, polled))
			break;
		take_what_came(search, polled);
		if (!search->grace_end_us && !fopnp_mdns_result_is_empty(&search->result))
			search->grace_end_us = now_us() + FOPNP_MDNS_GRACE_US;
	}
	if (search->error == 0)
		search->error = search->multicast.error;
	if (search->error == 0 && search->multicast.asked == 0)
		search->error = search->multicast.send_error;
	/* That it knows no address of one family it says after 5 s, which is no failure. */
	failure = search->result.origin.via == FOPNP_MDNS_VIA_AVAHI ? "" : "timeout";
	for (unsigned i = 0; i < FOPNP_MDNS_TYPES; i++)
		fopnp_mdns_avahi_close(&search->avahi[i], failure);
	fopnp_mdns_multicast_close(&search->multicast);
}
