/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an ELF file says about itself, see program_elf.h. */
#include "tools/program_elf.h"

#include "tools/memory.h"

#include <gelf.h>
#include <libelf.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OUR_MACHINE EM_AARCH64
#else
#error "which machine is this?"
#endif
#define OUR_CLASS ELFCLASS64

/* More than any program has; what lies beyond is not read. */
#define MAX_SEGMENTS 512
#define MAX_LOADER   1024
#define MOST_BYTES   ((GElf_Xword)32 << 20)

/* "ld-linux-x86-64.so.2", "ld64.so.2", "ld-musl-x86_64.so.1"; false for a name of no loader. */
static bool is_loader(const char *path, enum fopnp_program_libc *out_libc)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	if (strncmp(name, "ld-musl-", 8) == 0)
		*out_libc = FOPNP_PROGRAM_MUSL;
	else if (strncmp(name, "ld-linux", 8) == 0 || strncmp(name, "ld64.so", 7) == 0)
		*out_libc = FOPNP_PROGRAM_GLIBC;
	else
		return false;
	return true;
}

static void take_loader(int fd, const GElf_Phdr *segment, struct fopnp_program_kind *kind)
{
	char path[MAX_LOADER];
	ssize_t len;

	kind->libc = FOPNP_PROGRAM_UNKNOWN_LIBC;
	if (kind->loader || segment->p_filesz == 0 || segment->p_filesz > sizeof(path))
		return;
	len = pread(fd, path, segment->p_filesz, (off_t)segment->p_offset);
	if (len <= 0 || (size_t)len != segment->p_filesz || path[len - 1] != '\0')
		return;
	kind->loader = fopnp_memory_copy_text(path);
	(void)is_loader(path, &kind->libc);
}

static bool read_segments(int fd, Elf *elf, struct fopnp_program_kind *kind)
{
	GElf_Phdr segment;
	size_t count;

	if (elf_getphdrnum(elf, &count) != 0 || count == 0 || count > MAX_SEGMENTS)
		return false;
	kind->libc = FOPNP_PROGRAM_STATIC;
	for (int i = 0; i < (int)count; i++) {
		if (!gelf_getphdr(elf, i, &segment))
			return false;
		if (segment.p_type == PT_INTERP)
			take_loader(fd, &segment, kind);
	}
	/* A loader that is run itself: "ld-linux-x86-64.so.2 PROGRAM" preloads as ever. */
	if (kind->libc == FOPNP_PROGRAM_STATIC)
		(void)is_loader(kind->path, &kind->libc);
	return true;
}

/* What is read of a file's sections, all together. */
struct reader {
	Elf *elf;
	GElf_Xword budget;
};

/* NULL: none, or more than is worth reading.  libelf reads it once and keeps it. */
static Elf_Data *section_data(struct reader *reader, Elf_Scn *section, GElf_Shdr *out_header)
{
	Elf_Data *data;

	if (!section || !gelf_getshdr(section, out_header) || out_header->sh_size > reader->budget)
		return NULL;
	reader->budget -= out_header->sh_size;
	data = elf_getdata(section, NULL);
	return data && data->d_buf ? data : NULL; /* SHT_NOBITS has a size alone */
}

struct strings {
	const char *text; /* ends in a NUL, if size is not 0 */
	size_t size;
};

static struct strings read_strings(struct reader *reader, size_t index)
{
	GElf_Shdr header;
	Elf_Data *data = section_data(reader, elf_getscn(reader->elf, index), &header);
	struct strings strings = { 0 };

	if (data && data->d_size > 0 && ((const char *)data->d_buf)[data->d_size - 1] == '\0')
		strings = (struct strings){ data->d_buf, data->d_size };
	return strings;
}

static const char *text_at(const struct strings *strings, size_t offset)
{
	return offset < strings->size ? strings->text + offset : "";
}

/* Whether it needs a library whose name begins so. */
static bool needs(struct reader *reader, Elf_Scn *section, const char *prefix)
{
	GElf_Shdr header;
	Elf_Data *data = section_data(reader, section, &header);
	struct strings strings;
	GElf_Dyn entry;

	if (!data)
		return false;
	strings = read_strings(reader, header.sh_link);
	for (int i = 0; gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++)
		if (entry.d_tag == DT_NEEDED &&
		    strncmp(text_at(&strings, entry.d_un.d_val), prefix, strlen(prefix)) == 0)
			return true;
	return false;
}

/* Whether it takes the function of that name from a library. */
static bool imports(struct reader *reader, Elf_Scn *section, const char *function)
{
	GElf_Shdr header;
	Elf_Data *data = section_data(reader, section, &header);
	struct strings strings;
	GElf_Sym symbol;

	if (!data)
		return false;
	strings = read_strings(reader, header.sh_link);
	for (int i = 1; gelf_getsym(data, i, &symbol); i++)
		if (symbol.st_shndx == SHN_UNDEF &&
		    strcmp(text_at(&strings, symbol.st_name), function) == 0)
			return true;
	return false;
}

/*
 * Sections are for debuggers, and a program may have none: then this stays unknown.  Of Go, cgo
 * alone does not say that libc is asked: the net package can be built without (netgo), and then
 * nothing imports getaddrinfo().
 */
static void read_sections(Elf *elf, struct fopnp_program_kind *kind)
{
	struct reader reader = { elf, MOST_BYTES };
	bool has_getaddrinfo = false;
	struct strings names;
	size_t index;

	if (elf_getshdrstrndx(elf, &index) != 0)
		return;
	names = read_strings(&reader, index);
	for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section));) {
		GElf_Shdr header;

		if (!gelf_getshdr(section, &header))
			return;
		if (header.sh_type == SHT_DYNAMIC)
			kind->is_cares |= needs(&reader, section, "libcares.so");
		else if (header.sh_type == SHT_DYNSYM)
			has_getaddrinfo |= imports(&reader, section, "getaddrinfo");
		else if (strcmp(text_at(&names, header.sh_name), ".go.buildinfo") == 0)
			kind->is_go = true;
	}
	kind->is_go_cgo = kind->is_go && has_getaddrinfo;
}

/*
 * Numbers of sections or segments that do not fit their fields stand in section 0.  No program has
 * so many, and libelf makes room for as many as a file claims before anybody can ask: so this
 * looks at the bytes themselves, where neither 0 nor 0xffff has an order.
 */
static bool has_plain_numbers(int fd)
{
	union {
		unsigned char ident[EI_NIDENT];
		Elf32_Ehdr narrow;
		Elf64_Ehdr wide;
	} header = { 0 };
	const Elf32_Ehdr *narrow = &header.narrow;
	const Elf64_Ehdr *wide = &header.wide;

	if (pread(fd, &header, sizeof(header), 0) < (ssize_t)sizeof(header.narrow))
		return false;
	if (header.ident[EI_CLASS] == ELFCLASS32)
		return narrow->e_phnum != PN_XNUM && (narrow->e_shnum != 0 || narrow->e_shoff == 0);
	return wide->e_phnum != PN_XNUM && (wide->e_shnum != 0 || wide->e_shoff == 0);
}

bool fopnp_program_elf_read(int fd, struct fopnp_program_kind *kind)
{
	GElf_Ehdr header;
	bool is_read;
	Elf *elf;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return false;
	elf = has_plain_numbers(fd) ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
	is_read = elf && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header) &&
		  (header.e_type == ET_EXEC || header.e_type == ET_DYN) &&
		  read_segments(fd, elf, kind);
	if (is_read) {
		kind->is_other_machine =
			header.e_machine != OUR_MACHINE || header.e_ident[EI_CLASS] != OUR_CLASS;
		read_sections(elf, kind);
	}
	(void)elf_end(elf);
	return is_read;
}
