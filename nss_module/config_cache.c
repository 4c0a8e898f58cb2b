/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration in force, see config_cache.h. */
#include "nss_module/config_cache.h"

#include "nss_module/lookup/nsswitch_file.h"
#include "nss_module/own_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CHECK_INTERVAL_MS 1000

/*
 * The order of `hosts: fopnp` alone: our own sources do the jobs of the
 * customary line "files mdns4_minimal [NOTFOUND=return] dns".
 */
#define ORDER_OF_LAST_WORD "fopnp:hosts fopnp:mdns [NOTFOUND=return] fopnp:dns"

/*
 * Written once, by the constructor.  Other threads are behind it through the
 * loader's own locks; is_known, set last, also says so in the terms of C.
 */
static struct {
	dev_t device;
	ino_t inode;
	uid_t owner;
	_Atomic(bool) is_known;
} loaded_root;

static _Atomic(struct fopnp_environment *) environment;
static _Atomic(struct fopnp_config *) configs; /* all that were ever made */
static _Atomic(struct fopnp_config *) current;
static _Atomic(uint64_t) next_check_ms;
static _Atomic(bool) is_always_checked;

/* ---- "/" and the clock --------------------------------------------------- */

void fopnp_config_start(void)
{
	struct stat root;

	if (stat("/", &root) != 0)
		return;
	loaded_root.device = root.st_dev;
	loaded_root.inode = root.st_ino;
	loaded_root.owner = root.st_uid;
	atomic_store_explicit(&loaded_root.is_known, true, memory_order_release);
}

bool fopnp_config_root_changed(void)
{
	struct stat root;

	return !atomic_load_explicit(&loaded_root.is_known, memory_order_acquire) ||
	       stat("/", &root) != 0 || root.st_dev != loaded_root.device ||
	       root.st_ino != loaded_root.inode;
}

uint32_t fopnp_config_root_uid(void)
{
	return loaded_root.owner;
}

void fopnp_config_check_always(void)
{
	atomic_store(&is_always_checked, true);
}

uint64_t fopnp_config_now_ms(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- chains -------------------------------------------------------------- */

/* A chain is built once and lives on; FROM_LINE 0 leaves the ":line" out. */
static struct fopnp_chain *make_chain(const struct fopnp_order *order, const char *from_file,
				      unsigned from_line)
{
	size_t from_size = strlen(from_file) + 12;
	struct fopnp_chain *chain = calloc(1, sizeof(*chain));

	if (!chain)
		return NULL;
	chain->order = order;
	chain->sources = calloc(order->count ? order->count : 1, sizeof(*chain->sources));
	chain->from = malloc(from_size);
	if (!chain->sources || !chain->from)
		goto fail;
	(void)snprintf(chain->from, from_size, from_line ? "%s:%u" : "%s", from_file, from_line);
	for (size_t i = 0; i < order->count; i++) {
		chain->sources[i] = fopnp_source_intern(order->entries[i].source);
		if (!chain->sources[i])
			goto fail;
	}
	return chain;
fail:
	free(chain->sources);
	free(chain->from);
	free(chain);
	return NULL;
}

static void destroy_chain(struct fopnp_chain *chain)
{
	if (!chain)
		return;
	free(chain->sources);
	free(chain->from);
	free(chain);
}

/* A chain that owns its order; consumes ORDER, which may be NULL. */
static struct fopnp_chain *make_owning_chain(struct fopnp_order *order, const char *from_file,
					     unsigned from_line)
{
	struct fopnp_chain *chain = order ? make_chain(order, from_file, from_line) : NULL;

	if (!chain)
		free(order);
	return chain;
}

static struct fopnp_chain *parse_chain(const char *text, const char *from)
{
	struct fopnp_order_error error;

	return make_owning_chain(fopnp_order_parse(text, strlen(text), FOPNP_GRAMMAR_FOPNP, &error),
				 from, 0);
}

/* ---- the environment ----------------------------------------------------- */

static char *copy_variable(const char *name)
{
	const char *value = secure_getenv(name);

	return value && *value ? strdup(value) : NULL;
}

/*
 * secure_getenv() does not know that a *static* program is privileged: the libc
 * that it loaded for this module never learnt it.  The kernel tells.
 */
static bool is_privileged(void)
{
	errno = 0;
	return getauxval(AT_SECURE) != 0 || errno != 0;
}

static struct fopnp_environment *read_environment(void)
{
	struct fopnp_environment *made = calloc(1, sizeof(*made));
	const char *bypass, *order;

	if (!made || is_privileged())
		return made;
	bypass = secure_getenv("FOPNP_BYPASS");
	order = secure_getenv("FOPNP_ORDER");
	made->is_bypassed = bypass && strcmp(bypass, "1") == 0;
	made->order = order ? parse_chain(order, "FOPNP_ORDER") : NULL;
	made->log_path = copy_variable("FOPNP_LOG");
	made->conf_path = copy_variable("FOPNP_CONF");
	return made;
}

static void destroy_environment(struct fopnp_environment *made)
{
	if (made->order)
		free((void *)(uintptr_t)made->order->order);
	destroy_chain(made->order);
	free((void *)(uintptr_t)made->log_path);
	free((void *)(uintptr_t)made->conf_path);
	free(made);
}

const struct fopnp_environment *fopnp_config_environment(void)
{
	static const struct fopnp_environment empty;
	struct fopnp_environment *known = atomic_load_explicit(&environment, memory_order_acquire);
	struct fopnp_environment *made;

	if (known)
		return known;
	made = read_environment();
	if (!made)
		return &empty;
	if (atomic_compare_exchange_strong(&environment, &known, made))
		return made;
	destroy_environment(made);
	return known;
}

/* ---- the files ----------------------------------------------------------- */

/* Both files as they were read together. */
struct files {
	const char *nsswitch_path, *conf_path;
	uint64_t nsswitch_identity, conf_identity; /* as they were looked at */
	struct own_file nsswitch, conf;
};

/* fopnp.conf must be root's; a file of FOPNP_CONF may be the user's own. */
static bool is_conf_trusted(const struct own_file *file)
{
	bool is_users = fopnp_config_environment()->conf_path != NULL;
	uint32_t owner = is_users ? geteuid() : fopnp_config_root_uid();

	return fopnp_conf_is_trusted(file->uid, file->mode, owner);
}

/* A file that was not there when it was looked at is not opened. */
static bool read_file(const char *path, uint64_t identity, struct own_file *out_file)
{
	return identity == 0 || own_file_read(path, out_file);
}

static bool read_files(struct files *files)
{
	if (!read_file(files->nsswitch_path, files->nsswitch_identity, &files->nsswitch))
		return false;
	if (!read_file(files->conf_path, files->conf_identity, &files->conf)) {
		own_file_clear(&files->nsswitch);
		return false;
	}
	if (!is_conf_trusted(&files->conf))
		own_file_clear(&files->conf);
	return true;
}

static bool has_changed(const struct files *files)
{
	return files->nsswitch.identity != files->nsswitch_identity ||
	       files->conf.identity != files->conf_identity;
}

/* Name the files and stat them: one number for the state of both. */
static uint64_t look_at_files(struct files *files)
{
	const struct fopnp_environment *env = fopnp_config_environment();
	uint64_t conf;

	files->nsswitch_path = FOPNP_NSSWITCH_PATH;
	files->nsswitch_identity = own_file_identity(files->nsswitch_path);
	if (files->nsswitch_identity == 0) {
		files->nsswitch_path = FOPNP_NSSWITCH_USR_PATH;
		files->nsswitch_identity = own_file_identity(files->nsswitch_path);
	}
	files->conf_path = env->conf_path ? env->conf_path : FOPNP_CONF_PATH;
	conf = files->conf_identity = own_file_identity(files->conf_path);
	/* 0 means "look again": the one value that an identity must not have. */
	return (files->nsswitch_identity ^ (conf << 1 | conf >> 63)) | 1;
}

static bool is_content(const char *bytes, size_t len, const struct own_file *file)
{
	return len == file->len && (len == 0 || memcmp(bytes, file->bytes, len) == 0);
}

static bool has_same_bytes(const struct fopnp_config *config, const struct files *files)
{
	return is_content(config->bytes, config->nsswitch_len, &files->nsswitch) &&
	       is_content(config->bytes + config->nsswitch_len, config->conf_len, &files->conf);
}

static struct fopnp_config *find_same(struct fopnp_config *first, const struct files *files)
{
	for (struct fopnp_config *config = first; config; config = config->next)
		if (has_same_bytes(config, files))
			return config;
	return NULL;
}

/*
 * What follows fopnp on the hosts line.  MERGE is left to glibc: declining the
 * call lets its own loop do what it does with it.
 */
static bool parse_line(struct fopnp_config *config, const char *path)
{
	struct fopnp_nsswitch nsswitch;
	struct fopnp_order *rest;
	size_t at;

	switch (fopnp_nsswitch_parse(config->bytes, config->nsswitch_len, &nsswitch)) {
	case FOPNP_NSSWITCH_NO_MEMORY:
		return false;
	case FOPNP_NSSWITCH_BROKEN:
		return true;
	case FOPNP_NSSWITCH_OK:
		break;
	}
	at = fopnp_order_find(nsswitch.order, "fopnp");
	if (at == nsswitch.order->count) {
		free(nsswitch.order);
		return true;
	}
	rest = fopnp_order_tail(nsswitch.order, at + 1, "fopnp");
	free(nsswitch.order);
	if (!rest)
		return false;
	config->is_followed = rest->count > 0;
	if (rest->count == 0) {
		free(rest);
		config->line = parse_chain(ORDER_OF_LAST_WORD, "default");
		return config->line != NULL;
	}
	if (rest->has_merge) {
		free(rest);
		return true;
	}
	config->line = make_owning_chain(rest, path, nsswitch.line);
	return config->line != NULL;
}

static bool parse_conf(struct fopnp_config *config, const char *path)
{
	struct fopnp_conf *conf = fopnp_conf_parse(config->bytes + config->nsswitch_len,
						   config->conf_len, NULL, NULL);

	config->conf = conf;
	if (!conf)
		return false;
	if (conf->order_count == 0)
		return true;
	config->conf_chains = calloc(conf->order_count, sizeof(struct fopnp_chain *));
	if (!config->conf_chains)
		return false;
	for (size_t i = 0; i < conf->order_count; i++) {
		config->conf_chains[i] =
			make_chain(conf->orders[i].order, path, conf->orders[i].line);
		if (!config->conf_chains[i])
			return false;
	}
	return true;
}

/* Only for a configuration that nobody else has seen. */
static void destroy_config(struct fopnp_config *config)
{
	if (!config)
		return;
	if (config->line)
		free((void *)(uintptr_t)config->line->order);
	destroy_chain(config->line);
	for (size_t i = 0; config->conf_chains && i < config->conf->order_count; i++)
		destroy_chain(config->conf_chains[i]);
	free(config->conf_chains);
	fopnp_conf_destroy(config->conf);
	free(config);
}

static struct fopnp_config *make_config(const struct files *files)
{
	size_t size = sizeof(struct fopnp_config) + files->nsswitch.len + files->conf.len;
	struct fopnp_config *config = calloc(1, size);

	if (!config)
		return NULL;
	config->nsswitch_len = files->nsswitch.len;
	config->conf_len = files->conf.len;
	if (files->nsswitch.len)
		memcpy(config->bytes, files->nsswitch.bytes, files->nsswitch.len);
	if (files->conf.len)
		memcpy(config->bytes + files->nsswitch.len, files->conf.bytes, files->conf.len);
	if (!parse_line(config, files->nsswitch_path) || !parse_conf(config, files->conf_path)) {
		destroy_config(config);
		return NULL;
	}
	return config;
}

/* The configuration of these bytes: one that is known, or a new one. */
static struct fopnp_config *intern_config(const struct files *files)
{
	struct fopnp_config *first = atomic_load(&configs);
	struct fopnp_config *config = find_same(first, files);

	if (config)
		return config;
	config = make_config(files);
	if (!config)
		return NULL;
	config->next = first;
	while (!atomic_compare_exchange_weak(&configs, &first, config)) {
		struct fopnp_config *other = find_same(first, files);

		if (other) {
			destroy_config(config);
			return other;
		}
		config->next = first;
	}
	return config;
}

/*
 * Look at the files and publish what they say.  The identity is kept with the
 * content it was read with, so whichever of two threads publishes last, the
 * next look finds out if it was the older one.
 */
static struct fopnp_config *refresh(struct fopnp_config *known)
{
	struct files files = { 0 };
	struct fopnp_config *config;
	uint64_t identity;

	identity = look_at_files(&files);
	if (known && atomic_load(&known->identity) == identity)
		return known;
	if (fopnp_config_root_changed() || !read_files(&files))
		return known;
	config = intern_config(&files);
	own_file_clear(&files.nsswitch);
	own_file_clear(&files.conf);
	if (!config)
		return known;
	/* Changed while it was read: look again the next time. */
	if (has_changed(&files))
		identity = 0;
	atomic_store(&config->identity, identity);
	atomic_store_explicit(&current, config, memory_order_release);
	return config;
}

const struct fopnp_config *fopnp_config_get(void)
{
	struct fopnp_config *known = atomic_load_explicit(&current, memory_order_acquire);
	uint64_t due = atomic_load_explicit(&next_check_ms, memory_order_relaxed);
	uint64_t now = fopnp_config_now_ms();

	if (atomic_load_explicit(&is_always_checked, memory_order_relaxed))
		return refresh(known);
	if (known && now < due)
		return known;
	/* One thread looks, the others go on with what is known. */
	if (!atomic_compare_exchange_strong(&next_check_ms, &due, now + CHECK_INTERVAL_MS) && known)
		return known;
	return refresh(known);
}

bool fopnp_config_has_domains(const struct fopnp_config *config)
{
	return !fopnp_config_environment()->order && config && config->conf->order_count > 0;
}

const struct fopnp_chain *fopnp_config_find_chain(const struct fopnp_config *config,
						  const char *name)
{
	const struct fopnp_environment *env = fopnp_config_environment();
	const struct fopnp_conf_order *match;

	if (env->order)
		return env->order;
	if (!config)
		return NULL;
	match = fopnp_conf_find_order(config->conf, name);
	if (match)
		return config->conf_chains[match - config->conf->orders];
	return config->line;
}
