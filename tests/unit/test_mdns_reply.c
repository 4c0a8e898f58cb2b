/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp:mdns: what is taken of a reply, what is not, and what becomes of it. */
#include "nss_module/mdns/mdns_reply.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <stdio.h>
#include <string.h>

#include "nss_module/lookup/address.h"
#include "tests/unit/packet_bytes.h"
#include "tests/unit/unit_test.h"

#define ID   0x4711
#define A    1u
#define AAAA 2u

static struct fopnp_mdns_question question;
static struct fopnp_mdns_origin origin;
static struct fopnp_mdns_result result;
static struct packet_bytes packet;

static int set_up(void **state)
{
	(void)state;
	question = (struct fopnp_mdns_question){ .name = "Printer.local",
						 .types = { ns_t_a, ns_t_aaaa },
						 .type_count = 2 };
	origin = (struct fopnp_mdns_origin){ .via = FOPNP_MDNS_VIA_MULTICAST, .interface = 5 };
	fopnp_mdns_result_init(&result);
	return 0;
}

static bool take(void)
{
	return fopnp_mdns_reply_take(&question, ID, packet.bytes, packet.len, &origin, &result);
}

/* The addresses, each followed by a blank. */
static void expect_addresses(const char *expected)
{
	char text[FOPNP_ADDRESS_TEXT], all[1024] = "";

	for (size_t i = 0; i < result.address_count; i++) {
		const struct fopnp_answer_address *address = &result.addresses[i];

		strcat(all,
		       fopnp_address_print(address->family, address->bytes, address->scope, text));
		strcat(all, " ");
	}
	assert_string_equal(all, expected);
}

static void start(unsigned answers, unsigned additional)
{
	packet_start(&packet, ID, 0x8400, (const unsigned[]){ 1, answers, 0, additional });
	packet_add_question(&packet, "printer.local", ns_t_a, ns_c_in);
}

static void test_addresses(void **state)
{
	(void)state;
	start(2, 3);
	packet_add_address(&packet, "printer.local", "192.0.2.1");
	packet_add_address(&packet, "PRINTER.LOCAL", "192.0.2.2");
	packet_add_address(&packet, "printer.local", "fe80::1");
	packet_add_address(&packet, "printer.local", "2001:db8::1");
	packet_add_address(&packet, "printer.local", "192.0.2.1");
	assert_true(take());
	expect_addresses("192.0.2.1 192.0.2.2 fe80::1%5 2001:db8::1 ");
	assert_int_equal(result.settled, A | AAAA);
	assert_int_equal(result.ttl, 120);
	assert_int_equal(result.origin.interface, 5);
}

static void test_legal_oddities(void **state)
{
	(void)state;
	/* No question, the cache-flush bit, the truncation bit, no authority: taken as they come. */
	packet_start(&packet, ID, 0x8200, (const unsigned[]){ 0, 1, 0, 0 });
	packet_add_record(&packet, "printer.local", ns_t_a, 0x8001, 10, "\xc0\0\2\1", 4);
	assert_true(take());
	expect_addresses("192.0.2.1 ");
	assert_int_equal(result.settled, A);
	assert_int_equal(result.ttl, 10);
}

static void expect_refused(void)
{
	struct fopnp_mdns_result before;

	memcpy(&before, &result, sizeof(before));
	assert_false(take());
	assert_memory_equal(&before, &result, sizeof(before));
}

static void test_wrong_headers(void **state)
{
	static const struct {
		uint16_t id, flags;
	} bad[] = { { ID + 1, 0x8400 }, { 0, 0x8400 },  { ID, 0x0400 },
		    { ID, 0x8403 },     { ID, 0x8402 }, { ID, 0xac00 } };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		packet_start(&packet, bad[i].id, bad[i].flags, (const unsigned[]){ 0, 1, 0, 0 });
		packet_add_address(&packet, "printer.local", "192.0.2.1");
		expect_refused();
	}
	for (packet.len = 0; packet.len < 12; packet.len++)
		expect_refused();
}

static void test_other_names(void **state)
{
	(void)state;
	packet_start(&packet, ID, 0x8400, (const unsigned[]){ 1, 1, 0, 0 });
	packet_add_question(&packet, "other.local", ns_t_a, ns_c_in);
	packet_add_address(&packet, "printer.local", "192.0.2.1");
	expect_refused();
	start(1, 0);
	packet_add_address(&packet, "other.local", "192.0.2.1");
	expect_refused();
	start(1, 0);
	packet_add_address(&packet, "printer.local.example", "192.0.2.1");
	expect_refused();
	start(0, 0);
	expect_refused();
	/* A label with a dot in it is not two labels. */
	start(1, 0);
	packet_add_bytes(&packet, "\15printer.local\0\0\1\0\1\0\0\0\1\0\4\xc0\0\2\1", 29);
	expect_refused();
	/* Beside the right one the others do no harm. */
	start(2, 0);
	packet_add_address(&packet, "other.local", "192.0.2.1");
	packet_add_address(&packet, "printer.local", "192.0.2.2");
	assert_true(take());
	expect_addresses("192.0.2.2 ");
}

static void test_no_cname(void **state)
{
	(void)state;
	start(2, 0);
	packet_add_record(&packet, "printer.local", ns_t_cname, ns_c_in, 120, "\5other\5local", 13);
	packet_add_address(&packet, "other.local", "192.0.2.1");
	assert_true(take());
	expect_addresses("");
	assert_int_equal(result.settled, 0);
}

/* Records that do not count, each alone in a reply that is about the name. */
static void test_records_passed_over(void **state)
{
	static const struct {
		unsigned type, class;
		uint32_t ttl;
		const char *data;
		size_t len;
	} bad[] = {
		{ ns_t_a, 3, 120, "\xc0\0\2\1", 4 },
		{ ns_t_a, 1, 0, "\xc0\0\2\1", 4 },
		{ ns_t_a, 1, 0x80000000, "\xc0\0\2\1", 4 },
		{ ns_t_a, 1, 120, "\xc0\0\2\1", 3 },
		{ ns_t_a, 1, 120, "\xc0\0\2\1\1", 5 },
		{ ns_t_a, 1, 120, "", 0 },
		{ ns_t_a, 1, 120, "\x7f\0\0\1", 4 },
		{ ns_t_a, 1, 120, "\0\0\0\0", 4 },
		{ ns_t_a, 1, 120, "\0\0\0\1", 4 },
		{ ns_t_a, 1, 120, "\xe0\0\0\xfb", 4 },
		{ ns_t_a, 1, 120, "\xff\xff\xff\xff", 4 },
		{ ns_t_aaaa, 1, 120, "\xc0\0\2\1", 4 },
		{ ns_t_aaaa, 1, 120, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16 },
		{ ns_t_aaaa, 1, 120, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16 },
		{ ns_t_aaaa, 1, 120, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1", 16 },
		{ ns_t_aaaa, 1, 120, "\xff\2\0\0\0\0\0\0\0\0\0\0\0\0\0\xfb", 16 },
		{ ns_t_ptr, 1, 120, "\1a\5local", 9 },
		{ ns_t_txt, 1, 120, "\1a", 2 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		set_up(state);
		start(1, 0);
		packet_add_record(&packet, "printer.local", bad[i].type, bad[i].class, bad[i].ttl,
				  bad[i].data, bad[i].len);
		(void)take();
		if (result.address_count > 0 || result.settled || result.target[0])
			fail_msg("record %zu is taken", i);
	}
	/* Nor does one in the authority section: queriers put what they mean to claim there. */
	packet_start(&packet, ID, 0x8400, (const unsigned[]){ 0, 0, 1, 0 });
	packet_add_address(&packet, "printer.local", "192.0.2.1");
	expect_refused();
}

/* A packet that is malformed anywhere is not taken at all. */
static void test_malformed(void **state)
{
	size_t whole;

	(void)state;
	start(1, 1);
	packet_add_address(&packet, "printer.local", "192.0.2.1");
	packet_add_record(&packet, "a.local", ns_t_txt, 1, 120, "\1a", 2);
	whole = packet.len;
	for (packet.len = 0; packet.len < whole; packet.len++)
		expect_refused();
	packet.len = whole;
	assert_true(take());

	set_up(state);
	start(2, 0);
	packet_add_address(&packet, "printer.local", "192.0.2.1");
	packet_add_16(&packet, 0xc000 | (unsigned)packet.len);
	packet_add_bytes(&packet, "\0\1\0\1\0\0\0\1\0\0", 10);
	expect_refused();

	/* Counts that promise more than there is. */
	start(2, 0);
	packet_add_address(&packet, "printer.local", "192.0.2.1");
	expect_refused();
}

static void test_many_records(void **state)
{
	char text[32];

	start(64, 0);
	for (unsigned i = 0; i < 64; i++) {
		(void)snprintf(text, sizeof(text), "192.0.2.%u", i);
		packet_add_address(&packet, "printer.local", text);
	}
	assert_true(take());
	assert_int_equal(result.address_count, FOPNP_MDNS_ADDRESSES);
	set_up(state);
	packet.bytes[7]++;
	packet_add_address(&packet, "printer.local", "192.0.2.99");
	expect_refused();
}

/* ---- NSEC ---- */

#define NSEC(map) "\7printer\5local\0" map, sizeof("\7printer\5local\0" map) - 1

static void take_nsec(const char *owner, const char *data, size_t len)
{
	start(1, 1);
	packet_add_address(&packet, "printer.local", "192.0.2.1");
	packet_add_record(&packet, owner, 47, 0x8001, 120, data, len);
	assert_true(take());
}

static void test_nsec_denies(void **state)
{
	take_nsec("printer.local", NSEC("\0\1\x40"));
	assert_int_equal(result.settled, A | AAAA);
	assert_int_equal(result.denied, AAAA);
	expect_addresses("192.0.2.1 ");

	set_up(state);
	take_nsec("printer.local", NSEC("\0\4\x40\0\0\x08"));
	assert_int_equal(result.settled, A);
	assert_int_equal(result.denied, 0);

	set_up(state);
	take_nsec("printer.local", NSEC("\0\4\x40\0\0\xf7"));
	assert_int_equal(result.denied, AAAA);
}

static void test_nsec_says_nothing(void **state)
{
	static const struct {
		const char *data;
		size_t len;
	} bad[] = {
		{ NSEC("") },
		{ NSEC("\0") },
		{ NSEC("\0\0") },
		{ NSEC("\0\2\x40") },
		{ NSEC("\1\1\1") },
		{ NSEC("\0\41\x40") },
		{ NSEC("\0\0\x40") },
		{ NSEC("\0\41\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		       "\0\0\0") },
		{ "", 0 },
		{ "\77", 1 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		set_up(state);
		take_nsec("printer.local", bad[i].data, bad[i].len);
		if (result.denied)
			fail_msg("map %zu denies", i);
		assert_int_equal(result.settled, A);
	}
	set_up(state);
	take_nsec("other.local", NSEC("\0\1\x40"));
	assert_int_equal(result.denied, 0);
}

/* ---- PTR ---- */

static void ask_backwards(void)
{
	question = (struct fopnp_mdns_question){ .name = "7.7.254.169.in-addr.arpa",
						 .types = { ns_t_ptr },
						 .type_count = 1,
						 .family = AF_INET };
}

static bool take_pointer(const void *data, size_t len)
{
	fopnp_mdns_result_init(&result);
	packet_start(&packet, ID, 0x8400, (const unsigned[]){ 0, 1, 0, 0 });
	packet_add_record(&packet, question.name, ns_t_ptr, ns_c_in, 10, data, len);
	return take();
}

static void test_pointer(void **state)
{
	(void)state;
	ask_backwards();
	assert_true(take_pointer(BYTES("\7Printer\5local")));
	assert_string_equal(result.target, "");
	assert_true(take_pointer("\7Printer\5local", 15));
	assert_string_equal(result.target, "Printer.local");
	assert_int_equal(result.settled, 1);
	assert_int_equal(result.ttl, 10);
	/* A second one does not change it. */
	packet_start(&packet, ID, 0x8400, (const unsigned[]){ 0, 1, 0, 0 });
	packet_add_record(&packet, question.name, ns_t_ptr, ns_c_in, 5, "\1b\5local", 9);
	assert_true(take());
	assert_string_equal(result.target, "Printer.local");
	assert_int_equal(result.ttl, 10);
}

static void test_hostile_pointers(void **state)
{
	static const struct {
		const char *data;
		size_t len;
	} bad[] = {
		{ "\7prin\033[m\5local", 15 },
		{ "\7prin\nte\5local", 15 },
		{ "\7$(id);x\5local", 15 },
		{ "\7-rinter\5local", 15 },
		{ "\7prin er\5local", 15 },
		{ "\7prin.er\5local", 15 },
		{ "\7prin\0er\5local", 15 },
		{ "\7prin\x80"
		  "er\5local",
		  15 },
		{ "", 1 },
		{ "", 0 },
		{ "\7printer\5local\0x", 16 },
		{ "\7printer\5loca", 13 },
	};

	(void)state;
	ask_backwards();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)take_pointer(bad[i].data, bad[i].len);
		if (result.target[0] || result.settled)
			fail_msg("target %zu is taken: %s", i, result.target);
	}
}

/* ---- several replies ---- */

static void take_from(unsigned interface, const char *address)
{
	origin.interface = interface;
	start(1, 0);
	packet_add_address(&packet, "printer.local", address);
	assert_true(take());
}

static void test_first_origin(void **state)
{
	(void)state;
	take_from(7, "192.0.2.1");
	assert_int_equal(result.settled, A);
	take_from(9, "fe80::1");
	assert_int_equal(result.settled, A | AAAA);
	expect_addresses("192.0.2.1 fe80::1%9 ");
	assert_int_equal(result.origin.interface, 7);
}

/* ---- the order of the answer ---- */

static void test_arrange(void **state)
{
	(void)state;
	fopnp_mdns_result_arrange(&result, true);
	expect_addresses("");
	take_from(5, "fe80::1");
	fopnp_mdns_result_arrange(&result, false);
	expect_addresses("fe80::1%5 ");
	take_from(5, "2001:db8::2");
	take_from(5, "192.0.2.2");
	take_from(5, "fe80::2");
	take_from(5, "2001:db8::1");
	take_from(5, "192.0.2.1");
	fopnp_mdns_result_arrange(&result, true);
	expect_addresses("192.0.2.2 192.0.2.1 2001:db8::2 2001:db8::1 fe80::1%5 fe80::2%5 ");
	fopnp_mdns_result_arrange(&result, false);
	expect_addresses("192.0.2.2 192.0.2.1 2001:db8::2 2001:db8::1 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_addresses, set_up),
		cmocka_unit_test_setup(test_legal_oddities, set_up),
		cmocka_unit_test_setup(test_wrong_headers, set_up),
		cmocka_unit_test_setup(test_other_names, set_up),
		cmocka_unit_test_setup(test_no_cname, set_up),
		cmocka_unit_test_setup(test_records_passed_over, set_up),
		cmocka_unit_test_setup(test_malformed, set_up),
		cmocka_unit_test_setup(test_many_records, set_up),
		cmocka_unit_test_setup(test_nsec_denies, set_up),
		cmocka_unit_test_setup(test_nsec_says_nothing, set_up),
		cmocka_unit_test_setup(test_pointer, set_up),
		cmocka_unit_test_setup(test_hostile_pointers, set_up),
		cmocka_unit_test_setup(test_first_origin, set_up),
		cmocka_unit_test_setup(test_arrange, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
