/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `fopnp check` for people. */
#include "tools/check_output.h"

#include "tools/check_rule.h"
#include "tools/check_system.h"
#include "tools/escape.h"
#include "tools/memory.h"
#include "tools/paragraph.h"
#include "tools/table.h"
#include "tools/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDENT       9 /* as wide as "warning" and two blanks */
#define HINT_COLUMNS 80

static const enum fopnp_style STYLES[] = {
	[FOPNP_INFO] = FOPNP_DIM,
	[FOPNP_WARNING] = FOPNP_NOTABLE,
	[FOPNP_ERROR] = FOPNP_BAD,
};

/* As in what `fopnp trace` prints: of an "info" people read as a note. */
static const char *const LABELS[] = {
	[FOPNP_INFO] = "note",
	[FOPNP_WARNING] = "warning",
	[FOPNP_ERROR] = "error",
};

struct fopnp_check_counts fopnp_check_count(const struct fopnp_findings *findings)
{
	struct fopnp_check_counts counts = { 0 };

	for (size_t i = 0; i < findings->count; i++) {
		enum fopnp_severity severity = findings->list[i].severity;

		counts.errors += severity == FOPNP_ERROR;
		counts.warnings += severity == FOPNP_WARNING;
		counts.notes += severity == FOPNP_INFO;
	}
	while (fopnp_check_rule(counts.rules))
		counts.rules++;
	return counts;
}

/* ---- findings ---- */

/* "/etc/hosts:7", "/etc/hosts"; "" for none. */
static char *place_words(const struct fopnp_place *place)
{
	if (!place->file)
		return fopnp_memory_copy_text("");
	return place->line ? fopnp_memory_format("%s:%u", place->file, place->line)
			   : fopnp_memory_copy_text(place->file);
}

/* The place first, where editors and people look for it. */
static void print_head(const struct fopnp_finding *finding)
{
	FOPNP_AUTO_FREE char *place = place_words(&finding->place);
	FOPNP_AUTO_FREE char *safe = fopnp_escape_text(place, strlen(place));
	const char *label = LABELS[finding->severity];

	fopnp_terminal_put(stdout, STYLES[finding->severity], label);
	(void)printf("%*s", INDENT - (int)strlen(label), "");
	if (*safe)
		fopnp_terminal_put(stdout, FOPNP_STRONG, safe);
	(void)printf("%s[%s]\n", *safe ? "  " : "", finding->id);
}

static void print_finding(const struct fopnp_finding *finding)
{
	print_head(finding);
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", INDENT, FOPNP_PLAIN, finding->text);
	if (finding->fix)
		fopnp_paragraph_print(stdout, FOPNP_DIM, "  to do", INDENT, FOPNP_PLAIN,
				      finding->fix);
	(void)fputc('\n', stdout);
}

/* ---- the last lines ---- */

static char *append(char *list, const char *separator, char *item)
{
	char *longer = fopnp_memory_format("%s%s%s", list, *list ? separator : "", item);

	free(list);
	free(item);
	return longer;
}

static char *append_count(char *list, uint64_t count, const char *what)
{
	if (count == 0)
		return list;
	return append(list, ", ",
		      fopnp_memory_format("%" PRIu64 " %s%s", count, what, count == 1 ? "" : "s"));
}

static char *count_words(const struct fopnp_check_counts *counts)
{
	char *words = fopnp_memory_copy_text("");

	words = append_count(words, counts->errors, "error");
	words = append_count(words, counts->warnings, "warning");
	words = append_count(words, counts->notes, "note");
	return *words ? words : append(words, "", fopnp_memory_copy_text("nothing is wrong"));
}

/* "/etc/nsswitch.conf, /etc/hosts, 4 modules, 2 name servers, ..." */
static char *seen_words(const struct fopnp_check_system *system)
{
	char *words = fopnp_memory_copy_text("");

	for (size_t i = 0; i < FOPNP_CHECK_FILES; i++)
		if (system->files[i].is_there && system->files[i].error == 0)
			words = append(words, ", ", fopnp_memory_copy_text(system->files[i].path));
	words = append_count(words, system->module_count, "module");
	if (!system->has_probes)
		return words;
	words = append_count(words, system->server_count, "name server");
	return append(words, ", ", fopnp_memory_copy_text("nscd, avahi, systemd-resolved"));
}

static void print_seen(const struct fopnp_check_system *system, uint64_t rules)
{
	FOPNP_AUTO_FREE char *seen = seen_words(system);
	FOPNP_AUTO_FREE char *words = fopnp_memory_format(
		"%" PRIu64 " rules looked at %s%s%s", rules, *seen ? seen : "no file at all",
		system->root ? "; below a root nothing is asked" : "",
		!system->root && !system->has_probes ? "; nobody was asked" : "");

	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_DIM, words);
}

void fopnp_check_print_text(const struct fopnp_check_system *system,
			    const struct fopnp_findings *findings, enum fopnp_severity least)
{
	struct fopnp_check_counts counts = fopnp_check_count(findings);
	FOPNP_AUTO_FREE char *words = count_words(&counts);
	bool is_fine = counts.errors + counts.warnings == 0;

	for (size_t i = 0; i < findings->count; i++)
		if (findings->list[i].severity >= least)
			print_finding(&findings->list[i]);
	fopnp_terminal_put(stdout,
			   is_fine             ? FOPNP_GOOD
			   : counts.errors > 0 ? FOPNP_BAD
					       : FOPNP_NOTABLE,
			   words);
	if (findings->count > 0 && fopnp_terminal_columns() >= HINT_COLUMNS)
		(void)printf("; `fopnp check --explain ID` says more of each");
	(void)fputc('\n', stdout);
	if (is_fine)
		print_seen(system, counts.rules);
}

/* ---- rules ---- */

/* Paragraph by paragraph: an empty line stands between two. */
static void print_paragraphs(const char *text)
{
	while (*text) {
		const char *end = strstr(text, "\n\n");
		size_t len = end ? (size_t)(end - text) : strlen(text);
		FOPNP_AUTO_FREE char *paragraph = fopnp_memory_copy(text, len);

		(void)fputc('\n', stdout);
		fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_PLAIN, paragraph);
		text += len + strspn(text + len, "\n");
	}
}

void fopnp_check_print_rule(const struct fopnp_check_rule *rule)
{
	fopnp_terminal_put(stdout, FOPNP_STRONG, rule->id);
	(void)printf(" (");
	fopnp_terminal_put(stdout, STYLES[rule->severity], LABELS[rule->severity]);
	(void)printf(")\n");
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_PLAIN, rule->summary);
	print_paragraphs(rule->explanation);
}

void fopnp_check_print_list(void)
{
	static const struct fopnp_table_column columns[] = {
		{ .heading = "id" },
		{ .heading = "at most" },
		{ .heading = "what it finds", .wrap = 20 },
	};
	struct fopnp_table *table = fopnp_table_create(columns, 3);
	const struct fopnp_check_rule *rule;

	for (size_t i = 0; (rule = fopnp_check_rule(i)) != NULL; i++) {
		fopnp_table_row(table);
		fopnp_table_cell(table, FOPNP_STRONG, rule->id);
		fopnp_table_cell(table, STYLES[rule->severity], LABELS[rule->severity]);
		fopnp_table_cell(table, FOPNP_PLAIN, rule->summary);
	}
	fopnp_table_print(table, stdout, 0, fopnp_terminal_columns());
	fopnp_table_destroy(table);
}
