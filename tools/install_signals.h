/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals that ask for the end, put off until the files are in order. */
#pragma once

#include <signal.h>
#include <stdbool.h>

/* Block them; sigprocmask(SIG_SETMASK, OUT_OLD) lets them come again. */
void fopnp_install_signals_hold(sigset_t *out_old);

/* Whether one waits that will end us. */
bool fopnp_install_signals_are_waiting(void);
