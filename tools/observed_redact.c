/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hashing names, see observed_redact.h. */
#include "tools/observed_redact.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/event.h"
#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/text_file.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sha2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define MACHINE_ID "/etc/machine-id"
/* Sets this use of the machine-id apart from others; changing it changes every hash. */
#define APPLICATION_ID "fopnp --redact 1"
#define HASH_BYTES     6
#define WORD_TEXT      32

struct fopnp_redaction {
	uint8_t key[SHA256_DIGEST_LENGTH];
};

/* ---- the key ---- */

static void make_key(struct fopnp_redaction *redaction, const void *secret, size_t len)
{
	SHA2_CTX context;

	SHA256Init(&context);
	SHA256Update(&context, (const uint8_t *)APPLICATION_ID, sizeof(APPLICATION_ID));
	SHA256Update(&context, secret, len);
	SHA256Final(redaction->key, &context);
}

/* 32 hexadecimal digits (machine-id(5)); an image that never booted has "uninitialized" or nothing. */
static bool is_machine_id(const char *text, size_t len)
{
	return len >= 32 && strspn(text, "0123456789abcdef") == 32;
}

struct fopnp_redaction *fopnp_redaction_create(void)
{
	struct fopnp_redaction *redaction = fopnp_memory_zeroed(1, sizeof(*redaction));
	uint8_t random[SHA256_DIGEST_LENGTH];
	FOPNP_AUTO_FREE char *text = NULL;
	size_t len = 0;
	int error = 0;

	text = fopnp_text_file_read(MACHINE_ID, &len, &error);
	if (text && is_machine_id(text, len)) {
		make_key(redaction, text, 32);
		return redaction;
	}
	(void)fprintf(stderr,
		      "fopnp: there is no machine-id in %s: the hashes of --redact hold "
		      "for this run alone\n",
		      MACHINE_ID);
	/* Up to 256 bytes come whole; it fails only in kernels before 3.17 (getrandom(2)). */
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		abort();
	make_key(redaction, random, sizeof(random));
	return redaction;
}

void fopnp_redaction_destroy(struct fopnp_redaction *redaction)
{
	free(redaction);
}

/* ---- names and addresses ---- */

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* As we write it. */
static bool is_redacted(const char *text)
{
	if (!starts_with(text, "name-") && !starts_with(text, "addr-"))
		return false;
	text += strlen("name-");
	return strspn(text, "0123456789abcdef") == (size_t)2 * HASH_BYTES &&
	       text[2 * HASH_BYTES] == '\0';
}

static bool is_local_name(const char *text)
{
	static const char *const names[] = { "localhost", "localhost.localdomain", "ip6-localhost",
					     "ip6-loopback" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (fopnp_name_is_same(text, names[i]))
			return true;
	return false;
}

static bool is_local_ipv4(const uint8_t bytes[4])
{
	static const uint8_t unspecified[4] = { 0 };

	return bytes[0] == 127 || memcmp(bytes, unspecified, 4) == 0;
}

/* The address without its zone in its one spelling; false: TEXT is no address. */
static bool canonical_address(const char *text, char out[static INET6_ADDRSTRLEN],
			      bool *out_is_local)
{
	size_t len = strcspn(text, "%");
	struct in6_addr six;
	struct in_addr four;
	char host[INET6_ADDRSTRLEN];

	if (len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	if (!text[len] && inet_pton(AF_INET, host, &four) == 1) {
		*out_is_local = is_local_ipv4((const uint8_t *)&four);
		return inet_ntop(AF_INET, &four, out, INET6_ADDRSTRLEN) != NULL;
	}
	if (inet_pton(AF_INET6, host, &six) != 1)
		return false;
	*out_is_local = IN6_IS_ADDR_LOOPBACK(&six) || IN6_IS_ADDR_UNSPECIFIED(&six) ||
			(IN6_IS_ADDR_V4MAPPED(&six) && is_local_ipv4(six.s6_addr + 12));
	return inet_ntop(AF_INET6, &six, out, INET6_ADDRSTRLEN) != NULL;
}

/* "PREFIX" and the hash of LEN bytes without regard to letter case. */
static void print_hash(const struct fopnp_redaction *redaction, const char *prefix,
		       const char *text, size_t len, char out[static FOPNP_REDACTED_TEXT])
{
	uint8_t digest[SHA256_DIGEST_LENGTH], folded[256];
	SHA2_CTX context;
	size_t used = 0;

	SHA256Init(&context);
	SHA256Update(&context, redaction->key, sizeof(redaction->key));
	for (size_t i = 0; i < len; i++) {
		folded[used++] = (uint8_t)fopnp_ascii_lower(text[i]);
		if (used == sizeof(folded) || i + 1 == len) {
			SHA256Update(&context, folded, used);
			used = 0;
		}
	}
	SHA256Final(digest, &context);
	used = (size_t)snprintf(out, FOPNP_REDACTED_TEXT, "%s", prefix);
	for (size_t i = 0; i < HASH_BYTES; i++)
		(void)snprintf(out + used + 2 * i, 3, "%02x", digest[i]);
}

const char *fopnp_redact_shown(const struct fopnp_redaction *redaction, const char *text,
			       char buffer[static FOPNP_REDACTED_TEXT])
{
	char address[INET6_ADDRSTRLEN];
	bool is_local = false;

	if (!redaction || !text || !text[0] || is_redacted(text) || is_local_name(text))
		return text;
	if (!canonical_address(text, address, &is_local))
		print_hash(redaction, "name-", text, fopnp_name_length(text), buffer);
	else if (is_local)
		return text;
	else
		print_hash(redaction, "addr-", address, strlen(address), buffer);
	return buffer;
}

char *fopnp_redact_name(const struct fopnp_redaction *redaction, const char *text)
{
	char buffer[FOPNP_REDACTED_TEXT];

	return fopnp_memory_copy_text(fopnp_redact_shown(redaction, text, buffer));
}

/* ---- the words of a step ---- */

/* Each writes what may be shown of VALUE; false: nothing. */
typedef bool redact_value(const struct fopnp_redaction *redaction, char *value, char *out,
			  size_t size);

static bool fits(int len, size_t size)
{
	return len >= 0 && (size_t)len < size;
}

static bool keep(const struct fopnp_redaction *redaction, char *value, char *out, size_t size)
{
	(void)redaction;
	return fits(snprintf(out, size, "%s", value), size);
}

static bool hash(const struct fopnp_redaction *redaction, char *value, char *out, size_t size)
{
	char buffer[FOPNP_REDACTED_TEXT];

	return fits(snprintf(out, size, "%s", fopnp_redact_shown(redaction, value, buffer)), size);
}

/* ADDRESS, IPV4:PORT or [ADDRESS]:PORT. */
static bool hash_server(const struct fopnp_redaction *redaction, char *value, char *out,
			size_t size)
{
	char buffer[FOPNP_REDACTED_TEXT], address[INET6_ADDRSTRLEN];
	char *port = strrchr(value, ':');
	const char *shown;
	bool is_local;

	if (!port || port[1 + strspn(port + 1, "0123456789")] ||
	    canonical_address(value, address, &is_local))
		return hash(redaction, value, out, size);
	*port++ = '\0';
	if (value[0] == '[') {
		value++;
		value[strcspn(value, "]")] = '\0';
	}
	shown = fopnp_redact_shown(redaction, value, buffer);
	return fits(snprintf(out, size, strchr(shown, ':') ? "[%s]:%s" : "%s:%s", shown, port),
		    size);
}

/* CODE:TEXT, and a server chooses the text. */
static bool keep_code(const struct fopnp_redaction *redaction, char *value, char *out, size_t size)
{
	value[strspn(value, "0123456789")] = '\0';
	return value[0] && keep(redaction, value, out, size);
}

/* SERVER,COUNT */
static bool hash_sent(const struct fopnp_redaction *redaction, char *value, char *out, size_t size)
{
	char *count = strrchr(value, ',');
	size_t used;

	if (!count)
		return false;
	*count++ = '\0';
	if (!hash_server(redaction, value, out, size))
		return false;
	used = strlen(out);
	return fits(snprintf(out + used, size - used, ",%s", count), size - used);
}

/* AT,SERVER,TRANSPORT,TYPE,END,TOOK,ANSWERS,NAME */
static bool hash_query(const struct fopnp_redaction *redaction, char *value, char *out, size_t size)
{
	char server_text[FOPNP_REDACTED_TEXT + 16], buffer[FOPNP_REDACTED_TEXT];
	char *server = strchr(value, ','), *middle, *name;

	if (!server)
		return false;
	*server++ = '\0';
	middle = strchr(server, ',');
	if (!middle)
		return false;
	*middle++ = '\0';
	name = middle;
	for (int i = 0; i < 5 && name; i++) {
		name = strchr(name, ',');
		name += name ? 1 : 0;
	}
	if (!name || !hash_server(redaction, server, server_text, sizeof(server_text)))
		return false;
	name[-1] = '\0';
	return fits(snprintf(out, size, "%s,%s,%s,%s", value, server_text, middle,
			     fopnp_redact_shown(redaction, name, buffer)),
		    size);
}

static const struct {
	const char *word;
	redact_value *redact;
} WORDS[] = {
	{ "ad", keep },          { "asked", keep },       { "avahi", keep },
	{ "chain", hash },       { "ede", keep_code },    { "error", keep },
	{ "file", keep },        { "from", hash_server }, { "heard", keep },
	{ "if", hash }, /* names of interfaces hold serial numbers: enx001122334455 */
	{ "ignored", keep },     { "more", keep },        { "queries", keep },
	{ "query", hash_query }, { "rcode", keep },       { "reason", keep },
	{ "rtt", keep },         { "sent", hash_sent },   { "server", hash_server },
	{ "skipped", keep },     { "transport", keep },   { "ttl", keep },
	{ "via", keep },
};

static redact_value *find_word(const char *word)
{
	for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++)
		if (strcmp(WORDS[i].word, word) == 0)
			return WORDS[i].redact;
	return NULL;
}

static bool add_word(const struct fopnp_redaction *redaction, const char *word, char *value,
		     char *out, size_t size)
{
	redact_value *redact = find_word(word);
	char shown[1024];

	if (!redact || !redact(redaction, value, shown, sizeof(shown)))
		return true; /* not for others to see */
	return fopnp_words_add(out, size, word, shown);
}

bool fopnp_redact_detail(const struct fopnp_redaction *redaction, const char *detail, char *out,
			 size_t size)
{
	size_t len = strlen(detail), position = 0;
	char word[WORD_TEXT], value[FOPNP_EVENT_DETAIL];
	bool is_whole = true;

	out[0] = '\0';
	while (fopnp_words_next(detail, len, &position, word, sizeof(word), value, sizeof(value)))
		is_whole &= add_word(redaction, word, value, out, size);
	return is_whole;
}
