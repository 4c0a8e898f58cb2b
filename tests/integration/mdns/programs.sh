# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # shell text in names; variables of mdns.sh
# Programs that people use, on the line that a user would write.

# says PATTERN COMMAND...
says() {
	pattern=$1
	shift
	"$@" >said 2>&1 || complain "$*: exit status $?: $(cat said)"
	grep -qE -- "$pattern" said || complain "$*: no line like '$pattern': $(cat said)"
}

chmod 755 "$scratch"
start_far
add_link lan 2
start_responder lan <<-END
	192.0.2.77 printer.local
	fe80::77 linklocal.local
END
printf '127.0.0.1 localhost\n192.0.2.201 hostsonly\n' | put /etc/hosts
start_dns 'host.example A 10.0.0.3'
mkdir www
echo 'from the far end' >www/index.html
start_server www far python3 -m http.server --bind :: -d "$scratch/www" 8000
order fopnp:mdns '[NOTFOUND=return]' files dns </dev/null
for line in 'fopnp [!UNAVAIL= return] files dns' 'fopnp'; do
	# shellcheck disable=SC2086 # words
	hosts_line $line
	doing="programs with hosts: $line"
	wait_until 'names at the far end' getent ahosts printer.local
	says '^192\.0\.2\.77 +STREAM' getent ahosts printer.local
	says '^192\.0\.2\.77 +printer\.local' getent hosts printer.local
	says '^fe80::77 +linklocal\.local' getent hosts linklocal.local
	says '^192\.0\.2\.201 ' getent ahosts hostsonly
	says '^10\.0\.0\.3 ' getent ahosts host.example
	says ' 1 received' ping -n -c 1 -W 5 printer.local
	says ' 1 received' ping -n -c 1 -W 5 linklocal.local
	wait_until 'the web server' curl -sf http://192.0.2.77:8000/
	says 'from the far end' curl -sS --noproxy '*' -m 10 http://printer.local:8000/
	says 'from the far end' curl -sS --noproxy '*' -m 10 http://linklocal.local:8000/
	says '^192.0.2.77$' python3 -c \
		'import socket; print(socket.gethostbyname("printer.local"))'
	! getent ahosts missing.local >found || complain "missing.local is found: $(cat found)"
done

# The command, as an ordinary user: who answered and by which way.
doing='trace'
setpriv --reuid 65534 --regid 65534 --clear-groups \
	"$BUILD/bin/fopnp" trace --json printer.local >json 2>errors || complain "$(cat errors json)"
python3 "$here/json_expect.py" answered_by=fopnp:mdns result.code=OK \
	result.addresses.0.address=192.0.2.77 steps.0.source=fopnp:mdns steps.0.status=SUCCESS \
	steps.0.told.1.word=via steps.0.told.1.value=multicast steps.0.told.3.word=if \
	steps.0.told.3.value=lan steps.1.reached=false <json >difference 2>&1 || complain "$(cat difference)"
