/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Relays in the place of the name servers: a loopback socket (UDP and TCP) for
 * each, which passes every packet on, mirrors silence, and keeps a record.  The
 * resolver under observation is glibc's own, in a child process.
 *
 * A server that cannot be reached (its port is closed, no route) makes glibc's
 * socket fail, and glibc turns to the next server at once.  No packet can do that
 * to the socket of another process, but an empty datagram has the same effect:
 * recvfrom() returns 0, which send_dg() of glibc's resolv/res_send.c takes as it
 * takes an error.
 *
 * By TCP the relay has accepted before it knows.  Where there is no route it closes,
 * and glibc goes on as after a failed connect().  A refusal is more than that:
 * ECONNREFUSED ends a search list.  The relay stops listening, then resets the
 * connection; send_vc() connects once more after a reset, and meets the refusal
 * itself.  When glibc next asks anything anywhere, the relay listens again: whether
 * the server still refuses is for the server to say.  The port stays the relay's.
 *
 * Loopback sockets are open to every user of the machine: a packet is taken only if
 * the socket that sent it, still connected to the relay, is one of this user's
 * (socket_owner.h).  Who may forge the address and port of such a socket while it is
 * open, as IP_PKTINFO lets every user do on loopback, is not kept out.
 *
 * What the relays could not do, as descriptors are short, breaks the record
 * (fopnp_wire.is_broken), and the relays close: no server is blamed.
 */
#pragma once

#include "tools/resolver_config.h"
#include "tools/wire.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* At most so many are watched. */
#define FOPNP_DNS_RELAY_DESCRIPTORS 48

struct fopnp_dns_relay;

/* Open the relays.  NULL with errno set if there can be none (no loopback interface, ...). */
struct fopnp_dns_relay *fopnp_dns_relay_open(const struct fopnp_resolver_config *config);
void fopnp_dns_relay_close(struct fopnp_dns_relay *relay);

/*
 * In every child: close the descriptors of a relay, which are the parent's
 * business.  fopnp_dns_relay_use() works as before.
 */
void fopnp_dns_relay_close_descriptors(struct fopnp_dns_relay *relay);

/* In the parent, when the call begins: times count from here. */
void fopnp_dns_relay_start(struct fopnp_dns_relay *relay);

/*
 * In the child, before its call: res_init(), then the relays instead of the
 * servers in `_res`, and in every state that a source makes by res_ninit(3).  False if that cannot be done without changing what glibc
 * does: more than six search domains, or resolv.conf changed in between.
 */
bool fopnp_dns_relay_use(const struct fopnp_dns_relay *relay);

/* Fill FDS with what poll() is to wait for; at most SIZE, the number is returned. */
size_t fopnp_dns_relay_watch(const struct fopnp_dns_relay *relay, struct pollfd *fds, size_t size);

/* Move whatever can be moved.  Never blocks. */
void fopnp_dns_relay_work(struct fopnp_dns_relay *relay);

/* When the call has come back: the record, the caller's to fopnp_wire_free().  Once. */
struct fopnp_wire *fopnp_dns_relay_finish(struct fopnp_dns_relay *relay);
