/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the terminal behind stdout can do: colour and width. */
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

/* Columns to fill: the terminal's or $COLUMNS, within 40 to 100; 100 for a file or pipe. */
size_t fopnp_terminal_columns(void);

/* Write TEXT, which must be safe to print, in STYLE. */
void fopnp_terminal_put(FILE *out, enum fopnp_style style, const char *text);
