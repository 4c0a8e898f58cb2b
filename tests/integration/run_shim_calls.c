/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What programs do around the calls that `fopnp run` marks.  One word says what; the output is to
 * be the same with the preloaded library and without.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define ODD_ERRNO 4711 /* to be left alone */

static void show_addrinfo(const char *name, const char *service, const struct addrinfo *hints)
{
	struct addrinfo *list = NULL;
	char text[128];
	int code, error;

	errno = ODD_ERRNO;
	h_errno = 77;
	code = getaddrinfo(name, service, hints, &list);
	error = errno;
	printf("getaddrinfo %.40s %s: %d errno %d h_errno %d", name ? name : "NULL",
	       service ? service : "NULL", code, error, h_errno);
	for (struct addrinfo *at = code == 0 ? list : NULL; at; at = at->ai_next) {
		(void)getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof(text), NULL, 0,
				  NI_NUMERICHOST);
		printf(" %s/%d/%s", text, at->ai_socktype,
		       at->ai_canonname ? at->ai_canonname : "-");
	}
	putchar('\n');
	if (code == 0)
		freeaddrinfo(list);
}

static void show_hostent(const char *call, const struct hostent *host, int code)
{
	int error = errno, h_error = h_errno;
	char text[INET6_ADDRSTRLEN];

	printf("%s: %d errno %d h_errno %d", call, code, error, h_error);
	if (host) {
		printf(" %s", host->h_name);
		for (char **at = host->h_addr_list; *at; at++)
			printf(" %s", inet_ntop(host->h_addrtype, *at, text, sizeof(text)));
	}
	putchar('\n');
}

static void look_up_hostents(const char *name)
{
	struct hostent host, *found;
	char buffer[1024];
	int h_error, code;

	errno = ODD_ERRNO, h_errno = 77;
	found = gethostbyname(name);
	show_hostent("gethostbyname", found, 0);
	errno = ODD_ERRNO, h_errno = 77;
	found = gethostbyname2(name, AF_INET6);
	show_hostent("gethostbyname2", found, 0);
	for (size_t size = 8; size <= sizeof(buffer); size *= 8) {
		errno = ODD_ERRNO, h_errno = h_error = 77;
		code = gethostbyname_r(name, &host, buffer, size, &found, &h_error);
		show_hostent("gethostbyname_r", found, code * 1000 + h_error);
		errno = ODD_ERRNO, h_errno = h_error = 77;
		code = gethostbyname2_r(name, AF_INET, &host, buffer, size, &found, &h_error);
		show_hostent("gethostbyname2_r", found, code * 1000 + h_error);
	}
}

static void look_up_address(const char *text, socklen_t len)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(80) };
	char name[256] = "", service[32] = "", buffer[1024];
	struct hostent host, *found;
	int code, h_error = 77;

	(void)inet_pton(AF_INET, text, &address.sin_addr);
	errno = ODD_ERRNO, h_errno = 77;
	found = gethostbyaddr(&address.sin_addr, len, AF_INET);
	show_hostent("gethostbyaddr", found, 0);
	errno = ODD_ERRNO, h_errno = 77;
	code = gethostbyaddr_r(&address.sin_addr, len, AF_INET, &host, buffer, sizeof(buffer),
			       &found, &h_error);
	show_hostent("gethostbyaddr_r", found, code * 1000 + h_error);
	for (int flags = 0; flags <= NI_NAMEREQD; flags++) {
		errno = ODD_ERRNO;
		code = getnameinfo((struct sockaddr *)&address, len == 4 ? sizeof(address) : len,
				   name, sizeof(name), service, sizeof(service), flags);
		printf("getnameinfo %d: %d errno %d %s %s\n", flags, code, errno, name, service);
	}
}

/* All calls, with and without an answer, with arguments that make no sense, too. */
static void do_results(void)
{
	struct addrinfo hints = { .ai_flags = AI_CANONNAME };
	struct addrinfo wrong = { .ai_family = 999, .ai_socktype = 77 };
	struct sockaddr_un local = { .sun_family = AF_UNIX, .sun_path = "/x" };
	static char long_name[3000], name[64];

	memset(long_name, 'a', sizeof(long_name) - 1);
	show_addrinfo("several", NULL, NULL);
	show_addrinfo("several", "80", &hints);
	show_addrinfo("nosuch", NULL, &hints);
	show_addrinfo(NULL, "80", NULL);
	show_addrinfo(NULL, NULL, NULL);
	show_addrinfo("fe80::1%lo", NULL, NULL);
	show_addrinfo("several", "no-such-service", NULL);
	show_addrinfo("several", NULL, &wrong);
	show_addrinfo(long_name, NULL, NULL);
	show_addrinfo("", "", NULL);
	show_addrinfo("a\nFOPNP_CODE=1\n\033[m", NULL, NULL);
	look_up_hostents("several");
	look_up_hostents("nosuch");
	look_up_hostents("192.0.2.9");
	look_up_address("192.0.2.1", 4);
	look_up_address("192.0.2.99", 4);
	look_up_address("192.0.2.1", 3);
	printf("%d\n", getnameinfo((struct sockaddr *)&local, sizeof(local), name, sizeof(name),
				   NULL, 0, 0));
	printf("%d\n", getnameinfo((struct sockaddr *)&local, 1, name, sizeof(name), NULL, 0, 0));
	/* A name that lies where the call writes. */
	show_hostent("gethostbyname", gethostbyname(gethostbyname("several")->h_name), 0);
}

/* ---- descriptors ---- */

/* Each number, from 0 on, is the end of a socket pair of ours; what comes there is not for us. */
static void do_descriptors(void)
{
	int out = fcntl(1, F_DUPFD, 200), pairs[64][2], strangers = 0;
	char byte;

	show_addrinfo("several", NULL, NULL); /* whatever is kept is kept now */
	fflush(stdout);
	closefrom(201);
	for (int fd = 0; fd < 200; fd++)
		(void)close(fd);
	show_addrinfo("several", NULL, NULL);
	for (int i = 0; i < 64; i++)
		if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pairs[i]) != 0)
			abort();
	(void)gethostbyname("one");
	show_addrinfo("several", NULL, NULL);
	for (int i = 0; i < 64; i++)
		for (int j = 0; j < 2; j++)
			strangers += recv(pairs[i][j], &byte, 1, MSG_DONTWAIT) >= 0;
	(void)dup2(out, 1);
	printf("%d strangers' datagrams\n", strangers);
	if (getenv("WITH_NUMBER"))
		printf("next number %d\n", dup(1));
}

static void do_exhausted(void)
{
	struct rlimit limit, none;

	show_addrinfo("several", NULL, NULL);
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	none = limit;
	none.rlim_cur = 3;
	(void)setrlimit(RLIMIT_NOFILE, &none);
	show_addrinfo("192.0.2.8", NULL, NULL);
	show_addrinfo("several", NULL, NULL);
	look_up_hostents("one");
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	show_addrinfo("several", NULL, NULL);
}

/* Lookups while nobody reads, then one more when somebody did. */
static void do_flood(void)
{
	for (int i = 0; i < 40; i++)
		show_addrinfo("192.0.2.8", NULL, NULL);
	puts("pause");
	fflush(stdout);
	(void)getchar();
	if (fork() == 0) {
		(void)gethostbyname("192.0.2.7"); /* the parent's losses are not its own */
		_exit(0);
	}
	(void)wait(NULL);
	(void)gethostbyname("192.0.2.9");
}

static void do_chroot(void)
{
	if (chroot("/proc/self/fdinfo") != 0)
		perror("chroot");
	show_addrinfo("192.0.2.8", NULL, NULL);
	errno = ODD_ERRNO;
	(void)execl("/bin/true", "true", (char *)NULL);
	printf("execl: %d\n", errno);
}

/* ---- calls that never come back ---- */

static sigjmp_buf escape;

static void jump(int signal_number)
{
	(void)signal_number;
	siglongjmp(escape, 1);
}

/* A name server that says nothing, so that a lookup lasts. */
static void listen_in_silence(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(53) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		perror("bind");
}

static void __attribute__((noinline)) look_up_deeper(void)
{
	volatile char room[2048];

	room[0] = 1;
	show_addrinfo("one", NULL, NULL);
	room[1] = room[0];
}

static void do_jump(void)
{
	listen_in_silence();
	(void)signal(SIGALRM, jump);
	for (int i = 0; i < 2; i++) {
		if (sigsetjmp(escape, 1) == 0) {
			(void)alarm(1);
			show_addrinfo("silent.example", NULL, NULL);
		}
	}
	show_addrinfo("one", NULL, NULL);
	look_up_deeper();
}

static void *look_up_silent(void *ignored)
{
	struct addrinfo *list;

	(void)ignored;
	(void)getaddrinfo("silent.example", NULL, NULL, &list);
	return NULL;
}

static void do_cancel(void)
{
	void *result = NULL;
	pthread_t thread;

	listen_in_silence();
	(void)pthread_create(&thread, NULL, look_up_silent, NULL);
	(void)usleep(300000);
	(void)pthread_cancel(thread);
	(void)pthread_join(thread, &result);
	printf("cancelled: %d\n", result == PTHREAD_CANCELED);
	show_addrinfo("one", NULL, NULL);
}

static _Atomic(int) is_cancelled, came_back;

/* Cancelled before the call: nothing in it may take notice that would not without the marks. */
static void *look_up_cancelled(void *ignored)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST }, *list;
	int before;

	(void)ignored;
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	while (!is_cancelled)
		(void)sched_yield();
	(void)pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
	if (getaddrinfo("192.0.2.8", NULL, &hints, &list) == 0)
		came_back = 1;
	pthread_testcancel();
	return NULL;
}

static void do_cancelled(void)
{
	int next = dup(1);
	pthread_t thread;
	void *result;

	(void)close(next);
	(void)pthread_create(&thread, NULL, look_up_cancelled, NULL);
	(void)pthread_cancel(thread);
	is_cancelled = 1;
	(void)pthread_join(thread, &result);
	printf("cancelled: %d, came back: %d, left open: %d\n", result == PTHREAD_CANCELED,
	       came_back, dup(1) - next);
}

static void *look_up_small(void *ignored)
{
	struct addrinfo *list;

	(void)ignored;
	return (void *)(intptr_t)(getaddrinfo("192.0.2.8", "80", NULL, &list) + 1000);
}

static void do_small_stack(void)
{
	pthread_attr_t attributes;
	pthread_t thread;
	void *result;

	(void)pthread_attr_init(&attributes);
	(void)pthread_attr_setstacksize(&attributes, (size_t)PTHREAD_STACK_MIN);
	if (pthread_create(&thread, &attributes, look_up_small, NULL) != 0)
		perror("pthread_create");
	(void)pthread_join(thread, &result);
	printf("%d\n", (int)(intptr_t)result);
}

static void exec_on_signal(int signal)
{
	(void)signal;
	(void)execl("/bin/true", "true", (char *)NULL);
	_exit(1);
}

/* A handler that starts a program (a debugger, say) has what its signal's frame leaves over. */
static void do_small_handler(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = getauxval(AT_MINSIGSTKSZ) + 4096;
	char *guarded =
		mmap(NULL, page + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stack_t stack = { .ss_sp = guarded + page, .ss_size = size };
	struct sigaction action = { .sa_handler = exec_on_signal, .sa_flags = SA_ONSTACK };
	int status;

	(void)mprotect(guarded, page, PROT_NONE);
	if (fork() == 0) {
		(void)sigaltstack(&stack, NULL);
		(void)sigaction(SIGUSR1, &action, NULL);
		(void)raise(SIGUSR1);
		_exit(2);
	}
	(void)wait(&status);
	printf("handler: %d\n", status);
}

/* As man(1) does before it starts a formatter: socket() is the end of the process. */
static void forbid_sockets(void)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = 4, .filter = program };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
		_exit(3);
}

static void do_sandbox(void)
{
	int status;

	if (fork() == 0) {
		forbid_sockets();
		(void)execl("/bin/true", "true", (char *)NULL);
		_exit(2);
	}
	(void)wait(&status);
	printf("sandbox: %d\n", status);
}

/* ---- other programs ---- */

static char true_word[] = "true", shell_word[] = "sh", option_word[] = "-c";
static char command_word[] = "exit ${WORD:-9}", variable[] = "WORD=7";
static char *const true_list[] = { true_word, NULL };
static char *const shell[] = { shell_word, option_word, command_word, NULL };
static char *const own[] = { variable, NULL };
static const char *volatile nowhere = (const char *)8;

static void exec_one_of(int which)
{
	switch (which) {
	case 0:
		(void)execl("/bin/sh", "sh", "-c", "exit 5", (char *)NULL);
		break;
	case 1:
		(void)execle("/bin/sh", "sh", "-c", "exit $WORD", (char *)NULL, own);
		break;
	case 2:
		(void)execlp("true", "true", "a", "b", (char *)NULL);
		break;
	case 3:
		(void)execv("/bin/true", true_list);
		break;
	case 4:
		(void)execve("/bin/sh", shell, own);
		break;
	case 5:
		(void)execvp("sh", shell);
		break;
	case 6:
		(void)execvpe("sh", shell, own);
		break;
	case 7:
		(void)fexecve(open("/bin/true", O_PATH | O_CLOEXEC), true_list, environ);
		break;
	case 8:
		(void)execveat(open("/bin", O_PATH | O_CLOEXEC), "true", true_list, environ, 0);
		break;
	case 9:
		(void)execveat(open("/bin/true", O_PATH | O_CLOEXEC), "", true_list, environ,
			       AT_EMPTY_PATH);
		break;
	/* What cannot be. */
	case 10:
		(void)execv("/nosuch", true_list);
		break;
	case 11:
		(void)execvp("nosuch", true_list);
		break;
	case 12:
		(void)execv("/etc/passwd", true_list);
		break;
	case 13:
		(void)execv("./broken", true_list);
		break;
	case 14:
		(void)execve(nowhere, true_list, environ);
		break;
	case 15:
		(void)execveat(AT_FDCWD, nowhere, true_list, environ, 0);
		break;
	case 16:
		(void)execveat(-1, "true", true_list, environ, 0);
		break;
	default:
		(void)execlp("", "x", (char *)NULL);
		break;
	}
}

static void show_status(const char *what, int which, pid_t child, int error)
{
	int status = 0;

	(void)waitpid(child, &status, 0);
	printf("%s %d: status %d errno %d\n", what, which, WEXITSTATUS(status), error);
}

static void do_exec(void)
{
	posix_spawn_file_actions_t actions;
	FILE *broken = fopen("broken", "w"); /* a file of no format that the kernel knows */
	volatile int error;
	pid_t child;
	int code;

	(void)fputs("\1\2\3", broken);
	(void)fclose(broken);
	(void)chmod("broken", 0755);
	for (int which = 0; which <= 17; which++) {
		error = 0;
		child = vfork();
		if (child == 0) {
			errno = ODD_ERRNO;
			exec_one_of(which);
			error = errno;
			_exit(99);
		}
		show_status("exec", which, child, error);
	}
	errno = ODD_ERRNO;
	code = posix_spawn(&child, "/bin/true", NULL, NULL, true_list, environ);
	printf("errno %d\n", errno);
	show_status("spawn", 0, child, code);
	code = posix_spawnp(NULL, "true", NULL, NULL, true_list, environ);
	show_status("spawn", 1, -1, code);
	child = -5;
	code = posix_spawn(&child, "/nosuch", NULL, NULL, true_list, environ);
	printf("spawn 2: %d %d\n", code, child);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addclose(&actions, 0);
	code = posix_spawn(&child, "/bin/true", &actions, NULL, true_list, environ);
	show_status("spawn", 3, child, code);
	code = posix_spawn(&child, "./broken", NULL, NULL, true_list, environ);
	printf("spawn 4: %d\n", code);
}

#define X8(x)  x, x, x, x, x, x, x, x
#define X64(x) X8(X8(x))

/* An argument list that is longer than what usually comes. */
static void do_long_list(void)
{
	(void)fflush(stdout);
	(void)execlp("sh", "sh", "-c", "echo $#", "sh", X64("a"), X64("b"), X64("c"), X64("d"),
		     X64("e"), "f", (char *)NULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *word;
		void (*work)(void);
	} works[] = {
		{ "results", do_results },         { "descriptors", do_descriptors },
		{ "exhausted", do_exhausted },     { "flood", do_flood },
		{ "chroot", do_chroot },           { "jump", do_jump },
		{ "cancelled", do_cancelled },     { "cancel", do_cancel },
		{ "small-stack", do_small_stack }, { "exec", do_exec },
		{ "long-list", do_long_list },     { "small-handler", do_small_handler },
		{ "sandbox", do_sandbox },
	};

	for (size_t i = 0; argc > 1 && i < sizeof(works) / sizeof(works[0]); i++) {
		if (strcmp(works[i].word, argv[1]) == 0) {
			works[i].work();
			return 0;
		}
	}
	return 2;
}
