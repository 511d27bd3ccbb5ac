/* domain_settings.c - the rows behind domain_set: sizes, weights, limits, places, threads, words.
 */
#include <stdlib.h>
#include <string.h>

#include "formats/device.h"
#include "host/write/domain_set.h"

/* ---- typed parameters ---- */

static int parameter_add(const struct setting *setting, const char *text,
			 virTypedParameterPtr *parameters, int *count)
{
	int room = *count;

	switch (setting->type) {
	case VIR_TYPED_PARAM_UINT:
		return virTypedParamsAddUInt(parameters, count, &room, setting->key,
					     (unsigned)strtoul(text, NULL, 10));
	case VIR_TYPED_PARAM_INT:
		return virTypedParamsAddInt(parameters, count, &room, setting->key, atoi(text));
	case VIR_TYPED_PARAM_ULLONG:
		return virTypedParamsAddULLong(parameters, count, &room, setting->key,
					       strtoull(text, NULL, 10));
	case VIR_TYPED_PARAM_LLONG:
		return virTypedParamsAddLLong(parameters, count, &room, setting->key,
					      strtoll(text, NULL, 10));
	default:
		return virTypedParamsAddString(parameters, count, &room, setting->key, text);
	}
}

static int typed_set(struct write *write, virDomainPtr domain, const struct set *set,
		     unsigned scope, const char *value)
{
	virTypedParameterPtr parameters = NULL;
	int count = 0, result = -1;

	(void)write;
	if (parameter_add(set->setting, value ? value : "", &parameters, &count) == 0)
		result = set->setting->parameters(domain, parameters, count, scope);
	virTypedParamsFree(parameters, count);
	return result;
}

/* ---- sizes ---- */

static int vcpus_get(struct write *write, virDomainPtr domain, const struct set *set,
		     unsigned scope, const char **ret, struct faults *faults)
{
	int count = virDomainGetVcpusFlags(domain, scope);

	(void)set;
	if (count < 0)
		return virt_fault(faults, "cannot see the virtual CPUs");
	*ret = arena_printf(write->arena, "%d", count);
	return 0;
}

static int vcpus_set(struct write *write, virDomainPtr domain, const struct set *set,
		     unsigned scope, const char *value)
{
	(void)write, (void)set;
	return virDomainSetVcpusFlags(domain, (unsigned)strtoul(value, NULL, 10), scope);
}

static int memory_set(struct write *write, virDomainPtr domain, const struct set *set,
		      unsigned scope, const char *value)
{
	(void)write, (void)set;
	return virDomainSetMemoryFlags(domain, strtoul(value, NULL, 10), scope);
}

/* ---- places ---- */

/* As libvirt takes a set of CPUs: a bit each, the lowest first. */
struct cpu_map {
	unsigned char bytes[CPU_MAX / 8];
	int size;
};

static struct cpu_map map_of(const char *text)
{
	struct cpus cpus = {};
	struct cpu_map map = {};

	if (!text || !cpus_parse(text, &cpus))
		return map;
	for (unsigned cpu = 0; cpu < CPU_MAX; cpu++) {
		if (!cpus_has(&cpus, cpu))
			continue;
		VIR_USE_CPU(map.bytes, cpu);
		map.size = (int)(cpu / 8 + 1);
	}
	return map;
}

static unsigned index_of(const struct set *set)
{
	return set->index ? (unsigned)strtoul(set->index, NULL, 10) : 0;
}

static int vcpu_pin_set(struct write *write, virDomainPtr domain, const struct set *set,
			unsigned scope, const char *value)
{
	struct cpu_map map = map_of(value);

	(void)write;
	return virDomainPinVcpuFlags(domain, index_of(set), map.bytes, map.size, scope);
}

static int emulator_pin_set(struct write *write, virDomainPtr domain, const struct set *set,
			    unsigned scope, const char *value)
{
	struct cpu_map map = map_of(value);

	(void)write, (void)set;
	return virDomainPinEmulator(domain, map.bytes, map.size, scope);
}

static int iothread_pin_set(struct write *write, virDomainPtr domain, const struct set *set,
			    unsigned scope, const char *value)
{
	struct cpu_map map = map_of(value);

	(void)write;
	return virDomainPinIOThread(domain, index_of(set), map.bytes, map.size, scope);
}

/* ---- threads ---- */

/* The definition does not name those that are merely counted. */
static int iothread_get(struct write *write, virDomainPtr domain, const struct set *set,
			unsigned scope, const char **ret, struct faults *faults)
{
	virDomainIOThreadInfoPtr *threads = NULL;
	int count = virDomainGetIOThreadInfo(domain, &threads, scope);
	bool there = false;

	(void)write;
	if (count < 0)
		return virt_fault(faults, "cannot see the iothreads");
	for (int i = 0; i < count; i++) {
		there |= threads[i]->iothread_id == index_of(set);
		virDomainIOThreadInfoFree(threads[i]);
	}
	free(threads);
	*ret = there ? "true" : "false";
	return 0;
}

static int iothread_set(struct write *write, virDomainPtr domain, const struct set *set,
			unsigned scope, const char *value)
{
	(void)write;
	return string_equal(value, "true") ? virDomainAddIOThread(domain, index_of(set), scope)
					   : virDomainDelIOThread(domain, index_of(set), scope);
}

static int iothread_typed_set(struct write *write, virDomainPtr domain, const struct set *set,
			      unsigned scope, const char *value)
{
	virTypedParameterPtr parameters = NULL;
	int count = 0, result = -1;

	(void)write;
	if (parameter_add(set->setting, value, &parameters, &count) == 0)
		result =
			virDomainSetIOThreadParams(domain, index_of(set), parameters, count, scope);
	virTypedParamsFree(parameters, count);
	return result;
}

/* ---- one device of the host ---- */

/* libvirt's list of all devices, "/dev/sda,500,/dev/sdb,900": that of this one. */
static const char *device_value(struct arena *arena, const char *list, const char *device)
{
	while (list && *list) {
		size_t name = strcspn(list, ",");
		const char *value = list + name + (list[name] == ',');
		size_t size = strcspn(value, ",");
		if (strlen(device) == name && strncmp(list, device, name) == 0)
			return arena_strndup(arena, value, size);
		list = value + size + (value[size] == ',');
	}
	return NULL;
}

static int device_get(struct write *write, virDomainPtr domain, const struct set *set,
		      unsigned scope, const char **ret, struct faults *faults)
{
	virTypedParameter parameters[16] = {};
	int count = COUNT_OF(parameters);
	const char *list = NULL;

	if (virDomainGetBlkioParameters(domain, parameters, &count,
					scope | VIR_TYPED_PARAM_STRING_OKAY) < 0)
		return virt_fault(faults, "cannot see the limits of block devices");
	virTypedParamsGetString(parameters, count, set->setting->key, &list);
	*ret = device_value(write->arena, list, set->index);
	virTypedParamsClear(parameters, count);
	return 0;
}

static int device_set(struct write *write, virDomainPtr domain, const struct set *set,
		      unsigned scope, const char *value)
{
	return typed_set(write, domain, set, scope,
			 arena_printf(write->arena, "%s,%s", set->index, value));
}

/* ---- words ---- */

static int lifecycle_set(struct write *write, virDomainPtr domain, const struct set *set,
			 unsigned scope, const char *value)
{
	static const char *const actions[] = {
		[VIR_DOMAIN_LIFECYCLE_ACTION_DESTROY] = "destroy",
		[VIR_DOMAIN_LIFECYCLE_ACTION_RESTART] = "restart",
		[VIR_DOMAIN_LIFECYCLE_ACTION_RESTART_RENAME] = "rename-restart",
		[VIR_DOMAIN_LIFECYCLE_ACTION_PRESERVE] = "preserve",
		[VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY] = "coredump-destroy",
		[VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_RESTART] = "coredump-restart",
	};
	unsigned action = 0;

	(void)write;
	while (action < COUNT_OF(actions) && !string_equal(actions[action], value))
		action++;
	return virDomainSetLifecycleAction(domain, (unsigned)set->setting->type, action, scope);
}

static int text_set(struct write *write, virDomainPtr domain, const struct set *set, unsigned scope,
		    const char *value)
{
	(void)write;
	return virDomainSetMetadata(domain, set->setting->type, value, NULL, NULL, scope);
}

/* ---- the rows ---- */

/* A weight, quota or period of the CPU; the kernel's own values hold where none is said
 * (cgroup-v2.rst: cpu.weight 100, cpu.max "max 100000"). */
#define SCHEDULER(name_, key_, type_, rest_)                                      \
	{                                                                         \
		.name = "cpu_" name_, .place = "cputune/" name_, .rest = (rest_), \
		.set = typed_set, .key = (key_),                                  \
		.parameters = virDomainSetSchedulerParametersFlags,               \
		.type = VIR_TYPED_PARAM_##type_,                                  \
	}
/* A limit of memory; without one libvirt's own word for none. */
#define MEMORY_LIMIT(name_, place_, key_)                                                   \
	{                                                                                   \
		.name = (name_), .place = (place_), .form = SETTING_BYTES,                  \
		.rest = "9223372036854774784", .set = typed_set, .key = (key_),             \
		.parameters = virDomainSetMemoryParameters, .type = VIR_TYPED_PARAM_ULLONG, \
	}
/* Of a block device of the host; 0 is none. */
#define BLOCK_LIMIT(name_, key_)                                                    \
	{                                                                           \
		.name = (name_), .rest = "0", .get = device_get, .set = device_set, \
		.parameters = virDomainSetBlkioParameters, .key = (key_),           \
		.type = VIR_TYPED_PARAM_STRING,                                     \
	}
#define IOTHREAD(name_, place_, key_, type_, rest_)                                             \
	{                                                                                       \
		.name = (name_), .place = "iothreadids/iothread[id=*]" place_, .rest = (rest_), \
		.set = iothread_typed_set, .key = (key_), .type = VIR_TYPED_PARAM_##type_,      \
	}
#define LIFECYCLE(name_, TYPE, rest_)                                                             \
	{                                                                                         \
		.name = "on_" name_, .place = "on_" name_, .rest = (rest_), .set = lifecycle_set, \
		.type = VIR_DOMAIN_LIFECYCLE_##TYPE,                                              \
	}

static const struct setting settings[] = {
	{ .name = "vcpus",
	  .get = vcpus_get,
	  .set = vcpus_set,
	  .seconds = 10,
	  .asked = "the guest was asked to give back virtual CPUs" },
	{ .name = "memory",
	  .place = "currentMemory",
	  .form = SETTING_BYTES,
	  .set = memory_set,
	  .seconds = 10,
	  .asked = "the guest's balloon was asked to move" },

	SCHEDULER("shares", VIR_DOMAIN_SCHEDULER_CPU_SHARES, ULLONG, "100"),
	SCHEDULER("period", VIR_DOMAIN_SCHEDULER_VCPU_PERIOD, ULLONG, "100000"),
	SCHEDULER("quota", VIR_DOMAIN_SCHEDULER_VCPU_QUOTA, LLONG, "-1"),
	SCHEDULER("global_period", VIR_DOMAIN_SCHEDULER_GLOBAL_PERIOD, ULLONG, "100000"),
	SCHEDULER("global_quota", VIR_DOMAIN_SCHEDULER_GLOBAL_QUOTA, LLONG, "-1"),
	SCHEDULER("emulator_period", VIR_DOMAIN_SCHEDULER_EMULATOR_PERIOD, ULLONG, "100000"),
	SCHEDULER("emulator_quota", VIR_DOMAIN_SCHEDULER_EMULATOR_QUOTA, LLONG, "-1"),
	SCHEDULER("iothread_period", VIR_DOMAIN_SCHEDULER_IOTHREAD_PERIOD, ULLONG, "100000"),
	SCHEDULER("iothread_quota", VIR_DOMAIN_SCHEDULER_IOTHREAD_QUOTA, LLONG, "-1"),

	{ .name = "vcpu_pin",
	  .place = "cputune/vcpupin[vcpu=*]@cpuset",
	  .form = SETTING_CPUS,
	  .set = vcpu_pin_set },
	{ .name = "emulator_pin",
	  .place = "cputune/emulatorpin@cpuset",
	  .form = SETTING_CPUS,
	  .set = emulator_pin_set },
	{ .name = "iothread_pin",
	  .place = "cputune/iothreadpin[iothread=*]@cpuset",
	  .form = SETTING_CPUS,
	  .set = iothread_pin_set },
	{ .name = "numa_nodes",
	  .place = "numatune/memory@nodeset",
	  .form = SETTING_CPUS,
	  .set = typed_set,
	  .parameters = virDomainSetNumaParameters,
	  .key = VIR_DOMAIN_NUMA_NODESET,
	  .type = VIR_TYPED_PARAM_STRING },

	{ .name = "iothread", .get = iothread_get, .set = iothread_set, .rest = "false" },
	IOTHREAD("iothread_poll_max", "/poll@max", VIR_DOMAIN_IOTHREAD_POLL_MAX_NS, ULLONG,
		 "32768"),
	IOTHREAD("iothread_poll_grow", "/poll@grow", VIR_DOMAIN_IOTHREAD_POLL_GROW, UINT, "0"),
	IOTHREAD("iothread_poll_shrink", "/poll@shrink", VIR_DOMAIN_IOTHREAD_POLL_SHRINK, UINT,
		 "0"),
	IOTHREAD("iothread_pool_min", "@thread_pool_min", VIR_DOMAIN_IOTHREAD_THREAD_POOL_MIN, INT,
		 "0"),
	IOTHREAD("iothread_pool_max", "@thread_pool_max", VIR_DOMAIN_IOTHREAD_THREAD_POOL_MAX, INT,
		 "64"),

	MEMORY_LIMIT("memory_limit", "memtune/hard_limit", VIR_DOMAIN_MEMORY_HARD_LIMIT),
	MEMORY_LIMIT("memory_soft_limit", "memtune/soft_limit", VIR_DOMAIN_MEMORY_SOFT_LIMIT),
	MEMORY_LIMIT("memory_swap_limit", "memtune/swap_hard_limit",
		     VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT),

	{ .name = "io_weight",
	  .place = "blkiotune/weight",
	  .rest = "100",
	  .set = typed_set,
	  .parameters = virDomainSetBlkioParameters,
	  .key = VIR_DOMAIN_BLKIO_WEIGHT,
	  .type = VIR_TYPED_PARAM_UINT },
	BLOCK_LIMIT("device_read_iops", VIR_DOMAIN_BLKIO_DEVICE_READ_IOPS),
	BLOCK_LIMIT("device_write_iops", VIR_DOMAIN_BLKIO_DEVICE_WRITE_IOPS),
	BLOCK_LIMIT("device_read", VIR_DOMAIN_BLKIO_DEVICE_READ_BPS),
	BLOCK_LIMIT("device_write", VIR_DOMAIN_BLKIO_DEVICE_WRITE_BPS),

	LIFECYCLE("poweroff", POWEROFF, "destroy"),
	LIFECYCLE("reboot", REBOOT, "restart"),
	LIFECYCLE("crash", CRASH, "destroy"),
	{ .name = "title", .place = "title", .set = text_set, .type = VIR_DOMAIN_METADATA_TITLE },
	{ .name = "description",
	  .place = "description",
	  .set = text_set,
	  .type = VIR_DOMAIN_METADATA_DESCRIPTION },
};

const struct setting *domain_setting_find(struct arena *arena, const char *what,
					  const char **ret_index)
{
	size_t size = strcspn(what, ".");

	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		const char *name = settings[i].name;
		if (strncmp(name, what, size) != 0 || name[size])
			continue;
		*ret_index = what[size] ? arena_strdup(arena, what + size + 1) : NULL;
		return &settings[i];
	}
	return NULL;
}

/* ---- values ---- */

/* All of the machine's, as a set of the form 0-3. */
static const char *all_processors(struct write *write)
{
	int count = virNodeGetCPUMap(write->virt.connection, NULL, NULL, 0);

	return count > 0 ? arena_printf(write->arena, "0-%d", count - 1) : NULL;
}

const char *setting_rest(struct write *write, const struct setting *setting)
{
	bool pin = setting->form == SETTING_CPUS && !setting->parameters;

	return pin ? all_processors(write) : setting->rest;
}

bool setting_same(const struct setting *setting, const char *a, const char *b)
{
	struct cpus first = {}, second = {};

	if (setting->form != SETTING_CPUS || !a || !b || !cpus_parse(a, &first) ||
	    !cpus_parse(b, &second))
		return string_equal(a, b);
	return cpus_within(&first, &second) && cpus_within(&second, &first);
}

static const char *place_of(struct arena *arena, const struct set *set)
{
	const char *place = set->setting->place, *star = strchr(place, '*');

	return star ? arena_printf(arena, "%.*s%s%s", (int)(star - place), place,
				   set->index ? set->index : "", star + 1)
		    : place;
}

static int place_get(struct write *write, virDomainPtr domain, const struct set *set,
		     unsigned scope, const char **ret, struct faults *faults)
{
	const char *xml = NULL, *text = NULL;

	if (domain_dump(write, domain, scope, &xml, faults) < 0)
		return -1;
	int there = domain_element(write->arena, xml, place_of(write->arena, set), &text, faults);
	if (there <= 0)
		return there;
	*ret = set->setting->form == SETTING_BYTES
		       ? arena_printf(write->arena, "%llu", strtoull(text, NULL, 10) * 1024)
		       : text; /* libvirt always prints KiB */
	return 0;
}

int setting_get(struct write *write, virDomainPtr domain, const struct set *set, unsigned scope,
		const char **ret, struct faults *faults)
{
	const char *value = NULL;
	int result = set->setting->get
			     ? set->setting->get(write, domain, set, scope, &value, faults)
			     : place_get(write, domain, set, scope, &value, faults);

	if (result < 0)
		return -1;
	*ret = value ? value : setting_rest(write, set->setting);
	return 0;
}
