/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of policies: what files of expectations say, held against decisions. */
#ifndef CANDOR_POLICY_EXPECT_H
#define CANDOR_POLICY_EXPECT_H

/** What sentence.value of a SENTENCE_SUPPOSE says of the code; 0: nothing. */
enum supposed {
	SUPPOSE_BUILT = 1,
	SUPPOSE_NOT_BUILT = 2,
};

#endif
