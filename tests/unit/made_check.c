/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Systems for the rules of `fopnp check`, by hand. */
#include "tests/unit/made_check.h"

#include "tools/check_system_hosts.h"
#include "tools/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

#define RULES_MOST 500 /* of the catalogue */

static const char *const PATHS[FOPNP_CHECK_FILES] = {
	[FOPNP_CHECK_NSSWITCH] = "/etc/nsswitch.conf",
	[FOPNP_CHECK_FOPNP_CONF] = "/etc/fopnp.conf",
	[FOPNP_CHECK_HOSTS] = "/etc/hosts",
	[FOPNP_CHECK_HOST_CONF] = "/etc/host.conf",
	[FOPNP_CHECK_RESOLV_CONF] = "/etc/resolv.conf",
	[FOPNP_CHECK_GAI_CONF] = "/etc/gai.conf",
	[FOPNP_CHECK_NSCD_CONF] = "/etc/nscd.conf",
	[FOPNP_CHECK_RESOLVED_CONF] = "/etc/systemd/resolved.conf",
	[FOPNP_CHECK_MDNS_ALLOW] = "/etc/mdns.allow",
	[FOPNP_CHECK_HOSTNAME] = "/etc/hostname",
};

static void read_hosts(struct fopnp_check_system *system, const struct fopnp_check_file *file)
{
	int memory = memfd_create("hosts", MFD_CLOEXEC);

	assert_true(memory != -1);
	assert_int_equal(write(memory, file->bytes, file->len), (ssize_t)file->len);
	assert_int_equal(lseek(memory, 0, SEEK_SET), 0);
	fopnp_check_hosts_clear(&system->hosts);
	fopnp_check_hosts_read(memory, system->host_name, &system->hosts);
	(void)close(memory);
}

static void parse(struct fopnp_check_system *system, enum fopnp_check_file_id id)
{
	const struct fopnp_check_file *file = &system->files[id];

	if (id == FOPNP_CHECK_NSSWITCH) {
		free(system->nsswitch.order);
		system->nsswitch_result =
			fopnp_nsswitch_parse(file->bytes, file->len, &system->nsswitch);
	} else if (id == FOPNP_CHECK_FOPNP_CONF) {
		fopnp_conf_destroy(system->fopnp_conf);
		system->fopnp_conf = file->is_there
					     ? fopnp_conf_parse(file->bytes, file->len, NULL, NULL)
					     : NULL;
	} else if (id == FOPNP_CHECK_HOSTS) {
		read_hosts(system, file);
	} else if (id == FOPNP_CHECK_HOST_CONF) {
		fopnp_host_conf_clear(&system->host_conf);
		fopnp_host_conf_parse(file->bytes, file->len, &system->host_conf);
	} else if (id == FOPNP_CHECK_RESOLV_CONF) {
		fopnp_resolv_conf_clear(&system->resolv);
		fopnp_resolv_conf_parse(file->bytes, file->len, &system->resolv);
	} else if (id == FOPNP_CHECK_GAI_CONF) {
		fopnp_gai_conf_clear(&system->gai);
		fopnp_gai_conf_parse(file->bytes, file->len, false, &system->gai);
	} else if (id == FOPNP_CHECK_NSCD_CONF) {
		fopnp_nscd_conf_parse(file->bytes, file->len, &system->nscd_conf);
	}
}

void write_check_bytes(struct fopnp_check_system *system, enum fopnp_check_file_id id,
		       const char *bytes, size_t len)
{
	struct fopnp_check_file *file = &system->files[id];

	free(file->bytes);
	free(file->target);
	*file = (struct fopnp_check_file){
		.path = PATHS[id],
		.is_there = true,
		.is_regular = true,
		.status = { .st_mode = S_IFREG | 0644, .st_size = (off_t)len },
		.bytes = fopnp_memory_copy(bytes, len),
		.len = len,
	};
	parse(system, id);
}

void write_check(struct fopnp_check_system *system, enum fopnp_check_file_id id, const char *bytes)
{
	write_check_bytes(system, id, bytes ? bytes : "", bytes ? strlen(bytes) : 0);
	if (bytes)
		return;
	system->files[id].is_there = false;
	system->files[id].is_regular = false;
	parse(system, id);
}

void make_check(struct fopnp_check_system *system)
{
	clear_check(system);
	system->host_name = fopnp_memory_copy_text("vm");
	system->has_ipv6_address = true;
	for (int i = 0; i < FOPNP_CHECK_FILES; i++)
		write_check(system, (enum fopnp_check_file_id)i, NULL);
	write_check(system, FOPNP_CHECK_NSSWITCH, "passwd: files\nhosts: files dns\n");
	write_check(system, FOPNP_CHECK_HOSTS,
		    "127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.0.1.1 vm\n");
	write_check(system, FOPNP_CHECK_HOST_CONF, "multi on\n");
	write_check(system, FOPNP_CHECK_RESOLV_CONF, "nameserver 192.0.2.53\n");
}

void make_check_module(struct fopnp_check_system *system, const char *source, const char *error)
{
	system->modules = fopnp_memory_resize(system->modules, system->module_count + 1,
					      sizeof(*system->modules));
	system->modules[system->module_count++] = (struct fopnp_check_module){
		.source = fopnp_memory_copy_text(source),
		.library = fopnp_memory_format("libnss_%s.so.2", source),
		.is_loadable = !error,
		.error = fopnp_memory_copy_text(error),
	};
}

void clear_check(struct fopnp_check_system *system)
{
	for (size_t i = 0; i < FOPNP_CHECK_FILES; i++) {
		free(system->files[i].bytes);
		free(system->files[i].target);
	}
	for (size_t i = 0; i < system->module_count; i++) {
		free(system->modules[i].source);
		free(system->modules[i].library);
		free(system->modules[i].error);
	}
	free(system->modules);
	free(system->host_name);
	free(system->nsswitch.order);
	fopnp_conf_destroy(system->fopnp_conf);
	fopnp_resolv_conf_clear(&system->resolv);
	fopnp_gai_conf_clear(&system->gai);
	fopnp_host_conf_clear(&system->host_conf);
	fopnp_check_hosts_clear(&system->hosts);
	*system = (struct fopnp_check_system){ 0 };
}

/* Rules that were tried, by their place in the catalogue. */
static bool has_spoken[RULES_MOST], was_quiet[RULES_MOST];

static size_t index_of(const char *id)
{
	const struct fopnp_check_rule *rule;
	size_t i = 0;

	while ((rule = fopnp_check_rule(i)) && strcmp(rule->id, id) != 0)
		i++;
	assert_int_in_range(i, 0, RULES_MOST - 1);
	return i;
}

void assert_rules_were_tried(const struct fopnp_check_rule *rules)
{
	for (; rules->id; rules++) {
		if (!has_spoken[index_of(rules->id)])
			fail_msg("nothing makes %s say something", rules->id);
		if (!was_quiet[index_of(rules->id)])
			fail_msg("nothing keeps %s quiet", rules->id);
	}
}

/* What the failure of a case is about. */
static const char *described(const struct fopnp_check_system *system)
{
	print_error("%s%s", system->files[FOPNP_CHECK_NSSWITCH].bytes,
		    system->files[FOPNP_CHECK_FOPNP_CONF].bytes);
	return "as above";
}

void assert_rule_at(const struct fopnp_check_system *system, const char *id, int severity,
		    const char *words, const char *file, unsigned line)
{
	const struct fopnp_check_rule *rule = fopnp_check_rule_find(id);
	struct fopnp_findings findings = { 0 };
	const struct fopnp_finding *first;

	if (!rule)
		fail_msg("no rule %s", id);
	rule->check(system, &findings);
	first = findings.list;
	*(first ? &has_spoken[index_of(id)] : &was_quiet[index_of(id)]) = true;
	if (severity == -1 && first)
		fail_msg("%s: %s (%s) %s", id, first->text, first->fix, described(system));
	if (severity != -1 && !first)
		fail_msg("%s says nothing %s", id, described(system));
	for (size_t i = 0; i < findings.count; i++) {
		assert_string_equal(findings.list[i].id, id);
		assert_true(findings.list[i].severity <= rule->severity);
		assert_non_null(findings.list[i].fix);
	}
	if (first) {
		assert_int_equal(first->severity, severity);
		if (!strstr(first->text, words) && !strstr(first->fix, words))
			fail_msg("%s: no \"%s\" in: %s (%s) %s", id, words, first->text, first->fix,
				 described(system));
		if (file) {
			assert_string_equal(first->place.file, file);
			assert_int_equal(first->place.line, line);
		}
	}
	fopnp_findings_clear(&findings);
}

void assert_rule(const struct fopnp_check_system *system, const char *id, int severity,
		 const char *words)
{
	assert_rule_at(system, id, severity, words, NULL, 0);
}
