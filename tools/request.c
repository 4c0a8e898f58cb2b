/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A lookup's arguments, by name. */
#include "tools/request.h"

#include "nss_module/lookup/ascii.h"
#include "tools/memory.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct word {
	const char *text;
	int number;
};

static const char *const CALL_NAMES[FOPNP_CALL_COUNT] = {
	[FOPNP_CALL_GETADDRINFO] = "getaddrinfo",
	[FOPNP_CALL_GETHOSTBYNAME] = "gethostbyname",
	[FOPNP_CALL_GETHOSTBYNAME2] = "gethostbyname2",
	[FOPNP_CALL_GETHOSTBYADDR] = "gethostbyaddr",
	[FOPNP_CALL_GETNAMEINFO] = "getnameinfo",
};

static const struct word SOCKTYPES[] = {
	{ "any", 0 },
	{ "stream", SOCK_STREAM },
	{ "dgram", SOCK_DGRAM },
	{ "raw", SOCK_RAW },
	{ "rdm", SOCK_RDM },
	{ "seqpacket", SOCK_SEQPACKET },
	{ "dccp", SOCK_DCCP },
	{ NULL, 0 },
};

static const struct word PROTOCOLS[] = {
	{ "any", 0 },
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "icmp", IPPROTO_ICMP },
	{ "ipv6-icmp", IPPROTO_ICMPV6 },
	{ "icmpv6", IPPROTO_ICMPV6 },
	{ "sctp", IPPROTO_SCTP },
	{ "udplite", IPPROTO_UDPLITE },
	{ "dccp", IPPROTO_DCCP },
	{ NULL, 0 },
};

static const struct word FAMILIES[] = {
	{ "unspec", AF_UNSPEC }, { "inet", AF_INET }, { "inet4", AF_INET },
	{ "ipv4", AF_INET },     { "4", AF_INET },    { "inet6", AF_INET6 },
	{ "ipv6", AF_INET6 },    { "6", AF_INET6 },   { NULL, 0 },
};

static const struct fopnp_request_flag FLAGS[] = {
	{ "addrconfig", "AI_ADDRCONFIG", AI_ADDRCONFIG },
	{ "v4mapped", "AI_V4MAPPED", AI_V4MAPPED },
	{ "all", "AI_ALL", AI_ALL },
	{ "canonname", "AI_CANONNAME", AI_CANONNAME },
	{ "passive", "AI_PASSIVE", AI_PASSIVE },
	{ "numerichost", "AI_NUMERICHOST", AI_NUMERICHOST },
	{ "numericserv", "AI_NUMERICSERV", AI_NUMERICSERV },
	{ "idn", "AI_IDN", AI_IDN },
	{ "canonidn", "AI_CANONIDN", AI_CANONIDN },
};
#define FLAG_COUNT (sizeof(FLAGS) / sizeof(FLAGS[0]))

/* What getaddrinfo does when its hints are NULL (getaddrinfo(3), glibc's own choice). */
#define FLAGS_OF_NULL_HINTS (AI_V4MAPPED | AI_ADDRCONFIG)

const char *fopnp_request_call_name(enum fopnp_call call)
{
	return CALL_NAMES[call];
}

bool fopnp_request_call_from_name(const char *word, enum fopnp_call *out_call)
{
	for (size_t i = 0; i < FOPNP_CALL_COUNT; i++) {
		if (strcmp(CALL_NAMES[i], word) == 0) {
			*out_call = (enum fopnp_call)i;
			return true;
		}
	}
	return false;
}

bool fopnp_request_is_reverse(const struct fopnp_request *request)
{
	return request->call == FOPNP_CALL_GETHOSTBYADDR || request->call == FOPNP_CALL_GETNAMEINFO;
}

/* A number or a word of the list, with or without PREFIX, in any letter case. */
static bool find_number(const struct word *words, const char *prefix, const char *text,
			int *out_number)
{
	size_t len = strlen(text), prefix_len = strlen(prefix);
	unsigned long long number;

	if (fopnp_ascii_number(text, len, &number) && number <= 0xffff && words != FAMILIES) {
		*out_number = (int)number;
		return true;
	}
	if (len > prefix_len && fopnp_ascii_equal_word(text, prefix_len, prefix))
		text += prefix_len, len -= prefix_len;
	for (; words->text; words++) {
		if (fopnp_ascii_equal_word(text, len, words->text)) {
			*out_number = words->number;
			return true;
		}
	}
	return false;
}

static const char *find_word(const struct word *words, int number)
{
	for (; words->text; words++)
		if (words->number == number)
			return words->text;
	return NULL;
}

const char *fopnp_request_socktype_name(int socktype)
{
	return find_word(SOCKTYPES, socktype);
}

bool fopnp_request_socktype_from_name(const char *word, int *out_socktype)
{
	return find_number(SOCKTYPES, "SOCK_", word, out_socktype);
}

const char *fopnp_request_protocol_name(int protocol)
{
	return find_word(PROTOCOLS, protocol);
}

bool fopnp_request_protocol_from_name(const char *word, int *out_protocol)
{
	return find_number(PROTOCOLS, "IPPROTO_", word, out_protocol);
}

bool fopnp_request_family_from_name(const char *word, int *out_family)
{
	return find_number(FAMILIES, "AF_", word, out_family);
}

const struct fopnp_request_flag *fopnp_request_flag(size_t index)
{
	return index < FLAG_COUNT ? &FLAGS[index] : NULL;
}

static bool add_flag(const char *word, size_t len, int *flags)
{
	if (len > 3 && fopnp_ascii_equal_word(word, 3, "AI_"))
		word += 3, len -= 3;
	if (fopnp_ascii_equal_word(word, len, "none"))
		return true;
	if (fopnp_ascii_equal_word(word, len, "default")) {
		*flags |= FLAGS_OF_NULL_HINTS;
		return true;
	}
	for (size_t i = 0; i < FLAG_COUNT; i++) {
		if (fopnp_ascii_equal_word(word, len, FLAGS[i].word)) {
			*flags |= FLAGS[i].bit;
			return true;
		}
	}
	return false;
}

bool fopnp_request_flags_from_list(const char *list, int *flags, const char **out_bad,
				   size_t *out_bad_len)
{
	for (;;) {
		size_t len = strcspn(list, ",|");

		if (!add_flag(list, len, flags)) {
			*out_bad = list;
			*out_bad_len = len;
			return false;
		}
		if (!list[len])
			return true;
		list += len + 1;
	}
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

bool fopnp_request_parse_address(const char *text, struct fopnp_request_address *out_address)
{
	struct fopnp_request_address address = { 0 };
	FOPNP_AUTO_FREE char *host = fopnp_memory_copy(text, strcspn(text, "%"));
	const char *zone = strchr(text, '%');
	unsigned long long number = 0;

	if (!zone && inet_pton(AF_INET, host, address.bytes) == 1)
		address.family = AF_INET;
	else if (inet_pton(AF_INET6, host, address.bytes) == 1)
		address.family = AF_INET6;
	else
		return false;
	if (zone && fopnp_ascii_number(zone + 1, strlen(zone + 1), &number) && number <= UINT32_MAX)
		address.scope = (uint32_t)number;
	else if (zone && (address.scope = if_nametoindex(zone + 1)) == 0)
		return false;
	*out_address = address;
	return true;
}

bool fopnp_request_set_name(struct fopnp_request *request, const char *name)
{
	uint8_t *ascii = NULL;
	int code;

	if (fopnp_request_is_reverse(request) &&
	    !fopnp_request_parse_address(name, &request->address))
		return false;
	request->given = fopnp_memory_copy_text(name);
	if (is_ascii(name)) {
		request->name = fopnp_memory_copy_text(name);
		return true;
	}
	code = idn2_lookup_u8((const uint8_t *)name, &ascii, IDN2_NFC_INPUT);
	if (code == IDN2_OK) {
		request->name = fopnp_memory_copy_text((const char *)ascii);
	} else {
		request->name = fopnp_memory_copy_text(name);
		request->idn_error = fopnp_memory_copy_text(idn2_strerror(code));
	}
	idn2_free(ascii);
	return true;
}

const char *fopnp_request_print_address(const struct fopnp_request_address *address,
					char text[static FOPNP_ADDRESS_TEXT])
{
	char zone[IF_NAMESIZE];
	size_t len;

	if (!address->scope || !if_indextoname(address->scope, zone))
		return fopnp_address_print(address->family, address->bytes, address->scope, text);
	len = strlen(fopnp_address_print(address->family, address->bytes, 0, text));
	(void)snprintf(text + len, FOPNP_ADDRESS_TEXT - len, "%%%s", zone);
	return text;
}

void fopnp_request_map_address(struct fopnp_request_address *address)
{
	if (address->family != AF_INET)
		return;
	memmove(address->bytes + 12, address->bytes, 4);
	memset(address->bytes, 0, 10);
	memset(address->bytes + 10, 0xff, 2);
	address->family = AF_INET6;
}

bool fopnp_request_is_mapped(const struct fopnp_request_address *address)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return address->family == AF_INET6 && memcmp(address->bytes, prefix, sizeof(prefix)) == 0;
}

char *fopnp_request_idna2003(const struct fopnp_request *request)
{
	uint8_t *ascii = NULL;
	char *name = NULL;

	if (!request->given || is_ascii(request->given) || fopnp_request_is_reverse(request))
		return NULL;
	if (idn2_lookup_u8((const uint8_t *)request->given, &ascii,
			   IDN2_NFC_INPUT | IDN2_TRANSITIONAL) == IDN2_OK &&
	    strcmp((const char *)ascii, request->name) != 0)
		name = fopnp_memory_copy_text((const char *)ascii);
	idn2_free(ascii);
	return name;
}

struct fopnp_request fopnp_request_copy(const struct fopnp_request *request)
{
	struct fopnp_request copy = *request;

	copy.given = copy.name = copy.idn_error = NULL;
	copy.service = fopnp_memory_copy_text(request->service);
	return copy;
}

void fopnp_request_clear(struct fopnp_request *request)
{
	free(request->given);
	free(request->name);
	free(request->idn_error);
	free(request->service);
	*request = (struct fopnp_request){ 0 };
}
