/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a command where every name is 192.0.2.2 and 2001:db8::2, by a name server on the loopback
 * interface, and /etc holds nothing of this machine: `served COMMAND ARGUMENT...`.
 */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const struct setting setting = { .line = "files dns", .hosts_lines = 10 };

	if (argc < 2 || !enter_private_system()) {
		(void)fprintf(stderr, "namespaces cannot be made here\n");
		return 77;
	}
	make_setting(&setting);
	(void)start_dns_server();
	(void)execvp(argv[1], argv + 1);
	die(argv[1]);
}
