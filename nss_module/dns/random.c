/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers that nobody can guess: see random.h. */
#include "nss_module/dns/random.h"

#include <sys/random.h>
#include <sys/types.h>
#include <time.h>

uint32_t fopnp_dns_random(void)
{
	struct timespec now;
	uint32_t number;

	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) == (ssize_t)sizeof(number))
		return number;
	/* Very early at boot, or forbidden. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	number = (uint32_t)now.tv_nsec ^ (uint32_t)now.tv_sec;
	return number ^ (number << 24 | number >> 8);
}
