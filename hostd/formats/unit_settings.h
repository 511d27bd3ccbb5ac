/* unit_settings.h - what systemd limits a unit's tasks to: as unit files say it, and on the bus.
 *
 * systemd.resource-control(5) and org.freedesktop.systemd1(5).  Values are kept as text in the way
 * of unit files, "" where nothing is said:
 *
 *	CPUWeight "500"		CPUQuota "150%"		AllowedCPUs "0-1,4"
 *	MemoryMax "1073741824"	IOReadBandwidthMax "/dev/sda 1048576, /srv 2097152"
 */
#pragma once

#include "base/array.h"
#include "schema/type.h"

enum setting_how {
	SETTING_NUMBER,  /* t */
	SETTING_QUOTA,   /* t: microseconds of a second; in files percent of one CPU */
	SETTING_SET,     /* ay: a bit for each CPU or memory node, the lowest first */
	SETTING_DEVICES, /* a(st): a number for each path; in files a line each */
};
struct unit_setting {
	const char *name;     /* in unit files */
	const char *property; /* on the bus */
	enum setting_how how;
	uint64_t unset;     /* the number that stands for nothing said */
	const char *cgroup; /* the file of the cgroup that holds it, or NULL */
	const char *all;    /* of a set: the file that says what there can be */
};

enum { SETTINGS_COUNT = 16 };
extern const struct unit_setting unit_settings[SETTINGS_COUNT];

/* The row of a name of unit files, or NULL. */
const struct unit_setting *unit_setting_find(const char *name);

/* Values of one unit, in the order of unit_settings; NULL is as "". */
struct settings {
	const char *value[SETTINGS_COUNT];
};
/* The value of this name, never NULL; and setting it, which does nothing where there is no such
 * setting. */
const char *unit_settings_get(const struct settings *settings, const char *name);
void unit_settings_put(struct settings *settings, const char *name, const char *value);

/* "150%" of a second's microseconds, and back; false where it does not read. */
const char *quota_text(struct arena *arena, uint64_t microseconds);
bool quota_parse(const char *text, uint64_t *ret_microseconds);

struct setting_device { /* one entry of SETTING_DEVICES */
	const char *path;
	uint64_t number;
};
struct setting_devices {
	ARRAY(struct setting_device) list;
};
/* false where the text does not read. */
bool unit_setting_devices_parse(struct arena *arena, const char *text, struct setting_devices *ret);
void unit_setting_devices_add(struct text *text, const char *path, uint64_t number);

/* The value as unit files say it ("Name=value", one line or several), appended. */
void unit_setting_write(struct text *text, const struct unit_setting *setting, const char *value);

/* Where the cgroup of a unit holds it; NULL where no single file does. */
const char *unit_setting_path(struct arena *arena, const char *unit,
			      const struct unit_setting *setting);
/* What is in force where systemd was `told` something and that file's line is `line`: what it was
 * told where the cgroup has that (the kernel counts memory in pages, systemd a quota in periods,
 * and a set of `all` is no limit), or else what the cgroup has; "" where it limits nothing. */
const char *unit_setting_in_force(struct arena *arena, const struct unit_setting *setting,
				  const char *told, const char *line, const char *all);

/* The cgroup of a slice below /sys/fs/cgroup: "machine-gold.slice" is
 * "machine.slice/machine-gold.slice" (systemd.slice(5)); of another unit its own name. */
const char *unit_cgroup(struct arena *arena, const char *unit);
