/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings, see settings.h. */
#include "nss_module/dns/settings.h"

#include "nss_module/dns/search_list.h"
#include "nss_module/dns/small_file.h"
#include "nss_module/lookup/ascii.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#define RESOLV_CONF_PATH "/etc/resolv.conf"
#define EDNS_SIZE        1200 /* as glibc's (RESOLV_EDNS_BUFFER_SIZE) */
#define ATTEMPTS_MAX     10   /* as in fopnp.conf(5); glibc's own limit is 5 */

/* ---- servers ---- */

/* As resolv/res_get_nsaddr.c: an IPv6 server has its place behind a pointer. */
static void take_state_servers(const struct __res_state *state, struct fopnp_dns_settings *out)
{
	for (int i = 0; i < state->nscount && i < MAXNS; i++) {
		union fopnp_dns_address *server = &out->servers[out->server_count];

		if (state->nsaddr_list[i].sin_family == AF_INET)
			server->inet = state->nsaddr_list[i];
		else if (state->nsaddr_list[i].sin_family == 0 && state->_u._ext.nsaddrs[i])
			server->inet6 = *state->_u._ext.nsaddrs[i];
		else
			continue;
		out->server_count++;
	}
}

/* Digits, or an interface's name. */
static uint32_t read_zone(const char *zone)
{
	unsigned long long number;

	if (fopnp_ascii_number(zone, strlen(zone), &number))
		return (uint32_t)number;
	return if_nametoindex(zone);
}

/* "192.0.2.1", "192.0.2.1:53", "2001:db8::1", "fe80::1%eth0", "[2001:db8::1]:53" */
static bool read_server(char *text, union fopnp_dns_address *out)
{
	char *port = NULL, *zone, *end;
	unsigned long long number = NS_DEFAULTPORT;

	memset(out, 0, sizeof(*out));
	if (text[0] == '[') {
		end = strchr(++text, ']');
		if (!end)
			return false;
		*end++ = '\0';
		port = *end == ':' ? end + 1 : NULL;
	} else {
		end = strchr(text, ':');
		if (end && !strchr(end + 1, ':')) {
			*end = '\0';
			port = end + 1;
		}
	}
	if (port && (!fopnp_ascii_number(port, strlen(port), &number) || number > UINT16_MAX))
		return false;
	if (inet_pton(AF_INET, text, &out->inet.sin_addr) == 1) {
		out->inet.sin_family = AF_INET;
		out->inet.sin_port = htons((uint16_t)number);
		return true;
	}
	zone = strchr(text, '%');
	if (zone)
		*zone++ = '\0';
	out->inet6.sin6_family = AF_INET6;
	out->inet6.sin6_port = htons((uint16_t)number);
	out->inet6.sin6_scope_id = zone ? read_zone(zone) : 0;
	return inet_pton(AF_INET6, text, &out->inet6.sin6_addr) == 1;
}

/* fopnp_conf.c has checked the words. */
static void take_option_servers(const char *words, struct fopnp_dns_settings *out)
{
	char text[80];

	out->server_count = 0;
	out->are_servers_ours = true;
	while (out->server_count < FOPNP_DNS_SERVERS) {
		size_t len;

		words += strspn(words, " \t");
		len = strcspn(words, " \t");
		if (len == 0)
			break;
		if (len < sizeof(text)) {
			memcpy(text, words, len);
			text[len] = '\0';
			out->server_count += read_server(text, &out->servers[out->server_count]);
		}
		words += len;
	}
}

/* ---- the search list ---- */

/* The pointers and what they point to are one allocation. */
static bool keep_words(const struct fopnp_dns_words *words, struct fopnp_dns_settings *out)
{
	char **list = malloc(words->count * sizeof(*list) + words->size);
	char *text = (char *)(list + words->count);

	if (!list)
		return false;
	memcpy(text, words->text, words->size);
	for (size_t i = 0; i < words->count; i++) {
		list[i] = text;
		text += strlen(text) + 1;
	}
	free(out->search);
	out->search = list;
	out->search_count = words->count;
	return true;
}

static bool take_state_search(const struct __res_state *state, struct fopnp_dns_settings *out,
			      size_t *out_size)
{
	char text[sizeof(state->defdname)];
	struct fopnp_dns_words words = { .text = text };

	/* A program may have put longer ones there: what does not fit was not glibc's. */
	for (size_t i = 0; i < MAXDNSRCH && state->dnsrch[i]; i++) {
		size_t size = strlen(state->dnsrch[i]) + 1;

		if (size > sizeof(text) - words.size)
			break;
		memcpy(text + words.size, state->dnsrch[i], size);
		words.size += size;
		words.count++;
	}
	*out_size = words.size;
	return words.count == 0 || keep_words(&words, out);
}

/* Whether WORDS begin with the list of _res: else a program has changed that, and means it. */
static bool goes_on(const struct fopnp_dns_words *words, const struct fopnp_dns_settings *settings)
{
	const char *text = words->text;

	if (words->count <= settings->search_count)
		return false;
	for (size_t i = 0; i < settings->search_count; i++) {
		if (strcmp(text, settings->search[i]) != 0)
			return false;
		text += strlen(text) + 1;
	}
	return true;
}

static bool take_further_search(const char *localdomain, const char *path,
				struct fopnp_dns_settings *out)
{
	struct fopnp_dns_words words = { .text = NULL };
	bool is_fine = true;
	char *bytes;
	size_t len;

	if (localdomain) {
		words = fopnp_dns_search_list_of_variable(localdomain);
	} else {
		bytes = fopnp_dns_read_file(path, &len);
		if (bytes)
			words = fopnp_dns_search_list_of_file(bytes, len);
		free(bytes);
	}
	if (words.text && goes_on(&words, out))
		is_fine = keep_words(&words, out);
	free(words.text);
	return is_fine;
}

/* The text of _res has 256 bytes: a seventh domain, or one that found no room there, is lost. */
static bool may_have_lost(const struct fopnp_dns_settings *settings, size_t text_size)
{
	return settings->search_count == MAXDNSRCH ||
	       text_size > sizeof(((struct __res_state *)NULL)->defdname) / 2;
}

/* ---- all of it ---- */

/* A program may put anything into its _res: glibc's limits hold for files only. */
static unsigned within(int number, unsigned max)
{
	if (number < 1)
		return 1;
	return (unsigned)number < max ? (unsigned)number : max;
}

static void take_state_options(const struct __res_state *state, struct fopnp_dns_settings *out)
{
	unsigned long options = state->options;

	out->timeout_us = (uint64_t)within(state->retrans, RES_MAXRETRANS) * 1000000;
	out->attempts = within(state->retry, ATTEMPTS_MAX);
	out->hedge_us = FOPNP_DNS_HEDGE_US;
	out->does_rotate = options & RES_ROTATE;
	out->uses_tcp = options & RES_USEVC;
	out->is_single_request = options & (RES_SNGLKUP | RES_SNGLKUPREOP);
	out->sets_ad = options & RES_TRUSTAD;
	out->is_recursive = options & RES_RECURSE;
	out->edns_size = options & (RES_USE_EDNS0 | RES_USE_DNSSEC) ? EDNS_SIZE : 0;
	out->ndots = state->ndots;
	out->has_no_aaaa = options & RES_NOAAAA;
	out->has_no_aliases = options & RES_NOALIASES;
	out->searches_default = options & RES_DEFNAMES;
	out->searches_list = options & RES_DNSRCH;
	out->is_tld_query_off = options & RES_NOTLDQUERY;
	for (unsigned i = 0; i < state->nsort && i < MAXRESOLVSORT; i++)
		out->sort[out->sort_count++] =
			(struct fopnp_dns_net){ state->sort_list[i].addr.s_addr,
						state->sort_list[i].mask };
}

/*
 * glibc's send_dg() waits TIMEOUT for each of its up to three servers in each round (the
 * first less, the last more), and takes a late reply of any: where time-outs are short
 * a slow server must have that time here, too.  Where they are long nobody replies
 * so late, and all servers were asked long ago.
 */
static void set_total(struct fopnp_dns_settings *out)
{
	uint64_t least_us = out->timeout_us * out->attempts;
	uint64_t glibc_us = least_us * (out->server_count < MAXNS ? out->server_count : MAXNS);

	out->total_us = glibc_us < FOPNP_DNS_TOTAL_US ? glibc_us : FOPNP_DNS_TOTAL_US;
	if (out->total_us < least_us)
		out->total_us = least_us;
}

bool fopnp_dns_settings_from(const struct __res_state *state, const char *localdomain,
			     const char *path, struct fopnp_dns_settings *out)
{
	size_t text_size;

	memset(out, 0, sizeof(*out));
	take_state_servers(state, out);
	take_state_options(state, out);
	set_total(out);
	if (take_state_search(state, out, &text_size) &&
	    (!may_have_lost(out, text_size) || take_further_search(localdomain, path, out)))
		return true;
	fopnp_dns_settings_clear(out);
	return false;
}

/* Who sets them in fopnp.conf(5) is promised that it takes no longer than they say. */
static void take_conf(const struct fopnp_ask *ask, struct fopnp_dns_settings *out)
{
	const struct fopnp_conf_option *option;
	bool is_promised;

	option = fopnp_ask_option(ask, FOPNP_OPTION_DNS_SERVERS, 0);
	if (option)
		take_option_servers(option->text, out);
	option = fopnp_ask_option(ask, FOPNP_OPTION_DNS_TIMEOUT, 0);
	is_promised = option != NULL;
	if (option)
		out->timeout_us = option->number;
	option = fopnp_ask_option(ask, FOPNP_OPTION_DNS_ATTEMPTS, 0);
	is_promised |= option != NULL;
	if (option)
		out->attempts = (unsigned)option->number;
	set_total(out);
	if (is_promised)
		out->total_us = out->timeout_us * out->attempts;
	option = fopnp_ask_option(ask, FOPNP_OPTION_DNS_HEDGE, 0);
	if (option)
		out->hedge_us = option->number;
}

bool fopnp_dns_settings_read(const struct fopnp_ask *ask, struct fopnp_dns_settings *out)
{
	/* Inside of a lookup glibc has done so; but not for the second libc of a static program. */
	if (!(_res.options & RES_INIT) && res_init() != 0) {
		memset(out, 0, sizeof(*out));
		return false;
	}
	if (!fopnp_dns_settings_from(&_res, secure_getenv("LOCALDOMAIN"), RESOLV_CONF_PATH, out))
		return false;
	take_conf(ask, out);
	return true;
}

void fopnp_dns_settings_clear(struct fopnp_dns_settings *settings)
{
	free(settings->search);
	settings->search = NULL;
	settings->search_count = 0;
}
