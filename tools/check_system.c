/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the set-up, see check_system.h: files first, then what runs. */
#include "tools/check_system.h"

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/hosts_file.h"
#include "tools/check_facts.h"
#include "tools/check_probe.h"
#include "tools/check_resolved_conf.h"
#include "tools/check_system_file.h"
#include "tools/check_system_hosts.h"
#include "tools/check_system_modules.h"
#include "tools/interface_addresses.h"
#include "tools/memory.h"
#include "tools/resolver_config.h"

#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const PATHS[FOPNP_CHECK_FILES] = {
	[FOPNP_CHECK_NSSWITCH] = FOPNP_NSSWITCH_PATH,
	[FOPNP_CHECK_FOPNP_CONF] = FOPNP_CONF_PATH,
	[FOPNP_CHECK_HOSTS] = FOPNP_HOSTS_PATH,
	[FOPNP_CHECK_HOST_CONF] = FOPNP_HOST_CONF,
	[FOPNP_CHECK_RESOLV_CONF] = FOPNP_RESOLV_CONF,
	[FOPNP_CHECK_GAI_CONF] = FOPNP_GAI_CONF,
	[FOPNP_CHECK_NSCD_CONF] = FOPNP_NSCD_CONF,
	[FOPNP_CHECK_RESOLVED_CONF] = "/etc/systemd/resolved.conf",
	[FOPNP_CHECK_MDNS_ALLOW] = "/etc/mdns.allow",
	[FOPNP_CHECK_HOSTNAME] = "/etc/hostname",
};

/* ---- files ---- */

static void read_files(struct fopnp_check_system *system, int root)
{
	for (size_t i = 0; i < FOPNP_CHECK_FILES; i++)
		fopnp_check_file_read(root, PATHS[i], FOPNP_CHECK_FILE_SIZE, &system->files[i]);
	/* openSUSE's glibc; any other finds no such file. */
	if (!system->files[FOPNP_CHECK_NSSWITCH].is_there) {
		struct fopnp_check_file other;

		fopnp_check_file_read(root, FOPNP_NSSWITCH_USR_PATH, FOPNP_CHECK_FILE_SIZE, &other);
		if (other.is_there && other.error == 0) {
			fopnp_check_file_clear(&system->files[FOPNP_CHECK_NSSWITCH]);
			system->files[FOPNP_CHECK_NSSWITCH] = other;
		} else {
			fopnp_check_file_clear(&other);
		}
	}
}

/* The kernel's name of this machine; of an image the first word of hostname(5). */
static char *read_host_name(const struct fopnp_check_system *system)
{
	const struct fopnp_check_file *file = &system->files[FOPNP_CHECK_HOSTNAME];
	const char *at = fopnp_ascii_skip_spaces(file->bytes, file->bytes + file->len);
	char name[HOST_NAME_MAX + 1] = "";
	size_t len = 0;

	if (!system->root)
		return fopnp_memory_copy_text(gethostname(name, sizeof(name) - 1) == 0 ? name : "");
	while (*at == '#')
		at = fopnp_ascii_skip_spaces(at + strcspn(at, "\n"), file->bytes + file->len);
	while (at[len] && !fopnp_ascii_is_space(at[len]))
		len++;
	return fopnp_memory_copy(at, len);
}

/* gai.conf(5) is read by other rules since glibc 2.41; an image is taken to have ours. */
static bool is_gai_conf_strict(void)
{
	return strverscmp(gnu_get_libc_version(), "2.41") >= 0;
}

/* Of "/", or of the image. */
static uint32_t owner_of_root(int root)
{
	struct stat status;

	return fstat(root, &status) == 0 ? status.st_uid : 0;
}

static void parse_files(struct fopnp_check_system *system, int root)
{
	const struct fopnp_check_file *files = system->files, *file;

	file = &files[FOPNP_CHECK_NSSWITCH];
	system->nsswitch_result = fopnp_nsswitch_parse(file->bytes, file->len, &system->nsswitch);
	if (system->nsswitch_result == FOPNP_NSSWITCH_NO_MEMORY)
		fopnp_memory_give_up();
	file = &files[FOPNP_CHECK_FOPNP_CONF];
	/* One that the module would not believe is none. */
	if (file->is_there && file->error == 0 && !file->is_cut &&
	    fopnp_conf_is_trusted(file->status.st_uid, file->status.st_mode, owner_of_root(root))) {
		system->fopnp_conf = fopnp_conf_parse(file->bytes, file->len, NULL, NULL);
		if (!system->fopnp_conf)
			fopnp_memory_give_up();
	}
	file = &files[FOPNP_CHECK_RESOLV_CONF];
	fopnp_resolv_conf_parse(file->bytes, file->len, &system->resolv);
	file = &files[FOPNP_CHECK_GAI_CONF];
	fopnp_gai_conf_parse(file->bytes, file->len, is_gai_conf_strict(), &system->gai);
	file = &files[FOPNP_CHECK_NSCD_CONF];
	fopnp_nscd_conf_parse(file->bytes, file->len, &system->nscd_conf);
	file = &files[FOPNP_CHECK_HOST_CONF];
	system->host_conf.file = fopnp_memory_copy_text(FOPNP_HOST_CONF);
	fopnp_host_conf_parse(file->bytes, file->len, &system->host_conf);
}

static void read_hosts(struct fopnp_check_system *system, int root)
{
	const struct fopnp_check_file *file = &system->files[FOPNP_CHECK_HOSTS];
	int descriptor;

	system->hosts.error = file->error;
	if (!file->is_regular || file->error)
		return;
	descriptor = fopnp_check_root_open_file(root, FOPNP_HOSTS_PATH,
						O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (descriptor == -1) {
		system->hosts.error = errno;
		return;
	}
	fopnp_check_hosts_read(descriptor, system->host_name, &system->hosts);
	(void)close(descriptor);
}

/* ---- servers ---- */

static void add_server(struct fopnp_check_system *system, char *text, unsigned line)
{
	struct fopnp_check_server *server;

	system->servers = fopnp_memory_resize(system->servers, system->server_count + 1,
					      sizeof(*system->servers));
	server = &system->servers[system->server_count++];
	*server = (struct fopnp_check_server){
		.text = text,
		.file = fopnp_memory_copy_text(FOPNP_RESOLV_CONF),
		.line = line,
		.rcode = -1,
	};
}

/* As they are written; glibc asks 127.0.0.1 where there are none. */
static void list_written_servers(struct fopnp_check_system *system)
{
	const struct fopnp_resolv_conf *resolv = &system->resolv;
	char text[FOPNP_ADDRESS_TEXT];

	for (size_t i = 0; i < resolv->server_count; i++)
		add_server(system,
			   fopnp_memory_copy_text(fopnp_address_print(
				   resolv->servers[i].family, resolv->servers[i].address, 0, text)),
			   resolv->servers[i].line);
	if (resolv->server_count == 0)
		add_server(system, fopnp_memory_copy_text("127.0.0.1"), 0);
}

/* ---- what runs ---- */

static void find_ipv6(struct fopnp_check_system *system)
{
	struct fopnp_interface_addresses addresses;

	/* The list is empty where ::1 is the only IPv6 address. */
	fopnp_interface_addresses_read(&addresses);
	system->has_ipv6_address = addresses.count > 0;
	fopnp_interface_addresses_clear(&addresses);
}

/* The servers are glibc's own list, with what the environment of this process makes of it. */
static void probe(struct fopnp_check_system *system, uint64_t timeout_us)
{
	struct fopnp_resolver_config resolver;

	fopnp_resolver_config_read(&resolver);
	for (size_t i = 0; i < resolver.server_count; i++)
		add_server(system, fopnp_memory_copy_text(resolver.servers[i].text),
			   resolver.servers[i].line);
	system->has_probes = true;
	fopnp_check_probe(system, &resolver, timeout_us);
	fopnp_resolver_config_clear(&resolver);
}

struct fopnp_check_system *fopnp_check_system_read(const struct fopnp_check_options *options)
{
	struct fopnp_check_system *system = fopnp_memory_zeroed(1, sizeof(*system));
	int root = fopnp_check_root_open(options->root);

	system->root = options->root;
	read_files(system, root);
	system->host_name = read_host_name(system);
	parse_files(system, root);
	fopnp_check_facts_read(system, root);
	fopnp_check_resolved_conf_read(system, root);
	read_hosts(system, root);
	fopnp_check_modules_read(system, root, options->timeout_us);
	if (!system->root)
		find_ipv6(system);
	if (system->root || options->is_without_probes)
		list_written_servers(system);
	else
		probe(system, options->timeout_us);
	if (root != -1)
		(void)close(root);
	return system;
}

void fopnp_check_system_destroy(struct fopnp_check_system *system)
{
	if (!system)
		return;
	for (size_t i = 0; i < FOPNP_CHECK_FILES; i++)
		fopnp_check_file_clear(&system->files[i]);
	free(system->host_name);
	free(system->nsswitch.order);
	fopnp_conf_destroy(system->fopnp_conf);
	fopnp_resolv_conf_clear(&system->resolv);
	fopnp_gai_conf_clear(&system->gai);
	fopnp_host_conf_clear(&system->host_conf);
	fopnp_check_hosts_clear(&system->hosts);
	fopnp_check_modules_clear(system);
	fopnp_check_facts_clear(system);
	fopnp_check_resolved_conf_clear(system);
	for (size_t i = 0; i < system->server_count; i++) {
		free(system->servers[i].text);
		free(system->servers[i].file);
	}
	free(system->servers);
	free(system->stale_name);
	free(system->stale_answer);
	free(system->true_answer);
	free(system->wildcard_domain);
	free(system->wildcard_answer);
	free(system);
}

static bool has_in_order(const struct fopnp_order *order, const char *source)
{
	return order && fopnp_order_find(order, source) < order->count;
}

bool fopnp_check_system_has_source(const struct fopnp_check_system *system, const char *source)
{
	if (has_in_order(system->nsswitch.order, source))
		return true;
	for (size_t i = 0; system->fopnp_conf && i < system->fopnp_conf->order_count; i++)
		if (has_in_order(system->fopnp_conf->orders[i].order, source))
			return true;
	return false;
}
