/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The glibc that runs: what "files" and getaddrinfo() do depends on it. */
#pragma once

#include <stdbool.h>

/* Whether it is glibc 2.MINOR or a later one.  False for a version that cannot be read. */
bool fopnp_libc_is_since(unsigned minor);
