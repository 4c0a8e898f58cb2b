/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals put off. */
#include "tools/install_signals.h"

#include <stddef.h>

static const int SIGNALS[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

#define COUNT (sizeof(SIGNALS) / sizeof(SIGNALS[0]))

void fopnp_install_signals_hold(sigset_t *out_old)
{
	sigset_t mask;

	(void)sigemptyset(&mask);
	for (size_t i = 0; i < COUNT; i++)
		(void)sigaddset(&mask, SIGNALS[i]);
	(void)sigprocmask(SIG_BLOCK, &mask, out_old);
}

bool fopnp_install_signals_are_waiting(void)
{
	sigset_t waiting;

	(void)sigemptyset(&waiting);
	(void)sigpending(&waiting);
	for (size_t i = 0; i < COUNT; i++)
		if (sigismember(&waiting, SIGNALS[i]) == 1)
			return true;
	return false;
}
