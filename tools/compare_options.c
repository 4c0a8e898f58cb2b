/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of `fopnp compare`, see compare_options.h. */
#include "tools/compare_options.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/fopnp_conf.h"
#include "nss_module/lookup/hosts_file.h"
#include "nss_module/lookup/order.h"
#include "tools/lookup_order.h"
#include "tools/lookup_pool.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARALLEL_DEFAULT   16
#define RATE_MOST          1000000
#define TIMEOUT_DEFAULT_US 30000000u
#define SOURCES_MOST       16

enum {
	KEY_FILE = 256,
	KEY_SOURCES,
	KEY_ORDER,
	KEY_ALL,
	KEY_RATE,
	KEY_PARALLEL,
	KEY_TIMEOUT,
	KEY_CLASS,
	KEY_NO_REVERSE,
	KEY_REDACT,
};

const struct fopnp_option FOPNP_COMPARE_OPTIONS[] = {
	{ KEY_FILE, "file", "FILE", "the hosts file; " FOPNP_HOSTS_PATH " if not given" },
	{ KEY_ORDER, "order", "ORDER",
	  "compare with this order, as in nsswitch.conf, not with the rest of the hosts line" },
	{ KEY_SOURCES, "sources", "LIST",
	  "compare the first of these sources with each of the others: files,dns,fopnp:mdns" },
	{ KEY_ALL, "all", NULL, "ask for every name of a large file, not for a sample" },
	{ KEY_CLASS, "class", "LIST",
	  "show these: same, differs, only-hosts, not-in-hosts, shadowed, duplicate, malformed, "
	  "blocked, error; all but same and blocked if not given" },
	{ KEY_NO_REVERSE, "no-reverse", NULL, "do not ask for the names of the addresses" },
	{ KEY_PARALLEL, "parallel", "N", "as many lookups at the same time; 16 if not given" },
	{ KEY_RATE, "rate", "N",
	  "start at most N lookups a second, 0: no limit; 500 if not given, no limit where all name "
	  "servers are on this host" },
	{ KEY_TIMEOUT, "timeout", "DURATION", "give up each lookup after this (500ms, 10s); 30s" },
	{ KEY_REDACT, "redact", NULL, "hash host names and addresses" },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0, NULL, NULL, NULL },
};

static bool refuse(const char *option, const char *argument, const char *hint)
{
	fopnp_message_error("option-argument-invalid", hint,
			    "--%s: \"%s\" is not one of its values", option, argument);
	return false;
}

static bool take_number(const char *option, const char *argument, unsigned least, unsigned most,
			unsigned *out_number)
{
	unsigned long long number;

	if (!fopnp_ascii_number(argument, strlen(argument), &number) || number < least ||
	    number > most) {
		fopnp_message_error("option-argument-invalid", NULL,
				    "--%s takes a number from %u to %u, not \"%s\"", option, least,
				    most, argument);
		return false;
	}
	*out_number = (unsigned)number;
	return true;
}

static void clear_sources(struct fopnp_compare_options *options)
{
	for (size_t i = 0; i < options->source_count; i++)
		free(options->sources[i]);
	free(options->sources);
	options->sources = NULL;
	options->source_count = 0;
}

static bool take_sources(struct fopnp_compare_options *options, const char *argument)
{
	static const char hint[] = "two or more, with commas between them: files,dns,fopnp:mdns";
	const char *word = argument;

	clear_sources(options);
	for (;;) {
		size_t len = strcspn(word, ",");

		if (options->source_count == SOURCES_MOST || !fopnp_order_is_source_name(word, len))
			return refuse("sources", argument, hint);
		options->sources = fopnp_memory_resize(options->sources, options->source_count + 1,
						       sizeof(*options->sources));
		options->sources[options->source_count++] = fopnp_memory_copy(word, len);
		if (!word[len])
			break;
		word += len + 1;
	}
	return options->source_count > 1 || refuse("sources", argument, hint);
}

static bool take_classes(struct fopnp_compare_options *options, const char *argument)
{
	const char *word = argument;
	enum fopnp_compare_class class;

	options->has_classes = true;
	for (;;) {
		size_t len = strcspn(word, ",");

		if (!fopnp_compare_class_from_name(word, len, &class))
			return refuse("class", argument,
				      "words, with commas between them: differs,error,...");
		options->classes[class] = true;
		if (!word[len])
			return true;
		word += len + 1;
	}
}

/* False, and the error told, if it is none. */
static bool is_order(const char *argument)
{
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO };
	struct fopnp_lookup_order line;
	bool is_one = fopnp_lookup_order_find(&request, argument, &line);

	fopnp_lookup_order_clear(&line);
	return is_one;
}

static bool take_timeout(struct fopnp_compare_options *options, const char *argument)
{
	uint64_t us = 0;

	if (!fopnp_conf_parse_duration(argument, strlen(argument), &us) || us == 0)
		return refuse("timeout", argument, "a number with its unit: 500ms, 2s, 1.5s");
	options->timeout_us = us;
	return true;
}

static bool take_option(struct fopnp_compare_options *options, int key, const char *argument)
{
	switch (key) {
	case KEY_FILE:
		options->file = argument;
		return true;
	case KEY_SOURCES:
		return take_sources(options, argument);
	case KEY_ORDER:
		options->order = argument;
		return is_order(argument);
	case KEY_ALL:
		options->is_all = true;
		return true;
	case KEY_RATE:
		options->has_rate = true;
		return take_number("rate", argument, 0, RATE_MOST, &options->rate);
	case KEY_PARALLEL:
		return take_number("parallel", argument, 1, FOPNP_POOL_CHILDREN,
				   &options->parallel);
	case KEY_TIMEOUT:
		return take_timeout(options, argument);
	case KEY_CLASS:
		return take_classes(options, argument);
	case KEY_NO_REVERSE:
		options->has_reverse = false;
		return true;
	case KEY_REDACT:
		options->is_redacted = true;
		return true;
	default: /* --json: seen before the first option, so that errors are JSON too */
		return true;
	}
}

/* ---- names ---- */

static bool take_name(struct fopnp_compare_options *options, const char *name)
{
	struct fopnp_request_address address;

	if (fopnp_request_parse_address(name, &address)) {
		fopnp_message_error("name-invalid",
				    "fopnp trace --call getnameinfo shows who names an address",
				    "\"%s\" is an address; compare takes names", name);
		return false;
	}
	options->names = fopnp_memory_resize(options->names, options->name_count + 1,
					     sizeof(*options->names));
	options->names[options->name_count++] = fopnp_memory_copy_text(name);
	return true;
}

/* A line of LEN bytes without the blanks around it; empty ones do not count. */
static bool take_line(struct fopnp_compare_options *options, char *line, size_t len)
{
	while (len > 0 && fopnp_ascii_is_space(line[len - 1]))
		line[--len] = '\0';
	if (strlen(line) < len) {
		fopnp_message_error("name-invalid", "one name a line",
				    "a NUL byte in the name \"%s\"", line);
		return false;
	}
	line += fopnp_ascii_skip_spaces(line, line + len) - line;
	return !*line || take_name(options, line);
}

static bool take_stdin(struct fopnp_compare_options *options)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	bool is_taken = true;

	while (is_taken && (len = getline(&line, &size, stdin)) > 0)
		is_taken = take_line(options, line, (size_t)len);
	if (ferror(stdin)) {
		fopnp_message_error("stdin-unreadable", NULL, "cannot read names from stdin: %s",
				    strerror(errno));
		is_taken = false;
	}
	free(line);
	return is_taken;
}

/* ---- all of it ---- */

enum fopnp_options_result fopnp_compare_options_parse(struct fopnp_compare_options *out_options,
						      int argc, char **argv)
{
	enum fopnp_options_result result;
	const char *argument;
	int key;

	*out_options = (struct fopnp_compare_options){
		.file = FOPNP_HOSTS_PATH,
		.has_reverse = true,
		.parallel = PARALLEL_DEFAULT,
		.timeout_us = TIMEOUT_DEFAULT_US,
	};
	while ((result = fopnp_options_next(FOPNP_COMPARE_OPTIONS, argc, argv, &key, &argument)) ==
	       FOPNP_OPTIONS_ONE)
		if (!take_option(out_options, key, argument))
			return FOPNP_OPTIONS_ERROR;
	if (result != FOPNP_OPTIONS_END)
		return result;
	if (out_options->order && out_options->source_count > 0) {
		fopnp_message_error("options-conflict", "one of them",
				    "--order and --sources do not go together");
		return FOPNP_OPTIONS_ERROR;
	}
	out_options->has_names = key < argc;
	for (int i = key; i < argc; i++)
		if (strcmp(argv[i], "-") == 0 ? !take_stdin(out_options)
					      : !take_name(out_options, argv[i]))
			return FOPNP_OPTIONS_ERROR;
	return result;
}

void fopnp_compare_options_clear(struct fopnp_compare_options *options)
{
	clear_sources(options);
	for (size_t i = 0; i < options->name_count; i++)
		free(options->names[i]);
	free(options->names);
	options->names = NULL;
	options->name_count = 0;
}

bool fopnp_compare_options_show(const struct fopnp_compare_options *options,
				enum fopnp_compare_class class)
{
	if (options->has_classes)
		return options->classes[class];
	return class != FOPNP_COMPARE_SAME && class != FOPNP_COMPARE_BLOCKED;
}
