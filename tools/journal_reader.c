/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading the journal, see journal_reader.h.  journald keeps the fields of an entry in no order, and
 * equal ones once (systemd-252 journal_file_append_entry(): sorted by where in the file
 * the data lie), so the module numbers its steps and lists the addresses (docs/event-format.md), and
 * here each entry becomes again the datagram that it was.
 */
#include "tools/journal_reader.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/event.h"
#include "tools/journal_library.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/timestamp.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ENTRY_SIZE   (4 * FOPNP_EVENT_SIZE) /* of anybody's entry, as a datagram */
#define KEY_SIZE     65                     /* journald's own limit is 64 */
#define FOLLOW_LIMIT INT_MAX

/* A field that waits for its place: its value lies in entry.kept. */
struct kept_field {
	uint64_t index;
	size_t at, len;
};

struct kept_fields {
	struct kept_field fields[FOPNP_EVENT_ADDRESSES];
	size_t count;
};

struct entry {
	struct fopnp_event_writer writer; /* into BYTES */
	char bytes[ENTRY_SIZE];
	char kept[ENTRY_SIZE];
	size_t kept_len;
	struct kept_fields steps, addresses;
	struct kept_field address_list; /* len 0: none */
	/* By journald. */
	int64_t pid, uid;
	char comm[FOPNP_PROCESS_COMM];
	char *exe;
};

struct fopnp_journal_reader {
	const struct fopnp_journal_library *library;
	sd_journal *journal;
	int64_t until_us;
	bool is_unread; /* followed from now on: there may be news already */
	struct entry entry;
};

/* ---- options ---- */

struct fopnp_journal_options fopnp_journal_options_none(void)
{
	return (struct fopnp_journal_options){ .since_us = -1, .until_us = -1 };
}

const char *fopnp_journal_nothing(const struct fopnp_journal_options *options)
{
	if (options->since_us != -1 || options->until_us != -1 || options->is_this_boot)
		return "no lookups in the journal from that time: \"log journal\" in fopnp.conf(5) "
		       "records them";
	return "no lookups in the journal: \"log journal\" in fopnp.conf(5) records them";
}

static bool read_time(const char *option, const char *text, int64_t *out_us)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (fopnp_timestamp_parse(text, (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000, out_us))
		return true;
	fopnp_message_error("option-argument-invalid",
			    "a time such as 2026-01-31 12:00, 12:00, yesterday, -2h, @SECONDS",
			    "%s cannot be \"%s\"", option, text);
	return false;
}

bool fopnp_journal_option(struct fopnp_journal_options *options, int key, const char *argument)
{
	options->is_asked = true;
	switch (key) {
	case FOPNP_JOURNAL_SINCE:
		return read_time("--since", argument, &options->since_us);
	case FOPNP_JOURNAL_UNTIL:
		return read_time("--until", argument, &options->until_us);
	case FOPNP_JOURNAL_BOOT:
		options->is_this_boot = true;
		return true;
	case FOPNP_JOURNAL_DIRECTORY:
		options->directory = argument;
		return true;
	default:
		return true;
	}
}

/* ---- opening ---- */

/* sd_id128_to_string() */
static void write_id(sd_id128_t id, char text[static SD_ID128_STRING_MAX])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof(id.bytes); i++) {
		*text++ = digits[id.bytes[i] >> 4];
		*text++ = digits[id.bytes[i] & 15];
	}
	*text = '\0';
}

static bool failed(int error, const char *what)
{
	fopnp_message_error("journal-unreadable", NULL, "cannot %s the journal: %s", what,
			    strerror(-error));
	return false;
}

static bool open_journal(struct fopnp_journal_reader *reader, const char *directory)
{
	int result = directory ? reader->library->open_directory(&reader->journal, directory, 0)
			       : reader->library->open(&reader->journal, SD_JOURNAL_LOCAL_ONLY);

	if (result >= 0)
		return true;
	reader->journal = NULL;
	if (!directory)
		return failed(result, "open");
	fopnp_message_error("journal-unreadable", NULL, "cannot open the journal in %s: %s",
			    directory, strerror(-result));
	return false;
}

/* sd_journal_open() passes over what it may not read, in silence. */
static bool is_denied(struct fopnp_journal_reader *reader)
{
	static const char *const folders[] = { "/run/log/journal", "/var/log/journal" };
	char machine_text[SD_ID128_STRING_MAX];
	sd_id128_t machine;

	if (reader->library->get_machine(&machine) < 0)
		return false;
	write_id(machine, machine_text);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		FOPNP_AUTO_FREE char *path =
			fopnp_memory_format("%s/%s/system.journal", folders[i], machine_text);

		if (access(path, R_OK) != 0 && errno == EACCES)
			return true;
	}
	return false;
}

/* An ordinary user may have a file of the own lookups, and no other. */
static bool has_files(struct fopnp_journal_reader *reader)
{
	static const char hint[] = "use sudo, or join the group systemd-journal or adm";
	bool is_any = reader->library->has_runtime_files(reader->journal) > 0 ||
		      reader->library->has_persistent_files(reader->journal) > 0;

	if (is_denied(reader))
		fopnp_message_error(is_any ? "journal-partial" : "journal-unreadable", hint,
				    is_any ? "this user sees the own lookups only"
					   : "this user may not read the journal");
	else if (!is_any)
		fopnp_message_error("no-journal", "is systemd-journald running?",
				    "there is no journal on this machine");
	return is_any;
}

static int add_matches(struct fopnp_journal_reader *reader, bool is_this_boot)
{
	static const char boot_field[] = "_BOOT_ID=";
	char boot_match[sizeof(boot_field) + SD_ID128_STRING_MAX];
	const struct fopnp_journal_library *library = reader->library;
	sd_id128_t boot;
	int result;

	result =
		library->add_match(reader->journal, "SYSLOG_IDENTIFIER=" FOPNP_EVENT_IDENTIFIER, 0);
	if (result >= 0)
		result = library->add_disjunction(reader->journal);
	if (result >= 0)
		result = library->add_match(reader->journal, "MESSAGE_ID=" FOPNP_EVENT_MESSAGE_ID,
					    0);
	if (result < 0 || !is_this_boot)
		return result;
	result = library->get_boot(&boot);
	if (result < 0)
		return result;
	memcpy(boot_match, boot_field, sizeof(boot_field) - 1);
	write_id(boot, boot_match + sizeof(boot_field) - 1);
	result = library->add_conjunction(reader->journal);
	return result < 0 ? result : library->add_match(reader->journal, boot_match, 0);
}

static bool prepare(struct fopnp_journal_reader *reader,
		    const struct fopnp_journal_options *options)
{
	int result;

	if (!open_journal(reader, options->directory) ||
	    (!options->directory && !has_files(reader)))
		return false;
	result = add_matches(reader, options->is_this_boot);
	if (result < 0)
		return failed(result, "search");
	(void)reader->library->set_data_threshold(reader->journal, FOPNP_EVENT_SIZE + KEY_SIZE);
	result = options->since_us < 0 ? reader->library->seek_head(reader->journal)
				       : reader->library->seek_realtime_usec(
						 reader->journal, (uint64_t)options->since_us);
	return result >= 0 || failed(result, "search");
}

struct fopnp_journal_reader *fopnp_journal_open(const struct fopnp_journal_options *options)
{
	const struct fopnp_journal_library *library = fopnp_journal_library();
	struct fopnp_journal_reader *reader;

	if (!library)
		return NULL;
	reader = fopnp_memory_zeroed(1, sizeof(*reader));
	reader->library = library;
	reader->until_us = options->until_us;
	if (prepare(reader, options))
		return reader;
	fopnp_journal_close(reader);
	return NULL;
}

void fopnp_journal_close(struct fopnp_journal_reader *reader)
{
	if (!reader)
		return;
	if (reader->journal)
		reader->library->close(reader->journal);
	free(reader->entry.exe);
	free(reader);
}

/* ---- an entry ---- */

struct field {
	char key[KEY_SIZE];
	const char *value;
	size_t len;
};

static bool split(const void *data, size_t len, struct field *out_field)
{
	const char *text = data, *equals = memchr(text, '=', len < KEY_SIZE ? len : KEY_SIZE);
	size_t key_len;

	if (!equals)
		return false;
	key_len = (size_t)(equals - text);
	memcpy(out_field->key, text, key_len);
	out_field->key[key_len] = '\0';
	out_field->value = equals + 1;
	out_field->len = len - key_len - 1;
	/* Longer than any text of an event is: that it was cut is seen. */
	if (out_field->len > FOPNP_EVENT_SIZE)
		out_field->len = FOPNP_EVENT_SIZE;
	return true;
}

static struct kept_field keep(struct entry *entry, const struct field *field)
{
	struct kept_field kept = { .at = entry->kept_len, .len = field->len };

	if (field->len > sizeof(entry->kept) - entry->kept_len) {
		entry->writer.truncated = true;
		kept.len = 0;
		return kept;
	}
	memcpy(entry->kept + entry->kept_len, field->value, field->len);
	entry->kept_len += field->len;
	return kept;
}

/* In the order of their indexes. */
static void keep_in(struct entry *entry, struct kept_fields *list, uint64_t index,
		    const struct field *field)
{
	size_t place = list->count;

	if (list->count == sizeof(list->fields) / sizeof(list->fields[0])) {
		entry->writer.truncated = true;
		return;
	}
	for (; place > 0 && list->fields[place - 1].index > index; place--)
		list->fields[place] = list->fields[place - 1];
	list->fields[place] = keep(entry, field);
	list->fields[place].index = index;
	list->count++;
}

static uint64_t step_index(const struct field *field)
{
	unsigned long long index;
	char text[32];

	if (fopnp_words_get(field->value, field->len, "index", text, sizeof(text)) &&
	    fopnp_ascii_number(text, strlen(text), &index))
		return index;
	return UINT64_MAX; /* nobody's, or of a module before it had them */
}

static int64_t read_number(const struct field *field)
{
	unsigned long long number;

	return fopnp_ascii_number(field->value, field->len, &number) ? (int64_t)number : -1;
}

/* What /proc says behind the path of a program that was replaced since is no part of it. */
static char *copy_program(const struct field *field)
{
	static const char suffix[] = " (deleted)";
	size_t suffix_len = sizeof(suffix) - 1, len = field->len;

	if (len > suffix_len && memcmp(field->value + len - suffix_len, suffix, suffix_len) == 0)
		len -= suffix_len;
	return fopnp_memory_copy(field->value, len);
}

/* journald's own, which no sender can set. */
static void take_trusted(struct entry *entry, const struct field *field)
{
	if (strcmp(field->key, "_PID") == 0)
		entry->pid = read_number(field);
	else if (strcmp(field->key, "_UID") == 0)
		entry->uid = read_number(field);
	else if (strcmp(field->key, "_COMM") == 0 && field->len < sizeof(entry->comm))
		memcpy(entry->comm, field->value, field->len);
	else if (strcmp(field->key, "_EXE") == 0 && !entry->exe)
		entry->exe = copy_program(field);
}

static void take_field(struct entry *entry, const struct field *field)
{
	if (field->key[0] == '_')
		take_trusted(entry, field);
	else if (strcmp(field->key, "FOPNP_STEP") == 0)
		keep_in(entry, &entry->steps, step_index(field), field);
	else if (strcmp(field->key, "FOPNP_ADDRESS") == 0)
		keep_in(entry, &entry->addresses, 0, field);
	else if (strcmp(field->key, "FOPNP_ADDRESSES") == 0)
		entry->address_list = keep(entry, field);
	else if (strncmp(field->key, "FOPNP_", strlen("FOPNP_")) == 0)
		fopnp_event_add(&entry->writer, field->key, field->value, field->len);
}

static void add_kept(struct entry *entry, const struct kept_fields *list, const char *key)
{
	for (size_t i = 0; i < list->count; i++)
		fopnp_event_add(&entry->writer, key, entry->kept + list->fields[i].at,
				list->fields[i].len);
}

/* The list has them in order, and those that stand twice; without one they come as they come. */
static void add_addresses(struct entry *entry)
{
	const char *at = entry->kept + entry->address_list.at, *end = at + entry->address_list.len;

	if (entry->address_list.len == 0) {
		add_kept(entry, &entry->addresses, "FOPNP_ADDRESS");
		return;
	}
	while (at < end) {
		const char *blank = memchr(at, ' ', (size_t)(end - at));
		const char *word_end = blank ? blank : end;

		if (word_end > at)
			fopnp_event_add(&entry->writer, "FOPNP_ADDRESS", at,
					(size_t)(word_end - at));
		at = word_end + (blank != NULL);
	}
}

static void start_entry(struct entry *entry)
{
	free(entry->exe);
	entry->exe = NULL;
	entry->kept_len = entry->steps.count = entry->addresses.count = 0;
	entry->address_list.len = 0;
	entry->pid = entry->uid = -1;
	memset(entry->comm, 0, sizeof(entry->comm));
	fopnp_event_start(&entry->writer, entry->bytes, sizeof(entry->bytes));
}

/* Make the datagram of the entry that the journal stands at; its length. */
static size_t read_entry(struct fopnp_journal_reader *reader)
{
	struct entry *entry = &reader->entry;
	struct field field;
	const void *data;
	size_t len;
	int result;

	start_entry(entry);
	reader->library->restart_data(reader->journal);
	while ((result = reader->library->enumerate_data(reader->journal, &data, &len)) > 0)
		if (split(data, len, &field))
			take_field(entry, &field);
	if (result < 0) /* a damaged file: the rest of this entry is not to be had */
		entry->writer.truncated = true;
	add_kept(entry, &entry->steps, "FOPNP_STEP");
	add_addresses(entry);
	return fopnp_event_finish(&entry->writer);
}

static void tell_process(struct entry *entry, struct fopnp_observed_lookup *lookup)
{
	struct fopnp_observed_process *process = &lookup->process;
	const struct fopnp_event *event = &lookup->event;

	free(process->exe);
	*process = (struct fopnp_observed_process){
		.pid = entry->pid >= 0  ? entry->pid
		       : event->pid > 0 ? event->pid
					: 0,
		.tid = event->tid > 0 ? event->tid : 0,
		.uid = entry->uid >= 0 ? entry->uid : event->uid,
		.exe = entry->exe,
		.is_trusted = entry->pid >= 0 && entry->uid >= 0,
		.is_comm_claimed = !entry->comm[0] && event->comm[0],
		.claimed_pid = event->pid,
		.claimed_uid = event->uid,
	};
	entry->exe = NULL;
	memcpy(process->comm, entry->comm[0] ? entry->comm : event->comm, sizeof(process->comm));
}

/* ---- reading on ---- */

/* Step to the next entry that is before UNTIL: 1, 0 for the end, below 0 an error. */
static int step(struct fopnp_journal_reader *reader)
{
	uint64_t time_us;
	int result = reader->library->next(reader->journal);

	if (result <= 0 || reader->until_us < 0)
		return result;
	result = reader->library->get_realtime_usec(reader->journal, &time_us);
	if (result < 0)
		return result;
	return time_us <= (uint64_t)reader->until_us;
}

enum fopnp_journal_next fopnp_journal_read(struct fopnp_journal_reader *reader,
					   struct fopnp_observed_lookup *out_lookup)
{
	int result = step(reader);
	bool is_event;

	if (result < 0)
		(void)failed(result, "read");
	if (result <= 0)
		return result < 0 ? FOPNP_JOURNAL_FAILED : FOPNP_JOURNAL_END;
	is_event = fopnp_event_decode(reader->entry.bytes, read_entry(reader), &out_lookup->event);
	tell_process(&reader->entry, out_lookup);
	/* Announcements and marks are never sent there. */
	return is_event && !out_lookup->event.phase[0] ? FOPNP_JOURNAL_LOOKUP
						       : FOPNP_JOURNAL_MALFORMED;
}

/* ---- following ---- */

int fopnp_journal_descriptor(struct fopnp_journal_reader *reader)
{
	int descriptor = reader->library->get_fd(reader->journal);

	if (descriptor < 0)
		(void)failed(descriptor, "follow");
	reader->is_unread = true;
	return descriptor;
}

int fopnp_journal_timeout_ms(struct fopnp_journal_reader *reader)
{
	struct timespec now;
	uint64_t due_us, now_us;

	if (reader->is_unread)
		return 0;
	if (reader->library->get_timeout(reader->journal, &due_us) < 0 || due_us == UINT64_MAX)
		return -1;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	now_us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	if (due_us <= now_us)
		return 0;
	due_us = (due_us - now_us) / 1000 + 1;
	return due_us < FOLLOW_LIMIT ? (int)due_us : FOLLOW_LIMIT;
}

void fopnp_journal_process(struct fopnp_journal_reader *reader)
{
	reader->is_unread = false;
	/* Files that come and go are looked after in there; what is new tells the next read. */
	(void)reader->library->process(reader->journal);
}
