/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pool of children, with the module and a source that does the worst (tests/nss/modules/pool.c). */
#include "tools/lookup_pool.h"

#include "tools/clock.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

#define LONG_US    (60 * 1000000u) /* no lookup of a test takes that long */
#define NAMES_MOST 8192

/* What a test asks, and what it heard. */
struct run {
	struct fopnp_pool_lookup lookups[NAMES_MOST];
	char names[NAMES_MOST][32];
	unsigned heard[NAMES_MOST]; /* how often */
	enum fopnp_call_end ends[NAMES_MOST];
	int codes[NAMES_MOST];
	int signals[NAMES_MOST];
	size_t address_counts[NAMES_MOST];
	uint32_t addresses[NAMES_MOST]; /* the first */
	char unavailable[NAMES_MOST][64];
	int errors[NAMES_MOST]; /* why it is not */
	bool not_loaded[NAMES_MOST];
	char sources[NAMES_MOST][64], canonicals[NAMES_MOST][64];
	size_t count, given, answers;
	uint64_t first_us, last_us; /* when the first and the last question were asked for */
	size_t stop_after;          /* answers; 0: never */
	int raised;                 /* with the first answer */
};
static struct run run;

static char directory[] = "/tmp/fopnp-pool-XXXXXX";

static const struct fopnp_pool_lookup *next(void *context)
{
	struct run *of = context;

	if (of->given == of->count)
		return NULL;
	of->last_us = fopnp_clock_now_us();
	if (of->given == 0)
		of->first_us = of->last_us;
	return &of->lookups[of->given++];
}

static bool done(const struct fopnp_pool_answer *answer, void *context)
{
	struct run *of = context;
	size_t index = (size_t)(answer->lookup - of->lookups);

	assert_true(index < of->given);
	of->heard[index]++;
	of->ends[index] = answer->end;
	of->codes[index] = answer->code;
	of->signals[index] = answer->signal;
	of->address_counts[index] = answer->address_count;
	if (answer->address_count > 0) {
		memcpy(&of->addresses[index], answer->addresses[0].bytes, 4);
		of->addresses[index] = ntohl(of->addresses[index]);
	}
	(void)snprintf(of->unavailable[index], 64, "%s", answer->unavailable);
	of->errors[index] = answer->unavailable_error;
	of->not_loaded[index] = answer->is_not_loaded;
	(void)snprintf(of->sources[index], 64, "%s", answer->source);
	(void)snprintf(of->canonicals[index], 64, "%s", answer->canonical);
	if (of->raised && of->answers == 0)
		(void)raise(of->raised);
	return ++of->answers != of->stop_after;
}

/* The test's next question. */
static size_t add(const char *name, bool is_reverse)
{
	size_t index = run.count++;

	assert_true(index < NAMES_MOST && strlen(name) < sizeof(run.names[0]));
	(void)strcpy(run.names[index], name);
	run.lookups[index] =
		(struct fopnp_pool_lookup){ .name = run.names[index], .is_reverse = is_reverse };
	return index;
}

static void add_numbered(unsigned count)
{
	char name[32];

	for (unsigned i = 0; i < count; i++) {
		(void)snprintf(name, sizeof(name), "ok-%u.example", i);
		(void)add(name, false);
	}
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

static void assert_nothing_left(void)
{
	DIR *list = opendir(directory);

	assert_non_null(list);
	for (struct dirent *entry; (entry = readdir(list));)
		assert_int_equal(entry->d_name[0], '.');
	(void)closedir(list);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static bool ask(const struct fopnp_lookup_pool_options *options)
{
	size_t descriptors = count_descriptors();
	struct fopnp_lookup_pool *pool = fopnp_lookup_pool_create(options);
	bool is_whole;

	assert_non_null(pool);
	is_whole = fopnp_lookup_pool_run(pool, next, done, &run);
	fopnp_lookup_pool_destroy(pool);
	assert_nothing_left();
	assert_int_equal(count_descriptors(), descriptors);
	return is_whole;
}

static void assert_each_heard_once(void)
{
	for (size_t i = 0; i < run.count; i++)
		assert_int_equal(run.heard[i], 1);
}

static void assert_numbered(size_t first, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(run.ends[first + i], FOPNP_CALL_RETURNED);
		assert_int_equal(run.codes[first + i], 0);
		assert_int_equal(run.address_counts[first + i], 1);
		assert_int_equal(run.addresses[first + i], 10u << 24 | i);
		assert_string_equal(run.sources[first + i], "pool");
		assert_string_equal(run.canonicals[first + i], run.names[first + i]);
	}
}

static void test_answers(void **state)
{
	static const struct fopnp_lookup_pool_options options = { .order = "files pool",
								  .parallel = 4,
								  .deadline_us = LONG_US };
	size_t none, later, many, all, address, unknown, odd;

	(void)state;
	add_numbered(500);
	none = add("nobody.example", false);
	later = add("later.example", false);
	many = add("many-9.example", false);
	all = add("many-2000.example", false);
	address = add("10.0.1.2", true);
	unknown = add("192.0.2.1", true);
	odd = add("no address", true);
	assert_true(ask(&options));
	assert_each_heard_once();
	assert_numbered(0, 500);
	assert_int_equal(run.codes[none], EAI_NONAME);
	assert_string_equal(run.sources[none], "");
	assert_int_equal(run.codes[later], EAI_AGAIN);
	assert_int_equal(run.ends[later], FOPNP_CALL_RETURNED);
	assert_int_equal(run.address_counts[many], 9);
	assert_int_equal(run.address_counts[all], FOPNP_CALL_ADDRESSES);
	assert_string_equal(run.sources[all], "pool"); /* asked again with more room */
	assert_int_equal(run.codes[address], 0);
	assert_string_equal(run.canonicals[address], "ok-258.example");
	assert_string_equal(run.sources[address], "pool");
	assert_int_equal(run.codes[unknown], EAI_NONAME);
	assert_int_equal(run.codes[odd], EAI_NONAME);
}

/* One that is not there did not say no; one that does not take the name leaves it at that. */
static void test_unavailable(void **state)
{
	struct fopnp_lookup_pool_options options = { .order = "nosuch pool",
						     .parallel = 2,
						     .deadline_us = LONG_US };
	size_t gone = add("gone.example", false), declined = add("declined.example", false);
	size_t none = add("nobody.example", false), found = add("ok-1.example", false);

	(void)state;
	assert_true(ask(&options));
	assert_string_equal(run.unavailable[gone], "pool");
	assert_int_equal(run.errors[gone], ECONNREFUSED);
	assert_false(run.not_loaded[gone]);
	assert_string_equal(run.unavailable[declined], "nosuch");
	assert_true(run.not_loaded[declined]);
	assert_string_equal(run.unavailable[none], "");
	assert_string_equal(run.unavailable[found], "");
	run.given = 0;
	options.order = "pool";
	assert_true(ask(&options));
	assert_string_equal(run.unavailable[gone], "pool");
	assert_string_equal(run.unavailable[declined], "");
	run.given = 0;
	options.order = "files pool"; /* files said no */
	assert_true(ask(&options));
	assert_string_equal(run.unavailable[gone], "");
}

/* Each is an error of its own; the next one has a child that works. */
static void test_bad_sources(void **state)
{
	static const struct fopnp_lookup_pool_options options = { .order = "files pool",
								  .parallel = 2,
								  .deadline_us = LONG_US };
	static const struct {
		const char *name;
		enum fopnp_call_end end;
		int signal;
	} cases[] = {
		{ "crash.example", FOPNP_CALL_CRASHED, SIGSEGV },
		{ "exit.example", FOPNP_CALL_CRASHED, 0 },
		{ "leave.example", FOPNP_CALL_CRASHED, SIGSEGV },
		{ "close.example", FOPNP_CALL_CRASHED, 0 },
		{ "rubbish.example", FOPNP_CALL_GARBLED, 0 },
		{ "wrong.example", FOPNP_CALL_GARBLED, 0 },
	};
	const size_t count = sizeof(cases) / sizeof(cases[0]);

	(void)state;
	for (int round = 0; round < 5; round++)
		for (size_t i = 0; i < count; i++)
			(void)add(cases[i].name, false);
	add_numbered(50);
	assert_true(ask(&options));
	assert_each_heard_once();
	for (size_t i = 0; i < 5 * count; i++) {
		assert_int_equal(run.ends[i], cases[i % count].end);
		assert_int_equal(run.signals[i], cases[i % count].signal);
		if (run.ends[i] == FOPNP_CALL_CRASHED)
			assert_string_equal(run.sources[i], "pool");
	}
	assert_numbered(5 * count, 50);
}

static void test_late(void **state)
{
	static const struct fopnp_lookup_pool_options options = { .order = "files pool",
								  .parallel = 3,
								  .deadline_us = 300000 };
	size_t late[2] = { add("hang.example", false), add("hang-2.example", false) };

	(void)state;
	add_numbered(3);
	assert_true(ask(&options));
	assert_each_heard_once();
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(run.ends[late[i]], FOPNP_CALL_TIMED_OUT);
		assert_string_equal(run.sources[late[i]], "pool");
	}
}

/* A child that served long gives way to another one. */
static void test_renewal(void **state)
{
	static const struct fopnp_lookup_pool_options options = { .order = "pool",
								  .parallel = 1,
								  .deadline_us = LONG_US };
	unsigned changes = 0;

	(void)state;
	for (unsigned i = 0; i < 4500; i++)
		(void)add("pid.example", false);
	assert_true(ask(&options));
	assert_each_heard_once();
	for (size_t i = 1; i < run.count; i++)
		changes += run.addresses[i] != run.addresses[i - 1];
	assert_int_equal(changes, 2);
}

static void test_rate(void **state)
{
	static const struct fopnp_lookup_pool_options options = {
		.order = "pool", .parallel = 8, .rate = 50, .deadline_us = LONG_US
	};

	(void)state;
	add_numbered(16);
	assert_true(ask(&options));
	assert_each_heard_once();
	/* One interval may be short, behind one that was late. */
	assert_true(run.last_us - run.first_us >= 14 * 20000);
}

/* There is room for the sockets of two or three children. */
static void test_few_descriptors(void **state)
{
	static const struct fopnp_lookup_pool_options options = { .order = "pool",
								  .parallel = 64,
								  .deadline_us = LONG_US };
	struct rlimit old, small;

	(void)state;
	add_numbered(200);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	small = old;
	small.rlim_cur = count_descriptors() + 8;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
	assert_true(ask(&options));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_each_heard_once();
	assert_numbered(0, 200);
}

static void test_no_descriptors(void **state)
{
	static const struct fopnp_lookup_pool_options options = { .order = "pool",
								  .parallel = 4,
								  .deadline_us = LONG_US };
	struct rlimit old, small;
	struct fopnp_lookup_pool *pool;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	small = old;
	small.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
	pool = fopnp_lookup_pool_create(&options);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_null(pool);
	assert_nothing_left();
}

static void test_no_module(void **state)
{
	static const struct fopnp_lookup_pool_options options = { .order = "pool",
								  .parallel = 2,
								  .deadline_us = LONG_US };
	char *module = strdup(getenv("FOPNP_MODULE"));

	(void)state;
	assert_int_equal(setenv("FOPNP_MODULE", "/there/is/none.so", 1), 0);
	add_numbered(3);
	assert_true(ask(&options));
	assert_each_heard_once();
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(run.ends[i], FOPNP_CALL_NO_MODULE);
	assert_int_equal(setenv("FOPNP_MODULE", module, 1), 0);
	free(module);
}

static void test_long_name(void **state)
{
	static const struct fopnp_lookup_pool_options options = { .order = "pool",
								  .parallel = 1,
								  .deadline_us = LONG_US };
	char *name = calloc(1, FOPNP_POOL_NAME + 1);
	size_t fits = add("", false), not = add("", false);

	(void)state;
	assert_non_null(name);
	memset(name, 'x', FOPNP_POOL_NAME);
	run.lookups[not ].name = name;
	run.lookups[fits].name = name + 1;
	assert_true(ask(&options));
	free(name);
	assert_each_heard_once();
	assert_int_equal(run.ends[not ], FOPNP_CALL_NOT_MADE);
	assert_int_equal(run.ends[fits], FOPNP_CALL_RETURNED);
	assert_int_equal(run.codes[fits], EAI_NONAME);
}

static void test_stopped(void **state)
{
	static const struct fopnp_lookup_pool_options options = { .order = "pool",
								  .parallel = 3,
								  .deadline_us = LONG_US };

	(void)state;
	add_numbered(100);
	run.stop_after = 10;
	assert_false(ask(&options));
	assert_int_equal(run.answers, 10);
}

/* The command ends by the signal, but only when its children have, and the sockets are gone. */
static void test_signal(void **state)
{
	static const struct fopnp_lookup_pool_options options = { .order = "pool",
								  .parallel = 3,
								  .deadline_us = LONG_US };
	int status;
	pid_t pid;

	(void)state;
	(void)add("ok-1.example", false);
	for (int i = 0; i < 10; i++)
		(void)add("hang.example", false);
	run.raised = SIGTERM;
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		struct fopnp_lookup_pool *pool = fopnp_lookup_pool_create(&options);
		bool is_whole;

		is_whole = fopnp_lookup_pool_run(pool, next, done, &run);
		fopnp_lookup_pool_destroy(pool);
		_exit(is_whole);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	assert_nothing_left();
}

static int start_test(void **state)
{
	(void)state;
	memset(&run, 0, sizeof(run));
	return 0;
}

/* The module and the source from the tree that this program lies in. */
static int find_modules(void **state)
{
	static char path[PATH_MAX];
	char *end;
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 64);

	(void)state;
	if (len <= 0 || !mkdtemp(directory))
		return -1;
	path[len] = '\0';
	end = strrchr(path, '/');
	(void)strcpy(end, "/../modules/libnss_pool.so.2");
	if (!dlopen(path, RTLD_NOW)) /* libc finds it by its soname from now on */
		return -1;
	(void)strcpy(end, "/../../lib/libnss_fopnp.so.2");
	(void)unsetenv("XDG_RUNTIME_DIR");
	return setenv("FOPNP_MODULE", path, 1) | setenv("TMPDIR", directory, 1);
}

static int remove_directory(void **state)
{
	(void)state;
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_answers, start_test),
		cmocka_unit_test_setup(test_unavailable, start_test),
		cmocka_unit_test_setup(test_bad_sources, start_test),
		cmocka_unit_test_setup(test_late, start_test),
		cmocka_unit_test_setup(test_renewal, start_test),
		cmocka_unit_test_setup(test_rate, start_test),
		cmocka_unit_test_setup(test_few_descriptors, start_test),
		cmocka_unit_test_setup(test_no_descriptors, start_test),
		cmocka_unit_test_setup(test_no_module, start_test),
		cmocka_unit_test_setup(test_long_name, start_test),
		cmocka_unit_test_setup(test_stopped, start_test),
		cmocka_unit_test_setup(test_signal, start_test),
	};

	return cmocka_run_group_tests(tests, find_modules, remove_directory);
}
