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

/* Whether two decoded events say the same, by what may be read of them. */
static void check_same(const struct fopnp_event *a, const struct fopnp_event *b)
{
#define SAME_TEXT(member)                                                                          \
	assert(memchr(a->member, '\0', sizeof(a->member)) && strcmp(a->member, b->member) == 0)
#define SAME(member) assert(a->member == b->member)
	SAME_TEXT(phase);
	SAME_TEXT(phase_source);
	SAME_TEXT(function);
	SAME_TEXT(name);
	SAME_TEXT(family);
	SAME_TEXT(source);
	SAME_TEXT(canonical);
	SAME_TEXT(order_from);
	SAME_TEXT(comm);
	SAME_TEXT(call);
	SAME_TEXT(service);
	SAME_TEXT(program);
	SAME_TEXT(error_text);
	assert(a->version == b->version && a->phase_index == b->phase_index);
	assert(a->status == b->status && a->error == b->error && a->h_error == b->h_error);
	assert(a->has_status == b->has_status && a->has_name == b->has_name);
	assert(a->truncated == b->truncated && a->ttl == b->ttl);
	assert(a->elapsed_us == b->elapsed_us && a->time_us == b->time_us);
	assert(a->sequence == b->sequence && a->dropped == b->dropped);
	assert(a->pid == b->pid && a->tid == b->tid && a->uid == b->uid);
	assert(a->call_id == b->call_id && a->socktype == b->socktype);
	assert(a->protocol == b->protocol && a->flags == b->flags);
	assert(a->code == b->code && a->child == b->child);
	SAME(address_count);
	SAME(step_count);
	assert(a->address_count <= FOPNP_EVENT_ADDRESSES && a->step_count <= FOPNP_EVENT_STEPS);
	for (size_t i = 0; i < a->address_count; i++)
		SAME_TEXT(addresses[i]);
	for (size_t i = 0; i < a->step_count; i++) {
		SAME_TEXT(steps[i].source);
		SAME_TEXT(steps[i].action);
		SAME_TEXT(steps[i].reason);
		SAME_TEXT(steps[i].detail);
		SAME(steps[i].has_result);
		SAME(steps[i].status);
		SAME(steps[i].error);
		SAME(steps[i].h_error);
		SAME(steps[i].elapsed_us);
	}
}

/* Decoding does not clear the whole place: what lay there before must not matter. */
static void check_decoding(const char *bytes, size_t len)
{
	static struct fopnp_event kept, fresh;
	bool is_event;

	/* `kept` holds the event before this one. */
	memset(&fresh, 0x55, sizeof(fresh));
	is_event = fopnp_event_decode(bytes, len, &fresh);
	assert(fopnp_event_decode(bytes, len, &kept) == is_event);
	check_same(&kept, &fresh);
	assert(fopnp_event_decode(bytes, len, &kept) == is_event);
	check_same(&kept, &fresh);
	assert(!is_event || fresh.version > 0);
	assert(fresh.has_name || fresh.name[0] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fopnp_event_field field;
	size_t position = 0;

	check_decoding((const char *)data, size);
	while (fopnp_event_next((const char *)data, size, &position, &field) == FOPNP_EVENT_FIELD)
		check_field(&field);
	return 0;
}
