/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules as fopnp-check-rules(7): the page is what this prints. */
#include "tools/check_output.h"

#include "tools/check_rule.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char HEAD[] =
	".\\\" SPDX-License-Identifier: LGPL-2.1-or-later\n"
	".\\\" Made by `fopnp check --list-man`: change the rules in tools/check_*.c instead.\n"
	".Dd November 22, 2026\n"
	".Dt FOPNP-CHECK-RULES 7\n"
	".Os\n"
	".Sh NAME\n"
	".Nm fopnp-check-rules\n"
	".Nd what fopnp check looks for\n"
	".Sh DESCRIPTION\n"
	"The rules of\n"
	".Xr fopnp-check 1 ,\n"
	"each under the id that a finding bears, in text and in JSON.\n"
	"An id keeps its meaning; where a note of\n"
	".Xr fopnp-trace 1\n"
	"is about the same thing it has the same id.\n"
	"Behind the id stands the severity that a finding has at most.\n";

static const char TAIL[] = ".Sh SEE ALSO\n"
			   ".Xr fopnp 1 ,\n"
			   ".Xr fopnp-check 1 ,\n"
			   ".Xr fopnp-trace 1 ,\n"
			   ".Xr fopnp.conf 5 ,\n"
			   ".Xr hosts 5 ,\n"
			   ".Xr nsswitch.conf 5 ,\n"
			   ".Xr resolv.conf 5\n";

static void put_character(char c)
{
	if (c == '\\')
		(void)fputs("\\e", stdout);
	else if (c == '-')
		(void)fputs("\\-", stdout);
	else
		(void)putchar(c);
}

/* A line of running text: none may begin like a request, and each sentence has its own. */
static void put_line(const char *text, size_t len)
{
	if (len > 0 && (text[0] == '.' || text[0] == '\''))
		(void)fputs("\\&", stdout);
	for (size_t i = 0; i < len; i++)
		put_character(text[i]);
	(void)putchar('\n');
}

/* Whether a sentence ends at TEXT, a full stop or the like. */
static bool is_end(const char *text)
{
	return strchr(".?!", text[0]) && text[0] && text[1] == ' ' &&
	       (isupper((unsigned char)text[2]) || text[2] == '/');
}

/* A paragraph, with its sentences on lines of their own; those that are indented as they are. */
static void put_paragraph(const char *text, size_t len)
{
	size_t start = 0;

	(void)puts(".Pp");
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n' && !is_end(text + i))
			continue;
		put_line(text + start, i - start + (text[i] != '\n'));
		start = i + 1 + (text[i] != '\n');
		i = start - 1;
	}
	if (start < len)
		put_line(text + start, len - start);
}

static void put_paragraphs(const char *text)
{
	while (*text) {
		const char *end = strstr(text, "\n\n");
		size_t len = end ? (size_t)(end - text) : strlen(text);

		put_paragraph(text, len);
		text += len + strspn(text + len, "\n");
	}
}

void fopnp_check_print_man(void)
{
	const struct fopnp_check_rule *rule;

	(void)fputs(HEAD, stdout);
	for (size_t i = 0; (rule = fopnp_check_rule(i)) != NULL; i++) {
		const char *severity = fopnp_severity_name(rule->severity);

		(void)printf(".Ss %s (%s)\n", rule->id,
			     rule->severity == FOPNP_INFO ? "note" : severity);
		put_line(rule->summary, strlen(rule->summary));
		put_paragraphs(rule->explanation);
	}
	(void)fputs(TAIL, stdout);
}
