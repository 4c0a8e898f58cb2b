/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings behind `fopnp enable`. */
#include "tools/install_notes.h"

#include "tools/findings.h"
#include "tools/memory.h"
#include "tools/socket_probe.h"
#include "tools/status_processes.h"

#include <stdbool.h>
#include <stdio.h>

#define SHOWN_NAMES 12

static size_t count_go_cgo(const struct fopnp_status_processes *processes)
{
	size_t count = 0;

	for (size_t i = 0; i < processes->count; i++)
		count += processes->list[i].is_go_cgo;
	return count;
}

static void note_earlier(const struct fopnp_status_processes *processes,
			 struct fopnp_findings *notes)
{
	FOPNP_AUTO_FREE char *names =
		fopnp_status_names(processes, FOPNP_STATUS_EARLIER, SHOWN_NAMES);
	size_t count = processes->counts[FOPNP_STATUS_EARLIER];
	struct fopnp_finding *added;

	if (!names)
		return;
	added = fopnp_findings_add(
		notes, "programs-started-before", FOPNP_INFO,
		"%zu running program%s started earlier: %s. %s the new line from the "
		"next lookup on, but not one that has looked for fopnp before its library was "
		"installed, or that read the line itself when it started",
		count, count == 1 ? "" : "s", names, count == 1 ? "It follows" : "They follow");
	fopnp_finding_set_fix(added, "restart those that must not be missed; `fopnp status` shows "
				     "who has loaded it");
}

static void note_replaced(const struct fopnp_status_processes *processes,
			  struct fopnp_findings *notes)
{
	FOPNP_AUTO_FREE char *names =
		fopnp_status_names(processes, FOPNP_STATUS_REPLACED, SHOWN_NAMES);

	if (names)
		fopnp_finding_set_fix(
			fopnp_findings_add(notes, "library-replaced", FOPNP_INFO,
					   "these run with a library of fopnp's that has been "
					   "replaced or removed since: %s",
					   names),
			"restart them");
}

static void note_unable(const struct fopnp_status_processes *processes,
			struct fopnp_findings *notes)
{
	static const struct {
		enum fopnp_status_state state;
		const char *kind;
	} kinds[] = {
		{ FOPNP_STATUS_GO, "made by Go without cgo" },
		{ FOPNP_STATUS_MUSL, "made with musl" },
		{ FOPNP_STATUS_STATIC, "statically linked (unless with this glibc)" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		FOPNP_AUTO_FREE char *names =
			fopnp_status_names(processes, kinds[i].state, SHOWN_NAMES);

		if (names)
			fopnp_findings_add(notes, "programs-without-modules", FOPNP_INFO,
					   "%s, these load no NSS modules and go on as before: %s",
					   kinds[i].kind, names);
	}
}

static void note_nscd(struct fopnp_findings *notes)
{
	struct fopnp_finding *added;

	if (fopnp_socket_probe(FOPNP_NSCD_SOCKET) != 0)
		return;
	added = fopnp_findings_add(
		notes, "nscd-in-front", FOPNP_INFO,
		"nscd runs: where it caches hosts, programs ask it, and fopnp sees "
		"nscd's lookups alone");
	fopnp_finding_set_place(added, FOPNP_NSCD_SOCKET, 0);
}

static void note_readers(size_t go_count, struct fopnp_findings *notes)
{
	char running[64] = "";

	if (go_count > 0)
		(void)snprintf(running, sizeof(running), " (%zu of them run now)", go_count);
	fopnp_findings_add(notes, "go-programs", FOPNP_INFO,
			   "programs made by Go with cgo%s ask libc from now on, since they do not "
			   "know the word fopnp; those without cgo go on reading files and DNS "
			   "themselves",
			   running);
	fopnp_findings_add(notes, "augeas", FOPNP_INFO,
			   "Augeas (Puppet's augeas type, libguestfs) cannot read a bracket with a "
			   "blank, and so not this line");
}

void fopnp_install_notes_add(const char *library, struct fopnp_findings *notes)
{
	struct fopnp_status_processes processes;

	fopnp_status_processes_read(library, &processes);
	if (!processes.is_known)
		(void)fopnp_findings_add(notes, "processes-unknown", FOPNP_INFO,
					 "there is no /proc that tells which programs run, and so "
					 "not which have to be restarted");
	note_earlier(&processes, notes);
	note_replaced(&processes, notes);
	note_nscd(notes);
	note_readers(count_go_cgo(&processes), notes);
	note_unable(&processes, notes);
	fopnp_status_processes_clear(&processes);
}

void fopnp_install_notes_add_general(struct fopnp_findings *notes)
{
	note_readers(0, notes);
}
