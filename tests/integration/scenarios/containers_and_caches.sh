# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # variables of scenarios.sh and lib.sh
# Caches that are out of date, containers that lack what their configuration speaks of, modules
# that cannot be loaded.

# The name server at 127.0.0.1 gets new rules, as a changed zone.
change_dns() {
	stop_server "$faulty_pid"
	start_faulty_dns 127.0.0.1 "$@"
}

scenario nscd_stale \
	'nscd answers with the address that the name had before' nscd
nscd_stale() {
	start_faulty_dns 127.0.0.1 'app.corp.example A 198.51.100.1'
	start_nscd
	put /etc/nscd.conf <nscd.conf
	getent ahosts app.corp.example >/dev/null || fail 'nscd does not answer'
	change_dns 'app.corp.example A 198.51.100.2'
	traced 0 app.corp.example
	expect 'answered_by nscd' 'addresses 198.51.100.1' \
		'note nscd-answers warning /etc/nscd.conf:10 ~ nscd --invalidate=hosts' \
		'line ^ +2  dns +found .*198\.51\.100\.2' 'no note nscd-runs answers-differ'
}

scenario nscd_negative \
	'a name that exists now is still not found: nscd keeps that it did not' nscd
nscd_negative() {
	start_faulty_dns 127.0.0.1 '=other.example A 198.51.100.1'
	start_nscd
	put /etc/nscd.conf <nscd.conf
	getent ahosts new.corp.example >/dev/null && fail 'the name exists'
	change_dns 'new.corp.example A 198.51.100.2'
	traced 1 new.corp.example
	expect 'code EAI_NONAME' 'note nscd-answers /etc/nscd.conf:11 ~ EAI_NONAME' \
		'line ^ +2  dns +found .*198\.51\.100\.2'
}

scenario hosts_edit_not_seen \
	'an edit of /etc/hosts has no effect: nscd was told not to look at it' nscd
hosts_edit_not_seen() {
	hosts_file '127.0.0.1 localhost' '10.1.2.3 printer'
	nscd_check_files=no
	start_nscd
	put /etc/nscd.conf <nscd.conf
	getent ahosts printer >/dev/null || fail 'nscd does not answer'
	hosts_file '127.0.0.1 localhost' '10.1.2.4 printer'
	traced 0 printer
	expect 'answered_by nscd' 'addresses 10.1.2.3' \
		'note nscd-answers /etc/nscd.conf:13 ~ check-files hosts no' \
		'evidence files /etc/hosts:2: 10.1.2.4 printer' \
		'line ^ +1  files +found .*10\.1\.2\.4'
}

scenario nscd_same_answer \
	'nscd runs and says what the sources say' nscd
nscd_same_answer() {
	hosts_file '127.0.0.1 localhost' '10.1.2.3 printer'
	start_nscd
	traced 0 printer
	expect 'addresses 10.1.2.3' 'note nscd-runs info' 'no note nscd-answers answers-differ'
}

scenario stub_in_container \
	'a container got a resolv.conf with 127.0.0.53, where nobody listens'
stub_in_container() {
	resolv_conf '# managed by man:systemd-resolved(8)' 'nameserver 127.0.0.53' \
		'options edns0 trust-ad'
	traced 3 www.example
	expect 'answered_by nobody' 'code EAI_AGAIN' \
		'note stub-without-resolved /etc/resolv.conf:2' \
		'no note server-refused resolved-not-running'
}

scenario resolv_conf_dangling \
	'resolv.conf is a link to a file that this container does not have'
resolv_conf_dangling() {
	start_faulty_dns 127.0.0.1 'www.example ANY 198.51.100.7'
	ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
	traced 0 www.example
	expect 'answered_by dns' 'note resolv-conf-missing /etc/resolv.conf ~ 127\.0\.0\.1' \
		'text run/systemd/resolve/stub-resolv\.conf'
}

scenario resolv_conf_unreadable \
	'resolv.conf can be read by root alone: other users ask 127.0.0.1'
resolv_conf_unreadable() {
	start_faulty_dns 127.0.0.2 'www.example ANY 198.51.100.7'
	resolv_conf 'nameserver 127.0.0.2'
	chmod 600 /etc/resolv.conf
	traced 3 www.example
	expect 'answered_by nobody' \
		'note resolv-conf-missing /etc/resolv.conf ~ Permission denied.* chmod a\+r' \
		'no note server-refused'
}

scenario module_not_installed \
	'a source of the line is not installed for this libc'
module_not_installed() {
	hosts_file '127.0.0.1 localhost' '10.1.2.3 printer'
	sources mymachines_of_ours files
	traced 0 printer
	expect 'answered_by files' \
		'note source-not-loaded /etc/nsswitch.conf:3 ~ libnss_mymachines_of_ours\.so\.2' \
		'text cannot open shared object file'
}

scenario module_broken \
	'a source is installed but is no library: every name fails'
module_broken() {
	echo 'an update that was cut off' >"$library_dir/libnss_broken.so.2"
	sources broken '[UNAVAIL=return]' files
	hosts_file '127.0.0.1 localhost' '10.1.2.3 printer'
	traced 3 printer
	expect 'answered_by nobody' 'note source-not-loaded ~ (invalid ELF header|file too short)' \
		'text reinstall the package of libnss_broken\.so\.2' 'line broken .*module cannot be loaded' \
		'note stopped-early /etc/nsswitch.conf:3 ~ files would have answered'
}

scenario address_is_no_name \
	'a lookup of an address takes no source, and localhost no server'
address_is_no_name() {
	traced 0 192.0.2.7
	expect 'answered_by numeric' 'addresses 192.0.2.7' 'json steps.0.reached=false' \
		'json steps.1.reached=false' 'no note no-source-asked'
}
