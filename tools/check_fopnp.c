/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on fopnp itself: its place on the hosts line, and its module. */
#include "nss_module/lookup/order.h"
#include "tools/check_orders.h"
#include "tools/check_program.h"
#include "tools/check_rule.h"
#include "tools/check_system.h"
#include "tools/memory.h"
#include "tools/source_kind.h"

#include <nss.h>
#include <string.h>

#define HEAD           "fopnp [!UNAVAIL= return]"
#define WITH_FALL_BACK HEAD " files dns"
#define OWN_ORDER      "fopnp:hosts fopnp:mdns [NOTFOUND=return] fopnp:dns"

/* The hosts line, and where fopnp stands on it; false: it does not. */
static bool find_fopnp(const struct fopnp_check_system *system, struct fopnp_check_order *out_line,
		       size_t *out_at)
{
	return fopnp_check_finds_on_line(system, "fopnp", out_at) &&
	       fopnp_check_order(system, 0, out_line);
}

static char *print_order(const struct fopnp_order *order)
{
	size_t size = fopnp_order_print(order, NULL, 0) + 1;
	char *text = fopnp_memory_zeroed(size, 1);

	(void)fopnp_order_print(order, text, size);
	return text;
}

/* The line as it should be, with all the sources that it has; the caller's. */
static char *recommend(const struct fopnp_check_order *line)
{
	FOPNP_AUTO_FREE struct fopnp_order *others = fopnp_order_tail(line->order, 0, "fopnp");
	FOPNP_AUTO_FREE char *text = NULL;

	if (!others)
		fopnp_memory_give_up();
	if (others->count == 0 || line->count < line->order->count) /* nothing, or a comment */
		return fopnp_memory_copy_text(WITH_FALL_BACK);
	text = print_order(others);
	return fopnp_memory_format(HEAD " %s", text);
}

/* fopnp as the last word runs sources of its own, unless fopnp.conf has an order for all names. */
static bool runs_own_order(const struct fopnp_check_system *system)
{
	const struct fopnp_conf *conf = system->fopnp_conf;

	for (size_t i = 0; conf && i < conf->order_count; i++)
		if (!conf->orders[i].domain)
			return false;
	return true;
}

/* ---- on the hosts line ---- */

static void check_fall_back(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	FOPNP_AUTO_FREE char *wanted = NULL;
	struct fopnp_check_order line;
	struct fopnp_finding *added;
	size_t at;

	if (!find_fopnp(system, &line, &at))
		return;
	if (at + 1 < line.count && fopnp_order_action(&line.order->entries[at],
						      NSS_STATUS_UNAVAIL) == FOPNP_ACTION_CONTINUE)
		return;
	added = fopnp_findings_add(
		findings, "fopnp-without-fall-back", FOPNP_WARNING,
		at + 1 < line.count
			? "the bracket of fopnp returns on UNAVAIL: where its library is missing, "
			  "nobody else is asked"
			: "nothing stands behind fopnp: where its library is missing, nobody else "
			  "is asked, and no name is found");
	wanted = recommend(&line);
	fopnp_finding_set_fix(added, "write: hosts: %s%s", wanted,
			      at + 1 == line.count && runs_own_order(system)
				      ? "; and, to keep the sources that it runs now, into "
					"/etc/fopnp.conf: order " OWN_ORDER
				      : "");
	fopnp_check_place_at(added, &line);
}

static void check_falls_through(const struct fopnp_check_system *system,
				struct fopnp_findings *findings)
{
	struct fopnp_check_order line;
	struct fopnp_finding *added;
	size_t at;

	if (!find_fopnp(system, &line, &at) || at + 1 >= line.count ||
	    fopnp_order_action(&line.order->entries[at], NSS_STATUS_NOTFOUND) !=
		    FOPNP_ACTION_CONTINUE)
		return;
	added = fopnp_findings_add(findings, "fopnp-falls-through", FOPNP_WARNING,
				   "what fopnp does not find glibc asks of the rest of the line "
				   "again: that takes twice the time, and fopnp sees none of it");
	fopnp_finding_set_fix(added, "write fopnp [!UNAVAIL= return] in front of the rest");
	fopnp_check_place_at(added, &line);
}

static void check_cares(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_nsswitch *nsswitch = &system->nsswitch;
	FOPNP_AUTO_FREE char *wanted = NULL;
	struct fopnp_check_order line;
	struct fopnp_finding *added;
	char lookups[3] = "";
	bool has_dns, has_fopnp;
	const char *text;
	size_t at;

	if (!nsswitch->order || !nsswitch->line || !fopnp_check_order(system, 0, &line))
		return;
	text = system->files[FOPNP_CHECK_NSSWITCH].bytes + nsswitch->text_at;
	fopnp_program_cares_order(text, nsswitch->text_len, lookups);
	has_fopnp = fopnp_check_finds_on_line(system, "fopnp", &at);
	has_dns = fopnp_check_asks_kind(system, fopnp_check_is_dns_like);
	if (!has_dns || strchr(lookups, 'b') || !*lookups)
		return;
	added = fopnp_findings_add(
		findings, "cares-loses-dns", FOPNP_WARNING,
		"programs with c-ares up to 1.27 (aria2, wireshark, older curl) read the first letter "
		"of two words alone, \"%s\" here, and do not ask the DNS",
		lookups);
	wanted = recommend(&line);
	if (has_fopnp && memmem(text, nsswitch->text_len, "=return]", 8))
		fopnp_finding_set_fix(added,
				      "write a blank behind the \"=\", as in \"%s\": they take "
				      "\"return]\" for DNS then",
				      wanted);
	else if (has_fopnp)
		fopnp_finding_set_fix(added, "write: hosts: %s; they take \"return]\" for DNS",
				      wanted);
	else
		fopnp_finding_set_fix(added, "put dns in front of the second word with an f");
	fopnp_check_place_at(added, &line);
}

static void check_first(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_check_order line;
	struct fopnp_finding *added;
	size_t at;

	if (!find_fopnp(system, &line, &at) || at == 0)
		return;
	added = fopnp_findings_add(findings, "fopnp-not-first", FOPNP_WARNING,
				   "%s in front of fopnp: fopnp neither orders nor sees what is "
				   "answered there",
				   line.order->entries[0].source);
	fopnp_finding_set_fix(added, "put fopnp [!UNAVAIL= return] at the head of the line");
	fopnp_check_place_at(added, &line);
}

static void check_twice(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_check_order line;
	struct fopnp_finding *added;
	size_t at;

	if (!find_fopnp(system, &line, &at))
		return;
	for (size_t i = at + 1; i < line.count; i++) {
		if (strcmp(line.order->entries[i].source, "fopnp") != 0)
			continue;
		added = fopnp_findings_add(findings, "fopnp-twice", FOPNP_WARNING,
					   "fopnp stands there twice: the second can only run what "
					   "the first did");
		fopnp_finding_set_fix(added, "take the second one out");
		fopnp_check_place_at(added, &line);
		return;
	}
}

static void check_module(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_check_order line;
	struct fopnp_finding *added;
	size_t at;

	if (!find_fopnp(system, &line, &at))
		return;
	for (size_t i = 0; i < system->module_count; i++) {
		const struct fopnp_check_module *module = &system->modules[i];

		if (strcmp(module->source, "fopnp") != 0 || module->is_loadable)
			continue;
		added = fopnp_findings_add(
			findings, "module-inactive",
			at + 1 < line.count ? FOPNP_WARNING : FOPNP_ERROR,
			"fopnp stands on the hosts line, but programs do not reach it: its "
			"library cannot be loaded%s%s",
			module->error ? ": " : "", module->error ? module->error : "");
		fopnp_finding_set_fix(
			added, "install libnss_fopnp.so.2 where the loader finds it, run ldconfig");
		fopnp_check_place_at(added, &line);
		return;
	}
}

static void check_built_in(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	FOPNP_AUTO_FREE char *order = NULL;
	struct fopnp_check_order line;
	size_t end;

	if (!fopnp_check_order(system, 0, &line))
		return;
	order = print_order(line.order);
	end = fopnp_order_find(line.order, "fopnp");
	for (size_t i = 0; i < line.count && i < end; i++) {
		const char *source = line.order->entries[i].source;
		struct fopnp_finding *added;

		if (!fopnp_source_is_built_in(source))
			continue;
		added = fopnp_findings_add(findings, "built-in-without-fopnp", FOPNP_ERROR,
					   "glibc knows no module %s: the built-in sources work "
					   "only behind the word fopnp",
					   source);
		fopnp_finding_set_fix(
			added, "write " WITH_FALL_BACK " there, and into /etc/fopnp.conf: order %s",
			end == line.order->count ? order : OWN_ORDER);
		fopnp_check_place_at(added, &line);
		return;
	}
}

/* ---- the rules ---- */

const struct fopnp_check_rule FOPNP_CHECK_FOPNP_RULES[] = {
	{
		"fopnp-without-fall-back",
		FOPNP_WARNING,
		"nobody is asked where fopnp's library is missing",
		"fopnp belongs at the head of the hosts line, with the old list behind it: "
		"\"hosts: " WITH_FALL_BACK "\". fopnp runs that list itself. If its library is "
		"missing, of another architecture or broken, glibc takes it as UNAVAIL and goes on "
		"to the list, so that nothing is lost.\n\n"
		"A line that ends in fopnp has it run its own sources, and no such net.",
		check_fall_back,
	},
	{
		"fopnp-falls-through",
		FOPNP_WARNING,
		"glibc asks again what fopnp did not find",
		"fopnp runs the sources behind it. Without [!UNAVAIL= return] glibc goes on to them "
		"after fopnp has said that there is no such name: each is asked twice, a server "
		"that does not answer is waited for twice, and fopnp.conf's order is passed by.",
		check_falls_through,
	},
	{
		"cares-loses-dns",
		FOPNP_WARNING,
		"programs with c-ares lose DNS by this line",
		"c-ares up to 1.27 reads the hosts line by itself, and of each word its first "
		"letter only: f is the file, d and r are DNS, the first two of them count. "
		"\"fopnp [!UNAVAIL=return] files dns\" is \"ff\" to it, so aria2, wireshark, "
		"pgbouncer and others stop asking the DNS.\n\n"
		"With a blank behind the \"=\" the word \"return]\" stands alone and counts as DNS, "
		"while glibc reads the line as before.",
		check_cares,
	},
	{
		"fopnp-not-first",
		FOPNP_WARNING,
		"sources stand in front of fopnp",
		"glibc asks them itself. What they answer fopnp does not see, so it is neither "
		"recorded nor ordered by fopnp.conf.",
		check_first,
	},
	{
		"fopnp-twice",
		FOPNP_WARNING,
		"fopnp stands twice on the hosts line",
		"The first one runs all that stands behind it, the second word left out. glibc may "
		"come to the second one where the first found nothing, and everything runs again.",
		check_twice,
	},
	{
		"module-inactive",
		FOPNP_ERROR,
		"fopnp's library cannot be loaded",
		"The hosts line names fopnp, and libnss_fopnp.so.2 is not where the loader looks, is "
		"of another architecture, or lacks something. Programs then go by the fall-back "
		"behind fopnp, if there is one. Programs of 32 bits need a library of their own.",
		check_module,
	},
	{
		"built-in-without-fopnp",
		FOPNP_ERROR,
		"a source of fopnp's on the hosts line without fopnp",
		"fopnp:hosts, fopnp:mdns and fopnp:dns are sources inside of the module fopnp. In "
		"front of the word fopnp, or without it, glibc looks for modules of those names, and "
		"there are none.",
		check_built_in,
	},
	{ 0 },
};
