/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions of libsystemd that read a journal, which is opened when they are needed. */
#pragma once

#include <systemd/sd-journal.h>

#define FOPNP_JOURNAL_FUNCTIONS(X)                                                                 \
	X(add_conjunction)                                                                         \
	X(add_disjunction)                                                                         \
	X(add_match)                                                                               \
	X(close)                                                                                   \
	X(enumerate_data)                                                                          \
	X(get_fd)                                                                                  \
	X(get_realtime_usec)                                                                       \
	X(get_timeout)                                                                             \
	X(has_persistent_files)                                                                    \
	X(has_runtime_files)                                                                       \
	X(next)                                                                                    \
	X(open)                                                                                    \
	X(open_directory)                                                                          \
	X(process)                                                                                 \
	X(restart_data)                                                                            \
	X(seek_head)                                                                               \
	X(seek_realtime_usec)                                                                      \
	X(set_data_threshold)

/* sd-journal(3), without "sd_journal_". */
struct fopnp_journal_library {
#define FOPNP_JOURNAL_POINTER(name) __typeof__(&sd_journal_##name) name;
	FOPNP_JOURNAL_FUNCTIONS(FOPNP_JOURNAL_POINTER)
#undef FOPNP_JOURNAL_POINTER
	/* sd-id128(3) */
	__typeof__(&sd_id128_get_boot) get_boot;
	__typeof__(&sd_id128_get_machine) get_machine;
};

/* NULL, and the error told, if there is no such library.  It stays open. */
const struct fopnp_journal_library *fopnp_journal_library(void);
