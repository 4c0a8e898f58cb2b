# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of fopnp(1) for fish.  Commands and options are those of the help texts.

function __fopnp_commands
    fopnp help 2>/dev/null | string replace -rf '^  ([a-z][a-z0-9]*)  +(\S.*)' '$1\t$2'
end

function __fopnp_options
    set -l words (commandline -opc)
    fopnp $words[2] --help 2>/dev/null | string match -r '^ +-.*' | string sub -l 30 |
        string match -ra -- '(?<=[ ,])--?[A-Za-z0-9][a-z0-9-]*'
end

complete -c fopnp -n __fish_use_subcommand -f -a '(__fopnp_commands)'
complete -c fopnp -n '__fish_seen_subcommand_from help' -f -a '(__fopnp_commands)'
complete -c fopnp -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -f -a '(__fopnp_options)'
complete -c fopnp -n 'not __fish_use_subcommand' -a '(__fish_print_hostnames)'
complete -c fopnp -n '__fish_seen_subcommand_from run; and contains -- -- (commandline -opc)' -a '(__fish_complete_command)'
