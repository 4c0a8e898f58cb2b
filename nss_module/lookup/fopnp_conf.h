/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fopnp.conf(5): keyword lines in the manner of resolv.conf.  A bad line is
 * left out and reported; it never makes the file unusable.  So is a last line
 * without a newline, as in nsswitch.conf: it may be half of one.
 */
#pragma once

#include "nss_module/lookup/order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_CONF_PATH "/etc/fopnp.conf"
#define FOPNP_CONF_LOGS 8 /* "log" lines in force; further ones are reported */

struct fopnp_conf_order {
	char *domain; /* "corp.example", lower case, no dot in front; NULL: for all names */
	struct fopnp_order *order;
	unsigned line;
};

enum fopnp_conf_log_kind { FOPNP_LOG_JOURNAL, FOPNP_LOG_SOCKET };

struct fopnp_conf_log {
	enum fopnp_conf_log_kind kind;
	char *path; /* of the socket; the journal's own for FOPNP_LOG_JOURNAL */
	unsigned line;
};

/* Options that only the built-in sources read, kept as they were checked here. */
enum fopnp_conf_option_kind {
	FOPNP_OPTION_HOSTS_FILE,   /* text: an absolute path; repeatable */
	FOPNP_OPTION_MDNS_DOMAIN,  /* text: a domain without its dot; repeatable */
	FOPNP_OPTION_MDNS_TIMEOUT, /* microseconds */
	FOPNP_OPTION_DNS_SERVERS,  /* text: the words of the line */
	FOPNP_OPTION_DNS_TIMEOUT,  /* microseconds */
	FOPNP_OPTION_DNS_ATTEMPTS, /* a number, 1 to 10 */
	FOPNP_OPTION_DNS_HEDGE,    /* microseconds */
};

struct fopnp_conf_option {
	enum fopnp_conf_option_kind kind;
	char *text; /* NULL where NUMBER counts */
	uint64_t number;
	unsigned line;
};

struct fopnp_conf {
	struct fopnp_conf_order *orders;
	size_t order_count;
	struct fopnp_conf_log logs[FOPNP_CONF_LOGS];
	size_t log_count;
	bool log_all; /* log-events: no filter was given, or "all" */
	bool log_failures;
	uint64_t log_slow_us; /* 0: not given */
	struct fopnp_conf_option *options;
	size_t option_count;
};

/* Told of each line that is left out; LINE counts from 1, MESSAGE is static text. */
typedef void fopnp_conf_problem(void *context, unsigned line, const char *message);

/*
 * Parse LEN bytes.  PROBLEM may be NULL.  Returns NULL only when memory ran
 * out; otherwise the caller's, for fopnp_conf_destroy().
 */
struct fopnp_conf *fopnp_conf_parse(const char *bytes, size_t len, fopnp_conf_problem *problem,
				    void *context);
void fopnp_conf_destroy(struct fopnp_conf *conf);

/*
 * The order for NAME (as the program gave it; one trailing dot is ignored):
 * of the lines whose domain equals NAME or is its end at a label, the longest
 * domain's first, else the first line without a domain, else NULL.
 */
const struct fopnp_conf_order *fopnp_conf_find_order(const struct fopnp_conf *conf,
						     const char *name);

/*
 * A duration with its unit ("200ms", "2s", "1.5s", "500us") in microseconds,
 * at most an hour.  False for anything else, a bare number too.
 */
bool fopnp_conf_parse_duration(const char *text, size_t len, uint64_t *out_us);

/* Whether a file of that owner and mode may be believed: it is root's or
   ROOT_UID's (the owner of "/"; for FOPNP_CONF the user), and nobody else may write. */
bool fopnp_conf_is_trusted(uint32_t file_uid, uint32_t file_mode, uint32_t root_uid);
