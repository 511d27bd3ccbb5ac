/* captured.c - a machine that was written down; its layout stands in host.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "document/node.h"
#include "formats/json.h"
#include "host/read/files.h"
#include "host/read/image.h"

struct captured {
	struct host host;
	int folder, root; /* root: fs/, or -1 where there is none */
	const char *failing;
	const struct node *files; /* files.json */
};

/* ---- reading the folder itself ---- */

static const char *text_at(const struct node *map, const char *key, const char *fallback)
{
	const struct node *node = node_get(map, key);

	return node && node->kind == NODE_SCALAR ? node->text : fallback;
}

static bool flag_at(const struct node *map, const char *key, bool fallback)
{
	return string_equal(text_at(map, key, fallback ? "true" : "false"), "true");
}

static uint64_t number_at(const struct node *map, const char *key, int base, uint64_t fallback)
{
	const char *text = text_at(map, key, NULL);

	return text ? strtoull(text, NULL, base) : fallback;
}

static int json_at(struct captured *captured, const char *path, struct node **ret,
		   struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	int there = files_read(captured->host.arena, captured->folder, path, &text, &size, faults);

	if (there != 1)
		return there;
	WITHIN(faults, "captured %s", path);
	return json_read(captured->host.arena, text, size, ret, faults) < 0 ? -1 : 1;
}

/* -1 where the folder's file `failing` has this line. */
static int is_failing(struct captured *captured, const char *what, struct faults *faults)
{
	size_t size = strlen(what);

	for (const char *line = captured->failing; line && *line;) {
		size_t length = strcspn(line, "\n");
		if (length == size && memcmp(line, what, size) == 0)
			return fault(faults, FAULT_HOST,
				     "cannot look at %s: it fails in this capture", what);
		line += length + (line[length] == '\n');
	}
	return 0;
}

static struct captured *of(struct host *host)
{
	return (struct captured *)host;
}

/* ---- files ---- */

static int captured_read(struct host *host, const char *path, const char **ret_text,
			 size_t *ret_size, struct faults *faults)
{
	struct captured *captured = of(host);
	const struct node *extra = node_get(captured->files, path);
	const char *text = text_at(extra, "text", NULL);

	if (is_failing(captured, path, faults) < 0)
		return -1;
	if (text) {
		*ret_text = text;
		*ret_size = strlen(text);
		return 1;
	}
	return captured->root < 0
		       ? 0
		       : files_read(host->arena, captured->root, path, ret_text, ret_size, faults);
}

/* Name of the entry of folder `path` that leads to `file`, or NULL. */
static const char *entry_of(struct arena *arena, const char *path, const char *file)
{
	size_t size = strlen(path);

	while (size && path[size - 1] == '/')
		size--;
	if (strncmp(file, path, size) != 0 || file[size] != '/')
		return NULL;
	return arena_strndup(arena, file + size + 1, strcspn(file + size + 1, "/"));
}

static bool names_hold(const struct host_names *names, const char *name)
{
	ARRAY_EACH(const char *const *have, &names->list)
	if (string_equal(*have, name))
		return true;
	return false;
}

static int captured_list(struct host *host, const char *path, struct host_names *ret,
			 struct faults *faults)
{
	struct captured *captured = of(host);
	struct host_names names = {};
	int there = is_failing(captured, path, faults);

	if (there == 0 && captured->root >= 0)
		there = files_list(host->arena, captured->root, path, &names, faults);
	if (there < 0)
		return -1;
	if (captured->files)
		NODE_EACH(file, captured->files) {
			const char *name = entry_of(host->arena, path, file->key);
			there |= name != NULL;
			if (name && *name && !names_hold(&names, name))
				ARRAY_PUSH(host->arena, &names.list, name);
		}
	if (there != 1)
		return there;
	files_sort(&names);
	*ret = names;
	return 1;
}

static int captured_link(struct host *host, const char *path, const char **ret_target,
			 struct faults *faults)
{
	struct captured *captured = of(host);
	const char *target = text_at(node_get(captured->files, path), "link", NULL);

	if (is_failing(captured, path, faults) < 0)
		return -1;
	if (target) {
		*ret_target = target;
		return 1;
	}
	return captured->root < 0
		       ? 0
		       : files_link(host->arena, captured->root, path, ret_target, faults);
}

static enum host_file_kind kind_of(const struct node *extra)
{
	static const char *const names[] = {
		[FILE_REGULAR] = "regular", [FILE_DIRECTORY] = "directory", [FILE_LINK] = "link",
		[FILE_DEVICE] = "device",   [FILE_OTHER] = "other",
	};
	const char *name = text_at(extra, "kind", node_get(extra, "link") ? "link" : "regular");

	for (unsigned i = 0; i < COUNT_OF(names); i++)
		if (string_equal(names[i], name))
			return (enum host_file_kind)i;
	return FILE_OTHER;
}

static uint64_t device_of(const struct node *extra)
{
	const char *text = text_at(extra, "device", "0:0");

	return makedev((unsigned)strtoul(text, NULL, 10),
		       (unsigned)strtoul(text + strcspn(text, ":") + 1, NULL, 10));
}

/* A work tree keeps neither owners nor modes; what files.json does not say is as Debian has it. */
static int captured_stat(struct host *host, const char *path, struct host_file *ret,
			 struct faults *faults)
{
	struct captured *captured = of(host);
	const struct node *extra = node_get(captured->files, path);
	struct host_file file = {};
	int there = is_failing(captured, path, faults);

	if (there == 0 && captured->root >= 0)
		there = files_stat(captured->root, path, &file, faults);
	if (there < 0 || (there == 0 && !extra))
		return there;
	if (there == 0 || node_get(extra, "kind"))
		file.kind = kind_of(extra);
	bool open = file.kind == FILE_DIRECTORY || (there && file.mode & 0100);
	file.mode = (uint32_t)number_at(extra, "mode", 8, open ? 0755 : 0644);
	file.uid = (uint32_t)number_at(extra, "uid", 10, 0);
	file.gid = (uint32_t)number_at(extra, "gid", 10, 0);
	file.size = number_at(extra, "size", 10,
			      there ? file.size : strlen(text_at(extra, "text", "")));
	file.device_number = device_of(extra);
	*ret = file;
	return 1;
}

static int captured_xattr(struct host *host, const char *path, const char *name,
			  const char **ret_value, struct faults *faults)
{
	struct captured *captured = of(host);
	const struct node *extra = node_get(captured->files, path);
	const char *value = text_at(node_get(extra, "xattr"), name, NULL);

	if (is_failing(captured, path, faults) < 0)
		return -1;
	if (value)
		*ret_value = value;
	return value != NULL;
}

/* The longest path above (or at) `path` that says how much is free. */
static int captured_space(struct host *host, const char *path, uint64_t *ret_free,
			  struct faults *faults)
{
	struct captured *captured = of(host);
	struct host_file file = {};
	size_t longest = 0;
	int there = captured_stat(host, path, &file, faults);

	if (there != 1)
		return there;
	*ret_free = 0;
	if (captured->files)
		NODE_EACH(extra, captured->files) {
			size_t size = strlen(extra->key);
			bool above = string_equal(extra->key, path) ||
				     entry_of(host->arena, extra->key, path);
			if (!above || size < longest || !node_get(extra, "free"))
				continue;
			longest = size;
			*ret_free = number_at(extra, "free", 10, 0);
		}
	return longest > 0; /* a capture that does not say is not a full disk */
}

static int captured_image(struct host *host, const char *path, struct host_image *ret,
			  struct faults *faults)
{
	struct captured *captured = of(host);
	const struct node *extra = node_get(captured->files, path);
	const struct node *image = node_get(extra, "image");

	if (is_failing(captured, path, faults) < 0)
		return -1;
	if (image) {
		*ret = (struct host_image){
			.format = text_at(image, "format", "raw"),
			.virtual_size = number_at(image, "size", 10, 0),
			.backing = text_at(image, "backing", NULL),
			.backing_format = text_at(image, "backing_format", NULL),
			.data_file = flag_at(image, "data_file", false),
		};
		return 1;
	}
	if (extra && node_get(extra, "size")) {
		*ret = (struct host_image){ "raw", number_at(extra, "size", 10, 0) };
		return 1;
	}
	return captured->root < 0 ? 0 : files_image(host->arena, captured->root, path, ret, faults);
}

static int captured_archive(struct host *host, const char *path, struct host_archive *ret,
			    struct faults *faults)
{
	struct captured *captured = of(host);
	const struct node *extra = node_get(captured->files, path);
	const struct node *said = node_get(extra, "archive"), *files = node_get(said, "files");
	struct host_archive archive = { .label = text_at(said, "label", "") };
	struct host_file file = {};

	int there = captured_stat(host, path, &file, faults);
	if (there != 1)
		return there;
	if (!said)
		return fault(faults, FAULT_HOST, "\"%s\" is not an archive in this capture", path);
	if (files)
		NODE_EACH(entry, files)
			ARRAY_PUSH(host->arena, &archive.list,
				   ((struct host_archive_file){
					   .name = entry->key,
					   .text = entry->text,
					   .size = strlen(entry->text),
				   }));
	*ret = archive;
	return 1;
}

/* ---- units, links, rules ---- */

static int captured_unit(struct host *host, const char *name, struct host_unit *ret,
			 struct faults *faults)
{
	struct node *units = NULL;

	if (is_failing(of(host), "units", faults) < 0)
		return -1;
	int there = json_at(of(host), "units.json", &units, faults);
	const struct node *unit = node_get(units, name);
	if (there != 1 || !unit)
		return there < 0 ? -1 : 0;
	*ret = (struct host_unit){
		.load = text_at(unit, "load", "loaded"),
		.active = text_at(unit, "active", "inactive"),
		.sub = text_at(unit, "sub", "dead"),
		.enabled = text_at(unit, "enabled", "disabled"),
	};
	return 1;
}

static int link_read(struct arena *arena, const struct node *node, struct host_link *link,
		     struct faults *faults)
{
	const struct node *altnames = node_get(node, "altnames");
	const struct node *addresses = node_get(node, "addresses");

	link->name = text_at(node, "name", "");
	link->index = (unsigned)number_at(node, "index", 10, 0);
	link->kind = text_at(node, "kind", "");
	link->master = text_at(node, "master", NULL);
	link->mtu = (unsigned)number_at(node, "mtu", 10, 1500);
	link->up = flag_at(node, "up", true);
	link->carrier = flag_at(node, "carrier", true);
	link->loopback = flag_at(node, "loopback", false);
	const char *mac = text_at(node, "mac", "00:00:00:00:00:00");
	if (!mac_parse(mac, &link->mac))
		return fault(faults, FAULT_HOST, "link \"%s\" has the address \"%s\"", link->name,
			     mac);
	if (altnames)
		NODE_EACH(altname, altnames)
			ARRAY_PUSH(arena, &link->altnames, altname->text);
	link->altname = link->altnames.count ? link->altnames.at[0] : NULL;
	if (addresses)
		NODE_EACH(address, addresses)
			if (!prefix_parse(address->text, ARRAY_ADD(arena, &link->addresses)))
				return fault(faults, FAULT_HOST,
					     "link \"%s\" has the address \"%s\"", link->name,
					     address->text);
	return 0;
}

static int captured_links(struct host *host, struct host_links *ret, struct faults *faults)
{
	struct host_links links = {};
	struct node *list = NULL;

	if (is_failing(of(host), "links", faults) < 0)
		return -1;
	int there = json_at(of(host), "links.json", &list, faults);
	if (there == 1)
		NODE_EACH(node, list)
			if (link_read(host->arena, node, ARRAY_ADD(host->arena, &links.list),
				      faults) < 0)
				return -1;
	if (there == 1)
		*ret = links;
	return there;
}

static int captured_rules(struct host *host, const char *family, const char *table,
			  const char **ret_json, struct faults *faults)
{
	struct node *tables = NULL;
	struct text text = text_of(host->arena);

	if (is_failing(of(host), "rules", faults) < 0)
		return -1;
	int there = json_at(of(host), "nft.json", &tables, faults);
	const struct node *found =
		node_get(tables, arena_printf(host->arena, "%s %s", family, table));
	if (there != 1 || !found)
		return there < 0 ? -1 : 0;
	json_write(&text, found, false);
	*ret_json = text.at;
	return 1;
}

/* ---- libvirt ---- */

static int xml_at(struct captured *captured, const char *folder, const char *name,
		  const char *ending, const char **ret_xml, struct faults *faults)
{
	size_t size = 0;

	return files_read(
		captured->host.arena, captured->folder,
		arena_printf(captured->host.arena, "libvirt/%s/%s%s", folder, name, ending),
		ret_xml, &size, faults);
}

/* The names that have an XML file in libvirt/FOLDER, and what FOLDER.json says of them. */
static int objects_at(struct captured *captured, const char *folder, struct host_names *ret_names,
		      struct node **ret_said, struct faults *faults)
{
	struct arena *arena = captured->host.arena;
	struct host_names files = {};

	if (is_failing(captured, folder, faults) < 0 ||
	    json_at(captured, arena_printf(arena, "libvirt/%s.json", folder), ret_said, faults) < 0)
		return -1;
	int there = files_list(arena, captured->folder, arena_printf(arena, "libvirt/%s", folder),
			       &files, faults);
	ARRAY_EACH(const char *const *file, &files.list)
	{
		if (!string_ends(*file, ".xml"))
			continue;
		size_t size = strlen(*file) -
			      strlen(string_ends(*file, ".live.xml") ? ".live.xml" : ".xml");
		const char *name = arena_strndup(arena, *file, size);
		if (!names_hold(ret_names, name))
			ARRAY_PUSH(arena, &ret_names->list, name);
	}
	return there < 0 ? -1 : 0;
}

/* libvirt writes the element once for the object itself, before any other. */
static const char *uuid_in(struct arena *arena, const char *xml)
{
	const char *start = xml ? strstr(xml, "<uuid>") : NULL;

	return start ? arena_strndup(arena, start + 6, strcspn(start + 6, "<")) : "";
}

static int captured_domains(struct host *host, struct host_domains *ret, struct faults *faults)
{
	struct host_domains domains = {};
	struct host_names names = {};
	struct node *said = NULL;

	if (objects_at(of(host), "domains", &names, &said, faults) < 0)
		return -1;
	ARRAY_EACH(const char *const *name, &names.list)
	{
		struct host_domain *domain = ARRAY_ADD(host->arena, &domains.list);
		const struct node *about = node_get(said, *name);
		domain->name = *name;
		if (xml_at(of(host), "domains", *name, ".xml", &domain->inactive_xml, faults) < 0 ||
		    xml_at(of(host), "domains", *name, ".live.xml", &domain->live_xml, faults) < 0)
			return -1;
		const char *xml = domain->inactive_xml ? domain->inactive_xml : domain->live_xml;
		domain->uuid = text_at(about, "uuid", uuid_in(host->arena, xml));
		domain->state = text_at(about, "state", domain->live_xml ? "running" : "shutoff");
		domain->autostart = flag_at(about, "autostart", false);
	}
	*ret = domains;
	return 1;
}

static int objects_read(struct captured *captured, const char *folder,
			struct host_virt_objects *ret, struct faults *faults)
{
	struct arena *arena = captured->host.arena;
	struct host_virt_objects objects = {};
	struct host_names names = {};
	struct node *said = NULL;

	if (objects_at(captured, folder, &names, &said, faults) < 0)
		return -1;
	ARRAY_EACH(const char *const *name, &names.list)
	{
		struct host_virt_object *object = ARRAY_ADD(arena, &objects.list);
		const struct node *about = node_get(said, *name);
		object->name = *name;
		if (xml_at(captured, folder, *name, ".xml", &object->xml, faults) < 0)
			return -1;
		object->uuid = text_at(about, "uuid", uuid_in(arena, object->xml));
		object->active = flag_at(about, "active", true);
		object->persistent = flag_at(about, "persistent", true);
		object->autostart = flag_at(about, "autostart", false);
	}
	*ret = objects;
	return 1;
}

static int captured_networks(struct host *host, struct host_virt_objects *ret,
			     struct faults *faults)
{
	return objects_read(of(host), "networks", ret, faults);
}

static int captured_pools(struct host *host, struct host_virt_objects *ret, struct faults *faults)
{
	return objects_read(of(host), "pools", ret, faults);
}

static int captured_capabilities(struct host *host, const char **ret_xml, struct faults *faults)
{
	size_t size = 0;

	if (is_failing(of(host), "capabilities", faults) < 0)
		return -1;
	return files_read(host->arena, of(host)->folder, "libvirt/capabilities.xml", ret_xml, &size,
			  faults);
}

/* ---- opening and closing ---- */

static void captured_forget(struct host *host)
{
	(void)host; /* nothing is remembered between questions */
}

static void captured_close(struct host *host)
{
	files_close(&of(host)->root);
	files_close(&of(host)->folder);
}

static const struct host_ops captured_ops = {
	.read = captured_read,
	.list = captured_list,
	.link = captured_link,
	.stat = captured_stat,
	.xattr = captured_xattr,
	.space = captured_space,
	.image = captured_image,
	.archive = captured_archive,
	.unit = captured_unit,
	.links = captured_links,
	.domains = captured_domains,
	.networks = captured_networks,
	.pools = captured_pools,
	.capabilities = captured_capabilities,
	.rules = captured_rules,
	.forget = captured_forget,
	.close = captured_close,
};

static int captured_open(struct captured *captured, const char *folder, struct faults *faults)
{
	struct node *files = NULL;
	size_t size = 0;

	captured->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (captured->folder < 0)
		return fault_errno(faults, errno, "cannot open the captured machine \"%s\"",
				   folder);
	captured->root = files_open(captured->folder, "fs", O_PATH | O_DIRECTORY);
	if (captured->root < 0 && errno != ENOENT)
		return fault_errno(faults, errno, "cannot open \"%s/fs\"", folder);
	if (json_at(captured, "files.json", &files, faults) < 0)
		return -1;
	captured->files = files;
	return files_read(captured->host.arena, captured->folder, "failing", &captured->failing,
			  &size, faults) < 0
		       ? -1
		       : 0;
}

struct host *host_open_captured(struct arena *arena, const char *folder, struct faults *faults)
{
	struct captured *captured = ARENA_NEW(arena, struct captured);

	captured->host = (struct host){ .ops = &captured_ops, .arena = arena };
	captured->root = captured->folder = -1;
	if (captured_open(captured, folder, faults) < 0) {
		captured_close(&captured->host);
		return NULL;
	}
	return &captured->host;
}
