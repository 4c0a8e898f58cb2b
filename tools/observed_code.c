/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a program is told when a lookup ended so: glibc 2.36, sysdeps/posix/getaddrinfo.c
 * and nss/getXXbyYY_r.c.  Which of its functions was called the module cannot see, but each
 * calls the module's functions in its own way:
 *
 *	gethostbyname4_r         getaddrinfo with AF_UNSPEC
 *	gethostbyname3_r         getaddrinfo with a family and AI_CANONNAME
 *	gethostbyname2_r, inet6  getaddrinfo with AF_INET6 (gethostbyname2() looks the same)
 *	gethostbyname2_r, inet   getaddrinfo with AF_INET (the same)
 *	the others               gethostbyname() and gethostbyaddr(); getnameinfo()
 *
 * With AF_INET6 and AI_V4MAPPED there are two lookups, of which getaddrinfo makes one code:
 * of one of them alone it cannot be told.
 */
#include "tools/observed.h"

#include "tools/call_result.h"

#include <netdb.h>
#include <nss.h>
#include <string.h>

/* Of a search that ended without addresses: getaddrinfo has no word for NO_RECOVERY. */
static int code_without_addresses(int h_error)
{
	if (h_error == TRY_AGAIN)
		return EAI_AGAIN;
	return h_error == NO_DATA ? EAI_NODATA : EAI_NONAME;
}

/* get_nss_addresses(), the part with fct4: the status counts for NETDB_INTERNAL alone. */
static int code_of_both_families(const struct fopnp_event *event)
{
	if (event->h_error == NETDB_INTERNAL &&
	    (event->status == NSS_STATUS_TRYAGAIN || event->status == NSS_STATUS_UNAVAIL))
		return EAI_SYSTEM;
	return code_without_addresses(event->h_error);
}

/* gethosts(): RETURN leaves no word behind. */
static int code_of_one_family(const struct fopnp_event *event)
{
	if (event->status == NSS_STATUS_RETURN)
		return EAI_NONAME;
	if (event->h_error == NETDB_INTERNAL)
		return EAI_SYSTEM;
	return code_without_addresses(event->h_error);
}

/*
 * try_simple_gethostbyname(): by what gethostbyname2_r() returns, which for UNAVAIL and
 * RETURN is errno, 0 perhaps.
 */
static int code_of_simple_call(const struct fopnp_event *event)
{
	bool is_ok = event->status == NSS_STATUS_NOTFOUND ||
		     (event->status != NSS_STATUS_TRYAGAIN && event->error == 0) ||
		     (event->status == NSS_STATUS_TRYAGAIN && event->h_error == NETDB_INTERNAL &&
		      event->error == 0);

	if (is_ok)
		return event->h_error == NO_DATA ? EAI_NODATA : EAI_NONAME;
	if (event->h_error == NETDB_INTERNAL)
		return EAI_SYSTEM;
	return event->h_error == TRY_AGAIN ? EAI_AGAIN : EAI_NODATA;
}

int fopnp_observed_code(const struct fopnp_event *event)
{
	if (event->status == NSS_STATUS_SUCCESS)
		return 0;
	if (strcmp(event->function, "gethostbyname4_r") == 0)
		return code_of_both_families(event);
	if (strcmp(event->function, "gethostbyname3_r") == 0)
		return code_of_one_family(event);
	if (strcmp(event->function, "gethostbyname2_r") == 0)
		return strcmp(event->family, "inet") == 0 ? code_of_simple_call(event)
							  : code_of_one_family(event);
	return fopnp_call_code_of_h_errno(event->h_error);
}

bool fopnp_observed_is_no(int code)
{
	return code == EAI_NONAME || code == EAI_NODATA || code == EAI_ADDRFAMILY;
}
