/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glibc's private __nss_database_get(), and lines to feed it with. */
#include "tests/unit/glibc_hosts_line.h"

#include <dlfcn.h>
#include <nss.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nss_module/lookup/order.h"

/* nss/nss_action.h and nss/databases.def of glibc 2.33 and later. */
struct glibc_action {
	void *module; /* NULL behind the last */
	unsigned bits; /* two for each status, TRYAGAIN the lowest */
};
#define GLIBC_DATABASE_HOSTS 5

typedef bool database_get(int database, struct glibc_action **out_actions);

static database_get *find_database_get(void)
{
	void *symbol = dlsym(RTLD_DEFAULT, "__nss_database_get");
	database_get *function;

	memcpy(&function, &symbol, sizeof(function));
	return function;
}

static void append(char *text, size_t size, const char *word)
{
	size_t used = strlen(text);

	(void)snprintf(text + used, size - used, "%s", word);
}

static void print_bits(char *text, size_t size, unsigned bits)
{
	char word[FOPNP_STATUS_COUNT + 2] = { 0 };

	for (unsigned i = 0; i < FOPNP_STATUS_COUNT; i++)
		word[i] = (char)('0' + (bits >> (2 * i) & 3));
	word[FOPNP_STATUS_COUNT] = ' ';
	append(text, size, word);
}

void glibc_print_actions(char *text, size_t size)
{
	database_get *get = find_database_get();
	struct glibc_action *action = NULL;

	text[0] = '\0';
	if (get == NULL || !get(GLIBC_DATABASE_HOSTS, &action)) {
		append(text, size, "broken");
		return;
	}
	for (; action != NULL && action->module != NULL; action++)
		print_bits(text, size, action->bits);
}

void order_print_actions(const struct fopnp_order *order, char *text, size_t size)
{
	text[0] = '\0';
	for (size_t i = 0; i < order->count; i++) {
		unsigned bits = 0;

		for (int status = 0; status < FOPNP_STATUS_COUNT; status++)
			bits |= (unsigned)fopnp_order_action(&order->entries[i],
							     status + FOPNP_STATUS_FIRST)
				<< (2 * status);
		print_bits(text, size, bits);
	}
}

bool glibc_actions_are_readable(void)
{
	char text[64];

	if (find_database_get() == NULL ||
	    __nss_configure_lookup("hosts", "a [UNAVAIL=merge !TRYAGAIN=return] b") != 0)
		return false;
	glibc_print_actions(text, sizeof(text));
	return strcmp(text, "01111 00011 ") == 0;
}

void make_random_line(unsigned *seed, char *line, size_t size)
{
	static const char *const words[] = {
		"files", "dns", "a", "[", "]", "[", "]", " ", " ", " ", "\t", "!", "=", "=",
		"SUCCESS", "notfound", "UnAvail", "TRYAGAIN", "return", "CONTINUE", "merge",
		"RETURN", "[NOTFOUND=return]", "[!UNAVAIL=return]", "[!SUCCESS = continue ",
		"[UNAVAIL=merge TRYAGAIN=return]", "]x", ":", "#", "\v", "\f", "\r", "\x80",
		"SUCCESS=return", "[]", "{", "notfoundx=return", "=returnx", " ]", "[ ",
	};
	unsigned count = (unsigned)rand_r(seed) % 12;

	line[0] = '\0';
	for (unsigned i = 0; i < count; i++)
		append(line, size,
		       words[(unsigned)rand_r(seed) % (sizeof(words) / sizeof(words[0]))]);
}
