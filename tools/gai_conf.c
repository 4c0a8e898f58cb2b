/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gai.conf(5), mistake for mistake as glibc reads it. */
#include "tools/gai_conf.h"

#include "tools/memory.h"
#include "tools/text_file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnu/libc-version.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define MAPPED_BITS 96 /* in front of the IPv4 part of a v4-mapped address */

/* RFC 3484's tables with glibc's additions: fec0::/10, fc00::/7 and Teredo's 2001::/32. */
static const struct fopnp_gai_entry LABELS[] = {
	{ { [15] = 1 }, 128, 0, 0 },         { { 0x20, 0x02 }, 16, 2, 0 }, { { 0 }, 96, 3, 0 },
	{ { [10] = 0xff, 0xff }, 96, 4, 0 }, { { 0xfe, 0xc0 }, 10, 5, 0 }, { { 0xfc }, 7, 6, 0 },
	{ { 0x20, 0x01 }, 32, 7, 0 },        { { 0 }, 0, 1, 0 },
};
static const struct fopnp_gai_entry PRECEDENCES[] = {
	{ { [15] = 1 }, 128, 50, 0 },         { { 0x20, 0x02 }, 16, 30, 0 }, { { 0 }, 96, 20, 0 },
	{ { [10] = 0xff, 0xff }, 96, 10, 0 }, { { 0 }, 0, 40, 0 },
};
static const struct fopnp_gai_entry SCOPES[] = {
	{ { [10] = 0xff, 0xff, 169, 254 }, MAPPED_BITS + 16, 2, 0 },
	{ { [10] = 0xff, 0xff, 127 }, MAPPED_BITS + 8, 2, 0 },
	{ { [10] = 0xff, 0xff }, MAPPED_BITS, 14, 0 },
};

/* The last entry of each is the one that is added to a table without such an entry. */
#define TABLE(array) (array), sizeof(array) / sizeof((array)[0])
static const struct {
	const char *keyword;
	const struct fopnp_gai_entry *list;
	size_t count;
} BUILT_IN[FOPNP_GAI_TABLES] = {
	[FOPNP_GAI_LABEL] = { "label", TABLE(LABELS) },
	[FOPNP_GAI_PRECEDENCE] = { "precedence", TABLE(PRECEDENCES) },
	[FOPNP_GAI_SCOPE] = { "scopev4", TABLE(SCOPES) },
};

static void add_entry(struct fopnp_gai_conf *conf, enum fopnp_gai_table table,
		      const struct fopnp_gai_entry *entry)
{
	size_t count = conf->tables[table].count;

	/* Room grows by doubling; it is full at each power of two. */
	if ((count & (count - 1)) == 0)
		conf->tables[table].list = fopnp_memory_resize(
			conf->tables[table].list, count ? count * 2 : 1, sizeof(*entry));
	conf->tables[table].list[count] = *entry;
	conf->tables[table].count++;
}

/* isspace() in the C locale: what is read must not depend on the caller's. */
static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next word of *AT, which is left behind it; "" at the end of the line. */
static char *take_word(char **at)
{
	char *word, *end;

	for (word = *at; is_blank(*word); word++)
		;
	for (end = word; *end && !is_blank(*end); end++)
		;
	*at = end;
	if (*end) {
		*end = '\0';
		(*at)++;
	}
	return word;
}

/* strtoul() with the sign that it allows, and modulo 2^64 as it is for "-18446744073709551612". */
static bool read_number(const char *text, bool is_strict, unsigned long most,
			unsigned long *out_number)
{
	char *end;
	unsigned long number;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (*end != '\0' || (is_strict && end == text) || errno == ERANGE || number > most)
		return false;
	*out_number = number;
	return true;
}

/* An address of the kind that the table wants.  False: none. */
static bool read_prefix(enum fopnp_gai_table table, const char *text, uint8_t out_prefix[16],
			unsigned *out_bits_before)
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };

	*out_bits_before = 0;
	if (inet_pton(AF_INET6, text, out_prefix) == 1)
		return table != FOPNP_GAI_SCOPE || memcmp(out_prefix, mapped, sizeof(mapped)) == 0;
	if (table != FOPNP_GAI_SCOPE || inet_pton(AF_INET, text, out_prefix + 12) != 1)
		return false;
	memcpy(out_prefix, mapped, sizeof(mapped));
	*out_bits_before = MAPPED_BITS;
	return true;
}

static void read_entry(struct fopnp_gai_conf *conf, enum fopnp_gai_table table, char *words[2],
		       unsigned line, bool is_strict)
{
	char *slash = strchr(words[0], '/');
	unsigned long bits = 128, value;
	struct fopnp_gai_entry entry = { .line = line };
	unsigned bits_before;

	if (slash)
		*slash = '\0';
	if (!read_prefix(table, words[0], entry.prefix, &bits_before))
		return;
	if (!slash && !is_strict) {
		if (!conf->unsafe_line)
			conf->unsafe_line = line;
		return;
	}
	if (slash && !read_number(slash + 1, is_strict, 128 - bits_before, &bits))
		return;
	entry.bits = slash ? (unsigned)bits + bits_before : 128;
	if ((table == FOPNP_GAI_SCOPE && entry.bits < MAPPED_BITS) ||
	    !read_number(words[1], is_strict, INT_MAX, &value))
		return;
	entry.value = (int)value;
	add_entry(conf, table, &entry);
	if (!conf->first_line)
		conf->first_line = line;
}

/* One line, which is changed on the way; a NUL ends it early, as for glibc. */
static void read_line(struct fopnp_gai_conf *conf, char *text, unsigned line, bool is_strict)
{
	char *at = text, *keyword, *words[2];

	text[strcspn(text, "#")] = '\0';
	keyword = take_word(&at);
	words[0] = take_word(&at);
	words[1] = take_word(&at);
	if (strcmp(keyword, "reload") == 0)
		conf->is_reloaded = strcmp(words[0], "yes") == 0;
	for (int table = 0; table < FOPNP_GAI_TABLES; table++)
		if (strcmp(keyword, BUILT_IN[table].keyword) == 0)
			read_entry(conf, (enum fopnp_gai_table)table, words, line, is_strict);
}

/* Longest prefix first, as in the file among equals; what has no line is added last. */
static int compare_entries(const void *one, const void *other)
{
	const struct fopnp_gai_entry *a = one, *b = other;

	if (a->bits != b->bits)
		return a->bits > b->bits ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

static void finish_table(struct fopnp_gai_conf *conf, enum fopnp_gai_table table)
{
	const struct fopnp_gai_entry *list = BUILT_IN[table].list;
	const struct fopnp_gai_entry *rest = &list[BUILT_IN[table].count - 1];
	size_t count = conf->tables[table].count;

	if (count == 0) {
		for (size_t i = 0; i < BUILT_IN[table].count; i++)
			add_entry(conf, table, &list[i]);
		return;
	}
	qsort(conf->tables[table].list, count, sizeof(*list), compare_entries);
	if (conf->tables[table].list[count - 1].bits != rest->bits)
		add_entry(conf, table, rest);
}

void fopnp_gai_conf_parse(const char *bytes, size_t len, bool is_strict,
			  struct fopnp_gai_conf *out_conf)
{
	struct fopnp_gai_conf conf = { .is_reloaded = false };
	FOPNP_AUTO_FREE char *copy = fopnp_memory_copy(bytes, len);
	char *end = copy + len;
	unsigned number = 1;

	for (char *line = copy, *next; line < end; line = next, number++) {
		char *newline = memchr(line, '\n', (size_t)(end - line));

		next = newline ? newline + 1 : end;
		if (newline)
			*newline = '\0';
		read_line(&conf, line, number, is_strict);
	}
	for (int table = 0; table < FOPNP_GAI_TABLES; table++)
		finish_table(&conf, (enum fopnp_gai_table)table);
	*out_conf = conf;
}

/* BZ #32465: glibc 2.41 reads numbers another way. */
static bool libc_is_strict(void)
{
	char *end;
	unsigned long major = strtoul(gnu_get_libc_version(), &end, 10);
	unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;

	return major > 2 || (major == 2 && minor >= 41);
}

void fopnp_gai_conf_read(struct fopnp_gai_conf *out_conf)
{
	size_t len = 0;
	int error;
	FOPNP_AUTO_FREE char *bytes = fopnp_text_file_read(FOPNP_GAI_CONF, &len, &error);

	fopnp_gai_conf_parse(bytes ? bytes : "", bytes ? len : 0, libc_is_strict(), out_conf);
}

void fopnp_gai_conf_clear(struct fopnp_gai_conf *conf)
{
	for (int table = 0; table < FOPNP_GAI_TABLES; table++)
		free(conf->tables[table].list);
	*conf = (struct fopnp_gai_conf){ .first_line = 0 };
}

static bool has_prefix(const uint8_t address[16], const struct fopnp_gai_entry *entry)
{
	size_t whole = entry->bits / 8;
	unsigned rest = entry->bits % 8;

	return memcmp(address, entry->prefix, whole) == 0 &&
	       (rest == 0 || (address[whole] ^ entry->prefix[whole]) >> (8 - rest) == 0);
}

struct fopnp_gai_value fopnp_gai_conf_value(const struct fopnp_gai_conf *conf,
					    enum fopnp_gai_table table,
					    const struct fopnp_request_address *address)
{
	uint8_t bytes[16] = { [10] = 0xff, 0xff };
	const struct fopnp_gai_entry *entry = conf->tables[table].list;

	if (address->family == AF_INET)
		memcpy(bytes + 12, address->bytes, 4);
	else
		memcpy(bytes, address->bytes, sizeof(bytes));
	for (size_t i = 1; i < conf->tables[table].count && !has_prefix(bytes, entry); i++)
		entry++;
	return (struct fopnp_gai_value){ entry->value, entry->line };
}
