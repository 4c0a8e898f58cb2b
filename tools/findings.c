/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings and their places. */
#include "tools/findings.h"

#include "tools/json_output.h"
#include "tools/memory.h"

#include <stdarg.h>
#include <stdlib.h>

struct fopnp_finding *fopnp_findings_add(struct fopnp_findings *findings, const char *id,
					 enum fopnp_severity severity, const char *format, ...)
{
	struct fopnp_finding *added;
	va_list arguments;

	findings->list =
		fopnp_memory_resize(findings->list, findings->count + 1, sizeof(*findings->list));
	added = &findings->list[findings->count++];
	*added = (struct fopnp_finding){ .id = id, .severity = severity };
	va_start(arguments, format);
	added->text = fopnp_memory_format_list(format, arguments);
	va_end(arguments);
	return added;
}

void fopnp_finding_set_fix(struct fopnp_finding *finding, const char *format, ...)
{
	va_list arguments;

	free(finding->fix);
	va_start(arguments, format);
	finding->fix = fopnp_memory_format_list(format, arguments);
	va_end(arguments);
}

void fopnp_finding_set_place(struct fopnp_finding *finding, const char *file, unsigned line)
{
	fopnp_place_clear(&finding->place);
	if (file)
		finding->place = fopnp_place_make(file, line, NULL);
}

void fopnp_findings_clear(struct fopnp_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		free(findings->list[i].text);
		free(findings->list[i].fix);
		fopnp_place_clear(&findings->list[i].place);
	}
	free(findings->list);
	*findings = (struct fopnp_findings){ 0 };
}

struct fopnp_place fopnp_place_make(const char *file, unsigned line, const char *text)
{
	return (struct fopnp_place){
		.file = fopnp_memory_copy_text(file),
		.line = line,
		.text = fopnp_memory_copy_text(text),
	};
}

void fopnp_place_clear(struct fopnp_place *place)
{
	free(place->file);
	free(place->text);
	*place = (struct fopnp_place){ 0 };
}

const char *fopnp_severity_name(enum fopnp_severity severity)
{
	switch (severity) {
	case FOPNP_INFO:
		return "info";
	case FOPNP_WARNING:
		return "warning";
	case FOPNP_ERROR:
		break;
	}
	return "error";
}

json_t *fopnp_place_to_json(const struct fopnp_place *place)
{
	return place->file ? fopnp_json_place(place->file, place->line, place->text) : json_null();
}

json_t *fopnp_finding_to_json(const struct fopnp_finding *finding)
{
	json_t *object = json_object();

	fopnp_json_set(object, "id", json_string(finding->id));
	fopnp_json_set(object, "severity", json_string(fopnp_severity_name(finding->severity)));
	fopnp_json_set(object, "text", fopnp_json_text(finding->text));
	fopnp_json_set(object, "fix", fopnp_json_text(finding->fix));
	fopnp_json_set(object, "place", fopnp_place_to_json(&finding->place));
	return object;
}
