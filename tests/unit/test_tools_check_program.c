/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is said of programs by their kind, and what c-ares makes of a hosts line. */
#include "tools/check_program.h"

#include <string.h>

#include "tests/unit/unit_test.h"

static void assert_judged(struct fopnp_program_kind kind, bool has_nss, const char *resolver,
			  enum fopnp_program_seen seen)
{
	struct fopnp_program_verdict verdict = fopnp_program_judge(&kind, has_nss);

	assert_string_equal(verdict.resolver, resolver);
	assert_int_equal(verdict.by_module, seen);
	assert_true(strlen(verdict.how) > 0 && strlen(verdict.why) > 0);
}

#define KIND(...) ((struct fopnp_program_kind){ __VA_ARGS__ })

static void test_kinds(void **state)
{
	(void)state;
	assert_judged(KIND(.libc = FOPNP_PROGRAM_GLIBC), false, "glibc", FOPNP_PROGRAM_SEEN);
	assert_judged(KIND(.libc = FOPNP_PROGRAM_GLIBC, .is_privileged = true), false, "glibc",
		      FOPNP_PROGRAM_SEEN);
	assert_judged(KIND(.libc = FOPNP_PROGRAM_GLIBC, .is_cares = true), false, "c-ares",
		      FOPNP_PROGRAM_SEEN_AT_TIMES);
	assert_judged(KIND(.libc = FOPNP_PROGRAM_GLIBC, .is_go = true, .is_go_cgo = true), false,
		      "go-cgo", FOPNP_PROGRAM_SEEN);
	/* Go has the name of nsswitch.conf in it, too. */
	assert_judged(KIND(.libc = FOPNP_PROGRAM_STATIC, .is_go = true), true, "go",
		      FOPNP_PROGRAM_NOT_SEEN);
	assert_judged(KIND(.libc = FOPNP_PROGRAM_STATIC), true, "glibc-static",
		      FOPNP_PROGRAM_SEEN_AT_TIMES);
	assert_judged(KIND(.libc = FOPNP_PROGRAM_STATIC), false, "other", FOPNP_PROGRAM_NOT_SEEN);
	assert_judged(KIND(.libc = FOPNP_PROGRAM_MUSL), false, "musl", FOPNP_PROGRAM_NOT_SEEN);
	assert_judged(KIND(.libc = FOPNP_PROGRAM_UNKNOWN_LIBC), false, "other",
		      FOPNP_PROGRAM_NOT_SEEN);
	assert_judged(KIND(.libc = FOPNP_PROGRAM_GLIBC, .is_other_machine = true), false, "other",
		      FOPNP_PROGRAM_NOT_SEEN);
}

/* As c-ares 1.18.1 read them. */
static void test_cares(void **state)
{
	static const struct {
		const char *list, *order;
	} cases[] = {
		{ "", "" },
		{ "files dns", "fb" },
		{ "dns files", "bf" },
		{ "fopnp [!UNAVAIL=return] files dns", "ff" },
		{ "fopnp [!UNAVAIL= return] files dns", "fb" },
		{ "files mdns4_minimal [NOTFOUND=return] dns", "fb" },
		{ "files,dns", "fb" },
		{ "files # dns", "f" },
		{ "\tfiles\tresolve [!UNAVAIL=return] dns", "fb" },
		{ "mymachines myhostname", "" },
		{ "fopnp", "f" },
		{ "resolve [!UNAVAIL=return] dns files", "bb" },
	};
	char order[3];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fopnp_program_cares_order(cases[i].list, strlen(cases[i].list), order);
		assert_string_equal(order, cases[i].order);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_cares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
