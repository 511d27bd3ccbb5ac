#include "formats/seed.h"

#include <inttypes.h>
#include <string.h>

#include "document/document.h"

#define GIVES(wish, member) GIVEN(&guest_cloud_init_record, wish, member)

static struct node *list_node(struct arena *arena, const struct text_list *list)
{
	struct node *node = node_list(arena);

	for (size_t i = 0; i < list->count; i++)
		node_append(node, node_quoted(arena, list->at[i]));
	return node;
}

/* The keys go to the image's own user, or to the one that is asked for. */
static void users_put(struct arena *arena, struct node *data, const struct guest_cloud_init *wish)
{
	struct node *keys = GIVES(wish, ssh_keys) ? list_node(arena, &wish->ssh_keys) : NULL;

	if (!GIVES(wish, user)) {
		if (keys)
			node_put(arena, data, "ssh_authorized_keys", keys);
		return;
	}
	struct node *user =
		node_append(node_put(arena, data, "users", node_list(arena)), node_map(arena));
	node_put(arena, user, "name", node_quoted(arena, wish->user));
	node_put(arena, user, "sudo", node_quoted(arena, "ALL=(ALL) NOPASSWD:ALL"));
	node_put(arena, user, "shell", node_quoted(arena, "/bin/bash"));
	node_put(arena, user, "lock_passwd", node_scalar(arena, "true"));
	if (keys)
		node_put(arena, user, "ssh_authorized_keys", keys);
}

static const char *user_data(struct arena *arena, const struct guest_cloud_init *wish)
{
	struct text text = text_of(arena);
	struct node *data = node_map(arena);

	if (GIVES(wish, user_data))
		return wish->user_data;
	users_put(arena, data, wish);
	if (GIVES(wish, packages)) {
		node_put(arena, data, "package_update", node_scalar(arena, "true"));
		node_put(arena, data, "packages", list_node(arena, &wish->packages));
	}
	text_add(&text, "#cloud-config\n");
	if (data->first)
		node_write_yaml(&text, data);
	return text.at;
}

/* FNV-1a: tells one content from another, no more. */
static uint64_t fingerprint(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 0x100000001b3;
	return hash;
}

struct node *seed_files(struct arena *arena, const struct guest_cloud_init *wish,
			const char *handle)
{
	struct text record = text_of(arena), meta = text_of(arena);
	struct node *files = node_map(arena), *data = node_map(arena);
	const char *hostname = GIVES(wish, hostname) ? wish->hostname : handle;

	node_write_yaml(&record, record_print(arena, &guest_cloud_init_record, wish, true));
	node_put(arena, data, "instance-id",
		 node_scalar(arena, arena_printf(arena, "%s-%016" PRIx64, handle,
						 fingerprint(record.at))));
	node_put(arena, data, "local-hostname", node_quoted(arena, hostname));
	node_write_yaml(&meta, data);
	node_put(arena, files, "meta-data", node_quoted(arena, meta.at));
	node_put(arena, files, "user-data", node_quoted(arena, user_data(arena, wish)));
	if (GIVES(wish, network))
		node_put(arena, files, "network-config", node_quoted(arena, wish->network));
	node_put(arena, files, SEED_RECORD, node_quoted(arena, record.at));
	return files;
}

int seed_read(struct arena *arena, const char *text, struct guest_cloud_init *ret,
	      struct faults *faults)
{
	struct sources sources;
	struct node *root = NULL;

	sources_init(&sources, arena);
	if (document_parse(&sources, SEED_RECORD, text, strlen(text), &root, faults) < 0)
		return -1;
	return record_read_back(arena, &guest_cloud_init_record, root, ret, faults);
}
