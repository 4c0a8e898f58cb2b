/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp compare: the entries of /etc/hosts against what programs would get without it. */
#include "tools/clock.h"
#include "tools/command.h"
#include "tools/compare_output.h"
#include "tools/help.h"
#include "tools/message.h"
#include "tools/observed_redact.h"

#include <stdio.h>

static void count_item(const struct fopnp_compare_item *item, void *context)
{
	struct fopnp_compare_counts *counts = context;

	counts->items[item->class]++;
}

/* What is the same, what nobody else knows, and what is blocked or said twice, is fine. */
static enum fopnp_exit class_status(enum fopnp_compare_class class)
{
	switch (class) {
	case FOPNP_COMPARE_DIFFERS:
	case FOPNP_COMPARE_NOT_IN_HOSTS:
	case FOPNP_COMPARE_SHADOWED:
	case FOPNP_COMPARE_MALFORMED:
		return FOPNP_EXIT_NO;
	case FOPNP_COMPARE_ERROR:
		return FOPNP_EXIT_CANNOT;
	case FOPNP_COMPARE_SAME:
	case FOPNP_COMPARE_ONLY_HOSTS:
	case FOPNP_COMPARE_DUPLICATE:
	case FOPNP_COMPARE_BLOCKED:
	case FOPNP_COMPARE_CLASSES:
		break;
	}
	return FOPNP_EXIT_OK;
}

/* The order that most names follow, or the first source. */
static const char *against(const struct fopnp_comparison *comparison)
{
	const struct fopnp_compare_order *order;

	if (comparison->options->source_count > 0)
		return comparison->options->sources[0];
	order = fopnp_compare_orders_find(comparison->orders, "");
	return order ? order->text : "";
}

static enum fopnp_exit print(const struct fopnp_comparison *comparison, enum fopnp_exit status,
			     uint64_t start_us)
{
	struct fopnp_redaction *redaction =
		comparison->options->is_redacted ? fopnp_redaction_create() : NULL;
	struct fopnp_compare_output output = {
		.comparison = comparison,
		.redaction = redaction,
		.against = against(comparison),
	};

	for (int i = 0; i < FOPNP_COMPARE_CLASSES; i++) {
		enum fopnp_compare_class class = (enum fopnp_compare_class)i;

		fopnp_comparison_visit(comparison, class, count_item, &output.counts);
		if (output.counts.items[class] > 0)
			status = fopnp_exit_join(status, class_status(class));
	}
	fopnp_compare_count(&output);
	if (fopnp_message_is_json())
		fopnp_compare_print_json(&output, fopnp_clock_now_us() - start_us, (int)status);
	else
		fopnp_compare_print_text(&output);
	fopnp_redaction_destroy(redaction);
	return status;
}

static enum fopnp_exit compare(const struct fopnp_compare_options *options)
{
	uint64_t start_us = fopnp_clock_now_us();
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;
	struct fopnp_comparison comparison;

	if (fopnp_comparison_prepare(&comparison, options)) {
		status = fopnp_comparison_ask(&comparison) ? FOPNP_EXIT_OK : FOPNP_EXIT_CANNOT;
		if (comparison.file.is_cut) {
			fopnp_message_error("hosts-cut", "split the file",
					    "%s has more than %u entries: what stands behind them "
					    "was not looked at",
					    options->file, FOPNP_COMPARE_ENTRIES);
			status = FOPNP_EXIT_CANNOT;
		}
		status = print(&comparison, status, start_us);
	}
	fopnp_comparison_clear(&comparison);
	return status;
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	struct fopnp_compare_options options;
	enum fopnp_exit status = FOPNP_EXIT_USAGE;

	switch (fopnp_compare_options_parse(&options, argc, argv)) {
	case FOPNP_OPTIONS_HELP:
		fopnp_help_command(self, stdout);
		status = FOPNP_EXIT_OK;
		break;
	case FOPNP_OPTIONS_ONE:
	case FOPNP_OPTIONS_ERROR:
		break;
	case FOPNP_OPTIONS_END:
		status = compare(&options);
		break;
	}
	fopnp_compare_options_clear(&options);
	return status;
}

static const char *const EXAMPLES[] = {
	"fopnp compare",
	"fopnp compare printer.example mail.example",
	"fopnp compare --file hosts.new --class differs,malformed",
	"fopnp compare --order 'fopnp:dns' --no-reverse",
	"fopnp compare --sources files,dns,fopnp:mdns printer.local",
	"fopnp compare --json --all --rate 100 | jq -c 'select(.class == \"differs\")'",
	NULL,
};

const struct fopnp_command fopnp_command_compare = {
	.name = "compare",
	.group = "Look at the set-up",
	.summary = "the entries of /etc/hosts against what programs would get without it",
	.usage = "[OPTION...] [NAME...]",
	.details =
		"Asks the rest of the hosts line for every name of /etc/hosts, or for the names given, "
		"with real calls of getaddrinfo, and tells which entries say the same, which differ, "
		"and which nobody else knows; and without asking anybody which are shadowed, twice "
		"there, malformed, or there to block a name. - reads names from stdin.",
	.options = FOPNP_COMPARE_OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
