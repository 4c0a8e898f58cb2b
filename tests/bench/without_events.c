/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module without events, in the place of event_send.c: what a build without them would cost. */
#include "nss_module/event_send.h"

bool fopnp_event_is_wanted(const struct fopnp_config *config)
{
	(void)config;
	return false;
}

void fopnp_event_announce_step(const struct fopnp_source *source, unsigned index)
{
	(void)source;
	(void)index;
}

void fopnp_event_send(const struct fopnp_config *config, const struct fopnp_lookup *lookup,
		      const struct fopnp_record *record, enum nss_status status)
{
	(void)config;
	(void)lookup;
	(void)record;
	(void)status;
}
