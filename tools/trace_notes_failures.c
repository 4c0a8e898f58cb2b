/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on replies that say that the server failed: for a name, or for one family of it. */
#include "tools/trace_exchanges.h"

#include "tools/host_name.h"
#include "tools/trace.h"
#include "tools/trace_facts.h"

#include <arpa/nameser.h>
#include <gnu/libc-version.h>
#include <nss.h>
#include <resolv.h>

/* ---- a server could or would not say ---- */

/* "SERVFAIL", or what else glibc takes for no answer. */
static const char *failure_words(const struct fopnp_wire_exchange *failed,
				 char text[static FOPNP_DNS_WORD_TEXT])
{
	if (failed->reply->message.is_referral)
		return "to ask others";
	return fopnp_dns_rcode_name(failed->reply->message.rcode, text);
}

static bool is_of_stub(const struct fopnp_exchanges *exchanges,
		       const struct fopnp_wire_exchange *failed)
{
	const struct fopnp_resolver_config *resolver = &exchanges->trace->resolver;

	return failed->server < resolver->server_count &&
	       fopnp_server_is_stub(&resolver->servers[failed->server]);
}

static const char *fix_of_failure(const struct fopnp_exchanges *exchanges,
				  const struct fopnp_wire_exchange *failed)
{
	const struct fopnp_dns_message *reply = &failed->reply->message;
	unsigned long flags = exchanges->trace->resolver.flags;

	if (reply->is_referral)
		return "it asks no other server for this host: write one that does into "
		       "/etc/resolv.conf";
	switch (reply->rcode) {
	case ns_r_servfail:
		return "look into that server's log: it could not find the answer, or not validate "
		       "it (DNSSEC)";
	case ns_r_refused:
		if (is_of_stub(exchanges, failed))
			return "resolvectl query with the name says why systemd-resolved refuses";
		return "allow this host in that server's configuration, or take the server out of "
		       "/etc/resolv.conf";
	case ns_r_formerr:
	case ns_r_notimpl:
		return flags & RES_USE_EDNS0 ? "take edns0 out of the options: the server may not "
					       "know it"
					     : "write another server into /etc/resolv.conf";
	default:
		return "write another server into /etc/resolv.conf";
	}
}

/* Another type of the same name was found: one-family-failed tells of it. */
static bool is_one_family(const struct fopnp_exchanges *exchanges,
			  const struct fopnp_wire_exchange *failed)
{
	for (size_t i = 0; i < exchanges->count; i++)
		if (fopnp_exchange_is_found(&exchanges->list[i]) &&
		    fopnp_name_is_same(fopnp_exchange_name(&exchanges->list[i]),
				       fopnp_exchange_name(failed)) &&
		    fopnp_exchange_type(&exchanges->list[i]) != fopnp_exchange_type(failed))
			return true;
	return false;
}

/* Whether a server's failure was told already: once a rcode is enough. */
static bool is_told(const struct fopnp_exchanges *exchanges, size_t index)
{
	const struct fopnp_wire_exchange *failed = &exchanges->list[index];

	for (size_t i = 0; i < index; i++) {
		const struct fopnp_wire_exchange *other = &exchanges->list[i];

		if (other->server == failed->server && fopnp_exchange_is_failed(other) &&
		    other->reply->message.rcode == failed->reply->message.rcode &&
		    other->reply->message.is_referral == failed->reply->message.is_referral &&
		    !is_one_family(exchanges, other))
			return true;
	}
	return false;
}

/* systemd-resolved itself has told why its stub refuses. */
static bool is_explained(const struct fopnp_exchanges *exchanges,
			 const struct fopnp_wire_exchange *failed)
{
	return failed->reply->message.rcode == ns_r_refused && is_of_stub(exchanges, failed) &&
	       (fopnp_trace_has_no_route(exchanges->trace) ||
		fopnp_trace_has_note(exchanges->trace, "resolved-single-label"));
}

/* Another question about that name, to which that server said the same. */
static const struct fopnp_wire_exchange *find_same_failure(const struct fopnp_exchanges *exchanges,
							   const struct fopnp_wire_exchange *failed)
{
	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *other = &exchanges->list[i];

		if (fopnp_exchange_is_failed(other) && fopnp_exchange_is_sibling(other, failed) &&
		    fopnp_exchange_type(other) != fopnp_exchange_type(failed) &&
		    other->reply->message.rcode == failed->reply->message.rcode &&
		    other->reply->message.is_referral == failed->reply->message.is_referral)
			return other;
	}
	return NULL;
}

static void note_failure(const struct fopnp_exchanges *exchanges,
			 const struct fopnp_wire_exchange *failed)
{
	const struct fopnp_wire_exchange *found = fopnp_exchanges_found(exchanges);
	/* A name of the search list failed, and another one was found. */
	bool is_harmless = found && !fopnp_name_is_same(fopnp_exchange_name(found),
							fopnp_exchange_name(failed));
	const struct fopnp_wire_exchange *same = find_same_failure(exchanges, failed);
	char rcode_text[FOPNP_DNS_WORD_TEXT], type_text[FOPNP_DNS_WORD_TEXT];
	char same_text[FOPNP_DNS_WORD_TEXT];
	struct fopnp_finding *added = fopnp_exchanges_note(
		exchanges, "server-failed", is_harmless ? FOPNP_INFO : FOPNP_WARNING,
		"%s said %s when asked for %s %s%s%s",
		fopnp_exchanges_server(exchanges, failed->server),
		failure_words(failed, rcode_text), fopnp_exchange_name(failed),
		fopnp_exchange_type_name(failed, type_text), same ? " and " : "",
		same ? fopnp_exchange_type_name(same, same_text) : "");

	fopnp_finding_set_fix(added, "%s", fix_of_failure(exchanges, failed));
	fopnp_exchanges_set_place(exchanges, failed->server, added);
}

/* ---- one family answered, the other failed ---- */

static const struct fopnp_wire_exchange *find_failed_sibling(
	const struct fopnp_exchanges *exchanges, const struct fopnp_wire_exchange *found)
{
	const struct fopnp_wire_exchange *failed = NULL;

	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *other = &exchanges->list[i];

		if (fopnp_exchange_type(other) == fopnp_exchange_type(found) ||
		    !fopnp_name_is_same(fopnp_exchange_name(other), fopnp_exchange_name(found)) ||
		    !fopnp_exchange_has_reply(other))
			continue;
		/* Another server knew better. */
		if (!fopnp_exchange_is_failed(other))
			return NULL;
		failed = other;
	}
	return failed;
}

static void note_one_family(const struct fopnp_exchanges *exchanges)
{
	const struct fopnp_wire_exchange *found = fopnp_exchanges_found(exchanges);
	const struct fopnp_wire_exchange *failed = NULL;
	char found_type[FOPNP_DNS_WORD_TEXT], failed_type[FOPNP_DNS_WORD_TEXT];
	char rcode[FOPNP_DNS_WORD_TEXT];
	struct fopnp_finding *added;

	if (found && exchanges->step->has_status && exchanges->step->status == NSS_STATUS_SUCCESS)
		failed = find_failed_sibling(exchanges, found);
	if (!failed)
		return;
	added = fopnp_exchanges_note(
		exchanges, "one-family-failed", FOPNP_WARNING,
		"%s of %s was answered, but for %s %s said %s: glibc %s takes the half that it has",
		fopnp_exchange_type_name(found, found_type), fopnp_exchange_name(found),
		fopnp_exchange_type_name(failed, failed_type),
		fopnp_exchanges_server(exchanges, failed->server), failure_words(failed, rcode),
		gnu_get_libc_version());
	fopnp_finding_set_fix(added,
			      "mend %s at %s: programs that ask for that family alone, or "
			      "with options strict-error (glibc 2.41), get nothing",
			      fopnp_exchange_type_name(failed, failed_type),
			      fopnp_exchanges_server(exchanges, failed->server));
	fopnp_exchanges_set_place(exchanges, failed->server, added);
}

void fopnp_exchanges_note_failures(const struct fopnp_exchanges *exchanges)
{
	for (size_t i = 0; i < exchanges->count; i++)
		if (fopnp_exchange_is_failed(&exchanges->list[i]) &&
		    !is_one_family(exchanges, &exchanges->list[i]) && !is_told(exchanges, i) &&
		    !is_explained(exchanges, &exchanges->list[i]))
			note_failure(exchanges, &exchanges->list[i]);
	note_one_family(exchanges);
}
