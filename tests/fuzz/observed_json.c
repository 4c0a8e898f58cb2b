/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recorded lookups: what was read is written, and read and written again the same, redacted too. */
#include "tools/observed_json.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The lookup as JSON, and LOOKUP read back from it. */
static char *write_and_read(struct fopnp_observed_lookup *lookup,
			    const struct fopnp_redaction *redaction)
{
	json_t *object = fopnp_observed_lookup_to_json(lookup, "watch", redaction);
	char *text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);

	assert(text != NULL);
	json_decref(object);
	object = json_loads(text, 0, NULL);
	assert(fopnp_observed_lookup_from_json(object, lookup));
	json_decref(object);
	return text;
}

static void check(const json_t *object, const struct fopnp_redaction *redaction)
{
	struct fopnp_observed_lookup *lookup = fopnp_observed_create();
	char *texts[3];

	if (fopnp_observed_lookup_from_json(object, lookup)) {
		assert(lookup->event.address_count <= FOPNP_EVENT_ADDRESSES);
		assert(lookup->event.step_count <= FOPNP_EVENT_STEPS);
		/* Hashes can be longer than the words that they stand for: then some are left out. */
		for (int i = 0; i < 3; i++)
			texts[i] = write_and_read(lookup, redaction);
		assert(strcmp(texts[1], texts[2]) == 0);
		assert(lookup->event.truncated || strcmp(texts[0], texts[1]) == 0);
		for (int i = 0; i < 3; i++)
			free(texts[i]);
	}
	fopnp_observed_destroy(lookup);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fopnp_redaction *redaction;
	json_t *object = json_loadb((const char *)data, size, 0, NULL);

	if (!redaction)
		redaction = fopnp_redaction_create();
	check(object, NULL);
	check(object, redaction);
	json_decref(object);
	return 0;
}
