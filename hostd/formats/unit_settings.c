#include "formats/unit_settings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT UINT64_MAX

const struct unit_setting unit_settings[SETTINGS_COUNT] = {
	{ "CPUWeight", "CPUWeight", SETTING_NUMBER, LIMIT, "cpu.weight", NULL },
	{ "CPUQuota", "CPUQuotaPerSecUSec", SETTING_QUOTA, LIMIT, "cpu.max", NULL },
	{ "AllowedCPUs", "AllowedCPUs", SETTING_SET, 0, "cpuset.cpus",
	  "/sys/devices/system/cpu/possible" },
	{ "AllowedMemoryNodes", "AllowedMemoryNodes", SETTING_SET, 0, "cpuset.mems",
	  "/sys/devices/system/node/possible" },
	{ "MemoryMin", "MemoryMin", SETTING_NUMBER, 0, "memory.min", NULL },
	{ "MemoryLow", "MemoryLow", SETTING_NUMBER, 0, "memory.low", NULL },
	{ "MemoryHigh", "MemoryHigh", SETTING_NUMBER, LIMIT, "memory.high", NULL },
	{ "MemoryMax", "MemoryMax", SETTING_NUMBER, LIMIT, "memory.max", NULL },
	{ "MemorySwapMax", "MemorySwapMax", SETTING_NUMBER, LIMIT, "memory.swap.max", NULL },
	{ "TasksMax", "TasksMax", SETTING_NUMBER, LIMIT, "pids.max", NULL },
	{ "IOWeight", "IOWeight", SETTING_NUMBER, LIMIT, "io.weight", NULL },
	{ "IODeviceWeight", "IODeviceWeight", SETTING_DEVICES, 0, NULL, NULL },
	{ "IOReadBandwidthMax", "IOReadBandwidthMax", SETTING_DEVICES, 0, NULL, NULL },
	{ "IOWriteBandwidthMax", "IOWriteBandwidthMax", SETTING_DEVICES, 0, NULL, NULL },
	{ "IOReadIOPSMax", "IOReadIOPSMax", SETTING_DEVICES, 0, NULL, NULL },
	{ "IOWriteIOPSMax", "IOWriteIOPSMax", SETTING_DEVICES, 0, NULL, NULL },
};

const struct unit_setting *unit_setting_find(const char *name)
{
	for (size_t i = 0; i < SETTINGS_COUNT; i++)
		if (strcmp(unit_settings[i].name, name) == 0)
			return &unit_settings[i];
	return NULL;
}

const char *unit_settings_get(const struct settings *settings, const char *name)
{
	const struct unit_setting *setting = unit_setting_find(name);
	const char *value = setting ? settings->value[setting - unit_settings] : NULL;

	return value ? value : "";
}

void unit_settings_put(struct settings *settings, const char *name, const char *value)
{
	const struct unit_setting *setting = unit_setting_find(name);

	if (setting)
		settings->value[setting - unit_settings] = value;
}

/* ---- a share of a second ---- */

enum { PERCENT = 10000 }; /* microseconds of a second */

const char *quota_text(struct arena *arena, uint64_t microseconds)
{
	uint64_t whole = microseconds / PERCENT, part = microseconds % PERCENT / 100;

	if (!part)
		return arena_printf(arena, "%" PRIu64 "%%", whole);
	return part % 10 ? arena_printf(arena, "%" PRIu64 ".%02" PRIu64 "%%", whole, part)
			 : arena_printf(arena, "%" PRIu64 ".%" PRIu64 "%%", whole, part / 10);
}

bool quota_parse(const char *text, uint64_t *ret_microseconds)
{
	char *end = NULL;
	uint64_t whole = strtoull(text, &end, 10), part = 0;

	if (end == text)
		return false;
	if (*end == '.')
		for (uint64_t place = PERCENT / 10; *++end >= '0' && *end <= '9'; place /= 10)
			part += (uint64_t)(*end - '0') * place;
	if (strcmp(end, "%") != 0)
		return false;
	*ret_microseconds = whole * PERCENT + part;
	return true;
}

/* ---- numbers by device ---- */

static bool device_parse(struct arena *arena, const char *text, struct setting_device *ret)
{
	const char *space = strrchr(text, ' ');
	char *end = NULL;

	if (!space || space == text)
		return false;
	ret->path = arena_strndup(arena, text, (size_t)(space - text));
	ret->number = strtoull(space + 1, &end, 10);
	return end != space + 1 && !*end;
}

bool unit_setting_devices_parse(struct arena *arena, const char *text, struct setting_devices *ret)
{
	while (*text) {
		struct setting_device device = {};
		size_t size = strcspn(text, ",");
		if (!device_parse(arena, arena_strndup(arena, text, size), &device))
			return false;
		ARRAY_PUSH(arena, &ret->list, device);
		text += size;
		text += strspn(text, ", ");
	}
	return true;
}

void unit_setting_devices_add(struct text *text, const char *path, uint64_t number)
{
	text_addf(text, "%s%s %" PRIu64, text->size ? ", " : "", path, number);
}

/* ---- files ---- */

void unit_setting_write(struct text *text, const struct unit_setting *setting, const char *value)
{
	struct setting_devices devices = {};

	if (setting->how != SETTING_DEVICES)
		text_addf(text, "%s=%s\n", setting->name, value);
	else if (unit_setting_devices_parse(text->arena, value, &devices))
		EACH(device, &devices.list)
			text_addf(text, "%s=%s %" PRIu64 "\n", setting->name, device->path,
				  device->number);
}

const char *unit_cgroup(struct arena *arena, const char *unit)
{
	struct text text = text_of(arena);

	if (string_ends(unit, ".slice"))
		for (const char *dash = unit; (dash = strchr(dash, '-')); dash++)
			text_addf(&text, "%.*s.slice/", (int)(dash - unit), unit);
	text_add(&text, unit);
	return text.at;
}

/* ---- the cgroup ---- */

const char *unit_setting_path(struct arena *arena, const char *unit,
			      const struct unit_setting *setting)
{
	return setting->cgroup ? arena_printf(arena, "/sys/fs/cgroup/%s/%s",
					      unit_cgroup(arena, unit), setting->cgroup)
			       : NULL;
}

/* What the kernel says where nobody said anything; all but sets. */
static bool is_default(const struct unit_setting *setting, uint64_t number)
{
	return string_ends(setting->cgroup, ".weight") ? number == 100 : number == setting->unset;
}

/* "100000 100000": the first of the second. */
static const char *quota_of(struct arena *arena, const char *line)
{
	uint64_t quota = 0, period = 0;

	if (sscanf(line, "%" SCNu64 " %" SCNu64, &quota, &period) != 2 || !period)
		return "";
	return quota_text(arena, quota * 1000000 / period);
}

/* The line as a setting; "" where it limits nothing. */
static const char *line_text(struct arena *arena, const struct unit_setting *setting,
			     const char *line, const char *all)
{
	char *end = NULL;

	if (setting->how == SETTING_QUOTA)
		return quota_of(arena, line);
	if (setting->how == SETTING_SET)
		return string_equal(line, all) ? "" : line;
	line += string_starts(line, "default ") ? strlen("default ") : 0;
	uint64_t number = strtoull(line, &end, 10);
	return end == line || is_default(setting, number) ? ""
							  : arena_printf(arena, "%" PRIu64, number);
}

enum { PAGE = 4096, SHARE = 1000 };

static bool is_as_told(const struct unit_setting *setting, const char *told, const char *has)
{
	uint64_t a = 0, b = 0;

	if (string_equal(told, has))
		return true;
	if (setting->how == SETTING_QUOTA)
		return quota_parse(told, &a) && quota_parse(has, &b) && a / SHARE == b / SHARE;
	if (setting->how != SETTING_NUMBER)
		return false;
	a = strtoull(told, NULL, 10);
	if (!*has)
		return *told && is_default(setting, a);
	b = strtoull(has, NULL, 10);
	return *told && string_starts(setting->cgroup, "memory.") && a / PAGE == b / PAGE;
}

const char *unit_setting_in_force(struct arena *arena, const struct unit_setting *setting,
				  const char *told, const char *line, const char *all)
{
	const char *has = line_text(arena, setting, line, all);

	return string_equal(line, told) || is_as_told(setting, told, has) ? told : has;
}
