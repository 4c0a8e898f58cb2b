/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Services and protocols by name and number, and where they are written. */
#include "tools/name_database.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/nsswitch_file.h"
#include "tools/check_child.h"
#include "tools/memory.h"
#include "tools/text_file.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEADLINE_US  10000000u
#define SOURCES_MOST 8 /* of a line that are told apart */

/* What a child does: all queries, of the whole line or of one source of it. */
struct job {
	const struct fopnp_name_lookup *lookups;
	size_t count;
	char source[64]; /* "": the line as it is */
};

static const char *database_of(const struct fopnp_name_query *query)
{
	return query->is_service ? "services" : "protocols";
}

/* ---- in the child ---- */

static void copy_entry(struct fopnp_name_entry *entry, const char *name, int number,
		       const char *protocol, char *const *aliases)
{
	size_t used = 0;

	entry->is_found = true;
	entry->number = number;
	(void)snprintf(entry->name, sizeof(entry->name), "%s", name);
	(void)snprintf(entry->protocol, sizeof(entry->protocol), "%s", protocol);
	for (; aliases && *aliases && used + strlen(*aliases) + 2 <= sizeof(entry->aliases);
	     aliases++)
		used += (size_t)snprintf(entry->aliases + used, sizeof(entry->aliases) - used,
					 "%s%s", used ? " " : "", *aliases);
}

static void ask_service(const struct fopnp_name_query *query, struct fopnp_name_entry *entry)
{
	const char *protocol = query->protocol[0] ? query->protocol : NULL;
	const struct servent *found =
		query->is_by_number ? getservbyport(htons((uint16_t)query->number), protocol)
				    : getservbyname(query->name, protocol);

	if (found)
		copy_entry(entry, found->s_name, ntohs((uint16_t)found->s_port), found->s_proto,
			   found->s_aliases);
}

static void ask_protocol(const struct fopnp_name_query *query, struct fopnp_name_entry *entry)
{
	const struct protoent *found =
		query->is_by_number ? getprotobynumber(query->number) : getprotobyname(query->name);

	if (found)
		copy_entry(entry, found->p_name, found->p_proto, "", found->p_aliases);
}

static void run_job(void *context, char *result, size_t size)
{
	const struct job *job = context;
	struct fopnp_name_entry entry;

	if (job->source[0] &&
	    __nss_configure_lookup(database_of(&job->lookups[0].query), job->source) != 0)
		return;
	for (size_t i = 0; i < job->count && (i + 1) * sizeof(entry) <= size; i++) {
		const struct fopnp_name_query *query = &job->lookups[i].query;

		memset(&entry, 0, sizeof(entry));
		if (query->is_service)
			ask_service(query, &entry);
		else
			ask_protocol(query, &entry);
		memcpy(result + i * sizeof(entry), &entry, sizeof(entry));
	}
}

/* ---- in the parent ---- */

/* What glibc does without a line of these databases. */
static struct fopnp_order *default_order(void)
{
	struct fopnp_order_error error;

	return fopnp_order_parse("files", strlen("files"), FOPNP_GRAMMAR_NSSWITCH, &error);
}

static struct fopnp_order *read_order(const char *database)
{
	struct fopnp_nsswitch line;
	size_t len = 0;
	int error = 0;
	FOPNP_AUTO_FREE char *bytes = fopnp_text_file_read(FOPNP_NSSWITCH_PATH, &len, &error);

	switch (fopnp_nsswitch_parse_database(bytes ? bytes : "", bytes ? len : 0, database,
					      &line)) {
	case FOPNP_NSSWITCH_OK:
		if (line.line > 0)
			return line.order;
		free(line.order);
		return default_order();
	case FOPNP_NSSWITCH_NO_MEMORY:
		fopnp_memory_give_up();
	case FOPNP_NSSWITCH_BROKEN:
		break;
	}
	return NULL;
}

static void end_texts(struct fopnp_name_entry *entry)
{
	entry->name[sizeof(entry->name) - 1] = '\0';
	entry->protocol[sizeof(entry->protocol) - 1] = '\0';
	entry->aliases[sizeof(entry->aliases) - 1] = '\0';
}

static bool is_same_entry(const struct fopnp_name_entry *a, const struct fopnp_name_entry *b)
{
	return a->is_found && b->is_found && a->number == b->number &&
	       strcmp(a->name, b->name) == 0 && strcmp(a->protocol, b->protocol) == 0;
}

/* The first source of the line that says alone what the line says. */
static void name_source(struct fopnp_name_lookup *lookup, const struct job *jobs,
			struct fopnp_name_entry (*entries)[FOPNP_NAME_QUERIES],
			const struct fopnp_check_child *children, size_t count, size_t index)
{
	for (size_t i = 1; i < count; i++) {
		if (children[i].end != FOPNP_CHECK_CHILD_DONE)
			continue;
		end_texts(&entries[i][index]);
		if (!is_same_entry(&entries[i][index], &lookup->entry))
			continue;
		memcpy(lookup->source, jobs[i].source, sizeof(lookup->source));
		return;
	}
}

/* ---- the line of the file ---- */

/* The next word of a line; false: there is none. */
static bool next_word(const char **at, const char *end, const char **out_word, size_t *out_len)
{
	while (*at < end && fopnp_ascii_is_space(**at))
		(*at)++;
	*out_word = *at;
	while (*at < end && !fopnp_ascii_is_space(**at))
		(*at)++;
	*out_len = (size_t)(*at - *out_word);
	return *out_len > 0;
}

static bool is_word(const char *word, size_t len, const char *text)
{
	return strlen(text) == len && memcmp(word, text, len) == 0;
}

/* NAME PORT/PROTOCOL ALIAS... or NAME NUMBER ALIAS...: whether it is what the entry was made of. */
static bool is_line_of(const char *line, const char *end, const struct fopnp_name_entry *entry,
		       bool is_service)
{
	char number[32];
	const char *name, *value;
	size_t name_len, value_len;

	(void)snprintf(number, sizeof(number), is_service ? "%d/%s" : "%d%s", entry->number,
		       entry->protocol);
	return next_word(&line, end, &name, &name_len) &&
	       next_word(&line, end, &value, &value_len) && is_word(name, name_len, entry->name) &&
	       is_word(value, value_len, number);
}

static void find_place(struct fopnp_name_lookup *lookup)
{
	const char *path = lookup->query.is_service ? "/etc/services" : "/etc/protocols";
	size_t len = 0, line_len;
	int error = 0;
	FOPNP_AUTO_FREE char *bytes = fopnp_text_file_read(path, &len, &error);
	unsigned number = 1;

	for (size_t at = 0; bytes && at < len; at += line_len + 1, number++) {
		const char *newline = memchr(bytes + at, '\n', len - at);
		const char *line = bytes + at, *comment;

		line_len = newline ? (size_t)(newline - line) : len - at;
		comment = memchr(line, '#', line_len);
		if (is_line_of(line, comment ? comment : line + line_len, &lookup->entry,
			       lookup->query.is_service)) {
			FOPNP_AUTO_FREE char *text = fopnp_memory_copy(line, line_len);

			lookup->place = fopnp_place_make(path, number, text);
			return;
		}
	}
}

static enum fopnp_name_end end_of(const struct fopnp_check_child *child)
{
	switch (child->end) {
	case FOPNP_CHECK_CHILD_DONE:
		return FOPNP_NAME_ASKED;
	case FOPNP_CHECK_CHILD_TIMED_OUT:
		return FOPNP_NAME_TIMED_OUT;
	case FOPNP_CHECK_CHILD_CRASHED:
		return FOPNP_NAME_CRASHED;
	case FOPNP_CHECK_CHILD_NOT_MADE:
		break;
	}
	return FOPNP_NAME_NOT_MADE;
}

enum fopnp_name_end fopnp_name_lookups_run(struct fopnp_name_lookup *lookups, size_t count)
{
	FOPNP_AUTO_FREE struct fopnp_order *order = read_order(database_of(&lookups[0].query));
	struct fopnp_name_entry(*entries)[FOPNP_NAME_QUERIES] =
		fopnp_memory_zeroed(SOURCES_MOST + 1, sizeof(*entries));
	struct fopnp_check_child children[SOURCES_MOST + 1] = { 0 };
	struct job jobs[SOURCES_MOST + 1] = { 0 };
	size_t used = 1 + (order ? order->count : 0);
	enum fopnp_name_end end;

	if (used > SOURCES_MOST + 1)
		used = SOURCES_MOST + 1;
	for (size_t i = 0; i < used; i++) {
		jobs[i] = (struct job){ .lookups = lookups, .count = count };
		if (i > 0)
			(void)snprintf(jobs[i].source, sizeof(jobs[i].source), "%s",
				       order->entries[i - 1].source);
		children[i] = (struct fopnp_check_child){
			.run = run_job,
			.context = &jobs[i],
			.result = (char *)entries[i],
			.size = sizeof(entries[i]),
		};
	}
	fopnp_check_children_run(children, used, DEADLINE_US);
	end = end_of(&children[0]);
	for (size_t i = 0; i < count && end == FOPNP_NAME_ASKED; i++) {
		end_texts(&entries[0][i]);
		lookups[i].entry = entries[0][i];
		if (!lookups[i].entry.is_found)
			continue;
		name_source(&lookups[i], jobs, entries, children, used, i);
		if (strcmp(lookups[i].source, "files") == 0)
			find_place(&lookups[i]);
	}
	free(entries);
	return end;
}

void fopnp_name_lookup_clear(struct fopnp_name_lookup *lookup)
{
	fopnp_place_clear(&lookup->place);
}
