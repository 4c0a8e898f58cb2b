/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp enable: put fopnp on the hosts line of nsswitch.conf. */
#include "tools/command.h"
#include "tools/install_command.h"
#include "tools/install_library.h"
#include "tools/options.h"

#include <stddef.h>

static const struct fopnp_option OPTIONS[] = {
	{ FOPNP_INSTALL_KEY_BUILTIN, "builtin", NULL,
	  "also write an order of fopnp's own sources into /etc/fopnp.conf" },
	{ FOPNP_INSTALL_KEY_ROOT, "root", "DIR", FOPNP_INSTALL_ROOT_HELP },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	fopnp_install_clean_environment(argv);
	return fopnp_install_command_run(self, argc, argv, true);
}

static const char *const EXAMPLES[] = {
	"fopnp enable",
	"fopnp enable --builtin",
	"fopnp enable --root /srv/image",
	NULL,
};

const struct fopnp_command fopnp_command_enable = {
	.name = "enable",
	.group = "Install fopnp for every program",
	.summary = "put fopnp on the hosts line of nsswitch.conf",
	.usage = "[--builtin] [--root DIR] [--json]",
	.details =
		"Puts \"fopnp [!UNAVAIL= return]\" in front of the sources of the hosts line and changes "
		"no other byte. First the library is loaded as programs load it; then localhost and this "
		"machine's own name are looked up before and after, and unless the answers are the same "
		"the old file is put back. `fopnp disable` undoes it.",
	.options = OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
