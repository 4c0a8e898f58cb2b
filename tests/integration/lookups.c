/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ask libc about names and addresses through every call that reaches the hosts
 * database, and print what came back as text that two runs can be compared by.
 * Usage: lookups [-bfi] NAME...     an address is also looked up in reverse
 *   -b   brief: without flags and with large buffers only
 *   -f   look "localhost" up first and tell stderr whether the module is now mapped, and
 *        whether the process is one that ld.so runs in secure mode
 *   -i   without AI_IDN: in a static program libc frees what another libc's malloc gave
 *
 * Printed is what a program can see and may rely on: codes, addresses in their
 * order, canonical names and aliases; errno only where EAI_SYSTEM says that it
 * has a meaning, and of an _r function's error number only whether it is ERANGE.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <locale.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <unistd.h>

#define LARGE_BUFFER 65536
#define SMALL_BUFFER 96

struct choice {
	int value;
	const char *text;
};

static const struct choice families[] = {
	{ AF_UNSPEC, "unspec" },
	{ AF_INET, "inet" },
	{ AF_INET6, "inet6" },
};

static const struct choice flag_sets[] = {
	{ 0, "-" },
	{ AI_CANONNAME, "canonname" },
	{ AI_ADDRCONFIG, "addrconfig" },
	{ AI_V4MAPPED, "v4mapped" },
	{ AI_V4MAPPED | AI_ALL, "v4mapped,all" },
	{ AI_V4MAPPED | AI_ADDRCONFIG | AI_CANONNAME, "v4mapped,addrconfig,canonname" },
	{ AI_PASSIVE | AI_CANONNAME, "passive,canonname" },
	{ AI_IDN | AI_CANONNAME | AI_CANONIDN, "idn,canonname,canonidn" }, /* the last: option -i */
};

static const struct choice name_info_flags[] = {
	{ 0, "-" },
	{ NI_NAMEREQD, "namereqd" },
	{ NI_NOFQDN, "nofqdn" },
};

static const struct choice buffer_sizes[] = {
	{ LARGE_BUFFER, "large" },
	{ SMALL_BUFFER, "small" },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_brief;
static bool is_without_idn;

/* How many of a table's choices are made; the first is the plain one. */
static size_t limit(size_t count)
{
	return is_brief ? 1 : count;
}

/* Text from outside: one line whatever it holds. */
static void print_escaped(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
		if (*at < 0x21 || *at > 0x7e || *at == '\\')
			printf("\\%03o", *at);
		else
			putchar(*at);
	}
}

static const char *eai_text(int code)
{
	switch (code) {
	case 0:
		return "OK";
	case EAI_NONAME:
		return "EAI_NONAME";
	case EAI_NODATA:
		return "EAI_NODATA";
	case EAI_AGAIN:
		return "EAI_AGAIN";
	case EAI_FAIL:
		return "EAI_FAIL";
	case EAI_SYSTEM:
		return "EAI_SYSTEM";
	case EAI_MEMORY:
		return "EAI_MEMORY";
	case EAI_ADDRFAMILY:
		return "EAI_ADDRFAMILY";
	case EAI_IDN_ENCODE:
		return "EAI_IDN_ENCODE";
	case EAI_FAMILY:
		return "EAI_FAMILY";
	case EAI_SERVICE:
		return "EAI_SERVICE";
	default:
		return "EAI_OTHER";
	}
}

static const char *h_errno_text(int code)
{
	switch (code) {
	case NETDB_INTERNAL:
		return "NETDB_INTERNAL";
	case NETDB_SUCCESS:
		return "NETDB_SUCCESS";
	case HOST_NOT_FOUND:
		return "HOST_NOT_FOUND";
	case TRY_AGAIN:
		return "TRY_AGAIN";
	case NO_RECOVERY:
		return "NO_RECOVERY";
	case NO_DATA:
		return "NO_DATA";
	default:
		return "OTHER";
	}
}

static void print_socket_address(const struct sockaddr *address)
{
	char text[INET6_ADDRSTRLEN] = "?";
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)address;
		inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
		printf(" %s", text);
	} else {
		const struct sockaddr_in6 *in6 = (const void *)address;
		inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text);
		printf(" %s%%%u", text, in6->sin6_scope_id);
	}
}

static void ask_getaddrinfo(const char *name, const struct choice *family,
			    const struct choice *flags)
{
	struct addrinfo hints = {
		.ai_family = family->value,
		.ai_flags = flags->value,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *list = NULL;
	errno = 0;
	int code = getaddrinfo(name, NULL, &hints, &list);
	int error = errno;
	printf("getaddrinfo %s %s: %s", family->text, flags->text, eai_text(code));
	if (code == EAI_SYSTEM)
		printf(" errno=%d", error);
	if (code == 0 && list->ai_canonname) {
		fputs(" canonical=", stdout);
		print_escaped(list->ai_canonname);
	}
	for (const struct addrinfo *at = list; at; at = at->ai_next)
		print_socket_address(at->ai_addr);
	putchar('\n');
	if (code == 0)
		freeaddrinfo(list);
}

static void print_entry(const struct hostent *entry)
{
	fputs(" name=", stdout);
	print_escaped(entry->h_name);
	fputs(" aliases=", stdout);
	for (char **alias = entry->h_aliases; *alias; alias++) {
		print_escaped(*alias);
		putchar(',');
	}
	printf(" type=%d length=%d", entry->h_addrtype, entry->h_length);
	for (char **address = entry->h_addr_list; *address; address++) {
		char text[INET6_ADDRSTRLEN] = "?";
		inet_ntop(entry->h_addrtype, *address, text, sizeof text);
		printf(" %s", text);
	}
}

static void print_entry_result(int rc, const struct hostent *result, int h_error)
{
	printf(": %s", rc == 0 ? "0" : rc == ERANGE ? "ERANGE" : "error");
	if (result)
		print_entry(result);
	else
		printf(" none %s", h_errno_text(h_error));
	putchar('\n');
}

static void ask_entry_by_name(const char *name, const struct choice *size)
{
	static char buffer[LARGE_BUFFER];
	struct hostent entry;
	struct hostent *result = NULL;
	int h_error = 0;
	int rc = gethostbyname_r(name, &entry, buffer, (size_t)size->value, &result, &h_error);
	printf("gethostbyname_r %s", size->text);
	print_entry_result(rc, result, h_error);
	for (size_t i = 1; i < COUNT(families); i++) {
		result = NULL;
		rc = gethostbyname2_r(name, families[i].value, &entry, buffer, (size_t)size->value,
				      &result, &h_error);
		printf("gethostbyname2_r %s %s", families[i].text, size->text);
		print_entry_result(rc, result, h_error);
	}
}

static void ask_entry_not_reentrant(const char *name)
{
	const struct hostent *entry = gethostbyname(name);
	fputs("gethostbyname", stdout);
	print_entry_result(0, entry, h_errno);
}

static void ask_name_info(const struct sockaddr *address, socklen_t length)
{
	for (size_t i = 0; i < limit(COUNT(name_info_flags)); i++) {
		char host[NI_MAXHOST] = "";
		errno = 0;
		int code = getnameinfo(address, length, host, sizeof host, NULL, 0,
				       name_info_flags[i].value);
		int error = errno;
		printf("getnameinfo %s: %s ", name_info_flags[i].text, eai_text(code));
		if (code == EAI_SYSTEM)
			printf("errno=%d", error);
		print_escaped(host);
		putchar('\n');
	}
}

static void ask_by_address(int family, const void *address, socklen_t length)
{
	static char buffer[LARGE_BUFFER];
	struct hostent entry;
	for (size_t i = 0; i < limit(COUNT(buffer_sizes)); i++) {
		struct hostent *result = NULL;
		int h_error = 0;
		int rc = gethostbyaddr_r(address, length, family, &entry, buffer,
					 (size_t)buffer_sizes[i].value, &result, &h_error);
		printf("gethostbyaddr_r %s", buffer_sizes[i].text);
		print_entry_result(rc, result, h_error);
	}
	const struct hostent *plain = gethostbyaddr(address, length, family);
	fputs("gethostbyaddr", stdout);
	print_entry_result(0, plain, h_errno);
}

static void ask_reverse(const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
		ask_by_address(AF_INET, &in.sin_addr, sizeof in.sin_addr);
		ask_name_info((const struct sockaddr *)&in, sizeof in);
	} else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1) {
		ask_by_address(AF_INET6, &in6.sin6_addr, sizeof in6.sin6_addr);
		ask_name_info((const struct sockaddr *)&in6, sizeof in6);
	}
}

static void ask_all(const char *name)
{
	fputs("== ", stdout);
	print_escaped(name);
	putchar('\n');
	for (size_t i = 0; i < COUNT(families); i++) {
		for (size_t k = 0; k < limit(COUNT(flag_sets) - is_without_idn); k++)
			ask_getaddrinfo(name, &families[i], &flag_sets[k]);
	}
	for (size_t i = 0; i < limit(COUNT(buffer_sizes)); i++)
		ask_entry_by_name(name, &buffer_sizes[i]);
	ask_entry_not_reentrant(name);
	ask_reverse(name);
}

static bool has_module(void)
{
	char line[2048];
	bool found = false;
	FILE *maps = fopen("/proc/self/maps", "re");
	if (!maps)
		return false;
	while (fgets(line, sizeof line, maps))
		found = found || strstr(line, "/libnss_fopnp.so.2");
	fclose(maps);
	return found;
}

static void tell_module(void)
{
	struct addrinfo *list = NULL;
	if (getaddrinfo("localhost", NULL, NULL, &list) == 0)
		freeaddrinfo(list);
	fprintf(stderr, "module: %s\n", has_module() ? "mapped" : "absent");
	fprintf(stderr, "secure: %lu\n", getauxval(AT_SECURE));
}

int main(int argc, char **argv)
{
	int option;
	setlocale(LC_ALL, ""); /* AI_IDN converts from the locale's charset */
	while ((option = getopt(argc, argv, "+bfi")) != -1) {
		if (option == 'b')
			is_brief = true;
		else if (option == 'i')
			is_without_idn = true;
		else if (option == 'f')
			tell_module();
		else
			return 2;
	}
	for (int i = optind; i < argc; i++)
		ask_all(argv[i]);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
