/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules on hosts(5) and the host's own name: what glibc's nss/nss_files makes of the file.  What is
 * a matter of single lines is looked for in the part of a large file that was kept, where people
 * write lines of their own.
 */
#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/hosts_file.h"
#include "tools/check_orders.h"
#include "tools/check_rule.h"
#include "tools/check_system.h"
#include "tools/memory.h"
#include "tools/source_kind.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define LARGE_US    5000 /* as in a trace: a lookup that takes longer in the file is worth a word */
#define FEW_LINES   1000 /* fewer are not what costs the time, which the load is */
#define LARGE_LINES 50000  /* about 5 ms, where nothing was measured */
#define SLOW_LINES  500000 /* 50 ms, which is felt; not by the clock, which the load moves */
#define NAMES_MOST  100000 /* of one file, that are compared with each other */

static const struct fopnp_check_file *hosts_file(const struct fopnp_check_system *system)
{
	return &system->files[FOPNP_CHECK_HOSTS];
}

static void place(const struct fopnp_check_system *system, unsigned line,
		  struct fopnp_finding *finding)
{
	fopnp_finding_set_place(finding, hosts_file(system)->path, line);
}

static bool is_read(const struct fopnp_check_system *system)
{
	return fopnp_check_asks_kind(system, fopnp_source_is_hosts);
}

/* A source that knows the host's own name and localhost without the file. */
static bool has_synthesis(const struct fopnp_check_system *system)
{
	return fopnp_check_asks(system, "myhostname") || fopnp_check_asks(system, "resolve");
}

static bool is_loopback(const struct fopnp_hosts_line *line)
{
	static const uint8_t loopback6[16] = { [15] = 1 };
	static const uint8_t mapped[13] = { [10] = 0xff, 0xff, 127 };

	if (line->family == AF_INET)
		return line->address[0] == 127;
	return memcmp(line->address, loopback6, sizeof(loopback6)) == 0 ||
	       memcmp(line->address, mapped, sizeof(mapped)) == 0;
}

/* The lines that were kept; what the end of that part has cut through is none of them. */
static void start(const struct fopnp_check_system *system, struct fopnp_hosts_cursor *cursor)
{
	const struct fopnp_check_file *file = hosts_file(system);
	const char *newline = file->is_cut ? memrchr(file->bytes, '\n', file->len) : NULL;
	size_t cut_len = newline ? (size_t)(newline + 1 - file->bytes) : 0;

	fopnp_hosts_start(cursor, file->bytes, file->is_cut ? cut_len : file->len);
}

/* ---- the file as a whole ---- */

static void check_missing(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = hosts_file(system);
	/* Runtimes of containers write one into an image that has none. */
	bool is_soft = system->root || has_synthesis(system);
	struct fopnp_finding *added;

	if (file->is_there || !is_read(system))
		return;
	added = fopnp_findings_add(
		findings, "hosts-missing", is_soft ? FOPNP_INFO : FOPNP_WARNING,
		"there is no %s: localhost and this host's own name are asked of "
		"the sources behind",
		file->path);
	fopnp_finding_set_fix(added, "write one with: 127.0.0.1 localhost");
	place(system, 0, added);
}

static void check_large(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_check_hosts *hosts = &system->hosts;
	bool is_measured = hosts->lookup_us >= LARGE_US && hosts->lines >= FEW_LINES;
	struct fopnp_finding *added;

	/* fopnp:hosts does not parse what it need not. */
	if (!fopnp_check_asks(system, "files") ||
	    !(is_measured || hosts->error == EFBIG ||
	      (hosts->lookup_us == 0 && hosts->lines >= LARGE_LINES)))
		return;
	added = fopnp_findings_add(
		findings, "hosts-large",
		is_measured && hosts->lines >= SLOW_LINES ? FOPNP_WARNING : FOPNP_INFO,
		"it has %s%" PRIu64 " lines, %.1f MB, which files reads in every lookup%s",
		hosts->error == EFBIG ? "more than " : "", hosts->lines,
		(double)(hosts->error ? (uint64_t)hosts_file(system)->status.st_size
				      : hosts->bytes) /
			1e6,
		system->host_conf.is_multi ? ", to its end even where a line fits (multi on)" : "");
	if (hosts->error == EFBIG) {
		FOPNP_AUTO_FREE char *words = added->text;

		added->text = fopnp_memory_format("%s; check has looked at those alone, since "
						  "what follows is too large",
						  words);
	}
	if (is_measured) {
		FOPNP_AUTO_FREE char *words = added->text;

		added->text = fopnp_memory_format("%s: that takes %.1f ms here", words,
						  (double)hosts->lookup_us / 1e3);
	}
	fopnp_finding_set_fix(added, "use fopnp:hosts, which is many times faster, or let a DNS "
				     "server do the blocking");
	place(system, 0, added);
}

/* "fe80::1%lo0 localhost", which block lists take over from macOS: nobody misses it. */
static bool is_of_other_system(const struct fopnp_hosts_line *line)
{
	return line->family == AF_UNSPEC && memchr(line->address_text, '%', line->address_len) &&
	       fopnp_ascii_equal_word(line->names, line->names_len, "localhost");
}

/* Lines that are not used and that somebody wrote for a use. */
static bool misses_lines(const struct fopnp_check_system *system)
{
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;
	uint64_t harmless = 0;

	start(system, &cursor);
	while (fopnp_hosts_next(&cursor, &line))
		harmless += is_of_other_system(&line);
	return system->hosts.malformed > harmless;
}

static void check_malformed(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	const struct fopnp_check_hosts *hosts = &system->hosts;
	struct fopnp_finding *added;

	if (!hosts->malformed)
		return;
	added = fopnp_findings_add(
		findings, "hosts-line-unused", misses_lines(system) ? FOPNP_WARNING : FOPNP_INFO,
		hosts->malformed == 1
			? "the line is not used: it has no address that glibc takes, or no name"
			: "%" PRIu64 " lines, this one first, are not used: they have no address "
			  "that glibc takes, or no name",
		hosts->malformed);
	fopnp_finding_set_fix(added,
			      "write the address in full: no zone, prefix length or leading zeros");
	place(system, hosts->first_malformed, added);
}

static void check_duplicates(const struct fopnp_check_system *system,
			     struct fopnp_findings *findings)
{
	const struct fopnp_check_hosts *hosts = &system->hosts;
	struct fopnp_finding *added;

	if (!hosts->duplicates)
		return;
	added = fopnp_findings_add(
		findings, "hosts-duplicate", FOPNP_INFO, "%s has this address on line %u already",
		hosts->first_duplicate_name ? hosts->first_duplicate_name : "the name",
		hosts->first_duplicate_of);
	if (hosts->duplicates > 1) {
		FOPNP_AUTO_FREE char *words = added->text;

		added->text = fopnp_memory_format("%s, and so %" PRIu64 " times in the file", words,
						  hosts->duplicates);
	}
	fopnp_finding_set_fix(added, "take one of the two out");
	place(system, hosts->first_duplicate, added);
}

/*
 * nss/nss_readline.c moves a line without its leading blanks, not the NUL behind it: without a
 * newline, which ends it otherwise, its last bytes are read twice.
 */
static void check_last_line(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	const struct fopnp_check_file *file = hosts_file(system);
	const char *end = file->bytes + file->len, *start;
	struct fopnp_finding *added;
	unsigned line = 1;

	if (file->is_cut || file->len == 0 || end[-1] == '\n')
		return;
	start = memrchr(file->bytes, '\n', file->len);
	start = start ? start + 1 : file->bytes;
	if (!fopnp_ascii_is_space(*start))
		return;
	if (memchr(start, '#', (size_t)(end - start)) || fopnp_ascii_skip_spaces(start, end) == end)
		return;
	for (const char *at = file->bytes; at < start; at++)
		line += *at == '\n';
	added = fopnp_findings_add(findings, "hosts-last-line-garbled", FOPNP_WARNING,
				   "the last line has blanks in front and no newline at its end: "
				   "glibc reads its last characters twice, and takes another name "
				   "from it");
	fopnp_finding_set_fix(added, "end the file with a newline");
	place(system, line, added);
}

/* ---- names that everybody needs ---- */

static void check_localhost(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	const struct fopnp_check_hosts *hosts = &system->hosts;
	struct fopnp_finding *added;

	if (!is_read(system) || hosts->error || !hosts_file(system)->is_there ||
	    hosts->has_localhost || hosts->has_localhost6 || has_synthesis(system))
		return;
	added = fopnp_findings_add(findings, "localhost-missing", FOPNP_ERROR,
				   "no line has localhost, and no other source knows it by itself: "
				   "the DNS is asked where it is");
	fopnp_finding_set_fix(added, "add: 127.0.0.1 localhost");
	place(system, 0, added);
}

static void check_localhost_families(const struct fopnp_check_system *system,
				     struct fopnp_findings *findings)
{
	const struct fopnp_check_hosts *hosts = &system->hosts;
	struct fopnp_finding *added;

	if (!is_read(system) || has_synthesis(system) ||
	    hosts->has_localhost == hosts->has_localhost6)
		return;
	if (hosts->has_localhost)
		added = fopnp_findings_add(
			findings, "localhost-one-family", FOPNP_INFO,
			"localhost has no line with ::1: who asks for IPv6 alone "
			"gets the DNS's answer, or none");
	else
		added = fopnp_findings_add(findings, "localhost-one-family", FOPNP_WARNING,
					   "localhost has no line with 127.0.0.1: nobody reaches a "
					   "server by it that listens on IPv4 only");
	fopnp_finding_set_fix(added, "add: %s localhost",
			      hosts->has_localhost ? "::1" : "127.0.0.1");
	place(system, 0, added);
}

static void check_localhost_place(const struct fopnp_check_system *system,
				  struct fopnp_findings *findings)
{
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;

	start(system, &cursor);
	while (fopnp_hosts_next(&cursor, &line)) {
		struct fopnp_finding *added;

		if (line.family == AF_UNSPEC || is_loopback(&line) ||
		    !fopnp_hosts_line_has_name(&line, "localhost"))
			continue;
		added = fopnp_findings_add(findings, "localhost-elsewhere", FOPNP_ERROR,
					   "localhost is %.*s here, which is not this host's "
					   "loopback: programs talk to whoever is there",
					   (int)line.address_len, line.address_text);
		fopnp_finding_set_fix(added, "take localhost off this line; its addresses are "
					     "127.0.0.1 and ::1");
		place(system, line.number, added);
		return;
	}
}

static void check_own_name(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_check_hosts *hosts = &system->hosts;
	const char *name = system->host_name;
	struct fopnp_finding *added;

	if (!name || !*name || hosts->error || !hosts_file(system)->is_there ||
	    hosts->has_own_name || has_synthesis(system) ||
	    fopnp_ascii_equal_word(name, strlen(name), "localhost") ||
	    fopnp_ascii_equal_word(name, strlen(name), "(none)"))
		return;
	added = fopnp_findings_add(
		findings, "own-name-not-local", FOPNP_WARNING,
		"%s is this host's own name, and no local source knows it: sudo, "
		"mail and others ask the DNS for it, and wait where that is away",
		name);
	if (is_read(system)) {
		fopnp_finding_set_fix(
			added,
			"add \"127.0.1.1 %s\" to /etc/hosts, or put myhostname on the "
			"line",
			name);
		place(system, 0, added);
	} else {
		fopnp_finding_set_fix(added, "put myhostname on the line");
		fopnp_finding_set_place(added, system->files[FOPNP_CHECK_NSSWITCH].path,
					system->nsswitch.line);
	}
}

/* ---- names that others take in another way ---- */

/* The first name of the file that IS_ODD, with its line; false: there is none. */
static bool find_name(const struct fopnp_check_system *system,
		      bool (*is_odd)(const struct fopnp_hosts_line *line, const char *name,
				     size_t len),
		      struct fopnp_hosts_line *out_line, const char **out_name, size_t *out_len)
{
	struct fopnp_hosts_cursor cursor;

	start(system, &cursor);
	while (fopnp_hosts_next(&cursor, out_line)) {
		size_t position = 0;

		if (out_line->family == AF_UNSPEC)
			continue;
		while (fopnp_hosts_next_name(out_line, &position, out_name, out_len))
			if (is_odd(out_line, *out_name, *out_len))
				return true;
	}
	return false;
}

static bool has_underscore(const struct fopnp_hosts_line *line, const char *name, size_t len)
{
	(void)line;
	return memchr(name, '_', len) != NULL;
}

/* systemd: src/resolve/resolved-etc-hosts.c takes only what hostname_is_valid() does. */
static void check_underscore(const struct fopnp_check_system *system,
			     struct fopnp_findings *findings)
{
	struct fopnp_hosts_line line;
	struct fopnp_finding *added;
	const char *name;
	size_t len;

	if ((!fopnp_check_asks(system, "resolve") && system->resolved != FOPNP_CHECK_THERE) ||
	    !find_name(system, has_underscore, &line, &name, &len))
		return;
	added = fopnp_findings_add(findings, "resolved-ignores-hosts-line",
				   is_read(system) ? FOPNP_INFO : FOPNP_WARNING,
				   "%.*s has an underscore: systemd-resolved does not take such "
				   "names from /etc/hosts, which files does",
				   (int)len, name);
	fopnp_finding_set_fix(added, "name the host without an underscore%s",
			      is_read(system) ? "" : ", or put files in front of resolve");
	place(system, line.number, added);
}

/* "10.0.0.1 host. host" serves both. */
static bool has_final_dot(const struct fopnp_hosts_line *line, const char *name, size_t len)
{
	size_t position = 0, other_len;
	const char *other;

	if (len < 2 || name[len - 1] != '.')
		return false;
	while (fopnp_hosts_next_name(line, &position, &other, &other_len))
		if (fopnp_ascii_equal(other, other_len, name, len - 1))
			return false;
	return true;
}

static void check_final_dot(const struct fopnp_check_system *system,
			    struct fopnp_findings *findings)
{
	struct fopnp_hosts_line line;
	struct fopnp_finding *added;
	const char *name;
	size_t len;

	if (!is_read(system) || !find_name(system, has_final_dot, &line, &name, &len))
		return;
	added = fopnp_findings_add(
		findings, "trailing-dot-in-hosts", FOPNP_WARNING,
		"%.*s has a final dot, which makes it another name in this file: "
		"only who asks with the dot gets the line",
		(int)len, name);
	fopnp_finding_set_fix(added, "take the final dot off the name in /etc/hosts");
	place(system, line.number, added);
}

static bool has_wildcard(const struct fopnp_hosts_line *line, const char *name, size_t len)
{
	(void)line;
	return memchr(name, '*', len) != NULL;
}

static void check_wildcard(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	struct fopnp_hosts_line line;
	struct fopnp_finding *added;
	const char *name;
	size_t len;

	if (!is_read(system) || !find_name(system, has_wildcard, &line, &name, &len))
		return;
	added = fopnp_findings_add(findings, "hosts-wildcard", FOPNP_WARNING,
				   "%.*s stands for no other name: hosts(5) has no patterns",
				   (int)len, name);
	fopnp_finding_set_fix(added,
			      "write each name, or let a DNS server (dnsmasq: address=) do it");
	place(system, line.number, added);
}

/* ---- several addresses of a name ---- */

struct name_line {
	const char *name;
	size_t len;
	uint8_t address[16];
	unsigned line;
	bool is_loopback;
};

static int compare_names(const void *one, const void *other)
{
	const struct name_line *a = one, *b = other;
	size_t least = a->len < b->len ? a->len : b->len;

	for (size_t i = 0; i < least; i++) {
		int order = fopnp_ascii_lower(a->name[i]) - fopnp_ascii_lower(b->name[i]);

		if (order)
			return order;
	}
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

/* All names of the file by name and line; the caller's. */
static struct name_line *list_names(const struct fopnp_check_system *system, size_t *out_count)
{
	struct name_line *list = NULL;
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;
	size_t count = 0, room = 0;

	start(system, &cursor);
	while (count < NAMES_MOST && fopnp_hosts_next(&cursor, &line)) {
		struct name_line entry = { .line = line.number };
		size_t position = 0;

		if (line.family == AF_UNSPEC)
			continue;
		memcpy(entry.address, line.address, line.family == AF_INET ? 4 : 16);
		entry.is_loopback = is_loopback(&line);
		while (fopnp_hosts_next_name(&line, &position, &entry.name, &entry.len)) {
			if (count == room) {
				room = room ? room * 2 : 64;
				list = fopnp_memory_resize(list, room, sizeof(*list));
			}
			list[count++] = entry;
		}
	}
	if (list)
		qsort(list, count, sizeof(*list), compare_names);
	*out_count = count;
	return list;
}

/* resolv/res_hconf.c: multi is off unless the file or RESOLV_MULTI says otherwise. */
static void check_multi(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct name_line *first = NULL, *second = NULL;
	FOPNP_AUTO_FREE struct name_line *list = NULL;
	struct fopnp_finding *added;
	bool is_local = true; /* both are of loopback: localhost and its like, who has one serves */
	size_t count;

	if (system->host_conf.is_multi || !is_read(system))
		return;
	list = list_names(system, &count);
	for (size_t i = 0; i + 1 < count; i++) {
		const struct name_line *a = &list[i], *b = &list[i + 1];

		if (!fopnp_ascii_equal(a->name, a->len, b->name, b->len) ||
		    memcmp(a->address, b->address, sizeof(a->address)) == 0)
			continue;
		if (first && a->is_loopback && b->is_loopback)
			continue;
		first = a;
		second = b;
		is_local = a->is_loopback && b->is_loopback;
		if (!is_local)
			break;
	}
	if (!first)
		return;
	added = fopnp_findings_add(
		findings, "multi-off", is_local ? FOPNP_INFO : FOPNP_WARNING,
		"%.*s stands on line %u, too, and of several lines of a name only "
		"the first counts: multi is off in %s",
		(int)second->len, second->name, first->line,
		system->files[FOPNP_CHECK_HOST_CONF].path);
	fopnp_finding_set_fix(added, "write \"multi on\" into %s, or take one of the lines out",
			      system->files[FOPNP_CHECK_HOST_CONF].path);
	place(system, second->line, added);
}

/* ---- what others say ---- */

/* Whether lines give one answer; with multi off that of the first line is all. */
static bool is_one_answer(const struct fopnp_check_system *system,
			  const struct fopnp_check_sample *one,
			  const struct fopnp_check_sample *other)
{
	return (one->family == other->family || !system->host_conf.is_multi) &&
	       fopnp_ascii_equal(one->name, strlen(one->name), other->name, strlen(other->name));
}

/* The addresses of the answer that begins with the INDEX-th line; NULL: none does, or the DNS has
   one of them as well.  The caller's. */
static char *list_differing(const struct fopnp_check_system *system, size_t index)
{
	const struct fopnp_check_sample *first = &system->hosts.sample[index];
	char *words = NULL;

	for (size_t i = 0; i < system->hosts.sample_count; i++) {
		const struct fopnp_check_sample *sample = &system->hosts.sample[i];
		char address[INET6_ADDRSTRLEN] = "";
		char *more;

		if (!is_one_answer(system, first, sample) ||
		    (i > index && !system->host_conf.is_multi))
			continue;
		if (i < index || !sample->other) {
			free(words);
			return NULL;
		}
		(void)inet_ntop(sample->family, sample->address, address, sizeof(address));
		more = fopnp_memory_format("%s%s%s", words ? words : "", words ? ", " : "",
					   address);
		free(words);
		words = more;
	}
	return words;
}

static void check_differs(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	if (!is_read(system))
		return;
	for (size_t i = 0; i < system->hosts.sample_count; i++) {
		const struct fopnp_check_sample *sample = &system->hosts.sample[i];
		FOPNP_AUTO_FREE char *here = list_differing(system, i);
		struct fopnp_finding *added;

		if (!here)
			continue;
		added = fopnp_findings_add(findings, "hosts-differs", FOPNP_INFO,
					   "%s is %s here, and %s in the DNS: programs get the "
					   "line, as long as it stands there",
					   sample->name, here, sample->other);
		fopnp_finding_set_fix(added, "correct the line or take it out, if it is not meant "
					     "so; fopnp compare shows all that differ");
		place(system, sample->line, added);
	}
}

/* Whether the file has the name in that family; what was not kept of it may have. */
static bool has_line(const struct fopnp_check_system *system, const char *name, int family)
{
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;

	if (hosts_file(system)->is_cut)
		return true;
	start(system, &cursor);
	while (fopnp_hosts_next(&cursor, &line))
		if (line.family == family && fopnp_hosts_line_has_name(&line, name))
			return true;
	return false;
}

/* Where the addresses differ hosts-differs tells of the line. */
static void check_families(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	if (!is_read(system))
		return;
	for (size_t i = 0; i < system->hosts.sample_count; i++) {
		const struct fopnp_check_sample *sample = &system->hosts.sample[i];
		bool is_ipv4 = sample->family == AF_INET;
		struct fopnp_finding *added;

		if (!sample->hidden || sample->other || (is_ipv4 && !system->has_ipv6_address) ||
		    has_line(system, sample->name, is_ipv4 ? AF_INET6 : AF_INET))
			continue;
		added = fopnp_findings_add(
			findings, "families-differ", FOPNP_INFO,
			"%s has only %s here, and %s in the DNS, which the line hides "
			"from programs that ask for both families",
			sample->name, is_ipv4 ? "IPv4" : "IPv6", sample->hidden);
		fopnp_finding_set_fix(added,
				      "if it is to be used, add: %s %s; or take the line out",
				      sample->hidden, sample->name);
		place(system, sample->line, added);
	}
}

/* ---- the rules ---- */

const struct fopnp_check_rule FOPNP_CHECK_HOSTS_RULES[] = {
	{
		"hosts-missing",
		FOPNP_WARNING,
		"there is no /etc/hosts",
		"The source files then says UNAVAIL. localhost and the host's own name go to the "
		"next source: myhostname and resolve know them, the DNS should not be asked.",
		check_missing,
	},
	{
		"hosts-large",
		FOPNP_WARNING,
		"/etc/hosts is so large that lookups are slow",
		"files keeps nothing in memory: each lookup reads the file from its start, which "
		"costs about 100 ns a line, in every program. With \"multi on\" in host.conf, or for "
		"a name that is not there, it reads to the end.\n\n"
		"fopnp:hosts searches the same file without parsing lines that cannot fit. Block "
		"lists are better kept by a DNS server.",
		check_large,
	},
	{
		"hosts-line-unused",
		FOPNP_WARNING,
		"lines of /etc/hosts that glibc skips",
		"An address is written as inet_pton(3) takes it: \"010.0.0.1\", \"10.1\", "
		"\"10.0.0.1/24\", \"fe80::1%eth0\" and \"[::1]\" are none. glibc skips such a line "
		"without a message. A name must follow the address.",
		check_malformed,
	},
	{
		"hosts-duplicate",
		FOPNP_INFO,
		"a name has the same address twice",
		"With \"multi on\" the address is then returned twice, and a program that fails to "
		"connect tries it twice.",
		check_duplicates,
	},
	{
		"hosts-last-line-garbled",
		FOPNP_WARNING,
		"glibc misreads the last line of /etc/hosts",
		"glibc moves a line without the blanks in front of it, but not its end. A newline "
		"ends the line in time; without one, at the end of the file, its last characters "
		"stand there twice: \"  10.0.0.1 foo\" becomes foooo.",
		check_last_line,
	},
	{
		"localhost-missing",
		FOPNP_ERROR,
		"nobody here knows localhost",
		"glibc has no built-in localhost. Without a line in /etc/hosts, myhostname or "
		"resolve, the DNS is asked: programs that talk to localhost fail without a network, "
		"or talk to what a server or a search domain gives.",
		check_localhost,
	},
	{
		"localhost-one-family",
		FOPNP_WARNING,
		"localhost has one kind of address only",
		"Most systems have 127.0.0.1 and ::1 for localhost. A program that asks for the "
		"family that is not there goes on to the next source, which is the DNS.\n\n"
		"For gethostbyname glibc reads \"::1 localhost\" as 127.0.0.1, getaddrinfo with "
		"AF_UNSPEC does not.",
		check_localhost_families,
	},
	{
		"localhost-elsewhere",
		FOPNP_ERROR,
		"localhost is not this host",
		"A line gives localhost an address that is not 127.0.0.0/8 or ::1. Programs trust "
		"that name to stay on the machine. 0.0.0.0, from block lists, connects to this host "
		"on Linux, but is no address to listen to or to compare with.",
		check_localhost_place,
	},
	{
		"own-name-not-local",
		FOPNP_WARNING,
		"the host's own name is in no local source",
		"sudo, mail servers, Java and many others look the host's own name up. If neither "
		"/etc/hosts nor myhostname nor systemd-resolved knows it, the DNS is asked: after a "
		"rename, or without a network, they are slow, or say \"unable to resolve host\".\n\n"
		"Debian's installer writes \"127.0.1.1 NAME\".",
		check_own_name,
	},
	{
		"resolved-ignores-hosts-line",
		FOPNP_WARNING,
		"systemd-resolved skips names with an underscore",
		"systemd-resolved takes only names from /etc/hosts that are valid host names, and "
		"\"_\" is not valid in one. files has no such rule, so programs that ask resolved, "
		"by resolve or by 127.0.0.53, get another answer.",
		check_underscore,
	},
	{
		"trailing-dot-in-hosts",
		FOPNP_WARNING,
		"a name in /etc/hosts ends in a dot",
		"The DNS takes \"host.example.\" and \"host.example\" for the same name. files "
		"compares letters: the line serves only programs that ask with the dot.",
		check_final_dot,
	},
	{
		"hosts-wildcard",
		FOPNP_WARNING,
		"a pattern in /etc/hosts",
		"\"*.example\" is a name like any other to files: it serves nobody who asks for "
		"\"www.example\". dnsmasq and unbound can answer for all names of a domain.",
		check_wildcard,
	},
	{
		"multi-off",
		FOPNP_WARNING,
		"of several lines of a name the first alone counts",
		"Without \"multi on\" in /etc/host.conf, files ends at the first line that fits. A "
		"second address, of the other family too, is returned by no lookup of both "
		"families. Most distributions write \"multi on\"; glibc's own default is off.",
		check_multi,
	},
	{
		"hosts-differs",
		FOPNP_INFO,
		"the DNS has another address for a name of /etc/hosts",
		"A line of /etc/hosts hides what the DNS says. That may be its purpose; or the host "
		"has moved, and the line was forgotten: then this machine alone talks to the old "
		"address.\n\n"
		"check asks the first name server for the first eight names of the file that have a "
		"dot and are not of this host. \"fopnp compare\" asks all sources for all names.",
		check_differs,
	},
	{
		"families-differ",
		FOPNP_INFO,
		"a line of /etc/hosts hides the DNS's addresses of the other family",
		"A lookup of both families ends at files, with what the file has: where that is an "
		"IPv4 address alone, the IPv6 addresses that the DNS has are never seen. A lookup of "
		"IPv6 alone finds no line, and goes on to the DNS: so ping -6 and most programs "
		"come to different hosts.\n\n"
		"The first eight names of the file that have a dot were asked for.",
		check_families,
	},
	{ 0 },
};
