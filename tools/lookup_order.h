/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which order a lookup follows, and where it is written: nsswitch.conf's hosts
 * line, and with fopnp on it what fopnp.conf says, as the module decides.
 */
#pragma once

#include "tools/findings.h"
#include "tools/request.h"

#include <stdbool.h>
#include <stddef.h>

struct fopnp_order;

enum fopnp_lookup_order_origin {
	FOPNP_ORDER_OF_OPTION,      /* --order */
	FOPNP_ORDER_OF_ENVIRONMENT, /* FOPNP_ORDER */
	FOPNP_ORDER_OF_NSSWITCH,
	FOPNP_ORDER_OF_CONF,   /* an order line of fopnp.conf */
	FOPNP_ORDER_OF_MODULE, /* fopnp is the line's last word: the module's own order */
	FOPNP_ORDER_OF_GLIBC,  /* no hosts line: glibc's default */
};

struct fopnp_lookup_order {
	enum fopnp_lookup_order_origin origin;
	char *file;                /* NULL for the option and the environment */
	unsigned line;             /* 0: none */
	char *text;                /* the order as it is written there */
	struct fopnp_order *order; /* NULL: the file is broken, nothing can be looked up */
	bool is_verbatim;          /* `order` was parsed from `text`: its offsets count there */
	bool is_installed;         /* fopnp stands on the hosts line */
	char *installed_file;      /* which is there */
	unsigned installed_line;
	size_t outside;                 /* so many sources at the head are asked by glibc itself,
				      not by fopnp; 0 where the order is given by hand */
	char *fall_back;                /* behind fopnp: what glibc asks once more where fopnp found
				      nothing; NULL: nobody */
	struct fopnp_findings findings; /* what is odd about the file */
};

/*
 * Find the order for REQUEST.  OPTION is the argument of --order, or NULL.
 * False, and an error told, if that or FOPNP_ORDER is no order.
 */
bool fopnp_lookup_order_find(const struct fopnp_request *request, const char *option,
			     struct fopnp_lookup_order *out_line);
void fopnp_lookup_order_clear(struct fopnp_lookup_order *line);

/*
 * The bracket that decides what follows STATUS of the INDEX-th source, as it is
 * written if it is known, "" if none was written.  The caller's to free().
 */
char *fopnp_lookup_order_bracket(const struct fopnp_lookup_order *line, size_t index, int status);

/*
 * The name under which our module is asked for the INDEX-th source.  glibc takes any
 * word of a hosts line as a module's name and finds none; our module refuses such a
 * word, so that it gets another one that is no module either.  So are the built-in
 * sources to glibc, where it asks for them itself.
 */
const char *fopnp_lookup_order_module_source(const struct fopnp_lookup_order *line, size_t index);

/* The whole order as our module is to run it, the caller's to free(); NULL: it cannot. */
char *fopnp_lookup_order_for_module(const struct fopnp_lookup_order *line);

/*
 * Of an nsswitch.conf whose last line has no newline, so that glibc ignores it: whether anything
 * is lost by that, and how grave it is (the hosts line, another one).
 */
bool fopnp_lookup_order_loses_line(const char *bytes, size_t len,
				   enum fopnp_severity *out_severity);
