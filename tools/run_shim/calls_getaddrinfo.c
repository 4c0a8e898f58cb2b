/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* getaddrinfo(3), marked and passed on. */
#include "nss_module/lookup/address.h"
#include "tools/run_shim/call.h"
#include "tools/run_shim/real.h"
#include "tools/run_shim/run_shim.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static bool is_same_address(const struct addrinfo *one, const struct addrinfo *other)
{
	return one->ai_family == other->ai_family && one->ai_addrlen == other->ai_addrlen &&
	       memcmp(one->ai_addr, other->ai_addr, one->ai_addrlen) == 0;
}

/* The same address comes once for each kind of socket. */
static bool is_first_of_its_address(const struct addrinfo *list, const struct addrinfo *entry)
{
	for (const struct addrinfo *at = list; at != entry; at = at->ai_next)
		if (is_same_address(at, entry))
			return false;
	return true;
}

static void add_address(struct fopnp_event_writer *writer, const struct addrinfo *entry)
{
	char text[FOPNP_ADDRESS_TEXT];

	if (entry->ai_family == AF_INET) {
		const struct sockaddr_in *address = (const void *)entry->ai_addr;

		(void)fopnp_address_print(AF_INET, &address->sin_addr, 0, text);
	} else if (entry->ai_family == AF_INET6) {
		const struct sockaddr_in6 *address = (const void *)entry->ai_addr;

		(void)fopnp_address_print(AF_INET6, &address->sin6_addr, address->sin6_scope_id,
					  text);
	} else {
		return;
	}
	fopnp_event_add_text(writer, "FOPNP_ADDRESS", text);
}

static void tell_result(const struct fopnp_run_call *call, int code, const struct addrinfo *list)
{
	struct fopnp_run_mark mark;
	int saved_errno = errno;

	fopnp_run_call_begin_result(call, &mark);
	fopnp_event_add_number(&mark.writer, "FOPNP_CODE", code);
	if (code == EAI_SYSTEM)
		fopnp_event_add_number(&mark.writer, "FOPNP_ERRNO", saved_errno);
	if (list && list->ai_canonname)
		fopnp_event_add_text(&mark.writer, "FOPNP_CANONICAL", list->ai_canonname);
	for (const struct addrinfo *entry = list; entry && !mark.writer.truncated;
	     entry = entry->ai_next)
		if (is_first_of_its_address(list, entry))
			add_address(&mark.writer, entry);
	fopnp_run_mark_send(&mark);
	errno = saved_errno;
}

FOPNP_RUN_EXPORT int getaddrinfo(const char *restrict name, const char *restrict service,
				 const struct addrinfo *restrict hints,
				 struct addrinfo **restrict out_list)
{
	struct fopnp_run_call call;
	int code;

	if (!fopnp_run_call_enter(&call, "getaddrinfo"))
		return FOPNP_REAL(getaddrinfo)(name, service, hints, out_list);
	if (hints) {
		call.family = hints->ai_family;
		call.socktype = hints->ai_socktype;
		call.protocol = hints->ai_protocol;
		call.flags = (unsigned)hints->ai_flags;
	}
	fopnp_run_call_tell(&call, name, service);
	code = FOPNP_REAL(getaddrinfo)(name, service, hints, out_list);
	tell_result(&call, code, code == 0 ? *out_list : NULL);
	fopnp_run_call_leave(&call);
	return code;
}
