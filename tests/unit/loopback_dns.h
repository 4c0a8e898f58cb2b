/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Name servers on 127.0.0.1, each a thread with a UDP and a TCP socket on one
 * port of the kernel's choice, that answer, fail and misbehave as told.
 */
#pragma once

#include "nss_module/dns/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum loopback_manner {
	SAYS_ADDRESS, /* of the type asked for: A 192.0.2.N, AAAA 2001:db8::N, N the server's number */
	SAYS_NO_DATA,
	SAYS_NO_NAME,
	SAYS_SERVFAIL,
	SAYS_REFUSED,
	SAYS_NOTIMP,
	SAYS_FORMERR,
	SAYS_REFERRAL, /* empty NOERROR, neither AA nor RA */
	SAYS_CNAME,    /* and nothing else */
	SAYS_NOTHING,
	SAYS_WRONG_ID,
	SAYS_WRONG_NAME,
	SAYS_EMPTY,      /* a datagram of no bytes, then the address */
	SAYS_SHORT,      /* 11 bytes, then the address */
	SAYS_NOISE,      /* random bytes, then nothing */
	SAYS_TWICE,      /* the address, two times */
	SAYS_OTHER_CASE, /* the address, with the question's letters in the other case */
	SAYS_QUERY,      /* the query itself */
	SAYS_MUCH,       /* 1,100 bytes by UDP, not truncated */
	SAYS_TOO_MUCH,   /* 4,200 bytes, likewise */
	SAYS_TRUNCATED,  /* TC; over TCP as TCP says */
	SAYS_TRUNCATED_TWICE,
	SAYS_TRUNCATED_SERVFAIL,
	SAYS_TRUNCATED_NO_NAME,
	SAYS_TRUNCATED_FORMERR,
	SAYS_TRUNCATED_REFERRAL,
	SAYS_FLOOD, /* wrong ids without end */
};

enum loopback_tcp {
	TCP_ADDRESS,
	TCP_SERVFAIL,
	TCP_ONE,   /* the address, then closes */
	TCP_STALL, /* takes the query, says nothing */
	TCP_RESET,
	TCP_CLOSE,   /* after the query */
	TCP_HALF,    /* half of the reply, then closes */
	TCP_ZERO,    /* a length of 0 */
	TCP_LARGEST, /* 65,535 bytes */
	TCP_DRIP,    /* a byte each 2 ms */
	TCP_SLOW,    /* the address after 1.3 s */
	TCP_ABSENT,  /* nobody listens */
};

struct loopback_plan {
	enum loopback_manner a, aaaa;
	int a_ms, aaaa_ms; /* to wait before */
	int drops;         /* this many queries of any type are not answered */
	int aaaa_drops;    /* and this many AAAA ones */
	enum loopback_tcp tcp;
	bool is_closed; /* no server: the port is closed */
	bool is_inet6;  /* on ::1 */
};

struct loopback_server;

/* NUMBER is told in its addresses. */
struct loopback_server *loopback_server_start(const struct loopback_plan *plan, unsigned number);
void loopback_server_stop(struct loopback_server *server);

union fopnp_dns_address loopback_server_address(const struct loopback_server *server);

/* The queries so far, as "A AAAA tcp:A ...". */
const char *loopback_server_seen(struct loopback_server *server);
