/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether the outcome through fopnp is the plain line's.  What may differ is
 * listed here, each as narrowly as it can be told from outside.
 */
#include "tests/nss/differential/differential.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

const char *const verdict_texts[VERDICTS] = {
	[VERDICT_SAME] = "identical",
	[VERDICT_MAPPED] = "AF_INET6 with AI_V4MAPPED over several sources",
	[VERDICT_MAPPED_ONE] = "the same over one source: errno after a success, status RETURN",
	[VERDICT_EMPTY] = "a SUCCESS without an address, where getaddrinfo asks again",
	[VERDICT_MAPPED_UNSPEC] = "IPv4-mapped addresses of a module without 4_r, AI_V4MAPPED",
	[VERDICT_TRANSLATED] = "code of an UNAVAIL with something behind fopnp",
	[VERDICT_H_ERRNO] = "gethostbyname2_r(AF_INET6) given &h_errno",
	[VERDICT_3_NOT_2] = "AF_UNSPEC over a module with 3_r and without 2_r",
	[VERDICT_MERGE] = "MERGE on the line: fopnp declines, its h_errno stays",
	[VERDICT_RESIDUE] = "errno left by an ERANGE, where the last source sets no errno",
	[VERDICT_COPY_NO_ROOM] = "ERANGE where an answer outside the buffer must be copied",
	[VERDICT_DIFFERENT] = "DIFFERENT",
};

static bool is_reentrant(enum api api)
{
	return api == API_GETHOSTBYNAME_R || api == API_GETHOSTBYNAME2_R ||
	       api == API_GETHOSTBYADDR_R;
}

static bool gives_eai_code(enum api api)
{
	return api == API_GETADDRINFO || api == API_GETNAMEINFO;
}

/* h_errno is getXXbyYY's own; getaddrinfo leaves in it what it likes. */
static bool has_meaning_h_errno(const struct test_call *call, const struct outcome *outcome)
{
	return !gives_eai_code(call->api) && !outcome->has_answer;
}

static bool has_meaning_errno(const struct test_call *call, const struct outcome *outcome)
{
	if (gives_eai_code(call->api))
		return outcome->code == EAI_SYSTEM;
	if (is_reentrant(call->api))
		return outcome->code != 0;
	return !outcome->has_answer && outcome->h_error == NETDB_INTERNAL &&
	       call->h_error != NETDB_INTERNAL; /* else it may be what was there before */
}

/*
 * How often the modules may be asked.  For one whose buffer was too small fopnp
 * asks the sources behind it at once, and a program that tries again with a
 * larger buffer asks all of them again.
 */
static unsigned may_ask(const struct test_call *call, const struct outcome *plain)
{
	if (is_reentrant(call->api) && (call->grows || plain->code == ERANGE))
		return UINT_MAX;
	return plain->asked;
}

/* glibc went on behind fopnp, which it may only where fopnp declines: MERGE on the line. */
static bool is_bypassed(const struct comparison *context, const struct outcome *fopnp)
{
	return fopnp->bypassed > 0 && !context->order->has_merge;
}

static const char *find_difference(const struct comparison *context, const struct outcome *plain,
				   const struct outcome *fopnp)
{
	const struct test_call *call = context->call;
	if (!plain->is_done || !fopnp->is_done)
		return plain->is_done == fopnp->is_done ? "both died" : "one side died";
	if (plain->code != fopnp->code)
		return "return code";
	if (plain->has_answer != fopnp->has_answer)
		return "answer";
	if (plain->digest != fopnp->digest)
		return "content of the answer";
	if (has_meaning_h_errno(call, plain) && plain->h_error != fopnp->h_error)
		return "h_errno";
	if (has_meaning_errno(call, plain) && plain->error != fopnp->error)
		return "errno";
	if (is_bypassed(context, fopnp))
		return "glibc asked the list behind fopnp";
	if (fopnp->asked > may_ask(call, plain))
		return "modules asked more often";
	return NULL;
}

/* AF_INET6 by the hints, or made so by AI_ADDRCONFIG on an IPv6-only host. */
static bool asks_inet6(const struct comparison *context)
{
	const struct test_call *call = context->call;
	return call->family == AF_INET6 ||
	       (call->family == AF_UNSPEC && (call->flags & AI_ADDRCONFIG) && context->has_v6 &&
		!context->has_v4);
}

static bool asks_unspec(const struct comparison *context)
{
	const struct test_call *call = context->call;
	return call->family == AF_UNSPEC &&
	       !((call->flags & AI_ADDRCONFIG) && context->has_v6 != context->has_v4);
}

/*
 * An UNAVAIL of the order's own, with something behind fopnp, becomes TRYAGAIN so
 * that nothing behind it is asked.  h_errno stays; glibc makes EAGAIN of it where
 * it made errno of the UNAVAIL, and would take ERANGE, if that was in errno, for
 * a buffer too small, hence EINVAL.
 */
static bool is_translated(const struct comparison *context, const struct outcome *plain,
			  const struct outcome *fopnp)
{
	const struct test_call *call = context->call;
	if (!context->is_followed || plain->has_answer || fopnp->has_answer ||
	    fopnp->asked > may_ask(call, plain))
		return false;
	if (gives_eai_code(call->api))
		return plain->code == EAI_SYSTEM && fopnp->code == EAI_SYSTEM &&
		       plain->error == ERANGE && fopnp->error == EINVAL;
	return is_reentrant(call->api) && plain->h_error == fopnp->h_error &&
	       plain->h_error != NETDB_INTERNAL && plain->code != 0 && plain->code != EAGAIN &&
	       fopnp->code == EAGAIN && fopnp->error == EAGAIN;
}

/*
 * The plain line drops IPv4-mapped addresses here if they came by 2_r or 3_r, but
 * not if they came by 4_r, which is how they all come from fopnp.
 */
static bool is_mapped_unspec(const struct comparison *context, const struct outcome *plain,
			     const struct outcome *fopnp)
{
	const struct test_call *call = context->call;
	return context->order->has_2_not_4 && asks_unspec(context) &&
	       (call->flags & (AI_V4MAPPED | AI_ALL)) == AI_V4MAPPED && fopnp->has_mapped &&
	       !plain->has_mapped;
}

/*
 * getaddrinfo(AF_INET6) calls the module's 2_r with &h_errno and runs the one loop,
 * gethostbyname2_r() calls it with its caller's pointer and runs the other; a
 * caller that gives &h_errno looks like getaddrinfo.
 */
static bool looks_like_getaddrinfo(const struct test_call *call)
{
	return call->api == API_GETHOSTBYNAME2_R && call->family == AF_INET6 &&
	       call->passes_h_errno;
}

/* An answer outside the buffer needs more room inside it than it did outside. */
static bool has_no_room(const struct comparison *context, const struct outcome *plain,
			const struct outcome *fopnp)
{
	const struct test_call *call = context->call;
	return context->order->has_static && is_reentrant(call->api) && !call->grows &&
	       plain->has_answer && fopnp->code == ERANGE && fopnp->h_error == NETDB_INTERNAL;
}

/* AF_INET6 + AI_V4MAPPED: glibc asks each source for both families before the next. */
static enum verdict judge_mapped(const struct comparison *context, const struct outcome *plain,
				 const struct outcome *fopnp)
{
	if (!asks_inet6(context) || !(context->call->flags & AI_V4MAPPED))
		return VERDICT_DIFFERENT;
	if (context->order->sources > 1)
		return VERDICT_MAPPED;
	/* fopnp leaves no errno behind a success, a module may, and the next may leave it alone */
	if (plain->code == EAI_SYSTEM && fopnp->code == EAI_SYSTEM)
		return VERDICT_MAPPED_ONE;
	/* a translated UNAVAIL of the one family and RETURN of the other make another mixture */
	return context->is_followed && plain->was_return ? VERDICT_MAPPED_ONE : VERDICT_DIFFERENT;
}

/*
 * For AF_INET, an answer without an address sends getaddrinfo through its other
 * loop as well; with AI_V4MAPPED it counts as one of two answers.
 */
static bool is_empty_success(const struct comparison *context, const struct outcome *plain)
{
	const struct test_call *call = context->call;
	return plain->was_empty && !asks_unspec(context) &&
	       (!asks_inet6(context) || (call->flags & AI_V4MAPPED));
}

static enum verdict judge_getaddrinfo(const struct comparison *context, const struct outcome *plain,
				      const struct outcome *fopnp)
{
	const struct test_call *call = context->call;
	enum verdict mapped = judge_mapped(context, plain, fopnp);
	if (mapped != VERDICT_DIFFERENT)
		return mapped;
	if (is_empty_success(context, plain))
		return VERDICT_EMPTY;
	if (context->order->has_3_not_2 && asks_unspec(context) && !(call->flags & AI_CANONNAME))
		return VERDICT_3_NOT_2;
	return is_mapped_unspec(context, plain, fopnp) ? VERDICT_MAPPED_UNSPEC : VERDICT_DIFFERENT;
}

/*
 * A line with MERGE is not the module's: it declines, and glibc runs the list that
 * follows.  But it declines with NO_RECOVERY, which stays in h_errno where no
 * source says something else, and glibc calls it a usable source.
 */
static bool is_declined_merge(const struct comparison *context, const struct outcome *plain,
			      const struct outcome *fopnp)
{
	return context->order->has_merge && fopnp->bypassed >= fopnp->asked &&
	       !(plain->has_answer && fopnp->has_answer);
}

/*
 * Natively a retry asks the sources before the one that refused again, and they
 * set errno; fopnp does not ask them again, so errno is still ERANGE when a later
 * source fails without saying why.
 */
static bool is_residue(const struct comparison *context, const struct outcome *plain,
		       const struct outcome *fopnp)
{
	return context->order->sources > 1 && fopnp->was_refused && plain->leaves_errors &&
	       fopnp->leaves_errors && !plain->has_answer && !fopnp->has_answer &&
	       fopnp->asked <= may_ask(context->call, plain);
}

static enum verdict judge_host(const struct comparison *context, const struct outcome *plain,
			       const struct outcome *fopnp)
{
	if (looks_like_getaddrinfo(context->call))
		return VERDICT_H_ERRNO;
	return has_no_room(context, plain, fopnp) ? VERDICT_COPY_NO_ROOM : VERDICT_DIFFERENT;
}

enum verdict compare_outcomes(const struct comparison *context, const struct outcome *plain,
			      const struct outcome *fopnp, const char **out_what)
{
	*out_what = find_difference(context, plain, fopnp);
	if (!*out_what)
		return VERDICT_SAME;
	if (!plain->is_done || !fopnp->is_done || is_bypassed(context, fopnp))
		return VERDICT_DIFFERENT; /* nothing excuses these */
	if (is_translated(context, plain, fopnp))
		return VERDICT_TRANSLATED;
	if (is_declined_merge(context, plain, fopnp))
		return VERDICT_MERGE;
	enum verdict verdict = context->call->api == API_GETADDRINFO
				       ? judge_getaddrinfo(context, plain, fopnp)
				       : judge_host(context, plain, fopnp);
	if (verdict == VERDICT_DIFFERENT && is_residue(context, plain, fopnp))
		return VERDICT_RESIDUE;
	return verdict;
}
