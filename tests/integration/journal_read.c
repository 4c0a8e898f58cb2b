/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Print what the command reads from a journal, a line a lookup, as JSON that python3 compares:
 *   journal_read [--directory DIR] [--since TIME] [--until TIME] [--boot] [--follow COUNT]
 * With --follow it reads on until it has seen COUNT lookups.
 */
#include "tools/escape.h"
#include "tools/journal_reader.h"
#include "tools/message.h"

#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 20000

static json_t *text(const char *bytes)
{
	char *safe = fopnp_escape_json(bytes, strlen(bytes));
	json_t *string = json_string(safe);

	free(safe);
	return string;
}

static json_t *steps_of(const struct fopnp_event *event)
{
	json_t *steps = json_array();

	for (size_t i = 0; i < event->step_count; i++)
		json_array_append_new(steps, json_pack("{s:o,s:i,s:o}", "source",
						       text(event->steps[i].source), "status",
						       event->steps[i].status, "detail",
						       text(event->steps[i].detail)));
	return steps;
}

static json_t *addresses_of(const struct fopnp_event *event)
{
	json_t *addresses = json_array();

	for (size_t i = 0; i < event->address_count; i++)
		json_array_append_new(addresses, text(event->addresses[i]));
	return addresses;
}

static void print(const struct fopnp_observed_lookup *lookup, const char *type)
{
	const struct fopnp_observed_process *process = &lookup->process;
	const struct fopnp_event *event = &lookup->event;
	json_t *object =
		json_pack("{s:s,s:o,s:o,s:i,s:o,s:o,s:o,s:I,s:I,s:b}", "type", type, "name",
			  text(event->name), "function", text(event->function), "status",
			  event->status, "source", text(event->source), "steps", steps_of(event),
			  "addresses", addresses_of(event), "sequence", (json_int_t)event->sequence,
			  "dropped", (json_int_t)event->dropped, "truncated", event->truncated);

	json_object_update_new(
		object,
		json_pack("{s:I,s:I,s:o,s:o,s:b,s:b,s:I,s:I}", "pid", (json_int_t)process->pid,
			  "uid", (json_int_t)process->uid, "comm", text(process->comm), "exe",
			  process->exe ? text(process->exe) : json_null(), "trusted",
			  process->is_trusted, "comm_claimed", process->is_comm_claimed,
			  "claimed_pid", (json_int_t)process->claimed_pid, "claimed_uid",
			  (json_int_t)process->claimed_uid));
	json_dumpf(object, stdout, JSON_COMPACT | JSON_SORT_KEYS);
	putchar('\n');
	fflush(stdout);
	json_decref(object);
}

/* False if it failed, told. */
static bool read_all(struct fopnp_journal_reader *reader, struct fopnp_observed_lookup *lookup,
		     long *count)
{
	for (;;) {
		switch (fopnp_journal_read(reader, lookup)) {
		case FOPNP_JOURNAL_LOOKUP:
			print(lookup, "lookup");
			++*count;
			break;
		case FOPNP_JOURNAL_MALFORMED:
			print(lookup, "malformed");
			break;
		case FOPNP_JOURNAL_END:
			return true;
		case FOPNP_JOURNAL_FAILED:
			return false;
		default:
			abort();
		}
	}
}

static bool follow(struct fopnp_journal_reader *reader, struct fopnp_observed_lookup *lookup,
		   long *count, long wanted)
{
	struct pollfd poll_for = { .fd = fopnp_journal_descriptor(reader), .events = POLLIN };

	while (*count < wanted) {
		int timeout_ms = fopnp_journal_timeout_ms(reader);
		int limit_ms =
			timeout_ms < 0 || timeout_ms > PATIENCE_MS ? PATIENCE_MS : timeout_ms;

		if (poll(&poll_for, 1, limit_ms) == 0 && limit_ms == PATIENCE_MS)
			return false;
		fopnp_journal_process(reader);
		if (!read_all(reader, lookup, count))
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int key;
	} options[] = { { "--directory", FOPNP_JOURNAL_DIRECTORY },
			{ "--since", FOPNP_JOURNAL_SINCE },
			{ "--until", FOPNP_JOURNAL_UNTIL },
			{ "--boot", FOPNP_JOURNAL_BOOT } };
	struct fopnp_journal_options chosen = fopnp_journal_options_none();
	struct fopnp_observed_lookup *lookup = fopnp_observed_create();
	struct fopnp_journal_reader *reader;
	long count = 0, wanted = 0;
	bool is_good;

	fopnp_message_start("journal_read", false);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--follow") == 0 && i + 1 < argc)
			wanted = atol(argv[++i]);
		for (size_t o = 0; o < sizeof(options) / sizeof(options[0]); o++)
			if (strcmp(argv[i], options[o].name) == 0 &&
			    !fopnp_journal_option(&chosen, options[o].key,
						  options[o].key == FOPNP_JOURNAL_BOOT ? NULL
										       : argv[++i]))
				return 2;
	}
	reader = fopnp_journal_open(&chosen);
	if (!reader)
		return 3;
	is_good = read_all(reader, lookup, &count) && follow(reader, lookup, &count, wanted);
	fopnp_journal_close(reader);
	fopnp_observed_destroy(lookup);
	return is_good ? 0 : 1;
}
