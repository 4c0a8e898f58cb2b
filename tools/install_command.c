/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of `fopnp enable` and `fopnp disable`. */
#include "tools/install_command.h"

#include "tools/help.h"
#include "tools/install.h"
#include "tools/message.h"
#include "tools/options.h"

#include <stddef.h>

static enum fopnp_options_result parse(const struct fopnp_option *table,
				       struct fopnp_install_options *options, int argc, char **argv,
				       int *out_first)
{
	enum fopnp_options_result result;
	const char *argument = NULL;
	int key = 0;

	*options = (struct fopnp_install_options){ 0 };
	while ((result = fopnp_options_next(table, argc, argv, &key, &argument)) ==
	       FOPNP_OPTIONS_ONE) {
		if (key == FOPNP_INSTALL_KEY_BUILTIN)
			options->is_built_in = true;
		else if (key == FOPNP_INSTALL_KEY_ROOT)
			options->root = argument;
	}
	*out_first = key;
	return result;
}

static enum fopnp_exit print(const struct fopnp_install *install, bool is_enable)
{
	if (fopnp_message_is_json())
		fopnp_install_print_json(install, is_enable);
	else
		fopnp_install_print_text(install, is_enable);
	return fopnp_install_finish_output(install, is_enable) ? FOPNP_EXIT_OK : FOPNP_EXIT_CANNOT;
}

enum fopnp_exit fopnp_install_command_run(const struct fopnp_command *self, int argc, char **argv,
					  bool is_enable)
{
	struct fopnp_install_options options;
	enum fopnp_options_result parsed;
	struct fopnp_install install;
	enum fopnp_exit status;
	int first = 0;

	parsed = parse(self->options, &options, argc, argv, &first);
	if (parsed != FOPNP_OPTIONS_END)
		return fopnp_help_instead(self, parsed);
	if (first < argc) {
		fopnp_message_error("operand-surplus", NULL, "it takes options alone, not \"%s\"",
				    argv[first]);
		return FOPNP_EXIT_USAGE;
	}
	status = is_enable ? fopnp_install_enable(&options, &install)
			   : fopnp_install_disable(&options, &install);
	if (status == FOPNP_EXIT_OK)
		status = print(&install, is_enable);
	fopnp_install_clear(&install);
	return status;
}
