/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* resolved.conf(5) with its drop-ins, see check_resolved_conf.h. */
#include "tools/check_resolved_conf.h"

#include "nss_module/lookup/ascii.h"
#include "tools/check_system.h"
#include "tools/check_system_file.h"
#include "tools/memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DROP_INS_MOST 100
#define DROP_IN_SIZE  (1 << 16) /* larger ones are read so far */

/* ---- reading ---- */

static const char *name_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

static bool is_hidden(const struct fopnp_check_system *system, const char *name)
{
	for (size_t i = 0; i < system->resolved_drop_in_count; i++)
		if (strcmp(name_of(system->resolved_drop_ins[i].path), name) == 0)
			return true;
	return false;
}

static bool is_drop_in(const char *name)
{
	size_t len = strlen(name);

	return len > strlen(".conf") && *name != '.' && strcmp(name + len - 5, ".conf") == 0;
}

/* What cannot be read, and a link to /dev/null, is without settings, and hides all the same. */
static void add_drop_in(struct fopnp_check_system *system, int root, char *path)
{
	struct fopnp_check_file file;

	fopnp_check_file_read(root, path, DROP_IN_SIZE, &file);
	system->resolved_drop_ins =
		fopnp_memory_resize(system->resolved_drop_ins, system->resolved_drop_in_count + 1,
				    sizeof(*system->resolved_drop_ins));
	system->resolved_drop_ins[system->resolved_drop_in_count++] =
		(struct fopnp_check_drop_in){ path, fopnp_memory_copy(file.bytes, file.len),
					      file.len };
	fopnp_check_file_clear(&file);
}

static void read_directory(struct fopnp_check_system *system, int root, const char *directory)
{
	int descriptor = fopnp_check_root_open_file(root, directory, O_RDONLY | O_DIRECTORY);
	DIR *list = descriptor == -1 ? NULL : fdopendir(descriptor);
	const struct dirent *entry;

	while (list && system->resolved_drop_in_count < DROP_INS_MOST &&
	       (entry = readdir(list)) != NULL)
		if (is_drop_in(entry->d_name) && !is_hidden(system, entry->d_name))
			add_drop_in(system, root,
				    fopnp_memory_format("%s/%s", directory, entry->d_name));
	if (list)
		(void)closedir(list);
	else if (descriptor != -1)
		(void)close(descriptor);
}

static int compare_names(const void *one, const void *other)
{
	const struct fopnp_check_drop_in *a = one, *b = other;

	return strcmp(name_of(a->path), name_of(b->path));
}

void fopnp_check_resolved_conf_read(struct fopnp_check_system *system, int root)
{
	static const char *const directories[] = {
		"/etc/systemd/resolved.conf.d",
		"/run/systemd/resolved.conf.d",
		"/usr/local/lib/systemd/resolved.conf.d",
		"/usr/lib/systemd/resolved.conf.d",
	};

	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		read_directory(system, root, directories[i]);
	if (system->resolved_drop_in_count)
		qsort(system->resolved_drop_ins, system->resolved_drop_in_count,
		      sizeof(*system->resolved_drop_ins), compare_names);
}

void fopnp_check_resolved_conf_clear(struct fopnp_check_system *system)
{
	for (size_t i = 0; i < system->resolved_drop_in_count; i++) {
		free(system->resolved_drop_ins[i].path);
		free(system->resolved_drop_ins[i].bytes);
	}
	free(system->resolved_drop_ins);
	system->resolved_drop_ins = NULL;
	system->resolved_drop_in_count = 0;
}

/* ---- settings ---- */

/* Where a walk through all lines is; begins as { 0 }. */
struct cursor {
	size_t index; /* 0: the file itself, then the drop-ins */
	size_t at;
	unsigned line; /* lines that were passed */
};

/* The next line; false: there are no more. */
static bool next_line(const struct fopnp_check_system *system, struct cursor *cursor,
		      const char **out_line, const char **out_end, const char **out_file)
{
	for (; cursor->index <= system->resolved_drop_in_count;
	     *cursor = (struct cursor){ cursor->index + 1, 0, 0 }) {
		const struct fopnp_check_file *file = &system->files[FOPNP_CHECK_RESOLVED_CONF];
		const struct fopnp_check_drop_in *drop_in =
			cursor->index ? &system->resolved_drop_ins[cursor->index - 1] : NULL;
		const char *bytes = drop_in ? drop_in->bytes : file->bytes;
		size_t len = drop_in ? drop_in->len : file->len;
		const char *newline;

		if (cursor->at >= len)
			continue;
		newline = memchr(bytes + cursor->at, '\n', len - cursor->at);
		*out_file = drop_in ? drop_in->path : file->path;
		*out_line = bytes + cursor->at;
		*out_end = newline ? newline : bytes + len;
		cursor->at = (size_t)(*out_end - bytes) + 1;
		cursor->line++;
		return true;
	}
	return false;
}

static bool next_setting(const struct fopnp_check_system *system, const char *key,
			 struct cursor *cursor, struct fopnp_check_setting *out_setting)
{
	const size_t key_len = strlen(key);
	const char *line, *end, *file;

	while (next_line(system, cursor, &line, &end, &file)) {
		const char *word = fopnp_ascii_skip_spaces(line, end), *value;

		if ((size_t)(end - word) <= key_len || memcmp(word, key, key_len) != 0)
			continue;
		value = fopnp_ascii_skip_spaces(word + key_len, end);
		if (value == end || *value != '=')
			continue;
		value = fopnp_ascii_skip_spaces(value + 1, end);
		while (end > value && fopnp_ascii_is_space(end[-1]))
			end--;
		*out_setting = (struct fopnp_check_setting){ file, cursor->line, value,
							     (size_t)(end - value) };
		return true;
	}
	return false;
}

bool fopnp_check_resolved_setting(const struct fopnp_check_system *system, const char *key,
				  struct fopnp_check_setting *out_setting)
{
	struct fopnp_check_setting setting;
	struct cursor cursor = { 0 };
	bool is_found = false;

	while (next_setting(system, key, &cursor, &setting)) {
		*out_setting = setting;
		is_found = true;
	}
	return is_found;
}

static bool has_word(const struct fopnp_check_setting *setting,
		     bool (*is_wanted)(const char *word, size_t len))
{
	const char *at = setting->value, *end = at + setting->len;

	while (at < end) {
		const char *word = at;

		while (at < end && !fopnp_ascii_is_space(*at))
			at++;
		if (is_wanted(word, (size_t)(at - word)))
			return true;
		at = fopnp_ascii_skip_spaces(at, end);
	}
	return false;
}

bool fopnp_check_resolved_has_word(const struct fopnp_check_system *system, const char *key,
				   bool (*is_wanted)(const char *word, size_t len))
{
	struct fopnp_check_setting setting;
	struct cursor cursor = { 0 };
	bool is_there = false;

	while (next_setting(system, key, &cursor, &setting))
		is_there = setting.len > 0 && (is_there || has_word(&setting, is_wanted));
	return is_there;
}
