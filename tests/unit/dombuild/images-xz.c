/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xz streams for the tests of the domain builder: see images.h. */
#include "images.h"

#include <stdlib.h>

#include <lzma.h>

uint8_t *image_xz(const void *data, size_t size, int check, size_t *ret_size)
{
	size_t bound = lzma_stream_buffer_bound(size);
	uint8_t *out = malloc(bound);
	lzma_options_lzma options;
	lzma_filter filters[] = { { LZMA_FILTER_X86, NULL },
				  { LZMA_FILTER_LZMA2, &options },
				  { LZMA_VLI_UNKNOWN, NULL } };

	*ret_size = 0;
	if (!out || lzma_lzma_preset(&options, 1) ||
	    lzma_stream_buffer_encode(filters, (lzma_check)check, NULL, data, size, out, ret_size,
				      bound) != LZMA_OK) {
		free(out);
		return NULL;
	}
	return out;
}
