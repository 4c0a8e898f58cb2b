/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replies of whois servers, line by line. */
#include "tools/whois_reply.h"

#include "nss_module/lookup/ascii.h"
#include "tools/escape.h"
#include "tools/memory.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* ---- encoding ---- */

static enum fopnp_whois_encoding encoding_of(const char *bytes, size_t len)
{
	enum fopnp_whois_encoding encoding = FOPNP_WHOIS_ASCII;

	for (size_t i = 0; i < len;) {
		unsigned code_point = 0;
		size_t sequence = fopnp_escape_sequence(bytes + i, len - i, &code_point);

		if (sequence == 0)
			return FOPNP_WHOIS_LATIN_1;
		if (sequence > 1)
			encoding = FOPNP_WHOIS_UTF_8;
		i += sequence;
	}
	return encoding;
}

/* One byte of the reply at TO, which has room for three.  How many it became. */
static size_t put_byte(char *to, char byte, bool is_latin_1)
{
	unsigned value = (unsigned char)byte;

	if (value == 0) {
		memcpy(to, REPLACEMENT, 3);
		return 3;
	}
	if (!is_latin_1 || value < 0x80) {
		to[0] = byte;
		return 1;
	}
	to[0] = (char)(0xc0 | value >> 6);
	to[1] = (char)(0x80 | (value & 0x3f));
	return 2;
}

char *fopnp_whois_reply_decode(const char *bytes, size_t len,
			       enum fopnp_whois_encoding *out_encoding)
{
	char *text = fopnp_memory_zeroed(len + 1, 3);
	size_t used = 0;

	*out_encoding = encoding_of(bytes, len);
	/* Some servers end a line with more than one CR. */
	for (size_t i = 0; i <= len; i++) {
		while ((i == len || bytes[i] == '\n') && used > 0 && text[used - 1] == '\r')
			used--;
		if (i < len)
			used += put_byte(text + used, bytes[i],
					 *out_encoding == FOPNP_WHOIS_LATIN_1);
	}
	text[used] = '\0';
	return fopnp_memory_resize(text, used + 1, 1);
}

/* ---- lines ---- */

struct span {
	const char *at;
	size_t len;
};

static struct span trim(const char *at, const char *end)
{
	at = fopnp_ascii_skip_spaces(at, end);
	while (end > at && fopnp_ascii_is_space(end[-1]))
		end--;
	return (struct span){ at, (size_t)(end - at) };
}

static bool begins(struct span text, const char *word)
{
	size_t len = strlen(word);

	return text.len >= len && fopnp_ascii_equal(text.at, len, word, len);
}

static bool is_one_of(struct span text, const char *const *words)
{
	for (; *words; words++)
		if (fopnp_ascii_equal_word(text.at, text.len, *words))
			return true;
	return false;
}

/* Cut off the first word and give it. */
static struct span take_word(struct span *text)
{
	struct span word = { text->at, 0 };

	while (word.len < text->len && !fopnp_ascii_is_space(word.at[word.len]))
		word.len++;
	*text = trim(word.at + word.len, text->at + text->len);
	return word;
}

/*
 * "Name Server: ns1.example.com", "nserver......: ns1", and JPRS's "p. [Name Server]  ns1".  False if there is
 * no key.
 */
static bool split(struct span line, struct span *out_key, struct span *out_value)
{
	const char *end = line.at + line.len, *bracket, *colon;

	if (begins(line, "p. [") && (bracket = memchr(line.at, ']', line.len))) {
		*out_key = trim(line.at + 4, bracket);
		*out_value = trim(bracket + 1, end);
		return true;
	}
	colon = line.len > 0 ? memchr(line.at, ':', line.len) : NULL;
	if (!colon)
		return false;
	*out_value = trim(colon + 1, end);
	while (colon > line.at && (colon[-1] == '.' || fopnp_ascii_is_space(colon[-1])))
		colon--;
	*out_key = trim(line.at, colon);
	return true;
}

/* ---- referrals ---- */

static const char *const REFERRAL_KEYS[] = {
	"refer",           "whois",          "whois server", "registrar whois server",
	"registrar whois", "ReferralServer", NULL,
};

static void add_referral(struct fopnp_whois_reading *reading, unsigned line, struct span key,
			 struct span value)
{
	struct span word = take_word(&value);
	struct fopnp_whois_referral *referral;

	if (word.len == 0 || reading->referral_count == FOPNP_WHOIS_REFERRALS)
		return;
	reading->referrals = fopnp_memory_resize(reading->referrals, reading->referral_count + 1,
						 sizeof(*reading->referrals));
	referral = &reading->referrals[reading->referral_count++];
	*referral = (struct fopnp_whois_referral){
		.line = line,
		.key = fopnp_memory_copy(key.at, key.len),
		.value = fopnp_memory_copy(word.at, word.len),
	};
	fopnp_whois_referral_parse(word.at, word.len, &referral->target);
}

/* ---- name servers ---- */

static const char *const NAME_SERVER_KEYS[] = {
	"nserver",
	"name server",
	"name servers",
	"nameserver",
	"nameservers",
	"domain nameservers",
	"domain name servers",
	"domain servers in listed order",
	NULL,
};

static struct fopnp_whois_name_server *find_name_server(struct fopnp_whois_reading *reading,
							const char *name)
{
	for (size_t i = 0; i < reading->name_server_count; i++)
		if (strcmp(reading->name_servers[i].name, name) == 0)
			return &reading->name_servers[i];
	return NULL;
}

/* An address, perhaps with brackets and a comma: "(192.0.2.1,". */
static void add_address(struct fopnp_whois_name_server *server, struct span word)
{
	char text[INET6_ADDRSTRLEN], printed[INET6_ADDRSTRLEN];
	uint8_t bytes[16];
	int family;

	while (word.len > 0 && strchr("([,", word.at[0]))
		word = (struct span){ word.at + 1, word.len - 1 };
	while (word.len > 0 && strchr(")],;", word.at[word.len - 1]))
		word.len--;
	if (word.len == 0 || word.len >= sizeof(text))
		return;
	memcpy(text, word.at, word.len);
	text[word.len] = '\0';
	family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(family, text, bytes) != 1 ||
	    !inet_ntop(family, bytes, printed, sizeof(printed)) ||
	    server->address_count == FOPNP_WHOIS_SERVER_ADDRESSES)
		return;
	for (size_t i = 0; i < server->address_count; i++)
		if (strcmp(server->addresses[i], printed) == 0)
			return;
	server->addresses[server->address_count++] = fopnp_memory_copy_text(printed);
}

/* A name and addresses behind it.  False if it does not begin with a name of two labels at least. */
static bool add_name_server(struct fopnp_whois_reading *reading, struct span value)
{
	struct span word = take_word(&value);
	struct fopnp_whois_name_server *server;
	char name[FOPNP_WHOIS_HOST];

	while (word.len > 0 && strchr(",;", word.at[word.len - 1]))
		word.len--;
	if (!fopnp_whois_host_parse(word.at, word.len, name) || !strchr(name, '.'))
		return false;
	server = find_name_server(reading, name);
	if (!server) {
		if (reading->name_server_count == FOPNP_WHOIS_NAME_SERVERS)
			return false;
		reading->name_servers =
			fopnp_memory_resize(reading->name_servers, reading->name_server_count + 1,
					    sizeof(*reading->name_servers));
		server = &reading->name_servers[reading->name_server_count++];
		*server = (struct fopnp_whois_name_server){
			.name = fopnp_memory_copy_text(name),
		};
	}
	while (value.len > 0)
		add_address(server, take_word(&value));
	return true;
}

/* ---- no ---- */

static const char *const NO_MATCH[] = {
	"no match",
	"not found",
	"no entries found",
	"no data found",
	"no object found",
	"no such domain",
	"no information available",
	"nothing found",
	"domain not found",
	"domain unknown",
	"object does not exist",
	"the queried object does not exist",
	"error:101",
	"status: free",
	"status: available",
	"this query returned 0 objects",
	NULL,
};
static const char *const REFUSED[] = {
	"error:20",
	"access denied",
	"query rate",
	"quota exceeded",
	"too many",
	"you have exceeded",
	"you exceeded",
	"whois limit exceeded",
	"request limit exceeded",
	"your connection limit exceeded",
	NULL,
};

static bool begins_with_one_of(struct span text, const char *const *words)
{
	for (; *words; words++)
		if (begins(text, *words))
			return true;
	return false;
}

/* "status:   free" with one blank. */
static struct span with_one_blank(struct span key, struct span value, char *room, size_t size)
{
	int len = snprintf(room, size, "%.*s: %.*s", (int)(key.len < 40 ? key.len : 40), key.at,
			   (int)(value.len < 40 ? value.len : 40), value.at);

	return (struct span){ room, len < 0 ? 0 : (size_t)len };
}

/* The first line that says no; what stands before it in a line are marks of comments. */
static void judge(struct fopnp_whois_reading *reading, unsigned number, struct span line)
{
	struct span key, value;
	char room[100];

	while (line.len > 0 && strchr("%#>*- ", line.at[0]))
		line = (struct span){ line.at + 1, line.len - 1 };
	if (reading->verdict != FOPNP_WHOIS_TELLS)
		return;
	if (begins_with_one_of(line, REFUSED))
		reading->verdict = FOPNP_WHOIS_REFUSES;
	else if (begins_with_one_of(line, NO_MATCH) ||
		 (split(line, &key, &value) &&
		  begins_with_one_of(with_one_blank(key, value, room, sizeof(room)), NO_MATCH)))
		reading->verdict = FOPNP_WHOIS_NO_MATCH;
	else
		return;
	reading->verdict_line = number;
}

/* ---- all of it ---- */

/* A heading whose names stand in the lines below it, further in. */
struct heading {
	bool is_open;
	size_t indent;
};

static size_t indent_of(const char *at, const char *end)
{
	return (size_t)(fopnp_ascii_skip_spaces(at, end) - at);
}

static void read_line(struct fopnp_whois_reading *reading, unsigned number, const char *at,
		      const char *end, struct heading *heading)
{
	struct span line = trim(at, end), key, value;
	size_t indent = indent_of(at, end);

	judge(reading, number, line);
	if (heading->is_open && line.len > 0 && indent > heading->indent &&
	    add_name_server(reading, line))
		return;
	heading->is_open = false;
	if (line.len == 0 || line.at[0] == '%' || line.at[0] == '#' || !split(line, &key, &value))
		return;
	if (is_one_of(key, REFERRAL_KEYS)) {
		add_referral(reading, number, key, value);
	} else if (is_one_of(key, NAME_SERVER_KEYS)) {
		(void)add_name_server(reading, value);
		*heading = (struct heading){ true, indent };
	}
}

void fopnp_whois_reply_read(const char *text, bool is_cut, struct fopnp_whois_reading *out)
{
	const char *at = text, *end;
	struct heading heading = { false, 0 };
	unsigned number = 0;

	*out = (struct fopnp_whois_reading){ 0 };
	for (; *at; at = end + (*end == '\n')) {
		end = at + strcspn(at, "\n");
		if (is_cut && *end == '\0')
			break;
		read_line(out, ++number, at, end, &heading);
	}
	/* A reply that knows servers of the thing knows the thing; the word was of something else. */
	if (out->name_server_count > 0) {
		out->verdict = FOPNP_WHOIS_TELLS;
		out->verdict_line = 0;
	}
}

static void clear_name_server(struct fopnp_whois_name_server *server)
{
	for (size_t i = 0; i < server->address_count; i++)
		free(server->addresses[i]);
	free(server->name);
}

void fopnp_whois_reading_clear(struct fopnp_whois_reading *reading)
{
	for (size_t i = 0; i < reading->referral_count; i++) {
		free(reading->referrals[i].key);
		free(reading->referrals[i].value);
	}
	for (size_t i = 0; i < reading->name_server_count; i++)
		clear_name_server(&reading->name_servers[i]);
	free(reading->referrals);
	free(reading->name_servers);
	*reading = (struct fopnp_whois_reading){ 0 };
}

const char *fopnp_whois_encoding_word(enum fopnp_whois_encoding encoding)
{
	switch (encoding) {
	case FOPNP_WHOIS_UTF_8:
		return "UTF-8";
	case FOPNP_WHOIS_LATIN_1:
		return "ISO-8859-1";
	case FOPNP_WHOIS_ASCII:
		break;
	}
	return "ASCII";
}

const char *fopnp_whois_fate_word(enum fopnp_whois_fate fate)
{
	switch (fate) {
	case FOPNP_WHOIS_FOLLOWED:
		return "followed";
	case FOPNP_WHOIS_ASKED_ALREADY:
		return "asked-already";
	case FOPNP_WHOIS_ANOTHER_FIRST:
		return "another-first";
	case FOPNP_WHOIS_TOO_MANY:
		return "too-many";
	case FOPNP_WHOIS_NOT_FOLLOWED:
		break;
	}
	return "not-followed";
}

const char *fopnp_whois_verdict_word(enum fopnp_whois_verdict verdict)
{
	switch (verdict) {
	case FOPNP_WHOIS_NO_MATCH:
		return "no-match";
	case FOPNP_WHOIS_REFUSES:
		return "refuses";
	case FOPNP_WHOIS_TELLS:
		break;
	}
	return "tells";
}
