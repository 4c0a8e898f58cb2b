/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Result codes as words.  Tables rather than strerror() and its kin: those
 * translate, and what an event or a JSON object says may not depend on the
 * language of the process.
 */
#include "nss_module/lookup/status.h"

#include <netdb.h>
#include <nss.h>
#include <string.h>

#include "nss_module/lookup/ascii.h"

_Static_assert(NSS_STATUS_TRYAGAIN == FOPNP_STATUS_FIRST, "the first status");
_Static_assert(NSS_STATUS_RETURN == FOPNP_STATUS_FIRST + FOPNP_STATUS_COUNT - 1, "the last status");

static const char *const status_names[FOPNP_STATUS_COUNT] = {
	[NSS_STATUS_TRYAGAIN - FOPNP_STATUS_FIRST] = "TRYAGAIN",
	[NSS_STATUS_UNAVAIL - FOPNP_STATUS_FIRST] = "UNAVAIL",
	[NSS_STATUS_NOTFOUND - FOPNP_STATUS_FIRST] = "NOTFOUND",
	[NSS_STATUS_SUCCESS - FOPNP_STATUS_FIRST] = "SUCCESS",
	[NSS_STATUS_RETURN - FOPNP_STATUS_FIRST] = "RETURN",
};

const char *fopnp_status_name(int status)
{
	if (status < FOPNP_STATUS_FIRST || status >= FOPNP_STATUS_FIRST + FOPNP_STATUS_COUNT)
		return "ILLEGAL";
	return status_names[status - FOPNP_STATUS_FIRST];
}

bool fopnp_status_from_name(const char *name, size_t len, int *out_status)
{
	for (int i = 0; i < FOPNP_STATUS_COUNT; i++) {
		if (!fopnp_ascii_equal_word(name, len, status_names[i]))
			continue;
		*out_status = i + FOPNP_STATUS_FIRST;
		return true;
	}
	return false;
}

const char *fopnp_h_errno_name(int h_error)
{
	switch (h_error) {
	case NETDB_INTERNAL:
		return "NETDB_INTERNAL";
	case NETDB_SUCCESS:
		return "NETDB_SUCCESS";
	case HOST_NOT_FOUND:
		return "HOST_NOT_FOUND";
	case TRY_AGAIN:
		return "TRY_AGAIN";
	case NO_RECOVERY:
		return "NO_RECOVERY";
	case NO_DATA:
		return "NO_DATA";
	default:
		return NULL;
	}
}

struct code_name {
	int code;
	const char *name;
};

static const struct code_name eai_names[] = {
	{ 0, "OK" },
	{ EAI_BADFLAGS, "EAI_BADFLAGS" },
	{ EAI_NONAME, "EAI_NONAME" },
	{ EAI_AGAIN, "EAI_AGAIN" },
	{ EAI_FAIL, "EAI_FAIL" },
	{ EAI_NODATA, "EAI_NODATA" },
	{ EAI_FAMILY, "EAI_FAMILY" },
	{ EAI_SOCKTYPE, "EAI_SOCKTYPE" },
	{ EAI_SERVICE, "EAI_SERVICE" },
	{ EAI_ADDRFAMILY, "EAI_ADDRFAMILY" },
	{ EAI_MEMORY, "EAI_MEMORY" },
	{ EAI_SYSTEM, "EAI_SYSTEM" },
	{ EAI_OVERFLOW, "EAI_OVERFLOW" },
	{ EAI_INPROGRESS, "EAI_INPROGRESS" },
	{ EAI_CANCELED, "EAI_CANCELED" },
	{ EAI_NOTCANCELED, "EAI_NOTCANCELED" },
	{ EAI_ALLDONE, "EAI_ALLDONE" },
	{ EAI_INTR, "EAI_INTR" },
	{ EAI_IDN_ENCODE, "EAI_IDN_ENCODE" },
};

const char *fopnp_eai_name(int code)
{
	for (size_t i = 0; i < sizeof(eai_names) / sizeof(eai_names[0]); i++)
		if (eai_names[i].code == code)
			return eai_names[i].name;
	return NULL;
}

const char *fopnp_errno_name(int error)
{
	return error == 0 ? "OK" : strerrorname_np(error);
}
