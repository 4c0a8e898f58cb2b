/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The live view, see watch_live.h. */
#include "tools/watch_live.h"

#include "tools/clock.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/observed.h"
#include "tools/watch_opening.h"
#include "tools/watch_options.h"
#include "tools/watch_output.h"
#include "tools/watch_socket.h"
#include "tools/watch_wait.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PLACE_CHECK_US 1000000 /* another watcher may have taken over */
#define BATCH_MOST     512     /* events between two looks at signals and clock */

struct live {
	const struct fopnp_watch_options *options;
	struct fopnp_watch_output *output;
	struct fopnp_watch_socket *watch;
	struct fopnp_process_cache *cache;
	struct fopnp_observed_losses *losses;
	struct fopnp_observed_lookup *lookup;
	uint64_t end_us, check_us; /* of the clock; end 0: none */
	bool has_more;             /* events may be there that poll() does not know of */
	bool is_unread;            /* nobody reads our output */
};

static void take(struct live *live, const struct fopnp_event_datagram *datagram)
{
	enum fopnp_observed_kind kind = fopnp_observed_decode(datagram, live->cache, live->lookup);
	uint64_t lost;

	if (kind == FOPNP_OBSERVED_MALFORMED) {
		fopnp_watch_output_malformed(live->output, &live->lookup->process, datagram->bytes,
					     datagram->len);
		return;
	}
	lost = fopnp_observed_losses_add(live->losses, live->lookup);
	if (lost)
		fopnp_watch_output_lost(live->output, &live->lookup->process, lost);
	if (kind == FOPNP_OBSERVED_LOOKUP)
		fopnp_watch_output_lookup(live->output, live->lookup);
}

/* What waits, but no more than MOST; the listener may have read further ahead. */
static void take_batch(struct live *live, size_t most)
{
	struct fopnp_event_datagram datagram;

	live->has_more = true;
	for (size_t i = 0; i < most && live->has_more && !fopnp_watch_output_is_done(live->output);
	     i++) {
		live->has_more = fopnp_event_listener_next(&live->watch->listener, &datagram);
		if (live->has_more)
			take(live, &datagram);
	}
	fopnp_watch_output_flush(live->output);
}

/* Until the next look at the socket's place, or the end. */
static int next_timeout_ms(const struct live *live, uint64_t now_us)
{
	uint64_t next_us = live->check_us;

	if (live->has_more)
		return 0;
	if (live->end_us && live->end_us < next_us)
		next_us = live->end_us;
	return next_us > now_us ? (int)((next_us - now_us + 999) / 1000) : 0;
}

/* Whether the socket is still where programs look for it; else it is told who has it now. */
static bool is_in_place(const struct live *live)
{
	FOPNP_AUTO_FREE char *holder = NULL;

	if (fopnp_event_listener_is_in_place(&live->watch->listener))
		return true;
	holder = fopnp_watch_socket_holder();
	if (holder)
		fopnp_message_error("watch-taken-over", NULL, "%s has taken over", holder);
	else
		fopnp_message_error("watch-socket-gone", "start again",
				    "the watch socket is gone: it was removed, or another watcher "
				    "took over and has ended");
	return false;
}

static enum fopnp_exit watch_events(struct live *live)
{
	while (!fopnp_watch_output_is_done(live->output)) {
		uint64_t now_us = fopnp_clock_now_us();

		if (live->end_us && now_us >= live->end_us)
			break;
		if (now_us >= live->check_us && !is_in_place(live)) {
			take_batch(live, FOPNP_EVENT_LISTENER_QUEUE);
			return FOPNP_EXIT_NO;
		}
		if (now_us >= live->check_us)
			live->check_us = now_us + PLACE_CHECK_US;
		switch (fopnp_watch_wait(live->watch->listener.descriptor,
					 next_timeout_ms(live, now_us))) {
		case FOPNP_WATCH_READY:
			take_batch(live, BATCH_MOST);
			break;
		case FOPNP_WATCH_QUIET:
			if (live->has_more)
				take_batch(live, BATCH_MOST);
			break;
		case FOPNP_WATCH_STOPPED:
			return FOPNP_EXIT_OK;
		case FOPNP_WATCH_NO_READER:
			live->is_unread = true;
			return FOPNP_EXIT_OK;
		}
	}
	return FOPNP_EXIT_OK;
}

/* With the socket open. */
static enum fopnp_exit show(const struct fopnp_watch_options *options,
			    struct fopnp_watch_socket *watch, bool *is_unread)
{
	struct live live = { .options = options, .watch = watch };
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;

	fopnp_watch_opening_print(stderr);
	live.output = fopnp_watch_output_create(options);
	if (!live.output)
		return status;
	fopnp_watch_output_flush(live.output);
	live.cache = fopnp_process_cache_create();
	live.losses = fopnp_observed_losses_create();
	live.lookup = fopnp_observed_create();
	live.check_us = fopnp_clock_now_us() + PLACE_CHECK_US;
	live.end_us = options->for_us ? fopnp_clock_now_us() + options->for_us : 0;
	status = watch_events(&live);
	/* First of all: nobody is to send to us while the end is written. */
	fopnp_watch_socket_close(watch);
	status = fopnp_watch_output_finish(live.output, status);
	*is_unread = live.is_unread || fopnp_watch_output_is_unread(live.output);
	fopnp_observed_destroy(live.lookup);
	fopnp_observed_losses_destroy(live.losses);
	fopnp_process_cache_destroy(live.cache);
	fopnp_watch_output_destroy(live.output);
	return status;
}

enum fopnp_exit fopnp_watch_live(const struct fopnp_watch_options *options)
{
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;
	struct fopnp_watch_socket watch;
	bool is_unread = false;

	if (geteuid() != 0) {
		fopnp_message_error("not-root", "use sudo, or fopnp run -- CMD",
				    "only root can see the lookups of the whole machine");
		return status;
	}
	if (!fopnp_watch_wait_start()) {
		fopnp_message_error("watch-failed", NULL, "cannot make a pipe: %s",
				    strerror(errno));
		return status;
	}
	if (fopnp_watch_socket_open(&watch, options->is_taking_over) == FOPNP_WATCH_SOCKET_OPEN)
		status = show(options, &watch, &is_unread);
	fopnp_watch_socket_close(&watch);
	fopnp_watch_wait_finish();
	if (is_unread)
		fopnp_watch_wait_die_unread();
	return status;
}
