/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding out what `fopnp status` tells. */
#include "tools/status.h"

#include "nss_module/lookup/fopnp_conf.h"
#include "nss_module/lookup/nsswitch_file.h"
#include "tools/check_child.h"
#include "tools/conf_file.h"
#include "tools/memory.h"
#include "tools/nsswitch_edit.h"
#include "tools/socket_probe.h"
#include "tools/text_file.h"

#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_US 10000000u

/* ---- the line ---- */

/* The text of line NUMBER, without its newline. */
static char *copy_line(const char *bytes, size_t len, unsigned number)
{
	const char *at = bytes, *end = bytes + len, *newline = NULL;

	for (unsigned line = 1; line < number && at; line++) {
		at = memchr(at, '\n', (size_t)(end - at));
		at = at ? at + 1 : NULL;
	}
	newline = at ? memchr(at, '\n', (size_t)(end - at)) : NULL;
	return fopnp_memory_copy(at ? at : "", newline ? (size_t)(newline - at) : 0);
}

static void read_line(struct fopnp_status *status)
{
	const char *path = FOPNP_NSSWITCH_PATH;
	struct fopnp_nsswitch nsswitch;
	int error = 0;
	size_t len = 0;
	FOPNP_AUTO_FREE char *bytes = fopnp_text_file_read(path, &len, &error), *text = NULL;
	enum fopnp_nsswitch_result parsed;

	if (!bytes && error == 0) {
		path = FOPNP_NSSWITCH_USR_PATH;
		bytes = fopnp_text_file_read(path, &len, &error);
	}
	if (!bytes)
		return;
	parsed = fopnp_nsswitch_parse(bytes, len, &nsswitch);
	if (parsed == FOPNP_NSSWITCH_NO_MEMORY)
		fopnp_memory_give_up();
	status->is_broken = parsed == FOPNP_NSSWITCH_BROKEN;
	free(nsswitch.order);
	if (nsswitch.line == 0)
		return;
	text = copy_line(bytes, len, nsswitch.line);
	status->line = fopnp_place_make(path, nsswitch.line, text);
}

/* ---- a lookup ---- */

/* In a child. */
static void look_up(void *context, char *result, size_t size)
{
	struct addrinfo *list = NULL;

	(void)context;
	(void)size;
	if (getaddrinfo("localhost", NULL, NULL, &list) == 0)
		freeaddrinfo(list);
	result[0] = dlopen(FOPNP_INSTALL_LIBRARY, RTLD_NOW | RTLD_NOLOAD) ? '+' : '-';
}

static enum fopnp_status_reach find_reach(void)
{
	char result[1] = "";
	struct fopnp_check_child child = { .run = look_up, .result = result, .size = 1 };

	fopnp_check_children_run(&child, 1, TIMEOUT_US);
	if (child.end != FOPNP_CHECK_CHILD_DONE)
		return FOPNP_STATUS_UNKNOWN;
	if (result[0] == '+')
		return FOPNP_STATUS_REACHED;
	return fopnp_socket_probe(FOPNP_NSCD_SOCKET) == 0 ? FOPNP_STATUS_NSCD : FOPNP_STATUS_PASSED;
}

/* ---- notes ---- */

static void add_notes(struct fopnp_status *status)
{
	struct fopnp_findings *notes = &status->notes;
	struct fopnp_finding *added;

	if (status->is_broken) {
		added = fopnp_findings_add(notes, "nsswitch-broken", FOPNP_ERROR,
					   "this line cannot be read: every lookup fails");
		fopnp_finding_set_place(added, status->line.file, status->line.line);
		return;
	}
	if (!status->order.is_installed) {
		added = fopnp_findings_add(notes, "not-on-line", FOPNP_INFO,
					   "fopnp is not on the hosts line");
		fopnp_finding_set_fix(added,
				      status->library.is_loadable
					      ? "fopnp enable (as root)"
					      : "install its library (package libnss-fopnp), "
						"then run as root: fopnp enable");
		return;
	}
	if (!fopnp_nsswitch_is_usual(status->line.text)) {
		added = fopnp_findings_add(
			notes, "other-form", FOPNP_WARNING,
			"it stands there in another form or place than \"" FOPNP_NSSWITCH_WORDS
			"\" in front of the sources");
		fopnp_finding_set_fix(added, "`fopnp check` tells what is wrong with it");
		fopnp_finding_set_place(added, status->line.file, status->line.line);
	}
	if (!status->library.is_loadable) {
		added = fopnp_findings_add(notes, "library-missing", FOPNP_WARNING,
					   "programs cannot load " FOPNP_INSTALL_LIBRARY
					   " and go by what stands behind fopnp: %s",
					   status->library.error);
		fopnp_finding_set_fix(added, "install it again, or run: fopnp disable");
	} else if (status->reach == FOPNP_STATUS_NSCD) {
		added = fopnp_findings_add(notes, "nscd-in-front", FOPNP_INFO,
					   "nscd answers: fopnp sees nscd's lookups alone");
		fopnp_finding_set_place(added, FOPNP_NSCD_SOCKET, 0);
	} else if (status->reach == FOPNP_STATUS_PASSED) {
		(void)fopnp_findings_add(
			notes, "not-reached", FOPNP_WARNING,
			"a lookup of localhost does not come to it%s",
			status->order.outside > 0 ? ": what stands in front of fopnp answers" : "");
	}
	if (status->library.is_loadable && status->reach == FOPNP_STATUS_UNKNOWN) {
		added = fopnp_findings_add(
			notes, "lookup-failed", FOPNP_ERROR,
			"a lookup of localhost crashes, or takes longer than ten "
			"seconds");
		fopnp_finding_set_fix(added, "`fopnp trace localhost` shows where; `fopnp disable` "
					     "takes fopnp off the line");
	}
	if (!status->processes.is_known)
		(void)fopnp_findings_add(
			notes, "processes-unknown", FOPNP_INFO,
			"there is no /proc that tells of this machine's processes");
	else if (status->processes.are_others_hidden)
		fopnp_finding_set_fix(
			fopnp_findings_add(notes, "processes-hidden", FOPNP_INFO,
					   "/proc shows no programs of other users (hidepid): they "
					   "are not counted"),
			"run it as root");
}

/* ---- all ---- */

bool fopnp_status_read(struct fopnp_status *out_status)
{
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO };

	*out_status = (struct fopnp_status){ 0 };
	if (!fopnp_lookup_order_find(&request, NULL, &out_status->order))
		return false;
	read_line(out_status);
	fopnp_install_library_load(&out_status->library);
	out_status->reach = find_reach();
	out_status->conf = fopnp_conf_file_read(&out_status->conf_path, &out_status->notes);
	fopnp_status_processes_read(out_status->library.path, &out_status->processes);
	add_notes(out_status);
	return true;
}

void fopnp_status_clear(struct fopnp_status *status)
{
	fopnp_place_clear(&status->line);
	fopnp_install_library_clear(&status->library);
	fopnp_lookup_order_clear(&status->order);
	fopnp_conf_destroy(status->conf);
	fopnp_status_processes_clear(&status->processes);
	fopnp_findings_clear(&status->notes);
}

bool fopnp_status_is_active(const struct fopnp_status *status)
{
	if (status->is_broken || !status->order.is_installed || !status->library.is_loadable)
		return false;
	/* Where others stand in front, a name that they know tells nothing. */
	return status->reach == FOPNP_STATUS_REACHED || status->reach == FOPNP_STATUS_NSCD ||
	       (status->reach == FOPNP_STATUS_PASSED && status->order.outside > 0);
}
