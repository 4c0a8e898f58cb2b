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

static bool has_styles;

void fopnp_terminal_start(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	has_styles = isatty(STDOUT_FILENO) && (!no_color || !*no_color) &&
		     (!term || strcmp(term, "dumb") != 0);
}

static size_t known_columns(void)
{
	const char *text = getenv("COLUMNS");
	unsigned long long number = 0;
	struct winsize size;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	if (text && fopnp_ascii_number(text, strlen(text), &number) && number > 0)
		return number > COLUMNS_MOST ? COLUMNS_MOST : (size_t)number;
	return COLUMNS_MOST;
}

size_t fopnp_terminal_columns(void)
{
	size_t columns = known_columns();

	if (columns < COLUMNS_LEAST)
		return COLUMNS_LEAST;
	return columns > COLUMNS_MOST ? COLUMNS_MOST : columns;
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
