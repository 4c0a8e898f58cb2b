/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the outcome of fopnp:hosts is that of files. */
#include "tests/nss/hosts_differential/hosts_differential.h"

#include <errno.h>
#include <netdb.h>

const char *const hosts_verdict_texts[HOSTS_VERDICTS] = {
	[HOSTS_SAME] = "identical",
	[HOSTS_LESS_ROOM] = "answered where files wants a larger buffer",
	[HOSTS_UNSET] = "by address without a hosts file: files leaves h_errno unset",
	[HOSTS_DIFFERENT] = "DIFFERENT",
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
	return !outcome->has_answer && outcome->h_error == NETDB_INTERNAL;
}

static const char *find_difference(const struct test_call *call, const struct outcome *files,
				   const struct outcome *fopnp)
{
	if (!files->is_done || !fopnp->is_done)
		return "one side died";
	if (files->code != fopnp->code)
		return "return code";
	if (files->has_answer != fopnp->has_answer)
		return "answer";
	if (files->digest != fopnp->digest)
		return "content of the answer";
	if (has_meaning_h_errno(call, files) && files->h_error != fopnp->h_error)
		return "h_errno";
	if (has_meaning_errno(call, files) && files->error != fopnp->error)
		return "errno";
	return NULL;
}

static bool is_refused(const struct outcome *outcome)
{
	return outcome->code == ERANGE && outcome->h_error == NETDB_INTERNAL;
}

/*
 * files reads each line into the caller's buffer, comments too, and says ERANGE
 * where one does not fit; fopnp:hosts wants room for the answer alone.  Then its
 * answer must be what files says when the buffer is large enough, if it ever is.
 */
static bool needs_less_room(const struct test_call *call, const struct outcome *files,
			    const struct outcome *fopnp, const struct outcome *grown)
{
	if (!is_reentrant(call->api) || !is_refused(files) || is_refused(fopnp))
		return false;
	return !grown || is_refused(grown) || !grown->is_done ||
	       (grown->code == fopnp->code && grown->has_answer == fopnp->has_answer &&
		grown->digest == fopnp->digest &&
		(fopnp->has_answer || grown->h_error == fopnp->h_error));
}

enum hosts_verdict hosts_judge(const struct test_call *call, const struct outcome *files,
			       const struct outcome *fopnp, const struct outcome *grown,
			       const char **out_what)
{
	*out_what = find_difference(call, files, fopnp);
	if (!*out_what)
		return HOSTS_SAME;
	if (files->is_done && fopnp->is_done && needs_less_room(call, files, fopnp, grown))
		return HOSTS_LESS_ROOM;
	return HOSTS_DIFFERENT;
}
