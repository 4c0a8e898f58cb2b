/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on nsswitch.conf as glibc reads it (nss/nss_database.c, nss/nss_action_parse.c): lines that
 * count and lines that do not.
 */
#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/order.h"
#include "tools/check_orders.h"
#include "tools/check_rule.h"
#include "tools/check_system.h"
#include "tools/lookup_order.h"
#include "tools/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COMMENT_WORDS 20 /* of a comment that are told */

static const struct fopnp_check_file *nsswitch_file(const struct fopnp_check_system *system)
{
	return &system->files[FOPNP_CHECK_NSSWITCH];
}

static struct fopnp_finding *add_at_line(const struct fopnp_check_system *system, unsigned line,
					 struct fopnp_finding *finding)
{
	fopnp_finding_set_place(finding, nsswitch_file(system)->path, line);
	return finding;
}

/* The bytes of the line with that number; the last one may lack its newline. */
static const char *find_line(const struct fopnp_check_file *file, unsigned number, size_t *out_len)
{
	const char *at = file->bytes, *end = file->bytes + file->len, *newline;

	while (--number > 0 && (newline = memchr(at, '\n', (size_t)(end - at))))
		at = newline + 1;
	newline = memchr(at, '\n', (size_t)(end - at));
	*out_len = (size_t)((newline ? newline : end) - at);
	return at;
}

/* ---- no line, or none that counts ---- */

static void check_missing(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = nsswitch_file(system);
	struct fopnp_finding *added;

	if (file->is_there)
		return;
	added = fopnp_findings_add(
		findings, "nsswitch-missing", FOPNP_INFO,
		"there is no %s: glibc goes by \"files dns\" (before 2.35: dns first), and other "
		"C libraries and languages by defaults of their own",
		file->path);
	fopnp_finding_set_fix(added, "write one with: hosts: files dns");
	fopnp_finding_set_place(added, file->path, 0);
}

/* "Hosts:", "host:": a database that glibc does not know, and no error to it. */
static unsigned find_misspelt(const struct fopnp_check_file *file)
{
	static const char *const words[] = { "hosts", "host" };
	const char *at = file->bytes, *end = file->bytes + file->len;

	for (unsigned line = 1; at < end; line++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at)), *word, *behind;

		if (!newline)
			break;
		word = fopnp_ascii_skip_spaces(at, newline);
		for (behind = word;
		     behind < newline && *behind != ':' && !fopnp_ascii_is_space(*behind);)
			behind++;
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
			if (fopnp_ascii_equal_word(word, (size_t)(behind - word), words[i]))
				return line;
		at = newline + 1;
	}
	return 0;
}

static void check_no_line(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = nsswitch_file(system);
	unsigned misspelt;
	struct fopnp_finding *added;

	if (!file->is_there || file->error || system->nsswitch.line || !system->nsswitch.order)
		return;
	misspelt = find_misspelt(file);
	if (misspelt)
		added = fopnp_findings_add(findings, "no-hosts-line", FOPNP_WARNING,
					   "this line counts for nothing, since glibc knows the "
					   "database as \"hosts\" alone: it goes by \"files dns\"");
	else
		added = fopnp_findings_add(findings, "no-hosts-line", FOPNP_INFO,
					   "no line begins with hosts: glibc goes by \"files dns\" "
					   "(before 2.35: dns first)");
	fopnp_finding_set_fix(added, "write: hosts: files dns");
	add_at_line(system, misspelt, added);
}

/* What is wrong with the line, as the parser says; "" unknown. */
static const char *why_broken(const struct fopnp_check_file *file, unsigned line)
{
	struct fopnp_order_error error = { 0 };
	size_t len;
	const char *text = find_line(file, line, &len);
	const char *colon = memchr(text, ':', len);

	if (!colon)
		return "";
	free(fopnp_order_parse(colon + 1, len - (size_t)(colon + 1 - text), FOPNP_GRAMMAR_NSSWITCH,
			       &error));
	return error.message ? error.message : "";
}

static void check_broken(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = nsswitch_file(system);
	struct fopnp_finding *added;
	const char *why;

	/* glibc can open a directory, and goes on without what it cannot open: see
	   nss_database_reload(). */
	if (file->is_there && (file->error == EISDIR || file->error == EIO)) {
		added = fopnp_findings_add(
			findings, "nsswitch-broken", FOPNP_ERROR,
			"it cannot be read (%s), so every lookup of every database fails",
			strerror(file->error));
		fopnp_finding_set_fix(added, "put a file there; see nsswitch.conf(5)");
		add_at_line(system, 0, added);
		return;
	}
	if (system->nsswitch_result != FOPNP_NSSWITCH_BROKEN)
		return;
	why = why_broken(file, system->nsswitch.line);
	added = fopnp_findings_add(
		findings, "nsswitch-broken", FOPNP_ERROR,
		"this line cannot be parsed, so every lookup of every database fails%s%s",
		*why ? ": " : "", why);
	fopnp_finding_set_fix(added, "correct the line; see nsswitch.conf(5)");
	add_at_line(system, system->nsswitch.line, added);
}

static void check_shadowed(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (!system->nsswitch.shadowed_line)
		return;
	added = fopnp_findings_add(findings, "hosts-line-shadowed", FOPNP_WARNING,
				   "an earlier hosts line is without effect: the last one counts");
	fopnp_finding_set_fix(added, "remove one of the two lines");
	add_at_line(system, system->nsswitch.shadowed_line, added);
}

static void check_unfinished(const struct fopnp_check_system *system,
			     struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = nsswitch_file(system);
	unsigned line = system->nsswitch.unfinished_line;
	enum fopnp_severity severity;
	struct fopnp_finding *added;

	if (!line || file->is_cut ||
	    !fopnp_lookup_order_loses_line(file->bytes, file->len, &severity))
		return;
	added = fopnp_findings_add(findings, "line-unfinished", severity,
				   "the last line has no newline at its end: glibc ignores it");
	fopnp_finding_set_fix(added, "end the file with a newline");
	add_at_line(system, line, added);
}

static void check_generated(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = nsswitch_file(system);
	const char *target = file->target ? file->target : "";
	struct fopnp_finding *added;

	if (strstr(target, "authselect") || strstr(file->bytes, "Generated by authselect")) {
		added = fopnp_findings_add(findings, "nsswitch-generated", FOPNP_INFO,
					   "authselect makes this file, and may replace changes");
		fopnp_finding_set_fix(added, "change /etc/authselect/user-nsswitch.conf and run "
					     "authselect apply-changes");
	} else if (strncmp(target, "/nix/", 5) == 0 || strncmp(target, "/etc/static/", 12) == 0) {
		added = fopnp_findings_add(findings, "nsswitch-generated", FOPNP_INFO,
					   "NixOS makes this file, and replaces changes");
		fopnp_finding_set_fix(
			added, "set system.nssDatabases.hosts in the configuration of NixOS");
	} else {
		return;
	}
	add_at_line(system, 0, added);
}

/* ---- the words of the line ---- */

/* A word that is no module says UNAVAIL with NETDB_INTERNAL: see getaddrinfo()'s last source. */
static bool ends_in_failure(const struct fopnp_check_system *system)
{
	const struct fopnp_order *order = system->nsswitch.order;
	const char *last = order->entries[order->count - 1].source;

	for (size_t i = 0; i < system->module_count; i++)
		if (strcmp(system->modules[i].source, last) == 0)
			return !system->modules[i].is_loadable;
	return false;
}

static void check_comment(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_check_order line, all;
	FOPNP_AUTO_FREE char *words = NULL;
	struct fopnp_finding *added;

	if (!fopnp_check_order(system, 0, &line) || line.count == line.order->count ||
	    line.order->entries[line.count].source[0] != '#')
		return;
	all = line;
	all.count = line.order->count < line.count + COMMENT_WORDS ? line.order->count
								   : line.count + COMMENT_WORDS;
	words = fopnp_check_list_sources(&all, line.count, NULL);
	added = fopnp_findings_add(
		findings, "comment-on-hosts-line", FOPNP_WARNING,
		"glibc knows no comments behind a list: it takes the words for sources, too (%s)%s",
		words,
		ends_in_failure(system) ? ", and a name that nobody has becomes a system failure"
					: "");
	fopnp_finding_set_fix(added, "move the comment to a line of its own");
	fopnp_check_place_at(added, &line);
}

static void check_cut(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_order *order = system->nsswitch.order;
	struct fopnp_finding *added;

	if (!order || !order->is_cut)
		return;
	added = fopnp_findings_add(
		findings, "order-cut", FOPNP_ERROR,
		order->count > 0
			? "a second bracket behind one source: glibc ignores the rest of the line"
			: "the line begins with a bracket: glibc ignores all of it");
	fopnp_finding_set_fix(added, order->count > 0
					     ? "write all of a source's actions into one bracket"
					     : "put the bracket behind the source that it is for");
	add_at_line(system, system->nsswitch.line, added);
}

static void check_merge(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (!system->nsswitch.order || !system->nsswitch.order->has_merge)
		return;
	added = fopnp_findings_add(
		findings, "merge-in-hosts", FOPNP_ERROR,
		"merge does not work for hosts: where such a source answers, the lookup fails");
	fopnp_finding_set_fix(added, "use return or continue");
	add_at_line(system, system->nsswitch.line, added);
}

static void check_empty(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (!system->nsswitch.order || system->nsswitch.order->count > 0)
		return;
	added = fopnp_findings_add(findings, "no-sources", FOPNP_ERROR,
				   "the hosts line names no source: no name can be found, and "
				   "programs can crash where they look one up");
	fopnp_finding_set_fix(added, "write at least: hosts: files dns");
	add_at_line(system, system->nsswitch.line, added);
}

/* ---- the rules ---- */

const struct fopnp_check_rule FOPNP_CHECK_NSSWITCH_RULES[] = {
	{
		"nsswitch-missing",
		FOPNP_INFO,
		"there is no nsswitch.conf",
		"Without /etc/nsswitch.conf glibc 2.35 and later go by \"files dns\" for hosts; glibc "
		"2.34 and earlier ask the DNS first and read /etc/hosts only where no server "
		"answers. Go before 1.16 asked the DNS first, too. musl never reads the file.\n\n"
		"It is missing in many small container images. Write one with the line "
		"\"hosts: files dns\", so that all programs go by the same order.",
		check_missing,
	},
	{
		"no-hosts-line",
		FOPNP_WARNING,
		"nsswitch.conf has no hosts line",
		"glibc then goes by its default, \"files dns\" since 2.35. The name of the "
		"database is \"hosts\", in small letters: a line that begins with another word is "
		"skipped without a message.",
		check_no_line,
	},
	{
		"nsswitch-broken",
		FOPNP_ERROR,
		"nsswitch.conf cannot be read or parsed",
		"One line with an unknown status or action, an empty bracket, or one without its "
		"end, makes glibc fail every lookup of every database in programs that start "
		"afterwards: hosts, users, groups, services. The line need not be that of hosts.\n\n"
		"Statuses are SUCCESS, NOTFOUND, UNAVAIL and TRYAGAIN, actions return and continue. "
		"A directory in the place of the file does the same.",
		check_broken,
	},
	{
		"hosts-line-shadowed",
		FOPNP_WARNING,
		"there are two hosts lines",
		"Of several lines for a database the last one counts for glibc; some other "
		"libraries take the first.",
		check_shadowed,
	},
	{
		"line-unfinished",
		FOPNP_ERROR,
		"the last line of nsswitch.conf has no newline",
		"glibc ends at the end of the file before it looks at what it has read, so a last "
		"line without a newline counts for nothing. If it is the hosts line, the default "
		"\"files dns\" holds instead.",
		check_unfinished,
	},
	{
		"nsswitch-generated",
		FOPNP_INFO,
		"a tool makes nsswitch.conf and replaces changes",
		"authselect (Fedora, RHEL) and NixOS write the file themselves. A change by hand "
		"lasts until they run again; authselect also complains about it.",
		check_generated,
	},
	{
		"comment-on-hosts-line",
		FOPNP_WARNING,
		"text behind a \"#\" on the hosts line is not a comment",
		"In nsswitch.conf only whole lines can be comments for glibc. Behind a list of "
		"sources \"#\" and each word after it are sources, too: a \"# dns\" still asks the "
		"DNS, and a word that is no module, at the end, turns \"no such name\" into a "
		"system failure (EAI_SYSTEM). A bracket in the comment can break the whole file.",
		check_comment,
	},
	{
		"order-cut",
		FOPNP_ERROR,
		"a second bracket ends the hosts line",
		"A source has at most one bracket. At a second one, or at one that no source stands "
		"in front of, glibc ends the list without a "
		"message: the sources behind it are never asked.\n\n"
		"Write both actions into one: [UNAVAIL=return NOTFOUND=return].",
		check_cut,
	},
	{
		"merge-in-hosts",
		FOPNP_ERROR,
		"merge on the hosts line",
		"The action merge joins members of groups. For hosts glibc 2.36 and later fail "
		"where a source with it succeeds and another one follows; what earlier ones "
		"return can be garbage.",
		check_merge,
	},
	{
		"no-sources",
		FOPNP_ERROR,
		"the hosts line names no source",
		"An empty list is a list: no source is asked. In fact getaddrinfo goes on behind the end of "
		"it (nss/getaddrinfo.c, up to 2.41 at least): by chance the lookup fails with a "
		"system failure (EAI_SYSTEM), or the program ends with a segmentation fault.",
		check_empty,
	},
	{ 0 },
};
