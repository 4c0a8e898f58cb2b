/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on what goes past the files: browsers, the environment, other languages' resolvers. */
#include "tools/check_orders.h"
#include "tools/check_rule.h"
#include "tools/check_system.h"
#include "tools/memory.h"
#include "tools/source_kind.h"

#include <stddef.h>
#include <string.h>

/* ---- browsers ---- */

static void check_browsers(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	for (size_t i = 0; i < system->browser_count; i++) {
		const struct fopnp_check_browser *browser = &system->browsers[i];
		struct fopnp_finding *added = fopnp_findings_add(
			findings, "browser-own-dns",
			browser->is_exclusive ? FOPNP_WARNING : FOPNP_INFO,
			"%s asks a DNS server of its own over HTTPS (%s)%s: /etc/hosts and names of "
			"this network count for nothing there",
			browser->program, browser->setting,
			browser->is_exclusive ? ", and never the system" : " first");

		if (strcmp(browser->program, "Firefox") == 0)
			fopnp_finding_set_fix(added, "turn DNS over HTTPS off in its settings "
						     "(network.trr.mode 5)");
		else
			fopnp_finding_set_fix(added, "set DnsOverHttpsMode to \"off\" there");
		fopnp_finding_set_place(added, browser->file, browser->line);
	}
}

/* ---- the environment ---- */

static void note_variable(struct fopnp_findings *findings, const char *id,
			  enum fopnp_severity severity, const char *variable, const char *value,
			  const char *words)
{
	struct fopnp_finding *added;

	if (!value)
		return;
	added = fopnp_findings_add(findings, id, severity, "%s=%s in the environment %s", variable,
				   value, words);
	fopnp_finding_set_fix(added, "unset %s to see what other programs get", variable);
}

static void check_host_aliases(const struct fopnp_check_system *system,
			       struct fopnp_findings *findings)
{
	if (fopnp_check_asks_kind(system, fopnp_source_is_dns))
		note_variable(findings, "host-aliases-set", FOPNP_WARNING, "HOSTALIASES",
			      system->environment.host_aliases,
			      "names a file that turns names without a dot into others before the "
			      "DNS is asked");
}

static void check_local_domain(const struct fopnp_check_system *system,
			       struct fopnp_findings *findings)
{
	if (fopnp_check_asks_kind(system, fopnp_source_is_dns))
		note_variable(findings, "local-domain-set", FOPNP_WARNING, "LOCALDOMAIN",
			      system->environment.local_domain,
			      "stands in the place of the search list of /etc/resolv.conf, and "
			      "keeps programs from nscd");
}

static void check_res_options(const struct fopnp_check_system *system,
			      struct fopnp_findings *findings)
{
	if (fopnp_check_asks_kind(system, fopnp_source_is_dns))
		note_variable(findings, "res-options-set", FOPNP_INFO, "RES_OPTIONS",
			      system->environment.res_options,
			      "changes the options of /etc/resolv.conf");
}

/* resolv/res_hconf.c: do_init() */
static void check_host_conf_variables(const struct fopnp_check_system *system,
				      struct fopnp_findings *findings)
{
	const struct fopnp_check_environment *environment = &system->environment;
	const struct {
		const char *variable, *value, *words;
	} variables[] = {
		{ "RESOLV_HOST_CONF", environment->resolv_host_conf,
		  "names the file that is read in the place of /etc/host.conf" },
		{ "RESOLV_MULTI", environment->resolv_multi,
		  "counts for more than multi in /etc/host.conf" },
		{ "RESOLV_REORDER", environment->resolv_reorder,
		  "counts for more than reorder in /etc/host.conf" },
		{ "RESOLV_ADD_TRIM_DOMAINS", environment->resolv_add_trim_domains,
		  "adds to trim in /etc/host.conf" },
		{ "RESOLV_OVERRIDE_TRIM_DOMAINS", environment->resolv_override_trim_domains,
		  "counts for more than trim in /etc/host.conf" },
	};

	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
		note_variable(findings, "host-conf-variable-set", FOPNP_INFO, variables[i].variable,
			      variables[i].value, variables[i].words);
}

/* ---- Go ---- */

/* Go's net/conf.go knows these; with any other word on the line it leaves lookups to libc. */
static bool is_known_to_go(const char *source)
{
	static const char *const known[] = { "files", "dns", "myhostname" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(source, known[i]) == 0)
			return true;
	return strncmp(source, "mdns", 4) == 0;
}

static void check_go(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_check_order line;
	struct fopnp_finding *added;
	const char *unknown = NULL;

	if (!fopnp_check_order(system, 0, &line))
		return;
	for (size_t i = 0; i < line.count && !unknown; i++)
		if (!is_known_to_go(line.order->entries[i].source))
			unknown = line.order->entries[i].source;
	/* A line without fopnp is the distribution's own choice. */
	if (!unknown || strcmp(unknown, "fopnp") != 0)
		return;
	added = fopnp_findings_add(
		findings, "go-leaves-names-to-libc", FOPNP_INFO,
		"Go programs do not know the word fopnp: those with cgo look names "
		"up through libc, and so through fopnp; those without go by "
		"\"files, dns\" of their own");
	fopnp_finding_set_fix(added,
			      "fopnp check --program PATH says which of the two a program is");
	fopnp_check_place_at(added, &line);
}

/* ---- the rules ---- */

const struct fopnp_check_rule FOPNP_CHECK_OTHER_RULES[] = {
	{
		"browser-own-dns",
		FOPNP_WARNING,
		"a browser asks DNS servers of its own",
		"With DNS over HTTPS a browser asks a server on the internet, past nsswitch.conf, "
		"/etc/hosts, mDNS and the servers of resolv.conf: block lists and names of the "
		"office have no effect there. With network.trr.mode 2 Firefox asks the system where "
		"its server has no answer, with 3 never.\n\n"
		"check looks into the profiles that it may read, and into the policies that an "
		"administrator has set.",
		check_browsers,
	},
	{
		"host-aliases-set",
		FOPNP_WARNING,
		"HOSTALIASES is set",
		"The variable names a file of pairs \"alias name\". glibc's resolver replaces a name "
		"without a dot by its pair before it asks; see hostname(7). Programs that are setuid "
		"do not obey it, and programs of other users do not have it.",
		check_host_aliases,
	},
	{
		"local-domain-set",
		FOPNP_WARNING,
		"LOCALDOMAIN is set",
		"Its domains are the search list, whatever resolv.conf says, for programs that have "
		"the variable. Such programs also ask no nscd.",
		check_local_domain,
	},
	{
		"res-options-set",
		FOPNP_INFO,
		"RES_OPTIONS is set",
		"Its words are read behind the options of resolv.conf, in programs that have the "
		"variable: ndots, timeout, attempts and the like differ from those of other "
		"programs.",
		check_res_options,
	},
	{
		"host-conf-variable-set",
		FOPNP_INFO,
		"a variable changes what host.conf says",
		"RESOLV_HOST_CONF, RESOLV_MULTI, RESOLV_REORDER, RESOLV_ADD_TRIM_DOMAINS and "
		"RESOLV_OVERRIDE_TRIM_DOMAINS act in programs that have them; see host.conf(5).",
		check_host_conf_variables,
	},
	{
		"go-leaves-names-to-libc",
		FOPNP_INFO,
		"Go programs take another way with fopnp on the line",
		"Go reads nsswitch.conf itself, and answers files and dns by its own code. A word "
		"that it does not know makes it call libc's getaddrinfo, if the program was built "
		"with cgo: such programs come to fopnp, as all others do. A program built without "
		"cgo (CGO_ENABLED=0) reads files, then asks the DNS, and fopnp sees none of it.",
		check_go,
	},
	{ 0 },
};
