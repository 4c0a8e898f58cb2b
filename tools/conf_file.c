/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading fopnp.conf, and saying what the module leaves out of it. */
#include "tools/conf_file.h"

#include "nss_module/lookup/fopnp_conf.h"
#include "tools/memory.h"
#include "tools/text_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST       (1024u * 1024u) /* nss_module/own_file.h */
#define LINES_MOST      3               /* that get a finding each */
#define TEXT_MOST       60              /* of a line in a finding's text */
#define PLACE_TEXT_MOST 200             /* of it beside its place */

struct reading {
	const char *path, *bytes;
	size_t len;
	struct fopnp_findings *findings; /* or NULL */
	unsigned line;                   /* where POSITION is */
	size_t position, bad_count;
};

/* ---- lines that are left out ---- */

/* The line's text without what surrounds it; lines are asked for in rising order. */
static const char *find_line(struct reading *reading, unsigned line, size_t *out_len)
{
	const char *end = reading->bytes + reading->len, *start, *newline;

	for (; reading->line < line; reading->line++) {
		newline = memchr(reading->bytes + reading->position, '\n',
				 reading->len - reading->position);
		if (!newline)
			break;
		reading->position = (size_t)(newline - reading->bytes) + 1;
	}
	start = reading->bytes + reading->position;
	newline = memchr(start, '\n', (size_t)(end - start));
	if (newline)
		end = newline;
	while (start < end && strchr(" \t", *start) && *start)
		start++;
	while (end > start && strchr(" \t\r", end[-1]) && end[-1])
		end--;
	*out_len = (size_t)(end - start);
	return start;
}

/* At most MOST bytes, not through the middle of a character, and dots where it is cut. */
static char *cut_text(const char *text, size_t len, size_t most)
{
	size_t kept = len < most ? len : most;

	while (kept < len && kept > most - 3 && (text[kept] & 0xc0) == 0x80)
		kept--;
	return fopnp_memory_format("%.*s%s", (int)kept, text, kept < len ? "..." : "");
}

static void note_line(void *context, unsigned line, const char *message)
{
	struct reading *reading = context;
	struct fopnp_finding *added;
	size_t len;
	const char *text = find_line(reading, line, &len);
	FOPNP_AUTO_FREE char *shown = cut_text(text, len, TEXT_MOST);
	FOPNP_AUTO_FREE char *whole = cut_text(text, len, PLACE_TEXT_MOST);

	if (reading->bad_count++ >= LINES_MOST)
		return;
	added = fopnp_findings_add(reading->findings, "fopnp-conf-line", FOPNP_WARNING,
				   "\"%s\" is left out: %s", shown, message);
	added->fix = fopnp_memory_copy_text("correct the line; see fopnp.conf(5)");
	added->place = fopnp_place_make(reading->path, line, whole);
}

static void note_more_lines(const struct reading *reading)
{
	size_t more = reading->bad_count - LINES_MOST;

	if (reading->bad_count <= LINES_MOST)
		return;
	fopnp_findings_add(reading->findings, "fopnp-conf-line", FOPNP_WARNING,
			   "%zu more line%s %s left out", more, more == 1 ? "" : "s",
			   more == 1 ? "is" : "are")
		->place = fopnp_place_make(reading->path, 0, NULL);
}

/* ---- a file that is ignored whole ---- */

static void note_ignored(const struct reading *reading, const char *id, const char *why, char *fix)
{
	struct fopnp_finding *added;

	if (!reading->findings) {
		free(fix);
		return;
	}
	added = fopnp_findings_add(reading->findings, id, FOPNP_WARNING, "%s is ignored whole: %s",
				   reading->path, why);
	added->fix = fix;
	added->place = fopnp_place_make(reading->path, 0, NULL);
}

static void note_untrusted(const struct reading *reading, const struct stat *file, uint32_t owner)
{
	bool is_others = file->st_uid != 0 && file->st_uid != owner;
	FOPNP_AUTO_FREE char *why =
		is_others ? fopnp_memory_format("it belongs to user %u", file->st_uid)
			  : fopnp_memory_format("others than its owner may write to it (mode %03o)",
						file->st_mode & 0777);

	note_ignored(reading, "fopnp-conf-untrusted", why,
		     fopnp_memory_format("%s %s", is_others ? "chown root" : "chmod go-w",
					 reading->path));
}

static void note_unreadable(const struct reading *reading, int error)
{
	FOPNP_AUTO_FREE char *why =
		fopnp_memory_format("it cannot be read here (%s)", strerror(error));

	note_ignored(reading, "fopnp-conf-unreadable", why,
		     error == EACCES ? fopnp_memory_format("chmod a+r %s", reading->path) : NULL);
}

/* ---- all of it ---- */

/* Whether the module would read the file at all; it is the same here as there. */
static bool is_believed(const struct reading *reading, bool is_own)
{
	struct stat file, root;
	uint32_t owner;

	if (stat(reading->path, &file) != 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			note_unreadable(reading, errno);
		return false;
	}
	if (stat("/", &root) != 0)
		return false;
	owner = is_own ? geteuid() : root.st_uid;
	if (!S_ISREG(file.st_mode)) {
		note_ignored(reading, "fopnp-conf-unreadable", "it is no regular file", NULL);
		return false;
	}
	if (!fopnp_conf_is_trusted(file.st_uid, file.st_mode, owner)) {
		note_untrusted(reading, &file, owner);
		return false;
	}
	return true;
}

static struct fopnp_conf *parse(struct reading *reading)
{
	struct fopnp_conf *conf = fopnp_conf_parse(reading->bytes, reading->len,
						   reading->findings ? note_line : NULL, reading);

	if (!conf)
		fopnp_memory_give_up();
	note_more_lines(reading);
	return conf;
}

struct fopnp_conf *fopnp_conf_file_read(const char **out_path, struct fopnp_findings *findings)
{
	const char *own = secure_getenv("FOPNP_CONF");
	bool is_own = own && *own;
	struct reading reading = {
		.path = is_own ? own : FOPNP_CONF_PATH,
		.findings = findings,
		.line = 1,
	};
	FOPNP_AUTO_FREE char *bytes = NULL;
	int error;

	*out_path = reading.path;
	if (!is_believed(&reading, is_own))
		return NULL;
	errno = 0;
	bytes = fopnp_text_file_read(reading.path, &reading.len, &error);
	if (!bytes) {
		note_unreadable(&reading, error ? error : errno);
		return NULL;
	}
	if (reading.len > FILE_MOST) {
		note_ignored(&reading, "fopnp-conf-unreadable", "it is larger than 1 MiB", NULL);
		return NULL;
	}
	reading.bytes = bytes;
	return parse(&reading);
}

void fopnp_conf_file_check(const char *path, const char *bytes, size_t len,
			   const struct stat *status, uint32_t owner,
			   struct fopnp_findings *findings)
{
	struct reading reading = {
		.path = path,
		.bytes = bytes,
		.len = len,
		.findings = findings,
		.line = 1,
	};

	if (fopnp_conf_is_trusted(status->st_uid, status->st_mode, owner))
		fopnp_conf_destroy(parse(&reading));
	else
		note_untrusted(&reading, status, owner);
}
