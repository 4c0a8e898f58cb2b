/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Namespaces in which /etc, /run and the network are ours alone. */
#include "tests/nss/differential/differential.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(2);
}

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool is_done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return is_done;
}

static bool become_root_of_a_namespace(void)
{
	char map[64], group_map[64];
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)geteuid());
	snprintf(group_map, sizeof(group_map), "0 %u 1", (unsigned)getegid());
	return unshare(CLONE_NEWUSER) == 0 && write_text("/proc/self/setgroups", "deny") &&
	       write_text("/proc/self/uid_map", map) && write_text("/proc/self/gid_map", group_map);
}

/*
 * gai.conf gives all addresses one label and one precedence, so that
 * getaddrinfo's sorting keeps the modules' own order for us to see.
 */
static void make_private_files(void)
{
	if (mount("tmpfs", "/etc", "tmpfs", 0, "mode=0755") < 0 ||
	    mount("tmpfs", "/run", "tmpfs", 0, "mode=0755") < 0)
		die("a private /etc and /run");
	if (!write_text("/etc/gai.conf", "label ::/0 1\nprecedence ::/0 1\n") ||
	    !write_text("/etc/resolv.conf", "nameserver 127.0.0.1\n") ||
	    !write_text("/etc/hosts", "127.0.0.1 localhost\n"))
		die("the files of a private /etc");
}

bool enter_sandbox(void)
{
	if (geteuid() != 0 && !become_root_of_a_namespace())
		return false;
	if (unshare(CLONE_NEWNS | CLONE_NEWNET) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return false;
	make_private_files();
	return true;
}

void copy_sandbox(void)
{
	if (unshare(CLONE_NEWNS | CLONE_NEWNET) < 0)
		die("a namespace for each worker");
	make_private_files();
}

void write_hosts_line(const char *list)
{
	char text[2100];
	snprintf(text, sizeof(text), "hosts: %s\n", list);
	if (!write_text("/etc/nsswitch.conf", text))
		die("/etc/nsswitch.conf");
}

/* ---- the network ---- */

static void set_v4(int fd, bool is_on)
{
	struct ifreq request = { .ifr_name = "lo:1" };
	struct sockaddr_in address = { .sin_family = AF_INET };
	inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);
	memcpy(&request.ifr_addr, &address, sizeof(address));
	if (is_on) {
		if (ioctl(fd, SIOCSIFADDR, &request) < 0)
			die("SIOCSIFADDR");
	} else if (ioctl(fd, SIOCGIFADDR, &request) == 0) {
		request.ifr_flags = 0;
		if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
			die("SIOCSIFFLAGS");
	}
}

/* struct in6_ifreq of <linux/ipv6.h>, which does not go with <netinet/in.h>. */
struct inet6_request {
	struct in6_addr address;
	uint32_t prefix;
	int interface;
};

static void set_v6(bool is_on)
{
	struct inet6_request request = { .prefix = 128, .interface = 1 };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return; /* a kernel without IPv6 */
	inet_pton(AF_INET6, "2001:db8:ffff::1", &request.address);
	if (ioctl(fd, is_on ? SIOCSIFADDR : SIOCDIFADDR, &request) < 0 && is_on && errno != EEXIST)
		die("SIOCSIFADDR for IPv6");
	close(fd);
}

void set_network(bool has_v4, bool has_v6)
{
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &up) < 0)
		die("the loopback interface");
	set_v4(fd, has_v4);
	set_v6(has_v6);
	close(fd);
}
