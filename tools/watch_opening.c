/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first lines of the live view. */
#include "tools/watch_opening.h"

#include "tools/escape.h"
#include "tools/lookup_order.h"
#include "tools/memory.h"
#include "tools/nscd_conf.h"
#include "tools/process_info.h"
#include "tools/request.h"
#include "tools/socket_probe.h"

#include <stdlib.h>
#include <string.h>

/* A statement, and what to do about it (NULL: nothing); both escaped here. */
static void say(FILE *out, const char *text, const char *hint)
{
	FOPNP_AUTO_FREE char *safe = fopnp_escape_text(text, strlen(text));
	FOPNP_AUTO_FREE char *safe_hint = hint ? fopnp_escape_text(hint, strlen(hint)) : NULL;

	(void)fprintf(out, "fopnp: %s\n", safe);
	if (safe_hint)
		(void)fprintf(out, "    %s\n", safe_hint);
}

static void say_waiting(FILE *out)
{
	struct fopnp_process_count count = fopnp_process_count_module();
	FOPNP_AUTO_FREE char *text =
		fopnp_memory_format("waiting: %zu of %zu processes have the module",
				    count.with_module, count.processes);

	say(out, text, "containers and chroots with another /run are not seen");
}

static void say_not_installed(FILE *out, const struct fopnp_lookup_order *line)
{
	FOPNP_AUTO_FREE char *text = NULL, *hint = NULL;

	if (line->file && line->line)
		text = fopnp_memory_format(
			"nothing will come: fopnp is not on the hosts line (%s:%u)", line->file,
			line->line);
	else
		text = fopnp_memory_copy_text(
			"nothing will come: there is no hosts line with fopnp");
	hint = fopnp_memory_format("make it hosts: fopnp [!UNAVAIL= return] %s, or watch one "
				   "command: fopnp run -- CMD",
				   line->text && *line->text ? line->text : "files dns");
	say(out, text, hint);
}

static void say_order(FILE *out)
{
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO, .flags = 0 };
	struct fopnp_lookup_order line;

	/* It is about the processes of others, not about one that we would start. */
	(void)unsetenv("FOPNP_ORDER");
	if (!fopnp_lookup_order_find(&request, NULL, &line))
		return;
	if (!line.is_installed)
		say_not_installed(out, &line);
	else if (line.outside > 0 && line.order)
		say(out,
		    "what stands in front of fopnp on the hosts line answers without being seen",
		    "fopnp should be the first word there");
	fopnp_lookup_order_clear(&line);
}

static void say_nscd(FILE *out)
{
	FOPNP_AUTO_FREE char *hint = NULL;
	struct fopnp_nscd_conf conf;

	if (fopnp_socket_probe(FOPNP_NSCD_SOCKET) != 0)
		return;
	fopnp_nscd_conf_read(&conf);
	if (!conf.is_enabled.value)
		return;
	hint = fopnp_memory_format("it keeps failures %ld s and answers %ld s or their ttl; "
				   "`nscd --invalidate=hosts` empties it",
				   conf.negative_ttl.value, conf.positive_ttl.value);
	say(out,
	    "nscd runs: programs ask it, its lookups are what is seen, and none while it has the "
	    "answer",
	    hint);
}

void fopnp_watch_opening_print(FILE *out)
{
	say_waiting(out);
	say_order(out);
	say_nscd(out);
	(void)fflush(out);
}
