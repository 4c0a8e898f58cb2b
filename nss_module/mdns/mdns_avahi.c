/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking avahi-daemon, see mdns_avahi.h. */
#include "nss_module/mdns/mdns_avahi.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/ascii.h"
#include "nss_module/mdns/mdns_descriptor.h"
#include "nss_module/mdns/mdns_names.h"

/* The kernel gives it to "lo" in every network namespace. */
#define LOOPBACK_INTERFACE 1

/* ---- the line ---- */

struct span {
	const char *at;
	size_t len;
};

static struct span take_word(struct span *rest)
{
	struct span word;

	while (rest->len > 0 && *rest->at == ' ') {
		rest->at++;
		rest->len--;
	}
	word = (struct span){ rest->at, 0 };
	while (word.len < rest->len && word.at[word.len] != ' ')
		word.len++;
	rest->at += word.len;
	rest->len -= word.len;
	return word;
}

/* Into TEXT of SIZE; false if it is empty or too long. */
static bool copy_word(struct span word, char *text, size_t size)
{
	if (word.len == 0 || word.len >= size)
		return false;
	memcpy(text, word.at, word.len);
	text[word.len] = '\0';
	return true;
}

static bool is_loopback(int family, const uint8_t *address)
{
	static const uint8_t one[16] = { [15] = 1 };

	return family == AF_INET ? address[0] == 127 : memcmp(address, one, sizeof(one)) == 0;
}

static bool take_address(const struct fopnp_mdns_question *question, unsigned type,
			 struct span name, struct span rest, const struct fopnp_mdns_origin *origin,
			 struct fopnp_mdns_result *result)
{
	int family = question->types[type] == ns_t_a ? AF_INET : AF_INET6;
	char text[INET6_ADDRSTRLEN];
	uint8_t address[16];

	if (name.len > 0 && name.at[name.len - 1] == '.')
		name.len--;
	if (!fopnp_ascii_equal_word(name.at, name.len, question->name) ||
	    !copy_word(take_word(&rest), text, sizeof(text)) || take_word(&rest).len > 0 ||
	    inet_pton(family, text, address) != 1)
		return false;
	if (!fopnp_mdns_is_host_address(family, address) &&
	    !(origin->interface == LOOPBACK_INTERFACE && is_loopback(family, address)))
		return false;
	fopnp_mdns_result_add_address(result, type, family, address, UINT32_MAX, origin);
	return true;
}

static bool take_target(struct span name, struct span rest, unsigned type,
			const struct fopnp_mdns_origin *origin, struct fopnp_mdns_result *result)
{
	char target[FOPNP_MDNS_NAME_SIZE];

	if (!copy_word(name, target, sizeof(target)) || take_word(&rest).len > 0 ||
	    !fopnp_mdns_is_host_name(target))
		return false;
	fopnp_mdns_result_add_target(result, type, target, UINT32_MAX, origin);
	return true;
}

static bool take_answer(const struct fopnp_mdns_question *question, unsigned type, struct span rest,
			struct fopnp_mdns_result *result)
{
	struct fopnp_mdns_origin origin = { .via = FOPNP_MDNS_VIA_AVAHI };
	unsigned long long interface, protocol;
	struct span word = take_word(&rest);

	if (!fopnp_ascii_number(word.at, word.len, &interface) || interface > INT32_MAX)
		return false;
	origin.interface = (unsigned)interface;
	word = take_word(&rest);
	if (!fopnp_ascii_number(word.at, word.len, &protocol))
		return false;
	word = take_word(&rest);
	if (question->types[type] == ns_t_ptr)
		return take_target(word, rest, type, &origin, result);
	return take_address(question, type, word, rest, &origin, result);
}

/* TEXT as the failure, cut if need be. */
static void tell(char failure[static FOPNP_MDNS_AVAHI_WORDS], const char *text)
{
	size_t len = strnlen(text, FOPNP_MDNS_AVAHI_WORDS - 1);

	memcpy(failure, text, len);
	failure[len] = '\0';
}

static bool is_printable(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.at[i] < ' ' || line.at[i] > '~')
			return false;
	return true;
}

/* "-15 Timeout reached": the words alone. */
static void take_failure(struct span rest, char failure[static FOPNP_MDNS_AVAHI_WORDS])
{
	(void)take_word(&rest);
	while (rest.len > 0 && *rest.at == ' ') {
		rest.at++;
		rest.len--;
	}
	if (rest.len >= FOPNP_MDNS_AVAHI_WORDS)
		rest.len = FOPNP_MDNS_AVAHI_WORDS - 1;
	if (rest.len > 0) {
		memcpy(failure, rest.at, rest.len);
		failure[rest.len] = '\0';
	}
}

bool fopnp_mdns_avahi_take_line(const struct fopnp_mdns_question *question, unsigned type,
				const char *line, size_t len, struct fopnp_mdns_result *result,
				char failure[static FOPNP_MDNS_AVAHI_WORDS])
{
	struct span whole = { line, len };

	tell(failure, "garbage");
	if (len == 0 || !is_printable(whole))
		return false;
	if (line[0] == '-')
		take_failure(whole, failure);
	if (line[0] != '+' ||
	    !take_answer(question, type, (struct span){ line + 1, len - 1 }, result))
		return false;
	failure[0] = '\0';
	return true;
}

/* ---- the socket ---- */

static void fail(struct fopnp_mdns_avahi *avahi, const char *how)
{
	fopnp_mdns_close(&avahi->fd);
	tell(avahi->failure, how);
}

static const char *connect_failure(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return "";
	case EACCES:
	case EPERM:
		return "denied";
	case EAGAIN: /* its queue is full: it does not look */
		return "timeout";
	default:
		return "refused";
	}
}

static size_t append(char *line, size_t used, const char *text)
{
	size_t len = strlen(text);

	memcpy(line + used, text, len);
	return used + len;
}

/* At most 20 + 253 + 1 bytes: name and address have their limits. */
static size_t write_command(const struct fopnp_mdns_question *question, unsigned type,
			    char line[static FOPNP_MDNS_AVAHI_LINE])
{
	char address[FOPNP_ADDRESS_TEXT];
	size_t used;

	switch (question->types[type]) {
	case ns_t_ptr:
		used = append(line, 0, "RESOLVE-ADDRESS ");
		used = append(line, used,
			      fopnp_address_print(question->family, question->address, 0, address));
		break;
	case ns_t_a:
		used = append(line, 0, "RESOLVE-HOSTNAME-IPV4 ");
		used = append(line, used, question->name);
		break;
	default:
		used = append(line, 0, "RESOLVE-HOSTNAME-IPV6 ");
		used = append(line, used, question->name);
		break;
	}
	return append(line, used, "\n");
}

void fopnp_mdns_avahi_open(struct fopnp_mdns_avahi *avahi, const char *path,
			   const struct fopnp_mdns_question *question, unsigned type)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len;

	avahi->type = type;
	avahi->used = 0;
	avahi->has_denied = false;
	avahi->failure[0] = '\0';
	avahi->fd = -1;
	len = strlen(path);
	if (len >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, len);
	avahi->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (avahi->fd < 0)
		return;
	if (connect(avahi->fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		fail(avahi, connect_failure(errno));
		return;
	}
	len = write_command(question, type, avahi->line);
	if (sendto(avahi->fd, avahi->line, len, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0) !=
	    (ssize_t)len)
		fail(avahi, "refused");
}

void fopnp_mdns_avahi_receive(struct fopnp_mdns_avahi *avahi,
			      const struct fopnp_mdns_question *question,
			      struct fopnp_mdns_result *result)
{
	char failure[FOPNP_MDNS_AVAHI_WORDS];
	ssize_t got = recv(avahi->fd, avahi->line + avahi->used, sizeof(avahi->line) - avahi->used,
			   MSG_DONTWAIT);
	const char *end;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		fail(avahi, "garbage");
		return;
	}
	avahi->used += (size_t)got;
	end = memchr(avahi->line, '\n', avahi->used);
	if (!end && avahi->used < sizeof(avahi->line))
		return;
	tell(failure, "garbage");
	if (end) {
		avahi->has_denied = avahi->line[0] == '-';
		(void)fopnp_mdns_avahi_take_line(question, avahi->type, avahi->line,
						 (size_t)(end - avahi->line), result, failure);
	}
	fail(avahi, failure);
}

void fopnp_mdns_avahi_close(struct fopnp_mdns_avahi *avahi, const char *failure)
{
	if (avahi->fd >= 0)
		fail(avahi, failure);
}
