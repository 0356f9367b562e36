/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes from the program headers, hypercalls from the symbols, lines from the debug information. */
#include "engine/measure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <elfutils/libdw.h>
#include <gelf.h>

#include "base/complain.h"

#define HANDLER_PREFIX "hc_"
#define LINES_MAX ((size_t)4 << 20)

void measure_reset(struct measure *m)
{
	for (size_t i = 0; i < m->nr_hypercalls; i++)
		free(m->hypercalls[i]);
	free(m->hypercalls);
	memset(m, 0, sizeof(*m));
}

static int wrong(const char *path, const char *why, struct strbuf *err)
{
	complain(err, (struct place){ path, 0 },
		 "give an image as the build makes it, not stripped", "cannot be measured: %s",
		 why);
	return -EINVAL;
}

static void add_sizes(Elf *elf, struct measure *m)
{
	size_t nr = 0, i;
	Elf_Scn *section = NULL;
	GElf_Phdr ph;
	GElf_Shdr sh;

	if (elf_getphdrnum(elf, &nr))
		nr = 0;
	for (i = 0; i < nr; i++) {
		if (!gelf_getphdr(elf, (int)i, &ph) || ph.p_type != PT_LOAD)
			continue;
		m->loaded_size += ph.p_filesz;
		m->memory_size += ph.p_memsz;
	}
	while ((section = elf_nextscn(elf, section))) {
		if (gelf_getshdr(section, &sh) && sh.sh_flags & SHF_EXECINSTR)
			m->code_size += sh.sh_size;
	}
}

/* ---- hypercalls ---- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_handler(struct measure *m, const char *name)
{
	char *copy;

	if (m->nr_hypercalls == MEASURE_NAMES_MAX)
		return 0;
	copy = strdup(name + strlen(HANDLER_PREFIX));
	if (!copy)
		return -ENOMEM;
	m->hypercalls[m->nr_hypercalls++] = copy;
	return 0;
}

static int add_symbols(Elf *elf, Elf_Scn *section, const GElf_Shdr *sh, struct measure *m)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t nr = sh->sh_entsize ? sh->sh_size / sh->sh_entsize : 0;
	int rc = 0;

	for (size_t i = 0; data && !rc && i < nr; i++) {
		GElf_Sym symbol;
		const char *name;

		if (!gelf_getsym(data, (int)i, &symbol) ||
		    GELF_ST_TYPE(symbol.st_info) != STT_FUNC ||
		    GELF_ST_BIND(symbol.st_info) != STB_GLOBAL)
			continue;
		name = elf_strptr(elf, sh->sh_link, symbol.st_name);
		if (name && !strncmp(name, HANDLER_PREFIX, strlen(HANDLER_PREFIX)))
			rc = add_handler(m, name);
	}
	return rc;
}

static int add_hypercalls(Elf *elf, struct measure *m)
{
	Elf_Scn *section = NULL;
	GElf_Shdr sh;
	int rc = 0;

	m->hypercalls = calloc(MEASURE_NAMES_MAX, sizeof(*m->hypercalls));
	if (!m->hypercalls)
		return -ENOMEM;
	while (!rc && (section = elf_nextscn(elf, section))) {
		if (gelf_getshdr(section, &sh) && sh.sh_type == SHT_SYMTAB)
			rc = add_symbols(elf, section, &sh, m);
	}
	if (m->nr_hypercalls)
		qsort(m->hypercalls, m->nr_hypercalls, sizeof(*m->hypercalls), compare_names);
	return rc;
}

/* ---- source lines ---- */

struct source_line {
	char *file;
	int line;
};

struct line_list {
	struct source_line *list;
	size_t nr, capacity;
};

static int compare_lines(const void *a, const void *b)
{
	const struct source_line *x = a, *y = b;
	int order = strcmp(x->file, y->file);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int add_line(struct line_list *l, const char *file, int line)
{
	if (l->nr == l->capacity) {
		size_t want = l->capacity ? l->capacity * 2 : 4096;
		struct source_line *grown;

		if (want > LINES_MAX)
			return -E2BIG;
		grown = reallocarray(l->list, want, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		l->list = grown;
		l->capacity = want;
	}
	l->list[l->nr].file = strdup(file);
	if (!l->list[l->nr].file)
		return -ENOMEM;
	l->list[l->nr++].line = line;
	return 0;
}

/* All rows of a compilation unit's line table that stand for an instruction. */
static int add_unit(Dwarf_Die *unit, struct line_list *l)
{
	Dwarf_Lines *lines;
	size_t nr;
	int rc = 0;

	if (dwarf_getsrclines(unit, &lines, &nr))
		return 0;
	for (size_t i = 0; !rc && i < nr; i++) {
		Dwarf_Line *row = dwarf_onesrcline(lines, i);
		const char *file = dwarf_linesrc(row, NULL, NULL);
		int line = 0;
		bool is_end = false;

		dwarf_lineendsequence(row, &is_end);
		if (file && !is_end && !dwarf_lineno(row, &line) && line > 0)
			rc = add_line(l, file, line);
	}
	return rc;
}

static void count_lines(struct line_list *l, struct measure *m)
{
	if (l->nr)
		qsort(l->list, l->nr, sizeof(*l->list), compare_lines);
	for (size_t i = 0; i < l->nr; i++) {
		bool same_file = i && !strcmp(l->list[i - 1].file, l->list[i].file);

		m->nr_files += !same_file;
		m->nr_lines += !same_file || l->list[i - 1].line != l->list[i].line;
	}
}

static int add_source_lines(Elf *elf, struct measure *m)
{
	Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	struct line_list l = { 0 };
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;
	int rc = 0;

	if (!dwarf)
		return -ENODATA;
	while (!rc && !dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &die, NULL))
		rc = add_unit(&die, &l);
	if (!rc)
		count_lines(&l, m);
	for (size_t i = 0; i < l.nr; i++)
		free(l.list[i].file);
	free(l.list);
	dwarf_end(dwarf);
	return rc;
}

/* ---- the whole ---- */

static int measure(const char *path, int fd, struct measure *m, struct strbuf *err)
{
	Elf *elf = elf_version(EV_CURRENT) == EV_NONE ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL);
	int rc;

	if (!elf || elf_kind(elf) != ELF_K_ELF) {
		elf_end(elf);
		return wrong(path, "it is no ELF file", err);
	}
	add_sizes(elf, m);
	rc = add_hypercalls(elf, m);
	if (!rc)
		rc = add_source_lines(elf, m);
	elf_end(elf);
	if (rc == -ENODATA || rc == -E2BIG)
		rc = wrong(path, rc == -E2BIG ? "it has too many lines" : "no debug information",
			   err);
	return rc;
}

int measure_image(const char *path, struct measure *ret_measure, struct strbuf *err)
{
	struct measure m = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return wrong(path, strerror(errno), err);
	rc = measure(path, fd, &m, err);
	close(fd);
	if (rc)
		measure_reset(&m);
	else
		*ret_measure = m;
	return rc;
}
