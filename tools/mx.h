/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where mail for a domain would go: RFC 5321 section 5.1, with RFC 7505 (null MX) and RFC 2181 section
 * 10.3 (what an MX record may point to).  Each rule that applies is told.
 */
#pragma once

#include "tools/connect_attempts.h"
#include "tools/dns_ask.h"
#include "tools/dns_outcome.h"
#include "tools/findings.h"
#include "tools/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_MX_HOSTS     64 /* of one domain; further ones are said to be left out */
#define FOPNP_MX_ADDRESSES 32 /* of one host */
#define FOPNP_MX_PORT      25

struct fopnp_mx_options {
	struct fopnp_dns_options *dns; /* whom to ask, and how; its types are set here */
	uint64_t seed;                 /* of the order of equal preferences */
	bool connects;
	uint64_t timeout_us; /* of one connection, the greeting included */
};

struct fopnp_mx_address {
	struct fopnp_request_address address;
	uint32_t ttl;
	/* With connects. */
	struct fopnp_attempt attempt;
	char *greeting; /* its lines as they came; NULL: none */
	unsigned code;  /* of its last line: 220, 421, 554; 0: none came, or no SMTP */
	bool is_closed; /* by the other side before a whole greeting */
};

struct fopnp_mx_host {
	unsigned preference;
	char *name;   /* with its final dot; of an address literal in the argument that */
	uint32_t ttl; /* of the MX record; 0: there is none */
	char *alias;  /* RFC 2181 10.3: what the name is an alias of; NULL: it is none */
	/* Of its addresses of both families together; ERROR and SILENCE: not known for now. */
	enum fopnp_dns_outcome outcome;
	char *problem; /* why it cannot be used; NULL: it can */
	bool is_temporary;
	struct fopnp_mx_address *addresses;
	size_t address_count;
};

enum fopnp_mx_outcome {
	FOPNP_MX_DELIVER,
	FOPNP_MX_NO_MAIL, /* null MX: the domain takes none, the message is returned */
	FOPNP_MX_RETURN,  /* nowhere to go, for good */
	FOPNP_MX_QUEUE,   /* not known for now: the message waits */
};

struct fopnp_mx {
	const struct fopnp_mx_options *options;
	const char *given;
	char *domain; /* as it is asked for, with its final dot; of an address literal that */
	enum fopnp_mx_outcome outcome;
	char *reason; /* in a sentence */
	char **rules; /* in the order in which they were applied */
	size_t rule_count;
	struct fopnp_mx_host *hosts; /* in the order in which a mailer tries them */
	size_t host_count;
	bool is_implicit;
	struct fopnp_findings notes;
	uint64_t elapsed_us;
};

/*
 * Find out.  GIVEN is a domain, an address behind its last "@", or an address literal in brackets (RFC 5321
 * section 4.1.3).  False, and an error told, if it is none.  The result is the caller's to clear.
 */
bool fopnp_mx_find(struct fopnp_mx *mx, const struct fopnp_mx_options *options, const char *given);
void fopnp_mx_clear(struct fopnp_mx *mx);

/* Connect to every address that a mailer would try, all at once, and read what greets. */
void fopnp_mx_connect(struct fopnp_mx *mx);

/* Whether one of them greeted with 220. */
bool fopnp_mx_is_greeted(const struct fopnp_mx *mx);

/* "deliver", "no-mail", "return", "queue". */
const char *fopnp_mx_outcome_word(enum fopnp_mx_outcome outcome);

void fopnp_mx_print_text(const struct fopnp_mx *mx);
void fopnp_mx_print_json(const struct fopnp_mx *mx, int exit_status);
