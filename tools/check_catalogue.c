/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of all rules, and running them, see check_rule.h. */
#include "tools/check_rule.h"

#include "tools/check_system.h"
#include "tools/memory.h"

#include <stdlib.h>
#include <string.h>

/* In the order in which a name meets them. */
static const struct fopnp_check_rule *const SUBJECTS[] = {
	FOPNP_CHECK_NSSWITCH_RULES, FOPNP_CHECK_SOURCE_RULES, FOPNP_CHECK_FOPNP_RULES,
	FOPNP_CHECK_CONF_RULES,     FOPNP_CHECK_HOSTS_RULES,  FOPNP_CHECK_HOST_CONF_RULES,
	FOPNP_CHECK_RESOLV_RULES,   FOPNP_CHECK_DAEMON_RULES, FOPNP_CHECK_RESOLVED_RULES,
	FOPNP_CHECK_GAI_RULES,      FOPNP_CHECK_FILE_RULES,   FOPNP_CHECK_OTHER_RULES,
};
#define SUBJECT_COUNT (sizeof(SUBJECTS) / sizeof(SUBJECTS[0]))

const struct fopnp_check_rule *fopnp_check_rule(size_t index)
{
	for (size_t i = 0; i < SUBJECT_COUNT; i++)
		for (const struct fopnp_check_rule *rule = SUBJECTS[i]; rule->id; rule++)
			if (index-- == 0)
				return rule;
	return NULL;
}

const struct fopnp_check_rule *fopnp_check_rule_find(const char *id)
{
	const struct fopnp_check_rule *rule;

	for (size_t i = 0; (rule = fopnp_check_rule(i)) != NULL; i++)
		if (strcmp(rule->id, id) == 0)
			return rule;
	return NULL;
}

/* ---- what they share ---- */

/* In quotes where the shell would make something else of it: fopnp.conf of an image is anybody's. */
char *fopnp_check_command_path(const struct fopnp_check_system *system, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._+-,:@";
	FOPNP_AUTO_FREE char *whole =
		fopnp_memory_format("%s%s", system->root ? system->root : "", path);
	char *word, *end;

	if (whole[strspn(whole, plain)] == '\0')
		return fopnp_memory_copy_text(whole);
	word = end = fopnp_memory_zeroed(strlen(whole) * 4 + 3, 1);
	*end++ = '\'';
	for (const char *at = whole; *at; at++)
		end = *at == '\'' ? stpcpy(end, "'\\''") : (*end = *at, end + 1);
	*end = '\'';
	return word;
}

/* ---- running them ---- */

/* What is needed to sort by: the findings themselves say nothing of their order. */
struct ranked {
	struct fopnp_finding finding;
	size_t place; /* of the first finding in the same file, which keeps a file's together */
	size_t index;
};

static size_t first_in_file(const struct fopnp_findings *findings, size_t index)
{
	const char *file = findings->list[index].place.file;

	for (size_t i = 0; i < index; i++) {
		const char *other = findings->list[i].place.file;

		if (findings->list[i].severity == findings->list[index].severity &&
		    ((!file && !other) || (file && other && strcmp(file, other) == 0)))
			return i;
	}
	return index;
}

static int compare_numbers(size_t one, size_t other)
{
	return one < other ? -1 : one > other;
}

/* The gravest first; of these file by file, line by line, and otherwise as they came. */
static int compare(const void *one, const void *other)
{
	const struct ranked *a = one, *b = other;
	int order;

	if (a->finding.severity != b->finding.severity)
		return a->finding.severity > b->finding.severity ? -1 : 1;
	order = compare_numbers(a->place, b->place);
	if (order == 0)
		order = compare_numbers(a->finding.place.line, b->finding.place.line);
	return order ? order : compare_numbers(a->index, b->index);
}

static void sort(struct fopnp_findings *findings)
{
	struct ranked *ranked = fopnp_memory_zeroed(findings->count + 1, sizeof(*ranked));

	for (size_t i = 0; i < findings->count; i++)
		ranked[i] = (struct ranked){ findings->list[i], first_in_file(findings, i), i };
	qsort(ranked, findings->count, sizeof(*ranked), compare);
	for (size_t i = 0; i < findings->count; i++)
		findings->list[i] = ranked[i].finding;
	free(ranked);
}

void fopnp_check_run(const struct fopnp_check_system *system, struct fopnp_findings *findings)
{
	const struct fopnp_check_rule *rule;

	for (size_t i = 0; (rule = fopnp_check_rule(i)) != NULL; i++)
		rule->check(system, findings);
	sort(findings);
}
