/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What /proc says of processes with odd names, of other namespaces, and that are gone. */
#include "tools/process_info.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

/* ---- processes to look at ---- */

/* A child that does as it is told: PREPARE, then a byte, then its end with the pipe. */
struct subject {
	pid_t pid;
	int to, from;
};

static bool start_subject(struct subject *subject, bool (*prepare)(const char *), const char *text)
{
	int to[2], from[2];
	char byte = 0;

	assert_int_equal(pipe2(to, O_CLOEXEC), 0);
	assert_int_equal(pipe2(from, O_CLOEXEC), 0);
	subject->pid = fork();
	assert_int_not_equal(subject->pid, -1);
	if (subject->pid == 0) {
		(void)close(to[1]);
		byte = prepare(text) ? 'y' : 'n';
		(void)!write(from[1], &byte, 1);
		/* Each byte is another name. */
		while (read(to[0], &byte, 1) == 1) {
			(void)prctl(PR_SET_NAME, (char[]){ byte, '\0' });
			(void)!write(from[1], &byte, 1);
		}
		_exit(0);
	}
	(void)close(to[0]);
	(void)close(from[1]);
	subject->to = to[1];
	subject->from = from[0];
	assert_int_equal(read(subject->from, &byte, 1), 1);
	return byte == 'y';
}

static void rename_subject(const struct subject *subject, char letter)
{
	char byte = letter;

	assert_int_equal(write(subject->to, &byte, 1), 1);
	assert_int_equal(read(subject->from, &byte, 1), 1);
}

static void end_subject(const struct subject *subject)
{
	(void)close(subject->to);
	(void)close(subject->from);
	assert_int_equal(waitpid(subject->pid, NULL, 0), subject->pid);
}

static bool set_name(const char *text)
{
	return prctl(PR_SET_NAME, text) == 0;
}

static bool enter_user_namespace(const char *text)
{
	(void)text;
	return unshare(CLONE_NEWUSER) == 0;
}

/* ---- one process ---- */

static void test_ourselves(void **state)
{
	struct fopnp_process_info info;
	char exe[1024] = "", comm[64] = "";

	(void)state;
	assert_true(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	assert_int_equal(prctl(PR_GET_NAME, comm), 0);
	assert_true(fopnp_process_info_read(getpid(), &info));
	assert_int_equal(info.pid, getpid());
	assert_true(info.start_time > 0);
	assert_string_equal(info.comm, comm);
	assert_string_equal(info.exe, exe);
	assert_int_equal(info.uid, getuid());
	assert_false(info.has_other_uids);
	assert_int_equal(info.level_count, 1);
	assert_int_equal(info.levels[0], getpid());
	assert_true(fopnp_process_info_is_called(&info, getpid()));
	assert_false(fopnp_process_info_is_called(&info, getppid()));
	fopnp_process_info_clear(&info);
	assert_null(info.exe);
}

static void test_odd_names(void **state)
{
	static const char *const names[] = {
		") R 1 (",  "a) S 7 8 9", "((", "))",    "\n) Z 1\n",       " ",
		"Uid:\t99", "\nUid:\t99", "",   "\\n)(", "\x1b[2J\xff\x01",
	};
	struct fopnp_process_info info, ours;
	struct subject subject;

	(void)state;
	assert_true(fopnp_process_info_read(getpid(), &ours));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(start_subject(&subject, set_name, names[i]));
		assert_true(fopnp_process_info_read(subject.pid, &info));
		assert_string_equal(info.comm, names[i]);
		assert_int_equal(info.uid, getuid());
		assert_true(info.start_time >= ours.start_time);
		assert_true(info.start_time < ours.start_time + 1000000);
		assert_int_equal(info.level_count, 1);
		fopnp_process_info_clear(&info);
		end_subject(&subject);
	}
	fopnp_process_info_clear(&ours);
}

static void test_gone(void **state)
{
	struct fopnp_process_info info;
	struct subject subject;

	(void)state;
	assert_true(start_subject(&subject, set_name, "x"));
	end_subject(&subject);
	assert_false(fopnp_process_info_read(subject.pid, &info));
	assert_null(info.exe);
	fopnp_process_info_clear(&info);
	assert_false(fopnp_process_info_read(0, &info));
	assert_false(fopnp_process_info_read(-1, &info));
	assert_false(fopnp_process_info_read(INT32_MAX, &info));
}

/* Its user ids are other numbers, and so it may call itself by another than we know. */
static void test_user_namespace(void **state)
{
	struct fopnp_process_info info;
	struct subject subject;

	(void)state;
	if (!start_subject(&subject, enter_user_namespace, "")) {
		end_subject(&subject);
		skip();
	}
	assert_true(fopnp_process_info_read(subject.pid, &info));
	assert_true(info.has_other_uids);
	assert_int_equal(info.uid, getuid());
	fopnp_process_info_clear(&info);
	end_subject(&subject);
}

static void copy_file(const char *from, const char *to)
{
	char bytes[2048];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	ssize_t len;

	assert_true(in != -1 && out != -1);
	while ((len = read(in, bytes, sizeof(bytes))) > 0)
		assert_int_equal(write(out, bytes, (size_t)len), len);
	(void)close(in);
	(void)close(out);
}

static void test_program_that_was_removed(void **state)
{
	char path[] = "/tmp/fopnp-program-XXXXXX";
	struct fopnp_process_info info;
	int ends[2];
	char byte;
	pid_t child;

	(void)state;
	assert_non_null(mkdtemp(path));
	assert_int_equal(rmdir(path), 0);
	copy_file("/bin/cat", path);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		int more[2];

		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (pipe(more) == 0 && dup2(more[0], 0) == 0)
			(void)execl(path, "cat", (char *)NULL); /* closes ends[1], and waits */
		_exit(1);
	}
	(void)close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 0);
	(void)close(ends[0]);
	assert_int_equal(unlink(path), 0);
	assert_true(fopnp_process_info_read(child, &info));
	assert_non_null(info.exe);
	assert_string_equal(info.exe, path);
	fopnp_process_info_clear(&info);
	(void)kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

/* ---- other pid namespaces ---- */

/* In such a process cmocka's asserts would go on with the other tests. */
static void must(bool is_true, const char *what)
{
	if (is_true)
		return;
	fprintf(stderr, "not so: %s (%s)\n", what, strerror(errno));
	_exit(1);
}
#define MUST(condition) must(condition, #condition)

#define NOT_ALLOWED 77

/* Run as the first process of a pid namespace; its pid outside comes from CHILD's fork(). */
static void run_as_first(void (*test)(void), void (*look)(pid_t))
{
	int status;
	pid_t helper = fork();

	assert_int_not_equal(helper, -1);
	if (helper == 0) {
		pid_t child;

		if (unshare(CLONE_NEWPID | CLONE_NEWNS) != 0)
			_exit(NOT_ALLOWED);
		child = fork();
		if (child == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			test();
			_exit(0);
		}
		if (look)
			look(child);
		MUST(waitpid(child, &status, 0) == child);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	assert_int_equal(waitpid(helper, &status, 0), helper);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NOT_ALLOWED)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void wait_for_the_end(void)
{
	for (;;)
		pause();
}

static void look_at_first(pid_t child)
{
	struct fopnp_process_info info;

	MUST(fopnp_process_info_read(child, &info));
	MUST(info.level_count == 2);
	MUST(info.levels[0] == child && info.levels[1] == 1);
	MUST(fopnp_process_info_is_called(&info, child));
	MUST(fopnp_process_info_is_called(&info, 1));
	MUST(!fopnp_process_info_is_called(&info, 2));
	fopnp_process_info_clear(&info);
	MUST(kill(child, SIGKILL) == 0);
	MUST(waitpid(child, NULL, 0) == child);
	_exit(0);
}

static void test_pid_namespace(void **state)
{
	(void)state;
	run_as_first(wait_for_the_end, look_at_first);
}

/* /proc still tells of the namespace outside, where our pid is somebody else. */
static void look_through_a_foreign_proc(void)
{
	struct fopnp_process_info info;

	MUST(getpid() == 1);
	MUST(!fopnp_process_info_read(1, &info));
}

static void test_foreign_proc(void **state)
{
	(void)state;
	run_as_first(look_through_a_foreign_proc, NULL);
}

/* ---- the cache ---- */

static void test_cache(void **state)
{
	struct fopnp_process_cache *cache = fopnp_process_cache_create();
	const struct fopnp_process_info *info;
	struct subject subject;

	(void)state;
	assert_true(start_subject(&subject, set_name, "a"));
	info = fopnp_process_cache_find(cache, subject.pid, "claim");
	assert_non_null(info);
	assert_string_equal(info->comm, "a");
	/* Another claim is another program, and read at once. */
	rename_subject(&subject, 'b');
	info = fopnp_process_cache_find(cache, subject.pid, "another");
	assert_string_equal(info->comm, "b");
	rename_subject(&subject, 'c');
	fopnp_process_cache_forget(cache, subject.pid);
	info = fopnp_process_cache_find(cache, subject.pid, "another");
	assert_string_equal(info->comm, "c");

	/* Gone, and remembered: what it sent before is still to be read. */
	end_subject(&subject);
	info = fopnp_process_cache_find(cache, subject.pid, "another");
	assert_non_null(info);
	assert_string_equal(info->comm, "c");
	fopnp_process_cache_forget(cache, subject.pid);
	info = fopnp_process_cache_find(cache, subject.pid, "another");
	assert_non_null(info);
	assert_string_equal(info->comm, "c");
	assert_int_equal(info->pid, subject.pid);
	info = fopnp_process_cache_find(cache, subject.pid, NULL);
	assert_non_null(info);
	/* But not for the program that it ran last, or that has its pid now. */
	assert_null(fopnp_process_cache_find(cache, subject.pid, "third"));
	assert_null(fopnp_process_cache_find(cache, subject.pid, "another"));
	fopnp_process_cache_destroy(cache);
}

/* One that claims another name each time is read now and then, not each time. */
static void test_cache_of_a_liar(void **state)
{
	struct fopnp_process_cache *cache = fopnp_process_cache_create();
	struct subject subject;
	unsigned news = 0;
	char claim[16];

	(void)state;
	assert_true(start_subject(&subject, set_name, "a"));
	for (unsigned i = 0; i < 200; i++) {
		char letter = (char)('a' + i % 26);

		rename_subject(&subject, letter);
		(void)snprintf(claim, sizeof(claim), "%u", i);
		news += fopnp_process_cache_find(cache, subject.pid, claim)->comm[0] == letter;
	}
	assert_true(news > 10);
	assert_true(news < 200);
	end_subject(&subject);
	fopnp_process_cache_destroy(cache);
}

static void test_cache_of_strangers(void **state)
{
	struct fopnp_process_cache *cache = fopnp_process_cache_create();
	struct subject subject;

	(void)state;
	assert_true(start_subject(&subject, set_name, "a"));
	end_subject(&subject);
	assert_null(fopnp_process_cache_find(cache, subject.pid, NULL));
	fopnp_process_cache_forget(cache, subject.pid);
	assert_null(fopnp_process_cache_find(cache, 0, ""));
	assert_null(fopnp_process_cache_find(cache, -1, ""));
	/* Many of them push out what was known, and nothing else happens. */
	assert_non_null(fopnp_process_cache_find(cache, getpid(), NULL));
	for (pid_t pid = INT32_MAX - 10000; pid < INT32_MAX; pid++)
		assert_null(fopnp_process_cache_find(cache, pid, "x"));
	assert_non_null(fopnp_process_cache_find(cache, getpid(), NULL));
	fopnp_process_cache_destroy(cache);
	fopnp_process_cache_destroy(NULL);
}

/* ---- all processes ---- */

static void *map_module(const char *directory)
{
	char path[128];
	int file;
	void *place;

	(void)snprintf(path, sizeof(path), "%s/libnss_fopnp.so.2", directory);
	file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	MUST(file != -1);
	MUST(ftruncate(file, 4096) == 0);
	place = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
	MUST(place != MAP_FAILED);
	(void)close(file);
	MUST(unlink(path) == 0);
	return place;
}

/* Alone with a child in a pid namespace: exactly these two. */
static void count_processes(void)
{
	char directory[] = "/tmp/fopnp-maps-XXXXXX";
	struct fopnp_process_count count;
	pid_t child;

	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("proc", "/proc", "proc", 0, NULL) != 0)
		_exit(NOT_ALLOWED);
	count = fopnp_process_count_module();
	MUST(count.processes == 1 && count.with_module == 0 && count.unreadable == 0);
	MUST(mkdtemp(directory));
	(void)map_module(directory);
	MUST(rmdir(directory) == 0);
	count = fopnp_process_count_module();
	MUST(count.processes == 1 && count.with_module == 1);
	child = fork();
	MUST(child != -1);
	if (child == 0)
		wait_for_the_end();
	count = fopnp_process_count_module();
	MUST(count.processes == 2 && count.with_module == 2 && count.unreadable == 0);
	MUST(kill(child, SIGKILL) == 0);
	/* A zombie runs no longer. */
	MUST(waitid(P_PID, (id_t)child, &(siginfo_t){ 0 }, WEXITED | WNOWAIT) == 0);
	count = fopnp_process_count_module();
	MUST(count.processes == 1 && count.with_module == 1);
}

static void test_count(void **state)
{
	(void)state;
	run_as_first(count_processes, NULL);
}

/* Of all that /proc lists, kernel threads are none of them, as far as any are to be seen. */
static void test_kernel_threads_do_not_count(void **state)
{
	struct fopnp_process_count count;
	DIR *processes = opendir("/proc");
	size_t listed = 0, threads = 0;
	const struct dirent *entry;
	char path[300], line[64];

	(void)state;
	assert_non_null(processes);
	count = fopnp_process_count_module();
	while ((entry = readdir(processes)) != NULL) {
		FILE *file;

		(void)snprintf(path, sizeof(path), "/proc/%s/statm", entry->d_name);
		file = entry->d_name[0] >= '1' && entry->d_name[0] <= '9' ? fopen(path, "r") : NULL;
		if (!file)
			continue;
		/* They have no memory of their own; nor have zombies. */
		listed++;
		threads += fgets(line, sizeof(line), file) && strncmp(line, "0 ", 2) == 0;
		(void)fclose(file);
	}
	(void)closedir(processes);
	assert_true(count.processes > 0);
	if (threads < 20)
		skip();
	/* Others come and go meanwhile, but not so many. */
	assert_true(count.processes < listed - threads / 2);
}

/* The list is read in pieces, of which the name is in a later and later one. */
static void count_behind_many_maps(void)
{
	char directory[] = "/tmp/fopnp-maps-XXXXXX";
	struct fopnp_process_count count;

	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("proc", "/proc", "proc", 0, NULL) != 0)
		_exit(NOT_ALLOWED);
	MUST(mkdtemp(directory));
	for (int i = 0; i < 60; i++) {
		char *module = map_module(directory);

		count = fopnp_process_count_module();
		MUST(count.with_module == 1);
		MUST(munmap(module, 4096) == 0);
		count = fopnp_process_count_module();
		MUST(count.with_module == 0);
		/* More lines, of differing lengths: neighbours of one kind would be one. */
		for (int j = 0; j < 9; j++) {
			char *anonymous = mmap(NULL, (size_t)4096 << (i % 3), PROT_READ,
					       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			MUST(anonymous != MAP_FAILED);
			MUST(mprotect(anonymous, 4096, j % 2 ? PROT_NONE : PROT_EXEC) == 0);
		}
	}
	MUST(rmdir(directory) == 0);
}

static void test_count_behind_many_maps(void **state)
{
	(void)state;
	run_as_first(count_behind_many_maps, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ourselves),
		cmocka_unit_test(test_odd_names),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_user_namespace),
		cmocka_unit_test(test_program_that_was_removed),
		cmocka_unit_test(test_pid_namespace),
		cmocka_unit_test(test_foreign_proc),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_cache_of_a_liar),
		cmocka_unit_test(test_cache_of_strangers),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_kernel_threads_do_not_count),
		cmocka_unit_test(test_count_behind_many_maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
