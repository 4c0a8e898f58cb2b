/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Internationalized names, there and back. */
#include "tools/dns_idn.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

/* clang-format off */
static const struct { const char *given, *ascii, *idna2003; } names[] = {
	{ "example.com", "example.com", NULL },
	{ "Example.COM.", "Example.COM.", NULL }, /* ASCII is asked for as it is */
	{ "_sip._tcp.example", "_sip._tcp.example", NULL },
	{ "五粮液.中国", "xn--dlq917e1ik.xn--fiqs8s", NULL },
	{ "BÜCHER.example", "xn--bcher-kva.example", NULL },
	{ "bu\u0308cher.example", "xn--bcher-kva.example", NULL }, /* decomposed */
	{ "_sip.bücher.example.", "_sip.xn--bcher-kva.example.", NULL },
	{ "faß.example", "xn--fa-hia.example", "fass.example" },
	{ "βόλος.com", "xn--nxasmm1c.com", "xn--nxasmq6b.com" },
	{ "a\u200db.example", NULL, NULL }, /* a joiner where none may stand */
	{ "\xff.example", NULL, NULL },
};
static const struct { const char *ascii, *unicode; } shown[] = {
	{ "xn--dlq917e1ik.xn--fiqs8s", "五粮液.中国" },
	{ "XN--BCHER-KVA.example.", "bücher.example." },
	{ "example.com", NULL },
	{ "xn--a.example", NULL },         /* no punycode */
	{ "xn--bcher-Kva8445.example", NULL },
	{ "xn--example-9d.com", NULL },
	{ "bücher.example", NULL },        /* not ASCII at all */
};
/* clang-format on */

static void test_to_ascii(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct fopnp_idn_name name;

		fopnp_idn_to_ascii(names[i].given, &name);
		assert_int_equal(name.ascii == NULL, names[i].ascii == NULL);
		assert_int_equal(name.error == NULL, names[i].ascii != NULL);
		if (name.ascii)
			assert_string_equal(name.ascii, names[i].ascii);
		assert_int_equal(name.idna2003 == NULL, names[i].idna2003 == NULL);
		if (name.idna2003)
			assert_string_equal(name.idna2003, names[i].idna2003);
		fopnp_idn_clear(&name);
	}
}

static void test_to_unicode(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		char *unicode = fopnp_idn_to_unicode(shown[i].ascii);

		if (!unicode != !shown[i].unicode ||
		    (unicode && strcmp(unicode, shown[i].unicode) != 0))
			fail_msg("%s: %s", shown[i].ascii, unicode ? unicode : "NULL");
		free(unicode);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_to_ascii),
		cmocka_unit_test(test_to_unicode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
