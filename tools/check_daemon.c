/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of `fopnp check` on nscd, avahi, systemd-resolved and mDNS, see check_rule.h. */
#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/order.h"
#include "tools/check_orders.h"
#include "tools/check_rule.h"
#include "tools/check_servers.h"
#include "tools/check_system.h"
#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/resolved_query.h"
#include "tools/socket_probe.h"
#include "tools/source_kind.h"

#include <nss.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- nscd ---- */

static bool has_cache(const struct fopnp_check_system *system)
{
	return system->nscd == FOPNP_CHECK_THERE && system->nscd_caches_hosts;
}

static void check_nscd_runs(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	const struct fopnp_nscd_conf *conf = &system->nscd_conf;
	struct fopnp_finding *added;

	if (!has_cache(system))
		return;
	added = fopnp_findings_add(
		findings, "nscd-runs", FOPNP_INFO,
		"nscd is running and caches hosts: programs get what it found up to %ld s ago, a "
		"failure %ld s; the hosts line is followed by nscd alone",
		conf->positive_ttl.value, conf->negative_ttl.value);
	fopnp_finding_set_fix(added, "where each lookup is to be seen, write \"enable-cache hosts "
				     "no\" into nscd.conf and restart nscd");
	fopnp_finding_set_place(added, conf->positive_ttl.line ? FOPNP_NSCD_CONF : NULL,
				conf->positive_ttl.line);
}

static void check_nscd_answers(const struct fopnp_check_system *system,
			       struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (!system->stale_name)
		return;
	added = fopnp_findings_add(findings, "nscd-answers", FOPNP_WARNING,
				   "nscd has %s in its cache for %s; the sources now say %s",
				   system->stale_answer, system->stale_name, system->true_answer);
	fopnp_finding_set_fix(added, "nscd --invalidate=hosts (as root)");
	if (system->nscd_conf.checks_files.line && !system->nscd_conf.checks_files.value)
		fopnp_finding_set_place(added, FOPNP_NSCD_CONF,
					system->nscd_conf.checks_files.line);
}

static void check_nscd_frozen(const struct fopnp_check_system *system,
			      struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (system->nscd != FOPNP_CHECK_SILENT)
		return;
	added = fopnp_findings_add(findings, "nscd-frozen", FOPNP_ERROR,
				   "nscd takes connections and does not answer: each program waits "
				   "5 s for it at its first lookup, and again after every hundred");
	fopnp_finding_set_fix(added, "systemctl restart nscd (as root)");
	fopnp_finding_set_place(added, FOPNP_NSCD_SOCKET, 0);
}

static void check_nscd_files(const struct fopnp_check_system *system,
			     struct fopnp_findings *findings)
{
	const struct fopnp_nscd_value *checks = &system->nscd_conf.checks_files;
	struct fopnp_finding *added;

	if (!has_cache(system) || checks->value)
		return;
	added = fopnp_findings_add(findings, "nscd-check-files-off", FOPNP_WARNING,
				   "nscd does not look whether /etc/hosts has changed: it answers "
				   "with the old lines for up to %ld s",
				   system->nscd_conf.positive_ttl.value);
	fopnp_finding_set_fix(added, "write: check-files hosts yes; and restart nscd, which reads "
				     "the file at its start alone");
	fopnp_finding_set_place(added, FOPNP_NSCD_CONF, checks->line);
}

static void note_namespace(const char *id, const char *daemon, const char *consequence,
			   const char *socket, struct fopnp_findings *findings)
{
	struct fopnp_finding *added =
		fopnp_findings_add(findings, id, FOPNP_WARNING,
				   "%s was started in another network namespace than this one: %s",
				   daemon, consequence);

	fopnp_finding_set_fix(added, "keep its socket out of this namespace, or run one inside it");
	fopnp_finding_set_place(added, socket, 0);
}

static void check_nscd_namespace(const struct fopnp_check_system *system,
				 struct fopnp_findings *findings)
{
	if (system->has_foreign_nscd)
		note_namespace("nscd-other-namespace", "nscd",
			       "names are looked up over its network, not over ours",
			       FOPNP_NSCD_SOCKET, findings);
}

/* ---- avahi ---- */

static bool is_module_broken(const struct fopnp_check_system *system)
{
	for (size_t i = 0; i < system->module_count; i++)
		if (strcmp(system->modules[i].source, "fopnp") == 0)
			return !system->modules[i].is_loadable;
	return false;
}

static bool has_order_for_all(const struct fopnp_check_system *system)
{
	struct fopnp_check_order order;

	for (size_t i = 0; fopnp_check_order(system, i, &order); i++)
		if (order.is_of_conf && !order.domain)
			return true;
	return false;
}

/* How many of its sources are asked: not the fall-back behind a fopnp that has an order of its own. */
static size_t count_asked(const struct fopnp_check_system *system,
			  const struct fopnp_check_order *order)
{
	size_t at;

	if (order->is_of_conf || !has_order_for_all(system) || is_module_broken(system) ||
	    !fopnp_check_finds_on_line(system, "fopnp", &at) ||
	    fopnp_order_action(&order->order->entries[at], NSS_STATUS_NOTFOUND) !=
		    FOPNP_ACTION_RETURN)
		return order->count;
	return at;
}

/* The first of nss-mdns's sources that is asked, and that IS_WANTED unless NULL; or NULL. */
static const char *find_nss_mdns_that(const struct fopnp_check_system *system,
				      bool (*is_wanted)(const struct fopnp_check_system *system,
							const char *source))
{
	struct fopnp_check_order order;

	for (size_t i = 0; fopnp_check_order(system, i, &order); i++) {
		size_t count = count_asked(system, &order);

		for (size_t j = 0; j < count; j++) {
			const char *source = order.order->entries[j].source;

			if (fopnp_source_is_nss_mdns(source) &&
			    (!is_wanted || is_wanted(system, source)))
				return source;
		}
	}
	return NULL;
}

static const char *find_nss_mdns(const struct fopnp_check_system *system)
{
	return find_nss_mdns_that(system, NULL);
}

/* The finding, for its fix; the socket is its place. */
static struct fopnp_finding *note_avahi(const struct fopnp_check_system *system, const char *id,
					enum fopnp_check_state state, const char *words,
					struct fopnp_findings *findings)
{
	const char *source = find_nss_mdns(system);
	struct fopnp_finding *added;

	if (!source || system->avahi != state)
		return NULL;
	added = fopnp_findings_add(findings, id, FOPNP_WARNING, "%s cannot ask avahi: %s", source,
				   words);
	fopnp_finding_set_place(added, FOPNP_AVAHI_SOCKET, 0);
	return added;
}

static void check_avahi_gone(const struct fopnp_check_system *system,
			     struct fopnp_findings *findings)
{
	FOPNP_AUTO_FREE char *words = fopnp_socket_probe_words(system->avahi_error);
	struct fopnp_finding *added = note_avahi(system, "avahi-not-running", FOPNP_CHECK_ABSENT,
						 words ? words : "", findings);

	if (added)
		fopnp_finding_set_fix(added, "start avahi-daemon, or write fopnp:mdns, which needs "
					     "none, in an order of fopnp.conf");
}

static void check_avahi_denied(const struct fopnp_check_system *system,
			       struct fopnp_findings *findings)
{
	FOPNP_AUTO_FREE char *words = fopnp_socket_probe_words(system->avahi_error);
	struct fopnp_finding *added = note_avahi(system, "avahi-denied", FOPNP_CHECK_DENIED,
						 words ? words : "", findings);

	if (added)
		fopnp_finding_set_fix(added, "let this program connect to " FOPNP_AVAHI_SOCKET);
}

static void check_avahi_silent(const struct fopnp_check_system *system,
			       struct fopnp_findings *findings)
{
	struct fopnp_finding *added =
		note_avahi(system, "avahi-silent", FOPNP_CHECK_SILENT,
			   "it takes connections and does not answer, and nss-mdns waits for it "
			   "without end",
			   findings);

	if (!added)
		return;
	added->severity = FOPNP_ERROR;
	fopnp_finding_set_fix(added, "systemctl restart avahi-daemon (as root)");
}

static void check_avahi_namespace(const struct fopnp_check_system *system,
				  struct fopnp_findings *findings)
{
	if (system->has_foreign_avahi && find_nss_mdns(system))
		note_namespace("avahi-other-namespace", "avahi",
			       "it sees the hosts of its network, not of ours", FOPNP_AVAHI_SOCKET,
			       findings);
}

/* ---- mDNS and the DNS ---- */

/* nss-mdns: with mdns.allow the sources that read it leave the question for local. out. */
static bool asks_in_any_case(const struct fopnp_check_system *system, const char *source)
{
	return !strstr(source, "_minimal") && system->files[FOPNP_CHECK_MDNS_ALLOW].is_there;
}

/* Whether names of a domain below .local go to the DNS at once. */
static bool has_order_of_local(const struct fopnp_check_system *system)
{
	struct fopnp_check_order order;

	for (size_t i = 0; fopnp_check_order(system, i, &order); i++)
		if (order.domain && fopnp_name_is_below(order.domain, "local") &&
		    fopnp_order_find(order.order, "fopnp:mdns") == order.order->count)
			return true;
	return false;
}

static void check_local_zone(const struct fopnp_check_system *system,
			     struct fopnp_findings *findings)
{
	const char *source = find_nss_mdns(system);
	bool is_built_in = !source && fopnp_check_asks(system, "fopnp:mdns");
	struct fopnp_finding *added;

	if (!system->has_local_domain || (!source && !is_built_in) ||
	    (source ? find_nss_mdns_that(system, asks_in_any_case) != NULL
		    : has_order_of_local(system)))
		return;
	if (source)
		added = fopnp_findings_add(findings, "unicast-local-zone", FOPNP_WARNING,
					   "local. exists in the DNS here, so %s leaves all names "
					   "below .local to the DNS: no host is found by mDNS",
					   source);
	else
		added = fopnp_findings_add(findings, "unicast-local-zone", FOPNP_INFO,
					   "local. exists in the DNS here: fopnp:mdns asks the "
					   "network for NAME.local all the same, before the DNS");
	fopnp_finding_set_fix(added,
			      source ? "give the zone another name than .local; until then, put "
				       "mdns4 behind dns, with the lines .local. and .local in "
				       "/etc/mdns.allow"
				     : "write \"order .DOMAIN.local dns\" in fopnp.conf for "
				       "the names that the DNS has");
	fopnp_check_place_at_source(added, system, source ? source : "fopnp:mdns");
}

/* Those without "_minimal" read mdns.allow. */
static const char *find_reader_of_allow(const struct fopnp_check_system *system)
{
	static const char *const readers[] = { "mdns", "mdns4", "mdns6" };

	for (size_t i = 0; i < 3; i++)
		if (fopnp_check_asks(system, readers[i]))
			return readers[i];
	return NULL;
}

/* The first line of mdns.allow with such a word, read as nss-mdns does (src/util.c); 0: none. */
static unsigned find_allowed(const struct fopnp_check_file *file,
			     bool (*is_wanted)(const char *word, size_t len))
{
	const char *at = file->bytes, *end = at + file->len;

	for (unsigned line = 1; at < end; line++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = strcspn(at, "#\t\n\r ");

		if (len > 0 && is_wanted(at, len))
			return line;
		at = newline ? newline + 1 : end;
	}
	return 0;
}

static bool is_star(const char *word, size_t len)
{
	return len == 1 && *word == '*';
}

/* What the sources with _minimal ask for without the file. */
static bool is_beyond_local(const char *word, size_t len)
{
	size_t dots = *word == '.';

	return !fopnp_ascii_equal_word(word + dots, len - dots, "local") &&
	       !fopnp_ascii_equal_word(word + dots, len - dots, "local.");
}

static void check_allow_unused(const struct fopnp_check_system *system,
			       struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[FOPNP_CHECK_MDNS_ALLOW];
	const char *source = find_nss_mdns(system);
	struct fopnp_finding *added;

	if (!source || find_reader_of_allow(system) || !find_allowed(file, is_beyond_local))
		return;
	added = fopnp_findings_add(
		findings, "mdns-allow-unused", FOPNP_WARNING,
		"%s does not read this file: it asks for names below .local alone", source);
	fopnp_finding_set_fix(added, "put mdns4 (without _minimal) behind dns on the hosts line");
	fopnp_finding_set_place(added, file->path, 0);
}

static void check_allow_all(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = &system->files[FOPNP_CHECK_MDNS_ALLOW];
	const char *source = find_reader_of_allow(system);
	unsigned line = find_allowed(file, is_star);
	struct fopnp_finding *added;

	if (!line || !source)
		return;
	added = fopnp_findings_add(findings, "mdns-allow-all", FOPNP_WARNING,
				   "%s asks the network for every name that comes to it: one that "
				   "does not exist costs 5 s, and a neighbour may answer for it",
				   source);
	fopnp_finding_set_fix(added, "write the domains that mDNS serves: .local");
	fopnp_finding_set_place(added, file->path, line);
}

/* ---- systemd-resolved ---- */

static bool is_asked(const struct fopnp_check_system *system)
{
	return fopnp_check_asks(system, "resolve");
}

static void check_resolved_gone(const struct fopnp_check_system *system,
				struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (system->resolved != FOPNP_CHECK_ABSENT || !is_asked(system))
		return;
	added = fopnp_findings_add(findings, "resolved-not-running", FOPNP_WARNING,
				   "resolve cannot ask systemd-resolved, which is not running: the "
				   "sources behind it are asked instead");
	fopnp_finding_set_fix(added, "start systemd-resolved, or take resolve off the line");
	fopnp_check_place_at_source(added, system, "resolve");
}

static void check_resolved_denied(const struct fopnp_check_system *system,
				  struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (system->resolved != FOPNP_CHECK_DENIED || !is_asked(system))
		return;
	added = fopnp_findings_add(findings, "resolved-denied", FOPNP_WARNING,
				   "this program may not ask systemd-resolved: permission to "
				   "connect to its socket is denied");
	fopnp_finding_set_fix(added,
			      "let the sandbox or the profile of this program connect to it");
	fopnp_finding_set_place(added, FOPNP_RESOLVED_SOCKET, 0);
}

static void check_resolved_silent(const struct fopnp_check_system *system,
				  struct fopnp_findings *findings)
{
	struct fopnp_finding *added;

	if (system->resolved != FOPNP_CHECK_SILENT ||
	    (!is_asked(system) && !fopnp_check_find_stub(system)))
		return;
	added = fopnp_findings_add(findings, "resolved-silent", FOPNP_ERROR,
				   "systemd-resolved hangs, or its process is stopped: it does not "
				   "even say what localhost is");
	fopnp_finding_set_fix(added, "systemctl restart systemd-resolved");
	fopnp_finding_set_place(added, FOPNP_RESOLVED_SOCKET, 0);
}

static void check_resolved_namespace(const struct fopnp_check_system *system,
				     struct fopnp_findings *findings)
{
	if (system->has_foreign_resolved && is_asked(system))
		note_namespace("resolved-other-namespace", "systemd-resolved",
			       "its links and name servers are not ours", FOPNP_RESOLVED_SOCKET,
			       findings);
}

const struct fopnp_check_rule FOPNP_CHECK_DAEMON_RULES[] = {
	{
		"nscd-answers",
		FOPNP_WARNING,
		"nscd still answers with what the sources no longer say",
		"Some names of /etc/hosts were looked up twice: as any program does, which asks "
		"nscd first, and by the hosts line itself. For this one the answers differ: nscd "
		"keeps what it found earlier.\n\n"
		"nscd keeps an answer for positive-time-to-live seconds (600 in the file that "
		"distributions ship, 3600 without one; less where the DNS told a shorter time) "
		"and a failure for negative-time-to-live (20 s). With check-files it drops all of "
		"its hosts when /etc/hosts or /etc/resolv.conf changes; it misses that when the "
		"file is replaced in another mount namespace, and looks only every 15 s without "
		"inotify.\n\n"
		"People see that an edit of /etc/hosts has no effect, while programs with a "
		"resolver of their own have it at once. `nscd --invalidate=hosts` empties the cache.",
		check_nscd_answers,
	},
	{
		"nscd-frozen",
		FOPNP_ERROR,
		"nscd takes connections and does not answer",
		"glibc asks nscd before the hosts line, over a UNIX socket, and waits 5 s for its "
		"reply. Then it goes on by itself, and does not ask nscd for the next hundred "
		"lookups of that program. What stands in the memory that nscd shares is still "
		"answered, as old as it is.\n\n"
		"People see that each program takes five seconds to begin, whatever source the name "
		"is in. nscd waits for a source itself (LDAP, a dead name server, all of its "
		"threads), or was stopped by a signal or a debugger.",
		check_nscd_frozen,
	},
	{
		"nscd-check-files-off",
		FOPNP_WARNING,
		"nscd does not notice that /etc/hosts has changed",
		"With \"check-files hosts no\" nscd keeps the hosts that it has until their time is "
		"up. A line that is added is found at once, unless the name was asked for shortly "
		"before; a line that is changed or removed stays in force.",
		check_nscd_files,
	},
	{
		"nscd-other-namespace",
		FOPNP_WARNING,
		"nscd belongs to another network namespace",
		"The socket of nscd is a file: a process in a network namespace of its own that sees "
		"the same /var/run asks the nscd of the host. Its name servers are the host's, and "
		"its packets go over the host's network: a VPN namespace leaks all of its "
		"queries.\n\n"
		"Hide the socket there (an empty file system on /var/run/nscd), which `ip netns exec` "
		"does not do by itself.",
		check_nscd_namespace,
	},
	{
		"nscd-runs",
		FOPNP_INFO,
		"nscd runs and caches hosts",
		"While nscd caches hosts, programs do not follow the hosts line themselves: they ask "
		"nscd, and nscd follows it, with the environment and the network of its own. So "
		"fopnp is loaded in nscd alone, its events tell of nscd as the process that asks, "
		"and names that are in the cache make no event at all.\n\n"
		"How old an answer can be stands in nscd.conf; the defaults are 3600 s for what was "
		"found and 20 s for what was not.",
		check_nscd_runs,
	},
	{
		"avahi-not-running",
		FOPNP_WARNING,
		"a source of nss-mdns is on the line, and avahi does not run",
		"mdns4_minimal and its sisters send nothing themselves: they ask avahi-daemon over "
		"its socket. Without it they say UNAVAIL at once, [NOTFOUND=return] does not stop, "
		"and NAME.local goes to the DNS, where hosts of the local network are not known.\n\n"
		"People see that \"ping printer.local\" fails with \"Name or service not known\".\n\n"
		"Start avahi-daemon. Or write fopnp:mdns in an order of fopnp.conf: it asks the "
		"network itself where there is no avahi.",
		check_avahi_gone,
	},
	{
		"avahi-denied",
		FOPNP_WARNING,
		"this program may not connect to avahi",
		"The socket is there, and the system denies access to it: an AppArmor or SELinux "
		"policy, a snap or flatpak, or the mode of a directory. nss-mdns says UNAVAIL, and "
		"NAME.local goes to the DNS.",
		check_avahi_denied,
	},
	{
		"avahi-silent",
		FOPNP_ERROR,
		"avahi takes connections and does not answer",
		"nss-mdns reads from avahi's socket without any time limit: while the daemon hangs "
		"or is stopped, each lookup of a NAME.local hangs with it, for ever. fopnp:mdns "
		"gives up after mdns-timeout and asks the network itself.",
		check_avahi_silent,
	},
	{
		"avahi-other-namespace",
		FOPNP_WARNING,
		"avahi belongs to another network namespace",
		"Its socket is a file that both namespaces see. It answers for the hosts of the "
		"network that it was started in, and these may not be reachable from here.",
		check_avahi_namespace,
	},
	{
		"unicast-local-zone",
		FOPNP_WARNING,
		"the DNS has a zone local., and nss-mdns stands back",
		"Before mdns4_minimal asks avahi for NAME.local it asks the DNS for the SOA record "
		"of \"local.\". If there is one the administrator uses .local in the DNS, and "
		"nss-mdns leaves all of .local to it: printers and other hosts that only mDNS knows "
		"are not found. Routers of some providers answer that way, and then mDNS fails in "
		"that network alone.\n\n"
		"The question costs a query for each such lookup, and with a dead name server the "
		"full time-out.\n\n"
		"mdns4, without _minimal, leaves the question out where /etc/mdns.allow says which "
		"names it may ask for; behind dns it is asked for what the zone does not have.\n\n"
		"fopnp:mdns asks no such question: it asks the network for names of two labels. "
		"Names of a company's AD.local belong to the DNS: \"order .ad.local dns\" in "
		"fopnp.conf.",
		check_local_zone,
	},
	{
		"mdns-allow-unused",
		FOPNP_WARNING,
		"domains in /etc/mdns.allow, which none of the sources reads",
		"Only mdns, mdns4 and mdns6 read the file. Those with _minimal in their names, which "
		"distributions put on the line, ask for NAME.local and for link-local addresses and "
		"nothing else; further domains in the file have no effect.",
		check_allow_unused,
	},
	{
		"mdns-allow-all",
		FOPNP_WARNING,
		"\"*\" in /etc/mdns.allow",
		"A line with \"*\" alone makes mdns, mdns4 and mdns6 ask the local network for every "
		"name that comes to them. Nobody there says no: a name that does not exist costs 5 s "
		"per family. And any host in the network can answer for www.example.org.",
		check_allow_all,
	},
	{
		"resolved-not-running",
		FOPNP_WARNING,
		"resolve is on the line, and systemd-resolved does not run",
		"nss-resolve asks systemd-resolved over its varlink socket. Without it resolve says "
		"UNAVAIL; with \"resolve [!UNAVAIL=return] dns\" the lookup goes on to dns, which "
		"asks the servers of /etc/resolv.conf, often 127.0.0.53, where nobody is either.",
		check_resolved_gone,
	},
	{
		"resolved-denied",
		FOPNP_WARNING,
		"this program may not connect to systemd-resolved",
		"The socket is there, and the system denies access to it: a sandbox or the profile "
		"of a security module. resolve says UNAVAIL, and the next source is asked.",
		check_resolved_denied,
	},
	{
		"resolved-silent",
		FOPNP_ERROR,
		"systemd-resolved does not answer",
		"It was asked for localhost, which it knows without asking anybody, and had said "
		"nothing when the time was up. nss-resolve waits up to two minutes for it; through "
		"127.0.0.53 glibc waits 5 s, twice.",
		check_resolved_silent,
	},
	{
		"resolved-other-namespace",
		FOPNP_WARNING,
		"systemd-resolved belongs to another network namespace",
		"Its socket is a file in /run that both namespaces see: names are looked up by the "
		"servers and links of the network that it was started in. A VPN namespace leaks its "
		"queries that way, and names of its own network are not found.\n\n"
		"Hide /run/systemd/resolve in that namespace, so that \"resolve [!UNAVAIL=return] "
		"dns\" goes on to its own resolv.conf.",
		check_resolved_namespace,
	},
	{ 0 },
};
