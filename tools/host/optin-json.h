/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record as a JSON object, as its file, the log and a status have it. */
#ifndef CANDOR_HOST_OPTIN_JSON_H
#define CANDOR_HOST_OPTIN_JSON_H

#include <jansson.h>

#include "host/optin.h"

/** Has @root the members @keys (NULL-ended), all of them and no other? 0, or -EINVAL with why. */
int optin_json_keys(const json_t *root, const char *const *keys, char ret_why[128]);

/** Take the members of a record of format 1. 0, or -EINVAL with why. */
int optin_json_take(const json_t *root, struct optin *ret_record, char ret_why[128]);

/** Take "by", "why" and "when" alone. */
int optin_json_take_who(const json_t *root, struct optin *ret_record, char ret_why[128]);

/** Is it "YYYY-MM-DDTHH:MM:SSZ"? */
bool optin_is_when(const char *text);

#endif
