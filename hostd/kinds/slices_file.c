/* slices_file.c - slices as systemd's settings, and the file that holds them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "formats/ours.h"
#include "formats/unit_name.h"
#include "kinds/slices.h"

#define UNITS "/etc/systemd/system"
#define SWAP  "MemorySwapMax"

/* ---- names ---- */

bool slice_is_the_hosts(const char *name)
{
	static const char *const names[] = { "system", "user", "machine" };

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* libvirt makes "machine-gold.slice" of the resource partition "/machine/gold", escaped as
 * systemd.unit(5) says (virSystemdMakeSliceName). */
const char *slice_unit(struct arena *arena, const char *name)
{
	if (slice_is_the_hosts(name))
		return arena_printf(arena, "%s.slice", name);
	return unit_name_of_path(arena, arena_printf(arena, "/machine/%s", name), ".slice");
}

const char *slice_path(struct arena *arena, const char *name)
{
	return arena_printf(arena, UNITS "/%s%s", slice_unit(arena, name),
			    slice_is_the_hosts(name) ? ".d/gasthof.conf" : "");
}

/* ---- fields and settings ---- */

static const struct {
	const char *setting, *field;
	size_t offset;
} rows[] = {
	{ "CPUWeight", "cpu_weight", offsetof(struct slice, cpu_weight) },
	{ "CPUQuota", "cpu_quota", offsetof(struct slice, cpu_quota) },
	{ "AllowedCPUs", "cpu_set", offsetof(struct slice, cpu_set) },
	{ "AllowedMemoryNodes", "memory_nodes", offsetof(struct slice, memory_nodes) },
	{ "MemoryMin", "memory_min", offsetof(struct slice, memory_min) },
	{ "MemoryLow", "memory_low", offsetof(struct slice, memory_low) },
	{ "MemoryHigh", "memory_high", offsetof(struct slice, memory_high) },
	{ "MemoryMax", "memory_max", offsetof(struct slice, memory_max) },
	{ "MemorySwapMax", "swap_max", offsetof(struct slice, swap_max) },
	{ "TasksMax", "tasks_max", offsetof(struct slice, tasks_max) },
	{ "IOWeight", "io_weight", offsetof(struct slice, io_weight) },
};
static const struct {
	const char *setting;
	size_t offset;
} io_rows[] = {
	{ "IODeviceWeight", offsetof(struct slice_io, weight) },
	{ "IOReadBandwidthMax", offsetof(struct slice_io, read) },
	{ "IOWriteBandwidthMax", offsetof(struct slice_io, write) },
	{ "IOReadIOPSMax", offsetof(struct slice_io, read_iops) },
	{ "IOWriteIOPSMax", offsetof(struct slice_io, write_iops) },
};

static const struct field *field_at(const struct record *record, size_t offset)
{
	for (size_t i = 0; i < record->field_count; i++)
		if (record->fields[i].offset == offset)
			return &record->fields[i];
	return NULL;
}

bool slice_differs(const struct paths *differs, const char *setting)
{
	if (strcmp(setting, SWAP) == 0 && paths_has(differs, "swap"))
		return true;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (strcmp(rows[i].setting, setting) == 0)
			return paths_has(differs, rows[i].field);
	return paths_has(differs, "io");
}

/* Sizes and rates in bytes, a quota in microseconds of a second, whatever else as it is. */
static uint64_t number_in(const struct field *field, const void *at)
{
	if (field->type == &type_bytes)
		return ((const struct bytes *)at)->count;
	if (field->type == &type_rate)
		return ((const struct rate *)at)->bytes;
	if (field->type == &type_ratio)
		return ((const struct ratio *)at)->thousandths * 1000;
	return *(const uint32_t *)at;
}

static bool number_put(const struct field *field, void *at, uint64_t number)
{
	if (field->type == &type_bytes)
		((struct bytes *)at)->count = number;
	else if (field->type == &type_rate)
		((struct rate *)at)->bytes = number;
	else if (field->type == &type_ratio)
		((struct ratio *)at)->thousandths = number / 1000;
	else if (number <= UINT32_MAX)
		*(uint32_t *)at = (uint32_t)number;
	else
		return false;
	return true;
}

static const char *value_text(struct arena *arena, const struct field *field, const void *at)
{
	if (field->type == &type_cpus)
		return type_text_of(&type_cpus, at, arena);
	uint64_t number = number_in(field, at);
	return field->type == &type_ratio ? quota_text(arena, number)
					  : arena_printf(arena, "%" PRIu64, number);
}

static const char *io_text(struct arena *arena, const struct slice *slice, size_t offset)
{
	const struct field *field = field_at(&slice_io_record, offset);
	struct text text = text_of(arena);

	for (size_t i = 0; i < slice->io.count; i++) {
		const char *value = slice->io.at[i].value;
		if (record_given(&slice_io_record, value, offset))
			unit_setting_devices_add(&text, slice->io.at[i].name,
						 number_in(field, value + offset));
	}
	return text.at;
}

void slice_settings(struct arena *arena, const struct slice *slice, struct settings *ret)
{
	*ret = (struct settings){};
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (record_given(&slice_record, slice, rows[i].offset))
			unit_settings_put(ret, rows[i].setting,
					  value_text(arena, field_at(&slice_record, rows[i].offset),
						     (const char *)slice + rows[i].offset));
	if (!slice->swap)
		unit_settings_put(ret, SWAP, "0");
	for (size_t i = 0; i < COUNT_OF(io_rows); i++)
		unit_settings_put(ret, io_rows[i].setting,
				  io_text(arena, slice, io_rows[i].offset));
}

/* ---- back ---- */

static bool value_put(const struct field *field, void *at, const char *text)
{
	uint64_t number = 0;
	char *end = NULL;

	if (field->type == &type_cpus)
		return cpus_parse(text, at);
	if (field->type == &type_ratio)
		return quota_parse(text, &number) && number_put(field, at, number);
	number = strtoull(text, &end, 10);
	return end != text && !*end && number_put(field, at, number);
}

static void io_put(struct arena *arena, struct slice *slice, size_t offset, const char *text)
{
	const struct field *field = field_at(&slice_io_record, offset);
	struct setting_devices devices = {};

	if (!unit_setting_devices_parse(arena, text, &devices))
		return;
	EACH(device, &devices.list) {
		struct member *member = map_get(&slice->io, device->path);
		char *value = member ? member->value
				     : map_add(arena, &slice->io, &slice_io_record, device->path);
		SET(&slice_record, slice, io, slice->io);
		record_give(&slice_io_record, value, offset,
			    number_put(field, value + offset, device->number));
	}
}

void slice_of_settings(struct arena *arena, const struct settings *settings, struct slice *slice)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *text = unit_settings_get(settings, rows[i].setting);
		if (strcmp(rows[i].setting, SWAP) == 0 && string_equal(text, "0"))
			SET(&slice_record, slice, swap, false);
		else if (*text)
			record_give(&slice_record, slice, rows[i].offset,
				    value_put(field_at(&slice_record, rows[i].offset),
					      (char *)slice + rows[i].offset, text));
	}
	for (size_t i = 0; i < COUNT_OF(io_rows); i++)
		io_put(arena, slice, io_rows[i].offset,
		       unit_settings_get(settings, io_rows[i].setting));
}

/* ---- the file ---- */

/* In a drop-in an empty line takes back what other files gave: sets add to those before. */
static void set_clear(struct text *text, const struct unit_setting *setting, bool drop_in)
{
	if (drop_in && setting->how == SETTING_SET)
		text_addf(text, "%s=\n", setting->name);
}

const char *slice_text(struct arena *arena, const char *name, const struct slice *slice)
{
	struct text text = text_of(arena);
	struct settings settings = {};
	bool drop_in = slice_is_the_hosts(name);

	slice_settings(arena, slice, &settings);
	ours_header(&text, arena_printf(arena, "slices.%s", name));
	if (!drop_in)
		text_addf(&text, "[Unit]\nDescription=Guests of the slice %s\n\n", name);
	text_add(&text, "[Slice]\n");
	for (size_t i = 0; i < SETTINGS_COUNT; i++) {
		const struct unit_setting *setting = &unit_settings[i];
		const char *value = unit_settings_get(&settings, setting->name);
		if (!*value)
			continue;
		set_clear(&text, setting, drop_in);
		unit_setting_write(&text, setting, value);
	}
	return text.at;
}
