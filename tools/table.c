/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Aligned columns. */
#include "tools/table.h"

#include "tools/escape.h"
#include "tools/memory.h"

#include <stdlib.h>
#include <string.h>

#define GAP 2 /* blanks between columns */

struct cell {
	char *text; /* escaped; NULL: empty */
	enum fopnp_style style;
};

struct row {
	struct cell cells[FOPNP_TABLE_COLUMNS];
	size_t count;
};

struct fopnp_table {
	const struct fopnp_table_column *columns;
	size_t column_count;
	bool has_names[FOPNP_TABLE_COLUMNS];
	struct row *rows;
	size_t row_count;
};

struct fopnp_table *fopnp_table_create(const struct fopnp_table_column *columns, size_t count)
{
	struct fopnp_table *table = fopnp_memory_zeroed(1, sizeof(*table));

	table->columns = columns;
	table->column_count = count;
	return table;
}

void fopnp_table_destroy(struct fopnp_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->row_count; i++)
		for (size_t j = 0; j < table->rows[i].count; j++)
			free(table->rows[i].cells[j].text);
	free(table->rows);
	free(table);
}

void fopnp_table_hold_names(struct fopnp_table *table, size_t column)
{
	table->has_names[column] = true;
}

void fopnp_table_row(struct fopnp_table *table)
{
	table->rows = fopnp_memory_resize(table->rows, table->row_count + 1, sizeof(*table->rows));
	table->rows[table->row_count++] = (struct row){ 0 };
}

void fopnp_table_cell(struct fopnp_table *table, enum fopnp_style style, const char *text)
{
	struct row *row = &table->rows[table->row_count - 1];

	if (row->count == table->column_count)
		return;
	row->cells[row->count].style = style;
	row->cells[row->count].text = fopnp_escape_text(text, strlen(text));
	row->count++;
}

/* A number and its unit belong together: "0.70 ms", "5.0 s". */
static bool is_before_unit(const char *text, size_t at)
{
	const char *unit = text + at;
	size_t len = strncmp(unit, "ms", 2) == 0 || strncmp(unit, "us", 2) == 0 ? 2 : 1;

	return at >= 2 && text[at - 2] >= '0' && text[at - 2] <= '9' &&
	       (len == 2 || *unit == 's') && (unit[len] == '\0' || strchr(" ,.:;)", unit[len]));
}

/* So do "ttl" and its number, "from" and an address. */
static bool is_behind(const char *word, const char *text, size_t at)
{
	size_t len = strlen(word);

	return at > len && text[at - 1] == ' ' && strncmp(text + at - 1 - len, word, len) == 0 &&
	       (at == len + 1 || text[at - len - 2] == ' ') && text[at] >= '0' && text[at] <= '9';
}

static bool belongs_together(const char *text, size_t at)
{
	return is_before_unit(text, at) || is_behind("ttl", text, at) ||
	       is_behind("from", text, at);
}

size_t fopnp_table_fit(const char *text, size_t columns)
{
	size_t used = 0, at = 0, blank = 0, poor_blank = 0;

	/* No further than it fits: a text may have a million bytes, and is asked for line by line. */
	while (text[at]) {
		size_t width,
			count = fopnp_escape_character(text + at, strnlen(text + at, 4), &width);

		used += width;
		if (used > columns && at > 0 && !(used == columns + 1 && text[at] == ' '))
			return blank ? blank : poor_blank ? poor_blank : at;
		at += count;
		if (text[at - 1] == ' ' && belongs_together(text, at))
			poor_blank = at;
		else if (text[at - 1] == ' ')
			blank = at;
	}
	return at;
}

/*
 * The same for a name and words behind it: the words stay together, the name breaks
 * behind a dot.
 */
static size_t fit_name(const char *text, size_t columns)
{
	size_t len = fopnp_table_fit(text, columns), name = strcspn(text, " "), dot;

	if (!text[len] || name == 0 || text[name - 1] != '.')
		return len;
	if (name <= len)
		return name + strspn(text + name, " ");
	for (dot = len; dot > 0; dot--)
		if (text[dot - 1] == '.' && (dot == 1 || text[dot - 2] != '\\'))
			return dot;
	return len;
}

/* The width of every column by its cells alone. */
static size_t measure(const struct fopnp_table *table, size_t *widths)
{
	size_t sum = 0;

	for (size_t j = 0; j < table->column_count; j++) {
		widths[j] = strlen(table->columns[j].heading);
		for (size_t i = 0; i < table->row_count; i++) {
			const char *text = table->rows[i].cells[j].text;
			size_t columns = text ? fopnp_escape_columns(text) : 0;

			if (columns > widths[j])
				widths[j] = columns;
		}
		sum += widths[j] + (j ? GAP : 0);
	}
	return sum;
}

/* Take what is too much from the widest wrapping column, one blank at a time. */
static void narrow(const struct fopnp_table *table, size_t *widths, size_t too_much)
{
	for (; too_much > 0; too_much--) {
		size_t widest = table->column_count;

		for (size_t j = 0; j < table->column_count; j++)
			if (table->columns[j].wrap && widths[j] > table->columns[j].wrap &&
			    (widest == table->column_count || widths[j] > widths[widest]))
				widest = j;
		if (widest == table->column_count)
			return;
		widths[widest]--;
	}
}

static void put_blanks(FILE *out, size_t count)
{
	(void)fprintf(out, "%*s", (int)count, "");
}

static bool anything_behind(const char *const *rest, size_t from, size_t count)
{
	for (size_t j = from; j < count; j++)
		if (rest[j] && *rest[j])
			return true;
	return false;
}

/* Write the next WIDTH columns of one cell, and move on in it. */
static void put_part(const struct fopnp_table *table, FILE *out, size_t column, size_t width,
		     enum fopnp_style style, const char **rest, bool is_last)
{
	size_t len = 0, end, used;
	char *part;

	if (*rest)
		len = table->has_names[column] ? fit_name(*rest, width)
					       : fopnp_table_fit(*rest, width);
	end = len;
	while (end > 0 && (*rest)[end - 1] == ' ')
		end--;
	part = fopnp_memory_copy(*rest ? *rest : "", end);
	used = fopnp_escape_columns(part);
	if (table->columns[column].is_right && used < width)
		put_blanks(out, width - used);
	fopnp_terminal_put(out, style, part);
	if (!table->columns[column].is_right && used < width && !is_last)
		put_blanks(out, width - used);
	if (*rest) {
		*rest += len;
		*rest += strspn(*rest, " "); /* a gap of two blanks may be broken between them */
	}
	free(part);
}

static void put_row(const struct fopnp_table *table, const struct row *row, FILE *out,
		    size_t indent, const size_t *widths)
{
	const char *rest[FOPNP_TABLE_COLUMNS] = { 0 };

	for (size_t j = 0; j < row->count; j++)
		rest[j] = row->cells[j].text;
	do {
		put_blanks(out, indent);
		for (size_t j = 0; j < table->column_count; j++) {
			bool is_last = !anything_behind(rest, j + 1, table->column_count);

			put_part(table, out, j, widths[j], row->cells[j].style, &rest[j], is_last);
			if (is_last)
				break;
			put_blanks(out, GAP);
		}
		(void)fputc('\n', out);
	} while (anything_behind(rest, 0, table->column_count));
}

void fopnp_table_print(const struct fopnp_table *table, FILE *out, size_t indent, size_t width)
{
	size_t widths[FOPNP_TABLE_COLUMNS] = { 0 };
	size_t sum = indent + measure(table, widths);
	struct row headings = { .count = table->column_count };

	if (sum > width)
		narrow(table, widths, sum - width);
	for (size_t j = 0; j < table->column_count; j++) {
		headings.cells[j].text = fopnp_memory_copy_text(table->columns[j].heading);
		headings.cells[j].style = FOPNP_DIM;
	}
	put_row(table, &headings, out, indent, widths);
	for (size_t j = 0; j < table->column_count; j++)
		free(headings.cells[j].text);
	for (size_t i = 0; i < table->row_count; i++)
		put_row(table, &table->rows[i], out, indent, widths);
}
