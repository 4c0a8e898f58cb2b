/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading resolv.conf by spans of its bytes. */
#include "tools/resolv_conf.h"

#include "nss_module/lookup/ascii.h"
#include "tools/memory.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

static const char *skip_word(const char *at, const char *end)
{
	while (at < end && !is_blank(*at))
		at++;
	return at;
}

/* What follows KEYWORD if the line begins with it and a blank, else NULL. */
static const char *match(const char *at, const char *end, const char *keyword)
{
	size_t len = strlen(keyword);

	if ((size_t)(end - at) <= len || memcmp(at, keyword, len) != 0 || !is_blank(at[len]))
		return NULL;
	return skip_blanks(at + len, end);
}

/* ---- nameserver ---- */

/* inet_aton(3) lets white space follow an address; glibc's own call here does not. */
static bool parse_ipv4(const char *word, void *address)
{
	return word[0] != '\0' && word[strcspn(word, "\v\f\r")] == '\0' && inet_aton(word, address);
}

/* Behind '%' anything goes: glibc ignores a zone that it does not know. */
static bool parse_ipv6(char *word, void *address)
{
	word[strcspn(word, "%")] = '\0';
	return inet_pton(AF_INET6, word, address) == 1;
}

/* AF_UNSPEC if the word at AT is no address. */
static int parse_address(const char *at, const char *end, uint8_t address[static 16])
{
	/* 127.0.0.1 may be spelt 0000...0177.0.0.1, so that there is no longest word. */
	FOPNP_AUTO_FREE char *word = fopnp_memory_copy(at, (size_t)(skip_word(at, end) - at));

	if (parse_ipv4(word, address))
		return AF_INET;
	return parse_ipv6(word, address) ? AF_INET6 : AF_UNSPEC;
}

static void add_server(struct fopnp_resolv_conf *conf, const char *at, const char *end,
		       unsigned line)
{
	struct fopnp_resolv_conf_server server = { .line = line };

	server.family = parse_address(at, end, server.address);
	if (server.family == AF_UNSPEC) {
		if (!conf->refused_line)
			conf->refused_line = line;
	} else if (conf->server_count < FOPNP_RESOLV_CONF_SERVERS) {
		conf->servers[conf->server_count++] = server;
	} else if (!conf->surplus_line) {
		conf->surplus_line = line;
	}
}

/* ---- sortlist ---- */

/* Where glibc stops in an address of a sortlist. */
static const char *skip_sort_word(const char *at, const char *end)
{
	while (at < end && *at != ';' && *at != '/' && *at != '&' && (*at & 0x80) == 0 &&
	       !fopnp_ascii_is_space(*at))
		at++;
	return at;
}

/* A mask, unlike an address, may hold the characters that begin one. */
static const char *skip_sort_mask(const char *at, const char *end)
{
	while (at < end && *at != ';' && (*at & 0x80) == 0 && !fopnp_ascii_is_space(*at))
		at++;
	return at;
}

/*
 * glibc looks for the next address again and again where none begins: before a CR,
 * a '/' behind something that is no address, a byte that is not ASCII.
 */
static bool is_endless_sortlist(const char *at, const char *end)
{
	while ((at = skip_blanks(at, end)) < end && *at != ';') {
		const char *behind = skip_sort_word(at, end);
		FOPNP_AUTO_FREE char *word = fopnp_memory_copy(at, (size_t)(behind - at));
		struct in_addr address;

		if (behind == at)
			return true;
		at = behind;
		if (at < end && (*at == '/' || *at == '&') && parse_ipv4(word, &address))
			at = skip_sort_mask(at + 1, end);
	}
	return false;
}

/* ---- search, domain, options ---- */

static void clear_search(struct fopnp_resolv_conf *conf)
{
	for (size_t i = 0; i < conf->search_count; i++)
		free(conf->search[i]);
	free(conf->search);
	conf->search = NULL;
	conf->search_count = 0;
	conf->search_line = 0;
}

static void add_domain(struct fopnp_resolv_conf *conf, const char *at, const char *end)
{
	if (conf->search_count == FOPNP_RESOLV_CONF_SEARCH)
		return;
	conf->search =
		fopnp_memory_resize(conf->search, conf->search_count + 1, sizeof(*conf->search));
	conf->search[conf->search_count++] = fopnp_memory_copy(at, (size_t)(end - at));
}

static void set_domains(struct fopnp_resolv_conf *conf, const char *at, const char *end)
{
	clear_search(conf);
	do {
		const char *behind = skip_word(at, end);

		add_domain(conf, at, behind);
		at = skip_blanks(behind, end);
	} while (at < end);
}

/* Lines with nothing behind the keyword change nothing. */
static void take_line(struct fopnp_resolv_conf *conf, const char *at, const char *end,
		      unsigned line)
{
	const char *value;

	if ((value = match(at, end, "nameserver")) != NULL) {
		add_server(conf, value, end, line);
	} else if ((value = match(at, end, "domain")) != NULL && value < end) {
		set_domains(conf, value, skip_word(value, end));
		conf->search_line = line;
	} else if ((value = match(at, end, "search")) != NULL && value < end) {
		set_domains(conf, value, end);
		conf->search_line = line;
	} else if ((value = match(at, end, "sortlist")) != NULL) {
		if (!conf->endless_line && is_endless_sortlist(value, end))
			conf->endless_line = line;
	} else if ((value = match(at, end, "options")) != NULL && value < end) {
		free(conf->options_text);
		conf->options_text = fopnp_memory_copy(value, (size_t)(end - value));
		conf->options_line = line;
	}
}

void fopnp_resolv_conf_parse(const char *bytes, size_t len, struct fopnp_resolv_conf *out_conf)
{
	const char *at = bytes, *end = bytes + len;

	*out_conf = (struct fopnp_resolv_conf){ 0 };
	for (unsigned line = 1; at < end; line++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;

		take_line(out_conf, at, at + strnlen(at, (size_t)(stop - at)), line);
		at = newline ? newline + 1 : end;
	}
}

void fopnp_resolv_conf_clear(struct fopnp_resolv_conf *conf)
{
	clear_search(conf);
	free(conf->options_text);
	*conf = (struct fopnp_resolv_conf){ 0 };
}

void fopnp_resolv_conf_set_search(struct fopnp_resolv_conf *conf, const char *list)
{
	set_domains(conf, list, list + strcspn(list, "\n"));
}
