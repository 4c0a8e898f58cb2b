/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* file=PATH:LINE of events: the line must be there and be one that answers. */
#include "tests/nss/hosts_differential/hosts_differential.h"

#include "nss_module/lookup/libc_version.h"
#include "tests/nss/listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

static int listener = -1;

void hosts_listen(void)
{
	listener = listener_open(LISTENER_PATH);
	if (setenv("FOPNP_LOG", LISTENER_PATH, 1) < 0)
		abort();
}

/* Line NUMBER of a file without its comment; NULL: there is none.  Static storage. */
static char *read_line(const char *path, unsigned number)
{
	static char *line;
	static size_t size;
	FILE *file = fopen(path, "re");
	ssize_t len = -1;

	while (file && number-- > 0)
		len = getline(&line, &size, file);
	if (file)
		fclose(file);
	if (len < 0)
		return NULL;
	line[strcspn(line, "#\n")] = '\0';
	return line;
}

static bool is_address(const char *text, const struct test_call *call)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t loopback[4] = { 127, 0, 0, 1 };
	const size_t len = call->family == AF_INET ? 4 : 16;
	uint8_t bytes[16];

	if (inet_pton(call->family, text, bytes) == 1)
		return memcmp(bytes, call->address, len) == 0;
	if (call->family == AF_INET6 && inet_pton(AF_INET, text, bytes) == 1)
		return fopnp_libc_is_since(38) &&
		       memcmp(call->address, mapped, sizeof(mapped)) == 0 &&
		       memcmp(call->address + sizeof(mapped), bytes, 4) == 0;
	if (call->family != AF_INET || inet_pton(AF_INET6, text, bytes) != 1)
		return false;
	if (memcmp(bytes, mapped, sizeof(mapped)) == 0)
		return memcmp(bytes + 12, call->address, 4) == 0;
	return IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)(const void *)bytes) &&
	       memcmp(call->address, loopback, 4) == 0;
}

static bool is_reverse(const struct test_call *call)
{
	return call->api == API_GETHOSTBYADDR_R || call->api == API_GETHOSTBYADDR ||
	       call->api == API_GETNAMEINFO;
}

static bool line_answers(char *line, const struct test_call *call)
{
	static const char blanks[] = " \t\v\f\r";
	char *rest = NULL, *address = strtok_r(line, blanks, &rest);
	unsigned names = 0;

	if (!address || is_reverse(call))
		return address && is_address(address, call);
	for (char *name; (name = strtok_r(NULL, blanks, &rest)); names++)
		if (strcasecmp(name, call->name) == 0)
			return true;
	return names == 0 && call->name[0] == '\0';
}

/* PLACE is cut at its colon. */
static bool is_place_right(char *place, const struct test_call *call)
{
	char *colon = strrchr(place, ':'), *line;

	if (!colon)
		return false;
	*colon = '\0';
	line = read_line(place, (unsigned)strtoul(colon + 1, NULL, 10));
	return line && line_answers(line, call);
}

static bool is_event_right(const struct fopnp_event *event, const struct test_call *call)
{
	const char *detail = event->steps[0].detail;
	char word[16], value[600];
	size_t position = 0, lines = 0;

	while (fopnp_words_next(detail, strlen(detail), &position, word, sizeof(word), value,
				sizeof(value))) {
		if (strcmp(word, "more") == 0)
			lines += strtoul(value, NULL, 10);
		else if (strcmp(word, "file") == 0 && (lines++, !is_place_right(value, call)))
			return false;
	}
	/* Each line gives an address; for an address the first one counts. */
	return event->truncated || lines == (is_reverse(call) ? 1 : event->address_count);
}

unsigned hosts_check_places(const struct test_call *call, bool *out_is_wrong)
{
	const struct fopnp_event *event;
	unsigned checked = 0;

	while (listener >= 0 && (event = listener_event(listener))) {
		if (event->status != NSS_STATUS_SUCCESS)
			continue;
		checked++;
		if (event->step_count != 1 || !is_event_right(event, call)) {
			printf("a wrong place: %s\n", event->steps[0].detail);
			*out_is_wrong = true;
		}
	}
	return checked;
}
