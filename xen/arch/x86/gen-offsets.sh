#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# gen-offsets.sh OUTPUT COMPILER...: the `.ascii "NAME VALUE"` lines that the
# compiler's assembler output for offsets.c has, as C preprocessor definitions.
set -eu
output=$1
shift
"$@" -S -o "$output.s"
sed -n 's/^[[:space:]]*\.ascii[[:space:]]*"\([A-Z0-9_]*\) \([0-9]*\)"$/#define \1 \2/p' "$output.s" >"$output"
rm -f "$output.s"
