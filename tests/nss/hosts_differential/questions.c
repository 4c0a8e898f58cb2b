/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked about each file, see hosts_differential.h. */
#include "tests/nss/hosts_differential/hosts_differential.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#define NAMES             8
#define CALLS_PER_NAME    12
#define ADDRESSES         8
#define CALLS_PER_ADDRESS 5

_Static_assert(NAMES *CALLS_PER_NAME + ADDRESSES * CALLS_PER_ADDRESS == HOSTS_CALLS, "calls");

#define LENGTH(array)      (sizeof(array) / sizeof((array)[0]))
#define PICK(state, array) ((array)[hosts_below(state, LENGTH(array))])

/* ---- names ---- */

static void swap_case(char *name, struct random_state *state)
{
	for (; *name; name++) {
		bool is_letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z');

		if (is_letter && hosts_chance(state, 50))
			*name ^= 0x20;
	}
}

static void choose_word(struct random_state *state, const struct hosts_words *words, char *name,
			size_t size)
{
	snprintf(name, size, "%s", PICK(state, words->names));
	switch (hosts_below(state, 12)) {
	case 0:
	case 1:
		swap_case(name, state);
		break;
	case 2:
		if (strlen(name) + 2 < size)
			strcat(name, ".");
		break;
	case 3:
		if (*name)
			name[strlen(name) - 1] = '\0';
		break;
	case 4:
		if (*name)
			memmove(name, name + 1, strlen(name));
		break;
	default:
		break;
	}
}

/* The same name for all calls of NUMBER. */
static void choose_name(uint64_t seed, unsigned file, unsigned number, char *name, size_t size)
{
	static const char *const odd[] = { "",          "1.2.3.4.", "5.6.7.8", "1.2.3",
					   "absent",    "#",        "foo bar", "foo#bar",
					   "1.2.3.4\t", "\r",       "foo\n",   "fe80::1%1x" };
	struct random_state state = hosts_start_random(seed, file, 100 + number);
	const char *row = hosts_row_name(file);
	struct hosts_words words;

	hosts_generate_words(seed, file, &words);
	if (row && number < 2)
		snprintf(name, size, "%s", row);
	else if (number < 5)
		choose_word(&state, &words, name, size);
	else if (number == 5)
		snprintf(name, size, "%s",
			 hosts_names[hosts_below(&state, (unsigned)hosts_name_count)]);
	else
		snprintf(name, size, "%s", PICK(&state, odd));
	if (row && number == 1)
		swap_case(name, &state);
}

static void set_buffer(struct random_state *state, struct test_call *out, bool grows)
{
	out->grows = grows;
	out->buffer_offset = hosts_below(state, 16);
	out->buffer_size = grows ? 1024 : hosts_below(state, hosts_chance(state, 30) ? 3000 : 400);
}

/* For numbers, and files for addresses, glibc puts pointers where the buffer begins. */
static void align_buffer(struct test_call *out)
{
	out->buffer_offset &= 8;
}

/*
 * Of one name: getaddrinfo by families and flags, then the reentrant ones, one with
 * a buffer of some size and the same with one that grows.
 */
static void ask_name(struct random_state *state, unsigned kind, struct test_call *out)
{
	static const int families[] = {
		AF_UNSPEC, AF_UNSPEC, AF_INET, AF_INET, AF_INET6, AF_INET6
	};
	static const int flags[] = { 0, AI_CANONNAME, AI_V4MAPPED, AI_V4MAPPED | AI_ALL,
				     AI_V4MAPPED | AI_CANONNAME };

	if (kind < LENGTH(families)) {
		out->api = API_GETADDRINFO;
		out->family = families[kind];
		out->flags = kind % 2 == 0 ? PICK(state, flags) : AI_CANONNAME | PICK(state, flags);
		out->socktype = SOCK_STREAM;
		out->has_no_hints = hosts_chance(state, 3);
		return;
	}
	kind -= (unsigned)LENGTH(families);
	out->api = kind < 2 ? API_GETHOSTBYNAME_R : API_GETHOSTBYNAME2_R;
	out->family = kind < 4 ? AF_INET : AF_INET6;
	set_buffer(state, out, kind % 2);
	if (out->grows && hosts_chance(state, 10)) {
		out->api = kind < 2 ? API_GETHOSTBYNAME : API_GETHOSTBYNAME2;
		out->grows = false;
	}
}

/* ---- addresses ---- */

static bool parse(const char *text, struct test_call *out)
{
	out->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(out->family, text, out->address) == 1;
}

static void map_address(struct test_call *out)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	if (out->family == AF_INET) {
		memmove(out->address + 12, out->address, 4);
		memcpy(out->address, prefix, sizeof(prefix));
		out->family = AF_INET6;
	} else if (memcmp(out->address, prefix, sizeof(prefix)) == 0) {
		memmove(out->address, out->address + 12, 4);
		memset(out->address + 4, 0, 12);
		out->family = AF_INET;
	}
}

static void choose_address(uint64_t seed, unsigned file, unsigned number, struct test_call *out)
{
	static const char *const asked[] = { "1.2.3.4", "127.0.0.1",        "::1",     "::",
					     "0.0.0.0", "::ffff:1.2.3.4",   "fe80::1", "192.0.2.7",
					     "1.2.3.5", "::ffff:127.0.0.1", "10.9.8.7" };
	struct random_state state = hosts_start_random(seed, file, 200 + number);
	struct hosts_words words;

	hosts_generate_words(seed, file, &words);
	if (number >= 5 || !parse(words.addresses[number], out))
		(void)parse(PICK(&state, asked), out);
	if (hosts_chance(&state, 20))
		map_address(out);
}

static void ask_address(struct random_state *state, unsigned kind, struct test_call *out)
{
	if (kind < 2) {
		out->api = API_GETHOSTBYADDR_R;
		set_buffer(state, out, kind);
		align_buffer(out);
	} else if (kind == 2) {
		out->api = API_GETHOSTBYADDR;
	} else {
		out->api = API_GETNAMEINFO;
		out->flags = kind == 3 ? NI_NAMEREQD : 0;
	}
}

/* ---- calls ---- */

bool hosts_question(uint64_t seed, unsigned file, unsigned call, struct test_call *out)
{
	struct random_state state = hosts_start_random(seed, file, 1000 + call);

	*out = (struct test_call){ .error = hosts_chance(&state, 50) ? 0 : 71, .h_error = 0 };
	if (call < NAMES * CALLS_PER_NAME) {
		choose_name(seed, file, call / CALLS_PER_NAME, out->name, sizeof(out->name));
		ask_name(&state, call % CALLS_PER_NAME, out);
		if (out->name[0] && strchr("0123456789:", out->name[0]))
			align_buffer(out);
		return true;
	}
	call -= NAMES * CALLS_PER_NAME;
	if (call >= ADDRESSES * CALLS_PER_ADDRESS)
		return false;
	choose_address(seed, file, call / CALLS_PER_ADDRESS, out);
	ask_address(&state, call % CALLS_PER_ADDRESS, out);
	return true;
}

void hosts_print_question(FILE *file, const struct test_call *call)
{
	static const char *const apis[] = { "getaddrinfo",      "gethostbyname_r",
					    "gethostbyname2_r", "gethostbyaddr_r",
					    "gethostbyname",    "gethostbyname2",
					    "gethostbyaddr",    "getnameinfo" };
	char address[INET6_ADDRSTRLEN];
	const bool is_reverse = call->api == API_GETHOSTBYADDR_R ||
				call->api == API_GETHOSTBYADDR || call->api == API_GETNAMEINFO;

	fprintf(file, "%s(", apis[call->api]);
	if (is_reverse)
		fputs(inet_ntop(call->family, call->address, address, sizeof(address)), file);
	else
		fprintf(file, "\"%s\"", call->name);
	fprintf(file, ") family %d flags %#x", call->family, (unsigned)call->flags);
	if (call->has_no_hints)
		fputs(" hints NULL", file);
	if (call->buffer_size)
		fprintf(file, " buffer %zu%s, %u off alignment", call->buffer_size,
			call->grows ? " growing" : "", call->buffer_offset);
	fprintf(file, " errno %d before\n", call->error);
}
