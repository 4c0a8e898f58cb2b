/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an edit came to, for people and for programs. */
#include "tools/install.h"

#include "tools/findings_text.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/paragraph.h"

#include <stdio.h>
#include <stdlib.h>

#define LABEL_WIDTH 10

/* ---- for people ---- */

static void print_part(const char *label, enum fopnp_style style, const char *text)
{
	fopnp_paragraph_print(stdout, FOPNP_DIM, label, LABEL_WIDTH, style, text);
}

/* On a terminal a tab is shown as an escape; here it stands for a blank. */
static void print_line(const char *label, enum fopnp_style style, const char *line)
{
	FOPNP_AUTO_FREE char *text = fopnp_memory_copy_text(line ? line : "");

	for (char *at = text; *at; at++)
		if (*at == '\t')
			*at = ' ';
	print_part(label, style, text);
}

static void print_edit(const struct fopnp_install *install)
{
	FOPNP_AUTO_FREE char *place = fopnp_memory_format("%s:%u", install->path, install->line);

	print_part("file", FOPNP_STRONG, place);
	print_line("before", FOPNP_PLAIN, install->before);
	print_line("after", FOPNP_GOOD, install->after);
}

static void print_unchanged(const struct fopnp_install *install, bool is_enable)
{
	FOPNP_AUTO_FREE char *text = NULL;

	if (is_enable)
		text = fopnp_memory_format("%s:%u names fopnp already; it was left as it is",
					   install->path, install->line);
	else
		text = fopnp_memory_format("fopnp is not on the hosts line of %s; nothing to do",
					   install->path);
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_PLAIN, text);
	if (is_enable)
		print_line("line", FOPNP_PLAIN, install->before);
}

static void print_conf(const struct fopnp_install *install)
{
	FOPNP_AUTO_FREE char *text =
		fopnp_memory_format("%s:%u%s%s", install->conf_path, install->conf_line,
				    install->conf_order ? ": order " : " has an order",
				    install->conf_order ? install->conf_order : "");

	print_part("conf", FOPNP_PLAIN, text);
}

void fopnp_install_print_text(const struct fopnp_install *install, bool is_enable)
{
	if (install->is_changed)
		print_edit(install);
	else
		print_unchanged(install, is_enable);
	if (install->conf_path)
		print_conf(install);
	if (install->library)
		print_part("library", FOPNP_PLAIN, install->library);
	if (install->backup)
		print_part(is_enable ? "backup" : "left", FOPNP_PLAIN, install->backup);
	if (install->is_changed)
		print_part("undo", FOPNP_PLAIN,
			   is_enable ? "fopnp disable brings the line back as it was"
				     : "fopnp enable");
	fopnp_findings_print_text(&install->notes);
}

/* A reader that is gone learns nothing more; whoever started us may. */
bool fopnp_install_finish_output(const struct fopnp_install *install, bool is_enable)
{
	if (fopnp_message_flush_output())
		return true;
	if (install->is_changed)
		(void)fprintf(
			stderr,
			"fopnp: the edit was made: fopnp is %s the hosts line; `%s` undoes it\n",
			is_enable ? "on" : "no longer on",
			is_enable ? "fopnp disable" : "fopnp enable");
	return false;
}

/* ---- for programs ---- */

void fopnp_install_print_json(const struct fopnp_install *install, bool is_enable)
{
	json_t *object = fopnp_json_object("edit", is_enable ? "enable" : "disable");
	json_t *notes = json_array();

	for (size_t i = 0; i < install->notes.count; i++)
		fopnp_json_append(notes, fopnp_finding_to_json(&install->notes.list[i]));
	fopnp_json_set(object, "changed", json_boolean(install->is_changed));
	fopnp_json_set(object, "file", fopnp_json_text(install->path));
	fopnp_json_set(object, "line", install->line ? json_integer(install->line) : json_null());
	fopnp_json_set(object, "before", fopnp_json_text(install->before));
	fopnp_json_set(object, "after", fopnp_json_text(install->after));
	fopnp_json_set(object, "backup", fopnp_json_text(install->backup));
	fopnp_json_set(object, "library", fopnp_json_text(install->library));
	fopnp_json_set(object, "conf",
		       install->conf_path ? fopnp_json_place(install->conf_path, install->conf_line,
							     install->conf_order)
					  : json_null());
	fopnp_json_set(object, "conf_changed", json_boolean(install->is_conf_changed));
	fopnp_json_set(object, "notes", notes);
	fopnp_json_print(object, stdout);
}
