/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Aligned columns for people.  Cells hold text as it came: they are escaped
 * here.  A column as wide as its widest cell; if all together are wider than
 * the terminal, the wrapping columns give way and their cells go on below.
 */
#pragma once

#include "tools/terminal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define FOPNP_TABLE_COLUMNS 8

struct fopnp_table_column {
	const char *heading;
	bool is_right; /* aligned to the right */
	size_t wrap;   /* 0: never narrower than its cells; else the least width it can have */
};

struct fopnp_table;

/* COLUMNS must outlive the table.  At most FOPNP_TABLE_COLUMNS. */
struct fopnp_table *fopnp_table_create(const struct fopnp_table_column *columns, size_t count);
void fopnp_table_destroy(struct fopnp_table *table);

/*
 * The cells of COLUMN begin with a domain name (with its final dot), words may stand
 * behind it: break behind the name, or else behind a dot of it.
 */
void fopnp_table_hold_names(struct fopnp_table *table, size_t column);

/* Begin a row, then give its cells from left to right; missing ones are empty. */
void fopnp_table_row(struct fopnp_table *table);
void fopnp_table_cell(struct fopnp_table *table, enum fopnp_style style, const char *text);

/* Write the headings and the rows, each line behind INDENT blanks. */
void fopnp_table_print(const struct fopnp_table *table, FILE *out, size_t indent, size_t width);

/*
 * How many bytes of TEXT (escaped) fit in COLUMNS, broken behind a blank where
 * there is one (but not within "5.0 ms" or "ttl 300"), never inside a character,
 * never 0 for a text that is not empty.
 */
size_t fopnp_table_fit(const char *text, size_t columns);
