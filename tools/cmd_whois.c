/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp whois: who a domain, address or AS number belongs to. */
#include "tools/command.h"
#include "tools/dns_idn.h"
#include "tools/help.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/options.h"
#include "tools/whois.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define TIMEOUT_DEFAULT_US 10000000
#define TIMEOUT_MOST_US    300000000

enum { KEY_SERVER = 256, KEY_NO_REFERRAL, KEY_TIMEOUT };

static const struct fopnp_option OPTIONS[] = {
	{ KEY_SERVER, "server", "HOST[:PORT]", "ask this server alone" },
	{ KEY_NO_REFERRAL, "no-referral", NULL, "ask the first server, IANA, alone" },
	{ KEY_TIMEOUT, "timeout", "DURATION",
	  "wait this long for each server's reply; 10s if not given" },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

struct options {
	struct fopnp_whois_options whois;
	struct fopnp_whois_target server;
	const char *given;
};

/* A name of the local network has no dot, and may be one of IDNA. */
static bool set_server(struct options *options, const char *argument)
{
	const char *colon = strchr(argument, ':');
	bool is_address = argument[0] == '[' || (colon && strchr(colon + 1, ':'));
	size_t len = colon && !is_address ? (size_t)(colon - argument) : strlen(argument);
	FOPNP_AUTO_FREE char *host = fopnp_memory_copy(argument, len);
	FOPNP_AUTO_FREE char *text = NULL;
	struct fopnp_idn_name name = { 0 };

	if (!is_address)
		fopnp_idn_to_ascii(host, &name);
	text = fopnp_memory_format("%s%s", name.ascii ? name.ascii : host, argument + len);
	fopnp_idn_clear(&name);
	if (!fopnp_whois_server_parse(text, strlen(text), &options->server))
		return fopnp_options_refuse(
			"--server", argument,
			"a host or address, with a port or not: whois.ripe.net, "
			"[2001:db8::1]:43");
	options->whois.server = &options->server;
	return true;
}

static bool set_option(struct options *options, int key, const char *argument)
{
	switch (key) {
	case KEY_SERVER:
		return set_server(options, argument);
	case KEY_NO_REFERRAL:
		options->whois.follows_nobody = true;
		return true;
	case KEY_TIMEOUT:
		return fopnp_options_take_time("--timeout", argument, TIMEOUT_MOST_US,
					       &options->whois.timeout_us);
	default:
		fopnp_message_use_json();
		return true;
	}
}

static bool take_operand(struct options *options, int count, char **operands)
{
	if (count == 0) {
		fopnp_message_error("name-missing", "fopnp whois example.com",
				    "whose domain, address or AS number?");
		return false;
	}
	if (count > 1) {
		fopnp_message_error("operand-unexpected", "one name at a time",
				    "\"%s\" is one word too many", operands[1]);
		return false;
	}
	options->given = operands[0];
	return true;
}

static enum fopnp_options_result parse(struct options *options, int argc, char **argv)
{
	const char *argument;
	int key;

	*options = (struct options){ .whois.timeout_us = TIMEOUT_DEFAULT_US };
	for (;;) {
		enum fopnp_options_result result =
			fopnp_options_next(OPTIONS, argc, argv, &key, &argument);

		if (result == FOPNP_OPTIONS_END)
			return take_operand(options, argc - key, argv + key) ? FOPNP_OPTIONS_END
									     : FOPNP_OPTIONS_ERROR;
		if (result != FOPNP_OPTIONS_ONE)
			return result;
		if (!set_option(options, key, argument))
			return FOPNP_OPTIONS_ERROR;
	}
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	struct options options;
	enum fopnp_options_result parsed = parse(&options, argc, argv);
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;
	struct fopnp_whois whois;

	if (parsed != FOPNP_OPTIONS_END)
		return fopnp_help_instead(self, parsed);
	if (fopnp_whois_run(&whois, &options.whois, options.given)) {
		status = fopnp_whois_exit_status(&whois);
		if (fopnp_message_is_json())
			fopnp_whois_print_json(&whois);
		else
			fopnp_whois_print_text(&whois);
	} else if (!whois.subject.text) {
		status = FOPNP_EXIT_USAGE;
	}
	fopnp_whois_clear(&whois);
	return status;
}

static const char *const EXAMPLES[] = {
	"fopnp whois example.com",
	"fopnp whois 2001:db8::1",
	"fopnp whois AS64496",
	"fopnp whois --server whois.ripe.net 192.0.2.1",
	NULL,
};

const struct fopnp_command fopnp_command_whois = {
	.name = "whois",
	.group = "Raw DNS and the chapter's jobs",
	.summary = "who a domain, address or AS number belongs to",
	.usage = "[OPTION...] NAME|ADDRESS|ASN",
	.details = "Asks IANA (RFC 3912) and follows from server to server as their replies say, "
		   "at most five of them, each once: the registry, then perhaps the registrar. "
		   "The name servers of a domain stand apart at the end.",
	.options = OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
