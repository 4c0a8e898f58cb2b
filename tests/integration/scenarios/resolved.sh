# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # variables of scenarios.sh and lib.sh
# systemd-resolved: what it caches, invents, refuses and asks elsewhere.

# Its links: lan, which is the default route and whose server is 192.0.2.53, and vpn, whose server
# 10.9.0.53 is for corp.test alone.
add_resolved_links() {
	ip addr add 192.0.2.53/24 dev lan
	add_link vpn
	ip addr add 10.9.0.2/24 dev vpn
	ip addr add 10.9.0.53/24 dev vpn
	resolved_link lan DNS=192.0.2.53 LLMNR=no MDNS=no
	resolved_link vpn DNS=10.9.0.53 ROUTE_DOMAINS=corp.test LLMNR=no MDNS=no
}

start_plain_resolved() {
	start_resolved LLMNR=no MulticastDNS=no DNSSEC=no FallbackDNS= "$@"
}

through_stub() {
	sources files dns
	resolv_conf 'nameserver 127.0.0.53' 'options edns0 trust-ad'
}

scenario resolved_link_of_a_domain \
	'behind 127.0.0.53 the name goes to the server of the VPN' systemd-resolved
resolved_link_of_a_domain() {
	through_stub
	add_resolved_links
	start_faulty_dns 192.0.2.53 '=corp.example ANY nodata'
	start_faulty_dns 10.9.0.53 'app.corp.test A 10.1.2.3'
	start_plain_resolved
	traced 0 app.corp.test
	expect 'answered_by dns' 'addresses 10.1.2.3' 'text systemd-resolved +DNS over vpn' \
		'json resolved.protocol=DNS' 'json resolved.interfaces=["vpn"]' \
		'no note stub-without-resolved resolved-differs'
}

scenario resolved_wrong_link \
	'split DNS: the VPN is for corp.test alone, another name of the company goes to the LAN' \
	systemd-resolved libnss-resolve
resolved_wrong_link() {
	sources files resolve '[!UNAVAIL=return]' dns
	add_resolved_links
	start_faulty_dns 192.0.2.53 'app.corp.internal A 203.0.113.80'
	start_faulty_dns 10.9.0.53 'app.corp.internal A 10.1.2.3'
	resolv_conf 'nameserver 127.0.0.53'
	start_plain_resolved
	traced 0 app.corp.internal
	expect 'answered_by resolve' 'addresses 203.0.113.80' 'text systemd-resolved DNS over lan' \
		'json resolved.interfaces=["lan"]' 'text such names go to lan \(192\.0\.2\.53\)'
}

scenario resolved_without_route \
	'resolved has a server for corp.test alone: it asks nobody for other names' \
	systemd-resolved libnss-resolve
resolved_without_route() {
	sources files resolve '[!UNAVAIL=return]' dns
	add_resolved_links
	resolved_link lan LLMNR=no MDNS=no
	start_faulty_dns 10.9.0.53 'app.corp.internal A 10.1.2.3'
	resolv_conf 'nameserver 127.0.0.53'
	start_plain_resolved
	traced 3 app.corp.internal
	expect 'answered_by nobody' 'code EAI_AGAIN' \
		'note resolved-no-route ~ vpn \(10\.9\.0\.53\) is for corp\.test only' \
		"text resolvectl domain vpn '~corp\.test' '~corp\.internal'"
}

scenario resolved_refuses_local \
	'the name server has erp.local, resolved sends .local to nobody' \
	systemd-resolved libnss-resolve
resolved_refuses_local() {
	sources files resolve '[!UNAVAIL=return]' dns
	start_faulty_dns 127.0.0.1 'erp.local A 10.1.2.3'
	start_plain_resolved DNS=127.0.0.1
	traced 3 erp.local
	expect 'answered_by nobody' 'note resolved-no-route warning ~ MulticastDNS=yes' \
		'note stopped-early info ~ dns would have answered' 'line ^ +3  dns +found .*10\.1\.2\.3'
}

scenario resolved_single_label \
	'a name without a dot: resolved asks no name server for it' \
	systemd-resolved libnss-resolve
resolved_single_label() {
	sources files resolve '[!UNAVAIL=return]' dns
	start_faulty_dns 127.0.0.1 'intranet.corp.example A 10.1.2.3' '=intranet A 10.1.2.4'
	start_plain_resolved DNS=127.0.0.1
	traced 3 intranet
	expect 'answered_by nobody' \
		'note resolved-single-label ~ Domains|ResolveUnicastSingleLabel' \
		'note stopped-early info ~ dns would have answered' \
		'line ^ +3  dns +found .*10\.1\.2\.3'
}

scenario files_and_resolve_differ \
	'/etc/hosts and resolved have other addresses for the own name' \
	systemd-resolved libnss-resolve
files_and_resolve_differ() {
	sources files resolve
	hosts_file '127.0.0.1 localhost' '127.0.1.1 client.corp.example client'
	start_plain_resolved DNS=127.0.0.1 ReadEtcHosts=no
	traced 0 client
	expect 'answered_by files' 'addresses 127.0.1.1' \
		'evidence files /etc/hosts:2: 127.0.1.1 client.corp.example client' \
		'line ^ +2  resolve +found .*differs: .*192\.0\.2\.200'
}

scenario resolved_invents_own_name \
	'the own name has the addresses of the links: resolved made them up' \
	systemd-resolved libnss-resolve
resolved_invents_own_name() {
	sources resolve '[!UNAVAIL=return]' files dns
	hosts_file '127.0.0.1 localhost' '127.0.1.1 client.corp.example client'
	start_plain_resolved DNS=127.0.0.1 ReadEtcHosts=no
	traced 0 client
	expect 'answered_by resolve' 'note resolved-synthesised' \
		'json resolved.from=["synthetic"]' 'text 192\.0\.2\.200' \
		'line ^ +2  files +found .*differs: 127\.0\.1\.1' 'no note address-unreachable'
}

scenario underscore_in_hosts \
	'resolved drops a name with an underscore from /etc/hosts, files takes it' \
	systemd-resolved libnss-resolve
underscore_in_hosts() {
	sources resolve '[!UNAVAIL=return]' files
	start_faulty_dns 127.0.0.1 '=corp.example ANY nodata'
	hosts_file '127.0.0.1 localhost' '10.1.2.3 my_db.corp.example'
	start_plain_resolved DNS=127.0.0.1
	traced 1 my_db.corp.example
	expect 'answered_by nobody' 'note stopped-early info ~ files would have answered' \
		'note resolved-ignores-hosts-line warning /etc/hosts:2 ~ put files before resolve' \
		'evidence files /etc/hosts:2: 10.1.2.3 my_db.corp.example'
}

scenario resolved_negative_cache \
	'the name exists since the VPN is up, resolved remembers that it did not' \
	systemd-resolved libnss-resolve
resolved_negative_cache() {
	sources files resolve '[!UNAVAIL=return]' dns
	add_resolved_links
	resolv_conf 'nameserver 192.0.2.53'
	start_plain_resolved
	start_faulty_dns 192.0.2.53 '* ANY nxdomain'
	one_by_one=1 # a trace asks for a fresh answer, which resolved then keeps
	before_form=make_name_exist
	traced 1 app.corp.example
	expect 'answered_by nobody' 'note resolved-from-cache ~ flush-caches' \
		'no note resolved-no-route' \
		'note stopped-early info ~ dns would have answered' \
		'line ^ +3  dns +found .*10\.1\.2\.3'
}

# The name is made, and resolved remembers that there was none.
make_name_exist() {
	stop_server "$faulty_pid"
	start_faulty_dns 192.0.2.53 '* ANY nxdomain'
	kill -USR2 "$resolved_pid" # it forgets all
	getent -s hosts:resolve ahosts app.corp.example >/dev/null && fail 'the name exists'
	stop_server "$faulty_pid"
	start_faulty_dns 192.0.2.53 'app.corp.example A 10.1.2.3'
}

scenario resolved_stub_loses_aaaa \
	'a name with IPv4 alone is slow through 127.0.0.53: the AAAA reply never comes' \
	systemd-resolved
resolved_stub_loses_aaaa() {
	through_stub
	resolv_conf 'nameserver 127.0.0.53' 'options timeout:2 attempts:1'
	start_faulty_dns 127.0.0.1 'app.corp.test AAAA drop' 'app.corp.test A 10.1.2.3'
	start_plain_resolved DNS=127.0.0.1
	traced 0 app.corp.test
	expect 'answered_by dns' 'addresses 10.1.2.3' 'took 1.9 12' \
		'note reply-missing /etc/resolv.conf:1 ~ AAAA' \
		'text systemd-resolved DNS, from the network, [0-9.]+ s\b' \
		'line ! .* app\.corp\.test\. AAAA +no reply +2\.[0-9] s'
}

scenario resolved_of_another_namespace \
	'in a network namespace names still resolve: the answers come from outside' \
	systemd-resolved libnss-resolve
resolved_of_another_namespace() {
	sources files resolve '[!UNAVAIL=return]' dns
	start_faulty_dns 127.0.0.1 'app.corp.test A 10.1.2.3'
	start_plain_resolved DNS=127.0.0.1
	trace_in='unshare -n'
	as_user=0
	traced 0 app.corp.test
	expect 'answered_by resolve' 'addresses 10.1.2.3' 'note resolved-other-namespace' \
		'json resolved.other_namespace=true'
}

scenario resolved_not_running \
	'resolve stands on the line, and systemd-resolved does not run' libnss-resolve
resolved_not_running() {
	sources files resolve '[!UNAVAIL=return]' dns
	start_faulty_dns 127.0.0.1 'app.corp.test A 10.1.2.3'
	traced 0 app.corp.test
	expect 'answered_by dns' 'addresses 10.1.2.3' 'note resolved-not-running' \
		'json resolved.state=absent' 'line ^ +2  resolve +unavailable'
}

scenario resolved_denied \
	'a sandbox may not reach the socket of systemd-resolved' \
	systemd-resolved libnss-resolve
resolved_denied() {
	sources files resolve '[!UNAVAIL=return]' dns
	start_faulty_dns 127.0.0.1 'app.corp.test A 10.1.2.3'
	start_plain_resolved DNS=127.0.0.1
	chmod 700 /run/systemd/resolve
	traced 0 app.corp.test
	expect 'answered_by dns' 'note resolved-denied ~ denied' 'json resolved.state=denied' \
		'no note resolved-not-running' 'line ^ +2  resolve +unavailable'
}

scenario resolved_silent \
	'systemd-resolved has its socket open and says nothing' \
	systemd-resolved libnss-resolve
resolved_silent() {
	sources files resolve '[!UNAVAIL=return]' dns
	start_faulty_dns 127.0.0.1 'app.corp.test A 10.1.2.3'
	start_plain_resolved DNS=127.0.0.1
	kill -STOP "$resolved_pid"
	traced 3 --timeout 3s app.corp.test
	expect 'answered_by nobody' 'note source-hangs ~ resolve' 'note resolved-silent' \
		'json resolved.state=silent'
}
