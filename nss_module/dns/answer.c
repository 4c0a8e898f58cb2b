/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk over replies, see answer.h. */
#include "nss_module/dns/answer.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/dns_packet.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#define SORTED_MAX 48 /* glibc's MAX_NR_ADDRS */

void fopnp_dns_answer_start(struct fopnp_dns_answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	answer->ttl = INT32_MAX;
}

void fopnp_dns_answer_clear(struct fopnp_dns_answer *answer)
{
	for (size_t i = 0; i < answer->name_count; i++)
		free(answer->names[i]);
	free(answer->names);
	free(answer->addresses);
	fopnp_dns_answer_start(answer);
}

static void conclude(struct fopnp_dns_answer *answer, enum nss_status status, int h_error,
		     int error)
{
	answer->status = status;
	answer->h_error = h_error;
	answer->error = error;
}

/* What nscd is not to keep. */
static void conclude_uncached(struct fopnp_dns_answer *answer, enum nss_status status, int h_error)
{
	answer->ttl = 0;
	conclude(answer, status, h_error, ENOENT);
}

/* Malformed: errno is what libc's readers of packets leave. */
static void conclude_broken(struct fopnp_dns_answer *answer)
{
	conclude(answer, NSS_STATUS_UNAVAIL, NO_RECOVERY, EMSGSIZE);
}

/* ---- keeping ---- */

/* Lists double: whether one with COUNT items is full. */
static bool is_full(size_t count)
{
	return (count & (count - 1)) == 0;
}

static void *grow(void *items, size_t count, size_t size)
{
	return reallocarray(items, count > 0 ? 2 * count : 1, size);
}

static void keep_name(struct fopnp_dns_answer *answer, const char *name)
{
	char *copy = strdup(name);
	char **names = answer->names;

	if (copy && is_full(answer->name_count))
		names = grow(names, answer->name_count, sizeof(*names));
	if (!copy || !names) {
		free(copy);
		answer->is_without_memory = true;
		return;
	}
	answer->names = names;
	names[answer->name_count++] = copy;
}

static void keep_address(struct fopnp_dns_answer *answer, int family,
			 const struct fopnp_dns_record *record)
{
	struct fopnp_answer_address *addresses = answer->addresses;

	if (is_full(answer->address_count))
		addresses = grow(addresses, answer->address_count, sizeof(*addresses));
	if (!addresses) {
		answer->is_without_memory = true;
		return;
	}
	answer->addresses = addresses;
	addresses += answer->address_count++;
	*addresses = (struct fopnp_answer_address){ .family = family };
	memcpy(addresses->bytes, record->data, record->data_len);
}

/* RFC 2181 section 8 has 31 bits; what is larger does not count, as in glibc. */
static void keep_ttl(struct fopnp_dns_answer *answer, uint32_t ttl)
{
	if (ttl < (uint32_t)answer->ttl)
		answer->ttl = (int32_t)ttl;
}

/* ---- walking ---- */

struct walk {
	struct fopnp_dns_reader reader;
	uint16_t type;
	unsigned left; /* answer records */
	bool is_broken;
	char expected[FOPNP_DNS_NAME_SIZE]; /* owner of the records looked for */
	char owner[FOPNP_DNS_NAME_SIZE];    /* of the record at hand */
};

/* The question's name is the first one expected. */
static bool start(struct walk *walk, struct fopnp_dns_bytes reply, uint16_t type)
{
	uint16_t asked_type, class;

	walk->type = type;
	walk->is_broken = false;
	if (!fopnp_dns_reader_start(&walk->reader, reply.bytes, reply.len) ||
	    walk->reader.header.counts[0] != 1 ||
	    !fopnp_dns_reader_question(&walk->reader, walk->expected, &asked_type, &class))
		return false;
	walk->left = walk->reader.header.counts[1];
	return true;
}

static bool next(struct walk *walk, struct fopnp_dns_record *record)
{
	if (walk->left == 0)
		return false;
	walk->left--;
	if (fopnp_dns_reader_record(&walk->reader, record) &&
	    fopnp_dns_reader_name(&walk->reader, record->owner, walk->owner) >= 0)
		return true;
	walk->is_broken = true;
	return false;
}

/* From now on the target's records are looked for. */
static bool follow(struct walk *walk, const struct fopnp_dns_record *record)
{
	if (fopnp_dns_reader_name(&walk->reader, record->data, walk->expected) >= 0)
		return true;
	walk->is_broken = true;
	return false;
}

static bool is_expected(const struct walk *walk, const struct fopnp_dns_record *record)
{
	return record->type == walk->type &&
	       fopnp_ascii_equal_word(walk->owner, strlen(walk->owner), walk->expected);
}

static bool is_address(const struct walk *walk, const struct fopnp_dns_record *record)
{
	return is_expected(walk, record) && record->data_len == (walk->type == ns_t_a ? 4 : 16);
}

static bool counts_for_ttl(const struct walk *walk, const struct fopnp_dns_record *record)
{
	return record->type == ns_t_cname || record->type == walk->type;
}

/* ---- answers ---- */

static void walk_family(struct fopnp_dns_answer *answer, struct walk *walk, int family)
{
	struct fopnp_dns_record record;

	while (next(walk, &record)) {
		if (record.class != ns_c_in)
			continue;
		if (counts_for_ttl(walk, &record))
			keep_ttl(answer, record.ttl);
		if (record.type == ns_t_cname) {
			if (!follow(walk, &record))
				return;
			if (res_hnok(walk->expected))
				keep_name(answer, walk->expected);
		} else if (is_address(walk, &record)) {
			keep_address(answer, family, &record);
		}
	}
}

void fopnp_dns_answer_of_family(struct fopnp_dns_answer *answer, struct fopnp_dns_bytes reply,
				int family)
{
	struct walk walk;

	if (!start(&walk, reply, family == AF_INET ? ns_t_a : ns_t_aaaa)) {
		conclude_broken(answer);
		return;
	}
	if (!res_hnok(walk.expected)) {
		conclude_uncached(answer, NSS_STATUS_NOTFOUND, HOST_NOT_FOUND);
		return;
	}
	keep_name(answer, walk.expected);
	walk_family(answer, &walk, family);
	if (walk.is_broken)
		conclude_broken(answer);
	else if (answer->address_count == 0)
		conclude_uncached(answer, NSS_STATUS_TRYAGAIN, NO_RECOVERY);
	else
		conclude(answer, NSS_STATUS_SUCCESS, NETDB_SUCCESS, 0);
}

/* The name is the chain's last one when the first address comes; the class is not looked at. */
static void walk_slice(struct fopnp_dns_answer *answer, struct walk *walk, int family)
{
	char name[FOPNP_DNS_NAME_SIZE];
	struct fopnp_dns_record record;

	strcpy(name, walk->expected);
	while (next(walk, &record)) {
		if (counts_for_ttl(walk, &record))
			keep_ttl(answer, record.ttl);
		if (record.type == ns_t_cname) {
			if (!follow(walk, &record))
				return;
			if (res_hnok(walk->expected))
				strcpy(name, walk->expected);
		} else if (is_address(walk, &record)) {
			if (answer->name_count == 0)
				keep_name(answer, name);
			keep_address(answer, family, &record);
		}
	}
}

static void add_slice(struct fopnp_dns_answer *answer, struct fopnp_dns_bytes reply, int family)
{
	size_t count = answer->address_count;
	struct walk walk;

	if (!start(&walk, reply, family == AF_INET ? ns_t_a : ns_t_aaaa)) {
		conclude_broken(answer);
		return;
	}
	if (walk.left > 0 && res_hnok(walk.expected))
		walk_slice(answer, &walk, family);
	if (walk.is_broken)
		conclude_broken(answer);
	else if (answer->address_count > count)
		conclude(answer, NSS_STATUS_SUCCESS, NETDB_SUCCESS, 0);
	else
		conclude(answer, NSS_STATUS_NOTFOUND, HOST_NOT_FOUND, 0);
}

void fopnp_dns_answer_of_both(struct fopnp_dns_answer *answer, struct fopnp_dns_bytes inet,
			      struct fopnp_dns_bytes inet6)
{
	conclude(answer, NSS_STATUS_NOTFOUND, HOST_NOT_FOUND, 0);
	if (inet.bytes)
		add_slice(answer, inet, AF_INET);
	if (!inet6.bytes || answer->status == NSS_STATUS_UNAVAIL)
		return;
	if (answer->status != NSS_STATUS_SUCCESS) {
		add_slice(answer, inet6, AF_INET6);
		return;
	}
	/* Whatever comes of the second: the first was a success. */
	add_slice(answer, inet6, AF_INET6);
	conclude(answer, NSS_STATUS_SUCCESS, NETDB_SUCCESS, 0);
}

static bool walk_pointer(struct fopnp_dns_answer *answer, struct walk *walk)
{
	struct fopnp_dns_record record;

	while (next(walk, &record)) {
		if (record.class != ns_c_in)
			continue;
		if (counts_for_ttl(walk, &record))
			keep_ttl(answer, record.ttl);
		if (record.type == ns_t_cname) {
			if (!follow(walk, &record))
				return false;
		} else if (is_expected(walk, &record)) {
			return follow(walk, &record);
		}
	}
	return false;
}

void fopnp_dns_answer_of_pointer(struct fopnp_dns_answer *answer, struct fopnp_dns_bytes reply)
{
	struct walk walk;

	if (!start(&walk, reply, ns_t_ptr)) {
		conclude_broken(answer);
	} else if (walk_pointer(answer, &walk)) {
		/* Its target is what walk.expected is now. */
		if (!res_hnok(walk.expected)) {
			conclude(answer, NSS_STATUS_UNAVAIL, NO_RECOVERY, 0);
			return;
		}
		keep_name(answer, walk.expected);
		conclude(answer, NSS_STATUS_SUCCESS, NETDB_SUCCESS, 0);
	} else if (walk.is_broken) {
		conclude_broken(answer);
	} else {
		conclude_uncached(answer, NSS_STATUS_TRYAGAIN, NO_RECOVERY);
	}
}

/* ---- sorting ---- */

static size_t rank(const struct fopnp_answer_address *address, const struct fopnp_dns_net *nets,
		   size_t count)
{
	uint32_t number;
	size_t i = 0;

	memcpy(&number, address->bytes, sizeof(number));
	while (i < count && nets[i].address != (number & nets[i].mask))
		i++;
	return i;
}

void fopnp_dns_answer_sort(struct fopnp_dns_answer *answer, const struct fopnp_dns_net *nets,
			   size_t count)
{
	struct fopnp_answer_address *addresses = answer->addresses;
	size_t end = answer->address_count < SORTED_MAX ? answer->address_count : SORTED_MAX;

	for (size_t i = 1; i < end; i++) {
		struct fopnp_answer_address moved = addresses[i];
		size_t moved_rank = rank(&moved, nets, count);
		size_t at = i;

		for (; at > 0 && rank(&addresses[at - 1], nets, count) > moved_rank; at--)
			addresses[at] = addresses[at - 1];
		addresses[at] = moved;
	}
}
