/* pools.c - folders that hold images and volumes, known to libvirt as pools of type dir.
 *
 * Guests are told files, never libvirt's volumes; the pool is there for virsh, virt-manager
 * and Cockpit.  Ours by its UUID, which follows from its name: libvirt keeps no metadata of
 * pools.
 */
#include <string.h>

#include "formats/pool.h"
#include "formats/uuid.h"
#include "kinds/other.h"
#include "kinds/storage.h"

static const char *const types[] = { "dir", NULL };

static const struct field fields[] = {
	FIELD("name", struct pool, name, CLASS_SERVICE_RESTART,
	      "libvirt's name of it, where that is not the key", .example = "default"),
	FIELD("type", struct pool, type, CLASS_SERVICE_RESTART, "what it is made of (<pool type=>)",
	      .choices = types, .fallback = "dir"),
	FIELD_TEXT("path", struct pool, path, &type_path, CLASS_SERVICE_RESTART,
		   "its folder (<target><path>); default /var/lib/gasthof/pools/NAME",
		   .example = "/srv/guests"),
	FIELD("autostart", struct pool, autostart, CLASS_NONE,
	      "whether libvirt opens it with the host (virsh pool-autostart)",
	      .flags = FIELD_NOT_RUNNING, .fallback = "true"),
	FIELD("overcommit", struct pool, overcommit, CLASS_NONE,
	      "whether volumes may be promised more room than there is", .flags = FIELD_PLAIN,
	      .fallback = "false"),
	FIELD("active", struct pool, active, CLASS_LIVE, "whether libvirt has it open",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED),
};
const struct record pool_record = RECORD(struct pool, fields);

static const char *pool_name(const struct item *item)
{
	const struct pool *pool = item->value;

	return GIVEN(&pool_record, pool, name) ? pool->name : item->name;
}

static const char *pool_uuid(struct arena *arena, const char *name)
{
	return uuid_of(arena, arena_printf(arena, "gasthof/pools/%s", name));
}

static void pools_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct pool *pool = item->value;

	(void)faults;
	if (!GIVEN(&pool_record, pool, type))
		SET(&pool_record, pool, type, "dir");
	if (!GIVEN(&pool_record, pool, path))
		SET(&pool_record, pool, path, storage_pool_path(desired, item->name));
	if (!GIVEN(&pool_record, pool, autostart))
		SET(&pool_record, pool, autostart, true);
	SET(&pool_record, pool, active, true);
}

/* ---- check ---- */

static bool is_below(const char *path, const char *above)
{
	size_t size = strlen(above);

	if (size && above[size - 1] == '/')
		size--;
	return strncmp(path, above, size) == 0 && (!path[size] || path[size] == '/');
}

static const char *const system_folders[] = { "/bin", "/boot", "/dev", "/etc", "/lib", "/proc",
					      "/run", "/sbin", "/sys", "/usr", "/efi", NULL };

static void path_check(const struct item *item, const char *path, struct faults *faults)
{
	bool bad = strcmp(path, "/") == 0;

	for (const char *const *folder = system_folders; *folder; folder++)
		bad = bad || is_below(path, *folder);
	if (!bad)
		return;
	(void)fault_at(faults, item_mark(item, "path"), "\"%s\" belongs to the system", path);
	fault_hint(faults, "a pool is a folder of its own, such as /srv/guests");
}

static void pools_check(const struct item *item, const struct desired *desired,
			struct faults *faults)
{
	const struct pool *pool = item->value;

	path_check(item, pool->path, faults);
	DESIRED_EACH(other, desired, "pools") {
		const struct pool *there = other->value;
		if (other == item)
			return; /* each pair once, at the later of the two */
		if (strcmp(pool_name(item), pool_name(other)) == 0) {
			(void)fault_at(faults, item_mark(item, "name"),
				       "pools.%s has this name already", other->name);
			fault_also(faults, item_mark(other, "name"), "the other one");
		}
		if (!is_below(pool->path, there->path) && !is_below(there->path, pool->path))
			continue;
		(void)fault_at(faults, item_mark(item, "path"),
			       "\"%s\" and the folder of pools.%s lie in each other", pool->path,
			       other->name);
		fault_also(faults, item_mark(other, "path"), "the other folder");
	}
}

/* ---- observe ---- */

static int folder_is_there(struct host *host, const char *path, struct faults *faults)
{
	struct host_file file = {};
	int found = host_stat(host, path, &file, faults);

	return found < 0 ? -1 : found && file.kind == FILE_DIRECTORY;
}

/* The path is said to be there only where its two folders are. */
static int pool_observe(struct host *host, const struct host_virt_object *object,
			const struct pool_definition *seen, struct items *items,
			struct faults *faults)
{
	struct item *item = items_add(items, &pools_kind, object->name);
	struct pool *pool = item->value;

	item->ours = string_equal(object->uuid, pool_uuid(items->arena, object->name));
	SET(&pool_record, pool, name, item->name);
	SET(&pool_record, pool, type, arena_strdup(items->arena, seen->type));
	SET(&pool_record, pool, autostart, object->autostart);
	SET(&pool_record, pool, active, object->active);
	if (!seen->path)
		return 0;
	int there = folder_is_there(host, seen->path, faults);
	int images =
		folder_is_there(host, arena_printf(items->arena, "%s/images", seen->path), faults);
	if (there < 0 || images < 0)
		return -1;
	if ((there && images) || !item->ours)
		SET(&pool_record, pool, path, arena_strdup(items->arena, seen->path));
	return 0;
}

static int pools_observe(struct host *host, struct items *configured, struct items *running,
			 struct faults *faults)
{
	struct host_virt_objects objects = {};

	if (host_pools(host, &objects, faults) < 0)
		return -1;
	EACH(object, &objects.list) {
		struct pool_definition seen = {};
		WITHIN(faults, "pool %s", object->name);
		if (pool_read(configured->arena, object->xml, &seen, faults) < 0)
			return -1;
		if (object->persistent && pool_observe(host, object, &seen, configured, faults) < 0)
			return -1;
		if (pool_observe(host, object, &seen, running, faults) < 0)
			return -1;
	}
	return 0;
}

static bool pools_same(const struct item *want, const struct item *seen)
{
	return strcmp(pool_name(want), seen->name) == 0;
}

static int pools_probe(struct host *host, struct arena *arena, const struct item *want,
		       const struct desired *desired, const void **ret_facts, struct faults *faults)
{
	struct storage_facts *facts = ARENA_NEW(arena, struct storage_facts);
	const struct pool *pool = want->value;

	(void)desired;
	if (storage_look(host, pool->path, facts, faults) < 0)
		return -1;
	*ret_facts = facts;
	return 0;
}

/* ---- plan ---- */

/* Whether nothing is left in the pool but what goes before it. */
static bool folder_empty(const struct view *view, const char *pool)
{
	static const char *const contents[] = { "volumes", "images" };

	for (size_t i = 0; i < COUNT_OF(contents); i++) {
		const struct seen_kind *seen = seen_find(view->seen, contents[i]);
		if (!seen)
			continue;
		EACH(each, &seen->configured.list) {
			const struct item *item = *each;
			bool here = string_equal(
				other_text(item->kind->record, item->value, "pool"), pool);
			if (here &&
			    (!item->ours || desired_find(view->desired, contents[i], item->name)))
				return false;
		}
	}
	return true;
}

static void pool_remove(const struct change *change, struct steps *steps)
{
	const struct item *there = change->configured ? change->configured : change->running;
	const struct pool *running = change->running ? change->running->value : NULL;

	if (running && running->active)
		step_add(steps, VERB_pool_stop, CLASS_LIVE, there->name);
	if (change->configured)
		step_add(steps, VERB_pool_undefine, CLASS_NONE, there->name);
	const char *path = ((const struct pool *)there->value)->path;
	/* Only where they are empty: what lies in them is not the pool's to take away. */
	if (path && folder_empty(change->view, there->name)) {
		step_add(steps, VERB_directory_remove, CLASS_NONE,
			 arena_printf(steps->arena, "%s/images", path));
		step_add(steps, VERB_directory_remove, CLASS_NONE, path);
	}
}

/* What is described to lie in the pool stays behind where it moves, and is made anew. */
static enum class move_class(const struct change *change, struct steps *steps) {
	const struct pool *want = change->want->value;
	const struct pool *there = change->configured ? change->configured->value : NULL;
	const struct seen_kind *volumes = seen_find(change->view->seen, "volumes");
	struct text left = text_of(steps->arena);

	if (!there || !there->path || string_equal(there->path, want->path) ||
	    !volumes) return CLASS_NONE;
	EACH(each, &volumes->configured.list){
		const struct volume *volume = (*each)->value;
		if ((*each)->ours && string_equal(volume->pool, change->configured->name) &&
		    desired_find(change->view->desired, "volumes", (*each)->name))
			text_addf(&left, "%s%s", left.size ? ", " : "", (*each)->path); }
if (!left.size) return CLASS_NONE;
steps_note(steps, "what lies in \"%s\" is not moved, and would be made anew, empty: %s",
	   there->path, left.at);
return CLASS_DESTROYS_DATA;
}

static void folders_make(struct steps *steps, const char *path)
{
	/* the emulator's user has to pass through, and nobody has to list */
	step_add(steps, VERB_directory_make, CLASS_NONE, path, "0711", NULL);
	step_add(steps, VERB_directory_make, CLASS_NONE,
		 arena_printf(steps->arena, "%s/images", path), "0711", NULL);
}

static void pool_define(const struct change *change, enum class class, struct steps *steps)
{
	const struct pool *pool = change->want->value;
	const char *name = pool_name(change->want);
	struct text text = text_of(steps->arena);

	pool_write(&text, &(struct pool_definition){ .name = name,
						     .uuid = pool_uuid(steps->arena, name),
						     .type = pool->type,
						     .path = pool->path });
	step_body(steps, step_add(steps, VERB_pool_define, class, name), text.at, text.size);
}

static bool definition_differs(const struct change *change)
{
	static const char *const parts[] = { "name", "type", "path" };

	for (size_t i = 0; i < COUNT_OF(parts); i++)
		if (paths_has(change->differs, parts[i]))
			return true;
	return !change->configured;
}

static int pools_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	if (!change->want) {
		pool_remove(change, steps);
		return 0;
	}
	const struct pool *pool = change->want->value;
	const struct pool *running = change->running ? change->running->value : NULL;
	const struct storage_facts *facts = change->facts;
	const char *name = pool_name(change->want);
	bool define = definition_differs(change), active = running && running->active;

	if (facts && facts->there && !facts->folder) {
		(void)fault(faults, FAULT_HOST, "\"%s\" is there and is no folder", pool->path);
		fault_last(faults)->mark = item_mark(change->want, "path");
		return -1;
	}
	if (define) {
		if (active && change->configured)
			step_add(steps, VERB_pool_stop, CLASS_LIVE, name);
		folders_make(steps, pool->path);
		pool_define(change, move_class(change, steps), steps);
		active = active && !change->configured;
	}
	if (paths_has(change->differs, "autostart") || !change->configured)
		step_add(steps, VERB_pool_autostart, CLASS_NONE, name,
			 pool->autostart ? "true" : "false");
	if (!active)
		step_add(steps, VERB_pool_start, CLASS_LIVE, name);
	return 0;
}

static int pools_render(const struct item *item, const struct view *view, struct text *text,
			struct faults *faults)
{
	const struct pool *pool = item->value;
	const char *name = pool_name(item);

	(void)view, (void)faults;
	pool_write(text, &(struct pool_definition){ .name = name,
						    .uuid = pool_uuid(text->arena, name),
						    .type = pool->type,
						    .path = pool->path });
	return 0;
}

static const char *const needs[] = { "require", NULL };

const struct kind pools_kind = {
	.path = "pools",
	.summary = "folders for images and volumes",
	.shape = SHAPE_NAMED,
	.flags = KIND_HEARD,
	.adopt = ADOPT_ASK,
	.record = &pool_record,
	.needs = needs,
	.complete = pools_complete,
	.check = pools_check,
	.observe = pools_observe,
	.probe = pools_probe,
	.same = pools_same,
	.plan = pools_plan,
	.render = pools_render,
};
