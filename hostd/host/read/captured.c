/* captured.c - a machine that was written down; its layout stands in host.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/domain.h"
#include "formats/json.h"
#include "host/read/captured.h"
#include "host/read/files.h"

/* ---- reading the folder itself ---- */

const char *captured_text(const struct node *map, const char *key, const char *fallback)
{
	const struct node *node = node_get(map, key);

	return node && node->kind == NODE_SCALAR ? node->text : fallback;
}

bool captured_flag(const struct node *map, const char *key, bool fallback)
{
	return string_equal(captured_text(map, key, fallback ? "true" : "false"), "true");
}

uint64_t captured_number(const struct node *map, const char *key, int base, uint64_t fallback)
{
	const char *text = captured_text(map, key, NULL);

	return text ? strtoull(text, NULL, base) : fallback;
}

int captured_json(struct captured *captured, const char *path, struct node **ret,
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
int captured_failing(struct captured *captured, const char *what, struct faults *faults)
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

struct captured *captured_of(struct host *host)
{
	return (struct captured *)host;
}

bool captured_has_name(const struct host_names *names, const char *name)
{
	EACH(have, &names->list)
		if (string_equal(*have, name))
			return true;
	return false;
}

/* ---- units, links, rules ---- */

static int captured_unit(struct host *host, const char *name, struct host_unit *ret,
			 struct faults *faults)
{
	struct node *units = NULL;

	if (captured_failing(captured_of(host), "units", faults) < 0)
		return -1;
	int there = captured_json(captured_of(host), "units.json", &units, faults);
	const struct node *unit = node_get(units, name);
	if (there != 1 || !unit)
		return there < 0 ? -1 : 0;
	*ret = (struct host_unit){
		.load = captured_text(unit, "load", "loaded"),
		.active = captured_text(unit, "active", "inactive"),
		.sub = captured_text(unit, "sub", "dead"),
		.enabled = captured_text(unit, "enabled", "disabled"),
		.skipped = captured_flag(unit, "skipped", false),
	};
	return 1;
}

static int captured_settings(struct host *host, const char *unit, struct settings *ret,
			     struct faults *faults)
{
	struct node *units = NULL;

	if (captured_failing(captured_of(host), "units", faults) < 0)
		return -1;
	int there = captured_json(captured_of(host), "units.json", &units, faults);
	const struct node *settings =
		there == 1 ? node_get(node_get(units, unit), "settings") : NULL;
	if (!settings)
		return there < 0 ? -1 : 0;
	NODE_EACH(child, settings)
		unit_settings_put(ret, child->key, child->text);
	return 1;
}

static int link_read(struct arena *arena, const struct node *node, struct host_link *link,
		     struct faults *faults)
{
	const struct node *altnames = node_get(node, "altnames");
	const struct node *addresses = node_get(node, "addresses");

	link->name = captured_text(node, "name", "");
	link->index = (unsigned)captured_number(node, "index", 10, 0);
	link->kind = captured_text(node, "kind", "");
	link->master = captured_text(node, "master", NULL);
	link->mtu = (unsigned)captured_number(node, "mtu", 10, 1500);
	link->up = captured_flag(node, "up", true);
	link->carrier = captured_flag(node, "carrier", true);
	link->loopback = captured_flag(node, "loopback", false);
	const char *mac = captured_text(node, "mac", "00:00:00:00:00:00");
	const char *permanent = captured_text(node, "permanent", mac);
	if (!mac_parse(mac, &link->mac) || !mac_parse(permanent, &link->permanent))
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

	if (captured_failing(captured_of(host), "links", faults) < 0)
		return -1;
	int there = captured_json(captured_of(host), "links.json", &list, faults);
	if (there == 1)
		NODE_EACH(node, list)
			if (link_read(host->arena, node, ARRAY_ADD(host->arena, &links.list),
				      faults) < 0)
				return -1;
	if (there == 1)
		*ret = links;
	return there;
}

/* What a driver does not have, its capture does not mention. */
static int vf_read(const struct node *node, struct host_vf *vf, struct faults *faults)
{
	const char *mac = captured_text(node, "mac", "00:00:00:00:00:00");

	vf->vlan = (unsigned)captured_number(node, "vlan", 10, 0);
	vf->rate = (unsigned)captured_number(node, "rate", 10, 0);
	vf->link_state = captured_text(node, "link_state", "auto");
	vf->has_trust = node_get(node, "trust") != NULL;
	vf->trust = captured_flag(node, "trust", false);
	vf->has_spoof_check = node_get(node, "spoof_check") != NULL;
	vf->spoof_check = captured_flag(node, "spoof_check", false);
	if (string_equal(mac, "00:00:00:00:00:00") || mac_parse(mac, &vf->mac))
		return 0;
	return fault(faults, FAULT_HOST, "a virtual function has the address \"%s\"", mac);
}

static int captured_vfs(struct host *host, const char *link, struct host_vfs *ret,
			struct faults *faults)
{
	struct host_vfs vfs = {};
	struct node *list = NULL;

	if (captured_failing(captured_of(host), "vfs", faults) < 0)
		return -1;
	int there = captured_json(captured_of(host), "links.json", &list, faults);
	if (there <= 0)
		return there;
	NODE_EACH(node, list) {
		const struct node *all = node_get(node, "vfs");
		if (!string_equal(captured_text(node, "name", ""), link))
			continue;
		if (all)
			NODE_EACH(one, all) {
				struct host_vf *vf = ARRAY_ADD(host->arena, &vfs.list);
				vf->number = (unsigned)vfs.list.count - 1;
				if (vf_read(one, vf, faults) < 0)
					return -1;
			}
		*ret = vfs;
		return 1;
	}
	return 0;
}

static int captured_rules(struct host *host, const char *family, const char *table,
			  const char **ret_json, struct faults *faults)
{
	struct node *tables = NULL;
	struct text text = text_of(host->arena);

	if (captured_failing(captured_of(host), "rules", faults) < 0)
		return -1;
	int there = captured_json(captured_of(host), "nft.json", &tables, faults);
	const struct node *found =
		node_get(tables, arena_printf(host->arena, "%s %s", family, table));
	if (there != 1 || !found)
		return there < 0 ? -1 : 0;
	json_write(&text, found, false);
	*ret_json = text.at;
	return 1;
}

/* ---- libvirt ---- */

static int object_xml(struct captured *captured, const char *folder, const char *name,
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

	if (captured_failing(captured, folder, faults) < 0 ||
	    captured_json(captured, arena_printf(arena, "libvirt/%s.json", folder), ret_said,
			  faults) < 0)
		return -1;
	int there = files_list(arena, captured->folder, arena_printf(arena, "libvirt/%s", folder),
			       &files, faults);
	EACH(file, &files.list) {
		if (!string_ends(*file, ".xml"))
			continue;
		size_t size =
			strlen(*file) - strlen(string_ends(*file, ".live.xml")    ? ".live.xml"
					       : string_ends(*file, ".saved.xml") ? ".saved.xml"
										  : ".xml");
		const char *name = arena_strndup(arena, *file, size);
		if (!captured_has_name(ret_names, name))
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

/* As the live machine tells of it (live_domains.c). */
static int definition_hide(struct arena *arena, const char **xml, const char **ret_clear,
			   struct faults *faults)
{
	const char *clear = *xml;

	if (!clear)
		return 0;
	*xml = domain_hide(arena, clear, NULL, faults);
	*ret_clear = *xml == clear ? NULL : clear;
	return *xml ? 0 : -1;
}

static int definition_at(struct captured *captured, const char *name, const char *ending,
			 const char **ret, const char **ret_clear, struct faults *faults)
{
	return object_xml(captured, "domains", name, ending, ret, faults) < 0
		       ? -1
		       : definition_hide(captured->host.arena, ret, ret_clear, faults);
}

static void names_of(struct arena *arena, const struct node *about, const char *key,
		     struct text_list *ret)
{
	const struct node *list = node_get(about, key);

	for (const struct node *name = list ? list->first : NULL; name; name = name->next)
		text_list_push(arena, ret, name->text);
}

static int captured_domains(struct host *host, struct host_domains *ret, struct faults *faults)
{
	struct host_domains domains = {};
	struct host_names names = {};
	struct node *said = NULL;

	if (objects_at(captured_of(host), "domains", &names, &said, faults) < 0)
		return -1;
	EACH(name, &names.list) {
		struct host_domain *domain = ARRAY_ADD(host->arena, &domains.list);
		const struct node *about = node_get(said, *name);
		domain->name = *name;
		if (definition_at(captured_of(host), *name, ".xml", &domain->inactive_xml,
				  &domain->inactive_clear, faults) < 0 ||
		    definition_at(captured_of(host), *name, ".live.xml", &domain->live_xml,
				  &domain->live_clear, faults) < 0 ||
		    definition_at(captured_of(host), *name, ".saved.xml", &domain->saved_xml,
				  &domain->saved_clear, faults) < 0)
			return -1;
		const char *xml = domain->inactive_xml ? domain->inactive_xml : domain->live_xml;
		domain->uuid = captured_text(about, "uuid", uuid_in(host->arena, xml));
		domain->state =
			captured_text(about, "state", domain->live_xml ? "running" : "shutoff");
		domain->autostart = captured_flag(about, "autostart", false);
		domain->balloon_filled = captured_flag(about, "balloon_filled", false);
		domain->saved = domain->saved_xml != NULL;
		names_of(host->arena, about, "snapshots", &domain->snapshots);
		names_of(host->arena, about, "checkpoints", &domain->checkpoints);
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
	EACH(name, &names.list) {
		struct host_virt_object *object = ARRAY_ADD(arena, &objects.list);
		const struct node *about = node_get(said, *name);
		object->name = *name;
		if (object_xml(captured, folder, *name, ".xml", &object->xml, faults) < 0)
			return -1;
		object->uuid = captured_text(about, "uuid", uuid_in(arena, object->xml));
		object->active = captured_flag(about, "active", true);
		object->persistent = captured_flag(about, "persistent", true);
		object->autostart = captured_flag(about, "autostart", false);
	}
	*ret = objects;
	return 1;
}

static int captured_networks(struct host *host, struct host_virt_objects *ret,
			     struct faults *faults)
{
	return objects_read(captured_of(host), "networks", ret, faults);
}

static int captured_pools(struct host *host, struct host_virt_objects *ret, struct faults *faults)
{
	return objects_read(captured_of(host), "pools", ret, faults);
}

static int captured_volumes(struct host *host, const char *pool, struct host_volumes *ret,
			    struct faults *faults)
{
	struct host_virt_objects pools = {};
	struct host_volumes volumes = {};
	struct host_names names = {};
	struct node *said = NULL;
	bool active = false;

	if (objects_read(captured_of(host), "pools", &pools, faults) < 0)
		return -1;
	EACH(one, &pools.list)
		active = active || (one->active && string_equal(one->name, pool));
	const char *folder = arena_printf(host->arena, "volumes/%s", pool);
	if (!active || objects_at(captured_of(host), folder, &names, &said, faults) < 0)
		return active ? -1 : 0;
	EACH(name, &names.list) {
		struct host_volume *volume = ARRAY_ADD(host->arena, &volumes.list);
		volume->name = *name;
		if (object_xml(captured_of(host), folder, *name, ".xml", &volume->xml, faults) < 0)
			return -1;
	}
	*ret = volumes;
	return 1;
}

static int captured_capabilities(struct host *host, const char **ret_xml, struct faults *faults)
{
	size_t size = 0;

	if (captured_failing(captured_of(host), "capabilities", faults) < 0)
		return -1;
	return files_read(host->arena, captured_of(host)->folder, "libvirt/capabilities.xml",
			  ret_xml, &size, faults);
}

/* ---- opening and closing ---- */

static void captured_forget(struct host *host)
{
	(void)host; /* nothing is remembered between questions */
}

static void captured_close(struct host *host)
{
	files_close(&captured_of(host)->root);
	files_close(&captured_of(host)->folder);
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
	.settings = captured_settings,
	.links = captured_links,
	.vfs = captured_vfs,
	.domains = captured_domains,
	.networks = captured_networks,
	.pools = captured_pools,
	.volumes = captured_volumes,
	.capabilities = captured_capabilities,
	.domain_capabilities = captured_domain_capabilities,
	.cpu = captured_cpu,
	.rules = captured_rules,
	.kernel_module = captured_kernel_module,
	.unpack = captured_read,
	.kvm = captured_kvm,
	.cpuid = captured_cpuid,
	.msr = captured_msr,
	.forget = captured_forget,
	.close = captured_close,
};

/* A tree that others wrote down has no fs/: its own root is the machine's. */
static void captured_open_plain(struct captured *captured)
{
	static const char *const tops[] = { "proc", "sys" };

	for (size_t i = 0; i < COUNT_OF(tops) && captured->root < 0; i++) {
		FILES_CLOSE int top = files_open(captured->folder, tops[i], O_PATH | O_DIRECTORY);
		if (top >= 0)
			captured->root = files_open(captured->folder, ".", O_PATH | O_DIRECTORY);
	}
	captured->host.partial = captured->root >= 0;
}

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
	if (captured->root < 0)
		captured_open_plain(captured);
	if (captured_json(captured, "files.json", &files, faults) < 0)
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
