/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Look a name up through libc's dns alone, with or without the command's relays
 * in the place of the name servers, and print what came of it.
 * Usage: relay_call [-46] [-d] [-s SECONDS] [-j] NAME
 *   -d  directly: no relays, and nothing is printed of the wire
 *   -s  deadline of the call (30)
 *   -j  the wire as JSON
 *
 * The first line is the call's end and code, its addresses, and the seconds it took.  Then, for
 * each question: server, transport, name, type, what came of it, seconds, "again" for a retry.
 */
#include "tools/call_child.h"
#include "tools/dns_relay.h"
#include "tools/resolver_config.h"
#include "tools/wire.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const ends[] = {
	[FOPNP_EXCHANGE_ANSWERED] = "answered",   [FOPNP_EXCHANGE_SILENT] = "silent",
	[FOPNP_EXCHANGE_REFUSED] = "refused",     [FOPNP_EXCHANGE_UNREACHABLE] = "unreachable",
	[FOPNP_EXCHANGE_CLOSED] = "closed",       [FOPNP_EXCHANGE_LATE] = "late",
	[FOPNP_EXCHANGE_ABANDONED] = "abandoned",
};

static double seconds(uint64_t us)
{
	return (double)us / 1e6;
}

static void print_result(const struct fopnp_call_result *result)
{
	char text[INET6_ADDRSTRLEN];

	(void)printf("end %d code %d", (int)result->end, result->code);
	for (size_t i = 0; i < result->address_count; i++)
		(void)printf(" %s", inet_ntop(result->addresses[i].family,
					      result->addresses[i].bytes, text, sizeof(text)));
	(void)printf(" %.0f s\n", seconds(result->elapsed_us));
}

static void print_wire(const struct fopnp_wire *wire, const struct fopnp_resolver_config *config)
{
	size_t count;
	struct fopnp_wire_exchange *exchanges = fopnp_wire_pair(wire, &count);

	for (size_t i = 0; i < count; i++) {
		const struct fopnp_wire_exchange *one = &exchanges[i];
		char type[FOPNP_DNS_WORD_TEXT], rcode[FOPNP_DNS_WORD_TEXT];

		(void)printf("%s %s %s %s %s", config->servers[one->server].text,
			     one->is_tcp ? "tcp" : "udp", one->query->message.name,
			     fopnp_dns_type_name(one->query->message.type, type), ends[one->end]);
		if (one->reply)
			(void)printf(" %s %u%s",
				     fopnp_dns_rcode_name(one->reply->message.rcode, rcode),
				     one->reply->message.wanted_count,
				     one->reply->message.is_truncated ? " truncated" : "");
		if (one->ignored)
			(void)printf(" (%s)", one->ignored);
		(void)printf(" %.0f s%s\n", seconds(one->waited_us), one->retry ? " again" : "");
	}
	if (wire->is_broken)
		(void)printf("broken: %s\n", strerror(wire->broken_error));
	if (wire->is_cut)
		(void)printf("cut at %zu\n", wire->count);
	free(exchanges);
}

static void print_json(const struct fopnp_wire *wire, const struct fopnp_resolver_config *config)
{
	const char *servers[FOPNP_RESOLVER_SERVERS];
	json_t *array;

	for (size_t i = 0; i < config->server_count; i++)
		servers[i] = config->servers[i].text;
	array = fopnp_wire_to_json(wire, servers, config->server_count);
	(void)json_dumpf(array, stdout, JSON_COMPACT);
	(void)putchar('\n');
	json_decref(array);
}

static int ask_directly(struct fopnp_request *request)
{
	struct fopnp_call_result *result = calloc(1, sizeof(*result));

	if (!result || __nss_configure_lookup("hosts", "dns") != 0)
		return 2;
	fopnp_call_make(request, result);
	print_result(result);
	free(result);
	fopnp_request_clear(request);
	return 0;
}

int main(int argc, char **argv)
{
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO, .socktype = SOCK_STREAM };
	struct fopnp_child_job job = { .request = &request,
				       .relayed_source = "dns",
				       .deadline_us = 30000000 };
	struct fopnp_child_outcome outcome;
	struct fopnp_resolver_config config;
	bool is_direct = false, is_json = false;
	int option;

	while ((option = getopt(argc, argv, "46ds:j")) != -1)
		if (option == '4' || option == '6')
			request.family = option == '4' ? AF_INET : AF_INET6;
		else if (option == 'd')
			is_direct = true;
		else if (option == 'j')
			is_json = true;
		else if (option == 's')
			job.deadline_us = strtoull(optarg, NULL, 10) * 1000000;
		else
			return 2;
	if (optind + 1 != argc || !fopnp_request_set_name(&request, argv[optind]))
		return 2;
	if (is_direct)
		return ask_directly(&request);
	fopnp_resolver_config_read(&config);
	job.relay = fopnp_dns_relay_open(&config);
	if (!job.relay) {
		perror("relay");
		return 2;
	}
	if (!fopnp_children_run(&job, &outcome, 1))
		return 2;
	print_result(outcome.result);
	if (outcome.wire && is_json)
		print_json(outcome.wire, &config);
	else if (outcome.wire)
		print_wire(outcome.wire, &config);
	fopnp_child_outcome_clear(&outcome);
	fopnp_dns_relay_close(job.relay);
	fopnp_resolver_config_clear(&config);
	fopnp_request_clear(&request);
	return 0;
}
