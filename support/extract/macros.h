/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The macros that limits need: which, what the sources define them as, what they come to. */
#ifndef CANDOR_SUPPORT_EXTRACT_MACROS_H
#define CANDOR_SUPPORT_EXTRACT_MACROS_H

#include "model/model.h"

/** Zero but for ->m before the first use. */
struct macros {
	struct model *m;
	struct strmap names; /* wanted ones -> struct macro */
};

/** Want the names in the constants of limits that have no value. 0 or -ENOMEM. */
int macros_want(struct macros *macros);

/** Take the definitions of wanted names out of C; their names are wanted then. 0 or -ENOMEM. */
int macros_read(struct macros *macros, const char *text, size_t size);

/** Give each limit its value; false when some constant is still unknown. */
bool macros_evaluate(const struct macros *macros);

/** Free what is not the model's. */
void macros_reset(struct macros *macros);

#endif
