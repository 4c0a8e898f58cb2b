/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The race of several servers for one or two questions: whom to ask when, and
 * whose reply counts.  Pure logic over the times that it is given: it sends
 * nothing and reads no clock.  The policy is told in transport.h.
 *
 * Servers have ranks here, 0 the one to be asked first.  The caller does what
 * fopnp_dns_race_next() says and tells how each query ended.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_DNS_RACE_SERVERS   8
#define FOPNP_DNS_RACE_QUESTIONS 2
#define FOPNP_DNS_RACE_RETRY_US  200000u /* to what is then waited for: a query may be lost */
#define FOPNP_DNS_RACE_NOBODY    SIZE_MAX

/* What a server says to a question. */
enum fopnp_dns_word {
	FOPNP_DNS_NO_WORD,  /* nothing yet, or nothing of use */
	FOPNP_DNS_FAILED,   /* SERVFAIL, REFUSED, NOTIMP, a referral, an error of the socket */
	FOPNP_DNS_NO_DATA,  /* no such record; also FORMERR and the like, as glibc has it */
	FOPNP_DNS_NO_NAME,  /* NXDOMAIN */
	FOPNP_DNS_POSITIVE, /* a record of the type asked for */
};

/* One question at one server. */
struct fopnp_dns_lane {
	enum fopnp_dns_word word;
	bool is_due;       /* to be sent as soon as may be */
	bool is_resent;    /* the short retry was made */
	bool is_truncated; /* and asked for over TCP: never sent again */
	unsigned tries;    /* queries sent */
	uint64_t first_us, sent_us;
};

struct fopnp_dns_race {
	/* Set by the caller, the rest 0. */
	size_t servers, questions;
	uint64_t start_us;
	uint64_t hedge_us;
	uint64_t timeout_us;
	uint64_t patience_us;
	uint64_t total_us;
	unsigned rounds;
	bool is_single_request; /* the second question waits for the first one's reply */

	struct fopnp_dns_lane lanes[FOPNP_DNS_RACE_QUESTIONS][FOPNP_DNS_RACE_SERVERS];
	bool has_failed[FOPNP_DNS_RACE_SERVERS]; /* at least once, in all its questions */
	unsigned round;
	size_t joined; /* servers asked in this round */
	uint64_t joined_us;
	bool has_heard; /* a word of use, at heard_us */
	uint64_t heard_us;
	bool has_winner;
	size_t winner;
	uint64_t won_us;
};

enum fopnp_dns_move {
	FOPNP_DNS_SEND, /* this question to this server, then ask for the next move */
	FOPNP_DNS_WAIT, /* for a reply, or until WHEN_US */
	FOPNP_DNS_DONE,
};

struct fopnp_dns_step {
	enum fopnp_dns_move move;
	size_t question, rank;
	unsigned round; /* of a query to be sent */
	uint64_t when_us;
};

/* What is to be done at NOW.  Every SEND counts as sent. */
struct fopnp_dns_step fopnp_dns_race_next(struct fopnp_dns_race *race, uint64_t now_us);

/* A reply to a question, or the failure of a query.  The first word of use counts. */
void fopnp_dns_race_hear(struct fopnp_dns_race *race, size_t question, size_t rank,
			 enum fopnp_dns_word word);

/* A truncated reply: its server is not silent, though the words come over TCP. */
void fopnp_dns_race_hear_truncated(struct fopnp_dns_race *race, size_t question, size_t rank);

/* The server whose word counts for all questions, or FOPNP_DNS_RACE_NOBODY. */
size_t fopnp_dns_race_winner(const struct fopnp_dns_race *race);
