/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One pass over /etc/hosts.  Duplicates are found by a hash of name and address: a block list has
 * a million lines.
 */
#include "tools/check_system_hosts.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/hosts_file.h"
#include "tools/check_system.h"
#include "tools/clock.h"
#include "tools/hosts_scan.h"
#include "tools/memory.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define FILE_MOST  (1ll << 30) /* bytes; larger ones are not gone through */
#define NAMES_MOST (4u << 20)  /* that are compared; 48 MiB of memory and no more */

/* ---- names and addresses that were there before ---- */

struct seen {
	uint64_t *hashes; /* 0: free */
	unsigned *lines;
	size_t size, count; /* SIZE is a power of two */
};

/* FNV-1a, letters in lower case; never 0. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const char *text = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)fopnp_ascii_lower(text[i])) * 0x100000001b3u;
	return hash;
}

static uint64_t hash_entry(const struct fopnp_hosts_line *line, const char *name, size_t len)
{
	uint64_t hash = hash_bytes(0xcbf29ce484222325u, name, len);

	/* Not through the lower case of letters: these are bytes. */
	for (size_t i = 0; i < sizeof(line->address); i++)
		hash = (hash ^ line->address[i]) * 0x100000001b3u;
	hash = (hash ^ (uint64_t)line->family) * 0x100000001b3u;
	hash ^= hash >> 32;
	return hash ? hash : 1;
}

static size_t find_slot(const struct seen *seen, uint64_t hash)
{
	size_t slot = hash & (seen->size - 1);

	while (seen->hashes[slot] && seen->hashes[slot] != hash)
		slot = (slot + 1) & (seen->size - 1);
	return slot;
}

static void grow(struct seen *seen)
{
	struct seen grown = { .size = seen->size ? seen->size * 2 : 1024, .count = seen->count };

	grown.hashes = fopnp_memory_zeroed(grown.size, sizeof(*grown.hashes));
	grown.lines = fopnp_memory_zeroed(grown.size, sizeof(*grown.lines));
	for (size_t i = 0; i < seen->size; i++) {
		size_t slot;

		if (!seen->hashes[i])
			continue;
		slot = find_slot(&grown, seen->hashes[i]);
		grown.hashes[slot] = seen->hashes[i];
		grown.lines[slot] = seen->lines[i];
	}
	free(seen->hashes);
	free(seen->lines);
	*seen = grown;
}

/* The line that has it already, or 0, and then it is noted. */
static unsigned note(struct seen *seen, uint64_t hash, unsigned line)
{
	size_t slot;

	if (seen->count >= seen->size / 4 * 3 && seen->count < NAMES_MOST)
		grow(seen);
	slot = find_slot(seen, hash);
	if (seen->hashes[slot])
		return seen->lines[slot];
	if (seen->count >= NAMES_MOST)
		return 0;
	seen->hashes[slot] = hash;
	seen->lines[slot] = line;
	seen->count++;
	return 0;
}

/* ---- a line ---- */

struct pass {
	struct fopnp_check_hosts *hosts;
	const char *host_name;
	struct seen seen;
	char *last_name; /* room of LAST_SIZE bytes */
	size_t last_size;
};

static void look_at_bytes(struct fopnp_check_hosts *hosts, const struct fopnp_hosts_line *line)
{
	if (!hosts->nul_line && memchr(line->text, '\0', line->text_len))
		hosts->nul_line = line->number;
	if (!hosts->carriage_return_line && memchr(line->text, '\r', line->text_len))
		hosts->carriage_return_line = line->number;
	if (line->number == 1 && line->text_len >= 3 && memcmp(line->text, "\xef\xbb\xbf", 3) == 0)
		hosts->byte_order_mark_line = 1;
}

static void look_at_name(struct pass *pass, const struct fopnp_hosts_line *line, const char *name,
			 size_t len)
{
	struct fopnp_check_hosts *hosts = pass->hosts;
	unsigned before = note(&pass->seen, hash_entry(line, name, len), line->number);

	if (before && before != line->number && hosts->duplicates++ == 0) {
		hosts->first_duplicate = line->number;
		hosts->first_duplicate_of = before;
		hosts->first_duplicate_name = fopnp_memory_copy(name, len);
	}
	if (fopnp_ascii_equal_word(name, len, "localhost")) {
		hosts->has_localhost |= line->family == AF_INET;
		hosts->has_localhost6 |= line->family == AF_INET6;
	}
	if (!hosts->has_own_name && *pass->host_name &&
	    fopnp_ascii_equal_word(name, len, pass->host_name)) {
		hosts->has_own_name = true;
		hosts->own_name_line = line->number;
	}
}

static void keep_last_name(struct pass *pass, const struct fopnp_hosts_line *line)
{
	size_t position = 0, len;
	const char *name;

	if (!fopnp_hosts_next_name(line, &position, &name, &len))
		return;
	if (len >= pass->last_size) {
		pass->last_size = len * 2 + 64;
		pass->last_name = fopnp_memory_resize(pass->last_name, pass->last_size, 1);
	}
	memcpy(pass->last_name, name, len);
	pass->last_name[len] = '\0';
}

/*
 * Not loopback, and not of many hosts or none: distributions put ip6-localnet (fe00::) and
 * ip6-allnodes (ff02::1) into each file, block lists 255.255.255.255 as well.
 */
static bool is_of_host(const struct fopnp_hosts_line *line)
{
	const uint8_t *address = line->address;

	if (line->family == AF_INET)
		return address[0] != 127 && address[0] < 224;
	return !IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)address) && address[0] != 0xff &&
	       (address[0] != 0xfe || address[1] >= 0x80);
}

/* 0.0.0.0 and ::, which block a name: a list of such must leave room for hosts. */
static bool is_blocking(const struct fopnp_hosts_line *line)
{
	static const uint8_t zero[sizeof(line->address)];

	return memcmp(line->address, zero, line->family == AF_INET ? 4 : 16) == 0;
}

static void keep_sample(struct fopnp_check_hosts *hosts, const struct fopnp_hosts_line *line)
{
	struct fopnp_check_sample *sample;
	size_t position = 0, len;
	const char *name;

	if (hosts->sample_count == FOPNP_CHECK_SAMPLE || !is_of_host(line) ||
	    (is_blocking(line) && hosts->sample_count >= FOPNP_CHECK_SAMPLE / 2) ||
	    !fopnp_hosts_next_name(line, &position, &name, &len) || len >= NI_MAXHOST)
		return;
	sample = &hosts->sample[hosts->sample_count++];
	sample->name = fopnp_memory_copy(name, len);
	sample->line = line->number;
	sample->family = line->family;
	memcpy(sample->address, line->address, line->family == AF_INET ? 4 : 16);
}

static void visit_line(void *context, const struct fopnp_hosts_line *line)
{
	struct pass *pass = context;
	struct fopnp_check_hosts *hosts = pass->hosts;
	size_t position = 0, len;
	const char *name;

	look_at_bytes(hosts, line);
	if (line->family == AF_UNSPEC || line->names_len == 0) {
		if (hosts->malformed++ == 0)
			hosts->first_malformed = line->number;
		return;
	}
	hosts->entries++;
	while (fopnp_hosts_next_name(line, &position, &name, &len))
		look_at_name(pass, line, name, len);
	keep_sample(hosts, line);
	keep_last_name(pass, line);
}

void fopnp_check_hosts_read(int file, const char *host_name, struct fopnp_check_hosts *out_hosts)
{
	struct pass pass = { .hosts = out_hosts, .host_name = host_name };
	struct fopnp_hosts_size size = { 0 };
	struct stat status;

	*out_hosts = (struct fopnp_check_hosts){ 0 };
	if (fstat(file, &status) != 0) {
		out_hosts->error = errno;
		return;
	}
	if (status.st_size > FILE_MOST) {
		out_hosts->error = EFBIG;
		out_hosts->bytes = (uint64_t)status.st_size;
		return;
	}
	grow(&pass.seen);
	if (!fopnp_hosts_scan_open(file, visit_line, &pass, &size))
		out_hosts->error = errno;
	out_hosts->lines = size.lines;
	out_hosts->bytes = size.bytes;
	out_hosts->last_name = pass.last_name;
	free(pass.seen.hashes);
	free(pass.seen.lines);
}

void fopnp_check_hosts_clear(struct fopnp_check_hosts *hosts)
{
	for (size_t i = 0; i < hosts->sample_count; i++) {
		free(hosts->sample[i].name);
		free(hosts->sample[i].other);
		free(hosts->sample[i].hidden);
	}
	free(hosts->first_duplicate_name);
	free(hosts->last_name);
	*hosts = (struct fopnp_check_hosts){ 0 };
}

/* ---- what a lookup costs ---- */

/* The second call: the first one also reads glibc's own files. */
void fopnp_check_hosts_time(void *context, char *result, size_t size)
{
	const char *name = context;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	uint64_t elapsed_us = 0;

	if (__nss_configure_lookup("hosts", "files") != 0)
		return;
	for (int i = 0; i < 2; i++) {
		uint64_t start_us = fopnp_clock_now_us();

		if (getaddrinfo(name, NULL, &hints, &list) == 0)
			freeaddrinfo(list);
		elapsed_us = fopnp_clock_now_us() - start_us;
	}
	elapsed_us = elapsed_us ? elapsed_us : 1;
	memcpy(result, &elapsed_us, size < sizeof(elapsed_us) ? size : sizeof(elapsed_us));
}
