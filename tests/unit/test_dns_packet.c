/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DNS messages: what is read is what was written, and nothing beyond the packet. */
#include "nss_module/lookup/dns_packet.h"

#include <arpa/nameser.h>
#include <string.h>

#include "tests/unit/packet_bytes.h"
#include "tests/unit/unit_test.h"

static struct packet_bytes packet;
static struct fopnp_dns_reader reader;
static struct fopnp_dns_record record;
static char name[FOPNP_DNS_NAME_SIZE];

static void start_reader(void)
{
	assert_true(fopnp_dns_reader_start(&reader, packet.bytes, packet.len));
}

static void test_header(void **state)
{
	(void)state;
	packet_start(&packet, 0x1234, 0x8583, (const unsigned[]){ 0, 0, 0, 0 });
	start_reader();
	assert_int_equal(reader.header.id, 0x1234);
	assert_int_equal(reader.header.flags & FOPNP_DNS_FLAG_RCODE, 3);
	assert_true(reader.header.flags & FOPNP_DNS_FLAG_QR);
	assert_true(reader.header.flags & FOPNP_DNS_FLAG_AA);
	assert_false(reader.header.flags & FOPNP_DNS_FLAG_TC);
	assert_false(fopnp_dns_reader_record(&reader, &record));
	assert_false(reader.is_broken);
	for (size_t len = 0; len < packet.len; len++)
		assert_false(fopnp_dns_reader_start(&reader, packet.bytes, len));
}

/* One question, one record in each section. */
static void make_packet(void)
{
	packet_start(&packet, 7, 0x8400, (const unsigned[]){ 1, 1, 1, 1 });
	packet_add_question(&packet, "a.local", ns_t_a, ns_c_in);
	packet_add_address(&packet, "a.local", "192.0.2.1");
	packet_add_record(&packet, "local", ns_t_txt, 0x8001, 0xfffffffe, "\3abc", 4);
	packet_add_record(&packet, "", ns_t_opt, 512, 0, "", 0);
}

static void test_sections(void **state)
{
	uint16_t type, class;

	(void)state;
	make_packet();
	start_reader();
	assert_true(fopnp_dns_reader_question(&reader, name, &type, &class));
	assert_string_equal(name, "a.local");
	assert_int_equal(type, ns_t_a);
	assert_int_equal(class, ns_c_in);
	assert_false(fopnp_dns_reader_question(&reader, name, &type, &class));

	assert_true(fopnp_dns_reader_record(&reader, &record));
	assert_int_equal(record.section, 1);
	assert_int_equal(record.ttl, 120);
	assert_int_equal(record.data_len, 4);
	assert_memory_equal(record.data, "\xc0\0\2\1", 4);
	/* No question behind a record. */
	assert_false(fopnp_dns_reader_question(&reader, name, &type, &class));

	assert_true(fopnp_dns_reader_record(&reader, &record));
	assert_int_equal(record.section, 2);
	assert_int_equal(record.type, ns_t_txt);
	assert_int_equal(record.class, 0x8001);
	assert_int_equal(record.ttl, 0xfffffffe);
	assert_int_equal(fopnp_dns_reader_name(&reader, record.owner, name), 7);
	assert_string_equal(name, "local");

	assert_true(fopnp_dns_reader_record(&reader, &record));
	assert_int_equal(record.section, 3);
	assert_int_equal(fopnp_dns_reader_name(&reader, record.owner, name), 1);
	assert_string_equal(name, ".");
	assert_false(fopnp_dns_reader_record(&reader, &record));
	assert_false(reader.is_broken);
	assert_ptr_equal(reader.at, packet.bytes + packet.len);
}

static void test_questions_not_read_are_skipped(void **state)
{
	(void)state;
	make_packet();
	start_reader();
	assert_true(fopnp_dns_reader_record(&reader, &record));
	assert_int_equal(record.section, 1);
	assert_int_equal(fopnp_dns_reader_name(&reader, record.owner, name), 9);
	assert_string_equal(name, "a.local");
}

/* However short the packet is cut, it ends in is_broken and never in a record that is not whole. */
static void test_cut(void **state)
{
	size_t whole;

	(void)state;
	make_packet();
	whole = packet.len;
	for (packet.len = NS_HFIXEDSZ; packet.len < whole; packet.len++) {
		start_reader();
		while (fopnp_dns_reader_record(&reader, &record))
			assert_true(record.data + record.data_len <= packet.bytes + packet.len);
		assert_true(reader.is_broken);
		assert_false(fopnp_dns_reader_record(&reader, &record));
	}
}

static void test_question_cut(void **state)
{
	uint16_t type, class;

	(void)state;
	packet_start(&packet, 7, 0, (const unsigned[]){ 1, 0, 0, 0 });
	packet_add_name(&packet, "a.local");
	packet_add_bytes(&packet, "\0\1\0", 3);
	start_reader();
	assert_false(fopnp_dns_reader_question(&reader, name, &type, &class));
	assert_true(reader.is_broken);
	/* The same when it is skipped. */
	start_reader();
	assert_false(fopnp_dns_reader_record(&reader, &record));
	assert_true(reader.is_broken);
}

static void test_compression(void **state)
{
	(void)state;
	packet_start(&packet, 7, 0x8000, (const unsigned[]){ 1, 3, 0, 0 });
	packet_add_question(&packet, "a.local", ns_t_a, ns_c_in);
	/* A pointer to the question, one to itself, one behind the packet's end. */
	for (unsigned i = 0; i < 3; i++) {
		packet_add_16(&packet, 0xc000 | (i == 0   ? 12
						 : i == 1 ? (unsigned)packet.len
							  : 0xfff));
		packet_add_bytes(&packet, "\0\1\0\1\0\0\0\1\0\0", 10);
	}
	start_reader();
	assert_true(fopnp_dns_reader_record(&reader, &record));
	assert_int_equal(fopnp_dns_reader_name(&reader, record.owner, name), 2);
	assert_string_equal(name, "a.local");
	assert_true(fopnp_dns_reader_record(&reader, &record));
	assert_int_equal(fopnp_dns_reader_name(&reader, record.owner, name), -1);
	assert_true(fopnp_dns_reader_record(&reader, &record));
	assert_int_equal(fopnp_dns_reader_name(&reader, record.owner, name), -1);
	assert_false(reader.is_broken);
	/* At the very end there is no name. */
	assert_int_equal(fopnp_dns_reader_name(&reader, packet.bytes + packet.len, name), -1);
}

static void test_odd_bytes(void **state)
{
	(void)state;
	packet_start(&packet, 7, 0x8000, (const unsigned[]){ 0, 1, 0, 0 });
	packet_add_bytes(&packet, "\6\0\33.\n\x80 \5local", 14);
	packet_add_bytes(&packet, "\0\1\0\1\0\0\0\1\0\0", 10);
	packet.bytes[12 + 7 + 6] = 0;
	start_reader();
	assert_true(fopnp_dns_reader_record(&reader, &record));
	assert_true(fopnp_dns_reader_name(&reader, record.owner, name) > 0);
	assert_string_equal(name, "\\000\\027\\.\\010\\128\\032.local");
}

static void write_query(const char *text, uint16_t edns_size)
{
	packet.len = fopnp_dns_write_query(packet.bytes, 0xabcd, FOPNP_DNS_FLAG_RD, text, ns_t_aaaa,
					   ns_c_in, edns_size);
}

static void expect_query(const char *text, const char *read_as)
{
	uint16_t type, class;

	write_query(text, 0);
	start_reader();
	assert_int_equal(reader.header.id, 0xabcd);
	assert_int_equal(reader.header.flags, FOPNP_DNS_FLAG_RD);
	assert_true(fopnp_dns_reader_question(&reader, name, &type, &class));
	assert_string_equal(name, read_as);
	assert_int_equal(type, ns_t_aaaa);
	assert_int_equal(class, ns_c_in);
	assert_ptr_equal(reader.at, packet.bytes + packet.len);
}

#define LABEL_63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"
#define LABEL_61 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg"
#define LONGEST  LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61

static void test_query(void **state)
{
	(void)state;
	expect_query("printer.local", "printer.local");
	expect_query("Printer.LOCAL.", "Printer.LOCAL");
	expect_query("a\\.b\\000.local", "a\\.b\\000.local");
	expect_query(".", ".");
	expect_query(LONGEST, LONGEST);
	assert_int_equal(packet.len, 12 + 255 + 4);
}

static void test_query_with_edns(void **state)
{
	(void)state;
	write_query(LONGEST, 1232);
	assert_true(packet.len <= FOPNP_DNS_QUERY_SIZE);
	start_reader();
	assert_true(fopnp_dns_reader_record(&reader, &record));
	assert_int_equal(record.section, 3);
	assert_int_equal(record.type, ns_t_opt);
	assert_int_equal(record.class, 1232);
	assert_int_equal(record.ttl, 0);
	assert_int_equal(record.data_len, 0);
	assert_false(fopnp_dns_reader_record(&reader, &record));
	assert_false(reader.is_broken);
}

static void test_no_query(void **state)
{
	static const char *const bad[] = { "a..b",      "..",  ".a",          LABEL_63 "x.local",
					   LONGEST "h", "a\\", "a\\256.local" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_query(bad[i], 0);
		if (packet.len != 0)
			fail_msg("%s is taken for a name", bad[i]);
	}
}

static void test_words(void **state)
{
	char text[FOPNP_DNS_WORD_SIZE];

	(void)state;
	assert_string_equal(fopnp_dns_rcode_word(0, text), "NOERROR");
	assert_string_equal(fopnp_dns_rcode_word(3, text), "NXDOMAIN");
	assert_string_equal(fopnp_dns_rcode_word(10, text), "NOTZONE");
	assert_string_equal(fopnp_dns_rcode_word(11, text), "RCODE11");
	assert_string_equal(fopnp_dns_rcode_word(65535, text), "RCODE65535");
	assert_string_equal(fopnp_dns_type_word(1, text), "A");
	assert_string_equal(fopnp_dns_type_word(28, text), "AAAA");
	assert_string_equal(fopnp_dns_type_word(12, text), "PTR");
	assert_string_equal(fopnp_dns_type_word(5, text), "CNAME");
	assert_string_equal(fopnp_dns_type_word(65535, text), "TYPE65535");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_questions_not_read_are_skipped),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_question_cut),
		cmocka_unit_test(test_compression),
		cmocka_unit_test(test_odd_bytes),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_query_with_edns),
		cmocka_unit_test(test_no_query),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
