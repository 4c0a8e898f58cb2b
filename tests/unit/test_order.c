/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of orders: tables of texts, and glibc itself as the judge. */
#include "nss_module/lookup/order.h"

#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/failing_allocation.h"
#include "tests/unit/glibc_hosts_line.h"
#include "tests/unit/random_cases.h"
#include "tests/unit/unit_test.h"

struct grammar_case {
	const char *text;
	const char *printed; /* as fopnp_order_print() has it; NULL: refused */
	size_t at;           /* of the error, or of the cut */
	bool is_cut;
};

#define ACCEPTED(text, printed) { text, printed, 0, false }
#define CUT(text, printed, at) { text, printed, at, true }
#define REFUSED(text, at) { text, NULL, at, false }

static void check_case(const struct grammar_case *expected, enum fopnp_grammar grammar)
{
	struct fopnp_order_error error;
	struct fopnp_order *order;
	char printed[512];

	order = fopnp_order_parse(expected->text, strlen(expected->text), grammar, &error);
	if (expected->printed == NULL) {
		if (order != NULL)
			fail_msg("\"%s\" was accepted", expected->text);
		assert_non_null(error.message);
		if (error.at != expected->at)
			fail_msg("\"%s\": error at %zu, not %zu", expected->text, error.at,
				 expected->at);
		return;
	}
	if (order == NULL)
		fail_msg("\"%s\": %s", expected->text, error.message);
	(void)fopnp_order_print(order, printed, sizeof(printed));
	assert_string_equal(printed, expected->printed);
	assert_int_equal(order->is_cut, expected->is_cut);
	if (order->is_cut)
		assert_int_equal(order->cut_at, expected->at);
	free(order);
}

static void test_nsswitch_grammar(void **state)
{
	static const struct grammar_case cases[] = {
		ACCEPTED("", ""),
		ACCEPTED(" \t\r\v\f\n", ""),
		ACCEPTED("files dns", "files dns"),
		ACCEPTED(" files\tdns\r\n", "files dns"),
		ACCEPTED("files [NOTFOUND=return] dns", "files [NOTFOUND=return] dns"),
		ACCEPTED("files[notfound=RETURN]dns", "files [NOTFOUND=return] dns"),
		ACCEPTED("a [ NOTFOUND = return\tUNAVAIL =return ]",
			 "a [NOTFOUND=return UNAVAIL=return]"),
		ACCEPTED("a [SUCCESS=continue]", "a [SUCCESS=continue]"),
		ACCEPTED("a [TRYAGAIN=merge]", "a [TRYAGAIN=merge]"),
		/* what the bracket says is the default, but it was written */
		ACCEPTED("a [SUCCESS=return]", "a [SUCCESS=return]"),
		ACCEPTED("a [NOTFOUND=continue]", "a [SUCCESS=return]"),
		/* "!" sets all the others, RETURN among them */
		ACCEPTED("a [!UNAVAIL=return]", "a [NOTFOUND=return TRYAGAIN=return]"),
		ACCEPTED("a [!NOTFOUND=continue]", "a [!SUCCESS=continue SUCCESS=continue]"),
		ACCEPTED("a [!SUCCESS=continue]", "a [!SUCCESS=continue]"),
		ACCEPTED("a [!SUCCESS=merge]", "a [!SUCCESS=merge]"),
		/* a later criterion overrides */
		ACCEPTED("a [NOTFOUND=return NOTFOUND=continue UNAVAIL=return]",
			 "a [UNAVAIL=return]"),
		ACCEPTED("a [NOTFOUND=return !SUCCESS=continue]", "a [!SUCCESS=continue]"),
		ACCEPTED("a [!UNAVAIL=return TRYAGAIN=continue]", "a [NOTFOUND=return]"),
		/* without a source in front of it a bracket ends the list */
		CUT("a [UNAVAIL=return] [NOTFOUND=return] b", "a [UNAVAIL=return]", 19),
		CUT("[x", "", 0),
		CUT("  [NOTFOUND=return] a", "", 2),
		CUT("a [NOTFOUND=return][", "a [NOTFOUND=return]", 19),
		/* words are whatever they are */
		ACCEPTED("files # local", "files # local"),
		ACCEPTED("a] ]b = !c fopnp", "a] ]b = !c fopnp"),
		ACCEPTED("x x x", "x x x"),
		/* errors */
		REFUSED("a []", 3),
		REFUSED("a [ ]", 4),
		REFUSED("a [x", 3),
		REFUSED("a [", 3),
		REFUSED("a [NOTFOUND=return", 18),
		REFUSED("a [NOTFOUND=return ", 19),
		REFUSED("a [NOTFOUND", 11),
		REFUSED("a [NOTFOUND]", 11),
		REFUSED("a [NOTFOUND=]", 12),
		REFUSED("a [NOTFOUND=retur]", 12),
		REFUSED("a [RETURN=return]", 3),
		REFUSED("a [NOTFOUNT=return]", 3),
		REFUSED("a [! NOTFOUND=return]", 4),
		REFUSED("a [!!NOTFOUND=return]", 4),
		REFUSED("a [NOTFOUND=return=return]", 18),
		REFUSED("a [NOTFOUND=return,UNAVAIL=return]", 12),
		REFUSED("a [NOTFOUND return]", 12),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(&cases[i], FOPNP_GRAMMAR_NSSWITCH);
}

static void test_fopnp_grammar(void **state)
{
	static const struct grammar_case cases[] = {
		ACCEPTED("fopnp:hosts fopnp:mdns [NOTFOUND=return] fopnp:dns",
			 "fopnp:hosts fopnp:mdns [NOTFOUND=return] fopnp:dns"),
		ACCEPTED("mdns4_minimal [notfound=RETURN]dns my-mod.1",
			 "mdns4_minimal [NOTFOUND=return] dns my-mod.1"),
		ACCEPTED("a [!UNAVAIL=return]", "a [NOTFOUND=return TRYAGAIN=return]"),
		ACCEPTED("fopnpx FOPNP", "fopnpx FOPNP"),
		REFUSED("", 0),
		REFUSED("  ", 2),
		REFUSED("a fopnp", 2),
		REFUSED("fopnp [!UNAVAIL=return] files", 0),
		REFUSED("a [NOTFOUND=merge]", 12),
		REFUSED("a [NOTFOUND=return] [UNAVAIL=return]", 20),
		REFUSED("[NOTFOUND=return]", 0),
		REFUSED("files ../dns", 6),
		REFUSED("files, dns", 0),
		REFUSED("files fopnp:", 6),
		REFUSED("other:hosts", 0),
		REFUSED("fopnp:a:b", 0),
		REFUSED("d\xc3\xbcs", 0),
		REFUSED("a [x=return]", 3),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(&cases[i], FOPNP_GRAMMAR_FOPNP);
}

static struct fopnp_order *parse(const char *text)
{
	struct fopnp_order_error error;
	struct fopnp_order *order;

	order = fopnp_order_parse(text, strlen(text), FOPNP_GRAMMAR_NSSWITCH, &error);
	assert_non_null(order);
	return order;
}

static void assert_action(const struct fopnp_order_entry *entry, int status, const char *name)
{
	assert_string_equal(fopnp_action_name(fopnp_order_action(entry, status)), name);
}

static void test_entries(void **state)
{
	struct fopnp_order *order = parse(" files dns [ !UNAVAIL = merge ] x");

	(void)state;
	assert_int_equal(order->count, 3);
	assert_true(order->has_merge);
	assert_false(order->is_cut);
	assert_string_equal(order->entries[0].source, "files");
	assert_int_equal(order->entries[0].at, 1);
	assert_int_equal(order->entries[0].end, 6);
	assert_false(order->entries[0].has_actions);
	assert_string_equal(order->entries[1].source, "dns");
	assert_int_equal(order->entries[1].at, 7);
	assert_int_equal(order->entries[1].end, 31);
	assert_true(order->entries[1].has_actions);
	assert_int_equal(order->entries[2].at, 32);

	assert_action(&order->entries[0], NSS_STATUS_SUCCESS, "return");
	assert_action(&order->entries[0], NSS_STATUS_RETURN, "return");
	assert_action(&order->entries[0], NSS_STATUS_NOTFOUND, "continue");
	assert_action(&order->entries[1], NSS_STATUS_UNAVAIL, "continue");
	assert_action(&order->entries[1], NSS_STATUS_RETURN, "merge");
	assert_action(&order->entries[1], 3, "continue");
	assert_action(&order->entries[1], -3, "continue");
	free(order);
}

static void test_nul_ends_the_text(void **state)
{
	struct fopnp_order_error error;
	struct fopnp_order *order;

	(void)state;
	order = fopnp_order_parse(BYTES("files\0dns [x"), FOPNP_GRAMMAR_NSSWITCH, &error);
	assert_non_null(order);
	assert_int_equal(order->count, 1);
	assert_int_equal(order->entries[0].end, 5);
	free(order);
	order = fopnp_order_parse(BYTES("a [NOTFOUND=return\0]"), FOPNP_GRAMMAR_NSSWITCH, &error);
	assert_null(order);
	assert_non_null(error.message);
	order = fopnp_order_parse(NULL, 0, FOPNP_GRAMMAR_NSSWITCH, &error);
	assert_non_null(order);
	assert_int_equal(order->count, 0);
	free(order);
}

static void test_find_and_tail(void **state)
{
	struct fopnp_order *order, *tail;
	char printed[128];

	(void)state;
	order = parse("files fopnp [!UNAVAIL=return] dns [NOTFOUND=merge] fopnp x");
	assert_int_equal(fopnp_order_find(order, "fopnp"), 1);
	assert_int_equal(fopnp_order_find(order, "Fopnp"), order->count);

	tail = fopnp_order_tail(order, 2, "fopnp");
	assert_non_null(tail);
	(void)fopnp_order_print(tail, printed, sizeof(printed));
	assert_string_equal(printed, "dns [NOTFOUND=merge] x");
	assert_int_equal(tail->entries[1].at, order->entries[4].at);
	assert_true(tail->has_merge);
	free(tail);

	tail = fopnp_order_tail(order, 3, NULL);
	assert_int_equal(tail->count, 2);
	assert_false(tail->has_merge);
	free(tail);

	tail = fopnp_order_tail(order, 99, NULL);
	assert_int_equal(tail->count, 0);
	free(tail);
	free(order);
}

static void test_print_is_cut_at_its_size(void **state)
{
	struct fopnp_order *order = parse("files [NOTFOUND=return] dns");
	char whole[64], cut[64];
	size_t len = fopnp_order_print(order, whole, sizeof(whole));

	(void)state;
	assert_int_equal(len, strlen(whole));
	assert_int_equal(fopnp_order_print(order, NULL, 0), len);
	for (size_t size = 1; size <= len + 1; size++) {
		memset(cut, '#', sizeof(cut));
		assert_int_equal(fopnp_order_print(order, cut, size), len);
		assert_int_equal(strlen(cut), size - 1);
		assert_memory_equal(cut, whole, size - 1);
		assert_int_equal(cut[size], '#');
	}
	free(order);
}

static void test_allocation_failures(void **state)
{
	struct fopnp_order *order = NULL, *tail = NULL;
	struct fopnp_order_error error;
	unsigned nth;

	(void)state;
	for (nth = 1; order == NULL; nth++) {
		fail_allocation(nth);
		order = fopnp_order_parse("files dns", 9, FOPNP_GRAMMAR_FOPNP, &error);
		assert_int_equal(order == NULL, allocation_has_failed());
		assert_null(error.message);
	}
	assert_int_equal(nth, 3);
	for (nth = 1; tail == NULL; nth++) {
		fail_allocation(nth);
		tail = fopnp_order_tail(order, 0, NULL);
		assert_int_equal(tail == NULL, allocation_has_failed());
	}
	assert_int_equal(nth, 3);
	fail_allocation(0);
	free(tail);
	free(order);
}

/* What glibc and we make of one line; false and a message if they differ. */
static bool agrees_with_glibc(const char *line, bool has_actions)
{
	struct fopnp_order_error error;
	struct fopnp_order *order;
	char ours[512] = "", theirs[512] = "";
	bool is_refused = __nss_configure_lookup("hosts", line) != 0;

	order = fopnp_order_parse(line, strlen(line), FOPNP_GRAMMAR_NSSWITCH, &error);
	if (order != NULL && !is_refused && has_actions) {
		order_print_actions(order, ours, sizeof(ours));
		glibc_print_actions(theirs, sizeof(theirs));
	}
	if ((order == NULL) == is_refused && strcmp(ours, theirs) == 0) {
		free(order);
		return true;
	}
	(void)fprintf(stderr, "\"%s\": glibc %s \"%s\", ours %s \"%s\"\n", line,
		      is_refused ? "refuses" : "takes", theirs, order != NULL ? "takes" : "refuses",
		      ours);
	free(order);
	return false;
}

static int compare_random_lines(unsigned seed)
{
	bool has_actions = glibc_actions_are_readable();
	char line[256];

	if (!has_actions)
		(void)fprintf(stderr, "glibc's actions cannot be read here\n");
	for (int i = 0; i < 20000; i++) {
		make_random_line(&seed, line, sizeof(line));
		if (!agrees_with_glibc(line, has_actions))
			return 1;
	}
	return 0;
}

static void test_agrees_with_glibc(void **state)
{
	(void)state;
	run_random_cases(compare_random_lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nsswitch_grammar),
		cmocka_unit_test(test_fopnp_grammar),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_nul_ends_the_text),
		cmocka_unit_test(test_find_and_tail),
		cmocka_unit_test(test_print_is_cut_at_its_size),
		cmocka_unit_test(test_allocation_failures),
		cmocka_unit_test(test_agrees_with_glibc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
