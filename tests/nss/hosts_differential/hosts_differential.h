/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The differential test of fopnp:hosts: random hosts files, looked up once
 * through glibc's own "files" and once through fopnp:hosts.
 *
 *	content.c    the files: words, lines and whole files, by random
 *	rows.c       the files that somebody has thought of, one by one
 *	questions.c  what is asked about a file
 *	place.c      a file's way into the private /etc; host.conf
 *	places.c     whether the lines that the module's events tell are right
 *	judge.c      whether two outcomes may differ
 *	../hosts_differential.c   processes, counting, reports
 *
 * Calls and their outcomes, and the private /etc, are the other differential's.
 */
#pragma once

#include "tests/nss/differential/differential.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* ---- content.c: everything is a function of the seed and its own numbers ---- */

#define HOSTS_PER_PROCESS 24 /* files, one after the other */
#define HOSTS_ROW_SLOTS   (3 * HOSTS_PER_PROCESS)

#define HOSTS_WORDS 6
#define HOSTS_ROOM  ((size_t)4 << 20) /* no file is longer */

uint64_t hosts_random(struct random_state *state);
struct random_state hosts_start_random(uint64_t seed, unsigned file, unsigned number);
unsigned hosts_below(struct random_state *state, unsigned limit);
bool hosts_chance(struct random_state *state, unsigned percent);

/* Names and addresses that a file has, mostly. */
struct hosts_words {
	const char *names[HOSTS_WORDS];
	const char *addresses[HOSTS_WORDS];
};

enum hosts_kind {
	HOSTS_REGULAR,
	HOSTS_MISSING,
	HOSTS_DIRECTORY,
	HOSTS_DANGLING, /* a symbolic link to nothing */
	HOSTS_SYMLINK,  /* to a regular file */
	HOSTS_CLOSED,   /* a regular file, but no descriptor is left to open it with */
};

struct hosts_content {
	enum hosts_kind kind;
	size_t len;
	char bytes[HOSTS_ROOM];
};

extern const char *const hosts_names[];
extern const size_t hosts_name_count;
extern const char hosts_long_name[301];

void hosts_generate_words(uint64_t seed, unsigned file, struct hosts_words *out);
void hosts_generate(uint64_t seed, unsigned file, struct hosts_content *out);

/* Append to a file; what is beyond its room is dropped. */
void hosts_append(struct hosts_content *content, const char *bytes, size_t len);

/*
 * glibc 2.36 garbles a line with blanks in front that no newline ends, be it
 * cut by a NUL or by the end of the file: take such blanks out.
 */
void hosts_avoid_garbling(struct hosts_content *content);

/* ---- rows.c ---- */

/* The name that file FILE is about; NULL: FILE is a random one. */
const char *hosts_row_name(unsigned file);
void hosts_append_row(unsigned file, struct hosts_content *out);

/* ---- questions.c ---- */

#define HOSTS_CALLS 136

/* CALL counts from 0 to HOSTS_CALLS - 1; false: no such call for this file. */
bool hosts_question(uint64_t seed, unsigned file, unsigned call, struct test_call *out);
void hosts_print_question(FILE *file, const struct test_call *call);

/* ---- place.c ---- */

struct hosts_settings {
	const char *host_conf;      /* NULL: there is none */
	const char *environment[2]; /* name and value; NULL: nothing set */
	bool is_noisy;              /* glibc complains on standard error */
};

/* The settings of a process, by its number. */
const struct hosts_settings *hosts_settings(unsigned process);
void hosts_apply_settings(const struct hosts_settings *settings);

/* An /etc whose time stamps are as coarse as the kernel's tick. */
void hosts_enter_coarse_etc(void);

/* From now on files look so much older to this process. */
void hosts_set_clock_ahead(time_t seconds);

/* Put CONTENT where /etc/hosts is, by overwriting it, by rename, or anew. */
void hosts_place(struct random_state *state, const struct hosts_content *content);

/* Whether this process can open a further file; it could before. */
void hosts_allow_descriptors(bool are_allowed);

#define HOSTS_PARTS 3
/* The same in HOSTS_PARTS files, those that hosts_configure_parts() names behind /etc/hosts. */
void hosts_place_parts(struct random_state *state, const struct hosts_content *content);
/* An fopnp.conf that names the further files; or none. */
void hosts_configure_parts(bool has_parts);

/* ---- places.c ---- */

/* Have the module of this process tell its lookups. */
void hosts_listen(void);

/*
 * Check what it told of CALL, which it just answered.  Returns how many answers it
 * told of; *OUT_IS_WRONG is set, and a message printed, for one that is wrong.
 */
unsigned hosts_check_places(const struct test_call *call, bool *out_is_wrong);

/* ---- judge.c ---- */

enum hosts_verdict {
	HOSTS_SAME,
	HOSTS_LESS_ROOM, /* files needs a larger buffer */
	HOSTS_UNSET,     /* what files says hangs on what was in memory */
	HOSTS_DIFFERENT,
	HOSTS_VERDICTS,
};

extern const char *const hosts_verdict_texts[HOSTS_VERDICTS];

/*
 * GROWN is the outcome of files for the same question with a buffer that grows;
 * NULL: there is none.  *OUT_WHAT: the first thing that differs, static text.
 */
enum hosts_verdict hosts_judge(const struct test_call *call, const struct outcome *files,
			       const struct outcome *fopnp, const struct outcome *grown,
			       const char **out_what);
