/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The differential test against glibc itself: an order of scripted modules
 * as the plain hosts line, and the same order run by fopnp, must give every
 * program the same.  One process a side and order, since the module reads
 * its environment once; in it many scripts, and for each script every call.
 *
 * Three ways to bring the order to fopnp are compared with the plain line:
 *	alone     FOPNP_ORDER, nothing behind "fopnp"
 *	followed  FOPNP_ORDER, the plain list behind "fopnp" as the fall-back
 *	file      nsswitch.conf alone, with MERGE, second brackets and the like
 */
#include "tests/nss/differential/differential.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <netdb.h>
#include <nss.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SKIPPED      77
#define SIDE_SECONDS 60 /* one side of one order; then it hangs */
#define KINDS        96 /* of differences counted apart */

struct script fopnp_test_script;

enum side { SIDE_PLAIN, SIDE_ALONE, SIDE_FOLLOWED, SIDES };
/* With ORDER_NSSWITCH: SIDE_PLAIN and SIDE_FOLLOWED, both without FOPNP_ORDER. */

static const char *const side_names[2][SIDES] = {
	[ORDER_STRICT] = { "plain", "alone", "followed" },
	[ORDER_NSSWITCH] = { "plain file", "", "file" },
};

struct kind_count {
	char text[120];
	unsigned count;
};

/* One worker's, in memory shared with the parent. */
struct work {
	struct outcome outcomes[SIDES][SCRIPTS_PER_ORDER][CALLS_PER_SCRIPT];
	unsigned counts[VERDICTS];
	unsigned cases, printed, kind_count;
	struct kind_count kinds[KINDS];
	bool is_finished;
};

struct part {
	uint64_t seed;
	enum order_grammar grammar;
	unsigned orders;
};

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(2);
}

static bool network_has_v4(unsigned order)
{
	return order / 64 % 4 & 1;
}

static bool network_has_v6(unsigned order)
{
	return order / 64 % 4 & 2;
}

/* ---- one side of one order, in a process of its own ---- */

static int find_fopnp(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	(void)context;
	if (!info->dlpi_name || !strstr(info->dlpi_name, "libnss_fopnp.so.2"))
		return 0;
	const char *base = (const char *)info->dlpi_addr;
	size_t length = 0;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		if (header->p_type == PT_LOAD && header->p_vaddr + header->p_memsz > length)
			length = header->p_vaddr + header->p_memsz;
	}
	fopnp_test_script.fopnp_start = base;
	fopnp_test_script.fopnp_end = base + length;
	return 0; /* the last of the name: a faulty one has the real one behind it */
}

/* Where the module lies, once it is loaded. */
static void note_fopnp(const struct options *options, enum side side)
{
	if (side != SIDE_PLAIN && !fopnp_test_script.fopnp_start && !options->compares_itself)
		dl_iterate_phdr(find_fopnp, NULL);
}

static void configure_side(const struct options *options, const struct test_order *order,
			   enum order_grammar grammar, enum side side)
{
	static char line[2048];
	snprintf(line, sizeof(line), "fopnp [!UNAVAIL= return] %s", order->fopnp);
	if (side == SIDE_PLAIN || options->compares_itself)
		snprintf(line, sizeof(line), "%s", order->plain);
	else if (side == SIDE_ALONE)
		strcpy(line, "fopnp");
	write_hosts_line(line);
	if (grammar == ORDER_NSSWITCH)
		return;
	if (side != SIDE_PLAIN && setenv("FOPNP_ORDER", order->plain, 1) < 0)
		die("setenv");
	if (__nss_configure_lookup("hosts", line) != 0) {
		fprintf(stderr, "glibc refuses the line: %s\n", line);
		exit(2);
	}
}

static void replay_call(const struct options *options, const struct test_call *call,
			const char *side, const char *order)
{
	struct outcome outcome;
	struct script *script = &fopnp_test_script;
	if (side == side_names[options->grammar][SIDE_PLAIN]) {
		printf("order: %s\n", order);
		print_script(stdout, script, order);
		print_call(stdout, call);
		putchar('\n');
	}
	printf("--- %s\n", side);
	script->is_traced = true;
	script->trace_len = 0;
	script->trace[0] = '\0';
	make_call(call, &outcome, NULL);
	printf("%s    code %d errno %d h_errno %d asked %u bypassed %u\n    %s\n", script->trace,
	       outcome.code, outcome.error, outcome.h_error, outcome.asked, outcome.bypassed,
	       outcome.has_answer ? outcome.text : "no answer");
	fflush(stdout);
	_exit(0);
}

static void run_side(const struct options *options, const struct test_order *order,
		     const struct part *part, unsigned number, enum side side, struct work *work)
{
	struct test_call call;
	alarm(SIDE_SECONDS);
	configure_side(options, order, part->grammar, side);
	if (order->has_merge) { /* which sources fopnp itself calls must be known from the first */
		(void)gethostbyname("warm-up.example");
		note_fopnp(options, side);
	}
	for (unsigned script = 0; script < SCRIPTS_PER_ORDER; script++) {
		generate_script(part->seed, number, script, &fopnp_test_script);
		for (unsigned i = 0; i < CALLS_PER_SCRIPT; i++) {
			if (!generate_call(part->seed, number, script, i, &fopnp_test_script,
					   &call))
				continue;
			if (options->is_replay && script == options->script && i == options->call)
				replay_call(options, &call, side_names[part->grammar][side],
					    order->plain);
			make_call(&call, &work->outcomes[side][script][i], NULL);
			note_fopnp(options, side);
		}
	}
	if (side != SIDE_PLAIN && !fopnp_test_script.fopnp_start && !options->compares_itself) {
		fprintf(stderr, "glibc did not load libnss_fopnp.so.2 for order %u\n", number);
		_exit(1);
	}
}

/* Returns the wait status. */
static int fork_side(const struct options *options, const struct test_order *order,
		     const struct part *part, unsigned number, enum side side, struct work *work)
{
	int status;
	pid_t pid;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		run_side(options, order, part, number, side, work);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			die("waitpid");
	}
	return status;
}

/* ---- comparing ---- */

struct place {
	const struct part *part;
	unsigned order, script, call;
	enum side side;
};

static void print_outcome(FILE *file, const char *side, const struct outcome *outcome)
{
	if (!outcome->is_done) {
		fprintf(file, "  %-9s died here\n", side);
		return;
	}
	fprintf(file, "  %-9s code %d errno %d h_errno %d asked %u%s: %s\n", side, outcome->code,
		outcome->error, outcome->h_error, outcome->asked,
		outcome->bypassed ? " behind fopnp too" : "",
		outcome->has_answer ? outcome->text : "no answer");
}

/* One write for each difference, so that the workers' reports do not mix. */
static void print_difference(const struct place *place, const struct comparison *context,
			     const struct outcome *plain, const struct outcome *fopnp,
			     const char *what)
{
	static struct script script;
	const char *side = side_names[place->part->grammar][place->side];
	char *report = NULL;
	size_t length = 0;
	FILE *file = open_memstream(&report, &length);
	if (!file)
		die("open_memstream");
	fprintf(file, "DIFFERENT (%s), %s: --seed %llu --replay %s%u.%u.%u\n  order: %s\n", what,
		side, (unsigned long long)place->part->seed,
		place->part->grammar == ORDER_NSSWITCH ? "file:" : "", place->order, place->script,
		place->call, context->order->plain);
	generate_script(place->part->seed, place->order, place->script, &script);
	print_script(file, &script, context->order->plain);
	fputs("  ", file);
	print_call(file, context->call);
	fputc('\n', file);
	print_outcome(file, "plain", plain);
	print_outcome(file, side, fopnp);
	fclose(file);
	if (write(STDOUT_FILENO, report, length) < 0)
		die("standard output");
	free(report);
}

/* Returns whether it is the first of its kind. */
static bool add_kind(struct work *work, const char *text, unsigned count)
{
	unsigned i = 0;
	while (i < work->kind_count && strcmp(work->kinds[i].text, text) != 0)
		i++;
	if (i == KINDS)
		return false; /* there are enough to look at */
	if (i == work->kind_count) {
		strcpy(work->kinds[i].text, text);
		work->kind_count++;
	}
	work->kinds[i].count += count;
	return work->kinds[i].count == count;
}

static bool count_kind(struct work *work, const struct comparison *context, const char *side,
		       const char *what)
{
	char text[120];
	static const char *const apis[] = { "getaddrinfo",      "gethostbyname_r",
					    "gethostbyname2_r", "gethostbyaddr_r",
					    "gethostbyname",    "gethostbyname2",
					    "gethostbyaddr",    "getnameinfo" };
	const struct test_call *call = context->call;
	snprintf(text, sizeof(text), "%s: %s family %d flags %#x%s: %s", side, apis[call->api],
		 call->family, (unsigned)call->flags, call->passes_h_errno ? " &h_errno" : "",
		 what);
	return add_kind(work, text, 1);
}

/* False: one side died in this call, and what follows was never asked. */
static bool compare_call(const struct options *options, const struct place *place,
			 const struct comparison *context, struct work *work)
{
	const struct outcome *plain = &work->outcomes[SIDE_PLAIN][place->script][place->call];
	const struct outcome *fopnp = &work->outcomes[place->side][place->script][place->call];
	const char *what;
	enum verdict verdict = compare_outcomes(context, plain, fopnp, &what);
	work->counts[verdict]++;
	if (verdict == VERDICT_DIFFERENT) {
		const char *side = side_names[place->part->grammar][place->side];
		if (count_kind(work, context, side, what) && work->printed++ < options->printed)
			print_difference(place, context, plain, fopnp, what);
	}
	return plain->is_done && fopnp->is_done;
}

static void compare_side(const struct options *options, const struct test_order *order,
			 const struct part *part, unsigned number, enum side side,
			 struct work *work)
{
	static struct script script;
	struct test_call call;
	const struct comparison context = {
		.order = order,
		.call = &call,
		.is_followed = side == SIDE_FOLLOWED,
		.has_v4 = network_has_v4(number),
		.has_v6 = network_has_v6(number),
	};
	for (unsigned i = 0; i < SCRIPTS_PER_ORDER; i++) {
		generate_script(part->seed, number, i, &script);
		for (unsigned j = 0; j < CALLS_PER_SCRIPT; j++) {
			const struct place place = { part, number, i, j, side };
			if (!generate_call(part->seed, number, i, j, &script, &call))
				continue;
			if (!compare_call(options, &place, &context, work))
				return;
		}
	}
}

static void run_order(const struct options *options, const struct part *part, unsigned number,
		      struct work *work)
{
	static struct test_order order;
	generate_order(part->seed, number, part->grammar, &order);
	memset(work->outcomes, 0, sizeof(work->outcomes));
	for (unsigned side = 0; side < SIDES; side++) {
		if (part->grammar == ORDER_NSSWITCH && side == SIDE_ALONE)
			continue;
		int status = fork_side(options, &order, part, number, (enum side)side, work);
		if (WIFSIGNALED(status))
			fprintf(stderr, "%s, order %u: killed by signal %d (%s)\n",
				side_names[part->grammar][side], number, WTERMSIG(status),
				strsignal(WTERMSIG(status)));
		else if (WEXITSTATUS(status) != 0)
			exit(2);
		if (side != SIDE_PLAIN && !options->is_replay)
			compare_side(options, &order, part, number, (enum side)side, work);
	}
	work->cases += SCRIPTS_PER_ORDER;
}

/* ---- workers ---- */

static void run_worker(const struct options *options, const struct part *parts, size_t count,
		       unsigned worker, struct work *work)
{
	copy_sandbox();
	for (size_t i = 0; i < count; i++) {
		unsigned network = UINT_MAX;
		for (unsigned order = worker; order < parts[i].orders; order += options->workers) {
			if (network != order / 64 % 4) {
				network = order / 64 % 4;
				set_network(network_has_v4(order), network_has_v6(order));
			}
			run_order(options, &parts[i], order, work);
		}
	}
	work->is_finished = true;
}

static struct work *share_work(unsigned workers)
{
	void *memory = mmap(NULL, workers * sizeof(struct work), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

static void run_workers(const struct options *options, const struct part *parts, size_t count,
			struct work *works)
{
	pid_t pids[WORKERS];
	fflush(NULL);
	for (unsigned i = 0; i < options->workers; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			die("fork");
		if (pids[i] == 0) {
			run_worker(options, parts, count, i, &works[i]);
			_exit(0);
		}
	}
	for (unsigned i = 0; i < options->workers; i++) {
		if (waitpid(pids[i], NULL, 0) < 0 || !works[i].is_finished) {
			fprintf(stderr, "a worker died\n");
			exit(2);
		}
	}
}

static void sum_up(const struct options *options, const struct work *works, struct work *total)
{
	for (unsigned i = 0; i < options->workers; i++) {
		total->cases += works[i].cases;
		total->printed += works[i].printed;
		for (unsigned v = 0; v < VERDICTS; v++)
			total->counts[v] += works[i].counts[v];
		for (unsigned k = 0; k < works[i].kind_count; k++)
			add_kind(total, works[i].kinds[k].text, works[i].kinds[k].count);
	}
	for (unsigned k = 0; k < total->kind_count; k++)
		printf("  %6u %s\n", total->kinds[k].count, total->kinds[k].text);
	printf("%u cases (a script under an order, asked by up to %u calls):\n", total->cases,
	       CALLS_PER_SCRIPT);
	for (unsigned v = 0; v < VERDICTS; v++)
		printf("  %8u %s\n", total->counts[v], verdict_texts[v]);
}

/* ---- starting ---- */

/* The dynamic linker reads LD_LIBRARY_PATH when a program starts: set it and start again. */
static void set_library_path(const struct options *options, char **argv)
{
	static char self[PATH_MAX], path[3 * PATH_MAX];
	if (getenv("FOPNP_DIFFERENTIAL"))
		return;
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		die("/proc/self/exe");
	for (int i = 0; i < 3; i++) /* BUILD/tests/nss/differential -> BUILD */
		*strrchr(self, '/') = '\0';
	snprintf(path, sizeof(path), "%s%s%s/lib:%s/tests/modules",
		 options->modules ? options->modules : "", options->modules ? ":" : "", self, self);
	setenv("LD_LIBRARY_PATH", path, 1);
	setenv("FOPNP_DIFFERENTIAL", "1", 1);
	execv("/proc/self/exe", argv);
	die("exec");
}

static void check_module(void)
{
	pid_t pid = fork();
	int status;
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		if (!dlopen("libnss_fopnp.so.2", RTLD_NOW | RTLD_LOCAL) ||
		    !dlopen("libnss_p0.so.2", RTLD_NOW | RTLD_LOCAL)) {
			fprintf(stderr, "%s\n", dlerror());
			_exit(2);
		}
		_exit(0);
	}
	if (waitpid(pid, &status, 0) < 0 || status != 0)
		exit(2);
}

static void clean_environment(void)
{
	static const char *const unwanted[] = { "FOPNP_ORDER",  "FOPNP_LOG",   "FOPNP_CONF",
						"FOPNP_BYPASS", "LOCALDOMAIN", "RES_OPTIONS",
						"HOSTALIASES",  "RESOLV_MULTI" };
	for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++)
		unsetenv(unwanted[i]);
}

/*
 * Without a seed of the caller's half of the cases are the same each time and
 * half are new; for one more in ten the order comes from the file.
 */
static size_t make_parts(const struct options *options, struct part parts[4])
{
	unsigned orders = (options->cases + SCRIPTS_PER_ORDER - 1) / SCRIPTS_PER_ORDER;
	uint64_t now = (uint64_t)time(NULL);
	uint64_t seeds[2] = { FIXED_SEED, now };
	size_t count = 0;
	if (options->has_seed)
		seeds[0] = options->seed;
	for (size_t i = 0; i < (options->has_seed ? 1u : 2u); i++) {
		unsigned share = options->has_seed ? orders : (orders + 1) / 2;
		parts[count++] = (struct part){ seeds[i], ORDER_STRICT, share };
		parts[count++] = (struct part){ seeds[i], ORDER_NSSWITCH, (share + 9) / 10 };
		printf("seed %llu (%s): %u orders, %u of them from the file too\n",
		       (unsigned long long)seeds[i],
		       options->has_seed ? "given"
		       : i               ? "of the time"
					 : "fixed",
		       share, (share + 9) / 10);
	}
	return count;
}

static int replay(const struct options *options, struct work *work)
{
	const struct part part = { options->seed, options->grammar, 0 };
	set_network(network_has_v4(options->order), network_has_v6(options->order));
	run_order(options, &part, options->order, work);
	return 0;
}

int main(int argc, char **argv)
{
	static struct work total;
	struct options options;
	struct part parts[4];
	read_options(argc, argv, &options);
	set_library_path(&options, argv);
	clean_environment();
	if (!options.compares_itself)
		check_module();
	if (!enter_sandbox()) {
		printf("mount and network namespaces cannot be made here\n");
		return SKIPPED;
	}
	struct work *works = share_work(options.workers);
	if (options.is_replay)
		return replay(&options, works);
	size_t count = make_parts(&options, parts);
	run_workers(&options, parts, count, works);
	sum_up(&options, works, &total);
	return total.counts[VERDICT_DIFFERENT] != 0 || total.counts[VERDICT_SAME] == 0;
}
