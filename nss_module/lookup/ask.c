/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to built-in sources, see ask.h. */
#include "nss_module/lookup/ask.h"

#include "nss_module/lookup/answer_buffer.h"

#include <errno.h>

enum fopnp_ask_kind fopnp_ask_kind(const struct fopnp_ask *ask)
{
	if (!ask->name)
		return FOPNP_ASK_ADDRESS;
	return ask->function == FOPNP_GETHOSTBYNAME4_R ? FOPNP_ASK_BOTH_FAMILIES : FOPNP_ASK_FAMILY;
}

enum nss_status fopnp_ask_fail(struct fopnp_ask *ask, enum nss_status status, int error,
			       int h_error)
{
	*ask->errnop = error;
	*ask->h_errnop = h_error;
	return status;
}

enum nss_status fopnp_ask_too_small(struct fopnp_ask *ask)
{
	return fopnp_ask_fail(ask, NSS_STATUS_TRYAGAIN, ERANGE, NETDB_INTERNAL);
}

enum nss_status fopnp_ask_no_memory(struct fopnp_ask *ask)
{
	return fopnp_ask_fail(ask, NSS_STATUS_TRYAGAIN, ENOMEM, NETDB_INTERNAL);
}

const struct fopnp_conf_option *fopnp_ask_option(const struct fopnp_ask *ask,
						 enum fopnp_conf_option_kind kind, size_t n)
{
	const struct fopnp_conf *conf = ask->conf;

	for (size_t i = 0; conf && i < conf->option_count; i++)
		if (conf->options[i].kind == kind && n-- == 0)
			return &conf->options[i];
	return NULL;
}

enum nss_status fopnp_ask_answer(struct fopnp_ask *ask, const struct fopnp_answer *answer)
{
	bool fits;

	if (fopnp_ask_kind(ask) == FOPNP_ASK_BOTH_FAMILIES)
		fits = fopnp_answer_as_tuples(answer, ask->buffer, ask->buflen, ask->first);
	else
		fits = fopnp_answer_as_hostent(answer, ask->family, ask->buffer, ask->buflen,
					       ask->host, ask->canonical);
	if (!fits)
		return fopnp_ask_too_small(ask);
	if (answer->ttl != INT32_MAX)
		*ask->ttl = answer->ttl;
	*ask->h_errnop = NETDB_SUCCESS;
	return NSS_STATUS_SUCCESS;
}
