# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # variables of scenarios.sh and lib.sh
# .local, multicast DNS and avahi.

scenario local_stops_at_mdns \
	'nslookup knows the .local name, ping does not: the chain stops at mdns4_minimal' \
	avahi-daemon libnss-mdns
local_stops_at_mdns() {
	start_faulty_dns 127.0.0.1 'erp.local A 10.1.2.3'
	sources files mdns4_minimal '[NOTFOUND=return]' dns
	start_avahi_on_lan
	traced 1 erp.local
	expect 'answered_by nobody' 'code EAI_NONAME' 'took 4.5 8' \
		'line ^ +2  mdns4_minimal +not found .*STOP \[NOTFOUND=return\]' \
		'line ^ +3  dns .*10\.1\.2\.3 .*not asked' \
		'note stopped-early /etc/nsswitch.conf:3 ~ dns would have answered' \
		'note mdns-wait ~ [45]\.[0-9] s' 'no text see whether the host is up'
}

scenario local_by_mdns_alone \
	'ping knows printer.local, dig does not: dig never asks multicast DNS' \
	avahi-daemon libnss-mdns
local_by_mdns_alone() {
	start_faulty_dns 127.0.0.1 '=corp.example ANY 10.1.2.3'
	sources files mdns4_minimal '[NOTFOUND=return]' dns
	start_avahi_on_lan
	traced 0 printer.local
	expect 'answered_by mdns4_minimal' 'addresses 192.0.2.77' 'line ^ +3  dns +not found' \
		'no note stopped-early avahi-not-running avahi-denied'
}

scenario corporate_local_name \
	'a corporate name with two labels before .local: mdns4_minimal leaves it to the DNS' \
	avahi-daemon libnss-mdns
corporate_local_name() {
	start_faulty_dns 127.0.0.1 'erp.corp.local A 10.1.2.3'
	sources files mdns4_minimal '[NOTFOUND=return]' dns
	start_avahi_on_lan
	traced 0 erp.corp.local
	expect 'answered_by dns' 'addresses 10.1.2.3' 'took 0 3' 'note local-label-rule' \
		'no note mdns-wait stopped-early'
}

scenario unicast_local_zone \
	'multicast DNS works at home and not in this network: its DNS has a zone local' \
	avahi-daemon libnss-mdns
unicast_local_zone() {
	start_faulty_dns 127.0.0.1 '=local SOA soa' '=erp.local A 10.1.2.3'
	sources files mdns4_minimal '[NOTFOUND=return]' dns
	start_avahi lan
	traced 1 printer.local
	expect 'answered_by nobody' 'note unicast-local-zone ~ local' 'no note stopped-early' \
		'line ^ +2  mdns4_minimal +(unavailable|not found)'
}

scenario mdns_waits_for_ipv6 \
	'mdns instead of mdns4: a printer with IPv4 alone takes five seconds' \
	avahi-daemon libnss-mdns
mdns_waits_for_ipv6() {
	start_faulty_dns 127.0.0.1 '=corp.example ANY 10.1.2.3'
	sources files mdns_minimal '[NOTFOUND=return]' dns
	start_avahi_on_lan
	traced 0 printer.local
	expect 'answered_by mdns_minimal' 'addresses 192.0.2.77' 'took 4.5 8' \
		'note mdns-wait ~ [45]\.[0-9] s' 'text mdns4_minimal'
}

scenario avahi_not_running \
	'printer.local is not found: avahi-daemon is not running' \
	libnss-mdns
avahi_not_running() {
	start_faulty_dns 127.0.0.1 '=corp.example ANY 10.1.2.3'
	sources files mdns4_minimal '[NOTFOUND=return]' dns
	traced 1 printer.local
	expect 'answered_by nobody' 'note avahi-not-running ~ avahi-daemon' \
		'text /run/avahi-daemon/socket' 'no note avahi-denied'
}

scenario avahi_denied \
	'a sandbox may not reach the socket of avahi' \
	avahi-daemon libnss-mdns
avahi_denied() {
	start_faulty_dns 127.0.0.1 '=corp.example ANY 10.1.2.3'
	sources files mdns4_minimal '[NOTFOUND=return]' dns
	start_avahi_on_lan
	chmod 700 /run/avahi-daemon
	traced 1 printer.local
	expect 'answered_by nobody' 'note avahi-denied ~ [Pp]ermission denied|EACCES' \
		'text /run/avahi-daemon/socket' 'no note avahi-not-running'
}

scenario dns_silent_before_mdns \
	'a dead name server delays even printer.local: nss-mdns asks the DNS for local first' \
	avahi-daemon libnss-mdns
dns_silent_before_mdns() {
	sources files mdns4_minimal '[NOTFOUND=return]' dns
	start_faulty_dns 127.0.0.9 '* ANY drop'
	start_avahi lan
	resolv_conf 'nameserver 127.0.0.9' 'options timeout:2 attempts:1'
	traced 0 printer.local
	expect 'answered_by mdns4_minimal' 'addresses 192.0.2.77' 'took 1.9 5' \
		'note mdns-wait /etc/resolv.conf:1 ~ 2\.[0-9] s .*DNS whether local' \
		'no note server-silent'
}
