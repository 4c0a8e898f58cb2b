/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking systemd-resolved: a scripted server in its place, which may say anything or nothing. */
#include "tools/memory.h"
#include "tools/resolved_query.h"
#include "tools/resolved_reply.h"
#include "tools/resolved_routes.h"
#include "tools/resolved_words.h"

#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

#define PATIENT_US 20000000 /* where the deadline must not decide */
#define BRIEF_US   100000   /* where it must */

#define ERROR(name)       "{\"error\":\"" name "\",\"parameters\":{}}"
#define RCODE(number)     "{\"error\":\"io.systemd.Resolve.DNSError\",\"parameters\":{\"rcode\":" number "}}"
#define NO_SOURCE         ERROR("io.systemd.Resolve.NoSource")
#define NO_NAME_SERVERS   ERROR("io.systemd.Resolve.NoNameServers")
#define V4                "{\"family\":2,\"address\":[192,0,2,1]}"
#define ANSWER(addresses, flags) \
	"{\"parameters\":{\"addresses\":[" addresses "],\"name\":\"a.example\",\"flags\":" flags "}}"

/* ---- the server: a process with a line of script for each connection ---- */

enum manner {
	SAY,     /* the text and its NUL */
	SAY_CUT, /* the text without a NUL, then close */
	HOLD,    /* nothing, and keep the connection */
	DRIBBLE, /* a byte now and then, without end */
	FLOOD,   /* more than any reply, without a NUL */
	DEAF,    /* close at once, unread */
};

struct line {
	enum manner manner;
	const char *text;
};

static char directory[64], path[96];
static pid_t server;
static int questions = -1; /* what it was asked, each with its NUL */

static void write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t step = send(fd, bytes, len, MSG_NOSIGNAL);

		if (step <= 0)
			return;
		bytes += step;
		len -= (size_t)step;
	}
}

static void read_question(int fd, int copy)
{
	char byte = 'x';

	while (byte && read(fd, &byte, 1) == 1)
		if (write(copy, &byte, 1) != 1)
			return;
}

static void play(int fd, const struct line *line, int copy)
{
	static char flood[64 * 1024];

	if (line->manner != DEAF)
		read_question(fd, copy);
	if (line->manner == SAY || line->manner == SAY_CUT)
		write_all(fd, line->text, strlen(line->text) + (line->manner == SAY));
	memset(flood, ' ', sizeof(flood));
	for (int i = 0; line->manner == FLOOD && i < 8; i++)
		write_all(fd, flood, sizeof(flood));
	while (line->manner == DRIBBLE && send(fd, " ", 1, MSG_NOSIGNAL) == 1)
		(void)usleep(1000);
	if (line->manner == HOLD)
		(void)pause();
	(void)close(fd);
}

static int listen_at_path(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)unlink(path);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

/* The last of COUNT lines serves every further connection. */
static void start_server(const struct line *script, size_t count)
{
	int fd = listen_at_path(), ends[2];

	assert_int_equal(pipe(ends), 0);
	server = fork();
	assert_true(server >= 0);
	if (server == 0) {
		/* A test that fails leaves its server behind. */
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)close(ends[0]);
		for (size_t i = 0;; i++) {
			int connection = accept(fd, NULL, NULL);

			play(connection, &script[i < count ? i : count - 1], ends[1]);
		}
	}
	(void)close(fd);
	(void)close(ends[1]);
	questions = ends[0];
}

/* What the server was asked; the caller's. */
static char *stop_server(void)
{
	char *asked = fopnp_memory_zeroed(65536, 1);
	size_t used = 0;
	ssize_t len;

	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	while ((len = read(questions, asked + used, 65535 - used)) > 0)
		used += (size_t)len;
	(void)close(questions);
	for (size_t i = 0; i + 1 < used; i++)
		if (asked[i] == '\0')
			asked[i] = '\n';
	return asked;
}

static struct fopnp_resolved_answer ask(const struct line *script, size_t count, const char *name,
					uint64_t deadline_us, char **out_asked)
{
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO };
	struct fopnp_resolved_answer answer;
	char *asked;

	assert_true(fopnp_request_set_name(&request, name));
	start_server(script, count);
	fopnp_resolved_ask_at(path, &request, deadline_us, &answer);
	asked = stop_server();
	if (out_asked)
		*out_asked = asked;
	else
		free(asked);
	fopnp_request_clear(&request);
	return answer;
}

/* Its cache knows nothing, and then it says TEXT. */
static struct fopnp_resolved_answer ask_for(const char *name, const char *text)
{
	const struct line script[] = { { SAY, NO_SOURCE }, { SAY, text } };

	return ask(script, 2, name, PATIENT_US, NULL);
}

static int make_directory(void **state)
{
	(void)state;
	(void)strcpy(directory, "/tmp/fopnp-resolved.XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/socket", directory);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(directory);
}

static void assert_words(struct fopnp_resolved_answer *answer, const char *part)
{
	char *words = fopnp_resolved_words(answer);

	if (!strstr(words, part))
		fail_msg("\"%s\" is not in \"%s\"", part, words);
	free(words);
	fopnp_resolved_answer_clear(answer);
}

/* ---- what it is asked ---- */

static void test_questions(void **state)
{
	const struct line script[] = { { SAY, NO_SOURCE }, { SAY, ANSWER(V4, "1") } };
	struct fopnp_resolved_answer answer;
	char *asked;

	(void)state;
	answer = ask(script, 2, "A.example.", PATIENT_US, &asked);
	assert_string_equal(
		asked, "{\"method\":\"io.systemd.Resolve.ResolveHostname\",\"parameters\":"
		       "{\"name\":\"A.example.\",\"flags\":34816}}\n"
		       "{\"method\":\"io.systemd.Resolve.ResolveHostname\",\"parameters\":"
		       "{\"name\":\"A.example.\",\"flags\":0}}");
	free(asked);
	assert_int_equal(answer.state, FOPNP_RESOLVED_ANSWERED);
	fopnp_resolved_answer_clear(&answer);
}

static char *asked_by(struct fopnp_request request, const char *name)
{
	const struct line script[] = { { SAY, ERROR("io.systemd.Resolve.CNAMELoop") } };
	struct fopnp_resolved_answer answer;
	char *asked, *second;

	assert_true(fopnp_request_set_name(&request, name));
	start_server(script, 1);
	fopnp_resolved_ask_at(path, &request, PATIENT_US, &answer);
	assert_int_equal(answer.state, FOPNP_RESOLVED_FAILED);
	asked = stop_server();
	second = fopnp_memory_copy_text(strchr(asked, '\n') + 1);
	free(asked);
	fopnp_request_clear(&request);
	fopnp_resolved_answer_clear(&answer);
	return second;
}

static void assert_asked(struct fopnp_request request, const char *name, const char *expected)
{
	char *asked = asked_by(request, name);

	if (!strstr(asked, expected))
		fail_msg("\"%s\" is not in \"%s\"", expected, asked);
	free(asked);
}

static void test_families(void **state)
{
	const struct fopnp_request six = { .call = FOPNP_CALL_GETADDRINFO, .family = AF_INET6 };
	const struct fopnp_request by_name = { .call = FOPNP_CALL_GETHOSTBYNAME };
	const struct fopnp_request reverse = { .call = FOPNP_CALL_GETNAMEINFO };

	(void)state;
	assert_asked(six, "a.example", "{\"name\":\"a.example\",\"family\":10,\"flags\":0}");
	assert_asked(by_name, "a.example", "{\"name\":\"a.example\",\"family\":2,\"flags\":0}");
	assert_asked(reverse, "192.0.2.7",
		     "ResolveAddress\",\"parameters\":{\"address\":[192,0,2,7],\"family\":2,"
		     "\"flags\":0}");
	assert_asked(reverse, "fe80::1", "\"address\":[254,128,0,0,0,0,0,0,0,0,0,0,0,0,0,1]");
	/* What a program with this variable would ask. */
	assert_int_equal(setenv("SYSTEMD_NSS_RESOLVE_CACHE", "No", 1), 0);
	assert_asked(six, "a.example", "\"family\":10,\"flags\":4096}");
	assert_int_equal(unsetenv("SYSTEMD_NSS_RESOLVE_CACHE"), 0);
}

/* ---- answers ---- */

static void test_answer(void **state)
{
	struct fopnp_resolved_answer answer = ask_for(
		"a.example",
		ANSWER("{\"ifindex\":1,\"family\":2,\"address\":[192,0,2,1]},"
		       "{\"ifindex\":7,\"family\":10,\"address\":[254,128,0,0,0,0,0,0,0,0,0,0,0,0,0,9]},"
		       "{\"ifindex\":7,\"family\":10,\"address\":[32,1,0,0,0,0,0,0,0,0,0,0,0,0,0,9]},"
		       "{\"family\":99,\"address\":[1]}",
		       "8388609"));

	(void)state;
	assert_int_equal(answer.state, FOPNP_RESOLVED_ANSWERED);
	assert_string_equal(answer.protocol, "DNS");
	assert_string_equal(answer.canonical, "a.example");
	assert_true(answer.is_from_network && !answer.is_from_cache && !answer.is_synthetic);
	assert_false(answer.is_authenticated || answer.is_confidential);
	assert_int_equal(answer.address_count, 3);
	assert_int_equal(answer.addresses[0].address.family, AF_INET);
	assert_memory_equal(answer.addresses[0].address.bytes, "\300\0\002\001", 4);
	assert_int_equal(answer.addresses[0].interface, 1);
	/* Only link-local addresses have a scope. */
	assert_int_equal(answer.addresses[1].address.scope, 7);
	assert_int_equal(answer.addresses[2].address.scope, 0);
	/* The server is of this network namespace, where the first link is lo. */
	assert_true(answer.is_namespace_known && !answer.is_other_namespace);
	assert_string_equal(answer.interface_name, "lo");
	assert_string_equal(answer.addresses[0].interface_name, "lo");
	assert_null(answer.error_words);
	assert_words(&answer, "DNS over lo, from the network, ");
}

static void test_flags(void **state)
{
	static const struct {
		const char *flags;
		const char *words;
	} cases[] = {
		{ "1", "DNS, " },
		{ "2", "LLMNR/IPv4, " },
		{ "4", "LLMNR/IPv6, " },
		{ "6", "LLMNR, " },
		{ "8388616", "mDNS/IPv4, from the network, " },
		{ "1048592", "mDNS/IPv6, from its cache, " },
		{ "9437185", "DNS, from its cache and the network, " },
		{ "2097176", "mDNS, from its own records, " },
		{ "4194817", "DNS, from its trust anchors, authenticated, " },
		{ "0", "by a way that it does not say, " },
		{ "9223372036854775807", "/etc/hosts" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = fopnp_memory_format(
			"{\"parameters\":{\"addresses\":[" V4 "],\"name\":\"n\",\"flags\":%s}}",
			cases[i].flags);
		struct fopnp_resolved_answer answer = ask_for("a.example", text);

		assert_int_equal(answer.state, FOPNP_RESOLVED_ANSWERED);
		assert_words(&answer, cases[i].words);
		free(text);
	}
}

static void test_synthetic(void **state)
{
	struct fopnp_resolved_answer answer;

	(void)state;
	answer = ask_for("a.example", ANSWER(V4, "786945"));
	assert_true(answer.is_synthetic && answer.is_from_hosts && answer.is_authenticated &&
		    answer.is_confidential);
	assert_words(&answer, "from /etc/hosts, which it reads itself");
	/* A link's number stands with what is no line of /etc/hosts. */
	answer = ask_for("a.example",
			 ANSWER("{\"ifindex\":1,\"family\":2,\"address\":[127,0,0,1]}", "786945"));
	assert_true(answer.is_synthetic && !answer.is_from_hosts);
	assert_words(&answer, "synthesised by systemd-resolved itself");
	answer = ask_for("192.0.2.1", "{\"parameters\":{\"addresses\":[" V4
				      "],\"name\":\"192.0.2.1\",\"flags\":786945}}");
	assert_true(answer.is_synthetic && !answer.is_from_hosts);
	fopnp_resolved_answer_clear(&answer);
}

static void test_reverse(void **state)
{
	static const struct line script[] = {
		{ SAY, NO_SOURCE },
		{ SAY, "{\"parameters\":{\"names\":[{\"ifindex\":1,\"name\":\"one\"},"
		       "{\"name\":\"two\"}],\"flags\":1}}" },
	};
	struct fopnp_request request = { .call = FOPNP_CALL_GETHOSTBYADDR };
	struct fopnp_resolved_answer answer;

	(void)state;
	assert_true(fopnp_request_set_name(&request, "192.0.2.1"));
	start_server(script, 2);
	fopnp_resolved_ask_at(path, &request, PATIENT_US, &answer);
	free(stop_server());
	assert_int_equal(answer.state, FOPNP_RESOLVED_ANSWERED);
	assert_string_equal(answer.canonical, "one");
	assert_string_equal(answer.interface_name, "lo");
	assert_int_equal(answer.address_count, 0);
	fopnp_resolved_answer_clear(&answer);
	fopnp_request_clear(&request);
}

/* ---- errors ---- */

static void test_errors(void **state)
{
	static const struct {
		const char *reply;
		const char *words;
	} cases[] = {
		{ NO_NAME_SERVERS, "none of its DNS servers is for this name" },
		{ ERROR("io.systemd.Resolve.QueryTimedOut"), "two minutes" },
		{ ERROR("io.systemd.Resolve.MaxAttemptsReached"), "can be reached or answers" },
		{ ERROR("io.systemd.Resolve.NetworkDown"), "the network is down" },
		{ ERROR("io.systemd.Resolve.StubLoop"), "is itself" },
		{ ERROR("io.systemd.Resolve.CNAMELoop"), "CNAME" },
		{ ERROR("io.systemd.Resolve.NoSuchResourceRecord"), "has no address" },
		{ ERROR("io.systemd.Resolve.InconsistentServiceRecords"), "contradict" },
		{ ERROR("io.systemd.Resolve.ResourceRecordTypeInvalidForQuery"), "record type" },
		{ ERROR("org.varlink.service.MethodNotFound"), "is no systemd-resolved" },
		{ ERROR("org.example.New"), "it gave the error org.example.New" },
		{ RCODE("3"), "(NXDOMAIN)" },
		{ RCODE("2"), "(SERVFAIL)" },
		{ RCODE("5"), "(REFUSED)" },
		{ RCODE("23"), "error 23" },
		{ ERROR("io.systemd.Resolve.DNSError"), "the DNS gave an error" },
		{ "{\"error\":\"io.systemd.System\",\"parameters\":{\"errno\":111}}",
		  "refuses connections" },
		{ "{\"error\":\"io.systemd.System\",\"parameters\":{\"errno\":113}}",
		  "cannot be reached" },
		{ "{\"error\":\"io.systemd.System\"}", "does not say which" },
		{ "{\"error\":\"io.systemd.Resolve.DNSSECValidationFailed\",\"parameters\":"
		  "{\"result\":\"no-signature\"}}",
		  "DNSSEC does not verify, no-signature" },
		{ "{\"error\":\"org.varlink.service.InvalidParameter\",\"parameters\":"
		  "{\"parameter\":\"name\"}}",
		  "does not take that as a host name" },
		{ "{\"error\":\"org.varlink.service.InvalidParameter\",\"parameters\":"
		  "{\"parameter\":\"flags\"}}",
		  "InvalidParameter (flags)" },
		{ "{\"parameters\":{\"addresses\":[]}}", "nothing in its answer" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fopnp_resolved_answer answer = ask_for("a.example", cases[i].reply);

		assert_int_equal(answer.state, FOPNP_RESOLVED_FAILED);
		assert_true(answer.is_alive);
		assert_words(&answer, cases[i].words);
	}
}

/* The same error when only its cache may speak: that is where it is from. */
static void test_cached_error(void **state)
{
	static const struct line cached[] = { { SAY, RCODE("3") } };
	static const struct line outdated[] = {
		{ SAY, RCODE("3") },
		{ SAY, RCODE("3") },
		{ SAY, ANSWER(V4, "1") },
	};
	static const struct line synthetic[] = { { SAY, NO_NAME_SERVERS }, { SAY, RCODE("3") } };
	static const struct line other[] = { { SAY, RCODE("2") }, { SAY, RCODE("3") } };
	struct fopnp_resolved_answer answer;
	char *asked;

	(void)state;
	answer = ask(cached, 1, "a.example", PATIENT_US, NULL);
	assert_int_equal(answer.rcode, 3);
	assert_true(answer.is_from_cache && !answer.is_outdated && !answer.is_from_network);
	assert_words(&answer, "(NXDOMAIN), says its cache, ");
	answer = ask(outdated, 3, "a.example", PATIENT_US, &asked);
	assert_true(answer.is_from_cache && answer.is_outdated);
	assert_words(&answer, "says its cache, but that is out of date");
	assert_non_null(strstr(asked, "\"flags\":4096"));
	free(asked);
	answer = ask(synthetic, 2, "a.invalid", PATIENT_US, NULL);
	assert_true(answer.is_synthetic && !answer.is_from_cache);
	assert_words(&answer, "it says itself, asking nobody");
	answer = ask(other, 2, "a.example", PATIENT_US, NULL);
	assert_false(answer.is_from_cache || answer.is_synthetic || answer.is_from_network);
	fopnp_resolved_answer_clear(&answer);
}

static void test_single_label(void **state)
{
	/* With its cache alone; plainly; this name by DNS; a longer one by DNS. */
	static const struct line refused[] = {
		{ SAY, NO_NAME_SERVERS },
		{ SAY, NO_NAME_SERVERS },
		{ SAY, NO_NAME_SERVERS },
		{ SAY, NO_SOURCE },
	};
	static const struct line multicast[] = { { SAY, NO_SOURCE },
						 { SAY, RCODE("3") },
						 { SAY, NO_NAME_SERVERS } };
	static const struct line synthetic[] = { { SAY, NO_NAME_SERVERS },
						 { SAY, RCODE("3") },
						 { SAY, NO_NAME_SERVERS } };
	static const struct line no_servers[] = { { SAY, NO_NAME_SERVERS } };
	static const struct line asked_dns[] = { { SAY, NO_SOURCE }, { SAY, RCODE("3") },
						 { SAY, NO_SOURCE } };
	struct fopnp_resolved_answer answer;
	char *asked;

	(void)state;
	answer = ask(refused, 4, "printer", PATIENT_US, &asked);
	assert_true(answer.is_single_label);
	assert_non_null(strstr(asked, "\"printer.example.\",\"flags\":34817"));
	assert_non_null(strstr(asked, "\"printer\",\"flags\":34817"));
	free(asked);
	assert_words(&answer, "has no search domain to add");
	answer = ask(refused, 4, "printer.", PATIENT_US, NULL);
	assert_true(answer.is_single_label);
	assert_words(&answer, "the dot at the end keeps search domains away");
	answer = ask(refused, 4, "a.example", PATIENT_US, NULL);
	assert_false(answer.is_single_label);
	fopnp_resolved_answer_clear(&answer);
	answer = ask(multicast, 3, "printer", PATIENT_US, NULL);
	assert_true(answer.is_single_label);
	assert_words(&answer, "nobody answered by LLMNR; it asks no DNS server");
	answer = ask(synthetic, 3, "_gateway", PATIENT_US, NULL);
	assert_true(answer.is_synthetic && !answer.is_single_label);
	fopnp_resolved_answer_clear(&answer);
	answer = ask(no_servers, 1, "printer", PATIENT_US, NULL);
	assert_false(answer.is_single_label);
	fopnp_resolved_answer_clear(&answer);
	answer = ask(asked_dns, 3, "printer", PATIENT_US, NULL);
	assert_false(answer.is_single_label);
	fopnp_resolved_answer_clear(&answer);
}

static void test_local(void **state)
{
	static const struct line unserved[] = { { SAY, NO_NAME_SERVERS } };
	static const struct line served[] = { { SAY, NO_NAME_SERVERS },
					      { SAY, NO_NAME_SERVERS },
					      { SAY, NO_SOURCE } };
	struct fopnp_resolved_answer answer;
	char *asked;

	(void)state;
	answer = ask(unserved, 1, "Printer.LOCAL.", PATIENT_US, NULL);
	assert_true(answer.is_unserved_local);
	assert_words(&answer, "no link does mDNS");
	answer = ask(unserved, 1, "printer.locals", PATIENT_US, NULL);
	assert_false(answer.is_unserved_local);
	fopnp_resolved_answer_clear(&answer);
	/* It has somebody to ask by mDNS, when asked for any family. */
	answer = ask(served, 3, "printer.local", PATIENT_US, &asked);
	assert_non_null(strstr(asked, "\"printer.local\",\"flags\":34840}"));
	free(asked);
	assert_false(answer.is_unserved_local);
	assert_words(&answer, "nobody answered to the name by mDNS");
	answer = ask_for("printer.local", ERROR("io.systemd.Resolve.MaxAttemptsReached"));
	assert_false(answer.is_unserved_local);
	assert_words(&answer, "nobody answered to the name by mDNS");
}

static void test_cached(void **state)
{
	static const struct {
		const char *reply;
		bool is_cached;
	} cases[] = {
		{ ANSWER(V4, "1048577"), true }, { RCODE("3"), true },
		{ ERROR("io.systemd.Resolve.NoSuchResourceRecord"), true },
		{ NO_SOURCE, false },            { NO_NAME_SERVERS, false },
		{ ANSWER(V4, "2097160"), false }, { "junk", false },
	};
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO };

	(void)state;
	assert_true(fopnp_request_set_name(&request, "a.example"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct line script[] = { { SAY, cases[i].reply } };

		start_server(script, 1);
		assert_int_equal(fopnp_resolved_has_cached_at(path, &request, PATIENT_US),
				 cases[i].is_cached);
		free(stop_server());
	}
	fopnp_request_clear(&request);
}

/* ---- no answer ---- */

static void test_silence(void **state)
{
	static const struct line frozen[] = { { HOLD, NULL } };
	static const struct line waiting[] = { { SAY, NO_SOURCE }, { HOLD, NULL } };
	static const struct line dribbling[] = { { DRIBBLE, NULL } };
	static const struct line dribbling_later[] = { { SAY, NO_SOURCE }, { DRIBBLE, NULL } };
	struct fopnp_resolved_answer answer;

	(void)state;
	answer = ask(frozen, 1, "a.example", BRIEF_US, NULL);
	assert_int_equal(answer.state, FOPNP_RESOLVED_SILENT);
	assert_false(answer.is_alive);
	assert_words(&answer, "it takes no questions");
	answer = ask(waiting, 2, "a.example", BRIEF_US, NULL);
	assert_int_equal(answer.state, FOPNP_RESOLVED_SILENT);
	assert_true(answer.is_alive);
	assert_words(&answer, "it still waited for its DNS servers after ");
	answer = ask(dribbling, 1, "a.example", BRIEF_US, NULL);
	assert_int_equal(answer.state, FOPNP_RESOLVED_SILENT);
	fopnp_resolved_answer_clear(&answer);
	answer = ask(dribbling_later, 2, "a.example", BRIEF_US, NULL);
	assert_int_equal(answer.state, FOPNP_RESOLVED_SILENT);
	fopnp_resolved_answer_clear(&answer);
	/* No time at all is no time to be answered in. */
	answer = ask(frozen, 1, "a.example", 0, NULL);
	assert_int_equal(answer.state, FOPNP_RESOLVED_SILENT);
	fopnp_resolved_answer_clear(&answer);
}

/* Nobody takes connections, and the queue is full: connect() itself must end. */
static void test_full_queue(void **state)
{
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct fopnp_resolved_answer answer;
	int fd = listen_at_path(), waiting[4];

	(void)state;
	assert_int_equal(listen(fd, 0), 0);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	for (size_t i = 0; i < 4; i++) {
		waiting[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(waiting[i], (const struct sockaddr *)&address, sizeof(address));
	}
	assert_true(fopnp_request_set_name(&request, "a.example"));
	fopnp_resolved_ask_at(path, &request, BRIEF_US, &answer);
	assert_int_equal(answer.state, FOPNP_RESOLVED_SILENT);
	assert_int_equal(answer.error, 0);
	fopnp_resolved_answer_clear(&answer);
	fopnp_request_clear(&request);
	for (size_t i = 0; i < 4; i++)
		(void)close(waiting[i]);
	(void)close(fd);
}

static void test_garbled(void **state)
{
	static const struct line scripts[][1] = {
		{ { SAY_CUT, ANSWER(V4, "1") } },
		{ { SAY_CUT, "" } },
		{ { SAY, "" } },
		{ { SAY, "HTTP/1.1 400 Bad Request\r\n\r\n" } },
		{ { FLOOD, NULL } },
		{ { DEAF, NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct fopnp_resolved_answer answer =
			ask(scripts[i], 1, "a.example", PATIENT_US, NULL);

		assert_int_equal(answer.state, FOPNP_RESOLVED_GARBLED);
		assert_words(&answer, "no answer of systemd-resolved");
	}
}

static struct fopnp_resolved_answer ask_nobody(const char *socket_path)
{
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO };
	struct fopnp_resolved_answer answer;

	assert_true(fopnp_request_set_name(&request, "a.example"));
	fopnp_resolved_ask_at(socket_path, &request, PATIENT_US, &answer);
	fopnp_request_clear(&request);
	return answer;
}

static void test_absence(void **state)
{
	static char long_path[200];
	struct fopnp_resolved_answer answer;

	(void)state;
	(void)unlink(path);
	answer = ask_nobody(path);
	assert_int_equal(answer.state, FOPNP_RESOLVED_ABSENT);
	assert_int_equal(answer.error, ENOENT);
	assert_false(answer.is_namespace_known);
	assert_words(&answer, "it does not run, or its socket is hidden");
	(void)close(listen_at_path());
	answer = ask_nobody(path);
	assert_int_equal(answer.state, FOPNP_RESOLVED_ABSENT);
	assert_int_equal(answer.error, ECONNREFUSED);
	assert_words(&answer, "it does not run any more");
	memset(long_path, 'x', sizeof(long_path) - 1);
	answer = ask_nobody(long_path);
	assert_int_equal(answer.state, FOPNP_RESOLVED_ABSENT);
	assert_int_equal(answer.error, ENAMETOOLONG);
	fopnp_resolved_answer_clear(&answer);
}

/* As an ordinary user, behind a directory that is closed to it. */
static int ask_denied(void)
{
	struct fopnp_resolved_answer answer;

	if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
		return 2;
	answer = ask_nobody(path);
	return answer.state == FOPNP_RESOLVED_DENIED && answer.error == EACCES &&
			       strstr(answer.error_words, "closed to this process")
		       ? 0
		       : 1;
}

static void test_denied(void **state)
{
	int status = -1;
	pid_t child;

	(void)state;
	(void)close(listen_at_path());
	assert_int_equal(chmod(directory, 0), 0);
	child = fork();
	if (child == 0)
		_exit(ask_denied());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chmod(directory, 0700), 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_unaskable(void **state)
{
	struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO };
	struct fopnp_resolved_answer answer;

	(void)state;
	assert_true(fopnp_request_set_name(&request, "a\377b"));
	fopnp_resolved_ask_at(path, &request, PATIENT_US, &answer);
	assert_int_equal(answer.state, FOPNP_RESOLVED_FAILED);
	assert_words(&answer, "no UTF-8");
	fopnp_request_clear(&request);
	/* The null host. */
	fopnp_resolved_ask_at(path, &request, PATIENT_US, &answer);
	assert_int_equal(answer.state, FOPNP_RESOLVED_FAILED);
	fopnp_resolved_answer_clear(&answer);
}

/* ---- replies that are none ---- */

static enum fopnp_resolved_state decode(const char *bytes, size_t len, bool is_reverse)
{
	struct fopnp_resolved_answer answer;
	enum fopnp_resolved_state state;

	fopnp_resolved_reply_decode(bytes, len, is_reverse, &answer);
	state = answer.state;
	fopnp_resolved_answer_clear(&answer);
	return state;
}

#define WITH(entry) "{\"parameters\":{\"addresses\":[" entry "]}}"

static void test_hostile_replies(void **state)
{
	static const char *const replies[] = {
		"null", "7", "\"x\"", "[]", "{", "{}", "{\"parameters\":null}", "{\"parameters\":[]}",
		"{\"error\":7}", "{\"error\":[],\"parameters\":{}}",
		"{\"error\":\"e\",\"parameters\":7}",
		"{\"error\":\"e\",\"parameters\":{\"rcode\":\"3\"}}",
		"{\"error\":\"e\",\"parameters\":{\"rcode\":-1}}",
		"{\"error\":\"e\",\"parameters\":{\"rcode\":4096}}",
		"{\"error\":\"e\",\"parameters\":{\"errno\":99999}}",
		"{\"error\":\"e\",\"parameters\":{\"errno\":1e3}}",
		"{\"error\":\"\\u0000\"}", "{\"error\":\"\377\"}", "{\"error\":\"\\ud800\"}",
		"{\"parameters\":{\"addresses\":{}}}", "{\"parameters\":{\"addresses\":7}}",
		"{\"parameters\":{\"names\":[]}}",
		"{\"parameters\":{\"addresses\":[],\"name\":7}}",
		"{\"parameters\":{\"addresses\":[],\"flags\":-1}}",
		"{\"parameters\":{\"addresses\":[],\"flags\":\"1\"}}",
		"{\"parameters\":{\"addresses\":[],\"flags\":1.0}}",
		"{\"parameters\":{\"addresses\":[],\"flags\":99999999999999999999999999}}",
		WITH("null"), WITH("[]"), WITH("{}"), WITH("2"),
		WITH("{\"family\":\"2\",\"address\":[1,2,3,4]}"),
		WITH("{\"family\":-2,\"address\":[1,2,3,4]}"),
		WITH("{\"family\":4294967298,\"address\":[1,2,3,4]}"),
		WITH("{\"family\":2,\"address\":[1,2,3]}"),
		WITH("{\"family\":2,\"address\":[1,2,3,4,5]}"),
		WITH("{\"family\":2,\"address\":[1,2,3,256]}"),
		WITH("{\"family\":2,\"address\":[1,2,3,-1]}"),
		WITH("{\"family\":2,\"address\":[1,2,3,\"4\"]}"),
		WITH("{\"family\":2,\"address\":[1,2,3,4.0]}"),
		WITH("{\"family\":2,\"address\":\"1234\"}"), WITH("{\"family\":2}"),
		WITH("{\"family\":10,\"address\":[1,2,3,4]}"),
		WITH("{\"family\":2,\"address\":[1,2,3,4],\"ifindex\":-1}"),
		WITH("{\"family\":2,\"address\":[1,2,3,4],\"ifindex\":2147483648}"),
		WITH("{\"family\":2,\"address\":[1,2,3,4],\"ifindex\":\"eth0\"}"),
		WITH(V4 "," V4 ",7"), WITH(V4) "x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++)
		if (decode(replies[i], strlen(replies[i]), false) != FOPNP_RESOLVED_GARBLED)
			fail_msg("taken: %s", replies[i]);
	assert_int_equal(decode(WITH(V4), strlen(WITH(V4)), false), FOPNP_RESOLVED_ANSWERED);
	assert_int_equal(decode(WITH(V4), strlen(WITH(V4)), true), FOPNP_RESOLVED_GARBLED);
	assert_int_equal(decode(BYTES("{\"error\":\"e\0\"}"), false), FOPNP_RESOLVED_GARBLED);
}

static void test_hostile_names(void **state)
{
	static const char *const replies[] = {
		"{\"parameters\":{\"names\":7}}",
		"{\"parameters\":{\"names\":[7]}}",
		"{\"parameters\":{\"names\":[{}]}}",
		"{\"parameters\":{\"names\":[{\"name\":7}]}}",
		"{\"parameters\":{\"names\":[{\"name\":\"a\"},{\"name\":\"b\",\"ifindex\":-1}]}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++)
		if (decode(replies[i], strlen(replies[i]), true) != FOPNP_RESOLVED_GARBLED)
			fail_msg("taken: %s", replies[i]);
	assert_int_equal(decode(BYTES("{\"parameters\":{\"names\":[]}}"), true),
			 FOPNP_RESOLVED_FAILED);
}

static char *repeat(const char *head, const char *part, const char *tail, size_t count)
{
	size_t len = strlen(part);
	char *text = fopnp_memory_zeroed(strlen(head) + len * count + strlen(tail) + 1, 1);

	(void)strcpy(text, head);
	for (size_t i = 0; i < count; i++)
		memcpy(text + strlen(head) + i * len, part, len);
	(void)strcat(text + strlen(head) + count * len, tail);
	return text;
}

static void test_large_replies(void **state)
{
	char *deep = repeat("{\"parameters\":", "[", "", 250000);
	char *many = repeat("{\"parameters\":{\"addresses\":[" V4, "," V4, "],\"flags\":1}}", 99999);
	char *odd = repeat("{\"parameters\":{\"addresses\":[{}", ",{}", "]}}", 80000);
	struct fopnp_resolved_answer answer;

	(void)state;
	assert_int_equal(decode(deep, strlen(deep), false), FOPNP_RESOLVED_GARBLED);
	assert_int_equal(decode(odd, strlen(odd), false), FOPNP_RESOLVED_GARBLED);
	fopnp_resolved_reply_decode(many, strlen(many), false, &answer);
	assert_int_equal(answer.state, FOPNP_RESOLVED_ANSWERED);
	assert_int_equal(answer.address_count, 100000);
	fopnp_resolved_answer_clear(&answer);
	/* Over the socket there is a limit. */
	answer = ask_for("a.example", many);
	assert_int_equal(answer.state, FOPNP_RESOLVED_GARBLED);
	fopnp_resolved_answer_clear(&answer);
	free(deep);
	free(many);
	free(odd);
}

/* A text of any length is cut, and a hostile one stays what it is for others to escape. */
static void test_long_error(void **state)
{
	char *text = repeat("{\"error\":\"", "x", "\",\"parameters\":{\"result\":\"y\"}}", 100000);
	struct fopnp_resolved_answer answer;

	(void)state;
	fopnp_resolved_reply_decode(text, strlen(text), false, &answer);
	assert_int_equal(answer.state, FOPNP_RESOLVED_FAILED);
	assert_int_equal(strlen(answer.error_name), 200);
	assert_string_equal(answer.error_detail, "y");
	fopnp_resolved_answer_clear(&answer);
	free(text);
}

/* ---- routes ---- */

static char *link_path(const char *kind, unsigned index)
{
	return fopnp_memory_format("%s/%s/%u", directory, kind, index);
}

static void write_link(const char *kind, unsigned index, const char *text)
{
	char *file_path = link_path(kind, index);
	FILE *file = fopen(file_path, "we");

	assert_non_null(file);
	(void)fputs(text, file);
	(void)fclose(file);
	free(file_path);
}

static void remove_link(const char *kind, unsigned index)
{
	char *file_path = link_path(kind, index);

	(void)unlink(file_path);
	free(file_path);
}

static void make_link_directories(bool is_there)
{
	static const char *const names[] = { "netif", "netif/links", "resolve", "resolve/netif" };

	for (size_t i = 0; i < 4; i++) {
		char *name = fopnp_memory_format("%s/%s", directory, names[is_there ? i : 3 - i]);

		assert_int_equal(is_there ? mkdir(name, 0700) : rmdir(name), 0);
		free(name);
	}
}

static void assert_route(const char *kind, const char *text, const char *name, const char *expected)
{
	unsigned lo = if_nametoindex("lo");
	char *words, *fix;

	write_link(kind, lo, text);
	words = fopnp_resolved_route_words(directory, name, &fix);
	free(fix);
	if (!expected || !words)
		assert_ptr_equal(expected, words);
	else if (strncmp(words, expected, strlen(expected)) != 0)
		fail_msg("\"%s\" instead of \"%s\"", words, expected);
	free(words);
	remove_link(kind, lo);
}

static void assert_route_fix(const char *kind, const char *text, const char *name,
			     const char *expected)
{
	unsigned lo = if_nametoindex("lo");
	char *fix;

	write_link(kind, lo, text);
	free(fopnp_resolved_route_words(directory, name, &fix));
	if (!expected || !fix)
		assert_ptr_equal(expected, fix);
	else
		assert_string_equal(fix, expected);
	free(fix);
	remove_link(kind, lo);
}

/* The command for another name than those that the link takes: all that it has, and this one. */
static void test_route_fix(void **state)
{
	static const char own[] = "netif/links", kept[] = "resolve/netif";
	static const char one[] = "SERVERS=1.1.1.1\nDOMAINS=~corp.example x\n";

	(void)state;
	make_link_directories(true);
	assert_route_fix(kept, one, "app.corp.internal",
			 "resolvectl domain lo '~corp.example' x '~corp.internal'");
	assert_route_fix(own,
			 "ADMIN_STATE=configured\nDNS=10.9.0.1\nDOMAINS=a.test\n"
			 "ROUTE_DOMAINS=b.test\n",
			 "app.internal.", "resolvectl domain lo a.test '~b.test' '~internal'");
	/* It takes the name already; it has no server; it is unknown what it has. */
	assert_route_fix(kept, one, "a.corp.example", NULL);
	assert_route_fix(kept, "SERVERS=1.1.1.1\nDEFAULT_ROUTE=yes\n", "a.example", NULL);
	assert_route_fix(kept, "SERVERS=\nDOMAINS=corp.example\n", "a.example", NULL);
	/* Nothing that a shell would run. */
	assert_route_fix(kept, one, "app.$(id).internal", NULL);
	assert_route_fix(kept, "SERVERS=1.1.1.1\nDOMAINS=~corp.example '~;id'\n", "a.internal",
			 NULL);
	assert_route_fix(kept, one, "app.'", NULL);
	make_link_directories(false);
}

static void test_routes(void **state)
{
#define NETWORKD "ADMIN_STATE=configured\nDNS=10.9.0.1 10.9.0.2\n"
	static const char own[] = "netif/links", kept[] = "resolve/netif";

	(void)state;
	make_link_directories(true);
	assert_route(own, NETWORKD "ROUTE_DOMAINS=corp.example\n", "a.CORP.example.",
		     "corp.example goes to lo (10.9.0.1, 10.9.0.2)");
	assert_route(own, NETWORKD "DOMAINS=example corp.example x\n", "corp.example",
		     "corp.example goes to lo");
	assert_route(own, NETWORKD "ROUTE_DOMAINS=corp.example b\n", "a.xcorp.example",
		     "no link takes it: lo (10.9.0.1, 10.9.0.2) is for corp.example, ... only");
	/* A search domain leaves the link a default for other names; a routing domain does not. */
	assert_route(own, NETWORKD "DOMAINS=corp.example\n", "a.example",
		     "the name is below no link's domain: such names go to lo (");
	assert_route(own, NETWORKD "ROUTE_DOMAINS=corp.example\nDNS_DEFAULT_ROUTE=yes\n", "a.example",
		     "the name is below no link's domain: such names go to lo (");
	assert_route(own, NETWORKD "ROUTE_DOMAINS=.\n", "a.example",
		     "the name is below no link's domain: such names go to lo (");
	assert_route(own, NETWORKD "DNS_DEFAULT_ROUTE=no\n", "a.example", NULL);
	assert_route(own, "ADMIN_STATE=configured\nDNS=   \nDOMAINS=example\n", "a.example", NULL);
	assert_route(own, "ADMIN_STATE=unmanaged\nDNS=10.9.0.1\nDOMAINS=example\n", "a.example",
		     NULL);
	assert_route(own, NETWORKD "DOMAINS=example\n", "single", NULL);
	assert_route(own, NETWORKD "DOMAINS=example\n", "", NULL);
	assert_route(own, "", "a.example", NULL);
	assert_route(kept, "SERVERS=1.1.1.1 2.2.2.2 3.3.3.3 4.4.4.4\nDOMAINS=~corp.example x\n",
		     "a.corp.example", "corp.example goes to lo (1.1.1.1, 2.2.2.2, 3.3.3.3, ...)");
	assert_route(kept, "SERVERS=1.1.1.1\nDOMAINS=~corp.example\n", "a.example",
		     "no link takes it: lo (1.1.1.1) is for corp.example only");
	assert_route(kept, "SERVERS=1.1.1.1\nDEFAULT_ROUTE=yes\n", "a.example",
		     "the name is below no link's domain");
	make_link_directories(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_route_fix),      cmocka_unit_test(test_questions),      cmocka_unit_test(test_families),
		cmocka_unit_test(test_answer),         cmocka_unit_test(test_flags),
		cmocka_unit_test(test_synthetic),      cmocka_unit_test(test_reverse),
		cmocka_unit_test(test_errors),         cmocka_unit_test(test_cached_error),
		cmocka_unit_test(test_single_label),   cmocka_unit_test(test_local),
		cmocka_unit_test(test_cached),         cmocka_unit_test(test_silence),
		cmocka_unit_test(test_full_queue),     cmocka_unit_test(test_garbled),
		cmocka_unit_test(test_absence),        cmocka_unit_test(test_denied),
		cmocka_unit_test(test_unaskable),      cmocka_unit_test(test_hostile_replies),
		cmocka_unit_test(test_hostile_names),  cmocka_unit_test(test_large_replies),
		cmocka_unit_test(test_long_error),     cmocka_unit_test(test_routes),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
