/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `fopnp check` reads: files below a root, /etc/hosts in one pass, children, options. */
#include "tools/check_child.h"
#include "tools/check_rule.h"
#include "tools/check_system.h"
#include "tools/check_system_file.h"
#include "tools/check_system_hosts.h"
#include "tools/memory.h"
#include "tools/resolv_options.h"

#include "tests/unit/unit_test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- /etc/hosts ---- */

static void read_hosts(const char *bytes, size_t len, const char *host_name,
		       struct fopnp_check_hosts *hosts)
{
	int file = memfd_create("hosts", MFD_CLOEXEC);

	assert_int_not_equal(file, -1);
	assert_int_equal(write(file, bytes, len), len);
	assert_int_equal(lseek(file, 0, SEEK_SET), 0);
	fopnp_check_hosts_read(file, host_name, hosts);
	(void)close(file);
}

static void test_hosts_facts(void **state)
{
	static const char text[] = "# a comment\n"
				   "127.0.0.1 localhost\n"
				   "::1 LocalHost\r\n"
				   "192.0.2.7 printer Client.example printer\n"
				   "192.0.2.256 wrong\n"
				   "192.0.2.9\n"
				   "192.0.2.7 PRINTER\n"
				   "192.0.2.8 printer\n"
				   "192.0.2.7 printer\n"
				   "192.0.2.10 a\0b\n"
				   "192.0.2.11 last alias";
	struct fopnp_check_hosts hosts;

	(void)state;
	read_hosts(text, sizeof(text) - 1, "client.example", &hosts);
	assert_int_equal(hosts.error, 0);
	assert_int_equal(hosts.lines, 11);
	assert_int_equal(hosts.bytes, sizeof(text) - 1);
	assert_int_equal(hosts.entries, 8);
	assert_int_equal(hosts.malformed, 2);
	assert_int_equal(hosts.first_malformed, 5);
	/* Lines 7 and 9; the name that stands twice in line 4 is no second line. */
	assert_int_equal(hosts.duplicates, 2);
	assert_int_equal(hosts.first_duplicate, 7);
	assert_int_equal(hosts.first_duplicate_of, 4);
	assert_string_equal(hosts.first_duplicate_name, "PRINTER");
	assert_string_equal(hosts.last_name, "last");
	assert_true(hosts.has_localhost && hosts.has_localhost6);
	assert_true(hosts.has_own_name);
	assert_int_equal(hosts.own_name_line, 4);
	assert_int_equal(hosts.carriage_return_line, 3);
	assert_int_equal(hosts.nul_line, 10);
	assert_int_equal(hosts.byte_order_mark_line, 0);
	/* Of loopback there is nothing to ask nscd. */
	assert_int_equal(hosts.sample_count, 6);
	assert_string_equal(hosts.sample[0].name, "printer");
	fopnp_check_hosts_clear(&hosts);
}

/* What distributions and block lists write there must leave room for hosts. */
static void test_hosts_sample(void **state)
{
	static const char text[] = "127.0.0.1 localhost\n::1 localhost\n255.255.255.255 all\n"
				   "fe00::0 ip6-localnet\nff00::0 ip6-mcastprefix\n"
				   "ff02::1 ip6-allnodes\n0.0.0.0 b1\n:: b2\n0.0.0.0 b3\n"
				   "0.0.0.0 b4\n0.0.0.0 b5\n:: b6\nfe80::1 router\n"
				   "192.0.2.1 h1\n2001:db8::1 h2\n192.0.2.3 h3\n192.0.2.4 h4\n";
	static const char *const names[] = { "b1", "b2", "b3", "b4", "router", "h1", "h2", "h3" };
	struct fopnp_check_hosts hosts;

	(void)state;
	read_hosts(text, sizeof(text) - 1, "", &hosts);
	assert_int_equal(hosts.sample_count, FOPNP_CHECK_SAMPLE);
	for (size_t i = 0; i < FOPNP_CHECK_SAMPLE; i++)
		assert_string_equal(hosts.sample[i].name, names[i]);
	fopnp_check_hosts_clear(&hosts);
}

static void test_hosts_nothing(void **state)
{
	struct fopnp_check_hosts hosts;

	(void)state;
	read_hosts("", 0, "", &hosts);
	assert_int_equal(hosts.error, 0);
	assert_int_equal(hosts.entries + hosts.malformed + hosts.lines, 0);
	assert_null(hosts.last_name);
	assert_false(hosts.has_own_name || hosts.has_localhost || hosts.has_localhost6);
	fopnp_check_hosts_clear(&hosts);
}

static void test_hosts_byte_order_mark(void **state)
{
	static const char text[] = "\xef\xbb\xbf" "127.0.0.1 localhost\n";
	struct fopnp_check_hosts hosts;

	(void)state;
	read_hosts(text, sizeof(text) - 1, "", &hosts);
	assert_int_equal(hosts.byte_order_mark_line, 1);
	assert_int_equal(hosts.first_malformed, 1);
	assert_false(hosts.has_localhost);
	fopnp_check_hosts_clear(&hosts);
}

/* More than the table begins with, each name twice: none is lost, none is made up. */
static void test_hosts_many(void **state)
{
	enum { NAMES = 5000 };
	FOPNP_AUTO_FREE char *text = NULL;
	struct fopnp_check_hosts hosts;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	for (int i = 0; i < 2 * NAMES; i++)
		(void)fprintf(out, "0.0.0.0 host%d.example\n", i % NAMES);
	(void)fclose(out);
	read_hosts(text, len, "", &hosts);
	assert_int_equal(hosts.entries, 2 * NAMES);
	assert_int_equal(hosts.duplicates, NAMES);
	assert_int_equal(hosts.first_duplicate, NAMES + 1);
	assert_int_equal(hosts.first_duplicate_of, 1);
	fopnp_check_hosts_clear(&hosts);
}

/* ---- files ---- */

struct tree {
	char path[64];
	int root;
};

static void make_tree(struct tree *tree)
{
	(void)strcpy(tree->path, "/tmp/fopnp-check.XXXXXX");
	assert_non_null(mkdtemp(tree->path));
	tree->root = fopnp_check_root_open(tree->path);
	assert_int_not_equal(tree->root, -1);
	assert_int_equal(mkdirat(tree->root, "etc", 0755), 0);
}

/* Before Linux 5.6, and below valgrind. */
static void need_openat2(void)
{
	int root = fopnp_check_root_open("/tmp");
	int file = fopnp_check_root_open_file(root, "/", O_PATH | O_DIRECTORY);

	if (file == -1)
		skip();
	(void)close(file);
	(void)close(root);
}

static void put(const struct tree *tree, const char *path, const char *text)
{
	int file = openat(tree->root, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_int_not_equal(file, -1);
	assert_int_equal(write(file, text, strlen(text)), strlen(text));
	(void)close(file);
}

static void remove_tree(struct tree *tree)
{
	static const char *const names[] = { "etc/hosts", "etc/inside", "etc/link",    "etc/out",
					     "etc/loop",  "etc/pipe",   "etc/hostname" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		(void)unlinkat(tree->root, names[i], 0);
	assert_int_equal(unlinkat(tree->root, "etc", AT_REMOVEDIR), 0);
	(void)close(tree->root);
	assert_int_equal(rmdir(tree->path), 0);
}

static void test_file_read(void **state)
{
	struct fopnp_check_file file;
	struct tree tree;

	(void)state;
	need_openat2();
	make_tree(&tree);
	put(&tree, "etc/hosts", "0123456789");
	fopnp_check_file_read(tree.root, "/etc/hosts", 10, &file);
	assert_true(file.is_there && file.is_regular && file.error == 0 && !file.is_cut);
	assert_int_equal(file.len, 10);
	assert_string_equal(file.bytes, "0123456789");
	assert_null(file.target);
	fopnp_check_file_clear(&file);
	fopnp_check_file_read(tree.root, "/etc/hosts", 9, &file);
	assert_true(file.is_cut);
	assert_string_equal(file.bytes, "012345678");
	fopnp_check_file_clear(&file);
	fopnp_check_file_read(tree.root, "/etc/absent", 9, &file);
	assert_true(!file.is_there && file.error == ENOENT);
	assert_string_equal(file.bytes, "");
	fopnp_check_file_clear(&file);
	remove_tree(&tree);
}

/* A link that names an absolute path, or climbs, stays below the root. */
static void test_file_links(void **state)
{
	struct fopnp_check_file file;
	struct tree tree;

	(void)state;
	need_openat2();
	make_tree(&tree);
	put(&tree, "etc/inside", "inside");
	assert_int_equal(symlinkat("/etc/inside", tree.root, "etc/link"), 0);
	assert_int_equal(symlinkat("../../../../etc/passwd", tree.root, "etc/out"), 0);
	assert_int_equal(symlinkat("loop", tree.root, "etc/loop"), 0);
	fopnp_check_file_read(tree.root, "/etc/link", 100, &file);
	assert_string_equal(file.target, "/etc/inside");
	assert_string_equal(file.bytes, "inside");
	fopnp_check_file_clear(&file);
	fopnp_check_file_read(tree.root, "/etc/out", 100, &file);
	assert_true(file.is_there && file.error == ENOENT);
	fopnp_check_file_clear(&file);
	fopnp_check_file_read(tree.root, "/etc/loop", 100, &file);
	assert_true(file.is_there && file.error == ELOOP);
	fopnp_check_file_clear(&file);
	remove_tree(&tree);
}

static void test_file_no_file(void **state)
{
	struct fopnp_check_file file;
	struct tree tree;

	(void)state;
	need_openat2();
	make_tree(&tree);
	assert_int_equal(mkfifoat(tree.root, "etc/pipe", 0644), 0);
	fopnp_check_file_read(tree.root, "/etc/pipe", 100, &file);
	assert_true(file.is_there && !file.is_regular && file.error == EINVAL);
	fopnp_check_file_clear(&file);
	fopnp_check_file_read(tree.root, "/etc", 100, &file);
	assert_true(file.is_there && !file.is_regular && file.error == EISDIR);
	fopnp_check_file_clear(&file);
	remove_tree(&tree);
}

/* ---- children ---- */

static void answer(void *context, char *result, size_t size)
{
	(void)size;
	*result = *(const char *)context;
}

static void crash(void *context, char *result, size_t size)
{
	(void)context;
	(void)result;
	(void)size;
	(void)raise(SIGKILL);
}

static void leave(void *context, char *result, size_t size)
{
	(void)context;
	(void)result;
	(void)size;
	_exit(0);
}

static void hang(void *context, char *result, size_t size)
{
	(void)context;
	(void)result;
	(void)size;
	for (;;)
		(void)pause();
}

/* As a constructor that makes a daemon of itself: no crash, and nothing to wait for. */
static void close_all_and_hang(void *context, char *result, size_t size)
{
	for (int fd = STDERR_FILENO + 1; fd < 256; fd++)
		(void)close(fd);
	hang(context, result, size);
}

static void test_children(void **state)
{
	char letter = 'a', results[5] = ".....";
	struct fopnp_check_child children[] = {
		{ .run = answer, .context = &letter, .result = &results[0], .size = 1 },
		{ .run = crash, .result = &results[1], .size = 1 },
		{ .run = leave, .result = &results[2], .size = 1 },
		{ .run = hang, .result = &results[3], .size = 1 },
		{ .run = close_all_and_hang, .result = &results[4], .size = 1 },
	};

	(void)state;
	fopnp_check_children_run(children, 5, 300000);
	assert_int_equal(children[0].end, FOPNP_CHECK_CHILD_DONE);
	assert_int_equal(children[1].end, FOPNP_CHECK_CHILD_CRASHED);
	assert_int_equal(children[1].signal, SIGKILL);
	assert_int_equal(children[2].end, FOPNP_CHECK_CHILD_CRASHED);
	assert_int_equal(children[2].signal, 0);
	assert_int_equal(children[3].end, FOPNP_CHECK_CHILD_TIMED_OUT);
	assert_int_equal(children[4].end, FOPNP_CHECK_CHILD_TIMED_OUT);
	assert_memory_equal(results, "a....", 5);
}

/* ---- openat2(2), refused ---- */

/* As the filter of a container runtime that does not know the call. */
static void refuse_openat2(void)
{
	struct sock_filter steps[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 4, steps };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(1);
}

static void open_refused(void *context, char *result, size_t size)
{
	int real = fopnp_check_root_open("/"), other = fopnp_check_root_open("/etc");

	(void)context;
	(void)size;
	refuse_openat2();
	result[0] = fopnp_check_root_open_file(real, "/etc/passwd", O_RDONLY) != -1 ? 'y' : 'n';
	/* "/" would be that of the machine. */
	result[1] = fopnp_check_root_open_file(other, "/etc/passwd", O_RDONLY) != -1 ? 'y' : 'n';
	result[2] = errno == EPERM ? 'y' : 'n';
}

static void test_openat2_refused(void **state)
{
	char result[3] = "...";
	struct fopnp_check_child child = { .run = open_refused, .result = result, .size = 3 };

	(void)state;
	need_openat2();
	fopnp_check_children_run(&child, 1, 20000000);
	if (child.end != FOPNP_CHECK_CHILD_DONE)
		skip(); /* no filters here */
	assert_memory_equal(result, "yny", 3);
}

/* ---- options of resolv.conf ---- */

static void assert_options(const char *text, unsigned ndots, unsigned timeout_s, int attempts)
{
	struct fopnp_resolv_options options;

	fopnp_resolv_options_read(text, strlen(text), &options);
	assert_int_equal(options.ndots, ndots);
	assert_int_equal(options.timeout_s, timeout_s);
	assert_int_equal(options.attempts, attempts);
}

static void test_options(void **state)
{
	(void)state;
	assert_options("", 1, 5, 2);
	assert_options("options ndots:5 timeout:1 attempts:3\n", 5, 1, 3);
	assert_options("options ndots:99 timeout:99 attempts:99", 15, 30, 5);
	assert_options("options\tndots:2\noptions timeout:2\noptions ndots:3 attempts:x\n", 3, 2, 0);
	/* No keyword in the first column, nothing behind it, a comment. */
	assert_options(" options ndots:5\noptionsndots:5\noptions \n#options ndots:5\n", 1, 5, 2);
}

static void test_wait(void **state)
{
	(void)state;
	assert_int_equal(fopnp_resolv_wait_s(5, 0, 3), 5);
	assert_int_equal(fopnp_resolv_wait_s(5, 1, 3), 3);
	assert_int_equal(fopnp_resolv_wait_s(5, 2, 3), 6);
	assert_int_equal(fopnp_resolv_wait_s(1, 1, 3), 1);
}

/* ---- the catalogue ---- */

static void test_catalogue(void **state)
{
	const struct fopnp_check_rule *rule;

	(void)state;
	for (size_t i = 0; (rule = fopnp_check_rule(i)) != NULL; i++) {
		/* Each id once: the first of that id is this one. */
		assert_ptr_equal(fopnp_check_rule_find(rule->id), rule);
		assert_non_null(rule->check);
		assert_true(rule->summary[0] && rule->explanation[0]);
	}
	assert_null(fopnp_check_rule_find("no-such-rule"));
}

/* Rules of a system of which the name alone is known neither crash nor find what is not there. */
static void test_empty_root(void **state)
{
	struct fopnp_check_options options = { .timeout_us = 1000000 };
	struct fopnp_findings findings = { 0 };
	struct fopnp_check_system *system;
	struct tree tree;

	(void)state;
	need_openat2();
	make_tree(&tree);
	/* hostname(5) */
	put(&tree, "etc/hostname", "# whose\n  # or not\nimage\nmore\n");
	options.root = tree.path;
	system = fopnp_check_system_read(&options);
	assert_string_equal(system->host_name, "image");
	assert_int_equal(system->server_count, 1);
	assert_string_equal(system->servers[0].text, "127.0.0.1");
	assert_true(fopnp_check_system_has_source(system, "dns"));
	assert_false(fopnp_check_system_has_source(system, "fopnp"));
	assert_int_equal(system->nscd, FOPNP_CHECK_UNKNOWN);
	fopnp_check_run(system, &findings);
	for (size_t i = 1; i < findings.count; i++)
		assert_true(findings.list[i].severity <= findings.list[i - 1].severity);
	fopnp_findings_clear(&findings);
	fopnp_check_system_destroy(system);
	remove_tree(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts_facts),
		cmocka_unit_test(test_hosts_sample),
		cmocka_unit_test(test_hosts_nothing),
		cmocka_unit_test(test_hosts_byte_order_mark),
		cmocka_unit_test(test_hosts_many),
		cmocka_unit_test(test_file_read),
		cmocka_unit_test(test_file_links),
		cmocka_unit_test(test_file_no_file),
		cmocka_unit_test(test_children),
		cmocka_unit_test(test_openat2_refused),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_catalogue),
		cmocka_unit_test(test_empty_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
