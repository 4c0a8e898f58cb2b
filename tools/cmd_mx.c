/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp mx: where mail for a domain would go. */
#include "nss_module/lookup/ascii.h"
#include "tools/command.h"
#include "tools/dns_options.h"
#include "tools/help.h"
#include "tools/message.h"
#include "tools/mx.h"
#include "tools/options.h"
#include "tools/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define TIMEOUT_DEFAULT_US 10000000
#define TIMEOUT_MOST_US    300000000 /* RFC 5321 section 4.5.3.2.1: five minutes for the greeting */

enum { KEY_SEED = 256, KEY_CONNECT, KEY_TIMEOUT };

static const struct fopnp_option OPTIONS[] = {
	{ KEY_CONNECT, "connect", NULL,
	  "connect to port 25 of every address, and show what greets" },
	{ KEY_SEED, "seed", "N", "the order of hosts of equal preference, always the same" },
	{ KEY_TIMEOUT, "timeout", "DURATION",
	  "wait this long for each greeting; 10s if not given" },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

struct options {
	struct fopnp_mx_options mx;
	struct fopnp_dns_options dns;
	const char *given;
};

static bool set_seed(struct options *options, const char *argument)
{
	unsigned long long number = 0;

	if (!fopnp_ascii_number(argument, strlen(argument), &number))
		return fopnp_options_refuse("--seed", argument,
					    "a number from 0 to 999999999999999999");
	options->mx.seed = number;
	return true;
}

static bool set_option(struct options *options, int key, const char *argument)
{
	switch (key) {
	case KEY_CONNECT:
		options->mx.connects = true;
		return true;
	case KEY_SEED:
		return set_seed(options, argument);
	case KEY_TIMEOUT:
		return fopnp_options_take_time("--timeout", argument, TIMEOUT_MOST_US,
					       &options->mx.timeout_us);
	default:
		fopnp_message_use_json();
		return true;
	}
}

static bool take_operands(struct options *options, int count, char **operands)
{
	for (int i = 0; i < count; i++) {
		if (operands[i][0] == '@' && operands[i][1]) {
			if (!fopnp_dns_servers_add(&options->dns.servers, operands[i] + 1))
				return false;
			options->dns.has_own_servers = true;
		} else if (options->given) {
			fopnp_message_error("operand-unexpected", "one domain at a time",
					    "\"%s\" is one word too many", operands[i]);
			return false;
		} else {
			options->given = operands[i];
		}
	}
	if (!options->given)
		fopnp_message_error("name-missing", "fopnp mx example.com", "no domain was given");
	return options->given != NULL;
}

static enum fopnp_options_result parse(struct options *options, int argc, char **argv)
{
	const char *argument;
	int key;

	*options = (struct options){
		.mx = { .timeout_us = TIMEOUT_DEFAULT_US },
		.dns.client.is_recursive = true,
	};
	if (getrandom(&options->mx.seed, 4, 0) != 4)
		options->mx.seed = 1;
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

/* Of the records; where connections were made, whether one is any good. */
static enum fopnp_exit exit_status(const struct fopnp_mx *mx)
{
	switch (mx->outcome) {
	case FOPNP_MX_DELIVER:
		break;
	case FOPNP_MX_NO_MAIL:
	case FOPNP_MX_RETURN:
		return FOPNP_EXIT_NO;
	case FOPNP_MX_QUEUE:
		return FOPNP_EXIT_CANNOT;
	}
	return mx->options->connects && !fopnp_mx_is_greeted(mx) ? FOPNP_EXIT_NO : FOPNP_EXIT_OK;
}

static enum fopnp_exit mx(struct options *options)
{
	enum fopnp_exit status = FOPNP_EXIT_USAGE;
	struct fopnp_mx found;

	options->mx.dns = &options->dns;
	fopnp_progress_start("asking for the mail hosts");
	if (fopnp_mx_find(&found, &options->mx, options->given)) {
		if (options->mx.connects) {
			fopnp_progress_say("connecting to the mail hosts");
			fopnp_mx_connect(&found);
		}
		fopnp_progress_stop();
		status = exit_status(&found);
		if (fopnp_message_is_json())
			fopnp_mx_print_json(&found, (int)status);
		else
			fopnp_mx_print_text(&found);
	}
	fopnp_progress_stop();
	fopnp_mx_clear(&found);
	return status;
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	struct options options;
	enum fopnp_options_result parsed = parse(&options, argc, argv);
	enum fopnp_exit status;

	fopnp_resolver_config_read(&options.dns.config);
	if (!options.dns.has_own_servers)
		fopnp_dns_servers_of_config(&options.dns.config, &options.dns.servers);
	status = parsed == FOPNP_OPTIONS_END ? mx(&options) : fopnp_help_instead(self, parsed);
	fopnp_dns_options_clear(&options.dns);
	return status;
}

static const char *const EXAMPLES[] = {
	"fopnp mx example.com",
	"fopnp mx --connect someone@example.com",
	"fopnp mx --json --seed 1 example.com @192.0.2.53",
	NULL,
};

const struct fopnp_command fopnp_command_mx = {
	.name = "mx",
	.group = "Raw DNS and the chapter's jobs",
	.summary = "where mail for a domain would go, rule by rule",
	.usage = "[OPTION...] DOMAIN|ADDRESS@DOMAIN [@SERVER[:PORT]]",
	.details =
		"As RFC 5321 section 5.1 has it: MX records by preference, equal ones in random "
		"order; without any the domain itself; a null MX takes no mail. Each rule that is "
		"applied is told, and what the records have wrong. A temporary failure is no \"no "
		"such domain\": the message waits. /etc/hosts has no say in it.",
	.options = OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
