/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which names are ours, see mdns_names.h. */
#include "nss_module/mdns/mdns_names.h"

#include <arpa/nameser.h>
#include <string.h>
#include <sys/socket.h>

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/ascii.h"

#define LABEL_LEN_MAX 63

static bool is_host_character(char c)
{
	c = fopnp_ascii_lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool is_host_name(const char *name, size_t len)
{
	size_t label_len = 0;

	if (len >= FOPNP_MDNS_NAME_SIZE || name[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (name[i] == '.' ? label_len == 0 : !is_host_character(name[i]))
			return false;
		label_len = name[i] == '.' ? 0 : label_len + 1;
		if (label_len > LABEL_LEN_MAX)
			return false;
	}
	return label_len > 0;
}

bool fopnp_mdns_is_host_name(const char *name)
{
	return is_host_name(name, strnlen(name, FOPNP_MDNS_NAME_SIZE));
}

/* Whether NAME lies below DOMAIN, not at it. */
static bool is_below(const char *name, const char *domain)
{
	size_t len = strlen(name), domain_len = strlen(domain);
	const char *end;

	if (len < domain_len + 2)
		return false;
	end = name + len - domain_len;
	return end[-1] == '.' && fopnp_ascii_equal(end, domain_len, domain, domain_len);
}

/* NAME is a host name: a label in front of "local" and no dot in it. */
static bool is_local(const char *name)
{
	return is_below(name, "local") && strchr(name, '.') == strrchr(name, '.');
}

static bool is_ours(const struct fopnp_ask *ask, const char *name)
{
	const struct fopnp_conf_option *option;

	if (is_local(name))
		return true;
	for (size_t i = 0; (option = fopnp_ask_option(ask, FOPNP_OPTION_MDNS_DOMAIN, i)); i++)
		if (option->text && is_below(name, option->text))
			return true;
	return false;
}

static bool address_question(const struct fopnp_ask *ask, struct fopnp_mdns_question *question)
{
	if (!fopnp_address_is_link_local(ask->family, ask->address) ||
	    !fopnp_address_arpa_name(ask->family, ask->address, question->name))
		return false;
	question->types[0] = ns_t_ptr;
	question->type_count = 1;
	question->family = ask->family;
	question->address = ask->address;
	return true;
}

/* A host name; one final dot makes no difference. */
static bool copy_name(const char *name, char copy[static FOPNP_MDNS_NAME_SIZE])
{
	size_t len = strnlen(name, FOPNP_MDNS_NAME_SIZE + 1);

	if (len > 0 && name[len - 1] == '.')
		len--;
	if (!is_host_name(name, len))
		return false;
	memcpy(copy, name, len);
	copy[len] = '\0';
	return true;
}

bool fopnp_mdns_question_of(const struct fopnp_ask *ask, struct fopnp_mdns_question *out_question)
{
	enum fopnp_ask_kind kind = fopnp_ask_kind(ask);

	*out_question = (struct fopnp_mdns_question){ .family = AF_UNSPEC };
	if (kind == FOPNP_ASK_ADDRESS)
		return address_question(ask, out_question);
	if (!copy_name(ask->name, out_question->name) || !is_ours(ask, out_question->name))
		return false;
	if (kind == FOPNP_ASK_BOTH_FAMILIES || ask->family == AF_INET)
		out_question->types[out_question->type_count++] = ns_t_a;
	if (kind == FOPNP_ASK_BOTH_FAMILIES || ask->family == AF_INET6)
		out_question->types[out_question->type_count++] = ns_t_aaaa;
	return out_question->type_count > 0;
}
