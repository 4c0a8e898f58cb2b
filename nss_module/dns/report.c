/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telling of a lookup, see report.h. */
#include "nss_module/dns/report.h"

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/dns_packet.h"

#include <arpa/nameser.h>
#include <stdio.h>
#include <string.h>

#define SERVER_TEXT  (FOPNP_ADDRESS_TEXT + 10)
#define CHAIN_MAX    16
#define EDE_TEXT     160 /* of an extended error's text */
#define EDE_OPTION   15  /* RFC 8914 section 2 */
#define QUERIES_WORD 32  /* room for "queries=N" */

static const char *print_server(const struct fopnp_dns_settings *settings, size_t index,
				char text[static SERVER_TEXT])
{
	const union fopnp_dns_address *server = &settings->servers[index];
	bool is_inet6 = server->any.sa_family == AF_INET6;
	unsigned port = ntohs(is_inet6 ? server->inet6.sin6_port : server->inet.sin_port);
	char address[FOPNP_ADDRESS_TEXT];

	if (is_inet6)
		fopnp_address_print(AF_INET6, &server->inet6.sin6_addr, server->inet6.sin6_scope_id,
				    address);
	else
		fopnp_address_print(AF_INET, &server->inet.sin_addr, 0, address);
	if (port == NS_DEFAULTPORT)
		(void)snprintf(text, SERVER_TEXT, "%s", address);
	else
		(void)snprintf(text, SERVER_TEXT, is_inet6 ? "[%s]:%u" : "%s:%u", address, port);
	return text;
}

/* ---- the reply ---- */

static bool has_answers(const struct fopnp_dns_reply *reply)
{
	struct fopnp_dns_reader reader;

	return fopnp_dns_reader_start(&reader, reply->packet, reply->len) &&
	       reader.header.counts[1] > 0;
}

/* The one that was taken: with records, else usable, else any. */
static const struct fopnp_dns_reply *find_reply(const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_reply *found = NULL;
	bool is_usable = false;

	for (size_t i = 0; i < lookup->type_count; i++) {
		const struct fopnp_dns_reply *reply = &lookup->replies[i];

		if (!reply->packet)
			continue;
		if (lookup->is_usable[i] && has_answers(reply))
			return reply;
		if (!found || (lookup->is_usable[i] && !is_usable)) {
			found = reply;
			is_usable = lookup->is_usable[i];
		}
	}
	return found;
}

static void add_chain(struct fopnp_detail *detail, struct fopnp_dns_reader reader)
{
	char name[FOPNP_DNS_NAME_SIZE];
	struct fopnp_dns_record record;
	unsigned count = 0;

	for (unsigned i = 0; i < reader.header.counts[1] && count < CHAIN_MAX; i++) {
		if (!fopnp_dns_reader_record(&reader, &record))
			return;
		if (record.type != ns_t_cname ||
		    fopnp_dns_reader_name(&reader, record.data, name) < 0)
			continue;
		fopnp_detail_add(detail, "chain", name);
		count++;
	}
}

/* CODE:TEXT of one option; a text may hold anything, NULs too. */
static void add_extended_error(struct fopnp_detail *detail, const uint8_t *data, size_t len)
{
	char text[EDE_TEXT + 8];
	int used;

	if (len < 2)
		return;
	used = snprintf(text, sizeof(text), "%u:", (unsigned)data[0] << 8 | data[1]);
	len = len - 2 < EDE_TEXT ? len - 2 : EDE_TEXT;
	for (size_t i = 0; i < len; i++)
		text[(size_t)used + i] = data[2 + i] ? (char)data[2 + i] : ' ';
	text[(size_t)used + len] = '\0';
	fopnp_detail_add(detail, "ede", text);
}

/* RFC 6891 section 6.1.2: options in an OPT record's data. */
static void add_options(struct fopnp_detail *detail, const struct fopnp_dns_record *opt)
{
	const uint8_t *at = opt->data, *end = opt->data + opt->data_len;

	while (end - at >= 4) {
		unsigned code = (unsigned)at[0] << 8 | at[1];
		size_t len = (size_t)at[2] << 8 | at[3];

		at += 4;
		if (len > (size_t)(end - at))
			return;
		if (code == EDE_OPTION)
			add_extended_error(detail, at, len);
		at += len;
	}
}

static void add_extended_errors(struct fopnp_detail *detail, struct fopnp_dns_reader reader)
{
	struct fopnp_dns_record record;

	while (fopnp_dns_reader_record(&reader, &record))
		if (record.section == 3 && record.type == ns_t_opt) {
			add_options(detail, &record);
			return;
		}
}

static void add_reply(struct fopnp_detail *detail, const struct fopnp_dns_lookup *lookup,
		      const struct fopnp_dns_reply *reply)
{
	char server[SERVER_TEXT], rcode[FOPNP_DNS_WORD_SIZE];
	struct fopnp_dns_reader reader;

	fopnp_detail_add(detail, "server", print_server(&lookup->settings, reply->server, server));
	fopnp_detail_add(detail, "transport", reply->is_tcp ? "tcp" : "udp");
	if (fopnp_dns_reader_start(&reader, reply->packet, reply->len)) {
		fopnp_detail_add(
			detail, "rcode",
			fopnp_dns_rcode_word(reader.header.flags & FOPNP_DNS_FLAG_RCODE, rcode));
		fopnp_detail_add_number(detail, "rtt", reply->rtt_us);
		add_chain(detail, reader);
		if (reader.header.flags & FOPNP_DNS_FLAG_AD)
			fopnp_detail_add_number(detail, "ad", 1);
		add_extended_errors(detail, reader);
	}
}

/* ---- the queries ---- */

static void add_sent(struct fopnp_detail *detail, const struct fopnp_dns_lookup *lookup)
{
	char server[SERVER_TEXT], text[SERVER_TEXT + 12];

	for (size_t i = 0; i < lookup->settings.server_count; i++) {
		if (lookup->log.sent[i] == 0)
			continue;
		(void)snprintf(text, sizeof(text), "%s,%u",
			       print_server(&lookup->settings, i, server), lookup->log.sent[i]);
		fopnp_detail_add(detail, "sent", text);
	}
}

static const char *end_word(const struct fopnp_dns_sent *sent,
			    char text[static FOPNP_DNS_WORD_SIZE])
{
	switch ((enum fopnp_dns_end)sent->end) {
	case FOPNP_DNS_PENDING:
		return "pending";
	case FOPNP_DNS_REPLIED:
		return fopnp_dns_rcode_word(sent->rcode, text);
	case FOPNP_DNS_TIMED_OUT:
		return "timeout";
	case FOPNP_DNS_REFUSED:
		return "refused";
	case FOPNP_DNS_UNREACHABLE:
	case FOPNP_DNS_NO_SOCKET:
		return "unreachable";
	case FOPNP_DNS_GARBAGE:
		return "garbage";
	}
	return "?";
}

static const char *transport_word(const struct fopnp_dns_sent *sent)
{
	if (sent->was_truncated)
		return "udp+tcp";
	return sent->is_tcp ? "tcp" : "udp";
}

static bool find_name(const struct fopnp_dns_lookup *lookup, const struct fopnp_dns_sent *sent,
		      char name[static FOPNP_DNS_NAME_SIZE])
{
	size_t domain = sent->name == FOPNP_DNS_NAME_AS_IS ? FOPNP_DNS_AS_IS : sent->name;
	size_t len;

	if (!fopnp_dns_search_name(&lookup->settings, lookup->name, domain, name))
		return false;
	/* As on the wire: without the dot at the end. */
	len = strlen(name);
	if (len > 1 && name[len - 1] == '.')
		name[len - 1] = '\0';
	return true;
}

/* False if there is no room left for it. */
static bool add_query(struct fopnp_detail *detail, const struct fopnp_dns_lookup *lookup,
		      const struct fopnp_dns_sent *sent)
{
	char name[FOPNP_DNS_NAME_SIZE], text[FOPNP_DNS_NAME_SIZE + 192];
	char server[SERVER_TEXT], end[FOPNP_DNS_WORD_SIZE], type[FOPNP_DNS_WORD_SIZE];
	int len;

	if (!find_name(lookup, sent, name))
		return false;
	len = snprintf(text, sizeof(text), "%u,%s,%s,%s,%s,%u,%u,%s", sent->at_us,
		       print_server(&lookup->settings, sent->server, server), transport_word(sent),
		       fopnp_dns_type_word(sent->type, type), end_word(sent, end), sent->took_us,
		       (unsigned)sent->answers, name);
	if (strlen(detail->line) + (size_t)len + QUERIES_WORD > detail->size)
		return false;
	fopnp_detail_add(detail, "query", text);
	return true;
}

static void add_queries(struct fopnp_detail *detail, const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_log *log = &lookup->log;
	size_t i = 0;

	while (i < log->count && i < FOPNP_DNS_LOG && add_query(detail, lookup, &log->queries[i]))
		i++;
	if (i < log->count)
		fopnp_detail_add_number(detail, "queries", (int64_t)(log->count - i));
}

void fopnp_dns_report(const struct fopnp_dns_lookup *lookup)
{
	struct fopnp_detail *detail = lookup->ask->detail;
	const struct fopnp_dns_reply *reply = find_reply(lookup);

	if (!detail)
		return;
	if (reply)
		add_reply(detail, lookup, reply);
	add_sent(detail, lookup);
	add_queries(detail, lookup);
}
