# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rewrite a file over and over, its contents taken in turn from other files.

Usage: rewrite.py MANNER FILE SECONDS CONTENT...
MANNER is rename (a new file each time), write (truncated, then written at once), or slowly
(truncated, then written a few bytes at a time).
"""
import itertools
import os
import sys
import time

manner, path, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
contents = []
for name in sys.argv[4:]:
    with open(name, "rb") as file:
        contents.append(file.read())
end = time.monotonic() + seconds
count = 0
for content in itertools.cycle(contents):
    step = 5 if manner == "slowly" else len(content)
    target = path + ".new" if manner == "rename" else path
    with open(target, "wb", buffering=0) as file:
        for at in range(0, len(content), step):
            file.write(content[at:at + step])
            if manner == "slowly":
                time.sleep(0.001)
    if manner == "rename":
        os.rename(target, path)
    count += 1
    if time.monotonic() > end:
        break
    time.sleep(0.005)
print(count, manner)
