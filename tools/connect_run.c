/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connecting to a host, service by service. */
#include "tools/connect.h"

#include "tools/memory.h"
#include "tools/progress.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

/* The flags of the book's call: those that glibc takes where there are no hints, and the name. */
#define FLAGS (AI_ADDRCONFIG | AI_V4MAPPED | AI_CANONNAME)

static void prepare(const struct fopnp_connect_options *options, const char *service,
		    struct fopnp_program_lookup *out_lookup)
{
	const char *slash = strrchr(service, '/');
	struct fopnp_request *request = &out_lookup->request;

	*out_lookup = (struct fopnp_program_lookup){ 0 };
	request->call = FOPNP_CALL_GETADDRINFO;
	request->family = options->family;
	request->socktype = SOCK_STREAM;
	request->flags = FLAGS;
	request->service =
		fopnp_memory_copy(service, slash ? (size_t)(slash - service) : strlen(service));
	(void)fopnp_request_set_name(request, options->host);
}

/* Ask for all services at once. */
static bool look_up(const struct fopnp_connect_options *options, struct fopnp_connect *list)
{
	FOPNP_AUTO_FREE struct fopnp_program_lookup *lookups =
		fopnp_memory_zeroed(options->service_count, sizeof(*lookups));
	bool is_fine;

	for (size_t i = 0; i < options->service_count; i++)
		prepare(options, options->services[i], &lookups[i]);
	is_fine = fopnp_program_lookups_run(lookups, options->service_count);
	for (size_t i = 0; i < options->service_count; i++)
		list[i].lookup = lookups[i];
	return is_fine;
}

static bool connect_one(struct fopnp_connect *connect)
{
	const struct fopnp_connect_options *options = connect->options;
	const struct fopnp_call_result *result = connect->lookup.result;

	if (result->end != FOPNP_CALL_RETURNED || result->code != 0)
		return true;
	connect->count = result->address_count;
	connect->attempts = fopnp_memory_zeroed(connect->count, sizeof(*connect->attempts));
	for (size_t i = 0; i < connect->count; i++)
		connect->attempts[i].address = result->addresses[i];
	if (options->manner == FOPNP_ATTEMPT_RACE)
		fopnp_attempts_interleave(connect->attempts, connect->count);
	if (!fopnp_attempts_make(connect->attempts, connect->count, options->manner,
				 options->timeout_us))
		return false;
	connect->winner = fopnp_attempts_winner(connect->attempts, connect->count);
	return true;
}

bool fopnp_connect_run(const struct fopnp_connect_options *options, struct fopnp_connect *list)
{
	FOPNP_AUTO_FREE char *what = fopnp_memory_format("connecting to %s", options->host);
	bool is_fine;

	for (size_t i = 0; i < options->service_count; i++)
		list[i] = (struct fopnp_connect){ .options = options };
	fopnp_progress_start(what);
	is_fine = look_up(options, list);
	for (size_t i = 0; i < options->service_count && is_fine; i++) {
		is_fine = connect_one(&list[i]);
		if (is_fine)
			fopnp_connect_add_notes(&list[i]);
	}
	fopnp_progress_stop();
	return is_fine;
}

void fopnp_connect_clear(struct fopnp_connect *connect)
{
	fopnp_program_lookup_clear(&connect->lookup);
	free(connect->attempts);
	fopnp_findings_clear(&connect->notes);
	*connect = (struct fopnp_connect){ 0 };
}

bool fopnp_connect_is_through(const struct fopnp_connect *connect)
{
	return connect->winner < connect->count;
}

enum fopnp_exit fopnp_connect_exit_status(const struct fopnp_connect *connect)
{
	enum fopnp_exit status = fopnp_call_exit_status(connect->lookup.result);

	if (status != FOPNP_EXIT_OK)
		return status;
	return fopnp_connect_is_through(connect) ? FOPNP_EXIT_OK : FOPNP_EXIT_NO;
}

static uint64_t end_us(const struct fopnp_attempt *attempt)
{
	return attempt->start_us + attempt->elapsed_us;
}

size_t fopnp_connect_runner_up(const struct fopnp_connect *connect, uint64_t *out_us)
{
	size_t second = connect->count;

	for (size_t i = 0; i < connect->count; i++)
		if (i != connect->winner && connect->attempts[i].state == FOPNP_ATTEMPT_CONNECTED &&
		    (second == connect->count ||
		     end_us(&connect->attempts[i]) < end_us(&connect->attempts[second])))
			second = i;
	if (second < connect->count)
		*out_us = end_us(&connect->attempts[second]) -
			  end_us(&connect->attempts[connect->winner]);
	return second;
}
