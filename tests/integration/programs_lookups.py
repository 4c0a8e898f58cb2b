# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Python's socket module says of each name on the command line."""
import socket
import sys


def show(call, *arguments):
    try:
        answer = call(*arguments)
    except OSError as error:
        answer = f"{type(error).__name__} {error}"
    print(call.__name__, *arguments, answer)


for name in sys.argv[1:]:
    for family in (socket.AF_UNSPEC, socket.AF_INET, socket.AF_INET6):
        show(socket.getaddrinfo, name, 80, family, socket.SOCK_STREAM, 0, socket.AI_CANONNAME)
    show(socket.getaddrinfo, name, "http")
    show(socket.gethostbyname, name)
    show(socket.gethostbyname_ex, name)
    show(socket.gethostbyaddr, name)
    show(socket.getfqdn, name)
show(socket.getfqdn)
show(socket.getnameinfo, ("192.0.2.1", 80), 0)
