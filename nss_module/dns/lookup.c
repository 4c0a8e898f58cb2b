/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One lookup, see lookup.h. */
#include "nss_module/dns/lookup.h"

#include "nss_module/dns/outcome.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

struct fopnp_dns_lookup *fopnp_dns_lookup_start(const struct fopnp_ask *ask)
{
	struct fopnp_dns_lookup *lookup = calloc(1, sizeof(*lookup));

	if (!lookup || !fopnp_dns_settings_read(ask, &lookup->settings)) {
		free(lookup);
		return NULL;
	}
	lookup->ask = ask;
	lookup->name = ask->name;
	lookup->log.start_us = fopnp_dns_now_us();
	fopnp_dns_answer_start(&lookup->answer);
	return lookup;
}

static void drop_replies(struct fopnp_dns_lookup *lookup)
{
	for (size_t i = 0; i < FOPNP_DNS_QUESTIONS; i++) {
		free(lookup->replies[i].packet);
		lookup->replies[i] = (struct fopnp_dns_reply){ .packet = NULL };
		lookup->is_usable[i] = false;
	}
}

void fopnp_dns_lookup_end(struct fopnp_dns_lookup *lookup)
{
	drop_replies(lookup);
	fopnp_dns_answer_clear(&lookup->answer);
	if (lookup->transport)
		fopnp_dns_transport_give_back(lookup->transport);
	fopnp_dns_settings_clear(&lookup->settings);
	free(lookup);
}

static bool write_question(const struct fopnp_dns_lookup *lookup, const char *name, uint16_t type,
			   struct fopnp_dns_question *out)
{
	const struct fopnp_dns_settings *settings = &lookup->settings;
	uint16_t flags = 0;

	if (settings->is_recursive)
		flags |= FOPNP_DNS_FLAG_RD;
	if (settings->sets_ad)
		flags |= FOPNP_DNS_FLAG_AD;
	out->type = type;
	out->len = fopnp_dns_write_query(out->packet, 0, flags, name, type, ns_c_in,
					 lookup->only_tells_existence ? 0 : settings->edns_size);
	return out->len > 0;
}

static struct fopnp_dns_outcome fail(int h_error, int error)
{
	return (struct fopnp_dns_outcome){ .h_error = h_error, .error = error };
}

static bool take_transport(struct fopnp_dns_lookup *lookup)
{
	if (!lookup->transport)
		lookup->transport = fopnp_dns_transport_take(&lookup->settings);
	if (!lookup->transport)
		lookup->is_without_memory = true;
	return lookup->transport != NULL;
}

/* The last number stands for all further domains: the log is full long before. */
static uint8_t name_number(size_t domain)
{
	if (domain == FOPNP_DNS_AS_IS)
		return FOPNP_DNS_NAME_AS_IS;
	return (uint8_t)(domain < FOPNP_DNS_NAME_AS_IS ? domain : FOPNP_DNS_NAME_AS_IS - 1);
}

struct fopnp_dns_outcome fopnp_dns_lookup_ask(void *context, const char *name, size_t domain)
{
	struct fopnp_dns_lookup *lookup = context;
	struct fopnp_dns_outcome outcome;
	size_t first = lookup->log.count;

	drop_replies(lookup);
	for (size_t i = 0; i < lookup->type_count; i++)
		if (!write_question(lookup, name, lookup->types[i], &lookup->questions[i]))
			return fail(NO_RECOVERY, EMSGSIZE);
	if (lookup->settings.server_count == 0)
		return fail(TRY_AGAIN, ESRCH);
	if (!take_transport(lookup))
		return fail(NO_RECOVERY, ENOMEM);
	lookup->log.name = name_number(domain);
	fopnp_dns_transport_ask(lookup->transport, &lookup->settings, lookup->questions,
				lookup->type_count, lookup->replies, &lookup->log);
	outcome = fopnp_dns_judge(lookup->replies, lookup->type_count, lookup->settings.uses_tcp,
				  &lookup->log, first, lookup->is_usable);
	if (outcome.is_answered && lookup->only_tells_existence)
		return fail(NO_DATA, 0);
	return outcome;
}

struct fopnp_dns_bytes fopnp_dns_lookup_bytes(const struct fopnp_dns_lookup *lookup, size_t i)
{
	if (!lookup->is_usable[i])
		return (struct fopnp_dns_bytes){ NULL, 0 };
	return (struct fopnp_dns_bytes){ lookup->replies[i].packet, lookup->replies[i].len };
}
