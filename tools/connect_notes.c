/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the connections of `fopnp connect` say together. */
#include "tools/connect.h"

#include "nss_module/lookup/ascii.h"
#include "tools/host_name.h"
#include "tools/source_kind.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define SLOW_US 1000000u /* a program that waits so long for its first address seems to hang */

/* What came of the addresses of one family. */
struct family {
	int family;
	const char *name;
	size_t count, connected, refused, unreachable, timed_out;
};

static struct family count_family(const struct fopnp_connect *connect, int family)
{
	struct family counted = { .family = family, .name = family == AF_INET ? "IPv4" : "IPv6" };

	for (size_t i = 0; i < connect->count; i++) {
		const struct fopnp_attempt *attempt = &connect->attempts[i];
		/* They go out as IPv4. */
		int own = fopnp_request_is_mapped(&attempt->address) ? AF_INET
								     : attempt->address.family;

		if (own != family || attempt->state == FOPNP_ATTEMPT_NOT_MADE)
			continue;
		counted.count++;
		counted.connected += attempt->state == FOPNP_ATTEMPT_CONNECTED;
		counted.timed_out += attempt->state == FOPNP_ATTEMPT_TIMED_OUT;
		counted.refused +=
			attempt->state == FOPNP_ATTEMPT_FAILED && attempt->error == ECONNREFUSED;
		counted.unreachable += attempt->state == FOPNP_ATTEMPT_FAILED &&
				       strcmp(fopnp_attempt_word(attempt), "unreachable") == 0 &&
				       attempt->error != EADDRNOTAVAIL && attempt->is_local_error;
	}
	return counted;
}

/* The service does not listen on DEAD, or what is before it lets nothing through. */
static void note_one_family(struct fopnp_connect *connect, const struct family *dead,
			    const struct family *alive)
{
	struct fopnp_finding *note;

	if (dead->count == 0 || alive->connected == 0 || alive->connected < alive->count)
		return;
	if (dead->refused == dead->count) {
		note = fopnp_findings_add(
			&connect->notes, "other-family-only", FOPNP_WARNING,
			"the service listens on %s only: it is refused at every %s address, and "
			"programs that take those first or alone do not get through",
			alive->name, dead->name);
		fopnp_finding_set_fix(note,
				      "let the service listen on %s too, or take the %s "
				      "address out of the name",
				      dead->name, dead->name);
	} else if (dead->timed_out == dead->count) {
		note = fopnp_findings_add(
			&connect->notes, "family-silent", FOPNP_WARNING,
			"nothing comes back over %s, while %s works: a firewall or a broken path",
			dead->name, alive->name);
		fopnp_finding_set_fix(note, "fopnp connect --race shows what programs with happy "
					    "eyeballs make of it");
	}
}

/* getaddrinfo leaves a family out only where no interface has an address of it. */
static void note_no_route(struct fopnp_connect *connect, const struct family *family)
{
	if (family->count == 0 || family->unreachable < family->count)
		return;
	fopnp_findings_add(
		&connect->notes, "family-unreachable", FOPNP_INFO,
		"this machine has no route to the %s address%s: programs try %s in vain, but lose "
		"no time by it",
		family->name, family->count == 1 ? "" : "es", family->count == 1 ? "it" : "them");
}

static bool is_lost(const struct fopnp_attempt *attempt)
{
	return attempt->state == FOPNP_ATTEMPT_FAILED || attempt->state == FOPNP_ATTEMPT_TIMED_OUT;
}

/* What programs do that take the addresses one after the other, or the first alone. */
static void note_first(struct fopnp_connect *connect)
{
	const struct fopnp_attempt *first = connect->attempts;

	if (connect->options->manner != FOPNP_ATTEMPT_ALL || !fopnp_connect_is_through(connect) ||
	    !is_lost(first))
		return;
	if (first->elapsed_us >= SLOW_US)
		fopnp_findings_add(
			&connect->notes, "first-address-slow", FOPNP_WARNING,
			"programs that take the addresses one after the other wait for the first "
			"until their own time-out, or two minutes until the system's");
	else
		fopnp_findings_add(
			&connect->notes, "first-address-fails", FOPNP_INFO,
			"programs that go on to the next address get through; those that try the "
			"first alone, as --first does, fail");
}

/* "localhost", or what this machine calls itself, with any domain behind it or none. */
static bool is_own_name(const char *name)
{
	char own[HOST_NAME_MAX + 1] = "";

	if (fopnp_name_is_same(name, "localhost") || fopnp_name_is_below(name, "localhost"))
		return true;
	(void)gethostname(own, sizeof(own) - 1);
	return fopnp_ascii_equal(name, strcspn(name, "."), own, strcspn(own, "."));
}

/* Blocked by an entry of /etc/hosts, or meant for a service of this machine. */
static void note_points_here(struct fopnp_connect *connect)
{
	const struct fopnp_place *place;
	struct fopnp_finding *note;

	if (!fopnp_source_is_hosts(connect->lookup.answered_by) ||
	    fopnp_connect_is_through(connect))
		return;
	for (size_t i = 0; i < connect->count; i++) {
		const struct fopnp_request_address *address = &connect->attempts[i].address;
		bool is_here = address->family == AF_INET
				       ? address->bytes[0] == 127 ||
						 memcmp(address->bytes, "\0\0\0\0", 4) == 0
				       : memcmp(address->bytes, &in6addr_loopback, 16) == 0 ||
						 memcmp(address->bytes, &in6addr_any, 16) == 0;

		place = fopnp_program_lookup_line(&connect->lookup, address);
		if (!is_here || !place || is_own_name(connect->lookup.request.name))
			continue;
		note = fopnp_findings_add(&connect->notes, "points-here", FOPNP_INFO,
					  "the name stands for this machine: perhaps to block it");
		fopnp_finding_set_place(note, place->file, place->line);
		return;
	}
}

static void note_name(struct fopnp_connect *connect)
{
	const struct fopnp_request *request = &connect->lookup.request;

	if (request->idn_error)
		fopnp_findings_add(
			&connect->notes, "idn-invalid", FOPNP_WARNING,
			"the name has no IDNA form (%s): its bytes were asked as they are",
			request->idn_error);
}

void fopnp_connect_add_notes(struct fopnp_connect *connect)
{
	struct family inet = count_family(connect, AF_INET);
	struct family inet6 = count_family(connect, AF_INET6);

	note_name(connect);
	if (connect->count == 0)
		return;
	note_one_family(connect, &inet, &inet6);
	note_one_family(connect, &inet6, &inet);
	note_no_route(connect, &inet);
	note_no_route(connect, &inet6);
	note_first(connect);
	note_points_here(connect);
}
