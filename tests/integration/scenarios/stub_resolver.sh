# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # variables of scenarios.sh and lib.sh
# glibc's own resolver, the source dns: search lists, servers that are dead or wrong, replies that
# get lost, and what each of them costs.

scenario ndots_five \
	'ndots:5 and four search domains, as Kubernetes sets them: ten queries for one answer'
ndots_five() {
	start_faulty_dns 127.0.0.1 '=www.example.com ANY 198.51.100.7'
	resolv_conf 'search prod.svc.cluster.test svc.cluster.test cluster.test corp.example' \
		'nameserver 127.0.0.1' 'options ndots:5 timeout:1 attempts:1'
	traced 0 www.example.com
	expect 'answered_by dns' 'addresses 198.51.100.7' \
		'asked dns www.example.com.prod.svc.cluster.test www.example.com.svc.cluster.test
			www.example.com.cluster.test www.example.com.corp.example www.example.com' \
		'types dns A AAAA' 'note search-storm /etc/resolv.conf:3 ~ 8 of 10 .*ndots is 5' \
		'line www\.example\.com\.svc\.cluster\.test\. A, AAAA +NXDOMAIN' \
		'line www\.example\.com\. A, AAAA +1 address' 'no note search-suffix-answered'
	traced 0 www.example.com.
	expect 'asked dns www.example.com' 'no note search-storm'
}

scenario wildcard_search_domain \
	'a search domain with a wildcard answers for every name outside' nsd unbound
wildcard_search_domain() {
	start_nsd 127.0.0.2
	start_unbound 127.0.0.1 127.0.0.2
	resolv_conf 'nameserver 127.0.0.1' 'search wild.example' \
		'options ndots:5 timeout:1 attempts:1'
	traced 0 www.example.com
	expect 'answered_by dns' 'addresses 192.0.2.50' \
		'note search-suffix-answered /etc/resolv.conf:2 ~ www\.example\.com\.wild\.example' \
		'asked dns www.example.com.wild.example'
}

scenario first_server_dead \
	'the first name server is dead: every lookup takes five seconds'
first_server_dead() {
	start_faulty_dns 127.0.0.9 '* ANY drop'
	start_faulty_dns 127.0.0.1 'www.example ANY 198.51.100.7'
	resolv_conf '# the old one first' 'nameserver 127.0.0.9' 'nameserver 127.0.0.1'
	traced 0 www.example
	expect 'answered_by dns' 'addresses 198.51.100.7' 'took 4.9 8' \
		'note server-silent /etc/resolv.conf:2 ~ 127\.0\.0\.9.* 5\.[0-9] s' \
		'line ! .* 127\.0\.0\.9 +www\.example\. A, AAAA +no reply +5\.[0-9] s' \
		'no note reply-missing'
}

scenario everything_at_once \
	'a dead server, a search list and a lost reply: each of them is told, with its share' \
	avahi-daemon libnss-mdns
everything_at_once() {
	sources files mdns4_minimal '[NOTFOUND=return]' dns
	start_avahi lan
	start_faulty_dns 127.0.0.9 '* ANY drop'
	start_faulty_dns 127.0.0.1 '=www.example.com AAAA drop' '=www.example.com A 198.51.100.7'
	resolv_conf 'nameserver 127.0.0.9' 'nameserver 127.0.0.1' \
		'search prod.svc.cluster.test svc.cluster.test cluster.test corp.example' \
		'options ndots:5 timeout:1 attempts:1'
	traced 0 www.example.com
	expect 'answered_by dns' 'addresses 198.51.100.7' 'took 5.9 12' \
		'note server-silent /etc/resolv.conf:1 ~ 127\.0\.0\.9 .* [56]\.[0-9] s' \
		'note search-storm /etc/resolv.conf:4 ~ waiting for 127\.0\.0\.9 included' \
		'note reply-missing /etc/resolv.conf:2 ~ AAAA .* [1-3]\.[0-9] s'
}

scenario slow_server \
	'one name is slow: the name server takes its time, and less than the timeout'
slow_server() {
	start_faulty_dns 127.0.0.1 'slow.example ANY delay=1500 198.51.100.7'
	resolv_conf 'nameserver 127.0.0.1'
	traced 0 slow.example
	expect 'answered_by dns' 'addresses 198.51.100.7' 'took 1.4 4' \
		'note server-slow /etc/resolv.conf:1 ~ took 1\.[5-9] s to reply about slow\.example A' \
		'no note server-silent reply-missing'
}

scenario suffix_after_failure \
	'the name fails, and the name with the search domain does not exist'
suffix_after_failure() {
	start_faulty_dns 127.0.0.1 '=www.example ANY servfail' '* ANY nxdomain'
	resolv_conf 'nameserver 127.0.0.1' 'search corp.example' 'options timeout:1 attempts:1'
	traced 3 www.example
	expect 'answered_by nobody' 'code EAI_AGAIN' \
		'line ^ +2  dns +not found .*a query failed' \
		'note server-failed ~ SERVFAIL when asked for www\.example A and AAAA'
}

scenario all_servers_dead \
	'no name server answers'
all_servers_dead() {
	start_faulty_dns 127.0.0.1,127.0.0.2 '* ANY drop'
	resolv_conf 'nameserver 127.0.0.1' 'nameserver 127.0.0.2' 'options timeout:1 attempts:1'
	traced 3 www.example
	expect 'answered_by nobody' 'code EAI_AGAIN' 'took 3.9 7' \
		'note server-silent error /etc/resolv.conf:1 ~ 127\.0\.0\.1: silent; 127\.0\.0\.2: silent.* (4\.[0-9]|3\.9) s' \
		'no text take 127\.0\.0\.[12] out'
}

scenario first_server_closed \
	'nobody listens at the first name server: nothing is lost but nothing is gained'
first_server_closed() {
	start_faulty_dns 127.0.0.1 'www.example ANY 198.51.100.7'
	resolv_conf 'nameserver 127.0.0.9' 'nameserver 127.0.0.1'
	traced 0 www.example
	expect 'answered_by dns' 'took 0 4' 'note server-refused /etc/resolv.conf:1' \
		'line 127\.0\.0\.9 +www\.example\. A, AAAA +port closed' 'no note server-silent' \
		'note server-refused ~ take 127\.0\.0\.9 out'
}

scenario first_server_unreachable \
	'there is no route to the first name server: the VPN is down'
first_server_unreachable() {
	start_faulty_dns 127.0.0.1 'www.example ANY 198.51.100.7'
	ip route add unreachable 203.0.113.0/24
	resolv_conf 'nameserver 203.0.113.53' 'nameserver 127.0.0.1'
	traced 0 www.example
	expect 'answered_by dns' 'took 0 4' 'note server-unreachable /etc/resolv.conf:1' \
		'line 203\.0\.113\.53 +www\.example\. A, AAAA +cannot be reached'
}

# As the conntrack race does: the AAAA reply is lost, and comes when it is asked for again.
scenario aaaa_reply_lost \
	'A and AAAA leave by the same socket, one reply is lost: five seconds'
aaaa_reply_lost() {
	start_faulty_dns 127.0.0.1 'www.example AAAA once drop' \
		'www.example ANY 198.51.100.7 2001:db8:1::7'
	resolv_conf 'nameserver 127.0.0.1'
	traced 0 www.example
	expect 'answered_by dns' 'took 4.9 8' \
		'note reply-missing /etc/resolv.conf:1 ~ AAAA .* 5\.[0-9] s' \
		'text single-request-reopen' 'line ! .* www\.example\. AAAA +no reply +5\.[0-9] s' \
		'no note server-silent'
}

scenario aaaa_never_answered \
	'a middlebox drops every AAAA query'
aaaa_never_answered() {
	start_faulty_dns 127.0.0.1 'www.example AAAA drop' 'www.example ANY 198.51.100.7'
	resolv_conf 'nameserver 127.0.0.1' 'options timeout:1 attempts:2'
	traced 0 www.example
	expect 'answered_by dns' 'addresses 198.51.100.7' \
		'note reply-missing /etc/resolv.conf:1 ~ AAAA .* 3\.[0-9] s' 'text no-aaaa' \
		'no note server-silent'
	traced 0 -4 www.example
	expect 'took 0 2' 'types dns A' 'no note reply-missing'
}

scenario reply_with_wrong_id \
	'replies come, but not to this query: the resolver drops them'
reply_with_wrong_id() {
	start_faulty_dns 127.0.0.1 'www.example ANY wrongid 198.51.100.7'
	traced 3 www.example
	expect 'answered_by nobody' 'code EAI_AGAIN' \
		'note reply-ignored /etc/resolv.conf:1 ~ wrong id.* (1\.[0-9] s|9[0-9]+ ms)' \
		'took 0.9 3'
}

scenario reply_truncated \
	'the answer is too large for a UDP packet, and comes over TCP' nsd unbound
reply_truncated() {
	start_nsd 127.0.0.2
	start_unbound 127.0.0.1 127.0.0.2
	traced 0 many.corp.example
	expect 'answered_by dns' 'json result.addresses.#=60' \
		'note reply-truncated /etc/resolv.conf:1 ~ the A reply .* TCP' \
		'line many\.corp\.example\. A +truncated' 'line many\.corp\.example\. .* by TCP' \
		'line many\.corp\.example\. A again, larger buffer'
}

scenario tcp_blocked \
	'the answer is too large for UDP, and a firewall resets TCP'
tcp_blocked() {
	start_faulty_dns 127.0.0.1 'pool.example A truncate tcp-reset 198.51.100.1'
	traced 3 pool.example
	expect 'answered_by nobody' 'code EAI_AGAIN' 'note reply-truncated ~ the A reply .* TCP' \
		'no note server-failed' 'line by TCP +.*reset'
}

# glibc waits for TCP without a limit.
scenario tcp_stalled \
	'the answer is too large for UDP, and the server says nothing over TCP'
tcp_stalled() {
	start_faulty_dns 127.0.0.1 'pool.example A truncate tcp-stall 198.51.100.1'
	traced 3 --timeout 3s pool.example
	expect 'answered_by nobody' 'note source-hangs' 'note reply-truncated ~ TCP' \
		'line ! .* pool\.example\. A by TCP +no reply +(2\.[5-9]|3\.[0-9]) s' \
		'no note reply-missing server-silent'
}

scenario server_failed \
	'the name server says SERVFAIL: its DNSSEC check, or a server behind it' nsd unbound
server_failed() {
	start_nsd 127.0.0.2
	start_unbound 127.0.0.1 127.0.0.2
	traced 3 broken.example
	expect 'answered_by nobody' 'code EAI_AGAIN' \
		'note server-failed /etc/resolv.conf:1 ~ SERVFAIL' \
		'line broken\.example\. A, AAAA +SERVFAIL'
}

scenario first_server_fails \
	'the first name server serves its own zones alone and refuses, the second answers' nsd
first_server_fails() {
	start_nsd 127.0.0.9
	start_faulty_dns 127.0.0.1 'www.example ANY 198.51.100.7'
	resolv_conf 'nameserver 127.0.0.9' 'nameserver 127.0.0.1'
	traced 0 www.example
	expect 'answered_by dns' 'took 0 4' \
		'note server-failed /etc/resolv.conf:1 ~ 127\.0\.0\.9 .*REFUSED' \
		'no note server-refused server-silent'
}

scenario one_family_fails \
	'A is answered, AAAA is SERVFAIL: half an answer counts as one'
one_family_fails() {
	start_faulty_dns 127.0.0.1 'www.example AAAA servfail' 'www.example A 198.51.100.7'
	traced 0 www.example
	expect 'answered_by dns' 'addresses 198.51.100.7' \
		'note one-family-failed /etc/resolv.conf:1 ~ AAAA .*SERVFAIL' \
		'line www\.example\. AAAA +SERVFAIL'
}

scenario first_fails_second_works \
	'the first lookup fails, the second works'
first_fails_second_works() {
	start_faulty_dns 127.0.0.1 'www.example ANY for=1900 drop' 'www.example ANY 198.51.100.7'
	resolv_conf 'nameserver 127.0.0.1' 'options timeout:2 attempts:1'
	traced 3 --repeat 2 www.example.
	expect 'code EAI_AGAIN' 'note server-silent' 'text www\.example\. -> 198\.51\.100\.7'
}

scenario answers_rotate \
	'the addresses come in another order each time'
answers_rotate() {
	# More than a trace makes queries: no two of its calls get the same.
	addresses=$(awk 'BEGIN { for (i = 1; i <= 23; i++) printf " 198.51.100.%d", i }')
	start_faulty_dns 127.0.0.1 "pool.example A rotate $addresses"
	one_by_one=1
	traced 0 pool.example
	expect 'answered_by dns' 'json result.addresses.#=23' 'note answers-rotate' \
		'no note answers-differ order-unexplained'
}

scenario aaaa_on_ipv4_host \
	'AAAA is asked on a host without IPv6: a link-local address is enough for AI_ADDRCONFIG' \
	nsd dnsmasq-base
aaaa_on_ipv4_host() {
	ip -6 addr del 2001:db8::200/64 dev lan
	start_nsd 127.0.0.2
	start_dnsmasq 127.0.0.1 127.0.0.2
	traced 0 --flags default v4.corp.example
	expect 'answered_by dns' 'addresses 192.0.2.1' 'types dns A AAAA' \
		'no note addrconfig-narrows'
}

scenario addrconfig_narrows \
	'AI_ADDRCONFIG on a host with IPv4 alone: AAAA is not asked, an IPv6 name does not exist'
addrconfig_narrows() {
	ip -6 addr flush dev lan
	ip -6 addr flush dev lan_far
	start_faulty_dns 127.0.0.1 'six.example AAAA 2001:db8:1::7'
	traced 1 --flags addrconfig six.example
	expect 'answered_by nobody' 'types dns A' 'note addrconfig-narrows ~ IPv6'
	traced 0 six.example
	expect 'answered_by dns' 'types dns A AAAA' 'no note addrconfig-narrows'
}

scenario gai_conf_in_force \
	'one precedence line in gai.conf replaces the whole table: IPv4 first'
gai_conf_in_force() {
	start_faulty_dns 127.0.0.1 'www.example ANY 198.51.100.7 2001:db8:1::7'
	traced 0 www.example
	expect 'addresses 2001:db8:1::7 198.51.100.7' \
		'no note gai-conf-in-force order-unexplained' \
		'line 2001:db8:1::7 +2001:db8::200 +rule 6: '
	printf '# no IPv6 first\nprecedence ::ffff:0:0/96 100\n' | put /etc/gai.conf
	traced 0 www.example
	expect 'addresses 198.51.100.7 2001:db8:1::7' 'note gai-conf-in-force /etc/gai.conf:2' \
		'no note order-unexplained' 'line 198\.51\.100\.7 +192\.0\.2\.200 +rule 6: '
}

scenario address_unreachable \
	'the first address of the answer cannot be reached from here'
address_unreachable() {
	ip -6 route add unreachable 2001:db8:2::/48
	start_faulty_dns 127.0.0.1 'www.example ANY 198.51.100.7 2001:db8:2::7'
	traced 0 www.example
	expect 'addresses 198.51.100.7 2001:db8:2::7' 'note address-unreachable ~ 2001:db8:2::7' \
		'line 198\.51\.100\.7 .*rule 1: ' 'line 2001:db8:2::7 +unreachable'
}

scenario idna_two_machines \
	'a name with a sharp s is one machine by IDNA 2008 and another by IDNA 2003'
idna_two_machines() {
	start_faulty_dns 127.0.0.1 'xn--strae-oqa.example ANY 198.51.100.8' \
		'strasse.example ANY 198.51.100.3'
	traced 0 straße.example
	expect 'addresses 198.51.100.8' 'note idn-converted ~ xn--strae-oqa\.example' \
		'note idna2003-differs warning ~ strasse\.example \(198\.51\.100\.3\)'
}

scenario host_aliases \
	'HOSTALIASES in the environment sends a name elsewhere'
host_aliases() {
	start_faulty_dns 127.0.0.1 '=db ANY 198.51.100.1' 'db1.prod.example ANY 198.51.100.2'
	echo 'db db1.prod.example' >aliases
	export HOSTALIASES="$scratch/aliases"
	traced 0 db
	expect 'addresses 198.51.100.2' \
		"note host-aliases-set $scratch/aliases:1 ~ db1\.prod\.example" \
		'asked dns db1.prod.example'
}

scenario local_domain \
	'LOCALDOMAIN in the environment replaces the search list'
local_domain() {
	start_faulty_dns 127.0.0.1 'db.lab.example ANY 198.51.100.2' \
		'db.corp.example ANY 198.51.100.1'
	resolv_conf 'nameserver 127.0.0.1' 'search corp.example' 'options timeout:1 attempts:1'
	export LOCALDOMAIN=lab.example
	traced 0 db
	expect 'addresses 198.51.100.2' 'note local-domain-set ~ lab\.example' \
		'asked dns db.lab.example'
}

scenario res_options \
	'RES_OPTIONS in the environment changes what is asked first'
res_options() {
	start_faulty_dns 127.0.0.1 '=www.example A 198.51.100.7' \
		'www.example.corp.example A 10.9.9.9'
	resolv_conf 'nameserver 127.0.0.1' 'search corp.example' 'options timeout:1 attempts:1'
	export RES_OPTIONS=ndots:3
	traced 0 www.example
	expect 'addresses 10.9.9.9' 'note res-options-set ~ ndots:3' 'note search-suffix-answered'
}

scenario ipv6_server \
	'a name server with an IPv6 address, and EDNS'
ipv6_server() {
	start_faulty_dns ::1 'www.example ANY 198.51.100.7 2001:db8:1::7'
	resolv_conf 'nameserver ::1' 'options edns0 trust-ad timeout:1 attempts:1'
	traced 0 www.example
	expect 'answered_by dns' 'types dns A AAAA' 'asked dns www.example' 'no note wire-not-seen'
	grep -q 'edns=1200' "$faulty_log" || complain 'no query with EDNS reached the server'
}

scenario alias_chain \
	'the name is an alias: the address belongs to another'
alias_chain() {
	start_faulty_dns 127.0.0.1 'www.example ANY cname=lb.cdn.example 198.51.100.7'
	traced 0 -c www.example
	expect 'answered_by dns' 'addresses 198.51.100.7' \
		'json result.canonical_name=lb.cdn.example'
}

scenario too_many_search_domains \
	'seven search domains: the packets cannot be watched without losing one'
too_many_search_domains() {
	start_faulty_dns 127.0.0.1 'db.g.example ANY 198.51.100.7'
	resolv_conf 'nameserver 127.0.0.1' \
		'search a.example b.example c.example d.example e.example f.example g.example' \
		'options timeout:1 attempts:1'
	traced 0 db
	expect 'answered_by dns' 'addresses 198.51.100.7' 'note wire-not-seen'
}
