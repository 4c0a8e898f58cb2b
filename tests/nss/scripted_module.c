/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An NSS module that does what fopnp_test_script says.  Compiled several
 * times with
 *
 *	SCRIPTED_NAME       the service's name, as "p3"
 *	SCRIPTED_INDEX      its part of the script
 *	SCRIPTED_FUNCTIONS  which functions it has
 */
#include "tests/nss/scripted_module.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define PASTE_1(name, function) _nss_##name##_##function
#define PASTE(name, function)   PASTE_1(name, function)
#define QUOTE_1(text)           #text
#define QUOTE(text)             QUOTE_1(text)
#define EXPORTED(function)                                                                         \
	__attribute__((visibility("default"))) enum nss_status PASTE(SCRIPTED_NAME, function)
#define HAS(what) ((SCRIPTED_FUNCTIONS) & (what))

/* ---- memory for an answer: the caller's buffer, or ours ---- */

struct arena {
	char *at, *end;
	bool is_full;
};

#if HAS(SCRIPT_IS_STATIC)
static __thread char static_memory[65536] __attribute__((aligned(16)));
#endif

static struct arena start_arena(char *buffer, size_t size)
{
#if HAS(SCRIPT_IS_STATIC)
	(void)buffer;
	(void)size;
	return (struct arena){ .at = static_memory, .end = static_memory + sizeof(static_memory) };
#else
	return (struct arena){ .at = buffer, .end = buffer + size };
#endif
}

static void *take(struct arena *arena, size_t size, size_t alignment)
{
	size_t gap = (size_t)(-(uintptr_t)arena->at & (alignment - 1));
	if (arena->is_full || size + gap > (size_t)(arena->end - arena->at)) {
		arena->is_full = true;
		return NULL;
	}
	char *start = arena->at + gap;
	arena->at = start + size;
	return start;
}

static char *take_text(struct arena *arena, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = take(arena, size, 1);
	if (copy)
		memcpy(copy, text, size);
	return copy;
}

/* ---- what the answer holds ---- */

static unsigned mix(unsigned a, unsigned b)
{
	uint64_t x = ((uint64_t)a << 32 | b) * 0x9e3779b97f4a7c15u;
	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9u;
	return (unsigned)(x >> 32);
}

/* Some addresses of special kinds, so that glibc's sorting and mapping have work. */
static void make_address(const struct script_step *step, unsigned index, int family,
			 uint8_t bytes[16])
{
	if (step->has_duplicates && index > 0 && index % 3 == 1)
		index--;
	unsigned number = mix(step->pattern + (family == AF_INET), index);
	memset(bytes, 0, 16);
	if (family == AF_INET) {
		static const uint8_t first[8] = { 10, 127, 192, 198, 203, 169, 10, 198 };
		uint8_t v4[4] = { first[number & 7], (uint8_t)(number >> 8),
				  (uint8_t)(number >> 16), (uint8_t)SCRIPTED_INDEX };
		memcpy(bytes, v4, 4);
		return;
	}
	static const uint8_t prefix[8][2] = { { 0x20, 1 },    { 0x20, 1 },    { 0xfe, 0x80 },
					      { 0xfd, 0 },    { 0x20, 0x02 }, { 0, 0 },
					      { 0xfe, 0xc0 }, { 0x20, 1 } };
	memcpy(bytes, prefix[number & 7], 2);
	if ((number & 7) == 5)
		bytes[10] = bytes[11] = 0xff; /* IPv4-mapped */
	bytes[12] = (uint8_t)(number >> 8);
	bytes[13] = (uint8_t)(number >> 16);
	bytes[15] = (uint8_t)SCRIPTED_INDEX;
}

static void make_name(const struct script_step *step, const char *kind, unsigned index,
		      char name[64])
{
	snprintf(name, 64, "%s%u-%u." QUOTE(SCRIPTED_NAME) ".test", kind, step->pattern % 997,
		 index);
}

static bool fill_addresses(const struct script_step *step, struct arena *arena, int family,
			   struct hostent *host)
{
	size_t length = family == AF_INET ? 4 : 16;
	char **list = take(arena, (step->addresses + 1) * sizeof(*list), sizeof(*list));
	if (!list)
		return false;
	for (unsigned i = 0; i < step->addresses; i++) {
		uint8_t bytes[16];
		list[i] = take(arena, length, 4);
		if (!list[i])
			return false;
		make_address(step, i, family, bytes);
		memcpy(list[i], bytes, length);
	}
	list[step->addresses] = NULL;
	host->h_addr_list = list;
	host->h_addrtype = family;
	host->h_length = (int)length;
	return true;
}

static bool fill_names(const struct script_step *step, struct arena *arena, struct hostent *host)
{
	char name[64];
	char **list = take(arena, (step->aliases + 1) * sizeof(*list), sizeof(*list));
	if (!list)
		return false;
	for (unsigned i = 0; i < step->aliases; i++) {
		make_name(step, "alias", i, name);
		list[i] = take_text(arena, name);
	}
	list[step->aliases] = NULL;
	make_name(step, "name", 0, name);
	host->h_name = take_text(arena, name);
	host->h_aliases = list;
	return !arena->is_full;
}

static bool fill_address_asked(struct arena *arena, const void *address, int family,
			       struct hostent *host)
{
	size_t length = family == AF_INET ? 4 : 16;
	char **list = take(arena, 2 * sizeof(*list), sizeof(*list));
	char *copy = take(arena, length, 4);
	if (!list || !copy)
		return false;
	memcpy(copy, address, length);
	list[0] = copy;
	list[1] = NULL;
	host->h_addr_list = list;
	host->h_addrtype = family;
	host->h_length = (int)length;
	return true;
}

#if HAS(SCRIPT_HAS_4)
static struct gaih_addrtuple *fill_tuples(const struct script_step *step, struct arena *arena)
{
	char text[64];
	make_name(step, "name", 0, text);
	char *name = take_text(arena, text);
	struct gaih_addrtuple *first = NULL, **end = &first;
	for (unsigned i = 0; i < step->addresses; i++) {
		struct gaih_addrtuple *tuple = take(arena, sizeof(*tuple), sizeof(void *));
		if (!tuple)
			return NULL;
		int family = mix(step->pattern, i + 1000) & 4 ? AF_INET : AF_INET6;
		*tuple = (struct gaih_addrtuple){ .family = family };
		uint8_t bytes[16];
		make_address(step, i, family, bytes);
		memcpy(tuple->addr, bytes, family == AF_INET ? 4 : 16);
		if (i == 0 || step->later_names)
			tuple->name = name;
		if (step->has_scopes && family == AF_INET6)
			tuple->scopeid = step->pattern % 5;
		*end = tuple;
		end = &tuple->next;
	}
	return arena->is_full ? NULL : first;
}
#endif

/* ---- the way out ---- */

__attribute__((format(printf, 1, 2))) static void trace(const char *format, ...)
{
	struct script *script = &fopnp_test_script;
	if (!script->is_traced)
		return;
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(script->trace + script->trace_len,
			       sizeof(script->trace) - script->trace_len, format, arguments);
	va_end(arguments);
	if (length > 0 && (size_t)length < sizeof(script->trace) - script->trace_len)
		script->trace_len += (size_t)length;
}

static enum nss_status finish(const struct script_step *step, const char *function, int *errnop,
			      int *h_errnop)
{
	if (step->error != SCRIPT_LEAVE) {
		if (step->writes_errno)
			errno = step->error;
		else
			*errnop = step->error;
	}
	if (step->h_error != SCRIPT_LEAVE)
		*h_errnop = step->h_error;
	fopnp_test_script.asked++;
	fopnp_test_script.leaves_errors =
		step->error == SCRIPT_LEAVE || step->h_error == SCRIPT_LEAVE;
	if (step->status == NSS_STATUS_RETURN)
		fopnp_test_script.was_return = true;
	if (step->status == NSS_STATUS_SUCCESS && step->addresses == 0)
		fopnp_test_script.was_empty = true;
	trace("    " QUOTE(SCRIPTED_NAME) ".%s: status %d errno %d h_errno %d\n", function,
	      step->status, *errnop, *h_errnop);
	return (enum nss_status)step->status;
}

static enum nss_status too_small(const char *function, size_t size, int *errnop, int *h_errnop)
{
	*errnop = ERANGE;
	*h_errnop = NETDB_INTERNAL;
	fopnp_test_script.was_refused = true;
	trace("    " QUOTE(SCRIPTED_NAME) ".%s: ERANGE at %zu bytes\n", function, size);
	return NSS_STATUS_TRYAGAIN;
}

/* A call that does not come from fopnp means that glibc went on behind it. */
static void note_caller(const void *caller)
{
	struct script *script = &fopnp_test_script;
	const char *at = caller;
	if (script->fopnp_start && (at < script->fopnp_start || at >= script->fopnp_end))
		script->bypassed++;
}

static const struct script_step *step_of(enum script_kind kind)
{
	return &fopnp_test_script.steps[SCRIPTED_INDEX][kind];
}

/* What a failing call leaves behind: no caller may look at it. */
__attribute__((unused)) static char rubbish_name[] = "rubbish";

/* ---- the functions ---- */

/* Everything that fills a struct hostent; ADDRESS is NULL but for a lookup by address. */
__attribute__((unused)) static enum nss_status answer_host(const char *function,
							   const struct script_step *step,
							   const void *address, int family,
							   struct hostent *host, char *buffer,
							   size_t size, int *errnop, int *h_errnop)
{
	if (step->status != NSS_STATUS_SUCCESS) {
		if (step->is_dirty)
			memset(host, 0x5a, sizeof(*host));
		return finish(step, function, errnop, h_errnop);
	}
	struct arena arena = start_arena(buffer, size);
	struct hostent answer = { .h_name = NULL };
	bool fits = size >= step->need && fill_names(step, &arena, &answer) &&
		    (address ? fill_address_asked(&arena, address, family, &answer)
			     : fill_addresses(step, &arena, family, &answer));
	if (!fits)
		return too_small(function, size, errnop, h_errnop);
	*host = answer;
	return finish(step, function, errnop, h_errnop);
}

#if HAS(SCRIPT_HAS_4)
EXPORTED(gethostbyname4_r)
(const char *name, struct gaih_addrtuple **pat, char *buffer, size_t size, int *errnop,
 int *h_errnop, int32_t *ttlp);
EXPORTED(gethostbyname4_r)
(const char *name, struct gaih_addrtuple **pat, char *buffer, size_t size, int *errnop,
 int *h_errnop, int32_t *ttlp)
{
	static const char function[] = "gethostbyname4_r";
	const struct script_step *step = step_of(SCRIPT_TUPLES);
	note_caller(__builtin_return_address(0));
	(void)name;
	(void)ttlp;
	if (step->status != NSS_STATUS_SUCCESS) {
		static struct gaih_addrtuple rubbish = { .name = rubbish_name, .family = AF_INET };
		if (step->is_dirty)
			*pat = &rubbish;
		return finish(step, function, errnop, h_errnop);
	}
	struct arena arena = start_arena(buffer, size);
	struct gaih_addrtuple *first = size >= step->need ? fill_tuples(step, &arena) : NULL;
	if (!first)
		return too_small(function, size, errnop, h_errnop);
	if (*pat)
		**pat = *first;
	else
		*pat = first;
	return finish(step, function, errnop, h_errnop);
}
#endif

#if HAS(SCRIPT_HAS_3)
EXPORTED(gethostbyname3_r)
(const char *name, int family, struct hostent *host, char *buffer, size_t size, int *errnop,
 int *h_errnop, int32_t *ttlp, char **canonp);
EXPORTED(gethostbyname3_r)
(const char *name, int family, struct hostent *host, char *buffer, size_t size, int *errnop,
 int *h_errnop, int32_t *ttlp, char **canonp)
{
	const struct script_step *step = step_of(family == AF_INET ? SCRIPT_INET : SCRIPT_INET6);
	(void)name;
	(void)ttlp;
	note_caller(__builtin_return_address(0));
	enum nss_status status = answer_host(
		family == AF_INET ? "gethostbyname3_r(inet)" : "gethostbyname3_r(inet6)", step,
		NULL, family, host, buffer, size, errnop, h_errnop);
	if (canonp && step->sets_canonical && status == NSS_STATUS_SUCCESS)
		*canonp = host->h_name;
	else if (canonp && step->is_dirty && step->status != NSS_STATUS_SUCCESS)
		*canonp = rubbish_name;
	return status;
}
#endif

#if HAS(SCRIPT_HAS_2)
EXPORTED(gethostbyname2_r)
(const char *name, int family, struct hostent *host, char *buffer, size_t size, int *errnop,
 int *h_errnop);
EXPORTED(gethostbyname2_r)
(const char *name, int family, struct hostent *host, char *buffer, size_t size, int *errnop,
 int *h_errnop)
{
	(void)name;
	note_caller(__builtin_return_address(0));
	return answer_host(family == AF_INET ? "gethostbyname2_r(inet)" : "gethostbyname2_r(inet6)",
			   step_of(family == AF_INET ? SCRIPT_INET : SCRIPT_INET6), NULL, family,
			   host, buffer, size, errnop, h_errnop);
}
#endif

#if HAS(SCRIPT_HAS_1)
EXPORTED(gethostbyname_r)
(const char *name, struct hostent *host, char *buffer, size_t size, int *errnop, int *h_errnop);
EXPORTED(gethostbyname_r)
(const char *name, struct hostent *host, char *buffer, size_t size, int *errnop, int *h_errnop)
{
	(void)name;
	note_caller(__builtin_return_address(0));
	return answer_host("gethostbyname_r", step_of(SCRIPT_NAME), NULL, AF_INET, host, buffer,
			   size, errnop, h_errnop);
}
#endif

#if HAS(SCRIPT_HAS_ADDR)
EXPORTED(gethostbyaddr_r)
(const void *address, socklen_t length, int family, struct hostent *host, char *buffer, size_t size,
 int *errnop, int *h_errnop);
EXPORTED(gethostbyaddr_r)
(const void *address, socklen_t length, int family, struct hostent *host, char *buffer, size_t size,
 int *errnop, int *h_errnop)
{
	(void)length;
	note_caller(__builtin_return_address(0));
	return answer_host("gethostbyaddr_r", step_of(SCRIPT_ADDRESS), address, family, host,
			   buffer, size, errnop, h_errnop);
}
#endif

#if HAS(SCRIPT_HAS_CANON)
EXPORTED(getcanonname_r)
(const char *name, char *buffer, size_t size, char **result, int *errnop, int *h_errnop);
EXPORTED(getcanonname_r)
(const char *name, char *buffer, size_t size, char **result, int *errnop, int *h_errnop)
{
	const struct script_step *step = step_of(SCRIPT_CANONICAL);
	unsigned asked = fopnp_test_script.asked;
	(void)name;
	note_caller(__builtin_return_address(0));
	if (step->status == NSS_STATUS_SUCCESS) {
		char text[64];
		make_name(step, "canonical", 0, text);
		struct arena arena = start_arena(buffer, size);
		*result = take_text(&arena, text);
		if (!*result)
			return too_small("getcanonname_r", size, errnop, h_errnop);
	}
	enum nss_status status = finish(step, "getcanonname_r", errnop, h_errnop);
	fopnp_test_script.asked = asked;
	return status;
}
#endif

#if !HAS(~SCRIPT_IS_STATIC)
/* A module without one function of the hosts database still loads. */
EXPORTED(setpwent)(int stay_open);
EXPORTED(setpwent)(int stay_open)
{
	(void)stay_open;
	(void)answer_host;
	(void)step_of;
	(void)note_caller;
	return NSS_STATUS_UNAVAIL;
}
#endif
