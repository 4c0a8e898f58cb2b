# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # variables of scenarios.sh and lib.sh
# The built-in sources, fopnp:hosts, fopnp:mdns and fopnp:dns: what they tell of themselves.

built_in='fopnp:hosts fopnp:mdns [NOTFOUND=return] fopnp:dns'

# The far end of the link lan in a network of its own, where avahi knows printer.local.
start_far_avahi() {
	mkdir -p far_etc /etc/avahi
	printf '192.0.2.77 printer.local\n' >far_etc/hosts
	grep -q '^avahi:' /etc/passwd || echo 'avahi:x:998:998::/:/bin/false' >>/etc/passwd
	grep -q '^avahi:' /etc/group || echo 'avahi:x:998:' >>/etc/group
	# shellcheck disable=SC2016 # for the inner shell
	unshare -n -m sh -c 'mount -t tmpfs tmpfs /run && mount --bind "$1/far_etc" /etc/avahi &&
		ip link set lo up && : >"$1/far_ready" && exec sleep infinity' sh "$scratch" &
	far_pid=$!
	wait_until 'the far end' test -e far_ready
	ip link set lan_far netns "$far_pid"
	nsenter -t "$far_pid" -n ip addr add 192.0.2.77/24 dev lan_far
	nsenter -t "$far_pid" -n ip link set lan_far up
	cat >far.conf <<-END
		[server]
		host-name=far
		use-ipv4=yes
		use-ipv6=no
		allow-interfaces=lan_far
		enable-dbus=no
		ratelimit-interval-usec=0
		[publish]
		publish-addresses=no
		publish-hinfo=no
		publish-workstation=no
	END
	start_server far nsenter -t "$far_pid" -n -m env PATH="$PATH" avahi-daemon \
		-f "$scratch/far.conf" --no-rlimits --no-drop-root --no-chroot
	wait_until 'avahi at the far end' "$fopnp" trace --passive --order fopnp:mdns printer.local
}

scenario built_in_hosts \
	'fopnp:hosts tells the line of its answer, and a second one that multi off leaves out'
built_in_hosts() {
	start_faulty_dns 127.0.0.1 'printer ANY 203.0.113.9'
	put /etc/host.conf <<-END
		multi off
	END
	hosts_file '127.0.0.1 localhost' '' '# printers' '10.1.2.3 printer' '10.1.2.4 printer'
	traced 0 --order "$built_in" printer
	expect 'answered_by fopnp:hosts' 'addresses 10.1.2.3' \
		'evidence fopnp:hosts /etc/hosts:4: 10.1.2.3 printer' \
		'evidence fopnp:hosts /etc/hosts:5: 10.1.2.4 printer ~ multi is off' \
		'json steps.0.told.0.value=/etc/hosts:4' \
		'line ^ +1  fopnp:hosts +found .*10\.1\.2\.3  /etc/hosts:4 +STOP' \
		'line ^ +3  fopnp:dns +found .*differs: 203\.0\.113\.9' \
		'note hosts-line-unused /etc/hosts:5 ~ 10\.1\.2\.4 for printer is not used: multi'
}

scenario built_in_second_hosts_file \
	'hosts-file: the answer is of another file, and the evidence says which line'
built_in_second_hosts_file() {
	start_faulty_dns 127.0.0.1 '* ANY nxdomain'
	hosts_file '127.0.0.1 localhost'
	printf '# the lab\n10.9.0.1 bench\n' >/etc/hosts.lab
	echo 'hosts-file /etc/hosts.lab' | put /etc/fopnp.conf
	traced 0 --order "$built_in" bench
	expect 'answered_by fopnp:hosts' 'addresses 10.9.0.1' \
		'evidence fopnp:hosts /etc/hosts.lab:2: 10.9.0.1 bench' \
		'line ^ +1  fopnp:hosts +found .*10\.9\.0\.1  /etc/hosts\.lab:2'
}

scenario built_in_no_hosts_file \
	'no /etc/hosts: the rows of fopnp:hosts and files say so'
built_in_no_hosts_file() {
	start_faulty_dns 127.0.0.1 '=www.example ANY 198.51.100.7'
	rm /etc/hosts
	traced 0 --order 'fopnp:hosts files fopnp:dns' www.example
	expect 'answered_by fopnp:dns' 'line ^ +1  fopnp:hosts +unavailable .*no /etc/hosts +next' \
		'line ^ +2  files +unavailable .*no /etc/hosts +next'
}

scenario built_in_no_resolv_conf \
	'no /etc/resolv.conf, and no server at 127.0.0.1: one error for one cause'
built_in_no_resolv_conf() {
	rm /etc/resolv.conf
	traced 3 --order fopnp:dns www.example
	expect 'answered_by nobody' 'code EAI_AGAIN' \
		'note resolv-conf-missing error /etc/resolv.conf' 'no note server-refused' \
		'evidence fopnp:dns /etc/resolv.conf ~ does not exist: glibc asks 127\.0\.0\.1; 127\.0\.0\.1: port closed'
}

scenario built_in_mdns_multicast \
	'fopnp:mdns without a daemon on this machine: it asks the link itself' \
	avahi-daemon
built_in_mdns_multicast() {
	start_faulty_dns 127.0.0.1 '* ANY drop'
	start_far_avahi
	traced 0 --order "$built_in" printer.local
	expect 'answered_by fopnp:mdns' 'addresses 192.0.2.77' 'took 0 3' \
		'evidence fopnp:mdns multicast: lan ~ taken from 192\.0\.2\.77' \
		'line ^ +2  fopnp:mdns +found .*192\.0\.2\.77 .*from 192\.0\.2\.77 on lan' \
		'no note avahi-not-running avahi-denied avahi-silent mdns-wait'
	traced 1 --order "$built_in" --passive nobody.local
	expect 'answered_by nobody' 'code EAI_NONAME' 'took 1 5' \
		'line ^ +2  fopnp:mdns +not found .*nobody replied +STOP \[NOTFOUND=return\]' \
		'note mdns-wait ~ asked the network on lan, and nobody answered'
}

scenario built_in_mdns_by_avahi \
	'fopnp:mdns with avahi on this machine: its cache answers' \
	avahi-daemon libnss-mdns
built_in_mdns_by_avahi() {
	start_faulty_dns 127.0.0.1 '* ANY drop'
	start_avahi_on_lan
	traced 0 --order "$built_in" --passive printer.local
	expect 'answered_by fopnp:mdns' 'addresses 192.0.2.77' 'took 0 3' \
		'evidence fopnp:mdns /run/avahi-daemon/socket ~ avahi answered' \
		'line ^ +2  fopnp:mdns +found .*via avahi' 'no note mdns-wait'
	traced 1 --order "$built_in" --passive nobody.local
	expect 'answered_by nobody' 'no note avahi-silent' \
		'evidence fopnp:mdns /run/avahi-daemon/socket ~ had no answer within [12]\.[0-9] s'
}

scenario built_in_local_labels \
	'two labels before .local: fopnp:mdns leaves the name to the DNS, and says so'
built_in_local_labels() {
	start_faulty_dns 127.0.0.1 'erp.corp.local A 10.1.2.3'
	traced 0 --order "$built_in" erp.corp.local
	expect 'answered_by fopnp:dns' 'addresses 10.1.2.3' 'took 0 2' \
		'line ^ +2  fopnp:mdns +unavailable .*asks for NAME\.local alone +next' \
		'json steps.1.told.0.value=not-local' \
		'note local-label-rule info ~ 3 labels: fopnp:mdns' 'no note mdns-wait stopped-early'
}

scenario built_in_first_server_dead \
	'the first name server is dead: fopnp:dns asks the second one meanwhile' nsd
built_in_first_server_dead() {
	start_faulty_dns 127.0.0.9 '* ANY drop'
	start_nsd 127.0.0.2
	resolv_conf '# the old one first' 'nameserver 127.0.0.9' 'nameserver 127.0.0.2'
	traced 0 --order "$built_in" v4.corp.example
	expect 'answered_by fopnp:dns' 'took 0 2' \
		'evidence fopnp:dns /etc/resolv.conf:2: nameserver 127.0.0.9 ~ no reply' \
		'evidence fopnp:dns /etc/resolv.conf:3: nameserver 127.0.0.2 ~ reply was taken: NOERROR by UDP' \
		'line 127\.0\.0\.9 +v4\.corp\.example\. A.* no reply' \
		'line 127\.0\.0\.2 +v4\.corp\.example\. A.* 1 address' \
		'note server-silent /etc/resolv.conf:2 ~ 127\.0\.0\.9' 'no note reply-missing wire-not-seen'
}

scenario built_in_split_dns \
	'split DNS: the VPN server knows the name and is slow, the other denies it at once'
built_in_split_dns() {
	start_faulty_dns 127.0.0.2 'erp.corp.example ANY delay=300 10.1.2.3'
	start_faulty_dns 127.0.0.3 '* ANY nxdomain'
	resolv_conf 'nameserver 127.0.0.2' 'nameserver 127.0.0.3'
	traced 0 --order "$built_in" erp.corp.example
	expect 'answered_by fopnp:dns' 'addresses 10.1.2.3' 'took 0.25 3' \
		'evidence fopnp:dns /etc/resolv.conf:1: nameserver 127.0.0.2 ~ reply was taken: NOERROR' \
		'evidence fopnp:dns /etc/resolv.conf:2: nameserver 127.0.0.3 ~ NXDOMAIN' \
		'line 127\.0\.0\.3 +erp\.corp\.example\. A.* NXDOMAIN' \
		'note servers-disagree info /etc/resolv.conf:2 ~ 127\.0\.0\.2 has it.* waiting for it cost' \
		'no note server-silent server-slow'
}

scenario built_in_denied_name \
	'the first name server is dead, and the name does not exist: each name waits for it'
built_in_denied_name() {
	start_faulty_dns 127.0.0.8 '* ANY drop'
	start_faulty_dns 127.0.0.2 '* ANY nxdomain'
	resolv_conf 'nameserver 127.0.0.8' 'nameserver 127.0.0.2' 'search corp.example'
	traced 1 --order fopnp:dns nobody
	expect 'answered_by nobody' 'code EAI_NONAME' 'took 1.8 6' \
		'note server-silent warning /etc/resolv.conf:1 ~ each name that does not exist waits 1\.[0-2] s for it .2\.[0-4] s here.'
}

scenario built_in_lost_name \
	'a server that replies, but not about one name'
built_in_lost_name() {
	start_faulty_dns 127.0.0.1 '=lost.example ANY drop' '* ANY nxdomain'
	resolv_conf 'nameserver 127.0.0.1' 'search corp.example' 'options timeout:1 attempts:1'
	traced 3 --order fopnp:dns lost.example
	expect 'answered_by nobody' 'code EAI_AGAIN' 'no note server-silent' \
		'evidence fopnp:dns /etc/resolv.conf:1: nameserver 127.0.0.1 ~ ^replied NXDOMAIN' \
		'line ^ +1  fopnp:dns +not found .*a query had no reply' \
		'note reply-missing warning /etc/resolv.conf:1 ~ replies, but not about lost\.example'
}

scenario built_in_refused_pointer \
	'an address whose name is none that a host can have'
built_in_refused_pointer() {
	start_faulty_dns 127.0.0.1 '=7.100.51.198.in-addr.arpa PTR ptr=-bad.example'
	traced 1 --order fopnp:dns --call getnameinfo 198.51.100.7
	expect 'answered_by nobody' 'note reply-name-refused warning /etc/resolv.conf:1' \
		'line ^ +1  fopnp:dns +unavailable .*no host name in the reply'
}

scenario built_in_v4mapped \
	'AI_V4MAPPED: fopnp:dns is asked for each family, and the wire has both'
built_in_v4mapped() {
	start_faulty_dns 127.0.0.1 '=www.example ANY 198.51.100.7'
	traced 0 --order fopnp:dns -6 --flags v4mapped www.example
	expect 'answered_by fopnp:dns' 'addresses ::ffff:198.51.100.7' 'types fopnp:dns AAAA A' \
		'note asked-twice'
}

scenario built_in_slow_server \
	'the only name server is slow'
built_in_slow_server() {
	start_faulty_dns 127.0.0.1 '=www.example ANY delay=1300 198.51.100.7'
	resolv_conf 'nameserver 127.0.0.1' 'options timeout:4'
	traced 0 --order fopnp:dns www.example
	expect 'answered_by fopnp:dns' 'took 1.2 5' \
		'note server-slow warning /etc/resolv.conf:1 ~ reply about www\.example A and AAAA' \
		'text to do look into that server'
}

scenario built_in_all_servers_dead \
	'no name server answers fopnp:dns either'
built_in_all_servers_dead() {
	start_faulty_dns 127.0.0.8 '* ANY drop'
	resolv_conf 'nameserver 127.0.0.8' 'nameserver 127.0.0.9' 'options timeout:1 attempts:1'
	traced 3 --order "$built_in" www.example
	expect 'answered_by nobody' 'code EAI_AGAIN' 'took 0.5 5' \
		'line ^ +3  fopnp:dns +unavailable .*no name server replied' \
		'note server-silent error /etc/resolv.conf:1 ~ 127\.0\.0\.8: silent; 127\.0\.0\.9: port closed'
}

scenario built_in_alias \
	'an alias, validated by the server: the evidence has the chain'
built_in_alias() {
	start_faulty_dns 127.0.0.1 \
		'=www.example ANY cname=web.example cname=cdn.example 198.51.100.7 ad'
	printf 'dns-servers 127.0.0.1\n' | put /etc/fopnp.conf
	traced 0 --order "$built_in" www.example
	expect 'answered_by fopnp:dns' 'addresses 198.51.100.7' \
		'evidence fopnp:dns /etc/fopnp.conf:1: dns-servers 127.0.0.1 ~ alias of web\.example.*, cdn\.example' \
		'line 127\.0\.0\.1: www\.example\. A, AAAA: 1 address \(A only\)'
}

scenario built_in_search_list \
	'ndots:5 and a search list with fopnp:dns: its queries are told as those of dns'
built_in_search_list() {
	start_faulty_dns 127.0.0.1 '=www.example.com ANY 198.51.100.7'
	resolv_conf 'search prod.svc.cluster.test svc.cluster.test cluster.test corp.example' \
		'nameserver 127.0.0.1' 'options ndots:5 timeout:1 attempts:1'
	traced 0 --order "$built_in" www.example.com
	expect 'answered_by fopnp:dns' 'addresses 198.51.100.7' \
		'asked fopnp:dns www.example.com.prod.svc.cluster.test www.example.com.svc.cluster.test
			www.example.com.cluster.test www.example.com.corp.example www.example.com' \
		'types fopnp:dns A AAAA' 'note search-storm /etc/resolv.conf:3 ~ 8 of 10 .*ndots is 5' \
		'line www\.example\.com\.svc\.cluster\.test\. A, AAAA +NXDOMAIN'
}

scenario built_in_dns_missing \
	'fopnp/dns.so is not there: fopnp:dns says so, and the order goes on'
built_in_dns_missing() {
	start_faulty_dns 127.0.0.1 'www.example ANY 198.51.100.7'
	mount -t tmpfs tmpfs "$BUILD/lib/fopnp" || skip 'cannot hide dns.so'
	traced 0 --order 'fopnp:hosts fopnp:dns dns' www.example
	expect 'answered_by dns' 'addresses 198.51.100.7' \
		'line ^ +2  fopnp:dns +unavailable .*cannot be loaded +next' \
		'note source-not-loaded ~ fopnp/dns\.so belongs beside libnss_fopnp\.so\.2' \
		'no text libnss_fopnp:dns'
}

scenario built_in_is_the_default \
	'fopnp alone on the hosts line: the built-in sources in their order' avahi-daemon
built_in_is_the_default() {
	start_faulty_dns 127.0.0.1 '=www.example ANY 198.51.100.7'
	start_far_avahi
	hosts_line fopnp
	hosts_file '127.0.0.1 localhost' '10.1.2.3 bench'
	traced 0 --passive bench
	expect 'answered_by fopnp:hosts' 'addresses 10.1.2.3' \
		"json config.order=$built_in" 'json config.installed=true' \
		"text order fopnp:hosts fopnp:mdns \[NOTFOUND=return\] fopnp:dns \(built-in default; /etc/nsswitch\.conf:3: fopnp\)"
	traced 0 --passive printer.local
	expect 'answered_by fopnp:mdns' 'addresses 192.0.2.77'
	traced 0 --passive www.example
	expect 'answered_by fopnp:dns' 'addresses 198.51.100.7' \
		'evidence fopnp:dns /etc/resolv.conf:1: nameserver 127.0.0.1 ~ NOERROR'
}

scenario built_in_by_domain \
	'one order for a domain, another for the rest, forward and backwards'
built_in_by_domain() {
	start_faulty_dns 127.0.0.1 'erp.corp.example ANY 203.0.113.9' 'www.example ANY 198.51.100.7' \
		'=1.2.0.10.in-addr.arpa PTR ptr=wrong.example'
	hosts_line fopnp
	hosts_file '127.0.0.1 localhost' '10.1.2.3 erp.corp.example' '10.0.2.1 erp.corp.example' \
		'10.1.2.4 www.example'
	put /etc/fopnp.conf <<-END
		order .corp.example fopnp:hosts
		order .10.in-addr.arpa fopnp:hosts
		order fopnp:dns fopnp:hosts
	END
	traced 0 erp.corp.example
	expect 'answered_by fopnp:hosts' 'json config.order=fopnp:hosts' 'json config.line=1' \
		'evidence fopnp:hosts /etc/hosts:2: 10.1.2.3 erp.corp.example'
	traced 0 www.example
	expect 'answered_by fopnp:dns' 'addresses 198.51.100.7' 'json config.line=3' \
		'line ^ +2  fopnp:hosts +found .*differs: 10\.1\.2\.4'
	traced 0 --call gethostbyaddr 10.0.2.1
	expect 'answered_by fopnp:hosts' 'json config.line=2' \
		'evidence fopnp:hosts /etc/hosts:3: 10.0.2.1 erp.corp.example'
}

scenario built_in_without_fopnp \
	'fopnp:hosts on the hosts line without fopnp in front: glibc looks for a module of that name'
built_in_without_fopnp() {
	start_faulty_dns 127.0.0.1 '* ANY nxdomain'
	hosts_line fopnp:hosts fopnp:dns
	hosts_file '127.0.0.1 localhost' '10.1.2.3 bench'
	traced 3 bench
	expect 'answered_by nobody' 'code EAI_SYSTEM' \
		'line ^ +1  fopnp:hosts +unavailable .*cannot be loaded +next' \
		'note built-in-without-fopnp error /etc/nsswitch.conf:3 ~ knows no module fopnp:hosts' \
		'text write fopnp \[!UNAVAIL= return\] files dns there, and into /etc/fopnp\.conf: order fopnp:hosts fopnp:dns' \
		'no note answers-differ times-differ source-not-loaded'
}

scenario built_in_falls_through \
	'no bracket behind fopnp: what its order does not find is asked for again by the rest of the line'
built_in_falls_through() {
	start_faulty_dns 127.0.0.1 '=www.example ANY 198.51.100.7' '* ANY nxdomain'
	hosts_line fopnp files dns
	hosts_file '127.0.0.1 localhost' '10.1.2.3 bench'
	echo 'order fopnp:hosts' | put /etc/fopnp.conf
	traced 0 www.example
	expect 'addresses 198.51.100.7' 'no note answers-differ times-differ' \
		'note fopnp-falls-through warning /etc/nsswitch.conf:3 ~ files dns gave this answer' \
		'text to do write fopnp \[!UNAVAIL= return\] files dns on the hosts line'
	traced 1 nobody.example
	expect 'note fopnp-falls-through warning /etc/nsswitch.conf:3 ~ was asked as well' \
		'no note answers-differ times-differ'
	traced 0 bench
	expect 'answered_by fopnp:hosts' 'no note fopnp-falls-through'
	hosts_line fopnp '[!UNAVAIL= return]' files dns
	traced 1 www.example
	expect 'no note fopnp-falls-through'
}

scenario built_in_bad_conf \
	'mistakes in fopnp.conf are told with their lines, where the call goes by that file'
built_in_bad_conf() {
	start_faulty_dns 127.0.0.1 '=www.example ANY 198.51.100.7'
	put /etc/fopnp.conf <<-END
		dns-hedge 20
		hosts-file relative
		hosts-file /etc/hosts.lab
		mdns-domain lab.example
		dns-attempts 99
		dns-servers 127.0.0.1 bogus
	END
	traced 0 --order "$built_in" www.example
	expect 'answered_by fopnp:dns' \
		'note fopnp-conf-line warning /etc/fopnp.conf:1 ~ dns-hedge 20.* a duration with its unit' \
		'note fopnp-conf-line warning /etc/fopnp.conf:2 ~ one absolute path' \
		'note fopnp-conf-line warning /etc/fopnp.conf:4 ~ a domain begins with a dot' \
		'note fopnp-conf-line warning /etc/fopnp.conf ~ ^2 more lines are left out' \
		'note hosts-file-missing warning /etc/fopnp.conf:3 ~ /etc/hosts\.lab.*No such file'
	traced 0 --order 'files dns' www.example
	expect 'answered_by dns' 'no note fopnp-conf-line hosts-file-missing'
	chmod 666 /etc/fopnp.conf
	traced 0 --order "$built_in" www.example
	expect 'note fopnp-conf-untrusted warning /etc/fopnp.conf ~ mode 666.*chmod go-w' \
		'no note fopnp-conf-line hosts-file-missing'
}

scenario built_in_limits \
	'fopnp.conf overrules options of resolv.conf, and both lines say so'
built_in_limits() {
	start_faulty_dns 127.0.0.1 '* ANY drop'
	resolv_conf 'nameserver 127.0.0.1' 'options timeout:5 attempts:4'
	printf 'dns-timeout 300ms\ndns-attempts 1\n' | put /etc/fopnp.conf
	traced 3 --order "$built_in" www.example
	expect 'code EAI_AGAIN' 'took 0.2 3' \
		'evidence fopnp:dns /etc/resolv.conf:2: options timeout:5 attempts:4 ~ timeout: overruled by dns-timeout, attempts: overruled by dns-attempts' \
		'evidence fopnp:dns /etc/fopnp.conf:1: dns-timeout 300ms' \
		'evidence fopnp:dns /etc/fopnp.conf:2: dns-attempts 1'
}

scenario built_in_other_family \
	'a line of a further hosts file for IPv4, asked for IPv6; a domain of mDNS, asked for itself'
built_in_other_family() {
	start_faulty_dns 127.0.0.1 '* ANY nxdomain'
	hosts_file '127.0.0.1 localhost'
	printf '# the lab\n10.9.0.1 bench\n' >/etc/hosts.lab
	printf 'hosts-file /etc/hosts.lab\nmdns-domain .lab.example\n' | put /etc/fopnp.conf
	traced 1 --order "$built_in" -6 bench
	expect 'code EAI_NONAME' \
		'evidence fopnp:hosts /etc/hosts.lab:2: 10.9.0.1 bench ~ IPv4: not for this call'
	traced 1 --order "$built_in" lab.example
	expect 'evidence fopnp:mdns /etc/fopnp.conf:2: mdns-domain .lab.example ~ below it, not itself' \
		'line fopnp:mdns +unavailable .*no name for mDNS'
}

scenario built_in_lost_reply \
	'the AAAA reply never comes: fopnp:dns does not wait for it as long as dns does'
built_in_lost_reply() {
	start_faulty_dns 127.0.0.1 '=www.example AAAA drop' '=www.example A 198.51.100.7'
	resolv_conf 'nameserver 127.0.0.1' 'options timeout:5 attempts:2'
	traced 0 --order "$built_in" www.example
	expect 'answered_by fopnp:dns' 'addresses 198.51.100.7' 'took 0.2 4' \
		'note reply-missing /etc/resolv.conf:1 ~ the AAAA reply of 127\.0\.0\.1 about www\.example' \
		'line www\.example\. A  +1 address' 'line www\.example\. AAAA  +no reply' \
		'no note server-silent'
}

scenario built_in_truncated \
	'a reply too long for UDP: fopnp:dns asks by TCP, and one that stalls there is bounded' nsd
built_in_truncated() {
	start_nsd 127.0.0.1
	resolv_conf 'nameserver 127.0.0.1' 'options timeout:1 attempts:1'
	traced 0 --order "$built_in" many.corp.example
	expect 'answered_by fopnp:dns' 'took 0 3' 'note reply-truncated info /etc/resolv.conf:1' \
		'line many\.corp\.example\. A  +truncated, then by TCP: 60 addresses'
	start_faulty_dns 127.0.0.9 '=big.example ANY truncate tcp-stall 198.51.100.7'
	resolv_conf 'nameserver 127.0.0.9' 'options timeout:1 attempts:1'
	traced 3 --order "$built_in" big.example
	expect 'answered_by nobody' 'code EAI_AGAIN' 'took 0.5 4' \
		'note reply-truncated warning /etc/resolv.conf:1 ~ brought nothing'
	start_faulty_dns 127.0.0.10 '=big.example ANY truncate tcp-reset 198.51.100.7'
	resolv_conf 'nameserver 127.0.0.10' 'options timeout:1 attempts:1'
	traced 3 --order "$built_in" big.example
	expect 'answered_by nobody' 'code EAI_AGAIN' 'no note server-unreachable server-refused' \
		'evidence fopnp:dns /etc/resolv.conf:1: nameserver 127.0.0.10 ~ ^replied' \
		'note reply-truncated warning /etc/resolv.conf:1 ~ too long for UDP'
}

scenario built_in_wrong_replies \
	'one server sends garbage, one fails, one is right; garbage alone is told for what it is'
built_in_wrong_replies() {
	start_faulty_dns 127.0.0.7 '* ANY garbage'
	start_faulty_dns 127.0.0.8 '* ANY servfail'
	start_faulty_dns 127.0.0.9 '=www.example ANY 198.51.100.7' \
		'=7.100.51.198.in-addr.arpa PTR ptr=www.example'
	printf 'dns-servers 127.0.0.7 127.0.0.8 127.0.0.9\n' | put /etc/fopnp.conf
	traced 0 --order "$built_in" www.example
	expect 'answered_by fopnp:dns' 'addresses 198.51.100.7' 'took 0 4' \
		'note server-failed info /etc/fopnp.conf:1 ~ 127\.0\.0\.8 said SERVFAIL' \
		'line fopnp:dns on the wire to 127\.0\.0\.7, 127\.0\.0\.8, 127\.0\.0\.9 \(all fopnp\.conf:1\)' \
		'evidence fopnp:dns /etc/fopnp.conf:1: dns-servers 127.0.0.7 127.0.0.8 127.0.0.9 ~ 127\.0\.0\.8: replied SERVFAIL; 127\.0\.0\.9: its reply was taken'
	traced 0 --order "$built_in" --call getnameinfo 198.51.100.7
	expect 'answered_by fopnp:dns' 'json result.canonical_name=www.example' 'types fopnp:dns PTR'
	printf 'dns-servers 127.0.0.7\ndns-timeout 300ms\ndns-attempts 1\n' | put /etc/fopnp.conf
	traced 3 --order "$built_in" www.example.
	expect 'answered_by nobody' 'code EAI_AGAIN' 'no note server-silent' \
		'line ^ +3  fopnp:dns +unavailable .*no reply that is of use' \
		'evidence fopnp:dns /etc/fopnp.conf:1: dns-servers 127.0.0.7 ~ what it sent answers no query' \
		'line www\.example\. A, AAAA +ignored: it answers no query' \
		'note reply-ignored warning /etc/fopnp.conf:1 ~ what 127\.0\.0\.7 sent while 2 queries waited'
}
