# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # shell text in names; variables of mdns.sh
# A real avahi on this side: used, without permission, frozen, killed.

start_far
add_link lan 2
start_responder lan <<-END
	192.0.2.101 both.local
	2001:db8:2::101 both.local
	fe80::104 linklocal.local
	169.254.7.7 linklocal4.local
	192.0.2.102 cached.local
	192.0.2.103 denied.local
	192.0.2.104 frozen.local
	192.0.2.105 killed.local
END
listen_to lan
chmod 755 "$scratch"
order fopnp:mdns '[NOTFOUND=return]' dns </dev/null
wait_until 'names at the far end' getent ahosts both.local
start_local_avahi
avahi_pid=$server_pid

doing='avahi on this side'
wait_until 'avahi to hear the far end' getent ahosts cached.local
lookups <<-END
	unspec both.local = 192.0.2.101 2001:db8:2::101 | fopnp:mdns=SUCCESS,via=avahi,!via=multicast
	inet both.local = 192.0.2.101 | fopnp:mdns=SUCCESS,via=avahi
	inet6 both.local = 2001:db8:2::101 | fopnp:mdns=SUCCESS,via=avahi
	canon both.local = both.local 192.0.2.101 2001:db8:2::101
	byname both.local = both.local 192.0.2.101
	unspec linklocal.local = fe80::104%lan | fopnp:mdns=SUCCESS,via=avahi
	unspec linklocal4.local = 169.254.7.7 | fopnp:mdns=SUCCESS,via=avahi
	addr 169.254.7.7 = linklocal4.local | fopnp:mdns=SUCCESS,via=avahi
	addr fe80::104%lan = linklocal.local | fopnp:mdns=SUCCESS,via=avahi
	unspec missing.local = EAI_NONAME | took=0..4 fopnp:mdns=NOTFOUND dns=-
	unspec a.b.local = ? | took=0..3 fopnp:mdns=UNAVAIL,skipped=not-local
END
# What avahi has heard once nobody needs to ask again.
: >heard.lan
lookups <<-END
	inet cached.local = 192.0.2.102 | fopnp:mdns=SUCCESS,via=avahi took=0..1
END
nothing_heard cached.local

doing='avahi may not be reached'
chmod 700 /run/avahi-daemon
lookups_as_nobody <<-END
	unspec denied.local = 192.0.2.103 | fopnp:mdns=SUCCESS,via=multicast,avahi=denied
	inet both.local = 192.0.2.101 | fopnp:mdns=SUCCESS,via=multicast,avahi=denied
END
chmod 755 /run/avahi-daemon

doing='avahi frozen'
kill -STOP "$avahi_pid"
lookups <<-END
	unspec frozen.local = 192.0.2.104 / EAI_NONAME | took=0..4
	inet both.local = 192.0.2.101 / EAI_NONAME | took=0..4
	addr 169.254.7.7 = linklocal4.local / EAI_NONAME | took=0..4
	unspec missing.local = EAI_NONAME | took=0..4 dns=-
END

doing='avahi killed'
kill -KILL "$avahi_pid"
kill -CONT "$avahi_pid" 2>/dev/null
wait "$avahi_pid" 2>/dev/null
[ -S /run/avahi-daemon/socket ] || complain 'the socket is gone'
lookups <<-END
	unspec killed.local = 192.0.2.105 | took=0..1.8 fopnp:mdns=SUCCESS,via=multicast,avahi=refused
	addr 169.254.7.7 = linklocal4.local | took=0..1.8 fopnp:mdns=SUCCESS,via=multicast,avahi=refused
	unspec missing.local = EAI_NONAME | took=1.5..4 fopnp:mdns=NOTFOUND,avahi=refused dns=-
END
