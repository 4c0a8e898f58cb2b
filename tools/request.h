/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One lookup as a program would ask it: the call and all its arguments. */
#pragma once

#include "nss_module/lookup/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fopnp_call {
	FOPNP_CALL_GETADDRINFO,
	FOPNP_CALL_GETHOSTBYNAME,
	FOPNP_CALL_GETHOSTBYNAME2,
	FOPNP_CALL_GETHOSTBYADDR,
	FOPNP_CALL_GETNAMEINFO,
};
#define FOPNP_CALL_COUNT 5

struct fopnp_request_address {
	int family; /* AF_INET or AF_INET6 */
	uint32_t scope;
	uint16_t port;
	uint8_t bytes[16];
};

struct fopnp_request {
	enum fopnp_call call;
	char *given;     /* the name as it was typed; NULL: the null host */
	char *name;      /* the name that is asked for: `given` in its ASCII form */
	char *idn_error; /* why `given` has no ASCII form and is asked as it is; NULL: it has */
	char *service;   /* NULL: none */
	int family, socktype, protocol;
	int flags;                            /* AI_*; NI_* for getnameinfo */
	struct fopnp_request_address address; /* of the two calls that look backwards */
};

/* "getaddrinfo", ...; and back: false for another word. */
const char *fopnp_request_call_name(enum fopnp_call call);
bool fopnp_request_call_from_name(const char *word, enum fopnp_call *out_call);

/* Whether the call asks for the name of an address. */
bool fopnp_request_is_reverse(const struct fopnp_request *request);

/*
 * Give the request its name.  A name that is not ASCII is converted as AI_IDN
 * does in a UTF-8 locale (IDNA2008 with the non-transitional mapping of UTS 46),
 * whatever the locale.  False, with nothing set, if the call needs an address
 * and NAME is none.
 */
bool fopnp_request_set_name(struct fopnp_request *request, const char *name);

/*
 * The name that software of IDNA 2003 asks for, where that is another one (RFC 5894
 * section 1: the German sharp s, the final sigma, the joiners); the caller's to
 * free(), NULL where both agree.
 */
char *fopnp_request_idna2003(const struct fopnp_request *request);

/* An address as text, with a zone by name or number behind '%' for IPv6. */
bool fopnp_request_parse_address(const char *text, struct fopnp_request_address *out_address);

/* As text, the zone by the name of the interface where there is one.  Returns TEXT. */
const char *fopnp_request_print_address(const struct fopnp_request_address *address,
					char text[static FOPNP_ADDRESS_TEXT]);

/* Make an IPv4 address the IPv6 one that AI_V4MAPPED gives; others are left as they are. */
void fopnp_request_map_address(struct fopnp_request_address *address);

/* Whether it is an IPv4 address in that form. */
bool fopnp_request_is_mapped(const struct fopnp_request_address *address);

/* A copy without its name, which the caller fopnp_request_clear()s. */
struct fopnp_request fopnp_request_copy(const struct fopnp_request *request);
void fopnp_request_clear(struct fopnp_request *request);

/* "stream", "dgram", "raw", "seqpacket", ...; NULL for a number without a word. */
const char *fopnp_request_socktype_name(int socktype);
bool fopnp_request_socktype_from_name(const char *word, int *out_socktype);

/* "tcp", "udp", ...: a table, since asking NSS for it is not for us to do. */
const char *fopnp_request_protocol_name(int protocol);
bool fopnp_request_protocol_from_name(const char *word, int *out_protocol);

bool fopnp_request_family_from_name(const char *word, int *out_family);

/* The flags of getaddrinfo by name: the INDEX-th, or NULL behind the last. */
struct fopnp_request_flag {
	const char *word; /* "addrconfig" */
	const char *name; /* "AI_ADDRCONFIG" */
	int bit;
};
const struct fopnp_request_flag *fopnp_request_flag(size_t index);

/*
 * Add a comma-separated list of flag words ("addrconfig,v4mapped", "none",
 * "default") to FLAGS.  False, with the bad word's length at *out_bad, if one
 * is unknown.
 */
bool fopnp_request_flags_from_list(const char *list, int *flags, const char **out_bad,
				   size_t *out_bad_len);
