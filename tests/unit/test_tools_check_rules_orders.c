/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules on the hosts line, on modules, on fopnp and fopnp.conf: what fires and what does not. */
#include "tools/check_orders.h"
#include "tools/check_system.h"
#include "tools/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/made_check.h"
#include "tests/unit/unit_test.h"

#define QUIET    (-1)
#define NSSWITCH "/etc/nsswitch.conf"
#define CONF     "/etc/fopnp.conf"

static struct fopnp_check_system machine;

static int tear_down(void **state)
{
	(void)state;
	clear_check(&machine);
	return 0;
}

/* A machine with this hosts line. */
static void set_line(const char *line)
{
	FOPNP_AUTO_FREE char *bytes = fopnp_memory_format("passwd: files\nhosts: %s\n", line);

	make_check(&machine);
	write_check(&machine, FOPNP_CHECK_NSSWITCH, bytes);
}

struct line_case {
	const char *id, *line;
	int severity;
	const char *words;
};

static const struct line_case LINES[] = {
	{ "comment-on-hosts-line", "files # dns", FOPNP_WARNING, "(#, dns)" },
	{ "comment-on-hosts-line", "files dns #was: mdns", FOPNP_WARNING, "(#was:, mdns)" },
	{ "comment-on-hosts-line", "files dns", QUIET, "" },
	{ "order-cut", "files [NOTFOUND=continue] [UNAVAIL=return] dns", FOPNP_ERROR, "second" },
	{ "order-cut", "[NOTFOUND=return] files dns", FOPNP_ERROR, "begins with a bracket" },
	{ "order-cut", "files [NOTFOUND=continue UNAVAIL=return] dns", QUIET, "" },
	{ "merge-in-hosts", "files [SUCCESS=merge] dns", FOPNP_ERROR, "merge" },
	{ "merge-in-hosts", "files [SUCCESS=return] dns", QUIET, "" },
	{ "no-sources", "", FOPNP_ERROR, "no source" },
	{ "no-sources", "[NOTFOUND=return] files dns", FOPNP_ERROR, "crash" },
	{ "no-sources", "files", QUIET, "" },
	{ "source-misspelt", "files,dns", FOPNP_ERROR, "\"files,dns\"" },
	{ "source-misspelt", "files DNS", FOPNP_ERROR, "small letters" },
	{ "source-misspelt", "fopnp fopnp:hosts files frob dns", QUIET, "" },
	{ "source-without-hosts", "files compat dns", FOPNP_WARNING, "take compat out" },
	{ "source-without-hosts", "files winbind dns", FOPNP_WARNING, "take winbind out" },
	{ "source-without-hosts", "files resolve dns", QUIET, "" },
	/* What no lookup comes to. */
	{ "source-never-reached", "files [NOTFOUND=return] dns", FOPNP_ERROR, "(dns)" },
	{ "source-never-reached", "files docker [NOTFOUND=return] mdns4 dns", FOPNP_ERROR,
	  "(mdns4, dns)" },
	{ "source-never-reached", "dns myhostname [NOTFOUND=return] mymachines", FOPNP_WARNING,
	  "(mymachines)" },
	{ "source-never-reached", "files dns [!SUCCESS=return] mdns4", FOPNP_WARNING,
	  "ends every lookup" },
	{ "source-never-reached", "files mdns4_minimal [NOTFOUND=return] dns", QUIET, "" },
	{ "source-never-reached", "resolve [!UNAVAIL=return] files myhostname dns", QUIET, "" },
	{ "source-never-reached", "fopnp [!UNAVAIL= return] files dns", QUIET, "" },
	{ "source-never-reached", "fopnp [!SUCCESS=return] files dns", QUIET, "" },
	{ "source-never-reached", "files [UNAVAIL=return] dns", QUIET, "" },
	/* Who may know all names: a directory, and what is not known here. */
	{ "source-never-reached", "nis [NOTFOUND=return] files", QUIET, "" },
	{ "source-never-reached", "files tls [!UNAVAIL=return] dns", QUIET, "" },
	{ "source-never-reached", "files wins [NOTFOUND=return] dns", FOPNP_ERROR, "(dns)" },
	{ "source-never-reached", "dns [UNAVAIL=return TRYAGAIN=return] mdns4", QUIET, "" },
	{ "source-fall-back-only", "files resolve [!UNAVAIL=return] libvirt dns", FOPNP_INFO,
	  "resolve, libvirt:" },
	{ "source-fall-back-only", "files dns [NOTFOUND=return] mdns4", FOPNP_INFO, "mdns4" },
	{ "source-fall-back-only", "mymachines resolve [!UNAVAIL=return] files myhostname dns",
	  QUIET, "" },
	{ "source-fall-back-only", "nis [NOTFOUND=return] files", FOPNP_INFO, "nis, files:" },
	{ "source-fall-back-only", "files tls [!UNAVAIL=return] dns", FOPNP_INFO, "tls, dns:" },
	{ "source-fall-back-only", "files dns mdns4", QUIET, "" },
	{ "source-twice", "files dns files", FOPNP_WARNING, "files stands" },
	{ "source-twice", "files dns mdns4", QUIET, "" },
	{ "source-twice", "files dns # files", QUIET, "" },
	{ "success-continues", "files [!NOTFOUND=continue] dns", FOPNP_ERROR, "what files finds" },
	{ "success-continues", "files dns [SUCCESS=continue]", QUIET, "" },
	/* Which, and which first. */
	{ "dns-before-files", "dns files", FOPNP_WARNING, "put files in front of dns" },
	{ "dns-before-files", "mdns4 dns myhostname files", FOPNP_WARNING, "dns stands before" },
	{ "dns-before-files", "files dns", QUIET, "" },
	{ "dns-before-files", "resolve [!UNAVAIL=return] dns files", QUIET, "" },
	{ "dns-before-files", "dns", QUIET, "" },
	{ "no-dns-source", "files", FOPNP_WARNING, "resolv.conf has" },
	{ "no-dns-source", "files mdns4_minimal", FOPNP_WARNING, "asks the DNS" },
	{ "no-dns-source", "files tls", QUIET, "" },
	{ "no-dns-source", "files resolve", QUIET, "" },
	{ "no-dns-source", "fopnp", QUIET, "" },
	{ "no-hosts-source", "dns", FOPNP_WARNING, "files at the head" },
	{ "no-hosts-source", "resolve dns", QUIET, "" },
	{ "no-hosts-source", "fopnp", QUIET, "" },
	{ "mdns-wait", "files mdns_minimal [NOTFOUND=return] dns", FOPNP_INFO,
	  "write mdns4_minimal" },
	{ "mdns-wait", "files mdns dns", FOPNP_INFO, "write mdns4 instead" },
	{ "mdns-wait", "files mdns4_minimal [NOTFOUND=return] dns mdns4", QUIET, "" },
	{ "mdns-behind-dns", "files dns mdns4", FOPNP_INFO, "behind dns" },
	{ "mdns-behind-dns", "files mdns4_minimal dns", FOPNP_INFO, "without [NOTFOUND=return]" },
	{ "mdns-behind-dns", "files mdns4_minimal [NOTFOUND=return] dns", QUIET, "" },
	{ "resolve-falls-through", "files resolve dns", FOPNP_WARNING, "!UNAVAIL=return" },
	{ "resolve-falls-through", "files resolve [!UNAVAIL=return] dns", QUIET, "" },
	{ "resolve-falls-through", "dns resolve", QUIET, "" },
	/* fopnp. */
	{ "fopnp-without-fall-back", "fopnp", FOPNP_WARNING, "nothing stands behind" },
	{ "fopnp-without-fall-back", "fopnp", FOPNP_WARNING,
	  "return] files dns; and, to keep the sources that it runs now, into /etc/fopnp.conf: order "
	  "fopnp:hosts fopnp:mdns" },
	{ "fopnp-without-fall-back", "fopnp [UNAVAIL=return] files", FOPNP_WARNING, "UNAVAIL" },
	{ "fopnp-without-fall-back", "fopnp [UNAVAIL=return] files mdns4 [NOTFOUND=return] dns",
	  FOPNP_WARNING, "hosts: fopnp [!UNAVAIL= return] files mdns4 [NOTFOUND=return] dns" },
	{ "fopnp-without-fall-back", "fopnp [!UNAVAIL= return] files", QUIET, "" },
	{ "fopnp-without-fall-back", "files", QUIET, "" },
	{ "fopnp-falls-through", "fopnp files dns", FOPNP_WARNING, "again" },
	{ "fopnp-falls-through", "fopnp [!UNAVAIL= return] files dns", QUIET, "" },
	{ "fopnp-falls-through", "fopnp", QUIET, "" },
	{ "cares-loses-dns", "fopnp [!UNAVAIL=return] files dns", FOPNP_WARNING, "\"ff\"" },
	{ "cares-loses-dns", "fopnp [!UNAVAIL=return] files dns", FOPNP_WARNING, "a blank behind" },
	{ "cares-loses-dns", "fopnp", FOPNP_WARNING, "write: hosts: fopnp" },
	{ "cares-loses-dns", "fopnp files mdns4 dns", FOPNP_WARNING,
	  "hosts: fopnp [!UNAVAIL= return] files mdns4 dns;" },
	{ "cares-loses-dns", "files fopnp [!UNAVAIL= return] dns", FOPNP_WARNING, "write: hosts: fopnp" },
	{ "cares-loses-dns", "files frob dns", FOPNP_WARNING, "\"ff\"" },
	{ "cares-loses-dns", "fopnp [!UNAVAIL= return] files dns", QUIET, "" },
	{ "cares-loses-dns", "files mdns4_minimal [NOTFOUND=return] dns", QUIET, "" },
	{ "cares-loses-dns", "files", QUIET, "" },
	{ "fopnp-not-first", "files fopnp [!UNAVAIL= return] dns", FOPNP_WARNING, "files in front" },
	{ "fopnp-not-first", "fopnp [!UNAVAIL= return] dns", QUIET, "" },
	{ "fopnp-twice", "fopnp [!UNAVAIL= return] files fopnp", FOPNP_WARNING, "twice" },
	{ "fopnp-twice", "fopnp [!UNAVAIL= return] files dns", QUIET, "" },
	{ "built-in-without-fopnp", "fopnp:hosts dns", FOPNP_ERROR, "order fopnp:hosts dns" },
	{ "built-in-without-fopnp", "fopnp:hosts fopnp dns", FOPNP_ERROR, "order fopnp:hosts fopnp:mdns" },
	{ "built-in-without-fopnp", "fopnp [!UNAVAIL= return] fopnp:hosts dns", QUIET, "" },
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(LINES) / sizeof(*LINES); i++) {
		const struct line_case *line = &LINES[i];

		set_line(line->line);
		assert_rule_at(&machine, line->id, line->severity, line->words, NSSWITCH, 2);
	}
}

/* Rules compare sources with each other: a file of 1 MiB may not take them minutes. */
static void test_many_sources(void **state)
{
	char words[2 * FOPNP_CHECK_SOURCES + 64] = "files ";
	struct fopnp_check_order order;

	(void)state;
	for (size_t i = strlen(words); i < sizeof(words) - 1; i += 2)
		memcpy(words + i, "x ", 2);
	words[sizeof(words) - 1] = '\0';
	set_line(words);
	assert_true(fopnp_check_order(&machine, 0, &order));
	assert_int_equal(order.count, FOPNP_CHECK_SOURCES);
	assert_rule(&machine, "comment-on-hosts-line", QUIET, "");
	assert_rule(&machine, "source-twice", FOPNP_WARNING, "x stands");
}

static void test_healthy(void **state)
{
	const struct fopnp_check_rule *rule;
	struct fopnp_findings findings = { 0 };

	(void)state;
	make_check(&machine);
	for (size_t i = 0; (rule = fopnp_check_rule(i)); i++)
		rule->check(&machine, &findings);
	for (size_t i = 0; i < findings.count; i++)
		print_error("%s: %s\n", findings.list[i].id, findings.list[i].text);
	assert_int_equal(findings.count, 0);
	/* And so is fopnp as it is to be installed, but for the note on Go. */
	set_line("fopnp [!UNAVAIL= return] files mdns4_minimal [NOTFOUND=return] dns");
	for (size_t i = 0; (rule = fopnp_check_rule(i)); i++)
		if (strcmp(rule->id, "go-leaves-names-to-libc") != 0 &&
		    strncmp(rule->id, "avahi", 5) != 0)
			rule->check(&machine, &findings);
	for (size_t i = 0; i < findings.count; i++)
		print_error("%s: %s\n", findings.list[i].id, findings.list[i].text);
	assert_int_equal(findings.count, 0);
}

static void test_file(void **state)
{
	(void)state;
	make_check(&machine);
	write_check(&machine, FOPNP_CHECK_NSSWITCH, NULL);
	assert_rule_at(&machine, "nsswitch-missing", FOPNP_INFO, "files dns", NSSWITCH, 0);
	assert_rule(&machine, "no-hosts-line", QUIET, "");
	write_check(&machine, FOPNP_CHECK_NSSWITCH, "passwd: files\n");
	assert_rule(&machine, "nsswitch-missing", QUIET, "");
	assert_rule_at(&machine, "no-hosts-line", FOPNP_INFO, "files dns", NSSWITCH, 0);
	write_check(&machine, FOPNP_CHECK_NSSWITCH, "passwd: files\n Hosts: files\n");
	assert_rule_at(&machine, "no-hosts-line", FOPNP_WARNING, "alone", NSSWITCH, 2);
	write_check(&machine, FOPNP_CHECK_NSSWITCH, "hosts: files\nhosts: dns\n");
	assert_rule(&machine, "no-hosts-line", QUIET, "");
	assert_rule_at(&machine, "hosts-line-shadowed", FOPNP_WARNING, "earlier", NSSWITCH, 1);
	make_check(&machine);
	assert_rule(&machine, "hosts-line-shadowed", QUIET, "");
}

static void test_broken(void **state)
{
	(void)state;
	make_check(&machine);
	assert_rule(&machine, "nsswitch-broken", QUIET, "");
	write_check(&machine, FOPNP_CHECK_NSSWITCH, "hosts: files dns\npasswd: files [GONE=return]\n");
	assert_rule_at(&machine, "nsswitch-broken", FOPNP_ERROR, "not a status", NSSWITCH, 2);
	assert_rule(&machine, "no-hosts-line", QUIET, "");
	assert_rule(&machine, "dns-before-files", QUIET, "");
	make_check(&machine);
	write_check(&machine, FOPNP_CHECK_NSSWITCH, NULL);
	machine.files[FOPNP_CHECK_NSSWITCH].is_there = true;
	machine.files[FOPNP_CHECK_NSSWITCH].error = EISDIR;
	assert_rule_at(&machine, "nsswitch-broken", FOPNP_ERROR, "directory", NSSWITCH, 0);
}

static void test_unfinished(void **state)
{
	(void)state;
	make_check(&machine);
	assert_rule(&machine, "line-unfinished", QUIET, "");
	write_check(&machine, FOPNP_CHECK_NSSWITCH, "passwd: files\nhosts: files dns");
	assert_rule_at(&machine, "line-unfinished", FOPNP_ERROR, "newline", NSSWITCH, 2);
	write_check(&machine, FOPNP_CHECK_NSSWITCH, "hosts: files dns\nnetgroup: nis");
	assert_rule_at(&machine, "line-unfinished", FOPNP_WARNING, "newline", NSSWITCH, 2);
	/* Nothing is lost with these. */
	write_check(&machine, FOPNP_CHECK_NSSWITCH, "hosts: files dns\n # the end");
	assert_rule(&machine, "line-unfinished", QUIET, "");
	write_check(&machine, FOPNP_CHECK_NSSWITCH, "hosts: files dns\n  ");
	assert_rule(&machine, "line-unfinished", QUIET, "");
	/* Nor where check itself has cut the file. */
	write_check(&machine, FOPNP_CHECK_NSSWITCH, "hosts: files dns\nnetgr");
	machine.files[FOPNP_CHECK_NSSWITCH].is_cut = true;
	assert_rule(&machine, "line-unfinished", QUIET, "");
}

static void test_generated(void **state)
{
	(void)state;
	make_check(&machine);
	assert_rule(&machine, "nsswitch-generated", QUIET, "");
	write_check(&machine, FOPNP_CHECK_NSSWITCH, "# Generated by authselect\nhosts: files dns\n");
	assert_rule(&machine, "nsswitch-generated", FOPNP_INFO, "apply-changes");
	make_check(&machine);
	machine.files[FOPNP_CHECK_NSSWITCH].target =
		fopnp_memory_copy_text("/etc/static/nsswitch.conf");
	assert_rule(&machine, "nsswitch-generated", FOPNP_INFO, "nssDatabases");
}

static void try_module(const char *line, const char *source, const char *error)
{
	set_line(line);
	make_check_module(&machine, source, error);
}

static void test_modules(void **state)
{
	static const char gone[] = "cannot open shared object file: No such file or directory";
	static const char rule[] = "source-not-loaded";

	(void)state;
	try_module("files mdns4_minimal dns", "mdns4_minimal", gone);
	assert_rule_at(&machine, rule, FOPNP_WARNING, "install libnss-mdns,", NSSWITCH, 2);
	try_module("files mdns4_minimal dns", "mdns4_minimal", NULL);
	assert_rule(&machine, rule, QUIET, "");
	try_module("files frob", "frob", gone);
	assert_rule(&machine, rule, FOPNP_WARNING, "system failure");
	try_module("files frob", "frob", gone);
	assert_rule(&machine, rule, FOPNP_WARNING, "install libnss_frob.so.2,");
	try_module("files sss dns", "sss", "libnss_sss.so.2: wrong ELF class: ELFCLASS32");
	assert_rule(&machine, rule, FOPNP_WARNING, "libnss-sss for the architecture");
	try_module("files sss dns", "sss", "libnss_sss.so.2: undefined symbol: x");
	assert_rule(&machine, rule, FOPNP_WARNING, "reinstall libnss-sss");
	try_module("files frob dns", "frob",
		   "libnss_frob.so.2 has no function that looks up host names");
	assert_rule(&machine, rule, FOPNP_WARNING, "frob never answers: libnss_frob");
	assert_rule(&machine, rule, FOPNP_WARNING, "take frob out of the line");
	/* The last word decides what a name that nobody has becomes. */
	try_module("files # local", "local", gone);
	assert_rule(&machine, "comment-on-hosts-line", FOPNP_WARNING, "becomes a system failure");
	try_module("files # local dns", "dns", NULL);
	assert_rule(&machine, "comment-on-hosts-line", FOPNP_WARNING, "(#, local, dns)");
	/* Others tell of these. */
	try_module("files compat dns", "compat", "libnss_compat.so.2 has no function");
	assert_rule(&machine, rule, QUIET, "");
	try_module("Files dns", "Files", gone);
	assert_rule(&machine, rule, QUIET, "");
	try_module("files dns # note", "note", gone);
	assert_rule(&machine, rule, QUIET, "");
	try_module("fopnp files dns", "fopnp", gone);
	assert_rule(&machine, rule, QUIET, "");
	try_module("fopnp:dns", "fopnp:dns", gone);
	assert_rule(&machine, rule, QUIET, "");
}

static void test_own_module(void **state)
{
	(void)state;
	try_module("fopnp [!UNAVAIL= return] files dns", "fopnp", "gone");
	assert_rule_at(&machine, "module-inactive", FOPNP_WARNING, "gone", NSSWITCH, 2);
	try_module("fopnp", "fopnp", "gone");
	assert_rule(&machine, "module-inactive", FOPNP_ERROR, "ldconfig");
	try_module("fopnp", "fopnp", NULL);
	assert_rule(&machine, "module-inactive", QUIET, "");
	try_module("files dns", "fopnp", "gone");
	assert_rule(&machine, "module-inactive", QUIET, "");
}

/* ---- fopnp.conf ---- */

static void set_conf(const char *conf)
{
	set_line("fopnp [!UNAVAIL= return] files dns");
	write_check(&machine, FOPNP_CHECK_FOPNP_CONF, conf);
}

struct conf_case {
	const char *id, *conf;
	int severity;
	const char *words;
	unsigned line;
};

static const struct conf_case CONFS[] = {
	{ "fopnp-conf-line", "order files dns\norder fopnp files\n", FOPNP_WARNING, "left out", 2 },
	{ "fopnp-conf-line", "order fopnp:dns\ndns-servers 1.1.1.1 2.2.2.2 3.3.3.3 4.4.4.4 5.5.5.5 "
			     "6.6.6.6 7.7.7.7 8.8.8.8 9.9.9.9\n",
	  FOPNP_WARNING, "the first 8", 2 },
	{ "fopnp-conf-line", "order files dns\n", QUIET, "", 0 },
	{ "order-shadowed", "order files\norder .a files\norder .A. dns\n", FOPNP_WARNING, "line 2",
	  3 },
	{ "order-shadowed", "order files\norder .a files\norder .b.a dns\n", QUIET, "", 0 },
	{ "order-before-search", "order .corp.example dns\n", FOPNP_WARNING, "corp.example", 1 },
	{ "order-before-search", "order .example dns\n", FOPNP_WARNING, "host.corp.example", 1 },
	{ "order-before-search", "order .other.example dns\n", QUIET, "", 0 },
	{ "order-before-search", "order dns\n", QUIET, "", 0 },
	{ "option-unused", "order files\nhosts-file /etc/hosts.more\n", FOPNP_INFO, "fopnp:hosts",
	  2 },
	{ "option-unused", "order files\norder .a fopnp:dns\ndns-timeout 1s\n", QUIET, "", 0 },
	{ "log-journal-missing", "log journal\n", FOPNP_WARNING, "journald", 1 },
	{ "log-journal-missing", "log /run/x/socket\n", QUIET, "", 0 },
	/* The rules on the hosts line hold for orders, too; a domain may be the DNS's own. */
	{ "source-never-reached", "order files [NOTFOUND=return] dns\n", FOPNP_ERROR, "(dns)", 1 },
	{ "source-twice", "order files\norder .a files dns files\n", FOPNP_WARNING, "files", 2 },
	{ "dns-before-files", "order fopnp:dns fopnp:hosts\n", FOPNP_WARNING, "fopnp:hosts", 1 },
	{ "dns-before-files", "order .a dns [!UNAVAIL=return] files\n", QUIET, "", 0 },
};

static void test_conf_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(CONFS) / sizeof(*CONFS); i++) {
		const struct conf_case *conf = &CONFS[i];

		set_conf(conf->conf);
		write_check(&machine, FOPNP_CHECK_RESOLV_CONF, "search corp.example\n");
		machine.journal = FOPNP_CHECK_ABSENT;
		assert_rule_at(&machine, conf->id, conf->severity, conf->words, CONF, conf->line);
	}
	machine.journal = FOPNP_CHECK_THERE;
	write_check(&machine, FOPNP_CHECK_FOPNP_CONF, "log journal\n");
	assert_rule(&machine, "log-journal-missing", QUIET, "");
}

/* fopnp as the last word runs its own sources: their options have a use. */
static void test_module_order(void **state)
{
	(void)state;
	set_line("fopnp");
	write_check(&machine, FOPNP_CHECK_FOPNP_CONF, "mdns-timeout 1s\n");
	assert_rule(&machine, "option-unused", QUIET, "");
	write_check(&machine, FOPNP_CHECK_FOPNP_CONF, "order .a dns\nmdns-timeout 1s\n");
	assert_rule(&machine, "option-unused", QUIET, "");
	write_check(&machine, FOPNP_CHECK_FOPNP_CONF, "order dns\nmdns-timeout 1s\n");
	assert_rule(&machine, "option-unused", FOPNP_INFO, "fopnp:mdns");
}

static void test_conf_file(void **state)
{
	struct fopnp_check_file *file = &machine.files[FOPNP_CHECK_FOPNP_CONF];

	(void)state;
	set_conf("order files dns\nnonsense\n");
	assert_rule(&machine, "fopnp-conf-untrusted", QUIET, "");
	assert_rule(&machine, "fopnp-conf-unreadable", QUIET, "");
	assert_rule(&machine, "fopnp-conf-unused", QUIET, "");
	file->status.st_mode = S_IFREG | 0666;
	assert_rule_at(&machine, "fopnp-conf-untrusted", FOPNP_WARNING, "chmod go-w", CONF, 0);
	machine.root = "/srv/image";
	assert_rule(&machine, "fopnp-conf-untrusted", FOPNP_WARNING,
		    "chmod go-w /srv/image/etc/fopnp.conf");
	machine.root = NULL;
	assert_rule(&machine, "fopnp-conf-line", QUIET, "");
	file->status.st_mode = S_IFREG | 0644;
	file->status.st_uid = 1000;
	assert_rule(&machine, "fopnp-conf-untrusted", FOPNP_WARNING, "user 1000");
	machine.root_uid = 1000;
	assert_rule(&machine, "fopnp-conf-untrusted", QUIET, "");
	file->status.st_mode = S_IFREG | 0600;
	assert_rule_at(&machine, "fopnp-conf-unreadable", FOPNP_WARNING, "chmod a+r", CONF, 0);
	file->status.st_mode = S_IFREG | 0644;
	file->is_cut = true;
	assert_rule(&machine, "fopnp-conf-unreadable", FOPNP_WARNING, "1 MiB");
	set_line("files dns");
	write_check(&machine, FOPNP_CHECK_FOPNP_CONF, "order files dns\n");
	assert_rule_at(&machine, "fopnp-conf-unused", FOPNP_INFO, "no effect", CONF, 0);
	write_check(&machine, FOPNP_CHECK_FOPNP_CONF, "# order files dns\n");
	assert_rule(&machine, "fopnp-conf-unused", QUIET, "");
}

static void test_named(void **state)
{
	char path[] = "/srv/x", hostile[] = "/x;reboot'$(id)";
	struct fopnp_check_named named = { .path = path, .line = 3, .mode = 0755 };

	(void)state;
	set_conf("order files dns\n");
	machine.named = &named;
	machine.named_count = 1;
	assert_rule(&machine, "hosts-file-missing", QUIET, "");
	named.error = ENOENT;
	assert_rule_at(&machine, "hosts-file-missing", FOPNP_WARNING, "/srv/x", CONF, 3);
	assert_rule(&machine, "log-directory-missing", QUIET, "");
	named.error = EACCES;
	assert_rule(&machine, "hosts-file-missing", FOPNP_WARNING, "chmod a+r");
	named.is_log = true;
	assert_rule(&machine, "hosts-file-missing", QUIET, "");
	assert_rule_at(&machine, "log-directory-missing", FOPNP_WARNING, "all may enter", CONF, 3);
	named.error = ENOENT;
	assert_rule_at(&machine, "log-directory-missing", FOPNP_WARNING, "mkdir -p -m 0755 /srv/x",
		       CONF, 3);
	/* What is to be typed in, is one word, and of the image. */
	named.path = hostile;
	machine.root = "/srv/image";
	assert_rule(&machine, "log-directory-missing", FOPNP_WARNING,
		    "0755 '/srv/image/x;reboot'\\''$(id)'");
	machine.root = NULL;
	assert_rule(&machine, "log-directory-unsafe", QUIET, "");
	named.error = 0;
	assert_rule(&machine, "log-directory-missing", QUIET, "");
	assert_rule(&machine, "log-directory-unsafe", QUIET, "");
	named.mode = 01777;
	assert_rule_at(&machine, "log-directory-unsafe", FOPNP_WARNING, "mode 1777", CONF, 3);
	named.mode = 0755;
	named.uid = 1000;
	assert_rule(&machine, "log-directory-unsafe", FOPNP_WARNING, "owner 1000");
}

static void test_all_tried(void **state)
{
	(void)state;
	assert_rules_were_tried(FOPNP_CHECK_NSSWITCH_RULES);
	assert_rules_were_tried(FOPNP_CHECK_SOURCE_RULES);
	assert_rules_were_tried(FOPNP_CHECK_FOPNP_RULES);
	assert_rules_were_tried(FOPNP_CHECK_CONF_RULES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_lines, tear_down),
		cmocka_unit_test_teardown(test_many_sources, tear_down),
		cmocka_unit_test_teardown(test_healthy, tear_down),
		cmocka_unit_test_teardown(test_file, tear_down),
		cmocka_unit_test_teardown(test_broken, tear_down),
		cmocka_unit_test_teardown(test_unfinished, tear_down),
		cmocka_unit_test_teardown(test_generated, tear_down),
		cmocka_unit_test_teardown(test_modules, tear_down),
		cmocka_unit_test_teardown(test_own_module, tear_down),
		cmocka_unit_test_teardown(test_conf_lines, tear_down),
		cmocka_unit_test_teardown(test_module_order, tear_down),
		cmocka_unit_test_teardown(test_conf_file, tear_down),
		cmocka_unit_test_teardown(test_named, tear_down),
		cmocka_unit_test(test_all_tried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
