/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents opened, edited, closed. */
#ifndef CANDOR_LSP_SYNC_H
#define CANDOR_LSP_SYNC_H

#include <jansson.h>

struct lsp;

/* Handlers of notifications: a new JSON value, or NULL. */
json_t *sync_open(struct lsp *s, const json_t *params);
json_t *sync_change(struct lsp *s, const json_t *params);
json_t *sync_close(struct lsp *s, const json_t *params);

/** Something changed on the disk. */
json_t *sync_touch(struct lsp *s, const json_t *params);

#endif
