/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp.conf with the built-in sources, see install_conf.h. */
#include "tools/install_conf.h"

#include "nss_module/lookup/fopnp_conf.h"
#include "nss_module/lookup/order.h"
#include "tools/memory.h"
#include "tools/source_kind.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char HEAD[] = "# /etc/fopnp.conf: see fopnp.conf(5).\n";

static const char COMMENT[] =
	"# Written by `fopnp enable --builtin`: fopnp's own sources where the hosts line of\n"
	"# /etc/nsswitch.conf has the system's.  What they do otherwise is in nss-fopnp(8).\n"
	"# `fopnp trace NAME` shows who answers.  Take this line out, or put a # in front of\n"
	"# it, and the hosts line holds again; running programs follow within a second.\n"
	"#\n"
	"# They have options, which are these if nothing is written:\n"
	"#mdns-timeout 2s\n"
	"#dns-hedge    50ms\n"
	"# Record lookups that failed or took long in the journal:\n"
	"#log          journal\n"
	"#log-events   failures slow=200ms\n";

/* The built-in source that does the job; the word itself where there is none. */
static const char *built_in(const char *source)
{
	if (strcmp(source, "files") == 0)
		return "fopnp:hosts";
	if (strcmp(source, "dns") == 0)
		return "fopnp:dns";
	return fopnp_source_is_nss_mdns(source) ? "fopnp:mdns" : source;
}

/* nss-mdns often stands there twice; asking twice finds nothing more. */
static bool is_repeated(const struct fopnp_order *order, size_t index)
{
	if (order->entries[index].has_actions)
		return false;
	for (size_t i = 0; i < index; i++)
		if (strcmp(built_in(order->entries[i].source),
			   built_in(order->entries[index].source)) == 0)
			return true;
	return false;
}

/* The order with built-in sources, brackets as they are written. */
static char *make_order(const struct fopnp_order *order, const char *list)
{
	char *text = fopnp_memory_copy("", 0);

	for (size_t i = 0; i < order->count; i++) {
		const struct fopnp_order_entry *entry = &order->entries[i];
		size_t behind = entry->at + strlen(entry->source);
		FOPNP_AUTO_FREE char *before = NULL;

		/* To glibc a comment behind the list is sources that do not exist. */
		if (entry->source[0] == '#')
			break;
		if (strcmp(entry->source, "fopnp") == 0 || is_repeated(order, i))
			continue;
		before = text;
		text = fopnp_memory_format("%s%s%s%.*s", before, *before ? " " : "",
					   built_in(entry->source), (int)(entry->end - behind),
					   list + behind);
	}
	return text;
}

static bool is_possible(const char *text)
{
	struct fopnp_order_error error;
	struct fopnp_order *order =
		fopnp_order_parse(text, strlen(text), FOPNP_GRAMMAR_FOPNP, &error);

	if (!order && !error.message)
		fopnp_memory_give_up();
	free(order);
	return order != NULL;
}

/* The line of the order for all names; 0: there is none. */
static unsigned find_order(const char *bytes, size_t len)
{
	struct fopnp_conf *conf = fopnp_conf_parse(bytes, len, NULL, NULL);
	unsigned line = 0;

	if (!conf)
		fopnp_memory_give_up();
	for (size_t i = conf->order_count; i-- > 0;)
		if (!conf->orders[i].domain)
			line = conf->orders[i].line;
	fopnp_conf_destroy(conf);
	return line;
}

static unsigned count_lines(const char *bytes, size_t len)
{
	unsigned lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += bytes[i] == '\n';
	return lines;
}

/* The old bytes may hold a NUL. */
static void make_bytes(const char *bytes, size_t len, struct fopnp_install_conf *conf)
{
	const char *join = len == 0 ? HEAD : bytes[len - 1] == '\n' ? "\n" : "\n\n";
	FOPNP_AUTO_FREE char *tail =
		fopnp_memory_format("%s%sorder        %s\n", join, COMMENT, conf->order);
	size_t tail_len = strlen(tail);

	conf->bytes = fopnp_memory_zeroed(len + tail_len + 1, 1);
	memcpy(conf->bytes, bytes, len);
	memcpy(conf->bytes + len, tail, tail_len);
	conf->len = len + tail_len;
}

enum fopnp_install_conf_result fopnp_install_conf_make(const char *bytes, size_t len,
						       const struct fopnp_order *order,
						       const char *list,
						       struct fopnp_install_conf *out_conf)
{
	unsigned line = find_order(bytes, len);

	*out_conf = (struct fopnp_install_conf){ .line = line };
	if (line != 0)
		return FOPNP_INSTALL_CONF_UNCHANGED;
	out_conf->order = make_order(order, list);
	if (!is_possible(out_conf->order))
		return FOPNP_INSTALL_CONF_IMPOSSIBLE;
	make_bytes(bytes, len, out_conf);
	out_conf->line = find_order(out_conf->bytes, out_conf->len);
	/* A last line without its newline was none so far, and is an order now. */
	if (out_conf->line == count_lines(out_conf->bytes, out_conf->len))
		return FOPNP_INSTALL_CONF_CHANGED;
	free(out_conf->bytes);
	out_conf->bytes = NULL;
	return FOPNP_INSTALL_CONF_UNCHANGED;
}

void fopnp_install_conf_clear(struct fopnp_install_conf *conf)
{
	free(conf->order);
	free(conf->bytes);
	*conf = (struct fopnp_install_conf){ 0 };
}
