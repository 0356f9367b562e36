# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's source package of Xen 4.17, fetched when a test needs a tree of others to read.

It is data for the checker and nothing else; it is never kept beside our sources. apt
verifies its signature, and the sum below says that it is the very tarball whose lines
the expected findings quote.
"""
import fcntl
import hashlib
import pathlib
import shutil
import subprocess
import sys

PACKAGE = 'xen=4.17.5+72-g01140da4e8-1'
TARBALL = 'xen_4.17.5+72-g01140da4e8.orig.tar.xz'
SHA256 = '53922f4d0a02c577f2ea9d63f65989cd88715779eebeed879ca1d314103ee06e'
SOURCES = 'deb-src http://deb.debian.org/debian bookworm main\n'
SKIP = 77


def skip(why):
    """Not everyone has a network, or Debian's apt."""
    print(f'skipped: {why}')
    sys.exit(SKIP)


def is_sound(tarball):
    """Is it the tarball, whole?"""
    return tarball.exists() and hashlib.sha256(tarball.read_bytes()).hexdigest() == SHA256


def apt(folder, *words):
    """apt-get with lists and settings of its own, so that the machine's are left alone."""
    options = {'Dir::Etc::SourceList': folder / 'sources.list', 'Dir::Etc::SourceParts': '/dev/null',
               'Dir::State::Lists': folder / 'lists', 'Dir::Cache': folder / 'cache',
               'APT::Sandbox::User': 'root', 'Acquire::http::Timeout': '20',
               'Acquire::Retries': '1', 'Debug::NoLocking': '1'}
    command = ['apt-get', '-qq']
    for name, value in options.items():
        command += ['-o', f'{name}={value}']
    done = subprocess.run(command + list(words), cwd=folder, check=False, timeout=250,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        skip(f'apt-get {words[0]}: {done.stdout.decode(errors="replace").strip()[-300:]}')


def fetch(folder):
    """Download the tarball into the folder."""
    if not shutil.which('apt-get'):
        skip('no apt-get')
    for name in 'lists/partial', 'cache/archives/partial':
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / 'sources.list').write_text(SOURCES)
    apt(folder, 'update')
    apt(folder, 'source', '--download-only', PACKAGE)


def get(folder):
    """The unpacked tree, below a folder that later runs use again."""
    folder = pathlib.Path(folder).resolve() / 'xen-source'
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / 'lock', 'w', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tarball, tree = folder / TARBALL, folder / 'tree'
        if not is_sound(tarball):
            fetch(folder)
        assert is_sound(tarball), f'{tarball} is not what it was: other lines would be quoted'
        if not (tree / 'SUPPORT.md').exists():
            shutil.rmtree(tree, ignore_errors=True)
            tree.mkdir()
            subprocess.run(['tar', '-xf', tarball, '-C', tree, '--strip-components=1'], check=True,
                           timeout=120)
    return tree
