/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp walk: what a resolver with an empty cache does, from the root servers on. */
#include "nss_module/lookup/ascii.h"
#include "tools/command.h"
#include "tools/dns_idn.h"
#include "tools/dns_message.h"
#include "tools/help.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/options.h"
#include "tools/progress.h"
#include "tools/walk.h"

#include <arpa/nameser.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUERIES_DEFAULT     100
#define QUERIES_MOST        10000
#define TRY_DEFAULT_US      1000000
#define DEADLINE_DEFAULT_US 30000000

enum { KEY_HINTS = 256, KEY_TCP, KEY_QUERIES, KEY_TIMEOUT, KEY_NO_LOCAL };

static const struct fopnp_option OPTIONS[] = {
	{ '4', NULL, NULL, "ask name servers by IPv4 alone" },
	{ '6', NULL, NULL, "ask name servers by IPv6 alone" },
	{ 'v', "verbose", NULL, "all servers of every zone with their addresses" },
	{ KEY_HINTS, "hints", "FILE",
	  "root servers of FILE, in the form of " FOPNP_ROOT_HINTS_FILE },
	{ KEY_TCP, "tcp", NULL, "ask by TCP from the start" },
	{ KEY_NO_LOCAL, "no-local", NULL, "do not ask the local resolver at the end" },
	{ KEY_QUERIES, "queries", "N", "give up after N queries; 100 if not given" },
	{ KEY_TIMEOUT, "timeout", "DURATION",
	  "give up the whole walk after this; 30s if not given" },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

struct options {
	struct fopnp_walk_options walk;
	const char *given;
	const char *hints_file;
	bool is_verbose, has_no_local;
};

/* ---- the command line ---- */

static bool set_queries(struct options *options, const char *argument)
{
	unsigned long long number = 0;

	if (!fopnp_ascii_number(argument, strlen(argument), &number) || number == 0 ||
	    number > QUERIES_MOST)
		return fopnp_options_refuse("--queries", argument, "a number from 1 to 10000");
	options->walk.query_limit = (unsigned)number;
	return true;
}

static bool set_timeout(struct options *options, const char *argument)
{
	uint64_t us = 0;

	if (!fopnp_options_take_time("--timeout", argument, 0, &us))
		return false;
	options->walk.deadline_us = us;
	if (us < options->walk.timeout_us)
		options->walk.timeout_us = us;
	return true;
}

static bool set_option(struct options *options, int key, const char *argument)
{
	switch (key) {
	case '4':
		options->walk.family = AF_INET;
		return true;
	case '6':
		options->walk.family = AF_INET6;
		return true;
	case 'v':
		options->is_verbose = true;
		return true;
	case KEY_HINTS:
		options->hints_file = argument;
		return true;
	case KEY_TCP:
		options->walk.uses_tcp = true;
		return true;
	case KEY_NO_LOCAL:
		options->has_no_local = true;
		return true;
	case KEY_QUERIES:
		return set_queries(options, argument);
	case KEY_TIMEOUT:
		return set_timeout(options, argument);
	default:
		fopnp_message_use_json();
		return true;
	}
}

static bool set_type(struct options *options, const char *argument)
{
	FOPNP_AUTO_FREE char *word = fopnp_memory_copy_text(argument);

	for (char *at = word; *at; at++)
		*at = (char)toupper((unsigned char)*at);
	if (fopnp_dns_type_number(word, &options->walk.type)) {
		unsigned type = options->walk.type;

		if (type != 0 && type != ns_t_opt && type != ns_t_axfr && type != ns_t_ixfr)
			return true;
		fopnp_message_error("type-refused",
				    type == ns_t_axfr || type == ns_t_ixfr
					    ? "a zone transfer is no lookup: try dig"
					    : "`man fopnp-dns` lists the types",
				    "type %s cannot be looked up", word);
		return false;
	}
	fopnp_message_error("type-unknown", "A, AAAA, MX, TXT, ... or TYPE65280 for a number",
			    "there is no record type \"%s\"", argument);
	return false;
}

static bool take_operands(struct options *options, int count, char **operands)
{
	options->walk.type = 1; /* A */
	if (count < 1) {
		fopnp_message_error("name-missing", "fopnp walk NAME [TYPE]",
				    "no name to walk to was given");
		return false;
	}
	if (count > 2) {
		fopnp_message_error("operand-unexpected", "fopnp walk NAME [TYPE]",
				    "\"%s\" is one word too many", operands[2]);
		return false;
	}
	options->given = operands[0];
	return count == 1 || set_type(options, operands[1]);
}

static enum fopnp_options_result parse(struct options *options, int argc, char **argv)
{
	const char *argument;
	int key;

	*options = (struct options){
		.walk = {
			.query_limit = QUERIES_DEFAULT,
			.timeout_us = TRY_DEFAULT_US,
			.deadline_us = DEADLINE_DEFAULT_US,
		},
	};
	for (;;) {
		enum fopnp_options_result result =
			fopnp_options_next(OPTIONS, argc, argv, &key, &argument);

		if (result == FOPNP_OPTIONS_END)
			return take_operands(options, argc - key, argv + key) ? FOPNP_OPTIONS_END
									      : FOPNP_OPTIONS_ERROR;
		if (result != FOPNP_OPTIONS_ONE)
			return result;
		if (!set_option(options, key, argument))
			return FOPNP_OPTIONS_ERROR;
	}
}

/* ---- the work ---- */

static enum fopnp_exit exit_status(const struct fopnp_walk *walk)
{
	switch (walk->outcome) {
	case FOPNP_WALK_FOUND:
		break;
	case FOPNP_WALK_HAS_NO_DATA:
	case FOPNP_WALK_HAS_NO_NAME:
		return FOPNP_EXIT_NO;
	case FOPNP_WALK_FAILED:
		return FOPNP_EXIT_CANNOT;
	}
	return FOPNP_EXIT_OK;
}

static void ask_local(struct fopnp_walk *walk)
{
	struct fopnp_resolver_config config;

	fopnp_progress_say("asking the local resolver");
	fopnp_resolver_config_read(&config);
	fopnp_walk_ask_local(walk, &config);
	fopnp_resolver_config_clear(&config);
}

static enum fopnp_exit walk_and_print(const struct options *options,
				      const struct fopnp_root_hints *hints)
{
	struct fopnp_walk walk;
	enum fopnp_exit status;

	fopnp_progress_start("walking");
	fopnp_walk_run(&walk, &options->walk, hints);
	if (!options->has_no_local)
		ask_local(&walk);
	fopnp_progress_stop();
	status = exit_status(&walk);
	if (fopnp_message_is_json())
		fopnp_walk_print_json(&walk, options->given, (int)status);
	else
		fopnp_walk_print_text(&walk, options->given, options->is_verbose);
	fopnp_walk_clear(&walk);
	return status;
}

static bool is_domain_name(const char *name)
{
	uint8_t query[FOPNP_DNS_QUERY_SIZE];

	return *name && fopnp_dns_write_query(query, 0, 0, name, 1, 1, 0) > 0;
}

static enum fopnp_exit walk(struct options *options)
{
	struct fopnp_idn_name name;
	struct fopnp_root_hints hints;
	enum fopnp_exit status = FOPNP_EXIT_USAGE;

	fopnp_idn_to_ascii(options->given, &name);
	if (!name.ascii || !is_domain_name(name.ascii)) {
		fopnp_message_error("name-invalid", NULL, "\"%s\" is no domain name%s%s",
				    options->given, name.error ? ": " : "",
				    name.error ? name.error : "");
	} else if (fopnp_root_hints_read(options->hints_file, &hints)) {
		size_t len = strlen(name.ascii);
		FOPNP_AUTO_FREE char *complete = fopnp_memory_format(
			"%s%s", name.ascii, name.ascii[len - 1] == '.' ? "" : ".");

		options->walk.name = complete;
		status = walk_and_print(options, &hints);
		fopnp_root_hints_clear(&hints);
	} else {
		status = FOPNP_EXIT_CANNOT;
	}
	fopnp_idn_clear(&name);
	return status;
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	struct options options;

	switch (parse(&options, argc, argv)) {
	case FOPNP_OPTIONS_HELP:
		fopnp_help_command(self, stdout);
		return FOPNP_EXIT_OK;
	case FOPNP_OPTIONS_END:
		return walk(&options);
	case FOPNP_OPTIONS_ONE:
	case FOPNP_OPTIONS_ERROR:
		break;
	}
	return FOPNP_EXIT_USAGE;
}

static const char *const EXAMPLES[] = {
	"fopnp walk www.example.com",
	"fopnp walk example.com MX",
	"fopnp walk -v --hints root.hints host.lab.example AAAA",
	NULL,
};

const struct fopnp_command fopnp_command_walk = {
	.name = "walk",
	.group = "Raw DNS and the chapter's jobs",
	.summary = "what a resolver does for a name, from the root servers on",
	.usage = "[OPTION...] NAME [TYPE]",
	.details =
		"Begins at the root servers and follows each delegation: who is asked, how long it "
		"takes, what it says, which servers are dead or lame, which have no glue. Aliases "
		"are followed. At the end the local resolver is asked for the same, and whether its "
		"cache had it. TYPE is A if it is not given.",
	.options = OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
