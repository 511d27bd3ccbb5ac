/* slices_observe.c - slices as their files say and as they are in force.
 *
 * In force is what systemd holds and, where the cgroup says otherwise, what the cgroup says:
 * somebody wrote to it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "formats/ini.h"
#include "formats/ours.h"
#include "kinds/other.h"
#include "kinds/slices.h"

#define CGROUPS "/sys/fs/cgroup"

/* ---- the file ---- */

static void line_take_in(struct arena *arena, const struct ini *ini, struct settings *settings)
{
	const struct unit_setting *setting = unit_setting_find(ini->key);
	const char *before = unit_settings_get(settings, ini->key);
	const char *value = ini->value;

	if (!setting || !string_equal(ini->section, "Slice"))
		return;
	if (setting->how == SETTING_DEVICES && *value && *before)
		value = arena_printf(arena, "%s, %s", before, value);
	unit_settings_put(settings, ini->key, arena_strdup(arena, value));
}

static void file_read(struct arena *arena, const char *name, struct slice *slice)
{
	struct ini ini = ini_of(arena, slice->text);
	struct settings settings = {};

	while (ini_next(&ini))
		line_take_in(arena, &ini, &settings);
	slice_of_settings(arena, &settings, slice);
	slice->other = file_apart(arena, slice->text, slice_text(arena, name, slice));
}

/* Where `systemctl set-property` keeps what it was told: below /etc for good, below /run until the
 * next boot. */
static int overrides_look(struct host *host, struct arena *arena, const char *root,
			  const char *unit, struct text_list *ret, struct faults *faults)
{
	const char *folder = arena_printf(arena, "%s/systemd/system.control/%s.d", root, unit);
	struct host_names names = {};

	if (host_list(host, folder, &names, faults) < 0)
		return -1;
	EACH(name, &names.list)
		text_list_push(arena, ret, arena_printf(arena, "%s/%s", folder, *name));
	return 0;
}

/* 1 where the file is there, 0 or -1; `ret_ours`: there is none of somebody else. */
static int configured_observe(struct host *host, const char *name, struct items *configured,
			      bool *ret_ours, struct faults *faults)
{
	struct arena *arena = configured->arena;
	struct slice *slice = record_new(arena, &slice_record);
	size_t size = 0;
	int there = host_read(host, slice_path(arena, name), &slice->text, &size, faults);

	if (there < 0 || overrides_look(host, arena, "/etc", slice_unit(arena, name),
					&slice->overrides, faults) < 0)
		return -1;
	*ret_ours = !there || slice_is_the_hosts(name) ||
		    string_equal(ours_handle(arena, slice->text, "slices"), name);
	if (!there)
		return 0;
	struct item *item = items_add(configured, &slices_kind, name);
	item->value = slice;
	item->ours = *ret_ours;
	file_read(arena, name, slice);
	for (size_t i = 0; i < slice->overrides.count; i++)
		text_list_push(arena, &slice->other, slice->overrides.at[i]);
	SET(&slice_record, slice, other, slice->other);
	return 1;
}

/* ---- the cgroup ---- */

static int cgroup_look(struct host *host, struct arena *arena, const char *unit,
		       struct settings *settings, struct faults *faults)
{
	for (size_t i = 0; i < SETTINGS_COUNT; i++) {
		const struct unit_setting *setting = &unit_settings[i];
		const char *line = NULL, *all = "";
		const char *path = unit_setting_path(arena, unit, setting);
		int there = path ? host_read_line(host, path, &line, faults) : 0;
		if (there > 0 && setting->all &&
		    host_read_line(host, setting->all, &all, faults) < 0)
			there = -1;
		if (there < 0)
			return -1;
		if (there)
			unit_settings_put(
				settings, setting->name,
				unit_setting_in_force(arena, setting,
						      unit_settings_get(settings, setting->name),
						      line, all));
	}
	return 0;
}

/* systemd tells BFQ where its file is there already: not where BFQ came after the slice (M8). */
static int bfq_look(struct host *host, struct arena *arena, const char *unit,
		    struct settings *settings, struct faults *faults)
{
	const char *told = unit_settings_get(settings, "IOWeight"), *line = NULL;
	const char *path =
		arena_printf(arena, CGROUPS "/%s/io.bfq.weight", unit_cgroup(arena, unit));
	int there = host_read_line(host, path, &line, faults);

	if (there <= 0)
		return there;
	line += string_starts(line, "default ") ? strlen("default ") : 0;
	uint64_t weight = strtoull(line, NULL, 10);
	if (weight != block_bfq_weight(*told ? (uint32_t)strtoul(told, NULL, 10) : 100))
		unit_settings_put(settings, "IOWeight", arena_printf(arena, "%" PRIu64, weight));
	return 0;
}

/* ---- limits of a device ---- */

/* "254:0 rbps=1048576 wbps=max riops=max wiops=max": 0 where there is no such limit. */
static uint64_t limit_of(struct arena *arena, const char *text, const char *number, const char *key)
{
	LINES_EACH(line, arena, text)
	{
		const char *at = string_starts(line, arena_printf(arena, "%s ", number))
					 ? strstr(line, arena_printf(arena, " %s=", key))
					 : NULL;
		if (at)
			return strtoull(at + strlen(key) + 2, NULL, 10);
	}
	return 0;
}

/* The entries of a setting, each as the kernel has it. */
static int limits_look(struct host *host, struct arena *arena, const char *text, const char *key,
		       const char **value, struct faults *faults)
{
	struct setting_devices devices = {};
	struct text now = text_of(arena);

	if (!unit_setting_devices_parse(arena, *value, &devices))
		return 0;
	EACH(device, &devices.list) {
		struct block block = {};
		if (block_of_path(host, arena, device->path, &block, faults) < 0)
			return -1;
		uint64_t number =
			block.number ? limit_of(arena, text, block.number, key) : device->number;
		if (number)
			unit_setting_devices_add(&now, device->path, number);
	}
	*value = now.at;
	return 0;
}

static int io_look(struct host *host, struct arena *arena, const char *unit,
		   struct settings *settings, struct faults *faults)
{
	static const struct {
		const char *setting, *key;
	} limits[] = {
		{ "IOReadBandwidthMax", "rbps" },
		{ "IOWriteBandwidthMax", "wbps" },
		{ "IOReadIOPSMax", "riops" },
		{ "IOWriteIOPSMax", "wiops" },
	};
	const char *text = "";
	size_t size = 0;
	int there =
		host_read(host, arena_printf(arena, CGROUPS "/%s/io.max", unit_cgroup(arena, unit)),
			  &text, &size, faults);

	for (size_t i = 0; there > 0 && i < COUNT_OF(limits); i++) {
		const char *value = unit_settings_get(settings, limits[i].setting);
		if (limits_look(host, arena, text, limits[i].key, &value, faults) < 0)
			return -1;
		unit_settings_put(settings, limits[i].setting, value);
	}
	return there < 0 ? -1 : 0;
}

/* ---- what is in force ---- */

static const struct slice *value_in(const struct items *items, const char *name)
{
	const struct item *item = items ? items_find(items, &slices_kind, name) : NULL;

	return item ? item->value : NULL;
}

/* A slice that is no longer wanted is there as long as something of what was given holds. */
static bool still_holds(struct arena *arena, const struct slice *given, const struct slice *now)
{
	struct paths paths = { .arena = arena };

	if (given)
		record_compare(&slice_record, NULL, now, given, IN_RUNNING, &paths);
	return paths.count > 0;
}

static bool says_nothing(const struct settings *settings)
{
	for (size_t i = 0; i < SETTINGS_COUNT; i++)
		if (*unit_settings_get(settings, unit_settings[i].name))
			return false;
	return true;
}

static int running_observe(struct host *host, const char *name, bool file, bool ours,
			   struct items *running, struct faults *faults)
{
	struct arena *arena = running->arena;
	const char *unit = slice_unit(arena, name);
	struct slice *slice = record_new(arena, &slice_record);

	if (host_settings(host, unit, &slice->settings, faults) < 0 ||
	    cgroup_look(host, arena, unit, &slice->settings, faults) < 0 ||
	    bfq_look(host, arena, unit, &slice->settings, faults) < 0 ||
	    io_look(host, arena, unit, &slice->settings, faults) < 0 ||
	    overrides_look(host, arena, "/run", unit, &slice->overrides, faults) < 0)
		return -1;
	slice_of_settings(arena, &slice->settings, slice);
	bool there = value_in(running->wanted, name)
			     ? file || !says_nothing(&slice->settings)
			     : still_holds(arena, value_in(running->given, name), slice);
	if (!there)
		return 0;
	struct item *item = items_add(running, &slices_kind, name);
	item->value = slice;
	item->ours = ours;
	return 0;
}

static int look_all(struct host *host, const struct items *names, const struct items *but,
		    struct items *configured, struct items *running, struct faults *faults)
{
	if (names)
		EACH(each, &names->list) {
			const struct item *item = *each;
			if (item->kind != &slices_kind || value_in(but, item->name))
				continue;
			bool ours = true;
			int file = configured_observe(host, item->name, configured, &ours, faults);
			if (file < 0 ||
			    running_observe(host, item->name, file, ours, running, faults) < 0)
				return -1;
		}
	return 0;
}

int slices_observe(struct host *host, struct items *configured, struct items *running,
		   struct faults *faults)
{
	if (look_all(host, running->wanted, NULL, configured, running, faults) < 0)
		return -1;
	return look_all(host, running->given, running->wanted, configured, running, faults);
}

static int set_look(struct host *host, const char *path, struct cpus *ret, struct faults *faults)
{
	const char *line = NULL;
	int there = host_read_line(host, path, &line, faults);

	if (there > 0)
		(void)!cpus_parse(line, ret);
	return there < 0 ? -1 : 0;
}

/* Disks that are to have bfq, by the same description. */
static int soon_look(struct host *host, struct arena *arena, const struct desired *desired,
		     struct text_list *ret, struct faults *faults)
{
	DESIRED_EACH(item, desired, "disks") {
		const struct record *record = item->kind->record;
		const char *path = other_text(record, item->value, "path");
		const char *scheduler = other_text(record, item->value, "scheduler");
		struct block block = {};
		if (!path || !string_equal(scheduler, "bfq"))
			continue;
		if (block_of_path(host, arena, path, &block, faults) < 0)
			return -1;
		if (block.name)
			text_list_push(arena, ret, block.name);
	}
	return 0;
}

int slices_probe(struct host *host, struct arena *arena, const struct item *want,
		 const struct desired *desired, const void **ret_facts, struct faults *faults)
{
	struct slice_facts *facts = ARENA_NEW(arena, struct slice_facts);
	const struct slice *slice = want->value;

	*ret_facts = facts;
	if (soon_look(host, arena, desired, &facts->soon, faults) < 0)
		return -1;
	for (size_t i = 0; i < slice->io.count; i++) {
		struct block block = {};
		if (block_of_path(host, arena, slice->io.at[i].name, &block, faults) < 0)
			return -1;
		ARRAY_PUSH(arena, &facts->named.list, block);
	}
	if (set_look(host, "/sys/devices/system/cpu/possible", &facts->cpus, faults) < 0 ||
	    set_look(host, "/sys/devices/system/node/possible", &facts->nodes, faults) < 0 ||
	    blocks_look(host, arena, &facts->all, faults) < 0)
		return -1;
	return memory_machine_look(host, &facts->memory, faults);
}
