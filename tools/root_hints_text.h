/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The root hints of the machine where this was built: made by the Makefile from dns-root-data's file. */
#pragma once

extern const char fopnp_root_hints_text[]; /* its lines and comments as they stand there */
