/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line, and FOPNP_SEED and FOPNP_CASES of the environment. */
#include "tests/nss/differential/differential.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t read_number(const char *text)
{
	char *end;
	errno = 0;
	unsigned long long number = strtoull(text, &end, 0);
	if (errno != 0 || *end != '\0' || end == text) {
		fprintf(stderr, "not a number: %s\n", text);
		exit(2);
	}
	return number;
}

static void read_replay(const char *text, struct options *options)
{
	options->is_replay = true;
	if (strncmp(text, "file:", 5) == 0) {
		options->grammar = ORDER_NSSWITCH;
		text += 5;
	}
	if (sscanf(text, "%u.%u.%u", &options->order, &options->script, &options->call) != 3) {
		fprintf(stderr, "--replay takes [file:]ORDER.SCRIPT.CALL\n");
		exit(2);
	}
}

static void read_environment(struct options *options)
{
	const char *seed = getenv("FOPNP_SEED"), *cases = getenv("FOPNP_CASES");
	if (seed && *seed) {
		options->seed = read_number(seed);
		options->has_seed = true;
	}
	if (cases && *cases)
		options->cases = (unsigned)read_number(cases);
}

static void read_arguments(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "cases", required_argument, NULL, 'c' },
		{ "workers", required_argument, NULL, 'w' },
		{ "print", required_argument, NULL, 'p' },
		{ "modules", required_argument, NULL, 'm' },
		{ "replay", required_argument, NULL, 'r' },
		{ "itself", no_argument, NULL, 'i' },
		{ NULL, 0, NULL, 0 },
	};
	int letter;
	while ((letter = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (letter) {
		case 's':
			options->seed = read_number(optarg);
			options->has_seed = true;
			break;
		case 'c':
			options->cases = (unsigned)read_number(optarg);
			break;
		case 'w':
			options->workers = (unsigned)read_number(optarg);
			break;
		case 'p':
			options->printed = (unsigned)read_number(optarg);
			break;
		case 'm':
			options->modules = optarg;
			break;
		case 'r':
			read_replay(optarg, options);
			break;
		case 'i':
			options->compares_itself = true;
			break;
		default:
			fprintf(stderr, "usage: differential [--seed N] [--cases N] [--workers N] "
					"[--print N] [--modules FOLDER] [--itself] "
					"[--replay [file:]ORDER.SCRIPT.CALL]\n");
			exit(2);
		}
	}
	if (options->workers < 1 || options->workers > WORKERS)
		options->workers = WORKERS;
}

void read_options(int argc, char **argv, struct options *out)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	*out = (struct options){ .cases = 20000, .workers = 2, .printed = 10, .seed = FIXED_SEED };
	if (processors > 0)
		out->workers = processors > WORKERS ? WORKERS : (unsigned)processors;
	read_environment(out);
	read_arguments(argc, argv, out);
}
