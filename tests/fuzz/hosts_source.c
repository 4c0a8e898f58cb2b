/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Searching a hosts file by blocks, or by marks, finds the lines that parsing every line
 * finds.  The input: a byte for the block size, one for the question's kind, the name
 * (or the 16 bytes of an address) up to a newline, the file.
 */
#include "nss_module/hosts/hosts_search.h"
#include "nss_module/hosts/line_blocks.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINE_MOST 4096 /* a file with a longer line is no input */

struct question {
	char *name; /* NULL: the address */
	int family;
	uint8_t address[16];
};

/* The next line that answers, by looking at all of them. */
static bool next_answer(struct fopnp_hosts_cursor *cursor, const struct question *question,
			struct fopnp_hosts_line *line, struct fopnp_answer_address *address)
{
	while (fopnp_hosts_next(cursor, line)) {
		if (!fopnp_hosts_address_for(line, question->family, !question->name, address))
			continue;
		if (question->name ? fopnp_hosts_line_has_name(line, question->name)
				   : memcmp(address->bytes, question->address,
					    question->family == AF_INET ? 4 : 16) == 0)
			return true;
	}
	return false;
}

struct reference {
	const struct question *question;
	struct fopnp_hosts_cursor cursor;
};

static bool compare(void *context, const struct fopnp_hosts_line *line,
		    const struct fopnp_answer_address *address)
{
	struct reference *reference = context;
	struct fopnp_answer_address expected_address;
	struct fopnp_hosts_line expected;

	assert(next_answer(&reference->cursor, reference->question, &expected, &expected_address));
	assert(line->number == expected.number && line->text_len == expected.text_len);
	assert(memcmp(line->text, expected.text, line->text_len) == 0);
	assert(memcmp(address, &expected_address, sizeof(*address)) == 0);
	return true;
}

static void search(const struct question *question, const char *bytes, size_t len, size_t block)
{
	struct reference reference = { .question = question };
	struct fopnp_answer_address address;
	struct fopnp_hosts_search search;
	struct fopnp_line_blocks blocks;
	struct fopnp_hosts_line line;
	int file = memfd_create("hosts", MFD_CLOEXEC);
	size_t given = 0;

	assert(file >= 0 && pwrite(file, bytes, len, 0) == (ssize_t)len);
	fopnp_hosts_start(&reference.cursor, bytes, len);
	fopnp_hosts_search_start(&search, question->name, question->family, question->address);
	fopnp_hosts_search_begin_file(&search, true);
	fopnp_line_blocks_start(&blocks, file, block, 2 * LINE_MOST);
	while (fopnp_line_blocks_next(&blocks)) {
		assert(blocks.lines_before == 0 && given + blocks.len <= len);
		assert(memcmp(blocks.bytes, bytes + given, blocks.len) == 0);
		given += blocks.len;
		assert(!blocks.is_whole || blocks.len == len);
		assert(fopnp_hosts_search_block(&search, blocks.bytes, blocks.len, 0, compare,
						&reference));
	}
	assert(errno == 0 && given == len);
	assert(!next_answer(&reference.cursor, question, &line, &address));
	fopnp_line_blocks_close(&blocks);
}

static void search_marked(const struct question *question, const char *bytes, size_t len)
{
	struct reference reference = { .question = question };
	size_t count = fopnp_hosts_index_make(bytes, len, NULL);
	struct fopnp_hosts_mark *marks = malloc(count * sizeof(*marks) + 1);
	struct fopnp_answer_address address;
	struct fopnp_hosts_search search;
	struct fopnp_hosts_line line;

	assert(marks && fopnp_hosts_index_make(bytes, len, marks) == count);
	fopnp_hosts_start(&reference.cursor, bytes, len);
	fopnp_hosts_search_start(&search, question->name, question->family, question->address);
	fopnp_hosts_search_begin_file(&search, true);
	assert(fopnp_hosts_search_marked(&search, bytes, len, marks, count, compare, &reference));
	assert(!next_answer(&reference.cursor, question, &line, &address));
	free(marks);
}

static bool has_longer_line(const char *bytes, size_t len)
{
	const char *end = bytes + len;

	while (bytes < end) {
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		const char *stop = newline ? newline : end;

		if (stop - bytes > LINE_MOST)
			return true;
		bytes = stop + 1;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int families[] = { AF_INET, AF_INET6, AF_UNSPEC, AF_INET };
	struct question question = { 0 };
	const uint8_t *newline;
	const char *bytes;
	size_t name_len;

	if (size < 2 || !(newline = memchr(data + 2, '\n', size - 2)))
		return 0;
	bytes = (const char *)newline + 1;
	name_len = (size_t)(newline - data) - 2;
	if (has_longer_line(bytes, size - name_len - 3))
		return 0;
	question.family = families[data[1] & 3];
	if (data[1] & 4) { /* an address */
		if (question.family == AF_UNSPEC)
			question.family = AF_INET6;
		memcpy(question.address, data + 2, name_len < 16 ? name_len : 16);
	} else {
		question.name = strndup((const char *)data + 2, name_len);
	}
	search(&question, bytes, size - name_len - 3, data[0] + 1u);
	if (size - name_len - 3 <= FOPNP_HOSTS_INDEX_MOST)
		search_marked(&question, bytes, size - name_len - 3);
	free(question.name);
	return 0;
}
