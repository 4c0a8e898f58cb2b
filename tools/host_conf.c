/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading host.conf, of which only one line matters to lookups. */
#include "tools/host_conf.h"

#include "nss_module/lookup/ascii.h"
#include "tools/memory.h"
#include "tools/text_file.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* glibc reads into 256 bytes: what is longer than that is several lines to it. */
#define PIECE_MOST 255

static const char *skip_spaces(const char *at, const char *end)
{
	while (at < end && fopnp_ascii_is_space(*at))
		at++;
	return at;
}

static const char *skip_word(const char *at, const char *end)
{
	while (at < end && !fopnp_ascii_is_space(*at) && *at != '#' && *at != ',')
		at++;
	return at;
}

/* "on" and "off" with anything behind them; false, and nothing set, for another word. */
static bool parse_switch(const char *at, size_t len, bool *out_is_on)
{
	if (len >= 2 && strncasecmp(at, "on", 2) == 0)
		*out_is_on = true;
	else if (len >= 3 && strncasecmp(at, "off", 3) == 0)
		*out_is_on = false;
	else
		return false;
	return true;
}

static void take_piece(struct fopnp_host_conf *conf, const char *at, const char *end, unsigned line)
{
	const char *behind;

	at = skip_spaces(at, end);
	behind = skip_word(at, end);
	if (!fopnp_ascii_equal_word(at, (size_t)(behind - at), "multi"))
		return;
	at = skip_spaces(behind, end);
	if (parse_switch(at, (size_t)(end - at), &conf->is_multi))
		conf->line = line;
}

void fopnp_host_conf_parse(const char *bytes, size_t len, struct fopnp_host_conf *conf)
{
	const char *at = bytes, *end = bytes + len;
	unsigned line = 1;

	while (at < end) {
		size_t most = (size_t)(end - at) < PIECE_MOST ? (size_t)(end - at) : PIECE_MOST;
		const char *newline = memchr(at, '\n', most);
		size_t piece = newline ? (size_t)(newline - at) : most;

		take_piece(conf, at, at + strnlen(at, piece), line);
		at += newline ? piece + 1 : piece;
		line += newline != NULL;
	}
}

void fopnp_host_conf_read(struct fopnp_host_conf *out_conf)
{
	/* As glibc: ld.so keeps RESOLV_HOST_CONF from privileged programs. */
	const char *file = getenv("RESOLV_HOST_CONF"), *multi = getenv("RESOLV_MULTI");
	size_t len = 0;
	int error;
	FOPNP_AUTO_FREE char *bytes = NULL;

	*out_conf = (struct fopnp_host_conf){
		.file = fopnp_memory_copy_text(file ? file : FOPNP_HOST_CONF),
	};
	bytes = fopnp_text_file_read(out_conf->file, &len, &error);
	if (bytes)
		fopnp_host_conf_parse(bytes, len, out_conf);
	if (multi && parse_switch(multi, strlen(multi), &out_conf->is_multi)) {
		out_conf->is_of_environment = true;
		out_conf->line = 0;
	}
}

void fopnp_host_conf_clear(struct fopnp_host_conf *conf)
{
	free(conf->file);
	*conf = (struct fopnp_host_conf){ 0 };
}
