/* guests_live_settings.c - sizes, weights, limits and places of a guest that runs.
 *
 * The definition is defined anew in any case; here libvirt is told of the running half, setting by
 * setting (domain_set), with the values that the description gives.  What is no longer said goes
 * back to what libvirt and the kernel have where nothing is said, and stands in the running
 * definition as such until the next start.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kinds/guests_live.h"

/* ---- values ---- */

/* One thing is told once, however many fields say it. */
static bool setting_step(struct guest_live *live, enum class class, const char *what,
			 const char *value)
{
	EACH(step, &live->steps->list)
		if (step->verb == VERB_domain_set && string_equal(step->argument[1], what))
			return true;
	step_add(live->steps, VERB_domain_set, class, live->name, what, value, "live");
	return true;
}

/* The member of a record at a path, and its row; NULL where it is not given. */
static const void *member_at(struct arena *arena, const struct record *record, const void *value,
			     const char *path, const struct field **ret_field)
{
	for (;;) {
		size_t size = strcspn(path, ".");
		const struct field *field = record_find(record, arena_strndup(arena, path, size));
		if (!field)
			return NULL;
		const void *member = (const char *)value + field->offset;
		path += size;
		if (!*path) {
			*ret_field = field;
			return record_given(record, value, field->offset) ? member : NULL;
		}
		path++;
		if (field->form == FORM_MAP) {
			size = strcspn(path, ".");
			const struct member *one =
				map_get(member, arena_strndup(arena, path, size));
			if (!one || !path[size])
				return NULL;
			member = one->value;
			path += size + 1;
		}
		record = field->record;
		value = member;
	}
}

/* As domain_set takes it: numbers plain, sizes in bytes, texts as they are. */
static const char *value_at(struct guest_live *live, const struct guest *guest, const char *path)
{
	struct arena *arena = live->steps->arena;
	const struct field *field = NULL;
	const void *member = member_at(arena, &guest_record, guest, path, &field);

	if (!member)
		return NULL;
	if (field->type == &type_bytes)
		return arena_printf(arena, "%" PRIu64, ((const struct bytes *)member)->count);
	if (field->type == &type_text || field->type == &type_block)
		return *(const char *const *)member;
	return type_text_of(field->type, member, arena);
}

/* ---- plain settings ---- */

static bool setting_live(struct guest_live *live, const struct live_way *way,
			 const struct path *path)
{
	const char *value = value_at(live, live_wanted(live), path->path);

	if (!value && string_equal(value_at(live, live_running(live), path->path), way->rest))
		return true;
	return (value || way->rest) &&
	       setting_step(live, path->class, way->what, value ? value : way->rest);
}

/* Text that is no longer said is taken away. */
static bool text_live(struct guest_live *live, const struct live_way *way, const struct path *path)
{
	return setting_step(live, path->class, way->what,
			    value_at(live, live_wanted(live), path->path));
}

/* ---- sizes ---- */

/* What its balloon makes of a size is the guest's business: one without its driver keeps all it was
 * started with, and so does one that still boots, whatever QEMU was told.  One with a driver has
 * all because somebody gave it all. */
static bool memory_live(struct guest_live *live, const struct live_way *way,
			const struct path *path)
{
	const struct guest_memory *want = &live_wanted(live)->memory;
	const struct guest_memory *have = &live_running(live)->memory;

	(void)way;
	if (!GIVEN(&guest_memory_record, want, size) || want->size.count > have->most.count)
		return false;
	if (string_equal(live_running(live)->balloon.model, "none")) /* PIT46 */
		return !(path->where & IN_CONFIGURED);
	if (!(path->where & IN_CONFIGURED) && have->size.count == have->most.count &&
	    !live_running(live)->balloon_filled) {
		steps_wait(live->steps, WAIT_EVENT,
			   "its balloon gives memory back: a guest without the driver keeps all");
		return true;
	}
	return setting_step(live, path->class, "memory",
			    value_at(live, live_wanted(live), path->path));
}

/* Those that it was started with cannot be taken away, only those that were added since
 * (hotpluggable= of <vcpu>). */
static uint32_t vcpus_fixed(const struct guest_vcpus *vcpus)
{
	uint32_t fixed = 0;

	if (!vcpus->each.count)
		return vcpus->count;
	for (size_t i = 0; i < vcpus->each.count; i++) {
		const struct guest_each_vcpu *each = vcpus->each.at[i].value;
		fixed += each->enabled && !each->hotpluggable;
	}
	return fixed;
}

static bool vcpus_live(struct guest_live *live, const struct live_way *way, const struct path *path)
{
	const struct guest_vcpus *want = &live_wanted(live)->vcpus;
	const struct guest_vcpus *have = &live_running(live)->vcpus;

	(void)way;
	if (!GIVEN(&guest_vcpus_record, want, count) || want->count > have->most)
		return false;
	if (want->count < vcpus_fixed(have)) {
		live_wait(live, "it keeps the virtual CPUs that it was started with until its "
				"next start");
		return false;
	}
	return setting_step(live, path->class, "vcpus",
			    value_at(live, live_wanted(live), path->path));
}

/* ---- places ---- */

/* Where it runs that is not pinned: where all of the guest may, or anywhere. */
static const char *pin_rest(struct guest_live *live)
{
	const struct guest_vcpus *want = &live_wanted(live)->vcpus;
	const struct guest_facts *facts = live->change->facts;

	if (GIVEN(&guest_vcpus_record, want, cpu_set))
		return type_text_of(&type_cpus, &want->cpu_set, live->steps->arena);
	return facts && facts->online ? type_text_of(&type_cpus, facts->online, live->steps->arena)
				      : NULL;
}

static bool cpus_same(const char *a, const char *b)
{
	struct cpus first = {}, second = {};

	return a && b && cpus_parse(a, &first) && cpus_parse(b, &second) &&
	       cpus_within(&first, &second) && cpus_within(&second, &first);
}

static bool pin_at(struct guest_live *live, const char *what, const char *path)
{
	const char *value = value_at(live, live_wanted(live), path), *rest = pin_rest(live);

	if (!value && cpus_same(value_at(live, live_running(live), path), rest))
		return true;
	return (value || rest) && setting_step(live, CLASS_LIVE, what, value ? value : rest);
}

/* A member that comes or goes, or its set. */
static bool pin_live(struct guest_live *live, const struct live_way *way, const struct path *path)
{
	struct arena *arena = live->steps->arena;
	bool member = path->kind == PATH_MEMBER_ADD || path->kind == PATH_MEMBER_REMOVE;
	const char *at = member ? arena_printf(arena, "%s.cpu_set", path->path) : path->path;

	return pin_at(live, arena_printf(arena, "%s.%s", way->what, live_part(live, path, 2)), at);
}

static bool emulator_live(struct guest_live *live, const struct live_way *way,
			  const struct path *path)
{
	return pin_at(live, way->what, path->path);
}

/* libvirt moves the memory of a guest that is bound to its nodes, and of no other. */
static bool nodes_live(struct guest_live *live, const struct live_way *way, const struct path *path)
{
	const char *value = value_at(live, live_wanted(live), path->path);
	const char *mode = live_running(live)->memory.numa.mode;

	return value && (string_equal(mode, "strict") || string_equal(mode, "restrictive")) &&
	       setting_step(live, path->class, way->what, value);
}

/* ---- limits of memory ---- */

static uint64_t limit_of(const struct guest_memory *memory, bool swap)
{
	if (swap)
		return GIVEN(&guest_memory_record, memory, swap_limit) ? memory->swap_limit.count
								       : UINT64_MAX;
	return GIVEN(&guest_memory_record, memory, hard_limit) ? memory->hard_limit.count
							       : UINT64_MAX;
}

static bool differs_running(const struct guest_live *live, const char *name)
{
	const struct paths *differs = live->change->differs;

	for (size_t i = 0; i < differs->count; i++)
		if (differs->at[i].where & IN_RUNNING && string_equal(differs->at[i].path, name))
			return true;
	return false;
}

static void limit_step(struct guest_live *live, const char *what, const char *path,
		       const char *rest)
{
	const char *value = value_at(live, live_wanted(live), path);

	if (differs_running(live, path))
		setting_step(live, CLASS_LIVE, what, value ? value : rest);
}

/* Memory with swap is never less than without, not even between two steps: what grows, grows from
 * the larger end. */
static bool limits_live(struct guest_live *live, const struct live_way *way,
			const struct path *path)
{
	const struct guest_memory *want = &live_wanted(live)->memory;
	const struct guest_memory *have = &live_running(live)->memory;
	bool swap = differs_running(live, "memory.swap_limit");
	bool hard = differs_running(live, "memory.hard_limit");
	uint64_t before = limit_of(have, true), after = swap ? limit_of(want, true) : before;

	(void)path;
	if (limit_of(hard ? want : have, false) > after)
		return false;
	if (after > before)
		limit_step(live, "memory_swap_limit", "memory.swap_limit", way->rest);
	limit_step(live, "memory_limit", "memory.hard_limit", way->rest);
	limit_step(live, "memory_swap_limit", "memory.swap_limit", way->rest);
	return true;
}

/* ---- iothreads ---- */

struct numbers {
	ARRAY(uint32_t) list;
};

static bool has_number(const struct numbers *numbers, uint32_t number)
{
	EACH(each, &numbers->list)
		if (*each == number)
			return true;
	return false;
}

/* Those with a number of their own, and libvirt's lowest free ones up to the count. */
static struct numbers threads_of(struct arena *arena, const struct guest_iothreads *threads)
{
	struct numbers numbers = {};

	for (size_t i = 0; i < threads->each.count; i++)
		ARRAY_PUSH(arena, &numbers.list,
			   (uint32_t)strtoul(threads->each.at[i].name, NULL, 10));
	for (uint32_t next = 1; numbers.list.count < threads->count; next++)
		if (!has_number(&numbers, next))
			ARRAY_PUSH(arena, &numbers.list, next);
	return numbers;
}

/* A disk that runs on it holds it. */
static bool thread_is_used(const struct guest *guest, uint32_t number)
{
	for (size_t i = 0; i < guest->disks.count; i++) {
		const struct guest_disk *disk = guest->disks.at[i].value;
		if (disk->iothread == number || disk->iothreads.count)
			return true;
	}
	for (size_t i = 0; i < guest->controllers.count; i++) {
		const struct guest_controller *controller = guest->controllers.at[i].value;
		if (controller->iothread == number || controller->iothreads.count)
			return true;
	}
	return false;
}

static bool thread_add(struct guest_live *live, const char *number)
{
	return setting_step(live, CLASS_LIVE,
			    arena_printf(live->steps->arena, "iothread.%s", number), "true");
}

static bool thread_remove(struct guest_live *live, const char *number)
{
	if (thread_is_used(live_running(live), (uint32_t)strtoul(number, NULL, 10))) {
		live_wait(live, "a disk runs on the iothread that is to go");
		return false;
	}
	return setting_step(live, CLASS_LIVE,
			    arena_printf(live->steps->arena, "iothread.%s", number), "false");
}

static bool thread_move(struct guest_live *live, const struct live_way *way,
			const struct path *path)
{
	const char *number = live_part(live, path, 2);

	(void)way;
	return path->kind == PATH_MEMBER_ADD ? thread_add(live, number)
					     : thread_remove(live, number);
}

static bool threads_live(struct guest_live *live, const struct live_way *way,
			 const struct path *path)
{
	struct arena *arena = live->steps->arena;
	struct numbers want = threads_of(arena, &live_wanted(live)->iothreads);
	struct numbers have = threads_of(arena, &live_running(live)->iothreads);
	bool all = true;

	(void)way, (void)path;
	EACH(number, &want.list)
		if (!has_number(&have, *number))
			all &= thread_add(live, arena_printf(arena, "%" PRIu32, *number));
	EACH(number, &have.list)
		if (!has_number(&want, *number))
			all &= thread_remove(live, arena_printf(arena, "%" PRIu32, *number));
	return all;
}

/* Of one thread: its number stands in the path. */
static bool thread_live(struct guest_live *live, const struct live_way *way,
			const struct path *path)
{
	struct live_way one = *way;

	one.what = arena_printf(live->steps->arena, "%s.%s", way->what, live_part(live, path, 2));
	return setting_live(live, &one, path);
}

/* ---- block devices of the host ---- */

static const struct guest_blkio_device *device_of(const struct guest *guest, const char *name)
{
	const struct member *member = map_get(&guest->block_io.devices, name);

	return member ? member->value : NULL;
}

/* The row is the limit, the device is told by its path. */
static bool device_limit_live(struct guest_live *live, const struct live_way *way,
			      const struct path *path)
{
	const char *name = live_part(live, path, 2);
	const struct guest_blkio_device *want = device_of(live_wanted(live), name);
	const struct guest_blkio_device *have = device_of(live_running(live), name);
	const struct guest_blkio_device *device = want ? want : have;
	struct live_way one = *way;

	if (!device || !device->path || (want && have && !string_equal(want->path, have->path)))
		return false;
	one.what = arena_printf(live->steps->arena, "%s.%s", way->what, device->path);
	return setting_live(live, &one, path);
}

/* A device that comes or goes: each of its limits. */
static bool device_limits_live(struct guest_live *live, const struct live_way *way,
			       const struct path *path);

static const struct live_way ways[] = {
	{ "memory.size", memory_live },
	{ "memory.node", nodes_live, "numa_nodes" },
	{ "memory.numa.nodes", nodes_live, "numa_nodes" },
	{ "memory.hard_limit", limits_live, NULL, "9223372036854774784" },
	{ "memory.soft_limit", setting_live, "memory_soft_limit", "9223372036854774784" },
	{ "memory.swap_limit", limits_live, NULL, "9223372036854774784" },
	{ "vcpus.count", vcpus_live },
	{ "vcpus.pin.*", pin_live, "vcpu_pin" },
	{ "vcpus.pin.*.cpu_set", pin_live, "vcpu_pin" },
	{ "vcpus.emulator", emulator_live, "emulator_pin" },
	{ "vcpus.shares", setting_live, "cpu_shares", "100" },
	{ "vcpus.period", setting_live, "cpu_period", "100000" },
	{ "vcpus.quota", setting_live, "cpu_quota", "-1" },
	{ "vcpus.global_period", setting_live, "cpu_global_period", "100000" },
	{ "vcpus.global_quota", setting_live, "cpu_global_quota", "-1" },
	{ "vcpus.emulator_period", setting_live, "cpu_emulator_period", "100000" },
	{ "vcpus.emulator_quota", setting_live, "cpu_emulator_quota", "-1" },
	{ "iothreads.count", threads_live },
	{ "iothreads.each.*", thread_move },
	{ "iothreads.each.*.pool_min", thread_live, "iothread_pool_min", "0" },
	{ "iothreads.each.*.pool_max", thread_live, "iothread_pool_max", "64" },
	{ "iothreads.each.*.poll.max", thread_live, "iothread_poll_max", "32768" },
	{ "iothreads.each.*.poll.grow", thread_live, "iothread_poll_grow", "0" },
	{ "iothreads.each.*.poll.shrink", thread_live, "iothread_poll_shrink", "0" },
	{ "iothreads.pin.*", pin_live, "iothread_pin" },
	{ "iothreads.pin.*.cpu_set", pin_live, "iothread_pin" },
	{ "iothreads.period", setting_live, "cpu_iothread_period", "100000" },
	{ "iothreads.quota", setting_live, "cpu_iothread_quota", "-1" },
	{ "block_io.weight", setting_live, "io_weight", "100" },
	{ "block_io.devices.*", device_limits_live },
	{ "block_io.devices.*.read_iops", device_limit_live, "device_read_iops", "0" },
	{ "block_io.devices.*.write_iops", device_limit_live, "device_write_iops", "0" },
	{ "block_io.devices.*.read", device_limit_live, "device_read", "0" },
	{ "block_io.devices.*.write", device_limit_live, "device_write", "0" },
	{ "lifecycle.poweroff", setting_live, "on_poweroff", "destroy" },
	{ "lifecycle.reboot", setting_live, "on_reboot", "restart" },
	{ "lifecycle.crash", setting_live, "on_crash", "destroy" },
	{ "title", text_live, "title" },
	{ "description", text_live, "description" },
};

const struct live_ways guest_setting_ways = LIVE_WAYS(ways);

static bool device_limits_live(struct guest_live *live, const struct live_way *way,
			       const struct path *path)
{
	struct path one = *path;
	bool all = true;

	for (size_t i = 0; i < guest_blkio_device_record.field_count; i++) {
		const char *name = guest_blkio_device_record.fields[i].name;
		one.path = arena_printf(live->steps->arena, "%s.%s", path->path, name);
		const struct live_way *limit = guest_live_way(one.path);
		bool said = value_at(live, live_wanted(live), one.path) ||
			    value_at(live, live_running(live), one.path);
		if (limit && limit != way && said)
			all &= limit->go(live, limit, &one);
	}
	return all;
}
