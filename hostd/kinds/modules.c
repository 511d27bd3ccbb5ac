/* modules.c - kernel modules: whether they are loaded, and their options.
 *
 * Ours are /etc/modprobe.d/gasthof-NAME.conf (modprobe.d(5)) and
 * /etc/modules-load.d/gasthof-NAME.conf (modules-load.d(5)).  A module that is loaded takes
 * a new option at once where its parameter can be written; KVM's modules and vhost's, whose
 * every user is counted, are loaded anew when nobody uses them; everything else waits for the
 * next boot: taking a driver out from under a disk or a link is not ours to risk.  The other
 * files: modules_file.c, modules_observe.c, modules_plan.c.  Catalogue A14, A28, B5, B6, L1, L2.
 */
#include "kinds/modules.h"

#include <string.h>

#include "kinds/other.h"

/* A flag of the kernel's shows as Y or N and is said in many ways. */
const char *option_normal(const char *value)
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

bool option_equal(const void *want, const void *have)
{
	return string_equal(option_normal(*(const char *const *)want),
			    option_normal(*(const char *const *)have));
}

static const struct field option_fields[] = {
	FIELD("value", struct option, value, CLASS_LIVE,
	      "what the parameter is set to (/sys/module/MODULE/parameters)",
	      .equal = option_equal),
};
const struct record module_option_record =
	RECORD(struct option, option_fields, .shorthand = &option_fields[0]);

static const char *const load_choices[] = { "boot", "auto", "never", NULL };

static const struct field fields[] = {
	FIELD("load", struct module, load, CLASS_LIVE,
	      "boot: loaded now and at each boot (modules-load.d); auto: when a device asks for "
	      "it; never: not at all (blacklist, install /bin/false)",
	      .choices = load_choices, .flags = FIELD_NOT_RUNNING, .example = "never"),
	FIELD_MAP("options", struct module, options, &module_option_record, CLASS_LIVE,
		  "the module's parameters (options in modprobe.d)", .flags = FIELD_ANY_KEY,
		  .example = "{enable_apicv: true}"),
	FIELD("loaded", struct module, loaded, CLASS_LIVE, "whether it is loaded now",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED),
	FIELD("other", struct module, other, CLASS_NONE, "what was edited by hand in our files",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
};
const struct record module_record = RECORD(struct module, fields, .shorthand = &fields[0]);

const char *module_name(struct arena *arena, const char *name)
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

static int modules_render(const struct item *item, const struct view *view, struct text *text,
			  struct faults *faults)
{
	struct arena *arena = text->arena;
	const char *options = module_options_text(arena, item->name, item->value);
	const char *load = module_load_text(arena, item->name, item->value);

	(void)view, (void)faults;
	if (options)
		text_addf(text, "# %s\n%s", module_options_path(arena, item->name), options);
	if (load)
		text_addf(text, "# %s\n%s", module_load_path(arena, item->name), load);
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
	.probe = modules_probe,
	.same = modules_same,
	.plan = modules_plan,
	.render = modules_render,
};
