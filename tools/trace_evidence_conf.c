/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of fopnp.conf as evidence. */
#include "tools/trace_evidence_conf.h"

#include "nss_module/lookup/fopnp_conf.h"
#include "tools/memory.h"
#include "tools/trace.h"
#include "tools/trace_facts.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct limit {
	enum fopnp_conf_option_kind kind;
	const char *keyword, *source;
	const char *overruled; /* option of resolv.conf; NULL: none */
	bool is_number;        /* else a duration */
} LIMITS[] = {
	{ FOPNP_OPTION_MDNS_TIMEOUT, "mdns-timeout", "fopnp:mdns", NULL, false },
	{ FOPNP_OPTION_DNS_TIMEOUT, "dns-timeout", "fopnp:dns", "timeout", false },
	{ FOPNP_OPTION_DNS_ATTEMPTS, "dns-attempts", "fopnp:dns", "attempts", true },
	{ FOPNP_OPTION_DNS_HEDGE, "dns-hedge", "fopnp:dns", NULL, false },
};

#define LIMIT_COUNT (sizeof(LIMITS) / sizeof(LIMITS[0]))

static const struct fopnp_conf_option *find_option(const struct fopnp_trace *trace,
						   const struct limit *limit)
{
	const struct fopnp_conf *conf = trace->conf;

	for (size_t i = 0; conf && i < conf->option_count; i++)
		if (conf->options[i].kind == limit->kind)
			return &conf->options[i];
	return NULL;
}

/* "dns-timeout 300ms", in the largest unit that holds it without a fraction. */
static char *option_text(const struct limit *limit, uint64_t number)
{
	const char *unit = "us";

	if (limit->is_number) {
		unit = "";
	} else if (number % 1000000 == 0) {
		unit = "s";
		number /= 1000000;
	} else if (number % 1000 == 0) {
		unit = "ms";
		number /= 1000;
	}
	return fopnp_memory_format("%s %" PRIu64 "%s", limit->keyword, number, unit);
}

void fopnp_trace_find_conf_options(const struct fopnp_trace *trace, struct fopnp_step *step)
{
	char skipped[32];

	if (fopnp_step_word(step, "skipped", skipped, sizeof(skipped)))
		return;
	for (size_t i = 0; i < LIMIT_COUNT; i++) {
		const struct fopnp_conf_option *option = find_option(trace, &LIMITS[i]);
		FOPNP_AUTO_FREE char *text = NULL;

		if (!option || strcmp(step->source, LIMITS[i].source) != 0)
			continue;
		text = option_text(&LIMITS[i], option->number);
		fopnp_evidence_add(&step->evidence,
				   fopnp_place_make(trace->conf_path, option->line, text), NULL);
	}
}

/* Whether "OPTION:" begins a word of TEXT. */
static bool has_option(const char *text, const char *option)
{
	size_t len = strlen(option);

	for (text += strspn(text, " \t"); *text; text += strspn(text, " \t")) {
		if (strncmp(text, option, len) == 0 && text[len] == ':')
			return true;
		text += strcspn(text, " \t");
	}
	return false;
}

char *fopnp_trace_overruled_words(const struct fopnp_trace *trace, const struct fopnp_step *step,
				  const char *text)
{
	char *words = NULL;

	if (!text)
		return NULL;
	for (size_t i = 0; i < LIMIT_COUNT; i++) {
		const struct limit *limit = &LIMITS[i];
		char *more;

		if (!limit->overruled || strcmp(step->source, limit->source) != 0 ||
		    !find_option(trace, limit) || !has_option(text, limit->overruled))
			continue;
		more = fopnp_memory_format("%s%s%s: overruled by %s", words ? words : "",
					   words ? ", " : "", limit->overruled, limit->keyword);
		free(words);
		words = more;
	}
	return words;
}
