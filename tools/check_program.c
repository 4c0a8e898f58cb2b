/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a program resolves host names, see check_program.h. */
#include "tools/check_program.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/nsswitch_file.h"
#include "tools/check_system.h"
#include "tools/check_system_file.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/paragraph.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LABEL_WIDTH 14
#define SEARCH_MOST (256 << 20) /* bytes of a program that are looked through */

/* The hosts line that the program will find. */
struct hosts_line {
	const char *path; /* without the root */
	unsigned line;    /* 0: glibc's default is in force */
	char *text;       /* the list; never NULL */
	bool has_fopnp;   /* on it */
	bool is_broken;   /* the file does not parse: nothing can be looked up */
};

struct inspection {
	struct fopnp_program_kind kind;
	struct fopnp_program_verdict verdict;
	struct hosts_line hosts;
	char cares[3];
	const char *run_why; /* `fopnp run` sees nothing of it; NULL: it does */
};

/* ---- what a kind of program does ---- */

static struct fopnp_program_verdict judge_go(bool is_cgo)
{
	if (is_cgo)
		return (struct fopnp_program_verdict){
			"go-cgo",
			"Made by Go with cgo. It resolves names itself where the hosts line holds "
			"nothing but files, dns and a few more words that Go knows, and asks libc "
			"for any other word, fopnp among them; GODEBUG=netdns=cgo always makes it "
			"ask, GODEBUG=netdns=go never.",
			FOPNP_PROGRAM_SEEN,
			"a source that Go does not know, such as fopnp, makes it ask libc, unless "
			"GODEBUG=netdns=go or its own code forbids it",
		};
	return (struct fopnp_program_verdict){
		"go",
		"Made by Go without cgo (CGO_ENABLED=0 or -tags netgo). It reads hosts and "
		"resolv.conf itself and takes from nsswitch.conf only their order: a source that "
		"it does not know counts as none.",
		FOPNP_PROGRAM_NOT_SEEN,
		"no NSS module can be loaded by it; built with cgo it would ask libc as soon as "
		"fopnp stands on the hosts line",
	};
}

static struct fopnp_program_verdict judge_static(bool has_nss)
{
	if (has_nss)
		return (struct fopnp_program_verdict){
			"glibc-static",
			"Statically linked, with glibc's resolver inside. It reads nsswitch.conf "
			"and loads the modules of the hosts line, but files and dns, at run time; "
			"they and the libc.so.6 that they need must be of the very version of "
			"glibc that it was linked with.",
			FOPNP_PROGRAM_SEEN_AT_TIMES,
			"fopnp is loaded if the program was linked with the glibc that is "
			"installed; else the list behind fopnp on the hosts line is asked",
		};
	return (struct fopnp_program_verdict){
		"other",
		"Statically linked, and nothing in it names nsswitch.conf: its resolver, if it "
		"has one, is its own (musl's, for one, reads hosts and resolv.conf itself).",
		FOPNP_PROGRAM_NOT_SEEN,
		"it loads no NSS modules",
	};
}

static struct fopnp_program_verdict judge_glibc(const struct fopnp_program_kind *kind)
{
	if (kind->is_cares)
		return (struct fopnp_program_verdict){
			"c-ares",
			"Linked with c-ares, a resolver of its own, which reads hosts, resolv.conf "
			"and the first letters of the hosts line. What it asks libc, if anything, "
			"follows the whole line.",
			FOPNP_PROGRAM_SEEN_AT_TIMES,
			"only the lookups that it leaves to libc",
		};
	return (struct fopnp_program_verdict){
		"glibc",
		"Dynamically linked with glibc: getaddrinfo() and the like follow the hosts line "
		"of nsswitch.conf and load its modules. A program may have a resolver of its own "
		"besides, which its file does not tell.",
		FOPNP_PROGRAM_SEEN,
		"it loads the modules of the hosts line",
	};
}

struct fopnp_program_verdict fopnp_program_judge(const struct fopnp_program_kind *kind,
						 bool has_nss)
{
	if (kind->is_other_machine)
		return (struct fopnp_program_verdict){
			"other",
			"For another machine or word size: it needs libraries of its own kind, NSS "
			"modules among them.",
			FOPNP_PROGRAM_NOT_SEEN,
			"this build of libnss_fopnp.so.2 cannot be loaded by it; without one of "
			"its own kind the list behind fopnp on the hosts line is asked",
		};
	if (kind->is_go)
		return judge_go(kind->is_go_cgo);
	if (kind->libc == FOPNP_PROGRAM_STATIC)
		return judge_static(has_nss);
	if (kind->libc == FOPNP_PROGRAM_MUSL)
		return (struct fopnp_program_verdict){
			"musl",
			"Dynamically linked with musl, whose resolver reads hosts and resolv.conf "
			"itself, hosts first, and asks all name servers at once; it never looks at "
			"nsswitch.conf.",
			FOPNP_PROGRAM_NOT_SEEN,
			"musl has no NSS modules",
		};
	if (kind->libc == FOPNP_PROGRAM_GLIBC)
		return judge_glibc(kind);
	return (struct fopnp_program_verdict){
		"other",
		"Its loader is neither glibc's nor musl's: how it resolves names is not known.",
		FOPNP_PROGRAM_NOT_SEEN,
		"modules of glibc are of no use to another libc",
	};
}

static bool ends_word(char c)
{
	return fopnp_ascii_is_space(c) || c == ',';
}

void fopnp_program_cares_order(const char *list, size_t len, char order[static 3])
{
	size_t used = 0;

	for (size_t i = 0; i < len && list[i] != '#' && used < 2; i++) {
		bool is_start = i == 0 || ends_word(list[i - 1]);

		if (is_start && (list[i] == 'd' || list[i] == 'r'))
			order[used++] = 'b';
		else if (is_start && list[i] == 'f')
			order[used++] = 'f';
	}
	order[used] = '\0';
}

/* ---- looking ---- */

/* Inside of ROOT, whose links must not lead out of it. */
static void read_nsswitch(const char *root, struct fopnp_check_file *out_file)
{
	int directory = fopnp_check_root_open(root);

	*out_file = (struct fopnp_check_file){ .path = FOPNP_NSSWITCH_PATH };
	if (directory == -1)
		return;
	fopnp_check_file_read(directory, FOPNP_NSSWITCH_PATH, FOPNP_CHECK_FILE_SIZE, out_file);
	if (!out_file->is_there) {
		fopnp_check_file_clear(out_file);
		fopnp_check_file_read(directory, FOPNP_NSSWITCH_USR_PATH, FOPNP_CHECK_FILE_SIZE,
				      out_file);
	}
	(void)close(directory);
}

static void read_hosts_line(const char *root, struct hosts_line *out_line)
{
	struct fopnp_check_file file;
	struct fopnp_nsswitch nsswitch;
	enum fopnp_nsswitch_result result;

	read_nsswitch(root, &file);
	out_line->path = file.path;
	result = fopnp_nsswitch_parse(file.bytes ? file.bytes : "", file.len, &nsswitch);
	if (result == FOPNP_NSSWITCH_NO_MEMORY)
		fopnp_memory_give_up();
	out_line->is_broken = result == FOPNP_NSSWITCH_BROKEN;
	out_line->line = nsswitch.line;
	if (out_line->is_broken)
		out_line->text = fopnp_memory_copy_text("");
	else if (nsswitch.line)
		out_line->text =
			fopnp_memory_copy(file.bytes + nsswitch.text_at, nsswitch.text_len);
	else
		out_line->text = fopnp_memory_copy_text(FOPNP_NSSWITCH_DEFAULT);
	out_line->has_fopnp = !out_line->is_broken &&
			      fopnp_order_find(nsswitch.order, "fopnp") < nsswitch.order->count;
	free(nsswitch.order);
	fopnp_check_file_clear(&file);
}

/* glibc's resolver holds the name of its file; a program that only copies it is rare enough. */
static bool names_nsswitch(const char *path)
{
	static const char wanted[] = "/etc/nsswitch.conf";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	bool is_there = false;
	struct stat status;
	void *bytes;
	size_t len;

	if (fd == -1)
		return false;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
		len = status.st_size > SEARCH_MOST ? SEARCH_MOST : (size_t)status.st_size;
		bytes = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes != MAP_FAILED) {
			is_there = memmem(bytes, len, wanted, sizeof(wanted)) != NULL;
			(void)munmap(bytes, len);
		}
	}
	(void)close(fd);
	return is_there;
}

static bool inspect(const char *file, struct fopnp_program_kind *out_kind)
{
	const char *path;

	switch (fopnp_program_inspect(file, getenv("PATH"), out_kind)) {
	case FOPNP_PROGRAM_FOUND:
		return true;
	case FOPNP_PROGRAM_MISSING:
		fopnp_message_error("program-missing", "give the path of the program's file",
				    "there is no program \"%s\"", file);
		break;
	case FOPNP_PROGRAM_DENIED:
		fopnp_message_error("program-denied", NULL, "\"%s\" may not be executed", file);
		break;
	case FOPNP_PROGRAM_STRANGE:
		path = out_kind->path ? out_kind->path : file;
		fopnp_message_error("program-strange", NULL,
				    "\"%s\" is neither an ELF program nor a script", path);
		break;
	}
	fopnp_program_kind_clear(out_kind);
	return false;
}

/* ---- telling ---- */

static bool is_seen_now(const struct inspection *found)
{
	return found->hosts.has_fopnp && found->verdict.by_module != FOPNP_PROGRAM_NOT_SEEN;
}

static char *tell_module(const struct inspection *found)
{
	static const char *const words[] = { "yes", "no", "in part" };
	const char *word = words[found->verdict.by_module];

	if (found->verdict.by_module == FOPNP_PROGRAM_NOT_SEEN || found->hosts.has_fopnp)
		return fopnp_memory_format("%s: %s", word, found->verdict.why);
	return fopnp_memory_format("not now, fopnp is not on the hosts line; once it is, %s: %s",
				   word, found->verdict.why);
}

static char *tell_run(const struct inspection *found)
{
	if (found->run_why)
		return fopnp_memory_format("no: %s", found->run_why);
	return fopnp_memory_copy_text(
		found->kind.is_cares ? "in part: only what it asks libc"
				     : "yes: its calls are seen, whatever the hosts line is");
}

static char *tell_hosts_line(const struct hosts_line *hosts)
{
	if (hosts->is_broken)
		return fopnp_memory_format("%s does not parse: no lookup works", hosts->path);
	if (hosts->line == 0)
		return fopnp_memory_format("%s (glibc's default: %s has no hosts line)",
					   hosts->text, hosts->path);
	return fopnp_memory_format("%s (%s:%u)", hosts->text, hosts->path, hosts->line);
}

static char *tell_cares(const char *order)
{
	static const struct {
		const char *order, *meaning;
	} meanings[] = {
		{ "", "no word of this line: hosts first, then DNS" },
		{ "f", "hosts alone: it has no DNS" },
		{ "ff", "hosts twice: it has no DNS; put `fopnp [!UNAVAIL= return]` with that "
			"blank before the old list" },
		{ "b", "DNS alone: it does not look at hosts" },
		{ "bb", "DNS twice: it does not look at hosts" },
		{ "fb", "hosts first, then DNS" },
		{ "bf", "DNS first, then hosts" },
	};

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (strcmp(meanings[i].order, order) == 0)
			return fopnp_memory_format("versions 1.18 to 1.27 read the words' first "
						   "letters: %s; later ones read whole words",
						   meanings[i].meaning);
	return NULL;
}

static void print_part(const char *label, enum fopnp_style style, const char *text)
{
	fopnp_paragraph_print(stdout, FOPNP_DIM, label, LABEL_WIDTH, style, text);
}

static void print_text(const struct inspection *found)
{
	FOPNP_AUTO_FREE char *module = tell_module(found), *run = tell_run(found);
	FOPNP_AUTO_FREE char *line = tell_hosts_line(&found->hosts);
	FOPNP_AUTO_FREE char *cares = tell_cares(found->cares);

	print_part("program", FOPNP_STRONG,
		   found->kind.script ? found->kind.script : found->kind.path);
	if (found->kind.script)
		print_part("run by", FOPNP_PLAIN, found->kind.path);
	print_part("resolver", FOPNP_PLAIN, found->verdict.how);
	if (found->kind.is_privileged)
		print_part("privileges", FOPNP_PLAIN,
			   "It gains privileges when it starts (setuid, setgid or capabilities): "
			   "FOPNP_* variables and preloaded libraries are ignored in it.");
	print_part("hosts line", FOPNP_PLAIN, line);
	if (strcmp(found->verdict.resolver, "c-ares") == 0)
		print_part("c-ares", FOPNP_PLAIN, cares);
	print_part("fopnp sees it", is_seen_now(found) ? FOPNP_GOOD : FOPNP_NOTABLE, module);
	print_part("fopnp run", found->run_why ? FOPNP_NOTABLE : FOPNP_GOOD, run);
}

static void print_json(const struct inspection *found)
{
	static const char *const words[] = { "yes", "no", "partly" };
	FOPNP_AUTO_FREE char *module = tell_module(found), *run = tell_run(found);
	const struct hosts_line *hosts = &found->hosts;
	bool is_cares = strcmp(found->verdict.resolver, "c-ares") == 0;
	json_t *object = fopnp_json_object("program", "check");

	fopnp_json_set(object, "path", fopnp_json_text(found->kind.path));
	fopnp_json_set(object, "script", fopnp_json_text(found->kind.script));
	fopnp_json_set(object, "loader", fopnp_json_text(found->kind.loader));
	fopnp_json_set(object, "resolver", fopnp_json_text(found->verdict.resolver));
	fopnp_json_set(object, "text", fopnp_json_text(found->verdict.how));
	fopnp_json_set(object, "privileged", json_boolean(found->kind.is_privileged));
	fopnp_json_set(object, "hosts_line",
		       fopnp_json_place(hosts->path, hosts->line, hosts->text));
	fopnp_json_set(object, "installed", json_boolean(hosts->has_fopnp));
	fopnp_json_set(object, "cares_order", fopnp_json_text(is_cares ? found->cares : NULL));
	fopnp_json_set(object, "module", fopnp_json_text(words[found->verdict.by_module]));
	fopnp_json_set(object, "module_text", fopnp_json_text(module));
	fopnp_json_set(object, "run",
		       fopnp_json_text(found->run_why ? "no"
				       : is_cares     ? "partly"
						      : "yes"));
	fopnp_json_set(object, "run_text", fopnp_json_text(run));
	fopnp_json_print(object, stdout);
}

enum fopnp_exit fopnp_check_program(const char *file, const char *root)
{
	struct inspection found = { 0 };
	const char *id;
	bool is_seen;

	if (!inspect(file, &found.kind))
		return FOPNP_EXIT_CANNOT;
	found.verdict = fopnp_program_judge(&found.kind, found.kind.libc == FOPNP_PROGRAM_STATIC &&
								 names_nsswitch(found.kind.path));
	found.run_why = fopnp_program_why_unseen(&found.kind, &id);
	read_hosts_line(root, &found.hosts);
	fopnp_program_cares_order(found.hosts.text, strlen(found.hosts.text), found.cares);
	is_seen = is_seen_now(&found);
	if (fopnp_message_is_json())
		print_json(&found);
	else
		print_text(&found);
	free(found.hosts.text);
	fopnp_program_kind_clear(&found.kind);
	return is_seen ? FOPNP_EXIT_OK : FOPNP_EXIT_NO;
}
