/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The grammar of a hosts line.  The text is walked twice by the same code:
 * first to check and to measure it, then to fill the one block of memory that
 * the first walk asked for.
 */
#include "nss_module/lookup/order.h"

#include <nss.h>
#include <stdlib.h>
#include <string.h>

#include "nss_module/lookup/ascii.h"

#define ACTION_OF(entry, status) ((entry)->action[(status)-FOPNP_STATUS_FIRST])

static const char *const action_names[] = {
	[FOPNP_ACTION_CONTINUE] = "continue",
	[FOPNP_ACTION_RETURN] = "return",
	[FOPNP_ACTION_MERGE] = "merge",
};

/* Entries are added twice: to be measured, then to be stored. */
struct builder {
	size_t count, names_size;  /* as measured */
	struct fopnp_order *order; /* NULL while measuring */
	char *names;               /* where the next name goes */
};

struct parser {
	const char *text;
	size_t len, at;
	enum fopnp_grammar grammar;
	struct fopnp_order_error *error;
	struct builder builder;
};

/* Make the block that was measured: the entries, then their names. */
static bool allocate(struct builder *builder)
{
	struct fopnp_order *order;
	size_t size;

	if (__builtin_mul_overflow(builder->count, sizeof(order->entries[0]), &size) ||
	    __builtin_add_overflow(size, sizeof(*order) + builder->names_size, &size))
		return false;
	order = calloc(1, size);
	if (order == NULL)
		return false;
	builder->order = order;
	builder->names = (char *)&order->entries[builder->count];
	return true;
}

static bool can_merge(const struct fopnp_order_entry *entry)
{
	return memchr(entry->action, FOPNP_ACTION_MERGE, sizeof(entry->action)) != NULL;
}

static void add_entry(struct builder *builder, const struct fopnp_order_entry *entry,
		      const char *name, size_t name_len)
{
	struct fopnp_order *order = builder->order;

	if (order == NULL) {
		builder->count++;
		builder->names_size += name_len + 1;
		return;
	}
	order->entries[order->count] = *entry;
	order->entries[order->count++].source = builder->names;
	order->has_merge |= can_merge(entry);
	memcpy(builder->names, name, name_len);
	builder->names[name_len] = '\0';
	builder->names += name_len + 1;
}

static bool fail(struct parser *parser, size_t at, const char *message)
{
	parser->error->message = message;
	parser->error->at = at;
	return false;
}

/* The next byte, NUL at the end: the text holds none itself. */
static char peek(const struct parser *parser)
{
	return parser->at < parser->len ? parser->text[parser->at] : '\0';
}

static void skip_spaces(struct parser *parser)
{
	while (fopnp_ascii_is_space(peek(parser)))
		parser->at++;
}

/* A keyword inside a bracket: up to a blank, '=' or ']'. */
static size_t take_keyword(struct parser *parser)
{
	size_t start = parser->at;
	char c;

	while ((c = peek(parser)) != '\0' && !fopnp_ascii_is_space(c) && c != '=' && c != ']')
		parser->at++;
	return parser->at - start;
}

static bool parse_status(struct parser *parser, int *out_status)
{
	size_t at = parser->at;
	size_t len = take_keyword(parser);

	/* RETURN is a status of modules, but no word of this grammar. */
	if (fopnp_status_from_name(parser->text + at, len, out_status) &&
	    *out_status != NSS_STATUS_RETURN)
		return true;
	if (len > 0)
		return fail(parser, at, "not a status: SUCCESS, NOTFOUND, UNAVAIL or TRYAGAIN");
	if (peek(parser) == '\0')
		return fail(parser, at, "the bracket is not closed");
	return fail(parser, at, "a status is missing here");
}

static bool parse_action(struct parser *parser, enum fopnp_action *out_action)
{
	size_t at = parser->at;
	size_t len = take_keyword(parser);

	for (enum fopnp_action i = FOPNP_ACTION_CONTINUE; i <= FOPNP_ACTION_MERGE; i++) {
		if (!fopnp_ascii_equal_word(parser->text + at, len, action_names[i]))
			continue;
		if (i == FOPNP_ACTION_MERGE && parser->grammar == FOPNP_GRAMMAR_FOPNP)
			return fail(parser, at, "host addresses cannot be merged");
		*out_action = i;
		return true;
	}
	return fail(parser, at, "not an action: return or continue");
}

/* "!" STATUS "=" ACTION */
static bool parse_criterion(struct parser *parser, struct fopnp_order_entry *entry)
{
	bool is_negated = peek(parser) == '!';
	enum fopnp_action action;
	uint8_t kept;
	int status;

	if (is_negated)
		parser->at++;
	if (!parse_status(parser, &status))
		return false;
	skip_spaces(parser);
	if (peek(parser) != '=')
		return fail(parser, parser->at, "'=' is missing here");
	parser->at++;
	skip_spaces(parser);
	if (!parse_action(parser, &action))
		return false;
	skip_spaces(parser);

	if (!is_negated) {
		ACTION_OF(entry, status) = (uint8_t)action;
		return true;
	}
	/* All the others, SUCCESS and RETURN among them. */
	kept = ACTION_OF(entry, status);
	memset(entry->action, (int)action, sizeof(entry->action));
	ACTION_OF(entry, status) = kept;
	return true;
}

/* A bracket and what it does to ENTRY; the parser stands on the '['. */
static bool parse_bracket(struct parser *parser, struct fopnp_order_entry *entry)
{
	parser->at++;
	skip_spaces(parser);
	do {
		if (!parse_criterion(parser, entry))
			return false;
	} while (peek(parser) != ']');
	parser->at++;
	entry->has_actions = true;
	return true;
}

static void set_default_actions(struct fopnp_order_entry *entry)
{
	memset(entry->action, FOPNP_ACTION_CONTINUE, sizeof(entry->action));
	ACTION_OF(entry, NSS_STATUS_SUCCESS) = FOPNP_ACTION_RETURN;
	ACTION_OF(entry, NSS_STATUS_RETURN) = FOPNP_ACTION_RETURN;
}

static bool is_allowed_source(struct parser *parser, size_t at, size_t len)
{
	const char *word = parser->text + at;

	if (parser->grammar == FOPNP_GRAMMAR_NSSWITCH)
		return true;
	if (!fopnp_order_is_source_name(word, len))
		return fail(parser, at, "not the name of a source");
	if (len == strlen("fopnp") && memcmp(word, "fopnp", len) == 0)
		return fail(parser, at, "fopnp cannot be a source of its own");
	return true;
}

/* A source and its bracket; the parser stands on the source's first byte. */
static bool parse_entry(struct parser *parser)
{
	struct fopnp_order_entry entry = { .at = (uint32_t)parser->at };
	size_t name_at = parser->at;
	size_t name_len;

	while (peek(parser) != '\0' && !fopnp_ascii_is_space(peek(parser)) && peek(parser) != '[')
		parser->at++;
	name_len = parser->at - name_at;
	if (!is_allowed_source(parser, name_at, name_len))
		return false;

	entry.end = (uint32_t)parser->at;
	set_default_actions(&entry);
	skip_spaces(parser);
	if (peek(parser) == '[') {
		if (!parse_bracket(parser, &entry))
			return false;
		entry.end = (uint32_t)parser->at;
	}

	add_entry(&parser->builder, &entry, parser->text + name_at, name_len);
	return true;
}

/* A '[' where a source should be: to glibc a source with an empty name, hence the end. */
static bool end_at_bracket(struct parser *parser)
{
	if (parser->grammar == FOPNP_GRAMMAR_FOPNP)
		return fail(parser, parser->at, "a bracket without a source");
	if (parser->builder.order != NULL) {
		parser->builder.order->is_cut = true;
		parser->builder.order->cut_at = (uint32_t)parser->at;
	}
	return true;
}

static bool walk(struct parser *parser)
{
	parser->at = 0;
	for (;;) {
		skip_spaces(parser);
		if (peek(parser) == '\0')
			break;
		if (peek(parser) == '[')
			return end_at_bracket(parser);
		if (!parse_entry(parser))
			return false;
	}
	if (parser->builder.count == 0 && parser->grammar == FOPNP_GRAMMAR_FOPNP)
		return fail(parser, parser->at, "no source is named");
	return true;
}

struct fopnp_order *fopnp_order_parse(const char *text, size_t len, enum fopnp_grammar grammar,
				      struct fopnp_order_error *error)
{
	struct parser parser = { .text = text, .grammar = grammar, .error = error };

	error->message = NULL;
	error->at = 0;
	parser.len = len > 0 ? strnlen(text, len) : 0;
	if (parser.len > UINT32_MAX)
		(void)fail(&parser, 0, "the list is too long");
	else if (walk(&parser) && allocate(&parser.builder))
		(void)walk(&parser); /* went well the first time */
	return parser.builder.order;
}

static void add_tail(struct builder *builder, const struct fopnp_order *order, size_t first,
		     const char *skip)
{
	for (size_t i = first; i < order->count; i++) {
		const struct fopnp_order_entry *entry = &order->entries[i];

		if (skip == NULL || strcmp(entry->source, skip) != 0)
			add_entry(builder, entry, entry->source, strlen(entry->source));
	}
}

struct fopnp_order *fopnp_order_tail(const struct fopnp_order *order, size_t first,
				     const char *skip)
{
	struct builder builder = { 0 };

	add_tail(&builder, order, first, skip);
	if (!allocate(&builder))
		return NULL;
	add_tail(&builder, order, first, skip);
	builder.order->is_cut = order->is_cut;
	builder.order->cut_at = order->cut_at;
	return builder.order;
}

size_t fopnp_order_find(const struct fopnp_order *order, const char *source)
{
	size_t i = 0;

	while (i < order->count && strcmp(order->entries[i].source, source) != 0)
		i++;
	return i;
}

enum fopnp_action fopnp_order_action(const struct fopnp_order_entry *entry, int status)
{
	if (status < FOPNP_STATUS_FIRST || status >= FOPNP_STATUS_FIRST + FOPNP_STATUS_COUNT)
		return FOPNP_ACTION_CONTINUE;
	return (enum fopnp_action)ACTION_OF(entry, status);
}

const char *fopnp_action_name(enum fopnp_action action)
{
	return action_names[action];
}

/* A text that is cut at its size while its whole length is counted. */
struct printer {
	char *text;
	size_t size, len;
};

static void print(struct printer *printer, const char *word)
{
	size_t len = strlen(word);

	if (printer->len < printer->size) {
		size_t room = printer->size - printer->len - 1;
		size_t copied = len < room ? len : room;

		memcpy(printer->text + printer->len, word, copied);
		printer->text[printer->len + copied] = '\0';
	}
	printer->len += len;
}

static void print_criterion(struct printer *printer, const char **separator, const char *prefix,
			    int status, int action)
{
	print(printer, *separator);
	print(printer, prefix);
	print(printer, fopnp_status_name(status));
	print(printer, "=");
	print(printer, action_names[action]);
	*separator = " ";
}

/*
 * The criteria that make ENTRY's actions out of the defaults.  What happens on
 * RETURN has no word of its own: only "!" reaches it, so that comes first and
 * the others are put right behind it.
 */
static void print_bracket(struct printer *printer, const struct fopnp_order_entry *entry)
{
	struct fopnp_order_entry made;
	const char *separator = " [";
	uint8_t on_return = ACTION_OF(entry, NSS_STATUS_RETURN);

	set_default_actions(&made);
	if (on_return != FOPNP_ACTION_RETURN) {
		memset(made.action, on_return, sizeof(made.action));
		ACTION_OF(&made, NSS_STATUS_SUCCESS) = FOPNP_ACTION_RETURN;
		print_criterion(printer, &separator, "!", NSS_STATUS_SUCCESS, on_return);
	}
	for (int status = NSS_STATUS_SUCCESS; status >= NSS_STATUS_TRYAGAIN; status--)
		if (ACTION_OF(&made, status) != ACTION_OF(entry, status))
			print_criterion(printer, &separator, "", status, ACTION_OF(entry, status));
	/* A bracket that changes nothing was written all the same. */
	if (separator[1] == '[')
		print_criterion(printer, &separator, "", NSS_STATUS_SUCCESS, FOPNP_ACTION_RETURN);
	print(printer, "]");
}

size_t fopnp_order_print(const struct fopnp_order *order, char *text, size_t size)
{
	struct printer printer = { .text = text, .size = size };

	if (size > 0)
		text[0] = '\0';
	for (size_t i = 0; i < order->count; i++) {
		if (i > 0)
			print(&printer, " ");
		print(&printer, order->entries[i].source);
		if (order->entries[i].has_actions)
			print_bracket(&printer, &order->entries[i]);
	}
	return printer.len;
}

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '-';
}

static bool is_module_name(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_name_byte(word[i]))
			return false;
	return len > 0;
}

bool fopnp_order_is_source_name(const char *word, size_t len)
{
	static const char own[] = "fopnp:";
	size_t own_len = sizeof(own) - 1;

	if (len > own_len && memcmp(word, own, own_len) == 0)
		return is_module_name(word + own_len, len - own_len);
	return is_module_name(word, len);
}
