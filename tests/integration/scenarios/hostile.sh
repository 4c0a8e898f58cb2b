# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # variables of scenarios.sh and lib.sh
# Names and files that want to write on the terminal: what every output is checked for (expect.py)
# must hold for them, too.

escape=$(printf '\033[31mred\033[0m')
carriage=$(printf 'a\rb')
bidi=$(printf '\342\200\256evil\342\200\254')
no_utf8=$(printf 'caf\351\377\300\200')
c1=$(printf 'a\302\2332Jb')
blanks='two  words\and "quotes"'
long=$(awk 'BEGIN { for (i = 1; i <= 60; i++) printf "a%03d.", i; print "example" }')
label=$(awk 'BEGIN { for (i = 1; i <= 70; i++) printf "x" }').example
wide=$(printf '\346\274\242\345\255\227.example')

scenario hostile_names \
	'names with escape sequences, without UTF-8, too long, with blanks'
hostile_names() {
	start_faulty_dns 127.0.0.1 '* ANY nxdomain'
	for name in "$escape" "$carriage" "$bidi" "$no_utf8" "$c1" "$blanks" "$long" "$label" \
		"$wide"; do
		traced 1 "$name"
		expect 'answered_by nobody' 'code EAI_NONAME'
		case $name in
		"$wide") expect 'no note name-not-sent' ;;
		*) expect 'note name-not-sent info' ;;
		esac
	done
}

scenario hostile_pointer \
	'a reverse name with shell characters and an escape sequence'
hostile_pointer() {
	# shellcheck disable=SC2016 # they are to stay as they are
	start_faulty_dns 127.0.0.1 '66.2.0.192.in-addr.arpa PTR ptr=$(id);\033[31m`red`.example'
	traced 1 --call getnameinfo 192.0.2.66
	expect 'answered_by nobody' 'types dns PTR' 'note reply-name-refused /etc/resolv.conf:1'
	# shellcheck disable=SC2016
	printf '127.0.0.1 localhost\n192.0.2.66 $(id);%s\n' "$escape" | put /etc/hosts
	traced 0 --call getnameinfo 192.0.2.66
	expect 'answered_by files' 'evidence files /etc/hosts:2' 'text \\x1b\[31mred'
}

scenario hostile_files \
	'/etc/hosts and resolv.conf with escape sequences, bytes that are no UTF-8, and long lines'
hostile_files() {
	start_faulty_dns 127.0.0.1 '=printer ANY 10.1.2.4'
	{
		printf '127.0.0.1 localhost\n10.1.2.3 printer %s %s # %s %s\n' \
			"$escape" "$no_utf8" "$bidi" "$c1"
		printf '10.1.2.5\tprinter\t%s\r\n' "$long"
	} | put /etc/hosts
	printf 'search %s %s\nnameserver 127.0.0.1\noptions timeout:1 %s\n' \
		"$escape.example" "$no_utf8.example" "$bidi" | put /etc/resolv.conf
	traced 0 printer
	expect 'answered_by files' 'addresses 10.1.2.3 10.1.2.5' 'evidence files /etc/hosts:2' \
		'evidence files /etc/hosts:3'
	traced 0 --order dns printer
	expect 'answered_by dns'
}

scenario hostile_replies \
	'a name server answers with garbage, another question, an alias with an escape sequence'
hostile_replies() {
	start_faulty_dns 127.0.0.1 'g.example ANY garbage' 'q.example ANY wrongq 10.1.2.3' \
		'n.example ANY noq 10.1.2.3' 'a.example ANY cname=\033[31mred.example 10.1.2.3'
	# Garbage names no query: -4, since with two under way it is chance which it is told with.
	traced 1 -4 g.example
	expect 'answered_by nobody' 'note reply-ignored'
	for name in q n; do
		traced 3 $name.example
		expect 'answered_by nobody' 'note reply-ignored'
	done
	traced 0 a.example
	expect 'addresses 10.1.2.3'
}
