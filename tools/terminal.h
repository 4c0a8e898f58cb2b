/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the terminal behind stdout (or another stream) can do: colour and width. */
#pragma once

#include <stdio.h>

enum fopnp_style {
	FOPNP_PLAIN,
	FOPNP_STRONG, /* what the reader came for */
	FOPNP_DIM,    /* what did not happen */
	FOPNP_GOOD,
	FOPNP_BAD,
	FOPNP_NOTABLE, /* worth a second look */
};

/*
 * Decide once about stdout: styles only for a terminal, with NO_COLOR unset or
 * empty (no-color.org) and TERM not "dumb".
 */
void fopnp_terminal_start(void);
/* Decide anew, about OUT: for a command whose results go to another stream. */
void fopnp_terminal_use(FILE *out);

/* Columns to fill: the terminal's or $COLUMNS, within 40 to 100; 100 for a file or pipe. */
size_t fopnp_terminal_columns(void);

/*
 * For rows that are cut, not wrapped: the columns of the terminal or $COLUMNS,
 * however many, but at least 40; 0: no limit, since a file or pipe must lose nothing.
 */
size_t fopnp_terminal_row_columns(void);
/* The terminal's lines; 0: it has none that we know. */
size_t fopnp_terminal_lines(void);

/* Write TEXT, which must be safe to print, in STYLE. */
void fopnp_terminal_put(FILE *out, enum fopnp_style style, const char *text);
