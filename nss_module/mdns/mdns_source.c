/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp:mdns, see mdns_source.h. */
#include "nss_module/mdns/mdns_source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nss_module/lookup/address.h"
#include "nss_module/mdns/mdns_names.h"
#include "nss_module/mdns/mdns_search.h"

/*
 * The longest answer as tuples: 16 of 40 bytes, a name, and what alignment takes.
 * getaddrinfo() brings more; who brings less is told so before the link is asked and not
 * after.  A hostent's caller may have a fixed buffer, which is tried as it is.
 */
#define TUPLES_SIZE_MAX 960

/* ---- what the event tells ---- */

static void tell_interfaces(struct fopnp_detail *detail, const struct fopnp_mdns_search *search)
{
	const struct fopnp_mdns_multicast *multicast = &search->multicast;
	unsigned first = search->result.origin.interface;

	for (int is_first = 1; is_first >= 0; is_first--)
		for (size_t i = 0; i < multicast->interface_count; i++)
			if ((multicast->interfaces[i].index == first) == is_first)
				fopnp_detail_add(detail, "if", multicast->interfaces[i].name);
}

static void tell_avahi(struct fopnp_detail *detail, const struct fopnp_mdns_search *search)
{
	const char *told = "";

	for (unsigned i = 0; i < FOPNP_MDNS_TYPES; i++) {
		const char *failure = search->avahi[i].failure;

		if (failure[0] && strcmp(failure, told) != 0)
			fopnp_detail_add(detail, "avahi", failure);
		told = failure;
	}
}

static void tell(struct fopnp_detail *detail, const struct fopnp_mdns_search *search)
{
	static const char *const ways[] = {
		[FOPNP_MDNS_VIA_AVAHI] = "avahi", [FOPNP_MDNS_VIA_MULTICAST] = "multicast"
	};
	const struct fopnp_mdns_origin *origin = &search->result.origin;
	char text[FOPNP_ADDRESS_TEXT];

	if (!detail)
		return;
	if (!fopnp_mdns_result_is_empty(&search->result))
		fopnp_detail_add(detail, "via", ways[origin->via]);
	if (origin->responder.family != AF_UNSPEC)
		fopnp_detail_add(detail, "from",
				 fopnp_address_print(origin->responder.family,
						     origin->responder.bytes,
						     origin->responder.scope, text));
	tell_avahi(detail, search);
	if (search->multicast.asked > 0) {
		tell_interfaces(detail, search);
		fopnp_detail_add_number(detail, "asked", search->multicast.asked);
		fopnp_detail_add_number(detail, "heard", search->multicast.heard);
		fopnp_detail_add_number(detail, "ignored", search->multicast.ignored);
	}
}

/* ---- the answer ---- */

static enum nss_status answer(struct fopnp_ask *ask, struct fopnp_mdns_result *result)
{
	struct fopnp_answer answer = { .name = ask->name, .ttl = result->ttl };
	struct fopnp_answer_address asked = { .family = ask->family };

	if (fopnp_ask_kind(ask) == FOPNP_ASK_ADDRESS) {
		memcpy(asked.bytes, ask->address, ask->family == AF_INET ? 4 : 16);
		answer.name = result->target;
		answer.addresses = &asked;
		answer.address_count = 1;
	} else {
		fopnp_mdns_result_arrange(result, fopnp_ask_kind(ask) == FOPNP_ASK_BOTH_FAMILIES);
		answer.addresses = result->addresses;
		answer.address_count = result->address_count;
	}
	return fopnp_ask_answer(ask, &answer);
}

/* By avahi, or by an NSEC record for each type. */
static bool is_denied(const struct fopnp_mdns_search *search)
{
	return search->avahi[0].has_denied || search->avahi[1].has_denied ||
	       search->result.settled == fopnp_mdns_all_types(&search->question);
}

/* Silence says nothing of a name where not all could be asked.  A shortage passes. */
static enum nss_status fail(struct fopnp_ask *ask, int error)
{
	if (fopnp_mdns_is_shortage(error))
		return fopnp_ask_fail(ask, NSS_STATUS_TRYAGAIN, error, NETDB_INTERNAL);
	return fopnp_ask_fail(ask, NSS_STATUS_UNAVAIL, error ? error : ETIMEDOUT, NO_RECOVERY);
}

static enum nss_status conclude(struct fopnp_ask *ask, struct fopnp_mdns_search *search)
{
	struct fopnp_mdns_result *result = &search->result;
	bool is_asked = search->multicast.asked > 0;

	tell(ask->detail, search);
	if (!fopnp_mdns_result_is_empty(result))
		return answer(ask, result);
	if (!is_denied(search) && (!is_asked || search->error)) {
		if (!is_asked)
			fopnp_detail_add(ask->detail, "skipped",
					 search->error ? "no-socket" : "no-interface");
		return fail(ask, search->error);
	}
	return fopnp_ask_fail(ask, NSS_STATUS_NOTFOUND, ETIMEDOUT,
			      result->denied ? NO_DATA : HOST_NOT_FOUND);
}

enum nss_status fopnp_mdns_ask(struct fopnp_ask *ask)
{
	const struct fopnp_conf_option *timeout =
		fopnp_ask_option(ask, FOPNP_OPTION_MDNS_TIMEOUT, 0);
	struct fopnp_mdns_question question;
	struct fopnp_mdns_search *search;
	enum nss_status status;

	if (!fopnp_mdns_question_of(ask, &question)) {
		fopnp_detail_add(ask->detail, "skipped", "not-local");
		return fopnp_ask_fail(ask, NSS_STATUS_UNAVAIL, EINVAL, NO_RECOVERY);
	}
	if (fopnp_ask_kind(ask) == FOPNP_ASK_BOTH_FAMILIES && ask->buflen < TUPLES_SIZE_MAX)
		return fopnp_ask_too_small(ask);
	search = malloc(sizeof(*search));
	if (!search)
		return fopnp_ask_no_memory(ask);
	search->question = question;
	fopnp_mdns_search_run(search, FOPNP_MDNS_AVAHI_SOCKET,
			      timeout ? timeout->number : FOPNP_MDNS_TIMEOUT_US);
	status = conclude(ask, search);
	free(search);
	return status;
}
