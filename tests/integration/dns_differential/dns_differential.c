/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libc's dns against fopnp:dns: each configuration in a fresh process a side, the
 * same calls in the same order; compared are what came back and what was asked on
 * the wire.
 * Usage: dns_differential [-o ORDER] [-c CONFIGURATION] [-n NAME] LISTENED=ASKED...
 *   -o  the order of the other side (fopnp:dns); "dns!" is libc's dns itself
 *   -c  only configurations whose name begins so
 *   -n  only this name
 *   -v  print what came back of each call
 * FOPNP_SEED, FOPNP_CASES: replies by chance, and how many names a configuration has for them.
 * It replaces /etc/resolv.conf, nsswitch.conf and fopnp.conf: run it in namespaces of its own.
 */
#include "tests/integration/dns_differential/differential.h"

#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <resolv.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ALIASES      "/run/aliases"
#define LOOKUPS      16384
#define TEXT_SIZE    ((size_t)1 << 27)
#define SIDE_SECONDS 300
#define SLOW         1.0 /* seconds: worth a word */
#define SHOWN        30  /* differences that are told in full */

/* One call of one side: where its text begins, and which queries it made. */
struct lookup {
	size_t text, first_query, end_query;
};

struct side {
	const char *order;
	size_t count;
	struct lookup lookups[LOOKUPS];
	char text[TEXT_SIZE];
};

static struct recorder_server servers[RECORDER_SERVERS];
static size_t server_count;
static struct query_record *record;
static struct side *sides[2];
static const char *only_configuration, *only_name;
static bool is_verbose;
static unsigned different, known, compared;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(2);
}

/* ---- a side ---- */

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void write_file(const char *path, const char *text)
{
	char new[64];
	FILE *file;
	snprintf(new, sizeof(new), "%s.new", path);
	file = fopen(new, "we");
	if (!file || fputs(text, file) < 0 || fchmod(fileno(file), 0644) < 0 || fclose(file) != 0 ||
	    rename(new, path) < 0)
		die(path);
}

static void set_variable(const char *name, const char *value)
{
	if (value ? setenv(name, value, 1) : unsetenv(name))
		die(name);
}

static void set_up(const struct configuration *configuration)
{
	write_file("/etc/resolv.conf", configuration->resolv_conf);
	write_file("/etc/fopnp.conf",
		   configuration->fopnp_conf ? configuration->fopnp_conf : "#\n");
	write_file(ALIASES, configuration->aliases ? configuration->aliases : "");
	set_variable("RES_OPTIONS", configuration->res_options);
	set_variable("LOCALDOMAIN", configuration->local_domain);
	set_variable("HOSTALIASES", configuration->aliases ? ALIASES : NULL);
}

static void become_side(const struct side *side, bool tells_ttl)
{
	bool is_plain = strcmp(side->order, "dns!") == 0;
	choose_module(is_plain ? "dns" : "fopnp", tells_ttl);
	set_variable("FOPNP_ORDER", is_plain ? NULL : side->order);
	if (__nss_configure_lookup("hosts", is_plain ? "dns" : "fopnp") != 0 || res_init() != 0)
		die("the side's set-up");
}

static void make_lookup(struct side *side, bool is_reverse, size_t call, const char *name,
			size_t *used)
{
	struct lookup *lookup = &side->lookups[side->count];
	struct text text = { side->text + *used, 0, TEXT_SIZE - *used };
	double start;
	if (side->count == LOOKUPS || text.size < 1 << 20)
		die("too many lookups");
	lookup->text = *used;
	lookup->first_query = atomic_load(&record->count);
	start = seconds();
	make_call(is_reverse, call, name, &text);
	if (seconds() - start > SLOW)
		printf("%s: %s \"%.80s\" took %.1f s\n", side->order, call_name(is_reverse, call),
		       name, seconds() - start);
	recorder_sync(servers, server_count);
	lookup->end_query = atomic_load(&record->count);
	*used += text.len + 1;
	side->count++;
}

static size_t call_count(const struct configuration *configuration, bool is_reverse)
{
	if (is_reverse)
		return CALLS_BY_ADDRESS;
	return configuration->is_whole ? CALLS_BY_NAME : CALLS_SOME;
}

static void run_lookups(const struct configuration *configuration, struct side *side, char **names,
			size_t count, size_t reverse)
{
	size_t used = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t call = 0; call < call_count(configuration, i >= reverse); call++)
			make_lookup(side, i >= reverse, call, names[i], &used);
	}
}

/* In a process of its own; false if it died. */
static bool run_side(const struct configuration *configuration, struct side *side, char **names,
		     size_t count, size_t reverse)
{
	int status;
	pid_t pid;
	side->count = 0;
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		alarm(SIDE_SECONDS);
		become_side(side, !configuration->is_cached);
		run_lookups(configuration, side, names, count, reverse);
		exit(0);
	}
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	if (status == 0)
		return true;
	printf("FAILED: %s: the side of %s ended with wait status %#x after %zu lookups\n",
	       configuration->what, side->order, (unsigned)status, side->count);
	return false;
}

/* ---- what was asked ---- */

/* Two queries with the same words are one, but for what is chance. */
static bool is_same_query(const struct recorded_query *a, const struct recorded_query *b,
			  bool is_any_server)
{
	return (is_any_server || a->server == b->server) && a->is_tcp == b->is_tcp &&
	       a->type == b->type && a->flags == b->flags && a->has_edns == b->has_edns &&
	       a->edns_size == b->edns_size && a->edns_flags == b->edns_flags &&
	       a->name_len == b->name_len && memcmp(a->name, b->name, a->name_len) == 0;
}

#define QUERIES 200 /* of one lookup: more than the longest search list makes */

struct queries {
	size_t count;
	const struct recorded_query *list[QUERIES];
};

/* The queries of a lookup in the order of their first sending. */
static void list_queries(const struct lookup *lookup, bool is_any_server, struct queries *out)
{
	out->count = 0;
	for (size_t i = lookup->first_query; i < lookup->end_query && i < RECORD_QUERIES; i++) {
		size_t earlier = 0;
		while (earlier < out->count &&
		       !is_same_query(out->list[earlier], &record->queries[i], is_any_server))
			earlier++;
		if (earlier == QUERIES)
			die("too many queries of one lookup");
		if (earlier == out->count)
			out->list[out->count++] = &record->queries[i];
	}
}

static bool is_same_name(const struct recorded_query *a, const struct recorded_query *b)
{
	return a->server == b->server && a->name_len == b->name_len &&
	       memcmp(a->name, b->name, a->name_len) == 0;
}

/* How the name of QUERY was asked so, for its type or for the other one; NULL: it was not. */
static const struct recorded_query *find_asked(const struct queries *queries,
					       const struct recorded_query *query, bool is_tcp,
					       bool is_its_type)
{
	for (size_t i = 0; i < queries->count; i++)
		if (queries->list[i]->is_tcp == is_tcp &&
		    (queries->list[i]->type == query->type) == is_its_type &&
		    is_same_name(queries->list[i], query))
			return queries->list[i];
	return NULL;
}

/* What this side alone asks where one of A and AAAA was truncated: see below. */
static bool is_of_one_truncated(const struct queries *mine, const struct queries *theirs,
				const struct recorded_query *query, bool is_glibc)
{
	if (find_asked(theirs, query, query->is_tcp, true))
		return false;
	if (is_glibc)
		return query->is_tcp && find_asked(theirs, query, false, true) &&
		       find_asked(theirs, query, true, false);
	return !query->is_tcp && find_asked(theirs, query, true, true) &&
	       find_asked(mine, query, true, false);
}

/* The queries by one transport without those; the number left. */
static size_t list_rest(const struct queries *mine, const struct queries *theirs, bool is_glibc,
			bool is_tcp, const struct recorded_query **out)
{
	size_t count = 0;
	for (size_t i = 0; i < mine->count; i++)
		if (mine->list[i]->is_tcp == is_tcp &&
		    !is_of_one_truncated(mine, theirs, mine->list[i], is_glibc))
			out[count++] = mine->list[i];
	return count;
}

/*
 * A known difference: when one of A and AAAA is truncated, glibc asks both over TCP, and the
 * second one, with single-request, over nothing else; fopnp:dns repeats over TCP what was
 * truncated.  All else must be the same.
 */
static bool differ_by_one_truncated(const struct queries sides_queries[2])
{
	static const struct recorded_query *rest[2][QUERIES];
	size_t counts[2];
	for (int is_tcp = 0; is_tcp < 2; is_tcp++) {
		for (size_t side = 0; side < 2; side++)
			counts[side] = list_rest(&sides_queries[side], &sides_queries[!side],
						 side == 0, is_tcp, rest[side]);
		if (counts[0] != counts[1])
			return false;
		for (size_t i = 0; i < counts[0]; i++)
			if (!is_same_query(rest[0][i], rest[1][i], false))
				return false;
	}
	return true;
}

/* Whether glibc so got by TCP what it had been refused by UDP: it reads those replies. */
static bool has_read_refusal(const struct queries sides_queries[2])
{
	const struct queries *glibc = &sides_queries[0], *ours = &sides_queries[1];
	for (size_t i = 0; i < glibc->count; i++) {
		const struct recorded_query *query = glibc->list[i];
		if (is_of_one_truncated(glibc, ours, query, true) &&
		    find_asked(ours, query, false, true)->is_refused)
			return true;
	}
	return false;
}

/* OUT_HAS_READ_REFUSAL: for a reason that is known the results may differ, too. */
static bool are_queries_equal(const struct lookup lookups[2], bool is_any_server,
			      bool *out_has_read_refusal)
{
	static struct queries both[2];
	bool is_equal;
	*out_has_read_refusal = false;
	for (size_t side = 0; side < 2; side++)
		list_queries(&lookups[side], is_any_server, &both[side]);
	is_equal = both[0].count == both[1].count;
	for (size_t i = 0; is_equal && i < both[0].count; i++)
		is_equal = is_same_query(both[0].list[i], both[1].list[i], is_any_server);
	if (is_equal)
		return true;
	*out_has_read_refusal = has_read_refusal(both);
	if (!*out_has_read_refusal && !differ_by_one_truncated(both))
		return false;
	known++;
	return true;
}

static void print_queries(const struct lookup *lookup)
{
	struct queries queries;
	list_queries(lookup, false, &queries);
	for (size_t i = 0; i < queries.count; i++) {
		char name[1100] = "", piece[8];
		const struct recorded_query *query = queries.list[i];
		for (size_t at = 0; at < query->name_len; at += query->name[at] + 1u) {
			for (size_t k = 1; k <= query->name[at]; k++) {
				uint8_t byte = query->name[at + k];
				snprintf(piece, sizeof(piece),
					 byte > 32 && byte < 127 ? "%c" : "\\%03o", byte);
				strcat(name, piece);
			}
			strcat(name, ".");
		}
		printf("        %u %s %s type %u flags %04x edns %d %u %x\n", query->server,
		       query->is_tcp ? "tcp" : "udp", name, query->type, query->flags,
		       query->has_edns, query->edns_size, query->edns_flags);
	}
}

/* ---- comparing ---- */

static void print_difference(const struct configuration *configuration, bool is_reverse,
			     size_t call, const char *name, const struct lookup lookups[2])
{
	struct text shown = { malloc(20000), 0, 20000 };
	add_escaped(&shown, name);
	printf("%s: %s \"%s\"\n", configuration->what, call_name(is_reverse, call), shown.start);
	free(shown.start);
	for (size_t side = 0; side < 2; side++) {
		printf("    %-10s %.700s\n", sides[side]->order,
		       sides[side]->text + lookups[side].text);
		print_queries(&lookups[side]);
	}
}

static void compare_lookup(const struct configuration *configuration, bool is_reverse, size_t call,
			   const char *name, size_t index)
{
	const struct lookup lookups[2] = { sides[0]->lookups[index], sides[1]->lookups[index] };
	static const char *last_told;
	static unsigned told;
	bool has_read_refusal, is_equal;
	is_equal = are_queries_equal(lookups, configuration->is_any_server, &has_read_refusal) &&
		   (has_read_refusal || strcmp(sides[0]->text + lookups[0].text,
					       sides[1]->text + lookups[1].text) == 0);
	compared++;
	if (is_verbose)
		print_difference(configuration, is_reverse, call, name, lookups);
	if (is_equal)
		return;
	if (known_difference(configuration, is_reverse, call, name)) {
		known++;
		return;
	}
	different++;
	if (told < SHOWN && last_told != name && !is_verbose) {
		told++;
		last_told = name;
		print_difference(configuration, is_reverse, call, name, lookups);
	}
}

static void compare(const struct configuration *configuration, char **names, size_t count,
		    size_t reverse)
{
	size_t index = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t call = 0; call < call_count(configuration, i >= reverse); call++)
			compare_lookup(configuration, i >= reverse, call, names[i], index++);
}

static void run_configuration(const struct configuration *configuration, unsigned made)
{
	size_t count, reverse;
	char *given = strdup(only_name ? only_name : "");
	char **names = list_names(configuration, made, &count, &reverse);
	double start = seconds(), took[2];
	unsigned before = different;
	bool is_run;
	if (only_name) {
		names = &given;
		reverse =
			strchr(given, ':') || strspn(given, "0123456789.") == strlen(given) ? 0 : 1;
		count = 1;
	}
	set_up(configuration);
	atomic_store(&record->count, 0);
	is_run = run_side(configuration, sides[0], names, count, reverse);
	took[0] = seconds() - start;
	is_run = run_side(configuration, sides[1], names, count, reverse) && is_run;
	took[1] = seconds() - start - took[0];
	if (atomic_load(&record->count) > RECORD_QUERIES)
		die("too many queries");
	if (is_run)
		compare(configuration, names, count, reverse);
	else
		different++;
	printf("%-36s %5zu lookups %6zu queries %5.1f s %5.1f s%s\n", configuration->what,
	       sides[0]->count, atomic_load(&record->count), took[0], took[1],
	       different > before ? "  DIFFERENT" : "");
	fflush(stdout);
}

static unsigned long number_from(const char *variable, unsigned long otherwise)
{
	const char *text = getenv(variable);
	return text ? strtoul(text, NULL, 0) : otherwise;
}

static void *shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

static void parse(int argc, char **argv, const char **out_order)
{
	int option;
	while ((option = getopt(argc, argv, "o:c:n:v")) != -1) {
		if (option == 'o')
			*out_order = optarg;
		else if (option == 'c')
			only_configuration = optarg;
		else if (option == 'n')
			only_name = optarg;
		else if (option == 'v')
			is_verbose = true;
		else
			exit(2);
	}
	for (; optind < argc && server_count < RECORDER_SERVERS; optind++)
		if (!recorder_parse_server(&servers[server_count++], argv[optind]))
			die(argv[optind]);
}

int main(int argc, char **argv)
{
	const char *order = "fopnp:dns";
	const unsigned long seed = number_from("FOPNP_SEED", (unsigned long)time(NULL));
	const unsigned made = (unsigned)number_from("FOPNP_CASES", 5);
	pid_t recorder;
	setvbuf(stdout, NULL, _IOLBF, 0);
	parse(argc, argv, &order);
	printf("FOPNP_SEED=%lu FOPNP_CASES=%u\n", seed, made);
	write_file("/etc/nsswitch.conf", "hosts: fopnp\n");
	for (size_t side = 0; side < 2; side++) {
		sides[side] = shared(sizeof(**sides));
		sides[side]->order = side == 0 ? "dns!" : order;
	}
	recorder = recorder_start(servers, server_count, seed, &record);
	for (size_t i = 0; i < configuration_count; i++)
		if (!only_configuration || strncmp(configurations[i].what, only_configuration,
						   strlen(only_configuration)) == 0)
			run_configuration(&configurations[i], made);
	kill(recorder, SIGKILL);
	waitpid(recorder, NULL, 0);
	printf("%u lookups compared, %u known differences, %u others\n", compared, known,
	       different);
	return different > 0 || compared == 0;
}
