/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random orders, scripts and calls.  Each is a function of the seed and its
 * own numbers alone, so that any one of them can be made again.
 */
#include "tests/nss/differential/differential.h"

#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

const char *const scripted_module_names[SCRIPT_MODULES] = {
	"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10", "p11", "p12", "p13",
};

#define MODULES        14
#define MODULE_STATIC  9
#define MODULE_LARGE   10
#define MODULE_3_NOT_2 11
#define IS_2_NOT_4(module)                                                                         \
	((module) == 2 || (module) == 3 || (module) == 7 || (module) == 11 || (module) == 12)
/* Those with getcanonname_r: glibc would crash on a success without addresses. */
#define HAS_GETCANONNAME(module) ((module) == 7 || (module) == 12 || (module) == 13)

/* ---- numbers: splitmix64 ---- */

static uint64_t next_random(struct random_state *state)
{
	uint64_t x = state->word += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static struct random_state start_random(uint64_t seed, unsigned order, unsigned script,
					unsigned call)
{
	const uint64_t numbers[] = { order, script, call };
	struct random_state state = { seed };
	for (size_t i = 0; i < 3; i++) {
		state.word = next_random(&state) ^ (numbers[i] + 1) * 0xd6e8feb86659fd93u;
	}
	return state;
}

static unsigned below(struct random_state *state, unsigned limit)
{
	return (unsigned)(next_random(state) % limit);
}

static bool chance(struct random_state *state, unsigned percent)
{
	return below(state, 100) < percent;
}

#define PICK(state, array) ((array)[below(state, sizeof(array) / sizeof((array)[0]))])

/* ---- orders ---- */

__attribute__((format(printf, 2, 3))) static void append(struct test_order *order,
							 const char *format, ...)
{
	char *texts[] = { order->plain, order->fopnp };
	for (size_t i = 0; i < 2; i++) {
		size_t used = strlen(texts[i]);
		va_list arguments;
		va_start(arguments, format);
		vsnprintf(texts[i] + used, sizeof(order->plain) - used, format, arguments);
		va_end(arguments);
	}
}

static void append_bracket(struct random_state *random, enum order_grammar grammar,
			   struct test_order *order)
{
	static const char *const statuses[] = { "SUCCESS",  "NOTFOUND", "UNAVAIL",
						"TRYAGAIN", "notfound", "Unavail" };
	static const char *const actions[] = { "return", "continue", "RETURN", "Continue" };
	static const char *const equals[] = { "=", "=", "=", "= ", " =", " = " };
	static const char *const opens[] = { "[", "[", "[ " };
	static const char *const closes[] = { "]", "]", " ]" };
	unsigned count = 1 + below(random, 3);
	append(order, "%s", PICK(random, opens));
	for (unsigned i = 0; i < count; i++) {
		const char *status = PICK(random, statuses), *action = PICK(random, actions);
		bool is_negated = chance(random, 25);
		/* SUCCESS=merge (and so !NOTFOUND=merge) crashes glibc 2.36 itself in gethostbyaddr_r */
		if (grammar == ORDER_NSSWITCH && !is_negated && strcmp(status, "SUCCESS") != 0 &&
		    chance(random, 8)) {
			action = "merge";
			order->has_merge = true;
		}
		append(order, "%s%s%s%s%s", i > 0 ? " " : "", is_negated ? "!" : "", status,
		       PICK(random, equals), action);
	}
	append(order, "%s", PICK(random, closes));
}

static void append_source(struct random_state *random, enum order_grammar grammar,
			  struct test_order *order)
{
	unsigned module = below(random, MODULES);
	if (chance(random, 5)) {
		append(order, "nosuch");
	} else if (grammar == ORDER_NSSWITCH && chance(random, 2)) {
		append(order, "#");
	} else {
		append(order, "%s", scripted_module_names[module]);
		order->has_static |= module == MODULE_STATIC;
		order->has_3_not_2 |= module == MODULE_3_NOT_2;
		order->has_2_not_4 |= IS_2_NOT_4(module);
	}
	order->sources++;
	if (chance(random, 45)) {
		append(order, " ");
		append_bracket(random, grammar, order);
	}
	if (grammar == ORDER_NSSWITCH && chance(random, 4)) {
		append(order, " ");
		append_bracket(random, grammar, order);
	}
}

/* "fopnp" again, which the module leaves out and the plain line does not have. */
static void append_fopnp_again(struct random_state *random, struct test_order *order)
{
	static const char *const texts[] = { " fopnp", " fopnp [NOTFOUND=return]",
					     " fopnp [!UNAVAIL= return]" };
	strncat(order->fopnp, PICK(random, texts), sizeof(order->fopnp) - strlen(order->fopnp) - 1);
}

void generate_order(uint64_t seed, unsigned number, enum order_grammar grammar,
		    struct test_order *out)
{
	static const unsigned char counts[] = { 1, 1, 2, 2, 2, 3, 3, 3, 4, 5 };
	static const char *const blanks[] = { " ", " ", "  ", "\t", " \t " };
	struct random_state random = start_random(seed, number, 1000000u + grammar, 0);
	unsigned count = PICK(&random, counts);
	*out = (struct test_order){ .sources = 0 };
	for (unsigned i = 0; i < count; i++) {
		if (i > 0)
			append(out, "%s", PICK(&random, blanks));
		append_source(&random, grammar, out);
		if (grammar == ORDER_NSSWITCH && chance(&random, 8))
			append_fopnp_again(&random, out);
	}
}

/* ---- scripts ---- */

static void make_failure(struct random_state *random, struct script_step *step)
{
	static const int statuses[] = { NSS_STATUS_NOTFOUND, NSS_STATUS_NOTFOUND,
					NSS_STATUS_UNAVAIL, NSS_STATUS_TRYAGAIN };
	static const int errors[] = { SCRIPT_LEAVE, SCRIPT_LEAVE, 0,      0,      ENOENT, EAGAIN,
				      ETIMEDOUT,    ECONNREFUSED, ERANGE, EINVAL, EBUSY };
	static const int h_errors[] = { SCRIPT_LEAVE, 0,           HOST_NOT_FOUND, HOST_NOT_FOUND,
					TRY_AGAIN,    NO_RECOVERY, NO_DATA,        NETDB_INTERNAL };
	step->status = chance(random, 1) ? NSS_STATUS_RETURN : PICK(random, statuses);
	step->error = PICK(random, errors);
	step->h_error = PICK(random, h_errors);
	/*
	 * TRYAGAIN, ERANGE and NETDB_INTERNAL together ask for a larger buffer
	 * for ever; what is left alone may be one of them already.
	 */
	if (step->status == NSS_STATUS_TRYAGAIN &&
	    (step->error == ERANGE || step->error == SCRIPT_LEAVE) &&
	    (step->h_error == NETDB_INTERNAL || step->h_error == SCRIPT_LEAVE))
		step->error = EINTR;
}

static void make_success(struct random_state *random, unsigned module, enum script_kind kind,
			 struct script_step *step)
{
	static const int left_behind[] = { SCRIPT_LEAVE, SCRIPT_LEAVE, 0, ENOENT, ERANGE, 99 };
	static const int h_left_behind[] = { SCRIPT_LEAVE, 0, HOST_NOT_FOUND, NETDB_INTERNAL };
	static const unsigned char counts[] = { 1, 1, 1, 2, 2, 3, 4, 7 };
	step->status = NSS_STATUS_SUCCESS;
	step->error = PICK(random, left_behind);
	step->h_error = PICK(random, h_left_behind);
	step->addresses = PICK(random, counts);
	step->aliases = chance(random, 50) ? 0 : 1 + below(random, 5);
	/* An empty list from 4_r, or from a module with getcanonname_r, crashes glibc itself. */
	if (chance(random, 3) && kind != SCRIPT_TUPLES && !HAS_GETCANONNAME(module))
		step->addresses = 0;
	if (module == MODULE_LARGE) {
		step->addresses = chance(random, 5) ? 1000 : 20 + below(random, 60);
		step->aliases = chance(random, 20) ? 40 : step->aliases;
	}
	if (chance(random, 5))
		step->need = 1500 + below(random, 6000);
}

static void make_step(struct random_state *random, unsigned module, enum script_kind kind,
		      unsigned success_percent, struct script_step *step)
{
	*step = (struct script_step){ .pattern = (unsigned)next_random(random) };
	if (chance(random, success_percent))
		make_success(random, module, kind, step);
	else
		make_failure(random, step);
	step->has_scopes = chance(random, 40);
	step->has_duplicates = chance(random, 20);
	step->later_names = chance(random, 50);
	step->sets_canonical = chance(random, 60);
	step->is_dirty = chance(random, 30);
	step->writes_errno = chance(random, 30);
	/* glibc < 2.39 calls getcanonname_r for nothing; fopnp does not, and so leaves no errno */
	if (kind == SCRIPT_CANONICAL)
		step->error = step->h_error = SCRIPT_LEAVE;
}

void generate_script(uint64_t seed, unsigned order, unsigned number, struct script *out)
{
	static const unsigned char percents[] = { 0, 15, 35, 35, 60 };
	struct random_state random = start_random(seed, order, number, 0);
	unsigned percent = PICK(&random, percents);
	for (unsigned module = 0; module < MODULES; module++) {
		for (unsigned kind = 0; kind < SCRIPT_KINDS; kind++)
			make_step(&random, module, (enum script_kind)kind, percent,
				  &out->steps[module][kind]);
	}
}

static const char *status_word(int status)
{
	static const char *const words[] = { "TRYAGAIN", "UNAVAIL", "NOTFOUND", "SUCCESS",
					     "RETURN" };
	return words[status + 2];
}

static void print_step(FILE *file, const char *kind, const struct script_step *step)
{
	fprintf(file, " %s=%s", kind, status_word(step->status));
	if (step->error != SCRIPT_LEAVE)
		fprintf(file, ",errno%s=%d", step->writes_errno ? "(direct)" : "", step->error);
	if (step->h_error != SCRIPT_LEAVE)
		fprintf(file, ",h_errno=%d", step->h_error);
	if (step->status == NSS_STATUS_SUCCESS) {
		fprintf(file, ",n=%u,aliases=%u,pattern=%u", step->addresses, step->aliases,
			step->pattern);
		if (step->need)
			fprintf(file, ",need=%zu", step->need);
		if (step->sets_canonical)
			fputs(",canonp", file);
		if (step->has_scopes)
			fputs(",scopes", file);
	} else if (step->is_dirty) {
		fputs(",dirty", file);
	}
}

/* Whether WORD stands in the order as a word of its own. */
static bool is_in_order(const char *order, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = strstr(order, word); at; at = strstr(at + 1, word)) {
		if ((at == order || strchr(" \t]", at[-1])) && strchr(" \t[", at[length]))
			return true;
	}
	return false;
}

void print_script(FILE *file, const struct script *script, const char *order)
{
	static const char *const kinds[SCRIPT_KINDS] = {
		"4", "inet6", "inet", "1", "addr", "canon"
	};
	for (unsigned module = 0; module < MODULES; module++) {
		if (!is_in_order(order, scripted_module_names[module]))
			continue;
		fprintf(file, "  %s:", scripted_module_names[module]);
		for (unsigned kind = 0; kind < SCRIPT_KINDS; kind++)
			print_step(file, kinds[kind], &script->steps[module][kind]);
		fputc('\n', file);
	}
}

/* ---- calls ---- */

/*
 * No name is looked up twice: an answer that did not fit is kept for the
 * retry, and what the same name says after the script has changed is not
 * what is compared here.
 */
static void make_question(struct random_state *random, const unsigned numbers[3],
			  struct test_call *out)
{
	char tail[64];
	unsigned a = numbers[0], b = numbers[1], c = numbers[2];
	snprintf(tail, sizeof(tail), "n%u-%u-%u.example", a, b, c);
	if (chance(random, 4))
		snprintf(out->name, sizeof(out->name), "%s.", tail);
	else if (chance(random, 3)) /* longer than a host name may be */
		snprintf(out->name, sizeof(out->name), "%0*u.%s", 60 + (int)below(random, 200), 7,
			 tail);
	else if (chance(random, 2)) /* digits and dots: not an address, for its last dot */
		snprintf(out->name, sizeof(out->name), "%u.%u.%u.%u.", a >> 8, a & 255, b, c);
	else
		snprintf(out->name, sizeof(out->name), "%s", tail);
	if (out->family == AF_INET) {
		const uint8_t v4[4] = { 10, (uint8_t)a, (uint8_t)(a >> 8), (uint8_t)(b + 7 * c) };
		memcpy(out->address, v4, 4);
	} else {
		const uint8_t v6[16] = { 0x20, 1, 0x0d, 0xb8, (uint8_t)(a >> 8), (uint8_t)a,
					 0,    0, 0,    0,    (uint8_t)b,        (uint8_t)c,
					 0,    0, 0,    1 };
		memcpy(out->address, v6, 16);
	}
}

struct call_shape {
	enum api api;
	int family, flags;
	char buffer; /* s small, l large, g growing */
	bool passes_h_errno;
	bool has_no_hints;
};

#define GAI(family, flags)                                                                         \
	{                                                                                          \
		API_GETADDRINFO, family, flags, 0, false, false                                    \
	}

static const struct call_shape shapes[] = {
	GAI(AF_UNSPEC, 0),
	GAI(AF_UNSPEC, AI_CANONNAME),
	GAI(AF_UNSPEC, AI_ADDRCONFIG),
	GAI(AF_UNSPEC, AI_ADDRCONFIG | AI_CANONNAME),
	GAI(AF_UNSPEC, AI_V4MAPPED),
	GAI(AF_UNSPEC, AI_V4MAPPED | AI_ALL | AI_CANONNAME),
	{ API_GETADDRINFO, AF_UNSPEC, AI_V4MAPPED | AI_ADDRCONFIG, 0, false, true },
	GAI(AF_INET, 0),
	GAI(AF_INET, AI_CANONNAME),
	GAI(AF_INET, AI_ADDRCONFIG),
	GAI(AF_INET, AI_V4MAPPED),
	GAI(AF_INET, AI_V4MAPPED | AI_ALL | AI_CANONNAME),
	GAI(AF_INET6, 0),
	GAI(AF_INET6, AI_CANONNAME),
	GAI(AF_INET6, AI_ADDRCONFIG),
	GAI(AF_INET6, AI_ALL),
	GAI(AF_INET6, AI_V4MAPPED),
	GAI(AF_INET6, AI_V4MAPPED | AI_CANONNAME),
	GAI(AF_INET6, AI_V4MAPPED | AI_ALL),
	GAI(AF_INET6, AI_V4MAPPED | AI_ALL | AI_CANONNAME),
	{ API_GETHOSTBYNAME_R, AF_INET, 0, 's', false, false },
	{ API_GETHOSTBYNAME_R, AF_INET, 0, 'l', true, false },
	{ API_GETHOSTBYNAME_R, AF_INET, 0, 'g', false, false },
	{ API_GETHOSTBYNAME2_R, AF_INET, 0, 's', false, false },
	{ API_GETHOSTBYNAME2_R, AF_INET, 0, 'l', false, false },
	{ API_GETHOSTBYNAME2_R, AF_INET, 0, 'g', true, false },
	{ API_GETHOSTBYNAME2_R, AF_INET6, 0, 's', false, false },
	{ API_GETHOSTBYNAME2_R, AF_INET6, 0, 'l', false, false },
	{ API_GETHOSTBYNAME2_R, AF_INET6, 0, 'l', true, false },
	{ API_GETHOSTBYNAME2_R, AF_INET6, 0, 'g', false, false },
	{ API_GETHOSTBYADDR_R, AF_INET, 0, 's', false, false },
	{ API_GETHOSTBYADDR_R, AF_INET, 0, 'l', true, false },
	{ API_GETHOSTBYADDR_R, AF_INET6, 0, 'l', false, false },
	{ API_GETHOSTBYADDR_R, AF_INET6, 0, 'g', true, false },
	{ API_GETHOSTBYNAME, AF_INET, 0, 0, false, false },
	{ API_GETHOSTBYNAME2, AF_INET, 0, 0, false, false },
	{ API_GETHOSTBYNAME2, AF_INET6, 0, 0, false, false },
	{ API_GETHOSTBYADDR, AF_INET, 0, 0, false, false },
	{ API_GETHOSTBYADDR, AF_INET6, 0, 0, false, false },
	{ API_GETNAMEINFO, AF_INET, 0, 0, false, false },
	{ API_GETNAMEINFO, AF_INET, NI_NAMEREQD, 0, false, false },
	{ API_GETNAMEINFO, AF_INET6, 0, 0, false, false },
	{ API_GETNAMEINFO, AF_INET6, NI_NAMEREQD, 0, false, false },
};

#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))
_Static_assert(SHAPES <= CALLS_PER_SCRIPT, "CALLS_PER_SCRIPT is too small");

/* getnameinfo hands an h_errno of its own to the module, uninitialised. */
static bool leaves_h_errno(const struct script *script)
{
	for (unsigned module = 0; module < MODULES; module++) {
		if (script->steps[module][SCRIPT_ADDRESS].h_error == SCRIPT_LEAVE)
			return true;
	}
	return false;
}

bool generate_call(uint64_t seed, unsigned order, unsigned script, unsigned number,
		   const struct script *steps, struct test_call *out)
{
	static const int errors[] = { 0, 0, ENOENT, 7, ERANGE };
	static const int h_errors[] = { 0, 0, HOST_NOT_FOUND, TRY_AGAIN, NO_DATA, NETDB_INTERNAL };
	struct random_state random = start_random(seed, order, script, number + 1);
	if (number >= SHAPES)
		return false;
	const struct call_shape *shape = &shapes[number];
	if (shape->api == API_GETNAMEINFO && leaves_h_errno(steps))
		return false;
	*out = (struct test_call){
		.api = shape->api,
		.family = shape->family,
		.flags = shape->flags,
		.socktype = chance(&random, 50) ? SOCK_STREAM : 0,
		.has_no_hints = shape->has_no_hints,
		.passes_h_errno = shape->passes_h_errno,
		.grows = shape->buffer == 'g',
		.buffer_size = shape->buffer == 'l' ? 65536 : 10 + below(&random, 590),
		.buffer_offset = below(&random, 8),
		.error = PICK(&random, errors),
		.h_error = PICK(&random, h_errors),
	};
	make_question(&random, (const unsigned[]){ order, script, number }, out);
	return true;
}

void print_call(FILE *file, const struct test_call *call)
{
	static const char *const names[] = { "getaddrinfo",      "gethostbyname_r",
					     "gethostbyname2_r", "gethostbyaddr_r",
					     "gethostbyname",    "gethostbyname2",
					     "gethostbyaddr",    "getnameinfo" };
	const char *family = call->family == AF_INET    ? "AF_INET"
			     : call->family == AF_INET6 ? "AF_INET6"
							: "AF_UNSPEC";
	fprintf(file, "%s %s flags=%#x%s", names[call->api], family, (unsigned)call->flags,
		call->has_no_hints ? " (no hints)" : "");
	if (call->api == API_GETADDRINFO)
		fprintf(file, " socktype=%d", call->socktype);
	if (call->api >= API_GETHOSTBYNAME_R && call->api <= API_GETHOSTBYADDR_R)
		fprintf(file, " buffer=%zu+%u%s%s", call->buffer_size, call->buffer_offset,
			call->grows ? " growing" : "", call->passes_h_errno ? " &h_errno" : "");
	fprintf(file, " errno=%d h_errno=%d name=%s", call->error, call->h_error, call->name);
}
