/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on fopnp.conf(5): the file, its lines, and what they come to. */
#include "tools/check_orders.h"
#include "tools/check_rule.h"
#include "tools/check_system.h"
#include "tools/conf_file.h"
#include "tools/host_name.h"
#include "tools/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define SERVERS_MOST 8 /* of dns-servers; nss_module/dns */

static const char *conf_path(const struct fopnp_check_system *system)
{
	return system->files[FOPNP_CHECK_FOPNP_CONF].path;
}

/* ---- the file and its lines ---- */

/* A command on the file, which ends in its path: below --root. */
static char *copy_fix(const struct fopnp_check_system *system, const char *fix, const char *path)
{
	FOPNP_AUTO_FREE char *command_path = fopnp_check_command_path(system, path);
	size_t len = fix ? strlen(fix) : 0, path_len = strlen(path);

	if (len < path_len || strcmp(fix + len - path_len, path) != 0)
		return fopnp_memory_copy_text(fix);
	return fopnp_memory_format("%.*s%s", (int)(len - path_len), fix, command_path);
}

static void copy_findings(const struct fopnp_check_system *system, const char *id,
			  struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[FOPNP_CHECK_FOPNP_CONF];
	struct fopnp_findings all = { 0 };

	if (!file->is_there || (file->error && !file->is_regular))
		return;
	if (file->is_regular && file->error == 0)
		fopnp_conf_file_check(file->path, file->bytes, file->len, &file->status,
				      system->root_uid, &all);
	for (size_t i = 0; i < all.count; i++) {
		const struct fopnp_finding *from = &all.list[i];
		struct fopnp_finding *added;

		if (strcmp(from->id, id) != 0)
			continue;
		added = fopnp_findings_add(findings, from->id, from->severity, "%s", from->text);
		added->fix = copy_fix(system, from->fix, file->path);
		added->place =
			fopnp_place_make(from->place.file, from->place.line, from->place.text);
	}
	fopnp_findings_clear(&all);
}

static size_t count_words(const char *text)
{
	size_t count = 0;

	for (text += strspn(text, " \t"); *text; text += strspn(text, " \t")) {
		text += strcspn(text, " \t");
		count++;
	}
	return count;
}

static const struct fopnp_conf_option *find_option(const struct fopnp_conf *conf,
						   enum fopnp_conf_option_kind kind)
{
	for (size_t i = 0; conf && i < conf->option_count; i++)
		if (conf->options[i].kind == kind)
			return &conf->options[i];
	return NULL;
}

static void check_conf_lines(const struct fopnp_check_system *system,
			     struct fopnp_findings *findings)
{
	const struct fopnp_conf_option *servers =
		find_option(system->fopnp_conf, FOPNP_OPTION_DNS_SERVERS);
	struct fopnp_finding *added;

	copy_findings(system, "fopnp-conf-line", findings);
	if (!servers || count_words(servers->text) <= SERVERS_MOST)
		return;
	added = fopnp_findings_add(findings, "fopnp-conf-line", FOPNP_WARNING,
				   "of the %zu servers of dns-servers fopnp:dns asks the first %d",
				   count_words(servers->text), SERVERS_MOST);
	fopnp_finding_set_fix(added, "leave the best %d there", SERVERS_MOST);
	fopnp_finding_set_place(added, conf_path(system), servers->line);
}

static void check_conf_trust(const struct fopnp_check_system *system,
			     struct fopnp_findings *findings)
{
	copy_findings(system, "fopnp-conf-untrusted", findings);
}

static void check_conf_readable(const struct fopnp_check_system *system,
				struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[FOPNP_CHECK_FOPNP_CONF];
	struct fopnp_finding *added;
	bool is_private = file->is_regular && !(file->status.st_mode & S_IROTH);
	FOPNP_AUTO_FREE char *path = fopnp_check_command_path(system, file->path);

	if (!file->is_there)
		return;
	if (file->is_cut)
		added = fopnp_findings_add(findings, "fopnp-conf-unreadable", FOPNP_WARNING,
					   "%s is ignored whole: it is larger than 1 MiB",
					   file->path);
	else if (is_private)
		added = fopnp_findings_add(
			findings, "fopnp-conf-unreadable", FOPNP_WARNING,
			"only some users may read %s: the programs of all others "
			"do without it",
			file->path);
	else if (file->error)
		added = fopnp_findings_add(findings, "fopnp-conf-unreadable", FOPNP_WARNING,
					   "%s is ignored whole: it cannot be read here (%s)",
					   file->path, strerror(file->error));
	else
		return;
	if (is_private || file->error == EACCES)
		fopnp_finding_set_fix(added, "chmod a+r %s", path);
	else
		fopnp_finding_set_fix(added, "put a regular file there, or nothing");
	fopnp_finding_set_place(added, file->path, 0);
}

static bool has_lines(const struct fopnp_conf *conf)
{
	return conf && (conf->order_count > 0 || conf->log_count > 0 || conf->option_count > 0);
}

static void check_conf_used(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	struct fopnp_finding *added;
	size_t at;

	if (!has_lines(system->fopnp_conf) || fopnp_check_finds_on_line(system, "fopnp", &at))
		return;
	added = fopnp_findings_add(findings, "fopnp-conf-unused", FOPNP_INFO,
				   "fopnp does not stand on the hosts line: what is written here "
				   "has no effect on programs");
	fopnp_finding_set_fix(added,
			      "write fopnp [!UNAVAIL= return] at the head of the hosts line");
	fopnp_finding_set_place(added, conf_path(system), 0);
}

/* ---- what its lines come to ---- */

static bool is_same_domain(const char *a, const char *b)
{
	return a && b ? fopnp_name_is_same(a, b) : a == b;
}

static void check_order_shadowed(const struct fopnp_check_system *system,
				 struct fopnp_findings *findings)
{
	const struct fopnp_conf *conf = system->fopnp_conf;

	for (size_t i = 1; conf && i < conf->order_count; i++) {
		const struct fopnp_conf_order *order = &conf->orders[i];
		struct fopnp_finding *added;
		size_t first = 0;

		while (first < i && !is_same_domain(conf->orders[first].domain, order->domain))
			first++;
		if (first == i)
			continue;
		added = fopnp_findings_add(findings, "order-shadowed", FOPNP_WARNING,
					   "without effect: the order of line %u is for the same "
					   "names, and of two the first counts",
					   conf->orders[first].line);
		fopnp_finding_set_fix(added, "remove one of the two lines");
		fopnp_finding_set_place(added, conf_path(system), order->line);
	}
}

/* A search list is applied by the source; orders go by the name that the program gave. */
static void check_order_search(const struct fopnp_check_system *system,
			       struct fopnp_findings *findings)
{
	const struct fopnp_conf *conf = system->fopnp_conf;
	size_t at;

	if (!conf || !fopnp_check_finds_on_line(system, "fopnp", &at))
		return;
	for (size_t i = 0; i < conf->order_count; i++) {
		const struct fopnp_conf_order *order = &conf->orders[i];

		for (size_t j = 0; order->domain && j < system->resolv.search_count; j++) {
			const char *search = system->resolv.search[j];
			struct fopnp_finding *added;

			if (!fopnp_name_is_same(search, order->domain) &&
			    !fopnp_name_is_below(search, order->domain))
				continue;
			added = fopnp_findings_add(
				findings, "order-before-search", FOPNP_WARNING,
				"this order is for names that end in .%s as the program gives "
				"them: a short name that the search domain %s completes goes by "
				"the other order",
				order->domain, search);
			fopnp_finding_set_fix(added,
					      "ask by full names, as in host.%s, or let the "
					      "order for all names serve them, too",
					      search);
			fopnp_finding_set_place(added, conf_path(system), order->line);
			break;
		}
	}
}

static bool is_own_hosts(const char *source)
{
	return strcmp(source, "fopnp:hosts") == 0;
}

static bool is_own_mdns(const char *source)
{
	return strcmp(source, "fopnp:mdns") == 0;
}

static bool is_own_dns(const char *source)
{
	return strcmp(source, "fopnp:dns") == 0;
}

static void check_options_used(const struct fopnp_check_system *system,
			       struct fopnp_findings *findings)
{
	static const struct {
		const char *keyword, *source;
		bool (*is_source)(const char *source);
	} options[] = {
		[FOPNP_OPTION_HOSTS_FILE] = { "hosts-file", "fopnp:hosts", is_own_hosts },
		[FOPNP_OPTION_MDNS_DOMAIN] = { "mdns-domain", "fopnp:mdns", is_own_mdns },
		[FOPNP_OPTION_MDNS_TIMEOUT] = { "mdns-timeout", "fopnp:mdns", is_own_mdns },
		[FOPNP_OPTION_DNS_SERVERS] = { "dns-servers", "fopnp:dns", is_own_dns },
		[FOPNP_OPTION_DNS_TIMEOUT] = { "dns-timeout", "fopnp:dns", is_own_dns },
		[FOPNP_OPTION_DNS_ATTEMPTS] = { "dns-attempts", "fopnp:dns", is_own_dns },
		[FOPNP_OPTION_DNS_HEDGE] = { "dns-hedge", "fopnp:dns", is_own_dns },
	};
	const struct fopnp_conf *conf = system->fopnp_conf;
	size_t at;

	if (!conf || !fopnp_check_finds_on_line(system, "fopnp", &at))
		return;
	for (size_t i = 0; i < conf->option_count; i++) {
		enum fopnp_conf_option_kind kind = conf->options[i].kind;
		struct fopnp_finding *added;

		if (fopnp_check_asks_kind(system, options[kind].is_source))
			continue;
		added = fopnp_findings_add(findings, "option-unused", FOPNP_INFO,
					   "%s is an option of %s, which stands in no order",
					   options[kind].keyword, options[kind].source);
		fopnp_finding_set_fix(added, "put %s into an order, or take the line out",
				      options[kind].source);
		fopnp_finding_set_place(added, conf_path(system), conf->options[i].line);
	}
}

static void check_hosts_files(const struct fopnp_check_system *system,
			      struct fopnp_findings *findings)
{
	for (size_t i = 0; i < system->named_count; i++) {
		const struct fopnp_check_named *named = &system->named[i];
		FOPNP_AUTO_FREE char *path = fopnp_check_command_path(system, named->path);
		struct fopnp_finding *added;

		if (named->is_log || named->error == 0)
			continue;
		added = fopnp_findings_add(findings, "hosts-file-missing", FOPNP_WARNING,
					   "%s, which fopnp:hosts is to read behind /etc/hosts, "
					   "cannot be read (%s)",
					   named->path, strerror(named->error));
		if (named->error == EACCES)
			fopnp_finding_set_fix(added, "chmod a+r %s", path);
		else
			fopnp_finding_set_fix(added, "put the file there, or take the line out");
		fopnp_finding_set_place(added, conf_path(system), named->line);
	}
}

/* ---- logs ---- */

static struct fopnp_finding *note_directory(const struct fopnp_check_system *system,
					    const struct fopnp_check_named *named,
					    struct fopnp_finding *added)
{
	fopnp_finding_set_place(added, conf_path(system), named->line);
	return added;
}

static void check_log_directories(const struct fopnp_check_system *system,
				  struct fopnp_findings *findings)
{
	for (size_t i = 0; i < system->named_count; i++) {
		const struct fopnp_check_named *named = &system->named[i];
		FOPNP_AUTO_FREE char *path = fopnp_check_command_path(system, named->path);
		struct fopnp_finding *added;

		if (!named->is_log || named->error == 0)
			continue;
		added = note_directory(
			system, named,
			fopnp_findings_add(findings, "log-directory-missing", FOPNP_WARNING,
					   "%s, where the socket of this line is to be, "
					   "cannot be looked at (%s): nothing is logged",
					   named->path, strerror(named->error)));
		if (named->error == ENOENT)
			fopnp_finding_set_fix(added, "mkdir -p -m 0755 %s", path);
		else
			fopnp_finding_set_fix(added, "name a directory that all may enter");
	}
}

/* Who may make or replace the socket is told what privileged programs look up. */
static void check_log_safety(const struct fopnp_check_system *system,
			     struct fopnp_findings *findings)
{
	for (size_t i = 0; i < system->named_count; i++) {
		const struct fopnp_check_named *named = &system->named[i];
		bool is_others = named->uid != 0 && named->uid != system->root_uid;

		if (!named->is_log || named->error || (!is_others && !(named->mode & 022)))
			continue;
		fopnp_finding_set_fix(
			note_directory(
				system, named,
				fopnp_findings_add(findings, "log-directory-unsafe", FOPNP_WARNING,
						   "others than root may write to %s (owner %u, "
						   "mode %04o): who puts a socket there is told "
						   "every lookup, those of root's programs too",
						   named->path, (unsigned)named->uid,
						   (unsigned)(named->mode & 07777))),
			"take a directory that only root may write to, as /run/fopnp");
	}
}

static void check_journal(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_conf *conf = system->fopnp_conf;

	for (size_t i = 0; conf && i < conf->log_count; i++) {
		struct fopnp_finding *added;

		if (conf->logs[i].kind != FOPNP_LOG_JOURNAL ||
		    system->journal != FOPNP_CHECK_ABSENT)
			continue;
		added = fopnp_findings_add(
			findings, "log-journal-missing", FOPNP_WARNING,
			"lookups are to be logged to the journal, and no journald "
			"runs here: nothing is recorded");
		fopnp_finding_set_fix(added, "start systemd-journald, or write log /PATH of a "
					     "socket that you listen on");
		fopnp_finding_set_place(added, conf_path(system), conf->logs[i].line);
	}
}

/* ---- the rules ---- */

const struct fopnp_check_rule FOPNP_CHECK_CONF_RULES[] = {
	{
		"fopnp-conf-line",
		FOPNP_WARNING,
		"a line of fopnp.conf is left out",
		"A line that the module does not understand is ignored, as if it were not there; it "
		"never makes a lookup fail. See fopnp.conf(5). \"fopnp\" itself cannot stand in an "
		"order; merge and a second bracket, which glibc accepts, are errors there.",
		check_conf_lines,
	},
	{
		"fopnp-conf-untrusted",
		FOPNP_WARNING,
		"fopnp.conf is ignored since others may write to it",
		"The file says what every program does, root's too. It must belong to root, and "
		"nobody else may write to it; otherwise the module ignores it whole.",
		check_conf_trust,
	},
	{
		"fopnp-conf-unreadable",
		FOPNP_WARNING,
		"fopnp.conf cannot be read",
		"The module reads the file with the rights of the program that looks a name up. "
		"Whoever may not read it goes by the hosts line alone, so that users get other "
		"answers than root. It must be a regular file of at most 1 MiB.",
		check_conf_readable,
	},
	{
		"fopnp-conf-unused",
		FOPNP_INFO,
		"fopnp.conf is written, and fopnp not on the hosts line",
		"Only the module fopnp reads the file, and glibc loads it only where the hosts line "
		"names it. The command reads it where it runs the module itself.",
		check_conf_used,
	},
	{
		"order-shadowed",
		FOPNP_WARNING,
		"two orders for the same names",
		"Of two order lines for one domain, or of two without a domain, the first counts.",
		check_order_shadowed,
	},
	{
		"order-before-search",
		FOPNP_WARNING,
		"an order for a domain that short names do not come to",
		"fopnp picks the order by the name that the program asks for. The search list of "
		"resolv.conf is applied later, by the source: \"intranet\" goes by the order for all "
		"names although the search list makes \"intranet.corp.example\" of it.",
		check_order_search,
	},
	{
		"option-unused",
		FOPNP_INFO,
		"an option for a source that is in no order",
		"hosts-file belongs to fopnp:hosts, mdns-domain and mdns-timeout to fopnp:mdns, the "
		"options with dns- to fopnp:dns. The bare words files, mdns4_minimal and dns are the "
		"system's own modules, which read other files.",
		check_options_used,
	},
	{
		"hosts-file-missing",
		FOPNP_WARNING,
		"a file for fopnp:hosts cannot be read",
		"A hosts-file line names a file that fopnp:hosts reads behind /etc/hosts. One that is "
		"not there, or that the program may not read, is passed over.",
		check_hosts_files,
	},
	{
		"log-directory-missing",
		FOPNP_WARNING,
		"the directory of a log socket is not there",
		"A log line with a path sends each lookup to a socket there. Without its directory "
		"nobody can listen, and nothing is recorded.",
		check_log_directories,
	},
	{
		"log-directory-unsafe",
		FOPNP_WARNING,
		"others may put a socket in the place of the log",
		"Every process sends its lookups to the socket of a log line, privileged ones too. "
		"In a directory that others may write to, as /tmp, anybody can be the listener.",
		check_log_safety,
	},
	{
		"log-journal-missing",
		FOPNP_WARNING,
		"log journal without journald",
		"\"log journal\" sends events to /run/systemd/journal/socket. In most containers, and "
		"without systemd, nobody listens there, and events are dropped in silence.",
		check_journal,
	},
	{ 0 },
};
