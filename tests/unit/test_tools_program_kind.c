/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What kind of program a file is: real ones, ELF files made by hand, scripts, PATH, hostile files. */
#include "tools/program_kind.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/unit/random_cases.h"
#include "tests/unit/unit_test.h"

#if defined(__aarch64__)
#define OUR_MACHINE EM_AARCH64
#else
#define OUR_MACHINE EM_X86_64
#endif

#define GLIBC_LOADER "/lib64/ld-linux-x86-64.so.2"

/* In the place of libc's: who we are, and what the system knows of the file. */
static uid_t user;
static gid_t group;
static bool has_capabilities, has_no_new_privileges, is_nosuid;

uid_t getuid(void)
{
	return user;
}

gid_t getgid(void)
{
	return group;
}

int prctl(int option, ...)
{
	assert_int_equal(option, PR_GET_NO_NEW_PRIVS);
	return has_no_new_privileges;
}

int fstatvfs(int fd, struct statvfs *out_mount)
{
	(void)fd;
	*out_mount = (struct statvfs){ .f_flag = is_nosuid ? ST_NOSUID : 0 };
	return 0;
}

ssize_t fgetxattr(int fd, const char *name, void *value, size_t size)
{
	(void)fd;
	(void)value;
	(void)size;
	assert_string_equal(name, "security.capability");
	errno = ENODATA;
	return has_capabilities ? 20 : -1;
}

static char directory[] = "/tmp/fopnp-program-XXXXXX";
static struct fopnp_program_kind kind;

static int set_up(void **state)
{
	(void)state;
	(void)strcpy(directory, "/tmp/fopnp-program-XXXXXX");
	user = geteuid();
	group = getegid();
	has_capabilities = has_no_new_privileges = is_nosuid = false;
	return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	fopnp_program_kind_clear(&kind);
	(void)snprintf(command, sizeof(command), "rm -rf %s", directory);
	return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void write_bytes(const char *name, const void *bytes, size_t len, mode_t mode)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(name, mode), 0);
}

static void write_script(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text), 0755);
}

static void assert_found(enum fopnp_program_found expected, const char *file, const char *path_list)
{
	fopnp_program_kind_clear(&kind);
	assert_int_equal(fopnp_program_inspect(file, path_list, &kind), expected);
}

/* Why nothing is seen of what was found: the id, or NULL. */
static void assert_unseen(const char *expected)
{
	const char *id = "none", *why = fopnp_program_why_unseen(&kind, &id);

	if (!expected) {
		assert_null(id);
		assert_null(why);
		return;
	}
	assert_non_null(why);
	assert_string_equal(id, expected);
}

/* ---- ELF files made by hand ---- */

struct made {
	const char *loader, *needed, *import, *section; /* NULL: none */
	unsigned machine;
	unsigned char class;
	bool has_no_sections;
};

enum { AT_LOADER = 256, AT_STRINGS = 1024, AT_NAMES = 1536, AT_DYNAMIC = 2048, AT_SYMBOLS = 2304,
       AT_SECTIONS = 2560, MADE_SIZE = 4096 };

static union {
	char bytes[MADE_SIZE];
	Elf64_Ehdr header;
} image;

static Elf64_Word add_string(size_t at, size_t *used, const char *text)
{
	Elf64_Word offset = (Elf64_Word)*used;

	(void)strcpy(image.bytes + at + offset, text);
	*used += strlen(text) + 1;
	return offset;
}

static void make_sections(const struct made *made)
{
	Elf64_Shdr *sections = (void *)(image.bytes + AT_SECTIONS);
	Elf64_Dyn *dynamic = (void *)(image.bytes + AT_DYNAMIC);
	Elf64_Sym *symbols = (void *)(image.bytes + AT_SYMBOLS);
	size_t strings = 1, names = 1;

	if (made->needed)
		*dynamic++ = (Elf64_Dyn){ DT_NEEDED, { add_string(AT_STRINGS, &strings, made->needed) } };
	*dynamic = (Elf64_Dyn){ DT_NULL, { 0 } };
	symbols[1].st_name = made->import ? add_string(AT_STRINGS, &strings, made->import) : 0;
	sections[1] = (Elf64_Shdr){ .sh_type = SHT_DYNAMIC, .sh_offset = AT_DYNAMIC, .sh_size = 32,
				    .sh_link = 2, .sh_entsize = sizeof(Elf64_Dyn) };
	sections[2] = (Elf64_Shdr){ .sh_type = SHT_STRTAB, .sh_offset = AT_STRINGS, .sh_size = 512 };
	sections[3] = (Elf64_Shdr){ .sh_type = SHT_DYNSYM, .sh_offset = AT_SYMBOLS, .sh_size = 48,
				    .sh_link = 2, .sh_entsize = sizeof(Elf64_Sym) };
	sections[4] = (Elf64_Shdr){ .sh_type = SHT_PROGBITS, .sh_offset = AT_LOADER, .sh_size = 16 };
	if (made->section)
		sections[4].sh_name = add_string(AT_NAMES, &names, made->section);
	sections[5] = (Elf64_Shdr){ .sh_type = SHT_STRTAB, .sh_offset = AT_NAMES, .sh_size = 512 };
	image.header.e_shoff = AT_SECTIONS;
	image.header.e_shnum = 6;
	image.header.e_shstrndx = 5;
	image.header.e_shentsize = sizeof(Elf64_Shdr);
}

static void make(const struct made *made)
{
	Elf64_Phdr *segments = (void *)(image.bytes + sizeof(Elf64_Ehdr));

	memset(&image, 0, sizeof(image));
	memcpy(image.header.e_ident, ELFMAG, SELFMAG);
	image.header.e_ident[EI_CLASS] = made->class ? made->class : ELFCLASS64;
	image.header.e_ident[EI_DATA] = ELFDATA2LSB;
	image.header.e_ident[EI_VERSION] = EV_CURRENT;
	image.header.e_type = ET_DYN;
	image.header.e_machine = (Elf64_Half)(made->machine ? made->machine : OUR_MACHINE);
	image.header.e_version = EV_CURRENT;
	image.header.e_phoff = sizeof(Elf64_Ehdr);
	image.header.e_phentsize = sizeof(Elf64_Phdr);
	image.header.e_ehsize = sizeof(Elf64_Ehdr);
	image.header.e_phnum = 2;
	segments[0].p_type = PT_LOAD;
	if (made->loader) {
		(void)strcpy(image.bytes + AT_LOADER, made->loader);
		segments[1] = (Elf64_Phdr){ .p_type = PT_INTERP, .p_offset = AT_LOADER,
					    .p_filesz = strlen(made->loader) + 1 };
	}
	if (!made->has_no_sections)
		make_sections(made);
	write_bytes("made", image.bytes, sizeof(image), 0755);
}

static void inspect_made(const struct made *made)
{
	make(made);
	assert_found(FOPNP_PROGRAM_FOUND, "./made", NULL);
	assert_string_equal(kind.path, "./made");
	assert_null(kind.script);
}

static void test_real_programs(void **state)
{
	char loader[256];

	(void)state;
	assert_found(FOPNP_PROGRAM_FOUND, "/bin/true", NULL);
	assert_string_equal(kind.path, "/bin/true");
	assert_int_equal(kind.libc, FOPNP_PROGRAM_GLIBC);
	assert_non_null(strstr(kind.loader, "/ld-linux"));
	assert_false(kind.is_go || kind.is_cares || kind.is_other_machine || kind.is_privileged);
	assert_unseen(NULL);
	/* The loader with a program as its argument preloads as ever. */
	(void)snprintf(loader, sizeof(loader), "%s", kind.loader);
	assert_found(FOPNP_PROGRAM_FOUND, loader, NULL);
	assert_int_equal(kind.libc, FOPNP_PROGRAM_GLIBC);
	assert_null(kind.loader);
	assert_unseen(NULL);
}

static void test_libcs(void **state)
{
	static const struct {
		const char *loader;
		enum fopnp_program_libc libc;
		const char *id;
	} cases[] = {
		{ GLIBC_LOADER, FOPNP_PROGRAM_GLIBC, NULL },
		{ "/lib/ld-linux-aarch64.so.1", FOPNP_PROGRAM_GLIBC, NULL },
		{ "/nix/store/abc-glibc-2.38/lib/ld-linux-x86-64.so.2", FOPNP_PROGRAM_GLIBC, NULL },
		{ "/lib64/ld64.so.2", FOPNP_PROGRAM_GLIBC, NULL },
		{ "/lib/ld-musl-x86_64.so.1", FOPNP_PROGRAM_MUSL, "program-musl" },
		{ "/system/bin/linker64", FOPNP_PROGRAM_UNKNOWN_LIBC, "program-unknown" },
		{ NULL, FOPNP_PROGRAM_STATIC, "program-static" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		inspect_made(&(struct made){ .loader = cases[i].loader });
		assert_int_equal(kind.libc, cases[i].libc);
		if (cases[i].loader)
			assert_string_equal(kind.loader, cases[i].loader);
		else
			assert_null(kind.loader);
		assert_unseen(cases[i].id);
		/* What a stripped program does not say changes nothing of that. */
		inspect_made(&(struct made){ .loader = cases[i].loader, .has_no_sections = true });
		assert_int_equal(kind.libc, cases[i].libc);
	}
}

static void test_makers(void **state)
{
	(void)state;
	inspect_made(&(struct made){ .section = ".go.buildinfo" });
	assert_true(kind.is_go && !kind.is_go_cgo);
	assert_unseen("program-go");
	inspect_made(&(struct made){ .loader = GLIBC_LOADER, .section = ".go.buildinfo" });
	assert_true(kind.is_go && !kind.is_go_cgo);
	assert_unseen("program-go");
	inspect_made(&(struct made){ .loader = GLIBC_LOADER, .section = ".go.buildinfo",
				     .needed = "libc.so.6", .import = "getaddrinfo" });
	assert_true(kind.is_go && kind.is_go_cgo);
	assert_unseen("program-go");
	inspect_made(&(struct made){ .loader = GLIBC_LOADER, .import = "getaddrinfo",
				     .section = ".text", .needed = "libc.so.6" });
	assert_false(kind.is_go || kind.is_go_cgo || kind.is_cares);
	inspect_made(&(struct made){ .loader = GLIBC_LOADER, .needed = "libcares.so.2" });
	assert_true(kind.is_cares);
	assert_unseen(NULL);
}

/* A program of our machine with the other word size, without sections. */
static void make_narrow(void)
{
	static struct {
		Elf32_Ehdr header;
		Elf32_Phdr segment;
		char loader[32];
	} narrow = { .loader = "/lib/ld-linux.so.2" };

	memcpy(narrow.header.e_ident, ELFMAG, SELFMAG);
	narrow.header.e_ident[EI_CLASS] = ELFCLASS32;
	narrow.header.e_ident[EI_DATA] = ELFDATA2LSB;
	narrow.header.e_ident[EI_VERSION] = EV_CURRENT;
	narrow.header.e_type = ET_EXEC;
	narrow.header.e_machine = OUR_MACHINE;
	narrow.header.e_version = EV_CURRENT;
	narrow.header.e_phoff = sizeof(narrow.header);
	narrow.header.e_phentsize = sizeof(narrow.segment);
	narrow.header.e_phnum = 1;
	narrow.segment.p_type = PT_INTERP;
	narrow.segment.p_offset = sizeof(narrow.header) + sizeof(narrow.segment);
	narrow.segment.p_filesz = (Elf32_Word)strlen(narrow.loader) + 1;
	write_bytes("made", &narrow, sizeof(narrow), 0755);
}

static void test_other_machines(void **state)
{
	(void)state;
	inspect_made(&(struct made){ .loader = GLIBC_LOADER, .machine = EM_S390 });
	assert_true(kind.is_other_machine);
	assert_unseen("program-foreign");
	inspect_made(&(struct made){ .loader = GLIBC_LOADER });
	assert_false(kind.is_other_machine);
	make_narrow();
	assert_found(FOPNP_PROGRAM_FOUND, "./made", NULL);
	assert_true(kind.is_other_machine);
	assert_int_equal(kind.libc, FOPNP_PROGRAM_GLIBC);
	assert_unseen("program-foreign");
	/* A header that says 32 bits, and is none. */
	make(&(struct made){ .loader = GLIBC_LOADER, .class = ELFCLASS32 });
	assert_found(FOPNP_PROGRAM_STRANGE, "./made", NULL);
}

static void test_privileges(void **state)
{
	(void)state;
	make(&(struct made){ .loader = GLIBC_LOADER });
	assert_int_equal(chmod("made", 04755), 0);
	assert_found(FOPNP_PROGRAM_FOUND, "./made", NULL);
	assert_false(kind.is_privileged); /* our own */
	user++;
	assert_found(FOPNP_PROGRAM_FOUND, "./made", NULL);
	assert_true(kind.is_privileged);
	assert_unseen("program-privileged");
	is_nosuid = true;
	assert_found(FOPNP_PROGRAM_FOUND, "./made", NULL);
	assert_false(kind.is_privileged);
	is_nosuid = false;
	has_no_new_privileges = true;
	assert_found(FOPNP_PROGRAM_FOUND, "./made", NULL);
	assert_false(kind.is_privileged);
	has_no_new_privileges = false;
	assert_int_equal(chmod("made", 0755), 0);
	assert_found(FOPNP_PROGRAM_FOUND, "./made", NULL);
	assert_false(kind.is_privileged);
	group++;
	assert_int_equal(chmod("made", 02755), 0);
	assert_found(FOPNP_PROGRAM_FOUND, "./made", NULL);
	assert_true(kind.is_privileged);
	assert_int_equal(chmod("made", 02745), 0);
	assert_found(FOPNP_PROGRAM_FOUND, "./made", NULL);
	assert_false(kind.is_privileged);
	has_capabilities = true;
	assert_found(FOPNP_PROGRAM_FOUND, "./made", NULL);
	assert_true(kind.is_privileged);
	user = 0;
	assert_found(FOPNP_PROGRAM_FOUND, "./made", NULL);
	assert_false(kind.is_privileged);
}

/* ---- scripts ---- */

static void assert_script(const char *text, const char *interpreter)
{
	write_script("script", text);
	assert_found(FOPNP_PROGRAM_FOUND, "./script", "/bin");
	assert_string_equal(kind.script, "./script");
	assert_string_equal(kind.path, interpreter);
	assert_int_equal(kind.libc, FOPNP_PROGRAM_GLIBC);
}

static void test_scripts(void **state)
{
	(void)state;
	assert_script("#!/bin/sh\n", "/bin/sh");
	assert_script("#! \t/bin/sh -e\nexit\n", "/bin/sh");
	assert_script("#!/bin/sh", "/bin/sh");
	assert_script("#!/usr/bin/env sh\n", "/bin/sh");
	assert_script("#!/usr/bin/env -S LANG=C sh -e\n", "/bin/sh");
	assert_script("#!/usr/bin/env\n", "/usr/bin/env");
	/* What the kernel does not know execvp() gives to the shell. */
	assert_script("exit 0\n", "/bin/sh");
	/* A script as an interpreter; one in the working directory. */
	write_script("inner", "#!/bin/sh\n");
	assert_script("#!inner\n", "/bin/sh");
	assert_script("#!./inner\n", "/bin/sh");
}

static void test_bad_scripts(void **state)
{
	char line[300];

	(void)state;
	write_script("script", "#!/nosuch/interpreter\n");
	assert_found(FOPNP_PROGRAM_MISSING, "./script", NULL);
	write_script("script", "#!/usr/bin/env nosuch-program\n");
	assert_found(FOPNP_PROGRAM_MISSING, "./script", "/bin");
	write_script("script", "#!/etc/passwd\n");
	assert_found(FOPNP_PROGRAM_DENIED, "./script", NULL);
	write_script("script", "#!\n");
	assert_found(FOPNP_PROGRAM_STRANGE, "./script", NULL);
	write_script("script", "#!   ");
	assert_found(FOPNP_PROGRAM_STRANGE, "./script", NULL);
	write_script("script", "#!./script\n");
	assert_found(FOPNP_PROGRAM_STRANGE, "./script", NULL);
	write_script("script", "");
	assert_found(FOPNP_PROGRAM_STRANGE, "./script", NULL);
	write_bytes("script", "\1\0\2", 3, 0755);
	assert_found(FOPNP_PROGRAM_STRANGE, "./script", NULL);
	assert_string_equal(kind.path, "./script");
	/* An interpreter whose path is cut off, and one whose arguments are. */
	memset(line, 'x', sizeof(line));
	memcpy(line, "#!/bin/", 7);
	write_bytes("script", line, sizeof(line), 0755);
	assert_found(FOPNP_PROGRAM_STRANGE, "./script", NULL);
	memcpy(line, "#!/bin/sh ", 10);
	write_bytes("script", line, sizeof(line), 0755);
	assert_found(FOPNP_PROGRAM_FOUND, "./script", NULL);
	assert_string_equal(kind.path, "/bin/sh");
}

/* ---- PATH ---- */

static void test_search(void **state)
{
	(void)state;
	assert_int_equal(mkdir("a", 0755) | mkdir("b", 0755) | mkdir("c", 0755), 0);
	make(&(struct made){ .loader = GLIBC_LOADER });
	assert_int_equal(rename("made", "b/tool"), 0);
	assert_found(FOPNP_PROGRAM_MISSING, "tool", "a");
	assert_found(FOPNP_PROGRAM_MISSING, "tool", "");
	assert_found(FOPNP_PROGRAM_MISSING, "", "a:b");
	assert_found(FOPNP_PROGRAM_FOUND, "tool", "a:/nosuch:b/tool:b");
	assert_string_equal(kind.path, "b/tool");
	/* Not executable, a directory: the search goes on, and says so if nothing else is found. */
	write_bytes("a/tool", "x", 1, 0644);
	assert_int_equal(mkdir("c/tool", 0755), 0);
	assert_found(FOPNP_PROGRAM_FOUND, "tool", "a:c:b");
	assert_string_equal(kind.path, "b/tool");
	assert_found(FOPNP_PROGRAM_DENIED, "tool", "a");
	assert_found(FOPNP_PROGRAM_DENIED, "tool", "c:/nosuch");
	assert_found(FOPNP_PROGRAM_DENIED, "a/tool", NULL);
	assert_found(FOPNP_PROGRAM_MISSING, "a/nosuch", NULL);
	assert_found(FOPNP_PROGRAM_DENIED, "a/tool/x", NULL);
	/* A script without its interpreter is as good as none. */
	assert_int_equal(unlink("a/tool"), 0);
	write_script("a/tool", "#!/nosuch\n");
	assert_found(FOPNP_PROGRAM_MISSING, "tool", "a");
	assert_found(FOPNP_PROGRAM_FOUND, "tool", "a:b");
	assert_string_equal(kind.path, "b/tool");
	assert_null(kind.script);
	/* An empty element is the working directory. */
	assert_int_equal(chdir("b"), 0);
	assert_found(FOPNP_PROGRAM_FOUND, "tool", "");
	assert_string_equal(kind.path, "tool");
	assert_found(FOPNP_PROGRAM_FOUND, "tool", "/nosuch:");
	assert_found(FOPNP_PROGRAM_FOUND, "tool", ":/nosuch");
	assert_found(FOPNP_PROGRAM_FOUND, "tool", "/x::/y");
	assert_found(FOPNP_PROGRAM_FOUND, "true", NULL); /* the default */
	assert_string_equal(kind.path, "/bin/true");
}

/* ---- hostile files ---- */

static void test_no_files(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("fifo", 0755), 0);
	assert_found(FOPNP_PROGRAM_DENIED, "./fifo", NULL);
	assert_found(FOPNP_PROGRAM_DENIED, "/dev/zero", NULL);
	assert_found(FOPNP_PROGRAM_DENIED, "/proc/self/mem", NULL);
	assert_found(FOPNP_PROGRAM_DENIED, ".", NULL);
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_found(FOPNP_PROGRAM_DENIED, "./loop", NULL);
	write_script("script", "#!./fifo\n");
	assert_found(FOPNP_PROGRAM_DENIED, "./script", NULL);
}

static void assert_any(void)
{
	write_bytes("made", image.bytes, sizeof(image), 0755);
	fopnp_program_kind_clear(&kind);
	(void)fopnp_program_inspect("./made", NULL, &kind);
}

/* Counts and offsets that lead nowhere, or to more than any memory holds. */
static void test_wild_numbers(void **state)
{
	static const struct made made = { .loader = GLIBC_LOADER, .section = ".go.buildinfo",
					  .needed = "libcares.so.2", .import = "getaddrinfo" };
	Elf64_Phdr *segments = (void *)(image.bytes + sizeof(Elf64_Ehdr));
	Elf64_Shdr *sections = (void *)(image.bytes + AT_SECTIONS);

	(void)state;
	make(&made);
	image.header.e_shnum = 0;
	sections[0].sh_size = UINT64_C(1) << 40;
	assert_any();
	assert_null(kind.loader); /* none has so many */
	make(&made);
	image.header.e_phnum = PN_XNUM;
	sections[0].sh_info = UINT32_MAX;
	assert_any();
	assert_null(kind.loader);
	for (unsigned i = 0; i < 6; i++) {
		make(&made);
		sections[i].sh_offset = i % 2 ? UINT64_MAX - 8 : MADE_SIZE - 8;
		sections[i].sh_link = 0x10000;
		assert_any();
		make(&made);
		sections[i].sh_size = UINT64_MAX;
		assert_any();
		make(&made);
		sections[i].sh_name = 0x7fffffff;
		assert_any();
		make(&made);
		sections[i].sh_type = SHT_NOBITS;
		assert_any();
	}
	make(&made);
	segments[1].p_filesz = UINT64_C(1) << 40;
	assert_any();
	assert_int_equal(kind.libc, FOPNP_PROGRAM_UNKNOWN_LIBC);
	make(&made);
	segments[1].p_offset = UINT64_MAX;
	assert_any();
	assert_int_equal(kind.libc, FOPNP_PROGRAM_UNKNOWN_LIBC);
	make(&made);
	segments[1].p_filesz--; /* no NUL */
	assert_any();
	assert_null(kind.loader);
}

/* A section that claims the whole of a huge file with holes is not read. */
static void test_huge_file(void **state)
{
	Elf64_Shdr *sections = (void *)(image.bytes + AT_SECTIONS);

	(void)state;
	make(&(struct made){ .loader = GLIBC_LOADER, .needed = "libcares.so.2" });
	for (unsigned i = 1; i < 6; i++) {
		sections[i].sh_size = (UINT64_C(1) << 38) - sections[i].sh_offset;
		sections[i].sh_size -= sections[i].sh_size % 48;
	}
	write_bytes("made", image.bytes, sizeof(image), 0755);
	if (truncate("made", INT64_C(1) << 38) != 0)
		skip();
	assert_found(FOPNP_PROGRAM_FOUND, "./made", NULL);
	assert_false(kind.is_cares);
	image.header.e_shnum = 0;
	sections[0].sh_size = UINT64_C(1) << 31;
	write_bytes("made", image.bytes, sizeof(image), 0755);
	assert_int_equal(truncate("made", INT64_C(1) << 38), 0);
	assert_found(FOPNP_PROGRAM_STRANGE, "./made", NULL);
}

static void test_cut_files(void **state)
{
	(void)state;
	make(&(struct made){ .loader = GLIBC_LOADER, .section = ".go.buildinfo" });
	for (size_t len = 0; len < sizeof(image); len += len < 400 ? 7 : 61) {
		write_bytes("made", image.bytes, len, 0755);
		fopnp_program_kind_clear(&kind);
		(void)fopnp_program_inspect("./made", NULL, &kind);
	}
}

static int run_cases(unsigned seed)
{
	srand(seed);
	for (int i = 0; i < 1000; i++) {
		make(&(struct made){ .loader = rand() % 2 ? GLIBC_LOADER : NULL,
				     .needed = "libcares.so.2",
				     .import = "getaddrinfo",
				     .section = ".go.buildinfo" });
		for (int j = rand() % 8; j >= 0; j--) {
			size_t at = (size_t)rand() % (rand() % 2 ? 128 : sizeof(image));

			image.bytes[at] = (char)(rand() % 3 ? rand() : 0xff);
		}
		assert_any();
	}
	return 0;
}

static void test_random_files(void **state)
{
	(void)state;
	run_random_cases(run_cases);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_real_programs), TEST(test_libcs),	 TEST(test_makers),
		TEST(test_other_machines), TEST(test_privileges), TEST(test_scripts),
		TEST(test_bad_scripts),	   TEST(test_search),	 TEST(test_no_files),
		TEST(test_wild_numbers),   TEST(test_huge_file),  TEST(test_cut_files),
		TEST(test_random_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
