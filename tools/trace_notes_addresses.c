/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on the addresses: which family was asked for, which can be reached, their order. */
#include "tools/trace_notes.h"

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/status.h"
#include "tools/memory.h"
#include "tools/source_kind.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define GAI_CONF        "/etc/gai.conf"
#define SHOWN_ADDRESSES 3

static const char *family_words(int family)
{
	return family == AF_INET ? "IPv4" : "IPv6";
}

static int other_family(int family)
{
	return family == AF_INET ? AF_INET6 : AF_INET;
}

/* ---- the families ---- */

static void note_addrconfig(struct fopnp_trace *trace)
{
	bool is_answered = fopnp_trace_is_answered(trace);
	struct fopnp_finding *added;
	const char *left_out;

	if (trace->asked_family != AF_INET && trace->asked_family != AF_INET6)
		return;
	left_out = family_words(other_family(trace->asked_family));
	added = fopnp_findings_add(&trace->notes, "addrconfig-narrows",
				   is_answered ? FOPNP_INFO : FOPNP_WARNING,
				   "AI_ADDRCONFIG: this host has no %s address but loopback, so "
				   "only %s was asked for",
				   left_out, family_words(trace->asked_family));
	if (!is_answered)
		fopnp_finding_set_fix(added,
				      "fopnp trace --flags=none shows whether the name has "
				      "%s addresses",
				      left_out);
}

/* Nothing is hidden then: most names of /etc/hosts have one family, and no other source. */
static bool is_unknown(int code)
{
	return code == EAI_NONAME || code == EAI_NODATA || code == EAI_ADDRFAMILY;
}

/* IPv4 addresses in the guise of IPv6, or what the same source keeps: nothing is hidden then. */
static bool is_no_news(const struct fopnp_trace *trace, const struct fopnp_side_call *other)
{
	const struct fopnp_call_result *result = other->result;

	if (other->answered_by && fopnp_trace_is_answered_by(trace, other->answered_by))
		return true;
	for (size_t i = 0; i < result->address_count; i++) {
		struct in6_addr address;

		memcpy(&address, result->addresses[i].bytes, sizeof(address));
		if (result->addresses[i].family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&address))
			return false;
	}
	return result->address_count > 0;
}

/* The lines of /etc/hosts hide whatever DNS has for the other family. */
static void note_families(struct fopnp_trace *trace)
{
	const struct fopnp_side_call *other = &trace->other_family;
	const char *family = family_words(other->request.family);
	int letter = other->request.family == AF_INET ? 4 : 6;
	const char *code = other->result ? fopnp_eai_name(other->result->code) : NULL;
	FOPNP_AUTO_FREE char *addresses = NULL;

	if (!other->result || other->result->end != FOPNP_CALL_RETURNED)
		return;
	if (other->result->code == 0 && is_no_news(trace, other))
		return;
	if (other->result->code == 0) {
		addresses =
			fopnp_trace_answer_words(&other->request, other->result, SHOWN_ADDRESSES);
		fopnp_findings_add(&trace->notes, "families-differ", FOPNP_INFO,
				   "%s alone (-%d) would be answered by %s: %s", family, letter,
				   other->answered_by ? other->answered_by : "another source",
				   addresses);
	} else if (trace->answered_by && fopnp_source_is_hosts(trace->answered_by) &&
		   !is_unknown(other->result->code)) {
		fopnp_findings_add(&trace->notes, "families-differ", FOPNP_INFO,
				   "%s alone (-%d) fails for now (%s): %s has only %s lines for "
				   "it",
				   family, letter, code ? code : "unknown code", trace->answered_by,
				   family_words(other_family(other->request.family)));
	}
}

/* ---- their order ---- */

/* Put ADDED behind *text, which it replaces. */
static void append_address(char **text, const struct fopnp_request_address *address)
{
	char shown[FOPNP_ADDRESS_TEXT];
	char *whole = fopnp_memory_format("%s%s%s", *text, **text ? ", " : "",
					  fopnp_request_print_address(address, shown));

	free(*text);
	*text = whole;
}

static void note_unreachable(struct fopnp_trace *trace)
{
	const struct fopnp_address_order *order = &trace->address_order;
	FOPNP_AUTO_FREE char *addresses = fopnp_memory_copy_text("");
	char first[FOPNP_ADDRESS_TEXT];
	size_t count = 0;

	for (size_t i = 0; i < order->count; i++)
		if (!order->list[i].has_source && count++ < SHOWN_ADDRESSES)
			append_address(&addresses, &order->list[i].address);
	if (count == 0)
		return;
	if (count == order->count)
		fopnp_finding_set_fix(
			fopnp_findings_add(&trace->notes, "address-unreachable", FOPNP_WARNING,
					   "this host has no route to any of these addresses"),
			"ip route get %s says why",
			fopnp_request_print_address(&order->list[0].address, first));
	else if (count > SHOWN_ADDRESSES)
		fopnp_findings_add(&trace->notes, "address-unreachable", FOPNP_INFO,
				   "this host has no route to %s and %zu more: they come last",
				   addresses, count - SHOWN_ADDRESSES);
	else
		fopnp_findings_add(&trace->notes, "address-unreachable", FOPNP_INFO,
				   "this host has no route to %s: %s last", addresses,
				   count == 1 ? "it comes" : "they come");
}

static void note_order(struct fopnp_trace *trace)
{
	if (trace->address_order.gai_conf_line)
		fopnp_finding_set_place(
			fopnp_findings_add(&trace->notes, "gai-conf-in-force", FOPNP_INFO,
					   "a line of /etc/gai.conf decided the order of the "
					   "addresses"),
			GAI_CONF, trace->address_order.gai_conf_line);
	if (trace->is_order_unexplained)
		fopnp_findings_add(&trace->notes, "order-unexplained", FOPNP_INFO,
				   "the rules give another order of these addresses than the call "
				   "did: why is not known");
}

void fopnp_trace_note_addresses(struct fopnp_trace *trace)
{
	note_addrconfig(trace);
	note_families(trace);
	note_unreachable(trace);
	note_order(trace);
}
