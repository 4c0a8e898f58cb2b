/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fopnp:hosts in a living process: whatever way the file changes, the next lookup
 * sees it, as with "files"; threads and forks meanwhile; nothing is left behind.
 */
#include "tests/nss/isolated.h"
#include "tests/nss/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HOSTS   "/etc/hosts"
#define THREADS 8
#define NAME    "changing.test"

/* ---- what the module finds in the program before it finds it in libc ---- */

/*
 * No copy is kept of a file that was changed a moment ago.  With the clock ahead no
 * file is that young.
 */
static atomic_long clock_ahead;
static atomic_uint hosts_opened;

#define PREEMPTS __attribute__((visibility("default")))

PREEMPTS int clock_gettime(clockid_t clock, struct timespec *now)
{
	int status = (int)syscall(SYS_clock_gettime, clock, now);

	if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		now->tv_sec += atomic_load(&clock_ahead);
	return status;
}

PREEMPTS int open(const char *path, int flags, ...)
{
	mode_t mode = 0;

	if (flags & O_CREAT) {
		va_list arguments;

		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		va_end(arguments);
	}
	if (strcmp(path, HOSTS) == 0)
		atomic_fetch_add(&hosts_opened, 1);
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

/* ---- files ---- */

static void write_at_once(int fd, const char *text)
{
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
}

static void overwrite(const char *text)
{
	write_at_once(openat(AT_FDCWD, HOSTS, O_WRONLY | O_CLOEXEC), text);
}

static void truncate_and_write(const char *text)
{
	write_at_once(openat(AT_FDCWD, HOSTS, O_WRONLY | O_TRUNC | O_CLOEXEC), text);
}

static void unlink_and_create(const char *text)
{
	assert_int_equal(unlink(HOSTS), 0);
	write_at_once(openat(AT_FDCWD, HOSTS, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644), text);
}

static void replace(const char *text)
{
	isolated_write(HOSTS, text);
}

/* The same size whatever the number is. */
static void write_number(unsigned number, void (*write_file)(const char *text))
{
	char text[160];

	snprintf(text, sizeof(text), "127.0.0.1 localhost\n10.%03u.%03u.%03u %s number%06u\n",
		 number / 10000 % 100 + 100, number / 100 % 100 + 100, number % 100 + 100, NAME,
		 number);
	write_file(text);
}

static void expect_number(unsigned number)
{
	char address[64], alias[32], host[NI_MAXHOST];
	struct sockaddr_in sockaddr = { .sin_family = AF_INET };

	snprintf(address, sizeof(address), "10.%u.%u.%u", number / 10000 % 100 + 100,
		 number / 100 % 100 + 100, number % 100 + 100);
	snprintf(alias, sizeof(alias), "number%06u", number);
	assert_true(resolves_to(NAME, address));
	assert_true(resolves_to(alias, address));
	inet_pton(AF_INET, address, &sockaddr.sin_addr);
	assert_int_equal(getnameinfo((struct sockaddr *)&sockaddr, sizeof(sockaddr), host,
				     sizeof(host), NULL, 0, NI_NAMEREQD),
			 0);
	assert_string_equal(host, NAME);
}

/* tmpfs has time stamps finer than the clock's tick, as have others; ramfs has not. */
static void start_with_coarse_stamps(void)
{
	assert_int_equal(mount("ramfs", "/etc", "ramfs", 0, "mode=0755"), 0);
	isolated_write("/etc/host.conf", "multi on\n");
	isolated_write("/etc/resolv.conf", "nameserver 127.0.0.1\n");
	isolated_write("/etc/nsswitch.conf", "hosts: fopnp\n");
	isolated_write(HOSTS, "127.0.0.1 localhost\n");
	resolve_only_with("fopnp");
}

/* ---- changes ---- */

static void change_many_times(void (*write_file)(const char *text))
{
	start_with_coarse_stamps();
	for (unsigned i = 0; i < ROUNDS(3000u); i++) {
		write_number(i, write_file);
		expect_number(i);
	}
}

static void overwritten_with_the_same_size(void **state)
{
	(void)state;
	change_many_times(overwrite);
}

static void truncated_and_written(void **state)
{
	(void)state;
	change_many_times(truncate_and_write);
}

static void replaced_by_rename(void **state)
{
	(void)state;
	change_many_times(replace);
}

static void unlinked_and_created(void **state)
{
	(void)state;
	change_many_times(unlink_and_create);
}

/* With the copy that is kept of an old file. */

static void old_file_is_kept(void **state)
{
	(void)state;
	start_with_coarse_stamps();
	atomic_store(&clock_ahead, 3600);
	write_number(1, replace);
	atomic_store(&hosts_opened, 0);
	for (unsigned i = 0; i < 50; i++)
		expect_number(1);
	assert_int_equal(atomic_load(&hosts_opened), 1);
}

static void old_file_is_replaced(void **state)
{
	(void)state;
	start_with_coarse_stamps();
	atomic_store(&clock_ahead, 3600);
	for (unsigned i = 0; i < ROUNDS(1000u); i++) {
		write_number(i, i % 2 ? replace : unlink_and_create);
		expect_number(i);
		expect_number(i);
	}
}

/* By size, by time, and by the change of an inode whose mtime was set back. */
static void old_file_is_overwritten(void **state)
{
	const struct timespec tick = { .tv_nsec = 30000000 };
	struct stat before;

	(void)state;
	start_with_coarse_stamps();
	atomic_store(&clock_ahead, 3600);
	for (unsigned i = 0; i < 6; i++) {
		write_number(2 * i, overwrite);
		assert_int_equal(stat(HOSTS, &before), 0);
		expect_number(2 * i);
		nanosleep(&tick, NULL);
		write_number(2 * i + 1, overwrite);
		if (i % 2) {
			const struct timespec times[2] = { before.st_atim, before.st_mtim };

			assert_int_equal(utimensat(AT_FDCWD, HOSTS, times, 0), 0);
		}
		expect_number(2 * i + 1);
		nanosleep(&tick, NULL);
	}
	overwrite("10.0.0.1 " NAME " # and something behind it, so that the file is larger now\n\n"
		  "# and larger\n");
	assert_true(resolves_to(NAME, "10.0.0.1"));
	truncate_and_write("10.0.0.2 " NAME "\n");
	assert_true(resolves_to(NAME, "10.0.0.2"));
}

static void goes_and_comes_back(void **state)
{
	char text[64];

	(void)state;
	start_with_coarse_stamps();
	for (unsigned i = 0; i < ROUNDS(200u); i++) {
		atomic_store(&clock_ahead, i % 2 ? 3600 : 0);
		write_number(i, replace);
		expect_number(i);
		assert_int_equal(unlink(HOSTS), 0);
		assert_int_equal(resolve(NAME, AF_UNSPEC, 0, text, sizeof(text)), EAI_NONAME);
		assert_int_equal(mkdir(HOSTS, 0755), 0);
		assert_int_equal(resolve(NAME, AF_UNSPEC, 0, text, sizeof(text)), EAI_SYSTEM);
		assert_int_equal(rmdir(HOSTS), 0);
		(void)unlink("/etc/hosts.real");
		assert_int_equal(symlink("hosts.real", HOSTS), 0);
		assert_int_equal(resolve(NAME, AF_UNSPEC, 0, text, sizeof(text)), EAI_NONAME);
		isolated_write("/etc/hosts.real", "10.0.0.3 " NAME "\n");
		assert_true(resolves_to(NAME, "10.0.0.3"));
		isolated_write("/etc/hosts.real", "10.0.0.4 " NAME "\n");
		assert_true(resolves_to(NAME, "10.0.0.4"));
		assert_int_equal(unlink(HOSTS), 0);
	}
}

static void further_files_change(void **state)
{
	char text[80], address[32];

	(void)state;
	start_with_coarse_stamps();
	isolated_write("/etc/fopnp.conf", "hosts-file /etc/hosts.more\nhosts-file /etc/most\n");
	for (unsigned i = 0; i < ROUNDS(500u); i++) {
		atomic_store(&clock_ahead, i % 4 < 2 ? 3600 : 0);
		snprintf(address, sizeof(address), "10.1.%u.%u", i / 100 + 100, i % 100 + 100);
		snprintf(text, sizeof(text), "%s more.test\n", address);
		isolated_write(i % 2 ? "/etc/hosts.more" : "/etc/most", text);
		unlink(i % 2 ? "/etc/most" : "/etc/hosts.more");
		assert_true(resolves_to("more.test", address));
		assert_true(resolves_to("localhost", "127.0.0.1"));
	}
	assert_int_equal(unlink(HOSTS), 0); /* which hides nothing that the others say */
	assert_true(resolves_to("more.test", address));
}

/* More files than there are places to keep them. */
static void many_further_files(void **state)
{
	char conf[600] = "", path[32], text[64], address[32];

	(void)state;
	start_with_coarse_stamps();
	atomic_store(&clock_ahead, 3600);
	for (unsigned i = 0; i < 9; i++)
		snprintf(conf + strlen(conf), sizeof(conf) - strlen(conf),
			 "hosts-file /etc/hosts.%u\n", i);
	isolated_write("/etc/fopnp.conf", conf);
	for (unsigned i = 0; i < ROUNDS(900u); i++) {
		snprintf(path, sizeof(path), "/etc/hosts.%u", i % 9);
		snprintf(address, sizeof(address), "10.2.%u.%u", i / 9, i % 9);
		snprintf(text, sizeof(text), "%s name%u.test many.test\n", address, i % 9);
		isolated_write(path, text);
		snprintf(text, sizeof(text), "name%u.test", i % 9);
		assert_true(resolves_to(text, address));
		assert_true(resolves_to(text, address));
		assert_true(i >= 9 || resolves_to("name0.test", "10.2.0.0"));
	}
}

/* ---- threads ---- */

static struct nss_functions fopnp;
static atomic_uint written, being_written, failures, lookups;
static atomic_bool is_over;

/* One generation: three lines, each with its number. */
static void write_generation(unsigned number)
{
	char text[400];

	snprintf(text, sizeof(text),
		 "127.0.0.1 localhost\n10.1.%u.%u %s a%u\n10.2.%u.%u %s\n"
		 "# between them\n10.3.%u.%u %s\n",
		 number >> 8, number & 255, NAME, number, number >> 8, number & 255, NAME,
		 number >> 8, number & 255, NAME);
	atomic_store(&being_written, number);
	isolated_write(HOSTS, text);
	atomic_store(&written, number);
}

static bool is_one_generation(const struct hostent *host, unsigned *number)
{
	const uint8_t *first = (const uint8_t *)host->h_addr_list[0];
	unsigned count = 0;

	*number = (unsigned)first[2] << 8 | first[3];
	for (char **at = host->h_addr_list; *at; at++, count++) {
		const uint8_t *address = (const uint8_t *)*at;

		if (address[1] != count + 1 || memcmp(address + 2, first + 2, 2) != 0)
			return false;
	}
	return count == 3 && host->h_aliases[0] && !host->h_aliases[1] &&
	       (unsigned)strtoul(host->h_aliases[0] + 1, NULL, 10) == *number;
}

/* The module alone, as a child of fork must have it: glibc's own locks do not survive. */
static bool ask_module(void)
{
	unsigned least = atomic_load(&written), number;
	struct hostent host;
	char buffer[1024];
	int error, h_error;

	return fopnp.by_name(NAME, &host, buffer, sizeof(buffer), &error, &h_error) ==
		       NSS_STATUS_SUCCESS &&
	       is_one_generation(&host, &number) && number == least;
}

static bool look_up_generation(void)
{
	unsigned least = atomic_load(&written), number, most;
	struct hostent host, *result;
	char buffer[1024];
	int h_error;

	if (gethostbyname_r(NAME, &host, buffer, sizeof(buffer), &result, &h_error) != 0 || !result)
		return false;
	most = atomic_load(&being_written);
	return is_one_generation(&host, &number) && number >= least && number <= most;
}

static void *look_up_until_over(void *context)
{
	(void)context;
	while (!atomic_load(&is_over)) {
		if (!look_up_generation())
			atomic_fetch_add(&failures, 1);
		atomic_fetch_add(&lookups, 1);
	}
	return NULL;
}

static void start_threads(pthread_t threads[THREADS])
{
	write_generation(1);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, look_up_until_over, NULL), 0);
}

static void join_threads(const pthread_t threads[THREADS])
{
	atomic_store(&is_over, true);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	print_message("%u generations, %u lookups\n", atomic_load(&written), atomic_load(&lookups));
	assert_int_equal(atomic_load(&failures), 0);
}

static void threads_while_it_changes(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	start_with_coarse_stamps();
	start_threads(threads);
	for (unsigned i = 2; i < 3000; i++) {
		/* kept and not kept in turn; and a while in which a copy serves */
		atomic_store(&clock_ahead, i / 100 % 2 ? 3600 : 0);
		write_generation(i);
		if (i % 10 == 0)
			usleep(1000);
	}
	join_threads(threads);
}

static void fork_in_a_storm(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	if (UNDER_ASAN || UNDER_TSAN)
		skip(); /* their own locks do not survive fork */
	start_with_coarse_stamps();
	nss_functions_load("fopnp", &fopnp);
	atomic_store(&clock_ahead, 3600);
	start_threads(threads);
	for (unsigned i = 2; i < 300; i++) {
		int status;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			alarm(20);
			_exit(ask_module() && ask_module() ? 0 : 1);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		write_generation(i);
	}
	join_threads(threads);
}

/* ---- nothing is left ---- */

#define LARGE_LINES 200000u /* some six megabytes */

static void write_large(void)
{
	FILE *file = fopen(HOSTS, "we");

	assert_non_null(file);
	for (unsigned i = 0; i < LARGE_LINES; i++)
		fprintf(file, "10.%u.%u.%u host%u.large.test\n", i >> 16, i >> 8 & 255, i & 255, i);
	fputs("192.0.2.1 last.test\n", file);
	assert_int_equal(fclose(file), 0);
}

static void ask_large(void)
{
	struct sockaddr_in sockaddr = { .sin_family = AF_INET };
	char text[NI_MAXHOST];

	assert_true(resolves_to("last.test", "192.0.2.1"));
	assert_int_equal(resolve("absent.test", AF_UNSPEC, 0, text, sizeof(text)), EAI_NONAME);
	inet_pton(AF_INET, "192.0.2.1", &sockaddr.sin_addr);
	assert_int_equal(getnameinfo((struct sockaddr *)&sockaddr, sizeof(sockaddr), text,
				     sizeof(text), NULL, 0, NI_NAMEREQD),
			 0);
	assert_string_equal(text, "last.test");
}

static void large_file_leaves_no_memory(void **state)
{
	struct mallinfo2 before, after;
	size_t pages;

	(void)state;
	start_with_coarse_stamps();
	write_large();
	atomic_store(&clock_ahead, 3600);
	assert_true(resolves_to("host1.large.test", "10.0.0.1"));
	before = mallinfo2();
	pages = resident_pages();
	for (unsigned i = 0; i < 5; i++)
		ask_large();
	after = mallinfo2();
	if (UNDER_ASAN || UNDER_TSAN)
		return; /* their memory is another's */
	print_message("%zu bytes in use before, %zu after\n", before.uordblks + before.hblkhd,
		      after.uordblks + after.hblkhd);
	assert_true(after.uordblks + after.hblkhd <= before.uordblks + before.hblkhd + 8192);
	assert_true(resident_pages() <= pages + 64);
}

static void nothing_is_left_open(void **state)
{
	char text[64];
	size_t before;

	(void)state;
	start_with_coarse_stamps();
	assert_true(resolves_to("localhost", "127.0.0.1"));
	before = count_descriptors();
	for (unsigned i = 0; i < 100; i++) {
		atomic_store(&clock_ahead, i % 2 ? 3600 : 0);
		write_number(i, replace);
		expect_number(i);
		assert_int_equal(unlink(HOSTS), 0);
		assert_int_equal(mkdir(HOSTS, 0755), 0);
		(void)resolve(NAME, AF_UNSPEC, 0, text, sizeof(text));
		assert_int_equal(rmdir(HOSTS), 0);
		isolated_write(HOSTS, "");
	}
	write_large();
	ask_large();
	assert_int_equal(count_descriptors(), before);
}

static void *look_up_once(void *context)
{
	(void)context;
	if (!resolves_to(NAME, "10.100.100.101"))
		atomic_fetch_add(&failures, 1);
	return NULL;
}

static void run_short_threads(unsigned count)
{
	while (count-- > 0) {
		pthread_t threads[THREADS];

		for (unsigned i = 0; i < THREADS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, look_up_once, NULL), 0);
		for (unsigned i = 0; i < THREADS; i++)
			assert_int_equal(pthread_join(threads[i], NULL), 0);
	}
}

static void threads_that_end_leave_nothing(void **state)
{
	size_t pages;

	(void)state;
	start_with_coarse_stamps();
	atomic_store(&clock_ahead, 3600);
	write_number(1, replace);
	run_short_threads(ROUNDS(100u));
	pages = resident_pages();
	run_short_threads(ROUNDS(500u));
	assert_int_equal(atomic_load(&failures), 0);
	if (!UNDER_ASAN && !UNDER_TSAN)
		assert_true(resident_pages() <= pages + 100);
}

#define WITH_HOSTS                                                                                 \
	{                                                                                          \
		"FOPNP_ORDER=fopnp:hosts"                                                          \
	}

int main(int argc, char **argv)
{
	const struct isolated_case cases[] = {
		{ cmocka_unit_test(overwritten_with_the_same_size), WITH_HOSTS },
		{ cmocka_unit_test(truncated_and_written), WITH_HOSTS },
		{ cmocka_unit_test(replaced_by_rename), WITH_HOSTS },
		{ cmocka_unit_test(unlinked_and_created), WITH_HOSTS },
		{ cmocka_unit_test(old_file_is_kept), WITH_HOSTS },
		{ cmocka_unit_test(old_file_is_replaced), WITH_HOSTS },
		{ cmocka_unit_test(old_file_is_overwritten), WITH_HOSTS },
		{ cmocka_unit_test(goes_and_comes_back), WITH_HOSTS },
		{ cmocka_unit_test(further_files_change), WITH_HOSTS },
		{ cmocka_unit_test(many_further_files), WITH_HOSTS },
		{ cmocka_unit_test(threads_while_it_changes), WITH_HOSTS },
		{ cmocka_unit_test(fork_in_a_storm), WITH_HOSTS },
		{ cmocka_unit_test(large_file_leaves_no_memory), WITH_HOSTS },
		{ cmocka_unit_test(nothing_is_left_open), WITH_HOSTS },
		{ cmocka_unit_test(threads_that_end_leave_nothing), WITH_HOSTS },
	};

	return isolated_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
