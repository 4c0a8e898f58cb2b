/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One lookup call made in this process, and what came of it. */
#pragma once

#include "tools/exit_status.h"
#include "tools/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_CALL_ADDRESSES 1024 /* kept of one answer; more are counted as cut */
#define FOPNP_CALL_NAME      1100 /* a host name: DNS allows 255, files anything */
#define FOPNP_CALL_ALIASES   4096 /* bytes of further names, the NULs behind them included */

enum fopnp_call_end {
	FOPNP_CALL_RETURNED,  /* the rest of the result holds */
	FOPNP_CALL_TIMED_OUT, /* killed at its deadline */
	FOPNP_CALL_CRASHED,   /* by `signal`, or ended on its own with `exit_code` */
	FOPNP_CALL_GARBLED,   /* the child's memory was overwritten: nothing it says holds */
	FOPNP_CALL_NO_MODULE, /* the module could not be loaded: `module_error` */
	FOPNP_CALL_NO_RELAY,  /* the name servers could not be replaced without changing the call */
	FOPNP_CALL_NOT_MADE,
};

/* Plain memory without pointers: it comes back from a child process as it is. */
struct fopnp_call_result {
	enum fopnp_call_end end;
	int signal, exit_code;
	int code;        /* EAI_*, 0: answered.  For the hostent calls made from h_error */
	int error;       /* errno where the code is EAI_SYSTEM, else 0 */
	int h_error;     /* h_errno of a hostent call that failed, else 0 */
	bool is_numeric; /* answered without asking a source: an address, or no host at all */
	uint64_t elapsed_us;
	/* The canonical name, or the name of an address; "": none. */
	char canonical[FOPNP_CALL_NAME];
	/* Further names of an address by gethostbyaddr: one behind the other, each with its NUL. */
	size_t alias_count;
	bool are_aliases_cut;
	char aliases[FOPNP_CALL_ALIASES];
	char module_error[512];
	size_t entry_count; /* of getaddrinfo's list: an address stands there once a socket type */
	size_t address_count;
	bool is_cut;
	struct fopnp_request_address addresses[FOPNP_CALL_ADDRESSES];
};

/* Make the call.  For child processes: it loads modules and may never return. */
void fopnp_call_make(const struct fopnp_request *request, struct fopnp_call_result *out_result);

/* Whether a result that came from another process can be used without harm. */
bool fopnp_call_result_is_sound(const struct fopnp_call_result *result);

/* The name of an address behind NAME (NULL: the first, the canonical one); NULL: no more. */
const char *fopnp_call_next_name(const struct fopnp_call_result *result, const char *name);

/* Whether two answers have the same addresses in the same order. */
bool fopnp_call_same_order(const struct fopnp_call_result *a, const struct fopnp_call_result *b);

/* The same addresses in any order. */
bool fopnp_call_same_addresses(const struct fopnp_call_result *a,
			       const struct fopnp_call_result *b);

/* EAI_* where getaddrinfo has the same word for an h_errno that is not 0. */
int fopnp_call_code_of_h_errno(int h_error);

/* What an EAI code means for this request, in our words where glibc's say less. */
const char *fopnp_call_meaning(const struct fopnp_request *request, int code);

/* The exit status that the call alone stands for. */
enum fopnp_exit fopnp_call_exit_status(const struct fopnp_call_result *result);
