/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp disable: take fopnp off the hosts line of nsswitch.conf. */
#include "tools/command.h"
#include "tools/install_command.h"
#include "tools/options.h"

#include <stddef.h>

static const struct fopnp_option OPTIONS[] = {
	{ FOPNP_INSTALL_KEY_ROOT, "root", "DIR", FOPNP_INSTALL_ROOT_HELP },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	return fopnp_install_command_run(self, argc, argv, false);
}

static const char *const EXAMPLES[] = {
	"fopnp disable",
	"fopnp disable --root /srv/image",
	NULL,
};

const struct fopnp_command fopnp_command_disable = {
	.name = "disable",
	.group = "Install fopnp for every program",
	.summary = "take fopnp off the hosts line of nsswitch.conf",
	.usage = "[--root DIR] [--json]",
	.details =
		"Takes fopnp and the bracket behind it off the hosts line, which is then as it was before "
		"`fopnp enable`, with what else was edited since. Running programs follow at their next "
		"lookup. /etc/fopnp.conf is left; without fopnp on the line it means nothing.",
	.options = OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
