/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The race over virtual time: made-up servers that answer after so many
 * milliseconds or never.  Each case tells the queries sent, as TIME:QUESTION@RANK
 * with the questions a and b, and at its end who won and when all was over.
 */
#include "nss_module/dns/race.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/random_cases.h"
#include "tests/unit/unit_test.h"

#define SERVERS_MAX 4
#define REPLIES_MAX 800
#define MS          1000u

enum { LOST, FAIL, DATA0, NONAME, YES }; /* words of enum fopnp_dns_word */

struct lane_plan {
	int word;
	int ms;
	int lost; /* of its first queries */
	int tc;   /* ms until a truncated reply, 0: none; the word is that of TCP */
};

struct server_plan {
	struct lane_plan a, b;
};

struct race_case {
	const char *name;
	struct server_plan servers[SERVERS_MAX];
	size_t count;
	const char *expected;
	int hedge, timeout, patience; /* ms; 0: 50, 5000, 1000 */
	unsigned rounds;              /* 0: 2 */
	bool is_single_request, is_only_a;
};

/* clang-format off */
#define BOTH(word, ms) { { word, ms, 0, 0 }, { word, ms, 0, 0 } }
#define OVER_TCP(word, ms, tc) { { word, ms, 0, tc }, { word, ms, 0, tc } }
#define DEAD { { LOST, 0, 0, 0 }, { LOST, 0, 0, 0 } }

static const struct race_case cases[] = {
	/* One server: glibc's queries and no others. */
	{ "one server", { BOTH(YES, 1) }, 1, .expected = "0:a@0 0:b@0 =0 1" },
	{ "one question", { BOTH(YES, 1) }, 1, .expected = "0:a@0 =0 1", .is_only_a = true },
	{ "a slow one", { BOTH(YES, 4000) }, 1, .expected = "0:a@0 0:b@0 =0 4000" },
	{ "no name", { BOTH(NONAME, 1) }, 1, .expected = "0:a@0 0:b@0 =0 1" },
	{ "no data", { BOTH(DATA0, 1) }, 1, .expected = "0:a@0 0:b@0 =0 1" },
	{ "one family fails", { { { YES, 1, 0, 0 }, { FAIL, 2, 0, 0 } } }, 1, .expected = "0:a@0 0:b@0 =0 2" },
	{ "the other does", { { { FAIL, 1, 0, 0 }, { YES, 2, 0, 0 } } }, 1, .expected = "0:a@0 0:b@0 =0 2" },
	{ "one fails, one is not there", { { { FAIL, 1, 0, 0 }, { DATA0, 2, 0, 0 } } }, 1,
	  .expected = "0:a@0 0:b@0 =0 2" },
	{ "both fail", { BOTH(FAIL, 1) }, 1, .expected = "0:a@0 0:b@0 1:a@0 1:b@0 =- 2" },
	{ "one round", { BOTH(FAIL, 1) }, 1, .expected = "0:a@0 0:b@0 =- 1", .rounds = 1 },
	{ "silence", { DEAD }, 1, .expected = "0:a@0 0:b@0 5000:a@0 5000:b@0 =- 10000" },
	{ "late, and yet", { BOTH(YES, 6000) }, 1, .expected = "0:a@0 0:b@0 5000:a@0 5000:b@0 =0 6000" },
	{ "lost once", { { { YES, 1, 1, 0 }, { YES, 1, 1, 0 } } }, 1,
	  .expected = "0:a@0 0:b@0 5000:a@0 5000:b@0 =0 5001" },

	/* Over TCP at last: nobody is asked that twice, the others and the rest are. */
	{ "truncated, failing", { OVER_TCP(FAIL, 2, 1) }, 1, .expected = "0:a@0 0:b@0 =- 2" },
	{ "truncated, silent", { OVER_TCP(LOST, 0, 1) }, 1, .expected = "0:a@0 0:b@0 =- 10000" },
	{ "truncated, b lost", { { { DATA0, 2, 0, 1 }, { LOST, 0, 0, 0 } } }, 1,
	  .expected = "0:a@0 0:b@0 202:b@0 5202:b@0 =0 10000" },
	{ "truncated, b lost once", { { { YES, 2, 0, 1 }, { YES, 1, 1, 0 } } }, 1,
	  .expected = "0:a@0 0:b@0 202:b@0 =0 203" },
	{ "a late by TCP", { { { YES, 3000, 0, 1 }, { YES, 1, 0, 0 } } }, 1, .expected = "0:a@0 0:b@0 =0 3000" },
	{ "b late by TCP", { { { YES, 1, 0, 0 }, { YES, 3000, 0, 1 } } }, 1, .expected = "0:a@0 0:b@0 =0 3000" },
	{ "b never by TCP", { { { YES, 1, 0, 0 }, { LOST, 0, 0, 1 } } }, 1, .expected = "0:a@0 0:b@0 =0 5000" },
	{ "one truncates, the other loses", { OVER_TCP(LOST, 0, 1), { { YES, 1, 1, 0 }, { YES, 1, 1, 0 } } }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 5100:a@1 5100:b@1 =1 5101" },
	{ "TCP fails, the other loses", { OVER_TCP(FAIL, 2, 1), { { YES, 1, 1, 0 }, { YES, 1, 1, 0 } } }, 2,
	  .expected = "0:a@0 0:b@0 2:a@1 2:b@1 5002:a@1 5002:b@1 =1 5003" },
	{ "truncated is not silent", { OVER_TCP(YES, 1200, 1), BOTH(NONAME, 1) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 =0 1200" },
	{ "b alone is truncated", { { { DATA0, 1, 0, 0 }, { YES, 1200, 0, 1 } }, BOTH(NONAME, 1) }, 2,
	  .expected = "0:a@0 0:b@0 =0 1200" },
	{ "truncated is no word", { OVER_TCP(LOST, 0, 1), BOTH(NONAME, 1) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 =1 5000" },
	{ "TCP fails in the end", { OVER_TCP(FAIL, 1200, 1), BOTH(NONAME, 1) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 =1 1200" },

	/* One after the other. */
	{ "single request", { BOTH(YES, 10) }, 1, .expected = "0:a@0 10:b@0 =0 20", .is_single_request = true },
	{ "single, no data", { BOTH(DATA0, 10) }, 1, .expected = "0:a@0 10:b@0 =0 20",
	  .is_single_request = true },
	{ "single, failing", { BOTH(FAIL, 10), BOTH(YES, 10) }, 2, .expected = "0:a@0 10:a@1 20:b@1 =1 30",
	  .is_single_request = true },
	{ "single, b fails", { { { YES, 10, 0, 0 }, { FAIL, 10, 0, 0 } }, BOTH(YES, 10) }, 2,
	  .expected = "0:a@0 10:b@0 =0 20", .is_single_request = true },
	{ "single, dead first", { DEAD, BOTH(YES, 10) }, 2, .expected = "0:a@0 50:a@1 60:b@1 =1 70",
	  .is_single_request = true },
	{ "single, no waits", { DEAD, BOTH(NONAME, 10) }, 2, .expected = "0:a@0 50:a@1 260:a@0 1000:b@1 =1 1010",
	  .is_single_request = true },
	{ "single, b lost", { { { YES, 10, 0, 0 }, { YES, 10, 1, 0 } } }, 1,
	  .expected = "0:a@0 10:b@0 210:b@0 =0 220", .is_single_request = true },

	/* Hedging. */
	{ "fast first", { BOTH(YES, 49), BOTH(YES, 1) }, 2, .expected = "0:a@0 0:b@0 =0 49" },
	{ "slow first", { BOTH(YES, 60), BOTH(YES, 30) }, 2, .expected = "0:a@0 0:b@0 50:a@1 50:b@1 =0 60" },
	{ "slower first", { BOTH(YES, 100), BOTH(YES, 30) }, 2, .expected = "0:a@0 0:b@0 50:a@1 50:b@1 =1 80" },
	{ "one dead of two", { DEAD, BOTH(YES, 1) }, 2, .expected = "0:a@0 0:b@0 50:a@1 50:b@1 =1 51" },
	{ "two dead of three", { DEAD, DEAD, BOTH(YES, 1) }, 3,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 100:a@2 100:b@2 =2 101" },
	{ "dead, IPv4 only", { DEAD, { { YES, 1, 0, 0 }, { DATA0, 2, 0, 0 } } }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 =1 52" },
	{ "hedge of 0", { BOTH(YES, 5), BOTH(YES, 1) }, 2, .expected = "0:a@0 0:b@0 0:a@1 0:b@1 =1 1",
	  .hedge = -1 },
	{ "hedge above the time-out", { DEAD, BOTH(YES, 1) }, 2,
	  .expected = "0:a@0 0:b@0 300:a@1 300:b@1 =1 301", .hedge = 9000, .timeout = 300 },
	{ "all dead", { DEAD, DEAD }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 5050:a@0 5050:b@0 5100:a@1 5100:b@1 =- 10000" },

	/* A failing server: the next at once. */
	{ "failing first", { BOTH(FAIL, 1), BOTH(YES, 1) }, 2, .expected = "0:a@0 0:b@0 1:a@1 1:b@1 =1 2" },
	{ "only when both fail", { { { FAIL, 1, 0, 0 }, { YES, 9, 0, 0 } }, BOTH(YES, 1) }, 2,
	  .expected = "0:a@0 0:b@0 =0 9" },
	{ "failing, then no", { BOTH(FAIL, 1), BOTH(NONAME, 1) }, 2, .expected = "0:a@0 0:b@0 1:a@1 1:b@1 =1 2" },
	{ "dead, failing, good", { DEAD, BOTH(FAIL, 1), BOTH(YES, 1) }, 3,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 51:a@2 51:b@2 =2 52" },
	{ "all fail", { BOTH(FAIL, 1), BOTH(FAIL, 1) }, 2,
	  .expected = "0:a@0 0:b@0 1:a@1 1:b@1 2:a@0 2:b@0 3:a@1 3:b@1 =- 4" },
	{ "dead and failing", { DEAD, BOTH(FAIL, 1) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 5000:a@0 5000:b@0 5050:a@1 5050:b@1 =- 10000" },
	{ "fails at first", { { { FAIL, 1, 0, 0 }, { FAIL, 1, 0, 0 } }, { { YES, 1, 1, 0 }, { YES, 1, 1, 0 } } }, 2,
	  .expected = "0:a@0 0:b@0 1:a@1 1:b@1 5001:a@0 5001:b@0 5002:a@1 5002:b@1 =1 5003" },

	/* Split DNS: a later server's no waits for the earlier ones. */
	{ "no waits", { BOTH(YES, 250), BOTH(NONAME, 1) }, 2, .expected = "0:a@0 0:b@0 50:a@1 50:b@1 =0 250" },
	{ "no data waits", { BOTH(YES, 999), BOTH(DATA0, 1) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 251:a@0 251:b@0 =0 999" },
	{ "a second is enough", { BOTH(YES, 1001), BOTH(NONAME, 1) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 251:a@0 251:b@0 =1 1000" },
	{ "dead first", { DEAD, BOTH(NONAME, 1) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 251:a@0 251:b@0 =1 1000" },
	{ "lost at first", { { { YES, 1, 1, 0 }, { YES, 1, 1, 0 } }, BOTH(NONAME, 1) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 251:a@0 251:b@0 =0 252" },
	{ "fails in the end", { BOTH(FAIL, 400), BOTH(NONAME, 1) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 251:a@0 251:b@0 =1 400" },
	{ "the first's no counts", { BOTH(NONAME, 70), BOTH(NONAME, 1) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 =0 70" },
	{ "both earlier ones", { BOTH(YES, 700), DEAD, BOTH(NONAME, 1) }, 3,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 100:a@2 100:b@2 "
		      "301:a@0 301:b@0 301:a@1 301:b@1 =0 700" },
	{ "after both", { DEAD, DEAD, BOTH(NONAME, 1) }, 3,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 100:a@2 100:b@2 "
		      "301:a@0 301:b@0 301:a@1 301:b@1 =2 1050" },
	{ "no third after a no", { DEAD, BOTH(NONAME, 1), BOTH(YES, 1) }, 3,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 251:a@0 251:b@0 =1 1000" },
	{ "short time-outs: less patience", { DEAD, BOTH(NONAME, 1) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 251:a@0 251:b@0 =1 300", .timeout = 300, .patience = 300 },
	{ "at the end a no counts", { DEAD, BOTH(NONAME, 1) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 251:a@0 251:b@0 =1 300", .timeout = 300, .rounds = 1 },

	/* Views are not mixed: the winner is asked for the other family, nobody else. */
	{ "b of the first is slow", { { { DATA0, 1, 0, 0 }, { YES, 150, 0, 0 } }, BOTH(YES, 1) }, 2,
	  .expected = "0:a@0 0:b@0 =0 150" },
	{ "b is lost once", { { { YES, 1, 0, 0 }, { YES, 1, 1, 0 } }, BOTH(YES, 1) }, 2,
	  .expected = "0:a@0 0:b@0 201:b@0 =0 202" },
	{ "a is lost once", { { { YES, 1, 1, 0 }, { YES, 1, 0, 0 } }, BOTH(YES, 1) }, 2,
	  .expected = "0:a@0 0:b@0 201:a@0 =0 202" },
	{ "b is always lost", { { { YES, 1, 0, 0 }, { LOST, 0, 0, 0 } }, BOTH(YES, 1) }, 2,
	  .expected = "0:a@0 0:b@0 201:b@0 =0 1001" },
	{ "a is slow", { { { YES, 1500, 0, 0 }, { YES, 1, 0, 0 } } }, 1, .expected = "0:a@0 0:b@0 201:a@0 =0 1500" },
	{ "a is slow, b denied", { { { YES, 1500, 0, 0 }, { NONAME, 1, 0, 0 } } }, 1,
	  .expected = "0:a@0 0:b@0 201:a@0 =0 1500" },
	{ "a is always lost", { { { LOST, 0, 0, 0 }, { YES, 1, 0, 0 } } }, 1,
	  .expected = "0:a@0 0:b@0 201:a@0 5201:a@0 =0 10000" },
	{ "no name, b lost", { { { NONAME, 1, 0, 0 }, { LOST, 0, 0, 0 } } }, 1,
	  .expected = "0:a@0 0:b@0 201:b@0 =0 1001" },
	{ "no data, b lost", { { { DATA0, 1, 0, 0 }, { LOST, 0, 0, 0 } } }, 1,
	  .expected = "0:a@0 0:b@0 201:b@0 5201:b@0 =0 10000" },
	{ "no data, b late", { { { DATA0, 1, 0, 0 }, { YES, 3000, 0, 0 } } }, 1, .expected = "0:a@0 0:b@0 201:b@0 =0 3000" },
	{ "dead first, b lost", { DEAD, { { YES, 1, 0, 0 }, { YES, 1, 1, 0 } } }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 251:b@1 =1 252" },
	{ "b only at the other", { { { YES, 60, 0, 0 }, { YES, 400, 0, 0 } }, { { NONAME, 1, 0, 0 }, { NONAME, 1, 0, 0 } } },
	  2, .expected = "0:a@0 0:b@0 50:a@1 50:b@1 260:b@0 =0 400" },

	/* Who has all answers is better than who has one. */
	{ "the first has both", { BOTH(YES, 70), { { YES, 1, 0, 0 }, { LOST, 0, 0, 0 } } }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 =0 70" },
	{ "and if it has but one", { { { YES, 70, 0, 0 }, { DATA0, 80, 0, 0 } }, { { LOST, 0, 0, 0 }, { YES, 1, 0, 0 } } }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 =0 80" },
	{ "not if it has none", { BOTH(NONAME, 70), { { YES, 1, 0, 0 }, { YES, 100, 0, 0 } } }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 =1 150" },
	{ "the second may wait", { { { YES, 60, 0, 0 }, { YES, 400, 0, 0 } }, BOTH(YES, 20) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 260:b@0 =0 400" },
	{ "but not for ever", { { { LOST, 0, 0, 0 }, { YES, 60, 0, 0 } }, BOTH(YES, 20) }, 2,
	  .expected = "0:a@0 0:b@0 50:a@1 50:b@1 260:a@0 =1 1060" },
};
/* clang-format on */

struct reply {
	uint64_t at_us;
	size_t question, rank;
	enum fopnp_dns_word word;
	bool is_truncated, is_heard;
};

struct play {
	struct fopnp_dns_race race;
	const struct server_plan *servers;
	struct reply replies[REPLIES_MAX];
	size_t reply_count;
	uint64_t now_us;
	char text[4096];
};

static void set_up(struct play *play, const struct race_case *of)
{
	unsigned rounds = of->rounds ? of->rounds : 2;
	uint64_t timeout_us = (uint64_t)(of->timeout ? of->timeout : 5000) * MS;

	memset(play, 0, sizeof(*play));
	play->servers = of->servers;
	play->race = (struct fopnp_dns_race){
		.servers = of->count,
		.questions = of->is_only_a ? 1 : 2,
		.hedge_us = of->hedge < 0 ? 0 : (uint64_t)(of->hedge ? of->hedge : 50) * MS,
		.timeout_us = timeout_us,
		.patience_us = (uint64_t)(of->patience ? of->patience : 1000) * MS,
		.total_us = timeout_us * rounds,
		.rounds = rounds,
		.is_single_request = of->is_single_request,
	};
}

static void add_reply(struct play *play, const struct fopnp_dns_step *step, int ms,
		      enum fopnp_dns_word word, bool is_truncated)
{
	assert_true(play->reply_count < REPLIES_MAX);
	play->replies[play->reply_count++] = (struct reply){
		.at_us = play->now_us + (uint64_t)ms * MS,
		.question = step->question,
		.rank = step->rank,
		.word = word,
		.is_truncated = is_truncated,
	};
}

static void note_query(struct play *play, const struct fopnp_dns_step *step)
{
	const struct server_plan *server = &play->servers[step->rank];
	const struct lane_plan *plan = step->question == 0 ? &server->a : &server->b;
	const struct fopnp_dns_lane *lane = &play->race.lanes[step->question][step->rank];
	size_t len = strlen(play->text);

	/* Nobody is asked what it has answered, or answers over TCP. */
	assert_true(lane->word < FOPNP_DNS_NO_DATA);
	assert_false(lane->is_truncated);
	snprintf(play->text + len, sizeof(play->text) - len, "%u:%c@%zu ",
		 (unsigned)(play->now_us / MS), "ab"[step->question], step->rank);
	if (plan->word != LOST && (int)lane->tries > plan->lost)
		add_reply(play, step, plan->ms, (enum fopnp_dns_word)plan->word, false);
	if (plan->tc > 0)
		add_reply(play, step, plan->tc, FOPNP_DNS_NO_WORD, true);
}

static void hear_replies(struct play *play)
{
	for (size_t i = 0; i < play->reply_count; i++) {
		struct reply *reply = &play->replies[i];

		if (reply->is_heard || reply->at_us > play->now_us)
			continue;
		reply->is_heard = true;
		if (reply->is_truncated)
			fopnp_dns_race_hear_truncated(&play->race, reply->question, reply->rank);
		else
			fopnp_dns_race_hear(&play->race, reply->question, reply->rank,
					    reply->word);
	}
}

static uint64_t next_reply_us(const struct play *play)
{
	uint64_t next_us = UINT64_MAX;

	for (size_t i = 0; i < play->reply_count; i++)
		if (!play->replies[i].is_heard && play->replies[i].at_us < next_us)
			next_us = play->replies[i].at_us;
	return next_us;
}

static void run_race(struct play *play)
{
	struct fopnp_dns_step step;
	unsigned steps = 0;

	do {
		assert_true(steps++ < 2000);
		hear_replies(play);
		step = fopnp_dns_race_next(&play->race, play->now_us);
		if (step.move == FOPNP_DNS_SEND)
			note_query(play, &step);
		if (step.move == FOPNP_DNS_WAIT) {
			uint64_t reply_us = next_reply_us(play);

			assert_true(step.when_us > play->now_us);
			play->now_us = reply_us < step.when_us ? reply_us : step.when_us;
		}
	} while (step.move != FOPNP_DNS_DONE);
}

static void test_cases(void **state)
{
	static struct play play;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len, winner;

		set_up(&play, &cases[i]);
		run_race(&play);
		winner = fopnp_dns_race_winner(&play.race);
		len = strlen(play.text);
		snprintf(play.text + len, sizeof(play.text) - len, "=%c %u",
			 winner == FOPNP_DNS_RACE_NOBODY ? '-' : (char)('0' + winner),
			 (unsigned)(play.now_us / MS));
		if (strcmp(play.text, cases[i].expected) != 0)
			fail_msg("%s: %s instead of %s", cases[i].name, play.text, cases[i].expected);
	}
}

/* A late reply to an earlier query is as good; a second one changes nothing. */
static void test_words(void **state)
{
	static struct play play;

	(void)state;
	set_up(&play, &cases[0]);
	play.servers = NULL;
	assert_int_equal(fopnp_dns_race_next(&play.race, 0).move, FOPNP_DNS_SEND);
	assert_int_equal(fopnp_dns_race_next(&play.race, 0).move, FOPNP_DNS_SEND);
	fopnp_dns_race_hear(&play.race, 0, 0, FOPNP_DNS_FAILED);
	fopnp_dns_race_hear(&play.race, 0, 0, FOPNP_DNS_NO_WORD);
	assert_int_equal(play.race.lanes[0][0].word, FOPNP_DNS_FAILED);
	fopnp_dns_race_hear(&play.race, 0, 0, FOPNP_DNS_NO_NAME);
	fopnp_dns_race_hear(&play.race, 0, 0, FOPNP_DNS_FAILED);
	fopnp_dns_race_hear(&play.race, 0, 0, FOPNP_DNS_POSITIVE);
	assert_int_equal(play.race.lanes[0][0].word, FOPNP_DNS_NO_NAME);
	assert_false(play.race.has_failed[0]);
}

static void make_lane(struct lane_plan *lane)
{
	static const int delays[] = { 0, 1, 30, 49, 50, 51, 99, 150, 201, 300, 999, 1000, 1200, 6000 };

	lane->word = rand() % 5;
	lane->ms = delays[(size_t)rand() % (sizeof(delays) / sizeof(delays[0]))];
	lane->lost = rand() % 4 == 0 ? rand() % 3 : 0;
	lane->tc = rand() % 8 == 0 ? 1 + rand() % 100 : 0;
}

/* RANK was silent for so long that the winner's "no" could count. */
static bool is_given_up(const struct fopnp_dns_race *race, size_t rank)
{
	if (race->won_us >= race->total_us)
		return true;
	for (size_t q = 0; q < race->questions; q++) {
		const struct fopnp_dns_lane *lane = &race->lanes[q][rank];

		if (lane->is_truncated && lane->word == FOPNP_DNS_NO_WORD &&
		    race->won_us < lane->sent_us + race->timeout_us)
			return false;
	}
	return race->has_failed[rank] ||
	       race->won_us >= race->lanes[0][rank].first_us + race->patience_us;
}

/* One random race: what must hold for each. */
static bool is_sound(const struct race_case *of)
{
	static struct play play;
	size_t winner, sent = 0;

	set_up(&play, of);
	run_race(&play);
	winner = fopnp_dns_race_winner(&play.race);
	for (size_t q = 0; q < play.race.questions; q++)
		for (size_t rank = 0; rank < of->count; rank++)
			sent += play.race.lanes[q][rank].tries;
	if (play.now_us > play.race.total_us ||
	    sent > play.race.questions * of->count * (play.race.rounds + 1))
		return false;
	if (winner == FOPNP_DNS_RACE_NOBODY)
		return true;
	for (size_t q = 0; q < play.race.questions; q++)
		if (play.race.lanes[q][winner].word == FOPNP_DNS_POSITIVE)
			return true;
	for (size_t rank = 0; rank < winner; rank++)
		if (!is_given_up(&play.race, rank))
			return false;
	return true;
}

static int play_random_cases(unsigned seed)
{
	srand(seed);
	for (unsigned i = 0; i < 20000; i++) {
		struct race_case random = { .name = "random", .expected = "" };

		random.count = 1 + (size_t)rand() % SERVERS_MAX;
		for (size_t rank = 0; rank < random.count; rank++) {
			make_lane(&random.servers[rank].a);
			make_lane(&random.servers[rank].b);
		}
		random.hedge = rand() % 4 == 0 ? -1 : rand() % 200;
		random.rounds = 1 + (unsigned)rand() % 4;
		random.timeout = 100 + rand() % 5000;
		random.is_single_request = rand() % 4 == 0;
		random.is_only_a = rand() % 4 == 0;
		if (!is_sound(&random)) {
			fprintf(stderr, "case %u\n", i);
			return 1;
		}
	}
	return 0;
}

static void test_random_cases(void **state)
{
	(void)state;
	run_random_cases(play_random_cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_random_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
