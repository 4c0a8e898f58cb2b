/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fopnp:mdns: when a search ends, with avahi at its other end and no interface to ask by: this
 * program is alone in an empty network namespace.  A limit of an hour says that
 * something else has to end it; if nothing does, the test hangs.
 *
 * Where the system shall refuse something, its calls of these names here are what the source
 * gets: an interface, packets that go nowhere, errors.
 */
#include "nss_module/mdns/mdns_search.h"

#include <arpa/nameser.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "nss_module/mdns/mdns_source.h"
#include "tests/unit/unit_test.h"

#define HOUR_US 3600000000ull

static char directory[64], path[100];
static struct fopnp_mdns_search search;

/* ---- the system ---- */

static struct system {
	struct ifaddrs *list;                /* NULL: the real one */
	unsigned failing_count;              /* so many packets do not go */
	int send_error;                      /* with this */
	int poll_error;                      /* 0: the real poll() */
	int poll_error_once_sent;            /* poll_error from the first packet on */
	unsigned packet_count, failed_count; /* what was sent or not */
} fake_system;

int getifaddrs(struct ifaddrs **out_list)
{
	int (*real)(struct ifaddrs **) = dlsym(RTLD_NEXT, "getifaddrs");

	if (!fake_system.list)
		return real(out_list);
	*out_list = fake_system.list;
	return 0;
}

void freeifaddrs(struct ifaddrs *list)
{
	void (*real)(struct ifaddrs *) = dlsym(RTLD_NEXT, "freeifaddrs");

	if (list != fake_system.list)
		real(list);
}

ssize_t sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to,
	       socklen_t to_len)
{
	(void)to_len;
	if (!to)
		return send(fd, bytes, len, flags);
	if (fake_system.failed_count < fake_system.failing_count) {
		fake_system.failed_count++;
		errno = fake_system.send_error;
		return -1;
	}
	fake_system.packet_count++;
	if (fake_system.poll_error_once_sent)
		fake_system.poll_error = fake_system.poll_error_once_sent;
	return (ssize_t)len;
}

int poll(struct pollfd *polled, nfds_t count, int wait_ms)
{
	struct timespec wait = { .tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000l };

	if (fake_system.poll_error == 0)
		return ppoll(polled, count, &wait, NULL);
	errno = fake_system.poll_error;
	return -1;
}

/* One link, which the kernel knows as lo; IPv4 on it, and IPv6 if that is wanted. */
static void give_link(bool has_inet6)
{
	static struct sockaddr_ll link = { .sll_family = AF_PACKET, .sll_ifindex = 1 };
	static struct sockaddr_in inet = { .sin_family = AF_INET };
	static struct sockaddr_in6 inet6 = { .sin6_family = AF_INET6,
					     .sin6_addr.s6_addr = { 0xfe, 0x80, [15] = 1 } };
	static void *const addresses[] = { &link, &inet, &inet6 };
	static char name[] = "eth0";
	static struct ifaddrs list[3];
	unsigned count = has_inet6 ? 3 : 2;

	for (unsigned i = 0; i < count; i++)
		list[i] = (struct ifaddrs){ .ifa_next = i + 1 < count ? &list[i + 1] : NULL,
					    .ifa_name = name,
					    .ifa_flags = IFF_UP | IFF_RUNNING | IFF_MULTICAST,
					    .ifa_addr = addresses[i] };
	fake_system.list = list;
}

/* ---- the daemon ---- */

/* What the daemon says to the two commands; NULL: nothing, and it does not close either. */
static struct fake_daemon {
	int listener;
	pthread_t thread;
	const char *answers[2];
	bool drips; /* byte by byte, without end */
} fake;

static void drip(int fd)
{
	while (send(fd, "+", 1, MSG_NOSIGNAL) == 1)
		usleep(100);
}

static void *run_daemon(void *context)
{
	int fds[2];

	for (unsigned i = 0; i < 2; i++) {
		char command[300];
		ssize_t len;
		unsigned which;

		fds[i] = accept(fake.listener, NULL, NULL);
		len = recv(fds[i], command, sizeof(command) - 1, 0);
		if (len < 0)
			len = 0;
		command[len] = '\0';
		which = strstr(command, "IPV6") != NULL;
		if (fake.drips)
			drip(fds[i]);
		else if (fake.answers[which])
			(void)send(fds[i], fake.answers[which], strlen(fake.answers[which]),
				   MSG_NOSIGNAL);
	}
	/* Until the search has closed both. */
	for (unsigned i = 0; i < 2; i++) {
		char byte;

		(void)recv(fds[i], &byte, 1, 0);
		close(fds[i]);
	}
	return context;
}

static void start_daemon(const char *inet, const char *inet6, bool drips)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strcpy(address.sun_path, path);
	fake = (struct fake_daemon){ .answers = { inet, inet6 }, .drips = drips };
	fake.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fake.listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fake.listener, 5), 0);
	assert_int_equal(pthread_create(&fake.thread, NULL, run_daemon, NULL), 0);
}

static void stop_daemon(void)
{
	assert_int_equal(pthread_join(fake.thread, NULL), 0);
	close(fake.listener);
	unlink(path);
}

static unsigned count_descriptors(void)
{
	DIR *list = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(list);
	while (readdir(list))
		count++;
	closedir(list);
	return count;
}

static unsigned descriptors_before;

static int set_up(void **state)
{
	(void)state;
	fake_system = (struct system){ .list = NULL };
	descriptors_before = count_descriptors();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return count_descriptors() == descriptors_before ? 0 : -1;
}

static void run(uint64_t timeout_us)
{
	/* Every byte of it is the search's to fill. */
	memset(&search, 0xa5, sizeof(search));
	search.question = (struct fopnp_mdns_question){ .name = "printer.local",
							.types = { ns_t_a, ns_t_aaaa },
							.type_count = 2 };
	fopnp_mdns_search_run(&search, path, timeout_us);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(search.avahi[i].fd, -1);
		assert_int_equal(search.multicast.sockets[i], -1);
	}
	assert_null(search.multicast.list);
	assert_int_equal(search.multicast.asked, fake_system.packet_count);
}

#define INET  "+ 2 0 printer.local 192.0.2.7\n"
#define INET6 "+ 2 1 printer.local fd53::7\n"

static void test_nobody(void **state)
{
	(void)state;
	run(HOUR_US);
	assert_true(fopnp_mdns_result_is_empty(&search.result));
	assert_string_equal(search.avahi[0].failure, "");
	assert_int_equal(search.multicast.interface_count, 0);
	assert_int_equal(search.error, 0);
}

static void test_both_answered(void **state)
{
	(void)state;
	start_daemon(INET, INET6, false);
	run(HOUR_US);
	stop_daemon();
	assert_int_equal(search.result.address_count, 2);
	assert_int_equal(search.result.settled, 3);
	assert_int_equal(search.result.origin.via, FOPNP_MDNS_VIA_AVAHI);
	assert_false(search.has_multicast_begun);
}

/* The grace ends it, and the other's silence is no failure. */
static void test_one_answered(void **state)
{
	(void)state;
	start_daemon(NULL, INET6, false);
	run(HOUR_US);
	stop_daemon();
	assert_int_equal(search.result.address_count, 1);
	assert_int_equal(search.result.addresses[0].family, AF_INET6);
	assert_string_equal(search.avahi[0].failure, "");
	assert_string_equal(search.avahi[1].failure, "");
}

static void test_both_denied(void **state)
{
	(void)state;
	start_daemon("-15 Timeout reached\n", "-15 Timeout reached\n", false);
	run(HOUR_US);
	stop_daemon();
	assert_true(fopnp_mdns_result_is_empty(&search.result));
	assert_true(search.avahi[0].has_denied && search.avahi[1].has_denied);
	assert_string_equal(search.avahi[0].failure, "Timeout reached");
	assert_true(search.has_multicast_begun);
}

static void test_silent(void **state)
{
	(void)state;
	start_daemon(NULL, NULL, false);
	run(100000);
	stop_daemon();
	assert_true(fopnp_mdns_result_is_empty(&search.result));
	assert_string_equal(search.avahi[0].failure, "timeout");
	assert_string_equal(search.avahi[1].failure, "timeout");
	assert_false(search.avahi[0].has_denied);
	assert_true(search.has_multicast_begun);
}

static void test_drips(void **state)
{
	(void)state;
	start_daemon(NULL, NULL, true);
	run(HOUR_US);
	stop_daemon();
	assert_true(fopnp_mdns_result_is_empty(&search.result));
	assert_string_equal(search.avahi[0].failure, "garbage");
	assert_string_equal(search.avahi[1].failure, "garbage");
}

/* ---- what the system refuses ---- */

/* A firewall: two packets, one a type, and nobody to wait for. */
static void test_cannot_send(void **state)
{
	(void)state;
	give_link(false);
	fake_system.failing_count = UINT_MAX;
	fake_system.send_error = EPERM;
	run(HOUR_US);
	assert_int_equal(fake_system.failed_count, 2);
	assert_int_equal(search.error, EPERM);
}

/* Full queues are tried once more. */
static void test_shortage_stays(void **state)
{
	(void)state;
	give_link(false);
	fake_system.failing_count = UINT_MAX;
	fake_system.send_error = ENOBUFS;
	run(HOUR_US);
	assert_int_equal(fake_system.failed_count, 4);
	assert_int_equal(search.error, ENOBUFS);
}

/* Then it is another error that ends it. */
static void test_shortage_passes(void **state)
{
	(void)state;
	give_link(false);
	fake_system.failing_count = 2;
	fake_system.send_error = ENOBUFS;
	fake_system.poll_error_once_sent = EACCES;
	run(HOUR_US);
	assert_int_equal(fake_system.packet_count, 2);
	assert_int_equal(search.error, EACCES);
}

/* Some of the packets went: silence is an answer. */
static void test_some_sent(void **state)
{
	(void)state;
	give_link(true);
	fake_system.failing_count = 1;
	fake_system.send_error = EPERM;
	run(300000);
	assert_true(fake_system.packet_count >= 3);
	assert_int_equal(search.error, 0);
}

static void test_cannot_wait(void **state)
{
	(void)state;
	give_link(false);
	fake_system.poll_error = ENOMEM;
	run(HOUR_US);
	assert_int_equal(search.error, ENOMEM);
	fake_system.poll_error = EINVAL; /* RLIMIT_NOFILE */
	fake_system.packet_count = 0;
	run(HOUR_US);
	assert_int_equal(search.error, EMFILE);
}

/* One socket can be had and the second cannot: half of the link was not asked. */
static void test_one_descriptor(void **state)
{
	int next_fd = dup(STDIN_FILENO);
	struct rlimit before, few;

	(void)state;
	close(next_fd);
	give_link(true);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = (rlim_t)next_fd + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	run(300000);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_true(fake_system.packet_count >= 2);
	assert_int_equal(search.error, EMFILE);
}

/* How the source says so.  There is no avahi at its usual place, or these say nothing. */
static void test_answers(void **state)
{
	static const struct {
		int send_error, poll_error;
		enum nss_status status;
		int error, h_error;
		const char *line;
	} cases[] = {
		{ EPERM, 0, NSS_STATUS_UNAVAIL, EPERM, NO_RECOVERY, "skipped=no-socket" },
		{ EACCES, 0, NSS_STATUS_UNAVAIL, EACCES, NO_RECOVERY, "skipped=no-socket" },
		{ ENOBUFS, 0, NSS_STATUS_TRYAGAIN, ENOBUFS, NETDB_INTERNAL, "skipped=no-socket" },
		{ 0, ENOMEM, NSS_STATUS_TRYAGAIN, ENOMEM, NETDB_INTERNAL,
		  "if=eth0 asked=2 heard=0 ignored=0" },
		{ 0, EPERM, NSS_STATUS_UNAVAIL, EPERM, NO_RECOVERY,
		  "if=eth0 asked=2 heard=0 ignored=0" },
	};
	struct gaih_addrtuple *first;
	int error, h_error;
	char buffer[2048], line[300], *canonical;
	int32_t ttl;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fopnp_detail detail = { .line = line, .size = sizeof(line) };
		struct fopnp_ask ask = { .function = FOPNP_GETHOSTBYNAME4_R,
					 .name = "printer.local",
					 .buffer = buffer,
					 .buflen = sizeof(buffer),
					 .errnop = &error,
					 .h_errnop = &h_error,
					 .first = &first,
					 .canonical = &canonical,
					 .ttl = &ttl,
					 .detail = &detail };

		fake_system = (struct system){ .send_error = cases[i].send_error,
					       .failing_count = cases[i].send_error ? UINT_MAX : 0,
					       .poll_error_once_sent = cases[i].poll_error };
		give_link(false);
		line[0] = '\0';
		assert_int_equal(fopnp_mdns_ask(&ask), cases[i].status);
		assert_int_equal(error, cases[i].error);
		assert_int_equal(h_error, cases[i].h_error);
		assert_string_equal(line, cases[i].line);
	}
}

/* ---- what is not ours ---- */

static struct fopnp_mdns_multicast *open_multicast(int pipe_ends[2])
{
	struct fopnp_mdns_multicast *multicast = &search.multicast;

	fopnp_mdns_multicast_init(multicast);
	give_link(false);
	fopnp_mdns_multicast_open(multicast);
	assert_true(multicast->sockets[0] >= 0);
	close(multicast->sockets[0]);
	assert_int_equal(pipe(pipe_ends), 0);
	assert_int_equal(pipe_ends[0], multicast->sockets[0]);
	return multicast;
}

/* The program closed all descriptors meanwhile, and opened a pipe of its own. */
static void test_number_of_another(void **state)
{
	int ends[2];

	(void)state;
	search.question = (struct fopnp_mdns_question){ .name = "printer.local",
							.types = { ns_t_a },
							.type_count = 1 };
	for (unsigned way = 0; way < 3; way++) {
		struct fopnp_mdns_multicast *multicast = open_multicast(ends);

		if (way == 0)
			fopnp_mdns_multicast_send(multicast, &search.question, 0);
		else if (way == 1)
			fopnp_mdns_multicast_receive(multicast, 0, &search.question,
						     &search.result);
		if (way < 2) {
			assert_int_equal(multicast->sockets[0], -1);
			assert_int_equal(multicast->error, ENOTSOCK);
		}
		fopnp_mdns_multicast_close(multicast);
		assert_int_equal(close(ends[0]), 0);
		close(ends[1]);
	}
}

/* However much rubbish came, what comes behind it is still read. */
static void test_flood(void **state)
{
	struct fopnp_mdns_multicast *multicast = &search.multicast;
	int ends[2];

	(void)state;
	memset(&search, 0, sizeof(search));
	fopnp_mdns_multicast_init(multicast);
	search.question = (struct fopnp_mdns_question){ .name = "printer.local",
							.types = { ns_t_a },
							.type_count = 1 };
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends), 0);
	multicast->sockets[0] = ends[0];
	for (unsigned i = 0; i < 100000; i++) {
		assert_int_equal(send(ends[1], "rubbish", 7, 0), 7);
		fopnp_mdns_multicast_receive(multicast, 0, &search.question, &search.result);
	}
	assert_int_equal(multicast->sockets[0], ends[0]);
	assert_int_equal(multicast->ignored, 100000);
	assert_int_equal(multicast->heard, 0);
	fopnp_mdns_multicast_close(multicast);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nobody, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_both_answered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_answered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_both_denied, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_silent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_drips, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cannot_send, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_shortage_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_shortage_passes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_some_sent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cannot_wait, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_descriptor, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_answers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_number_of_another, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_flood, set_up, tear_down),
	};
	int failed;

	if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
		puts("cannot make a network namespace here");
		return 77;
	}
	strcpy(directory, "/tmp/fopnp-mdns.XXXXXX");
	if (!mkdtemp(directory))
		return 1;
	(void)snprintf(path, sizeof(path), "%s/socket", directory);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(directory);
	return failed;
}
