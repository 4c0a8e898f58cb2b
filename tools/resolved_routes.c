/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links of systemd-resolved and the domains routed to them. */
#include "tools/resolved_routes.h"

#include "nss_module/lookup/ascii.h"
#include "tools/memory.h"
#include "tools/text_file.h"

#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINKS_MOST    64
#define SERVERS_MOST  3 /* that are named */
#define NO_MATCH      (-2)
#define DEFAULT_ROUTE (-1) /* takes what no domain is for */

struct span {
	const char *text;
	size_t len;
};

struct link {
	char name[IF_NAMESIZE];
	bool is_up;
	char *text; /* its file */
	struct span servers;
	struct span domains[2]; /* lists of words; those of resolved's own file may start with ~ */
	int match;              /* labels of the longest domain that the name is in */
	struct span domain;     /* that domain */
};

struct links {
	struct link list[LINKS_MOST];
	size_t count;
	bool is_unreadable; /* one is set up in a file that we may not read, or too many are */
};

/* ---- files: KEY=VALUE lines ---- */

static struct span find_value(const char *text, const char *key)
{
	size_t key_len = strlen(key);

	while (text && *text) {
		const char *end = strchrnul(text, '\n');

		if (strncmp(text, key, key_len) == 0 && text[key_len] == '=')
			return (struct span){ text + key_len + 1,
					      (size_t)(end - text) - key_len - 1 };
		text = *end ? end + 1 : end;
	}
	return (struct span){ NULL, 0 };
}

static bool is_word(struct span span, const char *word)
{
	return fopnp_ascii_equal_word(span.text, span.len, word);
}

/* Cut the first word off SPAN. */
static bool next_word(struct span *span, struct span *out_word)
{
	size_t start = 0, end;

	while (start < span->len && fopnp_ascii_is_space(span->text[start]))
		start++;
	for (end = start; end < span->len && !fopnp_ascii_is_space(span->text[end]);)
		end++;
	*out_word = (struct span){ span->text + start, end - start };
	*span = (struct span){ span->text + end, span->len - end };
	return out_word->len > 0;
}

/* ---- domains ---- */

static struct span without_dots_at_end(struct span name)
{
	while (name.len > 0 && name.text[name.len - 1] == '.')
		name.len--;
	return name;
}

static int count_labels(struct span name)
{
	int count = name.len > 0;

	for (size_t i = 0; i < name.len; i++)
		count += name.text[i] == '.';
	return count;
}

static bool is_below(struct span name, struct span domain)
{
	if (domain.len == 0)
		return true;
	return name.len >= domain.len &&
	       fopnp_ascii_equal(name.text + name.len - domain.len, domain.len, domain.text,
				 domain.len) &&
	       (name.len == domain.len || name.text[name.len - domain.len - 1] == '.');
}

/* The link's longest domain that NAME is in.  True if one of its domains is for routing only. */
static bool match_domains(struct link *link, struct span name)
{
	bool has_route_only = false;

	for (size_t i = 0; i < 2; i++) {
		struct span rest = link->domains[i], domain;

		while (next_word(&rest, &domain)) {
			bool is_route_only = i == 1;

			if (domain.text[0] == '~') {
				domain.text++, domain.len--;
				is_route_only = true;
			}
			domain = without_dots_at_end(domain);
			has_route_only |= is_route_only;
			if (is_below(name, domain) && count_labels(domain) > link->match) {
				link->match = count_labels(domain);
				link->domain = domain;
			}
		}
	}
	return has_route_only;
}

static bool has_server(const struct link *link)
{
	struct span rest = link->servers, server;

	return next_word(&rest, &server);
}

/* By the rules of resolved: no servers, no match; else domains, else whether it is a default. */
static void match_link(struct link *link, struct span name, struct span default_route)
{
	bool is_default;

	link->match = NO_MATCH;
	if (!has_server(link))
		return;
	is_default = !match_domains(link, name);
	if (default_route.text)
		is_default = is_word(default_route, "yes") || is_word(default_route, "1");
	if (link->match == NO_MATCH && is_default)
		link->match = DEFAULT_ROUTE;
}

/* ---- links ---- */

static bool read_link_file(const char *run, const char *directory, unsigned index,
			   struct link *link, bool *out_denied)
{
	FOPNP_AUTO_FREE char *path = fopnp_memory_format("%s/%s/%u", run, directory, index);
	size_t len;
	int error;

	*out_denied = access(path, R_OK) != 0 && errno != ENOENT && errno != ENOTDIR;
	link->text = fopnp_text_file_read(path, &len, &error);
	return link->text != NULL;
}

/* networkd's word counts where it looks after the link, as resolved has it. */
static bool is_managed(const struct link *link)
{
	struct span state = find_value(link->text, "ADMIN_STATE");

	return state.text && !is_word(state, "pending") && !is_word(state, "initialized") &&
	       !is_word(state, "unmanaged");
}

static bool read_link(const char *run, unsigned index, struct span name, struct links *links)
{
	struct link *link = &links->list[links->count];
	bool is_denied;

	if (read_link_file(run, "netif/links", index, link, &is_denied) && is_managed(link)) {
		link->servers = find_value(link->text, "DNS");
		link->domains[0] = find_value(link->text, "DOMAINS");
		link->domains[1] = find_value(link->text, "ROUTE_DOMAINS");
		match_link(link, name, find_value(link->text, "DNS_DEFAULT_ROUTE"));
		return true;
	}
	free(link->text);
	links->is_unreadable |= is_denied;
	if (read_link_file(run, "resolve/netif", index, link, &is_denied)) {
		link->servers = find_value(link->text, "SERVERS");
		link->domains[0] = find_value(link->text, "DOMAINS");
		match_link(link, name, find_value(link->text, "DEFAULT_ROUTE"));
		return true;
	}
	links->is_unreadable |= is_denied;
	return false;
}

static bool is_up(const char *name)
{
	struct ifreq request = { .ifr_flags = 0 };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool is_known;

	memcpy(request.ifr_name, name, strnlen(name, IF_NAMESIZE - 1));
	is_known = fd != -1 && ioctl(fd, SIOCGIFFLAGS, &request) == 0;
	if (fd != -1)
		(void)close(fd);
	return !is_known || (request.ifr_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
}

static void read_links(const char *run, struct span name, struct links *links)
{
	struct if_nameindex *interfaces = if_nameindex();

	for (size_t i = 0; interfaces && interfaces[i].if_index > 0; i++) {
		struct link *link = &links->list[links->count];

		if (links->count == LINKS_MOST) {
			links->is_unreadable = true;
			break;
		}
		if (!read_link(run, interfaces[i].if_index, name, links))
			continue;
		memcpy(link->name, interfaces[i].if_name,
		       strnlen(interfaces[i].if_name, IF_NAMESIZE - 1));
		link->is_up = is_up(link->name);
		links->count++;
	}
	if (interfaces)
		if_freenameindex(interfaces);
}

/* ---- words ---- */

/* Add to *TEXT, which may be NULL; TAIL is taken over. */
static void add_words(char **text, const char *separator, char *tail)
{
	char *both;

	if (!*text) {
		*text = tail;
		return;
	}
	both = fopnp_memory_format("%s%s%s", *text, separator, tail);
	free(*text);
	free(tail);
	*text = both;
}

/* "eth1 (10.9.0.1, 10.9.0.2), which is down" */
static char *link_words(const struct link *link)
{
	struct span rest = link->servers, server;
	char *servers = NULL, *words;
	size_t count = 0;

	while (next_word(&rest, &server) && count++ < SERVERS_MOST)
		add_words(&servers, ", ", fopnp_memory_copy(server.text, server.len));
	words = fopnp_memory_format("%s (%s%s)%s", link->name, servers,
				    count > SERVERS_MOST ? ", ..." : "",
				    link->is_up ? "" : ", which is down");
	free(servers);
	return words;
}

/* "corp.example goes to eth1 (10.9.0.1) and eth2 (10.8.0.1)" */
static char *matching_words(const struct links *links, int match)
{
	char *words = NULL, *sentence;
	struct span domain = { NULL, 0 };

	for (size_t i = 0; i < links->count; i++) {
		if (links->list[i].match != match)
			continue;
		domain = links->list[i].domain;
		add_words(&words, " and ", link_words(&links->list[i]));
	}
	if (match > 0)
		sentence =
			fopnp_memory_format("%.*s goes to %s", (int)domain.len, domain.text, words);
	else
		sentence = fopnp_memory_format(
			"the name is below no link's domain: such names go to %s", words);
	free(words);
	return sentence;
}

/* "eth1 (10.9.0.1) is for corp.example only", where there is a domain. */
static char *refusing_link_words(const struct link *link)
{
	struct span all = link->domains[1].text ? link->domains[1] : link->domains[0];
	struct span first, second;
	char *name, *words;

	if (!has_server(link) || !next_word(&all, &first))
		return NULL;
	if (first.text[0] == '~')
		first.text++, first.len--;
	name = link_words(link);
	words = fopnp_memory_format("%s is for %.*s%s only", name, (int)first.len, first.text,
				    next_word(&all, &second) ? ", ..." : "");
	free(name);
	return words;
}

/* "no link takes it: eth1 (10.9.0.1) is for corp.example only" */
static char *refusing_words(const struct links *links)
{
	char *words = NULL, *one, *sentence;

	for (size_t i = 0; i < links->count; i++)
		if ((one = refusing_link_words(&links->list[i])))
			add_words(&words, "; ", one);
	if (!words)
		return NULL;
	sentence = fopnp_memory_format("no link takes it: %s", words);
	free(words);
	return sentence;
}

/* ---- what to do ---- */

/* Nothing that a shell would take for anything else than itself. */
static bool is_plain(struct span span)
{
	static const char plain[] = "0123456789-._ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz";

	for (size_t i = 0; i < span.len; i++)
		if (!memchr(plain, span.text[i], sizeof(plain) - 1))
			return false;
	return span.len > 0 && span.text[0] != '-';
}

/* All domains of LINK as resolvectl takes them; NULL: there are none, or not for a shell. */
static char *domain_arguments(const struct link *link)
{
	char *words = NULL;

	for (size_t i = 0; i < 2; i++) {
		struct span rest = link->domains[i], domain;

		while (next_word(&rest, &domain)) {
			bool is_route_only = i == 1;

			if (domain.text[0] == '~') {
				domain.text++, domain.len--;
				is_route_only = true;
			}
			if (!is_plain(domain)) {
				free(words);
				return NULL;
			}
			add_words(&words, " ",
				  fopnp_memory_format(is_route_only ? "'~%.*s'" : "%.*s",
						      (int)domain.len, domain.text));
		}
	}
	return words;
}

/* The list is replaced as a whole, so that the command repeats what is there. */
static char *fix_of_link(const struct link *link, struct span name)
{
	struct span link_name = { link->name, strlen(link->name) };
	const char *dot = memchr(name.text, '.', name.len);
	struct span domain = { dot + 1, name.len - (size_t)(dot + 1 - name.text) };
	char *old, *fix;

	if (!is_plain(link_name) || !is_plain(domain) || !(old = domain_arguments(link)))
		return NULL;
	fix = fopnp_memory_format("resolvectl domain %s %s '~%.*s'", link->name, old,
				  (int)domain.len, domain.text);
	free(old);
	return fix;
}

/* A link that has servers, and takes other names alone: the only one, or NULL. */
static const struct link *find_other_link(const struct links *links)
{
	const struct link *other = NULL;

	for (size_t i = 0; i < links->count; i++) {
		if (!has_server(&links->list[i]) || links->list[i].match != NO_MATCH)
			continue;
		if (other)
			return NULL;
		other = &links->list[i];
	}
	return links->is_unreadable ? NULL : other;
}

static char *find_words(const struct links *links)
{
	int best = NO_MATCH;

	for (size_t i = 0; i < links->count; i++)
		if (links->list[i].match > best)
			best = links->list[i].match;
	/* A link that we know nothing of might match better: only a domain's own is certain. */
	if (links->is_unreadable && best <= 0)
		return NULL;
	return best == NO_MATCH ? refusing_words(links) : matching_words(links, best);
}

char *fopnp_resolved_route_words(const char *run, const char *name, char **out_fix)
{
	struct span span = without_dots_at_end((struct span){ name, strlen(name) });
	const struct link *other;
	struct links *links;
	char *words;

	*out_fix = NULL;
	if (count_labels(span) < 2)
		return NULL;
	links = fopnp_memory_zeroed(1, sizeof(*links));
	read_links(run, span, links);
	words = find_words(links);
	other = words ? find_other_link(links) : NULL;
	if (other)
		*out_fix = fix_of_link(other, span);
	for (size_t i = 0; i < links->count; i++)
		free(links->list[i].text);
	free(links);
	return words;
}
