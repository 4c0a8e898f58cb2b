/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine's own name. */
#include "tools/hostname.h"

#include "tools/findings_text.h"
#include "tools/json_lookup.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/paragraph.h"
#include "tools/progress.h"
#include "tools/table.h"
#include "tools/trace_words.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE_US     10000000u
#define INDENT          2
#define SHOWN_ADDRESSES 4

static bool is_answered(const struct fopnp_program_lookup *lookup)
{
	return lookup->result && lookup->result->end == FOPNP_CALL_RETURNED &&
	       lookup->result->code == 0;
}

/* ---- asking ---- */

static bool look_up(struct fopnp_program_lookup *lookup, enum fopnp_call call, const char *name,
		    int flags)
{
	lookup->request.call = call;
	lookup->request.flags = flags;
	lookup->deadline_us = DEADLINE_US;
	(void)fopnp_request_set_name(&lookup->request, name);
	return fopnp_program_lookups_run(lookup, 1);
}

/* Its first name with a dot, else its first name; without an answer the host name itself. */
static const char *python_fqdn(const struct fopnp_hostname *hostname)
{
	const struct fopnp_call_result *result = hostname->backward.result;
	const char *name = NULL;

	if (!is_answered(&hostname->backward))
		return hostname->name;
	while ((name = fopnp_call_next_name(result, name)) != NULL)
		if (strchr(name, '.'))
			return name;
	return result->canonical;
}

static bool look_backward(struct fopnp_hostname *hostname)
{
	const struct fopnp_call_result *full = hostname->full.result;
	char text[FOPNP_ADDRESS_TEXT];

	if (!is_answered(&hostname->full) || full->address_count == 0)
		return true;
	return look_up(&hostname->backward, FOPNP_CALL_GETHOSTBYADDR,
		       fopnp_request_print_address(&full->addresses[0], text), 0);
}

/* ---- what is worth knowing ---- */

static bool is_loopback(const struct fopnp_request_address *address)
{
	return address->family == AF_INET && address->bytes[0] == 127;
}

static void add_notes(struct fopnp_hostname *hostname)
{
	const struct fopnp_call_result *full = hostname->full.result;
	const struct fopnp_call_result *address = hostname->address.result;
	struct fopnp_finding *note;

	if (fopnp_call_exit_status(full) == FOPNP_EXIT_NO) {
		note = fopnp_findings_add(
			&hostname->notes, "own-name-unknown", FOPNP_WARNING,
			"no source knows this machine's own name: programs that look it up fail or "
			"wait (sudo, mail servers, Java)");
		fopnp_finding_set_fix(note, "a line 127.0.1.1 %s in /etc/hosts", hostname->name);
		return;
	}
	if (is_answered(&hostname->full) && !strchr(full->canonical, '.'))
		fopnp_findings_add(
			&hostname->notes, "own-name-short", FOPNP_INFO,
			"the name has no domain: others find this machine by it only where their "
			"search list or their own sources know it");
	if (is_answered(&hostname->address) && address->address_count > 0 &&
	    is_loopback(&address->addresses[0])) {
		const struct fopnp_place *place =
			fopnp_program_lookup_line(&hostname->address, &address->addresses[0]);

		note = fopnp_findings_add(
			&hostname->notes, "own-name-loopback", FOPNP_INFO,
			"gethostbyname(getfqdn()) is a loopback address: a server that binds to "
			"it, or tells others of it, is reached by this machine alone");
		if (place)
			fopnp_finding_set_place(note, place->file, place->line);
	}
}

bool fopnp_hostname_run(struct fopnp_hostname *out_hostname)
{
	bool is_fine;

	*out_hostname = (struct fopnp_hostname){ 0 };
	if (gethostname(out_hostname->name, sizeof(out_hostname->name)) != 0) {
		fopnp_message_error("hostname-unknown", NULL, "the system tells no name: %s",
				    strerror(errno));
		return false;
	}
	fopnp_progress_start("looking up this machine's own name");
	is_fine = look_up(&out_hostname->full, FOPNP_CALL_GETADDRINFO, out_hostname->name,
			  AI_CANONNAME) &&
		  look_backward(out_hostname);
	if (is_fine) {
		out_hostname->fqdn = fopnp_memory_copy_text(python_fqdn(out_hostname));
		is_fine = look_up(&out_hostname->address, FOPNP_CALL_GETHOSTBYNAME,
				  out_hostname->fqdn, 0);
	}
	fopnp_progress_stop();
	if (is_fine)
		add_notes(out_hostname);
	return is_fine;
}

void fopnp_hostname_clear(struct fopnp_hostname *hostname)
{
	fopnp_program_lookup_clear(&hostname->full);
	fopnp_program_lookup_clear(&hostname->backward);
	fopnp_program_lookup_clear(&hostname->address);
	free(hostname->fqdn);
	fopnp_findings_clear(&hostname->notes);
}

enum fopnp_exit fopnp_hostname_exit_status(const struct fopnp_hostname *hostname)
{
	return fopnp_call_exit_status(hostname->full.result);
}

/* ---- for people ---- */

static const struct fopnp_table_column COLUMNS[] = {
	{ "what", false, 12 },
	{ "answer", false, 20 },
	{ "source", false, 12 },
	{ "time", true, 0 },
};

static void add_row(struct fopnp_table *table, const char *what, const char *answer,
		    const struct fopnp_program_lookup *lookup)
{
	bool is_found = lookup && is_answered(lookup);
	FOPNP_AUTO_FREE char *source = is_found ? fopnp_program_lookup_source_words(lookup) : NULL;
	FOPNP_AUTO_FREE char *failure =
		lookup && !is_found ? fopnp_program_lookup_failure_words(lookup) : NULL;
	char duration[FOPNP_DURATION_TEXT] = "";

	if (lookup)
		(void)fopnp_trace_duration(lookup->result->elapsed_us, duration);
	fopnp_table_row(table);
	fopnp_table_cell(table, FOPNP_PLAIN, what);
	fopnp_table_cell(table, failure ? FOPNP_BAD : FOPNP_STRONG, failure ? failure : answer);
	fopnp_table_cell(table, FOPNP_PLAIN, !lookup ? "uname(2)" : source ? source : "");
	fopnp_table_cell(table, FOPNP_PLAIN, duration);
}

void fopnp_hostname_print_text(const struct fopnp_hostname *hostname)
{
	struct fopnp_table *table = fopnp_table_create(COLUMNS, sizeof(COLUMNS) / sizeof(*COLUMNS));
	FOPNP_AUTO_FREE char *addresses = fopnp_trace_answer_words(
		&hostname->address.request, hostname->address.result, SHOWN_ADDRESSES);

	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_STRONG,
			      is_answered(&hostname->full) ? hostname->full.result->canonical
							   : hostname->name);
	add_row(table, "gethostname", hostname->name, NULL);
	add_row(table, "full name (AI_CANONNAME)", hostname->full.result->canonical,
		&hostname->full);
	if (hostname->backward.result)
		add_row(table, "Python's getfqdn", hostname->fqdn, &hostname->backward);
	add_row(table, "gethostbyname of it", addresses, &hostname->address);
	fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
	fopnp_findings_print_text(&hostname->notes);
}

/* ---- for programs ---- */

static json_t *lookup_to_json(const struct fopnp_program_lookup *lookup)
{
	const struct fopnp_place *place;
	json_t *object;

	if (!lookup->result)
		return json_null();
	place = fopnp_program_lookup_line(lookup, NULL);
	object = json_object();
	fopnp_json_set(object, "request", fopnp_json_request(&lookup->request));
	fopnp_json_set(object, "answered_by",
		       lookup->answered_by[0] ? fopnp_json_text(lookup->answered_by) : json_null());
	fopnp_json_set(object, "answer", fopnp_program_lookup_answer(lookup));
	fopnp_json_set(object, "place", place ? fopnp_place_to_json(place) : json_null());
	fopnp_json_set(object, "elapsed_us", json_integer((json_int_t)lookup->result->elapsed_us));
	return object;
}

void fopnp_hostname_print_json(const struct fopnp_hostname *hostname)
{
	json_t *object = fopnp_json_object("hostname", "hostname");
	json_t *notes = json_array();

	for (size_t i = 0; i < hostname->notes.count; i++)
		fopnp_json_append(notes, fopnp_finding_to_json(&hostname->notes.list[i]));
	fopnp_json_set(object, "name", fopnp_json_name(hostname->name));
	fopnp_json_set(object, "full_name",
		       is_answered(&hostname->full)
			       ? fopnp_json_name(hostname->full.result->canonical)
			       : json_null());
	fopnp_json_set(object, "python_fqdn", fopnp_json_name(hostname->fqdn));
	fopnp_json_set(object, "full", lookup_to_json(&hostname->full));
	fopnp_json_set(object, "backward", lookup_to_json(&hostname->backward));
	fopnp_json_set(object, "address", lookup_to_json(&hostname->address));
	fopnp_json_set(object, "notes", notes);
	fopnp_json_print(object, stdout);
}
