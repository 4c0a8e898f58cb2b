/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `fopnp status` for people and for programs. */
#include "tools/status.h"

#include "nss_module/lookup/fopnp_conf.h"
#include "nss_module/lookup/order.h"
#include "tools/findings_text.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/paragraph.h"
#include "tools/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LABEL_WIDTH 10
#define INDENT      2
#define SHOWN_NAMES 12

/* The caller's to free(). */
static char *order_text(const struct fopnp_order *order)
{
	size_t len = fopnp_order_print(order, NULL, 0);
	char *text = fopnp_memory_zeroed(len + 1, 1);

	(void)fopnp_order_print(order, text, len + 1);
	return text;
}

static char *log_events(const struct fopnp_conf *conf)
{
	if (conf->log_all)
		return fopnp_memory_copy_text("all lookups");
	if (conf->log_slow_us == 0)
		return fopnp_memory_copy_text("failures");
	return fopnp_memory_format("%slookups of %llu ms or more",
				   conf->log_failures ? "failures, and " : "",
				   (unsigned long long)(conf->log_slow_us / 1000));
}

/* ---- for people ---- */

static void print_part(const char *label, enum fopnp_style style, const char *text)
{
	fopnp_paragraph_print(stdout, FOPNP_DIM, label, LABEL_WIDTH, style, text);
}

static void print_place(const char *label, const char *file, unsigned line, const char *text)
{
	FOPNP_AUTO_FREE char *whole = fopnp_memory_format("%s:%u: %s", file, line, text);

	for (char *at = whole; *at; at++)
		if (*at == '\t')
			*at = ' ';
	print_part(label, FOPNP_PLAIN, whole);
}

static const char *order_origin(const struct fopnp_status *status)
{
	switch (status->order.origin) {
	case FOPNP_ORDER_OF_CONF:
		return "an order line";
	case FOPNP_ORDER_OF_MODULE:
		return "fopnp is the line's last word: its own sources";
	case FOPNP_ORDER_OF_GLIBC:
		return "glibc's own: there is no hosts line";
	case FOPNP_ORDER_OF_NSSWITCH:
	case FOPNP_ORDER_OF_OPTION:
	case FOPNP_ORDER_OF_ENVIRONMENT:
		break;
	}
	return status->order.is_installed ? "what stands behind fopnp" : "the hosts line";
}

static void print_orders(const struct fopnp_status *status)
{
	const struct fopnp_lookup_order *order = &status->order;
	FOPNP_AUTO_FREE char *text = order->order ? order_text(order->order) : NULL, *whole = NULL;

	if (text && order->file && order->line)
		whole = fopnp_memory_format("%s (%s, %s:%u)", text, order_origin(status),
					    order->file, order->line);
	else if (text)
		whole = fopnp_memory_format("%s (%s)", text, order_origin(status));
	print_part("order", FOPNP_PLAIN, whole ? whole : "none: nothing can be looked up");
	for (size_t i = 0; status->conf && i < status->conf->order_count; i++) {
		const struct fopnp_conf_order *own = &status->conf->orders[i];
		FOPNP_AUTO_FREE char *own_text = own->domain ? order_text(own->order) : NULL;
		FOPNP_AUTO_FREE char *domain =
			own->domain ? fopnp_memory_format(".%s: %s", own->domain, own_text) : NULL;

		if (domain)
			print_place("", status->conf_path, own->line, domain);
	}
}

static void print_logs(const struct fopnp_status *status)
{
	FOPNP_AUTO_FREE char *events = NULL;

	if (!status->conf || status->conf->log_count == 0) {
		print_part("log", FOPNP_PLAIN, "nothing (no log line in fopnp.conf)");
		return;
	}
	events = log_events(status->conf);
	for (size_t i = 0; i < status->conf->log_count; i++) {
		const struct fopnp_conf_log *log = &status->conf->logs[i];
		FOPNP_AUTO_FREE char *text = fopnp_memory_format(
			"%s to %s", events,
			log->kind == FOPNP_LOG_JOURNAL ? "the journal" : log->path);

		print_place(i == 0 ? "log" : "", status->conf_path, log->line, text);
	}
}

static const char *state_words(enum fopnp_status_state state)
{
	static const char *const words[FOPNP_STATUS_STATES] = {
		"have it loaded",
		"have an older one loaded: restart them",
		"started earlier; most follow at their next lookup",
		"have not loaded it yet",
		"cannot, unless by this glibc: statically linked",
		"cannot: made with musl",
		"cannot: made by Go without cgo",
		"cannot: of another machine or loader",
		"have another nsswitch.conf (container, chroot)",
		"not for us to see: run it as root",
	};

	if (state == FOPNP_STATUS_UNREADABLE && geteuid() == 0)
		return "not for us to see, not even as root";
	return words[state];
}

static const struct fopnp_table_column COLUMNS[] = {
	{ "number", true, 0 },
	{ "programs", false, 20 },
	{ "names", false, 20 },
};

/* Off the line nobody is going to load it. */
static bool is_shown(enum fopnp_status_state state, bool is_installed)
{
	return is_installed || state == FOPNP_STATUS_MAPPED || state == FOPNP_STATUS_REPLACED;
}

static void print_processes(const struct fopnp_status_processes *processes, bool is_installed)
{
	struct fopnp_table *table;
	size_t shown = 0;

	for (int i = 0; i < FOPNP_STATUS_STATES; i++)
		if (is_shown((enum fopnp_status_state)i, is_installed))
			shown += processes->counts[i];
	if (shown == 0)
		return;
	(void)fputc('\n', stdout);
	table = fopnp_table_create(COLUMNS, sizeof(COLUMNS) / sizeof(*COLUMNS));
	for (int i = 0; i < FOPNP_STATUS_STATES; i++) {
		enum fopnp_status_state state = (enum fopnp_status_state)i;
		FOPNP_AUTO_FREE char *names = fopnp_status_names(processes, state, SHOWN_NAMES);
		char number[32];

		if (!names || !is_shown(state, is_installed))
			continue;
		(void)snprintf(number, sizeof(number), "%zu", processes->counts[state]);
		fopnp_table_row(table);
		fopnp_table_cell(table, FOPNP_PLAIN, number);
		fopnp_table_cell(table, state == FOPNP_STATUS_MAPPED ? FOPNP_GOOD : FOPNP_PLAIN,
				 state_words(state));
		fopnp_table_cell(table, FOPNP_DIM, names);
	}
	fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
}

void fopnp_status_print_text(const struct fopnp_status *status)
{
	bool is_active = fopnp_status_is_active(status);

	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, is_active ? FOPNP_GOOD : FOPNP_NOTABLE,
			      is_active ? "fopnp is active" : "fopnp is not active");
	if (status->line.file)
		print_place("line", status->line.file, status->line.line, status->line.text);
	else
		print_part("line", FOPNP_PLAIN, "there is no hosts line");
	print_part("library", status->library.is_loadable ? FOPNP_PLAIN : FOPNP_BAD,
		   status->library.is_loadable ? status->library.path : status->library.error);
	print_orders(status);
	if (status->order.is_installed)
		print_logs(status);
	print_processes(&status->processes, status->order.is_installed);
	fopnp_findings_print_text(&status->notes);
}

/* ---- for programs ---- */

static json_t *orders_to_json(const struct fopnp_status *status)
{
	json_t *list = json_array();

	for (size_t i = 0; status->conf && i < status->conf->order_count; i++) {
		const struct fopnp_conf_order *own = &status->conf->orders[i];
		FOPNP_AUTO_FREE char *text = order_text(own->order);
		json_t *object = json_object();

		fopnp_json_set(object, "domain", fopnp_json_name(own->domain));
		fopnp_json_set(object, "place",
			       fopnp_json_place(status->conf_path, own->line, text));
		fopnp_json_append(list, object);
	}
	return list;
}

static json_t *logs_to_json(const struct fopnp_status *status)
{
	json_t *list = json_array();

	for (size_t i = 0; status->conf && i < status->conf->log_count; i++) {
		const struct fopnp_conf_log *log = &status->conf->logs[i];

		fopnp_json_append(
			list,
			fopnp_json_place(status->conf_path, log->line,
					 log->kind == FOPNP_LOG_JOURNAL ? "journal" : log->path));
	}
	return list;
}

static json_t *processes_to_json(const struct fopnp_status_processes *processes)
{
	json_t *list = json_array();

	for (size_t i = 0; i < processes->count; i++) {
		const struct fopnp_status_process *process = &processes->list[i];
		json_t *object = json_object();

		fopnp_json_set(object, "pid", json_integer(process->pid));
		fopnp_json_set(object, "comm", fopnp_json_text(process->comm));
		fopnp_json_set(object, "exe", fopnp_json_text(process->exe));
		fopnp_json_set(object, "state",
			       json_string(fopnp_status_state_name(process->state)));
		fopnp_json_append(list, object);
	}
	return list;
}

static json_t *order_to_json(const struct fopnp_lookup_order *order)
{
	FOPNP_AUTO_FREE char *text = order->order ? order_text(order->order) : NULL;

	if (!text)
		return json_null();
	return order->file ? fopnp_json_place(order->file, order->line, text) : json_null();
}

void fopnp_status_print_json(const struct fopnp_status *status)
{
	static const char *const reach[] = { "reached", "passed", "nscd", NULL };
	json_t *object = fopnp_json_object("status", "status");
	json_t *notes = json_array();

	for (size_t i = 0; i < status->notes.count; i++)
		fopnp_json_append(notes, fopnp_finding_to_json(&status->notes.list[i]));
	fopnp_json_set(object, "active", json_boolean(fopnp_status_is_active(status)));
	fopnp_json_set(object, "installed", json_boolean(status->order.is_installed));
	fopnp_json_set(object, "hosts_line", fopnp_place_to_json(&status->line));
	fopnp_json_set(object, "library", fopnp_json_text(status->library.path));
	fopnp_json_set(object, "library_error", fopnp_json_text(status->library.error));
	fopnp_json_set(object, "lookup", fopnp_json_text(reach[status->reach]));
	fopnp_json_set(object, "order", order_to_json(&status->order));
	fopnp_json_set(object, "conf_orders", orders_to_json(status));
	fopnp_json_set(object, "logs", logs_to_json(status));
	fopnp_json_set(object, "processes", processes_to_json(&status->processes));
	fopnp_json_set(object, "notes", notes);
	fopnp_json_print(object, stdout);
}
