/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz target where there is no libFuzzer: drive DICTIONARY ROUNDS [SEED]
 * makes inputs from the dictionary's tokens and random bytes, the same ones for
 * the same seed.
 */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TOKENS 256
#define MAX_INPUT 24

struct token {
	uint8_t byte[8];
	size_t nr;
};

static struct token tokens[MAX_TOKENS];
static size_t nr_tokens;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A line "\xNN\xNN…"; 0 or -EINVAL. */
static int parse_token(const char *text, struct token *t)
{
	if (*text++ != '"')
		return -EINVAL;
	while (*text != '"') {
		unsigned byte;

		if (t->nr == sizeof(t->byte) || sscanf(text, "\\x%2x", &byte) != 1)
			return -EINVAL;
		t->byte[t->nr++] = byte;
		text += 4;
	}
	return t->nr ? 0 : -EINVAL;
}

static int read_dictionary(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[128];
	unsigned number = 0;
	int rc = 0;

	if (!f) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -errno;
	}
	while (!rc && fgets(line, sizeof(line), f)) {
		number++;
		if (*line == '#' || isspace((unsigned char)*line))
			continue;
		if (nr_tokens == MAX_TOKENS || parse_token(line, &tokens[nr_tokens])) {
			fprintf(stderr, "%s:%u: not a token of 1 to 8 \\xNN, or too many\n", path,
				number);
			rc = -EINVAL;
		}
		nr_tokens++;
	}
	fclose(f);
	return rc;
}

static uint64_t next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s * 0x2545f4914f6cdd1d >> 16;
}

static size_t make_input(uint64_t *seed, uint8_t *input)
{
	size_t size = 0, want = next_random(seed) % MAX_INPUT;

	input[size++] = next_random(seed);
	while (size < want) {
		const struct token *t = &tokens[next_random(seed) % nr_tokens];

		if (next_random(seed) % 3 == 0 || size + t->nr > want) {
			input[size++] = next_random(seed);
			continue;
		}
		memcpy(input + size, t->byte, t->nr);
		size += t->nr;
	}
	return size;
}

int main(int argc, char **argv)
{
	uint64_t seed = 0x9e3779b97f4a7c15;
	unsigned long rounds;

	if (argc < 3) {
		fprintf(stderr, "usage: %s DICTIONARY ROUNDS [SEED]\n", argv[0]);
		return 2;
	}
	if (read_dictionary(argv[1]) || !nr_tokens)
		return 2;
	rounds = strtoul(argv[2], NULL, 0);
	if (argc > 3)
		seed ^= strtoul(argv[3], NULL, 0);
	if (!seed)
		seed = 1;
	while (rounds--) {
		uint8_t input[MAX_INPUT];

		LLVMFuzzerTestOneInput(input, make_input(&seed, input));
	}
	return 0;
}
