/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp reverse: the names of an address, from each source, and whether they lead back to it. */
#include "tools/clock.h"
#include "tools/command.h"
#include "tools/help.h"
#include "tools/json_output.h"
#include "tools/message.h"
#include "tools/options.h"
#include "tools/reverse.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define TIMEOUT_US 10000000u

enum { KEY_TIMEOUT = 256 };

static const struct fopnp_option OPTIONS[] = {
	{ '4', NULL, NULL, "of a host name its IPv4 addresses alone" },
	{ '6', NULL, NULL, "of a host name its IPv6 addresses alone" },
	{ KEY_TIMEOUT, "timeout", "DURATION", "give up each lookup after this (500ms, 30s); 10s" },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

struct options {
	int family;
	uint64_t timeout_us;
};

static enum fopnp_options_result parse(struct options *out_options, int argc, char **argv,
				       int *out_first)
{
	enum fopnp_options_result result;
	const char *argument = NULL;
	int key = 0;

	*out_options = (struct options){ .timeout_us = TIMEOUT_US };
	while ((result = fopnp_options_next(OPTIONS, argc, argv, &key, &argument)) ==
	       FOPNP_OPTIONS_ONE) {
		if (key == '4')
			out_options->family = AF_INET;
		else if (key == '6')
			out_options->family = AF_INET6;
		else if (key == KEY_TIMEOUT && !fopnp_options_take_time("--timeout", argument, 0,
									&out_options->timeout_us))
			return FOPNP_OPTIONS_ERROR;
	}
	if (result != FOPNP_OPTIONS_END)
		return result;
	*out_first = key;
	if (key < argc)
		return result;
	fopnp_message_error("operand-missing", "usage: fopnp reverse ADDRESS|NAME...",
			    "which address?");
	return FOPNP_OPTIONS_ERROR;
}

static void print_summary(size_t count, const size_t counts[], uint64_t start_us,
			  enum fopnp_exit status)
{
	json_t *object = json_object();

	fopnp_json_set(object, "arguments", json_integer((json_int_t)count));
	fopnp_json_set(object, "confirmed", json_integer((json_int_t)counts[FOPNP_EXIT_OK]));
	fopnp_json_set(object, "not_confirmed", json_integer((json_int_t)counts[FOPNP_EXIT_NO]));
	fopnp_json_set(object, "failed", json_integer((json_int_t)counts[FOPNP_EXIT_CANNOT]));
	fopnp_json_print_summary("reverse", object, fopnp_clock_now_us() - start_us, (int)status);
}

/* FOPNP_EXIT_CANNOT where it could not be asked; that was told. */
static enum fopnp_exit reverse_one(const char *given, const struct options *options, bool is_first)
{
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;
	struct fopnp_reverse reverse;

	if (fopnp_reverse_run(given, options->family, options->timeout_us, &reverse)) {
		status = fopnp_reverse_exit_status(&reverse);
		if (fopnp_message_is_json()) {
			fopnp_reverse_print_json(&reverse);
		} else {
			if (!is_first)
				(void)fputc('\n', stdout);
			fopnp_reverse_print_text(&reverse);
		}
	}
	fopnp_reverse_clear(&reverse);
	return status;
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	uint64_t start_us = fopnp_clock_now_us();
	enum fopnp_exit status = FOPNP_EXIT_OK;
	size_t counts[FOPNP_EXIT_CANNOT + 1] = { 0 };
	struct options options;
	enum fopnp_options_result parsed;
	int first = 0;

	parsed = parse(&options, argc, argv, &first);
	if (parsed != FOPNP_OPTIONS_END)
		return fopnp_help_instead(self, parsed);
	for (int i = first; i < argc; i++) {
		enum fopnp_exit one = reverse_one(argv[i], &options, i == first);

		counts[one]++;
		status = fopnp_exit_join(status, one);
		if (!fopnp_message_flush_output())
			break;
	}
	if (fopnp_message_is_json() && argc - first > 1)
		print_summary((size_t)(argc - first), counts, start_us, status);
	return status;
}

static const char *const EXAMPLES[] = {
	"fopnp reverse 192.0.2.1",
	"fopnp reverse 2001:db8::1 ::ffff:192.0.2.1 fe80::1%eth0",
	"fopnp reverse www.debian.org",
	NULL,
};

const struct fopnp_command fopnp_command_reverse = {
	.name = "reverse",
	.group = "Raw DNS and the chapter's jobs",
	.summary = "the names of an address, from each source, and whether they lead back",
	.usage = "[OPTION...] ADDRESS|NAME...",
	.details =
		"Asks for the names of an address as programs do, then each source of the hosts "
		"line alone, and looks every name up again: does it lead back to the address? Of a "
		"host name its addresses come first, then the names of each. Exit status 0: "
		"programs get a name for every address, and it leads back.",
	.options = OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
