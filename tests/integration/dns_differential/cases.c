/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked under which set-up, see differential.h; the zones are dns_differential.sh's. */
#include "tests/integration/dns_differential/differential.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAULTY  "nameserver 127.0.0.53\n"
#define NSD     "nameserver 127.0.0.54\n"
#define UNBOUND "nameserver 127.0.0.55\n"
/* names of a.example exist, of b.example not, c.example has no data, d.example has trouble */
#define SIX "search b.example c.example d.example made.example a.example e.example\n"
#define TWENTY                                                                                     \
	"search s1.example s2.example s3.example s4.example s5.example s6.example "                \
	"s7.example s8.example s9.example s10.example s11.example s12.example s13.example "        \
	"s14.example s15.example s16.example s17.example s18.example s19.example a.example\n"
#define HEDGE_NEVER "dns-hedge 3s\n"

const struct configuration configurations[] = {
	{ "names as they are", FAULTY "search .\n", .names = NAMES_ODD | NAMES_SCRIPTED,
	  .is_whole = true },
	{ "each pair of results", FAULTY "search .\n", .names = NAMES_PAIRS },
	{ "nsd", NSD "search corp.example\n", .names = NAMES_ZONES | NAMES_REVERSE,
	  .is_whole = true },
	{ "unbound", UNBOUND "search wild.example corp.example\n", .is_cached = true,
	  .names = NAMES_ZONES | NAMES_REVERSE },
	{ "replies by chance", FAULTY "search .\n", .names = NAMES_MADE | NAMES_REVERSE_MADE,
	  .is_whole = true },
	{ "replies by chance, searched", FAULTY "search made.example corp.made.example\n",
	  .names = NAMES_MADE | NAMES_SHORT },
	{ "no search line", FAULTY, .names = NAMES_SHORT },
	{ "domain", FAULTY "domain a.example\n", .names = NAMES_SHORT },
	{ "the last of search and domain", FAULTY "search a.example\ndomain b.example\n",
	  .names = NAMES_SHORT },
	{
		"one domain",
		FAULTY "search a.example\n",
		.names = NAMES_SHORT | NAMES_ODD,
	},
	{ "six domains", FAULTY SIX, .names = NAMES_SHORT },
	{ "six domains, trouble first",
	  FAULTY "search d.example b.example r.example c.example "
		 "f.example n.example\n",
	  .names = NAMES_SHORT },
	{ "twenty domains", FAULTY TWENTY, .names = NAMES_SHORT },
	{ "seven domains, the last is right",
	  FAULTY
	  "search 1.b.example 2.b.example 3.b.example 4.b.example 5.b.example 6.b.example a.example\n",
	  .names = NAMES_SHORT },
	{ "the root in the list", FAULTY "search b.example . a.example\n", .names = NAMES_SHORT },
	{ "odd domains",
	  FAULTY "search -dash.example under_score.example A.Example. a..b .a.example\n",
	  .names = NAMES_SHORT },
	{ "ndots:0", FAULTY SIX "options ndots:0\n", .names = NAMES_SHORT },
	{ "ndots:2", FAULTY SIX "options ndots:2\n", .names = NAMES_SHORT },
	{ "ndots:3", FAULTY SIX "options ndots:3\n", .names = NAMES_SHORT },
	{ "ndots:15 and more", FAULTY SIX "options ndots:99\n", .names = NAMES_SHORT },
	{ "edns0", FAULTY "search made.example\noptions edns0\n",
	  .names = NAMES_PAIRS | NAMES_MADE },
	{ "edns0, nsd", NSD "search corp.example\noptions edns0\n",
	  .names = NAMES_ZONES | NAMES_REVERSE },
	{ "trust-ad", FAULTY "options trust-ad\n", .names = NAMES_SHORT | NAMES_REVERSE_MADE },
	{ "trust-ad edns0", FAULTY "options trust-ad edns0\n", .names = NAMES_SHORT },
	{
		"no-aaaa",
		FAULTY "search b.example a.example\noptions no-aaaa\n",
		.names = NAMES_SHORT | NAMES_PAIRS | NAMES_MADE,
	},
	{ "use-vc", FAULTY SIX "options use-vc\n", .names = NAMES_SHORT | NAMES_REVERSE_MADE },
	{ "use-vc, nsd", NSD "options use-vc\n", .names = NAMES_ZONES | NAMES_REVERSE },
	{ "use-vc, by chance", FAULTY "options use-vc\n", .names = NAMES_MADE },
	{ "single-request", FAULTY SIX "options single-request\n",
	  .names = NAMES_SHORT | NAMES_MADE },
	{ "single-request-reopen",
	  FAULTY "search b.example a.example\noptions single-request-reopen\n",
	  .names = NAMES_SHORT | NAMES_PAIRS },
	{ "no-tld-query", FAULTY "search b.example\noptions no-tld-query\n", .names = NAMES_SHORT },
	{ "no-tld-query ndots:0", FAULTY "search b.example\noptions no-tld-query ndots:0\n",
	  .names = NAMES_SHORT },
	{ "rotate, one server", FAULTY SIX "options rotate\n", .names = NAMES_SHORT },
	{ "sortlist",
	  FAULTY "sortlist 198.51.100.128/255.255.255.128 10.0.0.0/255.0.0.0 203.0.113.7\n",
	  .names = NAMES_MADE | NAMES_SCRIPTED },
	{ "LOCALDOMAIN", FAULTY SIX, .local_domain = "b.example a.example", .names = NAMES_SHORT },
	{ "LOCALDOMAIN, empty", FAULTY SIX, .local_domain = "", .names = NAMES_SHORT },
	{ "LOCALDOMAIN, eight", FAULTY,
	  .local_domain = "1.b.example 2.b.example 3.b.example 4.b.example 5.b.example "
			  "6.b.example 7.b.example a.example",
	  .names = NAMES_SHORT },
	{ "RES_OPTIONS", FAULTY SIX, .res_options = "ndots:3 edns0", .names = NAMES_SHORT },
	{ "RES_OPTIONS over options", FAULTY SIX "options ndots:3 no-aaaa\n",
	  .res_options = "ndots:1 trust-ad", .names = NAMES_SHORT },
	{ "HOSTALIASES", FAULTY SIX,
	  .aliases = "www four.a.example\nshort six.a.example.\nnosuch nosuch.b.example\n"
		     "mixed Bad_Name.a.example\nhost\nWWW2 www.a.example\n",
	  .names = NAMES_SHORT },
	{ "HOSTALIASES without search", FAULTY "search .\n",
	  .aliases = "www bad!name\nshort -dash.example\nhost\t\t\twww.a.example more\n",
	  .names = NAMES_SHORT },
	{ "several lines of all",
	  FAULTY "search x.example\n; comment\n# comment\nsearch a.example\n"
		 "options ndots:1\noptions ndots:2 nosuchoption ndots:x timeout:9\n",
	  .names = NAMES_SHORT },
	{ "two servers", FAULTY UNBOUND SIX, .fopnp_conf = HEDGE_NEVER, .is_cached = true,
	  .names = NAMES_SHORT },
	{ "two servers, the first refuses", NSD FAULTY "search corp.example a.example\n",
	  .fopnp_conf = HEDGE_NEVER, .names = NAMES_SHORT | NAMES_ZONES },
	{ "two servers, one port closed", "nameserver 127.0.0.9\n" FAULTY SIX,
	  .fopnp_conf = HEDGE_NEVER, .names = NAMES_SHORT },
	{ "two servers, by chance", FAULTY NSD "search made.example\n", .fopnp_conf = HEDGE_NEVER,
	  .names = NAMES_MADE | NAMES_REVERSE_MADE },
	{ "three servers", NSD UNBOUND FAULTY "search corp.example\n", .fopnp_conf = HEDGE_NEVER,
	  .is_cached = true, .names = NAMES_SHORT | NAMES_REVERSE },
	{ "three servers, rotate", FAULTY FAULTY FAULTY SIX "options rotate\n",
	  .fopnp_conf = HEDGE_NEVER, .names = NAMES_SHORT, .is_any_server = true },
	{ "three servers, use-vc", FAULTY UNBOUND NSD "search a.example\noptions use-vc\n",
	  .fopnp_conf = HEDGE_NEVER, .is_cached = true, .names = NAMES_SHORT },
	{ "port closed", "nameserver 127.0.0.9\n" SIX, .names = NAMES_SHORT },
	{ "no servers named", SIX, .names = NAMES_SHORT },
};
const size_t configuration_count = sizeof(configurations) / sizeof(configurations[0]);

/* Where fopnp:dns differs from glibc, knowingly. */
static const struct difference {
	const char *configuration, *call, *what; /* NULL: any; patterns of fnmatch(3) */
	const char *reason;
} differences[] = {
#define OVER_TCP                                                                                   \
	"SERVFAIL and REFUSED over TCP: an answer for glibc, no reason to ask the next server"
	{ "three servers, use-vc", NULL, "*servfail*", OVER_TCP },
	{ "three servers, use-vc", NULL, "refused*", OVER_TCP },
	{ "three servers, use-vc", NULL, "notimp", OVER_TCP },
	{ "three servers, use-vc", NULL, "nosuch.d.example", OVER_TCP },
	{ NULL, NULL, "tc-close.a.example",
	  "a connection that is closed: no such name for glibc, and for fopnp:dns a failure" },
};

const char *known_difference(const struct configuration *configuration, bool is_reverse,
			     size_t call, const char *what)
{
	for (size_t i = 0; i < sizeof(differences) / sizeof(differences[0]); i++) {
		const struct difference *one = &differences[i];
		if ((!one->configuration ||
		     fnmatch(one->configuration, configuration->what, 0) == 0) &&
		    (!one->call || fnmatch(one->call, call_name(is_reverse, call), 0) == 0) &&
		    (!one->what || fnmatch(one->what, what, 0) == 0))
			return one->reason;
	}
	return NULL;
}

/* ---- names ---- */

struct list {
	char **names;
	size_t count;
};

static void add(struct list *list, const char *name)
{
	list->names = realloc(list->names, (list->count + 1) * sizeof(*list->names));
	list->names[list->count++] = strdup(name);
}

static void add_all(struct list *list, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add(list, names[i]);
}

#define ADD_ALL(list, names) add_all(list, names, sizeof(names) / sizeof((names)[0]))

static const char *const odd[] = {
	"",
	".",
	"..",
	"a.",
	"a..",
	".a",
	"a..b",
	"a..b.a.example",
	" ",
	"a b.a.example",
	"www.a.example ",
	" www.a.example",
	"*.a.example",
	"*",
	"-dash.a.example",
	"-dash",
	"-",
	"a.-dash.a.example",
	"dash-.a.example",
	"under_score.a.example",
	"_under.a.example",
	"_",
	"xn--bcher-kva.a.example",
	"b\303\274cher.a.example",
	"b\303\274cher",
	"\377.a.example",
	"\\046.a.example",
	"a\\.b.a.example",
	"\\",
	"\\0",
	"a\\",
	"\\097.a.example",
	"w\\119w.a.example",
	"a\nb.a.example",
	"\033[31m.a.example",
	"$(id).a.example",
	"a,b.a.example",
	"@",
	"%",
	"1.2.3.4.",
	"1.2.3.4.a.example",
	"127.1.",
	"1.2.3.4.5",
	"256.1.1.1",
	"1.2.3.",
	"0x7f.1.",
	"12345",
	"1e5.",
	"::1",
	"::1.",
	"fe80::1%lo",
	"localhost",
	"localhost.",
	"a.localhost",
	"x.onion",
	"host.local",
	"WWW.A.Example",
	"www.a.example.",
	"www.a.example..",
	"/etc/hosts",
	"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.example",
	"www.a.example:80",
	"http://www.a.example/",
	"[::1]",
	"a;b.a.example",
	"'",
	"\"",
	"<script>.a.example",
	"under_score",
	"a.under_score.",
	"\\\\",
	"a\\032b.a.example",
	"com",
	"com.",
	"1",
	"1.",
};

static const char *const scripted[] = {
	"www.a.example",           "four.a.example",           "six.a.example",
	"several.a.example",       "nosuch.a.example",         "nodata.a.example",
	"servfail.a.example",      "refused.a.example",        "notimp.a.example",
	"formerr.a.example",       "nosoa.a.example",          "nodata-nosoa.a.example",
	"dangling.a.example",      "dangling2.a.example",      "cname-nodata.a.example",
	"cname-nothing.a.example", "cname-servfail.a.example", "loop.a.example",
	"loop2.a.example",         "selfloop.a.example",       "loop-address.a.example",
	"to-space.a.example",      "to-dash.a.example",        "to-star.a.example",
	"to-shell.a.example",      "to-escape.a.example",      "to-utf8.a.example",
	"to-under.a.example",      "to-upper.a.example",       "to-long.a.example",
	"to-number.a.example",     "to-root.a.example",        "via-space.a.example",
	"via-dash.a.example",      "truncated.a.example",      "tc-nodata.a.example",
	"tc-nxdomain.a.example",   "tc-servfail.a.example",    "tc-a.a.example",
	"tc-aaaa.a.example",       "tc-close.a.example",       "ad.a.example",
	"twice.a.example",         "ttl0.a.example",           "many.a.example",
	"thousand.a.example",      "two-thousand.a.example",   "two-thousand6.a.example",
	"any.wild.a.example",      "deep.any.wild.a.example",  "mapped.a.example",
	"garbage-aaaa.a.example",  "loopback.a.example",       "linklocal.a.example",
	"mixed.wild.a.example",
};

static const char *const zones[] = {
	"v4",
	"v6",
	"both",
	"several",
	"alias",
	"alias2",
	"outside",
	"dangling",
	"nodata",
	"alias-nodata",
	"loop1",
	"under_score",
	"mapped",
	"linklocal",
	"localhost",
	"many",
	"many6",
	"manyboth",
	"nosuch",
	"both.corp.example",
	"several.corp.example.",
	"alias2.corp.example",
	"nosuch.corp.example",
	"x.wild.example",
	"exists.wild.example",
	"a.b.wild.example.",
	"www.broken.example",
	"broken.example.",
	"www.elsewhere.example",
	"corp.example",
	"a.long.chain.of.labels",
	"chain.of.labels.corp.example",
	"loop1.corp.example.",
	"BOTH.Corp.Example",
	"MANY",
};

static const char *const brief[] = {
	"www",
	"four",
	"six",
	"nosuch",
	"nosuch.",
	"www.",
	"www.a.example",
	"www.a",
	"nosuch.x",
	"nodata",
	"servfail",
	"refused",
	"servfail.a.example",
	"nosuch.servfail.a.example",
	"host",
	"short",
	"mixed",
	"WWW2",
	"www2",
	"a.b.c.nosuch",
	"a.b.nosuch",
	"under_score",
	"alias",
	"dangling",
	"nosuch.d.example",
	"nosuch.c.example",
	"formerr",
	"truncated",
	"notimp",
	"refused.a.example",
	"cname-nodata",
	"-dash",
	"x y",
	"nosuch.x.y.",
};

static const char *const addresses[] = {
	"192.0.2.1",
	"192.0.2.2",
	"192.0.2.3",
	"192.0.2.4",
	"192.0.2.5",
	"192.0.2.6",
	"192.0.2.99",
	"198.51.100.1",
	"::ffff:192.0.2.1",
	"::ffff:192.0.2.2",
	"::192.0.2.1",
	"2001:db8::1",
	"2001:db8::2",
	"2001:db8::99",
	"fe80::1",
	"::1",
	"::2",
	"127.0.0.1",
	"0.0.0.0",
	"255.255.255.255",
	"::ffff:198.51.100.7",
	"203.0.113.1",
	"203.0.113.2",
	"203.0.113.3",
	"203.0.113.4",
	"203.0.113.5",
	"203.0.113.6",
	"203.0.113.7",
	"203.0.113.8",
	"203.0.113.9",
};

/* 63 and 64 bytes in a label, 253 to 256 in a name, and much more. */
static void add_long(struct list *list)
{
	static const struct {
		unsigned label, total;
		const char *end;
	} sizes[] = {
		{ 63, 63, "" },           { 64, 64, "" },  { 63, 63, ".a.example" },
		{ 64, 64, ".a.example" }, { 49, 253, "" }, { 49, 254, "" },
		{ 49, 255, "" },          { 49, 256, "" }, { 49, 253, "." },
		{ 49, 254, "." },         { 49, 240, "" }, { 49, 300, "" },
		{ 63, 1000, "" },         { 9, 1023, "" }, { 9, 1024, "" },
		{ 9, 1100, "" },          { 1, 253, "" },  { 1, 255, "" },
		{ 30, 244, "" },          { 30, 245, "" }, { 63, 4000, "" },
	};
	static char name[5000];
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (unsigned at = 0; at < sizes[i].total; at++)
			name[at] = at % (sizes[i].label + 1) == sizes[i].label ? '.' : 'l';
		strcpy(name + sizes[i].total, sizes[i].end);
		add(list, name);
	}
}

/* Rules for each pair of results of A and AAAA, and chains. */
static void add_systematic(struct list *list)
{
	static const char *const results[] = { "ok",      "nodata",  "nxdomain", "servfail",
					       "refused", "formerr", "cname",    "tc" };
	char name[64];
	for (size_t a = 0; a < 8; a++) {
		for (size_t aaaa = 0; aaaa < 8; aaaa++) {
			snprintf(name, sizeof(name), "%s-%s.pair.example", results[a],
				 results[aaaa]);
			add(list, name);
		}
	}
	for (unsigned length = 1; length <= 20; length++) {
		snprintf(name, sizeof(name), "chain%u.a.example", length);
		add(list, name);
	}
}

static void add_made(struct list *list, unsigned count, unsigned configuration)
{
	char name[64];
	for (unsigned i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s%u-%u.made.example%s", i % 7 ? "r" : "R_",
			 configuration, i, i % 5 ? "" : ".");
		add(list, name);
	}
}

static void add_made_addresses(struct list *list, unsigned count, unsigned configuration)
{
	char name[64];
	for (unsigned i = 0; i < count; i++) {
		snprintf(name, sizeof(name),
			 i % 3 == 0   ? "fd77::%x:%x"
			 : i % 3 == 1 ? "10.77.%u.%u"
				      : "::ffff:10.77.%u.%u",
			 configuration, i % 256);
		add(list, name);
	}
}

char **list_names(const struct configuration *configuration, unsigned made, size_t *out_count,
		  size_t *out_reverse)
{
	const unsigned names = configuration->names;
	const unsigned number = (unsigned)(configuration - configurations);
	struct list list = { NULL, 0 };
	if (names & NAMES_ODD) {
		ADD_ALL(&list, odd);
		add_long(&list);
	}
	if (names & NAMES_SCRIPTED)
		ADD_ALL(&list, scripted);
	if (names & NAMES_PAIRS)
		add_systematic(&list);
	if (names & NAMES_ZONES)
		ADD_ALL(&list, zones);
	if (names & NAMES_SHORT)
		ADD_ALL(&list, brief);
	if (names & NAMES_MADE)
		add_made(&list, configuration->is_whole ? 4 * made : made, number);
	*out_reverse = list.count;
	if (names & NAMES_REVERSE)
		ADD_ALL(&list, addresses);
	if (names & NAMES_REVERSE_MADE)
		add_made_addresses(&list, made, number);
	*out_count = list.count;
	return list.names;
}
