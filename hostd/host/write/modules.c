/* modules.c - kernel modules, by libkmod. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libkmod.h>

#include "host/write/write.h"

static void context_cleanup(struct kmod_ctx **context)
{
	kmod_unref(*context);
}
#define CONTEXT __attribute__((cleanup(context_cleanup)))

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

static struct kmod_ctx *context_open(struct faults *faults)
{
	struct kmod_ctx *context = kmod_new(NULL, NULL);

	if (!context)
		fault(faults, FAULT_HOST, "cannot look at the kernel's modules");
	else
		kmod_set_log_fn(context, say_nothing, NULL);
	return context;
}

/* 1 loaded or built in, 0 not; -1 where the kernel knows no such module (`ret` is set to the
 * modules a name or alias stands for; the caller frees it). */
static int module_find(struct kmod_ctx *context, const char *name, struct kmod_list **ret,
		       struct faults *faults)
{
	struct kmod_list *each = NULL;
	int loaded = 1, error = kmod_module_new_from_lookup(context, name, ret);

	if (error < 0 || !*ret)
		return fault(faults, FAULT_HOST, "the kernel has no module \"%s\"", name);
	kmod_list_foreach(each, *ret)
	{
		struct kmod_module *module = kmod_module_get_module(each);
		int state = kmod_module_get_initstate(module);
		loaded &= state == KMOD_MODULE_LIVE || state == KMOD_MODULE_BUILTIN;
		kmod_module_unref(module);
	}
	return loaded;
}

static int is_loaded(const char *name, struct faults *faults)
{
	CONTEXT struct kmod_ctx *context = context_open(faults);
	struct kmod_list *modules = NULL;

	if (!context)
		return -1;
	int loaded = module_find(context, name, &modules, faults);
	kmod_module_unref_list(modules);
	return loaded;
}

int module_load_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	int loaded = is_loaded(step->argument[0], faults);

	if (loaded)
		return loaded < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_module_unload, step->argument[0], NULL, NULL);
}

int module_unload_inverse(struct write *write, const struct step *step, struct step *ret,
			  struct faults *faults)
{
	int loaded = is_loaded(step->argument[0], faults);

	if (loaded <= 0)
		return loaded < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_module_load, step->argument[0], NULL, NULL);
}

/* Inserts or removes every module of the list; 0 or an errno. */
static int modules_change(struct kmod_list *modules, bool insert, const char *options)
{
	struct kmod_list *each = NULL;
	int error = 0;

	kmod_list_foreach(each, modules)
	{
		struct kmod_module *module = kmod_module_get_module(each);
		if (!error && insert)
			error = kmod_module_probe_insert_module(module, 0, options, NULL, NULL,
								NULL);
		if (!error && !insert)
			error = kmod_module_remove_module(module, 0);
		kmod_module_unref(module);
	}
	return abs(error);
}

static int module_change(const struct step *step, bool insert, struct outcome *ret,
			 struct faults *faults)
{
	CONTEXT struct kmod_ctx *context = context_open(faults);
	const char *name = step->argument[0];
	struct kmod_list *modules = NULL;

	if (!context)
		return -1;
	int loaded = module_find(context, name, &modules, faults), error = 0;
	if (loaded >= 0 && loaded != insert)
		error = modules_change(modules, insert, insert ? step->argument[1] : NULL);
	kmod_module_unref_list(modules);
	if (loaded < 0)
		return -1;
	if (error)
		return fault_errno(faults, error, "cannot %s the module \"%s\"",
				   insert ? "load" : "unload", name);
	return outcome_is(ret, loaded == insert ? RESULT_SAME : RESULT_DONE);
}

int module_load_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	(void)write;
	return module_change(step, true, ret, faults);
}

int module_unload_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	(void)write;
	return module_change(step, false, ret, faults);
}
