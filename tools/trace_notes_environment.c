/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on the environment variables that glibc's resolver obeys (resolver(3), hostname(7)). */
#include "tools/trace_notes.h"

#include "nss_module/lookup/ascii.h"
#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/trace_facts.h"

#include <string.h>

/* ---- HOSTALIASES ---- */

/* Whether a packet asks for NAME, or for it with a domain behind. */
static bool does_wire_ask(const struct fopnp_wire *wire, const char *name)
{
	size_t len = fopnp_name_length(name);

	for (size_t i = 0; i < wire->count; i++) {
		const struct fopnp_dns_message *message = &wire->packets[i].message;
		size_t asked = strlen(message->name);

		if (wire->packets[i].is_parsed && message->has_question && asked >= len &&
		    (message->name[len] == '.' || message->name[len] == '\0') &&
		    fopnp_ascii_equal(message->name, len, name, len))
			return true;
	}
	return false;
}

static void note_host_aliases(struct fopnp_trace *trace, const struct fopnp_step *dns)
{
	unsigned line = 0;
	FOPNP_AUTO_FREE char *alias = fopnp_trace_host_alias(trace, &line);
	struct fopnp_finding *added;

	if (!alias || (dns->wire && !does_wire_ask(dns->wire, alias)))
		return;
	added = fopnp_findings_add(&trace->notes, "host-aliases-set", FOPNP_WARNING,
				   "HOSTALIASES in the environment turned %s into %s",
				   trace->request.name, alias);
	fopnp_finding_set_fix(added, "unset HOSTALIASES, or ask for \"%s.\" with a final dot",
			      trace->request.name);
	fopnp_finding_set_place(added, trace->resolver.host_aliases, line);
}

/* ---- LOCALDOMAIN ---- */

static bool does_wire_ask_below(const struct fopnp_wire *wire, const char *domain)
{
	for (size_t i = 0; wire && i < wire->count; i++)
		if (wire->packets[i].is_parsed && wire->packets[i].message.has_question &&
		    fopnp_name_is_below(wire->packets[i].message.name, domain))
			return true;
	return false;
}

static void note_local_domain(struct fopnp_trace *trace, const struct fopnp_step *dns)
{
	const struct fopnp_resolver_config *resolver = &trace->resolver;
	const char *name = trace->request.name;
	bool is_asked = false;

	if (!resolver->local_domain || name[fopnp_name_length(name)] == '.')
		return;
	for (size_t i = 0; i < resolver->search_count; i++)
		is_asked = is_asked || does_wire_ask_below(dns->wire, resolver->search[i]);
	fopnp_finding_set_fix(
		fopnp_findings_add(&trace->notes, "local-domain-set",
				   is_asked ? FOPNP_WARNING : FOPNP_INFO,
				   "LOCALDOMAIN=%s in the environment stands in the place of the "
				   "search list of /etc/resolv.conf",
				   resolver->local_domain),
		"unset LOCALDOMAIN to see what other programs get");
}

/* ---- RES_OPTIONS ---- */

static size_t word_length(const char *text)
{
	return strcspn(text, " \t\n");
}

static bool has_word(const char *text, const char *word, size_t len)
{
	while (*text) {
		size_t length = word_length(text);

		if (length == len && memcmp(text, word, len) == 0)
			return true;
		text += length ? length : 1;
	}
	return false;
}

/* Words that glibc knows, and that change what it does. */
static bool is_known(const char *word)
{
	static const char *const known[] = {
		"ndots:",         "timeout:",     "attempts:", "rotate",   "edns0",
		"single-request", "no-tld-query", "use-vc",    "trust-ad", "no-aaaa",
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strncmp(word, known[i], strlen(known[i])) == 0)
			return true;
	return false;
}

/* Whether a word of RES_OPTIONS changes what the options lines, WRITTEN, say. */
static bool is_effective(const char *word, size_t len, const char *written)
{
	/* Without options lines these are what glibc does anyhow. */
	if (!written[0] && has_word("ndots:1 timeout:5 attempts:2", word, len))
		return false;
	return is_known(word) && !has_word(written, word, len);
}

static void note_res_options(struct fopnp_trace *trace)
{
	const char *options = trace->resolver.res_options;
	const char *written = trace->resolver.options_text ? trace->resolver.options_text : "";
	bool is_changed = false;

	for (const char *at = options; at && *at && !is_changed;) {
		size_t len = word_length(at);

		is_changed = len > 0 && is_effective(at, len, written);
		at += len ? len : 1;
	}
	if (is_changed)
		fopnp_finding_set_fix(
			fopnp_findings_add(&trace->notes, "res-options-set", FOPNP_INFO,
					   "RES_OPTIONS=%s in the environment changes the options "
					   "of /etc/resolv.conf",
					   options),
			"unset RES_OPTIONS to see what other programs get");
}

void fopnp_trace_note_environment(struct fopnp_trace *trace)
{
	const struct fopnp_step *dns = fopnp_trace_find_dns(trace);

	if (!dns || !fopnp_step_was_asked(dns))
		return;
	note_host_aliases(trace, dns);
	note_local_domain(trace, dns);
	note_res_options(trace);
}
