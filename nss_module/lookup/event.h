/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events: one datagram a lookup in journald's native format,
 * "KEY=value\n", or "KEY\n", the value's length as 64 bits little endian, the
 * value and "\n" when the value holds a newline (JOURNAL_NATIVE_PROTOCOL).
 * The fields are listed in docs/event-format.md.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_EVENT_VERSION    1
#define FOPNP_EVENT_SIZE       8192 /* the longest datagram */
#define FOPNP_EVENT_MESSAGE_ID "d6b0c3b24aa84d28a6f5e1b8a3f0c9d7"
#define FOPNP_EVENT_IDENTIFIER "nss_fopnp"
#define FOPNP_EVENT_SOCKET     "/run/fopnp/events.sock"
#define FOPNP_JOURNAL_SOCKET   "/run/systemd/journal/socket"

/* ---- writing: used in every process, so no allocation and no errno ---- */

/* Fields are only ever added whole; what does not fit sets `truncated`. */
struct fopnp_event_writer {
	char *bytes;
	size_t size;
	size_t used;
	bool truncated;
};

/* Room for "FOPNP_TRUNCATED=1\n" is kept back. */
void fopnp_event_start(struct fopnp_event_writer *writer, char *bytes, size_t size);
void fopnp_event_add(struct fopnp_event_writer *writer, const char *key, const char *value,
		     size_t len);
void fopnp_event_add_text(struct fopnp_event_writer *writer, const char *key, const char *value);
void fopnp_event_add_number(struct fopnp_event_writer *writer, const char *key, int64_t number);
/* Adds FOPNP_TRUNCATED if something was left out; returns the datagram's length. */
size_t fopnp_event_finish(struct fopnp_event_writer *writer);

/*
 * Append WORD=VALUE to a line of blank-separated words, the value %-escaped
 * (every byte but [A-Za-z0-9] and -._:/@+,~ becomes %XX).  A word that does
 * not fit is left out whole, the line stays NUL-terminated, and false comes back.
 */
bool fopnp_words_add(char *line, size_t size, const char *word, const char *value);
bool fopnp_words_add_number(char *line, size_t size, const char *word, int64_t number);

/*
 * What a source tells of a step: a line of words for FOPNP_STEP.  A detail may be
 * NULL, for "nobody listens".  The words of each source: docs/event-format.md.
 */
struct fopnp_detail {
	char *line; /* NUL-terminated */
	size_t size;
	bool is_cut; /* a word was left out for want of room */
};

void fopnp_detail_add(struct fopnp_detail *detail, const char *word, const char *value);
void fopnp_detail_add_number(struct fopnp_detail *detail, const char *word, int64_t number);

/* ---- reading: every byte may be hostile ---- */

struct fopnp_event_field {
	const char *key;
	size_t key_len;
	const char *value;
	size_t value_len;
};

enum fopnp_event_next { FOPNP_EVENT_FIELD, FOPNP_EVENT_END, FOPNP_EVENT_MALFORMED };

/* The next field at *position (0 at first) of a datagram; spans of its bytes. */
enum fopnp_event_next fopnp_event_next(const char *bytes, size_t len, size_t *position,
				       struct fopnp_event_field *out_field);

/*
 * The value of WORD in a line of words, unescaped into VALUE (at most SIZE
 * bytes with the NUL; NULs of the text become '?').  False if the word is not
 * there or does not fit.
 */
bool fopnp_words_get(const char *line, size_t len, const char *word, char *value, size_t size);

/*
 * The next word of such a line, whatever its name; *position is 0 at first.  WORD
 * and VALUE as above; one that does not fit is passed over.  False at the end.
 */
bool fopnp_words_next(const char *line, size_t len, size_t *position, char *word, size_t word_size,
		      char *value, size_t size);

#define FOPNP_EVENT_STEPS     32
#define FOPNP_EVENT_ADDRESSES 256
#define FOPNP_EVENT_DETAIL                                                                         \
	2304 /* of a step: what sources may tell of a lookup, and a loader's words */

struct fopnp_event_step {
	char source[64];
	bool has_result; /* false: only announced (FOPNP_PHASE=step) */
	int status;      /* enum nss_status */
	int error, h_error;
	uint64_t elapsed_us;
	char action[16];  /* "continue", "return" */
	char reason[256]; /* of a step that could not be asked: "not-loaded", ... or "" */
	/* The words behind: "file=/etc/hosts:12 ..." still escaped. */
	char detail[FOPNP_EVENT_DETAIL];
};

/* One event, decoded.  Strings are NUL-terminated and still raw: escape before printing. */
struct fopnp_event {
	int version;    /* 0: not given */
	char phase[16]; /* "step" for an announcement, "call", ... for a mark, else "" */
	unsigned phase_index;
	char phase_source[64];
	char function[32];
	char name[1100];
	char family[16];
	char source[64];
	int status, error, h_error; /* what glibc was told */
	bool has_status;
	bool has_name; /* a name was given, perhaps an empty one */
	char canonical[1100];
	char order_from[600];
	char comm[64];
	int64_t ttl;                                                   /* seconds, -1: unknown */
	int64_t elapsed_us, time_us, sequence, dropped, pid, tid, uid; /* -1: not given */
	bool truncated; /* by the sender, or by a limit here */
	/* Of the marks of `fopnp run` alone; "" and -1: not given. */
	char call[32], service[64], program[1024], error_text[256];
	int64_t call_id, socktype, protocol, flags, code, child;
	/* Behind the last of either there is nothing to read: it is not even cleared. */
	size_t address_count, step_count;
	char addresses[FOPNP_EVENT_ADDRESSES][64];
	struct fopnp_event_step steps[FOPNP_EVENT_STEPS]; /* last: a copy may end early */
};

/* Make it one in which nothing was given, whatever it held. */
void fopnp_event_clear(struct fopnp_event *out_event);

/*
 * Decode a datagram.  Unknown fields are ignored, over-long values cut (and
 * `truncated` set).  False if it is not an event of ours: malformed, or
 * without FOPNP_EVENT.  struct fopnp_event is large: keep it off the stack.  It may hold
 * anything before; no more of it is written than the datagram needs.
 */
bool fopnp_event_decode(const char *bytes, size_t len, struct fopnp_event *out_event);
