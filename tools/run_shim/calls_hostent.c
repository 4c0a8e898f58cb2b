/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gethostbyname(3) and its kin, marked and passed on. */
#include "nss_module/lookup/address.h"
#include "tools/run_shim/call.h"
#include "tools/run_shim/real.h"
#include "tools/run_shim/run_shim.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>

struct outcome {
	const struct hostent *host; /* NULL: no answer */
	int h_error;                /* why */
	int error;                  /* an error number, for NETDB_INTERNAL */
	bool is_reverse;            /* the addresses are the question's */
};

static void add_addresses(struct fopnp_event_writer *writer, const struct hostent *host)
{
	char text[FOPNP_ADDRESS_TEXT];

	if (!host->h_addr_list || (host->h_length != 4 && host->h_length != 16))
		return;
	for (char **address = host->h_addr_list; *address && !writer->truncated; address++)
		fopnp_event_add_text(writer, "FOPNP_ADDRESS",
				     fopnp_address_print(host->h_length == 4 ? AF_INET : AF_INET6,
							 *address, 0, text));
}

/* Preserves errno; of h_errno nothing here knows. */
static void tell_result(const struct fopnp_run_call *call, const struct outcome *outcome)
{
	struct fopnp_run_mark mark;
	int saved_errno = errno;

	fopnp_run_call_begin_result(call, &mark);
	fopnp_event_add_number(&mark.writer, "FOPNP_HERRNO", outcome->host ? 0 : outcome->h_error);
	if (!outcome->host && outcome->h_error == NETDB_INTERNAL)
		fopnp_event_add_number(&mark.writer, "FOPNP_ERRNO", outcome->error);
	if (outcome->host && outcome->host->h_name)
		fopnp_event_add_text(&mark.writer, "FOPNP_CANONICAL", outcome->host->h_name);
	if (outcome->host && !outcome->is_reverse)
		add_addresses(&mark.writer, outcome->host);
	fopnp_run_mark_send(&mark);
	errno = saved_errno;
}

/* Of the functions with static results: h_errno and errno say why there is none. */
static struct hostent *end(struct fopnp_run_call *call, struct hostent *host, bool is_reverse)
{
	tell_result(call, &(struct outcome){ .host = host,
					     .h_error = h_errno,
					     .error = errno,
					     .is_reverse = is_reverse });
	fopnp_run_call_leave(call);
	return host;
}

/* Of the reentrant ones, which return an error number, and whose H_ERROR may be NULL. */
static int end_r(struct fopnp_run_call *call, int error, const struct hostent *host,
		 const int *h_error, bool is_reverse)
{
	tell_result(call, &(struct outcome){ .host = error == 0 ? host : NULL,
					     .h_error = h_error ? *h_error : NETDB_INTERNAL,
					     .error = error,
					     .is_reverse = is_reverse });
	fopnp_run_call_leave(call);
	return error;
}

static void tell_address(struct fopnp_run_call *call, const void *address, socklen_t len,
			 int family)
{
	char text[FOPNP_ADDRESS_TEXT] = "?";

	call->family = family;
	if ((family == AF_INET && len == 4) || (family == AF_INET6 && len == 16))
		(void)fopnp_address_print(family, address, 0, text);
	fopnp_run_call_tell(call, address ? text : NULL, NULL);
}

FOPNP_RUN_EXPORT struct hostent *gethostbyname(const char *name)
{
	struct fopnp_run_call call;

	if (!fopnp_run_call_enter(&call, "gethostbyname"))
		return FOPNP_REAL(gethostbyname)(name);
	fopnp_run_call_tell(&call, name, NULL);
	return end(&call, FOPNP_REAL(gethostbyname)(name), false);
}

FOPNP_RUN_EXPORT struct hostent *gethostbyname2(const char *name, int family)
{
	struct fopnp_run_call call;

	if (!fopnp_run_call_enter(&call, "gethostbyname2"))
		return FOPNP_REAL(gethostbyname2)(name, family);
	call.family = family;
	fopnp_run_call_tell(&call, name, NULL);
	return end(&call, FOPNP_REAL(gethostbyname2)(name, family), false);
}

FOPNP_RUN_EXPORT struct hostent *gethostbyaddr(const void *address, socklen_t len, int family)
{
	struct fopnp_run_call call;

	if (!fopnp_run_call_enter(&call, "gethostbyaddr"))
		return FOPNP_REAL(gethostbyaddr)(address, len, family);
	tell_address(&call, address, len, family);
	return end(&call, FOPNP_REAL(gethostbyaddr)(address, len, family), true);
}

FOPNP_RUN_EXPORT int gethostbyname_r(const char *restrict name, struct hostent *restrict host,
				     char *restrict buffer, size_t size,
				     struct hostent **restrict out_host, int *restrict h_error)
{
	struct fopnp_run_call call;
	int error;

	if (!fopnp_run_call_enter(&call, "gethostbyname_r"))
		return FOPNP_REAL(gethostbyname_r)(name, host, buffer, size, out_host, h_error);
	fopnp_run_call_tell(&call, name, NULL);
	error = FOPNP_REAL(gethostbyname_r)(name, host, buffer, size, out_host, h_error);
	return end_r(&call, error, *out_host, h_error, false);
}

FOPNP_RUN_EXPORT int gethostbyname2_r(const char *restrict name, int family,
				      struct hostent *restrict host, char *restrict buffer,
				      size_t size, struct hostent **restrict out_host,
				      int *restrict h_error)
{
	struct fopnp_run_call call;
	int error;

	if (!fopnp_run_call_enter(&call, "gethostbyname2_r"))
		return FOPNP_REAL(gethostbyname2_r)(name, family, host, buffer, size, out_host,
						    h_error);
	call.family = family;
	fopnp_run_call_tell(&call, name, NULL);
	error = FOPNP_REAL(gethostbyname2_r)(name, family, host, buffer, size, out_host, h_error);
	return end_r(&call, error, *out_host, h_error, false);
}

FOPNP_RUN_EXPORT int gethostbyaddr_r(const void *restrict address, socklen_t len, int family,
				     struct hostent *restrict host, char *restrict buffer,
				     size_t size, struct hostent **restrict out_host,
				     int *restrict h_error)
{
	struct fopnp_run_call call;
	int error;

	if (!fopnp_run_call_enter(&call, "gethostbyaddr_r"))
		return FOPNP_REAL(gethostbyaddr_r)(address, len, family, host, buffer, size,
						   out_host, h_error);
	tell_address(&call, address, len, family);
	error = FOPNP_REAL(gethostbyaddr_r)(address, len, family, host, buffer, size, out_host,
					    h_error);
	return end_r(&call, error, *out_host, h_error, true);
}
