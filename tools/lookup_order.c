/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding the order that a lookup follows. */
#include "tools/lookup_order.h"

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/fopnp_conf.h"
#include "nss_module/lookup/nsswitch_file.h"
#include "nss_module/lookup/order.h"
#include "tools/conf_file.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/source_kind.h"
#include "tools/text_file.h"

#include <nss.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The module's order when fopnp is the last word of the line. */
#define ORDER_OF_LAST_WORD "fopnp:hosts fopnp:mdns [NOTFOUND=return] fopnp:dns"
#define NO_SUCH_MODULE     "no-such-module"

/* ---- an order given by hand ---- */

static bool use_text(struct fopnp_lookup_order *line, const char *text, const char *who)
{
	struct fopnp_order_error error = { 0 };

	line->order = fopnp_order_parse(text, strlen(text), FOPNP_GRAMMAR_FOPNP, &error);
	line->text = fopnp_memory_copy_text(text);
	line->is_verbatim = true;
	if (line->order)
		return true;
	if (!error.message)
		fopnp_memory_give_up();
	fopnp_message_error(
		"order-invalid",
		"sources as on the hosts line: 'files [NOTFOUND=return] dns', 'fopnp:hosts fopnp:dns'",
		"%s: %s at character %zu: \"%s\"", who, error.message, error.at + 1, text);
	return false;
}

/* ---- nsswitch.conf ---- */

static struct fopnp_order *copy_order(const struct fopnp_order *order, size_t first,
				      const char *skip)
{
	struct fopnp_order *copy = fopnp_order_tail(order, first, skip);

	if (!copy)
		fopnp_memory_give_up();
	return copy;
}

static char *print_order(const struct fopnp_order *order)
{
	size_t size = fopnp_order_print(order, NULL, 0) + 1;
	char *text = fopnp_memory_zeroed(size, 1);

	(void)fopnp_order_print(order, text, size);
	return text;
}

static void set_order(struct fopnp_lookup_order *line, struct fopnp_order *order, char *text)
{
	free(line->order);
	free(line->text);
	line->order = order;
	line->text = text;
}

static void add_note(struct fopnp_lookup_order *line, const char *id, enum fopnp_severity severity,
		     unsigned number, const char *text, const char *fix)
{
	struct fopnp_finding *finding =
		fopnp_findings_add(&line->findings, id, severity, "%s", text);

	finding->fix = fopnp_memory_copy_text(fix);
	finding->place = fopnp_place_make(line->file, number, NULL);
}

bool fopnp_lookup_order_loses_line(const char *bytes, size_t len, enum fopnp_severity *out_severity)
{
	static const char hosts[] = "hosts";
	const char *end = bytes + len, *newline = len ? memrchr(bytes, '\n', len) : NULL;
	const char *text = fopnp_ascii_skip_spaces(newline ? newline + 1 : bytes, end);
	size_t text_len = (size_t)(end - text);
	bool is_hosts = text_len > strlen(hosts) && memcmp(text, hosts, strlen(hosts)) == 0 &&
			(text[strlen(hosts)] == ':' || fopnp_ascii_is_space(text[strlen(hosts)]));

	*out_severity = is_hosts ? FOPNP_ERROR : FOPNP_WARNING;
	return text_len > 0 && *text != '#';
}

static void note_oddities(struct fopnp_lookup_order *line, const struct fopnp_nsswitch *nsswitch,
			  const char *bytes, size_t len)
{
	enum fopnp_severity severity;

	if (nsswitch->shadowed_line)
		add_note(line, "hosts-line-shadowed", FOPNP_WARNING, nsswitch->shadowed_line,
			 "an earlier hosts line is without effect: the last one counts",
			 "remove one of the two lines");
	if (nsswitch->unfinished_line && fopnp_lookup_order_loses_line(bytes, len, &severity))
		add_note(line, "line-unfinished", severity, nsswitch->unfinished_line,
			 "the last line has no newline at its end: glibc ignores it",
			 "end the file with a newline");
	if (nsswitch->order->is_cut)
		add_note(line, "order-cut", FOPNP_ERROR, nsswitch->line,
			 "a second bracket behind one source: glibc ignores the rest of the line",
			 "write all of a source's actions into one bracket");
	if (nsswitch->order->has_merge)
		add_note(
			line, "merge-in-hosts", FOPNP_ERROR, nsswitch->line,
			"merge does not work for hosts: where such a source answers, the lookup fails",
			"use return or continue");
}

static void note_broken(struct fopnp_lookup_order *line, const struct fopnp_nsswitch *nsswitch)
{
	struct fopnp_finding *finding = fopnp_findings_add(
		&line->findings, "nsswitch-broken", FOPNP_ERROR,
		"this line cannot be parsed, so every lookup of every database fails");

	line->line = nsswitch->line;
	finding->fix = fopnp_memory_copy_text("correct the line; see nsswitch.conf(5)");
	finding->place = fopnp_place_make(line->file, nsswitch->line, NULL);
}

/* glibc goes on without a file that it cannot open, but not without one that it cannot read. */
static void note_unreadable(struct fopnp_lookup_order *line, int error)
{
	struct fopnp_finding *finding = fopnp_findings_add(
		&line->findings, "nsswitch-broken", FOPNP_ERROR,
		"it cannot be read (%s), so every lookup of every database fails", strerror(error));

	line->text = fopnp_memory_copy_text("");
	finding->fix = fopnp_memory_copy_text("put a file there; see nsswitch.conf(5)");
	finding->place = fopnp_place_make(line->file, 0, NULL);
}

/* ---- fopnp on the line: what the module does in its place ---- */

/* The name that fopnp.conf's domains are compared with. */
static const char *name_for_conf(const struct fopnp_request *request,
				 char arpa[static FOPNP_ARPA_TEXT])
{
	if (!fopnp_request_is_reverse(request))
		return request->name ? request->name : "";
	if (!fopnp_address_arpa_name(request->address.family, request->address.bytes, arpa))
		arpa[0] = '\0';
	return arpa;
}

/* The order line of fopnp.conf for this name.  False if there is none. */
static bool use_conf(struct fopnp_lookup_order *line, const struct fopnp_request *request)
{
	const struct fopnp_conf_order *match;
	char arpa[FOPNP_ARPA_TEXT] = "";
	const char *path;
	struct fopnp_conf *conf = fopnp_conf_file_read(&path, NULL);

	match = conf ? fopnp_conf_find_order(conf, name_for_conf(request, arpa)) : NULL;
	if (match) {
		line->origin = FOPNP_ORDER_OF_CONF;
		free(line->file);
		line->file = fopnp_memory_copy_text(path);
		line->line = match->line;
		set_order(line, copy_order(match->order, 0, NULL), print_order(match->order));
	}
	fopnp_conf_destroy(conf);
	return match != NULL;
}

/* Sources before fopnp are asked by glibc itself: they stay in front. */
static struct fopnp_order *join_orders(const struct fopnp_order *line, size_t head,
				       const struct fopnp_order *tail)
{
	struct fopnp_order_error error;
	FOPNP_AUTO_FREE char *whole = print_order(line);
	FOPNP_AUTO_FREE char *behind = print_order(tail);
	FOPNP_AUTO_FREE char *text = NULL;
	FOPNP_AUTO_FREE struct fopnp_order *parsed = NULL;
	size_t end;

	/* Offsets count in the text that was parsed: parse what was printed. */
	parsed = fopnp_order_parse(whole, strlen(whole), FOPNP_GRAMMAR_NSSWITCH, &error);
	end = parsed && head <= parsed->count ? parsed->entries[head - 1].end : 0;
	text = fopnp_memory_format("%.*s %s", (int)end, whole, behind);
	return fopnp_order_parse(text, strlen(text), FOPNP_GRAMMAR_NSSWITCH, &error);
}

/* The order of a line that ends in fopnp. */
static struct fopnp_order *order_of_last_word(void)
{
	struct fopnp_order_error error;
	struct fopnp_order *order = fopnp_order_parse(
		ORDER_OF_LAST_WORD, strlen(ORDER_OF_LAST_WORD), FOPNP_GRAMMAR_FOPNP, &error);

	if (!order)
		fopnp_memory_give_up();
	return order;
}

/* What glibc asks on its own where the module at AT found nothing; NULL: nobody. */
static char *find_fall_back(const struct fopnp_order *whole, size_t at)
{
	FOPNP_AUTO_FREE struct fopnp_order *rest = NULL;

	if (fopnp_order_action(&whole->entries[at], NSS_STATUS_NOTFOUND) != FOPNP_ACTION_CONTINUE)
		return NULL;
	rest = copy_order(whole, at + 1, "fopnp");
	return rest->count > 0 ? print_order(rest) : NULL;
}

static void use_module_order(struct fopnp_lookup_order *line, const struct fopnp_request *request)
{
	FOPNP_AUTO_FREE struct fopnp_order *whole = copy_order(line->order, 0, NULL);
	size_t at = fopnp_order_find(whole, "fopnp");

	line->is_installed = true;
	line->is_verbatim = false;
	line->installed_file = fopnp_memory_copy_text(line->file);
	line->installed_line = line->line;
	line->outside = at;
	line->fall_back = find_fall_back(whole, at);
	if (!use_conf(line, request)) {
		struct fopnp_order *rest = copy_order(whole, at + 1, "fopnp");

		if (rest->count == 0) {
			free(rest);
			rest = order_of_last_word();
			line->origin = FOPNP_ORDER_OF_MODULE;
		}
		free(line->order);
		line->order = rest;
	}
	if (at > 0 && line->order) {
		struct fopnp_order *joined = join_orders(whole, at, line->order);

		free(line->order);
		line->order = joined;
	}
}

/* Built-in sources that glibc itself would have to load: it has no such modules. */
static void note_built_in(struct fopnp_lookup_order *line)
{
	FOPNP_AUTO_FREE char *order = print_order(line->order);
	size_t end = fopnp_order_find(line->order, "fopnp");

	for (size_t i = 0; i < end; i++) {
		const char *source = line->order->entries[i].source;
		struct fopnp_finding *finding;

		if (!fopnp_source_is_built_in(source))
			continue;
		finding = fopnp_findings_add(
			&line->findings, "built-in-without-fopnp", FOPNP_ERROR,
			"glibc knows no module %s: the built-in sources work only behind the word "
			"fopnp",
			source);
		finding->fix = fopnp_memory_format(
			"write fopnp [!UNAVAIL= return] files dns there, and into " FOPNP_CONF_PATH
			": order %s",
			end == line->order->count ? order : ORDER_OF_LAST_WORD);
		finding->place = fopnp_place_make(line->file, line->line, NULL);
		return;
	}
}

static void use_nsswitch(struct fopnp_lookup_order *line, const struct fopnp_request *request)
{
	const char *path = FOPNP_NSSWITCH_PATH;
	struct fopnp_nsswitch nsswitch = { 0 };
	size_t len = 0;
	int error;
	FOPNP_AUTO_FREE char *bytes = fopnp_text_file_read(path, &len, &error);

	if (!bytes && !error) {
		path = FOPNP_NSSWITCH_USR_PATH;
		bytes = fopnp_text_file_read(path, &len, &error);
	}
	line->origin = FOPNP_ORDER_OF_NSSWITCH;
	line->file = fopnp_memory_copy_text(bytes || error ? path : NULL);
	if (error) {
		note_unreadable(line, error);
		return;
	}
	switch (fopnp_nsswitch_parse(bytes ? bytes : "", bytes ? len : 0, &nsswitch)) {
	case FOPNP_NSSWITCH_OK:
		break;
	case FOPNP_NSSWITCH_BROKEN:
		note_broken(line, &nsswitch);
		line->text = fopnp_memory_copy_text("");
		return;
	case FOPNP_NSSWITCH_NO_MEMORY:
		fopnp_memory_give_up();
	}
	note_oddities(line, &nsswitch, bytes, len);
	line->line = nsswitch.line;
	if (nsswitch.line) {
		set_order(line, nsswitch.order,
			  fopnp_memory_copy(bytes + nsswitch.text_at, nsswitch.text_len));
	} else {
		line->origin = FOPNP_ORDER_OF_GLIBC;
		set_order(line, nsswitch.order, fopnp_memory_copy_text(FOPNP_NSSWITCH_DEFAULT));
	}
	line->is_verbatim = true;
	line->outside = line->order->count;
	note_built_in(line);
	if (fopnp_order_find(line->order, "fopnp") < line->order->count)
		use_module_order(line, request);
}

bool fopnp_lookup_order_find(const struct fopnp_request *request, const char *option,
			     struct fopnp_lookup_order *out_line)
{
	const char *environment = secure_getenv("FOPNP_ORDER");
	struct fopnp_lookup_order system = { 0 };

	*out_line = (struct fopnp_lookup_order){ 0 };
	if (!option && (!environment || !*environment)) {
		use_nsswitch(out_line, request);
		return true;
	}
	/* Whether fopnp is installed is known all the same. */
	use_nsswitch(&system, request);
	out_line->is_installed = system.is_installed;
	fopnp_lookup_order_clear(&system);
	out_line->origin = option ? FOPNP_ORDER_OF_OPTION : FOPNP_ORDER_OF_ENVIRONMENT;
	return use_text(out_line, option ? option : environment,
			option ? "--order" : "FOPNP_ORDER");
}

char *fopnp_lookup_order_bracket(const struct fopnp_lookup_order *line, size_t index, int status)
{
	const struct fopnp_order_entry *entry = &line->order->entries[index];
	const char *action = fopnp_action_name(fopnp_order_action(entry, status));

	if (!entry->has_actions)
		return fopnp_memory_copy_text("");
	if (line->is_verbatim && entry->end <= strlen(line->text)) {
		const char *end = line->text + entry->end;
		const char *start = memchr(line->text + entry->at, '[', entry->end - entry->at);

		if (start)
			return fopnp_memory_copy(start, (size_t)(end - start));
	}
	return fopnp_memory_format("[%s=%s]", fopnp_status_name(status), action);
}

/* ---- the order as our module is given it ---- */

const char *fopnp_lookup_order_module_source(const struct fopnp_lookup_order *line, size_t index)
{
	const char *source = line->order->entries[index].source;

	if (index < line->outside && fopnp_source_is_built_in(source))
		return NO_SUCH_MODULE;
	return fopnp_order_is_source_name(source, strlen(source)) ? source : NO_SUCH_MODULE;
}

char *fopnp_lookup_order_for_module(const struct fopnp_lookup_order *line)
{
	FOPNP_AUTO_FREE struct fopnp_order *copy = NULL;

	if (!line->order || line->order->count == 0 || line->order->has_merge)
		return NULL;
	copy = copy_order(line->order, 0, NULL);
	for (size_t i = 0; i < copy->count; i++)
		copy->entries[i].source = fopnp_lookup_order_module_source(line, i);
	return print_order(copy);
}

void fopnp_lookup_order_clear(struct fopnp_lookup_order *line)
{
	free(line->file);
	free(line->text);
	free(line->order);
	free(line->installed_file);
	free(line->fall_back);
	fopnp_findings_clear(&line->findings);
	*line = (struct fopnp_lookup_order){ 0 };
}
