/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every entry point with every buffer size: either the three codes by which
 * glibc knows to come back with more room, or an answer that lies wholly
 * inside the buffer, aligned, with not a byte written outside it.
 */
#include "nss_module/lookup/libc_version.h"
#include "tests/nss/isolated.h"
#include "tests/nss/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LARGEST      8192
#define ARENA        (1u << 20)
#define CANARY       64
#define PADDING      64
#define CANARY_BYTE  0xa5
#define POISON       (-7777)
#define ERRNO_BEFORE EXDEV /* nothing here fails so */

enum entry { NAME4, NAME3, NAME2, NAME1, ADDRESS, ADDRESS2 };
static const char *const entry_names[] = { "gethostbyname4_r", "gethostbyname3_r",
					   "gethostbyname2_r", "gethostbyname_r",
					   "gethostbyaddr_r",  "gethostbyaddr2_r" };

struct question {
	enum entry entry;
	int family;
	const char *name; /* or the address as text */
	bool has_tuple;   /* 4_r: *pat points to a caller's tuple, as up to glibc 2.35 */
	bool uses_errno;  /* errnop == &errno, h_errnop == &h_errno, as in getaddrinfo */
};

struct outcome {
	enum nss_status status;
	int error, h_error, errno_after;
	struct gaih_addrtuple *tuples, own_tuple;
	struct hostent host;
	char *canonical;
	int32_t ttl;
};

/* What is being checked, for the message of a failure. */
static struct {
	struct question question;
	size_t size;
	char *buffer;
	struct outcome outcome;
} now;

static struct nss_functions fopnp;
/* The source itself, where its answers lie inside the buffer. */
static struct nss_functions reference;
static bool has_reference;
static char *arena;
static long page_size;

#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fail_expectation(#condition, __LINE__);                                    \
	} while (0)

static void fail_expectation(const char *condition, int line)
{
	fail_msg(
		"line %d: %s\n    in %s(%s, %s), %zu bytes at %p%s%s: status %d errno %d h_errno %d",
		line, condition, entry_names[now.question.entry], now.question.name,
		now.question.family == AF_INET6 ? "inet6" : "inet", now.size, (void *)now.buffer,
		now.question.has_tuple ? ", own tuple" : "",
		now.question.uses_errno ? ", &errno" : "", now.outcome.status, now.outcome.error,
		now.outcome.h_error);
}

/* ---- calls ---- */

/* An arena that ends at a page that cannot be touched. */
static void make_arena(void)
{
	page_size = sysconf(_SC_PAGESIZE);
	arena = mmap(NULL, ARENA + (size_t)page_size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(arena, MAP_FAILED);
	assert_int_equal(mprotect(arena + ARENA, (size_t)page_size, PROT_NONE), 0);
}

static enum nss_status call_address(const struct nss_functions *module,
				    const struct question *question, char *buffer, size_t size,
				    struct outcome *out, int *error, int *h_error)
{
	unsigned char address[16];
	socklen_t len = question->family == AF_INET6 ? 16 : 4;

	if (inet_pton(question->family, question->name, address) != 1)
		fail_msg("not an address: %s", question->name);
	if (question->entry == ADDRESS2)
		return module->by_address2(address, len, question->family, &out->host, buffer, size,
					   error, h_error, &out->ttl);
	return module->by_address(address, len, question->family, &out->host, buffer, size, error,
				  h_error);
}

static enum nss_status call_entry(const struct nss_functions *module,
				  const struct question *question, char *buffer, size_t size,
				  struct outcome *out, int *error, int *h_error)
{
	switch (question->entry) {
	case NAME4:
		return module->by_name4(question->name, &out->tuples, buffer, size, error, h_error,
					&out->ttl);
	case NAME3:
		return module->by_name3(question->name, question->family, &out->host, buffer, size,
					error, h_error, &out->ttl, &out->canonical);
	case NAME2:
		return module->by_name2(question->name, question->family, &out->host, buffer, size,
					error, h_error);
	case NAME1:
		return module->by_name(question->name, &out->host, buffer, size, error, h_error);
	case ADDRESS:
	case ADDRESS2:
		return call_address(module, question, buffer, size, out, error, h_error);
	}
	abort();
}

static void ask(const struct nss_functions *module, const struct question *question, char *buffer,
		size_t size, struct outcome *out)
{
	int *h_error = question->uses_errno ? &h_errno : &out->h_error;
	int *error = question->uses_errno ? &errno : &out->error;

	memset(out, 0, sizeof(*out));
	memset(&out->own_tuple, 0x5a, sizeof(out->own_tuple));
	out->own_tuple.next = NULL;
	out->own_tuple.family = AF_UNSPEC;
	out->tuples = question->has_tuple ? &out->own_tuple : NULL;
	out->ttl = INT32_MAX;
	out->error = out->h_error = h_errno = POISON;
	errno = ERRNO_BEFORE;
	out->status = call_entry(module, question, buffer, size, out, error, h_error);
	out->errno_after = errno;
	if (question->uses_errno) {
		out->error = out->errno_after;
		out->h_error = h_errno;
	}
}

/* ---- what every outcome must satisfy ---- */

static bool lies_inside(const void *part, size_t len)
{
	const char *at = part;

	return at >= now.buffer && len <= now.size && at <= now.buffer + now.size - len;
}

static void check_text(const char *text)
{
	EXPECT(text != NULL);
	EXPECT(lies_inside(text, 1));
	EXPECT(memchr(text, '\0', (size_t)(now.buffer + now.size - text)) != NULL);
}

/* glibc's own "files" aligns h_addr_list within the buffer, not in memory, by address. */
static bool is_of_files;

static bool is_aligned(const void *part, size_t align)
{
	bool is_exempt = is_of_files && now.question.entry >= ADDRESS &&
			 (uintptr_t)now.buffer % sizeof(char *) != 0;

	return (uintptr_t)part % align == 0 || is_exempt;
}

static void check_vector(char **vector)
{
	EXPECT(vector != NULL);
	EXPECT(is_aligned(vector, sizeof(char *)));
	do {
		EXPECT(lies_inside(vector, sizeof(char *)));
	} while (*vector++);
}

static void check_tuples(void)
{
	const struct outcome *out = &now.outcome;
	const struct gaih_addrtuple *tuple = out->tuples;

	EXPECT(tuple != NULL);
	EXPECT(tuple->name != NULL);
	for (; tuple; tuple = tuple->next) {
		if (tuple != &out->own_tuple) {
			EXPECT(is_aligned(tuple, _Alignof(struct gaih_addrtuple)));
			EXPECT(lies_inside(tuple, sizeof(*tuple)));
		}
		if (tuple->name)
			check_text(tuple->name);
		EXPECT(tuple->family == AF_INET || tuple->family == AF_INET6);
	}
}

static void check_hostent(void)
{
	const struct hostent *host = &now.outcome.host;
	int family = now.question.entry == NAME1 ? AF_INET : now.question.family;

	check_text(host->h_name);
	check_vector(host->h_aliases);
	for (char **alias = host->h_aliases; *alias; alias++)
		check_text(*alias);
	EXPECT(host->h_addrtype == family);
	EXPECT(host->h_length == (family == AF_INET6 ? 16 : 4));
	check_vector(host->h_addr_list);
	EXPECT(host->h_addr_list[0] != NULL);
	for (char **address = host->h_addr_list; *address; address++) {
		EXPECT(is_aligned(*address, _Alignof(struct in_addr)));
		EXPECT(lies_inside(*address, (size_t)host->h_length));
	}
	if (now.outcome.canonical)
		check_text(now.outcome.canonical);
}

static void check_failure(void)
{
	const struct outcome *out = &now.outcome;
	struct gaih_addrtuple untouched;

	memset(&untouched, 0x5a, sizeof(untouched));
	untouched.next = NULL;
	untouched.family = AF_UNSPEC;
	EXPECT(out->status >= NSS_STATUS_TRYAGAIN && out->status <= NSS_STATUS_NOTFOUND);
	/* glibc's own "files" leaves it alone when a name is not in its file */
	EXPECT(out->error != POISON || out->status != NSS_STATUS_TRYAGAIN);
	EXPECT(out->h_error != POISON);
	EXPECT(out->h_error != NETDB_SUCCESS);
	EXPECT(out->tuples == (now.question.has_tuple ? &out->own_tuple : NULL));
	EXPECT(memcmp(&out->own_tuple, &untouched, sizeof(untouched)) == 0);
	/* ERANGE may be left over, as after glibc's own retries; the pair must mean it */
	if (out->error == ERANGE && out->h_error == NETDB_INTERNAL)
		EXPECT(out->status == NSS_STATUS_TRYAGAIN);
}

static bool is_too_small(const struct outcome *out)
{
	return out->status == NSS_STATUS_TRYAGAIN && out->error == ERANGE &&
	       out->h_error == NETDB_INTERNAL;
}

static void check_canary(const char *bytes)
{
	static char expected[CANARY];

	if (!expected[0])
		memset(expected, CANARY_BYTE, sizeof(expected));
	EXPECT(memcmp(bytes, expected, CANARY) == 0);
}

/* glibc's misaligned list can be answered, but UBSan does not let it be looked at. */
static bool is_undefined(void)
{
	return UNDER_ASAN && is_of_files && now.question.entry >= ADDRESS &&
	       (uintptr_t)now.buffer % sizeof(char *) != 0;
}

/* One call with the buffer there; BEHIND: there is room for a canary behind it. */
static void ask_and_check(const struct question *question, char *buffer, size_t size, bool behind)
{
	now.question = *question;
	now.buffer = buffer;
	now.size = size;
	memset(&now.outcome, 0, sizeof(now.outcome));
	if (is_undefined())
		return;
	memset(buffer - CANARY, CANARY_BYTE, CANARY);
	if (behind)
		memset(buffer + size, CANARY_BYTE, CANARY);
	ask(&fopnp, question, buffer, size, &now.outcome);
	check_canary(buffer - CANARY);
	if (behind)
		check_canary(buffer + size);
	if (now.outcome.status != NSS_STATUS_SUCCESS) {
		check_failure();
		return;
	}
	EXPECT(now.outcome.errno_after == ERRNO_BEFORE);
	if (question->entry == NAME4)
		check_tuples();
	else
		check_hostent();
}

/* ---- what was answered ---- */

static void add_text(char *text, size_t size, const char *word)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%s", used ? " " : "", word);
}

static void add_address(char *text, size_t size, int family, const void *address)
{
	char word[INET6_ADDRSTRLEN];

	add_text(text, size, inet_ntop(family, address, word, sizeof(word)));
}

/* "NAME ALIAS... = ADDRESS...". */
static void print_outcome(const struct outcome *out, enum entry entry, char *text, size_t size)
{
	text[0] = '\0';
	if (entry == NAME4) {
		add_text(text, size, out->tuples->name);
		add_text(text, size, "=");
		for (const struct gaih_addrtuple *tuple = out->tuples; tuple; tuple = tuple->next)
			add_address(text, size, tuple->family, tuple->addr);
		return;
	}
	add_text(text, size, out->host.h_name);
	for (char **alias = out->host.h_aliases; *alias; alias++)
		add_text(text, size, *alias);
	add_text(text, size, "=");
	for (char **address = out->host.h_addr_list; *address; address++)
		add_address(text, size, out->host.h_addrtype, *address);
}

#define ANSWER_TEXT (1u << 18)
static char answer_text[ANSWER_TEXT], expected_text[ANSWER_TEXT];

static void check_answer(const char *expected)
{
	print_outcome(&now.outcome, now.question.entry, answer_text, sizeof(answer_text));
	if (strcmp(answer_text, expected) != 0)
		fail_msg("%s(%s): \"%.300s\"\n    instead of \"%.300s\"",
			 entry_names[now.question.entry], now.question.name, answer_text, expected);
}

/* ---- sweeps ---- */

/*
 * What is room enough for the source itself is room enough for fopnp, but for
 * a copy whose parts lie in another order and whose canonical name is apart.
 */
static void check_refusal(const struct question *question)
{
	struct outcome out;

	if (!has_reference || !is_too_small(&now.outcome) || now.size < PADDING)
		return;
	ask(&reference, question, now.buffer, now.size - PADDING, &out);
	EXPECT(out.status != NSS_STATUS_SUCCESS);
}

/*
 * Buffer sizes 0..LARGEST in steps, canaries on both sides, then the same
 * with the buffer's end at an untouchable page and so with every alignment,
 * then doubled until the answer fits.  EXPECTED NULL: it must not be found.
 */
static void sweep(enum entry entry, int family, const char *name, const char *expected, size_t step)
{
	struct question question = { .entry = entry, .family = family, .name = name };
	size_t size;

	for (size = 0; size <= LARGEST; size += step) {
		question.uses_errno = size / step % 2;
		ask_and_check(&question, arena + CANARY, size, true);
		if (now.outcome.status == NSS_STATUS_SUCCESS && size % 64 == 0 && expected)
			check_answer(expected);
		EXPECT(expected || now.outcome.status != NSS_STATUS_SUCCESS);
		check_refusal(&question);
	}
	question.has_tuple = entry == NAME4;
	for (size = 0; size <= LARGEST; size += step) {
		question.uses_errno = size / step % 2;
		ask_and_check(&question, arena + ARENA - size, size, false);
		check_refusal(&question);
	}
	for (size = LARGEST; size < ARENA / 2; size *= 2) {
		ask_and_check(&question, arena + CANARY, size, true);
		if (!is_too_small(&now.outcome))
			break;
	}
	EXPECT(now.outcome.status == (expected ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND));
	if (expected)
		check_answer(expected);
}

/* The address of tests/nss/modules/conform.c that encodes a number. */
static void conform_address(int family, unsigned number, char *text, size_t size)
{
	char word[64];

	if (family == AF_INET)
		snprintf(word, sizeof(word), "10.%u.%u.%u", number >> 16, number >> 8 & 255,
			 number & 255);
	else
		snprintf(word, sizeof(word), "2001:db8::a%02x:%x", number >> 16, number & 0xffff);
	add_text(text, size, word);
}

/* What conform answers to KIND-NUMBER, printed as print_outcome() does. */
static void expect_conform(enum entry entry, int family, const char *name, unsigned addresses,
			   unsigned aliases, unsigned number)
{
	char alias[32];

	snprintf(expected_text, sizeof(expected_text), "%s", name);
	for (unsigned i = 0; i < aliases && entry != NAME4; i++) {
		snprintf(alias, sizeof(alias), "alias-%u.test", i);
		add_text(expected_text, sizeof(expected_text), alias);
	}
	add_text(expected_text, sizeof(expected_text), "=");
	for (unsigned i = 0; i < addresses; i++)
		conform_address(entry == NAME4 ? (i % 2 ? AF_INET6 : AF_INET) : family,
				addresses == 1 ? number : i, expected_text, sizeof(expected_text));
}

static void sweep_conform(const char *name, unsigned addresses, unsigned aliases, unsigned number,
			  size_t step)
{
	static const struct {
		enum entry entry;
		int family;
	} calls[] = { { NAME4, AF_UNSPEC }, { NAME3, AF_INET },  { NAME3, AF_INET6 },
		      { NAME2, AF_INET },   { NAME2, AF_INET6 }, { NAME1, AF_INET } };

	step = (UNDER_ASAN || UNDER_TSAN) ? step * 5 : step;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		expect_conform(calls[i].entry, calls[i].family, name, addresses, aliases, number);
		sweep(calls[i].entry, calls[i].family, name, expected_text, step);
	}
}

static void start(void)
{
	nss_functions_load("fopnp", &fopnp);
	make_arena();
}

static void start_with_reference(const char *service)
{
	start();
	nss_functions_load(service, &reference);
	has_reference = true;
}

static void answers_inside_the_buffer(void **state)
{
	(void)state;
	start_with_reference("conform");
	sweep_conform("host-7.test", 1, 0, 7, 1);
	sweep_conform("many-1.test", 1, 0, 1, 1);
	sweep_conform("many-47.test", 47, 0, 0, 1);
	sweep_conform("many-48.test", 48, 0, 0, 5);
	sweep_conform("many-49.test", 49, 0, 0, 3);
	sweep_conform("aliases-40.test", 1, 40, 40, 1);
}

static void answers_of_thousands_of_addresses(void **state)
{
	(void)state;
	start();
	sweep_conform("many-1000.test", 1000, 0, 0, 61);
	sweep_conform("many-5000.test", 5000, 0, 0, 331);
	sweep_conform("static-1000.test", 1000, 3, 0, 61);
	sweep_conform("outside-5000.test", 5000, 3, 0, 331);
}

static void answers_that_lie_outside_the_buffer(void **state)
{
	(void)state;
	start();
	sweep_conform("static-1.test", 1, 3, 1, 1);
	sweep_conform("static-49.test", 49, 3, 0, 3);
	sweep_conform("outside-3.test", 3, 3, 0, 1);
	sweep_conform("outside-49.test", 49, 3, 0, 3);
}

/* getaddrinfo with AI_CANONNAME dies of a first tuple without a name (2.36). */
static void tuples_without_a_name_get_one(void **state)
{
	(void)state;
	start();
	expect_conform(NAME4, AF_UNSPEC, "noname-2.test", 2, 0, 0);
	sweep(NAME4, AF_UNSPEC, "noname-2.test", expected_text, 1);
}

static void an_empty_list_is_no_success(void **state)
{
	struct question question = { .entry = NAME4, .name = "empty-0.test" };

	(void)state;
	start();
	for (size_t size = 0; size <= LARGEST; size += 16) {
		question.has_tuple = size % 32 == 0;
		ask_and_check(&question, arena + CANARY, size, true);
		EXPECT(now.outcome.status != NSS_STATUS_SUCCESS);
	}
	EXPECT(now.outcome.status == NSS_STATUS_NOTFOUND);
	EXPECT(now.outcome.h_error == NO_DATA);
}

static void names_that_are_not_found(void **state)
{
	(void)state;
	start();
	for (int family = AF_INET; family <= AF_INET6; family += AF_INET6 - AF_INET) {
		sweep(NAME4, family, "missing.test", NULL, 1);
		sweep(NAME3, family, "missing.test", NULL, 3);
		sweep(NAME2, family, "missing.test", NULL, 3);
	}
	sweep(NAME1, AF_INET, "missing.test", NULL, 3);
	sweep(ADDRESS, AF_INET, "192.0.2.1", NULL, 3);
	sweep(ADDRESS2, AF_INET6, "2001:db8::1", NULL, 3);
}

/* fail-SHE: the codes of a failing source reach the caller, whatever the size. */
static void codes_of_failures_are_kept(void **state)
{
	static const struct {
		const char *name;
		enum nss_status status;
		int h_error;
	} failures[] = {
		{ "fail-220.test", NSS_STATUS_NOTFOUND, HOST_NOT_FOUND },
		{ "fail-251.test", NSS_STATUS_NOTFOUND, NO_DATA },
		{ "fail-031.test", NSS_STATUS_TRYAGAIN, TRY_AGAIN },
		{ "fail-131.test", NSS_STATUS_UNAVAIL, TRY_AGAIN },
	};
	struct question question = { .entry = NAME2, .family = AF_INET };

	(void)state;
	start();
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		question.name = failures[i].name;
		for (size_t size = 0; size <= LARGEST; size += 512) {
			ask_and_check(&question, arena + CANARY, size, true);
			EXPECT(now.outcome.status == failures[i].status);
			EXPECT(now.outcome.h_error == failures[i].h_error);
		}
	}
}

static void reverse_lookups(void **state)
{
	static const struct {
		const char *tail, *expected;
	} addresses[] = {
		{ "0.0.9", "host-9.test" },
		{ "2.0.1", "static-1.test alias-0.test alias-1.test alias-2.test" },
		{ "3.1.0", "outside-256.test alias-0.test alias-1.test alias-2.test" },
		{ "1.0.2", "aliases-2.test alias-0.test alias-1.test" },
	};
	char name[64], name6[80];

	(void)state;
	start();
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		snprintf(name, sizeof(name), "10.%s", addresses[i].tail);
		snprintf(expected_text, sizeof(expected_text), "%s = %s", addresses[i].expected,
			 name);
		sweep(ADDRESS, AF_INET, name, expected_text, 1);
		sweep(ADDRESS2, AF_INET, name, expected_text, 3);
		snprintf(name6, sizeof(name6), "2001:db8::%s", name);
		snprintf(expected_text, sizeof(expected_text), "%s =", addresses[i].expected);
		now.outcome.tuples = NULL;
		inet_pton(AF_INET6, name6, &now.outcome.own_tuple.addr);
		add_address(expected_text, sizeof(expected_text), AF_INET6,
			    now.outcome.own_tuple.addr);
		sweep(ADDRESS, AF_INET6, name6, expected_text, 1);
		sweep(ADDRESS2, AF_INET6, name6, expected_text, 3);
	}
}

/* getaddrinfo() takes its canonical name from getcanonname_r since glibc 2.39. */
static void sweep_two_functions(const char *name, const char *addresses)
{
	char expected[128];

	snprintf(expected, sizeof(expected), "%s%s = %s", fopnp_libc_is_since(39) ? "canon." : "",
		 name, addresses);
	sweep(NAME4, AF_UNSPEC, name, expected, 1);
}

/* A module without 4_r and 3_r is asked for AF_INET6, then for AF_INET. */
static void modules_of_two_functions(void **state)
{
	(void)state;
	start();
	sweep_two_functions("host-7.test", "2001:db8::a00:7 10.0.0.7");
	sweep_two_functions("static-1.test", "2001:db8::a00:1 10.0.0.1");
	sweep_two_functions("aliases-40.test", "2001:db8::a00:28 10.0.0.40");
	expect_conform(NAME3, AF_INET6, "outside-49.test", 49, 3, 0);
	sweep(NAME3, AF_INET6, "outside-49.test", expected_text, 3);
}

static void lifetimes_are_passed_on(void **state)
{
	struct question question = { .entry = NAME4, .name = "ttl-60.test" };

	(void)state;
	start();
	ask_and_check(&question, arena + CANARY, 4096, true);
	EXPECT(now.outcome.ttl == 60);
	question.entry = NAME3;
	question.family = AF_INET6;
	ask_and_check(&question, arena + CANARY, 4096, true);
	EXPECT(now.outcome.ttl == 60);
	question.name = "host-60.test";
	ask_and_check(&question, arena + CANARY, 4096, true);
	EXPECT(now.outcome.ttl == INT32_MAX);
}

/* ttlp may be NULL: libc itself passes NULL */
static void a_null_lifetime_is_accepted(void **state)
{
	struct gaih_addrtuple *tuples = NULL;
	unsigned char address[4] = { 10, 0, 0, 9 };
	struct hostent host;
	char *canonical = NULL;
	int error, h_error;

	(void)state;
	start();
	assert_int_equal(
		fopnp.by_name4("ttl-60.test", &tuples, arena, 4096, &error, &h_error, NULL),
		NSS_STATUS_SUCCESS);
	assert_int_equal(fopnp.by_name3("ttl-60.test", AF_INET, &host, arena, 4096, &error,
					&h_error, NULL, &canonical),
			 NSS_STATUS_SUCCESS);
	assert_int_equal(fopnp.by_name3("ttl-60.test", AF_INET, &host, arena, 4096, &error,
					&h_error, NULL, NULL),
			 NSS_STATUS_SUCCESS);
	assert_int_equal(
		fopnp.by_address2(address, 4, AF_INET, &host, arena, 4096, &error, &h_error, NULL),
		NSS_STATUS_SUCCESS);
}

/*
 * Asked after a 3_r that left *canonp alone, of the module that answered on this thread; with
 * AF_INET6 and AI_ALL getaddrinfo() also asks for AF_INET in between, which may fail.
 */
static void canonical_names(void **state)
{
	char buffer[256], *result;
	struct hostent host;
	int error, h_error;
	enum nss_status status;

	(void)state;
	start();
	for (size_t size = 0; size <= sizeof(buffer); size++) {
		char *at = arena + ARENA - size;

		result = NULL;
		assert_int_equal(fopnp.by_name3("host-7.test", AF_INET6, &host, buffer,
						sizeof(buffer), &error, &h_error, NULL, &result),
				 NSS_STATUS_SUCCESS);
		assert_null(result);
		if (size % 2 == 0)
			assert_int_not_equal(fopnp.by_name3("missing.test", AF_INET, &host, buffer,
							    sizeof(buffer), &error, &h_error, NULL,
							    &result),
					     NSS_STATUS_SUCCESS);
		error = h_error = POISON;
		memset(at - CANARY, CANARY_BYTE, CANARY);
		status = fopnp.canonical("host-7.test", at, size, &result, &error, &h_error);
		check_canary(at - CANARY);
		if (size < sizeof("canon.host-7.test")) {
			assert_int_equal(status, NSS_STATUS_TRYAGAIN);
			assert_int_equal(error, ERANGE);
			assert_int_equal(h_error, NETDB_INTERNAL);
			continue;
		}
		if (status != NSS_STATUS_SUCCESS)
			fail_msg("getcanonname_r: status %d with %zu bytes", status, size);
		assert_true(result >= at && result < at + size);
		assert_string_equal(result, "canon.host-7.test");
	}
}

/* files and fopnp over files give the same bytes of answer. */
static void sweep_like_files(enum entry entry, int family, const char *name)
{
	struct question question = { .entry = entry, .family = family, .name = name };
	struct outcome out;

	ask(&reference, &question, arena + CANARY, ARENA / 4, &out);
	if (out.status == NSS_STATUS_SUCCESS)
		print_outcome(&out, entry, expected_text, sizeof(expected_text));
	sweep(entry, family, name, out.status == NSS_STATUS_SUCCESS ? expected_text : NULL,
	      (UNDER_ASAN || UNDER_TSAN) ? 35 : 7);
	/* where the answer just begins to fit, every size counts */
	for (size_t size = 0; size < 512; size++)
		ask_and_check(&question, arena + ARENA - size, size, false);
}

static void write_hosts(void)
{
	static char text[32768];
	size_t used;

	used = (size_t)snprintf(text, sizeof(text), "192.0.2.1 one.test one\n# %.2000d\n", 0);
	used += (size_t)snprintf(
		text + used, sizeof(text) - used,
		"192.0.2.2 both.test\n2001:db8::2 both.test twice\n192.0.2.3 aliased");
	for (int i = 0; i < 40; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, " alias-%d.test", i);
	text[used++] = '\n';
	for (int i = 0; i < 60; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "192.0.2.%d many.test\n",
					 100 + i);
	isolated_write("/etc/hosts", text);
}

static void the_hosts_file_at_every_size(void **state)
{
	static const char *const names[] = { "one", "both.test", "aliased", "many.test",
					     "missing.test" };
	(void)state;
	write_hosts();
	is_of_files = true;
	start_with_reference("files");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		sweep_like_files(NAME4, AF_UNSPEC, names[i]);
		sweep_like_files(NAME3, AF_INET, names[i]);
		sweep_like_files(NAME2, AF_INET, names[i]);
		sweep_like_files(NAME2, AF_INET6, names[i]);
		sweep_like_files(NAME1, AF_INET, names[i]);
	}
	sweep_like_files(ADDRESS, AF_INET, "192.0.2.1");
	sweep_like_files(ADDRESS, AF_INET, "192.0.2.3");
	sweep_like_files(ADDRESS, AF_INET6, "2001:db8::2");
}

#define WITH_CONFORM                                                                               \
	{                                                                                          \
		"FOPNP_ORDER=conform"                                                              \
	}
#define WITH_TWO                                                                                   \
	{                                                                                          \
		"FOPNP_ORDER=conformtwo"                                                           \
	}

int main(int argc, char **argv)
{
	static const struct isolated_case cases[] = {
		{ cmocka_unit_test(answers_inside_the_buffer), WITH_CONFORM },
		{ cmocka_unit_test(answers_of_thousands_of_addresses), WITH_CONFORM },
		{ cmocka_unit_test(answers_that_lie_outside_the_buffer), WITH_CONFORM },
		{ cmocka_unit_test(tuples_without_a_name_get_one), WITH_CONFORM },
		{ cmocka_unit_test(an_empty_list_is_no_success), WITH_CONFORM },
		{ cmocka_unit_test(names_that_are_not_found), WITH_CONFORM },
		{ cmocka_unit_test(codes_of_failures_are_kept), WITH_CONFORM },
		{ cmocka_unit_test(reverse_lookups), WITH_CONFORM },
		{ cmocka_unit_test(modules_of_two_functions), WITH_TWO },
		{ cmocka_unit_test(lifetimes_are_passed_on), WITH_CONFORM },
		{ cmocka_unit_test(a_null_lifetime_is_accepted), WITH_CONFORM },
		{ cmocka_unit_test(canonical_names), WITH_TWO },
		{ cmocka_unit_test(the_hosts_file_at_every_size), { "FOPNP_ORDER=files" } },
	};

	return isolated_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
