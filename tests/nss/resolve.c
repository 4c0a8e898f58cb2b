/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lookups, as glibc makes them of the module and as programs make them. */
#include "tests/nss/resolve.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *find(void *handle, const char *service, const char *function)
{
	char symbol[128];

	snprintf(symbol, sizeof(symbol), "_nss_%s_%s", service, function);
	return dlsym(handle, symbol);
}

const struct nss_functions *nss_functions_load(const char *service, struct nss_functions *out)
{
	char file[128];

	memset(out, 0, sizeof(*out));
	snprintf(file, sizeof(file), "libnss_%s.so.2", service);
	out->handle = strcmp(service, "files") == 0 ? RTLD_DEFAULT : dlopen(file, RTLD_NOW);
	if (!out->handle && strcmp(service, "files") != 0) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	/* host.conf's "multi" is only read by this */
	res_init();
	out->by_name4 = (nss_gethostbyname4_r *)find(out->handle, service, "gethostbyname4_r");
	out->by_name3 = (nss_gethostbyname3_r *)find(out->handle, service, "gethostbyname3_r");
	out->by_name2 = (nss_gethostbyname2_r *)find(out->handle, service, "gethostbyname2_r");
	out->by_name = (nss_gethostbyname_r *)find(out->handle, service, "gethostbyname_r");
	out->by_address = (nss_gethostbyaddr_r *)find(out->handle, service, "gethostbyaddr_r");
	out->by_address2 = (nss_gethostbyaddr2_r *)find(out->handle, service, "gethostbyaddr2_r");
	out->canonical = (nss_getcanonname_r *)find(out->handle, service, "getcanonname_r");
	return out;
}

void resolve_only_with(const char *service)
{
	if (__nss_configure_lookup("hosts", service) != 0) {
		perror("__nss_configure_lookup");
		exit(1);
	}
}

static void add_address(const struct addrinfo *entry, char *text, size_t size)
{
	char address[64] = "";
	size_t used = strlen(text);

	getnameinfo(entry->ai_addr, entry->ai_addrlen, address, sizeof(address), NULL, 0,
		    NI_NUMERICHOST);
	snprintf(text + used, size - used, "%s%s", used ? " " : "", address);
}

int resolve(const char *name, int family, int flags, char *text, size_t size)
{
	struct addrinfo hints = { .ai_family = family,
				  .ai_flags = flags,
				  .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	int code = getaddrinfo(name, NULL, &hints, &list);
	size_t used;

	text[0] = '\0';
	if (code != 0)
		return code;
	for (const struct addrinfo *entry = list; entry; entry = entry->ai_next)
		add_address(entry, text, size);
	used = strlen(text);
	if (list->ai_canonname)
		snprintf(text + used, size - used, "=%s", list->ai_canonname);
	freeaddrinfo(list);
	return 0;
}

int resolves_to(const char *name, const char *addresses)
{
	char text[1024];
	int code = resolve(name, AF_UNSPEC, 0, text, sizeof(text));

	if (code == 0 && strcmp(text, addresses) == 0)
		return 1;
	fprintf(stderr, "%.80s: code %d, \"%s\" instead of \"%s\"\n", name, code, text, addresses);
	return 0;
}

size_t count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	size_t count = 0;

	while (readdir(folder))
		count++;
	closedir(folder);
	return count - 3; /* ".", ".." and the folder's own */
}

size_t resident_pages(void)
{
	unsigned long total = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file || fscanf(file, "%lu %lu", &total, &resident) != 2)
		abort();
	fclose(file);
	return resident;
}
