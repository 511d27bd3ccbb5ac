/* captured_modules.c - the captured machine's kernel modules. */
#include <stdio.h>
#include <string.h>

#include "host/read/captured.h"
#include "host/read/files.h"

static const char *kernel_name(struct arena *arena, const char *name)
{
	char *normal = arena_strdup(arena, name);

	for (char *c = normal; *c; c++)
		if (*c == '-')
			*c = '_';
	return normal;
}

/* proc(5): name, size, users, by whom ("kvm_amd,vfio," or "-"), state, address.  Whether somebody
 * else than its holders counts, or one of those is used so. */
static bool line_read(struct arena *arena, const char *all, const char *name, unsigned depth,
		      struct host_kernel_module *module)
{
	char holders[256] = "-", *next = NULL;
	unsigned long long users = 0, held = 0;
	const char *start = arena_printf(arena, "%s ", name), *line = all;

	while (*line && !string_starts(line, start))
		line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n');
	if (!*line || sscanf(line, "%*s %*s %llu %255s", &users, holders) != 2)
		return false;
	if (!depth)
		module->loaded = true;
	bool used = false;
	for (char *one = strtok_r(holders, ",", &next); one; one = strtok_r(NULL, ",", &next)) {
		if (strcmp(one, "-") == 0 || depth > 8)
			continue;
		held++;
		if (!depth)
			ARRAY_PUSH(arena, &module->holders, arena_strdup(arena, one));
		used |= line_read(arena, all, one, depth + 1, module);
	}
	return used || users > held;
}

static int proc_modules_read(struct host *host, struct host_kernel_module *module,
			     struct faults *faults)
{
	const char *text = "";
	size_t size = 0;

	if (captured_read(host, "/proc/modules", &text, &size, faults) < 0)
		return -1;
	module->used = line_read(host->arena, text, module->name, 0, module);
	return 0;
}

static int sys_module_read(struct host *host, struct host_kernel_module *module,
			   struct faults *faults)
{
	const char *folder = arena_printf(host->arena, "/sys/module/%s", module->name);
	const char *inside = arena_printf(host->arena, "%s/parameters", folder);
	struct host_names parameters = {};
	struct host_file file = {};
	int there = captured_stat(host, folder, &file, faults);

	if (there < 0 || captured_list(host, inside, &parameters, faults) < 0)
		return -1;
	module->builtin = there && !module->loaded;
	EACH(name, &parameters.list)
		ARRAY_PUSH(host->arena, &module->parameters, *name);
	return there;
}

static void said_read(struct arena *arena, const struct node *said,
		      struct host_kernel_module *module)
{
	const struct node *list = node_get(said, "parameters");
	struct host_names names = {};

	if (list)
		NODE_EACH(name, list)
			ARRAY_PUSH(arena, &names.list, name->text);
	files_sort(&names);
	module->parameters.count = 0;
	EACH(name, &names.list)
		ARRAY_PUSH(arena, &module->parameters, *name);
	module->builtin = captured_flag(said, "builtin", false);
	module->known = true;
}

int captured_kernel_module(struct host *host, const char *name, struct host_kernel_module *ret,
			   struct faults *faults)
{
	struct host_kernel_module module = { .name = kernel_name(host->arena, name) };
	struct node *all = NULL;

	if (captured_failing(captured_of(host), "modules", faults) < 0)
		return -1;
	int told = captured_json(captured_of(host), "modules.json", &all, faults);
	if (told < 0 || proc_modules_read(host, &module, faults) < 0)
		return -1;
	int there = sys_module_read(host, &module, faults);
	if (there < 0)
		return -1;
	const struct node *said = node_get(all, module.name);
	if (said)
		said_read(host->arena, said, &module);
	else if (told && !there && !module.loaded)
		return 0;
	*ret = module;
	return 1;
}
