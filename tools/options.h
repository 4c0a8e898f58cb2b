/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options of a command, told once: parsing, `--help` and the checks of man
 * page and completion are made from the same table.
 */
#pragma once

#include "tools/exit_status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct fopnp_option {
	int key;              /* a letter is also the short option; from 256 on there is none */
	const char *name;     /* the long option; NULL: none */
	const char *argument; /* its word in the help; NULL: takes none */
	const char *help;     /* ends the table when NULL */
};

/* Long options that every command understands. */
#define FOPNP_OPTION_KEY_JSON  1000
#define FOPNP_OPTION_JSON_HELP "print JSON, one object a line"

enum fopnp_options_result {
	FOPNP_OPTIONS_ONE,   /* an option: its key and argument are there */
	FOPNP_OPTIONS_END,   /* no more: operands from argv[*out_key] on */
	FOPNP_OPTIONS_HELP,  /* --help or -h */
	FOPNP_OPTIONS_ERROR, /* told already: exit with FOPNP_EXIT_USAGE */
};

/*
 * The next option of ARGV (argv[0] is the command's name; operands move to the
 * end).  Call again until it says END.
 */
enum fopnp_options_result fopnp_options_next(const struct fopnp_option *options, int argc,
					     char **argv, int *out_key, const char **out_argument);

/* The same for a command that runs another one: the first operand ends the options. */
enum fopnp_options_result fopnp_options_next_in_front(const struct fopnp_option *options, int argc,
						      char **argv, int *out_key,
						      const char **out_argument);

/* Whether --json is among the words before "--": known before the first error. */
bool fopnp_options_ask_json(int argc, char **argv);

/* Tell that OPTION ("--timeout") cannot have ARGUMENT; HINT says what it can have.  Always false. */
bool fopnp_options_refuse(const char *option, const char *argument, const char *hint);

/*
 * The time that ARGUMENT of OPTION says, above 0 and, where MOST_US is not 0, not above that, into
 * *OUT_US.  False, and an error told, if it does not.
 */
bool fopnp_options_take_time(const char *option, const char *argument, uint64_t most_us,
			     uint64_t *out_us);

/* The table for people. */
void fopnp_options_print(const struct fopnp_option *options, FILE *out, size_t width);
