/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on /etc/hosts: lines that have no effect, and what reading it costs. */
#include "tools/trace_notes.h"

#include "tools/hosts_evidence.h"
#include "tools/hosts_scan.h"
#include "tools/memory.h"
#include "tools/source_kind.h"
#include "tools/trace.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define LARGE_US    5000 /* a lookup that takes longer in the file is worth a word */
#define LARGE_LINES 1000 /* fewer are not what costs the time */
#define COUNT_TEXT  28   /* 64 bits with commas, and the NUL */

static const struct fopnp_step *find_files(const struct fopnp_trace *trace)
{
	const struct fopnp_step *step = fopnp_trace_find_hosts(trace);

	return step && step->reach == FOPNP_REACHED ? step : NULL;
}

static const char *fix_of(enum fopnp_evidence_flaw flaw)
{
	return flaw == FOPNP_FLAW_MALFORMED
		       ? "write the address in full: no zone, prefix length or leading zeros"
		       : "take out the line that is wrong, or write \"multi on\" in /etc/host.conf";
}

/* The remark says "not used: why"; the place stands behind the note. */
static struct fopnp_finding *note_line(struct fopnp_trace *trace,
				       const struct fopnp_evidence *evidence)
{
	static const char prefix[] = "not used: ";
	const char *remark = evidence->remark ? evidence->remark : "";
	const char *line = evidence->place.text ? evidence->place.text : "";
	bool has_prefix = strncmp(remark, prefix, sizeof(prefix) - 1) == 0;
	const char *why = has_prefix ? remark + sizeof(prefix) - 1 : remark;

	line += strspn(line, " \t");
	if (evidence->flaw == FOPNP_FLAW_MALFORMED)
		return fopnp_findings_add(&trace->notes, "hosts-line-unused", FOPNP_WARNING,
					  "the line for %s is not used: %s", trace->request.name,
					  why);
	return fopnp_findings_add(&trace->notes, "hosts-line-unused", FOPNP_WARNING,
				  "%.*s for %s is not used: %s", (int)strcspn(line, " \t"), line,
				  trace->request.name, why);
}

/* One note for the first such line: the others stand in the evidence. */
static void note_unused_line(struct fopnp_trace *trace, const struct fopnp_step *files)
{
	for (size_t i = 0; i < files->evidence.count; i++) {
		const struct fopnp_evidence *evidence = &files->evidence.list[i];
		const struct fopnp_place *place = &evidence->place;
		struct fopnp_finding *added;

		if (evidence->flaw == FOPNP_FLAW_NONE ||
		    (evidence->flaw == FOPNP_FLAW_OVERRULED && !files->is_answering))
			continue;
		added = note_line(trace, evidence);
		added->fix = fopnp_memory_copy_text(fix_of(evidence->flaw));
		added->place = fopnp_place_make(place->file, place->line, place->text);
		return;
	}
}

/* "300,002" */
static const char *count_words(uint64_t count, char text[static COUNT_TEXT])
{
	char *at = text + COUNT_TEXT - 1;

	*at = '\0';
	for (size_t digits = 0; digits == 0 || count > 0; digits++, count /= 10) {
		if (digits > 0 && digits % 3 == 0)
			*--at = ',';
		*--at = (char)('0' + count % 10);
	}
	return at;
}

static void note_large(struct fopnp_trace *trace, const struct fopnp_step *files)
{
	char step_time[FOPNP_DURATION_TEXT], lines[COUNT_TEXT];
	struct fopnp_hosts_size size;

	/* fopnp:hosts does not parse what it need not. */
	if (fopnp_source_is_built_in(files->source))
		return;
	if (files->elapsed_us < LARGE_US || !fopnp_hosts_measure(FOPNP_HOSTS_PATH, &size) ||
	    size.lines < LARGE_LINES)
		return;
	fopnp_findings_add(
		&trace->notes, "hosts-large", FOPNP_INFO,
		"%s has %s lines, %.1f MB, which are read in every lookup: that took files "
		"%s",
		FOPNP_HOSTS_PATH, count_words(size.lines, lines), (double)size.bytes / 1e6,
		fopnp_trace_duration(files->elapsed_us, step_time))
		->place = fopnp_place_make(FOPNP_HOSTS_PATH, 0, NULL);
}

/* The first line that answers: there is nothing to remark on it.  NULL: not known. */
static const struct fopnp_place *find_line(const struct fopnp_step *files)
{
	for (size_t i = 0; i < files->evidence.count; i++)
		if (!files->evidence.list[i].remark)
			return &files->evidence.list[i].place;
	return NULL;
}

/* The DNS was asked by fopnp alone, since the file has the name. */
static void note_difference(struct fopnp_trace *trace, const struct fopnp_step *files)
{
	const struct fopnp_step *dns = fopnp_trace_find_dns(trace);
	FOPNP_AUTO_FREE char *here = NULL, *there = NULL;
	const struct fopnp_place *line = find_line(files);
	struct fopnp_finding *added;

	if (!files->is_answering || !line || !dns || !dns->is_different || !dns->answer ||
	    !fopnp_trace_is_of_name(trace))
		return;
	here = fopnp_trace_answer_words(&trace->request, trace->result, 2);
	there = fopnp_trace_answer_words(&trace->request, dns->answer, 2);
	added = fopnp_findings_add(&trace->notes, "hosts-differs", FOPNP_INFO,
				   "%s is %s here, and %s in the DNS", trace->request.name, here,
				   there);
	fopnp_finding_set_fix(added, "correct the line or take it out, if it is not meant so");
	added->place = fopnp_place_make(line->file, line->line, NULL);
}

void fopnp_trace_note_hosts(struct fopnp_trace *trace)
{
	const struct fopnp_step *files = find_files(trace);

	if (!files)
		return;
	note_unused_line(trace, files);
	note_large(trace, files);
	note_difference(trace, files);
}
