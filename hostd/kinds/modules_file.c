/* modules_file.c - the two files of a module: modprobe.d(5) and modules-load.d(5). */
#include <string.h>

#include "formats/ours.h"
#include "kinds/file.h"
#include "kinds/modules.h"

#define OPTIONS_FOLDER "/etc/modprobe.d"
#define LOAD_FOLDER    "/etc/modules-load.d"
#define FILE_PREFIX    "gasthof-"
#define FILE_SUFFIX    ".conf"

static const char *file_path(struct arena *arena, const char *folder, const char *name)
{
	return arena_printf(arena, "%s/" FILE_PREFIX "%s" FILE_SUFFIX, folder,
			    module_name(arena, name));
}

const char *module_options_path(struct arena *arena, const char *name)
{
	return file_path(arena, OPTIONS_FOLDER, name);
}

const char *module_load_path(struct arena *arena, const char *name)
{
	return file_path(arena, LOAD_FOLDER, name);
}

static struct text file_start(struct arena *arena, const char *name)
{
	struct text text = text_of(arena);

	ours_header(&text, arena_printf(arena, "kernel.modules.%s", module_name(arena, name)));
	return text;
}

const char *module_options_text(struct arena *arena, const char *name, const struct module *module)
{
	struct text text = file_start(arena, name);
	const char *normal = module_name(arena, name);
	bool never = string_equal(module->load, "never");

	if (never)
		text_addf(&text, "blacklist %s\ninstall %s /bin/false\n", normal, normal);
	for (size_t i = 0; i < module->options.count; i++) {
		const struct option *option = module->options.at[i].value;
		text_addf(&text, "options %s %s=%s\n", normal, module->options.at[i].name,
			  option_normal(option->value ? option->value : ""));
	}
	return never || module->options.count ? text.at : NULL;
}

const char *module_load_text(struct arena *arena, const char *name, const struct module *module)
{
	struct text text = file_start(arena, name);

	text_addf(&text, "%s\n", module_name(arena, name));
	return string_equal(module->load, "boot") ? text.at : NULL;
}

/* ---- reading them ---- */

void module_option_put(struct arena *arena, struct module *module, const char *name,
		       const char *value, bool writable)
{
	struct member *member = map_get(&module->options, name);
	struct option *option =
		member ? member->value
		       : map_add(arena, &module->options, &module_option_record, name);

	SET(&module_option_record, option, value, value);
	option->writable = writable;
	record_give(&module_record, module, offsetof(struct module, options), true);
}

static void read_options_file(struct arena *arena, const char *name, struct module *module,
			      const char *text)
{
	const char *start = arena_printf(arena, "options %s ", name);
	const char *install = arena_printf(arena, "install %s /bin/false", name);

	module->options_text = text;
	LINES_EACH(line, arena, text)
	{
		const char *equals = strchr(line, '=');
		if (strcmp(line, install) == 0)
			SET(&module_record, module, load, "never");
		if (!string_starts(line, start) || !equals)
			continue;
		const char *key = line + strlen(start);
		if (equals > key)
			module_option_put(arena, module,
					  arena_strndup(arena, key, (size_t)(equals - key)),
					  equals + 1, false);
	}
}

static void read_load_file(struct arena *arena, const char *name, struct module *module,
			   const char *text)
{
	module->load_text = text;
	LINES_EACH(line, arena, text)
	if (strcmp(line, name) == 0)
		SET(&module_record, module, load, "boot");
}

static struct item *item_of(struct items *items, const char *name)
{
	struct item *item = items_find(items, &modules_kind, name);

	return item ? item : items_add(items, &modules_kind, name);
}

typedef void read_file(struct arena *arena, const char *name, struct module *module,
		       const char *text);

static int observe_folder(struct host *host, const char *folder, read_file *read,
			  struct items *configured, struct faults *faults)
{
	struct arena *arena = configured->arena;
	struct host_names files = {};

	if (host_list(host, folder, &files, faults) < 0)
		return -1;
	EACH(file, &files.list) {
		const char *text = NULL;
		size_t size = 0;
		if (!string_starts(*file, FILE_PREFIX) || !string_ends(*file, FILE_SUFFIX))
			continue;
		const char *handle = *file + strlen(FILE_PREFIX);
		handle = arena_strndup(arena, handle, strlen(handle) - strlen(FILE_SUFFIX));
		int there = host_read(host, arena_printf(arena, "%s/%s", folder, *file), &text,
				      &size, faults);
		if (there < 0)
			return -1;
		if (!there)
			continue;
		struct item *item = item_of(configured, handle);
		item->ours = true;
		read(arena, handle, item->value, text);
	}
	return 0;
}

/* What our files hold besides what the record says. */
static void observe_other(struct arena *arena, const struct item *item)
{
	struct module *module = item->value;
	const char *options = module_options_text(arena, item->name, module);
	const char *load = module_load_text(arena, item->name, module);
	struct text is = text_of(arena), should = text_of(arena);

	text_add(&is, module->options_text ? module->options_text : "");
	text_add(&is, module->load_text ? module->load_text : "");
	if (module->options_text)
		text_add(&should, options ? options : file_start(arena, item->name).at);
	if (module->load_text)
		text_add(&should, load ? load : file_start(arena, item->name).at);
	SET(&module_record, module, other, file_apart(arena, is.at, should.at));
}

int modules_observe_files(struct host *host, struct items *configured, struct faults *faults)
{
	if (observe_folder(host, OPTIONS_FOLDER, read_options_file, configured, faults) < 0 ||
	    observe_folder(host, LOAD_FOLDER, read_load_file, configured, faults) < 0)
		return -1;
	EACH(item, &configured->list)
		observe_other(configured->arena, *item);
	return 0;
}
