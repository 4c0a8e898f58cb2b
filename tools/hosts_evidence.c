/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which lines of /etc/hosts an answer of glibc's "files" comes from, by the rules of
 * nss/nss_files/files-hosts.c.  It reads the file anew at each lookup, line by line:
 *
 *   - asked for both families it takes each line as it is, asked for IPv4 also ::1
 *     (as 127.0.0.1) and mapped addresses, asked for IPv6 only IPv6 lines;
 *   - with host.conf's `multi on` all lines of the name count, else the first;
 *   - looked up backwards the first line counts.
 */
#include "tools/hosts_evidence.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/fopnp_conf.h"
#include "nss_module/lookup/hosts_file.h"
#include "tools/host_conf.h"
#include "tools/hosts_scan.h"
#include "tools/memory.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 200 /* of a line that is shown */

struct match {
	const char *file;
	unsigned line;
	char *text;
	int family; /* as written; AF_UNSPEC: no address */
	uint8_t address[16];
	char first_name[FOPNP_CALL_NAME];
	bool differs_by_dot;
	bool is_taken; /* "files" answers with it */
};

struct search {
	const struct fopnp_request *request;
	const struct fopnp_call_result *answer; /* NULL: none */
	const char *file;                       /* that is being read */
	bool is_reverse;
	char *name;   /* that is asked for, without its final dot; NULL for an address */
	bool has_dot; /* it had one */
	struct match list[FOPNP_HOSTS_EVIDENCE];
	size_t count, more;
	struct fopnp_host_conf host_conf;
};

/* ---- addresses as "files" gives them ---- */

static bool is_mapped(const uint8_t *address)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(address, prefix, sizeof(prefix)) == 0;
}

/* Write the address that a line gives to one who asks for FAMILY; false: none. */
static bool give_as(int family, int line_family, const uint8_t *line_address, uint8_t given[16])
{
	static const uint8_t loopback[4] = { 127, 0, 0, 1 };

	memset(given, 0, 16);
	if (line_family == AF_UNSPEC || (family == AF_INET6 && line_family == AF_INET))
		return false;
	if (family != AF_INET || line_family == AF_INET)
		memcpy(given, line_address, line_family == AF_INET ? 4 : 16);
	else if (is_mapped(line_address))
		memcpy(given, line_address + 12, 4);
	else if (memcmp(line_address, &in6addr_loopback, 16) == 0)
		memcpy(given, loopback, 4);
	else
		return false;
	return true;
}

static bool is_same_address(const struct match *a, const struct match *b)
{
	return a->family == b->family && memcmp(a->address, b->address, 16) == 0;
}

/* ---- which lines speak of it ---- */

/* Behind the name's own spelling: with a final dot where it has none, without where it has. */
static bool names_it(const struct search *search, const struct fopnp_hosts_line *line,
		     bool *out_differs_by_dot)
{
	size_t name_len = strlen(search->name), position = 0, len;
	bool is_found = false;
	const char *found;

	*out_differs_by_dot = false;
	if (name_len == 0 && !search->has_dot)
		return line->names_len == 0;
	while (fopnp_hosts_next_name(line, &position, &found, &len)) {
		bool has_dot = len == name_len + 1 && found[name_len] == '.';

		if (!fopnp_ascii_equal(found, len - has_dot, search->name, name_len))
			continue;
		is_found = true;
		*out_differs_by_dot = has_dot != search->has_dot;
		if (!*out_differs_by_dot)
			break;
	}
	return is_found;
}

static bool holds_it(const struct search *search, const struct fopnp_hosts_line *line)
{
	const struct fopnp_request_address *asked = &search->request->address;
	uint8_t given[16];

	if (give_as(asked->family, line->family, line->address, given))
		return memcmp(given, asked->bytes, asked->family == AF_INET ? 4 : 16) == 0;
	/* glibc 2.38 and later look up a mapped address as IPv4. */
	return line->family == AF_INET && is_mapped(asked->bytes) &&
	       memcmp(line->address, asked->bytes + 12, 4) == 0;
}

static char *shown_text(const struct fopnp_hosts_line *line)
{
	size_t len = line->text_len;

	if (len <= TEXT_MOST)
		return fopnp_memory_copy(line->text, len);
	/* Not through the middle of a character. */
	for (len = TEXT_MOST; len > TEXT_MOST - 3 && (line->text[len] & 0xc0) == 0x80; len--)
		;
	return fopnp_memory_format("%.*s...", (int)len, line->text);
}

static void keep_line(void *context, const struct fopnp_hosts_line *line)
{
	struct search *search = context;
	bool differs_by_dot = false;
	size_t position = 0, len;
	struct match *match;
	const char *first;

	if (search->is_reverse ? !holds_it(search, line) : !names_it(search, line, &differs_by_dot))
		return;
	if (search->count == FOPNP_HOSTS_EVIDENCE) {
		search->more++;
		return;
	}
	match = &search->list[search->count++];
	*match = (struct match){
		.file = search->file,
		.line = line->number,
		.family = line->family,
		.text = shown_text(line),
		.differs_by_dot = differs_by_dot,
	};
	memcpy(match->address, line->address, sizeof(match->address));
	if (fopnp_hosts_next_name(line, &position, &first, &len) && len < sizeof(match->first_name))
		memcpy(match->first_name, first, len);
}

/* Texts of which a line with the address holds one: few lines hold the second. */
static void address_needles(const struct fopnp_request_address *address, char *text, size_t size,
			    const char *needles[FOPNP_HOSTS_SCAN_NEEDLES])
{
	const uint8_t *inet4 = address->bytes;

	needles[0] = text;
	if (address->family == AF_INET6 && is_mapped(address->bytes))
		inet4 = address->bytes + 12;
	else if (address->family == AF_INET6)
		inet4 = NULL;
	if (inet4) {
		(void)inet_ntop(AF_INET, inet4, text, (socklen_t)size);
		/* ::ffff:a00:1, which can be spelt in several ways; ::1 for 127.0.0.1 */
		needles[1] = memcmp(inet4, "\x7f\0\0\1", 4) == 0 ? ":" : "ffff:";
	} else {
		needles[0] = ":";
	}
}

static void scan_file(struct search *search, const char *path)
{
	const char *needles[FOPNP_HOSTS_SCAN_NEEDLES] = { search->name };
	struct fopnp_hosts_size size;
	char text[INET_ADDRSTRLEN];

	if (search->is_reverse)
		address_needles(&search->request->address, text, sizeof(text), needles);
	search->file = path;
	(void)fopnp_hosts_scan(path, needles, keep_line, search, &size);
}

/* The files of CONF stand behind /etc/hosts as if they were its end. */
static void scan_files(struct search *search, const struct fopnp_conf *conf)
{
	scan_file(search, FOPNP_HOSTS_PATH);
	for (size_t i = 0; conf && i < conf->option_count; i++)
		if (conf->options[i].kind == FOPNP_OPTION_HOSTS_FILE)
			scan_file(search, conf->options[i].text);
}

/* ---- which of them count ---- */

static bool is_answered(const struct search *search)
{
	return search->answer && search->answer->end == FOPNP_CALL_RETURNED &&
	       search->answer->code == 0;
}

/* Take the lines for FAMILY; false: there is none. */
static bool take_lines(struct search *search, int family)
{
	bool is_one_taken = false;
	uint8_t given[16];

	for (size_t i = 0; i < search->count; i++) {
		struct match *match = &search->list[i];

		if (match->differs_by_dot || !give_as(family, match->family, match->address, given))
			continue;
		match->is_taken = true;
		is_one_taken = true;
		if (!search->host_conf.is_multi)
			break;
	}
	return is_one_taken;
}

static void take_forward(struct search *search)
{
	const struct fopnp_request *request = search->request;
	int family = request->family;

	if (request->call == FOPNP_CALL_GETHOSTBYNAME)
		family = AF_INET;
	if (family != AF_INET6 || request->call != FOPNP_CALL_GETADDRINFO ||
	    !(request->flags & AI_V4MAPPED)) {
		(void)take_lines(search, family);
		return;
	}
	if (!take_lines(search, AF_INET6) || (request->flags & AI_ALL))
		(void)take_lines(search, AF_INET);
}

/* NI_NOFQDN cuts the host's own domain off. */
static bool is_named_so(const struct match *match, const char *canonical)
{
	size_t len = strlen(canonical);

	return len > 0 && strncmp(match->first_name, canonical, len) == 0 &&
	       (match->first_name[len] == '\0' || match->first_name[len] == '.');
}

static void take_reverse(struct search *search)
{
	for (size_t i = 0; i < search->count; i++) {
		if (is_answered(search) &&
		    !is_named_so(&search->list[i], search->answer->canonical))
			continue;
		search->list[i].is_taken = true;
		break;
	}
}

/* ---- what to say of each ---- */

/* Whether an address of the answer is the line's, in any form that calls give it. */
static bool is_in_answer(const struct search *search, const struct match *match)
{
	uint8_t given[16];

	if (search->is_reverse)
		return match->is_taken;
	for (size_t i = 0; i < search->answer->address_count; i++) {
		const struct fopnp_request_address *address = &search->answer->addresses[i];

		if (give_as(address->family, match->family, match->address, given) &&
		    memcmp(given, address->bytes, address->family == AF_INET ? 4 : 16) == 0)
			return true;
		/* AI_V4MAPPED */
		if (address->family == AF_INET6 && is_mapped(address->bytes) &&
		    give_as(AF_INET, match->family, match->address, given) &&
		    memcmp(given, address->bytes + 12, 4) == 0)
			return true;
	}
	return false;
}

static const struct match *earlier_with_address(const struct search *search, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (search->list[i].is_taken &&
		    is_same_address(&search->list[i], &search->list[index]))
			return &search->list[i];
	return NULL;
}

/* "multi is off in /etc/host.conf:1". */
static char *why_only_one(const struct fopnp_host_conf *conf)
{
	if (conf->is_of_environment)
		return fopnp_memory_copy_text("RESOLV_MULTI turns multi off");
	if (conf->line)
		return fopnp_memory_format("multi is off in %s:%u", conf->file, conf->line);
	return fopnp_memory_format("%s does not turn multi on", conf->file);
}

static char *overruled_remark(const struct search *search)
{
	FOPNP_AUTO_FREE char *why = NULL;

	if (search->is_reverse)
		return fopnp_memory_copy_text("not used: the first line with the address wins");
	why = why_only_one(&search->host_conf);
	return fopnp_memory_format("not used: %s, so the first line wins", why);
}

/* Whether a line of the same name came before, and was enough. */
static bool is_overruled(const struct search *search, const struct match *match)
{
	uint8_t given[16];
	bool is_of_family =
		search->is_reverse ||
		give_as(search->request->call == FOPNP_CALL_GETHOSTBYNAME ? AF_INET
									  : search->request->family,
			match->family, match->address, given);

	if (!is_of_family || (search->host_conf.is_multi && !search->is_reverse))
		return false;
	for (size_t i = 0; &search->list[i] < match; i++)
		if (search->list[i].is_taken)
			return true;
	return false;
}

/* NULL: it is used, and nothing is to be said. */
static char *make_remark(const struct search *search, size_t index,
			 enum fopnp_evidence_flaw *out_flaw)
{
	const struct match *match = &search->list[index];
	const struct match *earlier = earlier_with_address(search, index);

	*out_flaw = FOPNP_FLAW_NONE;
	if (match->family == AF_UNSPEC) {
		*out_flaw = match->differs_by_dot ? FOPNP_FLAW_NONE : FOPNP_FLAW_MALFORMED;
		return fopnp_memory_copy_text("not used: it does not begin with an address that "
					      "glibc takes");
	}
	if (match->differs_by_dot)
		return fopnp_memory_copy_text("not used: the name differs by a final dot");
	if (earlier && !search->is_reverse && is_answered(search))
		return strcmp(earlier->file, match->file) == 0
			       ? fopnp_memory_format("duplicate of line %u", earlier->line)
			       : fopnp_memory_format("duplicate of %s:%u", earlier->file,
						     earlier->line);
	if (match->is_taken && is_answered(search))
		return is_in_answer(search, match) ? NULL
						   : fopnp_memory_copy_text("not in the answer");
	if (match->is_taken)
		return fopnp_memory_copy_text("not used: the answer did not come from here");
	if (is_overruled(search, match)) {
		*out_flaw = search->is_reverse ? FOPNP_FLAW_NONE : FOPNP_FLAW_OVERRULED;
		return overruled_remark(search);
	}
	if (search->is_reverse)
		return fopnp_memory_copy_text("not in the answer");
	return fopnp_memory_format("%s: not for this call",
				   match->family == AF_INET ? "IPv4" : "IPv6");
}

static void add_match(const struct search *search, size_t index,
		      struct fopnp_evidence_list *evidence)
{
	const struct match *match = &search->list[index];
	enum fopnp_evidence_flaw flaw;
	FOPNP_AUTO_FREE char *remark = make_remark(search, index, &flaw);
	struct fopnp_place place = fopnp_place_make(match->file, match->line, match->text);

	if (search->more > 0 && index + 1 == search->count)
		fopnp_evidence_add(evidence, place, "%s%s%zu more such line%s",
				   remark ? remark : "", remark ? "; " : "", search->more,
				   search->more == 1 ? "" : "s");
	else if (remark)
		fopnp_evidence_add(evidence, place, "%s", remark);
	else
		fopnp_evidence_add(evidence, place, NULL);
	evidence->list[evidence->count - 1].flaw = flaw;
}

void fopnp_hosts_evidence_find(const struct fopnp_request *request,
			       const struct fopnp_call_result *answer,
			       const struct fopnp_conf *conf, struct fopnp_evidence_list *evidence)
{
	struct search *search;
	bool is_reverse = fopnp_request_is_reverse(request);
	size_t len = request->name ? strlen(request->name) : 0;

	if (!is_reverse && !request->name)
		return;
	search = fopnp_memory_zeroed(1, sizeof(*search));
	search->request = request;
	search->answer = answer;
	search->is_reverse = is_reverse;
	search->has_dot = !is_reverse && len > 0 && request->name[len - 1] == '.';
	if (!is_reverse)
		search->name = fopnp_memory_copy(request->name, len - search->has_dot);
	scan_files(search, conf);
	if (search->count > 0)
		fopnp_host_conf_read(&search->host_conf);
	if (is_reverse)
		take_reverse(search);
	else
		take_forward(search);
	for (size_t i = 0; i < search->count; i++) {
		add_match(search, i, evidence);
		free(search->list[i].text);
	}
	fopnp_host_conf_clear(&search->host_conf);
	free(search->name);
	free(search);
}
