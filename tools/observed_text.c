/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of lookups, see observed_text.h. */
#include "tools/observed_text.h"

#include "nss_module/lookup/status.h"
#include "tools/escape.h"
#include "tools/memory.h"
#include "tools/terminal.h"

#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GAP             2             /* blanks between columns */
#define DATE_COLUMNS    11            /* "2026-01-31 " */
#define MALFORMED_SHOWN 64            /* bytes of what is no event */
#define SLOW_US         1000000       /* from then on the time stands out */
#define PASSWD          "/etc/passwd" /* read by itself: other sources of users may look host names up */

enum column { TIME, PROGRAM, USER, NAME, TOOK, SOURCE, ANSWER, COLUMN_COUNT };

/* Widths; 0: the column is left out. */
struct layout {
	size_t columns; /* of the terminal; 0: cells are never cut */
	size_t widths[COLUMN_COUNT];
	bool has_date, has_milliseconds;
};

struct user {
	int64_t uid;
	char *name;
};

struct fopnp_observed_rows {
	FILE *out;
	struct fopnp_observed_rows_options options;
	struct layout layout;
	struct user *users;
	size_t user_count;
	size_t row_count; /* since the last headings */
};

/* ---- texts ---- */

const char *fopnp_observed_program(const struct fopnp_observed_process *process)
{
	return process->comm[0] ? process->comm : "?";
}

char *fopnp_observed_duration(uint64_t us)
{
	if (us < 1000)
		return fopnp_memory_format("%u us", (unsigned)us);
	if (us < 9950)
		return fopnp_memory_format("%.1f ms", (double)us / 1e3);
	if (us < 999500)
		return fopnp_memory_format("%.0f ms", (double)us / 1e3);
	if (us < 99950000)
		return fopnp_memory_format("%.1f s", (double)us / 1e6);
	return fopnp_memory_format("%.0f s", (double)us / 1e6);
}

static char *system_error_text(int error)
{
	const char *name = error ? fopnp_errno_name(error) : NULL;

	return name ? fopnp_memory_format("system error %s", name)
		    : fopnp_memory_copy_text("system error");
}

static char *failure_text(const struct fopnp_event *event)
{
	int code = fopnp_observed_code(event);
	const char *name;

	switch (code) {
	case 0: /* the hostent functions say so of a name without addresses, too */
	case EAI_NONAME:
		return fopnp_memory_copy_text("not found");
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return fopnp_memory_copy_text("no address");
	case EAI_AGAIN:
		return fopnp_memory_copy_text("temporary failure");
	case EAI_FAIL:
		return fopnp_memory_copy_text("failure");
	case EAI_MEMORY:
		return fopnp_memory_copy_text("out of memory");
	case EAI_SYSTEM:
		return system_error_text(event->error);
	default:
		name = fopnp_eai_name(code);
		return name ? fopnp_memory_copy_text(name)
			    : fopnp_memory_format("failure %d", code);
	}
}

static bool is_answered(const struct fopnp_event *event)
{
	return event->has_status && event->status == NSS_STATUS_SUCCESS;
}

/* What the answer is but for further addresses. */
static char *first_answer(const struct fopnp_event *event, const struct fopnp_redaction *redaction)
{
	if (!event->has_status)
		return fopnp_memory_copy_text("?");
	if (!is_answered(event))
		return failure_text(event);
	if (event->address_count > 0)
		return fopnp_redact_name(redaction, event->addresses[0]);
	if (event->canonical[0])
		return fopnp_redact_name(redaction, event->canonical);
	return fopnp_memory_copy_text("found");
}

/* " +3", or "". */
static char *further_answers(const struct fopnp_event *event)
{
	if (!is_answered(event) || event->address_count < 2)
		return fopnp_memory_copy_text("");
	return fopnp_memory_format(" +%zu", event->address_count - 1);
}

char *fopnp_observed_answer_text(const struct fopnp_event *event,
				 const struct fopnp_redaction *redaction)
{
	FOPNP_AUTO_FREE char *first = first_answer(event, redaction);
	FOPNP_AUTO_FREE char *further = further_answers(event);

	return fopnp_memory_format("%s%s", first, further);
}

/* All addresses, for a file that loses nothing. */
static char *whole_answer(const struct fopnp_event *event, const struct fopnp_redaction *redaction)
{
	char *text = first_answer(event, redaction);

	for (size_t i = 1; is_answered(event) && i < event->address_count; i++) {
		FOPNP_AUTO_FREE char *address = fopnp_redact_name(redaction, event->addresses[i]);
		char *longer = fopnp_memory_format("%s,%s", text, address);

		free(text);
		text = longer;
	}
	return text;
}

/* ---- layout ---- */

/*
 * What gives way when the terminal is narrow: first the user and fractions of seconds, then the
 * time taken, the source, the time of day.  Name and answer share what is left.
 */
static struct layout layout_for(size_t columns, bool has_date)
{
	struct layout layout = { .columns = columns };
	size_t width = columns == 0 ? 120 : columns;
	size_t rest;

	layout.has_date = has_date && width >= DATE_COLUMNS + 50;
	if (layout.has_date && columns)
		width -= DATE_COLUMNS;
	rest = width + GAP;
	layout.has_milliseconds = width >= 110;
	layout.widths[TIME] = width < 50 ? 0 : layout.has_milliseconds ? 12 : 8;
	layout.widths[PROGRAM] = width >= 120 ? 20 : width >= 100 ? 17 : width >= 50 ? 14 : 12;
	layout.widths[USER] = width >= 100 ? 8 : 0;
	layout.widths[TOOK] = width >= 70 ? 6 : 0;
	layout.widths[SOURCE] = width >= 90 ? 11 : width >= 60 ? 8 : 0;
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		rest -= layout.widths[i] ? layout.widths[i] + GAP : 0;
	rest -= (size_t)2 * GAP;
	layout.widths[NAME] = rest * 3 / 5;
	layout.widths[ANSWER] = rest - layout.widths[NAME];
	if (layout.has_date)
		layout.widths[TIME] += DATE_COLUMNS;
	return layout;
}

/* How many bytes of TEXT take at most COLUMNS. */
static size_t bytes_within(const char *text, size_t columns)
{
	size_t len = strlen(text), used = 0;

	for (size_t at = 0; at < len;) {
		size_t width, count = fopnp_escape_character(text + at, len - at, &width);

		used += width;
		if (used > columns)
			return at;
		at += count;
	}
	return len;
}

char *fopnp_observed_cut(const char *head, const char *tail, size_t width)
{
	const char *mark = MB_CUR_MAX > 1 ? "\u2026" : "~";
	size_t tail_columns = fopnp_escape_columns(tail);

	if (width == 0 || fopnp_escape_columns(head) + tail_columns <= width)
		return fopnp_memory_format("%s%s", head, tail);
	if (tail_columns + 1 >= width)
		tail = "", tail_columns = 0;
	return fopnp_memory_format("%.*s%s%s", (int)bytes_within(head, width - tail_columns - 1),
				   head, mark, tail);
}

/* ---- cells ---- */

static size_t cut_width(const struct fopnp_observed_rows *rows, enum column column)
{
	return rows->layout.columns ? rows->layout.widths[column] : 0;
}

static void put_blanks(FILE *out, size_t count)
{
	while (count-- > 0)
		(void)putc_unlocked(' ', out);
}

/* TEXT, which fits and is safe, in its column; at the end of a line nothing is padded. */
static void put_cell(const struct fopnp_observed_rows *rows, enum column column,
		     enum fopnp_style style, const char *text)
{
	size_t width = rows->layout.widths[column], columns = fopnp_escape_columns(text);
	size_t padding = columns < width ? width - columns : 0;

	if (width == 0)
		return;
	if (column == TOOK)
		put_blanks(rows->out, padding);
	fopnp_terminal_put(rows->out, style, text);
	if (column == ANSWER)
		(void)fputc('\n', rows->out);
	else
		put_blanks(rows->out, (column == TOOK ? 0 : padding) + GAP);
}

/* The same for text from outside. */
static void put_text(const struct fopnp_observed_rows *rows, enum column column,
		     enum fopnp_style style, const char *head, const char *tail)
{
	size_t width = cut_width(rows, column);
	FOPNP_AUTO_FREE char *safe = NULL, *text = NULL;

	if (rows->layout.widths[column] == 0)
		return;
	safe = fopnp_escape_text(head, strlen(head));
	/* Most texts are whole as they are. */
	if (!*tail && (width == 0 || fopnp_escape_columns(safe) <= width)) {
		put_cell(rows, column, style, safe);
		return;
	}
	text = fopnp_observed_cut(safe, tail, width);
	put_cell(rows, column, style, text);
}

static void put_time(const struct fopnp_observed_rows *rows, int64_t time_us)
{
	time_t seconds = (time_t)(time_us / 1000000);
	struct tm parts;
	char date[48] = "", text[96] = "-", fraction[8] = "";

	/* Not by strftime(), which looks for another time zone each time. */
	if (time_us >= 0 && localtime_r(&seconds, &parts)) {
		if (rows->layout.has_date)
			(void)snprintf(date, sizeof(date), "%04d-%02d-%02d ", parts.tm_year + 1900,
				       parts.tm_mon + 1, parts.tm_mday);
		(void)snprintf(text, sizeof(text), "%s%02d:%02d:%02d", date, parts.tm_hour,
			       parts.tm_min, parts.tm_sec);
		if (rows->layout.has_milliseconds)
			(void)snprintf(fraction, sizeof(fraction), ".%03d",
				       (int)(time_us / 1000 % 1000));
	}
	put_text(rows, TIME, FOPNP_DIM, text, fraction);
}

/* "curl[123]"; "curl?[123]": by the event's own word; "curl[123]!": the event claims to be another. */
static char *program_tail(const struct fopnp_observed_process *process)
{
	const char *doubt = process->is_comm_claimed && process->comm[0] ? "?" : "";
	const char *forged = process->is_claim_false ? "!" : "";

	if (process->pid <= 0)
		return fopnp_memory_format("%s[?]%s", doubt, forged);
	return fopnp_memory_format("%s[%lld]%s", doubt, (long long)process->pid, forged);
}

static void put_program(const struct fopnp_observed_rows *rows,
			const struct fopnp_observed_process *process)
{
	FOPNP_AUTO_FREE char *tail = program_tail(process);

	put_text(rows, PROGRAM, process->is_claim_false ? FOPNP_BAD : FOPNP_PLAIN,
		 fopnp_observed_program(process), tail);
}

static void put_user(const struct fopnp_observed_rows *rows, int64_t uid)
{
	char number[24] = "?";

	for (size_t i = 0; i < rows->user_count; i++) {
		if (rows->users[i].uid == uid) {
			put_text(rows, USER, FOPNP_PLAIN, rows->users[i].name, "");
			return;
		}
	}
	if (uid >= 0)
		(void)snprintf(number, sizeof(number), "%lld", (long long)uid);
	put_text(rows, USER, FOPNP_PLAIN, number, "");
}

static void put_took(const struct fopnp_observed_rows *rows, int64_t elapsed_us)
{
	FOPNP_AUTO_FREE char *text = elapsed_us >= 0 ? fopnp_observed_duration((uint64_t)elapsed_us)
						     : fopnp_memory_copy_text("-");

	put_text(rows, TOOK, elapsed_us >= SLOW_US ? FOPNP_NOTABLE : FOPNP_PLAIN, text, "");
}

static enum fopnp_style answer_style(const struct fopnp_event *event)
{
	if (!event->has_status)
		return FOPNP_BAD;
	if (is_answered(event))
		return FOPNP_PLAIN;
	return event->status == NSS_STATUS_NOTFOUND ? FOPNP_NOTABLE : FOPNP_BAD;
}

static void put_answer(const struct fopnp_observed_rows *rows, const struct fopnp_event *event)
{
	const struct fopnp_redaction *redaction = rows->options.redaction;
	bool is_whole = rows->layout.columns == 0;
	FOPNP_AUTO_FREE char *head =
		is_whole ? whole_answer(event, redaction) : first_answer(event, redaction);
	FOPNP_AUTO_FREE char *tail = is_whole ? fopnp_memory_copy_text("") : further_answers(event);

	put_text(rows, ANSWER, answer_style(event), head, tail);
}

/* A sentence instead of the cells from FIRST on. */
static void put_sentence(const struct fopnp_observed_rows *rows, enum column first,
			 const char *sentence)
{
	FOPNP_AUTO_FREE char *safe = fopnp_escape_text(sentence, strlen(sentence));
	size_t width = 0;
	char *text;

	for (size_t i = first; i < COLUMN_COUNT; i++)
		width += rows->layout.widths[i] ? rows->layout.widths[i] + GAP : 0;
	text = fopnp_observed_cut(safe, "", rows->layout.columns ? width - GAP : 0);
	fopnp_terminal_put(rows->out, FOPNP_BAD, text);
	(void)fputc('\n', rows->out);
	free(text);
}

/* ---- rows ---- */

/* A terminal may be given another width at any time. */
static void begin_row(struct fopnp_observed_rows *rows)
{
	size_t columns = fopnp_terminal_row_columns(), lines = fopnp_terminal_lines();
	bool is_new = columns != rows->layout.columns;

	if (is_new)
		rows->layout = layout_for(columns, rows->options.has_date);
	if (is_new || (lines > 2 && rows->row_count + 1 >= lines))
		fopnp_observed_rows_heading(rows);
	rows->row_count++;
}

static int64_t now_us(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void read_users(struct fopnp_observed_rows *rows)
{
	FILE *file = fopen(PASSWD, "re");
	const struct passwd *entry;

	while (file && (entry = fgetpwent(file)) != NULL) {
		rows->users = fopnp_memory_resize(rows->users, rows->user_count + 1,
						  sizeof(*rows->users));
		rows->users[rows->user_count++] = (struct user){
			.uid = entry->pw_uid,
			.name = fopnp_memory_copy_text(entry->pw_name),
		};
	}
	if (file)
		(void)fclose(file);
}

struct fopnp_observed_rows *fopnp_observed_rows_create(
	FILE *out, const struct fopnp_observed_rows_options *options)
{
	struct fopnp_observed_rows *rows = fopnp_memory_zeroed(1, sizeof(*rows));

	rows->out = out;
	rows->options = *options;
	rows->layout = layout_for(fopnp_terminal_row_columns(), options->has_date);
	read_users(rows);
	return rows;
}

void fopnp_observed_rows_destroy(struct fopnp_observed_rows *rows)
{
	if (!rows)
		return;
	for (size_t i = 0; i < rows->user_count; i++)
		free(rows->users[i].name);
	free(rows->users);
	free(rows);
}

void fopnp_observed_rows_heading(struct fopnp_observed_rows *rows)
{
	static const char *const headings[] = {
		[TIME] = "time", [PROGRAM] = "program", [USER] = "user",     [NAME] = "name",
		[TOOK] = "took", [SOURCE] = "source",   [ANSWER] = "answer",
	};

	for (enum column i = TIME; i < COLUMN_COUNT; i++)
		put_cell(rows, i, FOPNP_DIM, headings[i]);
	rows->row_count = 1;
}

void fopnp_observed_rows_lookup(struct fopnp_observed_rows *rows,
				const struct fopnp_observed_lookup *lookup)
{
	const struct fopnp_event *event = &lookup->event;
	FOPNP_AUTO_FREE char *name = fopnp_redact_name(rows->options.redaction, event->name);

	begin_row(rows);
	put_time(rows, event->time_us);
	put_program(rows, &lookup->process);
	put_user(rows, lookup->process.uid);
	put_text(rows, NAME, FOPNP_STRONG, *name ? name : "\"\"", "");
	put_took(rows, event->elapsed_us);
	put_text(rows, SOURCE, FOPNP_PLAIN, event->source[0] ? event->source : "-", "");
	put_answer(rows, event);
}

void fopnp_observed_rows_malformed(struct fopnp_observed_rows *rows,
				   const struct fopnp_observed_process *process, const char *bytes,
				   size_t len)
{
	size_t shown = rows->options.redaction ? 0 : len < MALFORMED_SHOWN ? len : MALFORMED_SHOWN;
	FOPNP_AUTO_FREE char *beginning = fopnp_escape_text(bytes, shown);
	FOPNP_AUTO_FREE char *sentence = fopnp_memory_format(
		"no event of ours, %zu byte%s%s%s%s%s", len, len == 1 ? "" : "s",
		len < FOPNP_EVENT_SIZE ? "" : " or more", shown ? ": " : "", beginning,
		shown && shown < len ? " ..." : "");

	begin_row(rows);
	put_time(rows, now_us());
	put_program(rows, process);
	put_user(rows, process->uid);
	put_sentence(rows, NAME, sentence);
}

void fopnp_observed_rows_lost(struct fopnp_observed_rows *rows,
			      const struct fopnp_observed_process *process, uint64_t count)
{
	FOPNP_AUTO_FREE char *tail = program_tail(process);
	FOPNP_AUTO_FREE char *sentence = fopnp_memory_format(
		"%llu event%s of %s%s %s lost", (unsigned long long)count, count == 1 ? "" : "s",
		fopnp_observed_program(process), tail, count == 1 ? "was" : "were");

	begin_row(rows);
	put_time(rows, now_us());
	put_sentence(rows, PROGRAM, sentence);
}
