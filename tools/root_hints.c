/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Root hints: those of a file, or those that were installed where this program was built. */
#include "tools/root_hints.h"

#include "nss_module/lookup/ascii.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/root_hints_text.h"
#include "tools/text_file.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORDS     6   /* of a line: owner, TTL, class, type, data, and one too many */
#define NAME_MOST 255 /* bytes of a domain name (RFC 1035 section 2.3.4) */
#define DNS_PORT  53

struct word {
	const char *text;
	size_t len;
};

struct reading {
	struct fopnp_root_hints *hints;
	char *owner;         /* of the line before; NULL: none yet */
	const char *problem; /* NULL: fine so far */
};

static bool is_word(struct word word, const char *text)
{
	return word.len == strlen(text) && strncasecmp(word.text, text, word.len) == 0;
}

static bool is_number(struct word word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!isdigit((unsigned char)word.text[i]))
			return false;
	return word.len > 0;
}

/* The name in small letters and with its final dot, for free(); NULL if it is too long. */
static char *take_name(struct word word)
{
	char *name;

	if (word.len > NAME_MOST || memchr(word.text, '\0', word.len))
		return NULL;
	name = fopnp_memory_format("%.*s%s", (int)word.len, word.text,
				   word.text[word.len - 1] == '.' ? "" : ".");
	for (char *at = name; *at; at++)
		*at = fopnp_ascii_lower(*at);
	return name;
}

static struct fopnp_root_server *find_server(struct fopnp_root_hints *hints, const char *name)
{
	for (size_t i = 0; i < hints->count; i++)
		if (strcmp(hints->servers[i].name, name) == 0)
			return &hints->servers[i];
	return NULL;
}

static void add_server(struct reading *reading, struct word data)
{
	struct fopnp_root_hints *hints = reading->hints;
	char *name = take_name(data);

	if (!name) {
		reading->problem = "the name is too long";
		return;
	}
	if (find_server(hints, name)) {
		free(name);
		return;
	}
	if (hints->count == FOPNP_ROOT_SERVERS) {
		free(name);
		reading->problem = "there are too many name servers";
		return;
	}
	hints->servers =
		fopnp_memory_resize(hints->servers, hints->count + 1, sizeof(*hints->servers));
	hints->servers[hints->count++] = (struct fopnp_root_server){ .name = name };
}

static bool parse_address(struct word data, int family, union fopnp_dns_address *out)
{
	char text[INET6_ADDRSTRLEN];

	if (data.len >= sizeof(text))
		return false;
	memcpy(text, data.text, data.len);
	text[data.len] = '\0';
	*out = (union fopnp_dns_address){ .any.sa_family = (sa_family_t)family };
	if (family == AF_INET) {
		out->inet.sin_port = htons(DNS_PORT);
		return inet_pton(AF_INET, text, &out->inet.sin_addr) == 1;
	}
	out->inet6.sin6_port = htons(DNS_PORT);
	return inet_pton(AF_INET6, text, &out->inet6.sin6_addr) == 1;
}

/* Addresses stand behind the NS record that they belong to; those of other names are not wanted. */
static void add_address(struct reading *reading, struct word data, int family)
{
	struct fopnp_root_server *server = find_server(reading->hints, reading->owner);
	union fopnp_dns_address address;

	if (!parse_address(data, family, &address)) {
		reading->problem = "this is no address";
		return;
	}
	if (!server)
		return;
	if (server->count == FOPNP_ROOT_ADDRESSES) {
		reading->problem = "a name server has too many addresses";
		return;
	}
	server->addresses = fopnp_memory_resize(server->addresses, server->count + 1,
						sizeof(*server->addresses));
	server->addresses[server->count++] = address;
}

static void take_record(struct reading *reading, const struct word *words, size_t count)
{
	size_t at = 0;

	/* TTL and class may stand in either order, and neither must. */
	while (at < count && (is_number(words[at]) || is_word(words[at], "IN")))
		at++;
	if (count - at != 2) {
		reading->problem = "this is no record of a name server or an address";
		return;
	}
	if (is_word(words[at], "NS")) {
		if (strcmp(reading->owner, ".") == 0)
			add_server(reading, words[at + 1]);
	} else if (is_word(words[at], "A")) {
		add_address(reading, words[at + 1], AF_INET);
	} else if (is_word(words[at], "AAAA")) {
		add_address(reading, words[at + 1], AF_INET6);
	} else {
		reading->problem = "this is no record of a name server or an address";
	}
}

static size_t split(const char *line, size_t len, struct word words[static WORDS])
{
	size_t count = 0;

	for (size_t at = 0; at < len && count < WORDS;) {
		size_t start;

		while (at < len && isspace((unsigned char)line[at]))
			at++;
		start = at;
		while (at < len && !isspace((unsigned char)line[at]))
			at++;
		if (at > start)
			words[count++] = (struct word){ line + start, at - start };
	}
	return count;
}

static void take_version(struct fopnp_root_hints *hints, const char *comment, size_t len)
{
	static const char LABEL[] = "related version of root zone:";
	const char *found = memmem(comment, len, LABEL, sizeof(LABEL) - 1);
	struct word words[WORDS];
	unsigned long long version;

	if (!found)
		return;
	found += sizeof(LABEL) - 1;
	/* Ten digits of a date: more is no version. */
	if (split(found, len - (size_t)(found - comment), words) > 0 && words[0].len <= 10 &&
	    fopnp_ascii_number(words[0].text, words[0].len, &version))
		hints->version = version;
}

static void take_line(struct reading *reading, const char *line, size_t len)
{
	const char *comment = memchr(line, ';', len);
	size_t text_len = comment ? (size_t)(comment - line) : len;
	bool has_owner = text_len > 0 && !isspace((unsigned char)line[0]);
	struct word words[WORDS];
	size_t count = split(line, text_len, words);

	if (comment)
		take_version(reading->hints, comment, len - text_len);
	if (count == 0 || (has_owner && is_word(words[0], "$TTL")))
		return;
	if (has_owner) {
		free(reading->owner);
		reading->owner = take_name(words[0]);
	}
	if (!reading->owner)
		reading->problem = has_owner ? "the name is too long" : "there is no name in front";
	else
		take_record(reading, words + has_owner, count - has_owner);
}

static bool has_address(const struct fopnp_root_hints *hints)
{
	for (size_t i = 0; i < hints->count; i++)
		if (hints->servers[i].count > 0)
			return true;
	return false;
}

bool fopnp_root_hints_parse(const char *bytes, size_t len, struct fopnp_root_hints *out,
			    unsigned *out_line, const char **out_problem)
{
	struct reading reading = { .hints = out };
	const char *end = bytes + len;

	*out = (struct fopnp_root_hints){ 0 };
	*out_line = 0;
	for (const char *at = bytes; at < end && !reading.problem;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *line_end = newline ? newline : end;

		++*out_line;
		take_line(&reading, at, (size_t)(line_end - at));
		at = newline ? newline + 1 : end;
	}
	free(reading.owner);
	if (!reading.problem && !has_address(out)) {
		*out_line = 0;
		reading.problem = "it has no name server of the root with an address";
	}
	*out_problem = reading.problem;
	return !reading.problem;
}

static void read_compiled_in(struct fopnp_root_hints *out)
{
	const char *problem;
	unsigned line;

	(void)fopnp_root_hints_parse(fopnp_root_hints_text, strlen(fopnp_root_hints_text), out,
				     &line, &problem);
}

/* False with a word to the reader if IS_TOLD; else quietly. */
static bool read_file(const char *path, struct fopnp_root_hints *out, bool is_told)
{
	int error = 0;
	size_t len = 0;
	unsigned line = 0;
	const char *problem = NULL;
	FOPNP_AUTO_FREE char *bytes = fopnp_text_file_read(path, &len, &error);
	int open_error = errno;

	*out = (struct fopnp_root_hints){ 0 };
	if (bytes && fopnp_root_hints_parse(bytes, len, out, &line, &problem)) {
		out->file = fopnp_memory_copy_text(path);
		return true;
	}
	fopnp_root_hints_clear(out);
	if (!is_told)
		return false;
	if (!bytes)
		fopnp_message_error("hints-unreadable", NULL, "cannot read %s: %s", path,
				    strerrordesc_np(error ? error : open_error));
	else if (line > 0)
		fopnp_message_error("hints-malformed",
				    "root hints are written as in " FOPNP_ROOT_HINTS_FILE,
				    "%s:%u: %s", path, line, problem);
	else
		fopnp_message_error("hints-malformed",
				    "root hints are written as in " FOPNP_ROOT_HINTS_FILE, "%s: %s",
				    path, problem);
	return false;
}

bool fopnp_root_hints_read(const char *path, struct fopnp_root_hints *out)
{
	struct fopnp_root_hints installed;

	if (path)
		return read_file(path, out, true);
	read_compiled_in(out);
	if (read_file(FOPNP_ROOT_HINTS_FILE, &installed, false) &&
	    installed.version > out->version) {
		fopnp_root_hints_clear(out);
		*out = installed;
	} else {
		fopnp_root_hints_clear(&installed);
	}
	return true;
}

void fopnp_root_hints_clear(struct fopnp_root_hints *hints)
{
	for (size_t i = 0; i < hints->count; i++) {
		free(hints->servers[i].name);
		free(hints->servers[i].addresses);
	}
	free(hints->servers);
	free(hints->file);
	*hints = (struct fopnp_root_hints){ 0 };
}
