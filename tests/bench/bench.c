/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench [FILE [PART...]]: what fopnp costs, as a table on standard output and in
 * FILE.  Parts: "line" (system modules through fopnp), "events" (somebody
 * listens), "hosts" (fopnp:hosts), "dns" (fopnp:dns).
 *
 * Two processes, one with the plain hosts line and one with fopnp in front of
 * it, stand on one processor and do blocks of lookups in turn, so that what
 * else the machine does meets both.  A figure is the median over the blocks, a
 * ratio that of two medians; behind it the 10th and 90th percentile of the
 * ratios of neighbouring blocks.
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define SKIPPED 77
/* Many short blocks: where another process takes its turn, few of them are spoilt. */
#define BLOCKS   301 /* at most; FEWEST where one lookup takes long */
#define FEWEST   11
#define ROW_NS   2e9       /* one side of a row shall take no longer */
#define BLOCK_NS 1000000.0 /* how long one shall take */

#define PLAIN "files dns"
#define FOPNP "fopnp [!UNAVAIL= return] files dns"
/* fopnp:hosts against files, fopnp:dns against dns, nothing behind either. */
#define HOSTS "fopnp:hosts"
#define DNS   "fopnp:dns"

struct row {
	const char *what;
	enum task task;
	struct setting base, other;
	double target;      /* of the ratio; 0: none is set */
	double target_more; /* microseconds above the base; 0: none is set */
	const char *target_text;
};

#define SIDE(line_, lines, name_, family_, listener_)                                              \
	{                                                                                          \
		.line = (line_), .hosts_lines = (lines), .name = (name_), .family = (family_),     \
		.listener = (listener_)                                                            \
	}

#define HOSTS_SIDE(line_, order_, lines, name_, question_, is_old_)                                \
	{                                                                                          \
		.line = (line_), .hosts_lines = (lines), .name = (name_), .order = (order_),       \
		.question = (question_), .is_old = (is_old_)                                       \
	}

/* The base is the plain line, but for what a listener adds. */
static const struct row rows[] = {
	{ "getaddrinfo, 10-line hosts file", TASK_LOOKUPS,
	  SIDE(PLAIN, 10, BENCH_HOSTS_NAME, AF_UNSPEC, LISTENER_NONE),
	  SIDE(FOPNP, 10, BENCH_HOSTS_NAME, AF_UNSPEC, LISTENER_NONE), 1.15, 0, "<= 1.15x" },
	{ "  the same, AF_INET", TASK_LOOKUPS,
	  SIDE(PLAIN, 10, BENCH_HOSTS_NAME, AF_INET, LISTENER_NONE),
	  SIDE(FOPNP, 10, BENCH_HOSTS_NAME, AF_INET, LISTENER_NONE), 1.15, 0, "<= 1.15x" },
	{ "getaddrinfo, 10,000-line hosts file", TASK_LOOKUPS,
	  SIDE(PLAIN, 10000, BENCH_HOSTS_NAME, AF_UNSPEC, LISTENER_NONE),
	  SIDE(FOPNP, 10000, BENCH_HOSTS_NAME, AF_UNSPEC, LISTENER_NONE), 1.15, 0, "<= 1.15x" },
	{ "getaddrinfo, DNS server on loopback", TASK_LOOKUPS,
	  SIDE(PLAIN, 10, BENCH_DNS_NAME, AF_UNSPEC, LISTENER_NONE),
	  SIDE(FOPNP, 10, BENCH_DNS_NAME, AF_UNSPEC, LISTENER_NONE), 1.15, 0, "<= 1.15x" },
	{ "program start and first lookup", TASK_STARTS,
	  SIDE(PLAIN, 10, BENCH_HOSTS_NAME, AF_UNSPEC, LISTENER_NONE),
	  SIDE(FOPNP, 10, BENCH_HOSTS_NAME, AF_UNSPEC, LISTENER_NONE), 1.15, 0, "<= 1.15x" },
};

/* What an event costs: both columns are fopnp, the second with somebody who listens. */
#define EVENT_ROW(what_, listener_, more, target_text_)                                            \
	{                                                                                          \
		(what_), TASK_LOOKUPS,                                                             \
			SIDE(FOPNP, 10, BENCH_HOSTS_NAME, AF_UNSPEC, LISTENER_NONE),               \
			SIDE(FOPNP, 10, BENCH_HOSTS_NAME, AF_UNSPEC, listener_), 0, (more),        \
			(target_text_)                                                             \
	}

static const struct row event_rows[] = {
	{ "nobody listens, against a build without events",
	  TASK_LOOKUPS,
	  { .line = FOPNP, .hosts_lines = 10, .name = BENCH_HOSTS_NAME, .is_without_events = true },
	  SIDE(FOPNP, 10, BENCH_HOSTS_NAME, AF_UNSPEC, LISTENER_NONE),
	  1.02,
	  0,
	  "<= 1.02x" },
	EVENT_ROW("reader on the watch socket", LISTENER_WATCH, 2.5, "<= +2.5 us"),
	EVENT_ROW("  one that need not be woken", LISTENER_WATCH_POLLED, 2.5, "<= +2.5 us"),
	EVENT_ROW("  one that never reads: a full queue", LISTENER_WATCH_FROZEN, 0, "none set"),
	EVENT_ROW("fopnp watch", LISTENER_COMMAND, 2.5, "<= +2.5 us"),
	EVENT_ROW("fopnp watch --json", LISTENER_COMMAND_JSON, 2.5, "<= +2.5 us"),
	EVENT_ROW("reader on FOPNP_LOG", LISTENER_FOPNP_LOG, 0, "none set"),
	EVENT_ROW("log journal, journald", LISTENER_JOURNAL, 0, "none set"),
	EVENT_ROW("  a stopped journald: a full queue", LISTENER_JOURNAL_FROZEN, 0, "none set"),
	EVENT_ROW("for comparison: one bare send() of that size", LISTENER_BARE, 0, ""),
};

static const struct row hosts_rows[] = {
	{ "10 lines, name on the last", TASK_LOOKUPS,
	  HOSTS_SIDE("files", NULL, 10, BENCH_HOSTS_NAME, QUESTION_NAME, true),
	  HOSTS_SIDE("fopnp", HOSTS, 10, BENCH_HOSTS_NAME, QUESTION_NAME, true), 0.50, 0,
	  "<= 0.50x" },
	{ "  name missing", TASK_LOOKUPS,
	  HOSTS_SIDE("files", NULL, 10, BENCH_ABSENT_NAME, QUESTION_ABSENT, true),
	  HOSTS_SIDE("fopnp", HOSTS, 10, BENCH_ABSENT_NAME, QUESTION_ABSENT, true), 0.50, 0,
	  "<= 0.50x" },
	{ "  address on the last line", TASK_LOOKUPS,
	  HOSTS_SIDE("files", NULL, 10, BENCH_HOSTS_ADDRESS, QUESTION_ADDRESS, true),
	  HOSTS_SIDE("fopnp", HOSTS, 10, BENCH_HOSTS_ADDRESS, QUESTION_ADDRESS, true), 0.50, 0,
	  "<= 0.50x" },
	{ "  name, file changed less than 2 s ago", TASK_LOOKUPS,
	  HOSTS_SIDE("files", NULL, 10, BENCH_HOSTS_NAME, QUESTION_NAME, false),
	  HOSTS_SIDE("fopnp", HOSTS, 10, BENCH_HOSTS_NAME, QUESTION_NAME, false), 0, 0,
	  "none set" },
	{ "10,000 lines, name on the last", TASK_LOOKUPS,
	  HOSTS_SIDE("files", NULL, 10000, BENCH_HOSTS_NAME, QUESTION_NAME, true),
	  HOSTS_SIDE("fopnp", HOSTS, 10000, BENCH_HOSTS_NAME, QUESTION_NAME, true), 0.10, 0,
	  "<= 0.10x" },
	{ "  name missing", TASK_LOOKUPS,
	  HOSTS_SIDE("files", NULL, 10000, BENCH_ABSENT_NAME, QUESTION_ABSENT, true),
	  HOSTS_SIDE("fopnp", HOSTS, 10000, BENCH_ABSENT_NAME, QUESTION_ABSENT, true), 0.10, 0,
	  "<= 0.10x" },
	{ "  address on the last line", TASK_LOOKUPS,
	  HOSTS_SIDE("files", NULL, 10000, BENCH_HOSTS_ADDRESS, QUESTION_ADDRESS, true),
	  HOSTS_SIDE("fopnp", HOSTS, 10000, BENCH_HOSTS_ADDRESS, QUESTION_ADDRESS, true), 0.10, 0,
	  "<= 0.10x" },
	{ "1,000,000 lines, name on the last", TASK_LOOKUPS,
	  HOSTS_SIDE("files", NULL, 1000000, BENCH_HOSTS_NAME, QUESTION_NAME, true),
	  HOSTS_SIDE("fopnp", HOSTS, 1000000, BENCH_HOSTS_NAME, QUESTION_NAME, true), 0.15, 0,
	  "<= 0.15x" },
	{ "  name missing", TASK_LOOKUPS,
	  HOSTS_SIDE("files", NULL, 1000000, BENCH_ABSENT_NAME, QUESTION_ABSENT, true),
	  HOSTS_SIDE("fopnp", HOSTS, 1000000, BENCH_ABSENT_NAME, QUESTION_ABSENT, true), 0.15, 0,
	  "<= 0.15x" },
	{ "  address on the last line", TASK_LOOKUPS,
	  HOSTS_SIDE("files", NULL, 1000000, BENCH_HOSTS_ADDRESS, QUESTION_ADDRESS, true),
	  HOSTS_SIDE("fopnp", HOSTS, 1000000, BENCH_HOSTS_ADDRESS, QUESTION_ADDRESS, true), 0.15, 0,
	  "<= 0.15x" },
};

#define DNS_SIDE(line_, order_, family_, is_dead_)                                                 \
	{                                                                                          \
		.line = (line_), .hosts_lines = 1, .name = BENCH_DNS_NAME, .family = (family_),    \
		.order = (order_), .is_first_server_dead = (is_dead_)                              \
	}

static const struct row dns_rows[] = {
	{ "getaddrinfo, server on loopback", TASK_LOOKUPS, DNS_SIDE("dns", NULL, AF_UNSPEC, false),
	  DNS_SIDE("fopnp", DNS, AF_UNSPEC, false), 1.30, 0, "<= 1.30x" },
	{ "  the same, AF_INET", TASK_LOOKUPS, DNS_SIDE("dns", NULL, AF_INET, false),
	  DNS_SIDE("fopnp", DNS, AF_INET, false), 1.30, 0, "<= 1.30x" },
	{ "program start and first lookup", TASK_STARTS, DNS_SIDE("dns", NULL, AF_UNSPEC, false),
	  DNS_SIDE("fopnp", DNS, AF_UNSPEC, false), 0, 0, "none set" },
};

static FILE *report; /* NULL: standard output only */

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	if (report) {
		va_start(arguments, format);
		vfprintf(report, format, arguments);
		va_end(arguments);
	}
	fflush(stdout);
}

/* ---- numbers ---- */

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The value below which SHARE (0 to 1) of COUNT values lie; sorts them. */
static double quantile(double *values, size_t count, double share)
{
	qsort(values, count, sizeof(*values), compare_doubles);
	return values[(size_t)(share * (double)(count - 1) + 0.5)];
}

/* ---- times ---- */

/* How many lookups make a block, by the slower side, and how many blocks there shall be. */
static uint32_t choose_count(enum task task, const struct client clients[2], size_t *out_blocks)
{
	double slowest = 1;
	for (size_t i = 0; i < 2; i++) {
		double ns;
		(void)ask_client(&clients[i], task, 3); /* loads, connects, fills caches */
		ns = (double)ask_client(&clients[i], task, 1);
		if (ns < BLOCK_NS)
			ns = (double)ask_client(&clients[i], task, 10) / 10;
		if (ns > slowest)
			slowest = ns;
	}
	double count = BLOCK_NS / slowest;
	*out_blocks = BLOCKS;
	if (slowest * BLOCKS > ROW_NS)
		*out_blocks = slowest * FEWEST > ROW_NS ? FEWEST : (size_t)(ROW_NS / slowest);
	return count < 1 ? 1 : (uint32_t)count;
}

/* TIMES[side]: nanoseconds for one lookup, block by block.  Returns how many a side did. */
static uint64_t time_sides(enum task task, const struct client clients[2], double times[2][BLOCKS],
			   size_t *out_blocks)
{
	uint32_t count = choose_count(task, clients, out_blocks);
	for (size_t block = 0; block < *out_blocks; block++) {
		for (size_t turn = 0; turn < 2; turn++) {
			size_t side = (block + turn) % 2; /* who is first changes */
			times[side][block] =
				(double)ask_client(&clients[side], task, count) / count;
		}
	}
	return (uint64_t)count * *out_blocks;
}

/* A listener that hears nothing would make the figure a lie. */
static void check_listener(const struct row *row, const struct client *client, uint64_t lookups)
{
	const enum listener kind = row->other.listener;
	if (kind == LISTENER_NONE || kind == LISTENER_WATCH_FROZEN ||
	    kind == LISTENER_JOURNAL_FROZEN)
		return;
	uint64_t events = ask_client(client, TASK_EVENTS, 0);
	if (events < lookups - lookups / 100)
		say("    (%llu events of %llu lookups arrived; the others were dropped)\n",
		    (unsigned long long)events, (unsigned long long)lookups);
}

static void print_times(const struct row *row, double times[2][BLOCKS], size_t blocks)
{
	static double ratios[BLOCKS];
	for (size_t i = 0; i < blocks; i++)
		ratios[i] = times[1][i] / times[0][i];
	double base = quantile(times[0], blocks, 0.5) / 1000;
	double other = quantile(times[1], blocks, 0.5) / 1000;
	double low = quantile(ratios, blocks, 0.1), high = quantile(ratios, blocks, 0.9);
	bool is_over = (row->target > 0 && other / base > row->target) ||
		       (row->target_more > 0 && other - base > row->target_more);
	say("%-47s %10.2f us %10.2f us  %5.2fx  %4.2f-%4.2f  %+10.2f us  %-11s%s\n", row->what,
	    base, other, other / base, low, high, other - base, row->target_text,
	    is_over ? " OVER" : "");
}

static void run_row(const struct row *row)
{
	static double times[2][BLOCKS];
	if (!listener_is_here(row->other.listener)) {
		say("%-47s not here: its program is not installed\n", row->what);
		return;
	}
	const struct client clients[2] = { start_client(&row->base), start_client(&row->other) };
	size_t blocks;
	uint64_t lookups = time_sides(row->task, clients, times, &blocks);
	print_times(row, times, blocks);
	check_listener(row, &clients[1], lookups);
	stop_client(&clients[0]);
	stop_client(&clients[1]);
}

/* ---- counts ---- */

/* MOST: the target, if it is no comparison with the base. */
static void print_counts(const char *what, const struct setting settings[2], double most)
{
	char target[32] = "none more";
	double calls[2], first[2];
	for (size_t i = 0; i < 2; i++) {
		struct client client = start_client(&settings[i]);
		uint64_t none = ask_client(&client, TASK_SYSCALLS, 0);
		uint64_t one = ask_client(&client, TASK_SYSCALLS, 1);
		uint64_t many = ask_client(&client, TASK_SYSCALLS, 101);
		first[i] = (double)(one - none);
		calls[i] = (double)(many - one) / 100;
		stop_client(&client);
	}
	if (most > 0)
		snprintf(target, sizeof(target), "<= %.0f", most);
	else
		most = calls[0];
	say("%-47s %10.2f    %10.2f     %5.2fx  %9s  %+10.2f     %-11s%s\n", what, calls[0],
	    calls[1], calls[1] / calls[0], "", calls[1] - calls[0], target,
	    calls[1] > most + 0.2 ? " OVER" : "");
	say("%-47s %10.0f    %10.0f     %5.2fx  %9s  %+10.0f     %-11s\n",
	    "  of the first lookup in a process", first[0], first[1], first[1] / first[0], "",
	    first[1] - first[0], "none set");
}

#define MEMORY_RUNS   9
#define MEMORY_MOST   24 /* KiB more than the base */
#define MEMORY_TARGET "<= +24 KiB"

static void print_kib(const char *what, double kib[2][MEMORY_RUNS], const char *target)
{
	double base = quantile(kib[0], MEMORY_RUNS, 0.5);
	double other = quantile(kib[1], MEMORY_RUNS, 0.5);
	say("%-47s %10.0f KiB%10.0f KiB  %5.2fx  %9s  %+10.0f KiB %-11s%s\n", what, base, other,
	    other / base, "", other - base, target,
	    *target && other - base > MEMORY_MOST ? " OVER" : "");
}

/* A library that was just linked is still dirty in the page cache: not a process's memory. */
static void write_back_module(void)
{
	int fd = open(built_path("lib/libnss_fopnp.so.2"), O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		die("libnss_fopnp.so.2");
	close(fd);
}

/* The library's pages are shared by all who have it; here there is one. */
static void print_memory(const char *what, const struct setting settings[2], const char *target,
			 const char *heap_target)
{
	double shared[2][MEMORY_RUNS], private[2][MEMORY_RUNS], heap[2][MEMORY_RUNS];
	write_back_module();
	for (size_t i = 0; i < 2; i++) {
		struct client client = start_client(&settings[i]);
		for (size_t run = 0; run < MEMORY_RUNS; run++) {
			uint64_t kib = ask_client(&client, TASK_MEMORY, 1);
			shared[i][run] = (double)(kib >> 32);
			private[i][run] = (double)(uint32_t)kib;
			heap[i][run] = (double)ask_client(&client, TASK_HEAP, 1) / 1024;
		}
		stop_client(&client);
	}
	print_kib(what, shared, target);
	print_kib("  of it private to the process", private, target);
	print_kib("  given out by malloc", heap, heap_target);
}

/* What the source itself is worth: no order behind it, no fall-back. */
static void run_hosts_rows(void)
{
	static const struct setting small[2] = {
		HOSTS_SIDE("files", NULL, 10, BENCH_HOSTS_NAME, QUESTION_NAME, true),
		HOSTS_SIDE("fopnp", HOSTS, 10, BENCH_HOSTS_NAME, QUESTION_NAME, true),
	};
	static const struct setting large[2] = {
		{ .line = "files", .hosts_lines = 1000000, .name = BENCH_HOSTS_NAME },
		{ .line = "fopnp",
		  .hosts_lines = 1000000,
		  .name = BENCH_HOSTS_NAME,
		  .order = HOSTS },
	};

	say("\n%-47s %13s %13s\n", "fopnp:hosts", "files", "fopnp:hosts");
	for (size_t i = 0; i < sizeof(hosts_rows) / sizeof(hosts_rows[0]); i++)
		run_row(&hosts_rows[i]);
	print_counts("system calls a lookup, 10 lines", small, 3);
	print_memory("memory (PSS) after one lookup in 10 lines", small, MEMORY_TARGET,
		     MEMORY_TARGET);
	print_memory("memory (PSS) after one in 1,000,000 lines", large, "", MEMORY_TARGET);
}

#define DEAD_RUNS      11
#define DEAD_RUNS_BASE 1 /* it waits for seconds */
#define DEAD_TARGET_MS 100

/* A program's start and its first lookup with the first of two name servers silent. */
static void print_dead_server(void)
{
	static const struct setting settings[2] = { DNS_SIDE("dns", NULL, AF_UNSPEC, true),
						    DNS_SIDE("fopnp", DNS, AF_UNSPEC, true) };
	static const size_t runs[2] = { DEAD_RUNS_BASE, DEAD_RUNS };
	double ms[2][DEAD_RUNS], median[2];

	for (size_t i = 0; i < 2; i++) {
		struct client client = start_client(&settings[i]);
		for (size_t run = 0; run < runs[i]; run++)
			ms[i][run] = (double)ask_client(&client, TASK_STARTS, 1) / 1e6;
		stop_client(&client);
		median[i] = quantile(ms[i], runs[i], 0.5);
	}
	say("%-47s %10.2f ms %10.2f ms  %5.2fx  %4.0f-%4.0f  %+10.2f ms  %-11s%s\n",
	    "the same, the first of two servers dead", median[0], median[1], median[1] / median[0],
	    quantile(ms[1], DEAD_RUNS, 0.1), quantile(ms[1], DEAD_RUNS, 0.9), median[1] - median[0],
	    "<= 100 ms", median[1] > DEAD_TARGET_MS ? " OVER" : "");
}

static void run_dns_rows(void)
{
	static const struct setting sides[2] = { DNS_SIDE("dns", NULL, AF_UNSPEC, false),
						 DNS_SIDE("fopnp", DNS, AF_UNSPEC, false) };

	say("\n%-47s %13s %13s\n", "fopnp:dns", "dns", "fopnp:dns");
	open_dead_dns_server();
	for (size_t i = 0; i < sizeof(dns_rows) / sizeof(dns_rows[0]); i++)
		run_row(&dns_rows[i]);
	print_dead_server();
	print_counts("system calls a lookup", sides, 0);
	print_memory("memory (PSS) after the first lookup", sides, "", "");
}

static void print_head(void)
{
	struct utsname system;
	uname(&system);
	say("glibc %s, Linux %s, %s.  Medians of up to %d blocks in turn on one processor; \"range\": 10th\n"
	    "to 90th percentile of the blocks' ratios.  The plain line is \"%s\", the other\n"
	    "\"%s\"; system modules, no fopnp.conf, nobody listening unless said.\n\n",
	    gnu_get_libc_version(), system.release, system.machine, BLOCKS, PLAIN, FOPNP);
	say("%-47s %13s %13s  %6s  %9s  %13s  %-11s\n", "what", "plain", "fopnp", "ratio", "range",
	    "difference", "target");
}

/* System modules, on the plain line and through fopnp. */
static void run_line_rows(void)
{
	static const struct setting sides[2] = {
		SIDE(PLAIN, 10, BENCH_HOSTS_NAME, AF_UNSPEC, LISTENER_NONE),
		SIDE(FOPNP, 10, BENCH_HOSTS_NAME, AF_UNSPEC, LISTENER_NONE),
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run_row(&rows[i]);
	print_counts("system calls a lookup, 10-line hosts file", sides, 0);
	print_memory("memory (PSS) after the first lookup", sides, MEMORY_TARGET, MEMORY_TARGET);
}

static void run_event_rows(void)
{
	say("\n%-47s %13s %13s\n", "events", "nobody", "somebody");
	for (size_t i = 0; i < sizeof(event_rows) / sizeof(event_rows[0]); i++)
		run_row(&event_rows[i]);
}

static bool is_wanted(int argc, char **argv, const char *part)
{
	for (int i = 2; i < argc; i++)
		if (strcmp(argv[i], part) == 0)
			return true;
	return argc <= 2;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !(report = fopen(argv[1], "we")))
		die(argv[1]);
	if (setenv("LD_LIBRARY_PATH", built_path("lib"), 1) < 0)
		die("setenv");
	if (!getenv("FOPNP_BENCH")) { /* the dynamic linker reads it at the start of a program */
		setenv("FOPNP_BENCH", "1", 1);
		execv("/proc/self/exe", argv);
		die("exec");
	}
	if (!enter_private_system()) {
		printf("mount and network namespaces cannot be made here\n");
		return SKIPPED;
	}
	pid_t server = start_dns_server();
	print_head();
	if (is_wanted(argc, argv, "line"))
		run_line_rows();
	if (is_wanted(argc, argv, "events"))
		run_event_rows();
	if (is_wanted(argc, argv, "hosts"))
		run_hosts_rows();
	if (is_wanted(argc, argv, "dns"))
		run_dns_rows();
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	if (report && fclose(report) != 0)
		die(argv[1]);
	return 0;
}
