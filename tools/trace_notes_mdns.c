/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on fopnp:mdns, from what it told. */
#include "tools/trace_notes.h"

#include "tools/memory.h"
#include "tools/socket_probe.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"

#include <nss.h>

#define SLOW_US         1000000
#define MOST_INTERFACES 3 /* that are named */

/*
 * avahi takes 5 s to say that nobody has a name, and fopnp:mdns does not wait for that:
 * its silence is remarkable where the network itself did answer.
 */
static void note_avahi(struct fopnp_trace *trace, const struct fopnp_step *step)
{
	struct fopnp_finding *added;
	char duration[FOPNP_DURATION_TEXT];
	bool is_denied = fopnp_step_says(step, "avahi", "denied");

	if (fopnp_step_says(step, "via", "avahi"))
		return; /* it had one family's address, and knows of no other */
	if (is_denied)
		added = fopnp_findings_add(&trace->notes, "avahi-denied", FOPNP_INFO,
					   "this program may not ask avahi: fopnp:mdns asked the "
					   "network itself");
	else if (fopnp_step_says(step, "avahi", "timeout") &&
		 fopnp_step_says(step, "via", "multicast"))
		added = fopnp_findings_add(
			&trace->notes, "avahi-silent", FOPNP_WARNING,
			"avahi had said nothing about %s after %s, when the network itself had "
			"answered",
			trace->request.name, fopnp_trace_duration(step->elapsed_us, duration));
	else
		return;
	fopnp_finding_set_fix(added, is_denied ? "let this program connect to " FOPNP_AVAHI_SOCKET
					       : "restart avahi-daemon if it hangs");
	fopnp_finding_set_place(added, FOPNP_AVAHI_SOCKET, 0);
}

static void note_wait(struct fopnp_trace *trace, const struct fopnp_step *step)
{
	FOPNP_AUTO_FREE char *interfaces = fopnp_step_word_list(step, "if", MOST_INTERFACES);
	char duration[FOPNP_DURATION_TEXT];
	const struct fopnp_step *knows;
	struct fopnp_finding *added;

	if (step->elapsed_us < SLOW_US)
		return;
	added = fopnp_findings_add(&trace->notes, "mdns-wait", FOPNP_WARNING,
				   "fopnp:mdns waited %s for %s: it asked the network%s%s%s",
				   fopnp_trace_duration(step->elapsed_us, duration),
				   trace->request.name, *interfaces ? " on " : "", interfaces,
				   step->status == NSS_STATUS_SUCCESS ? ""
								      : ", and nobody answered");
	if (step->status == NSS_STATUS_SUCCESS || fopnp_trace_find_stop(trace, &knows))
		return;
	fopnp_finding_set_fix(added, "see whether the host is up and in this network, and whether "
				     "UDP port 5353 is open between them; mdns-timeout in "
				     "fopnp.conf bounds the wait");
}

/* Nobody was asked. */
static void note_skipped(struct fopnp_trace *trace, const struct fopnp_step *step)
{
	enum fopnp_severity severity = fopnp_trace_is_answered(trace) ? FOPNP_INFO : FOPNP_WARNING;

	if (fopnp_step_says(step, "skipped", "no-interface"))
		fopnp_finding_set_fix(
			fopnp_findings_add(&trace->notes, "mdns-no-interface", severity,
					   "fopnp:mdns asked nobody about %s: no interface is up "
					   "that can multicast",
					   trace->request.name),
			"bring a network interface up; ip link shows UP and MULTICAST then");
	else if (fopnp_step_says(step, "skipped", "no-socket"))
		fopnp_finding_set_fix(
			fopnp_findings_add(&trace->notes, "mdns-no-socket", severity,
					   "fopnp:mdns asked nobody about %s: it got no socket, "
					   "or could send nothing by it",
					   trace->request.name),
			"look for too many open files (ulimit -n), a sandbox that takes UDP away, "
			"or a firewall that drops what goes out to UDP port 5353");
}

void fopnp_trace_note_told_mdns(struct fopnp_trace *trace, const struct fopnp_step *step)
{
	note_skipped(trace, step);
	note_avahi(trace, step);
	note_wait(trace, step);
}
