/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fopnp.conf line by line: a keyword and its words.  Each keyword has one
 * function that takes its words or says what is wrong with them; a line is
 * taken whole or not at all.
 */
#include "nss_module/lookup/fopnp_conf.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/event.h"

#define DOMAIN_LEN_MAX   253 /* RFC 1035 3.1, as text without the last dot */
#define DURATION_MAX_US  3600000000ull
#define DNS_ATTEMPTS_MAX 10

struct span {
	const char *at;
	size_t len;
};

struct parser {
	struct fopnp_conf *conf;
	size_t order_room, option_room;
	/* Where an option that counts once stands, plus one: the last line wins. */
	size_t option_place[FOPNP_OPTION_DNS_HEDGE + 1];
	bool has_filter;
	unsigned line;
	fopnp_conf_problem *problem;
	void *context;
	bool has_no_memory;
};

/* What a keyword's function says about its line; NULL: taken, or no memory. */
typedef const char *take_words(struct parser *parser, struct span words, int argument);

static const char *run_out_of_memory(struct parser *parser)
{
	parser->has_no_memory = true;
	return NULL;
}

static struct span trim(struct span span)
{
	while (span.len > 0 && fopnp_ascii_is_space(span.at[0])) {
		span.at++;
		span.len--;
	}
	while (span.len > 0 && fopnp_ascii_is_space(span.at[span.len - 1]))
		span.len--;
	return span;
}

/* Cut the first word off a trimmed span, which stays trimmed. */
static struct span take_word(struct span *words)
{
	struct span word = { words->at, 0 };

	while (word.len < words->len && !fopnp_ascii_is_space(word.at[word.len]))
		word.len++;
	words->at += word.len;
	words->len -= word.len;
	*words = trim(*words);
	return word;
}

static bool is_word(struct span span, const char *word)
{
	return fopnp_ascii_equal_word(span.at, span.len, word);
}

/* ITEMS with room for one more than COUNT; NULL (and ITEMS still good) without memory. */
static void *reserve(void *items, size_t count, size_t *room, size_t item_size)
{
	size_t wanted = *room > 0 ? *room * 2 : 4;
	void *grown;

	if (count < *room)
		return items;
	grown = reallocarray(items, wanted, item_size);
	if (grown != NULL)
		*room = wanted;
	return grown;
}

/* ---- domains and orders ---- */

/* The word ".DOMAIN" as "domain"; what is wrong with it, or NULL. */
static const char *parse_domain(struct span word, struct span *out_domain)
{
	struct span domain = { word.at + 1, word.len - 1 };

	if (word.len == 0 || word.at[0] != '.')
		return "a domain begins with a dot";
	if (domain.len > 0 && domain.at[domain.len - 1] == '.')
		domain.len--;
	if (domain.len == 0)
		return "a domain is missing behind the dot";
	if (domain.len > DOMAIN_LEN_MAX)
		return "the domain is too long";
	for (size_t i = 0; i < domain.len; i++) {
		unsigned char c = (unsigned char)domain.at[i];

		if (c == '.' && (i == 0 || domain.at[i - 1] == '.' || i + 1 == domain.len))
			return "the domain has an empty label";
		if (c < ' ' || c == 0x7f)
			return "the domain has a control character";
	}
	*out_domain = domain;
	return NULL;
}

static char *copy_lower(struct span span)
{
	char *copy = strndup(span.at, span.len);

	for (char *c = copy; c != NULL && *c != '\0'; c++)
		*c = fopnp_ascii_lower(*c);
	return copy;
}

static const char *take_order(struct parser *parser, struct span words, int argument)
{
	struct fopnp_conf *conf = parser->conf;
	struct fopnp_conf_order taken = { .line = parser->line };
	struct fopnp_conf_order *orders;
	struct fopnp_order_error error;
	struct span domain = { NULL, 0 };

	(void)argument;
	if (words.len > 0 && words.at[0] == '.') {
		const char *message = parse_domain(take_word(&words), &domain);

		if (message != NULL)
			return message;
	}
	taken.order = fopnp_order_parse(words.at, words.len, FOPNP_GRAMMAR_FOPNP, &error);
	if (taken.order == NULL)
		return error.message != NULL ? error.message : run_out_of_memory(parser);

	orders = reserve(conf->orders, conf->order_count, &parser->order_room, sizeof(*orders));
	if (orders != NULL)
		conf->orders = orders;
	if (domain.len > 0)
		taken.domain = copy_lower(domain);
	if (orders == NULL || (domain.len > 0 && taken.domain == NULL)) {
		free(taken.domain);
		free(taken.order);
		return run_out_of_memory(parser);
	}
	orders[conf->order_count++] = taken;
	return NULL;
}

/* ---- log, log-events ---- */

static void drop_logs(struct fopnp_conf *conf)
{
	while (conf->log_count > 0)
		free(conf->logs[--conf->log_count].path);
}

static const char *add_log(struct parser *parser, enum fopnp_conf_log_kind kind, struct span path)
{
	struct fopnp_conf *conf = parser->conf;
	char *copy;

	for (size_t i = 0; i < conf->log_count; i++)
		if (strlen(conf->logs[i].path) == path.len &&
		    memcmp(conf->logs[i].path, path.at, path.len) == 0)
			return "this target is given already";
	if (conf->log_count == FOPNP_CONF_LOGS)
		return "too many log lines";
	copy = strndup(path.at, path.len);
	if (copy == NULL)
		return run_out_of_memory(parser);
	conf->logs[conf->log_count++] =
		(struct fopnp_conf_log){ .kind = kind, .path = copy, .line = parser->line };
	return NULL;
}

static const char *take_log(struct parser *parser, struct span words, int argument)
{
	static const char wanted[] = "log wants one of: none, journal, /path/of/socket";
	struct span target = take_word(&words);

	(void)argument;
	if (target.len == 0 || words.len > 0)
		return wanted;
	if (is_word(target, "none")) {
		drop_logs(parser->conf);
		return NULL;
	}
	if (is_word(target, "journal"))
		return add_log(parser, FOPNP_LOG_JOURNAL,
			       (struct span){ FOPNP_JOURNAL_SOCKET, strlen(FOPNP_JOURNAL_SOCKET) });
	if (target.at[0] != '/')
		return wanted;
	if (target.len >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return "the path is too long for a socket";
	return add_log(parser, FOPNP_LOG_SOCKET, target);
}

struct event_filter {
	bool all, failures;
	uint64_t slow_us;
};

static bool parse_filter_word(struct span word, struct event_filter *filter)
{
	static const char slow[] = "slow=";
	size_t slow_len = sizeof(slow) - 1;

	if (is_word(word, "all")) {
		filter->all = true;
		return true;
	}
	if (is_word(word, "failures")) {
		filter->failures = true;
		return true;
	}
	return word.len > slow_len && fopnp_ascii_equal(word.at, slow_len, slow, slow_len) &&
	       fopnp_conf_parse_duration(word.at + slow_len, word.len - slow_len,
					 &filter->slow_us) &&
	       filter->slow_us > 0;
}

/* Several lines add up, as the words of one do. */
static const char *take_log_events(struct parser *parser, struct span words, int argument)
{
	static const char wanted[] = "log-events wants words of: all, failures, slow=DURATION";
	struct fopnp_conf *conf = parser->conf;
	struct event_filter filter = { 0 };

	(void)argument;
	if (words.len == 0)
		return wanted;
	while (words.len > 0)
		if (!parse_filter_word(take_word(&words), &filter))
			return wanted;
	conf->log_all = filter.all || (conf->log_all && parser->has_filter);
	conf->log_failures |= filter.failures;
	if (filter.slow_us > 0 && (conf->log_slow_us == 0 || filter.slow_us < conf->log_slow_us))
		conf->log_slow_us = filter.slow_us;
	parser->has_filter = true;
	return NULL;
}

/* ---- options of the built-in sources ---- */

static bool is_repeatable(enum fopnp_conf_option_kind kind)
{
	return kind == FOPNP_OPTION_HOSTS_FILE || kind == FOPNP_OPTION_MDNS_DOMAIN;
}

/* Takes TEXT over. */
static const char *add_option(struct parser *parser, enum fopnp_conf_option_kind kind, char *text,
			      uint64_t number)
{
	struct fopnp_conf *conf = parser->conf;
	struct fopnp_conf_option option = {
		.kind = kind, .text = text, .number = number, .line = parser->line
	};
	struct fopnp_conf_option *options;

	if (parser->option_place[kind] > 0) {
		size_t place = parser->option_place[kind] - 1;

		free(conf->options[place].text);
		conf->options[place] = option;
		return NULL;
	}
	options =
		reserve(conf->options, conf->option_count, &parser->option_room, sizeof(*options));
	if (options == NULL) {
		free(text);
		return run_out_of_memory(parser);
	}
	conf->options = options;
	options[conf->option_count++] = option;
	if (!is_repeatable(kind))
		parser->option_place[kind] = conf->option_count;
	return NULL;
}

static const char *add_text_option(struct parser *parser, enum fopnp_conf_option_kind kind,
				   char *text)
{
	return text != NULL ? add_option(parser, kind, text, 0) : run_out_of_memory(parser);
}

static const char *take_path(struct parser *parser, struct span words, int kind)
{
	struct span path = take_word(&words);

	if (path.len == 0 || path.at[0] != '/' || words.len > 0)
		return "one absolute path is wanted here";
	return add_text_option(parser, (enum fopnp_conf_option_kind)kind,
			       strndup(path.at, path.len));
}

static const char *take_domain(struct parser *parser, struct span words, int kind)
{
	const char *message;
	struct span domain;

	message = parse_domain(take_word(&words), &domain);
	if (message != NULL)
		return message;
	if (words.len > 0)
		return "one domain is wanted here";
	return add_text_option(parser, (enum fopnp_conf_option_kind)kind, copy_lower(domain));
}

static const char *take_duration(struct parser *parser, struct span words, int kind)
{
	uint64_t duration_us;

	if (!fopnp_conf_parse_duration(words.at, words.len, &duration_us))
		return "a duration with its unit is wanted here, as 200ms or 1.5s, an hour at most";
	/* A hedge of 0 asks two servers at once; time-outs of 0 would ask nobody. */
	if (duration_us == 0 && kind != FOPNP_OPTION_DNS_HEDGE)
		return "the duration is 0";
	return add_option(parser, (enum fopnp_conf_option_kind)kind, NULL, duration_us);
}

static const char *take_attempts(struct parser *parser, struct span words, int kind)
{
	unsigned long long number;

	if (!fopnp_ascii_number(words.at, words.len, &number) || number < 1 ||
	    number > DNS_ATTEMPTS_MAX)
		return "a number from 1 to 10 is wanted here";
	return add_option(parser, (enum fopnp_conf_option_kind)kind, NULL, number);
}

static bool is_port(const char *text)
{
	unsigned long long port;

	return fopnp_ascii_number(text, strlen(text), &port) && port >= 1 && port <= 65535;
}

/* An IPv6 address, perhaps with a zone. */
static bool is_inet6(char *text)
{
	unsigned char address[16];
	char *zone = strchr(text, '%');

	if (zone != NULL) {
		*zone++ = '\0';
		if (*zone == '\0')
			return false;
	}
	return inet_pton(AF_INET6, text, address) == 1;
}

/* "192.0.2.1", "192.0.2.1:53", "2001:db8::1", "fe80::1%eth0", "[2001:db8::1]:53" */
static bool is_server(struct span word)
{
	unsigned char address[16];
	char text[80];
	char *end;

	if (word.len >= sizeof(text))
		return false;
	memcpy(text, word.at, word.len);
	text[word.len] = '\0';
	if (text[0] == '[') {
		end = strchr(text, ']');
		if (end == NULL)
			return false;
		*end++ = '\0';
		return is_inet6(text + 1) && (*end == '\0' || (*end == ':' && is_port(end + 1)));
	}
	end = strchr(text, ':');
	if (end != NULL && strchr(end + 1, ':') != NULL)
		return is_inet6(text);
	if (end != NULL)
		*end++ = '\0';
	return inet_pton(AF_INET, text, address) == 1 && (end == NULL || is_port(end));
}

static const char *take_servers(struct parser *parser, struct span words, int kind)
{
	struct span rest = words;

	if (words.len == 0)
		return "addresses of servers are wanted here";
	while (rest.len > 0)
		if (!is_server(take_word(&rest)))
			return "not the address of a server";
	return add_text_option(parser, (enum fopnp_conf_option_kind)kind,
			       strndup(words.at, words.len));
}

/* ---- lines ---- */

static const struct keyword {
	const char *word;
	take_words *take;
	int argument; /* enum fopnp_conf_option_kind */
} keywords[] = {
	{ "order", take_order, 0 },
	{ "log", take_log, 0 },
	{ "log-events", take_log_events, 0 },
	{ "hosts-file", take_path, FOPNP_OPTION_HOSTS_FILE },
	{ "mdns-domain", take_domain, FOPNP_OPTION_MDNS_DOMAIN },
	{ "mdns-timeout", take_duration, FOPNP_OPTION_MDNS_TIMEOUT },
	{ "dns-servers", take_servers, FOPNP_OPTION_DNS_SERVERS },
	{ "dns-timeout", take_duration, FOPNP_OPTION_DNS_TIMEOUT },
	{ "dns-attempts", take_attempts, FOPNP_OPTION_DNS_ATTEMPTS },
	{ "dns-hedge", take_duration, FOPNP_OPTION_DNS_HEDGE },
};

static const char *take_line(struct parser *parser, struct span line)
{
	const char *comment = line.len > 0 ? memchr(line.at, '#', line.len) : NULL;
	struct span keyword;

	if (comment != NULL)
		line.len = (size_t)(comment - line.at);
	line = trim(line);
	if (line.len == 0)
		return NULL;
	if (memchr(line.at, '\0', line.len) != NULL)
		return "the line holds a NUL byte";
	keyword = take_word(&line);
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (is_word(keyword, keywords[i].word))
			return keywords[i].take(parser, line, keywords[i].argument);
	return "not a keyword";
}

static void take_lines(struct parser *parser, const char *bytes, size_t len)
{
	size_t at = 0;

	while (at < len && !parser->has_no_memory) {
		const char *newline = memchr(bytes + at, '\n', len - at);
		size_t line_len = newline != NULL ? (size_t)(newline - (bytes + at)) : len - at;
		const char *message;

		parser->line++;
		/* Somebody may be writing it: half a line must not be obeyed. */
		message = newline != NULL ? take_line(parser, (struct span){ bytes + at, line_len })
					  : "the last line does not end in a newline";
		if (message != NULL && parser->problem != NULL)
			parser->problem(parser->context, parser->line, message);
		at += line_len + 1;
	}
}

struct fopnp_conf *fopnp_conf_parse(const char *bytes, size_t len, fopnp_conf_problem *problem,
				    void *context)
{
	struct parser parser = { .problem = problem, .context = context };

	parser.conf = calloc(1, sizeof(*parser.conf));
	if (parser.conf == NULL)
		return NULL;
	parser.conf->log_all = true;
	take_lines(&parser, bytes, len);
	if (parser.has_no_memory) {
		fopnp_conf_destroy(parser.conf);
		return NULL;
	}
	return parser.conf;
}

void fopnp_conf_destroy(struct fopnp_conf *conf)
{
	if (conf == NULL)
		return;
	for (size_t i = 0; i < conf->order_count; i++) {
		free(conf->orders[i].domain);
		free(conf->orders[i].order);
	}
	for (size_t i = 0; i < conf->option_count; i++)
		free(conf->options[i].text);
	drop_logs(conf);
	free(conf->orders);
	free(conf->options);
	free(conf);
}

/* ---- questions ---- */

/* Whether NAME is DOMAIN or lies below it. */
static bool is_in_domain(struct span name, const char *domain, size_t domain_len)
{
	size_t above = name.len - domain_len;

	return name.len >= domain_len &&
	       fopnp_ascii_equal(name.at + above, domain_len, domain, domain_len) &&
	       (above == 0 || name.at[above - 1] == '.');
}

const struct fopnp_conf_order *fopnp_conf_find_order(const struct fopnp_conf *conf,
						     const char *name)
{
	const struct fopnp_conf_order *best = NULL, *general = NULL;
	struct span span = { name, strlen(name) };
	size_t best_len = 0;

	if (span.len > 0 && name[span.len - 1] == '.')
		span.len--;
	for (size_t i = 0; i < conf->order_count; i++) {
		const struct fopnp_conf_order *order = &conf->orders[i];
		size_t domain_len;

		if (order->domain == NULL) {
			if (general == NULL)
				general = order;
			continue;
		}
		domain_len = strlen(order->domain);
		if (domain_len > best_len && is_in_domain(span, order->domain, domain_len)) {
			best = order;
			best_len = domain_len;
		}
	}
	return best != NULL ? best : general;
}

/* Microseconds of a unit, 0 if it is none. */
static uint64_t parse_unit(struct span unit)
{
	if (is_word(unit, "us"))
		return 1;
	if (is_word(unit, "ms"))
		return 1000;
	return is_word(unit, "s") ? 1000000 : 0;
}

static size_t count_digits(const char *text, size_t len)
{
	size_t count = 0;

	while (count < len && text[count] >= '0' && text[count] <= '9')
		count++;
	return count;
}

bool fopnp_conf_parse_duration(const char *text, size_t len, uint64_t *out_us)
{
	size_t whole_len = count_digits(text, len);
	size_t at = whole_len, fraction_len = 0;
	unsigned long long whole;
	uint64_t unit_us, total_us;

	if (!fopnp_ascii_number(text, whole_len, &whole) || whole > DURATION_MAX_US)
		return false;
	if (at < len && text[at] == '.') {
		fraction_len = count_digits(text + at + 1, len - at - 1);
		if (fraction_len == 0)
			return false;
		at += 1 + fraction_len;
	}
	unit_us = parse_unit((struct span){ text + at, len - at });
	if (unit_us == 0)
		return false;
	total_us = whole * unit_us;
	for (size_t i = 0; i < fraction_len; i++) {
		unit_us /= 10;
		if (unit_us == 0)
			return false; /* finer than a microsecond */
		total_us += unit_us * (uint64_t)(text[whole_len + 1 + i] - '0');
	}
	if (total_us > DURATION_MAX_US)
		return false;
	*out_us = total_us;
	return true;
}

bool fopnp_conf_is_trusted(uint32_t file_uid, uint32_t file_mode, uint32_t root_uid)
{
	return (file_uid == 0 || file_uid == root_uid) && (file_mode & 022) == 0;
}
