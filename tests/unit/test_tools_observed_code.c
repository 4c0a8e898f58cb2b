/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Codes of lookups, against glibc itself with a module that fails in every way. */
#include "tools/observed.h"

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nss_module/lookup/status.h"
#include "tests/nss/scripted_module.h"
#include "tests/unit/unit_test.h"

/* Of <nss.h>'s kin, but in no header: nss/nsswitch.h of glibc. */
extern int __nss_configure_lookup(const char *database, const char *line);

struct script fopnp_test_script;

static int load_module(void **state)
{
	char path[2048];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 64);
	char *end;

	(void)state;
	assert_true(len > 0);
	path[len] = '\0';
	end = strrchr(path, '/');
	assert_non_null(end);
	(void)strcpy(end, "/../modules/libnss_p0.so.2");
	/* glibc finds it by its soname then. */
	if (!dlopen(path, RTLD_NOW | RTLD_GLOBAL)) {
		fprintf(stderr, "%s\n", dlerror());
		return -1;
	}
	return __nss_configure_lookup("hosts", "p0");
}

static const struct {
	const char *function, *family;
	int gai_family, flags;
} ways[] = {
	{ "gethostbyname4_r", "unspec", AF_UNSPEC, 0 },
	{ "gethostbyname4_r", "unspec", AF_UNSPEC, AI_CANONNAME },
	{ "gethostbyname3_r", "inet", AF_INET, AI_CANONNAME },
	{ "gethostbyname3_r", "inet6", AF_INET6, AI_CANONNAME },
	{ "gethostbyname2_r", "inet6", AF_INET6, 0 },
	{ "gethostbyname2_r", "inet", AF_INET, 0 },
};

static const int statuses[] = { NSS_STATUS_TRYAGAIN, NSS_STATUS_UNAVAIL, NSS_STATUS_NOTFOUND,
				NSS_STATUS_SUCCESS, NSS_STATUS_RETURN };
static const int h_errors[] = { NETDB_INTERNAL, NETDB_SUCCESS, HOST_NOT_FOUND,
				TRY_AGAIN,      NO_RECOVERY,   NO_DATA };
static const int errors[] = { 0, ENOENT, ECONNREFUSED, ETIMEDOUT, EAGAIN, ERANGE };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void set_script(int status, int error, int h_error)
{
	memset(&fopnp_test_script, 0, sizeof(fopnp_test_script));
	for (size_t kind = 0; kind < SCRIPT_KINDS; kind++)
		fopnp_test_script.steps[0][kind] = (struct script_step){
			.status = status, .error = error, .h_error = h_error, .addresses = 1
		};
}

static void check_way(size_t way, struct fopnp_event *event)
{
	const struct addrinfo hints = {
		.ai_family = ways[way].gai_family,
		.ai_flags = ways[way].flags,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *list = NULL;
	int code;

	(void)strcpy(event->function, ways[way].function);
	(void)strcpy(event->family, ways[way].family);
	errno = 0;
	code = getaddrinfo("name.example", NULL, &hints, &list);
	if (code == 0)
		freeaddrinfo(list);
	assert_true(fopnp_test_script.asked > 0);
	if (fopnp_observed_code(event) != code)
		fail_msg("%s %s, %s errno %d h_errno %d: %s, but glibc says %s", event->function,
			 event->family, fopnp_status_name(event->status), event->error,
			 event->h_error, fopnp_eai_name(fopnp_observed_code(event)),
			 fopnp_eai_name(code));
}

static void check_hostent(struct fopnp_event *event)
{
	static const int codes[] = { 0, EAI_NONAME, EAI_AGAIN, EAI_FAIL, EAI_NODATA };
	const char address[4] = { 10, 0, 0, 1 };
	const struct hostent *host;
	int expected;

	for (int turn = 0; turn < 2; turn++) {
		(void)strcpy(event->function, turn == 0 ? "gethostbyname_r" : "gethostbyaddr_r");
		host = turn == 0 ? gethostbyname("name.example")
				 : gethostbyaddr(address, sizeof(address), AF_INET);
		assert_int_equal(fopnp_observed_is_reverse(event), turn == 1);
		if (host)
			expected = 0;
		else
			expected = h_errno <= 0 ? EAI_SYSTEM : codes[h_errno];
		assert_int_equal(fopnp_observed_code(event), expected);
	}
}

static void test_codes_are_glibcs(void **state)
{
	static struct fopnp_event event;
	size_t cases = 0;

	(void)state;
	fopnp_event_clear(&event);
	for (size_t i = 0; i < COUNT(statuses) * COUNT(h_errors) * COUNT(errors); i++) {
		event.has_status = true;
		event.status = statuses[i % COUNT(statuses)];
		event.h_error = h_errors[i / COUNT(statuses) % COUNT(h_errors)];
		event.error = errors[i / COUNT(statuses) / COUNT(h_errors)];
		/* "the buffer is too small": glibc asks again with a larger one, for ever */
		if (event.error == ERANGE && event.status == NSS_STATUS_TRYAGAIN)
			continue;
		set_script(event.status, event.error, event.h_error);
		for (size_t way = 0; way < COUNT(ways); way++, cases++)
			check_way(way, &event);
		check_hostent(&event);
	}
	assert_true(cases > 500);
}

static void test_no_status(void **state)
{
	static struct fopnp_event event;

	(void)state;
	fopnp_event_clear(&event);
	assert_int_not_equal(fopnp_observed_code(&event), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes_are_glibcs),
		cmocka_unit_test(test_no_status),
	};

	return cmocka_run_group_tests(tests, load_module, NULL);
}
