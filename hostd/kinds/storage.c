#include "kinds/storage.h"

#include <string.h>

#include "formats/guest.h"
#include "formats/pool.h"
#include "formats/uuid.h"

/* ---- where described things lie ---- */

const char *storage_pool_path(const struct desired *desired, const char *name)
{
	const struct item *item = desired_find(desired, "pools", name);
	const struct pool *pool = item ? item->value : NULL;

	/* The default pool may be implied only later; other names are faults already. */
	if (pool && GIVEN(&pool_record, pool, path))
		return pool->path;
	return arena_printf(desired->arena, STORAGE_FOLDER "/%s", name);
}

static const struct image *image_of(const struct desired *desired, const char *name)
{
	const struct item *item = desired_find(desired, "images", name);

	return item ? item->value : NULL;
}

const char *storage_image_pool(const struct desired *desired, const char *name)
{
	const struct image *image = image_of(desired, name);

	if (!image)
		return NULL;
	return GIVEN(&image_record, image, pool) ? image->pool : "default";
}

enum { IMAGE_VERSION_SIZE = 12 };

/* Which version it is: by content, or by where it comes from. */
static const char *image_version(struct arena *arena, const struct image *image)
{
	uint8_t digest[SHA1_SIZE];
	const char *url = image->url ? image->url : "";

	if (GIVEN(&image_record, image, sha256))
		return arena_strndup(arena, image->sha256.hex, IMAGE_VERSION_SIZE);
	sha1(url, strlen(url), digest);
	return arena_printf(arena, "%02x%02x%02x%02x%02x%02x", digest[0], digest[1], digest[2],
			    digest[3], digest[4], digest[5]);
}

const char *storage_image_path(const struct desired *desired, const char *name)
{
	const struct image *image = image_of(desired, name);
	const char *pool = storage_image_pool(desired, name);
	const char *folder = pool ? storage_pool_path(desired, pool) : NULL;

	if (!folder)
		return NULL;
	return arena_printf(desired->arena, "%s/images/%s-%s.%s", folder, name,
			    image_version(desired->arena, image), image->format);
}

const char *storage_volume_format(const struct volume *volume)
{
	return GIVEN(&volume_record, volume, format) ? volume->format : "qcow2";
}

const char *storage_volume_pool(const struct desired *desired, const struct volume *volume)
{
	if (GIVEN(&volume_record, volume, pool))
		return volume->pool;
	if (GIVEN(&volume_record, volume, image))
		return storage_image_pool(desired, volume->image);
	return "default";
}

const char *storage_volume_path(const struct desired *desired, const char *name)
{
	const struct item *item = desired_find(desired, "volumes", name);
	const char *pool = item ? storage_volume_pool(desired, item->value) : NULL;
	const char *folder = pool ? storage_pool_path(desired, pool) : NULL;

	if (!folder)
		return NULL;
	bool raw = strcmp(storage_volume_format(item->value), "raw") == 0;
	return arena_printf(desired->arena, "%s/%s.%s", folder, name, raw ? "img" : "qcow2");
}

/* ---- what the machine has ---- */

static void folder_add(struct host *host, struct storage_folders *folders, const char *pool,
		       const char *path)
{
	EACH(folder, &folders->list)
		if (strcmp(folder->path, path) == 0)
			return;
	struct storage_folder folder = { pool, path };
	ARRAY_PUSH(host->arena, &folders->list, folder);
}

int storage_folders(struct host *host, struct storage_folders *ret, struct faults *faults)
{
	struct storage_folders folders = {};
	struct host_virt_objects pools = {};
	struct host_names names = {};

	if (host_pools(host, &pools, faults) < 0 ||
	    host_list(host, STORAGE_FOLDER, &names, faults) < 0)
		return -1;
	EACH(object, &pools.list) {
		struct pool_definition pool = {};
		WITHIN(faults, "pool %s", object->name);
		if (pool_read(host->arena, object->xml, &pool, faults) < 0)
			return -1;
		if (strcmp(pool.type, "dir") == 0 && pool.path)
			folder_add(host, &folders, pool.name, pool.path);
	}
	EACH(name, &names.list)
		folder_add(host, &folders, *name,
			   arena_printf(host->arena, STORAGE_FOLDER "/%s", *name));
	*ret = folders;
	return 0;
}

int storage_mark(struct host *host, const char *path, const char *kind, const char **ret_name,
		 struct faults *faults)
{
	const char *mark = NULL;
	size_t size = strlen(kind);
	int found = host_xattr(host, path, STORAGE_MARK, &mark, faults);

	if (found <= 0)
		return found;
	if (strncmp(mark, kind, size) != 0 || mark[size] != '.')
		return 0;
	*ret_name = mark + size + 1;
	return 1;
}

int storage_digest(struct host *host, const char *path, const char *attribute,
		   const char **ret_digest, const char **ret_rest, struct faults *faults)
{
	enum { DIGEST_SIZE = 64 }; /* in hexadecimal digits */
	const char *text = NULL;
	int found = host_xattr(host, path, attribute, &text, faults);

	if (found <= 0)
		return found;
	if (strlen(text) < DIGEST_SIZE)
		return 0;
	*ret_digest = arena_strndup(host->arena, text, DIGEST_SIZE);
	*ret_rest = text + DIGEST_SIZE;
	return 1;
}

const char *storage_image_name(struct arena *arena, const char *path)
{
	static const char folder[] = "/images/";
	const char *file = strrchr(path, '/');

	if (!file || file - path < (ptrdiff_t)strlen("/images") ||
	    strncmp(file - strlen("/images"), folder, strlen(folder)) != 0)
		return NULL;
	const char *dash = strrchr(++file, '-');
	bool version = dash && dash > file && strcspn(dash + 1, ".") == IMAGE_VERSION_SIZE;
	return version ? arena_strndup(arena, file, (size_t)(dash - file)) : NULL;
}

/* Room is that of the nearest folder above that is there. */
static int room_look(struct host *host, const char *path, struct storage_facts *facts,
		     struct faults *faults)
{
	char *above = arena_strdup(host->arena, path);

	for (;;) {
		char *slash = strrchr(above, '/');
		if (!slash || slash == above)
			above = arena_strdup(host->arena, "/");
		else
			*slash = '\0';
		int found = host_space(host, above, &facts->room, faults);
		if (found != 0 || strcmp(above, "/") == 0) {
			facts->room_known = found > 0;
			return found < 0 ? -1 : 0;
		}
	}
}

int storage_look(struct host *host, const char *path, struct storage_facts *facts,
		 struct faults *faults)
{
	struct host_file file = {};
	int found = host_stat(host, path, &file, faults);

	if (found < 0)
		return -1;
	facts->there = found > 0;
	facts->folder = facts->there && file.kind == FILE_DIRECTORY;
	return room_look(host, path, facts, faults);
}

/* ---- who uses them ---- */

bool storage_guest_uses(const struct guest *guest, const struct storage_place *place)
{
	for (size_t i = 0; i < guest->disks.count; i++) {
		const struct guest_disk *disk = guest->disks.at[i].value;
		bool named = place->volume && string_equal(disk->storage.pool, place->pool) &&
			     string_equal(disk->storage.volume, place->volume);
		if (named || (place->path && string_equal(disk->source, place->path)))
			return true;
	}
	return false;
}

int storage_user(const struct view *view, const struct storage_place *place, const char **ret_user,
		 struct faults *faults)
{
	const struct seen_kind *guests = seen_find(view->seen, "guests");

	*ret_user = NULL;
	if (guests && guests->failed)
		return fault(faults, FAULT_HOST, "whether a guest runs with \"%s\" is not known",
			     place->path ? place->path : place->volume);
	if (!guests)
		return 0;
	EACH(each, &guests->running.list) {
		const struct item *item = *each;
		const struct guest *guest = item->value;
		bool stays = place->now || !item->ours ||
			     desired_find(view->desired, "guests", item->name);
		if (!stays || !storage_guest_uses(guest, place))
			continue;
		if (!string_equal(guest->state, "stopped"))
			*ret_user = item->path;
		else if (guest->saved)
			*ret_user = arena_printf(faults->arena, "%s, as its memory was saved,",
						 item->path);
	}
	return 0;
}

static int storage_loser(const struct view *view, const struct storage_place *place,
			 const char **ret_loser, struct faults *faults)
{
	const struct seen_kind *guests = seen_find(view->seen, "guests");

	*ret_loser = NULL;
	if (!guests)
		return 0;
	if (guests->failed)
		return fault(faults, FAULT_HOST, "whether a guest has \"%s\" is not known",
			     place->path ? place->path : place->volume);
	EACH(guest, &guests->configured.list)
		if (storage_guest_uses((*guest)->value, place))
			*ret_loser = (*guest)->path;
	return 0;
}

int storage_create_class(const struct change *change, const struct storage_place *place,
			 enum class *ret_class, const char **ret_loser, struct faults *faults)
{
	*ret_class = CLASS_NONE;
	*ret_loser = NULL;
	if (change->configured || !change->last)
		return 0;
	if (storage_loser(change->view, place, ret_loser, faults) < 0)
		return -1;
	if (*ret_loser)
		*ret_class = CLASS_DESTROYS_DATA;
	return 0;
}
