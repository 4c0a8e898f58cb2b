/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp:hosts, see hosts_source.h. */
#include "nss_module/hosts/hosts_source.h"

#include "nss_module/hosts/hosts_cache.h"
#include "nss_module/hosts/hosts_result.h"
#include "nss_module/hosts/hosts_search.h"
#include "nss_module/hosts/line_blocks.h"
#include "nss_module/hosts/multi.h"

#include <errno.h>
#include <stdio.h>

#define PLACE_TEXT 512

/* Why a file could not be read. */
struct failure {
	int error; /* 0: it could */
	bool is_of_open;
};

struct query {
	struct fopnp_ask *ask;
	bool is_multi; /* and more than one line may count */
	bool is_done;  /* no further line counts */
	struct fopnp_hosts_search search;
	struct fopnp_hosts_result result;
	const char *path; /* of the file that is searched */
	unsigned match_count;
};

/* ---- matches --------------------------------------------------------------- */

static void tell_place(struct query *query, const struct fopnp_hosts_line *line)
{
	char place[PLACE_TEXT];
	int len;

	if (query->match_count++ >= FOPNP_HOSTS_PLACES || !query->ask->detail)
		return;
	len = snprintf(place, sizeof(place), "%s:%u", query->path, line->number);
	if (len < 0 || (size_t)len >= sizeof(place))
		query->ask->detail->is_cut = true;
	else
		fopnp_detail_add(query->ask->detail, "file", place);
}

static bool take_match(void *context, const struct fopnp_hosts_line *line,
		       const struct fopnp_answer_address *address)
{
	struct query *query = context;

	tell_place(query, line);
	query->is_done = !fopnp_hosts_result_add(&query->result, line, address) || !query->is_multi;
	return !query->is_done;
}

/* ---- files ----------------------------------------------------------------- */

static void search_bytes(struct query *query, const char *bytes, size_t len, size_t lines_before)
{
	(void)fopnp_hosts_search_block(&query->search, bytes, len, lines_before, take_match, query);
}

static struct failure read_and_search(struct query *query, size_t which)
{
	struct fopnp_line_blocks blocks;
	struct failure failure = { 0 };
	struct stat status;

	if (!fopnp_line_blocks_open(&blocks, query->path, &status))
		return (struct failure){ .error = errno, .is_of_open = true };
	while (!query->is_done && fopnp_line_blocks_next(&blocks))
		search_bytes(query, blocks.bytes, blocks.len, blocks.lines_before);
	if (!query->is_done)
		failure.error = errno;
	if (blocks.is_whole)
		fopnp_hosts_cache_keep(which, &status, blocks.bytes, blocks.len);
	fopnp_line_blocks_close(&blocks);
	return failure;
}

static struct failure search_file(struct query *query, size_t which, const char *path)
{
	struct fopnp_hosts_copy *copy = fopnp_hosts_cache_take(which, path);

	query->path = path;
	fopnp_hosts_search_begin_file(&query->search, query->ask->detail != NULL);
	if (!copy)
		return read_and_search(query, which);
	(void)fopnp_hosts_search_marked(&query->search, copy->bytes, copy->len, copy->marks,
					copy->mark_count, take_match, query);
	fopnp_hosts_cache_put(which, copy);
	return (struct failure){ 0 };
}

/* What became of the first file. */
static struct failure search_files(struct query *query, const char *path)
{
	struct failure failure = search_file(query, 0, path);
	const struct fopnp_conf_option *option;

	for (size_t i = 0; !query->is_done; i++) {
		option = fopnp_ask_option(query->ask, FOPNP_OPTION_HOSTS_FILE, i);
		if (!option)
			break;
		(void)search_file(query, i + 1, option->text);
	}
	return failure;
}

/* ---- answers --------------------------------------------------------------- */

static enum nss_status fail(struct fopnp_ask *ask, struct failure failure)
{
	bool is_again = failure.error == EAGAIN;
	int h_error = *ask->h_errnop;

	if (failure.error == ENOMEM)
		return fopnp_ask_no_memory(ask);
	/* A directory is opened, but cannot be read. */
	if (!failure.is_of_open)
		return fopnp_ask_fail(ask, NSS_STATUS_UNAVAIL,
				      failure.error == ERANGE ? EINVAL : failure.error,
				      NETDB_INTERNAL);
	/*
	 * The other functions of "files" leave h_errno as it is, which decides what
	 * getaddrinfo() says; but getnameinfo()'s is whatever lay on its stack.  NO_DATA is
	 * upstream's; Debian, and what users know, HOST_NOT_FOUND.
	 */
	if (ask->function == FOPNP_GETHOSTBYNAME4_R || fopnp_ask_kind(ask) == FOPNP_ASK_ADDRESS)
		h_error = is_again ? TRY_AGAIN : HOST_NOT_FOUND;
	return fopnp_ask_fail(ask, is_again ? NSS_STATUS_TRYAGAIN : NSS_STATUS_UNAVAIL,
			      failure.error, h_error);
}

/* A read error behind a match ends gethostbyname4_r alone. */
static bool has_answer(const struct query *query, struct failure failure)
{
	if (query->result.address_count == 0)
		return false;
	return failure.error == 0 || failure.is_of_open ||
	       query->ask->function != FOPNP_GETHOSTBYNAME4_R;
}

static enum nss_status answer(struct query *query, struct failure failure)
{
	struct fopnp_ask *ask = query->ask;

	if (query->result.is_out_of_memory)
		return fopnp_ask_no_memory(ask);
	if (has_answer(query, failure)) {
		if (query->match_count > FOPNP_HOSTS_PLACES)
			fopnp_detail_add_number(ask->detail, "more",
						query->match_count - FOPNP_HOSTS_PLACES);
		return fopnp_hosts_result_answer(&query->result, ask);
	}
	if (failure.error != 0)
		return fail(ask, failure);
	return fopnp_ask_fail(ask, NSS_STATUS_NOTFOUND, *ask->errnop, HOST_NOT_FOUND);
}

enum nss_status fopnp_hosts_ask_file(struct fopnp_ask *ask, const char *path, bool is_multi)
{
	enum fopnp_ask_kind kind = fopnp_ask_kind(ask);
	int saved_errno = errno;
	enum nss_status status;
	struct failure failure;
	struct query query;

	query.ask = ask;
	query.is_multi = is_multi && kind != FOPNP_ASK_ADDRESS;
	query.is_done = false;
	query.match_count = 0;
	fopnp_hosts_search_start(&query.search, ask->name,
				 kind == FOPNP_ASK_BOTH_FAMILIES ? AF_UNSPEC : ask->family,
				 ask->address);
	fopnp_hosts_result_start(&query.result, kind != FOPNP_ASK_BOTH_FAMILIES);
	failure = search_files(&query, path);
	errno = saved_errno; /* which *errnop may be */
	status = answer(&query, failure);
	fopnp_hosts_result_clear(&query.result);
	return status;
}

enum nss_status fopnp_hosts_ask(struct fopnp_ask *ask)
{
	return fopnp_hosts_ask_file(ask, FOPNP_HOSTS_PATH, fopnp_hosts_is_multi());
}
