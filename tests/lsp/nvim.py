# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""nvim.py CANDOR: a real editor, Neovim, with the server, as nvim.lua uses it."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from client import PASS_SMALL


def main():
    candor = str(pathlib.Path(sys.argv[1]).resolve())
    if not shutil.which('nvim'):
        print('skipped: no nvim')
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / 'tree'
        shutil.copytree(PASS_SMALL, root)
        environment = {**os.environ, 'CANDOR': candor, 'ROOT': str(root), 'HOME': folder,
                       'XDG_CONFIG_HOME': folder, 'XDG_DATA_HOME': folder, 'XDG_CACHE_HOME': folder,
                       'XDG_STATE_HOME': folder}
        done = subprocess.run(['nvim', '--headless', '--clean', '-i', 'NONE', '-n',
                               '-c', 'luafile ' + str(pathlib.Path(__file__).with_name('nvim.lua'))],
                              env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=100, check=False)
    print(done.stdout)
    assert done.returncode == 0 and 'neovim: ok' in done.stdout, done.returncode


if __name__ == '__main__':
    main()
