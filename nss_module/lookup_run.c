/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One lookup from entry to return, see lookup_run.h. */
#include "nss_module/lookup_run.h"

#include "nss_module/entry_guard.h"
#include "nss_module/event_send.h"
#include "nss_module/lookup/address.h"
#include "nss_module/lookup/answer_buffer.h"

#include <errno.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

/* What the frame needs beside the lookup itself. */
struct run {
	struct fopnp_lookup *lookup;
	fopnp_chain_run *run_chain;
	struct fopnp_entry entry;
	/*
	 * An answer waits for a retry only where glibc passes its own errno: not for a
	 * lookup inside another, not in nscd, and not in a static program, whose
	 * threads would end without freeing it (entry_guard.c).
	 */
	bool may_keep;
	struct fopnp_kept *kept;
	char *buffer; /* the caller's */
	size_t buflen;
	int entry_errno, entry_error; /* errno and *errnop as they were */
	const struct fopnp_config *config;
	struct fopnp_question question;
	struct fopnp_record *record; /* NULL: nobody listens */
};

/* ---- answers glibc understands -------------------------------------------- */

/*
 * "Not here": UNAVAIL lets what follows on the hosts line go on as if fopnp were
 * not there.  Never NETDB_INTERNAL, which would end getaddrinfo() at once.
 */
static enum nss_status decline(struct run *run)
{
	*run->lookup->errnop = run->entry_error;
	*run->lookup->h_errnop = NO_RECOVERY;
	return NSS_STATUS_UNAVAIL;
}

static enum nss_status say_too_small(struct fopnp_lookup *lookup)
{
	*lookup->errnop = ERANGE;
	*lookup->h_errnop = NETDB_INTERNAL;
	return NSS_STATUS_TRYAGAIN;
}

/*
 * The order ran and ended in UNAVAIL (as "dns" does at every time-out) while the
 * fall-back behind fopnp on the line goes on after UNAVAIL: it would ask the dead
 * server again.  These statuses stop there and make the same EAI codes.
 */
static enum nss_status translate_unavail(const struct run *run, enum nss_status status)
{
	struct fopnp_lookup *lookup = run->lookup;

	if (status != NSS_STATUS_UNAVAIL || !run->config || !run->config->is_followed)
		return status;
	if (*lookup->errnop == 0 && *lookup->h_errnop != NETDB_INTERNAL)
		return NSS_STATUS_NOTFOUND;
	if (*lookup->errnop == ERANGE && *lookup->h_errnop == NETDB_INTERNAL)
		*lookup->errnop = EINVAL;
	return NSS_STATUS_TRYAGAIN;
}

/* ---- the answer's place ---------------------------------------------------- */

static bool is_inside(const struct run *run)
{
	const struct fopnp_lookup *lookup = run->lookup;

	if (lookup->function == FOPNP_GETHOSTBYNAME4_R)
		return fopnp_tuples_are_inside(lookup->outcome.first, run->buffer, run->buflen) &&
		       lookup->outcome.canonical == lookup->outcome.first->name;
	return fopnp_hostent_is_inside(&lookup->outcome.host, lookup->outcome.canonical,
				       run->buffer, run->buflen);
}

/* Copy lookup's answer into a buffer; the lookup then points there. */
static bool copy_answer(struct fopnp_lookup *lookup, char *buffer, size_t buflen)
{
	const char *name = lookup->outcome.canonical ? lookup->outcome.canonical : lookup->name;

	if (lookup->function != FOPNP_GETHOSTBYNAME4_R)
		return fopnp_hostent_copy(&lookup->outcome.host, lookup->outcome.canonical, buffer,
					  buflen, &lookup->outcome.host,
					  &lookup->outcome.canonical);
	if (!fopnp_tuples_copy(lookup->outcome.first, name, buffer, buflen, &lookup->outcome.first))
		return false;
	lookup->outcome.canonical = lookup->outcome.first->name;
	return true;
}

/* Move an answer out of wherever a source left it into one block of *kept. */
static bool detach_answer(struct fopnp_lookup *lookup)
{
	struct fopnp_kept *kept = fopnp_kept_get(lookup->kept);
	size_t size;
	char *block, *old;

	if (lookup->function == FOPNP_GETHOSTBYNAME4_R)
		size = fopnp_tuples_size(lookup->outcome.first, lookup->outcome.canonical
									? lookup->outcome.canonical
									: lookup->name);
	else
		size = fopnp_hostent_size(&lookup->outcome.host, lookup->outcome.canonical);
	block = kept ? malloc(size) : NULL;
	if (!block || !copy_answer(lookup, block, size)) {
		free(block);
		return false;
	}
	old = kept->bytes;
	kept->bytes = block;
	kept->size = size;
	free(old);
	return true;
}

/* ---- retries ---------------------------------------------------------------- */

/*
 * The caller's length of an address is unchecked: as many bytes count as its
 * family has.  False for an address that has fewer, or no family of ours.
 */
static bool name_question(struct run *run)
{
	const struct fopnp_lookup *lookup = run->lookup;
	bool is_by_name = lookup->name != NULL;
	size_t address_size = lookup->family == AF_INET ? 4 : 16;

	run->question = (struct fopnp_question){
		.function = lookup->function,
		.family = lookup->family,
		.key = is_by_name ? lookup->name : lookup->address,
		.key_len = is_by_name ? strlen(lookup->name) : address_size,
	};
	return is_by_name || fopnp_chain_has_whole_address(lookup);
}

/* Without memory the retry makes no event. */
static void keep_record(const struct run *run, struct fopnp_kept *kept)
{
	free(kept->record);
	kept->record = run->record ? malloc(sizeof(*kept->record)) : NULL;
	if (kept->record)
		*kept->record = *run->record;
}

/* Keep the outcome for the caller's retry with a larger buffer. */
static void wait_for_retry(struct run *run)
{
	struct fopnp_lookup *lookup = run->lookup;
	struct fopnp_kept *kept = *lookup->kept;

	if (!kept || !run->may_keep || !fopnp_entry_free_at_exit(run->entry.thread) ||
	    !fopnp_kept_wait(kept, &run->question, run->buflen))
		return;
	kept->failed_buflen = lookup->failed_buflen;
	kept->outcome = lookup->outcome;
	kept->chain = lookup->chain;
	keep_record(run, kept);
}

static void take_kept(struct run *run)
{
	struct fopnp_lookup *lookup = run->lookup;
	const struct fopnp_kept *kept = *lookup->kept;

	lookup->outcome = kept->outcome;
	lookup->chain = kept->chain;
	if (run->record)
		*run->record = *kept->record;
	lookup->record = run->record;
	errno = run->entry_errno;
	*lookup->errnop = kept->outcome.error;
	*lookup->h_errnop = kept->outcome.h_error;
}

/*
 * Put the chain's answer into the caller's buffer, or keep the outcome and ask
 * for a larger one.  In the getXXbyYY loop a source's ERANGE ends the call,
 * whatever else is found then: so it does here.
 */
static enum nss_status place_answer(struct run *run, enum nss_status status)
{
	struct fopnp_lookup *lookup = run->lookup;
	bool is_refused = lookup->is_grown && run->run_chain == fopnp_chain_getxxbyyy;

	lookup->outcome.status = status;
	lookup->outcome.error = *lookup->errnop;
	lookup->outcome.h_error = *lookup->h_errnop;
	if (fopnp_chain_is_too_small(lookup, status))
		return status;
	if (status == NSS_STATUS_SUCCESS) {
		if (!lookup->is_grown && is_inside(run))
			return status;
		if (!detach_answer(lookup))
			return say_too_small(lookup);
		if (!is_refused && copy_answer(lookup, run->buffer, run->buflen))
			return status;
	} else if (!is_refused) {
		return status;
	}
	wait_for_retry(run);
	return say_too_small(lookup);
}

/* The retry of a lookup whose answer did not fit. */
static enum nss_status serve_retry(struct run *run)
{
	struct fopnp_lookup *lookup = run->lookup;
	struct fopnp_kept *kept = *lookup->kept;
	bool is_answer = kept->outcome.status == NSS_STATUS_SUCCESS && !kept->outcome.is_unfinished;

	take_kept(run);
	if (is_answer ? !copy_answer(lookup, run->buffer, run->buflen)
		      : run->buflen <= kept->failed_buflen) {
		fopnp_kept_wait_on(kept, run->buflen);
		return say_too_small(lookup);
	}
	kept->is_waiting = false;
	if (!lookup->outcome.is_unfinished)
		return translate_unavail(run, kept->outcome.status);
	return translate_unavail(run, place_answer(run, run->run_chain(lookup)));
}

/* ---- the frame --------------------------------------------------------------- */

/* In a static program the module's libc is a second one, which nobody initialised. */
static void start_resolver(void)
{
	if (!(_res.options & RES_INIT))
		(void)res_init();
}

static const struct fopnp_chain *find_chain(const struct run *run)
{
	const struct fopnp_lookup *lookup = run->lookup;
	char arpa[FOPNP_ARPA_TEXT];

	if (lookup->name)
		return fopnp_config_find_chain(run->config, lookup->name);
	if (!fopnp_config_has_domains(run->config) || !fopnp_chain_has_whole_address(lookup) ||
	    !fopnp_address_arpa_name(lookup->family, lookup->address, arpa))
		arpa[0] = '\0';
	return fopnp_config_find_chain(run->config, arpa);
}

static enum nss_status run_afresh(struct run *run)
{
	struct fopnp_lookup *lookup = run->lookup;
	enum nss_status status;

	if (*lookup->kept)
		fopnp_kept_drop(lookup->kept);
	lookup->chain = find_chain(run);
	lookup->record = run->record;
	fopnp_record_start(run->record);
	if (!lookup->chain)
		return decline(run);
	start_resolver();

	errno = run->entry_errno;
	*lookup->errnop = run->entry_error;
	status = run->run_chain(lookup);
	if (lookup->is_out_of_memory) {
		(void)decline(run);
		*lookup->errnop = ENOMEM;
		return NSS_STATUS_UNAVAIL;
	}
	return translate_unavail(run, place_answer(run, status));
}

static void send_event(struct run *run, enum nss_status status)
{
	struct fopnp_lookup *lookup = run->lookup;
	int saved_error = *lookup->errnop, saved_errno = errno;

	if (!run->record)
		return;
	lookup->outcome.error = saved_error;
	lookup->outcome.h_error = *lookup->h_errnop;
	fopnp_event_send(run->config, lookup, run->record, status);
	errno = saved_errno;
	*lookup->errnop = saved_error;
}

/* An answer that waits stays with the thread; everything else goes. */
static void give_kept_back(struct run *run)
{
	struct fopnp_thread *thread = run->entry.thread;

	if (!run->kept || !run->may_keep || !run->kept->is_waiting) {
		fopnp_kept_drop(&run->kept);
		return;
	}
	fopnp_kept_drop(&thread->kept);
	thread->kept = run->kept;
}

static enum nss_status run_and_tell(struct run *run, bool is_retry)
{
	enum nss_status status = is_retry ? serve_retry(run) : run_afresh(run);

	if (!fopnp_chain_is_too_small(run->lookup, status))
		send_event(run, status);
	return status;
}

/*
 * The record takes 3 KiB of stack, which a thread has to have only while somebody
 * listens; not of the heap, where a lookup that is left by a jump would leave it.
 * In a frame below the guard's: most of it is never written to, and a dead guard's
 * cookie must not survive in such a gap (entry_guard.h).
 */
__attribute__((noinline)) static enum nss_status run_recorded(struct run *run, bool is_retry)
{
	struct fopnp_record record;

	run->record = &record;
	return run_and_tell(run, is_retry);
}

static enum nss_status run_guarded(struct run *run)
{
	struct fopnp_lookup *lookup = run->lookup;
	struct fopnp_thread *thread = run->entry.thread;
	const struct fopnp_source *canonical_source = thread->canonical_source;
	enum nss_status status;
	bool is_retry;

	run->may_keep = name_question(run) && run->entry.is_outermost && lookup->errnop == &errno;
	lookup->kept = &run->kept;
	if (run->may_keep) {
		/* Taken, not used in place: a coroutine may begin a lookup inside this one. */
		run->kept = thread->kept;
		thread->kept = NULL;
	}
	run->config = fopnp_config_get();
	lookup->conf = run->config ? run->config->conf : NULL;
	is_retry = run->may_keep && fopnp_kept_is_for(run->kept, &run->question, run->buflen);
	if (is_retry ? run->kept->record != NULL : fopnp_event_is_wanted(run->config))
		status = run_recorded(run, is_retry);
	else
		status = run_and_tell(run, is_retry);
	/*
	 * After a failure the answer before it counts: with AI_ALL getaddrinfo() asks for IPv4
	 * behind an answer for IPv6.  What lookups inside this one left does not.
	 */
	if (lookup->name && status == NSS_STATUS_SUCCESS)
		canonical_source = lookup->outcome.canonical_source;
	thread->canonical_source = canonical_source;
	give_kept_back(run);
	return status;
}

enum nss_status fopnp_lookup_run(struct fopnp_lookup *lookup, fopnp_chain_run *run_chain)
{
	struct run run = {
		.lookup = lookup,
		.run_chain = run_chain,
		.buffer = lookup->buffer,
		.buflen = lookup->buflen,
		.entry_errno = errno,
		.entry_error = *lookup->errnop,
	};
	enum nss_status status;

	lookup->outcome.ttl = INT32_MAX;
	fopnp_entry_begin(&run.entry);
	if (!run.entry.is_allowed || fopnp_config_environment()->is_bypassed)
		status = decline(&run);
	else
		status = run_guarded(&run);
	if (status == NSS_STATUS_SUCCESS) {
		errno = run.entry_errno;
		*lookup->errnop = run.entry_error;
	}
	fopnp_entry_end(&run.entry);
	return status;
}

enum nss_status fopnp_lookup_getcanonname(const char *name, char *buffer, size_t buflen,
					  char **result, int *errnop, int *h_errnop)
{
	enum nss_status status = NSS_STATUS_UNAVAIL;
	const struct fopnp_functions *functions = NULL;
	struct fopnp_entry entry;

	fopnp_entry_begin(&entry);
	if (entry.is_allowed && entry.thread->canonical_source)
		functions = atomic_load(&entry.thread->canonical_source->functions);
	if (functions && functions->getcanonname_r)
		status = functions->getcanonname_r(name, buffer, buflen, result, errnop, h_errnop);
	else
		*h_errnop = NO_RECOVERY; /* getaddrinfo() then takes the name that was asked for */
	fopnp_entry_end(&entry);
	return status;
}
