/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hearing events: many senders, a full queue, hostile datagrams, and whose place it is. */
#include "tools/event_listener.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nss_module/lookup/event.h"
#include "tests/unit/unit_test.h"

#define NOBODY        65534
#define PER_SENDER    30  /* more than that, and its own send buffer may be full */
#define MOST_ATTACHED 253 /* SCM_MAX_FD of the kernel */

static char directory[] = "/tmp/fopnp-listener-XXXXXX";
static char path[64], other_path[64];

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory) || chmod(directory, 0777) != 0)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/socket", directory);
	(void)snprintf(other_path, sizeof(other_path), "%s/other", directory);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)unlink(other_path);
	return rmdir(directory);
}

static struct sockaddr_un address_of(const char *where)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)strcpy(address.sun_path, where);
	return address;
}

static int make_sender(void)
{
	const struct sockaddr_un address = address_of(path);
	int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_int_not_equal(sender, -1);
	assert_int_equal(connect(sender, (const struct sockaddr *)&address, sizeof(address)), 0);
	return sender;
}

/* Whether it got through; false: a queue is full. */
static bool send_bytes(int sender, const void *bytes, size_t len)
{
	ssize_t sent = send(sender, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent == -1)
		assert_int_equal(errno, EAGAIN);
	else
		assert_int_equal(sent, (ssize_t)len);
	return sent != -1;
}

static void open_listener(struct fopnp_event_listener *listener)
{
	if (!fopnp_event_listener_open(listener, path, 0600))
		fail_msg("%s: %s", path, strerror(errno));
	assert_true(listener->queue > 1);
}

static size_t count_descriptors(void)
{
	DIR *list = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(list);
	while (readdir(list))
		count++;
	(void)closedir(list);
	return count;
}

/* Run in a process of its own; its asserts end it with a failure. */
static void run_apart(void (*test)(void))
{
	int status;
	pid_t child = fork();

	assert_int_not_equal(child, -1);
	if (child == 0) {
		test();
		fflush(NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* In such a process, where cmocka's asserts would go on with the other tests. */
static void must(bool is_true, const char *what)
{
	if (is_true)
		return;
	fprintf(stderr, "not so: %s (%s)\n", what, strerror(errno));
	_exit(1);
}
#define MUST(condition) must(condition, #condition)

/* ---- hearing ---- */

static void test_many_senders(void **state)
{
	struct fopnp_event_datagram datagram;
	struct fopnp_event_listener listener;
	unsigned sent = 0, heard = 0;
	char text[16];

	(void)state;
	open_listener(&listener);
	assert_false(fopnp_event_listener_next(&listener, &datagram));
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 100; i++) {
			int sender = make_sender();

			for (int j = 0; j < PER_SENDER; j++) {
				(void)snprintf(text, sizeof(text), "%u", sent);
				if (!send_bytes(sender, text, strlen(text)))
					break;
				sent++;
			}
			(void)close(sender);
		}
		while (fopnp_event_listener_next(&listener, &datagram)) {
			(void)snprintf(text, sizeof(text), "%u", heard++);
			assert_int_equal(datagram.len, strlen(text));
			assert_memory_equal(datagram.bytes, text, datagram.len);
			assert_true(datagram.has_credentials);
			assert_int_equal(datagram.pid, getpid());
			assert_int_equal(datagram.uid, getuid());
			assert_int_equal(datagram.gid, getgid());
			assert_false(datagram.is_cut);
		}
		assert_int_equal(heard, sent);
	}
	if (listener.queue >= FOPNP_EVENT_LISTENER_QUEUE)
		assert_int_equal(sent, 3 * 100 * PER_SENDER);
	fopnp_event_listener_close(&listener);
}

/* As many as it says, not one more; and then as many again. */
static void fill_queue(struct fopnp_event_listener *listener)
{
	struct fopnp_event_datagram datagram;

	for (int round = 0; round < 2; round++) {
		size_t sent = 0, heard = 0, in_a_row = PER_SENDER;

		while (in_a_row > 0) {
			int sender = make_sender();

			for (in_a_row = 0; in_a_row < PER_SENDER; in_a_row++, sent++)
				if (!send_bytes(sender, "x", 1))
					break;
			(void)close(sender);
		}
		while (fopnp_event_listener_next(listener, &datagram))
			heard++;
		MUST(heard == sent);
		MUST(sent == listener->queue);
	}
}

static void test_full_queue(void **state)
{
	struct fopnp_event_listener listener;

	(void)state;
	open_listener(&listener);
	fill_queue(&listener);
	fopnp_event_listener_close(&listener);
}

static void test_long_datagrams(void **state)
{
	static char bytes[3 * FOPNP_EVENT_SIZE];
	static const size_t lens[] = {
		0, 1, FOPNP_EVENT_SIZE - 1, FOPNP_EVENT_SIZE, FOPNP_EVENT_SIZE + 1, sizeof(bytes)
	};
	struct fopnp_event_datagram datagram;
	struct fopnp_event_listener listener;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	open_listener(&listener);
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		size_t fits = lens[i] <= FOPNP_EVENT_SIZE ? lens[i] : FOPNP_EVENT_SIZE;
		int sender = make_sender();

		assert_true(send_bytes(sender, bytes, lens[i]));
		(void)close(sender);
		assert_true(fopnp_event_listener_next(&listener, &datagram));
		assert_int_equal(datagram.is_cut, lens[i] > FOPNP_EVENT_SIZE);
		assert_int_equal(datagram.len, fits);
		assert_memory_equal(datagram.bytes, bytes, fits);
		assert_true(datagram.has_credentials);
	}
	fopnp_event_listener_close(&listener);
}

/* ---- hostile senders ---- */

static void send_attached(int sender, const int *descriptors, size_t count)
{
	union {
		char room[CMSG_SPACE(MOST_ATTACHED * sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec part = { .iov_base = (char[]){ "x" }, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(count * sizeof(int)),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
	assert_int_equal(sendmsg(sender, &message, MSG_DONTWAIT), 1);
}

static void test_attached_descriptors(void **state)
{
	static const size_t counts[] = { 1, 2, 7, MOST_ATTACHED };
	int descriptors[MOST_ATTACHED], ends[2], sender;
	struct fopnp_event_datagram datagram;
	struct fopnp_event_listener listener;
	size_t before;
	char byte;

	(void)state;
	open_listener(&listener);
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	for (size_t i = 0; i < MOST_ATTACHED; i++)
		descriptors[i] = ends[1];
	sender = make_sender();
	before = count_descriptors();
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		send_attached(sender, descriptors, counts[i]);
		assert_true(send_bytes(sender, "y", 1));
		assert_true(fopnp_event_listener_next(&listener, &datagram));
		assert_int_equal(datagram.len, 1);
		assert_true(datagram.has_credentials);
		assert_int_equal(datagram.pid, getpid());
		assert_true(fopnp_event_listener_next(&listener, &datagram));
		assert_memory_equal(datagram.bytes, "y", 1);
		assert_false(fopnp_event_listener_next(&listener, &datagram));
		assert_int_equal(count_descriptors(), before);
	}
	/* The pipe has no writer left: nothing holds on to what was attached. */
	(void)close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 0);
	(void)close(ends[0]);
	(void)close(sender);
	fopnp_event_listener_close(&listener);
}

/* ---- the kernel's word on another process ---- */

static void test_credentials_of_another(void **state)
{
	struct fopnp_event_datagram datagram;
	struct fopnp_event_listener listener;
	int status;
	pid_t child;

	(void)state;
	assert_true(fopnp_event_listener_open(&listener, path, 0666));
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		const struct sockaddr_un address = address_of(path);
		int sender = socket(AF_UNIX, SOCK_DGRAM, 0);

		if (getuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) != 0)
			_exit(1);
		_exit(sendto(sender, "x", 1, 0, (const struct sockaddr *)&address,
			     sizeof(address)) != 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(fopnp_event_listener_next(&listener, &datagram));
	assert_true(datagram.has_credentials);
	assert_int_equal(datagram.pid, child);
	assert_int_equal(datagram.uid, getuid() == 0 ? NOBODY : getuid());
	fopnp_event_listener_close(&listener);
}

/* ---- its place ---- */

static void test_place(void **state)
{
	struct fopnp_event_listener listener, other;
	struct stat file;

	(void)state;
	open_listener(&listener);
	assert_true(fopnp_event_listener_is_in_place(&listener));
	assert_int_equal(rename(path, other_path), 0);
	assert_false(fopnp_event_listener_is_in_place(&listener));
	open_listener(&other);
	assert_false(fopnp_event_listener_is_in_place(&listener));
	assert_true(fopnp_event_listener_is_in_place(&other));
	fopnp_event_listener_close(&listener);
	assert_int_equal(listener.descriptor, -1);
	assert_int_equal(lstat(path, &file), 0);
	fopnp_event_listener_close(&other);
	assert_int_equal(lstat(path, &file), -1);
	fopnp_event_listener_close(&other); /* twice is once */
	assert_int_equal(unlink(other_path), 0);
}

/* A file or a link there is not our socket, and is not removed. */
static void test_something_else_in_its_place(void **state)
{
	struct fopnp_event_listener listener;
	struct stat file;

	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		open_listener(&listener);
		assert_int_equal(rename(path, other_path), 0);
		if (turn == 0)
			(void)close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		else
			assert_int_equal(symlink(other_path, path), 0);
		assert_false(fopnp_event_listener_is_in_place(&listener));
		fopnp_event_listener_close(&listener);
		assert_int_equal(lstat(path, &file), 0);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(unlink(other_path), 0);
	}
}

static void test_mode_and_owner(void **state)
{
	static const mode_t modes[] = { 0666, 0600, 0222, 0777 };
	static const mode_t masks[] = { 022, 0777, 0 };
	struct fopnp_event_listener listener;
	struct stat file;

	(void)state;
	for (size_t i = 0; i < 12; i++) {
		mode_t before = umask(masks[i % 3]);
		bool is_open = fopnp_event_listener_open(&listener, path, modes[i / 3]);

		assert_int_equal(umask(before), masks[i % 3]);
		assert_true(is_open);
		assert_int_equal(lstat(path, &file), 0);
		assert_int_equal(file.st_mode & 07777, modes[i / 3]);
		assert_int_equal(file.st_uid, geteuid());
		assert_int_equal(file.st_gid, getegid());
		assert_int_equal(fcntl(listener.descriptor, F_GETFD), FD_CLOEXEC);
		assert_true(fcntl(listener.descriptor, F_GETFL) & O_NONBLOCK);
		fopnp_event_listener_close(&listener);
	}
}

static void test_failures(void **state)
{
	static const char elsewhere[] = "/nonexistent/socket";
	struct fopnp_event_listener listener, second;
	size_t before = count_descriptors();
	char long_path[200];

	(void)state;
	memset(long_path, 'x', sizeof(long_path));
	long_path[0] = '/';
	long_path[108] = '\0';
	assert_false(fopnp_event_listener_open(&listener, long_path, 0600));
	assert_int_equal(errno, ENAMETOOLONG);
	assert_int_equal(listener.descriptor, -1);
	assert_false(fopnp_event_listener_open(&listener, elsewhere, 0600));
	assert_int_equal(errno, ENOENT);
	open_listener(&listener);
	assert_false(fopnp_event_listener_open(&second, path, 0600));
	assert_int_equal(errno, EADDRINUSE);
	assert_true(fopnp_event_listener_is_in_place(&listener));
	fopnp_event_listener_close(&second);
	fopnp_event_listener_close(&listener);
	assert_int_equal(count_descriptors(), before);
}

/* ---- the process that makes it ---- */

static volatile sig_atomic_t signals;

static void count_signal(int signal)
{
	(void)signal;
	signals++;
}

static void test_no_child_is_left(void **state)
{
	static void (*const handlers[])(int) = { SIG_DFL, SIG_IGN, count_signal };
	struct fopnp_event_listener listener;
	size_t queue = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
		assert_true(signal(SIGCHLD, handlers[i]) != SIG_ERR);
		open_listener(&listener);
		assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
		assert_int_equal(errno, ECHILD);
		assert_true(queue == 0 || queue == listener.queue);
		queue = listener.queue;
		fopnp_event_listener_close(&listener);
	}
	assert_int_equal(signals, 0);
	assert_true(signal(SIGCHLD, SIG_DFL) != SIG_ERR);
}

/* unshare() fails from here on, as in many a container. */
static void forbid_namespaces(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static void listen_without_namespaces(void)
{
	struct fopnp_event_listener listener;
	unsigned limit = 0;
	FILE *file = fopen("/proc/sys/net/unix/max_dgram_qlen", "r");

	MUST(file && fscanf(file, "%u", &limit) == 1);
	(void)fclose(file);
	forbid_namespaces();
	MUST(fopnp_event_listener_open(&listener, path, 0600));
	MUST(listener.queue == limit + 1);
	fill_queue(&listener);
	fopnp_event_listener_close(&listener);
}

static void test_without_namespaces(void **state)
{
	(void)state;
	run_apart(listen_without_namespaces);
}

static void listen_as_nobody(void)
{
	struct fopnp_event_listener listener;
	struct stat file;

	if (getuid() == 0)
		MUST(setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
		     setresuid(NOBODY, NOBODY, NOBODY) == 0);
	MUST(fopnp_event_listener_open(&listener, path, 0666));
	MUST(listener.queue > 0);
	MUST(lstat(path, &file) == 0);
	MUST(file.st_uid == getuid() && file.st_gid == getgid());
	MUST((file.st_mode & 07777) == 0666);
	fill_queue(&listener);
	fopnp_event_listener_close(&listener);
	MUST(lstat(path, &file) != 0);
}

static void test_as_nobody(void **state)
{
	(void)state;
	run_apart(listen_as_nobody);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_senders),
		cmocka_unit_test(test_full_queue),
		cmocka_unit_test(test_long_datagrams),
		cmocka_unit_test(test_attached_descriptors),
		cmocka_unit_test(test_credentials_of_another),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_something_else_in_its_place),
		cmocka_unit_test(test_mode_and_owner),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_no_child_is_left),
		cmocka_unit_test(test_without_namespaces),
		cmocka_unit_test(test_as_nobody),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
