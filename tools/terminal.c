/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Colour and width of the terminal. */
#include "tools/terminal.h"

#include "nss_module/lookup/ascii.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_LEAST 40
#define COLUMNS_MOST  100
#define COLUMNS_ANY   10000

static bool has_styles, is_terminal;
static int looked_at = STDOUT_FILENO;

void fopnp_terminal_use(FILE *out)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	looked_at = fileno(out);
	is_terminal = isatty(looked_at);
	has_styles =
		is_terminal && (!no_color || !*no_color) && (!term || strcmp(term, "dumb") != 0);
}

void fopnp_terminal_start(void)
{
	fopnp_terminal_use(stdout);
}

/* All 0 if it is no terminal, or does not know. */
static struct winsize terminal_size(void)
{
	struct winsize size = { 0 };

	if (!is_terminal || ioctl(looked_at, TIOCGWINSZ, &size) != 0)
		return (struct winsize){ 0 };
	return size;
}

/* Of the terminal or $COLUMNS; 0: nobody says. */
static size_t known_columns(void)
{
	const char *text = getenv("COLUMNS");
	unsigned long long number = 0;
	size_t columns = terminal_size().ws_col;

	if (columns == 0 && text && fopnp_ascii_number(text, strlen(text), &number))
		columns = number > COLUMNS_ANY ? COLUMNS_ANY : (size_t)number;
	return columns > 0 && columns < COLUMNS_LEAST ? COLUMNS_LEAST : columns;
}

size_t fopnp_terminal_columns(void)
{
	size_t columns = known_columns();

	return columns == 0 || columns > COLUMNS_MOST ? COLUMNS_MOST : columns;
}

size_t fopnp_terminal_row_columns(void)
{
	size_t columns = known_columns();

	return columns == 0 && is_terminal ? COLUMNS_MOST : columns;
}

size_t fopnp_terminal_lines(void)
{
	return terminal_size().ws_row;
}

void fopnp_terminal_put(FILE *out, enum fopnp_style style, const char *text)
{
	static const char *const starts[] = {
		[FOPNP_PLAIN] = "",        [FOPNP_STRONG] = "\033[1m", [FOPNP_DIM] = "\033[2m",
		[FOPNP_GOOD] = "\033[32m", [FOPNP_BAD] = "\033[31m",   [FOPNP_NOTABLE] = "\033[33m",
	};

	if (has_styles && style != FOPNP_PLAIN && *text)
		(void)fprintf(out, "%s%s\033[0m", starts[style], text);
	else
		(void)fputs(text, out);
}
