/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing a lookup's event, see event_text.h. */
#include "nss_module/event_text.h"

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/event.h"
#include "nss_module/lookup/status.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/single_threaded.h>
#include <time.h>
#include <unistd.h>

#define DEBUG_PRIORITY 7 /* LOG_DEBUG: journald limits the rate of each priority apart */
#define MESSAGE_NAME   255
#define STEP_LINE      512

/* What was asked for: the name, or the address as text. */
static const char *question_text(const struct fopnp_lookup *lookup,
				 char text[static FOPNP_ADDRESS_TEXT])
{
	if (lookup->name)
		return lookup->name;
	if (!fopnp_chain_has_whole_address(lookup))
		return "?";
	return fopnp_address_print(lookup->family, lookup->address, 0, text);
}

static const char *answer_name(const struct fopnp_lookup *lookup)
{
	if (lookup->function == FOPNP_GETHOSTBYNAME4_R)
		return lookup->outcome.first ? lookup->outcome.first->name : NULL;
	return lookup->outcome.canonical ? lookup->outcome.canonical : lookup->outcome.host.h_name;
}

/* The sentence for people: printable ASCII only, other bytes as '?'. */
static void add_message(struct fopnp_event_writer *writer, const struct fopnp_lookup *lookup,
			enum nss_status status, const char *question, uint64_t elapsed_us)
{
	const char *source = lookup->outcome.source ? lookup->outcome.source->name : "no source";
	char message[MESSAGE_NAME + 256];
	int len;

	if (status == NSS_STATUS_SUCCESS)
		len = snprintf(message, sizeof(message), "%.*s: answered by %.64s in %llu us",
			       MESSAGE_NAME, question, source, (unsigned long long)elapsed_us);
	else
		len = snprintf(message, sizeof(message), "%.*s: %s, no answer after %llu us",
			       MESSAGE_NAME, question, fopnp_status_name(status),
			       (unsigned long long)elapsed_us);
	if (len < 0)
		return;
	for (char *c = message; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	fopnp_event_add_text(writer, "MESSAGE", message);
}

static void add_result(struct fopnp_event_writer *writer, const struct fopnp_lookup *lookup,
		       enum nss_status status)
{
	bool is_success = status == NSS_STATUS_SUCCESS;

	fopnp_event_add_text(writer, "FOPNP_STATUS", fopnp_status_name(status));
	fopnp_event_add_number(writer, "FOPNP_ERRNO", is_success ? 0 : lookup->outcome.error);
	fopnp_event_add_number(writer, "FOPNP_HERRNO", is_success ? 0 : lookup->outcome.h_error);
	if (!is_success)
		return;
	if (lookup->outcome.source)
		fopnp_event_add_text(writer, "FOPNP_SOURCE", lookup->outcome.source->name);
	if (answer_name(lookup))
		fopnp_event_add_text(writer, "FOPNP_CANONICAL", answer_name(lookup));
	if (lookup->outcome.ttl != INT32_MAX)
		fopnp_event_add_number(writer, "FOPNP_TTL", lookup->outcome.ttl);
}

static void add_process(struct fopnp_event_writer *writer)
{
	const char *program = program_invocation_short_name;

	pid_t pid = getpid();

	fopnp_event_add_number(writer, "FOPNP_PID", pid);
	fopnp_event_add_number(writer, "FOPNP_TID", __libc_single_threaded ? pid : gettid());
	fopnp_event_add_number(writer, "FOPNP_UID", (int64_t)getuid());
	if (program)
		fopnp_event_add(writer, "FOPNP_COMM", program, strnlen(program, 63));
}

static void add_step(struct fopnp_event_writer *writer, const struct fopnp_record *record,
		     unsigned index)
{
	const struct fopnp_record_step *step = &record->steps[index];
	bool is_success = step->status == NSS_STATUS_SUCCESS;
	const char *load_error = atomic_load(&step->source->load_error);
	char line[STEP_LINE + FOPNP_RECORD_DETAIL];
	size_t used;

	line[0] = '\0';
	(void)fopnp_words_add(line, sizeof(line), "source", step->source->name);
	(void)fopnp_words_add_number(line, sizeof(line), "index", index);
	(void)fopnp_words_add(line, sizeof(line), "status", fopnp_status_name(step->status));
	(void)fopnp_words_add_number(line, sizeof(line), "errno", is_success ? 0 : step->error);
	(void)fopnp_words_add_number(line, sizeof(line), "h_errno", is_success ? 0 : step->h_error);
	(void)fopnp_words_add_number(line, sizeof(line), "usec", step->elapsed_us);
	(void)fopnp_words_add(line, sizeof(line), "action",
			      fopnp_action_name((enum fopnp_action)step->action));
	if (step->reason == FOPNP_STEP_NOT_LOADED) {
		(void)fopnp_words_add(line, sizeof(line), "reason", "not-loaded");
		if (load_error && !fopnp_words_add(line, sizeof(line), "error", load_error))
			writer->truncated = true;
	} else if (step->reason == FOPNP_STEP_NO_FUNCTION) {
		(void)fopnp_words_add(line, sizeof(line), "reason", "no-function");
	}
	if (step->ttl != INT32_MAX)
		(void)fopnp_words_add_number(line, sizeof(line), "ttl", step->ttl);
	used = strlen(line);
	if (step->detail_len > 0 && step->detail_len < sizeof(line) - used) { /* words already */
		line[used++] = ' ';
		memcpy(line + used, record->detail_text + step->detail, step->detail_len);
		used += step->detail_len;
	}
	if (step->is_detail_cut)
		writer->truncated = true;
	fopnp_event_add(writer, "FOPNP_STEP", line, used);
}

#define ADDRESS_LIST "FOPNP_ADDRESSES="

/* FOPNP_ADDRESS fields, and the room that is kept back for the list of them. */
struct address_fields {
	struct fopnp_event_writer *writer;
	size_t start, count;
};

/* False if it does not fit. */
static bool add_address(struct address_fields *fields, int family, const void *address,
			uint32_t scope)
{
	struct fopnp_event_writer *writer = fields->writer;
	char text[FOPNP_ADDRESS_TEXT];
	size_t len = strlen(fopnp_address_print(family, address, scope, text));
	size_t used = writer->used;

	if (len + 1 <= writer->size - used) {
		writer->size -= len + 1;
		fopnp_event_add(writer, "FOPNP_ADDRESS", text, len);
	}
	if (writer->used == used) {
		writer->truncated = true;
		return false;
	}
	fields->count++;
	return true;
}

/*
 * journald keeps the fields of an entry in no order, and equal ones once: the list has
 * what that loses.  It is made from the fields' own text.
 */
static void add_address_list(struct address_fields *fields)
{
	struct fopnp_event_writer *writer = fields->writer;
	const char *at = writer->bytes + fields->start, *end = writer->bytes + writer->used;
	char *to = writer->bytes + writer->used;

	memcpy(to, ADDRESS_LIST, sizeof(ADDRESS_LIST) - 1);
	to += sizeof(ADDRESS_LIST) - 1;
	while (at < end) {
		const char *value = at + sizeof("FOPNP_ADDRESS=") - 1;
		const char *newline = memchr(value, '\n', (size_t)(end - value));

		memcpy(to, value, (size_t)(newline - value));
		to += newline - value;
		at = newline + 1;
		*to++ = at < end ? ' ' : '\n';
	}
	writer->used = (size_t)(to - writer->bytes);
}

/* As far as they fit. */
static void add_each_address(struct address_fields *fields, const struct fopnp_lookup *lookup)
{
	const struct gaih_addrtuple *tuple = lookup->outcome.first;
	int length = lookup->outcome.host.h_length;
	char **address = lookup->outcome.host.h_addr_list;

	if (lookup->function == FOPNP_GETHOSTBYNAME4_R)
		while (tuple && add_address(fields, tuple->family, tuple->addr, tuple->scopeid))
			tuple = tuple->next;
	/* By the length that the source says it has: a 4-byte answer to AF_INET6 has no 16. */
	else if (address && (length == 4 || length == 16))
		while (*address &&
		       add_address(fields, length == 4 ? AF_INET : AF_INET6, *address, 0))
			address++;
}

static void add_addresses(struct fopnp_event_writer *writer, const struct fopnp_lookup *lookup)
{
	struct address_fields fields = { .writer = writer, .start = writer->used };
	size_t size = writer->size;

	if (!lookup->name) /* the address was the question */
		return;
	if (writer->size - writer->used < sizeof(ADDRESS_LIST)) {
		writer->truncated = true;
		return;
	}
	writer->size -= sizeof(ADDRESS_LIST) - 1;
	add_each_address(&fields, lookup);
	writer->size = size;
	if (fields.count > 1)
		add_address_list(&fields);
}

static int64_t realtime_us(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

size_t fopnp_event_text(const struct fopnp_lookup *lookup, const struct fopnp_record *record,
			enum nss_status status, uint64_t sequence, char *bytes, size_t size)
{
	uint64_t elapsed_us = fopnp_record_now_us() - record->start_us;
	char address[FOPNP_ADDRESS_TEXT];
	const char *question = question_text(lookup, address);
	struct fopnp_event_writer writer;

	fopnp_event_start(&writer, bytes, size);
	add_message(&writer, lookup, status, question, elapsed_us);
	fopnp_event_add_number(&writer, "PRIORITY", DEBUG_PRIORITY);
	fopnp_event_add_text(&writer, "SYSLOG_IDENTIFIER", FOPNP_EVENT_IDENTIFIER);
	fopnp_event_add_text(&writer, "MESSAGE_ID", FOPNP_EVENT_MESSAGE_ID);
	fopnp_event_add_number(&writer, "FOPNP_EVENT", FOPNP_EVENT_VERSION);
	fopnp_event_add_text(&writer, "FOPNP_FUNCTION", fopnp_function_name(lookup->function));
	fopnp_event_add_text(&writer, "FOPNP_NAME", question);
	fopnp_event_add_text(&writer, "FOPNP_FAMILY",
			     lookup->function == FOPNP_GETHOSTBYNAME4_R
				     ? "unspec"
				     : fopnp_family_name(lookup->family));
	add_result(&writer, lookup, status);
	fopnp_event_add_number(&writer, "FOPNP_USEC", (int64_t)elapsed_us);
	fopnp_event_add_number(&writer, "FOPNP_TIME_USEC", realtime_us());
	if (lookup->chain)
		fopnp_event_add_text(&writer, "FOPNP_ORDER_FROM", lookup->chain->from);
	fopnp_event_add_number(&writer, "FOPNP_SEQUENCE", (int64_t)sequence);
	add_process(&writer);
	for (unsigned i = 0; i < record->step_count && i < FOPNP_RECORD_STEPS; i++)
		add_step(&writer, record, i);
	if (record->step_count > FOPNP_RECORD_STEPS)
		writer.truncated = true;
	if (status == NSS_STATUS_SUCCESS)
		add_addresses(&writer, lookup);
	return fopnp_event_finish(&writer);
}
