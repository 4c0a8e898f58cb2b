/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ask systemd-resolved what nss-resolve asks it, and find out by questions that leave
 * the machine alone what its short errors leave open.
 */
#include "tools/resolved_query.h"

#include "nss_module/lookup/ascii.h"
#include "tools/clock.h"
#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/resolved_exchange.h"
#include "tools/resolved_reply.h"
#include "tools/resolved_routes.h"
#include "tools/resolved_words.h"

#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define NO_NAME_SERVERS "io.systemd.Resolve.NoNameServers"
#define NO_SOURCE       "io.systemd.Resolve.NoSource"
#define DNS_ERROR       "io.systemd.Resolve.DNSError"
#define NO_RECORD       "io.systemd.Resolve.NoSuchResourceRecord"

#define SPARE_US 50000

/* One question after the other, under one deadline. */
struct asking {
	const char *path;
	const struct fopnp_request *request;
	uint64_t flags; /* that nss-resolve takes from the environment */
	uint64_t until_us,
		spare_us; /* the end, and what is kept of it for questions about a silence */
};

/* nss-resolve(8): these variables turn a part of resolved off for the programs that have them. */
static uint64_t flags_of_environment(void)
{
	static const struct {
		const char *name;
		uint64_t flag;
	} variables[] = {
		{ "SYSTEMD_NSS_RESOLVE_VALIDATE", FOPNP_RESOLVED_NO_VALIDATE },
		{ "SYSTEMD_NSS_RESOLVE_SYNTHESIZE", FOPNP_RESOLVED_NO_SYNTHESIZE },
		{ "SYSTEMD_NSS_RESOLVE_CACHE", FOPNP_RESOLVED_NO_CACHE },
		{ "SYSTEMD_NSS_RESOLVE_ZONE", FOPNP_RESOLVED_NO_ZONE },
		{ "SYSTEMD_NSS_RESOLVE_TRUST_ANCHOR", FOPNP_RESOLVED_NO_TRUST_ANCHOR },
		{ "SYSTEMD_NSS_RESOLVE_NETWORK", FOPNP_RESOLVED_NO_NETWORK },
	};
	static const char *const no[] = { "0", "no", "n", "false", "f", "off" };
	uint64_t flags = 0;

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *value = secure_getenv(variables[i].name);

		for (size_t j = 0; value && j < sizeof(no) / sizeof(no[0]); j++)
			if (fopnp_ascii_equal_word(value, strlen(value), no[j]))
				flags |= variables[i].flag;
	}
	return flags;
}

static void exchange(const struct asking *asking, uint64_t flags,
		     struct fopnp_resolved_answer *out_answer)
{
	fopnp_resolved_exchange(asking->path, asking->request, asking->flags | flags,
				asking->until_us, out_answer);
}

/* From the cache or from nothing: its own records are answers, too, but no news. */
static void exchange_cached(const struct asking *asking, struct fopnp_resolved_answer *out_answer)
{
	exchange(asking, FOPNP_RESOLVED_NO_NETWORK | FOPNP_RESOLVED_NO_SYNTHESIZE, out_answer);
}

static bool is_said(const struct fopnp_resolved_answer *answer)
{
	return answer->state == FOPNP_RESOLVED_ANSWERED || answer->state == FOPNP_RESOLVED_FAILED;
}

static bool is_error(const struct fopnp_resolved_answer *answer, const char *name)
{
	return answer->state == FOPNP_RESOLVED_FAILED && answer->error_name &&
	       strcmp(answer->error_name, name) == 0;
}

static bool is_negative(const struct fopnp_resolved_answer *answer)
{
	return is_error(answer, DNS_ERROR) || is_error(answer, NO_RECORD);
}

/* ---- names of one label ---- */

static size_t len_without_dots(const char *name)
{
	size_t len = strlen(name);

	while (len > 0 && name[len - 1] == '.')
		len--;
	return len;
}

static bool has_one_label(const struct fopnp_request *request)
{
	size_t len;

	if (fopnp_request_is_reverse(request) || !request->name)
		return false;
	len = len_without_dots(request->name);
	return len > 0 && !memchr(request->name, '.', len);
}

/* Whether it would ask anybody for NAME by these protocols; it asks nobody now. */
static bool would_ask(const struct asking *asking, char *name, uint64_t protocols)
{
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO, .name = name };
	struct asking other = *asking;
	struct fopnp_resolved_answer answer;
	bool is_asked;

	other.request = &request;
	other.flags = protocols;
	exchange_cached(&other, &answer);
	is_asked = is_said(&answer) && !is_error(&answer, NO_NAME_SERVERS);
	fopnp_resolved_answer_clear(&answer);
	return is_asked;
}

/*
 * It asks no DNS server for a name of one label: it has some for other names, or what it said
 * came from LLMNR.
 */
static bool is_refused_for_one_label(const struct asking *asking,
				     const struct fopnp_resolved_answer *answer)
{
	FOPNP_AUTO_FREE char *longer = NULL;
	const char *name = asking->request->name;

	if (!has_one_label(asking->request) || answer->is_synthetic ||
	    would_ask(asking, asking->request->name, FOPNP_RESOLVED_DNS))
		return false;
	longer = fopnp_memory_format("%.*s.example.", (int)len_without_dots(name), name);
	return !is_error(answer, NO_NAME_SERVERS) || would_ask(asking, longer, FOPNP_RESOLVED_DNS);
}

static bool is_below_local(const struct fopnp_request *request)
{
	return request->name && !fopnp_request_is_reverse(request) &&
	       fopnp_name_is_below(request->name, "local");
}

/* ---- what an error leaves open ---- */

/*
 * Errors come without the flags that say where they are from.  CACHED is what it said when it
 * had only its cache: the same error means that it came from there.
 */
static void find_origin(const struct fopnp_resolved_answer *cached,
			struct fopnp_resolved_answer *answer)
{
	if (!is_negative(answer))
		return;
	answer->is_from_cache = cached->error_name && answer->rcode == cached->rcode &&
				is_error(cached, answer->error_name);
	answer->is_synthetic = is_error(answer, DNS_ERROR) && is_error(cached, NO_NAME_SERVERS);
	answer->is_from_network = is_error(cached, NO_SOURCE);
}

static void find_outdated(const struct asking *asking, struct fopnp_resolved_answer *answer)
{
	struct fopnp_resolved_answer fresh;

	if (!answer->is_from_cache || !is_negative(answer))
		return;
	exchange(asking, FOPNP_RESOLVED_NO_CACHE, &fresh);
	answer->is_outdated = fresh.state == FOPNP_RESOLVED_ANSWERED;
	fopnp_resolved_answer_clear(&fresh);
}

static void explain_failure(const struct asking *asking, const struct fopnp_resolved_answer *cached,
			    struct fopnp_resolved_answer *answer)
{
	find_origin(cached, answer);
	answer->is_single_label = is_refused_for_one_label(asking, answer);
	/* It gives this error as well when nobody answered to a question for one family. */
	answer->is_unserved_local = is_error(answer, NO_NAME_SERVERS) &&
				    is_below_local(asking->request) &&
				    !would_ask(asking, asking->request->name, FOPNP_RESOLVED_MDNS);
	find_outdated(asking, answer);
}

/* Links are of the daemon's network namespace: their numbers mean nothing in another. */
static void name_interfaces(struct fopnp_resolved_answer *answer)
{
	char name[IF_NAMESIZE];

	if (!answer->is_namespace_known || answer->is_other_namespace)
		return;
	if (answer->interface && if_indextoname(answer->interface, name))
		answer->interface_name = fopnp_memory_copy_text(name);
	for (size_t i = 0; i < answer->address_count; i++) {
		struct fopnp_resolved_address *address = &answer->addresses[i];

		if (address->interface == answer->interface)
			address->interface_name = fopnp_memory_copy_text(answer->interface_name);
		else if (address->interface && if_indextoname(address->interface, name))
			address->interface_name = fopnp_memory_copy_text(name);
	}
}

static bool is_routed(const struct asking *asking, const struct fopnp_resolved_answer *answer)
{
	return !fopnp_request_is_reverse(asking->request) && answer->is_namespace_known &&
	       !answer->is_other_namespace && !answer->is_synthetic &&
	       !is_below_local(asking->request) && strcmp(asking->path, FOPNP_RESOLVED_SOCKET) == 0;
}

/*
 * First without leave to go anywhere: the reply comes at once if the daemon lives, which tells
 * a frozen one from one that waits for its servers, and tells what its cache holds.
 */
static void ask(const struct asking *asking, struct fopnp_resolved_answer *out_answer)
{
	struct asking longest = *asking;
	struct fopnp_resolved_answer cached;

	exchange_cached(asking, &cached);
	if (!is_said(&cached)) {
		*out_answer = cached;
		return;
	}
	longest.until_us -= asking->spare_us;
	exchange(&longest, 0, out_answer);
	out_answer->is_alive = true;
	if (out_answer->state == FOPNP_RESOLVED_FAILED ||
	    out_answer->state == FOPNP_RESOLVED_SILENT)
		explain_failure(asking, &cached, out_answer);
	fopnp_resolved_answer_clear(&cached);
}

void fopnp_resolved_ask_at(const char *path, const struct fopnp_request *request,
			   uint64_t deadline_us, struct fopnp_resolved_answer *out_answer)
{
	struct asking asking = {
		.path = path,
		.request = request,
		.flags = flags_of_environment(),
		.until_us = fopnp_clock_now_us() + deadline_us,
		.spare_us = deadline_us / 8 < SPARE_US ? deadline_us / 8 : SPARE_US,
	};

	ask(&asking, out_answer);
	if (out_answer->state != FOPNP_RESOLVED_ABSENT &&
	    out_answer->state != FOPNP_RESOLVED_DENIED)
		fopnp_resolved_find_namespace(path, asking.until_us, out_answer);
	name_interfaces(out_answer);
	if (is_routed(&asking, out_answer))
		out_answer->route_words = fopnp_resolved_route_words(
			FOPNP_RESOLVED_RUN, request->name ?: "", &out_answer->route_fix);
	out_answer->error_words =
		fopnp_resolved_error_words(request, out_answer, FOPNP_RESOLVED_RUN);
}

void fopnp_resolved_ask(const struct fopnp_request *request, uint64_t deadline_us,
			struct fopnp_resolved_answer *out_answer)
{
	fopnp_resolved_ask_at(FOPNP_RESOLVED_SOCKET, request, deadline_us, out_answer);
}

bool fopnp_resolved_has_cached_at(const char *path, const struct fopnp_request *request,
				  uint64_t deadline_us)
{
	struct asking asking = {
		.path = path,
		.request = request,
		.flags = flags_of_environment(),
		.until_us = fopnp_clock_now_us() + deadline_us,
	};
	struct fopnp_resolved_answer answer;
	bool has_cached;

	exchange_cached(&asking, &answer);
	has_cached = answer.is_from_cache || is_negative(&answer);
	fopnp_resolved_answer_clear(&answer);
	return has_cached;
}

bool fopnp_resolved_has_cached(const struct fopnp_request *request, uint64_t deadline_us)
{
	return fopnp_resolved_has_cached_at(FOPNP_RESOLVED_SOCKET, request, deadline_us);
}
