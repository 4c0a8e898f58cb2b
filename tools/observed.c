/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lookups of other processes, see observed.h. */
#include "tools/observed.h"

#include "tools/event_listener.h"
#include "tools/memory.h"

#include <stdlib.h>
#include <string.h>

/* ---- decoding, and whom to believe ---- */

/* A copy of TEXT in *place, the old one freed: most often it is the same. */
static void set_text(char **place, const char *text)
{
	if (*place && text && strcmp(*place, text) == 0)
		return;
	free(*place);
	*place = fopnp_memory_copy_text(text);
}

static void set_comm(struct fopnp_observed_process *process, const char *comm)
{
	size_t len = strnlen(comm, sizeof(process->comm) - 1);

	memcpy(process->comm, comm, len);
	process->comm[len] = '\0';
}

/* What the kernel told with the datagram. */
static void take_credentials(struct fopnp_observed_process *process,
			     const struct fopnp_event_datagram *datagram)
{
	process->is_trusted = datagram->has_credentials;
	process->pid = datagram->has_credentials ? datagram->pid : 0;
	process->uid = datagram->has_credentials ? (int64_t)datagram->uid : -1;
	process->tid = 0;
	process->claimed_pid = process->claimed_uid = -1;
	process->is_comm_claimed = process->is_claim_false = false;
}

/*
 * Another pid than the kernel's is right for a process in a pid namespace below
 * ours, and another uid for one in another user namespace.  Where the process is gone, or
 * hidden from us, neither is known, and nobody is accused.
 */
static bool is_claim_false(const struct fopnp_observed_process *process,
			   const struct fopnp_process_info *info)
{
	if (!process->is_trusted || !info)
		return false;
	if (process->claimed_pid != -1 && info->level_count > 0 &&
	    (process->claimed_pid > INT32_MAX ||
	     !fopnp_process_info_is_called(info, (pid_t)process->claimed_pid)))
		return true;
	return process->claimed_uid != -1 && !info->has_other_uids &&
	       process->claimed_uid != process->uid;
}

static void take_claims(struct fopnp_observed_process *process, const struct fopnp_event *event,
			const struct fopnp_process_info *info)
{
	process->claimed_pid = event->pid;
	process->claimed_uid = event->uid;
	process->tid = event->tid > 0 ? event->tid : 0;
	process->is_claim_false = is_claim_false(process, info);
	if (!process->is_trusted) {
		process->pid = event->pid > 0 ? event->pid : 0;
		process->uid = event->uid;
	}
	if (!info) {
		set_comm(process, event->comm);
		process->is_comm_claimed = event->comm[0] != '\0';
	}
}

enum fopnp_observed_kind fopnp_observed_decode(const struct fopnp_event_datagram *datagram,
					       struct fopnp_process_cache *cache,
					       struct fopnp_observed_lookup *out_lookup)
{
	struct fopnp_observed_process *process = &out_lookup->process;
	const struct fopnp_event *event = &out_lookup->event;
	const struct fopnp_process_info *info = NULL;
	bool is_event = fopnp_event_decode(datagram->bytes, datagram->len, &out_lookup->event) &&
			!datagram->is_cut;

	take_credentials(process, datagram);
	if (process->pid > 0) {
		if (is_event && strcmp(event->phase, "start") == 0)
			fopnp_process_cache_forget(cache, (pid_t)process->pid);
		info = fopnp_process_cache_find(cache, (pid_t)process->pid,
						is_event ? event->comm : NULL);
	}
	set_comm(process, info ? info->comm : "");
	set_text(&process->exe, info ? info->exe : NULL);
	if (!is_event)
		return FOPNP_OBSERVED_MALFORMED;
	take_claims(process, event, info);
	return event->phase[0] ? FOPNP_OBSERVED_PHASE : FOPNP_OBSERVED_LOOKUP;
}

/* ---- one lookup ---- */

struct fopnp_observed_lookup *fopnp_observed_create(void)
{
	struct fopnp_observed_lookup *lookup = fopnp_memory_zeroed(1, sizeof(*lookup));

	lookup->process.uid = lookup->process.claimed_pid = lookup->process.claimed_uid = -1;
	fopnp_event_clear(&lookup->event);
	return lookup;
}

void fopnp_observed_destroy(struct fopnp_observed_lookup *lookup)
{
	if (!lookup)
		return;
	free(lookup->process.exe);
	free(lookup);
}

struct fopnp_observed_lookup *fopnp_observed_copy(const struct fopnp_observed_lookup *lookup)
{
	const size_t addresses = offsetof(struct fopnp_observed_lookup, event.addresses);
	const size_t steps = offsetof(struct fopnp_observed_lookup, event.steps);
	const size_t address_size = sizeof(lookup->event.addresses[0]);
	const size_t step_size = sizeof(lookup->event.steps[0]);
	char *copy = fopnp_memory_resize(NULL, 1, steps + lookup->event.step_count * step_size);
	const char *original = (const char *)lookup;
	struct fopnp_observed_lookup *result = (struct fopnp_observed_lookup *)(void *)copy;

	/* What lies between the last address and the first step is never touched. */
	memcpy(copy, original, addresses + lookup->event.address_count * address_size);
	memcpy(copy + steps, original + steps, lookup->event.step_count * step_size);
	result->process.exe = fopnp_memory_copy_text(lookup->process.exe);
	return result;
}

bool fopnp_observed_is_reverse(const struct fopnp_event *event)
{
	static const char function[] = "gethostbyaddr";

	return strncmp(event->function, function, sizeof(function) - 1) == 0;
}

void fopnp_observed_call_destroy(struct fopnp_observed_call *call)
{
	if (!call)
		return;
	free(call->process.exe);
	fopnp_request_clear(&call->request);
	free(call->result.canonical);
	for (size_t i = 0; i < call->result.address_count; i++)
		free(call->result.addresses[i]);
	free(call->result.addresses);
	free(call->answered_by);
	for (size_t i = 0; i < call->lookup_count; i++)
		fopnp_observed_destroy(call->lookups[i]);
	free(call->lookups);
	free(call);
}
