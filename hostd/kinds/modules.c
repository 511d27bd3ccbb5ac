/* modules.c - kernel modules: whether they are loaded, and their options.
 *
 * Ours are /etc/modprobe.d/gasthof-NAME.conf (modprobe.d(5)) and
 * /etc/modules-load.d/gasthof-NAME.conf (modules-load.d(5)).  A module that is loaded takes
 * a new option at once where its parameter can be written; kvm_intel and kvm_amd are loaded
 * anew when no guest holds them; everything else waits for the next boot: taking a driver
 * out from under a disk or a link is not ours to risk.  Catalogue A14, A28, B5, B6, L1, L2.
 */
#include <stdlib.h>
#include <string.h>

#include "formats/ours.h"
#include "host/read/host.h"
#include "kinds/file.h"
#include "kinds/other.h"

#define OPTIONS_FOLDER "/etc/modprobe.d"
#define LOAD_FOLDER    "/etc/modules-load.d"
#define FILE_PREFIX    "gasthof-"
#define FILE_SUFFIX    ".conf"

struct option {
	struct given given;
	const char *value;
	bool writable; /* observed: takes a new value while loaded */
};

struct module {
	struct given given;
	const char *load;
	struct map options; /* of struct option */
	bool loaded;
	struct text_list other;
	/* Observed; not in the table. */
	const char *options_text, *load_text; /* our files; NULL: not there */
	uint64_t users;                       /* who holds it */
	bool builtin;
};

/* A flag of the kernel's shows as Y or N and is said in many ways. */
static const char *option_normal(const char *value)
{
	static const char *const flags[][2] = {
		{ "true", "1" },  { "Y", "1" }, { "y", "1" }, { "on", "1" },  { "yes", "1" },
		{ "false", "0" }, { "N", "0" }, { "n", "0" }, { "off", "0" }, { "no", "0" },
	};

	for (size_t i = 0; i < COUNT_OF(flags); i++)
		if (strcmp(value, flags[i][0]) == 0)
			return flags[i][1];
	return value;
}

static bool option_equal(const void *want, const void *have)
{
	return string_equal(option_normal(*(const char *const *)want),
			    option_normal(*(const char *const *)have));
}

static const struct field option_fields[] = {
	FIELD("value", struct option, value, CLASS_LIVE,
	      "what the parameter is set to (/sys/module/MODULE/parameters)",
	      .equal = option_equal),
};
static const struct record option_record =
	RECORD(struct option, option_fields, .shorthand = &option_fields[0]);

static const char *const load_choices[] = { "boot", "auto", "never", NULL };

static const struct field fields[] = {
	FIELD("load", struct module, load, CLASS_LIVE,
	      "boot: loaded now and at each boot (modules-load.d); auto: when a device asks for "
	      "it; never: not at all (blacklist, install /bin/false)",
	      .choices = load_choices, .flags = FIELD_NOT_RUNNING, .example = "never"),
	FIELD_MAP("options", struct module, options, &option_record, CLASS_LIVE,
		  "the module's parameters (options in modprobe.d)", .flags = FIELD_ANY_KEY,
		  .example = "{enable_apicv: true}"),
	FIELD("loaded", struct module, loaded, CLASS_LIVE, "whether it is loaded now",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED),
	FIELD("other", struct module, other, CLASS_NONE, "what was edited by hand in our files",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
};
static const struct record module_record = RECORD(struct module, fields, .shorthand = &fields[0]);

extern const struct kind modules_kind;

/* The kernel takes - and _ for one. */
static const char *module_name(struct arena *arena, const char *name)
{
	char *normal = arena_strdup(arena, name);

	for (char *c = normal; *c; c++)
		if (*c == '-')
			*c = '_';
	return normal;
}

static bool names_equal(const char *a, const char *b)
{
	while (*a && (*a == *b || (*a == '-' && *b == '_') || (*a == '_' && *b == '-')))
		a++, b++;
	return *a == *b;
}

static bool modules_same(const struct item *want, const struct item *seen)
{
	return names_equal(want->name, seen->name);
}

static void modules_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct module *module = item->value;

	(void)desired, (void)faults;
	if (string_equal(module->load, "boot") || string_equal(module->load, "never"))
		SET(&module_record, module, loaded, string_equal(module->load, "boot"));
	SET(&module_record, module, other, (struct text_list){});
}

static void check_options(const struct item *item, struct faults *faults)
{
	const struct module *module = item->value;

	for (size_t i = 0; i < module->options.count; i++) {
		const struct member *member = &module->options.at[i];
		const struct option *option = member->value;
		const char *path = arena_printf(faults->arena, "options.%s", member->name);
		if (!*member->name || strpbrk(member->name, " \t\"'=#,\\"))
			fault_at(faults, item_mark(item, path),
				 "\"%s\" cannot be the name of a module's parameter", member->name);
		if (option->value && strpbrk(option->value, " \t\"'#\\"))
			fault_at(faults, item_mark(item, path),
				 "a module's parameter holds no spaces, quotes or backslashes");
	}
}

static void modules_check(const struct item *item, const struct desired *desired,
			  struct faults *faults)
{
	const struct module *module = item->value;

	if (!item->implied && !module->load && !module->options.count) {
		fault_at(faults, item_mark(item, NULL), "nothing is said about module \"%s\"",
			 item->name);
		fault_hint(faults, "write %s: boot to have it loaded", item->name);
	}
	check_options(item, faults);
	const struct item *same = other_same(item, desired);
	if (same) {
		fault_at(faults, item_mark(item, NULL), "\"%s\" and \"%s\" are one module",
			 item->name, same->name);
		fault_also(faults, item_mark(same, NULL), "first given here");
	}
}

/* ---- the files ---- */

static const char *file_path(struct arena *arena, const char *folder, const char *name)
{
	return arena_printf(arena, "%s/" FILE_PREFIX "%s" FILE_SUFFIX, folder,
			    module_name(arena, name));
}

static struct text file_start(struct arena *arena, const char *name)
{
	struct text text = text_of(arena);

	ours_header(&text, arena_printf(arena, "kernel.modules.%s", module_name(arena, name)));
	return text;
}

/* NULL: no file. */
static const char *options_text(struct arena *arena, const char *name, const struct module *module)
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

static const char *load_text(struct arena *arena, const char *name, const struct module *module)
{
	struct text text = file_start(arena, name);

	text_addf(&text, "%s\n", module_name(arena, name));
	return string_equal(module->load, "boot") ? text.at : NULL;
}

/* ---- observing ---- */

static void option_put(struct arena *arena, struct module *module, const char *name,
		       const char *value, bool writable)
{
	struct member *member = map_get(&module->options, name);
	struct option *option =
		member ? member->value : map_add(arena, &module->options, &option_record, name);

	SET(&option_record, option, value, value);
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
			option_put(arena, module, arena_strndup(arena, key, (size_t)(equals - key)),
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
	const char *options = options_text(arena, item->name, module);
	const char *load = load_text(arena, item->name, module);
	struct text is = text_of(arena), should = text_of(arena);

	text_add(&is, module->options_text ? module->options_text : "");
	text_add(&is, module->load_text ? module->load_text : "");
	if (module->options_text)
		text_add(&should, options ? options : file_start(arena, item->name).at);
	if (module->load_text)
		text_add(&should, load ? load : file_start(arena, item->name).at);
	SET(&module_record, module, other, file_apart(arena, is.at, should.at));
}

/* A parameter that cannot be read is passed by: it belongs to somebody's driver. */
static int observe_parameters(struct host *host, struct arena *arena, const char *name,
			      struct module *module, struct faults *faults)
{
	const char *folder = arena_printf(arena, "/sys/module/%s/parameters", name);
	struct host_names parameters = {};

	if (host_list(host, folder, &parameters, faults) < 0)
		return -1;
	EACH(parameter, &parameters.list) {
		const char *path = arena_printf(arena, "%s/%s", folder, *parameter), *value = NULL;
		struct host_file file = {};
		struct faults unread;
		int there = host_stat(host, path, &file, faults);
		if (there < 0)
			return -1;
		faults_init(&unread, arena);
		if (there && file.mode & 0444 && host_read_line(host, path, &value, &unread) == 1)
			option_put(arena, module, *parameter, value, file.mode & 0200);
	}
	return 0;
}

/* Lines of /proc/modules: name, size, users, by whom, state, address (proc(5)). */
static bool proc_modules_find(struct arena *arena, const char *text, const char *name,
			      uint64_t *ret_users)
{
	LINES_EACH(line, arena, text)
	{
		size_t size = strcspn(line, " ");
		if (size != strlen(name) || strncmp(line, name, size) != 0)
			continue;
		const char *users = strchr(line + size + (line[size] == ' '), ' ');
		*ret_users = users ? strtoull(users, NULL, 10) : 0;
		return true;
	}
	return false;
}

static int observe_running(struct host *host, struct items *running, struct faults *faults)
{
	const char *modules = "";
	size_t size = 0;
	struct host_names names = {};

	if (host_read(host, "/proc/modules", &modules, &size, faults) < 0 ||
	    host_list(host, "/sys/module", &names, faults) < 0)
		return -1;
	EACH(name, &names.list) {
		struct item *item = items_add(running, &modules_kind, *name);
		struct module *module = item->value;
		module->builtin =
			!proc_modules_find(running->arena, modules, *name, &module->users);
		SET(&module_record, module, loaded, true);
		if (observe_parameters(host, running->arena, *name, module, faults) < 0)
			return -1;
	}
	return 0;
}

/* What our file says is in force for a module that is not loaded (as soon as it is), and
 * for a parameter that the kernel does not show. */
static void running_from_file(struct items *running, const struct item *configured)
{
	const struct module *file = configured->value;
	struct item *item = items_find(running, &modules_kind, configured->name);

	if (!item) {
		item = items_add(running, &modules_kind, configured->name);
		SET(&module_record, (struct module *)item->value, loaded, false);
	}
	for (size_t i = 0; i < file->options.count; i++) {
		const struct option *option = file->options.at[i].value;
		struct module *module = item->value;
		if (!map_get(&module->options, file->options.at[i].name))
			option_put(running->arena, module, file->options.at[i].name, option->value,
				   false);
	}
}

static int modules_observe(struct host *host, struct items *configured, struct items *running,
			   struct faults *faults)
{
	if (observe_folder(host, OPTIONS_FOLDER, read_options_file, configured, faults) < 0 ||
	    observe_folder(host, LOAD_FOLDER, read_load_file, configured, faults) < 0 ||
	    observe_running(host, running, faults) < 0)
		return -1;
	EACH(item, &configured->list) {
		observe_other(configured->arena, *item);
		running_from_file(running, *item);
	}
	return 0;
}

/* ---- planning ---- */

static bool is_kvm(const char *name)
{
	return names_equal(name, "kvm_intel") || names_equal(name, "kvm_amd");
}

/* A loaded module whose parameter can only be given when it is loaded. */
static void plan_reload(const struct item *running, const char *parameter, struct steps *steps)
{
	const struct module *have = running->value;

	if (have->builtin)
		steps_wait(steps, WAIT_REBOOT,
			   "%s is built into this kernel and takes %s from the kernel command line",
			   running->name, parameter);
	else if (!is_kvm(running->name))
		steps_wait(steps, WAIT_REBOOT, "%s takes %s only when it is loaded", running->name,
			   parameter);
	else if (have->users)
		steps_wait(steps, WAIT_GUEST_STOP,
			   "guests hold %s, which takes %s when it is loaded", running->name,
			   parameter);
	else {
		step_add(steps, VERB_module_unload, CLASS_LIVE, running->name);
		step_add(steps, VERB_module_load, CLASS_LIVE, running->name, NULL);
	}
}

static void plan_options(const struct module *want, const struct item *running, struct steps *steps)
{
	const struct module *have = running->value;
	const char *reload = NULL;

	for (size_t i = 0; i < want->options.count; i++) {
		const char *name = want->options.at[i].name;
		const struct option *to = want->options.at[i].value;
		const struct member *member = map_get(&have->options, name);
		const struct option *now = member ? member->value : NULL;
		if (now && option_equal(&to->value, &now->value))
			continue;
		if (now && now->writable)
			step_add(steps, VERB_sysfs_write, CLASS_LIVE,
				 arena_printf(steps->arena, "/sys/module/%s/parameters/%s",
					      running->name, name),
				 option_normal(to->value));
		else if (!reload)
			reload = name;
	}
	if (reload)
		plan_reload(running, reload, steps);
}

static int modules_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct module *want = change->want ? change->want->value : NULL;
	const struct module *file = change->configured ? change->configured->value : NULL;
	const struct module *have = change->running ? change->running->value : NULL;
	const char *name = change->want ? change->want->name : change->last->name;
	bool loaded = have && have->loaded;

	(void)faults;
	plan_file(steps, file_path(steps->arena, OPTIONS_FOLDER, name),
		  want ? options_text(steps->arena, name, want) : NULL,
		  file ? file->options_text : NULL);
	plan_file(steps, file_path(steps->arena, LOAD_FOLDER, name),
		  want ? load_text(steps->arena, name, want) : NULL, file ? file->load_text : NULL);
	if (!want)
		return 0;
	if (loaded)
		plan_options(want, change->running, steps);
	else if (string_equal(want->load, "boot"))
		step_add(steps, VERB_module_load, CLASS_LIVE, module_name(steps->arena, name),
			 NULL);
	if (loaded && string_equal(want->load, "never") && !have->builtin)
		steps_wait(steps, WAIT_REBOOT, "%s stays loaded until the next boot", name);
	return 0;
}

static int modules_render(const struct item *item, const struct view *view, struct text *text,
			  struct faults *faults)
{
	const char *options = options_text(text->arena, item->name, item->value);
	const char *load = load_text(text->arena, item->name, item->value);

	(void)view, (void)faults;
	if (options)
		text_addf(text, "# %s\n%s", file_path(text->arena, OPTIONS_FOLDER, item->name),
			  options);
	if (load)
		text_addf(text, "# %s\n%s", file_path(text->arena, LOAD_FOLDER, item->name), load);
	return 0;
}

const struct kind modules_kind = {
	.path = "kernel.modules",
	.summary = "kernel modules: whether they are loaded, and their options",
	.shape = SHAPE_NAMED,
	.adopt = ADOPT_QUIETLY,
	.record = &module_record,
	.needs = (const char *const[]){ NULL },
	.complete = modules_complete,
	.check = modules_check,
	.observe = modules_observe,
	.same = modules_same,
	.plan = modules_plan,
	.render = modules_render,
};
