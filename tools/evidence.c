/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of evidence. */
#include "tools/evidence.h"

#include "tools/json_output.h"
#include "tools/memory.h"

#include <stdarg.h>
#include <stdlib.h>

void fopnp_evidence_add(struct fopnp_evidence_list *list, struct fopnp_place place,
			const char *format, ...)
{
	struct fopnp_evidence *added;

	list->list = fopnp_memory_resize(list->list, list->count + 1, sizeof(*list->list));
	added = &list->list[list->count++];
	*added = (struct fopnp_evidence){ .place = place };
	if (format) {
		va_list arguments;

		va_start(arguments, format);
		added->remark = fopnp_memory_format_list(format, arguments);
		va_end(arguments);
	}
}

void fopnp_evidence_clear(struct fopnp_evidence_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		fopnp_place_clear(&list->list[i].place);
		free(list->list[i].remark);
	}
	free(list->list);
	*list = (struct fopnp_evidence_list){ 0 };
}

json_t *fopnp_evidence_to_json(const struct fopnp_evidence *evidence)
{
	json_t *object = fopnp_place_to_json(&evidence->place);

	fopnp_json_set(object, "remark", fopnp_json_text(evidence->remark));
	return object;
}
