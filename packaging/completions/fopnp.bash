# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of fopnp(1) for bash.
# A command that is added needs its word in `commands` and a function _fopnp_COMMAND.
# shellcheck shell=bash

# COMPREPLY from the words given, without bash-completion's own library.
_fopnp_words() {
	local word
	COMPREPLY=()
	for word in $1; do
		[[ $word == "$2"* ]] && COMPREPLY+=("$word")
	done
	return 0
}

# A comma-separated list: complete its last word.
_fopnp_list() {
	local head='' last=$2
	if [[ $2 == *,* ]]; then
		head=${2%,*},
		last=${2##*,}
	fi
	_fopnp_words "$1" "$last"
	COMPREPLY=("${COMPREPLY[@]/#/$head}")
	compopt -o nospace 2>/dev/null || :
}

# Host names of /etc/hosts: the file alone, a completion must not ask the network.
_fopnp_names() {
	local names=''
	[[ -r /etc/hosts ]] && names=$(sed 's/#.*//' /etc/hosts 2>/dev/null | awk '{ for (i = 2; i <= NF; i++) print $i }')
	_fopnp_words "$names" "$1"
}

# _fopnp_trace CURRENT PREVIOUS
_fopnp_trace() {
	local options='-4 -6 -c -n -N -P -f -t -p -s -h --family --socktype --protocol --service --flags
		--call --order --passive --repeat --short --timeout --json --help'
	case $2 in
	-f | --family) _fopnp_words 'unspec inet inet6' "$1" ;;
	-t | --socktype) _fopnp_words 'any stream dgram raw rdm seqpacket dccp' "$1" ;;
	-p | --protocol) _fopnp_words 'any tcp udp icmp icmpv6 sctp udplite dccp' "$1" ;;
	-s | --service) _fopnp_words 'http https ssh smtp domain ntp' "$1" ;;
	--flags)
		_fopnp_list 'addrconfig v4mapped all canonname passive numerichost numericserv idn canonidn none default' "$1"
		;;
	--call) _fopnp_words 'getaddrinfo gethostbyname gethostbyname2 gethostbyaddr getnameinfo' "$1" ;;
	--order) _fopnp_words 'fopnp:hosts fopnp:mdns fopnp:dns files dns myhostname mdns4_minimal resolve' "$1" ;;
	--repeat) _fopnp_words '2 3 10' "$1" ;;
	--timeout) _fopnp_words '500ms 1s 5s 10s' "$1" ;;
	*)
		if [[ $1 == -* ]]; then
			_fopnp_words "$options" "$1"
		else
			_fopnp_names "$1"
		fi
		;;
	esac
}

# _fopnp_run CURRENT PREVIOUS: behind its options stands any command, with files and names.
_fopnp_run() {
	case $2 in
	-o | --output) mapfile -t COMPREPLY < <(compgen -f -- "$1") ;;
	--order) _fopnp_words 'fopnp:hosts fopnp:mdns fopnp:dns files dns myhostname mdns4_minimal resolve' "$1" ;;
	*)
		if [[ $1 == -* ]]; then
			_fopnp_words '-o -q -h --output --quiet --order --wait --redact --json --help' "$1"
		else
			mapfile -t COMPREPLY < <(compgen -c -f -- "$1")
		fi
		;;
	esac
}

# _fopnp_watch CURRENT PREVIOUS
_fopnp_watch() {
	local options='-n -o -f -h --program --pid --user --name --source --status --slower --count --for
		--output --redact --takeover --journal --since --until --boot --directory --follow --file
		--json --help'
	case $2 in
	--user) _fopnp_words "$(compgen -u)" "$1" ;;
	--source) _fopnp_words 'fopnp:hosts fopnp:mdns fopnp:dns files dns myhostname mdns4_minimal resolve none' "$1" ;;
	--status)
		_fopnp_words 'failed SUCCESS NOTFOUND UNAVAIL TRYAGAIN EAI_AGAIN EAI_FAIL EAI_NODATA EAI_NONAME EAI_SYSTEM' "$1"
		;;
	--slower) _fopnp_words '10ms 100ms 1s 5s' "$1" ;;
	--for) _fopnp_words '10s 60s' "$1" ;;
	--since | --until) _fopnp_words 'today yesterday -1h -1d' "$1" ;;
	-o | --output | --file) mapfile -t COMPREPLY < <(compgen -f -- "$1") ;;
	--directory) mapfile -t COMPREPLY < <(compgen -d -- "$1") ;;
	*) _fopnp_words "$options" "$1" ;;
	esac
}

# _fopnp_report CURRENT PREVIOUS
_fopnp_report() {
	local options='--file --journal --since --until --boot --directory --program --pid --user --name --source
		--status --slower --top --cache-seconds --redact -h --json --help'
	case $2 in
	--since | --until) _fopnp_words 'today yesterday -1h -1d' "$1" ;;
	--source) _fopnp_words 'fopnp:hosts fopnp:mdns fopnp:dns files dns myhostname mdns4_minimal resolve none' "$1" ;;
	--status)
		_fopnp_words 'failed SUCCESS NOTFOUND UNAVAIL TRYAGAIN EAI_AGAIN EAI_FAIL EAI_NODATA EAI_NONAME EAI_SYSTEM' "$1"
		;;
	--slower) _fopnp_words '10ms 100ms 1s 5s' "$1" ;;
	--top) _fopnp_words '3 10 100' "$1" ;;
	--cache-seconds) _fopnp_words '0 30 60 300' "$1" ;;
	--user) _fopnp_words "$(compgen -u)" "$1" ;;
	--directory) mapfile -t COMPREPLY < <(compgen -d -- "$1") ;;
	*)
		if [[ $1 == -* ]]; then
			_fopnp_words "$options" "$1"
		else
			mapfile -t COMPREPLY < <(compgen -f -- "$1")
		fi
		;;
	esac
}

# _fopnp_compare CURRENT PREVIOUS
_fopnp_compare() {
	local options='--file --order --sources --all --class --no-reverse --parallel --rate --timeout --redact
		-h --json --help'
	case $2 in
	--file) mapfile -t COMPREPLY < <(compgen -f -- "$1") ;;
	--order) _fopnp_words 'fopnp:hosts fopnp:mdns fopnp:dns files dns myhostname mdns4_minimal resolve' "$1" ;;
	--sources) _fopnp_list 'files dns myhostname mdns4_minimal resolve' "$1" ;;
	--class)
		_fopnp_list 'same differs only-hosts not-in-hosts shadowed duplicate malformed blocked error' "$1"
		;;
	--parallel) _fopnp_words '4 16 64' "$1" ;;
	--rate) _fopnp_words '0 100 500' "$1" ;;
	--timeout) _fopnp_words '500ms 1s 5s 10s' "$1" ;;
	*)
		if [[ $1 == -* ]]; then
			_fopnp_words "$options" "$1"
		else
			_fopnp_names "$1"
		fi
		;;
	esac
}

# _fopnp_check CURRENT PREVIOUS
_fopnp_check() {
	local options='--root --no-probe --timeout --severity --program --explain --list --list-man -h --json --help'
	case $2 in
	--root) mapfile -t COMPREPLY < <(compgen -d -- "$1") ;;
	--timeout) _fopnp_words '500ms 1s 3s 10s' "$1" ;;
	--severity) _fopnp_words 'error warning info' "$1" ;;
	--program) mapfile -t COMPREPLY < <(compgen -c -- "$1") ;;
	--explain)
		_fopnp_words "$(fopnp check --list 2>/dev/null | sed -n '1d; s/^\([a-z][a-z0-9-]*\) .*/\1/p')" "$1"
		;;
	*) _fopnp_words "$options" "$1" ;;
	esac
}

# _fopnp_walk CURRENT PREVIOUS
_fopnp_walk() {
	case $2 in
	--hints) mapfile -t COMPREPLY < <(compgen -f -- "$1") ;;
	--queries) _fopnp_words '100 1000' "$1" ;;
	--timeout) _fopnp_words '5s 30s 60s' "$1" ;;
	*)
		if [[ $1 == -* ]]; then
			_fopnp_words '-4 -6 -v -h --verbose --hints --tcp --no-local --queries --timeout --json --help' "$1"
		else
			_fopnp_words 'A AAAA CNAME MX NS SOA TXT SRV PTR CAA HTTPS DS DNSKEY' "$1"
		fi
		;;
	esac
}

# _fopnp_connect CURRENT PREVIOUS
_fopnp_connect() {
	case $2 in
	--timeout) _fopnp_words '500ms 1s 5s 30s' "$1" ;;
	*)
		if [[ $1 == -* ]]; then
			_fopnp_words '-4 -6 -h --first --race --timeout --json --help' "$1"
		elif [[ $2 == connect || $2 == -* ]]; then
			_fopnp_names "$1"
		else
			_fopnp_words 'http https ssh smtp imap domain' "$1"
		fi
		;;
	esac
}

# _fopnp_reverse CURRENT PREVIOUS
_fopnp_reverse() {
	case $2 in
	--timeout) _fopnp_words '500ms 1s 5s 30s' "$1" ;;
	*)
		if [[ $1 == -* ]]; then
			_fopnp_words '-4 -6 -h --timeout --json --help' "$1"
		else
			_fopnp_names "$1"
		fi
		;;
	esac
}

# _fopnp_service CURRENT PREVIOUS
_fopnp_service() {
	if [[ $1 == -* ]]; then
		_fopnp_words '-h --json --help' "$1"
	else
		_fopnp_words 'http https ssh smtp imap domain ntp' "$1"
	fi
}

# _fopnp_protocol CURRENT PREVIOUS
_fopnp_protocol() {
	if [[ $1 == -* ]]; then
		_fopnp_words '-h --json --help' "$1"
	else
		_fopnp_words 'tcp udp icmp ipv6-icmp sctp' "$1"
	fi
}

# _fopnp_hostname CURRENT PREVIOUS
_fopnp_hostname() {
	_fopnp_words '-h --json --help' "$1"
}

# _fopnp_dns CURRENT PREVIOUS
_fopnp_dns() {
	local types='A AAAA CNAME MX NS SOA TXT SRV PTR CAA NAPTR HTTPS SVCB SSHFP LOC DS DNSKEY TLSA ANY'
	case $2 in
	-t | --type) _fopnp_words "$types" "$1" ;;
	--timeout) _fopnp_words '500ms 2s 5s' "$1" ;;
	*)
		if [[ $1 == -* ]]; then
			_fopnp_words '-t -h --type --tcp --no-recurse --dnssec --search --short --all
				--no-programs --timeout --json --help' "$1"
		elif ((COMP_CWORD > 2)); then
			_fopnp_words "$types" "$1"
		fi
		;;
	esac
}

# _fopnp_mx CURRENT PREVIOUS
_fopnp_mx() {
	case $2 in
	--seed) _fopnp_words '1' "$1" ;;
	--timeout) _fopnp_words '5s 10s 60s' "$1" ;;
	*) _fopnp_words '-h --connect --seed --timeout --json --help' "$1" ;;
	esac
}

# _fopnp_whois CURRENT PREVIOUS
_fopnp_whois() {
	case $2 in
	--server) _fopnp_words 'whois.iana.org whois.verisign-grs.com whois.arin.net whois.ripe.net
		whois.apnic.net whois.lacnic.net whois.afrinic.net' "$1" ;;
	--timeout) _fopnp_words '5s 10s 60s' "$1" ;;
	*) _fopnp_words '-h --server --no-referral --timeout --json --help' "$1" ;;
	esac
}

# _fopnp_enable CURRENT PREVIOUS
_fopnp_enable() {
	case $2 in
	--root) mapfile -t COMPREPLY < <(compgen -d -- "$1") ;;
	*) _fopnp_words '-h --builtin --root --json --help' "$1" ;;
	esac
}

# _fopnp_disable CURRENT PREVIOUS
_fopnp_disable() {
	case $2 in
	--root) mapfile -t COMPREPLY < <(compgen -d -- "$1") ;;
	*) _fopnp_words '-h --root --json --help' "$1" ;;
	esac
}

# _fopnp_status CURRENT PREVIOUS
_fopnp_status() {
	_fopnp_words '-h --json --help' "$1"
}

_fopnp() {
	local commands='trace run watch report compare check enable disable status dns mx connect walk whois reverse service protocol hostname help'
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]:-}

	# --option=value comes as three words: look at the option behind the "=".
	if [[ $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	COMPREPLY=()
	# And so does a built-in source, fopnp:hosts.
	if [[ $current == : && $previous == fopnp ]]; then
		_fopnp_words 'hosts mdns dns' ''
	elif [[ $previous == : && ${COMP_WORDS[COMP_CWORD - 2]} == fopnp ]]; then
		_fopnp_words 'hosts mdns dns' "$current"
	elif ((COMP_CWORD == 1)); then
		_fopnp_words "$commands --help --version" "$current"
	elif [[ $command == help ]]; then
		_fopnp_words "$commands" "$current"
	elif declare -F "_fopnp_$command" >/dev/null && [[ " $commands " == *" $command "* ]]; then
		"_fopnp_$command" "$current" "$previous"
	fi
}

complete -F _fopnp fopnp
