# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # shell text in names; variables of mdns.sh
# What an avahi says that is none.  An answer is believed if it is to the question; whatever is
# not leaves the link's own answer, or costs the deadline at most.

# with_liar BEHAVIOUR: the table on standard input holds beside that fake of avahi.  In the
# background, with a /run of its own.
with_liar() {
	liars=$((liars + 1))
	cat >"liar.$liars.table"
	echo "$1" >"liar.$liars.behaviour"
	# shellcheck disable=SC2016 # for the inner shell
	unshare -m sh -c '
		mount -t tmpfs tmpfs /run && mkdir /run/avahi-daemon || exit
		python3 "$1/fake_avahi.py" /run/avahi-daemon/socket "$2" >"log/liar.$3" 2>&1 &
		until grep -qs ready "log/liar.$3"; do sleep 0.05; done
		python3 "$1/expect_lookups.py" <"liar.$3.table" >"liar.$3.found" 2>&1
		status=$?
		kill $!
		exit $status' sh "$here" "$1" "$liars" &
	liar_pids="$liar_pids $!:$liars"
}

wait_for_liars() {
	for pair in $liar_pids; do
		number=${pair#*:}
		wait "${pair%:*}" || complain "$(cat "liar.$number.behaviour" "liar.$number.found")"
	done
	liar_pids=
}

start_far
add_link lan 2
start_responder lan <<-END
	192.0.2.101 both.local
	2001:db8:2::101 both.local
	169.254.7.7 linklocal4.local
END
order fopnp:mdns </dev/null
wait_until 'names at the far end' getent ahosts both.local
liars=0 liar_pids=
doing='a liar at the socket of avahi'

with_liar '+ {interface} 0 {name} 203.0.113.66' <<-END
	inet both.local = 203.0.113.66 | fopnp:mdns=SUCCESS,via=avahi
END
for behaviour in close early garbage; do
	with_liar $behaviour <<-END
		inet both.local = 192.0.2.101 | took=0..4 fopnp:mdns=SUCCESS,via=multicast,avahi
		unspec both.local = 192.0.2.101 2001:db8:2::101 | took=0..4 fopnp:mdns=SUCCESS,via=multicast
		addr 169.254.7.7 = linklocal4.local | took=0..4
		inet missing.local = EAI_NONAME | took=0..4
	END
done
for behaviour in silence deaf zeros long endless; do
	with_liar $behaviour <<-END
		unspec both.local = 192.0.2.101 2001:db8:2::101 / EAI_NONAME / EAI_AGAIN | took=0..4
		addr 169.254.7.7 = linklocal4.local / EAI_NONAME / EAI_AGAIN | took=0..4
		inet missing.local = EAI_NONAME / EAI_AGAIN | took=0..4
	END
done
with_liar drip <<-END
	inet both.local = 192.0.2.101 / 203.0.113.66 / EAI_NONAME / EAI_AGAIN | took=0..4
	unspec missing.local = 203.0.113.66 / EAI_NONAME / EAI_AGAIN | took=0..4
END
for answer in '+ {interface} 0 other.local 203.0.113.66' '+ {interface} 1 {name} 2001:db8::66' \
	'+ {interface} 0 {name} 203.0.113.66{27}[31m' '+ {interface} 0 {name} 203.0.113.666' \
	'+ {interface} 0 {name} 127.0.0.1' '+ {interface} 0 {name} 224.0.0.1' \
	'+ {interface} 0 {name} 0.0.0.0' '+ {interface} 0 {name} 255.255.255.255' \
	'+ {interface} 0 {name}{0} 203.0.113.66' '+ {interface} 0 {name}' '+' '' ' ' '-' \
	'+ {interface} 0 {name} $(id)' '! {interface} 0 {name} 203.0.113.66'; do
	with_liar "$answer" <<-END
		inet both.local = 192.0.2.101 / EAI_NONAME | took=0..4
		inet missing.local = EAI_NONAME | took=0..4
	END
done
for answer in '+ {interface} 1 {name} ::1' '+ {interface} 1 {name} ff02::1' \
	'+ {interface} 1 {name} ::' '+ {interface} 0 {name} 203.0.113.66' \
	'+ 99999999999 1 {name} fe80::66' '+ -1 1 {name} fe80::66' '+ x 1 {name} fe80::66' \
	'+ {interface} 1 {name} fe80::66%nosuch'; do
	with_liar "$answer" <<-END
		inet6 both.local = 2001:db8:2::101 / EAI_NONAME | took=0..4
	END
done
for answer in '+ {interface} 0 evil{27}[31m.local' '+ {interface} 0 a b.local' \
	'+ {interface} 0 {59}reboot{59}.local' '+ {interface} 0 ' '+ {interface} 0 -rf.local' \
	'+ {interface} 0 $(reboot).local' '+ {interface} 0 a{0}b.local' '+ {interface} 0 a{155}31m.local' \
	"+ {interface} 0 $(printf %064d 0).local"; do
	with_liar "$answer" <<-END
		addr 169.254.7.7 = linklocal4.local / EAI_NONAME | took=0..4
	END
done
with_liar '+ {interface} 0 believed.local' <<-END
	addr 169.254.7.7 = believed.local | fopnp:mdns=SUCCESS,via=avahi
END
wait_for_liars
