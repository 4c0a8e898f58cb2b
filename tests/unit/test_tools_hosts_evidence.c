/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines that evidence calls used are just those that glibc's answer is made of. */
#include "tools/hosts_evidence.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nss_module/lookup/hosts_file.h"
#include "tests/unit/private_file.h"
#include "tests/unit/random_cases.h"
#include "tools/host_conf.h"

#include "tests/unit/unit_test.h"

#define MAPPED "\0\0\0\0\0\0\0\0\0\0\xff\xff"

/* ---- host.conf ---- */

static struct fopnp_host_conf parsed(const char *bytes, size_t len)
{
	struct fopnp_host_conf conf = { 0 };

	fopnp_host_conf_parse(bytes, len, &conf);
	return conf;
}

static void test_host_conf(void **state)
{
	char many[600];

	(void)state;
	assert_false(parsed(BYTES("")).is_multi);
	assert_int_equal(parsed(BYTES("order hosts\nmulti on\n")).line, 2);
	assert_true(parsed(BYTES("order hosts\nmulti on\n")).is_multi);
	assert_true(parsed(BYTES(" MULTI\vONwards")).is_multi);
	assert_false(parsed(BYTES("multi on\n\nmulti off#")).is_multi);
	assert_int_equal(parsed(BYTES("multi on\n\nmulti off#")).line, 3);
	/* Not understood: what was before stays. */
	assert_int_equal(parsed(BYTES("multi on\nmulti yes\nmultion\nmulti#on\nmulti,on")).line, 1);
	assert_false(parsed(BYTES("# multi on\nmulti\0 on\n")).is_multi);
	/* To glibc the rest of a long line is a line. */
	memset(many, '#', sizeof(many));
	memcpy(many + 255, "multi on\n", 9);
	assert_true(parsed(many, sizeof(many)).is_multi);
	assert_int_equal(parsed(many, sizeof(many)).line, 1);
	memset(many, '#', sizeof(many));
	memcpy(many + 250, "multi on\n", 9);
	assert_false(parsed(many, sizeof(many)).is_multi);
}

/* ---- made-up files ---- */

struct answer_case {
	struct fopnp_request request;
	struct fopnp_call_result *answer;
	struct fopnp_evidence_list evidence;
	bool is_multi;
};

static const char *pick(unsigned *seed, const char *const *words, size_t count)
{
	return words[(unsigned)rand_r(seed) % count];
}
#define PICK(seed, words) pick(seed, words, sizeof(words) / sizeof((words)[0]))

static size_t make_hosts(unsigned *seed, char *bytes, size_t size)
{
	static const char *const addresses[] = {
		"10.0.0.1",
		"10.0.0.1",
		"10.0.0.2",
		"127.0.0.1",
		"::1",
		"::ffff:10.0.0.1",
		"::ffff:a00:2",
		"2001:db8::1",
		"2001:DB8:0::1",
		"fe80::1",
		"fe80::1%lo",
		"010.0.0.1",
		"10.0.0.1/24",
		"0:0::FFFF:a00:1",
		"::",
		"0.0.0.0",
		"#10.0.0.1",
		"",
	};
	static const char *const names[] = {
		" foo",    "\tFoo",  " foo bar", " bar foo",      " bar\vfoo", " foo.",
		" foobar", " foo#x", " #foo",    " bar # foo",    " foo foo",  "",
		" ",       " fo",    " FOO.\r",  " bar foo. foo",
	};
	size_t len = 0;

	for (unsigned lines = (unsigned)rand_r(seed) % 9; lines > 0; lines--)
		len += (size_t)snprintf(bytes + len, size - len, "%s%s%s", PICK(seed, addresses),
					PICK(seed, names), rand_r(seed) % 16 ? "\n" : "\r\n");
	/* The last line may have no newline. */
	return len > 0 && rand_r(seed) % 4 == 0 ? len - 1 : len;
}

static void make_request(unsigned *seed, struct fopnp_request *out_request)
{
	static const char *const names[] = {
		"foo", "foo", "foo", "FOO", "foo.", "bar", "nosuch", ""
	};
	static const int families[] = { AF_UNSPEC, AF_INET, AF_INET6 };
	static const int flags[] = { 0, 0, AI_CANONNAME, AI_V4MAPPED, AI_V4MAPPED | AI_ALL };

	*out_request = (struct fopnp_request){
		.call = FOPNP_CALL_GETADDRINFO,
		.family = families[(unsigned)rand_r(seed) % 3],
		.flags = flags[(unsigned)rand_r(seed) % 5],
		.socktype = SOCK_STREAM,
	};
	if (rand_r(seed) % 4 == 0) {
		out_request->call =
			rand_r(seed) % 2 ? FOPNP_CALL_GETHOSTBYNAME : FOPNP_CALL_GETHOSTBYNAME2;
		out_request->flags = 0;
		out_request->family = rand_r(seed) % 2 ? AF_INET : AF_INET6;
	}
	out_request->name = strdup(PICK(seed, names));
	out_request->given = strdup(out_request->name);
}

/* ---- what the evidence says, told as addresses ---- */

struct addresses {
	struct fopnp_request_address list[32];
	size_t count;
};

static int compare_addresses(const void *a, const void *b)
{
	const struct fopnp_request_address *one = a, *other = b;

	if (one->family != other->family)
		return one->family - other->family;
	return memcmp(one->bytes, other->bytes, 16);
}

static void add_address(struct addresses *to, int family, const void *bytes, size_t len)
{
	struct fopnp_request_address added = { .family = family };

	memcpy(added.bytes, bytes, len);
	/* A result has each address once. */
	for (size_t i = 0; i < to->count; i++)
		if (compare_addresses(&to->list[i], &added) == 0)
			return;
	to->list[to->count++] = added;
}

/* By the table of glibc's rules, written down once more. */
static void add_line(struct addresses *to, int asked_family, const struct fopnp_evidence *evidence)
{
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;

	fopnp_hosts_start(&cursor, evidence->place.text, strlen(evidence->place.text));
	if (!fopnp_hosts_next(&cursor, &line))
		return;
	if (line.family == AF_INET)
		add_address(to, AF_INET, line.address, 4);
	else if (asked_family != AF_INET)
		add_address(to, AF_INET6, line.address, 16);
	else if (memcmp(line.address, MAPPED, 12) == 0)
		add_address(to, AF_INET, line.address + 12, 4);
	else
		add_address(to, AF_INET, "\x7f\0\0\1", 4);
}

static bool is_used(const struct answer_case *c, const struct fopnp_evidence *evidence)
{
	return !evidence->remark ||
	       (c->is_multi && strncmp(evidence->remark, "duplicate of line", 17) == 0);
}

static void print_case(const struct answer_case *c, const char *bytes, size_t len)
{
	char text[INET6_ADDRSTRLEN];

	(void)fprintf(stderr, "%.*s<end>\nmulti %d, %s, family %d, flags %#x, name \"%s\": %d\n",
		      (int)len, bytes, c->is_multi, fopnp_request_call_name(c->request.call),
		      c->request.family, (unsigned)c->request.flags,
		      c->request.name ? c->request.name : "", c->answer->code);
	for (size_t i = 0; i < c->answer->address_count; i++)
		(void)fprintf(stderr, "  %s\n",
			      inet_ntop(c->answer->addresses[i].family,
					c->answer->addresses[i].bytes, text, sizeof(text)));
	for (size_t i = 0; i < c->evidence.count; i++)
		(void)fprintf(stderr, "  :%u: %s -- %s\n", c->evidence.list[i].place.line,
			      c->evidence.list[i].place.text,
			      c->evidence.list[i].remark ? c->evidence.list[i].remark : "");
}

/* The answer is made of the used lines, no less and no more. */
static bool is_explained(const struct answer_case *c)
{
	struct addresses used = { 0 }, got = { 0 };
	int family = c->request.call == FOPNP_CALL_GETHOSTBYNAME ? AF_INET : c->request.family;

	if (c->answer->end != FOPNP_CALL_RETURNED)
		return false;
	for (size_t i = 0; i < c->evidence.count; i++)
		if (is_used(c, &c->evidence.list[i]))
			add_line(&used, family, &c->evidence.list[i]);
	if (c->answer->code != 0)
		return used.count == 0;
	for (size_t i = 0; i < c->answer->address_count; i++) {
		const struct fopnp_request_address *from = &c->answer->addresses[i];

		add_address(&got, from->family, from->bytes, from->family == AF_INET ? 4 : 16);
	}
	if (family == AF_INET6 && (c->request.flags & AI_V4MAPPED))
		return used.count > 0; /* several forms of one line: not told apart here */
	qsort(used.list, used.count, sizeof(used.list[0]), compare_addresses);
	qsort(got.list, got.count, sizeof(got.list[0]), compare_addresses);
	if (used.count != got.count)
		return false;
	for (size_t i = 0; i < got.count; i++)
		if (compare_addresses(&used.list[i], &got.list[i]) != 0)
			return false;
	return true;
}

static bool run_case(unsigned *seed, bool is_multi, struct fopnp_call_result *answer)
{
	struct answer_case c = { .answer = answer, .is_multi = is_multi };
	char bytes[1024];
	size_t len = make_hosts(seed, bytes, sizeof(bytes));
	bool is_fine;

	make_request(seed, &c.request);
	memset(answer, 0, sizeof(*answer));
	is_fine = write_private_file(FOPNP_HOSTS_PATH, bytes, len);
	fopnp_call_make(&c.request, answer);
	fopnp_hosts_evidence_find(&c.request, answer, NULL, &c.evidence);
	is_fine = is_fine && is_explained(&c);
	if (!is_fine)
		print_case(&c, bytes, len);
	fopnp_evidence_clear(&c.evidence);
	fopnp_request_clear(&c.request);
	return is_fine;
}

static int random_hosts(unsigned seed, bool is_multi)
{
	static const char host_conf[] = "#\nmulti on\n";
	struct fopnp_call_result *answer = calloc(1, sizeof(*answer));

	if (!answer || !mount_private_file(FOPNP_HOSTS_PATH) ||
	    !mount_private_file(FOPNP_HOST_CONF) ||
	    !write_private_file(FOPNP_HOST_CONF, host_conf, is_multi ? sizeof(host_conf) - 1 : 0) ||
	    __nss_configure_lookup("hosts", "files") != 0)
		return RANDOM_CASES_IMPOSSIBLE;
	(void)unsetenv("RESOLV_MULTI");
	for (int i = 0; i < 6000; i++)
		if (!run_case(&seed, is_multi, answer))
			return 1;
	free(answer);
	return 0;
}

static int random_hosts_multi(unsigned seed)
{
	return random_hosts(seed, true);
}

static int random_hosts_first(unsigned seed)
{
	return random_hosts(seed, false);
}

static void test_random_hosts(void **state)
{
	(void)state;
	run_random_cases(random_hosts_multi);
	run_random_cases(random_hosts_first);
}

/* ---- the same backwards ---- */

static bool run_reverse_case(unsigned *seed, struct fopnp_call_result *answer)
{
	static const struct fopnp_request_address addresses[] = {
		{ .family = AF_INET, .bytes = { 10, 0, 0, 1 } },
		{ .family = AF_INET, .bytes = { 127, 0, 0, 1 } },
		{ .family = AF_INET6, .bytes = { 0x20, 1, 0xd, 0xb8, [15] = 1 } },
		{ .family = AF_INET6, .bytes = { [15] = 1 } },
		{ .family = AF_INET6, .bytes = { [10] = 0xff, 0xff, 10, 0, 0, 1 } },
	};
	struct answer_case c = { .answer = answer };
	char bytes[1024];
	size_t len = make_hosts(seed, bytes, sizeof(bytes)), used = 0;
	const char *first = "";
	bool is_fine;

	c.request = (struct fopnp_request){
		.call = rand_r(seed) % 2 ? FOPNP_CALL_GETHOSTBYADDR : FOPNP_CALL_GETNAMEINFO,
		.address = addresses[(unsigned)rand_r(seed) % 5],
		.flags = NI_NAMEREQD,
	};
	memset(answer, 0, sizeof(*answer));
	is_fine = write_private_file(FOPNP_HOSTS_PATH, bytes, len);
	fopnp_call_make(&c.request, answer);
	fopnp_hosts_evidence_find(&c.request, answer, NULL, &c.evidence);
	for (size_t i = 0; i < c.evidence.count; i++)
		if (!c.evidence.list[i].remark) {
			used++;
			first = c.evidence.list[i].place.text;
		}
	is_fine = is_fine && answer->end == FOPNP_CALL_RETURNED &&
		  (answer->code != 0 || !answer->canonical[0]
			   ? used == 0
			   : used == 1 && strstr(first, answer->canonical) != NULL);
	if (!is_fine)
		print_case(&c, bytes, len);
	fopnp_evidence_clear(&c.evidence);
	return is_fine;
}

static int random_reverse(unsigned seed)
{
	struct fopnp_call_result *answer = calloc(1, sizeof(*answer));

	if (!answer || !mount_private_file(FOPNP_HOSTS_PATH) ||
	    __nss_configure_lookup("hosts", "files") != 0)
		return RANDOM_CASES_IMPOSSIBLE;
	for (int i = 0; i < 4000; i++)
		if (!run_reverse_case(&seed, answer))
			return 1;
	free(answer);
	return 0;
}

static void test_random_reverse(void **state)
{
	(void)state;
	run_random_cases(random_reverse);
}

/* ---- the words ---- */

static bool says(const struct fopnp_evidence_list *list, size_t index, unsigned line,
		 const char *remark)
{
	const struct fopnp_evidence *found = &list->list[index];

	if (index < list->count && found->place.line == line &&
	    (remark ? found->remark && strcmp(found->remark, remark) == 0 : !found->remark))
		return true;
	for (size_t i = 0; i < list->count; i++)
		(void)fprintf(stderr, ":%u: %s -- %s\n", list->list[i].place.line,
			      list->list[i].place.text, list->list[i].remark);
	return false;
}

static void set_answer(struct fopnp_call_result *answer, uint8_t last)
{
	memset(answer, 0, sizeof(*answer));
	answer->address_count = 1;
	answer->addresses[0] =
		(struct fopnp_request_address){ .family = AF_INET, .bytes = { 10, 0, 0, last } };
}

static int remarks(unsigned seed)
{
	static const char hosts[] = "10.0.0.1 foo\n"
				    "\n"
				    "10.0.0.2 bar FOO # text\n"
				    "10.0.0.1 foo\n"
				    "2001:db8::1 foo\n"
				    "10.0.0.3 foo.\n"
				    "fe80::1%lo foo\n";
	static struct fopnp_call_result answer;
	struct fopnp_request request = { .family = AF_INET, .name = (char[]){ "foo" } };
	struct fopnp_evidence_list list = { 0 };

	(void)seed;
	if (!mount_private_file(FOPNP_HOSTS_PATH) || !mount_private_file(FOPNP_HOST_CONF) ||
	    !write_private_file(FOPNP_HOSTS_PATH, BYTES(hosts)) ||
	    !write_private_file(FOPNP_HOST_CONF, BYTES("multi off\n")))
		return RANDOM_CASES_IMPOSSIBLE;
	set_answer(&answer, 1);
	fopnp_hosts_evidence_find(&request, &answer, NULL, &list);
	if (list.count != 6 || !says(&list, 0, 1, NULL) ||
	    !says(&list, 1, 3,
		  "not used: multi is off in /etc/host.conf:1, so the first line wins") ||
	    list.list[1].flaw != FOPNP_FLAW_OVERRULED ||
	    strcmp(list.list[1].place.text, "10.0.0.2 bar FOO # text") != 0 ||
	    !says(&list, 2, 4, "duplicate of line 1") || list.list[2].flaw != FOPNP_FLAW_NONE ||
	    !says(&list, 3, 5, "IPv6: not for this call") ||
	    !says(&list, 4, 6, "not used: the name differs by a final dot") ||
	    !says(&list, 5, 7, "not used: it does not begin with an address that glibc takes") ||
	    list.list[5].flaw != FOPNP_FLAW_MALFORMED)
		return 1;
	fopnp_evidence_clear(&list);

	fopnp_hosts_evidence_find(&request, NULL, NULL, &list);
	if (list.count != 6 || !says(&list, 0, 1, "not used: the answer did not come from here"))
		return 2;
	fopnp_evidence_clear(&list);

	set_answer(&answer, 9);
	(void)setenv("RESOLV_MULTI", "off", 1);
	fopnp_hosts_evidence_find(&request, &answer, NULL, &list);
	if (!says(&list, 0, 1, "not in the answer") ||
	    !says(&list, 1, 3, "not used: RESOLV_MULTI turns multi off, so the first line wins"))
		return 3;
	fopnp_evidence_clear(&list);
	return 0;
}

static void test_remarks(void **state)
{
	(void)state;
	run_random_cases(remarks);
}

/* Long lines are cut, many are counted. */
static int limits(unsigned seed)
{
	static struct fopnp_call_result answer;
	static char bytes[600000];
	struct fopnp_request request = { .name = (char[]){ "foo" } };
	struct fopnp_evidence_list list = { 0 };
	size_t len = 0;

	(void)seed;
	memset(bytes, ' ', sizeof(bytes));
	memcpy(bytes, "10.0.0.1", 8);
	memcpy(bytes + 400000, "foo\n", 4); /* far behind the block that is read at once */
	for (len = 400004; len < 400004 + 40 * 13; len += 13)
		memcpy(bytes + len, "10.0.0.2 foo\n", 13);
	if (!mount_private_file(FOPNP_HOSTS_PATH) || !mount_private_file(FOPNP_HOST_CONF) ||
	    !write_private_file(FOPNP_HOSTS_PATH, bytes, len))
		return RANDOM_CASES_IMPOSSIBLE;
	set_answer(&answer, 1);
	fopnp_hosts_evidence_find(&request, &answer, NULL, &list);
	if (list.count != FOPNP_HOSTS_EVIDENCE || list.list[0].place.line != 1 ||
	    strlen(list.list[0].place.text) > 203 ||
	    list.list[FOPNP_HOSTS_EVIDENCE - 1].place.line != FOPNP_HOSTS_EVIDENCE ||
	    !strstr(list.list[FOPNP_HOSTS_EVIDENCE - 1].remark, "; 25 more such lines"))
		return 1;
	fopnp_evidence_clear(&list);
	return 0;
}

static void test_limits(void **state)
{
	(void)state;
	run_random_cases(limits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host_conf),      cmocka_unit_test(test_random_hosts),
		cmocka_unit_test(test_random_reverse), cmocka_unit_test(test_remarks),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
