/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What res_ninit(3) found, with the lines of resolv.conf that it found it in. */
#include "tools/resolver_config.h"

#include "nss_module/lookup/address.h"
#include "tools/memory.h"
#include "tools/resolv_conf.h"
#include "tools/text_file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(FOPNP_RESOLVER_SERVERS == MAXNS, "glibc's own limit");
_Static_assert(FOPNP_RESOLVER_KEPT_LIST == MAXDNSRCH, "glibc's own limit");

/* ---- the file ---- */

/* As glibc: a file that is not there, or that one may not read, is an empty one. */
static void read_file(struct fopnp_resolver_config *config, struct fopnp_resolv_conf *out_conf)
{
	size_t len = 0;
	int error;
	FOPNP_AUTO_FREE char *bytes = fopnp_text_file_read(FOPNP_RESOLV_CONF, &len, &error);

	if (!bytes) {
		int open_error = error ? error : errno;

		config->is_missing = open_error == ENOENT || open_error == ENOTDIR;
		config->error = config->is_missing ? 0 : open_error;
	}
	fopnp_resolv_conf_parse(bytes ? bytes : "", len, out_conf);
}

static void read_link(struct fopnp_resolver_config *config)
{
	FOPNP_AUTO_FREE char *target = fopnp_memory_zeroed(PATH_MAX, 1);
	ssize_t len = readlink(FOPNP_RESOLV_CONF, target, PATH_MAX);

	if (len > 0)
		config->target = fopnp_memory_copy(target, (size_t)len);
}

/* ---- the servers ---- */

static const void *address_bytes(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET6
		       ? (const void *)&((const struct sockaddr_in6 *)address)->sin6_addr
		       : (const void *)&((const struct sockaddr_in *)address)->sin_addr;
}

/* "%eth0", or the number of an interface that is gone; "" for none. */
static void print_zone(unsigned scope, char text[static IF_NAMESIZE + 1])
{
	char name[IF_NAMESIZE];

	text[0] = '\0';
	if (scope != 0 && if_indextoname(scope, name))
		(void)snprintf(text, IF_NAMESIZE + 1, "%%%s", name);
	else if (scope != 0)
		(void)snprintf(text, IF_NAMESIZE + 1, "%%%u", scope);
}

static char *server_text(const struct sockaddr_storage *address)
{
	const struct sockaddr_in6 *inet6 = (const struct sockaddr_in6 *)address;
	bool is_inet6 = address->ss_family == AF_INET6;
	/* The port stands at the same place in both. */
	unsigned port = ntohs(inet6->sin6_port);
	char text[FOPNP_ADDRESS_TEXT], zone[IF_NAMESIZE + 1];

	(void)fopnp_address_print(address->ss_family, address_bytes(address), 0, text);
	print_zone(is_inet6 ? inet6->sin6_scope_id : 0, zone);
	if (port == NAMESERVER_PORT)
		return fopnp_memory_format("%s%s", text, zone);
	return fopnp_memory_format("%s%s#%u", text, zone, port);
}

/* The INDEX-th server of glibc's, which keeps those of IPv6 elsewhere. */
static socklen_t copy_server(const struct __res_state *state, size_t index,
			     struct sockaddr_storage *out_address)
{
	const struct sockaddr_in6 *inet6 = state->_u._ext.nsaddrs[index];

	if (state->nsaddr_list[index].sin_family == AF_INET || !inet6) {
		memcpy(out_address, &state->nsaddr_list[index], sizeof(struct sockaddr_in));
		return sizeof(struct sockaddr_in);
	}
	memcpy(out_address, inet6, sizeof(*inet6));
	return sizeof(*inet6);
}

static bool is_written_as(const struct sockaddr_storage *address,
			  const struct fopnp_resolv_conf_server *written)
{
	return address->ss_family == written->family &&
	       memcmp(address_bytes(address), written->address,
		      written->family == AF_INET ? 4 : 16) == 0;
}

static void take_servers(struct fopnp_resolver_config *config, const struct __res_state *state,
			 const struct fopnp_resolv_conf *conf)
{
	while (config->server_count < (size_t)state->nscount &&
	       config->server_count < FOPNP_RESOLVER_SERVERS) {
		size_t index = config->server_count++;
		struct fopnp_resolver_server *server = &config->servers[index];

		server->address_len = copy_server(state, index, &server->address);
		server->text = server_text(&server->address);
		if (index < conf->server_count &&
		    is_written_as(&server->address, &conf->servers[index]))
			server->line = conf->servers[index].line;
	}
}

/* ---- the search list ---- */

/* A host name without a dot has no domain: then there is no list. */
static void take_domain_of_host(struct fopnp_resolver_config *config)
{
	char name[HOST_NAME_MAX + 1] = "";
	const char *dot;

	config->search_origin = FOPNP_SEARCH_OF_HOST_NAME;
	if (gethostname(name, sizeof(name) - 1) != 0 || !(dot = strchr(name, '.')))
		return;
	config->search = fopnp_memory_zeroed(1, sizeof(*config->search));
	config->search[config->search_count++] = fopnp_memory_copy_text(dot + 1);
}

/* Move the list that holds out of CONF. */
static void take_search(struct fopnp_resolver_config *config, struct fopnp_resolv_conf *conf)
{
	if (config->local_domain)
		fopnp_resolv_conf_set_search(conf, config->local_domain);
	if (conf->search_count == 0) {
		take_domain_of_host(config);
		return;
	}
	config->search_origin =
		config->local_domain ? FOPNP_SEARCH_OF_ENVIRONMENT : FOPNP_SEARCH_OF_FILE;
	config->search_line = conf->search_line;
	config->search = conf->search;
	config->search_count = conf->search_count;
	conf->search = NULL;
	conf->search_count = 0;
}

/* How many domains glibc has left in its public structure: the first of its list. */
static size_t kept_count(const struct __res_state *state)
{
	size_t count = 0;

	while (count < FOPNP_RESOLVER_KEPT_LIST && state->dnsrch[count])
		count++;
	return count;
}

/* Whether that is the beginning of ours: as many as it has room for, six at most. */
static bool has_same_search(const struct fopnp_resolver_config *config,
			    const struct __res_state *state)
{
	size_t kept = kept_count(state), room = sizeof(state->defdname);

	for (size_t i = 0; i < config->search_count && i < FOPNP_RESOLVER_KEPT_LIST; i++) {
		size_t size = strlen(config->search[i]) + 1;

		if (size > room)
			return kept == i;
		if (i >= kept || strcmp(state->dnsrch[i], config->search[i]) != 0)
			return false;
		room -= size;
	}
	return kept <= config->search_count;
}

static void clear_search(struct fopnp_resolver_config *config)
{
	for (size_t i = 0; i < config->search_count; i++)
		free(config->search[i]);
	free(config->search);
	config->search = NULL;
	config->search_count = 0;
	config->search_line = 0;
}

/* The file has changed since glibc read it: what is left of glibc's list. */
static void correct_search(struct fopnp_resolver_config *config, const struct __res_state *state)
{
	size_t kept = kept_count(state);

	if (has_same_search(config, state))
		return;
	clear_search(config);
	config->search = fopnp_memory_zeroed(kept, sizeof(*config->search));
	for (size_t i = 0; i < kept; i++)
		config->search[i] = fopnp_memory_copy_text(state->dnsrch[i]);
	config->search_count = kept;
}

/* ---- what must not be given to glibc ---- */

/* What is there is no file: glibc waits at a pipe, and reads a device without end. */
static bool is_endless(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

/* res_ninit() reads it as well. */
static const char *host_conf_path(void)
{
	const char *path = getenv("RESOLV_HOST_CONF");

	return path ? path : "/etc/host.conf";
}

bool fopnp_resolver_search_aborts(char *const *search, size_t count)
{
	const struct __res_state *state = NULL;
	size_t used = 0;

	for (size_t i = 0; i < count && i < FOPNP_RESOLVER_KEPT_LIST; i++) {
		size_t size = strlen(search[i]) + 1;

		if (used + size > sizeof(state->defdname))
			return used <= sizeof(state->dnsrch);
		used += size;
	}
	return false;
}

static void find_fatal(struct fopnp_resolver_config *config, const struct fopnp_resolv_conf *conf)
{
	if (is_endless(FOPNP_RESOLV_CONF)) {
		config->fatal_words = "it is a pipe or a device: programs read it without end";
	} else if (is_endless(host_conf_path())) {
		config->fatal_words = "host.conf, which is read as well, is a pipe or a device: "
				      "programs read it without end";
	} else if (conf->endless_line) {
		config->fatal_words = "glibc never gets past this line: programs hang";
		config->fatal_line = conf->endless_line;
	} else if (fopnp_resolver_search_aborts(config->search, config->search_count)) {
		config->fatal_words = "glibc cannot hold so long a domain: programs abort";
		config->fatal_line = config->search_line;
	}
}

/* ---- all of it ---- */

static void take_options(struct fopnp_resolver_config *config, const struct __res_state *state)
{
	config->ndots = state->ndots;
	config->timeout_s = (unsigned)state->retrans;
	config->attempts = (unsigned)state->retry;
	config->flags = state->options;
}

/*
 * Glibc complains about lines of host.conf on stderr, and repeats them as they are.
 * -1: it cannot be kept from that.
 */
static int silence_stderr(void)
{
	int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null == -1)
		null = memfd_create("null", MFD_CLOEXEC);
	if (saved != -1 && null != -1)
		(void)dup2(null, STDERR_FILENO);
	if (null != -1)
		(void)close(null);
	return saved;
}

static void restore_stderr(int saved)
{
	if (saved == -1)
		return;
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
}

static bool ask_glibc(struct __res_state *state)
{
	int saved = silence_stderr();
	bool is_fine;
	int error;

	errno = 0;
	is_fine = res_ninit(state) == 0;
	error = errno;
	restore_stderr(saved);
	errno = error;
	return is_fine;
}

/* Nothing is sent. */
static void take_state(struct fopnp_resolver_config *config, const struct fopnp_resolv_conf *conf)
{
	struct __res_state *state = fopnp_memory_zeroed(1, sizeof(*state));

	find_fatal(config, conf);
	if (!config->fatal_words && ask_glibc(state)) {
		take_servers(config, state, conf);
		correct_search(config, state);
		take_options(config, state);
		res_nclose(state);
	} else if (!config->error && !config->fatal_words) {
		config->error = errno ? errno : EINVAL;
	}
	free(state);
}

void fopnp_resolver_config_read(struct fopnp_resolver_config *out_config)
{
	struct fopnp_resolv_conf conf;

	/* Not secure_getenv(): these are to be glibc's, which ld.so takes from programs
	   that must not have them. */
	*out_config = (struct fopnp_resolver_config){
		.ndots = 1,
		.timeout_s = RES_TIMEOUT,
		.attempts = RES_DFLRETRY,
		.flags = RES_DEFAULT,
		.local_domain = getenv("LOCALDOMAIN"),
		.res_options = getenv("RES_OPTIONS"),
		.host_aliases = getenv("HOSTALIASES"),
	};
	read_link(out_config);
	read_file(out_config, &conf);
	out_config->surplus_line = conf.surplus_line;
	out_config->refused_line = conf.refused_line;
	out_config->options_line = conf.options_line;
	out_config->options_text = conf.options_text;
	conf.options_text = NULL;
	take_search(out_config, &conf);
	take_state(out_config, &conf);
	fopnp_resolv_conf_clear(&conf);
}

void fopnp_resolver_config_clear(struct fopnp_resolver_config *config)
{
	clear_search(config);
	for (size_t i = 0; i < config->server_count; i++)
		free(config->servers[i].text);
	free(config->target);
	free(config->options_text);
	*config = (struct fopnp_resolver_config){ 0 };
}
