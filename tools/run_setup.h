/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What `fopnp run` needs before the command starts: our library and the module, the order that
 * lookups are to follow, and a socket for what they tell.
 */
#pragma once

#include "tools/event_listener.h"
#include "tools/event_socket.h"
#include "tools/lookup_order.h"

#include <stdbool.h>

struct fopnp_run_setup {
	char *module;
	char *library; /* as LD_PRELOAD can hold it: perhaps the link */
	/* How lookups are made to go through the module: NULL, since they do already (or cannot). */
	char *order;
	struct fopnp_lookup_order line;
	const char *
		before; /* the one source that stands before fopnp on the line; NULL: none, or several */
	bool has_nscd; /* it runs, answers for hosts, and would be asked first, or is */
	char directory[FOPNP_EVENT_DIRECTORY];
	char link[FOPNP_EVENT_DIRECTORY + 8]; /* to the library; "": none */
	struct fopnp_event_listener listener;
};

/* ORDER is the argument of --order, or NULL.  False, and the error told. */
bool fopnp_run_setup_make(struct fopnp_run_setup *out_setup, const char *order);
/* Removes the socket and its directory as well. */
void fopnp_run_setup_clear(struct fopnp_run_setup *setup);

/* In the process that becomes the command: tell our library by the environment. */
void fopnp_run_setup_environment(const struct fopnp_run_setup *setup);
