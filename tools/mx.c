/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules by which a mailer finds its hosts. */
#include "tools/mx.h"

#include "tools/clock.h"
#include "tools/dns_idn.h"
#include "tools/dns_name.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/mx_hosts.h"

#include <arpa/nameser.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

static const char *const OUTCOMES[] = {
	[FOPNP_MX_DELIVER] = "deliver",
	[FOPNP_MX_NO_MAIL] = "no-mail",
	[FOPNP_MX_RETURN] = "return",
	[FOPNP_MX_QUEUE] = "queue",
};

const char *fopnp_mx_outcome_word(enum fopnp_mx_outcome outcome)
{
	return OUTCOMES[outcome];
}

static void __attribute__((format(printf, 2, 3)))
apply_rule(struct fopnp_mx *mx, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	mx->rules = fopnp_memory_resize(mx->rules, mx->rule_count + 1, sizeof(*mx->rules));
	mx->rules[mx->rule_count++] = fopnp_memory_format_list(format, arguments);
	va_end(arguments);
}

static void finish(struct fopnp_mx *mx, enum fopnp_mx_outcome outcome, char *reason)
{
	free(mx->reason);
	mx->outcome = outcome;
	mx->reason = reason;
}

/* ---- what may be wrong with the records ---- */

/* An address where a host name belongs, with its final dot. */
static bool is_address(const char *name)
{
	struct fopnp_request_address address;
	size_t len = strlen(name);
	FOPNP_AUTO_FREE char *text =
		fopnp_memory_copy(name, len > 0 && name[len - 1] == '.' ? len - 1 : len);

	return fopnp_request_parse_address(text, &address);
}

static bool is_null_target(const char *name)
{
	return strcmp(name, ".") == 0;
}

static bool is_loopback(const struct fopnp_request_address *address)
{
	static const uint8_t own[16] = { [15] = 1 };
	static const uint8_t none[16];

	if (address->family == AF_INET)
		return address->bytes[0] == 127 || address->bytes[0] == 0;
	return memcmp(address->bytes, own, 16) == 0 || memcmp(address->bytes, none, 16) == 0;
}

/* RFC 1918, RFC 4193, link-local ones. */
static bool is_private(const struct fopnp_request_address *address)
{
	const uint8_t *bytes = address->bytes;

	if (address->family == AF_INET)
		return bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) ||
		       (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 169 && bytes[1] == 254);
	return (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
}

/* The first of its addresses that is so; NULL: none. */
static const struct fopnp_request_address *find_address(
	const struct fopnp_mx_host *host,
	bool (*is_so)(const struct fopnp_request_address *address))
{
	for (size_t i = 0; i < host->address_count; i++)
		if (is_so(&host->addresses[i].address))
			return &host->addresses[i].address;
	return NULL;
}

static bool is_ipv4(const struct fopnp_request_address *address)
{
	return address->family == AF_INET;
}

static void note_addresses(struct fopnp_mx *mx, const struct fopnp_mx_host *host)
{
	const struct fopnp_request_address *loopback = find_address(host, is_loopback);
	const struct fopnp_request_address *private = find_address(host, is_private);
	char text[FOPNP_ADDRESS_TEXT];

	if (loopback)
		fopnp_finding_set_fix(
			fopnp_findings_add(&mx->notes, "mx-loopback", FOPNP_WARNING,
					   "%s has the address %s: every mailer would connect to "
					   "itself",
					   host->name, fopnp_request_print_address(loopback, text)),
			"a domain that takes no mail should have a null MX (\"MX 0 .\", RFC 7505)");
	if (private)
		(void)fopnp_findings_add(
			&mx->notes, "mx-private-address", FOPNP_WARNING,
			"%s has the address %s, which is reached in its own network "
			"alone",
			host->name, fopnp_request_print_address(private, text));
	if (host->address_count > 0 && !find_address(host, is_ipv4))
		(void)fopnp_findings_add(&mx->notes, "mx-ipv6-only", FOPNP_WARNING,
					 "%s has IPv6 addresses alone: mailers without IPv6 cannot "
					 "reach it",
					 host->name);
}

static void note_alias(struct fopnp_mx *mx, const struct fopnp_mx_host *host)
{
	struct fopnp_finding *finding = fopnp_findings_add(
		&mx->notes, "mx-alias", FOPNP_WARNING,
		"the MX record points to %s, which is an alias of %s: RFC 2181 10.3 forbids it, and some "
		"mailers refuse it",
		host->name, host->alias);

	if (host->address_count > 0)
		fopnp_finding_set_fix(finding, "let the MX record point to %s", host->alias);
}

static void note_host(struct fopnp_mx *mx, const struct fopnp_mx_host *host)
{
	if (host->alias && !mx->is_implicit)
		note_alias(mx, host);
	if (host->problem && host->is_temporary)
		(void)fopnp_findings_add(&mx->notes, "mx-temporary", FOPNP_WARNING,
					 "the addresses of %s are not known for now: %s",
					 host->name, host->problem);
	else if (host->problem && !mx->is_implicit && !is_address(host->name))
		(void)fopnp_findings_add(&mx->notes, "mx-dangling", FOPNP_WARNING,
					 "%s cannot take mail: %s", host->name, host->problem);
	note_addresses(mx, host);
}

/* ---- the records ---- */

static void note_literal(struct fopnp_mx *mx, struct fopnp_mx_host *host)
{
	fopnp_mx_host_set_problem(host, false,
				  fopnp_memory_copy_text("an address where a host name belongs"));
	fopnp_finding_set_fix(fopnp_findings_add(&mx->notes, "mx-address", FOPNP_WARNING,
						 "the MX record points to the address %s: it has "
						 "to name a host (RFC 5321 5.1, RFC 1035 3.3.9)",
						 host->name),
			      "give the address a name, and let the MX record point to that");
}

static void take_records(struct fopnp_mx *mx, const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_response *response = &lookup->exchange.response;
	size_t nulls = 0, left_out = 0;

	for (size_t i = 0; i < response->record_count; i++) {
		const struct fopnp_dns_response_record *record = &response->records[i];
		struct fopnp_mx_host *host;

		if (!fopnp_dns_lookup_is_wanted(lookup, record) || !record->target)
			continue;
		if (is_null_target(record->target)) {
			nulls++;
			if (record->preference != 0)
				fopnp_finding_set_fix(
					fopnp_findings_add(&mx->notes, "mx-null-preference",
							   FOPNP_WARNING,
							   "the null MX has the preference %u "
							   "where RFC 7505 wants 0",
							   record->preference),
					"write it as \"MX 0 .\"");
			continue;
		}
		host = fopnp_mx_host_add(mx, record->target, record->preference);
		if (!host) {
			left_out++;
			continue;
		}
		host->ttl = record->ttl;
		if (is_address(host->name))
			note_literal(mx, host);
	}
	if (left_out > 0)
		(void)fopnp_findings_add(&mx->notes, "mx-too-many", FOPNP_WARNING,
					 "%zu more hosts are left out here", left_out);
	if (nulls > 0 && mx->host_count > 0)
		fopnp_finding_set_fix(
			fopnp_findings_add(&mx->notes, "mx-null-among-others", FOPNP_WARNING,
					   "a null MX (\".\") stands among others: RFC 7505 has it "
					   "alone; it is passed over"),
			"remove the null MX, or all others");
}

static void apply_null(struct fopnp_mx *mx)
{
	apply_rule(mx, "the only MX record points to \".\": a null MX (RFC 7505)");
	finish(mx, FOPNP_MX_NO_MAIL,
	       fopnp_memory_format("%s takes no mail, and says so: a mailer returns the message at "
				   "once",
				   mx->domain));
}

/* ---- the outcome ---- */

static void judge(struct fopnp_mx *mx)
{
	const struct fopnp_mx_host *first = NULL;
	size_t temporary = 0;

	for (size_t i = 0; i < mx->host_count; i++) {
		const struct fopnp_mx_host *host = &mx->hosts[i];

		note_host(mx, host);
		if (!first && host->address_count > 0)
			first = host;
		temporary += host->problem && host->is_temporary;
	}
	if (first)
		finish(mx, FOPNP_MX_DELIVER,
		       fopnp_memory_format("mail for %s goes to %s%s", mx->domain, first->name,
					   mx->host_count > 1 ? " first" : ""));
	else if (temporary > 0)
		finish(mx, FOPNP_MX_QUEUE,
		       fopnp_memory_format("no address is known for now: a mailer queues the "
					   "message and tries again"));
	else
		finish(mx, FOPNP_MX_RETURN,
		       fopnp_memory_format("no host of %s has an address: a mailer returns the "
					   "message",
					   mx->domain));
}

/* ---- the domain ---- */

static void apply_alias(struct fopnp_mx *mx, const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_exchange *exchange = &lookup->exchange;
	const char *target = exchange->end == FOPNP_DNS_REPLIED
				     ? fopnp_dns_response_follow(&exchange->response, mx->domain)
				     : NULL;

	if (!target || fopnp_dns_name_equal(target, mx->domain))
		return;
	apply_rule(mx,
		   "%s is an alias: mail is handled as if for %s, whose records count "
		   "(RFC 5321 5.1)",
		   mx->domain, target);
}

/* RFC 5321: no MX record: the domain itself is its only host, with preference 0. */
static void apply_implicit(struct fopnp_mx *mx)
{
	struct fopnp_mx_host *host = fopnp_mx_host_add(mx, mx->domain, 0);

	mx->is_implicit = true;
	apply_rule(mx, "there is no MX record: the domain itself is its host, of preference 0 "
		       "(RFC 5321 5.1, implicit MX)");
	fopnp_mx_hosts_find_addresses(mx);
	judge(mx);
	if (mx->outcome != FOPNP_MX_RETURN)
		return;
	finish(mx, FOPNP_MX_RETURN,
	       fopnp_memory_format("%s has neither MX records nor addresses: a mailer returns the "
				   "message",
				   host->name));
}

static void apply_records(struct fopnp_mx *mx, const struct fopnp_dns_lookup *lookup)
{
	take_records(mx, lookup);
	if (mx->host_count == 0) {
		apply_null(mx);
		return;
	}
	apply_rule(mx, "there are MX records: they alone count, not addresses of the domain itself "
		       "(RFC 5321 5.1)");
	if (fopnp_mx_hosts_sort(mx))
		apply_rule(mx,
			   "hosts of equal preference are tried in random order (RFC 5321 5.1); "
			   "--seed %llu gives this one",
			   (unsigned long long)mx->options->seed);
	fopnp_mx_hosts_find_addresses(mx);
	judge(mx);
}

static void apply_outcome(struct fopnp_mx *mx, const struct fopnp_dns_lookup *lookup)
{
	FOPNP_AUTO_FREE char *trouble = NULL;

	apply_alias(mx, lookup);
	switch (fopnp_dns_lookup_outcome(lookup)) {
	case FOPNP_DNS_FOUND:
		apply_records(mx, lookup);
		break;
	case FOPNP_DNS_NODATA:
		apply_implicit(mx);
		break;
	case FOPNP_DNS_NXDOMAIN:
		finish(mx, FOPNP_MX_RETURN,
		       fopnp_memory_format("there is no domain %s: a mailer returns the message",
					   mx->domain));
		break;
	case FOPNP_DNS_LOOP:
		finish(mx, FOPNP_MX_RETURN,
		       fopnp_memory_format("the aliases of %s lead in a circle: a mailer returns "
					   "the message",
					   mx->domain));
		break;
	case FOPNP_DNS_REFERRAL:
	case FOPNP_DNS_ERROR:
	case FOPNP_DNS_SILENCE:
		trouble = fopnp_mx_trouble_words(lookup);
		apply_rule(mx,
			   "no answer is not \"no such domain\": the message must not be returned "
			   "(RFC 5321 5.1)");
		finish(mx, FOPNP_MX_QUEUE,
		       fopnp_memory_format("nothing is known for now (%s): a mailer queues the "
					   "message and tries again",
					   trouble));
		break;
	}
}

/* ---- what was given ---- */

/* "[192.0.2.1]", "[IPv6:2001:db8::1]": RFC 5321 section 4.1.3. */
static bool parse_literal(const char *domain, struct fopnp_request_address *address)
{
	size_t len = strlen(domain);
	FOPNP_AUTO_FREE char *text = NULL;
	bool is_ipv6;

	if (len < 3 || domain[0] != '[' || domain[len - 1] != ']')
		return false;
	is_ipv6 = strncasecmp(domain + 1, "IPv6:", 5) == 0;
	text = fopnp_memory_copy(domain + 1 + (is_ipv6 ? 5 : 0), len - 2 - (is_ipv6 ? 5 : 0));
	return !strchr(text, '%') && fopnp_request_parse_address(text, address) &&
	       is_ipv6 == (address->family == AF_INET6);
}

static void apply_literal(struct fopnp_mx *mx, const struct fopnp_request_address *address)
{
	struct fopnp_mx_host *host = fopnp_mx_host_add(mx, mx->domain, 0);

	host->outcome = FOPNP_DNS_FOUND;
	host->addresses = fopnp_memory_zeroed(1, sizeof(*host->addresses));
	host->address_count = 1;
	host->addresses[0].address = *address;
	host->addresses[0].address.port = FOPNP_MX_PORT;
	apply_rule(mx, "an address literal: no record is looked up (RFC 5321 4.1.3)");
	judge(mx);
}

static bool set_domain(struct fopnp_mx *mx, const char *domain)
{
	uint8_t query[FOPNP_DNS_QUERY_SIZE];
	struct fopnp_idn_name name;
	bool is_fine;

	fopnp_idn_to_ascii(domain, &name);
	is_fine = name.ascii && *name.ascii && domain[0] != '[' && !is_null_target(name.ascii) &&
		  !is_address(name.ascii) &&
		  fopnp_dns_write_query(query, 0, 0, name.ascii, ns_t_mx, ns_c_in, 0) > 0;
	if (is_fine) {
		size_t len = strlen(name.ascii);

		mx->domain = fopnp_memory_format("%s%s", name.ascii,
						 name.ascii[len - 1] == '.' ? "" : ".");
		if (name.idna2003)
			(void)fopnp_findings_add(&mx->notes, "idna2003-differs", FOPNP_WARNING,
						 "software of IDNA 2003 takes %s for %s: mail may "
						 "go to another domain",
						 domain, name.idna2003);
	} else {
		fopnp_message_error("name-invalid", "a domain, user@domain, or user@[192.0.2.1]",
				    "\"%s\" is no mail domain%s%s", domain, name.error ? ": " : "",
				    name.error ? name.error : "");
	}
	fopnp_idn_clear(&name);
	return is_fine;
}

bool fopnp_mx_find(struct fopnp_mx *mx, const struct fopnp_mx_options *options, const char *given)
{
	const char *at = strrchr(given, '@'), *domain = at ? at + 1 : given;
	uint64_t start_us = fopnp_clock_now_us();
	struct fopnp_request_address address;
	struct fopnp_mx_jobs jobs = { .count = 0 };

	*mx = (struct fopnp_mx){ .options = options, .given = given };
	if (parse_literal(domain, &address)) {
		mx->domain = fopnp_memory_copy_text(domain);
		apply_literal(mx, &address);
	} else if (set_domain(mx, domain)) {
		const char *name = mx->domain;

		fopnp_mx_ask(mx, &name, 1, ns_t_mx, 0, &jobs);
		apply_outcome(mx, &jobs.list[0]->lookups[0]);
		fopnp_mx_jobs_clear(&jobs);
	}
	mx->elapsed_us = fopnp_clock_now_us() - start_us;
	return mx->domain != NULL;
}

static void clear_host(struct fopnp_mx_host *host)
{
	for (size_t i = 0; i < host->address_count; i++)
		free(host->addresses[i].greeting);
	free(host->addresses);
	free(host->name);
	free(host->alias);
	free(host->problem);
}

void fopnp_mx_clear(struct fopnp_mx *mx)
{
	for (size_t i = 0; i < mx->host_count; i++)
		clear_host(&mx->hosts[i]);
	for (size_t i = 0; i < mx->rule_count; i++)
		free(mx->rules[i]);
	free(mx->hosts);
	free(mx->rules);
	free(mx->domain);
	free(mx->reason);
	fopnp_findings_clear(&mx->notes);
}
