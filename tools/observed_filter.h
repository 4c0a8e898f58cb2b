/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which lookups to show: the options that `watch` and `report` share. */
#pragma once

#include "tools/observed.h"
#include "tools/options.h"

#include <stdbool.h>

/* Keys of the options, for the commands' tables; see FOPNP_FILTER_OPTIONS. */
enum {
	FOPNP_FILTER_PROGRAM = 1100,
	FOPNP_FILTER_PID,
	FOPNP_FILTER_USER,
	FOPNP_FILTER_NAME,
	FOPNP_FILTER_SOURCE,
	FOPNP_FILTER_STATUS,
	FOPNP_FILTER_SLOWER,
	FOPNP_FILTER_END,
};

/* Entries of a command's option table.  Each may be given again: any of them; different ones: all. */
#define FOPNP_FILTER_OPTIONS                                                                       \
	{ FOPNP_FILTER_PROGRAM, "program", "NAME",                                                 \
	  "only programs of that name, a pattern, or path" },                                      \
		{ FOPNP_FILTER_PID, "pid", "PID", "only that process" },                           \
		{ FOPNP_FILTER_USER, "user", "USER",                                               \
		  "only processes of that user, by name or number" },                              \
		{ FOPNP_FILTER_NAME, "name", "PATTERN",                                            \
		  "only names that match: *.example.com, .example.com (and below)" },              \
		{ FOPNP_FILTER_SOURCE, "source", "ID",                                             \
		  "only what that source answered; none: nobody" },                                \
		{ FOPNP_FILTER_STATUS, "status", "WORD",                                           \
		  "only that status (NOTFOUND, ...) or code (EAI_AGAIN, ...), or failed" },        \
	{                                                                                          \
		FOPNP_FILTER_SLOWER, "slower", "DURATION", "only what took longer: 200ms"          \
	}

struct fopnp_observed_filter;
struct fopnp_observed_filter *fopnp_observed_filter_create(void);
void fopnp_observed_filter_destroy(struct fopnp_observed_filter *filter);
/* Take an option with a key of the list; false, and the error told, if its argument is wrong. */
bool fopnp_observed_filter_option(struct fopnp_observed_filter *filter, int key,
				  const char *argument);
bool fopnp_observed_filter_matches(const struct fopnp_observed_filter *filter,
				   const struct fopnp_observed_lookup *lookup);
/* Whether any option was given. */
bool fopnp_observed_filter_is_set(const struct fopnp_observed_filter *filter);
