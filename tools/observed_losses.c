/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counting events that never came.  A sender says with the next event that gets through how
 * many did not (FOPNP_DROPPED), and each of those has a number in its sequence as well:
 * both counts tell of the same events, so the larger one is right.  Threads overtake one
 * another, so a number counts as missing only once WINDOW later ones came.
 */
#include "tools/observed.h"

#include "tools/memory.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW 512 /* threads wait for the processor between taking a number and sending */
#define SETS   1024
#define WAYS   4 /* processes that share a set: of those the one heard longest ago goes */

/* One program in one process: exec begins a new sequence. */
struct sender {
	int64_t pid;
	char comm[FOPNP_PROCESS_COMM];
	uint64_t heard;         /* when, counted in events; 0: free */
	int64_t first, last;    /* of its sequence; -1: none yet */
	int64_t behind;         /* the number heard just now that did not fit in; -1: none */
	bool has_come[WINDOW];  /* by number % WINDOW: those from last - WINDOW + 1 to last */
	uint64_t missing, told; /* since the first: by the sequence, by the sender */
	uint64_t reported;      /* of the larger one */
};

struct fopnp_observed_losses {
	uint64_t events;
	uint64_t told;             /* in all */
	struct sender *sets[SETS]; /* WAYS each, made when first needed */
};

struct fopnp_observed_losses *fopnp_observed_losses_create(void)
{
	return fopnp_memory_zeroed(1, sizeof(struct fopnp_observed_losses));
}

void fopnp_observed_losses_destroy(struct fopnp_observed_losses *losses)
{
	if (!losses)
		return;
	for (size_t i = 0; i < SETS; i++)
		free(losses->sets[i]);
	free(losses);
}

/* Who it is: the program by its own words, which an exec changes, not by what /proc says. */
static struct sender *find_sender(struct fopnp_observed_losses *losses,
				  const struct fopnp_observed_lookup *lookup)
{
	size_t index = (size_t)((uint64_t)lookup->process.pid % SETS);
	struct sender *set, *oldest;

	if (!losses->sets[index])
		losses->sets[index] = fopnp_memory_zeroed(WAYS, sizeof(struct sender));
	set = oldest = losses->sets[index];
	for (size_t way = 0; way < WAYS; way++) {
		if (set[way].pid == lookup->process.pid &&
		    strcmp(set[way].comm, lookup->event.comm) == 0)
			return &set[way];
		if (set[way].heard < oldest->heard)
			oldest = &set[way];
	}
	*oldest = (struct sender){
		.pid = lookup->process.pid, .first = -1, .last = -1, .behind = -1
	};
	memcpy(oldest->comm, lookup->event.comm, sizeof(oldest->comm));
	return oldest;
}

/* A sequence that we hear from NUMBER on: what was before is not ours to miss. */
static void begin(struct sender *sender, int64_t number)
{
	sender->first = sender->last = number;
	memset(sender->has_come, 0, sizeof(sender->has_come));
	sender->has_come[number % WINDOW] = true;
	sender->missing = sender->told = sender->reported = 0;
}

/* The window moves up to NUMBER; those that fall out of it without having come are missing. */
static void advance(struct sender *sender, int64_t number)
{
	int64_t steps = number - sender->last;

	if (steps > WINDOW) { /* all of the old window falls out, and all between it and the new */
		sender->missing += (uint64_t)(steps - WINDOW);
		steps = WINDOW;
	}
	for (int64_t i = 1; i <= steps; i++) {
		int64_t leaving = sender->last + i - WINDOW;
		bool *has_come = &sender->has_come[(sender->last + i) % WINDOW];

		sender->missing += leaving >= sender->first && !*has_come;
		*has_come = false;
	}
	sender->last = number;
	sender->has_come[number % WINDOW] = true;
}

/* What a number is to those before it. */
enum standing {
	IN_SEQUENCE,
	BEGINS, /* a new sequence, perhaps with `behind` in front */
	BEHIND, /* twice the same, or late by more than the window */
};

/*
 * An exec of the same program begins a sequence once more, and so does a process that
 * follows with the same pid; two numbers in a row that do not fit tell it from a thread that
 * was asleep for long.
 */
static enum standing stand(const struct sender *sender, int64_t number)
{
	if (sender->last == -1)
		return BEGINS;
	if (number > sender->last)
		return IN_SEQUENCE;
	if (number > sender->last - WINDOW &&
	    (number < sender->first || !sender->has_come[number % WINDOW]))
		return IN_SEQUENCE;
	return sender->behind != -1 && number - 1 == sender->behind ? BEGINS : BEHIND;
}

static void take_number(struct sender *sender, int64_t number)
{
	switch (stand(sender, number)) {
	case BEGINS:
		begin(sender, number);
		break;
	case BEHIND:
		sender->behind = number;
		return;
	case IN_SEQUENCE:
		if (number > sender->last)
			advance(sender, number);
		else if (number >= sender->first)
			sender->has_come[number % WINDOW] = true;
	}
	sender->behind = -1;
}

/* Sequences may leap over anything, but the sum of all that is told stays a number of JSON. */
static uint64_t tell(struct fopnp_observed_losses *losses, uint64_t lost)
{
	if (lost > INT64_MAX - losses->told)
		lost = INT64_MAX - losses->told;
	losses->told += lost;
	return lost;
}

uint64_t fopnp_observed_losses_add(struct fopnp_observed_losses *losses,
				   const struct fopnp_observed_lookup *lookup)
{
	uint64_t told = lookup->event.dropped > 0 ? (uint64_t)lookup->event.dropped : 0;
	struct sender *sender;
	uint64_t lost;
	bool is_first;

	losses->events++;
	/*
	 * A mark has no number, and so none of those that were dropped with it.  Processes
	 * in a pid namespace that we cannot see all look the same.
	 */
	if (lookup->event.sequence <= 0 || lookup->process.pid <= 0)
		return tell(losses, told);
	sender = find_sender(losses, lookup);
	sender->heard = losses->events;
	is_first = sender->last == -1;
	take_number(sender, lookup->event.sequence);
	if (is_first) /* what was dropped before has numbers before */
		return tell(losses, told);
	sender->told += told;
	lost = sender->missing > sender->told ? sender->missing : sender->told;
	if (lost <= sender->reported) /* less: nobody sends so many, and the sum ran over */
		return 0;
	told = lost - sender->reported;
	sender->reported = lost;
	return tell(losses, told);
}
