/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of `fopnp watch`. */
#include "tools/watch_options.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/fopnp_conf.h"
#include "tools/message.h"

#include <string.h>

enum {
	KEY_TAKEOVER = 256,
	KEY_FILE,
	KEY_FOR,
	KEY_REDACT,
};

const struct fopnp_option fopnp_watch_option_table[] = {
	FOPNP_FILTER_OPTIONS,
	{ 'n', "count", "COUNT", "end after so many lookups" },
	{ KEY_FOR, "for", "DURATION", "end after this time: 500ms, 10s" },
	{ 'o', "output", "FILE", "also record what is shown, as JSON lines" },
	{ KEY_REDACT, "redact", NULL, "hashes instead of host names and addresses" },
	{ KEY_TAKEOVER, "takeover", NULL, "end another watcher and go on in its place" },
	FOPNP_JOURNAL_OPTIONS,
	{ 'f', "follow", NULL, "of the journal: go on with what comes" },
	{ KEY_FILE, "file", "FILE", "read the JSON lines of FILE (-: standard input)" },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

static bool set_count(struct fopnp_watch_options *options, const char *argument)
{
	unsigned long long number;

	if (!fopnp_ascii_number(argument, strlen(argument), &number) || number == 0)
		return fopnp_options_refuse("--count", argument, "a number from 1");
	options->count = number;
	return true;
}

static bool set_time(struct fopnp_watch_options *options, const char *argument)
{
	uint64_t us;

	if (!fopnp_conf_parse_duration(argument, strlen(argument), &us) || us == 0)
		return fopnp_options_refuse(
			"--for", argument,
			"a number with its unit, an hour at most: 500ms, 10s, 1.5s");
	options->for_us = us;
	return true;
}

static bool set_output(struct fopnp_watch_options *options, const char *argument)
{
	if (strcmp(argument, "-") == 0 || !*argument)
		return fopnp_options_refuse("--output", argument,
					    "name a file; --json writes to stdout");
	options->output = argument;
	return true;
}

static bool set_option(struct fopnp_watch_options *options, int key, const char *argument)
{
	switch (key) {
	case 'n':
		return set_count(options, argument);
	case 'o':
		return set_output(options, argument);
	case 'f':
		options->is_following = true;
		return true;
	case KEY_FOR:
		return set_time(options, argument);
	case KEY_REDACT:
		options->is_redacted = true;
		return true;
	case KEY_TAKEOVER:
		options->is_taking_over = true;
		return true;
	case KEY_FILE:
		options->file = argument;
		return true;
	case FOPNP_OPTION_KEY_JSON:
		return true;
	default:
		if (key >= FOPNP_FILTER_PROGRAM && key < FOPNP_FILTER_END)
			return fopnp_observed_filter_option(options->filter, key, argument);
		return fopnp_journal_option(&options->journal, key, argument);
	}
}

/* Options that exclude each other. */
static bool do_agree(const struct fopnp_watch_options *options)
{
	const char *recorded = options->file ? "--file" : "--journal";

	if (options->file && options->journal.is_asked)
		fopnp_message_error("options-conflict", "read one, then the other",
				    "--file and the journal's options exclude each other");
	else if (options->is_taking_over && (options->file || options->journal.is_asked))
		fopnp_message_error("options-conflict", "it is for the live view",
				    "--takeover has no meaning with %s", recorded);
	else if (options->is_following && options->file)
		fopnp_message_error("options-conflict", "`tail -f FILE | fopnp watch --file -`",
				    "--follow has no meaning with --file");
	else if (options->is_following && !options->journal.is_asked)
		fopnp_message_error("options-conflict",
				    "add --journal; the live view goes on by itself",
				    "--follow needs --journal");
	else if (options->for_us && (options->file || options->journal.is_asked) &&
		 !options->is_following)
		fopnp_message_error("options-conflict", "--since and --until choose a time",
				    "--for has no meaning with %s", recorded);
	else
		return true;
	return false;
}

enum fopnp_options_result fopnp_watch_options_parse(struct fopnp_watch_options *out_options,
						    int argc, char **argv)
{
	enum fopnp_options_result result;
	const char *argument = NULL;
	int key;

	*out_options = (struct fopnp_watch_options){
		.filter = fopnp_observed_filter_create(),
		.journal = fopnp_journal_options_none(),
	};
	while ((result = fopnp_options_next(fopnp_watch_option_table, argc, argv, &key,
					    &argument)) == FOPNP_OPTIONS_ONE)
		if (!set_option(out_options, key, argument))
			return FOPNP_OPTIONS_ERROR;
	if (result != FOPNP_OPTIONS_END)
		return result;
	if (key < argc) {
		fopnp_message_error("operand-unexpected",
				    "--program NAME and --name PATTERN are filters; "
				    "`fopnp run -- CMD` watches one command",
				    "watch takes no operand: %s", argv[key]);
		return FOPNP_OPTIONS_ERROR;
	}
	return do_agree(out_options) ? FOPNP_OPTIONS_END : FOPNP_OPTIONS_ERROR;
}

void fopnp_watch_options_clear(struct fopnp_watch_options *options)
{
	fopnp_observed_filter_destroy(options->filter);
}
