/* live_modules.c - what libkmod tells of the running kernel's modules. */
#include "host/read/live_modules.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/read/files.h"
#include "host/read/live.h"

/* libkmod's own habit is to print what it finds. */
static void say_nothing(void *data, int priority, const char *file, int line, const char *function,
			const char *format, va_list arguments)
{
	(void)data;
	(void)priority;
	(void)file;
	(void)line;
	(void)function;
	(void)format;
	(void)arguments;
}

struct kmod_ctx *kmod_open(struct faults *faults)
{
	struct kmod_ctx *context = kmod_new(NULL, NULL);

	if (!context)
		fault(faults, FAULT_HOST, "cannot look at the kernel's modules");
	else
		kmod_set_log_fn(context, say_nothing, NULL);
	return context;
}

void kmod_close(struct kmod_ctx **context)
{
	if (*context)
		kmod_unref(*context);
}

/* Without depmod's index (a container, a kernel without modules) "not found" means nothing. */
static bool index_is_there(struct arena *arena, struct kmod_ctx *context)
{
	const char *folder = kmod_get_dirname(context);

	return folder && access(arena_printf(arena, "%s/modules.dep.bin", folder), R_OK) == 0;
}

/* Whether somebody else than its holders counts, or one of those is used so; at depth 0 the holders
 * are added. */
static bool look_who_holds(struct arena *arena, struct kmod_module *module, unsigned depth,
			   struct host_kernel_module *ret)
{
	struct kmod_list *each = NULL, *holders = kmod_module_get_holders(module);
	int users = kmod_module_get_refcnt(module), held = 0;
	bool used = false;

	kmod_list_foreach(each, holders)
	{
		struct kmod_module *holder = kmod_module_get_module(each);
		held++;
		if (!depth)
			ARRAY_PUSH(arena, &ret->holders,
				   arena_strdup(arena, kmod_module_get_name(holder)));
		used |= depth < 8 && look_who_holds(arena, holder, depth + 1, ret);
		kmod_module_unref(holder);
	}
	kmod_module_unref_list(holders);
	return used || users > held;
}

/* "parm" is NAME:DESCRIPTION, "parmtype" NAME:TYPE; a parameter may have one without the other. */
static int parameters_add(struct arena *arena, struct kmod_module *module, struct host_names *names)
{
	struct kmod_list *each = NULL, *info = NULL;
	int error = kmod_module_get_info(module, &info);

	kmod_list_foreach(each, info)
	{
		const char *key = kmod_module_info_get_key(each);
		const char *value = kmod_module_info_get_value(each);
		const char *name = arena_strndup(arena, value, strcspn(value, ":"));
		bool seen = false;
		if (!string_equal(key, "parm") && !string_equal(key, "parmtype"))
			continue;
		EACH(have, &names->list)
			seen |= string_equal(*have, name);
		if (!seen)
			ARRAY_PUSH(arena, &names->list, name);
	}
	kmod_module_info_free_list(info);
	return error;
}

/* What libkmod says of a built-in module needs an index that older kernels lack; the parameters it
 * shows are then all there is to go by. */
static int sys_parameters_add(struct host *host, const char *name, struct host_names *names,
			      struct faults *faults)
{
	struct host_names shown = {};
	const char *folder = arena_printf(host->arena, "/sys/module/%s/parameters", name);

	if (files_list(host->arena, live_of(host)->root, folder, &shown, faults) < 0)
		return -1;
	EACH(parameter, &shown.list) {
		bool seen = false;
		EACH(have, &names->list)
			seen |= string_equal(*have, *parameter);
		if (!seen)
			ARRAY_PUSH(host->arena, &names->list, *parameter);
	}
	return 0;
}

static int module_describe(struct host *host, struct kmod_module *module,
			   struct host_kernel_module *ret, struct faults *faults)
{
	struct host_names names = {};
	int state = kmod_module_get_initstate(module);

	ret->name = arena_strdup(host->arena, kmod_module_get_name(module));
	ret->builtin = state == KMOD_MODULE_BUILTIN;
	ret->loaded = state == KMOD_MODULE_LIVE || state == KMOD_MODULE_COMING;
	if (ret->loaded)
		ret->used = look_who_holds(host->arena, module, 0, ret);
	ret->known = parameters_add(host->arena, module, &names) >= 0;
	if (sys_parameters_add(host, ret->name, &names, faults) < 0)
		return -1;
	files_sort(&names);
	EACH(name, &names.list)
		ARRAY_PUSH(host->arena, &ret->parameters, *name);
	return 1;
}

/* Without an index, a module that is loaded can be seen all the same; of another nothing can be
 * said. */
static int module_guess(struct host *host, struct kmod_ctx *context, const char *name,
			struct host_kernel_module *ret, struct faults *faults)
{
	struct kmod_module *module = NULL;

	if (kmod_module_new_from_name(context, name, &module) < 0)
		return 1;
	int there = module_describe(host, module, ret, faults);
	kmod_module_unref(module);
	ret->known = false;
	return there;
}

int live_kernel_module(struct host *host, const char *name, struct host_kernel_module *ret,
		       struct faults *faults)
{
	KMOD struct kmod_ctx *context = kmod_open(faults);
	struct host_kernel_module module = { .name = name };
	struct kmod_list *found = NULL;

	if (!context)
		return -1;
	int there = kmod_module_new_from_lookup(context, name, &found) >= 0 && found;
	if (there) {
		struct kmod_module *first = kmod_module_get_module(found);
		there = module_describe(host, first, &module, faults);
		kmod_module_unref(first);
	} else if (!index_is_there(host->arena, context)) {
		there = module_guess(host, context, name, &module, faults);
	}
	kmod_module_unref_list(found);
	if (there == 1)
		*ret = module;
	return there;
}
