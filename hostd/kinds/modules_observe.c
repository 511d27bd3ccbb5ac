/* modules_observe.c - modules as the kernel and our files have them. */
#include "kinds/modules.h"
#include "kinds/pci.h"

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
			module_option_put(arena, module, *parameter, value, file.mode & 0200);
	}
	return 0;
}

static int observe_running(struct host *host, struct items *running, struct faults *faults)
{
	struct host_names names = {};

	if (host_list(host, "/sys/module", &names, faults) < 0)
		return -1;
	EACH(name, &names.list) {
		struct item *item = items_add(running, &modules_kind, *name);
		struct module *module = item->value;
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
			module_option_put(running->arena, module, file->options.at[i].name,
					  option->value, false);
	}
}

int modules_observe(struct host *host, struct items *configured, struct items *running,
		    struct faults *faults)
{
	if (modules_observe_files(host, configured, faults) < 0 ||
	    observe_running(host, running, faults) < 0)
		return -1;
	EACH(item, &configured->list)
		running_from_file(running, *item);
	return 0;
}

/* A PCI driver has its module's name, but for dashes. */
static int look_drives(struct host *host, struct arena *arena, struct module_facts *facts,
		       struct faults *faults)
{
	struct pci_machine machine = {};

	if (pci_look(host, arena, &machine, faults) < 0)
		return -1;
	EACH(function, &machine.functions)
		if (function->driver && function->uses.count &&
		    string_equal(module_name(arena, function->driver),
				 module_name(arena, facts->kernel.name)))
			facts->drives = arena_printf(arena, "%s, which %s", function->name,
						     function->uses.at[0]);
	return 0;
}

int modules_probe(struct host *host, struct arena *arena, const struct item *want,
		  const struct desired *desired, const void **ret_facts, struct faults *faults)
{
	struct module_facts *facts = ARENA_NEW(arena, struct module_facts);
	bool never = string_equal(((const struct module *)want->value)->load, "never");
	int there = host_kernel_module(host, want->name, &facts->kernel, faults);

	(void)desired;
	if (there == 1 && never && look_drives(host, arena, facts, faults) < 0)
		return -1;
	*ret_facts = there == 1 ? facts : NULL;
	return there < 0 ? -1 : 0;
}
