/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on fopnp.conf, where the call goes by it. */
#include "tools/trace_notes.h"

#include "nss_module/lookup/fopnp_conf.h"
#include "tools/memory.h"
#include "tools/source_kind.h"
#include "tools/trace.h"
#include "tools/trace_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A source that the module itself runs, which reads its options there. */
static bool has_built_in(const struct fopnp_trace *trace)
{
	for (size_t i = trace->line.outside; i < trace->step_count; i++)
		if (fopnp_source_is_built_in(trace->steps[i].source))
			return true;
	return false;
}

/* Whether the file has a say: in the order, or in what its sources do. */
static bool is_in_force(const struct fopnp_trace *trace)
{
	bool is_by_hand = trace->line.origin == FOPNP_ORDER_OF_OPTION ||
			  trace->line.origin == FOPNP_ORDER_OF_ENVIRONMENT;

	return (trace->line.is_installed && !is_by_hand) || has_built_in(trace);
}

static void copy_findings(struct fopnp_trace *trace)
{
	const struct fopnp_findings *from = &trace->conf_findings;

	for (size_t i = 0; i < from->count; i++) {
		const struct fopnp_finding *finding = &from->list[i];
		struct fopnp_finding *added = fopnp_findings_add(
			&trace->notes, finding->id, finding->severity, "%s", finding->text);

		added->fix = fopnp_memory_copy_text(finding->fix);
		added->place = fopnp_place_make(finding->place.file, finding->place.line,
						finding->place.text);
	}
}

/* ---- fopnp:hosts ---- */

/* errno of reading the file as this user; 0: it can be read. */
static int try_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	int error = 0;

	if (fd == -1)
		return errno;
	if (fstat(fd, &status) != 0)
		error = errno;
	else if (S_ISDIR(status.st_mode))
		error = EISDIR;
	(void)close(fd);
	return error;
}

static void note_hosts_file(struct fopnp_trace *trace, const struct fopnp_conf_option *option)
{
	int error = try_file(option->text);
	struct fopnp_finding *added;

	if (error == 0)
		return;
	added = fopnp_findings_add(&trace->notes, "hosts-file-missing", FOPNP_WARNING,
				   "%s, which fopnp:hosts is to read behind /etc/hosts, cannot be "
				   "read (%s)",
				   option->text, strerror(error));
	if (error == EACCES)
		fopnp_finding_set_fix(added, "chmod a+r %s", option->text);
	else
		fopnp_finding_set_fix(added, "put the file there, or take the line out");
	fopnp_finding_set_place(added, trace->conf_path, option->line);
}

/* ---- fopnp:dns ---- */

static size_t count_words(const char *text)
{
	size_t count = 0;

	for (text += strspn(text, " \t"); *text; text += strspn(text, " \t")) {
		text += strcspn(text, " \t");
		count++;
	}
	return count;
}

static void note_surplus_servers(struct fopnp_trace *trace, const struct fopnp_conf_option *option)
{
	size_t count = count_words(option->text);
	struct fopnp_finding *added;

	if (count <= FOPNP_WIRE_SERVERS)
		return;
	added = fopnp_findings_add(&trace->notes, "fopnp-conf-line", FOPNP_WARNING,
				   "of the %zu servers of dns-servers fopnp:dns asks the first %d",
				   count, FOPNP_WIRE_SERVERS);
	fopnp_finding_set_place(added, trace->conf_path, option->line);
}

void fopnp_trace_note_conf(struct fopnp_trace *trace)
{
	bool has_hosts = fopnp_trace_find_step(trace, "fopnp:hosts") != NULL;
	bool has_dns = fopnp_trace_find_step(trace, "fopnp:dns") != NULL;

	if (!is_in_force(trace))
		return;
	copy_findings(trace);
	for (size_t i = 0; trace->conf && i < trace->conf->option_count; i++) {
		const struct fopnp_conf_option *option = &trace->conf->options[i];

		if (option->kind == FOPNP_OPTION_HOSTS_FILE && has_hosts)
			note_hosts_file(trace, option);
		else if (option->kind == FOPNP_OPTION_DNS_SERVERS && has_dns)
			note_surplus_servers(trace, option);
	}
}
