/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nsswitch.conf line by line.  Every line of a database that glibc knows is
 * parsed, not the hosts line alone: one bad line anywhere makes glibc fail
 * every lookup of the process.
 */
#include "nss_module/lookup/nsswitch_file.h"

#include <stdlib.h>
#include <string.h>

#include "nss_module/lookup/ascii.h"

/* glibc's nss/databases.def; the names are compared with their letter case. */
static const char *const known_databases[] = {
	"aliases",    "ethers",   "group",    "group_compat", "gshadow",       "hosts",
	"initgroups", "netgroup", "networks", "passwd",       "passwd_compat", "protocols",
	"publickey",  "rpc",      "services", "shadow",       "shadow_compat",
};

/* A line as glibc's process_line() takes it apart; spans of the file's bytes. */
struct database_line {
	const char *name;
	size_t name_len;
	const char *list;
	size_t list_len;
};

static bool is_named(const struct database_line *line, const char *database)
{
	return strlen(database) == line->name_len &&
	       memcmp(database, line->name, line->name_len) == 0;
}

static bool is_known(const struct database_line *line)
{
	for (size_t i = 0; i < sizeof(known_databases) / sizeof(known_databases[0]); i++)
		if (is_named(line, known_databases[i]))
			return true;
	return false;
}

/*
 * Split a line of LEN bytes, its newline included (glibc sees it as a blank,
 * so that "hosts" alone on its line is an empty list, while a NUL right behind
 * the name makes the line no line at all).  False: glibc skips it.
 */
static bool split_line(const char *line, size_t len, struct database_line *out)
{
	size_t at = 0;

	len = strnlen(line, len);
	while (at < len && fopnp_ascii_is_space(line[at]))
		at++;
	out->name = line + at;
	while (at < len && !fopnp_ascii_is_space(line[at]) && line[at] != ':')
		at++;
	out->name_len = (size_t)(line + at - out->name);
	if (at == len || out->name_len == 0)
		return false;
	while (at < len && (fopnp_ascii_is_space(line[at]) || line[at] == ':'))
		at++;
	while (len > at && fopnp_ascii_is_space(line[len - 1]))
		len--;
	out->list = line + at;
	out->list_len = len - at;
	return true;
}

/* Take the order of the database's line over; the last one wins. */
static void take_line(struct fopnp_nsswitch *out, struct fopnp_order *order, unsigned number,
		      size_t text_at, size_t text_len)
{
	free(out->order);
	out->order = order;
	out->shadowed_line = out->line;
	out->line = number;
	out->text_at = text_at;
	out->text_len = text_len;
}

static enum fopnp_nsswitch_result give_up(struct fopnp_nsswitch *out, unsigned line,
					  const struct fopnp_order_error *error)
{
	free(out->order);
	memset(out, 0, sizeof(*out));
	if (error->message == NULL)
		return FOPNP_NSSWITCH_NO_MEMORY;
	out->line = line;
	return FOPNP_NSSWITCH_BROKEN;
}

static enum fopnp_nsswitch_result take_default(struct fopnp_nsswitch *out)
{
	struct fopnp_order_error error;

	out->order = fopnp_order_parse(FOPNP_NSSWITCH_DEFAULT, strlen(FOPNP_NSSWITCH_DEFAULT),
				       FOPNP_GRAMMAR_NSSWITCH, &error);
	return out->order != NULL ? FOPNP_NSSWITCH_OK : FOPNP_NSSWITCH_NO_MEMORY;
}

enum fopnp_nsswitch_result fopnp_nsswitch_parse_database(const char *bytes, size_t len,
							 const char *database,
							 struct fopnp_nsswitch *out)
{
	struct database_line line;
	unsigned number = 1;
	size_t line_len;

	memset(out, 0, sizeof(*out));
	for (size_t at = 0; at < len; at += line_len, number++) {
		const char *newline = memchr(bytes + at, '\n', len - at);
		struct fopnp_order_error error;
		struct fopnp_order *order;

		if (newline == NULL) {
			/* glibc stops reading at the end of the file, line or not. */
			out->unfinished_line = number;
			break;
		}
		line_len = (size_t)(newline - (bytes + at)) + 1;
		if (!split_line(bytes + at, line_len, &line) || !is_known(&line))
			continue;
		order = fopnp_order_parse(line.list, line.list_len, FOPNP_GRAMMAR_NSSWITCH, &error);
		if (order == NULL)
			return give_up(out, number, &error);
		if (is_named(&line, database))
			take_line(out, order, number, (size_t)(line.list - bytes), line.list_len);
		else
			free(order);
	}
	return out->order != NULL ? FOPNP_NSSWITCH_OK : take_default(out);
}

enum fopnp_nsswitch_result fopnp_nsswitch_parse(const char *bytes, size_t len,
						struct fopnp_nsswitch *out)
{
	return fopnp_nsswitch_parse_database(bytes, len, "hosts", out);
}
