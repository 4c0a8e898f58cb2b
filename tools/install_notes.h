/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the edit changes for others: programs that run, and such as read the line themselves. */
#pragma once

struct fopnp_findings;

/* For this machine, behind `fopnp enable` that changed the line; LIBRARY is where it was loaded from. */
void fopnp_install_notes_add(const char *library, struct fopnp_findings *notes);
/* The part that holds for every system: for an image. */
void fopnp_install_notes_add_general(struct fopnp_findings *notes);
