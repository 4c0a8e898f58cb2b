/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts of a struct fopnp_check_system beside its configuration files: the environment, the files
 * that fopnp.conf names, the settings of browsers, journald.
 */
#pragma once

struct fopnp_check_system;

/*
 * Fill root_uid, journal, environment, named and browsers, by system->root and fopnp_conf.  ROOT is
 * the directory of check_system_file.h.  Bounded in number and size.
 */
void fopnp_check_facts_read(struct fopnp_check_system *system, int root);
void fopnp_check_facts_clear(struct fopnp_check_system *system);
