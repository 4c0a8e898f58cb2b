/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Name servers that do not reply, or not as they should, and what that costs a lookup. */
#include "tools/check_servers.h"

#include "tools/check_system.h"
#include "tools/dns_message.h"
#include "tools/findings.h"
#include "tools/memory.h"
#include "tools/resolv_options.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOW_US 1000000

static void place(const struct fopnp_check_server *server, struct fopnp_finding *finding)
{
	if (server->line)
		fopnp_finding_set_place(finding, server->file, server->line);
}

static bool is_stub(const struct fopnp_check_server *server)
{
	return strcmp(server->text, "127.0.0.53") == 0 || strcmp(server->text, "127.0.0.54") == 0;
}

const struct fopnp_check_server *fopnp_check_find_stub(const struct fopnp_check_system *system)
{
	for (size_t i = 0; i < system->server_count; i++)
		if (is_stub(&system->servers[i]))
			return &system->servers[i];
	return NULL;
}

/* stub-without-resolved, resolved-silent, resolv-conf-missing tell of it. */
static bool is_told_elsewhere(const struct fopnp_check_system *system,
			      const struct fopnp_check_server *server)
{
	return (is_stub(server) && (system->resolved == FOPNP_CHECK_ABSENT ||
				    system->resolved == FOPNP_CHECK_SILENT)) ||
	       (!server->line && system->files[FOPNP_CHECK_RESOLV_CONF].error);
}

/* ---- the time that silence costs ---- */

static struct fopnp_resolv_options read_options(const struct fopnp_check_system *system)
{
	const struct fopnp_check_file *file = &system->files[FOPNP_CHECK_RESOLV_CONF];
	struct fopnp_resolv_options options;

	fopnp_resolv_options_read(file->bytes, file->len, &options);
	return options;
}

static bool replies(const struct fopnp_check_server *server)
{
	return server->state == FOPNP_CHECK_THERE;
}

static bool is_any_there(const struct fopnp_check_system *system)
{
	for (size_t i = 0; i < system->server_count; i++)
		if (replies(&system->servers[i]))
			return true;
	return false;
}

/* Until a server replies: those in front of it that say nothing; without one, all of them. */
static unsigned cost_s(const struct fopnp_check_system *system)
{
	struct fopnp_resolv_options options = read_options(system);
	unsigned once_s = 0;

	for (size_t i = 0; i < system->server_count && !replies(&system->servers[i]); i++)
		if (system->servers[i].state == FOPNP_CHECK_SILENT)
			once_s += fopnp_resolv_wait_s(options.timeout_s, i, system->server_count);
	if (is_any_there(system))
		return once_s;
	return options.attempts > 0 ? once_s * (unsigned)options.attempts : 0;
}

/* How often: a name of the search list is a lookup of its own to the servers. */
static const char *search_words(const struct fopnp_check_system *system)
{
	return system->resolv.search_count > 0
		       ? ", and as much again for each name that is made with a search domain"
		       : "";
}

static bool is_first_that_counts(const struct fopnp_check_system *system, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (replies(&system->servers[i]))
			return false;
	return true;
}

static void note_silent(const struct fopnp_check_system *system, size_t index,
			struct fopnp_findings *findings)
{
	const struct fopnp_check_server *server = &system->servers[index];
	struct fopnp_resolv_options options = read_options(system);
	bool is_first = is_first_that_counts(system, index);
	double waited_s = (double)server->elapsed_us / 1e6;
	struct fopnp_finding *added;

	if (!is_any_there(system))
		added = fopnp_findings_add(
			findings, "server-silent", FOPNP_ERROR,
			"%s did not reply within %.1f s, nor does any other: a lookup in the DNS "
			"fails after %u s%s",
			server->text, waited_s, cost_s(system), search_words(system));
	else if (is_first)
		added = fopnp_findings_add(
			findings, "server-silent", FOPNP_ERROR,
			"%s did not reply within %.1f s: each lookup in the DNS waits %u s for it "
			"before the next server is asked%s",
			server->text, waited_s,
			fopnp_resolv_wait_s(options.timeout_s, index, system->server_count),
			options.is_rotating ? ", where rotate begins with it"
					    : search_words(system));
	else
		added = fopnp_findings_add(
			findings, "server-silent", FOPNP_WARNING,
			"%s did not reply within %.1f s: it is no help when those before it fail%s",
			server->text, waited_s,
			options.is_rotating ? ", and rotate begins with it at times" : "");
	if (!is_any_there(system))
		fopnp_finding_set_fix(added,
				      "look at this host's network and at UDP port 53 first; "
				      "or write other servers there");
	else
		fopnp_finding_set_fix(added, "take %s out of %s%s", server->text, server->file,
				      is_first ? ", or put it behind those that reply" : "");
	place(server, added);
}

void fopnp_check_servers_silent(const struct fopnp_check_system *system,
				struct fopnp_findings *findings)
{
	for (size_t i = 0; i < system->server_count; i++)
		if (system->servers[i].state == FOPNP_CHECK_SILENT &&
		    !is_told_elsewhere(system, &system->servers[i]))
			note_silent(system, i, findings);
}

void fopnp_check_servers_slow(const struct fopnp_check_system *system,
			      struct fopnp_findings *findings)
{
	for (size_t i = 0; i < system->server_count; i++) {
		const struct fopnp_check_server *server = &system->servers[i];
		struct fopnp_finding *added;

		if (!replies(server) || server->elapsed_us < SLOW_US)
			continue;
		added = fopnp_findings_add(findings, "server-slow", FOPNP_WARNING,
					   "%s took %.1f s to say who serves the root, which it "
					   "should know by heart",
					   server->text, (double)server->elapsed_us / 1e6);
		fopnp_finding_set_fix(added, "ask a nearer server, or see what that one waits for");
		place(server, added);
	}
}

/* ---- nobody there ---- */

static void note_gone(const struct fopnp_check_system *system, size_t index, const char *id,
		      const char *what, const char *fix, struct fopnp_findings *findings)
{
	const struct fopnp_check_server *server = &system->servers[index];
	bool is_any = is_any_there(system);
	struct fopnp_finding *added = fopnp_findings_add(
		findings, id, is_any ? FOPNP_WARNING : FOPNP_ERROR, "%s %s (%s)%s", server->text,
		what, strerror(server->error),
		!is_any                               ? ": no name server answers"
		: is_first_that_counts(system, index) ? ": each lookup asks it in vain first"
						      : "");

	fopnp_finding_set_fix(added, "%s", fix);
	place(server, added);
}

static bool is_gone(const struct fopnp_check_system *system,
		    const struct fopnp_check_server *server)
{
	return server->state == FOPNP_CHECK_ABSENT && server->is_refused &&
	       !is_told_elsewhere(system, server);
}

void fopnp_check_servers_refused(const struct fopnp_check_system *system,
				 struct fopnp_findings *findings)
{
	for (size_t i = 0; i < system->server_count; i++)
		if (is_gone(system, &system->servers[i]) &&
		    system->servers[i].error == ECONNREFUSED)
			note_gone(system, i, "server-refused", "has nobody at its port 53",
				  "start the server there, or take the line out", findings);
}

void fopnp_check_servers_unreachable(const struct fopnp_check_system *system,
				     struct fopnp_findings *findings)
{
	for (size_t i = 0; i < system->server_count; i++)
		if (is_gone(system, &system->servers[i]) &&
		    system->servers[i].error != ECONNREFUSED)
			note_gone(system, i, "server-unreachable", "cannot be reached",
				  "see `ip route get` for the address; or take the line out",
				  findings);
}

/* A server of its own zones alone refuses the root with good reason. */
void fopnp_check_servers_failed(const struct fopnp_check_system *system,
				struct fopnp_findings *findings)
{
	for (size_t i = 0; i < system->server_count; i++) {
		const struct fopnp_check_server *server = &system->servers[i];
		bool is_broken = server->rcode == ns_r_servfail;
		char word[FOPNP_DNS_WORD_TEXT];
		struct fopnp_finding *added;

		if (!replies(server) || server->rcode <= 0 || server->rcode == ns_r_nxdomain)
			continue;
		added = fopnp_findings_add(
			findings, "server-failed", is_broken ? FOPNP_WARNING : FOPNP_INFO,
			"%s said %s when asked who serves the root%s", server->text,
			fopnp_dns_rcode_name((unsigned)server->rcode, word),
			is_broken ? ": it can probably ask nobody itself"
				  : ": it may have nothing but zones of its own");
		fopnp_finding_set_fix(added, is_broken
						     ? "look at that server, and at what it asks"
						     : "see that it answers this host for names of "
						       "others as well, if it is meant to");
		place(server, added);
	}
}

void fopnp_check_servers_stub(const struct fopnp_check_system *system,
			      struct fopnp_findings *findings)
{
	for (size_t i = 0; i < system->server_count; i++) {
		const struct fopnp_check_server *server = &system->servers[i];
		struct fopnp_finding *added;

		if (!is_stub(server) || replies(server))
			continue;
		if (system->root)
			added = fopnp_findings_add(
				findings, "stub-without-resolved", FOPNP_INFO,
				"%s is systemd-resolved's own address: it answers only where that "
				"runs in the same network namespace, so not in a container",
				server->text);
		else if (system->resolved == FOPNP_CHECK_ABSENT)
			added = fopnp_findings_add(findings, "stub-without-resolved", FOPNP_ERROR,
						   "%s is systemd-resolved, which does not run "
						   "here: nobody answers",
						   server->text);
		else
			continue;
		fopnp_finding_set_fix(added, "start systemd-resolved, or write the address of a "
					     "name server that can be reached");
		place(server, added);
	}
}
