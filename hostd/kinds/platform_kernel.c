/* platform_kernel.c - what the kernel that runs was built with, and what it can load. */
#include <string.h>

#include "kinds/platform_look.h"

const char *look_release(struct looking *looking)
{
	const char *line = NULL;

	if (look_line(looking, "/proc/sys/kernel/osrelease", &line) == 1 && *line)
		return line;
	if (look_line(looking, "/proc/version", &line) != 1 ||
	    !string_starts(line, "Linux version "))
		return NULL;
	line += strlen("Linux version ");
	return arena_strndup(looking->arena, line, strcspn(line, " "));
}

bool look_has_argument(struct looking *looking, const char *word)
{
	const char *line = NULL, *evidence = looking->evidence;
	int there = look_line(looking, "/proc/cmdline", &line);

	looking->evidence = evidence; /* a question by the way */
	return there == 1 && strstr(arena_printf(looking->arena, " %s ", line),
				    arena_printf(looking->arena, " %s ", word)) != NULL;
}

enum capability_state look_path(struct looking *looking, const struct capability_row *row)
{
	struct host_names names = {};
	int there = look_list(looking, look_words(looking, row), &names);

	return there < 0 ? CAPABILITY_UNKNOWN : there ? CAPABILITY_PRESENT : CAPABILITY_ABSENT;
}

/* ---- modules (depmod(8), modprobe(8)) ---- */

struct module_files { /* of the kernel that runs; "" where they could not be read */
	const char *loadable, *builtin, *release;
	bool known;
};

static struct module_files look_module_files(struct looking *looking)
{
	struct module_files files = { "", "", look_release(looking), false };
	static const char *const folders[] = { "/lib/modules", "/usr/lib/modules" };

	for (size_t i = 0; files.release && i < COUNT_OF(folders) && !files.known; i++) {
		const char *folder =
			arena_printf(looking->arena, "%s/%s", folders[i], files.release);
		files.known =
			look_text(looking, arena_printf(looking->arena, "%s/modules.dep", folder),
				  &files.loadable) == 1;
		if (files.known)
			(void)!look_text(looking,
					 arena_printf(looking->arena, "%s/modules.builtin", folder),
					 &files.builtin);
	}
	return files;
}

/* Both spellings of a module's name are one; files have either. */
static bool file_named(struct looking *looking, const char *text, const char *module)
{
	char *name = arena_printf(looking->arena, "/%s.ko", module);

	if (strstr(text, name))
		return true;
	for (char *at = name; *at; at++)
		*at = *at == '-' ? '_' : *at == '_' ? '-' : *at;
	return strstr(text, name) != NULL;
}

static bool is_loaded(struct looking *looking, const char *module)
{
	struct host_file file = {};
	char *path = arena_printf(looking->arena, "/sys/module/%s", module);

	for (char *at = path; *at; at++)
		*at = *at == '-' ? '_' : *at;
	return look_stat(looking, path, &file) == 1;
}

/* A node that kmod made beforehand (modules.devname) is a module that can be loaded. */
static bool has_device(struct looking *looking, const char *module)
{
	static const struct device {
		const char *module, *path;
	} devices[] = {
		{ "tun", "/dev/net/tun" },
		{ "vhost_net", "/dev/vhost-net" },
		{ "vfio-pci", "/dev/vfio/vfio" },
	};
	struct host_file file = {};

	for (size_t i = 0; i < COUNT_OF(devices); i++)
		if (strcmp(devices[i].module, module) == 0)
			return look_stat(looking, devices[i].path, &file) == 1 &&
			       file.kind == FILE_DEVICE;
	return false;
}

/* All modules of the row can be used: loaded, built in, or there to load. */
enum capability_state look_modules(struct looking *looking, const struct capability_row *row)
{
	const char *words = look_words(looking, row);
	struct module_files files = look_module_files(looking);
	struct text how = text_of(looking->arena);

	for (const char *module; (module = look_next_word(looking, &words));) {
		const char *is = is_loaded(looking, module)                    ? "is loaded"
				 : file_named(looking, files.builtin, module)  ? "is built in"
				 : file_named(looking, files.loadable, module) ? "can be loaded"
				 : has_device(looking, module)                 ? "has its device"
									       : NULL;
		if (!is && !files.known)
			return look_says(looking, CAPABILITY_UNKNOWN,
					 "%s is not loaded, and no modules.dep of Linux %s", module,
					 files.release ? files.release : "is known");
		if (!is)
			return look_says(looking, CAPABILITY_ABSENT, "no module %s for Linux %s",
					 module, files.release);
		text_addf(&how, "%s%s %s", how.size ? ", " : "", module, is);
	}
	return look_says(looking, CAPABILITY_PRESENT, "%s", how.at);
}

/* ---- how it was built ---- */

static int look_config_text(struct looking *looking, const char **ret_path, const char **ret_text)
{
	const char *release = look_release(looking);
	const char *const paths[] = {
		arena_printf(looking->arena, "/boot/config-%s", release ? release : ""),
		arena_printf(looking->arena, "/lib/modules/%s/config", release ? release : ""),
		arena_printf(looking->arena, "/usr/lib/modules/%s/config", release ? release : ""),
	};

	*ret_path = "/proc/config.gz";
	if (look_packed(looking, *ret_path, ret_text) == 1)
		return 1;
	for (size_t i = 0; release && i < COUNT_OF(paths); i++) {
		*ret_path = paths[i];
		if (look_text(looking, paths[i], ret_text) == 1)
			return 1;
	}
	return 0;
}

/* B1, B9, O6: all options of the row are y or m. */
enum capability_state look_config(struct looking *looking, const struct capability_row *row)
{
	const char *words = look_words(looking, row), *path = NULL, *text = NULL;

	if (look_config_text(looking, &path, &text) != 1)
		return look_says(looking, CAPABILITY_UNKNOWN,
				 "no configuration of this kernel in /proc, /boot or /lib/modules");
	for (const char *option; (option = look_next_word(looking, &words));) {
		const char *line = strstr(text, arena_printf(looking->arena, "CONFIG_%s=", option));
		char value = line ? line[strlen("CONFIG_=") + strlen(option)] : 'n';
		if (value != 'y' && value != 'm')
			return look_says(looking, CAPABILITY_ABSENT, "no CONFIG_%s in %s", option,
					 path);
	}
	return look_says(looking, CAPABILITY_PRESENT, "%s", path);
}

/* ---- control groups (Documentation/admin-guide/cgroup-v2.rst) ---- */

enum capability_state look_cgroup(struct looking *looking, const struct capability_row *row)
{
	static const char path[] = "/sys/fs/cgroup/cgroup.controllers";
	const char *line = NULL, *words = look_words(looking, row);
	int there = look_line(looking, path, &line);

	if (there < 0)
		return CAPABILITY_UNKNOWN;
	if (!there)
		return CAPABILITY_ABSENT;
	const char *all = arena_printf(looking->arena, " %s ", line);
	for (const char *word; (word = look_next_word(looking, &words));)
		if (!strstr(all, arena_printf(looking->arena, " %s ", word)))
			return look_says(looking, CAPABILITY_OFF_KERNEL, "no %s in %s", word, path);
	return look_says(looking, CAPABILITY_PRESENT, "%s in %s", line, path);
}
