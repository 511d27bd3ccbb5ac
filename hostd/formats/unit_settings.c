#include "formats/unit_settings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT UINT64_MAX

const struct unit_setting unit_settings[SETTINGS_COUNT] = {
	{ "CPUWeight", "CPUWeight", SETTING_NUMBER, LIMIT, "cpu.weight" },
	{ "CPUQuota", "CPUQuotaPerSecUSec", SETTING_QUOTA, LIMIT, "cpu.max" },
	{ "AllowedCPUs", "AllowedCPUs", SETTING_SET, 0, "cpuset.cpus" },
	{ "AllowedMemoryNodes", "AllowedMemoryNodes", SETTING_SET, 0, "cpuset.mems" },
	{ "MemoryMin", "MemoryMin", SETTING_NUMBER, 0, "memory.min" },
	{ "MemoryLow", "MemoryLow", SETTING_NUMBER, 0, "memory.low" },
	{ "MemoryHigh", "MemoryHigh", SETTING_NUMBER, LIMIT, "memory.high" },
	{ "MemoryMax", "MemoryMax", SETTING_NUMBER, LIMIT, "memory.max" },
	{ "MemorySwapMax", "MemorySwapMax", SETTING_NUMBER, LIMIT, "memory.swap.max" },
	{ "TasksMax", "TasksMax", SETTING_NUMBER, LIMIT, "pids.max" },
	{ "IOWeight", "IOWeight", SETTING_NUMBER, LIMIT, "io.weight" },
	{ "IODeviceWeight", "IODeviceWeight", SETTING_DEVICES, 0, NULL },
	{ "IOReadBandwidthMax", "IOReadBandwidthMax", SETTING_DEVICES, 0, NULL },
	{ "IOWriteBandwidthMax", "IOWriteBandwidthMax", SETTING_DEVICES, 0, NULL },
	{ "IOReadIOPSMax", "IOReadIOPSMax", SETTING_DEVICES, 0, NULL },
	{ "IOWriteIOPSMax", "IOWriteIOPSMax", SETTING_DEVICES, 0, NULL },
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
