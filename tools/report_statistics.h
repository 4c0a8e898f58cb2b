/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Statistics over lookups.  They depend on the lookups alone, not on the order in which these
 * are read nor on what they are read from.
 *
 * Memory: 32 bytes a lookup (twice that while it is sorted), 4 for each step, and names, programs,
 * addresses up to the limits below: what is beyond them is counted together.
 */
#pragma once

#include "tools/observed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_REPORT_LOOKUPS_MOST  (1u << 24)
#define FOPNP_REPORT_NAMES_MOST    (1u << 20)
#define FOPNP_REPORT_NAMES_BYTES   (64u << 20)
#define FOPNP_REPORT_PROGRAMS_MOST (1u << 16)
#define FOPNP_REPORT_SOURCES_MOST  64u

/* What a name was asked for: lookups of different kinds have different answers by nature. */
enum fopnp_report_kind {
	FOPNP_REPORT_UNSPEC,
	FOPNP_REPORT_INET,
	FOPNP_REPORT_INET6,
	FOPNP_REPORT_REVERSE, /* the name of an address */
	FOPNP_REPORT_OTHER_KIND,
};
#define FOPNP_REPORT_KINDS 5

/* Microseconds; by nearest rank: the 90th percentile of ten times is the ninth of them. */
struct fopnp_report_times {
	size_t count; /* of those whose time is known; 0: the others mean nothing */
	uint32_t p50_us, p90_us, p99_us, most_us;
	uint64_t total_us;
};

struct fopnp_report_name {
	const char *name; /* in small letters, without a last dot */
	uint64_t lookups, not_found, failed;
	size_t programs; /* different ones */
	struct fopnp_report_times times;
};

struct fopnp_report_program {
	const char *program; /* NULL: unknown */
	uint64_t lookups, not_found, failed;
	size_t processes;
	uint64_t total_us;
	uint32_t most_us;
};

struct fopnp_report_source {
	const char *source;                       /* those beyond the limit are "other" */
	uint64_t asked, found, not_found, failed; /* steps */
	uint64_t not_asked;                       /* its library or function is missing */
	uint64_t answered;                        /* lookups */
	struct fopnp_report_times times;          /* in the source, where it was asked */
	/* Its steps before the one that answered. */
	uint64_t before_steps, before_us;
};

struct fopnp_report_count {
	const char *name;
	uint64_t lookups;
};

struct fopnp_report_failure {
	int code; /* EAI_* */
	uint64_t lookups;
	struct fopnp_report_count *names; /* those with most */
	size_t name_count;
};

/* An answer, as far as it is compared. */
struct fopnp_report_answer {
	const char *source; /* NULL: the name was not found; "": nobody said who */
	const char **texts; /* addresses in order of their text; of a reverse lookup the name */
	size_t count;
};

/*
 * A name whose answer changed: by another source, or by none ("not found"; failures that
 * may pass do not count), or to other addresses for good.  Answers that share an address, or that
 * take turns, are one pool of addresses: rotation is no change.
 */
struct fopnp_report_change {
	const char *name;
	enum fopnp_report_kind kind;
	uint64_t changes;
	int64_t first_us, last_us;           /* the first answer after a change */
	struct fopnp_report_answer from, to; /* the last one */
};

/* Lookups that were asked again while a cache would have known. */
struct fopnp_report_saving {
	uint64_t lookups, saved_us;
};

struct fopnp_report_repeat {
	const char *name;
	enum fopnp_report_kind kind;
	uint64_t lookups;
	struct fopnp_report_saving machine, process;
};

struct fopnp_report_results {
	uint64_t lookups, answered, not_found, failed;
	uint64_t left_out;         /* lookups beyond FOPNP_REPORT_LOOKUPS_MOST, in nothing else */
	int64_t first_us, last_us; /* since 1970; -1: unknown */
	size_t processes, name_total, program_total; /* different ones, up to the limits */
	uint64_t other_names;                        /* lookups of names beyond the limit */
	uint64_t other_programs;
	struct fopnp_report_times times; /* of whole lookups */
	struct fopnp_report_name *names; /* most lookups first; then by name */
	size_t name_count;
	struct fopnp_report_program *programs;
	size_t program_count;
	struct fopnp_report_source *sources; /* all; most answers first */
	size_t source_count;
	struct fopnp_report_failure *failures; /* all */
	size_t failure_count;
	uint64_t changed_names, rotating_names; /* counted by name and kind */
	struct fopnp_report_change *changes;    /* most changes first */
	size_t change_count;
	/* A cache for the whole machine, and one in each process. */
	struct fopnp_report_saving machine, process;
	uint64_t repeated_names;             /* counted by name and kind */
	struct fopnp_report_repeat *repeats; /* most that the machine's would have saved first */
	size_t repeat_count;
};

struct fopnp_report_options {
	size_t top;          /* the longest list of names, programs, changes, repeats */
	uint64_t cache_us;   /* how long a cache would keep what has no ttl */
	size_t lookups_most; /* FOPNP_REPORT_LOOKUPS_MOST */
};

struct fopnp_report_statistics;
struct fopnp_report_statistics *fopnp_report_statistics_create(
	const struct fopnp_report_options *options);
void fopnp_report_statistics_destroy(struct fopnp_report_statistics *statistics);
void fopnp_report_statistics_add(struct fopnp_report_statistics *statistics,
				 const struct fopnp_observed_lookup *lookup);
/* Once, when all are added.  The results are the statistics' own. */
const struct fopnp_report_results *fopnp_report_statistics_finish(
	struct fopnp_report_statistics *statistics);

/* "unspec", "inet", "inet6", "reverse", "other". */
const char *fopnp_report_kind_name(enum fopnp_report_kind kind);
