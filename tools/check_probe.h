/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What `fopnp check` asks of the running system: name servers, daemons, and what a lookup in
 * /etc/hosts costs.  Each in a child process, all of them at the same time.
 */
#pragma once

#include "tools/check_system.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define FOPNP_CHECK_PROBE_SERVERS 3   /* MAXNS of glibc */
#define FOPNP_CHECK_PROBE_SEARCH  6   /* search domains that are asked about */
#define FOPNP_CHECK_PROBE_NAME    256 /* of such a domain, with its NUL */

struct fopnp_resolver_config;

/*
 * Ask all there is for at most TIMEOUT_US, and fill SYSTEM's servers, which are RESOLVER's, its
 * daemons and hosts.lookup_us.
 */
void fopnp_check_probe(struct fopnp_check_system *system,
		       const struct fopnp_resolver_config *resolver, uint64_t timeout_us);

/* ---- the jobs, for children.  Questions and answers are plain memory ---- */

struct fopnp_check_servers_job {
	struct {
		struct sockaddr_storage address;
		socklen_t address_len;
	} servers[FOPNP_CHECK_PROBE_SERVERS];
	size_t server_count;
	char search[FOPNP_CHECK_PROBE_SEARCH][FOPNP_CHECK_PROBE_NAME];
	size_t search_count;
	const struct fopnp_check_hosts *hosts; /* its sample is asked for; NULL: it is not */
	uint64_t timeout_us;
};

struct fopnp_check_servers_answer {
	struct {
		enum fopnp_check_state state;
		bool is_refused;
		int error;
		int rcode;
		uint64_t elapsed_us;
	} servers[FOPNP_CHECK_PROBE_SERVERS];
	bool has_local_domain;
	bool has_wildcard;
	size_t wildcard; /* index of the search domain */
	char wildcard_answer[INET6_ADDRSTRLEN];
	/* For each of the sample: an address that the server has in the place of the file's, and
	   one of the other family; "" */
	char others[FOPNP_CHECK_SAMPLE][INET6_ADDRSTRLEN];
	char hidden[FOPNP_CHECK_SAMPLE][INET6_ADDRSTRLEN];
};

/*
 * One `. NS` to each server; the first that replies is also asked for `local. SOA`, for a name
 * that nobody has in each search domain, and for the names of the sample that have a dot, in both
 * families.  Sent once more to who has not replied after a third of the time.
 */
void fopnp_check_ask_servers(const struct fopnp_check_servers_job *job,
			     struct fopnp_check_servers_answer *out_answer);

struct fopnp_check_daemon_answer {
	enum fopnp_check_state state;
	int error; /* errno of the connection */
	bool is_foreign;
	bool caches_hosts; /* nscd */
};

struct fopnp_check_cache_job {
	const struct fopnp_check_hosts *hosts;
	const char *order; /* the hosts line */
};

#define FOPNP_CHECK_ANSWER_TEXT 200
struct fopnp_check_cache_answer {
	bool is_stale;
	size_t sample; /* the name's index */
	char cached[FOPNP_CHECK_ANSWER_TEXT], now[FOPNP_CHECK_ANSWER_TEXT];
};

/*
 * Look the sample of /etc/hosts up as any program does, and then by the same line without nscd in
 * front; the first name that differs.  For a child process: it is set up by it for good.
 */
void fopnp_check_ask_cache(const struct fopnp_check_cache_job *job,
			   struct fopnp_check_cache_answer *out_answer);

/* Each waits for at most TIMEOUT_US. */
void fopnp_check_ask_nscd(uint64_t timeout_us, struct fopnp_check_daemon_answer *out_answer);
void fopnp_check_ask_avahi(uint64_t timeout_us, struct fopnp_check_daemon_answer *out_answer);
void fopnp_check_ask_resolved(uint64_t timeout_us, struct fopnp_check_daemon_answer *out_answer);
