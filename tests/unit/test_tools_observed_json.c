/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lookups as JSON and back: what an event says, what anybody may have written into a recording. */
#include "tools/observed_json.h"

#include "tools/json_output.h"
#include "tools/memory.h"

#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/random_cases.h"
#include "tests/unit/unit_test.h"

/* ---- made events ---- */

static struct fopnp_observed_lookup *make(const char *fields)
{
	struct fopnp_observed_lookup *lookup = fopnp_observed_create();

	assert_true(fopnp_event_decode(fields, strlen(fields), &lookup->event));
	lookup->process = (struct fopnp_observed_process){
		.pid = 4711,
		.tid = 4712,
		.uid = 1000,
		.comm = "curl",
		.exe = fopnp_memory_copy_text("/usr/bin/curl"),
		.is_trusted = true,
		.claimed_pid = -1,
		.claimed_uid = -1,
	};
	return lookup;
}

static const char FOUND[] =
	"FOPNP_EVENT=1\nFOPNP_FUNCTION=gethostbyname4_r\nFOPNP_NAME=b\303\274ro\\.example\n"
	"FOPNP_FAMILY=unspec\nFOPNP_STATUS=SUCCESS\nFOPNP_ERRNO=0\nFOPNP_HERRNO=0\n"
	"FOPNP_SOURCE=fopnp:dns\nFOPNP_CANONICAL=www.example\nFOPNP_TTL=300\nFOPNP_USEC=1234\n"
	"FOPNP_TIME_USEC=1763812800123456\nFOPNP_ORDER_FROM=/etc/nsswitch.conf:7\n"
	"FOPNP_SEQUENCE=9\nFOPNP_DROPPED=2\nFOPNP_PID=4711\nFOPNP_TID=4712\nFOPNP_UID=1000\n"
	"FOPNP_STEP=source=files status=NOTFOUND errno=2 h_errno=1 usec=83 action=continue\n"
	"FOPNP_STEP=source=x status=UNAVAIL errno=0 h_errno=0 usec=0 action=continue "
	"reason=not-loaded error=no%20such%20file\n"
	"FOPNP_STEP=source=fopnp:hosts status=NOTFOUND errno=0 h_errno=1 usec=5 action=continue "
	"file=/etc/hosts:12 file=/etc/hosts.d more=3\n"
	"FOPNP_STEP=source=fopnp:dns status=SUCCESS errno=0 h_errno=0 usec=1000 action=return "
	"server=192.0.2.53 chain=www.example query=1,192.0.2.53,udp,A,ok,900,1,a.example ttl=300\n"
	"FOPNP_ADDRESS=192.0.2.1\nFOPNP_ADDRESS=fe80::1%3\n";

static const json_t *at(const json_t *object, const char *path)
{
	char key[64];

	while (object && *path) {
		size_t len = strcspn(path, ".");

		(void)snprintf(key, sizeof(key), "%.*s", (int)len, path);
		object = json_is_array(object) ? json_array_get(object, strtoul(key, NULL, 10))
					       : json_object_get(object, key);
		path += len + (path[len] == '.');
	}
	assert_non_null(object);
	return object;
}

static void expect_text(const json_t *object, const char *path, const char *text)
{
	assert_string_equal(json_string_value(at(object, path)), text);
}

static void expect_number(const json_t *object, const char *path, json_int_t number)
{
	assert_true(json_is_integer(at(object, path)));
	assert_int_equal(json_integer_value(at(object, path)), number);
}

static void expect_null(const json_t *object, const char *path)
{
	assert_true(json_is_null(at(object, path)));
}

static char *print(const struct fopnp_observed_lookup *lookup,
		   const struct fopnp_redaction *redaction)
{
	json_t *object = fopnp_observed_lookup_to_json(lookup, "watch", redaction);
	char *text = json_dumps(object, JSON_COMPACT);

	assert_non_null(text);
	json_decref(object);
	return text;
}

static bool read_text(const char *text, struct fopnp_observed_lookup *out_lookup)
{
	json_t *object = json_loads(text, 0, NULL);
	bool is_lookup = fopnp_observed_lookup_from_json(object, out_lookup);

	json_decref(object);
	return is_lookup;
}

/* ---- writing ---- */

static void test_found(void **state)
{
	struct fopnp_observed_lookup *lookup = make(FOUND);
	json_t *o = fopnp_observed_lookup_to_json(lookup, "watch", NULL);

	(void)state;
	expect_text(o, "type", "lookup");
	expect_text(o, "command", "watch");
	expect_text(o, "time", "2025-11-22T12:00:00.123456Z");
	expect_number(o, "process.pid", 4711);
	expect_number(o, "process.tid", 4712);
	expect_number(o, "process.uid", 1000);
	expect_text(o, "process.comm", "curl");
	expect_text(o, "process.exe", "/usr/bin/curl");
	expect_null(o, "process.claimed_pid");
	assert_true(json_is_true(at(o, "process.trusted")));
	expect_text(o, "request.call", "gethostbyname4_r");
	expect_text(o, "request.name", "b\\195\\188ro\\\\.example");
	expect_text(o, "request.family", "unspec");
	expect_null(o, "request.service");
	expect_text(o, "order", "/etc/nsswitch.conf:7");
	expect_text(o, "status", "SUCCESS");
	expect_text(o, "answered_by", "fopnp:dns");
	expect_text(o, "answer.code", "OK");
	expect_number(o, "answer.number", 0);
	expect_null(o, "answer.errno");
	expect_null(o, "answer.h_errno");
	expect_text(o, "answer.message", "answered");
	expect_text(o, "answer.canonical_name", "www.example");
	assert_int_equal(json_array_size(at(o, "answer.addresses")), 2);
	expect_text(o, "answer.addresses.0.family", "inet");
	expect_text(o, "answer.addresses.0.address", "192.0.2.1");
	expect_number(o, "answer.addresses.0.ttl", 300);
	expect_text(o, "answer.addresses.0.source", "fopnp:dns");
	expect_null(o, "answer.addresses.0.scope");
	expect_text(o, "answer.addresses.1.address", "fe80::1");
	expect_number(o, "answer.addresses.1.scope", 3);
	expect_number(o, "elapsed_us", 1234);
	expect_number(o, "ttl", 300);
	expect_number(o, "sequence", 9);
	expect_number(o, "dropped", 2);
	assert_true(json_is_false(at(o, "truncated")));
	json_decref(o);
	fopnp_observed_destroy(lookup);
}

static void test_steps(void **state)
{
	struct fopnp_observed_lookup *lookup = make(FOUND);
	json_t *o = fopnp_observed_lookup_to_json(lookup, NULL, NULL);

	(void)state;
	assert_int_equal(json_array_size(at(o, "steps")), 4);
	expect_text(o, "steps.0.source", "files");
	expect_text(o, "steps.0.status", "NOTFOUND");
	expect_text(o, "steps.0.errno", "ENOENT");
	expect_text(o, "steps.0.h_errno", "HOST_NOT_FOUND");
	expect_text(o, "steps.0.action", "continue");
	expect_number(o, "steps.0.elapsed_us", 83);
	expect_null(o, "steps.0.answer");
	assert_int_equal(json_array_size(at(o, "steps.0.evidence")), 0);
	expect_null(o, "steps.1.h_errno");
	expect_text(o, "steps.1.told.0.word", "reason");
	expect_text(o, "steps.1.told.0.value", "not-loaded");
	expect_text(o, "steps.1.told.1.word", "error");
	expect_text(o, "steps.1.told.1.value", "no such file");
	assert_int_equal(json_array_size(at(o, "steps.2.evidence")), 2);
	expect_text(o, "steps.2.evidence.0.file", "/etc/hosts");
	expect_number(o, "steps.2.evidence.0.line", 12);
	expect_null(o, "steps.2.evidence.0.text");
	expect_null(o, "steps.2.evidence.0.remark");
	expect_text(o, "steps.2.evidence.1.file", "/etc/hosts.d");
	expect_null(o, "steps.2.evidence.1.line");
	expect_text(o, "steps.3.action", "return");
	assert_int_equal(json_array_size(at(o, "steps.3.told")), 4);
	assert_int_equal(json_array_size(at(o, "steps.3.wire")), 0);
	json_decref(o);
	fopnp_observed_destroy(lookup);
}

static void test_failed(void **state)
{
	struct fopnp_observed_lookup *lookup = make(
		"FOPNP_EVENT=1\nFOPNP_FUNCTION=gethostbyname4_r\nFOPNP_NAME=a.example\n"
		"FOPNP_FAMILY=unspec\nFOPNP_STATUS=TRYAGAIN\nFOPNP_ERRNO=110\nFOPNP_HERRNO=2\n");
	json_t *o = fopnp_observed_lookup_to_json(lookup, "run", NULL);

	(void)state;
	expect_text(o, "answer.code", "EAI_AGAIN");
	expect_text(o, "answer.errno", "ETIMEDOUT");
	expect_text(o, "answer.h_errno", "TRY_AGAIN");
	expect_null(o, "answered_by");
	expect_null(o, "order");
	expect_null(o, "elapsed_us");
	expect_number(o, "dropped", 0);
	json_decref(o);
	fopnp_observed_destroy(lookup);
}

/* An event that tells nothing has all its keys, and a time. */
static void test_nothing_given(void **state)
{
	struct fopnp_observed_lookup *lookup = make("FOPNP_EVENT=1\n");
	json_t *o;

	(void)state;
	free(lookup->process.exe);
	lookup->process =
		(struct fopnp_observed_process){ .uid = -1, .claimed_pid = 0, .claimed_uid = -1 };
	o = fopnp_observed_lookup_to_json(lookup, NULL, NULL);
	expect_null(o, "command");
	assert_int_equal(strlen(json_string_value(at(o, "time"))), 27);
	expect_null(o, "process.pid");
	expect_null(o, "process.tid");
	expect_null(o, "process.uid");
	expect_null(o, "process.comm");
	expect_null(o, "process.exe");
	expect_number(o, "process.claimed_pid", 0);
	expect_text(o, "request.name", "");
	expect_null(o, "request.call");
	expect_null(o, "status");
	expect_null(o, "answer.code");
	expect_null(o, "answer.number");
	expect_null(o, "ttl");
	expect_null(o, "sequence");
	assert_int_equal(json_array_size(at(o, "steps")), 0);
	json_decref(o);
	fopnp_observed_destroy(lookup);
}

/* What a forged event calls an address. */
static void test_no_addresses(void **state)
{
	static const char *const texts[] = { "fe80::1%eth0", "fe80::1%0", "192.0.2.1%1",   "here",
					     "1.2.3",        "",          "::1%4294967296" };
	struct fopnp_observed_lookup *lookup = make(FOUND);
	json_t *o;

	(void)state;
	lookup->event.address_count = sizeof(texts) / sizeof(texts[0]);
	for (size_t i = 0; i < lookup->event.address_count; i++)
		(void)strcpy(lookup->event.addresses[i], texts[i]);
	o = fopnp_observed_lookup_to_json(lookup, NULL, NULL);
	for (size_t i = 0; i < lookup->event.address_count; i++) {
		const json_t *address = json_array_get(at(o, "answer.addresses"), i);

		expect_null(address, "family");
		expect_null(address, "scope");
		expect_text(address, "address", texts[i]);
	}
	json_decref(o);
	fopnp_observed_destroy(lookup);
}

static void test_redacted(void **state)
{
	struct fopnp_redaction *redaction = fopnp_redaction_create();
	struct fopnp_observed_lookup *lookup = make(FOUND);
	char *once, *twice, *plain;

	(void)state;
	(void)strcpy(lookup->event.steps[0].detail, "if=a"); /* shorter than its hash */
	once = print(lookup, redaction);
	assert_null(strstr(once, "example"));
	assert_null(strstr(once, "192.0.2"));
	assert_null(strstr(once, "fe80"));
	assert_non_null(strstr(once, "curl"));
	assert_non_null(strstr(once, "/etc/hosts"));
	assert_non_null(strstr(once, "no such file"));
	assert_non_null(strstr(once, "\"if\",\"value\":\"name-"));
	/* Read back it is what it was, also where it is redacted again. */
	assert_true(read_text(once, lookup));
	plain = print(lookup, NULL);
	twice = print(lookup, redaction);
	assert_string_equal(plain, once);
	assert_string_equal(twice, once);
	free(once);
	free(plain);
	free(twice);
	fopnp_redaction_destroy(redaction);
	fopnp_observed_destroy(lookup);
}

/* ---- calls and the rest ---- */

static void test_call(void **state)
{
	char *addresses[] = { (char[]){ "192.0.2.1" }, (char[]){ "2001:db8::1" } };
	struct fopnp_observed_lookup *lookup = make(FOUND);
	struct fopnp_observed_call call = {
		.process = { .pid = 7, .uid = 0, .claimed_pid = -1, .claimed_uid = -1 },
		.id = 3,
		.request = { .call = FOPNP_CALL_GETNAMEINFO,
			     .name = (char[]){ "192.0.2.7" },
			     .given = (char[]){ "192.0.2.7" },
			     .service = (char[]){ "80" },
			     .family = -1,
			     .flags = NI_NUMERICSERV | NI_DGRAM },
		.has_ended = true,
		.result = { .canonical = (char[]){ "secret.example" },
			    .addresses = addresses,
			    .address_count = 2 },
		.time_us = 1763812800000001,
		.elapsed_us = 55,
		.answered_by = (char[]){ "files" },
		.lookups = &lookup,
		.lookup_count = 1,
		.lost_lookups = 4,
	};
	struct fopnp_redaction *redaction = fopnp_redaction_create();
	json_t *o = fopnp_observed_call_to_json(&call, "run", NULL);
	char *text;

	(void)state;
	expect_text(o, "type", "call");
	expect_text(o, "time", "2025-11-22T12:00:00.000001Z");
	expect_number(o, "id", 3);
	expect_text(o, "request.call", "getnameinfo");
	expect_text(o, "request.service", "80");
	expect_text(o, "request.family", "?");
	expect_text(o, "request.flags.0", "NI_NUMERICSERV");
	expect_text(o, "request.flags.1", "NI_DGRAM");
	expect_text(o, "result.code", "OK");
	expect_text(o, "result.canonical_name", "secret.example");
	expect_text(o, "result.addresses.1.address", "2001:db8::1");
	expect_text(o, "result.addresses.1.source", "files");
	expect_number(o, "elapsed_us", 55);
	expect_number(o, "lost_lookups", 4);
	expect_text(o, "lookups.0.type", "lookup");
	json_decref(o);
	o = fopnp_observed_call_to_json(&call, "run", redaction);
	text = json_dumps(o, 0);
	assert_null(strstr(text, "example"));
	assert_null(strstr(text, "192.0.2"));
	assert_null(strstr(text, "db8"));
	free(text);
	json_decref(o);
	call.has_ended = false;
	call.elapsed_us = -1;
	o = fopnp_observed_call_to_json(&call, "run", NULL);
	expect_null(o, "result.code");
	expect_null(o, "elapsed_us");
	json_decref(o);
	fopnp_redaction_destroy(redaction);
	fopnp_observed_destroy(lookup);
}

static void test_malformed(void **state)
{
	struct fopnp_observed_process process = { .pid = 7, .claimed_pid = -1, .claimed_uid = -1 };
	struct fopnp_redaction *redaction = fopnp_redaction_create();
	json_t *o =
		fopnp_observed_malformed_to_json(&process, BYTES("a\0\033[2J\377"), "watch", NULL);

	(void)state;
	expect_number(o, "length", 7);
	expect_text(o, "text", "a\\x00\\x1b[2J\\xff");
	json_decref(o);
	o = fopnp_observed_malformed_to_json(&process, BYTES("a.example"), "watch", redaction);
	expect_null(o, "text");
	json_decref(o);
	fopnp_redaction_destroy(redaction);
}

static void test_finding(void **state)
{
	struct fopnp_findings findings = { 0 };
	const struct fopnp_finding *finding =
		fopnp_findings_add(&findings, "some-id", FOPNP_WARNING, "a text");
	struct fopnp_observed_process process = { .pid = 7, .claimed_pid = -1, .claimed_uid = -1 };
	json_t *o = fopnp_observed_finding_to_json(finding, &process, "run");

	(void)state;
	expect_text(o, "type", "finding");
	expect_text(o, "id", "some-id");
	expect_text(o, "severity", "warning");
	expect_number(o, "process.pid", 7);
	expect_null(o, "place");
	json_decref(o);
	o = fopnp_observed_finding_to_json(finding, NULL, "run");
	expect_null(o, "process");
	json_decref(o);
	fopnp_findings_clear(&findings);
}

/* ---- reading ---- */

static void test_read_back(void **state)
{
	struct fopnp_observed_lookup *lookup = make(FOUND), *back = make("FOPNP_EVENT=1\n");
	const struct fopnp_event *is = &back->event;
	char *text = print(lookup, NULL);

	(void)state;
	assert_true(read_text(text, back));
	free(text);
	assert_string_equal(is->name, lookup->event.name);
	assert_string_equal(is->function, "gethostbyname4_r");
	assert_string_equal(is->family, "unspec");
	assert_string_equal(is->canonical, "www.example");
	assert_string_equal(is->source, "fopnp:dns");
	assert_true(is->has_status && is->has_name && !is->truncated);
	assert_int_equal(is->status, NSS_STATUS_SUCCESS);
	assert_int_equal(is->ttl, 300);
	assert_int_equal(is->elapsed_us, 1234);
	assert_int_equal(is->time_us, 1763812800123456);
	assert_int_equal(is->sequence, 9);
	assert_int_equal(is->dropped, 2);
	assert_int_equal(is->address_count, 2);
	assert_string_equal(is->addresses[0], "192.0.2.1");
	assert_string_equal(is->addresses[1], "fe80::1%3");
	assert_int_equal(is->step_count, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct fopnp_event_step *was = &lookup->event.steps[i], *now = &is->steps[i];

		assert_string_equal(now->source, was->source);
		assert_string_equal(now->action, was->action);
		assert_string_equal(now->reason, was->reason);
		assert_string_equal(now->detail, was->detail);
		assert_int_equal(now->has_result, was->has_result);
		assert_int_equal(now->status, was->status);
		assert_int_equal(now->error, was->error);
		assert_int_equal(now->h_error, was->h_error);
		assert_int_equal(now->elapsed_us, was->elapsed_us);
	}
	assert_int_equal(back->process.pid, 4711);
	assert_int_equal(back->process.uid, 1000);
	assert_int_equal(back->process.claimed_pid, -1);
	assert_string_equal(back->process.comm, "curl");
	assert_string_equal(back->process.exe, "/usr/bin/curl");
	assert_true(back->process.is_trusted);
	fopnp_observed_destroy(lookup);
	fopnp_observed_destroy(back);
}

static void test_no_lookup(void **state)
{
	static const char *const texts[] = {
		"[]",
		"{}",
		"{\"type\":\"lookup\"}",
		"{\"type\":\"call\",\"version\":1}",
		"{\"type\":[],\"version\":1}",
		"{\"type\":\"lookup\",\"version\":2}",
		"{\"type\":\"lookup\",\"version\":\"1\"}",
		"{\"type\":\"lookup\",\"version\":true}",
	};
	struct fopnp_observed_lookup *lookup = make("FOPNP_EVENT=1\n");

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(read_text(texts[i], lookup));
	assert_false(fopnp_observed_lookup_from_json(NULL, lookup));
	assert_true(read_text("{\"type\":\"lookup\",\"version\":1}", lookup));
	assert_int_equal(lookup->event.elapsed_us, -1);
	assert_int_equal(lookup->event.time_us, -1);
	assert_int_equal(lookup->process.uid, -1);
	assert_false(lookup->event.has_name);
	assert_true(read_text("{\"type\":\"lookup\",\"version\":1,\"dropped\":4294967296}", lookup));
	assert_int_equal(lookup->event.dropped, -1);
	fopnp_observed_destroy(lookup);
}

static void test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} times[] = {
		{ "1970-01-01T00:00:00.000Z", 0 },
		{ "2025-11-22T12:00:00.123Z", 1763812800123000 },
		{ "9999-12-31T23:59:59.999999Z", 253402300799999999 },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "2025-11-22T12:00:00Z", -1 },
		{ "2025-11-22T12:00:00.1234567Z", -1 },
		{ "2025-11-22 12:00:00.123Z", -1 },
		{ "2025-11-22T12:00:00.123Zz", -1 },
		{ "2025-11-22T12:00:00.123", -1 },
		{ "", -1 },
	};
	struct fopnp_observed_lookup *lookup = make("FOPNP_EVENT=1\n");
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		(void)snprintf(text, sizeof(text),
			       "{\"type\":\"lookup\",\"version\":1,\"time\":\"%s\"}",
			       times[i].text);
		assert_true(read_text(text, lookup));
		assert_int_equal(lookup->event.time_us, times[i].us);
	}
	fopnp_observed_destroy(lookup);
}

/* ---- every value of a recording made another one ---- */

static int hostile_count(void)
{
	return 14;
}

static json_t *hostile_value(int which)
{
	static char long_text[5000];
	json_t *value;

	(void)memset(long_text, '\\', sizeof(long_text) - 1);
	switch (which) {
	case 0:
		return json_null();
	case 1:
		return json_true();
	case 2:
		return json_integer(-1);
	case 3:
		return json_integer(INT64_MAX);
	case 4:
		return json_integer(INT64_MIN);
	case 5:
		return json_real(1e300);
	case 6:
		return json_string("");
	case 7:
		return json_string(long_text);
	case 8:
		return json_string("\\200\\195\\169\\999\\12\\");
	case 9:
		return json_string("%zz%1 =\n\177\303\251");
	case 10:
		return json_object();
	case 11:
		return json_string("99999999999999999999");
	case 12:
		value = json_array();
		for (int i = 0; i < 1000; i++)
			json_array_append_new(value,
					      json_pack("{ssss}", "word", "w", "value", "v"));
		return value;
	default:
		value = json_array();
		for (int i = 0; i < 1000; i++)
			json_array_append_new(value,
					      json_pack("{sssi}", "address", "::1", "scope", i));
		return value;
	}
}

/* What was read from ROOT, written and read and written, is what was written first. */
static void expect_stable(const json_t *root, const struct fopnp_redaction *redaction)
{
	struct fopnp_observed_lookup *lookup = fopnp_observed_create();
	char *first, *second;

	if (fopnp_observed_lookup_from_json(root, lookup)) {
		first = print(lookup, redaction);
		assert_true(read_text(first, lookup));
		second = print(lookup, NULL);
		/* What no longer fitted is said. */
		if (!strstr(second, "\"truncated\":true"))
			assert_string_equal(first, second);
		free(first);
		first = print(lookup, redaction);
		assert_true(read_text(first, lookup));
		free(second);
		second = print(lookup, redaction);
		assert_string_equal(first, second);
		free(first);
		free(second);
	}
	fopnp_observed_destroy(lookup);
}

static void change_each(json_t *root, json_t *inside, const struct fopnp_redaction *redaction)
{
	size_t count = json_is_array(inside) ? json_array_size(inside) : json_object_size(inside);
	void *iterator = json_object_iter(inside);

	for (size_t i = 0; i < count; i++) {
		const char *key = json_is_array(inside) ? NULL : json_object_iter_key(iterator);
		json_t *was = key ? json_object_iter_value(iterator) : json_array_get(inside, i);

		json_incref(was);
		for (int which = 0; which < hostile_count(); which++) {
			if (key)
				json_object_set_new(inside, key, hostile_value(which));
			else
				json_array_set_new(inside, i, hostile_value(which));
			expect_stable(root, redaction);
		}
		if (key)
			json_object_set_new(inside, key, was);
		else
			json_array_set_new(inside, i, was);
		change_each(root, was, redaction);
		if (key)
			iterator = json_object_iter_next(inside, json_object_key_to_iter(key));
	}
}

static void test_hostile(void **state)
{
	struct fopnp_redaction *redaction = fopnp_redaction_create();
	struct fopnp_observed_lookup *lookup = make(FOUND);
	json_t *o = fopnp_observed_lookup_to_json(lookup, "watch", NULL);

	(void)state;
	change_each(o, o, NULL);
	change_each(o, o, redaction);
	json_decref(o);
	fopnp_redaction_destroy(redaction);
	fopnp_observed_destroy(lookup);
}

/* ---- events by chance ---- */

static unsigned below(unsigned limit)
{
	return (unsigned)rand() % limit;
}

/* A text of at most SIZE - 1 bytes, some of which are likely to be trouble. */
static void random_text(char *text, size_t size)
{
	static const char *const pieces[] = {
		"a",  ".",     "\\",  "\\200", "\303\251", "\200",
		"\n", "name-", "%41", "\"",    "\033[m",   "localhost"
	};
	size_t used = 0,
	       len = below(4) ? below((unsigned)(size < 20 ? size : 20)) : below((unsigned)size);

	while (used < len) {
		const char *piece = pieces[below(sizeof(pieces) / sizeof(pieces[0]))];

		if (used + strlen(piece) >= size)
			break;
		(void)strcpy(text + used, piece);
		used += strlen(piece);
	}
	text[used] = '\0';
}

static void random_step(struct fopnp_event_step *step)
{
	static const char *const words[] = { "file", "server", "chain", "query",
					     "ede",  "other",  "sent" };
	char value[200];

	(void)memset(step, 0, sizeof(*step));
	random_text(step->source, sizeof(step->source));
	step->has_result = below(5) > 0;
	step->status = step->has_result ? (int)below(5) - 2 : 0;
	step->error = (int)below(200);
	step->h_error = (int)below(7) - 1;
	step->elapsed_us = below(1000000);
	if (step->has_result)
		(void)strcpy(step->action, below(2) ? "return" : "continue");
	if (below(4) == 0)
		random_text(step->reason, sizeof(step->reason));
	for (unsigned i = below(8); i > 0; i--) {
		random_text(value, sizeof(value));
		(void)fopnp_words_add(step->detail, sizeof(step->detail),
				      words[below(sizeof(words) / sizeof(words[0]))], value);
	}
}

static int64_t random_number(void)
{
	return below(4) ? (int64_t)below(100000) : -1;
}

static void random_lookup(struct fopnp_observed_lookup *lookup)
{
	static const char *const addresses[] = { "192.0.2.1",        "::1",     "fe80::2%7",
						 "::ffff:192.0.2.3", "rubbish", "fe80::1%eth0",
						 "addr-0123456789ab" };
	struct fopnp_observed_process *process = &lookup->process;
	struct fopnp_event *event = &lookup->event;

	free(process->exe);
	*process = (struct fopnp_observed_process){
		.pid = below(3) ? (int64_t)below(70000) : 0,
		.tid = below(3) ? (int64_t)below(70000) : 0,
		.uid = random_number(),
		.is_trusted = below(2),
		.is_comm_claimed = below(2),
		.is_claim_false = below(2),
		.claimed_pid = random_number(),
		.claimed_uid = random_number(),
	};
	random_text(process->comm, sizeof(process->comm));
	if (below(2)) {
		process->exe = fopnp_memory_zeroed(300, 1);
		random_text(process->exe, 300);
	}
	fopnp_event_clear(event);
	random_text(event->name, sizeof(event->name));
	random_text(event->canonical, sizeof(event->canonical));
	random_text(event->function, sizeof(event->function));
	random_text(event->family, sizeof(event->family));
	random_text(event->source, sizeof(event->source));
	random_text(event->order_from, sizeof(event->order_from));
	event->has_status = below(5) > 0;
	event->status = event->has_status ? (int)below(5) - 2 : 0;
	event->error = (int)below(200);
	event->h_error = (int)below(7) - 1;
	event->ttl = random_number();
	event->elapsed_us = random_number();
	event->sequence = random_number();
	event->dropped = random_number();
	event->time_us = 1763812800123456 + random_number();
	event->truncated = below(2);
	event->address_count = below(6) ? below(6) : FOPNP_EVENT_ADDRESSES;
	for (size_t i = 0; i < event->address_count; i++)
		(void)strcpy(event->addresses[i],
			     addresses[below(sizeof(addresses) / sizeof(addresses[0]))]);
	event->step_count = below(6) ? below(4) : FOPNP_EVENT_STEPS;
	for (size_t i = 0; i < event->step_count; i++)
		random_step(&event->steps[i]);
}

static int round_trips(unsigned seed)
{
	struct fopnp_redaction *redaction = fopnp_redaction_create();
	struct fopnp_observed_lookup *lookup = fopnp_observed_create();

	srand(seed);
	for (int i = 0; i < 1000; i++) {
		const struct fopnp_redaction *by = below(2) ? redaction : NULL;
		char *first, *again;

		random_lookup(lookup);
		first = print(lookup, by);
		if (!read_text(first, lookup))
			return 1;
		again = print(lookup, NULL);
		if (strcmp(first, again) != 0) {
			(void)fprintf(stderr, "%s\n%s\n", first, again);
			return 1;
		}
		free(again);
		again = print(lookup, by);
		if (strcmp(first, again) != 0) {
			(void)fprintf(stderr, "%s\n%s\n", first, again);
			return 1;
		}
		free(first);
		free(again);
	}
	fopnp_redaction_destroy(redaction);
	fopnp_observed_destroy(lookup);
	return 0;
}

static void test_round_trips(void **state)
{
	(void)state;
	run_random_cases(round_trips);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),        cmocka_unit_test(test_steps),
		cmocka_unit_test(test_failed),       cmocka_unit_test(test_nothing_given),
		cmocka_unit_test(test_no_addresses), cmocka_unit_test(test_redacted),
		cmocka_unit_test(test_call),         cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_finding),      cmocka_unit_test(test_read_back),
		cmocka_unit_test(test_no_lookup),    cmocka_unit_test(test_times),
		cmocka_unit_test(test_hostile),      cmocka_unit_test(test_round_trips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
