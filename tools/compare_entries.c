/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The entries of a hosts file, see compare_entries.h.  One pass makes the entries; what an
 * earlier line of the same name means for a later one is told in a second pass over the names.
 */
#include "tools/compare_entries.h"

#include "nss_module/lookup/ascii.h"
#include "tools/hosts_scan.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/progress.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXTS_MOST      (1u << 30)
#define TICK_LINES      4096
#define HOST_NAME_BYTES 256

static const char *const CLASS_NAMES[FOPNP_COMPARE_CLASSES] = {
	[FOPNP_COMPARE_SAME] = "same",
	[FOPNP_COMPARE_DIFFERS] = "differs",
	[FOPNP_COMPARE_ONLY_HOSTS] = "only-hosts",
	[FOPNP_COMPARE_NOT_IN_HOSTS] = "not-in-hosts",
	[FOPNP_COMPARE_SHADOWED] = "shadowed",
	[FOPNP_COMPARE_DUPLICATE] = "duplicate",
	[FOPNP_COMPARE_MALFORMED] = "malformed",
	[FOPNP_COMPARE_BLOCKED] = "blocked",
	[FOPNP_COMPARE_ERROR] = "error",
};

const char *fopnp_compare_class_name(enum fopnp_compare_class class)
{
	return CLASS_NAMES[class];
}

bool fopnp_compare_class_from_name(const char *word, size_t len,
				   enum fopnp_compare_class *out_class)
{
	for (int i = 0; i < FOPNP_COMPARE_CLASSES; i++) {
		if (fopnp_ascii_equal_word(word, len, CLASS_NAMES[i])) {
			*out_class = (enum fopnp_compare_class)i;
			return true;
		}
	}
	return false;
}

/* ---- an index: places in an array by the hash of what stands there ---- */

struct slot {
	uint32_t hash;
	uint32_t place; /* one more than it is; 0: free */
};

struct fopnp_compare_index {
	struct slot *slots;
	size_t size, used; /* size: a power of two */
	uint64_t key;      /* names come from outside: nobody shall choose their places */
};

#define INDEX_FIRST_SIZE 1024

static struct fopnp_compare_index *index_create(void)
{
	struct fopnp_compare_index *index = fopnp_memory_zeroed(1, sizeof(*index));

	index->size = INDEX_FIRST_SIZE;
	index->slots = fopnp_memory_zeroed(index->size, sizeof(*index->slots));
	if (getrandom(&index->key, sizeof(index->key), GRND_NONBLOCK) != sizeof(index->key))
		index->key = (uintptr_t)index; /* early at boot */
	return index;
}

static void index_destroy(struct fopnp_compare_index *index)
{
	if (!index)
		return;
	free(index->slots);
	free(index);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

static uint32_t hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const char *at = bytes;
	uint64_t word;

	for (; len >= sizeof(word); at += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		hash = mix(hash, word);
	}
	word = len;
	memcpy((char *)&word + 1, at, len);
	return (uint32_t)(mix(mix(hash, word), word) >> 32);
}

static void index_place(struct fopnp_compare_index *index, uint32_t hash, uint32_t place)
{
	size_t at = hash & (index->size - 1);

	while (index->slots[at].place)
		at = (at + 1) & (index->size - 1);
	index->slots[at] = (struct slot){ hash, place };
}

static void index_add(struct fopnp_compare_index *index, uint32_t hash, size_t place)
{
	struct slot *old = index->slots;
	size_t old_size = index->size;

	if (index->used++ >= index->size / 2) {
		index->size *= 2;
		index->slots = fopnp_memory_zeroed(index->size, sizeof(*index->slots));
		for (size_t i = 0; i < old_size; i++)
			if (old[i].place)
				index_place(index, old[i].hash, old[i].place);
		free(old);
	}
	index_place(index, hash, (uint32_t)place + 1);
}

/* ---- reading ---- */

struct reading {
	struct fopnp_compare_file *file;
	struct fopnp_compare_index *pairs; /* entries by name and address, to find duplicates */
	size_t entry_size, name_size, text_size, text_used;
	char *folded; /* the name at hand */
	size_t folded_size;
	char host_name[HOST_NAME_BYTES];
};

/* Room for one more thing of SIZE bytes in an array that has COUNT. */
static void *make_room(void *array, size_t *room, size_t count, size_t size)
{
	if (count < *room)
		return array;
	*room = *room ? *room * 2 : 64;
	return fopnp_memory_resize(array, *room, size);
}

/* The place of a name in the file's list; FOPNP_COMPARE_NONE: it is not there. */
static uint32_t find_name(const struct fopnp_compare_file *file, uint32_t hash, const char *folded,
			  size_t len)
{
	const struct fopnp_compare_index *index = file->index;

	for (size_t at = hash & (index->size - 1); index->slots[at].place;
	     at = (at + 1) & (index->size - 1)) {
		const struct slot *slot = &index->slots[at];
		const char *text = file->texts + file->names[slot->place - 1].text;

		if (slot->hash == hash && strncmp(text, folded, len) == 0 && !text[len])
			return slot->place - 1;
	}
	return FOPNP_COMPARE_NONE;
}

static const char *fold(struct reading *reading, const char *name, size_t len)
{
	if (len >= reading->folded_size) {
		reading->folded_size = len * 2 + 256;
		reading->folded = fopnp_memory_resize(reading->folded, reading->folded_size, 1);
	}
	for (size_t i = 0; i < len; i++)
		reading->folded[i] = fopnp_ascii_lower(name[i]);
	reading->folded[len] = '\0';
	return reading->folded;
}

/* The place of NAME in the list, where it is put if it is not there. */
static uint32_t take_name(struct reading *reading, const char *name, size_t len)
{
	struct fopnp_compare_file *file = reading->file;
	const char *folded = fold(reading, name, len);
	uint32_t hash = hash_bytes(file->index->key, folded, len);
	uint32_t place = find_name(file, hash, folded, len);

	if (place != FOPNP_COMPARE_NONE)
		return place;
	while (reading->text_size - reading->text_used <= len) {
		reading->text_size = reading->text_size * 2 + 4096;
		file->texts = fopnp_memory_resize(file->texts, reading->text_size, 1);
	}
	file->names =
		make_room(file->names, &reading->name_size, file->name_count, sizeof(*file->names));
	memcpy(file->texts + reading->text_used, folded, len + 1);
	index_add(file->index, hash, file->name_count);
	file->names[file->name_count] = (struct fopnp_compare_name){
		.text = (uint32_t)reading->text_used,
		.first = FOPNP_COMPARE_NONE,
		.last = FOPNP_COMPARE_NONE,
	};
	reading->text_used += len + 1;
	return (uint32_t)file->name_count++;
}

/* Add ENTRY to the file's list and to its name's. */
static struct fopnp_compare_entry *add_entry(struct reading *reading, uint32_t place,
					     const struct fopnp_hosts_line *line)
{
	struct fopnp_compare_file *file = reading->file;
	uint32_t number = (uint32_t)file->entry_count;
	struct fopnp_compare_entry *entry;
	struct fopnp_compare_name *name = &file->names[place];

	file->entries = make_room(file->entries, &reading->entry_size, file->entry_count,
				  sizeof(*file->entries));
	entry = &file->entries[file->entry_count++];
	*entry = (struct fopnp_compare_entry){
		.name = name->text,
		.line = line->number,
		.next = FOPNP_COMPARE_NONE,
		.family = (uint8_t)line->family,
		.class = FOPNP_COMPARE_SAME,
	};
	if (line->family != AF_UNSPEC)
		memcpy(entry->address, line->address, line->family == AF_INET ? 4 : 16);
	if (name->first == FOPNP_COMPARE_NONE)
		name->first = number;
	else
		file->entries[name->last].next = number;
	name->last = number;
	return entry;
}

static bool is_full(struct reading *reading, size_t len)
{
	struct fopnp_compare_file *file = reading->file;

	if (file->entry_count >= FOPNP_COMPARE_ENTRIES || reading->text_used + len >= TEXTS_MOST)
		file->is_cut = true;
	return file->is_cut;
}

/* ---- what an entry is by itself ---- */

static bool is_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The host's own name, with or without a domain on either side. */
static bool is_own_name(const struct reading *reading, const char *name)
{
	size_t label = strcspn(reading->host_name, ".");

	return label > 0 && strncmp(name, reading->host_name, label) == 0 &&
	       (name[label] == '\0' || name[label] == '.');
}

/* Names that belong to the loopback addresses. */
static bool is_local_name(const struct reading *reading, const char *name)
{
	size_t len = strlen(name);

	return is_prefix(name, "localhost") || is_prefix(name, "ip6-") ||
	       strcmp(name, "loopback") == 0 ||
	       (len > 10 && strcmp(name + len - 10, ".localhost") == 0) ||
	       is_own_name(reading, name);
}

static bool is_blocked(const struct reading *reading, const struct fopnp_compare_entry *entry)
{
	static const uint8_t ipv4_loopback[4] = { 127, 0, 0, 1 };
	const char *name = reading->file->texts + entry->name;

	if (entry->family == AF_INET6) {
		if (memcmp(entry->address, &in6addr_any, 16) == 0)
			return true;
		return memcmp(entry->address, &in6addr_loopback, 16) == 0 &&
		       !is_local_name(reading, name);
	}
	if (memcmp(entry->address, &in6addr_any, 4) == 0)
		return true;
	return memcmp(entry->address, ipv4_loopback, 4) == 0 && !is_local_name(reading, name);
}

static bool is_same_pair(const struct fopnp_compare_entry *a, const struct fopnp_compare_entry *b)
{
	return a->name == b->name && a->family == b->family &&
	       memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

/* The earlier entry of the same name and address; NULL: ENTRY, the last one, is the first. */
static const struct fopnp_compare_entry *find_same(struct reading *reading,
						   const struct fopnp_compare_entry *entry)
{
	const struct fopnp_compare_file *file = reading->file;
	struct fopnp_compare_index *pairs = reading->pairs;
	uint32_t hash = hash_bytes(mix(pairs->key, entry->name + ((uint64_t)entry->family << 32)),
				   entry->address, sizeof(entry->address));

	for (size_t at = hash & (pairs->size - 1); pairs->slots[at].place;
	     at = (at + 1) & (pairs->size - 1))
		if (pairs->slots[at].hash == hash &&
		    is_same_pair(&file->entries[pairs->slots[at].place - 1], entry))
			return &file->entries[pairs->slots[at].place - 1];
	index_add(pairs, hash, file->entry_count - 1);
	return NULL;
}

static void class_entry(struct reading *reading, struct fopnp_compare_entry *entry,
			enum fopnp_compare_fault fault)
{
	const struct fopnp_compare_entry *same;

	if (is_blocked(reading, entry)) {
		entry->class = FOPNP_COMPARE_BLOCKED;
	} else if (fault != FOPNP_FAULT_NONE) {
		entry->class = FOPNP_COMPARE_MALFORMED;
		entry->fault = (uint8_t)fault;
		return;
	}
	same = find_same(reading, entry);
	if (!same)
		return;
	entry->class = FOPNP_COMPARE_DUPLICATE;
	entry->fault = same->line == entry->line ? FOPNP_FAULT_SAME_LINE : FOPNP_FAULT_SAME_ENTRY;
	entry->other_line = same->line;
}

/* ---- lines ---- */

static void add_malformed(struct reading *reading, const struct fopnp_hosts_line *line,
			  const char *name, size_t len, enum fopnp_compare_fault fault)
{
	struct fopnp_compare_entry *entry;

	if (is_full(reading, len))
		return;
	entry = add_entry(reading, take_name(reading, name, len), line);
	entry->class = FOPNP_COMPARE_MALFORMED;
	entry->fault = (uint8_t)fault;
}

static void take_line(void *context, const struct fopnp_hosts_line *line)
{
	struct reading *reading = context;
	bool has_address = line->family != AF_UNSPEC;
	enum fopnp_compare_fault fault = FOPNP_FAULT_NO_NAME;
	size_t position = 0, len, names = 0;
	const char *name;

	if (line->number % TICK_LINES == 0)
		fopnp_progress_tick();
	if (!has_address)
		fault = fopnp_compare_address_fault(line);
	for (; fopnp_hosts_next_name(line, &position, &name, &len); names++) {
		if (!has_address)
			add_malformed(reading, line, name, len, fault);
		else if (!is_full(reading, len))
			class_entry(reading,
				    add_entry(reading, take_name(reading, name, len), line),
				    fopnp_compare_name_fault(name, len));
	}
	if (names == 0)
		add_malformed(reading, line, "", 0, fault);
	else if (has_address && fopnp_compare_line_is_cut(line))
		add_malformed(reading, line, "", 0, FOPNP_FAULT_CUT);
}

/* ---- with multi off: what a name's first entry leaves to the others ---- */

static bool gives_ipv4(const struct fopnp_compare_entry *entry)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return entry->family == AF_INET || memcmp(entry->address, mapped, sizeof(mapped)) == 0 ||
	       memcmp(entry->address, &in6addr_loopback, 16) == 0;
}

static void shadow_entries(struct fopnp_compare_file *file, const struct fopnp_compare_name *name)
{
	const struct fopnp_compare_entry *first = NULL;
	bool has_ipv4 = false, has_ipv6 = false;

	for (uint32_t at = name->first; at != FOPNP_COMPARE_NONE; at = file->entries[at].next) {
		struct fopnp_compare_entry *entry = &file->entries[at];
		bool is_ipv4 = gives_ipv4(entry), is_ipv6 = entry->family == AF_INET6;
		bool is_alone = (is_ipv4 && !has_ipv4) || (is_ipv6 && !has_ipv6);

		if (entry->class != FOPNP_COMPARE_SAME && entry->class != FOPNP_COMPARE_BLOCKED)
			continue;
		has_ipv4 |= is_ipv4;
		has_ipv6 |= is_ipv6;
		if (!first)
			first = entry;
		/* 0.0.0.0 and :: belong together, and the second is there for the other family. */
		else if (first->class != FOPNP_COMPARE_BLOCKED ||
			 entry->class != FOPNP_COMPARE_BLOCKED) {
			entry->class = FOPNP_COMPARE_SHADOWED;
			entry->fault = is_alone ? FOPNP_FAULT_ONE_FAMILY : FOPNP_FAULT_SHADOWED;
			entry->other_line = first->line;
		}
	}
}

/* ---- the file ---- */

/* hosts_scan() tells no reason where there is no regular file. */
static void tell_unreadable(const char *path, int error)
{
	struct stat status;

	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		fopnp_message_error("hosts-unreadable", "glibc, too, reads regular files alone",
				    "%s is no regular file", path);
	else if (error == EFBIG)
		fopnp_message_error("hosts-unreadable", "it is hardly a hosts file",
				    "%s has a line of more than 16 MiB", path);
	else
		fopnp_message_error("hosts-unreadable", NULL, "cannot read %s: %s", path,
				    error ? strerror(error) : "it ended early");
}

static void start_reading(struct reading *reading)
{
	if (gethostname(reading->host_name, sizeof(reading->host_name) - 1) != 0)
		reading->host_name[0] = '\0';
	for (char *at = reading->host_name; *at; at++)
		*at = fopnp_ascii_lower(*at);
	reading->file->index = index_create();
	reading->pairs = index_create();
}

bool fopnp_compare_file_read(const char *path, bool is_multi, struct fopnp_compare_file *out_file)
{
	static const char *const no_needles[FOPNP_HOSTS_SCAN_NEEDLES];
	struct reading reading = { .file = out_file };
	struct fopnp_hosts_size size;
	bool is_read;

	*out_file = (struct fopnp_compare_file){ .path = path, .is_multi = is_multi };
	start_reading(&reading);
	fopnp_progress_start("reading hosts");
	errno = 0;
	is_read = fopnp_hosts_scan(path, no_needles, take_line, &reading, &size);
	fopnp_progress_stop();
	if (!is_read)
		tell_unreadable(path, errno);
	index_destroy(reading.pairs);
	free(reading.folded);
	out_file->lines = size.lines;
	out_file->bytes = size.bytes;
	for (size_t i = 0; is_read && !is_multi && i < out_file->name_count; i++)
		shadow_entries(out_file, &out_file->names[i]);
	if (!is_read)
		fopnp_compare_file_clear(out_file);
	return is_read;
}

void fopnp_compare_file_clear(struct fopnp_compare_file *file)
{
	index_destroy(file->index);
	free(file->entries);
	free(file->names);
	free(file->texts);
	*file = (struct fopnp_compare_file){ .path = file->path };
}

const struct fopnp_compare_name *fopnp_compare_file_find(const struct fopnp_compare_file *file,
							 const char *name)
{
	size_t len = strlen(name);
	FOPNP_AUTO_FREE char *folded = fopnp_memory_copy(name, len);
	uint32_t place;

	for (char *at = folded; *at; at++)
		*at = fopnp_ascii_lower(*at);
	if (!file->index)
		return NULL;
	place = find_name(file, hash_bytes(file->index->key, folded, len), folded, len);
	return place == FOPNP_COMPARE_NONE ? NULL : &file->names[place];
}

bool fopnp_compare_entry_is_told(const struct fopnp_compare_file *file,
				 const struct fopnp_compare_entry *entry)
{
	return entry > file->entries && entry->family == AF_UNSPEC && entry[-1].line == entry->line;
}
