/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What `fopnp check` looks at: the files that name resolution follows, read once, and what runs.
 * Rules (check_rule.h) are pure functions of it, so that they can be tested with one made by hand.
 */
#pragma once

#include "nss_module/lookup/fopnp_conf.h"
#include "nss_module/lookup/nsswitch_file.h"
#include "tools/gai_conf.h"
#include "tools/host_conf.h"
#include "tools/nscd_conf.h"
#include "tools/resolv_conf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct fopnp_program_kind;

/* The files, as programs find them: below --root DIR where one is given. */
enum fopnp_check_file_id {
	FOPNP_CHECK_NSSWITCH,
	FOPNP_CHECK_FOPNP_CONF,
	FOPNP_CHECK_HOSTS,
	FOPNP_CHECK_HOST_CONF,
	FOPNP_CHECK_RESOLV_CONF,
	FOPNP_CHECK_GAI_CONF,
	FOPNP_CHECK_NSCD_CONF,
	FOPNP_CHECK_RESOLVED_CONF,
	FOPNP_CHECK_MDNS_ALLOW,
	FOPNP_CHECK_HOSTNAME,
	FOPNP_CHECK_FILES,
};

#define FOPNP_CHECK_FILE_SIZE (1 << 20) /* larger ones are read so far; /etc/hosts has no limit */

struct fopnp_check_file {
	const char *path;   /* "/etc/hosts", without the root */
	bool is_there;      /* lstat() found something */
	bool is_regular;    /* behind all links */
	char *target;       /* where it points, if it is a symbolic link; else NULL */
	int error;          /* errno of reading it; 0: it was read.  Of what is no file
				 (nothing of it is read): EISDIR, EINVAL */
	struct stat status; /* of the file behind the links, if is_regular */
	char *bytes; /* never NULL; NUL-terminated behind LEN.  /etc/hosts: its first part only */
	size_t len;
	bool is_cut; /* there is more */
};

#define FOPNP_CHECK_SAMPLE 8

/* One of the first lines of /etc/hosts that are of hosts, or block a name. */
struct fopnp_check_sample {
	char *name; /* its first */
	unsigned line;
	int family; /* AF_INET, AF_INET6 */
	uint8_t address[16];
	char *other;  /* an address that the first name server has instead; NULL: none, not asked */
	char *hidden; /* one that it has of the other family; NULL: likewise */
};

/* /etc/hosts as a whole, in one pass. */
struct fopnp_check_hosts {
	int error; /* errno of the pass, which ended there; 0: it saw all */
	uint64_t lines, bytes, entries;
	uint64_t malformed; /* lines with an address that glibc does not accept, or no name */
	unsigned first_malformed;
	uint64_t duplicates; /* a name and address that an earlier line has already */
	unsigned first_duplicate, first_duplicate_of; /* lines */
	char *first_duplicate_name;
	/* For asking nscd, and the first name server. */
	struct fopnp_check_sample sample[FOPNP_CHECK_SAMPLE];
	size_t sample_count;
	char *last_name; /* of the last line that has an address and a name; NULL: there is none */
	bool has_own_name; /* the host name stands there */
	bool has_localhost, has_localhost6;
	unsigned own_name_line;
	/* Bytes that no editor shows: the first line that has one, 0: none. */
	unsigned nul_line, carriage_return_line, byte_order_mark_line;
	uint64_t lookup_us; /* what one lookup of a name at its end costs here; 0: not measured */
};

enum fopnp_check_state {
	FOPNP_CHECK_UNKNOWN, /* not looked for (--root, --no-probe), or not to be seen */
	FOPNP_CHECK_ABSENT,
	FOPNP_CHECK_THERE,  /* answers */
	FOPNP_CHECK_DENIED, /* it is there, but we may not talk to it */
	FOPNP_CHECK_SILENT, /* it is there, and does not answer: frozen */
};

struct fopnp_check_module {
	char *source;  /* "mdns4_minimal" */
	char *library; /* "libnss_mdns4_minimal.so.2" */
	bool is_loadable;
	char *error;  /* the loader's message; NULL: loadable */
	size_t index; /* in the order */
};

struct fopnp_check_server {
	char *text; /* address, #PORT where it is not 53 */
	char *file; /* that names it */
	unsigned line;
	enum fopnp_check_state state; /* SILENT: no reply within the time */
	bool is_refused;              /* the port is closed, or no route */
	int error;                    /* errno of that */
	int rcode;                    /* of its reply to `. NS` (RD): -1 none */
	uint64_t elapsed_us;
};

/* A file of resolved.conf.d, see check_resolved_conf.h. */
struct fopnp_check_drop_in {
	char *path;
	char *bytes; /* NUL-terminated behind LEN */
	size_t len;
};

/* A file or directory that fopnp.conf names. */
struct fopnp_check_named {
	char *path;    /* of a hosts-file line; of a log line the directory of the socket */
	unsigned line; /* of fopnp.conf */
	bool is_log;   /* a directory of a log line */
	int error;     /* errno of opening the file for reading, of a directory of stat() */
	uint32_t uid, gid, mode; /* if error is 0 */
};

/* A browser that is set to ask DNS servers of its own. */
struct fopnp_check_browser {
	const char *program; /* "Firefox", "Chromium", "Chrome", "Brave", "Edge" */
	char *file;          /* the profile's prefs.js, or the policy */
	unsigned line;
	char *setting;     /* as it stands there: "network.trr.mode 3" */
	bool is_exclusive; /* it never asks the system, not even where its servers fail */
};

/* Variables that change what glibc does, as check itself has them; NULL: not set, or --root. */
struct fopnp_check_environment {
	const char *host_aliases, *local_domain, *res_options;
	const char *resolv_host_conf, *resolv_multi, *resolv_reorder;
	const char *resolv_add_trim_domains, *resolv_override_trim_domains;
};

struct fopnp_check_system {
	const char *root;  /* NULL: this machine as it runs; else files alone count */
	uint32_t root_uid; /* the owner of "/", or of the root: files of his are believed */
	bool has_probes;   /* servers and daemons were asked */
	struct fopnp_check_file files[FOPNP_CHECK_FILES];
	char *host_name; /* gethostname(), or DIR/etc/hostname; "" unknown */

	/* Parsed; NULL where there is no file (for nsswitch the default order holds). */
	enum fopnp_nsswitch_result nsswitch_result;
	struct fopnp_nsswitch nsswitch;
	struct fopnp_conf *fopnp_conf;
	struct fopnp_resolv_conf resolv;
	struct fopnp_gai_conf gai;
	struct fopnp_nscd_conf nscd_conf;
	struct fopnp_host_conf host_conf;
	struct fopnp_check_hosts hosts;

	/* Running; UNKNOWN with --root. */
	enum fopnp_check_state nscd, avahi, resolved;
	int nscd_error, avahi_error; /* errno of the connection, as in socket_probe.h */
	int resolved_error;
	/* It was started in another network namespace than ours: its network is not ours. */
	bool has_foreign_nscd, has_foreign_avahi, has_foreign_resolved;
	bool nscd_caches_hosts;
	/* A name of /etc/hosts for which nscd has something else in its cache than the sources say
	   now, and both answers; NULL: none was found. */
	char *stale_name, *stale_answer, *true_answer;
	struct fopnp_check_module *modules; /* of the hosts line and of fopnp.conf's orders */
	size_t module_count;
	struct fopnp_check_server *servers; /* of resolv.conf, as glibc asks them */
	size_t server_count;
	bool has_local_domain; /* `local. SOA` exists in the first server: nss-mdns stands back */
	char *wildcard_domain; /* a search domain that answers for any name; NULL: none found */
	char *wildcard_answer;
	bool has_ipv6_address;          /* a non-loopback one */
	enum fopnp_check_state journal; /* journald's socket; THERE, ABSENT, UNKNOWN */
	struct fopnp_check_drop_in *resolved_drop_ins; /* in the order in which they count */
	size_t resolved_drop_in_count;
	struct fopnp_check_named *named;
	size_t named_count;
	struct fopnp_check_browser *browsers;
	size_t browser_count;
	struct fopnp_check_environment environment;
};

struct fopnp_check_options {
	const char *root;
	bool is_without_probes;
	uint64_t timeout_us; /* of one probe; they run at the same time */
};

/* Read and probe.  Never fails as a whole; bounded in time and memory whatever the files are. */
struct fopnp_check_system *fopnp_check_system_read(const struct fopnp_check_options *options);
void fopnp_check_system_destroy(struct fopnp_check_system *system);

/* "files", "dns", ...: whether the hosts line, or an order of fopnp.conf, names that source. */
bool fopnp_check_system_has_source(const struct fopnp_check_system *system, const char *source);
