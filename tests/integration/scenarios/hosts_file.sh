# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # variables of scenarios.sh and lib.sh
# /etc/hosts: what stands in it twice, for one family, for too many names.

scenario hosts_file_before_dns \
	'/etc/hosts has another address than the DNS: ping goes there, dig does not'
hosts_file_before_dns() {
	start_faulty_dns 127.0.0.1 'printer.corp.example ANY 203.0.113.9'
	hosts_file '127.0.0.1 localhost' '' '# printers' '10.1.2.3 printer.corp.example printer'
	traced 0 printer.corp.example
	expect 'answered_by files' 'addresses 10.1.2.3' \
		'evidence files /etc/hosts:4: 10.1.2.3 printer.corp.example printer' \
		'line ^ +2  dns +found .*differs: 203\.0\.113\.9' \
		'line /etc/hosts:4: 10\.1\.2\.3 printer\.corp\.example printer' \
		'no note stopped-early'
}

scenario name_twice_in_hosts \
	'a name stands in /etc/hosts twice, and multi is off: the second line does nothing'
name_twice_in_hosts() {
	start_faulty_dns 127.0.0.1 '* ANY nxdomain'
	put /etc/host.conf <<-END
		multi off
	END
	hosts_file '127.0.0.1 localhost' '10.1.2.3 printer.corp.example printer' '' \
		'10.1.2.4 printer'
	traced 0 printer
	expect 'answered_by files' 'addresses 10.1.2.3' \
		'evidence files /etc/hosts:2: 10.1.2.3 printer.corp.example printer' \
		'evidence files /etc/hosts:4: 10.1.2.4 printer ~ not used.*multi' \
		'note hosts-line-unused /etc/hosts:4 ~ 10\.1\.2\.4 for printer is not used: multi' \
		'line /etc/hosts:4: 10\.1\.2\.4 printer'
}

scenario name_twice_in_hosts_multi \
	'a name stands in /etc/hosts twice, and multi is on: both addresses'
name_twice_in_hosts_multi() {
	start_faulty_dns 127.0.0.1 '* ANY nxdomain'
	hosts_file '127.0.0.1 localhost' '10.1.2.3 printer.corp.example printer' '' \
		'10.1.2.4 printer'
	traced 0 printer
	expect 'answered_by files' 'addresses 10.1.2.3 10.1.2.4' \
		'evidence files /etc/hosts:2: 10.1.2.3 printer.corp.example printer' \
		'evidence files /etc/hosts:4: 10.1.2.4 printer' 'no note hosts-line-unused'
}

scenario hosts_line_malformed \
	'a line of /etc/hosts has no address that the C library can read'
hosts_line_malformed() {
	start_faulty_dns 127.0.0.1 'printer ANY 203.0.113.9'
	hosts_file '127.0.0.1 localhost' '10.1.2.3/24 printer'
	traced 0 printer
	expect 'answered_by dns' 'addresses 203.0.113.9' \
		'note hosts-line-unused /etc/hosts:2 ~ the line for printer is not used' \
		'evidence files /etc/hosts:2: 10.1.2.3/24 printer ~ .'
}

scenario one_family_in_hosts \
	'/etc/hosts has the IPv4 address alone, and the IPv6 address of the DNS is not asked for'
one_family_in_hosts() {
	start_faulty_dns 127.0.0.1 'app.corp.example ANY 198.51.100.10 2001:db8:1::10'
	hosts_file '127.0.0.1 localhost' '198.51.100.10 app.corp.example'
	traced 0 app.corp.example
	expect 'answered_by files' 'addresses 198.51.100.10' \
		'note families-differ ~ IPv6 .*dns.*2001:db8:1::10'
	traced 0 -6 app.corp.example
	expect 'answered_by dns' 'addresses 2001:db8:1::10'
}

scenario large_hosts \
	'a block list of 300,000 lines in /etc/hosts: every lookup reads it'
large_hosts() {
	start_faulty_dns 127.0.0.1 '* ANY nxdomain'
	{
		echo '127.0.0.1 localhost'
		awk 'BEGIN { for (i = 1; i <= 300000; i++) print "0.0.0.0 ads" i ".tracker.example" }'
		echo '10.1.2.3 printer'
	} | put /etc/hosts
	traced 0 printer
	expect 'answered_by files' 'evidence files /etc/hosts:300002: 10.1.2.3 printer' \
		'note hosts-large /etc/hosts ~ 300,002'
}

scenario blocked_in_hosts \
	'a block list sends a name to 0.0.0.0'
blocked_in_hosts() {
	start_faulty_dns 127.0.0.1 'www.example ANY 198.51.100.7'
	hosts_file '127.0.0.1 localhost' '0.0.0.0 ads.example www.example'
	traced 0 www.example
	expect 'answered_by files' 'addresses 0.0.0.0' \
		'evidence files /etc/hosts:2: 0.0.0.0 ads.example www.example' \
		'line ^ +2  dns +found .*differs: 198\.51\.100\.7'
}

scenario trailing_dot \
	'the name with a dot at its end is another name for /etc/hosts'
trailing_dot() {
	start_faulty_dns 127.0.0.1 'db.corp.example ANY 203.0.113.9'
	hosts_file '127.0.0.1 localhost' '10.1.2.3 db.corp.example'
	traced 0 db.corp.example.
	expect 'answered_by dns' 'addresses 203.0.113.9' \
		'note trailing-dot-in-hosts /etc/hosts:2 ~ db\.corp\.example, without the dot'
}

scenario own_name_unknown \
	'sudo is slow after the host was renamed: no local source knows the new name'
own_name_unknown() {
	start_faulty_dns 127.0.0.1 '* ANY drop'
	hostname renamed
	hosts_file '127.0.0.1 localhost' '127.0.1.1 client.corp.example client'
	resolv_conf 'nameserver 127.0.0.1' 'options timeout:2 attempts:1'
	traced 3 renamed
	expect 'answered_by nobody' 'code EAI_AGAIN' \
		'note own-name-not-local /etc/hosts ~ (2\.[0-9]|1\.9) s' \
		'note own-name-not-local ~ 127\.0\.1\.1 renamed' \
		'note server-silent /etc/resolv.conf:1 ~ (2\.[0-9]|1\.9) s' 'took 1.9 4'
}

scenario own_name_by_myhostname \
	'the same with myhostname on the line: nothing is asked outside' libnss-myhostname
own_name_by_myhostname() {
	start_faulty_dns 127.0.0.1 '* ANY drop'
	hostname renamed
	sources files myhostname dns
	traced 0 --passive renamed
	expect 'answered_by myhostname' 'took 0 1' 'no note own-name-not-local server-silent'
}

scenario no_nsswitch \
	'a container without nsswitch.conf: the order is what the C library was built with'
no_nsswitch() {
	start_faulty_dns 127.0.0.1 'printer ANY 203.0.113.9'
	rm /etc/nsswitch.conf
	hosts_file '127.0.0.1 localhost' '10.1.2.3 printer'
	traced 0 printer
	expect 'answered_by files' 'addresses 10.1.2.3' 'json config.file=null' \
		"text files dns \(glibc's default: there is no nsswitch\.conf\)"
}

scenario localhost_is_ipv6 \
	'localhost is ::1 first, and the server listens on 127.0.0.1 alone'
localhost_is_ipv6() {
	start_faulty_dns 127.0.0.1 '* ANY nxdomain'
	hosts_file '127.0.0.1 localhost' '::1 localhost'
	traced 0 localhost
	expect 'answered_by files' 'addresses ::1 127.0.0.1' \
		'note localhost-ipv6-first ~ 127\.0\.0\.1' \
		'evidence files /etc/hosts:1: 127.0.0.1 localhost' \
		'evidence files /etc/hosts:2: ::1 localhost'
}
