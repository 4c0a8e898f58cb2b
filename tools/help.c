/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Help and hints, made from the command table. */
#include "tools/help.h"

#include "tools/command.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/options.h"
#include "tools/paragraph.h"
#include "tools/terminal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Words that other tools use for what a command of ours does. */
static const struct {
	const char *word, *command;
} SYNONYMS[] = {
	{ "explain", "trace" }, { "why", "trace" },     { "resolve", "trace" },
	{ "lookup", "trace" },  { "monitor", "watch" }, { "diff", "compare" },
	{ "lint", "check" },    { "doctor", "check" },  { "query", "dns" },
	{ "dig", "dns" },
};

static const char *const EXAMPLES[][2] = {
	{ "fopnp trace www.debian.org", "who answered, and what the others would have said" },
	{ "fopnp run -- apt-get update", "every lookup of a command and its children" },
	{ "sudo fopnp watch --status failed", "what fails on the whole machine, as it happens" },
	{ "sudo fopnp report --since yesterday", "what the journal has: slow, failed, changed" },
	{ "fopnp check", "what is wrong in the set-up, and what to do about it" },
};

static void put_heading(FILE *out, const char *text)
{
	fopnp_terminal_put(out, FOPNP_STRONG, text);
	(void)fputc('\n', out);
}

void fopnp_help_all(const struct fopnp_command *const *commands, FILE *out)
{
	const char *group = "";

	(void)fputs("fopnp shows which source answered a host name lookup, and why.\n\n"
		    "usage: fopnp COMMAND [OPTION...] [ARGUMENT...]\n",
		    out);
	for (size_t i = 0; commands[i]; i++) {
		if (strcmp(commands[i]->group, group) != 0) {
			group = commands[i]->group;
			(void)fputc('\n', out);
			put_heading(out, group);
		}
		(void)fprintf(out, "  %-10s  %s\n", commands[i]->name, commands[i]->summary);
	}
	(void)fputc('\n', out);
	put_heading(out, "About fopnp");
	(void)fputs("  help        this list; `fopnp help COMMAND` for one command\n\n", out);
	put_heading(out, "Examples");
	for (size_t i = 0; i < sizeof(EXAMPLES) / sizeof(EXAMPLES[0]); i++)
		(void)fprintf(out, "  %-42s  # %s\n", EXAMPLES[i][0], EXAMPLES[i][1]);
	(void)fputs(
		"\nExit status: 0 answered, fine; 1 not found, different, wrong; 2 usage; 3 could "
		"not ask; of run\nits command's.\n",
		out);
}

void fopnp_help_command(const struct fopnp_command *command, FILE *out)
{
	size_t width = fopnp_terminal_columns();

	FOPNP_AUTO_FREE char *usage =
		fopnp_memory_format("fopnp %s %s", command->name, command->usage);

	fopnp_paragraph_print(out, FOPNP_PLAIN, "usage:", 7, FOPNP_PLAIN, usage);
	(void)fputc('\n', out);
	fopnp_paragraph_print(out, FOPNP_PLAIN, "", 0, FOPNP_PLAIN, command->details);
	(void)fputc('\n', out);
	fopnp_options_print(command->options, out, width);
	(void)fputc('\n', out);
	put_heading(out, "Examples");
	for (size_t i = 0; command->examples[i]; i++)
		(void)fprintf(out, "  %s\n", command->examples[i]);
}

enum fopnp_exit fopnp_help_instead(const struct fopnp_command *command,
				   enum fopnp_options_result parsed)
{
	if (parsed != FOPNP_OPTIONS_HELP)
		return FOPNP_EXIT_USAGE;
	fopnp_help_command(command, stdout);
	return FOPNP_EXIT_OK;
}

const struct fopnp_command *fopnp_help_find(const struct fopnp_command *const *commands,
					    const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

#define DISTANCE_WORD 16 /* longer words are no typing errors of ours */

/* Edits between two short words: insert, delete, replace, swap neighbours. */
static size_t distance(const char *a, const char *b)
{
	size_t cost[DISTANCE_WORD + 1][DISTANCE_WORD + 1] = { { 0 } };
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > DISTANCE_WORD || b_len > DISTANCE_WORD)
		return DISTANCE_WORD;
	for (size_t i = 0; i <= a_len; i++) {
		for (size_t j = 0; j <= b_len; j++) {
			if (i == 0 || j == 0) {
				cost[i][j] = i + j;
				continue;
			}
			cost[i][j] = least(cost[i - 1][j], cost[i][j - 1]) + 1;
			cost[i][j] = least(cost[i][j], cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				cost[i][j] = least(cost[i][j], cost[i - 2][j - 2] + 1);
		}
	}
	return cost[a_len][b_len];
}

/* The command that WORD may have meant, or NULL. */
static const char *guess(const struct fopnp_command *const *commands, const char *word)
{
	for (size_t i = 0; i < sizeof(SYNONYMS) / sizeof(SYNONYMS[0]); i++)
		if (strcmp(SYNONYMS[i].word, word) == 0 &&
		    fopnp_help_find(commands, SYNONYMS[i].command))
			return SYNONYMS[i].command;
	for (size_t i = 0; commands[i]; i++)
		if (distance(commands[i]->name, word) <= 2)
			return commands[i]->name;
	return distance("help", word) <= 1 ? "help" : NULL;
}

enum fopnp_exit fopnp_help_unknown(const struct fopnp_command *const *commands, const char *word)
{
	const char *command = guess(commands, word);
	FOPNP_AUTO_FREE char *hint = NULL;

	if (command)
		hint = fopnp_memory_format("did you mean `fopnp %s`?", command);
	else if (*word && *word != '-')
		hint = fopnp_memory_format("to trace that name: fopnp trace %s", word);
	else
		hint = fopnp_memory_format("`fopnp help` lists the commands");
	fopnp_message_error("command-unknown", hint, "there is no command \"%s\"", word);
	return FOPNP_EXIT_USAGE;
}
