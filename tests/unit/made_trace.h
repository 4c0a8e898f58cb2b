/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Traces made by hand, for the tests of the rules behind the notes. */
#pragma once

#include "tools/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A getaddrinfo call for NAME that came back with CODE and no address. */
void make_trace(struct fopnp_trace *trace, const char *name, int code);
/* Once more, whatever TRACE held. */
void remake_trace(struct fopnp_trace *trace, const char *name, int code);

/* Add an address to the result, or to another one. */
void make_address(struct fopnp_call_result *result, const char *text);

/* Add a source that the call asked, and what it said.  Valid until the next is added. */
struct fopnp_step *make_step(struct fopnp_trace *trace, const char *source, int status);
/* What it told of itself: "via=multicast if=eth0". */
void make_words(struct fopnp_step *step, const char *words);
/* Make it one that the call did not ask. */
void make_unreached(struct fopnp_step *step);
/* Make it the one that answered. */
void make_answering(struct fopnp_trace *trace, struct fopnp_step *step);

/* Add a name server that stands in that line of resolv.conf. */
void make_server(struct fopnp_trace *trace, const char *text, unsigned line);
void make_search(struct fopnp_trace *trace, const char *domain, unsigned line);

/*
 * Add packets to a step's wire, AT_MS after the call began; the call's end moves
 * along.  A query has an id of its own by name and type, which its reply repeats.
 */
void make_query(struct fopnp_step *step, unsigned at_ms, size_t server, const char *name,
		unsigned type);
/* COUNT records of the type that was asked for. */
struct fopnp_wire_packet *make_reply(struct fopnp_step *step, unsigned at_ms, size_t server,
				     const char *name, unsigned type, unsigned rcode,
				     unsigned count);
struct fopnp_wire_packet *make_end(struct fopnp_step *step, unsigned at_ms, size_t server,
				   const char *name, unsigned type, enum fopnp_wire_event event,
				   int error);
/* When the call came back. */
void make_wire_end(struct fopnp_step *step, unsigned at_ms);

/* Both questions of getaddrinfo, and a reply to each after a millisecond. */
void make_pair(struct fopnp_step *step, unsigned at_ms, size_t server, const char *name,
	       unsigned rcode, unsigned count4, unsigned count6);

/* The note with that id; NULL: there is none. */
const struct fopnp_finding *find_note(const struct fopnp_trace *trace, const char *id);
size_t count_notes(const struct fopnp_trace *trace, const char *id);

/* Whether any note is a warning or an error. */
bool has_warnings(const struct fopnp_trace *trace);

/* The note must be there, of that severity, and say these words. */
#define assert_note(trace, id, severity_, words)                                                   \
	do {                                                                                       \
		const struct fopnp_finding *note_ = find_note(trace, id);                          \
		assert_non_null(note_);                                                            \
		assert_string_equal(note_->text, words);                                           \
		assert_int_equal(note_->severity, severity_);                                      \
	} while (0)

/* Where the note points. */
#define assert_place(trace, id, file_, line_)                                                      \
	do {                                                                                       \
		const struct fopnp_finding *note_ = find_note(trace, id);                          \
		assert_non_null(note_);                                                            \
		assert_string_equal(note_->place.file, file_);                                     \
		assert_int_equal(note_->place.line, line_);                                        \
	} while (0)

#define assert_no_note(trace, id) assert_null(find_note(trace, id))
