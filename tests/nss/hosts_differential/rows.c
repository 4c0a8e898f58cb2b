/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts files that show one thing each; the random ones only mix them. */
#include "tests/nss/hosts_differential/hosts_differential.h"

#include <string.h>

struct row {
	const char *bytes, *name;
	size_t len;
};

#define ROW(bytes, name)                                                                           \
	{                                                                                          \
		bytes, name, sizeof(bytes) - 1                                                     \
	}

static const struct row rows[] = {
	ROW("1.2.3.4 foo\n", "foo"),
	ROW("1.2.3.4 FooBar.Example baz\n", "FOOBAR.example"),
	ROW("1.2.3.4 real alias1 alias2\n", "alias2"),
	ROW("1.2.3.4 foo\n1.2.3.5 foo\n", "foo"),
	ROW("1.2.3.4 a foo\n1.2.3.5 foo b\n", "foo"),
	ROW("2001:db8::1 foo\n1.2.3.4 foo\n", "foo"),
	ROW("1.2.3.4 foo\n2001:db8::1 foo\n", "foo"),
	ROW("::1 foo\n", "foo"),
	ROW("127.0.0.1 foo\n::1 foo\n", "foo"),
	ROW("::1 foo\n2001:db8::1 foo\n", "foo"),
	ROW("::ffff:1.2.3.4 foo\n", "foo"),
	ROW("1.2.3.4 foo\n1.2.3.4 foo\n", "foo"),
	ROW("1.2.3.4 foo foo\n", "foo"),
	ROW("1.2.3.4 foo#bar baz\n", "foo"),
	ROW("1.2.3.4 foo # bar\n", "bar"),
	ROW("1.2.3.4 foo ba#r\n", "ba"),
	ROW(" \t1.2.3.4 foo\n", "foo"),
	ROW("1.2.3.4 foo bar\r\n", "bar"),
	ROW("1.2.3.4\vfoo\fbar\n", "bar"),
	ROW("5.6.7.8 bar\n1.2.3.4 foo", "foo"),
	ROW("1.2.3.4\n", ""),
	ROW("1.2.3.4 \t \n1.2.3.5 foo\n1.2.3.6\n", ""),
	ROW("1.2.3 foo\n1.2.3.4 foo\n", "foo"),
	ROW("01.02.03.04 foo\n127.000.000.001 foo\n", "foo"),
	ROW("0x7f.1 foo\n1.2.3.4/24 foo\n1.2.3.4.5 foo\n", "foo"),
	ROW("fe80::1%lo foo\nfe80::1%1 foo\n", "foo"),
	ROW("fe80::1 foo\n", "foo"),
	ROW("[2001:db8::1] foo\n", "foo"),
	ROW("64:ff9b::1.2.3.4 foo\n", "foo"),
	ROW("1.2.3.4 foo.example.\n", "foo.example"),
	ROW("1.2.3.4 foo.example\n", "foo.example."),
	ROW("1.2.3.4 foo.example.\n", "foo.example."),
	ROW("1.2.3.4 foo_bar! -dash *.star\n", "-dash"),
	ROW("1.2.3.4 *.example\n", "a.example"),
	ROW("1.2.3.4 b\303\274cher\n", "b\303\274cher"),
	ROW("1.2.3.4 \303\211t\303\251\n", "\303\251t\303\251"),
	ROW("1.2.3.4 foo\0bar baz\n5.6.7.8 qux\n", "foo"),
	ROW("1.2.3.4 foo\0bar baz\n5.6.7.8 qux\n", "qux"),
	ROW("\0001.2.3.4 foo\n5.6.7.8 foo\n", "foo"),
	ROW("\0\n5.6.7.8 foo\n\0", "foo"),
	ROW("\357\273\2771.2.3.4 foo\n", "foo"),
	ROW("1.2.3.4 5.6.7.8\n", "5.6.7.8"),
	ROW("1.2.3.4 5.6.7.8.\n", "5.6.7.8."),
	ROW("0.0.0.0 ads\n:: ads\n", "ads"),
	ROW("255.255.255.255 foo\n224.0.0.1 foo\n", "foo"),
	ROW("1.2.3.4 foo \\\nbar\n", "bar"),
	ROW("1.2.3.4 \"foo\"\n", "foo"),
	ROW("1.2.3.4 foo\n2001:db8::1 foo\n::ffff:5.6.7.8 foo\n", "foo"),
	ROW("1.2.3.4 a\n1.2.3.4 b a\n", "a"),
	ROW("1.2.3.4 a\n2001:db8::1 A a\n1.2.3.5 A\n", "a"),
	ROW("", "foo"),
	ROW("\n", ""),
	ROW("\n\n\n# nothing\n \t\r\n", "foo"),
	ROW("1.2.3.4 foo\rbar\n", "bar"),
	ROW("1.2.3.4#5 foo\n", "foo"),
	ROW("1.2.3.4#", ""),
	ROW("#1.2.3.4 foo\n", "foo"),
	ROW("::1 six\n127.0.0.1 four\n", "six"),
	ROW("127.0.0.1 four\n::1 six\n::ffff:127.0.0.1 mapped\n", "mapped"),
	ROW("1.2.3.4 foo bar\n1.2.3.4 bar foo\n", "bar"),
};

/* Rows with more bytes than one would write down, and the names to ask for. */
static const char *const built_names[] = { "last", "foo", "foo", "foo", "many", hosts_long_name };

#define ROWS       (sizeof(rows) / sizeof(rows[0]))
#define BUILT_ROWS (sizeof(built_names) / sizeof(built_names[0]))

static void append_text(struct hosts_content *out, const char *text)
{
	hosts_append(out, text, strlen(text));
}

static void append_times(struct hosts_content *out, const char *text, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		append_text(out, text);
}

static void append_addresses(struct hosts_content *out)
{
	char line[64];

	for (unsigned i = 0; i < 60; i++) {
		snprintf(line, sizeof(line), "192.0.2.%u many\n", i);
		append_text(out, line);
	}
}

static void build_row(struct hosts_content *out, unsigned row)
{
	switch (row) {
	case 0: /* 7 KB of aliases */
		append_text(out, "1.2.3.4 foo");
		append_times(out, " alias-of-foo-xyz", 400);
		append_text(out, " last\n");
		break;
	case 1: /* 100 KB of comment before, behind, and of blanks */
		append_times(out, "##########", 10000);
		append_text(out, "\n1.2.3.4 foo\n");
		break;
	case 2:
		append_text(out, "1.2.3.4 foo # ");
		append_times(out, "##########", 10000);
		append_text(out, "\n1.2.3.5 foo\n");
		break;
	case 3:
		append_times(out, "          ", 10000);
		append_text(out, "\n1.2.3.4 foo\n");
		break;
	case 4:
		append_addresses(out);
		break;
	default:
		append_text(out, "1.2.3.4 ");
		append_text(out, hosts_long_name);
		append_text(out, "\n");
	}
}

/* Two slots for each row, which fall to processes with different settings. */
static unsigned row_of(unsigned file)
{
	return file < 2 * HOSTS_ROW_SLOTS ? file % HOSTS_ROW_SLOTS : HOSTS_ROW_SLOTS;
}

const char *hosts_row_name(unsigned file)
{
	unsigned row = row_of(file);

	if (row < ROWS)
		return rows[row].name;
	return row - ROWS < BUILT_ROWS ? built_names[row - ROWS] : NULL;
}

void hosts_append_row(unsigned file, struct hosts_content *out)
{
	unsigned row = row_of(file);

	if (row < ROWS)
		hosts_append(out, rows[row].bytes, rows[row].len);
	else
		build_row(out, row - (unsigned)ROWS);
}

_Static_assert(ROWS + BUILT_ROWS <= HOSTS_ROW_SLOTS, "more rows than slots");
