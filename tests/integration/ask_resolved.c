/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ask systemd-resolved through tools/resolved_query.h, and print what it fills, a line a name:
 * ask_resolved [-4|-6|-x] [-c] [-d MILLISECONDS] [-n COUNT] NAME...
 * -x: names of addresses; -c: only whether it has them cached; -n: COUNT times, and the median.
 */
#include "tools/clock.h"
#include "tools/resolved_query.h"

#include "nss_module/lookup/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct options {
	struct fopnp_request request;
	uint64_t deadline_us;
	unsigned count;
	bool is_cached_only;
};

static const char *const STATES[] = {
	"absent", "denied", "silent", "garbled", "failed", "answered"
};

static void print_flag(const char *word, bool is_so)
{
	if (is_so)
		(void)printf(" %s", word);
}

static void print_text(const char *key, const char *text)
{
	if (text)
		(void)printf(" %s=%s", key, text);
}

static void print_addresses(const struct fopnp_resolved_answer *answer)
{
	char text[FOPNP_ADDRESS_TEXT];

	for (size_t i = 0; i < answer->address_count; i++) {
		const struct fopnp_resolved_address *found = &answer->addresses[i];

		(void)printf(" %s", fopnp_address_print(found->address.family, found->address.bytes,
							found->address.scope, text));
		if (found->interface_name)
			(void)printf("/%s", found->interface_name);
	}
}

static void print_answer(const char *name, const struct fopnp_resolved_answer *answer)
{
	char *words = fopnp_resolved_words(answer);

	(void)printf("%s: %s", name, STATES[answer->state]);
	print_text("error", answer->error_name);
	if (answer->rcode >= 0 && answer->state == FOPNP_RESOLVED_FAILED)
		(void)printf(" rcode=%d", answer->rcode);
	if (answer->error)
		(void)printf(" errno=%d", answer->error);
	if (answer->system_error)
		(void)printf(" system_error=%d", answer->system_error);
	print_text("detail", answer->error_detail);
	print_text("protocol", answer->protocol);
	print_text("canonical", answer->canonical);
	print_text("interface", answer->interface_name);
	print_flag("cache", answer->is_from_cache);
	print_flag("network", answer->is_from_network);
	print_flag("synthetic", answer->is_synthetic);
	print_flag("hosts", answer->is_from_hosts);
	print_flag("single-label", answer->is_single_label);
	print_flag("unserved-local", answer->is_unserved_local);
	print_flag("alive", answer->is_alive);
	print_flag("outdated", answer->is_outdated);
	(void)printf(" namespace=%s", !answer->is_namespace_known  ? "unknown"
				      : answer->is_other_namespace ? "other"
								   : "same");
	print_addresses(answer);
	(void)printf("\n  words: %s\n", words);
	free(words);
}

static int compare_times(const void *a, const void *b)
{
	const uint64_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

static void ask(const struct options *options, const char *name)
{
	struct fopnp_request request = options->request;
	uint64_t *times = calloc(options->count, sizeof(*times));
	struct fopnp_resolved_answer answer;

	if (!times || !fopnp_request_set_name(&request, name)) {
		(void)fprintf(stderr, "%s: no address\n", name);
		exit(2);
	}
	if (options->is_cached_only) {
		(void)printf("%s: %s\n", name,
			     fopnp_resolved_has_cached(&request, options->deadline_us) ? "cached"
										       : "new");
		return;
	}
	for (unsigned i = 0; i < options->count; i++) {
		uint64_t started_us = fopnp_clock_now_us();

		fopnp_resolved_ask(&request, options->deadline_us, &answer);
		times[i] = fopnp_clock_now_us() - started_us;
		if (i + 1 == options->count)
			print_answer(name, &answer);
		fopnp_resolved_answer_clear(&answer);
	}
	qsort(times, options->count, sizeof(*times), compare_times);
	if (options->count > 1)
		(void)printf("  median of %u: %llu us\n", options->count,
			     (unsigned long long)times[options->count / 2]);
	free(times);
	fopnp_request_clear(&request);
}

int main(int argc, char **argv)
{
	struct options options = { .deadline_us = 3000000, .count = 1 };
	int option;

	while ((option = getopt(argc, argv, "46xcd:n:")) != -1) {
		if (option == '4')
			options.request.family = AF_INET;
		else if (option == '6')
			options.request.family = AF_INET6;
		else if (option == 'x')
			options.request.call = FOPNP_CALL_GETHOSTBYADDR;
		else if (option == 'c')
			options.is_cached_only = true;
		else if (option == 'd')
			options.deadline_us = strtoull(optarg, NULL, 10) * 1000;
		else if (option == 'n')
			options.count = (unsigned)strtoul(optarg, NULL, 10);
		else
			return 2;
	}
	if (options.count == 0)
		return 2;
	for (; optind < argc; optind++)
		ask(&options, argv[optind]);
	return 0;
}
