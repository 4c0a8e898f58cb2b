/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lookups before and after the edit. */
#include "tools/install_lookups.h"

#include "nss_module/lookup/nsswitch_file.h"
#include "nss_module/lookup/status.h"
#include "tools/memory.h"
#include "tools/progress.h"
#include "tools/socket_probe.h"
#include "tools/text_file.h"
#include "tools/trace_calls.h"
#include "tools/trace_words.h"

#include <limits.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEADLINE_US     10000000u
#define CALLS           (FOPNP_INSTALL_NAMES * FOPNP_INSTALL_TRIES)
#define SHOWN_ADDRESSES 4

static void set_request(struct fopnp_request *request, const char *name)
{
	*request = (struct fopnp_request){ .call = FOPNP_CALL_GETADDRINFO, .flags = AI_CANONNAME };
	(void)fopnp_request_set_name(request, name);
}

/*
 * The list of the hosts line on the disk where nscd runs, which would answer before and after from
 * its cache, or by its own reading of the line; else NULL.  The caller's to free().
 */
static char *find_list_past_nscd(void)
{
	struct fopnp_nsswitch nsswitch;
	char *list = NULL;
	size_t len = 0;
	int error = 0;
	FOPNP_AUTO_FREE char *bytes = NULL;

	if (fopnp_socket_probe(FOPNP_NSCD_SOCKET) != 0)
		return NULL;
	bytes = fopnp_text_file_read(FOPNP_NSSWITCH_PATH, &len, &error);
	if (!bytes || fopnp_nsswitch_parse(bytes, len, &nsswitch) != FOPNP_NSSWITCH_OK)
		return NULL;
	if (nsswitch.line != 0)
		list = fopnp_memory_copy(bytes + nsswitch.text_at, nsswitch.text_len);
	free(nsswitch.order);
	return list;
}

bool fopnp_install_lookups_make(struct fopnp_install_lookups *out_lookups)
{
	struct fopnp_child_job jobs[CALLS] = { 0 };
	struct fopnp_child_outcome outcomes[CALLS] = { 0 };
	FOPNP_AUTO_FREE char *list = find_list_past_nscd();
	char host_name[HOST_NAME_MAX + 1] = "";
	bool is_made;

	*out_lookups = (struct fopnp_install_lookups){ 0 };
	(void)gethostname(host_name, sizeof(host_name) - 1);
	set_request(&out_lookups->requests[0], "localhost");
	set_request(&out_lookups->requests[1], host_name[0] ? host_name : "localhost");
	for (size_t i = 0; i < CALLS; i++)
		jobs[i] = (struct fopnp_child_job){
			.request = &out_lookups->requests[i / FOPNP_INSTALL_TRIES],
			.hosts_list = list,
			.deadline_us = DEADLINE_US,
		};
	fopnp_progress_start("looking up localhost and this machine's own name");
	is_made = fopnp_children_run(jobs, outcomes, CALLS);
	fopnp_progress_stop();
	memcpy(out_lookups->outcomes, outcomes, sizeof(outcomes));
	return is_made;
}

void fopnp_install_lookups_clear(struct fopnp_install_lookups *lookups)
{
	for (size_t name = 0; name < FOPNP_INSTALL_NAMES; name++) {
		fopnp_request_clear(&lookups->requests[name]);
		for (size_t i = 0; i < FOPNP_INSTALL_TRIES; i++)
			fopnp_child_outcome_clear(&lookups->outcomes[name][i]);
	}
	*lookups = (struct fopnp_install_lookups){ 0 };
}

static enum fopnp_difference difference(const struct fopnp_child_outcome *a,
					const struct fopnp_child_outcome *b)
{
	if (a->result->end != b->result->end)
		return FOPNP_OTHER_ANSWER;
	if (a->result->end != FOPNP_CALL_RETURNED)
		return FOPNP_SAME;
	return fopnp_trace_compare(a->result, b->result);
}

/* A name that was found, or that nobody knows; not one that could not be asked for. */
static bool is_definite(const struct fopnp_child_outcome *outcome)
{
	const struct fopnp_call_result *result = outcome->result;

	return result->end == FOPNP_CALL_RETURNED &&
	       (result->code == 0 || result->code == EAI_NONAME || result->code == EAI_NODATA);
}

static bool crashes(const struct fopnp_child_outcome *tries)
{
	for (size_t i = 0; i < FOPNP_INSTALL_TRIES; i++)
		if (tries[i].result->end != FOPNP_CALL_RETURNED &&
		    tries[i].result->end != FOPNP_CALL_TIMED_OUT)
			return true;
	return false;
}

/*
 * Whether some try of AFTER is like one of BEFORE; or nothing can be told, since the name could not
 * be asked for before: which failure that gives is a matter of chance, and of the library.
 */
static bool is_alike(const struct fopnp_child_outcome *before,
		     const struct fopnp_child_outcome *after)
{
	enum fopnp_difference own = difference(&before[0], &before[1]);

	/* Slow it may be by chance; it does not crash by chance. */
	if (crashes(after) && !crashes(before))
		return false;
	for (size_t i = 0; i < FOPNP_INSTALL_TRIES; i++) {
		if (!is_definite(&before[i]))
			return true;
		for (size_t j = 0; j < FOPNP_INSTALL_TRIES; j++)
			if (difference(&before[i], &after[j]) <= own)
				return true;
	}
	return false;
}

static char *words(const struct fopnp_request *request, const struct fopnp_call_result *result)
{
	const char *code;

	if (result->end == FOPNP_CALL_TIMED_OUT)
		return fopnp_memory_copy_text("no answer in ten seconds");
	if (result->end != FOPNP_CALL_RETURNED)
		return fopnp_memory_copy_text("a crash");
	if (result->code == 0)
		return fopnp_trace_answer_words(request, result, SHOWN_ADDRESSES);
	code = fopnp_eai_name(result->code);
	return fopnp_memory_copy_text(code ? code : "an unknown failure");
}

char *fopnp_install_lookups_differ(const struct fopnp_install_lookups *before,
				   const struct fopnp_install_lookups *after)
{
	for (size_t name = 0; name < FOPNP_INSTALL_NAMES; name++) {
		const struct fopnp_request *request = &before->requests[name];
		FOPNP_AUTO_FREE char *old = NULL, *now = NULL;

		if (is_alike(before->outcomes[name], after->outcomes[name]))
			continue;
		old = words(request, before->outcomes[name][0].result);
		now = words(request, after->outcomes[name][0].result);
		return fopnp_memory_format("%s: %s before, %s after", request->given, old, now);
	}
	return NULL;
}
