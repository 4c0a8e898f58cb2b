/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an event says about a lookup, who may switch events on, and which
 * order a configuration puts in force, which the event names.
 */
#include "tests/nss/isolated.h"
#include "tests/nss/listener.h"
#include "tests/nss/resolve.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct nss_functions fopnp;

static void load(void)
{
	nss_functions_load("fopnp", &fopnp);
}

/* Load the module, make it the hosts line and listen where FOPNP_LOG points. */
static int start(void)
{
	int fd = listener_open(LISTENER_PATH);

	load();
	resolve_only_with("fopnp");
	return fd;
}

/* Listen there, with the hosts line that nsswitch.conf has. */
static int start_with(const char *nsswitch, const char *conf)
{
	int fd = listener_open(LISTENER_PATH);

	isolated_write("/etc/nsswitch.conf", nsswitch);
	if (conf)
		isolated_write("/etc/fopnp.conf", conf);
	load();
	return fd;
}

static void look_up(const char *name)
{
	static char text[64 << 10];

	resolve(name, AF_UNSPEC, 0, text, sizeof(text));
}

static const struct fopnp_event *event_of(int fd, const char *name)
{
	const struct fopnp_event *event;

	look_up(name);
	event = listener_event(fd);
	if (!event)
		fail_msg("no event for %.60s", name);
	return event;
}

/* As getaddrinfo(3) calls it, but with a buffer of SIZE. */
static enum nss_status ask(const char *name, size_t size, int *out_h_error)
{
	static char buffer[1 << 20];
	struct gaih_addrtuple *tuples = NULL;
	enum nss_status status;

	errno = 0;
	status = fopnp.by_name4(name, &tuples, buffer, size, &errno, &h_errno, NULL);
	*out_h_error = h_errno;
	return status;
}

static void check_step(const struct fopnp_event *event, size_t index, const char *source,
		       int status, const char *action)
{
	const struct fopnp_event_step *step = &event->steps[index];

	assert_true(index < event->step_count);
	assert_string_equal(step->source, source);
	assert_true(step->has_result);
	assert_int_equal(step->status, status);
	assert_string_equal(step->action, action);
}

/* ---- fields ---- */

static void check_constant_fields(void)
{
	assert_true(listener_has("MESSAGE", NULL));
	assert_true(listener_has("PRIORITY", "7"));
	assert_true(listener_has("SYSLOG_IDENTIFIER", FOPNP_EVENT_IDENTIFIER));
	assert_true(listener_has("MESSAGE_ID", FOPNP_EVENT_MESSAGE_ID));
	assert_true(listener_has("FOPNP_EVENT", "1"));
	assert_false(listener_has("FOPNP_TRUNCATED", NULL));
	assert_false(listener_has("FOPNP_DROPPED", NULL));
}

static void fields_of_an_answer(void **state)
{
	const struct fopnp_event *event;
	int64_t now = (int64_t)time(NULL) * 1000000;
	int fd = start();

	(void)state;
	event = event_of(fd, "host-5.test");
	check_constant_fields();
	assert_int_equal(event->version, 1);
	assert_string_equal(event->function, "gethostbyname4_r");
	assert_string_equal(event->name, "host-5.test");
	assert_string_equal(event->family, "unspec");
	assert_true(event->has_status);
	assert_int_equal(event->status, NSS_STATUS_SUCCESS);
	assert_int_equal(event->error, 0);
	assert_int_equal(event->h_error, 0);
	assert_string_equal(event->source, "conform");
	assert_string_equal(event->canonical, "host-5.test");
	assert_int_equal(event->address_count, 1);
	assert_string_equal(event->addresses[0], "10.0.0.5");
	assert_string_equal(event->order_from, "FOPNP_ORDER");
	assert_string_equal(event->comm, program_invocation_short_name);
	assert_int_equal(event->ttl, -1);
	assert_int_equal(event->sequence, 1);
	assert_int_equal(event->pid, getpid());
	assert_int_equal(event->tid, gettid());
	assert_int_equal(event->uid, getuid());
	assert_int_in_range(event->elapsed_us, 0, 10000000);
	assert_true(event->time_us >= now && event->time_us < now + 60000000);
	assert_false(event->truncated);
	assert_int_equal(event->step_count, 2);
	check_step(event, 0, "files", NSS_STATUS_NOTFOUND, "continue");
	assert_int_equal(event->steps[0].h_error, HOST_NOT_FOUND);
	check_step(event, 1, "conform", NSS_STATUS_SUCCESS, "return");
	assert_null(listener_event(fd));
}

static void fields_of_a_failure(void **state)
{
	const struct fopnp_event *event;
	int fd = start();

	(void)state;
	event = event_of(fd, "fail-251.test"); /* NOTFOUND, NO_DATA, ENOENT */
	check_constant_fields();
	assert_int_equal(event->status, NSS_STATUS_NOTFOUND);
	assert_int_equal(event->h_error, NO_DATA);
	assert_string_equal(event->source, "");
	assert_string_equal(event->canonical, "");
	assert_int_equal(event->address_count, 0);
	assert_int_equal(event->step_count, 2);
	check_step(event, 1, "conform", NSS_STATUS_NOTFOUND, "continue");
	assert_int_equal(event->steps[1].h_error, NO_DATA);
	assert_int_equal(event->steps[1].error, ENOENT);
	event = event_of(fd, "fail-131.test"); /* UNAVAIL, TRY_AGAIN, ENOENT */
	check_step(event, 1, "conform", NSS_STATUS_UNAVAIL, "continue");
	assert_int_equal(event->steps[1].h_error, TRY_AGAIN);
	assert_int_equal(event->h_error, TRY_AGAIN);
}

/* Of each call, the function that glibc calls for it. */
static void functions_and_families(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	const struct fopnp_event *event;
	struct hostent host, *found;
	char text[1024];
	int fd = start(), h_error;

	(void)state;
	resolve("host-5.test", AF_INET, 0, text, sizeof(text));
	event = listener_event(fd);
	assert_string_equal(event->function, "gethostbyname2_r");
	assert_string_equal(event->family, "inet");
	resolve("host-5.test", AF_INET6, 0, text, sizeof(text));
	event = listener_event(fd);
	assert_string_equal(event->function, "gethostbyname2_r");
	assert_string_equal(event->family, "inet6");
	assert_string_equal(event->addresses[0], "2001:db8::a00:5");
	resolve("host-5.test", AF_INET, AI_CANONNAME, text, sizeof(text));
	event = listener_event(fd);
	assert_string_equal(event->function, "gethostbyname3_r");
	assert_string_equal(event->canonical, "host-5.test");
	assert_int_equal(
		gethostbyname_r("host-5.test", &host, text, sizeof(text), &found, &h_error), 0);
	event = listener_event(fd);
	assert_string_equal(event->function, "gethostbyname_r");
	address.sin_addr.s_addr = htonl(0x0a000009);
	assert_int_equal(getnameinfo((struct sockaddr *)&address, sizeof(address), text,
				     sizeof(text), NULL, 0, NI_NAMEREQD),
			 0);
	event = listener_event(fd);
	assert_string_equal(event->function, "gethostbyaddr_r");
	assert_string_equal(event->name, "10.0.0.9");
	assert_string_equal(event->family, "inet");
	assert_string_equal(event->canonical, "host-9.test");
	assert_null(listener_event(fd));
}

static void steps_are_announced(void **state)
{
	const struct fopnp_event *event;
	int fd = start();

	(void)state;
	look_up("host-5.test");
	event = listener_datagram(fd);
	assert_non_null(event);
	assert_string_equal(event->phase, "step");
	assert_string_equal(event->phase_source, "files");
	assert_int_equal(event->phase_index, 0);
	event = listener_datagram(fd);
	assert_non_null(event);
	assert_string_equal(event->phase, "step");
	assert_string_equal(event->phase_source, "conform");
	assert_int_equal(event->phase_index, 1);
	event = listener_datagram(fd);
	assert_non_null(event);
	assert_string_equal(event->phase, "");
	assert_null(listener_datagram(fd));
}

/* The watch socket and "log" lines get whole events only. */
static void only_fopnp_log_gets_announcements(void **state)
{
	int fd = start_with("hosts: fopnp conform\n", "log " LISTENER_PATH "\n");
	int watch = listener_open(FOPNP_EVENT_SOCKET);
	const struct fopnp_event *event;

	(void)state;
	look_up("host-5.test");
	event = listener_datagram(fd);
	assert_non_null(event);
	assert_string_equal(event->phase, "");
	assert_null(listener_datagram(fd));
	event = listener_datagram(watch);
	assert_non_null(event);
	assert_string_equal(event->phase, "");
	assert_null(listener_datagram(watch));
}

static void numbers_count_up(void **state)
{
	int fd = start();

	(void)state;
	for (int i = 1; i <= 20; i++)
		assert_int_equal(event_of(fd, i % 2 ? "host-5.test" : "missing.test")->sequence, i);
}

static void lifetimes(void **state)
{
	const struct fopnp_event *event;
	int fd = start();
	char value[16];

	(void)state;
	event = event_of(fd, "ttl-77.test");
	assert_int_equal(event->ttl, 77);
	assert_int_equal(event->step_count, 2);
	assert_true(fopnp_words_get(event->steps[1].detail, strlen(event->steps[1].detail), "ttl",
				    value, sizeof(value)));
	assert_string_equal(value, "77");
	event = event_of(fd, "ttl-0.test");
	assert_int_equal(event->ttl, 0);
}

static void sources_that_cannot_be_asked(void **state)
{
	const struct fopnp_event *event;
	int fd = start();

	(void)state;
	event = event_of(fd, "host-5.test");
	assert_int_equal(event->step_count, 2);
	check_step(event, 0, "nosuch", NSS_STATUS_UNAVAIL, "continue");
	assert_string_equal(event->steps[0].reason, "not-loaded");
	check_step(event, 1, "conform", NSS_STATUS_SUCCESS, "return");
	assert_string_equal(event->steps[1].reason, "");
}

static void an_order_that_ends_early(void **state)
{
	const struct fopnp_event *event;
	int fd = start();

	(void)state;
	event = event_of(fd, "missing.test");
	assert_int_equal(event->step_count, 1);
	check_step(event, 0, "files", NSS_STATUS_NOTFOUND, "return");
}

/* ---- one event a lookup ---- */

static void a_retry_makes_no_second_event(void **state)
{
	const struct fopnp_event *event;
	int fd = start(), h_error = 0;

	(void)state;
	event = event_of(fd, "many-100.test"); /* 4 KB: glibc grows its buffer twice or more */
	assert_int_equal(event->status, NSS_STATUS_SUCCESS);
	assert_int_equal(event->step_count, 1);
	check_step(event, 0, "conform", NSS_STATUS_SUCCESS, "return");
	assert_int_equal(event->address_count, 100);
	assert_null(listener_event(fd));

	assert_int_equal(ask("static-50.test", 64, &h_error), NSS_STATUS_TRYAGAIN);
	assert_int_equal(ask("static-50.test", 512, &h_error), NSS_STATUS_TRYAGAIN);
	assert_int_equal(ask("static-50.test", 65536, &h_error), NSS_STATUS_SUCCESS);
	assert_int_equal(listener_drain(fd), 1);
}

static void a_retry_asks_nobody_again(void **state)
{
	struct nss_functions conform;
	atomic_uint *calls;
	unsigned after_refusal;
	int fd = start(), h_error = 0;

	(void)state;
	nss_functions_load("conform", &conform);
	calls = dlsym(conform.handle, "conform_calls");
	assert_int_equal(ask("many-40.test", 64, &h_error), NSS_STATUS_TRYAGAIN);
	assert_int_equal(h_error, NETDB_INTERNAL);
	after_refusal = *calls;
	assert_true(after_refusal > 0);
	assert_int_equal(ask("many-40.test", 65536, &h_error), NSS_STATUS_SUCCESS);
	assert_int_equal(*calls, after_refusal);
	/* another name is another question, and so is the same one once it was answered */
	assert_int_equal(ask("many-41.test", 65536, &h_error), NSS_STATUS_SUCCESS);
	assert_int_equal(*calls, after_refusal + 1);
	assert_int_equal(ask("many-40.test", 65536, &h_error), NSS_STATUS_SUCCESS);
	assert_int_equal(*calls, after_refusal + 2);
	assert_int_equal(listener_drain(fd), 3);
}

/* ---- hostile and huge ---- */

static size_t count_field(const char *key)
{
	struct fopnp_event_field field;
	size_t len, position = 0, count = 0;
	const char *bytes = listener_bytes(&len);

	while (fopnp_event_next(bytes, len, &position, &field) == FOPNP_EVENT_FIELD)
		count += field.key_len == strlen(key) && memcmp(field.key, key, field.key_len) == 0;
	return count;
}

static void check_message_is_printable(void)
{
	struct fopnp_event_field field;
	size_t len, position = 0;
	const char *bytes = listener_bytes(&len);

	while (fopnp_event_next(bytes, len, &position, &field) == FOPNP_EVENT_FIELD) {
		if (field.key_len != 7 || memcmp(field.key, "MESSAGE", 7) != 0)
			continue;
		for (size_t i = 0; i < field.value_len; i++)
			assert_int_in_range(field.value[i], ' ', '~');
	}
}

static void hostile_names(void **state)
{
	static const char *const names[] = {
		"host-5.\nFOPNP_STATUS=NOTFOUND",
		"host-5.\n\n\n",
		"host-5.\033[2Jtest",
		"host-5.\001\002\177test",
		"host-5.\xff\xfe\xc0\x80",
		"host-5.%0A%25=\" \\",
		"host-5. \t ",
	};
	int fd = start();

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct fopnp_event *event = event_of(fd, names[i]);

		assert_string_equal(event->name, names[i]);
		assert_int_equal(event->status, NSS_STATUS_SUCCESS);
		assert_string_equal(event->canonical, names[i]);
		assert_int_equal(count_field("FOPNP_STATUS"), 1);
		check_message_is_printable();
	}
	assert_string_equal(event_of(fd, "")->name, "");
}

static void names_longer_than_an_event(void **state)
{
	static char name[100000];
	static const size_t lengths[] = { 255, 256, 1024, 4000, 8000, 8192, 20000, 99999 };
	const struct fopnp_event *event;
	int fd = start();

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		memset(name, 'x', lengths[i]);
		memcpy(name, "host-5.", 7);
		name[lengths[i]] = '\0';
		event = event_of(fd, name);
		assert_int_equal(event->status, NSS_STATUS_SUCCESS);
		assert_true(event->step_count == 1 || event->truncated);
		if (lengths[i] >= 8000)
			assert_true(listener_has("FOPNP_TRUNCATED", "1"));
		memset(name, '\n', lengths[i]);
		event = event_of(fd, name);
		assert_true(event->has_status);
	}
}

static void answers_longer_than_an_event(void **state)
{
	const struct fopnp_event *event;
	int fd = start();

	(void)state;
	event = event_of(fd, "many-1000.test");
	assert_true(event->truncated);
	assert_true(listener_has("FOPNP_TRUNCATED", "1"));
	assert_true(event->address_count > 100);
	assert_int_equal(event->step_count, 1);
	assert_string_equal(event->addresses[3], "2001:db8::a00:3");
}

/* What a journal does not keep: the order of fields, and equal ones. */
static void addresses_in_order_again(void **state)
{
	static char list[16 << 10];
	char *end = list;
	const struct fopnp_event *event;
	int fd = start();

	(void)state;
	event = event_of(fd, "many-40.test");
	assert_int_equal(event->address_count, 40);
	for (size_t i = 0; i < event->address_count; i++)
		end += sprintf(end, "%s%s", i > 0 ? " " : "", event->addresses[i]);
	assert_true(listener_has("FOPNP_ADDRESSES", list));
	event = event_of(fd, "many-1.test");
	assert_int_equal(event->address_count, 1);
	assert_false(listener_has("FOPNP_ADDRESSES", NULL));
	event = event_of(fd, "many-1000.test");
	end = list;
	for (size_t i = 0; i < event->address_count; i++)
		end += sprintf(end, "%s%s", i > 0 ? " " : "", event->addresses[i]);
	assert_true(event->truncated);
	assert_true(listener_has("FOPNP_ADDRESSES", list));
}

static void orders_longer_than_an_event(void **state)
{
	/* not FOPNP_LOG: its announcements would fill the queue before the event */
	int fd = listener_open(FOPNP_EVENT_SOCKET);
	const struct fopnp_event *event;

	(void)state;
	load();
	resolve_only_with("fopnp");
	event = event_of(fd, "host-5.test");
	assert_int_equal(event->status, NSS_STATUS_SUCCESS);
	assert_string_equal(event->source, "conform");
	assert_true(event->step_count >= 10);
	assert_true(listener_has("FOPNP_TRUNCATED", "1"));
}

/* ---- fopnp.conf and nsswitch.conf ---- */

static void check_order_from(int fd, const char *name, const char *expected)
{
	assert_string_equal(event_of(fd, name)->order_from, expected);
}

static void the_rest_of_the_hosts_line(void **state)
{
	const struct fopnp_event *event;
	int fd =
		start_with("# none\n\nhosts: fopnp [!UNAVAIL= return] files conform fopnp\n", NULL);

	(void)state;
	event = event_of(fd, "host-5.test");
	assert_string_equal(event->order_from, "/etc/nsswitch.conf:3");
	assert_int_equal(event->step_count, 2);
	check_step(event, 0, "files", NSS_STATUS_NOTFOUND, "continue");
	check_step(event, 1, "conform", NSS_STATUS_SUCCESS, "return");
}

static void orders_by_domain(void **state)
{
	int fd = start_with("hosts: fopnp files\n", "order conform\n"
						    "order .example conform files\n"
						    "order .corp.example conform conform\n"
						    "order .Mixed.Case conform\n"
						    "order .corp.example files\n"
						    "order .10.in-addr.arpa conform\n"
						    "order .8.b.d.0.1.0.0.2.ip6.arpa conform\n");
	struct sockaddr_in6 address = { .sin6_family = AF_INET6 };
	struct sockaddr_in address4 = { .sin_family = AF_INET };
	char text[256];

	(void)state;
	check_order_from(fd, "host-1.test", "/etc/fopnp.conf:1");
	check_order_from(fd, "host-1.example", "/etc/fopnp.conf:2");
	check_order_from(fd, "host-1.corp.example", "/etc/fopnp.conf:3");
	check_order_from(fd, "host-1.CORP.example.", "/etc/fopnp.conf:3");
	check_order_from(fd, "corp.example", "/etc/fopnp.conf:3");
	check_order_from(fd, "host-1.xcorp.example", "/etc/fopnp.conf:2");
	check_order_from(fd, "example", "/etc/fopnp.conf:2");
	check_order_from(fd, "notexample", "/etc/fopnp.conf:1");
	check_order_from(fd, "host-1.mixed.case", "/etc/fopnp.conf:4");
	address4.sin_addr.s_addr = htonl(0x0a000009);
	getnameinfo((struct sockaddr *)&address4, sizeof(address4), text, sizeof(text), NULL, 0, 0);
	assert_string_equal(listener_event(fd)->order_from, "/etc/fopnp.conf:6");
	address4.sin_addr.s_addr = htonl(0xc0000209);
	getnameinfo((struct sockaddr *)&address4, sizeof(address4), text, sizeof(text), NULL, 0, 0);
	assert_string_equal(listener_event(fd)->order_from, "/etc/fopnp.conf:1");
	inet_pton(AF_INET6, "2001:db8::10.0.0.9", &address.sin6_addr);
	getnameinfo((struct sockaddr *)&address, sizeof(address), text, sizeof(text), NULL, 0, 0);
	assert_string_equal(listener_event(fd)->order_from, "/etc/fopnp.conf:7");
	assert_string_equal(text, "host-9.test");
}

static void bad_lines_are_left_out(void **state)
{
	int fd = start_with("hosts: fopnp files\n", "ordre conform\n"
						    "order conform [NOTFOUND=retrun]\n"
						    "order\n"
						    "order fopnp\n"
						    "order conform # the good one\n"
						    "log-events often\n");

	(void)state;
	check_order_from(fd, "host-5.test", "/etc/fopnp.conf:5");
}

static void a_log_line_switches_events_on(void **state)
{
	int fd = start_with("hosts: fopnp conform\n", "log " LISTENER_PATH "\n");

	(void)state;
	assert_string_equal(event_of(fd, "host-5.test")->order_from, "/etc/nsswitch.conf:1");
	assert_string_equal(event_of(fd, "missing.test")->name, "missing.test");
}

static void no_log_line_no_event(void **state)
{
	int fd = start_with("hosts: fopnp conform\n", "log none\n");

	(void)state;
	look_up("host-5.test");
	assert_null(listener_datagram(fd));
}

static void failures_alone(void **state)
{
	int fd = start_with("hosts: fopnp conform\n",
			    "log " LISTENER_PATH "\nlog-events failures\n");

	(void)state;
	look_up("host-5.test");
	assert_null(listener_event(fd));
	assert_string_equal(event_of(fd, "missing.test")->name, "missing.test");
}

static void failures_and_slow_ones(void **state)
{
	int fd = start_with("hosts: fopnp conform\n",
			    "log " LISTENER_PATH "\nlog-events failures slow=500ms\n");

	(void)state;
	look_up("host-5.test");
	assert_null(listener_event(fd));
	assert_true(event_of(fd, "poll-550.test")->elapsed_us >= 500000);
	assert_string_equal(event_of(fd, "missing.test")->name, "missing.test");
}

/* The filter is for "log" targets: who watches sees all. */
static void the_watch_socket_is_not_filtered(void **state)
{
	int watch = listener_open(FOPNP_EVENT_SOCKET);

	(void)state;
	start_with("hosts: fopnp conform\n", "log none\nlog-events failures\n");
	assert_string_equal(event_of(watch, "host-5.test")->name, "host-5.test");
}

/* Another user's socket there would tell that user every name. */
static void a_strangers_watch_socket_is_ignored(void **state)
{
	int watch = listener_open(FOPNP_EVENT_SOCKET);

	(void)state;
	if (chown("/run/fopnp", 65534, 65534) < 0)
		skip(); /* one user alone in this namespace */
	start_with("hosts: fopnp conform\n", NULL);
	look_up("host-5.test");
	assert_null(listener_datagram(watch));
}

static void a_folder_open_to_all_is_ignored(void **state)
{
	int watch = listener_open(FOPNP_EVENT_SOCKET);

	(void)state;
	assert_int_equal(chmod("/run/fopnp", 01777), 0);
	start_with("hosts: fopnp conform\n", NULL);
	look_up("host-5.test");
	assert_null(listener_datagram(watch));
}

static void a_writable_file_is_ignored(void **state)
{
	static const mode_t modes[] = { 0664, 0646, 0666 };
	int fd = start_with("hosts: fopnp files\n", "order conform\n");
	int status;
	pid_t pid;

	(void)state;
	check_order_from(fd, "host-5.test", "/etc/fopnp.conf:1");
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod("/etc/fopnp.conf", modes[i]), 0);
		usleep(1100000);
		check_order_from(fd, "host-5.test", "/etc/nsswitch.conf:1");
		assert_int_equal(chmod("/etc/fopnp.conf", 0644), 0);
		usleep(1100000);
		check_order_from(fd, "host-5.test", "/etc/fopnp.conf:1");
	}
	if (chown("/etc/fopnp.conf", 65534, 0) < 0)
		return; /* one user alone in this namespace */
	usleep(1100000);
	check_order_from(fd, "host-5.test", "/etc/nsswitch.conf:1");
	/* nor is it that user's own configuration */
	pid = fork();
	if (pid == 0) {
		chmod(LISTENER_PATH, 0666);
		_exit(setuid(65534) != 0 ||
		      strcmp(event_of(fd, "host-5.test")->order_from, "/etc/nsswitch.conf:1") != 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Whole contents, replaced by rename, are seen within a second or so. */
static void changes_are_seen(void **state)
{
	int fd = start_with("hosts: fopnp files conform\n", NULL);

	(void)state;
	check_order_from(fd, "host-5.test", "/etc/nsswitch.conf:1");
	isolated_write("/etc/fopnp.conf", "# now\norder conform\n");
	usleep(1100000);
	check_order_from(fd, "host-5.test", "/etc/fopnp.conf:2");
	isolated_write("/etc/fopnp.conf", "order conform\n");
	usleep(1100000);
	check_order_from(fd, "host-5.test", "/etc/fopnp.conf:1");
	assert_int_equal(unlink("/etc/fopnp.conf"), 0);
	isolated_write("/etc/nsswitch.conf", "\nhosts: fopnp conform\n");
	usleep(1100000);
	check_order_from(fd, "host-5.test", "/etc/nsswitch.conf:2");
}

static void copy_file(const char *from, const char *to, mode_t mode)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT, 0700);
	ssize_t len;

	assert_true(in >= 0 && out >= 0);
	do {
		len = sendfile(out, in, NULL, 1 << 20);
	} while (len > 0);
	assert_int_equal(len, 0);
	assert_int_equal(fchmod(out, mode), 0);
	close(in);
	close(out);
}

/* A library of the same path as outside, which nobody outside has loaded yet. */
static void put_into_jail(const char *path)
{
	char copy[1024], *slash = copy + strlen("/run/jail");

	snprintf(copy, sizeof(copy), "/run/jail%s", path);
	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		mkdir(copy, 0755);
		*slash = '/';
	}
	copy_file(path, copy, 0755);
}

/* After chroot() nothing is read or loaded from the new root. */
static void a_new_root_is_not_read(void **state)
{
	int fd = start_with("hosts: fopnp conform conformtwo\n", NULL), h_error = 0;
	int old_root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	check_order_from(fd, "host-5.test", "/etc/nsswitch.conf:1");
	assert_int_equal(mkdir("/run/jail", 0755), 0);
	assert_int_equal(mkdir("/run/jail/etc", 0755), 0);
	isolated_write("/run/jail/etc/nsswitch.conf", "hosts: fopnp files\n");
	isolated_write("/run/jail/etc/fopnp.conf", "order files\n");
	isolated_write("/run/jail/etc/hosts", "192.0.2.66 other.test\n");
	put_into_jail(isolated_built("tests/modules/libnss_conformtwo.so.2"));
	assert_int_equal(chroot("/run/jail"), 0);
	assert_int_equal(chdir("/"), 0);
	usleep(1100000);
	assert_int_equal(ask("host-6.test", 1024, &h_error), NSS_STATUS_SUCCESS);
	assert_int_not_equal(ask("other.test", 1024, &h_error), NSS_STATUS_SUCCESS);
	assert_null(dlopen("libnss_conformtwo.so.2", RTLD_NOW | RTLD_NOLOAD));
	/* leak checkers want /proc at the end */
	assert_int_equal(fchdir(old_root), 0);
	assert_int_equal(chroot("."), 0);
}

/* ---- events that do not get through ---- */

/* So many datagrams wait at a socket that is opened from here on; false if it is not for us to say. */
static bool set_queue(unsigned length)
{
	FILE *file = fopen("/proc/sys/net/unix/max_dgram_qlen", "we");
	bool is_set = file && fprintf(file, "%u\n", length) > 0;

	return (!file || fclose(file) == 0) && is_set;
}

static void look_up_often(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		look_up("host-5.test");
}

/* More than any queue holds; returns how many did not get through. */
static unsigned overfill(int fd)
{
	const unsigned made = 1000;
	size_t heard;

	look_up_often(made);
	heard = listener_drain(fd);
	assert_true(heard > 0 && heard < made);
	return made - (unsigned)heard;
}

static void drops_are_told_once(void **state)
{
	int fd = start_with("hosts: fopnp conform\n", "log " LISTENER_PATH "\n");
	unsigned lost;

	(void)state;
	if (!set_queue(10))
		skip();
	fd = listener_open(LISTENER_PATH);
	lost = overfill(fd);
	assert_int_equal(event_of(fd, "host-6.test")->dropped, lost);
	assert_int_equal(event_of(fd, "host-6.test")->dropped, -1);
}

/* Its copy of the counts is not its own; what it drops itself is. */
static void a_child_does_not_tell_its_parents_drops(void **state)
{
	int fd, status;
	unsigned lost;
	pid_t pid;

	(void)state;
	if (!set_queue(10))
		skip();
	fd = start_with("hosts: fopnp conform\n", "log " LISTENER_PATH "\n");
	lost = overfill(fd);
	pid = fork();
	if (pid == 0) {
		unsigned own_lost;

		if (event_of(fd, "host-6.test")->dropped != -1)
			_exit(1);
		own_lost = overfill(fd);
		_exit(event_of(fd, "host-6.test")->dropped != own_lost);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(event_of(fd, "host-6.test")->dropped, lost);
}

/* A burst goes on where one socket's buffer is full but the queue is not. */
static void a_burst_fills_the_whole_queue(void **state)
{
	int fd;

	(void)state;
	if (!set_queue(2000))
		skip();
	fd = start_with("hosts: fopnp conform\n", "log " LISTENER_PATH "\n");
	look_up_often(1000);
	assert_int_equal(listener_drain(fd), 1000);
	assert_int_equal(event_of(fd, "host-6.test")->dropped, -1);
}

/* A watcher that is frozen costs the log nothing but what is told. */
static void one_listener_does_not_starve_another(void **state)
{
	int watch, fd;
	unsigned heard = 0, lost = 0;

	(void)state;
	if (!set_queue(500))
		skip();
	watch = listener_open(FOPNP_EVENT_SOCKET);
	fd = start_with("hosts: fopnp conform\n", "log " LISTENER_PATH "\n");
	for (unsigned i = 0; i < 1000; i++) {
		const struct fopnp_event *event;

		look_up("host-5.test");
		event = listener_event(fd);
		heard += event != NULL;
		lost += event && event->dropped > 0 ? (unsigned)event->dropped : 0;
	}
	assert_int_equal(heard + lost, 1000);
	assert_true(heard > 950);
	assert_true(listener_drain(watch) > 400);
}

static void a_log_that_is_not_there_counts(void **state)
{
	int fd = start_with("hosts: fopnp conform\n", "log " LISTENER_PATH "\n");

	(void)state;
	assert_int_equal(event_of(fd, "host-5.test")->dropped, -1);
	assert_int_equal(unlink(LISTENER_PATH), 0);
	close(fd);
	look_up_often(3);
	fd = listener_open(LISTENER_PATH);
	assert_int_equal(event_of(fd, "host-5.test")->dropped, 3);
}

/* What one path missed is not told to another that takes its place. */
static void drops_are_told_to_whom_they_concern(void **state)
{
	int fd = start_with("hosts: fopnp conform\n", "log /run/nobody.sock\n");

	(void)state;
	look_up_often(3);
	isolated_write("/etc/fopnp.conf", "log " LISTENER_PATH "\n");
	usleep(1100000);
	assert_int_equal(event_of(fd, "host-5.test")->dropped, -1);
}

/* A new watcher is not told what the last one missed. */
static void a_watcher_begins_at_nothing(void **state)
{
	int watch;

	(void)state;
	if (!set_queue(10))
		skip();
	watch = listener_open(FOPNP_EVENT_SOCKET);
	start_with("hosts: fopnp conform\n", "log none\n");
	(void)overfill(watch);
	watch = listener_open(FOPNP_EVENT_SOCKET);
	usleep(1100000);
	assert_int_equal(event_of(watch, "host-5.test")->dropped, -1);
}

/* ---- when the module steps aside ---- */

static void without_fopnp_on_the_line(void **state)
{
	int h_error = 0;

	(void)state;
	start_with("hosts: files\n", NULL);
	assert_int_equal(ask("host-5.test", 1024, &h_error), NSS_STATUS_UNAVAIL);
	assert_int_equal(h_error, NO_RECOVERY);
}

static void bypassed(void **state)
{
	int fd = start(), h_error = 0;

	(void)state;
	assert_int_equal(ask("host-5.test", 1024, &h_error), NSS_STATUS_UNAVAIL);
	assert_int_equal(h_error, NO_RECOVERY);
	assert_null(listener_event(fd));
}

/* With a fall-back on the line, a source whose server is dead is asked once. */
static void a_dead_source_is_asked_once(void **state)
{
	struct nss_functions conform;
	atomic_uint *calls;
	char text[64];

	(void)state;
	start_with("hosts: fopnp [!UNAVAIL= return] conform\n", NULL);
	nss_functions_load("conform", &conform);
	calls = dlsym(conform.handle, "conform_calls");
	assert_int_equal(resolve("fail-131.test", AF_UNSPEC, 0, text, sizeof(text)), EAI_AGAIN);
	assert_int_equal(*calls, 1);
	assert_int_equal(resolve("fail-131.test", AF_INET, 0, text, sizeof(text)), EAI_AGAIN);
	assert_int_equal(*calls, 2);
	assert_int_equal(resolve("fail-131.test", AF_INET6, 0, text, sizeof(text)), EAI_AGAIN);
	assert_int_equal(*calls, 3);
}

/* ---- the environment ---- */

#define CONF_PATH "/run/own.conf"

static void a_configuration_of_the_users_own(void **state)
{
	int fd;

	(void)state;
	isolated_write(CONF_PATH, "order conform\n");
	fd = start_with("hosts: fopnp files\n", "order files files\n");
	check_order_from(fd, "host-5.test", CONF_PATH ":1");
	assert_int_equal(chmod(CONF_PATH, 0666), 0);
	usleep(1100000);
	check_order_from(fd, "host-5.test", "/etc/nsswitch.conf:1");
	assert_int_equal(chmod(CONF_PATH, 0644), 0);
	if (chown(CONF_PATH, 65534, 65534) < 0)
		return;
	usleep(1100000);
	check_order_from(fd, "host-5.test", "/etc/nsswitch.conf:1");
}

#define PRIVILEGED_VARIABLE "TEST_PRIVILEGED"

/* Runs in a set-user-ID copy of this program: the module must not see FOPNP_*. */
static int privileged_main(void)
{
	struct gaih_addrtuple *tuples = NULL;
	char buffer[1024];
	int error, h_error = 0;
	void *handle = dlopen("/run/libnss_fopnp.so.2", RTLD_NOW);
	nss_gethostbyname4_r *by_name4;

	if (!handle || getauxval(AT_SECURE) != 1) {
		fprintf(stderr, "AT_SECURE %lu, %s\n", getauxval(AT_SECURE),
			handle ? "loaded" : dlerror());
		return 1;
	}
	by_name4 = (nss_gethostbyname4_r *)dlsym(handle, "_nss_fopnp_gethostbyname4_r");
	/* FOPNP_BYPASS=1 is set, and FOPNP_ORDER names a missing source; the file says files */
	if (by_name4("one.test", &tuples, buffer, sizeof(buffer), &error, &h_error, NULL) !=
	    NSS_STATUS_SUCCESS) {
		fprintf(stderr, "h_errno %d\n", h_error);
		return 2;
	}
	return 0;
}

static void privileged_programs_see_no_variables(void **state)
{
	const char *program = "/run/privileged";
	int fd, status;
	pid_t pid;

	(void)state;
	if (UNDER_ASAN || UNDER_TSAN)
		skip(); /* their runtimes do not start privileged */
	fd = start_with("hosts: fopnp files\n", NULL);
	isolated_write("/etc/hosts", "192.0.2.1 one.test\n");
	copy_file("/proc/self/exe", program, 04755);
	copy_file(isolated_built("lib/libnss_fopnp.so.2"), "/run/libnss_fopnp.so.2", 0755);
	pid = fork();
	if (pid == 0) {
		if (setresuid(65534, 65534, 65534) < 0)
			_exit(77);
		setenv(PRIVILEGED_VARIABLE, "1", 1);
		unsetenv("LD_LIBRARY_PATH");
		execl(program, program, NULL);
		_exit(78);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip(); /* one user alone in this namespace */
	assert_int_equal(status, 0);
	assert_null(listener_datagram(fd));
}

#define LOG "FOPNP_LOG=" LISTENER_PATH
#define LOGGED(order)                                                                              \
	{                                                                                          \
		"FOPNP_ORDER=" order, LOG                                                          \
	}
#define SEVEN_MISSES "files files files files files files files "

int main(int argc, char **argv)
{
	static const struct isolated_case cases[] = {
		{ cmocka_unit_test(fields_of_an_answer), LOGGED("files conform") },
		{ cmocka_unit_test(fields_of_a_failure), LOGGED("files conform") },
		{ cmocka_unit_test(functions_and_families), LOGGED("files conform") },
		{ cmocka_unit_test(steps_are_announced), LOGGED("files conform") },
		{ cmocka_unit_test(only_fopnp_log_gets_announcements), { NULL } },
		{ cmocka_unit_test(numbers_count_up), LOGGED("files conform") },
		{ cmocka_unit_test(lifetimes), LOGGED("files conform") },
		{ cmocka_unit_test(sources_that_cannot_be_asked), LOGGED("nosuch conform") },
		{ cmocka_unit_test(an_order_that_ends_early),
		  LOGGED("files [NOTFOUND=return] conform") },
		{ cmocka_unit_test(a_retry_makes_no_second_event), LOGGED("conform") },
		{ cmocka_unit_test(a_retry_asks_nobody_again), LOGGED("conform") },
		{ cmocka_unit_test(hostile_names), LOGGED("conform") },
		{ cmocka_unit_test(names_longer_than_an_event), LOGGED("conform") },
		{ cmocka_unit_test(answers_longer_than_an_event), LOGGED("conform") },
		{ cmocka_unit_test(addresses_in_order_again), LOGGED("conform") },
		{ cmocka_unit_test(orders_longer_than_an_event),
		  { "FOPNP_ORDER=" SEVEN_MISSES SEVEN_MISSES SEVEN_MISSES "conform" } },
		{ cmocka_unit_test(the_rest_of_the_hosts_line), { LOG } },
		{ cmocka_unit_test(orders_by_domain), { LOG } },
		{ cmocka_unit_test(bad_lines_are_left_out), { LOG } },
		{ cmocka_unit_test(a_log_line_switches_events_on), { NULL } },
		{ cmocka_unit_test(no_log_line_no_event), { NULL } },
		{ cmocka_unit_test(failures_alone), { NULL } },
		{ cmocka_unit_test(failures_and_slow_ones), { NULL } },
		{ cmocka_unit_test(drops_are_told_once), { NULL } },
		{ cmocka_unit_test(a_child_does_not_tell_its_parents_drops), { NULL } },
		{ cmocka_unit_test(a_burst_fills_the_whole_queue), { NULL } },
		{ cmocka_unit_test(one_listener_does_not_starve_another), { NULL } },
		{ cmocka_unit_test(a_log_that_is_not_there_counts), { NULL } },
		{ cmocka_unit_test(drops_are_told_to_whom_they_concern), { NULL } },
		{ cmocka_unit_test(a_watcher_begins_at_nothing), { NULL } },
		{ cmocka_unit_test(the_watch_socket_is_not_filtered), { NULL } },
		{ cmocka_unit_test(a_strangers_watch_socket_is_ignored), { NULL } },
		{ cmocka_unit_test(a_folder_open_to_all_is_ignored), { NULL } },
		{ cmocka_unit_test(a_writable_file_is_ignored), { LOG } },
		{ cmocka_unit_test(changes_are_seen), { LOG } },
		{ cmocka_unit_test(a_new_root_is_not_read), { LOG } },
		{ cmocka_unit_test(without_fopnp_on_the_line), { LOG } },
		{ cmocka_unit_test(bypassed), { "FOPNP_ORDER=conform", "FOPNP_BYPASS=1", LOG } },
		{ cmocka_unit_test(a_dead_source_is_asked_once), { NULL } },
		{ cmocka_unit_test(a_configuration_of_the_users_own),
		  { "FOPNP_CONF=" CONF_PATH, LOG } },
		{ cmocka_unit_test(privileged_programs_see_no_variables),
		  { "FOPNP_BYPASS=1", "FOPNP_ORDER=nosuch", LOG } },
	};

	if (getenv(PRIVILEGED_VARIABLE))
		return privileged_main();
	return isolated_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
