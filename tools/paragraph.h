/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running text for people, broken at the terminal's width. */
#pragma once

#include "tools/terminal.h"

#include <stddef.h>
#include <stdio.h>

/*
 * Write LABEL padded to INDENT columns, then TEXT (escaped here) broken at
 * blanks, further lines INDENT blanks in.  LABEL is ours and safe.
 */
void fopnp_paragraph_print(FILE *out, enum fopnp_style label_style, const char *label,
			   size_t indent, enum fopnp_style style, const char *text);
