/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who listens, and sending to them; see event_send.h. */
#include "nss_module/event_send.h"

#include "nss_module/event_socket.h"
#include "nss_module/event_text.h"
#include "nss_module/lookup/event.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WATCH_CHECK_MS  1000
#define WATCH_DIRECTORY "/run/fopnp"

/* Where events go; each has its own count of those that did not get through. */
enum {
	TARGET_WATCH,
	TARGET_ENVIRONMENT,
	TARGET_LOGS,
	TARGET_COUNT = TARGET_LOGS + FOPNP_CONF_LOGS
};

/*
 * A count of dropped events in the lower half, in the upper whose it is: a number made of the
 * process, since a child of fork() has a copy of its parent's counts, and of the path, since the
 * configuration may put another listener in the place.
 */
static _Atomic(uint64_t) dropped[TARGET_COUNT];
static _Atomic(uint64_t) sequence;
static _Atomic(uint64_t) watch_check_ms;
static _Atomic(bool) is_watched;
static _Atomic(uint64_t) watch_inode; /* another one: another watcher took over */

static bool is_roots(const struct stat *file)
{
	return file->st_uid == 0 || file->st_uid == fopnp_config_root_uid();
}

/* The watch socket tells a listener every name: only root may have put it there. */
static bool find_watch_socket(void)
{
	struct stat file;

	if (stat(FOPNP_EVENT_SOCKET, &file) != 0 || !S_ISSOCK(file.st_mode) || !is_roots(&file))
		return false;
	if (atomic_exchange(&watch_inode, file.st_ino) != file.st_ino) {
		atomic_store(&dropped[TARGET_WATCH], 0); /* it was another one that missed them */
		fopnp_event_socket_close();
	}
	return stat(WATCH_DIRECTORY, &file) == 0 && is_roots(&file) &&
	       (file.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static bool look_for_watcher(void)
{
	uint64_t now = fopnp_config_now_ms();
	uint64_t due = atomic_load_explicit(&watch_check_ms, memory_order_relaxed);

	if (now >= due &&
	    atomic_compare_exchange_strong(&watch_check_ms, &due, now + WATCH_CHECK_MS))
		atomic_store(&is_watched, find_watch_socket());
	return atomic_load_explicit(&is_watched, memory_order_relaxed);
}

bool fopnp_event_is_wanted(const struct fopnp_config *config)
{
	bool is_wanted = look_for_watcher() || fopnp_config_environment()->log_path ||
			 (config && config->conf->log_count > 0);

	if (!is_wanted)
		fopnp_event_socket_close();
	return is_wanted;
}

void fopnp_event_announce_step(const struct fopnp_source *source, unsigned index)
{
	const char *path = fopnp_config_environment()->log_path;
	struct fopnp_event_writer writer;
	char bytes[512];

	if (!path)
		return;
	fopnp_event_start(&writer, bytes, sizeof(bytes));
	fopnp_event_add_number(&writer, "FOPNP_EVENT", FOPNP_EVENT_VERSION);
	fopnp_event_add_text(&writer, "FOPNP_PHASE", "step");
	fopnp_event_add_number(&writer, "FOPNP_INDEX", index);
	fopnp_event_add_text(&writer, "FOPNP_SOURCE", source->name);
	fopnp_event_add_number(&writer, "FOPNP_TID", gettid());
	(void)fopnp_event_socket_send(path, bytes, fopnp_event_finish(&writer));
}

static uint32_t count_owner(const char *path)
{
	uint32_t hash = 2166136261u ^ (uint32_t)getpid(); /* FNV-1a */

	for (; *path; path++)
		hash = (hash ^ (unsigned char)*path) * 16777619u;
	return hash;
}

/* Takes the count away; what is left of another owner's stays until it is overwritten. */
static uint32_t take_dropped(unsigned target, const char *path)
{
	uint64_t counted = atomic_load_explicit(&dropped[target], memory_order_relaxed);

	if (counted == 0 || (uint32_t)(counted >> 32) != count_owner(path))
		return 0;
	return (uint32_t)atomic_exchange(&dropped[target], 0);
}

static void add_dropped(unsigned target, const char *path, uint32_t lost)
{
	uint64_t owner = (uint64_t)count_owner(path) << 32, old = atomic_load(&dropped[target]);
	uint64_t sum;

	do {
		sum = lost + (old >> 32 == owner >> 32 ? (uint32_t)old : 0);
		if (sum > UINT32_MAX)
			sum = UINT32_MAX;
	} while (!atomic_compare_exchange_weak(&dropped[target], &old, owner | sum));
}

/*
 * One copy to one target; what was dropped before is told with what gets through.  BYTES is NULL
 * where there was no memory for an event.  While nobody listens, those that the configuration wants
 * recorded are missed; a watcher is not to be told of what happened before it came.
 */
static enum fopnp_event_sent send_to(unsigned target, const char *path, char *bytes, size_t len)
{
	uint32_t lost = take_dropped(target, path);
	enum fopnp_event_sent sent = FOPNP_EVENT_DROPPED;
	struct fopnp_event_writer writer;

	if (bytes) {
		fopnp_event_start(&writer, bytes + len, FOPNP_EVENT_SIZE - len);
		if (lost)
			fopnp_event_add_number(&writer, "FOPNP_DROPPED", (int64_t)lost);
		sent = fopnp_event_socket_send(path, bytes, len + writer.used);
	}
	if (sent == FOPNP_EVENT_DROPPED || (sent == FOPNP_EVENT_NOBODY && target != TARGET_WATCH))
		add_dropped(target, path, lost == UINT32_MAX ? lost : lost + 1);
	return sent;
}

static bool is_logged(const struct fopnp_conf *conf, const struct fopnp_record *record,
		      enum nss_status status)
{
	return conf->log_all || (conf->log_failures && status != NSS_STATUS_SUCCESS) ||
	       (conf->log_slow_us && fopnp_record_now_us() - record->start_us >= conf->log_slow_us);
}

static void send_to_all(const struct fopnp_config *config, char *bytes, size_t len, bool is_to_log)
{
	const char *log_path = fopnp_config_environment()->log_path;
	bool is_heard = false;

	if (atomic_load(&is_watched)) {
		if (send_to(TARGET_WATCH, FOPNP_EVENT_SOCKET, bytes, len) == FOPNP_EVENT_NOBODY)
			atomic_store(&is_watched, false); /* until the next look */
		else
			is_heard = true;
	}
	if (log_path)
		is_heard |= send_to(TARGET_ENVIRONMENT, log_path, bytes, len) != FOPNP_EVENT_NOBODY;
	for (size_t i = 0; is_to_log && i < config->conf->log_count; i++)
		is_heard |= send_to(TARGET_LOGS + (unsigned)i, config->conf->logs[i].path, bytes,
				    len) != FOPNP_EVENT_NOBODY;
	if (!is_heard)
		fopnp_event_socket_close();
}

void fopnp_event_send(const struct fopnp_config *config, const struct fopnp_lookup *lookup,
		      const struct fopnp_record *record, enum nss_status status)
{
	bool is_to_log =
		config && config->conf->log_count > 0 && is_logged(config->conf, record, status);
	uint64_t number = atomic_fetch_add(&sequence, 1) + 1;
	size_t len = 0;
	char *bytes;

	if (!is_to_log && !atomic_load(&is_watched) && !fopnp_config_environment()->log_path)
		return;
	bytes = malloc(FOPNP_EVENT_SIZE);
	if (bytes)
		len = fopnp_event_text(lookup, record, status, number, bytes,
				       FOPNP_EVENT_SIZE - FOPNP_EVENT_TAIL);
	send_to_all(config, bytes, len, is_to_log);
	free(bytes);
}
