/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules on hosts, host.conf, gai.conf, files as files, browsers and the environment. */
#include "tools/check_browsers.h"
#include "tools/check_system.h"
#include "tools/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/made_check.h"
#include "tests/unit/unit_test.h"

#define QUIET     (-1)
#define HOSTS     "/etc/hosts"
#define HOST_CONF "/etc/host.conf"
#define GAI_CONF  "/etc/gai.conf"

static struct fopnp_check_system machine;

static int tear_down(void **state)
{
	(void)state;
	clear_check(&machine);
	return 0;
}

struct file_case {
	const char *id;
	enum fopnp_check_file_id file;
	const char *bytes;
	int severity;
	const char *words;
	unsigned line;
};

#define IN_HOSTS     FOPNP_CHECK_HOSTS
#define IN_HOST_CONF FOPNP_CHECK_HOST_CONF
#define IN_GAI_CONF  FOPNP_CHECK_GAI_CONF
#define LOCAL        "127.0.0.1 localhost vm\n::1 localhost\n"

static const struct file_case FILES[] = {
	{ "hosts-missing", IN_HOSTS, NULL, FOPNP_WARNING, "no /etc/hosts", 0 },
	{ "hosts-missing", IN_HOSTS, "", QUIET, "", 0 },
	{ "hosts-line-unused", IN_HOSTS, LOCAL "10.1 a\n", FOPNP_WARNING, "the line is", 3 },
	{ "hosts-line-unused", IN_HOSTS, LOCAL "10.1 a\n010.0.0.1 b\n", FOPNP_WARNING, "2 lines", 3 },
	{ "hosts-line-unused", IN_HOSTS, LOCAL "# 10.1 a\n10.0.0.1 a\n", QUIET, "", 0 },
	{ "hosts-line-unused", IN_HOSTS, LOCAL "fe80::1%lo0 localhost\n", FOPNP_INFO, "the line is", 3 },
	{ "hosts-line-unused", IN_HOSTS, LOCAL "fe80::1%lo0 localhost\n10.1 a\n", FOPNP_WARNING,
	  "2 lines", 3 },
	{ "hosts-line-unused", IN_HOSTS, LOCAL "fe80::1%lo0 printer\n", FOPNP_WARNING, "the line is", 3 },
	{ "hosts-duplicate", IN_HOSTS, LOCAL "10.0.0.1 a\n10.0.0.1 b A\n", FOPNP_INFO, "line 3", 4 },
	{ "hosts-duplicate", IN_HOSTS, LOCAL "10.0.0.1 a\n10.0.0.2 a\n", QUIET, "", 0 },
	{ "hosts-last-line-garbled", IN_HOSTS, LOCAL "  10.0.0.1 foo", FOPNP_WARNING, "twice", 3 },
	{ "hosts-last-line-garbled", IN_HOSTS, LOCAL "10.0.0.1 foo", QUIET, "", 0 },
	{ "hosts-last-line-garbled", IN_HOSTS, LOCAL "  10.0.0.1 foo\n", QUIET, "", 0 },
	{ "hosts-last-line-garbled", IN_HOSTS, LOCAL "  ", QUIET, "", 0 },
	{ "localhost-missing", IN_HOSTS, "127.0.1.1 vm\n", FOPNP_ERROR, "127.0.0.1 localhost", 0 },
	{ "localhost-missing", IN_HOSTS, LOCAL, QUIET, "", 0 },
	{ "localhost-missing", IN_HOSTS, NULL, QUIET, "", 0 },
	{ "localhost-one-family", IN_HOSTS, "127.0.0.1 localhost\n", FOPNP_INFO, "::1 localhost", 0 },
	{ "localhost-one-family", IN_HOSTS, "::1 localhost\n", FOPNP_WARNING, "127.0.0.1", 0 },
	{ "localhost-one-family", IN_HOSTS, LOCAL, QUIET, "", 0 },
	{ "localhost-elsewhere", IN_HOSTS, LOCAL "0.0.0.0 localhost\n", FOPNP_ERROR, "0.0.0.0", 3 },
	{ "localhost-elsewhere", IN_HOSTS, "10.0.0.1 vm LOCALHOST\n", FOPNP_ERROR, "10.0.0.1", 1 },
	{ "localhost-elsewhere", IN_HOSTS, "127.0.0.2 localhost\n::ffff:127.0.0.1 localhost\n", QUIET,
	  "", 0 },
	{ "own-name-not-local", IN_HOSTS, "127.0.0.1 localhost\n", FOPNP_WARNING, "127.0.1.1 vm", 0 },
	{ "own-name-not-local", IN_HOSTS, LOCAL, QUIET, "", 0 },
	{ "trailing-dot-in-hosts", IN_HOSTS, LOCAL "10.0.0.1 a b.example.\n", FOPNP_WARNING,
	  "b.example. has", 3 },
	{ "trailing-dot-in-hosts", IN_HOSTS, LOCAL "10.0.0.1 a b.example\n", QUIET, "", 0 },
	{ "trailing-dot-in-hosts", IN_HOSTS, LOCAL "10.0.0.1 B. a b\n", QUIET, "", 0 },
	{ "hosts-wildcard", IN_HOSTS, LOCAL "10.0.0.1 *.example\n", FOPNP_WARNING, "*.example", 3 },
	{ "hosts-wildcard", IN_HOSTS, LOCAL "10.0.0.1 a.example # *\n", QUIET, "", 0 },
	{ "host-conf-line", IN_HOST_CONF, "# x\nnospoof on\n", FOPNP_WARNING, "does not know", 2 },
	{ "host-conf-line", IN_HOST_CONF, "multi yes\n", FOPNP_WARNING, "only on or off", 1 },
	{ "host-conf-line", IN_HOST_CONF, "multi on off\n", FOPNP_WARNING, "more behind", 1 },
	{ "host-conf-line", IN_HOST_CONF, "order hosts,bind\n\tMULTI on # yes\nreorder off", QUIET,
	  "", 0 },
	{ "host-conf-obsolete", IN_HOST_CONF, "multi on\norder hosts,bind\n", FOPNP_INFO, "order", 2 },
	{ "host-conf-obsolete", IN_HOST_CONF, "trim .example\n", FOPNP_INFO, "trim", 1 },
	{ "host-conf-obsolete", IN_HOST_CONF, "multi on\n", QUIET, "", 0 },
	{ "gai-conf-replaces-table", IN_GAI_CONF, "precedence ::ffff:0:0/96 100\n", FOPNP_INFO,
	  "::1/128, 2002::/16, ::/96", 1 },
	{ "gai-conf-replaces-table", IN_GAI_CONF, "# precedence ::ffff:0:0/96 100\n", QUIET, "", 0 },
	{ "gai-conf-replaces-table", IN_GAI_CONF,
	  "precedence ::1/128 50\nprecedence ::/0 40\nprecedence 2002::/16 30\n"
	  "precedence ::/96 20\nprecedence ::ffff:0:0/96 100\n",
	  QUIET, "", 0 },
	{ "gai-conf-unsafe", IN_GAI_CONF, "\nlabel ::1 0\n", FOPNP_ERROR, "/BITS", 2 },
	{ "gai-conf-unsafe", IN_GAI_CONF, "label ::1/128 0\n", QUIET, "", 0 },
	{ "gai-conf-line", IN_GAI_CONF, "Precedence ::1/128 50\n", FOPNP_WARNING, "the word", 1 },
	{ "gai-conf-line", IN_GAI_CONF, "reload no\nlabel 10.0.0.0/8 9\n", FOPNP_WARNING, "PREFIX", 2 },
	{ "gai-conf-line", IN_GAI_CONF, "# x\n\nscopev4 10.0.0.0/8 9 # x\nlabel ::1 0\n", QUIET, "",
	  0 },
	{ "gai-conf-reload", IN_GAI_CONF, "reload yes\n", FOPNP_INFO, "reload", 0 },
	{ "gai-conf-reload", IN_GAI_CONF, "reload no\n", QUIET, "", 0 },
	{ "carriage-return", FOPNP_CHECK_RESOLV_CONF, "nameserver 10.0.0.1\r\n", FOPNP_ERROR,
	  "CR LF", 1 },
	{ "carriage-return", IN_HOSTS, LOCAL "10.0.0.1 a\r\n", FOPNP_INFO, "blank", 3 },
	{ "carriage-return", IN_HOSTS, LOCAL, QUIET, "", 0 },
	{ "byte-order-mark", IN_HOSTS, "\xef\xbb\xbf" LOCAL, FOPNP_WARNING, "\\xef", 1 },
	{ "byte-order-mark", IN_HOSTS, LOCAL "\xef\xbb\xbf", QUIET, "", 0 },
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(FILES) / sizeof(*FILES); i++) {
		const struct file_case *file = &FILES[i];

		make_check(&machine);
		write_check(&machine, file->file, file->bytes);
		assert_rule_at(&machine, file->id, file->severity, file->words,
			       machine.files[file->file].path, file->line);
	}
}

static void set_order(const char *line)
{
	FOPNP_AUTO_FREE char *bytes = fopnp_memory_format("hosts: %s\n", line);

	write_check(&machine, FOPNP_CHECK_NSSWITCH, bytes);
}

/* What another source knows, and what nobody reads. */
static void test_other_sources(void **state)
{
	(void)state;
	make_check(&machine);
	write_check(&machine, FOPNP_CHECK_HOSTS, "10.0.0.1 a\n");
	set_order("files myhostname dns");
	assert_rule(&machine, "localhost-missing", QUIET, "");
	assert_rule(&machine, "localhost-one-family", QUIET, "");
	assert_rule(&machine, "own-name-not-local", QUIET, "");
	set_order("resolve [!UNAVAIL=return] dns");
	assert_rule(&machine, "own-name-not-local", QUIET, "");
	set_order("dns");
	assert_rule(&machine, "localhost-missing", QUIET, "");
	assert_rule_at(&machine, "own-name-not-local", FOPNP_WARNING, "put myhostname",
		       "/etc/nsswitch.conf", 1);
	set_order("files myhostname dns");
	write_check(&machine, FOPNP_CHECK_HOSTS, NULL);
	assert_rule(&machine, "hosts-missing", FOPNP_INFO, "");
	set_order("files dns");
	assert_rule(&machine, "hosts-missing", FOPNP_WARNING, "");
	machine.root = "/srv/image";
	assert_rule(&machine, "hosts-missing", FOPNP_INFO, "");
	set_order("dns");
	assert_rule(&machine, "hosts-missing", QUIET, "");
	make_check(&machine);
	machine.host_name[0] = '\0';
	write_check(&machine, FOPNP_CHECK_HOSTS, "10.0.0.1 a\n");
	assert_rule(&machine, "own-name-not-local", QUIET, "");
}

static void test_large(void **state)
{
	(void)state;
	make_check(&machine);
	assert_rule(&machine, "hosts-large", QUIET, "");
	machine.hosts.lines = 300000;
	assert_rule_at(&machine, "hosts-large", FOPNP_INFO, "300000 lines", HOSTS, 0);
	machine.hosts.lookup_us = 21000;
	assert_rule(&machine, "hosts-large", FOPNP_INFO, "(multi on): that takes 21.0 ms");
	machine.hosts.lookup_us = 61000; /* by the load */
	machine.hosts.lines = 7;
	assert_rule(&machine, "hosts-large", QUIET, "");
	machine.hosts.lines = 300000;
	assert_rule(&machine, "hosts-large", FOPNP_INFO, "(multi on): that takes 61.0 ms");
	machine.hosts.lines = 1000000;
	assert_rule(&machine, "hosts-large", FOPNP_WARNING, "(multi on): that takes 61.0 ms");
	write_check(&machine, FOPNP_CHECK_HOST_CONF, "multi off\n");
	assert_rule(&machine, "hosts-large", FOPNP_WARNING, "every lookup: that takes");
	machine.hosts.lookup_us = 900;
	assert_rule(&machine, "hosts-large", QUIET, "");
	machine.hosts.lookup_us = 21000;
	set_order("fopnp [!UNAVAIL= return] fopnp:hosts dns");
	assert_rule(&machine, "hosts-large", QUIET, "");
}

/* The end of what was kept of a large file may be the middle of a line. */
static void test_cut(void **state)
{
	(void)state;
	make_check(&machine);
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL "10.0.0.1 a.example\n10.0.0.2 b.exam.");
	assert_rule(&machine, "trailing-dot-in-hosts", FOPNP_WARNING, "b.exam.");
	machine.files[FOPNP_CHECK_HOSTS].is_cut = true;
	assert_rule(&machine, "trailing-dot-in-hosts", QUIET, "");
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL "10.0.0.1 a\n10.0.0.2 a");
	write_check(&machine, FOPNP_CHECK_HOST_CONF, "multi off\n");
	assert_rule(&machine, "multi-off", FOPNP_WARNING, "a stands on line 3");
	machine.files[FOPNP_CHECK_HOSTS].is_cut = true;
	assert_rule(&machine, "multi-off", FOPNP_INFO, "localhost stands");
	machine.files[FOPNP_CHECK_HOSTS].len = 5;
	assert_rule(&machine, "multi-off", QUIET, "");
}

static void test_underscore(void **state)
{
	static const char rule[] = "resolved-ignores-hosts-line";

	(void)state;
	make_check(&machine);
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL "10.0.0.1 a a_b\n");
	assert_rule(&machine, rule, QUIET, "");
	machine.resolved = FOPNP_CHECK_THERE;
	assert_rule_at(&machine, rule, FOPNP_INFO, "a_b has", HOSTS, 3);
	set_order("resolve [!UNAVAIL=return] dns");
	assert_rule(&machine, rule, FOPNP_WARNING, "in front of resolve");
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL "10.0.0.1 a a-b\n");
	assert_rule(&machine, rule, QUIET, "");
}

static void test_multi(void **state)
{
	(void)state;
	make_check(&machine);
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL "10.0.0.1 b a\n10.0.0.9 ab\n2001:db8::1 A\n");
	assert_rule(&machine, "multi-off", QUIET, "");
	write_check(&machine, FOPNP_CHECK_HOST_CONF, NULL);
	assert_rule_at(&machine, "multi-off", FOPNP_WARNING, "A stands on line 3, too", HOSTS, 5);
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL);
	assert_rule_at(&machine, "multi-off", FOPNP_INFO, "localhost stands", HOSTS, 2);
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL "127.0.0.2 localhost\n10.0.0.1 vm\n");
	assert_rule_at(&machine, "multi-off", FOPNP_WARNING, "vm stands on line 1", HOSTS, 4);
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL "127.0.0.2 localhost\n");
	assert_rule_at(&machine, "multi-off", FOPNP_INFO, "localhost stands on line 1", HOSTS, 2);
	/* As containers and Fedora write it. */
	write_check(&machine, FOPNP_CHECK_HOSTS,
		    "127.0.0.1 localhost localhost.localdomain\n::1 localhost localhost.localdomain\n");
	assert_rule_at(&machine, "multi-off", FOPNP_INFO, "stands on line 1", HOSTS, 2);
	write_check(&machine, FOPNP_CHECK_HOSTS, "127.0.0.1 localhost vm\n127.0.0.1 vm\n");
	assert_rule(&machine, "multi-off", QUIET, "");
	set_order("dns");
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL);
	assert_rule(&machine, "multi-off", QUIET, "");
}

static void test_differs(void **state)
{
	struct fopnp_check_sample *sample = machine.hosts.sample;

	(void)state;
	make_check(&machine);
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL "10.0.0.1 a.example\n2001:db8::1 b.example\n");
	assert_int_equal(machine.hosts.sample_count, 2);
	assert_rule(&machine, "hosts-differs", QUIET, "");
	sample[1].other = fopnp_memory_copy_text("2001:db8::2");
	assert_rule_at(&machine, "hosts-differs", FOPNP_INFO,
		       "b.example is 2001:db8::1 here, and 2001:db8::2 in the DNS", HOSTS, 4);
	sample[0].other = fopnp_memory_copy_text("10.0.0.2");
	assert_rule_at(&machine, "hosts-differs", FOPNP_INFO, "a.example is 10.0.0.1", HOSTS, 3);
	/* Several lines of a name are one answer. */
	write_check(&machine, FOPNP_CHECK_HOSTS,
		    LOCAL "10.0.0.1 a.example\n10.0.0.2 A.example\n10.0.0.3 a.example.\n");
	sample[1].other = fopnp_memory_copy_text("10.0.0.1");
	assert_rule(&machine, "hosts-differs", QUIET, "");
	sample[0].other = fopnp_memory_copy_text("10.0.0.9");
	assert_rule_at(&machine, "hosts-differs", FOPNP_INFO,
		       "a.example is 10.0.0.1, 10.0.0.2 here, and 10.0.0.9 in the DNS", HOSTS, 3);
	write_check(&machine, FOPNP_CHECK_HOST_CONF, "multi off\n");
	assert_rule_at(&machine, "hosts-differs", FOPNP_INFO, "a.example is 10.0.0.1 here", HOSTS, 3);
	free(sample[0].other);
	sample[0].other = NULL;
	assert_rule(&machine, "hosts-differs", QUIET, "");
	write_check(&machine, FOPNP_CHECK_HOST_CONF, "multi on\n");
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL "10.0.0.1 a.example\n");
	sample[0].other = fopnp_memory_copy_text("10.0.0.2");
	set_order("dns");
	assert_rule(&machine, "hosts-differs", QUIET, "");
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL);
}

static void test_families(void **state)
{
	struct fopnp_check_sample *sample = machine.hosts.sample;

	(void)state;
	make_check(&machine);
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL "10.0.0.1 a.example\n");
	assert_rule(&machine, "families-differ", QUIET, "");
	sample[0].hidden = fopnp_memory_copy_text("2001:db8::1");
	assert_rule_at(&machine, "families-differ", FOPNP_INFO,
		       "a.example has only IPv4 here, and 2001:db8::1 in the DNS", HOSTS, 3);
	machine.has_ipv6_address = false;
	assert_rule(&machine, "families-differ", QUIET, "");
	machine.has_ipv6_address = true;
	sample[0].other = fopnp_memory_copy_text("10.0.0.2");
	assert_rule(&machine, "families-differ", QUIET, "");
	/* Another line of the file, of the sample or not, has that family. */
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL "10.0.0.1 a.example\n2001:db8::2 b A.example\n");
	sample[0].hidden = fopnp_memory_copy_text("2001:db8::1");
	assert_rule(&machine, "families-differ", QUIET, "");
	write_check(&machine, FOPNP_CHECK_HOSTS, LOCAL "2001:db8::2 a.example\n");
	sample[0].hidden = fopnp_memory_copy_text("10.0.0.1");
	machine.has_ipv6_address = false;
	assert_rule(&machine, "families-differ", FOPNP_INFO, "add: 10.0.0.1 a.example");
	set_order("dns");
	assert_rule(&machine, "families-differ", QUIET, "");
}

static void test_ipv6(void **state)
{
	static char text[] = "192.0.2.53";
	struct fopnp_check_server server = { .text = text, .state = FOPNP_CHECK_THERE };

	(void)state;
	make_check(&machine);
	assert_rule(&machine, "ipv6-asked-in-vain", QUIET, "");
	machine.has_ipv6_address = false;
	machine.servers = &server;
	machine.server_count = 1;
	assert_rule(&machine, "ipv6-asked-in-vain", QUIET, "");
	server.elapsed_us = 1000000;
	assert_rule(&machine, "ipv6-asked-in-vain", FOPNP_INFO, "of 192.0.2.53");
	server = (struct fopnp_check_server){ .text = text, .state = FOPNP_CHECK_SILENT };
	assert_rule(&machine, "ipv6-asked-in-vain", FOPNP_INFO, "no-aaaa");
	server.state = FOPNP_CHECK_ABSENT;
	assert_rule(&machine, "ipv6-asked-in-vain", QUIET, "");
	write_check(&machine, FOPNP_CHECK_RESOLV_CONF, "options single-request-reopen\noptions edns0\n");
	assert_rule(&machine, "ipv6-asked-in-vain", FOPNP_INFO, "a second query behind the first");
	write_check(&machine, FOPNP_CHECK_RESOLV_CONF, "options single-request no-aaaa\noptions edns0\n");
	assert_rule(&machine, "ipv6-asked-in-vain", QUIET, "");
	write_check(&machine, FOPNP_CHECK_RESOLV_CONF, "options single-request\n");
	machine.root = "/srv/image";
	assert_rule(&machine, "ipv6-asked-in-vain", QUIET, "");
}

/* ---- files as files ---- */

static void test_nul(void **state)
{
	(void)state;
	make_check(&machine);
	write_check_bytes(&machine, FOPNP_CHECK_RESOLV_CONF, BYTES("\nsearch a\0b\n"));
	assert_rule_at(&machine, "nul-byte", FOPNP_WARNING, "NUL", "/etc/resolv.conf", 2);
	write_check_bytes(&machine, FOPNP_CHECK_RESOLV_CONF, BYTES("\nsearch a b\n"));
	assert_rule(&machine, "nul-byte", QUIET, "");
	/* Behind the part of the hosts file that was kept. */
	machine.hosts.nul_line = 400000;
	assert_rule_at(&machine, "nul-byte", FOPNP_WARNING, "NUL", HOSTS, 400000);
}

static void test_owner(void **state)
{
	struct fopnp_check_file *hosts = &machine.files[FOPNP_CHECK_HOSTS];
	struct fopnp_check_file *resolv = &machine.files[FOPNP_CHECK_RESOLV_CONF];

	(void)state;
	make_check(&machine);
	assert_rule(&machine, "file-writable", QUIET, "");
	hosts->status.st_mode = S_IFREG | 0646;
	assert_rule_at(&machine, "file-writable", FOPNP_ERROR, "chmod go-w", HOSTS, 0);
	hosts->status.st_mode = S_IFREG | 0664;
	assert_rule(&machine, "file-writable", QUIET, "");
	hosts->status.st_gid = 5;
	assert_rule(&machine, "file-writable", FOPNP_WARNING, "mode 664");
	hosts->status.st_mode = S_IFREG | 0644;
	hosts->status.st_uid = 1000;
	assert_rule(&machine, "file-writable", FOPNP_WARNING, "user 1000");
	machine.root_uid = 1000;
	assert_rule(&machine, "file-writable", QUIET, "");
	machine.root_uid = 0;
	hosts->status.st_uid = 0;
	resolv->status.st_uid = 101; /* systemd-resolve */
	assert_rule(&machine, "file-writable", QUIET, "");
	resolv->status.st_uid = 61200; /* of DynamicUser= */
	assert_rule(&machine, "file-writable", QUIET, "");
	resolv->status.st_uid = 1001;
	assert_rule(&machine, "file-writable", FOPNP_WARNING, "user 1001");
	/* In a rootless container, the host's root. */
	resolv->status.st_uid = 65534;
	assert_rule(&machine, "file-writable", FOPNP_INFO, "nobody");
	resolv->status.st_mode = S_IFREG | 0666;
	assert_rule(&machine, "file-writable", FOPNP_ERROR, "chmod go-w /etc/resolv.conf");
	machine.root = "/srv/image";
	assert_rule(&machine, "file-writable", FOPNP_ERROR, "chmod go-w /srv/image/etc/resolv.conf");
}

static void test_readable(void **state)
{
	(void)state;
	make_check(&machine);
	assert_rule(&machine, "file-unreadable", QUIET, "");
	machine.files[FOPNP_CHECK_RESOLV_CONF].status.st_mode = S_IFREG | 0600;
	assert_rule_at(&machine, "file-unreadable", FOPNP_ERROR, "127.0.0.1", "/etc/resolv.conf", 0);
	make_check(&machine);
	machine.files[FOPNP_CHECK_HOSTS].error = EACCES;
	assert_rule_at(&machine, "file-unreadable", FOPNP_ERROR, "chmod a+r", HOSTS, 0);
	/* A daemon's own. */
	make_check(&machine);
	write_check(&machine, FOPNP_CHECK_NSCD_CONF, "");
	machine.files[FOPNP_CHECK_NSCD_CONF].status.st_mode = S_IFREG | 0600;
	assert_rule(&machine, "file-unreadable", QUIET, "");
}

/* Something that is there and no file. */
static void set_strange(enum fopnp_check_file_id id, const char *target, int error)
{
	make_check(&machine);
	write_check(&machine, id, NULL);
	machine.files[id].is_there = true;
	machine.files[id].error = error;
	machine.files[id].target = fopnp_memory_copy_text(target);
}

static void test_strange(void **state)
{
	(void)state;
	set_strange(FOPNP_CHECK_HOSTS, "/gone/hosts", ENOENT);
	assert_rule_at(&machine, "file-link-dangling", FOPNP_WARNING, "/gone/hosts", HOSTS, 0);
	assert_rule(&machine, "file-not-regular", QUIET, "");
	set_strange(FOPNP_CHECK_GAI_CONF, "gai.conf", ELOOP);
	assert_rule_at(&machine, "file-link-dangling", FOPNP_WARNING, "back to itself", GAI_CONF, 0);
	set_strange(FOPNP_CHECK_RESOLV_CONF, "/gone", ENOENT);
	assert_rule(&machine, "file-link-dangling", QUIET, "");
	set_strange(FOPNP_CHECK_HOSTS, NULL, EISDIR);
	assert_rule(&machine, "file-link-dangling", QUIET, "");
	assert_rule_at(&machine, "file-not-regular", FOPNP_ERROR, "a directory", HOSTS, 0);
	set_strange(FOPNP_CHECK_HOST_CONF, NULL, EINVAL);
	assert_rule_at(&machine, "file-not-regular", FOPNP_ERROR, "no regular", HOST_CONF, 0);
	set_strange(FOPNP_CHECK_NSSWITCH, NULL, EISDIR);
	assert_rule(&machine, "file-not-regular", QUIET, "");
	set_strange(FOPNP_CHECK_RESOLV_CONF, NULL, EISDIR);
	assert_rule(&machine, "file-not-regular", QUIET, "");
}

static void test_huge(void **state)
{
	(void)state;
	make_check(&machine);
	machine.files[FOPNP_CHECK_HOSTS].is_cut = true;
	assert_rule(&machine, "file-huge", QUIET, "");
	machine.files[FOPNP_CHECK_RESOLV_CONF].is_cut = true;
	machine.files[FOPNP_CHECK_RESOLV_CONF].status.st_size = 5000000;
	assert_rule_at(&machine, "file-huge", FOPNP_WARNING, "5.0 MB", "/etc/resolv.conf", 0);
}

/* ---- what goes past the files ---- */

static void test_browsers(void **state)
{
	char file[] = "/home/a/prefs.js", setting[] = "network.trr.mode 2";
	struct fopnp_check_browser browser = {
		.program = "Firefox", .file = file, .line = 7, .setting = setting
	};

	(void)state;
	make_check(&machine);
	assert_rule(&machine, "browser-own-dns", QUIET, "");
	machine.browsers = &browser;
	machine.browser_count = 1;
	assert_rule_at(&machine, "browser-own-dns", FOPNP_INFO, "mode 2) first", file, 7);
	browser.is_exclusive = true;
	assert_rule(&machine, "browser-own-dns", FOPNP_WARNING, "never the system");
	browser.program = "Chromium";
	assert_rule(&machine, "browser-own-dns", FOPNP_WARNING, "DnsOverHttpsMode");
}

static int trr_mode(const char *bytes, unsigned *out_line)
{
	return fopnp_firefox_trr_mode(bytes, strlen(bytes), out_line);
}

static void test_prefs(void **state)
{
	unsigned line;

	(void)state;
	assert_int_equal(trr_mode("// x\nuser_pref(\"network.trr.mode\", 3);\n", &line), 3);
	assert_int_equal(line, 2);
	assert_int_equal(trr_mode("user_pref(\"network.trr.mode\",2);", &line), 2);
	assert_int_equal(trr_mode("user_pref(\"network.trr.mode\", 5);\n", &line), 0);
	assert_int_equal(trr_mode("user_pref(\"network.trr.mode\",", &line), 0);
	assert_int_equal(trr_mode("user_pref(\"network.trr.mode\", 3);\n"
				  "user_pref(\"network.trr.mode\", 0);\n",
				  &line),
			 0);
	assert_int_equal(line, 0);
	assert_int_equal(trr_mode("user_pref(\"network.trr.uri\", \"https://x\");\n", &line), 0);
	assert_int_equal(trr_mode("", &line), 0);
}

static bool has_doh(const char *bytes, const char *setting, bool is_exclusive)
{
	FOPNP_AUTO_FREE char *found = NULL;
	bool is_only = false;

	if (!fopnp_browser_policy_has_doh(bytes, strlen(bytes), &found, &is_only))
		return false;
	assert_string_equal(found, setting);
	assert_int_equal(is_only, is_exclusive);
	return true;
}

static void test_policies(void **state)
{
	(void)state;
	assert_true(has_doh("{\"DnsOverHttpsMode\": \"secure\"}", "DnsOverHttpsMode secure", true));
	assert_true(has_doh("{\"DnsOverHttpsMode\": \"automatic\","
			    "\"DnsOverHttpsTemplates\": \"https://dns.example/\"}",
			    "DnsOverHttpsMode automatic", false));
	assert_true(has_doh("{\"policies\": {\"DNSOverHTTPS\": {\"Enabled\": true}}}",
			    "DNSOverHTTPS Enabled", false));
	assert_true(has_doh("{\"policies\": {\"DNSOverHTTPS\": {\"Enabled\": true, "
			    "\"Fallback\": false}}}",
			    "DNSOverHTTPS Enabled", true));
	assert_false(has_doh("{\"policies\": {\"DNSOverHTTPS\": {\"Enabled\": false}}}", "", false));
	assert_false(has_doh("{\"DnsOverHttpsMode\": \"automatic\"}", "", false));
	assert_false(has_doh("{\"DnsOverHttpsMode\": \"off\"}", "", false));
	assert_false(has_doh("{\"DnsOverHttpsMode\": 3, \"policies\": []}", "", false));
	assert_false(has_doh("[1, 2]", "", false));
	assert_false(has_doh("{", "", false));
	assert_false(has_doh("", "", false));
}

static void test_environment(void **state)
{
	static const char *const rules[] = { "host-aliases-set", "local-domain-set",
					     "res-options-set", "host-conf-variable-set" };

	(void)state;
	make_check(&machine);
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		assert_rule(&machine, rules[i], QUIET, "");
	machine.environment = (struct fopnp_check_environment){
		.host_aliases = "/a",
		.local_domain = "b",
		.res_options = "ndots:3",
		.resolv_reorder = "on",
	};
	assert_rule(&machine, rules[0], FOPNP_WARNING, "HOSTALIASES=/a");
	assert_rule(&machine, rules[1], FOPNP_WARNING, "LOCALDOMAIN=b");
	assert_rule(&machine, rules[2], FOPNP_INFO, "RES_OPTIONS=ndots:3");
	assert_rule(&machine, rules[3], FOPNP_INFO, "RESOLV_REORDER=on");
	/* systemd-resolved does not have them. */
	set_order("files resolve");
	for (size_t i = 0; i < 3; i++)
		assert_rule(&machine, rules[i], QUIET, "");
}

static void test_go(void **state)
{
	(void)state;
	make_check(&machine);
	assert_rule(&machine, "go-leaves-names-to-libc", QUIET, "");
	set_order("fopnp [!UNAVAIL= return] files dns");
	assert_rule(&machine, "go-leaves-names-to-libc", FOPNP_INFO, "cgo");
}

static void test_all_tried(void **state)
{
	(void)state;
	assert_rules_were_tried(FOPNP_CHECK_HOSTS_RULES);
	assert_rules_were_tried(FOPNP_CHECK_HOST_CONF_RULES);
	assert_rules_were_tried(FOPNP_CHECK_GAI_RULES);
	assert_rules_were_tried(FOPNP_CHECK_FILE_RULES);
	assert_rules_were_tried(FOPNP_CHECK_OTHER_RULES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_texts, tear_down),
		cmocka_unit_test_teardown(test_other_sources, tear_down),
		cmocka_unit_test_teardown(test_large, tear_down),
		cmocka_unit_test_teardown(test_cut, tear_down),
		cmocka_unit_test_teardown(test_underscore, tear_down),
		cmocka_unit_test_teardown(test_multi, tear_down),
		cmocka_unit_test_teardown(test_differs, tear_down),
		cmocka_unit_test_teardown(test_families, tear_down),
		cmocka_unit_test_teardown(test_ipv6, tear_down),
		cmocka_unit_test_teardown(test_nul, tear_down),
		cmocka_unit_test_teardown(test_owner, tear_down),
		cmocka_unit_test_teardown(test_readable, tear_down),
		cmocka_unit_test_teardown(test_strange, tear_down),
		cmocka_unit_test_teardown(test_huge, tear_down),
		cmocka_unit_test_teardown(test_browsers, tear_down),
		cmocka_unit_test(test_prefs),
		cmocka_unit_test(test_policies),
		cmocka_unit_test_teardown(test_environment, tear_down),
		cmocka_unit_test_teardown(test_go, tear_down),
		cmocka_unit_test(test_all_tried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
