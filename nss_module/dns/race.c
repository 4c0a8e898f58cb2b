/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whom to ask when, and whose reply counts: see race.h. */
#include "nss_module/dns/race.h"

static bool is_of_use(enum fopnp_dns_word word)
{
	return word >= FOPNP_DNS_NO_DATA;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t deadline(const struct fopnp_dns_race *race)
{
	return race->start_us + race->total_us;
}

/* The best word of RANK to any question. */
static enum fopnp_dns_word best_word(const struct fopnp_dns_race *race, size_t rank)
{
	enum fopnp_dns_word best = FOPNP_DNS_NO_WORD;

	for (size_t q = 0; q < race->questions; q++)
		if (race->lanes[q][rank].word > best)
			best = race->lanes[q][rank].word;
	return best;
}

/* RANK has refused all that it was asked.  Its second question may not have been sent. */
static bool refuses(const struct fopnp_dns_race *race, size_t rank)
{
	for (size_t q = 0; q < race->questions; q++)
		if (race->lanes[q][rank].word != FOPNP_DNS_FAILED &&
		    !(race->is_single_request && q > 0))
			return false;
	return true;
}

/* When nothing that RANK may still say can make a later server's "no" wrong. */
static uint64_t settled_us(const struct fopnp_dns_race *race, size_t rank)
{
	const struct fopnp_dns_lane *first = &race->lanes[0][rank];
	uint64_t when_us = UINT64_MAX;

	if (race->has_failed[rank])
		when_us = 0;
	else if (first->tries > 0)
		when_us = first->first_us + race->patience_us;
	for (size_t q = 0; q < race->questions; q++) {
		const struct fopnp_dns_lane *lane = &race->lanes[q][rank];

		if (lane->is_truncated && lane->word == FOPNP_DNS_NO_WORD)
			when_us = later(when_us, lane->sent_us + race->timeout_us);
	}
	return earlier(when_us, deadline(race));
}

/* The first server that said anything of use. */
static size_t first_heard(const struct fopnp_dns_race *race)
{
	for (size_t rank = 0; rank < race->servers; rank++)
		if (is_of_use(best_word(race, rank)))
			return rank;
	return FOPNP_DNS_RACE_NOBODY;
}

/*
 * The first positive word wins.  Without one the first server in order that said
 * anything of use does, once all in front of it are settled.  Its word on the
 * other question counts, too, and nobody else's: an address of the inner view of
 * a split DNS and one of the outer are never mixed, as glibc never mixes servers.
 */
static void find_winner(struct fopnp_dns_race *race, uint64_t now_us)
{
	size_t winner = FOPNP_DNS_RACE_NOBODY;
	bool is_all_settled = true;

	if (race->has_winner)
		return;
	for (size_t rank = 0; rank < race->servers; rank++) {
		enum fopnp_dns_word word = best_word(race, rank);

		if (word == FOPNP_DNS_POSITIVE) {
			winner = rank;
			break;
		}
		if (winner == FOPNP_DNS_RACE_NOBODY && is_of_use(word) && is_all_settled)
			winner = rank;
		is_all_settled = is_all_settled && now_us >= settled_us(race, rank);
	}
	if (winner == FOPNP_DNS_RACE_NOBODY)
		return;
	race->has_winner = true;
	race->winner = winner;
	race->won_us = now_us;
}

static struct fopnp_dns_step send_query(struct fopnp_dns_race *race, size_t question, size_t rank,
					uint64_t now_us)
{
	struct fopnp_dns_lane *lane = &race->lanes[question][rank];

	lane->is_due = false;
	if (lane->tries++ == 0)
		lane->first_us = now_us;
	lane->sent_us = now_us;
	return (struct fopnp_dns_step){
		.move = FOPNP_DNS_SEND,
		.question = question,
		.rank = rank,
		.round = race->round,
	};
}

static struct fopnp_dns_step wait_until(const struct fopnp_dns_race *race, uint64_t when_us)
{
	return (struct fopnp_dns_step){
		.move = FOPNP_DNS_WAIT,
		.when_us = earlier(when_us, deadline(race)),
	};
}

/*
 * IPv6 beside an address or NXDOMAIN is waited for with patience only.  An IPv4
 * address may be the only one that leads anywhere, and after NODATA the other
 * family holds all that there may be: they are waited for until the end.
 */
static bool is_dispensable(const struct fopnp_dns_race *race, size_t question)
{
	return question > 0 && best_word(race, race->winner) != FOPNP_DNS_NO_DATA;
}

/*
 * One question of the winner's: whether it is to be sent.  WHEN is set unless there
 * is nothing to wait for.
 */
static bool must_send_to_winner(struct fopnp_dns_race *race, size_t question, uint64_t now_us,
				uint64_t *when_us)
{
	struct fopnp_dns_lane *lane = &race->lanes[question][race->winner];
	uint64_t next_us;

	*when_us = 0;
	if (lane->word != FOPNP_DNS_NO_WORD)
		return false;
	if (lane->tries == 0)
		return true;
	if (!lane->is_resent && !lane->is_truncated) {
		next_us = race->won_us + FOPNP_DNS_RACE_RETRY_US;
		lane->is_resent = now_us >= next_us;
		*when_us = next_us;
		return lane->is_resent;
	}
	if (is_dispensable(race, question)) {
		next_us = lane->is_truncated ? lane->sent_us + race->timeout_us
					     : race->won_us + race->patience_us;
		*when_us = now_us >= next_us ? 0 : next_us;
		return false;
	}
	next_us = lane->sent_us + race->timeout_us;
	if (lane->tries > race->rounds || lane->is_truncated)
		next_us = deadline(race);
	*when_us = next_us;
	return now_us >= next_us;
}

static bool has_said_all(const struct fopnp_dns_race *race, size_t rank)
{
	for (size_t q = 0; q < race->questions; q++)
		if (race->lanes[q][rank].word == FOPNP_DNS_NO_WORD)
			return false;
	return true;
}

/*
 * A winner that is silent on the other question gives way to a server that has an
 * answer to both: at once to one in front of it, else when patience is over.  When
 * that will be; UINT64_MAX if there is none.
 */
static uint64_t replace_winner(struct fopnp_dns_race *race, uint64_t now_us)
{
	uint64_t patience_end_us = race->won_us + race->patience_us;

	if (has_said_all(race, race->winner))
		return UINT64_MAX;
	for (size_t rank = 0; rank < race->servers; rank++) {
		if (!has_said_all(race, rank) || best_word(race, rank) != FOPNP_DNS_POSITIVE)
			continue;
		if (rank > race->winner && now_us < patience_end_us)
			return patience_end_us;
		race->winner = rank;
		break;
	}
	return UINT64_MAX;
}

static struct fopnp_dns_step hear_winner_out(struct fopnp_dns_race *race, uint64_t now_us)
{
	uint64_t until_us = replace_winner(race, now_us);
	bool must_wait = false;

	for (size_t q = 0; q < race->questions; q++) {
		uint64_t when_us;

		if (must_send_to_winner(race, q, now_us, &when_us))
			return send_query(race, q, race->winner, now_us);
		if (when_us == 0)
			continue;
		must_wait = true;
		until_us = earlier(until_us, when_us);
	}
	if (!must_wait)
		return (struct fopnp_dns_step){ .move = FOPNP_DNS_DONE };
	return wait_until(race, until_us);
}

/* The next server comes in, for all questions that one query each asks at once. */
static void join(struct fopnp_dns_race *race, uint64_t now_us)
{
	size_t rank = race->joined++;

	race->joined_us = now_us;
	for (size_t q = 0; q < race->questions; q++) {
		if (race->lanes[q][rank].is_truncated)
			continue;
		race->lanes[q][rank].word = FOPNP_DNS_NO_WORD;
		race->lanes[q][rank].is_due = q == 0 || !race->is_single_request;
	}
}

/* All are asked: until when this round lasts, 0 if it is over. */
static uint64_t round_end(const struct fopnp_dns_race *race, uint64_t now_us)
{
	uint64_t end_us = 0;

	for (size_t rank = 0; rank < race->servers; rank++)
		if (!refuses(race, rank))
			end_us = later(end_us, race->lanes[0][rank].sent_us + race->timeout_us);
	return now_us >= end_us ? 0 : end_us;
}

static bool do_all_refuse(const struct fopnp_dns_race *race)
{
	for (size_t rank = 0; rank < race->servers; rank++)
		if (!refuses(race, rank))
			return false;
	return true;
}

/* The next server's turn: how long to wait for it, 0 if it has just joined. */
static uint64_t next_turn(struct fopnp_dns_race *race, uint64_t now_us)
{
	uint64_t turn_us;

	if (race->joined < race->servers) {
		turn_us = race->joined_us + earlier(race->hedge_us, race->timeout_us);
		if (race->joined > 0 && !refuses(race, race->joined - 1) && now_us < turn_us)
			return turn_us;
		join(race, now_us);
		return 0;
	}
	turn_us = round_end(race, now_us);
	if (turn_us != 0)
		return turn_us;
	if (race->round + 1 >= race->rounds) /* a late reply still counts */
		return deadline(race);
	race->round++;
	race->joined = 0;
	return 0;
}

static struct fopnp_dns_step ask_servers(struct fopnp_dns_race *race, uint64_t now_us)
{
	uint64_t turn_us;

	do {
		for (size_t rank = 0; rank < race->joined; rank++)
			for (size_t q = 0; q < race->questions; q++)
				if (race->lanes[q][rank].is_due)
					return send_query(race, q, rank, now_us);
		if (race->joined == race->servers && race->round + 1 >= race->rounds &&
		    do_all_refuse(race))
			return (struct fopnp_dns_step){ .move = FOPNP_DNS_DONE };
		turn_us = next_turn(race, now_us);
	} while (turn_us == 0);
	return wait_until(race, turn_us);
}

/*
 * HEARD said "no", and those in front of it are waited for until the first of them
 * is settled.  What they were asked may be lost: once more, then.
 */
static struct fopnp_dns_step wait_for_earlier(struct fopnp_dns_race *race, size_t heard,
					      uint64_t now_us)
{
	uint64_t again_us = race->heard_us + FOPNP_DNS_RACE_RETRY_US, until_us = UINT64_MAX;

	for (size_t rank = 0; rank < heard; rank++) {
		if (now_us >= settled_us(race, rank))
			continue;
		until_us = earlier(until_us, settled_us(race, rank));
		for (size_t q = 0; q < race->questions; q++) {
			struct fopnp_dns_lane *lane = &race->lanes[q][rank];

			if (lane->word != FOPNP_DNS_NO_WORD || lane->tries == 0 ||
			    lane->is_resent || lane->is_truncated)
				continue;
			lane->is_resent = now_us >= again_us;
			if (lane->is_resent)
				return send_query(race, q, rank, now_us);
			until_us = earlier(until_us, again_us);
		}
	}
	return wait_until(race, until_us);
}

struct fopnp_dns_step fopnp_dns_race_next(struct fopnp_dns_race *race, uint64_t now_us)
{
	size_t heard = first_heard(race);

	if (heard != FOPNP_DNS_RACE_NOBODY && !race->has_heard) {
		race->has_heard = true;
		race->heard_us = now_us;
	}
	find_winner(race, now_us);
	if (now_us >= deadline(race))
		return (struct fopnp_dns_step){ .move = FOPNP_DNS_DONE };
	if (race->has_winner)
		return hear_winner_out(race, now_us);
	if (heard != FOPNP_DNS_RACE_NOBODY)
		return wait_for_earlier(race, heard, now_us);
	return ask_servers(race, now_us);
}

void fopnp_dns_race_hear(struct fopnp_dns_race *race, size_t question, size_t rank,
			 enum fopnp_dns_word word)
{
	struct fopnp_dns_lane *lane = &race->lanes[question][rank];

	if (is_of_use(lane->word) || word == FOPNP_DNS_NO_WORD)
		return;
	lane->word = word;
	if (word == FOPNP_DNS_FAILED && refuses(race, rank))
		race->has_failed[rank] = true;
}

void fopnp_dns_race_hear_truncated(struct fopnp_dns_race *race, size_t question, size_t rank)
{
	race->lanes[question][rank].is_truncated = true;
}

size_t fopnp_dns_race_winner(const struct fopnp_dns_race *race)
{
	return race->has_winner ? race->winner : FOPNP_DNS_RACE_NOBODY;
}
