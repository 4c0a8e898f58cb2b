/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events: decoding survives anything, and fields written again read the same. */
#include "nss_module/lookup/event.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The writer chooses the form of a field by its value alone, so compare what is read. */
static void check_field(const struct fopnp_event_field *field)
{
	static char key[1 << 12], bytes[1 << 16];
	struct fopnp_event_writer writer;
	struct fopnp_event_field again;
	size_t position = 0, len;

	if (field->key_len >= sizeof(key) || field->value_len >= sizeof(bytes) - sizeof(key) - 64)
		return;
	memcpy(key, field->key, field->key_len);
	key[field->key_len] = '\0';
	fopnp_event_start(&writer, bytes, sizeof(bytes));
	fopnp_event_add(&writer, key, field->value, field->value_len);
	len = fopnp_event_finish(&writer);
	assert(fopnp_event_next(bytes, len, &position, &again) == FOPNP_EVENT_FIELD);
	assert(position == len && again.value_len == field->value_len);
	assert(memcmp(again.value, field->value, field->value_len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fopnp_event event;
	struct fopnp_event_field field;
	size_t position = 0;

	(void)fopnp_event_decode((const char *)data, size, &event);
	assert(event.step_count <= FOPNP_EVENT_STEPS);
	while (fopnp_event_next((const char *)data, size, &position, &field) == FOPNP_EVENT_FIELD)
		check_field(&field);
	return 0;
}
