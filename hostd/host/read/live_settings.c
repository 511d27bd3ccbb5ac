/* live_settings.c - limits of systemd's slices (org.freedesktop.systemd1(5), Slice). */
#include <inttypes.h>

#include "host/read/live.h"
#include "host/read/live_settings.h"

static int number_read_as(struct arena *arena, sd_bus_message *reply,
			  const struct unit_setting *setting, const char **ret)
{
	uint64_t number = 0;
	int error = sd_bus_message_read(reply, "t", &number);

	if (error < 0 || number == setting->unset)
		return error;
	*ret = setting->how == SETTING_QUOTA ? quota_text(arena, number)
					     : arena_printf(arena, "%" PRIu64, number);
	return 0;
}

static int set_read(struct arena *arena, sd_bus_message *reply, const char **ret)
{
	const void *bytes = NULL;
	size_t size = 0;
	struct cpus set = {};
	int error = sd_bus_message_read_array(reply, 'y', &bytes, &size);

	for (size_t i = 0; error >= 0 && i < size * 8; i++)
		if (((const uint8_t *)bytes)[i / 8] >> i % 8 & 1)
			cpus_add(&set, (unsigned)i);
	if (cpus_count(&set))
		*ret = type_text_of(&type_cpus, &set, arena);
	return error;
}

static int devices_read(struct arena *arena, sd_bus_message *reply, const char **ret)
{
	struct text text = text_of(arena);
	const char *path = NULL;
	uint64_t number = 0;
	int error = sd_bus_message_enter_container(reply, 'a', "(st)");

	while (error >= 0 && (error = sd_bus_message_read(reply, "(st)", &path, &number)) > 0)
		unit_setting_devices_add(&text, path, number);
	*ret = text.at;
	return error;
}

static int value_read(struct arena *arena, sd_bus_message *reply,
		      const struct unit_setting *setting, const char **ret)
{
	switch (setting->how) {
	case SETTING_SET:
		return set_read(arena, reply, ret);
	case SETTING_DEVICES:
		return devices_read(arena, reply, ret);
	case SETTING_NUMBER:
	case SETTING_QUOTA:
		break;
	}
	return number_read_as(arena, reply, setting, ret);
}

static int property_look(struct arena *arena, struct bus *bus, const char *path,
			 const struct unit_setting *setting, const char **ret,
			 struct faults *faults)
{
	static const char *const types[] = { "t", "t", "ay", "a(st)" };
	sd_bus_error error = SD_BUS_ERROR_NULL;
	BUS_MESSAGE sd_bus_message *reply = NULL;
	int result = sd_bus_get_property(bus->bus, bus_systemd.service, path,
					 "org.freedesktop.systemd1.Slice", setting->property,
					 &error, &reply, types[setting->how]);

	*ret = "";
	if (result >= 0)
		result = value_read(arena, reply, setting, ret);
	if (result < 0)
		fault(faults, FAULT_HOST, "cannot read %s: %s", setting->property,
		      error.message ? error.message : "the answer does not read");
	sd_bus_error_free(&error);
	return result < 0 ? -1 : 0;
}

int unit_settings_look(struct arena *arena, struct bus *bus, const char *unit, struct settings *ret,
		       struct faults *faults)
{
	BUS_MESSAGE sd_bus_message *reply = NULL;
	const char *path = NULL;

	WITHIN(faults, "unit \"%s\"", unit);
	if (bus_call(bus, &bus_systemd, "LoadUnit", &reply, faults, "s", unit) < 0)
		return -1;
	int error = sd_bus_message_read(reply, "o", &path);
	if (error < 0)
		return bus_fault(faults, error, "systemd's answer does not read");
	for (size_t i = 0; i < SETTINGS_COUNT; i++)
		if (property_look(arena, bus, path, &unit_settings[i], &ret->value[i], faults) < 0)
			return -1;
	return 1;
}

int live_settings(struct host *host, const char *unit, struct settings *ret, struct faults *faults)
{
	return unit_settings_look(host->arena, &live_of(host)->bus, unit, ret, faults);
}
