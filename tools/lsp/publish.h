/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagnostics for the editor. */
#ifndef CANDOR_LSP_PUBLISH_H
#define CANDOR_LSP_PUBLISH_H

struct lsp;

/** Load, and send each file's diagnostics; none for those that had some and have none now. */
void publish_diagnostics(struct lsp *s);

#endif
