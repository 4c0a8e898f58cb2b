/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects as they are printed: a line of ASCII that a terminal shows as it is. */
#include "tools/json_output.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/unit_test.h"

/* OBJECT, which is given away, is printed as EXPECTED. */
static void expect(json_t *object, const char *expected)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	fopnp_json_print(object, out);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void test_line(void **state)
{
	(void)state;
	expect(json_object(), "{}\n");
	expect(json_pack("{s:I,s:n,s:[s]}", "most", INT64_MAX, "none", "list", "\"\n"),
	       "{\"most\":9223372036854775807,\"none\":null,\"list\":[\"\\\"\\n\"]}\n");
	expect(json_pack("{s:s}", "\303\251", "\302\233" "2J\033"),
	       "{\"\\u00E9\":\"\\u009B2J\\u001B\"}\n");
}

/* Which jansson leaves as it is. */
static void test_delete(void **state)
{
	(void)state;
	expect(json_pack("{s:s}", "a", "\177b\177\177"), "{\"a\":\"\\u007fb\\u007f\\u007f\"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_delete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
