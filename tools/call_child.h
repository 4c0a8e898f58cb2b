/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lookup calls in child processes: nothing that a source does, be it a crash
 * or an endless wait, reaches the command, and no lookup sees what another one
 * left in its process.
 */
#pragma once

#include "tools/call_result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_dns_relay;
struct fopnp_event;
struct fopnp_wire;

#define FOPNP_CHILD_EVENTS 8 /* kept of one call; a call has one, seldom two */

struct fopnp_child_job {
	const struct fopnp_request *request;
	/* NULL: the call as any program makes it.  Else it goes through our module
	   alone, with this order, whatever nsswitch.conf says. */
	const char *order;
	/* NULL, or a source that uses glibc's resolver (`order` is NULL then): glibc itself asks
	   it alone, with RELAY in the place of the name servers, and the outcome has `wire`. */
	const char *relayed_source;
	struct fopnp_dns_relay *relay;
	/* NULL, or what stands on the hosts line: given to glibc by hand, it makes the call pass
	   nscd by (`order` and `relayed_source` are NULL then). */
	const char *hosts_list;
	uint64_t deadline_us;
	/* Once another job that is no relayed one has come back, this one has only so long; 0: no
	   less. */
	uint64_t grace_us;
};

struct fopnp_child_outcome {
	bool has_ended;
	struct fopnp_call_result *result; /* never NULL */
	struct fopnp_event *events[FOPNP_CHILD_EVENTS];
	size_t event_count;
	bool has_events_lost;
	struct fopnp_wire *wire; /* of a relayed source, whatever became of its call; else NULL */
	char last_source[64]; /* that was asked, also by a call which never came back; "": none */
	unsigned last_index;  /* its place in the order */
};

/* Calls of which some can be decided on only when others have come back. */
struct fopnp_child_plan {
	struct fopnp_child_job *jobs;
	struct fopnp_child_outcome *outcomes;
	size_t count;
	/* Once the first LEADING jobs have ended, while others may still run: look at their
	   outcomes, put further jobs behind the COUNT there are and raise it.  There must be
	   room.  NULL: nothing follows. */
	void (*follow)(struct fopnp_child_plan *plan, void *context);
	size_t leading;
	void *context;
};

#define FOPNP_CHILDREN 16
/*
 * Run the calls of a plan at the same time, at most FOPNP_CHILDREN at once, and wait
 * for the last.  Every outcome is filled; fopnp_child_outcome_clear() frees what it
 * holds.  False, and an error told, if no child could be started or watched.
 * SIGINT, SIGTERM, SIGHUP and SIGQUIT end the children and then this process.
 * What a source started in its child ends with the child.
 */
bool fopnp_children_run_plan(struct fopnp_child_plan *plan);
/* COUNT jobs after which nothing follows. */
bool fopnp_children_run(struct fopnp_child_job *jobs, struct fopnp_child_outcome *outcomes,
			size_t count);
void fopnp_child_outcome_clear(struct fopnp_child_outcome *outcome);
