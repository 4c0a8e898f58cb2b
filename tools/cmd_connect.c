/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp connect: would a program get through to this host and service? */
#include "nss_module/lookup/ascii.h"
#include "tools/clock.h"
#include "tools/command.h"
#include "tools/connect.h"
#include "tools/help.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define TIMEOUT_US 10000000u
#define PORT_MOST  65535

enum { KEY_FIRST = 256, KEY_RACE, KEY_TIMEOUT };

static const struct fopnp_option OPTIONS[] = {
	{ '4', NULL, NULL, "IPv4 addresses alone" },
	{ '6', NULL, NULL, "IPv6 addresses alone (of a host without any, its IPv4 ones mapped)" },
	{ KEY_FIRST, "first", NULL, "try the first address alone, as simple programs do" },
	{ KEY_RACE, "race", NULL, "try them as browsers do: happy eyeballs, RFC 8305" },
	{ KEY_TIMEOUT, "timeout", "DURATION",
	  "give up each connection after this (500ms, 30s); 10s" },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

static bool set_manner(struct fopnp_connect_options *options, enum fopnp_attempt_manner manner)
{
	if (options->manner != FOPNP_ATTEMPT_ALL && options->manner != manner) {
		fopnp_message_error("options-conflict", "one of them, or neither for all addresses",
				    "--first and --race do not go together");
		return false;
	}
	options->manner = manner;
	return true;
}

static bool set(struct fopnp_connect_options *options, int key, const char *argument)
{
	switch (key) {
	case '4':
		options->family = AF_INET;
		return true;
	case '6':
		options->family = AF_INET6;
		return true;
	case KEY_FIRST:
		return set_manner(options, FOPNP_ATTEMPT_FIRST);
	case KEY_RACE:
		return set_manner(options, FOPNP_ATTEMPT_RACE);
	case KEY_TIMEOUT:
		return fopnp_options_take_time("--timeout", argument, 0, &options->timeout_us);
	default:
		return true; /* --json, seen before the first option */
	}
}

/* A name, or a port: of a greater number getaddrinfo takes the last 16 bits, another service. */
static bool can_be_service(const char *service, size_t len)
{
	unsigned long long port = 0;

	if (strspn(service, "0123456789") < len)
		return true;
	return fopnp_ascii_number(service, len, &port) && port > 0 && port <= PORT_MOST;
}

/* SERVICE, or SERVICE/tcp. */
static bool check_service(const char *service)
{
	const char *slash = strrchr(service, '/');

	if (slash && strcasecmp(slash, "/tcp") != 0) {
		fopnp_message_error("service-invalid", "fopnp service shows what a name stands for",
				    "only TCP has connections to try: \"%s\"", service);
		return false;
	}
	if (can_be_service(service, slash ? (size_t)(slash - service) : strlen(service)))
		return true;
	fopnp_message_error("service-invalid",
			    "a name such as http, or a port from 1 to 65535, and perhaps /tcp",
			    "\"%s\" can be no service", service);
	return false;
}

static enum fopnp_options_result parse(struct fopnp_connect_options *out_options, int argc,
				       char **argv)
{
	static const char *const http[] = { "http" };
	enum fopnp_options_result result;
	const char *argument = NULL;
	int key = 0;

	*out_options = (struct fopnp_connect_options){
		.services = http,
		.service_count = 1,
		.timeout_us = TIMEOUT_US,
	};
	while ((result = fopnp_options_next(OPTIONS, argc, argv, &key, &argument)) ==
	       FOPNP_OPTIONS_ONE)
		if (!set(out_options, key, argument))
			return FOPNP_OPTIONS_ERROR;
	if (result != FOPNP_OPTIONS_END)
		return result;
	if (key == argc) {
		fopnp_message_error("operand-missing", "usage: fopnp connect HOST [SERVICE...]",
				    "which host?");
		return FOPNP_OPTIONS_ERROR;
	}
	out_options->host = argv[key];
	if (argc - key > 1) {
		out_options->services = (const char *const *)argv + key + 1;
		out_options->service_count = (size_t)(argc - key - 1);
	}
	for (size_t i = 0; i < out_options->service_count; i++)
		if (!check_service(out_options->services[i]))
			return FOPNP_OPTIONS_ERROR;
	return FOPNP_OPTIONS_END;
}

static void print_summary(const struct fopnp_connect *list, size_t count, uint64_t start_us,
			  enum fopnp_exit status)
{
	json_t *counts = json_object();
	size_t through = 0;

	for (size_t i = 0; i < count; i++)
		through += fopnp_connect_is_through(&list[i]);
	fopnp_json_set(counts, "services", json_integer((json_int_t)count));
	fopnp_json_set(counts, "connected", json_integer((json_int_t)through));
	fopnp_json_print_summary("connect", counts, fopnp_clock_now_us() - start_us, (int)status);
}

static enum fopnp_exit print(const struct fopnp_connect *list, size_t count)
{
	enum fopnp_exit status = FOPNP_EXIT_OK;

	for (size_t i = 0; i < count; i++) {
		status = fopnp_exit_join(status, fopnp_connect_exit_status(&list[i]));
		if (fopnp_message_is_json()) {
			fopnp_connect_print_json(&list[i]);
			continue;
		}
		if (i > 0)
			(void)fputc('\n', stdout);
		fopnp_connect_print_text(&list[i]);
	}
	return status;
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	uint64_t start_us = fopnp_clock_now_us();
	struct fopnp_connect_options options;
	enum fopnp_options_result parsed = parse(&options, argc, argv);
	FOPNP_AUTO_FREE struct fopnp_connect *list = NULL;
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;

	if (parsed != FOPNP_OPTIONS_END)
		return fopnp_help_instead(self, parsed);
	list = fopnp_memory_zeroed(options.service_count, sizeof(*list));
	if (fopnp_connect_run(&options, list)) {
		status = print(list, options.service_count);
		if (fopnp_message_is_json() && options.service_count > 1)
			print_summary(list, options.service_count, start_us, status);
	}
	for (size_t i = 0; i < options.service_count; i++)
		fopnp_connect_clear(&list[i]);
	return status;
}

static const char *const EXAMPLES[] = {
	"fopnp connect www.debian.org",
	"fopnp connect www.debian.org https ssh 8080",
	"fopnp connect --race www.debian.org https",
	"fopnp connect -6 --timeout 2s printer.local ipp",
	NULL,
};

const struct fopnp_command fopnp_command_connect = {
	.name = "connect",
	.group = "Raw DNS and the chapter's jobs",
	.summary = "would a program get through to this host and service",
	.usage = "[OPTION...] HOST [SERVICE...]",
	.details =
		"Asks getaddrinfo for the addresses of HOST as careful programs do (AI_ADDRCONFIG, "
		"AI_V4MAPPED, AI_CANONNAME), tells which source they came from, and connects to "
		"all of them at once by TCP; nothing is sent. SERVICE is a name or a port, http if "
		"none is given. Exit status 0: a program would get through.",
	.options = OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
