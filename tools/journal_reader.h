/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lookups that `log journal` recorded, through libsystemd's sd-journal.  The library is opened when
 * it is needed: the other commands start without it.
 */
#pragma once

#include "tools/observed.h"
#include "tools/options.h"

#include <stdbool.h>
#include <stdint.h>

/* Keys of the options that `watch` and `report` share. */
enum {
	FOPNP_JOURNAL_JOURNAL = 1200,
	FOPNP_JOURNAL_SINCE,
	FOPNP_JOURNAL_UNTIL,
	FOPNP_JOURNAL_BOOT,
	FOPNP_JOURNAL_DIRECTORY,
};

#define FOPNP_JOURNAL_OPTIONS                                                                      \
	{ FOPNP_JOURNAL_JOURNAL, "journal", NULL,                                                  \
	  "read the journal (log journal in fopnp.conf)" },                                        \
		{ FOPNP_JOURNAL_SINCE, "since", "TIME",                                            \
		  "from then: 2026-01-31 12:00, 12:00, yesterday, -2h" },                          \
		{ FOPNP_JOURNAL_UNTIL, "until", "TIME", "until then" },                            \
		{ FOPNP_JOURNAL_BOOT, "boot", NULL, "only since this machine was booted" },        \
	{                                                                                          \
		FOPNP_JOURNAL_DIRECTORY, "directory", "DIR", "a journal that lies elsewhere"       \
	}

struct fopnp_journal_options {
	bool is_asked;              /* one of the options was given */
	int64_t since_us, until_us; /* realtime; -1: no limit */
	bool is_this_boot;
	const char *directory; /* NULL: the machine's own */
};

/* All unset. */
struct fopnp_journal_options fopnp_journal_options_none(void);
/* Take an option with a key of the list; false, and the error told, if its argument is wrong. */
bool fopnp_journal_option(struct fopnp_journal_options *options, int key, const char *argument);

/* A sentence, static, for a journal without lookups (from the time of OPTIONS): what to do. */
const char *fopnp_journal_nothing(const struct fopnp_journal_options *options);

struct fopnp_journal_reader;
/* NULL, and the error told: no library, no journal, not allowed to read it. */
struct fopnp_journal_reader *fopnp_journal_open(const struct fopnp_journal_options *options);
void fopnp_journal_close(struct fopnp_journal_reader *reader);

enum fopnp_journal_next {
	FOPNP_JOURNAL_LOOKUP,
	FOPNP_JOURNAL_MALFORMED, /* an entry with our identifier that is no event; the process holds */
	FOPNP_JOURNAL_END,       /* nothing more just now */
	FOPNP_JOURNAL_FAILED,    /* told */
};

/*
 * The next entry, oldest first.  pid, uid, comm and exe are journald's own fields
 * (_PID, _UID, _COMM, _EXE); where it has no _COMM, since the sender was gone, FOPNP_COMM, marked as
 * claimed.  is_claim_false is never set: which namespaces the process was in, where another pid
 * or uid is its right, is not recorded; what it claims is in claimed_pid and claimed_uid.
 */
enum fopnp_journal_next fopnp_journal_read(struct fopnp_journal_reader *reader,
					   struct fopnp_observed_lookup *out_lookup);

/* To follow: a descriptor to poll for POLLIN, then fopnp_journal_process() before reading on. */
int fopnp_journal_descriptor(struct fopnp_journal_reader *reader);
/* How long to poll at most, in milliseconds; -1: without end. */
int fopnp_journal_timeout_ms(struct fopnp_journal_reader *reader);
void fopnp_journal_process(struct fopnp_journal_reader *reader);
