/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on host.conf(5), as glibc's resolv/res_hconf.c reads it. */
#include "nss_module/lookup/ascii.h"
#include "tools/check_rule.h"
#include "tools/check_system.h"

#include <string.h>

#define PIECE_MOST 255 /* resolv/res_hconf.c reads into 256 bytes */

struct conf_words {
	const char *keyword, *argument, *end;
	size_t keyword_len;
};

/* A line as resolv/res_hconf.c takes it apart; false: empty or a comment. */
static bool split_line(const char *at, size_t len, struct conf_words *out_words)
{
	const char *end = at + strnlen(at, len), *behind;

	at = fopnp_ascii_skip_spaces(at, end);
	if (at == end || *at == '#')
		return false;
	for (behind = at;
	     behind < end && !fopnp_ascii_is_space(*behind) && *behind != '#' && *behind != ',';)
		behind++;
	*out_words = (struct conf_words){
		.keyword = at,
		.argument = fopnp_ascii_skip_spaces(behind, end),
		.end = end,
		.keyword_len = (size_t)(behind - at),
	};
	return true;
}

static bool is_keyword(const struct conf_words *words, const char *keyword)
{
	return fopnp_ascii_equal_word(words->keyword, words->keyword_len, keyword);
}

/* What glibc complains of, on stderr of each program that looks a name up; NULL: nothing. */
static const char *complaint_of(const struct conf_words *words)
{
	bool is_switch = is_keyword(words, "multi") || is_keyword(words, "reorder"), is_on;
	const char *rest = words->argument;

	if (is_keyword(words, "order") || is_keyword(words, "trim"))
		return NULL;
	if (!is_switch)
		return "glibc does not know the word";
	if (!fopnp_host_conf_parse_switch(rest, (size_t)(words->end - rest), &is_on))
		return "only on or off can stand here";
	rest = fopnp_ascii_skip_spaces(rest + (is_on ? 2 : 3), words->end);
	return rest < words->end && *rest != '#' ? "there is more behind on or off" : NULL;
}

typedef bool check_words(const struct conf_words *words, unsigned line, const char *path,
			 struct fopnp_findings *findings);

/* CHECK each line until it says that it has told enough. */
static void for_each_conf_line(const struct fopnp_check_system *system, check_words *check,
			       struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[FOPNP_CHECK_HOST_CONF];
	const char *at = file->bytes, *end = file->bytes + file->len;

	for (unsigned line = 1; at < end; line++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;
		struct conf_words words;

		for (; at < stop; at += (size_t)(stop - at) < PIECE_MOST ? stop - at : PIECE_MOST) {
			size_t len = (size_t)(stop - at);

			if (split_line(at, len < PIECE_MOST ? len : PIECE_MOST, &words) &&
			    !check(&words, line, file->path, findings))
				return;
		}
		at = stop + 1;
	}
}

static bool check_host_conf_words(const struct conf_words *words, unsigned line, const char *path,
				  struct fopnp_findings *findings)
{
	const char *complaint = complaint_of(words);
	struct fopnp_finding *added;

	if (!complaint)
		return true;
	added = fopnp_findings_add(findings, "host-conf-line", FOPNP_WARNING,
				   "every program that looks a name up prints a complaint about "
				   "this line: %s",
				   complaint);
	fopnp_finding_set_fix(added, "take the line out, or write: multi on");
	fopnp_finding_set_place(added, path, line);
	return false;
}

static void check_host_conf(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	for_each_conf_line(system, check_host_conf_words, findings);
}

static bool check_obsolete_words(const struct conf_words *words, unsigned line, const char *path,
				 struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (is_keyword(words, "order")) {
		added = fopnp_findings_add(findings, "host-conf-obsolete", FOPNP_INFO,
					   "order has no effect: sources and their order stand in "
					   "nsswitch.conf");
		fopnp_finding_set_fix(added, "take the line out");
	} else if (is_keyword(words, "trim")) {
		added = fopnp_findings_add(
			findings, "host-conf-obsolete", FOPNP_INFO,
			"trim cuts domains off the names that gethostbyname and "
			"gethostbyaddr return, and nothing that getaddrinfo does");
		fopnp_finding_set_fix(added, "take the line out unless an old program needs it");
	} else {
		return true;
	}
	fopnp_finding_set_place(added, path, line);
	return false;
}

static void check_obsolete(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	for_each_conf_line(system, check_obsolete_words, findings);
}

/* ---- the rules ---- */

const struct fopnp_check_rule FOPNP_CHECK_HOST_CONF_RULES[] = {
	{
		"host-conf-line",
		FOPNP_WARNING,
		"a line of host.conf makes programs print a complaint",
		"glibc reads /etc/host.conf once in each program and writes to its standard error "
		"what it does not like: words of earlier days (nospoof, spoofalert, spoof), another "
		"word than on or off, something behind it. Scripts that read that output break.",
		check_host_conf,
	},
	{
		"host-conf-obsolete",
		FOPNP_INFO,
		"a word of host.conf that does little or nothing",
		"The order of sources moved to nsswitch.conf with glibc 2: \"order hosts,bind\" is "
		"accepted and has no effect. trim works on what gethostbyname returns alone.",
		check_obsolete,
	},
	{ 0 },
};
