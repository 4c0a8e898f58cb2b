/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings for people. */
#include "tools/findings_text.h"

#include "tools/memory.h"
#include "tools/paragraph.h"

#include <stdio.h>

#define INDENT 11 /* where the text begins */

void fopnp_finding_print_text(const struct fopnp_finding *finding)
{
	static const enum fopnp_style styles[] = {
		[FOPNP_INFO] = FOPNP_DIM,
		[FOPNP_WARNING] = FOPNP_NOTABLE,
		[FOPNP_ERROR] = FOPNP_BAD,
	};
	static const char *const labels[] = {
		[FOPNP_INFO] = "  note",
		[FOPNP_WARNING] = "  warning",
		[FOPNP_ERROR] = "  error",
	};
	FOPNP_AUTO_FREE char *place = NULL;
	FOPNP_AUTO_FREE char *text = NULL;

	if (finding->place.file && finding->place.line)
		place = fopnp_memory_format("  (%s:%u)", finding->place.file, finding->place.line);
	else if (finding->place.file)
		place = fopnp_memory_format("  (%s)", finding->place.file);
	text = fopnp_memory_format("%s%s", finding->text, place ? place : "");
	fopnp_paragraph_print(stdout, styles[finding->severity], labels[finding->severity], INDENT,
			      FOPNP_PLAIN, text);
	if (finding->fix)
		fopnp_paragraph_print(stdout, FOPNP_DIM, "    to do", INDENT, FOPNP_PLAIN,
				      finding->fix);
}

void fopnp_findings_print_text(const struct fopnp_findings *findings)
{
	if (findings->count > 0)
		(void)fputc('\n', stdout);
	for (size_t i = 0; i < findings->count; i++)
		fopnp_finding_print_text(&findings->list[i]);
}
