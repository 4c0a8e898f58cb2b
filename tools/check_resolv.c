/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of `fopnp check` on resolv.conf and the name servers, see check_rule.h. */
#include "nss_module/lookup/address.h"
#include "nss_module/lookup/ascii.h"
#include "tools/check_orders.h"
#include "tools/check_rule.h"
#include "tools/check_servers.h"
#include "tools/check_system.h"
#include "tools/memory.h"
#include "tools/resolv_options.h"
#include "tools/resolver_config.h"
#include "tools/source_kind.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define STORM_NAMES      3 /* so many names asked for in vain are worth a warning, as in a trace */
#define DOMAINS_MOST     6 /* that other resolvers and glibc before 2.26 take */
#define DOMAINS_COMPARED 100 /* of a line; nobody means more */
#define FINDINGS_MOST    5 /* of one kind; of the words and lines beyond the number alone is told */

static const struct fopnp_check_file *file_of(const struct fopnp_check_system *system)
{
	return &system->files[FOPNP_CHECK_RESOLV_CONF];
}

static void place(struct fopnp_finding *finding, unsigned line)
{
	fopnp_finding_set_place(finding, FOPNP_RESOLV_CONF, line);
}

static struct fopnp_resolv_options read_options(const struct fopnp_check_system *system)
{
	struct fopnp_resolv_options options;

	fopnp_resolv_options_read(file_of(system)->bytes, file_of(system)->len, &options);
	return options;
}

/* Count one more of a kind, of *COUNT so far; false: so many were told already. */
static bool is_to_be_told(size_t *count)
{
	return ++*count <= FINDINGS_MOST;
}

/* How many of the kind were not told, behind the last that was. */
static void note_untold(struct fopnp_findings *findings, size_t count, const char *what)
{
	struct fopnp_finding *last;
	char *words;

	if (count <= FINDINGS_MOST)
		return;
	last = &findings->list[findings->count - 1];
	words = fopnp_memory_format("%s (and so with %zu more %s)", last->text,
				    count - FINDINGS_MOST, what);
	free(last->text);
	last->text = words;
}

/* ---- the file ---- */

/* An image gets its file when it is run, and one of resolved's is in /run; resolve needs none. */
static enum fopnp_severity severity_of_missing(const struct fopnp_check_system *system)
{
	if (system->root)
		return FOPNP_INFO;
	for (size_t i = 0; i < system->server_count; i++)
		if (system->servers[i].state == FOPNP_CHECK_THERE)
			return FOPNP_WARNING;
	return fopnp_check_asks_kind(system, fopnp_source_is_dns) ? FOPNP_ERROR : FOPNP_INFO;
}

/* Writing through a link to a directory that is not there fails. */
static const char *fix_of_missing(const struct fopnp_check_file *file)
{
	if (file->error == EACCES)
		return "chmod a+r " FOPNP_RESOLV_CONF;
	if (!file->target)
		return "write a file there with a line: nameserver ADDRESS";
	if (strstr(file->target, "/systemd/resolve/"))
		return "start systemd-resolved; or take the link away (rm " FOPNP_RESOLV_CONF
		       ") and write a file with a line: nameserver ADDRESS";
	return "take the link away (rm " FOPNP_RESOLV_CONF
	       ") and write a file with a line: nameserver ADDRESS";
}

static void check_missing(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = file_of(system);
	static const char then[] = "glibc asks 127.0.0.1 instead";
	enum fopnp_severity severity = severity_of_missing(system);
	struct fopnp_finding *added;

	if (file->error == 0 || file->error == EINVAL || file->error == EISDIR)
		return;
	if (file->target && file->error == ENOENT)
		added = fopnp_findings_add(findings, "resolv-conf-missing", severity,
					   "it is a link to %s, which is not there: %s",
					   file->target, then);
	else if (!file->is_there)
		added = fopnp_findings_add(findings, "resolv-conf-missing", severity,
					   "there is no such file: %s", then);
	else
		added = fopnp_findings_add(findings, "resolv-conf-missing", severity,
					   "it cannot be read (%s): %s", strerror(file->error),
					   then);
	fopnp_finding_set_fix(added, "%s", fix_of_missing(file));
	place(added, 0);
}

static void check_fatal(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = file_of(system);
	struct fopnp_finding *added;

	if (file->is_there && file->error == EISDIR) {
		added = fopnp_findings_add(findings, "resolv-conf-fatal", FOPNP_ERROR,
					   "it is a directory: every lookup fails, of names in "
					   "/etc/hosts too");
		fopnp_finding_set_fix(added,
				      "put a file there (container runtimes make a directory "
				      "of a mount whose source is missing)");
		place(added, 0);
	}
	if (file->is_there && file->error == EINVAL) {
		added = fopnp_findings_add(
			findings, "resolv-conf-fatal", FOPNP_ERROR,
			"it is a pipe or a device: programs read it without end");
		fopnp_finding_set_fix(added, "put a file there");
		place(added, 0);
	}
	if (system->resolv.endless_line) {
		added = fopnp_findings_add(findings, "resolv-conf-fatal", FOPNP_ERROR,
					   "glibc never gets past this line: programs hang at "
					   "their first lookup");
		fopnp_finding_set_fix(added,
				      "take the line out; mind a carriage return at its end");
		place(added, system->resolv.endless_line);
	}
	if (fopnp_resolver_search_aborts(system->resolv.search, system->resolv.search_count)) {
		added = fopnp_findings_add(findings, "resolv-conf-fatal", FOPNP_ERROR,
					   "glibc cannot hold so long a search domain: programs "
					   "abort at their first lookup");
		fopnp_finding_set_fix(added, "take the long domain off the list");
		place(added, system->resolv.search_line);
	}
}

/* ---- nameserver lines ---- */

static void check_surplus(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (!system->resolv.surplus_line)
		return;
	added = fopnp_findings_add(findings, "nameserver-surplus", FOPNP_WARNING,
				   "glibc takes three name servers: this one and what follows is "
				   "never asked");
	fopnp_finding_set_fix(added, "leave the three that are to be asked, in their order");
	place(added, system->resolv.surplus_line);
}

static void check_refused_line(const struct fopnp_check_system *system,
			       struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (!system->resolv.refused_line)
		return;
	added = fopnp_findings_add(findings, "nameserver-line-unused", FOPNP_WARNING,
				   "glibc takes no address from this nameserver line");
	fopnp_finding_set_fix(added, "write: nameserver ADDRESS, without anything behind it; a "
				     "carriage return counts");
	place(added, system->resolv.refused_line);
}

static bool is_same_server(const struct fopnp_resolv_conf_server *a,
			   const struct fopnp_resolv_conf_server *b)
{
	return a->family == b->family && memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

static void check_twice(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_resolv_conf *resolv = &system->resolv;

	for (size_t i = 1; i < resolv->server_count; i++)
		for (size_t j = 0; j < i; j++) {
			struct fopnp_finding *added;

			if (!is_same_server(&resolv->servers[i], &resolv->servers[j]))
				continue;
			added = fopnp_findings_add(
				findings, "nameserver-twice", FOPNP_INFO,
				"the same name server stands in line %u: when it is silent, it "
				"is waited for twice",
				resolv->servers[j].line);
			fopnp_finding_set_fix(added, "take one of the two lines out");
			place(added, resolv->servers[i].line);
			break;
		}
}

/* Resolvers that are open to all, of whom none knows the names of a local network. */
static bool is_open_to_all(const struct fopnp_resolv_conf_server *server)
{
	static const char *const known[] = {
		"8.8.8.8",
		"8.8.4.4",
		"1.1.1.1",
		"1.0.0.1",
		"9.9.9.9",
		"149.112.112.112",
		"208.67.222.222",
		"208.67.220.220",
		"94.140.14.14",
		"94.140.15.15",
		"2001:4860:4860::8888",
		"2001:4860:4860::8844",
		"2606:4700:4700::1111",
		"2606:4700:4700::1001",
		"2620:fe::fe",
		"2620:fe::9",
	};
	char text[FOPNP_ADDRESS_TEXT];

	(void)fopnp_address_print(server->family, server->address, 0, text);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(text, known[i]) == 0)
			return true;
	return false;
}

/* RFC 1918, RFC 6598, RFC 4193, loopback and link-local addresses. */
static bool is_local_server(const struct fopnp_resolv_conf_server *server)
{
	const uint8_t *at = server->address;
	static const uint8_t loopback6[16] = { [15] = 1 };

	if (server->family == AF_INET)
		return at[0] == 127 || at[0] == 10 || (at[0] == 172 && (at[1] & 0xf0) == 16) ||
		       (at[0] == 192 && at[1] == 168) || (at[0] == 169 && at[1] == 254) ||
		       (at[0] == 100 && (at[1] & 0xc0) == 64);
	return memcmp(at, loopback6, sizeof(loopback6)) == 0 || (at[0] & 0xfe) == 0xfc ||
	       (at[0] == 0xfe && (at[1] & 0xc0) == 0x80);
}

static void check_mixed(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_resolv_conf *resolv = &system->resolv;
	const struct fopnp_resolv_conf_server *of_all = NULL, *own = NULL;
	char text[FOPNP_ADDRESS_TEXT];
	struct fopnp_finding *added;

	for (size_t i = 0; i < resolv->server_count; i++) {
		if (!of_all && is_open_to_all(&resolv->servers[i]))
			of_all = &resolv->servers[i];
		if (!own && is_local_server(&resolv->servers[i]))
			own = &resolv->servers[i];
	}
	if (!of_all || !own)
		return;
	(void)fopnp_address_print(of_all->family, of_all->address, 0, text);
	added = fopnp_findings_add(
		findings, "nameservers-mixed", FOPNP_INFO,
		"%s is open to all, and unlike the server of line %u cannot know names of a local "
		"network: %s",
		text, own->line,
		read_options(system).is_rotating ? "with rotate it is chance which one is asked"
		: of_all < own ? "it is asked first, and its \"no such name\" is final"
			       : "when that is silent for once, such names are not found");
	fopnp_finding_set_fix(added, "if there are such names, leave only servers that know them");
	place(added, of_all->line);
}

/* ---- options ---- */

/* Since when glibc knows a word; NULL: since ever, or since long before 2.34. */
static const struct {
	const char *name, *since;
} GLIBC_OPTIONS[] = {
	{ "ndots:", NULL },         { "timeout:", NULL },       { "attempts:", NULL },
	{ "rotate", NULL },         { "edns0", NULL },          { "single-request-reopen", NULL },
	{ "single-request", NULL }, { "no_tld_query", NULL },   { "no-tld-query", NULL },
	{ "no-reload", NULL },      { "use-vc", NULL },         { "trust-ad", NULL },
	{ "no-aaaa", "2.36" },      { "strict-error", "2.41" },
};

/* Words that others know, or that glibc knew once. */
static const struct {
	const char *name, *who;
} OTHER_OPTIONS[] = {
	{ "debug", "glibc prints nothing for it since 2.26" },
	{ "inet6", "glibc has no such option since 2.25; programs get IPv6 addresses without it" },
	{ "inet4", "it is of the BSDs" },
	{ "ip6-bytestring", "glibc has no such option since 2.25" },
	{ "ip6-dotint", "glibc has no such option since 2.25" },
	{ "no-ip6-dotint", "glibc has no such option since 2.25" },
	{ "no-check-names", "it is of the BSDs; glibc checks names always" },
	{ "no-tld", "glibc's word is no-tld-query" },
	{ "usevc", "it is of c-ares; glibc's word is use-vc" },
	{ "tcp", "it is of OpenBSD; glibc's word is use-vc" },
	{ "vc", "glibc's word is use-vc" },
	{ "insecure1", "it is of the BSDs" },
	{ "insecure2", "it is of the BSDs" },
	{ "reload-period:", "it is of FreeBSD" },
	{ "retrans:", "it is of Solaris and c-ares; glibc's word is timeout:" },
	{ "retry:", "it is of Solaris and c-ares; glibc's word is attempts:" },
	{ "max-timeout:", "no libc has it" },
};

static bool is_known_to_glibc(const struct fopnp_check_system *system,
			      const struct fopnp_resolv_option *option, const char **out_since)
{
	for (size_t i = 0; i < sizeof(GLIBC_OPTIONS) / sizeof(*GLIBC_OPTIONS); i++) {
		const char *since = GLIBC_OPTIONS[i].since;

		if (!fopnp_resolv_option_is(option, GLIBC_OPTIONS[i].name))
			continue;
		*out_since = since;
		/* The glibc of an image is not known. */
		return system->root || !since || strverscmp(gnu_get_libc_version(), since) >= 0;
	}
	return false;
}

static const char *who_knows(const struct fopnp_resolv_option *option)
{
	for (size_t i = 0; i < sizeof(OTHER_OPTIONS) / sizeof(*OTHER_OPTIONS); i++)
		if (fopnp_resolv_option_is(option, OTHER_OPTIONS[i].name))
			return OTHER_OPTIONS[i].who;
	return "is it misspelt?";
}

/* "timeout:1,attempts:1" is timeout:1, and nothing else; a comma at the end does no harm. */
static bool has_lost_words(const struct fopnp_resolv_option *option)
{
	const char *comma = memchr(option->word, ',', option->len);

	return comma && comma + 1 < option->word + option->len;
}

static void note_unknown(const struct fopnp_resolv_option *option, const char *since,
			 struct fopnp_findings *findings)
{
	struct fopnp_finding *added;
	int len = (int)(option->len < 60 ? option->len : 60);

	if (since)
		added = fopnp_findings_add(
			findings, "resolv-option-unknown", FOPNP_WARNING,
			"glibc %s does not know the option \"%.*s\", which came with %s",
			gnu_get_libc_version(), len, option->word, since);
	else if (has_lost_words(option))
		added = fopnp_findings_add(
			findings, "resolv-option-unknown", FOPNP_WARNING,
			"glibc takes \"%.*s\" for one option: what stands behind "
			"the comma is lost",
			len, option->word);
	else
		added = fopnp_findings_add(findings, "resolv-option-unknown", FOPNP_WARNING,
					   "glibc ignores the option \"%.*s\": %s", len,
					   option->word, who_knows(option));
	fopnp_finding_set_fix(added, has_lost_words(option)
					     ? "write blanks between options"
					     : "take it out; resolv.conf(5) lists what there is");
	place(added, option->line);
}

static void check_unknown_options(const struct fopnp_check_system *system,
				  struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = file_of(system);
	struct fopnp_resolv_position position = { 0 };
	struct fopnp_resolv_option option;
	size_t count = 0;

	while (fopnp_resolv_options_next(file->bytes, file->len, &position, &option)) {
		const char *since = NULL;

		if (is_known_to_glibc(system, &option, &since) && !has_lost_words(&option))
			continue;
		if (is_known_to_glibc(system, &option, &since))
			since = NULL;
		if (is_to_be_told(&count))
			note_unknown(&option, since, findings);
	}
	note_untold(findings, count, "options");
}

/* Whether the number behind NAME is another to glibc, and then which. */
static bool is_beyond_limit(const struct fopnp_resolv_option *option, const char *name, int most,
			    int *out_taken)
{
	int number;

	if (!fopnp_resolv_option_number(option, name, &number) || (number >= 0 && number <= most))
		return false;
	*out_taken = number > most ? most : most == FOPNP_RESOLV_NDOTS_MOST ? number & 15 : 1;
	return true;
}

static void check_limits(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = file_of(system);
	static const struct {
		const char *name;
		int most;
	} limits[] = {
		{ "ndots:", FOPNP_RESOLV_NDOTS_MOST },
		{ "timeout:", FOPNP_RESOLV_TIMEOUT_MOST },
		{ "attempts:", FOPNP_RESOLV_ATTEMPTS_MOST },
	};
	struct fopnp_resolv_position position = { 0 };
	struct fopnp_resolv_option option;
	size_t count = 0;

	while (fopnp_resolv_options_next(file->bytes, file->len, &position, &option)) {
		struct fopnp_finding *added;
		size_t i = 0;
		int taken;

		while (i < 3 && !is_beyond_limit(&option, limits[i].name, limits[i].most, &taken))
			i++;
		/* Those below zero are resolv-no-attempts. */
		if (i == 3 || fopnp_resolv_option_is(&option, "attempts:-") ||
		    !is_to_be_told(&count))
			continue;
		added = fopnp_findings_add(findings, "resolv-option-limit", FOPNP_INFO,
					   "glibc takes %s%d for \"%.*s\"", limits[i].name, taken,
					   (int)(option.len < 60 ? option.len : 60), option.word);
		fopnp_finding_set_fix(added, "write what is meant");
		place(added, option.line);
	}
	note_untold(findings, count, "options");
}

static void check_no_attempts(const struct fopnp_check_system *system,
			      struct fopnp_findings *findings)
{
	struct fopnp_resolv_options options = read_options(system);
	struct fopnp_finding *added;

	if (options.attempts > 0)
		return;
	added = fopnp_findings_add(findings, "resolv-no-attempts", FOPNP_ERROR,
				   "with attempts:%d glibc asks no name server at all: each lookup "
				   "in the DNS fails at once",
				   options.attempts);
	fopnp_finding_set_fix(added, "write attempts:1 or more");
	place(added, options.attempts_line);
}

/* The line of the last option NAME that this glibc knows; 0: there is none. */
static unsigned find_option(const struct fopnp_check_system *system, const char *name)
{
	const struct fopnp_check_file *file = file_of(system);
	struct fopnp_resolv_position position = { 0 };
	struct fopnp_resolv_option option;
	const char *since = NULL;
	unsigned line = 0;

	while (fopnp_resolv_options_next(file->bytes, file->len, &position, &option))
		if (fopnp_resolv_option_is(&option, name) &&
		    is_known_to_glibc(system, &option, &since))
			line = option.line;
	return line;
}

static void check_no_aaaa(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	unsigned line = find_option(system, "no-aaaa");
	struct fopnp_finding *added;

	if (!line)
		return;
	added = fopnp_findings_add(findings, "resolv-no-aaaa", FOPNP_INFO,
				   "glibc asks the DNS for no IPv6 address: hosts that "
				   "have no other are not found");
	fopnp_finding_set_fix(added, "take it out where this host reaches others by IPv6");
	place(added, line);
}

static void check_strict_error(const struct fopnp_check_system *system,
			       struct fopnp_findings *findings)
{
	unsigned line = find_option(system, "strict-error");
	struct fopnp_finding *added;

	if (!line)
		return;
	added = fopnp_findings_add(findings, "resolv-strict-error", FOPNP_INFO,
				   "where a server has an IPv4 address of a name and fails for "
				   "IPv6, glibc throws both away and asks the next: a lookup that "
				   "all servers answer so fails");
	fopnp_finding_set_fix(added, "take it out, unless a wrong server has to be noticed");
	place(added, line);
}

/* ---- the search list ---- */

/* "search NAMESPACE.svc.CLUSTER ..." with ndots:5, which each pod of Kubernetes has. */
static bool is_of_kubernetes(const struct fopnp_check_system *system, unsigned ndots)
{
	for (size_t i = 0; i < system->resolv.search_count; i++)
		if (ndots == 5 && strstr(system->resolv.search[i], ".svc."))
			return true;
	return false;
}

static void check_storm(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_resolv_options options = read_options(system);
	size_t domains = system->resolv.search_count;
	bool is_pod = is_of_kubernetes(system, options.ndots);
	struct fopnp_finding *added;

	/* With ndots:1 a name with a dot is asked for as it is first. */
	if (options.ndots < 2 || domains == 0)
		return;
	added = fopnp_findings_add(
		findings, "search-storm",
		domains >= STORM_NAMES && !is_pod ? FOPNP_WARNING : FOPNP_INFO,
		"%sa name with fewer than %u dots is looked up below %zu search domain%s first: "
		"www.example.org costs %zu queries, %zu of them in vain",
		is_pod ? "as Kubernetes sets pods up, " : "", options.ndots, domains,
		domains == 1 ? "" : "s", 2 * domains + 2, 2 * domains);
	if (is_pod)
		fopnp_finding_set_fix(
			added, "write names outside of the cluster with a final dot: "
			       "www.example.org.; or give the pod another ndots (dnsConfig)");
	else
		fopnp_finding_set_fix(added,
				      "lower ndots (1 is glibc's own), or write such names with a "
				      "final dot: www.example.org.");
	place(added, options.ndots_line);
}

static void check_long_list(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	size_t domains = system->resolv.search_count;
	struct fopnp_finding *added;

	if (domains <= DOMAINS_MOST)
		return;
	added = fopnp_findings_add(
		findings, "search-list-long", FOPNP_INFO,
		"there are %zu search domains: a name that does not exist costs %zu queries, and "
		"resolvers other than glibc take the first %d",
		domains, 2 * domains + 2, DOMAINS_MOST);
	fopnp_finding_set_fix(added, "leave those that short names are really used of");
	place(added, system->resolv.search_line);
}

/* The first domain of a line that sets the list, "search" or "domain"; NULL: it sets none. */
static const char *find_domains(const char *line, const char *end, bool *out_is_one)
{
	static const char *const keywords[] = { "search", "domain" };
	const size_t keyword_len = strlen("search");

	end = line + strnlen(line, (size_t)(end - line));
	for (size_t i = 0; i < 2; i++) {
		const char *at = line + keyword_len;

		if ((size_t)(end - line) <= keyword_len ||
		    memcmp(line, keywords[i], keyword_len) != 0 || (*at != ' ' && *at != '\t'))
			continue;
		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
		*out_is_one = i == 1;
		return at < end ? at : NULL;
	}
	return NULL;
}

static bool is_searched(const struct fopnp_check_system *system, const char *domain, size_t len)
{
	for (size_t i = 0; i < system->resolv.search_count; i++)
		if (fopnp_ascii_equal_word(domain, len, system->resolv.search[i]))
			return true;
	return false;
}

/* Whether the list that is in force lacks one of the line's; "domain" has one. */
static bool has_lost_domain(const struct fopnp_check_system *system, const char *at,
			    const char *end, bool is_one)
{
	size_t count = 0;

	end = at + strnlen(at, (size_t)(end - at));
	while (at < end) {
		const char *domain = at;

		while (at < end && !fopnp_ascii_is_space(*at))
			at++;
		if (++count > DOMAINS_COMPARED ||
		    !is_searched(system, domain, (size_t)(at - domain)))
			return true;
		if (is_one)
			return false;
		at = fopnp_ascii_skip_spaces(at, end);
	}
	return false;
}

static void check_search_shadowed(const struct fopnp_check_system *system,
				  struct fopnp_findings *findings)
{
	const char *at = file_of(system)->bytes, *end = at + file_of(system)->len;
	size_t count = 0;

	for (unsigned line = 1; at < end && line < system->resolv.search_line; line++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;
		bool is_one = false;
		const char *domains = find_domains(at, stop, &is_one);
		struct fopnp_finding *added;

		/* "domain x" in front of "search x" is what many tools write. */
		if (domains && has_lost_domain(system, domains, stop, is_one) &&
		    is_to_be_told(&count)) {
			added = fopnp_findings_add(
				findings, "search-line-shadowed", FOPNP_WARNING,
				"line %u sets the search list once more: this one is without effect",
				system->resolv.search_line);
			fopnp_finding_set_fix(added, "write all domains behind one \"search\"");
			place(added, line);
		}
		at = newline ? newline + 1 : end;
	}
	note_untold(findings, count, "lines");
}

static void check_wildcard(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (!system->wildcard_domain)
		return;
	added = fopnp_findings_add(
		findings, "wildcard-search-domain", FOPNP_WARNING,
		"the search domain %s has %s for any name, one that nobody has too: what is "
		"misspelt, or looked up below it first, leads there",
		system->wildcard_domain, system->wildcard_answer);
	fopnp_finding_set_fix(added,
			      "take the domain off the list, or its wildcard out of the zone");
	if (system->resolv.search_line)
		place(added, system->resolv.search_line);
}

const struct fopnp_check_rule FOPNP_CHECK_RESOLV_RULES[] = {
	{
		"resolv-conf-missing",
		FOPNP_ERROR,
		"/etc/resolv.conf is not there, points to nowhere or cannot be read",
		"Without the file glibc asks one name server, 127.0.0.1, and has the domain of the "
		"host name as its search list. Where nobody listens there, each lookup in the DNS "
		"ends at once with EAI_AGAIN, \"Temporary failure in name resolution\".\n\n"
		"The usual cause is a symbolic link to /run that leads nowhere: the daemon that "
		"writes the file does not run, or the link was copied into a container or a chroot "
		"where that /run does not exist. A file that only root may read is none to all "
		"other users: services fail, while root's own test succeeds.\n\n"
		"Write a file with a line \"nameserver ADDRESS\", readable by all, or start what is "
		"to write it. In an image this is a note: the file comes when the image is run.",
		check_missing,
	},
	{
		"resolv-conf-fatal",
		FOPNP_ERROR,
		"a resolv.conf with which every lookup hangs or fails",
		"The file is read at the first lookup of each program, and again when it has "
		"changed. glibc goes through a sortlist line in a loop that never ends where no "
		"address can begin: at a carriage return, a byte that is not ASCII, or a \"/\" "
		"behind something that is no address. A pipe or a device in the place of the file "
		"is read for ever. With a directory there the resolver cannot be set up, and every "
		"lookup ends at once with EAI_NONAME, those of /etc/hosts too. And where the "
		"search list does not fit into 256 characters, and what fits has no more than 56, "
		"programs end by an assertion (resolv_conf_matches).\n\n"
		"People see programs that hang in name resolution and use a whole processor, or "
		"abort, whatever source the name is in, /etc/hosts too.\n\n"
		"Take the sortlist line out; it sorts IPv4 addresses of classes that are gone. A "
		"file that was edited on Windows has carriage returns: sed -i 's/\\r$//' takes them "
		"away.",
		check_fatal,
	},
	{
		"nameserver-surplus",
		FOPNP_WARNING,
		"more than three nameserver lines",
		"glibc takes the first three nameserver lines (MAXNS) and says nothing about the "
		"others. Other resolvers take more or fewer: musl three as well, c-ares and Go all "
		"of them, systemd-resolved all of them.\n\n"
		"Lists grow when a VPN or DHCP client appends its servers: the new ones stand behind "
		"the third line and are never asked, so that names of that network are not found.",
		check_surplus,
	},
	{
		"nameserver-line-unused",
		FOPNP_WARNING,
		"a nameserver line without an address that glibc takes",
		"Behind \"nameserver\" glibc reads one IPv4 or IPv6 address, up to a blank. A host "
		"name, an address with a port (\"10.0.0.1:53\", \"[::1]\") and an address with a "
		"carriage return behind it are no addresses, and the line is left out in silence. "
		"If it was the only one, 127.0.0.1 is asked.",
		check_refused_line,
	},
	{
		"nameserver-twice",
		FOPNP_INFO,
		"the same name server on two lines",
		"It is asked, and waited for, as if it were two: when it is silent a lookup takes "
		"longer, and of the three servers that glibc takes one is lost.",
		check_twice,
	},
	{
		"nameservers-mixed",
		FOPNP_INFO,
		"a server of the local network beside one that is open to all",
		"glibc takes the servers of resolv.conf for equals: the next is asked only where one "
		"says nothing or fails, and \"no such name\" ends the lookup. A public resolver (such "
		"as 8.8.8.8, 1.1.1.1, 9.9.9.9) beside the router, a VPN's or a company's server makes "
		"the names of that network come and go: in front they are never found, behind they "
		"are lost each time that the other is slow, with rotate half of the time. It is told "
		"of them, too.\n\n"
		"musl asks all servers at the same time, and takes the first reply. Where the local "
		"server has no names of its own, nothing is wrong.",
		check_mixed,
	},
	{
		"stub-without-resolved",
		FOPNP_ERROR,
		"127.0.0.53 is the name server, and systemd-resolved does not run",
		"127.0.0.53 (and 127.0.0.54) is where systemd-resolved listens, in the network "
		"namespace that it was started in. Without it nobody is there: each lookup in the "
		"DNS fails at once with EAI_AGAIN.\n\n"
		"It happens where the host's resolv.conf was copied or mounted into a container, "
		"whose loopback interface is another one; where resolved was stopped and the link "
		"to its file stayed; and with DNSStubListener=no.\n\n"
		"Start systemd-resolved, or write the address of a real server; "
		"/run/systemd/resolve/resolv.conf of the host has those that resolved itself asks.",
		fopnp_check_servers_stub,
	},
	{
		"server-silent",
		FOPNP_ERROR,
		"a name server that does not reply, and the seconds that it costs each lookup",
		"Each name server of resolv.conf was asked once (and once more) for the servers of the root. "
		"This one said nothing.\n\n"
		"glibc asks the servers in their order, for each lookup anew; it does not "
		"remember that one is dead. It waits 5 seconds for the first (options timeout:), "
		"then asks the second; with two servers it waits 5 s for each, with three 5, 3 and "
		"6 s, and goes through the list twice (options attempts:). One silent server in "
		"front costs every lookup 5 s; silence of a single server ends in EAI_AGAIN after "
		"10 s. Each name of the search list costs the same again.\n\n"
		"People see logins, sudo and web pages that take five seconds to begin, and then "
		"work.\n\n"
		"Take the line out, or put it last. Until then \"options timeout:1\" makes it "
		"cheaper; fopnp:dns asks the next server after a fraction of a second.",
		fopnp_check_servers_silent,
	},
	{
		"server-slow",
		FOPNP_WARNING,
		"a name server that took a second or more to reply",
		"It was asked for the name servers of the root, which each resolving server has at "
		"hand. What takes it a second here takes every program a second or more; above 5 s "
		"(options timeout:) glibc turns to the next server and the reply comes too late.",
		fopnp_check_servers_slow,
	},
	{
		"server-refused",
		FOPNP_ERROR,
		"a name server whose port 53 is closed",
		"The host is there and says that nobody listens at UDP port 53. That costs a lookup "
		"no time: glibc asks the next server at once. Without another, it ends with "
		"EAI_AGAIN.\n\n"
		"The server program there has ended, or listens at another address or port. A "
		"firewall that rejects looks the same.",
		fopnp_check_servers_refused,
	},
	{
		"server-unreachable",
		FOPNP_ERROR,
		"a name server that no route leads to",
		"The kernel refuses to send there: there is no route (an IPv6 server on a host "
		"without IPv6, a VPN that is down), or a local firewall forbids it. glibc asks the "
		"next server at once.",
		fopnp_check_servers_unreachable,
	},
	{
		"server-failed",
		FOPNP_WARNING,
		"a name server that answers with a failure",
		"SERVFAIL for the root means that the server can resolve nothing: it reaches no "
		"other server, or its DNSSEC validation fails, often since its clock is wrong. "
		"glibc asks the next server after SERVFAIL, NOTIMP and REFUSED; if the last one "
		"fails as well, the lookup ends with EAI_AGAIN.\n\n"
		"REFUSED is a note: a server that has nothing but zones of its own refuses "
		"whatever else it is asked.",
		fopnp_check_servers_failed,
	},
	{
		"resolv-option-unknown",
		FOPNP_WARNING,
		"an option of resolv.conf that this glibc does not know",
		"glibc ignores options that it does not know, in silence. They are misspelt, or of "
		"another system, or newer than this glibc: no-aaaa came with 2.36, strict-error "
		"with 2.41. What the option was to bring about does not happen.\n\n"
		"Options are known by their beginnings, \"rotate-all\" is \"rotate\". Blanks stand "
		"between them: of a list with commas, \"timeout:1,attempts:1\", the first counts. musl knows ndots:, timeout: and attempts: alone.",
		check_unknown_options,
	},
	{
		"resolv-option-limit",
		FOPNP_INFO,
		"a number in resolv.conf beyond what glibc takes",
		"ndots is at most 15, timeout at most 30 (seconds), attempts at most 5. What is "
		"larger counts as that; what is no number counts as 0.",
		check_limits,
	},
	{
		"resolv-no-attempts",
		FOPNP_ERROR,
		"attempts:0, with which no name server is ever asked",
		"attempts says how often glibc goes through the list of servers. 0, or what is no "
		"number, means never: nothing is sent, and each lookup in the DNS fails at once with "
		"EAI_AGAIN.",
		check_no_attempts,
	},
	{
		"resolv-no-aaaa",
		FOPNP_INFO,
		"option no-aaaa: no IPv6 addresses come from the DNS",
		"Since glibc 2.36 \"options no-aaaa\" makes the resolver ask for no IPv6 addresses, "
		"for all programs. It halves the queries of a host that has no IPv6. /etc/hosts and "
		"mDNS give their IPv6 addresses as before; a host that has no other in the DNS "
		"cannot be found (EAI_NODATA).",
		check_no_aaaa,
	},
	{
		"resolv-strict-error",
		FOPNP_INFO,
		"option strict-error: a failure for one family is one for both",
		"Programs that ask for both families send two queries. Where a server answers the one "
		"for IPv4 and fails for IPv6 (SERVFAIL), glibc takes the IPv4 addresses. With "
		"\"options strict-error\", since glibc 2.41, it throws them away and asks the next "
		"server; if no server answers both, the lookup ends with EAI_AGAIN.\n\n"
		"Some servers in use always fail for IPv6: behind them hosts that other machines "
		"find are not found here.",
		check_strict_error,
	},
	{
		"search-storm",
		FOPNP_WARNING,
		"ndots and the search list make each lookup cost many queries",
		"A name with fewer dots than ndots is first looked up below each domain of the "
		"search list, and only then as it is; each of these is a query for IPv4 and one for "
		"IPv6. With the ndots:5 and the three domains of a Kubernetes pod, www.example.org "
		"costs eight queries, six of them in vain; its four domains with a cloud's cost "
		"ten.\n\n"
		"People see slow lookups, busy name servers, and a time-out multiplied by as many "
		"names. And if one of the domains has a wildcard, the answer is a wrong one.\n\n"
		"ndots:1, glibc's own, asks for every name with a dot as it is first. Or write "
		"names that are complete with a final dot; they are asked for as they are. What "
		"Kubernetes gives to each pod is a note; dnsConfig of a pod can have another ndots, "
		"with which names like service.namespace.svc need all of their parts.",
		check_storm,
	},
	{
		"search-list-long",
		FOPNP_INFO,
		"more than six search domains",
		"glibc takes any number since 2.26. Before, and in much other software, six domains "
		"or 256 characters count and the rest is dropped: the same short name is found by "
		"one program and not by another. A name that does not exist is asked for below all "
		"of them, for IPv4 and IPv6.",
		check_long_list,
	},
	{
		"search-line-shadowed",
		FOPNP_WARNING,
		"a search or domain line that a later one replaces",
		"search and domain set the same list, and the last line of the file wins; they are "
		"not added up. Files that several programs have written to have both. Where the line "
		"that counts has the domains of the other as well, nothing is lost, nor said.",
		check_search_shadowed,
	},
	{
		"wildcard-search-domain",
		FOPNP_WARNING,
		"a search domain that answers for any name",
		"A name that nobody can have was looked up in each search domain, and this one has "
		"an address for it: the zone has a wildcard record (\"*\").\n\n"
		"Each name that is looked up below it is found, the misspelt ones as well, and with "
		"ndots above the number of their dots so are all names of the Internet: "
		"www.example.org becomes www.example.org.DOMAIN, and programs connect to the host "
		"behind the wildcard. Clusters whose domain has a wildcard for its ingress break "
		"that way. Certificates that do not fit are the usual sign.\n\n"
		"Take the domain off the search list, or use ndots:1 and names with a dot.",
		check_wildcard,
	},
	{ 0 },
};
