/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random hosts files, see hosts_differential.h. */
#include "tests/nss/hosts_differential/hosts_differential.h"

#include <stdlib.h>
#include <string.h>

/* ---- numbers: splitmix64 ---- */

uint64_t hosts_random(struct random_state *state)
{
	uint64_t x = state->word += 0x9e3779b97f4a7c15u;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

struct random_state hosts_start_random(uint64_t seed, unsigned file, unsigned number)
{
	struct random_state state = { seed };

	state.word = hosts_random(&state) ^ (file + 1) * 0xd6e8feb86659fd93u;
	state.word = hosts_random(&state) ^ (number + 1) * 0xd6e8feb86659fd93u;
	return state;
}

unsigned hosts_below(struct random_state *state, unsigned limit)
{
	return (unsigned)(hosts_random(state) % limit);
}

bool hosts_chance(struct random_state *state, unsigned percent)
{
	return hosts_below(state, 100) < percent;
}

#define LENGTH(array)      (sizeof(array) / sizeof((array)[0]))
#define PICK(state, array) ((array)[hosts_below(state, LENGTH(array))])

/* ---- words ---- */

#define TEN_LETTERS "abcdefghij"
#define HUNDRED                                                                                    \
	TEN_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS TEN_LETTERS        \
		TEN_LETTERS TEN_LETTERS TEN_LETTERS
const char hosts_long_name[301] = HUNDRED HUNDRED HUNDRED;

/* Some are parts of others, which matters to whoever searches for them. */
const char *const hosts_names[] = {
	"foo",
	"fo",
	"fooo",
	"foofoo",
	"o",
	"Foo.Example",
	"foo.example",
	"foo.example.",
	"example",
	"bar",
	"BAZ",
	"localhost",
	"ip6-localhost",
	"localhost.localdomain",
	"host-1",
	"a",
	"I.Example",
	"xn--bcher-kva",
	"b\303\274cher",
	"\303\211t\303\251",
	"\303\251t\303\251",
	"\303\211T\303\211",
	"\377\376",
	"foo_bar!",
	"-dash",
	"*.example",
	"\"foo\"",
	"foo\\",
	"[foo]",
	"foo@bar",
	"FOO`{|}~",
	"foo@[\\]^",
	"5.6.7.8",
	"5.6.7.8.",
	"1.2.3.4.",
	"1.2.3",
	"2001:db8::1",
	"::1",
	"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z",
	"abcabcabd",
	"abcabd",
	"\001\177",
	hosts_long_name,
};
const size_t hosts_name_count = LENGTH(hosts_names);

static const char *const addresses[] = {
	"1.2.3.4",
	"1.2.3.5",
	"10.0.0.1",
	"127.0.0.1",
	"127.0.1.1",
	"0.0.0.0",
	"255.255.255.255",
	"224.0.0.1",
	"169.254.7.7",
	"::1",
	"::",
	"0:0:0:0:0:0:0:1",
	"2001:db8::1",
	"2001:DB8::1",
	"2001:0db8:0000:0000:0000:0000:0000:0001",
	"::ffff:1.2.3.4",
	"::FFFF:1.2.3.4",
	"::ffff:102:304",
	"::ffff:127.0.0.1",
	"::ffff:0.0.0.0",
	"::ffff:0:102:304",
	"::1.2.3.4",
	"::127.0.0.1",
	"64:ff9b::1.2.3.4",
	"0000:0000:0000:0000:0000:ffff:255.255.255.255",
	"fe80::1",
	"fe80::2",
	"ff02::1",
	"fec0::1",
};

/* What is no address to inet_pton(3), or looks like a part of the line. */
static const char *const bad_addresses[] = {
	"01.02.03.04",
	"127.000.000.001",
	"0x7f.1",
	"1.2.3",
	"1.2.3.4/24",
	"1.2.3.4.5",
	"1.2.3.4.",
	"1.2.3.256",
	"+1.2.3.4",
	"1.2.3.4,",
	"fe80::1%lo",
	"fe80::1%1",
	"[2001:db8::1]",
	"2001:db8::1::2",
	":::",
	"12345::1",
	"::ffff:1.2.3.256",
	"0000:0000:0000:0000:0000:0000:0000:0000:1",
	"00000000000000000000000000000000000000000000000000001",
	"foo",
	"hosts:",
	"-",
	"\357\273\2771.2.3.4",
	"\302\2401.2.3.4",
};

void hosts_generate_words(uint64_t seed, unsigned file, struct hosts_words *out)
{
	struct random_state state = hosts_start_random(seed, file, 0);

	for (size_t i = 0; i < HOSTS_WORDS; i++) {
		out->names[i] = PICK(&state, hosts_names);
		out->addresses[i] = PICK(&state, addresses);
	}
}

/* ---- lines ---- */

void hosts_append(struct hosts_content *content, const char *bytes, size_t len)
{
	if (len > sizeof(content->bytes) - content->len)
		return;
	memcpy(content->bytes + content->len, bytes, len);
	content->len += len;
}

static void append_text(struct hosts_content *content, const char *text)
{
	hosts_append(content, text, strlen(text));
}

static void append_many(struct hosts_content *content, char c, size_t count)
{
	if (count > sizeof(content->bytes) - content->len)
		return;
	memset(content->bytes + content->len, c, count);
	content->len += count;
}

static void append_blanks(struct random_state *state, struct hosts_content *content)
{
	static const char *const blanks[] = { " ",    " ",  " ",  "\t", "\t",  "  ",
					      " \t ", "\v", "\f", "\r", " \r", "\v\f" };

	append_text(content, PICK(state, blanks));
}

/* A name of the file's, sometimes spelt otherwise. */
static void append_name(struct random_state *state, struct hosts_content *content,
			const struct hosts_words *words)
{
	size_t from = content->len;

	append_text(content,
		    hosts_chance(state, 85) ? PICK(state, words->names) : PICK(state, hosts_names));
	if (hosts_chance(state, 15) && content->len > from)
		content->bytes[from + hosts_below(state, (unsigned)(content->len - from))] ^= 0x20;
	else if (hosts_chance(state, 5))
		append_text(content, PICK(state, words->names));
}

static void append_address(struct random_state *state, struct hosts_content *content,
			   const struct hosts_words *words)
{
	unsigned kind = hosts_below(state, 100);

	if (kind < 70)
		append_text(content, PICK(state, words->addresses));
	else if (kind < 90)
		append_text(content, PICK(state, addresses));
	else
		append_text(content, PICK(state, bad_addresses));
}

static unsigned choose_aliases(struct random_state *state)
{
	unsigned kind = hosts_below(state, 200);

	if (kind == 0)
		return 400; /* some kilobytes */
	if (kind < 6)
		return 35 + hosts_below(state, 10);
	if (kind < 16)
		return 0; /* not even a first name */
	return 1 + hosts_below(state, 4);
}

static void append_comment(struct random_state *state, struct hosts_content *content,
			   const struct hosts_words *words)
{
	append_text(content, "#");
	for (unsigned i = hosts_below(state, 4); i > 0; i--) {
		append_text(content, " ");
		append_name(state, content, words);
	}
	if (hosts_chance(state, 3))
		append_many(content, 'c', 1000 + hosts_below(state, 3000));
}

/* Cut into the line behind FROM: a comment mid-token, a NUL, any byte. */
static void spoil_line(struct random_state *state, struct hosts_content *content, size_t from)
{
	static const char spoilers[] = { '#', '#', '\0', '\0', '\r', ' ', '\n', '\200', '\377' };
	size_t len = content->len - from;

	if (len > 0)
		content->bytes[from + hosts_below(state, (unsigned)len)] = PICK(state, spoilers);
}

static void append_line_end(struct random_state *state, struct hosts_content *content)
{
	if (hosts_chance(state, 15))
		append_blanks(state, content);
	append_text(content, hosts_chance(state, 15) ? "\r\n" : "\n");
}

static void append_line(struct random_state *state, struct hosts_content *content,
			const struct hosts_words *words)
{
	size_t from = content->len;

	if (hosts_chance(state, 12))
		append_blanks(state, content);
	if (!hosts_chance(state, 10)) {
		append_address(state, content, words);
		for (unsigned i = choose_aliases(state); i > 0; i--) {
			append_blanks(state, content);
			append_name(state, content, words);
		}
	}
	if (hosts_chance(state, 12))
		append_comment(state, content, words);
	if (hosts_chance(state, 6))
		spoil_line(state, content, from);
	append_line_end(state, content);
}

/* ---- files ---- */

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

void hosts_avoid_garbling(struct hosts_content *content)
{
	for (size_t at = 0; at < content->len;) {
		char *line = content->bytes + at;
		char *newline = memchr(line, '\n', content->len - at);
		size_t len = newline ? (size_t)(newline - line) : content->len - at;
		size_t whole = strnlen(line, len), blanks = 0;

		while (blanks < whole && is_space(line[blanks]))
			blanks++;
		if (blanks > 0 && (whole < len || !newline)) {
			memmove(line, line + blanks, content->len - at - blanks);
			content->len -= blanks;
			continue; /* with what was behind the blanks */
		}
		at += len + 1;
	}
}

/* Lines that nobody asks for, with pieces of names that somebody does. */
static void append_filler(struct random_state *state, struct hosts_content *content,
			  const struct hosts_words *words, unsigned number)
{
	char line[1000];
	const char *word = PICK(state, words->names);

	switch (hosts_below(state, 12)) {
	case 0:
		snprintf(line, sizeof(line), "10.1.2.3 x%s %sx # %s\n", word, word, word);
		break;
	case 1:
		snprintf(line, sizeof(line), "# 1.2.3.4 %s\n", word);
		break;
	case 2:
		snprintf(line, sizeof(line), "\n\n2001:db8:%x::%x six%u\n", number & 0xffff,
			 number >> 16, number);
		break;
	default:
		snprintf(line, sizeof(line), "10.%u.%u.%u\thost%u.hosts.test host%u\n",
			 number >> 16 & 255, number >> 8 & 255, number & 255, number, number);
	}
	append_text(content, line);
}

static void fill_up_to(struct random_state *state, struct hosts_content *content,
		       const struct hosts_words *words, size_t target)
{
	const bool has_lines = !hosts_chance(state, 10);
	unsigned number = (unsigned)content->len;

	while (has_lines && content->len + 1400 < target)
		append_filler(state, content, words, number++);
	/* one long line takes the rest */
	if (content->len + 20 < target) {
		append_text(content, hosts_chance(state, 50) ? "#" : "10.9.8.7 x");
		append_many(content, hosts_chance(state, 50) ? 'y' : ' ',
			    target - content->len - 1);
		append_text(content, "\n");
	}
}

/*
 * Whoever reads a large file in blocks has boundaries at multiples of some power
 * of two: put lines there that matter.
 */
static void append_large(struct random_state *state, struct hosts_content *content,
			 const struct hosts_words *words, size_t size)
{
	static const unsigned blocks[] = { 4096, 8192, 16384, 32768, 65536, 131072 };

	while (content->len < size) {
		size_t block = PICK(state, blocks);
		size_t boundary = (content->len / block + 1) * block;
		unsigned back = hosts_below(state, 40);

		if (boundary - back > content->len + 64)
			fill_up_to(state, content, words, boundary - back);
		append_line(state, content, words);
		if (hosts_chance(state, 30))
			append_line(state, content, words);
	}
}

/* A line longer than any block, with a name at its end. */
static void append_giant_line(struct random_state *state, struct hosts_content *content,
			      const struct hosts_words *words)
{
	size_t end = content->len + 66000 + hosts_below(state, 20000);

	append_address(state, content, words);
	if (hosts_chance(state, 50))
		append_many(content, ' ', 66000);
	while (content->len < end)
		append_text(content, " an-alias-of-some-length");
	append_text(content, " ");
	append_name(state, content, words);
	append_text(content, "\n");
}

/* How many lines for a name that has as many as a mail provider has addresses. */
static void append_many_lines(struct random_state *state, struct hosts_content *content,
			      const struct hosts_words *words)
{
	char line[700];

	for (unsigned i = 0; i < 60; i++) {
		snprintf(line, sizeof(line), "%s%u %s\n", i % 3 == 2 ? "2001:db8::" : "192.0.2.", i,
			 words->names[0]);
		append_text(content, line);
		if (hosts_chance(state, 5))
			append_line(state, content, words);
	}
}

static void append_small(struct random_state *state, struct hosts_content *content,
			 const struct hosts_words *words)
{
	if (hosts_chance(state, 3))
		append_text(content, "\357\273\277");
	if (hosts_chance(state, 3))
		append_many_lines(state, content, words);
	for (unsigned i = hosts_below(state, 12); i > 0; i--)
		append_line(state, content, words);
	if (hosts_chance(state, 10) && content->len > 0)
		content->len--; /* no newline at the end */
}

static enum hosts_kind choose_kind(struct random_state *state)
{
	unsigned kind = hosts_below(state, 100);

	return kind == 0   ? HOSTS_MISSING
	       : kind == 1 ? HOSTS_DIRECTORY
	       : kind == 2 ? HOSTS_DANGLING
	       : kind == 3 ? HOSTS_CLOSED
	       : kind < 6  ? HOSTS_SYMLINK
			   : HOSTS_REGULAR;
}

void hosts_generate(uint64_t seed, unsigned file, struct hosts_content *out)
{
	struct random_state state = hosts_start_random(seed, file, 1);
	struct hosts_words words;

	out->len = 0;
	out->kind = HOSTS_REGULAR;
	if (hosts_row_name(file)) {
		hosts_append_row(file, out);
		return;
	}
	hosts_generate_words(seed, file, &words);
	out->kind = choose_kind(&state);
	if (file % 600 == 599)
		append_large(&state, out, &words, ((size_t)1 << 20) + hosts_below(&state, 300000));
	else if (file % 60 == 59)
		append_large(&state, out, &words, 66000 + hosts_below(&state, 200000));
	else if (file % 120 == 30)
		append_giant_line(&state, out, &words);
	append_small(&state, out, &words);
	hosts_avoid_garbling(out);
}
