/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Browsers that are set to ask DNS servers of their own (DNS over HTTPS): Firefox's profiles and
 * policy, the policies of Chromium and its kin.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct fopnp_check_system;

/*
 * Fill system->browsers with what is found below ROOT, a directory of check_system_file.h: of the
 * policies, of root's and this user's home, and of those in /home that may be read.  Bounded in
 * number and size.
 */
void fopnp_check_browsers_read(struct fopnp_check_system *system, int root);
void fopnp_check_browsers_clear(struct fopnp_check_system *system);

/*
 * The mode (2: first, 3: only) that a profile's prefs.js of LEN bytes sets for network.trr.mode,
 * and its line; 0: none, or one that leaves names to the system.
 */
int fopnp_firefox_trr_mode(const char *bytes, size_t len, unsigned *out_line);

/*
 * Whether a policy in JSON has DNS over HTTPS on; *OUT_SETTING, the caller's to free(), says how,
 * and *OUT_IS_EXCLUSIVE whether the system is not asked even where it fails.
 */
bool fopnp_browser_policy_has_doh(const char *bytes, size_t len, char **out_setting,
				  bool *out_is_exclusive);
