/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What check reads beside configuration files: browsers and what fopnp.conf names, below a root. */
#include "nss_module/lookup/fopnp_conf.h"
#include "tools/check_facts.h"
#include "tools/check_resolved_conf.h"
#include "tools/check_system.h"
#include "tools/check_system_file.h"
#include "tools/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

#define MODE_3 "user_pref(\"network.trr.mode\", 3);\n"

static char image[] = "/tmp/fopnp-facts-XXXXXX";

/* The path of NAME ("/etc/x") in the image, its directories made. */
static char *path_of(const char *name)
{
	char *path = fopnp_memory_format("%s%s", image, name);

	for (char *slash = strchr(path + strlen(image) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	return path;
}

static void write_file(const char *name, const char *bytes)
{
	FOPNP_AUTO_FREE char *path = path_of(name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(bytes, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void read_facts(struct fopnp_check_system *system, const char *conf)
{
	int root = fopnp_check_root_open(image);

	assert_true(root != -1);
	*system = (struct fopnp_check_system){
		.root = image,
		.fopnp_conf = fopnp_conf_parse(conf, strlen(conf), NULL, NULL),
	};
	fopnp_check_facts_read(system, root);
	(void)close(root);
}

static void clear_facts(struct fopnp_check_system *system)
{
	fopnp_conf_destroy(system->fopnp_conf);
	fopnp_check_facts_clear(system);
}

static const struct fopnp_check_browser *find_browser(const struct fopnp_check_system *system,
						      const char *file)
{
	for (size_t i = 0; i < system->browser_count; i++)
		if (strcmp(system->browsers[i].file, file) == 0)
			return &system->browsers[i];
	return NULL;
}

static int make_image(void **state)
{
	(void)state;
	return mkdtemp(image) ? 0 : -1;
}

static int remove_image(void **state)
{
	FOPNP_AUTO_FREE char *command = fopnp_memory_format("rm -rf %s", image);

	(void)state;
	return system(command);
}

static void test_browsers(void **state)
{
	static const char profile[] = "/home/a/.mozilla/firefox/x.default/prefs.js";
	static const char policy[] = "/etc/opt/chrome/policies/managed/dns.json";
	FOPNP_AUTO_FREE char *pipe = path_of("/home/b/.mozilla/firefox/x/prefs.js");
	FOPNP_AUTO_FREE char *link = path_of("/home/c/.mozilla/firefox/x/prefs.js");
	FOPNP_AUTO_FREE char *loop = path_of("/home/d/.mozilla/firefox");
	const struct fopnp_check_browser *found;
	struct fopnp_check_system system;

	(void)state;
	write_file(profile, "// x\n" MODE_3);
	write_file("/home/a/.mozilla/firefox/x.old/prefs.js", "user_pref(\"a\", 3);\n");
	write_file(policy, "{\"DnsOverHttpsMode\": \"secure\"}");
	write_file("/etc/opt/chrome/policies/managed/odd.json", "{");
	write_file("/root/snap/firefox/common/.mozilla/firefox/y/prefs.js", MODE_3);
	/* Nothing is waited for, and links lead nowhere else. */
	assert_int_equal(mkfifo(pipe, 0644), 0);
	assert_int_equal(symlink("/dev/zero", link), 0);
	assert_int_equal(symlink("firefox", loop), 0);
	read_facts(&system, "");
	assert_int_equal(system.browser_count, 3);
	found = find_browser(&system, profile);
	assert_non_null(found);
	assert_string_equal(found->program, "Firefox");
	assert_string_equal(found->setting, "network.trr.mode 3");
	assert_int_equal(found->line, 2);
	assert_true(found->is_exclusive);
	found = find_browser(&system, policy);
	assert_non_null(found);
	assert_string_equal(found->program, "Chrome");
	assert_int_equal(found->line, 0);
	assert_non_null(
		find_browser(&system, "/root/snap/firefox/common/.mozilla/firefox/y/prefs.js"));
	clear_facts(&system);
}

/* However many there are. */
static void test_many(void **state)
{
	struct fopnp_check_system system;

	(void)state;
	for (int i = 0; i < 100; i++) {
		FOPNP_AUTO_FREE char *name =
			fopnp_memory_format("/home/z%d/.mozilla/firefox/p/prefs.js", i);

		write_file(name, MODE_3);
	}
	read_facts(&system, "");
	assert_int_in_range(system.browser_count, 3, 40);
	clear_facts(&system);
}

static void test_named(void **state)
{
	static const char conf[] = "hosts-file /etc/hosts.more\nhosts-file /etc/gone\n"
				   "log /run/x/socket\nlog /gone/socket\nlog journal\n"
				   "log /etc/hosts.more/socket\n";
	FOPNP_AUTO_FREE char *directory = path_of("/run/x/");
	struct fopnp_check_system system;
	struct stat status;

	(void)state;
	assert_int_equal(chmod(directory, 0777), 0);
	assert_int_equal(stat(image, &status), 0);
	write_file("/etc/hosts.more", "10.0.0.1 a\n");
	read_facts(&system, conf);
	assert_int_equal(system.root_uid, status.st_uid);
	assert_int_equal(system.journal, FOPNP_CHECK_UNKNOWN);
	assert_int_equal(system.named_count, 5);
	assert_int_equal(system.named[0].error, 0);
	assert_int_equal(system.named[0].line, 1);
	assert_int_equal(system.named[1].error, ENOENT);
	assert_true(system.named[2].is_log);
	assert_string_equal(system.named[2].path, "/run/x");
	assert_int_equal(system.named[2].error, 0);
	assert_int_equal(system.named[2].mode & 0777, 0777);
	assert_int_equal(system.named[3].error, ENOENT);
	assert_int_equal(system.named[4].error, ENOTDIR);
	assert_int_equal(system.named[4].line, 6);
	clear_facts(&system);
}

#define RUN "/run/systemd/resolved.conf.d/"
#define ETC "/etc/systemd/resolved.conf.d/"
#define USR "/usr/lib/systemd/resolved.conf.d/"

/* By their names, one for each: that of /etc before that of /run before that of /usr. */
static void test_drop_ins(void **state)
{
	static const char *const expected[] = { USR "10.conf", RUN "20.conf", ETC "30.conf",
						RUN "40.conf" };
	static char path[] = "/etc/systemd/resolved.conf", none[] = "";
	FOPNP_AUTO_FREE char *pipe = path_of(RUN "40.conf");
	struct fopnp_check_setting setting;
	struct fopnp_check_system system = { .root = image };
	int root;

	(void)state;
	write_file(USR "10.conf", "DNS=1\nDNSx=9\n");
	write_file(USR "20.conf", "DNS=2\n");
	write_file(RUN "20.conf", "[Resolve]\n\t DNS =\t3 4 \r\n#DNS=5\nDNS");
	write_file(ETC "30.conf", "");
	write_file(RUN "30.conf", "DNS=6\n");
	write_file(ETC "50.conf~", "DNS=7\n");
	write_file(ETC ".conf", "DNS=8\n");
	assert_int_equal(mkfifo(pipe, 0644), 0);
	root = fopnp_check_root_open(image);
	system.files[FOPNP_CHECK_RESOLVED_CONF] =
		(struct fopnp_check_file){ .path = path, .bytes = none };
	fopnp_check_resolved_conf_read(&system, root);
	(void)close(root);
	assert_int_equal(system.resolved_drop_in_count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(system.resolved_drop_ins[i].path, expected[i]);
	assert_true(fopnp_check_resolved_setting(&system, "DNS", &setting));
	assert_string_equal(setting.file, RUN "20.conf");
	assert_int_equal(setting.line, 2);
	assert_int_equal(setting.len, 3);
	assert_memory_equal(setting.value, "3 4", 3);
	assert_false(fopnp_check_resolved_setting(&system, "LLMNR", &setting));
	fopnp_check_resolved_conf_clear(&system);
	assert_int_equal(system.resolved_drop_in_count, 0);
}

/* However many there are. */
static void test_many_drop_ins(void **state)
{
	struct fopnp_check_system system = { .root = image };
	int root = fopnp_check_root_open(image);

	(void)state;
	for (int i = 0; i < 120; i++) {
		FOPNP_AUTO_FREE char *name = fopnp_memory_format(USR "%03d.conf", i);

		write_file(name, "DNS=1\n");
	}
	fopnp_check_resolved_conf_read(&system, root);
	(void)close(root);
	assert_int_equal(system.resolved_drop_in_count, 100);
	fopnp_check_resolved_conf_clear(&system);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_browsers),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_drop_ins),
		cmocka_unit_test(test_many_drop_ins),
	};

	return cmocka_run_group_tests(tests, make_image, remove_image);
}
