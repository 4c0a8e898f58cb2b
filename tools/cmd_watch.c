/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp watch: every lookup of the machine as it happens, or as it was recorded. */
#include "tools/command.h"
#include "tools/help.h"
#include "tools/watch_live.h"
#include "tools/watch_options.h"
#include "tools/watch_recorded.h"

#include <stddef.h>

static enum fopnp_exit watch(const struct fopnp_watch_options *options)
{
	if (options->file)
		return fopnp_watch_file(options);
	if (options->journal.is_asked)
		return fopnp_watch_journal(options);
	return fopnp_watch_live(options);
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	struct fopnp_watch_options options;
	enum fopnp_options_result parsed = fopnp_watch_options_parse(&options, argc, argv);
	enum fopnp_exit status;

	status = parsed == FOPNP_OPTIONS_END ? watch(&options) : fopnp_help_instead(self, parsed);
	fopnp_watch_options_clear(&options);
	return status;
}

static const char *const EXAMPLES[] = {
	"sudo fopnp watch",
	"sudo fopnp watch --program curl --status failed",
	"sudo fopnp watch --name .corp.example --slower 200ms",
	"sudo fopnp watch -o lookups.json --for 60s",
	"fopnp watch --file lookups.json --source dns",
	"fopnp watch --journal --since yesterday --redact",
	NULL,
};

const struct fopnp_command fopnp_command_watch = {
	.name = "watch",
	.group = "See every lookup",
	.summary = "the lookups of all programs, live or from the journal",
	.usage = "[OPTION...]",
	.details =
		"Shows every lookup of every program that has the module, a row each as it happens: "
		"who asked, what, who answered, and how long it took. One live watcher at a time; it "
		"needs root. With --journal, or --file, the same of the past. Nothing is recorded "
		"but by -o.",
	.options = fopnp_watch_option_table,
	.examples = EXAMPLES,
	.run = run,
};
