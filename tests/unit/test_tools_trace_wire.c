/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The packets of a step as people read them: one line, or a table that fits the terminal. */
#include "tools/terminal.h"
#include "tools/trace.h"
#include "tools/trace_wire.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

enum { A = ns_t_a, AAAA = ns_t_aaaa };

static struct fopnp_wire_packet packets[200];
static struct fopnp_wire wire;
static struct fopnp_step step;
static struct fopnp_trace trace;

static void begin(void)
{
	static char source[] = "dns", first[] = "10.0.0.53", second[] = "fe80::1%eth0";

	memset(packets, 0, sizeof(packets));
	wire = (struct fopnp_wire){ .packets = packets };
	step = (struct fopnp_step){ .source = source, .reach = FOPNP_REACHED, .wire = &wire };
	trace = (struct fopnp_trace){ .steps = &step, .step_count = 1 };
	trace.resolver.servers[0] = (struct fopnp_resolver_server){ .text = first, .line = 2 };
	trace.resolver.servers[1] = (struct fopnp_resolver_server){ .text = second, .line = 3 };
	trace.resolver.server_count = 2;
}

static struct fopnp_wire_packet *add(double at, enum fopnp_wire_event event, const char *name,
				     unsigned type)
{
	struct fopnp_wire_packet *packet = &packets[wire.count++];

	*packet = (struct fopnp_wire_packet){ .at_us = (uint64_t)(at * 1e6 + 0.5),
					      .event = event,
					      .is_parsed = true };
	packet->message.has_question = true;
	packet->message.id = (uint16_t)type;
	packet->message.type = type;
	packet->message.ttl = packet->message.negative_ttl = -1;
	(void)snprintf(packet->message.name, sizeof(packet->message.name), "%s", name);
	return packet;
}

static void query(double at, const char *name, unsigned type)
{
	(void)add(at, FOPNP_WIRE_QUERY, name, type);
}

static struct fopnp_dns_message *reply(double at, const char *name, unsigned type, unsigned found,
				       int ttl)
{
	struct fopnp_wire_packet *packet = add(at, FOPNP_WIRE_REPLY, name, type);

	packet->message.wanted_count = packet->message.answer_count = found;
	packet->message.ttl = found ? ttl : -1;
	packet->message.negative_ttl = found ? -1 : ttl;
	return &packet->message;
}

/* What is printed on a terminal so wide; the caller's. */
static char *print(const char *columns, double end)
{
	FILE *file = tmpfile();
	int old = dup(STDOUT_FILENO);
	char *text = calloc(1, 16384);

	assert_true(file && text && old != -1);
	wire.end_us = (uint64_t)(end * 1e6 + 0.5);
	assert_int_equal(setenv("COLUMNS", columns, 1), 0);
	(void)fflush(stdout);
	assert_true(dup2(fileno(file), STDOUT_FILENO) != -1);
	fopnp_trace_print_wire(&trace, &step);
	(void)fflush(stdout);
	assert_true(dup2(old, STDOUT_FILENO) != -1);
	(void)close(old);
	rewind(file);
	assert_true(fread(text, 1, 16383, file) < 16383);
	(void)fclose(file);
	return text;
}

static void assert_print(const char *columns, double end, const char *expected)
{
	char *text = print(columns, end);

	assert_string_equal(text, expected);
	free(text);
}

static void test_one_line(void **state)
{
	(void)state;
	begin();
	assert_print("100", 1, "");
	query(1, "www.example", A);
	query(1, "www.example", AAAA);
	reply(1.0012, "www.example", A, 1, 300);
	reply(1.0005, "www.example", AAAA, 2, 60);
	assert_print("100", 2,
		     "\n  dns asked 10.0.0.53: www.example. A, AAAA: 3 addresses, ttl 60, 1.20 ms\n");
	begin();
	query(1, "a", A);
	query(1, "a", AAAA);
	reply(1.001, "a", AAAA, 1, 300);
	reply(1.001, "a", A, 0, 5);
	assert_print("100", 2,
		     "\n  dns asked 10.0.0.53: a. A, AAAA: 1 address (AAAA only), ttl 300, "
		     "1.00 ms\n");
	begin();
	query(0, ".", ns_t_ptr);
	reply(0.001, ".", ns_t_ptr, 1, 9);
	assert_print("100", 2,
		     "\n  dns asked 10.0.0.53: . PTR: 1 name, ttl 9, 1.00 ms\n");
	begin();
	query(0, "a", A);
	reply(0.001, "a", A, 0, 60)->rcode = ns_r_nxdomain;
	assert_print("100", 2,
		     "\n  dns asked 10.0.0.53: a. A: NXDOMAIN, 1.00 ms\n");
}

static void test_search_list(void **state)
{
	(void)state;
	begin();
	query(0.001, "a.x", A);
	query(0.001, "a.x", AAAA);
	reply(0.002, "a.x", A, 0, 60)->rcode = ns_r_nxdomain;
	reply(0.002, "a.x", AAAA, 0, 60)->rcode = ns_r_nxdomain;
	query(0.003, "a", A);
	query(0.003, "a", AAAA);
	reply(0.004, "a", A, 0, 7);
	reply(0.004, "a", AAAA, 1, 9)->target[0] = 'b';
	trace.resolver.servers[0].line = 0;
	assert_print("100", 1,
		     "\n  dns on the wire to 10.0.0.53 (glibc's default)\n"
		     "           at  asked         came                    took\n"
		     "      1.00 ms  a.x. A, AAAA  NXDOMAIN             1.00 ms\n"
		     "      3.00 ms  a. A          no address (NODATA)  1.00 ms\n"
		     "      3.00 ms  a. AAAA       1 address, ttl 9     1.00 ms\n");
}

/* What no program asked: one line, unless it failed or took long. */
static void test_of_fopnp_alone(void **state)
{
	static const char *const names[] = { "a.x", "a" };

	(void)state;
	begin();
	step.reach = FOPNP_NOT_REACHED;
	for (unsigned i = 0; i < 2; i++) {
		query(i, names[i], A);
		query(i, names[i], AAAA);
		reply(i + 0.0004, names[i], A, 0, 60)->rcode = ns_r_nxdomain;
		reply(i + 0.0007, names[i], AAAA, 0, 60)->rcode = ns_r_nxdomain;
	}
	assert_print("100", 2,
		     "\n  dns, asked by fopnp alone, 10.0.0.53: 2 names, NXDOMAIN, 1.40 ms\n");
	packets[4].server = packets[5].server = packets[6].server = packets[7].server = 1;
	assert_print("100", 2,
		     "\n  dns, asked by fopnp alone, 10.0.0.53, fe80::1%eth0: 2 names, NXDOMAIN, "
		     "1.40 ms\n");
	packets[4].server = packets[5].server = packets[6].server = packets[7].server = 0;
	packets[6].message.rcode = packets[7].message.rcode = ns_r_noerror;
	packets[6].message.wanted_count = 3;
	packets[6].message.ttl = 300;
	assert_print("100", 2,
		     "\n  dns, asked by fopnp alone, 10.0.0.53: 2 names, 3 addresses (A only), "
		     "ttl 300, 1.40 ms\n");
	/* Nothing of one, an error for the other: which of them counts takes a table. */
	packets[6].message.wanted_count = 0;
	assert_print("100", 2,
		     "\n  dns on the wire, asked by fopnp alone, to 10.0.0.53 (resolv.conf:2)\n"
		     "           at  asked         came                    took\n"
		     "      0.00 ms  a.x. A, AAAA  NXDOMAIN             0.70 ms\n"
		     "        1.0 s  a. A, AAAA    no address (NODATA)  0.70 ms\n");
	wire.count = 4;
	assert_print("100", 2,
		     "\n  dns, asked by fopnp alone, 10.0.0.53: a.x. A, AAAA: NXDOMAIN, 0.70 ms\n");
	/* As much as a row that is marked. */
	packets[3].at_us = 900000;
	assert_print("100", 2,
		     "\n  dns on the wire, asked by fopnp alone, to 10.0.0.53 (resolv.conf:2)\n"
		     "            at  asked      came         took\n"
		     "       0.00 ms  a.x. A     NXDOMAIN  0.40 ms\n"
		     "    !  0.00 ms  a.x. AAAA  NXDOMAIN   900 ms\n");
	packets[2].at_us = 900000;
	assert_print("100", 2,
		     "\n  dns on the wire, asked by fopnp alone, to 10.0.0.53 (resolv.conf:2)\n"
		     "            at  asked         came        took\n"
		     "    !  0.00 ms  a.x. A, AAAA  NXDOMAIN  900 ms\n");
	packets[2].at_us = packets[3].at_us = 700;
	packets[2].message.rcode = packets[3].message.rcode = ns_r_servfail;
	assert_print("100", 2,
		     "\n  dns on the wire, asked by fopnp alone, to 10.0.0.53 (resolv.conf:2)\n"
		     "           at  asked         came         took\n"
		     "      0.00 ms  a.x. A, AAAA  SERVFAIL  0.70 ms\n");
}

/* Records that glibc does not take are no answer, whatever their number. */
static void test_of_another_name(void **state)
{
	(void)state;
	begin();
	query(0, "a", A);
	reply(0.001, "a", A, 0, -1)->ignored_count = 2;
	assert_print("100", 2,
		     "\n  dns asked 10.0.0.53: a. A: no address of the name: glibc drops 2 of another "
		     "one, 1.00 ms\n");
}

/* Never in one line: what these packets show the program did not live through. */
static void test_of_another_call(void **state)
{
	(void)state;
	begin();
	query(0, "a", A);
	reply(0.001, "a", A, 1, 60);
	step.is_wire_other = true;
	assert_print("100", 2,
		     "\n  dns on the wire, of another call, which went otherwise, to 10.0.0.53 "
		     "(resolv.conf:2)\n"
		     "           at  asked  came                  took\n"
		     "      0.00 ms  a. A   1 address, ttl 60  1.00 ms\n");
	step.is_wire_other = false;
}

/* A reply that is too long is no failure, if TCP brings the answer. */
static void test_alone_by_tcp(void **state)
{
	(void)state;
	begin();
	step.reach = FOPNP_NOT_REACHED;
	query(0, "a", A);
	query(0, "a", AAAA);
	reply(0.001, "a", A, 0, -1)->is_truncated = true;
	assert_print("100", 0.5,
		     "\n  dns on the wire, asked by fopnp alone, to 10.0.0.53 (resolv.conf:2)\n"
		     "           at  asked    came               took\n"
		     "      0.00 ms  a. A     truncated       1.00 ms\n"
		     "      0.00 ms  a. AAAA  not waited for   500 ms\n");
	query(0.002, "a", A);
	query(0.002, "a", AAAA);
	reply(0.004, "a", A, 60, 300);
	reply(0.004, "a", AAAA, 0, 60);
	for (size_t i = 3; i < wire.count; i++) {
		packets[i].is_tcp = true;
		packets[i].retry = packets[i].event == FOPNP_WIRE_QUERY;
	}
	assert_print("100", 0.5,
		     "\n  dns, asked by fopnp alone, 10.0.0.53: a. A, AAAA by TCP: 60 addresses "
		     "(A only), ttl 300, 4.00 ms\n");
	packets[5].message.wanted_count = 0;
	assert_print("100", 0.5,
		     "\n  dns, asked by fopnp alone, 10.0.0.53: a. A, AAAA by TCP: no address (NODATA), "
		     "4.00 ms\n");
	/* The next name has an answer, but nobody knows what the long reply has. */
	wire.count = 3;
	query(0.002, "b", A);
	reply(0.003, "b", A, 1, 300);
	assert_print("100", 0.5,
		     "\n  dns on the wire, asked by fopnp alone, to 10.0.0.53 (resolv.conf:2)\n"
		     "           at  asked    came                   took\n"
		     "      0.00 ms  a. A     truncated           1.00 ms\n"
		     "      0.00 ms  a. AAAA  not waited for      2.00 ms\n"
		     "      2.00 ms  b. A     1 address, ttl 300  1.00 ms\n");
}

/* Why glibc asks for what it has: no room. */
static void test_again(void **state)
{
	(void)state;
	begin();
	query(0, "a", A);
	reply(0.001, "a", A, 60, 300);
	query(0.002, "a", A);
	packets[2].message.id = 77;
	packets[2].retry = 1;
	reply(0.003, "a", A, 0, 300)->id = 77;
	packets[3].message.is_truncated = true;
	query(0.004, "a", A);
	packets[4].is_tcp = true;
	packets[4].retry = 2;
	add(0.005, FOPNP_WIRE_CLOSED, "a", A)->is_tcp = true;
	query(0.005, "a", A);
	packets[6].is_tcp = true;
	packets[6].retry = 3;
	add(0.006, FOPNP_WIRE_REFUSED, "a", A)->is_tcp = true;
	assert_print("100", 1,
		     "\n  dns on the wire to 10.0.0.53 (resolv.conf:2)\n"
		     "           at  asked                      came                                 took\n"
		     "      0.00 ms  a. A                       60 addresses, ttl 300             1.00 ms\n"
		     "      2.00 ms  a. A again, larger buffer  truncated: asked again by TCP     1.00 ms\n"
		     "      4.00 ms  a. A by TCP                the server closed the connection  1.00 ms\n"
		     "      5.00 ms  a. A by TCP again          port closed                       1.00 ms\n");
}

/* Seconds are marked, also where both servers have a column, within 80 columns. */
static void test_faults(void **state)
{
	(void)state;
	begin();
	query(0, "www.example.com", A);
	query(0, "www.example.com", AAAA);
	reply(0.001, "www.example.com", A, 1, 300);
	query(5, "www.example.com", A);
	packets[wire.count - 1].server = 1;
	packets[wire.count - 1].retry = 1;
	add(5.1, FOPNP_WIRE_UNREACHABLE, "www.example.com", A)->error = EHOSTUNREACH;
	packets[wire.count - 1].server = 1;
	assert_print("80", 6,
		     "\n  dns on the wire to 10.0.0.53 (resolv.conf:2), fe80::1%eth0 (resolv.conf:3)\n"
		     "            at  server        asked                came                     took\n"
		     "       0.00 ms  10.0.0.53     www.example.com. A   1 address, ttl 300    1.00 ms\n"
		     "    !  0.00 ms  10.0.0.53     www.example.com.     no reply                5.0 s\n"
		     "                              AAAA\n"
		     "         5.0 s  fe80::1%eth0  www.example.com.     cannot be reached:     100 ms\n"
		     "                              A again              EHOSTUNREACH\n");
}

/* Replies that glibc does not wait for any more, servers that will not, a closed port. */
static void test_servers(void **state)
{
	(void)state;
	begin();
	query(0, "a", A);
	query(5, "a", A);
	packets[1].server = 1;
	packets[1].retry = 1;
	reply(6, "a", A, 0, 60)->rcode = ns_r_nxdomain;
	reply(6.5, "a", A, 0, -1)->rcode = ns_r_refused;
	packets[3].server = 1;
	query(6.5, "a", A);
	packets[4].retry = 2;
	add(6.6, FOPNP_WIRE_REFUSED, "a", A)->error = ECONNREFUSED;
	assert_print("100", 7,
		     "\n  dns on the wire to 10.0.0.53 (resolv.conf:2), fe80::1%eth0 (resolv.conf:3)\n"
		     "            at  server        asked       came                               took\n"
		     "    !  0.00 ms  10.0.0.53     a. A        too late, after 6.0 s: NXDOMAIN   5.0 s\n"
		     "    !    5.0 s  fe80::1%eth0  a. A again  REFUSED                           1.5 s\n"
		     "         6.5 s  10.0.0.53     a. A again  port closed                      100 ms\n");
}

static void test_hidden(void **state)
{
	char *text;
	size_t lines = 0;

	(void)state;
	begin();
	for (unsigned i = 0; i < 40; i++) {
		query(2 * i, i % 2 ? "a" : "b", A);
		if (i < 38)
			reply(2 * i + 0.5, i % 2 ? "a" : "b", A, 1, 1);
	}
	wire.is_cut = true;
	text = print("100", 80);
	for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	assert_int_equal(lines, 1 + 1 + 1 + 24 + 2);
	assert_non_null(strstr(text, "\n    ... and 16 more, 11.0 s of waiting; --json has them\n"));
	assert_non_null(strstr(text, "\n    (only the first 1024 packets were kept)\n"));
	free(text);
}

/* A name and a source that a terminal would obey; a server that is not there. */
static void test_hostile(void **state)
{
	static char source[] = "d\033s";
	char *text;

	(void)state;
	begin();
	step.source = source;
	query(0, "\033[2J", A);
	packets[0].server = 7;
	text = print("100", 2);
	assert_null(strchr(text, '\033'));
	assert_non_null(strstr(text, "d\\x1bs on the wire"));
	assert_non_null(strstr(text, "\\x1b[2J. A"));
	assert_non_null(strstr(text, "    !  0.00 ms"));
	assert_non_null(strstr(text, "no reply"));
	free(text);
	begin();
	packets[0].event = FOPNP_WIRE_QUERY; /* what could not be read */
	wire.count = 1;
	text = print("100", 0.1);
	assert_non_null(strstr(text, "no question"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_line), cmocka_unit_test(test_search_list),
		cmocka_unit_test(test_of_another_call), cmocka_unit_test(test_of_another_name), cmocka_unit_test(test_of_fopnp_alone),
		cmocka_unit_test(test_alone_by_tcp), cmocka_unit_test(test_again),
		cmocka_unit_test(test_faults), cmocka_unit_test(test_servers),	 cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_hostile),
	};

	fopnp_terminal_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
