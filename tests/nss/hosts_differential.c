/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fopnp:hosts against glibc's own files: for random hosts files, every lookup
 * function must give the same through both.  One process a side, since host.conf
 * and the environment are read once, and in it many files one after the other, so
 * that what the module keeps of a file is put to the test as well; for half of
 * them the clock is ahead, so that it keeps anything.  Every fifth process has the
 * file in three parts, with "hosts-file" lines, against the whole; every third has
 * somebody listening, and the lines that are told are checked.
 *
 * Not compared: lines that glibc 2.36 garbles (hosts_avoid_garbling), and buffers
 * in which files has no room for a comment (HOSTS_LESS_ROOM); all of it in the C
 * locale, since files folds letters by the locale and fopnp:hosts does not.
 */
#include "tests/nss/hosts_differential/hosts_differential.h"

#include <dlfcn.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
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
#define SIDE_SECONDS 120 /* one side of one process; then it hangs */
#define FILES        2400

/* calls.c wants it; nobody looks at it here. */
struct script fopnp_test_script;

enum side { SIDE_FILES, SIDE_FOPNP, SIDES };

static const char *const side_names[SIDES] = { "files", "fopnp:hosts" };

/* One worker's, in memory shared with the parent. */
struct work {
	struct outcome outcomes[SIDES][HOSTS_PER_PROCESS][HOSTS_CALLS];
	unsigned counts[HOSTS_VERDICTS];
	unsigned answers, files, printed, places, wrong_places;
	bool is_finished;
};

struct part {
	uint64_t seed;
	unsigned processes;
};

struct choice {
	uint64_t seed;
	bool has_seed, is_replay;
	unsigned files, workers, printed, file, call;
	const char *modules; /* folder searched first */
	const char *source;  /* compared with files; "files": the test's own check */
};

static struct hosts_content content;
static const char *compared_source;

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(2);
}

/* ---- one side of one process ---- */

static bool has_parts(unsigned process)
{
	return process % 5 == 4 && strcmp(compared_source, "files") != 0;
}

static bool has_old_files(unsigned process)
{
	return process / 2 % 2;
}

/* One process in three has somebody listening, for whom the module counts lines. */
static bool has_listener(unsigned process, enum side side)
{
	return side == SIDE_FOPNP && process % 3 == 2 && strcmp(compared_source, "files") != 0;
}

static void configure_side(unsigned process, enum side side)
{
	const char *line = side == SIDE_FILES ? "files" : "fopnp";

	hosts_apply_settings(hosts_settings(process));
	hosts_set_clock_ahead(has_old_files(process) ? 3600 : 0);
	hosts_configure_parts(side == SIDE_FOPNP && has_parts(process));
	if (has_listener(process, side))
		hosts_listen();
	if (side == SIDE_FOPNP && setenv("FOPNP_ORDER", compared_source, 1) < 0)
		die("setenv");
	if (__nss_configure_lookup("hosts", line) != 0)
		die(line);
}

static void place_file(const struct part *part, unsigned file, enum side side)
{
	struct random_state state = hosts_start_random(part->seed, file, 2);

	hosts_generate(part->seed, file, &content);
	if (side == SIDE_FOPNP && has_parts(file / HOSTS_PER_PROCESS))
		hosts_place_parts(&state, &content);
	else
		hosts_place(&state, &content);
}

/* An answer that waits for a larger buffer is kept until something else is asked. */
static void ask_something_else(void)
{
	static struct outcome outcome;
	struct test_call call = { .api = API_GETADDRINFO, .name = "nobody-has-this" };

	make_call(&call, &outcome, NULL);
}

static void check_places(const struct part *part, unsigned file, unsigned number, struct work *work)
{
	struct test_call call;
	bool is_wrong = false;

	hosts_question(part->seed, file, number, &call);
	work->places += hosts_check_places(&call, &is_wrong);
	if (is_wrong && work->wrong_places++ == 0) {
		printf("    of --seed %llu --replay %u.%u: ", (unsigned long long)part->seed, file,
		       number);
		hosts_print_question(stdout, &call);
		fflush(stdout);
	}
}

static void run_side(const struct part *part, unsigned process, enum side side, struct work *work)
{
	struct test_call call;

	alarm(SIDE_SECONDS);
	configure_side(process, side);
	ask_something_else(); /* loads the module while there are descriptors */
	for (unsigned i = 0; i < HOSTS_PER_PROCESS; i++) {
		unsigned file = process * HOSTS_PER_PROCESS + i;

		place_file(part, file, side);
		hosts_allow_descriptors(content.kind != HOSTS_CLOSED);
		for (unsigned j = 0; j < HOSTS_CALLS; j++) {
			if (!hosts_question(part->seed, file, j, &call))
				continue;
			make_call(&call, &work->outcomes[side][i][j], NULL);
			check_places(part, file, j, work);
		}
		hosts_allow_descriptors(true);
		ask_something_else();
	}
	if (side == SIDE_FOPNP && !dlopen("libnss_fopnp.so.2", RTLD_NOW | RTLD_NOLOAD)) {
		fprintf(stderr, "glibc did not load libnss_fopnp.so.2\n");
		_exit(2);
	}
}

static void fork_side(const struct part *part, unsigned process, enum side side, struct work *work)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		run_side(part, process, side, work);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	if (WIFSIGNALED(status))
		fprintf(stderr, "%s, seed %llu, process %u: killed by signal %d (%s)\n",
			side_names[side], (unsigned long long)part->seed, process, WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) != 0)
		exit(2);
}

/* ---- comparing ---- */

static void print_bytes(FILE *file, const char *bytes, size_t len)
{
	const size_t shown = len < 1200 ? len : 1200;

	for (size_t i = 0; i < shown; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\n')
			fputs("\\n\n    ", file);
		else if (c == '\\' || c < ' ' || c > '~')
			fprintf(file, "\\%03o", c);
		else
			fputc(c, file);
	}
	if (shown < len)
		fprintf(file, "... (%zu bytes)", len);
	fputc('\n', file);
}

static void print_content(FILE *file, const struct part *part, unsigned number)
{
	static const char *const kinds[] = { "a file",           "missing",
					     "a directory",      "a dangling link",
					     "a link to a file", "without a descriptor" };
	const struct hosts_settings *settings = hosts_settings(number / HOSTS_PER_PROCESS);

	hosts_generate(part->seed, number, &content);
	fprintf(file, "  host.conf: ");
	if (settings->host_conf)
		print_bytes(file, settings->host_conf, strlen(settings->host_conf));
	else
		fprintf(file, "missing\n");
	if (settings->environment[0])
		fprintf(file, "  %s=%s\n", settings->environment[0], settings->environment[1]);
	fprintf(file, "  hosts: %s%s\n    ", kinds[content.kind],
		has_parts(number / HOSTS_PER_PROCESS) ? ", in three parts" : "");
	print_bytes(file, content.bytes, content.len);
}

static void print_outcome(FILE *file, const char *side, const struct outcome *outcome)
{
	if (!outcome->is_done)
		fprintf(file, "  %-12s died here\n", side);
	else
		fprintf(file, "  %-12s code %d errno %d h_errno %d: %s\n", side, outcome->code,
			outcome->error, outcome->h_error,
			outcome->has_answer ? outcome->text : "no answer");
}

/* One write for each difference, so that the workers' reports do not mix. */
static void print_difference(const struct part *part, unsigned file, unsigned call,
			     const struct outcome *files, const struct outcome *fopnp,
			     const char *what)
{
	struct test_call question;
	char *report = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&report, &len);

	if (!out)
		die("open_memstream");
	hosts_question(part->seed, file, call, &question);
	fprintf(out, "DIFFERENT (%s): --seed %llu --replay %u.%u\n", what,
		(unsigned long long)part->seed, file, call);
	print_content(out, part, file);
	fputs("  ", out);
	hosts_print_question(out, &question);
	print_outcome(out, side_names[SIDE_FILES], files);
	print_outcome(out, side_names[SIDE_FOPNP], fopnp);
	fclose(out);
	if (write(STDOUT_FILENO, report, len) < 0)
		die("standard output");
	free(report);
}

/*
 * Without a hosts file files leaves h_errno as it was in a lookup by address.
 * getnameinfo's own is whatever lay on the stack: one value in four makes an error
 * of it.  fopnp:hosts says HOST_NOT_FOUND.
 */
static bool is_unset(const struct test_call *call, const struct part *part, unsigned file,
		     const struct outcome *files, const struct outcome *fopnp)
{
	if (!fopnp->is_done)
		return false;
	hosts_generate(part->seed, file, &content);
	if (content.kind != HOSTS_MISSING && content.kind != HOSTS_DANGLING &&
	    content.kind != HOSTS_CLOSED)
		return false;
	if (call->api == API_GETNAMEINFO)
		return fopnp->code == (call->flags & NI_NAMEREQD ? EAI_NONAME : 0);
	return (call->api == API_GETHOSTBYADDR || call->api == API_GETHOSTBYADDR_R) &&
	       !fopnp->has_answer && fopnp->code == files->code && fopnp->error == files->error &&
	       fopnp->h_error == HOST_NOT_FOUND;
}

/* False: one side died in this call, and what follows was never asked. */
static bool compare_call(const struct choice *choice, const struct part *part, unsigned process,
			 unsigned index, unsigned call, struct work *work)
{
	const struct outcome *files = &work->outcomes[SIDE_FILES][index][call];
	const struct outcome *fopnp = &work->outcomes[SIDE_FOPNP][index][call];
	struct test_call question, next;
	const struct outcome *grown = NULL;
	unsigned file = process * HOSTS_PER_PROCESS + index;
	const char *what;
	enum hosts_verdict verdict;

	if (!hosts_question(part->seed, file, call, &question))
		return true;
	if (question.buffer_size && !question.grows && call + 1 < HOSTS_CALLS &&
	    hosts_question(part->seed, file, call + 1, &next) && next.grows)
		grown = &work->outcomes[SIDE_FILES][index][call + 1];
	verdict = hosts_judge(&question, files, fopnp, grown, &what);
	if (verdict == HOSTS_DIFFERENT && is_unset(&question, part, file, files, fopnp))
		verdict = HOSTS_UNSET;
	work->counts[verdict]++;
	work->answers += files->has_answer;
	if (verdict == HOSTS_DIFFERENT && work->printed++ < choice->printed)
		print_difference(part, file, call, files, fopnp, what);
	return files->is_done && fopnp->is_done;
}

static void compare_process(const struct choice *choice, const struct part *part, unsigned process,
			    struct work *work)
{
	for (unsigned i = 0; i < HOSTS_PER_PROCESS; i++)
		for (unsigned j = 0; j < HOSTS_CALLS; j++)
			if (!compare_call(choice, part, process, i, j, work))
				return;
}

static void run_process(const struct choice *choice, const struct part *part, unsigned process,
			struct work *work)
{
	memset(work->outcomes, 0, sizeof(work->outcomes));
	for (unsigned side = 0; side < SIDES; side++)
		fork_side(part, process, (enum side)side, work);
	compare_process(choice, part, process, work);
	work->files += HOSTS_PER_PROCESS;
}

/* ---- workers ---- */

static void run_worker(const struct choice *choice, const struct part *parts, size_t count,
		       unsigned worker, struct work *work)
{
	copy_sandbox();
	hosts_enter_coarse_etc();
	for (size_t i = 0; i < count; i++)
		for (unsigned process = worker; process < parts[i].processes;
		     process += choice->workers)
			run_process(choice, &parts[i], process, work);
	work->is_finished = true;
}

static void run_workers(const struct choice *choice, const struct part *parts, size_t count,
			struct work *works)
{
	pid_t pids[WORKERS];

	fflush(NULL);
	for (unsigned i = 0; i < choice->workers; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			die("fork");
		if (pids[i] == 0) {
			run_worker(choice, parts, count, i, &works[i]);
			_exit(0);
		}
	}
	for (unsigned i = 0; i < choice->workers; i++) {
		if (waitpid(pids[i], NULL, 0) < 0 || !works[i].is_finished) {
			fprintf(stderr, "a worker died\n");
			exit(2);
		}
	}
}

/* Returns the exit status. */
static int sum_up(const struct choice *choice, const struct work *works)
{
	unsigned counts[HOSTS_VERDICTS] = { 0 };
	unsigned files = 0, answers = 0, places = 0, wrong_places = 0;

	for (unsigned i = 0; i < choice->workers; i++) {
		files += works[i].files;
		answers += works[i].answers;
		places += works[i].places;
		wrong_places += works[i].wrong_places;
		for (unsigned verdict = 0; verdict < HOSTS_VERDICTS; verdict++)
			counts[verdict] += works[i].counts[verdict];
	}
	printf("%u hosts files, asked by up to %u calls, %u of them with an answer:\n", files,
	       HOSTS_CALLS, answers);
	for (unsigned verdict = 0; verdict < HOSTS_VERDICTS; verdict++)
		printf("  %8u %s\n", counts[verdict], hosts_verdict_texts[verdict]);
	printf("  %8u answers whose lines were told, %u of them wrong\n", places, wrong_places);
	return counts[HOSTS_DIFFERENT] != 0 || wrong_places != 0 || answers == 0 ||
	       (places == 0 && files >= 3 * HOSTS_PER_PROCESS &&
		strcmp(choice->source, "files") != 0);
}

/* ---- one case again ---- */

static int replay(const struct choice *choice)
{
	const struct part part = { choice->seed, 0 };
	const unsigned process = choice->file / HOSTS_PER_PROCESS;
	static struct outcome outcome;
	struct test_call call;

	hosts_question(part.seed, choice->file, choice->call, &call);
	print_content(stdout, &part, choice->file);
	hosts_print_question(stdout, &call);
	hosts_enter_coarse_etc();
	for (unsigned side = 0; side < SIDES; side++) {
		fflush(NULL);
		pid_t pid = fork();
		if (pid == 0) {
			configure_side(process, (enum side)side);
			ask_something_else();
			place_file(&part, choice->file, (enum side)side);
			hosts_allow_descriptors(content.kind != HOSTS_CLOSED);
			printf("--- %s\n", side_names[side]);
			make_call(&call, &outcome, stdout);
			printf("\n    code %d errno %d h_errno %d\n", outcome.code, outcome.error,
			       outcome.h_error);
			fflush(stdout);
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) < 0)
			die("fork");
	}
	return 0;
}

/* ---- starting ---- */

static unsigned long long read_number(const char *text)
{
	char *end;
	unsigned long long number;

	errno = 0;
	number = strtoull(text, &end, 0);
	if (errno != 0 || *end != '\0' || end == text) {
		fprintf(stderr, "not a number: %s\n", text);
		exit(2);
	}
	return number;
}

static void read_argument(int letter, struct choice *choice)
{
	switch (letter) {
	case 's':
		choice->seed = read_number(optarg);
		choice->has_seed = true;
		break;
	case 'f':
		choice->files = (unsigned)read_number(optarg);
		break;
	case 'p':
		choice->printed = (unsigned)read_number(optarg);
		break;
	case 'm':
		choice->modules = optarg;
		break;
	case 'o':
		choice->source = optarg;
		break;
	case 'r':
		choice->is_replay = true;
		if (sscanf(optarg, "%u.%u", &choice->file, &choice->call) == 2)
			break;
		/* fall through */
	default:
		fprintf(stderr, "usage: hosts_differential [--seed N] [--files N] [--print N] "
				"[--modules FOLDER] [--source NAME] [--replay FILE.CALL]\n");
		exit(2);
	}
}

static void read_choice(int argc, char **argv, struct choice *choice)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "files", required_argument, NULL, 'f' },
		{ "print", required_argument, NULL, 'p' },
		{ "modules", required_argument, NULL, 'm' },
		{ "source", required_argument, NULL, 'o' },
		{ "replay", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	const char *seed = getenv("FOPNP_SEED"), *files = getenv("FOPNP_CASES");
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int letter;

	*choice = (struct choice){
		.seed = FIXED_SEED, .files = FILES, .printed = 8, .source = "fopnp:hosts"
	};
	choice->workers = processors < 1         ? 1
			  : processors > WORKERS ? WORKERS
						 : (unsigned)processors;
	if (files && *files)
		choice->files = (unsigned)read_number(files);
	if (seed && *seed) {
		choice->seed = read_number(seed);
		choice->has_seed = true;
	}
	while ((letter = getopt_long(argc, argv, "", names, NULL)) != -1)
		read_argument(letter, choice);
}

/* Without a seed of the caller's half of the files are the same each time, half are new. */
static size_t make_parts(const struct choice *choice, struct part parts[2])
{
	const unsigned processes = (choice->files + HOSTS_PER_PROCESS - 1) / HOSTS_PER_PROCESS;
	const size_t count = choice->has_seed ? 1 : 2;
	const uint64_t seeds[2] = { choice->seed, (uint64_t)time(NULL) };

	for (size_t i = 0; i < count; i++) {
		parts[i] = (struct part){ seeds[i],
					  (processes + (unsigned)count - 1) / (unsigned)count };
		printf("seed %llu (%s)\n", (unsigned long long)seeds[i],
		       choice->has_seed ? "given"
		       : i              ? "of the time"
					: "fixed");
	}
	return count;
}

/* The dynamic linker reads LD_LIBRARY_PATH when a program starts: set it and start again. */
static void set_library_path(const struct choice *choice, char **argv)
{
	static char self[PATH_MAX], path[3 * PATH_MAX];

	if (getenv("FOPNP_DIFFERENTIAL"))
		return;
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		die("/proc/self/exe");
	for (int i = 0; i < 3; i++) /* BUILD/tests/nss/hosts_differential -> BUILD */
		*strrchr(self, '/') = '\0';
	snprintf(path, sizeof(path), "%s%s%s/lib", choice->modules ? choice->modules : "",
		 choice->modules ? ":" : "", self);
	setenv("LD_LIBRARY_PATH", path, 1);
	setenv("FOPNP_DIFFERENTIAL", "1", 1);
	execv("/proc/self/exe", argv);
	die("exec");
}

static void clean_environment(void)
{
	static const char *const unwanted[] = {
		"FOPNP_ORDER", "FOPNP_LOG",   "FOPNP_CONF",       "FOPNP_BYPASS", "LOCALDOMAIN",
		"RES_OPTIONS", "HOSTALIASES", "RESOLV_HOST_CONF", "RESOLV_MULTI"
	};

	for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++)
		unsetenv(unwanted[i]);
}

int main(int argc, char **argv)
{
	struct choice choice;
	struct part parts[2];
	struct work *works;
	size_t count;

	read_choice(argc, argv, &choice);
	set_library_path(&choice, argv);
	compared_source = choice.source;
	clean_environment();
	if (!enter_sandbox()) {
		printf("mount and network namespaces cannot be made here\n");
		return SKIPPED;
	}
	if (choice.is_replay)
		return replay(&choice);
	works = mmap(NULL, choice.workers * sizeof(*works), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (works == MAP_FAILED)
		die("mmap");
	count = make_parts(&choice, parts);
	run_workers(&choice, parts, count, works);
	return sum_up(&choice, works);
}
