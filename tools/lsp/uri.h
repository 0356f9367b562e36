/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of files as the protocol writes them. */
#ifndef CANDOR_LSP_URI_H
#define CANDOR_LSP_URI_H

/** The path of a "file:" URI of this machine; NULL for any other. Caller frees. */
char *uri_to_path(const char *uri);

/** The "file:" URI of an absolute path, or NULL when out of memory. Caller frees. */
char *uri_from_path(const char *path);

#endif
