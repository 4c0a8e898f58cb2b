/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ask systemd-resolved itself, over the varlink socket that nss-resolve uses
 * (io.systemd.Resolve; one JSON object and a NUL each way), what it makes of a
 * name and where its answer comes from.
 */
#pragma once

#include "tools/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_RESOLVED_SOCKET "/run/systemd/resolve/io.systemd.Resolve"

enum fopnp_resolved_state {
	FOPNP_RESOLVED_ABSENT,  /* no socket (ENOENT), or nobody behind it (ECONNREFUSED) */
	FOPNP_RESOLVED_DENIED,  /* EACCES, EPERM: a sandbox or the like */
	FOPNP_RESOLVED_SILENT,  /* did not answer in time */
	FOPNP_RESOLVED_GARBLED, /* what it said is no varlink, or is cut short */
	FOPNP_RESOLVED_FAILED,  /* an error: error_name, rcode */
	FOPNP_RESOLVED_ANSWERED,
};

struct fopnp_resolved_address {
	struct fopnp_request_address address;
	unsigned interface;   /* 0: not said */
	char *interface_name; /* NULL: not known */
};

struct fopnp_resolved_answer {
	enum fopnp_resolved_state state;
	int error;          /* errno of ABSENT and DENIED */
	char *error_name;   /* "io.systemd.Resolve.DNSError", ...; NULL: none */
	int rcode;          /* of a DNSError; -1: not said */
	int system_error;   /* errno that it tells ("io.systemd.System"); 0: none */
	char *error_detail; /* more of its own words: DNSSEC's result, a server's; NULL: none */
	uint64_t elapsed_us;
	const char *protocol; /* "DNS", "LLMNR/IPv4", "mDNS/IPv6", ...; NULL: not said */
	/* Of an error it does not say these: is_from_cache is what it still said when it was
	   not to ask the network, is_synthetic what it says without its cache, too. */
	bool is_from_cache, is_from_network, is_from_zone, is_from_trust_anchor, is_synthetic;
	bool is_from_hosts; /* synthesised from its own reading of /etc/hosts */
	bool is_authenticated, is_confidential;
	char *canonical;      /* the name found; of a reverse lookup the first; NULL: not said */
	unsigned interface;   /* that the answer came over; 0: not said */
	char *interface_name; /* NULL: not known */
	struct fopnp_resolved_address *addresses;
	size_t address_count;
	/* Whether it lives in another network namespace than this process: its links and
	   servers are not ours then.  Known only if it can be seen. */
	bool is_namespace_known, is_other_namespace;
	bool is_single_label;   /* the name has one label, and resolved has no domain to add */
	bool is_unserved_local; /* below .local: nothing for the DNS, and no link does mDNS */
	bool is_alive;          /* SILENT: but it answers what needs nobody else */
	bool is_outdated;       /* its cache says no, while its servers say otherwise now */
	char *error_words;      /* a sentence for people on why it failed; NULL: it did not */
	/* Which link the name's domain is routed to: "corp.example goes to eth1 (10.9.0.1)";
	   NULL: not known. */
	char *route_words;
	/* The command that gives the name's domain to the one other link that could be meant;
	   NULL: not known. */
	char *route_fix;
};

/*
 * Ask for REQUEST's name in its family (or for the name of its address), and wait
 * at most DEADLINE_US.  Always filled; the caller's to clear.
 */
void fopnp_resolved_ask(const struct fopnp_request *request, uint64_t deadline_us,
			struct fopnp_resolved_answer *out_answer);
/* The same at another socket. */
void fopnp_resolved_ask_at(const char *path, const struct fopnp_request *request,
			   uint64_t deadline_us, struct fopnp_resolved_answer *out_answer);
void fopnp_resolved_answer_clear(struct fopnp_resolved_answer *answer);

/*
 * Whether it would answer from its cache, asked without leave to ask anybody else.
 * To be known before a program's own call, which fills the cache; changes nothing.
 */
bool fopnp_resolved_has_cached(const struct fopnp_request *request, uint64_t deadline_us);
bool fopnp_resolved_has_cached_at(const char *path, const struct fopnp_request *request,
				  uint64_t deadline_us);

/* "DNS over eth0, from its cache, 0.3 ms", the way the answer came; the caller's to free(). */
char *fopnp_resolved_words(const struct fopnp_resolved_answer *answer);
