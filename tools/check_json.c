/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `fopnp check` for programs: an object a finding, and a summary. */
#include "tools/check_output.h"

#include "tools/check_rule.h"
#include "tools/json_output.h"
#include "tools/message.h"

static void print_finding(const struct fopnp_finding *finding)
{
	json_t *object = fopnp_json_object("finding", "check");
	json_t *content = fopnp_finding_to_json(finding);

	fopnp_json_set(object, "process", json_null());
	(void)json_object_update(object, content);
	json_decref(content);
	fopnp_json_print(object, stdout);
}

static void print_summary(const struct fopnp_check_counts *counts, uint64_t elapsed_us,
			  enum fopnp_exit status)
{
	json_t *object = json_object();

	fopnp_json_set(object, "errors", json_integer((json_int_t)counts->errors));
	fopnp_json_set(object, "warnings", json_integer((json_int_t)counts->warnings));
	fopnp_json_set(object, "notes", json_integer((json_int_t)counts->notes));
	fopnp_json_set(object, "rules", json_integer((json_int_t)counts->rules));
	fopnp_json_print_summary("check", object, elapsed_us, (int)status);
}

void fopnp_check_print_json(const struct fopnp_findings *findings, enum fopnp_severity least,
			    uint64_t elapsed_us, enum fopnp_exit status)
{
	struct fopnp_check_counts counts = fopnp_check_count(findings);

	for (size_t i = 0; i < findings->count; i++)
		if (findings->list[i].severity >= least)
			print_finding(&findings->list[i]);
	print_summary(&counts, elapsed_us, status);
}

/* ---- rules ---- */

static void print_rule(const struct fopnp_check_rule *rule)
{
	json_t *object = fopnp_json_object("rule", "check");

	fopnp_json_set(object, "id", json_string(rule->id));
	fopnp_json_set(object, "severity", json_string(fopnp_severity_name(rule->severity)));
	fopnp_json_set(object, "summary", fopnp_json_text(rule->summary));
	fopnp_json_set(object, "explanation", fopnp_json_text(rule->explanation));
	fopnp_json_print(object, stdout);
}

void fopnp_check_print_rules_json(const struct fopnp_check_rule *rule, uint64_t elapsed_us)
{
	struct fopnp_check_counts counts = { 0 };

	if (rule) {
		print_rule(rule);
		return;
	}
	while ((rule = fopnp_check_rule(counts.rules)) != NULL) {
		print_rule(rule);
		counts.rules++;
	}
	print_summary(&counts, elapsed_us, FOPNP_EXIT_OK);
}
