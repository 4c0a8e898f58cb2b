/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recorded objects, written: see observed_json.h. */
#include "tools/observed_json.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/status.h"
#include "tools/call_result.h"
#include "tools/escape.h"
#include "tools/json_lookup.h"
#include "tools/json_output.h"
#include "tools/memory.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WORD_TEXT     32
#define MALFORMED_MAX 512 /* what is shown of a datagram that is no event */
/* The end of the year 9999, behind which RFC 3339 has no times. */
#define TIME_END_US 253402300800000000

/* "" is unknown. */
static const char *known(const char *text)
{
	return text[0] ? text : NULL;
}

static int64_t time_now_us(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* When it ended; of an event that does not tell, when it was heard, which is now. */
static void set_time(json_t *object, int64_t time_us)
{
	struct tm parts = { 0 };
	time_t seconds;
	char text[48];
	size_t len;

	if (time_us < 0 || time_us >= TIME_END_US)
		time_us = time_now_us();
	seconds = (time_t)(time_us / 1000000);
	(void)gmtime_r(&seconds, &parts);
	len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
	(void)snprintf(text + len, sizeof(text) - len, ".%06dZ", (int)(time_us % 1000000));
	fopnp_json_set(object, "time", json_string(text));
}

static json_t *process_to_json(const struct fopnp_observed_process *process)
{
	json_t *object = json_object();

	fopnp_json_set(object, "pid", fopnp_json_integer_or_null(process->pid, process->pid > 0));
	fopnp_json_set(object, "tid", fopnp_json_integer_or_null(process->tid, process->tid > 0));
	fopnp_json_set(object, "uid", fopnp_json_integer_or_null(process->uid, process->uid >= 0));
	fopnp_json_set(object, "comm", fopnp_json_text(known(process->comm)));
	fopnp_json_set(object, "exe", fopnp_json_text(process->exe));
	fopnp_json_set(object, "trusted", json_boolean(process->is_trusted));
	fopnp_json_set(object, "comm_claimed", json_boolean(process->is_comm_claimed));
	fopnp_json_set(object, "claim_false", json_boolean(process->is_claim_false));
	fopnp_json_set(object, "claimed_pid",
		       fopnp_json_integer_or_null(process->claimed_pid, process->claimed_pid >= 0));
	fopnp_json_set(object, "claimed_uid",
		       fopnp_json_integer_or_null(process->claimed_uid, process->claimed_uid >= 0));
	return object;
}

/* ---- addresses ---- */

/* TEXT, perhaps with "%SCOPE" in digits; one that is no address stays a text. */
static json_t *address_to_json(const char *text, const char *source, int64_t ttl)
{
	size_t len = strcspn(text, "%");
	char host[INET6_ADDRSTRLEN], shown[INET6_ADDRSTRLEN];
	struct fopnp_json_address address = { .text = text, .source = source, .ttl = ttl };
	unsigned long long scope = 0;
	uint8_t bytes[16];

	if (len >= sizeof(host))
		return fopnp_json_address(&address);
	memcpy(host, text, len);
	host[len] = '\0';
	if (text[len] && (!fopnp_ascii_number(text + len + 1, strlen(text + len + 1), &scope) ||
			  scope == 0 || scope > UINT32_MAX))
		return fopnp_json_address(&address);
	if (!text[len] && inet_pton(AF_INET, host, bytes) == 1)
		address.family = "inet";
	else if (inet_pton(AF_INET6, host, bytes) == 1)
		address.family = "inet6";
	else
		return fopnp_json_address(&address);
	address.text =
		inet_ntop(address.family[4] ? AF_INET6 : AF_INET, bytes, shown, sizeof(shown));
	address.scope = (uint32_t)scope;
	return fopnp_json_address(&address);
}

/* ---- a lookup ---- */

static json_t *text_or_null(const char *text)
{
	return fopnp_json_text(known(text));
}

static json_t *lookup_request(const struct fopnp_event *event,
			      const struct fopnp_redaction *redaction)
{
	json_t *object = json_object();
	char buffer[FOPNP_REDACTED_TEXT];

	fopnp_json_set(object, "call", text_or_null(event->function));
	fopnp_json_set(object, "name",
		       fopnp_json_name(fopnp_redact_shown(redaction, event->name, buffer)));
	fopnp_json_set(object, "given", json_null());
	fopnp_json_set(object, "service", json_null());
	fopnp_json_set(object, "family", text_or_null(event->family));
	fopnp_json_set(object, "socktype", json_null());
	fopnp_json_set(object, "protocol", json_null());
	fopnp_json_set(object, "flags", json_array());
	return object;
}

/* What the code means for this question, as far as the event knows it. */
static const char *meaning_of(const struct fopnp_event *event, int code)
{
	/* Only whether there is a name is asked of it. */
	static char some_name[] = "";
	struct fopnp_request request = { .name = some_name };

	if (!event->has_status)
		return "the event does not tell";
	request.call = fopnp_observed_is_reverse(event) ? FOPNP_CALL_GETHOSTBYADDR
							: FOPNP_CALL_GETADDRINFO;
	(void)fopnp_request_family_from_name(event->family, &request.family);
	return fopnp_call_meaning(&request, code);
}

static json_t *lookup_answer(const struct fopnp_event *event,
			     const struct fopnp_redaction *redaction)
{
	json_t *addresses = json_array();
	int code = event->has_status ? fopnp_observed_code(event) : 0;
	char buffer[FOPNP_REDACTED_TEXT];

	for (size_t i = 0; i < event->address_count; i++) {
		const char *shown = fopnp_redact_shown(redaction, event->addresses[i], buffer);

		fopnp_json_append(addresses,
				  address_to_json(shown, known(event->source), event->ttl));
	}
	return fopnp_json_answer(&(struct fopnp_json_answer){
		.is_known = event->has_status,
		.code = code,
		.error = event->error,
		.h_error = event->h_error,
		.message = meaning_of(event, code),
		.canonical = fopnp_redact_shown(redaction, known(event->canonical), buffer),
		.addresses = addresses,
	});
}

/* PLACE is FILE:LINE, or a file alone. */
static json_t *evidence_to_json(char *place)
{
	char *colon = strrchr(place, ':');
	unsigned long long line = 0;
	json_t *evidence;

	if (colon && fopnp_ascii_number(colon + 1, strlen(colon + 1), &line) && line > 0 &&
	    line <= UINT32_MAX)
		*colon = '\0';
	else
		line = 0;
	evidence = fopnp_json_place(place, (unsigned)line, NULL);
	fopnp_json_set(evidence, "remark", json_null());
	return evidence;
}

/* Everything that the source told, its queries too; what files it names is evidence besides. */
static void tell(const char *detail, json_t *told, json_t *evidence)
{
	size_t len = strlen(detail), position = 0;
	char word[WORD_TEXT], value[FOPNP_EVENT_DETAIL];

	while (fopnp_words_next(detail, len, &position, word, sizeof(word), value, sizeof(value))) {
		fopnp_json_append(told, fopnp_json_told(word, value));
		if (strcmp(word, "file") == 0 && value[0])
			fopnp_json_append(evidence, evidence_to_json(value));
	}
}

/* Hashes are longer than short names, but not so much: "if=a " becomes 21 bytes. */
static char *redacted_detail(const struct fopnp_redaction *redaction,
			     const struct fopnp_event_step *step)
{
	size_t size = strlen(step->detail) * 5 + 1;
	char *detail = fopnp_memory_zeroed(size, 1);

	(void)fopnp_redact_detail(redaction, step->detail, detail, size);
	return detail;
}

static json_t *lookup_step(const struct fopnp_event_step *step,
			   const struct fopnp_redaction *redaction)
{
	struct fopnp_json_step shown = {
		.source = step->source,
		.reached = json_true(),
		.has_status = step->has_result,
		.status = step->status,
		.error = step->error,
		.h_error = step->h_error,
		.reason = step->reason,
		.elapsed_us = step->elapsed_us,
		.answer = json_null(),
		.evidence = json_array(),
		.told = json_array(),
		.wire = json_array(),
	};
	FOPNP_AUTO_FREE char *redacted = redaction ? redacted_detail(redaction, step) : NULL;

	if (step->has_result && strcmp(step->action, "return") == 0)
		shown.action = "return";
	else if (step->has_result && strcmp(step->action, "continue") == 0)
		shown.action = "continue";
	if (step->reason[0])
		fopnp_json_append(shown.told, fopnp_json_told("reason", step->reason));
	tell(redacted ? redacted : step->detail, shown.told, shown.evidence);
	return fopnp_json_step(&shown);
}

json_t *fopnp_observed_lookup_to_json(const struct fopnp_observed_lookup *lookup,
				      const char *command, const struct fopnp_redaction *redaction)
{
	json_t *object = fopnp_json_object("lookup", command), *steps = json_array();
	const struct fopnp_event *event = &lookup->event;

	set_time(object, event->time_us);
	fopnp_json_set(object, "process", process_to_json(&lookup->process));
	fopnp_json_set(object, "request", lookup_request(event, redaction));
	fopnp_json_set(object, "order", text_or_null(event->order_from));
	fopnp_json_set(object, "status",
		       event->has_status ? json_string(fopnp_status_name(event->status))
					 : json_null());
	fopnp_json_set(object, "answered_by", text_or_null(event->source));
	fopnp_json_set(object, "answer", lookup_answer(event, redaction));
	fopnp_json_set(object, "elapsed_us",
		       fopnp_json_integer_or_null(event->elapsed_us, event->elapsed_us >= 0));
	fopnp_json_set(object, "ttl", fopnp_json_integer_or_null(event->ttl, event->ttl >= 0));
	fopnp_json_set(object, "sequence",
		       fopnp_json_integer_or_null(event->sequence, event->sequence >= 0));
	fopnp_json_set(object, "dropped", json_integer(event->dropped > 0 ? event->dropped : 0));
	fopnp_json_set(object, "truncated", json_boolean(event->truncated));
	for (size_t i = 0; i < event->step_count; i++)
		fopnp_json_append(steps, lookup_step(&event->steps[i], redaction));
	fopnp_json_set(object, "steps", steps);
	return object;
}

/* ---- a call ---- */

static json_t *call_request(const struct fopnp_request *request,
			    const struct fopnp_redaction *redaction)
{
	struct fopnp_request shown = *request;
	json_t *object;

	shown.name = fopnp_redact_name(redaction, request->name);
	shown.given = fopnp_redact_name(redaction, request->given);
	object = fopnp_json_request(&shown);
	free(shown.name);
	free(shown.given);
	return object;
}

static json_t *call_answer(const struct fopnp_observed_call *call,
			   const struct fopnp_redaction *redaction)
{
	const struct fopnp_observed_result *result = &call->result;
	json_t *addresses = json_array();
	char buffer[FOPNP_REDACTED_TEXT];

	for (size_t i = 0; i < result->address_count; i++)
		fopnp_json_append(
			addresses,
			address_to_json(fopnp_redact_shown(redaction, result->addresses[i], buffer),
					call->answered_by, -1));
	return fopnp_json_answer(&(struct fopnp_json_answer){
		.is_known = call->has_ended,
		.code = result->code,
		.error = result->error,
		.h_error = result->h_error,
		.message = call->has_ended ? fopnp_call_meaning(&call->request, result->code)
					   : "the call never came back while it was watched",
		.canonical = fopnp_redact_shown(redaction, result->canonical, buffer),
		.addresses = addresses,
	});
}

json_t *fopnp_observed_call_to_json(const struct fopnp_observed_call *call, const char *command,
				    const struct fopnp_redaction *redaction)
{
	json_t *object = fopnp_json_object("call", command), *lookups = json_array();

	set_time(object, call->time_us);
	fopnp_json_set(object, "process", process_to_json(&call->process));
	fopnp_json_set(object, "id", json_integer((json_int_t)call->id));
	fopnp_json_set(object, "request", call_request(&call->request, redaction));
	fopnp_json_set(object, "ended", json_boolean(call->has_ended));
	fopnp_json_set(object, "result", call_answer(call, redaction));
	fopnp_json_set(object, "answered_by", fopnp_json_text(call->answered_by));
	fopnp_json_set(object, "elapsed_us",
		       fopnp_json_integer_or_null(call->elapsed_us, call->elapsed_us >= 0));
	fopnp_json_set(object, "truncated", json_boolean(call->result.is_cut));
	fopnp_json_set(object, "lost_lookups", json_integer((json_int_t)call->lost_lookups));
	for (size_t i = 0; i < call->lookup_count; i++)
		fopnp_json_append(lookups, fopnp_observed_lookup_to_json(call->lookups[i], command,
									 redaction));
	fopnp_json_set(object, "lookups", lookups);
	return object;
}

/* ---- the rest of what is heard ---- */

json_t *fopnp_observed_malformed_to_json(const struct fopnp_observed_process *process,
					 const char *bytes, size_t len, const char *command,
					 const struct fopnp_redaction *redaction)
{
	json_t *object = fopnp_json_object("malformed", command);
	FOPNP_AUTO_FREE char *text = NULL;

	fopnp_json_set(object, "process", process_to_json(process));
	fopnp_json_set(object, "length", json_integer((json_int_t)len));
	/* Nobody knows what stands there, so that all of it may be a name. */
	if (!redaction)
		text = fopnp_escape_text(bytes, len < MALFORMED_MAX ? len : MALFORMED_MAX);
	fopnp_json_set(object, "text", fopnp_json_text(text));
	return object;
}

json_t *fopnp_observed_finding_to_json(const struct fopnp_finding *finding,
				       const struct fopnp_observed_process *process,
				       const char *command)
{
	json_t *object = fopnp_json_object("finding", command), *about;

	fopnp_json_set(object, "process", process ? process_to_json(process) : json_null());
	about = fopnp_finding_to_json(finding);
	if (json_object_update(object, about) != 0)
		fopnp_memory_give_up();
	json_decref(about);
	return object;
}
