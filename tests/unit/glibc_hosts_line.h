/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the glibc of this machine makes of a hosts line: the judge of our parsers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct fopnp_order;

/*
 * Whether glibc's own result can be read: it takes a private function of
 * glibc's, and the layout of its struct nss_action.
 */
bool glibc_actions_are_readable(void);

/*
 * The actions of the hosts list in force as text: five digits a source, a
 * blank between, "broken" if glibc refuses its configuration.
 */
void glibc_print_actions(char *text, size_t size);

/* The same for an order of ours. */
void order_print_actions(const struct fopnp_order *order, char *text, size_t size);

/* A line made of the grammar's words and of noise, SIZE bytes at most with the NUL. */
void make_random_line(unsigned *seed, char *line, size_t size);
