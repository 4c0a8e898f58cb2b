/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A comparison: which names are asked for, what came of each, and all of it item by item. */
#pragma once

#include "tools/compare_answers.h"
#include "tools/compare_options.h"
#include "tools/compare_orders.h"
#include "tools/lookup_pool.h"

#include "nss_module/lookup/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a file with more names so many are asked for, spread evenly over it. */
#define FOPNP_COMPARE_SAMPLE         10000
#define FOPNP_COMPARE_BLOCKED_SAMPLE 100

/* A name that the others are asked for. */
struct fopnp_compare_subject {
	const char *name;                        /* as given, or folded from the file */
	char *asked;                             /* its IDNA form; NULL: as it is */
	const struct fopnp_compare_name *entry;  /* in the file, or NULL */
	const struct fopnp_compare_order *order; /* NULL with --sources */
	struct fopnp_compare_answer
		*answers; /* one, or one of each source: the first's has no class */
	struct fopnp_pool_lookup lookup;
};

/* The name of an address that hosts gives. */
struct fopnp_compare_reverse {
	uint8_t family;
	uint8_t bytes[16];
	char text[FOPNP_ADDRESS_TEXT];
	const struct fopnp_compare_order *order;
	struct fopnp_compare_answer answer;
	struct fopnp_pool_lookup lookup;
};

struct fopnp_comparison {
	const struct fopnp_compare_options *options;
	struct fopnp_compare_file file;
	struct fopnp_compare_orders *orders; /* NULL with --sources */
	struct fopnp_compare_subject *subjects;
	size_t subject_count, answer_count; /* answer_count: of each subject */
	struct fopnp_compare_reverse *reverses;
	size_t reverse_count;
	char **sources; /* names of sources that answered */
	size_t source_count;
	bool has_stub; /* systemd-resolved is the name server */
	/* Names of the file that were not asked for. */
	uint64_t not_asked, blocked_asked, blocked_found;
};

/* Read the file and choose the names.  False, and the error told, if that cannot be done. */
bool fopnp_comparison_prepare(struct fopnp_comparison *comparison,
			      const struct fopnp_compare_options *options);
/* Ask, and class each name.  False, and the error told, if it was ended early. */
bool fopnp_comparison_ask(struct fopnp_comparison *comparison);
void fopnp_comparison_clear(struct fopnp_comparison *comparison);

/* One thing to be told. */
struct fopnp_compare_item {
	enum fopnp_compare_class class;
	const char *name;
	const struct fopnp_compare_entry *entry;  /* of SHADOWED, DUPLICATE, MALFORMED; else NULL */
	const struct fopnp_compare_name *in_file; /* NULL: not there */
	const struct fopnp_compare_subject *subject; /* NULL: not asked for */
	size_t answer;                               /* which of the subject's */
};
typedef void fopnp_compare_visit(const struct fopnp_compare_item *item, void *context);

/* All items of CLASS in the file's order, or in that of the names given. */
void fopnp_comparison_visit(const struct fopnp_comparison *comparison,
			    enum fopnp_compare_class class, fopnp_compare_visit *visit,
			    void *context);

/* The classes, gravest first: the INDEX-th. */
enum fopnp_compare_class fopnp_compare_class_at(size_t index);

/* Both sides of an item that was asked for, marked; the first is the caller's to free(). */
struct fopnp_compare_addresses fopnp_comparison_own(const struct fopnp_comparison *comparison,
						    const struct fopnp_compare_item *item);

/* Whether ANSWER, for a name of /etc/hosts, is by systemd-resolved, which reads that file, too. */
bool fopnp_comparison_is_echo(const struct fopnp_comparison *comparison,
			      const struct fopnp_compare_answer *answer);

/* What the others call an address of hosts; NULL: not asked. */
const struct fopnp_compare_reverse *fopnp_comparison_reverse(
	const struct fopnp_comparison *comparison, const struct fopnp_compare_address *address);
/* Whether that name is one that hosts, too, gives the address. */
bool fopnp_comparison_reverse_agrees(const struct fopnp_comparison *comparison,
				     const struct fopnp_compare_reverse *reverse);
