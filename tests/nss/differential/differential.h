/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The differential test: random orders of scripted modules, looked up once
 * through the plain hosts line and once through fopnp.
 *
 *	generate.c   orders, scripts and calls, all a function of (seed, numbers)
 *	calls.c      one call of glibc's, and what came of it
 *	compare.c    whether two outcomes may differ
 *	sandbox.c    private /etc and network
 *	options.c    the command line
 *	../differential.c   processes, counting, reports
 */
#pragma once

#include "tests/nss/scripted_module.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SCRIPTS_PER_ORDER 20
#define CALLS_PER_SCRIPT  50

/* ---- generate.c ---- */

struct random_state {
	uint64_t word;
};

enum order_grammar {
	ORDER_STRICT,   /* what FOPNP_ORDER takes */
	ORDER_NSSWITCH, /* what a hosts line takes: MERGE, a second bracket, "fopnp" again */
};

struct test_order {
	char plain[1024]; /* the list of sources as the plain line has it */
	char fopnp[1024]; /* the same for behind "fopnp"; differs only by later "fopnp" words */
	unsigned sources;
	bool has_merge;
	bool has_static;  /* a module whose answers lie outside the buffer */
	bool has_3_not_2; /* a module with gethostbyname3_r and no 2_r */
	bool has_2_not_4; /* a module with gethostbyname2_r or 3_r and no 4_r */
};

enum api {
	API_GETADDRINFO,
	API_GETHOSTBYNAME_R,
	API_GETHOSTBYNAME2_R,
	API_GETHOSTBYADDR_R,
	API_GETHOSTBYNAME,
	API_GETHOSTBYNAME2,
	API_GETHOSTBYADDR,
	API_GETNAMEINFO,
};

struct test_call {
	enum api api;
	int family, flags, socktype;
	bool has_no_hints;      /* getaddrinfo(name, NULL, NULL, ...) */
	bool passes_h_errno;    /* _r: &h_errno, not a variable of the caller's */
	bool grows;             /* _r: double the buffer while it says ERANGE */
	size_t buffer_size;     /* _r */
	unsigned buffer_offset; /* _r: how far the buffer is from alignment */
	int error, h_error;     /* before the call */
	char name[320];
	uint8_t address[16];
};

/* The library names of the modules end before this. */
extern const char *const scripted_module_names[SCRIPT_MODULES];

void generate_order(uint64_t seed, unsigned order, enum order_grammar grammar,
		    struct test_order *out);
void generate_script(uint64_t seed, unsigned order, unsigned script, struct script *out);
/* CALL counts from 0 to CALLS_PER_SCRIPT - 1; false: there is no such call for this script. */
bool generate_call(uint64_t seed, unsigned order, unsigned script, unsigned call,
		   const struct script *steps, struct test_call *out);

void print_script(FILE *file, const struct script *script, const char *order);
void print_call(FILE *file, const struct test_call *call);

/* ---- calls.c ---- */

#define OUTCOME_TEXT 200

struct outcome {
	bool is_done;
	bool has_answer;
	bool was_refused;   /* a module said ERANGE */
	bool leaves_errors; /* the last module asked left errno or h_errno alone */
	bool was_return;    /* a module said RETURN */
	bool was_empty;     /* a module said SUCCESS without an address */
	bool has_mapped;    /* getaddrinfo: an IPv4-mapped IPv6 address among the answers */
	int code; /* what the function returned; 0 or -1 for those that return a pointer */
	int error, h_error;
	unsigned asked;    /* how many calls the modules answered */
	unsigned bypassed; /* how many of them came from behind fopnp's back */
	uint64_t digest;   /* of the whole answer as text */
	char text[OUTCOME_TEXT];
};

/* FULL (NULL: none) takes the answer's whole text. */
void make_call(const struct test_call *call, struct outcome *out, FILE *full);

/* ---- compare.c ---- */

enum verdict {
	VERDICT_SAME,
	VERDICT_MAPPED,        /* AF_INET6 + AI_V4MAPPED over several sources */
	VERDICT_MAPPED_ONE,    /* the same over one: errno that a success left behind, RETURN */
	VERDICT_EMPTY,         /* a SUCCESS without an address, where glibc asks twice */
	VERDICT_MAPPED_UNSPEC, /* an IPv4-mapped address that AF_UNSPEC + AI_V4MAPPED drops */
	VERDICT_TRANSLATED,    /* the code of an UNAVAIL with something behind fopnp */
	VERDICT_H_ERRNO, /* gethostbyname2_r(AF_INET6) with &h_errno, as getaddrinfo calls it */
	VERDICT_3_NOT_2, /* 4_r calls a 3_r that the plain line never calls */
	VERDICT_MERGE,   /* MERGE on the line: fopnp declines, and that itself is seen */
	VERDICT_RESIDUE, /* errno that an ERANGE left behind, by a module that sets none */
	VERDICT_COPY_NO_ROOM, /* ERANGE: a static answer must be copied into the buffer */
	VERDICT_DIFFERENT,
	VERDICTS,
};

extern const char *const verdict_texts[VERDICTS];

struct comparison {
	const struct test_order *order;
	const struct test_call *call;
	bool is_followed;    /* something stands behind fopnp in nsswitch.conf */
	bool has_v4, has_v6; /* addresses of the machine, for AI_ADDRCONFIG */
};

/* *OUT_WHAT: the first field that differs, static text. */
enum verdict compare_outcomes(const struct comparison *context, const struct outcome *plain,
			      const struct outcome *fopnp, const char **out_what);

/* ---- sandbox.c ---- */

/* Private /etc and /run, an empty network.  False: namespaces cannot be made here. */
bool enter_sandbox(void);
/* A further copy of both for this process. */
void copy_sandbox(void);
/* Replace /etc/nsswitch.conf by "hosts: LIST". */
void write_hosts_line(const char *list);
/* Give the loopback interface addresses that AI_ADDRCONFIG counts. */
void set_network(bool has_v4, bool has_v6);

/* ---- options.c ---- */

#define WORKERS    8 /* at most */
#define FIXED_SEED 20260101u

struct options {
	uint64_t seed;
	bool has_seed;
	unsigned cases, workers, printed;
	bool compares_itself; /* the plain line on every side: the test's own check */
	bool is_replay;
	enum order_grammar grammar;
	unsigned order, script, call; /* to replay */
	const char *modules;          /* folder searched first */
};

/* Exits with 2 and a message for what cannot be read. */
void read_options(int argc, char **argv, struct options *out);
