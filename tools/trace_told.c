/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evidence and packets from the words of built-in sources. */
#include "tools/trace_told.h"

#include "nss_module/lookup/event.h"
#include "nss_module/lookup/fopnp_conf.h"
#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/server_text.h"
#include "tools/socket_probe.h"
#include "tools/told_wire.h"
#include "tools/trace.h"
#include "tools/trace_exchanges.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"

#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORD_TEXT   32
#define VALUE_TEXT  2048
#define SERVER_TEXT 128
#define TEXT_MOST   200 /* of a line that is shown */
#define SHOWN_MOST  8   /* names of an alias chain, interfaces */

/* ---- options of fopnp.conf ---- */

static const struct fopnp_conf_option *find_option(const struct fopnp_trace *trace,
						   enum fopnp_conf_option_kind kind)
{
	const struct fopnp_conf *conf = trace->conf;

	for (size_t i = 0; conf && i < conf->option_count; i++)
		if (conf->options[i].kind == kind)
			return &conf->options[i];
	return NULL;
}

/* ---- fopnp:dns: the servers and where they are named ---- */

static void set_place_of(struct fopnp_wire *wire, size_t server,
			 const struct sockaddr_storage *address, const char *file, unsigned line)
{
	struct sockaddr_storage told;

	if (fopnp_server_text_parse(wire->servers[server].text, &told) &&
	    fopnp_server_is_same(&told, address))
		fopnp_told_wire_set_place(wire, server, file, line);
}

/* The next word of dns-servers; NULL: no more.  The caller's. */
static char *next_server(const char **words)
{
	size_t len;
	char *word;

	*words += strspn(*words, " \t");
	len = strcspn(*words, " \t");
	if (len == 0)
		return NULL;
	word = fopnp_memory_copy(*words, len);
	*words += len;
	return word;
}

static void set_places_of_conf(const struct fopnp_trace *trace,
			       const struct fopnp_conf_option *option, struct fopnp_wire *wire)
{
	const char *words = option->text;
	struct sockaddr_storage address;
	char *word;

	while ((word = next_server(&words)) != NULL) {
		for (size_t i = 0;
		     i < wire->server_count && fopnp_server_text_parse(word, &address); i++)
			set_place_of(wire, i, &address, trace->conf_path, option->line);
		free(word);
	}
}

static void set_places(const struct fopnp_trace *trace, struct fopnp_wire *wire)
{
	const struct fopnp_conf_option *option = find_option(trace, FOPNP_OPTION_DNS_SERVERS);
	const struct fopnp_resolver_config *resolver = &trace->resolver;

	if (option) {
		set_places_of_conf(trace, option, wire);
		return;
	}
	for (size_t i = 0; i < resolver->server_count; i++)
		for (size_t j = 0; j < wire->server_count && resolver->servers[i].line; j++)
			set_place_of(wire, j, &resolver->servers[i].address, FOPNP_RESOLV_CONF,
				     resolver->servers[i].line);
}

void fopnp_trace_take_told(struct fopnp_trace *trace)
{
	for (size_t i = 0; i < trace->step_count; i++) {
		struct fopnp_step *step = &trace->steps[i];

		if (strcmp(step->source, "fopnp:dns") != 0 || !step->has_status ||
		    step->reason[0] || step->wire)
			continue;
		step->wire = fopnp_told_wire_make(step->words);
		set_places(trace, step->wire);
	}
}

/* ---- fopnp:dns: what came of each server ---- */

struct server_tally {
	size_t queries, replies, refused, unreachable, pending, garbage, silent, truncated;
	const struct fopnp_wire_exchange *reply; /* the last */
	uint64_t cost_us;                        /* of the longest */
};

static struct server_tally tally_server(const struct fopnp_wire *wire, size_t server)
{
	struct server_tally tally = { 0 };

	for (size_t i = 0; i < wire->told_count; i++) {
		const struct fopnp_wire_exchange *told = &wire->told[i];

		if (told->server != server)
			continue;
		tally.queries++;
		tally.replies += told->end == FOPNP_EXCHANGE_ANSWERED;
		tally.refused += told->end == FOPNP_EXCHANGE_REFUSED;
		tally.unreachable += told->end == FOPNP_EXCHANGE_UNREACHABLE;
		tally.pending += told->end == FOPNP_EXCHANGE_ABANDONED;
		tally.silent += told->end == FOPNP_EXCHANGE_SILENT;
		tally.garbage += told->ignored != NULL;
		tally.truncated += told->was_truncated;
		if (told->end == FOPNP_EXCHANGE_ANSWERED)
			tally.reply = told;
		if (told->waited_us > tally.cost_us)
			tally.cost_us = told->waited_us;
	}
	return tally;
}

/* "no reply in 5.0 s", "port closed", "replied SERVFAIL"; NULL: not asked. */
static char *tally_words(const struct server_tally *tally)
{
	char duration[FOPNP_DURATION_TEXT], rcode[FOPNP_DNS_WORD_TEXT];

	(void)fopnp_trace_duration(tally->cost_us, duration);
	if (tally->queries == 0)
		return fopnp_memory_copy_text("not asked");
	if (tally->reply)
		return fopnp_memory_format(
			"replied %s",
			fopnp_dns_rcode_name(tally->reply->reply->message.rcode, rcode));
	if (tally->truncated)
		return fopnp_memory_format("replied by UDP, truncated, and not by TCP%s",
					   tally->refused       ? ": port closed"
					   : tally->unreachable ? ": cannot be reached"
								: "");
	if (tally->refused)
		return fopnp_memory_copy_text("port closed");
	if (tally->unreachable)
		return fopnp_memory_copy_text("cannot be reached");
	if (tally->garbage)
		return fopnp_memory_copy_text("what it sent answers no query");
	return fopnp_memory_format("no reply %s %s", tally->pending ? "yet after" : "in", duration);
}

/* Put LABEL and ADDED behind *text, which they replace. */
static void append(char **text, const char *label, const char *added)
{
	char *whole = fopnp_memory_format("%s%s%s", *text, label, added);

	free(*text);
	*text = whole;
}

/* "its reply was taken: NOERROR by UDP in 3.1 ms, alias of web.example, validated, it says (AD)" */
static char *reply_words(const struct fopnp_step *step, bool is_taken)
{
	char text[VALUE_TEXT], duration[FOPNP_DURATION_TEXT];
	char *words = fopnp_memory_copy_text(is_taken ? "its reply was taken" : "replied");
	FOPNP_AUTO_FREE char *chain = fopnp_step_word_list(step, "chain", SHOWN_MOST);
	uint64_t rtt = fopnp_step_number(step, "rtt");

	if (fopnp_step_word(step, "rcode", text, sizeof(text)))
		append(&words, is_taken ? ": " : " ", text);
	if (fopnp_step_says(step, "transport", "tcp"))
		append(&words, " by TCP", "");
	else if (fopnp_step_says(step, "transport", "udp"))
		append(&words, " by UDP", "");
	if (rtt)
		append(&words, " in ", fopnp_trace_duration(rtt, duration));
	if (*chain)
		append(&words, ", alias of ", chain);
	if (fopnp_step_says(step, "ad", "1"))
		append(&words, ", validated, it says (AD)", "");
	if (fopnp_step_word(step, "ede", text, sizeof(text)))
		append(&words, ", extended error ", text);
	return words;
}

/* Whether the reply that the source tells of made its answer, be that a "no". */
static bool has_taken(const struct fopnp_step *step)
{
	return step->status == NSS_STATUS_SUCCESS ||
	       (step->status == NSS_STATUS_NOTFOUND && step->h_error != TRY_AGAIN);
}

/* What came of the server with that address; the caller's. */
static char *server_words(const struct fopnp_step *step, const struct sockaddr_storage *address,
			  bool *out_is_taken)
{
	const struct fopnp_wire *wire = step->wire;
	struct server_tally tally = { 0 };
	struct sockaddr_storage told;
	char taken[SERVER_TEXT];
	bool is_told = false;

	*out_is_taken = false;
	for (size_t i = 0; i < wire->server_count; i++) {
		if (!fopnp_server_text_parse(wire->servers[i].text, &told) ||
		    !fopnp_server_is_same(&told, address))
			continue;
		tally = tally_server(wire, i);
		is_told = fopnp_step_word(step, "server", taken, sizeof(taken)) &&
			  strcmp(taken, wire->servers[i].text) == 0;
	}
	*out_is_taken = is_told && has_taken(step);
	return is_told ? reply_words(step, *out_is_taken) : tally_words(&tally);
}

/* What the queries of the step came to, from the last one on; NULL: nothing that says why. */
static char *failure_words(const struct fopnp_step *step, const struct fopnp_wire_exchange *list,
			   size_t count)
{
	size_t replies = 0, odd = 0;
	char rcode[FOPNP_DNS_WORD_TEXT];

	for (size_t i = count; i-- > 0;) {
		const struct fopnp_wire_exchange *exchange = &list[i];

		if (fopnp_exchange_is_failed(exchange))
			return fopnp_memory_format(
				"%s%s",
				step->status == NSS_STATUS_NOTFOUND ? "a query failed: " : "",
				exchange->reply->message.is_referral
					? "a referral"
					: fopnp_dns_rcode_name(exchange->reply->message.rcode,
							       rcode));
		replies += exchange->end == FOPNP_EXCHANGE_ANSWERED;
		odd += exchange->was_truncated || exchange->ignored ||
		       exchange->end == FOPNP_EXCHANGE_LATE;
	}
	if (replies > 0)
		return fopnp_memory_copy_text(odd > 0 ? "a query had no reply that is of use"
						      : "a query had no reply");
	return fopnp_memory_copy_text(odd > 0 ? "no reply that is of use"
					      : "no name server replied");
}

char *fopnp_trace_dns_failure(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	FOPNP_AUTO_FREE struct fopnp_wire_exchange *list = NULL;
	size_t count;

	if (!fopnp_step_is_dns(step) || !step->wire || step->wire->is_cut || step->is_wire_other ||
	    step->reason[0])
		return NULL;
	if (fopnp_step_refuses_name(trace, step))
		return fopnp_memory_copy_text("no host name in the reply");
	if (step->h_error != TRY_AGAIN)
		return NULL;
	list = fopnp_wire_pair(step->wire, &count);
	return count > 0 ? failure_words(step, list, count) : NULL;
}

static void add_words(struct fopnp_step *step, struct fopnp_place place, const char *words,
		      bool is_taken)
{
	fopnp_evidence_add(&step->evidence, place, "%s", words);
	step->evidence.list[step->evidence.count - 1].is_origin = is_taken;
}

static struct fopnp_place line_place(const char *file, unsigned line, const char *keyword,
				     const char *words)
{
	FOPNP_AUTO_FREE char *text = fopnp_memory_format("%s %.*s%s", keyword, TEXT_MOST, words,
							 strlen(words) > TEXT_MOST ? "..." : "");

	return fopnp_place_make(file, line, text);
}

/* One line names them all. */
static void find_conf_servers(const struct fopnp_trace *trace,
			      const struct fopnp_conf_option *option, struct fopnp_step *step)
{
	FOPNP_AUTO_FREE char *all = fopnp_memory_copy_text("");
	const char *text = option->text;
	bool is_any_taken = false;
	size_t count = 0;
	char *word;

	for (; (word = next_server(&text)) != NULL; free(word)) {
		FOPNP_AUTO_FREE char *words = NULL;
		FOPNP_AUTO_FREE char *label = NULL;
		struct sockaddr_storage address;
		bool is_taken;

		if (count++ >= FOPNP_WIRE_SERVERS || !fopnp_server_text_parse(word, &address))
			continue;
		words = server_words(step, &address, &is_taken);
		label = fopnp_memory_format("%s%s: ", *all ? "; " : "", word);
		append(&all, label, words);
		is_any_taken |= is_taken;
	}
	add_words(step, line_place(trace->conf_path, option->line, "dns-servers", option->text),
		  all, is_any_taken);
}

static void find_file_server(const struct fopnp_resolver_server *server, struct fopnp_step *step)
{
	FOPNP_AUTO_FREE char *unnamed = NULL;
	FOPNP_AUTO_FREE char *words = NULL;
	bool is_taken;

	words = server_words(step, &server->address, &is_taken);
	if (server->line) {
		add_words(step,
			  line_place(FOPNP_RESOLV_CONF, server->line, "nameserver", server->text),
			  words, is_taken);
		return;
	}
	unnamed = fopnp_memory_format("%s: %s", server->text, words);
	add_words(step, fopnp_place_make(FOPNP_RESOLV_CONF, 0, NULL), unnamed, is_taken);
}

void fopnp_trace_find_told_servers(const struct fopnp_trace *trace, struct fopnp_step *step)
{
	const struct fopnp_conf_option *option = find_option(trace, FOPNP_OPTION_DNS_SERVERS);
	const struct fopnp_resolver_config *resolver = &trace->resolver;

	if (!step->wire)
		return;
	if (option) {
		find_conf_servers(trace, option, step);
		return;
	}
	for (size_t i = 0; i < resolver->server_count; i++)
		find_file_server(&resolver->servers[i], step);
}

/* ---- fopnp:mdns ---- */

static const struct fopnp_conf_option *find_domain(const struct fopnp_trace *trace)
{
	const struct fopnp_conf *conf = trace->conf;
	const char *name = trace->request.name;

	for (size_t i = 0; conf && name && i < conf->option_count; i++)
		if (conf->options[i].kind == FOPNP_OPTION_MDNS_DOMAIN &&
		    (fopnp_name_is_below(name, conf->options[i].text) ||
		     fopnp_name_is_same(name, conf->options[i].text)))
			return &conf->options[i];
	return NULL;
}

static const char *avahi_words(const char *word)
{
	if (strcmp(word, "refused") == 0)
		return "nobody listens behind it";
	if (strcmp(word, "denied") == 0)
		return "permission to connect is denied";
	if (strcmp(word, "garbage") == 0)
		return "its answer makes no sense";
	return NULL;
}

static void add_avahi(struct fopnp_step *step)
{
	struct fopnp_place place = fopnp_place_make(FOPNP_AVAHI_SOCKET, 0, NULL);
	char text[VALUE_TEXT], duration[FOPNP_DURATION_TEXT];
	const char *words;

	if (fopnp_step_says(step, "via", "avahi")) {
		fopnp_evidence_add(&step->evidence, place, "avahi answered");
		step->evidence.list[step->evidence.count - 1].is_origin = true;
	} else if (fopnp_step_says(step, "avahi", "timeout")) {
		fopnp_evidence_add(&step->evidence, place, "had no answer within %s",
				   fopnp_trace_duration(step->elapsed_us, duration));
	} else if (fopnp_step_word(step, "avahi", text, sizeof(text))) {
		words = avahi_words(text);
		fopnp_evidence_add(&step->evidence, place, "%s%s",
				   words ? "" : "it said: ", words ? words : text);
	} else {
		fopnp_place_clear(&place);
	}
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* "2 queries, 1 reply, taken from 10.0.0.7; 3 other packets ignored" */
static void add_multicast(struct fopnp_step *step)
{
	uint64_t asked = fopnp_step_number(step, "asked"), heard = fopnp_step_number(step, "heard");
	uint64_t ignored = fopnp_step_number(step, "ignored");
	FOPNP_AUTO_FREE char *interfaces = fopnp_step_word_list(step, "if", SHOWN_MOST);
	FOPNP_AUTO_FREE char *words = NULL;
	char from[VALUE_TEXT];

	if (asked == 0 && !*interfaces)
		return;
	words = fopnp_memory_format("%" PRIu64 " quer%s, ", asked, asked == 1 ? "y" : "ies");
	if (heard == 0) {
		append(&words, "no reply", "");
	} else {
		FOPNP_AUTO_FREE char *replies =
			fopnp_memory_format("%" PRIu64 " repl%s", heard, heard == 1 ? "y" : "ies");

		append(&words, replies, "");
	}
	if (fopnp_step_word(step, "from", from, sizeof(from)))
		append(&words, ", taken from ", from);
	if (ignored > 0) {
		FOPNP_AUTO_FREE char *others = fopnp_memory_format(
			"%" PRIu64 " other packet%s ignored", ignored, plural(ignored));

		append(&words, "; ", others);
	}
	fopnp_evidence_add(&step->evidence,
			   fopnp_place_make("multicast", 0, *interfaces ? interfaces : NULL), "%s",
			   words);
	step->evidence.list[step->evidence.count - 1].is_origin =
		fopnp_step_says(step, "via", "multicast");
}

static struct fopnp_place domain_place(const struct fopnp_trace *trace,
				       const struct fopnp_conf_option *domain)
{
	FOPNP_AUTO_FREE char *text = fopnp_memory_format(".%s", domain->text);

	return line_place(trace->conf_path, domain->line, "mdns-domain", text);
}

void fopnp_trace_find_told_mdns(const struct fopnp_trace *trace, struct fopnp_step *step)
{
	const struct fopnp_conf_option *domain = find_domain(trace);

	add_avahi(step);
	add_multicast(step);
	if (domain)
		fopnp_evidence_add(&step->evidence, domain_place(trace, domain),
				   fopnp_name_is_same(trace->request.name, domain->text)
					   ? "the names below it, not itself"
					   : NULL);
}

/* ---- fopnp:hosts ---- */

/* "/etc/hosts:12" in its two parts; the file's length, 0 if it is none. */
static size_t split_line(const char *value, unsigned *out_line)
{
	const char *colon = strrchr(value, ':');
	unsigned long number;
	char *end;

	if (!colon || colon == value || colon[1] < '0' || colon[1] > '9')
		return 0;
	number = strtoul(colon + 1, &end, 10);
	*out_line = (unsigned)number;
	return *end || number == 0 || number > UINT32_MAX ? 0 : (size_t)(colon - value);
}

static struct fopnp_evidence *find_line(struct fopnp_evidence_list *evidence, const char *file,
					unsigned line)
{
	for (size_t i = 0; i < evidence->count; i++)
		if (evidence->list[i].place.line == line &&
		    strcmp(evidence->list[i].place.file, file) == 0)
			return &evidence->list[i];
	return NULL;
}

/* A FIFO that took its place is not waited for; NULL: it is no file that can be read. */
static FILE *open_file(const char *path)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *stream = NULL;
	struct stat status;

	if (descriptor != -1 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
		stream = fdopen(descriptor, "r");
	if (descriptor != -1 && !stream)
		(void)close(descriptor);
	return stream;
}

/* The line's text as it is now, cut where it is long; NULL: there is no such line. */
static char *read_line(const char *file, unsigned line)
{
	FILE *stream = open_file(file);
	FOPNP_AUTO_FREE char *text = NULL;
	size_t size = 0;
	ssize_t len = -1;

	for (unsigned i = 0; stream && i < line; i++) {
		len = getline(&text, &size, stream);
		if (len < 0)
			break;
	}
	if (stream)
		(void)fclose(stream);
	if (len < 0)
		return NULL;
	text[strcspn(text, "\r\n")] = '\0';
	return fopnp_memory_format("%.*s%s", TEXT_MOST, text,
				   strlen(text) > TEXT_MOST ? "..." : "");
}

/* A line that the scan of /etc/hosts did not find, or in another file. */
static void add_line(struct fopnp_step *step, const char *file, unsigned line)
{
	FOPNP_AUTO_FREE char *text = read_line(file, line);
	struct fopnp_place place = fopnp_place_make(file, line, text);

	if (text)
		fopnp_evidence_add(&step->evidence, place, NULL);
	else
		fopnp_evidence_add(&step->evidence, place,
				   "used; it cannot be read, or the file has changed since");
}

/* Whether the source told of that line. */
static bool is_line_told(const struct fopnp_step *step, const struct fopnp_place *place)
{
	FOPNP_AUTO_FREE char *value = fopnp_memory_format("%s:%u", place->file, place->line);

	return fopnp_step_says(step, "file", value);
}

void fopnp_trace_check_told_lines(struct fopnp_step *step)
{
	size_t len = strlen(step->words), position = 0, count = step->evidence.count;
	char word[WORD_TEXT], value[VALUE_TEXT];

	/* Without a word of its own there is the file alone to go by. */
	if (!fopnp_step_word(step, "file", value, sizeof(value)))
		return;
	for (size_t i = 0; i < count && fopnp_step_number(step, "more") == 0; i++)
		if (!step->evidence.list[i].remark &&
		    !is_line_told(step, &step->evidence.list[i].place))
			step->evidence.list[i].remark =
				fopnp_memory_copy_text("not used: the source does not tell of it");
	while (fopnp_words_next(step->words, len, &position, word, sizeof(word), value,
				sizeof(value))) {
		unsigned line;
		size_t file_len;

		if (strcmp(word, "file") != 0)
			continue;
		file_len = split_line(value, &line);
		value[file_len] = '\0';
		if (file_len > 0 && !find_line(&step->evidence, value, line))
			add_line(step, value, line);
	}
}
