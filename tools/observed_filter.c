/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Choosing lookups, see observed_filter.h. */
#include "tools/observed_filter.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/fopnp_conf.h"
#include "nss_module/lookup/status.h"
#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/message.h"

#include <errno.h>
#include <fnmatch.h>
#include <idn2.h>
#include <limits.h>
#include <nss.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#define KIND_COUNT   (FOPNP_FILTER_END - FOPNP_FILTER_PROGRAM)
#define KERNEL_COMM  15   /* what the kernel keeps of a program's name: TASK_COMM_LEN */
#define LOWEST_EAI   -255 /* below all codes of netdb.h */
#define FAILED       "failed"
#define NOBODY       "none"
#define STATUS_WORDS "SUCCESS, NOTFOUND, UNAVAIL, TRYAGAIN, RETURN, EAI_NONAME, ..., or failed"

enum wanted { WANTED_STATUS, WANTED_CODE, WANTED_FAILED };

/* One option.  What of it counts depends on its kind. */
struct condition {
	char *text;     /* program, name (folded, without a final dot), source */
	int64_t number; /* pid, user, slower (microseconds), the status or code */
	enum wanted wanted;
};

struct fopnp_observed_filter {
	struct conditions {
		struct condition *list;
		size_t count;
	} kinds[KIND_COUNT];
};

struct fopnp_observed_filter *fopnp_observed_filter_create(void)
{
	return fopnp_memory_zeroed(1, sizeof(struct fopnp_observed_filter));
}

void fopnp_observed_filter_destroy(struct fopnp_observed_filter *filter)
{
	if (!filter)
		return;
	for (size_t kind = 0; kind < KIND_COUNT; kind++) {
		for (size_t i = 0; i < filter->kinds[kind].count; i++)
			free(filter->kinds[kind].list[i].text);
		free(filter->kinds[kind].list);
	}
	free(filter);
}

bool fopnp_observed_filter_is_set(const struct fopnp_observed_filter *filter)
{
	for (size_t kind = 0; kind < KIND_COUNT; kind++)
		if (filter->kinds[kind].count > 0)
			return true;
	return false;
}

/* ---- options ---- */

static bool refuse(const char *option, const char *argument, const char *hint)
{
	fopnp_message_error("option-argument-invalid", hint, "--%s cannot be \"%s\"", option,
			    argument);
	return false;
}

/* CONDITION's text is given away. */
static bool add(struct fopnp_observed_filter *filter, int key, struct condition condition)
{
	struct conditions *kind = &filter->kinds[key - FOPNP_FILTER_PROGRAM];

	kind->list = fopnp_memory_resize(kind->list, kind->count + 1, sizeof(*kind->list));
	kind->list[kind->count++] = condition;
	return true;
}

static bool add_text(struct fopnp_observed_filter *filter, int key, const char *text)
{
	return add(filter, key, (struct condition){ .text = fopnp_memory_copy_text(text) });
}

static bool add_pid(struct fopnp_observed_filter *filter, const char *argument)
{
	unsigned long long pid = 0;

	if (!fopnp_ascii_number(argument, strlen(argument), &pid) || pid == 0 || pid > INT_MAX)
		return refuse("pid", argument, "the number of a process");
	return add(filter, FOPNP_FILTER_PID, (struct condition){ .number = (int64_t)pid });
}

static bool add_user(struct fopnp_observed_filter *filter, const char *argument)
{
	unsigned long long uid = 0;
	struct passwd *user;

	if (fopnp_ascii_number(argument, strlen(argument), &uid)) {
		/* The last number means "nobody changes" (chown(2)) and is no user. */
		if (uid >= UINT32_MAX)
			return refuse("user", argument, "a user's name or number");
		return add(filter, FOPNP_FILTER_USER, (struct condition){ .number = (int64_t)uid });
	}
	user = getpwnam(argument);
	if (!user)
		return refuse(
			"user", argument,
			"a user of this machine by name (getent passwd lists them), or a number");
	return add(filter, FOPNP_FILTER_USER, (struct condition){ .number = user->pw_uid });
}

/* In small letters and without its final dot: the locale has no say in what letters are the same. */
static char *fold_name(const char *name)
{
	char *folded = fopnp_memory_copy(name, fopnp_name_length(name));

	for (char *at = folded; *at; at++)
		*at = fopnp_ascii_lower(*at);
	return folded;
}

/* As it is, and, of a name beyond ASCII, as programs ask the DNS for it. */
static bool add_name(struct fopnp_observed_filter *filter, const char *argument)
{
	char *folded = fold_name(argument), *ascii = NULL;

	if (!folded[0] || (folded[0] == '.' && !folded[1])) {
		free(folded);
		return refuse("name", argument,
			      "a name, a pattern as *.example.com, or .example.com");
	}
	(void)add(filter, FOPNP_FILTER_NAME, (struct condition){ .text = folded });
	if (idn2_lookup_u8((const uint8_t *)folded + (folded[0] == '.'), (uint8_t **)&ascii,
			   IDN2_NFC_INPUT) == IDN2_OK &&
	    strcmp(ascii, folded + (folded[0] == '.')) != 0)
		(void)add(
			filter, FOPNP_FILTER_NAME,
			(struct condition){ .text = fopnp_memory_format(
						    "%s%s", folded[0] == '.' ? "." : "", ascii) });
	idn2_free(ascii);
	return true;
}

static bool is_code_word(const char *argument, int64_t *out_code)
{
	for (int code = -1; code >= LOWEST_EAI; code--) {
		const char *name = fopnp_eai_name(code);

		if (name && fopnp_ascii_equal_word(argument, strlen(argument), name)) {
			*out_code = code;
			return true;
		}
	}
	return false;
}

static bool add_status(struct fopnp_observed_filter *filter, const char *argument)
{
	struct condition condition = { .wanted = WANTED_STATUS };
	int status = 0;

	if (fopnp_status_from_name(argument, strlen(argument), &status))
		condition.number = status;
	else if (is_code_word(argument, &condition.number))
		condition.wanted = WANTED_CODE;
	else if (fopnp_ascii_equal_word(argument, strlen(argument), FAILED))
		condition.wanted = WANTED_FAILED;
	else
		return refuse("status", argument, STATUS_WORDS);
	return add(filter, FOPNP_FILTER_STATUS, condition);
}

static bool add_slower(struct fopnp_observed_filter *filter, const char *argument)
{
	uint64_t us = 0;

	if (!fopnp_conf_parse_duration(argument, strlen(argument), &us))
		return refuse("slower", argument, "a time with its unit: 500us, 200ms, 1.5s");
	return add(filter, FOPNP_FILTER_SLOWER, (struct condition){ .number = (int64_t)us });
}

bool fopnp_observed_filter_option(struct fopnp_observed_filter *filter, int key,
				  const char *argument)
{
	switch (key) {
	case FOPNP_FILTER_PROGRAM:
		return argument[0] ? add_text(filter, key, argument)
				   : refuse("program", argument,
					    "a program's name, a pattern as python*, or its path");
	case FOPNP_FILTER_PID:
		return add_pid(filter, argument);
	case FOPNP_FILTER_USER:
		return add_user(filter, argument);
	case FOPNP_FILTER_NAME:
		return add_name(filter, argument);
	case FOPNP_FILTER_SOURCE:
		return argument[0] ? add_text(filter, key, argument)
				   : refuse("source", argument,
					    "a source as it stands in the order: files, dns, ...; "
					    "or none");
	case FOPNP_FILTER_STATUS:
		return add_status(filter, argument);
	default:
		return add_slower(filter, argument);
	}
}

/* ---- lookups ---- */

static bool matches_program(const struct condition *wanted, const struct fopnp_observed_process *is)
{
	const char *slash = is->exe ? strrchr(is->exe, '/') : NULL;

	if (fnmatch(wanted->text, is->comm, 0) == 0)
		return true;
	if (is->exe)
		return fnmatch(wanted->text, is->exe, 0) == 0 ||
		       (slash && fnmatch(wanted->text, slash + 1, 0) == 0);
	/* All that is known is the beginning of its name. */
	return strlen(is->comm) == KERNEL_COMM && strncmp(wanted->text, is->comm, KERNEL_COMM) == 0;
}

/* FOLDED: the name as by fold_name(). */
static bool matches_name(const struct condition *wanted, const char *folded)
{
	const char *pattern = wanted->text;

	if (pattern[0] == '.')
		return strcmp(folded, pattern + 1) == 0 || fopnp_name_is_below(folded, pattern + 1);
	return fnmatch(pattern, folded, 0) == 0;
}

static bool matches_source(const struct condition *wanted, const struct fopnp_event *event)
{
	if (strcmp(wanted->text, NOBODY) == 0)
		return event->source[0] == '\0';
	return strcmp(wanted->text, event->source) == 0;
}

static bool matches_status(const struct condition *wanted, const struct fopnp_event *event)
{
	bool is_success = event->has_status && event->status == NSS_STATUS_SUCCESS;

	switch (wanted->wanted) {
	case WANTED_STATUS:
		return event->has_status && event->status == wanted->number;
	case WANTED_CODE:
		return event->has_status && !is_success &&
		       fopnp_observed_code(event) == wanted->number;
	case WANTED_FAILED:
		break;
	}
	/* Of an event that tells no status it is not known that there is no such name. */
	return !is_success &&
	       (!event->has_status || !fopnp_observed_is_no(fopnp_observed_code(event)));
}

static bool matches(int key, const struct condition *wanted,
		    const struct fopnp_observed_lookup *lookup, const char *folded)
{
	const struct fopnp_observed_process *process = &lookup->process;

	switch (key) {
	case FOPNP_FILTER_PROGRAM:
		return matches_program(wanted, process);
	case FOPNP_FILTER_PID:
		return process->pid == wanted->number || process->claimed_pid == wanted->number;
	case FOPNP_FILTER_USER:
		return process->uid == wanted->number;
	case FOPNP_FILTER_NAME:
		return matches_name(wanted, folded);
	case FOPNP_FILTER_SOURCE:
		return matches_source(wanted, &lookup->event);
	case FOPNP_FILTER_STATUS:
		return matches_status(wanted, &lookup->event);
	default:
		return lookup->event.elapsed_us > wanted->number;
	}
}

bool fopnp_observed_filter_matches(const struct fopnp_observed_filter *filter,
				   const struct fopnp_observed_lookup *lookup)
{
	const struct conditions *names = &filter->kinds[FOPNP_FILTER_NAME - FOPNP_FILTER_PROGRAM];
	FOPNP_AUTO_FREE char *folded = names->count ? fold_name(lookup->event.name) : NULL;

	for (int kind = 0; kind < KIND_COUNT; kind++) {
		const struct conditions *any = &filter->kinds[kind];
		bool is_match = any->count == 0;

		for (size_t i = 0; i < any->count && !is_match; i++)
			is_match =
				matches(kind + FOPNP_FILTER_PROGRAM, &any->list[i], lookup, folded);
		if (!is_match)
			return false;
	}
	return true;
}
