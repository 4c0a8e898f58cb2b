/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of `fopnp dns`. */
#include "tools/dns_options.h"

#include "nss_module/lookup/fopnp_conf.h"
#include "tools/dns_message.h"
#include "tools/memory.h"
#include "tools/message.h"

#include <arpa/nameser.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MOST_US 60000000 /* one try */

enum {
	KEY_TCP = 256,
	KEY_NO_RECURSE,
	KEY_DNSSEC,
	KEY_SEARCH,
	KEY_SHORT,
	KEY_ALL,
	KEY_NO_PROGRAMS,
	KEY_TIMEOUT,
};

const struct fopnp_option FOPNP_DNS_OPTIONS[] = {
	{ 't', "type", "TYPE", "ask for this type, as a word behind NAME does" },
	{ KEY_TCP, "tcp", NULL, "ask by TCP from the start" },
	{ KEY_NO_RECURSE, "no-recurse", NULL,
	  "what the server knows by itself: is it in its cache?" },
	{ KEY_DNSSEC, "dnssec", NULL, "ask for signatures, too" },
	{ KEY_SEARCH, "search", NULL, "try the search list of resolv.conf as programs do" },
	{ KEY_SHORT, "short", NULL, "only the data of the answers, as dig +short" },
	{ KEY_ALL, "all", NULL, "show the authority and additional sections, too" },
	{ KEY_NO_PROGRAMS, "no-programs", NULL, "do not look what programs get instead" },
	{ KEY_TIMEOUT, "timeout", "DURATION", "wait this long for each try (500ms, 5s); 2s" },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

/* ---- types ---- */

static bool has_type(const struct fopnp_dns_options *options, unsigned type)
{
	for (size_t i = 0; i < options->type_count; i++)
		if (options->types[i] == type)
			return true;
	return false;
}

/* Twice is once.  False, and told, if it is none to be asked for. */
static bool add_type(struct fopnp_dns_options *options, const char *word, unsigned type)
{
	if (type == ns_t_axfr || type == ns_t_ixfr || type == ns_t_opt || type == 0 ||
	    type > UINT16_MAX) {
		fopnp_message_error("type-refused",
				    type == ns_t_axfr || type == ns_t_ixfr
					    ? "a zone transfer is no lookup: try dig"
					    : "`man fopnp-dns` lists the types",
				    "type %s cannot be looked up", word);
		return false;
	}
	if (has_type(options, type))
		return true;
	if (options->type_count == FOPNP_DNS_TYPES_MOST) {
		fopnp_message_error("type-surplus", "ask in two runs", "more than %d types",
				    FOPNP_DNS_TYPES_MOST);
		return false;
	}
	options->types[options->type_count++] = type;
	return true;
}

static bool take_type(struct fopnp_dns_options *options, const char *word)
{
	unsigned type;

	if (!fopnp_dns_type_number(word, &type)) {
		fopnp_message_error("type-unknown", "TYPEn asks for any number, as in TYPE65",
				    "there is no type \"%s\"", word);
		return false;
	}
	return add_type(options, word, type);
}

static bool take_timeout(struct fopnp_dns_options *options, const char *argument)
{
	uint64_t us;

	if (fopnp_conf_parse_duration(argument, strlen(argument), &us) && us > 0 &&
	    us <= TIMEOUT_MOST_US) {
		options->client.timeout_us = us;
		return true;
	}
	fopnp_message_error("option-argument-invalid", "a number with its unit, 60s at most: 500ms, 2s",
			    "--timeout %s is no time to wait", argument);
	return false;
}

static bool take_option(struct fopnp_dns_options *options, int key, const char *argument)
{
	switch (key) {
	case 't':
		return take_type(options, argument);
	case KEY_TCP:
		options->client.uses_tcp = true;
		break;
	case KEY_NO_RECURSE:
		options->client.is_recursive = false;
		break;
	case KEY_DNSSEC:
		options->client.wants_dnssec = true;
		break;
	case KEY_SEARCH:
		options->searches = true;
		break;
	case KEY_SHORT:
		options->is_short = true;
		break;
	case KEY_ALL:
		options->shows_all = true;
		break;
	case KEY_NO_PROGRAMS:
		options->skips_programs = true;
		break;
	case KEY_TIMEOUT:
		return take_timeout(options, argument);
	default: /* --json: known from the start */
		break;
	}
	return true;
}

/* ---- operands ---- */

/* The first one is a name, whatever it looks like. */
static bool take_operand(struct fopnp_dns_options *options, const char *word)
{
	unsigned type;

	if (*word == '@') {
		options->has_own_servers = true;
		return fopnp_dns_servers_add(&options->servers, word + 1);
	}
	if (options->name_count > 0 && fopnp_dns_type_number(word, &type))
		return add_type(options, word, type);
	options->names[options->name_count++] = word;
	return true;
}

static bool take_operands(struct fopnp_dns_options *options, int count, char **words)
{
	options->names = fopnp_memory_zeroed((size_t)count + 1, sizeof(*options->names));
	for (int i = 0; i < count; i++)
		if (!take_operand(options, words[i]))
			return false;
	if (options->name_count > 0)
		return true;
	fopnp_message_error("name-missing", "fopnp dns NAME [TYPE...] [@SERVER]",
			    "no name to ask for");
	return false;
}

enum fopnp_options_result fopnp_dns_options_parse(struct fopnp_dns_options *out, int argc,
						  char **argv)
{
	enum fopnp_options_result result;
	const char *argument;
	int key;

	*out = (struct fopnp_dns_options){ .client = { .is_recursive = true } };
	while ((result = fopnp_options_next(FOPNP_DNS_OPTIONS, argc, argv, &key, &argument)) ==
	       FOPNP_OPTIONS_ONE)
		if (!take_option(out, key, argument))
			return FOPNP_OPTIONS_ERROR;
	if (result != FOPNP_OPTIONS_END)
		return result;
	if (!take_operands(out, argc - key, argv + key))
		return FOPNP_OPTIONS_ERROR;
	fopnp_resolver_config_read(&out->config);
	if (!out->has_own_servers)
		fopnp_dns_servers_of_config(&out->config, &out->servers);
	return FOPNP_OPTIONS_END;
}

void fopnp_dns_options_clear(struct fopnp_dns_options *options)
{
	free(options->names);
	fopnp_dns_servers_clear(&options->servers);
	fopnp_resolver_config_clear(&options->config);
}
