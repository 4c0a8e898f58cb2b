/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The notes on addresses: families, routes, order. */
#include "tools/memory.h"
#include "tools/trace_notes.h"

#include <netdb.h>
#include <nss.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/made_trace.h"
#include "tests/unit/unit_test.h"

static struct fopnp_trace trace;

static int set_up(void **state)
{
	(void)state;
	make_trace(&trace, "www.example", 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fopnp_trace_clear(&trace);
	return 0;
}

static void test_healthy(void **state)
{
	(void)state;
	make_address(trace.result, "192.0.2.1");
	make_answering(&trace, make_step(&trace, "dns", NSS_STATUS_SUCCESS));
	fopnp_trace_note_addresses(&trace);
	assert_int_equal(trace.notes.count, 0);
}

static void test_addrconfig(void **state)
{
	(void)state;
	trace.asked_family = AF_INET;
	fopnp_trace_note_addresses(&trace);
	assert_note(&trace, "addrconfig-narrows", FOPNP_INFO,
		    "AI_ADDRCONFIG: this host has no IPv6 address but loopback, so only IPv4 was "
		    "asked for");
	assert_null(find_note(&trace, "addrconfig-narrows")->fix);
	remake_trace(&trace, "www.example", EAI_NONAME);
	trace.asked_family = AF_INET6;
	fopnp_trace_note_addresses(&trace);
	assert_note(&trace, "addrconfig-narrows", FOPNP_WARNING,
		    "AI_ADDRCONFIG: this host has no IPv4 address but loopback, so only IPv6 was "
		    "asked for");
	assert_non_null(find_note(&trace, "addrconfig-narrows")->fix);
}

static void start_other_family(int family, int code)
{
	remake_trace(&trace, "www.example", 0);
	make_answering(&trace, make_step(&trace, "files", NSS_STATUS_SUCCESS));
	trace.other_family.request.family = family;
	trace.other_family.result = fopnp_memory_zeroed(1, sizeof(*trace.other_family.result));
	trace.other_family.result->end = FOPNP_CALL_RETURNED;
	trace.other_family.result->code = code;
}

static void test_other_family(void **state)
{
	(void)state;
	start_other_family(AF_INET6, 0);
	trace.other_family.answered_by = fopnp_memory_copy_text("dns");
	make_address(trace.other_family.result, "2001:db8::1");
	fopnp_trace_note_addresses(&trace);
	assert_note(&trace, "families-differ", FOPNP_INFO,
		    "IPv6 alone (-6) would be answered by dns: 2001:db8::1");

	/* Nothing is hidden: most names of /etc/hosts are like that. */
	start_other_family(AF_INET, EAI_NONAME);
	fopnp_trace_note_addresses(&trace);
	assert_no_note(&trace, "families-differ");

	/* Whoever could not be asked proves nothing. */
	start_other_family(AF_INET, EAI_AGAIN);
	fopnp_trace_note_addresses(&trace);
	assert_note(&trace, "families-differ", FOPNP_INFO,
		    "IPv4 alone (-4) fails for now (EAI_AGAIN): files has only IPv6 lines for it");
	/* The same addresses in another guise, and what the same source says. */
	start_other_family(AF_INET6, 0);
	trace.other_family.answered_by = fopnp_memory_copy_text("dns");
	make_address(trace.other_family.result, "::ffff:10.1.2.3");
	fopnp_trace_note_addresses(&trace);
	assert_no_note(&trace, "families-differ");
	make_address(trace.other_family.result, "2001:db8::1");
	fopnp_trace_note_addresses(&trace);
	assert_non_null(find_note(&trace, "families-differ"));
	start_other_family(AF_INET6, 0);
	trace.other_family.answered_by = fopnp_memory_copy_text("files");
	make_address(trace.other_family.result, "2001:db8::1");
	fopnp_trace_note_addresses(&trace);
	assert_no_note(&trace, "families-differ");
	start_other_family(AF_INET, 0);
	trace.other_family.result->end = FOPNP_CALL_TIMED_OUT;
	fopnp_trace_note_addresses(&trace);
	assert_no_note(&trace, "families-differ");
}

/* COUNT addresses, the first REACHABLE of which have a source. */
static void make_order(size_t count, size_t reachable)
{
	struct fopnp_address_order *order = &trace.address_order;

	remake_trace(&trace, "www.example", 0);
	order->list = fopnp_memory_zeroed(count, sizeof(*order->list));
	order->count = count;
	for (size_t i = 0; i < count; i++) {
		order->list[i].address.family = AF_INET;
		memcpy(order->list[i].address.bytes, (uint8_t[]){ 192, 0, 2, (uint8_t)i }, 4);
		order->list[i].has_source = i < reachable;
	}
}

static void test_unreachable(void **state)
{
	(void)state;
	make_order(2, 2);
	fopnp_trace_note_addresses(&trace);
	assert_no_note(&trace, "address-unreachable");
	make_order(2, 1);
	fopnp_trace_note_addresses(&trace);
	assert_note(&trace, "address-unreachable", FOPNP_INFO,
		    "this host has no route to 192.0.2.1: it comes last");
	make_order(4, 1);
	fopnp_trace_note_addresses(&trace);
	assert_note(&trace, "address-unreachable", FOPNP_INFO,
		    "this host has no route to 192.0.2.1, 192.0.2.2, 192.0.2.3: they come last");
	make_order(9, 1);
	fopnp_trace_note_addresses(&trace);
	assert_note(&trace, "address-unreachable", FOPNP_INFO,
		    "this host has no route to 192.0.2.1, 192.0.2.2, 192.0.2.3 and 5 more: they "
		    "come last");
	make_order(2, 0);
	fopnp_trace_note_addresses(&trace);
	assert_note(&trace, "address-unreachable", FOPNP_WARNING,
		    "this host has no route to any of these addresses");
	assert_string_equal(find_note(&trace, "address-unreachable")->fix,
			    "ip route get 192.0.2.0 says why");
	/* The zone by its name, as everywhere. */
	make_order(2, 1);
	trace.address_order.list[1].address = (struct fopnp_request_address){
		.family = AF_INET6, .scope = 1, .bytes = { 0xfe, 0x80, [15] = 1 },
	};
	fopnp_trace_note_addresses(&trace);
	assert_note(&trace, "address-unreachable", FOPNP_INFO,
		    "this host has no route to fe80::1%lo: it comes last");
}

static void test_order(void **state)
{
	(void)state;
	make_order(2, 2);
	trace.address_order.gai_conf_line = 7;
	trace.is_order_unexplained = true;
	fopnp_trace_note_addresses(&trace);
	assert_note(&trace, "gai-conf-in-force", FOPNP_INFO,
		    "a line of /etc/gai.conf decided the order of the addresses");
	assert_place(&trace, "gai-conf-in-force", "/etc/gai.conf", 7);
	assert_non_null(find_note(&trace, "order-unexplained"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_healthy, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_addrconfig, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_other_family, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unreachable, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
