/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Internationalized names. */
#include "tools/dns_idn.h"

#include "nss_module/lookup/ascii.h"
#include "tools/host_name.h"
#include "tools/memory.h"

#include <idn2.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

/* NULL: it has none, and *out_code says why. */
static char *convert(const char *given, int flags, int *out_code)
{
	uint8_t *ascii = NULL;
	char *name = NULL;

	*out_code = idn2_lookup_u8((const uint8_t *)given, &ascii, IDN2_NFC_INPUT | flags);
	if (*out_code == IDN2_OK)
		name = fopnp_memory_copy_text((const char *)ascii);
	idn2_free(ascii);
	return name;
}

void fopnp_idn_to_ascii(const char *given, struct fopnp_idn_name *out)
{
	int code;

	*out = (struct fopnp_idn_name){ 0 };
	if (is_ascii(given)) {
		out->ascii = fopnp_memory_copy_text(given);
		return;
	}
	out->ascii = convert(given, 0, &code);
	if (!out->ascii) {
		out->error = fopnp_memory_copy_text(idn2_strerror(code));
		return;
	}
	out->idna2003 = convert(given, IDN2_TRANSITIONAL, &code);
	if (out->idna2003 && strcmp(out->idna2003, out->ascii) == 0) {
		free(out->idna2003);
		out->idna2003 = NULL;
	}
}

void fopnp_idn_clear(struct fopnp_idn_name *name)
{
	free(name->ascii);
	free(name->error);
	free(name->idna2003);
	*name = (struct fopnp_idn_name){ 0 };
}

static char *lower_copy(const char *text)
{
	char *copy = fopnp_memory_copy_text(text);

	for (char *at = copy; *at; at++)
		*at = fopnp_ascii_lower(*at);
	return copy;
}

char *fopnp_idn_to_unicode(const char *ascii)
{
	FOPNP_AUTO_FREE char *lower = lower_copy(ascii);
	FOPNP_AUTO_FREE char *back = NULL;
	char *text = NULL, *unicode = NULL;
	int code;

	if (!strcasestr(ascii, "xn--") || !is_ascii(ascii) ||
	    idn2_to_unicode_8z8z(lower, &text, 0) != IDN2_OK)
		return NULL;
	/* A label that nobody can type: what it shows as is no name for it (RFC 5891 section 5.4). */
	back = is_ascii(text) ? NULL : convert(text, 0, &code);
	if (back && fopnp_name_is_same(back, ascii))
		unicode = fopnp_memory_copy_text(text);
	idn2_free(text);
	return unicode;
}
