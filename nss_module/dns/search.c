/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The search list at work, see search.h. */
#include "nss_module/dns/search.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>

struct search {
	const struct fopnp_dns_settings *settings;
	const char *name;
	fopnp_dns_ask_name *ask;
	void *context;
	int error; /* errno: a name that is not asked leaves the last one's */
};

/* "" and "." are the root; glibc takes one dot in front of any domain away. */
static const char *without_dot(const char *domain)
{
	return domain[0] == '.' ? domain + 1 : domain;
}

bool fopnp_dns_search_name(const struct fopnp_dns_settings *settings, const char *name,
			   size_t domain, char out[static FOPNP_DNS_NAME_SIZE])
{
	size_t len = strlen(name), domain_len;
	const char *text;

	if (domain == FOPNP_DNS_AS_IS) {
		if (len == 0 || len >= NS_MAXDNAME)
			return false;
		memcpy(out, name, len + 1);
		return true;
	}
	text = without_dot(settings->search[domain]);
	domain_len = strlen(text);
	if (len + domain_len + 1 >= NS_MAXDNAME)
		return false;
	memcpy(out, name, len);
	out[len] = '.';
	memcpy(out + len + 1, text, domain_len + 1);
	return true;
}

static struct fopnp_dns_outcome ask_one(struct search *search, size_t domain)
{
	struct fopnp_dns_outcome outcome = { .h_error = NO_RECOVERY, .error = search->error };
	char text[FOPNP_DNS_NAME_SIZE];

	if (fopnp_dns_search_name(search->settings, search->name, domain, text))
		outcome = search->ask(search->context, text, domain);
	search->error = outcome.error;
	return outcome;
}

/* What the domains came to. */
struct seen {
	bool had_any, had_root, had_no_data, had_server_failure;
};

static bool is_worth_going_on(const struct fopnp_dns_outcome *outcome, struct seen *seen)
{
	switch (outcome->h_error) {
	case NO_DATA:
		seen->had_no_data = true;
		return true;
	case HOST_NOT_FOUND:
		return true;
	case TRY_AGAIN:
		if (outcome->rcode != ns_r_servfail)
			return false;
		seen->had_server_failure = true;
		return true;
	default:
		return false;
	}
}

/* True if the search ends there: with an answer, or because nobody listens. */
static bool ask_domains(struct search *search, struct seen *seen,
			struct fopnp_dns_outcome *out_outcome)
{
	const struct fopnp_dns_settings *settings = search->settings;
	bool goes_on = true;

	for (size_t i = 0; goes_on && i < settings->search_count; i++) {
		seen->had_any = true;
		seen->had_root |= without_dot(settings->search[i])[0] == '\0';
		*out_outcome = ask_one(search, i);
		if (out_outcome->is_answered)
			return true;
		if (out_outcome->error == ECONNREFUSED) {
			out_outcome->h_error = TRY_AGAIN;
			return true;
		}
		goes_on = is_worth_going_on(out_outcome, seen) && settings->searches_list;
	}
	return false;
}

static size_t count_dots(const char *name)
{
	size_t dots = 0;

	for (; *name; name++)
		dots += *name == '.';
	return dots;
}

struct fopnp_dns_outcome fopnp_dns_search(const struct fopnp_dns_settings *settings,
					  const char *name, fopnp_dns_ask_name *ask, void *context)
{
	struct search search = { settings, name, ask, context, 0 };
	struct fopnp_dns_outcome outcome = { .h_error = HOST_NOT_FOUND };
	struct seen seen = { .had_any = false };
	size_t len = strlen(name), dots = count_dots(name);
	bool is_absolute = len > 0 && name[len - 1] == '.';
	bool was_asked_as_is = dots >= settings->ndots || is_absolute;
	int first_h_error = 0;

	if (was_asked_as_is) {
		outcome = ask_one(&search, FOPNP_DNS_AS_IS);
		if (outcome.is_answered || is_absolute)
			return outcome;
		first_h_error = outcome.h_error;
	}
	if (dots ? settings->searches_list : settings->searches_default)
		if (ask_domains(&search, &seen, &outcome))
			return outcome;
	if ((dots > 0 || !seen.had_any || !settings->is_tld_query_off) && !was_asked_as_is &&
	    !seen.had_root) {
		outcome = ask_one(&search, FOPNP_DNS_AS_IS);
		if (outcome.is_answered)
			return outcome;
	}
	/* What the name itself came to counts for most, if it was asked first. */
	if (was_asked_as_is)
		outcome.h_error = first_h_error;
	else if (seen.had_no_data)
		outcome.h_error = NO_DATA;
	else if (seen.had_server_failure)
		outcome.h_error = TRY_AGAIN;
	return outcome;
}
