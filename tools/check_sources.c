/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on the sources of an order, be it the hosts line or a line of fopnp.conf: which can be
 * loaded (glibc's nss/nss_module.c), which are reached, and which come first.
 */
#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/order.h"
#include "tools/check_orders.h"
#include "tools/check_rule.h"
#include "tools/check_system.h"
#include "tools/memory.h"
#include "tools/source_kind.h"

#include <nss.h>
#include <string.h>

/* ---- modules ---- */

/* Names of modules keep their letter case, and blanks stand between them. */
static bool is_misspelt(const char *source)
{
	static const char *const names[] = { "files", "dns", "resolve", "myhostname", "fopnp" };

	if (fopnp_source_is_built_in(source))
		return false;
	if (strpbrk(source, ",;:"))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(source, names[i]) != 0 &&
		    fopnp_ascii_equal_word(source, strlen(source), names[i]))
			return true;
	return false;
}

static void check_spelling(const struct fopnp_check_order *order, struct fopnp_findings *findings)
{
	for (size_t i = 0; i < order->count; i++) {
		const char *source = order->order->entries[i].source;
		struct fopnp_finding *added;

		if (!is_misspelt(source))
			continue;
		added = fopnp_findings_add(
			findings, "source-misspelt", FOPNP_ERROR,
			"glibc looks for a module of the name \"%s\", letter for "
			"letter, and there is none: nobody is asked",
			source);
		fopnp_finding_set_fix(added, "write sources in small letters, with blanks between "
					     "them: files dns");
		fopnp_check_place_at(added, order);
		return;
	}
}

static void check_all_spelling(const struct fopnp_check_system *system,
			       struct fopnp_findings *findings)
{
	fopnp_check_each_order(system, check_spelling, findings);
}

/* Debian's packages; other systems' have much the same names. */
static const char *package_of(const char *source)
{
	static const struct {
		const char *source, *package;
	} packages[] = {
		{ "resolve", "libnss-resolve" },
		{ "myhostname", "libnss-myhostname" },
		{ "mymachines", "libnss-mymachines" },
		{ "libvirt", "libnss-libvirt" },
		{ "libvirt_guest", "libnss-libvirt" },
		{ "wins", "libnss-winbind" },
		{ "sss", "libnss-sss" },
		{ "ldap", "libnss-ldapd" },
		{ "docker", "libnss-docker" },
		{ "tls", "libnss-tls" },
		{ "nis", "libnss-nis" },
		{ "gw_name", "libnss-gw-name" },
		{ "nisplus", "libnss-nisplus" },
	};

	if (fopnp_source_is_nss_mdns(source))
		return "libnss-mdns";
	for (size_t i = 0; i < sizeof(packages) / sizeof(*packages); i++)
		if (strcmp(source, packages[i].source) == 0)
			return packages[i].package;
	return NULL;
}

/* It was loaded, and is of no use here: see has_function() of check_system_modules.c. */
static bool lacks_functions(const struct fopnp_check_module *module)
{
	return module->error && strstr(module->error, "has no function that looks up host names");
}

static void set_module_fix(const struct fopnp_check_module *module, struct fopnp_finding *finding)
{
	const char *package = package_of(module->source);
	const char *error = module->error ? module->error : "";

	if (strcmp(module->source, "fopnp:dns") == 0)
		fopnp_finding_set_fix(finding,
				      "reinstall the package of fopnp: fopnp/dns.so belongs beside "
				      "libnss_fopnp.so.2; or take fopnp:dns out of the order");
	else if (fopnp_source_is_built_in(module->source))
		fopnp_finding_set_fix(finding, "write fopnp:hosts, fopnp:mdns or fopnp:dns");
	else if (lacks_functions(module))
		fopnp_finding_set_fix(finding, "take %s out of the line", module->source);
	else if (strstr(error, "ELFCLASS"))
		fopnp_finding_set_fix(finding,
				      "install %s for the architecture of the programs, too",
				      package ? package : module->library);
	else if (strstr(error, "cannot open shared object file") || !package)
		fopnp_finding_set_fix(finding, "install %s, or take %s out of the line",
				      package ? package : module->library, module->source);
	else
		fopnp_finding_set_fix(finding, "reinstall %s, or take %s out of the line", package,
				      module->source);
}

static bool is_last_of_line(const struct fopnp_check_system *system, const char *source)
{
	struct fopnp_check_order line;

	return fopnp_check_order(system, 0, &line) && line.count > 0 &&
	       strcmp(line.order->entries[line.count - 1].source, source) == 0;
}

/* Modules of users, groups and the like, without a function for hosts. */
static bool is_without_hosts(const char *source)
{
	static const char *const names[] = { "compat", "db",         "systemd",
					     "hesiod", "extrausers", "winbind" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(source, names[i]) == 0)
			return true;
	return false;
}

static void check_modules(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	size_t at;

	for (size_t i = 0; i < system->module_count && i < FOPNP_CHECK_SOURCES; i++) {
		const struct fopnp_check_module *module = &system->modules[i];
		struct fopnp_finding *added;

		if (module->is_loadable || strcmp(module->source, "fopnp") == 0 ||
		    is_misspelt(module->source) || is_without_hosts(module->source) ||
		    !fopnp_check_asks(system, module->source))
			continue; /* module-inactive, source-misspelt, source-without-hosts,
				     comment-on-hosts-line */
		if (fopnp_source_is_built_in(module->source) &&
		    fopnp_check_finds_on_line(system, module->source, &at))
			continue; /* built-in-without-fopnp tells */
		added = fopnp_findings_add(
			findings, "source-not-loaded", FOPNP_WARNING,
			lacks_functions(module) ? "%s never answers%s%s%s"
						: "%s cannot be loaded, so it never answers%s%s%s",
			module->source,
			is_last_of_line(system, module->source)
				? ", and a name that nobody has becomes a system failure"
				: "",
			module->error ? ": " : "", module->error ? module->error : "");
		set_module_fix(module, added);
		fopnp_check_place_at_source(added, system, module->source);
	}
}

static void check_foreign(const struct fopnp_check_order *order, struct fopnp_findings *findings)
{
	for (size_t i = 0; i < order->count; i++) {
		const char *source = order->order->entries[i].source;
		struct fopnp_finding *added;

		if (!is_without_hosts(source))
			continue;
		added = fopnp_findings_add(findings, "source-without-hosts", FOPNP_WARNING,
					   "%s is no source of host names: its module has no "
					   "function for them, so it never answers",
					   source);
		fopnp_finding_set_fix(added, "take %s out of the hosts line", source);
		fopnp_check_place_at(added, order);
		return;
	}
}

static void check_foreign_sources(const struct fopnp_check_system *system,
				  struct fopnp_findings *findings)
{
	fopnp_check_each_order(system, check_foreign, findings);
}

/* ---- what is reached ---- */

static bool returns_on(const struct fopnp_order_entry *entry, int status)
{
	return fopnp_order_action(entry, status) == FOPNP_ACTION_RETURN;
}

static bool is_mdns(const char *source)
{
	return fopnp_source_is_nss_mdns(source) || strcmp(source, "fopnp:mdns") == 0;
}

/*
 * Sources of local names alone, which say NOTFOUND to all others.  nss-mdns says UNAVAIL there; a
 * directory (sss, ldap, nis), or a module that is not known here (tls), may speak for all names.
 */
static bool denies_all_others(const char *source)
{
	static const char *const names[] = {
		"myhostname", "mymachines", "libvirt", "libvirt_guest", "docker", "gw_name", "wins",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(source, names[i]) == 0)
			return true;
	return fopnp_source_is_hosts(source);
}

/* What it denies may be the last word on any name. */
static bool may_speak_for_all(const char *source)
{
	return !denies_all_others(source) && !is_mdns(source) && strcmp(source, "fopnp") != 0;
}

static bool ends_always(const struct fopnp_order_entry *entry)
{
	return returns_on(entry, NSS_STATUS_NOTFOUND) && returns_on(entry, NSS_STATUS_UNAVAIL) &&
	       returns_on(entry, NSS_STATUS_TRYAGAIN) &&
	       fopnp_order_action(entry, NSS_STATUS_SUCCESS) != FOPNP_ACTION_CONTINUE;
}

static bool hides_dns(const struct fopnp_check_order *order, size_t at)
{
	for (size_t i = 0; i <= at; i++)
		if (fopnp_check_is_dns_like(order->order->entries[i].source))
			return false;
	for (size_t i = at + 1; i < order->count; i++)
		if (fopnp_check_is_dns_like(order->order->entries[i].source))
			return true;
	return false;
}

static void check_reached(const struct fopnp_check_order *order, struct fopnp_findings *findings)
{
	for (size_t i = 0; i + 1 < order->count; i++) {
		const struct fopnp_order_entry *entry = &order->order->entries[i];
		bool is_end = ends_always(entry);
		FOPNP_AUTO_FREE char *behind = NULL;
		struct fopnp_finding *added;

		if (strcmp(entry->source, "fopnp") == 0) /* it runs what stands behind it */
			continue;
		if (!is_end &&
		    !(returns_on(entry, NSS_STATUS_NOTFOUND) && denies_all_others(entry->source)))
			continue;
		behind = fopnp_check_list_sources(order, i + 1, NULL);
		added = fopnp_findings_add(
			findings, "source-never-reached",
			hides_dns(order, i) ? FOPNP_ERROR : FOPNP_WARNING,
			"nothing behind %s is ever asked (%s): %s", entry->source, behind,
			is_end ? "its bracket ends every lookup"
			       : "it says NOTFOUND to every name that is not its own, and its "
				 "bracket ends the lookup there");
		fopnp_finding_set_fix(added, "take the bracket behind %s out", entry->source);
		fopnp_check_place_at(added, order);
		return;
	}
}

static void check_all_reached(const struct fopnp_check_system *system,
			      struct fopnp_findings *findings)
{
	fopnp_check_each_order(system, check_reached, findings);
}

/* What systemd-resolved does itself, and its own manual puts behind it for when it is not there. */
static bool is_fall_back_of_resolved(const char *source)
{
	return fopnp_source_is_dns(source) || fopnp_source_is_hosts(source) ||
	       strcmp(source, "myhostname") == 0;
}

static void check_reached_late(const struct fopnp_check_order *order,
			       struct fopnp_findings *findings)
{
	for (size_t i = 0; i + 1 < order->count; i++) {
		const struct fopnp_order_entry *entry = &order->order->entries[i];
		FOPNP_AUTO_FREE char *behind = NULL;
		struct fopnp_finding *added;

		if (!may_speak_for_all(entry->source) || !returns_on(entry, NSS_STATUS_NOTFOUND) ||
		    ends_always(entry))
			continue;
		behind = fopnp_check_list_sources(
			order, i + 1,
			strcmp(entry->source, "resolve") == 0 ? is_fall_back_of_resolved
			: fopnp_source_is_dns(entry->source)  ? fopnp_source_is_hosts
							      : NULL);
		if (!*behind)
			continue;
		added = fopnp_findings_add(findings, "source-fall-back-only", FOPNP_INFO,
					   "of what stands behind %s, %s: asked only where %s "
					   "cannot answer at all, for no name that it denies",
					   entry->source, behind, entry->source);
		fopnp_finding_set_fix(added,
				      "if it is to answer names that %s does not know, put "
				      "it in front of %s",
				      entry->source, entry->source);
		fopnp_check_place_at(added, order);
		return;
	}
}

static void check_all_reached_late(const struct fopnp_check_system *system,
				   struct fopnp_findings *findings)
{
	fopnp_check_each_order(system, check_reached_late, findings);
}

static void check_twice(const struct fopnp_check_order *order, struct fopnp_findings *findings)
{
	for (size_t i = 1; i < order->count; i++) {
		const char *source = order->order->entries[i].source;
		struct fopnp_finding *added;

		if (fopnp_order_find(order->order, source) == i || strcmp(source, "fopnp") == 0)
			continue;
		added = fopnp_findings_add(findings, "source-twice", FOPNP_WARNING,
					   "%s stands there twice: a name that it does not know "
					   "takes it twice the time",
					   source);
		fopnp_finding_set_fix(added, "take one of them out");
		fopnp_check_place_at(added, order);
		return;
	}
}

static void check_all_twice(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	fopnp_check_each_order(system, check_twice, findings);
}

/* getaddrinfo() starts anew with each source (nss/getaddrinfo.c: get_nss_addresses). */
static void check_success(const struct fopnp_check_order *order, struct fopnp_findings *findings)
{
	for (size_t i = 0; i + 1 < order->count; i++) {
		const struct fopnp_order_entry *entry = &order->order->entries[i];
		struct fopnp_finding *added;

		if (fopnp_order_action(entry, NSS_STATUS_SUCCESS) != FOPNP_ACTION_CONTINUE)
			continue;
		added = fopnp_findings_add(findings, "success-continues", FOPNP_ERROR,
					   "what %s finds is thrown away: its bracket goes on to "
					   "the next source where it succeeds, too",
					   entry->source);
		fopnp_finding_set_fix(added,
				      "take it out of the bracket (\"!STATUS=continue\" means "
				      "SUCCESS, too)");
		fopnp_check_place_at(added, order);
		return;
	}
}

static void check_all_success(const struct fopnp_check_system *system,
			      struct fopnp_findings *findings)
{
	fopnp_check_each_order(system, check_success, findings);
}

/* ---- which sources, and which first ---- */

static size_t find_kind(const struct fopnp_check_order *order, bool (*is_of_kind)(const char *))
{
	size_t at = 0;

	while (at < order->count && !is_of_kind(order->order->entries[at].source))
		at++;
	return at;
}

static void check_dns_first(const struct fopnp_check_order *order, struct fopnp_findings *findings)
{
	size_t dns = find_kind(order, fopnp_source_is_dns);
	size_t files = find_kind(order, fopnp_source_is_hosts);
	size_t resolve = fopnp_order_find(order->order, "resolve");
	struct fopnp_finding *added;

	/* A domain of its own may be given to the DNS; resolved reads the file itself. */
	if (order->domain || files >= order->count || dns > files || resolve < files)
		return;
	added = fopnp_findings_add(findings, "dns-before-files", FOPNP_WARNING,
				   "%s stands before %s: every name, localhost too, is asked of a "
				   "server first, and a line of /etc/hosts counts only where the "
				   "DNS has nothing",
				   order->order->entries[dns].source,
				   order->order->entries[files].source);
	fopnp_finding_set_fix(added, "put %s in front of %s", order->order->entries[files].source,
			      order->order->entries[dns].source);
	fopnp_check_place_at(added, order);
}

static void check_all_dns_first(const struct fopnp_check_system *system,
				struct fopnp_findings *findings)
{
	fopnp_check_each_order(system, check_dns_first, findings);
}

/* Sources that cannot stand in for DNS, or that do: with another one nobody knows. */
static bool is_well_known(const char *source)
{
	return fopnp_check_is_dns_like(source) || fopnp_source_is_hosts(source) ||
	       is_mdns(source) || is_without_hosts(source) || strcmp(source, "fopnp") == 0 ||
	       strcmp(source, "myhostname") == 0 || strcmp(source, "mymachines") == 0 ||
	       strcmp(source, "libvirt") == 0 || strcmp(source, "libvirt_guest") == 0 ||
	       strcmp(source, "docker") == 0;
}

static bool is_not_well_known(const char *source)
{
	return !is_well_known(source);
}

static void check_no_dns(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	bool has_servers = system->resolv.server_count > 0;
	struct fopnp_check_order line;
	struct fopnp_finding *added;

	if (!fopnp_check_order(system, 0, &line) || line.count == 0 ||
	    fopnp_check_asks_kind(system, fopnp_check_is_dns_like) ||
	    fopnp_check_asks_kind(system, is_not_well_known))
		return;
	added = fopnp_findings_add(findings, "no-dns-source",
				   has_servers ? FOPNP_WARNING : FOPNP_INFO,
				   "no source asks the DNS%s: names of the internet are not found",
				   has_servers ? ", although resolv.conf has name servers" : "");
	fopnp_finding_set_fix(added, "if they are to be found, put dns at the end of the line");
	fopnp_check_place_at(added, &line);
}

static void check_no_files(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_check_order line;
	struct fopnp_finding *added;

	if (!fopnp_check_order(system, 0, &line) || line.count == 0 || system->hosts.entries == 0 ||
	    fopnp_check_asks_kind(system, fopnp_source_is_hosts) ||
	    fopnp_check_asks(system, "resolve"))
		return;
	added = fopnp_findings_add(findings, "no-hosts-source", FOPNP_WARNING,
				   "no source reads /etc/hosts: its lines, localhost among them, "
				   "count for nothing");
	fopnp_finding_set_fix(added, "put files at the head of the line");
	fopnp_check_place_at(added, &line);
}

/* ---- multicast DNS and systemd-resolved ---- */

/* README.Debian of libnss-mdns: its modules without a 4 ask for IPv6 addresses, too. */
static void check_mdns_wait(const struct fopnp_check_order *order, struct fopnp_findings *findings)
{
	for (size_t i = 0; i < order->count; i++) {
		const char *source = order->order->entries[i].source;
		struct fopnp_finding *added;

		if (!fopnp_source_is_nss_mdns(source) || strncmp(source, "mdns4", 5) == 0)
			continue;
		added = fopnp_findings_add(
			findings, "mdns-wait", FOPNP_INFO,
			"%s asks for IPv6 addresses, too: a host of .local that has none costs 5 s, "
			"since nobody replies that there is none",
			source);
		fopnp_finding_set_fix(added, "write mdns4%s instead",
				      strstr(source, "_minimal") ? "_minimal" : "");
		fopnp_check_place_at(added, order);
		return;
	}
}

static void check_all_mdns_wait(const struct fopnp_check_system *system,
				struct fopnp_findings *findings)
{
	fopnp_check_each_order(system, check_mdns_wait, findings);
}

static void check_mdns_place(const struct fopnp_check_order *order, struct fopnp_findings *findings)
{
	size_t mdns = find_kind(order, is_mdns);
	size_t dns = find_kind(order, fopnp_check_is_dns_like);
	const struct fopnp_order_entry *entry;
	struct fopnp_finding *added;

	if (mdns == order->count || dns == order->count)
		return;
	entry = &order->order->entries[mdns];
	if (dns < mdns) {
		added = fopnp_findings_add(
			findings, "mdns-behind-dns", FOPNP_INFO,
			"%s stands behind %s, which is asked for names of .local "
			"first: they take longer, and leave this network",
			entry->source, order->order->entries[dns].source);
		fopnp_finding_set_fix(added, "write %s [NOTFOUND=return] in front of %s",
				      entry->source, order->order->entries[dns].source);
	} else if (!returns_on(entry, NSS_STATUS_NOTFOUND)) {
		added = fopnp_findings_add(findings, "mdns-behind-dns", FOPNP_INFO,
					   "without [NOTFOUND=return] behind %s, %s is asked for "
					   "names of .local that nobody here has",
					   entry->source, order->order->entries[dns].source);
		fopnp_finding_set_fix(added, "write %s [NOTFOUND=return]", entry->source);
	} else {
		return;
	}
	fopnp_check_place_at(added, order);
}

static void check_all_mdns_places(const struct fopnp_check_system *system,
				  struct fopnp_findings *findings)
{
	/* Its names belong to the DNS: see unicast-local-zone. */
	if (!system->has_local_domain)
		fopnp_check_each_order(system, check_mdns_place, findings);
}

static void check_resolve(const struct fopnp_check_order *order, struct fopnp_findings *findings)
{
	size_t resolve = fopnp_order_find(order->order, "resolve");
	size_t dns = find_kind(order, fopnp_source_is_dns);
	struct fopnp_finding *added;

	if (resolve >= order->count || dns == order->count || dns < resolve ||
	    returns_on(&order->order->entries[resolve], NSS_STATUS_NOTFOUND))
		return;
	added = fopnp_findings_add(
		findings, "resolve-falls-through", FOPNP_WARNING,
		"without [!UNAVAIL=return] behind resolve, %s is asked once more "
		"for each name that systemd-resolved denies",
		order->order->entries[dns].source);
	fopnp_finding_set_fix(added, "write resolve [!UNAVAIL=return]");
	fopnp_check_place_at(added, order);
}

static void check_all_resolve(const struct fopnp_check_system *system,
			      struct fopnp_findings *findings)
{
	fopnp_check_each_order(system, check_resolve, findings);
}

/* ---- the rules ---- */

const struct fopnp_check_rule FOPNP_CHECK_SOURCE_RULES[] = {
	{
		"source-misspelt",
		FOPNP_ERROR,
		"a source that is meant to be another word",
		"The name of a source is part of a file's name: \"DNS\" makes glibc look for "
		"libnss_DNS.so.2. Sources are separated by blanks: \"files,dns\" is one source. "
		"glibc says nothing where it finds no such module, and goes on without it.",
		check_all_spelling,
	},
	{
		"source-not-loaded",
		FOPNP_WARNING,
		"a source's module cannot be loaded",
		"glibc loads libnss_SOURCE.so.2 when the first name is looked up. If that fails it "
		"says nothing, takes the source as UNAVAIL, and does not try again in that "
		"process. Where the source stands last, a name that nobody has becomes a system "
		"failure (EAI_SYSTEM) instead of \"not found\".\n\n"
		"The text has the loader's own message: the file is missing, is of another "
		"architecture (programs of 32 bits need a copy of their own), or lacks a library. "
		"The names of sources are those of files: letter case counts, and blanks stand "
		"between them.",
		check_modules,
	},
	{
		"source-without-hosts",
		FOPNP_WARNING,
		"a source that knows no hosts",
		"compat, db, systemd, hesiod, extrausers and winbind serve users, groups and the like. "
		"On the hosts line such a source is loaded and then has no function to call.",
		check_foreign_sources,
	},
	{
		"source-never-reached",
		FOPNP_ERROR,
		"sources that no lookup ever comes to",
		"[STATUS=return] ends a lookup at that source. The modules files, myhostname, docker and "
		"others of local names say NOTFOUND to every name that they do not have: with "
		"[NOTFOUND=return] behind them nothing that follows is ever asked. Of the others nss-mdns, "
		"systemd-resolved and the DNS tell \"no such name\" from \"not for me to say\".",
		check_all_reached,
	},
	{
		"source-fall-back-only",
		FOPNP_INFO,
		"sources that are asked only where another one cannot answer",
		"Behind \"resolve [!UNAVAIL=return]\", \"dns [NOTFOUND=return]\" or \"nis "
		"[NOTFOUND=return]\" a source is asked only while systemd-resolved does not run, "
		"or no server answers. It cannot add names to those that they know.",
		check_all_reached_late,
	},
	{
		"source-twice",
		FOPNP_WARNING,
		"a source stands twice in one order",
		"glibc asks it twice, and where it knows nothing the second answer is the first. "
		"With dns that doubles the wait for servers that do not answer.",
		check_all_twice,
	},
	{
		"success-continues",
		FOPNP_ERROR,
		"a source's answers are thrown away",
		"With SUCCESS=continue getaddrinfo goes on to the next source after an answer, and "
		"keeps that one's result instead. \"!STATUS=continue\" sets the action of all other "
		"statuses, SUCCESS among them: for \"go on only if\" write \"!STATUS=return\".",
		check_all_success,
	},
	{
		"dns-before-files",
		FOPNP_WARNING,
		"DNS is asked before /etc/hosts",
		"Each name, the host's own and localhost included, is first asked of a name server: "
		"that costs time, tells the server, and gives its answer priority over /etc/hosts. "
		"While no server answers each lookup waits for it.\n\n"
		"c-ares up to 1.27 (aria2, wireshark, grpc) knows only the letters f and d of such "
		"a line. Behind fopnp it always reads the file first.",
		check_all_dns_first,
	},
	{
		"no-dns-source",
		FOPNP_WARNING,
		"no source asks the DNS",
		"Only names in local files, and of local services, are found. That can be meant so "
		"on a machine without a network; with name servers in resolv.conf it hardly is.",
		check_no_dns,
	},
	{
		"no-hosts-source",
		FOPNP_WARNING,
		"no source reads /etc/hosts",
		"The file has lines, and neither files, fopnp:hosts nor resolve stands in an order. "
		"localhost and the host's own name are then asked of the DNS, unless myhostname "
		"answers for them.",
		check_no_files,
	},
	{
		"mdns-wait",
		FOPNP_INFO,
		"mDNS is asked for IPv6 addresses",
		"In multicast DNS nobody says no. mdns, mdns_minimal and the modules with a 6 ask "
		"for an IPv6 address as well, and wait 5 s where a host has none; lookups that ask "
		"for both families wait, too. mdns4 and mdns4_minimal ask for IPv4 alone.\n\n"
		"Some distributions write it so. It costs nothing where no name of .local is used; a "
		"trace of one shows what was waited.",
		check_all_mdns_wait,
	},
	{
		"mdns-behind-dns",
		FOPNP_INFO,
		"names of .local go to DNS servers",
		"The domain .local belongs to multicast DNS (RFC 6762). With mdns4_minimal "
		"[NOTFOUND=return] in front of dns, names of two labels in it never leave the "
		"network; otherwise servers outside are asked for them, and can answer.\n\n"
		"If the DNS has a zone of that name here, leave it as it is.",
		check_all_mdns_places,
	},
	{
		"resolve-falls-through",
		FOPNP_WARNING,
		"names that systemd-resolved denies are asked again",
		"resolve says NOTFOUND where systemd-resolved knows that there is no such name. "
		"Without [!UNAVAIL=return] glibc goes on to dns, which asks the servers of "
		"resolv.conf the same, outside of resolved's routes and cache.",
		check_all_resolve,
	},
	{ 0 },
};
