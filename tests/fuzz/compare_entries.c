/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The entries of a hosts file: every list ends, every name is found again, classes are whole. */
#include "tools/compare_entries.h"

#include "tools/compare_answers.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entry(const struct fopnp_compare_file *file, size_t number)
{
	const struct fopnp_compare_entry *entry = &file->entries[number];

	assert(entry->line >= 1 && entry->line <= file->lines);
	assert(entry->next == FOPNP_COMPARE_NONE || entry->next > number);
	assert(entry->other_line <= entry->line);
	assert((entry->fault != FOPNP_FAULT_NONE) ==
	       (entry->class == FOPNP_COMPARE_MALFORMED || entry->class == FOPNP_COMPARE_SHADOWED ||
		entry->class == FOPNP_COMPARE_DUPLICATE));
	assert((entry->other_line != 0) ==
	       (entry->class == FOPNP_COMPARE_SHADOWED || entry->class == FOPNP_COMPARE_DUPLICATE));
	assert(entry->family != AF_UNSPEC || entry->class == FOPNP_COMPARE_MALFORMED);
	assert(entry->fault < FOPNP_FAULTS);
}

/* The entries of a name, and that a lookup takes something unless it is of no kind. */
static size_t check_name(const struct fopnp_compare_file *file,
			 const struct fopnp_compare_name *name)
{
	struct fopnp_compare_addresses own = fopnp_compare_take_hosts(file, name);
	size_t count = 0;

	assert(fopnp_compare_file_find(file, file->texts + name->text) == name);
	assert((own.count > 0) == (fopnp_compare_name_kind(file, name) != FOPNP_COMPARE_UNTAKEN));
	for (uint32_t at = name->first; at != FOPNP_COMPARE_NONE; at = file->entries[at].next) {
		assert(at < file->entry_count && file->entries[at].name == name->text);
		assert(file->entries[at].next != FOPNP_COMPARE_NONE || name->last == at);
		count++;
	}
	free(own.list);
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fopnp_compare_file file;
	int descriptor = memfd_create("hosts", MFD_CLOEXEC);
	char path[64];

	assert(write(descriptor, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
	for (int is_multi = 0; is_multi < 2; is_multi++) {
		size_t count = 0;

		assert(fopnp_compare_file_read(path, is_multi, &file));
		assert(file.bytes == size);
		for (size_t i = 0; i < file.entry_count; i++)
			check_entry(&file, i);
		for (size_t i = 0; i < file.name_count; i++)
			count += check_name(&file, &file.names[i]);
		assert(count == file.entry_count);
		fopnp_compare_file_clear(&file);
	}
	(void)close(descriptor);
	return 0;
}
