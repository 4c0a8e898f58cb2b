/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A libnss_fopnp.so.2 with one fault: it calls the real one, whose path is in
 * FAULTY_REAL, and spoils the result as FAULTY_FAULT says.  The differential
 * test must see each fault, and none where there is none.
 */
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define EXPORTED __attribute__((visibility("default"))) enum nss_status

NSS_DECLARE_MODULE_FUNCTIONS(fopnp)

static struct {
	nss_gethostbyname4_r *by_name4;
	nss_gethostbyname3_r *by_name3;
	nss_gethostbyname2_r *by_name2;
	nss_gethostbyname_r *by_name;
	nss_gethostbyaddr_r *by_address;
} real;

static const char *fault = "none";

__attribute__((constructor)) static void load_real(void)
{
	const char *path = getenv("FAULTY_REAL"), *chosen = getenv("FAULTY_FAULT");
	void *handle = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;

	if (!handle)
		abort();
	if (chosen)
		fault = chosen;
	real.by_name4 = (nss_gethostbyname4_r *)dlsym(handle, "_nss_fopnp_gethostbyname4_r");
	real.by_name3 = (nss_gethostbyname3_r *)dlsym(handle, "_nss_fopnp_gethostbyname3_r");
	real.by_name2 = (nss_gethostbyname2_r *)dlsym(handle, "_nss_fopnp_gethostbyname2_r");
	real.by_name = (nss_gethostbyname_r *)dlsym(handle, "_nss_fopnp_gethostbyname_r");
	real.by_address = (nss_gethostbyaddr_r *)dlsym(handle, "_nss_fopnp_gethostbyaddr_r");
}

static bool is_fault(const char *name)
{
	return strcmp(fault, name) == 0;
}

/* ---- what can be spoilt ---- */

static enum nss_status spoil_failure(enum nss_status status, int *errnop, int *h_errnop)
{
	if (status == NSS_STATUS_TRYAGAIN && *errnop == ERANGE && *h_errnop == NETDB_INTERNAL)
		return status;
	if (is_fault("status") && *h_errnop == TRY_AGAIN) {
		*h_errnop = HOST_NOT_FOUND;
		return NSS_STATUS_NOTFOUND;
	}
	if (is_fault("h_errno") && *h_errnop == HOST_NOT_FOUND)
		*h_errnop = NO_DATA;
	if (is_fault("errno"))
		*errnop = EXDEV;
	if (is_fault("unavail"))
		return NSS_STATUS_UNAVAIL;
	return status;
}

static size_t count_list(char **list)
{
	size_t count = 0;

	while (list[count])
		count++;
	return count;
}

static void spoil_host(struct hostent *host)
{
	size_t aliases = count_list(host->h_aliases), addresses = count_list(host->h_addr_list);

	if (is_fault("alias") && aliases > 0)
		host->h_aliases[aliases - 1] = NULL;
	if (is_fault("name") && host->h_name[0])
		host->h_name[0] = '_';
	if (is_fault("last-address") && addresses > 1)
		host->h_addr_list[addresses - 1] = NULL;
	if (is_fault("order") && addresses > 1) {
		char *first = host->h_addr_list[0];

		host->h_addr_list[0] = host->h_addr_list[addresses - 1];
		host->h_addr_list[addresses - 1] = first;
	}
}

static void spoil_tuples(struct gaih_addrtuple *first)
{
	static char wrong[] = "wrong.example";
	struct gaih_addrtuple *second = first->next;

	if (is_fault("canonical"))
		first->name = wrong;
	for (struct gaih_addrtuple *tuple = first; tuple && is_fault("scope"); tuple = tuple->next)
		tuple->scopeid = 0;
	if (is_fault("last-address") && second) {
		while (second->next) {
			first = second;
			second = second->next;
		}
		first->next = NULL;
	} else if (is_fault("order") && second) {
		struct gaih_addrtuple copy = *first;

		first->family = second->family;
		memcpy(first->addr, second->addr, sizeof(first->addr));
		first->scopeid = second->scopeid;
		second->family = copy.family;
		memcpy(second->addr, copy.addr, sizeof(second->addr));
		second->scopeid = copy.scopeid;
	}
}

/* "room": more of the caller's buffer is needed than there must be. */
static bool refuses_buffer(size_t size, int *errnop, int *h_errnop)
{
	if (!is_fault("room") || size > 400)
		return false;
	*errnop = ERANGE;
	*h_errnop = NETDB_INTERNAL;
	return true;
}

/* "stale": the first answer for a name is its answer for ever. */
static bool find_stale(const char *name, struct hostent *host)
{
	static char buffer[65536], known[1024];
	static struct hostent answer;
	int error, h_error;

	if (!is_fault("stale") || strlen(name) >= sizeof(known))
		return false;
	if (!answer.h_name) {
		if (real.by_name(name, &answer, buffer, sizeof(buffer), &error, &h_error) !=
		    NSS_STATUS_SUCCESS)
			return false;
		strcpy(known, name);
	}
	*host = answer;
	return strcmp(known, name) == 0;
}

static enum nss_status spoil(enum nss_status status, struct hostent *host, int *errnop,
			     int *h_errnop)
{
	if (status == NSS_STATUS_SUCCESS)
		spoil_host(host);
	else
		status = spoil_failure(status, errnop, h_errnop);
	return status;
}

/* ---- the entry points ---- */

EXPORTED _nss_fopnp_gethostbyname4_r(const char *name, struct gaih_addrtuple **pat, char *buffer,
				     size_t size, int *errnop, int *h_errnop, int32_t *ttlp)
{
	enum nss_status status;
	struct gaih_addrtuple *before = *pat;

	if (is_fault("twice")) {
		(void)real.by_name4(name, pat, buffer, size, errnop, h_errnop, ttlp);
		*pat = before;
	}
	status = real.by_name4(name, pat, buffer, size, errnop, h_errnop, ttlp);
	if (status == NSS_STATUS_SUCCESS)
		spoil_tuples(*pat);
	else
		status = spoil_failure(status, errnop, h_errnop);
	return status;
}

EXPORTED _nss_fopnp_gethostbyname3_r(const char *name, int family, struct hostent *host,
				     char *buffer, size_t size, int *errnop, int *h_errnop,
				     int32_t *ttlp, char **canonp)
{
	static char wrong[] = "wrong.example";
	enum nss_status status =
		real.by_name3(name, family, host, buffer, size, errnop, h_errnop, ttlp, canonp);

	if (status == NSS_STATUS_SUCCESS && is_fault("canonical") && canonp)
		*canonp = wrong;
	return spoil(status, host, errnop, h_errnop);
}

EXPORTED _nss_fopnp_gethostbyname2_r(const char *name, int family, struct hostent *host,
				     char *buffer, size_t size, int *errnop, int *h_errnop)
{
	if (refuses_buffer(size, errnop, h_errnop))
		return NSS_STATUS_TRYAGAIN;
	return spoil(real.by_name2(name, family, host, buffer, size, errnop, h_errnop), host,
		     errnop, h_errnop);
}

EXPORTED _nss_fopnp_gethostbyname_r(const char *name, struct hostent *host, char *buffer,
				    size_t size, int *errnop, int *h_errnop)
{
	if (refuses_buffer(size, errnop, h_errnop))
		return NSS_STATUS_TRYAGAIN;
	if (find_stale(name, host))
		return NSS_STATUS_SUCCESS;
	return spoil(real.by_name(name, host, buffer, size, errnop, h_errnop), host, errnop,
		     h_errnop);
}

EXPORTED _nss_fopnp_gethostbyaddr_r(const void *address, socklen_t length, int family,
				    struct hostent *host, char *buffer, size_t size, int *errnop,
				    int *h_errnop)
{
	return spoil(real.by_address(address, length, family, host, buffer, size, errnop, h_errnop),
		     host, errnop, h_errnop);
}
