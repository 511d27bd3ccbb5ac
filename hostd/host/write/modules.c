/* modules.c - kernel modules, by libkmod. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "host/read/files.h"
#include "host/read/live_modules.h"
#include "host/write/write.h"

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
	KMOD struct kmod_ctx *context = kmod_open(faults);
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
	KMOD struct kmod_ctx *context = kmod_open(faults);
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

/* ---- loading anew ---- */

enum { CHAIN_MAX = 16 };
struct chain { /* what has to go, holders first */
	struct kmod_module *module[CHAIN_MAX];
	unsigned count;
};

static void chain_cleanup(struct chain *chain)
{
	while (chain->count)
		kmod_module_unref(chain->module[--chain->count]);
}

static bool chain_has(const struct chain *chain, const struct kmod_module *module)
{
	for (unsigned i = 0; i < chain->count; i++)
		if (string_equal(kmod_module_get_name(chain->module[i]),
				 kmod_module_get_name(module)))
			return true;
	return false;
}

/* The module (whose reference is taken over) behind everything that holds it; its users must all be
 * among them: false where somebody else is, or where there are too many. */
static bool chain_add(struct chain *chain, struct kmod_module *module, unsigned depth)
{
	struct kmod_list *each = NULL, *holders = kmod_module_get_holders(module);
	int users = kmod_module_get_refcnt(module), count = 0;
	bool free = depth < CHAIN_MAX;

	kmod_list_foreach(each, holders)
	{
		struct kmod_module *holder = kmod_module_get_module(each);
		count++;
		if (!free || chain_has(chain, holder))
			kmod_module_unref(holder);
		else
			free = chain_add(chain, holder, depth + 1);
	}
	kmod_module_unref_list(holders);
	free = free && users <= count && chain->count < CHAIN_MAX;
	if (free)
		chain->module[chain->count++] = module;
	else
		kmod_module_unref(module);
	return free;
}

static int chain_reload(struct chain *chain, struct faults *faults)
{
	unsigned gone = 0;
	int error = 0, again = 0;

	while (!error && gone < chain->count) {
		error = kmod_module_remove_module(chain->module[gone], 0);
		gone += !error;
	}
	for (unsigned i = gone; i-- > 0;) {
		int failed = kmod_module_probe_insert_module(chain->module[i], 0, NULL, NULL, NULL,
							     NULL);
		again = again ? again : failed;
	}
	if (!error && !again)
		return 0;
	return fault_errno(faults, abs(again ? again : error), "cannot %s the module \"%s\"",
			   again ? "load" : "unload",
			   kmod_module_get_name(chain->module[again ? 0 : gone]));
}

int module_reload_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	KMOD struct kmod_ctx *context = kmod_open(faults);
	__attribute__((cleanup(chain_cleanup))) struct chain chain = {};
	struct kmod_module *module = NULL;
	const char *name = step->argument[0];

	if (!context)
		return -1;
	if (kmod_module_new_from_name(context, name, &module) < 0)
		return fault(faults, FAULT_HOST, "the kernel has no module \"%s\"", name);
	if (kmod_module_get_initstate(module) != KMOD_MODULE_LIVE) {
		kmod_module_unref(module);
		return outcome_is(ret, RESULT_SAME);
	}
	if (!chain_add(&chain, module, 0))
		return outcome_why(ret, RESULT_REFUSED,
				   arena_printf(write->arena, "%s is in use", name));
	if (chain_reload(&chain, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

/* ---- for other verbs ---- */

/* 0, or an errno; ENOENT where there is no such module. */
static int module_insert(struct kmod_ctx *context, const char *name)
{
	struct kmod_list *modules = NULL;
	int error = kmod_module_new_from_lookup(context, name, &modules);

	if (error == 0 && !modules)
		error = ENOENT;
	else if (error == 0)
		error = modules_change(modules, true, NULL);
	kmod_module_unref_list(modules);
	return abs(error);
}

int module_wake(struct write *write, const char *name, const char *alias_path,
		struct faults *faults)
{
	KMOD struct kmod_ctx *context = kmod_open(faults);
	const char *alias = NULL;
	size_t size = 0;

	if (!context)
		return -1;
	int error = module_insert(context, name);
	if (error == ENOENT) {
		FILES_CLOSE int fd = open(alias_path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return fault_errno(faults, errno, "cannot open \"%s\"", alias_path);
		if (files_read_all(write->arena, fd, alias_path, &alias, &size, faults) < 0)
			return -1;
		error = module_insert(context,
				      arena_strndup(write->arena, alias, strcspn(alias, "\n")));
	}
	return error ? fault_errno(faults, error, "cannot load the module of %s", name) : 0;
}
