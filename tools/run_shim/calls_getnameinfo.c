/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* getnameinfo(3), marked and passed on. */
#include "nss_module/lookup/address.h"
#include "tools/run_shim/call.h"
#include "tools/run_shim/real.h"
#include "tools/run_shim/run_shim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>

/* RFC 2133 had no scope, and glibc still takes an address without. */
#define LEAST_SOCKADDR_IN6 offsetof(struct sockaddr_in6, sin6_scope_id)

/* As text; false if there is none, or LEN says that it is not whole. */
static bool print_address(const struct sockaddr *address, socklen_t len,
			  char text[static FOPNP_ADDRESS_TEXT], uint16_t *out_port)
{
	if (address->sa_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
		const struct sockaddr_in *four = (const void *)address;

		(void)fopnp_address_print(AF_INET, &four->sin_addr, 0, text);
		*out_port = ntohs(four->sin_port);
		return true;
	}
	if (address->sa_family == AF_INET6 && len >= LEAST_SOCKADDR_IN6) {
		const struct sockaddr_in6 *six = (const void *)address;

		(void)fopnp_address_print(AF_INET6, &six->sin6_addr,
					  len >= sizeof(*six) ? six->sin6_scope_id : 0, text);
		*out_port = ntohs(six->sin6_port);
		return true;
	}
	return false;
}

static const char *print_port(uint16_t port, char text[static 6])
{
	char *start = text + 5;

	*start = '\0';
	do {
		*--start = (char)('0' + port % 10);
		port /= 10;
	} while (port > 0);
	return start;
}

static void tell_call(struct fopnp_run_call *call, const struct sockaddr *address, socklen_t len)
{
	char text[FOPNP_ADDRESS_TEXT], port_text[6];
	uint16_t port = 0;

	if (!address || len < sizeof(address->sa_family)) {
		fopnp_run_call_tell(call, NULL, NULL);
		return;
	}
	call->family = address->sa_family;
	if (print_address(address, len, text, &port))
		fopnp_run_call_tell(call, text, print_port(port, port_text));
	else
		fopnp_run_call_tell(call, "?", NULL);
}

static void tell_result(const struct fopnp_run_call *call, int code, const char *host)
{
	struct fopnp_run_mark mark;
	int saved_errno = errno;

	fopnp_run_call_begin_result(call, &mark);
	fopnp_event_add_number(&mark.writer, "FOPNP_CODE", code);
	if (code == EAI_SYSTEM)
		fopnp_event_add_number(&mark.writer, "FOPNP_ERRNO", saved_errno);
	if (host)
		fopnp_event_add_text(&mark.writer, "FOPNP_CANONICAL", host);
	fopnp_run_mark_send(&mark);
	errno = saved_errno;
}

FOPNP_RUN_EXPORT int getnameinfo(const struct sockaddr *restrict address, socklen_t len,
				 char *restrict host, socklen_t host_len, char *restrict service,
				 socklen_t service_len, int flags)
{
	struct fopnp_run_call call;
	int code;

	if (!fopnp_run_call_enter(&call, "getnameinfo"))
		return FOPNP_REAL(getnameinfo)(address, len, host, host_len, service, service_len,
					       flags);
	call.flags = (unsigned)flags;
	tell_call(&call, address, len);
	code = FOPNP_REAL(getnameinfo)(address, len, host, host_len, service, service_len, flags);
	tell_result(&call, code, code == 0 && host && host_len > 0 ? host : NULL);
	fopnp_run_call_leave(&call);
	return code;
}
