/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the private /etc, see hosts_differential.h. */
#include "tests/nss/hosts_differential/hosts_differential.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(2);
}

/*
 * fopnp:hosts keeps no copy of a file that was changed a moment ago.  With the clock
 * ahead no file is that young, and from the second call on the copy answers.
 */
static time_t clock_ahead;

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *now)
{
	int status = (int)syscall(SYS_clock_gettime, clock, now);

	if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		now->tv_sec += clock_ahead;
	return status;
}

void hosts_set_clock_ahead(time_t seconds)
{
	clock_ahead = seconds;
}

static void write_whole(const char *path, int flags, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);

	if (fd < 0)
		die(path);
	while (len > 0) {
		ssize_t written = write(fd, bytes, len);

		if (written < 0)
			die(path);
		bytes += written;
		len -= (size_t)written;
	}
	close(fd);
}

static void write_text(const char *path, const char *text)
{
	write_whole(path, O_TRUNC, text, strlen(text));
}

/* ramfs has no time stamps finer than a tick; tmpfs has since Linux 6.13. */
void hosts_enter_coarse_etc(void)
{
	if (mount("ramfs", "/etc", "ramfs", 0, "mode=0755") < 0)
		die("a private /etc");
	write_text("/etc/gai.conf", "label ::/0 1\nprecedence ::/0 1\n");
	write_text("/etc/resolv.conf", "nameserver 127.0.0.1\n");
	write_text("/etc/nsswitch.conf", "hosts: fopnp\n");
}

/* ---- settings ---- */

#define OTHER "/etc/other-host.conf"

/* The first of them serves every other process. */
static const struct hosts_settings all_settings[] = {
	{ .host_conf = "multi on\n" },
	{ .host_conf = "multi off\n" },
	{ .host_conf = NULL },
	{ .host_conf = "# multi off\norder hosts,bind\n\tmulti \t on # yes\n" },
	{ .host_conf = "multi off\n", .environment = { "RESOLV_MULTI", "on" } },
	{ .host_conf = "multi on\n", .environment = { "RESOLV_MULTI", "off" } },
	{ .host_conf = "MULTI ON\n" },
	{ .host_conf = "" },
	{ .host_conf = "multi on" },
	{ .host_conf = "multi off\n", .environment = { "RESOLV_HOST_CONF", OTHER } },
	{ .host_conf = "multi on\nmulti off\n" },
	{ .host_conf = "multi onward\n", .is_noisy = true },
	{ .host_conf = "multi\nmulti yes\n", .is_noisy = true },
	{ .host_conf = "trim .example\nmulti on\n" },
	{ .host_conf = "multi off\n", .environment = { "RESOLV_MULTI", "yes" }, .is_noisy = true },
	{ .host_conf = "nonsense\nmulti on\n", .is_noisy = true },
	{ .host_conf = "multi,on\nmulti:on\n", .is_noisy = true },
};

const struct hosts_settings *hosts_settings(unsigned process)
{
	const unsigned others = sizeof(all_settings) / sizeof(all_settings[0]) - 1;

	return process % 2 == 0 ? all_settings : &all_settings[1 + process / 2 % others];
}

void hosts_apply_settings(const struct hosts_settings *settings)
{
	(void)unlink("/etc/host.conf");
	if (settings->host_conf)
		write_text("/etc/host.conf", settings->host_conf);
	write_text(OTHER, "multi on\n");
	if (settings->environment[0] &&
	    setenv(settings->environment[0], settings->environment[1], 1) < 0)
		die("setenv");
	if (settings->is_noisy && !freopen("/dev/null", "w", stderr))
		die("/dev/null");
}

/* ---- files ---- */

static const char *part_path(unsigned part)
{
	static const char *const paths[HOSTS_PARTS] = { "/etc/hosts", "/etc/hosts.more",
							"/etc/hosts.most" };

	return paths[part];
}

static void clear(const char *path)
{
	if (unlink(path) < 0 && errno == EISDIR && rmdir(path) < 0)
		die(path);
}

static bool is_regular(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static void place_bytes(struct random_state *state, const char *path, const char *bytes, size_t len)
{
	/* With the clock ahead, twice the same size in one tick would be one file. */
	unsigned way = clock_ahead ? 1 : hosts_below(state, 3);

	if (!is_regular(path))
		clear(path);
	if (way == 0) {
		write_whole(path, O_TRUNC, bytes, len);
	} else if (way == 1) {
		write_whole("/etc/hosts.draft", O_TRUNC, bytes, len);
		if (rename("/etc/hosts.draft", path) < 0)
			die(path);
	} else {
		clear(path);
		write_whole(path, O_EXCL, bytes, len);
	}
}

void hosts_place(struct random_state *state, const struct hosts_content *content)
{
	const char *path = part_path(0);

	switch (content->kind) {
	case HOSTS_REGULAR:
	case HOSTS_CLOSED:
		place_bytes(state, path, content->bytes, content->len);
		return;
	case HOSTS_MISSING:
		clear(path);
		return;
	case HOSTS_DIRECTORY:
		clear(path);
		if (mkdir(path, 0755) < 0)
			die(path);
		return;
	case HOSTS_DANGLING:
		clear(path);
		if (symlink("hosts.nowhere", path) < 0)
			die(path);
		return;
	case HOSTS_SYMLINK:
		clear(path);
		place_bytes(state, "/etc/hosts.real", content->bytes, content->len);
		if (symlink("hosts.real", path) < 0)
			die(path);
		return;
	}
}

void hosts_allow_descriptors(bool are_allowed)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		die("getrlimit");
	limit.rlim_cur = are_allowed ? limit.rlim_max : 3;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		die("setrlimit");
}

/* Where the line ends that AT lies in. */
static size_t find_line_end(const struct hosts_content *content, size_t at)
{
	const char *newline = memchr(content->bytes + at, '\n', content->len - at);

	return newline ? (size_t)(newline + 1 - content->bytes) : content->len;
}

void hosts_place_parts(struct random_state *state, const struct hosts_content *content)
{
	size_t from = 0;

	if (content->kind != HOSTS_REGULAR) {
		for (unsigned part = 1; part < HOSTS_PARTS; part++)
			clear(part_path(part));
		hosts_place(state, content);
		return;
	}
	for (unsigned part = 0; part < HOSTS_PARTS; part++) {
		size_t rest = content->len - from;
		size_t to = content->len;

		if (part + 1 < HOSTS_PARTS)
			to = find_line_end(content,
					   from + (rest ? hosts_below(state, (unsigned)rest) : 0));
		place_bytes(state, part_path(part), content->bytes + from, to - from);
		from = to;
	}
}

void hosts_configure_parts(bool has_parts)
{
	clear("/etc/fopnp.conf");
	if (has_parts)
		write_text("/etc/fopnp.conf",
			   "hosts-file /etc/hosts.more\nhosts-file /etc/hosts.most\n");
}
