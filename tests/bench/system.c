/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private /etc, /run and network; which processor a process runs on. */
#include "tests/bench/bench.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

const char *built_path(const char *file)
{
	static char path[PATH_MAX];
	static char folder[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
	if (length < 0)
		die("/proc/self/exe");
	folder[length] = '\0';
	for (int i = 0; i < 3; i++) /* BUILD/tests/bench/bench -> BUILD */
		*strrchr(folder, '/') = '\0';
	if (snprintf(path, sizeof(path), "%s/%s", folder, file) >= (int)sizeof(path))
		die("the build folder's path");
	return path;
}

static FILE *create(const char *path)
{
	FILE *file = fopen(path, "we");
	if (!file)
		die(path);
	return file;
}

static void finish(FILE *file, const char *path)
{
	if (fclose(file) != 0)
		die(path);
}

void write_text(const char *path, const char *text)
{
	FILE *file = create(path);
	fputs(text, file);
	finish(file, path);
}

static void become_root_of_a_namespace(void)
{
	char map[64], group_map[64];
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)geteuid());
	snprintf(group_map, sizeof(group_map), "0 %u 1", (unsigned)getegid());
	if (unshare(CLONE_NEWUSER) < 0)
		return;
	write_text("/proc/self/setgroups", "deny");
	write_text("/proc/self/uid_map", map);
	write_text("/proc/self/gid_map", group_map);
}

/* A queue of ten datagrams, the default, is full before a reader looks again. */
static void lengthen_queues(void)
{
	FILE *file = fopen("/proc/sys/net/unix/max_dgram_qlen", "we");
	if (!file)
		return; /* bench.c says how many events arrived */
	fputs("1000\n", file);
	fclose(file);
}

bool enter_private_system(void)
{
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	if (geteuid() != 0)
		become_root_of_a_namespace();
	if (unshare(CLONE_NEWNS | CLONE_NEWNET) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return false;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &up) < 0)
		die("the loopback interface");
	close(fd);
	lengthen_queues();
	return true;
}

/* The name that is looked up stands on the last line. */
static void write_hosts(unsigned lines)
{
	FILE *file = create("/etc/hosts");
	fputs("127.0.0.1\tlocalhost\n", file);
	for (unsigned i = 2; i < lines; i++)
		fprintf(file, "10.%u.%u.%u\thost%u.hosts.example host%u\n", i >> 16, i >> 8 & 255,
			i & 255, i, i);
	fputs(BENCH_HOSTS_ADDRESS "\t" BENCH_HOSTS_NAME " last\n", file);
	finish(file, "/etc/hosts");
}

/* It is the same file name, so that all else is the same. */
static void use_module_without_events(void)
{
	static char module[PATH_MAX];

	snprintf(module, sizeof(module), "%s", built_path("tests/bench/without_events.so"));
	if (mount(module, built_path("lib/libnss_fopnp.so.2"), NULL, MS_BIND, NULL) < 0)
		die(module);
}

void make_setting(const struct setting *setting)
{
	if (unshare(CLONE_NEWNS) < 0 || mount("tmpfs", "/etc", "tmpfs", 0, "mode=0755") < 0 ||
	    mount("tmpfs", "/run", "tmpfs", 0, "mode=0755") < 0)
		die("a private /etc and /run");
	if (setting->is_without_events)
		use_module_without_events();
	FILE *file = create("/etc/nsswitch.conf");
	fprintf(file, "hosts: %s\n", setting->line);
	finish(file, "/etc/nsswitch.conf");
	write_hosts(setting->hosts_lines);
	write_text("/etc/host.conf", "multi on\n");
	write_text("/etc/resolv.conf", setting->is_first_server_dead
					       ? "nameserver " BENCH_DEAD_SERVER
						 "\nnameserver 127.0.0.1\n"
					       : "nameserver 127.0.0.1\n");
	if (mkdir("/run/fopnp", 0755) < 0)
		die("/run/fopnp");
}

static void pin(long processor)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET((size_t)processor, &set);
	(void)sched_setaffinity(0, sizeof(set), &set); /* without it the figures only spread more */
}

void pin_client(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);
	pin(count > 1 ? 1 : 0);
}

void pin_server(void)
{
	pin(0);
}
