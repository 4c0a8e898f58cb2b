/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on gai.conf(5), as glibc's gaiconf_init() reads it, and on IPv6. */
#include "nss_module/lookup/ascii.h"
#include "tools/check_orders.h"
#include "tools/check_rule.h"
#include "tools/check_system.h"
#include "tools/memory.h"
#include "tools/resolv_options.h"
#include "tools/source_kind.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define LATE_US 1000000 /* as of server-slow */

static const char *gai_path(const struct fopnp_check_system *system)
{
	return system->files[FOPNP_CHECK_GAI_CONF].path;
}

static const char *table_name(enum fopnp_gai_table table)
{
	switch (table) {
	case FOPNP_GAI_LABEL:
		return "label";
	case FOPNP_GAI_PRECEDENCE:
		return "precedence";
	case FOPNP_GAI_SCOPE:
		break;
	}
	return "scopev4";
}

/* ---- tables ---- */

static bool has_entry(const struct fopnp_gai_conf *conf, enum fopnp_gai_table table,
		      const struct fopnp_gai_entry *wanted)
{
	for (size_t i = 0; i < conf->tables[table].count; i++) {
		const struct fopnp_gai_entry *entry = &conf->tables[table].list[i];

		if (entry->bits == wanted->bits &&
		    memcmp(entry->prefix, wanted->prefix, sizeof(wanted->prefix)) == 0)
			return true;
	}
	return false;
}

/* The built-in entries that the file's table has not, "::1/128, 2002::/16"; the caller's. */
static char *list_lost(const struct fopnp_gai_conf *conf, enum fopnp_gai_table table)
{
	char *words = fopnp_memory_copy_text("");
	struct fopnp_gai_conf built_in;

	fopnp_gai_conf_parse("", 0, true, &built_in);
	for (size_t i = 0; i < built_in.tables[table].count; i++) {
		const struct fopnp_gai_entry *entry = &built_in.tables[table].list[i];
		char prefix[INET6_ADDRSTRLEN] = "", *more;

		if (has_entry(conf, table, entry))
			continue;
		(void)inet_ntop(AF_INET6, entry->prefix, prefix, sizeof(prefix));
		more = fopnp_memory_format("%s%s%s/%u", words, *words ? ", " : "", prefix,
					   entry->bits);
		free(words);
		words = more;
	}
	fopnp_gai_conf_clear(&built_in);
	return words;
}

static unsigned first_line_of(const struct fopnp_gai_conf *conf, enum fopnp_gai_table table)
{
	unsigned line = 0;

	for (size_t i = 0; i < conf->tables[table].count; i++) {
		unsigned other = conf->tables[table].list[i].line;

		if (other && (!line || other < line))
			line = other;
	}
	return line;
}

static void check_replaced(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	for (int i = 0; i < FOPNP_GAI_TABLES; i++) {
		enum fopnp_gai_table table = (enum fopnp_gai_table)i;
		unsigned line = first_line_of(&system->gai, table);
		FOPNP_AUTO_FREE char *lost = NULL;
		struct fopnp_finding *added;

		if (!line)
			continue;
		lost = list_lost(&system->gai, table);
		if (!*lost)
			continue;
		added = fopnp_findings_add(
			findings, "gai-conf-replaces-table", FOPNP_INFO,
			"the %s lines replace the whole built-in table, and have "
			"no entry for %s",
			table_name(table), lost);
		fopnp_finding_set_fix(added, "write the others of the table, too; gai.conf(5) has "
					     "them");
		fopnp_finding_set_place(added, gai_path(system), line);
	}
}

/* ---- lines ---- */

static void check_unsafe(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (!system->gai.unsafe_line)
		return;
	added = fopnp_findings_add(
		findings, "gai-conf-unsafe", FOPNP_ERROR,
		"the address has no \"/BITS\": glibc before 2.41 drops the line, "
		"or ends programs here with a fault of memory");
	fopnp_finding_set_fix(added, "write the number of bits behind it: /128 for one address");
	fopnp_finding_set_place(added, gai_path(system), system->gai.unsafe_line);
}

static bool is_known_keyword(const char *word, size_t len)
{
	static const char *const known[] = { "label", "precedence", "scopev4", "reload" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strlen(known[i]) == len && memcmp(word, known[i], len) == 0)
			return true;
	return false;
}

/* Why glibc skips the line, which it does without a message; NULL: it does not. */
static const char *why_skipped(const char *line, size_t len)
{
	const char *end = line + strnlen(line, len), *hash, *word, *behind;
	struct fopnp_gai_conf conf;
	bool is_taken;

	hash = memchr(line, '#', (size_t)(end - line));
	end = hash ? hash : end;
	word = fopnp_ascii_skip_spaces(line, end);
	for (behind = word; behind < end && !fopnp_ascii_is_space(*behind);)
		behind++;
	if (word == end)
		return NULL;
	if (!is_known_keyword(word, (size_t)(behind - word)))
		return "glibc does not know the word";
	if (*word == 'r')
		return NULL;
	fopnp_gai_conf_parse(line, (size_t)(end - line), true, &conf);
	is_taken = conf.first_line != 0;
	fopnp_gai_conf_clear(&conf);
	return is_taken ? NULL : "PREFIX/BITS and a number are wanted behind the word";
}

static void check_lines(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[FOPNP_CHECK_GAI_CONF];
	const char *at = file->bytes, *end = file->bytes + file->len;

	for (unsigned line = 1; at < end; line++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *why = why_skipped(at, (size_t)((newline ? newline : end) - at));
		struct fopnp_finding *added;

		if (why) {
			added = fopnp_findings_add(findings, "gai-conf-line", FOPNP_WARNING,
						   "glibc skips the line without a message: %s",
						   why);
			fopnp_finding_set_fix(added, "correct the line; see gai.conf(5)");
			fopnp_finding_set_place(added, file->path, line);
			return;
		}
		at = newline ? newline + 1 : end;
	}
}

static void check_reload(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (!system->gai.is_reloaded)
		return;
	added = fopnp_findings_add(findings, "gai-conf-reload", FOPNP_INFO,
				   "reload yes: each call with more than one address looks at the "
				   "file again");
	fopnp_finding_set_fix(added, "take the line out once the file is as you want it");
	fopnp_finding_set_place(added, gai_path(system), 0);
}

/* ---- IPv6 ---- */

static bool has_option(const struct fopnp_check_system *system, const char *name)
{
	const struct fopnp_check_file *file = &system->files[FOPNP_CHECK_RESOLV_CONF];
	struct fopnp_resolv_position position = { 0 };
	struct fopnp_resolv_option option;

	while (fopnp_resolv_options_next(file->bytes, file->len, &position, &option))
		if (fopnp_resolv_option_is(&option, name))
			return true;
	return false;
}

static const struct fopnp_check_server *find_late(const struct fopnp_check_system *system)
{
	for (size_t i = 0; i < system->server_count; i++)
		if (system->servers[i].state == FOPNP_CHECK_SILENT ||
		    (system->servers[i].state == FOPNP_CHECK_THERE &&
		     system->servers[i].elapsed_us >= LATE_US))
			return &system->servers[i];
	return NULL;
}

/* Both queries are sent at once: as long as servers reply quickly the second costs nothing. */
static void check_aaaa(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_check_server *late = find_late(system);
	bool is_single = has_option(system, "single-request"); /* -reopen, too */
	struct fopnp_finding *added;

	if (system->root || system->has_ipv6_address || (!is_single && !late) ||
	    has_option(system, "no-aaaa") || !fopnp_check_asks_kind(system, fopnp_source_is_dns))
		return;
	added = fopnp_findings_add(
		findings, "ipv6-asked-in-vain", FOPNP_INFO,
		"this host has no IPv6 address, and programs without AI_ADDRCONFIG ask the DNS for "
		"them all the same: %s%s",
		is_single ? "with single-request that is a second query behind the first"
			  : "they wait for that reply, too, of ",
		is_single ? "" : late->text);
	fopnp_finding_set_fix(added,
			      "write \"options no-aaaa\" into /etc/resolv.conf (glibc 2.36)");
}

/* ---- the rules ---- */

const struct fopnp_check_rule FOPNP_CHECK_GAI_RULES[] = {
	{
		"gai-conf-replaces-table",
		FOPNP_INFO,
		"a line of gai.conf replaces a whole table",
		"glibc orders addresses by tables of labels, precedences and scopes (RFC 6724). The "
		"first line of a kind in gai.conf puts the built-in table of that kind out of force; "
		"only an entry for everything else is added where it is missing.\n\n"
		"\"precedence ::ffff:0:0/96 100\" alone, the usual way to prefer IPv4, also makes "
		"::1, 6to4 and all other IPv6 addresses equal. Whoever wants the others as they were "
		"writes all lines of the table. systemd-resolved, musl and browsers do not read the "
		"file.",
		check_replaced,
	},
	{
		"gai-conf-unsafe",
		FOPNP_ERROR,
		"a line of gai.conf can crash programs",
		"Where \"/BITS\" is missing behind the address, glibc before 2.41 reads a number "
		"through a pointer that was never set. By chance the line is dropped, or the program "
		"ends with a segmentation fault in its first getaddrinfo.",
		check_unsafe,
	},
	{
		"gai-conf-line",
		FOPNP_WARNING,
		"a line of gai.conf is skipped",
		"Lines are \"label\", \"precedence\" or \"scopev4\" with PREFIX/BITS and a number, and "
		"\"reload yes\"; letter case counts, and a prefix is an IPv6 one (\"::ffff:10.0.0.0/104\" "
		"for 10.0.0.0/8), except behind scopev4. glibc says nothing of other lines.",
		check_lines,
	},
	{
		"gai-conf-reload",
		FOPNP_INFO,
		"gai.conf is looked at in every call",
		"Without \"reload yes\" a program reads gai.conf once. With it each getaddrinfo that "
		"orders addresses asks the system whether the file has changed.",
		check_reload,
	},
	{
		"ipv6-asked-in-vain",
		FOPNP_INFO,
		"IPv6 addresses are asked for on a host without IPv6",
		"Only programs that set AI_ADDRCONFIG (or pass no hints) leave a family out that the "
		"host has no address of. All others wait for the AAAA reply as well. That costs "
		"nothing while both queries are sent and answered at once; with single-request they "
		"follow each other, and a server or firewall that drops one costs 5 s. The option no-aaaa of resolv.conf, since glibc "
		"2.36, stops such queries.",
		check_aaaa,
	},
	{ 0 },
};
