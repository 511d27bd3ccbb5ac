/* modules_plan.c - the steps that make a module as wanted. */
#include <string.h>

#include "kinds/file.h"
#include "kinds/modules.h"

static const struct host_kernel_module *kernel_facts(const struct change *change)
{
	const struct module_facts *facts = change->facts;

	return facts ? &facts->kernel : NULL;
}

/* ---- whether the kernel knows of it ---- */

static bool has_parameter(const struct host_kernel_module *facts, const char *name)
{
	EACH(parameter, &facts->parameters)
		if (string_equal(*parameter, name))
			return true;
	return false;
}

static const char *parameters_text(struct arena *arena, const struct host_kernel_module *facts)
{
	struct text text = text_of(arena);

	EACH(parameter, &facts->parameters)
		text_addf(&text, "%s%s", text.size ? ", " : "", *parameter);
	return text.size ? text.at : "none";
}

/* The kernel ignores a parameter it does not know, with a line in its log that nobody reads. */
static int check_parameters(const struct change *change, struct faults *faults)
{
	const struct host_kernel_module *facts = kernel_facts(change);
	const struct module *want = change->want->value;
	int result = 0;

	for (size_t i = 0; facts->known && i < want->options.count; i++) {
		const char *name = want->options.at[i].name;
		if (has_parameter(facts, name))
			continue;
		result =
			fault(faults, FAULT_MACHINE, "module %s has no parameter \"%s\"; it has %s",
			      facts->name, name, parameters_text(faults->arena, facts));
		fault_last(faults)->mark =
			item_mark(change->want, arena_printf(faults->arena, "options.%s", name));
	}
	return result;
}

/* What kvm implies for the other maker's processor need not be there; nor what is kept out. */
static int check_module(const struct change *change, struct faults *faults)
{
	const struct module *want = change->want->value;
	const struct module_facts *facts = change->facts;

	if (facts && facts->drives) {
		(void)fault(faults, FAULT_REFUSED,
			    "the host would not come up without %s: it drives %s",
			    facts->kernel.name, facts->drives);
		fault_last(faults)->mark = item_mark(change->want, "load");
		return -1;
	}
	if (facts)
		return check_parameters(change, faults);
	if (change->want->implied || string_equal(want->load, "never"))
		return 0;
	(void)fault(faults, FAULT_MACHINE, "this kernel has no module \"%s\"", change->want->name);
	fault_last(faults)->mark = item_mark(change->want, NULL);
	return -1;
}

/* ---- options of a module that is loaded ---- */

/* Modules whose every user is an open file or a guest: none left, and they can be taken out.  A
 * driver of a disk or a link is used without being counted. */
static bool is_counted(const char *name)
{
	static const char *const names[] = { "kvm_intel", "kvm_amd",     "kvm",        "vhost_net",
					     "vhost",     "vhost_vsock", "vhost_iotlb" };

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool all_counted(const struct host_kernel_module *facts)
{
	bool counted = is_counted(facts->name);

	EACH(holder, &facts->holders)
		counted &= is_counted(*holder);
	return counted;
}

/* A loaded module whose parameter can only be given when it is loaded. */
static void plan_reload(const struct change *change, const char *parameter, struct steps *steps)
{
	const struct host_kernel_module *facts = kernel_facts(change);

	if (facts->builtin)
		steps_wait(steps, WAIT_REBOOT,
			   "%s is built into this kernel and takes %s from the kernel command line",
			   facts->name, parameter);
	else if (!all_counted(facts))
		steps_wait(steps, WAIT_REBOOT, "%s takes %s only when it is loaded", facts->name,
			   parameter);
	else if (facts->used)
		steps_wait(steps, WAIT_GUEST_STOP,
			   "guests hold %s, which takes %s when it is loaded", facts->name,
			   parameter);
	else
		step_add(steps, VERB_module_reload, CLASS_LIVE, facts->name);
}

static void plan_options(const struct change *change, struct steps *steps)
{
	const struct module *want = change->want->value, *have = change->running->value;
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
					      change->running->name, name),
				 option_normal(to->value));
		else if (!reload)
			reload = name;
	}
	if (reload)
		plan_reload(change, reload, steps);
}

/* PIT39 */
static void note_slow(const struct module *want, struct steps *steps)
{
	static const char *const names[] = { "ept", "npt", "vpid" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct member *member = map_get(&want->options, names[i]);
		const struct option *option = member ? member->value : NULL;
		if (option && option->value && strcmp(option_normal(option->value), "0") == 0)
			steps_note(steps, "without %s guests' memory is slow", names[i]);
	}
}

/* ---- the module ---- */

static void plan_files(const struct change *change, struct steps *steps)
{
	struct arena *arena = steps->arena;
	const struct module *want = change->want ? change->want->value : NULL;
	const struct module *file = change->configured ? change->configured->value : NULL;
	const char *name = change->want ? change->want->name : change->last->name;

	plan_file(steps, module_options_path(arena, name),
		  want ? module_options_text(arena, name, want) : NULL,
		  file ? file->options_text : NULL);
	plan_file(steps, module_load_path(arena, name),
		  want ? module_load_text(arena, name, want) : NULL, file ? file->load_text : NULL);
}

int modules_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct module *want = change->want ? change->want->value : NULL;
	const struct module *have = change->running ? change->running->value : NULL;
	const struct host_kernel_module *facts = kernel_facts(change);
	bool loaded = have && have->loaded;

	if (want && check_module(change, faults) < 0)
		return -1;
	plan_files(change, steps);
	if (!want)
		return 0;
	note_slow(want, steps);
	if (loaded && facts)
		plan_options(change, steps);
	else if (!loaded && string_equal(want->load, "boot"))
		step_add(steps, VERB_module_load, CLASS_LIVE,
			 module_name(steps->arena, change->want->name), NULL);
	if (loaded && string_equal(want->load, "never") && !(facts && facts->builtin))
		steps_wait(steps, WAIT_REBOOT, "%s stays loaded until the next boot",
			   change->want->name);
	return 0;
}
