/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of `fopnp check` on what systemd-resolved is told to do, see check_rule.h. */
#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/order.h"
#include "tools/check_orders.h"
#include "tools/check_resolved_conf.h"
#include "tools/check_rule.h"
#include "tools/check_servers.h"
#include "tools/check_system.h"
#include "tools/host_name.h"
#include "tools/source_kind.h"

#include <nss.h>
#include <stdbool.h>
#include <string.h>

/* As systemd's parse_boolean() knows them. */
static bool is_boolean(const struct fopnp_check_setting *setting, bool is_on)
{
	static const char *const words[2][6] = {
		{ "no", "false", "off", "n", "f", "0" },
		{ "yes", "true", "on", "y", "t", "1" },
	};

	for (size_t i = 0; i < 6; i++)
		if (fopnp_ascii_equal_word(setting->value, setting->len, words[is_on][i]))
			return true;
	return false;
}

/* ---- its stub ---- */

static void check_stub_listener(const struct fopnp_check_system *system,
				struct fopnp_findings *findings)
{
	const struct fopnp_check_server *stub = fopnp_check_find_stub(system);
	struct fopnp_check_setting setting;
	struct fopnp_finding *added;

	/* Another server may be there. */
	if (!stub || stub->state == FOPNP_CHECK_THERE ||
	    !fopnp_check_resolved_setting(system, "DNSStubListener", &setting) ||
	    !is_boolean(&setting, false))
		return;
	added = fopnp_findings_add(findings, "stub-listener-off", FOPNP_ERROR,
				   "systemd-resolved is told not to listen at %s, which "
				   "/etc/resolv.conf names as the server",
				   stub->text);
	fopnp_finding_set_fix(added, "take the line out and restart systemd-resolved; or link "
				     "/etc/resolv.conf to /run/systemd/resolve/resolv.conf");
	fopnp_finding_set_place(added, setting.file, setting.line);
}

/* ---- what it answers by itself, in the place of the sources behind resolve ---- */

/* Where resolve stands in the first order for all names; false: in none. */
static bool find_resolve(const struct fopnp_check_system *system,
			 struct fopnp_check_order *out_order, size_t *out_at)
{
	for (size_t i = 0; fopnp_check_order(system, i, out_order); i++) {
		*out_at = fopnp_order_find(out_order->order, "resolve");
		if (!out_order->domain && *out_at < out_order->count)
			return true;
	}
	return false;
}

static bool is_final(const struct fopnp_check_order *order, size_t at)
{
	return fopnp_order_action(&order->order->entries[at], NSS_STATUS_NOTFOUND) ==
	       FOPNP_ACTION_RETURN;
}

/* Whether a source of that kind is asked for names that resolve denies, or for all before it. */
static bool is_asked_too(const struct fopnp_check_order *order, size_t resolve,
			 bool (*is_of_kind)(const char *source))
{
	size_t end = is_final(order, resolve) ? resolve : order->count;

	for (size_t i = 0; i < end; i++)
		if (is_of_kind(order->order->entries[i].source))
			return true;
	return false;
}

static void check_hosts(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_check_order order;
	struct fopnp_check_setting setting;
	struct fopnp_finding *added;
	size_t at;

	/* Without lines of other hosts nothing is lost: it knows localhost and its own name. */
	if (system->resolved == FOPNP_CHECK_ABSENT || system->hosts.sample_count == 0 ||
	    !find_resolve(system, &order, &at) || is_asked_too(&order, at, fopnp_source_is_hosts) ||
	    !fopnp_check_resolved_setting(system, "ReadEtcHosts", &setting) ||
	    !is_boolean(&setting, false))
		return;
	added = fopnp_findings_add(findings, "resolved-ignores-hosts", FOPNP_WARNING,
				   "systemd-resolved is told not to read /etc/hosts, and no other "
				   "source reads it while resolve answers: %s and all others of "
				   "its lines are without effect",
				   system->hosts.sample[0].name);
	fopnp_finding_set_fix(added, "put files in front of resolve; or take the line out and "
				     "restart systemd-resolved");
	fopnp_finding_set_place(added, setting.file, setting.line);
}

/* ---- what it does not ask name servers for ---- */

/* "local", "corp.local", of either kind; and "~.", which takes all names. */
static bool takes_local(const char *word, size_t len)
{
	const char *end = word + len;
	size_t local_len = strlen("local");

	if (len > 0 && *word == '~')
		word++;
	if (end - word == 1 && *word == '.')
		return true;
	if (end > word && end[-1] == '.')
		end--;
	return (size_t)(end - word) >= local_len &&
	       fopnp_ascii_equal_word(end - local_len, local_len, "local") &&
	       ((size_t)(end - word) == local_len || end[-(ptrdiff_t)local_len - 1] == '.');
}

static bool is_local_searched(const struct fopnp_check_system *system)
{
	for (size_t i = 0; i < system->resolv.search_count; i++)
		if (takes_local(system->resolv.search[i], strlen(system->resolv.search[i])))
			return true;
	return fopnp_check_resolved_has_word(system, "Domains", takes_local);
}

static void check_local(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_check_order order;
	struct fopnp_finding *added;
	size_t at;

	if (!system->has_local_domain || system->resolved == FOPNP_CHECK_ABSENT ||
	    !find_resolve(system, &order, &at) || is_asked_too(&order, at, fopnp_source_is_dns) ||
	    is_local_searched(system))
		return;
	added = fopnp_findings_add(
		findings, "resolved-no-route", FOPNP_INFO,
		"local. exists in the DNS here, and systemd-resolved keeps names "
		"of .local from the DNS, unless a link has that domain: those of "
		"the zone are not found");
	fopnp_finding_set_fix(added, "if the zone has names that are needed, write Domains=~local "
				     "into resolved.conf and restart systemd-resolved");
	fopnp_check_place_at(added, &order);
}

/* Its own file has "search ." where there is none. */
static bool is_domain(const char *word, size_t len)
{
	return len > 0 && *word != '~' && !(len == 1 && *word == '.');
}

static bool has_search_domain(const struct fopnp_check_system *system)
{
	for (size_t i = 0; i < system->resolv.search_count; i++)
		if (is_domain(system->resolv.search[i], strlen(system->resolv.search[i])))
			return true;
	return fopnp_check_resolved_has_word(system, "Domains", is_domain);
}

static void check_single_label(const struct fopnp_check_system *system,
			       struct fopnp_findings *findings)
{
	struct fopnp_check_order order;
	struct fopnp_check_setting setting;
	struct fopnp_finding *added;
	size_t at;

	/* The search list of an image comes when it is run. */
	if (system->resolved != FOPNP_CHECK_THERE || !find_resolve(system, &order, &at) ||
	    is_asked_too(&order, at, fopnp_source_is_dns) || has_search_domain(system) ||
	    (fopnp_check_resolved_setting(system, "ResolveUnicastSingleLabel", &setting) &&
	     is_boolean(&setting, true)))
		return;
	added = fopnp_findings_add(findings, "resolved-single-label", FOPNP_INFO,
				   "systemd-resolved asks no DNS server for names of one label, "
				   "since no search domain is set: a \"printer\" that the router "
				   "knows is not found");
	fopnp_finding_set_fix(added, "if such names are needed, write Domains=DOMAIN, or "
				     "ResolveUnicastSingleLabel=yes, into resolved.conf");
	fopnp_check_place_at(added, &order);
}

const struct fopnp_check_rule FOPNP_CHECK_RESOLVED_RULES[] = {
	{
		"stub-listener-off",
		FOPNP_ERROR,
		"resolv.conf names 127.0.0.53, where systemd-resolved was told not to listen",
		"With DNSStubListener=no in resolved.conf nobody listens at 127.0.0.53. It is set "
		"to make room for a name server of one's own at port 53; /etc/resolv.conf is "
		"still the link to resolved's stub file then, and each lookup in the DNS fails.",
		check_stub_listener,
	},
	{
		"resolved-ignores-hosts",
		FOPNP_WARNING,
		"systemd-resolved does not read /etc/hosts, and no other source does",
		"With resolve in front of files, systemd-resolved answers from its own reading of "
		"/etc/hosts. ReadEtcHosts=no in resolved.conf, or in a file of resolved.conf.d, "
		"takes that away, and [!UNAVAIL=return] keeps files from being asked: the lines "
		"count only while systemd-resolved does not run.",
		check_hosts,
	},
	{
		"resolved-no-route",
		FOPNP_INFO,
		"the DNS has a zone local., which systemd-resolved does not ask",
		"systemd-resolved holds .local to be of multicast DNS, and sends such names to name "
		"servers only where a search or routing domain takes them in: dig finds "
		"server.corp.local, programs do not. The domain is set by DHCP, by resolvectl "
		"domain, or by Domains= in resolved.conf, ~local for routing alone.\n\n"
		"Routers of some providers say of themselves that they have the zone; then nothing "
		"is missed.",
		check_local,
	},
	{
		"resolved-single-label",
		FOPNP_INFO,
		"systemd-resolved asks no name server for names of one label",
		"A name without a dot is sent to name servers with a search domain behind it, never "
		"by itself; without any search domain, it is asked for by LLMNR alone. dns, and "
		"programs that ask servers themselves, send it as it is, and many routers answer for the "
		"names of their network.\n\n"
		"Domains= in resolved.conf sets a search domain; ResolveUnicastSingleLabel=yes "
		"(since version 246) has single names sent.",
		check_single_label,
	},
	{ 0 },
};
