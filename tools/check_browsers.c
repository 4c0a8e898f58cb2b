/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of browsers, see check_browsers.h.  Homes are their owners': every byte is hostile. */
#include "tools/check_browsers.h"

#include "nss_module/lookup/ascii.h"
#include "tools/check_system.h"
#include "tools/check_system_file.h"
#include "tools/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOMES_MOST    64
#define ENTRIES_MOST  64 /* of a directory of profiles or policies */
#define SETTINGS_MOST 32
#define FILE_MOST     (1 << 20)

/* ---- the texts ---- */

int fopnp_firefox_trr_mode(const char *bytes, size_t len, unsigned *out_line)
{
	static const char key[] = "user_pref(\"network.trr.mode\",";
	const char *at = bytes, *end = bytes + len;
	int mode = 0;

	*out_line = 0;
	for (unsigned line = 1; at < end; line++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;

		if ((size_t)(stop - at) > sizeof(key) - 1 && !memcmp(at, key, sizeof(key) - 1)) {
			at = fopnp_ascii_skip_spaces(at + sizeof(key) - 1, stop);
			mode = at < stop && (*at == '2' || *at == '3') ? *at - '0' : 0;
			*out_line = mode ? line : 0;
		}
		at = newline ? newline + 1 : end;
	}
	return mode;
}

bool fopnp_browser_policy_has_doh(const char *bytes, size_t len, char **out_setting,
				  bool *out_is_exclusive)
{
	json_t *policy = json_loadb(bytes, len, 0, NULL);
	const char *mode = json_string_value(json_object_get(policy, "DnsOverHttpsMode"));
	const json_t *firefox =
		json_object_get(json_object_get(policy, "policies"), "DNSOverHTTPS");
	bool is_on = true;

	if (json_is_true(json_object_get(firefox, "Enabled"))) {
		*out_is_exclusive = json_is_false(json_object_get(firefox, "Fallback"));
		*out_setting = fopnp_memory_copy_text("DNSOverHTTPS Enabled");
	} else if (mode && strcmp(mode, "secure") == 0) {
		*out_is_exclusive = true;
		*out_setting = fopnp_memory_copy_text("DnsOverHttpsMode secure");
	} else if (mode && strcmp(mode, "automatic") == 0 &&
		   json_is_string(json_object_get(policy, "DnsOverHttpsTemplates"))) {
		*out_is_exclusive = false;
		*out_setting = fopnp_memory_copy_text("DnsOverHttpsMode automatic");
	} else {
		is_on = false;
	}
	json_decref(policy);
	return is_on;
}

/* ---- the files ---- */

static void add(struct fopnp_check_system *system, const char *program, const char *file,
		unsigned line, char *setting, bool is_exclusive)
{
	if (system->browser_count == SETTINGS_MOST) {
		free(setting);
		return;
	}
	system->browsers = fopnp_memory_resize(system->browsers, system->browser_count + 1,
					       sizeof(*system->browsers));
	system->browsers[system->browser_count++] = (struct fopnp_check_browser){
		.program = program,
		.file = fopnp_memory_copy_text(file),
		.line = line,
		.setting = setting,
		.is_exclusive = is_exclusive,
	};
}

/* What a file that was read says goes into the system's browsers. */
typedef void take_file(struct fopnp_check_system *system, const char *program, const char *path,
		       const struct fopnp_check_file *file);

static void take_prefs(struct fopnp_check_system *system, const char *program, const char *path,
		       const struct fopnp_check_file *file)
{
	unsigned line;
	int mode = fopnp_firefox_trr_mode(file->bytes, file->len, &line);

	if (mode)
		add(system, program, path, line, fopnp_memory_format("network.trr.mode %d", mode),
		    mode == 3);
}

static void take_policy(struct fopnp_check_system *system, const char *program, const char *path,
			const struct fopnp_check_file *file)
{
	char *setting = NULL;
	bool is_exclusive = false;

	if (fopnp_browser_policy_has_doh(file->bytes, file->len, &setting, &is_exclusive))
		add(system, program, path, 0, setting, is_exclusive);
}

static void read_one(struct fopnp_check_system *system, int root, const char *program,
		     const char *path, take_file *take)
{
	struct fopnp_check_file file;

	fopnp_check_file_read(root, path, FILE_MOST, &file);
	if (file.is_regular && file.error == 0)
		take(system, program, path, &file);
	fopnp_check_file_clear(&file);
}

/* Read DIRECTORY/ENTRY, or DIRECTORY/ENTRY/NAME, of each entry. */
static void read_entries(struct fopnp_check_system *system, int root, const char *program,
			 const char *directory, const char *name, take_file *take)
{
	int descriptor =
		fopnp_check_root_open_file(root, directory, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	DIR *stream = descriptor == -1 ? NULL : fdopendir(descriptor);
	const struct dirent *entry;

	if (!stream) {
		if (descriptor != -1)
			(void)close(descriptor);
		return;
	}
	for (size_t i = 0; i < ENTRIES_MOST && (entry = readdir(stream)); i++) {
		FOPNP_AUTO_FREE char *path = NULL;

		if (entry->d_name[0] == '.')
			continue;
		path = fopnp_memory_format("%s/%s%s%s", directory, entry->d_name, name ? "/" : "",
					   name ? name : "");
		read_one(system, root, program, path, take);
	}
	(void)closedir(stream);
}

/* ---- where they are ---- */

static void read_home(struct fopnp_check_system *system, int root, const char *home)
{
	static const char *const profiles[] = {
		".mozilla/firefox",
		"snap/firefox/common/.mozilla/firefox",
		".var/app/org.mozilla.firefox/.mozilla/firefox",
	};

	for (size_t i = 0; i < sizeof(profiles) / sizeof(*profiles); i++) {
		FOPNP_AUTO_FREE char *directory = fopnp_memory_format("%s/%s", home, profiles[i]);

		read_entries(system, root, "Firefox", directory, "prefs.js", take_prefs);
	}
}

/* A home that is mounted by itself may be another machine's, and not answer: known unasked. */
static bool is_on(int directory, const char *name, const struct statx *parent)
{
	struct statx status;

	return statx(directory, name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW,
		     STATX_TYPE, &status) == 0 &&
	       S_ISDIR(status.stx_mode) && status.stx_dev_major == parent->stx_dev_major &&
	       status.stx_dev_minor == parent->stx_dev_minor;
}

static void read_homes(struct fopnp_check_system *system, int root)
{
	int descriptor = fopnp_check_root_open_file(root, "/home", O_RDONLY | O_DIRECTORY);
	DIR *stream = descriptor == -1 ? NULL : fdopendir(descriptor);
	const struct dirent *entry;
	struct statx parent;

	if (!stream) {
		if (descriptor != -1)
			(void)close(descriptor);
		return;
	}
	if (statx(descriptor, "", AT_EMPTY_PATH, STATX_TYPE, &parent) == 0)
		for (size_t i = 0; i < HOMES_MOST && (entry = readdir(stream)); i++) {
			FOPNP_AUTO_FREE char *home = NULL;

			if (entry->d_name[0] == '.' || !is_on(descriptor, entry->d_name, &parent))
				continue;
			home = fopnp_memory_format("/home/%s", entry->d_name);
			read_home(system, root, home);
		}
	(void)closedir(stream);
}

static void read_policies(struct fopnp_check_system *system, int root)
{
	static const struct {
		const char *program, *directory;
	} policies[] = {
		{ "Chromium", "/etc/chromium/policies/managed" },
		{ "Chrome", "/etc/opt/chrome/policies/managed" },
		{ "Edge", "/etc/opt/edge/policies/managed" },
		{ "Brave", "/etc/brave/policies/managed" },
	};
	static const char *const firefox[] = {
		"/etc/firefox/policies/policies.json",
		"/etc/firefox-esr/policies/policies.json",
		"/usr/lib/firefox/distribution/policies.json",
		"/usr/lib/firefox-esr/distribution/policies.json",
	};

	for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++)
		read_entries(system, root, policies[i].program, policies[i].directory, NULL,
			     take_policy);
	for (size_t i = 0; i < sizeof(firefox) / sizeof(*firefox); i++)
		read_one(system, root, "Firefox", firefox[i], take_policy);
}

void fopnp_check_browsers_read(struct fopnp_check_system *system, int root)
{
	const char *home = system->root ? NULL : getenv("HOME");

	read_policies(system, root);
	read_home(system, root, "/root");
	read_homes(system, root);
	/* One that lies elsewhere. */
	if (home && home[0] == '/' && strncmp(home, "/home/", 6) != 0 && strcmp(home, "/root") != 0)
		read_home(system, root, home);
}

void fopnp_check_browsers_clear(struct fopnp_check_system *system)
{
	for (size_t i = 0; i < system->browser_count; i++) {
		free(system->browsers[i].file);
		free(system->browsers[i].setting);
	}
	free(system->browsers);
	system->browsers = NULL;
	system->browser_count = 0;
}
