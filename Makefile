# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp: one make file, explicit source lists, everything built under $(BUILD).
#
#   make run [NAME=host]   install missing build packages, build, trace real names
#   make check             the same, then every test
#   make deb               Debian packages, in $(BUILD)/deb
#   make install           DESTDIR= PREFIX= LIBDIR=
#   make dist              the source archive, in $(BUILD)
#   make asan | tsan | fuzz | bench | clean

VERSION := 0.1.0
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all

CC     ?= cc
ifeq ($(origin CC),default)
CC     := gcc
endif
CLANG  ?= clang
OBJCOPY ?= objcopy
NM     ?= nm
BUILD  ?= build
SAN    ?=
PREFIX ?= /usr
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
LIBDIR ?= $(PREFIX)/lib$(if $(MULTIARCH),/$(MULTIARCH))
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/fopnp
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
FISHCOMPDIR ?= $(PREFIX)/share/fish/vendor_completions.d
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/vendor-completions
CATALOGDIR ?= $(PREFIX)/lib/systemd/catalog
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wvla -Wformat=2 -Wundef -Wpointer-arith -Wwrite-strings -Wswitch-enum -Wconversion \
	-Wcast-qual -Wframe-larger-than=4096 -Werror=implicit-function-declaration
ifdef CI
WARN += -Werror
endif
HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection
ifeq ($(filter aarch64%,$(MULTIARCH)),)
else
HARDEN := -fstack-protector-strong -fstack-clash-protection -mbranch-protection=standard
endif
ifeq ($(SAN),)
HARDEN += -D_FORTIFY_SOURCE=2
endif
TLS_DIALECT := $(shell echo 'int x;' | $(CC) -mtls-dialect=gnu2 -xc -S -o /dev/null - 2>/dev/null && \
	echo -mtls-dialect=gnu2)
OPT    ?= -O2 -g
# The module is mapped into every process: small counts for more than fast.
# Link-time optimisation, which distributions switch on, would bring functions into fopnp/run.so that
# musl lacks.
MODULE_OPT := $(if $(SAN),,-Os -ffunction-sections -fdata-sections -fno-lto)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer)
CFLAGS_ALL  = -std=gnu11 $(OPT) $(WARN) $(HARDEN) $(SANFLAGS) -fvisibility=hidden -fPIC \
	-D_GNU_SOURCE -DFOPNP_VERSION='"$(VERSION)"' -I. -MMD -MP $(CFLAGS)
LDFLAGS_ALL = $(SANFLAGS) -Wl,-z,relro,-z,now $(LDFLAGS)
MODULE_LDFLAGS = -shared -Wl,-soname,libnss_fopnp.so.2 -Wl,--version-script=nss_module/nss_fopnp.map \
	$(if $(SAN),,-Wl,-z,defs) -Wl,-z,nodelete -Wl,-Bsymbolic -Wl,--exclude-libs,ALL \
	-Wl,--as-needed -Wl,--gc-sections -Wl,-z,noseparate-code -Wl,-O1
DNS_LDFLAGS = -shared -Wl,-soname,dns.so -Wl,--version-script=nss_module/dns/dns.map \
	$(if $(SAN),,-Wl,-z,defs) -Wl,-z,nodelete -Wl,-Bsymbolic -Wl,--exclude-libs,ALL \
	-Wl,--as-needed -Wl,--gc-sections -Wl,-O1

RUN_SHIM_LDFLAGS = -shared -Wl,-soname,run.so -Wl,--version-script=tools/run_shim/run_shim.map \
	-Wl,--exclude-libs,ALL -Wl,--as-needed -Wl,--gc-sections -Wl,-z,noseparate-code -Wl,-O1

# One line a file; `make V=1` shows the commands.
Q   := $(if $(V),,@)
say  = $(if $(V),,@printf '  %-4s %s\n' $(1) $@)

# ---- sources --------------------------------------------------------------

# What the module, the command and the tests share: libc only.
LOOKUP_SRC := \
	nss_module/lookup/address.c \
	nss_module/lookup/answer_buffer.c \
	nss_module/lookup/ascii.c \
	nss_module/lookup/ask.c \
	nss_module/lookup/byte_search.c \
	nss_module/lookup/dns_packet.c \
	nss_module/lookup/event_read.c \
	nss_module/lookup/event_write.c \
	nss_module/lookup/fopnp_conf.c \
	nss_module/lookup/host_conf.c \
	nss_module/lookup/hosts_file.c \
	nss_module/lookup/libc_version.c \
	nss_module/lookup/nsswitch_file.c \
	nss_module/lookup/order.c \
	nss_module/lookup/status.c

MODULE_SRC := \
	nss_module/builtin.c \
	nss_module/chain_getaddrinfo.c \
	nss_module/chain_getxxbyyy.c \
	nss_module/chain_step.c \
	nss_module/config_cache.c \
	nss_module/dns_object.c \
	nss_module/entry_guard.c \
	nss_module/event_send.c \
	nss_module/event_socket.c \
	nss_module/event_text.c \
	nss_module/hosts/hosts_cache.c \
	nss_module/hosts/hosts_index.c \
	nss_module/hosts/hosts_result.c \
	nss_module/hosts/hosts_search.c \
	nss_module/hosts/hosts_source.c \
	nss_module/hosts/line_blocks.c \
	nss_module/hosts/multi.c \
	nss_module/kept_answer.c \
	nss_module/lookup_record.c \
	nss_module/lookup_run.c \
	nss_module/mdns/mdns_avahi.c \
	nss_module/mdns/mdns_interfaces.c \
	nss_module/mdns/mdns_multicast.c \
	nss_module/mdns/mdns_names.c \
	nss_module/mdns/mdns_reply.c \
	nss_module/mdns/mdns_result.c \
	nss_module/mdns/mdns_search.c \
	nss_module/mdns/mdns_source.c \
	nss_module/nscd_watch.c \
	nss_module/nss_fopnp.c \
	nss_module/own_file.c \
	nss_module/source.c \
	nss_module/source_call.c \
	nss_module/system_module.c

# fopnp:dns, a shared object of its own with c-ares linked in.
DNS_SRC := \
	nss_module/dns/aliases.c \
	nss_module/dns/answer.c \
	nss_module/dns/cares_calls.c \
	nss_module/dns/channel.c \
	nss_module/dns/dns_source.c \
	nss_module/dns/kept_transports.c \
	nss_module/dns/lookup.c \
	nss_module/dns/outcome.c \
	nss_module/dns/race.c \
	nss_module/dns/random.c \
	nss_module/dns/report.c \
	nss_module/dns/search.c \
	nss_module/dns/search_list.c \
	nss_module/dns/settings.c \
	nss_module/dns/small_file.c \
	nss_module/dns/transport.c \
	nss_module/dns/verdict.c

# ---- Tools: the command
TOOL_SRC := \
	tools/address_order.c \
	tools/address_rules.c \
	tools/call_child.c \
	tools/call_result.c \
	tools/check_browsers.c \
	tools/check_catalogue.c \
	tools/check_child.c \
	tools/check_conf.c \
	tools/check_daemon.c \
	tools/check_facts.c \
	tools/check_file.c \
	tools/check_fopnp.c \
	tools/check_gai.c \
	tools/check_host_conf.c \
	tools/check_hosts.c \
	tools/check_json.c \
	tools/check_man.c \
	tools/check_nsswitch.c \
	tools/check_orders.c \
	tools/check_other.c \
	tools/check_probe.c \
	tools/check_probe_cache.c \
	tools/check_probe_daemons.c \
	tools/check_probe_servers.c \
	tools/check_program.c \
	tools/check_resolv.c \
	tools/check_resolved.c \
	tools/check_resolved_conf.c \
	tools/check_servers.c \
	tools/check_sources.c \
	tools/check_system.c \
	tools/check_system_file.c \
	tools/check_system_hosts.c \
	tools/check_system_modules.c \
	tools/check_text.c \
	tools/child_process.c \
	tools/clock.c \
	tools/cmd_check.c \
	tools/cmd_compare.c \
	tools/cmd_connect.c \
	tools/cmd_disable.c \
	tools/cmd_dns.c \
	tools/cmd_enable.c \
	tools/cmd_hostname.c \
	tools/cmd_mx.c \
	tools/cmd_protocol.c \
	tools/cmd_report.c \
	tools/cmd_reverse.c \
	tools/cmd_run.c \
	tools/cmd_service.c \
	tools/cmd_status.c \
	tools/cmd_trace.c \
	tools/cmd_walk.c \
	tools/cmd_watch.c \
	tools/cmd_whois.c \
	tools/compare_answers.c \
	tools/compare_ask.c \
	tools/compare_entries.c \
	tools/compare_json.c \
	tools/compare_line.c \
	tools/compare_options.c \
	tools/compare_orders.c \
	tools/compare_text.c \
	tools/conf_file.c \
	tools/connect_attempts.c \
	tools/connect_json.c \
	tools/connect_notes.c \
	tools/connect_run.c \
	tools/connect_text.c \
	tools/dns_ask.c \
	tools/dns_client.c \
	tools/dns_idn.c \
	tools/dns_json.c \
	tools/dns_link.c \
	tools/dns_message.c \
	tools/dns_name.c \
	tools/dns_names.c \
	tools/dns_notes.c \
	tools/dns_options.c \
	tools/dns_outcome.c \
	tools/dns_programs.c \
	tools/dns_rdata.c \
	tools/dns_rdata_field.c \
	tools/dns_rdata_location.c \
	tools/dns_rdata_rare.c \
	tools/dns_rdata_svcb.c \
	tools/dns_records.c \
	tools/dns_relay.c \
	tools/dns_relay_tcp.c \
	tools/dns_response.c \
	tools/dns_servers.c \
	tools/dns_text.c \
	tools/dns_text_replies.c \
	tools/escape.c \
	tools/event_listener.c \
	tools/event_socket.c \
	tools/evidence.c \
	tools/findings.c \
	tools/findings_text.c \
	tools/fopnp.c \
	tools/gai_conf.c \
	tools/help.c \
	tools/host_aliases.c \
	tools/host_conf.c \
	tools/host_name.c \
	tools/hostname.c \
	tools/hosts_evidence.c \
	tools/hosts_scan.c \
	tools/install_command.c \
	tools/install_conf.c \
	tools/install_file.c \
	tools/install_library.c \
	tools/install_lookups.c \
	tools/install_notes.c \
	tools/install_output.c \
	tools/install_owner.c \
	tools/install_plan.c \
	tools/install_run.c \
	tools/install_signals.c \
	tools/install_work.c \
	tools/install_write.c \
	tools/interface_addresses.c \
	tools/journal_library.c \
	tools/journal_reader.c \
	tools/json_lookup.c \
	tools/json_output.c \
	tools/lookup_order.c \
	tools/lookup_pool.c \
	tools/lookup_pool_child.c \
	tools/memory.c \
	tools/message.c \
	tools/module_load.c \
	tools/mx.c \
	tools/mx_connect.c \
	tools/mx_hosts.c \
	tools/mx_json.c \
	tools/mx_text.c \
	tools/name_command.c \
	tools/name_database.c \
	tools/nscd_conf.c \
	tools/nsswitch_edit.c \
	tools/observed.c \
	tools/observed_code.c \
	tools/observed_file.c \
	tools/observed_filter.c \
	tools/observed_json.c \
	tools/observed_json_read.c \
	tools/observed_losses.c \
	tools/observed_redact.c \
	tools/observed_text.c \
	tools/options.c \
	tools/paragraph.c \
	tools/process_info.c \
	tools/program_elf.c \
	tools/program_kind.c \
	tools/program_lookup.c \
	tools/progress.c \
	tools/report_changes.c \
	tools/report_json.c \
	tools/report_rankings.c \
	tools/report_records.c \
	tools/report_repeats.c \
	tools/report_statistics.c \
	tools/report_text.c \
	tools/report_texts.c \
	tools/report_times.c \
	tools/request.c \
	tools/resolv_conf.c \
	tools/resolv_options.c \
	tools/resolved_exchange.c \
	tools/resolved_query.c \
	tools/resolved_reply.c \
	tools/resolved_routes.c \
	tools/resolved_words.c \
	tools/resolver_config.c \
	tools/reverse_json.c \
	tools/reverse_notes.c \
	tools/reverse_run.c \
	tools/reverse_text.c \
	tools/root_hints.c \
	tools/run_calls.c \
	tools/run_child.c \
	tools/run_options.c \
	tools/run_output.c \
	tools/run_programs.c \
	tools/run_setup.c \
	tools/run_summary.c \
	tools/run_tally.c \
	tools/run_text.c \
	tools/run_words.c \
	tools/server_text.c \
	tools/socket_owner.c \
	tools/socket_probe.c \
	tools/source_kind.c \
	tools/status.c \
	tools/status_output.c \
	tools/status_processes.c \
	tools/table.c \
	tools/terminal.c \
	tools/text_file.c \
	tools/timestamp.c \
	tools/told_wire.c \
	tools/trace.c \
	tools/trace_blocks.c \
	tools/trace_evidence.c \
	tools/trace_evidence_conf.c \
	tools/trace_exchanges.c \
	tools/trace_explain.c \
	tools/trace_facts.c \
	tools/trace_json.c \
	tools/trace_notes.c \
	tools/trace_notes_addresses.c \
	tools/trace_notes_conf.c \
	tools/trace_notes_daemons.c \
	tools/trace_notes_dns.c \
	tools/trace_notes_environment.c \
	tools/trace_notes_failures.c \
	tools/trace_notes_hosts.c \
	tools/trace_notes_mdns.c \
	tools/trace_notes_name.c \
	tools/trace_notes_replies.c \
	tools/trace_notes_resolved.c \
	tools/trace_notes_search.c \
	tools/trace_notes_servers.c \
	tools/trace_notes_told.c \
	tools/trace_notes_told_replies.c \
	tools/trace_options.c \
	tools/trace_run.c \
	tools/trace_short.c \
	tools/trace_steps.c \
	tools/trace_text.c \
	tools/trace_told.c \
	tools/trace_wire.c \
	tools/trace_words.c \
	tools/walk.c \
	tools/walk_json.c \
	tools/walk_local.c \
	tools/walk_read.c \
	tools/walk_servers.c \
	tools/walk_text.c \
	tools/watch_live.c \
	tools/watch_opening.c \
	tools/watch_options.c \
	tools/watch_output.c \
	tools/watch_recorded.c \
	tools/watch_socket.c \
	tools/watch_wait.c \
	tools/whois.c \
	tools/whois_exchange.c \
	tools/whois_json.c \
	tools/whois_notes.c \
	tools/whois_query.c \
	tools/whois_referral.c \
	tools/whois_reply.c \
	tools/whois_text.c \
	tools/wire.c \
	tools/wire_record.c \
	tools/wire_rows.c
# Compiled into `fopnp walk`; of dns-root-data.
ROOT_HINTS ?= /usr/share/dns/root.hints
TOOL_PKGS := jansson libelf libidn2 libmd

# The library that `fopnp run` preloads: it lives in foreign processes, as the module does.
# What the command's own questions to name servers share with fopnp:dns.
DNS_CLIENT_SRC := \
	nss_module/dns/cares_calls.c \
	nss_module/dns/channel.c \
	nss_module/dns/random.c \
	nss_module/dns/verdict.c

RUN_SHIM_SRC := \
	tools/run_shim/call.c \
	tools/run_shim/calls_getaddrinfo.c \
	tools/run_shim/calls_getnameinfo.c \
	tools/run_shim/calls_hostent.c \
	tools/run_shim/exec.c \
	tools/run_shim/exec_mark.c \
	tools/run_shim/marks.c \
	tools/run_shim/real.c \
	tools/run_shim/run_shim.c \
	tools/run_shim/sandbox.c

# ---- Unit tests: one cmocka binary a file
UNIT_TESTS := \
	tests/unit/test_address.c \
	tests/unit/test_ask.c \
	tests/unit/test_dns_answer.c \
	tests/unit/test_dns_cares_calls.c \
	tests/unit/test_dns_race.c \
	tests/unit/test_dns_report.c \
	tests/unit/test_dns_search.c \
	tests/unit/test_dns_settings.c \
	tests/unit/test_dns_transport.c \
	tests/unit/test_dns_packet.c \
	tests/unit/test_event.c \
	tests/unit/test_fopnp_conf.c \
	tests/unit/test_hosts_file.c \
	tests/unit/test_hosts_source.c \
	tests/unit/test_mdns_avahi.c \
	tests/unit/test_mdns_interfaces.c \
	tests/unit/test_mdns_names.c \
	tests/unit/test_mdns_reply.c \
	tests/unit/test_mdns_search.c \
	tests/unit/test_nsswitch_file.c \
	tests/unit/test_order.c \
	tests/unit/test_status.c \
	tests/unit/test_tools_address_rules.c \
	tests/unit/test_tools_check_facts.c \
	tests/unit/test_tools_check_rules_daemons.c \
	tests/unit/test_tools_check_rules_files.c \
	tests/unit/test_tools_check_rules_orders.c \
	tests/unit/test_tools_check_rules_resolv.c \
	tests/unit/test_tools_check_system.c \
	tests/unit/test_tools_check_program.c \
	tests/unit/test_tools_compare.c \
	tests/unit/test_tools_compare_answers.c \
	tests/unit/test_tools_compare_entries.c \
	tests/unit/test_tools_conf_file.c \
	tests/unit/test_tools_connect.c \
	tests/unit/test_tools_dns_client.c \
	tests/unit/test_tools_dns_idn.c \
	tests/unit/test_tools_dns_message.c \
	tests/unit/test_tools_dns_rdata.c \
	tests/unit/test_tools_dns_relay_tcp.c \
	tests/unit/test_tools_dns_response.c \
	tests/unit/test_tools_dns_servers.c \
	tests/unit/test_tools_escape.c \
	tests/unit/test_tools_event_listener.c \
	tests/unit/test_tools_gai_conf.c \
	tests/unit/test_tools_hosts_evidence.c \
	tests/unit/test_tools_journal_reader.c \
	tests/unit/test_tools_json_output.c \
	tests/unit/test_tools_lookup_pool.c \
	tests/unit/test_tools_mx.c \
	tests/unit/test_tools_notes_addresses.c \
	tests/unit/test_tools_notes_conf.c \
	tests/unit/test_tools_notes_daemons.c \
	tests/unit/test_tools_notes_dns.c \
	tests/unit/test_tools_notes_hosts.c \
	tests/unit/test_tools_notes_name.c \
	tests/unit/test_tools_notes_sources.c \
	tests/unit/test_tools_nscd_conf.c \
	tests/unit/test_tools_nsswitch_edit.c \
	tests/unit/test_tools_observed.c \
	tests/unit/test_tools_observed_code.c \
	tests/unit/test_tools_observed_file.c \
	tests/unit/test_tools_observed_filter.c \
	tests/unit/test_tools_observed_json.c \
	tests/unit/test_tools_observed_redact.c \
	tests/unit/test_tools_observed_text.c \
	tests/unit/test_tools_options.c \
	tests/unit/test_tools_process_info.c \
	tests/unit/test_tools_program_kind.c \
	tests/unit/test_tools_progress.c \
	tests/unit/test_tools_report.c \
	tests/unit/test_tools_request.c \
	tests/unit/test_tools_resolved.c \
	tests/unit/test_tools_resolver_config.c \
	tests/unit/test_tools_reverse.c \
	tests/unit/test_tools_run_calls.c \
	tests/unit/test_tools_socket_owner.c \
	tests/unit/test_tools_socket_probe.c \
	tests/unit/test_tools_table.c \
	tests/unit/test_tools_told.c \
	tests/unit/test_tools_trace_evidence.c \
	tests/unit/test_tools_trace_wire.c \
	tests/unit/test_tools_whois.c \
	tests/unit/test_tools_walk_read.c \
	tests/unit/test_tools_wire.c \
	tests/unit/test_tools_root_hints.c

# Those of the command link all of it but main().
UNIT_TOOLS_BINS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(filter tests/unit/test_tools_%,$(UNIT_TESTS)))
UNIT_TOOLS_OBJS := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out tools/fopnp.c,$(TOOL_SRC)) $(DNS_CLIENT_SRC)) \
	$(BUILD)/obj/root_hints_text.o $(BUILD)/obj/libcares.a
$(UNIT_TOOLS_BINS): $(UNIT_TOOLS_OBJS)
$(UNIT_TOOLS_BINS): UNIT_OBJS = $(UNIT_TOOLS_OBJS) $(TOOL_LIBS)

# Those of the rules behind a trace's notes: traces made by hand.
UNIT_NOTES_BINS := $(filter %/test_tools_notes_addresses %/test_tools_notes_conf \
	%/test_tools_notes_daemons \
	%/test_tools_notes_dns %/test_tools_notes_hosts %/test_tools_notes_name \
	%/test_tools_notes_sources %/test_tools_told %/test_tools_trace_evidence,$(UNIT_TOOLS_BINS))
UNIT_NOTES_OBJS := $(addprefix $(BUILD)/obj/tests/unit/,made_trace.o private_file.o)
$(UNIT_NOTES_BINS): $(UNIT_NOTES_OBJS)
$(UNIT_NOTES_BINS): UNIT_OBJS += $(UNIT_NOTES_OBJS)
$(BUILD)/tests/unit/test_tools_notes_hosts: $(BUILD)/obj/tests/unit/random_cases.o
$(BUILD)/tests/unit/test_tools_notes_hosts: UNIT_OBJS += $(BUILD)/obj/tests/unit/random_cases.o

# Those of the rules of check: systems made by hand.
UNIT_RULES_BINS := $(filter %/test_tools_check_rules_daemons %/test_tools_check_rules_files \
	%/test_tools_check_rules_orders %/test_tools_check_rules_resolv,$(UNIT_TOOLS_BINS))
UNIT_RULES_OBJS := $(BUILD)/obj/tests/unit/made_check.o
$(UNIT_RULES_BINS): $(UNIT_RULES_OBJS)
$(UNIT_RULES_BINS): UNIT_OBJS += $(UNIT_RULES_OBJS)

# Those that put files of their own in the place of the machine's.
UNIT_PRIVATE_BINS := $(addprefix $(BUILD)/tests/unit/,\
	test_tools_hosts_evidence test_tools_observed_json test_tools_observed_redact \
	test_tools_resolver_config)
UNIT_PRIVATE_OBJS := $(addprefix $(BUILD)/obj/tests/unit/,private_file.o random_cases.o)
$(UNIT_PRIVATE_BINS): $(UNIT_PRIVATE_OBJS)
$(UNIT_PRIVATE_BINS): UNIT_OBJS += $(UNIT_PRIVATE_OBJS)

# Those of fopnp:dns link all of it, c-ares included, as fopnp/dns.so does.
UNIT_DNS_BINS := $(patsubst tests/%.c,$(BUILD)/tests/%,\
	$(filter-out %/test_dns_packet.c,$(filter tests/unit/test_dns_%,$(UNIT_TESTS))))
UNIT_DNS_OBJS := $(patsubst %.c,$(BUILD)/obj/%.o,$(DNS_SRC))
$(UNIT_DNS_BINS): $(UNIT_DNS_OBJS) $(BUILD)/obj/libcares.a
$(UNIT_DNS_BINS): UNIT_OBJS = $(UNIT_DNS_OBJS) $(BUILD)/obj/libcares.a
$(BUILD)/tests/unit/test_dns_race: $(BUILD)/obj/tests/unit/random_cases.o
$(BUILD)/tests/unit/test_dns_race: UNIT_OBJS += $(BUILD)/obj/tests/unit/random_cases.o
$(BUILD)/tests/unit/test_dns_transport: $(BUILD)/obj/tests/unit/loopback_dns.o
$(BUILD)/tests/unit/test_dns_transport: UNIT_OBJS += $(BUILD)/obj/tests/unit/loopback_dns.o

# Those of fopnp:mdns link all of it, and packets made by hand.
UNIT_MDNS_BINS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(filter tests/unit/test_mdns_%,$(UNIT_TESTS)))
UNIT_MDNS_OBJS := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter nss_module/mdns/%,$(MODULE_SRC)) \
	tests/unit/packet_bytes.c)
$(UNIT_MDNS_BINS): $(UNIT_MDNS_OBJS)
$(UNIT_MDNS_BINS): UNIT_OBJS = $(UNIT_MDNS_OBJS)
$(BUILD)/tests/unit/test_dns_packet: $(BUILD)/obj/tests/unit/packet_bytes.o
$(BUILD)/tests/unit/test_dns_packet: UNIT_OBJS = $(BUILD)/obj/tests/unit/packet_bytes.o

$(BUILD)/tests/unit/test_tools_dns_client: $(BUILD)/obj/tests/unit/loopback_dns.o
$(BUILD)/tests/unit/test_tools_dns_client: UNIT_OBJS += $(BUILD)/obj/tests/unit/loopback_dns.o
$(BUILD)/tests/unit/test_tools_nsswitch_edit: $(BUILD)/obj/tests/unit/random_cases.o
$(BUILD)/tests/unit/test_tools_nsswitch_edit: UNIT_OBJS += $(BUILD)/obj/tests/unit/random_cases.o
$(BUILD)/tests/unit/test_tools_program_kind: $(BUILD)/obj/tests/unit/random_cases.o
$(BUILD)/tests/unit/test_tools_program_kind: UNIT_OBJS += $(BUILD)/obj/tests/unit/random_cases.o

# That of fopnp:hosts links all of it, and has the clock, the opens and the memory in hand.
UNIT_HOSTS_OBJS := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter nss_module/hosts/%,$(MODULE_SRC)) \
	tests/unit/failing_allocation.c)
$(BUILD)/tests/unit/test_hosts_source: $(UNIT_HOSTS_OBJS)
$(BUILD)/tests/unit/test_hosts_source: UNIT_OBJS = $(UNIT_HOSTS_OBJS) \
	-Wl,--wrap=calloc,--wrap=clock_gettime,--wrap=malloc,--wrap=open,--wrap=reallocarray,--wrap=strndup

# glibc as the judge, and allocations that fail: for the tests of parsers.
UNIT_PARSER_BINS := $(addprefix $(BUILD)/tests/unit/,\
	test_fopnp_conf test_hosts_file test_nsswitch_file test_order)
UNIT_PARSER_OBJS := $(addprefix $(BUILD)/obj/tests/unit/,\
	failing_allocation.o glibc_hosts_line.o private_file.o random_cases.o)
$(UNIT_PARSER_BINS): $(UNIT_PARSER_OBJS)
$(UNIT_PARSER_BINS): UNIT_OBJS = $(UNIT_PARSER_OBJS) \
	-Wl,--wrap=calloc,--wrap=malloc,--wrap=reallocarray,--wrap=strndup

# ---- NSS tests: programs that load the module
NSS_TESTS :=
CONFORMANCE_TESTS := \
	tests/nss/test_buffers.c \
	tests/nss/test_threads.c \
	tests/nss/test_descriptors.c \
	tests/nss/test_events.c \
	tests/nss/test_memory.c \
	tests/nss/test_hosts_living.c
NSS_TESTS += $(CONFORMANCE_TESTS)
# Against glibc itself: links its own parts, not the conformance tests'.
NSS_TESTS += tests/nss/differential.c tests/nss/hosts_differential.c

# What integration tests unpack, there before the first of them lays it under its namespace.
TEST_PARTS := aria2 avahi-daemon dnsmasq-base libnss-mdns libnss-myhostname libnss-resolve \
	libnss-winbind nscd nsd systemd-resolved unbound musl musl-dev
# Those that run by themselves: they count packets, and a busy neighbour makes glibc ask again.
ALONE_TESTS := integration/dns_hedging integration/mdns integration/relay

# ---- Script tests: run with BUILD in the environment, exit 77 = skipped
# First the one that makes the folder for the package tests; the others of these come last.
SCRIPT_TESTS := tests/packaging/install.sh
# Integration: real modules, servers and programs in namespaces; they need root and packages.
SCRIPT_TESTS += \
	tests/integration/address_order.sh \
	tests/integration/mx.sh \
	tests/integration/walk.sh \
	tests/integration/chapter.sh \
	tests/integration/check_scenarios.sh \
	tests/integration/compare.sh \
	tests/integration/connect.sh \
	tests/integration/reverse.sh \
	tests/integration/dns_client.sh \
	tests/integration/dns_differential.sh \
	tests/integration/dns_dig.sh \
	tests/integration/dns_hedging.sh \
	tests/integration/dns_host_programs.sh \
	tests/integration/dns_hostile.sh \
	tests/integration/real_modules.sh \
	tests/integration/programs.sh \
	tests/integration/relay.sh \
	tests/integration/dead_dns.sh \
	tests/integration/nscd.sh \
	tests/integration/static_program.sh \
	tests/integration/chroot.sh \
	tests/integration/user_namespace.sh \
	tests/integration/privileged.sh \
	tests/integration/config_reload.sh \
	tests/integration/domains.sh \
	tests/integration/mdns.sh \
	tests/integration/run_shim.sh \
	tests/integration/event_load.sh \
	tests/integration/event_million.sh \
	tests/integration/trace.sh \
	tests/integration/scenarios.sh \
	tests/integration/journal.sh \
	tests/integration/report.sh \
	tests/integration/resolved.sh \
	tests/integration/run.sh \
	tests/integration/watch.sh \
	tests/integration/watch_journal.sh \
	tests/integration/whois.sh
INTEGRATION_BINS := $(addprefix $(BUILD)/tests/integration/,\
	ares_lookup ask_resolved chroot_lookups dns_call event_load journal_read lookups lookups_static relay_call reload_lookups run_daemon run_shim_calls)
TEST_EXTRA += $(INTEGRATION_BINS)
$(BUILD)/tests/integration/%: tests/integration/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< $(INTEGRATION_LIBS)
$(BUILD)/tests/integration/ares_lookup: INTEGRATION_LIBS := -lcares
# It asks systemd-resolved as the command does: with the command's own parts.
$(BUILD)/tests/integration/ask_resolved: $(UNIT_TOOLS_OBJS) $(BUILD)/obj/liblookup.a
$(BUILD)/tests/integration/ask_resolved: INTEGRATION_LIBS = $(UNIT_TOOLS_OBJS) $(LOOKUP_LIB) $(TOOL_LIBS)
# It hears events as the command does.
$(BUILD)/tests/integration/event_load: $(UNIT_TOOLS_OBJS) $(BUILD)/obj/liblookup.a
$(BUILD)/tests/integration/event_load: INTEGRATION_LIBS = $(UNIT_TOOLS_OBJS) $(LOOKUP_LIB) $(TOOL_LIBS)
# What the command reads from the journal, likewise.
$(BUILD)/tests/integration/journal_read: $(UNIT_TOOLS_OBJS) $(BUILD)/obj/liblookup.a
$(BUILD)/tests/integration/journal_read: INTEGRATION_LIBS = $(UNIT_TOOLS_OBJS) $(LOOKUP_LIB) $(TOOL_LIBS)
# libc warns that such a program loads a libc at run time: that is what the test is about.
$(BUILD)/tests/integration/lookups_static: tests/integration/lookups.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) -std=gnu11 $(OPT) -D_GNU_SOURCE -static -Wl,--no-warnings -o $@ $<
SCRIPT_TESTS += tests/fuzz/replay.sh
SCRIPT_TESTS += tests/nss/test_differential_teeth.sh tests/nss/test_hosts_teeth.sh
# What the module looks like from outside, and programs of different make that load it.
SCRIPT_TESTS += \
	tests/checks/dns_object.sh \
	tests/checks/exports.sh \
	tests/checks/needed.sh \
	tests/checks/run_shim.sh \
	tests/checks/layers.sh \
	tests/checks/headers.sh \
	tests/checks/man.sh \
	tests/checks/install.sh \
	tests/nss/test_programs.sh
# The command, as people and programs see it.
SCRIPT_TESTS += \
	tests/checks/help.sh \
	tests/cli/check_program.sh \
	tests/cli/compare.sh \
	tests/cli/connect.sh \
	tests/cli/names.sh \
	tests/cli/reverse.sh \
	tests/cli/compare_hostile.sh \
	tests/cli/check.sh \
	tests/cli/check_hostile.sh \
	tests/cli/check_output.sh \
	tests/cli/check_servers.sh \
	tests/cli/dns.sh \
	tests/cli/enable.sh \
	tests/cli/enable_killed.sh \
	tests/cli/enable_refuses.sh \
	tests/cli/help.sh \
	tests/cli/mx.sh \
	tests/cli/recipes.sh \
	tests/cli/report.sh \
	tests/cli/run.sh \
	tests/cli/run_output.sh \
	tests/cli/run_signals.sh \
	tests/cli/status.sh \
	tests/cli/trace_config.sh \
	tests/cli/trace_hostile.sh \
	tests/cli/trace_options.sh \
	tests/cli/trace_output.sh \
	tests/cli/trace_process.sh \
	tests/cli/trace_results.sh \
	tests/cli/walk.sh \
	tests/cli/watch.sh \
	tests/cli/whois.sh

# ---- Fuzz targets: tests/fuzz/NAME.c with its corpus in tests/fuzz/corpus/NAME
FUZZ_TARGETS := compare_entries dns_answer dns_message dns_packet dns_response event fopnp_conf gai_conf hosts_file hosts_source mdns_reply nsswitch_edit nsswitch_file observed_json order resolv_conf resolved_reply root_hints whois_referral
FUZZ_SECONDS ?= 60

# ---- objects --------------------------------------------------------------

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

LOOKUP_LIB := $(BUILD)/obj/liblookup.a
MODULE     := $(BUILD)/lib/libnss_fopnp.so.2
DNS_OBJECT := $(BUILD)/lib/fopnp/dns.so
CARES_LIB  := $(BUILD)/obj/libcares.a
RUN_SHIM   := $(BUILD)/lib/fopnp/run.so
COMMAND    := $(BUILD)/bin/fopnp
ROOT_HINTS_OBJ := $(BUILD)/obj/root_hints_text.o

TOOL_CFLAGS = $(shell pkg-config --cflags $(TOOL_PKGS))
TOOL_LIBS   = $(shell pkg-config --libs $(TOOL_PKGS))

.PHONY: all
all: $(MODULE) $(DNS_OBJECT) $(RUN_SHIM) $(COMMAND)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS_ALL) $(EXTRA_CFLAGS) -c -o $@ $<

$(call obj,$(TOOL_SRC)): EXTRA_CFLAGS = $(TOOL_CFLAGS)
$(ROOT_HINTS):
	@echo "fopnp: there is no $@: install dns-root-data (make run and make check do)" >&2; false
$(BUILD)/obj/root_hints_text.c: $(ROOT_HINTS)
	@mkdir -p $(@D)
	$(call say,TEXT)
	$(Q){ echo '#include "tools/root_hints_text.h"'; echo 'const char fopnp_root_hints_text[] ='; \
		sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $<; echo ';'; } >$@.new && mv $@.new $@
$(ROOT_HINTS_OBJ): $(BUILD)/obj/root_hints_text.c
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS_ALL) -c -o $@ $<
# Its loops over every byte of a file are three times as fast by vectors.
$(call obj,tools/hosts_scan.c): EXTRA_CFLAGS += -O3
# TLS descriptors where the compiler knows them: __tls_get_addr() would make ld.so a second NEEDED.
$(call obj,$(MODULE_SRC) $(DNS_SRC)): EXTRA_CFLAGS = $(TLS_DIALECT) $(MODULE_OPT)
# Not fortified: musl has none of glibc's checking functions.  Distributions may ask for it by -Wp, which
# comes last.
$(call obj,$(RUN_SHIM_SRC)): EXTRA_CFLAGS = $(TLS_DIALECT) $(MODULE_OPT) -U_FORTIFY_SOURCE \
	-Wp,-U_FORTIFY_SOURCE
$(call obj,$(LOOKUP_SRC)): EXTRA_CFLAGS = $(MODULE_OPT)
# -Os copies by "rep movsb", which is slow for the many short texts of an event.
$(call obj,nss_module/lookup/event_read.c nss_module/lookup/event_write.c): EXTRA_CFLAGS = $(filter-out -Os,$(MODULE_OPT))

$(LOOKUP_LIB): $(call obj,$(LOOKUP_SRC))
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^

$(MODULE): $(call obj,$(MODULE_SRC)) $(LOOKUP_LIB) nss_module/nss_fopnp.map
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(MODULE_LDFLAGS) $(LDFLAGS_ALL) -o $@ $(call obj,$(MODULE_SRC)) $(LOOKUP_LIB)

# c-ares as a static library of position independent code; docs/install.md has how to make one.
CARES_STATIC ?= $(shell $(CC) -print-file-name=libcares.a)
# A copy of it without some of its calls of libc, and with one of its own led through us (which 1.34
# has): nss_module/dns/cares_calls.h.
$(CARES_LIB): nss_module/dns/cares_calls.h
	@mkdir -p $(@D)
	@[ -f "$(CARES_STATIC)" ] || { echo "fopnp: there is no static c-ares, $(CARES_STATIC):" \
		"install libc-ares-dev, or see docs/install.md" >&2; false; }
	$(call say,COPY)
	@rm -rf $@ $@.parts
	@mkdir $@.parts
	$(Q)cd $@.parts && $(AR) x "$(abspath $(CARES_STATIC))" && for part in *.o; do \
		wanted=$$($(NM) -u $$part 2>/dev/null) || exit 1; \
		own=$$(echo "$$wanted" | sed -n 's/.* \(ares_dns_name_write\)$$/\1/p'); \
		$(OBJCOPY) $(foreach name,fopen free getenv malloc pthread_create rand realloc select srand,\
			--redefine-sym $(name)=fopnp_cares_$(name)) \
			$${own:+--redefine-sym $$own=fopnp_cares_dns_name_write} $$part || exit 1; \
	done
	$(Q)$(AR) rcs $@ $@.parts/*.o
	@rm -rf $@.parts

# All of c-ares is hidden: a program may have another one, under the same names.
$(DNS_OBJECT): $(call obj,$(DNS_SRC)) $(LOOKUP_LIB) $(CARES_LIB) nss_module/dns/dns.map
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(DNS_LDFLAGS) $(LDFLAGS_ALL) -o $@ $(call obj,$(DNS_SRC)) $(LOOKUP_LIB) $(CARES_LIB)

$(RUN_SHIM): $(call obj,$(RUN_SHIM_SRC)) $(LOOKUP_LIB) tools/run_shim/run_shim.map
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(RUN_SHIM_LDFLAGS) $(LDFLAGS_ALL) -o $@ $(call obj,$(RUN_SHIM_SRC)) $(LOOKUP_LIB)

$(COMMAND): $(call obj,$(TOOL_SRC) $(DNS_CLIENT_SRC)) $(ROOT_HINTS_OBJ) $(LOOKUP_LIB) $(CARES_LIB)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(LDFLAGS_ALL) -pie -Wl,--export-dynamic-symbol=__res_ninit -o $@ $^ $(TOOL_LIBS)

# ---- tests ----------------------------------------------------------------

UNIT_BINS := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(UNIT_TESTS))
NSS_BINS  := $(patsubst tests/nss/%.c,$(BUILD)/tests/nss/%,$(NSS_TESTS))

$(UNIT_BINS): $(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(LOOKUP_LIB)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(UNIT_OBJS) $(LOOKUP_LIB) -lcmocka

# ---- NSS test rules
# What the conformance tests look up: their own NSS module, in two shapes.
CONFORMANCE_MODULES := $(BUILD)/tests/modules/libnss_conform.so.2 \
	$(BUILD)/tests/modules/libnss_conformtwo.so.2
$(BUILD)/tests/modules/libnss_conformtwo.so.2: EXTRA_CFLAGS = -DONLY_TWO
$(CONFORMANCE_MODULES): $(BUILD)/tests/modules/lib%.so.2: tests/nss/modules/conform.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS_ALL) $(EXTRA_CFLAGS) -MF $@.d -shared -Wl,-soname,lib$*.so.2 $(LDFLAGS_ALL) -o $@ $<

CONFORMANCE_BINS := $(patsubst tests/nss/%.c,$(BUILD)/tests/nss/%,$(CONFORMANCE_TESTS))
CONFORMANCE_OBJS := $(call obj,tests/nss/isolated.c tests/nss/resolve.c tests/nss/listener.c)
$(CONFORMANCE_BINS): $(BUILD)/tests/nss/%: $(BUILD)/obj/tests/nss/%.o $(CONFORMANCE_OBJS) \
		$(LOOKUP_LIB) | $(CONFORMANCE_MODULES) $(MODULE)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(CONFORMANCE_OBJS) $(LOOKUP_LIB) -lcmocka

# The module is to find these in the program before it finds them in libc.
$(BUILD)/tests/nss/test_hosts_living: private LDFLAGS_ALL += \
	-Wl,--export-dynamic-symbol=clock_gettime,--export-dynamic-symbol=open

# The differential test's modules: NAME_FUNCTIONS is an or of tests/nss/scripted_module.h's bits.
SCRIPTED_FUNCTIONS_0 := 0x1f
SCRIPTED_FUNCTIONS_1 := 0x01
SCRIPTED_FUNCTIONS_2 := 0x14
SCRIPTED_FUNCTIONS_3 := 0x06
SCRIPTED_FUNCTIONS_4 := 0x17
SCRIPTED_FUNCTIONS_5 := 0x08
SCRIPTED_FUNCTIONS_6 := 0x10
SCRIPTED_FUNCTIONS_7 := 0x24
SCRIPTED_FUNCTIONS_8 := 0x00
SCRIPTED_FUNCTIONS_9 := 0x5f
SCRIPTED_FUNCTIONS_10 := 0x1f
SCRIPTED_FUNCTIONS_11 := 0x1a
SCRIPTED_FUNCTIONS_12 := 0x26
SCRIPTED_FUNCTIONS_13 := 0x3d
SCRIPTED_MODULES := $(foreach i,0 1 2 3 4 5 6 7 8 9 10 11 12 13,$(BUILD)/tests/modules/libnss_p$(i).so.2)
# They take fopnp_test_script from the program that loads them: no -z defs here.
$(SCRIPTED_MODULES): $(BUILD)/tests/modules/libnss_p%.so.2: tests/nss/scripted_module.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS_ALL) -DSCRIPTED_NAME=p$* -DSCRIPTED_INDEX=$* \
		-DSCRIPTED_FUNCTIONS=$(SCRIPTED_FUNCTIONS_$*) -MF $@.d -shared \
		-Wl,-soname,libnss_p$*.so.2 $(LDFLAGS_ALL) -o $@ $<

# Codes of lookups are compared with those that glibc makes of such a module.
$(BUILD)/tests/unit/test_tools_observed_code: UNIT_OBJS += -Wl,--export-dynamic-symbol=fopnp_test_script
$(BUILD)/tests/unit/test_tools_observed_code: | $(BUILD)/tests/modules/libnss_p0.so.2

# What the lookup pool's test looks up.
POOL_MODULE := $(BUILD)/tests/modules/libnss_pool.so.2
$(POOL_MODULE): tests/nss/modules/pool.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS_ALL) -MF $@.d -shared -Wl,-soname,$(@F) $(LDFLAGS_ALL) -o $@ $<
$(BUILD)/tests/unit/test_tools_lookup_pool: | $(POOL_MODULE) $(MODULE)

DIFFERENTIAL_OBJS := $(call obj,tests/nss/differential.c $(addprefix tests/nss/differential/, \
	calls.c compare.c generate.c options.c sandbox.c))
$(BUILD)/tests/nss/differential: $(DIFFERENTIAL_OBJS) | $(SCRIPTED_MODULES) $(MODULE)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(LDFLAGS_ALL) -Wl,--export-dynamic-symbol=fopnp_test_script -o $@ $(DIFFERENTIAL_OBJS)

HOSTS_DIFFERENTIAL_OBJS := $(call obj,tests/nss/hosts_differential.c \
	$(addprefix tests/nss/hosts_differential/,content.c judge.c place.c places.c questions.c rows.c) \
	$(addprefix tests/nss/differential/,calls.c sandbox.c) tests/nss/listener.c)
$(BUILD)/tests/nss/hosts_differential: $(HOSTS_DIFFERENTIAL_OBJS) $(LOOKUP_LIB) | $(MODULE)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(LDFLAGS_ALL) -Wl,--export-dynamic-symbol=clock_gettime -o $@ $(HOSTS_DIFFERENTIAL_OBJS) $(LOOKUP_LIB)

# The real module with a fault in its results, which the differential test must see.
FAULTY_MODULE := $(BUILD)/tests/faulty/libnss_fopnp.so.2
TEST_EXTRA += $(FAULTY_MODULE)
$(FAULTY_MODULE): tests/nss/faulty_module.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS_ALL) -MF $@.d -shared $(LDFLAGS_ALL) -o $@ $<
-include $(wildcard $(BUILD)/tests/modules/*.d $(BUILD)/tests/faulty/*.d)

# ---- Integration rules
# getaddrinfo's order against the command's: its parts, and a module that gives a list as it is.
ADDRESS_ORDER := $(BUILD)/tests/integration/address_order
ADDRESS_LIST_MODULE := $(BUILD)/tests/modules/libnss_address_list.so.2
TEST_EXTRA += $(ADDRESS_ORDER) $(ADDRESS_LIST_MODULE)
$(ADDRESS_ORDER): $(BUILD)/obj/tests/integration/address_order.o $(UNIT_TOOLS_OBJS) $(LOOKUP_LIB)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(LDFLAGS_ALL) -Wl,--export-dynamic-symbol=fopnp_test_address_list -o $@ $^ $(TOOL_LIBS)
$(ADDRESS_LIST_MODULE): tests/integration/address_list_module.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS_ALL) -MF $@.d -shared -Wl,-soname,$(@F) $(LDFLAGS_ALL) -o $@ $<
# The relays of the command without the rest of it.
$(BUILD)/tests/integration/relay_call: tests/integration/relay_call.c $(UNIT_TOOLS_OBJS) $(BUILD)/obj/liblookup.a
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< $(UNIT_TOOLS_OBJS) $(LOOKUP_LIB) $(TOOL_LIBS)

# libc's dns against fopnp:dns.
DNS_DIFFERENTIAL := $(BUILD)/tests/integration/dns_differential/dns_differential
TEST_EXTRA += $(DNS_DIFFERENTIAL)
$(DNS_DIFFERENTIAL): $(call obj,$(addprefix tests/integration/dns_differential/, \
		calls.c cases.c dns_differential.c made_reply.c recorder.c))
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^

# ---- Package tests: in folders with a Debian system (tests/packaging/folder.sh)
PACKAGE_TOOLS := $(addprefix $(BUILD)/tests/packaging/,killed_at steady_lookups)
$(PACKAGE_TOOLS): $(BUILD)/tests/packaging/%: tests/packaging/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $<
PACKAGE_TESTS := \
	tests/packaging/aborts.sh \
	tests/packaging/contents.sh \
	tests/packaging/hosts_line.sh \
	tests/packaging/install.sh \
	tests/packaging/lintian.sh \
	tests/packaging/programs.sh \
	tests/packaging/upsets.sh
SCRIPT_TESTS += $(filter-out $(SCRIPT_TESTS),$(PACKAGE_TESTS))
TEST_EXTRA += $(PACKAGE_TOOLS) deb-once
MATRIX ?= bookworm trixie unstable
.PHONY: check-packages check-matrix check-module
check-packages: test-packages
	$(MAKE) $(PACKAGE_TOOLS) $(MODULE) $(COMMAND) deb-once
	@BUILD=$(BUILD) FOPNP_TEST_ALONE="tests/packaging/" tests/run.sh $(PACKAGE_TESTS)
check-matrix: test-packages
	$(MAKE) $(PACKAGE_TOOLS)
	@BUILD=$(BUILD) tests/packaging/matrix.sh $(MATRIX)
# What depends on the versions of gcc, libc and c-ares: the module's own tests, and fopnp:dns against
# libc's dns and against hostile servers.
MODULE_TESTS := \
	tests/integration/dns_differential.sh \
	tests/integration/dns_hostile.sh \
	tests/checks/dns_object.sh \
	tests/checks/exports.sh \
	tests/checks/needed.sh
MODULE_TEST_BINS := $(NSS_BINS) $(filter-out $(BUILD)/tests/unit/test_tools_%,$(UNIT_BINS))
check-module: $(MODULE) $(DNS_OBJECT) $(COMMAND) $(MODULE_TEST_BINS) \
		$(DNS_DIFFERENTIAL) $(BUILD)/tests/integration/dns_call
	@BUILD=$(BUILD) tests/run.sh $(MODULE_TESTS) $(MODULE_TEST_BINS)

# ---- Fuzz rules
FUZZ_CFLAGS := -std=gnu11 -O1 -g -Wall -Wextra -D_GNU_SOURCE -I. -MMD -MP \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_REPLAY_BINS := $(addprefix $(BUILD)/fuzz-replay/,$(FUZZ_TARGETS))
FUZZ_BINS := $(addprefix $(BUILD)/fuzz/,$(FUZZ_TARGETS))

# Replay: the corpora once through each target, by any compiler, in make check.
TEST_EXTRA += $(FUZZ_REPLAY_BINS)

$(BUILD)/obj/fuzz-replay/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(FUZZ_CFLAGS) -fsanitize=address,undefined -c -o $@ $<

$(FUZZ_REPLAY_BINS): $(BUILD)/fuzz-replay/%: $(BUILD)/obj/fuzz-replay/tests/fuzz/%.o \
		$(addprefix $(BUILD)/obj/fuzz-replay/,tests/fuzz/replay_main.o $(LOOKUP_SRC:.c=.o))
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) -fsanitize=address,undefined -o $@ $^ $(FUZZ_LIBS)

FUZZ_HINTS_OBJS := $(addprefix tools/,clock.o escape.o json_output.o memory.o message.o progress.o root_hints.o text_file.o)
$(BUILD)/fuzz-replay/root_hints: $(addprefix $(BUILD)/obj/fuzz-replay/,$(FUZZ_HINTS_OBJS)) $(BUILD)/obj/root_hints_text.o
$(BUILD)/fuzz/root_hints: $(addprefix $(BUILD)/obj/fuzz/,$(FUZZ_HINTS_OBJS)) $(BUILD)/obj/root_hints_text.o
$(BUILD)/fuzz-replay/root_hints $(BUILD)/fuzz/root_hints: FUZZ_LIBS = -ljansson
$(BUILD)/fuzz-replay/gai_conf: $(addprefix $(BUILD)/obj/fuzz-replay/tools/,gai_conf.o memory.o text_file.o)
$(BUILD)/fuzz/gai_conf: $(addprefix $(BUILD)/obj/fuzz/tools/,gai_conf.o memory.o text_file.o)

FUZZ_MDNS := mdns_avahi.o mdns_names.o mdns_reply.o mdns_result.o
$(BUILD)/fuzz-replay/mdns_reply: $(addprefix $(BUILD)/obj/fuzz-replay/nss_module/mdns/,$(FUZZ_MDNS))
$(BUILD)/fuzz/mdns_reply: $(addprefix $(BUILD)/obj/fuzz/nss_module/mdns/,$(FUZZ_MDNS))

# What fopnp:dns makes of replies.
FUZZ_DNS_OBJS := $(addprefix nss_module/dns/,answer.o outcome.o report.o search.o verdict.o)
$(BUILD)/fuzz-replay/dns_answer: $(addprefix $(BUILD)/obj/fuzz-replay/,$(FUZZ_DNS_OBJS))
$(BUILD)/fuzz/dns_answer: $(addprefix $(BUILD)/obj/fuzz/,$(FUZZ_DNS_OBJS))

# That of fopnp:hosts searches as the module does.
FUZZ_HOSTS_OBJS := $(addprefix nss_module/hosts/,hosts_index.o hosts_search.o line_blocks.o)
$(BUILD)/fuzz-replay/hosts_source: $(addprefix $(BUILD)/obj/fuzz-replay/,$(FUZZ_HOSTS_OBJS))
$(BUILD)/fuzz/hosts_source: $(addprefix $(BUILD)/obj/fuzz/,$(FUZZ_HOSTS_OBJS))

# The parsers that are the command's.
$(BUILD)/fuzz-replay/nsswitch_edit: $(addprefix $(BUILD)/obj/fuzz-replay/tools/,memory.o nsswitch_edit.o)
$(BUILD)/fuzz/nsswitch_edit: $(addprefix $(BUILD)/obj/fuzz/tools/,memory.o nsswitch_edit.o)
$(BUILD)/fuzz-replay/dns_message: $(BUILD)/obj/fuzz-replay/tools/dns_message.o
$(BUILD)/fuzz/dns_message: $(BUILD)/obj/fuzz/tools/dns_message.o
FUZZ_RESPONSE_OBJS := $(addprefix tools/,dns_message.o dns_name.o dns_rdata.o dns_rdata_field.o \
	dns_rdata_location.o dns_rdata_rare.o dns_rdata_svcb.o dns_response.o memory.o)
$(BUILD)/fuzz-replay/dns_response: $(addprefix $(BUILD)/obj/fuzz-replay/,$(FUZZ_RESPONSE_OBJS))
$(BUILD)/fuzz/dns_response: $(addprefix $(BUILD)/obj/fuzz/,$(FUZZ_RESPONSE_OBJS))
$(BUILD)/fuzz-replay/resolv_conf: $(addprefix $(BUILD)/obj/fuzz-replay/tools/,memory.o resolv_conf.o)
$(BUILD)/fuzz/resolv_conf: $(addprefix $(BUILD)/obj/fuzz/tools/,memory.o resolv_conf.o)
$(BUILD)/fuzz-replay/resolved_reply: $(addprefix $(BUILD)/obj/fuzz-replay/tools/,memory.o resolved_reply.o)
$(BUILD)/fuzz/resolved_reply: $(addprefix $(BUILD)/obj/fuzz/tools/,memory.o resolved_reply.o)
$(BUILD)/fuzz-replay/resolved_reply $(BUILD)/fuzz/resolved_reply: FUZZ_LIBS = -ljansson
FUZZ_OBSERVED_OBJS := $(addprefix tools/,call_result.o clock.o escape.o findings.o host_name.o \
	json_lookup.o json_output.o memory.o observed.o observed_code.o observed_json.o \
	observed_json_read.o observed_redact.o process_info.o request.o text_file.o)
$(BUILD)/fuzz-replay/observed_json: $(addprefix $(BUILD)/obj/fuzz-replay/,$(FUZZ_OBSERVED_OBJS))
$(BUILD)/fuzz/observed_json: $(addprefix $(BUILD)/obj/fuzz/,$(FUZZ_OBSERVED_OBJS))
$(BUILD)/fuzz-replay/observed_json $(BUILD)/fuzz/observed_json: FUZZ_LIBS = -lidn2 -ljansson -lmd

FUZZ_COMPARE_OBJS := $(addprefix tools/,call_result.o clock.o compare_answers.o compare_entries.o \
	compare_line.o escape.o hosts_scan.o json_output.o memory.o message.o progress.o request.o)
$(BUILD)/fuzz-replay/compare_entries: $(addprefix $(BUILD)/obj/fuzz-replay/,$(FUZZ_COMPARE_OBJS))
$(BUILD)/fuzz/compare_entries: $(addprefix $(BUILD)/obj/fuzz/,$(FUZZ_COMPARE_OBJS))
$(BUILD)/fuzz-replay/compare_entries $(BUILD)/fuzz/compare_entries: FUZZ_LIBS = -lidn2 -ljansson

FUZZ_WHOIS_OBJS := $(addprefix tools/,escape.o memory.o whois_referral.o whois_reply.o)
$(BUILD)/fuzz-replay/whois_referral: $(addprefix $(BUILD)/obj/fuzz-replay/,$(FUZZ_WHOIS_OBJS))
$(BUILD)/fuzz/whois_referral: $(addprefix $(BUILD)/obj/fuzz/,$(FUZZ_WHOIS_OBJS))

# Fuzzing proper, by libFuzzer.  What it finds stays in $(BUILD)/fuzz.
$(BUILD)/obj/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

$(FUZZ_BINS): $(BUILD)/fuzz/%: $(BUILD)/obj/fuzz/tests/fuzz/%.o \
		$(addprefix $(BUILD)/obj/fuzz/,$(LOOKUP_SRC:.c=.o))
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CLANG) -fsanitize=fuzzer,address,undefined -o $@ $^ $(FUZZ_LIBS)

.PHONY: fuzz $(addprefix fuzz-,$(FUZZ_TARGETS))
fuzz: $(addprefix fuzz-,$(FUZZ_TARGETS))
$(addprefix fuzz-,$(FUZZ_TARGETS)): fuzz-%: $(BUILD)/fuzz/%
	@mkdir -p $(BUILD)/fuzz/corpus/$*
	$< -max_total_time=$(FUZZ_SECONDS) -timeout=10 -print_final_stats=1 \
		-artifact_prefix=$(BUILD)/fuzz/$*- $(BUILD)/fuzz/corpus/$* tests/fuzz/corpus/$*

.PHONY: run
run: build-packages
	$(MAKE) all
	@tests/run_demo.sh $(COMMAND) $(NAME)

.PHONY: build-packages test-packages
build-packages:
	@packaging/install-packages.sh build
test-packages:
	@packaging/install-packages.sh build test deb package-test

.PHONY: check check-built
check: test-packages
	$(MAKE) check-built
# The long ones first, so that no processor is idle at the end.
check-built: all $(UNIT_BINS) $(NSS_BINS) $(TEST_EXTRA)
	@[ "$$(id -u)" -ne 0 ] || tests/integration/parts.sh $(TEST_PARTS) || :
	@BUILD=$(BUILD) FOPNP_TEST_ALONE="$(ALONE_TESTS)" \
		tests/run.sh $(SCRIPT_TESTS) $(NSS_BINS) $(UNIT_BINS)

# ---- sanitizers -----------------------------------------------------------

# The unit tests and the tests that load the module, in trees of their own.
.PHONY: asan tsan check-sanitized
asan: test-packages
	$(MAKE) BUILD=build-asan SAN=address,undefined OPT='-O1 -g' check-sanitized
tsan: test-packages
	$(MAKE) BUILD=build-tsan SAN=thread OPT='-O1 -g' check-sanitized
# The command has one thread (tests/checks/layers.sh sees to it): of its unit tests only the one that
# talks to the module's transport is worth ThreadSanitizer's time.
SANITIZED_UNIT_BINS := $(UNIT_BINS)
ifeq ($(SAN),thread)
SANITIZED_UNIT_BINS := $(filter-out $(BUILD)/tests/unit/test_tools_%,$(UNIT_BINS)) \
	$(BUILD)/tests/unit/test_tools_dns_client
endif
check-sanitized: $(MODULE) $(SANITIZED_UNIT_BINS) $(NSS_BINS)
	@BUILD=$(BUILD) FOPNP_CASES=$${FOPNP_CASES:-2000} \
		UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		TSAN_OPTIONS=suppressions=$(CURDIR)/tests/nss/tsan.supp \
		tests/run.sh $(SANITIZED_UNIT_BINS) $(NSS_BINS)

# ---- installation ---------------------------------------------------------

MAN_PAGES := \
	docs/man/fopnp-check-rules.7 \
	docs/man/fopnp-check.1 \
	docs/man/fopnp-compare.1 \
	docs/man/fopnp-connect.1 \
	docs/man/fopnp-disable.1 \
	docs/man/fopnp-dns.1 \
	docs/man/fopnp-enable.1 \
	docs/man/fopnp-hostname.1 \
	docs/man/fopnp-protocol.1 \
	docs/man/fopnp-reverse.1 \
	docs/man/fopnp-service.1 \
	docs/man/fopnp-status.1 \
	docs/man/fopnp-mx.1 \
	docs/man/fopnp-report.1 \
	docs/man/fopnp-run.1 \
	docs/man/fopnp-trace.1 \
	docs/man/fopnp-walk.1 \
	docs/man/fopnp-watch.1 \
	docs/man/fopnp-whois.1 \
	docs/man/fopnp.1 \
	docs/man/fopnp.conf.5 \
	docs/man/nss-fopnp.8
MAN_LINKS := man8/libnss_fopnp.so.2.8

# By rename: a program that starts meanwhile would die of half a library.
install_library = install -D -m 0644 $(1) $(2).new && mv -f $(2).new $(2)

.PHONY: install uninstall
install: all
	$(call install_library,$(DNS_OBJECT),$(DESTDIR)$(LIBDIR)/fopnp/dns.so)
	$(call install_library,$(MODULE),$(DESTDIR)$(LIBDIR)/libnss_fopnp.so.2)
	$(call install_library,$(RUN_SHIM),$(DESTDIR)$(LIBDIR)/fopnp/run.so)
	install -D -m 0755 $(COMMAND) $(DESTDIR)$(BINDIR)/fopnp
	install -D -m 0644 docs/schema/fopnp-1.json $(DESTDIR)$(DATADIR)/schema/fopnp-1.json
	install -D -m 0644 packaging/fopnp.conf $(DESTDIR)$(DATADIR)/fopnp.conf
	install -D -m 0644 packaging/completions/fopnp.bash $(DESTDIR)$(BASHCOMPDIR)/fopnp
	install -D -m 0644 packaging/fish/fopnp.fish $(DESTDIR)$(FISHCOMPDIR)/fopnp.fish
	install -D -m 0644 packaging/zsh/_fopnp $(DESTDIR)$(ZSHCOMPDIR)/_fopnp
	install -D -m 0644 packaging/fopnp.catalog $(DESTDIR)$(CATALOGDIR)/fopnp.catalog
	install -D -m 0644 packaging/tmpfiles/fopnp.conf $(DESTDIR)$(TMPFILESDIR)/fopnp.conf
	for page in $(MAN_PAGES); do \
		install -D -m 0644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/} || exit 1; \
	done
	ln -sf nss-fopnp.8 $(DESTDIR)$(MANDIR)/$(MAN_LINKS)
ifeq ($(DESTDIR),)
	ldconfig
	journalctl --update-catalog 2>/dev/null || :
endif

# A hosts line that names a library which is gone costs a failed search in every process.  To glibc
# a "#" behind the beginning of a line begins no comment.
HOSTS_LINE_OF_FOPNP := ^[[:space:]]*hosts[[:space:]:]+(.*[][:space:]])?fopnp([[:space:][]|$$)
uninstall:
	@! LC_ALL=C grep -Eqs '$(HOSTS_LINE_OF_FOPNP)' '$(DESTDIR)/etc/nsswitch.conf' || { \
		echo "fopnp: $(DESTDIR)/etc/nsswitch.conf names fopnp on its hosts line;" \
			"take it out first: fopnp disable$(if $(DESTDIR), --root $(DESTDIR))" >&2; \
		exit 1; }
	rm -f $(DESTDIR)$(LIBDIR)/libnss_fopnp.so.2 $(DESTDIR)$(BINDIR)/fopnp
	rm -f $(DESTDIR)$(LIBDIR)/fopnp/dns.so $(DESTDIR)$(LIBDIR)/fopnp/run.so
	-rmdir $(DESTDIR)$(LIBDIR)/fopnp 2>/dev/null
	rm -f $(DESTDIR)$(DATADIR)/schema/fopnp-1.json $(DESTDIR)$(DATADIR)/fopnp.conf
	-rmdir $(DESTDIR)$(DATADIR)/schema $(DESTDIR)$(DATADIR) 2>/dev/null
	rm -f $(DESTDIR)$(BASHCOMPDIR)/fopnp $(DESTDIR)$(MANDIR)/$(MAN_LINKS)
	rm -f $(DESTDIR)$(FISHCOMPDIR)/fopnp.fish $(DESTDIR)$(ZSHCOMPDIR)/_fopnp
	rm -f $(DESTDIR)$(CATALOGDIR)/fopnp.catalog $(DESTDIR)$(TMPFILESDIR)/fopnp.conf
	for page in $(MAN_PAGES); do \
		rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; \
	done
ifeq ($(DESTDIR),)
	ldconfig
	journalctl --update-catalog 2>/dev/null || :
endif

# What git would check in, as it stands; in an unpacked archive, all that is there.
SOURCE_FILES = git ls-files -z --cached --others --exclude-standard 2>/dev/null || \
	find . -path './build*' -prune -o -path ./.git -prune -o \( -type f -o -type l \) -printf '%P\0'
DIST_NAME := fopnp-$(VERSION)
DIST_TIME = $${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || date +%s)}
.PHONY: dist
dist:
	@mkdir -p $(BUILD)
	@{ $(SOURCE_FILES); } | LC_ALL=C sort -z | tar -c --null --no-recursion --files-from=- \
		--transform='s,^,$(DIST_NAME)/,' --owner=0 --group=0 --numeric-owner \
		--mtime=@$(DIST_TIME) --mode=go=rX,u+rw | gzip -9n >$(BUILD)/$(DIST_NAME).tar.gz
	@echo $(BUILD)/$(DIST_NAME).tar.gz

# libnss-fopnp and fopnp, in $(BUILD)/deb.  They are built in a copy, for which the packages of
# packaging/deb-packages.txt are there.
.PHONY: deb deb-packages
deb-packages:
	@packaging/install-packages.sh build deb
deb: deb-packages dist
	@rm -rf $(BUILD)/deb
	@mkdir -p $(BUILD)/deb
	@tar -xzf $(BUILD)/$(DIST_NAME).tar.gz -C $(BUILD)/deb
	@cp -R packaging/debian $(BUILD)/deb/$(DIST_NAME)/debian
	cd $(BUILD)/deb/$(DIST_NAME) && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u BUILD \
		dpkg-buildpackage --build=$(DEB_KIND) --no-sign -j$(DEB_JOBS)
	@rm -rf $(BUILD)/deb/$(DIST_NAME)
	@cp $(BUILD)/$(DIST_NAME).tar.gz $(BUILD)/deb/
	@ls $(BUILD)/deb/*.deb
# The same, unless they were made of these very sources.
.PHONY: deb-once
deb-once: deb-packages dist
	@cmp -s $(BUILD)/$(DIST_NAME).tar.gz $(BUILD)/deb/$(DIST_NAME).tar.gz || $(MAKE) deb
# With source, too: DEB_KIND=full.
DEB_KIND ?= binary
DEB_JOBS ?= $(shell nproc 2>/dev/null || echo 1)

.PHONY: clean
clean:
	rm -rf build build-*

# ---- Bench: what a lookup costs, plain line against fopnp; not a part of check
BENCH_PARTS := $(call obj,$(addprefix tests/bench/,\
	bench.c client.c dns_server.c listener.c syscalls.c system.c))
$(BUILD)/tests/bench/bench: $(BENCH_PARTS)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^
$(BUILD)/tests/bench/first_lookup: $(call obj,tests/bench/first_lookup.c)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^
$(BUILD)/tests/bench/served: $(call obj,$(addprefix tests/bench/,dns_server.c served.c system.c))
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^
# The module as it would be without events.
WITHOUT_EVENTS := $(BUILD)/tests/bench/without_events.so
WITHOUT_EVENTS_OBJS := $(call obj,tests/bench/without_events.c \
	$(filter-out nss_module/event_%,$(MODULE_SRC)))
$(call obj,tests/bench/without_events.c): EXTRA_CFLAGS = $(TLS_DIALECT) $(MODULE_OPT)
$(WITHOUT_EVENTS): $(WITHOUT_EVENTS_OBJS) $(LOOKUP_LIB) nss_module/nss_fopnp.map
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(MODULE_LDFLAGS) $(LDFLAGS_ALL) -o $@ $(WITHOUT_EVENTS_OBJS) $(LOOKUP_LIB)
.PHONY: bench bench-packages
bench-packages:
	@packaging/install-packages.sh build test bench
bench: bench-packages
	$(MAKE) bench-built
.PHONY: bench-built
bench-built: all $(BUILD)/tests/bench/bench $(BUILD)/tests/bench/first_lookup $(WITHOUT_EVENTS) \
		$(BUILD)/tests/bench/served $(BUILD)/tests/integration/event_load
	@$(BUILD)/tests/bench/bench $(BUILD)/bench.txt
	@tests/bench/events.py $(BUILD)
	@tests/bench/trace.py $(COMMAND)
	@tests/bench/compare.py $(COMMAND) $(BUILD)/tests/bench/served

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
