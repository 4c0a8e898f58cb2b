/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Option tables, on top of getopt_long(3). */
#include "tools/options.h"

#include "nss_module/lookup/fopnp_conf.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/table.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define OPTIONS_MOST 40 /* in one command; more are not taken */
#define KEY_HELP     'h'

/* How getopt_long() starts its letters: ':' tells a missing argument from an unknown option. */
#define OPERANDS_MOVE_BACK ":"
#define OPERANDS_END_ALL   "+:"

/* The two forms that getopt_long wants. */
struct getopt_tables {
	struct option longs[OPTIONS_MOST + 2];
	char shorts[2 * OPTIONS_MOST + 5];
};

static void fill(struct getopt_tables *tables, const struct fopnp_option *options,
		 const char *manner)
{
	size_t longs = 0, shorts = strlen(manner);

	memcpy(tables->shorts, manner, shorts);
	for (size_t i = 0; options[i].help && i < OPTIONS_MOST; i++) {
		if (options[i].name)
			tables->longs[longs++] = (struct option){
				.name = options[i].name,
				.has_arg = options[i].argument ? required_argument : no_argument,
				.val = options[i].key,
			};
		if (options[i].key < 256) {
			tables->shorts[shorts++] = (char)options[i].key;
			if (options[i].argument)
				tables->shorts[shorts++] = ':';
		}
	}
	tables->longs[longs++] = (struct option){ .name = "help", .val = KEY_HELP };
	tables->longs[longs] = (struct option){ 0 };
	tables->shorts[shorts++] = KEY_HELP;
	tables->shorts[shorts] = '\0';
}

static const char *long_name(const struct fopnp_option *options, int key)
{
	for (size_t i = 0; options[i].help; i++)
		if (options[i].key == key)
			return options[i].name;
	return NULL;
}

static bool is_known(const struct fopnp_option *options, int key)
{
	for (size_t i = 0; options[i].help; i++)
		if (options[i].key == key)
			return true;
	return key == KEY_HELP;
}

static void complain(const struct fopnp_option *options, bool is_missing, char *const *argv)
{
	/* Of long options alone: getopt may still be inside a word of letters. */
	const char *word = argv[optind - 1];
	const char *name = optopt == KEY_HELP ? "help" : long_name(options, optopt);
	FOPNP_AUTO_FREE char *hint =
		fopnp_memory_format("`fopnp help %s` lists its options", argv[0]);

	if (is_missing && optopt > 0 && optopt < 256)
		fopnp_message_error("option-argument-missing", hint,
				    "option -%c%s%s needs an argument", optopt,
				    name ? " or --" : "", name ? name : "");
	else if (is_missing)
		fopnp_message_error("option-argument-missing", hint, "option %s needs an argument",
				    word);
	else if (optopt != 0 && !is_known(options, optopt))
		fopnp_message_error("option-unknown", hint, "there is no option -%c", optopt);
	else if (optopt != 0)
		fopnp_message_error("option-argument-unexpected", hint,
				    "option --%s takes no argument", name ? name : "?");
	else
		fopnp_message_error("option-unknown", hint, "there is no option %s", word);
}

static enum fopnp_options_result next(const struct fopnp_option *options, const char *manner,
				      int argc, char **argv, int *out_key,
				      const char **out_argument)
{
	struct getopt_tables tables;
	int key;

	fill(&tables, options, manner);
	opterr = 0; /* its messages would reach the terminal unescaped */
	key = getopt_long(argc, argv, tables.shorts, tables.longs, NULL);
	if (key == -1) {
		*out_key = optind;
		return FOPNP_OPTIONS_END;
	}
	if (key == KEY_HELP)
		return FOPNP_OPTIONS_HELP;
	if (key == '?' || key == ':') {
		complain(options, key == ':', argv);
		return FOPNP_OPTIONS_ERROR;
	}
	if (key == FOPNP_OPTION_KEY_JSON)
		fopnp_message_use_json(); /* it may have been abbreviated */
	*out_key = key;
	*out_argument = optarg;
	return FOPNP_OPTIONS_ONE;
}

enum fopnp_options_result fopnp_options_next(const struct fopnp_option *options, int argc,
					     char **argv, int *out_key, const char **out_argument)
{
	return next(options, OPERANDS_MOVE_BACK, argc, argv, out_key, out_argument);
}

enum fopnp_options_result fopnp_options_next_in_front(const struct fopnp_option *options, int argc,
						      char **argv, int *out_key,
						      const char **out_argument)
{
	return next(options, OPERANDS_END_ALL, argc, argv, out_key, out_argument);
}

bool fopnp_options_ask_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static void add_row(struct fopnp_table *table, const struct fopnp_option *option)
{
	char letter[5] = "    ";
	const char *gap = option->name ? "=" : " ";
	FOPNP_AUTO_FREE char *text = NULL;

	if (option->key < 256)
		(void)snprintf(letter, sizeof(letter), "-%c%s", option->key,
			       option->name ? ", " : "");
	text = fopnp_memory_format("%s%s%s%s%s", letter, option->name ? "--" : "",
				   option->name ? option->name : "", option->argument ? gap : "",
				   option->argument ? option->argument : "");
	fopnp_table_row(table);
	fopnp_table_cell(table, FOPNP_PLAIN, text);
	fopnp_table_cell(table, FOPNP_PLAIN, option->help);
}

void fopnp_options_print(const struct fopnp_option *options, FILE *out, size_t width)
{
	static const struct fopnp_table_column columns[] = { { "option", false, 0 },
							     { "meaning", false, 30 } };
	static const struct fopnp_option help = { KEY_HELP, "help", NULL, "show this" };
	struct fopnp_table *table = fopnp_table_create(columns, 2);

	for (size_t i = 0; options[i].help; i++)
		add_row(table, &options[i]);
	add_row(table, &help);
	fopnp_table_print(table, out, 2, width);
	fopnp_table_destroy(table);
}

/* ---- arguments ---- */

bool fopnp_options_refuse(const char *option, const char *argument, const char *hint)
{
	fopnp_message_error("option-argument-invalid", hint, "%s cannot be \"%s\"", option,
			    argument);
	return false;
}

bool fopnp_options_take_time(const char *option, const char *argument, uint64_t most_us,
			     uint64_t *out_us)
{
	uint64_t us = 0;
	char hint[80] = "a number with its unit: 500ms, 2s, 1.5s";

	if (fopnp_conf_parse_duration(argument, strlen(argument), &us) && us > 0 &&
	    (most_us == 0 || us <= most_us)) {
		*out_us = us;
		return true;
	}
	if (most_us > 0)
		(void)snprintf(hint, sizeof(hint),
			       "a number with its unit, up to %" PRIu64 "s: 500ms, 10s",
			       most_us / 1000000);
	return fopnp_options_refuse(option, argument, hint);
}
