/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The server between two file descriptors. */
#ifndef CANDOR_LSP_LOOP_H
#define CANDOR_LSP_LOOP_H

#include "lsp/lsp.h"

/**
 * Serve the editor that writes to @in and reads from @out until it says it is over,
 * or goes. Returns the exit status the protocol asks for: 0 after "shutdown", else 1;
 * or -errno when the server cannot begin.
 */
int loop_run(const struct lsp_config *config, int in, int out);

#endif
