# shellcheck shell=sh
# The hosts line of nsswitch.conf.  dh_installnss cannot do this: it knows no
# blank inside of brackets, and would leave the bracket behind on removal.  The
# rules are its own: the line is edited when the package is first installed, and
# restored before the library of the last architecture goes.  What is written is
# what `fopnp enable' and `fopnp disable' write.
hosts_file=$DPKG_ROOT/etc/nsswitch.conf
# shellcheck disable=SC2034 # preinst leaves it for postinst
hosts_marker=$DPKG_ROOT/etc/nsswitch.conf.nss.libnss-fopnp-will-install
# As glibc reads it: no comments, and colons are blanks at the head.
hosts_head='^[[:space:]]*hosts[[:space:]:]+'
hosts_open='\['
hosts_bracket="[[:space:]]*${hosts_open}[^]]*\\]"

# `fopnp enable' and `fopnp disable' hold this lock, too.  Anybody may hold it, so
# that who does not get it goes on without it.
hosts_lock() {
	[ -d "${hosts_file%/*}" ] || return 0
	exec 9<"${hosts_file%/*}"
	flock -w 10 9 || :
}

hosts_unlock() {
	exec 9<&-
}

# The number of the line in force: the last one, if a newline ends it.
hosts_line_number() {
	complete=$(wc -l <"$hosts_file")
	[ "$complete" -eq 0 ] ||
		LC_ALL=C sed -nE "1,$complete{/^[[:space:]]*hosts([[:space:]:]|\$)/=}" "$hosts_file" | tail -n 1
}

# hosts_line_has WORD NUMBER: is the word on that line ('' is any hosts line)?  For
# glibc a NUL byte ends it.
hosts_line_has() {
	LC_ALL=C sed -nE "$2{/$hosts_head/{s/\\x00.*//;p}}" "$hosts_file" |
		LC_ALL=C grep -qE "$hosts_head(.*[][:space:]])?$1([[:space:]]|$hosts_open|\$)"
}

# hosts_file_edit SCRIPT: by sed, in one step: whoever reads the file meanwhile
# gets the old one or the new one.  Not by the file that `fopnp enable' writes.
hosts_file_edit() {
	hosts_new=$hosts_file.fopnp-dpkg
	if rm -f "$hosts_new" &&
		cp -a "$hosts_file" "$hosts_new" &&
		LC_ALL=C sed -E "$1" "$hosts_file" >"$hosts_new" &&
		sync "$hosts_new" &&
		mv -f "$hosts_new" "$hosts_file"; then
		# On the disk before the library goes, which can be on another one.
		sync "${hosts_file%/*}" || :
	else
		rm -f "$hosts_new" || :
		return 1
	fi
}

hosts_line_put_in() {
	hosts_file_edit "$1s/($hosts_head)([^][:space:]:[])/\\1fopnp [!UNAVAIL= return] \\2/"
}

# The word with its brackets and the blanks behind, or at the end those before;
# our built-in sources become those that glibc has, and glibc's own default
# follows where nothing is left.  What stands behind a NUL byte is put by.
hosts_line_take_out() {
	hosts_end="([[:space:]]|$hosts_open|\$)"
	own="fopnp(:mdns)?($hosts_bracket)*"
	more="fopnp(:mdns)?(($hosts_bracket)+[[:space:]]*|[[:space:]]+)"
	hosts_file_edit "/$hosts_head(.*[][:space:]])?fopnp($hosts_end|\\x00)/{
		h
		s/^[^\\x00]*//
		x
		s/\\x00.*//
		t plain
		:plain
		s/($hosts_head(.*[][:space:]])?)fopnp:hosts$hosts_end/\\1files\\3/
		t plain
		s/($hosts_head(.*[][:space:]])?)fopnp:dns$hosts_end/\\1dns\\3/
		t plain
		:own
		s/($hosts_head(.*[][:space:]])?)$more([^[:space:][])/\\1\\6/
		t own
		s/($hosts_head)$own([[:space:]]*)\$/\\1files dns\\4/
		t done
		s/($hosts_head.*\\])[[:space:]]*$own([[:space:]]*)\$/\\1\\4/
		t own
		s/($hosts_head.*[^[:space:]])[[:space:]]+$own([[:space:]]*)\$/\\1\\4/
		t own
		:done
		G
		s/\\n//
	}"
}

# Instances of this package for other architectures that are installed.
other_instances() {
	: "${DPKG_MAINTSCRIPT_ARCH:=$(dpkg --print-architecture)}" # run by hand
	dpkg-query -W -f '${Architecture} ${db:Status-Abbrev}\n' libnss-fopnp 2>/dev/null |
		grep -v "^$DPKG_MAINTSCRIPT_ARCH " | grep -c '^[^ ]* .[iUFWt]' || :
}
