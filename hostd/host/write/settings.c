/* settings.c - unit_property: one limit of a slice, as systemd holds it.
 *
 * SetUnitProperties of org.freedesktop.systemd1(5), for as long as this boot lasts: what holds
 * after it, the unit's file says.  A value that systemd has already is told it again: it then
 * writes the cgroup anew, whoever changed that.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/read/live_settings.h"
#include "host/write/unit_sets.h"

/* ---- a value on the bus ---- */

static int number_append(sd_bus_message *message, const struct unit_setting *setting,
			 const char *value)
{
	uint64_t number = setting->unset;
	char *end = NULL;

	if (*value && setting->how == SETTING_QUOTA) {
		if (!quota_parse(value, &number))
			return -EINVAL;
	} else if (*value) {
		number = strtoull(value, &end, 10);
		if (*end)
			return -EINVAL;
	}
	return sd_bus_message_append(message, "(sv)", setting->property, "t", number);
}

static int set_append(sd_bus_message *message, const struct unit_setting *setting,
		      const char *value)
{
	struct cpus set = {};
	uint8_t bytes[CPU_MAX / 8] = {};
	size_t size = 0;

	if (*value && !cpus_parse(value, &set))
		return -EINVAL;
	for (unsigned cpu = 0; cpu < CPU_MAX; cpu++)
		if (cpus_has(&set, cpu)) {
			bytes[cpu / 8] |= (uint8_t)(1U << cpu % 8);
			size = cpu / 8 + 1;
		}
	int error = sd_bus_message_open_container(message, 'r', "sv");
	if (error >= 0)
		error = sd_bus_message_append(message, "s", setting->property);
	if (error >= 0)
		error = sd_bus_message_open_container(message, 'v', "ay");
	if (error >= 0)
		error = sd_bus_message_append_array(message, 'y', bytes, size);
	if (error >= 0)
		error = sd_bus_message_close_container(message);
	return error < 0 ? error : sd_bus_message_close_container(message);
}

static int entries_append(sd_bus_message *message, const struct unit_setting *setting,
			  const struct setting_devices *devices)
{
	int error = sd_bus_message_open_container(message, 'r', "sv");

	if (error >= 0)
		error = sd_bus_message_append(message, "s", setting->property);
	if (error >= 0)
		error = sd_bus_message_open_container(message, 'v', "a(st)");
	if (error >= 0)
		error = sd_bus_message_open_container(message, 'a', "(st)");
	EACH(device, &devices->list)
		if (error >= 0)
			error = sd_bus_message_append(message, "(st)", device->path,
						      device->number);
	for (int level = 0; level < 3 && error >= 0; level++)
		error = sd_bus_message_close_container(message);
	return error;
}

/* An empty list takes back what was said before; a list adds to that. */
static int devices_append(struct arena *arena, sd_bus_message *message,
			  const struct unit_setting *setting, const char *value)
{
	const struct setting_devices none = {};
	struct setting_devices devices = {};

	if (!unit_setting_devices_parse(arena, value, &devices))
		return -EINVAL;
	int error = entries_append(message, setting, &none);
	return error < 0 || !devices.list.count ? error
						: entries_append(message, setting, &devices);
}

static int value_append(struct arena *arena, sd_bus_message *message,
			const struct unit_setting *setting, const char *value)
{
	int error = sd_bus_message_open_container(message, 'a', "(sv)");

	if (error < 0)
		return error;
	error = setting->how == SETTING_SET       ? set_append(message, setting, value)
		: setting->how == SETTING_DEVICES ? devices_append(arena, message, setting, value)
						  : number_append(message, setting, value);
	return error < 0 ? error : sd_bus_message_close_container(message);
}

static int property_set(struct write *write, const char *unit, const struct unit_setting *setting,
			const char *value, struct faults *faults)
{
	BUS_MESSAGE sd_bus_message *message = NULL;
	BUS_MESSAGE sd_bus_message *reply = NULL;
	enum { RUNTIME = 1 };

	int error = sd_bus_message_new_method_call(write->bus.bus, &message, bus_systemd.service,
						   bus_systemd.path, bus_systemd.interface,
						   "SetUnitProperties");
	if (error >= 0)
		error = sd_bus_message_append(message, "sb", unit, RUNTIME);
	if (error >= 0)
		error = value_append(write->arena, message, setting, value);
	if (error < 0)
		return bus_fault(faults, error, "cannot put the bus message together");
	return bus_send(&write->bus, message, "SetUnitProperties", &reply, faults);
}

/* ---- the step ---- */

static int setting_need(const struct step *step, const struct unit_setting **ret,
			struct faults *faults)
{
	*ret = unit_setting_find(step->argument[1]);
	if (!*ret || !string_ends(step->argument[0], ".slice"))
		return fault(faults, FAULT_HOST, "there is no %s of %s", step->argument[1],
			     step->argument[0]);
	return 0;
}

int unit_property_inverse(struct write *write, const struct step *step, struct step *ret,
			  struct faults *faults)
{
	const struct unit_setting *setting = NULL;
	struct settings now = {};

	if (setting_need(step, &setting, faults) < 0 ||
	    unit_settings_look(write->arena, &write->bus, step->argument[0], &now, faults) < 0)
		return -1;
	const char *value = unit_settings_get(&now, setting->name);
	if (!string_equal(value, step->argument[2]))
		return inverse_of(ret, VERB_unit_property, step->argument[0], setting->name, value);
	/* The cgroup alone was otherwise: what comes back to the unit's file, systemd writes, but
	 * for a set that is freed behind its back. */
	if (setting->how != SETTING_SET)
		return inverse_nothing(write, step, ret, faults);
	struct step freed = *step;
	freed.verb = VERB_unit_set;
	return unit_set_inverse(write, &freed, ret, faults);
}

/* Whether the cgroup has what systemd was told: 1, 0 or -1.  Of a device's limits, and of weights,
 * which bfq keeps apart, that is not asked. */
static int is_in_force(struct write *write, const char *unit, const struct unit_setting *setting,
		       const char *told, struct faults *faults)
{
	struct arena *arena = write->arena;
	const char *path = unit_setting_path(arena, unit, setting), *line = "", *all = "";

	if (!path || string_starts(setting->cgroup, "io."))
		return 0;
	int there = unit_line_read(write, path, &line, faults);
	if (there > 0 && setting->all && unit_line_read(write, setting->all, &all, faults) < 0)
		return -1;
	return there <= 0
		       ? there < 0 ? -1 : 1
		       : string_equal(unit_setting_in_force(arena, setting, told, line, all), told);
}

int unit_property_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	const char *unit = step->argument[0], *value = step->argument[2];
	const struct unit_setting *setting = NULL;
	struct settings now = {};

	WITHIN(faults, "unit \"%s\"", unit);
	if (setting_need(step, &setting, faults) < 0 ||
	    unit_settings_look(write->arena, &write->bus, unit, &now, faults) < 0)
		return -1;
	const char *told = unit_settings_get(&now, setting->name);
	bool frees = setting->how == SETTING_SET && !*value, same = string_equal(told, value);
	int held = same ? is_in_force(write, unit, setting, value, faults) : 0;
	if (held)
		return held < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	if (!(frees && same) && (property_set(write, unit, setting, value, faults) < 0 ||
				 manager_settle(write, faults) < 0))
		return -1;
	held = frees ? is_in_force(write, unit, setting, value, faults) : 1;
	if (held < 0 || (!held && unit_set_write(write, unit, setting, value, faults) < 0))
		return -1;
	return outcome_is(ret, RESULT_DONE);
}
