/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lookups of other processes as `run`, `watch` and `report` handle them, whether they come
 * as datagrams, from the journal or from recorded JSON lines.
 */
#pragma once

#include "nss_module/lookup/event.h"
#include "tools/process_info.h"
#include "tools/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct fopnp_event_datagram;

/* Who made a lookup.  Texts are raw: escape before printing. */
struct fopnp_observed_process {
	/* By the kernel (live) or journald where they know it, else as claimed; 0 and -1: unknown. */
	int64_t pid, tid, uid;
	char comm[FOPNP_PROCESS_COMM]; /* "": unknown */
	char *exe;                     /* NULL: unknown */
	bool is_trusted;               /* pid and uid are the kernel's word, not a claim */
	bool is_comm_claimed;          /* the process was gone: comm is what the event said */
	/* The event claims another pid (in no namespace of the process's) or uid: forged. */
	bool is_claim_false;
	int64_t claimed_pid, claimed_uid; /* -1: none */
};

/* One event of the module, and who sent it. */
struct fopnp_observed_lookup {
	struct fopnp_observed_process process;
	struct fopnp_event event;
};

/*
 * What a datagram is.  A listener sees lookups and, where FOPNP_LOG leads to it,
 * announcements (event.phase "step") and the marks of `fopnp run` ("call", "result",
 * "start", "exec", ...: docs/event-format.md).
 */
enum fopnp_observed_kind {
	FOPNP_OBSERVED_LOOKUP,
	FOPNP_OBSERVED_PHASE,     /* event.phase says which */
	FOPNP_OBSERVED_MALFORMED, /* no event of ours; the process holds all the same */
};

/* Decode a datagram and find out about its sender.  CACHE as in process_info.h. */
enum fopnp_observed_kind fopnp_observed_decode(const struct fopnp_event_datagram *datagram,
					       struct fopnp_process_cache *cache,
					       struct fopnp_observed_lookup *out_lookup);

/* Large: never on the stack.  fopnp_observed_decode() may fill it again and again. */
struct fopnp_observed_lookup *fopnp_observed_create(void);
void fopnp_observed_destroy(struct fopnp_observed_lookup *lookup);
/*
 * A copy that is as small as can be: it ends behind the last step of its event, so nothing
 * may be added to it, nor may it be decoded into.
 */
struct fopnp_observed_lookup *fopnp_observed_copy(const struct fopnp_observed_lookup *lookup);

/*
 * What getaddrinfo (0 or EAI_*), or another function by the same words, makes of the event's
 * status and h_errno if nothing answers behind fopnp: see observed_code.c.
 */
int fopnp_observed_code(const struct fopnp_event *event);

/*
 * Whether the code says that the name, or an address of it, does not exist.  "Failed" is said of
 * what was not answered for another reason: in every table, summary and filter.
 */
bool fopnp_observed_is_no(int code);

/* Whether it looks for the name of an address. */
bool fopnp_observed_is_reverse(const struct fopnp_event *event);

/*
 * Events that got lost on their way to a listener: FOPNP_DROPPED of those that came, and
 * gaps in the sequence that no drop explains.  Per process; of those that were silent for long
 * some are forgotten, and start anew.  Not for the journal, where `log-events` makes gaps.
 */
struct fopnp_observed_losses;
struct fopnp_observed_losses *fopnp_observed_losses_create(void);
void fopnp_observed_losses_destroy(struct fopnp_observed_losses *losses);
/* So many events of that process are newly known to be lost.  For lookups and marks. */
uint64_t fopnp_observed_losses_add(struct fopnp_observed_losses *losses,
				   const struct fopnp_observed_lookup *lookup);

/* ---- calls, as the marks of `fopnp run` tell of them ---- */

struct fopnp_observed_result {
	int code;         /* 0: OK; EAI_*; of the hostent functions made from h_errno */
	int error;        /* errno, of EAI_SYSTEM and NETDB_INTERNAL alone */
	int h_error;      /* of the hostent functions alone, else 0 */
	char *canonical;  /* NULL: none; of getnameinfo the name found */
	char **addresses; /* in the order that the program gets, each once; text with %SCOPE */
	size_t address_count;
	bool is_cut;
};

struct fopnp_observed_call {
	struct fopnp_observed_process process;
	uint64_t id; /* with the pid: which call */
	struct fopnp_request request;
	bool has_ended; /* false: it never came back while we looked */
	struct fopnp_observed_result result;
	int64_t time_us;    /* when it ended, since 1970; -1: unknown */
	int64_t elapsed_us; /* of one that has not ended, how long it had waited; -1: unknown */
	/* A source id, "numeric" (nobody was asked, whatever the result), "nscd"; NULL: nobody, or unknown. */
	char *answered_by;
	struct fopnp_observed_lookup **lookups; /* in order */
	size_t lookup_count;
	uint64_t lost_lookups; /* events that are known to be missing */
};

void fopnp_observed_call_destroy(struct fopnp_observed_call *call);
